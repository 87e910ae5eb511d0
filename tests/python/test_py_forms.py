"""Forms that Numba's users write: functions as arguments, lists that are unrolled, sums of complex numbers in prange."""

import math
import time

import numpy as np
import pytest

from weft import TypingError, literal_unroll, njit, prange
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


def _append(n):
    a = [1, 2]
    a.append(2.5)
    b = []
    b.append(n)
    b.append(b[0] / 2)
    c = [x for x in range(n)]
    c.insert(0, 1.5)
    d = [0]
    d.extend([0.5])
    e = [3, 4]
    e[0] = 0.25
    f = [1]
    if n > 2:
        f = [1.5, n]
    f.append(True)
    return a, b, c, d, e, f


def _put(n):
    a = {1, 2}
    a.add(2.5)
    b = {1: 2}
    b[3] = n / 2
    c = {1: n}
    c.setdefault(2, 0.5)
    d = {}
    d[1] = n
    d[2] = d[1] / 2
    e = [(1, 2)]
    e.append((n, 0.5))
    return sorted(a), b, c, d, e


@pytest.mark.parametrize("function", [_append, _put])
def test_what_is_put_in_widens_the_container(function):
    for n in (1, 5):
        assert njit(function)(n) == function(n)


def _onto_given(a):
    a.append(2.5)
    return a


def _looked_up(x):
    return {1: 2}[x]


@pytest.mark.parametrize("function, given, words", [(_onto_given, [1, 2], r"list\(int64\) cannot hold float64"),
                                                    (_looked_up, 2.5, "cannot hold")])
def test_what_a_container_cannot_hold_is_refused(function, given, words):
    with pytest.raises(TypingError, match=words):
        njit(function)(given)


PACKED = np.dtype([("tag", "i1"), ("x", "f8"), ("n", "i4")])


def _packed_columns(rows, i):
    x = rows["x"]
    rows["n"][i] += 3
    x[1:] *= 2.0
    total = 0.0
    for k in range(len(x)):
        total += x[k] * rows["n"][k]
    rows["x"] = rows["x"] + rows["n"]
    best = x[x > 3.0]
    return total, x.sum(), rows["x"].max(), rows["n"][::-1].copy(), x[-1], best, np.sort(x), x.shape[0], rows["x"][i] + rows[i]["tag"]


def test_columns_of_packed_records():
    rows = np.zeros(5, PACKED)
    rows["tag"], rows["x"], rows["n"] = np.arange(5), np.arange(5) * 1.5, np.arange(5)[::-1]
    other = rows.copy()
    got, want = njit(_packed_columns)(rows, 2), _packed_columns(other, 2)
    assert all(np.array_equal(a, b) for a, b in zip(got, want)) and (rows == other).all()
    with pytest.raises(TypingError, match="is no array of its own"):
        njit(lambda rows: rows["x"])(rows)


def _defaults(n):
    d = {1: 2}
    return d.get(n, 0.5), {1: True}.pop(n, 3)


def test_defaults_of_another_type():
    for n in (1, 2):
        assert njit(_defaults)(n) == _defaults(n)


def check_stars(function, *args):
    assert njit(function)(*args) == function(*args)


def test_a_star_takes_what_is_left():
    def tuples(t):
        a, *b = t
        *c, d = t
        e, *f, g = t
        return a, b, c, d, e, f, g

    def lists(n):
        a, *b = [i * i for i in range(n)]
        first, *between, last = range(n)
        return a, b, first, between, last

    def text_and_arrays(s, v):
        a, *b = s
        c, *d = v
        return a, b, c, d

    def pairs(n):
        total = 0
        for a, (b, *c) in [(i, (i, i + 1, i + 2)) for i in range(n)]:
            total += a * b + c[0] - c[1]
        return total

    check_stars(tuples, (1, 2, 3, 4))
    check_stars(lists, 6)
    check_stars(text_and_arrays, "weft", np.arange(4.0))
    check_stars(pairs, 5)


def test_what_a_star_takes_is_read_before_anything_is_stored():
    def ends(l):
        l[1], *between, l[0] = l
        return l, between

    def grows(l):
        l[1], *l[0:1] = l
        return l

    def shrinks(l):
        first, *l[1:], last = l
        return l, first, last

    for function in (ends, grows, shrinks):
        given, expected = [1, 2, 3, 4], [1, 2, 3, 4]
        assert njit(function)(given) == function(expected) and given == expected
    a = np.arange(5.0)
    found, between = njit(ends)(a)
    assert list(found) == [4, 0, 2, 3, 4] and between == [1, 2, 3]


def test_a_star_with_too_few_values():
    @njit
    def f(v):
        a, b, *c = v
        return a + b + len(c)

    assert f([1, 2, 3]) == 4
    with pytest.raises(ValueError, match="expected at least 2, got 1"):
        f([1])


def test_zero_to_a_negative_power():
    @njit
    def constant(x):
        return x ** -1, x ** -2

    @njit
    def variable(x, n):
        return x ** n

    @njit
    def arrays(a):
        return a ** -1

    assert constant(2.0) == (0.5, 0.25) and variable(2.0, -1) == 0.5 and variable(1, -3) == 1
    assert constant(1e-200)[1] == np.inf  # the square is 0, the base is not
    for call in (lambda: constant(0.0), lambda: variable(0.0, -1), lambda: variable(0, -1)):
        with pytest.raises(ZeroDivisionError):
            call()
    assert variable(0.0, -1.0) == np.inf  # as in Numba
    assert np.array_equal(arrays(np.array([0.0, 4.0])), [np.inf, 0.25])


def test_a_key_error_names_the_key():
    @njit
    def f(d, k):
        return d[k]

    with pytest.raises(KeyError) as caught:
        f({1: 2}, 5)
    assert caught.value.args == (5,)
    with pytest.raises(KeyError) as caught:
        f({"a": 2}, "b")
    assert caught.value.args == ("b",)


# ---- branches that are decided while compiling ----

LIMIT, NOTHING, WORDS = 0.5, None, ""


def not_given(a, b):
    if not b:
        return a
    return b.shape[0]


def given_at_all(a, b):
    if b:
        return b.shape[0]
    return a


def beside_others(a, b):
    if a > 0 and b is not None:
        return b[0]
    if a < 0 or b is None:
        return a
    return b[0]


def beside_others_with_effects(a, b):
    seen = [a]
    if seen.pop() > 0 and b is not None:
        return b[0]
    return float(len(seen))


def no_turn(a, b):
    while b is not None:
        a += b[0]
        break
    else:
        a += 100
    return a


def chosen(a, b):
    return a if not b else b.shape[0]


def constants_from_outside(a, b):
    if LIMIT > 1:
        return b[0]
    if LIMIT <= 0.25 or NOTHING:
        return b.nothing
    if WORDS or LIMIT == 1:
        return b()
    return a * (1 if LIMIT else b.nowhere)


@pytest.mark.parametrize("function", [not_given, given_at_all, beside_others, beside_others_with_effects, no_turn, chosen, constants_from_outside])
@pytest.mark.parametrize("a", [3, -3])
def test_branches_that_a_constant_decides(function, a):
    """What would be done with a None, or behind a constant's other side, need not make sense."""
    assert njit(function)(a, None) == function(a, None)


@pytest.mark.parametrize("function", [beside_others, beside_others_with_effects, no_turn])
def test_the_same_branches_with_values(function):
    array = np.array([2.5, 4.0])
    assert njit(function)(3, array) == function(3, array)
