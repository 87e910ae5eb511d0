"""Functions of float16 and bfloat16: the nearest number, for every one of the 65536 inputs, in arrays, CUDA C and Python kernels.

The reference is the float64 function, whose error is below a unit of its 53 bits, rounded once. That decides unless it lies within that
unit of the middle between two 16-bit numbers: test_reference looks that none does, but where the value itself is such a middle.
"""
import functools

import numpy as np
import pytest

import weft as wf

NAMES = """exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh cbrt sqrt
           deg2rad rad2deg reciprocal""".split()
SPECIAL = {"erf": wf.special.erf, "erfc": wf.special.erfc, "gamma": wf.special.gamma, "gammaln": wf.special.gammaln,
           "ndtri": wf.special.ndtri}
FUNCTIONS = {**{name: getattr(wf, name) for name in NAMES}, **SPECIAL}
IN_CUDA = "exp exp2 exp10 log log2 log10 sin cos tanh sqrt rsqrt rcp".split()
# name: digits, smallest exponent of a normal number, one past the largest
FORMATS = {"float16": (11, -14, 16), "bfloat16": (8, -126, 128)}
EVERY = np.arange(65536, dtype=np.uint16)


def halves(kind):
    """Every number of the format, as float64."""
    if kind == "float16":
        return EVERY.view(np.float16).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return (EVERY.astype(np.uint32) << 16).view(np.float32).astype(np.float64)


def in_units(values, kind):
    """values in units of the last place of the format, and the unit"""
    digits, smallest, _ = FORMATS[kind]
    exponent = np.maximum(np.frexp(values)[1] - 1, smallest)
    unit = np.ldexp(1.0, exponent - digits + 1)
    return values / unit, unit


def nearest(values, kind):
    """The nearest number of the format, as float64."""
    scaled, unit = in_units(values, kind)
    found = np.rint(scaled) * unit
    return np.where(np.abs(found) >= 2.0 ** FORMATS[kind][2], np.copysign(np.inf, found), found)


def same(got, want):
    return ((got == want) & (np.signbit(got) == np.signbit(want))) | (np.isnan(got) & np.isnan(want))


@functools.lru_cache(None)
def reference(name, kind):
    x = halves(kind)
    with np.errstate(all="ignore"):
        if name == "rcp":
            return 1 / x
        if name == "rsqrt":
            return 1 / np.sqrt(x)
        if name == "exp10":
            return of_kernel("exp10(x)", x)
        return np.asarray(wf.asnumpy(FUNCTIONS[name](wf.asarray(x))))


def of_kernel(expression, x):
    out = np.empty_like(x)
    text = f'extern "C" __global__ void run(const double *in, double *out) {{ int i = blockIdx.x * 256 + threadIdx.x; double x = in[i]; out[i] = {expression}; }}'
    wf.Module(text)["run"](wf.In(x), wf.Out(out), grid=(256,), block=(256,))
    return out


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *IN_CUDA}))
def test_reference(name, kind):
    values = reference(name, kind)
    with np.errstate(all="ignore"):
        scaled, _ = in_units(values, kind)
        gap = np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5)
        doubtful = (gap > 0) & (gap < np.abs(scaled) * 2.0 ** -51)
    assert not halves(kind)[doubtful].tolist()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_arrays(name, kind):
    x = wf.asarray(EVERY).view(getattr(wf, kind))
    got = np.asarray(wf.asnumpy(FUNCTIONS[name](x).astype(wf.float64)))
    with np.errstate(all="ignore"):
        want = nearest(reference(name, kind), kind)
    wrong = ~same(got, want)
    assert not halves(kind)[wrong].tolist()


def test_sine_with_cosine():
    """Both of one array, in one kernel: the bits that each has alone."""
    x = wf.asarray(EVERY).view(wf.float16)
    sine, cosine = wf.sin(x), wf.cos(x)
    wf.eval(sine, cosine)
    for got, name in ((sine, "sin"), (cosine, "cos")):
        assert same(wf.asnumpy(got).astype(np.float64), nearest(reference(name, "float16"), "float16")).all()


@pytest.mark.parametrize("kind,header,type_name", [("float16", "fp16", "__half"), ("bfloat16", "bf16", "__nv_bfloat16")])
def test_cuda_c(kind, header, type_name):
    calls = "\n".join(f"out[{i} * 65536 + at] = h{name}(x);" for i, name in enumerate(IN_CUDA))
    kernel = wf.Module(f"""#include <cuda_{header}.h>
        extern "C" __global__ void run(const {type_name} *in, {type_name} *out) {{
            int at = blockIdx.x * 256 + threadIdx.x;
            {type_name} x = in[at];
            {calls}
        }}""")["run"]
    bits = np.empty((len(IN_CUDA), 65536), np.uint16)
    kernel(wf.In(EVERY), wf.Out(bits), grid=(256,), block=(256,))
    with np.errstate(all="ignore"):
        got = bits.view(np.float16).astype(np.float64) if kind == "float16" else (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
        for name, row in zip(IN_CUDA, got):
            wrong = ~same(row, nearest(reference(name, kind), kind))
            assert not halves(kind)[wrong].tolist(), name


def test_python_kernels():
    from weft import cuda

    for name in "exp exp2 exp10 log log2 log10 sin cos sqrt rsqrt rcp".split():
        function = getattr(cuda.fp16, "h" + name)

        @cuda.jit
        def run(x, out):
            i = cuda.grid(1)
            out[i] = function(x[i])

        out = np.empty(65536, np.float16)
        run[256, 256](EVERY.view(np.float16), out)
        with np.errstate(all="ignore"):
            wrong = ~same(out.astype(np.float64), nearest(reference(name, "float16"), "float16"))
        assert not halves("float16")[wrong].tolist(), name
