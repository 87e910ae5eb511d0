"""Allocations, copies, fills, page-locked and managed host memory."""

import numpy as np

from weft import _core

from weft._ipc import OpenedMemory as _OpenedMemory
from weft._texture import TextureArray

from ._context import LogicError, require_context
from ._enums import memory_type


def _bytes_at(owner, address, size):
    import ctypes

    if require_context("as_buffer").device.kind == "cuda":
        raise BufferError("memory of a GPU cannot be read in place; copy it to the host")
    view = (ctypes.c_char * size).from_address(address)
    view.owner = owner
    return memoryview(view).cast("B")


class DeviceAllocation(_core.Memory):
    """What mem_alloc returns: its int() is the address; free() or the last reference frees it."""

    def as_buffer(self, size, offset=0):
        """A view of its bytes, on the CPU. BufferError: memory of a GPU."""
        return _bytes_at(self, int(self) + offset, size)


def mem_get_ipc_handle(devptr):
    """A handle of device memory (64 bytes) for other processes, which open it with IPCMemoryHandle."""
    require_context("cuIpcGetMemHandle")
    return bytearray(_core.ipc_export(int(devptr))[0])


class PointerHolderBase:
    """For classes that own a device address: override get_pointer()."""

    def get_pointer(self):
        raise NotImplementedError("get_pointer() must be overridden")

    @property
    def gpudata(self):
        return int(self.get_pointer())

    def __int__(self):
        return int(self.get_pointer())

    __index__ = __int__

    def as_buffer(self, size, offset=0):
        return _bytes_at(self, int(self) + offset, size)


class IPCMemoryHandle(PointerHolderBase):
    """Memory of another process, from what mem_get_ipc_handle gave there: an address until close(), or the last reference."""

    def __init__(self, handle, flags=1):
        self._memory = _OpenedMemory(handle, require_context("cuIpcOpenMemHandle"))

    def get_pointer(self):
        if not self._memory._open:
            raise LogicError("this memory of another process was closed")
        return self._memory.address

    def close(self):
        self._memory.close()


def mem_alloc(bytes):
    require_context("cuMemAlloc")
    return DeviceAllocation(int(bytes))


def mem_alloc_like(ary):
    return mem_alloc(ary.nbytes)


def mem_alloc_pitch(width, height, access_size):
    require_context("cuMemAllocPitch")
    return DeviceAllocation.pitched(int(width), int(height), int(access_size))


def mem_get_address_range(devptr):
    require_context("cuMemGetAddressRange")
    return _core.memory_range(int(devptr))


# --- copies -----------------------------------------------------------------------------------------------------------


def memcpy_htod(dest, src):
    require_context("cuMemcpyHtoD")
    _core.copy_to_device(dest, src)


def memcpy_htod_async(dest, src, stream=None):
    require_context("cuMemcpyHtoDAsync")
    _core.copy_to_device(dest, src, stream, False)


def memcpy_dtoh(dest, src):
    require_context("cuMemcpyDtoH")
    _core.copy_to_host(dest, src)


def memcpy_dtoh_async(dest, src, stream=None):
    require_context("cuMemcpyDtoHAsync")
    _core.copy_to_host(dest, src, stream, False)


def memcpy_dtod(dest, src, size):
    require_context("cuMemcpyDtoD")
    _core.copy_on_device(dest, src, size)


def memcpy_dtod_async(dest, src, size, stream=None):
    require_context("cuMemcpyDtoDAsync")
    _core.copy_on_device(dest, src, size, stream, False)


def memcpy_peer(dest, src, size, dest_context=None, src_context=None):
    require_context("cuMemcpyPeer")
    _core.copy_on_device(dest, src, size)


def memcpy_peer_async(dest, src, size, dest_context=None, src_context=None, stream=None):
    require_context("cuMemcpyPeerAsync")
    _core.copy_on_device(dest, src, size, stream, False)


def to_device(bf_obj):
    """A new allocation with the buffer's content."""
    allocation = mem_alloc(memoryview(bf_obj).nbytes)
    memcpy_htod(allocation, bf_obj)
    return allocation


def from_device(devptr, shape, dtype, order="C"):
    result = np.empty(shape, dtype, order)
    memcpy_dtoh(result, devptr)
    return result


