"""numba.typed.typedlist"""

from weft._typed import List  # noqa: F401
