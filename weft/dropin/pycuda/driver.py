"""pycuda.driver: the driver API as PyCUDA shows it, on weft's core.

The exceptions are weft's own, so that a handler for either catches both.
"""

from weft import _core

from ._context import (Context, Device, LogicError, get_driver_version, get_version, init, mem_get_info, require_context)
from ._enums import *  # noqa: F403
from ._enums import device_attribute  # noqa: F401
from ._function import ArgumentHandler, Event, Function, In, InOut, Module, Out, Stream
from ._memory import *  # noqa: F403
from ._memory import DeviceAllocation, PointerHolderBase  # noqa: F401
from ._refused import *  # noqa: F403
from ._texture import *  # noqa: F403

CUDA_DEBUGGING = False
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
