/* Scans (cumsum, cumprod, running maxima and minima) in the order of docs/arrays.md. The CPU's form: src/bulk/scan.c.
 *
 * A tile is 4096 elements of a row, 16 blocks of 16 groups of 16. An element is ((the tiles before + the blocks before
 * in the tile) + the groups before in the block) + the elements of its group up to it, each of the last three added in
 * order; the tiles before are the same scan over the tiles' totals, by the same two kernels. Compiled with A (the
 * element), IS_COMPLEX and OP: 0 sum, 1 product, 2 maximum, 3 minimum. */
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

/* A tile is kept in shared memory; of 16-byte elements it would not fit, those stay where they are. A gap after each 16
 * lets threads that are 16 apart use different banks. */
enum { STAGED = sizeof(V) < 16 };
#define GAP(i) ((i) + (i) / 16)
#define AT(i) (STAGED ? GAP(i) : (i))

/* groups[t]: totals of the groups of 16 up to thread t's in its block of 16 groups; tops[h]: of the blocks up to h in the
 * tile. count: elements of the tile. */
static __device__ void levels(const V *x, V *groups, V *tops, int count) {
    int t = threadIdx.x, n = count - t * 16;
    if (n > 0) {
        V sum = x[AT(t * 16)];
        for (int k = 1; k < 16; k++)
            if (k < n) sum = combine(sum, x[AT(t * 16 + k)]);
        groups[GAP(t)] = sum;
    }
    __syncthreads();
    int live = (count + 15) / 16;
    if (t < 16) {
        for (int k = 1; k < 16; k++)
            if (t * 16 + k < live) groups[GAP(t * 16 + k)] = combine(groups[GAP(t * 16 + k - 1)], groups[GAP(t * 16 + k)]);
        int last = t * 16 + 15 < live ? t * 16 + 15 : live - 1;
        if (t * 16 < live) tops[t] = groups[GAP(last)];
    }
    __syncthreads();
    if (t == 0)
        for (int k = 1; k < 16; k++)
            if (k * 16 < live) tops[k] = combine(tops[k - 1], tops[k]);
    __syncthreads();
}

/* Grid: x the tiles of a row, y the rows (more than y holds: a loop). totals: rows × tiles. */
extern "C" __global__ void __launch_bounds__(256) k_scan_totals(V *totals, const V *in, long long length, long long tiles,
                                                               long long rows) {
    __shared__ V x[STAGED ? GAP(4096) : 1], groups[GAP(256)], tops[16];
    long long first = blockIdx.x * 4096ll;
    int count = length - first < 4096 ? (int)(length - first) : 4096;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        const V *from = in + row * length + first;
        for (int k = threadIdx.x; STAGED && k < count; k += 256) x[GAP(k)] = from[k];
        __syncthreads();
        levels(STAGED ? x : from, groups, tops, count);
        if (threadIdx.x == 0) totals[row * tiles + blockIdx.x] = tops[(count - 1) / 256];
        __syncthreads();
    }
}

/* ends: the scanned totals (rows × tiles); not read when a row is one tile. */
extern "C" __global__ void __launch_bounds__(256) k_scan_tiles(V *out, const V *in, const V *ends, long long length,
                                                              long long tiles, long long rows) {
    __shared__ V x[STAGED ? GAP(4096) : 1], groups[GAP(256)], tops[16];
    long long first = blockIdx.x * 4096ll;
    int count = length - first < 4096 ? (int)(length - first) : 4096, t = threadIdx.x;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        const V *from = in + row * length + first;
        V *to = out + row * length + first;
        for (int k = t; STAGED && k < count; k += 256) x[GAP(k)] = from[k];
        __syncthreads();
        levels(STAGED ? x : from, groups, tops, count);
        if (t * 16 < count) {
            V before; /* what stands before this thread's group */
            int any = blockIdx.x > 0, h = t / 16;
            if (any) before = ends[row * tiles + blockIdx.x - 1];
            if (h > 0) before = any ? combine(before, tops[h - 1]) : tops[h - 1], any = 1;
            if (t % 16 > 0) before = any ? combine(before, groups[GAP(t - 1)]) : groups[GAP(t - 1)], any = 1;
            V chain;
            for (int k = 0; k < 16; k++)
                if (t * 16 + k < count) {
                    V e = STAGED ? x[GAP(t * 16 + k)] : from[t * 16 + k];
                    chain = k ? combine(chain, e) : e;
                    e = any ? combine(before, chain) : chain;
                    if (STAGED) x[GAP(t * 16 + k)] = e;
                    else to[t * 16 + k] = e;
                }
        }
        __syncthreads();
        for (int k = t; STAGED && k < count; k += 256) to[k] = x[GAP(k)];
        __syncthreads();
    }
}
