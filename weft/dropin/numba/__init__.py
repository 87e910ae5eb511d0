"""Numba's names on top of weft: functions are compiled without Numba, kernels run on a GPU or on the CPU.

Installed by `python -m weft` or weft.dropin.install("numba"). The version is that of the Numba whose behaviour is meant.
"""

from weft import _exec_sources, _pytypes
from weft._jit import jit, literal_unroll, njit, prange
from weft._pytypes import from_dtype, typeof
from weft._vectorize import guvectorize, vectorize

from . import config, core, cuda, errors, types
from .core.errors import TypingError

__version__ = "0.62.0"
_exec_sources.watch()
globals().update(_pytypes.NAMES)

_threads = []


def get_num_threads():
    """How many threads parallel loops run on."""
    return config.NUMBA_NUM_THREADS if not _threads else _threads[-1]


def set_num_threads(n):
    if not 1 <= n <= config.NUMBA_NUM_THREADS:
        raise ValueError(f"The number of threads must be between 1 and {config.NUMBA_NUM_THREADS}")
    _threads[:] = [n]


def threading_layer():
    return "weft"


def literally(value):
    return value


_LATER = {"stencil", "cfunc", "objmode", "generated_jit", "jit_module", "carray", "farray", "typed",
          "experimental", "extending"}


def __getattr__(name):
    if name in _LATER:
        raise AttributeError(f"weft's numba has no {name} yet")
    raise AttributeError(f"module 'numba' has no attribute {name!r}")
