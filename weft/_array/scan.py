"""Running sums, products, maxima and minima, in the order that docs/orders.md describes (version 1).

A tile is 4096 elements of a row: 16 blocks of 16 groups of 16. An element is ((the tiles before + the blocks before in the
tile) + the groups before in the block) + its group's elements up to it; the last three are added in order, and the tiles
before are the same scan over the tiles' totals.
"""

import functools
import math

import numpy as np

from . import bulk
from .axes import normalize_axis
from .creation import empty, zeros

_OPS = {"sum": 0, "prod": 1, "max": 2, "min": 3}


def _accumulator(dtype):
    """What a scan is computed in."""
    if dtype.kind == "f":
        return np.dtype(np.float32) if dtype.itemsize == 2 else dtype
    return dtype if dtype.kind == "c" else np.dtype(np.uint64 if dtype.kind == "u" else np.int64)


def _defines(op, x, once):
    complex_type = x.dtype.kind == "c"
    real = x.real.dtype if complex_type else x.dtype
    return {"A": bulk.C_TYPES[real.name], "OP": _OPS[op], "IS_COMPLEX": int(complex_type), "ONCE": int(once)}


@functools.cache
def _lag(device, itemsize):
    """Tiles between the one that is added up and the one that is scanned: somewhat more than run at once, so that few wait for what
    was added up just before, and no more than the second level of cache holds (measured: docs/decisions.md)."""
    return max(16, device.info["multiprocessors"] * 18 // itemsize)


def _once(op, x, result, rows, length, tiles):
    """One kernel that reads x once: a block adds up one tile and scans one that `lag` tiles before it left in the GPU's cache."""
    words = (tiles + -(-tiles // 16) + -(-tiles // 256) + 2 * -(-tiles // 4096)) * (x.itemsize // 4)
    said = zeros(rows * words + 1, np.uint64, device=x.device)
    lag = _lag(x.device, x.itemsize)
    kernel = bulk.kernel("k_scan.cu", "k_scan_once", **_defines(op, x, True))
    kernel(result, x, said, said[rows * words:], np.int64(length), np.uint32(tiles), np.uint32(rows * tiles), np.uint32(lag), np.int64(words),
           grid=(rows * tiles + lag,), block=(256,))


def _on_device(op, x, result, rows, length):
    """x, result: rows × length, dense. Where rows do not begin at multiples of 16 bytes, two kernels and, between them, the scan of
    the tiles' totals."""
    tiles = -(-length // 4096)
    aligned = x._pointer % 16 == 0 and (rows == 1 or length * x.itemsize % 16 == 0)
    if aligned and 1 < tiles <= 1 << 20 and x.itemsize <= 8 and rows * tiles < 1 << 30:
        _once(op, x, result, rows, length, tiles)
        return
    defines = _defines(op, x, False)
    grid = (tiles, min(rows, 65535))
    sizes = (np.int64(length), np.int64(tiles), np.int64(rows))
    ends = x
    if tiles > 1:
        totals = empty((rows, tiles), x.dtype, device=x.device)
        bulk.kernel("k_scan.cu", "k_scan_totals", **defines)(totals, x, *sizes, grid=grid, block=(256,))
        ends = empty((rows, tiles), x.dtype, device=x.device)
        _on_device(op, totals, ends, rows, tiles)
    bulk.kernel("k_scan.cu", "k_scan_tiles", **defines)(result, x, ends, *sizes, grid=grid, block=(256,))


def scan(op, a, axis, dtype):
    """op ("sum", "prod", "max", "min") along axis (None: the flattened array), computed in `dtype` as the result has it."""
    if axis is None:
        a, axis = a._reshape((a.size,)), 0
    axis = normalize_axis(axis, a.ndim)
    inner = _accumulator(dtype)
    if a.dtype != inner:
        a = a if a.dtype == dtype else a._cast(dtype)  # the element as the result's type holds it
        a = a if a.dtype == inner else a._cast(inner)
    rows, length, columns = math.prod(a.shape[:axis]), a.shape[axis], math.prod(a.shape[axis + 1:])
    if bulk.on_host(a):
        result = empty(a.shape, inner, device=a.device)
        bulk.run("scan", (result, a._contiguous()), (_OPS[op], rows, length, columns))
    else:
        order = [k for k in range(a.ndim) if k != axis] + [axis]
        x = a._transpose(order)._contiguous() if a.ndim > 1 else a._contiguous()
        result = empty(x.shape, inner, device=a.device)
        if a.size:
            _on_device(op, x, result, rows * columns, length)
        if axis < a.ndim - 1:
            back = sorted(range(a.ndim), key=order.__getitem__)
            result = result._transpose(back)._copy()
    return result if dtype == inner else result._cast(dtype)
