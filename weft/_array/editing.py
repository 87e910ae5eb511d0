"""delete, insert and block: arrays put together from pieces. Which element goes where is worked out on the host."""

import operator

import numpy as np

from .array import ndarray
from .axes import normalize_axis, piece
from .creation import asarray
from .manipulation import concatenate, moveaxis


def _line(arr, axis):
    """(the array, the axis): the flattened array where there is none."""
    a = asarray(arr)
    if axis is None:
        return a.ravel(), 0
    return a, normalize_axis(axis, a.ndim)


def _places(obj):
    if isinstance(obj, slice) or isinstance(obj, int) and not isinstance(obj, bool):
        return obj
    return obj.get() if isinstance(obj, ndarray) else np.asarray(obj)


def delete(arr, obj, axis=None):
    """A copy without the slices that obj (an integer, a slice, integers, or a mask) names along the axis (None: of the
    flattened array). IndexError when an index is out of range."""
    a, axis = _line(arr, axis)
    n, obj = a.shape[axis], _places(obj)
    if isinstance(obj, slice):
        keep = np.ones(n, bool)
        keep[obj] = False
    elif isinstance(obj, int) or obj.ndim == 0 and obj.dtype.kind in "iu":
        at = operator.index(obj if isinstance(obj, int) else obj[()])
        if not -n <= at < n:
            raise IndexError(f"index {at} is out of bounds for axis {axis} with size {n}")
        at %= n
        return concatenate([piece(a, axis, 0, at), piece(a, axis, at + 1, n)], axis)
    else:
        keep = np.ones(n, bool)
        if obj.dtype == bool:
            if obj.shape != (n,):
                raise ValueError(f"boolean array argument obj to delete must be one dimensional and match the axis length of {n}")
            keep = ~obj
        elif obj.size:
            if obj.dtype.kind not in "iu":
                raise IndexError("arrays used as indices must be of integer (or boolean) type")
            keep[obj] = False
    from .indexing import pick
    kept = np.flatnonzero(keep)
    if kept.size and kept[-1] - kept[0] + 1 == kept.size:
        return piece(a, axis, int(kept[0]), int(kept[-1]) + 1)._copy()
    return pick(a, asarray(kept, device=a.device), axis)


def insert(arr, obj, values, axis=None):
    """A copy with values put before the places that obj (an integer, a slice, integers, or a mask) names along the axis
    (None: of the flattened array). IndexError when a place is out of range."""
    a, axis = _line(arr, axis)
    n, obj = a.shape[axis], _places(obj)
    if isinstance(obj, slice):
        obj = np.arange(*obj.indices(n))
    obj = np.asarray(obj)
    if obj.dtype == bool:
        if obj.ndim != 1:
            raise ValueError("boolean array argument obj to insert must be one dimensional")
        obj = np.flatnonzero(obj)
    elif obj.ndim > 1:
        raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    elif obj.size and obj.dtype.kind not in "iu":
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    obj = obj.astype(np.int64)
    values = asarray(values if hasattr(values, "dtype") else np.array(values, a.dtype), device=a.device)
    values = values if values.dtype == a.dtype else values._cast(a.dtype)
    values = values._reshape((1,) * (a.ndim - values.ndim) + values.shape) if values.ndim < a.ndim else values
    if obj.size == 1:
        return _insert_at(a, axis, obj, values)
    outside = obj[(obj < -n) | (obj > n)]
    if outside.size:
        raise IndexError(f"index {outside[0]} is out of bounds for axis {axis} with size {n}")
    if not obj.size:
        return a._copy()
    return _insert_many(a, axis, np.where(obj < 0, obj + n, obj), values)


def _insert_at(a, axis, obj, values):
    at, n = int(obj.reshape(())), a.shape[axis]
    if not -n <= at <= n:
        raise IndexError(f"index {at} is out of bounds for axis {axis} with size {n}")
    at = at + n if at < 0 else at
    if obj.ndim == 0:
        values = moveaxis(values, 0, axis)  # as NumPy: the values' first axis is the new slices
    values = values._broadcast_to((*a.shape[:axis], values.shape[axis], *a.shape[axis + 1:]))
    return concatenate([piece(a, axis, 0, at), values, piece(a, axis, at, n)], axis)


def _insert_many(a, axis, places, values):
    from .indexing import pick
    n, more = a.shape[axis], places.size
    values = values._broadcast_to((*a.shape[:axis], more, *a.shape[axis + 1:]))
    order = places.argsort(kind="stable")
    places[order] += np.arange(more)
    come_from = np.empty(n + more, np.int64)
    old = np.ones(n + more, bool)
    old[places] = False
    come_from[places], come_from[old] = n + np.arange(more), np.arange(n)
    return pick(concatenate([a, values], axis), asarray(come_from, device=a.device), axis)


def _depth_of(arrays, place=""):
    """How deep the lists are nested. ValueError when not everywhere the same, or a list is empty."""
    if isinstance(arrays, tuple):
        raise TypeError(f"arrays{place} is a tuple. Only lists can be used to arrange blocks, and block does not allow implicit conversion "
                        "from tuple to ndarray.")
    if not isinstance(arrays, list):
        return 0
    if not arrays:
        raise ValueError(f"List at arrays{place} cannot be empty")
    depths = [_depth_of(item, f"{place}[{k}]") for k, item in enumerate(arrays)]
    for k, depth in enumerate(depths):
        if depth != depths[0]:
            raise ValueError(f"List depths are mismatched. First element was at depth {depths[0] + 1}, but there is an element at depth "
                             f"{depth + 1} (arrays{place}[{k}])")
    return depths[0] + 1


def _joined(arrays, depth, ndim):
    if depth == 0:
        a = asarray(arrays)
        return a._reshape((1,) * (ndim - a.ndim) + a.shape)
    return concatenate([_joined(item, depth - 1, ndim) for item in arrays], ndim - depth)


def _most_dimensions(arrays):
    return max(map(_most_dimensions, arrays)) if isinstance(arrays, list) else asarray(arrays).ndim


def block(arrays):
    """An array put together from nested lists of blocks: the innermost lists are joined along the last axis, the lists around
    them along the one before. ValueError when the nesting is uneven or shapes do not fit."""
    depth = _depth_of(arrays)
    result = _joined(arrays, depth, max(depth, _most_dimensions(arrays)))
    return result if depth else result._copy()
