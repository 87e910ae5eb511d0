"""numba.cuda.cudadrv.devicearray"""

from weft.cuda import DeviceNDArray, is_cuda_array

DeviceNDArrayBase = MappedNDArray = ManagedNDArray = DeviceNDArray


def is_cuda_ndarray(obj):
    """Whether it is one of our device arrays."""
    return isinstance(obj, DeviceNDArray)


def auto_device(obj, stream=0, copy=True):
    """(device array, whether it was made now)"""
    from weft.cuda import as_cuda_array, to_device

    if isinstance(obj, DeviceNDArray):
        return obj, False
    if is_cuda_array(obj):
        return as_cuda_array(obj), False
    return to_device(obj, stream), True
