"""numba.np.numpy_support: between Numba's types and NumPy's dtypes."""

import numpy as np

from weft._pytypes import Array, from_dtype


def as_dtype(nbtype):
    """The NumPy dtype of a scalar type."""
    return np.dtype(nbtype.element.dtype if isinstance(nbtype, Array) else nbtype.dtype)


__all__ = ["as_dtype", "from_dtype"]
