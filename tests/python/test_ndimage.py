"""weft.ndimage: filters against SciPy's, with every boundary mode, even windows, origins, axes and integer results."""

import warnings

import numpy as np
import pytest

import weft as wf
from weft._array import bulk

scipy_ndimage = pytest.importorskip("scipy.ndimage")
MODES = ("reflect", "mirror", "nearest", "wrap", "constant", "grid-wrap", "grid-mirror", "grid-constant")
WEIGHTS = np.random.default_rng(1).random((3, 4))
FOOTPRINT = np.array([[1, 0, 1], [1, 1, 0]])
CASES = [("correlate", (WEIGHTS,), {}), ("convolve", (WEIGHTS,), {"origin": (1, -1)}), ("correlate1d", ([1, 2, -1, 3],), {}),
         ("convolve1d", ([1, 2, -1, 3],), {"axis": 0}), ("gaussian_filter", (1.2,), {}), ("gaussian_filter", ((1.2, .7),), {"order": (1, 0)}),
         ("uniform_filter", (3,), {}), ("sobel", (), {}), ("laplace", (), {}), ("prewitt", (), {"axis": 0}),
         ("minimum_filter", (), {"size": 4}), ("maximum_filter", (), {"size": 3, "axes": (1,)}), ("minimum_filter1d", (3,), {}),
         ("median_filter", (), {"size": 3}), ("median_filter", (), {"size": 3, "axes": (0,)}),
         ("percentile_filter", (30,), {"size": (3, 4)}), ("rank_filter", (2,), {"footprint": FOOTPRINT})]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["float64", "float32", "uint8", "int32"])
def test_filters_are_scipys(mode, dtype):
    x = (np.random.default_rng(0).random((9, 7)) * 50).astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error", wf.FallbackWarning)  # they have kernels
        for name, args, options in CASES:
            ours = getattr(wf.ndimage, name)(wf.asarray(x), *args, mode=mode, cval=3, **options).get()
            theirs = getattr(scipy_ndimage, name)(x, *args, mode=mode, cval=3, **options)
            assert ours.dtype == theirs.dtype, name
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 if dtype[0] == "f" else 1, err_msg=f"{name} {options}")


def test_outputs_and_errors():
    x = wf.arange(12.0).reshape(3, 4)
    out = wf.empty((3, 4), "float32")
    assert wf.ndimage.median_filter(x, 3, output=out) is out
    assert wf.ndimage.uniform_filter(x, 3, output="int16").dtype == np.int16
    for call in (lambda: wf.ndimage.correlate(x, np.ones(3)), lambda: wf.ndimage.rank_filter(x, 9, 3),
                 lambda: wf.ndimage.percentile_filter(x, 101, 3), lambda: wf.ndimage.median_filter(x),
                 lambda: wf.ndimage.correlate1d(x, [1, 2], mode="no such")):
        with pytest.raises(RuntimeError):
            call()


@pytest.mark.filterwarnings("ignore::weft.FallbackWarning")
def test_an_output_is_written_by_what_runs_through_scipy():
    image = np.random.default_rng(0).random((6, 6)) > .5
    labels = wf.zeros((6, 6), "int32")
    assert wf.ndimage.label(wf.asarray(image), output=labels) == scipy_ndimage.label(image)[1]
    assert np.array_equal(labels.get(), scipy_ndimage.label(image)[0])
    out = wf.zeros((6, 6))
    assert wf.ndimage.gaussian_laplace(wf.asarray(image * 1.0), 1.0, output=out) is out and float(abs(out).max()) > 0


