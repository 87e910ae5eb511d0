"""One matrix product, c[…, i, j] = Σ a[…, i, k] b[…, k, j], and who computes it.

Floats on a CPU: NumPy's BLAS, without copies. Floats on a GPU: cuBLAS where it is found. Everything else, and all of it with
`weft.config.reproducible`: kernels of our own (src/bulk/gemm.c, device/k_gemm.cu), which give the same bits on every device:
along k in blocks of 1024, each one chain of fused multiply-adds from 0 in the order of k, the blocks added in order, 64 of
them, and those sums likewise; a zero is +0 (version 2).
"""

import math

import numpy as np

from .. import _core
from . import bulk
from .axes import common_shape
from .creation import empty, zeros

RUN_K = 64 * 1024  # a run of blocks: what one launch of k_gemm adds up


def reproducible():
    return _core.env_on("REPRODUCIBLE")


def _inner_type(dtype):
    """What a product of that dtype is computed in."""
    if dtype.kind == "f" and dtype.itemsize == 2:
        return np.dtype(np.float32)
    if dtype.kind in "bi" and dtype.itemsize < 4:
        return np.dtype(np.int32)
    if dtype.kind == "u" and dtype.itemsize < 4:
        return np.dtype(np.uint32)
    return dtype


def _with_blas(a, b, shape):
    """NumPy's, on the arrays' own memory."""
    result = empty(shape, a.dtype, device=a.device)
    with np.errstate(all="ignore"):
        np.matmul(np.asarray(a), np.asarray(b), out=np.asarray(result))
    return result


def _one_batch(x):
    """(x with its batch dimensions as one, elements from one matrix to the next)."""
    batch = x.shape[:-2]
    count = math.prod(batch)
    if count == 1 or all(s == 0 for s, n in zip(x.strides, batch) if n > 1):
        return x[(0,) * len(batch)], 0
    if len(batch) > 1:
        x = x._reshape((count, *x.shape[-2:]))
    return x[0], x.strides[0] // x.itemsize


def _launch(result, a, b):
    """k_gemm over all of k, at most RUN_K."""
    m, n, k = result.shape[-2], result.shape[-1], a.shape[-1]
    count = math.prod(result.shape[:-2])
    complex_type, kind = a.dtype.kind == "c", a.dtype.kind
    size = a.itemsize
    per_thread = 8 if size == 4 and m > 64 and n > 64 else 4
    (one_a, a_batch), (one_b, b_batch) = _one_batch(a), _one_batch(b)
    a_row, a_k = (s // size for s in one_a.strides)
    b_k, b_column = (s // size for s in one_b.strides)
    real = np.dtype(f"f{size // 2}") if complex_type else np.dtype(f"u{size}") if kind in "iu" else a.dtype
    by_k = int(abs(a_k) <= abs(a_row)), int(abs(b_k) < abs(b_column))
    wide = [int(size == 4 and per_thread == 8 and not along and (line, step % 4, lines % 4, batch % 4, x._pointer % 16) == (1, 0, 0, 0, 0))
            for x, along, line, step, lines, batch in ((one_a, by_k[0], a_row, a_k, m, a_batch), (one_b, by_k[1], b_column, b_k, n, b_batch))]
    kernel = bulk.kernel("k_gemm.cu", "k_gemm", T=bulk.C_TYPES[real.name], IS_COMPLEX=int(complex_type), IS_INTEGER=int(kind in "iu"),
                         R=per_thread, A_BY_K=by_k[0], B_BY_K=by_k[1], A_WIDE=wide[0], B_WIDE=wide[1])
    tile = 16 * per_thread
    number = np.int64
    for first in range(0, count, 65535):
        some = min(65535, count - first)
        part = result._reshape((count, m, n))[first:first + some]
        at_a, at_b = (x if not stride else x._view((some, *x.shape), (stride * size, *x.strides), first * stride * size)
                      for x, stride in ((one_a, a_batch), (one_b, b_batch)))
        kernel(part, at_a, at_b, np.int32(m), np.int32(n), np.int32(k), *map(number, (a_row, a_k, b_k, b_column, a_batch, b_batch)),
               grid=(-(-n // tile), -(-m // tile), some), block=(256,))


def _in_runs(parts):
    """64 in a row, then those sums likewise."""
    while len(parts) > 1:
        sums = []
        for at in range(0, len(parts), 64):
            total = parts[at]
            for part in parts[at + 1:at + 64]:
                total = total + part
            sums.append(total)
        parts = sums
    return parts[0]


def _own(a, b, shape):
    """The product by our own kernels; a and b of one type, with the result's batch dimensions."""
    result = empty(shape, a.dtype, device=a.device)
    if bulk.on_host(a):
        bulk.run("gemm", (result, a, b))
        return result
    k = a.shape[-1]
    if k <= RUN_K:
        _launch(result, a, b)
        return result
    parts = []
    for at in range(0, k, RUN_K):
        parts.append(empty(shape, a.dtype, device=a.device))
        _launch(parts[-1], a[..., at:at + RUN_K], b[..., at:at + RUN_K, :])
    return _in_runs(parts)


def multiply(a, b, dtype=None):
    """The product of stacks of matrices (two dimensions at least, batch dimensions that broadcast)."""
    from .manipulation import result_type
    if dtype is None:
        dtype = a.dtype if a.dtype is b.dtype else result_type(a, b)
    inner = _inner_type(dtype)
    batch = () if a.ndim == b.ndim == 2 else common_shape(a.shape[:-2], b.shape[:-2])
    shape = (*batch, a.shape[-2], b.shape[-1])
    if dtype == bool:
        a, b = a != 0, b != 0
    a, b = (x if x.dtype == inner else x._cast(inner) for x in (a, b))
    if not math.prod(shape) or not a.shape[-1]:
        return zeros(shape, dtype, device=a.device)
    a, b = (x if x._aligned else x._copy() for x in (a, b))
    a, b = (x if x.shape[:-2] == batch else x._broadcast_to((*batch, *x.shape[-2:])) for x in (a, b))
    result = None
    if inner == dtype and dtype.kind in "fc" and not bulk.kernels_everywhere and not reproducible():
        from . import cublas
        result = _with_blas(a, b, shape) if a._on_cpu else cublas.multiply(a, b, shape)
    if result is None:
        result = _own(a, b, shape)
    if dtype == bool:
        return result != 0
    from . import checks
    checks.look("matmul", result, a, b)
    return result if result.dtype == dtype else result._cast(dtype)
