"""Products of vectors and matrices. The rest of linalg goes through NumPy (weft/_array/namespaces.py).

Inner products of vectors are fused reductions in the fixed order. Who multiplies matrices, and in what order: products.py.
"""

import math

import numpy as np

from .. import _core
from .array import into, ndarray
from .axes import core_axes, normalize_axis
from .creation import asarray
from .einsum import einsum
from .products import multiply


def _vectors(a, b):
    """Σ a b of two vectors, as one kernel."""
    from .manipulation import result_type
    kind = result_type(a, b)
    if kind == bool:
        return (a & b).any()
    return (a * b)._reduce("sum", None, kind, False, None, None)


def _unaligned(a, b, axis_b):
    return ValueError(f"shapes {_text(a.shape)} and {_text(b.shape)} not aligned: {a.shape[-1]} (dim {a.ndim - 1}) != "
                      f"{b.shape[axis_b]} (dim {axis_b % b.ndim})")


def _text(shape):
    return f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def dot(a, b, out=None):
    """The product over a's last and b's last but one axis; of vectors the inner product; with a scalar the product."""
    if out is None:
        result = _core.array_product(a, b)
        if result is not None:
            return result
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return into(a * b, out)
    axis = -2 if b.ndim > 1 else 0
    if a.shape[-1] != b.shape[axis]:
        raise _unaligned(a, b, axis)
    result = _vectors(a, b) if a.ndim == 1 and b.ndim == 1 else tensordot(a, b, (a.ndim - 1, axis % b.ndim))
    if isinstance(out, ndarray) and (out.dtype != result.dtype or out.ndim != result.ndim or not out._c_contiguous):
        raise ValueError(f"dot: output array is not acceptable: expected dtype {result.dtype} and {result.ndim} dimensions in C order, "
                         f"got {out.dtype} and {out.ndim}{'' if out._c_contiguous else ', not in C order'}")
    return into(result, out)


def matmul(x1, x2, /, out=None, *, dtype=None, **kwargs):
    """The matrix product of the last two axes, stacks of matrices broadcast; a vector is a row or a column."""
    if out is None and dtype is None and not kwargs:
        result = _core.array_product(x1, x2)
        if result is not None:
            return result
    axes, casting = kwargs.pop("axes", None), kwargs.get("casting", "same_kind")
    for name in set(kwargs) - {"casting", "order", "subok"}:
        raise TypeError(f"matmul() got an unexpected keyword argument {name!r}")
    if axes is not None:
        return _matmul_along(asarray(x1), asarray(x2), axes, out, dtype, casting)
    a, b = asarray(x1), asarray(x2)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(f"matmul: Input operand {0 if a.ndim == 0 else 1} does not have enough dimensions (has 0, gufunc core with "
                         "signature (n?,k),(k,m?)->(n?,m?) requires 1)")
    k, m = a.shape[-1], b.shape[-2 if b.ndim > 1 else 0]
    if k != m:
        raise ValueError(f"matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
                         f"(n?,k),(k,m?)->(n?,m?) (size {m} is different from {k})")
    if a.ndim == 1 and b.ndim == 1 and dtype is None:
        return into(_vectors(a, b), out, casting)
    row, column = a.ndim == 1, b.ndim == 1
    a, b = a[None] if row else a, b[:, None] if column else b
    result = multiply(a, b, None if dtype is None else np.dtype(dtype))
    shape = [*result.shape[:-2], *result.shape[-2:-1][row:], *result.shape[-1:][column:]]
    return into(result._reshape(shape) if row or column else result, out, casting)


def _matmul_along(a, b, axes, out, dtype, casting):
    """matmul with the matrices along other axes: one tuple for each operand and the result."""
    from .manipulation import moveaxis
    of_a, of_b, of_result = core_axes("matmul", axes, [min(a.ndim, 2), min(b.ndim, 2)], [(a.ndim > 1) + (b.ndim > 1)])
    a, b = (moveaxis(x, k, range(-len(k), 0)) for x, k in ((a, of_a), (b, of_b)))
    result = matmul(a, b, dtype=dtype)
    return into(moveaxis(result, range(-len(of_result), 0), of_result) if of_result else result, out, casting)


def vdot(a, b, /):
    """The inner product of the flattened arrays, the first one conjugated."""
    a, b = (x if x.ndim == 1 else x.ravel() for x in (asarray(a), asarray(b)))
    return dot(a.conj() if a.dtype.kind == "c" else a, b)


def _along(name, axes, arrays, cores):
    """The operands with the axes that `axes` names last, and where the result's belong (None: last)."""
    from .manipulation import moveaxis
    if axes is None:
        return arrays, None
    axes = core_axes(name, axes, cores[:-1], cores[-1:])
    return [moveaxis(x, k, range(-len(k), 0)) for x, k in zip(arrays, axes)], axes[-1] if cores[-1] else None


def _finished(result, out, casting, at=None):
    """A product as the result's axes were asked for, broadcast into out."""
    if at is not None:
        from .manipulation import moveaxis
        result = moveaxis(result, range(-len(at), 0), at)
    out = out[0] if isinstance(out, tuple) else out
    if isinstance(out, ndarray) and out.shape != result.shape:
        result = result._broadcast_to(out.shape)
    return into(result, out, casting)


