/* bulk/scan.c: running sums, products, maxima and minima, in the order of docs/orders.md (version 1), which
 * is the order of device/k_scan.cu.
 *
 * A tile is 4096 elements of a row: 16 blocks of 16 groups of 16. An element is ((the tiles before + the
 * blocks before in the tile) + the groups before in the block) + the elements of its group up to it; the last
 * three are added in order, and the tiles before are the same scan over the tiles' totals. What nothing
 * stands before is not added, so an element depends only on those before it, not on the row's length.
 *
 * Rows that lie dense are cut into spans of 16 tiles. A thread adds up the totals of a span's tiles, waits
 * until all spans before have theirs (they were begun before, so it never waits for work that has not begun),
 * and scans its span while that is still in its cache. Other rows are scanned side by side, a few cache lines
 * of columns at a time. */
#include "base/memory.h"
#include "bulk/inner.h"
#include "bulk/scan_wide.h"
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum {
    GROUP = 16,
    BLOCK = 256,
    TILE = 4096,
    SPAN = 16 * TILE,
    LEVELS = 6,
    COLUMNS = 64,
    LARGE_BYTES = 1 << 24
};
enum { OP_SUM, OP_PRODUCT, OP_MAXIMUM, OP_MINIMUM };

typedef struct f32x2 {
    float re, im;
} f32x2;
typedef struct f64x2 {
    double re, im;
} f64x2;

typedef struct work {
    const wf_bulk_call *call;
    const char *in;
    char *out;
    int64_t rows, length, columns; /* in and out: rows × length × columns, dense */
    int64_t spans;                 /* in a row */
    char *ends;                    /* of each tile of a row: the scan of the totals */
    int large;                     /* scanner.large is there and the case */
    _Atomic int64_t next, ready;   /* spans begun; spans whose ends are there */
} work;

/* One kind of scan: what the driver below needs of it. */
typedef struct scanner {
    int64_t item;
    void (*totals)(const char *x, int64_t n, char *totals); /* of the tiles of n elements */
    void (*push)(char *levels, uint64_t index, const char *totals, char *ends,
                 int64_t n); /* scans n totals on */
    void (*span)(const char *x, char *out, int64_t n, const char *before, const char *ends);
    /* The same where the result is too large for caches; NULL: no difference. */
    void (*large)(const char *x, char *out, int64_t n, const char *before, const char *ends);
    void (*columns)(const char *x, char *out, int64_t length, int64_t columns, int64_t first, int64_t count);
} scanner;

