"""The same memory under other axes: transposes, flips, broadcasts, diagonals, pieces. All are made of slices and of one function of
the compiler's, view(array, extents, strides in elements)."""

import numpy as np

from .._pyresolve import implements
from .._pysource import Stub
from .written import function

view = Stub("weft.view")
readonly_view = Stub("weft.readonly_view")


def tuple_of(parts):
    """The text of a tuple."""
    return "(" + "".join(f"{p}, " for p in parts) + ")"


def is_whole(a):
    """Is it an integer that is known while compiling?"""
    return a is not None and a.constant and isinstance(a.value, (int, np.integer)) and not isinstance(a.value, bool)


def left_out(*args):
    """Are these parameters not given, or None?"""
    return all(a is None or a.is_none or a.constant and a.value is None for a in args)


def constant_axes(axis, ndim):
    """The axes that an integer or a tuple of them names, all known while compiling, from 0; None: others, or outside."""
    given = (axis.value,) if is_whole(axis) else axis.value if axis.constant and isinstance(axis.value, tuple) else ()
    if not given or not all(isinstance(k, (int, np.integer)) and -ndim <= k < ndim for k in given):
        return None
    axes = tuple(int(k) % ndim for k in given)
    return axes if len(set(axes)) == len(axes) else None


def by_axis(axis, ndim, make, name="f", parameters="a"):
    """make(k) for one axis that is known, or a function of (parameters, axis) that chooses among those of all axes; None: not for this."""
    if is_whole(axis):
        return make(axis.value % ndim) if -ndim <= axis.value < ndim else _outside(int(axis.value), ndim, name, parameters)
    if not axis.is_number or axis.element not in "bhilBHIL" or not ndim:
        return None
    made = {f"f{k}": make(k) for k in range(ndim)}
    if None in made.values():
        return None
    lines = [f"def {name}({parameters}, axis):"]
    for k in range(ndim):
        lines += [f"    if axis == {k} or axis == {k - ndim}:", f"        return f{k}({parameters})"]
    lines += [f"    raise ValueError('axis is out of bounds for an array of {ndim} axes')"]
    return function("\n".join(lines) + "\n", **made)


def _outside(axis, ndim, name, parameters):
    words = f"axis {axis} is out of bounds for array of dimension {ndim}"
    return refuses(words, name, parameters, np.exceptions.AxisError)


def refuses(words, name, parameters, error=ValueError):
    """A function that raises; it has a type because it seems to come to its end."""
    first = parameters.split(",")[0]
    return function(f"def {name}({parameters}):\n    if len({first}) >= 0:\n        raise error({words!r})\n    return {first}\n", error=error)


def permuted(axes, writes=True):
    """The array with these axes of its own, in this order."""
    if axes == tuple(range(len(axes)))[::-1]:
        return lambda a: a.T
    shape, strides = (tuple_of(f"a.{what}[{k}]{size}" for k in axes) for what, size in (("shape", ""), ("strides", " // a.itemsize")))
    return function(f"def permuted(a):\n    return view(a, {shape}, {strides})\n", view=view)


@implements("numpy.transpose", "array.transpose")
def transpose(a, *axes):
    if not a.is_array or len(axes) == 1 and left_out(axes[0]):
        return None if not a.is_array else lambda a: a.T
    if not axes or a.ndim < 2:
        return lambda a: a.T
    if len(axes) == 1 and axes[0].is_tuple and not axes[0].constant:
        return _permuted_later(a.ndim, len(axes[0].type.types), lambda k: f"axes[{k}]", "axes", axes[0].code)
    if all(is_whole(x) for x in axes):
        given = tuple(int(x.value) for x in axes)
    elif len(axes) == 1 and axes[0].constant and isinstance(axes[0].value, tuple):
        given = axes[0].value
    else:
        return _permuted_later(a.ndim, len(axes), lambda k: f"axes[{k}]", "*axes", "".join(x.code or "" for x in axes))
    if len(given) != a.ndim:
        return _fails("axes don't match array")
    order = tuple(k % a.ndim for k in given if -a.ndim <= k < a.ndim)
    if sorted(order) != list(range(a.ndim)):
        return _fails("repeated axis in transpose" if len(order) == a.ndim else "axis out of bounds in transpose")
    return permuted(order)


def _fails(words):
    return refuses(words, "transpose", "a")


