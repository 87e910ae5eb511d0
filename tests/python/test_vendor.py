"""cuBLAS and cuFFT, against stand-ins for them over the stand-in driver: layouts, transpositions, batches, axes. What computes with
the results, such as the scale of a transform, does not run there: tests/python/test_fft.py looks at it on a GPU."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CC = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
pytestmark = pytest.mark.skipif(CC is None, reason="no C compiler to build the stand-ins with")

PRODUCTS = """
import numpy as np, weft as wf
from weft._array import cublas
assert cublas.available()
rng = np.random.default_rng(0)
def check(a, b, p, q):
    np.testing.assert_allclose((p @ q).get(), a @ b, rtol=1e-5)
for dtype in ("float32", "float64", "complex64", "complex128"):
    for m, k, n in ((3, 4, 5), (1, 4, 5), (3, 1, 5), (3, 4, 1), (1, 1, 1), (1, 6, 1)):
        a, b = rng.integers(-3, 4, (m, k)).astype(dtype), rng.integers(-3, 4, (k, n)).astype(dtype)
        if dtype[0] == "c":
            a, b = a + 1j, b - 2j
        for turn_a in (False, True):
            for turn_b in (False, True):
                p = wf.asarray(a.T.copy()).T if turn_a else wf.asarray(a)
                q = wf.asarray(b.T.copy()).T if turn_b else wf.asarray(b)
                check(a, b, p, q)
    for x, y in (((2, 3, 4), (2, 4, 5)), ((2, 3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,))):  # what needs no copy: nothing runs on the stand-in device
        a, b = rng.integers(-3, 4, x).astype(dtype), rng.integers(-3, 4, y).astype(dtype)
        check(a, b, wf.asarray(a), wf.asarray(b))
print("done")
"""


TRANSFORMS = """
import warnings
import numpy as np, weft as wf
from weft._array import cufft
warnings.simplefilter("error", wf.FallbackWarning)
assert cufft.available()
rng = np.random.default_rng(0)
def check(name, x, **options):
    given = wf.asarray(x)
    made, expected = getattr(wf.fft, name)(given, **options), getattr(np.fft, name)(x, **options)
    np.testing.assert_array_equal(given.get(), x, err_msg=f"{name} wrote into its argument")
    assert (made.dtype, made.shape) == (expected.dtype, expected.shape), (name, options, made.dtype, expected.dtype)
    np.testing.assert_allclose(made.get(), expected, rtol=1e-4, atol=1e-3, err_msg=f"{name} {x.dtype} {x.shape} {options}")
for single in (True, False):  # no copies, no scale: nothing runs on the stand-in device
    real, complex_ = ("float32", "complex64") if single else ("float64", "complex128")
    for shape in ((8,), (7,), (5, 6), (1, 6), (4, 3, 5), (1, 1, 4, 3)):
        x = rng.random(shape).astype(real)
        z = (x + 1j * rng.random(shape)).astype(complex_)
        check("fft", z)
        check("ifft", z, norm="forward")
        check("rfft", x)
        check("irfft", z, norm="forward")
        check("irfft", z, n=2 * shape[-1] - 1, norm="forward")
        check("fftn", z)
        check("rfftn", x)
        check("ifftn", z, norm="forward")
        check("irfftn", z, axes=(-1,), norm="forward")
        if len(shape) > 1:
            check("fft2", z)
            check("rfft2", x)
            check("fftn", z, axes=(-2, -1))
        first = next(k for k, extent in enumerate(shape) if extent > 1)
        check("fft", z, axis=first)
        check("rfft", x, axis=first)
        check("irfft", z, axis=first, norm="forward")
check("fft", np.zeros((0, 4), complex))
for _ in range(3):  # more plans than are kept, and those again
    for n in range(2, 50):
        check("fft", np.arange(n) + 0j)
three = wf.asarray(np.zeros(3, complex))  # zeros would be made by a kernel
for call in (lambda: wf.fft.fft(three, axis=2), lambda: wf.fft.fft(three, 0), lambda: wf.fft.rfft(three)):
    try:
        call()
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__)
print("done")
"""


def run(tmp_path, program, *flags):
    """The program over the two stand-ins, which are built with these flags."""
    libraries = {}
    for name, file in (("libfake_cuda.so", "fake_cuda/fake_cuda.c"), ("libfake_cublas.so", "fake_cublas/fake_cublas.c"),
                       ("libfake_cufft.so", "fake_cufft/fake_cufft.c")):
        libraries[name] = tmp_path / name
        subprocess.run([CC, "-std=gnu11", "-O1", "-shared", "-fPIC", *flags, f"-I{ROOT / 'src'}", "-o", libraries[name], ROOT / "tests" / "c" / file,
                        "-lpthread", "-lm"], check=True)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, cwd=tmp_path,
                          env={**os.environ, "WEFT_CUDA_LIBRARY": str(libraries["libfake_cuda.so"]), "WEFT_DEVICE": "cuda",
                               "WEFT_CUBLAS": str(libraries["libfake_cublas.so"]), "WEFT_CUFFT": str(libraries["libfake_cufft.so"])})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_products(tmp_path):
    assert "done" in run(tmp_path, PRODUCTS)


def test_transforms(tmp_path):
    assert run(tmp_path, TRANSFORMS).splitlines() == ["AxisError", "ValueError", "TypeError", "done"]


@pytest.mark.cpu
def test_a_library_that_does_not_start_is_left_alone(tmp_path):
    """The products are weft's own then (which the stand-in device does not run), after one warning."""
    assert run(tmp_path, """
import warnings
import weft as wf
from weft._array import cublas
assert cublas.available()
a = wf.ones((3, 4))
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    print((a @ a.T).shape, (a.T @ a).shape, cublas.available())
print(["does not start" in str(one.message) for one in told if one.category is RuntimeWarning])
""", "-DCREATE_STATUS=1").splitlines() == ["(3, 3) (4, 4) None", "[True]"]


@pytest.mark.cpu
def test_transforms_of_a_library_that_does_not_start_go_through_numpy(tmp_path):
    assert run(tmp_path, """
import warnings
import numpy as np, weft as wf
from weft._array import cufft
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    print(abs(wf.fft.fft(wf.asarray(np.arange(8) + 0j)).get() - np.fft.fft(np.arange(8))).max() < 1e-9, cufft.available())
print([one.category.__name__ for one in told])
""", "-DCREATE_STATUS=1").splitlines() == ["True None", "['RuntimeWarning', 'FallbackWarning']"]
