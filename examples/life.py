"""Conway's Game of Life in CUDA C

    python examples/life.py [picture.png]

The kernel is a string; it is checked when it is made, and needs no toolkit. Two buffers take turns.
"""

import sys

import numpy as np

import weft as wf

SIDE, GENERATIONS = 256, 200

step = wf.Kernel("""
__global__ void step(const unsigned char *now, unsigned char *next, int n)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    int alive = 0;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            if (dx || dy) alive += now[(y + dy + n) % n * n + (x + dx + n) % n];
    next[y * n + x] = alive == 3 || (alive == 2 && now[y * n + x]);
}
""")

start = (np.random.default_rng(1).random((SIDE, SIDE)) < 0.3).astype(np.uint8)
now, then = wf.asarray(start), wf.empty((SIDE, SIDE), dtype=wf.uint8)
for _ in range(GENERATIONS):
    step(now, then, SIDE, grid=(SIDE // 16, SIDE // 16), block=(16, 16))
    now, then = then, now
cells = now.get()
print(f"{int(start.sum())} cells at first, {int(cells.sum())} after {GENERATIONS} generations")

check = start.copy()
for _ in range(GENERATIONS):
    alive = sum(np.roll(check, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy)
    check = ((alive == 3) | ((alive == 2) & (check == 1))).astype(np.uint8)
assert (cells == check).all()

if len(sys.argv) > 1:
    from PIL import Image

    Image.fromarray(np.where(cells, 30, 235).astype(np.uint8)).resize((512, 512), 0).save(sys.argv[1])
