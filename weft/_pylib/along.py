"""Reductions along axes, running sums, differences. A reduction over leading axes goes through memory once and adds each element to its
total; one over the last axis takes row after row."""

import numpy as np

from .._pyresolve import IMPLEMENTATIONS, implements
from . import scalars  # noqa: F401  (its rules come first)
from .ordering import is_real, mapped, reduced
from .views import by_axis, constant_axes, is_whole, left_out, tuple_of
from .written import function, indices, loops

_NUMBERS = "?bhilBHILfdFD"


def _dtype_of(arg):
    """What dtype= names; None: nothing that is known here."""
    try:
        return None if arg is None or arg.code is not None else np.dtype(arg.value)
    except TypeError:
        return None


def total_type(code):
    """What sums of elements are of."""
    return np.dtype("i8" if code in "?bhil" else "u8" if code in "BHIL" else code)


def _kept(axes, ndim):
    return [k for k in range(ndim) if k not in axes]


def _with_axes(axes, ndim, keepdims, rest):
    """The text of the result, with axes of one element where keepdims asks for them."""
    if not keepdims:
        return "out"
    inside = ", ".join("None" if k in axes else ":" for k in range(ndim))
    return f"out[{inside}]" if rest else f"np.array(out).reshape({(1,) * ndim})"


_STEPS = {"sum": ("zeros", "{o} += {x}"), "prod": ("ones", "{o} *= {x}"), "any": ("zeros", "{o} |= {x} != 0"), "all": ("ones", "{o} &= {x} != 0"),
          "max": (None, "{o} = np.maximum({o}, {x})"), "min": (None, "{o} = np.minimum({o}, {x})")}


def folded(kind, a, axes, dtype, keepdims=False):
    """sum, prod, max, min, any, all over some axes of several."""
    ndim, rest = a.ndim, _kept(axes, a.ndim)
    start, step = _STEPS[kind]
    at = indices(ndim)
    shape = tuple_of(f"a.shape[{k}]" for k in rest)
    whole = f"a[{', '.join(at)}]"
    out = f"out[{', '.join(at[k] for k in rest)}]" if rest else "out"
    lines = ["def along(a):"]
    if start is None:
        lines += [f"    if {' * '.join(f'a.shape[{k}]' for k in axes)} == 0:",
                  "        raise ValueError('zero-size array to reduction operation which has no identity')"]
        first = ", ".join(":" if k in rest else "0" for k in range(ndim))
        lines.append(f"    out = a[{first}].copy()" if rest else f"    out = a[{first}]")
    elif rest:
        lines.append(f"    out = np.{start}({shape}, dtype)")
    else:
        lines.append(f"    out = dtype.type({0 if start == 'zeros' else 1})")
    order = range(ndim) if a.layout != "F" else range(ndim - 1, -1, -1)
    for depth, k in enumerate(order):
        lines.append("    " * (depth + 1) + f"for i{k} in range(a.shape[{k}]):")
    lines.append("    " * (ndim + 1) + step.format(o=out, x=whole if kind in ("any", "all", "max", "min") or dtype == np.dtype(a.element) else f"dtype.type({whole})"))
    return function("\n".join([*lines, f"    return {_with_axes(axes, ndim, keepdims, rest)}"]) + "\n", dtype=np.dtype(dtype))


def _axes_of(a, axis):
    """The axes of a reduction that are known while compiling; None: an axis that is known at run time."""
    return tuple(range(a.ndim)) if left_out(axis) else constant_axes(axis, a.ndim)


def _flag(arg):
    return False if arg is None or arg.is_none else bool(arg.value) if arg.constant else None


