"""weft runs GPU code from Python, on any NVIDIA GPU with nothing but its driver, and on the CPU with the same bits.

    import weft as wf
    module = wf.Module(source)             # CUDA C in a string
    module["saxpy"](2.0, x, y, n, grid=(64,), block=(256,))

Importing weft loads only the compiled core; everything else (NumPy, the compiler, arrays, jit) is imported when a name of it
is first used.
"""

import importlib
import os

_again = "_again" in globals()  # importlib.reload, %reload_ext: names of arrays' that were asked for stand here, `any` among them
try:
    from . import _core
except ImportError as error:
    _folder = os.path.dirname(os.path.abspath(__file__))
    if not os.path.isdir(_folder):
        raise ImportError(f"weft has a compiled core, which Python cannot load from the archive {os.path.dirname(_folder)}: install weft as files "
                          "(pip install weft, or pip install --target FOLDER weft)") from error
    if any(name.startswith("_core.") and name.endswith((".so", ".pyd")) for name in os.listdir(_folder)):
        raise  # it is there and does not load: the loader's own words say why
    raise ImportError(f"weft in {_folder} has no compiled core: this is its source folder. Install it (pip install .) and "
                      "start Python elsewhere, or with -P") from error
from . import _submodules
from ._version import __version__

if not __version__.startswith(_core.__version__):
    raise ImportError(f"weft's Python files are of version {__version__} and its compiled core of {_core.__version__}: an upgrade that did not end, or two "
                      f"installations in one. Files: {os.path.dirname(os.path.abspath(__file__))}, core: {_core.__file__}. pip install --force-reinstall "
                      "--no-deps weft mends it")
if hasattr(os, "register_at_fork") and not _again:
    os.register_at_fork(before=_core._fork_before, after_in_parent=_core._fork_parent, after_in_child=_core._fork_child)
if not _again and any(name.startswith("WEFT_") for name in os.environ):
    import warnings

    from ._config import environment_problems

    for _said in environment_problems():
        warnings.warn(f"weft: {_said}", RuntimeWarning, stacklevel=2)
_FRAMES = os.path.dirname((lambda: None).__code__.co_filename) + os.sep  # as our frames name it, which in a frozen program is not __file__
_core._set_package_folder(_FRAMES)

# Names of the core itself.
_CORE = ("Device", "Context", "Stream", "Event", "Graph", "Memory", "PinnedMemory", "Kernel", "Error", "ArgumentError", "CompileError",
         "UnsupportedError", "OutOfMemoryError", "DeviceError", "FaultError", "LaunchError", "KernelError", "InternalError",
         "KernelWarning", "copy_to_device", "copy_to_host", "copy_on_device", "copy_strided", "fill", "current_context")

# Where everything else lives: name → module below weft. A name that is a module itself is there under its own name.
_LAZY = {
    "Module": "_module",
    "device": "_device", "devices": "_device", "current_device": "_device", "synchronize": "_device",
    "allow_synchronize": "_device", "DeviceSynchronized": "_device",
    "In": "_handlers", "Out": "_handlers", "InOut": "_handlers",
    "TextureArray": "_texture", "Texture": "_texture", "Surface": "_texture", "TextureReference": "_texture",
    "__array_namespace_info__": "_array.namespace_info", "__array_api_version__": "_array.namespace_info",
    "capture": "_graph", "ipc_handle": "_ipc", "IpcHandle": "_ipc",
    "config": "_config", "profile": "_profile",
    "jit": "_jit", "njit": "_jit", "prange": "_jit", "vectorize": "_jit", "guvectorize": "_jit", "stencil": "_jit", "cfunc": "_jit",
    "objmode": "_pyobjmode",
    "cuda": "_jit", "TypingError": "_jit", "literal_unroll": "_jit", "get_num_threads": "_jit", "set_num_threads": "_jit",
    "get_thread_id": "_jit",
    "install": "dropin", "uninstall": "dropin", "load_ipython_extension": "dropin", "unload_ipython_extension": "dropin",
}
_PARTS = ("doctor", "dropin", "port")  # packages, which `from weft import …` asks for as attributes first
_ARRAYS = "_arrays"  # asked for any other name; its `EXPORTS` says what it offers

for _name in _CORE:
    globals()[_name] = getattr(_core, _name)


def _find(name):
    if name == "__all__":  # for `from weft import *`
        return [name for name in __dir__() if not name.startswith("_")]
    if name in _LAZY:
        return getattr(_load(_LAZY[name]), name)
    if name in _PARTS:
        return _load(name)
    if not name.startswith("_"):
        module = _load(_ARRAYS)
        if name in module.EXPORTS:
            return getattr(module, name)
        return _load("_door").name(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _load(module):
    """The module below weft. When it cannot be imported because a package is broken or a file of the user's has its name, that is said."""
    try:
        return importlib.import_module("." + module, __name__)
    except (ImportError, AttributeError) as error:
        from ._needs import hidden_modules, hidden_said

        hidden = hidden_modules()
        if not hidden:
            raise
        raise ImportError(hidden_said(hidden)) from error


def __getattr__(name):
    value = globals()[name] = _find(name)
    return value


def __dir__():
    return sorted({*_CORE, *_LAZY, "__version__", *_load(_ARRAYS).EXPORTS})
