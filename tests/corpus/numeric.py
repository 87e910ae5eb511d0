"""Linear algebra, stencils, image filters, Fourier transforms, physics, machine learning, finance."""

import math

import numpy as np
from table import NUMBERS, K, expand, f4, f8, i4, u1, u4

FLOATS = [("float", f4), ("double", f8)]
R = "__device__ inline int at(int y, int x, int w) { return y * w + x; }\n"


def around(a, mode="edge"):
    return np.pad(a, 1, mode)


def blur(a):
    p = around(a.astype(f8))
    return sum(p[i:i + a.shape[0], j:j + a.shape[1]] for i in range(3) for j in range(3)) / 9


CASES = expand("axpy", "extern \"C\" __global__ void NAME(TYPE *y, const TYPE *x, TYPE a, int n) {\n"
               "    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) y[i] = a * x[i] + y[i]; }",
               NUMBERS, lambda name, source, dtype: K(
                   name, source, lambda r: [r.integers(0, 9, 300).astype(dtype), r.integers(0, 9, 300).astype(dtype), dtype(3), 300],
                   lambda y, x, a, n: (a * x + y).astype(dtype), grid=2))
CASES += expand("gemm_tiled", """
#define TILE 8
extern "C" __global__ void NAME(TYPE *C, const TYPE *A, const TYPE *B, int m, int n, int k) {
    __shared__ TYPE As[TILE][TILE], Bs[TILE][TILE + 1];
    int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * TILE + ty, col = blockIdx.x * TILE + tx;
    TYPE acc = 0;
    for (int t = 0; t < (k + TILE - 1) / TILE; ++t) {
        As[ty][tx] = row < m && t * TILE + tx < k ? A[row * k + t * TILE + tx] : TYPE(0);
        Bs[ty][tx] = col < n && t * TILE + ty < k ? B[(t * TILE + ty) * n + col] : TYPE(0);
        __syncthreads();
#pragma unroll
        for (int i = 0; i < TILE; ++i) acc += As[ty][i] * Bs[i][tx];
        __syncthreads();
    }
    if (row < m && col < n) C[row * n + col] = acc;
}""", NUMBERS, lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros((13, 10), dtype), r.integers(0, 3, (13, 20)).astype(dtype), r.integers(0, 3, (20, 10)).astype(dtype), 13, 10, 20],
    lambda c, a, b, *s: (a.astype(f8) @ b.astype(f8)).astype(dtype), grid=(2, 2), block=(8, 8)))
CASES += expand("transpose", """
template <typename T, int D> __device__ void transpose(T *out, const T *in, int w, int h) {
    __shared__ T tile[D][D + 1];
    int x = blockIdx.x * D + threadIdx.x, y = blockIdx.y * D + threadIdx.y;
    for (int j = 0; j < D; j += blockDim.y) if (x < w && y + j < h) tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * w + x];
    __syncthreads();
    x = blockIdx.y * D + threadIdx.x;
    y = blockIdx.x * D + threadIdx.y;
    for (int j = 0; j < D; j += blockDim.y) if (x < h && y + j < w) out[(y + j) * h + x] = tile[threadIdx.x][threadIdx.y + j];
}
extern "C" __global__ void NAME(TYPE *out, const TYPE *in, int w, int h) { transpose<TYPE, 16>(out, in, w, h); }""",
                NUMBERS, lambda name, source, dtype: K(
                    name, source, lambda r: [np.zeros((37, 21), dtype), np.arange(777).reshape(21, 37).astype(dtype), 37, 21],
                    lambda o, a, w, h: a.T, grid=(3, 2), block=(16, 4)))
CASES += expand("gemv_warp", """
extern "C" __global__ void NAME(TYPE *y, const TYPE *A, const TYPE *x, int m, int n) {
    int row = blockIdx.x * blockDim.y + threadIdx.y;
    TYPE v = 0;
    if (row < m) for (int j = threadIdx.x; j < n; j += 32) v += A[row * n + j] * x[j];
    for (int d = 16; d > 0; d >>= 1) v += __shfl_xor_sync(~0u, v, d);
    if (row < m && threadIdx.x == 0) y[row] = v;
}""", FLOATS + [("int", i4)], lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros(11, dtype), r.integers(0, 5, (11, 45)).astype(dtype), r.integers(0, 5, 45).astype(dtype), 11, 45],
    lambda y, a, x, m, n: a @ x, grid=3, block=(32, 4)))
CASES += expand("jacobi", """
extern "C" __global__ void NAME(TYPE *out, const TYPE *in, int h, int w) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x > 0 && y > 0 && x < w - 1 && y < h - 1)
        out[y * w + x] = TYPE(0.25) * (in[(y - 1) * w + x] + in[(y + 1) * w + x] + in[y * w + x - 1] + in[y * w + x + 1]);
}""", FLOATS, lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros((20, 30), dtype), r.random((20, 30)).astype(dtype), 20, 30],
    lambda o, a, h, w: np.pad((a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:]) / 4, 1), grid=(4, 3), block=(8, 8), tol=1e-6))
