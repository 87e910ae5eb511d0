"""Raw device memory under the names of Numba's driver layer: pointers with a size, views into them, copies between them.

What a program needs that manages its memory itself, or takes pointers from a context: everything else works on arrays.
"""

import ctypes
import weakref

import numpy as np

from .. import _core
from ._arrays import _flat_bytes, _stream


class MemoryPointer:
    """`size` bytes at a device address. `pointer` is a number or a ctypes value; the finalizer runs once, at free() or when
    the last reference is gone."""

    __cuda_memory__ = True

    def __init__(self, context, pointer, size, owner=None, finalizer=None):
        self.context, self.size, self._owner = context, int(size), owner
        self.device_pointer = pointer
        self.is_managed = finalizer is not None
        self._finalizer = weakref.finalize(self, finalizer) if finalizer is not None else None
        self._views = []  # weak references to the parts of it

    @property
    def handle(self):
        return self.address

    @property
    def refct(self):
        """How many use the memory: this pointer and the views into it."""
        self._views = [one for one in self._views if one() is not None]
        return 1 + len(self._views)

    @property
    def device_pointer_value(self):
        value = getattr(self.device_pointer, "value", self.device_pointer)
        return int(value) if value else None

    @property
    def address(self):
        return self.device_pointer_value or 0

    @property
    def device_ctypes_pointer(self):
        return ctypes.c_size_t(self.address)

    @property
    def owner(self):
        return self if self._owner is None else self._owner

    def own(self):
        return OwnedPointer(weakref.proxy(self))

    def free(self):
        """Frees the memory now. A second time is an error."""
        if self._finalizer is not None:
            if not self._finalizer.alive:
                raise RuntimeError("Freeing dead memory")
            self._finalizer()

    def memset(self, byte, count=None, stream=0):
        _core.fill(self.address, byte, 1, self.size if count is None else count, _stream(stream))

    def view(self, start, stop=None):
        """The bytes from start up to stop, kept alive by this pointer."""
        size = (self.size if stop is None else stop) - start
        if size < 0:
            raise RuntimeError("size cannot be negative")
        if start + size > self.size:
            raise RuntimeError("view is past the end of the memory")
        return type(self)._view(self, self.address + start, size)

    @classmethod
    def _view(cls, whole, address, size):
        made = MemoryPointer(whole.context, ctypes.c_uint64(address), size, owner=whole.owner)
        if isinstance(made.owner, MemoryPointer):
            made.owner._views.append(weakref.ref(made))
        return made

    def __eq__(self, other):
        return isinstance(other, MemoryPointer) and (self.address, self.size) == (other.address, other.size)

    def __hash__(self):
        return hash((self.address, self.size))


class AutoFreePointer(MemoryPointer):
    """Freed with its last reference."""


class ManagedMemory(AutoFreePointer):
    """Memory that host and device share: a buffer on the host side."""

    __cuda_memory__ = True


class MappedMemory(AutoFreePointer):
    """Host memory under the address that the device has for it."""

    __cuda_memory__ = True

    def __init__(self, context, pointer, size, owner=None, finalizer=None):
        self.host_pointer = pointer
        super().__init__(context, pointer, size, owner=owner, finalizer=finalizer)


class PinnedMemory:
    """Page-locked host memory."""

    def __init__(self, context, pointer, size, owner=None, finalizer=None):
        self.context, self.host_pointer, self.size, self.owner = context, pointer, size, owner
        self.is_managed = finalizer is not None
        if finalizer is not None:
            weakref.finalize(self, finalizer)

    def own(self):
        return self


class OwnedPointer:
    """Counts as one user of a pointer: the attributes are the pointer's."""

    def __init__(self, memory_pointer, view=None):
        self._mem, self._view = memory_pointer, memory_pointer if view is None else view

    def __getattr__(self, name):
        return getattr(self._view, name)


class MappedOwnedPointer(OwnedPointer):
    pass


class ManagedOwnedPointer(OwnedPointer):
    pass


# ---- functions on anything that is memory ----

def is_device_memory(obj):
    """Whether an object is memory of a device: it says so with __cuda_memory__."""
    return getattr(obj, "__cuda_memory__", False)


def require_device_memory(obj):
    if not is_device_memory(obj):
        raise Exception("Not a CUDA memory object.")


def device_ctypes_pointer(obj):
    if obj is None:
        return ctypes.c_void_p(0)
    require_device_memory(obj)
    return obj.device_ctypes_pointer


def device_pointer(obj):
    return device_ctypes_pointer(obj).value or 0


def device_extents(obj):
    """(first, past the last) address of the allocation that the memory lies in."""
    start, size = _core.memory_range(device_pointer(obj))
    return start, start + size


def device_memory_size(obj):
    size = getattr(obj, "_cuda_memsize_", None)
    if size is None:
        size = getattr(obj, "nbytes", None)
    return obj.size if size is None else size


def host_pointer(obj, readonly=False):
    return obj if isinstance(obj, int) else host_memory_extents(obj)[0]


def host_memory_extents(obj):
    """(first, past the last) address of a host array."""
    if not isinstance(obj, np.ndarray):  # a buffer, such as a ctypes structure
        obj = np.frombuffer(obj, np.uint8)
    return np.lib.array_utils.byte_bounds(obj) if hasattr(np.lib, "array_utils") else np.byte_bounds(obj)


def memory_size_from_info(shape, strides, itemsize):
    """Bytes from the lowest to the highest that an array touches."""
    if 0 in shape:
        return 0
    return sum((n - 1) * abs(s) for n, s in zip(shape, strides)) + itemsize


def host_memory_size(obj):
    start, end = host_memory_extents(obj)
    return end - start


def host_to_device(dst, src, size, stream=0):
    _core.copy_to_device(device_pointer(dst), _host_bytes(src, size), _stream(stream))


def device_to_host(dst, src, size, stream=0):
    _core.copy_to_host(_host_bytes(dst, size), device_pointer(src), _stream(stream))


def device_to_device(dst, src, size, stream=0):
    _core.copy_on_device(device_pointer(dst), device_pointer(src), size, _stream(stream))


def device_memset(dst, val, size, stream=0):
    _core.fill(device_pointer(dst), val & 255, 1, size, _stream(stream))


def _host_bytes(obj, size):
    """`size` bytes of host memory as an array: of an array, a buffer, or at an address."""
    if isinstance(obj, int):
        return np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(obj))
    if isinstance(obj, np.ndarray):
        return _flat_bytes(obj)[:size]
    return np.frombuffer(obj, np.uint8, size)
