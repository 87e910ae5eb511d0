"""Sorting and searching, on the CPU in ready-made C (quicksort in vector registers), on a GPU a radix sort in CUDA C (device/k_sort.cu).

The order is NumPy's: NaN last; complex numbers by real, then imaginary part, those with a NaN after the others. Whatever
`kind` says, argsort is stable. A sort of values that is not asked to be stable puts -0 before +0.
"""

import numpy as np

from .. import _core
from . import bulk
from .array import ndarray
from .axes import normalize_axis
from .creation import asarray, empty, zeros

_COMMON_KINDS = (None, "stable", "quicksort", "mergesort")
_KINDS = {"b": 0, "u": 0, "i": 1, "f": 2}
_INFINITY = {"float16": "0x7c00u", "bfloat16": "0x7f80u", "float32": "0x7f800000u", "float64": "0x7ff0000000000000ull"}


# ---- rows

def _rows_on_device(x, indices):
    """Sorts the last axis of a dense array: the passes of k_sort.cu."""
    length, size = x.shape[-1], x.size
    rows, tiles, passes = size // length, -(-length // 4096), x.itemsize
    unsigned, count = np.dtype(f"u{passes}"), np.dtype(np.uint32 if length < 1 << 30 else np.uint64)
    defines = {"K": bulk.WORDS[passes], "KIND": _KINDS[x.dtype.kind], "ONE_ZERO": int(indices),
               "INFINITY_BITS": _INFINITY.get(x.dtype.name, "0"), "COUNT": bulk.WORDS[count.itemsize]}
    bases = zeros((rows * passes * 256,), count, device=x.device)
    bulk.kernel("k_sort.cu", "k_sort_count", **defines)(bases, x, np.int64(length), np.int64(rows), block=(256,),
                                                        grid=(min(tiles, 1024), min(rows, 65535)))
    bulk.kernel("k_sort.cu", "k_sort_bases", **defines)(bases, grid=(rows * passes,), block=(256,))
    result = empty(x.shape, np.int64 if indices else x.dtype, device=x.device)
    keys, places = x, bases  # the first pass has no places
    for number in range(passes):
        final = number == passes - 1
        keys_out = result if final and not indices else empty((size,), unsigned, device=x.device)
        places_out = bases if not indices else result if final else empty((size,), count, device=x.device)
        said, taken = zeros((rows * tiles * 256,), count, device=x.device), zeros((1,), np.uint64, device=x.device)
        bulk.kernel("k_sort.cu", "k_sort_pass", **defines)(
            keys_out, places_out, keys, places, bases, said, taken, np.int64(length), np.int64(tiles), np.int32(number),
            np.int32(indices), grid=(rows * tiles,), block=(256,))
        keys, places = keys_out, places_out
    return result


def _rows(x, indices):
    """The last axis sorted (indices: its argsort)."""
    if x.dtype.kind not in _KINDS:
        raise TypeError(f"arrays of {x.dtype} are not sorted by kernels")
    x = x._contiguous()
    if not x.size or x.shape[-1] == 1:
        return zeros(x.shape, np.int64, device=x.device) if indices else x._copy()
    if not bulk.on_host(x):
        return _rows_on_device(x, indices)
    result = empty(x.shape, np.int64 if indices else x.dtype, device=x.device)
    bulk.run("argsort" if indices else "sort", (result, x), (x.shape[-1],))
    return result


def _selected(x, places):
    """The elements that a sort along the last axis would bring to some places (ascending): the last axis of the result has them."""
    x = x._contiguous()
    if x.size and x.dtype.kind != "c" and len(places) <= 128 and bulk.on_host(x):
        result = empty((*x.shape[:-1], len(places)), x.dtype, device=x.device)
        if bulk.run("select", (result, x, bulk.workspace(x, x.size * max(4, x.itemsize), np.uint8)), (x.shape[-1], *places)):
            return result
    return sort(x, -1)[..., list(places)]


def _along(a, axis):
    """(the array with the axis last, how to get it back, the axis)."""
    a = asarray(a)
    if axis is None:
        a, axis = a.ravel(), 0
    axis = normalize_axis(axis, a.ndim)
    if axis == a.ndim - 1:
        return a, None
    order = [k for k in range(a.ndim) if k != axis] + [axis]
    return a._transpose(order), sorted(range(a.ndim), key=order.__getitem__)


def _back(result, order):
    return result if order is None else result._transpose(order)._copy()


def _complex_keys(a):
    """Least important first: imaginary, real, and which parts are NaN."""
    from .math import isnan
    return [a.imag, a.real, isnan(a.real)._cast(np.int8) * 2 + isnan(a.imag)._cast(np.int8)]


