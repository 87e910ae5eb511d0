"""CuPy's names on weft: opt-in by `python -m weft` or weft.dropin.install("cupy"). Nearly every name is weft's own."""

import sys as _sys
import warnings as _warnings

import numpy as _numpy

import weft as _weft
from weft._array import array as _weft_array
from weft import ElementwiseKernel, ReductionKernel, asnumpy, ndarray, ufunc
from weft.dropin import lent as _lent, public as _public

from ._raw import RawKernel, RawModule
from ._tools import clear_memo, fuse, memoize
from ._vectorize import vectorize

__version__ = "14.2.0"
if __name__ == "cupy":  # weft._door loads this under another name
    _weft_array.answers_as_gpu[0] = True
    _weft._core.array_elements_are_views(True)
    ndarray.__module__ = "cupy"  # libraries tell arrays apart by the module of their class

from . import cuda  # noqa: E402  (uses names above)
from . import _core, _environment, _util, cublas, exceptions, random, linalg, fft, lib  # noqa: E402

ndimage = _weft.ndimage  # never CuPy's own, but programs say cp.ndimage
Inf = Infinity = PINF = _numpy.inf
NINF = -_numpy.inf
NaN = NAN = _numpy.nan
PZERO, NZERO = 0.0, -0.0
AxisError = _numpy.exceptions.AxisError
ComplexWarning, RankWarning = _numpy.exceptions.ComplexWarning, _numpy.exceptions.RankWarning
VisibleDeprecationWarning = _numpy.exceptions.VisibleDeprecationWarning


def row_stack(tup, *, dtype=None, casting="same_kind"):
    _warnings.warn("`row_stack` alias is deprecated. Use `vstack` directly.", DeprecationWarning, stacklevel=2)
    return _weft.vstack(tup, dtype=dtype, casting=casting)


in1d = lambda ar1, ar2, **kwargs: _weft.isin(ar1, ar2, **kwargs).ravel()  # noqa: E731
trapz = _weft.trapezoid
cumproduct, product, alltrue, sometrue = _weft.cumprod, _weft.prod, _weft.all, _weft.any
msort = lambda a: _weft.sort(a, 0)  # noqa: E731
float_, complex_ = _numpy.float64, _numpy.complex128


def is_available():
    return cuda.is_available()


def get_default_memory_pool():
    return cuda.memory._pool


def get_default_pinned_memory_pool():
    return cuda.memory._pinned_pool


def get_array_module(*args):
    """This module if one of the arguments is an array of the device (or a sparse matrix), else numpy."""
    return _sys.modules[__name__] if _weft.get_array_module(*args) is _weft else _numpy


def show_config(*, _full=False):
    print(f"weft {_weft.__version__} as CuPy {__version__}")
    for device in _weft.devices():
        print(f"{device}: {device.info['name']}")


def fromDlpack(tensor):
    return _weft.from_dlpack(tensor)


def scatter_add(a, slices, value):
    a.scatter_add(slices, value)


def asarray(a, dtype=None, order=None, *, blocking=False, copy=None):
    return _weft.asarray(a, dtype, order, copy=copy)


def _names():
    """CuPy's names: NumPy's where weft has them, and those of this module. weft's own are there for who asks, and not shown."""
    given = set(_numpy.__all__).intersection(dir(_weft)) | {"byte_bounds", "make_aligned_dtype", "who"}
    return _public(globals(), given)


def __getattr__(name):
    if name == "__all__":
        return _names()
    if name.startswith("__"):
        raise AttributeError(name)
    if name in ("testing", "typing"):  # import unittest, numpy.testing and numpy.typing: only for who asks
        import importlib
        return importlib.import_module(f"{__name__}.{name}")
    value = globals()[name] = _lent(__name__, _weft, name)
    return value


def __dir__():
    return sorted({*globals(), *_names()})


from . import _aliases  # noqa: E402  (all names are there)

_aliases.install(_sys.modules[__name__])