def test_filters_by_kernels_equal_scipys_by_functions():
    """generic_filter by a ReductionKernel and by CUDA C, generic_filter1d by CUDA C."""
    image = np.random.default_rng(3).integers(0, 99, (7, 9)).astype(np.float32)
    x = wf.asarray(image)
    spread = wf.ReductionKernel("X x", "Y y", "x * x", "a + b", "y = sqrt(a)", "0", "spread")
    for options in ({"size": 3}, {"footprint": np.array([[1, 0, 1], [0, 1, 0]]), "mode": "wrap"}, {"size": (2, 3), "origin": (-1, 1), "mode": "nearest"}):
        want = scipy_ndimage.generic_filter(image, lambda v: np.sqrt((v * v).sum()), **options)
        np.testing.assert_allclose(wf.ndimage.generic_filter(x, spread, **options).get(), want, rtol=1e-6)

    class Source:  # what cupy.RawKernel shows
        def __init__(self, code, name):
            self.code, self.name, self.options = code, name, ()

    most = Source('extern "C" __global__ void most(double *v, int n, double *out) { double m = v[0]; for (int i = 1; i < n; i++) m = fmax(m, v[i]);'
                  ' *out = m; }', "most")
    np.testing.assert_array_equal(wf.ndimage.generic_filter(x, most, 3).get(), scipy_ndimage.generic_filter(image, np.max, 3))
    shift = Source('extern "C" __global__ void shift(const double *in, ptrdiff_t n, double *out, ptrdiff_t m) {'
                   ' for (ptrdiff_t i = 0; i < m; i++) out[i] = in[i] - in[n - m + i]; }', "shift")

    def shifted(line, out):
        out[:] = line[:out.size] - line[line.size - out.size:]
    for axis in (0, 1):
        np.testing.assert_array_equal(wf.ndimage.generic_filter1d(x, shift, 4, axis, mode="mirror").get(),
                                      scipy_ndimage.generic_filter1d(image, shifted, 4, axis, mode="mirror"))


def test_modes_and_axes_are_taken_one_by_one():
    image = np.random.default_rng(4).random((5, 6, 4))
    x = wf.asarray(image)
    for name, options in (("sobel", {"axis": 1, "mode": ["wrap", "nearest", "mirror"]}), ("laplace", {"mode": ["wrap", "nearest", "mirror"]}),
                          ("gaussian_filter", {"sigma": 1.5, "mode": ["wrap", "nearest", "mirror"]})):
        np.testing.assert_allclose(getattr(wf.ndimage, name)(x, **options).get(), getattr(scipy_ndimage, name)(image, **options), rtol=1e-12, atol=1e-12)
    parts = sum(scipy_ndimage.correlate1d(image, [1, -2, 1], axis) for axis in (0, 2))
    np.testing.assert_allclose(wf.ndimage.laplace(x, axes=(0, 2)).get(), parts, rtol=1e-12, atol=1e-12)
    want = np.stack([scipy_ndimage.maximum_filter(plane, 3, mode="wrap") for plane in image])
    np.testing.assert_array_equal(wf.ndimage.maximum_filter(x, 3, mode=("wrap", "wrap"), axes=(1, 2)).get(), want)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int64", "float16"])
@pytest.mark.parametrize("shape", [(7,), (5000,), (40, 50), (3, 300, 5), (2, 4, 3000)])
def test_one_kernel_has_the_bits_of_recorded_sums(monkeypatch, dtype, shape):
    """device/k_correlate.cu, which GPUs use, against the expressions that a CPU runs."""
    x = wf.asarray((np.random.default_rng(5).standard_normal(shape) * 50).astype(dtype))
    calls = [lambda: wf.ndimage.gaussian_filter(x, 1.5, mode="wrap"), lambda: wf.ndimage.uniform_filter(x, 4, mode="constant"),
             lambda: wf.ndimage.gaussian_filter(x, 4, mode="reflect"), lambda: wf.ndimage.gaussian_filter1d(x, 4, 0, mode="mirror"),
             lambda: wf.ndimage.correlate1d(x, [1, 2], mode="nearest", origin=-1), lambda: wf.ndimage.sobel(x), lambda: wf.ndimage.correlate1d(x, [1, 2, 4.5], origin=1), lambda: wf.ndimage.uniform_filter(x, 5)]
    expected = [call().get() for call in calls]
    monkeypatch.setattr(bulk, "kernels_everywhere", True)
    for call, result in zip(calls, expected):
        np.testing.assert_array_equal(call().get(), result)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_images_and_weights(dtype):
    from scipy import ndimage
    r = np.random.RandomState(1)
    x = (r.rand(6, 7) + 1j * r.rand(6, 7)).astype(dtype)
    for name, args, options in (("gaussian_filter", (1.5,), {}), ("prewitt", (), {}), ("laplace", (), {}), ("uniform_filter", (3,), {"mode": "constant", "cval": 1 + 2j}),
                                ("correlate1d", ([1, 2j, 3 - 1j],), {"mode": "constant", "cval": 2j}), ("convolve1d", ([1, 2j],), {}),
                                ("correlate", (np.ones((3, 2)) * (1 + 2j),), {}), ("convolve", (np.ones((3, 2)) * (1 - 2j),), {})):
        ours, theirs = getattr(wf.ndimage, name)(wf.asarray(x), *args, **options), getattr(ndimage, name)(x, *args, **options)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.get(), theirs, 1e-5, 1e-5, err_msg=name)
    real = wf.ndimage.correlate1d(wf.asarray(x.real), [1, 2j])
    np.testing.assert_allclose(real.get(), ndimage.correlate1d(x.real, [1, 2j]), 1e-5)
    with pytest.raises(RuntimeError, match="complex dtype"):
        wf.ndimage.correlate1d(wf.asarray(x), [1, 2], output=np.float64)


