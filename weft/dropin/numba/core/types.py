"""numba.core.types: numba.types itself."""

import sys

from .. import types

sys.modules[__name__] = types
for part in ("abstract", "common", "containers", "function_type", "functions", "iterators", "misc", "npytypes", "scalars"):
    sys.modules[f"{__name__}.{part}"] = types
    setattr(types, part, types)
