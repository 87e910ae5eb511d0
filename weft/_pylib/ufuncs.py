"""What ufuncs have as methods (np.add.reduce, np.maximum.accumulate, np.add.at, np.subtract.outer), places of flat indices, and stores
through masks."""

import numpy as np

from .._pyresolve import implements
from .views import left_out, tuple_of
from .written import function, indices, loops

_NUMBERS = "?bhilBHILfdFD"
_INTS = "bhilBHIL"

_REDUCED = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any"}
_RUNNING = {"add": "np.cumsum(array)", "multiply": "np.cumprod(array)"}
_AT = {"add": "a[j] += x", "subtract": "a[j] -= x", "multiply": "a[j] *= x", "maximum": "a[j] = max(a[j], x)", "minimum": "a[j] = min(a[j], x)"}
_OUTER = ("add subtract multiply divide floor_divide remainder power maximum minimum fmax fmin arctan2 hypot bitwise_and bitwise_or bitwise_xor equal not_equal "
          "less less_equal greater greater_equal logical_and logical_or").split()


def _reduces(name, short):
    @implements(f"numpy.{name}.reduce")
    def reduce(array, axis=None):
        """Along axis 0 where none is given, unlike the functions of arrays."""
        if not array.is_array or not array.ndim or array.element not in _NUMBERS:
            return None
        if axis is None:
            return function(f"def reduce(array):\n    return np.{short}(array{'' if array.ndim == 1 else ', axis=0'})\n")
        if left_out(axis):
            return function(f"def reduce(array, axis):\n    return np.{short}(array)\n")
        return function(f"def reduce(array, axis):\n    return np.{short}(array, axis=axis)\n")

    return reduce


def _accumulates(name):
    @implements(f"numpy.{name}.accumulate")
    def accumulate(array):
        if not array.is_array or array.ndim != 1 or array.element not in "bhilBHILfd":
            return None
        if name in _RUNNING:
            return function(f"def accumulate(array):\n    return {_RUNNING[name]}\n")
        better = ">" if name == "maximum" else "<"
        return function(f"""def accumulate(array):
    out = np.empty(array.shape[0], array.dtype)
    for i in range(array.shape[0]):
        if i == 0 or array[i] {better} out[i - 1] or array[i] != array[i]:
            out[i] = array[i]
        else:
            out[i] = out[i - 1]
    return out
""")

    return accumulate


def _updates(name, line):
    @implements(f"numpy.{name}.at")
    def at(a, indices, b):
        """One after another, so that an index that comes twice counts twice."""
        if not a.is_array or a.ndim != 1 or a.element not in "bhilBHILfd" or b.is_array and b.ndim != 1 or not (b.is_array or b.is_number):
            return None
        if b.element not in "bhilBHILfd" or b.element in "fd" and a.element not in "fd":
            return None
        if not (indices.is_array and indices.ndim == 1 and indices.element in _INTS or indices.is_list and indices.item in _INTS):
            return None
        value = "b[k * step]" if b.is_array else "b"
        lines = ["def at(a, indices, b):", "    n = len(indices)"]
        if b.is_array and b.element == a.element:  # all are read before the first is stored
            lines.append("    b = b.copy()")
        if indices.is_array and indices.element == a.element:
            lines.append("    indices = indices.copy()")
        if b.is_array:
            lines += ["    if b.shape[0] != n and b.shape[0] != 1:", "        raise ValueError('array is not broadcastable to correct shape')", "    step = 0 if b.shape[0] == 1 else 1"]
        lines += ["    for k in range(n):", "        j = int(indices[k])", "        if j < 0:", "            j += a.shape[0]", "        if j < 0 or j >= a.shape[0]:",
                  "            raise IndexError('index is out of bounds for its axis')", f"        x = {value}", f"        {line}"]
        return function("\n".join(lines) + "\n")

    return at


def _outer(name):
    @implements(f"numpy.{name}.outer")
    def outer(A, B):
        if not all(x.is_array and 1 <= x.ndim <= 3 and x.element in _NUMBERS for x in (A, B)):
            return None
        left, right = ", ".join([":"] * A.ndim + ["None"] * B.ndim), ", ".join(["None"] * A.ndim + [":"] * B.ndim)
        return function(f"def outer(A, B):\n    return np.{name}(A[{left}], B[{right}])\n")

    return outer


for _name, _short in _REDUCED.items():
    _reduces(_name, _short)
for _name in ("add", "multiply", "maximum", "minimum"):
    _accumulates(_name)
for _name, _line in _AT.items():
    _updates(_name, _line)
for _name in _OUTER:
    _outer(_name)


# ---- flat indices ----