def vecdot(x1, x2, /, out=None, *, axis=None, axes=None, keepdims=False, dtype=None, casting="same_kind", order="K", subok=True):
    """The inner products along an axis (axes: of each), the first array conjugated."""
    if axis is not None and axes is not None:
        raise TypeError("vecdot: cannot specify both 'axis' and 'axes'")
    a, b = asarray(x1), asarray(x2)
    axis = -1 if axis is None else axis
    if axes is not None and a.ndim and b.ndim:
        (a, b), _ = _along("vecdot", axes, (a, b), (1, 1, 0))
    if dtype is not None:
        a, b = a._cast(np.dtype(dtype)), b._cast(np.dtype(dtype))
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(f"vecdot: Input operand {0 if a.ndim == 0 else 1} does not have enough dimensions (has 0, gufunc core with signature "
                         "(n),(n)->() requires 1)")
    if a.shape[axis] != b.shape[axis]:
        raise ValueError(f"vecdot: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n),(n)->() "
                         f"(size {b.shape[axis]} is different from {a.shape[axis]})")
    if axis != -1 and a.ndim != b.ndim:
        from .manipulation import moveaxis
        a, b = moveaxis(a, axis, -1), moveaxis(b, axis, -1)
        axis = -1
    product = a.conj() * b
    return _finished(product._reduce("sum", axis, product.dtype, bool(keepdims), None, None), out, casting)


def matvec(x1, x2, /, out=None, *, axes=None, dtype=None, casting="same_kind", order="K", subok=True):
    """Matrices times vectors."""
    (a, b), at = _along("matvec", axes, (asarray(x1), asarray(x2)), (2, 1, 1))
    return _finished(matmul(a, b[..., None], dtype=dtype)[..., 0], out, casting, at)


def vecmat(x1, x2, /, out=None, *, axes=None, dtype=None, casting="same_kind", order="K", subok=True):
    """Vectors, conjugated, times matrices."""
    (a, b), at = _along("vecmat", axes, (asarray(x1), asarray(x2)), (1, 2, 1))
    return _finished(matmul(a.conj()[..., None, :], b, dtype=dtype)[..., 0, :], out, casting, at)


def inner(a, b, /):
    """The product over the last axes of both."""
    a, b = asarray(a), asarray(b)
    if a.ndim == 1 and b.ndim == 1:
        return dot(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    if a.shape[-1] != b.shape[-1]:
        raise _unaligned(a, b, b.ndim - 1)
    return tensordot(a, b, (a.ndim - 1, b.ndim - 1))


def outer(a, b, out=None):
    return into(asarray(a).ravel()[:, None] * asarray(b).ravel(), out)


def tensordot(a, b, axes=2):
    """The product over axes: the last of a and the first of b, as many as `axes` says, or (axes of a, axes of b)."""
    a, b = asarray(a), asarray(b)
    if isinstance(axes, int) or not hasattr(axes, "__len__"):
        count = int(axes)
        pairs = [range(a.ndim - count, a.ndim), range(count)] if count else [(), ()]
    else:
        pairs = [(x,) if not hasattr(x, "__len__") else tuple(x) for x in axes]
    if len(pairs[0]) != len(pairs[1]):
        raise ValueError("shape-mismatch for sum")
    of_a, of_b = ([normalize_axis(k, x.ndim) for k in group] for group, x in zip(pairs, (a, b)))
    if any(a.shape[i] != b.shape[j] for i, j in zip(of_a, of_b)):
        raise ValueError("shape-mismatch for sum")
    rows, columns = [k for k in range(a.ndim) if k not in of_a], [k for k in range(b.ndim) if k not in of_b]
    shape = [a.shape[k] for k in rows] + [b.shape[k] for k in columns]
    summed = math.prod(a.shape[k] for k in of_a)
    a = a._transpose(rows + of_a)._reshape((math.prod(a.shape[k] for k in rows), summed))
    b = b._transpose(of_b + columns)._reshape((summed, math.prod(b.shape[k] for k in columns)))
    return multiply(a, b)._reshape(shape)


def kron(a, b):
    """The Kronecker product: a block a[i] b for each element of a."""
    a, b = asarray(a), asarray(b)
    n = max(a.ndim, b.ndim)
    p, q = (1,) * (n - a.ndim) + a.shape, (1,) * (n - b.ndim) + b.shape
    spread = a._reshape([x for k in p for x in (k, 1)]) * b._reshape([x for k in q for x in (1, k)])
    return spread._reshape([i * j for i, j in zip(p, q)])


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The vector product of vectors of two or three elements, which lie along an axis of each; of two vectors of two elements
    the third component alone. ValueError for other lengths."""
    from .manipulation import moveaxis, stack
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("At least one array has zero dimension")
    a, b = (moveaxis(x, normalize_axis(k, x.ndim), -1) for x, k in ((a, axisa), (b, axisb)))
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(f"incompatible dimensions for cross product (dimension must be 2 or 3), got {a.shape[-1]} and {b.shape[-1]}")
    (a0, a1), (b0, b1) = ((x[..., 0], x[..., 1]) for x in (a, b))
    last = a0 * b1 - a1 * b0
    if a.shape[-1] == b.shape[-1] == 2:
        return last
    if a.shape[-1] == 2:
        parts = [a1 * b[..., 2], -(a0 * b[..., 2])]
    elif b.shape[-1] == 2:
        parts = [-(a[..., 2] * b1), a[..., 2] * b0]
    else:
        parts = [a1 * b[..., 2] - a[..., 2] * b1, a[..., 2] * b0 - a0 * b[..., 2]]
    return moveaxis(stack([*parts, last], -1), -1, axisc)
