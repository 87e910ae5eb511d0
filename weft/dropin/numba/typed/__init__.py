"""numba.typed"""

from weft._typed import Dict, List  # noqa: F401
