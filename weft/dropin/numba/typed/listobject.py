"""numba.typed.listobject: what makes one inside a compiled function."""

from weft._typed import ListType as ListType  # noqa: F401
from weft._typed import new_list  # noqa: F401
