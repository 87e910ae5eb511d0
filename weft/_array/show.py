"""How an array shows itself in a notebook: what it is, its values, and a picture of two-dimensional ones.

Only what is shown is fetched from the device: the text takes the corners, the picture every n-th row and column. The PNG is written here (zlib is
Python's own), so nothing has to be installed.
"""

import base64
import itertools
import struct
import zlib
from html import escape

import numpy as np

SIDE = 256    # of a picture, in pixels, at most
LEAST = 16    # rows and columns of an array that gets one
# A ramp from dark blue over green to yellow, by a few colours of it.
_RAMP = np.array([(25, 10, 60), (48, 70, 130), (35, 140, 140), (95, 200, 95), (250, 230, 60)], float)


def png(pixels):
    """The bytes of a PNG of uint8 pixels of shape (rows, columns, 3)."""
    rows, columns, _ = pixels.shape
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), pixels.reshape(rows, -1)], axis=1).tobytes()

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(lines))
            + chunk(b"IEND", b""))


def _thinned(array):
    return array[tuple(slice(None, None, -(-n // SIDE)) for n in array.shape[:2])].get()


def picture(array):
    """Pixels for an array, or None: colours as they are (uint8, three or four of them), numbers from the least to the largest."""
    if min(array.shape[:2], default=0) < LEAST or array.dtype.kind not in "biuf":
        return None
    if array.ndim == 3 and array.shape[2] in (3, 4) and array.dtype == np.uint8:
        return np.ascontiguousarray(_thinned(array)[..., :3])
    if array.ndim != 2:
        return None
    values = _thinned(array).astype(float)
    good = np.isfinite(values)
    low, high = (values[good].min(), values[good].max()) if good.any() else (0, 0)
    place = np.where(good, (values - low) / (high - low) if high > low else 0.0, 0.0) * (len(_RAMP) - 1)
    below = np.minimum(place.astype(int), len(_RAMP) - 2)
    part = (place - below)[..., None]
    pixels = _RAMP[below] * (1 - part) + _RAMP[below + 1] * part
    pixels[~good] = 128  # grey: NaN and infinities
    return pixels.astype(np.uint8)


MOST_CORNERS = 4  # axes that have two ends: each doubles the copies


def for_text(array):
    """A NumPy array whose text is that of `array`: NumPy writes the corners of large ones, so nothing else is fetched; the other
    elements are zeros that no memory was touched for."""
    options = np.get_printoptions()
    edge = options["edgeitems"]
    ends = [[slice(None, edge), slice(-edge, None)] if n > 2 * edge > 0 else [slice(None)] for n in array.shape]
    if array.size <= max(options["threshold"], 4096) or edge <= 0 or sum(len(two) == 2 for two in ends) > MOST_CORNERS:
        return array.get()
    try:
        host = np.zeros(array.shape, array[(slice(0, 0),) * array.ndim].get().dtype)
    except MemoryError:
        return array.get()
    for corner in itertools.product(*ends):
        host[corner] = array[corner].get()
    return host


def caption(array):
    from .._explain import size

    return f"{array.dtype} {tuple(array.shape)} on {array.device}, {size(array.nbytes)}"


def html(array):
    parts = [f"<div><b>{escape(caption(array))}</b>"]
    pixels = picture(array)
    if pixels is not None:
        scale = max(1, 128 // max(pixels.shape[:2]))
        parts.append(f'<br><img alt="picture of the array" style="image-rendering:pixelated" width="{scale * pixels.shape[1]}" '
                     f'src="data:image/png;base64,{base64.b64encode(png(pixels)).decode()}">')
    with np.printoptions(threshold=200, edgeitems=3):
        parts.append(f"<pre>{escape(str(array))}</pre></div>")
    return "".join(parts)
