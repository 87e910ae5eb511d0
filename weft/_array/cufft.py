"""Fourier transforms on a GPU by cuFFT, where it is found: WEFT_CUFFT is a path to take, or "off".

An axis that is not the last is moved there by a copy, unless nothing stands in front of it; axes that are the last two or three go
at once. cuFFT does not scale: results of other norms are multiplied, in the kernel that uses them next.
"""

import math
import operator

import numpy as np

from .. import _core
from .array import ndarray
from .axes import normalize_axis
from .creation import empty, zeros
from .manipulation import moveaxis
from .memory import may_share_memory
from .products import reproducible
from .vendor import Library

_library = Library("cufft", ("12", "11", "10"), _core.cufft_open, instead="transforms on a GPU go through NumPy")
available = _library.available
_REAL = {"float32": "float32", "complex64": "float32", "float16": "float32", "bfloat16": "float32"}  # all others: float64
_NORMS = (None, "backward", "ortho", "forward")


class _NotHere(Exception):
    """cuFFT does not start, or has no such transform."""


def _types(x):
    """(real, complex) dtypes of the transforms of x."""
    real = np.dtype(_REAL.get(x.dtype.name, "float64"))
    return real, np.dtype("complex64" if real == np.float32 else "complex128")


def _fitted(x, axis, extent):
    """x with that extent along an axis: its beginning, or zeros after it."""
    if x.shape[axis] == extent:
        return x
    shape = list(x.shape)
    kept = (slice(None),) * axis + (slice(0, min(extent, shape[axis])),)
    if extent < shape[axis]:
        return x[kept]
    shape[axis] = extent
    result = zeros(shape, x.dtype, device=x.device)
    result[kept] = x
    return result


def _of_type(x, dtype):
    return x if x.dtype == dtype else x._cast(dtype)


def _run(out, x, kind, forward, extents, count, stride, apart_in, apart_out, own=False):
    try:
        _core.cufft(out, x, kind, out.dtype.itemsize // (1 if kind == "i" else 2) == 8, forward, extents, count, stride, apart_in, apart_out, own)
    except _core.Error as error:
        if "cufftCreate" not in str(error):
            raise
        _library.give_up(error)
        raise _NotHere from None


def _along(x, axis, n, kind, forward, own=False):
    """The transform along one axis; n: how many real (kind "r", "i") or complex numbers it is of. own: nobody needs x afterwards."""
    real, complex_ = _types(x)
    given = x
    halved = n // 2 + 1
    x = _fitted(x, axis, halved if kind == "i" else n)
    moved = axis != x.ndim - 1 and any(extent != 1 for extent in x.shape[:axis])
    if moved:
        x = moveaxis(x, axis, -1)
    x = _of_type(x, real if kind == "r" else complex_)._contiguous()
    own = kind == "i" and (own or not may_share_memory(x, given))
    place = x.ndim - 1 if moved else axis
    shape = list(x.shape)
    shape[place] = halved if kind == "r" else n
    result = empty(shape, real if kind == "i" else complex_, device=x.device)
    after = math.prod(shape[place + 1:])
    if result.size:
        if place == x.ndim - 1:
            _run(result, x, kind, forward, (n,), math.prod(shape[:-1]), 1, x.shape[-1], shape[-1], own)
        else:
            _run(result, x, kind, forward, (n,), after, after, 1, 1, own)
    return moveaxis(result, -1, axis) if moved else result


def _together(x, count, kind, forward):
    """Transforms along the last `count` axes at once, of their extents; kind "c" or "r"."""
    real, complex_ = _types(x)
    x = _of_type(x, real if kind == "r" else complex_)._contiguous()
    extents, shape = x.shape[x.ndim - count:], list(x.shape)
    if kind == "r":
        shape[-1] = shape[-1] // 2 + 1
    result = empty(shape, complex_, device=x.device)
    if result.size:
        _run(result, x, kind, forward, tuple(extents), math.prod(shape[:-count]), 1, math.prod(extents), math.prod(shape[-count:]))
    return result


def _scaled(x, norm, forward, points):
    """A transform of so many points, which cuFFT did not scale."""
    if norm == "ortho":
        return x * (1 / math.sqrt(points))
    return x if forward == (norm != "forward") else x * (1 / points)


def _checked(x, s, axes, norm, last):
    """(axes, the extents along them), as NumPy takes them; None: what NumPy refuses, which says so itself.
    last: of complex to real, where the last axis has its halved spectrum."""
    if norm not in _NORMS or not x.ndim:
        return None
    if axes is None:
        axes = range(x.ndim) if s is None else range(x.ndim - len(s), x.ndim)
    axes = [normalize_axis(axis, x.ndim) for axis in axes]
    if not axes or s is not None and len(s) != len(axes):
        return None
    whole = [x.shape[axis] for axis in axes]
    if last:
        whole[-1] = 2 * (whole[-1] - 1)
    extents = whole if s is None else [w if n is None or n == -1 else operator.index(n) for n, w in zip(s, whole)]
    return (axes, extents) if min(extents) >= 1 else None


def transform(x, s, axes, norm, kind, forward):
    """NumPy's fftn (kind "c"), rfftn ("r", forward) or irfftn ("i") of an array on a GPU; None: not here."""
    if not isinstance(x, ndarray) or x._on_cpu or x.dtype.kind not in "biufc" or reproducible() or not available():
        return None
    if kind == "r" and x.dtype.kind == "c":
        return None
    given = _checked(x, s, axes, norm, kind == "i")
    if given is None:
        return None
    axes, extents = given
    try:
        result = _scaled(_steps(x, axes, extents, kind, forward), norm, forward, math.prod(extents))
    except _NotHere:
        return None
    # NumPy gives float16 back where nothing complex came in between.
    return result._cast(x.dtype) if kind == "i" and x.dtype == np.float16 and len(axes) == 1 else result


def _steps(x, axes, extents, kind, forward):
    if kind != "i" and 2 <= len(axes) <= 3 and axes == list(range(x.ndim - len(axes), x.ndim)):
        for axis, extent in zip(axes, extents):
            x = _fitted(x, axis, extent)
        return _together(x, len(axes), kind, forward)
    order = list(zip(axes, extents))
    if kind == "i":
        last = order.pop()
        for axis, extent in order:
            x = _along(x, axis, extent, "c", forward)
        return _along(x, *last, "i", forward, own=bool(order))
    axis, extent = order.pop()
    x = _along(x, axis, extent, kind, forward)
    for axis, extent in reversed(order):
        x = _along(x, axis, extent, "c", forward)
    return x
