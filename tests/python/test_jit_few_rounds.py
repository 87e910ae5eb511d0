"""Loops of a few rounds whose indices are tested (unrolls_tests in src/emit/unroll.c): written out, with the same results and errors."""
import numpy as np
import pytest

from weft import jit


@jit
def mix(x, rounds):
    for _ in range(rounds):
        for k in range(8):
            if k < 4:
                a, b, c = k, 4 + k, 8 + k
            else:
                a, b, c = k - 4, 4 + (k - 3) % 4, 8 + (k - 2) % 4
            x[a] += x[b]
            x[c] ^= x[a]
            x[b] = (x[b] << 3) | (x[c] >> 5)
    return x


def test_indices_that_a_choice_gives():
    x = np.random.default_rng(0).integers(0, 1000, 12)
    assert np.array_equal(mix(x.copy(), 3), mix.py_func(x.copy(), 3))


def test_an_index_outside_in_a_late_round():
    x = np.arange(11)
    seen = x.copy()
    with pytest.raises(IndexError):
        mix(seen, 1)
    want = x.copy()
    with pytest.raises(IndexError):
        mix.py_func(want, 1)
    assert np.array_equal(seen, want)


def test_a_negative_index_counts_from_the_end():
    @jit
    def around(x):
        s = 0
        for k in range(5):
            j = k - 2
            s = 10 * s + x[j]
        return s

    assert around(np.arange(5)) == 34012
    with pytest.raises(IndexError):
        around(np.arange(1))


def test_leaving_and_going_on():
    @jit
    def f(x, n):
        s = 0
        for k in range(6):
            j = k if k < 3 else 8 - k
            if x[j] == n:
                continue
            if x[j] > n + 3:
                break
            s += (k + 1) * x[j]
        return s

    x = np.array([5, 1, 2, 8, 4, 3])
    for n in range(-1, 9):
        assert f(x, n) == f.py_func(x, n)
