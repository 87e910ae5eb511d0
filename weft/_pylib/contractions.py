"""Sums of products along axes that are named: einsum, tensordot, stacks of matrices, cross products of rows.

einsum of two matrices that is one of their products goes to the product; everything else is loops over the labels, those of the
result outside. What the loops do not know (repeated broadcasts, "...") stays NumPy's own."""

import numpy as np

from .._pyresolve import at_run_time, implements
from .joining import result_of
from .views import left_out, tuple_of
from .written import function

_NUMBERS = "bhilBHILfdFD"


def _usable(a):
    return a.is_array and a.ndim and a.element in _NUMBERS


# ---- einsum ----

class _Labels:
    """"ij,jk->ik" taken apart; None in `result`: not for this."""

    def __init__(self, text, ndims):
        self.result = None
        text = text.replace(" ", "")
        given, arrow, result = text.partition("->")
        self.operands = given.split(",")
        if not text.replace("->", "").replace(",", "").isalpha() or [len(o) for o in self.operands] != ndims:
            return
        everywhere = "".join(self.operands)
        if not arrow:
            result = "".join(sorted(c for c in set(everywhere) if everywhere.count(c) == 1))
        if len(set(result)) == len(result) and set(result) <= set(everywhere):
            self.result, self.summed = result, [c for c in dict.fromkeys(everywhere) if c not in result]

    def product(self):
        """The text of a product of two matrices that it is; None: it is none."""
        if len(self.operands) != 2 or len(self.summed) != 1 or len(self.result) != 2:
            return None
        (a, b), k = self.operands, self.summed[0]
        if len(a) != 2 or len(b) != 2 or len(set(a)) != 2 or len(set(b)) != 2 or k not in a or k not in b:
            return None
        left, right = ("p0" if a[1] == k else "p0.T"), ("p1" if b[0] == k else "p1.T")
        free = a.replace(k, "") + b.replace(k, "")
        made = f"np.dot({left}, {right})"
        return made if free == self.result else f"np.ascontiguousarray({made}.T)" if free[::-1] == self.result else None


class _Called:
    """NumPy's einsum of these subscripts, as it is."""

    def __init__(self, text):
        def einsum(*operands):
            return np.einsum(text, *operands)

        self.call = einsum

    def _wf_answer(self, args):
        return at_run_time(self.call, args, quiet=True)


_called = {}


def _summed(labels, text, dtype):
    names = ", ".join(f"p{i}" for i in range(len(labels.operands)))
    lines, seen, unequal = [f"def einsum({names}):"], set(), []
    for i, operand in enumerate(labels.operands):
        for k, c in enumerate(operand):
            if c in seen:
                unequal.append(f"p{i}.shape[{k}] != n_{c}")
            else:
                lines.append(f"    n_{c} = p{i}.shape[{k}]")
                seen.add(c)
    if unequal:  # axes of one element that are broadcast, or an error
        lines += [f"    if {' or '.join(unequal)}:", f"        return called({names})"]
    product = labels.product()
    if product:
        return lines + [f"    return {product}"]
    terms = " * ".join(f"t(p{i}[{', '.join('i_' + c for c in o)}])" for i, o in enumerate(labels.operands))
    depth = 1
    if labels.result:
        lines.append(f"    out = np.empty({tuple_of('n_' + c for c in labels.result)}, dtype)")
    for c in labels.result:
        lines.append("    " * depth + f"for i_{c} in range(n_{c}):")
        depth += 1
    lines.append("    " * depth + "total = t(0)")
    inner = depth
    for c in labels.summed:
        lines.append("    " * inner + f"for i_{c} in range(n_{c}):")
        inner += 1
    lines.append("    " * inner + f"total += {terms}")
    if labels.result:
        lines += ["    " * depth + f"out[{', '.join('i_' + c for c in labels.result)}] = total", "    return out"]
    else:
        lines.append("    return total")
    return lines


@implements("numpy.einsum")
def einsum(subscripts, *operands):
    if not isinstance(subscripts.value, str) or not operands or not all(map(_usable, operands)):
        return None
    text = subscripts.value
    labels = _Labels(text, [o.ndim for o in operands])
    if labels.result is None or len(operands) == 1 and not labels.summed:  # a view of its operand
        return None
    dtype = result_of(operands)
    if text not in _called:
        _called[text] = _Called(text)
    made = function("\n".join(_summed(labels, text, dtype)) + "\n", dtype=dtype, t=dtype.type, called=_called[text])
    from .views import _source_of

    return ("function", _source_of(made), tuple(range(1, len(operands) + 1)))


# ---- tensordot ----

def _pairs(axes, a, b):
    """The axes of each that are summed, in order; None: not known while compiling."""
    if axes is None:
        n = 2
    elif axes.constant and isinstance(axes.value, (int, np.integer)) and not isinstance(axes.value, bool):
        n = int(axes.value)
    elif axes.constant and isinstance(axes.value, tuple) and len(axes.value) == 2:
        both = [(x,) if isinstance(x, (int, np.integer)) else tuple(x) if isinstance(x, tuple) else None for x in axes.value]
        if None in both or len(both[0]) != len(both[1]):
            return None
        for x, array in zip(both, (a, b)):
            if not all(isinstance(k, (int, np.integer)) and -array.ndim <= k < array.ndim for k in x):
                return None
        return [[int(k) % array.ndim for k in x] for x, array in zip(both, (a, b))]
    else:
        return None
    return [list(range(a.ndim - n, a.ndim)), list(range(n))] if 0 <= n <= min(a.ndim, b.ndim) else None


