"""weft.random: the same numbers for the same seed however they are computed, moments of every distribution, orders and choices."""

import numpy as np
import pytest

import weft as wf

DISTRIBUTIONS = {
    "random": (), "standard_normal": (), "uniform": (2, 5), "normal": (1, 2), "exponential": (2,), "standard_gamma": (2.5,), "gamma": (0.5, 2),
    "beta": (2, 3), "chisquare": (3,), "f": (5, 9), "noncentral_chisquare": (3, 2), "noncentral_f": (5, 9, 1), "standard_t": (7,),
    "gumbel": (1, 2), "laplace": (1, 2), "logistic": (1, 2), "lognormal": (0, .5), "pareto": (5,), "power": (3,), "rayleigh": (2,),
    "triangular": (1, 2, 4), "vonmises": (0, 1.5), "wald": (1, 2), "weibull": (2,), "poisson": (4,), "binomial": (10, .3),
    "negative_binomial": (5, .4), "geometric": (.3,), "hypergeometric": (10, 15, 8), "logseries": (.6,), "zipf": (4.5,), "integers": (3, 17)}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_moments_are_those_of_numpy(name):
    n, args = 40000, DISTRIBUTIONS[name]
    ours = getattr(wf.random.default_rng(3), name)(*args, size=n)
    theirs = getattr(np.random.default_rng(1), name)(*args, size=n)
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    x = ours.get()
    assert abs(x.mean() - theirs.mean()) < 7 * theirs.std() / n ** .5
    assert abs(x.std() / theirs.std() - 1) < .12


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_draw_is_the_same_alone_and_fused(dtype):
    first, second = wf.random.default_rng(7), wf.random.default_rng(7)
    alone = first.standard_normal(3000, dtype)
    wf.eval(alone)
    fused = (second.standard_normal(3000, dtype) * 2).sum()
    assert float((alone * 2).sum()) == float(fused)


def test_parts_of_a_draw_do_not_depend_on_its_size():
    assert np.array_equal(wf.random.default_rng(1).random(10).get(), wf.random.default_rng(1).random(1000)[:10].get())


def test_draws_and_children_differ():
    rng = wf.random.default_rng(0)
    a, b = rng.random(100).get(), rng.random(100).get()
    c, d = (g.random(100).get() for g in rng.spawn(2))
    assert len({tuple(x) for x in (a, b, c, d)}) == 4


def test_state_is_read_and_set():
    rng = wf.random.default_rng(5)
    rng.random(3)
    state = rng.bit_generator.state
    a = rng.normal(size=4).get()
    rng.bit_generator.state = state
    assert np.array_equal(rng.normal(size=4).get(), a)


def test_integers_fill_their_range():
    rng = wf.random.default_rng(0)
    assert set(rng.integers(3, 9, 500, dtype="int8").get()) == {3, 4, 5, 6, 7, 8}
    assert set(rng.integers(0, 4, 500, endpoint=True).get()) == {0, 1, 2, 3, 4}
    assert set(rng.integers(-8, 8, 1000).get()) == set(range(-8, 8))
    assert rng.integers(0, 2 ** 64 - 1, 5, dtype="uint64", endpoint=True).dtype == np.uint64
    for bad in ({"low": 3, "high": 3}, {"low": 0, "high": 300, "dtype": "uint8"}):
        with pytest.raises(ValueError):
            rng.integers(**bad)


def test_orders_and_choices():
    rng = wf.random.default_rng(2)
    assert sorted(rng.permutation(50).get()) == list(range(50))
    x = wf.arange(30).reshape(10, 3)
    rng.shuffle(x)
    assert sorted(x[:, 0].get()) == list(range(0, 30, 3)) and (x[:, 1] - x[:, 0] == 1).all()
    assert len(set(rng.choice(20, 20, replace=False).get())) == 20
    weights = np.array([.1, 0, .6, .3])
    counts = np.bincount(rng.choice(4, 20000, p=weights).get(), minlength=4) / 20000
    assert np.abs(counts - weights).max() < .02
    assert set(rng.choice(4, 3, replace=False, p=weights).get()) == {0, 2, 3}
    rows = rng.permuted(wf.arange(12).reshape(3, 4), axis=1).get()
    assert (np.sort(rows, 1) == np.arange(12).reshape(3, 4)).all()


