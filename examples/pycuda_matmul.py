"""A matrix product in CUDA C through PyCUDA's interface: tiles in shared memory, sizes that no tile divides.

    python -m weft examples/pycuda_matmul.py
"""

import numpy as np
import pycuda.autoinit
import pycuda.driver as cuda
from pycuda.compiler import SourceModule

TILE = 16

module = SourceModule("""
#define TILE %d

// c (m x n) = a (m x k) * b (k x n), all row after row.
__global__ void matmul(const float *a, const float *b, float *c, int m, int n, int k)
{
    __shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
    int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.0f;

    for (int start = 0; start < k; start += TILE) {
        int ka = start + threadIdx.x, kb = start + threadIdx.y;
        tile_a[threadIdx.y][threadIdx.x] = row < m && ka < k ? a[row * k + ka] : 0.0f;
        tile_b[threadIdx.y][threadIdx.x] = kb < k && col < n ? b[kb * n + col] : 0.0f;
        __syncthreads();
        for (int i = 0; i < TILE; i++)
            sum += tile_a[threadIdx.y][i] * tile_b[i][threadIdx.x];
        __syncthreads();
    }
    if (row < m && col < n)
        c[row * n + col] = sum;
}
""" % TILE)
matmul = module.get_function("matmul")


def multiply(a, b):
    """The product of two float32 matrices, computed on the device."""
    (m, k), n = a.shape, b.shape[1]
    c = np.empty((m, n), np.float32)
    a_gpu, b_gpu, c_gpu = cuda.to_device(a), cuda.to_device(b), cuda.mem_alloc(c.nbytes)
    matmul(a_gpu, b_gpu, c_gpu, np.int32(m), np.int32(n), np.int32(k),
           block=(TILE, TILE, 1), grid=(-(-n // TILE), -(-m // TILE)))
    cuda.memcpy_dtoh(c, c_gpu)
    return c


rng = np.random.default_rng(1)
for m, n, k in ((1024, 1024, 1024), (1000, 300, 77), (1, 1, 5)):
    a, b = rng.random((m, k), np.float32), rng.random((k, n), np.float32)
    start, end = cuda.Event(), cuda.Event()
    start.record()
    c = multiply(a, b)
    end.record()
    end.synchronize()
    assert np.allclose(c, a @ b, rtol=1e-4), f"wrong product for {m} x {k} times {k} x {n}"
    print(f"{m} x {k} times {k} x {n}: right, {end.time_since(start):.1f} ms with copies")
print("on", pycuda.autoinit.device.name())
