"""Heat in a plate, with array expressions

    python examples/heat.py [picture.png]

Each step is one kernel: slices, additions and the multiplication are fused, and nothing between is stored.
"""

import sys

import numpy as np

import weft as wf

SIDE, STEPS = 256, 400

plate = wf.zeros((SIDE, SIDE), dtype=wf.float32)
plate[96:160, 40:60] = 100.0   # a hot bar
plate[:, -1] = 50.0            # a warm edge
for _ in range(STEPS):
    middle = plate[1:-1, 1:-1]
    around = plate[:-2, 1:-1] + plate[2:, 1:-1] + plate[1:-1, :-2] + plate[1:-1, 2:]
    plate[1:-1, 1:-1] = middle + 0.2 * (around - 4 * middle)

# The same with NumPy, in the same precision.
check = np.zeros((SIDE, SIDE), np.float32)
check[96:160, 40:60] = 100.0
check[:, -1] = 50.0
for _ in range(STEPS):
    middle = check[1:-1, 1:-1]
    around = check[:-2, 1:-1] + check[2:, 1:-1] + check[1:-1, :-2] + check[1:-1, 2:]
    check[1:-1, 1:-1] = middle + np.float32(0.2) * (around - 4 * middle)
print(f"hottest place: {plate.max():.2f} degrees; equal to NumPy's result: {bool((plate.get() == check).all())}")
assert (plate.get() == check).all()

if len(sys.argv) > 1:
    from PIL import Image

    warm = np.clip(plate.get() / 60, 0, 1)
    colours = np.stack([warm, 0.6 * warm**2, 0.25 * (1 - warm)], axis=-1)
    Image.fromarray((255 * colours).astype(np.uint8)).resize((512, 512)).save(sys.argv[1])
