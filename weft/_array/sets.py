"""Arrays as sets: unique elements and what is built on them, by sorting."""

from typing import NamedTuple

import numpy as np

from .array import ndarray
from .axes import normalize_axis
from .creation import arange, asarray, empty, ones, zeros
from .manipulation import concatenate
from .sorting import _argsorted, _complex_keys, _lexsorted, searchsorted, sort


def _first_of_each(s, equal_nan):
    """True where a sorted array's element differs from the one before it."""
    from .math import isnan
    differ = s[1:] != s[:-1]
    if equal_nan and s.dtype.kind in "fc":
        differ = differ & ~(isnan(s[1:]) & isnan(s[:-1]))
    return concatenate([ones((1,), bool, device=s.device), differ])


def _finish(order, first, pick, shape, return_index, return_inverse, return_counts):
    """What unique returns: the elements that `pick` takes with the mask, and what was asked for beside."""
    from .indexing import flatnonzero
    from .statistics import cumsum
    result = [pick(first)]
    if return_index:
        result.append(order[first])
    if return_inverse:
        inverse = empty(order.shape, np.int64, device=order.device)
        inverse[order] = cumsum(first) - 1
        result.append(inverse._reshape(shape))
    if return_counts:
        starts = concatenate([flatnonzero(first), asarray(np.array([first.size]), device=first.device)])
        result.append(starts[1:] - starts[:-1])
    return result[0] if len(result) == 1 else tuple(result)


