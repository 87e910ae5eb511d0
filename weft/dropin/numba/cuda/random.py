"""numba.cuda.random"""

from weft.cuda.random import *  # noqa: F401,F403
