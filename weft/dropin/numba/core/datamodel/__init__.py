"""numba.core.datamodel: models can be registered and are without effect (numba.extending)."""

from weft._extending import models, stand_ins

register_default = stand_ins("numba.core.datamodel")["register_default"]
