"""Shapes and arrangement: joining, splitting, repeating, rolling, padding."""

import functools
import math
import operator

import numpy as np

from .. import _core
from . import bulk, dtypes
from .array import _warn_of_complex, ndarray
from .axes import axes_list, common_shape, each_of, normalize_axis
from .creation import arange, array, asarray, empty, zeros


def reshape(a, /, shape=None, order="C", *, newshape=None, copy=None):
    return asarray(a).reshape(shape if newshape is None else newshape, order=order, copy=copy)


def ravel(a, order="C"):
    return asarray(a).ravel(order)


def shape(a):
    return asarray(a).shape


def ndim(a):
    return getattr(a, "ndim", None) if hasattr(a, "ndim") else np.ndim(a)


def size(a, axis=None):
    a = asarray(a)
    if axis is None:
        return a.size
    return math.prod(a.shape[k] for k in axes_list(axis, a.ndim))


def transpose(a, axes=None):
    a = asarray(a)
    return a.T if axes is None else a._transpose(axes)


permute_dims = transpose


def matrix_transpose(x, /):
    return asarray(x).mT


def swapaxes(a, axis1, axis2):
    return asarray(a).swapaxes(axis1, axis2)


def moveaxis(a, source, destination):
    a = asarray(a)
    source = [normalize_axis(k, a.ndim) for k in each_of(source)]
    destination = [normalize_axis(k, a.ndim) for k in each_of(destination)]
    if len(source) != len(destination):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    for name, axes in (("source", source), ("destination", destination)):
        if len(set(axes)) != len(axes):
            raise ValueError(f"repeated axis in `{name}` argument")
    order = [n for n in range(a.ndim) if n not in source]
    for to, from_ in sorted(zip(destination, source)):
        order.insert(to, from_)
    return a._transpose(order)


def isfortran(a):
    """Whether the array lies in Fortran's order and not in C's."""
    a = asarray(a)
    return a._f_contiguous and not a._c_contiguous


def rollaxis(a, axis, start=0):
    a = asarray(a)
    axis = normalize_axis(axis, a.ndim)
    if not -a.ndim <= start <= a.ndim:
        raise np.exceptions.AxisError(f"'start' arg requires {-a.ndim} <= start < {a.ndim + 1}, but {start} was passed in")
    start = start + a.ndim if start < 0 else start
    axes = list(range(a.ndim))
    axes.remove(axis)
    axes.insert(start - 1 if axis < start else start, axis)
    return a._transpose(axes)


def squeeze(a, axis=None):
    return asarray(a).squeeze(axis)


def expand_dims(a, axis):
    a = asarray(a)
    axes = each_of(axis)
    n = a.ndim + len(axes)
    if n > 64:
        raise ValueError(f"maximum supported dimension for an ndarray is 64, found {n}")
    places = {normalize_axis(k, n) for k in axes}
    if len(places) != len(axes):
        raise ValueError("repeated axis")
    return a[tuple(None if k in places else slice(None) for k in range(n))]


def atleast_1d(*arys):
    result = tuple(a if a.ndim else a._reshape((1,)) for a in map(asarray, arys))
    return result[0] if len(result) == 1 else result


def atleast_2d(*arys):
    result = tuple(a if a.ndim >= 2 else a._reshape((1, a.size)) for a in map(asarray, arys))
    return result[0] if len(result) == 1 else result


def atleast_3d(*arys):
    result = tuple(a if a.ndim >= 3 else a._reshape((1, a.size, 1)) if a.ndim < 2 else a[..., None] for a in map(asarray, arys))
    return result[0] if len(result) == 1 else result


def broadcast_to(array, shape, subok=False):
    """A read-only view in which elements are repeated."""
    return asarray(array)._broadcast_to(shape)


def broadcast_shapes(*args):
    """The shape that arrays of these shapes (tuples or numbers) broadcast to. ValueError when they do not fit."""
    shapes = [(operator.index(s),) if isinstance(s, (int, np.integer)) else tuple(map(operator.index, s)) for s in args]
    if any(n < 0 for s in shapes for n in s):
        raise ValueError("negative dimensions are not allowed")
    return common_shape(*shapes)


