/* Sorting rows: a stable radix sort of unsigned keys, eight bits at a time from the lowest, with the elements' places
 * beside the keys when indices are wanted. The CPU's form: src/bulk/sort.c; a stable sort has one result.
 *
 * One reading counts the digits of all passes for each row (k_sort_count, k_sort_bases). A pass then reads and writes each
 * element once: a block takes the next tile, ranks its elements by digit, says how many of each it has, and adds up what
 * the tiles before it have said, going back until one has said the sum of all before it ("decoupled look-back" of Merrill
 * and Garland, as the "onesweep" sort of Adinets and Merrill uses it). Tiles are taken in the order of a counter, so those
 * before are finished or running. A tile says its counts before it ranks its elements, so that those after it wait less. It is put
 * in order in shared memory first: its elements of one digit then leave as one run. Which block runs first changes nothing in
 * the result.
 *
 * Compiled with K (the key: an unsigned type of the element's size), KIND (0 unsigned, 1 signed, 2 float), INFINITY_BITS,
 * ONE_ZERO (1: -0 is +0), COUNT (unsigned type of counts and places: 32 bits if a row has fewer than 2^30 elements). */

/* PARTS: counters of one digit, taken by turns: equal digits of a warp add one after the other. BACK: tiles before that are
 * asked at once. */
enum { TILE = 4096, STEPS = 16, WARPS = 8, PASSES = sizeof(K), PARTS = 4, BACK = 4 };
static const COUNT PART = (COUNT)1 << (sizeof(COUNT) * 8 - 2); /* the tile's own count is said */
static const COUNT WHOLE = (COUNT)2 << (sizeof(COUNT) * 8 - 2); /* with all before it */

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

static __device__ int digit_of(K key, int pass) { return (int)(key >> pass * 8 & 255); }

static __device__ int sum_of_parts(const int *parts) { return parts[0] + parts[1] + parts[2] + parts[3]; }

/* counts (zeros before): rows × PASSES × 256. Grid: x shares of a row, y the rows. */
extern "C" __global__ void __launch_bounds__(256) k_sort_count(COUNT *counts, const void *elements_, long long length, long long rows) {
    const K *elements = (const K *)elements_;
    __shared__ int digits[PASSES * 256][PARTS];
    int t = threadIdx.x, part = t % PARTS;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        for (int k = t; k < PASSES * 256 * PARTS; k += 256) ((int *)digits)[k] = 0;
        __syncthreads();
        for (long long i = blockIdx.x * 256ll + t; i < length; i += gridDim.x * 256ll) {
            K key = key_of(elements[row * length + i]);
            for (int p = 0; p < PASSES; p++) atomicAdd(&digits[p * 256 + digit_of(key, p)][part], 1);
        }
        __syncthreads();
        for (int p = 0; p < PASSES; p++) {
            int n = sum_of_parts(digits[p * 256 + t]);
            if (n) atomicAdd(&counts[(row * PASSES + p) * 256 + t], (COUNT)n);
        }
        __syncthreads();
    }
}

/* The sum of what the threads before this one of the block have. sums: shared, one for each warp. */
static __device__ COUNT before_in_block(COUNT mine, COUNT *sums) {
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    COUNT x = mine, before = 0;
    for (int d = 1; d < 32; d *= 2) {
        COUNT y = __shfl_up_sync(0xffffffffu, x, d);
        if (lane >= d) x += y;
    }
    if (lane == 31) sums[warp] = x;
    __syncthreads();
    for (int w = 0; w < WARPS; w++)
        if (w < warp) before += sums[w];
    __syncthreads();
    return before + x - mine;
}

/* Counts become the place of each digit's first element. Grid: x rows × PASSES. */
extern "C" __global__ void __launch_bounds__(256) k_sort_bases(COUNT *counts) {
    __shared__ COUNT sums[WARPS];
    COUNT *mine = counts + (blockIdx.x * 256ll + threadIdx.x);
    *mine = before_in_block(*mine, sums);
}

/* How many elements of digit `threadIdx.x` the row's tiles before this one have. The tile's own, `mine`, are said already. */
static __device__ COUNT look_back(volatile COUNT *said, int tile, COUNT mine) {
    enum { NOT_YET, GO_ON, DONE };
    COUNT sum = 0, x[BACK];
    if (tile == 0) return 0;
    volatile COUNT *from = said + ((tile - 1) * 256ll + threadIdx.x);
    for (int left = tile, state = NOT_YET; state != DONE;) {
        for (int k = 0; k < BACK; k++) x[k] = left > k ? from[-256 * k] : WHOLE;
        state = GO_ON;
        for (int k = 0; k < BACK; k++) {
            if (state != GO_ON) continue;
            if (!(x[k] & (PART | WHOLE))) state = NOT_YET;
            else {
                sum += x[k] & ~(PART | WHOLE);
                left--, from -= 256;
                if (x[k] & WHOLE) state = DONE;
            }
        }
    }
    said[tile * 256ll + threadIdx.x] = WHOLE | (sum + mine);
    return sum;
}

