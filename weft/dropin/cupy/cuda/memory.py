"""cupy.cuda.memory: raw memory and the pools, which are weft's caching allocator seen through CuPy's interface."""

import contextlib
import threading

import weft as _weft
from weft import _core

from . import runtime as _runtime
from .device import Device, get_device_id

_local = threading.local()


class OutOfMemoryError(_weft.OutOfMemoryError):
    """More was asked for than the device or the pool's limit has."""

    def __init__(self, size, total=0, limit=0):
        text = size if isinstance(size, str) else f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes"
        if not isinstance(size, str):
            text += f", limit set to: {limit:,} bytes)." if limit else ")."
        super().__init__(text)
        self._args = (size, total, limit)

    def __reduce__(self):
        return type(self), self._args


class BaseMemory:
    """Memory on a device: `ptr`, `size`, `device_id`."""

    ptr = size = 0
    device_id = -1

    def __int__(self):
        return self.ptr

    @property
    def device(self):
        return Device(self.device_id)


class Memory(BaseMemory):
    """Memory of its own, freed with the object."""

    def __init__(self, size):
        self.size, self.device_id = int(size), get_device_id()
        self._memory = _weft.Memory(self.size) if self.size else None
        self.ptr = self._memory.address if self.size else 0


MemoryAsync = SystemMemory = Memory


class ManagedMemory(Memory):
    """Memory that host and device share."""

    def prefetch(self, stream, *, device=None):
        """Accepted: memory moves when it is used."""

    def advise(self, advise, dev):
        """Accepted: a hint."""


class UnownedMemory(BaseMemory):
    """Memory of someone else, who is kept alive."""

    def __init__(self, ptr, size, owner, device_id=-1):
        self.ptr, self.size, self._owner = ptr, size, owner
        self.device_id = get_device_id() if device_id < 0 else device_id


class PooledMemory(Memory):
    """Memory of the pool."""

    def free(self):
        """Gives the memory back now."""
        if self.ptr:
            self._memory.free()
        self.ptr = self.size = 0


class PythonFunctionAllocatorMemory(BaseMemory):
    def __init__(self, malloc_func, free_func, size):
        self.size, self.device_id = size, get_device_id()
        self._free = free_func
        self.ptr = malloc_func(size, self.device_id) if size else 0

    def __del__(self):
        if self.ptr:
            self._free(self.ptr, self.device_id)


class CFunctionAllocatorMemory(BaseMemory):
    def __init__(self, size, param, malloc_func, free_func):
        import ctypes
        address, word = ctypes.c_void_p, ctypes.c_size_t
        self._param, self.size, self.device_id = param, size, get_device_id()
        self._free = ctypes.CFUNCTYPE(None, address, address, ctypes.c_int)(free_func)
        self.ptr = ctypes.CFUNCTYPE(address, address, word, ctypes.c_int)(malloc_func)(param, size, self.device_id) if size else 0

    def __del__(self):
        if self.ptr:
            self._free(self._param, self.ptr, self.device_id)


def _address(thing):
    value = getattr(thing, "value", thing)  # ctypes.c_void_p
    return int(value or 0)


class MemoryPointer:
    """A place in memory: `mem`, `ptr`; + and - move it, copy_from and memset work on what lies there."""

    def __init__(self, mem, offset=0):
        self.mem, self.ptr = mem, mem.ptr + offset
        self.device_id = mem.device_id

    device = property(lambda self: Device(self.device_id))

    def __int__(self):
        return self.ptr

    def __add__(self, offset):
        return MemoryPointer(self.mem, self.ptr - self.mem.ptr + offset)

    __radd__ = __add__

    def __sub__(self, offset):
        return self + -offset

    def __iadd__(self, offset):
        self.ptr += offset
        return self

    def __isub__(self, offset):
        self.ptr -= offset
        return self

    def copy_from_device(self, src, size):
        if size:
            _core.copy_on_device(self.ptr, src.ptr, size)

    def copy_from_device_async(self, src, size, stream=None):
        self.copy_from_device(src, size)

    def copy_from_host(self, mem, size):
        _runtime.memcpy(self.ptr, _address(mem), size, _runtime.memcpyHostToDevice)

    def copy_from_host_async(self, mem, size, stream=None):
        self.copy_from_host(mem, size)

    def copy_from(self, mem, size):
        """From a MemoryPointer or a host address."""
        self.copy_from_device(mem, size) if hasattr(mem, "mem") else self.copy_from_host(mem, size)

    def copy_from_async(self, mem, size, stream=None):
        self.copy_from(mem, size)

    def copy_to_host(self, mem, size):
        _runtime.memcpy(_address(mem), self.ptr, size, _runtime.memcpyDeviceToHost)

    def copy_to_host_async(self, mem, size, stream=None):
        self.copy_to_host(mem, size)

    def memset(self, value, size):
        _runtime.memset(self.ptr, value, size)

    def memset_async(self, value, size, stream=None):
        self.memset(value, size)


