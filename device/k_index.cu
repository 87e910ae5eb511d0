/* Elements chosen by integers and by masks. The CPU's ready-made form of the same: src/bulk/gather.c, mask.c.
 *
 * Compiled with T (an unsigned type of the element's size) and INDEX (int or long long, enough for every
 * count here). */

/* dense[o, j, i] = place[o, at[j], i]: `at` counts blocks of the inner dimensions, `stride` elements from one
 * outer index to the next. at[j] is in range: that was checked. */
extern "C" __global__ void k_gather(void *dense_, const void *place_, const long long *at, INDEX total,
                                    INDEX indices, INDEX inner, long long stride) {
    T *dense = (T *)dense_;
    const T *place = (const T *)place_;
    for (INDEX e = blockIdx.x * (INDEX)blockDim.x + threadIdx.x; e < total;
         e += (INDEX)gridDim.x * blockDim.x) {
        INDEX row = e / inner, i = e - row * inner;
        INDEX o = row / indices, j = row - o * indices;
        dense[e] = place[o * stride + at[j] * inner + i];
    }
}

/* When an index comes twice the last one owns the place. owner: zeros, one for each place that `at` can name.
 */
extern "C" __global__ void k_own(int *owner, const long long *at, INDEX indices) {
    for (INDEX j = blockIdx.x * (INDEX)blockDim.x + threadIdx.x; j < indices;
         j += (INDEX)gridDim.x * blockDim.x)
        atomicMax(&owner[at[j]], (int)j + 1);
}

/* place[o, at[j], i] = dense[o, j, i], or dense[0] everywhere when `same`. */
extern "C" __global__ void k_scatter(void *place_, const void *dense_, const long long *at, const int *owner,
                                     INDEX total, INDEX indices, INDEX inner, long long stride, int same) {
    T *place = (T *)place_;
    const T *dense = (const T *)dense_;
    for (INDEX e = blockIdx.x * (INDEX)blockDim.x + threadIdx.x; e < total;
         e += (INDEX)gridDim.x * blockDim.x) {
        INDEX row = e / inner, i = e - row * inner;
        INDEX o = row / indices, j = row - o * indices;
        if (same) place[o * stride + at[j] * inner + i] = dense[0];
        else if (owner[at[j]] == (int)j + 1) place[o * stride + at[j] * inner + i] = dense[e];
    }
}

/* ---- masks
 * ---------------------------------------------------------------------------------------------------------
 * A block of 256 threads has a tile of 4096 elements of the mask, a warp 512 that follow one another, 32 a
 * step. */

enum { TILE = 4096, STEPS = 16 };

static __device__ int bytes_not_zero(unsigned x) {
    x |= x >> 4 & 0x0f0f0f0fu;
    x |= x >> 2 & 0x03030303u;
    return __popc((x | x >> 1) & 0x01010101u);
}

/* 16 bytes at a time where they lie so. */
extern "C" __global__ void k_mask_count(long long *counts, const unsigned char *mask, long long size) {
    __shared__ int sums[8];
    long long first = blockIdx.x * (long long)TILE + threadIdx.x * 16;
    int mine = 0, lane = threadIdx.x & 31, all = 0;
    if (first + 16 <= size && ((unsigned long long)mask & 15) == 0) {
        uint4 x = *(const uint4 *)(mask + first);
        mine = bytes_not_zero(x.x) + bytes_not_zero(x.y) + bytes_not_zero(x.z) + bytes_not_zero(x.w);
    } else
        for (int k = 0; k < 16; k++)
            if (first + k < size) mine += mask[first + k] != 0;
    for (int d = 16; d > 0; d /= 2) mine += __shfl_down_sync(0xffffffffu, mine, d);
    if (lane == 0) sums[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int w = 0; w < 8; w++) all += sums[w];
        counts[blockIdx.x] = all;
    }
}

/* The block's part of the mask, 16 bytes a thread; beyond its end all is false. */
static __device__ __forceinline__ void stage_mask(uint4 *staged, const unsigned char *mask, long long size) {
    long long first = blockIdx.x * (long long)TILE + threadIdx.x * 16;
    if (first + 16 <= size && ((unsigned long long)mask & 15) == 0) {
        staged[threadIdx.x] = *(const uint4 *)(mask + first);
    } else {
        unsigned char *bytes = (unsigned char *)(staged + threadIdx.x);
#pragma unroll 1
        for (int k = 0; k < 16; k++) bytes[k] = first + k < size ? mask[first + k] : 0;
    }
    __syncthreads();
}

