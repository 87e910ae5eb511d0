"""Functions of the library that compiled code computes one number at a time (the host's, src/runtime/scalar_math.c), several at
once (lanes) and as arrays: the same bits; loops of few turns, which lanes leave, with and without an index that is outside."""
import math

import numpy as np
import pytest

import weft as wf
from weft import jit

UNARY = ("exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt erf erfc "
         "gamma lgamma").split()


@pytest.mark.parametrize("name", UNARY)
def test_one_by_one_and_in_lanes(name):
    function = getattr(math, name) if hasattr(math, name) else getattr(np, name)

    @jit
    def chained(x, out):
        last = x[0]
        for i in range(len(x)):
            a = x[i]
            if last == 1234.5:
                a = last
            last = function(a)
            out[i] = last

    @jit
    def each(x, out):
        for i in range(len(x)):
            out[i] = function(x[i])

    rng = np.random.default_rng(1)
    for dtype in (np.float64, np.float32):
        x = np.concatenate([rng.random(500), 1 + 5 * rng.random(500), -rng.random(200), [0.0, -0.0, 1.0, np.inf, -np.inf, np.nan]])
        x = x.astype(dtype)
        one, other = np.empty_like(x), np.empty_like(x)
        chained(x, one)
        each(x, other)
        bits = np.uint64 if dtype == np.float64 else np.uint32
        same = (one.view(bits) == other.view(bits)) | (np.isnan(one) & np.isnan(other))
        assert same.all(), x[~same][:5]


def test_powers_one_by_one():
    @jit
    def chained(x, y, out):
        last = 0.0
        for i in range(len(x)):
            last = (x[i] + (0.0 if last == 1234.5 else -0.0)) ** y[i]
            out[i] = last

    @jit
    def each(x, y, out):
        for i in range(len(x)):
            out[i] = x[i] ** y[i]

    rng = np.random.default_rng(2)
    x, y = rng.random(4000) * 10, rng.random(4000) * 40 - 20
    one, other = np.empty_like(x), np.empty_like(x)
    chained(x, y, one)
    each(x, y, other)
    assert (one.view(np.uint64) == other.view(np.uint64)).all()


@jit
def weights(x, centers, out):
    for i in range(len(x)):
        total = 0.0
        for c in range(len(centers)):
            out[i, c] = math.exp(-(x[i] - centers[c]) ** 2)
            total += out[i, c]
        for c in range(len(centers)):
            out[i, c] /= total


@pytest.mark.parametrize("few", [0, 1, 2, 3, 4, 5, 7, 8, 9, 17])
def test_loops_of_few_turns(few):
    x, centers = np.linspace(0, 3, 11), np.linspace(0.1, 2, few)
    out = np.zeros((11, few))
    weights(x, centers, out)
    want = wf.asnumpy(wf.exp(wf.asarray(-((x[:, None] - centers) ** 2)))) if few else out
    total = np.zeros(11)
    for c in range(few):
        total += want[:, c]
    assert np.array_equal(out, want / total[:, None] if few else out)


@pytest.mark.parametrize("few", [3, 4, 20])
def test_few_turns_and_an_index_outside(few):
    x, centers = np.linspace(0, 3, 11), np.linspace(0.1, 2, few)
    out = np.zeros((11, few - 1))
    with pytest.raises(IndexError):
        weights(x, centers, out)
    assert out[0, 0] == math.exp(-0.1 ** 2) and out[1].sum() == 0


@pytest.mark.parametrize("few", [3, 20])
def test_few_turns_and_a_division_by_zero(few):
    @jit
    def f(x, out):
        for i in range(len(x)):
            out[i] = math.exp(1.0 / x[i])

    x = np.ones(few)
    x[few - 1] = 0
    out = np.zeros(few)
    with pytest.raises(ZeroDivisionError):
        f(x, out)
    assert (out[:-1] == math.e).all() and out[-1] == 0
