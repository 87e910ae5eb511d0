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

import contextlib
import math
import types as _types

import numpy as np

from . import _core
from . import _pytypes as types
from ._cuda_device import (CudaAPIError, CudaSupportError, DeviceInfo, close, current_context, detect, get_current_device,
                           gpus, is_available, is_supported_version, list_devices, require_context, select_device)
from ._pydispatch import Dispatcher
from ._pysource import Stub, TypingError
from ._pytypes import NAMES as _TYPE_NAMES
from ._pytypes import code_of_dtype, dtype_of_code, from_dtype, signature_of

globals().update(_TYPE_NAMES)  # cuda.float32 and the like


# ---- names that mean something inside kernels ----

class _Dim3(Stub):
    def __init__(self, name):
        super().__init__(name)
        self.x, self.y, self.z = (Stub(f"{name}.{axis}") for axis in "xyz")


def _stubs(prefix, names, doc):
    space = _types.SimpleNamespace(**{name: Stub(f"{prefix}.{name}") for name in names.split()})
    space.__doc__ = doc
    return space


threadIdx, blockIdx, blockDim, gridDim = (_Dim3(f"cuda.{n}") for n in ("threadIdx", "blockIdx", "blockDim", "gridDim"))
for _name in ("grid gridsize laneid warpsize syncthreads syncthreads_count syncthreads_and syncthreads_or syncwarp "
              "threadfence threadfence_block threadfence_system all_sync any_sync eq_sync ballot_sync shfl_sync "
              "shfl_up_sync shfl_down_sync shfl_xor_sync match_any_sync match_all_sync activemask lanemask_lt popc clz ffs "
              "brev fma selp cbrt nanosleep clock64").split():
    globals()[_name] = Stub(f"cuda.{_name}")
shared = _stubs("cuda.shared", "array", "memory that the threads of a block share")
local = _stubs("cuda.local", "array", "memory of one thread")
const = _stubs("cuda.const", "array_like", "constant memory")
atomic = _stubs("cuda.atomic", "add sub max min nanmax nanmin exch inc dec and_ or_ xor compare_and_swap cas",
                "operations on one element that no other thread can come between")
cg = _stubs("cuda.cg", "this_grid", "cooperative groups")


# ---- kernels ----

class CUDADispatcher(Dispatcher):
    """kernel[grid, block, stream, shared](*args)"""

    def configure(self, griddim, blockdim, stream=None, sharedmem=0):
        return self[griddim, blockdim, stream, sharedmem]

    def _not_called(self):
        if self.targetoptions.get("device"):
            raise TypeError(f"{self.__name__} is a device function: it can only be called from a kernel")
        raise ValueError(f"a kernel needs a launch configuration: {self.__name__}[grid, block](...)")

    def compile(self, sig):
        codes = self._codes_of_signature(sig)
        self._program(codes)
        return self._kernel(codes)

    def specialize(self, *args):
        self._program(self._codes(*args))
        return self

    @property
    def specialized(self):
        return len(self._variants()) == 1

    def forall(self, ntasks, tpb=0, stream=None, sharedmem=0):
        return ForAll(self, ntasks, tpb, stream, sharedmem)

    def _attribute(self, name, signature):
        def one(codes):
            return self._kernel(codes).attributes()[name]

        if signature is None and self.specialized:
            return one(self._variants()[0])
        return self._each(signature, one)

    def get_regs_per_thread(self, signature=None):
        return self._attribute("num_regs", signature)

    def get_const_mem_size(self, signature=None):
        return self._attribute("const_size_bytes", signature)

    def get_shared_mem_per_block(self, signature=None):
        return self._attribute("shared_size_bytes", signature)

    def get_max_threads_per_block(self, signature=None):
        return self._attribute("max_threads_per_block", signature)

    def get_local_mem_per_thread(self, signature=None):
        return self._attribute("local_size_bytes", signature)

    @property
    def ptx(self):
        return self.inspect_asm()

    @property
    def definition(self):
        return self

    extensions = ()


class ForAll:
    """kernel.forall(n)(*args): one thread or more for each of n tasks; the kernel checks its bounds."""

    def __init__(self, dispatcher, ntasks, tpb, stream, sharedmem):
        if ntasks < 0:
            raise ValueError(f"Can't create ForAll with negative task count: {ntasks}")
        self.dispatcher, self.ntasks, self.thread_per_block = dispatcher, ntasks, tpb
        self.stream, self.sharedmem = stream, sharedmem

    def __call__(self, *args):
        if not self.ntasks:
            return None
        threads = self.thread_per_block or min(128, max(self.ntasks, 1))
        return self.dispatcher[math.ceil(self.ntasks / threads), threads, self.stream, self.sharedmem](*args)


