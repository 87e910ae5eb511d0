"""numba.cuda.cudadrv.runtime: the version of CUDA that code is made for."""

from weft.cuda import runtime

get_version = runtime.get_version
