"""numba.extending.overload: rules of a program's own, which are asked with the types of a call's arguments what is compiled for it."""

import inspect
import typing
import warnings

from ._pysource import TypingError
from ._pytypes import type_of_argument


class Rule(typing.NamedTuple):
    """A function given to numba.extending.overload, with what was said beside it."""

    function: typing.Callable
    target: str = None
    prefers_literal: bool = False


OVERLOADS = {}  # object or (type name, method) → list of Rules
asked = 0  # how often a rule was asked; it only has to change
EXTENSIONS = None  # the entry points' group, set by the drop-in, until they are loaded


def extensions_loaded():
    """Packages may register overloads by the entry point that Numba has for them: they are loaded when a function is met that nothing
    else knows, once. True: now there are some."""
    global EXTENSIONS
    group, EXTENSIONS = EXTENSIONS, None
    if group is None:
        return False
    from importlib.metadata import entry_points

    loaded = False
    for one in entry_points(group=group, name="init"):
        try:
            one.load()()
            loaded = True
        except Exception as error:
            warnings.warn(f"Numba extension module '{one.value}' failed to load due to '{type(error).__name__}({error})'.", stacklevel=2)
    return loaded


def targets():
    """Names of what there are rules for: what the library's own Python calls, too, may be among them."""
    return tuple(sorted(_name_of(key) for key in OVERLOADS))


def _name_of(key):
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(p if isinstance(p, str) else f"{getattr(p, '__module__', None)}:{getattr(p, '__qualname__', None) or getattr(p, '__name__', '')}"
                    for p in parts)


def _types_of(args):
    return [type_of_argument(a) for a in args]


def _for_target(rules, target):
    """Those that were registered for this target come first, then those for any."""
    own = [rule for rule in rules if rule.target == target]
    return own + [rule for rule in rules if rule.target in (None, "generic")]


def overloaded(function, args, target="cpu"):
    try:
        rules = OVERLOADS.get(function)
    except TypeError:
        rules = None
    return _first_overload(_for_target(rules, target), args, target) if rules else None


def overloaded_method(name, args, target="cpu"):
    for key, rules in OVERLOADS.items():
        if isinstance(key, tuple) and len(key) == 2 and key[1] == name and _is_instance(args[0], key[0]):
            made = _first_overload(_for_target(rules, target), args, target)
            if made is not None:
                return made
    return None


def _is_instance(arg, kind):
    return isinstance(type_of_argument(arg), kind) if isinstance(kind, type) else False


def _first_overload(rules, args, target):
    """What the first rule that knows these types gives. A rule is asked with the types alone, then with those of constants; the other
    way round where it was registered with prefer_literal=True."""
    global asked
    asked += 1
    types_ = _types_of(args)
    literals = _literals_of(args, types_)
    for rule in rules:
        tries = [types_] if literals is None else [literals, types_] if rule.prefers_literal else [types_, literals]
        made = _first_try(rule.function, args, tries, target)
        if made is not None:
            return made
    return None


def _is_literal(arg):
    """A constant whose type a rule may ask for: text is told as one anyway."""
    return arg.constant and type(arg.value) in (int, bool) and arg.code in ("l", "?")


def _literals_of(args, types_):
    """The types with those of constants among them, or None when there is no constant."""
    from ._type_families import literal

    return [literal(a.value) if _is_literal(a) else t for a, t in zip(args, types_)] if any(map(_is_literal, args)) else None


def _first_try(rule, args, tries, target):
    """What the rule gives for the first of these lists of types that it takes; its first error, when it takes none."""
    error = None
    for types_ in tries:
        try:
            made = _from_rule(rule, args, types_, target)
        except TypingError as problem:
            error = error or problem
            continue
        except Exception:
            if error is None:
                raise
            continue  # a rule that needs constants, asked without: what was wrong with them counts
        if made is not None:
            return made
    if error is not None:
        raise error
    return None


def _from_rule(rule, args, types_, target):
    from ._pyresolve import _bind, _source

    plain = [t for t, a in zip(types_, args) if not a.keyword]
    named = {a.keyword: t for t, a in zip(types_, args) if a.keyword}
    try:
        inspect.signature(rule).bind(*plain, **named)
    except TypeError:
        return None
    made = rule(*plain, **named)
    if made is None:
        return None
    bound = _bind(made, args)
    if bound is None:
        raise TypingError(f"{rule.__name__}: what it returned takes other parameters than the call gives")
    index = []
    for i in bound.values():
        index.extend(i) if isinstance(i, tuple) else index.append(i)
    return ("function", _source(_given_by_name(made, bound), host=target == "cpu"), tuple(index))


def _given_by_name(function, bound):
    """The function, or one around it where a parameter with a default is left out before others that are given."""
    parameters = list(inspect.signature(function).parameters)
    if list(bound) == parameters[:len(bound)]:
        return function
    from ._vectorize import _compile_text

    inside = ", ".join(f"{name}={name}" for name in bound)
    return _compile_text(f"def given({', '.join(bound)}):\n    return f({inside})\n", "given", f=function)
