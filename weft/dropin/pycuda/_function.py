"""Kernels, modules, streams, events and argument handlers, with PyCUDA's calling conventions."""

import re
import struct
import time
import warnings

import numpy as np

from weft import _core
from weft._handlers import ArgumentHandler, In, InOut, Out

from ._context import LogicError, require_context
from ._enums import function_attribute

__all__ = ["ArgumentHandler", "In", "InOut", "Out", "Function", "Module", "Stream", "Event"]


class Stream(_core.Stream):
    def __new__(cls, flags=0, priority=0):
        top = require_context("cuStreamCreate")
        return super().__new__(cls, top, nonblocking=bool(flags & 1), priority=priority)


class Event(_core.Event):
    def __new__(cls, flags=0):
        return super().__new__(cls, int(flags), device=require_context("cuEventCreate"))

    def ipc_handle(self):
        """A handle for other processes. The event was made with event_flags.INTERPROCESS | event_flags.DISABLE_TIMING."""
        return bytearray(super().ipc_handle())

    @classmethod
    def from_ipc_handle(cls, handle):
        """The event of another process."""
        return super().from_ipc_handle(handle, require_context("cuIpcOpenEventHandle"))


def _type_sizes(arg_types):
    """The sizes that prepare()'s types stand for: a struct format, or a list of dtypes, codes and pointer-like classes."""
    sizes = []
    for t in arg_types:
        if isinstance(t, str) and t in "FD":  # complex, which struct does not know
            sizes.append({"F": 8, "D": 16}[t])
        elif isinstance(t, str):
            sizes.append(struct.calcsize("@" + t))
        elif t is np.intp or (isinstance(t, type) and issubclass(t, (_core.Memory, ArgumentHandler))):
            sizes.append(8)
        else:
            sizes.append(np.dtype(t).itemsize)
    return sizes


def _sized(t, argument):
    """A prepared call's argument of a kernel whose parameters only prepare() knows."""
    if isinstance(argument, (int, float, complex)) and not isinstance(argument, np.generic):
        dtype = np.dtype(np.uintp if t == "P" else t)
        return dtype.type(argument)
    return argument


