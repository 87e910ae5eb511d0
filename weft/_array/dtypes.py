"""The element types: NumPy's own objects, and bfloat16, which NumPy lacks."""

import numpy as np


class BFloat16:
    """The dtype bfloat16. There is one, `weft.bfloat16`; it answers like a NumPy dtype. To NumPy it goes as float32."""

    name = "bfloat16"
    kind = "f"
    char = "E"
    itemsize = 2
    num = -1
    str = "<bf2"
    shape = ()
    ndim = 0
    names = fields = None
    isnative = True
    byteorder = "="
    type = property(lambda self: self)

    def __repr__(self):
        return "dtype(bfloat16)"

    def __str__(self):
        return "bfloat16"

    def __hash__(self):
        return hash("weft.bfloat16")

    def __eq__(self, other):
        return other is self or other == "bfloat16"

    def __reduce__(self):
        return "bfloat16"

    def __call__(self, value=0.0):
        from .creation import array
        return array(value, dtype=self)


bfloat16 = BFloat16()

# In the order of the core's list.
NAMES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32",
         "float64", "complex64", "complex128")
TABLE = tuple(bfloat16 if name == "bfloat16" else np.dtype(name) for name in NAMES)
_CODES = {dtype: code for code, dtype in enumerate(TABLE)}


class NotComputed(TypeError, ValueError):
    """A dtype that no kernel knows. Creation functions make an OpaqueArray (opaque.py) of those that can lie in memory."""


def code_of(thing):
    """The core's number for whatever names a dtype."""
    if isinstance(thing, BFloat16) or (isinstance(thing, str) and thing == "bfloat16"):
        return _CODES[bfloat16]
    dtype = np.dtype(thing)
    code = _CODES.get(dtype if dtype.isnative else dtype.newbyteorder("="))
    if code is None:
        raise NotComputed(f"Unsupported dtype {dtype}: weft's kernels do not know it")
    return code


def as_dtype(thing):
    return TABLE[code_of(thing)]


def host_dtype(dtype):
    """What NumPy holds such elements as."""
    return np.dtype(np.float32) if dtype is bfloat16 else dtype
