"""Least and greatest elements and their places beside NumPy's, at lengths around those of vectors, lanes and tiles; any() and all()."""
import numpy as np
import pytest

import weft as wf
from weft import _core

LENGTHS = (1, 2, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 257, 1023, 1024, 1025, 4095, 4096, 4097, 20001)
TYPES = ("f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?")


@pytest.fixture(params=[0, 2], ids=["auto", "loops"])
def policy(request):
    _core.array_set_policy(request.param)
    yield
    _core.array_set_policy(0)


def same_bits(got, expected):
    got, expected = np.asarray(got.get()), np.asarray(expected)
    assert got.dtype == expected.dtype and got.tobytes() == expected.tobytes(), (got, expected)


@pytest.mark.parametrize("kind", TYPES)
def test_each_length_and_type(kind, policy):
    rng = np.random.default_rng(5)
    for n in LENGTHS:
        x = (rng.integers(-100, 100, n) if kind not in ("u1", "u2", "u4", "u8", "?") else rng.integers(0, 200, n)).astype(kind)
        rows = np.stack([x, x[::-1]])
        for name in ("min", "max", "argmin", "argmax"):
            same_bits(getattr(wf.asarray(x), name)(), getattr(x, name)())
            same_bits(getattr(wf.asarray(rows), name)(axis=1), getattr(rows, name)(axis=1))


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_nan_at_each_place(kind, policy):
    for n in (1, 33, 64, 200, 1024, 5000):
        for place in {0, n // 3, n // 2, n - 1}:
            x = np.linspace(-1, 1, n).astype(kind)
            x[place] = np.nan
            w = wf.asarray(x)
            assert np.isnan(float(w.min())) and np.isnan(float(w.max()))
            assert int(w.argmin()) == int(w.argmax()) == place
            assert float(wf.nanmax(w)) == np.nanmax(x) if n > 1 else True


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_zeros_have_an_order(kind, policy):
    """-0 lies below +0, wherever they stand."""
    for n in (2, 64, 100, 1024, 5000):
        for place in (0, n // 2, n - 1):
            x = np.full(n, -0.0, kind)
            x[place] = 0.0
            assert np.signbit(wf.asarray(x).min().get()) and not np.signbit(wf.asarray(x).max().get())
            x = np.negative(x)
            assert np.signbit(wf.asarray(x).min().get()) and not np.signbit(wf.asarray(x).max().get())
        assert np.signbit(wf.asarray(np.full(n, -0.0, kind)).max().get())
        assert not np.signbit(wf.asarray(np.full(n, 0.0, kind)).min().get())


def test_infinities_and_first_of_equals(policy):
    for n in (3, 100, 3000):
        x = np.full(n, -np.inf)
        assert float(wf.asarray(x).max()) == -np.inf and int(wf.asarray(x).argmax()) == 0
        x[n // 2:] = 7
        assert int(wf.asarray(x).argmax()) == n // 2 and int(wf.asarray(x).argmin()) == 0


@pytest.mark.parametrize("length", [10, 5000, 300_000])
def test_any_and_all_wherever_it_is_decided(length, policy):
    for place in (0, length // 2, length - 1):
        x = np.zeros(length, bool)
        x[place] = True
        w, v = wf.asarray(x), wf.asarray(~x)
        assert bool(w.any()) and not bool(v.all()) and bool(v.any()) and not bool(w.all())
        y = wf.asarray(x.astype("f4"))
        assert bool((y > 0).any()) and not bool((y < 1).all())
        assert w.any(keepdims=True).get().tolist() == [True] and v.all(keepdims=True).get().tolist() == [False]
    assert not bool(wf.zeros(length).any()) and bool(wf.ones(length).all())
    assert wf.zeros((2, length)).any(axis=1).tolist() == [False, False]


def test_rows_of_memory_that_are_shorter_than_a_tile():
    rng = np.random.default_rng(3)
    for shape in ((7, 4097), (900, 1000), (5000, 70), (3, 5, 3000)):
        x = rng.standard_normal(shape).astype("f4")
        for name in ("min", "max", "argmax", "sum", "prod", "mean"):
            got, expected = getattr(wf.asarray(x), name)(axis=-1).get(), getattr(x, name)(axis=-1)
            np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4)
        np.testing.assert_array_equal(wf.asarray(x)[..., ::2].max(axis=-1).get(), x[..., ::2].max(axis=-1))
