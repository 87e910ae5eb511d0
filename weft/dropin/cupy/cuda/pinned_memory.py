"""cupy.cuda.pinned_memory: host memory that copies run at full speed from, with the buffer protocol."""

import ctypes

import weft as _weft


class PinnedMemory:
    """`size` bytes of page-locked host memory."""

    def __init__(self, size, flags=0):
        self.size = int(size)
        self._memory = _weft.PinnedMemory(max(1, self.size))
        self.ptr = self._memory.address

    def __int__(self):
        return self.ptr


class PinnedMemoryPointer:
    """A place in pinned memory. What is made is a ctypes array with these methods: that has the buffer protocol on every
    version of Python, so numpy.frombuffer reads and writes it."""

    def __new__(cls, mem, offset=0):
        count = max(0, mem.size - offset)
        methods = {"size": lambda self: count, "mem": mem, "ptr": mem.ptr + offset, "__int__": lambda self: self.ptr,
                   "__add__": lambda self, more: cls(mem, offset + more), "__radd__": lambda self, more: cls(mem, offset + more),
                   "__sub__": lambda self, less: cls(mem, offset - less)}
        return type(cls.__name__, (ctypes.c_byte * count,), methods).from_address(mem.ptr + offset)


class PinnedMemoryPool:
    """Blocks are kept by weft's own pool of pinned memory."""

    def __init__(self, allocator=None):
        pass

    def malloc(self, size):
        return PinnedMemoryPointer(PinnedMemory(size), 0)

    def free(self, *args):
        """Blocks go back when their last user is gone."""

    def free_all_blocks(self):
        """Nothing is kept here."""

    def n_free_blocks(self):
        return 0


_state = {"allocator": None}


def alloc_pinned_memory(size):
    """`size` bytes of pinned host memory."""
    return (_state["allocator"] or PinnedMemoryPool().malloc)(size)


def set_pinned_memory_allocator(allocator=None):
    _state["allocator"] = allocator


def is_memory_asynchronous():
    return False