def _reduction(kind):
    def rule(a, axis=None, dtype=None, out=None, keepdims=None):
        keep = _flag(keepdims)
        if not a.is_array or not a.ndim or a.element not in (_NUMBERS if kind in ("sum", "prod", "any", "all") else _NUMBERS[:-2]) or keep is None or not left_out(out):
            return None
        made = _dtype_of(dtype)
        if not left_out(dtype) and (made is None or kind not in ("sum", "prod") or made.kind not in "iufc" or np.dtype(a.element).kind == "c" != made.kind):
            return None
        made = made or (total_type(a.element) if kind in ("sum", "prod") else np.dtype(bool) if kind in ("any", "all") else np.dtype(a.element))
        if left_out(axis) and left_out(dtype) and not keep and a.element not in "FD":
            return None  # the compiler's own

        def one(axes):
            rows = kind == "sum" and len(axes) == 1 < a.ndim and axes[0] == (a.ndim - 1 if a.layout == "C" else -1) and made == total_type(a.element) and a.element in "fd"
            if rows and not keep:
                return reduced(a.ndim, axes[0], lambda a: a.sum(), made)
            return folded(kind, a, axes, made, keep)

        axes = _axes_of(a, axis)
        if axes is not None:
            return one(axes)
        return by_axis(axis, a.ndim, lambda k: one((k,)), kind) if is_whole(axis) or axis.is_number else None

    return rule


for _kind in _STEPS:
    implements(f"numpy.{_kind}", f"array.{_kind}")(_reduction(_kind))


def _count(axes):
    return " * ".join(f"a.shape[{k}]" for k in axes)


def _by_axes(a, axis, one, name, parameters="a"):
    axes = _axes_of(a, axis)
    if axes is not None:
        return one(axes)
    return by_axis(axis, a.ndim, lambda k: one((k,)), name, parameters)


def _mean(a, axes, keep):
    """The sum in floats over the count."""
    dtype = np.dtype(a.element if a.element in "fdFD" else "d")
    ndim, rest = a.ndim, _kept(axes, a.ndim)
    if not rest and a.element in "fd":
        total = lambda a: a.mean()  # noqa: E731
    elif not rest and a.element not in "FD":
        total = lambda a: np.divide((a * 1.0).sum(), a.size)  # noqa: E731  (integers wrap; floats do not)
    else:
        total = folded("sum", a, axes, dtype)
    if not rest and a.element not in "FD":
        return function(f"def mean(a):\n    out = total(a)\n    return {_with_axes(axes, ndim, keep, rest)}\n", total=total)
    if len(axes) == 1 == ndim - len(rest) and axes[0] == ndim - 1 and a.layout == "C" and a.element in "fd" and rest:
        total = reduced(ndim, axes[0], lambda a: a.sum(), dtype)
    scale = "out /= n" if rest else "out = dtype.type(np.divide(out, n))"
    return function(f"def mean(a):\n    out = total(a)\n    n = dtype.type({_count(axes)})\n    {scale}\n    return {_with_axes(axes, ndim, keep, rest)}\n",
                    total=total, dtype=dtype)


@implements("numpy.mean", "array.mean")
def mean(a, axis=None, dtype=None, out=None, keepdims=None):
    keep = _flag(keepdims)
    if not a.is_array or not a.ndim or a.element not in _NUMBERS or not left_out(out) or keep is None:
        return None
    if not left_out(dtype):
        made = _dtype_of(dtype)
        if made is None or made.char not in "fd" or a.element in "FD" or not left_out(axis) or keep:
            return None
        return function("def mean(a):\n    return kind(np.divide(total(a), a.size))\n", total=folded("sum", a, tuple(range(a.ndim)), made), kind=made.type)
    if left_out(axis) and not keep and a.element in "fd":
        return None  # the compiler's own
    return _by_axes(a, axis, lambda axes: _mean(a, axes, keep), "mean")


