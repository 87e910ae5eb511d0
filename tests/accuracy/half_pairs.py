"""Functions of two 16-bit floats over all 2^32 pairs: is float64's result, rounded once, the nearest 16-bit number?

    python half_pairs.py [--device cuda:0] [--step N] [NAME...]

That is what arrays of float16 and bfloat16 compute. Where the float64 result lies within 2^-20 of a unit of the middle between two
16-bit numbers, the pair of doubles of truth.h says on which side the true value is; it must be the same side, or the middle itself for
both. The status is the number of functions that are wrong somewhere. --step takes every N-th pair.
"""
import argparse
import sys
import time
from pathlib import Path

import numpy as np

import weft as wf

sys.path.insert(0, str(Path(__file__).parent))  # python -P does not
from measure import HERE, PRELUDE  # noqa: E402

KERNEL = """
static __device__ double number(unsigned bits) {
    return DIGITS == 8 ? (double)__uint_as_float(bits << 16) : (double)__half2float(__ushort_as_half((unsigned short)bits));
}
static __device__ int sign_of(double x, double beside) { return fabs(x) <= beside * 0x1p-85 ? 0 : x < 0 ? -1 : 1; }
extern "C" __global__ void run(unsigned long long *counts, unsigned long long from, unsigned long long to, unsigned long long step) {
    unsigned long long thread = blockIdx.x * (unsigned long long)blockDim.x + threadIdx.x, near = 0, wrong = 0, at = 0, i;
    for (i = from + thread; i < to; i += gridDim.x * (unsigned long long)blockDim.x) {
        unsigned pair = (unsigned)(i * step);
        double x = number(pair >> 16), y = number(pair & 0xffff), got = NAME(x, y), unit, units, middle;
        int e;
        if (!(fabs(got) < 0x1p200) || got == 0) continue;
        frexp(got, &e);
        unit = ldexp(1.0, (e - 1 < LEAST ? LEAST : e - 1) - DIGITS + 1);
        units = got / unit;
        if (fabs(units - floor(units) - 0.5) > 0x1p-20) continue;
        near++;
        middle = (floor(units) + 0.5) * unit;
        wide t = truth_NAME_OF(x, y);
        t = normal(t);
        double exact = (scale(t.v.h, t.e) - middle) + scale(t.v.l, t.e);
        if (sign_of(exact, fabs(middle)) != sign_of(got - middle, 0) && !wrong++) at = pair;
    }
    counts[3 * thread] += near, counts[3 * thread + 1] += wrong;
    if (wrong) counts[3 * thread + 2] = at;
}
"""
FORMATS = {"float16": (11, -14), "bfloat16": (8, -126)}


def check(name, kind, options):
    digits, least = FORMATS[kind]
    text = f"#define DIGITS {digits}\n#define LEAST {least}\n#define NAME {name}\n#define truth_NAME_OF truth_{name}\n"
    kernel = wf.Module(text + PRELUDE + KERNEL, name="half_pairs.cu", include_dirs=[str(HERE)], check_bounds=False)["run"]
    counts = np.zeros((options.blocks * 256, 3), np.uint64)
    memory, total, start = wf.Memory(counts.nbytes), 2**32 // options.step, time.perf_counter()
    wf.copy_to_device(memory, counts)
    for first in range(0, total, options.chunk):
        kernel(memory, np.uint64(first), np.uint64(min(total, first + options.chunk)), np.uint64(options.step), grid=(options.blocks,), block=(256,))
    wf.copy_to_host(counts, memory)
    near, wrong = int(counts[:, 0].sum()), int(counts[:, 1].sum())
    where = f", first {int(counts[counts[:, 1].argmax(), 2]):#010x}" if wrong else ""
    print(f"{name:8s} {kind:9s} {total:12d} pairs, {near} near a middle, {wrong} wrong{where}  {time.perf_counter() - start:.1f} s", flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.blocks, options.chunk = (1024, 1 << 30) if options.device.startswith("cuda") else (64, 1 << 22)
    with wf.device(options.device):
        return sum(check(name, kind, options) != 0 for name in options.names or ("pow", "atan2", "hypot") for kind in FORMATS)


if __name__ == "__main__":
    sys.exit(main())
