"""docs/odd_cases.md, line by line: what C leaves undefined has one result in CUDA C, in arrays and in Python kernels."""

import numpy as np
import pytest

import weft as wf
from weft import cuda

LEAST = -2**31
DIVIDENDS = np.array([7, -7, LEAST, LEAST, 5], np.int32)
DIVISORS = np.array([0, 0, -1, 0, -1], np.int32)
SHIFTED = np.array([1, -1, -8, 3, 5], np.int32)
COUNTS = np.array([32, 33, 31, 64, -1], np.int32)
FLOATS = np.array([np.nan, np.inf, -np.inf, 3e9, -1.5, -0.0, 1e20, -1e20], np.float32)
AS_INT = [0, 2**31 - 1, -2**31, 2**31 - 1, -1, 0, 2**31 - 1, -2**31]
AS_UNSIGNED = [0, 2**32 - 1, 0, 3000000000, 0, 0, 2**32 - 1, 0]
AS_LONG = [0, 2**63 - 1, -2**63, 3000000000, -1, 0, 2**63 - 1, -2**63]
X = np.array([np.nan, 1, np.nan, 0.0, -0.0, np.inf], np.float32)
Y = np.array([1, np.nan, np.nan, -0.0, 0.0, -np.inf], np.float32)
LESS = np.array([1, 1, np.nan, -0.0, -0.0, -np.inf], np.float32)
MORE = np.array([1, 1, np.nan, 0.0, 0.0, np.inf], np.float32)


def same(got, want):
    got, want = np.asarray(got), np.asarray(want)
    return bool((((got == want) & (np.signbit(got) == np.signbit(want))) | (np.isnan(got) & np.isnan(want))).all())


def of_cuda(expression, result, *arguments):
    names = "xy"[:len(arguments)]
    types = {"int32": "int", "float32": "float", "uint32": "unsigned", "int64": "long long"}
    parameters = "".join(f"const {types[a.dtype.name]} *{n}, " for n, a in zip(names, arguments))
    values = "".join(f"{types[a.dtype.name]} {n}i = {n}[i]; " for n, a in zip(names, arguments))
    kernel = wf.Module(f"""extern "C" __global__ void run({parameters}{types[np.dtype(result).name]} *out) {{
        int i = threadIdx.x;
        {values}
        out[i] = {expression};
    }}""")["run"]
    out = np.zeros(len(arguments[0]), result)
    kernel(*map(wf.In, arguments), wf.Out(out), grid=(1,), block=(len(out),))
    return out.tolist()


def test_cuda_integers():
    assert of_cuda("xi / yi", np.int32, DIVIDENDS, DIVISORS) == [0, 0, LEAST, 0, -5]
    assert of_cuda("xi % yi", np.int32, DIVIDENDS, DIVISORS) == [7, -7, 0, LEAST, 0]
    assert of_cuda("(int)((unsigned)xi / (unsigned)yi)", np.int32, DIVIDENDS[:2], DIVISORS[:2]) == [0, 0]
    assert of_cuda("xi << yi", np.int32, SHIFTED, COUNTS) == [1, -2, 0, 3, LEAST]
    assert of_cuda("xi >> yi", np.int32, SHIFTED, COUNTS) == [1, -1, -1, 3, 0]
    assert of_cuda("__clz(xi) * 100 + __ffs(xi)", np.int32, np.array([0, 1], np.int32)) == [3200, 3101]


ENDS = [2.0**k * f for k in (7, 8, 15, 16, 31, 32, 63, 64) for f in (1, -1, 1 - 2.0**-20, -1 - 2.0**-20)]
NAMES = {"signed char": np.int8, "unsigned char": np.uint8, "short": np.int16, "unsigned short": np.uint16, "int": np.int32,
         "unsigned": np.uint32, "long long": np.int64, "unsigned long long": np.uint64}


@pytest.mark.parametrize("real", ["float", "double"])
@pytest.mark.parametrize("name", NAMES)
def test_floats_beyond_every_integer(name, real):
    """In vectors of lanes (block 256) and one by one (block 1)."""
    x = np.array([0.0, -0.0, -0.9, 1.9, -1.9, np.inf, -np.inf, np.nan, 1e30, -1e30, *ENDS], np.float32 if real == "float" else np.float64)
    least, most = np.iinfo(NAMES[name]).min, np.iinfo(NAMES[name]).max
    want = [0 if np.isnan(v) else most if v == np.inf else least if v == -np.inf else min(max(int(v), least), most) for v in x.tolist()]
    kernel = wf.Module(f"""extern "C" __global__ void run(const {real} *x, {name} *out, int n) {{
        for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) out[i] = ({name})x[i];
    }}""")["run"]
    for block in (256, 1):
        out = np.zeros(x.size, NAMES[name])
        kernel(wf.In(x), wf.Out(out), np.int32(x.size), grid=(1,), block=(block,))
        assert out.tolist() == want


