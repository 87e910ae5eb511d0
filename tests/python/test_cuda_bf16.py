"""bfloat16 in Python kernels: the type, wf.cuda.bf16's functions, arrays; beside NumPy's float64 and the bits."""

import math
from fractions import Fraction

import numpy as np
import pytest

import weft as wf

bf16 = wf.cuda.bf16
bfloat16 = bf16.bfloat16
ALL = np.arange(65536, dtype=np.uint16)
FLOATS = (ALL.astype(np.uint32) << 16).view(np.float32)


def _of_every(function):
    """function(number) of every bfloat16, as float64."""
    @wf.cuda.jit
    def kernel(bits, out):
        i = wf.cuda.grid(1)
        if i < out.size:
            out[i] = function(bf16.ushort_as_bfloat16(bits[i]))

    out = np.empty(ALL.size)
    kernel[256, 256](ALL, out)
    return out


def _rounded(exact, way):
    """The bfloat16 that a fraction (not 0, within the range) is rounded to, as a float."""
    unit = Fraction(2) ** max(math.frexp(float(exact))[1] - 10, -133)
    while abs(exact) >= unit * 256:
        unit *= 2
    low = exact // unit
    if exact == low * unit or way == "rd" or (way == "rz" and exact > 0):
        return float(low * unit)
    if way in ("ru", "rz"):
        return float((low + 1) * unit)
    rest = exact - low * unit
    return float((low + (rest * 2 > unit or (rest * 2 == unit and low % 2))) * unit)


def _same(a, b):
    return np.array_equal(np.asarray(a, float), np.asarray(b, float), equal_nan=True)


def test_arithmetic_rounds_once():
    rng = np.random.default_rng(1)
    x, y = (rng.standard_normal(500).astype(np.float32).view(np.uint32) >> 16 for _ in range(2))
    x, y = ((v << 16).astype(np.uint32).view(np.float32) for v in (x, y))

    @wf.cuda.jit
    def kernel(x, y, out):
        i = wf.cuda.grid(1)
        if i < x.size:
            a, b = bfloat16(x[i]), bfloat16(y[i])
            out[0, i], out[1, i], out[2, i], out[3, i] = a + b, a - b, a * b, a / b
            a += b
            out[4, i] = bf16.hfma(a, b, b)

    out = np.empty((5, x.size), np.float32)
    kernel[4, 128](x, y, out)
    exact = [[Fraction(float(v)) for v in w] for w in (x, y)]
    for row, operator in enumerate((lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b)):
        assert out[row].tolist() == [_rounded(operator(a, b), "rn") for a, b in zip(*exact)]
    sums = [Fraction(float(v)) for v in out[0]]
    assert out[4].tolist() == [_rounded(a * b + b, "rn") for a, b in zip(sums, exact[1])]


def test_what_two_types_give():
    @wf.cuda.jit
    def kernel(out):
        x = bfloat16(1.5)
        out[0] = isinstance(x + x, bfloat16)
        out[1] = isinstance(x + True, bfloat16)
        out[2] = isinstance(x + wf.cuda.float16(1), wf.cuda.float32)
        out[3] = isinstance(x + wf.cuda.float32(1), wf.cuda.float32)
        out[4] = isinstance(x + 1.0, wf.cuda.float64)
        out[5] = isinstance(-x, bfloat16)

    out = np.zeros(6, bool)
    kernel[1, 1](out)
    assert out.all(), out


@pytest.mark.parametrize("name, plain", [("htrunc", np.trunc), ("hceil", np.ceil), ("hfloor", np.floor), ("hrint", np.rint), ("habs", np.abs),
                                         ("hneg", np.negative)])
def test_exact_functions(name, plain):
    assert _same(_of_every(getattr(bf16, name)), plain(FLOATS.astype(float)))


@pytest.mark.parametrize("name, plain", [("hsqrt", np.sqrt), ("hexp", np.exp), ("hlog", np.log), ("htanh", np.tanh), ("hsin", np.sin)])
def test_mathematics_is_nearest(name, plain):
    with np.errstate(all="ignore"):
        exact = plain(FLOATS.astype(float))
    got, some = _of_every(getattr(bf16, name)), np.flatnonzero(np.isfinite(exact) & (exact != 0) & (np.abs(exact) < 3e38))[::37]
    assert _same(got[some], [_rounded(Fraction(exact[i]), "rn") for i in some])


