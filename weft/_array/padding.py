"""pad: an array with a border, in NumPy's modes.

A border is laid axis by axis, as NumPy does, so that the corners come out of the axis before. Where every new element is an
old one (edge, reflect, symmetric, wrap), the axis is gathered by indices that are worked out on the host; else the two pieces
are computed and joined.
"""

import operator

import numpy as np

from .array import ndarray
from .axes import normalize_axis, piece
from .creation import asarray, empty, full, linspace
from .manipulation import concatenate, moveaxis

_STATISTICS = ("maximum", "mean", "median", "minimum")
_ALLOWED = {"constant": {"constant_values"}, "edge": set(), "empty": set(), "wrap": set(), "linear_ramp": {"end_values"},
            "reflect": {"reflect_type"}, "symmetric": {"reflect_type"}, **{mode: {"stat_length"} for mode in _STATISTICS}}


def _pairs(value, ndim, of_counts):
    """A number, (before, after), or one such for each axis, as a list of pairs. of_counts: whole and not negative, or None."""
    if value is None:
        return [(None, None)] * ndim
    value = np.asarray(value.get() if isinstance(value, ndarray) else value)
    if of_counts:
        value = np.round(value).astype(np.intp, copy=False)
        if value.size and value.min() < 0:
            raise ValueError("index can't contain negative values")
    return [tuple(pair) for pair in np.broadcast_to(value, (ndim, 2)).tolist()]


def _widths(pad_width, ndim):
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            if not isinstance(width, (int, np.integer)) and not (isinstance(width, tuple) and len(width) == 2):
                raise TypeError("pad_width: each value of the dictionary must be an int or a (before, after) tuple")
            widths[normalize_axis(axis, ndim)] = (width, width) if isinstance(width, (int, np.integer)) else width
        pad_width = widths
    given = np.asarray(pad_width.get() if isinstance(pad_width, ndarray) else pad_width)
    if given.dtype.kind != "i" and not (given.dtype.kind == "u" and given.dtype.itemsize < 8):
        raise TypeError("`pad_width` must be of integral type.")
    return _pairs(given, ndim, True)


def _shape_with(a, axis, n):
    return (*a.shape[:axis], n, *a.shape[axis + 1:])


# ---- one axis in each mode

def _by_index(a, axis, index):
    from .indexing import pick
    return pick(a, asarray(index, device=a.device), axis)


def _mirrored(n, before, after, with_edge):
    """The indices of an axis that is reflected at its ends as often as needed."""
    at = np.arange(-before, n + after)
    period = 2 * n if with_edge else max(2 * n - 2, 1)
    at = at % period
    return np.where(at >= n, period - at - (1 if with_edge else 0), at)


def _reflected_odd(a, axis, before, after, with_edge):
    """Each new element is as far beyond the edge's value as its mirror image is short of it. Only whole periods are mirrored: what
    was laid before them may be the beginning of one."""
    skip = 0 if with_edge else 1
    period = a.shape[axis] - skip
    while before or after:
        n = a.shape[axis]
        most = (n - skip) // period * period
        left, right = min(before, most), min(after, most)
        parts = [a]
        if left:
            mirror = piece(a, axis, skip, skip + left)[(slice(None),) * axis + (slice(None, None, -1),)]
            parts.insert(0, 2 * piece(a, axis, 0, 1) - mirror)
        if right:
            mirror = piece(a, axis, n - skip - right, n - skip)[(slice(None),) * axis + (slice(None, None, -1),)]
            parts.append(2 * piece(a, axis, n - 1, n) - mirror)
        a, before, after = concatenate(parts, axis), before - left, after - right
    return a


def _mirror(a, axis, before, after, mode, kind):
    if kind not in ("even", "odd"):
        raise ValueError(f"reflect_type is 'even' or 'odd', not {kind!r}")
    with_edge = mode == "symmetric"
    if a.shape[axis] == 1:  # one element has no neighbour to show: as "edge"
        return _by_index(a, axis, np.zeros(before + 1 + after, np.int64))
    if kind == "odd":
        return _reflected_odd(a, axis, before, after, with_edge)
    return _by_index(a, axis, _mirrored(a.shape[axis], before, after, with_edge))


def _statistic(a, axis, mode, length):
    """Of the first `length` elements and of the last, as two pieces of one element."""
    from . import quantile, statistics
    function = {"maximum": statistics.max, "minimum": statistics.min, "mean": statistics.mean, "median": quantile.median}[mode]
    n, ends = a.shape[axis], []
    for count, first in zip(length, (True, False)):
        count = n if count is None or count > n else count
        if count == 0 and mode in ("maximum", "minimum"):
            raise ValueError("stat_length of 0 yields no value for padding")
        chunk = piece(a, axis, 0, count) if first else piece(a, axis, n - count, n)
        value = function(chunk, axis, keepdims=True)
        ends.append(value.round()._cast(a.dtype) if a.dtype.kind in "iu" and value.dtype.kind == "f" else value._cast(a.dtype))
    return ends


