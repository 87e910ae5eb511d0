"""Filters of images: scipy.ndimage's names. Filters that are sums (or extremes) over shifted copies of the padded image are
recorded as such, so that a pass along an axis is one fused kernel; the rest goes through SciPy with a warning.

Sums are made in float64, as SciPy does, and cast to the result's type at the end.
"""

import numpy as np

from .array import into, ndarray, normalize_axis
from .creation import arange, asarray, empty
from .namespaces import Through

_NUMPY_MODES = {"reflect", "mirror", "nearest", "wrap", "grid-wrap", "constant", "grid-constant", "grid-mirror"}


def _extended(x, before, after, axis, mode, cval):
    """x with `before` and `after` more elements along an axis, filled as the mode says."""
    if mode not in _NUMPY_MODES:
        raise RuntimeError("boundary mode not supported")
    n = x.shape[axis]
    shape = list(x.shape)
    shape[axis] = n + before + after
    result = empty(shape, x.dtype, device=x.device)
    head = (slice(None),) * axis
    result[head + (slice(before, before + n),)] = x
    where = np.concatenate([np.arange(-before, 0), np.arange(n, n + after)])
    if mode in ("constant", "grid-constant"):
        result[head + (slice(0, before),)] = cval
        result[head + (slice(before + n, None),)] = cval
        return result
    if mode in ("reflect", "grid-mirror"):
        source = where % (2 * n)
        source = np.where(source >= n, 2 * n - 1 - source, source)
    elif mode == "mirror":
        source = where % max(2 * n - 2, 1)
        source = np.where(source >= n, 2 * n - 2 - source, source)
    elif mode == "nearest":
        source = np.clip(where, 0, n - 1)
    else:
        source = where % n
    # runs of neighbouring sources are one assignment each
    start = 0
    while start < len(where):
        step = 1 if start + 1 >= len(where) else int(source[start + 1] - source[start])
        step = step if step in (-1, 0, 1) else 1
        end = start + 1
        while end < len(where) and source[end] - source[end - 1] == step and where[end] == where[end - 1] + 1:
            end += 1
        first, last = int(source[start]), int(source[end - 1])
        if step == 0:
            piece = x[head + (slice(first, first + 1),)]
        elif step == 1:
            piece = x[head + (slice(first, last + 1),)]
        else:
            piece = x[head + (slice(first, last - 1 if last > 0 else None, -1),)]
        at = int(where[start]) + before
        result[head + (slice(at, at + end - start),)] = piece
        start = end
    return result


def _output_type(x, output):
    if output is None:
        return x.dtype, None
    if isinstance(output, ndarray):
        return output.dtype, output
    return np.dtype(output), None


