"""pycuda.compiler: SourceModule and its kin. The compiler is weft's own: no nvcc is looked for or needed."""

import json
import os
import shlex

from weft import _core
from weft._module import compile_source

from ._context import require_context
from .driver import _IMAGE, CompileError, Module

DEFAULT_NVCC_FLAGS = [word.strip() for word in shlex.split(os.environ.get("PYCUDA_DEFAULT_NVCC_FLAGS", ""))]


def _program(source, options, no_extern_c, arch, include_dirs):
    if not isinstance(source, (str, bytes)):
        source = str(source)  # cgen's modules and the like
    try:
        return compile_source(source, options, include_dirs=include_dirs, arch=arch, name="kernel.cu",
                              extern_c=not no_extern_c)
    except CompileError as error:
        error.msg = "compilation of kernel.cu failed"
        error.stdout, error.stderr = "", str(error)
        error.command_line = ["weft", *options, "kernel.cu"]
        raise


def _arguments(options, no_extern_c, arch, include_dirs):
    options = list(DEFAULT_NVCC_FLAGS if options is None else options)
    return {"options": options, "no_extern_c": bool(no_extern_c), "arch": arch, "include_dirs": [str(d) for d in include_dirs]}


class CudaModule:
    """What the module classes share."""

    def get_function(self, name):
        return self.module.get_function(name)

    def get_global(self, name):
        return self.module.get_global(name)

    def get_texref(self, name):
        return self.module.get_texref(name)

    def get_surfref(self, name):
        return self.module.get_surfref(name)


class SourceModule(CudaModule):
    """CUDA C source as a module of the current context. Errors in it are told at once; code is made at the first launch.

    nvcc, keep, code and cache_dir are accepted and mean nothing here.
    """

    def __init__(self, source, nvcc="nvcc", options=None, keep=False, no_extern_c=False, arch=None, code=None,
                 cache_dir=None, include_dirs=()):
        require_context("cuModuleLoadDataEx")
        self.module = Module(_program(source, **_arguments(options, no_extern_c, arch, include_dirs)))


class DynamicModule(CudaModule):
    """Several pieces of source, compiled together by link(); or one piece of PTX, cubin or fatbin."""

    def __init__(self, nvcc="nvcc", link_options=None, keep=False, no_extern_c=False, arch=None, code=None, cache_dir=None,
                 include_dirs=(), message_handler=None, log_verbose=False, cuda_libdir=None):
        self.nvcc, self.keep, self.no_extern_c, self.arch, self.code = nvcc, keep, no_extern_c, arch, code
        self.cache_dir, self.include_dirs, self.cuda_libdir = cache_dir, list(include_dirs), cuda_libdir
        self.linker = None
        self.module = None
        self._sources, self._options, self._images = [], [], []

    def add_source(self, source, nvcc_options=None, name="kernel.ptx"):
        self._sources.append(source)
        self._options += nvcc_options or []
        return self

    def add_data(self, data, input_type=None, name="unknown"):
        """PTX, a cubin or a fatbin. NotImplementedError at link() when it is to be linked with anything else."""
        self._images.append((bytes(data), name))
        return self

    def add_file(self, filename, input_type=None):
        with open(filename, "rb") as file:
            return self.add_data(file.read(), input_type, os.fspath(filename))

    def add_stdlib(self, libname):
        return self

    def link(self):
        require_context("cuLinkComplete")
        if self._images:
            if self._sources or len(self._images) > 1:
                raise NotImplementedError("linking foreign PTX or cubins with other code: weft has no device linker; it links the pieces "
                                          "of source of one DynamicModule, or loads one image")
            self.module = Module(_core.load_image(*self._images[0]))
            return self
        arguments = _arguments(self._options, self.no_extern_c, self.arch, self.include_dirs)
        self.module = Module(_program("\n".join(self._sources), **arguments))
        return self


class DynamicSourceModule(DynamicModule):
    def __init__(self, source, nvcc="nvcc", options=None, keep=False, no_extern_c=False, arch=None, code=None,
                 cache_dir=None, include_dirs=(), cuda_libdir=None):
        super().__init__(nvcc, None, keep, no_extern_c, arch, code, cache_dir, include_dirs, cuda_libdir=cuda_libdir)
        self.add_source(source, options)
        self.link()


def compile(source, nvcc="nvcc", options=None, keep=False, no_extern_c=False, arch=None, code=None, cache_dir=None,
            include_dirs=(), target="cubin"):
    """Checks the source; the bytes that module_from_buffer takes."""
    arguments = _arguments(options, no_extern_c, arch, include_dirs)
    _program(source, **arguments)
    return _IMAGE + json.dumps([source, arguments]).encode()


def compile_plain(source, options, keep, nvcc, cache_dir, target="cubin"):
    return compile(source, nvcc, options, keep, True, target=target)


def preprocess_source(source, options, nvcc):
    from weft._options import parse_options

    parsed = parse_options(options)
    return _core.preprocess(source, defines=parsed["defines"], include_dirs=parsed["include_dirs"])


def get_nvcc_version(nvcc):
    return "weft's own CUDA C compiler, in place of nvcc"
