"""numba.core.typing.ctypes_utils: types of ctypes as Numba's, and back."""

import ctypes

import numpy as np

from weft._pytypes import CPointer, Signature, Type, from_dtype, void, voidptr


def from_ctypes(ctypeobj):
    """The type that a ctypes type means."""
    if ctypeobj is None:
        return void
    if ctypeobj is ctypes.c_void_p:
        return voidptr
    if isinstance(ctypeobj, type) and issubclass(ctypeobj, ctypes._Pointer):
        return CPointer(from_ctypes(ctypeobj._type_))
    if isinstance(ctypeobj, type) and issubclass(ctypeobj, ctypes._SimpleCData) and ctypeobj not in (ctypes.c_wchar_p, ctypes.c_char_p,
                                                                                                   ctypes.py_object):
        return from_dtype(np.dtype(ctypeobj))
    raise TypeError(f"Unsupported ctypes type: {ctypeobj}")


def to_ctypes(ty):
    """The ctypes type of one of Numba's."""
    if not isinstance(ty, Type):
        raise TypeError(f"Cannot convert Numba type '{ty}' to ctypes type")
    if ty == void:
        return None
    if isinstance(ty, CPointer):
        return ctypes.c_void_p if ty.pointee == void else ctypes.POINTER(to_ctypes(ty.pointee))
    try:
        return np.ctypeslib.as_ctypes_type(ty.dtype)
    except (AttributeError, NotImplementedError, KeyError):
        raise TypeError(f"Cannot convert Numba type '{ty}' to ctypes type") from None


def is_ctypes_funcptr(obj):
    return isinstance(obj, ctypes._CFuncPtr)


def get_pointer(ctypes_func):
    """The address of a function of ctypes."""
    return ctypes.cast(ctypes_func, ctypes.c_void_p).value


def make_function_type(cfnptr):
    """The signature that a function of ctypes declares."""
    if cfnptr.argtypes is None:
        raise TypeError(f"ctypes function {cfnptr.__name__!r} doesn't define its argument types; consider setting the `argtypes` attribute")
    return Signature(from_ctypes(cfnptr.restype), tuple(from_ctypes(a) for a in cfnptr.argtypes))
