"""Two solitary waves pass through each other: the Korteweg-de Vries equation by Fourier transforms

    python examples/waves_fft.py [picture.png]

u_t + 6 u u_x + u_xxx = 0 on a ring. The third derivative is exact in Fourier space (an integrating factor), the rest is four stages of Runge and
Kutta. Mass and energy stay what they were, which the program checks beside NumPy's run. weft has no Fourier kernels of its own yet: fft goes
through NumPy, with a warning that says so.
"""

import sys
import time
import warnings

import numpy as np

import weft as wf

N, LENGTH, STEP, STEPS = 256, 40.0, 5e-4, 3072
x = np.linspace(-LENGTH / 2, LENGTH / 2, N, endpoint=False)
k = 2 * np.pi / LENGTH * np.concatenate([np.arange(N // 2), [0], np.arange(1 - N // 2, 0)])
first = 8 * np.cosh(2 * (x + 14)) ** -2 + 2 * np.cosh(x + 4) ** -2  # the tall one is the faster


def run(m, steps):
    half = m.asarray(np.exp(0.5j * STEP * k**3))
    slope = m.asarray(-3j * k)
    v, rows = m.fft.fft(m.asarray(first)), []

    def rate(v):
        return slope * m.fft.fft(m.fft.ifft(v).real ** 2)
    for n in range(steps):
        a = STEP * rate(v)
        b = STEP * rate(half * (v + a / 2))
        c = STEP * rate(half * v + b / 2)
        d = STEP * rate(half * half * v + half * c)
        v = half * half * v + (half * half * a + 2 * half * (b + c) + d) / 6
        if n % (STEPS // 128) == 0:
            rows.append(m.fft.ifft(v).real)
    return m.fft.ifft(v).real, rows


def timed(m):
    start = time.perf_counter()
    u, rows = run(m, STEPS)
    mass, energy = float(u.sum()) * LENGTH / N, float((u * u).sum()) * LENGTH / N
    return mass, energy, rows, time.perf_counter() - start


warnings.simplefilter("ignore", UserWarning)
mass, energy, rows, ours = timed(wf)
check, energy_too, _, theirs = timed(np)
print(f"mass {mass:.6f} (at first {first.sum() * LENGTH / N:.6f}), energy {energy:.4f} (at first {(first**2).sum() * LENGTH / N:.4f}); "
      f"{ours:.2f} s, NumPy {theirs:.2f} s")
assert abs(mass - first.sum() * LENGTH / N) < 1e-6 and abs(energy - energy_too) < 1e-6
assert abs(energy - (first**2).sum() * LENGTH / N) < 1e-2 * energy

if len(sys.argv) > 1:
    from PIL import Image

    u = np.clip(wf.stack(rows).get() / 8, 0, 1)
    Image.fromarray((255 * np.stack([u, u**0.5, 0.3 + 0.7 * u], -1)).astype(np.uint8)).resize((512, 512)).save(sys.argv[1])
