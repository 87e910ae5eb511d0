"""Advanced indexing, and functions that choose elements. What a key means, and the kernels: gather.py."""

import math
import operator

import numpy as np

from .. import _core
from . import dtypes, gather
from .array import into, ndarray
from .axes import normalize_axis
from .creation import asarray, from_numpy
from .fallback import to_host


def _mask_of(array, key):
    """The mask when the key is one mask of the array's first dimensions, else None."""
    if isinstance(key, tuple) and key:
        if not all(isinstance(k, slice) and k == slice(None) or k is Ellipsis for k in key[1:]):
            return None
        key = key[0]
    if isinstance(key, list):
        key = np.asarray(key) if key else key
    if not isinstance(key, (ndarray, np.ndarray)) or key.dtype != bool or not 1 <= key.ndim <= array.ndim:
        return None
    if 0 in key.shape and key.shape != array.shape[:key.ndim]:
        return None
    for k, n in enumerate(key.shape):
        if n != array.shape[k]:
            raise IndexError(f"boolean index did not match indexed array along axis {k}; size of axis is {array.shape[k]} but "
                             f"size of corresponding boolean axis is {n}")
    return key if isinstance(key, ndarray) else asarray(key, device=array.device)


def getitem(array, key):
    """array[key] for keys with arrays in them: always a copy. IndexError when an index is out of range."""
    mask = _mask_of(array, key)
    if mask is not None:
        return gather.select(array, mask)
    return gather.gather(*gather.resolve(array, key))


def setitem(array, key, value):
    """array[key] = value; where an element is named twice, the last value stays."""
    mask = _mask_of(array, key)
    if mask is None:
        gather.scatter(*gather.resolve(array, key), value)
        return
    if array._read_only:
        raise ValueError("assignment destination is read-only")
    value = value if isinstance(value, (int, float, complex)) else asarray(value, device=array.device)
    if getattr(value, "size", 1) == 1 and getattr(value, "ndim", 0) <= 1:
        value = value if getattr(value, "ndim", 0) == 0 else value._reshape(())
        array._assign(value, mask if mask.ndim == array.ndim else mask._reshape(mask.shape + (1,) * (array.ndim - mask.ndim)))
    else:
        gather.store_masked(array, mask, value)


def _writable(array):
    """TypeError for an element or a total, which nobody writes to."""
    if array._is_value:
        array[()] = 0


def ufunc_at(name, array, indices, values):
    """The ufunc's `at`: element after element in the order of the indices."""
    _writable(array)
    if array._read_only:
        raise ValueError("operands could not be written to: the array is read-only")
    from . import folds, math
    from .creation import arange
    function = getattr(math, name)
    if not _has_arrays(indices):  # every place once
        _at_part(function, array, indices, values)
        return
    if name in gather.OPS and values is not None and array.dtype.kind != "b" and _keeps_type(array, values) and array.dtype is not dtypes.bfloat16:
        if gather.scatter(*gather.resolve(array, indices), values, op=name):
            return
    every = arange(array.size, device=array.device)._reshape(array.shape)
    places = getitem(every, indices)
    if values is not None:
        values = asarray(values, device=array.device)
        values = values._broadcast_to(places.shape)._reshape((places.size,)) if values.size != 1 else \
            values._reshape((1,))._broadcast_to((places.size,))
    flat = array._copy()._reshape((array.size,))
    if not folds.apply_at(function, flat, places._reshape((places.size,)), values):
        _at_through_numpy(name, array, indices, values)
        return
    array[...] = flat._reshape(array.shape)


def _has_arrays(key):
    """Whether an index has arrays in it; truth values are such."""
    return any(isinstance(k, (ndarray, np.ndarray, list, bool, np.bool_)) for k in (key if isinstance(key, tuple) else (key,)))


def _at_part(function, array, indices, values):
    key = indices if isinstance(indices, tuple) else (indices,)
    part = array[key if any(k is Ellipsis for k in key) else (*key, Ellipsis)]
    if values is None:
        part[...] = function(part)
        return
    new = function(part, values if isinstance(values, (int, float, complex)) else asarray(values, device=array.device))
    if new.shape != part.shape:
        raise ValueError(f"array is not broadcastable to correct shape: values of shape {np.shape(values)} for places of shape {part.shape}")
    part[...] = new


