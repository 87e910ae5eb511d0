"""Strides and flags of arrays that live on a device."""

from typing import Protocol

import numpy as np


class ArrayIsh(Protocol):
    shape: tuple
    strides: tuple
    dtype: np.dtype


def c_contiguous_strides(itemsize, shape):
    strides = []
    for n in reversed(shape):
        strides.append(itemsize)
        itemsize *= n or 1
    return tuple(reversed(strides))


def f_contiguous_strides(itemsize, shape):
    return tuple(reversed(c_contiguous_strides(itemsize, tuple(reversed(shape)))))


def equal_strides(strides1, strides2, shape):
    """Whether they address the same elements: strides of axes with at most one element do not count."""
    return len(strides1) == len(strides2) == len(shape) and all(a == b or n <= 1 for a, b, n in zip(strides1, strides2, shape))


def is_c_contiguous_strides(strides, itemsize, shape):
    return 0 in shape or equal_strides(strides, c_contiguous_strides(itemsize, shape), shape)


def is_f_contiguous_strides(strides, itemsize, shape):
    return 0 in shape or equal_strides(strides, f_contiguous_strides(itemsize, shape), shape)


class ArrayFlags:
    def __init__(self, array):
        self.c_contiguous = is_c_contiguous_strides(array.strides, array.dtype.itemsize, array.shape)
        self.f_contiguous = is_f_contiguous_strides(array.strides, array.dtype.itemsize, array.shape)
        self.forc = self.c_contiguous or self.f_contiguous

    def __repr__(self):
        return f"  C_CONTIGUOUS : {self.c_contiguous}\n  F_CONTIGUOUS : {self.f_contiguous}\n"


def get_common_dtype(obj1, obj2, allow_double=True):
    """NumPy's result type; a Python number takes the array's kind."""
    second = obj2.dtype if hasattr(obj2, "dtype") else obj2
    result = np.result_type(obj1.dtype, second)
    if not allow_double:
        result = {np.dtype(np.float64): np.dtype(np.float32), np.dtype(np.complex128): np.dtype(np.complex64)}.get(result, result)
    return result


def as_strided(x, shape=None, strides=None):
    return np.lib.stride_tricks.as_strided(x, x.shape if shape is None else shape, x.strides if strides is None else strides)
