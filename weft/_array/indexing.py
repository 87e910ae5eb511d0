"""Advanced indexing, and functions that choose elements.

Keys with arrays or masks go through NumPy's indexing on the host so far (on a CPU device without copying the array); what
can be written with `where` (a mask of the array's own shape and one value) is recorded like any operation.
"""

import numpy as np

from .array import into, ndarray, normalize_axis
from .creation import asarray, from_numpy
from .fallback import through_numpy, to_host


def _host_view(array):
    """The elements as a NumPy array: the array's own memory on a CPU, else a copy."""
    return np.asarray(array) if str(array.device).startswith("cpu") and array.dtype.name != "bfloat16" else array.get()


def _host_key(key):
    if isinstance(key, tuple):
        return tuple(_host_key(k) for k in key)
    if isinstance(key, ndarray):
        return _host_view(key)
    return to_host(key)


def _tell(array, what):
    if not str(array.device).startswith("cpu"):
        from .fallback import tell
        tell(what)


def getitem(array, key):
    _tell(array, "advanced indexing")
    host = _host_view(array)
    result = host[_host_key(key)]
    return from_numpy(np.asarray(result), array.dtype if array.dtype.name == "bfloat16" else None, array.device)


def setitem(array, key, value):
    mask = key[0] if isinstance(key, tuple) and len(key) == 1 else key
    if isinstance(mask, np.ndarray) and mask.dtype == bool:
        mask = asarray(mask, device=array.device)
    if isinstance(mask, ndarray) and mask.dtype == bool and mask.shape == array.shape and getattr(value, "ndim", 0) == 0 \
            and not isinstance(value, (list, tuple)):
        array._assign(value, mask)
        return
    _tell(array, "assignment by advanced indexing")
    if str(array.device).startswith("cpu") and array.dtype.name != "bfloat16":
        np.asarray(array)[_host_key(key)] = to_host(value)
        return
    host = array.get()
    host[_host_key(key)] = to_host(value)
    array[...] = from_numpy(host, array.dtype, array.device)


def ufunc_at(name, array, indices, values):
    host = array.get()
    args = (host, _host_key(indices)) if values is None else (host, _host_key(indices), to_host(values))
    getattr(np, name).at(*args)
    array[...] = from_numpy(host, array.dtype, array.device)


def add_at(array, indices, values):
    ufunc_at("add", array, indices, values)


def take(a, indices, axis=None, out=None, mode="raise"):
    a = asarray(a)
    host = np.take(_host_view(a), _host_key(indices) if isinstance(indices, ndarray) else indices, axis, mode=mode)
    _tell(a, "take")
    return into(from_numpy(np.asarray(host), a.dtype, a.device), out)


def take_along_axis(arr, indices, axis=-1):
    arr = asarray(arr)
    _tell(arr, "take_along_axis")
    return from_numpy(np.take_along_axis(_host_view(arr), _host_key(indices), axis), arr.dtype, arr.device)


def put_along_axis(arr, indices, values, axis):
    host = arr.get()
    np.put_along_axis(host, _host_key(indices), to_host(values), axis)
    arr[...] = from_numpy(host, arr.dtype, arr.device)


def put(a, ind, v, mode="raise"):
    host = a.get()
    np.put(host, _host_key(ind), to_host(v), mode)
    a[...] = from_numpy(host, a.dtype, a.device)


def putmask(a, mask, values):
    if getattr(values, "ndim", 0) == 0 and not isinstance(values, (list, tuple)):
        a._assign(values, mask)
        return
    host = a.get()
    np.putmask(host, to_host(mask), to_host(values))
    a[...] = from_numpy(host, a.dtype, a.device)


def place(arr, mask, vals):
    host = arr.get()
    np.place(host, to_host(mask), to_host(vals))
    arr[...] = from_numpy(host, arr.dtype, arr.device)


def choose(a, choices, out=None, mode="raise"):
    return into(through_numpy(np.choose, a, choices, mode=mode), out)


def compress(condition, a, axis=None, out=None):
    return into(through_numpy(np.compress, condition, a, axis), out)


def extract(condition, arr):
    return through_numpy(np.extract, condition, arr)


def select(condlist, choicelist, default=0):
    from .math import where
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not condlist:
        raise ValueError("select with an empty condition list is not possible")
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        result = where(condition, choice, result)
    return result


def nonzero(a):
    a = asarray(a)
    _tell(a, "nonzero")
    return tuple(from_numpy(x, None, a.device) for x in np.nonzero(np.atleast_1d(_host_view(a))))


def flatnonzero(a):
    return nonzero(asarray(a).ravel())[0]


def argwhere(a):
    a = asarray(a)
    _tell(a, "argwhere")
    return from_numpy(np.argwhere(_host_view(a)), None, a.device)


def unravel_index(indices, shape, order="C"):
    return through_numpy(np.unravel_index, indices, shape, order, _quiet=True)


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    return through_numpy(np.ravel_multi_index, multi_index, dims, mode, order, _quiet=True)


def ix_(*args):
    return tuple(asarray(x) for x in np.ix_(*map(to_host, args)))


def diag_indices(n, ndim=2):
    from .creation import arange
    return (arange(n),) * ndim


def tril_indices(n, k=0, m=None):
    return tuple(map(asarray, np.tril_indices(n, k, m)))


def triu_indices(n, k=0, m=None):
    return tuple(map(asarray, np.triu_indices(n, k, m)))


def tril_indices_from(arr, k=0):
    return tril_indices(arr.shape[-2], k, arr.shape[-1])


def triu_indices_from(arr, k=0):
    return triu_indices(arr.shape[-2], k, arr.shape[-1])


def diag_indices_from(arr):
    return diag_indices(arr.shape[0], arr.ndim)
