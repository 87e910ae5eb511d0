"""cupyx on weft."""

import numpy as _numpy
import weft as _weft
from weft._array.gufunc import GeneralizedUFunc

from . import jit, linalg, profiler, scipy, signal, time


def scatter_add(a, slices, value):
    a.scatter_add(slices, value)


def scatter_max(a, slices, value):
    _weft.maximum.at(a, slices, value)


def scatter_min(a, slices, value):
    _weft.minimum.at(a, slices, value)


def rsqrt(x):
    return 1 / _weft.sqrt(x)


def _pinned(like):
    """A NumPy array in pinned memory with the shape, dtype and strides of one that was never touched."""
    from cupy.cuda import alloc_pinned_memory
    size = like.size * like.itemsize
    return _numpy.ndarray(like.shape, like.dtype, alloc_pinned_memory(size), strides=like.strides if size else None)


def empty_pinned(shape, dtype=float, order="C"):
    """numpy.empty in page-locked memory, which copies to and from a GPU run fastest from."""
    return _pinned(_numpy.empty(shape, dtype, order or "C"))


def zeros_pinned(shape, dtype=float, order="C"):
    """numpy.zeros in page-locked memory."""
    result = empty_pinned(shape, dtype, order)
    result[...] = 0
    return result


def empty_like_pinned(a, dtype=None, order="K", subok=None, shape=None):
    """numpy.empty_like in page-locked memory; a is an array of either side."""
    if subok is not None:
        raise TypeError("subok is not supported")
    order = order or "K"
    if order not in ("C", "F", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', 'K', got {order!r}")
    if isinstance(a, _weft.ndarray):
        a = _numpy.lib.stride_tricks.as_strided(_numpy.empty(1, a.dtype), a.shape, a.strides)  # never read
    return _pinned(_numpy.empty_like(a, dtype, order, False, shape))


def zeros_like_pinned(a, dtype=None, order="K", subok=None, shape=None):
    """numpy.zeros_like in page-locked memory."""
    result = empty_like_pinned(a, dtype, order, subok, shape)
    result[...] = 0
    return result


class errstate:
    """Accepted: weft raises where NumPy's linalg would, and gives no floating-point warnings."""

    def __init__(self, *, divide=None, over=None, under=None, invalid=None, linalg=None, fallback_mode=None):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def geterr():
    return {"divide": None, "over": None, "under": None, "invalid": None, "linalg": "raise", "fallback_mode": "warn"}


def seterr(*, linalg=None, fallback_mode=None, **unused):
    return geterr()


DeviceSynchronized, allow_synchronize = _weft.DeviceSynchronized, _weft.allow_synchronize


def get_runtime_info(full=False):
    """What this runs on, as text."""
    return f"weft {_weft.__version__} as CuPy on {_weft.current_device().info['name']}"
