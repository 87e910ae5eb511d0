"""Matrix products through cuBLAS, against a stand-in for it over the stand-in driver: layouts, transpositions, batches."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CC = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
pytestmark = pytest.mark.skipif(CC is None, reason="no C compiler to build the stand-ins with")

PROGRAM = """
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


def run(tmp_path, program, *flags):
    """The program over the two stand-ins, which are built with these flags."""
    libraries = {}
    for name, file in (("libfake_cuda.so", "fake_cuda/fake_cuda.c"), ("libfake_cublas.so", "fake_cublas/fake_cublas.c")):
        libraries[name] = tmp_path / name
        subprocess.run([CC, "-std=gnu11", "-O1", "-shared", "-fPIC", *flags, f"-I{ROOT / 'src'}", "-o", libraries[name], ROOT / "tests" / "c" / file,
                        "-lpthread"], check=True)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, cwd=tmp_path,
                          env={**os.environ, "WEFT_CUDA_LIBRARY": str(libraries["libfake_cuda.so"]), "WEFT_DEVICE": "cuda",
                               "WEFT_CUBLAS": str(libraries["libfake_cublas.so"])})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_products(tmp_path):
    assert "done" in run(tmp_path, PROGRAM)


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
