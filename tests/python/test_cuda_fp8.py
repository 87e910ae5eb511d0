"""cuda.fp8: numbers of eight bits in kernels, against a table of what the bits mean."""

import math
from fractions import Fraction

import numpy as np
import pytest

from weft import cuda
from weft.cuda.fp8 import (cudaRoundMode, cvt_bfloat16raw_to_fp8, cvt_double_to_e8m0, cvt_double_to_fp8, cvt_e8m0_to_bf16raw, cvt_float_to_fp8, e8m0_to_float,
                           fp8_e4m3, fp8_e5m2, fp8_e8m0, fp8_interpretation_t, fp8_to_float, saturation_t)

E4M3, E5M2 = fp8_interpretation_t.E4M3, fp8_interpretation_t.E5M2


def _meaning(code, kept, bias):
    exponent, rest = code >> kept, code & ((1 << kept) - 1)
    whole = rest + (1 << kept if exponent else 0)
    return Fraction(whole) * Fraction(2) ** (max(exponent, 1) - bias - kept)


TABLES = {E4M3: [_meaning(c, 3, 7) for c in range(0x7f)], E5M2: [_meaning(c, 2, 15) for c in range(0x7c)]}


def _nearest(x, table, overflow):
    """The code of the nearest number, the even one of two; the next number after the largest would be what is too large."""
    if math.isnan(x):
        return 0x7f
    sign = 0x80 if math.copysign(1, x) < 0 else 0
    if math.isinf(x):
        return sign | overflow
    numbers = [*table, 2 * table[-1] - table[-2]]
    best = min(range(len(numbers)), key=lambda c: (abs(numbers[c] - abs(Fraction(x))), c & 1))
    return sign | (overflow if best == len(table) else best)


@pytest.mark.parametrize("kind", [E4M3, E5M2])
def test_rounding(kind):
    @cuda.jit
    def kernel(x, out, back):
        i = cuda.grid(1)
        if i < x.size:
            out[i, 0] = cvt_double_to_fp8(x[i], saturation_t.NOSAT, kind)
            out[i, 1] = cvt_double_to_fp8(x[i], saturation_t.SATFINITE, kind)
            out[i, 2] = cvt_float_to_fp8(np.float32(x[i]), saturation_t.NOSAT, kind)
            back[i] = fp8_to_float(out[i, 0], kind)

    table = TABLES[kind]
    exact = np.array([float(v) for v in table])
    middle = (exact[1:] + exact[:-1]) / 2
    top = 2 * exact[-1] - exact[-2]
    positive = np.concatenate([exact, middle, np.nextafter(middle, np.inf), np.nextafter(middle, 0), [(exact[-1] + top) / 2, top, 1e300, 5e-324, math.inf]])
    x = np.concatenate([positive, -positive, [math.nan]])
    out, back = np.zeros((x.size, 3), np.uint8), np.zeros(x.size, np.float32)
    kernel[-(-x.size // 64), 64](x, out, back)
    special = 0x7f if kind == E4M3 else 0x7c
    assert out[:, 0].tolist() == [_nearest(v, table, special) for v in x.tolist()]
    assert out[:, 1].tolist() == [_nearest(v, table, len(table) - 1) for v in x.tolist()]
    with np.errstate(all="ignore"):
        single = x.astype(np.float32).astype(float)
    assert out[:, 2].tolist() == [_nearest(v, table, special) for v in single.tolist()]
    for code, value in zip(out[:, 0].tolist(), back.tolist()):
        number = table[code & 0x7f] if code & 0x7f < len(table) else math.inf if kind == E5M2 and code & 0x7f == 0x7c else math.nan
        assert math.isnan(value) if math.isnan(number) else value == (-number if code & 0x80 else number)


def test_powers_of_two():
    @cuda.jit
    def kernel(x, out, raw):
        i = cuda.grid(1)
        if i < x.size:
            out[i, 0] = cvt_double_to_e8m0(x[i], saturation_t.NOSAT, cudaRoundMode.cudaRoundZero)
            out[i, 1] = cvt_double_to_e8m0(x[i], saturation_t.NOSAT, cudaRoundMode.cudaRoundPosInf)
            out[i, 2] = cvt_double_to_e8m0(x[i], saturation_t.SATFINITE, cudaRoundMode.cudaRoundPosInf)
            raw[i, 0] = cvt_e8m0_to_bf16raw(out[i, 0]).x
            raw[i, 1] = cvt_bfloat16raw_to_fp8(cvt_e8m0_to_bf16raw(out[i, 0]), saturation_t.SATFINITE, E5M2)

    x = np.array([1, 1.5, -3, 2.0**-127, 2.0**-130, 2.0**127, 1.01 * 2.0**127, 2.0**200, 0, math.inf, math.nan])
    out, raw = np.zeros((x.size, 3), np.uint8), np.zeros((x.size, 2), np.uint16)
    kernel[1, 16](x, out, raw)
    assert out[:, 0].tolist() == [127, 127, 128, 0, 0, 254, 254, 255, 0, 255, 255]
    assert out[:, 1].tolist() == [127, 128, 129, 0, 0, 254, 255, 255, 0, 255, 255]
    assert out[:, 2].tolist() == [127, 128, 129, 0, 0, 254, 254, 254, 0, 254, 255]
    assert raw[:3, 0].tolist() == [0x3f80, 0x3f80, 0x4000] and raw[3, 0] == 0x40 and raw[-1, 0] == 0x7fff
    assert raw[:, 1].tolist() == [0x3c, 0x3c, 0x40, 0, 0, 0x7b, 0x7b, 0x7f, 0, 0x7f, 0x7f]


def test_constructors():
    @cuda.jit
    def kernel(x, out, whole):
        for i in range(x.size):
            out[i, 0], out[i, 1], out[i, 2] = fp8_e4m3(x[i]), np.float64(fp8_e5m2(x[i])), fp8_e8m0(np.float16(x[i]))
            whole[i] = np.int32(fp8_e4m3(np.int64(x[i])))
        out[0, 3] = e8m0_to_float(130)

    x = np.array([1.0, 1.1, 19.0, -300.0, 1000.0])
    out, whole = np.zeros((x.size, 4), np.float32), np.zeros(x.size, np.int32)
    kernel[1, 1](x, out, whole)
    assert out[:, 0].tolist() == [1, 1.125, 20, -288, 448] and out[:, 1].tolist() == [1, 1, 20, -320, 1024]
    assert out[:, 2].tolist() == [1, 2, 32, 512, 1024] and whole.tolist() == [1, 1, 20, -288, 448] and out[0, 3] == 8
