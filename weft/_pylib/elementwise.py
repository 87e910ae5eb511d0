"""Functions of each element that the compiler has no rule of its own for: a core for numbers, and loops around it for arrays, which
broadcast."""

import math

import numpy as np

from .._pyresolve import implements
from .views import _source_of, joint_extents, left_out, tuple_of
from .written import function, indices, loops

_REAL = "?bhilBHILfd"
_NUMBERS = _REAL + "FD"


def kind_of(a):
    return np.dtype(a.element)


def over(args, core, dtype):
    """The answer to a call of these arguments: core(x, …) for each element, results of a dtype."""
    names = [f"a{i}" for i in range(len(args))]
    if not any(a.ndim for a in args):
        given = ", ".join(n if a.is_number else f"{n}[()]" for n, a in zip(names, args))
        return ("function", _source_of(function(f"def each({', '.join(names)}):\n    return core({given})\n", core=core)), tuple(range(len(args))))
    arrays = [a for a in args if a.ndim]
    ndim = max(a.ndim for a in arrays)
    lines, at = [f"def each({', '.join(names)}):"], indices(ndim)
    alone = len(arrays) == 1
    if alone:
        extents = [f"{names[args.index(arrays[0])]}.shape[{k}]" for k in range(ndim)]
    else:
        lines += joint_extents(args)[1]
        extents = [f"n{k}" for k in range(ndim)]
        for n, a in zip(names, args):
            lines += [f"    {n}_{k} = 0 if {n}.shape[{k}] == 1 else 1" for k in range(a.ndim)]
    terms = []
    for n, a in zip(names, args):
        own = ", ".join(f"i{ndim - a.ndim + k}" + ("" if alone else f" * {n}_{k}") for k in range(a.ndim))
        terms.append(f"{n}[{own}]" if a.ndim else n if a.is_number else f"{n}[()]")
    in_columns = alone and arrays[0].layout == "F" and ndim > 1
    lines.append(f"    out = np.empty({tuple_of(extents[::-1])}, dtype).T" if in_columns else f"    out = np.empty({tuple_of(extents)}, dtype)")
    text = "\n".join(lines) + "\n" + loops(extents, [f"out[{', '.join(at)}] = core({', '.join(terms)})"]) + "    return out\n"
    return ("function", _source_of(function(text, core=core, dtype=np.dtype(dtype))), tuple(range(len(args))))


def _usable(args, elements):
    return args and all((a.is_array or a.is_number) and a.element in elements and not a.keyword for a in args)


def each(name, elements, dtype, core):
    """Registers a function of one argument. dtype, core: of the element's dtype."""

    @implements(name, *(("array.conjugate", "array.conj") if name == "numpy.conjugate" else ()))
    def rule(x):
        if not _usable([x], elements):
            return None
        kind = kind_of(x)
        return over([x], core(kind), dtype(kind))

    return rule


def each_pair(name, elements, dtype, core):
    """Of two arguments; dtype and core are of the dtype that they become together."""

    @implements(name)
    def rule(x, y):
        if not _usable([x, y], elements):
            return None
        kind = together(x, y)
        return over([x, y], core(kind), dtype(kind))

    return rule


def together(*args):
    """NumPy's type of several; a Python number beside an array has no width of its own."""
    arrays = [kind_of(a) for a in args if a.is_array]
    if not arrays or len(arrays) == len(args):
        return np.result_type(*map(kind_of, args))
    weak = {"?": False, "f": 0.0, "d": 0.0, "F": 0j, "D": 0j}
    return np.result_type(*arrays, *(weak.get(a.element, 0) for a in args if a.is_number))


def _float(kind):
    return kind if kind.kind in "fc" else np.dtype("d")


def _same(kind):
    return kind


def _boolean(kind):
    return np.dtype(bool)


def _real_part(kind):
    return np.dtype("f") if kind.char == "F" else np.dtype("d") if kind.char == "D" else kind


def _square(kind):
    t = kind.type
    return lambda x: t(t(x) * t(x))


each("numpy.square", _NUMBERS[1:], _same, _square)
each("numpy.positive", _NUMBERS[1:], _same, lambda kind: lambda x: x)


def _reciprocal(kind):
    t = kind.type
    if kind.kind in "iu":
        def whole(x):
            return t(1) if x == 1 else t(-1) if x == -1 else t(0) if x != 0 else t(np.iinfo(kind).min)

        def unsigned(x):
            return t(1) if x == 1 else t(0)

        return whole if kind.kind == "i" else unsigned

    def inverse(x):
        return t(np.divide(t(1), x))

    return inverse


