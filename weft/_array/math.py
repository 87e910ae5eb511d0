"""Elementwise functions: the ufuncs of the core as objects, and the functions that are compositions of them."""

import builtins
import operator

import numpy as np

from .. import _core
from . import docs, dtypes
from .array import ndarray, into
from .creation import asarray, empty, zeros_like
from .dispatch import has_its_own


class _Explained:
    """A ufunc's docstring: NumPy's summary of the function of that name; of the class its own."""

    def __get__(self, function, owner):
        if function is None:
            return "A function of elements, broadcasting, with out=, where=, dtype= and casting=, as NumPy's ufuncs."
        name = function.__name__
        said = docs.summary(getattr(getattr(np, name, None), "__doc__", None))
        arguments = ", ".join(("x", "y")[:function.nin])
        return f"{said or f'{name}({arguments}), element by element.'}\n\n{name}({arguments}, out=None, *, where=True, dtype=None, casting='same_kind'): " \
               f"as {'numpy' if said else 'scipy.special'}.{name}, which says more; with arrays of weft's in the place of NumPy's."


class ufunc(_core.ufunc):
    __doc__ = _Explained()
    __slots__ = ()
    nout = 1
    __module__ = "weft"
    _reductions = {"add": "sum", "multiply": "prod", "minimum": "min", "maximum": "max", "fmin": "fmin", "fmax": "fmax",
                   "logical_or": "any", "logical_and": "all",
                   "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or", "bitwise_xor": "bitwise_xor"}
    nargs = property(lambda self: self.nin + 1)
    identity = property(lambda self: getattr(np, self.__name__).identity)
    types = property(lambda self: getattr(np, self.__name__).types)
    ntypes = property(lambda self: len(self.types))
    signature = None

    def __repr__(self):
        return f"<ufunc '{self.__name__}'>"

    def __reduce__(self):
        return _ufunc_named, (self.__name__,)

    def reduce(self, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
        name = self._reductions.get(self.__name__)
        if name in ("fmin", "fmax") and asarray(array).dtype.kind != "f":
            name = name[1:]  # what has no NaN
        if name is None:
            from .folds import reduce
            return into(reduce(self, array, axis, dtype, keepdims, initial, where), out, "unsafe")
        if dtype is not None and self.__name__.startswith("logical_") and np.dtype(dtype) != bool:
            raise TypeError(f"No loop matching the specified signature and casting was found for ufunc {self.__name__}")
        from .array import _reduced
        return _reduced(asarray(array), name, axis, dtype, out, keepdims, initial, where)

    def accumulate(self, array, axis=0, dtype=None, out=None):
        from . import statistics
        from .folds import one_axis
        array = asarray(array)
        if array.ndim == 0:
            raise TypeError("cannot accumulate on a scalar")
        axis = one_axis("accumulate", axis, array.ndim)
        if self.__name__ in ("add", "multiply"):
            return (statistics.cumsum if self.__name__ == "add" else statistics.cumprod)(array, axis, dtype, out)
        kind = array.dtype if dtype is None else np.dtype(dtype)
        if self.__name__ in ("maximum", "minimum") and kind.kind in "iuf":
            return statistics._scanned(self.__name__[:3], array, axis, kind, out)
        from .folds import accumulate
        return into(accumulate(self, array, axis, dtype), out, "unsafe")

    def outer(self, a, b, **kwargs):
        a, b = asarray(a), asarray(b)
        return self(a._reshape(a.shape + (1,) * b.ndim), b, **kwargs)

    def at(self, a, indices, b=None):
        from .indexing import ufunc_at
        ufunc_at(self.__name__, a, indices, b)

    def reduceat(self, array, indices, axis=0, dtype=None, out=None):
        from .folds import reduceat
        return into(reduceat(self, array, indices, axis, dtype), out, "unsafe")


_core.array_introduce(ndarray, ufunc, dtypes.TABLE)


def _ufunc_named(name):
    return SPECIAL[name] if name in SPECIAL else globals()[name]


UFUNCS = ("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "fmod", "power", "negative", "positive",
          "absolute", "fabs", "sign", "square", "reciprocal", "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10",
          "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
          "arctan2", "hypot", "logaddexp", "logaddexp2", "copysign", "nextafter", "heaviside", "deg2rad", "rad2deg", "floor",
          "ceil", "trunc", "rint", "maximum", "minimum", "fmax", "fmin", "conjugate", "equal", "not_equal", "less", "less_equal",
          "greater", "greater_equal", "logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or",
          "bitwise_xor", "invert", "left_shift", "right_shift", "isnan", "isinf", "isfinite", "signbit", "gcd", "lcm", "bitwise_count")
for _name in UFUNCS:
    globals()[_name] = ufunc(_name)


class _NextAfter(ufunc):
    """nextafter, with 16-bit floats by their bits: in float32, where they are computed otherwise, the next number is another."""

    __slots__ = ()
    __module__ = "weft"

    def __call__(self, x1, x2, /, *args, **kwargs):
        from .manipulation import result_type
        operands = [x if isinstance(x, (ndarray, int, float)) else asarray(x) for x in (x1, x2)]
        kind = result_type(*operands)
        if kind.kind in "biu" and all(x.dtype.itemsize == 1 for x in operands if isinstance(x, ndarray)):
            kind = np.dtype(np.float16)  # bytes of either sign
        if kind.itemsize != 2 or kind.kind != "f" or kwargs.get("dtype") is not None:
            return super().__call__(x1, x2, *args, **kwargs)
        x, y = (asarray(v)._cast(kind) for v in (x1, x2))
        x, y = x + zeros_like(y), y + zeros_like(x)  # of one shape; -0 becomes +0, which has the same neighbours
        bits = x._contiguous().view(np.int16)
        up = y > x
        moved = _where(x == 0, _where(up, np.int16(1), np.int16(-32767)), bits + _where(up == (bits >= 0), np.int16(1), np.int16(-1)))
        result = _where(isnan(x) | isnan(y), x + y, _where(x == y, y, moved._contiguous().view(kind)))
        return positive(result, *args, **kwargs)


class _Ldexp(ufunc):
    """ldexp: its kernel takes the exponents as floats of the numbers' type, in which those that matter are exact."""

    __slots__ = ()
    __module__ = "weft"

    def __call__(self, x1, x2, /, *args, **kwargs):
        x, n = _as_float(x1), asarray(x2)
        if n.dtype.kind not in "biu":
            raise TypeError(f"ufunc 'ldexp' not supported for the input types {x.dtype} and {n.dtype}: the exponents must be integers")
        if n.dtype.kind != "b" and n.dtype.itemsize > 1:
            most = 100 if x.dtype == np.float16 else 5000  # beyond this everything is 0 or infinite
            n = minimum(n, most) if n.dtype.kind == "u" else minimum(maximum(n, -most), most)
        return super().__call__(x, n._cast(x.dtype), *args, **kwargs)


nextafter, ldexp = _NextAfter("nextafter"), _Ldexp("ldexp")
_mantissa, _exponent, _bessel_i0 = ufunc("frexp_mantissa"), ufunc("frexp_exponent"), ufunc("i0")


class _GammaLn(ufunc):
    """log |gamma(x)|; at -inf it is SciPy's -inf, not C's inf."""

    __slots__ = ()
    __module__ = "weft"

    def __call__(self, x, /, *args, **kwargs):
        x = asarray(x)
        if x.dtype.kind != "f" or kwargs.get("dtype") is not None:
            return super().__call__(x, *args, **kwargs)
        return positive(_where(x == -np.inf, x, super().__call__(x)), *args, **kwargs)


# Offered under scipy.special's names, not in the main namespace.
SPECIAL = {**{name: ufunc(name) for name in ("erf", "erfc", "gamma", "ndtri")}, "gammaln": _GammaLn("gammaln")}
# For weft.random: words of Philox by element and key, and what is made of a word: of uint32 float32, of uint64 float64.
random_bits32, random_bits64 = ufunc("random_bits32"), ufunc("random_bits64")
word_uniform, word_uniform_open, word_normal = ufunc("uniform"), ufunc("uniform_oc"), ufunc("normal")
_where = ufunc("where")
_real, _imag = ufunc("real"), ufunc("imag")

true_divide, mod, abs, conj = divide, remainder, absolute, conjugate
degrees, radians, bitwise_not, bitwise_invert = rad2deg, deg2rad, invert, invert
acos, asin, atan, acosh, asinh, atanh, atan2, pow = arccos, arcsin, arctan, arccosh, arcsinh, arctanh, arctan2, power
bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
ALIASES = ("true_divide", "mod", "abs", "conj", "degrees", "radians", "bitwise_not", "bitwise_invert", "acos", "asin", "atan",
           "acosh", "asinh", "atanh", "atan2", "pow", "bitwise_left_shift", "bitwise_right_shift")


def where(condition, x=None, y=None):
    """x where condition holds, else y; without x and y the indices where it holds."""
    if x is None and y is None:
        from .indexing import nonzero
        return nonzero(asarray(condition))
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    if not isinstance(condition, ndarray) or not isinstance(x, _PLAIN) or not isinstance(y, _PLAIN):
        condition, x, y = map(_as_where_takes, (condition, x, y))
    return _where(condition, x, y)


_PLAIN = (ndarray, bool, int, float, complex)


def _as_where_takes(thing):
    """where is no ufunc: an object that knows ufuncs alone (a pandas Series) is an array to it."""
    own = has_its_own(thing) and not hasattr(type(thing), "__array_function__")
    return asarray(thing) if own else thing


def _outputs(count, positional, out):
    """The out arguments of a function with several results, None where none was given."""
    if out is not None and any(p is not None for p in positional):
        raise ValueError("cannot specify 'out' as both a positional and keyword argument")
    outs = out if isinstance(out, tuple) else (*positional, *(None,) * (count - len(positional))) if out is None else (out,)
    return (*outs, *(None,) * (count - len(outs)))


def divmod(x1, x2, out1=None, out2=None, /, out=None, **kwargs):
    """(x1 // x2, x1 % x2)"""
    first, second = _outputs(2, (out1, out2), out)
    keep = [{} if o is None else {"out": o} for o in (first, second)]
    whole = floor_divide(x1, x2, **kwargs) if first is None or first is x1 or first is x2 else floor_divide(x1, x2, **keep[0], **kwargs)
    rest = remainder(x1, x2, **keep[1], **kwargs)
    return (into(whole, first) if first is not None and whole is not first else whole), rest


def float_power(x1, x2, *, dtype=None, **kwargs):
    if dtype is not None:
        if np.dtype(dtype) not in (np.float64, np.complex128):
            raise TypeError(f"float_power computes in float64 or complex128, not in {np.dtype(dtype)}")
        return power(x1, x2, dtype=dtype, **kwargs)
    complex_ = any(getattr(x, "dtype", np.asarray(x).dtype if not isinstance(x, ndarray) else None).kind == "c" for x in (x1, x2))
    return power(x1, x2, dtype=np.complex128 if complex_ else np.float64, **kwargs)


def _given(result, kwargs):
    """The result of a composition with what a ufunc's keywords (out=, where=, casting=, dtype=) ask for."""
    return positive(result, **kwargs) if kwargs else result


def _two_outputs(first, second, positional, out, kwargs):
    outs = _outputs(2, positional, out)
    return tuple(_given(result, kwargs if o is None else {"out": o, **kwargs}) for result, o in zip((first, second), outs))


def _as_float(x):
    """x, or what NumPy's functions of floats make of its integers: float16 of one byte, float32 of two, else float64."""
    x = asarray(x)
    if x.dtype.kind == "c":
        raise TypeError(f"the function is not there for {x.dtype}")
    return x if x.dtype.kind == "f" else x._cast({1: np.float16, 2: np.float32}.get(x.itemsize, np.float64))


def modf(x, out1=None, out2=None, /, out=None, **kwargs):
    """(the fractional parts, the whole parts), both with the sign of x."""
    x = _as_float(x)
    whole = trunc(x)
    return _two_outputs(copysign(where(isinf(x), x.dtype.type(0), x - whole), x), whole, (out1, out2), out, kwargs)


def frexp(x, out1=None, out2=None, /, out=None, **kwargs):
    """(mantissas in [0.5, 1), int32 exponents): x = mantissa * 2 ** exponent. Of 0, infinity and NaN x itself and 0."""
    x = _as_float(x)
    return _two_outputs(_mantissa(x), _exponent(x), (out1, out2), out, kwargs)


def spacing(x, **kwargs):
    x = _as_float(x)
    return _given(nextafter(x, copysign(x.dtype.type(np.inf), x + 0.0)) - x, kwargs)  # of -0 as of +0


def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None, **kwargs):
    """Elements below the one bound become it, elements above the other that. A bound that is None, or a Python integer
    beyond all numbers of the dtype, is none. Keywords as a ufunc's."""
    if a_min is not None and a_max is not None and (min is not None or max is not None):
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    result = asarray(a)
    if result.dtype.kind in "iu":
        limits = np.iinfo(result.dtype)
        low = None if type(low) is int and low <= limits.min else low
        high = None if type(high) is int and high >= limits.max else high
    if out is not None:
        kwargs["out"] = out
    if low is None and high is None:
        return positive(result, **kwargs) if kwargs else result._copy()
    if low is not None:
        result = maximum(result, low, **(kwargs if high is None else {"dtype": kwargs.get("dtype")}))
    return result if high is None else minimum(result, high, **kwargs)


