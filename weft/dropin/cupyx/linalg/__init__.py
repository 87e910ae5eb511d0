"""cupyx.linalg: Hermitian positive definite matrices by their Cholesky factors."""

import weft as _weft

from . import sparse  # noqa: F401


def invh(a):
    """The inverse of a Hermitian positive definite matrix (or a stack of them), by its Cholesky factor. LinAlgError where it
    is not positive definite."""
    a = _weft.asarray(a)
    factor = _weft.linalg.inv(_weft.linalg.cholesky(a))
    return _weft.matmul(_weft.conj(_weft.swapaxes(factor, -1, -2)), factor).astype(a.dtype, copy=False)


def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    """x of A x = b, given (Cholesky factor of A, whether it is the lower one). Stacks too. overwrite_b says nothing here;
    check_finite: ValueError where a number that is read is infinite or NaN."""
    from ..lapack import _by_factor

    factor, lower = c_and_lower
    factor, b = _weft.asarray(factor), _weft.asarray(b)
    if check_finite:
        triangle = _weft.tril(factor) if lower else _weft.triu(factor)
        if not (_weft.isfinite(triangle).all() and _weft.isfinite(b).all()):
            raise ValueError("[cho_solve] the factor and b have to be finite")
    return _by_factor("cho_solve", factor, b, lower)