@pytest.mark.parametrize("way", ["rn", "rz", "rd", "ru"])
def test_from_numbers(way):
    rng = np.random.default_rng(2)
    wide = np.concatenate([rng.integers(-2 ** 63, 2 ** 63 - 1, 60), rng.integers(-70000, 70000, 60), [2 ** 63 - 1, -2 ** 63, 257, 2 ** 62 + 2 ** 54 + 1]])
    for name, values in (("int64", wide), ("uint64", np.abs(wide[:-4]).astype(np.uint64)), ("int32", wide.astype(np.int32)), ("uint32", wide.astype(np.uint32)),
                         ("int16", wide.astype(np.int16)), ("uint16", wide.astype(np.uint16)), ("float32", rng.standard_normal(60).astype(np.float32))):
        function = getattr(bf16, f"{name}_to_bfloat16_{way}")

        @wf.cuda.jit
        def kernel(x, out):
            i = wf.cuda.grid(1)
            if i < out.size:
                out[i] = function(x[i])

        out = np.empty(values.size, np.float64)
        kernel[2, 128](values, out)
        assert out.tolist() == [_rounded(Fraction(v), way) if v else 0 for v in values.tolist()], name


@pytest.mark.parametrize("way, plain", [("rn", np.rint), ("rz", np.trunc), ("rd", np.floor), ("ru", np.ceil)])
def test_to_integers_stays_within_them(way, plain):
    for name in ("int16", "uint16", "int32", "uint32", "int64") + (("int8", "uint8") if way == "rz" else ()):
        got, info = _of_every(getattr(bf16, f"bfloat16_to_{name}_{way}")), np.iinfo(name)
        whole = np.nan_to_num(plain(FLOATS.astype(float)), nan=0)
        assert _same(got, np.clip(whole, info.min, info.max)), name


def test_what_is_no_number_and_limits():
    @wf.cuda.jit
    def kernel(out):
        nan, two, big = bfloat16(float("nan")), bfloat16(2), bfloat16(float("inf"))
        out[0], out[1] = bf16.hmax(nan, two), bf16.hmin(two, nan)
        out[2], out[3] = bf16.hmax_nan(nan, two), bf16.hmin_nan(two, nan)
        out[4], out[5], out[6] = bf16.hisnan(nan), bf16.hisinf(big), bf16.hisinf(-big)
        out[7], out[8] = bf16.hadd_sat(two, two), bf16.hsub_sat(two, big)
        out[9], out[10] = bf16.hfma_relu(two, -two, two), bf16.hmul_sat(two, bfloat16(0.25))
        out[11], out[12] = bf16.hltu(nan, two), bf16.hequ(two, big)
        out[13] = bf16.bfloat16_as_int16(bf16.int16_as_bfloat16(0x3fc0))

    out = np.zeros(14)
    kernel[1, 1](out)
    assert np.isnan(out[2:4]).all()
    assert np.delete(out, [2, 3]).tolist() == [2, 2, 1, 1, -1, 1, 0, 0, 0.5, 1, 0, 0x3fc0]


def test_arrays_signatures_shared_memory_and_print(capfd):
    x = wf.array([1, 2, 3, 4], dtype=wf.bfloat16)

    @wf.cuda.jit
    def kernel(x, factor):
        shared = wf.cuda.shared.array(4, bfloat16)
        i = wf.cuda.grid(1)
        shared[i] = x[i] * factor
        wf.cuda.syncthreads()
        x[i] = shared[3 - i] + bfloat16(1)

    kernel[1, 4](x, 2)
    assert x.astype("float32").get().tolist() == [9, 7, 5, 3]

    @wf.cuda.jit("void(bfloat16)")
    def shown(x):
        print("x", x)

    shown[1, 1](2.7)
    wf.cuda.synchronize()
    assert capfd.readouterr().out == "x 2.703125\n"


def test_ml_dtypes():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x, out = np.arange(10).astype(ml_dtypes.bfloat16), np.zeros(10, ml_dtypes.bfloat16)

    @wf.cuda.jit
    def kernel(x, y, out):
        i = wf.cuda.grid(1)
        if i < x.size:
            out[i] = 2 * x[i] + y + ml_dtypes.bfloat16(3)

    kernel[1, 32](x, ml_dtypes.bfloat16(0.5), out)
    assert out.astype(float).tolist() == [2 * i + 3.5 for i in range(10)]
    device = wf.cuda.device_array(10, ml_dtypes.bfloat16)
    kernel[1, 32](wf.cuda.to_device(x), ml_dtypes.bfloat16(0.5), device)
    assert device.copy_to_host().dtype == out.dtype and (device.copy_to_host() == out).all()
