/* Scans (cumsum, cumprod, running maxima and minima) in the order of docs/orders.md. The CPU's form:
 * src/bulk/scan.c.
 *
 * A tile is 4096 elements of a row, 16 blocks of 16 groups of 16. An element is ((the tiles before + the
 * blocks before in the tile) + the groups before in the block) + the elements of its group up to it, each of
 * the last three added in order; the tiles before are the same scan over the tiles' totals.
 *
 * Compiled with A (the element), IS_COMPLEX and OP: 0 sum, 1 product, 2 maximum, 3 minimum; ONCE: 0 gives the
 * kernels that read twice, 1 the one that reads once, for elements of 4 and 8 bytes in rows that begin at
 * multiples of 16 bytes. */
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

#if !ONCE
/* ---- the totals of tiles, then the tiles; between them the scan of the totals, by the same two kernels ----
 * A thread has a group. The tile stands in shared memory, where rows of 16 take the place of 17: the threads
 * of a warp then read different banks. Elements of 16 bytes would not fit and are read where they are. A
 * whole tile, which nearly all are, needs no tests. */
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

#else
/* ---- in one reading ----
 * A block adds up one tile and scans another that lies `lag` tiles before it, whose elements the second level
 * of cache still has: they are read from memory once. Tiles are taken in the order of a counter. Each says its
 * total; the last of 16 tiles says theirs, the last of 256 theirs, the last of 4096 theirs and the row's up to
 * their end. What stands before a tile is put together from at most 16 + 15 + 15 + 1 such words, always in the
 * same order, so nothing depends on who came first. (The decoupled look-back of Merrill and Garland adds in the
 * order of arrival; and blocks that wait for what was read just before fall into step and leave the memory
 * idle: docs/decisions.md.)
 *
 * A thread has a group, in CHUNKS pieces of 16 bytes, which come into shared memory past the registers where
 * the GPU can (cp.async: 8.0 on). */

enum {
    TILE = 4096,
    NEAR = 256,
    FAR = 4096,
    CHUNK = 16 / sizeof(V),
    CHUNKS = 16 / CHUNK,
    WORDS = sizeof(V) / 4, /* 64-bit words of what is said: a half's bits and a 1 each; zero before */
    BOTH = sizeof(V) == 4  /* both tiles fit shared memory */
};
typedef unsigned long long word;

struct __align__(16) chunk {
    V v[CHUNK];
};
struct __align__(16) stage {
    V rows[TILE], groups[256 + 16], tops[16];
};

/* Where piece c of thread r's group lies: turned by r, so that neighbours' pieces lie in different banks. */
static __device__ __forceinline__ int place_of(int r, int c) {
    return (r * CHUNKS + (c ^ (CHUNKS == 4 ? r >> 1 & 3 : r & 7))) * CHUNK;
}

static __device__ __forceinline__ void say(word *at, V value) {
    unsigned half[WORDS];
    memcpy(half, &value, sizeof value);
    for (int k = 0; k < WORDS; k++) ((volatile word *)at)[k] = (word)half[k] << 32 | 1;
}

static __device__ __forceinline__ V hear(const word *at) {
    unsigned half[WORDS];
    V value;
    for (;;) {
        word all = 1;
        for (int k = 0; k < WORDS; k++) {
            word w = ((const volatile word *)at)[k];
            half[k] = (unsigned)(w >> 32), all &= w;
        }
        if (all) break;
        __nanosleep(32);
    }
    memcpy(&value, half, sizeof value);
    return value;
}

static __device__ __forceinline__ void load(stage *s, const V *in, int count) {
    for (int k = 0; k < CHUNKS; k++) {
        int c = threadIdx.x + k * 256;
        V *to = &s->rows[place_of(c / CHUNKS, c % CHUNKS)];
        if (c * CHUNK + CHUNK <= count) {
#if __CUDA_ARCH__ >= 800
            unsigned place = (unsigned)__cvta_generic_to_shared(to);
            asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(place), "l"(in + c * CHUNK) : "memory");
#else
            *(chunk *)to = *(const chunk *)(in + c * CHUNK);
#endif
        } else
            for (int i = 0; i < CHUNK; i++)
                if (c * CHUNK + i < count) to[i] = in[c * CHUNK + i];
    }
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/* All loads but the last `left` are there. */
template <int left> static __device__ __forceinline__ void landed() {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group %0;" ::"n"(left) : "memory");
#endif
    __syncthreads();
}

static __device__ __forceinline__ void group_of(V *x, const stage *s) {
    for (int k = 0; k < CHUNKS; k++) {
        chunk c = *(const chunk *)&s->rows[place_of(threadIdx.x, k)];
        for (int i = 0; i < CHUNK; i++) x[k * CHUNK + i] = c.v[i];
    }
}

