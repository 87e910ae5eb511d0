"""numba.cuda.cudadrv.error"""

from weft.cuda._device import CudaAPIError, CudaSupportError

CudaDriverError = DriverError = NvrtcError = NvvmError = NvvmSupportError = CudaRuntimeError = CudaAPIError
