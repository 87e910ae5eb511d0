"""Slices as values: made, passed, returned, kept outside, and used on arrays, text, lists and tuples."""

import numpy as np
import pytest

from weft._jit import njit

OUTSIDE = slice(1, 3)
SLICES = [slice(2), slice(1, 5), slice(None, None, 2), slice(5, None, -2), slice(-3, None), slice(None, -2, 1)]
A = np.arange(8)


def same(got, want):
    return (np.asarray(got) == np.asarray(want)).all() if isinstance(want, np.ndarray) else got == want


@pytest.mark.parametrize("given", [A, "abcdef", [1, 2, 3, 4], (1, 2, 3, 4)], ids=["array", "text", "list", "tuple"])
def test_one_from_outside(given):
    assert same(njit(lambda a: a[OUTSIDE])(given), given[OUTSIDE])


@pytest.mark.parametrize("s", SLICES, ids=str)
def test_one_that_is_passed(s):
    cut, back, indices = njit(lambda a, s: a[s]), njit(lambda s: s), njit(lambda s, n: s.indices(n))
    for given in (A, "hello world", [1, 2, 3, 4, 5]):
        assert same(cut(given, s), given[s])
    assert back(s) == s
    assert [indices(s, n) for n in (0, 3, 9)] == [s.indices(n) for n in (0, 3, 9)]
    both = np.arange(12).reshape(3, 4)
    assert same(njit(lambda a, s: a[s, 1])(both, s), both[s, 1])


def test_one_that_is_made():
    def made(a, n):
        s = slice(n)
        a[slice(n, None)] = 7
        return a[s], s.start, s.stop, s.step

    got, want = njit(made)(A.copy(), 3), made(A.copy(), 3)
    assert same(got[0], want[0]) and got[1:] == want[1:]


def test_an_array_without_axes():
    def total(a):
        t = 0
        for i, v in np.ndenumerate(a):
            t += v
        return t + a[()], len([i for i in np.ndindex(())])

    assert njit(total)(np.array(5)) == (10, 1)
