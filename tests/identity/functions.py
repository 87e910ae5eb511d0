"""Same function, same bits: hashes of every function of the device library over 2^26 inputs, to compare between devices.

    python functions.py [--device cpu|cuda:0] [--inputs 2^26] [--write FILE] [--compare FILE] [--only PART] [NAME...]
    WEFT_CPU=x86-64 python functions.py …        (x86-64-v2, x86-64-v3: the CPU as if it had no more than that)

Inputs are made where the function runs: the odd ones (zeros, infinities, NaN, the smallest, the largest), then by turns bit
patterns in even steps, so that every exponent comes many times, and the range where functions do something. A hash is a sum over
inputs, so it does not depend on threads; NaN counts as one value. It is kept for each of 64 chunks, so that a difference can be
looked for. Two parts:
  kernels   CUDA C functions, compiled by weft for the device;
  arrays    functions of arrays of every floating and complex type, through the ready-made loops of the C compiler where there are.
--compare tells which functions differ from those in FILE and where; the status is their number. A function whose file has other
inputs is not compared and counts as different.
"""
import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

import weft as wf

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "accuracy"))
CHUNKS = 64

UNARY = """exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan sinpi cospi tanpi asin acos atan sinh cosh tanh asinh acosh
           atanh cbrt rcbrt rsqrt sqrt round rint trunc floor ceil nearbyint logb erf erfc erfcx erfinv erfcinv normcdf normcdfinv
           tgamma lgamma digamma j0 j1 y0 y1 cyl_bessel_i0 cyl_bessel_i1 fabs""".split()
EXACT = """exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan sinpi cospi tanpi asin acos atan sinh cosh tanh asinh acosh
           atanh cbrt rcbrt rsqrt erf erfc erfcx erfinv erfcinv normcdf normcdfinv tgamma""".split()
FAST = "__expf __exp10f __logf __log2f __log10f __sinf __cosf __tanf __saturatef".split()
BINARY = "atan2 pow hypot rhypot fmod remainder fdim nextafter copysign fmin fmax".split()
# other shapes: T is the type, F the suffix; x and y numbers, n a small integer, b their bits
OTHER = {
    "jn": "jn{F}(n & 7, x)", "yn": "yn{F}(n & 7, x)", "ldexp": "ldexp{F}(x, n)", "fma": "fma{F}(x, y, ({T})n)", "ilogb": "ilogb{F}(x)",
    "norm3d": "norm3d{F}(x, y, ({T})n)", "divide": "x / y", "remquo": "({{ }})", "to_int": "(int)x", "to_unsigned": "(unsigned)x",
    "to_longlong": "(long long)x", "to_ulonglong": "(unsigned long long)x", "llrint": "llrint{F}(x)", "lround": "lround{F}(x)",
}
del OTHER["remquo"]  # has a pointer: among POINTERS
POINTERS = {
    "sincos": "{T} s, c; sincos{F}(x, &s, &c); h = key(s) * 31 + key(c);",
    "sincospi": "{T} s, c; sincospi{F}(x, &s, &c); h = key(s) * 31 + key(c);",
    "frexp": "int e; {T} m = frexp{F}(x, &e); h = x == x && fabs(x) < (T)INFINITY ? key(m) * 31 + key(e) : key(m);",
    "modf": "{T} w, r = modf{F}(x, &w); h = key(r) * 31 + key(w);",
    "remquo": "int q; {T} r = remquo{F}(x, y, &q); h = r == r ? key(r) * 31 + key(q & 7) : key(r);",
}
INTEGER = {
    "clz": "__clz(a)", "clzll": "__clzll(la)", "popc": "__popc(a)", "popcll": "__popcll(la)", "brev": "__brev(a)", "brevll": "__brevll(la)",
    "ffs": "__ffs(a)", "mulhi": "__mulhi(a, b)", "umulhi": "__umulhi(a, b)", "mul64hi": "__mul64hi(la, lb)", "umul64hi": "__umul64hi(la, lb)",
    "sad": "__sad(a, b, 7u)", "usad": "__usad(a, b, 7u)", "hadd": "__hadd(a, b)", "rhadd": "__rhadd(a, b)", "byte_perm": "__byte_perm(a, b, b)",
    "divide": "a / b", "modulo": "a % b", "udivide": "(unsigned)a / (unsigned)b", "umodulo": "(unsigned)a % (unsigned)b",
    "ldivide": "la / lb", "lmodulo": "la % lb", "shift_left": "a << (b & 63)", "shift_right": "a >> (b & 63)",
    "half": "__half2float(__float2half(__int_as_float(a)))", "half_to_float": "__half2float(__ushort_as_half((unsigned short)a))",
}
ARRAYS = """exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh cbrt sqrt square
            reciprocal rint floor absolute""".split()
