"""jitclass: classes whose instances live in compiled code, with fields of fixed types.

    @jitclass([("x", float64), ("path", float64[:])])
    class Particle:
        def __init__(self, x):
            self.x = x
            self.path = np.zeros(10)

An instance is a record in memory (src/pyfunc/objects.c); Python has an object that keeps it (src/python/pyfunc_instance.c). Its
fields are read and written, and its methods called, through compiled functions.
"""

import ast
import functools
import inspect
import types

from . import _core
from ._jit import CPUDispatcher
from ._pysource import Function, TypingError
from ._pytypes import Type, as_type, class_number, class_of


class InstanceType(Type):
    """The type of a jitclass's instances."""

    def __init__(self, cls):
        self.instance_class = cls
        super().__init__(f"J{class_number(cls)};", f"instance.jitclass.{cls.__name__}")

    @property
    def struct(self):
        return self.instance_class._wf_fields()

    @property
    def class_type(self):
        return self.instance_class.class_type


class ClassType(Type):
    """The type of a jitclass itself."""

    def __init__(self, cls):
        self.instance_type = InstanceType(cls)
        self.class_name = cls.__name__
        super().__init__("P", f"jitclass.{cls.__name__}")

    @property
    def struct(self):
        return self.instance_type.struct


class DeferredType(Type):
    """A type that is said later, with define(): for classes that refer to each other."""

    def __init__(self):
        self.name, self._known = "deferred", None

    def define(self, type_):
        self._known = as_type(type_)

    def get(self):
        if self._known is None:
            raise RuntimeError("deferred type not defined")
        return self._known

    @property
    def code(self):
        return self.get().code

    def __repr__(self):
        return f"DeferredType({self._known})"


def deferred_type():
    return DeferredType()


# ---- functions made of text, and methods ----

class _Text(Function):
    """A function whose text is given."""

    def __init__(self, text, **names):
        exec(compile(text, "<weft made>", "exec"), names)
        self._given = text
        super().__init__(names["made"])

    def _find(self):
        self.text, self.first_line, self.filename = self._given, 1, "<jitclass>"
        self.node = ast.parse(self._given).body[0]


class _Method(Function):
    """A method: names that begin with two underscores are the class's own."""

    def __init__(self, function, class_name):
        self._class_name = class_name.lstrip("_")
        super().__init__(function)

    def _find(self):
        super()._find()
        for node in ast.walk(self.node):
            if isinstance(node, ast.Attribute) and node.attr.startswith("__") and not node.attr.endswith("__"):
                node.attr = f"_{self._class_name}{node.attr}"


def _dispatcher(function, source):
    made = CPUDispatcher(function, "host", trap_divide=True)
    made._function_source = source
    return made


def _of_text(text, **names):
    source = _Text(text, **names)
    return _dispatcher(source.function, source)


def _method_source(function, class_name):
    made = function.__dict__.get("__wf_source__")
    if made is None:
        made = function.__dict__["__wf_source__"] = _Method(function, class_name)
    return made


# ---- the class that Python sees ----

class _Meta(type):
    def __call__(cls, *args, **kwargs):
        if not kwargs and len(args) == cls._wf_plain:
            return cls._wf_maker(())(*args)
        bound = cls._wf_signature.bind(None, *args, **kwargs)
        bound.apply_defaults()
        given = list(bound.arguments.items())[1:]
        named = tuple(n for n, _ in given if n in cls._wf_named)
        return cls._wf_maker(named)(*[v for n, v in given if n != cls._wf_star and n not in named],
                                    *[bound.arguments[n] for n in named], *bound.arguments.get(cls._wf_star, ()))

    def _wf_maker(cls, named):
        """The compiled function that makes one, with the keyword-only arguments first."""
        made = cls._wf_makers.get(named)
        if made is None:
            plain = [n for n in list(cls._wf_signature.parameters)[1:] if n not in named and n != cls._wf_star]
            star = ["*rest"] if cls._wf_star else []
            text = f"def made({', '.join([*plain, *named, *star])}):\n    return cls({', '.join([*plain, *star, *(f'{n}={n}' for n in named)])})\n"
            made = cls._wf_makers[named] = _of_text(text, cls=cls)
        return made

    def __instancecheck__(cls, value):
        return type.__instancecheck__(cls, value)

    @property
    def class_type(cls):
        made = cls.__dict__.get("_wf_class_type")
        if made is None:
            made = ClassType(cls)
            cls._wf_class_type = made
        return made

    @property
    def _numba_type_(cls):
        return cls.class_type


