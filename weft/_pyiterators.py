"""iter(), next(), and generators that are kept in variables: objects with __next__, which raises StopIteration at the end.

Each is a jitclass (weft._jitclass) made here: for what is gone over and where it is (a list, an array, a range, zip, enumerate),
and for each generator and the types of its arguments, whose step weft._pyresume writes. The fields of a generator's object have
the types of what is stored in them ("*"), which the compiler finds. Python gets such an object as an iterator of its own.
"""

import builtins

from ._jitclass import Instance, _Meta, _of_text, _Text
from ._pyinner import Inner
from ._pyresume import NotResumable, resumable
from ._pytypes import Type, class_of, from_code, int64

def _open(code):
    """A field's type that holds this, and whatever else is stored in it."""
    return Type("*" + code, "inferred")


_OPEN = _open("")
_made = {}  # what is gone over → class

_advance = _of_text("def made(it):\n    return next(it)\n", next=builtins.next)


class Iterator(Instance):
    """An iterator that compiled code steps through."""

    __slots__ = ()
    _wf_iterator = True

    def __iter__(self):
        return self

    def __next__(self):
        return _advance(self)


def _member(source, parameters):
    """A function that stands for this source among a class's members."""
    names = {}
    exec(compile(f"def made({parameters}):\n    pass\n", "<weft made>", "exec"), names)
    names["made"].__wf_source__ = source
    return names["made"]


def _of(text):
    source = _Text(text)
    return _member(source, ", ".join(source.locals[:source.param_count]))


def _class(name, fields, init, step):
    members = {"__init__": init, "__next__": step, "__iter__": _of("def made(self):\n    return self\n")}
    body = {"__slots__": (), "_wf_members": members, "_wf_fields": classmethod(lambda cls: fields), "_wf_class_name": name,
            "__qualname__": name, "__module__": __name__}
    return _Meta(name, (Iterator,), body)


def _call(cls, count):
    """The source of a function that makes one."""
    names = ", ".join(f"a{i}" for i in range(count))
    made = cls.__dict__.get("_wf_maker")
    if made is None:
        made = cls._wf_maker = _Text(f"def made({names}):\n    return cls({names})\n", cls=cls)
    return made


def _known_class(key, make):
    if key not in _made:
        _made[key] = make()
    return _made[key]


def is_iterator(arg):
    """Is this argument (weft._pyresolve.Arg) such an object?"""
    return bool(arg.code) and arg.code[0] == "J" and "__next__" in class_of(int(arg.code[1:-1]))._wf_members


# ---- what is gone over ----

def over(arg):
    """The class for a list, an array, text or a tuple."""
    def make():
        init = _of("def made(self, source):\n    self.source = source\n")
        step = _of("def made(self):\n    i = self.at\n    if i >= len(self.source):\n        raise StopIteration\n"
                   "    self.at = i + 1\n    return self.source[i]\n")
        return _class("iterator", {"at": int64, "source": from_code(code)}, init, step)

    code = arg.code or "U"
    return _known_class(("over", code), make)


def _range_class():
    init = _of("def made(self, start, stop, step):\n    if step == 0:\n        raise ValueError('range() arg 3 must not be zero')\n"
               "    self.at = start\n    self.stop = stop\n    self.step = step\n")
    step = _of("def made(self):\n    i = self.at\n    if i >= self.stop if self.step > 0 else i <= self.stop:\n"
               "        raise StopIteration\n    self.at = i + self.step\n    return i\n")
    return _class("range_iterator", {"at": int64, "stop": int64, "step": int64}, init, step)


class _Over:
    """A name in a function's text that makes an iterator; the arguments say which."""

    def __init__(self, answer):
        self._wf_answer = answer


def _range(args):
    text = {1: "def made(a):\n    return cls(0, a, 1)\n", 2: "def made(a, b):\n    return cls(a, b, 1)\n",
            3: "def made(a, b, c):\n    return cls(a, b, c)\n"}.get(len(args))
    if text is None:
        return ("error", f"range() takes 1 to 3 arguments, got {len(args)}")
    cls = _known_class("range", _range_class)
    return ("function", _known_class(("range", len(args)), lambda: _Text(text, cls=cls)), tuple(range(len(args))))


