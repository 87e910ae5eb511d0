"""numba.typed.typeddict"""

from weft._typed import Dict  # noqa: F401
