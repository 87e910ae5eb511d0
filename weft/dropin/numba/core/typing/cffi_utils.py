"""numba.core.typing.cffi_utils: functions of cffi's compiled modules; those of ffi.dlopen() need no registration."""

from weft._pyforeign import of_cffi, register_module


def is_cffi_func(value):
    return of_cffi(value) is not None


def register_type(cffi_type, numba_type):
    """Structures are seen by their address only, so there is nothing to note."""


try:
    import cffi as _cffi

    ffi, SUPPORTED = _cffi.FFI(), True
except ImportError:
    ffi, SUPPORTED = None, False
