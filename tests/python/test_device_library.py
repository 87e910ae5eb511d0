"""The device library as kernels call it: the same bits from weft's compiler as from the C compiler, for every function.

The library's files are one text for two compilers. Here the C compiler builds device.c into a shared library, weft compiles
a kernel for each function, and both run over the same inputs: special values, every exponent, and the range where the function
does something. NaN equals NaN; everything else must be equal to the bit. What the values should be is tests/c/test_device_math.c's
concern, and the accuracy program's.
"""

import ctypes
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

import weft as wf

DEVICE = pathlib.Path(__file__).resolve().parents[2] / "device"

UNARY = """exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan sinpi cospi tanpi asin acos atan sinh cosh tanh asinh acosh
           atanh cbrt rcbrt rsqrt round logb erf erfc erfcx erfinv erfcinv normcdf normcdfinv tgamma lgamma digamma
           j0 j1 y0 y1 cyl_bessel_i0 cyl_bessel_i1""".split()
BINARY = "atan2 pow hypot rhypot fmod remainder fdim nextafter".split()
FAST = "__expf __exp10f __logf __log2f __log10f __sinf __cosf __tanf __saturatef".split()

TYPES = {"float": (np.float32, ctypes.c_float, "f"), "double": (np.float64, ctypes.c_double, "")}


