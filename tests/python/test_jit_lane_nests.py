"""Loops around loops in host functions: turns of the outer one side by side in vector lanes. Each function does the turns lo..hi-1, so that
one turn at a time, which is no group of lanes, says what all of them together must give, bit for bit."""

import math

import numpy as np
import pytest

import weft
from weft import njit, prange


def window(x, y, lo, hi):
    """A stencil with edges, a mathematical function in it: elements are gathered."""
    for i in range(lo, hi):
        s = 0.0
        n = 0.0
        for d in range(-2, 3):
            k = min(max(i + d, 0), len(x) - 1)
            w = math.exp(-d * d / 8.0 - (x[k] - x[i]) ** 2)
            s += w * x[k]
            n += w
        y[i] = s / n


def correlate(x, y, lo, hi):
    for i in range(lo, hi):
        s = 0.0
        for k in range(12):
            for j in range(3):
                s += x[i + k] * x[k + j]
        y[i] = s


def single(x, y, lo, hi):
    for i in range(lo, hi):
        s = np.float32(0.0)
        for k in range(33):
            s += np.float32(x[i + k])
        y[i] = s


def escape(x, y, lo, hi):
    """Each lane leaves its loop at a time of its own."""
    for i in range(lo, hi):
        z = complex(x[i], x[i + 1])
        for k in range(60):
            z = z * z + complex(-0.8, 0.156)
            if abs(z) > 2:
                y[i] = k
                break


def newton(x, y, lo, hi):
    for i in range(lo, hi):
        r = 1.0
        while abs(r * r - x[i]) > 1e-12 * x[i] + 1e-300:
            r = 0.5 * (r + x[i] / r)
        y[i] = r


def skips(x, y, lo, hi):
    for i in range(lo, hi):
        s = 0.0
        for k in range(12):
            if x[i + k] < 0.3:
                continue
            s += math.log(x[i + k])
            if s < -3:
                s -= 1
        y[i] = s


def nearest(x, y, lo, hi):
    for i in range(lo, hi):
        best = math.inf
        which = -1
        for k in range(7):
            d = 0.0
            for m in range(2):
                d += (x[i + m] - 0.125 * (k + m)) ** 2
            if d < best:
                best = d
                which = k
        y[i] = which + best


def every_other(x, y, lo, hi):
    for i in range(lo, hi, 2):
        s = 1.0
        for k in range(40):
            s *= x[i + k] + 0.5
        y[i] = s


def branches(x, y, lo, hi):
    """What both arms assign, and what is assigned twice, is the turn's own."""
    for i in range(lo, hi):
        if x[i] > 0.5:
            v = 1.0
        else:
            v = x[i + 1]
        s = 0.0
        for k in range(35):  # more than LLVM writes out, which would then make vectors of it
            d = x[i + k] - v
            d *= d
            s += d * v
        y[i] = s


@njit
def helper(a, b, most):
    for k in range(most):
        a = a * a - b
        if a > 2.0:
            return k
    return -1


def calls(x, y, lo, hi):
    """A function of the program's own, which returns from within its loop."""
    for i in range(lo, hi):
        y[i] = helper(x[i] + 0.9, x[i + 1] * 0.25, 20)


FUNCTIONS = [branches, calls, window, correlate, single, escape, newton, skips, nearest, every_other]
N = 61


def numbers(dtype=np.float64):
    return (np.random.default_rng(5).random(N + 48) + 0.01).astype(dtype)


def goes_through_lanes(compiled):
    return any("@wf_lanes_" in text for text in compiled.inspect_llvm().values())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_bits_are_those_of_one_turn_at_a_time(function, dtype):
    compiled = njit(function)
    x = numbers(dtype)
    for lo, hi in [(0, N), (0, 0), (3, 4), (1, 9), (2, 9), (0, 17), (5, 13), (7, 6)]:
        ours, theirs = np.full(N, -1.0, dtype), np.full(N, -1.0, dtype)
        compiled(x, ours, lo, hi)
        for i in range(lo, hi, 2 if function is every_other else 1):
            compiled(x, theirs, i, i + 1)
        assert ours.tobytes() == theirs.tobytes()
    assert goes_through_lanes(compiled)


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f is not calls])  # whose helper is compiled
def test_the_results_are_python_s(function):
    x, ours, theirs = numbers(), np.full(N, -1.0), np.full(N, -1.0)
    njit(function)(x, ours, 0, N)
    function(x, theirs, 0, N)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def product(a, b, c):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            s = a.dtype.type(0)
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s


@pytest.mark.parametrize("shape", [(0, 3, 4), (2, 0, 9), (3, 5, 7), (4, 6, 8), (3, 11, 29)])
def test_a_product_of_matrices(shape):
    n, k, m = shape
    rng = np.random.default_rng(1)
    a, b, c, expected = rng.random((n, k)), rng.random((k, m)), np.full((n, m), -1.0), np.full((n, m), -1.0)
    compiled = njit(product)
    compiled(a, b, c)
    product(a, b, expected)
    assert c.tobytes() == expected.tobytes() and goes_through_lanes(compiled)


def columns(a, out):
    for j in range(a.shape[1]):
        for i in range(a.shape[0]):
            out[i, j] = math.exp(a[i, j])


def kept(x, y):
    last = 0.0
    for i in range(len(x)):
        if x[i] > 0.5:
            last = math.sqrt(x[i])
        y[i] = last


def left(x, y):
    v = 0.0
    for i in range(len(x)):
        v = math.exp(x[i])
        y[i] = v
    return v


