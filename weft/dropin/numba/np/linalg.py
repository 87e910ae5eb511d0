"""numba.np.linalg: the one LAPACK routine of Numba's that libraries call by themselves, as a compiled function of weft's."""

import numpy as np

from weft._extending import register_jitable


@register_jitable
def _gesv(kind, n, columns, a, lda, pivots, b, ldb):
    """Solves a x = b in place, both in Fortran order, by elimination with row exchanges. 0, or the number of a pivot that is 0."""
    a, b = a.reshape(-1), b.reshape(-1)
    for k in range(n):
        at = k
        for i in range(k + 1, n):
            if abs(a[i + k * lda]) > abs(a[at + k * lda]):
                at = i
        pivots[k] = at + 1
        if a[at + k * lda] == 0:
            return k + 1
        if at != k:
            for j in range(n):
                a[k + j * lda], a[at + j * lda] = a[at + j * lda], a[k + j * lda]
            for j in range(columns):
                b[k + j * ldb], b[at + j * ldb] = b[at + j * ldb], b[k + j * ldb]
        for i in range(k + 1, n):
            factor = a[i + k * lda] / a[k + k * lda]
            a[i + k * lda] = factor
            for j in range(k + 1, n):
                a[i + j * lda] -= factor * a[k + j * lda]
            for j in range(columns):
                b[i + j * ldb] -= factor * b[k + j * ldb]
    for j in range(columns):
        for k in range(n - 1, -1, -1):
            b[k + j * ldb] /= a[k + k * lda]
            for i in range(k):
                b[i + j * ldb] -= a[i + k * lda] * b[k + j * ldb]
    return 0


_LAPACK_ILP64 = False  # integers that LAPACK is given have 32 bits


class _LAPACK:
    """Numba's door to LAPACK: numba_xgesv, by weft's own elimination (not LAPACK's bits)."""

    def numba_xgesv(self, dtype):
        return _gesv


def ensure_lapack():
    """Nothing is needed: weft's own routines are always there."""


ensure_blas = ensure_lapack
F_INT_nptype = np.int32
