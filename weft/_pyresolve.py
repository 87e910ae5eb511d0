"""What the compiler of Python functions does not know itself: library functions, methods, indexing by arrays.

`resolve(callee, name, rows)` answers the C side (src/pyfunc/resolver.c) in this order: an implementation in Python that is
compiled along (weft._pylib, numba.extending.overload), else the NumPy function itself, called at run time. The type of such a
call's result is found by calling it once while compiling, on small arrays of the same types.
"""

import importlib
import inspect
import sys
import types
import warnings

import numpy as np

from . import _pyoverloads
from ._pyoverloads import extensions_loaded, overloaded, overloaded_method
from ._pysource import _MISSING, READING, TypingError, record_code, source_of
from ._pytypes import class_of, dtype_of_code, from_code, host_code, passed_function, split_codes


class Arg:
    """One argument of a call: its code ("AC1d"; None for what lives at compile time alone), and its value if it is a constant."""

    __slots__ = ("keyword", "code", "constant", "value")

    def __init__(self, keyword, code, constant, value):
        if code is None and isinstance(value, tuple) and len(value) == 2 and value[0] == "dtype":
            value = dtype_of_code(value[1])
        elif code is None and isinstance(value, tuple) and len(value) == 2 and value[0] == "call":
            value = _object(value[1]) or value
        self.keyword, self.code, self.constant, self.value = keyword, code, constant, value

    @property
    def type(self):
        return from_code(self.code) if self.code else None

    @property
    def is_array(self):
        return bool(self.code) and self.code.lstrip("R")[:1] == "A"

    @property
    def ndim(self):
        """Of an array; 0 of a number."""
        return int(self.code.lstrip("R")[2]) if self.is_array else 0

    @property
    def layout(self):
        return self.code.lstrip("R")[1]

    @property
    def element(self):
        """The code of an array's elements, or of a number."""
        return self.code.lstrip("R")[3:] if self.is_array else self.code

    @property
    def is_date(self):
        """A date, or an array of them."""
        return bool(self.code) and self.element[0] in "Ww"

    @property
    def is_list(self):
        return bool(self.code) and self.code[:1] == "["

    @property
    def item(self):
        """The code of a list's items."""
        return self.code[1:]

    @property
    def is_number(self):
        return bool(self.code) and len(self.code) == 1 and self.code in "?bhilBHILefdFD"

    @property
    def is_none(self):
        return self.code == "N"

    @property
    def is_tuple(self):
        return bool(self.code) and self.code[:1] in "(T"

    def __repr__(self):
        return repr(self.value) if self.constant else str(self.type)


IMPLEMENTATIONS = {}  # "numpy.cumsum", "array.sort" → function of Args that returns an implementation, or None
IN_KERNELS = set()  # names of those that make no arrays, which kernels may use


def implements(*names):
    """The function is called with Args in place of the arguments; the parameters of what it returns say, by their names, which of
    the arguments it wants. None: not for these."""

    def register(function):
        for name in names:
            IMPLEMENTATIONS[name] = function
        return function

    return register


# ---- samples ----

_VALUES = {"?": True, "F": 1 + 0j, "D": 1 + 0j, "e": 1.0, "f": 1.0, "d": 1.0}


def _sample_array(dtype, ndim, n, fill):
    dtype = np.dtype(dtype)
    if dtype.names:
        return np.zeros((n,) * ndim, dtype)
    if dtype.kind in "SU":
        return np.full((n,) * ndim, "a", dtype)
    if dtype.kind in "mM":
        return np.ones((n,) * ndim, np.int64).view(dtype)
    if ndim == 2 and dtype.kind in "fc":  # well behaved for linear algebra
        return (np.eye(n) * 4 + 0.5).astype(dtype)
    if dtype.kind in "iu":
        return np.full((n,) * ndim, fill, dtype)
    return np.ones((n,) * ndim, dtype) if dtype.kind != "b" else np.ones((n,) * ndim, bool)