def _keeps_type(array, values):
    """Whether an operation on the array's elements and these values is made in the array's own type."""
    if type(values) is ndarray and values.dtype == array.dtype or type(values) is float and array.dtype.kind in "fc" or \
            type(values) is int and array.dtype.kind in "iufc":
        return True
    from .manipulation import result_type
    return result_type(array, values if isinstance(values, (ndarray, int, float, complex)) else np.asarray(values)) == array.dtype


def _at_through_numpy(name, array, indices, values):
    from .fallback import tell
    tell(f"{name}.at")
    host = array.get()
    args = (host, to_host(indices)) if values is None else (host, to_host(indices), values.get())
    getattr(np, name).at(*args)
    array[...] = from_numpy(host, array.dtype, array.device)


def add_at(array, indices, values):
    ufunc_at("add", array, indices, values)


def _index_array(indices, like):
    indices = indices if isinstance(indices, ndarray) else asarray(indices, device=like.device)
    if indices.dtype.kind not in "biu":
        if indices.size:
            raise TypeError(f"Cannot cast array data from dtype('{indices.dtype}') to dtype('int64') according to the rule 'safe'")
    return indices if indices.dtype == np.int64 else indices._cast(np.int64)


def _mode(mode):
    if mode not in gather.MODES:
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    return gather.MODES[mode]


def take(a, indices, axis=None, out=None, mode="raise"):
    """The elements at `indices` along an axis (None: of the flattened array). mode: "raise" (IndexError), "wrap", "clip"."""
    mode_number = _mode(mode)
    result = _core.array_take(a, indices, axis, mode_number)
    if result is not None:
        return result if out is None else into(result, out, "unsafe")
    a = asarray(a)
    if a.ndim == 0 and axis in (0, -1):  # as NumPy: a number is a vector of one element here
        a = a._reshape((1,))
    if axis is None:
        a, axis, name = a._reshape((a.size,)), 0, -1
    else:
        axis = name = normalize_axis(axis, a.ndim)
    index = _index_array(indices, a)
    result = gather.gather(a, [index._contiguous()], index.shape, [name], axis, mode_number)
    return into(result, out, "unsafe")


def pick(a, indices, axis=0):
    """take for indices that are known to be in range: on a GPU nobody waits for a look at them."""
    return gather.gather(a, [indices._contiguous()], indices.shape, [axis], axis, gather.CLIP)


def _along(arr, indices, axis):
    """take_along_axis's key: arange of every other axis beside the indices."""
    from .creation import arange
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    key = []
    for k in range(arr.ndim):
        if k == axis:
            key.append(indices)
        else:
            shape = [1] * arr.ndim
            shape[k] = arr.shape[k]
            key.append(arange(arr.shape[k], device=arr.device)._reshape(shape))
    return tuple(key)


def take_along_axis(arr, indices, axis=-1):
    """For each line along the axis, the elements that the line of indices names."""
    arr = asarray(arr)
    indices = asarray(indices, device=arr.device)
    if axis is None:
        arr, axis = arr._reshape((arr.size,)), 0
    return getitem(arr, _along(arr, indices, normalize_axis(axis, arr.ndim)))


def put_along_axis(arr, indices, values, axis):
    indices = asarray(indices, device=arr.device)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        put(arr, indices, values)
    else:
        setitem(arr, _along(arr, indices, normalize_axis(axis, arr.ndim)), values)


def _cycled(values, count, like):
    """values as long as `count`, repeated, as put and place take them."""
    values = asarray(values, device=like.device).ravel()
    values = values if values.dtype == like.dtype else values._cast(like.dtype)
    if values.size in (1, count):
        return values
    if values.size > count:
        return values[:count]
    from .creation import arange
    return take(values, arange(count, device=like.device) % values.size)


def put(a, ind, v, mode="raise"):
    """a.flat[ind] = v, with v repeated when it is short."""
    ind = _index_array(ind, a).ravel()
    if not ind.size:
        return
    if not a.size:
        raise IndexError("cannot replace elements of an empty array")
    if asarray(v).size == 0:
        return
    flat = a._reshape((a.size,))
    gather.scatter(flat, [ind._contiguous()], ind.shape, [0], 0, _cycled(v, ind.size, a), _mode(mode))
    if not flat._same_base(a):
        a[...] = flat._reshape(a.shape)


