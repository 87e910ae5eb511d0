"""What a compiled function is made from, known before it is read or typed.

A snapshot walks over the code objects of a function and of all functions that it reaches, and writes down what each of their
names stands for. `key` holds all of that, so it is the key of what the disk cache keeps (src/python/pyfunc_kept.c): a changed
global, a redefined helper, another value in a closure, an edited line make another key. Should the function be read after all,
now or later, it is read from the snapshot, so that both are the same.

Objects whose value cannot be written down (containers, classes of the program's, whatever may change) are opaque. A key may
have some, since most are not compiled; `is_sure` tells afterwards whether all that was read is in the key.
"""

import ast
import builtins
import enum
import importlib
import inspect
import linecache
import marshal
import os
import sys
import types

import numpy as np

from . import _core
from ._exec_sources import goes_by, text_of
from ._pysource import _MISSING, Function, Stub, _known, _overloaded, is_library, outer_value, refused
from ._pytypes import Type

_MOST_FUNCTIONS, _MOST_BYTES, _MOST_NAMES = 300, 1 << 17, 5000
_OPAQUE = b"?"
_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
_ASKED = (*_PLAIN, tuple, slice, np.ndarray, np.generic, np.dtype, type, np.ufunc)  # whose attributes depend on the value alone
# What rewriting a function's tree asks for, whether it is written there or not.
_ALWAYS = ("range", "len", "abs", "min", "max", "int", "float", "round", "enumerate", "zip", "iter", "next", "list", "tuple",
           "slice", "isinstance", "set", "dict", "str", "bool", "sum", "any", "all", "sorted", "reversed", "map", "filter", "print")


class _TooMuch(Exception):
    """More than is worth it."""


_library = []  # what weft's own Python files are


def _library_state():
    """Names, sizes and times of weft's own files; None where they are not to be seen."""
    if not _library:
        folder, found = os.path.dirname(os.path.abspath(__file__)), []
        try:
            for part in (folder, os.path.join(folder, "_pylib")):
                with os.scandir(part) as entries:
                    found += [(e.name, e.stat().st_size, e.stat().st_mtime_ns) for e in entries if e.name.endswith(".py")]
        except OSError:
            found = None
        _library.append(found and tuple(sorted(found)))
    return _library[0]


def snapshot_of(dispatcher):
    """The snapshot of a function that is about to be compiled; None: it is no plain one."""
    if not _is_plain(dispatcher) or _library_state() is None:
        return None
    try:
        return Snapshot(dispatcher)
    except (_TooMuch, ValueError, RecursionError):
        return None


def _may_change(owner, name):
    """Whether an attribute of an enum, or of a member, is something else than what its members' names and values say."""
    if isinstance(owner, enum.EnumMeta):
        return name not in owner.__members__
    return isinstance(owner, enum.Enum) and name not in ("name", "value")


def _rule_targets():
    """Names of what the program has rules of its own for (numba.extending.overload), which may answer anything."""
    extending = sys.modules.get("weft._pyoverloads")
    return extending.targets() if extending is not None else ()


def _is_plain(dispatcher):
    """A dispatcher that adds nothing to its Python function but options, which are in keys of their own."""
    source = dispatcher._function_source
    return not dispatcher._local_types and (source is None or type(source) is Function and source.signature == "")


def _codes(code):
    """The code object and those inside."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _constant(value):
    """A constant of a code object, with its type: 1, 1.0 and True are three."""
    if isinstance(value, types.CodeType):
        return _code_token(value)
    if isinstance(value, tuple):
        return (b"(", *map(_constant, value))
    if isinstance(value, frozenset):
        return (b"{", *sorted(repr((type(v).__name__, v)).encode() for v in value))
    return _plain_token(value)


def _plain_token(value):
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    return (type(value).__name__.encode(), b"" if value is ... else value)


def _words(names):
    return "\n".join(names).encode("utf-8", "surrogatepass")


def _code_token(code):
    """The code and where it stands: of several lambdas in a line, whose text is the same, also the columns."""
    return (code.co_code, tuple(map(_constant, code.co_consts)), _words(code.co_names), _words(code.co_varnames),
            _words(code.co_freevars + code.co_cellvars), code.co_flags, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount,
            code.co_firstlineno, _words((code.co_name, code.co_filename)), code.co_linetable if code.co_name == "<lambda>" else b"")


def _names_of(function):
    """The names that it, or a function inside, may look up outside of itself or in an object; its own too, which are looked up while
    its tree is rewritten."""
    names = dict.fromkeys(_ALWAYS)
    names[function.__name__] = None
    for code in _codes(function.__code__):
        names.update(dict.fromkeys(code.co_names))
        names.update(dict.fromkeys(code.co_varnames + code.co_cellvars + code.co_freevars))
    return list(names)


def _is_at_hand(weft, name):
    """Whether a name of weft's, which come when they are asked for, is had without importing anything."""
    arrays = sys.modules.get(f"weft.{weft._ARRAYS}")
    return f"weft.{weft._LAZY.get(name)}" in sys.modules or arrays is not None and name in getattr(arrays, "EXPORTS", ())


