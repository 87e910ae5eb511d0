"""cupy.linalg._util: private in CuPy; what other packages take from it."""

import numpy as _numpy

import weft as _weft


def stacked_identity(batch_shape, n, dtype):
    """Identity matrices of n rows, one for each place of batch_shape."""
    return _weft.broadcast_to(_weft.eye(n, dtype=dtype), (*batch_shape, n, n)).copy()


def stacked_identity_like(x):
    """Identity matrices of the shape and dtype of x."""
    return stacked_identity(x.shape[:-2], x.shape[-1], x.dtype)


def linalg_common_type(*arrays, reject_float16=True):
    """(the dtype to compute in, that of the result)."""
    dtypes = [array.dtype for array in arrays]
    if reject_float16 and any(dtype.name == "float16" for dtype in dtypes):
        raise TypeError("float16 is unsupported in linalg")
    if any(dtype.name not in ("float32", "complex64") for dtype in dtypes):
        dtypes.append(_numpy.dtype(_numpy.float64))
    common = _numpy.result_type(*dtypes)
    return common, common


def _assert_cupy_array(*arrays):
    for array in arrays:
        if not isinstance(array, _weft.ndarray):
            raise _numpy.linalg.LinAlgError(f"cupy.linalg only supports cupy.ndarray, not {type(array).__name__}")


def _assert_stacked_2d(*arrays):
    for array in arrays:
        if array.ndim < 2:
            raise _numpy.linalg.LinAlgError(f"{array.ndim}-dimensional array given. Array must be at least two-dimensional")


def _assert_stacked_square(*arrays):
    _assert_stacked_2d(*arrays)
    for array in arrays:
        if array.shape[-1] != array.shape[-2]:
            raise _numpy.linalg.LinAlgError("Last 2 dimensions of the array must be square")
