"""numba.types"""

from weft import _pytypes
from weft._pytypes import (  # noqa: F401
    Array,
    Boolean,
    BooleanLiteral,
    Complex,
    CPointer,
    Float,
    FunctionType,
    Integer,
    IntegerLiteral,
    Literal,
    LiteralList,
    LiteralStrKeyDict,
    NamedTuple,
    NPDatetime,
    NPTimedelta,
    NoneType,
    Number,
    NumPyDType,
    Opaque,
    StringLiteral,
    Tuple,
    Type,
    UnicodeType,
    UnicodeCharSeq,
    UniTuple,
    unicode_type,
    unliteral,
    voidptr,
)

globals().update(_pytypes.NAMES)
BaseTuple = Tuple
string = unicode_type = _pytypes.unicode_type
DType, Function, Callable = NumPyDType, Opaque, Opaque
Any = _pytypes.Opaque("P", "any")
BaseAnonymousTuple = BaseNamedTuple = Tuple


signed_domain = frozenset([_pytypes.int8, _pytypes.int16, _pytypes.int32, _pytypes.int64])
unsigned_domain = frozenset([_pytypes.uint8, _pytypes.uint16, _pytypes.uint32, _pytypes.uint64])
integer_domain = signed_domain | unsigned_domain
real_domain = frozenset([_pytypes.float32, _pytypes.float64])
complex_domain = frozenset([_pytypes.complex64, _pytypes.complex128])
number_domain = real_domain | integer_domain | complex_domain


def __getattr__(name):
    from weft import _type_families

    if name in _type_families.NAMES:
        return _type_families.NAMES[name]
    if name == "deferred_type":
        from weft._jitclass import deferred_type

        return deferred_type
    if name in ("ListType", "DictType", "optional", "Optional", "List", "Set"):
        from weft import _typed

        return getattr(_typed, {"List": "ListType", "Set": "SetType"}.get(name, name))
    if name in ("ClassInstanceType", "ClassType", "DeferredType"):
        from weft import _jitclass

        return getattr(_jitclass, {"ClassInstanceType": "InstanceType"}.get(name, name))
    if name == "StructRef":
        from weft._structref import StructRef

        return StructRef
    if name == "WrapperAddressProtocol":
        from weft import _extending

        return _extending.WrapperAddressProtocol
    if name in ("_header_lead", "_err_reasons", "_typecache", "range_iter32_type", "CompileResultWAP"):  # of its compiler's messages and objects
        from weft.dropin._internals import declined

        return declined(f"numba.core.types.{name}")
    raise AttributeError(f"weft's numba.types has no {name}")


__all__ = ["Array", "Boolean", "Complex", "Float", "Integer", "Number", "Tuple", "Type", "UniTuple", *_pytypes.NAMES]
