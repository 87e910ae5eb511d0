"""bincount and histograms: NumPy's results; weights in the documented order, whoever adds them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import weft as wf
from weft._array import bulk

pytestmark = pytest.mark.filterwarnings("error::weft.FallbackWarning", "ignore::RuntimeWarning")
quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=[False, True], ids=["ready-made", "kernels"])
def kernels(request):
    bulk.kernels_everywhere = request.param
    yield request.param
    bulk.kernels_everywhere = False


def in_runs(x):
    """64 in a row, then those sums likewise."""
    while len(x) > 1:
        sums = []
        for at in range(0, len(x), 64):
            total = x[at]
            for value in x[at + 1:at + 64]:
                total = total + value
            sums.append(total)
        x = sums
    return x[0] if len(x) else 0.0


@pytest.mark.parametrize("n, bins", [(0, 3), (1, 1), (64, 1), (65, 1), (5000, 1), (5000, 7), (300000, 11), (3000, 9000)])
def test_bincount(kernels, n, bins):
    rng = np.random.default_rng(n)
    x, w = rng.integers(0, bins, n), rng.standard_normal(n)
    got = wf.bincount(wf.asarray(x), minlength=bins)
    assert got.dtype == np.int64
    np.testing.assert_array_equal(got.get(), np.bincount(x, minlength=bins))
    sums = wf.bincount(wf.asarray(x), wf.asarray(w), bins).get()
    np.testing.assert_array_equal(sums[:8], [in_runs(list(w[x == k])) for k in range(min(bins, 8))])
    np.testing.assert_allclose(sums, np.bincount(x, w, bins), atol=1e-9)


@quick
@given(shape=st.sampled_from([(0,), (1,), (200,), (7, 9)]), dtype=st.sampled_from(["bool", "int8", "uint16", "int64", "float32", "float64"]),
       bins=st.sampled_from([1, 10, 7, "edges"]), weighted=st.booleans(), density=st.booleans(), limits=st.sampled_from([None, (-3, 3)]),
       seed=st.integers(0, 9))
def test_histogram(kernels, shape, dtype, bins, weighted, density, limits, seed):
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal(shape) * 4).astype(dtype)
    w = rng.integers(0, 5, shape).astype("float32") if weighted else None
    bins = np.sort(rng.standard_normal(6)) if bins == "edges" else bins
    with np.errstate(all="ignore"):
        expected, edges = np.histogram(x, bins, limits, density, w)
    got, our_edges = wf.histogram(wf.asarray(x), bins, limits, density, None if w is None else wf.asarray(w))
    assert got.dtype == expected.dtype and our_edges.dtype == edges.dtype
    np.testing.assert_array_equal(our_edges.get(), edges)
    np.testing.assert_allclose(got.get(), expected, rtol=1e-12)


def test_values_on_the_edges_and_extreme_ranges():
    for dtype in ("float32", "float64"):
        for first, last in ((0, 1), (1e6, 1e6 + 64), (-1e38, 1e38), (0.1, 0.7)):
            edges = np.linspace(first, last, 101, dtype=dtype)
            x = np.concatenate([edges, np.nextafter(edges, edges.dtype.type(-np.inf)), np.nextafter(edges, edges.dtype.type(np.inf)), [np.nan]]).astype(dtype)
            with np.errstate(all="ignore"):
                expected = np.histogram(x, 100, (edges[0], edges[-1]))[0]
            np.testing.assert_array_equal(wf.histogram(wf.asarray(x), 100, (edges[0], edges[-1]))[0].get(), expected)


def test_several_dimensions(kernels):
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((500, 3)), rng.integers(0, 4, 500).astype(float)
    for options in ({}, {"bins": (4, 5, 6)}, {"weights": w}, {"density": True}, {"range": [(-1, 1)] * 3}):
        expected, edges = np.histogramdd(x, **options)
        got, our_edges = wf.histogramdd(wf.asarray(x), **options)
        np.testing.assert_allclose(got.get(), expected, rtol=1e-12)
        np.testing.assert_array_equal(our_edges[1].get(), edges[1])
    for a, b in zip(wf.histogram2d(wf.asarray(x[:, 0]), wf.asarray(x[:, 1]), 5), np.histogram2d(x[:, 0], x[:, 1], 5)):
        np.testing.assert_array_equal(a.get(), b)


def test_errors():
    x = wf.asarray([1, -1])
    for run, words in ((lambda: wf.bincount(x), "negative"), (lambda: wf.histogram(x, 0), "positive"),
                       (lambda: wf.histogram(x, [3, 1]), "monotonically"), (lambda: wf.histogram(x, 5, (2, 1)), "max must be larger"),
                       (lambda: wf.bincount(wf.ones((2, 2), int)), "deep"), (lambda: wf.histogram(wf.asarray([wf.nan])), "finite"),
                       (lambda: wf.histogram(wf.ones(3, "float32"), 100, (1e8, 1e8 + 8)), "Too many bins")):
        with pytest.raises(ValueError, match=words):
            run()
    with pytest.raises(TypeError, match="safe"):
        wf.bincount(wf.ones(3))
