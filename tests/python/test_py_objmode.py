"""with objmode(…): blocks of compiled functions that the interpreter runs."""

import numpy as np
import pytest

import weft
from weft import njit, objmode

SCALE = 3
lines = []


@njit
def _one_result(a):
    b = a * 2
    with objmode(s="float64"):
        s = float(sum(b.tolist())) * SCALE
    return s + 1


def test_one_result():
    a = np.arange(5.0)
    assert _one_result(a) == 61.0 == _one_result.py_func(a)


@njit
def _several_results(a, word):
    with objmode(c="float64[:]", n="intp", text="unicode_type"):
        import collections

        counts = collections.Counter(word)
        c = np.array(sorted(a, reverse=True))
        n = counts.most_common(1)[0][1]
        text = word.title()
    return c[0], n, text


def test_several_results():
    assert _several_results(np.arange(4.0), "aabab") == (3.0, 3, "Aabab")


@njit
def _no_result(a, k):
    for i in range(k):
        with objmode():
            lines.append((i, a.shape))
            a[i] = -1
    return a


def test_no_result():
    lines.clear()
    assert _no_result(np.arange(4.0), 2).tolist() == [-1, -1, 2, 3]
    assert lines == [(0, (4,)), (1, (4,))]


def test_values_of_the_moment():
    scale = 2

    @njit
    def scaled(x):
        with objmode(y="int64"):
            y = int(x) * scale
        return y

    assert scaled(4) == 8
    scale = 5
    assert scaled(4) == 20


def test_what_the_block_raises_arrives():
    @njit
    def fails(x):
        with objmode(y="float64"):
            y = {}[x]
        return y

    with pytest.raises(KeyError):
        fails(3)


def test_a_result_of_another_type():
    @njit
    def wrong(x):
        with objmode(y="float64[:]"):
            y = np.ones((2, 2))
        return y.sum()

    with pytest.raises(TypeError, match="2 dimensions"):
        wrong(3)


def _returns(x):
    with objmode(y="float64"):
        return x
    return y


def _unassigned(x):
    with objmode(y="float64"):
        z = x
    return y


def _untyped(x):
    with objmode(y="nonsense"):
        y = x
    return y


@pytest.mark.parametrize("function, words", [(_returns, "cannot be left by return"), (_unassigned, "does not assign 'y'"),
                                             (_untyped, "is no type")])
def test_blocks_that_cannot_be(function, words):
    with pytest.raises(weft.TypingError, match=words):
        njit(function)(1.0)
