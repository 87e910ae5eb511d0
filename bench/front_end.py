"""How long the CUDA C front-end takes: 1,000 lines of the kernels of tests/identity, and each of weft's larger headers.

    python bench/front_end.py

The time is that of weft.Module(source): preprocessing, parsing, checking. No code is made. The goal is 2 ms for 1,000 lines."""

import glob
import os
import time

import weft as wf

KERNELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "identity", "kernels", "*.cu")
HEADERS = ["cuda_fp16.h", "cooperative_groups.h", "curand_kernel.h", "cub/cub.cuh", "thrust/complex.h"]


def thousand_lines():
    parts, lines, number = [], 0, 0
    while lines < 1000:
        for path in sorted(glob.glob(KERNELS)):
            with open(path) as file:
                text = file.read().replace('extern "C"', "")
            names = [line.split()[1].split("(")[0] for line in text.split("\n") if line.startswith("#define")]
            part = f"namespace part{number} {{\n{text}\n}}\n" + "".join(f"#undef {name}\n" for name in names)
            parts.append(part)
            lines += text.count("\n")
            number += 1
            if lines >= 1000:
                break
    return "".join(parts), lines


def best_ms(source, rounds=60):
    best = 1e9
    for _ in range(rounds):
        start = time.perf_counter()
        wf.Module(source)
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def main():
    source, lines = thousand_lines()
    print(f"{lines} lines of kernels   {best_ms(source):.2f} ms   (goal: 2)")
    kernel = "\n__global__ void k(float *x) { x[0] = 1; }\n"
    print(f"one line            {best_ms(kernel):.2f} ms")
    for header in HEADERS:
        print(f"{header:20s}{best_ms(f'#include <{header}>{kernel}'):.2f} ms")


if __name__ == "__main__":
    main()
