"""Arrays made of several: joined, stacked, repeated, rolled."""

import numpy as np

from .._pyresolve import Arg, implements
from .views import by_axis, is_whole, left_out, tuple_of
from .written import function, indices, loops

_NUMBERS = "?bhilBHILfdFD"


def parts_of(arrays):
    """The Args of what a tuple holds, or of a list's item (once); None: of other things."""
    if arrays.is_tuple:
        return [Arg(None, t.code, False, None) for t in arrays.type.types] or None
    return [Arg(None, arrays.item, False, None)] if arrays.is_list else None


def result_of(parts):
    """What elements of these Args become together."""
    return np.result_type(*(np.dtype(p.element if p.element != "l" else "i8") for p in parts))


def _usable(parts):
    return parts and all((p.is_array or p.is_number) and p.element in _NUMBERS for p in parts)


# How an array of 0, 1, 2 axes is seen before it is joined: by the function and the axes there are.
_SEEN = {"vstack": {0: ".reshape((1, 1))", 1: "[None, :]"}, "hstack": {0: ".reshape((1,))"}, "dstack": {0: ".reshape((1, 1, 1))", 1: "[None, :, None]", 2: "[:, :, None]"},
         "column_stack": {0: ".reshape((1, 1))", 1: "[:, None]"}, "ravel": {}, "concatenate": {}}


def _seen(part, name, how):
    """The text of a part as it is joined, and its axes."""
    if how == "ravel":
        return f"np.array({name}).reshape((1,))" if part.is_number else f"{name}.ravel()" if part.ndim else f"{name}.reshape((1,))", 1
    suffix = _SEEN[how].get(part.ndim, "")
    ndim = max(part.ndim, {"vstack": 2, "hstack": 1, "dstack": 3, "column_stack": 2}.get(how, 0))
    return (f"np.array({name})" if part.is_number else name) + suffix, ndim


def _apart(first, other, ndim, axis):
    test = " or ".join(f"{first}.shape[{k}] != {other}.shape[{k}]" for k in range(ndim) if k != axis)
    return [f"if {test}:", "    raise ValueError('all the input array dimensions except for the concatenation axis must match exactly')"] if test else []


def _empty(extents, in_columns):
    return f"np.empty({tuple_of(extents[::-1])}, dtype).T" if in_columns else f"np.empty({tuple_of(extents)}, dtype)"


def _joined_tuple(parts, axis, how):
    seen = [_seen(p, f"arrays[{i}]", how) for i, p in enumerate(parts)]
    ndim = seen[0][1]
    if any(n != ndim for _, n in seen) or not ndim or not 0 <= axis < ndim:
        return None
    in_columns = how == "concatenate" and ndim > 1 and all(p.layout == "F" for p in parts)
    extents = [f"a0.shape[{k}]" if k != axis else " + ".join(f"a{i}.shape[{k}]" for i in range(len(parts))) for k in range(ndim)]
    lines = ["def joined(arrays):", *(f"    a{i} = {text}" for i, (text, _) in enumerate(seen))]
    for i in range(1, len(parts)):
        lines += ["    " + line for line in _apart("a0", f"a{i}", ndim, axis)]
    lines += [f"    out = {_empty(extents, in_columns)}", "    high = 0"]
    piece = ", ".join("low:high" if k == axis else ":" for k in range(ndim))
    for i in range(len(parts)):
        lines += ["    low = high", f"    high = low + a{i}.shape[{axis}]", f"    out[{piece}] = a{i}"]
    return function("\n".join([*lines, "    return out"]) + "\n", dtype=result_of(parts))


def _joined_list(part, axis, how):
    text, ndim = _seen(part, "a", how)
    if not ndim or not 0 <= axis < ndim:
        return None
    first = text.replace("a", "arrays[0]", 1) if not text.startswith("np.") else text.replace("(a)", "(arrays[0])", 1)
    in_columns = how == "concatenate" and ndim > 1 and part.is_array and part.layout == "F"
    lines = ["def joined(arrays):", "    if len(arrays) == 0:", "        raise ValueError('need at least one array to concatenate')",
             f"    first, n = {first}, 0", "    for a in arrays:", f"        x = {text}", *("        " + line for line in _apart("first", "x", ndim, axis)),
             f"        n += x.shape[{axis}]"]
    lines += [f"    out = {_empty([f'first.shape[{k}]' if k != axis else 'n' for k in range(ndim)], in_columns)}", "    low = 0", "    for a in arrays:",
              f"        x = {text}", f"        high = low + x.shape[{axis}]",
              f"        out[{', '.join('low:high' if k == axis else ':' for k in range(ndim))}] = x", "        low = high", "    return out"]
    return function("\n".join(lines) + "\n", dtype=result_of([part]))