NOT_COMPLEX = {"cbrt", "rint", "floor", "exp2", "log2"}

SOURCE = """
#include <cuda_fp16.h>
typedef unsigned long long u64;
static __device__ u64 mix(u64 z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
static __device__ u64 key(double v) { return v != v ? 0x7ff8ull : (u64)__double_as_longlong(v); }
static __device__ u64 key(float v) { return v != v ? 0x7ff8ull : (u64)__float_as_uint(v); }
static __device__ u64 key(int v) { return (u64)(long long)v; }
static __device__ u64 key(unsigned v) { return v; }
static __device__ u64 key(long v) { return (u64)v; }
static __device__ u64 key(unsigned long v) { return v; }
static __device__ u64 key(long long v) { return (u64)v; }
static __device__ u64 key(unsigned long long v) { return v; }
static __device__ u64 key(unsigned short v) { return v; }
static __device__ float number(u64 r, float) { return __uint_as_float((unsigned)(r >> 32)); }
static __device__ double number(u64 r, double) { return __longlong_as_double((long long)r); }
static __constant__ double special[24] = {SPECIAL};
/* Input i of `count`: bit patterns in even steps, random below them; or the range of interest. */
static __device__ T input(u64 i, u64 step, int stream, double low, double high) {
    u64 r = mix(i * 2 + stream + 1);
    if (i < 576) return (T)special[stream ? i / 24 : i % 24];
    if (i & 1) return (T)(low + (high - low) * ((double)(r >> 11) * 0x1p-53));
    return number(stream ? r : i * step + (r & (step - 1)), (T)0);
}
extern "C" __global__ void run(u64 *sums, u64 from, u64 to, u64 step, double low, double high) {
    u64 thread = blockIdx.x * (u64)blockDim.x + threadIdx.x, sum = 0;
    for (u64 i = from + thread; i < to; i += gridDim.x * (u64)blockDim.x) {
        T x = input(i, step, 0, low, high), y = TWO ? input(i, step, 1, low, high) : (T)0;
        if (TWO && i % 16 == 7) y = x;
        u64 ra = mix(i * 2 + 77), rb = mix(i * 2 + 78), h;
        int n = (int)(rb >> 40) % 300, a = (int)(ra >> 32) >> (int)(rb & 31), b = (int)(rb >> 32) >> (int)(ra & 31);
        long long la = (long long)ra >> (int)(rb & 63), lb = (long long)rb >> (int)(ra & 63);
        BODY
        sum += mix(h + mix(i + 1));
    }
    sums[thread] = sum;
}
"""
SPECIALS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 10.0, 1e30, -1e30, 1e-40, -1e-40]
FLOAT_SPECIALS = ["INFINITY", "-INFINITY", "NAN", "3.4028234663852886e38", "-3.4028234663852886e38", "1.1754943508222875e-38",
                  "1.401298464324817e-45", "-1.401298464324817e-45", "1.0000001192092896"]


def cases():
    """(name, type, body of the loop, two arguments, range of interest)"""
    def body(expression):
        return f"h = key({expression});"

    for kind, suffix in (("float", "f"), ("double", "")):
        for name in UNARY:
            yield f"{name}{suffix}", kind, body(f"{name}{suffix}(x)"), False
        for name in BINARY:
            yield f"{name}{suffix}", kind, body(f"{name}{suffix}(x, y)"), True
        for name, text in OTHER.items():
            yield f"{name}{suffix}", kind, body(text.format(T=kind, F=suffix)), True
        for name, text in POINTERS.items():
            yield f"{name}{suffix}", kind, text.replace("(T)", f"({kind})").format(T=kind, F=suffix), True
    for name in EXACT:
        yield f"cr_{name}f", "float", body(f"cr_{name}f(x)"), False
    for name in FAST:
        yield name, "float", body(f"{name}(x)"), False
    yield "__powf", "float", body("__powf(x, y)"), True
    yield "__fdividef", "float", body("__fdividef(x, y)"), True
    for name, text in INTEGER.items():
        yield f"int_{name}", "float", body(text), False


