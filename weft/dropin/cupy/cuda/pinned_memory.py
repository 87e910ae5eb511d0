"""cupy.cuda.pinned_memory: host memory that copies run at full speed from, with the buffer protocol."""

import ctypes
import functools
import sys
import threading
import weakref

import weft as _weft


class PinnedMemory:
    """`size` bytes of page-locked host memory."""

    def __init__(self, size, flags=0):
        self.size = int(size)
        self._memory = _weft.PinnedMemory(max(1, self.size))
        self.ptr = self._memory.address

    def __int__(self):
        return self.ptr


class _Methods:
    """What a pointer can do besides being a ctypes array. `mem` and `ptr` are of the object: a class would live on in cycles."""

    _pinned_pointer = True

    def size(self):
        return len(self)

    def __int__(self):
        return self.ptr

    def __add__(self, more):
        return PinnedMemoryPointer(self.mem, self.ptr - self.mem.ptr + more)

    __radd__ = __add__

    def __sub__(self, less):
        return self + -less


@functools.lru_cache(256)
def _bytes_of(count):
    return type("PinnedMemoryPointer", (_Methods, ctypes.c_byte * count), {})


class _Pointers(type):
    """What pointers are made of is a ctypes array; it is told by its mark."""

    def __instancecheck__(cls, thing):
        return getattr(type(thing), "_pinned_pointer", False)


class PinnedMemoryPointer(metaclass=_Pointers):
    """A place in pinned memory. What is made is a ctypes array with these methods: that has the buffer protocol on every
    version of Python, so numpy.frombuffer reads and writes it."""

    def __new__(cls, mem, offset=0):
        made = _bytes_of(max(0, mem.size - offset)).from_address(mem.ptr + offset)
        made.mem, made.ptr = mem, mem.ptr + offset
        return made


class PooledPinnedMemory(PinnedMemory):
    """A block of a pool, which goes back with the object or by free()."""

    def __init__(self, memory, size, pool):
        self._block, self.size, self.ptr, self._pool = memory, size, memory.ptr, weakref.ref(pool)

    def free(self):
        """Gives the block back now."""
        block, self._block = self._block, None
        pool = self._pool()
        if block is not None and pool is not None:
            pool._give(block)
        self.ptr = self.size = 0

    def __del__(self):
        if not sys.is_finalizing():
            self.free()


def _malloc(size):
    return PinnedMemoryPointer(PinnedMemory(size), 0)


class PinnedMemoryPool:
    """Blocks of powers of two of bytes, kept when they are given back."""

    def __init__(self, allocator=_malloc):
        self._allocate, self._free, self._lock = allocator, {}, threading.Lock()

    def malloc(self, size):
        """A pointer to `size` bytes of pinned memory."""
        size = int(size)
        if size == 0:
            return PinnedMemoryPointer(PinnedMemory(0), 0)
        rounded = max(512, 1 << (size - 1).bit_length())
        with self._lock:
            kept = self._free.get(rounded)
            memory = kept.pop() if kept else None
        if memory is None:
            memory = self._allocate(rounded).mem
        return PinnedMemoryPointer(PooledPinnedMemory(memory, rounded, self), 0)

    def _give(self, memory):
        with self._lock:
            self._free.setdefault(memory.size, []).append(memory)

    def free_all_blocks(self):
        """Gives back what is kept."""
        with self._lock:
            self._free.clear()

    def n_free_blocks(self):
        with self._lock:
            return sum(map(len, self._free.values()))


_state = {"allocator": None}


def alloc_pinned_memory(size):
    """`size` bytes of pinned host memory."""
    return (_state["allocator"] or _malloc)(size)


def set_pinned_memory_allocator(allocator=None):
    _state["allocator"] = allocator


def is_memory_asynchronous():
    return False
