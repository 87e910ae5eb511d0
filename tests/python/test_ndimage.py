"""weft.ndimage: filters against SciPy's, with every boundary mode, even windows, origins, axes and integer results."""

import warnings

import numpy as np
import pytest

import weft as wf

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
