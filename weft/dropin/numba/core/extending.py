"""numba.core.extending"""

from ..extending import *  # noqa: F401,F403
from ..extending import register_model, typeof_impl  # noqa: F401
