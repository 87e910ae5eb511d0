"""numba.cuda.cudadecl: where Numba's extensions enter how calls are typed. It can be imported; entering something is declined by name."""

from weft._extending import decline

registry = decline("numba.cuda.cudadecl.registry")
register, register_attr, register_global = registry.register, registry.register_attr, registry.register_global
