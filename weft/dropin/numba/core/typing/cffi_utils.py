"""numba.core.typing.cffi_utils: functions of cffi's compiled modules; those of ffi.dlopen() need no registration."""

import numpy as np

from weft._pyforeign import of_cffi, primitive_of_cffi, register_module
from weft._pytypes import CPointer, Signature, from_dtype, void, voidptr


def is_cffi_func(value):
    return of_cffi(value) is not None


def register_type(cffi_type, numba_type):
    """Structures are seen by their address only, so there is nothing to note."""


def _dtype(cffi_type):
    """NumPy's dtype of what lies in a structure."""
    if cffi_type.kind == "array":
        return np.dtype((_dtype(cffi_type.item), (cffi_type.length,)))
    if cffi_type.kind == "struct":
        return _record(cffi_type)
    return np.dtype(primitive_of_cffi(cffi_type))


def _record(cffi_type):
    names, formats, offsets = [], [], []
    for name, field in cffi_type.fields:
        if field.bitshift != -1 or field.bitsize != -1:
            raise ValueError(f"field {name!r} has bitshift, this is not supported")
        names.append(name)
        formats.append(_dtype(field.type))
        offsets.append(field.offset)
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": ffi.sizeof(cffi_type)})


def map_struct_to_record_dtype(cffi_type):
    """The record of a structure of C."""
    return from_dtype(_record(cffi_type))


def map_type(cffi_type, use_record_dtype=False):
    """The type that one of cffi's means; of a function its signature. use_record_dtype: structures are records."""
    kind = cffi_type.kind
    if kind == "function":
        if cffi_type.ellipsis:
            raise TypeError("vararg function is not supported")
        return Signature(map_type(cffi_type.result, use_record_dtype), tuple(map_type(a, use_record_dtype) for a in cffi_type.args))
    if kind == "pointer":
        return voidptr if cffi_type.item.kind == "void" else CPointer(map_type(cffi_type.item, use_record_dtype))
    if kind == "struct" and use_record_dtype:
        return map_struct_to_record_dtype(cffi_type)
    if kind == "void":
        return void
    try:
        return from_dtype(_dtype(cffi_type)) if kind in ("primitive", "array") else _unknown(cffi_type)
    except KeyError:
        raise TypeError(cffi_type) from None


def _unknown(cffi_type):
    if cffi_type.kind == "union":
        raise TypeError("No support for CFFI union")
    raise TypeError(cffi_type)


def make_function_type(cffi_func, use_record_dtype=False):
    """The signature of a function of cffi."""
    return map_type(ffi.typeof(cffi_func), use_record_dtype)


try:
    import cffi as _cffi

    ffi, SUPPORTED = _cffi.FFI(), True
except ImportError:
    ffi, SUPPORTED = None, False
