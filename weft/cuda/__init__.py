"""wf.cuda: kernels written in Python, and the device arrays they work on, as Numba's `cuda` offers them.

    @wf.cuda.jit
    def saxpy(a, x, y, out):
        i = wf.cuda.grid(1)
        if i < out.size:
            out[i] = a * x[i] + y[i]

    saxpy[blocks, threads](2.0, x, y, out)

A kernel is compiled for the types of its arguments at its first launch and runs on the current device: an NVIDIA GPU, or
the CPU, where an access outside an array is suppressed and told. NumPy arrays are used in place on the CPU and copied to a
GPU and back; device arrays stay where they are.
"""


from .. import _core
from .. import _pytypes as types
from .._pysource import TypingError
from .._pytypes import NAMES as _TYPE_NAMES
from ._arrays import DeviceNDArray, DeviceRecord, devicearray
from ._device import (CudaAPIError, CudaSupportError, DeviceInfo, close, cuda_error, current_context, detect, get_current_device,
                      gpus, is_available, is_bfloat16_supported, is_float16_supported, is_fp8_supported, is_supported_version,
                      list_devices, require_context, runtime, select_device)
from ._kernels import (LTOIR, Archive, Cubin, CUDADispatcher, CUSource, Fatbin, ForAll, LinkableCode, Object, PTXSource, compile, compile_all, compile_for_current_device, compile_ptx,
                       compile_ptx_for_current_device, declare_device, jit)
from ._ipc import IpcArrayHandle, open_ipc_array
from ._managers import (BaseCUDAMemoryManager, GetIpcHandleMixin, HostOnlyCUDAMemoryManager, MemoryInfo, NumbaCUDAMemoryManager,
                        set_memory_manager)
from ._memory import (ManagedNDArray, MappedNDArray, as_cuda_array, defer_cleanup, device_array, device_array_like, from_cuda_array_interface,
                      is_cuda_array, managed_array, mapped, mapped_array, mapped_array_like, pinned, pinned_array,
                      pinned_array_like, to_device)
from ._names import *  # noqa: F401,F403
from ._reduce import Reduce, reduce
from ._streams import (default_stream, event, event_elapsed_time, external_stream, legacy_default_stream,
                       per_thread_default_stream, profile_start, profile_stop, profiling, stream, synchronize)
from .args import ArgHint, In, InOut, Out

globals().update(_TYPE_NAMES)  # cuda.float32 and the like


class KernelRuntimeError(RuntimeError):
    pass



def __getattr__(name):
    import functools
    import importlib

    if name in ("random", "libdevice", "bf16", "fp8", "launchconfig"):
        return importlib.import_module(f"weft.cuda.{name}")
    if name in ("vectorize", "guvectorize"):
        return functools.partial(getattr(importlib.import_module(f"weft._{name}"), name), target="cuda")
    if name.startswith("_"):
        raise AttributeError(f"module 'weft.cuda' has no attribute {name!r}")
    from .. import _door

    return _door.cuda(name)
