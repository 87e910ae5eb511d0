/* Sorting rows: a stable radix sort of unsigned keys, eight bits at a time from the lowest, with the elements' places
 * beside the keys when indices are wanted. The CPU's form: src/bulk/sort.c; a stable sort has one result.
 *
 * One reading counts the digits of all passes for each row (k_sort_count, k_sort_bases). A pass then reads and writes each
 * element once: a block takes the next tile, ranks its elements by digit, says how many of each it has, and adds up what
 * the tiles before it have said, going back until one has said the sum of all before it ("decoupled look-back" of Merrill
 * and Garland, as the "onesweep" sort of Adinets and Merrill uses it). Tiles are taken in the order of a counter, so those
 * before are finished or running. A tile says its counts before it ranks its elements, so that those after it wait less: each
 * warp counts its digits, and by the sums of what the warps before have the counters become places. A warp's equal digits find
 * each other by a word of the digit, in which every lane sets its bit; the highest of them moves the counter on for all. A tile is
 * put in order in shared memory first: its elements of one digit then leave as one run. Which block runs first changes nothing
 * in the result.
 *
 * Compiled with K (the key: an unsigned type of the element's size), KIND (0 unsigned, 1 signed, 2 float), INFINITY_BITS,
 * ONE_ZERO (1: -0 is +0), COUNT (unsigned type of counts and places: 32 bits if a row has fewer than 2^30 elements). */

/* PARTS: counters of one digit, taken by turns: equal digits of a warp add one after the other. BACK: tiles before that are
 * asked at once. AHEAD: elements that a thread of k_sort_count reads at once. */
enum { TILE = 4096, STEPS = 16, WARPS = 8, PASSES = sizeof(K), PARTS = 4, BACK = 4, AHEAD = 8 };
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

static __device__ __forceinline__ void count_key(int (*digits)[PARTS], K key, int part) {
    for (int p = 0; p < PASSES; p++) atomicAdd(&digits[p * 256 + digit_of(key, p)][part], 1);
}

