"""transpose(a, b): b[j, i] = a[i, j] for two-dimensional device arrays, through tiles of shared memory.

A tile is read along rows and written along rows, so both sides are coalesced; one column of padding keeps the threads of a warp
off each other's banks. Records move as their bytes.
"""

import functools

import numpy as np

from .. import _pytypes as types
from ._kernels import jit
from ._memory import device_array
from ._names import blockIdx, shared, syncthreads, threadIdx

_TILE, _ROWS = 32, 8


@functools.cache
def _kernel(dtype):
    element, width = types.from_dtype(dtype), _TILE + 1

    @jit
    def tiles(a, b):
        tile = shared.array((_TILE, width), element)
        x, y = threadIdx.x, threadIdx.y
        row, column = blockIdx.y * _TILE, blockIdx.x * _TILE
        for k in range(y, _TILE, _ROWS):
            if row + k < a.shape[0] and column + x < a.shape[1]:
                tile[k, x] = a[row + k, column + x]
        syncthreads()
        for k in range(y, _TILE, _ROWS):
            if column + k < b.shape[0] and row + x < b.shape[1]:
                b[column + k, row + x] = tile[x, k]

    return tiles


@jit
def _bytes(a, b):
    i, j = blockIdx.y * _ROWS + threadIdx.y, blockIdx.x * _TILE + threadIdx.x
    if i < a.shape[0] and j < a.shape[1]:
        for k in range(a.shape[2]):
            b[j, i, k] = a[i, j, k]


def _as_bytes(array):
    return array._view(array.shape + (array.itemsize,), array.strides + (1,), dtype=np.dtype(np.uint8))


def transpose(a, b=None):
    """The transpose of a device array, in `b` when given: (m, n) → (n, m), of the same dtype."""
    if a.ndim != 2:
        raise ValueError(f"transpose: a two-dimensional array is needed, got {a.ndim} dimensions")
    if b is None:
        b = device_array(a.shape[::-1], a.dtype, stream=a.stream)
    if b.shape != a.shape[::-1] or b.dtype != a.dtype:
        raise ValueError(f"transpose: {a.shape} of {a.dtype} does not become {b.shape} of {b.dtype}")
    if not a.size:
        return b
    if a.dtype.names is not None:
        grid = -(-a.shape[1] // _TILE), -(-a.shape[0] // _ROWS)
        _bytes[grid, (_TILE, _ROWS), a.stream](_as_bytes(a), _as_bytes(b))
    else:
        grid = -(-a.shape[1] // _TILE), -(-a.shape[0] // _TILE)
        _kernel(a.dtype)[grid, (_TILE, _ROWS), a.stream](a, b)
    return b