def _must_fit(values, a):
    kind = getattr(values, "dtype", None)
    if kind is not None and not _core.array_can_cast(kind, a.dtype, "safe"):
        raise TypeError(f"Cannot cast array data from dtype('{kind}') to dtype('{a.dtype}') according to the rule 'safe'")


def putmask(a, mask, values):
    """a.flat[n] = values[n % len(values)] where the mask is true. TypeError when the values' dtype does not go safely into a's."""
    _must_fit(values, a)
    if np.size(mask) != a.size:
        raise ValueError(f"putmask: mask and data must be the same size, got {np.size(mask)} and {a.size}")
    if getattr(values, "ndim", 0) == 0 and not isinstance(values, (list, tuple)):
        a._assign(values, mask)
        return
    mask = asarray(mask, device=a.device)
    a._assign(_cycled(values, a.size, a)._reshape(a.shape) if asarray(values).size != 1 else asarray(values, device=a.device).ravel()[0],
              mask)


def place(arr, mask, vals):
    """The elements where the mask is true become vals, in order, repeated when they are short. TypeError when the dtype of vals
    does not go safely into the array's."""
    _writable(arr)
    _must_fit(vals, arr)
    mask = asarray(mask, device=arr.device)._reshape(arr.shape)
    mask = mask if mask.dtype == bool else mask != 0
    count = int(mask._reduce("sum", None, np.int64, False, None, None))
    if not count:
        return
    if asarray(vals).size == 0:
        raise ValueError("Cannot insert from an empty array!")
    setitem(arr, mask, _cycled(vals, count, arr))


def choose(a, choices, out=None, mode="raise"):
    """Element by element from the choice that `a` names. ValueError when there is no such choice and mode is "raise"."""
    from .manipulation import broadcast_arrays, stack
    a = asarray(a)
    choices = list(choices) if not isinstance(choices, ndarray) else [choices[i] for i in range(len(choices))]
    if any(type(c) in (bool, int, float, complex) for c in choices):
        from .manipulation import result_type
        kind = result_type(*(c if type(c) in (bool, int, float, complex) else asarray(c) for c in choices))
        choices = [asarray(c, dtype=kind) if type(c) in (bool, int, float, complex) else c for c in choices]
    a = _index_array(a, a)
    if any(c.shape != a.shape if isinstance(c, ndarray) else True for c in choices):
        a, *choices = broadcast_arrays(a, *choices)
    n = len(choices)
    if _mode(mode) == gather.RAISE:
        if a.size and (int(a.min()) < 0 or int(a.max()) >= n):
            raise ValueError("invalid entry in choice array")
    elif mode == "wrap":
        a = a % n
    else:
        a = a.clip(0, n - 1)
    if n <= 8 and all(c.dtype == choices[0].dtype for c in choices):
        from .math import where
        result = choices[0]
        for k in range(1, n):
            result = where(a == k, choices[k], result)
        return into(result if n > 1 else result._copy(), out)
    return into(take_along_axis(stack(choices), a[None], 0)[0], out)


def compress(condition, a, axis=None, out=None):
    """The slices along the axis (None: elements of the flattened array) where the condition is true."""
    a = asarray(a)
    condition = asarray(condition, device=a.device)
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    if axis is None:
        a, axis = a.ravel(), 0
    chosen, = nonzero(condition)
    return take(a, chosen, axis, out)


def extract(condition, arr):
    return compress(asarray(condition).ravel(), asarray(arr).ravel())


def select(condlist, choicelist, default=0):
    from .math import where
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not condlist:
        raise ValueError("select with an empty condition list is not possible")
    condlist = [c if isinstance(c, (bool, np.bool_)) else asarray(c) for c in condlist]
    for k, condition in enumerate(condlist):
        if getattr(condition, "dtype", np.bool_) != np.bool_:
            raise TypeError(f"invalid entry {k} in condlist: should be boolean ndarray")
    choicelist = [c if isinstance(c, (int, float, complex)) else asarray(c) for c in choicelist]
    default = default if isinstance(default, (int, float, complex)) else asarray(default)
    from .manipulation import result_type
    kind = result_type(*choicelist, default)
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        result = where(condition, choice, result)
    return result if result.dtype == kind else result._cast(kind)


