"""numba.types' names for families of types: what rules of numba.extending.overload ask isinstance() of.

weft's own types (_pytypes.py) have fewer classes than Numba's. Each family here says which of them belong to it; a program may derive
a type of its own from one, which then is what it is in Python. Families of what weft has no type for (iterators, bytes) hold nothing.
"""

from . import _pytypes
from ._pytypes import Array, NamedTuple, NumPyDType, Opaque, Tuple, Type


def _codes(letters):
    return lambda type_: type_.code[:1] in letters


def _is_array(type_):
    return isinstance(type_, Array)


def _is_uniform(type_):
    return isinstance(type_, Tuple) and len({t.code for t in type_.types}) == 1


def _is_hashable(type_):
    return isinstance(type_, (_pytypes.Number, _pytypes.Boolean, Tuple)) or type_.code[:1] == "U"


def _is_member(type_):
    return isinstance(type_, NamedTuple) and hasattr(type_.instance_class, "_wf_enum")


class _Family(type(Type)):
    def __instancecheck__(cls, value):
        holds = cls.__dict__.get("_holds")
        return isinstance(value, Type) and (type.__instancecheck__(cls, value) or holds is not None and bool(holds(value)))


def _family(name, doc, holds=lambda type_: False):
    return _Family(name, (Type,), {"__doc__": doc, "_holds": staticmethod(holds), "__module__": "numba.types"})


FAMILIES = {made.__name__: made for made in (
    _family("Buffer", "What shares its memory: arrays.", _is_array),
    _family("ArrayCompatible", "Arrays.", _is_array),
    _family("IterableType", "What a loop goes over.", lambda t: _is_array(t) or _is_uniform(t) or t.code[:1] in "[MSUG"),
    _family("SimpleIterableType", "Ranges.", _codes("G")),
    _family("Sized", "Tuples, sets and lists.", lambda t: isinstance(t, Tuple) or t.code[:1] in "[S"),
    _family("Container", "Tuples of one type, sets and lists.", lambda t: _is_uniform(t) or t.code[:1] in "[S"),
    _family("Sequence", "Tuples of one type, and lists.", lambda t: _is_uniform(t) or t.code[:1] == "["),
    _family("MutableSequence", "Lists.", _codes("[")),
    _family("Hashable", "What may be a key: numbers, text, tuples.", _is_hashable),
    _family("NamedUniTuple", "Named tuples of one type.", lambda t: isinstance(t, NamedTuple) and _is_uniform(t)),
    _family("EnumMember", "Members of an enum.", _is_member),
    _family("Record", "Rows of structured arrays.", lambda t: t.code[:1] == "{" and ",wf_text:" not in t.code),
    _family("EllipsisType", "`...`", _codes(".")),
    *(_family(name, "weft's compiled functions have no values of this kind.") for name in (
        "ArrayIterator", "BoundFunction", "ByteArray", "Bytes", "CharSeq", "ContextManager", "DictItemsIterableType", "DictIteratorType",
        "DictKeysIterableType", "DictValuesIterableType", "EnumClass", "EphemeralArray", "EphemeralPointer", "ExceptionClass",
        "ExceptionInstance", "ExternalFunction", "ExternalFunctionPointer", "IntEnumClass", "IntEnumMember", "IteratorType",
        "ListIter", "ListTypeIterableType", "MakeFunctionLiteral", "MemInfoPointer", "MemoryView", "NestedArray",
        "NumPyRandomBitGeneratorType", "NumpyFlatType", "NumpyNdEnumerateType", "Poison", "RangeIteratorType",
        "RawPointer", "RecursiveCall", "SetIter", "SimpleIteratorType", "SliceLiteral", "TypeRef", "UndefVar", "Undefined",
        "UniTupleIter", "UnicodeIteratorType", "VarArg", "StarArgTuple", "StarArgUniTuple")),
)}


class Dummy(Opaque):
    """Dummy("name"): a type that a program makes for a class of its own; it has no values in compiled functions."""

    def __init__(self, name):
        super().__init__("P", name)


class Omitted(Opaque):
    """Of an argument that a call leaves out; rules of overloads see their own default instead."""

    def __init__(self, default):
        super().__init__("P", f"omitted(default={default!r})")
        self.value = default


class Generator(Opaque):
    """Of a generator that a program describes; weft's compiled functions have no values of it."""

    def __init__(self, gen_func, yield_type, arg_types, state_types, has_finalizer=False):
        super().__init__("P", f"{yield_type} generator(func={gen_func}, args={tuple(arg_types)}, has_finalizer={has_finalizer})")
        self.gen_func, self.yield_type, self.arg_types, self.state_types = gen_func, yield_type, tuple(arg_types), tuple(state_types)
        self.has_finalizer = has_finalizer


class Dispatcher(Opaque):
    """Of a compiled function that is an argument or a constant."""

    def __init__(self, dispatcher):
        super().__init__("P", f"type({dispatcher!r})")
        self.dispatcher = dispatcher


class Module(Opaque):
    """Of a module."""

    def __init__(self, pymod):
        super().__init__("P", f"Module({pymod!r})")
        self.pymod = pymod


def literal(value):
    """The type of a constant."""
    if isinstance(value, bool):
        return _pytypes.BooleanLiteral(value)
    if isinstance(value, int):
        return _pytypes.IntegerLiteral(value)
    if isinstance(value, str):
        return _pytypes.StringLiteral(value)
    if isinstance(value, Type):
        raise AssertionError(f"literal() of a type: {value}")
    from ._pysource import TypingError

    raise TypingError(f"{value!r} of type {type(value)} has no literal type")


def maybe_literal(value):
    """literal(value), or None where there is none."""
    return literal(value) if isinstance(value, (bool, int, str)) else None


NAMES = {**FAMILIES, "Dummy": Dummy, "Omitted": Omitted, "Dispatcher": Dispatcher, "Generator": Generator, "Module": Module, "NumberClass": NumPyDType,
         "BaseFunction": Opaque, "Object": Opaque, "PyObject": Opaque, "SliceType": _pytypes.SliceType, "RangeType": _pytypes.RangeType,
         "pyobject": Opaque("P", "pyobject"), "undefined": Opaque("P", "undefined"),
         "unknown": Opaque("P", "unknown"), "code_type": Opaque("P", "code"),
         "range_state32_type": _pytypes.range_state64_type, "literal": literal, "maybe_literal": maybe_literal}
