"""Views with strides of one's own, checked to stay inside the array's memory as it is known."""

import numpy as np

from .creation import asarray


def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    x = asarray(x)
    shape = x.shape if shape is None else tuple(shape)
    strides = x.strides if strides is None else tuple(strides)
    reach = [(n - 1) * s for n, s in zip(shape, strides) if n > 0]
    low, high = sum(r for r in reach if r < 0), sum(r for r in reach if r > 0)
    own = [(n - 1) * s for n, s in zip(x.shape, x.strides)]
    if 0 not in shape and (low < sum(r for r in own if r < 0) or high > sum(r for r in own if r > 0)):
        raise ValueError(f"[as_strided] shape {shape} with strides {strides} leaves the array of shape {x.shape}")
    result = x._view(shape, strides)
    if not writeable:
        result._read_only = True
    return result


def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    x = asarray(x)
    window = tuple(window_shape) if isinstance(window_shape, (tuple, list)) else (window_shape,)
    axes = range(x.ndim) if axis is None else [k % x.ndim for k in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    if len(window) != len(list(axes)):
        raise ValueError("Must provide window_shape for all dimensions of `x`")
    shape = list(x.shape)
    for k, w in zip(axes, window):
        if shape[k] < w:
            raise ValueError("window shape cannot be larger than input array shape")
        shape[k] -= w - 1
    return as_strided(x, (*shape, *window), (*x.strides, *(x.strides[k] for k in axes)), writeable=writeable)


class _Grid:
    """mgrid and ogrid: NumPy's, moved to the device."""

    def __init__(self, host):
        self._host = host

    def __getitem__(self, key):
        result = self._host[key]
        return tuple(asarray(r) for r in result) if isinstance(result, (tuple, list)) else asarray(result)


mgrid, ogrid = _Grid(np.mgrid), _Grid(np.ogrid)


class _Joined:
    """r_ and c_"""

    def __init__(self, host):
        self._host = host

    def __getitem__(self, key):
        from .fallback import to_host
        return asarray(self._host[tuple(to_host(k) for k in key) if isinstance(key, tuple) else to_host(key)])


r_, c_ = _Joined(np.r_), _Joined(np.c_)