def _laid_out(array, layout):
    """The same array in C, in Fortran or (A) in no order, so that what NumPy makes of it has the layout that it will have."""
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "A" and array.ndim:
        spread = np.zeros((*array.shape, 2), array.dtype)[..., 0]
        spread[...] = array
        return spread
    return array


RISING = "rising"  # integers of a tuple: 0, 1, 2 … (axes)


def sample(code, n, whole=2, fill=0):
    """A value of this type, its arrays n long on each axis; `whole`: its integers, `fill`: those in arrays."""
    plain = code.lstrip("R")
    if plain[:1] == "A":
        return _laid_out(_sample_array(dtype_of_code(plain[3:]), int(plain[2]), n, fill), plain[1])
    if plain[:1] == "(":
        return tuple(sample(t.code, n, k if whole == RISING else whole, fill) for k, t in enumerate(split_codes(plain[1:-1])))
    whole = 0 if whole == RISING else whole
    if plain in "N.":
        return None if plain == "N" else ...
    if plain in _VALUES:
        return fill if fill == 0.5 and plain in "fd" else _VALUES[plain]
    return dtype_of_code(plain).type(whole) if len(plain) == 1 and plain not in "UV" else _special_sample(plain)


def _special_sample(code):
    if code[:1] in "Ww":
        return np.int64(1).view(dtype_of_code(code))
    if code[:1] == "[":
        return [sample(code[1:], 3)] * 3
    if code in ("U", "V"):
        return "a" if code == "U" else b"a"
    if code[:1] == "O":
        return sample(code[1:], 3)
    if code[:1] == "G":
        return range(3)
    if code[:1] == "X":
        return slice(*(sample(t.code, 3, 1) for t in split_codes(code[2:-1])))
    if code[:1] == "T":
        number, inside = code[1:].split(";", 1)
        return class_of(int(number))._make(sample(t.code, 3) for t in split_codes(inside[:-1]))
    if code[:1] in "MS":
        held = [sample(t.code, 3) for t in split_codes(code[1:])]
        return {held[0]} if code[0] == "S" else {held[0]: held[1]}
    raise TypeError(code)


def code_of(value):
    """The code of a result."""
    if isinstance(value, np.ndarray):
        element = record_code(value.dtype, True) if value.dtype.names else host_code(value.dtype)
        layout = "C" if value.flags["C_CONTIGUOUS"] else "F" if value.flags["F_CONTIGUOUS"] else "A"
        readonly = "" if value.flags.writeable else "R"
        return f"{readonly}A{layout}{value.ndim}{element}"
    if value is None or value is ...:
        return "N" if value is None else "."
    if isinstance(value, bool):
        return "?"
    if isinstance(value, np.generic):
        return host_code(value.dtype)
    if isinstance(value, int):
        return "l"
    if isinstance(value, float):
        return "d"
    if isinstance(value, complex):
        return "D"
    if isinstance(value, tuple):
        return "(" + "".join(map(code_of, value)) + ")"
    if isinstance(value, range):
        return "G(lll)"
    if isinstance(value, slice):
        return "X(" + "".join(map(code_of, (value.start, value.stop, value.step))) + ")"
    if isinstance(value, list) and value:
        return "[" + code_of(value[0])
    if isinstance(value, (str, bytes)):
        return "U" if isinstance(value, str) else "V"
    if isinstance(value, set) and value:
        return "S" + code_of(next(iter(value)))
    if isinstance(value, dict) and value:
        return "M" + "".join(map(code_of, next(iter(value.items()))))
    if isinstance(value, (np.dtype, np.finfo, np.iinfo)):
        return "Y"  # known while compiling
    raise TypeError(f"a result of type {type(value).__name__}")