def _lexsorted(keys):
    """Indices along the last axis that sort by the last key, then the one before it …"""
    from .indexing import take_along_axis
    order = _rows(keys[0], True)
    for key in keys[1:]:
        order = take_along_axis(order, _rows(take_along_axis(key, order, -1), True), -1)
    return order


def sort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """A sorted copy along an axis (None: of the flattened array). kind is one of NumPy's names. descending: the largest first,
    NaN before it."""
    if axis == -1 and kind is None and not stable and not descending:
        result = _core.array_sorted(a, False)
        if result is not None:
            return result
    _check_kind(kind)
    if descending:
        a = sort(asarray(a), axis, kind, order, stable=stable)
        return a[(slice(None),) * (0 if axis is None else normalize_axis(axis, a.ndim)) + (slice(None, None, -1),)]._copy()
    a, back = _along(a, axis)
    if a.dtype.kind == "c" or a.dtype.kind == "f" and (stable or kind in ("stable", "mergesort")):
        from .indexing import take_along_axis
        return _back(take_along_axis(a, _argsorted(a), -1), back)
    return _back(_rows(a, False), back)


def _check_kind(kind):
    if kind is not None and not (isinstance(kind, str) and kind[:1] in "qhmsQHMS" and kind):
        raise ValueError(f"sort kind must be one of 'quick', 'heap', or 'stable' (got {kind!r})")


def _argsorted(a):
    return _lexsorted(_complex_keys(a)) if a.dtype.kind == "c" else _rows(a, True)


def argsort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """int64 indices that sort along an axis; equal elements stay in order, with descending=True too."""
    if axis == -1 and kind in _COMMON_KINDS and not descending:
        result = _core.array_sorted(a, True)
        if result is not None:
            return result
    _check_kind(kind)
    if descending:
        from .manipulation import flip
        a = asarray(a).ravel() if axis is None else asarray(a)
        k = normalize_axis(-1 if axis is None else axis, a.ndim)
        return a.shape[k] - 1 - flip(argsort(flip(a, k), k), k)
    if np.ndim(a) == 0 and axis in (None, 0, -1):  # as in NumPy, which sorts no number but has its place
        return zeros((1,), np.int64, device=getattr(a, "device", None))
    a, back = _along(a, axis)
    return _back(_argsorted(a), back)


def lexsort(keys, axis=-1):
    """Indices that sort by the last key, then the one before it …"""
    keys = [asarray(key) for key in keys]
    if not keys:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    if len({key.shape for key in keys}) != 1:
        raise ValueError("all keys need to be the same shape")
    if keys[0].ndim == 0:
        return zeros((), np.int64, device=keys[0].device)
    parts = []
    for key in keys:
        key, back = _along(key, axis)
        parts += _complex_keys(key) if key.dtype.kind == "c" else [key]
    return _back(_lexsorted(parts), back)


def sort_complex(a):
    """The last axis sorted, as complex numbers."""
    a = sort(asarray(a))
    if a.dtype.kind == "c":
        return a
    return a._cast(np.complex64 if a.dtype.name in ("int8", "uint8", "int16", "uint16") else np.complex128)


def msort(a):
    """The array sorted along its first axis, as older NumPys had it."""
    return sort(a, 0)


MOST_PIVOTS = 16  # of bulk/partition.c; for more a sort is as fast
SORTED_ROWS = 256  # elements: below, a partition gains nothing on a sort


def _places(a, kth, axis):
    """kth as ascending places along the axis, each once."""
    n = a.shape[normalize_axis(axis, a.ndim)]
    places = np.ravel(kth.get() if isinstance(kth, ndarray) else kth).tolist()
    for k in places:
        if not isinstance(k, int):
            raise TypeError("Partition index must be integer")
        if not -n <= k < n and n:
            raise ValueError(f"kth(={k}) out of bounds ({n})")
    return [] if not n else sorted({k % n for k in places})


def _arranged(a, kth, axis, indices):
    """Elements below the first pivot, then those equal to it, then those between it and the next …, each group in the order it had:
    one of the arrangements that a partition allows, and the same one on every device. Complex numbers, short rows and rows with many
    places are sorted."""
    a = asarray(a)
    if axis is None:
        a, axis = a._reshape((a.size,)), -1
    places = _places(a, kth, axis)
    if a.dtype.kind == "c" or not 0 < len(places) <= MOST_PIVOTS or not a.size or a.shape[axis] < SORTED_ROWS:
        return (argsort if indices else sort)(a, axis)
    x, back = _along(a, axis)
    x = x._contiguous()
    pivots = _selected(x, places)
    if bulk.on_host(x):
        result = empty(x.shape, np.int64 if indices else x.dtype, device=x.device)
        bulk.run("partition", (result, x, pivots._contiguous()), (x.shape[-1], int(indices)))
        return _back(result, back)
    from .indexing import take_along_axis
    group = zeros(x.shape, np.int16, device=x.device)
    for k in range(len(places)):
        pivot = pivots[..., k:k + 1]
        odd, above = (x != x), (x > pivot) | ((x != x) & (pivot == pivot))
        group = group + above._cast(np.int16) + ((x >= pivot) | odd)._cast(np.int16)
    order = _rows(group, True)
    return _back(order if indices else take_along_axis(x, order, -1), back)


