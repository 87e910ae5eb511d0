"""Arithmetic that rounds down, up and towards zero (CUDA C's __fadd_rd …, cuda.libdevice.fadd_rd …) beside exact fractions: random
numbers, also near each other, subnormal results, overflow, ties, zeros and what is not finite."""

import math
from fractions import Fraction

import numpy as np
import pytest

import weft as wf

WAYS = ("rd", "ru", "rz")
WIDTHS = {"f": np.float32, "d": np.float64}


def _directed(exact, dtype, way):
    """The number of dtype that a fraction (not 0) is rounded to."""
    info = np.finfo(dtype)
    up = way == "ru" or (way == "rz" and exact < 0)
    if abs(exact) > Fraction(float(info.max)):
        inside = (exact > 0) != up
        return dtype(np.copysign(info.max if inside else np.inf, float(exact > 0) - 0.5))
    exponent = (math.frexp(float(exact))[1] if float(exact) else info.minexp) - info.nmant - 2  # the last bit's, or less
    while Fraction(2) ** exponent * Fraction(2) ** (info.nmant + 1) <= abs(exact):
        exponent += 1
    exponent = max(exponent, info.minexp - info.nmant)
    unit = Fraction(2) ** exponent
    whole = -((-exact) // unit) if up else exact // unit
    value = dtype(math.ldexp(float(abs(whole)), exponent))
    return np.copysign(value, dtype(-1 if exact < 0 else 1))


def _sum_of_zero(parts, dtype, way):
    """An exact zero that is a sum: its sign."""
    signs = [bool(np.signbit(part)) for part in parts]
    return dtype(-0.0) if all(signs) or (way == "rd" and any(signs)) else dtype(0.0)


def _operands(rng, dtype, count, of):
    """`of` arrays: everyday numbers, all bit patterns, neighbours, tiny and huge ones, zeros, infinities, NaN."""
    info, bits = np.finfo(dtype), np.uint32 if dtype == np.float32 else np.uint64
    parts = []
    for _ in range(of):
        plain = rng.standard_normal(count).astype(dtype)
        any_bits = rng.integers(0, np.iinfo(bits).max, count, dtype=bits, endpoint=True).view(dtype)
        scale = rng.integers(info.minexp - info.nmant, info.maxexp, count)
        scaled = np.ldexp(rng.integers(1, 16, count).astype(dtype), scale).astype(dtype)
        odd = rng.choice(np.array([0, -0.0, 1, -1, info.max, -info.max, info.tiny, info.smallest_subnormal, np.inf, -np.inf, np.nan], dtype), count)
        parts.append(np.concatenate([plain, any_bits, scaled, -scaled, odd]))
    near = parts[-1].copy()  # sums that cancel: the last operand is near the result of the others
    with np.errstate(all="ignore"):
        result = parts[0] * parts[1] if of == 3 else parts[0]
        near = np.where(rng.random(near.size) < 0.5, -result * dtype(1 + info.eps), -result).astype(dtype)
    return [np.concatenate([a, a]) for a in parts[:-1]] + [np.concatenate([parts[-1], near])]


def _exactly(name, values):
    numbers = [Fraction(float(v)) for v in values]
    if name == "add":
        return numbers[0] + numbers[1]
    if name == "sub":
        return numbers[0] - numbers[1]
    if name == "mul":
        return numbers[0] * numbers[1]
    if name in ("div", "rcp"):
        return numbers[0] / numbers[1]
    return numbers[0] * numbers[1] + numbers[2]


def _expected(name, values, dtype, way):
    with np.errstate(all="ignore"):
        plain = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
                 "rcp": lambda a, b: a / b, "fma": lambda a, b, c: a * b + c}[name](*values)
    if name == "fma" and np.isfinite(values[0]) and np.isfinite(values[1]) and np.isinf(values[2]):
        return values[2]  # though the product may overflow
    if not all(np.isfinite(v) for v in values) or (name in ("div", "rcp") and values[1] == 0):
        return plain
    exact = _exactly(name, values)
    if exact:
        return _directed(exact, dtype, way)
    if name in ("mul", "div", "rcp"):
        return plain
    second = -values[1] if name == "sub" else values[-1]
    first = np.copysign(dtype(1), values[0]) * np.copysign(dtype(1), values[1]) if name == "fma" else values[0]
    return _sum_of_zero((first, second), dtype, way)


def _same(a, b):
    bits = np.uint32 if a.dtype == np.float32 else np.uint64
    return (a.view(bits) == b.view(bits)) | (np.isnan(a) & np.isnan(b))


