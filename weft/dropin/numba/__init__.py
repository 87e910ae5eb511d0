"""Numba's names on top of weft: functions are compiled without Numba, kernels run on a GPU or on the CPU.

Installed by `python -m weft` or weft.dropin.install("numba"). The version is that of the Numba whose behaviour is meant.
"""

import collections
import contextlib
import threading

from numpy import ndindex as pndindex  # noqa: F401 (in order, also where its turns might run at once)

from weft import _exec_sources, _pyoverloads, _pytypes
from weft._cfunc import carray, cfunc, farray
from weft._extending import decline
from weft._guvectorize import guvectorize
from weft._jit import get_num_threads, get_thread_id, jit, literal_unroll, literally, njit, prange, set_num_threads
from weft._pyobjmode import objmode
from weft._pytypes import from_dtype, typeof
from weft._stencil import stencil
from weft._vectorize import vectorize

from . import config, core, errors, types
from .core.errors import *  # noqa: F403

__version__ = "0.68.1"
_parts = tuple(map(int, __version__.split(".")))
version_info = collections.namedtuple("version_info", "major minor patch short full string tuple git_revision")(
    *_parts, _parts[:2], _parts, __version__, tuple(__version__.split(".")), None)
_exec_sources.watch()
_pyoverloads.EXTENSIONS = "numba_extensions"
globals().update(_pytypes.NAMES)

from weft._jitclass import deferred_type
from weft._typed import Optional as optional


def threading_layer():
    return "weft"


def jit_module(**options):
    """Compiles (`jit(**options)`) every function that the calling module itself defines, as each is called."""
    import sys
    import types as python

    module = sys._getframe(1).f_globals
    for name, value in list(module.items()):
        if isinstance(value, python.FunctionType) and value.__module__ == module["__name__"]:
            module[name] = jit(**options)(value)


_chunks = threading.local()


def set_parallel_chunksize(n):
    """Numba's hint for the size of the pieces of a parallel loop, 0: its own choice. weft's pieces follow from the loop alone, so that results do
    not depend on it: the number is kept, and nothing else changes. Returns the one before."""
    if not isinstance(n, int):
        raise TypeError("The parallel chunksize must be an integer")
    if n < 0:
        raise ValueError("chunksize must be greater than or equal to zero")
    before, _chunks.size = get_parallel_chunksize(), n
    return before


def get_parallel_chunksize():
    """The number that was set in this thread."""
    return getattr(_chunks, "size", 0)


@contextlib.contextmanager
def parallel_chunksize(n):
    """The hint, inside the with statement."""
    before = set_parallel_chunksize(n)
    try:
        yield before
    finally:
        set_parallel_chunksize(before)


gdb = gdb_init = gdb_breakpoint = decline("numba.gdb")


def __getattr__(name):
    if name in ("cuda", "typed", "experimental", "extending", "np"):
        import importlib

        return importlib.import_module(f"{__name__}.{name}")
    if name == "generated_jit":
        raise AttributeError("weft's numba has no generated_jit, as Numba has none since 0.59: write @overload")
    raise AttributeError(f"module 'numba' has no attribute {name!r} in weft", name=name)
