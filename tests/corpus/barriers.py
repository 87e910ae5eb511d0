"""Barriers for some of a block's threads: numbered ones of PTX, cuda::barrier with roles and phases."""

import numpy as np
from table import K, f4, i4

CASES = [
    K("named_pairs", """
__device__ __forceinline__ void named_sync(int id, int count) { asm volatile("bar.sync %0, %1;" :: "r"(id), "r"(count) : "memory"); }
extern "C" __global__ void named_pairs(int *out, const int *in, int rounds) {
    __shared__ int s[256];
    int pair = threadIdx.x / 64, t = threadIdx.x % 64;
    int *mine = s + pair * 64;
    mine[t] = in[threadIdx.x];
    int turns = rounds + pair;      // each pair of warps at its own pace
    for (int i = 0; i < turns; i++) {
        named_sync(1 + pair, 64);
        int v = mine[(t + 33) & 63];
        named_sync(1 + pair, 64);
        mine[t] += v;
    }
    out[threadIdx.x] = mine[t];
}""", lambda r: [np.zeros(256, i4), r.integers(0, 100, 256).astype(i4), 3], lambda out, x, n: np.concatenate([pairs(x[64 * p:64 * p + 64], n + p) for p in range(4)]), block=256),
    K("producer_consumer_bar", """
// one warp fills, the others use: full and empty barriers with sync and arrive
extern "C" __global__ void producer_consumer_bar(int *out, const int *in, int tiles) {
    __shared__ int buffer[2][32];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    if (warp == 0) {
        for (int i = 0; i < tiles; i++) {
            int b = i & 1;
            if (i >= 2) asm volatile("bar.sync %0, %1;" :: "r"(3 + b), "n"(128) : "memory");   // empty
            buffer[b][lane] = in[i * 32 + lane];
            __threadfence_block();
            asm volatile("bar.arrive %0, 128;" :: "r"(1 + b) : "memory");                        // full
        }
    } else {
        int sum = 0;
        for (int i = 0; i < tiles; i++) {
            int b = i & 1;
            asm volatile("barrier.sync %0, 128;" :: "r"(1 + b) : "memory");
            sum += buffer[b][(lane + warp) & 31] * (i + 1);
            if (i + 2 < tiles) asm volatile("bar.arrive %0, 128;" :: "r"(3 + b) : "memory");
        }
        out[threadIdx.x - 32] = sum;
    }
}""", lambda r: [np.zeros(96, i4), r.integers(0, 100, 32 * 7).astype(i4), 7], lambda out, x, n: consumed(x, n), block=128),
    K("barrier_sync_count", """
extern "C" __global__ void barrier_sync_count(int *out) {
    __shared__ int s[96];
    if (threadIdx.x < 64) {
        s[threadIdx.x] = threadIdx.x;
        __barrier_sync_count(5, 64);
        out[threadIdx.x] = s[63 - threadIdx.x];
        __barrier_sync_count(5, 64);
    }
    __barrier_sync(6);
    if (threadIdx.x >= 64) out[threadIdx.x] = s[threadIdx.x - 64] + 1000;
}""", lambda r: [np.zeros(96, i4)], lambda out: np.concatenate([63 - np.arange(64), 1000 + np.arange(32)]), block=96),
    K("barrier_of_some", """
#include <cuda/barrier>
#include <cooperative_groups.h>
// the guide's spatial partitioning: half of the block produces, half consumes
using barrier = cuda::barrier<cuda::thread_scope_block>;
__device__ void producer(barrier ready[], barrier filled[], float *buffer, const float *in, int N, int len) {
    for (int i = 0; i < (N / len); ++i) {
        ready[i % 2].arrive_and_wait();
        for (int k = threadIdx.x; k < len; k += 32) buffer[(i % 2) * len + k] = in[i * len + k];
        barrier::arrival_token token = filled[i % 2].arrive();
        (void)token;
    }
}
__device__ void consumer(barrier ready[], barrier filled[], float *buffer, float *out, int N, int len) {
    (void)ready[0].arrive();
    (void)ready[1].arrive();
    for (int i = 0; i < (N / len); ++i) {
        filled[i % 2].arrive_and_wait();
        for (int k = threadIdx.x - 32; k < len; k += 96) out[i * len + k] = 2 * buffer[(i % 2) * len + len - 1 - k];
        barrier::arrival_token token = ready[i % 2].arrive();
        (void)token;
    }
}
extern "C" __global__ void barrier_of_some(float *out, const float *in, int N, int len) {
    extern __shared__ float buffer[];
    __shared__ barrier bar[4];
    auto block = cooperative_groups::this_thread_block();
    if (block.thread_rank() < 4) init(bar + block.thread_rank(), block.size());
    block.sync();
    if (block.thread_rank() < 32) producer(bar, bar + 2, buffer, in, N, len);
    else consumer(bar, bar + 2, buffer, out, N, len);
}""", lambda r: [np.zeros(600, f4), r.random(600).astype(f4), 600, 100], lambda out, x, n, size: 2 * x.reshape(-1, size)[:,::-1].ravel(), block=128, shared=800),
    K("barrier_phases", """
#include <cuda/barrier>
struct Count { int *at; __device__ void operator()() { ++*at; } };
extern "C" __global__ void barrier_phases(int *out) {
    __shared__ cuda::barrier<cuda::thread_scope_block, Count> b;
    __shared__ int phases, s[64];
    if (threadIdx.x == 0) { phases = 0; init(&b, 64, Count{&phases}); }
    __syncthreads();
    int v = threadIdx.x;
    for (int i = 0; i < 5; i++) {
        if (i == 3 && threadIdx.x >= 48) { b.arrive_and_drop(); break; }
        s[threadIdx.x] = v;
        auto token = b.arrive();
        while (!b.try_wait(token)) {}
        v += s[(threadIdx.x + 1) % (i < 3 ? 64 : 48)];
        b.arrive_and_wait();
    }
    out[threadIdx.x] = v;
    if (threadIdx.x == 0) out[64] = phases;
}""", lambda r: [np.zeros(65, i4)], lambda out: phased(), block=64),
]


def pairs(x, n):
    x = x.copy()
    for _ in range(n):
        x = x + np.roll(x, -33)
    return x


def consumed(x, n):
    x, k = x.reshape(n, 32), np.arange(n) + 1
    return np.concatenate([(x[:, (np.arange(32) + w) % 32] * k[:, None]).sum(0) for w in (1, 2, 3)])


def phased():
    v = np.arange(64)
    for i in range(5):
        m = 64 if i < 3 else 48
        v[:m] = v[:m] + np.roll(v[:m], -1)
    return np.append(v, 10)
