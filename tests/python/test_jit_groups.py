"""Loops that run four turns at once though a test may end them in the middle, and `while` loops that do not count.

Each runs compiled and as Python, for every number of turns up to a few groups, and with arrays too short at every place: the same
results, the same IndexError, the same elements written before it."""
import numpy as np
import pytest

import weft as wf


def numbers(text, out):
    n = 0
    value = 0
    inside = False
    for c in text:
        if 48 <= c <= 57:
            value = value * 10 + (c - 48)
            inside = True
        elif inside:
            out[n] = value
            n += 1
            value = 0
            inside = False
    return n * 1000 + value


def kept(text, out):
    n = 0
    for i in range(len(text)):
        if text[i] % 3 == 0:
            out[n] = i
            n += 1
    return n


def backwards(text, out):
    n = 0
    for i in range(len(text) - 1, -1, -1):
        if text[i] % 3:
            out[n] = text[i] - i
            n += 1
    return n


def counted(text, out):
    for t in text:
        out[t % 7] += 1
    return 0


def rows(text, out):
    n = 0
    for _ in range(3):
        for i in range(len(text)):
            if text[i] > 50:
                continue
            out[n] += i
            n += 1
        n = n // 2
    return n


FUNCTIONS = [numbers, kept, backwards, counted, rows]


def digits(text):
    total = 0
    for t in text:
        n = int(t) * 12345
        while n > 0:
            total += n % 10
            n //= 10
    return total


def merged(text):
    h = len(text) // 2
    a, b, out = np.sort(text[:h]), np.sort(text[h:]), np.zeros_like(text)
    i = j = k = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
        k += 1
    return k + int(out[k // 2]) * 100


def places(text):
    s, total = np.sort(text), 0
    for t in text:
        lo, hi = 0, len(s)
        while lo < hi:
            mid = (lo + hi) // 2
            if s[mid] < t:
                lo = mid + 1
            else:
                hi = mid
        total = total * 3 % 1000003 + lo
    return total


def outcome(function, *given):
    try:
        return int(function(*given))
    except IndexError:
        return "IndexError"


def text_of(n):
    return np.random.default_rng(n).integers(40, 64, n).astype(np.uint8)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_like_python(function):
    compiled = wf.jit(function)
    for n in list(range(14)) + [50]:
        text = text_of(n)
        for room in sorted({0, 1, 2, 3, 4, 5, 6, 7, 8, n // 3, n // 2, n, 3 * n}):
            a, b = np.full(room, -5), np.full(room, -5)
            assert outcome(compiled, text, a) == outcome(function, text.astype(np.int64), b), (n, room)
            assert np.array_equal(a, b), (n, room)


@pytest.mark.parametrize("function", [numbers, kept, backwards], ids=lambda f: f.__name__)
@pytest.mark.parametrize("n", [(1 << 18) - 1, (1 << 18) + 2, (1 << 19) + 5])
def test_more_turns_than_a_piece(function, n):
    text, compiled = text_of(n), wf.jit(function)
    for room in (n, 1000):
        a, b = np.zeros(room, np.int64), np.zeros(room, np.int64)
        assert outcome(compiled, text, a) == outcome(function, text.tolist(), b)
        assert np.array_equal(a, b)


@pytest.mark.parametrize("function", [digits, merged, places], ids=lambda f: f.__name__)
def test_loops_that_do_not_count(function):
    compiled = wf.jit(function)
    for n in (0, 1, 2, 3, 4, 5, 9, 30, 200):
        text = text_of(n).astype(np.int64)
        if n or function is not merged:
            assert outcome(compiled, text) == outcome(function, text), n


def test_the_step_after_the_last_group():
    """Whatever is left of three groups runs one by one, from where they ended."""
    @wf.jit
    def f(x, out, first):
        n = 0
        for i in range(first, len(x)):
            if x[i] > 0:
                out[n] = i
                n += 1
        return n

    x = np.ones(20)
    for first in range(-3, 21):
        out = np.zeros(30, np.int64)
        n = f(x, out, first)
        assert out[:n].tolist() == list(range(first, 20)) and not out[n:].any()