each("numpy.reciprocal", "fdFD", _same, _reciprocal)


def _fix(kind):
    return (lambda x: np.trunc(x)) if kind.kind == "f" else lambda x: x


each("numpy.fix", "bhilBHILfd", _same, _fix)


def _conjugate(kind):
    return (lambda x: x.conjugate()) if kind.kind == "c" else lambda x: x


each("numpy.conjugate", _NUMBERS[1:], _same, _conjugate)


@implements("numpy.real")
def real(val):
    if not _usable([val], _NUMBERS):
        return None
    if val.is_array:
        return lambda val: val.real
    return (lambda val: val.real) if val.element in "FD" else lambda val: val


@implements("numpy.imag")
def imag(val):
    if not _usable([val], _NUMBERS):
        return None
    if val.is_array:
        return lambda val: val.imag
    kind = kind_of(val).type
    return (lambda val: val.imag) if val.element in "FD" else lambda val: kind(0)


@implements("numpy.angle")
def angle(z, deg=None):
    if not _usable([z], _NUMBERS) or deg is not None and not deg.constant:
        return None
    kind = _real_part(_float(kind_of(z)))
    t = kind.type
    scale = t(180 / math.pi) if deg is not None and deg.value else None

    def turned(x):
        a = t(np.arctan2(t(x.imag), t(x.real)))
        return a if scale is None else t(a * scale)

    def of_real(x):
        a = t(np.arctan2(t(0), t(x)))
        return a if scale is None else t(a * scale)

    return over([z], turned if z.element in "FD" else of_real, kind)


def _sinc(kind):
    t = kind.type
    pi = math.pi if kind.char in "fd" else complex(math.pi)

    def sinc(x):
        y = t(pi * (x if x != 0 else t(1.0e-20)))
        return t(np.sin(y) / y)

    return sinc


each("numpy.sinc", _REAL[1:] + "FD", _float, _sinc)
def _has_imaginary_part(kind):
    def of_complex(x):
        return x.imag != 0

    def of_real(x):
        return False

    return of_complex if kind.kind == "c" else of_real


def _has_none(kind):
    def of_complex(x):
        return x.imag == 0

    def of_real(x):
        return True

    return of_complex if kind.kind == "c" else of_real


each("numpy.iscomplex", _NUMBERS, _boolean, _has_imaginary_part)
each("numpy.isreal", _NUMBERS, _boolean, _has_none)
each("numpy.isneginf", _REAL, _boolean, lambda kind: lambda x: x == -np.inf)
each("numpy.isposinf", _REAL, _boolean, lambda kind: lambda x: x == np.inf)


@implements("numpy.iscomplexobj")
def iscomplexobj(x):
    return ("value", x.element in "FD") if (x.is_array or x.is_number) and x.element in _NUMBERS else None


@implements("numpy.isrealobj")
def isrealobj(x):
    return ("value", x.element not in "FD") if (x.is_array or x.is_number) and x.element in _NUMBERS else None


def _heaviside(kind):
    t = kind.type

    def heaviside(x, h):
        return t(x) if x != x else t(h) if x == 0 else t(1) if x > 0 else t(0)

    return heaviside


each_pair("numpy.heaviside", _REAL, _float, _heaviside)


def _logaddexp(two):
    def core(kind):
        t = _float(kind).type
        log2 = t(math.log(2)) if not two else t(1)
        scale = t(1 / math.log(2)) if two else t(1)

        def logaddexp(x, y):
            a, b = t(x), t(y)
            if a == b:
                return t(a + log2)
            d = t(a - b)
            if d > 0:
                return t(a + scale * np.log1p(np.exp2(-d) if two else np.exp(-d)))
            if d <= 0:
                return t(b + scale * np.log1p(np.exp2(d) if two else np.exp(d)))
            return d

        return logaddexp

    return core


each_pair("numpy.logaddexp", _REAL, _float, _logaddexp(False))
each_pair("numpy.logaddexp2", _REAL, _float, _logaddexp(True))
each_pair("numpy.float_power", _REAL, lambda kind: np.dtype("d"), lambda kind: lambda x, y: np.power(float(x), float(y)))


def _gcd(kind):
    t = kind.type

    def gcd(x, y):
        a, b = t(abs(t(x))), t(abs(t(y)))
        while b != 0:
            a, b = b, t(a % b)
        return a

    return gcd