/* votes[s]: which of the warp's elements of step s are true. Returns how many are true before the warp's in
 * the whole mask. sums: shared, one for each warp; ends: the running totals of k_mask_count. */
static __device__ __forceinline__ long long vote(unsigned *votes, int *sums, const unsigned char *mask,
                                                 const long long *ends, long long size) {
    __shared__ uint4 staged[TILE / 16];
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, mine = 0;
    stage_mask(staged, mask, size);
    const unsigned char *bytes = (const unsigned char *)staged + warp * 512;
    for (int s = 0; s < STEPS; s++) {
        votes[s] = __ballot_sync(0xffffffffu, bytes[s * 32 + lane] != 0);
        mine += __popc(votes[s]);
    }
    if (lane == 0) sums[warp] = mine;
    __syncthreads();
    long long before = blockIdx.x ? ends[blockIdx.x - 1] : 0;
    for (int w = 0; w < 8; w++)
        if (w < warp) before += sums[w];
    return before;
}

/* dense[k] = place[the k-th true element]. All of a warp's elements are read before the first is written, so
 * that many reads are under way; they are put together in shared memory and written side by side. */
extern "C" __global__ void __launch_bounds__(256)
    k_mask_pack(void *dense_, const void *place_, const unsigned char *mask, const long long *ends,
                long long size) {
    T *dense = (T *)dense_;
    const T *place = (const T *)place_;
    __shared__ int sums[8];
    __shared__ T packed[sizeof(T) <= 8 ? TILE : 1];
    unsigned votes[STEPS], lane = threadIdx.x & 31, lower = (1u << lane) - 1;
    long long first = blockIdx.x * (long long)TILE + (threadIdx.x >> 5) * 512;
    long long start = blockIdx.x ? ends[blockIdx.x - 1] : 0, at = vote(votes, sums, mask, ends, size);
    T x[STEPS];
    for (int s = 0; s < STEPS; s++)
        if (votes[s] >> lane & 1) x[s] = place[first + s * 32 + lane];
    for (int s = 0; s < STEPS; s++) {
        long long to = at + __popc(votes[s] & lower);
        if (votes[s] >> lane & 1) {
            if (sizeof(T) <= 8) packed[to - start] = x[s];
            else dense[to] = x[s];
        }
        at += __popc(votes[s]);
    }
    if (sizeof(T) > 8) return;
    __syncthreads();
    int count = (int)(ends[blockIdx.x] - start);
    for (int k = threadIdx.x; k < count; k += 256) dense[start + k] = packed[k];
}

/* The same with `block` elements for each of the mask's, or, with `store`, from dense to place. */
extern "C" __global__ void __launch_bounds__(256)
    k_mask_select(void *dense_, void *place_, const unsigned char *mask, const long long *ends,
                  long long size, long long block, int store) {
    T *dense = (T *)dense_, *place = (T *)place_;
    __shared__ int sums[8];
    unsigned votes[STEPS], lane = threadIdx.x & 31, lower = (1u << lane) - 1;
    long long first = blockIdx.x * (long long)TILE + (threadIdx.x >> 5) * 512;
    long long at = vote(votes, sums, mask, ends, size);
    for (int s = 0; s < STEPS; s++) {
        long long from = (first + s * 32 + lane) * block, to = (at + __popc(votes[s] & lower)) * block;
        at += __popc(votes[s]);
        if (!(votes[s] >> lane & 1)) continue;
        for (long long b = 0; b < block; b++) {
            if (store) place[from + b] = dense[to + b];
            else dense[to + b] = place[from + b];
        }
    }
}

extern "C" __global__ void __launch_bounds__(256)
    k_mask_indices(long long *flat, const unsigned char *mask, const long long *ends, long long size) {
    __shared__ int sums[8];
    unsigned votes[STEPS], lane = threadIdx.x & 31;
    long long first = blockIdx.x * (long long)TILE + (threadIdx.x >> 5) * 512;
    long long at = vote(votes, sums, mask, ends, size);
    for (int s = 0; s < STEPS; s++) {
        if (votes[s] >> lane & 1) flat[at + __popc(votes[s] & ((1u << lane) - 1))] = first + s * 32 + lane;
        at += __popc(votes[s]);
    }
}
