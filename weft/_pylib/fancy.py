"""Indexing by arrays, masks and lists of integers, beside integers, slices and None: a loop over what the indices have in common and
over the axes that are left, written for the axes at hand. take, extract and their kin are made of it."""

import numpy as np

from .._pyresolve import implements
from .views import by_axis, left_out, tuple_of
from .written import function, indices, loops

_NUMBERS = "?bhilBHILfdFD"
_INTS = "bhilBHIL"


class _Plan:
    """What an index means. Axes of the view that the slices leave: `kept` (its own axes in the result) and `picked` (by indices)."""

    def __init__(self, parts, given, ndim):
        self.lines, self.view, self.kept, self.picked, self.names = [], [], [], [], []
        consumed = self._consumed(parts, given)
        self.usable = consumed is not None and consumed <= ndim and ndim - consumed + len(parts) < 9
        if not self.usable:
            return
        if "e" not in parts:
            parts += "e"
        given, places, k, axis = iter(given), [], 0, 0
        for place, part in enumerate(parts):
            if part == "e":
                for _ in range(ndim - consumed):
                    axis = self._keep(":", axis)
                continue
            if part == "n":
                axis = self._keep("None", axis)
                continue
            if part == "s":
                bounds = [next(given) for _ in range(3)]
                texts = ["" if b.is_none else f"p{k + i}" for i, b in enumerate(bounds)]
                self.names += [f"p{k + i}" for i in range(3)]
                k += 3
                axis = self._keep(":".join(texts) if texts[2] else ":".join(texts[:2]), axis)
                continue
            places.append(place)
            axis = self._pick(next(given), f"p{k}", axis, len(places) == 1)
            k += 1
        self.apart = places[-1] - places[0] + 1 != len(places)
        self.at = 0 if self.apart else self.before

    @staticmethod
    def _consumed(parts, given):
        """How many axes of the array the index takes; None: an index that is not for this."""
        count, given = 0, iter(given)
        for part in parts:
            if part == "s":
                bounds = [next(given) for _ in range(3)]
                if not all(b.is_none or b.is_number and b.element in _INTS for b in bounds):
                    return None
                count += 1
            elif part == "i":
                x = next(given)
                if x.is_array and x.element == "?":
                    if not x.ndim:
                        return None
                    count += x.ndim
                elif (x.is_array or x.is_number) and x.element in _INTS or x.is_list and x.item in _INTS:
                    count += 1
                else:
                    return None
        return count

    def _keep(self, text, axis):
        self.view.append(text)
        self.kept.append(axis)
        return axis + 1

    def _pick(self, x, name, axis, first):
        if first:
            self.before = len(self.kept)
        self.names.append(name)
        if x.is_array and x.element == "?":
            for j in range(x.ndim):
                self.lines += [f"    if {name}.shape[{j}] != v.shape[{axis + j}]:",
                               f"        raise IndexError('boolean index did not match indexed array along axis {axis + j}')"]
            self.lines.append(f"    m{name} = np.nonzero({name})")
            for j in range(x.ndim):
                self.picked.append((f"m{name}[{j}]", 1, axis + j))
                self.view.append(":")
            return axis + x.ndim
        if x.is_list:
            self.lines.append(f"    a{name} = np.array({name})")
        self.picked.append((f"a{name}" if x.is_list else name, 1 if x.is_list else x.ndim, axis))
        self.view.append(":")
        return axis + 1

    @property
    def common(self):
        """How many axes the indices have together."""
        return max(n for _, n, _ in self.picked)

    def extents(self):
        """Lines that find the extents c0, c1 … that the indices have in common."""
        lines, ndim = [], self.common
        for k, (name, _, _) in enumerate(self.picked):
            lines.append(f"    q{k} = {name}")
        for c in range(ndim):
            lines.append(f"    c{c} = 1")
            for k, (_, own, _) in enumerate(self.picked):
                j = c - ndim + own
                if j >= 0:
                    lines += [f"    if q{k}.shape[{j}] != 1:", f"        if c{c} != 1 and c{c} != q{k}.shape[{j}]:",
                              "            raise IndexError('shape mismatch: indexing arrays could not be broadcast together')",
                              f"        c{c} = q{k}.shape[{j}]"]
        several = sum(own > 0 for _, own, _ in self.picked) > 1
        for k, (_, own, _) in enumerate(self.picked):
            lines += [f"    s{k}_{j} = 0 if q{k}.shape[{j}] == 1 else 1" for j in range(own)] if several else []
        self.several = several
        return lines

    def shape(self):
        """The result's extents, and the names of the loops' counters in its order."""
        kept = [(f"v.shape[{axis}]", f"k{axis}") for axis in self.kept]
        both = kept[:self.at] + [(f"c{c}", f"b{c}") for c in range(self.common)] + kept[self.at:]
        return [e for e, _ in both], [c for _, c in both]

    def body(self, inner):
        """The loops: those of the indices with the places that they name, then the kept axes around `inner(element of v)`."""
        extents, counters = self.shape()
        at, lines, ndim, depth = {axis: f"k{axis}" for axis in self.kept}, [], self.common, 1
        found = []
        for k, (_, own, axis) in enumerate(self.picked):
            where = [f"b{c}" + (f" * s{k}_{c - ndim + own}" if self.several else "") for c in range(ndim - own, ndim)]
            found += [f"j{k} = int(q{k}[{', '.join(where)}])" if own else f"j{k} = int(q{k})", f"if j{k} < 0:", f"    j{k} += v.shape[{axis}]",
                      f"if j{k} < 0 or j{k} >= v.shape[{axis}]:", "    raise IndexError('index is out of bounds for its axis')"]
            at[axis] = f"j{k}"
        for place, (extent, counter) in enumerate(zip(extents, counters)):
            if place == self.at + ndim:
                lines += ["    " * depth + line for line in found]
            lines.append("    " * depth + f"for {counter} in range({extent}):")
            depth += 1
        if len(extents) == self.at + ndim:
            lines += ["    " * depth + line for line in found]
        element = f"v[{', '.join(at[axis] for axis in sorted(at))}]"
        lines += ["    " * depth + line for line in inner(element, counters)]
        return lines


