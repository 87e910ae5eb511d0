"""wf.Module: CUDA C source as something that can be called.

    module = wf.Module(source)
    module["add"](x, y, z, n, grid=(64,), block=(256,))
    add = wf.Kernel(source, "add")         # the same for one kernel
"""

import os

from . import _core
from ._options import _core_warn, parse_options


def _say_where(error, source):
    from . import _origin

    if error.args and isinstance(error.args[0], str):
        error.args = (_origin.beside(error.args[0], source), *error.args[1:])


def compile_source(source, options, *, include_dirs, arch, **more):
    """The core's Program. What the front-end warned of becomes a warning here; what it does not support goes through NVRTC
    where there is one, for a GPU."""
    if isinstance(source, str) and source.lstrip()[:1] in (".", "/") and _core.is_image(source.encode()):
        source = source.encode()
    if not isinstance(source, str):
        source = bytes(source)
        if _core.is_image(source):
            return _core.load_image(source, more.get("name") or "image")
        source = source.decode()
    arguments = parse_options(options, include_dirs, arch)
    arguments.update(more)
    try:
        program, said = _core.compile_cuda(source, **arguments)
    except _core.CompileError as error:
        _say_where(error, source)
        if not getattr(error, "unsupported", None):
            raise
        from . import _nvrtc

        return _nvrtc.compile(source, arguments, error)
    if said:
        from . import _origin

        _core_warn(_origin.beside(said, source))
    return program


class Module:
    r'''CUDA C source, checked at once; each kernel is compiled for a device at its first launch there. Or PTX, a cubin or a
    fatbin (as bytes), which run on GPUs only.

        >>> module = wf.Module("""
        ... template<typename T> __global__ void scale(T *x, T by) { x[threadIdx.x] *= by; }
        ... """, instantiate=["scale<float>"])
        >>> x = wf.ones(3, dtype=wf.float32)
        >>> module["scale<float>"](x, 2.5, grid=(1,), block=(3,))
        >>> x
        array([2.5, 2.5, 2.5], dtype=float32)

    CompileError, with line and caret, when the source is wrong; UnsupportedError names what weft does not take.

    options: words of nvcc's command line (-D, -I, --use_fast_math, --fmad, -arch …). headers: {name: text} for #include.
    instantiate: name expressions of templates ("scale<float>"), found under these names.
    '''

    def __init__(self, source, options=(), *, name=None, include_dirs=(), headers=None, defines=None, instantiate=(),
                 extern_c=False, check_bounds=True, arch=None):
        headers = headers or {}
        options = list(options)
        for key, value in (defines or {}).items():
            options += [f"-D{key}" if value is None else f"-D{key}={value}"]
        self.program = compile_source(source, options, include_dirs=include_dirs, arch=arch, name=name,
                                      header_names=list(headers), header_texts=list(headers.values()),
                                      instantiate=list(instantiate), extern_c=extern_c, check_bounds=check_bounds)
        self._kernels = {}

    @classmethod
    def from_file(cls, path, options=(), **more):
        """The source (or PTX, cubin, fatbin) in a file; its folder is searched for includes."""
        with open(path, "rb") as file:
            source = file.read()
        folders = [os.path.dirname(os.path.abspath(path)), *more.pop("include_dirs", ())]
        return cls(source, options, name=os.fspath(path), include_dirs=folders, **more)

    @property
    def kernels(self):
        """The kernels' names."""
        return self.program.kernels

    def kernel(self, name=None):
        """The kernel of that name; None: the only one."""
        if name not in self._kernels:
            self._kernels[name] = _core.Kernel(self.program, name)
        return self._kernels[name]

    get_function = kernel
    __getitem__ = kernel

    def variable(self, name):
        """The memory of a __device__ or __constant__ variable on the current device."""
        return self.program.variable(name)

    get_global = variable

    def show(self, what="cuda", device=None, block=None):
        """What was made of the source: "cuda" (the tree as CUDA C), "ir" (LLVM IR), "asm" (PTX or assembly)."""
        return self.program.show(what, device, block)
