"""Quantiles: medians and percentiles, by sorting as far as their places need.

The methods are those of Hyndman and Fan (Sample Quantiles in Statistical Packages, 1996) and four that interpolate
otherwise: each says between which two places of the sorted elements a quantile lies, and how far.
"""

import numpy as np

from .array import into, ndarray
from .axes import axes_list, each_of, normalize_axis
from .creation import asarray
from .sorting import _selected, sort

# α and β of the continuous methods: the quantile's place is n q + α + q (1 - α - β) - 1.
_CONTINUOUS = {"interpolated_inverted_cdf": (0, 1), "hazen": (0.5, 0.5), "weibull": (0, 0), "median_unbiased": (1 / 3, 1 / 3),
               "normal_unbiased": (3 / 8, 3 / 8)}


def _place(method, n, q):
    """(the lower place, how far to the next) of each q, before places outside are brought in."""
    if method == "linear":
        at = (n - 1) * q
    elif method in _CONTINUOUS:
        a, b = _CONTINUOUS[method]
        at = n * q + (a + q * (1 - a - b)) - 1
    elif method in ("lower", "higher", "nearest"):
        at = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}[method]((n - 1) * q)
    elif method == "midpoint":
        at = 0.5 * (np.floor((n - 1) * q) + np.ceil((n - 1) * q))
    elif method == "inverted_cdf":
        at = n * q - 1
        return np.where(at % 1 == 0, at, np.floor(at) + 1), np.zeros_like(q)
    elif method == "averaged_inverted_cdf":
        at = n * q - 1
        return np.floor(at), np.where(at % 1 == 0, 0.5, 1.0)
    elif method == "closest_observation":
        at = n * q - 1.5
        lower = np.floor(at)
        return np.where((at % 1 == 0) & (lower % 2 == 1), lower, lower + 1), np.zeros_like(q)
    else:
        raise ValueError(f"{method!r} is not a valid method. Use one of: linear, lower, higher, midpoint, nearest, inverted_cdf, "
                         f"averaged_inverted_cdf, closest_observation, {', '.join(_CONTINUOUS)}")
    lower = np.floor(at)
    return lower, at - lower


def _between(low, high, t):
    """From low to high, exact at both ends."""
    from .math import where
    step = high - low
    return where(t >= 0.5, high - step * (1 - t), low + step * t)


def _last_axis(a, axis):
    """The reduced axes as one, last; the other axes; all that were reduced."""
    axes = axes_list(axis, a.ndim)
    if axis is None:
        return a.ravel(), axes
    kept = [k for k in range(a.ndim) if k not in axes]
    moved = a._transpose(kept + axes) if kept + axes != list(range(a.ndim)) else a
    count = 1
    for k in axes:
        count *= a.shape[k]
    return moved.reshape([a.shape[k] for k in kept] + [count]), axes


def _quantiles(a, q, axis, method, keepdims):
    """For an array a of numbers and q of _as_q."""
    q, kind = q
    if a.dtype.kind == "c":
        raise TypeError("a must be an array of real numbers")
    rows, axes = _last_axis(a, axis)
    n = rows.shape[-1]
    if n == 0:
        raise IndexError(f"cannot take a quantile of an axis without elements")
    lower, t = _place(method, n, q.ravel())
    low = np.clip(lower, 0, n - 1).astype(np.int64)
    high = np.clip(lower + 1, 0, n - 1).astype(np.int64)
    places = sorted({*low.tolist(), *high.tolist(), n - 1})
    s, low, high = _selected(rows, places), np.searchsorted(places, low), np.searchsorted(places, high)
    t = np.where(lower < 0, 0, t).astype(_fraction_kind(a, kind))
    # The quantiles' axis comes first in the result.
    at = [*range(1, rows.ndim)]
    first = s[..., low]._transpose([rows.ndim - 1, *range(rows.ndim - 1)])
    if method in ("lower", "higher", "nearest", "inverted_cdf", "closest_observation"):
        result = first
    else:
        second = s[..., high]._transpose([rows.ndim - 1, *range(rows.ndim - 1)])
        if first.dtype.kind in "biu":
            wide = np.result_type(first.dtype, t.dtype)
            first, second = first._cast(wide), second._cast(wide)
        fraction = asarray(t, device=a.device)._reshape((-1,) + (1,) * len(at))
        result = _between(first, second, fraction)
    if a.dtype.kind == "f":
        from .math import isnan, where
        last = s[..., -1]
        result = where(isnan(last), last, result)
    shape = q.shape + (tuple(1 if k in axes else m for k, m in enumerate(a.shape)) if keepdims else rows.shape[:-1])
    return result._reshape(shape)._contiguous()