/* clang-format off: code as a macro's text */
#define SCAN(t, T, COMBINE)                                                                                  \
    static inline T join_##t(T x, T y) { return COMBINE(x, y); }                                             \
    /* A running scan, element by element: chain of the group, groups of the block, blocks, tiles before. */ \
    typedef struct level_##t {                                                                               \
        T chain, groups, blocks, tiles;                                                                      \
    } level_##t;                                                                                             \
    static T push_one_##t(level_##t *l, uint64_t index, T x, int depth) {                                    \
        uint64_t i = index % TILE;                                                                           \
        l->chain = i % GROUP ? join_##t(l->chain, x) : x;                                                    \
        T result = l->chain;                                                                                 \
        int any = index >= TILE;                                                                             \
        T before = l->tiles;                                                                                 \
        if (i >= BLOCK) before = any ? join_##t(before, l->blocks) : l->blocks, any = 1;                     \
        if (i % BLOCK >= GROUP) before = any ? join_##t(before, l->groups) : l->groups, any = 1;             \
        if (any) result = join_##t(before, result);                                                          \
        if (i % GROUP == GROUP - 1)                                                                          \
            l->groups = i % BLOCK >= GROUP ? join_##t(l->groups, l->chain) : l->chain;                       \
        if (i % BLOCK == BLOCK - 1) l->blocks = i >= BLOCK ? join_##t(l->blocks, l->groups) : l->groups;     \
        if (i == TILE - 1 && depth + 1 < LEVELS)                                                             \
            l->tiles = push_one_##t(l + 1, index / TILE, l->blocks, depth + 1);                              \
        return result;                                                                                       \
    }                                                                                                        \
    static void push_##t(char *levels, uint64_t index, const char *totals, char *ends, int64_t n) {          \
        for (int64_t i = 0; i < n; i++)                                                                      \
            ((T *)ends)[i] =                                                                                 \
                push_one_##t((level_##t *)levels, index + (uint64_t)i, ((const T *)totals)[i], 0);           \
    }                                                                                                        \
    static T group_##t(const T *x, int64_t n) {                                                              \
        T sum = x[0];                                                                                        \
        for (int64_t i = 1; i < n; i++) sum = join_##t(sum, x[i]);                                           \
        return sum;                                                                                          \
    }                                                                                                        \
    WF_BULK_CLONES static void totals_##t(const char *from, int64_t n, char *to) {                           \
        const T *x = (const T *)from;                                                                        \
        for (int64_t tile = 0; tile * TILE < n; tile++) {                                                    \
            int64_t end = tile * TILE + TILE < n ? tile * TILE + TILE : n;                                   \
            T blocks = x[0];                                                                                 \
            for (int64_t b = tile * TILE; b < end; b += BLOCK) {                                             \
                T groups = x[0];                                                                             \
                T chains[GROUP];                                                                             \
                int64_t stop = b + BLOCK < end ? b + BLOCK : end;                                            \
                if (stop - b == BLOCK) {                                                                     \
                    for (int g = 0; g < GROUP; g++) chains[g] = x[b + g * GROUP];                            \
                    for (int k = 1; k < GROUP; k++)                                                          \
                        for (int g = 0; g < GROUP; g++)                                                      \
                            chains[g] = join_##t(chains[g], x[b + g * GROUP + k]);                           \
                } else                                                                                       \
                    for (int64_t g = b; g < stop; g += GROUP)                                                \
                        chains[(g - b) / GROUP] = group_##t(x + g, g + GROUP < stop ? GROUP : stop - g);     \
                for (int64_t g = b; g < stop; g += GROUP)                                                    \
                    groups = g == b ? chains[0] : join_##t(groups, chains[(g - b) / GROUP]);                 \
                blocks = b == tile * TILE ? groups : join_##t(blocks, groups);                               \
            }                                                                                                \
            ((T *)to)[tile] = blocks;                                                                        \
        }                                                                                                    \
    }                                                                                                        \
    /* ends: the scan of the tiles' totals; before: the one of the tile before the first, or NULL. */        \
    WF_BULK_CLONES static void span_##t(const char *from, char *to, int64_t n, const char *start,            \
                                        const char *ends) {                                                  \
        const T *x = (const T *)from;                                                                        \
        T *out = (T *)to;                                                                                    \
        T tiles = start ? *(const T *)start : x[0], blocks = x[0], groups = x[0];                            \
        int have = start != NULL;                                                                            \
        for (int64_t g = 0; g < n; g += GROUP) {                                                             \
            int64_t in = g % TILE, stop = n - g < GROUP ? n - g : GROUP;                                     \
            if (!in && g) tiles = ((const T *)ends)[g / TILE - 1], have = 1;                                 \
            T before = tiles, p[GROUP];                                                                      \
            int any = have;                                                                                  \
            if (in >= BLOCK) before = any ? join_##t(before, blocks) : blocks, any = 1;                      \
            if (in % BLOCK) before = any ? join_##t(before, groups) : groups, any = 1;                       \
            p[0] = x[g];                                                                                     \
            if (stop == GROUP)                                                                               \
                for (int k = 1; k < GROUP; k++) p[k] = join_##t(p[k - 1], x[g + k]);                         \
            else                                                                                             \
                for (int64_t k = 1; k < stop; k++) p[k] = join_##t(p[k - 1], x[g + k]);                      \
            groups = in % BLOCK ? join_##t(groups, p[stop - 1]) : p[stop - 1];                               \
            if (in % BLOCK == BLOCK - GROUP) blocks = in >= BLOCK ? join_##t(blocks, groups) : groups;       \
            if (!any)                                                                                        \
                for (int64_t k = 0; k < stop; k++) out[g + k] = p[k];                                        \
            else if (stop == GROUP)                                                                          \
                for (int k = 0; k < GROUP; k++) out[g + k] = join_##t(before, p[k]);                         \
            else                                                                                             \
                for (int64_t k = 0; k < stop; k++) out[g + k] = join_##t(before, p[k]);                      \
        }                                                                                                    \
    }                                                                                                        \
    WF_BULK_CLONES static void columns_##t(const char *from, char *to, int64_t length, int64_t columns,      \
                                           int64_t first, int64_t count) {                                   \
        const T *x = (const T *)from + first;                                                                \
        T *out = (T *)to + first;                                                                            \
        T chain[COLUMNS], before[COLUMNS], groups[COLUMNS], blocks[COLUMNS];                                 \
        level_##t upper[COLUMNS][LEVELS - 1];                                                                \
        T tiles[COLUMNS];                                                                                    \
        for (int64_t i = 0; i < length; i++, x += columns, out += columns) {                                 \
            int64_t in = i % TILE;                                                                           \
            int any = i >= GROUP;                                                                            \
            if (in % GROUP == 0 && any)                                                                      \
                for (int64_t c = 0; c < count; c++) {                                                        \
                    int have = i >= TILE;                                                                    \
                    if (have) before[c] = tiles[c];                                                          \
                    if (in >= BLOCK)                                                                         \
                        before[c] = have ? join_##t(before[c], blocks[c]) : blocks[c], have = 1;             \
                    if (in % BLOCK) before[c] = have ? join_##t(before[c], groups[c]) : groups[c];           \
                }                                                                                            \
            if (in % GROUP == 0)                                                                             \
                for (int64_t c = 0; c < count; c++) chain[c] = x[c];                                         \
            else                                                                                             \
                for (int64_t c = 0; c < count; c++) chain[c] = join_##t(chain[c], x[c]);                     \
            if (any)                                                                                         \
                for (int64_t c = 0; c < count; c++) out[c] = join_##t(before[c], chain[c]);                  \
            else                                                                                             \
                for (int64_t c = 0; c < count; c++) out[c] = chain[c];                                       \
            if (in % GROUP != GROUP - 1) continue;                                                           \
            for (int64_t c = 0; c < count; c++) {                                                            \
                groups[c] = in % BLOCK >= GROUP ? join_##t(groups[c], chain[c]) : chain[c];                  \
                if (in % BLOCK == BLOCK - 1)                                                                 \
                    blocks[c] = in >= BLOCK ? join_##t(blocks[c], groups[c]) : groups[c];                    \
                if (in == TILE - 1) tiles[c] = push_one_##t(upper[c], (uint64_t)(i / TILE), blocks[c], 1);   \
            }                                                                                                \
        }                                                                                                    \
    }
