"""numba.experimental.structref: records that are passed by reference, whose type is found by what they are made of.

    @structref.register
    class PointType(types.StructRef):
        pass

    class Point(structref.StructRefProxy):
        ...

    structref.define_proxy(Point, PointType, ["x", "y"])

A type with its fields is a class of the compiler's (_pytypes.class_number), as a jitclass is one; the same fields give the same
class. An instance is a record in memory (src/pyfunc/objects.c); Python has a proxy that keeps it (src/python/pyfunc_instance.c).
"""

import inspect
import keyword
import types

from . import _core
from ._extending import overload
from ._jitclass import _of_text
from ._pytypes import Type, class_number, class_of, from_code

_SELF = "J0;"  # stands for a type in its own fields, while they are found


def _checked(field):
    name, type_ = field
    if not isinstance(name, str):
        raise ValueError("expecting a str for field name")
    if not isinstance(type_, Type):
        raise ValueError("expecting a Numba Type for field type")
    return name, type_


class StructRef(Type):
    """The type of a structref with these fields: pairs of a name and a type. Derive from it, then register the class."""

    def __init__(self, fields):
        fields = tuple(map(_checked, fields))
        self._layout = None
        self._typename = type(self).__qualname__
        self.name = f"numba.{self._typename}"
        self._fields = tuple(map(_checked, self.preprocess_fields(fields)))
        self._layout = _layout_of(self)
        self.name = f"numba.{self._typename}{fields}"

    def preprocess_fields(self, fields):
        """Derived classes may answer other fields than those that were given."""
        return fields

    @property
    def code(self):
        return _SELF if self._layout is None else f"J{class_number(self._layout)};"

    @property
    def field_dict(self):
        return types.MappingProxyType(dict(self._fields))


def _proxy_of(layout):
    """The Python class of the instances that Python is given."""
    cls = type(layout.class_type.instance_type)
    proxy = getattr(cls, "_wf_proxy", None)
    if proxy is None:
        raise TypeError(f"a {cls.__name__} cannot be handed to Python: numba.experimental.structref.define_proxy or define_boxing "
                        "says by which class it is seen there")
    return proxy


def _layout_of(type_):
    """The class that stands for the type in the compiler: the same one for the same fields."""
    known = type(type_).__dict__.get("_wf_layouts")
    if known is None:
        known = type(type_)._wf_layouts = {}
    key = tuple((name, field.code) for name, field in type_._fields)
    layout = known.get(key)
    if layout is None:
        layout = known[key] = type(type(type_).__name__, (), {
            "_wf_members": {}, "_wf_class_name": "", "class_type": types.SimpleNamespace(instance_type=type_),
            "_wf_fields": classmethod(lambda layout: layout._wf_types), "_wf_instance_type": classmethod(_proxy_of)})
        own = f"J{class_number(layout)};"
        layout._wf_types = {name: from_code(code.replace(_SELF, own)) if _SELF in code else field
                            for (name, code), (_, field) in zip(key, type_._fields)}
    return layout


class StructRefProxy(_core.Instance):
    """The base of the classes by which Python sees structrefs. Derived classes may have a __new__, not an __init__."""

    __slots__ = ()

    def __new__(cls, *args):
        """Made by compiled code, as `cls(*args)` there makes one."""
        makers = cls.__dict__.get("_wf_makers")
        if makers is None:
            makers = cls._wf_makers = {}
        make = makers.get(len(args))
        if make is None:
            names = ", ".join(f"a{i}" for i in range(len(args)))
            make = makers[len(args)] = _of_text(f"def made({names}):\n    return cls({names})\n", cls=cls)
        return make(*args)

    @property
    def _numba_type_(self):
        return class_of(self._wf_class).class_type.instance_type

    _type = _numba_type_


def register(struct_type):
    """Numba's: a class derived from types.StructRef may be used in compiled functions."""
    _refuse_base(struct_type)
    return struct_type


def _refuse_base(struct_type):
    if struct_type is StructRef:
        raise ValueError(f"cannot register {StructRef}: derive a class from it")


def define_attributes(struct_typeclass):
    """Numba's: fields are attributes here from the start."""


def define_boxing(struct_type, obj_class):
    """Python sees structrefs of this class of types as instances of `obj_class`, a StructRefProxy."""
    _refuse_base(struct_type)
    if not (isinstance(obj_class, type) and issubclass(obj_class, StructRefProxy)):
        raise TypeError(f"structref.define_boxing: a class derived from StructRefProxy is needed, got {obj_class!r}")
    struct_type._wf_proxy = obj_class


def define_constructor(py_class, struct_typeclass, fields):
    """Compiled code makes a structref by calling `py_class` with a value for each of the fields."""
    fields = list(fields)
    wrong = [name for name in fields if not name.isidentifier() or keyword.iskeyword(name)]
    if wrong:
        raise ValueError(f"structref.define_constructor: {wrong[0]!r} cannot be the name of a field")

    def construct(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        return _constructor(struct_typeclass([(name, given[name]) for name in fields])._layout, tuple(fields))

    signature = inspect.Signature([inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in fields])
    construct.__signature__ = signature
    overload(py_class)(construct)


def _constructor(layout, fields):
    """The compiled function that makes a record of this layout from its fields."""
    made = layout.__dict__.get("_wf_makers", {}).get(fields)
    if made is None:
        stores = "".join(f"    wf_made.{name} = {name}\n" for name in fields)
        made = _of_text(f"def made({', '.join(fields)}):\n    wf_made = wf_layout()\n{stores}    return wf_made\n", wf_layout=layout)
        layout._wf_makers = {**layout.__dict__.get("_wf_makers", {}), fields: made}
    return made


def define_proxy(py_class, struct_typeclass, fields):
    """define_constructor and define_boxing."""
    define_constructor(py_class, struct_typeclass, fields)
    define_boxing(struct_typeclass, py_class)


class _New:
    """structref.new(type): in compiled code, a structref of this type whose fields are zero."""

    __name__ = __qualname__ = "new"

    def __call__(self, struct_type):
        raise NotImplementedError("structref.new() makes a structref inside of compiled functions; from Python call the proxy's class")

    def _wf_answer(self, args):
        given = args[0].value if len(args) == 1 else None
        if isinstance(given, tuple) and given[:1] == ("dtype",):
            given = from_code(given[1])
        if not isinstance(given, StructRef):
            return ("error", "structref.new() takes one argument, an instance of a class derived from types.StructRef that is known "
                             f"while compiling; got {', '.join(map(repr, args)) or 'nothing'}")
        made = _constructor(given._layout, ())
        return ("function", made._source(), ())


new = _New()