def test_elements_that_lie_apart():
    a = np.random.default_rng(1).random((29, 5))
    ours, theirs = np.zeros_like(a), np.zeros_like(a)
    compiled = njit(columns)
    compiled(a, ours)
    for i in range(29):
        compiled(a[i : i + 1], theirs[i : i + 1])
    assert ours.tobytes() == theirs.tobytes() and goes_through_lanes(compiled)
    over = np.lib.stride_tricks.as_strided(np.zeros(5), (29, 5), (0, 8), writeable=True)
    compiled(a, over)
    assert np.array_equal(over[0], ours[28])  # the last turn's


def test_a_value_that_a_turn_leaves_to_the_next_goes_in_order():
    x, y = numbers(), np.zeros(N + 48)
    compiled = njit(kept)
    compiled(x, y)
    expected = np.zeros(N + 48)
    kept(x, expected)
    assert y.tobytes() == expected.tobytes() and not goes_through_lanes(compiled)
    assert njit(left)(x, y) == y[-1]


def in_place_average(x, y, lo, hi):
    for i in range(lo, hi):
        s = 0.0
        for k in range(hi - 57):
            s += x[i + k]
        y[i + 2] = s / 3


def test_arrays_that_overlap_are_done_in_order():
    for shift in (0, 1, 2, 9):
        ours = np.random.default_rng(1).random(100)
        theirs = ours.copy()
        compiled = njit(in_place_average)
        compiled(ours[shift:], ours, 0, 60)
        in_place_average(theirs[shift:], theirs, 0, 60)
        assert ours.tobytes() == theirs.tobytes() and goes_through_lanes(compiled)


def recurrence(x, lo, hi):
    for i in range(lo, hi):
        s = 0.0
        for k in range(1, 4):
            s += x[i - k] * 0.3
        x[i] = s


def test_a_turn_that_reads_what_another_wrote_waits_for_it():
    ours, theirs = numbers(), numbers()
    compiled = njit(recurrence)
    compiled(ours, 3, N)
    recurrence(theirs, 3, N)
    assert ours.tobytes() == theirs.tobytes() and not goes_through_lanes(compiled)


def weighted(x, w, y):
    for i in range(len(y)):
        s = 0.0
        n = 0.0
        for k in range(3):
            s += math.sqrt(x[i]) * w[i + k]
            n += w[i + k]
        y[i] = s / n


@pytest.mark.parametrize("bad", (0, 3, 8, 30, 40))
def test_a_turn_that_raises_ends_the_loop_there(bad):
    x, w, y = np.arange(41.0), np.ones(43), np.full(41, -1.0)
    w[bad : bad + 3] = (1, -1, 0)
    w[bad - 1 : bad] = 3
    with pytest.raises(ZeroDivisionError):
        njit(weighted)(x, w, y)
    np.testing.assert_allclose(y[:bad], np.sqrt(x[:bad]), rtol=1e-15)
    assert (y[bad:] == -1).all()


def test_an_index_outside_is_found_in_its_turn():
    def reach(x, y, lo, hi):
        for i in range(lo, hi):
            s = 0.0
            for k in range(5):
                s += x[i + k]
            y[i] = s

    x, y = np.ones(40), np.zeros(40)
    with pytest.raises(IndexError):
        njit(reach)(x, y, 0, 40)
    assert (y[:36] == 5).all() and (y[36:] == 0).all()


@pytest.mark.parametrize("options", [{"parallel": True}, {"fastmath": True}, {"boundscheck": False}])
def test_with_options(options):
    @njit(**options)
    def blurred(a, out):
        for i in prange(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                s = 0.0
                for di in range(-1, 2):
                    for dj in range(-1, 2):
                        s += a[i + di, j + dj]
                out[i, j] = s / 9.0

    a = np.random.default_rng(2).random((13, 37))
    out, expected = np.zeros_like(a), np.zeros_like(a)
    blurred(a, out)
    for i in range(1, 12):
        for j in range(1, 36):
            expected[i, j] = a[i - 1 : i + 2, j - 1 : j + 2].sum() / 9
    np.testing.assert_allclose(out, expected, rtol=1e-14)


def test_small_types_and_tails():
    def smooth(x, y):
        for i in range(2, len(x) - 2):
            s = np.float32(0.0)
            for k in range(-2, 3):
                s += np.float32(x[i + k]) * np.float32(0.2)
            y[i] = int(s)

    for dtype in (np.uint8, np.int16, np.int32):
        for n in (5, 12, 13, 19, 40):
            x = np.random.default_rng(n).integers(0, 100, n).astype(dtype)
            ours, theirs = np.zeros_like(x), np.zeros_like(x)
            njit(smooth)(x, ours)
            smooth(x, theirs)
            assert np.array_equal(ours, theirs)


def test_a_store_through_a_pointer_that_moves_within_a_turn_goes_in_order():
    source = """extern "C" __global__ void k(float *a, const float *x, int n, int m) {
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++) {
                float s = 0;
                for (int q = 0; q < 3; q++) s = s * 0.5f + x[q + j];
                (a + j)[i] = (a + j)[i] * 0.5f + s + i;
            }
    }"""
    n, m = 21, 4
    ours, x = np.arange(30, dtype=np.float32), np.arange(8, dtype=np.float32)
    theirs = ours.copy()
    device = weft.asarray(ours)
    weft.RawKernel(source, "k")((1,), (1,), (device, weft.asarray(x), np.int32(n), np.int32(m)))
    for i in range(n):
        for j in range(m):
            s = np.float32(0)
            for q in range(3):
                s = s * np.float32(0.5) + x[q + j]
            theirs[i + j] = theirs[i + j] * np.float32(0.5) + s + np.float32(i)
    assert np.array_equal(weft.asnumpy(device), theirs)  # each step is exact: it does not matter what is contracted
