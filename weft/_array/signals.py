"""Sequences: convolution, interpolation, differences, integrals, windows, packed bits. Compositions that fuse."""

import operator
import struct

import numpy as np

from .. import _core
from . import bulk
from .array import ndarray
from .axes import normalize_axis
from .creation import arange, asarray, empty, ones, zeros
from .manipulation import concatenate, result_type

_FEW = 16  # up to so many products in a row are a sum of shifted slices
_TILE = 4096  # of a reduction, and what src/bulk/convolve.c takes at most


# ---- convolution

def _mode(mode):
    if isinstance(mode, str):
        if mode.lower() not in ("valid", "same", "full", "v", "s", "f"):
            raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got '{mode}')")
        return "vsf".index(mode[0].lower())
    mode = operator.index(mode)
    if mode not in (0, 1, 2):
        raise ValueError("mode must be one of 'valid', 'same', or 'full'")
    return mode


def _vectors(a, v):
    a, v = asarray(a), asarray(v)
    a, v = (x._reshape((1,)) if x.ndim == 0 else x for x in (a, v))
    if a.ndim > 1 or v.ndim > 1:
        raise ValueError("object too deep for desired array")
    for name, x in (("a", a), ("v", v)):
        if x.size == 0:
            raise ValueError(f"{name} cannot be empty")
    return a, v


class _Factors:
    """v, but 0 where one that is not finite would meet the zeros beyond the ends of a: those are no products."""

    def __init__(self, a, v, left, right):
        from .math import isfinite, where
        self.v, self.inside, self.where = v, None, where
        if (left or right) and v.dtype.kind in "fc":
            self.beyond = where(isfinite(v), v, zeros((), v.dtype, device=v.device))
            self.inside = concatenate([part((size,), bool, device=a.device) for part, size in ((zeros, left), (ones, a.size), (zeros, right))])

    def of(self, k, count):
        return self.v[k] if self.inside is None else self.where(self.inside[k:k + count], self.v[k], self.beyond[k])

    def of_windows(self):
        from .stride_tricks import sliding_window_view
        if self.inside is None:
            return self.v
        return self.where(sliding_window_view(self.inside, self.v.size), self.v, self.beyond)


