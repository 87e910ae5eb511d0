"""Forms that Numba's users write: functions as arguments, lists that are unrolled, sums of complex numbers in prange."""

import math
import time

import numpy as np
import pytest

from weft import literal_unroll, njit, prange
from weft import _pytypes as types
from weft._typed import Dict

float64 = types.NAMES["float64"]


@njit
def _square(x):
    return x * x


@njit
def _cube(x):
    return x ** 3


def _applied(f, x):
    return f(x) + f(2.0)


def _applied_all(functions, x):
    s = functions[0](x)
    for f in literal_unroll(functions):
        s += f(x)
    return s


def test_compiled_functions_as_arguments():
    applied, every = njit(_applied), njit(_applied_all)
    for f in (_square, _cube, _square):
        assert applied(f, 3.0) == _applied(f, 3.0)
    assert applied(f, 3) == 13.0
    assert every((_square, _cube), 3.0) == _applied_all((_square, _cube), 3.0)
    with pytest.raises(TypeError, match="function"):
        applied(math.sin, 1.0)


def _list_of_types():
    s, items = 0.0, [1, 2.5, "four", 2]
    for v in literal_unroll([1, 2.5, True]):
        s += v
    for v in literal_unroll(items):
        if isinstance(v, str):
            s += len(v)
        else:
            s += v
    return s, len(items)


def test_a_list_that_is_unrolled_may_hold_several_types():
    assert njit(_list_of_types)() == _list_of_types()


def _complex_sum(n, z):
    s, p = 1 + 0j, z
    for i in prange(n):
        s += z * i
        p *= 1j
    return s, p


def _text_in_order(n):
    s = ""
    for i in prange(n):
        s += str(i)
    return s


def test_reductions_over_complex_numbers_and_text():
    assert njit(parallel=True)(_complex_sum)(1001, 2 - 1j) == _complex_sum(1001, 2 - 1j)
    assert njit(parallel=True)(_text_in_order)(30) == _text_in_order(30)


def test_extents_that_are_too_much_together():
    @njit
    def far():
        return np.zeros((1 << 56, 64)).shape

    with pytest.raises(ValueError, match="array is too big"):
        far()


def _digits(n):
    return bin(n), hex(n), oct(n), n.bit_length(), (-n).bit_length(), time.perf_counter() > 0


def _array_values(n):
    d = Dict.empty(types.unicode_type, float64[:])
    d["a"] = np.ones(n)
    return len(d), d["a"].sum()


def test_digits_and_types_of_arrays():
    assert njit(_digits)(37) == _digits(37)
    assert njit(_array_values)(3) == (1, 3.0)
