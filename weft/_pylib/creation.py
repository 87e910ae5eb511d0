"""Arrays that functions make of numbers: triangles, ranges of floats, windows; products of vectors and covariances."""

import numpy as np

from .._pyresolve import implements
from .._pytypes import dtype_of_code
from .joining import result_of
from .views import left_out, tuple_of
from .written import function, indices, loops

_INTS = "?bhilBHIL"
_NUMBERS = "?bhilBHILfdFD"


def _whole(*args):
    return all(a is None or a.is_number and a.element in _INTS for a in args)


def dtype_of(arg, usual):
    """What dtype= names, or the usual one; None: nothing that is known here."""
    if left_out(arg):
        return np.dtype(usual)
    try:
        made = np.dtype(arg.value) if arg.code is None else None
    except TypeError:
        return None
    return made if made is not None and made.char in _NUMBERS else None


def _triangle(name, count, rest, test, dtype):
    """rows × columns of ones where the test holds."""
    return function(f"""def {name}({count}):
    rows = {rest[0]}
    columns = {rest[1]}
    out = np.zeros((max(rows, 0), max(columns, 0)), dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            if {test}:
                out[i, j] = 1
    return out
""", dtype=dtype)


@implements("numpy.eye")
def eye(N, M=None, k=None, dtype=None):
    made = dtype_of(dtype, "d")
    if made is None or not _whole(N) or not (left_out(M) or _whole(M)) or not _whole(k):
        return None
    names = ["N", *(n for n, a in (("M", M), ("k", k)) if a is not None)]
    columns = "N" if left_out(M) else "M"
    return function(f"""def eye({', '.join(names)}):
    out = np.zeros((N, {columns}), dtype)
    for i in range(N):
        j = i + {'k' if k is not None else '0'}
        if j >= 0 and j < {columns}:
            out[i, j] = 1
    return out
""", dtype=made)


@implements("numpy.identity")
def identity(n, dtype=None):
    made = dtype_of(dtype, "d")
    if made is None or not _whole(n):
        return None

    def identity_n(n):
        out = np.zeros((n, n), made)
        for i in range(n):
            out[i, i] = 1
        return out

    return identity_n


@implements("numpy.tri")
def tri(N, M=None, k=None, dtype=None):
    made = dtype_of(dtype, "d")
    if made is None or not _whole(N) or not (left_out(M) or _whole(M)) or not _whole(k):
        return None
    names = ["N", *(n for n, a in (("M", M), ("k", k)) if a is not None)]
    return _triangle("tri", ", ".join(names), ("N", "N" if left_out(M) else "M"), f"j <= i + {'k' if k is not None else '0'}", made)


def _cut(keep):
    def rule(m, k=None):
        if not m.is_array or m.ndim < 1 or m.element not in _NUMBERS or not _whole(k):
            return None
        k = "k" if k is not None else "0"
        name = f"m{', k' if k == 'k' else ''}"
        if m.ndim == 1:
            return function(f"def cut({name}):\n    n = m.shape[0]\n    out = np.zeros((n, n), m.dtype)\n    for i in range(n):\n        for j in range(n):\n"
                            f"            if j {keep} i + {k}:\n                out[i, j] = m[j]\n    return out\n")
        at = indices(m.ndim)
        body = [f"if {at[-1]} {keep} {at[-2]} + {k}:", f"    out[{', '.join(at)}] = m[{', '.join(at)}]"]
        return function(f"def cut({name}):\n    out = np.zeros(m.shape, m.dtype)\n" + loops([f"m.shape[{i}]" for i in range(m.ndim)], body) + "    return out\n")

    return rule


implements("numpy.tril")(_cut("<="))
implements("numpy.triu")(_cut(">="))


def _places(keep, of_array):
    """Indices of the elements of a triangle."""
    def rule(n, k=None, m=None):
        if of_array:
            if not n.is_array or n.ndim != 2 or m is not None:
                return None
        elif not _whole(n) or not (left_out(m) or _whole(m)):
            return None
        if not _whole(k):
            return None
        names = ["n", *(x for x, a in (("k", k), ("m", m)) if a is not None)]
        rows, columns = ("n.shape[0]", "n.shape[1]") if of_array else ("n", "n" if left_out(m) else "m")
        return function(f"""def places({', '.join(names)}):
    count = 0
    for i in range({rows}):
        for j in range({columns}):
            if j {keep} i + {'k' if k is not None else '0'}:
                count += 1
    first, second = np.empty(count, np.int64), np.empty(count, np.int64)
    count = 0
    for i in range({rows}):
        for j in range({columns}):
            if j {keep} i + {'k' if k is not None else '0'}:
                first[count] = i
                second[count] = j
                count += 1
    return first, second
""")

    if of_array:
        return lambda arr, k=None: (lambda made: made and function(
            f"def places(arr{', k' if k is not None else ''}):\n    return made(arr{', k' if k is not None else ''})\n", made=made))(rule(arr, k))
    return rule


