"""What of arrays is offered as `weft.<name>`: the names of NumPy's main namespace, and our own.

Names with code of their own are listed by module; any other function of NumPy's is wrapped when it is first asked for and
runs through NumPy with a warning (weft/_array/fallback.py).
"""

import builtins
import sys

import numpy as np

from . import _core, _needs

_needs.warn_of_old_numpy()
from ._array import (callbacks, counts, creation, dtypes, editing, einsum as _einsum, fft as _transforms, indexing, linalg as _products, manipulation, math,
                     memory, norms, opaque, padding, polynomials, quantile, sets, signals, sorting, statistics)
from ._array import docs
from ._array.array import ndarray
from ._array.dtypes import bfloat16
from ._array.fallback import FallbackWarning, wrapped
from ._array.flat import flatiter
from ._array.float_errors import errstate, geterr, geterrcall, seterr, seterrcall
from ._array.kernels import ElementwiseKernel, ReductionKernel
from ._array.math import ufunc
from ._array.namespaces import Through
from ._array.opaque import make_aligned_dtype
from ._array.polynomials import poly1d
from ._array import stride_tricks as _stride_tricks
from ._array.stride_tricks import as_strided, c_, mgrid, ogrid, r_, sliding_window_view


def _public(module):
    return [name for name, value in vars(module).items()
            if not name.startswith("_") and callable(value) and getattr(value, "__module__", None) in (module.__name__, "weft")
            and name not in ("ndarray", "from_numpy", "ndarray_new", "device_of_memory", "ufunc_at", "add_at", "getitem", "setitem",
                             "ufunc", "through_numpy", "into", "norm")]


EXPORTS = ["ndarray", "ufunc", "ElementwiseKernel", "ReductionKernel", "ndimage", "special", "polynomial", "poly1d", "bfloat16", "random", "linalg", "fft", "lib", "emath", "FallbackWarning", "flatiter", "eval", "explain", "errstate", "seterr", "geterr", "seterrcall", "geterrcall", "memory_info", "show_config",
           "get_array_module", "make_aligned_dtype", "mgrid", "ogrid", "r_", "c_"]
for _module in (creation, manipulation, editing, padding, math, statistics, quantile, counts, sets, sorting, indexing, signals, callbacks,
                _products, _einsum, memory, polynomials):
    for _name in _public(_module):
        if _name not in EXPORTS:
            EXPORTS.append(_name)
            globals()[_name] = getattr(_module, _name)
for _name in math.UFUNCS + math.ALIASES + ("where", "nextafter", "ldexp"):
    globals()[_name] = getattr(math, _name)
    if _name not in EXPORTS:
        EXPORTS.append(_name)

# Constants and scalar types are NumPy's.
_CONSTANTS = ("pi", "e", "inf", "nan", "euler_gamma", "newaxis", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16",
              "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128", "intp", "uintp", "int_", "uint", "intc",
              "uintc", "longlong", "ulonglong", "byte", "ubyte", "short", "ushort", "half", "single", "double", "csingle", "cdouble",
              "dtype", "generic", "number", "integer", "signedinteger", "unsignedinteger", "inexact", "floating", "complexfloating",
              "datetime64", "timedelta64", "void", "datetime_data", "finfo", "iinfo", "issubdtype", "isdtype", "typename", "mintypecode", "ndenumerate", "ndindex", "s_",
              "index_exp", "set_printoptions", "get_printoptions", "printoptions", "array2string", "array_repr", "array_str",
              "format_float_positional", "format_float_scientific", "base_repr", "binary_repr", "typecodes", "sctypeDict", "bool",
              "long", "ulong", "common_type", "iterable", "exceptions", "True_", "False_", "ScalarType",
              "character", "flexible", "str_", "bytes_", "object_", "little_endian", "dtypes", "typing", "getbufsize", "setbufsize", "get_include", "info", "show_runtime")
for _name in _CONSTANTS:
    if hasattr(np, _name):
        globals()[_name] = getattr(np, _name)
        EXPORTS.append(_name)

# What serves arrays of dates and structures too, by NumPy.
for _name in ("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack", "append", "where", "sort", "argsort", "lexsort", "unique", "diff",
              "searchsorted", "isin", "array_equal", "min", "max", "amin", "amax", "argmin", "argmax", "ptp", "mean", "median", "sum", "cumsum",
              "broadcast_to", "tile", "repeat", "take", "roll", "flip", "split", "array_split", "atleast_1d", "atleast_2d", "moveaxis", "nonzero",
              "intersect1d", "union1d", "setdiff1d", "compress", "extract", "select", "choose", "clip"):
    globals()[_name] = opaque.knows(globals()[_name])
