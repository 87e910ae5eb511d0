"""cupy.cublas: CuPy's thin layer over cuBLAS, made of weft's array operations. Arrays are as CuPy takes them: vectors of one
dimension, matrices of two, "N", "T" and "H" (or cuBLAS's 0, 1, 2) for as they are, transposed, conjugated and transposed."""

import numpy as _numpy

import weft as _weft

_batched_limit = [2048]


def get_batched_gesv_limit():
    return _batched_limit[0]


def set_batched_gesv_limit(limit):
    """Remembered: a batch of any size is solved in one go."""
    _batched_limit[0] = limit


def batched_gesv(a, b):
    """Solves a x = b for each matrix of a stack."""
    if a.ndim < 2 or b.ndim not in (a.ndim, a.ndim - 1):
        raise ValueError(f"batched_gesv: b must have one dimension less than a or as many, got {b.ndim} and {a.ndim}")
    return _weft.linalg.solve(a, b[..., None])[..., 0] if b.ndim < a.ndim else _weft.linalg.solve(a, b)


def _vector(name, *arrays):
    for x in arrays:
        if x.ndim != 1:
            raise ValueError(f"{name}: expected an array of one dimension, got {x.ndim}")
        if x.dtype.char not in "fdFD":
            raise TypeError(f"{name}: unsupported dtype {x.dtype}")
    if len({x.size for x in arrays}) > 1:
        raise ValueError(f"{name}: arrays of {' and '.join(str(x.size) for x in arrays)} elements")
    if len({x.dtype for x in arrays}) > 1:
        raise TypeError(f"{name}: arrays of {' and '.join(str(x.dtype) for x in arrays)}")


def _given(result, out):
    """result, or out (of either side) filled with it."""
    if out is None:
        return result
    out[...] = result if isinstance(out, _weft.ndarray) else result.get()
    return out


def _size(x):
    """What BLAS compares complex numbers by."""
    return abs(x.real) + abs(x.imag) if x.dtype.kind == "c" else abs(x)


def iamax(x, out=None):
    """The place, counted from 1, of the element of the largest |re| + |im|."""
    _vector("iamax", x)
    return _given((_size(x).argmax() + 1).astype("i"), out)


def iamin(x, out=None):
    """The place, counted from 1, of the element of the smallest |re| + |im|."""
    _vector("iamin", x)
    return _given((_size(x).argmin() + 1).astype("i"), out)


def asum(x, out=None):
    """Σ |re| + |im|"""
    _vector("asum", x)
    return _given(_size(x).sum(), out)


def nrm2(x, out=None):
    """√Σ |x|²"""
    _vector("nrm2", x)
    return _given(_weft.linalg.norm(x), out)


def axpy(a, x, y):
    """y += a x"""
    _vector("axpy", x, y)
    y[...] = (_number(a, y.dtype) * x + y).astype(y.dtype)


def scal(a, x):
    """x *= a"""
    _vector("scal", x)
    x[...] = (_number(a, x.dtype) * x).astype(x.dtype)


def _number(value, dtype):
    """A scalar of either side as one of that dtype."""
    return value.astype(dtype) if isinstance(value, _weft.ndarray) else _numpy.asarray(value).astype(dtype)[()]


def dot(x, y, out=None):
    """Σ x y of real vectors"""
    _vector("dot", x, y)
    if x.dtype.kind == "c":
        raise TypeError("dot: complex vectors have dotu and dotc")
    return _given(_weft.dot(x, y), out)


def dotu(x, y, out=None):
    """Σ x y"""
    _vector("dotu", x, y)
    return _given(_weft.dot(x, y), out)


def dotc(x, y, out=None):
    """Σ x̄ y"""
    _vector("dotc", x, y)
    return _given(_weft.dot(x.conj(), y), out)


def _op(trans, a):
    if trans in ("N", "n", 0):
        return a
    if trans in ("T", "t", 1):
        return a.T
    if trans in ("H", "h", "C", "c", 2):
        return a.T.conj()
    raise TypeError(f"invalid transpose operator: {trans!r}; expected 'N', 'T' or 'H'")


def _joined(result, beta, old):
    """result + beta old, where a beta of 0 does not read old."""
    if isinstance(beta, (int, float, complex)) and beta == 0:
        return result
    return result + _number(beta, old.dtype) * old


