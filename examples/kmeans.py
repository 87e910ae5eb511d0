"""Clusters by k-means, the same program with NumPy and with weft

    python examples/kmeans.py [picture.png]

Distances, the choice of the nearest centre and the new centres are array expressions: with weft the distances of all points from all centres
are never stored, only which centre is nearest.
"""

import sys
import time

import numpy as np

import weft as wf

POINTS, CLUSTERS, STEPS = 400_000, 8, 20

rng = np.random.default_rng(3)
true = rng.uniform(-10, 10, (CLUSTERS, 2))
points = (true[rng.integers(0, CLUSTERS, POINTS)] + rng.standard_normal((POINTS, 2))).astype(np.float32)


def nearest(centres, x, y):
    """The number of the nearest centre for each point."""
    return ((centres[:, 0, None] - x) ** 2 + (centres[:, 1, None] - y) ** 2).argmin(0)


def kmeans(m):
    x, y = m.asarray(points[:, 0]), m.asarray(points[:, 1])
    centres = m.asarray(points[:: POINTS // CLUSTERS][:CLUSTERS])
    for _ in range(STEPS):
        label = nearest(centres, x, y)
        count = m.maximum(m.bincount(label, minlength=CLUSTERS), 1)
        sums = [m.bincount(label, weights=v, minlength=CLUSTERS) / count for v in (x, y)]
        centres = m.stack(sums, 1).astype(np.float32)
    label = nearest(centres, x, y)
    spread = float(((x - centres[label, 0]) ** 2 + (y - centres[label, 1]) ** 2).mean())
    return spread, label


def timed(m):
    start = time.perf_counter()
    return *kmeans(m), time.perf_counter() - start


timed(wf)  # compiles
spread, label, ours = timed(wf)
check, _, theirs = timed(np)
print(f"mean squared distance from the centre {spread:.4f}, with NumPy {check:.4f}; {ours:.3f} s, NumPy {theirs:.3f} s")
assert abs(spread - check) < 1e-3 * check

if len(sys.argv) > 1:
    from PIL import Image

    colours = np.array([[230, 60, 60], [60, 160, 60], [60, 90, 220], [230, 160, 40], [150, 70, 190], [60, 190, 190], [120, 120, 120], [220, 110, 170]], np.uint8)
    column, row = np.clip((points + 14) / 28 * 511, 0, 511).astype(int).T
    picture = np.full((512, 512, 3), 255, np.uint8)
    picture[row, column] = colours[label.get()]
    Image.fromarray(picture).save(sys.argv[1])