def _text(name, plan, parameters, middle, inner, last=()):
    names = ", ".join([*parameters, *plan.names])
    return function("\n".join([f"def {name}({names}):", f"    v = a[{', '.join(plan.view)}]", *plan.lines, *plan.extents(), *middle, *plan.body(inner), *last])
                    + "\n")


def _is_mask_of_all(parts, given, a):
    return parts == "i" and given[0].is_array and given[0].element == "?" and given[0].ndim == a.ndim


def getitem(parts, a, *given):
    """An implementation of a[…] with an array among the indices; None: not for these."""
    if not a.is_array or not a.ndim or a.element not in _NUMBERS:
        return None
    if _is_mask_of_all(parts, given, a):
        return _masked(a.ndim)
    plan = _Plan(parts, given, a.ndim)
    if not plan.usable or not plan.picked or not plan.common:
        return None
    extents, _ = plan.shape()
    return _text("getitem", plan, ["a"], [f"    out = np.empty({tuple_of(extents)}, a.dtype)"],
                 lambda element, counters: [f"out[{', '.join(counters)}] = {element}"], ["    return out"])


def _masked(ndim):
    extents, at = [f"a.shape[{k}]" for k in range(ndim)], ", ".join(indices(ndim))
    apart = " or ".join(f"a.shape[{k}] != p0.shape[{k}]" for k in range(ndim))
    return function(f"def getitem(a, p0):\n    if {apart}:\n        raise IndexError('boolean index did not match indexed array')\n    n = 0\n"
                    + loops(extents, [f"n += p0[{at}]"]) + "    out = np.empty(n, a.dtype)\n    n = 0\n"
                    + loops(extents, [f"if p0[{at}]:", f"    out[n] = a[{at}]", "    n += 1"]) + "    return out\n")