def _last_line(code):
    return max((line for part in _codes(code) for *_, line in part.co_lines() if line), default=code.co_firstlineno)


def _line_of(own, text, first):
    """The line where a function's own text stands in this text, which may begin before it; None: it does not."""
    at = text.find(own)
    return None if at < 0 else first + text.count("\n", 0, at)


class Snapshot:
    """What a function and all that it reaches stand for, now."""

    def __init__(self, dispatcher):
        self.functions = {}  # function → (its number, all lines of its file, its own)
        self.names = {}  # (function, name) → (object, what lookups give, token); no entry: it is not there
        self.attributes = {}  # (id of a module, name) → (the module, object, token)
        self.doubts = []  # what was read that is not in the key, for curious people
        self._loose = set()  # functions with defaults that may be others when the function is read
        self._checked = set()
        self._queue = [dispatcher.py_func]
        self.functions[dispatcher.py_func] = (0, *self._text(dispatcher.py_func))
        self._targets = _rule_targets()
        parts = [_words(self._targets), sys.version.encode(), np.__version__.encode(), tuple((n.encode(), size, time) for n, size, time in _library_state())]
        for function in self._queue:  # it grows on the way
            parts.append(self._function(function))
        self.key = marshal.dumps(tuple(parts), 2)  # of version 2: no references, whose places would depend on counts

    # ---- the walk ----

    def _text(self, function):
        """All lines of its file, and the text from its first line to the last that has code."""
        if getattr(sys, "frozen", False):  # as in Function._find: a file of that name in this folder may be another one
            raise ValueError("its file name is relative")
        code = function.__code__
        if goes_by(code.co_filename) and text_of(code) is not None:
            raise ValueError("its text is not what lies under its file name")
        if code.co_filename not in self._checked:
            self._checked.add(code.co_filename)
            linecache.checkcache(code.co_filename)
        lines = linecache.getlines(code.co_filename, function.__globals__)
        own = "".join(lines[code.co_firstlineno - 1:_last_line(code)])
        if not own:
            raise ValueError("there is no text")
        return lines, own

    def _function(self, function):
        if len(self.names) > _MOST_NAMES:
            raise _TooMuch
        if any(name in function.__globals__ for name in ("__wf_trusted__", "__wf_cold__")) and not is_library(function):
            raise ValueError("it says to be weft's own")
        number, _, own = self.functions[function]
        named = function.__kwdefaults__ or {}
        if not all(map(self._lasts, (*(function.__defaults__ or ()), *named.values()))):
            self._loose.add(function)
        tokens = [number, _code_token(function.__code__), own.encode("utf-8", "surrogatepass"), _words((function.__name__, str(function.__module__))),
                  self._token(function.__defaults__)[0], _words(named), self._token(tuple(named.values()))[0]]
        names = _names_of(function)
        for name in names:
            try:
                value = outer_value(function, name)
            except (NameError, AttributeError, ValueError):
                continue
            token, given = self._token(value)
            self.names[function, name] = value, given, token
            tokens.append((_words((name,)), token))
            if isinstance(value, types.ModuleType):
                self._module(value, names, tokens, 0)
        return tuple(tokens)

    def _module(self, module, names, tokens, depth):
        """What the names are as attributes of a module."""
        inside = vars(module)
        for name in names:
            value = inside.get(name, _MISSING)
            if value is _MISSING and module.__name__ == "weft" and _is_at_hand(module, name):
                value = getattr(module, name)
            if value is _MISSING:
                continue
            known = self.attributes.get((id(module), name))
            token, given = (known[2], known[1]) if known else self._token(value)
            self.attributes[id(module), name] = module, given, token
            tokens.append((_words((module.__name__, name)), token))
            if isinstance(value, types.ModuleType) and depth < 3 and value is not module:
                self._module(value, names, tokens, depth + 1)

    def _token(self, value):
        """(what it is, in the key; what lookups give for it)"""
        kind = type(value)
        if kind in _PLAIN:
            return _plain_token(value), value
        if self._targets and _overloaded(value):
            return _OPAQUE, value
        if kind in (tuple, slice):
            pairs = [self._token(v) for v in (value if kind is tuple else (value.start, value.stop, value.step))]
            items = [token for token, _ in pairs]
            if _OPAQUE in items:
                return _OPAQUE, value
            return (b"(" if kind is tuple else b":", *items), tuple(given for _, given in pairs) if kind is tuple else value
        if kind is np.ndarray:
            return self._array(value)
        return self._object(value, kind) or _OPAQUE, value

    def _lasts(self, value):
        """Whether a default is in the key, and cannot change in place: it is read from the function itself."""
        if type(value) is tuple:
            return all(map(self._lasts, value))
        return type(value) is not np.ndarray and self._token(value)[0] != _OPAQUE

    def _array(self, value):
        if value.dtype.names or value.dtype.hasobject or value.nbytes > _MOST_BYTES:
            return _OPAQUE, value
        copy = value.copy(order="K")
        return (b"a", value.dtype.str.encode(), value.shape, value.tobytes()), copy

    def _object(self, value, kind):
        if isinstance(value, types.ModuleType):
            return b"m" + value.__name__.encode() if sys.modules.get(value.__name__) is value else None
        if isinstance(value, np.generic) and kind.__module__ == "numpy" and value.dtype.names is None and not value.dtype.hasobject:
            return (b"g", value.dtype.str.encode(), value.tobytes())
        if isinstance(value, np.dtype):
            return b"d" + value.str.encode() if value.names is None and not value.hasobject and value.subdtype is None else None
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, Stub):
            return b"w" + value._wf_name.encode() if (kind.__module__ or "").startswith("weft") else None
        if isinstance(value, Type):
            return b"T" + value.code.encode() if kind.__module__ == Type.__module__ and not set(value.code) & set("JTKP{") else None
        if isinstance(value, _core.PyFunction):
            return self._dispatcher(value)
        known = _known(value)
        if known:
            return b"k" + known.encode()
        if isinstance(value, types.FunctionType):
            return None if refused(value) else self._reached(value)
        if callable(value) and _place_of(value):  # NumPy's functions that are written in C
            return b"n" + _place_of(value).encode()
        return None

    def _class(self, value):
        if type(value) is enum.EnumMeta:
            return self._enum(value)
        for module in (builtins, np):
            if getattr(module, value.__name__, None) is value:
                return f"t{module.__name__}.{value.__name__}".encode()
        return None

    def _enum(self, value):
        """A class of integers' names: compiled functions see the integers."""
        if value.__bases__ not in ((enum.IntEnum,), (enum.IntFlag,)) or any(type(m.value) is not int for m in value):
            return None
        return (b"e", _words((value.__module__, value.__qualname__)), *((_words((name,)), m.value) for name, m in value.__members__.items()))

    def _dispatcher(self, value):
        from ._jit import CPUDispatcher

        if type(value) is not CPUDispatcher or not _is_plain(value) or (value._function_source and value._function_source.kept is not None):
            return None
        inside = self._reached(value.py_func)
        return (b"j", value._fastmath, inside) if inside else None

    def _reached(self, function):
        """The token of a plain function, which is walked too."""
        module = str(function.__module__)
        if module.partition(".")[0] in ("weft", "numpy") and function.__globals__.get("__name__") == module:
            return f"n{module}.{function.__qualname__}".encode()
        if hasattr(function, "__wrapped__"):  # its text is another function's
            return None
        if function not in self.functions:
            try:
                self.functions[function] = (len(self.functions), *self._text(function))
            except ValueError:
                return None
            if len(self.functions) > _MOST_FUNCTIONS:
                raise _TooMuch
            self._queue.append(function)
        return b"f%d" % self.functions[function][0]

    # ---- for whoever reads the function ----

    def lookup(self, function, name):
        known = self.names.get((function, name))
        if known is not None:
            if known[2] == _OPAQUE:
                self._doubt(function, name)
            return known[1]
        if function in self.functions:
            if name in _names_of(function):  # it was not there
                raise NameError(name)
            self._doubt(function, name)
        elif not is_library(function):
            self._doubt(function, name)
        return outer_value(function, name)

    def attribute(self, function, base, name):
        if function not in self.functions and is_library(function):
            return getattr(base, name)
        if isinstance(base, types.ModuleType):
            known = self.attributes.get((id(base), name))
            if known is None or known[2] == _OPAQUE:
                self._doubt(function, name)
            return known[1] if known else getattr(base, name)
        if not isinstance(base, _ASKED) or _may_change(base, name):
            self._doubt(function, name)
        return getattr(base, name)

    def member(self, module, name):
        """What a module has by a name that is known while types are found: getattr(), a module in a variable."""
        known = self.attributes.get((id(module), name))
        if known is None or known[2] == _OPAQUE:
            self.doubts.append((module.__name__, name))
        return known[1] if known else getattr(module, name, _MISSING)

    def asked_for(self, owner, name):
        """The same of something else."""
        if not isinstance(owner, (*_ASKED, np.finfo, np.iinfo)) or _may_change(owner, name):
            self.doubts.append((type(owner).__name__, name))

    def ruled(self, callee, name):
        """A rule of the program's own was asked."""
        self.doubts.append((name or getattr(callee, "__name__", type(callee).__name__), "a rule"))

    def text_of(self, function, text, first):
        """(text, first line) of a function: these, if they begin as the snapshot's, whose file may have changed since."""
        if function not in self.functions:
            return text, first
        _, lines, own = self.functions[function]
        if _line_of(own, text, first) == function.__code__.co_firstlineno:
            return text, first
        first = function.__code__.co_firstlineno
        return "".join(inspect.getblock(lines[first - 1:])), first

    # ---- for the cache ----

    def is_sure(self, sources):
        """Whether the key holds all that these Functions were read from."""
        return all(map(self._holds, sources)) and not self.doubts and self._targets == _rule_targets()

    def _doubt(self, function, what):
        self.doubts.append((function.__name__, what))
        return False

    def _holds(self, source):
        function = source.function
        if function not in self.functions:
            return is_library(function) or self._doubt(function, "the function")
        if not (type(source) is Function or hasattr(source, "outer")):
            return self._doubt(function, "its kind")
        if function in self._loose:
            return self._doubt(function, "its defaults")
        if _line_of(self.functions[function][2], source.text, source.first_line) != function.__code__.co_firstlineno:
            return self._doubt(function, "its text")
        for name, value in getattr(source, "early", {}).items():
            if not self._same(self.names.get((function, name)), value):
                return self._doubt(function, name)
        return True

    @staticmethod
    def _same(known, value):
        if known is None:
            return value is _MISSING
        return known[2] != _OPAQUE and (value is known[0] or value is known[1])


