"""Products of matrices and small systems of equations. Large ones are BLAS's and LAPACK's work, through NumPy; small ones are loops."""

import numpy as np

from .._pyresolve import implements

__wf_trusted__ = True  # its indices are inside

_FLOATS = "fd"
SMALL = 32  # up to here elimination by hand beats a call of LAPACK through Python


@implements("numpy.matmul", "numpy.dot")
def matmul(a, b):
    if not a.is_array or not b.is_array or a.element != b.element or a.element not in _FLOATS:
        return None
    if a.ndim == 1 and b.ndim == 1:
        def inner(a, b):
            if a.shape[0] != b.shape[0]:
                raise ValueError("shapes do not fit: the two arrays have different lengths")
            return (a * b).sum()

        return inner
    if a.ndim == 2 and b.ndim == 1 and a.layout == "C":
        def matrix_vector(a, b):
            if a.shape[1] != b.shape[0]:
                raise ValueError("shapes do not fit: the matrix has another number of columns than the vector has elements")
            out = np.zeros(a.shape[0], a.dtype)
            for i in range(a.shape[0]):
                s = out[i]
                for j in range(a.shape[1]):
                    s += a[i, j] * b[j]
                out[i] = s
            return out

        return matrix_vector
    return None


@implements("numpy.linalg.norm")
def norm(a, ord=None):
    """The root of the sum of squares, of all elements."""
    if not a.is_array or a.element not in _FLOATS or a.ndim < 1 or ord is not None and not ord.is_none:
        return None
    return lambda a: np.sqrt((a * a).sum())


def _eliminated(a, x):
    """Rows of a and x are exchanged and subtracted until a is upper triangular (in place). The determinant's sign, 0 where a pivot is 0."""
    n, sign = a.shape[0], 1
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        if a[p, k] == 0:
            return 0
        if p != k:
            sign = -sign
            for j in range(n):
                a[k, j], a[p, j] = a[p, j], a[k, j]
            for j in range(x.shape[1]):
                x[k, j], x[p, j] = x[p, j], x[k, j]
        for i in range(k + 1, n):
            f = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= f * a[k, j]
            for j in range(x.shape[1]):
                x[i, j] -= f * x[k, j]
    return sign


def _solved(a, x):
    """x becomes the solution of a @ _ = x; a is used up."""
    if _eliminated(a, x) == 0:
        raise np.linalg.LinAlgError("Singular matrix")
    for i in range(a.shape[0] - 1, -1, -1):
        for j in range(i + 1, a.shape[0]):
            for k in range(x.shape[1]):
                x[i, k] -= a[i, j] * x[j, k]
        for k in range(x.shape[1]):
            x[i, k] /= a[i, i]


def _is_matrix(a):
    return a.is_array and a.ndim == 2 and a.element in _FLOATS


@implements("numpy.linalg.solve")
def solve(a, b):
    if not _is_matrix(a) or not b.is_array or b.ndim != 1 or b.element != a.element:
        return None

    def solve_vector(a, b):
        n = a.shape[0]
        if a.shape[1] != n:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
        if len(b) != n:
            raise ValueError("shapes do not fit: the matrix has another number of rows than the vector has elements")
        if n > SMALL:
            return np.linalg.tensorsolve(a, b)
        left, x = a.copy(), np.empty((n, 1), a.dtype)
        for i in range(n):
            x[i, 0] = b[i]
        _solved(left, x)
        return x[:, 0].copy()

    return solve_vector


@implements("numpy.linalg.inv")
def inv(a):
    if not _is_matrix(a):
        return None

    def inverse(a):
        n = a.shape[0]
        if a.shape[1] != n:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
        if n > SMALL:
            return np.linalg.tensorinv(a, 1)
        left, x = a.copy(), np.zeros((n, n), a.dtype)
        for i in range(n):
            x[i, i] = 1
        _solved(left, x)
        return x

    return inverse


@implements("numpy.linalg.det")
def det(a):
    if not _is_matrix(a):
        return None

    def determinant(a):
        n = a.shape[0]
        if a.shape[1] != n:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
        if n > SMALL:
            sign, logarithm = np.linalg.slogdet(a)
            return sign * np.exp(logarithm)
        left, none = a.copy(), np.empty((n, 0), a.dtype)
        sign = _eliminated(left, none)
        product = a.dtype.type(sign)
        for i in range(n):
            product *= left[i, i]
        return product if sign else a.dtype.type(0)

    return determinant