def gemv(transa, alpha, a, x, beta, y):
    """y = alpha op(a) x + beta y"""
    y[...] = _joined(_number(alpha, a.dtype) * _weft.dot(_op(transa, a), x), beta, y)


def _ger(name, alpha, x, y, a):
    if a.ndim != 2 or a.shape != (x.size, y.size):
        raise ValueError(f"{name}: a has shape {a.shape}, expected {(x.size, y.size)}")
    a += _number(alpha, a.dtype) * x[:, None] * y


def ger(alpha, x, y, a):
    """a += alpha x yᵀ of real arrays"""
    if a.dtype.kind == "c":
        raise TypeError("ger: complex arrays have geru and gerc")
    _ger("ger", alpha, x, y, a)


def geru(alpha, x, y, a):
    """a += alpha x yᵀ"""
    _ger("geru", alpha, x, y, a)


def gerc(alpha, x, y, a):
    """a += alpha x ȳᵀ"""
    _ger("gerc", alpha, x, y.conj(), a)


def sbmv(k, alpha, a, x, beta, y, lower=False):
    """y = alpha A x + beta y for a symmetric matrix with k bands beside the diagonal, held in rows of bands."""
    n = x.size
    result = _weft.zeros(n, a.dtype)
    for band in range(k + 1):
        values = a[band, :n - band] if lower else a[k - band, band:]
        result[band:] += values * x[:n - band]
        if band:
            result[:n - band] += values * x[band:]
    y[...] = _joined(_number(alpha, a.dtype) * result, beta, y)
    return y


def _into_matrix(name, result, out, beta=0):
    if out is None:
        return _weft.asfortranarray(result)
    if out.shape != result.shape or out.dtype != result.dtype:
        raise ValueError(f"{name}: out has shape {out.shape} and dtype {out.dtype}, expected {result.shape} and {result.dtype}")
    out[...] = _joined(result, beta, out)
    return out


def gemm(transa, transb, a, b, out=None, alpha=1.0, beta=0.0):
    """alpha op(a) op(b) + beta out"""
    if a.dtype != b.dtype:
        raise TypeError(f"gemm: a is of {a.dtype}, b of {b.dtype}")
    a, b = _op(transa, a), _op(transb, b)
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"gemm: op(a) of shape {a.shape} and op(b) of shape {b.shape} do not fit")
    return _into_matrix("gemm", _number(alpha, a.dtype) * _weft.matmul(a, b), out, beta if out is not None else 0)


def geam(transa, transb, alpha, a, beta, b, out=None):
    """alpha op(a) + beta op(b)"""
    if a.dtype != b.dtype:
        raise TypeError(f"geam: a is of {a.dtype}, b of {b.dtype}")
    a, b = _op(transa, a), _op(transb, b)
    if a.shape != b.shape:
        raise ValueError(f"geam: op(a) of shape {a.shape} and op(b) of shape {b.shape}")
    return _into_matrix("geam", _number(alpha, a.dtype) * a + _number(beta, b.dtype) * b, out)


def dgmm(side, a, x, out=None, incx=1):
    """diag(x) a (side "L") or a diag(x) ("R"); incx: every how manyth element of x counts."""
    if side not in ("L", "R", 0, 1):
        raise ValueError(f"dgmm: side must be 'L' or 'R', got {side!r}")
    left = side in ("L", 0)
    x = x.ravel()[::incx] if incx else x.ravel()[:1]  # 0: one number for all
    x = x[:a.shape[0 if left else 1]]
    return _into_matrix("dgmm", x[:, None] * a if left else a * x, out)


def syrk(trans, a, out=None, alpha=1.0, beta=0.0, lower=False):
    """alpha op(a) op(a)ᵀ + beta out, of which one triangle is written (the rest of a new matrix is 0)."""
    a = _op(trans, a)
    product = _number(alpha, a.dtype) * _weft.matmul(a, a.T)
    n = product.shape[0]
    chosen = _weft.tri(n, dtype=bool) if lower else ~_weft.tri(n, k=-1, dtype=bool)
    if out is None:
        return _weft.asfortranarray(_weft.where(chosen, product, product.dtype.type(0)))
    out[...] = _weft.where(chosen, _joined(product, beta, out), out)
    return out
