"""Types as the drop-in's users write them: float32, int64[:], float64(float64, float64[:, ::1]), and their short codes.

A Type has a code (src/pyfunc/pyfunc.h); calling a type with types makes a signature, indexing it with slices an array type,
calling it with a number converts the number.
"""

import itertools
import weakref

import numpy as np

_NUMPY_CODES = {"?": "?", "b": "b", "h": "h", "i": "i", "l": "l", "q": "l", "B": "B", "H": "H", "I": "I", "L": "L", "Q": "L",
                "e": "e", "f": "f", "d": "d", "E": "E", "F": "F", "D": "D", "M": "l", "m": "l"}  # dates count in their own unit
_DTYPES = {"?": "bool", "b": "int8", "h": "int16", "i": "int32", "l": "int64", "B": "uint8", "H": "uint16", "I": "uint32",
           "L": "uint64", "e": "float16", "f": "float32", "d": "float64", "F": "complex64", "D": "complex128"}


def array_of_buffer(value):
    """bytes, bytearray, memoryview, array.array and other owners of buffers, as an array of the same memory; None for the rest."""
    try:
        view = memoryview(value)
    except TypeError:
        return None
    return np.asarray(view) if view.ndim or isinstance(value, memoryview) else None  # a number of ctypes is none


def code_of_dtype(dtype):
    dtype = np.dtype(dtype)
    if not dtype.isnative:
        raise TypeError(f"elements of type {dtype} are not supported: their byte order is foreign")
    code = _NUMPY_CODES.get(dtype.char)
    if code is None or (code == "E" and dtype.name != "bfloat16"):
        raise TypeError(f"elements of type {dtype} are not supported in compiled functions")
    if code in "lL" and dtype.itemsize == 4:
        return {"l": "i", "L": "I"}[code]
    return code


def dtype_of_code(code):
    """The NumPy dtype of an element's code, records included."""
    if code[0] in "Ww":
        unit = _DATE_UNITS[code[1]]
        many = "" if code[2:] == "1;" else code[2:-1]
        return np.dtype(f"{'M' if code[0] == 'W' else 'm'}8" + (f"[{many}{unit}]" if unit else ""))
    if ",wf_text:" in code and code.count(":") == 2:
        size = int(code[1:].split(",", 1)[0])
        return np.dtype(f"S{size}" if code.endswith("B;}") else f"<U{size // 4}")
    return _record_dtype(code) if code.startswith("{") else _bfloat_dtype() if code == "E" else np.dtype(_DTYPES[code])


def _bfloat_dtype():
    """NumPy's dtype of bfloat16, which ml_dtypes brings."""
    try:
        import ml_dtypes
    except ImportError:
        raise TypeError("NumPy has no bfloat16 of its own: install ml_dtypes") from None
    return np.dtype(ml_dtypes.bfloat16)


# The letters of a date's unit in its code: W for datetime64, w for timedelta64, the letter, how many of them.
_DATE_UNITS = {"Y": "Y", "M": "M", "W": "W", "D": "D", "h": "h", "m": "m", "s": "s", "x": "ms", "u": "us", "n": "ns", "p": "ps", "f": "fs",
               "a": "as", "g": ""}
_DATE_LETTERS = {unit: letter for letter, unit in _DATE_UNITS.items()} | {"generic": "g", "μs": "u"}


def date_code(dtype):
    """The code of datetime64 or timedelta64 in host functions: WD1; is datetime64[D]."""
    unit, many = np.datetime_data(dtype)
    return f"{'W' if dtype.kind == 'M' else 'w'}{_DATE_LETTERS[unit]}{many};"


