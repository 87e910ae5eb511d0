"""Making device arrays, and host memory that the device reaches: pinned, mapped, managed; arrays of other libraries."""

import contextlib
import math
import threading

import numpy as np

from .. import _core
from ._arrays import DeviceNDArray, DeviceRecord, _Part, _strides_of, shape_of
from ._settings import setting


def to_device(obj, stream=0, copy=True, to=None):
    """A copy of a NumPy array on the current device; into `to` when given."""
    if isinstance(obj, DeviceNDArray):
        if not copy:
            return obj
        obj = obj.copy_to_host()
    if to is None and isinstance(obj, np.void):
        to = DeviceRecord(obj.dtype, stream)
        to.copy_to_device(np.asarray(obj), stream)
        return to
    obj = np.asarray(obj)
    if to is None:
        order = "F" if obj.flags["F_CONTIGUOUS"] and not obj.flags["C_CONTIGUOUS"] else "C"
        to = device_array(obj.shape, obj.dtype, order=order, stream=stream)
    to.copy_to_device(obj, stream)
    return to


def device_array(shape, dtype=np.float64, strides=None, order="C", stream=0):
    """An array on the current device; what is in it is undefined."""
    shape, dtype = shape_of(shape), np.dtype(dtype)
    if strides is None:
        strides = _strides_of(shape, dtype.itemsize, order)
    return DeviceNDArray(shape, strides, dtype, stream)


def device_array_like(ary, stream=0):
    return device_array(ary.shape, ary.dtype, _strides_like(ary), stream=stream)


def _strides_like(ary):
    """Of a contiguous array whose axes lie in the same order, as np.empty_like makes it."""
    apart, step = [0] * len(ary.shape), np.dtype(ary.dtype).itemsize
    c, f = (ary.is_c_contiguous(), ary.is_f_contiguous()) if isinstance(ary, DeviceNDArray) else (
        ary.flags["C_CONTIGUOUS"], ary.flags["F_CONTIGUOUS"])
    axes = list(range(len(ary.shape)))
    if f and not c:
        axes.reverse()
    elif not c:
        axes.sort(key=lambda k: -abs(ary.strides[k]))
    for k in reversed(axes):
        apart[k] = step
        step *= ary.shape[k]
    return tuple(apart)


def _host_array(memory, shape, dtype, strides, order):
    dtype = np.dtype(dtype)
    return np.ndarray(shape_of(shape), dtype, memory, 0, strides, order)


def _bytes_of(shape, dtype):
    return math.prod(shape_of(shape)) * np.dtype(dtype).itemsize


def pinned_array(shape, dtype=np.float64, strides=None, order="C"):
    """A NumPy array in memory that the device copies from and to at full speed."""
    return _host_array(_core.PinnedMemory(_bytes_of(shape, dtype)), shape, dtype, strides, order)


def pinned_array_like(ary):
    return pinned_array(ary.shape, ary.dtype, _strides_like(ary))


class MappedNDArray(np.ndarray):
    """A NumPy array that kernels reach where it is."""

    __cuda_memory__ = __cuda_ndarray__ = True
    _wf_pointer, stream = None, 0

    def __array_finalize__(self, whole):
        """A view that still begins at the same byte, or elsewhere in the same memory, is reached at the same distance."""
        pointer = getattr(whole, "_wf_pointer", None)
        if pointer is not None:
            self._wf_pointer = pointer + self.ctypes.data - whole.ctypes.data

    @property
    def device_ctypes_pointer(self):
        import ctypes

        return ctypes.c_void_p(self._wf_pointer)

    @property
    def __cuda_array_interface__(self):
        if self._wf_pointer is None:
            raise AttributeError("a view of mapped memory")
        return {"shape": self.shape, "strides": self.strides, "data": (self._wf_pointer, False), "typestr": self.dtype.str,
                "stream": int(self.stream) or None, "version": 3}


class ManagedNDArray(MappedNDArray):
    """A NumPy array in memory that host and device share."""


def mapped_array(shape, dtype=np.float64, strides=None, order="C", stream=0, portable=False, wc=False):
    """A NumPy array in host memory that the device reaches directly."""
    memory = _core.PinnedMemory(_bytes_of(shape, dtype), 2)
    array = _host_array(memory, shape, dtype, strides, order).view(MappedNDArray)
    array._wf_pointer, array.stream = memory.device_pointer(), stream
    return array


def mapped_array_like(ary, stream=0, portable=False, wc=False):
    return mapped_array(ary.shape, ary.dtype, _strides_like(ary))


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
    array = array.view(ManagedNDArray)
    array._wf_pointer, array.stream = memory.address, stream
    return array


@contextlib.contextmanager
def pinned(*arrays):
    """Arrays that are pinned inside the with statement; those that are pinned already stay so."""
    with contextlib.ExitStack() as held:
        for array in arrays:
            held.enter_context(_pinned_once(array))
        yield


_pinned = {}  # (first byte's address, the end's) → [its registration, how many with statements hold it]
_pinned_lock = threading.Lock()


@contextlib.contextmanager
def _pinned_once(array):
    """Memory is registered by the first that asks and let go by the last; what lies in pinned memory needs none."""
    key = _bounds(np.asarray(array))
    with _pinned_lock:
        if key not in _pinned and not _lies_in_known_memory(*key):
            _pinned[key] = [_core.PinnedMemory.register(array), 0]
        if key in _pinned:
            _pinned[key][1] += 1
        else:
            key = None
    try:
        yield
    finally:
        with _pinned_lock:
            if key is not None:
                _pinned[key][1] -= 1
                if not _pinned[key][1]:
                    _pinned.pop(key)[0].free()


def _bounds(array):
    """Where the array's elements begin and end, whichever way they lie."""
    first = array.__array_interface__["data"][0]
    ways = [(n - 1) * step for n, step in zip(array.shape, array.strides)] if array.size else []
    return first + sum(w for w in ways if w < 0), first + sum(w for w in ways if w > 0) + (array.itemsize if array.size else 0)


def _lies_in_known_memory(begin, end):
    if _core.memory_device(begin) is None:
        return False
    start, size = _core.memory_range(begin)
    return end <= start + size


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
    stream = 0
    if desc.get("stream"):
        from ._streams import external_stream

        stream = external_stream(desc["stream"])
        if sync and setting("CUDA_ARRAY_INTERFACE_SYNC", 1):
            stream.synchronize()
    dtype = np.dtype(desc["typestr"] if desc["typestr"][1] != "V" or "descr" not in desc else desc["descr"])
    address, readonly = desc["data"]
    return DeviceNDArray(desc["shape"], desc.get("strides"), dtype, stream, _Part(owner, address or 0), readonly=bool(readonly))

