"""numba.cuda.config: numba.config itself, so that what is set in one place shows in the other."""

import sys

from .. import config

sys.modules[__name__] = config