def range_of(name):
    from measure import rows  # the ranges of tests/accuracy/table.h

    found = {**rows("entry"), **rows("entry2")}
    bare = name.removeprefix("cr_").removeprefix("__").removesuffix("f") if name not in ("erf", "cbrt") else name
    numbers = found.get(bare) or found.get(name) or [-40.0, 40.0]
    return numbers[0], numbers[1]


def kernel_hashes(name, kind, body, two, count):
    """One sum for each of CHUNKS parts of `count` inputs."""
    special = ", ".join([*map(repr, SPECIALS), *FLOAT_SPECIALS])
    defines = {"T": kind, "TWO": int(two), "SPECIAL": special, "BODY": body}
    text = "".join(f"#define {k} {v}\n" for k, v in defines.items()) + SOURCE
    kernel = wf.Module(text, name="functions.cu", check_bounds=False)["run"]
    blocks = 512 if count >= 1 << 24 else 32
    low, high = range_of(name)
    sums = np.empty(blocks * 256, np.uint64)
    memory, found, part = wf.Memory(sums.nbytes), [], count // CHUNKS
    step = 2 ** (32 if kind == "float" else 64) // count
    for chunk in range(CHUNKS):
        kernel(memory, np.uint64(chunk * part), np.uint64((chunk + 1) * part), np.uint64(step if kind == "double" else step << 32),
               np.float64(low), np.float64(high), grid=(blocks,), block=(256,))
        wf.copy_to_host(sums, memory)
        found.append(f"{int(sums.sum(dtype=np.uint64)):016x}")
    return found


def array_inputs(dtype, count):
    rng = np.random.default_rng(5)
    real = np.dtype(dtype).type(0).real.dtype
    size = count * (2 if np.dtype(dtype).kind == "c" else 1)
    x = rng.integers(0, 2 ** (8 * real.itemsize), size, dtype=f"u{real.itemsize}", endpoint=False).view(real)
    with np.errstate(all="ignore"):
        x[1::2] = rng.uniform(-20, 20, size // 2).astype(real)
        odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1], real)
    pairs = np.stack(np.meshgrid(odd, odd), -1).ravel()
    x[:len(pairs)] = pairs
    return x.view(dtype)


def array_hashes(name, dtype, count):
    import hashlib

    x = array_inputs(dtype, count)
    found = np.asarray(wf.asnumpy(getattr(wf, name)(wf.asarray(x))))
    parts = found.view(found.real.dtype) if found.dtype.kind == "c" else found
    parts = np.where(np.isnan(parts), parts.dtype.type(np.nan), parts)
    return [hashlib.blake2b(p.tobytes(), digest_size=8).hexdigest() for p in np.array_split(parts, CHUNKS)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--inputs", default="2^26")
    parser.add_argument("--only", choices=("kernels", "arrays"))
    parser.add_argument("--write")
    parser.add_argument("--compare")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    count = 2 ** int(args.inputs[2:]) if args.inputs.startswith("2^") else int(args.inputs)
    known = json.loads(Path(args.compare).read_text()) if args.compare else {}
    found, different, start = {}, 0, time.perf_counter()

    def note(label, hashes, inputs):
        nonlocal different
        found[label] = {"inputs": inputs, "hashes": hashes}
        if args.compare:
            was = known.get(label, {"inputs": 0, "hashes": []})
            where = [k for k, (a, b) in enumerate(zip(was["hashes"], hashes)) if a != b]
            if where or was["inputs"] != inputs:
                different += 1
                print(f"{label}: " + (f"DIFFERENT in chunks {where}" if was["inputs"] == inputs else f"{was['inputs']} inputs there"))

    with wf.device(args.device):
        for name, kind, body, two in cases():
            if args.only != "arrays" and (not args.names or name in args.names):
                note(f"{name}({kind})", kernel_hashes(name, kind, body, two, count), count)
        for name in ARRAYS:
            for dtype in ("float16", "float32", "float64", "complex64", "complex128"):
                if args.only != "kernels" and (not args.names or name in args.names) and (dtype[0] != "c" or name not in NOT_COMPLEX):
                    size = min(count, 1 << 20)
                    note(f"{name}[{dtype}]", array_hashes(name, dtype, size), size)
    if args.write:
        Path(args.write).write_text(json.dumps(found, indent=0) + "\n")
    print(f"{len(found)} functions, {different} different, {time.perf_counter() - start:.0f} s")
    return min(different, 100)


if __name__ == "__main__":
    sys.exit(main())