def round(a, decimals=0, out=None):
    """The nearest number with so many decimals, halves to the even one: by a multiplication, rint and a division, as NumPy."""
    a = asarray(a)
    decimals = operator.index(decimals)
    if a.dtype.kind == "b":
        a = a._cast(np.float16)
    if a.dtype.kind in "ui" and decimals >= 0:
        return into(a._copy(), out)
    if a.dtype.kind in "ui":  # tens and more: in float64, as NumPy
        scale = 10.0 ** -decimals
        return into((rint(a / scale) * scale)._cast(a.dtype), out)
    if decimals == 0:
        return into(rint(a), out)
    if a.dtype.kind == "c":
        return into(_complex_of(round(a.real, decimals), round(a.imag, decimals)), out)
    scale = 10.0 ** builtins.abs(decimals)
    return into(rint(a * scale) / scale if decimals > 0 else rint(a / scale) * scale, out)


def _complex_of(real, imag):
    result = empty(real.shape, np.complex64 if real.dtype == np.float32 else np.complex128, device=real.device)
    result.real[...], result.imag[...] = real, imag
    return result


around = round


def fix(x, out=None):
    return trunc(x, **({} if out is None else {"out": out}))


def real(val):
    return val.real if isinstance(val, ndarray) else asarray(val).real