def _permuted_later(ndim, count, at, parameter, codes):
    """Axes that are known at run time alone."""
    if set(codes) - set("()bhilBHIL"):
        return None
    if count != ndim:
        return _fails("axes don't match array")
    lines = [f"def transpose(a, {parameter}):", "    seen = 0"]
    for k in range(ndim):
        lines += [f"    p{k} = {at(k)}", f"    if p{k} < 0:", f"        p{k} += {ndim}", f"    if p{k} < 0 or p{k} >= {ndim}:",
                  "        raise ValueError('axis is out of bounds for the array')", f"    seen |= 1 << p{k}"]
    lines += [f"    if seen != {(1 << ndim) - 1}:", "        raise ValueError('repeated axis in transpose')"]
    shape, strides = (tuple_of(f"a.{what}[p{k}]{size}" for k in range(ndim)) for what, size in (("shape", ""), ("strides", " // a.itemsize")))
    return function("\n".join(lines) + f"\n    return view(a, {shape}, {strides})\n", view=view)


@implements("numpy.swapaxes", "array.swapaxes")
def swapaxes(a, axis1, axis2):
    if not a.is_array or not a.ndim or not is_whole(axis1) or not is_whole(axis2):
        return None
    one, other = constant_axes(axis1, a.ndim), constant_axes(axis2, a.ndim)
    if one is None or other is None:
        return None
    order = list(range(a.ndim))
    order[one[0]], order[other[0]] = order[other[0]], order[one[0]]
    return permuted(tuple(order))


@implements("numpy.moveaxis")
def moveaxis(a, source, destination):
    if not a.is_array or not a.ndim:
        return None
    source, destination = constant_axes(source, a.ndim), constant_axes(destination, a.ndim)
    if source is None or destination is None or len(source) != len(destination):
        return None
    order = [k for k in range(a.ndim) if k not in source]
    for to, k in sorted(zip(destination, source)):
        order.insert(to, k)
    return permuted(tuple(order))


def _sliced(ndim, axes, name="flip"):
    inside = ", ".join("::-1" if k in axes else ":" for k in range(ndim))
    return function(f"def {name}(m):\n    return m[{inside}]\n")


@implements("numpy.flip")
def flip(m, axis=None):
    if not m.is_array or not m.ndim:
        return None
    if left_out(axis):
        return _sliced(m.ndim, range(m.ndim))
    if axis.constant and isinstance(axis.value, tuple):
        axes = constant_axes(axis, m.ndim)
        return None if axes is None else _sliced(m.ndim, axes)
    return by_axis(axis, m.ndim, lambda k: _sliced(m.ndim, (k,)), "flip", "m")


@implements("numpy.fliplr")
def fliplr(m):
    return _sliced(m.ndim, (1,)) if m.is_array and m.ndim > 1 else None


@implements("numpy.flipud")
def flipud(m):
    return _sliced(m.ndim, (0,)) if m.is_array and m.ndim else None


@implements("numpy.rot90")
def rot90(m, k=None):
    if not m.is_array or m.ndim < 2 or k is not None and not (k.is_number and k.element in "?bhilBHIL"):
        return None
    order = (1, 0, *range(2, m.ndim))
    same, turned = _as_a_view(m.ndim), permuted(order) if m.ndim > 2 else function("def swapped(a):\n    return view(a, (a.shape[1], a.shape[0]), "
                                                                                  "(a.strides[1] // a.itemsize, a.strides[0] // a.itemsize))\n", view=view)
    text = """def rot90(m, k=1):
    k = k % 4
    if k == 0:
        return same(m)
    if k == 1:
        return same(turned(m)[::-1])
    if k == 2:
        return same(m[::-1, ::-1])
    return same(turned(m)[:, ::-1])
"""
    return function(text, same=same, turned=turned)


def _as_a_view(ndim):
    """The array as one of no order, so that several returns have one type."""
    shape, strides = (tuple_of(f"a.{what}[{k}]{size}" for k in range(ndim)) for what, size in (("shape", ""), ("strides", " // a.itemsize")))
    return function(f"def as_a_view(a):\n    return view(a, {shape}, {strides})\n", view=view)


