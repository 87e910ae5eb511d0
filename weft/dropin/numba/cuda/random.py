"""numba.cuda.random"""

from weft._cuda_random import *  # noqa: F401,F403
