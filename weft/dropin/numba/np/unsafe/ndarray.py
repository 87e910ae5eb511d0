"""numba.np.unsafe.ndarray"""

from weft._fixed_tuples import to_fixed_tuple  # noqa: F401
