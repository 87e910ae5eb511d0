"""numba.cuda.fp8"""

from weft.cuda.fp8 import *  # noqa: F401,F403