def fit(value, code):
    """The value as the type that was compiled for: arrays in another layout or dtype are copied."""
    plain = code.lstrip("R")
    if plain[:1] == "A":
        dtype, ndim = dtype_of_code(plain[3:]), int(plain[2])
        array = np.asarray(value)
        if array.ndim != ndim or not np.can_cast(array.dtype, dtype, "same_kind"):
            raise TypeError(f"an array of {array.ndim} dimensions and {array.dtype}, where {from_code(code)} was expected")
        made = np.array(array, dtype, order=plain[1] if plain[1] != "A" else "C", copy=True, ndmin=ndim)
        return made
    if plain[:1] == "(":
        return tuple(fit(v, t.code) for v, t in zip(value, split_codes(plain[1:-1]), strict=True))
    if plain in "N.":
        return None if plain == "N" else ...
    if plain[:1] == "[":
        from ._typed import List, ListType

        return List([fit(v, plain[1:]) for v in value], ListType(from_code(plain[1:])))
    if plain in ("U", "V"):
        return str(value) if plain == "U" else bytes(value)
    if plain[0] in "Ww":
        return np.asarray(value).astype(dtype_of_code(plain))[()]
    return dtype_of_code(plain).type(value)


# ---- Python at run time ----

_calls = {}


def _keyed(value):
    """A constant as part of a key: NaN, which equals nothing, and the zeros, which are one to ==, by their texts."""
    if isinstance(value, (float, complex)):
        return repr(value)
    return tuple(map(_keyed, value)) if type(value) is tuple else value


def _caller(function, args, pattern):
    """A function of the run-time arguments alone. The same object each time, so that it has one row in the table of calls."""
    fixed = tuple((a.keyword, None if live else a.value) for a, live in zip(args, pattern))
    try:
        key = (function, pattern, tuple((keyword, _keyed(value), type(value)) for keyword, value in fixed))
        known = _calls.get(key)
    except TypeError:
        key = known = None
    if known is not None:
        return known
    call = caller_of(function, [(a.keyword, live, a.value) for a, live in zip(args, pattern)])
    if key is not None:
        _calls[key] = call
    return call


def caller_of(function, plan):
    """A function of the run-time arguments alone. plan: (keyword, does it come at run time, else its value) of each argument."""

    def call(*given):
        given = iter(given)
        plain, named = [], {}
        for keyword, live, value in plan:
            value = next(given) if live else value
            if keyword:
                named[keyword] = value
            else:
                plain.append(value)
        return function(*plain, **named)

    call.__name__ = call.__qualname__ = getattr(function, "__name__", "call")
    call._wf_plan = function, plan
    return call


def _default_texts(function, args):
    """{index: text} of the arguments that are text: what the function itself takes when they are left out (mode="full")."""
    if not any(a.code == "U" for a in args):
        return {}
    try:
        bound = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    names, found = list(bound), {}
    for i, a in enumerate(args):
        parameter = bound.get(a.keyword or (names[i] if i < len(names) else ""))
        if a.code == "U" and parameter is not None and isinstance(parameter.default, str):
            found[i] = parameter.default
    return found


def at_run_time(function, args, quiet=False, result=None, writes=()):
    """The answer that calls a Python function when the compiled one runs. Constants go along as they are."""
    pattern = tuple(not a.constant and a.code is not None for a in args)
    call = _caller(function, args, pattern)
    trial = _caller(getattr(function, "_wf_trial", function), args, pattern)
    live = tuple(i for i, on in enumerate(pattern) if on)
    code = result
    if code is None:
        code, problem, texts = None, None, _default_texts(function, args)
        # whole numbers that are tried: the same for all, or one for each argument. The last: indices that may not be 0 (weights,
        # counts), a number of parts beside an axis 0, bounds that rise, a probability,
        # axes
        for n, whole, fill in ((3, 2, 0), (2, 1, 0), (4, 0, 0), (1, 0, 0), (6, 1, 0), (3, 1, 1), (3, (1, 0), 1), (3, (1, 2, 3, 4), 1), (3, 1, 0.5),
                               (3, RISING, 1)):
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    code = _tried(trial, [args[i] for i in live], [texts.get(i) for i in live], n, whole, fill)
                break
            except Exception as error:
                problem = problem or error
        if code is None:
            return ("error", f"{_name_of(function)}() of {', '.join(map(repr, args))}: {problem}")
    if code == "Y" and live:
        return ("error", f"{_name_of(function)}() of {', '.join(map(repr, args))}: its result must be known while compiling")
    if code == "Y":
        return ("value", call())
    if not live and not getattr(function, "__self__", None) and result is None and code != "N" and len(code) == 1 and not _name_of(function).startswith(_CHANGING):
        return ("value", call())
    if not quiet:
        call._wf_told = True
        _tell(function)
    return ("python", call, code, live)


