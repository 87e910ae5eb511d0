"""Loops over generators: the generator's body stands in the loop, so that it may do all that a function may."""

import numpy as np
import pytest

from weft import njit


@njit
def counted(n, step=1):
    i = 0
    while i < n:
        yield i
        i += step


@njit
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


@njit
def pairs(n):
    for i in range(n):
        if i == 5:
            return
        for j in range(i):
            if j == 3:
                break
            yield i, j
    yield -1, -1


@njit
def nested(n):
    for v in counted(n):
        for w in counted(v + 1, step=2):
            yield v * 10 + w


@njit
def filling(a):
    for i in range(len(a)):
        a[i] = i
        yield a[i] * 2


def plain(n):
    for i in range(n):
        yield i ** 2


def _sum(n):
    s = 0
    for v in counted(n):
        s += v
    for v in counted(n, step=3):
        s += v
    for v in plain(n):
        s -= v
    return s


def _without_end(n):
    s = 0
    for v in fibonacci():
        if v > n:
            break
        if v % 2:
            continue
        s += v
    return s, v


def _two_values(n):
    out = [0]
    for i, j in pairs(n):
        if i == 4 and j == 1:
            continue
        if i == 9:
            break
        out.append(i * 10 + j)
    return out


def _leaving(n):
    out = [0]
    for v in nested(n):
        if v > 50:
            break
        if v % 3 == 0:
            continue
        out.append(v)
    for i, v in enumerate(nested(n)):
        out.append(i * v)
        if i > 5:
            return out
    return out


def _in_turns(n):
    a, s = np.zeros(n), 0.0
    for v in filling(a):
        if v > 6:
            break
        s += v + a.sum()
    return s, a.tolist()


def _inside(n):
    def to(k):
        for i in range(k):
            yield i + n

    s = 0
    for x in to(n):
        for y in to(x):
            if y > 6:
                break
            s += y
    return s


def _otherwise(n):
    s = 0
    for v in counted(n):
        for w in fibonacci():
            if w > v:
                break
            s += w
        else:
            s += 100
        for i, _ in pairs(v):
            s += i
        else:
            s += 1000
    return s


@pytest.mark.parametrize("function", [_sum, _without_end, _two_values, _leaving, _in_turns, _inside, _otherwise])
@pytest.mark.filterwarnings("ignore:.*is a generator")
def test_loops_over_generators(function):
    compiled = njit(function)
    for n in (0, 1, 5, 12):
        assert compiled(n) == function(n)


@njit
def halves(n):
    yield n
    if n > 1:
        for v in halves(n // 2):
            yield v
        for v in halves(n // 3):
            yield -v


def _tree(n):
    s, out = 0, [0]
    for v in halves(n):
        s += v
        out.append(v)
    return s, out


@pytest.mark.filterwarnings("ignore:.*is a generator")
def test_a_generator_that_goes_over_itself():
    assert njit(_tree)(30) == _tree(30)