CASES += expand("stencil_1d", """
extern "C" __global__ void NAME(TYPE *out, const TYPE *in, int n) {
    const int RADIUS = 3;
    __shared__ TYPE s[64 + 2 * RADIUS];
    int i = blockIdx.x * blockDim.x + threadIdx.x, l = threadIdx.x + RADIUS;
    s[l] = i < n ? in[i] : TYPE(0);
    if (threadIdx.x < RADIUS) {
        s[l - RADIUS] = i >= RADIUS ? in[i - RADIUS] : TYPE(0);
        s[l + 64] = i + 64 < n ? in[i + 64] : TYPE(0);
    }
    __syncthreads();
    TYPE v = 0;
    for (int d = -RADIUS; d <= RADIUS; d++) v += s[l + d];
    if (i < n) out[i] = v;
}""", NUMBERS, lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros(200, dtype), r.integers(0, 9, 200).astype(dtype), 200],
    lambda o, a, n: np.convolve(a.astype(f8), np.ones(7), "same").astype(dtype), grid=4))

ELEMENTWISE = {  # activation functions and their like: (body of f(x), NumPy)
    "relu": ("return x > 0 ? x : 0;", lambda x: np.maximum(x, 0)),
    "leaky_relu": ("return x > 0 ? x : 0.01f * x;", lambda x: np.where(x > 0, x, 0.01 * x)),
    "sigmoid": ("return 1.0f / (1.0f + expf(-x));", lambda x: 1 / (1 + np.exp(-x))),
    "tanh_": ("return tanhf(x);", np.tanh),
    "silu": ("return x / (1.0f + __expf(-x));", lambda x: x / (1 + np.exp(-x))),
    "gelu": ("return 0.5f * x * (1.0f + erff(x * 0.70710678f));", lambda x: 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))),
    "gelu_tanh": ("return 0.5f * x * (1.0f + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));",
                  lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))),
    "softplus": ("return log1pf(expf(x));", lambda x: np.log1p(np.exp(x))),
    "mish": ("return x * tanhf(log1pf(expf(x)));", lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    "elu": ("return x > 0 ? x : expm1f(x);", lambda x: np.where(x > 0, x, np.expm1(x))),
    "hard_sigmoid": ("return __saturatef(x / 6 + 0.5f);", lambda x: np.clip(x / 6 + 0.5, 0, 1)),
    "hard_swish": ("return x * fminf(fmaxf(x + 3.0f, 0.0f), 6.0f) / 6.0f;", lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "smoothstep": ("float t = __saturatef(x); return t * t * (3 - 2 * t);", lambda x: (lambda t: t * t * (3 - 2 * t))(np.clip(x, 0, 1))),
    "sinc": ("return x == 0 ? 1.0f : sinpif(x) / (CUDART_PI_F * x);", np.sinc),
    "cube_root": ("return cbrtf(x) + rsqrtf(1 + x * x);", lambda x: np.cbrt(x) + 1 / np.sqrt(1 + x * x)),
    "polar": ("return atan2f(x, 1.5f) + hypotf(x, 2.0f);", lambda x: np.arctan2(x, 1.5) + np.hypot(x, 2)),
    "wrap_angle": ("return x - 2 * CUDART_PI_F * floorf((x + CUDART_PI_F) / (2 * CUDART_PI_F));",
                   lambda x: x - 2 * np.pi * np.floor((x + np.pi) / (2 * np.pi))),
    "huber": ("float a = fabsf(x); return a < 1 ? 0.5f * a * a : a - 0.5f;", lambda x: np.where(abs(x) < 1, x * x / 2, abs(x) - 0.5)),
    "gauss": ("return expf(-0.5f * x * x) * 0.39894228f;", lambda x: np.exp(-x * x / 2) / math.sqrt(2 * math.pi)),
    "normal_cdf": ("return normcdff(x);", lambda x: 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))),
}
for _name, (_body, _want) in ELEMENTWISE.items():
    CASES.append(K(f"map_{_name}", f"""
struct op {{ __device__ float operator()(float x) const {{ {_body} }} }};
template <class Op> __device__ void map(float *out, const float *in, int n, Op f) {{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = f(in[i]);
}}
extern "C" __global__ void map_{_name}(float *out, const float *in, int n) {{ map(out, in, n, op()); }}""",
                   lambda r: [np.zeros(150, f4), (r.random(150, f4) * f4(8) - f4(4)), 150],
                   lambda o, x, n, want=_want: want(x.astype(f8)), grid=3, tol=2e-5))