@implements("numpy.expand_dims")
def expand_dims(a, axis):
    if not a.is_array:
        return None
    ndim = a.ndim + 1

    def made(axes, ndim):
        inside = ", ".join("None" if k in axes else ":" for k in range(ndim))
        return function(f"def expand_dims(a):\n    return a[{inside}]\n") if a.ndim else (lambda a: a.reshape((1,) * ndim))

    if axis.constant and isinstance(axis.value, tuple):
        axes = constant_axes(axis, a.ndim + len(axis.value))
        return None if axes is None or not a.ndim else made(axes, a.ndim + len(axes))
    return by_axis(axis, ndim, lambda k: made((k,), ndim), "expand_dims") if a.ndim else None


@implements("numpy.squeeze", "array.squeeze")
def squeeze(a, axis=None):
    if not a.is_array or left_out(axis) or a.ndim < 1:
        return None
    axes = constant_axes(axis, a.ndim)
    if axes is None:
        return None
    lines = ["def squeeze(a):"]
    for k in axes:
        lines += [f"    if a.shape[{k}] != 1:", "        raise ValueError('cannot select an axis to squeeze out which has size not equal to one')"]
    inside = ", ".join("0" if k in axes else ":" for k in range(a.ndim)) + (", ..." if len(axes) == a.ndim else "")
    return function("\n".join(lines) + f"\n    return a[{inside}]\n")


def _at_least(least, inside):
    """A rule of atleast_1d and its kin. inside: {axes there are: the index that adds the others}."""

    def rule(*arys):
        if not arys or not all(a.is_array or a.is_number for a in arys):
            return None
        found = []
        for i, a in enumerate(arys):
            if a.ndim >= least:
                found.append(f"a{i}")
            elif a.ndim:
                found.append(f"a{i}[{inside[a.ndim]}]")
            else:
                found.append(f"np.array(a{i}).reshape({(1,) * least})" if a.is_number else f"a{i}.reshape({(1,) * least})")
        names = ", ".join(f"a{i}" for i in range(len(arys)))
        return ("function", _source_of(function(f"def atleast({names}):\n    return {found[0] if len(found) == 1 else tuple_of(found)}\n")),
                tuple(range(len(arys))))

    return rule


def _source_of(made):
    from .._pyresolve import _source

    return _source(made)


implements("numpy.atleast_1d")(_at_least(1, {}))
implements("numpy.atleast_2d")(_at_least(2, {1: "None, :"}))
implements("numpy.atleast_3d")(_at_least(3, {1: "None, :, None", 2: ":, :, None"}))


# ---- broadcasting ----

def broadcast_text(name, own, ndim, extent, make="readonly_view"):
    """Lines that refuse an array `name` of `own` axes that does not broadcast to these extents, and the text of its view."""
    lines, strides = [], ["0"] * (ndim - own)
    for k in range(own):
        n = extent(ndim - own + k)
        lines += [f"    if {name}.shape[{k}] != {n} and {name}.shape[{k}] != 1:",
                  "        raise ValueError('operands could not be broadcast together with remapped shapes')"]
        strides.append(f"0 if {name}.shape[{k}] == 1 else {name}.strides[{k}] // {name}.itemsize")
    return lines, f"{make}({name}, {tuple_of(extent(k) for k in range(ndim))}, {tuple_of(strides)})"


@implements("numpy.broadcast_to")
def broadcast_to(array, shape):
    if not (array.is_array or array.is_number) or not (shape.is_tuple or shape.is_number):
        return None
    ndim = len(shape.type.types) if shape.is_tuple else 1
    if ndim < array.ndim or ndim > 8 or not ndim:
        return None
    extent = (lambda k: f"shape[{k}]") if shape.is_tuple else (lambda k: "shape")
    lines, made = broadcast_text("array", array.ndim, ndim, extent)
    first = ["    array = np.array(array)"] if array.is_number else []
    for k in range(ndim):
        first += [f"    if {extent(k)} < 0:", "        raise ValueError('all elements of broadcast shape must be non-negative')"]
    return function("\n".join(["def broadcast_to(array, shape):", *first, *lines, f"    return {made}"]) + "\n", readonly_view=readonly_view)


def joint_extents(args):
    """Lines that compute n0, n1, … that arrays a0, a1, … of these axes broadcast to."""
    ndim, lines = max(a.ndim for a in args), []
    for k in range(ndim):
        lines.append(f"    n{k} = 1")
        for i, a in enumerate(args):
            own = k - ndim + a.ndim
            if own >= 0:
                lines += [f"    if a{i}.shape[{own}] != 1:", f"        if n{k} != 1 and n{k} != a{i}.shape[{own}]:",
                          "            raise ValueError('shape mismatch: objects cannot be broadcast to a single shape')",
                          f"        n{k} = a{i}.shape[{own}]"]
    return ndim, lines