class Instance(_core.Instance, metaclass=_Meta):
    """An instance of a jitclass."""

    __slots__ = ()

    @property
    def _numba_type_(self):
        return type(self).class_type.instance_type


def _field(name, fields):
    """The attribute: read and written where it lies (src/python/pyfunc_field.c), else by compiled functions."""
    def locate():
        before = list(fields)[:list(fields).index(name)]
        return "".join(fields[n].code for n in before), fields[name].code

    get = _of_text(f"def made(self):\n    return self.{name}\n")
    put = _of_text(f"def made(self, value):\n    self.{name} = value\n")
    return _core.Field(get, put, locate)


def _wrapper(function, class_name):
    method = _core.Method(_dispatcher(function, _method_source(function, class_name)))
    functools.update_wrapper(method, function)
    method._wf_method = function
    return method


def _property(value, class_name):
    def of(function):
        return function and _dispatcher(function, _method_source(function, class_name))

    return property(of(value.fget), of(value.fset), None, value.__doc__)


def _annotation(hint, cls):
    """The type that an annotation means."""
    import typing

    if isinstance(hint, str):
        hint = eval(hint, vars(inspect.getmodule(cls)) if inspect.getmodule(cls) else {}, {cls.__name__: cls})
    if isinstance(hint, type) and hasattr(hint, "class_type"):
        return hint.class_type.instance_type
    if hint is str:
        from ._pytypes import unicode_type

        return unicode_type
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    from ._typed import DictType, ListType, Optional, SetType

    if origin is list:
        return ListType(_annotation(args[0], cls))
    if origin is dict:
        return DictType(*(_annotation(a, cls) for a in args))
    if origin is set:
        return SetType(_annotation(args[0], cls))
    if origin is tuple:
        return as_type(tuple(_annotation(a, cls) for a in args))
    if origin is typing.Union and len(args) == 2 and type(None) in args:
        return Optional(_annotation(next(a for a in args if a is not type(None)), cls))
    try:
        return as_type(hint)
    except TypeError:
        raise TypingError(f"the annotation {hint!r} of {cls.__name__} is no type that compiled functions know") from None


def _spec_of(spec, cls):
    fields = {}
    for name, type_ in (spec.items() if hasattr(spec, "items") else spec or ()):
        if not isinstance(name, str):
            raise TypeError(f"spec keys should be strings, got {name!r}")
        if not isinstance(type_, Type):
            raise TypeError(f"spec values should be Numba type instances, got {type_!r}")
        fields[name] = type_
    for name, hint in cls.__dict__.get("__annotations__", {}).items():
        if name not in fields:
            fields[name] = _annotation(hint, cls)
    return {_mangled(name, cls.__name__): t for name, t in fields.items()}


def _mangled(name, class_name):
    private = name.startswith("__") and not name.endswith("__")
    return f"_{class_name.lstrip('_')}{name}" if private else name


_SPECIAL = ("__dict__", "__weakref__", "__module__", "__annotations__", "__doc__", "__qualname__", "__firstlineno__",
            "__static_attributes__", "__slots__")


def _members(cls):
    found = {}
    for base in reversed(inspect.getmro(cls)):
        if base is not object:
            found.update(base.__dict__)
    return {name: value for name, value in found.items() if name not in _SPECIAL}