for _keep, _name in (("<=", "tril"), (">=", "triu")):
    implements(f"numpy.{_name}_indices")(_places(_keep, False))
    implements(f"numpy.{_name}_indices_from")(_places(_keep, True))


@implements("numpy.diag_indices")
def diag_indices(n, ndim=None):
    if not _whole(n) or ndim is not None:
        return None
    return lambda n: (np.arange(n), np.arange(n))


@implements("numpy.diagflat")
def diagflat(v, k=None):
    if not v.is_array or not v.ndim or v.element not in _NUMBERS or not _whole(k):
        return None
    return (lambda v: np.diag(v.ravel())) if k is None else lambda v, k: np.diag(v.ravel(), k)


@implements("numpy.indices")
def indices_(dimensions):
    if not dimensions.is_tuple or set(dimensions.code) - set("()bhilBHIL"):
        return None
    ndim = len(dimensions.type.types)
    if not 0 < ndim < 7:
        return None
    extents, at = [f"dimensions[{k}]" for k in range(ndim)], indices(ndim)
    return function(f"def grid(dimensions):\n    out = np.empty({tuple_of([str(ndim), *extents])}, np.int64)\n"
                    + loops(extents, [f"out[{k}, {', '.join(at)}] = {at[k]}" for k in range(ndim)]) + "    return out\n")


@implements("numpy.ix_")
def ix_(*args):
    from .views import _source_of

    if not args or not all(a.is_array and a.ndim == 1 and a.element in "bhilBHIL" for a in args):
        return None
    n = len(args)
    parts = [f"a{k}[{', '.join(':' if j == k else 'None' for j in range(n))}]" for k in range(n)]
    names = ", ".join(f"a{k}" for k in range(n))
    return ("function", _source_of(function(f"def ix({names}):\n    return {tuple_of(parts)}\n")), tuple(range(n)))


# ---- ranges ----

@implements("numpy.arange")
def arange(start, stop=None, step=None, dtype=None):
    """Of floats, steps that count down, and other types; plain counts are the compiler's own."""
    given = [a for a in (start, stop, step) if a is not None]
    if not all(a.is_number and a.element in "bhilBHILfd" for a in given):
        return None
    usual = np.result_type(*(np.dtype(a.element if a.element in "fd" else "i8") for a in given))
    made = dtype_of(dtype, usual)
    if made is None or made.char not in "bhilBHILfd":
        return None
    names = [n for n, a in (("start", start), ("stop", stop), ("step", step)) if a is not None]
    first, last = ("0", "start") if stop is None else ("start", "stop")
    by = "step" if step is not None else "1"
    floats = usual.kind == "f"
    values = f"""    a = dtype.type({first})
    d = dtype.type({first} + {by}) - a
    for i in range(n):
        out[i] = a + i * d
"""
    if floats:
        count = f"    n = max(int(np.ceil(({last} - {first}) / float({by}))), 0)\n"
    else:
        count = f"    span, s = {last} - {first}, {by}\n    n = max((span + s - 1) // s if s > 0 else (-span - s - 1) // -s, 0)\n"
    return function(f"def arange({', '.join(names)}):\n    if {by} == 0:\n        raise ZeroDivisionError('division by zero')\n{count}    out = np.empty(n, dtype)\n{values}"
                    "    return out\n", dtype=made)


@implements("numpy.logspace")
def logspace(start, stop, num=None):
    if not all(a.is_number and a.element in "bhilBHILfd" for a in (start, stop)) or not _whole(num):
        return None
    name = "num" if num is not None else "num=50"
    return function(f"def logspace(start, stop, {name}):\n    return np.power(10.0, np.linspace(float(start), float(stop), num))\n")


