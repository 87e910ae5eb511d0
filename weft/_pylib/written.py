"""Implementations whose loops depend on the number of dimensions: written as text, compiled like any other."""

import numpy as np

from .. import _exec_sources

_made = {}


def function(text, **scope):
    """The function that this text defines; the same text (and scope) gives the same function."""
    key = (text, tuple(sorted((k, id(v)) for k, v in scope.items())))
    if key not in _made:
        name = text.split("(", 1)[0].removeprefix("def ")
        file = f"<weft {name} {len(_made)}>"
        _exec_sources.write(file, text)
        names = {"np": np, **scope}
        exec(compile(text, file, "exec"), names)
        _made[key] = (names[name], scope)  # the scope lives on, so that its ids stay its own
    return _made[key][0]


def loops(extents, body, depth=1):
    """Lines of nested loops i0, i1, … over these extents around `body`, indented `depth` times."""
    lines = []
    for k, extent in enumerate(extents):
        lines.append("    " * (depth + k) + f"for i{k} in range({extent}):")
    return "\n".join(lines + ["    " * (depth + len(extents)) + line for line in body]) + "\n"


def indices(ndim):
    return [f"i{k}" for k in range(ndim)]