/* 16 values become what the first `live` of them add up to, in order. */
static __device__ __forceinline__ V run(V *values, int live) {
    V x[16];
    for (int k = 0; k < 16; k++) x[k] = values[k];
    for (int k = 1; k < 16; k++) x[k] = k < live ? combine(x[k - 1], x[k]) : x[k - 1];
    for (int k = 1; k < 16; k++) values[k] = x[k];
    return x[15];
}

/* groups[t + t / 16]: totals of the groups of 16 up to thread t's in its block of 16 groups; tops[h]: of the
 * blocks up to h in the tile, of which the last is returned. count: elements of the tile. */
static __device__ __forceinline__ V levels(stage *s, int count) {
    int t = threadIdx.x, n = count - t * 16, live = (count + 15) / 16;
    if (n > 0) {
        V x[16];
        group_of(x, s);
        V sum = x[0];
        for (int k = 1; k < 16; k++)
            if (k < n) sum = combine(sum, x[k]);
        s->groups[t + t / 16] = sum;
    }
    __syncthreads();
    if (t < 16 && t * 16 < live) s->tops[t] = run(&s->groups[t * 17], live - t * 16);
    __syncthreads();
    if (t == 0) run(s->tops, (live + 15) / 16);
    __syncthreads();
    return s->tops[15];
}

static __device__ V join(int any, V before, V value) { return any ? combine(before, value) : value; }

/* `live` values, 1 to 16, added in order; all 16 are read, so that the readings overlap. */
static __device__ __forceinline__ V all_of(const V *values, int live) {
    V sum = values[0];
    for (int k = 1; k < 16; k++) {
        V next = values[k];
        if (k < live) sum = combine(sum, next);
    }
    return sum;
}

/* ends: what stands before the tile, if anything does. */
static __device__ __forceinline__ void finish(V *out, stage *s, V ends, int any, int count) {
    int t = threadIdx.x, n = count - t * 16;
    V before = ends;
    if (t >= 16) before = join(any, before, s->tops[t / 16 - 1]), any = 1;
    if (t % 16) before = join(any, before, s->groups[t - 1 + t / 16]), any = 1;
    if (n > 0) {
        V x[16], sum;
        group_of(x, s);
        for (int k = 0; k < 16; k++) {
            sum = k == 0 ? x[0] : k < n ? combine(sum, x[k]) : sum;
            x[k] = join(any, before, sum);
        }
        for (int k = 0; k < CHUNKS; k++) {
            chunk c;
            for (int i = 0; i < CHUNK; i++) c.v[i] = x[k * CHUNK + i];
            *(chunk *)&s->rows[place_of(t, k)] = c;
        }
    }
    __syncthreads();
    for (int k = 0; k < CHUNKS; k++) {
        int c = t + k * 256;
        const V *from = &s->rows[place_of(c / CHUNKS, c % CHUNKS)];
        if (c * CHUNK + CHUNK <= count) *(chunk *)&out[c * CHUNK] = *(const chunk *)from;
        else
            for (int i = 0; i < CHUNK; i++)
                if (c * CHUNK + i < count) out[c * CHUNK + i] = from[i];
    }
}

/* Where a row's words stand: of each tile, of 16, of 256 tiles their total; of 4096 tiles their total and the row's up to
 * their end. */
struct row_words {
    word *tiles, *groups, *blocks, *far;
};

static __device__ row_words words_of(word *row, long long tiles) {
    row_words w;
    w.tiles = row;
    w.groups = w.tiles + tiles * WORDS;
    w.blocks = w.groups + (tiles + 15) / 16 * WORDS;
    w.far = w.blocks + (tiles + NEAR - 1) / NEAR * WORDS;
    return w;
}

/* The n-th 4096 tiles have this total: it is said, and the row's up to their end. */
static __device__ void say_far(word *far, int n, V total, V *heard, V *sums) {
    int t = threadIdx.x, last = n / 16;
    if (t == 0) say(far + 2 * n * WORDS, total);
    __syncthreads();
    if (t <= n) heard[t + (t >> 4)] = hear(far + 2 * t * WORDS);
    __syncthreads();
    if (t <= last) sums[t] = all_of(heard + t * 17, n + 1 - t * 16 < 16 ? n + 1 - t * 16 : 16);
    __syncthreads();
    if (t == 0) say(far + (2 * n + 1) * WORDS, join(last > 0, last > 0 ? all_of(sums, last) : total, sums[last]));
}

/* Tile `number` of a row has this total: it is said, and that of 16, 256, 4096 tiles by the last of them, as soon as it has
 * heard the others'. heard: 272 values, sums: 16. */