@implements("numpy.geomspace")
def geomspace(start, stop, num=None):
    if not all(a.is_number and a.element in "bhilBHILfd" for a in (start, stop)) or not _whole(num):
        return None
    name = "num" if num is not None else "num=50"
    return function(f"""def geomspace(start, stop, {name}):
    first, last = float(start), float(stop)
    if first == 0 or last == 0:
        raise ValueError('Geometric sequence cannot include zero')
    sign = 1.0
    if first < 0 and last < 0:
        first, last, sign = -first, -last, -1.0
    out = np.power(10.0, np.linspace(np.log10(first), np.log10(last), num))
    if num > 0:
        out[0] = first
        if num > 1:
            out[num - 1] = last
    return sign * out
""")


def _window(name, body):
    @implements(f"numpy.{name}")
    def rule(M):
        if not _whole(M):
            return None
        return function(f"""def window(M):
    out = np.empty(max(M, 0))
    if M == 1:
        out[0] = 1.0
        return out
    for i in range(M):
        n = float(1 - M + 2 * i)
        out[i] = {body}
    return out
""")

    return rule


_window("hanning", "0.5 + 0.5 * np.cos(np.pi * n / (M - 1))")
_window("hamming", "0.54 + 0.46 * np.cos(np.pi * n / (M - 1))")
_window("blackman", "0.42 + 0.5 * np.cos(np.pi * n / (M - 1)) + 0.08 * np.cos(2.0 * np.pi * n / (M - 1))")
_window("bartlett", "1 + n / (M - 1) if n <= 0 else 1 - n / (M - 1)")


@implements("numpy.vander")
def vander(x, N=None, increasing=None):
    if not x.is_array or x.ndim != 1 or x.element not in _NUMBERS[1:] or not (left_out(N) or _whole(N)) or increasing is not None and not increasing.constant:
        return None
    dtype = np.result_type(np.dtype(x.element), np.int64) if x.element not in "fF" else np.result_type(np.dtype(x.element), np.dtype("i8"))
    names = ["x", *(["N"] if N is not None else [])]
    column = "j" if increasing is not None and increasing.value else "n - 1 - j"
    return function(f"""def vander({', '.join(names)}):
    n = {'x.shape[0]' if left_out(N) else 'N'}
    if n < 0:
        raise ValueError('negative dimensions are not allowed')
    out = np.empty((x.shape[0], n), dtype)
    for i in range(x.shape[0]):
        p = dtype.type(1)
        for j in range(n):
            out[i, {column}] = p
            p *= dtype.type(x[i])
    return out
""", dtype=dtype)


@implements("numpy.polyval")
def polyval(p, x):
    if not p.is_array or p.ndim != 1 or p.element not in "bhilBHILfd" or not (x.is_number or x.is_array) or x.element not in "bhilBHILfd":
        return None
    if x.is_number:
        kind = np.result_type(np.dtype(p.element), np.dtype(x.element) if x.element not in "fd" or p.element not in "fd" else np.dtype(p.element)).type

        def at_one(p, x):
            y = kind(0)
            for c in p:
                y = kind(y * kind(x) + kind(c))
            return y

        return at_one
    dtype = result_of([p, x])

    def at_all(p, x):
        y = np.zeros(x.shape, dtype)
        for c in p:
            y[...] = y * x + c
        return y

    return at_all


@implements("numpy.trim_zeros")
def trim_zeros(filt, trim=None):
    if not filt.is_array or filt.ndim != 1 or filt.element not in _NUMBERS or trim is not None and not isinstance(trim.value, str):
        return None
    sides = (trim.value if trim is not None else "fb").lower()
    front = "    while low < high and filt[low] == 0:\n        low += 1\n" if "f" in sides else ""
    back = "    while high > low and filt[high - 1] == 0:\n        high -= 1\n" if "b" in sides else ""
    return function(f"def trim_zeros(filt):\n    low, high = 0, filt.shape[0]\n{front}{back}    return filt[low:high]\n")


@implements("numpy.unwrap")
def unwrap(p):
    if not p.is_array or p.ndim != 1 or p.element not in "fd":
        return None
    t = np.dtype(p.element).type

    def unwrapped(p):
        out = p.copy()
        total = t(0)
        for i in range(1, p.shape[0]):
            d = t(p[i] - p[i - 1])
            m = t((d + t(np.pi)) % t(2 * np.pi) - t(np.pi))
            if m == -t(np.pi) and d > 0:
                m = t(np.pi)
            total += t(0) if abs(d) < t(np.pi) else t(m - d)
            out[i] = p[i] + total
        return out

    return unwrapped