@implements("numpy.broadcast_arrays")
def broadcast_arrays(*args):
    if not args or not all(a.is_array and a.ndim for a in args):
        return None
    names = ", ".join(f"a{i}" for i in range(len(args)))
    ndim, lines = joint_extents(args)
    made = [broadcast_text(f"a{i}", a.ndim, ndim, lambda k: f"n{k}", "view")[1] for i, a in enumerate(args)]
    text = "\n".join([f"def broadcast_arrays({names}):", *lines, f"    return {tuple_of(made)}"]) + "\n"
    return ("function", _source_of(function(text, view=view)), tuple(range(len(args))))


@implements("numpy.lib.stride_tricks.as_strided", "numpy.lib._stride_tricks_impl.as_strided")
def as_strided(x, shape=None, strides=None):
    if not x.is_array or left_out(shape) or left_out(strides) or not shape.is_tuple or not strides.is_tuple:
        return None
    ndim = len(strides.type.types)
    if len(shape.type.types) != ndim:
        return None
    return function(f"def as_strided(x, shape, strides):\n    return view(x, shape, {tuple_of(f'strides[{k}] // x.itemsize' for k in range(ndim))})\n",
                    view=view)


@implements("numpy.lib.stride_tricks.sliding_window_view", "numpy.lib._stride_tricks_impl.sliding_window_view")
def sliding_window_view(x, window_shape, axis=None):
    if not x.is_array or not x.ndim or not (window_shape.is_number and window_shape.element in "bhilBHIL" or window_shape.is_tuple):
        return None
    count = len(window_shape.type.types) if window_shape.is_tuple else 1
    if x.ndim + count > 8 or window_shape.is_tuple and set(window_shape.code) - set("()bhilBHIL"):
        return None
    if axis is not None and axis.is_number and not axis.constant and count == 1:
        return by_axis(axis, x.ndim, lambda k: _windows(x, window_shape, (k,)), "sliding", "x, window_shape")
    axes = tuple(range(x.ndim)) if left_out(axis) else constant_axes(axis, x.ndim)
    return None if axes is None or len(axes) != count else _windows(x, window_shape, axes)


def _windows(x, window_shape, axes):
    lines, shape = ["def sliding(x, window_shape):"], [f"x.shape[{k}]" for k in range(x.ndim)]
    windows = [f"window_shape[{i}]" if window_shape.is_tuple else "window_shape" for i in range(len(axes))]
    for w, k in zip(windows, axes):
        lines += [f"    if {w} < 0:", "        raise ValueError('`window_shape` cannot contain negative values')", f"    if {w} > x.shape[{k}]:",
                  "        raise ValueError('window shape cannot be larger than input array shape')"]
        shape[k] += f" - {w} + 1"
    strides = [f"x.strides[{k}] // x.itemsize" for k in (*range(x.ndim), *axes)]
    # It can be written to, as in Numba; NumPy's cannot unless it is asked for.
    return function("\n".join(lines) + f"\n    return view(x, {tuple_of(shape + windows)}, {tuple_of(strides)})\n", view=view)


# ---- diagonals ----

_DIAGONAL = """def diagonal(a, offset=0):
    n = max(min(a.shape[0] - max(-offset, 0), a.shape[1] - max(offset, 0)), 0)
    return readonly_view(a[min(max(-offset, 0), a.shape[0]):, min(max(offset, 0), a.shape[1]):], (n,), ((a.strides[0] + a.strides[1]) // a.itemsize,))
"""


def _is_offset(k):
    return k is None or k.is_number and k.element in "?bhilBHIL"


@implements("numpy.diagonal", "array.diagonal")
def diagonal(a, offset=None):
    return function(_DIAGONAL, readonly_view=readonly_view) if a.is_array and a.ndim == 2 and _is_offset(offset) else None


