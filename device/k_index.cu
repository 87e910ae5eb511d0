/* Elements chosen by integers and by masks. The CPU's ready-made form of the same: src/bulk/gather.c, mask.c.
 *
 * Compiled with T (an unsigned type of the element's size) and INDEX (int or long long, enough for every count here). */

/* dense[o, j, i] = place[o, at[j], i]: `at` counts blocks of the inner dimensions, `stride` elements from one outer
 * index to the next. at[j] is in range: that was checked. */
extern "C" __global__ void k_gather(void *dense_, const void *place_, const long long *at, INDEX total, INDEX indices, INDEX inner,
                                    long long stride) {
    T *dense = (T *)dense_;
    const T *place = (const T *)place_;
    for (INDEX e = blockIdx.x * (INDEX)blockDim.x + threadIdx.x; e < total; e += (INDEX)gridDim.x * blockDim.x) {
        INDEX row = e / inner, i = e - row * inner;
        INDEX o = row / indices, j = row - o * indices;
        dense[e] = place[o * stride + at[j] * inner + i];
    }
}

/* When an index comes twice the last one owns the place. owner: zeros, one for each place that `at` can name. */
extern "C" __global__ void k_own(int *owner, const long long *at, INDEX indices) {
    for (INDEX j = blockIdx.x * (INDEX)blockDim.x + threadIdx.x; j < indices; j += (INDEX)gridDim.x * blockDim.x)
        atomicMax(&owner[at[j]], (int)j + 1);
}

/* place[o, at[j], i] = dense[o, j, i], or dense[0] everywhere when `same`. */
extern "C" __global__ void k_scatter(void *place_, const void *dense_, const long long *at, const int *owner, INDEX total,
                                     INDEX indices, INDEX inner, long long stride, int same) {
    T *place = (T *)place_;
    const T *dense = (const T *)dense_;
    for (INDEX e = blockIdx.x * (INDEX)blockDim.x + threadIdx.x; e < total; e += (INDEX)gridDim.x * blockDim.x) {
        INDEX row = e / inner, i = e - row * inner;
        INDEX o = row / indices, j = row - o * indices;
        if (same) place[o * stride + at[j] * inner + i] = dense[0];
        else if (owner[at[j]] == (int)j + 1) place[o * stride + at[j] * inner + i] = dense[e];
    }
}

/* ---- masks ---------------------------------------------------------------------------------------------------------
 * A block of 256 threads has a tile of 4096 elements of the mask, 16 a thread. */

/* How many are true up to and with this thread's, in the block. `sums`: shared memory for 8 warps. */
static __device__ int before(int mine, int *sums, int *all) {
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, x = mine;
    for (int d = 1; d < 32; d *= 2) {
        int y = __shfl_up_sync(0xffffffffu, x, d);
        if (lane >= d) x += y;
    }
    if (lane == 31) sums[warp] = x;
    __syncthreads();
    int base = 0, total = 0;
    for (int w = 0; w < 8; w++) {
        if (w < warp) base += sums[w];
        total += sums[w];
    }
    *all = total;
    return base + x - mine;
}

extern "C" __global__ void k_mask_count(long long *counts, const unsigned char *mask, long long size) {
    __shared__ int sums[8];
    long long first = blockIdx.x * 4096ll + threadIdx.x;
    int mine = 0, all;
    for (int k = 0; k < 16; k++)
        if (first + k * 256 < size) mine += mask[first + k * 256];
    before(mine, sums, &all);
    if (threadIdx.x == 0) counts[blockIdx.x] = all;
}

/* ends: the running totals of k_mask_count. dense[k] = place[the k-th true element]. `blocks` elements go with each. */
extern "C" __global__ void k_mask_select(void *dense_, void *place_, const unsigned char *mask, const long long *ends,
                                         long long size, long long block, int store) {
    T *dense = (T *)dense_, *place = (T *)place_;
    __shared__ int sums[8];
    __shared__ unsigned char tile[4096];
    long long first = blockIdx.x * 4096ll;
    for (int k = threadIdx.x; k < 4096; k += 256) tile[k] = first + k < size ? mask[first + k] : 0;
    __syncthreads();
    int mine = 0, all;
    for (int k = 0; k < 16; k++) mine += tile[threadIdx.x * 16 + k];
    long long at = (blockIdx.x ? ends[blockIdx.x - 1] : 0) + before(mine, sums, &all);
    for (int k = 0; k < 16; k++) {
        if (!tile[threadIdx.x * 16 + k]) continue;
        long long from = (first + threadIdx.x * 16 + k) * block, to = at++ * block;
        for (long long b = 0; b < block; b++) {
            if (store) place[from + b] = dense[to + b];
            else dense[to + b] = place[from + b];
        }
    }
}

extern "C" __global__ void k_mask_indices(long long *flat, const unsigned char *mask, const long long *ends, long long size) {
    __shared__ int sums[8];
    __shared__ unsigned char tile[4096];
    long long first = blockIdx.x * 4096ll;
    for (int k = threadIdx.x; k < 4096; k += 256) tile[k] = first + k < size ? mask[first + k] : 0;
    __syncthreads();
    int mine = 0, all;
    for (int k = 0; k < 16; k++) mine += tile[threadIdx.x * 16 + k];
    long long at = (blockIdx.x ? ends[blockIdx.x - 1] : 0) + before(mine, sums, &all);
    for (int k = 0; k < 16; k++)
        if (tile[threadIdx.x * 16 + k]) flat[at++] = first + threadIdx.x * 16 + k;
}
