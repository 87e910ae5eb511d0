"""Making arrays: from values, from other libraries' arrays, from nothing."""

import collections.abc
import datetime
import math
import operator
import warnings

import numpy as np

from .. import _core
from . import dtypes
from ._hooks import truths
from .array import is_computed, ndarray
from .axes import common_shape, lies_as, memory_order, order_of

_INT64, _WIDE = np.dtype(np.int64), 1 << 62


def _device_of(device, like=None):
    if device is None and like is not None:
        return like.device
    return device


def _shape(shape):
    if isinstance(shape, (ndarray, np.ndarray)) and shape.ndim == 1:
        shape = shape.tolist()
    if hasattr(shape, "__index__"):
        return (operator.index(shape),)
    if shape is None:
        raise TypeError("None is not a shape. Use () for the shape of a scalar")
    return tuple(operator.index(n) for n in shape)


def from_numpy(host, dtype=None, device=None):
    """A copy of a NumPy array, of any byte order and layout."""
    if host.dtype.kind not in "biufc":
        from . import opaque
        return opaque.from_numpy(host, device)
    if not host.dtype.isnative:
        host = host.astype(host.dtype.newbyteorder("="))
    if host.dtype.itemsize > 8 and host.dtype.kind == "f" or host.dtype.itemsize > 16:
        from .fallback import FallbackWarning, users_line
        warnings.warn(f"no device computes with {host.dtype}: the array becomes {'complex128' if host.dtype.kind == 'c' else 'float64'}",
                      FallbackWarning, stacklevel=users_line())
        host = host.astype(np.complex128 if host.dtype.kind == "c" else np.float64)
    if host.dtype.kind == "b" and host.itemsize == 1 and host.size:
        host = host.view(np.uint8) != 0  # Pillow's are 255; sums and orders of ours count on 1
    result = _core.array_from_buffer(host, host.dtype, device)
    return result if dtype is None or result.dtype == dtype else result._cast(dtype)


def _shared(thing, device):
    """A view of a NumPy array's own memory, without a copy: CPU only."""
    host = np.asarray(thing)
    if host.dtype.kind not in "biufc" or not host.dtype.isnative:
        raise ValueError(f"an array of dtype {host.dtype} cannot be shared")
    span = 0 if host.size == 0 else sum((n - 1) * abs(s) for n, s in zip(host.shape, host.strides)) + host.itemsize
    return _core.array_share(host.ctypes.data, span, host.shape, host.strides, host.dtype, host, not host.flags.writeable,
                             "cpu" if device is None else device)


def _from_cuda_interface(thing, dtype, device):
    info = thing.__cuda_array_interface__
    address, read_only = info["data"]
    kind = np.dtype(info["typestr"])
    if info.get("mask") is not None:
        raise ValueError("__cuda_array_interface__: weft does not support masked arrays")
    if kind.kind in "VMm":
        from . import opaque
        return opaque.of_interface(thing, info, kind, device)
    if not kind.isnative:
        raise ValueError(f"__cuda_array_interface__: elements of {kind} do not have the machine's byte order")
    shape = info["shape"]
    strides = info.get("strides") or tuple(np.empty(0, kind).itemsize * math.prod(shape[i + 1:]) for i in range(len(shape)))
    span = 0 if 0 in shape else sum((n - 1) * abs(s) for n, s in zip(shape, strides)) + kind.itemsize
    return _core.array_share(address, span, shape, strides, kind, thing, read_only, device)


def _nested_arrays(thing):
    if isinstance(thing, (list, tuple)):
        return any(_nested_arrays(item) for item in thing)
    return isinstance(thing, ndarray)


def _to_host(thing):
    if isinstance(thing, (list, tuple)):
        return type(thing)(_to_host(item) for item in thing)
    return thing.get() if isinstance(thing, ndarray) else thing


