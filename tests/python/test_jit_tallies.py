"""Numbers that every turn of some loops adds to, as indices: the test before the nest covers them, no more and no less than it must.

Each function runs compiled and as Python, on arrays that fit exactly, with room, and too short by one: the same elements, the same IndexError."""
import math

import numpy as np
import pytest

import weft as wf


def rows(out, n, m):
    k = 0
    for i in range(n):
        for j in range(m):
            out[k] = 10 * i + j
            k += 1
    return k


def after(out, n, m):
    k = -1
    for i in range(n):
        for j in range(m):
            k += 1
            out[k] = 10 * i + j
    return k


def behind(out, n, m):
    k = 0
    for i in range(n):
        for j in range(m):
            k += 1
        out[k - 1] = i
    return k


def anew(out, n, m):
    for i in range(n):
        k = 0
        for j in range(m):
            for _ in range(2):
                out[k] += i + j
                k += 1
    return 0


def by_three(out, n, m):
    k = 1
    for i in range(n):
        for j in range(m):
            out[k - 1] = i
            out[k] = j
            out[k + 1] = i * j
            k += 3
    return k


def twice(out, n, m):
    k = 0
    for i in range(n):
        out[k] = i
        k += 1
        for j in range(m):
            out[k] = j
            k += 1
    return k


def before_and_behind(out, n, m):
    k = 0
    for i in range(n):
        out[k] = -i
        for j in range(m):
            k += 1
        out[k - 1] += 1
    return k


def bounds_a_loop(out, n, m):
    k = 0
    for i in range(n):
        for j in range(k):
            out[j] += 1
        k += m
    return k


def bounds_its_own(out, n, m):
    k = n
    for i in range(m):
        j = 0
        while j < k and j < 3 * n:
            out[j] += i
            j += 1
        k += 1
    return k


def inserted(out, n, m):
    for i in range(n):
        k = 0
        for j in range(m):
            v = (7 * j + i) % 11
            p = k
            while p > 0 and out[p - 1] > v:
                out[p] = out[p - 1]
                p -= 1
            out[p] = v
            k += 1
    return 0


def sines(out, n, m):
    k = 0
    for i in range(n):
        for j in range(m):
            out[k] = math.sin(1.0 * j)
            k += 1
    return k


def chosen(out, n, m):
    k = 0
    for i in range(n * m):
        if i % 3 == 0:
            out[k] = i
            k += 1
    return k


def left_early(out, n, m):
    k = 0
    for i in range(n):
        for j in range(m):
            if i * m + j == len(out):
                return k
            out[k] = j
            k += 1
    return k


def backwards(out, n, m):
    k = 0
    for i in range(n - 1, -1, -1):
        for j in range(m, 0, -1):
            out[k] = i + j
            k += 1
    return k


PROGRAMS = [rows, after, behind, anew, by_three, twice, before_and_behind, bounds_a_loop, bounds_its_own, inserted, sines, chosen, left_early, backwards]


def outcome(function, size, n, m):
    out = np.zeros(size)
    try:
        return function(out, n, m), out
    except IndexError:
        return "IndexError", out


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_python(program):
    compiled = wf.njit(program)
    for n, m in [(0, 0), (0, 5), (5, 0), (1, 1), (3, 4), (7, 13)]:
        fits = next((size for size in range(4 * n * (m + 1) + 8) if outcome(program, size, n, m)[0] != "IndexError"), 6)
        for size in {fits, fits + 1, fits + 40, max(fits - 1, 0)}:
            got, want = outcome(compiled, size, n, m), outcome(program, size, n, m)
            assert got[0] == want[0], (n, m, size)
            assert np.allclose(got[1], want[1], rtol=1e-15, atol=0), (n, m, size)


def by_column(out, n, m):
    table = out.reshape(1, len(out))
    for i in range(n):
        for j in range(m):
            table[0, j - (i * i) % 3] += table[i - i, 0] + j
    return n


def test_single_axes_of_what_keeps_its_check():
    compiled = wf.njit(by_column)
    for n, m in [(0, 0), (1, 1), (3, 4), (7, 13)]:
        for size in (m, m + 1, max(m - 1, 1)):
            got, want = outcome(compiled, size, n, m), outcome(by_column, size, n, m)
            assert got[0] == want[0], (n, m, size)
            assert np.allclose(got[1], want[1])


def in_steps(out, n, m):
    for first in range(0, n * 4, 4):
        for k in range(2):
            out[first + k] += m
            out[first + k + 2] -= k
    return n


def in_steps_of(out, n, m):
    size = 2
    while size <= n:
        for first in range(0, n // size * size, size):
            for k in range(size // 2):
                out[first + k] += out[first + k + size // 2]
        size *= 2
    return size


def in_steps_tallied(out, n, m):
    k = 0
    for i in range(1, n, 3):
        for j in range(m):
            out[k] = i
            k += 1
    return k


def searched(out, n, m):
    found = 0
    for i in range(n):
        j = 0
        while out[j] != m + i % 2:
            out[j] = m
            j += 1
        k = len(out) - 1
        while out[k] > m:
            k -= 1
        found += j + k
    return found


@pytest.mark.parametrize("program", [in_steps, in_steps_of, in_steps_tallied, searched], ids=lambda f: f.__name__)
def test_steps_and_searches(program):
    test_as_python(program)


def kept_before(a, n, m, k):
    for i in range(n):
        at = k
        k += 1
        a[at] += i + 1


def kept_before_a_loop(a, n, m, k):
    for i in range(n):
        at = 2 * k - 1
        for j in range(m):
            k += 1
            a[at // 2] += j + 1
        a[at // 2] += 10


def begins_a_tally(a, n, m, k):
    for i in range(n):
        own = k
        k += 1
        for j in range(m):
            a[own] += j + 1
            own += 1


@pytest.mark.parametrize("program", [kept_before, kept_before_a_loop, begins_a_tally], ids=lambda f: f.__name__)
def test_what_is_kept_of_a_tally_stays(program):
    """A copy of a tally has the value of then, which may be negative: an element from the end, not the one before the array."""
    compiled = wf.jit(program)
    for size in (1, 4, 9):
        for n in (0, 1, 2, 4):
            for m in (0, 1, 3):
                for k in (-size - 1, -size, -3, -1, 0, 1):
                    results = []
                    for call in (program, compiled):
                        around = np.zeros(size + 40, dtype=np.int64)
                        try:
                            call(around[20 : size + 20], n, m, k)
                            results.append((around.tolist(), None))
                        except IndexError:
                            results.append((around.tolist(), IndexError))
                    assert results[0] == results[1], (size, n, m, k)