def test_several_variables():
    rng = wf.random.default_rng(4)
    counts = rng.multinomial(20, [.2, .3, .5], size=2000).get()
    assert (counts.sum(1) == 20).all() and np.abs(counts.mean(0) - [4, 6, 10]).max() < .2
    assert np.allclose(rng.dirichlet([1, 2, 3], 10).sum(-1).get(), 1)
    x = rng.multivariate_normal([1, -1], [[2, .8], [.8, 1]], 20000).get()
    assert np.abs(np.cov(x.T) - [[2, .8], [.8, 1]]).max() < .1
    assert (rng.multivariate_hypergeometric([3, 4, 5], 6, 100).sum(-1) == 6).all()


def test_named_generators_are_numpys():
    assert np.array_equal(wf.random.Generator(wf.random.PCG64(3)).random(5).get(), np.random.Generator(np.random.PCG64(3)).random(5))
    assert np.array_equal(wf.random.RandomState(9).standard_normal(5).get(), np.random.RandomState(9).standard_normal(5))


@pytest.mark.parametrize("name,args", [("normal", (0, -1)), ("exponential", (-1,)), ("poisson", (-1,)), ("binomial", (5, 1.5)), ("beta", (0, 1))])
def test_bad_parameters(name, args):
    with pytest.raises(ValueError):
        getattr(wf.random.default_rng(0), name)(*args)


def test_single_normal_numbers_follow_the_quantile():
    """The polynomial behind float32's normal numbers stays within 4 units of the last place of the quantile it stands for."""
    from scipy.special import ndtri

    from weft._array.math import word_normal

    rng = np.random.default_rng(0)
    words = np.concatenate([rng.random(1 << 17) * 2**32, np.exp(-22 * rng.random(1 << 17)) * 2**32, [0, 2**32 - 1]]).astype(np.uint32)
    p = np.minimum(((words >> 1).astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-32), np.float32(0.5))
    x, exact = word_normal(wf.asarray(words)).get().astype(np.float64), -ndtri(p.astype(np.float64))
    assert np.array_equal(np.signbit(x), (words & 1) == 1) and exact.max() > 6
    x = np.abs(x)
    assert np.all(np.abs(x - exact) <= 4 * np.maximum(np.spacing(np.abs(exact).astype(np.float32)), 2.0**-24))


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int32", "uint64", "int64"])
def test_numpys_streams_are_drawn_in_the_dtype_that_was_asked_for(dtype):
    """A byte is a byte of the stream: not an int64 of it that was cast."""
    high = {"bool": 2, "uint64": 2**64 - 1}.get(dtype, 100)
    for ours, theirs in ((wf.random.RandomState(3).randint, np.random.RandomState(3).randint),
                         (wf.random.Generator(np.random.PCG64(3)).integers, np.random.Generator(np.random.PCG64(3)).integers)):
        result, expected = ours(0, high, 20, dtype=dtype), theirs(0, high, 20, dtype=dtype)
        np.testing.assert_array_equal(result.get(), expected)
        assert result.dtype == expected.dtype


@pytest.mark.parametrize("name", ["random", "standard_normal", "standard_exponential"])
def test_numpys_streams_of_float32(name):
    ours, theirs = (make(np.random.PCG64(5)) for make in (wf.random.Generator, np.random.Generator))
    np.testing.assert_array_equal(getattr(ours, name)(9, dtype="float32").get(), getattr(theirs, name)(9, dtype="float32"))
    assert wf.random.RandomState(3).normal(size=3, dtype="float32").dtype == "float32"
