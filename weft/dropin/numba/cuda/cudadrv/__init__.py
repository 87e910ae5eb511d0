"""numba.cuda.cudadrv: the names that programs reach for in Numba's driver layer."""

from . import devicearray, devices, driver, error
