"""cupy.cuda: devices, streams, events and memory pools on weft's. A CPU device answers as a GPU of a recent kind."""

import contextlib as _contextlib
import os as _os
import shutil as _shutil
import sys as _sys
import types as _types

import weft as _weft

from . import _absent, _compiler_cache, compiler, cub, cufft, curand, device, driver, function, graph, memory, memory_hook, memory_hooks, nccl, nvtx, \
    pinned_memory, profiler, runtime, stream, texture
from .compiler import compile_with_cache
from .device import Device, get_cublas_handle, get_device_id
from .function import Function, Module
from .graph import Graph
from .memory import (BaseMemory, CFunctionAllocator, ManagedMemory, Memory, MemoryAsync, MemoryAsyncPool, MemoryPointer, MemoryPool,
                     PythonFunctionAllocator, SystemMemory, UnownedMemory, alloc, get_allocator, malloc_async, malloc_managed,
                     malloc_system, set_allocator, using_allocator)
from .memory_hook import MemoryHook
from .pinned_memory import PinnedMemory, PinnedMemoryPointer, PinnedMemoryPool, alloc_pinned_memory, set_pinned_memory_allocator
from .runtime import CUDARuntimeError
from .stream import Event, ExternalStream, Stream, get_current_stream, get_elapsed_time

cublas = _absent.module("cupy.cuda.cublas", "cuBLAS")
cusolver = _absent.module("cupy.cuda.cusolver", "cuSOLVER", _getVersion=lambda: (0, 0, 0))
cusparse = _absent.module("cupy.cuda.cusparse", "cuSPARSE")
cutensor = _absent.module("cupy.cuda.cutensor", "cuTENSOR")
cusparselt = _absent.module("cupy.cuda.cusparselt", "cuSPARSELt")
nvrtc = _absent.module("cupy.cuda.nvrtc", "NVRTC", getVersion=lambda: (13, 0))
thrust = _absent.module("cupy.cuda.thrust", "Thrust")
jitify = _absent.module("cupy.cuda.jitify", "Jitify")
cub_enabled = nvtx_enabled = thrust_enabled = False

# cp.cuda.cupy.cudaError was never CuPy's, but programs name it in handlers: it is the base of weft's errors.
cupy = _types.ModuleType("cupy.cuda.cupy")
cupy.cudaError = _weft.Error
_sys.modules[f"{__name__}.cupy"] = cupy


def is_available():
    """True: weft computes wherever it runs."""
    return True


def get_local_runtime_version():
    return runtime.runtimeGetVersion()


def get_cuda_path():
    return None


def get_nvcc_path():
    """Where NVIDIA's compiler is, or None. weft does not use it: it compiles CUDA C itself."""
    return _os.environ.get("NVCC") or _shutil.which("nvcc")


@_contextlib.contextmanager
def profile():
    """Inside, an NVIDIA profiler records."""
    profiler.start()
    try:
        yield
    finally:
        profiler.stop()
