"""Products of matrices and small systems of equations. Large ones are BLAS's and LAPACK's work, through NumPy; small ones are loops."""

import numpy as np

from .._pyresolve import implements

__wf_trusted__ = True  # its indices are inside

_FLOATS = "fd"
NARROW = 64  # columns up to here are summed one by one, in lanes; beyond, rows are added to the result
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
            n, out = a.shape[0], np.zeros(a.shape[0], a.dtype)
            for i in range(0, n - 3, 4):  # four sums side by side: each addition of one waits for the one before
                s0, s1, s2, s3 = out[i], out[i + 1], out[i + 2], out[i + 3]
                for j in range(a.shape[1]):
                    x = b[j]
                    s0 += a[i, j] * x
                    s1 += a[i + 1, j] * x
                    s2 += a[i + 2, j] * x
                    s3 += a[i + 3, j] * x
                out[i], out[i + 1], out[i + 2], out[i + 3] = s0, s1, s2, s3
            for i in range(n - n % 4, n):
                s = out[i]
                for j in range(a.shape[1]):
                    s += a[i, j] * b[j]
                out[i] = s
            return out

        return matrix_vector
    if a.ndim == 1 and b.ndim == 2 and b.layout == "C":
        def vector_matrix(a, b):
            if a.shape[0] != b.shape[0]:
                raise ValueError("shapes do not fit: the matrix has another number of rows than the vector has elements")
            n, out = b.shape[0], np.zeros(b.shape[1], b.dtype)
            if b.shape[1] <= NARROW:
                for j in range(b.shape[1]):
                    s = out[j]
                    for i in range(n):
                        s += a[i] * b[i, j]
                    out[j] = s
                return out
            for i in range(0, n - 3, 4):  # in the order of the rows all the same
                x0, x1, x2, x3 = a[i], a[i + 1], a[i + 2], a[i + 3]
                for j in range(b.shape[1]):
                    out[j] = out[j] + x0 * b[i, j] + x1 * b[i + 1, j] + x2 * b[i + 2, j] + x3 * b[i + 3, j]
            for i in range(n - n % 4, n):
                x = a[i]
                for j in range(b.shape[1]):
                    out[j] += x * b[i, j]
            return out

        return vector_matrix
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