def _looks_like_signature(value):
    return isinstance(value, (str, types.Signature, types.Type, tuple, list))


def jit(func_or_sig=None, device=False, inline=False, link=(), debug=None, opt=None, lineinfo=False, cache=False,
        fastmath=False, max_registers=None, launch_bounds=None, boundscheck=None, func=None, argtypes=None, bind=True,
        signature=None, cooperative=None, restype=None, **unknown):
    """Makes a kernel (or, with device=True, a function that kernels call) of a Python function.

    With signatures it is compiled at once. fastmath allows approximate division and square root. link, lineinfo, opt,
    cache and inline are accepted; kernels are always cached, optimised and carry their lines.
    """
    if unknown:
        raise TypeError(f"cuda.jit has no option {', '.join(sorted(unknown))}")
    if link:
        raise NotImplementedError("link= is not supported: external CUDA C or PTX cannot be linked to a Python kernel")
    options = {"device": device, "debug": debug, "lineinfo": lineinfo, "opt": opt, "cache": cache, "inline": inline,
               "fastmath": fastmath, "max_registers": max_registers}
    bounds = launch_bounds[0] if isinstance(launch_bounds, (tuple, list)) else launch_bounds

    def make(function, signatures=()):
        if isinstance(function, Dispatcher):
            function = function.py_func
        made = CUDADispatcher(function, "device" if device else "kernel", max_threads=bounds or 0, **options)
        for one in signatures:
            made.compile(one)
        return made

    if func_or_sig is None:
        func_or_sig = signature if signature is not None else func
    if func_or_sig is None:
        return make
    if _looks_like_signature(func_or_sig):
        signatures = func_or_sig if isinstance(func_or_sig, list) else [func_or_sig]
        return lambda function: make(function, signatures)
    return make(func_or_sig)


def declare_device(name, sig):
    raise NotImplementedError("declare_device: functions in other languages cannot be linked to a Python kernel")


def compile(pyfunc, sig, debug=None, lineinfo=False, device=True, fastmath=False, cc=None, opt=None, output="ptx", **options):
    """(PTX or assembly, return type) of a function for a signature, on the current device."""
    made = CUDADispatcher(pyfunc, "device" if device else "kernel", fastmath=fastmath)
    codes = made._codes_of_signature(sig)
    return made._program(codes).show("asm"), types.from_code(made._returns(codes))


def compile_ptx(pyfunc, sig, **options):
    options.setdefault("device", False)
    return compile(pyfunc, sig, **options)


compile_for_current_device, compile_ptx_for_current_device = compile, compile_ptx


# ---- arrays on a device ----

def _strides_of(shape, itemsize, order="C"):
    strides, step = [0] * len(shape), itemsize
    axes = range(len(shape) - 1, -1, -1) if order == "C" else range(len(shape))
    for axis in axes:
        strides[axis] = step
        step *= shape[axis]
    return tuple(strides)