@_core._use_vectorcall
class Function(_core.Kernel):
    """A kernel of a module: function(*args, block=(…), grid=(…), stream=None, shared=0).

    Arguments are NumPy scalars, DeviceAllocations, In, Out, InOut. A Python number is refused, since it has no size, except
    by the prepared calls, which know it from prepare().
    """

    def __new__(cls, program, name):
        self = super().__new__(cls, program, name, True)
        self._loose = _core.Kernel(program, name)
        self._block = None
        self._shared = 0
        self._packed = bytearray()
        self._types = None  # prepare()'s, where the parameters are not known (a foreign cubin)
        return self

    def __init__(self, program, name):
        pass

    def prepare_code(self):
        """Has the code loaded: of a foreign image only the driver can say whether it has this kernel."""
        _core.Kernel.prepare(self, None)

    def _call_with_options(self, args, options):
        """A call with texrefs or time_kernel, which the core hands back to us."""
        options = dict(options)
        options.pop("texrefs", None)  # a reference is bound to its variable, which every kernel of the module reads
        timed = options.pop("time_kernel", False)
        if timed:
            Context_synchronize()
            start = time.perf_counter()
        self(*args, **options)
        if timed:
            Context_synchronize()
            return time.perf_counter() - start
        return None

    # prepared calls

    def prepare(self, arg_types, block=None, shared=None, texrefs=()):
        """Says once of what types the arguments are; block and shared only as in old programs."""
        if isinstance(arg_types, str):
            arg_types = re.findall(r"\d*.", arg_types)
        given, known = _type_sizes(arg_types), self.parameters
        self._types = None if known is not None else list(arg_types)
        wanted = given if known is None else [size for _, _, _, size in known]
        if given != wanted:
            warnings.warn(f"prepare: kernel {self.name} takes ({', '.join(t for _, t, _, _ in self.parameters)}), {wanted} "
                          f"bytes, but {given} bytes were named", _core.KernelWarning, stacklevel=2)
        self._block = block
        self._shared = shared or 0
        if self._types is None and block is None and not shared:  # the usual case, with the fewest steps
            self.prepared_call = self._loose._launch_prepared
        else:
            self.__dict__.pop("prepared_call", None)
        return self

    def prepared_call(self, grid, *args, **kwargs):
        self._prepared(grid, args, None, **kwargs)

    def prepared_async_call(self, grid, *args, **kwargs):
        if self._block is None:
            block, stream, *args = args
            args = (block, *args)
        else:
            stream, *args = args
        self._prepared(grid, args, stream, **kwargs)

    def prepared_timed_call(self, grid, *args, **kwargs):
        """Returns a function that waits and gives the seconds."""
        start, end = Event(), Event()
        start.record()
        self._prepared(grid, args, None, **kwargs)
        end.record()

        def seconds():
            end.synchronize()
            return end.time_since(start) * 1e-3

        return seconds

    def _prepared(self, grid, args, stream, shared_size=None):
        block = self._block
        if block is None:
            block, *args = args
        require_context("cuLaunchKernel")
        if self._types is not None:
            args = [_sized(t, a) for t, a in zip(self._types, args, strict=True)]
        self._loose.launch(grid, block, args, self._shared if shared_size is None else shared_size, stream)

    # the oldest way of calling

    def param_set_size(self, size):
        self._packed.extend(bytes(max(0, size - len(self._packed))))
        del self._packed[size:]

    def _put(self, offset, data):
        self.param_set_size(max(len(self._packed), offset + len(data)))
        self._packed[offset:offset + len(data)] = data

    def param_seti(self, offset, value):
        self._put(offset, struct.pack("I", value & 0xFFFFFFFF))

    def param_setf(self, offset, value):
        self._put(offset, struct.pack("f", value))

    def param_setv(self, offset, buffer):
        self._put(offset, bytes(buffer))

    def param_set(self, *args):
        packed = bytearray(max((o + s for _, _, o, s in self.parameters), default=0))
        for argument, (_, _, offset, size) in zip(args, self.parameters, strict=True):
            data = (struct.pack("P", int(argument)) if not isinstance(argument, np.generic) else argument.tobytes())
            packed[offset:offset + size] = data[:size].ljust(size, b"\0")
        self._packed = packed

    def set_block_shape(self, x, y=1, z=1):
        self._block = (x, y, z)
        self.__dict__.pop("prepared_call", None)

    def set_shared_size(self, size):
        self._shared = size
        self.__dict__.pop("prepared_call", None)

    def launch_grid(self, width, height=1):
        self.launch_grid_async(width, height, None)

    def launch_grid_async(self, width, height, stream):
        require_context("cuLaunchKernel")
        if self._block is None:
            raise LogicError("cuLaunchGrid failed: invalid value: set_block_shape() comes first")
        self._loose.launch_packed((width, height), self._block, self._packed, self._shared, stream)

    def launch(self, *args, **kwargs):
        if args or kwargs:
            return super().launch(*args, **kwargs)
        return self.launch_grid(1, 1)

    # what is known of it

    def get_attribute(self, attribute):
        names = {function_attribute.MAX_THREADS_PER_BLOCK: "max_threads_per_block",
                 function_attribute.SHARED_SIZE_BYTES: "shared_size_bytes",
                 function_attribute.CONST_SIZE_BYTES: "const_size_bytes",
                 function_attribute.LOCAL_SIZE_BYTES: "local_size_bytes", function_attribute.NUM_REGS: "num_regs",
                 function_attribute.PTX_VERSION: "ptx_version", function_attribute.BINARY_VERSION: "binary_version",
                 function_attribute.MAX_DYNAMIC_SHARED_SIZE_BYTES: "max_dynamic_shared_size_bytes"}
        if attribute not in names:
            raise LogicError(f"cuFuncGetAttribute failed: invalid value: {attribute!r}")
        return self.attributes()[names[attribute]]

    def set_attribute(self, attribute, value):
        super().set_attribute(int(attribute), int(value))

    def set_cache_config(self, config):
        self.set_cache(int(config))

    def set_shared_config(self, config):
        pass

    def param_set_texref(self, texref):
        pass


def _attribute(name):
    return property(lambda self: self.attributes()[name])


for _name in ("num_regs", "shared_size_bytes", "local_size_bytes", "const_size_bytes", "max_threads_per_block",
              "ptx_version", "binary_version"):
    setattr(Function, _name, _attribute(_name))


def Context_synchronize():
    require_context("cuCtxSynchronize").synchronize()


class Module:
    """A compiled program: get_function, get_global."""

    def __init__(self, program):
        self._program = program
        self._references = {}  # they keep what is bound to them alive

    def get_function(self, name):
        function = Function(self._program, name)
        function._module = self
        if function.parameters is None:
            function.prepare_code()
        return function

    def get_global(self, name):
        """(address, bytes) of a __device__ or __constant__ variable."""
        memory = self._program.variable(name, require_context("cuModuleGetGlobal"))
        return memory, memory.size

    def _reference(self, kind, name):
        if name not in self._references:
            self._references[name] = kind(self.get_global(name)[0])
        return self._references[name]

    def get_texref(self, name):
        """The texture<…> variable of that name."""
        from ._texture import TextureReference

        return self._reference(TextureReference, name)

    def get_surfref(self, name):
        """The surface<…> variable of that name."""
        from ._texture import SurfaceReference

        return self._reference(SurfaceReference, name)
