"""numba.cuda.cudadrv: the names that programs reach for in Numba's driver layer."""

from . import devicearray, devices, driver, enums, error, linkable_code, nvrtc, nvvm, runtime  # noqa: F401