/* counts (zeros before): rows × PASSES × 256. Grid: x shares of a row, y the rows. */
extern "C" __global__ void __launch_bounds__(256) k_sort_count(COUNT *counts, const void *elements_, long long length, long long rows) {
    const K *elements = (const K *)elements_;
    __shared__ int digits[PASSES * 256][PARTS];
    int t = threadIdx.x, part = t % PARTS;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        for (int k = t; k < PASSES * 256 * PARTS; k += 256) ((int *)digits)[k] = 0;
        __syncthreads();
        const K *from = elements + row * length;
        long long i = blockIdx.x * (256ll * AHEAD) + t;
        for (; i + 256 * (AHEAD - 1) < length; i += gridDim.x * (256ll * AHEAD)) {
            K key[AHEAD];
            for (int k = 0; k < AHEAD; k++) key[k] = from[i + 256 * k];
            for (int k = 0; k < AHEAD; k++) count_key(digits, key_of(key[k]), part);
        }
        for (; i < length; i += 256) count_key(digits, key_of(from[i]), part);
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

/* What a block works with. keys and places: the tile in order. match: a word for each warp and digit, zeros outside rank_warp. */
struct tile_memory {
    union {
        K keys[TILE];
        COUNT places[TILE];
        unsigned match[WARPS][256];
    };
    int seen[WARPS][256];
    COUNT starts[256], sums[WARPS];
    long long ticket;
};

/* The places in the tile of a warp's elements: seen[d] is that of its next element of digit d. Among equal digits the lower lane
 * and the earlier step come first. */
static __device__ __forceinline__ void rank_warp(const K *key, int *rank, int *seen, unsigned *match, int mine, bool full, int pass) {
    int lane = threadIdx.x & 31;
    unsigned below = (1u << lane) - 1;
    for (int s = 0; s < STEPS; s++) {
        int d = digit_of(key[s], pass), live = full || s * 32 + lane < mine;
        if (live) atomicOr(&match[d], 1u << lane);
        __syncwarp();
        unsigned same = live ? match[d] : 0;
        int next = live ? seen[d] : 0;
        rank[s] = next + __popc(same & below);
        __syncwarp();
        if ((same >> lane) == 1u) seen[d] = next + __popc(same), match[d] = 0;
        __syncwarp();
    }
}

/* One tile of a pass; full: it has TILE elements, which the compiler knows. */
static __device__ __forceinline__ void sort_tile(tile_memory &tile, void *keys_out, void *places_out, const K *keys, const COUNT *places,
                                                 const COUNT *bases, volatile COUNT *said, long long first, long long number, int count,
                                                 bool full, int pass, int indices) {
    int t = threadIdx.x, lane = t & 31, warp = t >> 5, last = pass == PASSES - 1;
    int mine = count - warp * 512; /* the warp's elements follow one another, 32 a step */
    const K *from = keys + first + warp * 512;
    K key[STEPS];
    int rank[STEPS], *seen = tile.seen[warp];
    for (int s = 0; s < STEPS; s++) key[s] = full || s * 32 + lane < mine ? from[s * 32 + lane] : 0;
    if (pass == 0)
        for (int s = 0; s < STEPS; s++) key[s] = key_of(key[s]);
    for (int s = 0; s < STEPS; s++)
        if (full || s * 32 + lane < mine) atomicAdd(&seen[digit_of(key[s], pass)], 1);
    __syncthreads();

    int before[WARPS], all = 0; /* of digit t */
    for (int w = 0; w < WARPS; w++) before[w] = all, all += tile.seen[w][t];
    said[number * 256 + t] = (number == 0 ? WHOLE : PART) | (COUNT)all;
    COUNT here = before_in_block((COUNT)all, tile.sums); /* where digit t begins in the tile */
    for (int w = 0; w < WARPS; w++) tile.seen[w][t] = before[w] + (int)here;
    __syncthreads();
    rank_warp(key, rank, seen, tile.match[warp], mine, full, pass);
    COUNT earlier = look_back(said, (int)number, (COUNT)all);
    tile.starts[t] = bases[t] + earlier - here;
    __syncthreads();

    for (int s = 0; s < STEPS; s++)
        if (full || s * 32 + lane < mine) tile.keys[rank[s]] = key[s];
    __syncthreads();
    COUNT to[STEPS];
    for (int k = 0; k < STEPS; k++) {
        int j = k * 256 + t;
        if (!full && j >= count) continue;
        K x = tile.keys[j];
        to[k] = tile.starts[digit_of(x, pass)] + j;
        if (!last) ((K *)keys_out)[to[k]] = x;
        else if (!indices) ((K *)keys_out)[to[k]] = element_of(x);
    }
    if (!indices) return;
    __syncthreads();
    for (int s = 0; s < STEPS; s++) {
        long long i = first + warp * 512 + s * 32 + lane;
        if (full || s * 32 + lane < mine) tile.places[rank[s]] = pass == 0 ? (COUNT)i : places[i];
    }
    __syncthreads();
    for (int k = 0; k < STEPS; k++) {
        int j = k * 256 + t;
        if (!full && j >= count) continue;
        if (last) ((long long *)places_out)[to[k]] = (long long)tile.places[j];
        else ((COUNT *)places_out)[to[k]] = tile.places[j];
    }
}

/* One pass. bases: of k_sort_bases. said: rows × tiles × 256, zeros before; taken: a zero before. The first pass (0) reads
 * elements and makes places, the last writes elements, or places as int64. Grid: x rows × tiles. */
extern "C" __global__ void __launch_bounds__(256, 4) k_sort_pass(void *keys_out, void *places_out, const void *keys, const COUNT *places,
                                                             const COUNT *bases, volatile COUNT *said, unsigned long long *taken,
                                                             long long length, long long tiles, int pass, int indices) {
    __shared__ tile_memory tile;
    int t = threadIdx.x, last = pass == PASSES - 1;
    if (t == 0) tile.ticket = (long long)atomicAdd(taken, 1ull);
    for (int w = 0; w < WARPS; w++) tile.seen[w][t] = 0, tile.match[w][t] = 0;
    __syncthreads();
    long long row = tile.ticket / tiles, number = tile.ticket - row * tiles, first = number * TILE, start = row * length;
    int count = length - first < TILE ? (int)(length - first) : TILE;
    keys_out = (K *)keys_out + start;
    if (places_out) places_out = last ? (void *)((long long *)places_out + start) : (void *)((COUNT *)places_out + start);
    if (places) places += start;
    bases += (row * PASSES + pass) * 256, said += row * tiles * 256;
    const K *row_keys = (const K *)keys + start;
    if (count == TILE) sort_tile(tile, keys_out, places_out, row_keys, places, bases, said, first, number, TILE, true, pass, indices);
    else sort_tile(tile, keys_out, places_out, row_keys, places, bases, said, first, number, count, false, pass, indices);
}
