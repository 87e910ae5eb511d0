"""RawKernel and RawModule: CuPy's spelling of weft.Module and its kernels."""

import os
import re
import warnings

import weft
from weft._array.fragments import INCLUDE

# CUfunction_attribute numbers, under the names that CuPy's `attributes` has.
_ATTRIBUTES = {"max_threads_per_block": 0, "shared_size_bytes": 1, "const_size_bytes": 2, "local_size_bytes": 3, "num_regs": 4,
               "ptx_version": 5, "binary_version": 6, "cache_mode_ca": 7, "max_dynamic_shared_size_bytes": 8,
               "preferred_shared_memory_carveout": 9}
_JITIFY = object()


def _sizes(value):
    """A grid or a block; what is 0 there is 1, as in CuPy."""
    return tuple(max(1, int(n)) for n in (value[:3] if isinstance(value, (tuple, list)) else (value,)))


def _check(backend, jitify):
    if backend not in ("nvrtc", "nvcc"):
        raise ValueError(f"Invalid backend: {backend!r}")
    if jitify is not _JITIFY:
        warnings.warn("jitify=True is deprecated: weft compiles CUDA C itself." if jitify else
                      "The jitify argument is deprecated. Avoid passing jitify=False.", DeprecationWarning, stacklevel=3)


def _compiled(code, options, names, translate=False):
    """weft's module; what the source does wrong is a CompileException. cuComplex.h is known; translated, its types are
    complex<T>, which has operators."""
    if translate:
        code = re.sub(r"(?m)^(\s*#\s*include\s*)<cuComplex\.h>", r'\1"weft_cucomplex.cuh"', code)
        options = (*options, f"-I{INCLUDE}")
    try:
        return weft.Module(code, options, instantiate=names)
    except weft.CompileError as error:
        error.source = code  # for CompileException.dump
        raise


def _stream_of(stream):
    if stream is None:
        from .cuda import get_current_stream
        stream = get_current_stream()
    return getattr(stream, "_weft", stream)


def _by_number(attributes, number):
    names = {value: key for key, value in _ATTRIBUTES.items()}
    return attributes.get(names[number], attributes.get(number, 0))


class RawKernel:
    """kernel(grid, block, args, shared_mem=0): a kernel of a source in CUDA C.

    options: nvcc's. backend, jitify, enable_cooperative_groups: accepted; weft compiles both ways alike. Mistakes in the
    source are weft.CompileError (cupy.cuda.compiler.CompileException) at the first use.
    """

    def __init__(self, code, name, options=(), backend="nvrtc", translate_cucomplex=False, *, enable_cooperative_groups=False,
                 jitify=_JITIFY):
        _check(backend, jitify)
        if isinstance(code, bytes):
            code = code.decode()
        self.code, self.name, self.options, self.backend = code, name, tuple(options), backend
        self.translate_cucomplex, self.enable_cooperative_groups = bool(translate_cucomplex), bool(enable_cooperative_groups)
        self.file_path, self.name_expressions = None, None
        self._kernel_object = None

    def compile(self, log_stream=None):
        """Compiles now, instead of at the first launch."""
        self._weft_kernel

    @property
    def _weft_kernel(self):
        if self._kernel_object is None:
            names = [self.name] if "<" in self.name or "::" in self.name else []
            if self.file_path is not None:
                self._kernel_object = RawModule(path=self.file_path, options=self.options)._weft_module.kernel(self.name)
            else:
                self._kernel_object = _found(_compiled(self.code, self.options, names, self.translate_cucomplex), self.name)
        return self._kernel_object

    @property
    def kernel(self):
        from .cuda.function import Function
        return Function(self._weft_kernel)

    def __call__(self, grid, block, args, **kwargs):
        shared_mem, stream = kwargs.pop("shared_mem", 0), kwargs.pop("stream", None)
        if kwargs:
            raise TypeError(f"unexpected keyword arguments {', '.join(kwargs)}")
        _launch(self._weft_kernel, [_argument(a) for a in args], dict(grid=_sizes(grid), block=_sizes(block), shared=shared_mem,
                                                                      stream=_stream_of(stream)))

    def __reduce__(self):
        return _again, (self.code, self.name, self.options, self.backend, self.translate_cucomplex, self.enable_cooperative_groups,
                        self.file_path)

    @property
    def attributes(self):
        """What the driver says of the kernel, by name."""
        return {name: _by_number(self._weft_kernel.attributes(), number) for name, number in _ATTRIBUTES.items()}

    def _set(self, name, value):
        self._weft_kernel.set_attribute(_ATTRIBUTES[name], int(value))


