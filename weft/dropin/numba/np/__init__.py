"""numba.np"""

from . import numpy_support  # noqa: F401  (programs reach it as an attribute)
