"""cupyx.jit.cg: groups of threads that wait for each other: the block and the grid.

In kernels a group is a tuple of bytes, three for a block and four for a grid; its methods are compiled into whoever calls them.
"""

import numpy as np

from weft import cuda as _cuda
from weft._extending import overload_method
from weft._pytypes import Integer, Tuple

_byte = np.int8


def this_thread_block():
    return (_byte(0), _byte(0), _byte(0))


def this_grid():
    return (_byte(0), _byte(0), _byte(0), _byte(0))


def _place_in_block():
    return (_cuda.threadIdx.z * _cuda.blockDim.y + _cuda.threadIdx.y) * _cuda.blockDim.x + _cuda.threadIdx.x


def _block_size():
    return _cuda.blockDim.x * _cuda.blockDim.y * _cuda.blockDim.z


def _block_rank():
    return (_cuda.blockIdx.z * _cuda.gridDim.y + _cuda.blockIdx.y) * _cuda.gridDim.x + _cuda.blockIdx.x


def _blocks():
    return _cuda.gridDim.x * _cuda.gridDim.y * _cuda.gridDim.z


def _wait_for_block():
    _cuda.syncthreads()


def _wait_for_grid():
    _cuda.cg.this_grid().sync()


# One line each: a compiled lambda is found by its line.
_BLOCK = {
    "thread_rank": lambda group: _place_in_block(),
    "size": lambda group: _block_size(),
    "num_threads": lambda group: _block_size(),
    "group_index": lambda group: _cuda.uint32x3(_cuda.blockIdx.x, _cuda.blockIdx.y, _cuda.blockIdx.z),
    "thread_index": lambda group: _cuda.uint32x3(_cuda.threadIdx.x, _cuda.threadIdx.y, _cuda.threadIdx.z),
    "group_dim": lambda group: _cuda.uint32x3(_cuda.blockDim.x, _cuda.blockDim.y, _cuda.blockDim.z),
    "dim_threads": lambda group: _cuda.uint32x3(_cuda.blockDim.x, _cuda.blockDim.y, _cuda.blockDim.z),
    "sync": lambda group: _wait_for_block(),
}
_GRID = {
    "is_valid": lambda group: True,
    "size": lambda group: _blocks() * _block_size(),
    "num_threads": lambda group: _blocks() * _block_size(),
    "thread_rank": lambda group: _block_rank() * _block_size() + _place_in_block(),
    "group_dim": lambda group: _cuda.uint32x3(_cuda.gridDim.x, _cuda.gridDim.y, _cuda.gridDim.z),
    "dim_blocks": lambda group: _cuda.uint32x3(_cuda.gridDim.x, _cuda.gridDim.y, _cuda.gridDim.z),
    "block_index": lambda group: _cuda.uint32x3(_cuda.blockIdx.x, _cuda.blockIdx.y, _cuda.blockIdx.z),
    "block_rank": lambda group: _block_rank(),
    "num_blocks": lambda group: _blocks(),
    "sync": lambda group: _wait_for_grid(),
}


def _offer(name):
    @overload_method(Tuple, name)
    def method(group):
        if not all(isinstance(t, Integer) and str(t) == "int8" for t in group.types):
            return None
        return (_BLOCK if len(group.types) == 3 else _GRID if len(group.types) == 4 else {}).get(name)


for _name in sorted({*_BLOCK, *_GRID}):
    _offer(_name)


def sync(group):
    """Waits for the group's threads."""
    group.sync()


def wait(group):
    """Waits until the group's copies are done."""
    group.sync()


def wait_prior(group, step):
    """Waits until all copies but the last `step` are done (here: all)."""
    group.sync()


def memcpy_async(group, dst, dst_idx, src, src_idx, size, aligned_size=None):
    """Copies `size` bytes of src from src_idx on to dst from dst_idx on; the group's threads share the work."""
    for k in range(group.thread_rank(), size // src.itemsize, group.size()):
        dst[dst_idx + k] = src[src_idx + k]