class broadcast:
    """broadcast(x, y, …): what the arrays broadcast to, `shape`, `nd` (also `ndim`), `size`, and the views, `values`. ValueError
    when they do not fit."""

    def __init__(self, *args):
        self.values = broadcast_arrays(*args)
        self.shape = self.values[0].shape if self.values else ()

    nd = ndim = property(lambda self: len(self.shape))
    size = property(lambda self: math.prod(self.shape))
    numiter = property(lambda self: len(self.values))

    def __iter__(self):
        """The elements that meet, one tuple after the other."""
        return zip(*(v.get().flat for v in self.values))


def _array_of_any(thing):
    """An array of ours, or of NumPy's where its elements are none for a device (None, text)."""
    host = thing if isinstance(thing, ndarray) else np.asarray(thing)
    return host if not isinstance(host, ndarray) and host.dtype.kind in "OSU" else asarray(host)


def broadcast_arrays(*args, subok=False):
    """The arrays, broadcast to one shape. What holds objects or text stays NumPy's."""
    arrays = [_array_of_any(a) for a in args]
    shape = common_shape(*(a.shape for a in arrays))
    return tuple(a if a.shape == shape else a._broadcast_to(shape) if isinstance(a, ndarray) else np.broadcast_to(a, shape) for a in arrays)


