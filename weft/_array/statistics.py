"""Reductions and statistics: sums, means, variances, orders, counts."""

import builtins
import math

import numpy as np

from .. import _core
from . import dtypes
from .array import _argument, _reduced, into
from .axes import each_of, normalize_axis
from .creation import asarray
from .scan import scan

builtin_max = builtins.max


def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
    return _reduced(asarray(a), "sum", axis, dtype, out, keepdims, initial, where)


def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
    return _reduced(asarray(a), "prod", axis, dtype, out, keepdims, initial, where)


def min(a, axis=None, out=None, keepdims=False, initial=None, where=None):
    return _reduced(asarray(a), "min", axis, None, out, keepdims, initial, where)


def max(a, axis=None, out=None, keepdims=False, initial=None, where=None):
    return _reduced(asarray(a), "max", axis, None, out, keepdims, initial, where)


amin, amax = min, max


def any(a, axis=None, out=None, keepdims=False, *, where=None):
    return _reduced(asarray(a), "any", axis, None, out, keepdims, None, where)


def all(a, axis=None, out=None, keepdims=False, *, where=None):
    return _reduced(asarray(a), "all", axis, None, out, keepdims, None, where)


def argmin(a, axis=None, out=None, *, keepdims=False, dtype=None):
    return _argument(asarray(a), "argmin", axis, out, keepdims, dtype)


def argmax(a, axis=None, out=None, *, keepdims=False, dtype=None):
    return _argument(asarray(a), "argmax", axis, out, keepdims, dtype)


def count_nonzero(a, axis=None, *, keepdims=False):
    a = asarray(a)
    return (a if a.dtype == bool else a != 0)._reduce("sum", axis, np.int64, keepdims, None, None)


def ptp(a, axis=None, out=None, keepdims=False):
    return asarray(a).ptp(axis, out, keepdims)


def _count(a, axis):
    """How many elements each result is made of."""
    if axis is None:
        return a.size
    return math.prod(a.shape[normalize_axis(k, a.ndim)] for k in (axis if isinstance(axis, tuple) else (axis,)))


def _mean_type(a, dtype):
    if dtype is not None:
        return dtypes.as_dtype(dtype)
    return np.dtype(np.float64) if a.dtype.kind in "biu" else a.dtype


def mean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=None):
    """The sum in the fixed order, divided by the count; 16-bit floats are summed and divided in float32."""
    a = asarray(a)
    result_type = _mean_type(a, dtype)
    inner = np.dtype(np.float32) if result_type.kind == "f" and result_type.itemsize == 2 else result_type
    total = a._reduce("sum", axis, inner, bool(keepdims), None, None if where is True else where)
    if where is None or where is True:
        count = _count(a, axis)
    else:
        count = asarray(where)._broadcast_to(a.shape)._reduce("sum", axis, np.int64, bool(keepdims), None, None)
    if isinstance(count, int):
        count = float(count)
    result = total / count
    return into(result if result.dtype == result_type else result._cast(result_type), out, "unsafe")


def _corrected(ddof, correction):
    """What is taken off the count: `correction` is the array API's name for ddof."""
    if correction is not None and ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return ddof if correction is None else correction


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    """The mean of the squared deviations from the mean, in one reading (real numbers, no `where`, no `mean`: docs/orders.md),
    else in two."""
    a = asarray(a)
    where = None if where is True else where
    ddof = _corrected(ddof, correction)
    result_type = _mean_type(a, dtype)
    inner = np.dtype(np.float32) if result_type.kind == "f" and result_type.itemsize == 2 else result_type
    x = a if a.dtype == inner else a._cast(inner)
    if where is None and mean is None and inner.char in "fd":
        total = x._reduce("deviations", axis, None, bool(keepdims), None, None)
    else:
        total = _squared_deviations(x, axis, keepdims, where, mean)
    real = total.dtype
    if where is None:
        count = float(np.maximum(_count(a, axis) - ddof, 0))
    else:
        from .math import maximum
        count = maximum(asarray(where)._broadcast_to(a.shape)._reduce("sum", axis, np.int64, bool(keepdims), None, None) - ddof, 0)
        count = count._cast(real)
    result = total / count
    wanted = real if result_type.kind == "c" else result_type
    return into(result if result.dtype == wanted else result._cast(wanted), out, "unsafe")


