"""weft.fft on a CPU device: NumPy's results, dtypes and errors, whichever way a transform goes; operands stay as they are."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

import weft as wf
from weft._array import fft as transforms

pytestmark = pytest.mark.filterwarnings("ignore::weft.FallbackWarning")
ONE_AXIS, SOME_AXES = ("fft", "ifft", "rfft", "irfft", "hfft"), ("fftn", "ifftn", "fft2", "ifft2", "rfftn")


def check(name, host, **options):
    ours, theirs = getattr(wf.fft, name)(wf.asarray(host), **options), getattr(np.fft, name)(host, **options)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), (name, options)
    near = 2e-3 if theirs.dtype == np.float16 else 1e-4 if theirs.dtype in (np.complex64, np.float32) else 1e-9
    np.testing.assert_allclose(ours.get(), theirs, rtol=near, atol=max(near, 1e-3 if near > 1e-9 else 0) * np.abs(theirs).max(), err_msg=f"{name} {options}")


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128", "int32", "float16"])
@pytest.mark.parametrize("shape", [(256,), (7,), (5, 6), (4, 8, 3), (300, 400)])
@pytest.mark.parametrize("loops", [True, False], ids=["NumPy's loops", "NumPy's functions"])
def test_transforms_are_numpys(dtype, shape, loops, monkeypatch):
    if not loops:
        monkeypatch.setattr(transforms, "_loops", lambda: None)
    x = (np.random.default_rng(0).random(shape) * 10).astype(dtype)
    for name in ONE_AXIS:
        for options in ({}, {"norm": "ortho"}, {"n": 9}, {"axis": 0}, {"n": 4, "axis": 0, "norm": "forward"}):
            if not (name == "rfft" and x.dtype.kind == "c"):
                check(name, x, **options)
    for name in SOME_AXES:
        for options in ({}, {"norm": "ortho"}, {"axes": (0,)}):
            if not (name == "rfftn" and x.dtype.kind == "c") and not (name[-1] == "2" and x.ndim < 2 and "axes" not in options):
                check(name, x, **options)


def test_operands_stay_and_results_are_their_own():
    host = np.random.default_rng(1).random((256, 300)) + 1j
    x = wf.asarray(host)
    for name in ("fft", "fft2", "ifftn"):
        first = getattr(wf.fft, name)(x)
        second = getattr(wf.fft, name)(x)
        first += 1
        assert (x.get() == host).all() and np.abs(first.get() - second.get() - 1).max() < 1e-9
    out = wf.empty((256, 300), complex)
    assert wf.fft.fft(x, out=out) is out
    np.testing.assert_allclose(out.get(), np.fft.fft(host))
    np.testing.assert_allclose(wf.fft.fft(x.T, axis=0).get(), np.fft.fft(host.T, axis=0))


def test_errors_are_numpys():
    x = wf.asarray([1.0, 2.0])
    for call, error in ((lambda: wf.fft.fft(x, 0), ValueError), (lambda: wf.fft.fft(x, axis=3), IndexError), (lambda: wf.fft.fft(x, norm="x"), ValueError),
                        (lambda: wf.fft.rfft(x * 1j), TypeError), (lambda: wf.fft.fft2(x), IndexError)):
        with pytest.raises(error):
            call()


def test_functions_that_write_into_arguments_do():
    x = wf.zeros((3, 3), device="cpu")
    from weft._array.fallback import through_numpy
    through_numpy(np.fill_diagonal, x, 2.0)
    assert (x.get() == np.diag([2.0] * 3)).all()


PROGRAM = """
import hashlib, warnings
import numpy as np, weft as wf
warnings.simplefilter("ignore")
x = np.random.default_rng(0).random((256, 300))
for reproducible in (False, True):
    wf.config.reproducible = reproducible
    print(hashlib.sha256(wf.fft.fft2(wf.asarray(x, device="cpu")).get().tobytes() + wf.fft.ifft(wf.asarray(x + 1j, device="cpu")).get().tobytes()).hexdigest())
print(hashlib.sha256(np.fft.fft2(x).tobytes() + np.fft.ifft(x + 1j).tobytes()).hexdigest())
"""


def test_the_bits_do_not_depend_on_threads():
    """And are NumPy's when they shall be reproducible, whatever else is installed."""
    runs = [subprocess.run([sys.executable, "-P", "-c", PROGRAM], env={**os.environ, "WEFT_THREADS": threads}, capture_output=True, text=True, check=True)
            .stdout.split() for threads in ("1", "3")]
    assert runs[0] == runs[1] and runs[0][1] == runs[0][2]


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128", "int32", "float16", "bool"])
@pytest.mark.parametrize("shape", [(256,), (7,), (5, 6), (4, 8, 3), (30, 40), (2, 3, 4, 5), (1, 9)])
def test_transforms_by_cufft(dtype, shape):
    from weft._array import cufft

    with wf.device("cuda"):
        if not cufft.available():
            pytest.skip("no cuFFT here")
        x = (np.random.default_rng(0).random(shape) * 10).astype(dtype)
        is_complex = x.dtype.kind == "c"
        for name in (*ONE_AXIS, "ihfft"):
            for options in ({}, {"norm": "ortho"}, {"n": 9}, {"axis": 0}, {"n": 4, "axis": 0, "norm": "forward"}, {"axis": -2} if len(shape) > 1 else {"n": 1}):
                if not (name in ("rfft", "ihfft") and is_complex) and not (name in ("irfft", "hfft") and shape[options.get("axis", -1)] == 1 and "n" not in options):
                    check(name, x, **options)
        for name in (*SOME_AXES, "irfftn", "rfft2", "irfft2"):
            for options in ({}, {"norm": "ortho"}, {"axes": (0,)}, {"axes": (-1, 0)}, {"s": (6, 5), "axes": (0, -1)}, {"axes": (0, 1), "norm": "forward"}):
                axes = options.get("axes", (-2, -1) if name[-1] == "2" else tuple(range(len(shape))))
                fits = len(axes) == 1 or len(shape) > 1
                if fits and not (name[0] == "r" and is_complex) and not (name[0:2] == "ir" and shape[axes[-1]] == 1 and "s" not in options):
                    check(name, x, **options)


@pytest.mark.gpu
def test_a_chain_of_transforms_on_a_gpu():
    """Views, pending expressions, a given result, and no call of NumPy's."""
    from weft._array import cufft

    with wf.device("cuda"):
        if not cufft.available():
            pytest.skip("no cuFFT here")
        host = np.random.default_rng(2).random((64, 48))
        x = wf.asarray(host)
        with warnings.catch_warnings():
            warnings.simplefilter("error", wf.FallbackWarning)
            np.testing.assert_allclose(wf.fft.ifft2(wf.fft.fft2(x * 2 + 1) * 0.5).real.get(), host + 0.5)
            np.testing.assert_allclose(wf.fft.fft(x.T[3:, ::2]).get(), np.fft.fft(host.T[3:, ::2]))
            np.testing.assert_allclose(wf.fft.irfft(wf.fft.rfft(x, axis=0), axis=0).get(), host)
            out = wf.empty((64, 48), complex)
            assert wf.fft.fft(x, out=out) is out