class DeviceNDArray(_core.DeviceArray):
    """An array in a device's memory."""

    def __new__(cls, shape, strides=None, dtype=np.float64, stream=0, gpu_data=None, *, offset=0, readonly=False):
        dtype = np.dtype(dtype)
        shape = tuple(int(n) for n in (shape if isinstance(shape, (tuple, list)) else (shape,)))
        strides = _strides_of(shape, dtype.itemsize) if strides is None else tuple(strides)
        owner = _core.Memory(math.prod(shape) * dtype.itemsize) if gpu_data is None else gpu_data
        address = (owner.address if hasattr(owner, "address") else int(owner)) + offset
        code = code_of_dtype(dtype) if dtype.names is None else _record(dtype)
        self = super().__new__(cls, owner, address, code, dtype.itemsize, shape, strides, readonly)
        self.dtype, self.stream = dtype, stream
        return self

    def __init__(self, *args, **options):
        pass

    @property
    def size(self):
        return math.prod(self.shape)

    @property
    def nbytes(self):
        return self.size * self.itemsize

    alloc_size = nbytes

    @property
    def gpu_data(self):
        return self._owner

    @property
    def device_ctypes_pointer(self):
        import ctypes

        return ctypes.c_void_p(self._address)

    def is_c_contiguous(self):
        return self.size == 0 or all(n == 1 or s == w for n, s, w in zip(self.shape, self.strides,
                                                                         _strides_of(self.shape, self.itemsize)))

    def is_f_contiguous(self):
        return self.size == 0 or all(n == 1 or s == w for n, s, w in zip(self.shape, self.strides,
                                                                         _strides_of(self.shape, self.itemsize, "F")))

    @property
    def flags(self):
        return {"C_CONTIGUOUS": self.is_c_contiguous(), "F_CONTIGUOUS": self.is_f_contiguous(), "WRITEABLE": True}

    @property
    def __cuda_array_interface__(self):
        strides = None if self.is_c_contiguous() else self.strides
        return {"shape": self.shape, "strides": strides, "data": (self._address if self.size else 0, False),
                "typestr": self.dtype.str, "descr": self.dtype.descr, "stream": None, "version": 3}

    def bind(self, stream=0):
        view = self._view(self.shape, self.strides)
        view.stream = stream
        return view

    def _view(self, shape, strides, offset=0, dtype=None):
        return DeviceNDArray(shape, strides, dtype or self.dtype, self.stream, _Part(self._owner, self._address + offset))

    # Copies.

    def copy_to_host(self, ary=None, stream=0):
        """A NumPy array with what is here; into `ary` when given."""
        if self.is_c_contiguous() or self.is_f_contiguous():
            order = "C" if self.is_c_contiguous() else "F"
            if ary is None:
                ary = np.empty(self.shape, self.dtype, order=order)
            elif ary.dtype != self.dtype:
                raise TypeError(f"incompatible dtype: {self.dtype} vs. {ary.dtype}")
            elif ary.size != self.size:
                raise TypeError(f"incompatible shape: {self.shape} vs. {ary.shape}")
            right = ary.flags["C_CONTIGUOUS" if order == "C" else "F_CONTIGUOUS"]
            target = ary if right else np.empty(self.shape, self.dtype, order=order)
            if self.size:
                _core.copy_to_host(_flat_bytes(target), self._address, _stream(stream or self.stream))
            if target is not ary:
                ary[...] = target.reshape(ary.shape)
            return ary
        span = self._span()
        raw = np.empty(span[1] - span[0], np.uint8)
        _core.copy_to_host(raw, self._address + span[0], _stream(stream or self.stream))
        found = np.ndarray(self.shape, self.dtype, raw, -span[0], self.strides)
        if ary is None:
            return found.copy()
        ary[...] = found
        return ary

    def _span(self):
        low = sum(min(0, (n - 1) * s) for n, s in zip(self.shape, self.strides))
        high = sum(max(0, (n - 1) * s) for n, s in zip(self.shape, self.strides)) + self.itemsize
        return low, high

    def copy_to_device(self, ary, stream=0):
        """Fills this array from a NumPy or a device array."""
        if not self.size:
            return
        where = _stream(stream or self.stream)
        if isinstance(ary, DeviceNDArray):
            if ary.shape != self.shape or ary.dtype != self.dtype:
                raise TypeError(f"incompatible arrays: {self.shape} of {self.dtype} vs. {ary.shape} of {ary.dtype}")
            if self.is_c_contiguous() and ary.is_c_contiguous():
                _core.copy_on_device(self._address, ary._address, self.nbytes, where)
                return
            ary = ary.copy_to_host()
        ary = np.asarray(ary)
        if ary.dtype != self.dtype:
            raise TypeError(f"incompatible dtype: {self.dtype} vs. {ary.dtype}")
        if ary.shape != self.shape:
            if ary.size != self.size:
                raise ValueError(f"incompatible shape: {self.shape} vs. {ary.shape}")
            ary = ary.reshape(self.shape)
        if self.is_c_contiguous():
            _core.copy_to_device(self._address, _flat_bytes(np.ascontiguousarray(ary)), where)
        elif self.is_f_contiguous():
            _core.copy_to_device(self._address, _flat_bytes(np.asfortranarray(ary)), where)
        else:
            span = self._span()
            raw = np.empty(span[1] - span[0], np.uint8)
            _core.copy_to_host(raw, self._address + span[0], where)
            np.ndarray(self.shape, self.dtype, raw, -span[0], self.strides)[...] = ary
            _core.copy_to_device(self._address + span[0], raw, where)

    def __array__(self, dtype=None, copy=None):
        found = self.copy_to_host()
        return found if dtype is None else found.astype(dtype)

    # Views.

    def _dummy(self):
        """A NumPy array of the same layout over nothing, to let NumPy do the indexing."""
        low, high = self._span() if self.size else (0, 0)
        interface = {"shape": self.shape, "strides": self.strides, "typestr": self.dtype.str, "descr": self.dtype.descr,
                     "data": (1 << 40, False), "version": 3}
        holder = _types.SimpleNamespace(__array_interface__=interface)
        return np.asarray(holder)

    def _of_dummy(self, dummy):
        return self._view(dummy.shape, dummy.strides, dummy.__array_interface__["data"][0] - (1 << 40), dummy.dtype)

    @property
    def T(self):
        return self._view(self.shape[::-1], self.strides[::-1])

    def transpose(self, axes=None):
        return self._of_dummy(self._dummy().transpose(axes))

    def reshape(self, *shape, order="C"):
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = tuple(shape[0])
        dummy = self._dummy()
        made = dummy.view()
        try:
            made.shape = shape if order == "C" else None
        except (AttributeError, TypeError):
            raise NotImplementedError("reshape would require a copy") from None
        return self._of_dummy(made)

    def ravel(self, order="C"):
        if not (self.is_c_contiguous() if order == "C" else self.is_f_contiguous()):
            raise NotImplementedError("ravel would require a copy")
        return self._view((self.size,), (self.itemsize,))

    def squeeze(self, axis=None):
        return self._of_dummy(self._dummy().squeeze(axis))

    def view(self, dtype):
        return self._of_dummy(self._dummy().view(dtype))

    def split(self, section, stream=0):
        for start in range(0, self.size, section):
            yield self[start:start + section]

    def _scalar(self, index):
        return not isinstance(index, (slice, type(None))) and index is not Ellipsis

    def __getitem__(self, index):
        return self.getitem(index)

    def getitem(self, index, stream=0):
        found = self._dummy()[index if isinstance(index, str) else self._check(index)] if self._is_view(index) else None
        if found is not None:
            return self._of_dummy(found)
        return self._of_dummy(self._element(index)).copy_to_host(stream=stream)[()]

    def _check(self, index):
        return index

    def _is_view(self, index):
        if isinstance(index, str):
            return True
        parts = index if isinstance(index, tuple) else (index,)
        return any(isinstance(p, slice) or p is None or p is Ellipsis for p in parts) or len(parts) < self.ndim

    def _element(self, index):
        parts = index if isinstance(index, tuple) else (index,)
        return self._dummy()[tuple(slice(i, i + 1) if i != -1 else slice(-1, None) for i in
                                   (_checked(int(p), n) for p, n in zip(parts, self.shape)))].reshape(())

    def __setitem__(self, index, value):
        self.setitem(index, value)

    def setitem(self, index, value, stream=0):
        target = self._of_dummy(self._dummy()[index] if self._is_view(index) else self._element(index))
        if isinstance(value, DeviceNDArray):
            value = value.copy_to_host()
        target.copy_to_device(np.ascontiguousarray(np.broadcast_to(np.asarray(value, self.dtype), target.shape)).reshape(
            target.shape), stream)

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self):
        return f"<weft.cuda.DeviceNDArray {self.shape} of {self.dtype}>"


