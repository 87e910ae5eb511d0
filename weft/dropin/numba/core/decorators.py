"""numba.core.decorators"""

from weft._jit import jit, njit  # noqa: F401

from .. import cfunc, jit_module, stencil  # noqa: F401