def imag(val):
    return val.imag if isinstance(val, ndarray) else asarray(val).imag


def angle(z, deg=False):
    z = asarray(z)
    z = z._cast(np.float64) if z.dtype.kind == "b" else z
    result = arctan2(z.imag, z.real) if z.dtype.kind == "c" else arctan2(z.dtype.type(0), z)
    return rad2deg(result) if deg else result


def real_if_close(a, tol=100):
    a = asarray(a)
    if a.dtype.kind != "c":
        return a
    limit = tol * np.finfo(a.real.dtype).eps if tol > 1 else tol
    return a.real if bool((absolute(a.imag) < limit).all()) else a


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x = asarray(x)
    if x.dtype.kind == "c":
        result = x._copy() if copy else x
        result.real[...] = nan_to_num(x.real, True, nan, posinf, neginf)
        result.imag[...] = nan_to_num(x.imag, True, nan, posinf, neginf)
        return result
    if x.dtype.kind != "f":
        return x._copy() if copy else x
    info = np.finfo(dtypes.host_dtype(x.dtype))
    nan, high, low = (float(v) if isinstance(v, (int, float, np.generic)) else asarray(v, x.dtype, device=x.device)
                      for v in (nan, info.max if posinf is None else posinf, info.min if neginf is None else neginf))
    result = where(isnan(x), nan, where(x == np.inf, high, where(x == -np.inf, low, x)))
    if result.shape != x.shape:
        raise ValueError(f"nan_to_num: what replaces an element must broadcast to the array's shape {x.shape}, got {result.shape}")
    if not copy:
        x[...] = result
        return x
    return result