def partition(a, kth, axis=-1, kind="introselect", order=None):
    """A copy in which the elements at the places kth are those that a sort would bring there, none before such a place is larger
    and none behind it smaller. Within those limits elements keep their order. ValueError if a place is out of bounds."""
    return _arranged(a, kth, axis, False)


def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    """int64 indices that partition an array: argpartition(a, k)[:k] are those of the k smallest elements."""
    return _arranged(a, kth, axis, True)


# ---- searching

def _search_type(dtype):
    if dtype.kind == "f":
        return np.dtype(np.float32) if dtype.itemsize == 2 else dtype
    return dtype if dtype.name in ("int32", "uint64", "int64") else np.dtype(np.int64)


def searchsorted(a, v, side="left", sorter=None):
    """Where the values belong in the sorted array: before (side="left") or after its equal elements. int64, the shape of v."""
    a, v = asarray(a), asarray(v)
    if side not in ("left", "right", "l", "r"):
        raise ValueError(f"search side must be 'left' or 'right' (got {side!r})")
    if a.ndim != 1:
        raise ValueError("object too deep for desired array" if a.ndim else "object of too small depth for desired array")
    if sorter is not None:
        from .indexing import take
        sorter = asarray(sorter, device=a.device)
        if sorter.dtype.kind not in "iu":
            raise TypeError("sorter must only contain integers")
        if sorter.size != a.size:
            raise ValueError("sorter.size must equal len(a)")
        a = take(a, sorter)
    from .manipulation import promote_types
    common = promote_types(a.dtype, v.dtype)
    if common.kind == "c":
        return _search_complex(a._cast(common), v._to_device(a.device)._cast(common), side[0] == "r")
    kind = _search_type(common)
    a, v = (x if x.dtype == kind else x._cast(kind) for x in (a, v._to_device(a.device)))
    return _core.array_value(search(a._contiguous(), v._contiguous(), side[0] == "r"))


def _search_complex(a, v, right):
    """By a stable sort of both together: a value's place is how many of the array's elements come before it."""
    from .manipulation import concatenate
    from .statistics import cumsum
    flat = v.ravel()
    parts = [a, flat] if right else [flat, a]
    order = _argsorted(concatenate(parts))
    ours = order < a.size if right else order >= flat.size
    before, result = cumsum(ours), empty((order.size,), np.int64, device=a.device)
    result[order] = before
    return result[a.size:]._reshape(v.shape) if right else result[:flat.size]._reshape(v.shape)


def search(a, v, right):
    """Where the elements of v belong in the sorted a: before equal ones, or (right) after them."""
    result = empty(v.shape, np.int64, device=a.device)
    if bulk.on_host(a):
        bulk.run("search", (result, a, v), (int(right),))
    elif v.size:
        bulk.kernel("k_search.cu", "k_search", T=bulk.C_TYPES[a.dtype.name])(
            result, a, v, np.int64(a.size), np.int64(v.size), np.int32(right), grid=bulk.blocks(v.size), block=(256,))
    return result


def digitize(x, bins, right=False):
    """The index of the bin that each value belongs to; bins go up or down."""
    x, bins = asarray(x), asarray(bins)
    if x.dtype.kind == "c":
        raise TypeError("x may not be complex")
    if bins.ndim != 1:
        raise ValueError("object of too small depth for desired array" if bins.ndim == 0 else "object too deep for desired array")
    side = "left" if right else "right"
    return searchsorted(bins, x, side) if _goes_up(bins.get()) else len(bins) - searchsorted(bins[::-1], x, side)


def _goes_up(bins):
    """Whether bins increase: their first two that differ say so, and no others may speak against them (NaN never does)."""
    before, after = bins[:-1], bins[1:]
    differ = np.flatnonzero(before != after)
    up = not differ.size or bool(before[differ[0]] < after[differ[0]])
    if bool(((before > after) if up else (before < after)).any()):
        raise ValueError("bins must be monotonically increasing or decreasing")
    return up
