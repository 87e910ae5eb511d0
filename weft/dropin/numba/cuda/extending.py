"""numba.cuda.extending"""

from ..extending import *  # noqa: F401,F403
from ..extending import __getattr__  # noqa: F401
