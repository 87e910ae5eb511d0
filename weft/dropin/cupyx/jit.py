"""cupyx.jit: kernels from Python functions, which weft.cuda.jit compiles; the names that such functions use are weft.cuda's,
or functions in terms of those."""

import functools

from weft import cuda as _cuda

from . import _cg as cg, _cub as cub, _thrust as thrust

threadIdx, blockIdx, blockDim, gridDim = _cuda.threadIdx, _cuda.blockIdx, _cuda.blockDim, _cuda.gridDim
grid, gridsize, syncthreads, syncwarp = _cuda.grid, _cuda.gridsize, _cuda.syncthreads, _cuda.syncwarp
warpsize, range = _cuda.warpsize, range
atomic_add, atomic_sub, atomic_exch, atomic_min, atomic_max, atomic_inc, atomic_dec, atomic_and, atomic_or, atomic_xor, atomic_cas = (
    getattr(_cuda.atomic, name) for name in ("add", "sub", "exch", "min", "max", "inc", "dec", "and_", "or_", "xor", "cas"))


# ---- functions for kernels: compiled into whoever calls them

def laneid():
    """The thread's place in its warp."""
    return _cuda.laneid


def shared_memory(dtype, size, alignment=None):
    """An array that the threads of a block share: of `size` elements, or (None) what the launch gives as shared_mem."""
    if size is None:
        return _cuda.shared.array(0, dtype)
    return _cuda.shared.array(size, dtype)


def shfl_sync(mask, var, val_id, width=32):
    """The value of the lane val_id of this thread's group of `width` lanes."""
    return _cuda.shfl_sync(mask, var, (_cuda.laneid & ~(width - 1)) | (val_id & (width - 1)))


def shfl_up_sync(mask, var, val_id, width=32):
    """The value of the lane val_id below; its own where the group has none."""
    lane = _cuda.laneid
    return _cuda.shfl_sync(mask, var, lane - val_id if (lane & (width - 1)) >= val_id else lane)


def shfl_down_sync(mask, var, val_id, width=32):
    """The value of the lane val_id above; its own where the group has none."""
    lane = _cuda.laneid
    return _cuda.shfl_sync(mask, var, lane + val_id if (lane & (width - 1)) + val_id < width else lane)


def shfl_xor_sync(mask, var, val_id, width=32):
    """The value of the lane whose number differs in the bits of val_id; its own where that is beyond the group."""
    lane = _cuda.laneid
    other = lane ^ val_id
    return _cuda.shfl_sync(mask, var, other if (other & ~(width - 1)) <= (lane & ~(width - 1)) else lane)


# ---- kernels

def _stream_of(stream):
    from cupy.cuda import get_current_stream
    return getattr(get_current_stream() if stream is None else stream, "_weft", stream)


class _JitRawKernel:
    """kernel(grid, block, args, shared_mem=0, stream=None), or kernel[grid, block](*args)."""

    def __init__(self, function, device=False):
        functools.update_wrapper(self, function)
        self._function, self._device = function, device
        self._kernel = _cuda.jit(device=True)(function) if device else _cuda.jit(function)

    def __call__(self, grid, block, args, shared_mem=0, stream=None):
        sizes = [tuple(n) if isinstance(n, (tuple, list)) else (n,) for n in (grid, block)]
        self._kernel[(*sizes, _stream_of(stream) or 0, shared_mem)](*args)

    def __getitem__(self, config):
        if not isinstance(config, tuple) or not 2 <= len(config) <= 4:
            raise ValueError("kernel[grid, block, (shared_mem, (stream))]")
        grid, block, *more = config
        return lambda *args: self(grid, block, args, *more)

    @property
    def cached_codes(self):
        """{types: CUDA C} of what has been compiled."""
        return {types: self._kernel.inspect_llvm(types) for types in getattr(self._kernel, "signatures", ())}

    @property
    def cached_code(self):
        codes = list(self.cached_codes.values())
        return codes[0] if len(codes) == 1 else None


def rawkernel(mode="cuda", device=False):
    """Makes a kernel (or, with device=True, a function for kernels) of a Python function."""
    if mode not in ("cuda", "numpy"):
        raise ValueError(f"mode is 'cuda' or 'numpy', got {mode!r}")

    def make(function):
        return _cuda.jit(device=True)(function) if device else _JitRawKernel(function)
    return make
