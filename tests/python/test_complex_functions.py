"""Functions of complex numbers: NumPy's special values, an error of a few units of the modulus, the same bits by every way.

Arrays take ready-made loops (one operation) or a compiled kernel; Python kernels and CUDA C call the same functions. docs/accuracy.md
has the measured errors; here a sample is held to 8 units in the last place of the modulus.
"""
import cmath
import warnings

import numpy as np
import pytest

import weft as wf
from weft import _core
from weft._array import fallback

NAMES = """exp exp2 expm1 log log2 log10 log1p sqrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh""".split()
OTHERS = "absolute conjugate square reciprocal negative rint angle real imag".split()
TYPES = ["complex64", "complex128"]
ODD = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, np.inf, -np.inf, np.nan, np.pi / 2, 90.0, -800.0, 1e30, -1e-30]


def grid(dtype):
    z = np.empty(len(ODD) ** 2, np.complex128)
    z.real, z.imag = np.repeat(ODD, len(ODD)), np.tile(ODD, len(ODD))
    return z.astype(dtype)


def samples(dtype, count=2000):
    rng = np.random.default_rng(7)
    z = np.empty(count, np.complex128)
    for part in (z.real, z.imag):
        part[:] = rng.uniform(-4, 4, count)
        part[::3] = np.exp2(rng.uniform(-20, 8, len(part[::3]))) * rng.choice([-1, 1], len(part[::3]))
    return z.astype(dtype)


def parts_agree(got, want, close):
    """Equal with the sign of zero, both NaN, or near each other."""
    same = ((got == want) & (np.signbit(got) == np.signbit(want))) | (np.isnan(got) & np.isnan(want))
    return same | (np.isfinite(got) & np.isfinite(want) & (abs(got - want) <= close * abs(want)) & (got != 0))


@pytest.fixture(autouse=True)
def no_fallback(monkeypatch):
    monkeypatch.setattr(fallback, "_told", set())
    with warnings.catch_warnings():
        warnings.simplefilter("error", fallback.FallbackWarning)
        yield


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES + OTHERS)
def test_special_values(name, dtype):
    z = grid(dtype)
    if name in ("exp2", "sin", "cos", "tan", "sinh", "cosh"):  # NumPy's exp2 loses what the product with log(2) loses; sines of 1e30
        z = z[(abs(z.real) != 1e30) & (abs(z.imag) != 1e30)]
    if name == "square":  # NumPy's may use fma, so it overflows and cancels elsewhere
        z = z[(abs(z.real) != np.float32(1e30)) & (abs(z.real) != 1e30) & (abs(z.real) != abs(z.imag))]
    if name == "exp2":
        z = z[(abs(z.imag) < 4) | ~np.isfinite(z.imag)]
    got = wf.asnumpy(getattr(wf, name)(wf.asarray(z)))
    with np.errstate(all="ignore"):
        want = getattr(np, name)(z)
    assert got.dtype == want.dtype
    close = 1e-4 if dtype == "complex64" else 1e-12
    with np.errstate(all="ignore"):
        wrong = ~(parts_agree(got.real, want.real, close) & parts_agree(got.imag, want.imag, close))
        if name == "log1p":  # NumPy adds 1 first and loses small numbers
            wrong &= (abs(z) > 1e-3) & ~(abs(got - want) <= close * abs(want))
    found = [(complex(a), complex(b), complex(c)) for a, b, c in zip(z[wrong], got[wrong], want[wrong])]
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_error(name):
    """complex64 beside complex128, in units of the modulus' last place; complex128 beside Python's, more loosely."""
    z = samples(np.complex64)
    with np.errstate(all="ignore"):
        want = wf.asnumpy(getattr(wf, name)(wf.asarray(z.astype(np.complex128))))
        got = wf.asnumpy(getattr(wf, name)(wf.asarray(z))).astype(np.complex128)
        usual = np.isfinite(want) & np.isfinite(got) & (abs(want) > 1e-30) & (abs(want) < 1e30)
        if name == "exp2":
            usual &= abs(z.imag) < 100
        error = abs(got - want)[usual] / np.spacing(abs(want[usual]).astype(np.float32))
    assert usual.sum() > 1000 and error.max() < 8
    python = getattr(cmath, name.replace("arc", "a"), None)
    if python and name != "exp2":
        z = samples(np.complex128, 300)
        z = z[abs(z.real) < 100]
        z = z[abs(z.imag) < 100]
        want = np.array([python(complex(v)) for v in z])
        assert (abs(wf.asnumpy(getattr(wf, name)(wf.asarray(z))) - want) <= 8 * np.spacing(abs(want))).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ["exp", "exp2", "expm1", "log", "sqrt", "cos", "tanh", "arcsin", "arctanh", "reciprocal", "power"])