def _joined(arrays, axis, how):
    parts = parts_of(arrays)
    if not _usable(parts):
        return None
    return _joined_tuple(parts, axis, how) if arrays.is_tuple else _joined_list(parts[0], axis, how)


@implements("numpy.concatenate", "numpy.concat")
def concatenate(arrays, axis=None):
    parts = parts_of(arrays)
    if not _usable(parts) or not all(p.is_array for p in parts):
        return None
    if axis is None:
        return _joined(arrays, 0, "concatenate")
    if left_out(axis):
        return _joined(arrays, 0, "ravel")
    return by_axis(axis, parts[0].ndim, lambda k: _joined(arrays, k, "concatenate"), "concatenate", "arrays")


def _named(made, name):
    """As `made`, whose parameter has another name."""
    return made and function(f"def joined({name}):\n    return made({name})\n", made=made)


@implements("numpy.vstack")
def vstack(tup):
    return _named(_joined(tup, 0, "vstack"), "tup")


@implements("numpy.row_stack")
def row_stack(tup):
    return _named(_joined(tup, 0, "vstack"), "tup")


@implements("numpy.hstack")
def hstack(tup):
    parts = parts_of(tup)
    return _named(_joined(tup, 0 if max(p.ndim for p in parts) < 2 else 1, "hstack"), "tup") if _usable(parts) else None


@implements("numpy.dstack")
def dstack(tup):
    return _named(_joined(tup, 2, "dstack"), "tup")


@implements("numpy.column_stack")
def column_stack(tup):
    return _named(_joined(tup, 1, "column_stack"), "tup")


@implements("numpy.stack")
def stack(arrays, axis=None):
    parts = parts_of(arrays)
    if not _usable(parts) or any(p.ndim != parts[0].ndim for p in parts):
        return None
    ndim = parts[0].ndim + 1

    def made(axis):
        at = ", ".join("i" if k == axis else ":" for k in range(ndim))
        own = [k - (k > axis) for k in range(ndim)]
        apart = " or ".join(f"x.shape[{k}] != first.shape[{k}]" for k in range(ndim - 1))
        one = ["x = {0}", *([f"if {apart}:", "    raise ValueError('all input arrays must have the same shape')"] if apart else []), f"out[{at}] = x"]
        count = "len(arrays)" if arrays.is_list else str(len(parts))
        lines = ["def stacked(arrays):", *(["    if len(arrays) == 0:", "        raise ValueError('need at least one array to stack')"] if arrays.is_list else []),
                 "    first = " + ("np.array(arrays[0])" if parts[0].is_number else "arrays[0]"),
                 f"    out = np.empty({tuple_of(count if k == axis else f'first.shape[{own[k]}]' for k in range(ndim))}, dtype)"]
        if arrays.is_list:
            lines += ["    for i in range(len(arrays)):", *("        " + line.format("arrays[i]") for line in one)]
        else:
            for i in range(len(parts)):
                lines += ["    " + line.format(f"arrays[{i}]").replace("out[" + at, "out[" + at.replace("i", str(i))) for line in one]
        return function("\n".join([*lines, "    return out"]) + "\n", dtype=result_of(parts))

    return made(0) if axis is None else by_axis(axis, ndim, made, "stacked", "arrays")


@implements("numpy.append")
def append(arr, values, axis=None):
    if not _usable([arr, values]):
        return None
    if left_out(axis):
        joined, text = _joined_tuple([arr, values], 0, "ravel"), "def append(arr, values):\n    return joined((arr, values))\n"
        return function(text, joined=joined)
    if not arr.is_array or not values.is_array or arr.ndim != values.ndim or not arr.ndim:
        return None
    return by_axis(axis, arr.ndim, lambda k: function("def append(arr, values):\n    return joined((arr, values))\n",
                                                      joined=_joined_tuple([arr, values], k, "concatenate")), "append", "arr, values")


# ---- repeated, rolled ----

def _is_whole_number(a):
    return a.is_number and a.element in "?bhilBHIL"