def _set_masked(ndim, value):
    extents, at = [f"a.shape[{k}]" for k in range(ndim)], ", ".join(indices(ndim))
    apart = " or ".join(f"a.shape[{k}] != p0.shape[{k}]" for k in range(ndim))
    head = f"def setitem(a, value, p0):\n    if {apart}:\n        raise IndexError('boolean index did not match indexed array')\n"
    if value.is_number:
        return function(head + loops(extents, [f"if p0[{at}]:", f"    a[{at}] = value"]))
    return function(head + "    n = 0\n" + loops(extents, [f"n += p0[{at}]"]) + """    if value.shape[0] != n and value.shape[0] != 1:
        raise ValueError('NumPy boolean array indexing assignment cannot assign these input values: their number is another')
    w = value.copy()
    step = 0 if w.shape[0] == 1 else 1
    n = 0
""" + loops(extents, [f"if p0[{at}]:", f"    a[{at}] = w[n]", "    n += step"]))


def setitem(parts, a, value, *given):
    """As getitem, of a[…] = value: a number, or an array that broadcasts to what the index names."""
    if not a.is_array or not a.ndim or a.element not in _NUMBERS or not (value.is_array or value.is_number) or value.element not in _NUMBERS:
        return None
    if value.element in "FD" and a.element not in "FD":
        return None
    if _is_mask_of_all(parts, given, a) and value.ndim < 2 and (value.is_number or value.ndim):
        return _set_masked(a.ndim, value)
    plan = _Plan(parts, given, a.ndim)
    if not plan.usable or not plan.picked or not plan.common:
        return None
    extents, counters = plan.shape()
    if not value.ndim:
        one = "value" if value.is_number else "value[()]"
        return _text("setitem", plan, ["a", "value"], [], lambda element, counters: [f"{element} = {one}"])
    if value.ndim > len(extents):
        return None
    lines, first = ["    w = value.copy()"], len(extents) - value.ndim
    for k in range(value.ndim):
        n = extents[first + k]
        lines += [f"    if w.shape[{k}] != 1 and w.shape[{k}] != {n}:",
                  "        raise ValueError('shape mismatch: value array could not be broadcast to indexing result')",
                  f"    t{k} = 0 if w.shape[{k}] == 1 else 1"]
    read = ", ".join(f"{counters[first + k]} * t{k}" for k in range(value.ndim))
    return _text("setitem", plan, ["a", "value"], lines, lambda element, counters: [f"{element} = w[{read}]"])


# ---- functions that are made of it ----

@implements("numpy.take", "array.take")
def take(a, indices, axis=None):
    if not a.is_array or a.element not in _NUMBERS or not a.ndim:
        return None
    if not ((indices.is_array or indices.is_number) and indices.element in _INTS or indices.is_list and indices.item in _INTS):
        return None
    whole = "np.array(indices)" if indices.is_list else "indices"
    if left_out(axis):
        return function(f"def take(a, indices):\n    return a{'' if a.ndim == 1 else '.ravel()'}[{whole}]\n")

    def made(k):
        inside = ", ".join(whole if j == k else ":" for j in range(a.ndim))
        copied = ".copy()" if indices.is_number and a.ndim > 1 else ""
        return function(f"def take(a, indices):\n    return a[{inside}]{copied}\n")

    return by_axis(axis, a.ndim, made, "take", "a, indices")


