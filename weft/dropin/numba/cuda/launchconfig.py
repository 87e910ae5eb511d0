"""numba.cuda.launchconfig"""

from weft.cuda.launchconfig import *  # noqa: F401,F403