@implements("numpy.repeat", "array.repeat")
def repeat(a, repeats, axis=None):
    if not (a.is_array or a.is_number) or a.element not in _NUMBERS:
        return None
    many = repeats.is_array and repeats.ndim == 1 and repeats.element in "bhilBHIL" or repeats.is_list and repeats.item in "bhilBHIL" \
        or repeats.is_tuple and not set(repeats.code) - set("()bhilBHIL") and len(set(repeats.code)) == 3
    if not many and not _is_whole_number(repeats):
        return None
    if a.is_number:
        return function("def repeat(a, repeats):\n    return again(np.array(a).reshape((1,)), repeats)\n", again=_repeated(1, 0, many))
    if left_out(axis):
        if a.ndim == 1:
            return _repeated(1, 0, many)
        return function(f"def repeat(a, repeats):\n    return again(a.{'ravel()' if a.ndim else 'reshape((1,))'}, repeats)\n", again=_repeated(1, 0, many))
    return by_axis(axis, a.ndim, lambda k: _repeated(a.ndim, k, many), "repeat", "a, repeats")


def _repeated(ndim, axis, many):
    here, there = (", ".join(x if k == axis else ":" for k in range(ndim)) for x in ("i", "k"))
    extents = tuple_of("total" if k == axis else f"a.shape[{k}]" for k in range(ndim))
    times = "(repeats[0] if len(repeats) == 1 else repeats[i])" if many else "repeats"
    body = f"""def repeat(a, repeats):
    n = a.shape[{axis}]
"""
    if many:
        body += """    if len(repeats) != n and len(repeats) != 1:
        raise ValueError('operands could not be broadcast together')
    total = 0
    for i in range(n):
        if %s < 0:
            raise ValueError('repeats may not contain negative values.')
        total += %s
""" % (times, times)
    else:
        body += "    if repeats < 0:\n        raise ValueError('repeats may not contain negative values.')\n    total = n * repeats\n"
    return function(body + f"""    out = np.empty({extents}, a.dtype)
    k = 0
    for i in range(n):
        for r in range({times}):
            out[{there}] = a[{here}]
            k += 1
    return out
""")


@implements("numpy.tile")
def tile(A, reps):
    if not A.is_array or not A.ndim or A.element not in _NUMBERS or not (_is_whole_number(reps) or reps.is_tuple and not set(reps.code) - set("()?bhilBHIL")):
        return None
    count = len(reps.type.types) if reps.is_tuple else 1
    ndim = max(A.ndim, count)
    if ndim > 8:
        return None
    extent = [f"A.shape[{k - ndim + A.ndim}]" if k >= ndim - A.ndim else "1" for k in range(ndim)]
    times = [(f"reps[{k - ndim + count}]" if reps.is_tuple else "reps") if k >= ndim - count else "1" for k in range(ndim)]
    at = ", ".join(f"i{k} % {extent[k]}" for k in range(ndim - A.ndim, ndim))
    lines = ["def tile(A, reps):", f"    out = np.empty({tuple_of(f'{e} * max({t}, 0)' for e, t in zip(extent, times))}, A.dtype)"]
    body = loops([f"out.shape[{k}]" for k in range(ndim)], [f"out[{', '.join(indices(ndim))}] = A[{at}]"])
    return function("\n".join(lines) + "\n" + body + "    return out\n")


@implements("numpy.roll")
def roll(a, shift, axis=None):
    if not a.is_array or not a.ndim or a.element not in _NUMBERS or not _is_whole_number(shift):
        return None
    if left_out(axis) and a.ndim > 1:
        return function("def roll(a, shift):\n    return rolled(a.ravel(), shift).reshape(a.shape)\n", rolled=_rolled(1, 0))
    return _rolled(1, 0) if left_out(axis) else by_axis(axis, a.ndim, lambda k: _rolled(a.ndim, k), "roll", "a, shift")


def _rolled(ndim, axis):
    def piece(text):
        return ", ".join(text if k == axis else ":" for k in range(ndim))

    return function(f"""def roll(a, shift):
    out = np.empty(a.shape, a.dtype)
    n = a.shape[{axis}]
    k = shift % n if n else 0
    out[{piece("k:")}] = a[{piece(":n - k")}]
    out[{piece(":k")}] = a[{piece("n - k:")}]
    return out
""")


@implements("numpy.kron")
def kron(a, b):
    if not a.is_array or not b.is_array or a.ndim != b.ndim or not 0 < a.ndim < 5 or not _usable([a, b]):
        return None
    at, back = (", ".join(f"i{k} {op} b.shape[{k}]" for k in range(a.ndim)) for op in ("//", "%"))
    extents = [f"a.shape[{k}] * b.shape[{k}]" for k in range(a.ndim)]
    product = f"a[{at}] and b[{back}]" if a.element == b.element == "?" else f"dtype.type(a[{at}]) * dtype.type(b[{back}])"
    return function(f"def kron(a, b):\n    out = np.empty({tuple_of(extents)}, dtype)\n"
                    + loops(extents, [f"out[{', '.join(indices(a.ndim))}] = {product}"]) + "    return out\n", dtype=result_of([a, b]))


