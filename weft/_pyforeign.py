"""C functions that compiled functions call: those of ctypes and cffi, by their address where their arguments go in registers.

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


def _fits_word(arg, code, type_):
    """A number, or an array where a pointer is wanted: the address of its first element."""
    return arg.is_number and arg.code not in "FD" or code == "L" and arg.code.lstrip("R").startswith(("AC", "AF")) and not issubclass(
        type_, ctypes._SimpleCData)  # ctypes takes no array for c_void_p


def _direct(function, args):
    """The answer that calls a ctypes function by its address, where its arguments go in registers; else None."""
    codes = [_c_code(t) for t in function.argtypes]
    result = _c_code(function.restype)
    plain = isinstance(function.restype, type) or function.restype is None
    if not _REGISTERS or result is None or None in codes or "N" in codes or not plain or getattr(function, "errcheck", None) or (
            type(function)._flags_ & _PYTHON_API) or not all(_fits_word(a, c, t) for a, c, t in zip(args, codes, function.argtypes)):
        return None
    if sum(c in "fd" for c in codes) > 8 or sum(c not in "fd" for c in codes) > 6:
        return None
    address = ctypes.cast(function, ctypes.c_void_p).value
    return ("foreign", function, address, "".join(codes) + ">" + result, tuple(range(len(args))))


def foreign_answer(function, args):
    """A ctypes function whose types are declared: called by its address, or through ctypes at run time."""
    function = getattr(function, "_wf_ctypes", lambda: function)()  # an address with a signature
    function = of_cffi(function) or function
    if not isinstance(function, ctypes._CFuncPtr):
        return None
    if function.argtypes is None:
        return ("error", "a ctypes function needs its argtypes and restype declared before it is called in a compiled function")
    if len(function.argtypes) != len(args):
        return ("error", f"the C function takes {len(function.argtypes)} argument{'s' * (len(function.argtypes) != 1)}, got {len(args)}")
    from ._pyresolve import at_run_time

    direct = _direct(function, args)
    if direct is not None:
        return direct
    if id(function) not in _foreign_calls:  # they cannot be hashed; the call keeps the function, and so its id
        _foreign_calls[id(function)] = lambda *given: function(*map(_by_address, given, function.argtypes))
    result = function.restype
    code = "N" if result is None else host_code(np.dtype(np.uint64 if result is ctypes.c_void_p else result))
    return at_run_time(_foreign_calls[id(function)], args, quiet=True, result=code)


_as_arguments = {}  # address and types → the compiled function that calls it


def as_argument(function):
    """A C function that is passed to a compiled one: a compiled function around it; None: it is none."""
    function = of_cffi(function) or function
    if not isinstance(function, ctypes._CFuncPtr) or function.argtypes is None:
        return None
    key = (ctypes.cast(function, ctypes.c_void_p).value, tuple(function.argtypes), function.restype)
    if key not in _as_arguments:
        from ._jitclass import _of_text

        names = ", ".join(f"a{i}" for i in range(len(function.argtypes)))
        _as_arguments[key] = _of_text(f"def made({names}):\n    return function({names})\n", function=function)
    return _as_arguments[key]


def _by_address(value, type_):
    return ctypes.cast(value.ctypes.data, type_) if isinstance(value, np.ndarray) else value


# ---- cffi ----

_OF_C = {"_Bool": ctypes.c_bool, "char": ctypes.c_uint8, "signed char": ctypes.c_int8, "unsigned char": ctypes.c_uint8, "float": ctypes.c_float,
         "double": ctypes.c_double}
_registered, _made = {}, {}  # a function of a compiled module → (its address, its type); (address, type) → a function of ctypes


def register_module(module):
    """Takes note of the functions of a module that cffi compiled, so that compiled functions may call them."""
    for name in dir(module.lib):
        function = getattr(module.lib, name)
        if type(function).__name__ == "builtin_function_or_method":
            address = int(module.ffi.cast("uintptr_t", module.ffi.addressof(module.lib, name)))
            _registered[function] = (address, module.ffi.typeof(function))


def _of_cffi_type(type_):
    """The type of ctypes, None for void; KeyError: there is none."""
    if type_.kind == "pointer" or type_.kind == "function":
        return ctypes.POINTER(ctypes.c_uint8)
    if type_.kind == "enum":
        return ctypes.c_int
    return None if type_.kind == "void" else primitive_of_cffi(type_)


def primitive_of_cffi(type_):
    """The number of ctypes; KeyError: it is none."""
    if type_.kind != "primitive":
        raise KeyError(type_.cname)
    known = _OF_C.get(type_.cname)
    if known is not None:
        return known
    if "float" in type_.cname or "double" in type_.cname or "complex" in type_.cname or "char" in type_.cname:
        raise KeyError(type_.cname)
    kind = "uint" if type_.cname.startswith(("unsigned", "uint", "size_t")) else "int"
    return getattr(ctypes, "c_%s%d" % (kind, 8 * sys.modules["_cffi_backend"].FFI().sizeof(type_)))


def of_cffi(function):
    """A function of cffi as one of ctypes; None: it is none, or takes what ctypes does not (structures, `...`)."""
    backend = sys.modules.get("_cffi_backend")
    if backend is None:
        return None
    try:
        found = _registered.get(function)
        if found is None and isinstance(function, backend._CDataBase):
            type_ = backend.typeof(function)
            found = type_.kind == "function" and (int(backend.FFI().cast("uintptr_t", function)), type_)
    except TypeError:
        return None
    if not found or found[1].ellipsis:
        return None
    made = _made.get(found)
    if made is None:
        address, type_ = found
        try:
            kinds = [_of_cffi_type(t) for t in (type_.result, *type_.args)]
        except KeyError:
            return None
        result = ctypes.c_void_p if kinds[0] is not None and issubclass(kinds[0], ctypes._Pointer) else kinds[0]
        made = _made[found] = ctypes.CFUNCTYPE(result, *kinds[1:])(address)
        made._wf_keeps = function  # and so the library
    return made
