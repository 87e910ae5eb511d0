"""Kernels as language-model codes, benchmark suites, hashing programs, ray tracers and C++20 libraries write them."""

import hashlib
import struct

import numpy as np
from table import K, f4, f8, i4, u1, u4

u8 = np.uint64


def normal(*shapes, out, dtype=f4, scale=1.0):
    return lambda r: [np.zeros(out, dtype)] + [(r.standard_normal(s) * scale).astype(dtype) for s in shapes]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def attention(q, k, v):
    s = q.astype(f8) @ k.astype(f8).T / np.sqrt(q.shape[1])
    s[np.triu_indices(len(s), 1)] = -np.inf
    return softmax(s) @ v


def rope(x, n_head, d):
    y = x.astype(f8).reshape(-1, n_head, d // 2, 2).copy()
    angle = np.arange(len(y))[:, None, None] * 10000.0 ** (-2.0 * np.arange(d // 2) / d)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([y[..., 0] * c - y[..., 1] * s, y[..., 0] * s + y[..., 1] * c], -1).reshape(x.shape)


def hotspot(out, t, p, steps=2):
    t = t.astype(f8)
    for _ in range(steps):
        e = np.pad(t, 1, mode="edge")
        t = t + 0.1 * (p + e[:-2, 1:-1] + e[2:, 1:-1] + e[1:-1, :-2] + e[1:-1, 2:] - 4 * t)
    return t


def needleman(out, a, b):
    n = len(a)
    h = np.zeros((n + 1, n + 1), i4)
    h[0], h[:, 0] = -2 * np.arange(n + 1), -2 * np.arange(n + 1)
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            h[i, j] = max(h[i - 1, j - 1] + (3 if a[i - 1] == b[j - 1] else -1), h[i - 1, j] - 2, h[i, j - 1] - 2)
    return h


def pathfinder(out, wall):
    best = wall[0].astype(i4)
    for row in wall[1:]:
        e = np.pad(best, 1, constant_values=1 << 30)
        best = row + np.minimum(np.minimum(e[:-2], e[1:-1]), e[2:])
    return best


def lennard_jones(out, x):
    d = x[:, None, :3].astype(f8) - x[None, :, :3]
    r2 = (d * d).sum(-1) + np.eye(len(x))
    s = (1 / r2) ** 3
    f = (12 * s * s - 6 * s) / r2 * ((r2 < 9) & ~np.eye(len(x), dtype=bool))
    return (d * f[..., None]).sum(1)


def murmur(data, seed):
    h, m = int(seed), 0xFFFFFFFF
    for (k,) in struct.iter_unpack("<I", data):
        k = k * 0xCC9E2D51 & m
        k = (k << 15 | k >> 17) * 0x1B873593 & m
        h ^= k
        h = ((h << 13 | h >> 19) & m) * 5 + 0xE6546B64 & m
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & m
    h = (h ^ h >> 13) * 0xC2B2AE35 & m
    return h ^ h >> 16


def siphash(key, data):
    m = (1 << 64) - 1
    k0, k1 = (int(k) for k in key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def rounds(n):
        def left(x, b):
            return (x << b | x >> (64 - b)) & m

        for _ in range(n):
            v[0] = v[0] + v[1] & m
            v[2] = v[2] + v[3] & m
            v[1], v[3] = left(v[1], 13) ^ v[0], left(v[3], 16) ^ v[2]
            v[0] = left(v[0], 32)
            v[2] = v[2] + v[1] & m
            v[0] = v[0] + v[3] & m
            v[1], v[3] = left(v[1], 17) ^ v[2], left(v[3], 21) ^ v[0]
            v[2] = left(v[2], 32)

    for word in [int(w) for w in data] + [(8 * len(data) & 255) << 56]:
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def chacha_block(key, counter):
    m = 0xFFFFFFFF
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574] + [int(k) for k in key] + [counter, 0, 0, 0]
    x = list(start)

    def quarter(a, b, c, d):
        for p, q, r, s in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[p] = x[p] + x[q] & m
            y = x[r] ^ x[p]
            x[r] = (y << s | y >> (32 - s)) & m

    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*q)
    return [a + b & m for a, b in zip(x, start)]


def spheres(out, s):
    n = 16
    y, x = np.mgrid[:n, :n]
    d = np.stack([(x + 0.5) / n * 2 - 1, (y + 0.5) / n * 2 - 1, np.full((n, n), -1.5)], -1)
    d /= np.sqrt((d * d).sum(-1, keepdims=True))
    best, image = np.full((n, n), 1e30), np.zeros((n, n))
    for c in s.astype(f8):
        b = -(d * c[:3]).sum(-1)
        q = b * b - ((c[:3] ** 2).sum() - c[3] ** 2)
        t = -b - np.sqrt(np.maximum(q, 0))
        hit = (q > 0) & (t > 1e-3) & (t < best)
        normal_ = (d * t[..., None] - c[:3]) / c[3]
        best, image = np.where(hit, t, best), np.where(hit, 0.5 * (normal_[..., 1] + 1), image)
    return image


def q8_blocks(r, rows, cols):
    blocks = np.zeros((rows, cols // 32), np.dtype([("d", "<f2"), ("q", "i1", 32)]))
    blocks["d"] = r.random((rows, cols // 32)) / 8
    blocks["q"] = r.integers(-127, 128, (rows, cols // 32, 32))
    return blocks.view(u1).reshape(rows, -1)


def q8_matvec(out, w, x):
    b = w.reshape(-1).view(np.dtype([("d", "<f2"), ("q", "i1", 32)])).reshape(len(w), -1)
    return (b["q"].astype(f8) * b["d"].astype(f8)[..., None]).reshape(len(w), -1) @ x


def jump_flood(out, seeds):
    n = 32
    y, x = np.mgrid[:n, :n]
    d = [(x - s % n) ** 2 + (y - s // n) ** 2 for s in seeds]
    return np.min(d, 0)


VEC3 = """
struct vec3 {
    float x, y, z;
    __device__ vec3(float a = 0) : x(a), y(a), z(a) {}
    __device__ vec3(float a, float b, float c) : x(a), y(b), z(c) {}
    friend __device__ vec3 operator+(const vec3 &a, const vec3 &b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    friend __device__ vec3 operator-(const vec3 &a, const vec3 &b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend __device__ vec3 operator*(float s, const vec3 &a) { return {s * a.x, s * a.y, s * a.z}; }
    __device__ vec3 operator-() const { return {-x, -y, -z}; }
    __device__ vec3 &operator/=(float s) { x /= s; y /= s; z /= s; return *this; }
};
__device__ inline float dot(const vec3 &a, const vec3 &b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
__device__ inline vec3 unit(vec3 a) { return (1.f / sqrtf(dot(a, a))) * a; }
"""

CASES = [
    K("llm_encoder", """
__device__ inline float4 add_float4(const float4 &a, const float4 &b) { return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w); }
extern "C" __global__ void llm_encoder(float4 *out, const float4 *wte, const float4 *wpe, const int *inp, int B, int T, int C) {
    int C4 = C / 4, idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx < B * T * C4) {
        int bt = idx / C4, b = bt / T, t = bt % T, c4 = idx % C4;
        out[b * T * C4 + t * C4 + c4] = add_float4(wte[inp[b * T + t] * C4 + c4], wpe[t * C4 + c4]);
    }
}""", lambda r: [np.zeros((2, 8, 16), f4), r.random((20, 16), f4), r.random((8, 16), f4), r.integers(0, 20, (2, 8)).astype(i4), 2, 8, 16],
        lambda out, wte, wpe, inp, *_: wte[inp] + wpe[None]),
    K("llm_layernorm", """
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;
extern "C" __global__ void llm_layernorm(float *__restrict__ out, const float *__restrict__ inp, const float *__restrict__ weight,
                                         const float *__restrict__ bias, int N, int C) {
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<32> warp = cg::tiled_partition<32>(block);
    int idx = blockIdx.x * warp.meta_group_size() + warp.meta_group_rank();
    if (idx >= N) return;
    const float *x = inp + idx * C;
    float sum = 0.0f;
    for (int i = warp.thread_rank(); i < C; i += warp.size()) sum += x[i];
    sum = cg::reduce(warp, sum, cg::plus<float>{});
    float m = sum / C;
    sum = 0.0f;
    for (int i = warp.thread_rank(); i < C; i += warp.size()) { float diff = x[i] - m; sum += diff * diff; }
    sum = cg::reduce(warp, sum, cg::plus<float>{});
    float s = rsqrtf(sum / C + 1e-5f);
    for (int c = warp.thread_rank(); c < C; c += warp.size()) {
        float n = s * (__ldcs(x + c) - m);
        __stcs(out + idx * C + c, n * weight[c] + bias[c]);
    }
}""", lambda r: normal((5, 48), 48, 48, out=(5, 48))(r) + [5, 48],
        lambda out, x, w, b, *_: (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5) * w + b, grid=2, block=96, tol=1e-5),
    K("llm_online_softmax", """
extern "C" __global__ void llm_online_softmax(float *out, const float *inp, int N, int C) {
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= N) return;
    const float *x = inp + row * C;
    float maxval = -INFINITY, sum = 0.0f;
    for (int i = lane; i < C; i += 32) {
        float bigger = fmaxf(maxval, x[i]);
        sum = sum * expf(maxval - bigger) + expf(x[i] - bigger);
        maxval = bigger;
    }
    for (int offset = 16; offset > 0; offset /= 2) {
        float other_max = __shfl_xor_sync(0xFFFFFFFF, maxval, offset), other_sum = __shfl_xor_sync(0xFFFFFFFF, sum, offset);
        float bigger = fmaxf(maxval, other_max);
        sum = sum * expf(maxval - bigger) + other_sum * expf(other_max - bigger);
        maxval = bigger;
    }
    for (int i = lane; i < C; i += 32) out[row * C + i] = expf(x[i] - maxval) / sum;
}""", lambda r: normal((6, 70), out=(6, 70), scale=4)(r) + [6, 70], lambda out, x, *_: softmax(x.astype(f8)), grid=3, block=64, tol=1e-5),
    K("llm_gelu", """
#define GELU_SCALING_FACTOR sqrtf(2.0f / M_PI)
extern "C" __global__ void llm_gelu(float *dinp, const float *inp, const float *dout, int N) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < N) {
        float x = inp[i], cube = 0.044715f * x * x * x;
        float tanh_arg = GELU_SCALING_FACTOR * (x + cube), tanh_out = tanhf(tanh_arg);
        float coshf_out = coshf(tanh_arg), sech_out = 1.0f / (coshf_out * coshf_out);
        float grad = 0.5f * (1.0f + tanh_out) + x * 0.5f * sech_out * GELU_SCALING_FACTOR * (1.0f + 3.0f * 0.044715f * x * x);
        dinp[i] = grad * dout[i];
    }
}""", lambda r: normal(100, 100, out=100)(r) + [100],
        lambda out, x, d, _: d * (0.5 * (1 + np.tanh(u := np.sqrt(2 / np.pi) * (x.astype(f8) + 0.044715 * x.astype(f8) ** 3)))
                                  + 0.5 * x * (1 - np.tanh(u) ** 2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x * x)), grid=2, tol=1e-4),
    K("llm_permute", """
extern "C" __global__ void llm_permute(float *q, const float *inp, int B, int N, int NH, int d, int which) {
    int idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx < B * NH * N * d) {
        int b = idx / (NH * N * d), rest = idx % (NH * N * d);
        int nh_ = rest / (N * d); rest = rest % (N * d);
        int n = rest / d, d_ = rest % d;
        q[idx] = inp[(b * N * 3 * NH * d) + (n * 3 * NH * d) + (which * NH * d) + (nh_ * d) + d_];
    }
}""", lambda r: [np.zeros((2, 2, 6, 8), f4), r.random((2, 6, 3, 2, 8), f4), 2, 6, 2, 8, 1],
        lambda out, x, *_: x[:, :, 1].transpose(0, 2, 1, 3), grid=3),
    K("llm_global_norm", """
template <class T> __device__ T warp_sum(T v) { for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(~0u, v, o); return v; }
using reduction_func_t = float (*)(float);
template <reduction_func_t warp_reduction> __device__ inline float blockReduce(float val, bool final_sync = false, float out_of_bounds = 0.0f) {
    __shared__ float shared_val[32];
    const int lane_id = threadIdx.x % 32, warp_id = threadIdx.x / 32, num_warps = blockDim.x / 32;
    float warp_val = warp_reduction(val);
    if (lane_id == 0) shared_val[warp_id] = warp_val;
    __syncthreads();
    warp_val = (lane_id < num_warps) ? shared_val[lane_id] : out_of_bounds;
    float block_val = warp_reduction(warp_val);
    if (final_sync) __syncthreads();
    return block_val;
}
extern "C" __global__ void llm_global_norm(float *out, const float *data, size_t count) {
    float accumulator = 0.0f;
    for (size_t i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += blockDim.x * gridDim.x) accumulator += data[i] * data[i];
    float block_sum = blockReduce<warp_sum<float>>(accumulator);
    if (threadIdx.x == 0) atomicAdd(out, block_sum);
}""", lambda r: normal(1000, out=1)(r) + [1000], lambda out, x, _: [(x.astype(f8) ** 2).sum()], grid=3, block=128, tol=1e-5),
    K("llm_adamw_bf16", """
#include <cuda_bf16.h>
using floatX = __nv_bfloat16;
__device__ unsigned int SquirrelNoise5(unsigned int positionX, unsigned int seed) {
    unsigned int m = positionX;
    m *= 0xd2a80a3f; m += seed; m ^= (m >> 9); m += 0xa884f197; m ^= (m >> 11); m *= 0x6C736F4B; m ^= (m >> 13);
    m += 0xB79F3ABB; m ^= (m >> 15); m += 0x1b56c4f5; m ^= (m >> 17);
    return m;
}
__device__ __forceinline__ void stochastic_rounding(float in, floatX *out, unsigned int random) {
    unsigned int threshold = random & 0xFFFF, bits = __float_as_uint(in), lower = bits & 0xFFFF;
    bits = (lower > threshold) ? (bits | 0xFFFF) : (bits & ~0xFFFF);
    *out = __float2bfloat16_rz(__uint_as_float(bits));
}
extern "C" __global__ void llm_adamw_bf16(floatX *p, const float *g, unsigned int seed, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    stochastic_rounding((float)p[i] - 0.01f * g[i], &p[i], SquirrelNoise5(i, seed));
}""", lambda r: [(r.standard_normal(64).astype(f4).view(u4) >> 16).astype(np.uint16), np.zeros(64, f4), 7, 64], lambda p, *_: p),
    K("flash_attention", """
extern "C" __global__ void flash_attention(float *O, const float *Q, const float *K, const float *V, int N, float scale) {
    constexpr int Bc = 8, Br = 8, d = 16;
    __shared__ float Qi[Br * d], Kj[Bc * d], Vj[Bc * d], S[Br * Bc];
    int tx = threadIdx.x, row = blockIdx.x * Br + tx;
    float m = -INFINITY, l = 0, acc[d] = {0};
    for (int x = 0; x < d; x++) Qi[tx * d + x] = Q[row * d + x];
    for (int j = 0; j <= blockIdx.x; j++) {
        for (int x = 0; x < d; x++) { Kj[tx * d + x] = K[(j * Bc + tx) * d + x]; Vj[tx * d + x] = V[(j * Bc + tx) * d + x]; }
        __syncthreads();
        float row_m = -INFINITY;
        for (int y = 0; y < Bc; y++) {
            float sum = 0;
            #pragma unroll
            for (int x = 0; x < d; x++) sum += Qi[tx * d + x] * Kj[y * d + x];
            sum *= scale;
            if (row < j * Bc + y) sum = -INFINITY;
            S[Bc * tx + y] = sum;
            row_m = fmaxf(row_m, sum);
        }
        float m_new = fmaxf(m, row_m), row_l = 0, keep = __expf(m - m_new);
        for (int y = 0; y < Bc; y++) { S[Bc * tx + y] = __expf(S[Bc * tx + y] - m_new); row_l += S[Bc * tx + y]; }
        for (int x = 0; x < d; x++) {
            float pv = 0;
            for (int y = 0; y < Bc; y++) pv += S[Bc * tx + y] * Vj[y * d + x];
            acc[x] = acc[x] * keep + pv;
        }
        m = m_new; l = l * keep + row_l;
        __syncthreads();
    }
    for (int x = 0; x < d; x++) O[row * d + x] = acc[x] / l;
}""", lambda r: normal((32, 16), (32, 16), (32, 16), out=(32, 16))(r) + [32, f4(0.25)], lambda out, q, k, v, *_: attention(q, k, v), grid=4, block=8, tol=1e-4),
    K("llama_rope", """
extern "C" __global__ void llama_rope(float *x, int n_tokens, int n_head, int d) {
    int pair = blockIdx.y * blockDim.x + threadIdx.x, token = blockIdx.x;
    if (pair >= n_head * d / 2) return;
    int i = pair % (d / 2);
    float theta = token * powf(10000.0f, -2.0f * i / d), s, c;
    sincosf(theta, &s, &c);
    float2 *v = reinterpret_cast<float2 *>(x + token * n_head * d) + pair;
    float2 p = *v;
    *v = make_float2(p.x * c - p.y * s, p.x * s + p.y * c);
}""", lambda r: [r.standard_normal((5, 32)).astype(f4), 5, 2, 16], lambda x, *_: rope(x, 2, 16), grid=(5, 1), block=32, tol=1e-4),
    K("llama_q8_matvec", """
#include <cuda_fp16.h>
#define QK8_0 32
typedef struct { half d; int8_t qs[QK8_0]; } block_q8_0;
static_assert(sizeof(block_q8_0) == sizeof(half) + QK8_0, "wrong q8_0 block size/padding");
template <int WIDTH = 32> static __device__ __forceinline__ float warp_reduce_sum(float x) {
    #pragma unroll
    for (int offset = WIDTH / 2; offset > 0; offset >>= 1) x += __shfl_xor_sync(0xffffffff, x, offset, WIDTH);
    return x;
}
extern "C" __global__ void llama_q8_matvec(float *dst, const void *vx, const float *y, int ncols) {
    const int row = blockIdx.x;
    const block_q8_0 *x = (const block_q8_0 *)vx + row * (ncols / QK8_0);
    float tmp = 0.0f;
    for (int i = threadIdx.x; i < ncols; i += 32) tmp += __half2float(x[i / QK8_0].d) * x[i / QK8_0].qs[i % QK8_0] * y[i];
    tmp = warp_reduce_sum(tmp);
    if (threadIdx.x == 0) dst[row] = tmp;
}""", lambda r: [np.zeros(6, f4), q8_blocks(r, 6, 64), r.standard_normal(64).astype(f4), 64], lambda out, w, x, _: q8_matvec(out, w, x), grid=6, block=32, tol=1e-4),
    K("fp8_rows", """
#include <cuda_fp8.h>
extern "C" __global__ void fp8_rows(float *out, const float *in, int cols) {
    __shared__ float peak;
    const float *x = in + blockIdx.x * cols;
    float m = 0;
    for (int i = threadIdx.x; i < cols; i += 32) m = fmaxf(m, fabsf(x[i]));
    for (int o = 16; o; o >>= 1) m = fmaxf(m, __shfl_down_sync(~0u, m, o));
    if (threadIdx.x == 0) peak = m;
    __syncthreads();
    const float scale = 448.0f / peak;
    for (int i = threadIdx.x; i < cols; i += 32) out[blockIdx.x * cols + i] = float(__nv_fp8_e4m3(x[i] * scale)) / scale;
}""", lambda r: normal((4, 40), out=(4, 40))(r) + [40], lambda out, x, _: x, grid=4, block=32, tol=0.0626),
    K("rodinia_hotspot", """
#define BLOCK_SIZE 12
#define IN_RANGE(x, min, max) ((x) >= (min) && (x) <= (max))
extern "C" __global__ void rodinia_hotspot(float *dst, const float *temp, const float *power, int cols, int rows, int iteration) {
    __shared__ float temp_on_cuda[BLOCK_SIZE][BLOCK_SIZE], temp_t[BLOCK_SIZE][BLOCK_SIZE];
    int small_block = BLOCK_SIZE - iteration * 2, tx = threadIdx.x, ty = threadIdx.y;
    int blkY = small_block * blockIdx.y - iteration, blkX = small_block * blockIdx.x - iteration;
    int yidx = blkY + ty, xidx = blkX + tx;
    bool inside = IN_RANGE(yidx, 0, rows - 1) && IN_RANGE(xidx, 0, cols - 1);
    if (inside) temp_on_cuda[ty][tx] = temp[cols * yidx + xidx];
    __syncthreads();
    int validYmin = (blkY < 0) ? -blkY : 0, validYmax = (blkY + BLOCK_SIZE - 1 > rows - 1) ? BLOCK_SIZE - 1 - (blkY + BLOCK_SIZE - rows) : BLOCK_SIZE - 1;
    int validXmin = (blkX < 0) ? -blkX : 0, validXmax = (blkX + BLOCK_SIZE - 1 > cols - 1) ? BLOCK_SIZE - 1 - (blkX + BLOCK_SIZE - cols) : BLOCK_SIZE - 1;
    int N = max(ty - 1, validYmin), S = min(ty + 1, validYmax), W = max(tx - 1, validXmin), E = min(tx + 1, validXmax);
    bool computed = false;
    for (int i = 0; i < iteration; i++) {
        computed = false;
        if (IN_RANGE(tx, i + 1, BLOCK_SIZE - i - 2) && IN_RANGE(ty, i + 1, BLOCK_SIZE - i - 2) && IN_RANGE(tx, validXmin, validXmax) && IN_RANGE(ty, validYmin, validYmax)) {
            computed = true;
            float c = temp_on_cuda[ty][tx];
            temp_t[ty][tx] = c + 0.1f * (power[cols * yidx + xidx] + temp_on_cuda[S][tx] + temp_on_cuda[N][tx] + temp_on_cuda[ty][E] + temp_on_cuda[ty][W] - 4.f * c);
        }
        __syncthreads();
        if (i == iteration - 1) break;
        if (computed) temp_on_cuda[ty][tx] = temp_t[ty][tx];
        __syncthreads();
    }
    if (computed) dst[cols * yidx + xidx] = temp_t[ty][tx];
}""", lambda r: [np.zeros((20, 20), f4), r.random((20, 20), f4), r.random((20, 20), f4), 20, 20, 2], lambda out, t, p, *_: hotspot(out, t, p), grid=(3, 3), block=(12, 12), tol=1e-5),
    K("rodinia_needleman", """
extern "C" __global__ void rodinia_needleman(int *h, const int *a, const int *b, int n) {
    __shared__ int temp[33][33];
    int tx = threadIdx.x;
    temp[0][tx + 1] = -2 * (tx + 1); temp[tx + 1][0] = -2 * (tx + 1);
    if (tx == 0) temp[0][0] = 0;
    __syncthreads();
    for (int m = 0; m < 2 * n - 1; m++) {
        int x = tx + 1, y = m - tx + 1;
        if (tx <= m && y >= 1 && y <= n) {
            int best = temp[y - 1][x - 1] + (a[y - 1] == b[x - 1] ? 3 : -1);
            temp[y][x] = max(best, max(temp[y][x - 1] - 2, temp[y - 1][x] - 2));
        }
        __syncthreads();
    }
    for (int y = 0; y <= n; y++) { h[y * (n + 1) + tx + 1] = temp[y][tx + 1]; if (tx == 0) h[y * (n + 1)] = temp[y][0]; }
}""", lambda r: [np.zeros((33, 33), i4), r.integers(0, 4, 32).astype(i4), r.integers(0, 4, 32).astype(i4), 32], lambda out, a, b, _: needleman(out, a, b), block=32),
    K("rodinia_pathfinder", """
extern "C" __global__ void rodinia_pathfinder(int *result, const int *wall, int cols, int rows) {
    extern __shared__ int prev[];
    int *next = prev + blockDim.x, tx = threadIdx.x;
    prev[tx] = wall[tx];
    __syncthreads();
    for (int i = 1; i < rows; i++) {
        int left = prev[tx > 0 ? tx - 1 : 0], up = prev[tx], right = prev[tx < cols - 1 ? tx + 1 : cols - 1];
        next[tx] = min(min(left, up), right) + wall[i * cols + tx];
        __syncthreads();
        prev[tx] = next[tx];
        __syncthreads();
    }
    result[tx] = prev[tx];
}""", lambda r: [np.zeros(64, i4), r.integers(0, 10, (9, 64)).astype(i4), 64, 9], lambda out, w, *_: pathfinder(out, w), shared=512),
    K("rodinia_lud_diagonal", """
#define B 16
extern "C" __global__ void rodinia_lud_diagonal(float *m, int dim) {
    __shared__ float shadow[B][B];
    for (int i = 0; i < B; i++) shadow[i][threadIdx.x] = m[i * dim + threadIdx.x];
    __syncthreads();
    for (int i = 0; i < B - 1; i++) {
        if (threadIdx.x > i) {
            for (int j = 0; j < i; j++) shadow[threadIdx.x][i] -= shadow[threadIdx.x][j] * shadow[j][i];
            shadow[threadIdx.x][i] /= shadow[i][i];
        }
        __syncthreads();
        if (threadIdx.x > i)
            for (int j = 0; j < i + 1; j++) shadow[i + 1][threadIdx.x] -= shadow[i + 1][j] * shadow[j][threadIdx.x];
        __syncthreads();
    }
    for (int i = 0; i < B; i++) m[i * dim + threadIdx.x] = shadow[i][threadIdx.x];
    __syncthreads();
    float sum[B];
    for (int j = 0; j < B; j++) {
        sum[j] = 0;
        for (int k = 0; k < B; k++) sum[j] += (k < threadIdx.x ? shadow[threadIdx.x][k] : k == threadIdx.x ? 1.f : 0.f) * (k <= j ? shadow[k][j] : 0.f);
    }
    for (int j = 0; j < B; j++) m[threadIdx.x * dim + j] = sum[j];
}""", lambda r: [(r.random((16, 16)) + 16 * np.eye(16)).astype(f4), 16], lambda m, _: m, block=16, tol=1e-5),
    K("parboil_mri_q", """
#define PIx2 6.2831853071795864769252867665590058f
struct kValues { float Kx, Ky, Kz, PhiMag; };
__constant__ kValues ck[4] = {{0.1f, 0.2f, 0.3f, 1.f}, {0.5f, -0.2f, 0.1f, 2.f}, {-0.4f, 0.3f, 0.2f, 0.5f}, {0.25f, 0.75f, -0.5f, 1.5f}};
extern "C" __global__ void parboil_mri_q(float *Q, const float *x, const float *y, const float *z, int numX) {
    int xIndex = blockIdx.x * blockDim.x + threadIdx.x;
    if (xIndex >= numX) return;
    float sX = x[xIndex], sY = y[xIndex], sZ = z[xIndex], sQr = 0, sQi = 0;
    for (int kIndex = 0; kIndex < 4; kIndex++) {
        float expArg = PIx2 * (ck[kIndex].Kx * sX + ck[kIndex].Ky * sY + ck[kIndex].Kz * sZ);
        sQr += ck[kIndex].PhiMag * cosf(expArg);
        sQi += ck[kIndex].PhiMag * sinf(expArg);
    }
    Q[2 * xIndex] = sQr; Q[2 * xIndex + 1] = sQi;
}""", lambda r: normal(64, 64, 64, out=(64, 2))(r) + [64], lambda out, x, y, z, _: (lambda c: np.stack([c.real, c.imag], 1))(sum(
        p * np.exp(2j * np.pi * (a * x.astype(f8) + b * y + c * z)) for a, b, c, p in ((.1, .2, .3, 1), (.5, -.2, .1, 2), (-.4, .3, .2, .5), (.25, .75, -.5, 1.5)))), tol=1e-4),
    K("gromacs_pairs", """
#include <cuda_runtime.h>
template <bool prune> __device__ __forceinline__ float3 pair_force(const float4 &xi, const float4 &xj, float cutoff2) {
    float3 rv = make_float3(xi.x - xj.x, xi.y - xj.y, xi.z - xj.z);
    float r2 = rv.x * rv.x + rv.y * rv.y + rv.z * rv.z;
    if (prune && r2 >= cutoff2) return make_float3(0.f, 0.f, 0.f);
    float inv_r2 = __fdividef(1.f, r2), inv_r6 = inv_r2 * inv_r2 * inv_r2;
    float F_invr = inv_r6 * (12.f * inv_r6 - 6.f) * inv_r2;
    return make_float3(rv.x * F_invr, rv.y * F_invr, rv.z * F_invr);
}
extern "C" __global__ void __launch_bounds__(64) gromacs_pairs(float3 *f, const float4 *xq, int n, float rc) {
    __shared__ float4 xqib[8];
    const int tidxi = threadIdx.x % 8, tidxj = threadIdx.x / 8, ci = blockIdx.x;
    if (tidxj == 0) xqib[tidxi] = xq[ci * 8 + tidxi];
    __syncthreads();
    float3 fi = {0, 0, 0};
    for (int cj = 0; cj < n / 8; cj++) {
        int j = cj * 8 + tidxj;
        if (j == ci * 8 + tidxi) continue;
        float3 d = pair_force<true>(xqib[tidxi], xq[j], rc * rc);
        fi.x += d.x; fi.y += d.y; fi.z += d.z;
    }
    #pragma unroll
    for (int o = 8; o < 32; o <<= 1) { fi.x += __shfl_xor_sync(~0u, fi.x, o); fi.y += __shfl_xor_sync(~0u, fi.y, o); fi.z += __shfl_xor_sync(~0u, fi.z, o); }
    if (threadIdx.x % 32 < 8) {
        atomicAdd(&f[ci * 8 + tidxi].x, fi.x); atomicAdd(&f[ci * 8 + tidxi].y, fi.y); atomicAdd(&f[ci * 8 + tidxi].z, fi.z);
    }
}""", lambda r: [np.zeros((32, 3), f4), np.concatenate([(np.stack(np.meshgrid(*[np.arange(4)] * 3), -1).reshape(-1, 3)[:32] * 1.2 + r.random((32, 3)) / 5), np.zeros((32, 1))], 1).astype(f4), 32, f4(3)],
        lambda out, x, *_: lennard_jones(out, x), grid=4, tol=2e-4),
    K("murmur3", """
__device__ __forceinline__ uint32_t rotl32(uint32_t x, int8_t r) { return (x << r) | (x >> (32 - r)); }
__device__ uint32_t murmur3_32(const uint8_t *key, size_t len, uint32_t seed) {
    uint32_t h = seed;
    const uint32_t *blocks = (const uint32_t *)key;
    for (size_t i = 0; i < len / 4; i++) {
        uint32_t k = blocks[i];
        k *= 0xcc9e2d51; k = rotl32(k, 15); k *= 0x1b873593;
        h ^= k; h = rotl32(h, 13); h = h * 5 + 0xe6546b64;
    }
    h ^= len; h ^= h >> 16; h *= 0x85ebca6b; h ^= h >> 13; h *= 0xc2b2ae35; h ^= h >> 16;
    return h;
}
extern "C" __global__ void murmur3(uint32_t *out, const uint8_t *data) { out[threadIdx.x] = murmur3_32(data + 16 * threadIdx.x, 16, threadIdx.x); }""",
        lambda r: [np.zeros(64, u4), r.integers(0, 256, (64, 16)).astype(u1)], lambda out, d: np.array([murmur(row.tobytes(), i) for i, row in enumerate(d)], u4)),
    K("siphash24", """
template <int B> __device__ __forceinline__ uint64_t rotl(uint64_t x) { return (x << B) | (x >> (64 - B)); }
struct SipState {
    uint64_t v0, v1, v2, v3;
    __device__ SipState(uint64_t k0, uint64_t k1) : v0(k0 ^ 0x736f6d6570736575ull), v1(k1 ^ 0x646f72616e646f6dull), v2(k0 ^ 0x6c7967656e657261ull), v3(k1 ^ 0x7465646279746573ull) {}
    __device__ void round() {
        v0 += v1; v2 += v3; v1 = rotl<13>(v1) ^ v0; v3 = rotl<16>(v3) ^ v2; v0 = rotl<32>(v0);
        v2 += v1; v0 += v3; v1 = rotl<17>(v1) ^ v2; v3 = rotl<21>(v3) ^ v0; v2 = rotl<32>(v2);
    }
    template <int N> __device__ void rounds() { if constexpr (N > 0) { round(); rounds<N - 1>(); } }
    __device__ void absorb(uint64_t m) { v3 ^= m; rounds<2>(); v0 ^= m; }
    __device__ uint64_t finish() { v2 ^= 0xff; rounds<4>(); return v0 ^ v1 ^ v2 ^ v3; }
};
extern "C" __global__ void siphash24(uint64_t *out, const uint64_t *key, const uint64_t *data) {
    SipState s(key[0], key[1]);
    for (int i = 0; i < 3; i++) s.absorb(data[3 * threadIdx.x + i]);
    s.absorb((uint64_t)24 << 56);
    out[threadIdx.x] = s.finish();
}""", lambda r: [np.zeros(32, u8), r.integers(0, 1 << 63, 2).astype(u8), r.integers(0, 1 << 63, (32, 3)).astype(u8)],
        lambda out, k, d: np.array([siphash(k, row) for row in d], u8), block=32),
    K("chacha20", """
#define ROTL(a, b) (((a) << (b)) | ((a) >> (32 - (b))))
#define QR(a, b, c, d) (a += b, d ^= a, d = ROTL(d, 16), c += d, b ^= c, b = ROTL(b, 12), a += b, d ^= a, d = ROTL(d, 8), c += d, b ^= c, b = ROTL(b, 7))
__constant__ uint32_t sigma[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
extern "C" __global__ void chacha20(uint32_t *out, const uint32_t *key) {
    uint32_t in[16], x[16];
    for (int i = 0; i < 4; i++) in[i] = sigma[i];
    for (int i = 0; i < 8; i++) in[4 + i] = key[i];
    in[12] = threadIdx.x; in[13] = in[14] = in[15] = 0;
    for (int i = 0; i < 16; ++i) x[i] = in[i];
    for (int i = 0; i < 20; i += 2) {
        QR(x[0], x[4], x[8], x[12]); QR(x[1], x[5], x[9], x[13]); QR(x[2], x[6], x[10], x[14]); QR(x[3], x[7], x[11], x[15]);
        QR(x[0], x[5], x[10], x[15]); QR(x[1], x[6], x[11], x[12]); QR(x[2], x[7], x[8], x[13]); QR(x[3], x[4], x[9], x[14]);
    }
    for (int i = 0; i < 16; ++i) out[16 * threadIdx.x + i] = x[i] + in[i];
}""", lambda r: [np.zeros((8, 16), u4), r.integers(0, 1 << 32, 8).astype(u4)], lambda out, k: np.array([chacha_block(k, i) for i in range(8)], u4), block=8),
    K("keccak_sha3", """
__constant__ uint64_t RC[24] = {0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B,
    0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080,
    0x0000000080000001, 0x8000000080008008};
__device__ const int rotc[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
__device__ const int piln[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
__device__ void keccakf(uint64_t st[25]) {
    uint64_t t, bc[5];
    for (int r = 0; r < 24; r++) {
        for (int i = 0; i < 5; i++) bc[i] = st[i] ^ st[i + 5] ^ st[i + 10] ^ st[i + 15] ^ st[i + 20];
        for (int i = 0; i < 5; i++) { t = bc[(i + 4) % 5] ^ (bc[(i + 1) % 5] << 1 | bc[(i + 1) % 5] >> 63); for (int j = 0; j < 25; j += 5) st[j + i] ^= t; }
        t = st[1];
        for (int i = 0; i < 24; i++) { int j = piln[i]; bc[0] = st[j]; st[j] = t << rotc[i] | t >> (64 - rotc[i]); t = bc[0]; }
        for (int j = 0; j < 25; j += 5) {
            for (int i = 0; i < 5; i++) bc[i] = st[j + i];
            for (int i = 0; i < 5; i++) st[j + i] ^= (~bc[(i + 1) % 5]) & bc[(i + 2) % 5];
        }
        st[0] ^= RC[r];
    }
}
extern "C" __global__ void keccak_sha3(uint64_t *out, const uint64_t *in) {
    uint64_t st[25] = {0};
    for (int i = 0; i < 4; i++) st[i] = in[4 * threadIdx.x + i];
    st[4] ^= 0x06; st[16] ^= 0x8000000000000000ull;
    keccakf(st);
    for (int i = 0; i < 4; i++) out[4 * threadIdx.x + i] = st[i];
}""", lambda r: [np.zeros((8, 4), u8), r.integers(0, 1 << 63, (8, 4)).astype(u8)],
        lambda out, d: np.array([np.frombuffer(hashlib.sha3_256(row.tobytes()).digest(), u8) for row in d]), block=8),
    K("md5_single", """
__device__ const uint8_t shifts[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
extern "C" __global__ void md5_single(uint32_t *out, const uint32_t *message, const uint32_t *table) {
    uint32_t m[16] = {0}, a0 = 0x67452301, b0 = 0xefcdab89, c0 = 0x98badcfe, d0 = 0x10325476;
    for (int i = 0; i < 4; i++) m[i] = message[4 * threadIdx.x + i];
    m[4] = 0x80; m[14] = 128;
    uint32_t a = a0, b = b0, c = c0, d = d0;
    for (int i = 0; i < 64; i++) {
        uint32_t f; int g;
        switch (i / 16) {
        case 0: f = (b & c) | (~b & d); g = i; break;
        case 1: f = (d & b) | (~d & c); g = (5 * i + 1) % 16; break;
        case 2: f = b ^ c ^ d; g = (3 * i + 5) % 16; break;
        default: f = c ^ (b | ~d); g = 7 * i % 16; break;
        }
        f += a + table[i] + m[g];
        a = d; d = c; c = b;
        b += __funnelshift_l(f, f, shifts[i / 16 * 4 + i % 4]);
    }
    reinterpret_cast<uint4 *>(out)[threadIdx.x] = make_uint4(a0 + a, b0 + b, c0 + c, d0 + d);
}""", lambda r: [np.zeros((16, 4), u4), r.integers(0, 1 << 32, (16, 4)).astype(u4), (np.abs(np.sin(np.arange(1, 65))) * 2.0**32).astype(np.uint64).astype(u4)],
        lambda out, d, _: np.array([np.frombuffer(hashlib.md5(row.tobytes()).digest(), u4) for row in d]), block=16),
    K("ray_spheres", VEC3 + """
struct Ray { vec3 o, d; __device__ vec3 at(float t) const { return o + t * d; } };
struct Hit { float t; vec3 n; };
struct Sphere {
    vec3 c; float r;
    __device__ bool hit(const Ray &ray, float t_min, float t_max, Hit &h) const {
        vec3 oc = ray.o - c;
        float b = dot(oc, ray.d), q = b * b - (dot(oc, oc) - r * r);
        if (q <= 0) return false;
        float t = -b - sqrtf(q);
        if (t <= t_min || t >= t_max) return false;
        h.t = t; h.n = ray.at(t) - c; h.n /= r;
        return true;
    }
};
template <class Shape> __device__ bool nearest(const Shape *world, int n, const Ray &ray, Hit &best) {
    bool any = false;
    for (int i = 0; i < n; i++) { Hit h; if (world[i].hit(ray, 1e-3f, any ? best.t : 1e30f, h)) any = true, best = h; }
    return any;
}
extern "C" __global__ void ray_spheres(float *image, const float4 *scene, int n, int size) {
    int x = threadIdx.x, y = blockIdx.x;
    Sphere world[4];
    for (int i = 0; i < n; i++) world[i] = Sphere{vec3(scene[i].x, scene[i].y, scene[i].z), scene[i].w};
    Ray ray{vec3(0), unit(vec3((x + 0.5f) / size * 2 - 1, (y + 0.5f) / size * 2 - 1, -1.5f))};
    Hit h;
    image[y * size + x] = nearest(world, n, ray, h) ? 0.5f * (h.n.y + 1) : 0.f;
}""", lambda r: [np.zeros((16, 16), f4), np.array([[0, 0, -3, 1.01], [1.2, 0.3, -4, 1.1], [-1.3, -0.4, -3.5, 0.7], [0, -20, -8, 17]], f4), 4, 16],
        lambda out, s, *_: spheres(out, s), grid=16, block=16, tol=2e-3),
    K("bvh_stack", """
struct Node { float lo, hi; int left, right; };
extern "C" __global__ void bvh_stack(int *out, const Node *nodes, const float *x) {
    int stack[16], top = 0, found = 0;
    stack[top++] = 0;
    while (top) {
        const Node n = nodes[stack[--top]];
        if (x[threadIdx.x] < n.lo || x[threadIdx.x] >= n.hi) continue;
        if (n.left < 0) { found += 1 << n.right; continue; }
        stack[top++] = n.left; stack[top++] = n.right;
    }
    out[threadIdx.x] = found;
}""", lambda r: [np.zeros(64, i4), np.array([(0, 8, 1, 2), (0, 5, 3, 4), (3, 8, 5, 6), (0, 2, -1, 0), (1, 5, -1, 1), (3, 6, -1, 2), (5, 8, -1, 3)], np.dtype("f4,f4,i4,i4")).view(i4), (r.random(64) * 9).astype(f4)],
        lambda out, _, x: sum(((x >= a) & (x < b)).astype(i4) << k for k, (a, b) in enumerate(((0, 2), (1, 5), (3, 6), (5, 8))))),
    K("concept_reduce", """
#include <concepts>
template <class Op, class T> concept Monoid = requires(T a, T b) {
    { Op::zero() } -> std::convertible_to<T>;
    { Op::combine(a, b) } -> std::same_as<T>;
};
struct Sum { static __device__ int zero() { return 0; } static __device__ int combine(int a, int b) { return a + b; } };
struct Most { static __device__ int zero() { return -2147483647; } static __device__ int combine(int a, int b) { return a < b ? b : a; } };
template <class Op, std::integral T> requires Monoid<Op, T> __device__ T block_reduce(T v) {
    __shared__ T part[64];
    part[threadIdx.x] = v;
    for (int s = 32; s > 0; s /= 2) { __syncthreads(); if (threadIdx.x < s) part[threadIdx.x] = Op::combine(part[threadIdx.x], part[threadIdx.x + s]); }
    __syncthreads();
    return part[0];
}
static_assert(!Monoid<int, int> && Monoid<Sum, int>);
extern "C" __global__ void concept_reduce(int *out, const int *x) {
    int a = block_reduce<Sum>(x[threadIdx.x]), b = block_reduce<Most>(x[threadIdx.x]);
    if (threadIdx.x == 0) out[0] = a, out[1] = b;
}""", lambda r: [np.zeros(2, i4), r.integers(-50, 50, 64).astype(i4)], lambda out, x: [x.sum(), x.max()]),
    K("deduced_classes", """
#include <array>
#include <tuple>
#include <utility>
template <class T> struct Tile {
    T *data; int pitch;
    __device__ Tile(T *d, int p) : data(d), pitch(p) {}
    __device__ T &operator()(int r, int c) const { return data[r * pitch + c]; }
};
template <class F> struct Scaled { F f; float s; __device__ Scaled(F g, float t) : f(g), s(t) {} __device__ float operator()(float x) const { return s * f(x); } };
extern "C" __global__ void deduced_classes(float *out, const float *x) {
    __shared__ float memory[64];
    Tile tile(memory, 8);
    const Tile in(x, 8);
    int r = threadIdx.x / 8, c = threadIdx.x % 8;
    tile(c, r) = in(r, c);
    __syncthreads();
    std::array weights{1.f, 2.f, 0.5f};
    std::pair p{tile(r, c), r};
    auto [value, row] = p;
    Scaled twice([=](float v) { return v + row; }, 2.f);
    out[threadIdx.x] = twice(value) * weights[row % weights.size()];
}""", normal((8, 8), out=(8, 8)), lambda out, x: 2 * (x.T + np.arange(8)[:, None]) * np.array([1, 2, 0.5])[np.arange(8) % 3][:, None], tol=1e-6),
    K("sample_separable", """
#define KERNEL_RADIUS 4
#define ROWS_BLOCKDIM_X 16
#define ROWS_RESULT_STEPS 2
#define ROWS_HALO_STEPS 1
__constant__ float c_Kernel[2 * KERNEL_RADIUS + 1] = {1, 2, 3, 4, 5, 4, 3, 2, 1};
extern "C" __global__ void sample_separable(float *d_Dst, const float *d_Src, int imageW, int pitch) {
    __shared__ float s_Data[(ROWS_RESULT_STEPS + 2 * ROWS_HALO_STEPS) * ROWS_BLOCKDIM_X];
    const int baseX = (blockIdx.x * ROWS_RESULT_STEPS - ROWS_HALO_STEPS) * ROWS_BLOCKDIM_X + threadIdx.x, baseY = blockIdx.y;
    d_Src += baseY * pitch + baseX;
    d_Dst += baseY * pitch + baseX;
    #pragma unroll
    for (int i = ROWS_HALO_STEPS; i < ROWS_HALO_STEPS + ROWS_RESULT_STEPS; i++) s_Data[threadIdx.x + i * ROWS_BLOCKDIM_X] = d_Src[i * ROWS_BLOCKDIM_X];
    for (int i = 0; i < ROWS_HALO_STEPS; i++) s_Data[threadIdx.x + i * ROWS_BLOCKDIM_X] = (baseX >= -i * ROWS_BLOCKDIM_X) ? d_Src[i * ROWS_BLOCKDIM_X] : 0;
    for (int i = ROWS_HALO_STEPS + ROWS_RESULT_STEPS; i < ROWS_HALO_STEPS + ROWS_RESULT_STEPS + ROWS_HALO_STEPS; i++)
        s_Data[threadIdx.x + i * ROWS_BLOCKDIM_X] = (imageW - baseX > i * ROWS_BLOCKDIM_X) ? d_Src[i * ROWS_BLOCKDIM_X] : 0;
    __syncthreads();
    #pragma unroll
    for (int i = ROWS_HALO_STEPS; i < ROWS_HALO_STEPS + ROWS_RESULT_STEPS; i++) {
        float sum = 0;
        #pragma unroll
        for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; j++) sum += c_Kernel[KERNEL_RADIUS - j] * s_Data[threadIdx.x + i * ROWS_BLOCKDIM_X + j];
        d_Dst[i * ROWS_BLOCKDIM_X] = sum;
    }
}""", lambda r: [np.zeros((4, 64), f4), r.integers(0, 9, (4, 64)).astype(f4), 64, 64],
        lambda out, x, *_: np.array([np.convolve(row, [1, 2, 3, 4, 5, 4, 3, 2, 1], "same") for row in x]), grid=(2, 4), block=16),
    K("sample_reduce6", """
template <class T> struct SharedMemory { __device__ inline operator T *() { extern __shared__ int __smem[]; return (T *)__smem; } };
template <class T, unsigned int blockSize, bool nIsPow2> __device__ void reduce6(const T *g_idata, T *g_odata, unsigned int n) {
    T *sdata = SharedMemory<T>();
    unsigned int tid = threadIdx.x, i = blockIdx.x * blockSize * 2 + threadIdx.x, gridSize = blockSize * 2 * gridDim.x;
    T mySum = 0;
    while (i < n) { mySum += g_idata[i]; if (nIsPow2 || i + blockSize < n) mySum += g_idata[i + blockSize]; i += gridSize; }
    sdata[tid] = mySum;
    __syncthreads();
    if ((blockSize >= 128) && (tid < 64)) sdata[tid] = mySum = mySum + sdata[tid + 64];
    __syncthreads();
    if ((blockSize >= 64) && (tid < 32)) mySum += sdata[tid + 32];
    if (tid < 32) for (int offset = 16; offset > 0; offset /= 2) mySum += __shfl_down_sync(0xffffffff, mySum, offset);
    if (tid == 0) g_odata[blockIdx.x] = mySum;
}
extern "C" __global__ void sample_reduce6(double *out, const double *in, unsigned int n) { reduce6<double, 128, false>(in, out, n); }""",
        lambda r: [np.zeros(2, f8), r.integers(-99, 99, 700).astype(f8), 700], lambda out, x, _: [x[:256].sum() + x[512:].sum(), x[256:512].sum()], grid=2, block=128, shared=1024),
    K("jump_flooding", """
extern "C" __global__ void jump_flooding(int *out, const int *seeds, int count) {
    __shared__ int a[32 * 32];
    const int x = threadIdx.x, y = threadIdx.y, me = y * 32 + x;
    auto distance = [](int s, int x, int y) { int dx = s % 32 - x, dy = s / 32 - y; return s < 0 ? 1 << 20 : dx * dx + dy * dy; };
    a[me] = -1;
    __syncthreads();
    for (int i = 0; i < count; i++) if (seeds[i] == me) a[me] = me;
    for (int pass = 0; pass < 7; pass++) {
        const int step = pass < 5 ? 16 >> pass : 1;
        __syncthreads();
        int best = a[me];
        for (int dy = -step; dy <= step; dy += step)
            for (int dx = -step; dx <= step; dx += step) {
                if (x + dx < 0 || x + dx > 31 || y + dy < 0 || y + dy > 31) continue;
                int s = a[(y + dy) * 32 + x + dx];
                if (distance(s, x, y) < distance(best, x, y)) best = s;
            }
        __syncthreads();
        a[me] = best;
    }
    out[me] = distance(a[me], x, y);
}""", lambda r: [np.zeros((32, 32), i4), np.array([70, 500, 940], i4), 3], lambda out, s, _: jump_flood(out, s), block=(32, 32)),
    K("sturm_count", """
extern "C" __global__ void sturm_count(int *out, const float *d, const float *s, const float *x, int n) {
    float delta = d[0] - x[threadIdx.x];
    int count = delta < 0;
    for (int i = 1; i < n; ++i) {
        delta = d[i] - x[threadIdx.x] - (s[i - 1] * s[i - 1]) / delta;
        count += delta < 0;
    }
    out[threadIdx.x] = count;
}""", lambda r: [np.zeros(40, i4), r.standard_normal(16).astype(f4), r.standard_normal(15).astype(f4), np.linspace(-5, 5, 40).astype(f4), 16],
        lambda out, d, s, x, _: (np.linalg.eigvalsh(np.diag(d.astype(f8)) + np.diag(s.astype(f8), 1) + np.diag(s.astype(f8), -1))[:, None] < x).sum(0), block=40),
]
