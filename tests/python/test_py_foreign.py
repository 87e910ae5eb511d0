"""Objects of others that compiled functions take or call: np.random.Generator, functions of ctypes."""

import ctypes
import ctypes.util
import math

import numpy as np
import pytest

from weft._jit import njit
from weft._pysource import TypingError


def both(function, *args, seed=7):
    """What Python and the compiled function draw from generators in one state; they must be in one state afterwards too."""
    first, second = np.random.default_rng(seed), np.random.default_rng(seed)
    want, got = function(first, *args), njit(function)(second, *args)
    assert repr(np.asarray(want)) == repr(np.asarray(got))
    assert first.bit_generator.state == second.bit_generator.state
    return got


def _doubles(rng, n):
    total = 0.0
    for _ in range(n):
        total += rng.random() + rng.uniform() + rng.uniform(0.5) + rng.uniform(-3.0, 5)
    return total


def _integers(rng, n):
    total = 0
    for _ in range(n):
        total = total * 7 % 1000003 + rng.integers(10) + rng.integers(-5, 9) + rng.integers(0, 2**40) + rng.integers(0, 2**32)
        total += rng.integers(3, 4) + rng.integers(0, 3 * 2**61)
    return total, rng.random()


def _normals(rng, n):
    made = np.empty((n, 4))
    for i in range(n):
        made[i] = rng.standard_normal(), rng.normal(), rng.normal(1.0, 2.5), rng.normal(scale=0.5)
    return made


def _shuffled(rng, n):
    x = np.arange(n)
    rng.shuffle(x)
    return x


@pytest.mark.parametrize("function", [
    _doubles, _integers, _normals, _shuffled, lambda rng, n: rng.permutation(n), lambda rng, n: rng.normal(1.0, 2.0, size=n),
    lambda rng, n: rng.standard_normal() + rng.exponential(2.0) + rng.poisson(3.0), lambda rng, n: rng.random((2, n)),
    lambda rng, n: rng.integers(0, 5, size=n)])
def test_a_generator_is_passed(function):
    both(function, 50)


def test_other_generators():
    got = njit(lambda rng: rng.random() + rng.integers(5))(np.random.Generator(np.random.MT19937(3)))
    again = np.random.Generator(np.random.MT19937(3))
    assert got == again.random() + again.integers(5)


def test_a_generator_comes_back():
    rng = np.random.default_rng(1)
    assert njit(lambda r: r)(rng) is rng


def test_a_generator_in_a_function_that_is_called():
    inner = njit(lambda rng: rng.random())
    assert njit(lambda rng: inner(rng))(np.random.default_rng(3)) == np.random.default_rng(3).random()


def test_what_a_generator_refuses():
    with pytest.raises(ValueError, match="high - low < 0"):
        njit(lambda rng: rng.uniform(2.0, 1.0))(np.random.default_rng(1))
    with pytest.raises(ValueError, match="low >= high"):
        njit(lambda rng: rng.integers(0))(np.random.default_rng(1))
    with pytest.raises(TypingError, match="no method"):
        njit(lambda rng: rng.nothing())(np.random.default_rng(1))


def test_functions_of_ctypes():
    library = ctypes.CDLL(ctypes.util.find_library("m") or "libm.so.6")
    cos = library.cos
    cos.argtypes, cos.restype = [ctypes.c_double], ctypes.c_double

    def total(n):
        s = 0.0
        for i in range(n):
            s += cos(i / 3)
        return s

    assert njit(total)(20) == total(20)
    untyped = ctypes.CDLL(None).abs
    with pytest.raises(TypingError, match="argtypes"):
        njit(lambda x: untyped(x))(3)
    assert math.isclose(njit(lambda x: cos(x) + 1)(0.5), math.cos(0.5) + 1)


def test_c_functions_are_called_by_their_address():
    """Integers and floats go in registers of their own, each in order; what comes back is as wide as it was declared."""
    kinds = [ctypes.c_int8, ctypes.c_uint8, ctypes.c_int16, ctypes.c_int32, ctypes.c_int64, ctypes.c_uint64, ctypes.c_float, ctypes.c_double]
    given = [-3, 250, -30000, -70000, -(1 << 40), 1 << 63, 1.25, -2.5e100]
    for kind, value in zip(kinds, given):
        seen = []
        back = ctypes.CFUNCTYPE(kind, ctypes.c_double, kind, ctypes.c_float, kind)(lambda a, b, c, d, seen=seen: seen.append((a, b, c, d)) or d)
        called = njit(lambda x, v: back(x, v, 0.5, v))
        assert called(1.5, np.dtype(kind).type(value)) == value and seen == [(1.5, value, 0.5, value)]
    nothing = ctypes.CFUNCTYPE(None, ctypes.c_int64)(lambda i: counted.append(i))
    counted = []

    @njit
    def several(n):
        for i in range(n):
            nothing(i)

    assert several(3) is None and counted == [0, 1, 2]
    many = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_int64] * 7)(lambda *a: float(sum(a)))  # more than there are registers
    assert njit(lambda x: many(x, 1, 2, 3, 4, 5, 6))(10) == 31.0


def test_a_c_function_that_takes_a_pointer():
    memchr = ctypes.CDLL(None).strlen
    memchr.argtypes, memchr.restype = [ctypes.c_void_p], ctypes.c_size_t
    assert njit(lambda a: memchr(a.ctypes.data))(np.frombuffer(b"weft\0", np.uint8)) == 4
