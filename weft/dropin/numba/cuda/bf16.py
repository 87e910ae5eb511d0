"""numba.cuda.bf16"""

from weft.cuda.bf16 import *  # noqa: F401,F403
