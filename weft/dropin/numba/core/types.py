"""numba.core.types: numba.types itself."""

import sys

from .. import types

sys.modules[__name__] = types
