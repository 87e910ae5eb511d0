"""numba.np.ufunc.dufunc: the class of functions made by vectorize."""

from weft._vectorize import _Vectorized as DUFunc  # noqa: F401