/* clang-format on */

#define PLUS(x, y) ((x) + (y))
#define TIMES(x, y) ((x) * (y))
#define MOST(x, y) ((x) >= (y) ? (x) : (y))
#define LEAST(x, y) ((x) <= (y) ? (x) : (y))
#define MOST_OR_NAN(x, y) ((x) != (x) || (x) >= (y) ? (x) : (y))
#define LEAST_OR_NAN(x, y) ((x) != (x) || (x) <= (y) ? (x) : (y))
#define PLUS_PAIR(x, y)                                                                                      \
    { (x).re + (y).re, (x).im + (y).im }
#define TIMES_PAIR(x, y)                                                                                     \
    { (x).re *(y).re - (x).im *(y).im, (x).re *(y).im + (x).im *(y).re }
static inline f32x2 plus_f32(f32x2 x, f32x2 y) { return (f32x2)PLUS_PAIR(x, y); }
static inline f64x2 plus_f64(f64x2 x, f64x2 y) { return (f64x2)PLUS_PAIR(x, y); }
static inline f32x2 times_f32(f32x2 x, f32x2 y) { return (f32x2)TIMES_PAIR(x, y); }
static inline f64x2 times_f64(f64x2 x, f64x2 y) { return (f64x2)TIMES_PAIR(x, y); }

SCAN(sum_i64, uint64_t, PLUS)
SCAN(sum_f32, float, PLUS)
SCAN(sum_f64, double, PLUS)
SCAN(sum_c64, f32x2, plus_f32)
SCAN(sum_c128, f64x2, plus_f64)
SCAN(prod_i64, uint64_t, TIMES)
SCAN(prod_f32, float, TIMES)
SCAN(prod_f64, double, TIMES)
SCAN(prod_c64, f32x2, times_f32)
SCAN(prod_c128, f64x2, times_f64)
SCAN(max_i64, int64_t, MOST)
SCAN(max_u64, uint64_t, MOST)
SCAN(max_f32, float, MOST_OR_NAN)
SCAN(max_f64, double, MOST_OR_NAN)
SCAN(min_i64, int64_t, LEAST)
SCAN(min_u64, uint64_t, LEAST)
SCAN(min_f32, float, LEAST_OR_NAN)
SCAN(min_f64, double, LEAST_OR_NAN)

