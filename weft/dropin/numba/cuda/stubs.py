"""numba.cuda.stubs: the names that mean something inside kernels."""

from weft.cuda._names import *  # noqa: F401,F403