@implements("numpy.copyto")
def copyto(dst, src, casting=None, where=None):
    if not dst.is_array or casting is not None or where is not None or not (src.is_array or src.is_number):
        return None
    if dst.element not in _NUMBERS or src.element not in _NUMBERS or not np.can_cast(np.dtype(src.element), np.dtype(dst.element), "same_kind"):
        return None

    def copied(dst, src):
        dst[...] = src

    return copied


# ---- products, covariances ----

@implements("numpy.outer")
def outer(a, b):
    if not all(x.is_array and x.ndim and x.element in _NUMBERS for x in (a, b)):
        return None
    dtype = result_of([a, b])
    t = dtype.type
    flat = [n if x.ndim == 1 else f"{n}.ravel()" for n, x in (("a", a), ("b", b))]
    return function(f"""def outer(a, b):
    x, y = {flat[0]}, {flat[1]}
    out = np.empty((x.shape[0], y.shape[0]), dtype)
    for i in range(x.shape[0]):
        for j in range(y.shape[0]):
            out[i, j] = {'x[i] and y[j]' if dtype.kind == 'b' else 't(x[i]) * t(y[j])'}
    return out
""", dtype=dtype, t=t)


@implements("numpy.inner")
def inner(a, b):
    if not all(x.is_array and x.ndim in (1, 2) and x.element in "fd" for x in (a, b)) or a.element != b.element:
        return None
    if a.ndim == b.ndim == 1:
        return lambda a, b: np.dot(a, b)
    return (lambda a, b: np.dot(a, b.T)) if b.ndim == 2 else lambda a, b: np.dot(a, b)


def _rows(m):
    return m.is_array and m.ndim in (1, 2) and m.element in "?bhilBHILfd"


@implements("numpy.cov")
def cov(m, y=None, rowvar=None, bias=None, ddof=None):
    if not _rows(m) or not left_out(y) or any(x is not None and not x.constant for x in (rowvar, bias, ddof)) or m.element == "f":
        return None
    turned = rowvar is not None and not rowvar.value and m.ndim == 2
    less = int(ddof.value) if ddof is not None and ddof.value is not None else 0 if bias is not None and bias.value else 1
    if m.ndim == 1:
        def variance(m):
            mean, s = np.mean(m), 0.0
            for x in m:
                s += (x - mean) * (x - mean)
            out = np.empty(())
            out[()] = s / max(float(m.shape[0] - less), 0.0)
            return out

        return variance

    def matrix(m):
        a = m.T if turned else m
        n, count = a.shape[0], a.shape[1]
        means, out = np.empty(n), np.empty((n, n))
        for i in range(n):
            s = 0.0
            for k in range(count):
                s += a[i, k]
            means[i] = np.divide(s, float(count))
        for i in range(n):
            for j in range(i + 1):
                s = 0.0
                for k in range(count):
                    s += (a[i, k] - means[i]) * (a[j, k] - means[j])
                out[i, j] = np.divide(s, max(float(count - less), 0.0))
                out[j, i] = out[i, j]
        return out

    return matrix


@implements("numpy.corrcoef")
def corrcoef(x, y=None, rowvar=None):
    if not _rows(x) or x.ndim != 2 or not left_out(y) or rowvar is not None and not rowvar.constant or x.element == "f":
        return None
    turned = rowvar is not None and not rowvar.value

    def matrix(x):
        c = np.cov(x.T) if turned else np.cov(x)
        n = c.shape[0]
        d = np.empty(n)
        for i in range(n):
            d[i] = np.sqrt(c[i, i])
        for i in range(n):
            for j in range(n):
                r = np.divide(np.divide(c[i, j], d[i]), d[j])
                c[i, j] = min(max(r, -1.0), 1.0) if r == r else r
        return c

    return matrix


# ---- types by their names ----

@implements("weft.dtype")
def dtype_named(x):
    """What NumPy reads in a text, "<f8" or "m8[s]"; letters that also name an order of elements are none here."""
    try:
        return None if not isinstance(x.value, str) or x.value in ("A", "C", "F", "K") else ("value", np.dtype(x.value))
    except TypeError:
        return None


def _machine_parameters(name):
    @implements(f"numpy.{name}")
    def parameters(type):
        """Of a number: of its type."""
        return ("value", getattr(np, name)(dtype_of_code(type.code))) if type.is_number else None

    return parameters


for _name in ("finfo", "iinfo"):
    _machine_parameters(_name)
