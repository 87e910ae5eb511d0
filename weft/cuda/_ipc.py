"""Handles of device memory for other processes, under Numba's names; weft's own are weft.ipc_handle and weft.IpcHandle.

A handle carries what opening needs: CUDA's 64 bytes (or those of weft's own, where an array does not begin an allocation, and on the
CPU), the size, and the device that it is on.
"""

import contextlib
import ctypes
import math

import numpy as np

from .. import _core
from .._ipc import OpenedMemory


class _Bytes:
    """The 64 bytes, as Numba's CUipcMemHandle has them: `reserved`."""

    def __init__(self, reserved):
        self.reserved = bytes(getattr(reserved, "reserved", reserved))

    def __bytes__(self):
        return self.reserved


class IpcHandle:
    """A handle of `size` bytes of device memory. Pickled, it goes to another process, which opens it, once at a time.

    base: what owns the memory, kept alive by the handle in the process that made it; None elsewhere.
    """

    def __init__(self, base, handle, size, source_info=None, offset=0):
        self.base, self.handle, self.size, self.source_info, self.offset = base, _Bytes(handle), int(size), source_info, offset
        self._opened = None

    def _open_memory(self, device=None):
        if self._opened is not None:
            raise ValueError("IpcHandle is already opened")
        memory = OpenedMemory(self.handle.reserved, device)
        if self.offset + self.size > memory.nbytes:
            raise _core.ArgumentError(f"the handle stands for {memory.nbytes} bytes, {self.offset + self.size} were asked for")
        self._opened = memory
        return memory

    def open_direct(self, context):
        """A MemoryPointer to the memory where it is, for work on `context`."""
        from ._pointers import MemoryPointer

        memory = self._open_memory(context.device.core_device)
        return MemoryPointer(context, ctypes.c_uint64(memory.address + self.offset), self.size, owner=memory)

    def open_staged(self, context):
        """A MemoryPointer to a copy of the bytes on the device of `context`."""
        memory = self._open_memory(None if self.source_info is None else _core.Device(self.source_info))
        copy = context.memalloc(self.size)
        if self.size:
            _core.copy_on_device(copy.address, memory.address + self.offset, self.size)
        return copy

    def open(self, context):
        """open_direct where the device of `context` is the memory's or can reach it, else open_staged."""
        here, there = context.device.core_device, self.source_info and _core.Device(self.source_info)
        direct = there is None or str(here) == str(there) or here.can_access_peer(there)
        return self.open_direct(context) if direct else self.open_staged(context)

    def open_array(self, context, shape, dtype, strides=None):
        """A device array over the memory."""
        from ._arrays import DeviceNDArray

        return DeviceNDArray(shape, strides, np.dtype(dtype), gpu_data=self.open(context))

    def close(self):
        """What was opened must not be used any more. ValueError when it is not open."""
        if self._opened is None:
            raise ValueError("IpcHandle not opened")
        memory, self._opened = self._opened, None
        memory.close()

    def __reduce__(self):
        return type(self), (None, self.handle.reserved, self.size, self.source_info, self.offset)


def handle_of(memory):
    """An IpcHandle of a MemoryPointer."""
    handle, there = _core.ipc_export(memory.address)
    if memory.size > there:
        raise _core.ArgumentError(f"{memory.size} bytes were asked for, the allocation ends after {there}")
    return IpcHandle(memory, handle, memory.size, _label())


def _label():
    return str(_core.current_context().device)


def open_handle(context, handle, size):
    """A MemoryPointer to what another process exported."""
    return IpcHandle(None, handle, size).open_direct(context)


@contextlib.contextmanager
def open_ipc_array(handle, shape, dtype, strides=None, offset=0):
    """Inside the with statement, a device array over another process's memory; handle: the 64 bytes."""
    from ._device import current_context

    dtype = np.dtype(dtype)
    size = math.prod(shape if isinstance(shape, (tuple, list)) else (shape,)) * dtype.itemsize
    opened = IpcHandle(None, handle, size, offset=offset)
    try:
        yield opened.open_array(current_context(), shape=shape, strides=strides, dtype=dtype)
    finally:
        if opened._opened is not None:
            opened.close()


class IpcArrayHandle:
    """An array in another process's memory: with statements open and close it."""

    def __init__(self, ipc_handle, array_desc):
        self._ipc_handle, self._array_desc, self._open = ipc_handle, array_desc, False

    def open(self):
        """The device array."""
        if self._open:
            raise ValueError("IpcHandle is already opened")
        from ._device import current_context

        array = self._ipc_handle.open_array(current_context(), **self._array_desc)
        self._open = True
        return array

    def close(self):
        self._ipc_handle.close()
        self._open = False

    def __enter__(self):
        return self.open()

    def __exit__(self, *error):
        self.close()

    def __getstate__(self):
        return {**self.__dict__, "_open": False}