def _squared_deviations(x, axis, keepdims, where, center):
    """Their sum, from a mean that is given or computed first."""
    center = mean(x, axis, None, None, True, where=where) if center is None else asarray(center)
    deviation = x - center
    squares = deviation.real ** 2 + deviation.imag ** 2 if x.dtype.kind == "c" else deviation * deviation
    return squares._reduce("sum", axis, None, bool(keepdims), None, where)


def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    from .math import sqrt
    return into(sqrt(var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)), out, "unsafe")


def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """The mean, weighted where there are weights (of the array's shape, or along one axis), and with returned=True the weights'
    sums. ZeroDivisionError where they are 0."""
    a = asarray(a)
    axis = tuple(axis) if isinstance(axis, list) else axis
    if weights is None:
        result = mean(a, axis, keepdims=keepdims)
        if not returned:
            return result
        from .creation import full_like
        return result, full_like(result, _count(a, axis))
    weights = asarray(weights)
    kind = np.result_type(a.dtype, weights.dtype, np.float64) if a.dtype.kind in "biu" else np.result_type(a.dtype, weights.dtype)
    if a.shape != weights.shape:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        axes = [normalize_axis(k, a.ndim) for k in each_of(axis)]
        if weights.shape != tuple(a.shape[k] for k in axes):
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        weights = weights._transpose(sorted(range(len(axes)), key=axes.__getitem__))
        weights = weights._reshape([n if k in axes else 1 for k, n in enumerate(a.shape)])
    weights = weights._cast(kind)
    scale = weights._broadcast_to(a.shape)._reduce("sum", axis, None, bool(keepdims), None, None)
    if bool((scale == 0).any()):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    result = (a * weights)._reduce("sum", axis, kind, bool(keepdims), None, None) / scale
    return (result, scale) if returned else result


# ---- without NaN

def _nan_as(a, value):
    from .math import isnan, where
    a = asarray(a)
    if a.dtype.kind not in "fc":
        return a, None
    nan = isnan(a)
    return where(nan, a.dtype.type(value), a), nan


def nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
    return sum(_nan_as(a, 0)[0], axis, dtype, out, keepdims, initial, where)


def nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
    return prod(_nan_as(a, 1)[0], axis, dtype, out, keepdims, initial, where)


def _nan_extreme(a, name, worst, axis, out, keepdims, initial, where):
    from .math import where as choose
    where = None if where is True else where
    if asarray(a).dtype.kind == "c":
        from .extremes import extreme
        filled, nan = _nan_as(a, complex(worst, worst))
        result = extreme(filled, name, axis, keepdims, initial, where)
    else:
        a = asarray(a)
        return into(a._reduce("f" + name if a.dtype.kind == "f" else name, axis, None, bool(keepdims), initial, where), out, "unsafe")
    if nan is not None and initial is None:
        result = choose(nan._reduce("all", axis, None, bool(keepdims), None, where), result.dtype.type(np.nan), result)
    return into(result, out, "unsafe")


def nanmin(a, axis=None, out=None, keepdims=False, initial=None, where=None):
    return _nan_extreme(a, "min", np.inf, axis, out, keepdims, initial, where)


def nanmax(a, axis=None, out=None, keepdims=False, initial=None, where=None):
    return _nan_extreme(a, "max", -np.inf, axis, out, keepdims, initial, where)


def _nan_argument(a, name, worst, axis, out, keepdims):
    if asarray(a).dtype.kind == "c":
        filled, nan = _nan_as(a, complex(worst, worst))
    else:
        filled, nan = _nan_as(a, worst)
    if nan is not None and bool(nan._reduce("all", axis, None, False, None, None).any()):
        raise ValueError("All-NaN slice encountered")
    return _argument(filled, name, axis, out, bool(keepdims))


def nanargmin(a, axis=None, out=None, *, keepdims=False):
    return _nan_argument(a, "argmin", np.inf, axis, out, keepdims)


def nanargmax(a, axis=None, out=None, *, keepdims=False):
    return _nan_argument(a, "argmax", -np.inf, axis, out, keepdims)


