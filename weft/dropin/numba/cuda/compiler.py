"""numba.cuda.compiler: compiling without launching."""

from weft.cuda import (compile, compile_all, compile_for_current_device, compile_ptx, compile_ptx_for_current_device,
                       declare_device)
from weft.cuda import CUDADispatcher as Dispatcher