/* Sums of float32, whole tiles in vector registers. */
static void totals_f32_wide(const char *x, int64_t n, char *totals) {
    int64_t tiles = n / TILE;
    bulk_scan_wide_f32()->totals((const float *)x, tiles, (float *)totals);
    if (n % TILE) totals_sum_f32(x + tiles * TILE * 4, n % TILE, totals + tiles * 4);
}
static void span_f32(const char *x, char *out, int64_t n, const char *start, const char *ends,
                     int past_cache) {
    int64_t tiles = n / TILE;
    bulk_scan_wide_f32()->span((const float *)x, (float *)out, tiles, (const float *)start,
                               (const float *)ends, past_cache);
    if (!(n % TILE)) return;
    if (tiles) start = ends + (tiles - 1) * 4;
    span_sum_f32(x + tiles * TILE * 4, out + tiles * TILE * 4, n % TILE, start, NULL);
}
static void span_f32_wide(const char *x, char *out, int64_t n, const char *start, const char *ends) {
    span_f32(x, out, n, start, ends, 0);
}
static void large_f32_wide(const char *x, char *out, int64_t n, const char *start, const char *ends) {
    span_f32(x, out, n, start, ends, 1);
}

static const scanner *scanner_of(int op, wf_dtype t) {
#define ENTRY(t, T)                                                                                          \
    { sizeof(T), totals_##t, push_##t, span_##t, NULL, columns_##t }
#define NONE                                                                                                 \
    { 0, NULL, NULL, NULL, NULL, NULL }
    static const scanner table[4][6] = {
        {ENTRY(sum_i64, uint64_t), ENTRY(sum_i64, uint64_t), ENTRY(sum_f32, float), ENTRY(sum_f64, double),
         ENTRY(sum_c64, f32x2), ENTRY(sum_c128, f64x2)},
        {ENTRY(prod_i64, uint64_t), ENTRY(prod_i64, uint64_t), ENTRY(prod_f32, float),
         ENTRY(prod_f64, double), ENTRY(prod_c64, f32x2), ENTRY(prod_c128, f64x2)},
        {ENTRY(max_i64, int64_t), ENTRY(max_u64, uint64_t), ENTRY(max_f32, float), ENTRY(max_f64, double),
         NONE, NONE},
        {ENTRY(min_i64, int64_t), ENTRY(min_u64, uint64_t), ENTRY(min_f32, float), ENTRY(min_f64, double),
         NONE, NONE}};
    int column = t == WF_DT_INT64        ? 0
                 : t == WF_DT_UINT64     ? 1
                 : t == WF_DT_FLOAT32    ? 2
                 : t == WF_DT_FLOAT64    ? 3
                 : t == WF_DT_COMPLEX64  ? 4
                 : t == WF_DT_COMPLEX128 ? 5
                                         : -1;
    static const scanner wide = {
        4, totals_f32_wide, push_sum_f32, span_f32_wide, large_f32_wide, columns_sum_f32};
    if (op == OP_SUM && t == WF_DT_FLOAT32 && bulk_scan_wide_f32()) return &wide;
    return column < 0 || !table[op][column].item ? NULL : &table[op][column];
}

/* ---- drivers --------------------------------------------------------------------------------------------
 */

typedef struct row_work {
    work w;
    const scanner *s;
    int64_t row;
    _Alignas(16) char levels[LEVELS * 4 * 16]; /* level_… of the totals; only who has the turn touches it */
} row_work;

/* Takes the next span and scans it. first..last only count spans: which one is done is decided by `next`. */
static int span_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    row_work *r = user;
    work *w = &r->w;
    int64_t item = r->s->item;
    _Alignas(16) char totals[SPAN / TILE * 16];
    (void)worker;
    for (uint64_t count = first; count < last; count++) {
        int64_t span = atomic_fetch_add(&w->next, 1), at = span * SPAN;
        int64_t n = w->length - at < SPAN ? w->length - at : SPAN, tiles = (n + TILE - 1) / TILE;
        const char *x = w->in + (r->row * w->length + at) * item;
        char *ends = w->ends + span * (SPAN / TILE) * item;
        r->s->totals(x, n, totals);
        for (int spins = 0; atomic_load_explicit(&w->ready, memory_order_acquire) != span; spins++)
            if (spins > 1000) sched_yield();
        r->s->push(r->levels, (uint64_t)(span * (SPAN / TILE)), totals, ends, tiles);
        atomic_store_explicit(&w->ready, span + 1, memory_order_release);
        (w->large ? r->s->large : r->s->span)(x, w->out + (r->row * w->length + at) * item, n,
                                              span ? ends - item : NULL, ends);
    }
    return 0;
}