def sinc(x):
    x = asarray(x)
    x = x if x.dtype.kind in "fc" else x._cast(np.float64)
    y = np.pi * where(x == 0, x.dtype.type(1e-20) if x.dtype.itemsize >= 4 else x.dtype.type(1e-7), x)
    return sin(y) / y


def i0(x):
    """The modified Bessel function of the first kind, order 0. TypeError for complex numbers; integers in float64."""
    x = asarray(x)
    if x.dtype.kind == "c":
        raise TypeError("i0 not supported for complex values")
    return _bessel_i0(x if x.dtype.kind == "f" else x._cast(np.float64))


def _is_infinity(x, value, out):
    x = asarray(x)
    if x.dtype.kind == "c":
        raise TypeError(f"This operation is not supported for {x.dtype} values because it would be ambiguous.")
    return equal(x, value, **({} if out is None else {"out": out}))


def isposinf(x, out=None):
    return _is_infinity(x, np.inf, out)


def isneginf(x, out=None):
    return _is_infinity(x, -np.inf, out)


def isreal(x):
    return asarray(x).imag == 0


def iscomplex(x):
    return asarray(x).imag != 0


def isrealobj(x):
    return asarray(x).dtype.kind != "c"


def iscomplexobj(x):
    return asarray(x).dtype.kind == "c"