def from_device_like(devptr, other_ary):
    result = np.empty_like(other_ary)
    memcpy_dtoh(result, devptr)
    return result


class _Strided:
    """What Memcpy2D and Memcpy3D share: two ends, set by hand, and a call. `_at` gives an end's offset and pitches."""

    def __init__(self):
        self._ends = {"src": None, "dst": None}
        self.width_in_bytes = 0
        self.height = 0
        for end in ("src", "dst"):
            for name in self._fields:
                setattr(self, f"{end}_{name}", 0)

    def _set(self, end, thing, on_device):
        self._ends[end] = (thing, on_device)

    def set_src_host(self, buffer):
        self._set("src", buffer, False)

    def set_src_device(self, pointer):
        self._set("src", pointer, True)

    def set_dst_host(self, buffer):
        self._set("dst", buffer, False)

    def set_dst_device(self, pointer):
        self._set("dst", pointer, True)

    set_src_unified, set_dst_unified = set_src_device, set_dst_device

    def set_src_array(self, array):
        self._set("src", array._texels, True)

    def set_dst_array(self, array):
        self._set("dst", array._texels, True)

    def _device(self, end):
        """The address that was set, where one was."""
        thing, on_device = self._ends[end] or (None, False)
        return int(thing) if on_device and not isinstance(thing, TextureArray) else 0

    def _type(self, end):
        thing, on_device = self._ends[end] or (None, False)
        return memory_type.ARRAY if isinstance(thing, TextureArray) else memory_type.DEVICE if on_device else memory_type.HOST

    src_device = property(lambda self: self._device("src"))
    dst_device = property(lambda self: self._device("dst"))
    src_memory_type = property(lambda self: self._type("src"))
    dst_memory_type = property(lambda self: self._type("dst"))

    def _end(self, end):
        if self._ends[end] is None:
            raise LogicError(f"cuMemcpy failed: invalid value: the {end} of the copy was not set")
        thing, on_device = self._ends[end]
        if isinstance(thing, TextureArray):  # its rows are where they are, whatever pitch was set
            x, y, z = (getattr(self, f"{end}_{name}", 0) for name in ("x_in_bytes", "y", "z"))
            return thing.memory, True, x + y * thing.pitch + z * thing.slice, thing.pitch, thing.slice
        return (thing, on_device, *self._at(end))

    def _copy(self, what, stream, slices):
        require_context(what)
        _core.copy_strided(self._end("dst"), self._end("src"), self.width_in_bytes, self.height, slices, stream,
                           stream is None)


class Memcpy2D(_Strided):
    """A copy of rows between host and device memory: set both ends, the sizes, then call it."""

    _fields = ("x_in_bytes", "y", "pitch")

    def _at(self, end):
        x, y, pitch = (getattr(self, f"{end}_{name}") for name in self._fields)
        return x + y * (pitch or self.width_in_bytes), pitch, 0

    def __call__(self, aligned_or_stream=None, aligned=False):
        stream = aligned_or_stream if isinstance(aligned_or_stream, _core.Stream) else None
        self._copy("cuMemcpy2D", stream, 1)


class Memcpy3D(_Strided):
    """A copy of slices of rows."""

    _fields = ("x_in_bytes", "y", "z", "pitch", "height", "lod")

    def __init__(self):
        super().__init__()
        self.depth = 0

    def _at(self, end):
        x, y, z, pitch, height, _ = (getattr(self, f"{end}_{name}") for name in self._fields)
        row = pitch or self.width_in_bytes
        slice_ = row * (height or self.height)
        return x + y * row + z * slice_, row, slice_

    def __call__(self, stream=None):
        self._copy("cuMemcpy3D", stream, self.depth)


class Memcpy3DPeer(Memcpy3D):
    """The same between contexts: addresses are unique, so the contexts need not be told."""

    def set_src_context(self, context):
        pass

    def set_dst_context(self, context):
        pass


# --- fills ------------------------------------------------------------------------------------------------------------


