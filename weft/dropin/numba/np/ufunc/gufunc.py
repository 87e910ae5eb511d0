"""numba.np.ufunc.gufunc: the class of functions made by guvectorize."""

from weft._guvectorize import _GUVectorized as GUFunc  # noqa: F401
