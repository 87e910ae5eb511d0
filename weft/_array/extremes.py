"""Minima and maxima of complex numbers, which are ordered by real part, then imaginary part; a NaN in either part comes first.

The place is found by reductions of the parts: the extreme real part, the extreme imaginary part among those that have it, the
first element that has both.
"""

import math

import numpy as np

from .axes import normalize_axis


def place(a, name, axis, keepdims=False):
    """argmax ("max") or argmin ("min") along an axis (None: of the flattened array)."""
    from .math import isnan, where
    shape = a.shape
    if axis is None or a.ndim == 0 and axis in (0, -1):
        a, axis = a.ravel(), 0
        shape = (1,) * len(shape)
    else:
        axis = normalize_axis(axis, a.ndim)
        shape = shape[:axis] + (1,) + shape[axis + 1:]
    if a.shape[axis] == 0:
        raise ValueError(f"attempt to get arg{name} of an empty sequence")
    worst, nan = a.real.dtype.type(-np.inf if name == "max" else np.inf), isnan(a)
    real = where(nan, worst, a.real)
    best = real == real._reduce(name, axis, None, True, None, None)
    imag = where(best, where(nan, worst, a.imag), worst)
    best = best & (imag == imag._reduce(name, axis, None, True, None, None))
    first = where(nan._reduce("any", axis, None, True, None, None), nan, best)
    result = first._cast(np.int8)._reduce("argmax", axis, None, True, None, None)
    return result._reshape(shape if keepdims else result.shape[:axis] + result.shape[axis + 1:])


def extreme(a, name, axis, keepdims, initial, where):
    """The maximum ("max") or minimum ("min") over axes; `initial` takes part, `where` needs it."""
    from . import math as functions
    from .indexing import take_along_axis
    from .quantile import _last_axis
    if isinstance(axis, list):
        raise TypeError("axis must be an integer or a tuple of integers")
    if where is not None:
        if initial is None:
            raise ValueError(f"reduction operation '{name}imum' does not have an identity, so to use a where mask one has to specify 'initial'")
        a = functions.where(where, a, a.dtype.type(initial))
    rows, axes = _last_axis(a, None if a.ndim == 0 and not isinstance(axis, tuple) and axis in (0, -1) else axis)
    shape = [1 if k in axes else n for k, n in enumerate(a.shape) if keepdims or k not in axes]
    if rows.shape[-1] == 0:
        if initial is None:
            raise ValueError(f"zero-size array to reduction operation {name}imum which has no identity")
        from .creation import full
        return full(shape, initial, a.dtype, device=a.device)
    if math.prod(shape) == 0:
        from .creation import empty
        return empty(shape, a.dtype, device=a.device)
    result = take_along_axis(rows, place(rows, name, -1, True), -1)._reshape(shape)
    return result if initial is None else (functions.maximum if name == "max" else functions.minimum)(result, a.dtype.type(initial))
