"""numba.core.datamodel: declined by name."""

from weft._extending import decline

models = decline("numba.core.datamodel.models")
register_default = decline("numba.core.datamodel.register_default")