@implements("numpy.take_along_axis")
def take_along_axis(arr, indices, axis=None):
    if not arr.is_array or not indices.is_array or arr.ndim != indices.ndim or not arr.ndim or arr.element not in _NUMBERS or indices.element not in _INTS:
        return None
    if axis is not None and left_out(axis):
        return None
    ndim = arr.ndim

    def made(axis):
        names = [f"i{k}" for k in range(ndim)]
        where = ", ".join("j" if k == axis else f"i{k} * t{k}" for k in range(ndim))
        lines, extents = ["def along(arr, indices):"], []
        for k in range(ndim):
            extents.append(f"indices.shape[{k}]" if k == axis else f"n{k}")
            if k != axis:
                lines += [f"    n{k} = indices.shape[{k}] if arr.shape[{k}] == 1 else arr.shape[{k}]",
                          f"    t{k} = 0 if arr.shape[{k}] == 1 else 1", f"    u{k} = 0 if indices.shape[{k}] == 1 else 1",
                          f"    if u{k} and n{k} != indices.shape[{k}]:",
                          "        raise IndexError('shape mismatch: indexing arrays could not be broadcast together')"]
        found = ", ".join(f"i{k}" if k == axis else f"i{k} * u{k}" for k in range(ndim))
        body = [f"j = int(indices[{found}])", "if j < 0:", f"    j += arr.shape[{axis}]", f"if j < 0 or j >= arr.shape[{axis}]:",
                "    raise IndexError('index is out of bounds for its axis')", f"out[{', '.join(names)}] = arr[{where}]"]
        return function("\n".join([*lines, f"    out = np.empty(({', '.join(extents)},), arr.dtype)"]) + "\n"
                        + loops(extents, body) + "    return out\n")

    return made(ndim - 1) if axis is None else by_axis(axis, ndim, made, "along", "arr, indices")


@implements("numpy.extract")
def extract(condition, arr):
    if not condition.is_array or not arr.is_array or not arr.ndim or condition.ndim < 1 or arr.element not in _NUMBERS:
        return None
    return lambda condition, arr: arr.ravel()[np.nonzero(condition.ravel())[0]]


@implements("numpy.compress")
def compress(condition, a, axis=None):
    if not condition.is_array or condition.ndim != 1 or not a.is_array or not a.ndim or a.element not in _NUMBERS:
        return None
    if left_out(axis):
        return lambda condition, a: a.ravel()[np.nonzero(condition)[0]]

    def made(k):
        inside = ", ".join("np.nonzero(condition)[0]" if j == k else ":" for j in range(a.ndim))
        return function(f"def compress(condition, a):\n    return a[{inside}]\n")

    return by_axis(axis, a.ndim, made, "compress", "condition, a")


@implements("numpy.argwhere")
def argwhere(a):
    if not a.is_array or not a.ndim or a.element not in _NUMBERS:
        return None
    at = ", ".join(indices(a.ndim))
    stores = [f"    out[n, {k}] = i{k}" for k in range(a.ndim)]
    extents, here = [f"a.shape[{k}]" for k in range(a.ndim)], f"if a[{at}] != 0:"
    return function("def argwhere(a):\n    n = 0\n" + loops(extents, [here, "    n += 1"]) + f"    out = np.empty((n, {a.ndim}), np.int64)\n    n = 0\n"
                    + loops(extents, [here, *stores, "    n += 1"]) + "    return out\n")


@implements("numpy.put")
def put(a, ind, v):
    """Into the array in C order, values again and again."""
    if not a.is_array or not a.ndim or a.element not in _NUMBERS or not (v.is_number or v.is_array and v.ndim == 1) or v.element not in _NUMBERS:
        return None
    if not (ind.is_number or ind.is_array and ind.ndim == 1) or ind.element not in _INTS or v.element in "FD" and a.element not in "FD":
        return None
    which, count = ("int(ind)", "1") if ind.is_number else ("int(ind[i])", "ind.shape[0]")
    value = "v" if v.is_number else "v[i % v.shape[0]]"
    places, rest = [], "j"
    lines = []
    for k in range(a.ndim - 1, -1, -1):
        lines.append(f"        j{k} = {rest} % a.shape[{k}]" if k else f"        j0 = {rest}")
        rest = f"{rest} // a.shape[{k}]"
        places.insert(0, f"j{k}")
    return function("\n".join(["def put(a, ind, v):", *(["    if v.shape[0] == 0:", "        return"] if v.is_array else []), f"    for i in range({count}):",
                               f"        j = {which}", "        if j < 0:", "            j += a.size", "        if j < 0 or j >= a.size:",
                               "            raise IndexError('index is out of bounds for the array')", *lines, f"        a[{', '.join(places)}] = {value}"]) + "\n")


