"""Products of vectors and matrices. The rest of linalg goes through NumPy (weft/_array/namespaces.py).

Inner products of vectors are fused reductions in the fixed order. Matrix products are a vendor library's work where there is
one: on a CPU device NumPy's own BLAS, without copies.
"""

import numpy as np

from .array import into, ndarray
from .creation import asarray, from_numpy
from .fallback import through_numpy


def _product(function, *args, out=None, **kwargs):
    arrays = [a for a in args if isinstance(a, ndarray)]
    quiet = all(str(a.device).startswith("cpu") for a in arrays)
    return into(through_numpy(function, *args, _quiet=quiet, **kwargs), out)


def _inner(a, b):
    """Σ a b over the last axes of two vectors, as one kernel."""
    return (a * b)._reduce("sum", -1, None, False, None, None)


def dot(a, b, out=None):
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return into(a * b, out)
    if a.ndim == 1 and b.ndim == 1 and a.dtype.kind != "b" and b.dtype.kind != "b":
        if a.shape != b.shape:
            raise ValueError(f"shapes {a.shape} and {b.shape} not aligned: {a.shape[0]} (dim 0) != {b.shape[0]} (dim 0)")
        from .manipulation import result_type
        kind = result_type(a, b)
        return into((a * b)._reduce("sum", None, kind, False, None, None), out)
    if a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(f"shapes {a.shape} and {b.shape} not aligned: {a.shape[-1]} (dim {a.ndim - 1}) != "
                         f"{b.shape[-2 if b.ndim > 1 else 0]} (dim {max(0, b.ndim - 2)})")
    return _product(np.dot, a, b, out=out)


def matmul(x1, x2, /, out=None, **kwargs):
    a, b = asarray(x1), asarray(x2)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("matmul: Input operand does not have enough dimensions")
    k, m = a.shape[-1], b.shape[-2 if b.ndim > 1 else 0]
    if k != m:
        raise ValueError(f"matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
                         f"(n?,k),(k,m?)->(n?,m?) (size {m} is different from {k})")
    if a.ndim == 1 and b.ndim == 1:
        return dot(a, b, out)
    return _product(np.matmul, a, b, out=out)


def vdot(a, b, /):
    a, b = asarray(a).ravel(), asarray(b).ravel()
    return dot(a.conj(), b)


def vecdot(x1, x2, /, *, axis=-1, **kwargs):
    a, b = asarray(x1), asarray(x2)
    return (a.conj() * b)._reduce("sum", axis, None, False, None, None)


def inner(a, b, /):
    a, b = asarray(a), asarray(b)
    if a.ndim == 1 and b.ndim == 1:
        return dot(a, b)
    return a * b if a.ndim == 0 or b.ndim == 0 else _product(np.inner, a, b)


def outer(a, b, out=None):
    return into(asarray(a).ravel()[:, None] * asarray(b).ravel(), out)


def tensordot(a, b, axes=2):
    return _product(np.tensordot, asarray(a), asarray(b), axes=axes)


def einsum(*operands, out=None, optimize=False, **kwargs):
    return _product(np.einsum, *operands, out=out, optimize=optimize, **kwargs)


def kron(a, b):
    return _product(np.kron, asarray(a), asarray(b))


def norm(x, ord=None, axis=None, keepdims=False):
    """Of all elements or along axes, with ord=None the root of the sum of squares: one fused reduction."""
    x = asarray(x)
    if ord is not None and not (ord == 2 and (x.ndim == 1 or isinstance(axis, int))):
        return through_numpy(np.linalg.norm, x, ord, axis, keepdims, _name="linalg.norm")
    from .math import sqrt
    x = x if x.dtype.kind in "fc" else x._cast(np.float64)
    squares = x.real ** 2 + x.imag ** 2 if x.dtype.kind == "c" else x * x
    return sqrt(squares._reduce("sum", axis, None, bool(keepdims), None, None))


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    return through_numpy(np.cross, a, b, axisa, axisb, axisc, axis)
