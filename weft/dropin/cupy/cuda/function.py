"""cupy.cuda.function: modules and kernels of the driver."""

import weft as _weft

from .._raw import _argument, _launch, _sizes


class Module:
    """A compiled source; load takes CUDA C or PTX text."""

    def __init__(self, module=None):
        self._module = module

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
        _launch(self._kernel, [_argument(a) for a in args], dict(grid=_sizes(grid), block=_sizes(block), shared=shared_mem, stream=getattr(stream, "_weft", stream)))

    def linear_launch(self, size, args, shared_mem=0, block_max_size=128, stream=None):
        """One thread for each of `size` elements."""
        block = max(1, min(block_max_size, size))
        self((-(-size // block),), (block,), args, shared_mem, stream)
