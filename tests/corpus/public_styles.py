"""Kernels as inference engines, simulation codes, cryptography, image pipelines and geometry libraries write them."""

import hashlib
import struct

import numpy as np
from table import K, f4, f8, i4, u1, u4

u8 = np.uint64
P = 998244353


def normal(*shapes, out, dtype=f4):
    return lambda r: [np.zeros(out, dtype)] + [r.standard_normal(s).astype(dtype) for s in shapes]


# --- inference


def paged_args(r):
    table = r.permutation(8).astype(i4)[:6].reshape(2, 3)
    return [np.zeros((2, 64), f4), r.standard_normal((2, 64)).astype(f4), r.standard_normal((8, 16, 64)).astype(f4),
            r.standard_normal((8, 16, 64)).astype(f4), table, np.array([37, 48], i4)]


def paged(out, q, k, v, table, lengths):
    result = np.zeros((2, 64))
    for s in range(2):
        keys = np.concatenate([k[b] for b in table[s]])[: lengths[s]].astype(f8)
        values = np.concatenate([v[b] for b in table[s]])[: lengths[s]].astype(f8)
        x = keys @ q[s].astype(f8) * 0.125
        e = np.exp(x - x.max())
        result[s] = e / e.sum() @ values
    return result


def int4_args(r):
    return [np.zeros(32, f4), r.integers(0, 2**32, (32, 16), dtype=u4), (r.random((32, 4)) + 0.5).astype(f4),
            r.integers(0, 16, (32, 4)).astype(u1), r.standard_normal(128).astype(f4)]


def int4(out, packed, scales, zeros, x):
    q = (packed[:, :, None] >> (4 * np.arange(8, dtype=u4)) & 15).reshape(32, 4, 32).astype(f8)
    w = (q - zeros[..., None]) * scales[..., None].astype(f8)
    return w.reshape(32, 128) @ x.astype(f8)


def gate_args(r):
    return [np.zeros((16, 2), i4), r.permutation(16 * 32).reshape(16, 32).astype(f4)]


def rms(out, x, w):
    x = x.astype(f8)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * w


def swiglu(out, gate, up):
    g = gate.astype(f8)
    return g / (1 + np.exp(-g)) * up


def lstm(h, gates, c):
    i, f, g, o = np.split(gates.astype(f8), 4, -1)
    s = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    return s(o) * np.tanh(s(f) * c + s(i) * np.tanh(g))


# --- cryptography and numbers


def sbox():
    table = np.zeros(256, u1)
    p = q = 1
    while True:
        p = (p ^ (p << 1) ^ (0x11B if p & 0x80 else 0)) & 0xFF
        q ^= q << 1
        q ^= q << 2
        q = (q ^ q << 4) & 0xFF
        q ^= 0x09 if q & 0x80 else 0
        x = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4)
        table[p] = (x ^ 0x63) & 0xFF
        if p == 1:
            break
    table[0] = 0x63
    return table


SBOX = sbox()


def aes_keys(key):
    words, rcon = [list(key[4 * i : 4 * i + 4]) for i in range(4)], 1
    for i in range(4, 44):
        w = list(words[-1])
        if i % 4 == 0:
            w = [int(SBOX[b]) for b in w[1:] + w[:1]]
            w[0] ^= rcon
            rcon = (rcon << 1 ^ (0x11B if rcon & 0x80 else 0)) & 0xFF
        words.append([a ^ b for a, b in zip(w, words[-4])])
    return np.array(words, u1).reshape(11, 16)


def aes(out, text, keys, box):
    def twice(b):
        return (b << 1) ^ (0x1B * (b >> 7))

    s = text ^ keys[0]
    rows = np.array([0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11])
    for r in range(1, 11):
        s = box[s][:, rows]
        if r < 10:
            c = s.reshape(-1, 4, 4)
            n = np.roll(c, -1, 2)
            s = (twice(c) ^ twice(n) ^ n ^ np.roll(c, -2, 2) ^ np.roll(c, -3, 2)).astype(u1).reshape(-1, 16)
        s = s ^ keys[r]
    return s


def blake2s(out, data):
    return np.stack([np.frombuffer(hashlib.blake2s(row.tobytes()).digest(), u4) for row in data])


def sha1(out, data):
    return np.stack([np.frombuffer(hashlib.sha1(row.tobytes()).digest(), ">u4").astype(u4) for row in data])