def _tried(trial, args, texts, n, whole, fill):
    """The code of what a call with samples gives. A view whose layout may depend on a number that is not known yet has none."""
    wholes = iter(whole if isinstance(whole, tuple) else (whole,) * len(args))
    inside = 0 if isinstance(whole, tuple) else whole
    given = [text or sample(a.code, n, next(wholes, 0) if a.is_number else inside, fill) for a, text in zip(args, texts)]
    made = trial(*given)
    if isinstance(made, np.ndarray) and made.ndim > 1 and any(not a.is_array for a in args) and _is_view(made, given):
        code = code_of(made)
        at = code.index("A") + 1
        return f"{code[:at]}A{code[at + 1:]}"
    return code_of(made)


def _is_view(made, given):
    """Of one of these arrays?"""
    while made is not None:
        if any(made is g for g in given):
            return True
        made = getattr(made, "base", None)
    return False


_CHANGING = ("weft.", "numpy.random", "numpy.mtrand", "random.", "time.")  # another value at each call
_told = set()
_LIBRARY = ("numpy.linalg", "numpy.fft", "numpy.random")  # these are libraries' work anyway


def _name_of(function):
    module = getattr(function, "__module__", None) or "numpy"
    return f"{module}.{getattr(function, '__name__', repr(function))}"


def _level_of_program():
    """The stacklevel, seen from who calls this, that makes a warning name the program's own line: the first outside of this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "weft":
        frame, level = frame.f_back, level + 1
    return level


def _tell(function):
    name = _name_of(function)
    if name in _told or name.startswith(_LIBRARY):
        return
    _told.add(name)
    from ._array.fallback import FallbackWarning

    warnings.warn(f"{name}() in a compiled function is not compiled: it is called as it is", FallbackWarning, stacklevel=_level_of_program())


# ---- indexing by arrays ----

def _index_plan(parts, args):
    """How the arguments after the array make an index."""

    def build(given):
        given, index = iter(given), []
        for part in parts:
            if part == "s":
                index.append(slice(next(given), next(given), next(given)))
            elif part == "i":
                index.append(next(given))
            else:
                index.append(None if part == "n" else Ellipsis)
        return tuple(index)

    return build


_index_calls = {}


def _getitem(parts, args):
    key = ("get", parts)
    if key not in _index_calls:
        build = _index_plan(parts, args)

        def getitem(array, *given):
            found = array[build(given)]
            return found.copy() if isinstance(found, np.ndarray) and found.base is not None else found

        _index_calls[key] = getitem
    return at_run_time(_index_calls[key], args, quiet=True)


def _setitem(parts, args):
    key = ("set", parts)
    if key not in _index_calls:
        build = _index_plan(parts, args)

        def setitem(array, value, *given):
            array[build(given)] = value

        _index_calls[key] = setitem
    return at_run_time(_index_calls[key], args, quiet=True, result="N")


def _by_arrays(which, parts, args):
    """A loop that is compiled along (weft._pylib.fancy)."""
    from ._pylib import fancy

    made = getattr(fancy, which)(parts, *args)
    return made and ("function", _source(made), tuple(range(len(args))))


def _print(*values, **how):
    print(*values, **how)  # sys.stdout is looked up at each call


_raisers = {}


def _raiser(class_):
    """A function that raises this class with what it is given."""
    if class_ not in _raisers:
        def throw(*args):
            raise class_(*args)

        throw._wf_raises = class_
        _raisers[class_] = throw
    return _raisers[class_]


# ---- answers ----

def _object(text):
    """The Python object of a name that the compiler uses itself: "numpy.linalg.inv"."""
    parts = text.split(".")
    try:
        found = importlib.import_module(parts[0])
        for part in parts[1:]:
            found = getattr(found, part)
        return found
    except (ImportError, AttributeError):
        import builtins

        return getattr(builtins, text, None)


def compiled(implementation, args, named=None):
    """The answer that compiles `implementation` along; its parameters' names choose the arguments."""
    wanted = inspect.signature(implementation).parameters
    index = []
    for name, parameter in wanted.items():
        at = named.get(name) if named is not None else None
        if at is None:
            if parameter.default is parameter.empty:
                raise TypingError(f"{implementation.__name__}() has a parameter '{name}' that was not given")
            break
        if isinstance(at, tuple):
            index.extend(at)
        else:
            index.append(at)
    return ("function", _source(implementation), tuple(index))