def _make(cls, spec):
    if not isinstance(cls, type):
        raise TypeError("class to be compiled is not a class")
    fields, members = _spec_of(spec, cls), _members(cls)
    shadowed = sorted(set(fields) & set(members))
    if shadowed:
        raise NameError(f"name shadowing: {', '.join(shadowed)}")
    body = {name: _field(name, fields) for name in fields}
    body["__slots__"] = ()
    for name, value in members.items():
        if isinstance(value, types.FunctionType):
            body[name] = _wrapper(value, cls.__name__)
        elif isinstance(value, property):
            if value.fdel:
                raise TypeError("deleter is not supported: " + name)
            body[name] = _property(value, cls.__name__)
        elif isinstance(value, staticmethod):
            body[name] = staticmethod(_dispatcher(value.__func__, _method_source(value.__func__, cls.__name__)))
        elif isinstance(value, classmethod):
            body[name] = value  # Python's own: it is called with the class
        else:
            body[name] = value
    body.pop("__init__", None)
    init = members.get("__init__")
    if init:
        body["__init__"] = init  # to be looked at: an instance is made by _Meta
    body.update(__module__=cls.__module__, __qualname__=cls.__qualname__, __doc__=cls.__doc__, _wf_members=members,
                _wf_fields=classmethod(lambda made: fields))
    made = _Meta(cls.__name__, (Instance,), body)
    made._wf_signature = inspect.signature(init) if init else inspect.Signature(
        [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)])
    made._wf_star = next((p.name for p in made._wf_signature.parameters.values() if p.kind is p.VAR_POSITIONAL), None)
    made._wf_class_name, made._wf_makers = cls.__name__, {}
    made._wf_named = {p.name for p in made._wf_signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
    simple = made._wf_star is None and not made._wf_named
    made._wf_plain = len(made._wf_signature.parameters) - 1 if simple else -1  # a call with so many values needs no binding
    return made


def jitclass(cls_or_spec=None, spec=None):
    """A class whose instances compiled functions use: @jitclass(spec), @jitclass with annotations, or jitclass(cls, spec).

    spec: pairs of a field's name and its type (a list of pairs, or a dict); fields may be annotated instead. Methods, properties
    and static methods are compiled when they are called. Raises TypeError for what is no type, NameError where a field and a
    method have one name.
    """
    if cls_or_spec is not None and spec is None and not isinstance(cls_or_spec, type):
        cls_or_spec, spec = None, cls_or_spec
    if cls_or_spec is None:
        return lambda cls: _make(cls, spec)
    return _make(cls_or_spec, spec)


# ---- asked by the compiler ----

def method_of(name, args):
    """The answer to a call of an instance's method; ".name" asks for an attribute, "=name" sets one."""
    cls = class_of(int(args[0].code[1:-1]))
    members, plain = cls._wf_members, _mangled(name.lstrip(".="), cls._wf_class_name)
    found = members.get(plain)
    if found is None:
        return None
    if name[0] in ".=":
        if isinstance(found, property):
            function = found.fget if name[0] == "." else found.fset
            if function is None:
                return ("error", f"the property '{plain}' of {cls.__name__} cannot be assigned")
            return _answer(function, cls, args, 0)
        return ("value", found) if name[0] == "." and not callable(found) else None
    if isinstance(found, staticmethod):
        return _answer(found.__func__, cls, args, 1)
    return _answer(found, cls, args, 0) if isinstance(found, types.FunctionType) else None


def _answer(function, cls, args, skip):
    """The call of a method, its arguments put in order."""
    plain = [i for i, a in enumerate(args) if not a.keyword][skip:]
    named = {a.keyword: i for i, a in enumerate(args) if a.keyword}
    try:
        bound = inspect.signature(function).bind(*plain, **named)
    except TypeError as error:
        return ("error", f"{cls.__name__}.{function.__name__}(): {error}")
    index, order, missing, holes = [], [], None, False
    for parameter in bound.signature.parameters.values():
        at = bound.arguments.get(parameter.name)
        if at is None:
            missing = missing or (parameter.name if parameter.kind is not parameter.VAR_POSITIONAL else None)
        else:
            order.append((parameter.name, at))
            index.extend(at) if isinstance(at, tuple) else index.append(at)
            holes = holes or missing is not None or parameter.kind is parameter.KEYWORD_ONLY
    source = _method_source(function, cls._wf_class_name)
    return ("function", _by_name(source, order) if holes else source, tuple(index))


def _by_name(source, order):
    """The method with parameters in the middle left out: a function around it that names those that are given."""
    key = tuple((name, len(at) if isinstance(at, tuple) else None) for name, at in order)
    made = source.__dict__.setdefault("_by_name", {}).get(key)
    if made is None:
        names, given = [], []
        star = max([i for i, (_, at) in enumerate(order) if isinstance(at, tuple)], default=-1)
        for i, (name, at) in enumerate(order):
            own = [f"a{len(names) + k}" for k in range(len(at) if isinstance(at, tuple) else 1)]
            names += own
            given += own if i <= star else [f"{name}={own[0]}"]
        made = source._by_name[key] = _Text(f"def made({', '.join(names)}):\n    return method({', '.join(given)})\n", method=source)
    return made
