"""numba.cuda.cudadrv.error"""

from weft.cuda._device import CudaAPIError, CudaSupportError

CudaDriverError = DriverError = NvrtcError = NvvmError = NvvmSupportError = CudaRuntimeError = CudaAPIError
NvrtcCompilationError = NvrtcBuiltinOperationFailure = NvrtcSupportError = CCSupportError = CudaAPIError


class NvvmWarning(Warning):
    """Numba's warning about NVVM; weft never gives it."""
