"""Functions of numbers, and reductions of whole arrays: they make no arrays, so kernels may use them too."""

import math

import numpy as np

from .._pyresolve import IN_KERNELS, implements
from .._pysource import Stub
from .elementwise import clip as _clip

popc, _frexp, _frexpf, _ldexp, _ldexpf = map(Stub, ("cuda.popc", *(f"cuda.libdevice.{n}" for n in ("frexp", "frexpf", "ldexp", "ldexpf"))))


def everywhere(*names):
    """As implements, and answered in kernels too."""
    IN_KERNELS.update(names)
    return implements(*names)


@everywhere("math.frexp", "numpy.frexp")
def frexp(x):
    if not x.is_number or x.code in "FDe":
        return None
    if x.code == "f":
        return lambda x: _frexpf(x)
    return lambda x: _frexp(x)


IN_KERNELS.add("numpy.ldexp")  # elementwise.py's, which asks here for numbers


@everywhere("math.ldexp")
def ldexp(x, exp):
    if not x.is_number or not exp.is_number or x.code in "FDe" or exp.code in "efdFD":
        return None
    if x.code == "f":
        return lambda x, exp: _ldexpf(x, min(max(exp, -2000), 2000))
    return lambda x, exp: _ldexp(x, min(max(exp, -5000), 5000))


@everywhere("number.bit_count", "numpy.bitwise_count")
def bit_count(x):
    """How many bits of |x| are set."""
    if not x.is_number or x.code not in "bhilBHIL":
        return None
    if x.code in "BHIL":
        return lambda x: popc(x)
    return lambda x: popc(abs(x))


@implements("array.__bool__")
def array_truth(a):
    if a.is_date:
        return None

    def truth(a):
        if a.size > 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        if a.size == 0:
            raise ValueError("The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.")
        return a.any()

    return truth


# ---- reductions that leave NaN out ----

def _element(a):
    """How the i-th element of an array in C order is read, by its number of axes."""
    if a.ndim == 1:
        return lambda a, i: a[i]
    if a.ndim == 2:
        return lambda a, i: a[i // a.shape[1], i % a.shape[1]]
    if a.ndim == 3:
        return lambda a, i: a[i // (a.shape[1] * a.shape[2]), i // a.shape[2] % a.shape[1], i % a.shape[2]]
    return (lambda a, i: a.reshape(-1)[i]) if a.layout == "C" else None


def _sum_type(a):
    """What sums and products are counted in."""
    return {"f": np.float32, "d": np.float64, "B": np.uint64, "H": np.uint64, "I": np.uint64, "L": np.uint64}.get(a.element, np.int64)


def _real_array(a):
    return a.is_array and a.element in "?bhilBHILfd"


def _without_nan(name):
    def register(make):
        @everywhere(name)
        def rule(a):
            at = _element(a) if _real_array(a) else None
            return None if at is None else make(at, _sum_type(a))

        return rule

    return register


@_without_nan("numpy.nansum")
def nansum(at, kind):
    def total(a):
        s = kind(0)
        for i in range(a.size):
            x = at(a, i)
            if x == x:
                s += x
        return s

    return total


@_without_nan("numpy.nanprod")
def nanprod(at, kind):
    def product(a):
        p = kind(1)
        for i in range(a.size):
            x = at(a, i)
            if x == x:
                p *= x
        return p

    return product


@_without_nan("numpy.nanmean")
def nanmean(at, kind):
    def mean(a):
        s, n = 0.0, 0
        for i in range(a.size):
            x = at(a, i)
            if x == x:
                s += x
                n += 1
        return s / n if n else math.nan

    return mean


@_without_nan("numpy.nanmin")
def nanmin(at, kind):
    def least(a):
        found = at(a, 0)
        for i in range(1, a.size):
            x = at(a, i)
            if x < found or found != found:
                found = x
        return found

    return least


@_without_nan("numpy.nanmax")
def nanmax(at, kind):
    def most(a):
        found = at(a, 0)
        for i in range(1, a.size):
            x = at(a, i)
            if x > found or found != found:
                found = x
        return found

    return most


@everywhere("numpy.nanvar")
def nanvar(a):
    at = _element(a) if _real_array(a) else None
    if at is None:
        return None

    def variance(a):
        mean, s, n = np.nanmean(a), 0.0, 0
        for i in range(a.size):
            x = at(a, i)
            if x == x:
                s += (x - mean) * (x - mean)
                n += 1
        return s / n if n else math.nan

    return variance


@everywhere("numpy.nanstd")
def nanstd(a):
    return (lambda a: math.sqrt(np.nanvar(a))) if _real_array(a) and _element(a) else None


@everywhere("numpy.count_nonzero")
def count_nonzero(a):
    at = _element(a) if _real_array(a) else None
    if at is None:
        return None

    def count(a):
        n = 0
        for i in range(a.size):
            if at(a, i) != 0:
                n += 1
        return n

    return count


@implements("kernel:numpy.var", "kernel:array.var")
def var(a):
    at = _element(a) if _real_array(a) else None
    if at is None:
        return None

    def variance(a):
        mean, s = np.mean(a), 0.0
        for i in range(a.size):
            d = at(a, i) - mean
            s += d * d
        return s / a.size

    return variance


@implements("kernel:numpy.std", "kernel:array.std")
def std(a):
    return (lambda a: math.sqrt(np.var(a))) if _real_array(a) and _element(a) else None


@implements("number.bit_length")
def bit_length(n):
    def bits(n):
        count, left = 0, abs(n)
        while left:
            left >>= 1
            count += 1
        return count

    return bits if n.code not in "efdFD" else None


@everywhere("number.item")
def item(x):
    """Of a single number, as of NumPy's: itself."""
    return lambda x: x


@everywhere("number.conjugate", "number.conj")
def conjugate(x):
    """Of a real number: itself. Complex ones have a rule in the compiler."""
    return (lambda x: x) if x.code not in "FD?" else None


@implements("kernel:numpy.clip")
def clip(a, a_min=None, a_max=None):
    """Of numbers: what clips whole arrays makes an array."""
    return _clip(a, a_min, a_max) if a.is_number and not any(getattr(b, "is_array", False) for b in (a_min, a_max)) else None
