"""Memory managers: who gives out the memory behind device arrays and the pointers of a context.

weft's own manager takes it from the pool of the device. A program may put another in its place, as Numba's external memory
manager interface (version 1) describes it: set_memory_manager(Class), or NUMBA_CUDA_MEMORY_MANAGER with the name of a module that
has the class as `_numba_memory_manager`. One instance is made for each device, with context=. Only what goes through this file is
asked of it: device arrays of weft.cuda and the context's memalloc; wf.ndarray and buffers inside weft keep to the pool.
"""

import abc
import contextlib
import ctypes
import importlib
import os
import weakref

from .. import _core

INTERFACE_VERSION = 1


class MemoryInfo(tuple):
    """(free, total) bytes of a device."""

    def __new__(cls, free, total):
        return super().__new__(cls, (free, total))

    free = property(lambda self: self[0])
    total = property(lambda self: self[1])

    def __repr__(self):
        return f"MemoryInfo(free={self.free}, total={self.total})"


class BaseCUDAMemoryManager(abc.ABC):
    """What a memory manager must have."""

    def __init__(self, *args, **kwargs):
        self.context = kwargs.pop("context", None)
        super().__init__(*args, **kwargs)

    @abc.abstractmethod
    def memalloc(self, size):
        """A MemoryPointer to `size` bytes of the device."""

    @abc.abstractmethod
    def memhostalloc(self, size, mapped, portable, wc):
        """Pinned host memory."""

    @abc.abstractmethod
    def mempin(self, owner, pointer, size, mapped):
        """Pins host memory that is there already."""

    @abc.abstractmethod
    def initialize(self):
        """Called before the first use of a context, each time it is made the current one."""

    @abc.abstractmethod
    def get_ipc_handle(self, memory):
        """An IpcHandle for a MemoryPointer."""

    @abc.abstractmethod
    def get_memory_info(self):
        """MemoryInfo(free, total)"""

    @abc.abstractmethod
    def reset(self):
        """Gives all memory back."""

    @abc.abstractmethod
    def defer_cleanup(self):
        """A context manager; nothing is freed inside."""

    @property
    @abc.abstractmethod
    def interface_version(self):
        """1"""


class _Deallocations:
    """What waits to be freed: nothing. The pool of a device orders what is freed by stream, so no free has to wait."""

    def clear(self):
        pass

    def __len__(self):
        return 0

    is_locked = False


class HostOnlyCUDAMemoryManager(BaseCUDAMemoryManager):
    """Host memory is weft's; a subclass gives out device memory."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.allocations, self.deallocations = {}, _Deallocations()

    def memhostalloc(self, size, mapped=False, portable=False, wc=False):
        from ._pointers import MappedMemory, PinnedMemory

        memory = _core.PinnedMemory(size, 2 if mapped else 0)
        if mapped:
            return MappedMemory(self.context, ctypes.c_uint64(memory.device_pointer()), size, finalizer=memory.free)
        return PinnedMemory(self.context, memory.address, size, owner=memory)

    def mempin(self, owner, pointer, size, mapped=False):
        from ._pointers import MappedMemory, PinnedMemory

        memory = _core.PinnedMemory.register(owner)
        if mapped:
            return MappedMemory(self.context, ctypes.c_uint64(memory.device_pointer()), size, owner=owner, finalizer=memory.free)
        return PinnedMemory(self.context, pointer, size, owner=owner, finalizer=memory.free)

    def memallocmanaged(self, size, attach_global=True):
        from ._pointers import ManagedMemory

        memory = _core.Memory(size, managed=True)
        return ManagedMemory(self.context, ctypes.c_uint64(memory.address), size, finalizer=memory.free)

    def reset(self):
        _core.current_context().trim()

    @contextlib.contextmanager
    def defer_cleanup(self):
        yield


class GetIpcHandleMixin:
    """get_ipc_handle for memory that the driver gave out as one allocation."""

    def get_ipc_handle(self, memory):
        from ._ipc import handle_of

        return handle_of(memory)


class NumbaCUDAMemoryManager(GetIpcHandleMixin, HostOnlyCUDAMemoryManager):
    """The default: device memory from the device's pool."""

    def initialize(self):
        pass

    def memalloc(self, size):
        from ._pointers import AutoFreePointer

        memory = _core.Memory(size)
        return AutoFreePointer(self.context, ctypes.c_uint64(memory.address), size, finalizer=memory.free)

    def get_memory_info(self):
        return MemoryInfo(*self.context.device.core_device.memory())

    @property
    def interface_version(self):
        return INTERFACE_VERSION


class _Choice:
    """Which class makes the managers, and the manager of each device."""

    def __init__(self):
        self.kind = None  # not asked yet
        self.made = {}  # ordinal of the device → manager
        self.foreign = False  # some device has a manager that is not weft's


_choice = _Choice()


def _kind():
    if _choice.kind is None:
        name = os.environ.get("NUMBA_CUDA_MEMORY_MANAGER", "default")
        set_memory_manager(NumbaCUDAMemoryManager if name == "default" else importlib.import_module(name)._numba_memory_manager)
    return _choice.kind


def set_memory_manager(mm_plugin):
    """Makes a class of memory managers the one in use; devices that have a manager already keep it."""
    version = mm_plugin(context=None).interface_version
    if version != INTERFACE_VERSION:
        raise RuntimeError(f"EMM Plugin interface has version {version} - version {INTERFACE_VERSION} required")
    _choice.kind = mm_plugin
    _choice.foreign = _choice.foreign or mm_plugin is not NumbaCUDAMemoryManager


def manager(context=None):
    """The manager of a context's device, or of the current one."""
    if context is None:
        from ._device import current_context

        context = current_context()
    found = _choice.made.get(context.device.id)
    if found is None:
        found = _choice.made[context.device.id] = _kind()(context=context)
        found.initialize()
    return found


def put_manager(context, instance):
    """Gives a device this manager."""
    _choice.made[context.device.id] = instance
    _choice.foreign = any(not isinstance(one, NumbaCUDAMemoryManager) for one in _choice.made.values())
    instance.initialize()


def memory_for(size):
    """Memory for an array on the current device."""
    if _choice.kind is None:
        _kind()
    return manager().memalloc(size) if _choice.foreign else _core.Memory(size)
