"""numba.cpython.unsafe.tuple"""

from weft._fixed_tuples import build_full_slice_tuple, tuple_setitem  # noqa: F401
