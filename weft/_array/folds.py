"""Reductions, scans and `at` of ufuncs that the core has no kernel of its own for: made of the ufunc itself.

An associative ufunc is folded as a tree of neighbours, (0 1) (2 3) …, so n elements take log n steps of elementwise work on any
device; reduceat does so in all its segments at once. The others are folded from the left, an element a step, up to a length at
which NumPy is asked instead.
"""

import math

import numpy as np

from .. import _core
from . import bulk
from .array import ndarray
from .axes import normalize_axis
from .creation import arange, asarray, empty, full
from .fallback import through_numpy

ASSOCIATIVE = {"add", "multiply", "maximum", "minimum", "fmax", "fmin", "logaddexp", "logaddexp2", "hypot", "gcd", "lcm", "logical_and",
               "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor"}
_PREDICATES = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}
_LONGEST = 4096  # elements that are folded one after the other


def one_axis(what, axis, ndim):
    """The one axis of accumulate and reduceat: a number, or of a vector None, or (axis,). ValueError for several."""
    if isinstance(axis, tuple) and len(axis) == 1:
        axis, = axis
    if isinstance(axis, tuple) or axis is None and ndim != 1:
        raise ValueError(f"{what} does not allow multiple axes")
    return normalize_axis(0 if axis is None else axis, ndim)


def _prepared(f, a, dtype):
    """The elements as the fold takes them in: of the type that f has for them (TypeError where it has none), logical ones as truth
    values, sums of narrow integers in 64 bits."""
    name = f.__name__
    nothing = empty((0,), a.dtype if dtype is None else dtype, device=a.device)
    kind = f(nothing, nothing, dtype=dtype).dtype
    if dtype is None and name not in ("add", "multiply") and not name.startswith("logical_"):
        dtype = kind
    if name.startswith("logical_"):
        return a if a.dtype == bool else a != 0
    if dtype is None and name in ("add", "multiply"):
        from .statistics import _scan_type
        dtype = _scan_type(a, None) if a.dtype != bool or name == "add" else np.int64
    return a if dtype is None or a.dtype == dtype else a._cast(dtype)


def _rows(a, axes):
    """The array with the axes last, as one."""
    kept = [k for k in range(a.ndim) if k not in axes]
    return a._transpose(kept + list(axes))._reshape([a.shape[k] for k in kept] + [math.prod(a.shape[k] for k in axes)])


def _tree(f, x):
    rest = None
    while x.shape[-1] > 1:
        half = x.shape[-1] // 2 * 2
        if half < x.shape[-1]:
            last = x[..., half:]
            rest = last if rest is None else f(last, rest)
        x = f(x[..., 0:half:2], x[..., 1:half:2])
    return x if rest is None else f(x, rest)


def _from_the_left(f, x, start=None, mask=None):
    """start: what stands before the first element; mask: the elements that count, which needs a start."""
    from .math import where
    total = x[..., :1] if start is None else start
    for k in range(start is None, x.shape[-1]):
        after = f(total, x[..., k:k + 1])
        total = after if mask is None else where(mask[..., k:k + 1], after, total)
    return total