@pytest.mark.parametrize("cval", [-1.0, 300, 2.5])
def test_values_beyond_the_ends_that_the_image_does_not_hold(cval):
    from scipy import ndimage
    x = np.random.RandomState(2).randint(0, 50, (5, 6)).astype(np.uint8)
    for name, args in (("uniform_filter1d", (3,)), ("correlate1d", ([1, 2, 1],)), ("minimum_filter1d", (3,)), ("convolve", (np.ones((3, 3)),))):
        got = getattr(wf.ndimage, name)(wf.asarray(x), *args, mode="constant", cval=cval).get()
        np.testing.assert_array_equal(got, getattr(ndimage, name)(x, *args, mode="constant", cval=cval), err_msg=name)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "float16"])
@pytest.mark.parametrize("shape", [(1, 1), (40, 2500), (300, 33), (2, 3, 70, 50), (5, 0)])
def test_two_axes_at_once_have_the_bits_of_one_after_the_other(dtype, shape):
    x = wf.asarray((np.random.default_rng(6).standard_normal(shape) * 50).astype(dtype))
    out = np.float32 if dtype in ("uint8", "float16") else None
    for modes, sigma, order in (("reflect", 2, 0), (("constant", "wrap"), (3, 0.6), (0, 1)), (("mirror", "nearest"), (40, 9), 0)):
        pair = modes if isinstance(modes, tuple) else (modes, modes)
        options = {"axes": (-2, -1), "order": order, "output": out, "cval": 2.7}
        ours, one = wf.ndimage.gaussian_filter(x, sigma, mode=modes, **options), x
        for axis in (-2, -1):
            s, o = (v[axis] if isinstance(v, tuple) else v for v in (sigma, order))
            one = wf.ndimage.gaussian_filter1d(one, s, axis, o, out or x.dtype, pair[axis], 2.7)
        np.testing.assert_array_equal(ours.get(), one.get())
    ours, one = wf.ndimage.uniform_filter(x, (5, 4), out, "wrap", axes=(-2, -1), origin=(1, -1)), x
    for axis, size, origin in ((-2, 5, 1), (-1, 4, -1)):
        one = wf.ndimage.uniform_filter1d(one, size, axis, out or x.dtype, "wrap", origin=origin)
    np.testing.assert_array_equal(ours.get(), one.get())


