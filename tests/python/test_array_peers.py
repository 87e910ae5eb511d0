"""What CuPy's own test suite found: each test is a case that was wrong or missing once."""

import copy
import importlib.util
import ctypes
import pickle

import numpy as np
import pytest

import weft as wf


def same(ours, theirs):
    ours = ours.get() if isinstance(ours, wf.ndarray) else ours
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)


# ---- flat, diagonals, indices

@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("key", [..., 3, slice(1, 5), slice(None, None, -2), [0, 2], np.array([True, False] * 3)], ids=str)
def test_flat_reads_copies_and_writes_through(order, key):
    host = np.arange(6).reshape((2, 3), order=order)
    ours = wf.array(host)
    part = ours.flat[key]
    same(part, np.asarray(host.flat[key]))
    if part.ndim:
        part[...] = 99
        same(ours, host)
    for value in (5, [7, 8]) if not isinstance(key, int) else (5,):
        host.flat[key] = value
        ours.flat[key] = value
        same(ours, host)
    assert [int(x) for x in ours.flat] == list(host.flat) and len(ours.flat) == 6 and ours.flat.base is ours


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (7, 2), (3, 3, 3)], ids=str)
@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("value", [7, [1, 2]], ids=str)
def test_fill_diagonal(shape, wrap, value):
    host = np.zeros(shape, np.float32)
    ours = wf.asarray(host)
    np.fill_diagonal(host, value, wrap)
    wf.fill_diagonal(ours, value, wrap)
    same(ours, host)


def test_fill_diagonal_needs_a_matrix():
    with pytest.raises(ValueError, match="at least 2-d"):
        wf.fill_diagonal(wf.zeros(3), 1)
    with pytest.raises(ValueError, match="equal length"):
        wf.fill_diagonal(wf.zeros((2, 3, 2)), 1)


@pytest.mark.parametrize("order", ["C", "F", None])
def test_flat_indices_in_either_order(order):
    """None was taken for "F"."""
    flat = np.arange(24)
    for ours, theirs in zip(wf.unravel_index(wf.asarray(flat), (6, 4), order), np.unravel_index(flat, (6, 4), order or "C")):
        same(ours, theirs)
    pair = (np.array([1, 5]), np.array([3, 0]))
    same(wf.ravel_multi_index(tuple(map(wf.asarray, pair)), (6, 4), order=order), np.ravel_multi_index(pair, (6, 4), order=order or "C"))
    with pytest.raises(ValueError, match="larger than the maximum"):
        wf.ravel_multi_index(tuple(map(wf.asarray, pair)), (2 ** 62, 4), order=order)


@pytest.mark.parametrize("join", [
    lambda m, a, b: m.r_[a, 0, b, 1:5, 2:3:4j], lambda m, a, b: m.c_[a, b], lambda m, a, b: m.r_["0,2,0", a, b],
    lambda m, a, b: m.r_["1,3,1", a, b], lambda m, a, b: m.r_["0,2", a, b], lambda m, a, b: m.c_[1:4, a], lambda m, a, b: m.r_[a.astype("f4"), 2.5]])
def test_r_and_c_stay_on_the_device(join, monkeypatch):
    def refuse(name):
        raise AssertionError(f"{name} went through NumPy")
    monkeypatch.setattr("weft._array.fallback.tell", refuse)
    a, b = np.arange(3.0), np.arange(3.0, 6.0)
    same(join(wf, wf.asarray(a), wf.asarray(b)), join(np, a, b))


def test_triangles_and_select():
    for name in ("tril_indices", "triu_indices"):
        for ours, theirs in zip(getattr(wf, name)(5, 1, 4), getattr(np, name)(5, 1, 4)):
            same(ours, theirs)
    x = wf.arange(4)
    with pytest.raises(TypeError, match="condlist"):
        wf.select([x], [x])
    with pytest.raises(TypeError, match="safe"):
        wf.putmask(x, x > 1, wf.ones(4))