def _stay_inexact(a, dtype, out):
    """NumPy's rule for means and variances without NaN."""
    for name, given in (("dtype", None if dtype is None else dtypes.as_dtype(dtype)), ("out", getattr(out, "dtype", None))):
        if given is not None and given.kind not in "fc":
            raise TypeError(f"If a is inexact, then {name} must be inexact")


def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=None):
    from .math import isnan
    a = asarray(a)
    if a.dtype.kind not in "fc":
        return mean(a, axis, dtype, out, keepdims, where=where)
    _stay_inexact(a, dtype, out)
    good = ~isnan(a)
    return mean(a, axis, dtype, out, keepdims, where=good if where is None or where is True else good & asarray(where))


def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    """The variance of what is not NaN; NaN where there are no more of them than ddof."""
    from .math import isnan
    a, ddof = asarray(a), _corrected(ddof, correction)
    good = None if a.dtype.kind not in "fc" else ~isnan(a)
    if good is not None:
        from .math import where as choose
        _stay_inexact(a, dtype, out)
        a = choose(good, a, a.dtype.type(0))
    counted = where if good is None else good if where is None or where is True else good & asarray(where)
    result = var(a, axis, dtype, None, ddof, keepdims, where=counted, mean=mean)
    if good is not None:
        many = counted._broadcast_to(a.shape)._reduce("sum", axis, np.int64, bool(keepdims), None, None)
        result = choose(many > ddof, result, result.dtype.type(np.nan))
    return into(result, out, "unsafe")


def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    from .math import sqrt
    a = asarray(a)
    if a.dtype.kind in "fc":
        _stay_inexact(a, dtype, out)
    return into(sqrt(nanvar(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)), out, "unsafe")


# ---- scans

def _scan_type(a, dtype):
    if dtype is not None:
        return dtypes.as_dtype(dtype)
    if a.dtype.kind in "bi" and a.dtype.itemsize < 8:
        return np.dtype(np.int64)
    return np.dtype(np.uint64) if a.dtype.kind == "u" and a.dtype.itemsize < 8 else a.dtype


_SCANS = {"sum": 0, "prod": 1, "max": 2, "min": 3}


def _scanned(op, a, axis, dtype, out):
    if out is None and (axis is None or axis == 0) and (dtype is None or dtype is getattr(a, "dtype", None)):
        result = _core.array_scanned(a, _SCANS[op])
        if result is not None:
            return result
    a = asarray(a)
    if isinstance(axis, (bool, np.bool_)):
        raise TypeError("an integer is required for the axis")
    if a.ndim == 0:
        a = a._reshape((1,))
    kind = _scan_type(a, dtype)
    if kind == bool:
        result = scan("max" if op == "sum" else "min", a != 0, axis, np.dtype(np.int64))
        return into(result != 0, out, "unsafe")
    return into(scan(op, a, axis, kind), out, "unsafe")


def cumsum(a, axis=None, dtype=None, out=None):
    """Sums of the elements up to each, along an axis (None: of the flattened array), in a fixed order (docs/orders.md)."""
    return _scanned("sum", a, axis, dtype, out)


def cumprod(a, axis=None, dtype=None, out=None):
    """Products of the elements up to each, as cumsum."""
    return _scanned("prod", a, axis, dtype, out)


def nancumsum(a, axis=None, dtype=None, out=None):
    return cumsum(_nan_as(a, 0)[0], axis, dtype, out)


def nancumprod(a, axis=None, dtype=None, out=None):
    return cumprod(_nan_as(a, 1)[0], axis, dtype, out)


def _cumulative(op, x, axis, dtype, out, include_initial):
    from .creation import full
    from .manipulation import concatenate
    x = asarray(x)
    if axis is None:
        if x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    if x.ndim == 0:
        x = x._reshape((1,))
    result = _scanned(op, x, axis, dtype, None)
    if include_initial:
        shape = [1 if k == normalize_axis(axis, x.ndim) else n for k, n in enumerate(x.shape)]
        result = concatenate([full(shape, op == "prod", result.dtype, device=x.device), result], axis)
    return into(result, out, "unsafe")


