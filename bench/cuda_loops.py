"""CUDA C kernels on the CPU beside the C loops that one would write instead: processor time of one thread, by turns.

    python bench/cuda_loops.py [NAME...] [--rounds N]
The loops are compiled by gcc -O3 -march=native -fopenmp (with -ffp-contract=fast, as CUDA C contracts, and -fno-math-errno). Both sides are
checked against NumPy. A ratio above 1: the kernel takes longer than the loop.
"""
import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["WEFT_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402

f4, i4, u1, u4 = np.float32, np.int32, np.uint8, np.uint32
BENCHES = {}


def bench(name, cuda, c, make, want, grid, block, scalars=(), shared=0, tol=1e-4):
    """cuda: kernel `name`; c: body of void name_c(arguments); make(rng): arrays, the first is the result."""
    BENCHES[name] = dict(cuda=cuda, c=c, make=make, want=want, grid=grid, block=block, scalars=scalars, shared=shared, tol=tol)


N = 1 << 20

bench("saxpy", """
__global__ void saxpy(float *y, const float *x, float a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + 1.0f;
}""", """void saxpy_c(float *restrict y, const float *restrict x, float a, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) y[i] = a * x[i] + 1.0f;
}""", lambda r: [np.zeros(N // 16, f4), r.random(N // 16, f4)], lambda y, x, a, n: a * x + 1, (N // 16 // 256,), (256,), (f4(2.5), i4(N // 16)))

bench("grid_stride", """
__global__ void grid_stride(float *y, const float *x, float a, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) y[i] = a * x[i] + sqrtf(x[i]);
}""", """void grid_stride_c(float *restrict y, const float *restrict x, float a, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) y[i] = a * x[i] + sqrtf(x[i]);
}""", lambda r: [np.zeros(N // 16, f4), r.random(N // 16, f4)], lambda y, x, a, n: a * x + np.sqrt(x), (16,), (256,), (f4(2.5), i4(N // 16)))

bench("stencil3", """
__global__ void stencil3(float *y, const float *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i > 0 && i < n - 1) y[i] = 0.25f * x[i - 1] + 0.5f * x[i] + 0.25f * x[i + 1];
}""", """void stencil3_c(float *restrict y, const float *restrict x, int n) {
#pragma omp parallel for
    for (int i = 1; i < n - 1; i++) y[i] = 0.25f * x[i - 1] + 0.5f * x[i] + 0.25f * x[i + 1];
}""", lambda r: [np.zeros(N // 16, f4), r.random(N // 16, f4)],
      lambda y, x, n: np.concatenate([[0], 0.25 * x[:-2] + 0.5 * x[1:-1] + 0.25 * x[2:], [0]]), (N // 16 // 256,), (256,), (i4(N // 16),))

bench("stencil_shared", """
#define R 4
__global__ void stencil_shared(float *out, const float *in, int n) {
    __shared__ float temp[256 + 2 * R];
    int g = threadIdx.x + blockIdx.x * blockDim.x + R, l = threadIdx.x + R;
    temp[l] = in[g];
    if (threadIdx.x < R) { temp[l - R] = in[g - R]; temp[l + 256] = in[g + 256]; }
    __syncthreads();
    float result = 0;
    for (int o = -R; o <= R; o++) result += temp[l + o];
    out[g - R] = result;
}""", """void stencil_shared_c(float *restrict out, const float *restrict in, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { float s = 0; for (int o = 0; o <= 8; o++) s += in[i + o]; out[i] = s; }
}""", lambda r: [np.zeros(N // 16, f4), r.random(N // 16 + 8, f4)],
      lambda y, x, n: np.lib.stride_tricks.sliding_window_view(x, 9).sum(1), (N // 16 // 256,), (256,), (i4(N // 16),))

bench("stencil2d", """
__global__ void stencil2d(float *c, const float *a, int n) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 1 || y < 1 || x >= n - 1 || y >= n - 1) return;
    c[y * n + x] = 0.2f * (a[y * n + x] + a[y * n + x - 1] + a[y * n + x + 1] + a[(y - 1) * n + x] + a[(y + 1) * n + x]);
}""", """void stencil2d_c(float *restrict c, const float *restrict a, int n) {
#pragma omp parallel for
    for (int y = 1; y < n - 1; y++) for (int x = 1; x < n - 1; x++)
        c[y * n + x] = 0.2f * (a[y * n + x] + a[y * n + x - 1] + a[y * n + x + 1] + a[(y - 1) * n + x] + a[(y + 1) * n + x]);
}""", lambda r: [np.zeros((256, 256), f4), r.random((256, 256), f4)], lambda c, a, n: cross(a), (8, 32), (32, 8), (i4(256),))

bench("reduce_shared", """
__global__ void reduce_shared(float *out, const float *in) {
    extern __shared__ float s[];
    unsigned t = threadIdx.x, i = blockIdx.x * (blockDim.x * 2) + t;
    s[t] = in[i] + in[i + blockDim.x];
    __syncthreads();
    for (unsigned k = blockDim.x / 2; k > 0; k >>= 1) { if (t < k) s[t] += s[t + k]; __syncthreads(); }
    if (t == 0) out[blockIdx.x] = s[0];
}""", """void reduce_shared_c(float *restrict out, const float *restrict in) {
#pragma omp parallel for
    for (int b = 0; b < 256; b++) { float s[16] = {0}; for (int i = 0; i < 512; i++) s[i & 15] += in[b * 512 + i];
        float t = 0; for (int i = 0; i < 16; i++) t += s[i]; out[b] = t; }
}""", lambda r: [np.zeros(256, f4), r.random(256 * 512, f4)], lambda o, x: x.reshape(256, 512).sum(1), (256,), (256,), (), 1024)

bench("reduce_shuffle", """
__global__ void reduce_shuffle(float *out, const float *in, int n) {
    __shared__ float part[32];
    float v = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) v += in[i];
    for (int o = 16; o > 0; o /= 2) v += __shfl_down_sync(0xffffffff, v, o);
    if ((threadIdx.x & 31) == 0) part[threadIdx.x / 32] = v;
    __syncthreads();
    if (threadIdx.x < 32) {
        v = threadIdx.x < blockDim.x / 32 ? part[threadIdx.x] : 0;
        for (int o = 16; o > 0; o /= 2) v += __shfl_down_sync(0xffffffff, v, o);
        if (threadIdx.x == 0) atomicAdd(out, v);
    }
}""", """void reduce_shuffle_c(float *restrict out, const float *restrict in, int n) {
    float s = 0;
#pragma omp parallel for simd reduction(+ : s)
    for (int i = 0; i < n; i++) s += in[i];
    out[0] += s;
}""", lambda r: [np.zeros(1, f4), r.random(1 << 17, f4)], None, (32,), (256,), (i4(1 << 17),))

bench("transpose", """
__global__ void transpose(float *odata, const float *idata, int n) {
    __shared__ float tile[32][33];
    int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) tile[threadIdx.y + j][threadIdx.x] = idata[(y + j) * n + x];
    __syncthreads();
    x = blockIdx.y * 32 + threadIdx.x; y = blockIdx.x * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) odata[(y + j) * n + x] = tile[threadIdx.x][threadIdx.y + j];
}""", """void transpose_c(float *restrict o, const float *restrict in, int n) {
#pragma omp parallel for
    for (int by = 0; by < n; by += 32) for (int bx = 0; bx < n; bx += 32)
        for (int y = by; y < by + 32; y++) for (int x = bx; x < bx + 32; x++) o[x * n + y] = in[y * n + x];
}""", lambda r: [np.zeros((512, 512), f4), r.random((512, 512), f4)], lambda o, a, n: a.T, (16, 16), (32, 8), (i4(512),))

bench("matmul_tile", """
#define T 16
__global__ void matmul_tile(float *c, const float *a, const float *b, int n) {
    __shared__ float as[T][T], bs[T][T];
    int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * T + y, col = blockIdx.x * T + x;
    float sum = 0;
    for (int t = 0; t < n / T; t++) {
        as[y][x] = a[row * n + t * T + x];
        bs[y][x] = b[(t * T + y) * n + col];
        __syncthreads();
        for (int k = 0; k < T; k++) sum += as[y][k] * bs[k][x];
        __syncthreads();
    }
    c[row * n + col] = sum;
}""", """void matmul_tile_c(float *restrict c, const float *restrict a, const float *restrict b, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { for (int j = 0; j < n; j++) c[i * n + j] = 0;
        for (int k = 0; k < n; k++) for (int j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j]; }
}""", lambda r: [np.zeros((256, 256), f4), r.random((256, 256), f4), r.random((256, 256), f4)], lambda c, a, b, n: a @ b, (16, 16), (16, 16), (i4(256),))

bench("matvec", """
__global__ void matvec(float *y, const float *a, const float *x, int n) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= n) return;
    float s = 0;
    for (int k = 0; k < n; k++) s += a[row * n + k] * x[k];
    y[row] = s;
}""", """void matvec_c(float *restrict y, const float *restrict a, const float *restrict x, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { float s = 0; for (int k = 0; k < n; k++) s += a[i * n + k] * x[k]; y[i] = s; }
}""", lambda r: [np.zeros(512, f4), r.random((512, 512), f4), r.random(512, f4)], lambda y, a, x, n: a @ x, (2,), (256,), (i4(512),))

bench("histogram", """
__global__ void histogram(unsigned *h, const unsigned char *x, int n) {
    __shared__ unsigned s[256];
    s[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) atomicAdd(&s[x[i]], 1);
    __syncthreads();
    atomicAdd(&h[threadIdx.x], s[threadIdx.x]);
}""", """void histogram_c(unsigned *restrict h, const unsigned char *restrict x, int n) {
#pragma omp parallel
    { unsigned s[256] = {0};
#pragma omp for
      for (int i = 0; i < n; i++) s[x[i]]++;
#pragma omp critical
      for (int i = 0; i < 256; i++) h[i] += s[i]; }
}""", lambda r: [np.zeros(256, u4), r.integers(0, 256, 1 << 18).astype(u1)], None, (16,), (256,), (i4(1 << 18),))

bench("scan_block", """
__global__ void scan_block(int *out, const int *in, int n) {
    __shared__ int temp[2][256];
    int t = threadIdx.x, g = blockIdx.x * 256 + t, p = 0;
    temp[0][t] = in[g];
    __syncthreads();
    for (int o = 1; o < 256; o *= 2) {
        p = 1 - p;
        temp[p][t] = t >= o ? temp[1 - p][t] + temp[1 - p][t - o] : temp[1 - p][t];
        __syncthreads();
    }
    out[g] = temp[p][t];
}""", """void scan_block_c(int *restrict out, const int *restrict in, int n) {
#pragma omp parallel for
    for (int b = 0; b < n; b += 256) { int s = 0; for (int i = b; i < b + 256; i++) out[i] = s += in[i]; }
}""", lambda r: [np.zeros(1 << 17, i4), r.integers(0, 99, 1 << 17).astype(i4)],
      lambda o, x, n: np.cumsum(x.reshape(-1, 256), axis=1).ravel(), ((1 << 17) // 256,), (256,), (i4(1 << 17),))

bench("nbody", """
__global__ void nbody(float4 *acc, const float4 *pos, int n) {
    __shared__ float4 tile[128];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 me = pos[i];
    float ax = 0, ay = 0, az = 0;
    for (int t = 0; t < n; t += 128) {
        tile[threadIdx.x] = pos[t + threadIdx.x];
        __syncthreads();
        for (int j = 0; j < 128; j++) {
            float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
            float r = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz + 0.01f), w = tile[j].w * r * r * r;
            ax += dx * w; ay += dy * w; az += dz * w;
        }
        __syncthreads();
    }
    acc[i] = make_float4(ax, ay, az, 0);
}""", """void nbody_c(float *restrict acc, const float *restrict pos, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { float ax = 0, ay = 0, az = 0;
        for (int j = 0; j < n; j++) {
            float dx = pos[4 * j] - pos[4 * i], dy = pos[4 * j + 1] - pos[4 * i + 1], dz = pos[4 * j + 2] - pos[4 * i + 2];
            float r = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz + 0.01f), w = pos[4 * j + 3] * r * r * r;
            ax += dx * w; ay += dy * w; az += dz * w; }
        acc[4 * i] = ax; acc[4 * i + 1] = ay; acc[4 * i + 2] = az; acc[4 * i + 3] = 0; }
}""", lambda r: [np.zeros((1024, 4), f4), r.random((1024, 4), f4)], lambda a, p, n: gravity(p), (8,), (128,), (i4(1024),), tol=1e-3)

bench("csr_spmv", """
__global__ void csr_spmv(float *y, const int *start, const int *col, const float *val, const float *x, int n) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= n) return;
    float s = 0;
    for (int k = start[row]; k < start[row + 1]; k++) s += val[k] * x[col[k]];
    y[row] = s;
}""", """void csr_spmv_c(float *restrict y, const int *restrict start, const int *restrict col, const float *restrict val, const float *restrict x, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { float s = 0; for (int k = start[i]; k < start[i + 1]; k++) s += val[k] * x[col[k]]; y[i] = s; }
}""", lambda r: sparse(r), lambda y, s, c, v, x, n: np.add.reduceat(v * x[c], s[:-1]), (64,), (128,), (i4(8192),))

bench("mandelbrot", """
__global__ void mandelbrot(int *out, int w, int most) {
    int px = blockIdx.x * blockDim.x + threadIdx.x, py = blockIdx.y * blockDim.y + threadIdx.y;
    float x0 = px * 3.0f / w - 2.0f, y0 = py * 2.0f / w - 1.0f, x = 0, y = 0;
    int i = 0;
    while (x * x + y * y <= 4.0f && i < most) { float t = x * x - y * y + x0; y = 2.0f * x * y + y0; x = t; i++; }
    out[py * w + px] = i;
}""", """void mandelbrot_c(int *restrict out, int w, int most) {
#pragma omp parallel for
    for (int p = 0; p < w * w; p++) { float x0 = p % w * 3.0f / w - 2.0f, y0 = p / w * 2.0f / w - 1.0f, x = 0, y = 0; int i = 0;
        while (x * x + y * y <= 4.0f && i < most) { float t = x * x - y * y + x0; y = 2.0f * x * y + y0; x = t; i++; }
        out[p] = i; }
}""", lambda r: [np.zeros((128, 128), i4)], None, (4, 16), (32, 8), (i4(128), i4(200)), tol=None)

bench("black_scholes", """
__device__ float cnd(float d) {
    float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
    float c = 0.39894228f * expf(-0.5f * d * d) * (k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
    return d > 0 ? 1.0f - c : c;
}
__global__ void black_scholes(float *call, const float *s, const float *x, const float *t, float r, float v, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float q = sqrtf(t[i]), d1 = (logf(s[i] / x[i]) + (r + 0.5f * v * v) * t[i]) / (v * q), d2 = d1 - v * q;
    call[i] = s[i] * cnd(d1) - x[i] * expf(-r * t[i]) * cnd(d2);
}""", """static float cnd(float d) {
    float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
    float c = 0.39894228f * expf(-0.5f * d * d) * (k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
    return d > 0 ? 1.0f - c : c;
}
void black_scholes_c(float *restrict call, const float *restrict s, const float *restrict x, const float *restrict t, float r, float v, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) {
        float q = sqrtf(t[i]), d1 = (logf(s[i] / x[i]) + (r + 0.5f * v * v) * t[i]) / (v * q), d2 = d1 - v * q;
        call[i] = s[i] * cnd(d1) - x[i] * expf(-r * t[i]) * cnd(d2); }
}""", lambda r: [np.zeros(1 << 15, f4), 5 + 25 * r.random(1 << 15, f4), 1 + 99 * r.random(1 << 15, f4), 0.25 + 9 * r.random(1 << 15, f4)], None,
      ((1 << 15) // 256,), (256,), (f4(0.02), f4(0.3), i4(1 << 15)))

bench("pointer_table", """
__global__ void pointer_table(float *out, float *const *rows, int m, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float s = 0;
    for (int k = 0; k < m; k++) s += rows[k][i];
    out[i] = s;
}""", """void pointer_table_c(float *restrict out, float *const *rows, int m, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { float s = 0; for (int k = 0; k < m; k++) s += rows[k][i]; out[i] = s; }
}""", lambda r: [np.zeros(4096, f4), r.random((64, 4096), f4)], lambda o, rows, m, n: rows.sum(0), (16,), (256,), (i4(64), i4(4096)))

bench("lambda_capture", """
template <class F> __device__ void each(int n, F f) { for (int k = 0; k < n; k++) f(k); }
__global__ void lambda_capture(float *out, const float *a, int m, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float s = 0;
    each(m, [&, a](int k) { s += a[k * n + i]; });
    out[i] = s;
}""", """void lambda_capture_c(float *restrict out, const float *restrict a, int m, int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) { float s = 0; for (int k = 0; k < m; k++) s += a[k * n + i]; out[i] = s; }
}""", lambda r: [np.zeros(4096, f4), r.random((64, 4096), f4)], lambda o, rows, m, n: rows.sum(0), (16,), (256,), (i4(64), i4(4096)))

bench("struct_views", """
struct View { float *data; int stride; __device__ float &operator()(int i, int j) const { return data[i * stride + j]; } };
struct Args { View out, a, b; int n; };
__global__ void struct_views(float *out, float *a, float *b, int n) {
    Args p{{out, n}, {a, n}, {b, n}, n};
    int j = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y;
    if (j < p.n) p.out(i, j) = p.a(i, j) * p.b(i, j) + p.a(i, 0);
}""", """void struct_views_c(float *restrict out, const float *restrict a, const float *restrict b, int n) {
#pragma omp parallel for
    for (int i = 0; i < 64; i++) for (int j = 0; j < n; j++) out[i * n + j] = a[i * n + j] * b[i * n + j] + a[i * n];
}""", lambda r: [np.zeros((64, 1024), f4), r.random((64, 1024), f4), r.random((64, 1024), f4)], lambda o, a, b, n: a * b + a[:, :1], (4, 64), (256,), (i4(1024),))


def cross(a):
    c = np.zeros_like(a)
    c[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[:-2, 1:-1] + a[2:, 1:-1])
    return c


def gravity(p):
    d = p[None, :, :3] - p[:, None, :3]
    w = p[None, :, 3] * ((d * d).sum(-1) + 0.01) ** -1.5
    return np.concatenate([(d * w[..., None]).sum(1), np.zeros((len(p), 1))], axis=1)


def sparse(r):
    n = 8192
    start = np.concatenate([[0], np.cumsum(r.integers(4, 28, n))]).astype(i4)
    return [np.zeros(n, f4), start, r.integers(0, n, start[-1]).astype(i4), r.random(start[-1], f4), r.random(n, f4)]


def build():
    folder = Path(tempfile.mkdtemp())
    (folder / "loops.c").write_text("#include <math.h>\n" + "\n".join(b["c"] for b in BENCHES.values()))
    subprocess.run([shutil.which("gcc"), "-O3", "-march=native", "-fopenmp", "-ffp-contract=fast", "-fno-math-errno", "-fPIC", "-shared", "loops.c", "-o", "loops.so", "-lm"],
                   check=True, cwd=folder)
    return ctypes.CDLL(str(folder / "loops.so"))


def least(run, inner):
    start = time.process_time_ns()
    for _ in range(inner):
        run()
    return (time.process_time_ns() - start) / inner


def compare(wf, library, name, rounds):
    b = BENCHES[name]
    arrays = b["make"](np.random.default_rng(1))
    mine = [wf.Memory(a.nbytes) for a in arrays]
    for memory, a in zip(mine, arrays):
        wf.copy_to_device(memory, a)
    theirs = [a.copy() for a in arrays]
    pointers, given = [ctypes.c_void_p(a.ctypes.data) for a in theirs], list(mine)
    if name == "pointer_table":
        rows = np.array([a.ctypes.data for a in theirs[1]], np.uint64)
        pointers[1] = ctypes.c_void_p(rows.ctypes.data)
        given[1] = wf.Memory(rows.nbytes)
        wf.copy_to_device(given[1], int(mine[1]) + np.arange(len(rows), dtype=np.uint64) * np.uint64(theirs[1].strides[0]))
    kernel = wf.Module(b["cuda"], name=f"{name}.cu")[name]
    function = getattr(library, f"{name}_c")
    scalars = [ctypes.c_float(v) if isinstance(v, f4) else ctypes.c_int(int(v)) for v in b["scalars"]]

    def ours():
        kernel(*given, *b["scalars"], grid=b["grid"], block=b["block"], shared=b["shared"])
        wf.synchronize()

    def loop():
        function(*pointers, *scalars)

    ours(), loop()
    out = np.empty_like(arrays[0])
    wf.copy_to_host(out, mine[0])
    want = b["want"](*arrays, *b["scalars"]) if b["want"] else theirs[0]
    if b["tol"] is None:  # the last bit of a product decides how long a few points take
        assert (out != want).mean() < 0.01
    else:
        np.testing.assert_allclose(out, want, rtol=b["tol"], atol=b["tol"])
        np.testing.assert_allclose(theirs[0], want, rtol=b["tol"], atol=b["tol"])
    inner = max(1, int(2e6 / max(least(loop, 3), 1)))
    best = [float("inf")] * 2
    for _ in range(rounds):
        for k, run in enumerate((ours, loop)):
            best[k] = min(best[k], least(run, inner))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    import weft as wf

    library = build()
    print(f"{'kernel':16s} {'weft µs':>10s} {'C µs':>10s} {'weft / C':>9s}")
    ratios = []
    with wf.device("cpu"):
        for name in options.names or BENCHES:
            ours, loop = compare(wf, library, name, options.rounds)
            ratios.append(ours / loop)
            print(f"{name:16s} {ours / 1e3:10.1f} {loop / 1e3:10.1f} {ours / loop:9.2f}", flush=True)
    print(f"geometric mean {np.exp(np.mean(np.log(ratios))):.2f}")


if __name__ == "__main__":
    sys.exit(main())
