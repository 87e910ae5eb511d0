"""Conway's Game of Life in CUDA C

    python examples/life.py [picture.png]

The kernel is a string; it is checked when it is made, and needs no toolkit. Two buffers take turns.
"""

import sys
import time

import numpy as np

import weft as wf

SIDE, GENERATIONS = 256, 200

step = wf.Kernel("""
__global__ void step(const unsigned char *now, unsigned char *next, int n)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    int left = x > 0 ? x - 1 : n - 1, right = x < n - 1 ? x + 1 : 0;   // the edges are joined
    const unsigned char *here = now + y * n, *above = now + (y > 0 ? y - 1 : n - 1) * n, *below = now + (y < n - 1 ? y + 1 : 0) * n;
    int alive = above[left] + above[x] + above[right] + here[left] + here[right] + below[left] + below[x] + below[right];
    next[y * n + x] = alive == 3 || (alive == 2 && here[x]);
}
""")

start = (np.random.default_rng(1).random((SIDE, SIDE)) < 0.3).astype(np.uint8)


def live():
    now, then = wf.asarray(start), wf.empty((SIDE, SIDE), dtype=wf.uint8)
    for _ in range(GENERATIONS):
        step(now, then, SIDE, grid=(1, SIDE), block=(SIDE, 1))  # a block for each row
        now, then = then, now
    return now.get()


live()  # compiles
begun = time.perf_counter()
cells = live()
ours = time.perf_counter() - begun

begun = time.perf_counter()
check = start.copy()
for _ in range(GENERATIONS):
    alive = sum(np.roll(check, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy)
    check = ((alive == 3) | ((alive == 2) & (check == 1))).astype(np.uint8)
print(f"{int(start.sum())} cells at first, {int(cells.sum())} after {GENERATIONS} generations; {ours:.3f} s, NumPy {time.perf_counter() - begun:.3f} s")
assert (cells == check).all()

if len(sys.argv) > 1:
    from PIL import Image

    Image.fromarray(np.where(cells, 30, 235).astype(np.uint8)).resize((512, 512), 0).save(sys.argv[1])
