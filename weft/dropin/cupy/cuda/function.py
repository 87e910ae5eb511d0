"""cupy.cuda.function: modules and kernels of the driver."""

import weft as _weft


class Module:
    """A compiled source; load takes CUDA C or PTX text."""

    def __init__(self):
        self._module = None

    def load(self, source):
        self._module = _weft.Module(source)

    def load_file(self, path):
        self._module = _weft.Module.from_file(path)

    def get_function(self, name):
        return Function(self._module.kernel(name))

    def get_global_var(self, name):
        from .memory import MemoryPointer, UnownedMemory
        memory = self._module.variable(name)
        return MemoryPointer(UnownedMemory(int(memory), memory.size, memory), 0)


class Function:
    """A kernel: function(grid, block, args, shared_mem, stream)."""

    def __init__(self, kernel):
        self._kernel = kernel

    def __call__(self, grid, block, args, shared_mem=0, stream=None):
        self._kernel(*args, grid=tuple(grid), block=tuple(block), shared=shared_mem, stream=getattr(stream, "_weft", stream))
