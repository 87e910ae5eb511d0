"""numba.cuda.decorators"""

from weft.cuda import declare_device, jit
