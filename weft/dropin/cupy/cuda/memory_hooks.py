"""cupy.cuda.memory_hooks"""

import os
import sys

from .memory_hook import MemoryHook


class DebugPrintHook(MemoryHook):
    """Prints a line for each allocation."""

    name = "DebugPrintHook"

    def __init__(self, file=sys.stdout, flush=True):
        self.file, self.flush = file, flush

    def _print(self, what, values):
        text = ",".join(f'"{key}":{value}' for key, value in values.items())
        print(f'{{"hook":"{what}",{text}}}', file=self.file, flush=self.flush)

    def alloc_postprocess(self, device_id, mem_size, mem_ptr):
        self._print("alloc", dict(device_id=device_id, mem_size=mem_size, mem_ptr=mem_ptr))

    def malloc_postprocess(self, device_id, size, mem_size, mem_ptr, pmem_id):
        self._print("malloc", dict(device_id=device_id, size=size, mem_size=mem_size, mem_ptr=mem_ptr, pmem_id=f'"{hex(pmem_id)}"'))

    def free_postprocess(self, device_id, mem_size, mem_ptr, pmem_id):
        self._print("free", dict(device_id=device_id, mem_size=mem_size, mem_ptr=mem_ptr, pmem_id=f'"{hex(pmem_id)}"'))


def _readable(size):
    """Bytes in the unit that leaves a number below 1024."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.2f}{unit}"
        size /= 1024
    return f"{size:.2f}TB"


class _Place:
    """A line of the program, with what it and the lines it called took."""

    def __init__(self):
        self.used = self.acquired = 0
        self.below = {}


class LineProfileHook(MemoryHook):
    """Tells for each line of the program how many bytes it had from the pool, and how many the pool had to allocate for that.
    max_depth: how many levels of calls are told apart, the whole among them; 0 is all."""

    name = "LineProfileHook"

    def __init__(self, max_depth=0):
        self.max_depth, self._root = max_depth, _Place()

    def _path(self):
        frame, own, path = sys._getframe(2), os.path.dirname(os.path.abspath(__file__)), []
        while frame is not None:
            if not frame.f_code.co_filename.startswith(own):
                path.append(f"{frame.f_code.co_filename}:{frame.f_lineno}:{frame.f_code.co_name}")
            frame = frame.f_back
        path.reverse()
        return path if not self.max_depth else path[:self.max_depth - 1]

    def _add(self, used, acquired):
        place, path = self._root, self._path()
        for name in (None, *path):
            place = place if name is None else place.below.setdefault(name, _Place())
            place.used += used
            place.acquired += acquired

    def alloc_preprocess(self, device_id, mem_size):
        self._add(0, mem_size)

    def malloc_preprocess(self, device_id, size, mem_size):
        self._add(mem_size, 0)

    def print_report(self, file=sys.stdout):
        """A line for each place, below the one that called it: bytes had from the pool, bytes allocated."""
        self._print("_root", self._root, 0, file)

    def _print(self, name, place, depth, file):
        file.write(f"{'  ' * depth}{name} ({_readable(place.used)}, {_readable(place.acquired)})\n")
        for below, found in place.below.items():
            self._print(below, found, depth + 1, file)
