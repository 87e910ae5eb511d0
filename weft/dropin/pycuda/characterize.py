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
    """The bytes of a C type on the device: those of a kernel's parameter of the type, so nothing is run."""
    from pycuda.compiler import SourceModule

    source = f"{preamble}\nstruct weft_holder {{ {type_name} held; }};\nextern \"C\" __global__ void weft_sizeof(weft_holder x) {{}}"
    return SourceModule(source, no_extern_c=True).get_function("weft_sizeof").parameters[0][3]
