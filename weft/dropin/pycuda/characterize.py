"""What a device and its compiler are like."""

import numpy as np

from .tools import context_dependent_memoize


def platform_bits():
    return np.dtype(np.intp).itemsize * 8


def has_stack():
    return True


def has_double_support():
    return True


@context_dependent_memoize
def sizeof(type_name, preamble=""):
    """The bytes of a C type on the device."""
    import pycuda.gpuarray as gpuarray
    from pycuda.compiler import SourceModule

    module = SourceModule(f"{preamble}\nextern \"C\" __global__ void write_size(size_t *out) {{ *out = sizeof({type_name}); }}",
                          no_extern_c=True)
    result = gpuarray.empty((), np.uintp)
    module.get_function("write_size")(result, block=(1, 1, 1), grid=(1, 1))
    return int(result.get())