static __device__ void say_total(row_words said, long long number, V total, V *heard, V *sums) {
    int t = threadIdx.x;
    if (t == 0) say(said.tiles + number * WORDS, total);
    if (number % 16 != 15) return;
    if (t < 15) heard[t] = hear(said.tiles + (number - 15 + t) * WORDS);
    __syncthreads();
    total = combine(all_of(heard, 15), total);
    if (t == 0) say(said.groups + number / 16 * WORDS, total);
    if (number % NEAR != NEAR - 1) return;
    if (t < 15) heard[16 + t] = hear(said.groups + (number / 16 - 15 + t) * WORDS);
    __syncthreads();
    total = combine(all_of(heard + 16, 15), total);
    if (t == 0) say(said.blocks + number / NEAR * WORDS, total);
    if (number % FAR != FAR - 1) return;
    if (t < 15) heard[32 + t] = hear(said.blocks + (number / NEAR - 15 + t) * WORDS);
    __syncthreads();
    total = combine(all_of(heard + 32, 15), total);
    __syncthreads();
    say_far(said.far, (int)(number / FAR), total, heard, sums);
}

/* What stands before tile `number` > 0 of a row: the row up to tile number - 1. heard: 65 values. */
static __device__ V hear_before(row_words said, long long number, V *heard) {
    long long j = number - 1;
    int k = (int)(j % 16), g = (int)(j / 16 % 16), h = (int)(j / NEAR % 16), n = (int)(j / FAR), t = threadIdx.x;
    V *chain = heard, *groups = heard + 16, *blocks = heard + 32, *far = heard + 48;
    if (t <= k) chain[t] = hear(said.tiles + (j - k + t) * WORDS);
    if (t >= 32 && t < 32 + g) groups[t - 32] = hear(said.groups + (j / 16 - g + t - 32) * WORDS);
    if (t >= 64 && t < 64 + h) blocks[t - 64] = hear(said.blocks + (j / NEAR - h + t - 64) * WORDS);
    if (t == 96 && n > 0) far[0] = hear(said.far + (2 * n - 1) * WORDS);
    __syncthreads();
    if (t == 0) {
        V before = far[0];
        if (h > 0) before = join(n > 0, before, all_of(blocks, h));
        if (g > 0) before = join(n > 0 || h > 0, before, all_of(groups, g));
        heard[64] = join(n > 0 || h > 0 || g > 0, before, all_of(chain, k + 1));
    }
    __syncthreads();
    return heard[64];
}

/* said: for each row `words` words, zeros before: those of row_words. taken: a zero before. tiles: of a row, 2
 * to 2^20; all: of all rows. Grid: all + lag. */
extern "C" __global__ void __launch_bounds__(256, 4)
    k_scan_once(V *out, const V *in, word *said, word *taken, long long length, unsigned tiles, unsigned all,
                unsigned lag, long long words) {
    __shared__ stage stages[BOTH ? 2 : 1];
    __shared__ V heard[256 + 16], sums[16];
    __shared__ unsigned ticket;
    stage *ahead = &stages[0], *behind = &stages[BOTH ? 1 : 0];
    if (threadIdx.x == 0) ticket = (unsigned)atomicAdd(taken, 1ull);
    __syncthreads();
    unsigned first = ticket, second = first - lag; /* the tiles to add up and to scan */
    long long row = first / tiles, number = first % tiles, from = row * length + number * TILE;
    long long left = length - number * TILE;
    int count = left < TILE ? (int)left : TILE;
    if (first < all) load(ahead, in + from, count);
    row_words words_ahead = words_of(said + row * words, tiles);
    long long number_ahead = number;
    int count_ahead = count;
    row = second / tiles, number = second % tiles, from = row * length + number * TILE, left = length - number * TILE;
    count = left < TILE ? (int)left : TILE;
    if (BOTH && first >= lag) load(behind, in + from, count);
    if (first < all) {
        if (BOTH && first >= lag) landed<1>();
        else landed<0>();
        V total = count_ahead == TILE ? levels(ahead, TILE) : levels(ahead, count_ahead);
        say_total(words_ahead, number_ahead, total, heard, sums);
        __syncthreads();
    }
    if (first < lag) return;
    if (!BOTH) load(behind, in + from, count);
    landed<0>();
    if (count == TILE) levels(behind, TILE);
    else levels(behind, count);
    V before = stages[0].tops[0];
    if (number > 0) before = hear_before(words_of(said + row * words, tiles), number, heard);
    if (count == TILE) finish(out + from, behind, before, number > 0, TILE);
    else finish(out + from, behind, before, number > 0, count);
}
#endif
