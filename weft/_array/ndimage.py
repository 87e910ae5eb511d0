"""Filters of images: scipy.ndimage's names. Sums along an axis are src/bulk/correlate.c or k_correlate.cu; other filters that are
sums (or extremes) over shifted copies of the padded image are recorded as such, so that they are one fused kernel; the rest goes
through SciPy with a warning.

Sums are made in float64, as SciPy does, and cast to the result's type at the end.
"""

import functools
import operator

import numpy as np

from .array import into, ndarray
from .axes import each_of, normalize_axis
from .creation import asarray, empty
from .namespaces import Through
from .ndimage_lines import (FLOAT64, MODES, as_result, holding, line_pass, number_beyond, of_parts, one_pass, output_of_complex,
                            output_type, passes, places_before)


def _extended(x, before, after, axis, mode, cval):
    """x with `before` and `after` more elements along an axis, filled as the mode says."""
    if mode not in MODES:
        raise RuntimeError(f"boundary mode not supported: {mode!r}; there are {', '.join(MODES)}")
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


def _axes_of(x, axes):
    if axes is None:
        return tuple(range(x.ndim))
    found = tuple(normalize_axis(k, x.ndim) for k in each_of(axes))
    if len(set(found)) != len(found):
        raise ValueError("axes must be unique")
    return found


def _spread(x, values, axes, fill):
    """What is given for each of the axes, as a list for all axes of x."""
    if not isinstance(values, (tuple, list, np.ndarray)):
        values = [values] * len(axes)
    if len(values) != len(axes):
        raise RuntimeError(f"sequence argument must have length equal to the number of axes: got {len(values)} values for {len(axes)} axes")
    full = [fill] * x.ndim
    for axis, value in zip(axes, values):
        full[axis] = value
    return full


def _over_axes(x, window, axes, what):
    """A window over some axes as one over all, with extents of 1."""
    if window.ndim != len(axes):
        raise RuntimeError(f"{what} array has incorrect shape.")
    order = np.argsort(axes)
    shape = _spread(x, window.shape, axes, 1)
    return window.transpose(order).reshape(shape)


