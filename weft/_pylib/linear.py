"""Products of matrices. Large ones are BLAS's work, through NumPy; small ones are loops."""

import numpy as np

from .._pyresolve import implements

__wf_trusted__ = True  # its indices are inside

_FLOATS = "fd"


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
