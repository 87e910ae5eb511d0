"""cupyx.lapack: linear equations by SciPy's LAPACK on the host, under CuPy's names. What asks whether a routine of cuSOLVER is
available is told no."""

import numpy as np

import weft as _weft


def check_availability(*names):
    """Whether these routines of cuSOLVER are there: never."""
    return False


def available(*names):
    return False


def _of_a_kind(name, a, b, error=TypeError):
    """The shapes and dtypes of A x = b for one matrix."""
    if a.ndim != 2:
        raise ValueError(f"[{name}] a has 2 dimensions, got {a.ndim}")
    if b.ndim not in (1, 2):
        raise ValueError(f"[{name}] b has 1 or 2 dimensions, got {b.ndim}")
    if a.shape[0] != b.shape[0]:
        raise ValueError(f"[{name}] a has {a.shape[0]} rows, b {b.shape[0]}")
    if a.dtype != b.dtype:
        raise error(f"[{name}] a and b have one dtype, got {a.dtype} and {b.dtype}")
    if a.dtype.char not in "fdFD":
        raise error(f"[{name}] dtypes are float32, float64, complex64 and complex128, got {a.dtype}")


def gesv(a, b):
    """Solves a x = b; b, which lies in Fortran's order, becomes x. LinAlgError for a singular matrix. a stays as it is (in CuPy it
    becomes its factors)."""
    _of_a_kind("gesv", a, b)
    if a.shape[0] != a.shape[1]:
        raise ValueError(f"[gesv] a is a square matrix, got shape {a.shape}")
    if not (a.flags.f_contiguous or a.flags.c_contiguous):
        raise ValueError("[gesv] a has to be contiguous, in C's or Fortran's order")
    if not b.flags.f_contiguous:
        raise ValueError("[gesv] b has to be contiguous in Fortran's order: np.asfortranarray(b)")
    b[...] = _weft.linalg.solve(a, b)


def gels(a, b):
    """The x for which |a x - b| is least; of several the shortest one."""
    _of_a_kind("gels", a, b, ValueError)
    return _weft.linalg.lstsq(a, b, rcond=None)[0]


def _by_factor(name, factor, b, lower):
    """x of A x = b for each matrix of a stack, A given by its Cholesky factor in one triangle."""
    from scipy.linalg import cho_solve

    if factor.ndim < 2 or factor.shape[-1] != factor.shape[-2]:
        raise ValueError(f"[{name}] the factor is a square matrix or a stack of them, got shape {factor.shape}")
    vectors = b.shape == factor.shape[:-1]
    if not vectors and (b.ndim != factor.ndim or b.shape[:-1] != factor.shape[:-1]):
        raise ValueError(f"[{name}] b of shape {b.shape} does not fit matrices of shape {factor.shape}")
    kind = np.promote_types(factor.dtype, b.dtype)
    kind = kind if kind.char in "fdFD" else np.promote_types(kind, np.float64)
    host, right = factor.get(), b.get()
    x = np.empty(b.shape, kind)
    for place in np.ndindex(factor.shape[:-2]):
        x[place] = cho_solve((host[place], bool(lower)), right[place], check_finite=False)
    return _weft.asarray(x, device=b.device)


def potrs(L, b, lower):
    """x of A x = b, where L is the Cholesky factor of A (lower: A = L Lᴴ; else A = Lᴴ L). Stacks too; the other triangle is not read."""
    return _by_factor("potrs", _weft.asarray(L), _weft.asarray(b), lower)


def posv(a, b):
    """x of a x = b for Hermitian positive definite a, or a stack of them. LinAlgError where one is not positive definite."""
    a = _weft.asarray(a)
    return _by_factor("posv", _weft.linalg.cholesky(a), _weft.asarray(b), True)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"cupyx.lapack has no {name}: gesv, gels, potrs and posv are there, through SciPy")