def _source(function, host=False):
    from ._pydispatch import Dispatcher

    return function._source() if isinstance(function, Dispatcher) else source_of(function, host)


def _bind(function, args):
    """{parameter: Arg} and {parameter: index} of a call, or None when they do not fit."""
    plain = [i for i, a in enumerate(args) if not a.keyword]
    named = {a.keyword: i for i, a in enumerate(args) if a.keyword}
    try:
        bound = inspect.signature(function).bind(*plain, **named)
    except TypeError:
        return None
    return bound.arguments


def _from_library(name, args):
    rule = IMPLEMENTATIONS.get(name)
    if any(a.is_date for a in args):
        rule = IMPLEMENTATIONS.get(f"date:{name}", rule)
    bound = _bind(rule, args) if rule else None
    if bound is None:
        return None
    given = {p: tuple(args[k] for k in i) if isinstance(i, tuple) else args[i] for p, i in bound.items()}
    made = rule(**{p: g for p, g in given.items() if not isinstance(g, tuple)}) if not any(
        isinstance(g, tuple) for g in given.values()) else rule(*sum(
            ([*g] if isinstance(g, tuple) else [g] for g in given.values()), []))
    if made is None or isinstance(made, tuple):
        return made
    return compiled(made, args, bound)


_UNSAFE = {"numpy.save", "numpy.load", "numpy.test"}


def _callable_name(callee):
    if isinstance(callee, tuple) and len(callee) == 2 and callee[0] == "call":
        return callee[1], _object(callee[1])
    from ._pysource import known_name

    known = known_name(callee)
    if known is None and getattr(callee, "__module__", None) == "time":
        known = f"time.{callee.__name__}"
    return known, callee


_answers = {}


def forget():
    """A new overload: questions are asked again."""
    _answers.clear()


def resolve(callee, name, rows, target="cpu"):
    """The same question has the same answer, so that types settle; what a module has is looked up each time."""
    if name and name.startswith("attribute:"):
        if isinstance(callee, types.ModuleType):
            found = _member(callee, name[10:])
            return None if found is _MISSING else ("value", found)
        if READING and READING[-1]:
            READING[-1].asked_for(callee, name[10:])
    if isinstance(callee, tuple) and callee[0] == "call" and callee[1].startswith("hasattr:"):  # of a module
        module, attribute = callee[1].split(":")[1:]
        return ("value", _member(importlib.import_module(module), attribute) is not _MISSING)
    try:
        key = (target, callee, name, tuple((*row[:3], _keyed(row[3]), type(row[3])) for row in rows or ()))
        hash(key)
    except TypeError:
        key = (target, id(callee), name, repr(rows))
    known = _answers.get(key)
    if known is None:
        answer, before = _resolve if target == "cpu" else _resolve_in_kernel, _pyoverloads.asked
        known = _answers[key] = (answer(callee, name, rows), callee, _pyoverloads.asked != before)
    if known[2] and READING and READING[-1]:
        READING[-1].ruled(callee, name)
    return known[0]