def _checked(i, n):
    if not -n <= i < n:
        raise IndexError(f"index {i} is out of bounds for axis with size {n}")
    return i


def _record(dtype):
    from ._pysource import record_code

    return record_code(dtype)


class _Part:
    """An address inside memory that `owner` keeps."""

    def __init__(self, owner, address):
        self.owner, self.address = owner, address


def _flat_bytes(array):
    """A contiguous array as one-dimensional bytes, writable if it is."""
    return array.reshape(-1, order="A").view(np.uint8) if array.ndim else array.reshape(1).view(np.uint8)


def _stream(stream):
    return None if stream is None or (isinstance(stream, int) and stream == 0) else stream


devicearray = _types.SimpleNamespace(DeviceNDArray=DeviceNDArray, DeviceNDArrayBase=DeviceNDArray)


def to_device(obj, stream=0, copy=True, to=None):
    """A copy of a NumPy array on the current device; into `to` when given."""
    if isinstance(obj, DeviceNDArray):
        if not copy:
            return obj
        obj = obj.copy_to_host()
    obj = np.asarray(obj)
    if to is None:
        order = "F" if obj.flags["F_CONTIGUOUS"] and not obj.flags["C_CONTIGUOUS"] else "C"
        to = device_array(obj.shape, obj.dtype, order=order, stream=stream)
    to.copy_to_device(obj, stream)
    return to