@pytest.fixture(scope="module")
def built_by_c(tmp_path_factory):
    """device.c as a shared library."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler on this machine")
    path = tmp_path_factory.mktemp("device") / "libdevice.so"
    subprocess.run([compiler, "-std=gnu11", "-O2", "-ffp-contract=off", "-fno-builtin", "-fPIC", "-shared", f"-I{DEVICE.parent}",
                    "-o", str(path), str(DEVICE / "device.c"), "-lm"], check=True)
    return ctypes.CDLL(str(path))


def inputs(dtype, seed=0):
    """Special values, random bit patterns (every exponent) and moderate numbers."""
    random = np.random.default_rng(seed)
    bits = random.integers(0, 2 ** (8 * dtype().itemsize), 3000, dtype=f"u{dtype().itemsize}", endpoint=False)
    info = np.finfo(dtype)
    special = [0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, 10, -10, 100, info.max, -info.max, info.tiny, -info.tiny, info.eps,
               info.smallest_subnormal, -info.smallest_subnormal, np.inf, -np.inf, np.nan, 1 + info.eps, 1 - info.eps]
    near = random.uniform(-1.1, 1.1, 1500), random.uniform(-10, 10, 1500), random.uniform(-100, 100, 1000)
    return np.concatenate([np.array(special, dtype), bits.view(dtype), *(n.astype(dtype) for n in near)])


def of_c(library, name, ctype, arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = ctype, [ctype] * len(arguments)
    return np.array([function(*values) for values in zip(*(a.tolist() for a in arguments))])


def of_weft(name, type_name, arguments):
    parameters = ", ".join(f"const {type_name} *{letter}" for letter in "xy"[:len(arguments)])
    call = ", ".join(f"{letter}[i]" for letter in "xy"[:len(arguments)])
    source = f"""extern "C" __global__ void apply({parameters}, {type_name} *out, int n) {{
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) out[i] = {name}({call});
    }}"""
    out = np.empty_like(arguments[0])
    count = len(out)
    wf.Module(source)["apply"](*map(wf.In, arguments), wf.Out(out), np.int32(count), grid=(-(-count // 128),), block=(128,))
    return out


def assert_same_bits(got, want, arguments):
    want = want.astype(got.dtype)
    unsigned = f"u{got.dtype.itemsize}"
    equal = (got.view(unsigned) == want.view(unsigned)) | (np.isnan(got) & np.isnan(want))
    if not equal.all():
        where = np.flatnonzero(~equal)
        k = where[0]
        raise AssertionError(f"{len(where)} of {len(got)} differ, first at {[a[k] for a in arguments]!r}: {got[k]!r}, C has {want[k]!r}")


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("name", UNARY + BINARY)
def test_same_bits_as_c(built_by_c, name, type_name):
    dtype, ctype, suffix = TYPES[type_name]
    arguments = [inputs(dtype)]
    if name in BINARY:
        arguments.append(np.random.default_rng(1).permutation(inputs(dtype, 2)))
    with np.errstate(all="ignore"):
        want = of_c(built_by_c, f"wf_{name}{suffix}", ctype, arguments)
    assert_same_bits(of_weft(name + suffix, type_name, arguments), want, arguments)


@pytest.mark.parametrize("name", FAST)
def test_fast_intrinsics(built_by_c, name):
    arguments = [inputs(np.float32)]
    with np.errstate(all="ignore"):
        want = of_c(built_by_c, f"wf_{name}", ctypes.c_float, arguments)
    assert_same_bits(of_weft(name, "float", arguments), want, arguments)


@pytest.mark.parametrize("expression", ["sinf(1.5f)", "powf(2.5f, -3.25f)", "expf(-0.75f)", "erff(0.3f)", "log(3.0)", "tan(1e22)"])
def test_constant_argument(expression):
    """A function of a constant equals itself of a run-time value: nobody folds it his own way."""
    name, constants = expression[:-1].split("(")
    values = [float(c.strip().rstrip("f")) for c in constants.split(",")]
    type_name = "float" if name.endswith("f") and name != "erf" else "double"
    dtype = TYPES[type_name][0]
    out = np.empty(1, dtype)
    source = f'extern "C" __global__ void apply({type_name} *out) {{ out[0] = {expression}; }}'
    wf.Module(source)["apply"](wf.Out(out), grid=(1,), block=(1,))
    assert_same_bits(out, of_weft(name, type_name, [np.array([v], dtype) for v in values]), [out])


@pytest.mark.parametrize("part,name", [("float64", "exp"), ("float64", "y1"), ("two", "pow"), ("float32", "tan")])
def test_measured_accuracy(part, name, monkeypatch, capsys):
    """tests/accuracy/measure.py, with few inputs: the program that a GPU runs over 2^32 of them."""
    folder = pathlib.Path(__file__).resolve().parents[1] / "accuracy"
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr("sys.argv", ["measure.py", "--device", "cpu", "--samples", "3000", "--step", "1000003", "--only", part, name])
    import measure

    assert measure.main() == 0
    printed = capsys.readouterr().out
    assert name in printed and "above 1 ULP or wrong: none" in printed


@pytest.mark.parametrize("type_name", TYPES)
def test_constant_arguments_of_all(type_name):
    """The same for every function, at arguments in and out of its domain; powers and angles too."""
    dtype, _, suffix = TYPES[type_name]
    constants = [0.7, -1.3, 3.5, 25.0, 1e-3]
    calls = [(name, "{0}") for name in UNARY] + [(name, "{0}, {1}") for name in BINARY]
    lines, arguments = {True: [], False: []}, np.array(constants, dtype)
    for name, form in calls:
        for i, c in enumerate(constants):
            for constant in lines:
                texts = [f"({type_name}){c!r}", f"({type_name})1.7"] if constant else [f"x[{i}]", "y"]
                lines[constant].append(f"out[{len(lines[constant])}] = {name}{suffix}({form.format(*texts)});")
    results = []
    for constant, body in lines.items():
        out = np.empty(len(body), dtype)
        source = f'extern "C" __global__ void apply(const {type_name} *x, {type_name} y, {type_name} *out) {{ {" ".join(body)} }}'
        wf.Module(source)["apply"](wf.In(arguments), dtype(1.7), wf.Out(out), grid=(1,), block=(1,))
        results.append(out)
    differ = np.flatnonzero((results[0] != results[1]) & ~(np.isnan(results[0]) & np.isnan(results[1])))
    assert not len(differ), [lines[True][k] for k in differ]


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86 assembly")
@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.cpu
def test_vectorised(type_name):
    """A kernel over each function computes with whole registers: more packed instructions than scalar ones."""
    suffix, scalars = TYPES[type_name][2], []
    for name in UNARY:
        code = wf.Module(f"""extern "C" __global__ void apply(const {type_name} *x, {type_name} *y, int n) {{
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) y[i] = {name}{suffix}(x[i]);
        }}""").show("asm")
        packed, scalar = (len(re.findall(rf"\tv?(?:fn?m\w+|mul|add|sub|div){kind}[sd]\t", code)) for kind in "ps")
        if packed <= 2 * scalar:
            scalars.append((name, packed, scalar))
    assert not [s for s in scalars if s[0] not in ("round", "logb")], scalars


def test_copysign_then_select():
    """`m ? copysign(a, x) : x` in a kernel of 512-bit lanes: LLVM 22 makes a wrong vpternlog of it when it comes as and, and, or."""
    source = """struct seen { double value, at; };
    extern "C" __global__ void apply(seen *all, unsigned from, unsigned to, unsigned step) {
        unsigned thread = blockIdx.x * blockDim.x + threadIdx.x, i;
        seen s = all[thread];
        for (i = from + thread; i < to; i += gridDim.x * blockDim.x) {
            float x = __uint_as_float(i * step), a = fabsf(x), y = copysignf(a * 0.5f, x);
            s.value = a > 0.0f ? y : x;
            s.at = x;
        }
        all[thread] = s;
    }"""
    seen = np.zeros(64, [("value", "f8"), ("at", "f8")])
    wf.Module(source)["apply"](wf.InOut(seen), np.uint32(0), np.uint32(10000), np.uint32(400009), grid=(1,), block=(64,))
    finite = np.abs(seen["at"]) < 1e38
    assert finite.any()
    np.testing.assert_array_equal(seen["value"][finite], seen["at"][finite] / 2)


@pytest.mark.parametrize("level", ["x86-64", "x86-64-v2", "x86-64-v3"])
def test_same_bits_on_lesser_processors(level, tmp_path):
    """tests/identity/functions.py with few inputs: this processor's hashes against those of one without AVX-512, without FMA (where
    the sequence for a double fma is not exact when halves of the product underflow: no float64 functions there), without the
    instructions of SSE4.1 that round to integers."""
    program = pathlib.Path(__file__).resolve().parents[1] / "identity" / "functions.py"
    names = ["sinf", "powf", "cbrtf", "tgammaf", "int_half", "fmaf", *(["pow", "cr_logf", "exp", "fma"] if level == "x86-64-v3" else ["rint", "floor", "ceil", "trunc", "rintf"])]

    def run(environment, *options):
        return subprocess.run([sys.executable, "-P", str(program), "--inputs", "2^12", *options, *names], env={**os.environ, **environment},
                              capture_output=True, text=True, timeout=300)

    mine = run({}, "--write", str(tmp_path / "mine.json"))
    assert mine.returncode == 0, mine.stderr
    other = run({"WEFT_CPU": level}, "--compare", str(tmp_path / "mine.json"))
    assert other.returncode == 0 and " 0 different" in other.stdout, other.stdout + other.stderr


def test_fma_without_the_instruction_is_one_function():
    """Fifty instructions in the place of each of the dozens in a function of the library took LLVM minutes."""
    code = ("import math, weft as wf\n"
            "@wf.jit\ndef f(x):\n    return math.sin(x) * math.exp(x)\n"
            "f(0.5)\ntext = next(iter(f.inspect_llvm().values()))\n"
            "print(text.count('define internal double @wf_fma_f64('), text.count('call double @wf_fma_f64(') > 20, text.count('fmul double') < 100)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "WEFT_CPU": "x86-64-v2", "WEFT_DEVICE": "cpu", "WEFT_CACHE_DIR": "off"})
    assert done.stdout.split() == ["1", "True", "True"], done.stderr[-2000:]