static int rows_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const row_work *r = user;
    const work *w = &r->w;
    (void)worker;
    for (uint64_t row = first; row < last; row++) {
        row_work one = {.s = r->s, .row = (int64_t)row};
        _Alignas(16) char totals[SPAN / TILE * 16], ends[(SPAN / TILE + 1) * 16];
        int64_t item = r->s->item;
        for (int64_t at = 0; at < w->length; at += SPAN) {
            int64_t n = w->length - at < SPAN ? w->length - at : SPAN, tiles = (n + TILE - 1) / TILE;
            const char *x = w->in + ((int64_t)row * w->length + at) * item;
            r->s->totals(x, n, totals);
            if (at) memcpy(ends, ends + SPAN / TILE * item, (size_t)item);
            r->s->push(one.levels, (uint64_t)(at / TILE), totals, ends + item, tiles);
            r->s->span(x, w->out + ((int64_t)row * w->length + at) * item, n, at ? ends : NULL, ends + item);
        }
    }
    return 0;
}

static int columns_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const row_work *r = user;
    const work *w = &r->w;
    int64_t strips = (w->columns + COLUMNS - 1) / COLUMNS, item = r->s->item;
    (void)worker;
    for (uint64_t u = first; u < last; u++) {
        int64_t row = (int64_t)u / strips, c = (int64_t)u % strips * COLUMNS;
        int64_t at = row * w->length * w->columns * item,
                count = w->columns - c < COLUMNS ? w->columns - c : COLUMNS;
        r->s->columns(w->in + at, w->out + at, w->length, w->columns, c, count);
    }
    return 0;
}

/* One long row at a time: all threads on it. */
static wf_status scan_long(row_work *r) {
    work *w = &r->w;
    w->ends = wf_malloc((size_t)((w->length + TILE - 1) / TILE * r->s->item));
    if (!w->ends) return bulk_no_memory(w->call);
    for (r->row = 0; r->row < w->rows; r->row++) {
        atomic_store(&w->next, 0), atomic_store(&w->ready, 0);
        bulk_each(w->call, w->spans, 1, span_piece, r);
    }
    wf_free(w->ends);
    return WF_OK;
}

/* arrays: the result; the array (both dense, of one type: int64, uint64, float32, float64, complex). numbers:
 * 0 sum, 1 product, 2 maximum, 3 minimum; rows, length, columns: the shape, the scan goes along the second.
 */
wf_status bulk_scan(wf_bulk_call *call) {
    row_work r = {.s = scanner_of((int)call->numbers[0], call->arrays[0].dtype)};
    work *w = &r.w;
    if (!r.s)
        return wf_fail(call->err, WF_UNSUPPORTED, "[scan] no ready-made scan for %s",
                       wf_dtype_name(call->arrays[0].dtype));
    w->call = call, w->out = call->arrays[0].data, w->in = call->arrays[1].data;
    w->rows = call->numbers[1], w->length = call->numbers[2], w->columns = call->numbers[3];
    w->spans = (w->length + SPAN - 1) / SPAN;
    w->large = r.s->large && call->arrays[0].size * r.s->item >= LARGE_BYTES;
    if (!w->rows || !w->length || !w->columns) return WF_OK;
    if (w->columns > 1)
        bulk_each(call, w->rows * ((w->columns + COLUMNS - 1) / COLUMNS), 1, columns_piece, &r);
    else if (w->rows >= 2 * (int64_t)wf_pool_threads(call->pool) || w->spans == 1)
        bulk_each(call, w->rows, 16384 / w->length + 1, rows_piece, &r);
    else return scan_long(&r);
    return WF_OK;
}
