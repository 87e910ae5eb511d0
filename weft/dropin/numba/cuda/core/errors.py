"""numba.cuda.core.errors"""

from ...core.errors import *  # noqa: F401,F403
