"""Ranges as values: kept in variables, indexed, sliced, compared, passed and returned."""

import numpy as np
import pytest

import weft as wf

RANGES = [range(5), range(0), range(2, 9, 3), range(9, 0, -2), range(3, 3, -1), range(-4, 4), range(5, 2)]


def asked(r):
    return len(r), r.start, r.stop, r.step, 3 in r, 4 not in r, -1 in r, 3.0 in r, 2.5 in r, bool(r), r == range(5), r != range(0, 5, 1)


def gone_over(r):
    total = 0
    for i in r:
        total += i
    for i, x in enumerate(r):
        total += i * x
    for a, b in zip(r, range(5, 100)):
        total += a * b
    return total, [x for x in r], list(r), sorted(r), sum(r), r, isinstance(r, range), isinstance(r, tuple), isinstance(r, list)


def cut(r):
    return list(r[2:]), list(r[::-1]), list(r[1:-1:2]), list(r[slice(2)]), list(r[-3:]), len(r[1:])


@pytest.mark.parametrize("r", RANGES, ids=str)
@pytest.mark.parametrize("function", [asked, gone_over, cut])
def test_as_python(function, r):
    assert wf.jit(function)(r) == function(r)


def made_inside(n):
    r = range(1, n, 2)
    other = range(n) if n > 3 else range(2, n)
    many = [range(i) for i in range(n)]
    named = {"a": r}
    x, y, z = range(3)
    items = [5]
    items.extend(range(2))
    items += range(2)
    return r[1], r[-1], other[-1], [len(m) for m in many], named["a"][0], x + y + z, items, r.index(3), r.count(4), max(r), min(other), str(r)


@pytest.mark.parametrize("n", [6, 3 + 1, 9])
def test_made_inside(n):
    assert wf.jit(made_inside)(n) == made_inside(n)


def with_arrays(n):
    a = np.arange(10.0)
    a[range(2, 5)] = -1.0
    a[5:5 + n] = range(n)
    return a, a[range(3)], np.array(range(n))


def test_with_arrays():
    for got, want in zip(wf.jit(with_arrays)(3), with_arrays(3)):
        assert got.tolist() == want.tolist() and got.dtype == want.dtype


def test_what_is_wrong():
    with pytest.raises(IndexError, match="range object index out of range"):
        wf.jit(lambda r, i: r[i])(range(3), 3)
    with pytest.raises(IndexError):
        wf.jit(lambda r, i: r[i])(range(3), -4)
    with pytest.raises(ValueError, match="must not be zero"):
        wf.jit(lambda n: range(1, 5, n))(0)


def test_in_a_kernel():
    @wf.cuda.jit
    def kernel(out, n):
        r = range(1, n, 3)
        for i in r:
            out[0] += i
        out[1] = r[1]
        out[2] = len(r)
        out[3] = 4 in r

    out = np.zeros(4)
    kernel[1, 1](out, 9)
    assert out.tolist() == [12, 4, 3, 1]


LONG = [range(2**62, -(2**62), -(2**60)), range(-(2**63), 2**63 - 1, 2**61), range(0, 2**63 - 1, 2**62), range(-(2**63), -(2**63) + 3), range(2**63 - 1, 2**63 - 4, -2)]


@pytest.mark.parametrize("r", LONG, ids=str)
def test_bounds_that_are_further_apart_than_an_integer_holds(r):
    def f(r):
        return len(r), bool(r), r[0], r[-1], list(r), r[0] in r, r[-1] in r, [x for x in r], r == r

    def made(a, b, c):
        r = range(a, b, c)
        return len(r), r[-1], r

    assert wf.jit(f)(r) == f(r) and wf.jit(made)(r.start, r.stop, r.step) == (len(r), r[-1], r)