def array(object, dtype=None, copy=True, order="K", subok=False, ndmin=0, *, device=None, like=None, blocking=False):
    """An array of the values of `object`; a copy unless copy=False (shared, or an error) or None (only where needed)."""
    order = order_of("K" if order is None else order, "CFAK")
    try:
        wanted = None if dtype is None else dtypes.as_dtype(dtype)
    except dtypes.NotComputed:
        from . import opaque
        return opaque.array(object, dtype, copy, order, ndmin, device)
    if not isinstance(object, ndarray) and hasattr(object, "__cupy_get_ndarray__"):
        object = object.__cupy_get_ndarray__()
    if isinstance(object, ndarray):
        if not is_computed(object):
            return object._array(wanted, copy, order, ndmin, device)
        if device is None and copy is True and object.device != _core.current_context().device:
            device = _core.current_context().device  # a new array is where new arrays are
        result = _of_ours(object, wanted, copy, order, device)
    elif copy is False and (isinstance(object, np.ndarray) or hasattr(object, "__dlpack__")):
        result = _shared(object, device)
        if order in "CF" and not lies_as(result, order) or wanted is not None and wanted != result.dtype:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
    elif hasattr(object, "__cuda_array_interface__"):
        shared = _from_cuda_interface(object, None, device)
        result = _of_ours(shared, wanted, copy, order, device)
    else:
        if copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        result = _of_host(object, wanted, order, device)
    if result.ndim < ndmin:
        ones = (1,) * (ndmin - result.ndim)
        fortran = result._f_contiguous and not result._c_contiguous
        result = result._reshape(ones + result.shape, fortran)
    return result


def _of_ours(a, dtype, copy, order, device):
    """Another array of ours: itself where that is allowed and serves, else a copy."""
    moved = a if device is None else a._to_device(device)
    cast = dtype is not None and dtype != moved.dtype
    reorder = order in "CF" and not lies_as(moved, order)
    if copy is False and (cast or reorder):
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    if cast:
        return moved.astype(dtype, order)
    if moved._is_value:
        return moved._copy()  # an array, which may be written to
    return moved.copy(order) if reorder or (copy and moved is a) else moved


def _of_host(thing, dtype, order, device):
    """A copy of NumPy's arrays, of sequences and numbers, arrays of ours among them."""
    if _nested_arrays(thing):
        joined = _joined(thing)
        if joined is not None:
            return _of_ours(joined, dtype, None, "F" if order == "F" else "C", device)
        thing = _to_host(thing)
    if dtype is None or isinstance(thing, (np.ndarray, np.generic)) or dtype is dtypes.bfloat16:
        host = np.asarray(thing)
    else:
        host = np.asarray(thing, dtype)  # numbers that the dtype does not hold are errors, as in NumPy
    if host.dtype.kind in "OSU" and dtype is not None:
        host = host.astype(dtypes.host_dtype(dtype))  # numbers as objects or text
    if host.dtype.kind not in "biufc":
        from . import opaque
        return opaque.from_numpy(host, device)
    if dtype is not None and host.dtype.kind == "c" and dtype.kind not in "cb":
        warnings.warn("Casting complex values to real discards the imaginary part", np.exceptions.ComplexWarning, stacklevel=4)
    if order == "F" or (order in "AK" and host.flags.fnc):
        return from_numpy(host.T, dtype, device).T
    return from_numpy(host, dtype, device)


def _joined(thing):
    """A nested sequence of arrays of one shape as one array, made on the device; None: something else is among them."""
    parts = []

    def collect(item):
        if isinstance(item, (list, tuple)):
            inner = [collect(x) for x in item]
            return (len(item), *inner[0]) if inner and None not in inner and len(set(inner)) == 1 else None
        if not isinstance(item, ndarray):
            return None
        parts.append(item)
        return ()
    outer = collect(thing)
    if outer is None or len({p.shape for p in parts}) != 1:
        return None
    from .manipulation import stack
    return stack(parts)._reshape((*outer, *parts[0].shape))


def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None, blocking=False):
    """The array itself if it is one of ours with that dtype and device, else a copy (copy=False: shared, or an error).

        >>> import numpy as np
        >>> wf.asarray(np.arange(3), dtype=wf.float32)
        array([0., 1., 2.], dtype=float32)
    """
    if type(a) is ndarray and dtype is None and device is None and not copy and (order is None or order in "AKak"):
        return a._copy() if a._is_value else a
    return array(a, dtype, copy, order or "K", device=device)


