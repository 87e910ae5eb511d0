"""numba.cuda.kernels.reduction"""

from weft.cuda import Reduce, reduce  # noqa: F401
