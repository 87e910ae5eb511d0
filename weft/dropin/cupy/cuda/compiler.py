"""cupy.cuda.compiler: weft compiles CUDA C itself."""

import weft as _weft


CompileException = JitifyException = _weft.CompileError  # the errors that are really raised


def _message(self):
    return str(self)


def _dump(self, f):
    """Writes the source with its lines' numbers, where it is known, and what is wrong with it."""
    lines = getattr(self, "source", "").split("\n")
    for number, text in enumerate(lines if lines != [""] else [], 1):
        f.write(f"{number:0{len(str(len(lines)))}d} {text}\n")
    f.write(f"-----\n{self}\n")
    f.flush()


CompileException.get_message, CompileException.dump = _message, _dump


def compile_with_cache(source, options=(), arch=None, cache_dir=None, extra_source=None, backend="nvrtc", **unused):
    from .function import Module
    return Module(_weft.Module(source, options))


_compile_module_with_cache = compile_with_cache


def compile_using_nvrtc(source, options=(), arch=None, filename="kern.cu", name_expressions=None, **unused):
    """The source as PTX text, and {name expression: name}."""
    module = _weft.Module(source, options, name=filename, instantiate=name_expressions or ())
    return module.show("asm", _weft.devices("cuda")[0] if _weft.devices("cuda") else None), {n: n for n in name_expressions or ()}


def _run_cc(cmd, cwd, backend, log_stream=None):
    """What a compiler's command prints; CompileException where it fails."""
    import subprocess
    try:
        text = subprocess.run(cmd, cwd=cwd, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    except (subprocess.CalledProcessError, OSError) as error:
        raise CompileException(f"`{backend}` command failed: {getattr(error, 'output', None) or error}") from error
    if log_stream is not None:
        log_stream.write(text)
    return text


def _get_nvrtc_version():
    from . import nvrtc
    return nvrtc.getVersion()


def get_cache_dir():
    return _weft._core.cache_folder()


def is_valid_kernel_name(name):
    import re
    return re.match(r"^[a-zA-Z_][a-zA-Z_0-9]*$", name) is not None


def _get_bool_env_variable(name, default):
    import os
    value = os.environ.get(name)
    return default if value is None or not value else bool(int(value))


_kernel_cache_backend = None  # weft keeps what it compiles in a cache of its own
_empty_file_preprocess_cache = {}


def _set_kernel_cache_backend(backend):
    """Accepted: weft's own cache is used."""
    global _kernel_cache_backend
    _kernel_cache_backend = backend
