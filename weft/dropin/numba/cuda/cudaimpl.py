"""numba.cuda.cudaimpl: where Numba's extensions enter LLVM code for calls; entering has no effect, what has no Python beside it is refused where a kernel uses it."""

from weft._extending import registry as _registry

registry = _registry("numba.cuda.cudaimpl.registry")
lower, lower_attr, lower_constant = registry.lower, registry.lower_getattr, registry.lower_constant
