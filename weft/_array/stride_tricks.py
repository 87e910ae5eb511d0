"""Views with strides of one's own, checked to stay inside the array's memory as it is known."""

import numpy as np

from .axes import each_of, normalize_axis
from .array import ndarray
from .creation import asarray


def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """A view with that shape and those strides (in bytes), as numpy.lib.stride_tricks.as_strided, but ValueError where it would leave the
    array."""
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
    """A read-only view of all windows of that shape, whose dimensions are the last; as numpy.lib.stride_tricks.sliding_window_view.
    ValueError where the window does not fit.

        >>> wf.lib.stride_tricks.sliding_window_view(wf.arange(5), 3).sum(-1)
        array([3, 6, 9])
    """
    x = asarray(x)
    window = tuple(window_shape) if isinstance(window_shape, (tuple, list)) else (window_shape,)
    axes = range(x.ndim) if axis is None else [normalize_axis(k, x.ndim) for k in each_of(axis)]
    if len(window) != len(axes):
        raise ValueError(f"Since axis is `None`, must provide window_shape for all dimensions of `x`; got {len(window)} window_shape "
                         f"elements and `x.ndim` is {x.ndim}." if axis is None else
                         f"Must provide matching length window_shape and axis; got {len(window)} window_shape elements and {len(axes)} axes "
                         "elements.")
    if any(w < 0 for w in window):
        raise ValueError("`window_shape` cannot contain negative values")
    shape = list(x.shape)
    for k, w in zip(axes, window):
        if shape[k] < w:
            raise ValueError("window shape cannot be larger than input array shape")
        shape[k] -= w - 1
    return as_strided(x, (*shape, *window), (*x.strides, *(x.strides[k] for k in axes)), writeable=writeable)


def _on_host(end):
    return end.get() if isinstance(end, ndarray) else end


class _Grid:
    """mgrid and ogrid: NumPy's, moved to the device."""

    def __init__(self, host):
        self._host = host

    def __getitem__(self, key):
        key = tuple(key) if isinstance(key, list) else key
        keys = key if isinstance(key, tuple) else (key,)
        ends = [tuple(_on_host(end) for end in (k.start, k.stop, k.step)) for k in keys]
        result = self._host[tuple(slice(*end) for end in ends) if isinstance(key, tuple) else slice(*ends[0])]
        return tuple(asarray(r) for r in result) if isinstance(result, (tuple, list)) else asarray(result)


mgrid, ogrid = _Grid(np.mgrid), _Grid(np.ogrid)


class AxisConcatenator:
    """r_ and c_: r_[a, 0, b, 1:5, 2:3:4j] joins arrays, numbers and ranges; "axis,ndmin,place" before them says along which
    axis, with how many dimensions at least, and at which place the dimensions of shorter ones go. "r" and "c" (matrices)
    are NumPy's own and not offered."""

    __module__ = "weft"

    def __init__(self, axis=0, matrix=False, ndmin=1, trans1d=-1):
        if matrix:
            raise NotImplementedError("weft has no matrix class")
        self.axis, self.ndmin, self.trans1d = axis, ndmin, trans1d

    def __len__(self):
        return 0

    def _directive(self, text):
        if text in ("r", "c"):
            raise NotImplementedError("weft has no matrix class: r_['r', …] and r_['c', …]")
        try:
            numbers = [int(n) for n in text.split(",")]
        except ValueError:
            numbers = []
        if not 1 <= len(numbers) <= 3:
            raise ValueError(f"unknown special directive {text!r}")
        return (*numbers, *(self.axis, self.ndmin, self.trans1d)[len(numbers):])

    def _part(self, item, ndmin, trans1d):
        """An item as an array of at least ndmin dimensions; a Python number stays one."""
        from .creation import arange, linspace
        if isinstance(item, slice):
            start, stop, step = item.start or 0, item.stop, item.step
            if isinstance(step, complex):
                item = linspace(start, stop, int(abs(step)))
            else:
                item = arange(start, stop, step)
        elif isinstance(item, (int, float, complex)):
            return item
        item = asarray(item)
        missing = ndmin - item.ndim
        if missing <= 0:
            return item
        place = trans1d + missing + 1 if trans1d < 0 else trans1d
        return item._reshape((1,) * place + item.shape + (1,) * (missing - place))

    def __getitem__(self, key):
        from .manipulation import concatenate, result_type
        items = key if isinstance(key, tuple) else (key,)
        axis, ndmin, trans1d = self.axis, self.ndmin, self.trans1d
        if isinstance(items[0], str):
            axis, ndmin, trans1d = self._directive(items[0])
            items = items[1:]
        if any(isinstance(item, str) for item in items):
            raise ValueError("special directives must be the first entry.")
        parts = [self._part(item, ndmin, trans1d) for item in items]
        kind = result_type(*parts)
        device = next((p.device for p in parts if hasattr(p, "device")), None)
        parts = [p if hasattr(p, "ndim") else asarray(p, kind, device=device)._reshape((1,) * ndmin) for p in parts]
        return concatenate(parts, axis, dtype=kind, casting="unsafe")


class RClass(AxisConcatenator):
    """The class of r_: along the first axis."""

    __module__ = "weft"

    def __init__(self):
        super().__init__(0)


class CClass(AxisConcatenator):
    """The class of c_: as columns."""

    __module__ = "weft"

    def __init__(self):
        super().__init__(-1, ndmin=2, trans1d=0)


r_, c_ = RClass(), CClass()