def _axes_of(name, a, axis):
    if a.ndim == 0 and not isinstance(axis, tuple) and axis in (0, -1):  # as NumPy: a number along its only axis
        return []
    axes = range(a.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [normalize_axis(k, a.ndim) for k in axes]
    if len(set(axes)) != len(axes):
        raise ValueError("duplicate value in 'axis'")
    if len(axes) > 1 and name not in ASSOCIATIVE:
        raise ValueError(f"reduction operation '{name}' is not reorderable, so at most one axis may be specified")
    return sorted(axes)


def reduce(f, array, axis=0, dtype=None, keepdims=False, initial=None, where=True):
    """f.reduce: f over all elements along the axes. ValueError for no elements where f has no identity."""
    name, a = f.__name__, asarray(array)
    if f.nin != 2:
        raise ValueError("reduce only supported for binary functions")
    if name in _PREDICATES or name not in ASSOCIATIVE and a.ndim and axis is not None and not isinstance(axis, tuple) and \
            a.shape[normalize_axis(axis, a.ndim)] > _LONGEST:
        given = {} if initial is None else {"initial": initial}
        return through_numpy(getattr(np, name).reduce, a, axis=axis, dtype=dtype, keepdims=keepdims, where=where, _name=f"{name}.reduce",
                             **given)
    axes, first = _axes_of(name, a, axis), initial if initial is not None else getattr(np, name).identity
    x, mask = _prepared(f, a, dtype), None
    if where is not True:
        if first is None:
            raise ValueError(f"reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'")
        if name in ASSOCIATIVE:  # what is left out counts as nothing
            from .math import where as choose
            nothing = getattr(np, name).identity
            x = choose(where, x, x.dtype.type(first if nothing is None else nothing))
        else:
            mask = _rows(asarray(where, device=a.device)._broadcast_to(a.shape), axes)
    rows = _rows(x, axes)
    if rows.shape[-1] == 0:
        if first is None:
            raise ValueError(f"zero-size array to reduction operation {name} which has no identity")
        result = full((*rows.shape[:-1], 1), first, rows.dtype, device=a.device)
    else:
        result = _tree(f, rows) if name in ASSOCIATIVE else _from_the_left(f, rows, _started(initial, first, rows, mask), mask)
        result = f(initial, result) if initial is not None and name in ASSOCIATIVE else result
    result = result._reshape([1 if k in axes else n for k, n in enumerate(a.shape) if keepdims or k not in axes])
    return _core.array_value(result._copy() if result._same_base(a) else result)


def _started(initial, first, rows, mask):
    """What a fold from the left begins with, if not with its first element."""
    if initial is None and mask is None:
        return None
    return full((*rows.shape[:-1], 1), first, rows.dtype, device=rows.device)


def accumulate(f, array, axis=0, dtype=None):
    """f.accumulate: f over the elements up to each, along an axis."""
    from .manipulation import concatenate
    name, a = f.__name__, asarray(array)
    if f.nin != 2:
        raise ValueError("accumulate only supported for binary functions")
    if a.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    axis = one_axis("accumulate", axis, a.ndim)
    n = a.shape[axis]
    if name in _PREDICATES or name not in ASSOCIATIVE and n > _LONGEST:
        return through_numpy(getattr(np, name).accumulate, a, axis=axis, dtype=dtype, _name=f"{name}.accumulate")
    x = _rows(_prepared(f, a, dtype), [axis])
    if name in ASSOCIATIVE:
        step = 1
        while step < n:  # each element takes in what lies `step` before it: Hillis and Steele, 1986
            x = concatenate([x[..., :step], f(x[..., :-step], x[..., step:])], -1)
            step *= 2
    elif n:
        parts = [x[..., :1]]
        for k in range(1, n):
            parts.append(f(parts[-1], x[..., k:k + 1]))
        x = concatenate(parts, -1)
    order = [k for k in range(a.ndim) if k != axis] + [axis]
    result = x._transpose(sorted(range(a.ndim), key=order.__getitem__))._contiguous()
    return _core.array_value(result._copy() if result._same_base(a) else result)


# ---- reduceat

def _segments(f, x, starts, lengths):
    """f over segments of the last axis, all of one element or more; starts, lengths: on the host."""
    from .indexing import pick
    from .math import minimum, where
    from .sorting import searchsorted
    while lengths.max() > 1:
        shorter = (lengths + 1) // 2
        begins = np.cumsum(shorter) - shorter
        place = arange(int(shorter.sum()), device=x.device)
        segment = searchsorted(asarray(begins, device=x.device), place, "right") - 1
        left = pick(asarray(starts - 2 * begins, device=x.device), segment) + 2 * place
        last = pick(asarray(starts + lengths - 1, device=x.device), segment)
        one, other = pick(x, left, x.ndim - 1), pick(x, minimum(left + 1, last), x.ndim - 1)
        x = where(left < last, f(one, other), one)
        starts, lengths = begins, shorter
    return pick(x, asarray(starts, device=x.device), x.ndim - 1)


_SUMMED, _ORDERED = {"float32", "float64", "int64", "uint64"}, {"int32", "int64", "uint64"}
_READY_MADE = {"add": _SUMMED, "multiply": _SUMMED, "minimum": _ORDERED, "maximum": _ORDERED}  # on a CPU, of these types


def _ready_made(name, x, starts, lengths):
    """The segments' folds by a function of the core, in the same order; None where there is none."""
    if x.dtype.name not in _READY_MADE.get(name, ()) or not starts.size or not x.size or not bulk.on_host(x):
        return None
    result = empty((*x.shape[:-1], starts.size), x.dtype, device=x.device)
    bulk.run("reduceat", (result, x._contiguous(), asarray(starts, device=x.device), asarray(lengths, device=x.device)),
             (list(_READY_MADE).index(name), x.shape[-1]))
    return result


def reduceat(f, array, indices, axis=0, dtype=None):
    """f.reduceat: f over the slices indices[i]:indices[i + 1] of an axis, the last one to the end; where they do not go up, the
    element at indices[i]. IndexError when an index is out of range."""
    name, a = f.__name__, asarray(array)
    if name not in ASSOCIATIVE:
        return through_numpy(getattr(np, name).reduceat, a, indices, axis=axis, dtype=dtype, _name=f"{name}.reduceat")
    if a.ndim == 0:
        raise TypeError("cannot reduceat on a scalar")
    axis = one_axis("reduceat", axis, a.ndim)
    places = np.asarray(indices.get() if isinstance(indices, ndarray) else indices)
    if places.ndim != 1:
        raise ValueError("object of too small depth for desired array" if places.ndim == 0 else "object too deep for desired array")
    n, places = a.shape[axis], places.astype(np.int64)
    outside = places[(places < 0) | (places >= n)]
    if outside.size:
        raise IndexError(f"index {outside[0]} out-of-bounds in {name}.reduceat [0, {n})")
    x = _rows(_prepared(f, a, dtype), [axis])
    lengths = np.maximum(np.append(places[1:], n)[:places.size] - places, 1)
    result = _ready_made(name, x, places, lengths)
    if result is None:
        result = _segments(f, x, places, lengths) if places.size else x[..., :0]
    order = [k for k in range(a.ndim) if k != axis] + [axis]
    return result._transpose(sorted(range(a.ndim), key=order.__getitem__))._contiguous()


# ---- at

_EXACT = {"maximum", "minimum", "fmax", "fmin", "gcd", "lcm", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or",
          "bitwise_xor"}
_IN_ORDER = {"add": 0, "subtract": 1, "multiply": 2}  # k_at.cu


def _grouping_is_free(name, dtype):
    """Whether the values may be put together in any grouping: the same bits come out."""
    return name in ASSOCIATIVE and (dtype.kind in "iub" or name in _EXACT)


def apply_at(f, target, places, values):
    """target[places[i]] = f(target[places[i]], values[i]) one after the other, for a dense target of one dimension; values is
    None for a function of one argument. False: some place comes too often for that."""
    from . import gather
    from .indexing import flatnonzero, pick
    from .manipulation import concatenate
    from .creation import ones
    from .sorting import argsort
    if not places.size:
        return True
    order = argsort(places)
    sorted_places = pick(places, order)
    differ = concatenate([ones((1,), bool, device=places.device), sorted_places[1:] != sorted_places[:-1]])
    begins = flatnonzero(differ)
    starts = begins.get()
    lengths = np.diff(np.append(starts, places.size))
    named = pick(sorted_places, begins)
    ordered = None if values is None else pick(values._contiguous(), order)
    most = int(lengths.max())
    name = f.__name__
    if values is not None and most > 64 and name in _IN_ORDER and target.dtype == ordered.dtype and target.dtype in (np.float32, np.float64):
        bulk.kernel("k_at.cu", "k_at", T=bulk.C_TYPES[target.dtype.name], OP=_IN_ORDER[name])(
            target, named._cast(np.dtype(np.int64)), asarray(np.append(starts, places.size).astype(np.int64), device=places.device), ordered,
            np.int64(starts.size), grid=(-(-starts.size // 256),), block=(256,))
        return True
    if values is not None and most > 64 and _grouping_is_free(name, ordered.dtype):
        ordered, starts, lengths, most = _segments(f, ordered, starts, lengths), np.arange(starts.size), np.ones_like(lengths), 1
    if most > _LONGEST:
        return False
    for turn in range(most):  # the first value of every place, then the second …
        again = np.flatnonzero(lengths > turn)
        where = named if again.size == lengths.size else pick(named, asarray(again, device=places.device))
        old = pick(target, where)
        new = f(old) if values is None else f(old, pick(ordered, asarray(starts[again] + turn, device=places.device)))
        gather.scatter(target, [where._contiguous()], where.shape, [0], 0, new, gather.CLIP)
    return True
