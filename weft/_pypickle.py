"""Pickling of functions by value: those that no module has under their name, such as a kernel that was made inside a function.

What travels is the code, the globals and closure variables that it uses, and the text, from which the other side compiles. Modules
among them go by name. State follows the object, so a function that refers to itself is no trouble.
"""

import importlib
import inspect
import linecache
import marshal
import types

from . import _exec_sources


class ModuleReference:
    """A module, by its name."""

    def __init__(self, name):
        self.name = name


def _packed(value):
    return ModuleReference(value.__name__) if isinstance(value, types.ModuleType) else value


def _unpacked(value):
    return importlib.import_module(value.name) if isinstance(value, ModuleReference) else value


def _names_in(code):
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_in(constant)
    return names


def _text_of(function):
    """(first line, lines) of its source, or None."""
    try:
        lines, first = inspect.getsourcelines(function)
        return max(first, 1), lines
    except (OSError, TypeError):
        text = _exec_sources.text_of(function.__code__)
        return None if text is None else (1, text.splitlines(True))


def state_of(function):
    """What makes the function again, for function_of."""
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append((_packed(cell.cell_contents),))
        except ValueError:  # not bound yet
            cells.append(())
    return {
        "code": marshal.dumps(function.__code__),
        "name": function.__name__, "qualname": function.__qualname__, "module": function.__module__,
        "globals": {n: _packed(function.__globals__[n]) for n in _names_in(function.__code__) if n in function.__globals__},
        "cells": cells, "defaults": function.__defaults__, "kwdefaults": function.__kwdefaults__,
        "text": _text_of(function),
    }


def function_of(state):
    """The function again. Its globals are its own."""
    code = marshal.loads(state["code"])
    scope = {n: _unpacked(v) for n, v in state["globals"].items()}
    scope.update(__name__=state["module"], __builtins__=__builtins__)
    cells = tuple(types.CellType(*map(_unpacked, one)) for one in state["cells"])
    function = types.FunctionType(code, scope, state["name"], state["defaults"], cells)
    function.__kwdefaults__, function.__qualname__, function.__module__ = state["kwdefaults"], state["qualname"], state["module"]
    if state["text"] and not linecache.getlines(code.co_filename):
        first, lines = state["text"]
        _exec_sources.write(code.co_filename, "\n" * (first - 1) + "".join(lines))
    return function


def empty(kind):
    """An object of this class that __setstate__ will fill."""
    return kind.__new__(kind)