def _spread(kind):
    def rule(a, axis=None, dtype=None, out=None, ddof=None, keepdims=None):
        keep = _flag(keepdims)
        if not a.is_array or not a.ndim or a.element not in _NUMBERS or not left_out(dtype, out) or keep is None:
            return None
        if ddof is not None and not (ddof.is_number and ddof.element in "?bhilBHILfd"):
            return None
        dtype_ = np.dtype(a.element if a.element in "fd" else "f" if a.element == "F" else "d")
        ndim = a.ndim

        def one(axes):
            rest, at = _kept(axes, ndim), indices(ndim)
            here, where = f"a[{', '.join(at)}]", ", ".join(at[k] for k in rest)
            m = f"m[{where}]" if rest else "m"
            square = ("d = {0} - {1}\nx = d.real * d.real + d.imag * d.imag" if a.element in "FD" else "d = {0} - {1}\nx = d * d").format(here, m)
            lines = [f"def spread(a{', ddof' if ddof is not None else ''}):", "    m = mean(a)",
                     f"    out = np.zeros({tuple_of(f'a.shape[{k}]' for k in rest)}, dtype)" if rest else "    out = dtype.type(0)"]
            body = [*square.split("\n"), f"out[{where}] += dtype.type(x)" if rest else "out += dtype.type(x)"]
            lines.append(loops([f"a.shape[{k}]" for k in range(ndim)], body).rstrip())
            lines += [f"    n = dtype.type(max({_count(axes)} - {'ddof' if ddof is not None else '0'}, 0))"]
            root = "np.sqrt(np.divide({0}, n))" if kind == "std" else "np.divide({0}, n)"
            if rest:
                lines.append(loops([f"a.shape[{k}]" for k in rest], [f"out[{', '.join(indices(len(rest)))}] = {root.format('out[' + ', '.join(indices(len(rest))) + ']')}"]).rstrip())
            else:
                lines.append(f"    out = dtype.type({root.format('out')})")
            return function("\n".join([*lines, f"    return {_with_axes(axes, ndim, keep, rest)}"]) + "\n", mean=_mean(a, axes, False), dtype=dtype_)

        return _by_axes(a, axis, one, "spread", "a, ddof" if ddof is not None else "a")

    return rule


for _kind in ("var", "std"):
    implements(f"numpy.{_kind}", f"array.{_kind}")(_spread(_kind))


def _extreme(kind):
    def rule(a, axis=None, out=None, keepdims=None):
        keep = _flag(keepdims)
        if not is_real(a) or keep is None or keep or not left_out(out):
            return None
        row = function(f"def row(a):\n    return a.{kind}()\n")
        if left_out(axis):
            return None if a.ndim == 1 else function(f"def all_of_it(a):\n    return a.ravel().{kind}()\n")
        return by_axis(axis, a.ndim, lambda k: reduced(a.ndim, k, row, np.int64), kind)

    return rule


for _kind in ("argmax", "argmin"):
    implements(f"numpy.{_kind}", f"array.{_kind}")(_extreme(_kind))


@implements("numpy.ptp")
def ptp(a, axis=None):
    if not is_real(a) or a.element == "?":
        return None
    if left_out(axis):
        kind = np.dtype(a.element).type
        return function("def ptp(a):\n    return kind(a.max() - a.min())\n", kind=kind)
    return by_axis(axis, a.ndim, lambda k: function("def ptp(a):\n    return most(a) - least(a)\n", most=folded("max", a, (k,), a.element),
                                                    least=folded("min", a, (k,), a.element)), "ptp")


def _row_by_row(name, dtype_of):
    """A function of NumPy's that has an implementation for whole arrays (scalars.py), along an axis."""
    of_all = IMPLEMENTATIONS.get(f"numpy.{name}")
    row = function(f"def row(a):\n    return np.{name}(a)\n")

    def rule(a, axis=None):
        if not is_real(a):
            return None
        if left_out(axis):
            return of_all(a)
        return by_axis(axis, a.ndim, lambda k: reduced(a.ndim, k, row, dtype_of(a)), name)

    return rule


def _register():
    floats = lambda a: np.dtype(a.element if a.element in "fd" else "d")  # noqa: E731
    kinds = {"nansum": lambda a: total_type(a.element), "nanprod": lambda a: total_type(a.element), "nanmean": floats, "nanvar": floats, "nanstd": floats,
             "nanmin": lambda a: a.element, "nanmax": lambda a: a.element, "count_nonzero": lambda a: np.int64}
    for name, dtype_of in kinds.items():
        implements(f"numpy.{name}")(_row_by_row(name, dtype_of))


_register()


# ---- running sums, differences ----