def _weighted(a, q, axis, method, keepdims, weights, without_nan=False):
    """The quantiles of elements that count as often as their weights say: the first one up to which the weights make q of all."""
    q, kind = q
    from .indexing import take_along_axis
    from .math import isnan, where
    from .sorting import argsort
    from .statistics import cumsum
    if method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    if a.dtype.kind == "c":
        raise TypeError("a must be an array of real numbers")
    weights = asarray(weights, device=a.device)
    if weights.shape != a.shape:
        weights = _weights_along(a, axis, weights)
    if bool((weights < 0).any()):
        raise ValueError("Weights must be non-negative.")
    rows, axes = _last_axis(a, axis)
    w, _ = _last_axis(weights._cast(np.float64), axis)
    if without_nan and a.dtype.kind == "f":
        w = where(isnan(rows), 0.0, w)
    order = argsort(rows, -1)
    s, w = take_along_axis(rows, order, -1), take_along_axis(w, order, -1)
    share = cumsum(w, -1)
    total = share[..., -1:]
    if not without_nan and not bool(((total > 0) & (total < np.inf)).all()):
        raise ValueError("Weights included NaN, inf or were all zero.")
    share = share / total
    if kind is not None and kind != share.dtype:
        share = share._cast(kind)  # so that a share equals a q of fewer digits that was meant
    if bool((q == 0).any()):
        share = where(share == 0, -1.0, share)  # what has no weight is not the smallest
    parts = [(share < p)._reduce("sum", -1, np.int64, True, None, None) for p in q.ravel().astype(share.dtype)]
    from .manipulation import concatenate
    places = concatenate(parts, -1).clip(0, rows.shape[-1] - 1)
    result = take_along_axis(s, places, -1)
    if a.dtype.kind == "f":
        bad = isnan(share[..., -1:]) if without_nan else isnan(s[..., -1:]) | isnan(share[..., -1:])
        result = where(bad, a.dtype.type(np.nan), result)
    result = result._transpose([result.ndim - 1, *range(result.ndim - 1)])
    shape = q.shape + (tuple(1 if k in axes else m for k, m in enumerate(a.shape)) if keepdims else rows.shape[:-1])
    return result._reshape(shape)._contiguous()


def _weights_along(a, axis, weights):
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = [normalize_axis(k, a.ndim) for k in each_of(axis)]
    if weights.shape != tuple(a.shape[k] for k in axes):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    order = sorted(range(len(axes)), key=axes.__getitem__)
    weights = weights._transpose(order)._reshape([n if k in axes else 1 for k, n in enumerate(a.shape)])
    return weights._broadcast_to(a.shape)


def _as_q(a, q, scale):
    """(q on the host in the float dtype that places are computed in; that dtype, None for a number of Python's).

    Places are computed in q's own dtype, so that 0.4 of float32 times 40 is 16; float16, which does not hold the
    numbers of longer rows' elements, is for rows whose places it holds."""
    host = np.asarray(q.get() if isinstance(q, ndarray) else q)
    kind = None if isinstance(q, (int, float)) and not isinstance(q, np.floating) else host.dtype if host.dtype.kind == "f" else np.dtype(np.float64)
    if host.ndim > 2:
        raise ValueError(f"q must be a scalar or 1d, got {host.ndim} dimensions")
    if host.dtype.kind not in "biuf":
        raise TypeError(f"q must be real numbers, got {host.dtype}")
    if scale == 100:
        host = np.true_divide(host, host.dtype.type(100) if host.dtype.kind == "f" else 100.0)
    host = host if kind is not None and host.dtype == kind and (kind != np.float16 or a.size < 2048) else host.astype(np.float64)
    if host.size and not ((host >= 0) & (host <= 1)).all():
        raise ValueError("Percentiles must be in the range [0, 100]" if scale == 100 else "Quantiles must be in the range [0, 1]")
    return host, kind


def _fraction_kind(a, kind):
    """The dtype of the way between two elements: q's, or the elements' own for a number of Python's."""
    if kind is not None:
        return kind
    return np.dtype(np.float64) if a.dtype.kind != "f" else np.dtype(np.float32) if a.dtype.name == "bfloat16" else a.dtype


def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """The q-th quantiles (0 to 1) along the axes; the quantiles' own axes come first. NaN where there is a NaN."""
    a = asarray(a)
    if weights is not None:
        return into(_weighted(a, _as_q(a, q, 1), axis, method, keepdims, weights), out)
    return into(_quantiles(a, _as_q(a, q, 1), axis, method, keepdims), out)