def _attribute_of(name):
    return property(lambda self: self.attributes[name], doc=f"the attribute {name}")


for _name in _ATTRIBUTES:
    _found_property = _attribute_of(_name)
    if _name in ("max_dynamic_shared_size_bytes", "preferred_shared_memory_carveout"):
        _found_property = _found_property.setter(lambda self, value, _name=_name: self._set(_name, value))
    setattr(RawKernel, _name, _found_property)


def _again(code, name, options, backend, translate, cooperative, path):
    kernel = RawKernel(code, name, options, backend, translate, enable_cooperative_groups=cooperative)
    kernel.file_path = path
    return kernel


def _argument(value):
    if hasattr(value, "__cupy_get_ndarray__"):
        return value.__cupy_get_ndarray__()
    if hasattr(value, "ptr") and hasattr(value, "mem"):  # a MemoryPointer
        return value.ptr
    return value


def _launch(kernel, args, how):
    """Arguments that the kernel has no parameters for go nowhere, as with CUDA's own launch, which takes as many as it needs."""
    try:
        kernel(*args, **how)
    except TypeError:
        known = kernel.parameters
        if known is None or len(args) <= len(known):
            raise
        warnings.warn(f"kernel {kernel.name} takes {len(known)} arguments, got {len(args)}: the last ones are left out, as CUDA leaves them",
                      RuntimeWarning, stacklevel=3)
        kernel(*args[:len(known)], **how)


def _found(module, name):
    """The kernel of that name; CuPy's error where there is none."""
    try:
        return module.kernel(name)
    except weft.ArgumentError as error:
        from .cuda.driver import CUDADriverError
        raise CUDADriverError(500, f"CUDA_ERROR_NOT_FOUND: {error}") from error


class RawModule:
    """The kernels and variables of a source in CUDA C (code=) or of a file (path=): CUDA C, PTX or a cubin."""

    def __init__(self, *, code=None, path=None, options=(), backend="nvrtc", translate_cucomplex=False,
                 enable_cooperative_groups=False, name_expressions=None, jitify=_JITIFY):
        if (code is None) == (path is None):
            raise TypeError("Exactly one of `code` and `path` keyword arguments must be given.")
        if path is not None and name_expressions:
            raise ValueError("name_expressions need the source code")
        if name_expressions is not None and backend != "nvrtc":
            raise ValueError("only nvrtc supports retrieving the mangled names for the given name expressions")
        _check(backend, jitify)
        if isinstance(code, bytes):
            code = code.decode()
        self.code, self.file_path, self.options, self.backend = code, path, tuple(options), backend
        self.translate_cucomplex, self.enable_cooperative_groups = bool(translate_cucomplex), bool(enable_cooperative_groups)
        self.name_expressions = None if name_expressions is None else tuple(name_expressions)
        self._module_object, self._kernels = None, {}

    @property
    def _weft_module(self):
        if self._module_object is None:
            if self.code is not None:
                self._module_object = _compiled(self.code, self.options, list(self.name_expressions or ()), self.translate_cucomplex)
            else:
                self._module_object = self._from_file()
        return self._module_object

    def _from_file(self):
        if not os.path.exists(self.file_path):
            from .cuda.driver import CUDADriverError
            raise CUDADriverError(301, f"CUDA_ERROR_FILE_NOT_FOUND: {self.file_path}")
        return weft.Module.from_file(self.file_path, self.options)

    module = property(lambda self: self._weft_module)

    def compile(self, log_stream=None):
        """Compiles now, instead of at the first use."""
        self._weft_module

    def get_function(self, name):
        """The kernel of that name, or of that name expression."""
        if name not in self._kernels:
            kernel = RawKernel(self.code, name, self.options, self.backend, self.translate_cucomplex,
                               enable_cooperative_groups=self.enable_cooperative_groups)
            kernel.file_path, kernel.name_expressions = self.file_path, self.name_expressions
            kernel._kernel_object = _found(self._weft_module, name)
            self._kernels[name] = kernel
        return self._kernels[name]

    def get_global(self, name):
        """Where a __device__ or __constant__ variable is."""
        from .cuda.memory import MemoryPointer, UnownedMemory
        memory = self._weft_module.variable(name)
        return MemoryPointer(UnownedMemory(int(memory), memory.size, memory), 0)

    def __reduce__(self):
        return _module_again, (self.code, self.file_path, self.options, self.backend, self.translate_cucomplex,
                               self.enable_cooperative_groups, self.name_expressions)


def _module_again(code, path, options, backend, translate, cooperative, names):
    return RawModule(code=code, path=path, options=options, backend=backend, translate_cucomplex=translate,
                     enable_cooperative_groups=cooperative, name_expressions=names)