def ntt(out, x):
    n = len(x)
    w = pow(3, (P - 1) // n, P)
    return np.array([sum(int(v) * pow(w, i * j, P) for j, v in enumerate(x)) % P for i in range(n)], u4)


def mersenne(out, seed):
    return np.random.RandomState(int(seed)).randint(0, 2**32, len(out), dtype=np.uint64).astype(u4)


def philox(out, k0, k1):
    m = 0xFFFFFFFF
    rows = []
    for i in range(len(out)):
        c, k = [i, 0, 0, 0], [int(k0), int(k1)]
        for _ in range(10):
            a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [(b >> 32) ^ c[1] ^ k[0], b & m, (a >> 32) ^ c[3] ^ k[1], a & m]
            k = [k[0] + 0x9E3779B9 & m, k[1] + 0xBB67AE85 & m]
        rows.append(c)
    return np.array(rows, u4)


def base64(out, data):
    import base64 as b

    return np.frombuffer(b.b64encode(data.tobytes()), u1)


# --- simulation


def d2q9_args(r):
    f = (r.random((9, 8, 16)) * 0.1 + 0.1).astype(f4)
    return [np.zeros_like(f), f]


def d2q9(out, f):
    cx, cy = np.array([0, 1, 0, -1, 0, 1, -1, -1, 1]), np.array([0, 0, 1, 0, -1, 1, 1, -1, -1])
    w = np.array([4 / 9] + [1 / 9] * 4 + [1 / 36] * 4)
    g = np.stack([np.roll(f[i].astype(f8), (cy[i], cx[i]), (0, 1)) for i in range(9)])
    rho = g.sum(0)
    ux, uy = np.tensordot(cx, g, 1) / rho, np.tensordot(cy, g, 1) / rho
    cu = 3 * (cx[:, None, None] * ux + cy[:, None, None] * uy)
    eq = w[:, None, None] * rho * (1 + cu + cu * cu / 2 - 1.5 * (ux * ux + uy * uy))
    return g + (eq - g) * 1.2


def cells_args(r):
    x = r.random((64, 2)).astype(f4)
    cell = np.minimum((x * 4).astype(i4), 3)
    number = cell[:, 1] * 4 + cell[:, 0]
    order = np.argsort(number, kind="stable")
    start = np.searchsorted(number[order], np.arange(17)).astype(i4)
    return [np.zeros(64, i4), np.ascontiguousarray(x[order]), start]


def neighbours(out, x, start):
    d = x[:, None].astype(f8) - x[None]
    return ((d * d).sum(-1) < 0.04).sum(1) - 1


def heat(a, b, steps):
    t = a.astype(f8)
    for _ in range(int(steps)):
        t[1:-1] = t[1:-1] + 0.25 * (t[:-2] - 2 * t[1:-1] + t[2:])
    return t


# --- images and geometry


def dct_matrix():
    k = np.arange(8)
    m = np.cos((2 * k[None] + 1) * k[:, None] * np.pi / 16) / 2
    m[0] /= np.sqrt(2)
    return m


def dct(out, image):
    m = dct_matrix()
    b = image.reshape(2, 8, 4, 8).transpose(0, 2, 1, 3).astype(f8)
    return (m @ b @ m.T).transpose(0, 2, 1, 3).reshape(image.shape)


def bilateral(out, image):
    e = np.pad(image.astype(f8), 2, mode="edge")
    num, den = np.zeros(image.shape), np.zeros(image.shape)
    for dy in range(5):
        for dx in range(5):
            p = e[dy : dy + image.shape[0], dx : dx + image.shape[1]]
            w = np.exp(-((dy - 2) ** 2 + (dx - 2) ** 2) / 8 - (p - image) ** 2 / 0.5)
            num, den = num + w * p, den + w
    return num / den


def squares(out, field, level):
    c = (field > level).astype(i4)
    return c[:-1, :-1] | c[:-1, 1:] << 1 | c[1:, 1:] << 2 | c[1:, :-1] << 3


def triangles_args(r):
    return [np.zeros(64, f4), r.random((5, 3, 3)).astype(f4) + np.array([0, 0, 1], f4)]


def triangles(out, tri):
    best = np.full(64, 1e30)
    t = tri.astype(f8)
    for i in range(64):
        d = np.array([(i % 8 + 0.5) / 8, (i // 8 + 0.5) / 8, 1.0])
        for a, b, c in t:
            e1, e2 = b - a, c - a
            h = np.cross(d, e2)
            det = e1 @ h
            if abs(det) < 1e-9:
                continue
            u, q = -a @ h / det, np.cross(-a, e1)
            v, dist = d @ q / det, e2 @ q / det
            if u >= 0 and v >= 0 and u + v <= 1 and dist > 0:
                best[i] = min(best[i], dist)
    return np.where(best > 1e29, 0, best)


def spread(v):
    v = v.astype(u4)
    for shift, mask in ((16, 0x030000FF), (8, 0x0300F00F), (4, 0x030C30C3), (2, 0x09249249)):
        v = (v | v << u4(shift)) & u4(mask)
    return v


def morton(out, x):
    g = np.clip(x * 1024, 0, 1023).astype(u4)
    return spread(g[:, 0]) | spread(g[:, 1]) << u4(1) | spread(g[:, 2]) << u4(2)


def karras(out, codes):
    n, c = len(codes), [int(v) for v in codes]

    def delta(i, j):
        return -1 if j < 0 or j >= n else 32 - (c[i] ^ c[j]).bit_length()

    rows = []
    for i in range(n - 1):
        d = 1 if delta(i, i + 1) > delta(i, i - 1) else -1
        least, j = delta(i, i - d), i
        while delta(i, j + d) > least:
            j += d
        first, last, node = min(i, j), max(i, j), delta(i, j)
        split = first
        while split + 1 < last and delta(first, split + 1) > node:
            split += 1
        rows.append((split, split + 1))
    return np.array(rows, i4)


def components(out, image):
    h, w = image.shape
    label = np.arange(h * w)

    def root(i):
        while label[i] != i:
            i = label[i]
        return i

    for y in range(h):
        for x in range(w):
            for dy, dx in ((0, 1), (1, 0)):
                if y + dy < h and x + dx < w and image[y, x] == image[y + dy, x + dx]:
                    a, b = root(y * w + x), root((y + dy) * w + x + dx)
                    label[max(a, b)] = min(a, b)
    return np.array([root(i) for i in range(h * w)]).reshape(h, w)


# --- sparse, sorting, graphs


def csr_args(r):
    rows = [np.sort(r.permutation(50)[: r.integers(0, 40)]) for _ in range(16)]
    ptr = np.concatenate([[0], np.cumsum([len(x) for x in rows])]).astype(i4)
    col = np.concatenate(rows).astype(i4)
    return [np.zeros(16, f4), ptr, col, r.standard_normal(len(col)).astype(f4), r.standard_normal(50).astype(f4)]


def csr(out, ptr, col, val, x):
    return [(val[a:b].astype(f8) * x[col[a:b]]).sum() for a, b in zip(ptr, ptr[1:])]


def frontier_args(r):
    ptr = np.arange(0, 64 * 4 + 1, 4).astype(i4)
    return [np.where(np.arange(64) == 0, 0, -1).astype(i4), ptr, r.integers(0, 64, 256).astype(i4), np.zeros(128, i4)]


def frontier(level, ptr, edges, queue):
    level, now, d = level.copy(), [0], 0
    while now:
        d += 1
        now = sorted({int(w) for v in now for w in edges[ptr[v] : ptr[v + 1]] if level[w] < 0})
        level[now] = d
    return level


def probing(out, keys, queries):
    known = set(keys.tolist())
    return [int(q) in known for q in queries.tolist()]


def flags_sum(out, v, heads):
    result, run = [], 0
    for x, h in zip(v.tolist(), heads.tolist()):
        run = x if h else run + x
        result.append(run)
    return result


CASES = [
    K("paged_attention", r"""
template <int D, int PAGE> struct Cache { const float *k, *v; const int *table; };
template <int D, int PAGE>
__device__ void attend(const float *q, Cache<D, PAGE> c, int length, float *out, float *scores)
{
    const int t = threadIdx.x;
    float best = -INFINITY;
    for (int i = t; i < length; i += blockDim.x) {
        const float *key = c.k + (size_t)(c.table[i / PAGE] * PAGE + i % PAGE) * D;
        float s = 0;
#pragma unroll
        for (int d = 0; d < D; d += 4) {
            float4 a = *reinterpret_cast<const float4 *>(q + d), b = *reinterpret_cast<const float4 *>(key + d);
            s += a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
        }
        scores[i] = s * 0.125f;
        best = fmaxf(best, scores[i]);
    }
    __shared__ float part[2][2];
    for (int m = 16; m; m /= 2) best = fmaxf(best, __shfl_xor_sync(~0u, best, m));
    if (t % 32 == 0) part[0][t / 32] = best;
    __syncthreads();
    best = fmaxf(part[0][0], part[0][1]);
    float sum = 0;
    for (int i = t; i < length; i += blockDim.x) sum += scores[i] = __expf(scores[i] - best);
    for (int m = 16; m; m /= 2) sum += __shfl_xor_sync(~0u, sum, m);
    if (t % 32 == 0) part[1][t / 32] = sum;
    __syncthreads();
    sum = part[1][0] + part[1][1];
    float o = 0;
    for (int i = 0; i < length; i++) o += scores[i] * c.v[(size_t)(c.table[i / PAGE] * PAGE + i % PAGE) * D + t];
    out[t] = o / sum;
}
extern "C" __global__ void __launch_bounds__(64) paged_attention(float *__restrict__ out, const float *__restrict__ q,
    const float *__restrict__ k, const float *__restrict__ v, const int *__restrict__ tables, const int *__restrict__ lengths)
{
    __shared__ float scores[64];
    int s = blockIdx.x;
    attend<64, 16>(q + s * 64, Cache<64, 16>{k, v, tables + s * 3}, lengths[s], out + s * 64, scores);
}""", paged_args, paged, grid=2, tol=1e-5),
    K("int4_gemv", r"""
extern "C" __global__ void int4_gemv(float *y, const unsigned *w, const float *scales, const unsigned char *zeros, const float *x)
{
    const int row = blockIdx.x * blockDim.y + threadIdx.y, lane = threadIdx.x;
    float sum = 0.f;
    if (lane < 16) {
        unsigned packed = __ldg(w + row * 16 + lane);
        int group = lane / 4;
        float scale = scales[row * 4 + group], zero = zeros[row * 4 + group];
        #pragma unroll
        for (int i = 0; i < 8; ++i, packed >>= 4) sum = fmaf(((float)(packed & 0xf) - zero) * scale, x[lane * 8 + i], sum);
    }
    for (int offset = warpSize / 2; offset > 0; offset >>= 1) sum += __shfl_down_sync(0xffffffff, sum, offset);
    if (lane == 0) y[row] = sum;
}""", int4_args, int4, grid=8, block=(32, 4), tol=2e-4),
    K("top2_gating", r"""
#include <cuda_fp16.h>
struct alignas(8) Best { float v; int i; };
__device__ __forceinline__ Best better(Best a, Best b) { return a.v > b.v || (a.v == b.v && a.i < b.i) ? a : b; }
extern "C" __global__ void top2_gating(int *out, const float *logits)
{
    const unsigned lane = threadIdx.x & 31, row = (blockIdx.x * blockDim.x + threadIdx.x) >> 5;
    float mine = logits[row * 32 + lane];
    for (int k = 0; k < 2; ++k) {
        Best b{mine, (int)lane};
        for (int m = 16; m > 0; m >>= 1) {
            Best other;
            other.v = __shfl_xor_sync(0xffffffffu, b.v, m);
            other.i = __shfl_xor_sync(0xffffffffu, b.i, m);
            b = better(b, other);
        }
        if (lane == 0) out[row * 2 + k] = b.i;
        if (b.i == (int)lane) mine = -CUDART_INF_F;
    }
}""", gate_args, lambda out, x: np.argsort(-x, axis=1)[:, :2], grid=4, block=128),
    K("rms_norm_half2", r"""
#include <cuda_fp16.h>
template <typename V> struct alignas(sizeof(V) * 4) Vec { V v[4]; };
extern "C" __global__ void rms_norm_half2(float *out, const float *x, const float *w)
{
    using V4 = Vec<float>;
    const V4 *row = reinterpret_cast<const V4 *>(x) + blockIdx.x * blockDim.x;
    V4 mine = row[threadIdx.x];
    float ss = 0;
    for (auto v : mine.v) ss += v * v;
    for (int m = warpSize >> 1; m; m >>= 1) ss += __shfl_xor_sync(0xffffffff, ss, m);
    const float r = rsqrtf(ss / 128.f + 1e-6f);
    V4 result;
    for (int i = 0; i < 4; i++) result.v[i] = mine.v[i] * r * w[threadIdx.x * 4 + i];
    reinterpret_cast<V4 *>(out)[blockIdx.x * blockDim.x + threadIdx.x] = result;
}""", normal((4, 128), (128,), out=(4, 128)), rms, grid=4, block=32, tol=1e-5),
    K("swiglu_vec", r"""
namespace act {
template <typename T> struct SiLU { __device__ __forceinline__ T operator()(const T &x) const { return x / (T(1) + exp(-x)); } };
}
template <typename T, template <typename> class Act, int VEC>
__device__ void act_and_mul(T *out, const T *gate, const T *up, int n)
{
    for (int i = (blockIdx.x * blockDim.x + threadIdx.x) * VEC; i < n; i += gridDim.x * blockDim.x * VEC)
        #pragma unroll
        for (int k = 0; k < VEC; k++)
            if (i + k < n) out[i + k] = Act<T>()(gate[i + k]) * up[i + k];
}
extern "C" __global__ void swiglu_vec(float *out, const float *gate, const float *up)
{
    act_and_mul<float, act::SiLU, 4>(out, gate, up, 999);
}""", normal((999,), (999,), out=999), swiglu, grid=2, tol=1e-5),
    K("lstm_cell", r"""
__device__ __forceinline__ float sigmoidf(float v) { return 1.f / (1.f + __expf(-v)); }
extern "C" __global__ void lstm_cell(float *h, const float *__restrict__ gates, const float *__restrict__ c)
{
    enum { HIDDEN = 16 };
    int i = blockIdx.x * blockDim.x + threadIdx.x, row = i / HIDDEN, col = i % HIDDEN;
    const float *g = &gates[row * 4 * HIDDEN + col];
    float in = sigmoidf(g[0 * HIDDEN]), forget = sigmoidf(g[1 * HIDDEN]), cell = tanhf(g[2 * HIDDEN]), o = sigmoidf(g[3 * HIDDEN]);
    h[i] = o * tanhf(forget * c[i] + in * cell);
}""", normal((4, 64), (4, 16), out=(4, 16)), lstm, tol=1e-5),
    K("fp8_amax", r"""
#include <cuda_fp8.h>
extern "C" __global__ void fp8_amax(float *out, const float *x)
{
    __shared__ unsigned amax;
    if (threadIdx.x == 0) amax = 0;
    __syncthreads();
    atomicMax(&amax, __float_as_uint(fabsf(x[threadIdx.x])));
    __syncthreads();
    const float scale = 448.0f / __uint_as_float(amax);
    __nv_fp8_e4m3 q = __nv_fp8_e4m3(x[threadIdx.x] * scale);
    out[threadIdx.x] = float(q) / scale;
}""", normal((64,), out=64), lambda out, x: x, tol=7e-2),
    K("gemm_double_buffer", r"""
template <int BM, int BN, int BK, int TM, int TN> struct Tile {
    float a[2][BK][BM], b[2][BK][BN];
    __device__ void load(int s, const float *A, const float *B, int k, int K, int N)
    {
        for (int i = threadIdx.x; i < BM * BK; i += blockDim.x) a[s][i % BK][i / BK] = A[(i / BK) * K + k + i % BK];
        for (int i = threadIdx.x; i < BK * BN; i += blockDim.x) b[s][i / BN][i % BN] = B[(k + i / BN) * N + i % BN];
    }
};
extern "C" __global__ void gemm_double_buffer(float *C, const float *A, const float *B)
{
    constexpr int BM = 32, BN = 32, BK = 8, TM = 4, TN = 4, Kd = 32, N = 32;
    __shared__ Tile<BM, BN, BK, TM, TN> s;
    float acc[TM][TN] = {};
    const int ty = threadIdx.x / (BN / TN) * TM, tx = threadIdx.x % (BN / TN) * TN;
    s.load(0, A, B, 0, Kd, N);
    __syncthreads();
    int now = 0;
    for (int k = 0; k < Kd; k += BK, now ^= 1) {
        if (k + BK < Kd) s.load(now ^ 1, A, B, k + BK, Kd, N);
        #pragma unroll
        for (int kk = 0; kk < BK; ++kk) {
            float ra[TM], rb[TN];
            for (int i = 0; i < TM; ++i) ra[i] = s.a[now][kk][ty + i];
            for (int j = 0; j < TN; ++j) rb[j] = s.b[now][kk][tx + j];
            for (int i = 0; i < TM; ++i)
                for (int j = 0; j < TN; ++j) acc[i][j] += ra[i] * rb[j];
        }
        __syncthreads();
    }
    for (int i = 0; i < TM; ++i) *reinterpret_cast<float4 *>(&C[(ty + i) * N + tx]) = make_float4(acc[i][0], acc[i][1], acc[i][2], acc[i][3]);
}""", normal((32, 32), (32, 32), out=(32, 32)), lambda c, a, b: a.astype(f8) @ b, tol=1e-4),
    K("aes128_ecb", r"""
__device__ __forceinline__ unsigned char xtime(unsigned char b) { return (b << 1) ^ ((b >> 7) * 0x1b); }
extern "C" __global__ void aes128_ecb(unsigned char *out, const unsigned char *text, const unsigned char *keys, const unsigned char *sbox)
{
    __shared__ unsigned char box[256];
    for (int i = threadIdx.x; i < 256; i += blockDim.x) box[i] = sbox[i];
    __syncthreads();
    unsigned char s[16], t[16];
    const unsigned char *block = text + 16 * threadIdx.x;
    for (int i = 0; i < 16; i++) s[i] = block[i] ^ keys[i];
    for (int round = 1; round <= 10; round++) {
        for (int i = 0; i < 16; i++) t[i] = box[s[(i + 4 * (i & 3)) & 15]];
        for (int c = 0; c < 4; c++) {
            unsigned char *p = t + 4 * c, all = p[0] ^ p[1] ^ p[2] ^ p[3], first = p[0];
            if (round == 10) break;
            p[0] ^= all ^ xtime(p[0] ^ p[1]);
            p[1] ^= all ^ xtime(p[1] ^ p[2]);
            p[2] ^= all ^ xtime(p[2] ^ p[3]);
            p[3] ^= all ^ xtime(p[3] ^ first);
        }
        for (int i = 0; i < 16; i++) s[i] = t[i] ^ keys[round * 16 + i];
    }
    *reinterpret_cast<uint4 *>(out + 16 * threadIdx.x) = *reinterpret_cast<uint4 *>(s);
}""", lambda r: [np.zeros((32, 16), u1), r.integers(0, 256, (32, 16)).astype(u1), aes_keys(r.bytes(16)), SBOX], aes, block=32),
    K("blake2s_single", r"""
__constant__ unsigned IV[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
__constant__ unsigned char SIGMA[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
#define ROR(x, n) __funnelshift_r((x), (x), (n))
#define G(r, i, a, b, c, d) \
    do { a += b + m[SIGMA[r][2 * i]]; d = ROR(d ^ a, 16); c += d; b = ROR(b ^ c, 12); \
         a += b + m[SIGMA[r][2 * i + 1]]; d = ROR(d ^ a, 8); c += d; b = ROR(b ^ c, 7); } while (0)
extern "C" __global__ void blake2s_single(unsigned *out, const unsigned *data)
{
    unsigned m[16] = {0}, v[16], h[8];
    const unsigned *in = data + threadIdx.x * 8;
    for (int i = 0; i < 8; i++) m[i] = in[i], h[i] = IV[i];
    h[0] ^= 0x01010020;
    for (int i = 0; i < 8; i++) v[i] = h[i], v[i + 8] = IV[i];
    v[12] ^= 32;
    v[14] = ~v[14];
    #pragma unroll 1
    for (int r = 0; r < 10; r++) {
        G(r, 0, v[0], v[4], v[8], v[12]); G(r, 1, v[1], v[5], v[9], v[13]);
        G(r, 2, v[2], v[6], v[10], v[14]); G(r, 3, v[3], v[7], v[11], v[15]);
        G(r, 4, v[0], v[5], v[10], v[15]); G(r, 5, v[1], v[6], v[11], v[12]);
        G(r, 6, v[2], v[7], v[8], v[13]); G(r, 7, v[3], v[4], v[9], v[14]);
    }
    for (int i = 0; i < 8; i++) out[threadIdx.x * 8 + i] = h[i] ^ v[i] ^ v[i + 8];
}""", lambda r: [np.zeros((32, 8), u4), r.integers(0, 2**32, (32, 8), dtype=u4)], blake2s, block=32),
    K("sha1_single", r"""
template <int T> struct Round {
    static __device__ __forceinline__ unsigned f(unsigned b, unsigned c, unsigned d)
    {
        if constexpr (T == 0) return (b & c) | (~b & d);
        else if constexpr (T == 2) return (b & c) | (b & d) | (c & d);
        else return b ^ c ^ d;
    }
    static constexpr unsigned k = T == 0 ? 0x5A827999u : T == 1 ? 0x6ED9EBA1u : T == 2 ? 0x8F1BBCDCu : 0xCA62C1D6u;
};
template <int T> __device__ void rounds(unsigned *s, unsigned *w)
{
    for (int i = T * 20; i < T * 20 + 20; i++) {
        if (i >= 16) {
            unsigned x = w[(i + 13) & 15] ^ w[(i + 8) & 15] ^ w[(i + 2) & 15] ^ w[i & 15];
            w[i & 15] = x << 1 | x >> 31;
        }
        unsigned t = (s[0] << 5 | s[0] >> 27) + Round<T>::f(s[1], s[2], s[3]) + s[4] + Round<T>::k + w[i & 15];
        s[4] = s[3], s[3] = s[2], s[2] = s[1] << 30 | s[1] >> 2, s[1] = s[0], s[0] = t;
    }
    if constexpr (T < 3) rounds<T + 1>(s, w);
}
extern "C" __global__ void sha1_single(unsigned *out, const unsigned *data)
{
    unsigned w[16] = {}, h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}, s[5];
    for (int i = 0; i < 8; i++) w[i] = __byte_perm(data[threadIdx.x * 8 + i], 0, 0x0123);
    w[8] = 0x80000000;
    w[15] = 256;
    memcpy(s, h, sizeof s);
    rounds<0>(s, w);
    for (int i = 0; i < 5; i++) out[threadIdx.x * 5 + i] = h[i] + s[i];
}""", lambda r: [np.zeros((32, 5), u4), r.integers(0, 2**32, (32, 8), dtype=u4)], sha1, block=32),
    K("ntt_shared", r"""
struct Mod {
    unsigned v;
    static constexpr unsigned P = 998244353u;
    __host__ __device__ constexpr Mod(unsigned x = 0) : v(x) {}
    friend __device__ Mod operator+(Mod a, Mod b) { unsigned s = a.v + b.v; return s >= P ? s - P : s; }
    friend __device__ Mod operator-(Mod a, Mod b) { return a.v >= b.v ? a.v - b.v : a.v + P - b.v; }
    friend __device__ Mod operator*(Mod a, Mod b) { return Mod((unsigned)((unsigned long long)a.v * b.v % P)); }
    __device__ Mod pow(unsigned e) const { Mod r(1), b = *this; for (; e; e >>= 1, b = b * b) if (e & 1) r = r * b; return r; }
};
extern "C" __global__ void ntt_shared(unsigned *out, const unsigned *in)
{
    constexpr int LOG = 6, N = 1 << LOG;
    __shared__ Mod a[N];
    const int t = threadIdx.x;
    a[__brev(t) >> (32 - LOG)] = Mod(in[t]);
    a[__brev(t + N / 2) >> (32 - LOG)] = Mod(in[t + N / 2]);
    for (int len = 2; len <= N; len <<= 1) {
        __syncthreads();
        int half = len / 2, pos = t % half, base = t / half * len + pos;
        Mod w = Mod(3).pow((Mod::P - 1) / len * pos), u = a[base], v = a[base + half] * w;
        a[base] = u + v;
        a[base + half] = u - v;
    }
    __syncthreads();
    for (int i = t; i < N; i += blockDim.x) out[i] = a[i].v;
}""", lambda r: [np.zeros(64, u4), r.integers(0, P, 64).astype(u4)], ntt, block=32),
    K("mt19937_block", r"""
extern "C" __global__ void mt19937_block(unsigned *out, unsigned seed)
{
    enum { N = 624, M = 397 };
    __shared__ unsigned mt[N];
    if (threadIdx.x == 0) {
        mt[0] = seed;
        for (int i = 1; i < N; i++) mt[i] = 1812433253u * (mt[i - 1] ^ (mt[i - 1] >> 30)) + i;
    }
    __syncthreads();
    for (int begin = 0; begin < N; begin += N - M) { // 227 words do not depend on each other
        int i = begin + threadIdx.x;
        unsigned word = 0;
        bool mine = threadIdx.x < N - M && i < N;
        if (mine) {
            unsigned y = (mt[i] & 0x80000000u) | (mt[(i + 1) % N] & 0x7fffffffu);
            word = mt[(i + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0u);
        }
        __syncthreads();
        if (mine) mt[i] = word;
        __syncthreads();
    }
    for (int i = threadIdx.x; i < N; i += blockDim.x) {
        unsigned y = mt[i];
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c5680u;
        y ^= y << 15 & 0xefc60000u;
        out[i] = y ^ y >> 18;
    }
}""", lambda r: [np.zeros(624, u4), 5489], mersenne, block=256),
    K("philox_by_hand", r"""
typedef struct { unsigned int v[4]; } philox4x32_ctr_t;
typedef struct { unsigned int v[2]; } philox4x32_key_t;
static __device__ inline philox4x32_ctr_t philox4x32_R(unsigned int R, philox4x32_ctr_t ctr, philox4x32_key_t key)
{
    for (unsigned r = 0; r < R; ++r) {
        if (r) { key.v[0] += 0x9E3779B9u; key.v[1] += 0xBB67AE85u; }
        unsigned hi0 = __umulhi(0xD2511F53u, ctr.v[0]), lo0 = 0xD2511F53u * ctr.v[0];
        unsigned hi1 = __umulhi(0xCD9E8D57u, ctr.v[2]), lo1 = 0xCD9E8D57u * ctr.v[2];
        philox4x32_ctr_t next = {{hi1 ^ ctr.v[1] ^ key.v[0], lo1, hi0 ^ ctr.v[3] ^ key.v[1], lo0}};
        ctr = next;
    }
    return ctr;
}
extern "C" __global__ void philox_by_hand(unsigned *out, unsigned k0, unsigned k1)
{
    philox4x32_ctr_t c = {{threadIdx.x, 0, 0, 0}};
    philox4x32_key_t k = {{k0, k1}};
    c = philox4x32_R(10, c, k);
    *(uint4 *)(out + 4 * threadIdx.x) = *(uint4 *)&c;
}""", lambda r: [np.zeros((64, 4), u4), 12345, 67890], philox),
    K("base64_encode", r"""
__constant__ char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
extern "C" __global__ void base64_encode(unsigned char *out, const unsigned char *in)
{
    const uchar3 b = reinterpret_cast<const uchar3 *>(in)[threadIdx.x];
    const unsigned bits = b.x << 16 | b.y << 8 | b.z;
    uchar4 c;
    c.x = alphabet[bits >> 18 & 63], c.y = alphabet[bits >> 12 & 63], c.z = alphabet[bits >> 6 & 63], c.w = alphabet[bits & 63];
    reinterpret_cast<uchar4 *>(out)[threadIdx.x] = c;
}""", lambda r: [np.zeros(256, u1), r.integers(0, 256, 192).astype(u1)], base64),
    K("lbm_d2q9_pull", r"""
#define IDX(q, x, y) ((q) * NX * NY + (y) * NX + (x))
constexpr int NX = 16, NY = 8;
__constant__ int cx[9] = {0, 1, 0, -1, 0, 1, -1, -1, 1}, cy[9] = {0, 0, 1, 0, -1, 1, 1, -1, -1};
__constant__ float w[9] = {4.f / 9, 1.f / 9, 1.f / 9, 1.f / 9, 1.f / 9, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36};
extern "C" __global__ void lbm_d2q9_pull(float *__restrict__ next, const float *__restrict__ f)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    float g[9], rho = 0, ux = 0, uy = 0;
#pragma unroll
    for (int q = 0; q < 9; q++) {
        g[q] = f[IDX(q, (x - cx[q] + NX) % NX, (y - cy[q] + NY) % NY)];
        rho += g[q];
        ux += cx[q] * g[q];
        uy += cy[q] * g[q];
    }
    ux /= rho, uy /= rho;
    const float usq = 1.5f * (ux * ux + uy * uy);
#pragma unroll
    for (int q = 0; q < 9; q++) {
        float cu = 3.f * (cx[q] * ux + cy[q] * uy);
        next[IDX(q, x, y)] = g[q] + (w[q] * rho * (1.f + cu + 0.5f * cu * cu - usq) - g[q]) * 1.2f;
    }
}""", d2q9_args, d2q9, grid=(2, 2), block=(8, 4), tol=1e-5),
    K("cell_list_count", r"""
struct Box { float2 origin; float inv; int2 n; };
__device__ inline int2 cell_of(const Box &b, float2 p) { return make_int2(min(int(p.x * b.inv), b.n.x - 1), min(int(p.y * b.inv), b.n.y - 1)); }
extern "C" __global__ void cell_list_count(int *count, const float2 *pos, const int *start)
{
    const Box box = {{0.f, 0.f}, 4.f, {4, 4}};
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const float2 p = pos[i];
    const int2 c = cell_of(box, p);
    int found = 0;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
            int2 o = {c.x + dx, c.y + dy};
            if (o.x < 0 || o.y < 0 || o.x >= box.n.x || o.y >= box.n.y) continue;
            const int cell = o.y * box.n.x + o.x;
            for (int j = start[cell]; j < start[cell + 1]; ++j) {
                float rx = pos[j].x - p.x, ry = pos[j].y - p.y;
                found += j != i && rx * rx + ry * ry < 0.04f;
            }
        }
    count[i] = found;
}""", cells_args, neighbours),
    K("heat_grid_sync", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void heat_grid_sync(float *a, float *b, int steps)
{
    cg::grid_group grid = cg::this_grid();
    const int n = 256;
    for (int s = 0; s < steps; ++s) {
        for (unsigned i = grid.thread_rank(); i < n; i += grid.size())
            b[i] = i == 0 || i == n - 1 ? a[i] : a[i] + 0.25f * (a[i - 1] - 2.f * a[i] + a[i + 1]);
        grid.sync();
        float *t = a; a = b; b = t;
    }
}""", lambda r: [r.random(256).astype(f4), np.zeros(256, f4), 4], heat, grid=2, tol=1e-5),
    K("dct8x8", r"""
#define C_norm 0.35355339059327376f
__device__ __constant__ float pi_16 = 0.19634954084936207f;
extern "C" __global__ void dct8x8(float *out, const float *image)
{
    __shared__ float block[8][8 + 1], rows[8][8 + 1];
    const int u = threadIdx.x, v = threadIdx.y, x = blockIdx.x * 8 + u, y = blockIdx.y * 8 + v;
    block[v][u] = image[y * 32 + x];
    __syncthreads();
    float s = 0;
    for (int k = 0; k < 8; k++) s += block[v][k] * cosf((2 * k + 1) * u * pi_16);
    rows[v][u] = s * (u ? 0.5f : C_norm);
    __syncthreads();
    s = 0;
    for (int k = 0; k < 8; k++) s += rows[k][u] * cosf((2 * k + 1) * v * pi_16);
    out[y * 32 + x] = s * (v ? 0.5f : C_norm);
}""", normal((16, 32), out=(16, 32)), dct, grid=(4, 2), block=(8, 8), tol=1e-5),
    K("bilateral_halo", r"""
template <int R, int BX, int BY> struct Halo {
    float data[BY + 2 * R][BX + 2 * R];
    template <class F> __device__ void fill(F at)
    {
        for (int y = threadIdx.y; y < BY + 2 * R; y += BY)
            for (int x = threadIdx.x; x < BX + 2 * R; x += BX)
                data[y][x] = at(int(blockIdx.x * BX) + x - R, int(blockIdx.y * BY) + y - R);
        __syncthreads();
    }
};
extern "C" __global__ void bilateral_halo(float *out, const float *image)
{
    const int w = 24, h = 16;
    __shared__ Halo<2, 8, 8> tile;
    auto clamp = [](int v, int top) { return v < 0 ? 0 : v >= top ? top - 1 : v; };
    tile.fill([=](int x, int y) { return image[clamp(y, h) * w + clamp(x, w)]; });
    const float mine = tile.data[threadIdx.y + 2][threadIdx.x + 2];
    float num = 0, den = 0;
    for (int dy = 0; dy < 5; dy++)
        for (int dx = 0; dx < 5; dx++) {
            float p = tile.data[threadIdx.y + dy][threadIdx.x + dx], d = p - mine;
            float weight = expf(-((dy - 2) * (dy - 2) + (dx - 2) * (dx - 2)) / 8.f - d * d / 0.5f);
            num += weight * p, den += weight;
        }
    out[(blockIdx.y * 8 + threadIdx.y) * w + blockIdx.x * 8 + threadIdx.x] = num / den;
}""", normal((16, 24), out=(16, 24)), bilateral, grid=(3, 2), block=(8, 8), tol=1e-5),
    K("marching_squares", r"""
extern "C" __global__ void marching_squares(int *cases, const float *field, float level)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= 19 || y >= 14) return;
    static const int2 corner[4] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    int index = 0;
    for (int c = 0; c < 4; c++)
        if (field[(y + corner[c].y) * 20 + x + corner[c].x] > level) index |= 1 << c;
    cases[y * 19 + x] = index;
}""", lambda r: [np.zeros((14, 19), i4), r.standard_normal((15, 20)).astype(f4), 0.25], squares, grid=(3, 2), block=(8, 8)),
    K("moller_trumbore", r"""
struct vec3 { float x, y, z; };
#define HD __host__ __device__ __forceinline__
HD vec3 operator-(vec3 a, vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
HD vec3 operator-(vec3 a) { return {-a.x, -a.y, -a.z}; }
HD float dot(vec3 a, vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
HD vec3 cross(vec3 a, vec3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
struct Ray { vec3 o, d; };
struct Triangle {
    vec3 a, b, c;
    HD bool hit(const Ray &r, float &t) const
    {
        vec3 e1 = b - a, e2 = c - a, h = cross(r.d, e2), s = r.o - a;
        float det = dot(e1, h);
        if (fabsf(det) < 1e-9f) return false;
        float inv = 1 / det, u = dot(s, h) * inv;
        if (u < 0 || u > 1) return false;
        vec3 q = cross(s, e1);
        float v = dot(r.d, q) * inv;
        if (v < 0 || u + v > 1) return false;
        float dist = dot(e2, q) * inv;
        if (!(dist > 0 && dist < t)) return false;
        t = dist;
        return true;
    }
};
extern "C" __global__ void moller_trumbore(float *depth, const Triangle *tri)
{
    const int i = threadIdx.x;
    Ray r{{0, 0, 0}, {(i % 8 + 0.5f) / 8, (i / 8 + 0.5f) / 8, 1}};
    float t = 1e30f;
    bool any = false;
    for (int k = 0; k < 5; k++) any |= tri[k].hit(r, t);
    depth[i] = any ? t : 0;
}""", triangles_args, triangles, tol=1e-3),
    K("morton_codes", r"""
__device__ __forceinline__ unsigned expand_bits(unsigned v)
{
    v = (v * 0x00010001u) & 0xFF0000FFu;
    v = (v * 0x00000101u) & 0x0F00F00Fu;
    v = (v * 0x00000011u) & 0xC30C30C3u;
    v = (v * 0x00000005u) & 0x49249249u;
    return v;
}
extern "C" __global__ void morton_codes(unsigned *codes, const float3 *points)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float3 p = points[i];
    unsigned x = min(max(p.x * 1024.0f, 0.0f), 1023.0f), y = min(max(p.y * 1024.0f, 0.0f), 1023.0f), z = min(max(p.z * 1024.0f, 0.0f), 1023.0f);
    codes[i] = expand_bits(z) * 4 + expand_bits(y) * 2 + expand_bits(x);
}""", lambda r: [np.zeros(64, u4), r.random((64, 3)).astype(f4)], morton),
    K("karras_bvh", r"""
extern "C" __global__ void karras_bvh(int2 *children, const unsigned *codes, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n - 1) return;
    auto delta = [=](int a, int b) { return b < 0 || b >= n ? -1 : __clz(codes[a] ^ codes[b]); };
    const int d = delta(i, i + 1) > delta(i, i - 1) ? 1 : -1, least = delta(i, i - d);
    int most = 2;
    while (delta(i, i + most * d) > least) most <<= 1;
    int l = 0;
    for (int t = most >> 1; t > 0; t >>= 1)
        if (delta(i, i + (l + t) * d) > least) l += t;
    const int j = i + l * d, node = delta(i, j);
    int s = 0, step = l;
    do {
        step = (step + 1) >> 1;
        if (s + step < l && delta(i, i + (s + step) * d) > node) s += step;
    } while (step > 1);
    const int split = i + s * d + min(d, 0);
    children[i] = make_int2(split, split + 1);
}""", lambda r: [np.zeros((63, 2), i4), np.sort(r.choice(1 << 30, 64, replace=False)).astype(u4), 64], lambda out, codes, n: karras(out, codes)),
    K("union_find_image", r"""
__device__ int find(volatile int *label, int i) { while (label[i] != i) i = label[i]; return i; }
__device__ void unite(int *label, int a, int b)
{
    bool done;
    do {
        a = find(label, a);
        b = find(label, b);
        if (a < b) { int old = atomicMin(&label[b], a); done = old == b; b = old; }
        else if (b < a) { int old = atomicMin(&label[a], b); done = old == a; a = old; }
        else done = true;
    } while (!done);
}
extern "C" __global__ void union_find_image(int *out, const int *image)
{
    const int W = 16, H = 16;
    __shared__ int label[W * H];
    const int i = threadIdx.y * W + threadIdx.x;
    label[i] = i;
    __syncthreads();
    if (threadIdx.x + 1 < W && image[i] == image[i + 1]) unite(label, i, i + 1);
    if (threadIdx.y + 1 < H && image[i] == image[i + W]) unite(label, i, i + W);
    __syncthreads();
    out[i] = find(label, i);
}""", lambda r: [np.zeros((16, 16), i4), r.integers(0, 2, (16, 16)).astype(i4)], components, block=(16, 16)),
    K("spmv_warp_rows", r"""
template <unsigned LANES, typename T>
__device__ void csr_vector(int rows, const int *__restrict__ ptr, const int *__restrict__ col, const T *__restrict__ val, const T *__restrict__ x, T *y)
{
    const unsigned thread = blockDim.x * blockIdx.x + threadIdx.x, lane = thread & (LANES - 1);
    for (int row = thread / LANES; row < rows; row += gridDim.x * blockDim.x / LANES) {
        T sum = 0;
        for (int j = ptr[row] + lane; j < ptr[row + 1]; j += LANES) sum += val[j] * __ldg(&x[col[j]]);
        #pragma unroll
        for (int i = LANES >> 1; i > 0; i >>= 1) sum += __shfl_down_sync(0xFFFFFFFF, sum, i, LANES);
        if (lane == 0) y[row] = sum;
    }
}
extern "C" __global__ void spmv_warp_rows(float *y, const int *ptr, const int *col, const float *val, const float *x)
{
    csr_vector<8>(16, ptr, col, val, x, y);
}""", csr_args, csr, tol=1e-4),
    K("bfs_queue", r"""
extern "C" __global__ void bfs_queue(int *level, const int *ptr, const int *edges, int *queue)
{
    __shared__ int count[2];
    if (threadIdx.x == 0) count[0] = 1, count[1] = 0, queue[0] = 0;
    for (int depth = 1, in = 0;; depth++, in ^= 1) {
        __syncthreads();
        const int n = count[in];
        if (n == 0) break;
        for (int i = threadIdx.x; i < n; i += blockDim.x) {
            const int v = queue[in * 64 + i];
            for (int e = ptr[v]; e < ptr[v + 1]; e++)
                if (atomicCAS(&level[edges[e]], -1, depth) == -1) queue[(in ^ 1) * 64 + atomicAdd(&count[in ^ 1], 1)] = edges[e];
        }
        __syncthreads();
        if (threadIdx.x == 0) count[in] = 0;
    }
}""", frontier_args, frontier, block=32),
    K("hash_set_64", r"""
typedef unsigned long long key_t;
struct HashSet {
    static constexpr key_t EMPTY = ~0ull;
    static constexpr unsigned CAPACITY = 256;
    key_t *slots;
    static __device__ unsigned hash(key_t k) { k ^= k >> 33; k *= 0xff51afd7ed558ccdULL; k ^= k >> 33; return (unsigned)k % CAPACITY; }
    __device__ bool insert(key_t k)
    {
        for (unsigned i = hash(k);; i = (i + 1) % CAPACITY) {
            key_t old = atomicCAS(slots + i, EMPTY, k);
            if (old == EMPTY || old == k) return old == EMPTY;
        }
    }
    __device__ bool contains(key_t k) const
    {
        for (unsigned i = hash(k); slots[i] != EMPTY; i = (i + 1) % CAPACITY)
            if (slots[i] == k) return true;
        return false;
    }
};
extern "C" __global__ void hash_set_64(int *found, const key_t *keys, const key_t *queries)
{
    __shared__ key_t memory[HashSet::CAPACITY];
    for (int i = threadIdx.x; i < HashSet::CAPACITY; i += blockDim.x) memory[i] = HashSet::EMPTY;
    __syncthreads();
    HashSet set{memory};
    set.insert(keys[threadIdx.x]);
    __syncthreads();
    found[threadIdx.x] = set.contains(queries[threadIdx.x]);
}""", lambda r: [np.zeros(128, i4), r.integers(0, 300, 128).astype(u8), r.integers(0, 300, 128).astype(u8)], probing, block=128),
    K("bitonic_by_shuffles", r"""
template <typename T> __device__ __forceinline__ T exchange(T v, int mask, bool up)
{
    T other = __shfl_xor_sync(0xffffffff, v, mask);
    return (v < other) == up ? v : other;
}
template <typename T> __device__ T sort_lanes(T v)
{
    const unsigned lane = threadIdx.x % 32;
    #pragma unroll
    for (unsigned size = 2; size <= 32; size *= 2)
        #pragma unroll
        for (unsigned stride = size / 2; stride; stride /= 2)
            v = exchange(v, stride, bool(lane & stride) == bool(lane & size));
    return v;
}
extern "C" __global__ void bitonic_by_shuffles(int *out, const int *in)
{
    int v = in[threadIdx.x], lane = threadIdx.x & 31;
    (void)lane;
    out[threadIdx.x] = sort_lanes(v);
}""", lambda r: [np.zeros((2, 32), i4), r.permutation(1000)[:64].reshape(2, 32).astype(i4)],
      lambda out, x: np.sort(x, axis=1)),
    K("decoupled_lookback", r"""
struct Status { unsigned long long packed; };
enum : unsigned { INVALID = 0, PARTIAL = 1, PREFIX = 2 };
__device__ unsigned long long pack(unsigned flag, int v) { return (unsigned long long)flag << 32 | (unsigned)v; }
extern "C" __global__ void decoupled_lookback(int *out, const int *in, unsigned long long *status, unsigned *ticket)
{
    __shared__ int tile, warp_sums[4], before;
    if (threadIdx.x == 0) tile = atomicAdd(ticket, 1);
    __syncthreads();
    const int i = tile * blockDim.x + threadIdx.x, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    int v = in[i];
    for (int d = 1; d < 32; d <<= 1) { int o = __shfl_up_sync(~0u, v, d); if (lane >= d) v += o; }
    if (lane == 31) warp_sums[warp] = v;
    __syncthreads();
    for (int w = 0; w < warp; w++) v += warp_sums[w];
    if (threadIdx.x == blockDim.x - 1) {
        atomicExch(&status[tile], pack(tile ? PARTIAL : PREFIX, v));
        int sum = 0;
        for (int t = tile - 1; t >= 0; t--) {
            unsigned long long s;
            do s = atomicAdd(&status[t], 0ull); while (s >> 32 == INVALID);
            sum += (int)(unsigned)s;
            if (s >> 32 == PREFIX) break;
        }
        if (tile) { __threadfence(); atomicExch(&status[tile], pack(PREFIX, sum + v)); }
        before = sum;
    }
    __syncthreads();
    out[i] = v + before;
}""", lambda r: [np.zeros(1024, i4), r.integers(0, 100, 1024).astype(i4), np.zeros(8, u8), np.zeros(1, u4)],
      lambda out, x, s, t: np.cumsum(x), grid=8, block=128),
    K("segmented_prefix", r"""
#include <cub/cub.cuh>
struct Pair { int flag, value; };
struct SegmentedSum {
    __device__ __forceinline__ Pair operator()(const Pair &a, const Pair &b) const { return {a.flag | b.flag, b.flag ? b.value : a.value + b.value}; }
};
struct Running {
    Pair total;
    __device__ Pair operator()(Pair block) { Pair old = total; total = SegmentedSum()(total, block); return old; }
};
extern "C" __global__ void segmented_prefix(int *out, const int *values, const int *heads)
{
    typedef cub::BlockScan<Pair, 64> Scan;
    __shared__ typename Scan::TempStorage temp;
    Running running{{0, 0}};
    for (int base = 0; base < 256; base += 64) {
        Pair p = {heads[base + threadIdx.x], values[base + threadIdx.x]};
        Scan(temp).InclusiveScan(p, p, SegmentedSum(), running);
        out[base + threadIdx.x] = p.value;
        __syncthreads();
    }
}""", lambda r: [np.zeros(256, i4), r.integers(0, 100, 256).astype(i4), (r.random(256) < 0.1).astype(i4)], flags_sum),
    K("warp_specialised", r"""
// Two warps make tiles while two use those of the step before.
extern "C" __global__ void warp_specialised(int *out, const int *in)
{
    __shared__ int stage[2][64];
    const int warp = threadIdx.x / 32, half = threadIdx.x % 64;
    for (int step = 0; step <= 4; ++step) {
        if (warp < 2) {
            if (step < 4) stage[step & 1][half] = in[step * 64 + half] * 3;
        } else if (step > 0) {
            out[(step - 1) * 64 + half] = stage[step - 1 & 1][63 - half];
        }
        asm volatile("barrier.sync 0;" ::: "memory");
    }
}""", lambda r: [np.zeros(256, i4), r.integers(0, 100, 256).astype(i4)],
      lambda out, x: (x.reshape(4, 64)[:, ::-1] * 3).reshape(-1), block=128),
    K("depth_raster", r"""
// The nearest fragment of each pixel wins: depth and colour in one word.
extern "C" __global__ void depth_raster(unsigned long long *pixels, const float4 *discs, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const float4 d = discs[i];
    const int x0 = max((int)floorf(d.x - d.w), 0), x1 = min((int)ceilf(d.x + d.w), 15);
    const int y0 = max((int)floorf(d.y - d.w), 0), y1 = min((int)ceilf(d.y + d.w), 15);
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            float dx = x - d.x, dy = y - d.y;
            if (dx * dx + dy * dy > d.w * d.w) continue;
            atomicMin(&pixels[y * 16 + x], (unsigned long long)__float_as_uint(d.z) << 32 | (unsigned)i);
        }
}""", lambda r: [np.full((16, 16), 2**64 - 1, u8), np.stack([r.random(40) * 16, r.random(40) * 16, r.random(40) + 0.5, r.random(40) * 3 + 0.5], 1).astype(f4), 40],
      lambda p, d, n: raster(d)),
]


def raster(discs):
    y, x = np.mgrid[:16, :16].astype(f4)
    best = np.full((16, 16), 2**64 - 1, u8)
    for i, (cx, cy, z, r) in enumerate(discs):
        hit = (x - cx) * (x - cx) + (y - cy) * (y - cy) <= r * r
        word = struct.unpack("<I", struct.pack("<f", z))[0] << 32 | i
        best[hit] = np.minimum(best[hit], u8(word))
    return best
