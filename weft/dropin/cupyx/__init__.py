"""cupyx on weft."""

import numpy as _numpy
import weft as _weft

from . import profiler, scipy


def scatter_add(a, slices, value):
    a.scatter_add(slices, value)


def scatter_max(a, slices, value):
    _weft.maximum.at(a, slices, value)


def scatter_min(a, slices, value):
    _weft.minimum.at(a, slices, value)


def rsqrt(x):
    return 1 / _weft.sqrt(x)


def empty_pinned(shape, dtype=float, order="C"):
    return _numpy.empty(shape, dtype, order)


def zeros_pinned(shape, dtype=float, order="C"):
    return _numpy.zeros(shape, dtype, order)


def empty_like_pinned(a, dtype=None, order="K", subok=None, shape=None):
    return _numpy.empty(a.shape if shape is None else shape, dtype or a.dtype)


def zeros_like_pinned(a, dtype=None, order="K", subok=None, shape=None):
    return _numpy.zeros(a.shape if shape is None else shape, dtype or a.dtype)


class errstate:
    def __init__(self, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


allow_synchronize = errstate
