"""Reductions, scans, histograms, compaction, sorting."""

import numpy as np
from table import NUMBERS, K, expand, f4, i4, u1, u4


def ints(n, top=100, dtype=i4):
    return lambda r: r.integers(0, top, n).astype(dtype)


CASES = expand("block_sum", """
template <typename T> __device__ void fold(T *s, int t) { for (int h = blockDim.x / 2; h > 0; h >>= 1) { if (t < h) s[t] += s[t + h]; __syncthreads(); } }
extern "C" __global__ void NAME(TYPE *out, const TYPE *in, int n) {
    __shared__ TYPE s[128];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    s[threadIdx.x] = i < n ? in[i] : TYPE(0);
    __syncthreads();
    fold(s, threadIdx.x);
    if (threadIdx.x == 0) out[blockIdx.x] = s[0];
}""", NUMBERS, lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros(3, dtype), r.integers(0, 2, 300).astype(dtype), 300],
    lambda out, x, n: np.array([x[:128].sum(), x[128:256].sum(), x[256:].sum()]).astype(dtype), grid=3, block=128))

CASES += expand("block_max", """
extern "C" __global__ void NAME(TYPE *out, const TYPE *in, int n) {
    extern __shared__ unsigned char raw[];
    TYPE *s = reinterpret_cast<TYPE *>(raw);
    TYPE best = in[0];
    for (int i = threadIdx.x; i < n; i += blockDim.x) best = in[i] > best ? in[i] : best;
    s[threadIdx.x] = best;
    __syncthreads();
    for (unsigned h = blockDim.x >> 1; h; h >>= 1) {
        if (threadIdx.x < h && s[threadIdx.x + h] > s[threadIdx.x]) s[threadIdx.x] = s[threadIdx.x + h];
        __syncthreads();
    }
    if (!threadIdx.x) *out = s[0];
}""", NUMBERS, lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros(1, dtype), r.integers(0, 120, 1000).astype(dtype), 1000], lambda out, x, n: x.max(keepdims=True),
    block=64, shared=64 * 8))

CASES += expand("hillis_steele", """
extern "C" __global__ void NAME(TYPE *out, const TYPE *in) {
    __shared__ TYPE a[2][64];
    int t = threadIdx.x, from = 0;
    a[0][t] = in[t];
    __syncthreads();
    for (int d = 1; d < 64; d *= 2) {
        a[1 - from][t] = t >= d ? a[from][t] + a[from][t - d] : a[from][t];
        from = 1 - from;
        __syncthreads();
    }
    out[t] = a[from][t];
}""", NUMBERS, lambda name, source, dtype: K(
    name, source, lambda r: [np.zeros(64, dtype), r.integers(0, 4, 64).astype(dtype)], lambda out, x: np.cumsum(x).astype(dtype)))

CASES += expand("bitonic", """
extern "C" __global__ void NAME(TYPE *x) {
    __shared__ TYPE s[64];
    unsigned t = threadIdx.x;
    s[t] = x[t];
    __syncthreads();
    for (unsigned k = 2; k <= blockDim.x; k <<= 1)
        for (unsigned j = k >> 1; j > 0; j >>= 1) {
            unsigned other = t ^ j;
            if (other > t && ((t & k) == 0) == (s[t] > s[other])) { TYPE v = s[t]; s[t] = s[other]; s[other] = v; }
            __syncthreads();
        }
    x[t] = s[t];
}""", NUMBERS, lambda name, source, dtype: K(name, source, lambda r: [r.integers(0, 100, 64).astype(dtype)], np.sort))