@implements("numpy.choose")
def choose(a, choices):
    from .joining import parts_of, result_of

    parts = parts_of(choices) if choices.is_tuple else None
    if not a.is_array or a.ndim != 1 or a.element not in _INTS or not parts or not all(
            p.element in _NUMBERS and (p.is_number or p.is_array and p.ndim == 1) for p in parts):
        return None
    lines = ["def choose(a, choices):", "    out = np.empty(a.shape[0], dtype)", "    for i in range(a.shape[0]):", "        k = a[i]",
             f"        if k < 0 or k >= {len(parts)}:", "            raise ValueError('invalid entry in choice array')"]
    for n, p in enumerate(parts):
        lines += [f"        if k == {n}:", f"            out[i] = choices[{n}]{'[i]' if p.is_array else ''}"]
    return function("\n".join([*lines, "    return out"]) + "\n", dtype=result_of(parts))


@implements("numpy.select")
def select(condlist, choicelist, default=None):
    """Lists or tuples of arrays of one shape; the first condition that holds chooses."""
    from .joining import parts_of, result_of

    conditions, choices = parts_of(condlist), parts_of(choicelist)
    if not conditions or not choices or condlist.is_list != choicelist.is_list:
        return None
    ndim = conditions[0].ndim
    if not ndim or not all(c.is_array and c.element == "?" and c.ndim == ndim for c in conditions) or not all(
            c.element in _NUMBERS and (c.is_number or c.is_array and c.ndim == ndim) for c in choices) or default is not None and not default.is_number:
        return None
    dtype = np.result_type(result_of(choices), *([result_of([default])] if default is not None and default.element in "FD" else
                                                 [1.0] if default is not None and default.element in "fd" else []))
    at = ", ".join(indices(ndim))
    name = ", default" if default is not None else ""
    lines = [f"def select(condlist, choicelist{name}):", "    if len(condlist) != len(choicelist):",
             "        raise ValueError('list of cases must be same length as list of conditions')", "    out = np.empty(condlist[0].shape, dtype)",
             f"    out[...] = {'default' if default is not None else '0'}"]
    chosen = f"c[{at}]" if choices[0].is_array else "c"
    if condlist.is_list:
        lines += ["    for k in range(len(condlist) - 1, -1, -1):", "        q, c = condlist[k], choicelist[k]",
                  loops([f"q.shape[{k}]" for k in range(ndim)], [f"if q[{at}]:", f"    out[{at}] = {chosen}"], 2).rstrip()]
    else:
        for k in range(len(conditions) - 1, -1, -1):
            chosen = f"c{k}[{at}]" if choices[k].is_array else f"c{k}"
            lines += [f"    q{k}, c{k} = condlist[{k}], choicelist[{k}]",
                      loops([f"q{k}.shape[{j}]" for j in range(ndim)], [f"if q{k}[{at}]:", f"    out[{at}] = {chosen}"]).rstrip()]
    return function("\n".join([*lines, "    return out"]) + "\n", dtype=dtype)


@implements("numpy.fill_diagonal")
def fill_diagonal(a, val, wrap=None):
    if not a.is_array or a.ndim != 2 or wrap is not None or not val.is_number or val.element not in _NUMBERS:
        return None

    def filled(a, val):
        for i in range(min(a.shape[0], a.shape[1])):
            a[i, i] = val

    return filled
