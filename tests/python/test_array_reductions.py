"""Reductions: NumPy's results, and the fixed order, which a few lines of Python define here once more."""

import warnings

import numpy as np
import pytest

import weft as wf
from weft import _core

AUTO, COMPILE, LOOPS = 0, 1, 2


@pytest.fixture(autouse=True)
def automatic():
    yield
    _core.array_set_policy(AUTO)


def tile_sum(x):
    """Tiles of 4096 in L lanes, lanes in order, then halves, then the tiles' sums in the same way."""
    lanes = 64 if x.dtype.itemsize >= 8 else 128
    while len(x) > 1:
        results = []
        for at in range(0, len(x), 4096):
            tile = x[at:at + 4096]
            acc = [None] * lanes
            for i, value in enumerate(tile):
                acc[i % lanes] = value if acc[i % lanes] is None else acc[i % lanes] + value
            half = lanes // 2
            while half:
                for l in range(half):
                    if acc[l + half] is not None:
                        acc[l] = acc[l] + acc[l + half]
                half //= 2
            results.append(acc[0])
        x = np.array(results, x.dtype)
    return x[0]


def rows_sum(x):
    """Columns: 64 rows in order, then the partial sums likewise."""
    while len(x) > 1:
        parts = []
        for at in range(0, len(x), 64):
            acc = x[at].copy()
            for row in x[at + 1:at + 64]:
                acc = acc + row
            parts.append(acc)
        x = np.array(parts)
    return x[0]


@pytest.mark.parametrize("policy", [LOOPS, COMPILE])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sum_has_the_documented_order(policy, dtype):
    _core.array_set_policy(policy)
    rng = np.random.default_rng(1)
    for n in (1, 2, 5, 63, 64, 65, 100, 127, 128, 129, 1000, 4095, 4096, 4097, 9000):
        x = rng.standard_normal(n).astype(dtype)
        assert wf.asarray(x).sum().item() == tile_sum(x), n
    x = rng.standard_normal((300, 7)).astype(dtype)
    np.testing.assert_array_equal(wf.asarray(x).sum(0).get(), rows_sum(x))
    np.testing.assert_array_equal(wf.asarray(x).sum(1).get(), [tile_sum(row) for row in x])
    # the logical order counts, not the layout
    np.testing.assert_array_equal(wf.asarray(np.asfortranarray(x)).sum(1).get(), [tile_sum(row) for row in x])
    np.testing.assert_array_equal(wf.asarray(x.T.copy()).T.sum(0).get(), rows_sum(x))


REDUCTIONS = ["sum", "prod", "min", "max", "any", "all", "argmin", "argmax", "mean", "var", "std"]


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_agree_with_numpy(name):
    rng = np.random.default_rng(2)
    for dtype in ("bool", "int8", "uint16", "int32", "int64", "uint64", "float16", "float32", "float64", "complex64"):
        if dtype.startswith("complex") and name not in ("sum", "mean", "any", "all"):
            continue
        host = rng.integers(0, 3, (4, 50, 3)).astype(dtype)
        for axis in (None, 0, 1, 2, -1) + (() if name.startswith("arg") else ((0, 1), (0, 2), (1, 2), ())):
            for array, given in ((host, wf.asarray(host)), (host[:, ::-2], wf.asarray(host)[:, ::-2]), (host.T, wf.asarray(host).T)):
                expected = getattr(np, name)(array, axis=axis)
                for policy in (LOOPS, COMPILE) if axis in (None, 1) and dtype in ("int32", "float32", "bool") else (LOOPS,):
                    _core.array_set_policy(policy)
                    result = getattr(wf, name)(given, axis=axis)
                    assert result.dtype == expected.dtype, (name, dtype)
                    rtol = 5e-3 if dtype == "float16" else 1e-5
                    np.testing.assert_allclose(result.get(), expected, rtol=rtol, err_msg=f"{name} {dtype} {axis}")


def test_keywords():
    x = np.arange(12.0).reshape(3, 4)
    a = wf.asarray(x)
    assert a.sum(axis=1, keepdims=True).shape == (3, 1)
    np.testing.assert_array_equal(a.sum(axis=0, where=wf.asarray(x > 3)).get(), x.sum(axis=0, where=x > 3))
    assert a.max(initial=100.0).item() == 100.0
    assert a.sum(initial=5).item() == x.sum(initial=5)
    assert a.sum(dtype="float32").dtype == np.float32
    out = wf.empty(4)
    assert a.sum(axis=0, out=out) is out
    np.testing.assert_array_equal(out.get(), x.sum(0))
    assert wf.zeros((0, 3)).sum().item() == 0 and wf.zeros((3, 0)).prod(axis=1).get().tolist() == [1, 1, 1]
    assert wf.asarray(5.0).sum().item() == 5.0


def test_nan_and_ties():
    x = np.array([1.0, np.nan, 3.0, np.nan], np.float32)
    for policy in (LOOPS, COMPILE):
        _core.array_set_policy(policy)
        a = wf.asarray(x)
        assert np.isnan(a.max().item()) and np.isnan(a.min().item())
        assert a.argmax().item() == 1 and a.argmin().item() == 1
        assert wf.asarray([3, 1, 3, 1]).argmax().item() == 0 and wf.asarray([3, 1, 3, 1]).argmin().item() == 1
        assert wf.nansum(a).item() == 4 and wf.nanmax(a).item() == 3


def test_long_arguments():
    x = np.zeros(20000, np.float32)
    x[13333] = 5
    x[17777] = 5
    for policy in (LOOPS, COMPILE):
        _core.array_set_policy(policy)
        assert wf.asarray(x).argmax().item() == 13333
        assert wf.asarray(x.reshape(200, 100)).argmax(0).get()[33] == 133