# ---- shapes

@pytest.mark.parametrize("shape, wide", [((2, 1, 4), (2, 3, 4)), ((3, 1), (2, 3, 4)), ((1, 3, 1), (2, 3, 4))], ids=str)
def test_ravel_k_of_broadcast_arrays(shape, wide):
    host = np.arange(np.prod(shape)).reshape(shape)
    same(wf.broadcast_to(wf.asarray(host), wide).ravel("K"), np.broadcast_to(host, wide).ravel("K"))


def test_roll_by_several():
    host = np.arange(12).reshape(3, 4)
    same(wf.roll(wf.asarray(host), wf.array([1, 2]), (0, 1)), np.roll(host, [1, 2], (0, 1)))
    same(wf.roll(wf.asarray(host), (1, 2), 1), np.roll(host, (1, 2), 1))
    with pytest.raises(ValueError):
        wf.roll(wf.asarray(host), (1, 2, 3), (0, 1))


def test_unique_slices_without_elements():
    ours = wf.unique(wf.empty((3, 0, 2)), return_index=True, return_inverse=True, return_counts=True, axis=2)
    for mine, theirs in zip(ours, np.unique(np.empty((3, 0, 2)), return_index=True, return_inverse=True, return_counts=True, axis=2)):
        same(mine, theirs)


def test_pickles_keep_the_order_in_memory():
    host = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    for protocol in (2, 5):
        back = pickle.loads(pickle.dumps(wf.array(host), protocol))
        same(back, host)
        assert back.flags.f_contiguous


class Kept(wf.ndarray):
    """Of a class of the user's."""