def _run(name, operands, dtype):
    function, out = getattr(wf.cuda.libdevice, name), np.empty(operands[0].size, dtype)

    @wf.cuda.jit
    def one(a, out):
        i = wf.cuda.grid(1)
        if i < out.size:
            out[i] = function(a[i])

    @wf.cuda.jit
    def two(a, b, out):
        i = wf.cuda.grid(1)
        if i < out.size:
            out[i] = function(a[i], b[i])

    @wf.cuda.jit
    def three(a, b, c, out):
        i = wf.cuda.grid(1)
        if i < out.size:
            out[i] = function(a[i], b[i], c[i])

    (one, two, three)[len(operands) - 1][-(-out.size // 128), 128](*operands, out)
    return out


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("letter", WIDTHS)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "rcp", "fma"])
def test_exact_fractions(name, letter, way):
    dtype = WIDTHS[letter]
    operands = _operands(np.random.default_rng(1), dtype, 25, 3 if name == "fma" else 2)
    function = {"fma": {"f": "fmaf", "d": "fma"}[letter]}.get(name, letter + name) + "_" + way
    if name == "rcp":
        operands[0] = np.ones_like(operands[0])
    got = _run(function, operands[1:] if name == "rcp" else operands, dtype)
    with np.errstate(all="ignore"):
        expected = np.array([_expected(name, values, dtype, way) for values in zip(*operands)], dtype)
    wrong = np.flatnonzero(~_same(got, expected))
    assert not wrong.size, [(tuple(float(v[i]).hex() for v in operands), float(got[i]).hex(), float(expected[i]).hex()) for i in wrong[:5]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("letter", WIDTHS)
def test_square_roots(letter, way):
    dtype = WIDTHS[letter]
    x = np.abs(_operands(np.random.default_rng(2), dtype, 25, 2)[0])
    got = _run(f"{letter}sqrt_{way}", [x], dtype)
    for value, root in zip(x, got):
        if not np.isfinite(value) or value == 0:
            assert root == value or (np.isnan(value) and np.isnan(root))
            continue
        square, exact = Fraction(float(root)) ** 2, Fraction(float(value))
        other = Fraction(float(np.nextafter(root, dtype(np.inf if way != "ru" else 0)))) ** 2
        assert (square >= exact > other) if way == "ru" else (square <= exact < other), float(value).hex()


@pytest.mark.parametrize("way", WAYS)
def test_conversions(way):
    rng = np.random.default_rng(3)
    wide = np.concatenate([rng.integers(-2 ** 63, 2 ** 63 - 1, 100), [0, 1, -1, 2 ** 53 + 1, -2 ** 53 - 1, 2 ** 63 - 1, -2 ** 63, 2 ** 24 + 1]])
    for function, values, dtype in (("ll2float", wide, np.float32), ("ll2double", wide, np.float64), ("ull2float", wide.astype(np.uint64), np.float32),
                                    ("ull2double", wide.astype(np.uint64), np.float64), ("int2float", wide.astype(np.int32), np.float32),
                                    ("uint2float", wide.astype(np.uint32), np.float32)):
        expected = np.array([_directed(Fraction(int(v)), dtype, way) if v else 0 for v in values], dtype)
        assert _same(_run(f"{function}_{way}", [values], dtype), expected).all(), function
    x = _operands(rng, np.float64, 40, 2)[0]
    with np.errstate(all="ignore"):
        expected = np.array([_directed(Fraction(float(v)), np.float32, way) if np.isfinite(v) and v else np.float32(v) for v in x], np.float32)
    assert _same(_run(f"double2float_{way}", [x], np.float32), expected).all()


def test_the_same_from_cuda_c():
    x, y = _operands(np.random.default_rng(4), np.float64, 40, 2)
    kernel = wf.Kernel("""extern "C" __global__ void k(const double *x, const double *y, double *out, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) { out[i] = __dmul_rd(x[i], y[i]); out[n + i] = __fma_ru(x[i], y[i], -x[i]); out[2 * n + i] = __fadd_rz((float)x[i], (float)y[i]); }
    }""", "k")
    with np.errstate(all="ignore"):
        singles = [x.astype(np.float32), y.astype(np.float32)]
    out = np.zeros(3 * x.size)
    kernel(wf.In(x), wf.In(y), wf.Out(out), x.size, grid=-(-x.size // 128), block=128)
    expected = [_run("dmul_rd", [x, y], np.float64), _run("fma_ru", [x, y, -x], np.float64), _run("fadd_rz", singles, np.float32).astype(np.float64)]
    assert _same(out, np.concatenate(expected)).all()


def test_words_and_averages():
    d = wf.cuda.libdevice

    @wf.cuda.jit
    def kernel(x, words, out, averages):
        words[0], words[1] = d.double2hiint(x), d.double2loint(x)
        out[0] = d.hiloint2double(words[0], words[1])
        out[1], out[2] = d.frcp_rn(3), d.drcp_rn(3)
        out[3] = d.half2float(d.float2half_rn(1.00048828125))
        averages[0], averages[1] = d.hadd(2147483647, 2147483645), d.rhadd(-3, -4)
        averages[2], averages[3] = d.uhadd(4294967295, 4294967294), d.urhadd(4294967295, 4294967294)

    words, out, averages = np.zeros(2, np.int32), np.zeros(4), np.zeros(4, np.int64)
    kernel[1, 1](-math.pi, words, out, averages)
    assert out.tolist() == [-math.pi, float(np.float32(1) / np.float32(3)), 1 / 3, 1.0]
    assert averages.tolist() == [2147483646, -3, 4294967294, 4294967295]
