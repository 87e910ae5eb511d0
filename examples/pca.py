"""Principal components of noisy pictures, the same program with NumPy and with weft

    python examples/pca.py [picture.png]

Centring and projecting are array expressions around matrix products; the eigenvectors of the small covariance matrix come from linalg, which goes
through NumPy.
"""

import sys
import time
import warnings

import numpy as np

import weft as wf

COUNT, SIDE, KEPT = 4000, 24, 6

rng = np.random.default_rng(2)
across, down = np.meshgrid(np.linspace(-1, 1, SIDE), np.linspace(-1, 1, SIDE))
shapes = np.stack([np.exp(-8 * ((across - a) ** 2 + (down - b) ** 2)) for a, b in rng.uniform(-0.8, 0.8, (KEPT, 2))]).reshape(KEPT, -1)
pictures = rng.standard_normal((COUNT, KEPT)) @ shapes + 0.3 * rng.standard_normal((COUNT, SIDE * SIDE))


def components(m):
    begun = time.perf_counter()
    x = m.asarray(pictures)
    x = x - x.mean(0)
    values, vectors = m.linalg.eigh(x.T @ x / (COUNT - 1))
    top = vectors[:, -KEPT:]
    clean = (x @ top) @ top.T
    kept = float(values[-KEPT:].sum() / values.sum())
    left = float(((x - clean) ** 2).mean())
    return kept, left, clean, time.perf_counter() - begun


warnings.simplefilter("ignore", UserWarning)
components(wf)  # compiles
kept, left, clean, ours = components(wf)
check, left_too, _, theirs = components(np)
print(f"{KEPT} of {SIDE * SIDE} components hold {100 * kept:.2f} % of the variance, what is left is {left:.5f} (the noise's variance is 0.09); "
      f"{ours:.3f} s, NumPy {theirs:.3f} s")
assert abs(kept - check) < 1e-9 and abs(left - left_too) < 1e-9

if len(sys.argv) > 1:
    from PIL import Image

    rows = [np.concatenate([p[i].reshape(SIDE, SIDE) for i in range(8)], 1) for p in (pictures, clean.get())]
    shown = np.clip(np.concatenate(rows, 0) / 4 + 0.5, 0, 1)
    Image.fromarray((255 * shown).astype(np.uint8)).resize((768, 192)).save(sys.argv[1])