def _joined(a, axis, before, after, left, right):
    """The array between two pieces that broadcast along the axis."""
    parts = [a]
    if before:
        parts.insert(0, left._broadcast_to(_shape_with(a, axis, before)))
    if after:
        parts.append(right._broadcast_to(_shape_with(a, axis, after)))
    return concatenate(parts, axis)


def _ramp(a, axis, before, after, ends):
    n = a.shape[axis]
    parts = [a]
    for count, end, edge, first in ((before, ends[0], piece(a, axis, 0, 1), True), (after, ends[1], piece(a, axis, n - 1, n), False)):
        if not count:
            continue
        edge = edge.squeeze(axis)
        ramp = linspace(full(edge.shape, end, device=a.device), edge, count, endpoint=False, dtype=a.dtype, axis=axis)
        parts = [ramp, *parts] if first else [*parts, ramp[(slice(None),) * axis + (slice(None, None, -1),)]]
    return concatenate(parts, axis)


def _one_axis(a, axis, before, after, mode, options):
    n = a.shape[axis]
    if mode == "edge":
        return _by_index(a, axis, np.clip(np.arange(-before, n + after), 0, n - 1))
    if mode == "wrap":
        return _by_index(a, axis, np.arange(-before, n + after) % n)
    if mode in ("reflect", "symmetric"):
        return _mirror(a, axis, before, after, mode, options.get("reflect_type", "even"))
    if mode == "linear_ramp":
        return _ramp(a, axis, before, after, options["end_values"][axis])
    return _joined(a, axis, before, after, *_statistic(a, axis, mode, options["stat_length"][axis]))


# ---- all of them

def _framed(a, widths, values):
    """The array in the middle of a new one; values: what to fill it with, one for all, or None."""
    shape = [before + n + after for (before, after), n in zip(widths, a.shape)]
    order = "F" if a._f_contiguous and not a._c_contiguous else "C"
    result = empty(shape, a.dtype, order, device=a.device) if values is None else full(shape, values, a.dtype, order, device=a.device)
    result[tuple(slice(before, before + n) for (before, _), n in zip(widths, a.shape))] = a
    return result


def _constant(a, widths, values):
    if np.ndim(values) == 0 and not isinstance(values, ndarray):
        return _framed(a, widths, values)
    pairs = _pairs(values, a.ndim, False)
    for axis, (before, after) in enumerate(widths):
        left, right = (full((1,) * a.ndim, value, device=a.device)._cast(a.dtype) for value in pairs[axis])
        a = _joined(a, axis, before, after, left, right) if before or after else a
    return a


def _by_function(a, widths, function, options):
    """function(vector, (before, after), axis, options) writes into each line of the array, axis after axis."""
    result = _framed(a, widths, 0)
    for axis, pair in enumerate(widths):
        lines = moveaxis(result, axis, -1)
        for index in np.ndindex(lines.shape[:-1]):
            function(lines[index], pair, axis, options)
    return result


def pad(array, pad_width, mode="constant", **kwargs):
    """The array with a border.

    pad_width: how many elements, as a number, (before, after), one such pair for each axis, or {axis: width}. mode: "constant"
    (constant_values), "edge", "empty", "linear_ramp" (end_values), "maximum", "mean", "median", "minimum" (stat_length),
    "reflect", "symmetric" (reflect_type "even" or "odd"), "wrap", or a function of a line, its pair of widths, the axis and the
    keywords, which fills the border in. TypeError for widths that are not integers, ValueError for negative ones, for keywords
    of another mode, and where an axis without elements would have to be continued.
    """
    a = asarray(array)
    widths = _widths(pad_width, a.ndim)
    if callable(mode):
        return _by_function(a, widths, mode, kwargs)
    if mode not in _ALLOWED:
        raise ValueError(f"mode '{mode}' is not supported")
    if set(kwargs) - _ALLOWED[mode]:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {set(kwargs) - _ALLOWED[mode]}")
    if mode == "constant":
        return _constant(a, widths, kwargs.get("constant_values", 0))
    if mode == "empty":
        return _framed(a, widths, None)
    options = {"stat_length": _pairs(kwargs.get("stat_length"), a.ndim, True), "reflect_type": kwargs.get("reflect_type", "even"),
               "end_values": _pairs(kwargs.get("end_values", 0), a.ndim, False)}
    result = a
    for axis, (before, after) in enumerate(widths):
        if not (before or after):
            continue
        if result.shape[axis] == 0:
            raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
        result = _one_axis(result, axis, operator.index(before), operator.index(after), mode, options)
    return result._copy() if result is a else result