amin, amax = min, max  # one function under two names, as in NumPy

linalg = Through("weft.linalg", "numpy.linalg", {name: getattr(_products, name) for name in ("matmul", "tensordot")} | norms.LINALG)
fft = Through("weft.fft", "numpy.fft", norms.FFT | _transforms.OWN)
polynomial = polynomials.polynomial
lib = Through("weft.lib", "numpy.lib", {"stride_tricks": _stride_tricks})
emath = Through("weft.emath", "numpy.lib.scimath")
special = Through("weft.special", "scipy.special", math.SPECIAL)

for _name in EXPORTS:
    if _name in np.__all__ and _name in vars(np):  # to ask NumPy for a module of its would import it
        docs.borrow(globals().get(_name), _name, np)
for _name in dir(ndarray):
    if not _name.startswith("_") and hasattr(np.ndarray, _name):
        docs.borrow(getattr(ndarray, _name), _name, np.ndarray)

# Everything else of NumPy's namespace that is a function.
_OWN = set(EXPORTS)
_THROUGH = [name for name in np.__all__ if name not in _OWN and not name.startswith("_") and callable(vars(np).get(name))
            and not isinstance(vars(np)[name], type)]
EXPORTS += _THROUGH


def __getattr__(name):
    if name == "ndimage":
        from ._array import ndimage
        return ndimage.module
    if name == "random":  # NumPy's is imported with it
        from ._array import random
        globals()[name] = random
        return random
    if name in _THROUGH:
        value = globals()[name] = wrapped(getattr(np, name), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def eval(*arrays):
    """Computes the arrays now; returns when their kernels are launched.

        >>> x = wf.ones(3) + 1
        >>> wf.eval(x)
    """
    _core.array_eval(arrays)


def explain(array):
    """Computes the array and tells which kernels did it: print() shows what they read, do and write; `.source` is their
    CUDA C, `.svg()` a picture, which a notebook shows. TypeError for anything but an array of weft's.

        >>> x = wf.arange(1000.0)
        >>> str(wf.explain((x * x + 1).sum())).startswith("1 kernel")
        True
    """
    if not isinstance(array, ndarray):
        raise TypeError(f"[explain] expected an array of weft's, got {type(array).__module__}.{type(array).__name__}"
                        f"{'; weft.asarray(x) makes one of it' if isinstance(array, np.ndarray) else ''}")
    from ._explain import Explanation
    return Explanation(array._explain())


def memory_info(device=None):
    """(free, total) bytes of the device's memory.

        >>> free, total = wf.memory_info("cpu")
        >>> 0 < free <= total
        True
    """
    target = _core.Device(device) if device is None or isinstance(device, str) else device
    return target.memory()


def show_config(mode="stdout"):
    """Prints what weft is and has here: versions, devices, threads, libraries, cache, settings. mode="dicts" returns it as a dictionary.
    ValueError for another mode. np.show_config() is about NumPy's own build, `weft doctor` tests the devices as well."""
    from .doctor import look, report
    if mode not in ("stdout", "dicts"):
        raise ValueError(f"mode must be 'stdout' or 'dicts', got {mode!r}")
    state = look()
    if mode == "dicts":
        return state
    from ._jit import get_num_threads
    print("\n".join([*report.configuration(state), f"Threads on the CPU: {get_num_threads()} (WEFT_THREADS)"]))


def get_array_module(*args):
    """weft if one of the arguments is an array of weft's, else numpy.

        >>> wf.get_array_module(wf.ones(3)).__name__
        'weft'
    """
    import sys
    import weft
    sparse = sys.modules.get("weft._array.sparse")
    kinds = (ndarray,) if sparse is None else (ndarray, sparse.spmatrix, sparse.sparray)
    return weft if builtins.any(isinstance(a, kinds) for a in args) else np


_core.array_set_eager(_core.env_on("EAGER"))

if "spyder_kernels" in sys.modules:  # a script or console of Spyder's: its Variable Explorer shows weft's arrays
    from . import _spyder

    _spyder.connect()
if "dask.array" in sys.modules:
    from . import _dask  # noqa: F401
