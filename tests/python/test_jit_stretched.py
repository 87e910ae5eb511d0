"""Array expressions whose parts may be stretched: loops for the usual case, where none is, and for the others."""
import numpy as np
import pytest

import weft as wf


def added(a, b):
    return a + b * 2.0


def chained(a, b):
    c = a * b
    return np.sqrt(c * c) - b


def stored(a, b):
    out = (a + b) * 0.0
    out[:] = a - b
    out += b
    return out


def compared(a, b):
    return np.where(a > b, a, b)


def copied(a, b):
    c = a.copy()
    d = b.copy()
    return c + d


SHAPES = [((5,), (5,)), ((5,), (1,)), ((1,), (5,)), ((1,), (1,)), ((0,), (1,)), ((3, 4), (3, 4)), ((3, 4), (1, 4)), ((3, 1), (1, 4)), ((1, 1), (3, 4)), ((3, 4), (3, 1))]
MIXED = [((3, 4), (4,)), ((4,), (3, 4)), ((3, 4), (1,)), ((1,), (1, 4)), ((3, 1), (4,))]


@pytest.mark.parametrize("function", [added, chained, stored, compared, copied], ids=lambda f: f.__name__)
def test_shapes(function):
    compiled = wf.njit(function)
    rng = np.random.default_rng(2)
    for one, two in SHAPES + MIXED:
        a, b = rng.random(one), rng.random(two)
        got, want = compiled(a, b), function(a, b)
        assert got.shape == want.shape and np.allclose(got, want, rtol=1e-15), (one, two)


def test_columns():
    compiled = wf.njit(added)
    a, b = np.asfortranarray(np.arange(12.0).reshape(3, 4)), np.asfortranarray(np.arange(12.0).reshape(3, 4)[:, :1])
    assert np.array_equal(compiled(a, b), added(a, b))
    assert np.array_equal(compiled(a, a), added(a, a))


@pytest.mark.parametrize("one, two", [((3,), (4,)), ((3, 4), (2, 4)), ((3, 4), (3,))])
def test_what_does_not_fit(one, two):
    with pytest.raises(ValueError, match="broadcast"):
        wf.njit(added)(np.ones(one), np.ones(two))


def test_copy_of_what_changes_its_shape():
    @wf.njit
    def swapped(u, v):
        a, b = u.copy(), v.copy()
        for _ in range(3):
            u, a = a, u
            b = u.copy() + 1.0
        return a + b[: len(a)]

    u, v = np.arange(4.0), np.arange(4.0) * 2
    assert np.array_equal(swapped(u, v), swapped.py_func(u, v))