def _whole_tuple(a):
    return a.is_tuple and a.code[0] == "(" and len(a.code) > 2 and not set(a.code[1:-1]) - set(_INTS)


@implements("numpy.unravel_index")
def unravel_index(indices, shape):
    single = indices.is_number and indices.element in _INTS
    if not (single or indices.is_array and indices.ndim == 1 and indices.element in _INTS) or not _whole_tuple(shape):
        return None
    n = len(shape.type.types)
    lines = ["def unravel_index(indices, shape):", f"    size = {' * '.join(f'int(shape[{k}])' for k in range(n))}"]
    steps = ["if i < 0 or i >= size:", "    raise ValueError('index is out of bounds for array with its size')"]
    for k in range(n - 1, 0, -1):
        steps += [f"j{k} = i % shape[{k}]", f"i //= shape[{k}]"]
    if single:
        return function("\n".join([*lines, "    i = int(indices)", *("    " + s for s in steps), f"    return {tuple_of(['i', *(f'j{k}' for k in range(1, n))])}"]) + "\n")
    for k in range(n):
        lines.append(f"    o{k} = np.empty(indices.shape[0], np.int64)")
    lines += ["    for k in range(indices.shape[0]):", "        i = int(indices[k])", *("        " + s for s in steps), "        o0[k] = i",
              *(f"        o{k}[k] = j{k}" for k in range(1, n)), f"    return {tuple_of(f'o{k}' for k in range(n))}"]
    return function("\n".join(lines) + "\n")


@implements("numpy.ravel_multi_index")
def ravel_multi_index(multi_index, dims):
    if not multi_index.is_tuple or not _whole_tuple(dims) or len(multi_index.type.types) != len(dims.type.types):
        return None
    codes = [t.code.lstrip("R") for t in multi_index.type.types]
    single = all(c in _INTS for c in codes)
    if not single and not all(c[:1] == "A" and c[2] == "1" and c[3:] in _INTS for c in codes):
        return None
    lines = ["def ravel_multi_index(multi_index, dims):"]
    steps = ["flat = 0"]
    for d in range(len(codes)):
        steps += [f"i = int(multi_index[{d}]{'' if single else '[k]'})", f"if i < 0 or i >= dims[{d}]:", "    raise ValueError('invalid entry in coordinates array')",
                  f"flat = flat * int(dims[{d}]) + i"]
    if single:
        return function("\n".join([*lines, *("    " + s for s in steps), "    return flat"]) + "\n")
    for d in range(1, len(codes)):
        lines += [f"    if multi_index[{d}].shape[0] != multi_index[0].shape[0]:", "        raise ValueError('the arrays of indices differ in their lengths')"]
    lines += ["    out = np.empty(multi_index[0].shape[0], np.int64)", "    for k in range(out.shape[0]):", *("        " + s for s in steps), "        out[k] = flat", "    return out"]
    return function("\n".join(lines) + "\n")


# ---- elements ----

@implements("array.round")
def rounded(a, decimals=None):
    if not a.is_array:
        return None
    if decimals is None:
        return lambda a: np.round(a)
    if decimals.constant and isinstance(decimals.value, int):
        return function(f"def rounded(a, decimals):\n    return np.round(a, {decimals.value})\n")
    return lambda a, decimals: np.round(a, decimals)


# ---- stores through masks ----

def _through_mask(name, counts_hits):
    @implements(f"numpy.{name}")
    def store(a, mask, values):
        """values[k], again and again: k counts the mask's hits (place), or all elements (putmask)."""
        if not a.is_array or not a.ndim or not mask.is_array or mask.ndim != a.ndim or a.element not in _NUMBERS or mask.element not in _NUMBERS:
            return None
        if not (values.is_number or values.is_array and values.ndim == 1) or values.element not in _NUMBERS or values.element in "FD" and a.element not in "FD":
            return None
        at, shape = ", ".join(indices(a.ndim)), [f"a.shape[{k}]" for k in range(a.ndim)]
        lines = ["def store(a, mask, values):", f"    if {' or '.join(f'mask.shape[{k}] != a.shape[{k}]' for k in range(a.ndim))}:",
                 "        raise ValueError('the mask has another shape than the array')", "    k = 0"]
        if values.is_array and counts_hits:
            lines += ["    if values.shape[0] == 0 and np.any(mask):", "        raise ValueError('cannot insert from an empty array')"]
        elif values.is_array:
            lines += ["    if values.shape[0] == 0:", "        return"]
        put = [f"if mask[{at}]:", f"    a[{at}] = {'values[k % values.shape[0]]' if values.is_array else 'values'}"]
        put += ["    k += 1"] if counts_hits else ["k += 1"]
        return function("\n".join(lines) + "\n" + loops(shape, put))

    return store


_through_mask("putmask", False)
