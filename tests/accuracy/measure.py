"""How far the device library is from the truth, measured on a device of weft's: 2^32 inputs or 10^9 samples in seconds on a GPU.

    python measure.py [--device cuda:0] [--samples 1e9] [--step N] [--only PART] [--results FILE] [NAME...]

Three parts, one kernel for each function, made from table.h and hard.h and judged where it runs:
  float64   functions of one argument, --samples of them (half uniform over bit patterns, half over the range of interest, and
            the hard inputs), against the pairs of doubles of truth.h;
  two       functions of two arguments in float32 and float64, likewise;
  float32   functions of one argument, all 2^32 inputs (--step N: every N-th), against the float64 function, which the first part
            measures; and their exact form, where r lies within 2^-16 of a unit of the middle between two floats against truth.h.
Results are appended to FILE as lines that report.py turns into docs/accuracy.md. The status is 1 if anything is wrong or above
1 ULP. The references themselves are compared with libquadmath's by accuracy.c.
"""
import argparse
import pathlib
import re
import sys
import time

import numpy as np

import weft as wf

HERE = pathlib.Path(__file__).parent
EXACT = """exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan sinpi cospi tanpi asin acos atan sinh cosh tanh asinh acosh atanh
           cbrt rcbrt rsqrt erf erfc erfcx erfinv erfcinv normcdf normcdfinv tgamma""".split()
CALLS = {"j5": "jn{f}(5, x)", "y5": "yn{f}(5, x)", "i0": "cyl_bessel_i0{f}(x)", "i1": "cyl_bessel_i1{f}(x)"}
STARTED = ("erfinv", "erfcinv", "normcdfinv")  # their references start from the value that is judged

# What each thread keeps, and gives back to the host, which looks for the worst of all.
PRELUDE = """
#include "truth_special.h"
#include "truth_two.h"
struct seen { double worst, at, at2, wrong_at, wrong_at2; unsigned long long count, not_nearest, wrong, exact_wrong, near, exact_at; };
static __device__ unsigned long long mix(unsigned long long z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
/* Number i of a stream: bit patterns and the range of interest by turns. */
static __device__ double sample(unsigned long long i, int stream, int is32, double low, double high) {
    unsigned long long r = mix(mix(i * 2 + stream) + 0x9e3779b97f4a7c15ull * (i + 1)), even = mix(r) & 1;
    double wide = is32 ? (double)__uint_as_float((unsigned)(r >> 32)) : __longlong_as_double((long long)r);
    double x = low + (high - low) * ((double)(r >> 11) * 0x1p-53);
    return even ? wide : is32 ? (double)(float)x : x;
}
static __device__ void judge(seen &s, double error, double x, double y) {
    s.count++;
    if (error < 0 && !s.wrong++) s.wrong_at = x, s.wrong_at2 = y;
    s.not_nearest += error > 0.5;
    if (error > s.worst) s.worst = error, s.at = x, s.at2 = y;
}
static __device__ double amplitude_of(double zeros, double x) {
    return zeros >= 0 ? zeros : fabs(x) > 0.8 && fabs(x) < infinite() ? sqrt(0.63661977236758134 / fabs(x)) : 0;
}
"""
SAMPLED = """
extern "C" __global__ void run(seen *all, unsigned long long from, unsigned long long to, double low1, double high1,
                               double low2, double high2, double zeros, const double *hard, int hard_count) {
    unsigned long long thread = blockIdx.x * (unsigned long long)blockDim.x + threadIdx.x, i;
    seen s = all[thread];
    for (i = from + thread; i < to; i += gridDim.x * (unsigned long long)blockDim.x) {
        double x = sample(i, 0, IS32, low1, high1), y = TWO ? sample(i, 1, IS32, low2, high2) : 0;
        if (TWO && i % 16 == 7) y = x;
        if (i < hard_count) x = hard[2 * i], y = hard[2 * i + 1];
        if (IS32) x = (float)x, y = (float)y;
        double got = CALL;
        judge(s, error_of(got, TRUTH_CALL, TWO ? 0 : amplitude_of(zeros, x), IS32 ? 24 : 53, IS32 ? -126 : -1022), x, y);
    }
    all[thread] = s;
}
"""
ALL = """
static __device__ int near_the_middle(double r) {
    double a = fabs(r);
    if (a < 0x1p-126) a += 0x1p-126;
    return ((unsigned long long)__double_as_longlong(a) & 0x1fffffff) - 0x0fffe000ull <= 0x4000 && a < 0x1p128;
}
/* A wide, rounded once to the nearest float: in its units, the nearest whole number, and the low word decides at the middle. */
static __device__ float nearest(wide t) {
    double unit, units, whole, rest, low;
    if (t.v.h == 0 || is_odd_value(t.v.h)) return (float)t.v.h;
    t = normal(t);
    if (t.e > 130 || t.e < -160) return (float)(t.e > 0 ? t.v.h * infinite() : t.v.h * 0);
    unit = power_of_two((t.e < -126 ? -126 : t.e) - 23);
    units = scale(t.v.h, t.e) / unit;
    low = scale(t.v.l, t.e) / unit;
    whole = rint(units);
    rest = units - whole;
    if ((rest == 0.5 && low > 0) || rest + low > 0.5) whole += 1;
    if ((rest == -0.5 && low < 0) || rest + low < -0.5) whole -= 1;
    return (float)(whole * unit);
}
extern "C" __global__ void run(seen *all, unsigned long long from, unsigned long long to, unsigned long long step, double zeros) {
    unsigned long long thread = blockIdx.x * (unsigned long long)blockDim.x + threadIdx.x, i;
    seen s = all[thread];
    for (i = from + thread; i < to; i += gridDim.x * (unsigned long long)blockDim.x) {
        unsigned bits = (unsigned)(i * step);
        float f = __uint_as_float(bits);
        double r, x = f;
        { float x = f; double got = CALL32; { double x = f; r = CALL;
          judge(s, error_of(got, wide_of(make(r, 0), 0), amplitude_of(zeros, x), 24, -126), x, 0); } }
        if (EXACT) {
            float exact, want = (float)r;
            { float x = f; exact = CALL_EXACT; }
            if (near_the_middle(r)) want = nearest(TRUTH_CALL), s.near++;
            if (__float_as_uint(exact) != __float_as_uint(want) && !(exact != exact && want != want) && !s.exact_wrong++)
                s.exact_at = bits;
        }
    }
    all[thread] = s;
}
"""
SEEN = np.dtype([(n, "f8") for n in "worst at at2 wrong_at wrong_at2".split()]
                + [(n, "u8") for n in "count not_nearest wrong exact_wrong near exact_at".split()])