FILTERS = {  # 3 × 3, clamped: (expression of p(dy, dx), NumPy of padded and shape)
    "box": ("float s = 0; for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++) s += p(i, j); return s / 9;", blur),
    "laplace": ("return p(-1, 0) + p(1, 0) + p(0, -1) + p(0, 1) - 4 * p(0, 0);",
                lambda a: (lambda p: p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * p[1:-1, 1:-1])(around(a.astype(f8)))),
    "sobel": ("float gx = p(-1, 1) + 2 * p(0, 1) + p(1, 1) - p(-1, -1) - 2 * p(0, -1) - p(1, -1), "
              "gy = p(1, -1) + 2 * p(1, 0) + p(1, 1) - p(-1, -1) - 2 * p(-1, 0) - p(-1, 1); return sqrtf(gx * gx + gy * gy);",
              lambda a: (lambda p: np.hypot(p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2],
                                            p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]))(
                  around(a.astype(f8)))),
    "erode": ("float m = p(0, 0); for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++) m = fminf(m, p(i, j)); return m;",
              lambda a: np.min([around(a)[i:i + a.shape[0], j:j + a.shape[1]] for i in range(3) for j in range(3)], axis=0)),
    "dilate": ("float m = p(0, 0); for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++) m = fmaxf(m, p(i, j)); return m;",
               lambda a: np.max([around(a)[i:i + a.shape[0], j:j + a.shape[1]] for i in range(3) for j in range(3)], axis=0)),
    "median": ("float v[9]; int n = 0; for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++) v[n++] = p(i, j); "
               "for (int i = 0; i < 5; i++) for (int j = i + 1; j < 9; j++) if (v[j] < v[i]) { float t = v[i]; v[i] = v[j]; v[j] = t; } return v[4];",
               lambda a: np.median([around(a)[i:i + a.shape[0], j:j + a.shape[1]] for i in range(3) for j in range(3)], axis=0)),
    "emboss": ("return p(1, 1) - p(-1, -1) + 0.5f;", lambda a: around(a.astype(f8))[2:, 2:] - around(a.astype(f8))[:-2, :-2] + 0.5),
    "sharpen": ("return 5 * p(0, 0) - p(-1, 0) - p(1, 0) - p(0, -1) - p(0, 1);",
                lambda a: (lambda p: 5 * p[1:-1, 1:-1] - p[:-2, 1:-1] - p[2:, 1:-1] - p[1:-1, :-2] - p[1:-1, 2:])(around(a.astype(f8)))),
}
for _name, (_body, _want) in FILTERS.items():
    CASES.append(K(f"filter_{_name}", f"""
extern "C" __global__ void filter_{_name}(float *out, const float *in, int h, int w) {{
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= w || y >= h) return;
    auto p = [=](int dy, int dx) {{ return in[min(max(y + dy, 0), h - 1) * w + min(max(x + dx, 0), w - 1)]; }};
    auto f = [&]() -> float {{ {_body} }};
    out[y * w + x] = f();
}}""", lambda r: [np.zeros((18, 21), f4), r.random((18, 21), f4), 18, 21], lambda o, a, h, w, want=_want: want(a),
                   grid=(3, 3), block=(8, 8), tol=1e-4))
