"""numba.cuda.kernels.transpose"""

from weft.cuda._transpose import transpose  # noqa: F401
