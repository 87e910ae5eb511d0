"""Calls with numbers and small arrays, which go to a ufunc of NumPy's around the compiled loop, give what calls with many elements give."""

import gc
import threading
import weakref

import numpy as np
import pytest

from weft._guvectorize import guvectorize
from weft._vectorize import vectorize


def hypotenuse(x, y):
    return np.sqrt(x * x + y * y)


def add_rows(a, b, out):
    for i in range(len(a)):
        out[i] = a[i] + b[i]


@pytest.fixture
def hyp():
    return vectorize(["float32(float32, float32)", "float64(float64, float64)"])(hypotenuse)


@pytest.fixture
def rows():
    return guvectorize(["void(float64[:], float64[:], float64[:])"], "(n),(n)->(n)")(add_rows)


def test_that_they_go_there(hyp, rows):
    assert hyp._small((1.0, 2.0)) is not None and hyp._small((np.ones(3), 2)) is not None
    assert rows._small((np.ones(3), np.ones(3))) is not None
    assert vectorize(["float16(float16)"])(lambda x: x)._small((np.float16(1),)) is None
    changed = guvectorize(["void(float64[:], float64[:])"], "(n)->(n)")(shift)
    assert changed._small((np.ones(3),)) is None  # it writes to its argument


def shift(x, out):
    for i in range(len(x)):
        x[i] += 1.0
        out[i] = x[i]


def many(call, args, n=5000):
    """The same with so many elements that it goes the long way."""
    return call(*(np.repeat(np.asarray(a)[None], n, axis=0) for a in args))[n // 2]


@pytest.mark.parametrize("args", [
    (3.0, 4.0), (3, 4), (np.float32(3), np.float32(4)), (True, 2), (np.arange(5.0), 2.0), (np.arange(6.0).reshape(2, 3), np.arange(3.0)),
    (np.arange(10.0)[::-3], np.arange(4)), (np.arange(12.0).reshape(3, 4).T, np.ones((4, 1))), (np.arange(4, dtype=">f8"), 1.0),
    (np.zeros((0, 3)), np.ones(3)), (np.zeros(3, [("a", "i1"), ("b", "f8")])["b"], 2.0), (np.array(2.0), np.array(3.0))])
def test_the_same_as_of_many(hyp, args):
    small = hyp(*args)
    large = many(hyp, args if np.ndim(small) == max(np.ndim(a) for a in args) == np.ndim(args[0]) == np.ndim(args[1]) else
                 np.broadcast_arrays(*args))
    np.testing.assert_array_equal(small, large)
    assert small.dtype == large.dtype == np.result_type(hypotenuse(*args) * 1.0)
    assert isinstance(small, np.generic) == (np.ndim(small) == 0)


def test_rows_that_broadcast(rows):
    a, b = np.arange(12.0).reshape(3, 4), np.arange(4.0)
    np.testing.assert_array_equal(rows(a, b), a + b)
    np.testing.assert_array_equal(rows(b, a[:, ::-1]), a[:, ::-1] + b)
    np.testing.assert_array_equal(rows(a.T, np.arange(3.0)), a.T + np.arange(3.0))
    out = np.empty((3, 4))
    assert rows(a, b, out) is out and (out == a + b).all()
    assert rows(np.arange(4), b).dtype == float
    with pytest.raises(ValueError, match="mismatch in its core dimension 0"):
        rows(a, np.ones(3))
    with pytest.raises(ValueError, match="does not have enough dimensions"):
        rows(2.0, b)


def test_a_core_of_nothing_and_a_number():
    @guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->()")
    def total(x, start, out):
        out[0] = start
        for i in range(len(x)):
            out[0] += x[i]

    assert total(np.arange(4.0), 1) == 7.0 and isinstance(total(np.arange(4.0), 1), np.float64)
    np.testing.assert_array_equal(total(np.ones((2, 3)), [1.0, 2.0]), [4, 5])
    np.testing.assert_array_equal(total(np.ones((0, 3)), 1.0), np.ones(0))
    np.testing.assert_array_equal(total(np.ones((2, 0)), 1.0), [1, 1])


def test_what_is_raised_comes_through(hyp):
    @vectorize(["int64(int64)"])
    def picky(x):
        if x < 0:
            raise ValueError("negative")
        return x

    assert picky(3) == 3
    for given in (-1, np.array([1, -1, 2]), np.array([[1], [-2]])):
        with pytest.raises(ValueError, match="negative"):
            picky(given)
    assert (picky(np.arange(3)) == [0, 1, 2]).all()
    with pytest.raises((OverflowError, TypeError)):
        picky(10**30)
    for text in ("a", None, [None], {}):
        with pytest.raises(TypeError):
            hyp(text, 1.0)


@pytest.mark.parametrize("n", [3, 10_000])
def test_outputs_that_cannot_be_written(hyp, rows, n):
    out = np.zeros(n)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="output array is read-only"):
        hyp(np.ones(n), 2.0, out)
    with pytest.raises(ValueError, match="output array is read-only"):
        rows(np.ones(n), np.ones(n), out)


