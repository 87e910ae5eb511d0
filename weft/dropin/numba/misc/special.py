"""numba.misc.special: names of `numba` where older programs look for them."""

from .. import gdb, gdb_breakpoint, gdb_init, get_num_threads, literal_unroll, literally, prange, set_num_threads  # noqa: F401
from .. import pndindex, typeof  # noqa: F401
