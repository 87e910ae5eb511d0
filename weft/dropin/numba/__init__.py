"""Numba's names on top of weft: functions are compiled without Numba, kernels run on a GPU or on the CPU.

Installed by `python -m weft` or weft.dropin.install("numba"). The version is that of the Numba whose behaviour is meant.
"""

from weft import _exec_sources, _pytypes
from weft._cfunc import carray, cfunc, farray
from weft._extending import decline
from weft._jit import get_num_threads, get_thread_id, jit, literal_unroll, literally, njit, prange, set_num_threads
from weft._pytypes import from_dtype, typeof
from weft._stencil import stencil
from weft._vectorize import guvectorize, vectorize

from . import config, core, cuda, errors, types
from .core.errors import TypingError

__version__ = "0.62.0"
_exec_sources.watch()
globals().update(_pytypes.NAMES)

from weft._jitclass import deferred_type
from weft._typed import Optional as optional


def threading_layer():
    return "weft"


objmode = decline("numba.objmode")
gdb = gdb_init = gdb_breakpoint = decline("numba.gdb")


def __getattr__(name):
    if name in ("typed", "experimental", "extending", "np"):
        import importlib

        return importlib.import_module("numba." + name)
    if name in ("generated_jit", "jit_module"):
        raise AttributeError(f"weft's numba has no {name}")
    raise AttributeError(f"module 'numba' has no attribute {name!r}")
