"""np.nditer over one array, or over a tuple of arrays and numbers that broadcast: a list of what it goes over, arrays of no axes that
are views of the elements (of numbers: arrays of their own)."""

import numpy as np

from .._pyresolve import Arg, implements
from .written import function, indices, loops


def _view(name, arg, ndim, repeats):
    """The element of an operand at the counters of the loops; its axes are the last ones."""
    if not arg.is_array:
        return f"np.array({name})"
    if not arg.ndim:
        return name
    first = ndim - arg.ndim
    at = [f"i{first + k} * {name}_{k}" if repeats else f"i{first + k}" for k in range(arg.ndim)]
    return f"{name}[{', '.join(at)}, ...]"


def _one(a):
    if not a.ndim:
        return lambda op: [op]
    if a.layout == "F" and a.ndim > 1:  # in the order of its memory, as NumPy
        return lambda op: [u for u in np.nditer(op.T)]
    view = f"op[{', '.join(indices(a.ndim))}, ...]"
    return function("def nditer(op):\n    found = []\n" + loops([f"op.shape[{k}]" for k in range(a.ndim)], [f"found.append({view})"])
                    + "    return found\n")


def _several(operands):
    ndim = max(a.ndim for a in operands)
    names = [f"a{k}" for k in range(len(operands))]
    lines = ["def nditer(op):", *(f"    {n} = op[{k}]" for k, n in enumerate(names)), "    found = []"]
    for axis in range(ndim):
        lines.append(f"    n{axis} = 1")
        there = [(n, axis - ndim + a.ndim) for n, a in zip(names, operands) if a.ndim >= ndim - axis]
        for name, k in there:
            lines += [f"    if {name}.shape[{k}] != 1:", f"        n{axis} = {name}.shape[{k}]"]
        for name, k in there:
            lines += [f"    {name}_{k} = 0 if {name}.shape[{k}] == 1 else 1", f"    if {name}_{k} and {name}.shape[{k}] != n{axis}:",
                      "        raise ValueError('operands could not be broadcast together')"]
    views = ", ".join(_view(n, a, ndim, True) for n, a in zip(names, operands))
    return function("\n".join(lines) + "\n" + loops([f"n{k}" for k in range(ndim)], [f"found.append(({views}{',' * (len(names) == 1)}))"])
                    + "    return found\n")


@implements("numpy.nditer")
def nditer(op):
    if op.is_array:
        return _one(op)
    if op.is_number:
        return lambda op: [np.array(op)]
    if not op.is_tuple:
        return None
    parts = [Arg(None, t.code, False, None) for t in op.type.types]
    return _several(parts) if parts and all(p.is_array or p.is_number for p in parts) else None