/* parts: how many elements of each digit the tile has. */
static __device__ __forceinline__ void count_digits(int (*parts)[PARTS], const K *key, int mine, int pass) {
    int t = threadIdx.x, lane = t & 31;
    for (int q = 0; q < PARTS; q++) parts[t][q] = 0;
    __syncthreads();
    for (int s = 0; s < STEPS; s++)
        if (s * 32 + lane < mine) atomicAdd(&parts[digit_of(key[s], pass)][lane % PARTS], 1);
    __syncthreads();
}

/* rank[s]: how many of the warp's elements with the digit come before the one of step s; seen[d]: how many there are.
 * Among equal digits the lower lane and the earlier step come first. */
static __device__ __forceinline__ void rank_warp(const K *key, int *rank, int *seen, int live_steps, int last_lanes, int pass) {
    int lane = threadIdx.x & 31;
    for (int s = 0; s < STEPS; s++) {
        int live = s < live_steps || (s == live_steps && lane < last_lanes), d = digit_of(key[s], pass);
        unsigned same = __ballot_sync(0xffffffffu, live);
        for (int b = 0; b < 8; b++) {
            unsigned ones = __ballot_sync(0xffffffffu, d >> b & 1);
            same &= d >> b & 1 ? ones : ~ones;
        }
        rank[s] = live ? seen[d] + __popc(same & ((1u << lane) - 1)) : 0;
        __syncwarp();
        if (live && (same >> lane) == 1u) seen[d] += __popc(same);
        __syncwarp();
    }
}

/* One pass. bases: of k_sort_bases. said: rows × tiles × 256, zeros before; taken: a zero before. The first pass (0) reads
 * elements and makes places, the last writes elements, or places as int64. Grid: x rows × tiles. */
extern "C" __global__ void __launch_bounds__(256, 4) k_sort_pass(void *keys_out, void *places_out, const void *keys, const COUNT *places,
                                                             const COUNT *bases, volatile COUNT *said, unsigned long long *taken,
                                                             long long length, long long tiles, int pass, int indices) {
    __shared__ union {
        K keys[TILE];
        COUNT places[TILE];
        int parts[256][PARTS];
    } tile;
    __shared__ int seen[WARPS][256];
    __shared__ COUNT starts[256], sums[WARPS];
    __shared__ long long ticket;
    int t = threadIdx.x, lane = t & 31, warp = t >> 5, last = pass == PASSES - 1;
    if (t == 0) ticket = (long long)atomicAdd(taken, 1ull);
    for (int w = 0; w < WARPS; w++) seen[w][t] = 0;
    __syncthreads();
    long long row = ticket / tiles, number = ticket - row * tiles, first = number * TILE;
    int count = length - first < TILE ? (int)(length - first) : TILE;
    int mine = count - warp * 512; /* the warp's elements follow one another, 32 a step */
    mine = mine < 0 ? 0 : mine > 512 ? 512 : mine;
    const K *from = (const K *)keys + (row * length + first + warp * 512);
    K key[STEPS];
    int rank[STEPS];
    for (int s = 0; s < STEPS; s++) key[s] = s * 32 + lane < mine ? from[s * 32 + lane] : 0;
    if (pass == 0)
        for (int s = 0; s < STEPS; s++) key[s] = key_of(key[s]);
    count_digits(tile.parts, key, mine, pass);
    COUNT all = (COUNT)sum_of_parts(tile.parts[t]);
    said += row * tiles * 256;
    said[number * 256 + t] = (number == 0 ? WHOLE : PART) | all;
    rank_warp(key, rank, seen[warp], mine / 32, mine % 32, pass);
    __syncthreads();

    for (int w = 0, before = 0; w < WARPS; w++) { /* of digit t: seen becomes those of the warps before */
        int n = seen[w][t];
        seen[w][t] = before, before += n;
    }
    COUNT here = before_in_block(all, sums); /* where digit t begins in the tile */
    for (int w = 0; w < WARPS; w++) seen[w][t] += (int)here;
    COUNT before = look_back(said, (int)number, all);
    starts[t] = bases[(row * PASSES + pass) * 256 + t] + before - here;
    __syncthreads();

    for (int s = 0; s < STEPS; s++) {
        rank[s] += seen[warp][digit_of(key[s], pass)];
        if (s * 32 + lane < mine) tile.keys[rank[s]] = key[s];
    }
    __syncthreads();
    COUNT to[STEPS];
    for (int k = 0; k < STEPS; k++) {
        int j = k * 256 + t;
        if (j >= count) continue;
        K x = tile.keys[j];
        to[k] = starts[digit_of(x, pass)] + j;
        if (!last) ((K *)keys_out)[row * length + to[k]] = x;
        else if (!indices) ((K *)keys_out)[row * length + to[k]] = element_of(x);
    }
    if (!indices) return;
    __syncthreads();
    for (int s = 0; s < STEPS; s++) {
        long long i = first + warp * 512 + s * 32 + lane;
        if (s * 32 + lane < mine) tile.places[rank[s]] = pass == 0 ? (COUNT)i : places[row * length + i];
    }
    __syncthreads();
    for (int k = 0; k < STEPS; k++) {
        int j = k * 256 + t;
        if (j >= count) continue;
        if (last) ((long long *)places_out)[row * length + to[k]] = (long long)tile.places[j];
        else ((COUNT *)places_out)[row * length + to[k]] = tile.places[j];
    }
}
