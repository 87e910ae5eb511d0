"""numba.core.dispatcher"""

from weft._jit import CPUDispatcher  # noqa: F401
from weft._pydispatch import Dispatcher  # noqa: F401
