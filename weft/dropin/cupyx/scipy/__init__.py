"""cupyx.scipy: filters and special functions of weft's own; the rest is SciPy, run on the host."""

import importlib as _importlib
import math as _math
import sys as _sys

import weft as _weft
from weft._array.namespaces import Through as _Through

from .. import _rbf, _wavelets as _kept


class _Sparse(_Through):
    """scipy.sparse and its submodules: classes of our own around SciPy's, functions that take and give them."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        from weft._array import sparse
        if self._source == "scipy.sparse.linalg":
            from weft._array import sparse_linalg
            if name in ("LinearOperator", "aslinearoperator", "SuperLU") or name in sparse_linalg.SOLVERS or name in sparse_linalg.FACTORS:
                value = (sparse_linalg.solver(name) if name in sparse_linalg.SOLVERS else
                         sparse_linalg.FACTORS[name]() if name in sparse_linalg.FACTORS else getattr(sparse_linalg, name))
                setattr(self, name, value)
                return value
        own = getattr(sparse, name, None) if self._source == "scipy.sparse" and (not name.startswith("_") or name == "_spbase") else None
        value = own if own is not None else getattr(_importlib.import_module(self._source), name)
        if name.startswith("_") and isinstance(value, type(_importlib)):
            return self  # private in SciPy as in CuPy; answers with the public functions
        if isinstance(value, type(_importlib)):
            value = _Sparse(f"{self.__name__}.{name}", value.__name__)
        if own is None and callable(value) and not isinstance(value, type):
            value = sparse.wrapped(value, f"{self._source.partition('.')[2]}.{name}")
        setattr(self, name, value)
        return value


def _get_fft_plan(a, shape=None, axes=None, value_type="C2C"):
    """A plan object for fft (one axis) or fftn, usable as a context manager or as plan=. Transforms need none; what they are
    given is checked against the sizes of one."""
    from cupy.cuda import cufft
    axes = (axes,) if isinstance(axes, int) else axes
    shape = (shape,) if isinstance(shape, int) else shape
    if shape is not None and axes is not None and len(shape) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    if value_type not in ("C2C", "R2C", "C2R"):
        raise ValueError(f"value_type is 'C2C', 'R2C' or 'C2R', got {value_type!r}")
    several, sizes = cufft._sizes(a.shape, shape, axes)
    kind = cufft._type_of(a.dtype, value_type)
    if several:
        batch = a.size // max(1, _math.prod(a.shape[axis] for axis in (range(-len(sizes), 0) if axes is None else axes)))
        first = batch > 1 and min(axis % a.ndim for axis in axes) == 0 if axes is not None else False
        step, apart = (batch, 1) if first else (1, a.size // max(1, batch))
        return cufft.PlanNd(sizes, None, step, apart, None, step, apart, kind, batch, "C" if a.flags.c_contiguous else "F", -1, sizes[-1])
    return cufft.Plan1d(sizes[0], kind, sizes[1])


def _check_plan(name, plan, args, kwargs):
    """A plan that is given, or current, must be for the sizes of this transform."""
    if plan is not None and name.strip("in2").startswith("hfft"):
        raise NotImplementedError(f"[{name}] plan= is not yet supported")
    from cupy.cuda import cufft
    current = cufft.get_current_plan()
    if plan is not None and current is not None:
        raise RuntimeError("Use the cuFFT plan either as a context manager or as an argument.")
    plan = current if plan is None else plan
    if plan is not None and args and hasattr(args[0], "shape") and name.rstrip("n2").endswith("fft"):
        plan._check(args[0], *args[1:], several=name[-1] in "2n", **kwargs)


class _FFT(_Through):
    """scipy.fft and scipy.fftpack, with CuPy's get_fft_plan; `plan=` is accepted."""

    def __init__(self, name, source):
        super().__init__(name, source, {"get_fft_plan": _get_fft_plan})
        if source == "scipy.fft":  # so that `with scipy.fft.set_backend(cupyx.scipy.fft)` takes arrays of the device
            self.__dict__.update(__ua_domain__="numpy.scipy.fft", __ua_function__=self._as_backend)

    def _as_backend(self, method, args, kwargs):
        """What SciPy's set_backend calls: for arrays of the device, and for functions that are here."""
        name = getattr(method, "__name__", "")
        if not any(isinstance(x, _weft.ndarray) for x in (*args, *kwargs.values())):
            return NotImplemented
        return getattr(self, name)(*args, **kwargs)

    def __getattr__(self, name):
        value = super().__getattr__(name)
        if getattr(value, "_through_numpy", False):
            def call(*args, plan=None, **kwargs):
                _check_plan(name, plan, args, kwargs)
                return value(*args, **kwargs)
            call.__name__, call.__doc__, call._through_numpy = name, value.__doc__, True
            setattr(self, name, call)
            return call
        return value