def _zip(args):
    def make():
        fields = {f"p{i}": from_code(a.code) for i, a in enumerate(args)}
        names = ", ".join(fields)
        init = _of(f"def made(self, {names}):\n" + "".join(f"    self.{n} = {n}\n" for n in fields))
        step = _of("def made(self):\n" + "".join(f"    {n} = next(self.{n})\n" for n in fields) + f"    return ({names},)\n")
        return _class("zip", fields, init, step)

    if not args:
        return ("error", "zip() of nothing")
    return ("function", _call(_known_class(("zip", *(a.code for a in args)), make), len(args)), tuple(range(len(args))))


def _enumerate(args):
    def make():
        init = _of("def made(self, source, at):\n    self.source = source\n    self.at = at\n")
        step = _of("def made(self):\n    item = next(self.source)\n    i = self.at\n    self.at = i + 1\n    return i, item\n")
        return _class("enumerate", {"source": from_code(args[0].code), "at": int64}, init, step)

    cls = _known_class(("enumerate", args[0].code), make)
    text = "def made(a, start=0):\n    return cls(a, start)\n"
    return ("function", _known_class(("enumerated", cls), lambda: _Text(text, cls=cls)), tuple(range(len(args))))


RANGE, ZIP, ENUMERATE = _Over(_range), _Over(_zip), _Over(_enumerate)


# ---- generators ----

def generator_of(source, args):
    """The answer to a call of a generator whose source this is."""
    names = source.locals[:source.param_count]
    constants = {n: a.value for n, a in zip(names, args) if a.code in (None, "N")}
    given = [i for i, n in enumerate(names) if n not in constants]
    try:
        key = (source, tuple(a.code or ("constant", a.value) for a in args))
        hash(key)
    except TypeError:
        key = (source, tuple(a.code or ("constant", id(a.value)) for a in args))
    try:
        cls = _known_class(key, lambda: _generator_class(source, names, constants, given, [args[i].code for i in given]))
    except NotResumable as reason:
        text, node = reason.args
        line = getattr(node, "lineno", 1) - source.shift + source.first_line - 1
        return ("error", f"the generator {source.name}() cannot be compiled: {text} (line {line})")
    return ("function", _call(cls, len(given)), tuple(given))


def _generator_class(source, names, constants, given, codes):
    node, kept = resumable(source.node, source.lookup, source.locals, constants)
    step = Inner(source, node, source.name, [])
    step.inner.update(constants)
    parameters = [names[i] for i in given]
    stores = "".join(f"    self.{n} = {n}__\n" for n in parameters if n in kept) or "    pass\n"
    init = _of(f"def made({', '.join(['self', *(n + '__' for n in parameters)])}):\n{stores}")
    fields = {n: _open(code) for n, code in zip(parameters, codes)}
    return _class(source.name, {"_state": int64, **{n: fields.get(n, _OPEN) for n in kept}}, init, _member(step, "self"))


# ---- functions of what is gone over ----

_TAKES_ALL = {"sum", "list", "sorted", "max", "min", "any", "all", "set", "numpy.array", "numpy.asarray", "dict", "map", "filter", "functools.reduce",
              "reversed", "frozenset"}


def gathered(known, function, args):
    """sum(it), sorted(it), list(it): of a list of what is left; None for other functions and arguments."""
    if known not in _TAKES_ALL or not any(map(is_iterator, args)) or any(a.keyword for a in args):
        return None
    given = [f"[x for x in a{i}]" if is_iterator(a) else f"a{i}" for i, a in enumerate(args)]
    names = ", ".join(f"a{i}" for i in range(len(args)))
    inside = given[0] if known == "list" else f"f({', '.join(given)})"
    text = f"def made({names}):\n    return {inside}\n"
    key = ("gathered", known, text)
    return ("function", _known_class(key, lambda: _Text(text, f=function)), tuple(range(len(args))))
