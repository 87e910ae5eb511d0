"""np.pad of constants, edges, reflections and repetitions: for each axis which element stands at each place, then one nest of loops.
Other modes, and widths whose form is not known while compiling, are NumPy's own."""

import numpy as np

from .._pyresolve import implements
from .views import left_out, tuple_of
from .written import function, loops

_NUMBERS = "?bhilBHILfdFD"
_INTS = "bhilBHIL"

# How the element at a place m, counted from the first of the array, is found in n elements.
_PLACES = {"edge": ["j = min(max(m, 0), n - 1)"],
           "reflect": ["j = m % max(2 * (n - 1), 1)", "if j >= n:", "    j = 2 * (n - 1) - j"],
           "symmetric": ["j = m % (2 * n)", "if j >= n:", "    j = 2 * n - 1 - j"],
           "wrap": ["j = m % n"]}


def _widths(width, ndim):
    """The text of what goes before and after each axis; None: another form."""
    def integers(code):
        return bool(code) and not set(code) - set(_INTS)

    if width.is_number and width.element in _INTS:
        return [("pad_width", "pad_width")] * ndim
    if not width.is_tuple or width.code[0] != "(":
        return None
    items = [t.code for t in width.type.types]
    if all(map(integers, items)):
        return [(f"pad_width[{0}]", f"pad_width[{len(items) - 1}]")] * ndim if len(items) in (1, 2) else None
    if len(items) not in (1, ndim) or not all(c[0] == "(" and integers(c[1:-1]) and len(c) in (3, 4) for c in items):
        return None
    rows = [0] * ndim if len(items) == 1 else range(ndim)
    return [(f"pad_width[{k}][0]", f"pad_width[{k}][{len(items[k]) - 3}]") for k in rows]


@implements("numpy.pad")
def pad(array, pad_width, mode=None, constant_values=None):
    if not array.is_array or not array.ndim or array.element not in _NUMBERS:
        return None
    how = "constant" if mode is None else mode.value
    widths = _widths(pad_width, array.ndim)
    if widths is None or how != "constant" and (how not in _PLACES or constant_values is not None):
        return None
    if not left_out(constant_values) and not (constant_values.is_number and (constant_values.element not in "FD" or array.element in "FD")):
        return None
    names = ["array", "pad_width", *(["mode"] if mode is not None else []), *(["constant_values"] if constant_values is not None else [])]
    lines = [f"def pad({', '.join(names)}):"]
    for k, (before, after) in enumerate(widths):
        lines += [f"    b{k}, e{k}, n = {before}, {after}, array.shape[{k}]", f"    if b{k} < 0 or e{k} < 0:", "        raise ValueError(\"index can't contain negative values\")",
                  f"    m{k} = b{k} + n + e{k}"]
        if how != "constant":
            lines += [f"    if n == 0 and m{k} > 0:", f"        raise ValueError(\"can't extend empty axis {k} using modes other than 'constant' or 'empty'\")",
                      f"    w{k} = np.empty(m{k}, np.int64)", f"    for i in range(m{k}):", f"        m = i - b{k}", *("        " + line for line in _PLACES[how]), f"        w{k}[i] = j"]
    shape = tuple_of(f"m{k}" for k in range(array.ndim))
    if how == "constant":
        value = "constant_values" if not left_out(constant_values) else "0"
        inside = ", ".join(f"b{k}:b{k} + array.shape[{k}]" for k in range(array.ndim))
        lines += [f"    out = np.full({shape}, t({value}), array.dtype)", f"    out[{inside}] = array", "    return out", ""]
        return function("\n".join(lines), t=np.dtype(array.element if array.element != "l" else "i8").type)
    at, read = (", ".join(text.format(k=k) for k in range(array.ndim)) for text in ("i{k}", "w{k}[i{k}]"))
    lines += [f"    out = np.empty({shape}, array.dtype)", ""]
    return function("\n".join(lines) + loops([f"m{k}" for k in range(array.ndim)], [f"out[{at}] = array[{read}]"]) + "    return out\n")
