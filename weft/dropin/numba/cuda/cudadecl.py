"""numba.cuda.cudadecl: where Numba's extensions enter how calls are typed; entering has no effect."""

from weft._extending import registry as _registry

registry = _registry("numba.cuda.cudadecl.registry")
register, register_attr, register_global = registry.register, registry.register_attr, registry.register_global
