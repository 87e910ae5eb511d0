"""numba.types"""

from weft import _pytypes
from weft._pytypes import Array, Tuple, Type, UniTuple

globals().update(_pytypes.NAMES)
BaseTuple = Tuple


class Integer(Type):
    pass


class Float(Type):
    pass


def optional(one):
    raise NotImplementedError("optional types are not supported yet")


__all__ = ["Array", "Tuple", "Type", "UniTuple", *_pytypes.NAMES]
