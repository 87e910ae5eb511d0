"""@cuda.reduce: reductions of device arrays by a function of the user's."""

import math

import numpy as np

from .._pydispatch import Dispatcher
from .._pytypes import from_dtype
from ._arrays import DeviceNDArray, _stream
from ._kernels import jit
from ._memory import as_cuda_array, device_array, is_cuda_array, to_device
from ._names import blockIdx, shared, syncthreads, threadIdx


class Reduce:
    """@cuda.reduce: a function of two values becomes a reduction of arrays.

    Each block of 256 threads reduces one stretch of the array in shared memory, in an order that depends on its size alone.
    """

    _BLOCK = 256

    def __init__(self, functor):
        self._functor = functor if isinstance(functor, Dispatcher) else jit(device=True)(functor)
        self._kernels = {}

    def _kernel(self, dtype):
        if dtype not in self._kernels:
            f, block, one = self._functor, self._BLOCK, from_dtype(dtype)

            def reduce_blocks(data, out, count):
                tile = shared.array(block, one)
                t = threadIdx.x
                i = blockIdx.x * block * 2 + t
                left = count - blockIdx.x * block * 2
                if i < count:
                    tile[t] = data[i]
                    if i + block < count:
                        tile[t] = f(data[i], data[i + block])
                syncthreads()
                half = block // 2
                while half > 0:
                    if t < half and t + half < left:
                        tile[t] = f(tile[t], tile[t + half])
                    syncthreads()
                    half = half // 2
                if t == 0:
                    out[blockIdx.x] = tile[0]

            self._kernels[dtype] = jit(reduce_blocks)
        return self._kernels[dtype]

    def __call__(self, arr, size=None, res=None, init=0, stream=0):
        data = arr if isinstance(arr, DeviceNDArray) else as_cuda_array(arr) if is_cuda_array(arr) else to_device(np.asarray(arr))
        if data.ndim != 1:
            raise TypeError("only support 1D array")
        size = data.size if size is None else size
        if size == 0:
            if res is not None:
                res[0] = init
                return None
            return data.dtype.type(init)
        total = self._fold(data, size, stream)
        with np.errstate(all="ignore"):
            total = data.dtype.type(self._functor.py_func(total, data.dtype.type(init)))
        if res is not None:
            res[0] = total
            return None
        return total

    def _fold(self, data, size, stream):
        """All of the first `size` elements, of which there is one at least."""
        kernel, per_block = self._kernel(data.dtype), self._BLOCK * 2
        while size > 1:
            blocks = math.ceil(size / per_block)
            out = device_array(blocks, data.dtype)
            kernel[blocks, self._BLOCK, _stream(stream)](data, out, size)
            data, size = out, blocks
        return data[0:1].copy_to_host()[0]


def reduce(functor):
    return Reduce(functor)