def _fill(bits):
    def memset(dest, data, size):
        require_context(f"cuMemsetD{bits}")
        _core.fill(dest, int(data), bits // 8, size)

    def memset_async(dest, data, size, stream=None):
        require_context(f"cuMemsetD{bits}Async")
        _core.fill(dest, int(data), bits // 8, size, stream, False)

    def memset_2d(dest, pitch, data, width, height):
        require_context(f"cuMemsetD2D{bits}")
        _core.fill_2d(dest, pitch, int(data), bits // 8, width, height)

    def memset_2d_async(dest, pitch, data, width, height, stream=None):
        require_context(f"cuMemsetD2D{bits}Async")
        _core.fill_2d(dest, pitch, int(data), bits // 8, width, height, stream, False)

    return memset, memset_async, memset_2d, memset_2d_async


memset_d8, memset_d8_async, memset_d2d8, memset_d2d8_async = _fill(8)
memset_d16, memset_d16_async, memset_d2d16, memset_d2d16_async = _fill(16)
memset_d32, memset_d32_async, memset_d2d32, memset_d2d32_async = _fill(32)


# --- host memory ------------------------------------------------------------------------------------------------------


class HostPointer(_core.PinnedMemory):
    """Host memory that the device reaches; the base of the arrays below."""

    def get_device_pointer(self):
        return self.device_pointer()


class HostAllocation(HostPointer):
    pass


class PagelockedHostAllocation(HostAllocation):
    flags = 0

    def get_flags(self):
        return self.flags


class ManagedAllocation(HostPointer):
    def attach(self, flags, stream=None):
        pass


ManagedAllocationOrStub = ManagedAllocation


class RegisteredHostMemory(HostPointer):
    base = None  # the array whose memory it is

    def unregister(self):
        self.free()


class AlignedHostAllocation(np.ndarray):
    """An aligned array; freed with the last reference."""

    def free(self):
        pass


def _array(allocation, shape, dtype, order):
    return np.ndarray(shape, dtype, buffer=allocation, order=order)


def _nbytes(shape, dtype):
    shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    return int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize


def pagelocked_empty(shape, dtype, order="C", mem_flags=0):
    require_context("cuMemHostAlloc")
    allocation = PagelockedHostAllocation(_nbytes(shape, dtype), int(mem_flags))
    allocation.flags = int(mem_flags)
    return _array(allocation, shape, dtype, order)


def pagelocked_zeros(shape, dtype, order="C", mem_flags=0):
    result = pagelocked_empty(shape, dtype, order, mem_flags)
    result.fill(0)
    return result


def _order_of(array):
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def pagelocked_empty_like(array, mem_flags=0):
    return pagelocked_empty(array.shape, array.dtype, _order_of(array), mem_flags)


def pagelocked_zeros_like(array, mem_flags=0):
    return pagelocked_zeros(array.shape, array.dtype, _order_of(array), mem_flags)


def managed_empty(shape, dtype, order="C", mem_flags=0):
    require_context("cuMemAllocManaged")
    return _array(ManagedAllocation(_nbytes(shape, dtype), managed=True), shape, dtype, order)


def managed_zeros(shape, dtype, order="C", mem_flags=0):
    result = managed_empty(shape, dtype, order, mem_flags)
    result.fill(0)
    return result


def managed_empty_like(array, mem_flags=0):
    return managed_empty(array.shape, array.dtype, _order_of(array), mem_flags)


def managed_zeros_like(array, mem_flags=0):
    return managed_zeros(array.shape, array.dtype, _order_of(array), mem_flags)


def aligned_empty(shape, dtype, order="C", alignment=4096):
    size = _nbytes(shape, dtype)
    raw = np.empty(size + alignment, np.uint8)
    offset = -raw.ctypes.data % alignment
    return raw[offset:offset + size].view(AlignedHostAllocation).view(dtype).reshape(shape, order=order)


def aligned_zeros(shape, dtype, order="C", alignment=4096):
    result = aligned_empty(shape, dtype, order, alignment)
    result.fill(0)
    return result


def aligned_empty_like(array, alignment=4096):
    return aligned_empty(array.shape, array.dtype, _order_of(array), alignment)


def aligned_zeros_like(array, alignment=4096):
    return aligned_zeros(array.shape, array.dtype, _order_of(array), alignment)


def register_host_memory(ary, flags=0):
    """Page-locks the memory of an array; the result is the same memory, its base has unregister()."""
    require_context("cuMemHostRegister")
    registered = RegisteredHostMemory.register(ary, int(flags))
    registered.base = ary
    return _array(registered, ary.shape, ary.dtype, _order_of(ary))
