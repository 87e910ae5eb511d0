"""Private names of cupy._core that other packages import."""

import numpy as _numpy

_CUB_REDUCE_SIZE_THRESHOLD = 1 << 15  # only asked for: weft has no such limit

_TYPES = {"b": "signed char", "h": "short", "i": "int", "l": "long long", "q": "long long", "B": "unsigned char", "H": "unsigned short",
          "I": "unsigned int", "L": "unsigned long long", "Q": "unsigned long long", "e": "float16", "f": "float", "d": "double",
          "F": "complex<float>", "D": "complex<double>", "?": "bool"}


def get_typename(dtype):
    """A dtype's name in CUDA C, as in kernels made of fragments."""
    if dtype is None:
        raise ValueError("dtype is None")
    dtype = _numpy.dtype(dtype)
    if dtype.char not in _TYPES:
        raise ValueError(f"no CUDA C type for {dtype}")
    return _TYPES[dtype.char]