def rows(kind):
    """The rows of table.h: {name: numbers}."""
    text = (HERE / "table.h").read_text()
    body = re.search(r"static const %s table\d?\[\] = \{(.*?)\n\};" % kind, text, re.S).group(1)
    found = {}
    for row in re.findall(r"\{([^{}]*)\}", body):
        words = [w.strip() for w in row.replace("\n", " ").split(",")]
        found[words[0].strip('"')] = [float(w) for w in words[1:] if re.fullmatch(r"-?[0-9.]+", w)]
    return found


def hard_inputs(name):
    text = (HERE / "hard.h").read_text()
    pairs = re.findall(r'\{"%s", ([^,{}]+), ([^{}]+)\}' % name, text)
    read = [[float.fromhex(v) if "0x" in v else float(v) for v in pair] for pair in pairs]
    return np.array(read or [[1.0, 1.0]]).ravel()


def call(name, suffix, arguments="x"):
    return CALLS.get(name, "%s{f}(%s)" % (name, arguments)).format(f=suffix)


def measure(source, macros, arguments_of, total, blocks, chunk, where):
    """One kernel over 0 … total in chunks; what its threads have seen, and the seconds without compiling."""
    text = "".join(f"#define {k} {v}\n" for k, v in macros.items()) + PRELUDE + source
    kernel = wf.Module(text, name="measure.cu", include_dirs=[str(HERE)], check_bounds=False)["run"]
    seen = np.zeros(blocks * 256, SEEN)
    memory = wf.Memory(seen.nbytes)
    wf.copy_to_device(memory, seen)
    kernel(memory, np.uint64(0), np.uint64(0), *arguments_of, grid=(blocks,), block=(256,))
    wf.copy_to_host(seen, memory)
    start = time.perf_counter()
    for first in range(0, total, chunk):
        kernel(memory, np.uint64(first), np.uint64(min(total, first + chunk)), *arguments_of, grid=(blocks,), block=(256,))
    wf.copy_to_host(seen, memory)
    if int(seen["count"].sum()) != total:
        raise SystemExit(f"{where[0]}: {seen['count'].sum()} of {total} inputs were judged; does the device run kernels?")
    worst, wrong, exact = seen[seen["worst"].argmax()], seen[seen["wrong"].argmax()], seen[seen["exact_wrong"].argmax()]
    line = dict(count=total, worst=worst["worst"], at=worst["at"], at2=worst["at2"], not_nearest=seen["not_nearest"].sum(),
                wrong=seen["wrong"].sum(), wrong_at=(wrong["wrong_at"], wrong["wrong_at2"]), near=seen["near"].sum(),
                exact_wrong=seen["exact_wrong"].sum(), exact_at=exact["exact_at"], seconds=time.perf_counter() - start)
    tell(where, line)
    return line


