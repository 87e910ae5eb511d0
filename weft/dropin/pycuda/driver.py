"""pycuda.driver: the driver API as PyCUDA shows it, on weft's core.

The exceptions are weft's own, so that a handler for either catches both.
"""

from weft import _core

from ._context import (Context, Device, LogicError, get_driver_version, get_version, init, mem_get_info, require_context)
from ._enums import (compute_mode, ctx_flags, device_attribute, event_flags, func_cache, function_attribute, host_alloc_flags,
                     jit_option, limit, mem_attach_flags, mem_host_register_flags, memory_type, shared_config)
from ._function import ArgumentHandler, Event, Function, In, InOut, Module, Out, Stream
from ._memory import *  # noqa: F403
from ._memory import DeviceAllocation, PointerHolderBase

CUDA_DEBUGGING = False
_NO_TEXTURES = "weft has no textures and surfaces yet (docs/cuda_c.md)"
have_gl_ext = lambda: False  # noqa: E731

Error = _core.Error
CompileError = _core.CompileError
LaunchError = _core.LaunchError
RuntimeError = _core.DeviceError
MemoryError = _core.OutOfMemoryError

_IMAGE = b"weft: CUDA C\n"  # what compiler.compile returns begins like this


def set_debugging(flag=True):
    global CUDA_DEBUGGING
    CUDA_DEBUGGING = flag


def module_from_buffer(buffer, options=(), message_handler=None):
    """A module from what pycuda.compiler.compile returned; a foreign cubin or PTX needs a GPU."""
    data = bytes(buffer)
    if data.startswith(_IMAGE):
        import json

        from .compiler import _program

        source, arguments = json.loads(data[len(_IMAGE):])
        return Module(_program(source, **arguments))
    require_context("cuModuleLoadDataEx")
    module = Module(_core.load_image(data, "module_from_buffer"))
    if Context.get_device()._core.kind == "cpu":
        raise _core.UnsupportedError("module_from_buffer: this is GPU code (PTX, cubin or fatbin), which cannot run on the CPU; "
                                     "pass what pycuda.compiler.compile returned, or use SourceModule")
    return module


def module_from_file(filename):
    with open(filename, "rb") as file:
        return module_from_buffer(file.read())


def initialize_profiler(config_file, output_file, output_mode):
    pass


def start_profiler():
    pass


def stop_profiler():
    pass


def __getattr__(name):
    known = {"Array", "ArrayDescriptor", "ArrayDescriptor3D", "TextureReference", "SurfaceReference", "matrix_to_texref",
             "bind_array_to_texref", "make_multichannel_2d_array", "np_to_array", "matrix_to_array", "IPCMemoryHandle",
             "mem_get_ipc_handle", "Linker"}
    if name in known:
        raise AttributeError(f"pycuda.driver.{name}: weft has no textures, surfaces, IPC handles or device linker yet")
    raise AttributeError(f"module 'pycuda.driver' has no attribute {name!r}")
