"""numba.cuda.vector_types: the short vectors by their names."""

from weft.cuda import vector_types
