"""numba.cuda.libdevice"""

from weft.cuda.libdevice import *  # noqa: F401,F403
