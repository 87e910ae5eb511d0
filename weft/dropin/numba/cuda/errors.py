"""numba.cuda.errors"""

from weft.cuda import KernelRuntimeError
