"""cupy.cuda.memory: raw memory, pools of a program's own, and the default pool, which is weft's caching allocator."""

import contextlib
import os
import sys
import threading
import warnings
import weakref

import weft as _weft
from weft._array import array as weft_array
from weft import _core

from . import memory_hook
from . import runtime as _runtime
from ._blocks import BlockPool, Chunk as _Chunk, _allocation_unit_size, _round_size
from .device import Device, from_pointer, get_device_id

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


SystemMemory = Memory


class MemoryAsync(Memory):
    """Memory that was asked for on a stream: `stream_ref()` is that stream, while it lives."""

    def __init__(self, size, stream=None):
        from .stream import get_current_stream
        super().__init__(size)
        self.stream_ref = weakref.ref(get_current_stream() if stream is None else stream)


class ManagedMemory(Memory):
    """Memory that host and device share."""

    def prefetch(self, stream, *, device_id=None):
        """Accepted: memory moves when it is used. CUDARuntimeError for a device that is not there."""
        if device_id is not None and not -1 <= device_id < _runtime.getDeviceCount():
            raise _runtime.CUDARuntimeError(101)

    def advise(self, advise, dev):
        """Accepted: a hint. CUDARuntimeError for one that CUDA does not know."""
        if not 1 <= advise <= 6:
            raise _runtime.CUDARuntimeError(1)


class UnownedMemory(BaseMemory):
    """Memory of someone else, who is kept alive."""

    def __init__(self, ptr, size, owner, device_id=-1):
        self.ptr, self.size, self._owner = ptr, size, owner
        self.device_id = from_pointer(ptr).id if device_id < 0 else device_id


class PooledMemory(BaseMemory):
    """A block of a pool, which goes back with the object or by free()."""

    def __init__(self, chunk, pool):
        self._chunk, self._pool = chunk, weakref.ref(pool)
        self.ptr, self.size, self.device_id = chunk.ptr(), chunk.size, chunk.mem.device_id

    def free(self):
        """Gives the block back now."""
        chunk, self._chunk = self._chunk, None
        if chunk is None:
            return
        details = dict(device_id=self.device_id, mem_size=self.size, mem_ptr=self.ptr, pmem_id=id(self))
        hooks = bool(memory_hook._active())
        if hooks:
            memory_hook._call("free_preprocess", **details)
        pool = self._pool()
        if pool is not None:
            pool.give(chunk)
        self.ptr = self.size = 0
        if hooks:
            memory_hook._call("free_postprocess", **details)

    def __del__(self):
        if not sys.is_finalizing():
            self.free()


class _ArraysMemory(PooledMemory):
    """Memory of weft's allocator, which arrays have theirs from."""

    def __init__(self, size):
        self._memory = _weft.Memory(size)
        self.ptr, self.size, self.device_id = self._memory.address, _round_size(size), get_device_id()
        self._chunk, self._pool = self, lambda: None

    def free(self):
        if self.ptr:
            super().free()
            self._memory.free()


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


class _ArrayPointer(MemoryPointer):
    """array.data"""

    def __init__(self, array):
        owner = array if array.base is None else array.base
        start = owner._exported if owner.size else 0
        super().__init__(UnownedMemory(start, owner.nbytes, owner), (array._exported if array.size else 0) - start)
        self._array = array


weft_array.pointer_class[0] = _ArrayPointer


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
    """A pool of blocks for each device, from `allocator` (see _blocks.py)."""

    def __init__(self, allocator=None):
        self._allocate, self._pools, self._lock = _malloc if allocator is None else allocator, {}, threading.Lock()

    def _here(self):
        number = get_device_id()
        with self._lock:
            if number not in self._pools:
                self._pools[number] = BlockPool(self._allocate, number, OutOfMemoryError)
            return self._pools[number]

    def _arena(self, stream_ptr):
        return self._here().arena(stream_ptr)

    def _block(self, size, rounded):
        from .stream import get_current_stream
        pool = self._here()
        return PooledMemory(pool.malloc(rounded, get_current_stream().ptr), pool)

    def malloc(self, size):
        """A MemoryPointer to `size` bytes; OutOfMemoryError when the limit or the device has no more."""
        size = int(size)
        if size == 0:
            return MemoryPointer(Memory(0), 0)
        rounded, hooks = _round_size(size), bool(memory_hook._active())
        details = dict(device_id=get_device_id(), size=size, mem_size=rounded)
        if hooks:
            memory_hook._call("malloc_preprocess", **details)
        memory = self._block(size, rounded)
        if hooks:
            memory_hook._call("malloc_postprocess", **details, mem_ptr=memory.ptr, pmem_id=id(memory))
        return MemoryPointer(memory, 0)

    def used_bytes(self):
        return self._here().used_bytes()

    def total_bytes(self):
        return self._here().total_bytes()

    def free_bytes(self):
        return self._here().free_bytes()

    def n_free_blocks(self):
        return self._here().n_free_blocks()

    def free_all_blocks(self, stream=None):
        """Gives back what is all free, of one stream or of all."""
        self._here().free_all_blocks(None if stream is None else stream.ptr)

    def free_all_free(self):
        warnings.warn("free_all_free is deprecated. Use free_all_blocks instead.", DeprecationWarning, stacklevel=2)
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
        self._limit(size)

    def _limit(self, size):
        self._here().limit = size

    def get_limit(self):
        return self._here().limit


SingleDeviceMemoryPool = MemoryPool


class _ArraysPool(MemoryPool):
    """weft's own caching allocator, which arrays have their memory from: its figures, its limit, giving back what lies idle."""

    def __init__(self):
        super().__init__()
        self._limits = {}

    def _block(self, size, rounded):
        limit = self.get_limit()
        if limit and self.used_bytes() + rounded > limit:
            raise OutOfMemoryError(rounded, self.total_bytes(), limit)
        return _ArraysMemory(size)

    @staticmethod
    def _stats():
        return _weft.current_context().memory_stats()

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

    def _limit(self, size):
        self._limits[get_device_id()] = size
        _weft.current_context().set_limit(size)

    def get_limit(self):
        return self._limits.get(get_device_id(), 0)


class MemoryAsyncPool(_ArraysPool):
    """The same pool: weft's allocations are ordered by streams."""

    def __init__(self, pool_handles="current"):
        super().__init__()
        self.memoryAsyncHasStat = True

    def malloc(self, size):
        return MemoryPointer(MemoryAsync(size), 0)


def _parse_limit_string(limit=None):
    """CUPY_GPU_MEMORY_LIMIT as arguments of set_limit: bytes, or a share with %."""
    limit = os.environ.get("CUPY_GPU_MEMORY_LIMIT", "") if limit is None else limit
    if limit.endswith("%"):
        return {"size": None, "fraction": float(limit[:-1]) / 100}
    return {"size": int(limit) if limit else None, "fraction": None}


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


def is_memory_asynchronous():
    return False


from .pinned_memory import PinnedMemory, PinnedMemoryPointer, PinnedMemoryPool, alloc_pinned_memory, set_pinned_memory_allocator  # noqa: E402

_pool, _pinned_pool = _ArraysPool(), PinnedMemoryPool()
if any(value is not None for value in _parse_limit_string().values()):
    _pool.set_limit(**_parse_limit_string())
