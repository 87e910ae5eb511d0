"""Advanced indexing: what a key means, and the kernels that gather and scatter.

A key is split in two. Its slices, ellipsis and new axes make a view; its arrays (integers beside arrays count as arrays)
choose along dimensions of that view, which are brought together, before them the `outer` and after them the `inner` ones.
"""

import math
import operator

import numpy as np

from .. import _core
from . import bulk
from .array import ndarray
from .axes import common_shape
from .creation import array as make_array, asarray, empty, from_numpy, zeros

RAISE, WRAP, CLIP = 0, 1, 2
MODES = {"raise": RAISE, "wrap": WRAP, "clip": CLIP}
OPS = {"set": 0, "add": 1, "subtract": 2, "multiply": 3, "maximum": 4, "minimum": 5}
_INT64 = np.dtype(np.int64)


# ---- masks

def _dense_mask(mask):
    return mask._contiguous()


def _starts(mask):
    """(how many are true, where each chunk's begin): what the mask functions work with."""
    if bulk.on_host(mask):
        starts = bulk.workspace(mask, -(-mask.size // 16384))
        return bulk.run("mask_count", (mask, starts)), starts
    if not mask.size:
        return 0, None
    from .scan import scan
    tiles = -(-mask.size // 4096)
    counts = bulk.workspace(mask, tiles)
    _mask_kernel("k_mask_count", 1)(counts, mask, np.int64(mask.size), grid=(tiles,), block=(256,))
    ends = scan("sum", counts, 0, _INT64)
    return int(ends[tiles - 1]), ends


def _mask_kernel(name, itemsize):
    return bulk.kernel("k_index.cu", name, T=bulk.WORDS[itemsize], INDEX="long long")


def select(array, mask):
    """array[mask] for a mask of the array's first dimensions."""
    mask, array = _dense_mask(mask), array._contiguous()
    count, starts = _starts(mask)
    result = empty((count, *array.shape[mask.ndim:]), array.dtype, device=array.device)
    if not result.size:
        return result
    if bulk.on_host(array):
        bulk.run("mask_select", (result, array, mask, starts))
    else:
        _mask_launch(result, array, mask, starts, 0)
    return result


def _mask_launch(dense, array, mask, ends, store):
    if not store and array.size == mask.size:
        _mask_kernel("k_mask_pack", array.itemsize)(dense, array, mask, ends, np.int64(mask.size), grid=(-(-mask.size // 4096),), block=(256,))
        return
    _mask_kernel("k_mask_select", array.itemsize)(dense, array, mask, ends, np.int64(mask.size), np.int64(array.size // mask.size),
                                                  np.int32(store), grid=(-(-mask.size // 4096),), block=(256,))


def store_masked(array, mask, values):
    """array[mask] = values, where values broadcast to the shape of what is written."""
    mask = _dense_mask(mask)
    count, starts = _starts(mask)
    shape = (count, *array.shape[mask.ndim:])
    if values.ndim == 1 and mask.ndim == array.ndim and values.size not in (1, count):
        raise ValueError(f"NumPy boolean array indexing assignment cannot assign {values.size} input values to "
                         f"the {count} output values where the mask is true")
    values = _values_for(array, values, shape)
    if not math.prod(shape):
        return
    if values.size == 1:
        values = values._broadcast_to(shape)._contiguous()
    target = array if array._c_contiguous and array._aligned else array._copy()
    if bulk.on_host(array):
        bulk.run("mask_store", (values, target, mask, starts), (), 2)
    else:
        _mask_launch(values, target, mask, starts, 1)
    if target is not array:
        array[...] = target


def nonzero(array):
    """A tuple of int64 arrays: the indices of the elements that are not zero, in C order."""
    mask = array if array.dtype == bool else array != 0
    result = _core.array_nonzero(mask)
    if result is not None:
        return (result,) if mask.ndim == 1 else tuple(result[d] for d in range(mask.ndim))
    mask = _dense_mask(mask)
    count, starts = _starts(mask)
    if bulk.on_host(mask):
        result = empty((mask.ndim, count), _INT64, device=array.device)
        if count:
            bulk.run("mask_indices", (result, mask, starts))
        return tuple(result[d] for d in range(mask.ndim))
    flat = empty((count,), _INT64, device=array.device)
    if count:
        _mask_kernel("k_mask_indices", 1)(flat, mask, starts, np.int64(mask.size), grid=(-(-mask.size // 4096),), block=(256,))
    return unravel(flat, mask.shape)


def unravel(flat, shape):
    """Flat C-order indices as one array for each dimension."""
    if len(shape) == 1:
        return (flat,)
    result = []
    for n in reversed(shape[1:]):
        result.append(flat % n)
        flat = flat // n
    return (flat, *reversed(result))


# ---- keys

def _is_flag(item):
    return isinstance(item, (bool, np.bool_))


def _as_index(item, device):
    """An array index as an array of ours, bool or int64."""
    if hasattr(item, "__cupy_get_ndarray__"):
        item = item.__cupy_get_ndarray__()
    if not isinstance(item, ndarray):
        given, item = item, np.asarray(item)
        if item.size == 0 and item.dtype.kind == "f":
            item = item.astype(np.int64)
        if item.dtype.kind not in "biu" and item.ndim == 0:
            raise IndexError("only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices, "
                             f"got {given!r} ({type(given).__name__})")
        if item.dtype.kind not in "biu":
            raise IndexError(f"arrays used as indices must be of integer (or boolean) type, got {item.dtype}")
        item = make_array(item, device=device)
    if item.dtype.kind not in "biu":
        raise IndexError(f"arrays used as indices must be of integer (or boolean) type, got {item.dtype}")
    return item if item.dtype == bool or item.dtype == _INT64 else item._cast(_INT64)


def _is_plain(item):
    return item is None or item is Ellipsis or isinstance(item, slice)


def _expanded(array, key):
    """The key as a list of slices, None, ints and index arrays (masks turned into indices), with every dimension named;
    and for each, the axis it stands for."""
    items = list(key) if isinstance(key, tuple) else [key]
    items = [item if _is_plain(item) or _is_flag(item) or (not isinstance(item, ndarray) and hasattr(item, "__index__")
             and not isinstance(item, np.ndarray)) else _as_index(item, array.device) for item in items]
    if sum(item is Ellipsis for item in items) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    used = 0
    for item in items:
        if item is not None and item is not Ellipsis and not _is_flag(item):
            used += item.ndim if isinstance(item, ndarray) and item.dtype == bool else 1
    if used > array.ndim:
        raise IndexError(f"too many indices for array: array is {array.ndim}-dimensional, but {used} were indexed")
    if not any(item is Ellipsis for item in items):
        items.append(Ellipsis)
    result, axis = [], 0
    for item in items:
        if item is Ellipsis:
            result.append((Ellipsis, axis))
            for _ in range(array.ndim - used):
                result.append((slice(None), axis))
                axis += 1
        elif item is None:
            result.append((None, axis))
        elif _is_flag(item) or isinstance(item, ndarray) and item.dtype == bool and item.ndim == 0:
            result.append((asarray(np.zeros(int(bool(item)), np.int64), device=array.device), -1))
        elif isinstance(item, ndarray) and item.dtype == bool:
            for k, n in enumerate(item.shape):
                if n and n != array.shape[axis + k]:  # NumPy lets an extent of 0 pass on any axis
                    raise IndexError(f"boolean index did not match indexed array along axis {axis + k}; size of axis is "
                                     f"{array.shape[axis + k]} but size of corresponding boolean axis is {n}")
            for index in nonzero(item):
                result.append((index, axis))
                axis += 1
        else:
            result.append((item, axis))
            axis += 1
    return result


def resolve(array, key):
    """(view with its dimensions as outer, indexed, inner; the index arrays; their common shape; the axis of each in the
    array; how many dimensions are outer)."""
    if type(key) is ndarray and key.dtype.kind in "iu" and key.size and array.ndim and key.device == array.device:  # the common one
        index = key if key.dtype == _INT64 else key._cast(_INT64)
        return array, [index._contiguous()], key.shape, [0], 0
    items = _expanded(array, key)
    places = [i for i, (item, _) in enumerate(items) if not _is_plain(item)]
    together = places == list(range(places[0], places[-1] + 1))
    view_key, indexed, axes, indices, dim = [], [], [], [], 0
    for item, axis in items:
        if item is Ellipsis:
            continue
        if _is_plain(item):
            view_key.append(item)
        else:
            view_key.append(None if axis < 0 else slice(None))
            indexed.append(dim)
            axes.append(axis)
            indices.append(item if isinstance(item, ndarray) else
                           from_numpy(np.asarray(operator.index(item), np.int64), None, array.device))
        dim += 1
    view = array[tuple(view_key)]
    for index in indices:
        if index.device != array.device:
            raise ValueError(f"[indexing] the array is on {array.device}, the index on {index.device}")
    try:
        shape = common_shape(*(index.shape for index in indices))
    except ValueError:
        shapes = " ".join(f"({','.join(map(str, index.shape))}{',' if index.ndim == 1 else ''})" for index in indices)
        raise IndexError(f"shape mismatch: indexing arrays could not be broadcast together with shapes {shapes} ") from None
    if not math.prod(shape):  # nothing is read: as in NumPy, integers are checked, arrays are not
        for index, dim, axis in zip(indices, indexed, axes):
            if not index.ndim:
                _out_of_range(index, view.shape[dim], axis)
    rest = [d for d in range(view.ndim) if d not in indexed]
    outer = [d for d in rest if together and d < indexed[0]]
    inner = [d for d in rest if d not in outer]
    order = outer + indexed + inner
    if order != list(range(view.ndim)):
        view = view._transpose(order)
    indices = [(i if i.shape == shape else i._broadcast_to(shape))._contiguous() for i in indices]
    return view, indices, shape, axes, len(outer)


# ---- gathering and scattering

def _out_of_range(index, extent, axis):
    bad = int(((index < -extent) | (index >= extent)).any())
    if not bad:
        return
    value = int(select(index._reshape((-1,)), ((index < -extent) | (index >= extent))._reshape((-1,)))[0])
    raise IndexError(f"index {value} is out of bounds for axis {max(axis, 0)} with size {extent}")


def _linear(view, indices, axes, outer, mode):
    """On a GPU: the indices as one, counted in blocks of the inner dimensions; checked."""
    at = None
    for k, index in enumerate(indices):
        extent = view.shape[outer + k]
        if mode == RAISE:
            if index.size:
                _out_of_range(index, extent, axes[k])
            from .math import where
            index = where(index < 0, index + extent, index)
        elif extent == 0 and index.size:
            raise IndexError("cannot do a non-empty take from an empty axes.")
        elif mode == WRAP:
            index = index % extent
        else:
            index = index.clip(0, extent - 1)
        at = index if at is None else at * extent + index
    return at._contiguous()


def gather(view, indices, shape, axes, outer, mode=RAISE):
    """The elements: outer dimensions, the indices' shape, inner dimensions."""
    count, chosen = math.prod(shape), len(indices)
    result = empty((*view.shape[:outer], *shape, *view.shape[outer + chosen:]), view.dtype, device=view.device)
    view = view if view._aligned else view._copy()
    if bulk.on_host(view):
        bulk.run("gather", (result, view, *indices), (outer, chosen, mode, count, *axes))
        return result
    at = _linear(view, indices, axes, outer, mode)
    if result.size:
        view = view._contiguous()
        inner = math.prod(view.shape[outer + chosen:])
        stride = math.prod(view.shape[outer:])
        index = bulk.index_type(max(result.size, view.size))
        number = np.int32 if index == "int" else np.int64
        bulk.kernel("k_index.cu", "k_gather", T=bulk.WORDS[view.itemsize], INDEX=index)(
            result, view, at, number(result.size), number(count), number(inner), np.int64(stride),
            grid=bulk.blocks(result.size, 1024), block=(256,))
    return result


def _values_for(target, values, shape):
    """Of the target's dtype; one element, or dense of that shape."""
    if values.device != target.device:
        values = values._to_device(target.device)
    if values._same_base(target):
        values = values._copy()
    while values.ndim > len(shape) and values.shape[0] == 1:
        values = values[0]
    if values.dtype != target.dtype:
        values = values._cast(target.dtype)
    if values.size == 1:
        return values._contiguous()
    if values.shape != tuple(shape):
        try:
            fits = common_shape(values.shape, shape) == tuple(shape)
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"shape mismatch: value array of shape {_plain(values.shape)} could not be broadcast to indexing "
                             f"result of shape {_plain(shape)}")
        values = values._broadcast_to(shape)
    return values._contiguous()


def _plain(shape):
    return f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def scatter(view, indices, shape, axes, outer, values, mode=RAISE, op="set"):
    """Writes values where gather would read; where an index comes twice the last one wins. False: no such operation here."""
    if view._read_only:
        raise ValueError("assignment destination is read-only")
    count, chosen = math.prod(shape), len(indices)
    whole = (*view.shape[:outer], *shape, *view.shape[outer + chosen:])
    if isinstance(values, (int, float, complex)):
        values = make_array(values, dtype=view.dtype, device=view.device)
    values = _values_for(view, asarray(values, device=view.device), whole)
    if bulk.on_host(view):
        numbers, target = (outer, chosen, mode, count, *axes, OPS[op]), view if view._aligned else view._copy()
        known = not bulk.run("scatter", (values, target, *indices), numbers, 2)
        if target is not view:
            view[...] = target
        return known
    at = _linear(view, indices, axes, outer, mode)
    if op != "set":
        return False
    if math.prod(whole):
        _scatter_on_device(view, values, at, outer, chosen, count, math.prod(whole))
    return True


def _scatter_on_device(view, values, at, outer, chosen, count, total):
    target = view if view._c_contiguous and view._aligned else view._copy()
    same = values.size == 1
    index = bulk.index_type(max(total, view.size))
    number = np.int32 if index == "int" else np.int64
    defines = {"T": bulk.WORDS[view.itemsize], "INDEX": index}
    owner = zeros((1 if same else math.prod(view.shape[outer:outer + chosen]),), np.int32, device=view.device)
    if not same:
        bulk.kernel("k_index.cu", "k_own", **defines)(owner, at, number(count), grid=bulk.blocks(count), block=(256,))
    bulk.kernel("k_index.cu", "k_scatter", **defines)(
        target, values, at, owner, number(total), number(count), number(math.prod(view.shape[outer + chosen:])),
        np.int64(math.prod(view.shape[outer:])), np.int32(same), grid=bulk.blocks(total, 1024), block=(256,))
    if target is not view:
        view[...] = target
