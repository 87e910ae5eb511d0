"""numba.core.types"""

from ..types import *  # noqa: F401,F403
from ..types import Array, Tuple, Type, UniTuple  # noqa: F401