def test_magnitudes_of_derivatives_of_the_users():
    x = np.random.default_rng(3).random((7, 9))
    for name, ours, theirs in (("generic_gradient_magnitude", wf.ndimage.sobel, scipy_ndimage.sobel), ("generic_laplace", wf.ndimage.prewitt, scipy_ndimage.prewitt)):
        result, expected = getattr(wf.ndimage, name)(wf.asarray(x), ours), getattr(scipy_ndimage, name)(x, theirs)
        np.testing.assert_allclose(result.get(), expected)
        out = wf.empty((7, 9), np.float32)
        assert getattr(wf.ndimage, name)(wf.asarray(x), ours, output=out, mode="wrap") is out
        np.testing.assert_allclose(out.get(), getattr(scipy_ndimage, name)(x, theirs, mode="wrap"), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("call", [lambda nd, x: nd.gaussian_filter(x, (2, 2)), lambda nd, x: nd.gaussian_filter(x, 2, order=(0, 1)),
                                  lambda nd, x: nd.gaussian_filter(x, 2, mode=["reflect"]), lambda nd, x: nd.uniform_filter(x, (3, 3))])
def test_a_value_for_each_axis(call):
    """Two values for a picture with three colours are a mistake, not a blur of two axes."""
    with pytest.raises(RuntimeError, match="length equal to input rank"):
        call(wf.ndimage, wf.zeros((8, 8, 3)))


BAD_CALLS = [("gaussian_filter", ([1],), {}), ("gaussian_filter", ((1, 1, 1),), {}), ("gaussian_filter", (1,), {"order": (0, 1, 0)}),
             ("gaussian_filter", (1,), {"mode": ["reflect"]}), ("gaussian_filter", (1,), {"axes": (0, 0)}), ("gaussian_filter", (1,), {"radius": -1}),
             ("gaussian_filter1d", (-2.0,), {}), ("uniform_filter", ((3, 3, 3),), {}), ("uniform_filter", (3,), {"origin": 2}),
             ("uniform_filter", (3,), {"origin": (0, -2)}), ("uniform_filter1d", (4,), {"origin": 2}),
             ("uniform_filter1d", (0,), {}), ("correlate1d", ([1, 1, 1],), {"origin": 2}), ("correlate1d", ([1, 1],), {"origin": 1}),
             ("convolve1d", ([1, 1],), {"origin": 1}), ("convolve1d", ([1, 1, 1],), {"origin": -2}), ("correlate1d", ([1, 1, 1],), {"origin": .5}),
             ("correlate1d", ([1, 1, 1],), {"cval": "x", "mode": "constant"}), ("correlate", (np.ones((3, 3)),), {"cval": "x"}),
             ("correlate", (np.ones((3, 3)),), {"origin": (0, 2)}), ("convolve", (np.ones((2, 2)),), {"origin": 1}),
             ("minimum_filter", (3,), {"origin": 2}), ("minimum_filter", ((3, 3, 3),), {}), ("median_filter", (3,), {"cval": "x"}),
             ("correlate1d", ([1, 1],), {"mode": "round"}), ("sobel", (), {"mode": "round"})]


@pytest.mark.parametrize("name, args, options", BAD_CALLS)
def test_what_scipy_refuses_is_refused(name, args, options):
    x = np.arange(30.0).reshape(5, 6)
    with pytest.raises(Exception) as theirs:
        getattr(scipy_ndimage, name)(x, *args, **options)
    with pytest.raises(theirs.type):
        getattr(wf.ndimage, name)(wf.asarray(x), *args, **options)


@pytest.mark.parametrize("size, origin", [(2, -1), (2, 0), (3, -1), (3, 1), (4, -2), (4, 1), (5, 2), (1, 0)])
def test_every_origin_that_scipy_takes(size, origin):
    x = np.arange(30.0).reshape(5, 6) ** 2
    weights = np.arange(1.0, size + 1)
    for name, args in (("uniform_filter", (size,)), ("uniform_filter1d", (size,)), ("correlate1d", (weights,)), ("convolve1d", (weights,)),
                       ("minimum_filter", (size,)), ("correlate", (np.outer(weights, weights),))):
        at = -origin - (size % 2 == 0) if name == "convolve1d" else origin
        ours, theirs = (getattr(m, name)(a, *args, origin=at) for m, a in ((wf.ndimage, wf.asarray(x)), (scipy_ndimage, x)))
        np.testing.assert_allclose(ours.get(), theirs, rtol=1e-12, err_msg=name)