def _lcm(kind):
    t, gcd = kind.type, _gcd(kind)

    def lcm(x, y):
        g = gcd(x, y)
        return t(0) if g == 0 else t(abs(t(t(t(x) // g) * t(y))))

    return lcm


each_pair("numpy.gcd", "bhilBHI", _same, _gcd)
each_pair("numpy.lcm", "bhilBHI", _same, _lcm)


@implements("numpy.ldexp")
def ldexp(x, exp):
    """Of arrays; of numbers: scalars.py."""
    if not _usable([x, exp], _REAL) or x.element not in "fd" or exp.element not in "bhilBHI" or not (x.is_array or exp.is_array):
        from .scalars import ldexp as of_numbers

        return of_numbers(x, exp)
    return over([x, exp], lambda x, e: math.ldexp(x, int(e)), kind_of(x))


def _several(count, name, elements, dtype, cores):
    """A function with several results: one loop for each."""

    @implements(name)
    def rule(*args):
        if len(args) != count or not _usable(args, elements) or not any(a.ndim for a in args):
            return None
        kind = together(*args)
        parts = {f"f{k}": over(list(args), core, dtype(kind)) for k, core in enumerate(cores(kind))}
        names = ", ".join(f"a{i}" for i in range(count))
        made = function(f"def several({names}):\n    return {tuple_of(f'f{k}({names})' for k in range(len(parts)))}\n",
                        **{k: part[1].function for k, part in parts.items()})
        return ("function", _source_of(made), tuple(range(count)))

    return rule


@implements("numpy.nan_to_num")
def nan_to_num(x, copy=None, nan=None, posinf=None, neginf=None):
    others = [t for t in (nan, posinf, neginf) if not left_out(t)]
    if not _usable([x], _NUMBERS) or not all(t.constant and isinstance(t.value, (int, float)) for t in others) or copy is not None and not copy.constant:
        return None
    kind = kind_of(x)
    in_place = copy is not None and not copy.value and x.is_array
    if kind.kind not in "fc":
        return (lambda x: x) if in_place or x.is_number else lambda x: x.copy()
    part = _real_part(kind)
    limits = np.finfo(part)
    t = part.type
    none, high, low = (t(a.value) if not left_out(a) else t(usual) for a, usual in ((nan, 0.0), (posinf, limits.max), (neginf, limits.min)))

    def plain(x):
        return none if x != x else high if x == np.inf else low if x == -np.inf else x

    whole = kind.type

    def both(x):
        return whole(complex(plain(x.real), plain(x.imag)))

    core = both if kind.kind == "c" else plain
    if in_place:
        at = ", ".join(indices(x.ndim))
        return function("def nan_to_num(x):\n" + (loops([f"x.shape[{k}]" for k in range(x.ndim)], [f"x[{at}] = core(x[{at}])"]) if x.ndim else "    x[()] = core(x[()])\n")
                        + "    return x\n", core=core)
    return ("function", over([x], core, kind)[1], (0,))


def _floored(kind):
    t = kind.type
    return (lambda x, y: t(np.floor_divide(x, y))), (lambda x, y: t(np.remainder(x, y)))


_several(2, "numpy.divmod", "bhilBHILfd", _same, _floored)


def _parts(kind):
    t = _float(kind).type

    def fraction(x):
        y = t(x)
        return t(0) if abs(y) == np.inf else t(y - np.trunc(y))

    return fraction, lambda x: np.trunc(t(x))


_several(1, "numpy.modf", "bhilBHILfd", _float, _parts)


# ---- comparisons ----

def _is_close(rtol, atol, equal_nan):
    def close(x, y, rtol, atol):
        if x != x or y != y:
            return equal_nan and x != x and y != y
        if x == y:
            return True
        if abs(x) == np.inf or abs(y) == np.inf:
            return False
        return abs(x - y) <= atol + rtol * abs(y)

    return close


def _tolerances(rtol, atol, equal_nan):
    return all(t is None or t.is_number and t.element in "bhilBHILfd" for t in (rtol, atol)) and (equal_nan is None or equal_nan.constant)


_WIDE = {"F": np.complex128, "D": np.complex128}


def _closeness(a, b, rtol, atol, equal_nan):
    if not _usable([a, b], _NUMBERS) or not _tolerances(rtol, atol, equal_nan):
        return None
    close = _is_close(rtol, atol, equal_nan is not None and bool(equal_nan.value))
    left, right = (_WIDE.get(x.element, np.float64) for x in (a, b))
    given = [n for n, t in (("rtol", rtol), ("atol", atol)) if t is not None]
    names = ", ".join(["a", "b", *given])
    r, s = ("float(rtol)" if rtol is not None else "1e-05"), ("float(atol)" if atol is not None else "1e-08")
    return close, left, right, names, r, s


def _pairs(a, b, body, first, r, s):
    ndim, extents = joint_extents([a, b])
    lines = [f"    r, s = {r}, {s}", "    a0, a1 = a, b", *extents]
    for n, t in (("a0", a), ("a1", b)):
        lines += [f"    {n}_{k} = 0 if {n}.shape[{k}] == 1 else 1" for k in range(t.ndim)]
    terms = []
    for n, t in (("a0", a), ("a1", b)):
        own = ", ".join(f"i{ndim - t.ndim + k} * {n}_{k}" for k in range(t.ndim))
        terms.append(f"{n}[{own}]" if t.ndim else n if t.is_number else f"{n}[()]")
    names = [f"n{k}" for k in range(ndim)]
    put = {"at": ", ".join(indices(ndim)), "x": terms[0], "y": terms[1], "shape": tuple_of(names)}
    return "\n".join([*lines, "    " + first.format(**put)]) + "\n" + loops(names, [line.format(**put) for line in body])


def _compared(name, a, b, rtol, atol, equal_nan, body, first, last):
    """The function that goes over both; of two numbers, how close they are."""
    plan = _closeness(a, b, rtol, atol, equal_nan)
    if plan is None:
        return None
    close, left, right, names, r, s = plan
    if a.ndim or b.ndim:
        text = f"{_pairs(a, b, body, first, r, s)}    return {last}\n"
    else:
        x, y = (n if t.is_number else f"{n}[()]" for n, t in (("a", a), ("b", b)))
        text = f"    return close(left({x}), right({y}), {r}, {s})\n"
    return function(f"def {name}({names}):\n{text}", close=close, left=left, right=right)


@implements("numpy.isclose")
def isclose(a, b, rtol=None, atol=None, equal_nan=None):
    return _compared("isclose", a, b, rtol, atol, equal_nan, ["out[{at}] = close(left({x}), right({y}), r, s)"],
                     "out = np.empty({shape}, np.bool_)", "out")


@implements("numpy.allclose")
def allclose(a, b, rtol=None, atol=None, equal_nan=None):
    return _compared("allclose", a, b, rtol, atol, equal_nan, ["if not close(left({x}), right({y}), r, s):", "    return False"], "pass", "True")


@implements("numpy.array_equal")
def array_equal(a1, a2, equal_nan=None):
    if not all(x.is_array and x.element in _NUMBERS for x in (a1, a2)) or equal_nan is not None and not equal_nan.constant:
        return None
    if a1.ndim != a2.ndim:
        return lambda a1, a2: False
    at = ", ".join(indices(a1.ndim)) or "()"
    either = f" and (a1[{at}] == a1[{at}] or a2[{at}] == a2[{at}])" if equal_nan is not None and equal_nan.value else ""
    apart = " or ".join(f"a1.shape[{k}] != a2.shape[{k}]" for k in range(a1.ndim)) or "False"
    return function(f"def array_equal(a1, a2):\n    if {apart}:\n        return False\n"
                    + loops([f"a1.shape[{k}]" for k in range(a1.ndim)], [f"if a1[{at}] != a2[{at}]{either}:", "    return False"]) + "    return True\n")


# ---- between bounds ----

@implements("numpy.clip", "array.clip")
def clip(a, a_min=None, a_max=None, out=None):
    bounds = [b for b in (a_min, a_max) if not left_out(b)]
    if not _usable([a], _REAL[1:]) or not bounds or not left_out(out) or not all((b.is_array or b.is_number) and b.element in _REAL for b in bounds):
        return None
    kind = together(a, *bounds) if a.is_array else np.result_type(kind_of(a), *map(kind_of, bounds))
    if kind.char not in _REAL:
        return None
    t = kind.type
    names = ["a", *(n for n, b in (("a_min", a_min), ("a_max", a_max)) if b is not None)]
    used = ["a", *(n for n, b in (("a_min", a_min), ("a_max", a_max)) if not left_out(b))]
    low, high = "np.maximum({0}, t({1}))", "np.minimum({0}, t({1}))"
    text = "t(x)"
    if not left_out(a_min):
        text = low.format(text, "y0")
    if not left_out(a_max):
        text = high.format(text, "y0" if left_out(a_min) else "y1")
    core = function(f"def core({', '.join(['x', *(f'y{i}' for i in range(len(used) - 1))])}):\n    return {text}\n", t=t)
    loop = over([a, *bounds], core, kind)[1]
    return _calling(loop, names, used)


def _calling(source, names, used):
    """A function of these parameters that passes some of them on."""
    return function(f"def calling({', '.join(names)}):\n    return inner({', '.join(used)})\n", inner=source.function)