@pytest.mark.parametrize("size", [1, 31, 1000, 5000, 20000, 70001])
@pytest.mark.parametrize("reduce", ["sum", "max", "argmin"])
def test_costly_elements_are_taken_in_in_the_same_order(size, reduce):
    """Their kernels write the element once (fuse/reduce.c, costly_tile_loop); the order, so the bits, must be that of stored values."""
    draw = lambda: wf.random.default_rng(3).standard_normal(size, dtype="float32")  # noqa: E731
    fused = getattr(draw(), reduce)().item()
    stored = draw()
    stored.block_until_ready()
    assert fused == getattr(stored, reduce)().item()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16"])
@pytest.mark.parametrize("shape, axis", [((1,), 0), ((2,), 0), ((127,), 0), ((130,), 0), ((4096,), 0), ((4097,), 0), ((50000,), 0), ((5, 9000), 1),
                                         ((9000, 5), 0), ((70, 3), 0), ((4, 5, 600), (0, 2)), ((4, 5, 600), (0, 1)), ((3, 0), 1), ((300, 200), None)])
def test_variance_in_one_reading(dtype, shape, axis):
    """Loops and compiled kernels have the same bits; far from zero the result is as good as that of two readings."""
    x = (np.random.default_rng(3).standard_normal(shape) * 5 + 1000).astype(dtype)
    results = []
    for policy in (LOOPS, COMPILE):
        _core.array_set_policy(policy)
        results.append(wf.asarray(x).var(axis).get())
    np.testing.assert_array_equal(*results)
    with np.errstate(all="ignore"):
        exact = np.mean(np.square(x - np.mean(x, axis, dtype="longdouble", keepdims=True)), axis) if x.size else np.nan
    np.testing.assert_allclose(results[0], exact.astype(float) if x.size else exact, rtol=2e-5 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize("policy", [LOOPS, COMPILE])
def test_variance_of_odd_values(policy):
    _core.array_set_policy(policy)
    assert wf.full(10000, 0.1, "float32").var().item() == 0
    assert wf.full((70, 3), 1e30, "float32").var(0).get().tolist() == [0, 0, 0]
    for odd in (np.nan, np.inf):
        for place in (0, 77, 4099):
            x = np.ones(5000)
            x[place] = odd
            assert np.isnan(wf.asarray(x).var().item())
    x = np.zeros(5000, "float32")
    x[0] = 1e6
    np.testing.assert_allclose(wf.asarray(x).var().item(), np.var(x, dtype="float64"), rtol=1e-5)
    lazy = wf.arange(100000, dtype="float32")
    np.testing.assert_allclose((wf.sin(lazy) * 3 + 1).var(ddof=1).item(), np.var(np.sin(np.arange(100000.0)) * 3, ddof=1), rtol=1e-5)


@pytest.mark.parametrize("policy", [LOOPS, COMPILE])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint16", "int64"])
def test_argmax_of_equal_and_odd_values(policy, dtype):
    """The first of the best, also where all are as bad as can be, and the first NaN."""
    _core.array_set_policy(policy)
    rng = np.random.default_rng(4)
    worst = [-np.inf, np.inf] if dtype.startswith("f") else [np.iinfo(dtype).min, np.iinfo(dtype).max]
    arrays = [np.full(5000, w, dtype) for w in worst] + [rng.integers(0, 3, n).astype(dtype) for n in (1, 33, 129, 4095, 4097, 9001)]
    if dtype.startswith("f"):
        for places in ([4999], [0], [130, 131], [4097, 3]):
            arrays.append(rng.integers(0, 3, 5000).astype(dtype))
            arrays[-1][places] = np.nan
    for x in arrays:
        for name in ("argmax", "argmin"):
            assert getattr(wf.asarray(x), name)().item() == getattr(np, name)(x)
            two = np.stack([x, x[::-1]], 1)
            assert getattr(wf.asarray(two), name)(0).get().tolist() == getattr(np, name)(two, 0).tolist()


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("n", [1, 5, 64, 128, 129, 200, 1000, 5003, 70001])
def test_extremes_without_nan(dtype, n):
    rng = np.random.default_rng(n)
    rows = rng.standard_normal((5, n)).astype(dtype)
    rows[1][rng.random(n) < 0.3] = np.nan
    rows[2] = np.nan
    rows[3] = np.nan
    rows[3, n // 2] = -np.inf
    rows[4] = rng.choice([0.0, -0.0, np.nan], n)
    x = wf.asarray(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's about a row without numbers
        for name in ("nanmax", "nanmin"):
            expected = [getattr(np, name)(row) for row in rows]
            alone = [getattr(wf, name)(wf.asarray(row)).get() for row in rows]
            together = getattr(wf, name)(x * 1, axis=1).get()
            np.testing.assert_array_equal(alone, expected)
            np.testing.assert_array_equal(together, expected)
            assert np.array(alone).tobytes() == together.tobytes()  # zeros have one sign, by whatever loops
            np.testing.assert_array_equal(getattr(wf, name)(x, axis=0).get(), getattr(np, name)(rows, axis=0))
            np.testing.assert_array_equal(getattr(wf, name)(x, axis=1, initial=0.5).get(), getattr(np, name)(rows, axis=1, initial=0.5))
        np.testing.assert_array_equal(wf.nanmax(x, axis=1, where=x > 0, initial=-1).get(), np.nanmax(rows, axis=1, where=rows > 0, initial=-1))
        np.testing.assert_array_equal(wf.fmin.reduce(x, axis=1).get(), np.fmin.reduce(rows, axis=1))
    with pytest.raises(ValueError, match="zero-size"):
        wf.nanmax(wf.zeros(0))
    assert wf.fmax.reduce(wf.asarray([3, 7, 1])) == 7
