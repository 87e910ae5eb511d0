"""numba.np.numpy_support: between Numba's types and NumPy's dtypes."""

import numpy as np

from weft._cfunc import carray, farray
from weft._pytypes import Array, from_dtype, typeof


numpy_version = tuple(map(int, np.__version__.split(".")[:2]))


numpy_version = tuple(map(int, np.__version__.split(".")[:2]))


def as_dtype(nbtype):
    """The NumPy dtype of a scalar type."""
    return np.dtype(nbtype.element.dtype if isinstance(nbtype, Array) else nbtype.dtype)


def map_arrayscalar_type(value):
    """The type of a NumPy scalar."""
    return typeof(value)


def map_layout(value):
    """"C", "F" or "A": how an array lies."""
    return "C" if value.flags["C_CONTIGUOUS"] else "F" if value.flags["F_CONTIGUOUS"] else "A"


def is_array(value):
    return isinstance(value, np.ndarray)


__all__ = ["as_dtype", "carray", "farray", "from_dtype", "is_array", "map_arrayscalar_type", "map_layout", "numpy_version"]