CASES += [
    K("gray", """
extern "C" __global__ void gray(unsigned char *out, const uchar4 *rgba, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { uchar4 c = rgba[i]; out[i] = (299 * c.x + 587 * c.y + 114 * c.z) / 1000; }
}""", lambda r: [np.zeros(100, u1), r.integers(0, 256, (100, 4)).astype(u1), 100],
      lambda o, c, n: (c[:, :3].astype(i4) @ [299, 587, 114] // 1000), grid=2),
    K("mandelbrot", """
extern "C" __global__ void mandelbrot(int *out, int w, int h, int limit) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= w || y >= h) return;
    double cr = -2 + 3.0 * x / w, ci = -1 + 2.0 * y / h, zr = 0, zi = 0;
    int n = 0;
    while (n < limit && (zr * zr) + (zi * zi) <= 4) { double t = (zr * zr) - (zi * zi); zi = (2 * zr * zi) + ci; zr = t + cr; n++; }
    out[y * w + x] = n;
}""", lambda r: [np.zeros((16, 24), i4), 24, 16, 40], lambda o, w, h, m: mandel(w, h, m), grid=(3, 2), block=(8, 8)),
    K("life", R + """
extern "C" __global__ void life(int *next, const int *now, int h, int w) {
    int x = threadIdx.x, y = threadIdx.y, n = 0;
    for (int dy = -1; dy <= 1; dy++) for (int dx = -1; dx <= 1; dx++) if (dx || dy) n += now[at((y + dy + h) % h, (x + dx + w) % w, w)];
    next[at(y, x, w)] = n == 3 || (n == 2 && now[at(y, x, w)]);
}""", lambda r: [np.zeros((8, 12), i4), r.integers(0, 2, (8, 12)).astype(i4), 8, 12],
      lambda o, a, h, w: (lambda n: (n == 3) | ((n == 2) & (a == 1)))(
          sum(np.roll(a, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)) - a), block=(12, 8)),
    K("dft", """
extern "C" __global__ void dft(float2 *out, const float2 *in, int n) {
    int k = threadIdx.x;
    float2 s = make_float2(0, 0);
    for (int j = 0; j < n; j++) {
        float sn, cs;
        sincospif(-2.0f * (k * j % n) / n, &sn, &cs);
        s.x += in[j].x * cs - in[j].y * sn;
        s.y += in[j].x * sn + in[j].y * cs;
    }
    out[k] = s;
}""", lambda r: [np.zeros(30, np.complex64), (r.random(30) + 1j * r.random(30)).astype(np.complex64), 30], lambda o, x, n: np.fft.fft(x),
      block=30, tol=1e-4),
    K("fft_radix2", """
__device__ float2 operator*(float2 a, float2 b) { return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
__device__ float2 operator+(float2 a, float2 b) { return make_float2(a.x + b.x, a.y + b.y); }
__device__ float2 operator-(float2 a, float2 b) { return make_float2(a.x - b.x, a.y - b.y); }
extern "C" __global__ void fft_radix2(float2 *x) {
    __shared__ float2 s[64];
    unsigned t = threadIdx.x;
    s[__brev(t) >> 26] = x[t];
    s[__brev(t + 32) >> 26] = x[t + 32];
    for (unsigned half = 1; half < 64; half *= 2) {
        __syncthreads();
        unsigned j = t % half, i = t / half * half * 2 + j;
        float sn, cs;
        sincospif(-(float)j / half, &sn, &cs);
        float2 a = s[i], b = s[i + half] * make_float2(cs, sn);
        s[i] = a + b;
        s[i + half] = a - b;
    }
    __syncthreads();
    x[t] = s[t];
    x[t + 32] = s[t + 32];
}""", lambda r: [(r.random(64) + 1j * r.random(64)).astype(np.complex64)], lambda x: np.fft.fft(x), block=32, tol=1e-4),
    K("walsh_hadamard", """
extern "C" __global__ void walsh_hadamard(int *x) {
    __shared__ int s[32];
    int t = threadIdx.x, v = x[t];
    for (int d = 1; d < 32; d *= 2) { int o = __shfl_xor_sync(0xffffffffu, v, d); v = t & d ? o - v : v + o; }
    s[t] = v;
    x[t] = s[t];
}""", lambda r: [r.integers(-9, 9, 32).astype(i4)],
      lambda x: np.array([[(-1) ** bin(i & j).count("1") for j in range(32)] for i in range(32)]) @ x, block=32),
    K("nbody", """
struct body { float3 p; float m; };
__device__ float3 pull(float3 a, body b, float3 acc) {
    float3 d = make_float3(b.p.x - a.x, b.p.y - a.y, b.p.z - a.z);
    float r2 = d.x * d.x + d.y * d.y + d.z * d.z + 0.01f, inv = rsqrtf(r2 * r2 * r2) * b.m;
    return make_float3(acc.x + d.x * inv, acc.y + d.y * inv, acc.z + d.z * inv);
}
extern "C" __global__ void nbody(float3 *acc, const float4 *bodies, int n) {
    __shared__ float4 tile[32];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 me = i < n ? bodies[i] : make_float4(0, 0, 0, 0);
    float3 a = {0, 0, 0};
    for (int base = 0; base < n; base += blockDim.x) {
        if (base + threadIdx.x < n) tile[threadIdx.x] = bodies[base + threadIdx.x];
        __syncthreads();
        for (int j = 0; j < min((int)blockDim.x, n - base); j++) {
            body b = {make_float3(tile[j].x, tile[j].y, tile[j].z), tile[j].w};
            a = pull(make_float3(me.x, me.y, me.z), b, a);
        }
        __syncthreads();
    }
    if (i < n) acc[i] = a;
}""", lambda r: [np.zeros((50, 3), f4), r.random((50, 4), f4), 50], lambda o, b, n: gravity(b.astype(f8)), grid=2, block=32, tol=1e-4),
    K("lbm_collide", """
__constant__ float w[9] = {4.f / 9, 1.f / 9, 1.f / 9, 1.f / 9, 1.f / 9, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36};
__constant__ int cx[9] = {0, 1, 0, -1, 0, 1, -1, -1, 1}, cy[9] = {0, 0, 1, 0, -1, 1, 1, -1, -1};
extern "C" __global__ void lbm_collide(float *f, int n, float omega) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float g[9], rho = 0, ux = 0, uy = 0;
#pragma unroll
    for (int k = 0; k < 9; k++) { g[k] = f[k * n + i]; rho += g[k]; ux += cx[k] * g[k]; uy += cy[k] * g[k]; }
    ux /= rho;
    uy /= rho;
    for (int k = 0; k < 9; k++) {
        float cu = 3 * (cx[k] * ux + cy[k] * uy);
        f[k * n + i] = g[k] + omega * (w[k] * rho * (1 + cu + 0.5f * cu * cu - 1.5f * (ux * ux + uy * uy)) - g[k]);
    }
}""", lambda r: [r.random((9, 40), f4) + f4(0.5), 40, 1.2], lambda f, n, o: collide(f.astype(f8), o), tol=1e-5),
    K("fdtd_1d", """
extern "C" __global__ void fdtd_1d(float *e, float *h, int n, int steps) {
    int i = threadIdx.x;
    for (int t = 0; t < steps; t++) {
        if (i < n - 1) h[i] += 0.5f * (e[i + 1] - e[i]);
        __syncthreads();
        if (i > 0 && i < n) e[i] += 0.5f * (h[i] - h[i - 1]);
        if (i == n / 2) e[i] += expf(-0.1f * (t - 5) * (t - 5));
        __syncthreads();
    }
}""", lambda r: [np.zeros(50, f4), np.zeros(50, f4), 50, 12], lambda e, h, n, s: fdtd(n, s), tol=1e-4),
    K("wave_2d", """
extern "C" __global__ void wave_2d(float *next, const float *now, const float *before, int n, float c2) {
    int x = blockIdx.x * blockDim.x + threadIdx.x + 1, y = blockIdx.y * blockDim.y + threadIdx.y + 1;
    if (x >= n - 1 || y >= n - 1) return;
    int i = y * n + x;
    next[i] = 2 * now[i] - before[i] + c2 * (now[i - 1] + now[i + 1] + now[i - n] + now[i + n] - 4 * now[i]);
}""", lambda r: [np.zeros((17, 17), f4), r.random((17, 17), f4), r.random((17, 17), f4), 17, 0.25],
      lambda o, a, b, n, c: np.pad((2 * a - b)[1:-1, 1:-1] + f4(c) * (a[1:-1, :-2] + a[1:-1, 2:] + a[:-2, 1:-1] + a[2:, 1:-1] - 4 * a[1:-1, 1:-1]), 1),
      grid=(2, 2), block=(8, 8), tol=1e-5),
    K("heat_3d", """
#define I(x, y, z) ((((z) * n) + (y)) * n + (x))
extern "C" __global__ void heat_3d(double *out, const double *in, int n, double k) {
    int x = threadIdx.x + 1, y = threadIdx.y + 1, z = threadIdx.z + 1;
    double c = in[I(x, y, z)];
    out[I(x, y, z)] = c + k * (in[I(x - 1, y, z)] + in[I(x + 1, y, z)] + in[I(x, y - 1, z)] + in[I(x, y + 1, z)] + in[I(x, y, z - 1)] + in[I(x, y, z + 1)] - 6 * c);
}""", lambda r: [np.zeros((6, 6, 6)), r.random((6, 6, 6)), 6, 0.1],
      lambda o, a, n, k: np.pad(a[1:-1, 1:-1, 1:-1] + k * (a[1:-1, 1:-1, :-2] + a[1:-1, 1:-1, 2:] + a[1:-1, :-2, 1:-1] + a[1:-1, 2:, 1:-1] +
                                                          a[:-2, 1:-1, 1:-1] + a[2:, 1:-1, 1:-1] - 6 * a[1:-1, 1:-1, 1:-1]), 1),
      block=(4, 4, 4), tol=1e-12),
    K("softmax_rows", """
extern "C" __global__ void softmax_rows(float *out, const float *in, int cols) {
    const float *row = in + blockIdx.x * cols;
    __shared__ float s[32];
    float top = -INFINITY, sum = 0;
    for (int i = threadIdx.x; i < cols; i += 32) top = fmaxf(top, row[i]);
    for (int d = 16; d; d >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffff, top, d));
    for (int i = threadIdx.x; i < cols; i += 32) sum += expf(row[i] - top);
    s[threadIdx.x] = sum;
    __syncwarp();
    for (int d = 16; d; d >>= 1) { if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d]; __syncwarp(); }
    for (int i = threadIdx.x; i < cols; i += 32) out[blockIdx.x * cols + i] = expf(row[i] - top) / s[0];
}""", lambda r: [np.zeros((4, 70), f4), r.standard_normal((4, 70)).astype(f4), 70], lambda o, x, c: np.exp(x - x.max(1, keepdims=True)) /
      np.exp(x - x.max(1, keepdims=True)).sum(1, keepdims=True), grid=4, block=32, tol=1e-5),
    K("layer_norm", """
__device__ float block_sum(float v, float *s) {
    s[threadIdx.x] = v;
    __syncthreads();
    for (int h = blockDim.x / 2; h; h /= 2) { if (threadIdx.x < h) s[threadIdx.x] += s[threadIdx.x + h]; __syncthreads(); }
    float r = s[0];
    __syncthreads();
    return r;
}
extern "C" __global__ void layer_norm(float *out, const float *in, const float *gamma, const float *beta, int n) {
    extern __shared__ float s[];
    const float *x = in + blockIdx.x * n;
    float v = 0, q = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) v += x[i];
    float mean = block_sum(v, s) / n;
    for (int i = threadIdx.x; i < n; i += blockDim.x) q += (x[i] - mean) * (x[i] - mean);
    float inv = rsqrtf(block_sum(q, s) / n + 1e-5f);
    for (int i = threadIdx.x; i < n; i += blockDim.x) out[blockIdx.x * n + i] = (x[i] - mean) * inv * gamma[i] + beta[i];
}""", lambda r: [np.zeros((3, 100), f4), r.random((3, 100), f4), r.random(100, f4), r.random(100, f4), 100],
      lambda o, x, g, b, n: (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5) * g + b, grid=3, shared=256, tol=1e-4),
    K("attention", """
extern "C" __global__ void attention(float *out, const float *q, const float *k, const float *v, int n, int d) {
    int i = blockIdx.x, t = threadIdx.x; // online softmax, one query a block, one component a thread
    __shared__ float s[16], dot;
    float m = -INFINITY, l = 0, acc = 0;
    for (int j = 0; j < n; j++) {
        s[t] = q[i * d + t] * k[j * d + t];
        __syncthreads();
        if (t == 0) { float sum = 0; for (int c = 0; c < d; c++) sum += s[c]; dot = sum * rsqrtf((float)d); }
        __syncthreads();
        float top = fmaxf(m, dot), scale = expf(m - top), p = expf(dot - top);
        l = l * scale + p;
        acc = acc * scale + p * v[j * d + t];
        m = top;
        __syncthreads();
    }
    out[i * d + t] = acc / l;
}""", lambda r: [np.zeros((6, 16), f4), *(r.standard_normal((6, 16)).astype(f4) for _ in range(3)), 6, 16],
      lambda o, q, k, v, n, d: (lambda p: p / p.sum(1, keepdims=True))(np.exp(q @ k.T / 4)) @ v, grid=6, block=16, tol=1e-4),
    K("conv2d", """
extern "C" __global__ void conv2d(float *out, const float *in, const float *kernel, int c_in, int h, int w, int kh, int kw) {
    int ox = threadIdx.x, oy = threadIdx.y, co = blockIdx.x, oh = h - kh + 1, ow = w - kw + 1;
    float acc = 0;
    for (int c = 0; c < c_in; c++) for (int i = 0; i < kh; i++) for (int j = 0; j < kw; j++)
        acc += in[(c * h + oy + i) * w + ox + j] * kernel[((co * c_in + c) * kh + i) * kw + j];
    out[(co * oh + oy) * ow + ox] = acc;
}""", lambda r: [np.zeros((3, 6, 7), f4), r.random((2, 8, 9), f4), r.random((3, 2, 3, 3), f4), 2, 8, 9, 3, 3],
      lambda o, x, k, *s: np.array([sum(k[a, c, i, j] * x[c, i:i + 6, j:j + 7] for c in range(2) for i in range(3) for j in range(3))
                                    for a in range(3)]), grid=3, block=(7, 6), tol=1e-5),
    K("max_pool", """
extern "C" __global__ void max_pool(float *out, const float *in, int w) {
    int x = threadIdx.x, y = threadIdx.y;
    const float *p = in + 2 * y * w + 2 * x;
    out[y * blockDim.x + x] = fmaxf(fmaxf(p[0], p[1]), fmaxf(p[w], p[w + 1]));
}""", lambda r: [np.zeros((5, 6), f4), r.random((10, 12), f4), 12], lambda o, x, w: x.reshape(5, 2, 6, 2).max((1, 3)), block=(6, 5)),
    K("cross_entropy", """
extern "C" __global__ void cross_entropy(float *loss, const float *logits, const int *target, int n, int classes) {
    int i = threadIdx.x;
    if (i >= n) return;
    float top = logits[i * classes], sum = 0;
    for (int c = 1; c < classes; c++) top = max(top, logits[i * classes + c]);
    for (int c = 0; c < classes; c++) sum += expf(logits[i * classes + c] - top);
    loss[i] = top + logf(sum) - logits[i * classes + target[i]];
}""", lambda r: [np.zeros(20, f4), r.standard_normal((20, 5)).astype(f4), r.integers(0, 5, 20).astype(i4), 20, 5],
      lambda o, x, t, n, c: np.log(np.exp(x).sum(1)) - x[np.arange(20), t], tol=1e-4),
    K("adam", """
extern "C" __global__ void adam(float *p, float *m, float *v, const float *g, int n, float rate, int step) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    p[i] -= rate * (m[i] / (1 - powf(0.9f, step))) / (sqrtf(v[i] / (1 - powf(0.999f, step))) + 1e-8f);
}""", lambda r: [r.random(70, f4), np.zeros(70, f4), np.zeros(70, f4), r.random(70, f4), 70, 0.01, 1],
      lambda p, m, v, g, n, rate, s: p - rate * g / (g + 1e-8), grid=2, tol=1e-4),
    K("embedding", """
extern "C" __global__ void embedding(float4 *out, const float4 *table, const int *ids, int n, int width) {
    int token = blockIdx.x;
    if (token < n) for (int i = threadIdx.x; i < width; i += blockDim.x) out[token * width + i] = table[ids[token] * width + i];
}""", lambda r: [np.zeros((7, 32), f4), r.random((10, 32), f4), r.integers(0, 10, 7).astype(i4), 7, 8], lambda o, t, i, n, w: t[i], grid=7),
    K("black_scholes", """
__device__ __forceinline__ float cdf(float d) { return 0.5f * erfcf(-d * 0.70710678f); }
extern "C" __global__ void black_scholes(float *call, const float *s, const float *x, const float *t, float r, float v, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float root = sqrtf(t[i]), d1 = (logf(s[i] / x[i]) + (r + 0.5f * v * v) * t[i]) / (v * root), d2 = d1 - v * root;
    call[i] = s[i] * cdf(d1) - x[i] * expf(-r * t[i]) * cdf(d2);
}""", lambda r: [np.zeros(80, f4), *((r.random(80, f4) * f4(2) + f4(1)) for _ in range(3)), 0.02, 0.3, 80],
      lambda o, s, x, t, r, v, n: scholes(s.astype(f8), x.astype(f8), t.astype(f8), r, v), grid=2, tol=2e-4),
    K("binomial_option", """
extern "C" __global__ void binomial_option(float *out, const float *spot, float strike, float u, float p, int steps) {
    __shared__ float v[32];
    int j = threadIdx.x;
    float s = spot[blockIdx.x] * powf(u, 2.0f * j - steps);
    v[j] = fmaxf(s - strike, 0.0f);
    for (int n = steps; n > 0; n--) {
        __syncthreads();
        float next = j < n ? p * v[j + 1] + (1 - p) * v[j] : 0.0f;
        __syncthreads();
        if (j < n) v[j] = next;
    }
    if (j == 0) out[blockIdx.x] = v[0];
}""", lambda r: [np.zeros(5, f4), np.linspace(80, 120, 5).astype(f4), 100.0, 1.02, 0.5, 31],
      lambda o, s, k, u, p, n: [sum(math.comb(n, j) * p**n * max(float(x) * u ** (2 * j - n) - k, 0) for j in range(n + 1)) for x in s],
      grid=5, block=32, tol=1e-4),
    K("monte_carlo_pi", """
extern "C" __global__ void monte_carlo_pi(unsigned *inside, unsigned seed, int tries) {
    unsigned s = seed ^ (blockIdx.x * blockDim.x + threadIdx.x) * 2654435761u, hits = 0;
    for (int i = 0; i < tries; i++) {
        s = s * 1664525u + 1013904223u;
        unsigned x = s >> 16;
        s = s * 1664525u + 1013904223u;
        unsigned y = s >> 16;
        hits += x * x / 65536u + y * y / 65536u < 65536u;
    }
    atomicAdd(inside, hits);
}""", lambda r: [np.zeros(1, u4), 12345, 20], lambda o, s, t: [pi_hits(s, t)], grid=2),
    K("k_means_assign", """
extern "C" __global__ void k_means_assign(int *label, const float2 *p, const float2 *centre, int n, int k) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, best = 0;
    if (i >= n) return;
    float low = 1e30f;
    for (int c = 0; c < k; c++) {
        float dx = p[i].x - centre[c].x, dy = p[i].y - centre[c].y, d = dx * dx + dy * dy;
        if (d < low) low = d, best = c;
    }
    label[i] = best;
}""", lambda r: [np.zeros(90, i4), r.random((90, 2), f4), r.random((4, 2), f4), 90, 4],
      lambda o, p, c, n, k: ((p[:, None] - c) ** 2).sum(2).argmin(1), grid=2),
    K("lu_in_place", """
extern "C" __global__ void lu_in_place(double *a, int n) {
    int i = threadIdx.x;
    for (int k = 0; k < n - 1; k++) {
        if (i > k && i < n) {
            double f = a[i * n + k] /= a[k * n + k];
            for (int j = k + 1; j < n; j++) a[i * n + j] -= f * a[k * n + j];
        }
        __syncthreads();
    }
}""", lambda r: [r.random((7, 7)) + 7 * np.eye(7), 7], lambda a, n: doolittle(a), block=32, tol=1e-9),
    K("cholesky", """
extern "C" __global__ void cholesky(double *a, int n) {
    for (int k = 0; k < n; k++) {
        if (threadIdx.x == 0) a[k * n + k] = sqrt(a[k * n + k]);
        __syncthreads();
        int i = k + 1 + threadIdx.x;
        if (i < n) a[i * n + k] /= a[k * n + k];
        __syncthreads();
        if (i < n) for (int j = k + 1; j <= i; j++) a[i * n + j] -= a[i * n + k] * a[j * n + k];
        if (threadIdx.x > k && threadIdx.x < n) a[k * n + threadIdx.x] = 0;
        __syncthreads();
    }
}""", lambda r: [(lambda b: b @ b.T + 6 * np.eye(6))(r.random((6, 6))), 6], lambda a, n: np.linalg.cholesky(a), block=16, tol=1e-9),
    K("tridiagonal_pcr", """
extern "C" __global__ void tridiagonal_pcr(double *x, const double *lower, const double *diag, const double *upper, const double *rhs) {
    __shared__ double a[32], b[32], c[32], d[32];
    int i = threadIdx.x;
    a[i] = lower[i]; b[i] = diag[i]; c[i] = upper[i]; d[i] = rhs[i];
    for (int s = 1; s < 32; s *= 2) {
        __syncthreads();
        double l = i >= s ? -a[i] / b[i - s] : 0, u = i + s < 32 ? -c[i] / b[i + s] : 0;
        double na = i >= s ? l * a[i - s] : 0, nc = i + s < 32 ? u * c[i + s] : 0;
        double nb = b[i] + (i >= s ? l * c[i - s] : 0) + (i + s < 32 ? u * a[i + s] : 0);
        double nd = d[i] + (i >= s ? l * d[i - s] : 0) + (i + s < 32 ? u * d[i + s] : 0);
        __syncthreads();
        a[i] = na; b[i] = nb; c[i] = nc; d[i] = nd;
    }
    x[i] = d[i] / b[i];
}""", lambda r: [np.zeros(32), np.r_[0, r.random(31)], 3 + r.random(32), np.r_[r.random(31), 0], r.random(32)],
      lambda x, a, b, c, d: np.linalg.solve(np.diag(b) + np.diag(a[1:], -1) + np.diag(c[:-1], 1), d), block=32, tol=1e-9),
]


def mandel(w, h, limit):
    y, x = np.mgrid[:h, :w]
    c = (-2 + 3.0 * x / w) + 1j * (-1 + 2.0 * y / h)
    z, n = np.zeros_like(c), np.zeros((h, w), i4)
    for _ in range(limit):
        inside = z.real**2 + z.imag**2 <= 4
        n += inside
        z = np.where(inside, (z.real**2 - z.imag**2 + c.real) + 1j * (2 * z.real * z.imag + c.imag), z)
    return n


def gravity(b):
    d = b[None, :, :3] - b[:, None, :3]
    return (d * (b[:, 3] * ((d**2).sum(2) + 0.01) ** -1.5)[:, :, None]).sum(1)


def collide(f, omega):
    w = np.array([16, 4, 4, 4, 4, 1, 1, 1, 1])[:, None] / 36
    cx, cy = np.array([0, 1, 0, -1, 0, 1, -1, -1, 1])[:, None], np.array([0, 0, 1, 0, -1, 1, 1, -1, -1])[:, None]
    rho = f.sum(0)
    ux, uy = (cx * f).sum(0) / rho, (cy * f).sum(0) / rho
    cu = 3 * (cx * ux + cy * uy)
    return f + omega * (w * rho * (1 + cu + cu * cu / 2 - 1.5 * (ux * ux + uy * uy)) - f)


def fdtd(n, steps):
    e, h = np.zeros(n), np.zeros(n)
    for t in range(steps):
        h[:-1] += 0.5 * (e[1:] - e[:-1])
        e[1:] += 0.5 * (h[1:] - h[:-1])
        e[n // 2] += math.exp(-0.1 * (t - 5) ** 2)
    return e


def scholes(s, x, t, r, v):
    cdf = np.vectorize(lambda d: 0.5 * math.erfc(-d / math.sqrt(2)))
    d1 = (np.log(s / x) + (r + v * v / 2) * t) / (v * np.sqrt(t))
    return s * cdf(d1) - x * np.exp(-r * t) * cdf(d1 - v * np.sqrt(t))


def pi_hits(seed, tries):
    hits = 0
    for i in range(128):
        s = seed ^ (i * 2654435761 & 0xffffffff)
        for _ in range(tries):
            s = (s * 1664525 + 1013904223) & 0xffffffff
            x = s >> 16
            s = (s * 1664525 + 1013904223) & 0xffffffff
            y = s >> 16
            hits += x * x // 65536 + y * y // 65536 < 65536
    return hits


def doolittle(a):
    a = a.copy()
    for k in range(len(a) - 1):
        a[k + 1:, k] /= a[k, k]
        a[k + 1:, k + 1:] -= np.outer(a[k + 1:, k], a[k, k + 1:])
    return a