def asanyarray(a, dtype=None, order=None, *, like=None, device=None, copy=None, blocking=False):
    return asarray(a, dtype, order, device=device, copy=copy)


def ascontiguousarray(a, dtype=None, *, like=None):
    result = asarray(a, dtype)._contiguous()
    return result._reshape((1,)) if result.ndim == 0 else result


def asfortranarray(a, dtype=None, *, like=None):
    result = asarray(a, dtype)
    if result.ndim == 0:
        return result._reshape((1,))
    return result if result._f_contiguous else result.T._copy().T


def asarray_chkfinite(a, dtype=None, order=None):
    from .math import isfinite
    result = asarray(a, dtype, order)
    if result.dtype.kind in "fc" and not bool(isfinite(result).all()):
        raise ValueError("array must not contain infs or NaNs")
    return result


_REQUIREMENTS = {"C": "C", "C_CONTIGUOUS": "C", "CONTIGUOUS": "C", "F": "F", "F_CONTIGUOUS": "F", "FORTRAN": "F", "A": "A",
                 "ALIGNED": "A", "W": "W", "WRITEABLE": "W", "O": "O", "OWNDATA": "O", "E": "E", "ENSUREARRAY": "E"}


def require(a, dtype=None, requirements=None, *, like=None):
    """The array in C or F order and with its own memory, as asked for; a copy only where needed."""
    try:
        flags = {_REQUIREMENTS[str(r).upper()] for r in (requirements or ())}
    except KeyError:
        raise ValueError(f"requirements must be among {sorted(_REQUIREMENTS)}, got {requirements!r}") from None
    if {"C", "F"} <= flags:
        raise ValueError("Cannot specify both 'C' and 'F' order")
    try:
        result = asarray(a, dtype, "F" if "F" in flags else "C" if "C" in flags else "A")
    except TypeError as error:
        raise ValueError(str(error)) from None
    return result.copy("A") if "O" in flags and not result.flags.owndata else result


def asnumpy(a, stream=None, order="C", out=None, *, blocking=True):
    """The values as a NumPy array on the host."""
    if isinstance(a, ndarray):
        return a.get(order=order, out=out)
    if hasattr(a, "__cuda_array_interface__") or hasattr(a, "__cupy_get_ndarray__"):
        return asarray(a).get(order=order, out=out)
    result = np.asarray(a, order=order)
    if out is None:
        return result
    out[...] = result
    return out