def nonzero(a):
    """For each dimension the indices of the elements that are not zero, in C order."""
    a = asarray(a)
    if a.ndim == 0:
        raise ValueError("Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead.")
    return gather.nonzero(a)


def flatnonzero(a):
    return nonzero(asarray(a).ravel())[0]


def argwhere(a):
    """One row of indices for each element that is not zero."""
    from .manipulation import stack
    a = asarray(a)
    if a.ndim == 0:
        from .creation import empty
        return empty((int(bool(a)), 0), np.int64, device=a.device)
    return stack(nonzero(a), 1)


def _flat_order(order):
    """"C" or "F" (None is "C")."""
    if order not in (None, "C", "F"):
        raise ValueError(f"only 'C' or 'F' order is permitted, got {order!r}")
    return order or "C"


def unravel_index(indices, shape, order="C"):
    """Flat indices as one array for each dimension. ValueError when one is out of range."""
    order = _flat_order(order)
    if not isinstance(indices, ndarray):
        return tuple(map(asarray, np.unravel_index(indices, shape, order)))
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if indices.dtype.kind not in "iu":
        raise TypeError("only int indices permitted")
    size = math.prod(shape)
    if bool(((indices < 0) | (indices >= size)).any()):
        raise ValueError(f"index is out of bounds for array with size {size}")
    result = gather.unravel(indices._cast(np.int64), shape if order == "C" else shape[::-1])
    return result if order == "C" else result[::-1]


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    """One flat index from an array for each dimension. ValueError when one is out of range and mode is "raise"."""
    order = _flat_order(order)
    dims = (operator.index(dims),) if np.ndim(dims) == 0 else tuple(map(operator.index, dims))
    if not isinstance(multi_index, ndarray) and not any(isinstance(i, ndarray) for i in multi_index):
        return asarray(np.ravel_multi_index(multi_index, dims, mode, order))
    if len(multi_index) != len(dims):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(dims)}, got {len(multi_index)}")
    if math.prod(dims) > np.iinfo(np.int64).max:
        raise ValueError("invalid dims: array size defined by dims is larger than the maximum possible size.")
    modes = mode if isinstance(mode, tuple) else (mode,) * len(dims)
    flat = None
    for index, n, m in list(zip(multi_index, dims, modes))[::1 if order == "C" else -1]:
        index = asarray(index)
        if index.dtype.kind not in "biu" and index.size:
            raise TypeError(f"only int indices permitted, got {index.dtype}")
        index = _index_array(index, index)
        if _mode(m) == gather.RAISE:
            if bool(((index < 0) | (index >= n)).any()):
                raise ValueError("invalid entry in coordinates array")
        else:
            index = index % n if m == "wrap" else index.clip(0, n - 1)
        flat = index if flat is None else flat * n + index
    return flat


def ix_(*args):
    return tuple(asarray(x) for x in np.ix_(*map(to_host, args)))


def diag_indices(n, ndim=2):
    from .creation import arange
    return (arange(n),) * ndim


def tril_indices(n, k=0, m=None):
    """The indices of the lower triangle of an n × m matrix, up to the k-th diagonal."""
    from .creation import tri
    return nonzero(tri(operator.index(n), m, k, bool))


def triu_indices(n, k=0, m=None):
    """The indices of the upper triangle of an n × m matrix, from the k-th diagonal on."""
    from .creation import tri
    return nonzero(~tri(operator.index(n), m, k - 1, bool))


def _matrix(arr):
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    return arr


def tril_indices_from(arr, k=0):
    arr = _matrix(arr)
    return tril_indices(arr.shape[-2], k, arr.shape[-1])


def triu_indices_from(arr, k=0):
    arr = _matrix(arr)
    return triu_indices(arr.shape[-2], k, arr.shape[-1])


def diag_indices_from(arr):
    """The indices of a[i, …, i]. ValueError below two dimensions, or when the lengths differ."""
    if arr.ndim < 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    return diag_indices(arr.shape[0], arr.ndim)
