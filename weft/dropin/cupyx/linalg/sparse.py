"""cupyx.linalg.sparse: linear equations of sparse matrices."""

import weft as _weft


def lschol(A, b):
    """x of A x = b for a sparse (or dense) symmetric positive definite A, of the dtype of A: by SciPy's sparse LU."""
    from cupyx.scipy import sparse
    from cupyx.scipy.sparse.linalg import spsolve

    A = A if sparse.issparse(A) else sparse.csr_matrix(_weft.asarray(A))
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise ValueError(f"[lschol] A is a square matrix, got shape {A.shape}")
    if b.ndim != 1 or b.shape[0] != A.shape[0]:
        raise ValueError(f"[lschol] b is a vector of {A.shape[0]} elements, got shape {b.shape}")
    kind = A.dtype if A.dtype.char in "fd" else "d"
    return spsolve(A.astype(kind).tocsc(), b.astype(kind)).astype(kind, copy=False)
