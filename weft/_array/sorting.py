"""Sorting and searching. Through NumPy so far: quietly on a CPU device, where that is where it would run anyway."""

import numpy as np

from .creation import asarray
from .fallback import through_numpy


def _run(function, array, *args, **kwargs):
    return through_numpy(function, array, *args, _quiet=str(array.device).startswith("cpu"), **kwargs)


def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    return _run(np.sort, asarray(a), axis, kind="stable")


def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    return _run(np.argsort, asarray(a), axis, kind="stable")


def lexsort(keys, axis=-1):
    return through_numpy(np.lexsort, keys, axis)


def sort_complex(a):
    return _run(np.sort_complex, asarray(a))


def partition(a, kth, axis=-1, kind="introselect", order=None):
    return _run(np.partition, asarray(a), kth, axis)


def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    return _run(np.argpartition, asarray(a), kth, axis)


def searchsorted(a, v, side="left", sorter=None):
    return _run(np.searchsorted, asarray(a), v, side, sorter)


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    return _run(np.unique, asarray(ar), return_index, return_inverse, return_counts, axis, equal_nan=equal_nan)
