"""numba.typed.dictobject: what makes one inside a compiled function."""

from weft._typed import DictType as DictType  # noqa: F401
from weft._typed import new_dict  # noqa: F401
