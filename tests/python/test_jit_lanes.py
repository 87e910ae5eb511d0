"""Host loops that go through vector lanes: the results, and what is done when one turn raises, are those of the loop in order."""

import math

import numpy as np
import pytest

from weft import njit, prange

SIZES = (0, 1, 7, 8, 9, 64, 203)


def exp_into(x, y):
    for i in range(len(x)):
        y[i] = math.exp(x[i])


def in_place(x):
    for i in range(len(x)):
        x[i] = math.sin(x[i]) + i


def carried(x):
    for i in range(1, len(x)):
        x[i] = math.exp(-x[i - 1])


def every_third(x, y):
    for i in range(1, len(x), 3):
        y[i] = math.log(x[i])


def guarded(x, y):
    for i in range(len(x)):
        if x[i] > 0.5:
            y[i] = math.sqrt(x[i]) * math.log(x[i])
        else:
            y[i] = x[i] - 1


def rows(a):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = math.cosh(a[i, j])


def local_array(x, y):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = math.atan2(x[i], y[i])
    y[:] = out


@pytest.mark.parametrize("function", [exp_into, in_place, every_third, guarded, rows, local_array])
def test_the_loop_goes_through_lanes(function):
    compiled = njit(function)
    arrays = [np.ones((9, 11))] if function is rows else [np.ones(9), np.ones(9)]
    compiled(*arrays[:function.__code__.co_argcount])
    assert any("@wf_lanes_" in text for text in compiled.inspect_llvm().values())


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("function", [exp_into, in_place, carried, every_third, guarded, rows, local_array])
def test_the_same_as_in_order(function, n):
    rng = np.random.default_rng(n)
    arrays = [rng.random((n, 11)) + 0.1] if function is rows else [rng.random(n) + 0.1, np.zeros(n)]
    arrays = arrays[:function.__code__.co_argcount]
    ours, theirs = [a.copy() for a in arrays], [a.copy() for a in arrays]
    njit(function)(*ours)
    function(*theirs)
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a, b, rtol=4e-16)


def two_sums(x):
    s = 0.0
    p = 1.0
    for i in range(len(x)):
        v = math.exp(x[i])
        s += v
        p *= 1.0 + v * 1e-3
    return s, p, len(x)


def one_by_one(v):
    s, p = 0.0, 1.0
    for i in range(len(v)):
        s += v[i]
        p *= 1.0 + v[i] * 1e-3
    return s, p, len(v)


@pytest.mark.parametrize("n", SIZES)
def test_sums_are_made_in_the_order_of_the_turns(n):
    x, v = np.random.default_rng(n).random(n), np.empty(n)
    njit(exp_into)(x, v)
    assert njit(two_sums)(x) == one_by_one(v)  # bit for bit


def quotients(x, k, y):
    for i in range(len(x)):
        y[i] = x[i] / k[i]


def remainders(x, k, y):
    for i in range(len(x)):
        y[i] = x[i] % k[i]


@pytest.mark.parametrize("bad", (0, 3, 8, 30, 40))
@pytest.mark.parametrize("function, dtype", [(quotients, "f8"), (remainders, "i8")])
def test_a_turn_that_raises_ends_the_loop_there(function, dtype, bad):
    x, k, y = np.arange(41).astype(dtype), np.full(41, 4).astype(dtype), np.full(41, -1).astype(dtype)
    k[bad] = 0
    with pytest.raises(ZeroDivisionError):
        njit(function)(x, k, y)
    expected = x[:bad] / 4 if dtype == "f8" else x[:bad] % 4
    assert np.array_equal(y[:bad], expected) and (y[bad:] == -1).all()


def test_arrays_that_overlap_are_done_in_order():
    for shift in (1, 3, 8, 40):
        ours = np.random.default_rng(1).random(100)
        theirs = ours.copy()
        njit(in_shifted)(ours[:-shift], ours[shift:])
        in_shifted(theirs[:-shift], theirs[shift:])
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    both = np.random.default_rng(2).random(50)
    expected = np.cos(both)
    njit(in_shifted)(both, both)
    np.testing.assert_allclose(both, expected, rtol=4e-16)


def in_shifted(x, y):
    for i in range(len(x)):
        y[i] = math.cos(x[i])


def test_in_a_parallel_loop():
    @njit(parallel=True)
    def total(a, out):
        for i in prange(a.shape[0]):
            s = 0.0
            for j in range(a.shape[1]):
                s += math.log(a[i, j])
            out[i] = s

    a, out = np.random.default_rng(3).random((20, 37)) + 0.5, np.empty(20)
    total(a, out)
    np.testing.assert_allclose(out, np.log(a).sum(axis=1), rtol=1e-13)


def test_python_s_floored_shift_and_mask():
    @njit
    def both(x, q, r):
        for i in range(len(x)):
            q[i] = x[i] // 8
            r[i] = x[i] % 8

    x = np.array([-(2**63), -17, -16, -9, -8, -7, -1, 0, 1, 7, 8, 9, 2**63 - 1])
    q, r = np.empty_like(x), np.empty_like(x)
    both(x, q, r)
    assert np.array_equal(q, x // 8) and np.array_equal(r, x % 8)


def butterflies(x, y, half):
    for first in range(0, len(x) - 2 * half + 1, 2 * half):
        for k in range(half):
            i, j = first + k, first + k + half
            t = math.cos(0.1 * k) * x[j]
            u = math.exp(-y[j]) * x[i]
            x[j] = x[i] - t
            x[i] += t
            y[i] += u


@pytest.mark.parametrize("half", (1, 2, 3, 8, 20))
def test_two_parts_of_an_array_that_do_not_meet(half):
    compiled = njit(butterflies)
    ours = [np.random.default_rng(k).random(40) for k in (1, 2)]
    theirs = [a.copy() for a in ours]
    compiled(*ours, half)
    butterflies(*theirs, half)
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a, b, rtol=1e-13)
    assert any("@wf_lanes_" in text for text in compiled.inspect_llvm().values())


def test_two_parts_of_an_array_that_meet():
    def shifted(x, by, n):
        for k in range(n):
            x[k + by] = math.cos(x[k])

    for by in (1, 3, 8, 20):
        ours, theirs = np.arange(60.0), np.arange(60.0)
        njit(shifted)(ours, by, 40)
        shifted(theirs, by, 40)
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)


def test_rare_paths_of_the_library_are_one_function():
    """Sines and cosines share the reduction of huge arguments, which is called: in lanes, in what is left over, alone."""

    def both(x, out):
        for i in range(len(x)):
            out[i] = math.sin(x[i]) + math.cos(x[i]) * math.sin(x[i] * 0.5)
        return out

    jitted = njit(both)
    x = np.concatenate([np.linspace(-9, 9, 41), [1e300, -1e22, 2.0**31, 3e9, 0.0, -0.0]])
    x = np.concatenate([x, x[::-1]])
    single = njit(lambda v: math.sin(v) + math.cos(v) * math.sin(v * 0.5))
    got = jitted(x, np.zeros(len(x)))
    assert np.array_equal(got, [single(v) for v in x])
    assert np.abs(got - (np.sin(x) + np.cos(x) * np.sin(x * 0.5))).max() < 1e-15
