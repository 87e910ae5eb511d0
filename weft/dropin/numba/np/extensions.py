"""numba.np.extensions: what Numba has beside NumPy's functions."""

import numpy as np

from weft._extending import register_jitable


@register_jitable
def cross2d(a, b):
    """The cross product of vectors of two elements, along the last axis."""
    x, y = np.asarray(a), np.asarray(b)
    if x.shape[-1] != 2 or y.shape[-1] != 2:
        raise ValueError("Incompatible dimensions for 2D cross product\n(dimension must be 2 for both inputs)")
    return np.asarray(x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0])
