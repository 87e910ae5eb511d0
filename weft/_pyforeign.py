"""C functions that compiled functions call: those of ctypes, by their address where their arguments go in registers.

src/python/pyfunc_ask.c makes such a call; what does not fit goes through ctypes at run time.
"""

import ctypes
import platform
import sys

import numpy as np

from ._pytypes import host_code

_foreign_calls = {}
_REGISTERS = sys.platform != "win32" and platform.machine() in ("x86_64", "aarch64", "arm64")  # conventions that pyfunc_ask.c knows
_PYTHON_API = 4  # of ctypes' flags: the function needs the interpreter's lock


def _c_code(type_):
    """The code of what a ctypes type is in a register, or None."""
    if type_ is None:
        return "N"
    if type_ is ctypes.c_void_p or isinstance(type_, type) and issubclass(type_, ctypes._Pointer):
        return "L"
    try:
        dtype = np.dtype(type_)
    except TypeError:
        return None
    return host_code(dtype) if isinstance(type_, type) and issubclass(type_, ctypes._SimpleCData) and dtype.kind in "biuf" and (
        dtype.itemsize <= 8) else None


def _direct(function, args):
    """The answer that calls a ctypes function by its address, where its arguments go in registers; else None."""
    codes = [_c_code(t) for t in function.argtypes]
    result = _c_code(function.restype)
    plain = isinstance(function.restype, type) or function.restype is None
    if not _REGISTERS or result is None or None in codes or "N" in codes or not plain or getattr(function, "errcheck", None) or (
            type(function)._flags_ & _PYTHON_API) or not all(a.is_number and a.code not in "FD" for a in args):
        return None
    if sum(c in "fd" for c in codes) > 8 or sum(c not in "fd" for c in codes) > 6:
        return None
    address = ctypes.cast(function, ctypes.c_void_p).value
    return ("foreign", function, address, "".join(codes) + ">" + result, tuple(range(len(args))))


def foreign_answer(function, args):
    """A ctypes function whose types are declared: called by its address, or through ctypes at run time."""
    function = getattr(function, "_wf_ctypes", lambda: function)()  # an address with a signature
    if not isinstance(function, ctypes._CFuncPtr):
        return None
    if function.argtypes is None:
        return ("error", "a ctypes function needs its argtypes and restype declared before it is called in a compiled function")
    if len(function.argtypes) != len(args):
        return ("error", f"the ctypes function takes {len(function.argtypes)} arguments, got {len(args)}")
    from ._pyresolve import at_run_time

    direct = _direct(function, args)
    if direct is not None:
        return direct
    if id(function) not in _foreign_calls:  # they cannot be hashed; the call keeps the function, and so its id
        _foreign_calls[id(function)] = lambda *given: function(*given)
    result = function.restype
    code = "N" if result is None else host_code(np.dtype(np.uint64 if result is ctypes.c_void_p else result))
    return at_run_time(_foreign_calls[id(function)], args, quiet=True, result=code)