CASES += [
    K("blelloch", """
#define N 128
extern "C" __global__ void blelloch(int *out, const int *in) {
    __shared__ int s[N];
    int t = threadIdx.x, offset = 1;
    s[2 * t] = in[2 * t];
    s[2 * t + 1] = in[2 * t + 1];
    for (int d = N >> 1; d > 0; d >>= 1, offset *= 2) {
        __syncthreads();
        if (t < d) s[offset * (2 * t + 2) - 1] += s[offset * (2 * t + 1) - 1];
    }
    if (t == 0) s[N - 1] = 0;
    for (int d = 1; d < N; d *= 2) {
        offset >>= 1;
        __syncthreads();
        if (t < d) {
            int a = offset * (2 * t + 1) - 1, b = offset * (2 * t + 2) - 1, v = s[a];
            s[a] = s[b];
            s[b] += v;
        }
    }
    __syncthreads();
    out[2 * t] = s[2 * t];
    out[2 * t + 1] = s[2 * t + 1];
}""", lambda r: [np.zeros(128, i4), r.integers(-9, 9, 128).astype(i4)], lambda out, x: np.cumsum(x) - x),
    K("warp_scan", """
__device__ __forceinline__ int scan(int v) {
    int lane = threadIdx.x & 31;
#pragma unroll
    for (int d = 1; d < 32; d <<= 1) { int u = __shfl_up_sync(0xffffffff, v, d); if (lane >= d) v += u; }
    return v;
}
extern "C" __global__ void warp_scan(int *out, const int *in) {
    __shared__ int sums[32];
    int t = threadIdx.x, v = scan(in[t]);
    if ((t & 31) == 31) sums[t >> 5] = v;
    __syncthreads();
    if (t < 32) sums[t] = scan(t < blockDim.x / 32 ? sums[t] : 0);
    __syncthreads();
    out[t] = v + (t >= 32 ? sums[(t >> 5) - 1] : 0);
}""", lambda r: [np.zeros(128, i4), r.integers(0, 9, 128).astype(i4)], lambda out, x: np.cumsum(x), block=128),
    K("histogram_global", """
extern "C" __global__ void histogram_global(unsigned *bins, const unsigned char *data, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&bins[data[i]], 1);
}""", lambda r: [np.zeros(256, u4), r.integers(0, 256, 3000).astype(u1), 3000], lambda b, x, n: np.bincount(x, minlength=256), grid=4),
    K("histogram_shared", """
extern "C" __global__ void histogram_shared(unsigned *bins, const unsigned char *data, int n) {
    __shared__ unsigned local[256];
    for (int i = threadIdx.x; i < 256; i += blockDim.x) local[i] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(local + data[i], 1u);
    __syncthreads();
    for (int i = threadIdx.x; i < 256; i += blockDim.x) if (local[i]) atomicAdd(bins + i, local[i]);
}""", lambda r: [np.zeros(256, u4), r.integers(0, 256, 3000).astype(u1), 3000], lambda b, x, n: np.bincount(x, minlength=256), grid=4),
    K("histogram_packed", """
extern "C" __global__ void histogram_packed(unsigned *bins, const uchar4 *data, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    uchar4 v = data[i];
    atomicAdd(&bins[v.x >> 4], 1); atomicAdd(&bins[v.y >> 4], 1); atomicAdd(&bins[v.z >> 4], 1); atomicAdd(&bins[v.w >> 4], 1);
}""", lambda r: [np.zeros(16, u4), r.integers(0, 256, 400).astype(u1), 100], lambda b, x, n: np.bincount(x >> 4, minlength=16), grid=2),
    K("histogram_private", """
extern "C" __global__ void histogram_private(int *bins, const int *data, int n) {
    int mine[8] = {};
    for (int i = threadIdx.x; i < n; i += blockDim.x) mine[data[i] & 7]++;
#pragma unroll
    for (int b = 0; b < 8; b++) if (mine[b]) atomicAdd(&bins[b], mine[b]);
}""", lambda r: [np.zeros(8, i4), r.integers(0, 1000, 500).astype(i4), 500], lambda b, x, n: np.bincount(x & 7, minlength=8)),
    K("histogram_float_range", """
extern "C" __global__ void histogram_float_range(int *bins, const float *x, int n, float low, float high, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && x[i] >= low && x[i] < high) atomicAdd(bins + (int)((x[i] - low) / (high - low) * count), 1);
}""", lambda r: [np.zeros(10, i4), r.random(500, f4) * f4(3) - f4(1), 500, 0.0, 1.0, 10],
      lambda b, x, n, lo, hi, c: np.bincount((x[(x >= 0) & (x < 1)] * f4(10)).astype(int), minlength=10), grid=8),
    K("compact_ballot", """
extern "C" __global__ void compact_ballot(int *out, const int *in, int *count, int n) {
    int lane = threadIdx.x & 31, base = 0;
    for (int i = threadIdx.x; i < n; i += 32) { // one warp keeps the order
        bool keep = in[i] % 3 == 0;
        unsigned mask = __ballot_sync(0xffffffff, keep);
        if (keep) out[base + __popc(mask & ((1u << lane) - 1))] = in[i];
        base += __popc(mask);
    }
    if (threadIdx.x == 0) *count = base;
}""", lambda r: [np.zeros(96, i4), r.integers(1, 100, 96).astype(i4), np.zeros(1, i4), 96],
      lambda out, x, c, n: np.pad(x[x % 3 == 0], (0, 96 - (x % 3 == 0).sum())), block=32),
    K("radix_pass", """
extern "C" __global__ void radix_pass(unsigned *keys) {
    __shared__ unsigned a[64], flags[64], total;
    unsigned t = threadIdx.x;
    a[t] = keys[t];
    __syncthreads();
    for (int bit = 0; bit < 8; bit++) {
        unsigned key = a[t], one = key >> bit & 1;
        flags[t] = 1 - one;
        __syncthreads();
        unsigned before = 0;
        for (unsigned i = 0; i < t; i++) before += flags[i];
        if (t == blockDim.x - 1) total = before + flags[t];
        __syncthreads();
        unsigned place = one ? t - before + total : before;
        a[place] = key;
        __syncthreads();
    }
    keys[t] = a[t];
}""", lambda r: [r.integers(0, 256, 64).astype(u4)], np.sort),
    K("odd_even_sort", """
extern "C" __global__ void odd_even_sort(float *x, int n) {
    for (int phase = 0; phase < n; phase++) {
        int i = 2 * threadIdx.x + (phase & 1);
        if (i + 1 < n) { float a = x[i], b = x[i + 1]; x[i] = fminf(a, b); x[i + 1] = fmaxf(a, b); }
        __syncthreads();
    }
}""", lambda r: [r.random(50, f4), 50], lambda x, n: np.sort(x), block=32),
    K("rank_sort", """
extern "C" __global__ void rank_sort(int *out, const int *in, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int rank = 0;
    for (int j = 0; j < n; j++) rank += in[j] < in[i] || (in[j] == in[i] && j < i);
    out[rank] = in[i];
}""", lambda r: [np.zeros(90, i4), r.integers(0, 40, 90).astype(i4), 90], lambda o, x, n: np.sort(x), grid=2),
    K("merge_path", """
extern "C" __global__ void merge_path(int *out, const int *a, const int *b, int na, int nb) {
    int d = blockIdx.x * blockDim.x + threadIdx.x;
    if (d >= na + nb) return;
    int lo = max(0, d - nb), hi = min(d, na);
    while (lo < hi) { int mid = (lo + hi) / 2; if (a[mid] <= b[d - 1 - mid]) lo = mid + 1; else hi = mid; }
    int i = lo, j = d - lo;
    out[d] = j >= nb || (i < na && a[i] <= b[j]) ? a[i] : b[j];
}""", lambda r: [np.zeros(70, i4), np.sort(r.integers(0, 50, 40)).astype(i4), np.sort(r.integers(0, 50, 30)).astype(i4), 40, 30],
      lambda o, a, b, na, nb: np.sort(np.concatenate([a, b])), grid=2),
    K("binary_search", """
template <typename It, typename V> __device__ It lower(It first, It last, V v) {
    while (first < last) { It mid = first + (last - first) / 2; if (*mid < v) first = mid + 1; else last = mid; }
    return first;
}
extern "C" __global__ void binary_search(int *out, const float *sorted, const float *x, int n, int m) {
    int i = threadIdx.x;
    if (i < m) out[i] = lower(sorted, sorted + n, x[i]) - sorted;
}""", lambda r: [np.zeros(64, i4), np.sort(r.random(33, f4)), r.random(64, f4) * f4(1.2), 33, 64],
      lambda o, s, x, n, m: np.searchsorted(s, x)),
    K("segmented_sum", """
extern "C" __global__ void segmented_sum(int *out, const int *x, const int *offsets, int segments) {
    int s = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32, v = 0;
    if (s >= segments) return;
    for (int i = offsets[s] + lane; i < offsets[s + 1]; i += 32) v += x[i];
    for (int d = 16; d; d /= 2) v += __shfl_down_sync(0xffffffff, v, d);
    if (lane == 0) out[s] = v;
}""", lambda r: [np.zeros(4, i4), r.integers(0, 9, 100).astype(i4), np.array([0, 7, 50, 51, 100], i4), 4],
      lambda o, x, f, s: np.add.reduceat(x, f[:-1]), grid=2),
    K("reverse_in_shared", """
extern "C" __global__ void reverse_in_shared(int *x, int n) {
    extern __shared__ int s[];
    s[n - 1 - threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    x[threadIdx.x] = s[threadIdx.x];
}""", lambda r: [np.arange(64, dtype=i4), 64], lambda x, n: x[::-1], shared=256),
    K("arg_min", """
struct best { float value; int index; };
__device__ best operator<(best a, best b) { return b.value < a.value || (b.value == a.value && b.index < a.index) ? b : a; }
extern "C" __global__ void arg_min(int *out, const float *x, int n) {
    __shared__ best s[64];
    best mine = {3.4e38f, -1};
    for (int i = threadIdx.x; i < n; i += blockDim.x) mine = mine < best{x[i], i};
    s[threadIdx.x] = mine;
    for (int h = 32; h; h /= 2) { __syncthreads(); if (threadIdx.x < h) s[threadIdx.x] = s[threadIdx.x] < s[threadIdx.x + h]; }
    if (threadIdx.x == 0) out[0] = s[0].index;
}""", lambda r: [np.zeros(1, i4), r.integers(0, 30, 500).astype(f4), 500], lambda o, x, n: [x.argmin()]),
    K("last_block_sum", """
__device__ unsigned arrived = 0;
extern "C" __global__ void last_block_sum(float *out, const float *x, float *partial, int n) {
    __shared__ float s[64];
    __shared__ bool last;
    float v = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) v += x[i];
    s[threadIdx.x] = v;
    __syncthreads();
    for (int h = 32; h; h >>= 1) { if (threadIdx.x < h) s[threadIdx.x] += s[threadIdx.x + h]; __syncthreads(); }
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = s[0];
        __threadfence();
        last = atomicInc(&arrived, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) { float sum = 0; for (int b = 0; b < gridDim.x; b++) sum += ((volatile float *)partial)[b]; *out = sum; }
}""", lambda r: [np.zeros(1, f4), r.integers(0, 9, 700).astype(f4), np.zeros(5, f4), 700], lambda o, x, p, n: [x.sum()], grid=5),
]