def concatenate(arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind"):
    if out is None and dtype is None:
        joined = _core.array_join(arrays, axis, False)
        if joined is not None:
            return joined
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        arrays, axis = [a.ravel() for a in arrays], 0
    first = arrays[0]
    if first.ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = normalize_axis(axis, first.ndim)
    for i, a in enumerate(arrays[1:], 1):
        if a.ndim != first.ndim:
            raise ValueError(f"all the input array dimensions except for the concatenation axis must match exactly, but the "
                             f"array at index 0 has {first.ndim} dimension(s) and the array at index {i} has {a.ndim} dimension(s)")
        for k in range(a.ndim):
            if k != axis and a.shape[k] != first.shape[k]:
                raise ValueError(f"all the input array dimensions except for the concatenation axis must match exactly, but along "
                                 f"dimension {k}, the array at index 0 has size {first.shape[k]} and the array at index {i} has size {a.shape[k]}")
    if out is not None and dtype is not None:
        raise TypeError("concatenate() only takes `out` or `dtype` as an argument, but both were provided.")
    kind = out.dtype if out is not None else result_type(*arrays) if dtype is None else dtypes.as_dtype(dtype)
    for a in arrays:
        if not _core.array_can_cast(a.dtype, kind, casting):
            raise TypeError(f"Cannot cast array data from dtype('{a.dtype}') to dtype('{kind}') according to the rule '{casting}'")
        _warn_of_complex(a.dtype, kind)
    total = sum(a.shape[axis] for a in arrays)
    if out is None:
        fortran = all(a._f_contiguous and not a._c_contiguous for a in arrays)
        out = empty(first.shape[:axis] + (total,) + first.shape[axis + 1:], kind, "F" if fortran else "C", device=first.device)
    elif out.shape != first.shape[:axis] + (total,) + first.shape[axis + 1:]:
        raise ValueError("Output array is the wrong shape")
    at = 0
    for a in arrays:
        if a.shape[axis]:
            out[(slice(None),) * axis + (slice(at, at + a.shape[axis]),)] = a
        at += a.shape[axis]
    return out


concat = concatenate


_KINDS = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


def result_type(*arrays_and_dtypes):
    """The dtype that these would have together, by NEP 50."""
    if not arrays_and_dtypes:
        raise ValueError("at least one array or dtype is required")
    strong, weak = [], None
    for thing in arrays_and_dtypes:
        if isinstance(thing, (int, float, complex)) and not isinstance(thing, (bool, np.generic)):
            kind = "iufc".index("i" if isinstance(thing, int) else "f" if isinstance(thing, float) else "c")
            weak = thing if weak is None or kind > "iufc".index("i" if isinstance(weak, int) else "f" if isinstance(weak, float) else "c") else weak
            continue
        from .dtypes import as_dtype
        dtype = thing.dtype if hasattr(thing, "dtype") and not isinstance(thing, type) else np.asarray(thing).dtype \
            if isinstance(thing, (list, tuple, bool)) else as_dtype(thing)
        strong.append(dtype)
    if not strong:
        return np.asarray(weak).dtype
    # The wider kinds first, as NumPy: float32 beside int16 and uint16 is float32, whatever these two have together.
    strong = functools.reduce(_core.array_promote, sorted(strong, key=lambda t: -_KINDS.get(t.kind, 2)))
    if weak is None:
        return strong
    probe = _core.array_empty((0,), strong, "cpu")
    return (probe + weak).dtype if strong != np.bool_ else np.asarray(weak).dtype


def min_scalar_type(a):
    """The smallest dtype that holds a number or an element; of arrays with axes, and of what holds some, their own dtype."""
    if isinstance(a, (list, tuple)) and not isinstance(a, np.generic):
        return asarray(a).dtype
    if isinstance(a, ndarray):
        return a.dtype if a.ndim else np.min_scalar_type(a.get())
    return np.min_scalar_type(a)


def promote_types(type1, type2):
    return _core.array_promote(type1, type2)


def can_cast(from_, to, casting="safe"):
    if isinstance(from_, ndarray):
        from_ = from_.dtype
    return _core.array_can_cast(from_, to, casting)


def stack(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    if out is None and dtype is None:
        joined = _core.array_join(arrays, axis, True)
        if joined is not None:
            return joined
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({a.shape for a in arrays}) != 1:
        raise ValueError("all input arrays must have the same shape")
    axis = normalize_axis(axis, arrays[0].ndim + 1)
    return concatenate([expand_dims(a, axis) for a in arrays], axis, out, dtype=dtype, casting=casting)


def vstack(tup, *, dtype=None, casting="same_kind"):
    arrays = atleast_2d(*tup)
    return concatenate(arrays if isinstance(arrays, tuple) else [arrays], 0, dtype=dtype, casting=casting)


row_stack = vstack


def hstack(tup, *, dtype=None, casting="same_kind"):
    arrays = atleast_1d(*tup)
    arrays = arrays if isinstance(arrays, tuple) else [arrays]
    return concatenate(arrays, 0 if arrays[0].ndim == 1 else 1, dtype=dtype, casting=casting)


def dstack(tup):
    arrays = atleast_3d(*tup)
    return concatenate(arrays if isinstance(arrays, tuple) else [arrays], 2)


def column_stack(tup):
    return concatenate([a if a.ndim > 1 else a._reshape((a.size, 1)) for a in map(asarray, tup)], 1)


def unstack(x, /, *, axis=0):
    x = moveaxis(asarray(x), axis, 0)
    return tuple(x[i] for i in range(x.shape[0]))


def array_split(ary, indices_or_sections, axis=0):
    ary = asarray(ary)
    axis = normalize_axis(axis, ary.ndim)
    n = ary.shape[axis]
    if isinstance(indices_or_sections, ndarray):
        indices_or_sections = indices_or_sections.tolist()
    try:
        cuts = [0, *(operator.index(i) for i in indices_or_sections), n]
    except TypeError:
        sections = operator.index(indices_or_sections)
        if sections <= 0:
            raise ValueError("number sections must be larger than 0.") from None
        each, extra = divmod(n, sections)
        cuts = [0]
        for i in range(sections):
            cuts.append(cuts[-1] + each + (i < extra))
    return [ary[(slice(None),) * axis + (slice(a, b),)] for a, b in zip(cuts[:-1], cuts[1:])]


def split(ary, indices_or_sections, axis=0):
    ary = asarray(ary)
    if isinstance(indices_or_sections, (int, np.integer)) and indices_or_sections and ary.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


def _deep_enough(ary, name, least):
    ary = asarray(ary)
    if ary.ndim < least:
        raise ValueError(f"{name} only works on arrays of {least} or more dimensions")
    return ary


def hsplit(ary, indices_or_sections):
    ary = _deep_enough(ary, "hsplit", 1)
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


def vsplit(ary, indices_or_sections):
    return split(_deep_enough(ary, "vsplit", 2), indices_or_sections, 0)


def dsplit(ary, indices_or_sections):
    return split(_deep_enough(ary, "dsplit", 3), indices_or_sections, 2)


def flip(m, axis=None):
    m = asarray(m)
    axes = axes_list(axis, m.ndim)
    return m[tuple(slice(None, None, -1) if k in axes else slice(None) for k in range(m.ndim))]


def fliplr(m):
    return flip(m, 1)


def flipud(m):
    return flip(m, 0)


def rot90(m, k=1, axes=(0, 1)):
    m = asarray(m)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    a, b = (normalize_axis(x, m.ndim) for x in axes)
    if a == b:
        raise ValueError("Axes must be different.")
    k %= 4
    if k == 0:
        return m[...]
    if k == 2:
        return flip(m, (a, b))
    order = list(range(m.ndim))
    order[a], order[b] = b, a
    return flip(m, b)._transpose(order) if k == 1 else flip(m._transpose(order), b)


def roll(a, shift, axis=None):
    a = asarray(a)
    shift = shift.get() if isinstance(shift, ndarray) else np.asarray(shift)
    if shift.dtype.kind in "US" and shift.ndim == 0:
        shift = np.asarray(int(shift[()]))  # as NumPy, which calls int()
    if shift.dtype.kind not in "biu":
        raise TypeError(f"roll: shift must be of integers, got {shift.dtype}")
    if axis is None:
        return roll(a.ravel(), shift.sum(), 0)._reshape(a.shape)
    axes = [normalize_axis(k, a.ndim) for k in each_of(axis)]
    if shift.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    given = a
    for s, k in zip(*(part.tolist() for part in np.broadcast_arrays(np.atleast_1d(shift), axes))):
        n = a.shape[k]
        s = int(s) % n if n else 0
        if s:
            head = (slice(None),) * k
            a = concatenate([a[head + (slice(n - s, None),)], a[head + (slice(0, n - s),)]], k)
    return a._copy() if a is given else a


def repeat(a, repeats, axis=None):
    from .indexing import take
    a = asarray(a)
    if axis is None or a.ndim == 0:
        a, axis = a.ravel(), axis or 0
    if type(repeats) is int:
        return _each_repeated(a, repeats, normalize_axis(axis, a.ndim))
    counts = repeats.get() if isinstance(repeats, ndarray) else np.asarray(repeats)
    if counts.dtype.kind not in "biu" and counts.size:
        raise TypeError(f"Cannot cast array data from dtype('{counts.dtype}') to dtype('int64') according to the rule 'safe'")
    axis = normalize_axis(axis, a.ndim)
    if counts.ndim == 0 or counts.size == 1:
        return _each_repeated(a, int(counts.reshape(())), axis)
    return take(a, asarray(np.repeat(np.arange(a.shape[axis]), counts), device=a.device), axis)


def _each_repeated(a, n, axis):
    """Each slice along the axis n times."""
    if n < 0:
        raise ValueError("repeats may not contain negative values.")
    outer, inner = math.prod(a.shape[:axis + 1]), math.prod(a.shape[axis + 1:])
    if bulk.on_host(a):
        result = empty(a.shape[:axis] + (a.shape[axis] * n,) + a.shape[axis + 1:], a.dtype, device=a.device)
        bulk.run("repeat", (result, a._contiguous()), (n, inner))
        return result
    spread = a._reshape((outer, 1, inner))._broadcast_to((outer, n, inner))._copy()
    return spread._reshape(a.shape[:axis] + (a.shape[axis] * n,) + a.shape[axis + 1:])


def tile(A, reps):
    A = asarray(A)
    reps = reps.tolist() if isinstance(reps, (ndarray, np.ndarray)) else reps
    reps = (reps,) if not isinstance(reps, (tuple, list)) else tuple(reps)
    n = max(A.ndim, len(reps))
    reps = (1,) * (n - len(reps)) + tuple(map(operator.index, reps))
    shape = (1,) * (n - A.ndim) + A.shape
    if any(r < 0 for r in reps):
        raise ValueError("negative dimensions are not allowed")
    # Only repeated axes are split in two: there may be 64 of them.
    spread = A._reshape([x for r, m in zip(reps, shape) for x in ((1, m) if r != 1 else (m,))])
    wide = spread._broadcast_to([x for r, m in zip(reps, shape) for x in ((r, m) if r != 1 else (m,))])._copy()
    return wide._reshape([r * m for r, m in zip(reps, shape)])


def resize(a, new_shape):
    from .indexing import take
    a = asarray(a).ravel()
    new_shape = tuple(map(operator.index, new_shape if isinstance(new_shape, (tuple, list)) else (new_shape,)))
    if any(n < 0 for n in new_shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    count = math.prod(new_shape)
    if not a.size:
        return zeros(new_shape, a.dtype)
    return take(a, arange(count, device=a.device) % a.size)._reshape(new_shape)


def append(arr, values, axis=None):
    return concatenate([asarray(arr).ravel(), asarray(values).ravel()]) if axis is None else concatenate([arr, values], axis)


def trim_zeros(filt, trim="fb", axis=None):
    """A view without the zeros in front ("f" in trim) and behind ("b") along the axes (None: all)."""
    from .indexing import nonzero
    a, trim = asarray(filt), trim.lower()
    if trim not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    if a.ndim == 0:
        return a
    axes = range(a.ndim) if axis is None else [normalize_axis(k, a.ndim) for k in (axis if isinstance(axis, tuple) else (axis,))]
    places = nonzero(a)
    if not places[0].size:
        return a[tuple(slice(0, 0) if k in axes else slice(None) for k in range(a.ndim))]
    return a[tuple(slice(int(p.min()) if "f" in trim else None, int(p.max()) + 1 if "b" in trim else None) if k in axes else slice(None)
                   for k, p in enumerate(places))]


def diagonal(a, offset=0, axis1=0, axis2=1):
    a = asarray(a)
    p, q = normalize_axis(axis1, a.ndim), normalize_axis(axis2, a.ndim)
    if p == q:
        raise ValueError("axis1 and axis2 cannot be the same")
    rows, columns = a.shape[p], a.shape[q]
    start = (offset * a.strides[q], min(rows, columns - offset)) if offset >= 0 else (-offset * a.strides[p], min(rows + offset, columns))
    keep = [k for k in range(a.ndim) if k not in (p, q)]
    return a._view([a.shape[k] for k in keep] + [max(0, start[1])], [a.strides[k] for k in keep] + [a.strides[p] + a.strides[q]],
                   start[0] if start[1] > 0 else 0)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    return asarray(a).trace(offset, axis1, axis2, dtype, out)


def fill_diagonal(a, val, wrap=False):
    """Sets a[i, …, i]; values that are too few are repeated. wrap: in a tall matrix the diagonal begins again after one
    row left out. ValueError below two dimensions, or above two when the lengths differ."""
    from .flat import tiled
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim > 2 and len(set(a.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    values = asarray(val, device=a.device).ravel()
    rows, columns = a.shape[0], a.shape[-1]
    if wrap and a.ndim == 2 and rows > columns:
        places = arange(0, a.size, columns + 1, device=a.device)
        a[places // columns, places % columns] = tiled(values, places.size)
        return
    line = a._view((min(rows, columns),), (sum(a.strides),))
    if line.size:
        line[...] = tiled(values, line.size)


def astype(x, dtype, /, *, copy=True, device=None):
    return x.astype(dtype, copy=copy, device=device)
