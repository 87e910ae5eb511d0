"""numba.cuda.cudadrv.error"""

from weft._cuda_device import CudaAPIError, CudaSupportError

CudaDriverError = DriverError = NvrtcError = NvvmError = NvvmSupportError = CudaRuntimeError = CudaAPIError