def host_code(dtype):
    """code_of_dtype of what host functions know: dates and text too."""
    dtype = np.dtype(dtype)
    if dtype.kind == "U" and dtype.isnative and dtype.itemsize:
        return "{%d,wf_text:0:[%d]I;}" % (dtype.itemsize, dtype.itemsize // 4)
    if dtype.kind == "S" and dtype.itemsize:
        return "{%d,wf_text:0:[%d]B;}" % (dtype.itemsize, dtype.itemsize)
    return date_code(dtype) if dtype.kind in "mM" and dtype.isnative else code_of_dtype(dtype)


def _record_dtype(code):
    size, rest = code[1:-1].split(",", 1)
    names, offsets, formats = [], [], []
    while rest:
        name, offset, rest = rest.split(":", 2)
        extents = ()
        if rest.startswith("["):
            inside, rest = rest[1:].split("]", 1)
            extents = tuple(map(int, inside.split(",")))
        end = _past_braces(rest) if rest.startswith("{") else 1
        names.append(name)
        offsets.append(int(offset))
        formats.append((dtype_of_code(rest[:end]), extents))
        rest = rest[end + 1:]
    return np.dtype({"names": names, "offsets": offsets, "formats": formats, "itemsize": int(size)})


def _past_braces(text):
    depth = 0
    for i, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return i + 1
    raise ValueError(text)


class Type:
    """A type of the compiler's; equal codes are equal types."""

    def __init__(self, code=None, name=None):
        """`name` alone: a type that a program makes for a class of its own; it has no values in compiled functions."""
        self.code, self.name = code or "P", name or code

    def __repr__(self):
        return self.name

    __str__ = __repr__

    def __eq__(self, other):
        return isinstance(other, Type) and self.code == other.code

    def __hash__(self):
        return hash(self.code)

    def __call__(self, *args):
        if len(args) == 1 and not isinstance(args[0], (Type, tuple, str)):
            return np.dtype(self.dtype).type(args[0])
        return Signature(self, tuple(as_type(a) for a in args))

    def __getitem__(self, index):
        parts = index if isinstance(index, tuple) else (index,)
        if not all(isinstance(p, slice) for p in parts):
            raise KeyError(f"an array type is written {self.name}[:] or {self.name}[:, ::1], got {index!r}")
        layout = "A"
        if parts[-1].step == 1:
            layout = "C"
        elif parts[0].step == 1:
            layout = "F"
        return Array(self, len(parts), layout)

    @property
    def dtype(self):
        return dtype_of_code(self.code)

    key = property(lambda self: self.code)
    bitwidth = property(lambda self: self.dtype.itemsize * 8)


class Number(Type):
    """The types of numbers."""


class Integer(Number):
    signed = property(lambda self: self.dtype.kind == "i")
    minval = property(lambda self: int(np.iinfo(self.dtype).min))
    maxval = property(lambda self: int(np.iinfo(self.dtype).max))

    def __lt__(self, other):
        """The narrower first, of two of one width the signed one."""
        if not isinstance(other, Integer):
            return NotImplemented
        return (self.bitwidth, not self.signed) < (other.bitwidth, not other.signed)


class Float(Number):
    pass


class Complex(Number):
    underlying_float = property(lambda self: float32 if self.code == "F" else float64)


class Boolean(Type):
    pass


class UnicodeCharSeq(Type):
    """Of an element of an array of text of so many characters."""

    def __init__(self, count):
        self.count = count
        super().__init__(host_code(np.dtype(f"<U{count}")), f"[unichr x {count}]")


class CharSeq(Type):
    """Of an element of an array of so many bytes."""

    def __init__(self, count):
        self.count = count
        super().__init__(host_code(np.dtype(f"S{count}")), f"[char x {count}]")


def _date_parts(code):
    return _DATE_UNITS[code[1]], int(code[2:-1])


class _Date(Type):
    """Of datetime64 and timedelta64 with their unit."""

    def __init__(self, unit="", many=1):
        self.unit, self.unit_code = unit, unit
        many = many if unit else 1
        super().__init__(f"{self._letter}{_DATE_LETTERS[unit]}{many};", str(dtype_of_code(f"{self._letter}{_DATE_LETTERS[unit]}{many};")))


class NPDatetime(_Date):
    _letter = "W"


class NPTimedelta(_Date):
    _letter = "w"


class NoneType(Type):
    pass


class Opaque(Type):
    """What exists at compile time alone: a function, a module."""


class Literal:
    """A constant beside its type. Two are equal whose constants are."""

    literal_value = None

    def __eq__(self, other):
        if isinstance(other, Literal):
            return self.code == other.code and self.literal_value == other.literal_value
        return Type.__eq__(self, other)

    def __hash__(self):
        return hash(self.code)


class IntegerLiteral(Literal, Integer):
    def __init__(self, value):
        super().__init__("l", f"Literal[int]({value})")
        self.literal_value = value


class BooleanLiteral(Literal, Boolean):
    def __init__(self, value):
        super().__init__("?", f"Literal[bool]({value})")
        self.literal_value = value


class UnicodeType(Type):
    pass


class StringLiteral(Literal, UnicodeType):
    def __init__(self, value):
        super().__init__("U", f"Literal[str]({value})")
        self.literal_value = value


def unliteral(type_):
    """The type without the constant beside it."""
    return from_code(type_.code) if isinstance(type_, Literal) else type_


class FunctionType(Opaque):
    """Of a function that is passed to a compiled one: an instance is compiled for each."""

    def __init__(self, signature):
        super().__init__("P", f"FunctionType[{signature}]")
        self.signature = signature


class CPointer(Type):
    """An address, in the signatures of cfunc."""

    def __init__(self, dtype):
        super().__init__("L", f"{dtype}*")
        self.pointee = dtype


class NumPyDType(Opaque):
    def __init__(self, dtype):
        super().__init__("Y" + dtype.code, f"dtype({dtype})")
        self.element = dtype

    @property
    def dtype(self):
        return self.element


class Array(Type):
    def __init__(self, dtype, ndim, layout="A", readonly=False, aligned=True):
        self.element, self.ndim, self.layout = dtype, ndim, layout
        code = ("R" if readonly else "") + f"A{'C' if layout == 'F' and ndim < 2 else layout}{ndim}{dtype.code}"
        super().__init__(code, f"array({dtype}, {ndim}d, {layout})")
        self.mutable, self.aligned = not readonly, aligned

    def copy(self, dtype=None, ndim=None, layout=None, readonly=None):
        """The same type but for what is given."""
        return Array(dtype or self.element, self.ndim if ndim is None else ndim, layout or self.layout,
                     not self.mutable if readonly is None else readonly)

    is_c_contig = property(lambda self: self.layout == "C" or self.ndim <= 1 and self.layout in "CF")
    is_f_contig = property(lambda self: self.layout == "F" or self.ndim <= 1 and self.layout in "CF")
    is_contig = property(lambda self: self.layout in "CF")

    @property
    def dtype(self):
        return self.element


class Tuple(Type):
    def __init__(self, types):
        self.types = tuple(as_type(t) for t in types)
        super().__init__("(" + "".join(t.code for t in self.types) + ")", "Tuple(" + ", ".join(map(str, self.types)) + ")")


    def __len__(self):
        return len(self.types)

    def __iter__(self):
        return iter(self.types)

    count = property(__len__)


class SliceType(Type):
    """Of slice(start, stop, step): each an integer or None."""

    def __init__(self, types):
        self.types = tuple(types)
        self.has_step = self.types[2].code != "N"
        super().__init__("X(" + "".join(t.code for t in self.types) + ")", "slice<a:b:c>" if self.has_step else "slice<a:b>")


class RangeType(Type):
    """Of range(start, stop, step)."""

    def __init__(self):
        super().__init__("G(lll)", "range_state_int64")


class LiteralList(Type):
    """Of a list whose items have several types, each its own: ['a', 1]."""

    mutable = False

    def __init__(self, types):
        self.types = tuple(as_type(t) for t in types)
        self.literal_value = list(self.types)
        super().__init__("Z(" + "".join(t.code for t in self.types) + ")", "LiteralList(" + ", ".join(map(str, self.types)) + ")")

    def __len__(self):
        return len(self.types)

    count = property(__len__)


class LiteralStrKeyDict(Type):
    """Of a dict with constant texts as keys, whose values have several types."""

    mutable = False

    def __init__(self, types):
        self.literal_value = {key if isinstance(key, StringLiteral) else StringLiteral(key): as_type(t) for key, t in types.items()}
        self.types = tuple(self.literal_value.values())
        keys = [key.literal_value for key in self.literal_value]
        inside = "".join(f"{len(key.encode())}:{key}{t.code}" for key, t in zip(keys, self.types))
        super().__init__(f"Q({inside})", "LiteralStrKey[Dict]({" + ", ".join(f"{key}: {t}" for key, t in zip(keys, self.types)) + "})")

    def __len__(self):
        return len(self.types)

    count = property(__len__)


class NamedTuple(Tuple):
    """NamedTuple([int64, float64], cls): the type of cls(int, float)."""

    def __init__(self, types, cls):
        super().__init__(types)
        self.instance_class, self.fields = cls, cls._fields
        names = ", ".join(f"{n}={t}" for n, t in zip(cls._fields, self.types))
        self.code, self.name = f"T{class_number(cls)};{self.code[1:]}", f"{cls.__name__}({names})"


# ---- classes that codes name by a number: named tuples (T7;…) and jitclasses (J7;) ----

_classes = []  # number 1 first; a class lives as long as the process


def class_number(cls):
    """The number of a class, the same one each time."""
    own = cls.__dict__.get("__wf_number__")
    if own is None:
        _classes.append(cls)
        own = len(_classes)
        cls.__wf_number__ = own
    return own


def class_of(number):
    return _classes[number - 1]


# ---- functions that are arguments: codes name them by a number, K7; ----

_functions = {}  # number → compiled function, as long as it lives


def function_number(function):
    """The number of a compiled function, the same one each time."""
    own = function.__dict__.get("__wf_number__")
    if own is None:
        own = function.__dict__["__wf_number__"] = next(_function_numbers)
        _functions[own] = weakref.ref(function)
    return own


def passed_function(number):
    return _functions[number]()


_function_numbers = itertools.count(1)


def fields_of(number):
    """What the compiler is told of a class: "name:code;…" of a jitclass, "name:;…" of a named tuple."""
    cls = class_of(number)
    if hasattr(cls, "_wf_fields"):
        return "".join(f"{name}:{type_.code};" for name, type_ in cls._wf_fields().items())
    return "".join(f"{name}:;" for name in cls._fields) + ("!:;" if hasattr(cls, "_wf_enum") else "")


# ---- members of enums: named tuples of one item, with a class of their own for each enum ----

_NUMBERS = (bool, int, float, complex, np.generic)
_member_classes = weakref.WeakKeyDictionary()


def member_tuple(member):
    """The tuple that stands for a member of an enum, or None: members that are numbers themselves (IntEnum), and values that are not."""
    if isinstance(member, _NUMBERS) or not isinstance(member.value, _NUMBERS):
        return None
    cls = _member_classes.get(type(member))
    if cls is None:
        made = {"_fields": ("value",), "_wf_enum": type(member), "_make": classmethod(lambda cls, items: cls._wf_enum(items[0]))}
        cls = _member_classes[type(member)] = type(type(member).__name__, (tuple,), made)
    return cls((member.value,))


class _UniTuple(type):
    def __call__(cls, dtype, count):
        return Tuple([dtype] * count)

    def __instancecheck__(cls, value):
        return isinstance(value, Tuple) and len(set(value.types)) == 1


class UniTuple(metaclass=_UniTuple):
    """UniTuple(int64, 3): a tuple of one type. Also what isinstance() of such a tuple's type answers."""


class Signature:
    def __init__(self, return_type, args):
        self.return_type, self.args = return_type, args

    @property
    def codes(self):
        return "".join(a.code for a in self.args)

    def __repr__(self):
        return f"({', '.join(map(str, self.args))}) -> {self.return_type}"

    def __eq__(self, other):
        return isinstance(other, Signature) and (self.return_type, self.args) == (other.return_type, other.args)

    def __hash__(self):
        return hash((self.return_type, self.args))


boolean = bool_ = b1 = Boolean("?", "bool")
int8 = i1 = char = Integer("b", "int8")
int16 = i2 = short = Integer("h", "int16")
int32 = i4 = intc = int_c = Integer("i", "int32")
int64 = i8 = intp = longlong = long_ = int_ = Integer("l", "int64")
uint8 = u1 = uchar = byte = Integer("B", "uint8")
uint16 = u2 = ushort = Integer("H", "uint16")
uint32 = u4 = uintc = Integer("I", "uint32")
uint64 = u8 = uintp = ulonglong = ulong = uint = Integer("L", "uint64")
float16 = f2 = Float("e", "float16")
bfloat16 = Float("E", "bfloat16")
float32 = f4 = float_ = Float("f", "float32")
float64 = f8 = double = Float("d", "float64")
complex64 = c8 = Complex("F", "complex64")
complex128 = c16 = Complex("D", "complex128")
void = none = NoneType("N", "none")
ellipsis = Opaque(".", "ellipsis")

range_state64_type = RangeType()
slice2_type, slice3_type = SliceType([int64, int64, void]), SliceType([int64, int64, int64])

SCALARS = {t.name: t for t in (boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, bfloat16, float32, float64,
                               complex64, complex128)}
_BY_CODE = {t.code: t for t in SCALARS.values()} | {"N": void, ".": ellipsis}
voidptr = CPointer(void)
unicode_type = UnicodeType("U", "unicode_type")
bytes_type = Type("V", "bytes")
size_t, ssize_t = uint64, int64
NAMES = {name: value for name, value in list(globals().items()) if isinstance(value, Type)}


def from_dtype(dtype):
    dtype = np.dtype(dtype)
    if dtype.kind in "SU" and dtype.itemsize:
        return from_code(host_code(dtype))
    if dtype.names:
        from ._pysource import record_code

        made = Type(record_code(dtype, True), f"Record({', '.join(dtype.names)})")
        _in_kernels[made.code] = record_code(dtype)
        return made
    return _BY_CODE[code_of_dtype(dtype)]


_in_kernels = {}  # a record's code in host functions → that in kernels, which see text as its bytes or code points


def code_for(type_, host):
    """A type's code in host functions, or in kernels."""
    code = type_.code
    if not host and "{" in code:
        for own, other in list(_in_kernels.items()):  # other threads may add to it
            code = code.replace(own, other)
    return code


def as_type(value):
    """A Type of whatever names one: a Type, a dtype, a Python type, a string."""
    if isinstance(value, Type):
        return value
    if value is None:
        return void
    if value in (int, float, bool, complex):
        return {int: int64, float: float64, bool: boolean, complex: complex128}[value]
    if isinstance(value, tuple):
        return Tuple(value)
    if isinstance(value, str):
        return parse(value)
    return from_dtype(value)


def parse(text):
    """'float32[:], int64' → a tuple; 'float64(float64)' → a Signature; 'float32' → a Type."""
    names = dict(NAMES)
    names.update(Tuple=Tuple, UniTuple=UniTuple, Array=Array, CPointer=CPointer)
    if "optional" in text or "List" in text or "Dict" in text or "Set" in text:
        from . import _typed

        for name in ("optional", "ListType", "DictType", "List", "Set"):
            names[name] = getattr(_typed, name + "Type" if name in ("List", "Set") else name)
    return eval(text, {"__builtins__": {}}, names)  # the caller's own text, as Numba reads it


def signature_of(value):
    """(return type or None, argument types) of what a decorator may be given."""
    if isinstance(value, str):
        value = parse(value)
    if isinstance(value, Signature):
        return value.return_type, value.args
    if isinstance(value, (tuple, list)):
        return None, tuple(as_type(v) for v in value)
    return None, (as_type(value),)


def _array_of_code(code):
    readonly, body = code[0] == "R", code.lstrip("R")
    return Array(from_code(body[3:]), int(body[2]), body[1], readonly)


def from_code(code):
    if code.lstrip("R")[:1] == "A":
        return _array_of_code(code)
    if code[0] == "(":
        return Tuple(split_codes(code[1:-1]))
    if code[0] == "T":
        number, rest = code[1:].split(";", 1)
        return NamedTuple(split_codes(rest[:-1]), class_of(int(number)))
    if code[0] == "X":
        return SliceType(split_codes(code[2:-1]))
    if code[0] == "G":
        return range_state64_type
    if code[0] == "Z":
        return LiteralList(split_codes(code[2:-1]))
    if code[0] == "Q":
        at, types = 2, {}
        while code[at] != ")":
            key, end = _key_at(code, at)
            at = code_end(code, end)
            types[key] = from_code(code[end:at])
        return LiteralStrKeyDict(types)
    if code[0] == "Y":
        return NumPyDType(from_code(code[1:]))
    if code[0] == "{" and dtype_of_code(code).names is None:
        dtype = dtype_of_code(code)
        return CharSeq(dtype.itemsize) if dtype.kind == "S" else UnicodeCharSeq(dtype.itemsize // 4)
    if code[0] == "{":
        return Type(code, f"Record({', '.join(dtype_of_code(code).names)})")
    if code[0] in "Ww":
        return (NPDatetime if code[0] == "W" else NPTimedelta)(*_date_parts(code))
    if code in ("U", "V"):
        return unicode_type if code == "U" else bytes_type
    if code[0] == "K":
        return Opaque(code, f"type({passed_function(int(code[1:-1]))!r})")
    if code[0] == "J":
        return class_of(int(code[1:-1])).class_type.instance_type
    if code[0] in "[MSO":
        from . import _typed

        inside = split_codes(code[1:])
        return {"[": _typed.ListType, "M": _typed.DictType, "S": _typed.SetType, "O": _typed.Optional}[code[0]](*inside)
    return _BY_CODE[code]


def _opaque(value):
    """The type of what exists at compile time alone."""
    import types

    from . import _type_families
    from ._pydispatch import Dispatcher

    if isinstance(value, types.ModuleType):
        return _type_families.Module(value)
    return _type_families.Dispatcher(value) if isinstance(value, Dispatcher) else Opaque("P", repr(value))


def type_of_argument(arg):
    """The type that numba.extending.overload is told of an argument (weft._pyresolve.Arg)."""
    if isinstance(arg.value, str):
        return StringLiteral(arg.value)
    if arg.code is None:
        try:
            return NumPyDType(as_type(arg.value))
        except (TypeError, KeyError):
            return _opaque(arg.value)
    return from_code(arg.code)


def _key_at(codes, at):
    """The key of a dict of several types that stands there, after its length in bytes, and where its value's type begins."""
    colon = codes.index(":", at)
    rest = codes[colon + 1:].encode()
    key = rest[:int(codes[at:colon])].decode()
    return key, colon + 1 + len(key)


def code_end(codes, at):
    """Where the type that begins at `at` ends."""
    letter = codes[at]
    if letter == "Q":
        at += 2
        while codes[at] != ")":
            at = code_end(codes, _key_at(codes, at)[1])
        return at + 1
    if letter == "R":
        return code_end(codes, at + 1)
    if letter == "A":
        return code_end(codes, at + 3)
    if letter in "[SOYXZG":
        return code_end(codes, at + 1)
    if letter == "M":
        return code_end(codes, code_end(codes, at + 1))
    if letter in "JKWw":
        return codes.index(";", at) + 1
    if letter in "(T":
        at = codes.index(";", at) + 1 if letter == "T" else at + 1
        while codes[at] != ")":
            at = code_end(codes, at)
        return at + 1
    if letter == "{":
        return at + _past_braces(codes[at:])
    return at + 1


def split_codes(codes):
    """'AC1fd' → (array type, float64)."""
    out, at = [], 0
    while at < len(codes):
        end = code_end(codes, at)
        out.append(from_code(codes[at:end]))
        at = end
    return tuple(out)


def typeof(value):
    """The Type that a value has as an argument."""
    if isinstance(value, np.ndarray) or hasattr(value, "__cuda_array_interface__"):
        flags = getattr(value, "flags", None)
        c = flags["C_CONTIGUOUS"] if flags is not None else value.is_c_contiguous()
        f = flags["F_CONTIGUOUS"] if flags is not None else value.is_f_contiguous()
        return Array(from_dtype(value.dtype), value.ndim, "C" if c else "F" if f else "A",
                     readonly=flags is not None and not flags["WRITEABLE"])
    if isinstance(value, np.generic):
        return from_dtype(value.dtype)
    if isinstance(value, tuple):
        items = [typeof(v) for v in value]
        return NamedTuple(items, type(value)) if hasattr(value, "_fields") else Tuple(items)
    if isinstance(value, str):
        return unicode_type
    if isinstance(value, range):
        return range_state64_type
    if isinstance(value, slice):
        return SliceType([typeof(part) for part in (value.start, value.stop, value.step)])
    if value is ...:
        return ellipsis
    if hasattr(value, "_numba_type_"):
        return value._numba_type_
    if isinstance(value, (list, dict, set)):
        from ._typed import typeof_container

        return typeof_container(value)
    if value is None or type(value) in (int, float, bool, complex):
        return void if value is None else as_type(type(value))
    raise ValueError(f"cannot determine the type of {type(value)}")
