"""cupy.cuda: devices, streams, events and memory pools on weft's. A CPU device answers as a GPU of a recent kind."""

import sys as _sys
import types as _types

import weft as _weft

from . import compiler, device, function, memory, nvtx, runtime, stream
from .device import Device, get_device_id
from .memory import (BaseMemory, Memory, MemoryPointer, MemoryPool, PinnedMemoryPool, PinnedMemoryPointer, UnownedMemory,
                     alloc, alloc_pinned_memory, get_allocator, set_allocator, set_pinned_memory_allocator, using_allocator)
from .runtime import CUDARuntimeError
from .stream import Event, ExternalStream, Stream, get_current_stream, get_elapsed_time

# cp.cuda.cupy.cudaError was never CuPy's, but programs name it in handlers: it is the base of weft's errors.
cupy = _types.ModuleType("cupy.cuda.cupy")
cupy.cudaError = _weft.Error
_sys.modules["cupy.cuda.cupy"] = cupy
driver = runtime
cub_enabled = False


def is_available():
    """True: weft computes wherever it runs."""
    return True


def get_cuda_path():
    return None


def get_nvcc_path():
    return None


def compile_with_cache(source, options=(), arch=None, cache_dir=None, extra_source=None, backend="nvrtc", **unused):
    return _weft.Module(source, options)
