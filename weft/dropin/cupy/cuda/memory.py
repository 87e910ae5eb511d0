"""cupy.cuda.memory: the pools are weft's; these objects ask it."""

import weft as _weft

OutOfMemoryError = _weft.OutOfMemoryError


class BaseMemory:
    ptr = 0
    size = 0


class Memory(BaseMemory):
    def __init__(self, size):
        self._memory = _weft.Memory(size)
        self.ptr, self.size = int(self._memory), size


class UnownedMemory(BaseMemory):
    def __init__(self, ptr, size, owner, device_id=-1):
        self.ptr, self.size, self._owner = ptr, size, owner


class MemoryPointer:
    def __init__(self, mem, offset):
        self.mem, self.ptr = mem, mem.ptr + offset

    def __int__(self):
        return self.ptr

    def __add__(self, offset):
        return MemoryPointer(self.mem, self.ptr - self.mem.ptr + offset)


class MemoryPool:
    """What the caching allocator says of itself."""

    def __init__(self, allocator=None):
        self._limit = 0

    def malloc(self, size):
        return MemoryPointer(Memory(size), 0)

    @staticmethod
    def _stats():
        return _weft.current_context().memory_stats()

    def used_bytes(self):
        return self._stats().get("in_use", 0)

    def total_bytes(self):
        return self._stats().get("pooled", 0)

    def free_bytes(self):
        return max(0, self.total_bytes() - self.used_bytes())

    def n_free_blocks(self):
        return 0

    def free_all_blocks(self, stream=None):
        _weft.current_context().trim()

    free_all_free = free_all_blocks

    def set_limit(self, size=None, fraction=None):
        self._limit = int(size if size is not None else (fraction or 0) * _weft.memory_info()[1])
        _weft.current_context().set_limit(self._limit)

    def get_limit(self):
        return self._limit


class PinnedMemoryPool:
    def malloc(self, size):
        return alloc_pinned_memory(size)

    def free_all_blocks(self):
        pass

    def n_free_blocks(self):
        return 0


class PinnedMemoryPointer:
    """Host memory at full copy speed, with the buffer protocol."""

    def __init__(self, memory, size):
        self.mem, self._size = memory, size

    def size(self):
        return self._size

    def __buffer__(self, flags):
        return memoryview(self.mem)

    def __array__(self, dtype=None, copy=None):
        import numpy
        return numpy.frombuffer(self.mem, dtype=dtype or numpy.uint8)


MemoryAsyncPool = MemoryPool
_pool, _pinned_pool = MemoryPool(), PinnedMemoryPool()


def alloc(size):
    return _pool.malloc(size)


def alloc_pinned_memory(size):
    return _weft.PinnedMemory(size)


def set_allocator(allocator=None):
    """Accepted: weft has one allocator."""


def get_allocator():
    return alloc


def set_pinned_memory_allocator(allocator=None):
    """Accepted: weft has one allocator."""


class using_allocator:
    def __init__(self, allocator=None):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None