def device_array(shape, dtype=np.float64, strides=None, order="C", stream=0):
    """An array on the current device; what is in it is undefined."""
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (int(shape),)
    dtype = np.dtype(dtype)
    if strides is None:
        strides = _strides_of(shape, dtype.itemsize, order)
    return DeviceNDArray(shape, strides, dtype, stream)


def device_array_like(ary, stream=0):
    order = "F" if len(ary.shape) > 1 and _order(ary) == "F" else "C"
    return device_array(ary.shape, ary.dtype, order=order, stream=stream)


def _order(ary):
    if isinstance(ary, DeviceNDArray):
        return "F" if ary.is_f_contiguous() and not ary.is_c_contiguous() else "C"
    return "F" if ary.flags["F_CONTIGUOUS"] and not ary.flags["C_CONTIGUOUS"] else "C"


def _host_array(memory, shape, dtype, strides, order):
    dtype = np.dtype(dtype)
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (int(shape),)
    return np.ndarray(shape, dtype, memory, 0, strides, order)


def _bytes_of(shape, dtype):
    return math.prod(shape if isinstance(shape, (tuple, list)) else (shape,)) * np.dtype(dtype).itemsize


def pinned_array(shape, dtype=np.float64, strides=None, order="C"):
    """A NumPy array in memory that the device copies from and to at full speed."""
    return _host_array(_core.PinnedMemory(_bytes_of(shape, dtype)), shape, dtype, strides, order)


def pinned_array_like(ary):
    return pinned_array(ary.shape, ary.dtype, order=_order(ary))


class _Mapped(np.ndarray):
    """A NumPy array that kernels reach where it is."""

    _wf_pointer = None

    @property
    def __cuda_array_interface__(self):
        if self._wf_pointer is None:
            raise AttributeError("a view of mapped memory")
        return {"shape": self.shape, "strides": self.strides, "data": (self._wf_pointer, False), "typestr": self.dtype.str,
                "version": 3}


def mapped_array(shape, dtype=np.float64, strides=None, order="C", stream=0, portable=False, wc=False):
    """A NumPy array in host memory that the device reaches directly."""
    memory = _core.PinnedMemory(_bytes_of(shape, dtype), 2)
    array = _host_array(memory, shape, dtype, strides, order).view(_Mapped)
    array._wf_pointer = memory.device_pointer()
    return array


def mapped_array_like(ary, stream=0, portable=False, wc=False):
    return mapped_array(ary.shape, ary.dtype, order=_order(ary))


def managed_array(shape, dtype=np.float64, strides=None, order="C", stream=0, attach_global=True):
    """A NumPy array in memory that host and device share."""
    memory = _core.Memory(_bytes_of(shape, dtype), managed=True)
    try:
        array = _host_array(memory, shape, dtype, strides, order)
    except (TypeError, BufferError):  # no buffer: its bytes by their address
        import ctypes

        raw = (ctypes.c_char * memory.size).from_address(memory.address)
        raw._memory = memory
        array = _host_array(raw, shape, dtype, strides, order)
    array = array.view(_Mapped)
    array._wf_pointer = memory.address
    return array


@contextlib.contextmanager
def pinned(*arrays):
    """Arrays that are pinned inside the with statement."""
    held = [_core.PinnedMemory.register(a) for a in arrays]
    try:
        yield
    finally:
        for one in held:
            one.free()


@contextlib.contextmanager
def mapped(*arrays, stream=0, portable=False):
    copies = [to_device(a, stream) for a in arrays]
    try:
        yield copies[0] if len(copies) == 1 else copies
    finally:
        for array, copy in zip(arrays, copies):
            copy.copy_to_host(array)


@contextlib.contextmanager
def defer_cleanup():
    yield


def is_cuda_array(obj):
    return hasattr(obj, "__cuda_array_interface__")


