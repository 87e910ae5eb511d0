"""cupyx.linalg: the inverse of positive definite matrices, and what stands in for cuSPARSE's sparse ones."""

import weft as _weft


def invh(a):
    """The inverse of a Hermitian positive definite matrix (or a stack of them), by its Cholesky factor. LinAlgError where it
    is not positive definite."""
    a = _weft.asarray(a)
    factor = _weft.linalg.inv(_weft.linalg.cholesky(a))
    return _weft.matmul(_weft.conj(_weft.swapaxes(factor, -1, -2)), factor).astype(a.dtype, copy=False)
