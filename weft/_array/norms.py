"""Norms, and what else of linalg is made of elements, sums and products. What needs a decomposition goes through NumPy."""

import numpy as np

from .axes import axes_list, normalize_axis
from .creation import asarray, eye
from .fallback import through_numpy


def _inexact(x):
    x = asarray(x)
    return x if x.dtype.kind in "fc" else x._cast(np.float64)


def _root_of_squares(x, axis, keepdims):
    from .math import sqrt
    squares = x.real ** 2 + x.imag ** 2 if x.dtype.kind == "c" else x * x
    return sqrt(squares._reduce("sum", axis, None, keepdims, None, None))


def _of_vectors(x, ord, axis, keepdims):
    from .math import absolute
    if ord is None or ord == 2:
        return _root_of_squares(x, axis, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    size = absolute(x)
    if ord in (np.inf, -np.inf):
        return size._reduce("max" if ord > 0 else "min", axis, None, keepdims, 0 if ord > 0 else None, None)
    if ord == 0:
        return (x != 0)._cast(size.dtype)._reduce("sum", axis, None, keepdims, None, None)
    if ord == 1:
        return size._reduce("sum", axis, None, keepdims, None, None)
    return (size ** ord)._reduce("sum", axis, None, keepdims, None, None) ** (1.0 / ord)


def _of_matrices(x, ord, axes, keepdims):
    from .math import absolute
    if ord in (None, "fro", "f"):
        return _root_of_squares(x, tuple(axes), keepdims)
    if ord in (1, -1, np.inf, -np.inf):  # the extreme of the columns' or rows' sums
        summed, kept = axes if ord in (1, -1) else axes[::-1]
        sums = absolute(x)._reduce("sum", summed, None, True, None, None)
        result = sums._reduce("max" if ord > 0 else "min", kept, None, True, 0 if ord > 0 else None, None)
        return result if keepdims else result.squeeze(tuple(axes))
    if ord in (2, -2, "nuc"):
        return through_numpy(np.linalg.norm, x, ord, tuple(axes), keepdims, _name="linalg.norm")
    raise ValueError("Invalid norm order for matrices.")


def norm(x, ord=None, axis=None, keepdims=False):
    """The norm of all elements, or of vectors along one axis, or of matrices along two. ord: None (the root of the sum of
    squares), for vectors 0, inf, -inf or a power, for matrices "fro", "nuc", 1, -1, 2, -2, inf, -inf (2, -2 and "nuc" through
    NumPy). ValueError for another, and for dimensions that do not fit."""
    x = _inexact(x)
    keepdims = bool(keepdims)
    if axis is None:
        if ord is None or ord in ("fro", "f") and x.ndim == 2 or ord == 2 and x.ndim == 1:
            return _root_of_squares(x, None, keepdims)
        axis = tuple(range(x.ndim))
    axes = axes_list(axis, x.ndim) if isinstance(axis, (tuple, list)) else [normalize_axis(axis, x.ndim)]
    if len(axes) not in (1, 2):
        raise ValueError("Improper number of dimensions to norm.")
    return _of_vectors(x, ord, axes[0], keepdims) if len(axes) == 1 else _of_matrices(x, ord, axes, keepdims)


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norm of vectors along an axis, of all axes together, or (None) of all elements."""
    x = _inexact(x)
    axes = tuple(range(x.ndim)) if axis is None else tuple(axes_list(axis, x.ndim))
    return _of_vectors(x, ord, axes, bool(keepdims))


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norm of the matrices in the last two axes."""
    x = _inexact(x)
    return _of_matrices(x, ord, [x.ndim - 2, x.ndim - 1], bool(keepdims))


def matrix_transpose(x, /):
    """The last two axes exchanged."""
    x = asarray(x)
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return x.mT


def outer(x1, x2, /):
    """The products of each element of one vector with each of the other."""
    from .linalg import outer as of_any
    a, b = asarray(x1), asarray(x2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={a.ndim} and x2.ndim={b.ndim}.")
    return of_any(a, b)


def cross(x1, x2, /, *, axis=-1):
    """The vector products of vectors of three elements along an axis."""
    from .linalg import cross as of_any
    a, b = asarray(x1), asarray(x2)
    lengths = a.shape[normalize_axis(axis, a.ndim)], b.shape[normalize_axis(axis, b.ndim)]
    if lengths != (3, 3):
        raise ValueError(f"Both input arrays must be (arrays of) 3-dimensional vectors, but they are {lengths[0]} and {lengths[1]} dimensional instead.")
    return of_any(a, b, axis=axis)


def vecdot(x1, x2, /, *, axis=-1):
    """The inner products of vectors along an axis, the first ones conjugated."""
    from .linalg import vecdot as of_any
    return of_any(x1, x2, axis=axis)


def diagonal(x, /, *, offset=0):
    """The diagonals of the matrices in the last two axes."""
    return asarray(x).diagonal(offset, -2, -1)


def trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of the matrices in the last two axes."""
    return asarray(x).trace(offset, -2, -1, dtype)


def multi_dot(arrays, *, out=None):
    """The product of matrices (the first and last may be vectors), in the order with the fewest multiplications."""
    from .array import into
    from .linalg import dot
    arrays = [asarray(a) for a in arrays]
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    first, last = arrays[0].ndim, arrays[-1].ndim
    arrays[0] = arrays[0][None] if first == 1 else arrays[0]
    arrays[-1] = arrays[-1][:, None] if last == 1 else arrays[-1]
    if any(a.ndim != 2 for a in arrays):
        raise np.linalg.LinAlgError(f"{next(a.ndim for a in arrays if a.ndim != 2)}-dimensional array given. Array must be two-dimensional")
    n = len(arrays)
    sizes = [arrays[0].shape[0], *(a.shape[1] for a in arrays)]
    cost, cut = np.zeros((n, n)), np.zeros((n, n), np.intp)
    for length in range(1, n):  # matrix chain multiplication: Cormen et al., Introduction to Algorithms
        for i in range(n - length):
            j = i + length
            costs = [cost[i, k] + cost[k + 1, j] + float(sizes[i]) * sizes[k + 1] * sizes[j + 1] for k in range(i, j)]
            cut[i, j], cost[i, j] = i + int(np.argmin(costs)), min(costs)

    def product(i, j):
        return arrays[i] if i == j else dot(product(i, cut[i, j]), product(cut[i, j] + 1, j))
    result = product(0, n - 1)
    result = result[0] if first == 1 else result
    return into(result[..., 0] if last == 1 else result, out)


def matrix_power(a, n):
    """Square matrices multiplied by themselves n times, by squaring; a negative n inverts first (through NumPy)."""
    from .linalg import matmul
    a = asarray(a)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if not isinstance(n, (int, np.integer)):
        raise TypeError("exponent must be an integer")
    if n < 0:
        return through_numpy(np.linalg.matrix_power, a, n, _name="linalg.matrix_power")
    if n == 0:
        return eye(a.shape[-1], dtype=a.dtype, device=a.device)._broadcast_to(a.shape)._copy()
    result = None
    while True:
        if n & 1:
            result = a if result is None else matmul(result, a)
        n >>= 1
        if not n:
            return result._copy() if result is a else result
        a = matmul(a, a)


# ---- frequencies: what of fft is no transform

def fftfreq(n, d=1.0, device=None):
    """The frequencies of a transform of n points at steps d: 0, 1, …, then the negative ones."""
    from .creation import arange
    from .manipulation import concatenate
    if not isinstance(n, (int, np.integer)):
        raise ValueError("n should be an integer")
    half = (n - 1) // 2 + 1
    return concatenate([arange(0, half, device=device), arange(-(n // 2), 0, device=device)]) * (1.0 / (n * d))


def rfftfreq(n, d=1.0, device=None):
    """The frequencies of a transform of n real points at steps d."""
    from .creation import arange
    if not isinstance(n, (int, np.integer)):
        raise ValueError("n should be an integer")
    return arange(0, n // 2 + 1, device=device) * (1.0 / (n * d))


def _shifted(x, axes, back):
    from .manipulation import roll
    x = asarray(x)
    axes = axes_list(tuple(axes) if hasattr(axes, "__len__") else axes, x.ndim)
    return roll(x, [-(x.shape[k] // 2) if back else x.shape[k] // 2 for k in axes], axes) if axes else x._copy()


def fftshift(x, axes=None):
    """The frequency 0 in the middle of the axes (None: of all)."""
    return _shifted(x, axes, False)


def ifftshift(x, axes=None):
    """What fftshift did, undone."""
    return _shifted(x, axes, True)


LINALG = {f.__name__: f for f in (norm, vector_norm, matrix_norm, matrix_transpose, outer, cross, vecdot, diagonal, trace, multi_dot, matrix_power)}
FFT = {f.__name__: f for f in (fftfreq, rfftfreq, fftshift, ifftshift)}