def _running(kind):
    op = "+=" if "sum" in kind else "*="
    skip = kind.startswith("nan")

    def rule(a, axis=None, dtype=None):
        if not a.is_array or not a.ndim or a.element not in _NUMBERS:
            return None
        made = total_type(a.element) if left_out(dtype) else _dtype_of(dtype)
        if made is None or made.kind not in "iufc" or a.element in "FD" and made.kind != "c":
            return None
        test = "            if x == x:\n    " if skip and a.element in "fdFD" else ""
        row = function(f"""def running(a):
    out = np.empty(a.shape[0], dtype)
    total = dtype.type({0 if op == "+=" else 1})
    for i in range(a.shape[0]):
        x = a[i]
{test}        total {op} dtype.type(x)
        out[i] = total
    return out
""".replace("            if", "        if"), dtype=made)
        if left_out(axis):
            return row if a.ndim == 1 else function("def running(a):\n    return row(a.ravel())\n", row=row)
        return by_axis(axis, a.ndim, lambda k: mapped(a.ndim, k, row, made), "running")

    return rule


for _kind in ("cumsum", "cumprod"):
    implements(f"numpy.{_kind}", f"array.{_kind}")(_running(_kind))
    implements(f"numpy.nan{_kind}")(_running(f"nan{_kind}"))


def _nan_extreme(kind):
    sign = ">" if kind == "max" else "<"

    def rule(a, axis=None):
        if not is_real(a):
            return None
        least = np.dtype(a.element).type({"max": -np.inf, "min": np.inf}[kind]) if a.element in "fd" else None
        put = "        x = least if a[i] != a[i] else a[i]" if a.element in "fd" else "        x = a[i]"  # as NumPy: what cannot be found
        row = function(f"""def row(a):
    found, numbers = 0, False
    if a.shape[0] == 0:
        raise ValueError('attempt to get arg{kind} of an empty sequence')
    best = a[0]
    for i in range(a.shape[0]):
{put}
        numbers = numbers or a[i] == a[i]
        if i == 0 or x {sign} best:
            found, best = i, x
    if not numbers:
        raise ValueError('All-NaN slice encountered')
    return found
""", least=least)
        if left_out(axis):
            return row if a.ndim == 1 else function("def flat(a):\n    return row(a.ravel())\n", row=row)
        return by_axis(axis, a.ndim, lambda k: reduced(a.ndim, k, row, np.int64), kind)

    return rule


implements("numpy.nanargmax")(_nan_extreme("max"))
implements("numpy.nanargmin")(_nan_extreme("min"))


@implements("numpy.diff")
def diff(a, n=None, axis=None):
    if not a.is_array or not a.ndim or a.element not in _NUMBERS or n is not None and not (is_whole(n) and n.value >= 0):
        return None
    times = 1 if n is None else int(n.value)

    def once(axis):
        high, low = (", ".join(cut if k == axis else ":" for k in range(a.ndim)) for cut in ("1:", ":-1"))
        shape = tuple_of(f"max(a.shape[{k}] - 1, 0)" if k == axis else f"a.shape[{k}]" for k in range(a.ndim))
        operator = "!=" if a.element == "?" else "-"
        return function(f"def diff(a):\n    out = np.empty({shape}, a.dtype)\n    out[...] = a[{high}] {operator} a[{low}]\n    return out\n")

    def made(axis):
        if times == 0:
            return lambda a: a
        one = once(axis)
        return one if times == 1 else function("def diff(a):\n    return " + "one(" * times + "a" + ")" * times + "\n", one=one)

    return made(a.ndim - 1) if axis is None else by_axis(axis, a.ndim, made, "diff", "a, n" if n is not None and not is_whole(axis) else "a")


@implements("numpy.ediff1d")
def ediff1d(ary):
    if not ary.is_array or not ary.ndim or ary.element not in _NUMBERS or ary.element == "?":
        return None
    return lambda ary: np.diff(ary.ravel())