def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """quantile with q from 0 to 100."""
    a = asarray(a)
    if weights is not None:
        return into(_weighted(a, _as_q(a, q, 100), axis, method, keepdims, weights), out)
    return into(_quantiles(a, _as_q(a, q, 100), axis, method, keepdims), out)


def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The middle element of the sorted ones, or the mean of the two in the middle. NaN where there is a NaN."""
    a = asarray(a)
    rows, axes = _last_axis(a, axis)
    n = rows.shape[-1]
    kind = np.dtype(np.float64) if a.dtype.kind in "biu" else a.dtype
    if n == 0:
        from .creation import full
        result = full(rows.shape[:-1], np.nan, kind, device=a.device)
    else:
        from .statistics import mean
        middle = [(n - 1) // 2] if n % 2 else [n // 2 - 1, n // 2]
        s = _selected(rows, middle if n < 3 else [*middle, n - 1])
        result = mean(s[..., :len(middle)], -1, kind)
        if a.dtype.kind in "fc":
            from .math import isnan, where
            last = s[..., -1]
            result = where(isnan(last), last, result)
    if keepdims:
        result = result._reshape([1 if k in axes else m for k, m in enumerate(a.shape)])
    return into(result, out, "unsafe")


def _without_nan(a, q, axis, method, keepdims):
    """Quantiles of the numbers of each row: rows with a NaN have fewer, so places differ from row to row."""
    q, kind = q
    from .indexing import take_along_axis
    from .math import isnan, where
    rows, axes = _last_axis(a, axis)
    shape = q.shape + (tuple(1 if k in axes else m for k, m in enumerate(a.shape)) if keepdims else rows.shape[:-1])
    if not rows.size:  # no rows, or nothing in them
        from .creation import full
        return full(shape, np.nan, np.result_type(a.dtype, _fraction_kind(a, kind)), device=a.device)
    s = sort(rows, -1)
    counts = (~isnan(s))._reduce("sum", -1, np.int64, False, None, None).get()
    places = [_place(method, int(c), q.ravel()) if c else (np.zeros(q.size), np.full(q.size, np.nan)) for c in np.unique(counts)]
    of = np.searchsorted(np.unique(counts), counts)
    lower = np.stack([p[0] for p in places])[of]
    t = np.stack([p[1] for p in places])[of]
    top = np.maximum(counts - 1, 0)[..., None]
    low, high = (np.clip(x, 0, top).astype(np.int64) for x in (lower, lower + 1))
    t = np.where(lower < 0, 0, t).astype(_fraction_kind(a, kind))
    first, second = (take_along_axis(s, asarray(x, device=a.device), -1) for x in (low, high))
    result = first if method in ("lower", "higher", "nearest", "inverted_cdf", "closest_observation") else \
        _between(first, second, asarray(t, device=a.device))
    return result._transpose([result.ndim - 1, *range(result.ndim - 1)])._reshape(shape)


def nanquantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """quantile of what is not NaN."""
    a = asarray(a)
    if weights is not None:
        return into(_weighted(a, _as_q(a, q, 1), axis, method, keepdims, weights, True), out)
    host = _as_q(a, q, 1)
    return into((_without_nan if a.dtype.kind == "f" else _quantiles)(a, host, axis, method, keepdims), out)


def nanpercentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """percentile of what is not NaN."""
    a = asarray(a)
    if weights is not None:
        return into(_weighted(a, _as_q(a, q, 100), axis, method, keepdims, weights, True), out)
    host = _as_q(a, q, 100)
    return into((_without_nan if a.dtype.kind == "f" else _quantiles)(a, host, axis, method, keepdims), out)


def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """median of what is not NaN."""
    a = asarray(a)
    if a.dtype.kind not in "fc":
        return median(a, axis, out, keepdims=keepdims)
    from .indexing import take_along_axis
    from .math import isnan
    from .statistics import mean
    rows, axes = _last_axis(a, axis)
    if not rows.shape[-1]:
        return median(a, axis, out, keepdims=keepdims)
    s = sort(rows, -1)
    count = (~isnan(s))._reduce("sum", -1, np.int64, True, None, None)
    low, high = ((count - 1) // 2).clip(0, None), (count // 2).clip(0, rows.shape[-1] - 1)
    from .manipulation import concatenate
    result = mean(take_along_axis(s, concatenate([low, high], -1), -1), -1)
    if keepdims:
        result = result._reshape([1 if k in axes else m for k, m in enumerate(a.shape)])
    return into(result, out, "unsafe")
