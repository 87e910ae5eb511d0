"""numba.cuda.dispatcher"""

from weft.cuda import CUDADispatcher, ForAll

Dispatcher = CUDADispatcher
