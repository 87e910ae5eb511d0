"""Kernels in Python: a tiled matrix product and a histogram, on the GPU where there is one, else on the CPU, beside NumPy.

    python examples/python_kernels.py [n]
"""

import math
import sys
import time

import numpy as np

import weft as wf

TILE = 16


@wf.cuda.jit
def matmul(a, b, c):
    tile_a = wf.cuda.shared.array((TILE, TILE), np.float32)
    tile_b = wf.cuda.shared.array((TILE, TILE), np.float32)
    x, y = wf.cuda.grid(2)
    tx, ty = wf.cuda.threadIdx.x, wf.cuda.threadIdx.y
    total = np.float32(0)
    for start in range(0, a.shape[1], TILE):
        tile_a[ty, tx] = a[y, start + tx] if y < a.shape[0] and start + tx < a.shape[1] else 0
        tile_b[ty, tx] = b[start + ty, x] if start + ty < b.shape[0] and x < b.shape[1] else 0
        wf.cuda.syncthreads()
        for k in range(TILE):
            total += tile_a[ty, k] * tile_b[k, tx]
        wf.cuda.syncthreads()
    if y < c.shape[0] and x < c.shape[1]:
        c[y, x] = total


@wf.cuda.jit
def histogram(x, counts):
    for i in range(wf.cuda.grid(1), x.size, wf.cuda.gridsize(1)):
        wf.cuda.atomic.add(counts, int(x[i] * counts.size), 1)


@wf.jit
def longest_run(x):
    best = run = 0
    for i in range(1, len(x)):
        run = run + 1 if x[i] > x[i - 1] else 0
        best = max(best, run)
    return best


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = np.random.default_rng(1)
    a, b = rng.random((n, n), dtype=np.float32), rng.random((n, n), dtype=np.float32)
    c = wf.cuda.device_array((n, n), np.float32)
    blocks = math.ceil(n / TILE)
    on_device = wf.cuda.to_device(a), wf.cuda.to_device(b)
    for again in range(2):  # the first launch compiles
        start = time.perf_counter()
        matmul[(blocks, blocks), (TILE, TILE)](*on_device, c)
        wf.cuda.synchronize()
        print(f"matmul of {n}² on {wf.current_device()}: {1e3 * (time.perf_counter() - start):.2f} ms"
              f"{' with the compilation' if not again else ''}")
    assert np.allclose(c.copy_to_host(), a @ b, rtol=1e-4)

    x, counts = rng.random(100000), np.zeros(20, np.int64)
    histogram[64, 128](x, counts)
    assert np.array_equal(counts, np.histogram(x, 20, (0, 1))[0])
    print("longest rising run:", longest_run(x))
    print("the same as NumPy")


if __name__ == "__main__":
    main()
