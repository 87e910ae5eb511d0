"""How weft covers a name of a peer, asked of the drop-in itself: nothing here is a list that could grow old.

native   weft has it, with code of its own
partly   weft has it; some of its cases run through NumPy or SciPy, which is told when it happens
numpy    it runs through NumPy or SciPy on the CPU, with one warning that names it
refused  the name is there so that programs import; using it raises an error that says why
missing  the drop-in has no such name
"""

import contextlib
import dis
import importlib
import sys
import types
import warnings
from dataclasses import dataclass

from weft import _extending

PEERS = ("cupy", "cupyx", "numba", "pycuda")
STATUSES = ("native", "partly", "numpy", "refused", "missing")
_REMARKS = {"native": "", "partly": "some cases run through NumPy on the CPU, told by a FallbackWarning",
            "numpy": "runs through NumPy/SciPy on the CPU, told by a FallbackWarning"}
_DEPTH = 3  # how far a function's own helpers are followed


@dataclass(frozen=True)
class Coverage:
    status: str
    remark: str = ""


@contextlib.contextmanager
def drop_ins():
    """The drop-ins answer to the peers' names inside, whatever is installed; afterwards everything is as it was."""
    from weft import dropin

    names = dropin.available()
    mine = lambda name: name.partition(".")[0] in names  # noqa: E731
    before, modules = dropin.installed(), {name: sys.modules.pop(name) for name in list(sys.modules) if mine(name)}
    if set(before) >= set(names):
        sys.modules.update(modules)
        yield
        return
    from weft import _core
    from weft._array import array

    answers = list(array.answers_as_gpu)
    views = _core.array_elements_are_views(False)
    dropin.install()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        dropin.uninstall()
        if before:
            dropin.install(*before)
        for name in [name for name in sys.modules if mine(name)]:
            del sys.modules[name]
        sys.modules.update(modules)
        array.answers_as_gpu[:] = answers
        _core.array_elements_are_views(views)


def _words_of(error):
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def resolve(path):
    """(value, names that are left, error): follows a dotted path as far as modules, classes and plain objects go."""
    parts = path.split(".")
    try:
        value = importlib.import_module(parts[0])
    except Exception as error:
        return None, parts, error
    for i, part in enumerate(parts[1:], 1):
        try:
            value = getattr(value, part)
        except AttributeError as error:
            if not isinstance(value, types.ModuleType):
                return value, parts[i:], error
            try:
                value = importlib.import_module(".".join(parts[:i + 1]))
            except ModuleNotFoundError:
                return value, parts[i:], error
            except Exception as refusal:  # a module may refuse itself, with words
                return value, parts[i:], refusal
        except Exception:  # there, but not outside a kernel
            return value, [], None
    return value, [], None


def look(path):
    """The coverage of a dotted name such as "cupy.linalg.svd", or of an attribute of a class's objects, "cupy.ndarray.sum"."""
    value, left, error = resolve(path)
    if error is None:
        status = _status_of(value)
        return Coverage(status, _REMARKS[status] if status in _REMARKS else _why_refused(value))
    if value is None or isinstance(value, types.ModuleType):
        if isinstance(error, NotImplementedError):
            return Coverage("refused", _words_of(error))
        return Coverage("missing", _advice(path, value, left, error))
    if isinstance(value, type) and not _may_have(value, left[0]):
        return Coverage("missing", _advice(path, value, left, error))
    return Coverage("native")  # an attribute of something whose attributes are made at run time


def _may_have(cls, name):
    """Could an object of the class have that attribute? Those that methods set are in their code."""
    if hasattr(cls, name) or any("__getattr__" in vars(base) or "__getattribute__" in vars(base) for base in cls.__mro__[:-1]):
        return True
    codes = [f.__code__ for base in cls.__mro__ for f in vars(base).values() if isinstance(f, types.FunctionType)]
    return any(name in code.co_names for code in codes)


def _status_of(value):
    if _is_refusal(value):
        return "refused"
    if getattr(value, "_through_numpy", False) is True:
        return "numpy"
    if isinstance(value, types.FunctionType) and _reaches_numpy(value, _DEPTH):
        return "partly"
    return "native"


def _is_refusal(value):
    """Functions and classes that do nothing but say that they are not there."""
    if str(getattr(value, "__doc__", None) or "").startswith("Not there") or isinstance(value, _extending.Declined):
        return True
    function = vars(value).get("__init__") if isinstance(value, type) else value
    if not isinstance(function, types.FunctionType):
        return False
    names, code = set(function.__code__.co_names), list(dis.get_instructions(function))
    return bool(names & {"UnsupportedError", "NotImplementedError"}) and not any("JUMP" in one.opname or one.opname == "RETURN_VALUE" for one in code)


def _why_refused(value):
    """Its own words: the longest text in its code, or its docstring."""
    function = vars(value).get("__init__") if isinstance(value, type) else value
    if isinstance(function, types.FunctionType):
        said = [one for one in function.__code__.co_consts if isinstance(one, str) and one != function.__doc__]
        if said:
            return max(said, key=len)
    return value._words() if isinstance(value, _extending.Declined) else (getattr(value, "__doc__", None) or "").partition("\n")[0]


def _reaches_numpy(function, depth):
    names = set(function.__code__.co_names)
    if "through_numpy" in names:
        return True
    if not depth:
        return False
    found = (function.__globals__.get(name) for name in names)
    return any(getattr(one, "_through_numpy", False) is True or isinstance(one, types.FunctionType) and one is not function
               and one.__module__.startswith("weft") and _reaches_numpy(one, depth - 1) for one in found)


def _advice(path, value, left, error):
    """What to do about a missing name: the drop-in's own words where it has some, else the nearest name."""
    from weft._config import nearest

    said = _words_of(error)
    if "weft" in said and "has no attribute" not in said and "has no module" not in said:
        return said
    near = nearest(left[0], [name for name in dir(value) if not name.startswith("_")]) if value is not None else None
    where = path[:-len(".".join(left)) - 1]
    return f"{where} has no {left[0]} in weft" + (f"; near it: {near}" if near else "") + \
        "; guard the call, compute it with NumPy, or write it as a kernel"


def source(text):
    """The coverage of CUDA C in a string: parsed and checked by the front-end, nothing is compiled or run."""
    import weft as wf

    try:
        wf.Module(text, extern_c='extern "C"' not in text)
    except wf.CompileError as error:
        lines = [line for line in str(error).splitlines() if "error" in line] or [_words_of(error)]
        return Coverage("missing", lines[0].strip())
    return Coverage("native", "CUDA C: checked")
