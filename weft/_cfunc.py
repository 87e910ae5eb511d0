"""wf.cfunc: a compiled function with a C signature, for libraries that call back.

The address is code that any thread calls, without the interpreter's lock (src/python/pyfunc_entry.c). Where that has no entry (on
Windows; results that are no numbers) it is a ctypes callback around the compiled function, which takes the lock at each call.
"""

import ctypes
import functools

from . import _core
from ._jit import njit
from ._pytypes import CPointer, signature_of

_C = {"?": ctypes.c_bool, "b": ctypes.c_int8, "h": ctypes.c_int16, "i": ctypes.c_int32, "l": ctypes.c_int64, "B": ctypes.c_uint8,
      "H": ctypes.c_uint16, "I": ctypes.c_uint32, "L": ctypes.c_uint64, "f": ctypes.c_float, "d": ctypes.c_double, "N": None}


def _c_type(type_):
    """A pointer says what it points to: scipy.LowLevelCallable reads its signature from these types."""
    if isinstance(type_, CPointer):
        pointee = _C.get(type_.pointee.code)
        return ctypes.POINTER(pointee) if pointee else ctypes.c_void_p
    return _C.get(type_.code, ctypes.c_void_p)


def _address(given):
    """Of a pointer as ctypes hands it to a callback; 0 for a null pointer."""
    if isinstance(given, ctypes._Pointer):
        return ctypes.addressof(given.contents) if given else 0
    return given or 0


def _code(type_):
    """A pointer is a vector of as many elements as the function takes of it; of void, of bytes."""
    if not isinstance(type_, CPointer):
        return type_.code
    return "AC1" + ("B" if type_.pointee.code == "N" else type_.pointee.code)


class _Teller:
    """Python's own way to tell an exception that nobody can catch: one that leaves a __del__."""

    def __init__(self, error):
        self.error = error

    def __del__(self):
        raise self.error


class CFunc:
    """A compiled function and its C face: .ctypes (callable), .address (an integer, for scipy.LowLevelCallable and others)."""

    def __init__(self, function, signature, locals=None, **options):
        returns, args = signature_of(signature)
        if returns is None:
            raise TypeError("cfunc needs a signature with a return type: 'float64(float64)'")
        self.py_func = self.__wrapped__ = function
        self._compiled = njit(function, locals=locals, **options)
        self.signature, self.native_name, self.cache_hits = signature, function.__name__, 0
        functools.update_wrapper(self, function)
        take = [isinstance(a, CPointer) for a in args]
        zero = None if returns.code == "N" else 0

        def call(*given):
            try:
                return self._compiled(*(_address(g) if t else g for g, t in zip(given, take)))
            except BaseException as error:  # C cannot be told: as Numba, say it and answer zero
                _Teller(error)
                return zero

        self._call = call
        codes = "".join(_code(a) for a in args)
        self._compiled._pointers = 1
        self._compiled._program(codes)
        self._compiled._signature_codes = [codes]
        self._compiled._fix([codes])
        prototype = ctypes.CFUNCTYPE(_c_type(returns), *map(_c_type, args))
        self._entry = _core.Entry(self._compiled, codes, returns.code)
        self.ctypes = prototype(call if self._entry is None else self._entry.address)
        self.ctypes._wf_keeps = self  # the code lives as long as anyone has this
        self.address = ctypes.cast(self.ctypes, ctypes.c_void_p).value

    def __call__(self, *args):
        return self.py_func(*args)

    def inspect_llvm(self):
        return next(iter(self._compiled.inspect_llvm().values()))

    def __repr__(self):
        return f"<weft.CFunc {self.native_name}>"


def cfunc(sig, locals=None, cache=False, pipeline_class=None, **options):
    """@cfunc("float64(float64)"): compiled at once for this signature, callable from C by its address.

        >>> @wf.cfunc("float64(float64)")
        ... def half(x):
        ...     return x / 2
        >>> half.ctypes(3.0)
        1.5
    """
    if options.get("forceobj"):
        raise NotImplementedError("cfunc: what C calls is compiled; forceobj=True asks for the interpreter")
    options = {k: v for k, v in options.items() if k in ("fastmath", "error_model")}
    return lambda function: CFunc(function, sig, locals, **options)


def carray(pointer, shape, dtype=None):
    """A NumPy array over memory that C gave."""
    return _array(pointer, shape, dtype, "C")


def farray(pointer, shape, dtype=None):
    return _array(pointer, shape, dtype, "F")


def _array(pointer, shape, dtype, order):
    import numpy as np

    shape = shape if isinstance(shape, tuple) else (shape,)
    if isinstance(pointer, ctypes._Pointer):
        own = np.dtype(pointer._type_)
        if dtype is not None and np.dtype(dtype) != own:
            raise TypeError(f"mismatching dtype '{np.dtype(dtype)}' for pointer {pointer!r} to {own}")
        dtype = own
        pointer = ctypes.addressof(pointer.contents)
    elif isinstance(pointer, ctypes.c_void_p):
        pointer = pointer.value
    if dtype is None:
        raise TypeError("an untyped pointer needs dtype=")
    dtype = np.dtype(dtype)
    count = int(np.prod(shape, dtype=int))
    memory = (ctypes.c_char * (count * dtype.itemsize)).from_address(pointer)
    return np.frombuffer(memory, dtype).reshape(shape, order=order)


carray._wf_name, farray._wf_name = "numba.carray", "numba.farray"  # what the compiler calls them
