"""Minima and maxima of integers in tables whose turns wait for each other: the same numbers as Python's."""
import numpy as np
import pytest

import weft as wf


def edit(a, b, t):
    for j in range(len(b) + 1):
        t[0, j] = j
    for i in range(len(a)):
        t[i + 1, 0] = i + 1
        for j in range(len(b)):
            cost = 0 if a[i] == b[j] else 1
            t[i + 1, j + 1] = min(t[i, j + 1] + 1, t[i + 1, j] + 1, t[i, j] + cost)


def local(a, b, t):
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            s = 2 if a[i - 1] == b[j - 1] else -1
            t[i, j] = max(0, max(t[i, j - 1] - 1, t[i - 1, j] - 1), t[i - 1, j - 1] + s)


def backwards(a, b, t):
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            t[i, j] = max(min(t[i, j + 1] + a[i], t[i + 1, j] + b[j]), -5)


def running(a, b, t):
    for i in range(1, min(len(a), len(b))):
        t[0, i] = min(t[0, i - 1] + a[i], b[i])
        t[1, i] = max(t[1, i - 1] - b[i], a[i], t[0, i])


def forwards(a, b, t):
    for i in range(len(a)):
        for j in range(len(b)):
            t[i, j] = min(t[i, j + 1] + a[i], t[i, j] + b[j])


@pytest.mark.parametrize("function", [edit, local, backwards, running, forwards], ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint32, np.int16])
def test_tables(function, kind):
    rng = np.random.default_rng(5)
    compiled = wf.njit(function)
    for n, m in [(0, 3), (1, 1), (9, 17), (30, 12)]:
        a, b = rng.integers(0, 4, n).astype(np.int64), rng.integers(0, 4, m).astype(np.int64)
        t = rng.integers(0, 50, (n + 1, m + 1)).astype(kind)
        want = t.astype(np.int64)
        function(a, b, want)
        if want.min() < 0 and kind == np.uint32:
            continue
        compiled(a, b, t)
        assert np.array_equal(t, want), (n, m)


def test_the_ends_of_the_type():
    @wf.njit
    def least(x):
        for i in range(1, len(x)):
            x[i] = max(min(x[i], x[i - 1]), x[i - 1])

    x = np.array([0, 2**63 - 1, -(2**63), 5, -(2**63), 2**63 - 1, 7])
    want = x.copy()
    for i in range(1, len(want)):
        want[i] = max(min(want[i], want[i - 1]), want[i - 1])
    least(x)
    assert np.array_equal(x, want)
