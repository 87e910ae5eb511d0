"""Nests of loops over several arrays under @wf.jit: the same numbers whether the arrays overlap or not (emit/loop_apart.c)."""

import numpy as np
import pytest

import weft as wf

rng = np.random.default_rng(3)


def blur(u, v, a, b):
    n, m = u.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            lu = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j]
            r = u[i, j] * v[i, j]
            a[i, j] = u[i, j] + 0.16 * lu - r
            b[i, j] = v[i, j] + r


def when(u, v, a, b):
    for i in range(u.shape[0]):
        k = i * 2 - i
        for j in range(u.shape[1] - 1):
            if u[i, j] < v[k, j]:
                a[k, j + 1] += u[i, j] * v[i, j + 1]
            b[i, j] = u[i, j + 1]


def swapped(u, v, a, b):
    for _ in range(3):
        for i in range(u.shape[0]):
            for j in range(u.shape[1]):
                a[i, j] = u[i, j] * 0.5 + v[i, j]
                b[i, j] = v[i, j] - u[i, j]
        u, v, a, b = a, b, u, v


def backwards(u, v, a, b):
    for i in range(u.shape[0]):
        for j in range(u.shape[1] - 1, 0, -1):
            a[i, j] = u[i, j - 1] + v[i, j]
            b[i, j] = v[i, j - 1] * u[i, j]


def chained(u, v, a, b):  # the turns of the inner loop depend on each other
    for i in range(u.shape[0]):
        for j in range(1, u.shape[1]):
            a[i, j] = a[i, j - 1] * 0.5 + u[i, j]
            b[i, j] = v[i, j] + a[i, j]


def collected(u, v, a, b):  # they store to the same element
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            a[i, j // 2] = u[i, j] + v[i, j]
            b[i, 0] += v[i, j]


def followed(u, v, a, b):  # the index is not the counter's
    for i in range(u.shape[0]):
        k = 0
        for j in range(u.shape[1]):
            if u[i, j] > 0.5:
                a[i, k] = u[i, j] - v[i, j]
                b[i, k] = v[i, j]
                k += 1


INDEPENDENT, DEPENDENT = [blur, when, swapped, backwards], [chained, collected, followed]
N, M = 21, 19


def given(how):
    """Four arrays, made anew: apart, partly the same, or shifted within one memory."""
    local = np.random.default_rng(4)
    u, v, a, b = (local.random((N, M)) for _ in range(4))
    if how == "same":
        return u, v, u, v
    if how == "crossed":
        return u, v, v, u
    if how == "once":
        return u, v, a, a
    if how == "shifted":
        one = local.random((N + 3, M))
        return one[:N], one[1 : N + 1], one[2 : N + 2], one[3:]
    if how == "shifted by elements":
        one = local.random(N * M + 3)
        return tuple(one[k : k + N * M].reshape(N, M) for k in range(4))
    if how == "strided":
        one = local.random((N, 2 * M))
        return one[:, ::2], one[:, 1::2], one[:, M:], b
    return u, v, a, b


@pytest.mark.parametrize("how", ["apart", "same", "crossed", "once", "shifted", "shifted by elements", "strided"])
@pytest.mark.parametrize("f", INDEPENDENT + DEPENDENT, ids=lambda f: f.__name__)
def test_arrays_that_overlap(f, how):
    mine, theirs = given(how), given(how)
    wf.njit(f)(*mine)
    f(*theirs)
    for x, y in zip(mine, theirs):
        assert x.tobytes() == y.tobytes()


@pytest.mark.parametrize("f", INDEPENDENT + DEPENDENT, ids=lambda f: f.__name__)
def test_only_independent_turns_are_said_to_be_so(f):
    g = wf.njit(f)
    g(*given("apart"))
    (text,) = g.inspect_llvm().values()
    assert ("llvm.loop.parallel_accesses" in text) == (f in INDEPENDENT)


def test_an_index_outside_still_raises():
    u, v, a, b = given("apart")
    with pytest.raises(IndexError):
        wf.njit(blur)(u, v, a[:-2], b)
