"""iter() and next(), generators in variables, loops over what ends by StopIteration: compiled beside Python."""

import numpy as np
import pytest

from weft import TypingError, njit
from weft._jitclass import jitclass
from weft._pytypes import int64


@njit
def steps(n, k=2):
    i = 0
    while True:
        if i > n:
            return
        if i % k == 0:
            yield i
        i += 1


@njit
def running(a):
    total = 0
    for i, x in enumerate(a):
        for j in range(len(a), 0, -2):
            if j == i:
                continue
            if j > 7:
                break
            total = total + x * j
            yield i, total
        else:
            yield i, -1.0
    yield -1, total


@njit
def words(text, times):
    for c in text:
        out = ""
        for _ in range(times):
            out += c
        yield out


@njit
def from_others(n):
    yield from steps(n, 3)
    kept = steps(n)
    yield next(kept, -5)
    while n > 0:
        n -= 2
        yield next(kept, -6)
    if n < 0:
        return
    for a, b in zip(steps(9), kept):
        yield a * b


def _array(a, n):
    it = iter(a)
    s = next(it)
    for x in it:
        s = s * 2 + x
    return s, next(it, -1)


def _range(a, n):
    up, down, s = iter(range(n)), iter(range(n, -n, -3)), 0
    for x in up:
        s += x + 10 * next(up, 100) + 1000 * next(down, 7)
    return s


def _kept(a, n):
    g, s = steps(n, 3), 0
    s += next(g) + 10 * next(g, -3)
    for v in g:
        s = s * 3 + v
        if s > 1000:
            break
    return s, next(g, None), sum(g), len(list(g))


def _whole(a, n):
    return sum(steps(n)), list(steps(n, k=4)), max(steps(n, 3)), sorted(steps(n, 5)), [v for v in steps(n, 7)]


def _expression(a, n):
    g = (x * n for x in a if x > 0)
    return next((x for x in a if x > n), -1.0), next(g, 0.5), sum(g)


def _zipped(a, n):
    z, s = zip(a, range(n), steps(2 * n)), 0.0
    x, i, v = next(z, (1.0, 2, 3))
    for k, (p, q, r) in enumerate(z, 5):
        s += k * p * q * r
    e = enumerate(a, n)
    return x + i + v, s, next(e, (0, 0.5)), [j * y for j, y in e]


def _ends(a, n):
    g = steps(n)
    try:
        while True:
            n = next(g)
    except StopIteration:
        return n, next(g, -9)


def _chosen(a, n):
    out = [(0, 0.0)]
    for v in running(a):
        out.append(v)
        if v[1] > 500:
            break
    return out


def _text(a, n):
    it, out = iter("abcde"), ""
    for c in it:
        out = next(it, "-") + c + out
    return out, [w for w in words("xyz", n % 4)], next(words(out, 2))


def _others(a, n):
    return list(from_others(n)), next(from_others(n))


def _containers(a, n):
    keys, names = iter({k: k * 2 for k in range(n + 1)}), iter((4, 5, 6))
    return next(keys), next(names), list(names), list(reversed([1, n]))


@pytest.mark.parametrize("function", [_array, _range, _kept, _whole, _expression, _zipped, _ends, _chosen, _text, _others, _containers])
@pytest.mark.parametrize("n", [0, 1, 5, 12])
def test_as_in_python(function, n):
    a = np.arange(1.0, n + 2)
    assert njit(function)(a, n) == function(a, n)


def test_a_generator_of_python():
    assert list(steps(10)) == [0, 2, 4, 6, 8, 10] and list(steps(10, k=5)) == [0, 5, 10]
    g = steps(3, 1)
    assert iter(g) is g and [next(g), next(g)] == [0, 1] and list(zip(g, "ab")) == [(2, "a"), (3, "b")]
    with pytest.raises(StopIteration):
        next(g)
    kept = njit(lambda a: running(a))(np.ones(3))  # its array lives as long as it
    assert list(kept) == list(running.py_func(np.ones(3)))
    total = njit(lambda g: next(g) + sum(g))
    assert total(steps(10)) == 30


def test_an_iterator_class_of_the_users():
    @jitclass([("at", int64), ("end", int64)])
    class Down:
        def __init__(self, n):
            self.at, self.end = n, 0

        def __iter__(self):
            return self

        def __next__(self):
            if self.at == self.end:
                raise StopIteration
            self.at -= 1
            return self.at

    def digits(n):
        s = 0
        for d in Down(n):
            s = s * 10 + d
        return s

    assert njit(digits)(4) == 3210


def test_what_is_refused():
    def inside_try(n):
        try:
            yield n
        finally:
            n = 0

    with pytest.raises(TypingError, match="next\\(iter"):
        njit(lambda a: next(a))(np.ones(2))
    with pytest.warns(UserWarning, match="a yield stands inside of a try"):
        assert list(njit(inside_try)(3)) == [3]