def test_an_output_that_overlaps_what_is_read(hyp):
    x = np.arange(6.0)
    expected = hypotenuse(x[:-1].copy(), 2.0)
    hyp(x[:-1], 2.0, x[1:])
    np.testing.assert_array_equal(x[1:], expected)


def test_no_warnings_of_lanes(recwarn):
    """A branch that is not taken divides by zero in a lane that is thrown away."""
    inverse = vectorize(["float64(float64)"])(lambda x: 1.0 / x if x != 0 else 0.0)
    assert (inverse(np.arange(9.0)) == [0.0, *(1.0 / k for k in range(1, 9))]).all() and inverse(0.0) == 0
    assert not recwarn


def test_loops_that_are_added_later_are_found():
    twice = vectorize([])(lambda x: x + x)
    assert twice(np.int32(4)).dtype == np.int64
    twice.add("float64(float64)")
    assert twice(np.int32(4)).dtype == float  # the first signature that holds it


def test_lists_are_arrays(hyp):
    np.testing.assert_array_equal(hyp([3.0, 5.0], (4, 12)), [5, 13])


def test_from_many_threads(hyp):
    found = [None] * 4

    def work(k):
        found[k] = [float(hyp(float(i), k)) for i in range(300)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert found == [[float(np.sqrt(i * i + k * k)) for i in range(300)] for k in range(4)]


def test_it_goes_when_nobody_has_it():
    def make():
        twice = vectorize(["float64(float64)"])(lambda x: x + x)
        twice.itself = twice
        assert twice(2.0) == 4.0
        return weakref.ref(twice)

    gone = make()
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("count", [3, 5000])
@pytest.mark.parametrize("number", [2**63, -2**63 - 1, 2**70])
def test_numbers_that_the_type_does_not_hold(count, number):
    @guvectorize(["void(int64[:], int64, int64[:])"], "(n),()->(n)")
    def add(a, b, out):
        for i in range(a.shape[0]):
            out[i] = a[i] + b

    with pytest.raises(OverflowError):
        add(np.arange(count), number)
    assert add(np.arange(count), 2**63 - count)[-1] == 2**63 - 1


def test_the_loops_outlive_what_linecache_holds(rows):
    import linecache

    assert rows(np.ones(3), 1 + np.zeros(3)).sum() == 6
    linecache.clearcache()
    twice = vectorize(["float64(float64)"])(lambda x: x + x)
    twice._loop(2)
    linecache.clearcache()
    assert twice(np.ones((70, 70)).T[::2]).sum() == 4900


def test_an_interrupt_while_it_is_made_is_not_lost(hyp, monkeypatch):
    def interrupted(args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(hyp, "_small", interrupted)
        with pytest.raises(KeyboardInterrupt):
            hyp(3.0, 4.0)
    assert hyp(3.0, 4.0) == 5.0