def _sliding(a, v, mode):
    """The sums of products of v with each stretch of the longer vector a."""
    from .stride_tricks import sliding_window_view
    kind, n = result_type(a, v), v.size
    left = (0, n // 2, n - 1)[mode]
    right = (0, n - n // 2 - 1, n - 1)[mode]
    a, v = (x if x.dtype == kind else x._cast(kind) for x in (a, v))
    if kind.char in "fd" and n <= _TILE and bulk.on_host(a):
        result = empty((a.size + left + right - n + 1,), kind, device=a.device)
        bulk.run("convolve", (result, a._contiguous(), v._contiguous()), (left,))
        return result
    factors = _Factors(a, v, left, right)
    a = concatenate([zeros((left,), kind, device=a.device), a, zeros((right,), kind, device=a.device)]) if left or right else a._contiguous()
    count = a.size - n + 1
    if n <= _FEW:
        wide = np.dtype(np.float32) if kind.kind == "f" and kind.itemsize == 2 else kind
        total = None
        for k in range(n):
            factor = factors.of(k, count)
            product = a[k:k + count]._cast(wide) * factor._cast(wide) if wide != kind else a[k:k + count] * factor
            total = product if total is None else total + product
        return total if wide == kind else total._cast(kind)
    windows = sliding_window_view(a, n)
    if kind == bool:
        return (windows & v)._reduce("any", -1, None, False, None, None)
    result = (windows * factors.of_windows())._reduce("sum", -1, None, False, None, None)
    return result if result.dtype == kind else result._cast(kind)


def convolve(a, v, mode="full"):
    """The discrete convolution of two vectors. mode: "full" (all sums), "same" (as many as the longer vector has elements),
    "valid" (only where they overlap wholly). ValueError for empty vectors. Up to 16 elements of the shorter one are added in
    order, more in the order of reductions (docs/orders.md)."""
    a, v = _vectors(a, v)
    if v.size > a.size:
        a, v = v, a
    return _sliding(a, v[::-1], _mode(mode))


def correlate(a, v, mode="valid"):
    """The cross-correlation of two vectors, the second conjugated: sums of a[n + k] conj(v[n]). As convolve otherwise."""
    a, v = asarray(a), asarray(v)
    if not a.ndim or not v.ndim:
        raise ValueError("object of too small depth for desired array")
    a, v = _vectors(a, v)
    v = v.conj()
    return _sliding(a, v, _mode(mode)) if a.size >= v.size else _sliding(v, a, _mode(mode))[::-1]._copy()


# ---- interpolation

def interp(x, xp, fp, left=None, right=None, period=None):
    """fp at x between the points xp, which go up, by straight lines; outside `left` and `right` (the first and last of fp).
    period: xp and x are taken modulo it. float64, or complex128 where fp is complex. ValueError when xp and fp differ in
    length, are empty, or the period is 0."""
    from .indexing import pick
    from .math import isnan, remainder, where
    from .sorting import argsort, searchsorted
    fp = asarray(fp)
    device = fp.device
    kind = np.dtype(np.complex128 if fp.dtype.kind == "c" else np.float64)
    x, xp = (v if isinstance(v, ndarray) and v.device == device else asarray(v, device=device) for v in (x, xp))
    if xp.dtype.kind == "c" or x.dtype.kind == "c":
        raise TypeError("Cannot cast array data from dtype('complex128') to dtype('float64') according to the rule 'safe'")
    x, xp, fp = x._cast(np.float64), xp._cast(np.float64), fp._cast(kind)
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period, left, right = abs(period), None, None
        if xp.ndim != 1 or fp.ndim != 1:
            raise ValueError("Data points must be 1-D sequences")
        if xp.shape[0] != fp.shape[0]:
            raise ValueError("fp and xp are not of the same length")
        x, xp = remainder(x, period), remainder(xp, period)
        order = argsort(xp)
        xp, fp = pick(xp, order), pick(fp, order)
        xp = concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = concatenate([fp[-1:], fp, fp[:1]])
    if xp.ndim != 1 or fp.ndim != 1:
        raise ValueError("object too deep for desired array" if max(xp.ndim, fp.ndim) > 1 else "object of too small depth for desired array")
    if xp.size == 0:
        raise ValueError("array of sample points is empty")
    if xp.size != fp.size:
        raise ValueError("fp and xp are not of the same length.")
    if bulk.on_host(fp) and kind == np.float64:
        result = empty(x.shape, kind, device=device)
        bulk.run("interp", (result, x._contiguous(), xp._contiguous(), fp._contiguous()), (*_bits_of(left), *_bits_of(right)))
        return _core.array_value(result)
    left, right = fp[0] if left is None else left, fp[-1] if right is None else right
    at = searchsorted(xp, x, "right") - 1
    low = at.clip(0, xp.size - 1)
    if xp.size == 1:
        inside = pick(fp, low)
    else:
        before = low.clip(0, xp.size - 2)
        inside = _on_the_line(x, pick(xp, before), pick(xp, before + 1), pick(fp, before), pick(fp, before + 1), kind)
        inside = where((low == xp.size - 1) | (pick(xp, low) == x), pick(fp, low), inside)
    result = where(x < xp[0], left, where(x > xp[-1], right, inside))
    return _core.array_value(where(isnan(x), x, result)._cast(kind))


def _bits_of(number):
    """Whether there is one, and the bits of it as a float64."""
    return (0, 0) if number is None else (1, *struct.unpack("q", struct.pack("d", float(number))))


def _on_the_line(x, x0, x1, y0, y1, kind):
    """y0 + slope (x - x0); from the other end where that is no number, or y0 where both ends are the same."""
    from .math import isnan, where
    if kind.kind == "c":
        return _on_the_line(x, x0, x1, y0.real, y1.real, np.dtype(np.float64)) + \
            1j * _on_the_line(x, x0, x1, y0.imag, y1.imag, np.dtype(np.float64))
    slope = (y1 - y0) / (x1 - x0)
    y = slope * (x - x0) + y0
    y = where(isnan(y), slope * (x - x1) + y1, y)
    return where(isnan(y) & (y0 == y1), y0, y)


def unwrap(p, discont=None, axis=-1, *, period=2 * np.pi):
    """The sequence with jumps of more than half a period (or `discont`) made shorter by multiples of the period."""
    from .math import absolute, remainder, where
    from .statistics import cumsum, diff
    p = asarray(p)
    axis = normalize_axis(axis, p.ndim)
    steps = diff(p, axis=axis)
    kind = result_type(steps, period)
    discont = period / 2 if discont is None else discont
    if kind.kind in "biu":
        high, odd = divmod(period, 2)
        ambiguous = odd == 0
    else:
        high, ambiguous = period / 2, True
    steps = steps if steps.dtype.kind != "b" else steps._cast(kind)
    inside = remainder(steps + high, period) - high
    if ambiguous:
        inside = where((inside == -high) & (steps > 0), high, inside)
    change = where(absolute(steps) < discont, 0, inside - steps)
    first = (slice(None),) * axis + (slice(0, 1),)
    rest = (slice(None),) * axis + (slice(1, None),)
    return concatenate([p[first]._cast(kind), (p[rest] + cumsum(change, axis))._cast(kind)], axis)


# ---- differences and integrals

def _spacings(f, given, axes):
    """For each axis a number, or the places' distances as a vector."""
    if not given:
        return [1.0] * len(axes)
    if len(given) == 1 and np.ndim(given[0]) == 0:
        return [given[0]] * len(axes)
    if len(given) != len(axes):
        raise TypeError("invalid number of arguments")
    spacings = []
    for step, axis in zip(given, axes):
        if np.ndim(step) == 0:
            spacings.append(step)
            continue
        step = asarray(step, device=f.device)
        if step.ndim != 1:
            raise ValueError("distances must be either scalars or 1d")
        if step.size != f.shape[axis]:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        step = step._cast(np.float64) if step.dtype.kind in "biu" else step
        spacings.append(step[1:] - step[:-1])
    return spacings


def _slope(f, h, axis, order):
    """The derivative along one axis by differences of second order inside, of first or second at the ends."""
    n = f.shape[axis]

    def at(start, stop):
        return f[(slice(None),) * axis + (slice(start, stop),)]

    def along(x):
        return x._reshape([-1 if k == axis else 1 for k in range(f.ndim)]) if isinstance(x, ndarray) and x.ndim else x
    even = not (isinstance(h, ndarray) and h.ndim)
    if even:
        inside = (at(2, None) - at(0, -2)) / (2. * h)
        d0 = d1 = e0 = e1 = h
    else:
        below, above = h[:-1], h[1:]
        inside = along(-above / (below * (below + above))) * at(0, -2) + along((above - below) / (below * above)) * at(1, -1) + \
            along(below / (above * (below + above))) * at(2, None)
        d0, e0 = h[0], h[-1]
        d1, e1 = (h[1], h[-2]) if n > 2 else (None, None)
    if order == 1:
        first, last = (at(1, 2) - at(0, 1)) / d0, (at(n - 1, n) - at(n - 2, n - 1)) / e0
    elif even:
        first = -1.5 / h * at(0, 1) + 2. / h * at(1, 2) + -0.5 / h * at(2, 3)
        last = 0.5 / h * at(n - 3, n - 2) + -2. / h * at(n - 2, n - 1) + 1.5 / h * at(n - 1, n)
    else:
        first = -(2. * d0 + d1) / (d0 * (d0 + d1)) * at(0, 1) + (d0 + d1) / (d0 * d1) * at(1, 2) + -d0 / (d1 * (d0 + d1)) * at(2, 3)
        last = e0 / (e1 * (e1 + e0)) * at(n - 3, n - 2) + -(e0 + e1) / (e1 * e0) * at(n - 2, n - 1) + \
            (2. * e0 + e1) / (e0 * (e1 + e0)) * at(n - 1, n)
    kind = f.dtype
    return concatenate([part if part.dtype == kind else part._cast(kind) for part in (first, inside, last)], axis)


def gradient(f, *varargs, axis=None, edge_order=1):
    """The derivatives along the axes (one array, or a tuple of them), from central differences; spacings as numbers or as
    places. ValueError where an axis has fewer than edge_order + 1 elements."""
    f = asarray(f)
    axes = list(range(f.ndim)) if axis is None else [normalize_axis(k, f.ndim) for k in (axis if isinstance(axis, tuple) else (axis,))]
    if len(set(axes)) != len(axes):
        raise ValueError("repeated axis")
    spacings = _spacings(f, varargs, axes)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    f = f._cast(np.float64) if f.dtype.kind in "biu" else f
    results = []
    for k, h in zip(axes, spacings):
        if f.shape[k] < edge_order + 1:
            raise ValueError("Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required.")
        if isinstance(h, ndarray) and h.ndim and bool((h == h[0]).all()):
            h = h[0]
        results.append(_slope(f, h, k, edge_order))
    return results[0] if len(results) == 1 else tuple(results)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral along an axis by trapezoids, over places x or steps dx."""
    from .statistics import diff
    y = asarray(y)
    axis = normalize_axis(axis, y.ndim)
    if x is None:
        step = dx
    else:
        x = asarray(x, device=y.device)
        step = diff(x)._reshape([-1 if k == axis else 1 for k in range(y.ndim)]) if x.ndim == 1 else diff(x, axis=axis)
    head = (slice(None),) * axis
    means = step * (y[head + (slice(1, None),)] + y[head + (slice(None, -1),)]) / 2.0
    return means._reduce("sum", axis, None, False, None, None)


# ---- windows

def _window(M, formula):
    """formula(n, M - 1) for n = 1 - M, 3 - M, …, M - 1: float64, as NumPy, which puts M beside 0.0."""
    kind = np.array([0.0, M]).dtype
    if M < 1:
        return empty((0,), kind)
    return ones((1,), kind) if M == 1 else formula(arange(1 - M, M, 2), float(M - 1))._cast(kind)


def bartlett(M):
    """A triangle of M points that begins and ends with 0."""
    from .math import where
    return _window(M, lambda n, m: where(n <= 0, 1 + n / m, 1 - n / m))


def blackman(M):
    """Blackman's window of M points: a sum of two cosines."""
    from .math import cos
    return _window(M, lambda n, m: 0.42 + 0.5 * cos(np.pi * n / m) + 0.08 * cos(2.0 * np.pi * n / m))


def hamming(M):
    """Hamming's window of M points: a raised cosine that does not reach 0."""
    from .math import cos
    return _window(M, lambda n, m: 0.54 + 0.46 * cos(np.pi * n / m))


def hanning(M):
    """Hann's window of M points: a raised cosine."""
    from .math import cos
    return _window(M, lambda n, m: 0.5 + 0.5 * cos(np.pi * n / m))


def kaiser(M, beta):
    """Kaiser's window of M points, of the shape beta."""
    from .math import i0, sqrt
    if M == 1:
        return ones((1,), np.result_type(0.0, M, beta if np.isscalar(beta) else 0.0))
    if M < 1:
        return empty((0,), np.float64)
    half = (M - 1) / 2.0
    return i0(beta * sqrt(1 - ((arange(0, M) - half) / half) ** 2.0)) / i0(float(beta))


# ---- packed bits

def _bits_along(a, axis, bitorder):
    """(the array with the axis last, what brings it back). ValueError for another order of bits than "big" and "little"."""
    if not isinstance(bitorder, str):
        raise TypeError(f"packbits() argument must be str, not {type(bitorder).__name__}")
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must be either 'little' or 'big'")
    if axis is None:
        return a.ravel(), None
    axis = normalize_axis(axis, a.ndim)
    order = [k for k in range(a.ndim) if k != axis] + [axis]
    return a._transpose(order), sorted(range(a.ndim), key=order.__getitem__)


def packbits(a, /, axis=None, bitorder="big"):
    """Truth values as the bits of uint8, eight of a line (None: of the flattened array) in each; the last is filled up with 0."""
    a = asarray(a)
    if a.dtype.kind not in "biu":
        raise TypeError("Expected an input array of integer or boolean data type")
    a = a._reshape((1,)) if a.ndim == 0 else a
    x, back = _bits_along(a, axis, bitorder)
    x = x if x.dtype == bool else x != 0
    if bulk.on_host(x):
        result = empty((*x.shape[:-1], -(-x.shape[-1] // 8)), np.uint8, device=x.device)
        bulk.run("packbits", (result, x._contiguous()), (int(bitorder == "little"),))
        return result if back is None else result._transpose(back)._contiguous()
    x = x._cast(np.uint8)
    missing = -x.shape[-1] % 8
    if missing:
        x = concatenate([x, zeros((*x.shape[:-1], missing), np.uint8, device=x.device)], -1)
    result = None
    for k in range(8):
        bit = x[..., k::8] << np.uint8(7 - k if bitorder == "big" else k)
        result = bit if result is None else result | bit
    return result if back is None else result._transpose(back)._contiguous()


def unpackbits(a, /, axis=None, count=None, bitorder="big"):
    """The bits of uint8 as 0 and 1, along an axis (None: of the flattened array); count: how many, or how many less if negative."""
    a = asarray(a)
    if a.dtype != np.uint8:
        raise TypeError("Expected an input array of unsigned byte data type")
    a = a._reshape((1,)) if a.ndim == 0 else a
    x, back = _bits_along(a, axis, bitorder)
    shifts = np.arange(8, dtype=np.uint8)
    bits = (x[..., None] >> asarray(shifts[::-1].copy() if bitorder == "big" else shifts, device=a.device)) & np.uint8(1)
    bits = bits._reshape((*x.shape[:-1], x.shape[-1] * 8))
    if count is not None:
        n = bits.shape[-1]
        count = operator.index(count)
        if count < -n:
            raise ValueError(f"-ve count cannot be larger in magnitude than the axis size: -count={-count} axis size={n}")
        wanted = count if count >= 0 else n + count
        bits = bits[..., :wanted] if wanted <= n else \
            concatenate([bits, zeros((*bits.shape[:-1], wanted - n), np.uint8, device=a.device)], -1)
    return (bits if back is None else bits._transpose(back))._contiguous()
