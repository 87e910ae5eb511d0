"""numba.cuda.misc.special: names that mean something to the compiler."""

from weft._jit import get_thread_id, literal_unroll, prange  # noqa: F401
