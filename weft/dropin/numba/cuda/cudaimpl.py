"""numba.cuda.cudaimpl: where Numba's extensions enter LLVM code for calls. It can be imported; entering something is declined by name."""

from weft._extending import decline

registry = decline("numba.cuda.cudaimpl.registry")
lower, lower_attr, lower_constant = registry.lower, registry.lower_getattr, registry.lower_constant
