"""cupyx on weft."""

import numpy as _numpy
import weft as _weft

from . import jit, profiler, scipy


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
    """Accepted: weft raises where NumPy's linalg would, and gives no floating-point warnings."""

    def __init__(self, *, linalg=None, fallback_mode=None):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def geterr():
    return {"divide": None, "over": None, "under": None, "invalid": None, "linalg": "raise", "fallback_mode": "warn"}


def seterr(*, linalg=None, fallback_mode=None, **unused):
    return geterr()


class DeviceSynchronized(RuntimeError):
    """Work waited for the device where that was forbidden; weft forbids nothing."""

    def __init__(self, message="Device synchronized"):
        super().__init__(message)


class allow_synchronize:
    """Accepted: nothing is forbidden inside."""

    def __init__(self, allow):
        self.allow = allow

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


class GeneralizedUFunc:
    """A function of whole sub-arrays along leading dimensions: numpy.vectorize with a signature, on arrays of the device."""

    def __init__(self, func, signature, **options):
        self._func, self.signature = func, signature

    def __call__(self, *args, **kwargs):
        return _weft._array.fallback.through_numpy(_numpy.vectorize(self._func, signature=self.signature), *args, _name="GeneralizedUFunc")


def get_runtime_info(full=False):
    """What this runs on, as text."""
    return f"weft {_weft.__version__} as CuPy on {_weft.current_device().info['name']}"