def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    return _cumulative("sum", x, axis, dtype, out, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    return _cumulative("prod", x, axis, dtype, out, include_initial)


def diff(a, n=1, axis=-1, prepend=None, append=None):
    from .manipulation import concatenate
    a = asarray(a)
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis(axis, a.ndim)
    ends = []
    for end in (prepend, append):
        if end is None:
            ends.append([])
            continue
        end = asarray(end)
        ends.append([end if end.ndim else end._broadcast_to([1 if k == axis else m for k, m in enumerate(a.shape)])])
    if ends[0] or ends[1]:
        a = concatenate([*ends[0], a, *ends[1]], axis)
    upper = (slice(None),) * axis + (slice(1, None),)
    lower = (slice(None),) * axis + (slice(None, -1),)
    for _ in range(n):
        a = a[upper] != a[lower] if a.dtype == bool else a[upper] - a[lower]
    return a


def ediff1d(ary, to_end=None, to_begin=None):
    """The differences of the elements in a row; what stands before and after them takes their dtype."""
    from .manipulation import can_cast, concatenate
    ary = asarray(ary).ravel()
    parts = [diff(ary)]
    for name, given, at in (("to_begin", to_begin, 0), ("to_end", to_end, 2)):
        if given is None:
            continue
        given = asarray(given)
        if not can_cast(given.dtype, ary.dtype, "same_kind"):
            raise TypeError(f"dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule, got {given.dtype} and {ary.dtype}")
        parts.insert(at, given.ravel()._cast(ary.dtype))
    return concatenate(parts) if len(parts) > 1 else parts[0]


def _counts_or_weights(weights, name, n, whole):
    weights = asarray(weights)
    if whole and bool((weights != weights.round()).any()):
        raise TypeError("fweights must be integer")
    if weights.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if weights.shape[0] != n:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if bool((weights < 0).any()):
        raise ValueError(f"{name} cannot be negative")
    return weights._cast(np.float64)


def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """The covariance matrix of variables (rows, or columns with rowvar=False): a matrix product of the deviations."""
    from .linalg import dot
    from .manipulation import concatenate
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    m = asarray(m)
    y = None if y is None else asarray(y)
    if m.ndim > 2 or y is not None and y.ndim > 2:
        raise ValueError(f"{'m' if m.ndim > 2 else 'y'} has more than 2 dimensions")
    kind = np.result_type(m.dtype, np.float64, *([] if y is None else [y.dtype])) if dtype is None else np.dtype(dtype)
    if kind.kind in "biu":  # NumPy computes in it, rounding as it goes
        from .fallback import through_numpy
        return through_numpy(np.cov, m, y, rowvar, bias, ddof, fweights, aweights, dtype=kind, _name="cov")

    def rows(x):
        x = x._reshape((1, x.size)) if x.ndim < 2 else x if rowvar or x.shape[0] == 1 and x is y else x.T
        return x if x.dtype == kind else x._cast(kind)
    x = rows(m)
    if x.shape[0] == 0:
        return x._reshape((0, 0))._cast(np.float64)
    if y is not None:
        x = concatenate([x, rows(y)], 0)
    ddof = (0 if bias else 1) if ddof is None else ddof
    n, w = x.shape[1], None
    if fweights is not None:
        w = _counts_or_weights(fweights, "fweights", n, True)
    if aweights is not None:
        more = _counts_or_weights(aweights, "aweights", n, False)
        w = more if w is None else w * more
    total = float(n) if w is None else w.sum()
    center = mean(x, 1, keepdims=True) if w is None else (x * w).sum(1, keepdims=True) / total
    if w is None:
        factor = builtin_max(n - ddof, 0)
    elif ddof == 0:
        factor = total
    elif aweights is None:
        factor = total - ddof
    else:
        factor = total - ddof * (w * _counts_or_weights(aweights, "aweights", n, False)).sum() / total
    if float(factor) <= 0:
        import warnings
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
    x = x - center
    scaled = x if w is None else x * w
    result = dot(x, scaled.T.conj()) / (float(factor) if w is None else factor)
    return result.squeeze()


def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """The correlation coefficients: covariances over the deviations of both variables, within -1 and 1."""
    from .math import sqrt
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviation = sqrt(c.diagonal().real)
    c = c / deviation[:, None] / deviation[None, :]
    if c.dtype.kind == "c":
        return c.real.clip(-1, 1) + 1j * c.imag.clip(-1, 1)
    return c.clip(-1, 1)
