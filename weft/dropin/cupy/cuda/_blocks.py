"""Pools of memory blocks, as CuPy's MemoryPool: for each device and each stream an arena of free blocks.

A request is rounded up to a multiple of 512 bytes and takes the smallest free block of the current stream's arena that holds
it; what is left over is split off and stays a block of its own. A block that is given back joins its free neighbours of the
same allocation. Only when no block fits is the pool's allocator asked, and an allocation goes back to it (free_all_blocks, or
when the limit or the device is full) once all of it is free.
"""

import bisect
import threading

from .memory_hook import _active, _call

_allocation_unit_size = 512


def _round_size(size):
    """Up to a multiple of the unit."""
    unit = _allocation_unit_size
    return (size + unit - 1) // unit * unit


class Chunk:
    """A block: `size` bytes at `offset` of an allocation `mem`, and its neighbours in it. `arena` is None for one that was
    merged away."""

    def __init__(self, mem, offset, size, arena):
        self.mem, self.offset, self.size, self.arena = mem, offset, size, arena
        self.prev = self.next = None
        self.free = False

    def ptr(self):
        return self.mem.ptr + self.offset

    def split(self, size):
        """Keeps `size` bytes; returns the rest as a block."""
        rest = Chunk(self.mem, self.offset + size, self.size - size, self.arena)
        rest.prev, rest.next = self, self.next
        if self.next is not None:
            self.next.prev = rest
        self.next, self.size = rest, size
        return rest

    def merge_next(self):
        """Takes the next block in."""
        other = self.next
        self.size += other.size
        self.next, other.arena = other.next, None
        if self.next is not None:
            self.next.prev = self


class Arena:
    """The free blocks of a stream, sorted by size."""

    def __init__(self):
        self._sizes, self._chunks = [], []

    def put(self, chunk):
        at = bisect.bisect_right(self._sizes, chunk.size)
        self._sizes.insert(at, chunk.size)
        self._chunks.insert(at, chunk)
        chunk.free = True

    def drop(self, chunk):
        at = self._chunks.index(chunk, bisect.bisect_left(self._sizes, chunk.size))
        del self._sizes[at], self._chunks[at]
        chunk.free = False

    def take(self, size):
        """The smallest block that holds `size` bytes, cut to it; None where there is none."""
        at = bisect.bisect_left(self._sizes, size)
        if at == len(self._chunks):
            return None
        chunk = self._chunks[at]
        self.drop(chunk)
        if chunk.size > size:
            self.put(chunk.split(size))
        return chunk

    def give(self, chunk):
        if chunk.next is not None and chunk.next.free:
            self.drop(chunk.next)
            chunk.merge_next()
        if chunk.prev is not None and chunk.prev.free:
            self.drop(chunk.prev)
            chunk = chunk.prev
            chunk.merge_next()
        self.put(chunk)

    def drop_whole(self):
        """Forgets the blocks that are all of their allocation, which goes back with them."""
        for chunk in [c for c in self._chunks if c.prev is None and c.next is None]:
            self.drop(chunk)

    def __len__(self):
        return len(self._chunks)

    def bytes(self):
        return sum(self._sizes)


class BlockPool:
    """The pool of one device."""

    def __init__(self, allocate, device_id, out_of_memory):
        self._allocate, self._device_id, self._out_of_memory = allocate, device_id, out_of_memory
        self._arenas, self._lock, self._used, self.limit = {}, threading.RLock(), 0, 0

    def arena(self, stream_ptr):
        return self._arenas.setdefault(stream_ptr, Arena())

    def malloc(self, size, stream_ptr):
        """A block of that (rounded) size."""
        with self._lock:
            arena = self.arena(stream_ptr)
            chunk = arena.take(size) or self._fresh(size, arena)
            self._used += size
            return chunk

    def _fresh(self, size, arena):
        if self.limit and self.total_bytes() + size > self.limit:
            self.free_all_blocks()
            if self.total_bytes() + size > self.limit:
                raise self._out_of_memory(size, self.total_bytes(), self.limit)
        if _active():
            _call("alloc_preprocess", device_id=self._device_id, mem_size=size)
        try:
            mem = self._allocate(size).mem
        except MemoryError:
            self.free_all_blocks()
            mem = self._allocate(size).mem
        if _active():
            _call("alloc_postprocess", device_id=self._device_id, mem_size=size, mem_ptr=mem.ptr)
        return Chunk(mem, 0, size, arena)

    def give(self, chunk):
        with self._lock:
            self._used -= chunk.size
            chunk.arena.give(chunk)

    def free_all_blocks(self, stream_ptr=None):
        with self._lock:
            for key, arena in self._arenas.items():
                if stream_ptr is None or key == stream_ptr:
                    arena.drop_whole()

    def used_bytes(self):
        return self._used

    def free_bytes(self):
        with self._lock:
            return sum(arena.bytes() for arena in self._arenas.values())

    def total_bytes(self):
        return self.used_bytes() + self.free_bytes()

    def n_free_blocks(self):
        with self._lock:
            return sum(map(len, self._arenas.values()))
