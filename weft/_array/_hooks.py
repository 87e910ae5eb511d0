"""What the core's binding hands on to Python. It looks the functions up by these names."""

import numpy as np

from . import dtypes
from .array import ndarray


def dtype_code(thing):
    return dtypes.code_of(thing)


def operand(thing):
    """An array for something that stands beside one in an operation; None: not ours (Python then tries the other side)."""
    from .creation import asarray
    if isinstance(thing, ndarray):  # an OpaqueArray: its own operators know what to do
        return None
    if isinstance(thing, (list, tuple, np.ndarray, np.generic, range)) or hasattr(thing, "__dlpack__"):
        return asarray(thing)
    if hasattr(thing, "__cupy_get_ndarray__") or hasattr(thing, "__array_interface__") or hasattr(thing, "__cuda_array_interface__"):
        return asarray(thing)
    return None


def new_array(*args, **kwargs):
    from .creation import ndarray_new
    return ndarray_new(*args, **kwargs)


def getitem(array, key):
    from .indexing import getitem
    return getitem(array, key)


def setitem(array, key, value):
    from .indexing import setitem
    setitem(array, key, value)


def assigned(array, value):
    """The number that is put into an array for something that is none: NumPy's of the array's dtype. ValueError or TypeError, as NumPy's."""
    if isinstance(value, ndarray):  # an OpaqueArray
        raise TypeError(f"elements of {value.dtype} were to be put into an array of {array.dtype}")
    host = np.empty((), dtypes.host_dtype(array.dtype))
    try:
        host[...] = value
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"{error}: {value!r} ({type(value).__name__}) was to be put into an array of {array.dtype}") from None
    return host[()]


_FACTORS = ndarray, np.ndarray, np.generic, list, int, float, complex  # the numbers for matmul to refuse


def matmul(a, b):
    from .linalg import matmul
    if not isinstance(a, _FACTORS) or not isinstance(b, _FACTORS):
        return NotImplemented
    return matmul(a, b)


def check_result(name, result, *operands):
    from .checks import look
    look(name, result, *operands)


def truths(where):
    """The condition that a list or a number means, as NumPy reads where=; an array as it is."""
    if isinstance(where, (list, tuple)):
        from .creation import asarray
        listed = asarray(where)
        return listed if listed.dtype == np.bool_ else listed.astype(bool)
    return bool(where) if isinstance(where, (int, float, complex, np.number)) else where


def ufunc_through_numpy(name, a, b=None, out=None, where=True, dtype=None):
    from .fallback import through_numpy
    args = (a,) if b is None else (a, b)
    kwargs = {} if dtype is None else {"dtype": dtype}
    result = through_numpy(getattr(np, name), *args, **kwargs)
    if out is None and where is True:
        return result
    if out is None:
        from .creation import zeros
        out = zeros(result.shape, result.dtype)
    out._assign(result, None if where is True else where)
    return out


def ufunc_by_signature(name, a, b, out, where, dtype, casting, signature):
    """A ufunc in the types that a signature names (for an operand or the result, or None), as NumPy resolves it."""
    from . import math
    from .creation import asarray
    if dtype is not None:
        raise TypeError("cannot specify both 'signature' and 'dtype'")
    operands = [x if type(x) in (bool, int, float, complex) else asarray(x) for x in ((a,) if b is None else (a, b))]
    out, = out if isinstance(out, tuple) else (out,)
    kinds = [type(x) if type(x) in (int, float, complex) else np.dtype(bool) if type(x) is bool else x.dtype for x in operands]
    loop = getattr(np, name).resolve_dtypes((*kinds, None if out is None else out.dtype), signature=signature, casting=casting or "same_kind")
    operands = [asarray(x, dtype=t) for x, t in zip(operands, loop)]
    return getattr(math, name)(*operands, out=out, where=where, casting=casting or "same_kind")


def ufunc_of_others(name, a, b=None, out=None, where=True, dtype=None):
    """A ufunc with an operand that is none for the core."""
    from . import opaque
    return opaque.ufunc(name, (a,) if b is None else (a, b), out, where, dtype)


def of_class(result, of):
    """A view of `of`, or what an elementwise operation made of it, as an object of its class."""
    if getattr(type(of), "_plain_results", False):
        return result
    derived = result._as(type(of))
    finalize = getattr(derived, "__array_finalize__", None)
    if finalize is not None:
        finalize(of)
    return derived


def refuse_to_wait():
    from .._device import DeviceSynchronized
    raise DeviceSynchronized("this waits for the device, which wf.allow_synchronize(False) forbids here")


def raise_axis(axis, ndim):
    raise np.exceptions.AxisError(axis, ndim)


def filled_like(array, value):
    """Booleans of the array's shape: its comparison with something that is no array."""
    from .creation import full
    return full(array.shape, value, np.bool_, device=array.device)


def out_of_memory(message):
    """The message with the largest arrays that live, up to five: those of the device that it names."""
    import gc
    from .array import is_computed
    found = {}
    for thing in gc.get_objects():
        if isinstance(thing, ndarray) and is_computed(thing) and not thing._pending and thing.nbytes >= 1 << 16 and \
                (str(thing.device) in message or "host" in message):
            whole = thing.base if thing.base is not None else thing
            found.setdefault(id(whole), whole)
    largest = sorted(found.values(), key=lambda a: -a.nbytes)[:5]
    if not largest:
        return message
    listed = ", ".join(f"{a.shape} {a.dtype} {a.nbytes / 2**20:.1f} MiB" for a in largest)
    return f"{message}. The largest arrays that live: {listed}"
