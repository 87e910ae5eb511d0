"""numba.cuda.cudadrv.devicearray"""

import numpy as np

from weft.cuda import DeviceNDArray, DeviceRecord, IpcArrayHandle, MappedNDArray, as_cuda_array, is_cuda_array, to_device
from weft.cuda._memory import ManagedNDArray, _strides_of

DeviceNDArrayBase = DeviceNDArray
errmsg_contiguous_buffer = ("Array contains non-contiguous buffer and cannot be transferred as a single memory region. Please ensure "
                            "contiguous buffer with numpy.ascontiguousarray()")


def is_cuda_ndarray(obj):
    """Whether it is one of our device arrays."""
    return getattr(obj, "__cuda_ndarray__", False)


def verify_cuda_ndarray_interface(obj):
    """Raises unless `obj` has what a device array must have."""
    require_cuda_ndarray(obj)
    for name, kind in (("shape", tuple), ("strides", tuple), ("dtype", object), ("size", int)):
        if not hasattr(obj, name):
            raise AttributeError(name)
        if not isinstance(getattr(obj, name), kind):
            raise AttributeError(f"{name} must be of type {kind}")


def require_cuda_ndarray(obj):
    if not is_cuda_ndarray(obj):
        raise ValueError("require an cuda ndarray object")


def array_core(ary):
    """One element of each axis along which an array repeats itself (stride 0)."""
    if not ary.strides or not ary.size:
        return ary
    return ary[tuple(0 if stride == 0 else slice(None) for stride in ary.strides)]


def is_contiguous(ary):
    """Whether the array, without what it repeats, is in C order."""
    size = ary.dtype.itemsize
    for n, stride in zip(reversed(ary.shape), reversed(ary.strides)):
        if n > 1 and stride != 0:
            if size != stride:
                return False
            size *= n
    return True


def sentry_contiguous(ary):
    core = array_core(ary)
    if not core.flags["C_CONTIGUOUS"] and not core.flags["F_CONTIGUOUS"]:
        raise ValueError(errmsg_contiguous_buffer)


def check_array_compatibility(ary1, ary2):
    first, second = ary1.squeeze(), ary2.squeeze()
    if ary1.dtype != ary2.dtype:
        raise TypeError(f"incompatible dtype: {ary1.dtype} vs. {ary2.dtype}")
    if first.shape != second.shape:
        raise ValueError(f"incompatible shape: {ary1.shape} vs. {ary2.shape}")
    if first.size and first.strides != second.strides:
        raise ValueError(f"incompatible strides: {ary1.strides} vs. {ary2.strides}")


def from_array_like(ary, stream=0, gpu_data=None):
    """A device array of the same shape, strides and dtype."""
    return DeviceNDArray(ary.shape, ary.strides, ary.dtype, stream=stream, gpu_data=gpu_data)


def from_record_like(rec, stream=0, gpu_data=None):
    return DeviceRecord(rec.dtype, stream=stream, gpu_data=gpu_data)


def auto_device(obj, stream=0, copy=True):
    """(device array, whether it was made now)"""
    if isinstance(obj, (DeviceNDArray, DeviceRecord)):
        return obj, False
    if not hasattr(obj, "dtype"):
        obj = np.asarray(obj)
    if is_cuda_array(obj):
        return as_cuda_array(obj), False
    return to_device(obj, stream, copy=True), True
