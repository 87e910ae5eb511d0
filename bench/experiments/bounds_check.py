"""What the bounds checks cost on the CPU: the same kernels with and without them, alternating, best of many.

    python bench/experiments/bounds_check.py [--rounds N]
The sizes fit in the second-level cache where they can, so that memory does not hide the cost; one thread unless WEFT_THREADS
says otherwise. docs/decisions.md has the figures.
"""
import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("WEFT_DEVICE", "cpu")
os.environ.setdefault("WEFT_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent.parent))
import numpy as np  # noqa: E402
from kernels import CUDA  # noqa: E402

import weft as wf  # noqa: E402

GATHER = """__global__ void gather(const int *index, const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = x[index[i]]; }"""
STRIDED = """__global__ void strided(const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = x[2 * i] + x[2 * i + 1]; }"""


def programs():
    """name → (source, buffers, grid, block, scalars)"""
    rng = np.random.default_rng(3)

    def f(*shape):
        return rng.random(shape, np.float32)

    n, edge = 1 << 16, 258
    return {
        "add": (CUDA["add"], [f(n), f(n), f(n)], (n // 256,), (256,), [np.int32(n)]),
        "strided": (STRIDED, [f(2 * n), f(n)], (n // 256,), (256,), [np.int32(n)]),
        "gather": (GATHER, [rng.integers(0, n, n).astype("i4"), f(n), f(n)], (n // 256,), (256,), [np.int32(n)]),
        "stencil": (CUDA["stencil"], [f(edge, edge), f(edge, edge)], (4, 64), (64, 4), [np.int32(edge)]),
        "naive": (CUDA["naive"], [f(256, 256) for _ in range(3)], (16, 16), (16, 16), [np.int32(256)]),
        "tiled": (CUDA["tiled"], [f(256, 256) for _ in range(3)], (16, 16), (16, 16), [np.int32(256)]),
        "tree": (CUDA["tree"], [f(1 << 18), f(1 << 10)], (1 << 10,), (256,), []),
    }


def seconds(run, inner):
    start = time.perf_counter()
    for _ in range(inner):
        run()
    return (time.perf_counter() - start) / inner


def measure(name, program, rounds):
    source, buffers, grid, block, scalars = program
    runs = {}
    for check in (True, False):
        kernel = wf.Module(source, check_bounds=check).get_function(name)
        args = [wf.asarray(b) for b in buffers]

        def run(kernel=kernel, args=args):
            kernel(*args, *scalars, grid=grid, block=block)
            wf.synchronize()

        run()
        runs[check] = run
    inner = max(1, int(2e-3 / max(seconds(runs[True], 2), 1e-6)))
    best = {check: float("inf") for check in runs}
    for _ in range(rounds):
        for check, run in runs.items():
            best[check] = min(best[check], seconds(run, inner))
    print(f"{name:10s} with {best[True] * 1e6:9.2f} us   without {best[False] * 1e6:9.2f} us   cost {100 * (best[True] / best[False] - 1):6.1f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    for name, program in programs().items():
        if args.only in name:
            measure(name, program, args.rounds)


if __name__ == "__main__":
    main()
