"""cupyx.jit.cub: reductions over the threads of a warp or a block.

    WarpReduce = jit.cub.WarpReduce[numpy.float32]
    total = WarpReduce(storage[0]).Sum(value)

The classes are there while a kernel is compiled; their methods are functions that are compiled into it. They share memory of their own,
so the temporary storage of a kernel is taken and not used. As in CUB the result is that of the first thread; neighbours at
half the distance each time are folded, as reductions of arrays are.
"""

import numpy as np

from weft import cuda as _cuda
from weft._pyforms import CompileTime

_WARP = 32


def _sum(a, b):
    return a + b


def _least(a, b):
    return np.minimum(a, b)


def _greatest(a, b):
    return np.maximum(a, b)


class _Operator(CompileTime):
    def __init__(self, function):
        self._function = function

    def called(self):
        return self._function


Sum, Min, Max = _Operator(_sum), _Operator(_least), _Operator(_greatest)


def _place():
    return (_cuda.threadIdx.z * _cuda.blockDim.y + _cuda.threadIdx.y) * _cuda.blockDim.x + _cuda.threadIdx.x


def _wide(kind):
    """What values are folded in: 16-bit floats as float32, rounded once."""
    return np.float32 if kind == np.float16 else kind.type


def _of_warp(kind, wide):
    def fold(value, op):
        slots = _cuda.shared.array(1024, wide)
        place = _place()
        lane = place % _WARP
        slots[place] = value
        _cuda.syncwarp()
        for step in (16, 8, 4, 2, 1):
            if lane < step:
                slots[place] = op(slots[place], slots[place + step])
            _cuda.syncwarp()
        return kind(slots[place])
    return fold


def _of_block(kind, wide, threads):
    first = 1 << max(threads - 1, 1).bit_length() - 1 if threads > 1 else 0

    def fold(value, op):
        slots = _cuda.shared.array(threads, wide)
        place = _place()
        _cuda.syncthreads()  # what an earlier call left has been read
        slots[place] = value
        _cuda.syncthreads()
        step = first
        while step > 0:
            if place < step and place + step < threads:
                slots[place] = op(slots[place], slots[place + step])
            _cuda.syncthreads()
            step //= 2
        return kind(slots[0])
    return fold


class _Reduce(CompileTime):
    """What a family gives for a type (and a size): called with its storage, the methods."""

    TempStorage = np.dtype(np.int8)

    def __init__(self, fold):
        self.Reduce = fold
        self.Sum = lambda value: fold(value, _sum)

    def called(self):
        return self


class _Family(CompileTime):
    def __init__(self, name, make, sizes):
        self._name, self._make, self._sizes, self._made = name, make, sizes, {}

    def __getitem__(self, item):
        kind, *sizes = item if isinstance(item, tuple) else (item,)
        if len(sizes) not in self._sizes or not all(isinstance(n, (int, np.integer)) and n > 0 for n in sizes):
            raise TypeError(f"jit.cub.{self._name}[dtype{', threads of a block along x, y, z' if 1 in self._sizes else ''}]: got {item!r}")
        key = np.dtype(kind), int(np.prod(sizes, dtype=np.int64))
        if key not in self._made:
            self._made[key] = _Reduce(self._make(key[0].type, _wide(key[0]), *key[1:len(sizes) + 1][:1]))
        return self._made[key]


WarpReduce = _Family("WarpReduce", _of_warp, (0,))
BlockReduce = _Family("BlockReduce", _of_block, (1, 2, 3))