def as_cuda_array(obj, sync=True):
    """A device array over the memory of any object with __cuda_array_interface__."""
    if isinstance(obj, DeviceNDArray):
        return obj
    if not is_cuda_array(obj):
        raise TypeError(f"an object with __cuda_array_interface__ is needed, got {type(obj).__name__}")
    return from_cuda_array_interface(obj.__cuda_array_interface__, owner=obj, sync=sync)


def from_cuda_array_interface(desc, owner=None, sync=True):
    """A device array over what the dict describes. `owner` is kept alive by it."""
    if desc.get("version", 0) >= 1 and desc.get("mask") is not None:
        raise NotImplementedError("Masked arrays are not supported")
    if sync and desc.get("stream"):
        external_stream(desc["stream"]).synchronize()
    dtype = np.dtype(desc["typestr"] if desc["typestr"][1] != "V" or "descr" not in desc else desc["descr"])
    address, readonly = desc["data"]
    return DeviceNDArray(desc["shape"], desc.get("strides"), dtype, 0, _Part(owner, address or 0), readonly=bool(readonly))


# ---- streams and events ----

class Stream(_core.Stream):
    """A queue of work on the current device."""

    @contextlib.contextmanager
    def auto_synchronize(self):
        yield self
        self.synchronize()

    async def async_done(self):
        import asyncio

        loop = asyncio.get_running_loop()
        done = loop.create_future()
        super().add_callback(lambda *args: loop.call_soon_threadsafe(done.set_result, self))
        return await done


class Event(_core.Event):
    def record(self, stream=0):
        super().record(_stream(stream))

    def wait(self, stream=0):
        where = _stream(stream)
        (where or default_stream()).wait_for_event(self)

    def elapsed_time(self, evtend):
        """Milliseconds from this event to the other one."""
        return self.time_till(evtend)


def stream():
    return Stream()


def default_stream():
    return _core.current_context().default_stream


def legacy_default_stream():
    return default_stream()


def per_thread_default_stream():
    return default_stream()


def external_stream(ptr):
    """A stream of someone else's, by its handle."""
    return _Foreign(ptr)


class _Foreign:
    def __init__(self, handle):
        self.handle = handle

    def __cuda_stream__(self):
        return 0, self.handle

    def synchronize(self):
        _core.current_context().synchronize()

    @contextlib.contextmanager
    def auto_synchronize(self):
        yield self
        self.synchronize()


def event(timing=True):
    return Event(0 if timing else 2)


def event_elapsed_time(evtstart, evtend):
    return evtstart.elapsed_time(evtend)


def synchronize():
    """Waits for everything queued on the current device."""
    _core.current_context().synchronize()


def profile_start():
    pass


profile_stop = profile_start


@contextlib.contextmanager
def profiling():
    yield


# ---- arguments that say which way they go ----

class ArgHint:
    def __init__(self, value):
        self.value = value

    @property
    def _wf_host_array(self):
        return self.value


class In(ArgHint):
    """Read only: nothing is copied back."""

    @property
    def _wf_host_array(self):
        if isinstance(self.value, np.ndarray):
            view = self.value.view()
            view.flags.writeable = False
            return view
        return self.value


class Out(ArgHint):
    pass


class InOut(ArgHint):
    pass


# ---- reductions ----

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
        kernel, per_block = self._kernel(data.dtype), self._BLOCK * 2
        if size == 0:
            if res is not None:
                res[0] = init
                return None
            return data.dtype.type(init)
        while size > 1:
            blocks = math.ceil(size / per_block)
            out = device_array(blocks, data.dtype)
            kernel[blocks, self._BLOCK, _stream(stream)](data, out, size)
            data, size = out, blocks
        total = data[0:1].copy_to_host()[0]
        with np.errstate(all="ignore"):
            total = data.dtype.type(self._functor.py_func(total, data.dtype.type(init)))
        if res is not None:
            res[0] = total
            return None
        return total


def reduce(functor):
    return Reduce(functor)


# ---- what is not there ----

def set_memory_manager(manager):
    raise NotImplementedError("set_memory_manager: weft manages its memory itself")


class KernelRuntimeError(RuntimeError):
    pass


def __getattr__(name):
    if name == "random":
        import importlib

        return importlib.import_module("weft._cuda_random")
    if name in ("vectorize", "guvectorize"):
        import functools

        from . import _vectorize

        return functools.partial(getattr(_vectorize, name), target="cuda")
    raise AttributeError(f"module 'weft.cuda' has no attribute {name!r}")


