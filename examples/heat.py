"""Heat in a plate, with array expressions

    python examples/heat.py [picture.png]

Each step is one kernel: slices, additions and the multiplication are fused, and nothing between is stored.
"""

import sys
import time

import numpy as np

import weft as wf

SIDE, STEPS = 256, 400


def cool(m):
    plate = m.zeros((SIDE, SIDE), dtype=m.float32)
    plate[96:160, 40:60] = 100.0   # a hot bar
    plate[:, -1] = 50.0            # a warm edge
    for _ in range(STEPS):
        middle = plate[1:-1, 1:-1]
        around = plate[:-2, 1:-1] + plate[2:, 1:-1] + plate[1:-1, :-2] + plate[1:-1, 2:]
        plate[1:-1, 1:-1] = middle + 0.2 * (around - 4 * middle)
    return plate, float(plate.max())


def timed(m):
    begun = time.perf_counter()
    plate, hottest = cool(m)
    return plate, hottest, time.perf_counter() - begun


timed(wf)  # compiles
plate, hottest, ours = timed(wf)
check, _, theirs = timed(np)
same = bool((plate.get() == check).all())
print(f"hottest place: {hottest:.2f} degrees; equal to NumPy's result: {same}; {ours:.3f} s, NumPy {theirs:.3f} s")
assert same

if len(sys.argv) > 1:
    from PIL import Image

    warm = np.clip(plate.get() / 60, 0, 1)
    colours = np.stack([warm, 0.6 * warm**2, 0.25 * (1 - warm)], axis=-1)
    Image.fromarray((255 * colours).astype(np.uint8)).resize((512, 512)).save(sys.argv[1])
