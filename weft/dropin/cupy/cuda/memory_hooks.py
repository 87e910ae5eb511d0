"""cupy.cuda.memory_hooks"""

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

    def malloc_postprocess(self, **kwargs):
        self._print("malloc", kwargs)

    def free_postprocess(self, **kwargs):
        self._print("free", kwargs)


class LineProfileHook(MemoryHook):
    """Counts the bytes that each line of the program asked for."""

    name = "LineProfileHook"

    def __init__(self, max_depth=0):
        self.max_depth, self._bytes = max_depth, {}

    def malloc_preprocess(self, device_id, size, mem_size):
        frame, own = sys._getframe(1), __file__.rpartition("/")[0]
        while frame is not None and frame.f_code.co_filename.startswith(own):
            frame = frame.f_back
        if frame is not None:
            place = (frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno)
            self._bytes[place] = self._bytes.get(place, 0) + mem_size

    def print_report(self, file=sys.stdout):
        """Lines and their bytes, the largest first."""
        for (name, function, line), size in sorted(self._bytes.items(), key=lambda item: -item[1]):
            print(f"{name}:{line}:{function} ({size} bytes)", file=file)