@implements("numpy.gradient")
def gradient(f, h=None):
    if not f.is_array or f.ndim != 1 or f.element not in "bhilBHILfd" or h is not None and not (h.is_number and h.element in "bhilfd"):
        return None
    kind = np.dtype(f.element if f.element in "fd" else "d")
    x = "float(f[{0}])" if kind.char == "d" else "f[{0}]"
    return function(f"""def gradient(f{', h' if h is not None else ''}):
    n = f.shape[0]
    if n < 2:
        raise ValueError('Shape of array too small to calculate a numerical gradient, at least 2 elements are required.')
    step = dtype.type({'h' if h is not None else '1'})
    out = np.empty(n, dtype)
    for i in range(1, n - 1):
        out[i] = np.divide({x.format('i + 1')} - {x.format('i - 1')}, dtype.type(2) * step)
    out[0] = np.divide({x.format('1')} - {x.format('0')}, step)
    out[n - 1] = np.divide({x.format('n - 1')} - {x.format('n - 2')}, step)
    return out
""", dtype=kind)


@implements("numpy.trapezoid", "numpy.trapz")
def trapezoid(y, x=None, dx=None):
    if not y.is_array or y.ndim != 1 or y.element not in "?bhilBHILfd" or dx is not None and not dx.is_number:
        return None
    if not left_out(x) and not (x.is_array and x.ndim == 1 and x.element in "?bhilBHILfd"):
        return None
    given = [n for n, t in (("x", x), ("dx", dx)) if t is not None]
    step = "float(x[i + 1]) - float(x[i])" if not left_out(x) else "dx" if dx is not None else "1.0"
    check = "    if x.shape[0] != y.shape[0]:\n        raise ValueError('operands could not be broadcast together')\n" if not left_out(x) else ""
    return function(f"""def trapezoid({', '.join(['y', *given])}):
{check}    total = 0.0
    for i in range(y.shape[0] - 1):
        total += ({step}) * (float(y[i + 1]) + float(y[i])) / 2.0
    return total
""")


@implements("numpy.average")
def average(a, axis=None, weights=None):
    if not is_real(a) or not left_out(axis):
        return None
    if left_out(weights):
        return lambda a: np.mean(a)
    if not is_real(weights) or weights.ndim != a.ndim:
        return None

    def weighted(a, weights):
        if a.shape != weights.shape:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        total = np.sum(weights)
        if total == 0:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        return np.sum(a * weights) / total

    return weighted


@implements("numpy.convolve")
def convolve(a, v, mode=None):
    return _sliding(a, v, mode, "full", "v")


@implements("numpy.correlate")
def correlate(a, v, mode=None):
    return _sliding(a, v, mode, "valid", "v[::-1]")


def _sliding(a, v, mode, usual, second):
    """Sums of products while one array slides along the other. Large ones are NumPy's work."""
    if not all(x.is_array and x.ndim == 1 and x.element in "bhilBHILfd" for x in (a, v)) or mode is not None and mode.value not in ("full", "same", "valid"):
        return None
    dtype = np.result_type(np.dtype(a.element), np.dtype(v.element))
    how = usual if mode is None else mode.value
    swaps = second != "v"
    low, count = {"full": ("0", "n + m - 1"), "same": ("(m - 1) // 2", "n"), "valid": ("m - 1", "n - m + 1")}[how]
    given = ", mode" if mode is not None else ""
    turn = "    if turned:\n        return out[::-1].copy()\n" if swaps else ""
    return function(f"""def sliding(a, v{given}):
    if a.shape[0] == 0 or v.shape[0] == 0:
        raise ValueError('the arrays cannot be empty')
    turned = v.shape[0] > a.shape[0]
    x, y = a.copy(), {second}.copy()
    if turned:
        x, y = {"v.copy(), a[::-1].copy()" if swaps else "v.copy(), a.copy()"}
    n, m = x.shape[0], y.shape[0]
    low = {low}
    count = {count}
    out = np.zeros(count, dtype)
    for k in range(count):
        at = k + low
        total = dtype.type(0)
        for j in range(max(0, at - n + 1), min(m, at + 1)):
            total += dtype.type(x[at - j]) * dtype.type(y[j])
        out[k] = total
{turn}    return out
""", dtype=dtype)
