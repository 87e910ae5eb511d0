"""numba.types"""

from weft import _pytypes
from weft._pytypes import Array, Boolean, Complex, Float, Integer, Number, Tuple, Type, UniTuple

globals().update(_pytypes.NAMES)
BaseTuple = Tuple


signed_domain = frozenset([_pytypes.int8, _pytypes.int16, _pytypes.int32, _pytypes.int64])
unsigned_domain = frozenset([_pytypes.uint8, _pytypes.uint16, _pytypes.uint32, _pytypes.uint64])
integer_domain = signed_domain | unsigned_domain
real_domain = frozenset([_pytypes.float32, _pytypes.float64])
complex_domain = frozenset([_pytypes.complex64, _pytypes.complex128])
number_domain = real_domain | integer_domain | complex_domain


class CPointer(Type):
    """A C pointer as a parameter: its address. Kernels cannot read through it; pass an array."""

    def __init__(self, dtype):
        self.element = dtype
        super().__init__("L", f"{dtype}*")


def optional(one):
    raise NotImplementedError("optional types are not supported yet")


__all__ = ["Array", "Boolean", "Complex", "Float", "Integer", "Number", "Tuple", "Type", "UniTuple", *_pytypes.NAMES]
