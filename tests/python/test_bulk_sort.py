"""Sorting, searching, sets and quantiles: NumPy's results, from the ready-made functions and from the CUDA C kernels."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import weft as wf
from weft._array import bulk

pytestmark = pytest.mark.filterwarnings("error::weft.FallbackWarning", "ignore::RuntimeWarning")
DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64",
          "complex64", "complex128"]
quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=[False, True], ids=["ready-made", "kernels"])
def kernels(request):
    bulk.kernels_everywhere = request.param
    yield request.param
    bulk.kernels_everywhere = False


def values(shape, dtype, seed=0):
    """With ties; floats with NaN, infinities and both zeros."""
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal(shape) * 50).astype("int64")
    x = x.astype(dtype) if dtype != "bool" else x > 0
    if x.dtype.kind in "fc":
        flat = x.reshape(-1)
        for step, value in ((7, np.nan), (11, -0.0), (13, 0.0), (17, np.inf), (19, -np.inf)):
            flat[step - 1::step] = value
        if x.dtype.kind == "c":
            flat.imag[2::5] = 3
            flat.imag[4::23] = np.nan
    return x


def same(got, expected):
    assert got.dtype == expected.dtype and got.shape == expected.shape
    np.testing.assert_array_equal(got.get(), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1,), (2,), (33,), (4097,), (3, 700), (2, 8300), (0,), (2, 0)])
def test_sort_and_argsort(kernels, dtype, shape):
    if kernels and dtype in ("uint8", "int16", "uint16", "uint32", "uint64", "complex64", "float16"):
        pytest.skip("made of what the other types test")
    x = values(shape, dtype)
    same(wf.sort(wf.asarray(x)), np.sort(x))
    same(wf.argsort(wf.asarray(x)), np.argsort(x, kind="stable"))
    if x.dtype.kind == "f":
        got, expected = wf.sort(wf.asarray(x), kind="stable").get(), np.sort(x, kind="stable")
        np.testing.assert_array_equal(np.signbit(got[got == 0]), np.signbit(expected[expected == 0]))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64", "int64"])
def test_long_rows(dtype):
    for seed, n in ((1, 70001), (2, 300000)):
        x = values(n, dtype, seed)
        same(wf.sort(wf.asarray(x)), np.sort(x))
        same(wf.argsort(wf.asarray(x)), np.argsort(x, kind="stable"))
    for x in (np.zeros(100000, dtype), np.arange(100000).astype(dtype), np.arange(100000)[::-1].astype(dtype)):
        same(wf.argsort(wf.asarray(x)), np.argsort(x, kind="stable"))


@quick
@given(n=st.sampled_from([100, 257, 5000, 70000]), dtype=st.sampled_from(DTYPES[:-2]), seed=st.integers(0, 99),
       spread=st.sampled_from(["all", "few", "scales"]))
def test_keys_of_every_spread(n, dtype, seed, spread):
    """Keys that use all their bits, a few, or come in clusters: argsort of 64 bits drops some of them at first."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind in "iu" and spread == "all":
        x = rng.integers(np.iinfo(kind).min, np.iinfo(kind).max, n, kind, endpoint=True)
    elif kind.kind == "f" and spread == "scales":
        x = (rng.standard_normal(n) * 10.0 ** rng.integers(-kind.itemsize, kind.itemsize // 2 + 1, n)).astype(kind)
    else:
        x = rng.integers(0, 3 if spread == "few" else 120, n).astype(kind)
    if spread == "scales" and kind.itemsize == 8 and kind.kind in "iu":
        x[::2] += kind.type(1 << 62)
    same(wf.sort(wf.asarray(x)), np.sort(x))
    same(wf.argsort(wf.asarray(x)), np.argsort(x, kind="stable"))


@quick
@given(shape=st.sampled_from([(4,), (5, 6), (2, 3, 4)]), axis=st.sampled_from([None, 0, 1, -1]), dtype=st.sampled_from(DTYPES),
       turned=st.booleans(), seed=st.integers(0, 9))
def test_any_axis(kernels, shape, axis, dtype, turned, seed):
    x = values(shape, dtype, seed)
    x, axis = (x.T if turned else x), axis if axis is None or axis < len(shape) else 0
    y = wf.asarray(x)
    same(wf.sort(y, axis), np.sort(x, axis))
    same(wf.argsort(y, axis), np.argsort(x, axis, kind="stable"))
    if axis is not None:
        y.sort(axis)
        same(y, np.sort(x, axis))
        k = shape[axis] // 2 if not turned else 0
        same(wf.partition(wf.asarray(x), k, axis).take(k, axis), np.partition(x, k, axis).take(k, axis))


@quick
@given(shape=st.sampled_from([(1,), (7,), (300,), (3, 270), (270, 3), (3, 70), (40000,)]), axis=st.sampled_from([-1, 0]),
       dtype=st.sampled_from([t for t in DTYPES if "complex" not in t]), places=st.lists(st.integers(0, 1 << 20), min_size=1, max_size=5), seed=st.integers(0, 9))
def test_partition_has_one_arrangement(kernels, shape, axis, dtype, places, seed):
    """Groups round the pivots, each in the order that it had."""
    x = values(shape, dtype, seed)
    kth = [k % x.shape[axis] for k in places]
    rank = np.unique(x, return_inverse=True, equal_nan=True)[1].reshape(x.shape)
    group = sum((rank >= pivot).astype(int) + (rank > pivot) for pivot in (np.take(np.sort(rank, axis), [k], axis) for k in sorted(set(kth))))
    order = np.argsort(group if x.shape[axis] >= 256 else rank, axis, kind="stable")  # short rows are sorted
    same(wf.argpartition(wf.asarray(x), kth, axis), order)
    same(wf.partition(wf.asarray(x), np.array(kth), axis), np.take_along_axis(x, order, axis))
    same(wf.partition(wf.asarray(x), kth, axis).take(kth, axis), np.partition(x, kth, axis).take(kth, axis))


def test_partition_by_many_places(kernels):
    x = values((500,), np.float64, 3)
    kth = list(range(0, 500, 20)) + [-1]
    same(wf.partition(wf.asarray(x), kth)[kth], np.partition(x, kth)[kth])
    y = wf.asarray(x)
    y.partition(100)
    same(y[100:101], np.sort(x)[100:101])
    same(wf.partition(wf.asarray(x * 1j), 3), np.sort(x * 1j))


def test_lexsort_and_errors(kernels):
    rng = np.random.default_rng(0)
    keys = rng.integers(0, 4, (3, 50))
    same(wf.lexsort(wf.asarray(keys)), np.lexsort(keys))
    same(wf.lexsort((wf.asarray(keys[0] * 1j), wf.asarray(keys[1]))), np.lexsort((keys[0] * 1j, keys[1])))
    same(wf.sort_complex(wf.asarray(keys[0])), np.sort_complex(keys[0]))
    x = wf.asarray(keys[0])
    with pytest.raises(ValueError, match="out of bounds"):
        wf.partition(x, 50)
    with pytest.raises(np.exceptions.AxisError):
        wf.sort(x, 1)
    with pytest.raises(ValueError, match="kind"):
        wf.sort(x, kind="bubble")


@quick
@given(n=st.integers(0, 40), side=st.sampled_from(["left", "right"]), seed=st.integers(0, 9),
       types=st.sampled_from([("int32", "int32"), ("float32", "float64"), ("int64", "float32"), ("uint8", "int8"),
                              ("uint64", "uint64"), ("float16", "float16")]))
def test_searchsorted_and_digitize(kernels, n, side, seed, types):
    a, v = np.sort(values(n, types[0], seed)), values((3, 20), types[1], seed + 1)
    same(wf.searchsorted(wf.asarray(a), wf.asarray(v), side), np.searchsorted(a, v, side))
    bins = np.unique(a[a == a])
    for b in (bins, bins[::-1]) if types[0] != "uint64" else ():  # NumPy compares bins as float64, which some are equal in
        same(wf.digitize(wf.asarray(v), wf.asarray(b), side == "left"), np.digitize(v, b, side == "left"))


@quick
@given(shape=st.sampled_from([(0,), (1,), (40,), (5, 8)]), dtype=st.sampled_from(DTYPES), seed=st.integers(0, 9),
       asked=st.tuples(st.booleans(), st.booleans(), st.booleans()), equal_nan=st.booleans())
def test_unique(kernels, shape, dtype, seed, asked, equal_nan):
    x = values(shape, dtype, seed)
    if x.dtype.kind == "c":
        x = np.nan_to_num(x)  # NumPy's own order of complex NaN differs between its functions
    equal_nan = equal_nan or asked[1]  # which NaN comes first is not said
    expected = np.unique(x, *asked, equal_nan=equal_nan)
    got = wf.unique(wf.asarray(x), *asked, equal_nan=equal_nan)
    for a, b in zip(got if isinstance(got, tuple) else (got,), expected if isinstance(expected, tuple) else (expected,)):
        same(a, b)


def test_unique_rows_and_sets(kernels):
    rng = np.random.default_rng(4)
    x = rng.integers(0, 2, (30, 3))
    for axis in (0, 1):
        for a, b in zip(wf.unique(wf.asarray(x), True, True, True, axis), np.unique(x, True, True, True, axis)):
            np.testing.assert_array_equal(a.get().ravel(), b.ravel())
    a, b = rng.integers(0, 30, 40), rng.integers(10, 50, 25)
    p, q = wf.asarray(a), wf.asarray(b)
    for name in ("isin", "union1d", "intersect1d", "setdiff1d", "setxor1d"):
        same(getattr(wf, name)(p, q), getattr(np, name)(a, b))
    for got, expected in zip(wf.intersect1d(p, q, return_indices=True), np.intersect1d(a, b, return_indices=True)):
        same(got, expected)
    same(wf.isin(p, []), np.isin(a, []))


METHODS = ["linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf", "averaged_inverted_cdf", "closest_observation",
           "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased"]


@pytest.mark.parametrize("method", METHODS)
def test_quantiles(method):
    rng = np.random.default_rng(6)
    q = np.array([[0, 0.1, 0.25], [0.5, 0.77, 1]])
    for x in (rng.random((7, 10)), rng.random(11).astype("float32"), rng.integers(0, 9, (3, 4))):
        y = wf.asarray(x)
        for axis in (None, 0, -1):
            np.testing.assert_allclose(wf.quantile(y, q, axis, method=method).get(), np.quantile(x, q, axis, method=method), rtol=1e-6)
            same(wf.percentile(y, 40, axis, method=method, keepdims=True), np.percentile(x, 40, axis, method=method, keepdims=True))
    z = np.where(rng.random((6, 9)) < 0.3, np.nan, rng.random((6, 9)))
    np.testing.assert_allclose(wf.nanquantile(wf.asarray(z), q, 1, method=method).get(), np.nanquantile(z, q, 1, method=method), rtol=1e-12)
    np.testing.assert_array_equal(wf.quantile(wf.asarray(z), 0.5, 1, method=method).get(), np.quantile(z, 0.5, 1, method=method))


@quick
@given(shape=st.sampled_from([(3,), (4, 300), (2, 2500), (80001,)]), dtype=st.sampled_from(["int8", "uint16", "int32", "float32", "float64"]),
       seed=st.integers(0, 9), nan=st.booleans())
def test_selection_of_long_rows(shape, dtype, seed, nan):
    x = np.random.default_rng(seed).standard_normal(shape) * 40
    x = x.astype(dtype)
    if nan and x.dtype.kind == "f":
        x[..., 1] = np.nan
    same(wf.median(wf.asarray(x), -1), np.median(x, -1))
    q = [0, 12.5, 99, 100]  # of integers NumPy takes differences that wrap
    np.testing.assert_allclose(wf.percentile(wf.asarray(x), q, -1).get(), np.percentile(x.astype("float64"), q, -1), rtol=1e-6)


def test_medians():
    rng = np.random.default_rng(7)
    x = np.where(rng.random((5, 8)) < 0.2, np.nan, rng.random((5, 8)))
    for name in ("median", "nanmedian"):
        for axis in (None, 0, 1, (0, 1)):
            np.testing.assert_allclose(getattr(wf, name)(wf.asarray(x), axis).get(), getattr(np, name)(x, axis))
    same(wf.median(wf.asarray(np.arange(6).reshape(2, 3)), 1, keepdims=True), np.median(np.arange(6).reshape(2, 3), 1, keepdims=True))
    with pytest.raises(ValueError):
        wf.percentile(wf.ones(3), 101)


@pytest.mark.parametrize("code", "bBhHiIlL")
def test_isin_of_integers_in_a_table(code):
    """At the ends of the type, with gaps, with a range that is too long for a table."""
    ends, rng = np.iinfo(code), np.random.default_rng(1)
    for low, high, count in ((0, 100, 300), (-120, 120, 64), (0, 10**6, 40)):
        a, b = (rng.integers(max(low, ends.min), min(high, ends.max), n).astype(code) for n in (count, 30))
        for few in (b, np.concatenate([b, [ends.max]]).astype(code), np.array([ends.max - k for k in range(20)], code), np.array([ends.min + k for k in range(20)], code)):
            a[:3] = ends.min, ends.max, few[1]
            assert np.array_equal(wf.isin(wf.asarray(a), wf.asarray(few)).get(), np.isin(a, few))