def test_same_bits_by_every_way(name, dtype):
    """A ready-made loop, a compiled array kernel, and CUDA C."""
    z = np.concatenate([grid(dtype), samples(dtype, 500)])
    w = np.roll(z, 3)
    x, y = wf.asarray(z), wf.asarray(w)
    function = getattr(wf, name)
    alone = wf.asnumpy(function(x, y) if name == "power" else function(x))
    vector, suffix = ("float2", "f") if dtype == "complex64" else ("double2", "")
    short = {"power": "pow"}.get(name, name.replace("arc", "a"))
    arguments = "complex<T>(a[i].x, a[i].y)" + (", complex<T>(b[i].x, b[i].y)" if name == "power" else "")
    if short not in ("exp2", "expm1", "reciprocal"):  # thrust has none of these
        kernel = wf.Module(f"""#include <thrust/complex.h>
            using thrust::complex;
            typedef {'float' if suffix else 'double'} T;
            extern "C" __global__ void run(const {vector} *a, const {vector} *b, {vector} *out) {{
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                complex<T> r = thrust::{short}({arguments});
                out[i].x = r.real();
                out[i].y = r.imag();
            }}""")["run"]
        out = np.empty_like(z)
        padded = len(z) // 64 * 64
        kernel(wf.In(z[:padded]), wf.In(w[:padded]), wf.Out(out), grid=(padded // 64,), block=(64,))
        real = alone.real.dtype
        a, b = alone[:padded].view(real), out[:padded].view(real)
        assert ((a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)).all()
    try:
        _core.array_set_policy(1)  # always compiled
        compiled = wf.asnumpy(function(x, y) if name == "power" else function(x))
    finally:
        _core.array_set_policy(0)
    a, b = alone.view(alone.real.dtype), compiled.view(alone.real.dtype)
    assert ((a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)).all()


@pytest.mark.parametrize("dtype", TYPES)
def test_power(dtype):
    z = samples(dtype, 400)
    x = wf.asarray(z)
    close = 2e-4 if dtype == "complex64" else 1e-12
    with np.errstate(all="ignore"):
        for exponent in (0, 1, 2, 3, 7, -1, -5, 0.5, 2.5 - 0.5j):
            got, want = wf.asnumpy(x ** exponent), z ** exponent
            usual = np.isfinite(want) & (abs(want) > 1e-25) & (abs(want) < 1e25)
            assert got.dtype == want.dtype and (abs(got - want) <= close * abs(want))[usual].all(), exponent
        zero = wf.asarray(np.zeros(3, dtype))
        for exponent in (0, 2, 0.5, -1, 1j):
            got, want = wf.asnumpy(zero ** exponent), np.zeros(3, dtype) ** exponent
            assert np.array_equal(got, want, equal_nan=True), exponent


def test_python_kernels_take_the_same_functions():
    from weft import cuda

    z = samples(np.complex128, 128)
    for name in ("exp", "log", "sqrt", "sin", "tan", "atanh"):
        function = getattr(cmath, name)

        @cuda.jit
        def run(a, out):
            i = cuda.grid(1)
            out[i] = function(a[i])

        out = np.empty_like(z)
        run[2, 64](z, out)
        assert np.array_equal(out, wf.asnumpy(getattr(wf, name.replace("atanh", "arctanh"))(wf.asarray(z))))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES + OTHERS)
def test_the_sign_of_nan_says_nothing(name, dtype):
    """Processors make NaNs of different signs, so no infinity or zero takes its sign from one."""
    z, part = grid(dtype), np.dtype(dtype).type(0).real.dtype
    parts = z.view(part).copy()
    parts[np.isnan(parts)] = -np.array(np.nan, part)
    plus, minus = (wf.asnumpy(getattr(wf, name)(wf.asarray(v))) for v in (z, parts.view(dtype)))
    plus, minus = (v.view(part) if v.dtype.kind == "c" else v for v in (plus, minus))
    same = (plus == minus) & (np.signbit(plus) == np.signbit(minus)) | np.isnan(plus) & np.isnan(minus)
    assert same.all(), [(z[i // (plus.size // z.size)], plus[i], minus[i]) for i in np.flatnonzero(~same)]