# ---- allocating

def _malloc(size):
    return MemoryPointer(Memory(size), 0)


_allocator = {"all": None}


def alloc(size):
    """`size` bytes, by the allocator that is set."""
    return get_allocator()(size)


def malloc_managed(size):
    return MemoryPointer(ManagedMemory(size), 0)


def malloc_async(size):
    return MemoryPointer(MemoryAsync(size), 0)


malloc_system = _malloc


def set_allocator(allocator=None):
    """The function that `cupy.cuda.alloc` calls; arrays' own memory always comes from weft's allocator."""
    if getattr(_local, "allocator", None) is not None:
        raise ValueError("Can't change the global allocator inside `using_allocator` context manager")
    _allocator["all"] = _malloc if allocator is None else allocator


def get_allocator():
    return getattr(_local, "allocator", None) or _allocator["all"] or _pool.malloc


@contextlib.contextmanager
def using_allocator(allocator=None):
    """set_allocator for this thread, inside."""
    before = getattr(_local, "allocator", None)
    _local.allocator = _malloc if allocator is None else allocator
    try:
        yield
    finally:
        _local.allocator = before


# ---- pools

class MemoryPool:
    """The caching allocator of the current device: figures, a limit, giving back what lies idle."""

    def __init__(self, allocator=None):
        self._source, self._limits = allocator, {}

    @staticmethod
    def _stats():
        return _weft.current_context().memory_stats()

    def malloc(self, size):
        limit = self.get_limit()
        if limit and self.used_bytes() + size > limit:
            raise OutOfMemoryError(size, self.total_bytes(), limit)
        from .memory_hook import _call
        if not _hooks():
            return MemoryPointer(PooledMemory(size), 0)
        details = dict(device_id=get_device_id(), mem_size=max(512, -(-size // 512) * 512))
        _call("malloc_preprocess", size=size, **details)
        memory = PooledMemory(size)
        _call("malloc_postprocess", size=size, mem_ptr=memory.ptr, pmem_id=id(memory), **details)
        return MemoryPointer(memory, 0)

    def used_bytes(self):
        return self._stats()["in_use"]

    def total_bytes(self):
        stats = self._stats()
        return stats["in_use"] + stats["pooled"]

    def free_bytes(self):
        return self._stats()["pooled"]

    def n_free_blocks(self):
        return int(self.free_bytes() > 0)

    def free_all_blocks(self, stream=None):
        _weft.current_context().trim()

    def free_all_free(self):
        self.free_all_blocks()

    def set_limit(self, size=None, fraction=None):
        """In bytes, or as a share of the device's memory; 0 is none."""
        if size is not None and fraction is not None:
            raise ValueError("size and fraction cannot be specified at one time")
        if fraction is not None:
            if not 0 <= fraction <= 1:
                raise ValueError(f"memory limit fraction out of range: {fraction}")
            size = int(fraction * _weft.memory_info()[1])
        size = 0 if size is None else int(size)
        if size < 0:
            raise ValueError(f"memory limit size out of range: {size}")
        self._limits[get_device_id()] = size
        _weft.current_context().set_limit(size)

    def get_limit(self):
        return self._limits.get(get_device_id(), 0)


class MemoryAsyncPool(MemoryPool):
    """The same pool: weft's allocations are ordered by streams."""

    def __init__(self, pool_handles="current"):
        super().__init__()
        self.memoryAsyncHasStat = True


SingleDeviceMemoryPool = MemoryPool


class PythonFunctionAllocator:
    """An allocator of two Python functions: malloc(size, device) → address, free(address, device)."""

    def __init__(self, malloc_func, free_func):
        self._functions = malloc_func, free_func

    def malloc(self, size):
        return MemoryPointer(PythonFunctionAllocatorMemory(*self._functions, size), 0)


class CFunctionAllocator:
    """An allocator of two C functions, by address: malloc(param, size, device), free(param, address, device)."""

    def __init__(self, param, malloc_func, free_func, owner):
        self._arguments, self._owner = (param, malloc_func, free_func), owner

    def malloc(self, size):
        return MemoryPointer(CFunctionAllocatorMemory(size, *self._arguments), 0)


def _hooks():
    from .memory_hook import _active
    return _active()


def is_memory_asynchronous():
    return False


from .pinned_memory import PinnedMemory, PinnedMemoryPointer, PinnedMemoryPool, alloc_pinned_memory, set_pinned_memory_allocator  # noqa: E402

_pool, _pinned_pool = MemoryPool(), PinnedMemoryPool()