def test_array_integers():
    x, y = wf.asarray(DIVIDENDS), wf.asarray(DIVISORS)
    assert wf.asnumpy(x // y).tolist() == [0, 0, LEAST, 0, -5]
    assert wf.asnumpy(x % y).tolist() == wf.asnumpy(wf.fmod(x, y)).tolist() == [0, 0, 0, 0, 0]
    x, y = wf.asarray(SHIFTED), wf.asarray(COUNTS)
    assert wf.asnumpy(x << y).tolist() == [0, 0, 0, 0, 0]
    assert wf.asnumpy(x >> y).tolist() == [0, -1, -1, 0, 0]


@pytest.mark.parametrize("form", ["cuda", "array", "compiled array"])
def test_float_to_integer(form):
    if form == "cuda":
        found = [of_cuda(f"({t})xi", d, FLOATS) for t, d in (("int", np.int32), ("unsigned", np.uint32), ("long long", np.int64))]
    else:
        x = wf.asarray(FLOATS)
        x = x * 1 if form != "array" else x
        found = [wf.asnumpy(x.astype(d)).tolist() for d in (np.int32, np.uint32, np.int64)]
    assert found == [AS_INT, AS_UNSIGNED, AS_LONG]


def test_least_and_greatest():
    for less, more in (("fminf(xi, yi)", "fmaxf(xi, yi)"), ("min(xi, yi)", "max(xi, yi)")):
        assert same(of_cuda(less, np.float32, X, Y), LESS) and same(of_cuda(more, np.float32, X, Y), MORE)
    x, y = wf.asarray(X), wf.asarray(Y)
    assert same(wf.asnumpy(wf.fmin(x, y)), LESS) and same(wf.asnumpy(wf.fmax(x, y)), MORE)
    nan = np.isnan(X) | np.isnan(Y)
    assert same(wf.asnumpy(wf.minimum(x, y)), np.where(nan, np.nan, LESS)) and same(wf.asnumpy(wf.maximum(x, y)), np.where(nan, np.nan, MORE))


@pytest.mark.parametrize("door", ["cuda.jit", "jit"])
def test_python_kernels(door):
    def body(i, a, b, f, x, y, whole, rest, ints, longs, less, more):
        whole[i] = a[i] // b[i]
        rest[i] = a[i] % b[i]
        ints[i] = np.int32(f[i])
        longs[i] = np.int64(f[i])
        less[i] = min(x[i], y[i])
        more[i] = max(x[i], y[i])

    arguments = [np.array([LEAST, LEAST, 5], np.int32), np.array([-1, -1, -1], np.int32), FLOATS[:3], X[:3], Y[:3]]
    results = [np.zeros(3, d) for d in (np.int32, np.int32, np.int32, np.int64, np.float32, np.float32)]
    if door == "jit":
        inner = wf.jit(body)

        @wf.jit
        def run(a, b, f, x, y, whole, rest, ints, longs, less, more):
            for i in range(a.size):
                inner(i, a, b, f, x, y, whole, rest, ints, longs, less, more)

        run(*arguments, *results)
    else:
        inner = cuda.jit(device=True)(body)

        @cuda.jit
        def run(a, b, f, x, y, whole, rest, ints, longs, less, more):
            i = cuda.grid(1)
            if i < a.size:
                inner(i, a, b, f, x, y, whole, rest, ints, longs, less, more)

        run[1, 3](*arguments, *results)
    whole, rest, ints, longs, less, more = results
    assert whole.tolist() == [LEAST, LEAST, -5] and rest.tolist() == [0, 0, 0]
    assert ints.tolist() == AS_INT[:3] and longs.tolist() == AS_LONG[:3]
    if door == "jit":  # as Python: the first, unless the second is less (greater)
        assert same(less, [min(p, q) for p, q in zip(X[:3], Y[:3])]) and same(more, [max(p, q) for p, q in zip(X[:3], Y[:3])])
    else:
        assert same(less, LESS[:3]) and same(more, MORE[:3])
