"""Loops that a host function leaves out until a call gets to them (src/emit/late.c): the same results, the same errors, and
nothing compiled for the calls that do not."""

import math
import threading

import numpy as np
import pytest

import weft as wf
from weft import _compile


@pytest.fixture
def compiled(monkeypatch):
    """How many modules were compiled so far, in a list."""
    count, run = [], _compile.compile
    monkeypatch.setattr(_compile, "compile", lambda *args: count.append(1) or run(*args))
    return count


def test_the_checked_twin_is_compiled_when_an_index_lies_outside():
    @wf.jit
    def shifted(x, k):
        s = 0.0
        last = -1
        for i in range(len(x)):
            s += x[i + k]
            last = i
        return s, last

    x = np.arange(10.0)
    assert shifted(x, 0) == (45.0, 9)
    with pytest.raises(IndexError):
        shifted(x, 1)
    assert shifted(x, -1) == (x[-1] + x[:9].sum(), 9)  # the test fails, and all is right
    assert shifted(x, 0) == (45.0, 9)
    assert shifted(np.zeros(0), 0) == (0.0, -1)


def test_what_the_loop_assigns_comes_back():
    def walk(x, lo, hi, step):
        best, at, any_, count, half = -1e300, -1, False, np.int32(7), np.float32(0.5)
        for i in range(lo, hi, step):
            if x[i] > best:
                best, at = x[i], i
                any_ = True
            count += 1
            half *= np.float32(1.5)
        return best, at, any_, count, half, i

    compiled = wf.jit(walk)
    x = np.random.default_rng(1).random(40)
    for lo, hi, step in ((0, 40, 1), (-40, 40, 1), (-3, 5, 2), (3, 30, 7)):
        assert compiled(x, lo, hi, step) == walk(x, lo, hi, step)
    with pytest.raises(IndexError):
        compiled(x, 0, 41, 1)


def test_nests_and_stores():
    def smooth(a, out, r):
        n, m = a.shape
        for i in range(n):
            for j in range(m):
                t = 0.0
                for k in range(-r, r + 1):
                    t += a[i, (j + k) % m]
                out[i, j - r] = t
        return out

    a = np.random.default_rng(2).random((9, 11))
    compiled = wf.jit(smooth)
    for r in (0, 1, 3):
        assert np.array_equal(compiled(a, np.zeros_like(a), r), smooth(a, np.zeros_like(a), r))
    with pytest.raises(IndexError):
        compiled(a, np.zeros((9, 10)), 0)


def test_lanes_that_raise_in_a_turn():
    def shares(x, out):
        for i in range(len(x)):
            out[i] = math.exp(x[i]) / x[i]
        return out

    compiled = wf.jit(shares)
    x = np.linspace(1, 2, 37)
    expected = compiled(x, np.zeros(37))
    assert np.allclose(expected, np.exp(x) / x, rtol=1e-15)
    x[21] = 0.0
    out = np.zeros(37)
    with pytest.raises(ZeroDivisionError):
        compiled(x, out)
    assert np.array_equal(out[:21], expected[:21]) and not out[21:].any()
    for n in range(6):  # too few turns for lanes
        assert np.array_equal(compiled(x[:n], np.zeros(n)), expected[:n])


def test_turns_that_depend_on_each_other():
    def run(x, y):
        for i in range(1, len(y)):
            y[i] = math.exp(-abs(x[i - 1])) + 0.5
        return y

    compiled = wf.jit(run)
    x, apart = np.linspace(0, 1, 30), np.zeros(30)
    assert np.allclose(compiled(x, apart), run(x, np.zeros(30)), rtol=1e-15)
    same, expected = x.copy(), x.copy()
    assert np.allclose(compiled(same, same), run(expected, expected), rtol=1e-15)


def test_in_parallel_loops():
    @wf.jit(parallel=True)
    def rows(a, shift, out):
        for i in wf.prange(a.shape[0]):
            s = 0.0
            for j in range(a.shape[1]):
                s += a[i, j + shift]
            out[i] = s
        return out

    a = np.arange(640.0).reshape(16, 40)
    assert np.array_equal(rows(a, 0, np.zeros(16)), a.sum(1))
    with pytest.raises(IndexError):
        rows(a, 1, np.zeros(16))
    assert np.array_equal(rows(a, -1, np.zeros(16)), a.sum(1))


def test_two_threads_get_there_at_once():
    @wf.jit
    def total(x, k):
        s = 0.0
        for i in range(len(x)):
            s += x[i + k]
        return s

    x, results = np.arange(1000.0), []
    total(x, 0)

    def work():
        for _ in range(20):
            results.append(total(x, -1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    assert not any(t.is_alive() for t in threads)
    assert results == [x.sum()] * 80


def test_it_is_one_more_module_and_only_when_needed(compiled):
    @wf.jit
    def weighted(x, y, k):
        s = 0.25
        for i in range(len(x)):
            s = s * 0.5 + x[i] * y[i + k] * 17.0
        return s

    x = np.arange(6.0)
    weighted(x, x, 0)
    before = len(compiled)
    weighted(x, x, 0)
    assert len(compiled) == before
    weighted(x, x, -1)
    after = len(compiled)
    weighted(x, x, -1)
    assert len(compiled) == after <= before + 1


def test_a_compiler_that_fails_is_an_error_of_the_call(monkeypatch):
    @wf.jit
    def product(x, k):
        s = 1.0625
        for i in range(len(x)):
            s *= x[i + k] + 3.0
        return s

    x = np.arange(4.0)
    right = product(x, 0)
    with monkeypatch.context() as m:
        m.setenv("WEFT_CACHE_DIR", "off")

        def fails(*args):
            raise ValueError("no compiler today")

        m.setattr(_compile, "compile", fails)
        try:
            product(x, -1)  # from the disk cache, perhaps
        except wf.InternalError as error:
            assert "no compiler today" in str(error)
    assert product(x, 0) == right
    assert math.isclose(product(x, -1), right)
