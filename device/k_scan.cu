/* Scans (cumsum, cumprod, running maxima and minima) in the order of docs/arrays.md. The CPU's form:
 * src/bulk/scan.c.
 *
 * A tile is 4096 elements of a row, 16 blocks of 16 groups of 16. An element is ((the tiles before + the
 * blocks before in the tile) + the groups before in the block) + the elements of its group up to it, each of
 * the last three added in order; the tiles before are the same scan over the tiles' totals, by the same two
 * kernels. Compiled with A (the element), IS_COMPLEX and OP: 0 sum, 1 product, 2 maximum, 3 minimum.
 *
 * A thread has a group. The tile stands in shared memory, where rows of 16 take the place of 17: the threads
 * of a warp then read different banks. Elements of 16 bytes would not fit and are read where they are. A
 * whole tile, which nearly all are, needs no tests. */
#if IS_COMPLEX
struct pair {
    A re, im;
};
typedef pair V;
static __device__ V combine(V x, V y) {
    V z;
#if OP == 0
    z.re = x.re + y.re, z.im = x.im + y.im;
#else
    z.re = x.re * y.re - x.im * y.im, z.im = x.re * y.im + x.im * y.re;
#endif
    return z;
}
#else
typedef A V;
static __device__ V combine(V x, V y) {
#if OP == 0
    return x + y;
#elif OP == 1
    return x * y;
#elif OP == 2
    return x != x || x >= y ? x : y;
#else
    return x != x || x <= y ? x : y;
#endif
}
#endif

enum { TILE = 4096, WIDE = sizeof(V) > 8, STAGED = WIDE ? 1 : TILE + TILE / 16 };

static __device__ int spread(int i) { return i + (i >> 4); }

/* The tile's element i: of `in`, or where load() has put it. */
static __device__ V element(const V *in, const V *staged, int i) { return WIDE ? in[i] : staged[spread(i)]; }

static __device__ __forceinline__ void load(V *staged, const V *in, int count) {
    int t = threadIdx.x;
    if (WIDE) return;
    if (count == TILE) {
        V x[16];
        for (int k = 0; k < 16; k++) x[k] = in[t + k * 256];
        for (int k = 0; k < 16; k++) staged[spread(t + k * 256)] = x[k];
    } else
        for (int k = t; k < count; k += 256) staged[spread(k)] = in[k];
    __syncthreads();
}

/* groups[spread(t)]: totals of the groups of 16 up to thread t's in its block of 16 groups; tops[h]: of the
 * blocks up to h in the tile. count: elements of the tile. */
static __device__ __forceinline__ void levels(const V *in, const V *staged, V *groups, V *tops, int count) {
    int t = threadIdx.x, n = count - t * 16;
    if (n > 0) {
        V sum = element(in, staged, t * 16);
        for (int k = 1; k < 16; k++)
            if (k < n) sum = combine(sum, element(in, staged, t * 16 + k));
        groups[spread(t)] = sum;
    }
    __syncthreads();
    int live = (count + 15) / 16;
    if (t * 16 < live && t < 16) {
        V sum = groups[t * 17];
        for (int k = 1; k < 16; k++)
            if (t * 16 + k < live) {
                sum = combine(sum, groups[t * 17 + k]);
                groups[t * 17 + k] = sum;
            }
        tops[t] = sum;
    }
    __syncthreads();
    if (t == 0) {
        V sum = tops[0];
        for (int k = 1; k < 16; k++)
            if (k * 16 < live) {
                sum = combine(sum, tops[k]);
                tops[k] = sum;
            }
    }
    __syncthreads();
}

/* Grid: x the tiles of a row, y the rows (more than y holds: a loop). totals: rows × tiles. */
extern "C" __global__ void __launch_bounds__(256)
    k_scan_totals(V *totals, const V *in, long long length, long long tiles, long long rows) {
    __shared__ V staged[STAGED], groups[256 + 16], tops[16];
    long long first = blockIdx.x * (long long)TILE;
    int count = length - first < TILE ? (int)(length - first) : TILE;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        const V *x = in + (row * length + first);
        load(staged, x, count);
        if (count == TILE) levels(x, staged, groups, tops, TILE);
        else levels(x, staged, groups, tops, count);
        if (threadIdx.x == 0) totals[row * tiles + blockIdx.x] = tops[(count - 1) / 256];
        __syncthreads();
    }
}

/* What stands before this thread's group, in *value; 0: nothing does. */
static __device__ int standing_before(V *value, const V *ends, const V *groups, const V *tops) {
    int t = threadIdx.x, any = ends != 0, h = t / 16;
    V before = any ? *ends : groups[0];
    if (h > 0) before = any ? combine(before, tops[h - 1]) : tops[h - 1], any = 1;
    if (t % 16 > 0) before = any ? combine(before, groups[spread(t - 1)]) : groups[spread(t - 1)], any = 1;
    *value = before;
    return any;
}

/* out may be `in` staged: a thread writes its own group only. */
static __device__ __forceinline__ void finish(V *out, const V *in, V *staged, V before, int any, int count) {
    int t = threadIdx.x;
    V sum = element(in, staged, t * 16);
    for (int k = 0; k < 16; k++)
        if (t * 16 + k < count) {
            if (k) sum = combine(sum, element(in, staged, t * 16 + k));
            V result = any ? combine(before, sum) : sum;
            if (WIDE) out[t * 16 + k] = result;
            else staged[spread(t * 16 + k)] = result;
        }
}

/* ends: the scanned totals (rows × tiles); not read when a row is one tile. */
extern "C" __global__ void __launch_bounds__(256)
    k_scan_tiles(V *out, const V *in, const V *ends, long long length, long long tiles, long long rows) {
    __shared__ V staged[STAGED], groups[256 + 16], tops[16];
    long long first = blockIdx.x * (long long)TILE;
    int count = length - first < TILE ? (int)(length - first) : TILE, t = threadIdx.x;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        const V *x = in + (row * length + first);
        V *to = out + (row * length + first), before;
        load(staged, x, count);
        if (count == TILE) levels(x, staged, groups, tops, TILE);
        else levels(x, staged, groups, tops, count);
        int any = standing_before(
            &before, blockIdx.x > 0 ? ends + (row * tiles + blockIdx.x - 1) : (const V *)0, groups, tops);
        if (count == TILE) finish(to, x, staged, before, any, TILE);
        else if (t * 16 < count) finish(to, x, staged, before, any, count);
        __syncthreads();
        if (!WIDE)
            for (int k = t; k < count; k += 256) to[k] = staged[spread(k)];
        __syncthreads();
    }
}
