"""`while` loops that count: they become loops whose indices are tested once, before them, and do what Python does."""

import numpy as np
import pytest

import weft as wf


def insertion(a):
    for i in range(1, len(a)):
        v = a[i]
        j = i - 1
        while j >= 0 and a[j] > v:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = v
    return j


def upwards(a):
    i, s = 0, 0.0
    while i < len(a):
        s += a[i] * i
        i += 1
    return i, s


def steps_of_three(a):
    i = len(a) - 1
    n = 0
    while i > 1 and a[i] != 3.0:
        n += i
        i = i - 3
    return i, n, a[i]


def beyond(a):
    i = len(a) - 2
    while i < 10:
        a[i] += 1.0
        i += 1
    return i


def below(a):
    i = 1
    while i > -3:  # the last two are the array's own last
        a[i] += 1.0
        i -= 1
    return i


def otherwise(a):
    i = 0
    while i < len(a) and a[i] < 3.0:
        i += 1
    else:
        return -i
    return i


def leaves(a):
    i = 0
    while i < len(a):
        if a[i] == 3.0:
            break
        i += 1
    else:
        i = 100
    return i


def goes_on(a):  # the step is left out: no counted loop
    i = 0
    n = 0
    while i < len(a):
        n += 1
        if n == 3:
            continue
        i += 1
    return i, n


def moves_twice(a):
    i = 0
    n = 0
    while i < len(a):
        n += 1
        if a[i] > 2.0:
            i += 1
        i += 1
    return i, n


def away(a):  # from its end: one turn, then Python's own
    i = 0
    while i < len(a) and i > -4:
        i -= 1
    return i


def moving_end(a):
    i = 0
    n = len(a)
    while i < n:
        n -= 1
        a[n] = -a[i]
        i += 1
    return i, n


def two_loops(a):
    j = len(a) - 1
    n = 0
    for i in range(len(a)):
        while j > i:
            n += a[j] > a[i]
            j -= 1
        n += 10 * j
    return j, n


def late(a):  # the counter is read before, between and after
    j = 5
    s = a[j - 5]
    while j > 2:
        s += a[j - 3]
        j -= 2
    return s + a[j - 1], j


FUNCTIONS = [insertion, upwards, steps_of_three, beyond, below, otherwise, leaves, goes_on, moves_twice, away, moving_end]
FUNCTIONS += [two_loops, late]


def outcome(function, a):
    a = a.copy()
    try:
        return function(a), a.tolist()
    except IndexError:
        return IndexError, a.tolist()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_a_while_loop_does_what_python_does(function):
    compiled = wf.njit(function)
    rng = np.random.default_rng(1)
    for n in (2, 3, 4, 7, 9, 30):
        a = rng.permutation(n).astype(np.float64)
        assert outcome(compiled, a) == outcome(function, a), n


@pytest.mark.parametrize("function, counted", [(insertion, 1), (upwards, 1), (goes_on, 0), (moves_twice, 0), (away, 0)])
def test_which_loops_count(function, counted):
    compiled = wf.njit(function)
    compiled(np.arange(5.0))
    (text,) = compiled.inspect_cuda_c().values()
    assert text.count("for (; ") == counted and ("while" in text) == (not counted)


def around(g):
    h, w = g.shape
    out = np.zeros_like(g)
    for y in range(h):
        for x in range(w):
            for dy in (-1, 0, 1):
                for dx in (-2, 0, 3):
                    out[y, x] += (1 + dx) * g[(y + dy) % h, (x + dx) % w] + g[min(max(y + dy, 0), h - 1), x]
    return out


def remainders(a, n):
    return [x % n for x in a]


def test_indices_that_wrap_or_stop_at_the_edge():
    for shape in ((1, 1), (2, 5), (7, 3)):
        g = np.arange(shape[0] * shape[1]).reshape(shape)
        assert wf.njit(around)(g).tolist() == around(g).tolist()
    a = np.array([0, 1, 4, 5, 6, 11, -1, -5, -6, 2**62, -(2**63)])
    for n in (1, 5, 2**40, -1, -5):
        assert wf.njit(remainders)(a, n) == remainders(a, n)
    with pytest.raises(ZeroDivisionError):
        wf.njit(remainders)(a, 0)
