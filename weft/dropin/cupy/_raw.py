"""RawKernel and RawModule: CuPy's spelling of weft.Module and its kernels."""

import weft


def _stream():
    from .cuda import get_current_stream
    return get_current_stream()._weft


def _sizes(value):
    return (value,) if isinstance(value, int) else tuple(int(n) for n in value)


class RawKernel:
    """kernel(grid, block, args, shared_mem=0)"""

    def __init__(self, code, name, options=(), backend="nvrtc", translate_cucomplex=False, *, enable_cooperative_groups=False, jitify=False):
        self.code, self.name, self.options, self.backend = code, name, tuple(options), backend
        self.enable_cooperative_groups = enable_cooperative_groups
        self.file_path = None
        self._kernel_object = None

    def compile(self, log_stream=None):
        self._kernel

    @property
    def _kernel(self):
        if self._kernel_object is None:
            self._kernel_object = weft.Module(self.code, self.options, instantiate=[self.name] if "<" in self.name else ()).kernel(self.name)
        return self._kernel_object

    kernel = property(lambda self: self._kernel)
    max_dynamic_shared_size_bytes = 0
    preferred_shared_memory_carveout = -1
    attributes = property(lambda self: {"max_threads_per_block": 1024, "shared_size_bytes": 0, "const_size_bytes": 0, "local_size_bytes": 0,
                                        "num_regs": 0, "ptx_version": 0, "binary_version": 0, "cache_mode_ca": 0,
                                        "max_dynamic_shared_size_bytes": self.max_dynamic_shared_size_bytes,
                                        "preferred_shared_memory_carveout": self.preferred_shared_memory_carveout})
    max_threads_per_block = 1024

    def __call__(self, grid, block, args, *, shared_mem=0, stream=None):
        chosen = _stream() if stream is None else getattr(stream, "_weft", stream)
        self._kernel(*args, grid=_sizes(grid), block=_sizes(block), shared=shared_mem, stream=chosen)


class RawModule:
    """Several kernels of one source."""

    def __init__(self, *, code=None, path=None, options=(), backend="nvrtc", translate_cucomplex=False,
                 enable_cooperative_groups=False, name_expressions=None, jitify=False):
        if (code is None) == (path is None):
            raise TypeError("Exactly one of `code` and `path` keyword arguments must be given.")
        self.code, self.file_path, self.options, self.backend = code, path, tuple(options), backend
        self.name_expressions = name_expressions
        self._module_object = None

    @property
    def _module(self):
        if self._module_object is None:
            names = list(self.name_expressions or ())
            if self.code is None:
                self._module_object = weft.Module.from_file(self.file_path, self.options, instantiate=names)
            else:
                self._module_object = weft.Module(self.code, self.options, instantiate=names)
        return self._module_object

    module = property(lambda self: self._module)

    def compile(self, log_stream=None):
        self._module

    def get_function(self, name):
        kernel = RawKernel(self.code, name, self.options)
        kernel._kernel_object = self._module.kernel(name)
        return kernel

    def get_global(self, name):
        from .cuda.memory import MemoryPointer, UnownedMemory
        memory = self._module.variable(name)
        return MemoryPointer(UnownedMemory(int(memory), memory.size, memory), 0)