# ---- calls of Python ----
# (callable, codes of the arguments, code of the result) of a function that is called at run time, as text: what it is and what
# of its arguments is fixed. Only what can be found again by its name.


def _place_of(function):
    """"numpy.linalg:norm" of what stands there in a module of NumPy's, Python's or weft's, or None."""
    for module in (getattr(function, "__module__", None), "numpy"):
        if isinstance(module, str) and module.partition(".")[0] in ("numpy", "weft", "builtins"):
            name = getattr(function, "__name__", None)
            if isinstance(name, str) and getattr(sys.modules.get(module), name, None) is function:
                return f"{module}:{name}"
    return None


def _recipe(function):
    if hasattr(function, "_wf_raises"):
        place = _place_of(function._wf_raises)
        return place and ("raise", place)
    place = _place_of(function)
    return place and ("call", place)


def _row_as_text(row):
    call, codes, code = row
    if codes == "C" or not hasattr(call, "_wf_plan"):
        return None
    function, plan = call._wf_plan
    recipe = _recipe(function)
    whole = (recipe, [(keyword, live, None if live else value) for keyword, live, value in plan], hasattr(call, "_wf_told"), codes, code)
    text = repr(whole)
    try:
        same = repr(ast.literal_eval(text)) == text
    except (ValueError, SyntaxError):  # a constant that is more than its text
        return None
    return text if recipe and same and "\0" not in text else None


def calls_as_text(calls):
    """A list of texts; None: one of the calls cannot be found again."""
    texts = [_row_as_text(row) for row in calls]
    return None if None in texts else texts


def calls_of_text(texts):
    from . import _pyresolve

    return [_row_of_text(_pyresolve, *ast.literal_eval(text)) for text in texts]


def _row_of_text(resolver, recipe, plan, told, codes, code):
    what, place = recipe
    module, _, name = place.partition(":")
    function = getattr(importlib.import_module(module), name)
    if what == "raise":
        function = resolver._raiser(function)
    if told:
        resolver._tell(function)
    return resolver.caller_of(function, plan), codes, code