def test_pickles_and_copies_keep_a_derived_class():
    x = wf.arange(6.0).reshape(2, 3).view(Kept)
    for back in (*(pickle.loads(pickle.dumps(x, protocol)) for protocol in (2, 5)), copy.copy(x), copy.deepcopy(x)):
        assert type(back) is Kept
        same(back, np.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize("place", ["weft", "weft.linalg", "weft.fft", "weft.random", "weft.ndimage", "weft.special"])
def test_functions_are_pickled_by_their_names(place):
    """What np.linalg.inv and the like can do: go to other processes as what is called there."""
    module = importlib.import_module(place)
    names = {"weft": ["max", "amax", "sort", "concatenate", "median", "polyfit", "cov", "sin", "where"], "weft.linalg": ["inv", "svd", "norm", "matmul"],
             "weft.fft": ["fft", "irfft2", "hfft", "fftshift"], "weft.random": ["normal", "rand", "permuted"], "weft.ndimage": ["label", "gaussian_filter"],
             "weft.special": ["erf", "gammaln", "agm", "ai_zeros"]}[place]
    for name in names:
        function = getattr(module, name)
        assert pickle.loads(pickle.dumps(function)) is function, name


# ---- numbers

def test_nextafter_of_16_bit_floats():
    """It was the next float32, rounded back."""
    x = np.array([1, -5, 0, -0.0, np.inf, np.nan, 65504, 6e-8], np.float16)
    for y in (np.inf, -np.inf, 0, 1):
        with np.errstate(all="ignore"):
            same(wf.nextafter(wf.asarray(x), wf.asarray(np.float16(y))), np.nextafter(x, np.float16(y)))


@pytest.mark.parametrize("name", ["arctan2", "hypot", "copysign", "nextafter", "heaviside", "logaddexp"])
def test_two_small_integers_are_computed_in_float16(name):
    a, b = np.array([1, 2], np.int8), np.array([3, 4], np.uint8)
    assert getattr(wf, name)(wf.asarray(a), wf.asarray(b)).dtype == getattr(np, name)(a, b).dtype


def test_nan_to_num_with_arrays():
    host = np.array([[np.nan, 1], [np.inf, np.nan]])
    same(wf.nan_to_num(wf.asarray(host), nan=wf.array([5.0, 6.0])), np.nan_to_num(host, nan=np.array([5.0, 6.0])))


def test_numbers_that_a_dtype_does_not_hold():
    with pytest.raises(OverflowError):
        wf.array([300], dtype=np.int8)
    with pytest.raises(ValueError):
        wf.array([np.nan, 1.0], dtype=np.int32)
    with pytest.raises(TypeError):
        wf.copyto(wf.zeros(3, np.int32), 2.5)


@pytest.mark.parametrize("bins", [[np.nan, np.nan], [1, 2, np.nan], [3, 2, 1], [1, 1, 2]], ids=str)
def test_digitize_with_nan(bins):
    x = np.array([0.5, 1, 2.5, np.nan])
    same(wf.digitize(wf.asarray(x), wf.asarray(np.array(bins, float))), np.digitize(x, np.array(bins, float)))


def test_nanmedian_of_complex_numbers():
    host = np.array([[1, np.nan, 3], [2, 4, 6]], np.complex64)
    same(wf.nanmedian(wf.asarray(host), axis=1), np.nanmedian(host, axis=1))


@pytest.mark.parametrize("host", [np.random.default_rng(0).random(5000, np.float32), np.random.default_rng(1).standard_normal(5000),
                                  np.random.default_rng(2).integers(0, 255, 5000).astype(np.uint8),
                                  np.repeat(np.float32(0.1) * np.arange(50, dtype=np.float32), 10)], ids=lambda a: a.dtype.name)
def test_histograms_by_either_way(host, monkeypatch):
    """The ready-made loop and the kernels put every value into the same bin, NumPy's."""
    from weft._array import bulk
    for bins, range_ in ((7, None), (100, (0, 1)), (256, (-0.3, 0.7))):
        expected = np.histogram(host, bins, range_)
        for everywhere in (False, True):
            monkeypatch.setattr(bulk, "kernels_everywhere", everywhere)
            counts, edges = wf.histogram(wf.asarray(host), bins, range_)
            same(counts, expected[0])
            same(edges, expected[1])


def test_absolute_of_complex_numbers_is_hypot():
    rng = np.random.default_rng(3)
    for kind in (np.complex64, np.complex128):
        z = (rng.standard_normal(1300) + 1j * rng.standard_normal(1300)).astype(kind)
        same(abs(wf.asarray(z)), wf.hypot(wf.asarray(z.real.copy()), wf.asarray(z.imag.copy())).get())


# ---- beside other libraries

@pytest.mark.cpu
def test_the_array_interface_is_shared_memory():
    x = wf.arange(4.0)
    info = x.__array_interface__
    seen = (ctypes.c_double * 4).from_address(info["data"][0])
    x += 1
    assert list(seen) == [1, 2, 3, 4]
    x[...] = 7
    assert list(seen) == [7] * 4
    seen[0] = 3
    assert x[0] == 3


@pytest.mark.cpu
def test_pillow_takes_arrays():
    image = pytest.importorskip("PIL.Image")
    x = (wf.arange(48).reshape(4, 4, 3) * 5).astype("u1")
    np.testing.assert_array_equal(np.asarray(image.fromarray(x)), x.get())
    np.testing.assert_array_equal(np.asarray(image.fromarray(x[::2, ::-1])), x[::2, ::-1].get())


@pytest.mark.cpu
def test_numpy_arrays_take_results():
    a = np.arange(3.0)
    a += wf.arange(3)
    np.testing.assert_array_equal(a, [0, 2, 4])
    with pytest.raises(TypeError):
        b = np.arange(3)
        b += wf.arange(3.0)


def test_explain_wants_an_array_of_ours():
    with pytest.raises(TypeError, match=r"\[explain\].*asarray"):
        wf.explain(np.ones(3))


@pytest.mark.filterwarnings("ignore::weft.FallbackWarning")
@pytest.mark.skipif(importlib.util.find_spec("cupyx") is not None, reason="CuPy itself is installed, and may have been imported")
def test_objects_of_scipy_give_arrays_of_the_device():
    pytest.importorskip("scipy")
    wf.install("cupy", "cupyx")
    try:
        import cupy
        import scipy.fft
        from cupyx.scipy import fft, get_array_module, interpolate, spatial
    finally:
        wf.dropin.uninstall()
    x = wf.linspace(0, 1, 10)
    spline = interpolate.CubicSpline(x, x ** 3)
    slope = spline.derivative()
    assert isinstance(spline, interpolate.CubicSpline) and isinstance(slope(x), wf.ndarray) and isinstance(spline.c, wf.ndarray)
    np.testing.assert_allclose(slope(x).get(), 3 * x.get() ** 2, atol=1e-12)
    distances, places = spatial.KDTree(wf.random.random((20, 2))).query(wf.zeros((1, 2)))
    assert isinstance(distances, wf.ndarray) and places.dtype == np.int64
    with pytest.raises(ValueError, match="equal in length"):
        interpolate.interp1d(x, x[:3])
    with scipy.fft.set_backend(fft):
        assert isinstance(scipy.fft.fft(x), wf.ndarray)
    assert cupy.get_array_module(x) is cupy and cupy.get_array_module(x.get()) is np
    assert get_array_module(x).__name__ == "cupyx.scipy"


def test_cublas_by_array_operations():
    wf.install("cupy")
    try:
        from cupy import cublas
    finally:
        wf.dropin.uninstall()
    a, b = wf.random.random((3, 4)), wf.random.random((5, 3))
    np.testing.assert_allclose(cublas.gemm("T", "T", a, b, alpha=2.0).get(), 2 * a.get().T @ b.get().T)
    y = wf.ones(3)
    cublas.gemv("N", 1.0, a, wf.ones(4), 2.0, y)
    np.testing.assert_allclose(y.get(), a.get().sum(1) + 2)
    assert cublas.iamax(wf.array([1.0, -5.0, 3.0])) == 2
    with pytest.raises(TypeError):
        cublas.gemm("X", "N", a, b)


def test_corners_that_follow_numpy():
    """The type a sum into out= is made in, edges of histograms, quantiles' shapes, shifts and masks given as numbers or text."""
    a = np.arange(1, 7).reshape(2, 3)
    for dtype, into in ((bool, bool), (float, np.int8), (np.int8, np.float32), (np.complex64, np.complex128)):
        for name in ("sum", "prod", "mean"):
            want, got = np.zeros(3, into), wf.zeros(3, dtype=into)
            getattr(np, name)(a.astype(dtype), axis=0, out=want)
            assert getattr(wf, name)(wf.asarray(a.astype(dtype)), axis=0, out=got) is got
            np.testing.assert_array_equal(got.get(), want)
    sample = np.random.default_rng(0).random((20, 2)).astype(np.float32)
    for options in ({}, {"range": [(0.0, 1.0)] * 2}):
        want, got = np.histogramdd(sample, bins=[3, 4], **options), wf.histogramdd(wf.asarray(sample), bins=[3, 4], **options)
        np.testing.assert_array_equal(got[0].get(), want[0])
        for mine, numpys in zip(got[1], want[1]):
            assert mine.dtype == numpys.dtype
            np.testing.assert_array_equal(mine.get(), numpys)
    x = wf.arange(4.0)
    with pytest.raises(ValueError):
        wf.percentile(x, np.ones((1, 2, 3)))
    assert wf.nanmedian(wf.asarray([[1.0, np.nan], [3.0, 2.0]]), axis=[0, 1]) == 2
    assert wf.roll(x, "1").tolist() == [3, 0, 1, 2]
    with pytest.raises(ValueError):
        wf.roll(x, "a")
    wf.copyto(x, 7, where=3.2)
    assert x.tolist() == [7] * 4 and wf.argsort(wf.asarray(5)).shape == (1,)
    assert wf.bincount(wf.zeros(0, dtype=int), weights=wf.zeros(0), minlength=2).dtype == np.int64