def correlate1d(input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """Sums of `weights` (1-D) times the elements around, along an axis: result[i] = sum of weights[j] input[i + j - size // 2 - origin].
    Computed in float64, given in the input's dtype or that of `output`, an array or a dtype. mode: what stands beyond the ends ("reflect",
    "mirror", "nearest", "wrap", "constant" with cval, "grid-…"). RuntimeError for weights that are not 1-D or another mode, ValueError for
    an origin beyond the window. As scipy.ndimage.correlate1d; the order of the sums: docs/orders.md.

        >>> wf.ndimage.correlate1d(wf.asarray([1.0, 2.0, 4.0, 8.0]), [1, 0, -1])
        array([-1., -3., -6., -4.])
    """
    return _correlate1d(input, weights, axis, output, mode, cval, origin)


def _correlate1d(input, weights, axis, output, mode, cval, origin, divisor=None):
    x = asarray(input)
    weights = np.asarray(weights.get() if hasattr(weights, "get") else weights)
    if "c" in (x.dtype.kind, weights.dtype.kind) and x.size:
        kind, out = output_of_complex(x, output)
        total = of_parts(x, weights.conj(), cval, lambda part, w, c: _correlate1d(part, w, axis, FLOAT64, mode, c, origin, divisor))
        return into(total._cast(kind), out, "unsafe")
    kind, out = output_type(x, output)
    return into(one_pass(x, kind, line_pass(x, weights, axis, mode, cval, origin, divisor)), out, "unsafe")


def convolve1d(input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """correlate1d with the weights reversed: the convolution along an axis. Arguments, dtypes and errors as there; as
    scipy.ndimage.convolve1d.

        >>> wf.ndimage.convolve1d(wf.asarray([0.0, 0.0, 1.0, 0.0, 0.0]), [1, 2, 3])
        array([0., 1., 2., 3., 0.])
    """
    weights = np.asarray(weights.get() if hasattr(weights, "get") else weights)[::-1].conj()  # correlate1d takes the conjugates
    origin = -origin - (0 if weights.size % 2 else 1)
    return correlate1d(input, weights, axis, output, mode, cval, origin)


@functools.lru_cache(256)
def _gaussian(sigma, radius):
    x = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * x ** 2)
    return weights / weights.sum()


@functools.lru_cache(256)
def _gaussian_derivative(sigma, order, radius):
    """The order-th derivative of a Gaussian: a polynomial times it, by q' - q x / sigma² for each order."""
    q = np.polynomial.Polynomial([1.0])
    for _ in range(order):
        q = q.deriv() - q * np.polynomial.Polynomial([0.0, 1.0 / (sigma * sigma)])
    return q(np.arange(-radius, radius + 1.0)) * _gaussian(sigma, radius)


def _gaussian_of(sigma, order, truncate, radius):
    """The weights of a Gaussian filter along an axis, as correlate1d takes them."""
    sigma = float(sigma)
    radius = int(truncate * sigma + 0.5) if radius is None else operator.index(radius)
    if radius < 0:
        raise ValueError(f"radius must be a nonnegative integer, got {radius}")
    if operator.index(order) < 0:
        raise ValueError(f"order must be nonnegative, got {order}")
    return (_gaussian(sigma, radius) if order == 0 else _gaussian_derivative(sigma, order, radius))[::-1]


def gaussian_filter1d(input, sigma, axis=-1, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None):
    """A Gaussian of standard deviation sigma along an axis, or (order) its derivative of that order, cut at truncate * sigma or at
    radius elements to each side. The dtype is the input's or that of `output`. ValueError for a negative order or radius. As
    scipy.ndimage.gaussian_filter1d; modes and order of the sums: correlate1d.

        >>> wf.ndimage.gaussian_filter1d(wf.asarray([0.0, 0.0, 1.0, 0.0, 0.0]), 1, radius=1).round(3)
        array([0.   , 0.274, 0.452, 0.274, 0.   ])
    """
    return correlate1d(input, _gaussian_of(sigma, order, truncate, radius), axis, output, mode, cval, 0)


def _per_axis(value, n):
    """One value for each of n axes. RuntimeError, as SciPy's, for a sequence of another length."""
    if not isinstance(value, (tuple, list, np.ndarray)):
        return [value] * n
    if len(value) != n:
        raise RuntimeError(f"sequence argument must have length equal to input rank: got {len(value)} values for {n} axes")
    return list(value)


def gaussian_filter(input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None, axes=None):
    """A Gaussian along each axis (or each of `axes`), one pass for each; sigma, order, mode and radius may be one value or one for each
    axis. The dtype is the input's, or that of `output`, which the passes hand on. RuntimeError for a sequence of another length,
    ValueError for a negative order or radius. As scipy.ndimage.gaussian_filter: float results differ in the last bits.

        >>> x = wf.zeros((5, 5))
        >>> x[2, 2] = 1
        >>> wf.ndimage.gaussian_filter(x, 1).max().round(4)
        array(0.1592)
    """
    x = asarray(input)
    axes = _axes_of(x, axes)
    n = len(axes)
    given = [(axis, _gaussian_of(s, o, truncate, r), m, 0) for axis, s, o, m, r in zip(
        axes, _per_axis(sigma, n), _per_axis(order, n), _per_axis(mode, n), _per_axis(radius, n)) if s > 1e-15]
    return _along_axes(x, given, output, cval)


def _along_axes(x, given, output, cval, divided=False):
    """Passes along some axes: of each the axis, the weights, the mode and the origin; divided: means instead of sums."""
    kind, out = output_type(x, output)
    if x.dtype.kind == "c" or kind.kind == "c" or any(w.dtype.kind == "c" for _, w, _, _ in given):
        result = x
        for axis, w, mode, origin in given:
            result = _correlate1d(result, w, axis, kind, mode, cval, origin, w.size if divided else None)
    else:
        result = passes(x, kind, [line_pass(x, w, axis, mode, cval, origin, w.size if divided else None) for axis, w, mode, origin in given])
    return into(result if given else x._copy(), out)


def uniform_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """The mean of `size` elements along an axis. RuntimeError for a size below 1, ValueError for an origin beyond the window. Dtypes and
    modes as correlate1d; as scipy.ndimage.uniform_filter1d, but each mean is a sum of its own, where SciPy's is a running one.

        >>> wf.ndimage.uniform_filter1d(wf.arange(0.0, 18.0, 3.0), 3)
        array([ 1.,  3.,  6.,  9., 12., 14.])
    """
    return _correlate1d(input, np.ones(_positive(size)), axis, output, mode, cval, origin, size)


def _positive(size):
    size = operator.index(size)
    if size < 1:
        raise RuntimeError(f"incorrect filter size: {size}")
    return size


def uniform_filter(input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The mean of a box of `size` elements (one number, or one for each axis), by a pass along each axis; mode and origin may be given
    for each axis too. RuntimeError for a sequence of another length, ValueError for an origin beyond the window. As
    scipy.ndimage.uniform_filter.

        >>> wf.ndimage.uniform_filter(wf.arange(9).reshape(3, 3), 3)
        array([[1, 2, 2],
               [3, 4, 4],
               [5, 6, 6]])
    """
    x = asarray(input)
    axes = _axes_of(x, axes)
    n = len(axes)
    given = [(axis, np.ones(_positive(s)), m, o) for axis, s, m, o in zip(axes, _per_axis(size, n), _per_axis(mode, n), _per_axis(origin, n))
             if s > 1]
    return _along_axes(x, given, output, cval, True)


def _window(x, weights_shape, origin, modes, cval):
    """The padded image; origins and modes are given for each axis."""
    cval = number_beyond(cval)
    wide = holding(x, modes, cval)
    for axis, (w, o, mode) in enumerate(zip(weights_shape, origin, modes)):
        before = w // 2 + o
        wide = _extended(wide, before, w - 1 - before, axis, mode, cval)
    return wide


def _host_array(thing):
    return np.asarray(thing.get() if hasattr(thing, "get") else thing)


def correlate(input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """Sums of `weights`, of as many dimensions as there are axes, times the elements around. Computed in float64 (complex128), products
    and sums rounded, in C order of the weights; given in the input's dtype or that of `output`. RuntimeError for weights of other
    dimensions or another mode, ValueError for an origin beyond the window. As scipy.ndimage.correlate.

        >>> wf.ndimage.correlate(wf.arange(9.0).reshape(3, 3), [[0, 1, 0], [1, -4, 1], [0, 1, 0]])
        array([[ 4.,  3.,  2.],
               [ 1.,  0., -1.],
               [-2., -3., -4.]])
    """
    x, weights = asarray(input), _host_array(weights)
    axes = _axes_of(x, axes)
    wide_type = np.dtype(np.complex128 if "c" in (x.dtype.kind, weights.dtype.kind) else np.float64)
    weights = _over_axes(x, weights.astype(wide_type).conj(), axes, "filter weights")
    origins = _checked_origins(x, weights.shape, origin, axes)
    kind, out = (output_of_complex(x, output) if wide_type.kind == "c" else output_type(x, output))
    wide, total = _window(x, weights.shape, origins, _spread(x, mode, axes, "reflect"), cval), None
    for place in np.argwhere(weights != 0):
        part = wide[tuple(slice(int(p), int(p) + n) for p, n in zip(place, x.shape))]._cast(wide_type)
        weight = weights[tuple(place)]
        term = part * (complex(weight) if weight.imag else float(weight.real))
        total = term if total is None else total + term
    if total is None:
        total = x._cast(wide_type) * 0.0
    return into(as_result(total, kind), out, "unsafe")


def _checked_origins(x, shape, origin, axes):
    origins = _spread(x, origin, axes, 0)
    for axis in axes:
        places_before(max(shape[axis], 1), origins[axis], axis)
    return origins


def convolve(input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """correlate with the weights reversed along every axis. Arguments, dtypes and errors as there; as scipy.ndimage.convolve.

        >>> x = wf.zeros((3, 3))
        >>> x[1, 1] = 1
        >>> wf.ndimage.convolve(x, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
        array([[1., 2., 3.],
               [4., 5., 6.],
               [7., 8., 9.]])
    """
    x, weights = asarray(input), _host_array(weights)
    axes = _axes_of(x, axes)
    flipped = weights[tuple(slice(None, None, -1) for _ in range(weights.ndim))].conj()  # correlate takes the conjugates
    given = _spread(x, origin, axes, 0)
    origins = [-given[axis] - (0 if w % 2 else 1) for axis, w in zip(axes, weights.shape)]
    return correlate(input, flipped, output, mode, cval, origins, axes=axes)


def _directional(x, axis, across, output, mode, cval):
    x = asarray(x)
    axis = normalize_axis(axis, x.ndim)
    kind, out = output_type(x, output)
    modes = _spread(x, mode, tuple(range(x.ndim)), "reflect")
    result = correlate1d(x, [-1, 0, 1], axis, kind, modes[axis], cval)
    for k in range(x.ndim):
        if k != axis:
            result = correlate1d(result, across, k, kind, modes[k], cval)
    return into(result, out)


def sobel(input, axis=-1, output=None, mode="reflect", cval=0.0):
    """Sobel's gradient: differences along `axis`, smoothed by (1, 2, 1) along the others. Dtype the input's or that of `output`;
    RuntimeError for a mode that there is not. As scipy.ndimage.sobel.

        >>> wf.ndimage.sobel(wf.arange(9.0).reshape(3, 3), axis=0)[1]
        array([24., 24., 24.])
    """
    return _directional(input, axis, [1, 2, 1], output, mode, cval)


def prewitt(input, axis=-1, output=None, mode="reflect", cval=0.0):
    """Prewitt's gradient: differences along `axis`, smoothed by (1, 1, 1) along the others. Dtypes and errors as sobel; as
    scipy.ndimage.prewitt.

        >>> wf.ndimage.prewitt(wf.arange(9.0).reshape(3, 3), axis=0)[1]
        array([18., 18., 18.])
    """
    return _directional(input, axis, [1, 1, 1], output, mode, cval)


def laplace(input, output=None, mode="reflect", cval=0.0, *, axes=None):
    """The sum of the second differences (1, -2, 1) along the axes. Dtype the input's or that of `output`; RuntimeError for a mode that
    there is not. As scipy.ndimage.laplace.

        >>> wf.ndimage.laplace(wf.arange(4.0) ** 2)
        array([ 1.,  2.,  2., -5.])
    """
    x = asarray(input)
    kind, out = output_type(x, output)
    axes, total = _axes_of(x, axes), None
    modes = _spread(x, mode, axes, "reflect")
    for axis in axes:
        part = correlate1d(x, [1, -2, 1], axis, kind, modes[axis], cval)
        total = part if total is None else total + part
    return into(x._cast(kind) if total is None else total, out)


def _footprint(x, size, footprint, axes):
    """The places of the window that count, over all axes of x."""
    if footprint is None:
        if size is None:
            raise RuntimeError("no footprint or filter size provided")
        sizes = _per_axis(size, len(axes))
        if len(sizes) != len(axes):
            raise RuntimeError("size must have the same length as axes")
        footprint = np.ones([int(n) for n in sizes], bool)
    footprint = _host_array(footprint).astype(bool)
    if not footprint.any():
        raise ValueError("all-zero footprint is not supported.")
    return _over_axes(x, footprint, axes, "footprint")


def _shifted(x, footprint, origin, mode, cval, axes):
    """The image as each place of the window sees it."""
    origins = _checked_origins(x, footprint.shape, origin, axes)
    wide = _window(x, footprint.shape, origins, _spread(x, mode, axes, "reflect"), cval)
    return [wide[tuple(slice(int(p), int(p) + n) for p, n in zip(place, x.shape))] for place in np.argwhere(footprint)]


def _extreme(input, name, size, footprint, output, mode, cval, origin, axes):
    from . import math
    x = asarray(input)
    if x.dtype.kind == "c":
        raise TypeError("Complex type not supported")
    axes = _axes_of(x, axes)
    choose = getattr(math, name)
    kind, out = output_type(x, output)
    best = None
    for part in _shifted(x, _footprint(x, size, footprint, axes), origin, mode, cval, axes):
        best = part if best is None else choose(best, part)
    return into(as_result(best, kind), out, "unsafe")


def minimum_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The least element of a window: of `size` (one number, or one for each axis), or of a `footprint` of truth values. Dtype the
    input's or that of `output`. RuntimeError where neither is given or a length does not fit, ValueError for an origin beyond the
    window or a footprint without a place, TypeError for complex numbers. As scipy.ndimage.minimum_filter.

        >>> wf.ndimage.minimum_filter(wf.asarray([3, 1, 4, 1, 5]), 3)
        array([1, 1, 1, 1, 1])
    """
    return _extreme(input, "minimum", size, footprint, output, mode, cval, origin, axes)


def maximum_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The greatest element of a window: see minimum_filter. As scipy.ndimage.maximum_filter.

        >>> wf.ndimage.maximum_filter(wf.asarray([3, 1, 4, 1, 5]), 3)
        array([3, 4, 4, 5, 5])
    """
    return _extreme(input, "maximum", size, footprint, output, mode, cval, origin, axes)


def minimum_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """The least of `size` elements along an axis: see minimum_filter. As scipy.ndimage.minimum_filter1d.

        >>> wf.ndimage.minimum_filter1d(wf.asarray([3, 1, 4, 1, 5]), 2)
        array([3, 1, 1, 1, 1])
    """
    return minimum_filter(input, size, None, output, mode, cval, origin, axes=(axis,))


def maximum_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """The greatest of `size` elements along an axis: see minimum_filter. As scipy.ndimage.maximum_filter1d.

        >>> wf.ndimage.maximum_filter1d(wf.asarray([3, 1, 4, 1, 5]), 2)
        array([3, 3, 4, 4, 5])
    """
    return maximum_filter(input, size, None, output, mode, cval, origin, axes=(axis,))


def _windowed(input, output, size, footprint, axes):
    """What a filter by a window of real numbers is given: (x, axes, output's dtype, output or None, the window over all axes)."""
    x = asarray(input)
    if x.dtype.kind == "c":
        raise TypeError("Complex type not supported")
    axes = _axes_of(x, axes)
    return x, axes, *output_type(x, output), _footprint(x, size, footprint, axes)


def _ranked(input, rank_of, size, footprint, output, mode, cval, origin, axes):
    """The element of that rank among those of the window: they are put side by side and sorted."""
    x, axes, kind, out, window = _windowed(input, output, size, footprint, axes)
    count = int(window.sum())
    rank = rank_of(count)
    if rank in (0, count - 1):
        return _extreme(x, "minimum" if rank == 0 else "maximum", None, window, output,
                        _spread(x, mode, axes, "reflect"), cval, _spread(x, origin, axes, 0), None)
    from .manipulation import stack
    from .sorting import sort
    parts = stack(_shifted(x, window, origin, mode, cval, axes), -1)
    return into(sort(parts, -1)[..., rank]._cast(kind), out, "unsafe")


def rank_filter(input, rank, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The element of that rank (0: the least, -1: the greatest) of a window: see minimum_filter. The window's elements are put side by
    side and sorted, which takes memory for all of them. RuntimeError for a rank that the window does not have. As
    scipy.ndimage.rank_filter.

        >>> wf.ndimage.rank_filter(wf.asarray([3, 1, 4, 1, 5]), 1, size=3)
        array([3, 3, 1, 4, 5])
    """
    def rank_of(count):
        found = rank + count if rank < 0 else rank
        if not 0 <= found < count:
            raise RuntimeError("rank not within filter footprint size")
        return found
    return _ranked(input, rank_of, size, footprint, output, mode, cval, origin, axes)


def median_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The middle element of a window (of an even number the upper of the two): see rank_filter. As scipy.ndimage.median_filter.

        >>> wf.ndimage.median_filter(wf.asarray([3, 1, 4, 1, 5]), 3)
        array([3, 3, 1, 4, 5])
    """
    return _ranked(input, lambda count: count // 2, size, footprint, output, mode, cval, origin, axes)


def percentile_filter(input, percentile, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The element at that percentage of a window's sorted elements: see rank_filter. RuntimeError for a percentile outside of -100 to
    100. As scipy.ndimage.percentile_filter.

        >>> wf.ndimage.percentile_filter(wf.asarray([3, 1, 4, 1, 5]), 100, 3)
        array([3, 4, 4, 5, 5])
    """
    percentile = percentile + 100.0 if percentile < 0 else float(percentile)
    if not 0 <= percentile <= 100:
        raise RuntimeError("invalid percentile")
    return _ranked(input, lambda count: count - 1 if percentile == 100 else int(count * percentile / 100.0), size, footprint, output, mode,
                   cval, origin, axes)


NATIVE = ("correlate1d", "convolve1d", "gaussian_filter1d", "gaussian_filter", "uniform_filter1d", "uniform_filter", "correlate",
          "convolve", "sobel", "prewitt", "laplace", "minimum_filter", "maximum_filter",
          "minimum_filter1d", "maximum_filter1d", "rank_filter", "median_filter", "percentile_filter")


def distance_transform_edt(image, sampling=None, return_distances=True, return_indices=False, distances=None, indices=None, *,
                           block_params=None, float64_distances=True):
    """SciPy's, through the host. float64_distances=False gives float32; block_params, which tunes CuPy's kernels, is accepted."""
    if not return_distances and not return_indices:
        raise RuntimeError("at least one of return_distances/return_indices must be True")
    found = Through("weft.ndimage", "scipy.ndimage").distance_transform_edt(image, sampling, return_distances, return_indices)
    found = list(found) if isinstance(found, tuple) else [found]
    results = []
    for wanted, out in ((return_distances, distances), (return_indices, indices)):
        value = found.pop(0) if wanted else None
        if wanted and out is None:
            results.append(value.astype(np.float32) if wanted and value.dtype == np.float64 and not float64_distances else value)
        elif wanted:
            if out.shape != value.shape:
                raise RuntimeError(f"an output array has shape {out.shape}, expected {value.shape}")
            out[...] = value
    return None if not results else results[0] if len(results) == 1 else tuple(results)


def value_indices(arr, *, ignore_value=None, adaptive_index_dtype=False):
    """SciPy's, through the host. adaptive_index_dtype: indices in the narrowest signed type that holds them."""
    result = Through("weft.ndimage", "scipy.ndimage").value_indices(arr, **_given(ignore_value=ignore_value))
    if not adaptive_index_dtype:
        return result
    kind = np.min_scalar_type(-max((1, *arr.shape)))
    return {key: tuple(index.astype(kind) for index in indices) for key, indices in result.items()}


def _given(**options):
    return {name: value for name, value in options.items() if value is not None}


def _by_function(name, about):
    """generic_filter or generic_filter1d, whose file is read when one is first called."""
    def call(*args, **kwargs):
        from . import ndimage_generic
        return getattr(ndimage_generic, name)(*args, **kwargs)
    call.__name__ = name
    call.__doc__ = about
    return call


def _of_derivatives(input, derivative, output, mode, cval, extra_arguments, extra_keywords, combine):
    """combine of derivative(input, axis, dtype, mode, cval, …) over the axes; mode may be one for each."""
    x = asarray(input)
    kind, out = output_type(x, output)
    modes = mode if isinstance(mode, (tuple, list)) else [mode] * x.ndim
    if len(modes) != x.ndim:
        raise RuntimeError("sequence argument must have length equal to input rank")
    if x.ndim == 0:
        result = x._cast(kind)
    else:
        result = combine([derivative(x, axis, kind, one, cval, *extra_arguments, **(extra_keywords or {})) for axis, one in enumerate(modes)])
    return into(result._cast(kind), out) if out is not None else result._cast(kind)


def generic_gradient_magnitude(input, derivative, output=None, mode="reflect", cval=0.0, extra_arguments=(), extra_keywords=None):
    """The root of the sum of squares of derivative(input, axis, output, mode, cval, *extra_arguments, **extra_keywords) over the axes.
    derivative gets arrays of the device and, as output, a dtype."""
    from .math import sqrt
    return _of_derivatives(input, derivative, output, mode, cval, extra_arguments, extra_keywords,
                           lambda parts: sqrt(functools.reduce(lambda a, b: a + b, [part * part for part in parts])))


def generic_laplace(input, derivative2, output=None, mode="reflect", cval=0.0, extra_arguments=(), extra_keywords=None):
    """The sum of derivative2(input, axis, output, mode, cval, *extra_arguments, **extra_keywords) over the axes; derivative2 gets
    arrays of the device and, as output, a dtype."""
    return _of_derivatives(input, derivative2, output, mode, cval, extra_arguments, extra_keywords,
                           lambda parts: functools.reduce(lambda a, b: a + b, parts))


def _check_texture(input, matrix, output_shape, output, order, mode):
    """What a transform through a texture takes: ValueError otherwise."""
    if input.ndim not in (2, 3) or input.dtype != np.float32:
        raise ValueError(f"[affine_transform] texture_memory=True takes 2-d and 3-d arrays of float32, got {input.ndim}-d of {input.dtype}")
    if tuple(matrix.shape) not in ((input.ndim, input.ndim + 1), (input.ndim + 1, input.ndim + 1)):
        raise ValueError(f"[affine_transform] texture_memory=True takes a matrix of homogeneous coordinates, got shape {tuple(matrix.shape)}")
    if mode not in ("constant", "nearest") or order not in (0, 1):
        raise ValueError(f"[affine_transform] texture_memory=True has modes 'constant' and 'nearest' and orders 0 and 1, got {mode!r} and {order}")
    if isinstance(output, ndarray) and output_shape is not None and tuple(output_shape) != output.shape:
        raise ValueError(f"[affine_transform] output has shape {output.shape}, output_shape is {tuple(output_shape)}")
    if output is not None and (output.dtype if isinstance(output, ndarray) else output) != np.float32:
        raise ValueError(f"[affine_transform] texture_memory=True gives float32, output is {output!r}")


def affine_transform(input, matrix, offset=0.0, output_shape=None, output=None, order=3, mode="constant", cval=0.0, prefilter=True, *,
                     texture_memory=False):
    """scipy.ndimage.affine_transform, through the host. texture_memory: the narrower arguments of CuPy's way through a texture are
    asked for (2-d or 3-d float32, order 0 or 1, mode 'constant' or 'nearest'; ValueError otherwise); the result is computed likewise."""
    if texture_memory:
        _check_texture(input, matrix, output_shape, output, order, mode)
    return Through("weft.ndimage", "scipy.ndimage").affine_transform(
        input, matrix, offset, output_shape=output_shape, order=order, mode=mode, cval=cval, prefilter=prefilter, **_given(output=output))


generic_filter = _by_function("generic_filter", "A function of each window, as scipy.ndimage.generic_filter: a ReductionKernel of one input or a kernel in "
                              "CUDA C run on the device, a Python function through SciPy. TypeError for kernels of another form.")
generic_filter1d = _by_function("generic_filter1d", "A function of each line, lengthened at both ends, as scipy.ndimage.generic_filter1d: a kernel in CUDA C "
                                "runs on the device, a Python function through SciPy. ValueError for an origin beyond the window.")
module = Through("weft.ndimage", "scipy.ndimage", {name: globals()[name] for name in (*NATIVE, "distance_transform_edt", "value_indices",
                                                                                      "affine_transform", "generic_gradient_magnitude",
                                                                                      "generic_laplace", "generic_filter", "generic_filter1d")}
                 | {"NATIVE": NATIVE})
