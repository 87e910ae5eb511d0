"""numba.cuda.cgutils"""

from ..core.cgutils import __getattr__  # noqa: F401