def _resolve_in_kernel(callee, name, rows):
    """A CUDA kernel calls no Python and makes no arrays: overloads answer, and the part of the library that does without both."""
    from . import _pylib  # registers

    args = [Arg(*row) for row in rows or ()]
    if name and name.startswith("attribute:"):
        return _attribute(callee, name[10:])
    if name:
        if ":" in name:
            return None
        known = f"{_kind(args[0])}.{name}"
        return overloaded_method(name, args, "cuda") or _for_kernels(known, args)
    known, function = _callable_name(callee)
    return overloaded(function, args, "cuda") or _for_kernels(known, args)


def _for_kernels(known, args):
    """An implementation for kernels alone, or one that makes no arrays."""
    return _from_library(f"kernel:{known}", args) or (_from_library(known, args) if known in IN_KERNELS else None)


def _member(module, name):
    """What a module has now, or had when the function that is being read was looked at."""
    if READING and READING[-1]:
        return READING[-1].member(module, name)
    return getattr(module, name, _MISSING)


def _attribute(owner, name):
    """Of an object that is known while compiling; of a type of elements it is the dtype's."""
    if isinstance(owner, tuple) and len(owner) == 2 and owner[0] == "dtype":
        owner = dtype_of_code(owner[1])
    found = getattr(owner, name, None)
    constant = isinstance(found, (bool, int, float, complex, str, np.generic, np.dtype)) or isinstance(found, type) and issubclass(found, np.generic)
    return ("value", found) if constant or isinstance(found, tuple) and all(isinstance(v, (int, str)) for v in found) else None


def _resolve(callee, name, rows):
    from . import _pylib  # registers

    args = [Arg(*row) for row in rows or ()]
    if name and name.startswith("attribute:"):
        return _attribute(callee, name[10:])
    if name and name.startswith("passed:"):
        return ("value", passed_function(int(name[7:])))
    if name == "generator":
        from ._pyiterators import generator_of

        return generator_of(callee, args)
    if name == "raise":
        return at_run_time(_raiser(callee), args, quiet=True, result="N")
    if name in ("getitem:s", "setitem:s") and args[0].is_list:
        return _from_library(f"list.{name[:7]}_s", args)
    if name and name.startswith("getitem:"):
        return _from_library("array.getitem_" + name[8:], args) or _by_arrays("getitem", name[8:], args) or _getitem(name[8:], args)
    if name and name.startswith("setitem:"):
        return _from_library("array.setitem_" + name[8:], args) or _by_arrays("setitem", name[8:], args) or _setitem(name[8:], args)
    if name:
        return _method(name, args)
    if hasattr(callee, "_wf_answer"):
        return callee._wf_answer(args)
    known, function = _callable_name(callee)
    if known == "print":
        return at_run_time(_print, args, quiet=True, result="N")
    if hasattr(function, "_wf_implement"):
        implementation = function._wf_implement(args)
        return ("function", _source(implementation), tuple(range(len(args))))
    made = overloaded(function, args)
    if made is None and known and known.startswith("numpy."):
        from ._pylib.kinds import problem

        wrong = problem(known, function, args)
        if wrong:
            return ("error", f"{known}(): {wrong}")
    if made is None and known:
        from ._pyiterators import gathered

        made = gathered(known, function, args) or _from_library(known, args)
        if known.startswith("weft.date.as."):
            from ._pylib.dates import as_unit

            made = compiled(as_unit(known, args), args, {"x": 0})
    if made is not None:
        return made
    if known and isinstance(getattr(function, "__self__", None), np.random.RandomState):
        return at_run_time(_from_thread(function.__name__), args)
    from ._pyforeign import foreign_answer

    foreign = foreign_answer(function, args)
    if foreign is not None:
        return foreign
    if callable(function) and isinstance(getattr(function, "__self__", function), _library_objects()):
        return at_run_time(function, args, quiet=True)
    if known and known.startswith(("numpy.", "math.", "cmath.", "random.", "time.")) and callable(function) and known not in _UNSAFE:
        return at_run_time(function, args)
    if extensions_loaded():
        return _resolve(callee, name, rows)
    return _by_hand(function)


