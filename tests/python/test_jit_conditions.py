"""What conditions say of indices (src/pyfunc/conditions.c): indices that cannot be negative are tested against the end alone; where an
assignment or a loop comes between, a negative one still counts from the end."""
import numpy as np
import pytest

from weft import jit


def test_shifting_while_above_zero():
    @jit
    def insert(a):
        for i in range(1, len(a)):
            v = a[i]
            j = i
            while j > 0 and a[j - 1] > v:
                a[j] = a[j - 1]
                j -= 1
            a[j] = v
        return a

    a = np.random.default_rng(0).random(200)
    assert np.array_equal(insert(a.copy()), np.sort(a))


def test_inside_of_a_grid():
    @jit
    def neighbours(g, y, x):
        h, w = g.shape
        s = 0
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            ny = y + dy
            nx = x + dx
            if 0 <= ny < h and 0 <= nx < w and g[ny, nx] > 0:
                s += g[ny, nx]
        return s

    g = np.arange(1, 13).reshape(3, 4)
    assert [neighbours(g, y, x) for y, x in ((0, 0), (1, 1), (2, 3), (0, 3))] == [7, 24, 19, 11]


def test_an_assignment_ends_it():
    @jit
    def f(a, j):
        if j > 0:
            first = a[j - 1]
            j = -j
            return first + 10 * a[j - 1] + 100 * a[j]
        return 0

    assert f(np.arange(10), 2) == 1 + 70 + 800


def test_an_assignment_in_one_branch_ends_it():
    @jit
    def f(a, j, far):
        if j >= 1:
            if far:
                j = j - 3
            return a[j - 1]
        return -1

    assert f(np.arange(10), 1, True) == 7 and f(np.arange(10), 1, False) == 0


def test_a_loop_ends_it():
    @jit
    def f(a, j):
        s = 0
        if j > 0:
            for _ in range(3):
                s = 10 * s + a[j - 1]
                j -= 1
        return s

    assert f(np.arange(10), 1) == 98


def test_a_while_loops_own_test_holds_until_the_step():
    @jit
    def f(a, j):
        s = 0
        while j > 0:
            s = 10 * s + a[j - 1]
            j -= 2
            s = 10 * s + a[j]
        return s

    assert f(np.arange(10), 3) == f.py_func(np.arange(10), 3)


def test_a_walrus_in_the_condition():
    @jit
    def f(a, j):
        if j > 0 and (j := j - 5) < 100:
            return a[j - 1] + 100 * a[j]
        return -1

    a = np.arange(10)
    assert f(a, 2) == f.py_func(a, 2) == a[-4] + 100 * a[-3]


def test_one_variable_less_another():
    @jit
    def f(a, i, w):
        if i >= w:
            return a[i - w]
        return -1

    a = np.arange(10)
    assert f(a, 7, 3) == 4 and f(a, 3, 3) == 0 and f(a, 2, 3) == -1
    with pytest.raises(IndexError):
        f(a, 2**63 - 1, -2)
    assert f(a, -3, -4) == 1 and f(a, -9, -8) == -1


def test_least_number_and_what_is_subtracted():
    @jit
    def f(a, i):
        return a[i - 3] if i >= 2 else a[i]

    a = np.arange(10)
    assert [f(a, i) for i in (2, 3, 12, -1)] == [9, 0, 9, 9]
    with pytest.raises(IndexError):
        f(a, 13)


def test_chains_see_each_other():
    @jit
    def f(a, i, n):
        return i >= 1 and a[i - 1] > 0 and i < n

    a = np.arange(5)
    assert [f(a, i, 4) for i in (0, 1, 2, 4)] == [False, False, True, False]
