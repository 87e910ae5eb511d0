"""Counts: bincount and histograms.

Counts are integers and have no order; weights are added in a fixed one (src/bulk/count.c): a bin's weights in the order of
their places, 64 in a row, and those sums likewise.
"""

import builtins
import operator

import numpy as np

from . import bulk
from .array import ndarray
from .creation import asarray, empty, zeros


def _counted(index, bins):
    """How often each of 0 … bins - 1 comes in `index` (int64, all in range)."""
    index = index._contiguous()
    if bulk.on_host(index):
        result = empty((bins,), np.int64, device=index.device)
        bulk.run("count", (result, index))
        return result
    result = zeros((bins,), np.int64, device=index.device)
    if index.size and bins <= 4096:
        bulk.kernel("k_count.cu", "k_count_few")(result, index, np.int64(index.size), np.int32(bins),
                                                 grid=bulk.blocks(index.size, 8192, 1024), block=(256,))
    elif index.size:
        bulk.kernel("k_count.cu", "k_count")(result, index, np.int64(index.size), grid=bulk.blocks(index.size, 1024), block=(256,))
    return result


def _summed(index, weights, bins):
    """The sums of the weights (float64) of each of 0 … bins - 1."""
    index, weights = index._contiguous(), weights._contiguous()
    result = empty((bins,), np.float64, device=index.device)
    if bulk.on_host(index):
        bulk.run("count_weighted", (result, index, weights))
    elif bins:
        from .creation import arange
        from .sorting import argsort, search
        order = argsort(index)
        starts = search(index[order], arange(bins + 1, device=index.device), False)
        space = [empty((index.size // 64 + bins + 1,), np.float64, device=index.device) for _ in range(2)]
        bulk.kernel("k_count.cu", "k_sum_bins")(result, weights[order]._contiguous(), starts, *space, np.int64(bins),
                                                grid=(min(bins, 65535),), block=(256,))
    return result


def _binned(index, weights, bins):
    if weights is None:
        return _counted(index, bins)
    if weights.dtype.kind == "c":
        return _summed(index, weights.real._cast(np.float64), bins) + 1j * _summed(index, weights.imag._cast(np.float64), bins)
    return _summed(index, weights if weights.dtype == np.float64 else weights._cast(np.float64), bins)


def bincount(x, /, weights=None, minlength=0):
    """How often each non-negative integer comes (int64), or the sums of the weights that belong to it (float64)."""
    given, x = x, asarray(x)
    if x.ndim != 1:
        raise ValueError("object of too small depth for desired array" if x.ndim == 0 else "object too deep for desired array")
    if x.dtype.kind not in "biu" and (x.size or given is x):
        raise TypeError(f"Cannot cast array data from dtype('{x.dtype}') to dtype('int64') according to the rule 'safe'")
    minlength = operator.index(minlength)
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    if weights is not None:
        weights = asarray(weights, device=x.device)
        if weights.shape != x.shape:
            raise ValueError("The weights and list don't have the same length.")
        if weights.dtype.kind == "c":
            raise TypeError(f"Cannot cast array data from dtype('{weights.dtype}') to dtype('float64') according to the rule 'safe'")
    if not x.size:
        from .creation import zeros
        return zeros(minlength, np.int64, device=x.device)
    x = x._cast(np.int64)
    bins = minlength
    if x.size:
        if int(x.min()) < 0:
            raise ValueError("'list' argument must have no negative elements")
        bins = max(bins, int(x.max()) + 1)
    return _binned(x, weights, bins)


# ---- histograms

def _range_of(a, range):
    if range is not None:
        first, last = range
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
        if not (np.isfinite(first) and np.isfinite(last)):
            raise ValueError(f"supplied range of [{first}, {last}] is not finite")
    elif not a.size:
        first, last = 0, 1
    else:
        first, last = a.min().get()[()], a.max().get()[()]
        if not (np.isfinite(first) and np.isfinite(last)):
            raise ValueError(f"autodetected range of [{first}, {last}] is not finite")
    return (first - 0.5, last + 0.5) if first == last else (first, last)


def _width(x, rule, first, last):
    """The width of a bin by one of the rules that have a name; 0: there is none."""
    from .quantile import percentile
    n, reach = x.size, float(x.max().get()) - float(x.min().get())
    if rule == "stone":
        return _stone_width(x, first, last)
    if rule == "auto":
        fd, sturges = _width(x, "fd", first, last), _width(x, "sturges", first, last)
        by_root = _width(x, "sqrt", first, last) / 2
        fd = max(fd, by_root)
        return min(fd, sturges) if fd else sturges
    if rule in ("fd", "scott"):
        if rule == "scott":
            return (24.0 * np.pi ** 0.5 / n) ** (1.0 / 3.0) * float(x.std().get())
        low, high = percentile(x, [25, 75]).get()
        return 2.0 * float(high - low) * n ** (-1.0 / 3.0)
    if rule == "doane":
        sigma = float(x.std().get()) if n > 2 else 0.0
        if sigma <= 0:
            return 0.0
        skew = float((((x - x.mean()) / sigma) ** 3).mean().get())
        return reach / (1.0 + np.log2(n) + np.log2(1.0 + abs(skew) / np.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))))
    parts = {"rice": 2.0 * n ** (1.0 / 3), "sqrt": np.sqrt(n), "sturges": np.log2(n) + 1.0}
    return reach / parts[rule]


def _stone_width(x, first, last):
    """The number of bins with the least estimated loss (Stone, 1984)."""
    n, reach = x.size, float(x.max().get()) - float(x.min().get())
    if n <= 1 or reach == 0:
        return 0.0

    def loss(bins):
        share = histogram(x, bins, (first, last))[0].get() / n
        return (2 - (n + 1) * share.dot(share)) / (reach / bins)
    most = max(100, int(np.sqrt(n)))
    best = min(builtins.range(1, most + 1), key=loss)
    return reach / best


def _how_many(a, rule, range, weights):
    """The number of bins by a rule's name."""
    if rule not in ("auto", "doane", "fd", "rice", "scott", "sqrt", "stone", "sturges"):
        raise ValueError(f"{rule!r} is not a valid estimator for `bins`")
    if weights is not None:
        raise TypeError("Automated estimation of the number of bins is not supported for weighted data")
    first, last = _range_of(a, range)
    if range is not None:
        a = a[(a >= first) & (a <= last)]
    if not a.size:
        return 1
    width = _width(a if a.dtype.kind == "f" else a._cast(np.float64), rule, first, last)
    if a.dtype.kind in "iu" and width < 1:
        width = 1
    return int(np.ceil((float(last) - float(first)) / width)) if width else 1


def _edges(a, bins, range, dtype=None, weights=None):
    """The edges on the host, in a float type of the values' or in `dtype`."""
    if isinstance(bins, str):
        bins = _how_many(a, bins, range, weights)
    if np.ndim(bins) == 0:
        try:
            count = operator.index(bins)
        except TypeError:
            raise TypeError("`bins` must be an integer, a string, or an array") from None
        if count < 1:
            raise ValueError("`bins` must be positive, when an integer")
        first, last = _range_of(a, range)
        kind = np.result_type(first, last, a.dtype if a.dtype.name != "bfloat16" else np.float32)
        edges = np.linspace(first, last, count + 1, endpoint=True, dtype=dtype or (kind if kind.kind == "f" else np.result_type(kind, float)))
        if not (edges[:-1] < edges[1:]).all():
            raise ValueError(f"Too many bins for data range. Cannot create {count} finite-sized bins.")
        return edges
    edges = np.asarray(bins.get() if isinstance(bins, ndarray) else bins)
    if edges.ndim != 1:
        raise ValueError("`bins` must be 1d, when an array")
    if (edges[:-1] > edges[1:]).any():
        raise ValueError("`bins` must increase monotonically, when an array")
    return edges


def histogram_bin_edges(a, bins=10, range=None, weights=None):
    a = asarray(a)
    return asarray(_edges(a.ravel(), bins, range, weights=weights), device=a.device)


def _by_width(a, edges):
    """The bin of each value among edges of equal width: computed, and put right by a look at the edges beside it."""
    from .indexing import take
    from .math import where
    bins, kind = len(edges) - 1, edges.dtype
    x = a if a.dtype == kind else a._cast(kind)
    inside = (x >= edges[0]) & (x <= edges[-1])
    # The factor is rounded, and so is the product: the guess is at most one bin off.
    scale = kind.type(bins / (float(edges[-1]) - float(edges[0])))
    guess = (where(inside, x - kind.type(edges[0]), kind.type(0)) * scale)._cast(np.int64).clip(0, bins - 1)
    on_device = asarray(edges, device=a.device)
    guess = guess - (x < take(on_device, guess))
    guess = guess + ((x >= take(on_device, guess + 1)) & (guess != bins - 1))
    return where(inside, guess, bins)


def _are_even(edges, dtype):
    """Whether bins asked for by their number are so that computing a value's bin is exact up to one."""
    fits = edges.dtype == dtype if dtype.kind == "f" else edges.dtype == np.float64 and dtype.itemsize <= 4
    return fits and edges.dtype.name in ("float32", "float64") and len(edges) < 1 << 20 and \
        bool(np.isfinite(edges[-1] - edges[0])) and bool((np.diff(edges) > 0).all())


def _which(a, edges, by_width=False):
    """The bin of each value; as many as there are bins for a value in none. The last bin has its upper edge."""
    from .math import where
    from .sorting import searchsorted
    if a.dtype == bool:
        a = a._cast(np.uint8)
    if by_width and _are_even(edges, a.dtype):
        return _by_width(a, edges)
    on_device = asarray(edges, device=a.device)
    bins = len(edges) - 1
    at = searchsorted(on_device, a, "right") - 1
    at = where(a == on_device[-1], bins - 1, at)
    return where((at < 0) | (at >= bins) | (a != a), bins, at)


def _weights_for(weights, a):
    if weights is None:
        return None
    weights = asarray(weights, device=a.device)
    if weights.shape != a.shape:
        raise ValueError("weights should have the same shape as a.")
    return weights.ravel()


def histogram(a, bins=10, range=None, density=None, weights=None):
    """(counts, edges). The counts are int64, or the sums of the weights in the weights' dtype."""
    a = asarray(a)
    weights = _weights_for(weights, a)
    a = a.ravel()
    edges = _edges(a, bins, range, weights=weights)
    count = len(edges) - 1
    by_width = not isinstance(bins, str) and np.ndim(bins) == 0
    if by_width and weights is None and bulk.on_host(a) and _are_even(edges, a.dtype):
        result = empty((count,), np.int64, device=a.device)
        bulk.run("histogram", (result, a._cast(edges.dtype)._contiguous(), asarray(edges, device=a.device)))
    else:
        result = _binned(_which(a, edges, by_width), weights, count + 1)[:count]
    if weights is not None and weights.dtype != result.dtype:
        result = result._cast(weights.dtype)
    on_device = asarray(edges, device=a.device)
    if density:
        return result / asarray(np.diff(edges).astype(float), device=a.device) / result.sum(), on_device
    return result, on_device


def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    """(counts of shape (bins…), a list of edges). sample: points × dimensions, or a sequence of coordinates."""
    from .manipulation import stack
    if isinstance(sample, (list, tuple)):
        sample = stack([asarray(x) for x in sample], 1) if np.ndim(sample[0]) else asarray(sample)
    sample = asarray(sample)
    sample = sample if sample.ndim == 2 else sample.reshape(-1, 1)
    dims = sample.shape[1]
    bins = list(bins) if isinstance(bins, (list, tuple)) or np.ndim(bins) else [bins] * dims
    if len(bins) != dims:
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    ranges = [None] * dims if range is None else list(range)
    if len(ranges) != dims:
        raise ValueError("range argument must have one entry per dimension")
    kind = sample.dtype if sample.dtype.kind == "f" else np.float64  # of edges that are made of the values' own bounds
    edges = [_edges(sample[:, k], bins[k], ranges[k], kind if ranges[k] is None else np.float64) for k in np.arange(dims).tolist()]
    from .math import where
    flat, outside, total = None, None, 1
    for k, e in enumerate(edges):
        at = _which(sample[:, k], e)
        outside = at == len(e) - 1 if outside is None else outside | (at == len(e) - 1)
        flat = at if flat is None else flat * (len(e) - 1) + at
        total *= len(e) - 1
    flat = where(outside, total, flat)
    weights = None if weights is None else asarray(weights, device=sample.device).ravel()
    result = _binned(flat, weights, total + 1)[:total]._reshape([len(e) - 1 for e in edges])
    result = result if weights is not None and result.dtype.kind == "c" else result._cast(np.float64)
    if density:
        sum_ = result.sum()
        for k, e in enumerate(edges):
            width = asarray(np.diff(e), device=sample.device)
            result = result / width._reshape([-1 if d == k else 1 for d in np.arange(dims).tolist()])
        result = result / sum_
    return result, [asarray(e, device=sample.device) for e in edges]


def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    """(counts of shape (bins of x, bins of y), edges of x, edges of y)."""
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    if isinstance(bins, (ndarray, np.ndarray)) and bins.ndim == 1 or isinstance(bins, (list, tuple)) and len(bins) not in (1, 2):
        bins = [asarray(bins)] * 2
    counts, edges = histogramdd([asarray(x), asarray(y)], bins, range, density, weights)
    return counts, edges[0], edges[1]
