"""numba.core.registry"""

from weft._extending import decline
from weft._jit import CPUDispatcher  # noqa: F401

cpu_target = decline("numba.core.registry.cpu_target")
