/* Sorting rows: a stable radix sort of unsigned keys, eight bits at a time from the lowest, with the elements' places
 * beside the keys when indices are wanted. The CPU's form: src/bulk/sort.c; a stable sort has one result.
 *
 * A pass counts each tile's digits (k_sort_count), the counts of a row are scanned in the order (digit, tile), and each
 * tile moves its elements to where the scan says (k_sort_move). Compiled with K (the key: an unsigned type of the
 * element's size), KIND (0 unsigned, 1 signed, 2 float), INFINITY_BITS and ONE_ZERO (1: -0 is +0). */

enum { TILE = 4096, STEPS = 16 };

/* NaN last; see src/bulk/sort.c. */
static __device__ K key_of(K x) {
    const K sign = (K)((K)1 << (sizeof(K) * 8 - 1));
#if KIND == 0
    return x;
#elif KIND == 1
    return (K)(x ^ sign);
#else
    if (ONE_ZERO && x == sign) x = 0;
    if ((K)(x & (K)~sign) > (K)INFINITY_BITS) return (K)~(K)0;
    return x & sign ? (K)~x : (K)(x | sign);
#endif
}

static __device__ K element_of(K key) {
    const K sign = (K)((K)1 << (sizeof(K) * 8 - 1));
#if KIND == 0
    return key;
#elif KIND == 1
    return (K)(key ^ sign);
#else
    return key & sign ? (K)(key ^ sign) : (K)~key;
#endif
}

extern "C" __global__ void k_sort_encode(K *keys, const void *elements, long long size) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < size; i += (long long)gridDim.x * blockDim.x)
        keys[i] = key_of(((const K *)elements)[i]);
}

extern "C" __global__ void k_sort_decode(void *elements, const K *keys, long long size) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < size; i += (long long)gridDim.x * blockDim.x)
        ((K *)elements)[i] = element_of(keys[i]);
}

/* counts: rows × 256 × tiles. Grid: x the tiles of a row, y the rows. */
extern "C" __global__ void __launch_bounds__(256) k_sort_count(long long *counts, const K *keys, long long length,
                                                              long long tiles, long long rows, int shift) {
    __shared__ int digits[256];
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        digits[threadIdx.x] = 0;
        __syncthreads();
        long long first = blockIdx.x * (long long)TILE;
        for (int k = threadIdx.x; k < TILE; k += 256)
            if (first + k < length) atomicAdd(&digits[(int)(keys[row * length + first + k] >> shift & 255)], 1);
        __syncthreads();
        counts[(row * 256 + threadIdx.x) * tiles + blockIdx.x] = digits[threadIdx.x];
        __syncthreads();
    }
}

/* ends: the scanned counts. A warp has 512 elements that follow one another, 32 a step; among equal digits the lower lane,
 * the earlier step and the lower warp come first. places_in: NULL in the first pass, where an element's place is its index. */
extern "C" __global__ void __launch_bounds__(256, 2) k_sort_move(K *keys_out, long long *places_out, const K *keys,
                                                             const long long *places, const long long *ends, long long length,
                                                             long long tiles, long long rows, int shift, int indices, int fresh) {
    __shared__ int seen[8][256];
    __shared__ long long starts[256];
    int t = threadIdx.x, lane = t & 31, warp = t >> 5;
    long long first = blockIdx.x * (long long)TILE;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        int digit[STEPS], rank[STEPS];
        for (int w = 0; w < 8; w++) seen[w][t] = 0;
        long long at = (row * 256 + t) * tiles + blockIdx.x;
        starts[t] = at == row * 256 * tiles ? 0 : ends[at - 1];
        __syncthreads();
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            long long i = first + warp * 512 + s * 32 + lane;
            int live = i < length;
            int d = live ? (int)(keys[row * length + i] >> shift & 255) : 0;
            unsigned same = __ballot_sync(0xffffffffu, live);
            for (int b = 0; b < 8; b++) {
                unsigned ones = __ballot_sync(0xffffffffu, d >> b & 1);
                same &= d >> b & 1 ? ones : ~ones;
            }
            digit[s] = live ? d : -1;
            rank[s] = live ? seen[warp][d] + __popc(same & ((1u << lane) - 1)) : 0;
            __syncwarp();
            if (live && (same >> lane) == 1u) seen[warp][d] += __popc(same);
            __syncwarp();
        }
        __syncthreads();
        int sum = 0; /* of the warps before, for digit t */
        for (int w = 0; w < 8; w++) {
            int count = seen[w][t];
            seen[w][t] = sum, sum += count;
        }
        __syncthreads();
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            if (digit[s] < 0) continue;
            long long i = first + warp * 512 + s * 32 + lane, to = starts[digit[s]] + seen[warp][digit[s]] + rank[s];
            keys_out[row * length + to] = keys[row * length + i];
            if (indices) places_out[row * length + to] = fresh ? i : places[row * length + i];
        }
        __syncthreads();
    }
}