def _solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=False):
    """x of a x = b for triangular a of shape (n, n) or (..., n, n); b is (..., n), or (..., n, k) with as many axes as a. SciPy's,
    through the host; b of one axis less than a stack of matrices is a stack of vectors, where SciPy sees one matrix."""
    if len(a.shape) < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError(f"expected a stack of square matrices, got shape {a.shape}")
    vectors = b.ndim == a.ndim - 1
    if (b.shape if vectors else b.shape[:-1]) != a.shape[:-1]:
        raise ValueError(f"incompatible shapes: {a.shape} and {b.shape}")
    solve = _Through("weft.linalg", "scipy.linalg").solve_triangular
    x = solve(a, b[..., None] if vectors else b, trans=trans, lower=lower, unit_diagonal=unit_diagonal, check_finite=check_finite)
    return x[..., 0] if vectors else x


def _bandwidth(a):
    """(lower, upper): how far from the diagonal of a matrix there are elements that are not zero. ValueError unless a has two axes."""
    if a.ndim != 2:
        raise ValueError(f"expected a matrix, got an array of {a.ndim} dimensions")
    rows, columns = (index.get() for index in _weft.nonzero(a))
    return tuple(int(max(distance.max(initial=0), 0)) for distance in (rows - columns, columns - rows))


def _ndimage():
    """weft.ndimage, with the one name of CuPy's private module that others ask for."""
    import types
    import numpy as np
    module = _weft.ndimage
    util = types.ModuleType("cupyx.scipy.ndimage._util")

    def is_integer_output(output, input):
        given = input if output is None else output
        return np.dtype(given if isinstance(given, type) else getattr(given, "dtype", given)).kind in "iu"

    util._is_integer_output = is_integer_output
    vars(module).setdefault("_util", util)
    return module


def _special():
    """weft.special, with what CuPy has beside it."""
    module = _weft.special
    for name, function in _kept.SPECIAL.items():
        vars(module).setdefault(name, function)
    return module


class _Interpolate(_Through):
    """scipy.interpolate; a RegularGridInterpolator finds its splines' coefficients directly, as CuPy's, where SciPy's iterates
    until about five digits are right."""

    def __getattr__(self, name):
        value = super().__getattr__(name)
        if name == "RegularGridInterpolator":
            value = type(name, (value,), {"__init__": _direct_grid, "__doc__": value.__doc__, "__module__": "weft"})
            setattr(self, name, value)
        return value


def _direct_grid(self, points, values, method="linear", *args, **kwargs):
    if method in ("slinear", "cubic", "quintic") and kwargs.get("solver") is None:
        from scipy.sparse.linalg import spsolve
        kwargs["solver"] = spsolve
    super(_sys.modules[f"{__name__}.interpolate"].RegularGridInterpolator, self).__init__(points, values, method, *args, **kwargs)


import importlib.util as _importlib_util  # noqa: E402

_DISTANCE = _Through("weft.spatial.distance", "scipy.spatial.distance", _kept.DISTANCE)
_scipy_available = _importlib_util.find_spec("scipy") is not None
_OWN = {"interpolate": lambda: _Interpolate("weft.interpolate", "scipy.interpolate"), "fft": lambda: _FFT("weft.fft", "scipy.fft"), "fftpack": lambda: _FFT("weft.fftpack", "scipy.fftpack"),
        "ndimage": lambda: _ndimage(), "linalg": lambda: _Through("weft.linalg", "scipy.linalg", {"solve_triangular": _solve_triangular, "bandwidth": _bandwidth}), "special": lambda: _special(),
        "signal": lambda: _Through("weft.signal", "scipy.signal", _kept.SIGNAL), "spatial.distance": lambda: _DISTANCE,
        "spatial": lambda: _Through("weft.spatial", "scipy.spatial", {"distance": _DISTANCE})}
_NAMES = ("fft", "fftpack", "interpolate", "linalg", "signal", "stats", "spatial", "spatial.distance", "sparse", "sparse.linalg", "sparse.csgraph", "signal.windows",
          "integrate", "ndimage", "special")


def get_array_module(*args):
    """This package if one of the arguments is on the device, else scipy."""
    return _sys.modules[__name__] if _weft.get_array_module(*args) is _weft else _importlib.import_module("scipy")


# CuPy's private modules that SciPy has under another name.
_PRIVATE = {"signal._iir_filter_conversions": "scipy.signal._filter_design"}


def _private_source(name):
    """SciPy's module for a private one of CuPy's (signal._upfirdn …), or None."""
    package, _, module = name.rpartition(".")
    if package not in _NAMES or not module.startswith("_") or module.startswith("__"):
        return None
    source = _PRIVATE.get(name, f"scipy.{name}")
    return source if _importlib_util.find_spec(source) else None


class _Finder:
    """`import cupyx.scipy.signal` finds the wrapped namespace."""

    def find_spec(self, fullname, path=None, target=None):
        name = fullname[len(__name__) + 1:]
        if not fullname.startswith(__name__ + ".") or name not in _NAMES and _private_source(name) is None:
            return None
        import importlib.machinery
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        name = spec.name[len(__name__) + 1:]
        if name in _OWN:
            return _OWN[name]()
        if name not in _NAMES:
            return _Through(f"weft.{name}", _private_source(name), _rbf.RBF if name == "interpolate._rbfinterp" else ())
        kind = _Sparse if name.partition(".")[0] == "sparse" else _Through
        return kind(f"weft.{name}", f"scipy.{name}")

    def exec_module(self, module):
        pass


_sys.meta_path.insert(0, _Finder())


def __getattr__(name):
    if name in _NAMES:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