def correlate1d(input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    x = asarray(input)
    weights = np.asarray(weights.get() if hasattr(weights, "get") else weights, np.float64)
    if weights.ndim != 1 or weights.size < 1:
        raise RuntimeError("no filter weights given")
    axis = normalize_axis(axis, x.ndim)
    kind, out = _output_type(x, output)
    before = weights.size // 2 + origin
    after = weights.size - 1 - before
    if x.size == 0:
        return into(x._cast(kind), out)
    wide = _extended(x, before, after, axis, mode, cval)
    n, total = x.shape[axis], None
    head = (slice(None),) * axis
    symmetric = weights.size % 2 and np.array_equal(weights, weights[::-1])
    for k in range(weights.size // 2 if symmetric else weights.size):
        part = wide[head + (slice(k, k + n),)].astype(np.float64)
        if symmetric:
            part = part + wide[head + (slice(weights.size - 1 - k, weights.size - 1 - k + n),)]
        term = part * float(weights[k])
        total = term if total is None else total + term
    if symmetric:
        middle = wide[head + (slice(weights.size // 2, weights.size // 2 + n),)].astype(np.float64) * float(weights[weights.size // 2])
        total = middle if total is None else total + middle
    return into(total._cast(kind), out, "unsafe")


def convolve1d(input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    weights = np.asarray(weights.get() if hasattr(weights, "get") else weights)[::-1]
    origin = -origin - (0 if weights.size % 2 else 1)
    return correlate1d(input, weights, axis, output, mode, cval, origin)


def _gaussian_weights(sigma, order, radius):
    from scipy.ndimage import _filters
    return _filters._gaussian_kernel1d(sigma, order, radius)


def _gaussian(sigma, radius):
    x = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * x ** 2)
    return weights / weights.sum()


def gaussian_filter1d(input, sigma, axis=-1, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None):
    sigma = float(sigma)
    radius = int(truncate * sigma + 0.5) if radius is None else int(radius)
    weights = _gaussian(sigma, radius) if order == 0 else _gaussian_weights(sigma, order, radius)
    return correlate1d(input, weights[::-1], axis, output, mode, cval, 0)


def _per_axis(value, n):
    return list(value) if isinstance(value, (tuple, list, np.ndarray)) else [value] * n


def gaussian_filter(input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None, axes=None):
    x = asarray(input)
    axes = range(x.ndim) if axes is None else [normalize_axis(k, x.ndim) for k in (axes if isinstance(axes, tuple) else (axes,))]
    n = len(axes)
    kind, out = _output_type(x, output)
    for axis, s, o, m, r in zip(axes, _per_axis(sigma, n), _per_axis(order, n), _per_axis(mode, n), _per_axis(radius, n)):
        if s > 1e-15:
            x = gaussian_filter1d(x, s, axis, o, kind, m, cval, truncate, radius=r)
    return into(x if x is not input else x._copy(), out)


def uniform_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return correlate1d(input, np.full(size, 1.0 / size), axis, output, mode, cval, origin)


def uniform_filter(input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    x = asarray(input)
    kind, out = _output_type(x, output)
    for axis, (s, m, o) in enumerate(zip(_per_axis(size, x.ndim), _per_axis(mode, x.ndim), _per_axis(origin, x.ndim))):
        if s > 1:
            x = uniform_filter1d(x, s, axis, kind, m, cval, o)
    return into(x if x is not input else x._copy(), out)


def _window(x, weights_shape, origin, mode, cval):
    """The padded image, and for each place of the window the slice of it that lies under the image."""
    origins = _per_axis(origin, x.ndim)
    wide = x
    for axis, (w, o) in enumerate(zip(weights_shape, origins)):
        before = w // 2 + o
        wide = _extended(wide, before, w - 1 - before, axis, mode, cval)
    return wide


def correlate(input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    x = asarray(input)
    weights = np.asarray(weights.get() if hasattr(weights, "get") else weights, np.float64)
    if weights.ndim != x.ndim:
        raise RuntimeError("filter weights array has incorrect shape.")
    kind, out = _output_type(x, output)
    wide, total = _window(x, weights.shape, origin, mode, cval), None
    for place in np.argwhere(weights != 0):
        part = wide[tuple(slice(int(p), int(p) + n) for p, n in zip(place, x.shape))].astype(np.float64)
        term = part * float(weights[tuple(place)])
        total = term if total is None else total + term
    if total is None:
        total = x.astype(np.float64) * 0.0
    return into(total._cast(kind), out, "unsafe")


def convolve(input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    weights = np.asarray(weights.get() if hasattr(weights, "get") else weights)
    flipped = weights[tuple(slice(None, None, -1) for _ in range(weights.ndim))]
    origins = [-o - (0 if w % 2 else 1) for o, w in zip(_per_axis(origin, weights.ndim), weights.shape)]
    return correlate(input, flipped, output, mode, cval, origins)


def _directional(x, axis, across, output, mode, cval):
    x = asarray(x)
    axis = normalize_axis(axis, x.ndim)
    kind, out = _output_type(x, output)
    result = correlate1d(x, [-1, 0, 1], axis, kind, mode, cval)
    for k in range(x.ndim):
        if k != axis:
            result = correlate1d(result, across, k, kind, mode, cval)
    return into(result, out)


def sobel(input, axis=-1, output=None, mode="reflect", cval=0.0):
    return _directional(input, axis, [1, 2, 1], output, mode, cval)


def prewitt(input, axis=-1, output=None, mode="reflect", cval=0.0):
    return _directional(input, axis, [1, 1, 1], output, mode, cval)


def laplace(input, output=None, mode="reflect", cval=0.0, *, axes=None):
    x = asarray(input)
    kind, out = _output_type(x, output)
    total = None
    for axis in range(x.ndim):
        part = correlate1d(x, [1, -2, 1], axis, kind, mode, cval)
        total = part if total is None else total + part
    return into(total, out)


def _extreme(input, name, size, footprint, output, mode, cval, origin):
    from . import math
    x = asarray(input)
    choose = getattr(math, name)
    kind, out = _output_type(x, output)
    if footprint is None:
        footprint = np.ones(_per_axis(size, x.ndim), bool)
    footprint = np.asarray(footprint.get() if hasattr(footprint, "get") else footprint, bool)
    wide, best = _window(x, footprint.shape, origin, mode, cval), None
    for place in np.argwhere(footprint):
        part = wide[tuple(slice(int(p), int(p) + n) for p, n in zip(place, x.shape))]
        best = part if best is None else choose(best, part)
    return into(best._cast(kind), out)


def minimum_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return _extreme(input, "minimum", size, footprint, output, mode, cval, origin)


def maximum_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return _extreme(input, "maximum", size, footprint, output, mode, cval, origin)


NATIVE = ("correlate1d", "convolve1d", "gaussian_filter1d", "gaussian_filter", "uniform_filter1d", "uniform_filter", "correlate",
          "convolve", "sobel", "prewitt", "laplace", "minimum_filter", "maximum_filter")
module = Through("weft.ndimage", "scipy.ndimage", {name: globals()[name] for name in NATIVE})