@implements("numpy.diag")
def diag(v, k=None):
    if not v.is_array or v.ndim not in (1, 2) or not _is_offset(k):
        return None
    if v.ndim == 2:
        return function("def diag(v, k=0):\n    return diagonal(v, k).copy()\n", diagonal=function(_DIAGONAL, readonly_view=readonly_view))

    def matrix(v, k=0):
        n = v.shape[0] + abs(k)
        out = np.zeros((n, n), v.dtype)
        for i in range(v.shape[0]):
            out[i + max(-k, 0), i + max(k, 0)] = v[i]
        return out

    return matrix


@implements("numpy.trace", "array.trace")
def trace(a, offset=None):
    if not a.is_array or a.ndim != 2 or not _is_offset(offset) or a.element not in "?bhilBHILfd":
        return None
    return function("def trace(a, offset=0):\n    return np.sum(diagonal(a, offset))\n", diagonal=function(_DIAGONAL, readonly_view=readonly_view))


# ---- pieces ----

def _pieces(ndim, axis, sections):
    """Views of pieces along one axis, in a list. sections: how many (array_split's lengths), or the tuple or array of where to cut."""
    piece = ", ".join("low:high" if k == axis else ":" for k in range(ndim))
    if sections == "count":
        body = f"""    n, low = ary.shape[{axis}], 0
    if parts <= 0:
        raise ValueError('number sections must be larger than 0.')
    for i in range(parts):
        high = low + n // parts + (1 if i < n % parts else 0)
        found.append(ary[{piece}])
        low = high
"""
    else:
        loop = f"    for high in parts:\n        found.append(ary[{piece}])\n        low = high\n"
        body = f"    low = 0\n{loop}    high = ary.shape[{axis}]\n    found.append(ary[{piece}])\n"
    return function(f"def pieces(ary, parts):\n    found = []\n{body}    return found\n")


def _split(ary, parts, axis, equal):
    if not ary.is_array or not ary.ndim:
        return None
    if parts.is_number and parts.element in "bhilBHIL":
        kind = "count"
    elif parts.is_array and parts.ndim == 1 and parts.element in "bhilBHIL" or parts.is_tuple and not set(parts.code) - set("()bhilBHIL") or \
            parts.is_list and parts.item in "bhilBHIL":
        kind = "places"
    else:
        return None

    def made(k):
        pieces = _pieces(ary.ndim, k, kind)
        if kind == "count" and equal:
            text = (f"def split(ary, parts):\n    if parts > 0 and ary.shape[{k}] % parts:\n"
                    "        raise ValueError('array split does not result in an equal division')\n    return pieces(ary, parts)\n")
            return function(text, pieces=pieces)
        return pieces

    return made(axis) if isinstance(axis, int) else by_axis(axis, ary.ndim, made, "split", "ary, parts")


def _named_parts(made):
    """As `made`, whose second parameter stands for `indices_or_sections`."""
    if made is None:
        return None
    names = "ary, indices_or_sections" + (", axis" if made.__code__.co_argcount == 3 else "")
    return function(f"def split({names}):\n    return made({names})\n", made=made)


@implements("numpy.array_split")
def array_split(ary, indices_or_sections, axis=None):
    return _named_parts(_split(ary, indices_or_sections, 0 if axis is None else axis, False))


@implements("numpy.split")
def split(ary, indices_or_sections, axis=None):
    return _named_parts(_split(ary, indices_or_sections, 0 if axis is None else axis, True))


@implements("numpy.vsplit")
def vsplit(ary, indices_or_sections):
    return _named_parts(_split(ary, indices_or_sections, 0, True)) if ary.ndim > 1 else None


@implements("numpy.hsplit")
def hsplit(ary, indices_or_sections):
    return _named_parts(_split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0, True)) if ary.is_array else None


@implements("numpy.dsplit")
def dsplit(ary, indices_or_sections):
    return _named_parts(_split(ary, indices_or_sections, 2, True)) if ary.ndim > 2 else None


# ---- sizes ----

@implements("numpy.shape")
def shape(a):
    return (lambda a: a.shape) if a.is_array else (lambda a: ()) if a.is_number else None


@implements("numpy.ndim")
def ndim(a):
    return (lambda a: a.ndim) if a.is_array else (lambda a: 0) if a.is_number else None


@implements("numpy.size")
def size(a, axis=None):
    if not left_out(axis):
        return by_axis(axis, a.ndim, lambda k: function(f"def size(a):\n    return a.shape[{k}]\n"), "size") if a.is_array else None
    return (lambda a: a.size) if a.is_array else (lambda a: 1) if a.is_number else None
