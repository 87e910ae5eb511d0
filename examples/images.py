"""A row of image operations: exposure, blur, edges, sharpening

    python examples/images.py [picture.png]

The pixels' operations between the filters are fused with one another; the filters are weft's own (wf.ndimage), beside SciPy's where it is installed.
"""

import sys
import time

import numpy as np

import weft as wf

SIDE = 1024
across, down = np.meshgrid(np.linspace(-3, 3, SIDE), np.linspace(-3, 3, SIDE))
rings = np.sin(4 * (across**2 + down**2)) * np.exp(-(across**2 + down**2) / 6)
photo = (0.4 + 0.3 * rings + 0.05 * np.random.default_rng(1).standard_normal((SIDE, SIDE))).astype(np.float32)


def develop(m, filters):
    x = m.asarray(photo)
    x = m.clip(x, 0, 1) ** (1 / 2.2)                                   # exposure
    smooth = filters.gaussian_filter(x, 2.0)                           # noise away
    edges = m.hypot(filters.sobel(smooth, 0), filters.sobel(smooth, 1))
    sharp = smooth + 0.6 * (smooth - filters.gaussian_filter(smooth, 4.0))
    sharp = (sharp - sharp.min()) / (sharp.max() - sharp.min())        # the whole range
    return m.clip(sharp - 0.5 * edges, 0, 1)


def timed(m, filters):
    start = time.perf_counter()
    result = develop(m, filters)
    mean = float(result.mean())
    return result, mean, time.perf_counter() - start


timed(wf, wf.ndimage)  # compiles
result, mean, ours = timed(wf, wf.ndimage)
message = f"mean brightness {mean:.4f}; {ours:.3f} s"
try:
    import scipy.ndimage
except ImportError:
    pass
else:
    check, other, theirs = timed(np, scipy.ndimage)
    assert np.abs(result.get() - check).max() < 1e-3
    message += f", NumPy and SciPy {theirs:.3f} s"
print(message)

if len(sys.argv) > 1:
    from PIL import Image

    both = np.where(across < 0, photo, result.get())  # left as it was taken, right developed
    Image.fromarray((255 * np.clip(both, 0, 1)).astype(np.uint8)).resize((512, 512)).save(sys.argv[1])