def _unique_rows(a, axis, *asked):
    """unique along an axis: slices as wholes, in the order of their elements."""
    axis = normalize_axis(axis, a.ndim)
    moved = a._transpose([axis] + [k for k in range(a.ndim) if k != axis])._contiguous()
    n = moved.shape[0]
    rows = moved._reshape((n, moved.size // n if n else 0))
    back = [*range(1, axis + 1), 0, *range(axis + 1, a.ndim)]
    if n == 0 or rows.shape[1] == 0:
        order, first = arange(n, device=a.device), zeros((n,), bool, device=a.device)
        if n:
            first[0] = True
    else:
        columns = [rows[:, k] for k in reversed(range(rows.shape[1]))]
        order = _lexsorted([key for c in columns for key in (_complex_keys(c) if c.dtype.kind == "c" else [c])])
        s = rows[order]
        first = concatenate([ones((1,), bool, device=a.device), (s[1:] != s[:-1]).any(1)])
    return _finish(order, first, lambda f: moved[order][f]._transpose(back), (n,), *asked)


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    """The sorted unique elements (axis: slices); where they first are, which one each element is, how many there are."""
    a = asarray(ar)
    asked = (return_index, return_inverse, return_counts)
    if axis is not None and a.ndim == 1:
        normalize_axis(axis, 1)
    elif axis is not None:
        return _unique_rows(a, axis, *asked)
    shape, a = a.shape, a.ravel()
    if not a.size:
        nothing = zeros((0,), np.int64, device=a.device)
        result = [a, *(nothing._reshape(shape if k == 1 else (0,)) for k in range(3) if asked[k])]
        return result[0] if len(result) == 1 else tuple(result)
    if not (return_index or return_inverse):
        s = sort(a)
        return _finish(s, _first_of_each(s, equal_nan), lambda f: s[f], shape, *asked)
    order = _argsorted(a)
    s = a[order]
    return _finish(order, _first_of_each(s, equal_nan), lambda f: s[f], shape, *asked)


class UniqueAllResult(NamedTuple):
    values: ndarray
    indices: ndarray
    inverse_indices: ndarray
    counts: ndarray


class UniqueCountsResult(NamedTuple):
    values: ndarray
    counts: ndarray


class UniqueInverseResult(NamedTuple):
    values: ndarray
    inverse_indices: ndarray


def unique_all(x, /):
    return UniqueAllResult(*unique(x, True, True, True, equal_nan=False))


def unique_counts(x, /):
    return UniqueCountsResult(*unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x, /):
    return UniqueInverseResult(*unique(x, return_inverse=True, equal_nan=False))


def unique_values(x, /):
    return unique(x, equal_nan=False)


def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None):
    """True where an element is among the test elements."""
    if kind not in (None, "sort", "table"):
        raise ValueError(f"Invalid kind: {kind!r}. Please use None, 'sort' or 'table'.")
    a, b = asarray(element), asarray(test_elements).ravel()
    if not b.size:
        return (ones if invert else zeros)(a.shape, bool, device=a.device)
    from .indexing import take
    from .manipulation import promote_types
    kind = promote_types(a.dtype, b.dtype)
    if kind.kind == "f" and a.dtype.kind in "iu" and b.dtype.kind in "iu":  # int64 and uint64, which float64 does not hold
        a, b, fits = a._cast(np.uint64), (b if b.dtype.kind == "u" else b[b >= 0])._cast(np.uint64), a >= 0
        found = isin(a, b) & fits
        return ~found if invert else found
    a, b = (x if x.dtype == kind else x._cast(kind) for x in (a, b))
    if b.size <= 12 and a._on_cpu and kind.kind != "c":  # comparisons that fuse
        found = None
        for value in b.get():
            found = a == value if found is None else found | (a == value)
        return ~found if invert else found
    found = _in_table(a, b, kind) if a._on_cpu and kind.kind in "iu" else None
    if found is None:
        s = sort(b)
        found = take(s, searchsorted(s, a), mode="clip") == a
    return ~found if invert else found


def _in_table(a, b, kind):
    """isin of integers of one dtype by a table of truth values from b's least to its greatest; None where that would be long."""
    from .indexing import take
    from .math import where
    low, high = b.min().item(), b.max().item()
    if high - low > 6 * (a.size + b.size):
        return None
    wide = kind if kind.kind == "u" and kind.itemsize == 8 else np.dtype(np.int64)  # distances between the least and the greatest fit
    inside = (a >= low) & (a <= high)
    at, places = (((x if x.dtype == wide else x._cast(wide)) - wide.type(low))._cast(np.int64) for x in (where(inside, a, kind.type(low)), b))
    table = zeros(high - low + 1, bool, device=a.device)
    table[places] = True
    return take(table, at) & inside


def in1d(ar1, ar2, assume_unique=False, invert=False, *, kind=None):
    """isin of the first array's elements in a row, as older NumPys had it."""
    return isin(asarray(ar1).ravel(), ar2, invert=invert)


def union1d(ar1, ar2):
    return unique(concatenate([asarray(ar1).ravel(), asarray(ar2).ravel()]))


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    """The sorted elements that both have; and where they first are in each."""
    a, b = asarray(ar1).ravel(), asarray(ar2).ravel()
    where = []
    if not assume_unique:
        if return_indices:
            a, in_a = unique(a, return_index=True)
            b, in_b = unique(b, return_index=True)
            where = [in_a, in_b]
        else:
            a, b = unique(a), unique(b)
    both = concatenate([a, b])
    if not both.size:
        nothing = zeros((0,), np.int64, device=both.device)
        return (both, nothing, nothing) if return_indices else both
    order = _argsorted(both)
    s = both[order]
    twice = s[1:] == s[:-1]
    result = s[:-1][twice]
    if not return_indices:
        return result
    first, second = order[:-1][twice], order[1:][twice] - a.size
    return (result, where[0][first], where[1][second]) if where else (result, first, second)


def setdiff1d(ar1, ar2, assume_unique=False):
    a = asarray(ar1).ravel() if assume_unique else unique(ar1)
    return a[isin(a, ar2, invert=True)]


def setxor1d(ar1, ar2, assume_unique=False):
    a, b = (asarray(x).ravel() if assume_unique else unique(x) for x in (ar1, ar2))
    both = sort(concatenate([a, b]))
    if not both.size:
        return both
    edge = ones((1,), bool, device=both.device)
    flag = concatenate([edge, both[1:] != both[:-1], edge])
    return both[flag[1:] & flag[:-1]]
