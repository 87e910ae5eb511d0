"""Matrix products of floats on a GPU by cuBLAS, where it is found: WEFT_CUBLAS is a path to take, or "off".

Products in float32 use no tensor cores: cuBLAS's default mode. Its bits are its own (weft.config.reproducible does without).
"""

import math

from .. import _core
from .creation import empty
from .vendor import Library

_TYPES = {"float32": "s", "float64": "d", "complex64": "c", "complex128": "z"}
_library = Library("cublas", ("13", "12", "11"), _core.cublas_open, instead="matrix products are weft's own")
available = _library.available


def _layout(x, row, column):
    """(x as BLAS can take it, whether memory has columns where rows are wanted, elements from one to the next). Row-major
    memory is what BLAS sees as the transposed matrix, and the product is asked for transposed too, so rows are right."""
    size = x.itemsize
    for _ in range(2):
        across, along = x.strides[-2] // size, x.strides[-1] // size
        if (along == 1 or column == 1) and across >= max(1, column):
            return x, 0, across
        if (across == 1 or row == 1) and along >= max(1, row):
            return x, 1, along
        if row == 1 and along == 1:
            return x, 0, column
        x = x._copy()
    return x, 0, column


def _batched(x):
    """(x with one batch dimension or none, elements from one matrix to the next)."""
    batch = x.shape[:-2]
    count = math.prod(batch)
    if count == 1 or all(s == 0 for s, n in zip(x.strides, batch) if n > 1):
        return x[(0,) * len(batch)], 0
    if len(batch) > 1:
        x = x._reshape((count, *x.shape[-2:]))
    return x, x.strides[0] // x.itemsize


def multiply(a, b, shape):
    """a b with that shape, or None: no cuBLAS."""
    if not available():
        return None
    m, n, k = shape[-2], shape[-1], a.shape[-1]
    if max(m, n, k) >= 1 << 31:
        return None
    (a, _), (b, _) = _batched(a), _batched(b)
    a, a_turned, a_lead = _layout(a, m, k)
    b, b_turned, b_lead = _layout(b, k, n)
    if max(a_lead, b_lead) >= 1 << 31:
        return None
    result = empty(shape, a.dtype, device=a.device)
    count = math.prod(shape[:-2])
    stride_a, stride_b = (x.strides[0] // x.itemsize if x.ndim == 3 else 0 for x in (a, b))
    try:  # Row after row, c is the transposed result: cᵀ = bᵀ aᵀ.
        _core.cublas_gemm(result, b, a, _TYPES[a.dtype.name], n, m, k, count, n, m * n, b_turned, b_lead, stride_b,
                          a_turned, a_lead, stride_a)
    except _core.Error as error:
        if "cublasCreate" not in str(error):
            raise
        _library.give_up(error)
        return None
    return result
