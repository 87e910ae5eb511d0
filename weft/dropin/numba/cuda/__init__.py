"""numba.cuda: weft.cuda under Numba's name."""

from weft import cuda as _cuda
from weft.cuda import *  # noqa: F401,F403

HAS_NUMBA = True
globals().update({name: value for name, value in vars(_cuda).items() if not name.startswith("_")})

from .. import config  # noqa: E402
from . import core, cudadrv, random, types  # noqa: E402,F401


def __getattr__(name):
    return getattr(_cuda, name)
