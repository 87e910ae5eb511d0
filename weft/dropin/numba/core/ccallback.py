"""numba.core.ccallback"""

from weft._cfunc import CFunc  # noqa: F401