@implements("numpy.resize")
def resize(a, new_shape):
    if not a.is_array or a.element not in _NUMBERS or not (_is_whole_number(new_shape) or new_shape.is_tuple and not set(new_shape.code) - set("()bhilBHIL")):
        return None

    def resized(a, new_shape):
        out = np.zeros(new_shape, a.dtype)
        to, of = out.reshape(-1), a.ravel()
        n = of.shape[0]
        if n:
            for i in range(to.shape[0]):
                to[i] = of[i % n]
        return out

    return resized if a.ndim else None


# ---- without some, with more ----

@implements("numpy.delete")
def delete(arr, obj, axis=None):
    if not arr.is_array or not arr.ndim or arr.element not in _NUMBERS or not left_out(axis) and not (is_whole(axis) and arr.ndim == 1):
        return None
    if _is_whole_number(obj) and obj.element != "?":
        def one_less(arr, obj):
            a = arr.ravel()
            n = a.shape[0]
            if obj < -n or obj >= n:
                raise IndexError("index is out of bounds for axis 0")
            k = obj + n if obj < 0 else obj
            out = np.empty(n - 1, a.dtype)
            out[:k] = a[:k]
            out[k:] = a[k + 1:]
            return out

        return one_less
    if obj.code and obj.code[:1] == "X":
        mark = "    keep[obj] = False\n"
    elif obj.is_array and obj.ndim == 1 and obj.element in "?bhilBHIL" or obj.is_list and obj.item in "bhilBHIL" or \
            obj.is_tuple and not set(obj.code) - set("()bhilBHIL"):
        if obj.is_array and obj.element == "?":
            mark = ("    if len(obj) != n:\n        raise ValueError('boolean array argument obj to delete must be one dimensional and match the axis length')\n"
                    "    keep[:] = ~obj\n")
        else:
            mark = ("    for k in obj:\n        if k < -n or k >= n:\n            raise IndexError('index is out of bounds for axis 0')\n"
                    "        keep[k + n if k < 0 else k] = False\n")
    else:
        return None
    return function(f"def delete(arr, obj):\n    a = arr.ravel()\n    n = a.shape[0]\n    keep = np.ones(n, np.bool_)\n{mark}    return a[keep]\n")


@implements("numpy.insert")
def insert(arr, obj, values, axis=None):
    if not arr.is_array or not arr.ndim or not _usable([arr]) or not left_out(axis) or not _is_whole_number(obj) or obj.element == "?":
        return None
    if not (values.is_number and values.element in _NUMBERS or values.is_array and values.ndim == 1 and values.element in _NUMBERS):
        return None
    count = "1" if values.is_number else "values.shape[0]"
    return function(f"""def insert(arr, obj, values):
    a = arr.ravel()
    n = a.shape[0]
    if obj < -n or obj > n:
        raise IndexError('index is out of bounds for axis 0')
    k = obj + n if obj < 0 else obj
    m = {count}
    out = np.empty(n + m, a.dtype)
    out[:k] = a[:k]
    out[k:k + m] = values
    out[k + m:] = a[k:]
    return out
""")


@implements("numpy.meshgrid")
def meshgrid(*xi, indexing=None):  # that comes as the last of xi
    indexing = next((x for x in xi if x.keyword == "indexing"), None)
    if indexing is not None and (indexing.value not in ("xy", "ij") or xi[-1] is not indexing or any(x.keyword for x in xi[:-1])):
        return None
    return _meshgrid(xi, "xy") if indexing is None else _meshgrid(xi[:-1], indexing.value)


def _meshgrid(xi, indexing):
    if not 0 < len(xi) < 7 or not all(x.is_array and x.ndim == 1 and x.element in _NUMBERS for x in xi):
        return None
    from .views import _source_of

    n, swapped = len(xi), indexing == "xy" and len(xi) > 1
    axis = [{0: 1, 1: 0}.get(k, k) if swapped else k for k in range(n)]  # of each array
    extents = [None] * n
    for k in range(n):
        extents[axis[k]] = f"x{k}.shape[0]"
    lines = [f"def meshgrid({', '.join(f'x{k}' for k in range(n))}):"]
    for k in range(n):
        lines += [f"    m{k} = np.empty({tuple_of(extents)}, x{k}.dtype)",
                  loops(extents, [f"m{k}[{', '.join(indices(n))}] = x{k}[i{axis[k]}]"]).rstrip()]
    text = "\n".join(lines) + f"\n    return {tuple_of(f'm{k}' for k in range(n))}\n"
    return ("function", _source_of(function(text)), tuple(range(n)))