def _by_hand(function):
    from ._extending import refusal

    words = refusal(function)
    return ("error", words) if words else None


_distributions = {}


def _from_thread(name):
    """A distribution of NumPy's legacy generator, drawn from the thread's own state: seed() inside a function holds for it too."""
    if name not in _distributions:
        def draw(*args, **named):
            from ._core import random_words

            words = np.frombuffer(random_words(), np.uint32)
            state = np.random.RandomState(0)
            state.set_state(("MT19937", words[:624], int(words[624]), int(words[625]), words[626:].view(np.float64)[0]))
            try:
                return getattr(state, name)(*args, **named)
            finally:
                _, words[:624], words[624], words[625], spare = state.get_state()
                words[626:] = np.array([spare]).view(np.uint32)

        draw._wf_trial = lambda *args, **named: getattr(np.random.RandomState(0), name)(*args, **named)
        draw.__name__, draw.__module__ = name, "numpy.random"
        _distributions[name] = draw
    return _distributions[name]


def _library_objects():
    """What vectorize and guvectorize made, whose methods compiled functions call as they are."""
    from ._guvectorize import _GUVectorized
    from ._vectorize import _Vectorized

    return (_Vectorized, _GUVectorized)


def _method(name, args):
    receiver = args[0]
    if receiver.code and receiver.code[0] == "J":
        from ._jitclass import method_of

        return method_of(name, args) or overloaded_method(name, args)
    handled = _handled_type(receiver)
    if handled:
        from ._pylib.kinds import generator_problem

        method, wrong = getattr(handled, name, None), generator_problem(name, args)
        if wrong:
            return ("error", wrong)
        return method and (_from_library(f"{handled.__name__.lower()}.{name}", args) or at_run_time(method, args, quiet=True))
    made = overloaded_method(name, args) or _from_library(f"{_kind(receiver)}.{name}", args)
    if made is None and receiver.is_array:
        if not hasattr(np.ndarray, name):
            return None
        made = _from_library(f"numpy.{name}", args)
        if made is None:
            made = at_run_time(_unbound(name), args, result="N" if name in _IN_PLACE else None)
    if made is None and _kind(receiver) in ("str", "bytes"):
        from ._pylib.text import result_of

        code = result_of(name, _kind(receiver))
        made = code and at_run_time(_unbound(name), args, quiet=True, result=code)
    return made


_IN_PLACE = {"sort", "fill", "partition", "itemset", "put", "resize"}
_unbound_methods = {}


def _unbound(name):
    if name not in _unbound_methods:
        def method(array, *args, **kwargs):
            return getattr(array, name)(*args, **kwargs)

        method.__name__, method.__module__ = f"ndarray.{name}", "numpy"
        _unbound_methods[name] = method
    return _unbound_methods[name]


def _handled_type(arg):
    """The class of the Python object that a tuple stands for (weft._pyhandles), or None."""
    return getattr(class_of(int(arg.code[1:].split(";", 1)[0])), "_wf_handle", None) if arg.code and arg.code[0] == "T" else None


def _kind(arg):
    if arg.is_array:
        return "array"
    if arg.is_date:
        return "date"
    if arg.is_tuple:
        return "tuple"
    if arg.is_list:
        return "list"
    if arg.code and arg.code[0] in "MSUV":
        return {"M": "dict", "S": "set", "U": "str", "V": "bytes"}[arg.code[0]]
    if arg.is_number:
        return "number"
    if arg.code and arg.code[0] == "X":
        return "slice"
    if arg.code and arg.code[0] in "ZQ":
        return {"Z": "mixed list", "Q": "mixed dict"}[arg.code[0]]
    return "str" if isinstance(arg.value, str) else "object"
