"""Bounds tests of which conditions are left out that others imply: what they still keep out, at the ends of the integers too."""

import numpy as np
import pytest

import weft

ENDS = [-(2**63), -(2**63) + 1, -(2**62), -(2**47) - 1, -(2**47), -(2**31), -(2**30) - 2, -1, 0, 1, 2, 3, 2**30 - 1, 2**30, 2**30 + 1, 2**31,
        2**47 - 1, 2**47, 2**47 + 1, 2**62, 2**63 - 2, 2**63 - 1]


@weft.njit
def neighbours(a, first, end, shift):
    s = 0.0
    for i in range(first, end):
        s += a[i + shift] - 2.0 * a[i + shift + 1] + a[i + shift + 2]
    return s


@weft.njit
def rows(a, n, m):
    s = 0.0
    for i in range(1, n):
        for j in range(1, m - 1):
            s += a[i - 1, j] + a[i, j + 1] * a[i, j - 1]
    return s


@weft.njit
def flat(a, n, m, step):
    s = 0.0
    for i in range(n):
        for j in range(m):
            s += a[i * step + j]
    return s


def outcome(f, *args):
    try:
        return f(*args)
    except IndexError:
        return "IndexError"


def few(first, end):
    return end - first <= 64


@pytest.mark.parametrize("shift", [-2, 0, 1, 2**62, -(2**62), 2**63 - 3])
def test_neighbours(shift):
    a = np.arange(9.0)
    for first in ENDS:
        for end in ENDS + [first + 1 if first < 2**63 - 1 else first]:
            if not few(first, end) or not all(-(2**63) <= n + shift + 2 < 2**63 and n + shift >= -(2**63) for n in (first, max(first, end - 1))):
                continue  # too long for Python, or its sums are other numbers
            want = outcome(neighbours.py_func, a, first, end, shift)
            assert outcome(neighbours, a, first, end, shift) == want, (first, end, shift)


@pytest.mark.parametrize("shape", [(5, 4), (3, 3), (2, 9), (1, 1)])
def test_rows(shape):
    a = np.arange(float(shape[0] * shape[1])).reshape(shape)
    for n in [-(2**63), -(2**31), -1, 0, 1, 2, shape[0], shape[0] + 1, 2**30, 2**47, 2**63 - 1]:
        for m in [-(2**63) + 1, -1, 0, 1, 2, shape[1], shape[1] + 1, 2**30, 2**47, 2**63 - 1]:
            if n > 1 and m > 2 or few(1, n):  # it ends soon, at the latest at an index that is outside
                assert outcome(rows, a, n, m) == outcome(rows.py_func, a, n, m), (n, m)


def test_flat():
    a = np.arange(60.0)
    for n in [-(2**63), -1, 0, 1, 5, 6, 2**31]:
        for m in [-(2**63), 0, 1, 10, 12, 61, 2**62]:
            for step in [-(2**62), -12, 0, 1, 10, 12, 2**30, 2**62]:
                if few(0, n) or m > 61:
                    assert outcome(flat, a, n, m, step) == outcome(flat.py_func, a, n, m, step), (n, m, step)