@implements("numpy.tensordot")
def tensordot(a, b, axes=None):
    if not _usable(a) or not _usable(b):
        return None
    summed = _pairs(axes, a, b)
    if summed is None or any(len(set(s)) != len(s) for s in summed):
        return None
    free = [[k for k in range(x.ndim) if k not in s] for x, s in zip((a, b), summed)]
    lines = ["def tensordot(a, b):"]
    for i, j in zip(*summed):
        lines += [f"    if a.shape[{i}] != b.shape[{j}]:", "        raise ValueError('shape-mismatch for sum')"]
    sizes = [" * ".join(f"{name}.shape[{k}]" for k in axes_) or "1" for name, axes_ in (("a", free[0]), ("a", summed[0]), ("b", free[1]))]
    lines += [f"    n, k, m = {', '.join(sizes)}"]
    for name, order, shape in (("a", free[0] + summed[0], "(n, k)"), ("b", summed[1] + free[1], "(k, m)")):
        lines.append(f"    {name}2 = np.ascontiguousarray(np.transpose({name}, {tuple_of(order)})).reshape({shape})")
    shape = [f"a.shape[{k}]" for k in free[0]] + [f"b.shape[{k}]" for k in free[1]]
    lines.append(f"    return np.dot(a2, b2).reshape({tuple_of(shape)})" if shape else "    return np.dot(a2, b2)[0, 0]")
    made = function("\n".join(lines) + "\n")
    return made


# ---- stacks ----

def stacked(names, ndims):
    """Of arrays that broadcast over their first `ndims` axes: lines that find the extents n0, n1, …, these, and each array's index
    at i0, i1, …"""
    ndim, lines = max(ndims), []
    for k in range(ndim):
        lines.append(f"    n{k} = 1")
        for name, own in zip(names, ndims):
            j = k - ndim + own
            if j >= 0:
                lines += [f"    {name}_{j} = 0 if {name}.shape[{j}] == 1 else 1", f"    if {name}_{j} != 0:", f"        if n{k} != 1 and n{k} != {name}.shape[{j}]:",
                          "            raise ValueError('operands could not be broadcast together')", f"        n{k} = {name}.shape[{j}]"]
    at = [[f"i{k} * {name}_{k - ndim + own}" for k in range(ndim - own, ndim)] for name, own in zip(names, ndims)]
    return lines, [f"n{k}" for k in range(ndim)], at


def _nest(extents, body):
    depth, lines = 1, []
    for k, extent in enumerate(extents):
        lines.append("    " * depth + f"for i{k} in range({extent}):")
        depth += 1
    return lines + ["    " * depth + line for line in body]


def of_stacks(a, b):
    """np.matmul of arrays of which one has more than two axes."""
    if a.ndim < 2 or b.ndim < 2 or max(a.ndim, b.ndim) > 7:
        return None
    dtype = result_of([a, b])
    lines, extents, (one, other) = stacked(("a", "b"), (a.ndim - 2, b.ndim - 2))
    at = ", ".join(f"i{k}" for k in range(len(extents)))
    left, right = ", ".join([*one, ":", ":"]), ", ".join([*other, ":", ":"])
    text = ["def matmul(a, b):", f"    if a.shape[{a.ndim - 1}] != b.shape[{b.ndim - 2}]:",
            "        raise ValueError('shapes do not fit: the number of columns of the first is not the number of rows of the second')", *lines,
            f"    out = np.empty({tuple_of([*extents, f'a.shape[{a.ndim - 2}]', f'b.shape[{b.ndim - 1}]'])}, dtype)",
            *_nest(extents, [f"out[{at}, :, :] = np.dot(a[{left}], b[{right}])"]), "    return out"]
    return function("\n".join(text) + "\n", dtype=dtype)


@implements("numpy.cross")
def cross(a, b):
    """Of vectors of three elements along the last axis."""
    if not all(x.is_array and 1 <= x.ndim < 7 and x.element in "bhilfdFD" for x in (a, b)):
        return None
    lines, extents, (one, other) = stacked(("a", "b"), (a.ndim - 1, b.ndim - 1))
    at = "".join(f"i{k}, " for k in range(len(extents)))
    left, right = "".join(f"{i}, " for i in one), "".join(f"{i}, " for i in other)
    body = [f"out[{at}{k}] = a[{left}{x}] * b[{right}{y}] - a[{left}{y}] * b[{right}{x}]" for k, x, y in ((0, 1, 2), (1, 2, 0), (2, 0, 1))]
    text = ["def cross(a, b):", f"    if a.shape[{a.ndim - 1}] != 3 or b.shape[{b.ndim - 1}] != 3:",
            "        raise ValueError(\"both vectors must have three elements (two: numpy.cross's older form)\")", *lines,
            f"    out = np.empty({tuple_of([*extents, '3'])}, dtype)", *_nest(extents, body), "    return out"]
    return function("\n".join(text) + "\n", dtype=result_of([a, b]))