def isscalar(element):
    return np.isscalar(element)


def isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    weak = type(a) in (int, float), type(b) in (int, float)  # numbers of Python's take the other's dtype
    a, b = (asarray(x, dtype=y.dtype if is_weak and getattr(getattr(y, "dtype", None), "kind", "") == "f" else None)
            for x, y, is_weak in ((a, b, weak[0]), (b, a, weak[1])))
    if b.dtype.kind in "biu":
        b = b._cast(np.float64)
    finite = isfinite(a) & isfinite(b)
    result = where(finite, absolute(a - b) <= atol + rtol * absolute(b), a == b)
    return result | (isnan(a) & isnan(b)) if equal_nan else result


def allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    return bool(isclose(a, b, rtol, atol, equal_nan).all())


def array_equal(a1, a2, equal_nan=False):
    """Whether both have the same shape and elements. What is no array of numbers (None, text) is equal to none."""
    try:
        a1, a2 = asarray(a1), asarray(a2)
    except (TypeError, ValueError):
        return False
    if a1.shape != a2.shape:
        return False
    same = a1 == a2
    if equal_nan and a1.dtype.kind in "fc" and a2.dtype.kind in "fc":
        same = same | (isnan(a1) & isnan(a2))
    return bool(same.all())


def array_equiv(a1, a2):
    a1, a2 = asarray(a1), asarray(a2)
    try:
        return bool((a1 == a2).all())
    except ValueError:
        return False