def ndarray_new(shape, dtype=float, memptr=None, strides=None, order="C", buffer=None, offset=0):
    """ndarray(shape, dtype, memptr, strides, order): new memory, or what lies at memptr (of an array, or of cupy.cuda.alloc)."""
    if isinstance(dtype, (str, np.dtype)) and not np.dtype(dtype).isnative:
        raise ValueError("an array's elements must have the machine's own byte-order")
    order = order_of("C" if order is None else order, "CF")
    try:
        dtype = dtypes.as_dtype(dtype)
    except dtypes.NotComputed:
        from . import opaque
        return opaque.new(_shape(shape), dtype, memptr, strides, order, buffer, offset)
    if memptr is None and buffer is None:
        if strides is None:
            return empty(shape, dtype, order)
        shape = _shape(shape)
        if len(strides) != len(shape) or any(step < 0 for step in strides):
            raise ValueError("ndarray() with strides needs one stride for each dimension, none below 0")
        span = 0 if 0 in shape else sum((n - 1) * step for n, step in zip(shape, strides)) + dtype.itemsize
        return empty((-(-span // dtype.itemsize),), dtype)._view(shape, strides)
    shape = _shape(shape)
    if strides is None:
        steps = _strides(shape if order == "C" else shape[::-1], dtype.itemsize)
        strides = steps if order == "C" else steps[::-1]
    source = buffer if memptr is None else getattr(memptr, "_array", None)
    if isinstance(source, ndarray):
        return source._view(shape, strides, offset, dtype)
    if source is not None:
        return asarray(source, dtype)._reshape(shape)
    span = 0 if 0 in shape else sum((n - 1) * abs(step) for n, step in zip(shape, strides)) + dtype.itemsize
    return _core.array_share(memptr.ptr + offset, span, shape, strides, dtype, memptr, False, device_of_memory(memptr))


def device_of_memory(memptr):
    """The device that a cupy.cuda.MemoryPointer names; None: the current one."""
    number = getattr(memptr, "device_id", -1)
    here = _core.current_context().device
    return None if number in (-1, here.ordinal) else _core.Device(f"{here.kind}:{number}")


def _strides(shape, itemsize):
    """Of C order."""
    strides = []
    for n in reversed(shape):
        strides.append(itemsize)
        itemsize *= max(n, 1)
    return tuple(reversed(strides))


def empty(shape, dtype=float, order="C", *, device=None, like=None):
    if order == "C" and type(shape) is tuple and dtype is not None:
        try:
            return _core.array_empty(shape, dtype, device)
        except dtypes.NotComputed:
            pass
    shape, order = _shape(shape), order_of("C" if order is None else order, "CF")
    dtype = np.float64 if dtype is None else dtype
    try:
        return _core.array_empty(shape[::-1], dtype, device).T if order == "F" else _core.array_empty(shape, dtype, device)
    except dtypes.NotComputed:
        from . import opaque
        return opaque.empty(shape, dtype, order, device)


def _plain_full(shape, dtype, order, value, device):
    """The array where the arguments have their usual types, else None."""
    if order == "C" and (type(shape) is int or type(shape) is tuple):
        try:
            return _core.array_full(shape, np.float64 if dtype is None else dtype, value, device)
        except dtypes.NotComputed:
            pass
    return None


def zeros(shape, dtype=float, order="C", *, device=None, like=None):
    result = _plain_full(shape, dtype, order, 0, device)
    return result if result is not None else full(shape, 0, np.float64 if dtype is None else dtype, order, device=device)


def ones(shape, dtype=float, order="C", *, device=None, like=None):
    result = _plain_full(shape, dtype, order, 1, device)
    return result if result is not None else full(shape, 1, np.float64 if dtype is None else dtype, order, device=device)


def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    if type(fill_value) is float or type(fill_value) is int and dtype is not None:
        result = _plain_full(shape, dtype, order, fill_value, device)
        if result is not None:
            return result
    shape, order = _shape(shape), order_of("C" if order is None else order, "CF")
    if isinstance(fill_value, (ndarray, np.ndarray, np.void, list, tuple)):
        value = asarray(fill_value, dtype, device=device)
        return value._broadcast_to(shape).copy()
    if dtype is None:
        dtype = np.asarray(fill_value).dtype
    try:
        result = _core.array_full(shape[::-1] if order == "F" else shape, dtype, fill_value, device)
    except dtypes.NotComputed:
        from . import opaque
        return opaque.full(shape, fill_value, dtype, order, device)
    return result.T if order == "F" else result


def _like(a, dtype, shape, order, make, device):
    """make(shape, dtype, order) with what `a` has, for what is not given; order 'K': lying in memory as `a` does."""
    a = a if isinstance(a, ndarray) else np.asarray(a)
    order = order_of("K" if order is None else order, "KCFA")
    device = device or getattr(a, "device", None) if isinstance(a, ndarray) else device
    dtype = a.dtype if dtype is None else dtype
    shape = a.shape if shape is None else _shape(shape)
    fortran, plain = _lies(a)
    if order == "A" or (order == "K" and (len(shape) != a.ndim or fortran or plain)):
        order = "F" if fortran and len(shape) == a.ndim else "C"
    if order != "K":
        return make(shape, dtype, order, device)
    axes = memory_order(a)
    result = make([shape[k] for k in axes], dtype, "C", device)
    return result._transpose([axes.index(k) for k in range(len(axes))])


def _lies(a):
    """(in Fortran's order only, in C order)"""
    c, f = (a._c_contiguous, a._f_contiguous) if isinstance(a, ndarray) else (a.flags.c_contiguous, a.flags.f_contiguous)
    return f and not c, c


def empty_like(prototype, dtype=None, order="K", subok=None, shape=None, *, device=None):
    _no_subclasses(subok)
    return _like(prototype, dtype, shape, order, lambda shape, dtype, order, device: empty(shape, dtype, order, device=device), device)


def full_like(a, fill_value, dtype=None, order="K", subok=None, shape=None, *, device=None):
    _no_subclasses(subok)
    return _like(a, dtype, shape, order, lambda shape, dtype, order, device: full(shape, fill_value, dtype, order, device=device), device)


def _no_subclasses(subok):
    if subok is not None:
        raise TypeError("subok is not supported")


def zeros_like(a, dtype=None, order="K", subok=None, shape=None, *, device=None):
    return full_like(a, 0, dtype, order, subok, shape, device=device)


def ones_like(a, dtype=None, order="K", subok=None, shape=None, *, device=None):
    return full_like(a, 1, dtype, order, subok, shape, device=device)


def _of_dates(start, stop, step, dtype):
    dates = (np.datetime64, np.timedelta64, datetime.date, datetime.timedelta, str)
    return any(isinstance(x, dates) for x in (start, stop, step)) or dtype is not None and not isinstance(dtype, dtypes.BFloat16) and \
        dtype != "bfloat16" and np.dtype(dtype).kind in "mM"


def arange(start=None, stop=None, step=1, dtype=None, *, device=None, like=None):
    if stop is None:
        if start is None:
            raise TypeError("arange() requires stop to be specified.")
        start, stop = 0, start
    elif start is None:
        start = 0
    if dtype is None and type(start) is int and type(stop) is int and type(step) is int and step and -_WIDE < start < _WIDE and -_WIDE < stop < _WIDE:
        return _core.array_arange(max(0, -(-(stop - start) // step)), start, step, _INT64, device)
    start, stop, step = (x.item() if isinstance(x, ndarray) else x for x in (start, stop, 1 if step is None else step))
    if _of_dates(start, stop, step, dtype):
        from .fallback import tell
        tell("arange of dates")
        return asarray(np.arange(start, stop, step, dtype), device=device)
    if step == 0:
        raise ZeroDivisionError("division by zero")
    if dtype is None:
        dtype = np.result_type(np.asarray(start).dtype, np.asarray(stop).dtype, np.asarray(step).dtype)
        if dtype == np.bool_:
            dtype = np.dtype(np.int64)
    elif dtypes.as_dtype(dtype).kind == "b" and math.ceil((stop - start) / step) > 2:
        raise TypeError("no fill-function for data-type: arange() is only supported for booleans when the result has at most length 2.")
    length = (stop - start) / step
    if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int):
        count = max(0, -(-(stop - start) // step))
    else:
        length = length.real if isinstance(length, complex) else length
        if length == 0 and start != stop:  # a step that is infinite, or as good as: the start alone, or nothing
            count, step = int((step > 0) == (stop > start)), 1
        elif not math.isfinite(length):
            raise ValueError(f"arange: cannot compute length from {start!r} to {stop!r} in steps of {step!r}")
        else:
            count = max(0, math.ceil(length))
    kind = dtypes.as_dtype(dtype).kind
    if kind in "iu":  # as NumPy: the first two elements, as integers, and their difference
        first = int(start)
        start, step = first, int(start + step) - first
        if kind == "u" and first < 0:
            raise OverflowError(f"Python integer {first} out of bounds for {dtypes.as_dtype(dtype)}")
    return _core.array_arange(count, start, step, dtype, device)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    if isinstance(start, (ndarray, np.ndarray, list, tuple)) or isinstance(stop, (ndarray, np.ndarray, list, tuple)):
        return _linspace_of_arrays(start, stop, num, endpoint, retstep, dtype, axis, device)
    div = num - 1 if endpoint else num
    kind = np.result_type(np.asarray(start).dtype, np.asarray(stop).dtype, float)
    delta = stop - start
    step = delta / div if div > 0 else math.nan
    places = y = arange(num, dtype=kind, device=device)
    if div > 0:
        y = y / div * delta + start if step == 0 else y * step + start
    else:
        y = y * delta + start
    if endpoint and num > 1:
        from .math import where
        y = where(places == num - 1, np.asarray(stop, kind)[()], y)
    if dtype is not None:
        if dtypes.as_dtype(dtype).kind in "iu":
            from .math import floor
            y = floor(y)
        y = y._cast(dtype)
    return (y, step) if retstep else y


def _linspace_of_arrays(start, stop, num, endpoint, retstep, dtype, axis, device):
    """As linspace, element by element of arrays that broadcast; the numbers lie along a new axis."""
    from .manipulation import concatenate, moveaxis, result_type
    start, stop = asarray(start, device=device), asarray(stop, device=device)
    kind = result_type(start, stop, float(num))
    kind = kind if kind.kind in "fc" else np.dtype(np.float64)
    div = num - 1 if endpoint else num
    start, stop = start._cast(kind), stop._cast(kind)
    delta = stop - start
    y = arange(num, device=delta.device)._reshape((-1,) + (1,) * delta.ndim)._cast(kind)
    if div > 0:
        from .math import where
        step = delta / div
        y = where(step == 0, y / div * delta, y * step) if bool((step == 0).any()) else y * step
    else:
        step, y = full(delta.shape, np.nan, kind, device=delta.device), y * delta
    y = y + start
    if endpoint and num > 1:
        y = concatenate([y[:-1], stop._broadcast_to(delta.shape)[None]])
    if dtype is not None:
        if dtypes.as_dtype(dtype).kind in "iu":
            from .math import floor
            y = floor(y)
        y = y._cast(dtype)
    y = moveaxis(y, 0, axis) if axis else y
    return (y, step) if retstep else y


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """base to the powers linspace(start, stop, num): arrays broadcast, the numbers lie along a new axis."""
    from .math import power
    if not np.isscalar(base):
        shape = common_shape(np.shape(start), np.shape(stop), np.shape(base))
        start, stop, base = (asarray(x)._broadcast_to(shape) for x in (start, stop, base))
        from .manipulation import expand_dims
        base = expand_dims(base, axis)
    y = power(base, linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else y._cast(dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Numbers from start to stop, each the one before times the same: logspace of their logarithms, in the direction of start
    for complex numbers and negative ones. ValueError where start or stop is 0."""
    from .manipulation import concatenate, moveaxis, result_type
    from .math import divide, log10, sign
    start, stop = asarray(start), asarray(stop)
    if bool((start == 0).any()) or bool((stop == 0).any()):
        raise ValueError("Geometric sequence cannot include zero")
    kind = result_type(start, stop, float(num), *(() if dtype is None else (np.zeros((), dtype),)))
    kind = kind if kind.kind in "fc" else np.dtype(np.float64)
    shape = common_shape(start.shape, stop.shape)
    start, stop = start._cast(kind)._broadcast_to(shape), stop._cast(kind)._broadcast_to(shape)
    turn = sign(start)
    start, stop = divide(start, turn), divide(stop, turn)
    result = logspace(log10(start), log10(stop), num, endpoint, 10.0)
    if num > 0:  # the ends as they were given
        last = num > 1 and endpoint
        result = concatenate([start[None], result[1:-1] if last else result[1:], *([stop[None]] if last else [])])
    result = result * turn
    result = moveaxis(result, 0, axis) if axis else result
    return result._cast(kind if dtype is None else dtype)


def eye(N, M=None, k=0, dtype=float, order="C", *, device=None, like=None):
    N, M, k = operator.index(N), operator.index(N if M is None else M), operator.index(k)
    if N < 0 or M < 0:
        raise ValueError("negative dimensions are not allowed")
    result = zeros((N, M), np.float64 if dtype is None else dtype, device=device)
    if is_computed(result) and result._on_cpu:
        count, item = min(N, M - k) if k >= 0 else min(N + k, M), result.itemsize
        if count > 0:
            result._view((count,), ((M + 1) * item,), (k if k >= 0 else -k * M) * item)._assign(1)
        return result.T._copy().T if order == "F" else result
    rows, columns = arange(N, device=device)[:, None], arange(M, device=device)
    result = (columns - rows == operator.index(k))._cast(np.float64 if dtype is None else dtype)
    return result.T._copy().T if order == "F" else result


def identity(n, dtype=None, *, like=None):
    return eye(n, dtype=dtype)


def tri(N, M=None, k=0, dtype=float, *, like=None):
    M = N if M is None else M
    return (arange(M) <= arange(N)[:, None] + k)._cast(dtype)


def tril(m, k=0):
    from .math import where
    m = asarray(m)
    if m.ndim < 1:
        raise ValueError("array.ndim must be >= 1")
    rows, columns = arange(m.shape[-2] if m.ndim > 1 else m.shape[-1], device=m.device)[:, None], arange(m.shape[-1], device=m.device)
    return where(columns <= rows + k, m, m.dtype.type(0))


def triu(m, k=0):
    from .math import where
    m = asarray(m)
    if m.ndim < 1:
        raise ValueError("array.ndim must be >= 1")
    rows, columns = arange(m.shape[-2] if m.ndim > 1 else m.shape[-1], device=m.device)[:, None], arange(m.shape[-1], device=m.device)
    return where(columns >= rows + k, m, m.dtype.type(0))


def diag(v, k=0):
    from .manipulation import diagonal
    from .math import where
    v = asarray(v)
    if v.ndim == 2:
        return diagonal(v, k)._copy()
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    n = v.shape[0] + abs(k)
    result = zeros((n, n), v.dtype, device=v.device)
    result.ravel()[k if k >= 0 else -k * n::n + 1][:v.shape[0]] = v
    return result


def diagflat(v, k=0):
    return diag(asarray(v).ravel(), k)


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    n = len(xi)
    output = []
    for i, x in enumerate(xi):
        shape = [1] * n
        shape[i] = -1
        output.append(asarray(x)._reshape(shape))
    if indexing == "xy" and n > 1:
        output[0] = output[0]._reshape([1, -1] + [1] * (n - 2))
        output[1] = output[1]._reshape([-1, 1] + [1] * (n - 2))
    if not sparse and output:
        from .manipulation import broadcast_arrays
        output = broadcast_arrays(*output)
    return tuple(x._copy() for x in output) if copy else tuple(output)


def indices(dimensions, dtype=int, sparse=False):
    dimensions = tuple(dimensions)
    n = len(dimensions)
    grids = [arange(size, dtype=dtype)._reshape([-1 if j == i else 1 for j in range(n)]) for i, size in enumerate(dimensions)]
    if sparse:
        return tuple(grids)
    from .manipulation import stack
    return stack([g._broadcast_to(dimensions) for g in grids]) if grids else empty((0,) + dimensions, dtype)


def fromfunction(function, shape, *, dtype=float, like=None, **kwargs):
    return function(*indices(shape, dtype=dtype), **kwargs)


def vander(x, N=None, increasing=False):
    x = asarray(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    N = x.shape[0] if N is None else N
    powers = arange(N) if increasing else arange(N)[::-1]
    kind = _core.array_promote(x.dtype, np.int64)
    return x._cast(kind)[:, None] ** powers._cast(kind)


def fromiter(iter, dtype, count=-1, *, like=None):
    return from_numpy(np.fromiter(iter, dtype, count))


def fromstring(string, dtype=float, count=-1, *, sep, like=None):
    return from_numpy(np.fromstring(string, dtype, count, sep=sep))


def fromfile(file, dtype=float, count=-1, sep="", offset=0, *, like=None):
    return from_numpy(np.fromfile(file, dtype, count, sep, offset))


def frombuffer(buffer, dtype=float, count=-1, offset=0, *, like=None):
    return from_numpy(np.frombuffer(buffer, dtype, count, offset))


def loadtxt(*args, **kwargs):
    return from_numpy(np.loadtxt(*args, **kwargs))


def genfromtxt(*args, **kwargs):
    return from_numpy(np.genfromtxt(*args, **kwargs))


def from_dlpack(x, /, *, device=None, copy=None):
    """An array over the memory of another library's, without a copy; where a copy is asked for or the device is another, a
    copy. `x` has __dlpack__ and __dlpack_device__, or is a DLPack capsule. Its work goes before ours: a GPU's stream is told to
    wait. BufferError for dtypes and devices that weft does not know, ValueError for copy=False when a copy is needed."""
    from .exchange import take
    return take(x, device, copy)


def load(file, mmap_mode=None, allow_pickle=None):
    loaded = np.load(file, mmap_mode=mmap_mode, allow_pickle=bool(allow_pickle))
    return from_numpy(np.asarray(loaded)) if isinstance(loaded, np.ndarray) else NpzFile(loaded)


class NpzFile(collections.abc.Mapping):
    """What load() gives for an archive: its arrays by name, each read and put on the device when it is asked for."""

    def __init__(self, npz):
        self.npz_file, self.files = npz, npz.files

    def __getitem__(self, key):
        return asarray(self.npz_file[key])

    def __iter__(self):
        return iter(self.files)

    def __len__(self):
        return len(self.files)

    def close(self):
        self.npz_file.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def save(file, arr, allow_pickle=None):
    np.save(file, asnumpy(arr), allow_pickle=bool(allow_pickle))


def savez(file, *args, **kwargs):
    np.savez(file, *map(asnumpy, args), **{name: asnumpy(value) for name, value in kwargs.items()})


def savez_compressed(file, *args, **kwargs):
    np.savez_compressed(file, *map(asnumpy, args), **{name: asnumpy(value) for name, value in kwargs.items()})


def savetxt(fname, X, *args, **kwargs):
    np.savetxt(fname, asnumpy(X), *args, **kwargs)


def copy(a, order="K", subok=False):
    return asarray(a).copy(order)


def copyto(dst, src, casting="same_kind", where=None):
    if not is_computed(dst):
        dst._copy_from(src, casting, where)
        return
    source = src if isinstance(src, (ndarray, int, float, complex, bool, np.generic)) else asarray(src)
    kind = getattr(source, "dtype", None)
    if kind is None and casting != "unsafe":
        _check_number(src, dst.dtype, casting)
    elif kind is not None and not _core.array_can_cast(kind, dst.dtype, casting):
        raise TypeError(f"Cannot cast array data from dtype('{kind}') to dtype('{dst.dtype}') according to the rule '{casting}'")
    where = truths(where)
    if where is not None and where is not True:
        where = asarray(where, device=dst.device)
        if where.dtype != np.bool_:
            raise TypeError(f"Cannot cast array data from dtype('{where.dtype}') to dtype('bool') according to the rule 'safe'")
    dst._assign(source, None if where is None or where is True else where)


def _check_number(value, dtype, casting):
    """A Python number beside a dtype: TypeError when its kind does not go there, OverflowError when it is too large."""
    kinds = {bool: "biufc", int: "iufc", float: "fc", complex: "c"}[type(value) if type(value) in (bool, int, float) else complex]
    if dtype.kind not in kinds:
        raise TypeError(f"Cannot cast scalar from {type(value).__name__} to dtype('{dtype}') according to the rule '{casting}'")
    if dtype.kind in "iu":
        np.asarray(value, dtype)


def _unpickled(data, typestr, shape, name, order="C", is_value=False, derived=None):
    host = np.frombuffer(data, typestr).reshape(shape, order=order)
    if is_value:
        return _core.array_value(from_numpy(host, dtypes.as_dtype(name)))
    made = from_numpy(host.T, dtypes.as_dtype(name)).T if order == "F" else from_numpy(host, dtypes.as_dtype(name))
    return made if derived is None else made.view(derived)