def tell(where, r):
    note = "" if not r["wrong"] else f"  WRONG {r['wrong']}, first {tuple(float(v).hex() for v in r['wrong_at'])}"
    if where[2] == "exact":
        note += f"  exact: {r['exact_wrong']} wrong of {r['near']} near" + ("" if not r["exact_wrong"] else f", first {r['exact_at']:#x}")
    print(f"{where[0]:14s} {where[1]} {r['count']:12d}  {r['worst']:.4f} at ({float(r['at'])!r}, {float(r['at2'])!r})  not nearest "
          f"{100 * int(r['not_nearest']) / r['count']:.3g} %  {r['seconds']:.2f} s{note}", flush=True)


def bad(r):
    return bool(r["wrong"] or r["exact_wrong"] or not r["worst"] <= 1)


def sampled(name, is32, two, numbers, options):
    macros = {"IS32": int(is32), "TWO": int(two), "CALL": f"(double){call(name, 'f' if is32 else '', '(float)x, (float)y' if is32 else 'x, y' if two else 'x')}",
              "TRUTH_CALL": f"truth_{name}({'x, y' if two else 'x, got' if name in STARTED else 'x'})"}
    low1, high1, low2, high2 = numbers[:4] if two else (*numbers[:2], 0.0, 0.0)
    hard = hard_inputs(name)
    with_hard = wf.Memory(hard.nbytes)
    wf.copy_to_device(with_hard, hard)
    arguments = [*map(np.float64, (low1, high1, low2, high2, 0.0 if two else numbers[2])), with_hard, np.int32(len(hard) // 2)]
    kind = "float32" if is32 else "float64"
    r = measure(SAMPLED, macros, arguments, int(options.samples), options.blocks, options.chunk, (name, kind, ""))
    write(options, f"sampled {name} {kind} {r['count']} {r['worst']:.4f} {r['at']:.17g} {r['at2']:.17g} "
                   f"{100 * int(r['not_nearest']) / r['count']:.3g} {r['wrong']}")
    return bad(r)


def every(name, zeros, options):
    exact = name in EXACT
    macros = {"CALL32": call(name, "f"), "CALL": call(name, ""), "EXACT": int(exact), "CALL_EXACT": f"cr_{name}f(x)" if exact else "0.0f",
              "TRUTH_CALL": f"truth_{name}({'x, r' if name in STARTED else 'x'})" if exact else "plain(make(0, 0))"}
    total = 2**32 // options.step
    r = measure(ALL, macros, [np.uint64(options.step), np.float64(zeros)], total, options.blocks, options.chunk,
                (name, "float32", "exact" if exact else ""))
    write(options, f"every {name} {r['count']} {options.step} {r['worst']:.4f} {r['at']:.17g} {100 * int(r['not_nearest']) / r['count']:.3g} "
                   f"{r['wrong']} {int(exact)} {r['exact_wrong']} {r['near']}")
    return bad(r)


def write(options, line):
    if options.results:
        with open(options.results, "a") as f:
            f.write(line + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--only", choices=("float64", "two", "float32"))
    parser.add_argument("--results")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    gpu = options.device.startswith("cuda")
    options.blocks, options.chunk = (1024, 1 << 28) if gpu else (64, 1 << 22)
    failed, start = [], time.perf_counter()
    one, two = rows("entry"), rows("entry2")

    def wanted(part, name):
        return options.only in (None, part) and (not options.names or name in options.names)

    with wf.device(options.device):
        for name, numbers in one.items():
            if wanted("float64", name) and sampled(name, False, False, numbers, options):
                failed.append(name)
        for name, numbers in two.items():
            for is32 in (True, False):
                if wanted("two", name) and sampled(name, is32, True, numbers, options):
                    failed.append(name)
        for name, numbers in one.items():
            if wanted("float32", name) and every(name, numbers[2], options):
                failed.append(name + "f")
    print(f"{time.perf_counter() - start:.0f} s in all; above 1 ULP or wrong: {' '.join(failed) or 'none'}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
