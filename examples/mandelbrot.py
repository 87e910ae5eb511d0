"""The Mandelbrot set by a kernel in Python

    python examples/mandelbrot.py [picture.png]

Each pixel is a thread. On the CPU the same kernel runs compiled and in parallel.
"""

import sys
import time

import numpy as np

import weft as wf

WIDTH, HEIGHT, MOST = 900, 600, 200


@wf.cuda.jit
def mandelbrot(counts, most):
    row, column = wf.cuda.grid(2)
    if row >= counts.shape[0] or column >= counts.shape[1]:
        return
    x0 = -2.2 + 3.2 * column / counts.shape[1]
    y0 = -1.1 + 2.2 * row / counts.shape[0]
    x = 0.0
    y = 0.0
    count = 0
    while count < most and x * x + y * y <= 4.0:
        x, y = x * x - y * y + x0, 2.0 * x * y + y0
        count += 1
    counts[row, column] = count


counts = wf.zeros((HEIGHT, WIDTH), dtype=wf.int32)
blocks = (-(-HEIGHT // 16), -(-WIDTH // 16))
mandelbrot[blocks, (16, 16)](counts, MOST)  # compiled at the first call
start = time.perf_counter()
mandelbrot[blocks, (16, 16)](counts, MOST)
wf.synchronize()
ours = time.perf_counter() - start

# The same with NumPy: the pixels that are still inside take a step together.
start = time.perf_counter()
c = (-2.2 + 3.2 * np.arange(WIDTH) / WIDTH + 1j * (-1.1 + 2.2 * np.arange(HEIGHT) / HEIGHT)[:, None]).ravel()
check, here, z = np.zeros(c.size, np.int32), np.arange(c.size), np.zeros_like(c)
for _ in range(MOST):
    near = z.real**2 + z.imag**2 <= 4.0
    here, z = here[near], z[near]
    z = z * z + c[here]
    check[here] += 1
theirs = time.perf_counter() - start

print(f"{WIDTH} x {HEIGHT} pixels on {wf.current_device()} in {ours:.3f} s, NumPy {theirs:.3f} s")
inside = counts.get() == MOST
same = (counts.get().ravel() == check).mean()
print(f"{inside.mean():.1%} of the picture belongs to the set; {same:.2%} of the counts are NumPy's (a kernel rounds once where it multiplies and adds)")
assert 0.15 < inside.mean() < 0.35 and same > 0.99

if len(sys.argv) > 1:
    from PIL import Image

    shade = np.sqrt(counts.get() / MOST)
    colours = np.stack([shade, shade**2, 0.3 + 0.7 * shade], axis=-1) * ~inside[..., None]
    Image.fromarray((255 * colours).astype(np.uint8)).save(sys.argv[1])
