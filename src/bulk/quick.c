/* bulk/quick.c: quicksort of unsigned keys in vector registers (quick_type.h), of the two widths, for CPUs
 * with AVX-512 or AVX2; and long rows shared among threads.
 *
 * Keys that are equal are the same bits, so the result does not depend on the way. A long row is cut by
 * splitters that a sample gives: threads count what of their part goes to which bucket, then bring each block
 * of keys in that order within the first cache and copy its runs to where they belong; buckets are then
 * sorted side by side. */
#include "base/memory.h"
#include "bulk/inner.h"
#include "bulk/quick.h"
#include <string.h>

enum { BLOCK = 4096, MAX_BUCKETS = 128, SAMPLE = 1024, CHUNKS_EACH = 4, MAX_CHUNKS = 256 };

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* a loop that was not unrolled is still right */
#endif
#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define SHUFFLE(x, y, ...) __builtin_shuffle(x, y, (V){__VA_ARGS__})
#endif
#define AWAY1(i) ((i) ^ 1)
#define AWAY2(i) ((i) ^ 2)
#define AWAY3(i) ((i) ^ 3)
#define AWAY4(i) ((i) ^ 4)
#define AWAY7(i) ((i) ^ 7)
#define AWAY8(i) ((i) ^ 8)
#define AWAY15(i) ((i) ^ 15)
#define AWAY_ALL(i) ((i) ^ (L - 1))
#define PICK(i, d) ((i) & (d) ? L + (i) : (i))
#define PICK1(i) PICK(i, 1)
#define PICK2(i) PICK(i, 2)
#define PICK4(i) PICK(i, 4)
#define PICK8(i) PICK(i, 8)
#define UPPER(i, d) ((i) & (d) ? L + ((i) ^ (d)) : (i))
#define UPPER1(i) UPPER(i, 1)
#define UPPER2(i) UPPER(i, 2)
#define UPPER4(i) UPPER(i, 4)
#define UPPER8(i) UPPER(i, 8)
#define LOWER(i, d) ((i) & (d) ? L + (i) : ((i) ^ (d)))
#define LOWER1(i) LOWER(i, 1)
#define LOWER2(i) LOWER(i, 2)
#define LOWER4(i) LOWER(i, 4)
#define LOWER8(i) LOWER(i, 8)
#define LANES4(F) F(0), F(1), F(2), F(3)
#define LANES8(F) LANES4(F), F(4), F(5), F(6), F(7)
#define LANES16(F) LANES8(F), F(8), F(9), F(10), F(11), F(12), F(13), F(14), F(15)

/* Batcher's odd-even merge sort of 4, 8 and 16: pairs, a step a line. */
/* clang-format off */
#define NETWORK4(X) X(0, 1) X(2, 3) X(0, 2) X(1, 3) X(1, 2)
#define NETWORK8(X) \
    X(0, 1) X(2, 3) X(4, 5) X(6, 7) \
    X(0, 2) X(1, 3) X(4, 6) X(5, 7) \
    X(1, 2) X(5, 6) \
    X(0, 4) X(1, 5) X(2, 6) X(3, 7) \
    X(2, 4) X(3, 5) \
    X(1, 2) X(3, 4) X(5, 6)
#define NETWORK16(X) \
    X(0, 1) X(2, 3) X(4, 5) X(6, 7) X(8, 9) X(10, 11) X(12, 13) X(14, 15) \
    X(0, 2) X(1, 3) X(4, 6) X(5, 7) X(8, 10) X(9, 11) X(12, 14) X(13, 15) \
    X(1, 2) X(5, 6) X(9, 10) X(13, 14) \
    X(0, 4) X(1, 5) X(2, 6) X(3, 7) X(8, 12) X(9, 13) X(10, 14) X(11, 15) \
    X(2, 4) X(3, 5) X(10, 12) X(11, 13) \
    X(1, 2) X(3, 4) X(5, 6) X(9, 10) X(11, 12) X(13, 14) \
    X(0, 8) X(1, 9) X(2, 10) X(3, 11) X(4, 12) X(5, 13) X(6, 14) X(7, 15) \
    X(4, 8) X(5, 9) X(6, 10) X(7, 11) \
    X(2, 4) X(3, 5) X(6, 8) X(7, 9) X(10, 12) X(11, 13) \
    X(1, 2) X(3, 4) X(5, 6) X(7, 8) X(9, 10) X(11, 12) X(13, 14)
/* clang-format on */

/* ---- AVX-512: a mask says which lanes, and compressing gathers them ---- */

#define FN __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,bmi,bmi2,lzcnt,popcnt")))
#define STORE(p, v) _mm512_storeu_si512(p, (__m512i)(v))
#define LOAD(p) ((V)_mm512_loadu_si512(p))
#define FIRST(n) ((1u << (n)) - 1)
#define PUT(v, below, left, right)                                                                           \
    do {                                                                                                     \
        int above_ = L - __builtin_popcount(below);                                                          \
        STORE(left, COMPRESS(below, v));                                                                     \
        STORE_PART((right)-above_, above_, COMPRESS(~(below), v));                                           \
    } while (0)
#define PUT_EXACTLY(v, below, valid, left, right)                                                            \
    do {                                                                                                     \
        int below_ = __builtin_popcount(below), above_ = __builtin_popcount((valid) & ~(below));             \
        STORE_PART(left, below_, COMPRESS(below, v));                                                        \
        STORE_PART((right)-above_, above_, COMPRESS((valid) & ~(below), v));                                 \
    } while (0)

typedef uint32_t u32x16 __attribute__((vector_size(64)));
#define E uint32_t
#define V u32x16
#define L 16
#define LANES LANES16
#define NAME(x) x##_u32_512
#define BLOCK_KEYS (16 * L)
#define SPLAT(e) ((V)_mm512_set1_epi32((int)(e)))
#define MIN(x, y) ((V)_mm512_min_epu32((__m512i)(x), (__m512i)(y)))
#define MAX(x, y) ((V)_mm512_max_epu32((__m512i)(x), (__m512i)(y)))
#define BELOW(x, y) ((unsigned)_mm512_cmplt_epu32_mask((__m512i)(x), (__m512i)(y)))
#define COMPRESS(m, v) _mm512_maskz_compress_epi32((__mmask16)(m), (__m512i)(v))
#define LOAD_PART(p, n)                                                                                      \
    ((V)_mm512_mask_loadu_epi32(_mm512_set1_epi32(-1), (__mmask16)FIRST(n), (const int *)(p)))
#define STORE_PART(p, n, v) _mm512_mask_storeu_epi32(p, (__mmask16)FIRST(n), (__m512i)(v))
#include "bulk/quick_type.h"

typedef uint64_t u64x8 __attribute__((vector_size(64)));
#define E uint64_t
#define V u64x8
#define L 8
#define LANES LANES8
#define NAME(x) x##_u64_512
#define SPLAT(e) ((V)_mm512_set1_epi64((long long)(e)))
#define MIN(x, y) ((V)_mm512_min_epu64((__m512i)(x), (__m512i)(y)))
#define MAX(x, y) ((V)_mm512_max_epu64((__m512i)(x), (__m512i)(y)))
#define BELOW(x, y) ((unsigned)_mm512_cmplt_epu64_mask((__m512i)(x), (__m512i)(y)))
#define COMPRESS(m, v) _mm512_maskz_compress_epi64((__mmask8)(m), (__m512i)(v))
#define LOAD_PART(p, n)                                                                                      \
    ((V)_mm512_mask_loadu_epi64(_mm512_set1_epi64(-1), (__mmask8)FIRST(n), (const long long *)(p)))
#define STORE_PART(p, n, v) _mm512_mask_storeu_epi64(p, (__mmask8)FIRST(n), (__m512i)(v))
#include "bulk/quick_type.h"
#undef BLOCK_KEYS
#undef STORE
#undef LOAD
#undef PUT
#undef PUT_EXACTLY
#undef FN

/* ---- AVX2: a table says for each mask how lanes are permuted, those of the mask first ---- */

#define FN __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(p), (__m256i)(v))
#define LOAD(p) ((V)_mm256_loadu_si256((const __m256i *)(p)))
#define PUT(v, below, left, right)                                                                           \
    do {                                                                                                     \
        __m256i put_ = SORTED(below, v);                                                                     \
        STORE(left, put_);                                                                                   \
        STORE((right)-L, put_);                                                                              \
    } while (0)
#define PUT_EXACTLY(v, below, valid, left, right)                                                            \
    do {                                                                                                     \
        E put_[L];                                                                                           \
        int below_ = __builtin_popcount(below), above_ = __builtin_popcount((valid) & ~(below));             \
        STORE(put_, SORTED(below, v));                                                                       \
        for (int i_ = 0; i_ < below_; i_++) (left)[i_] = put_[i_];                                           \
        for (int i_ = 0; i_ < above_; i_++) (right)[i_ - above_] = put_[below_ + i_];                        \
    } while (0)

/* Of mask m: the numbers of its lanes, then of the others, four bits each. Those beyond the valid lanes are
 * not in the mask, and last. */
#define BIT(m, i) ((uint32_t)((m) >> (i)&1))
#define ONES(m, i)                                                                                           \
    (BIT(m, 0) * ((i) > 0) + BIT(m, 1) * ((i) > 1) + BIT(m, 2) * ((i) > 2) + BIT(m, 3) * ((i) > 3) +         \
     BIT(m, 4) * ((i) > 4) + BIT(m, 5) * ((i) > 5) + BIT(m, 6) * ((i) > 6) + BIT(m, 7) * ((i) > 7))
#define PLACE(m, i) (BIT(m, i) ? ONES(m, i) : ONES(m, 8) + (i)-ONES(m, i))
#define AT(m, i) ((uint32_t)(i) << 4 * PLACE(m, i))
#define ORDER(m) (AT(m, 0) | AT(m, 1) | AT(m, 2) | AT(m, 3) | AT(m, 4) | AT(m, 5) | AT(m, 6) | AT(m, 7))
#define ORDERS4(m) ORDER(m), ORDER((m) + 1), ORDER((m) + 2), ORDER((m) + 3)
#define ORDERS16(m) ORDERS4(m), ORDERS4((m) + 4), ORDERS4((m) + 8), ORDERS4((m) + 12)
#define ORDERS64(m) ORDERS16(m), ORDERS16((m) + 16), ORDERS16((m) + 32), ORDERS16((m) + 48)
static const uint32_t orders[256] = {ORDERS64(0), ORDERS64(64), ORDERS64(128), ORDERS64(192)};

FN static inline __m256i permutation(unsigned mask) {
    return _mm256_srlv_epi32(_mm256_set1_epi32((int)orders[mask]),
                             _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28));
}
FN static inline __m256i first_words(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef int32_t i32x8 __attribute__((vector_size(32)));
#define E uint32_t
#define V u32x8
#define L 8
#define LANES LANES8
#define NAME(x) x##_u32_256
#define BLOCK_KEYS (8 * L)
#define SPLAT(e) ((V)_mm256_set1_epi32((int)(e)))
#define MIN(x, y) ((V)_mm256_min_epu32((__m256i)(x), (__m256i)(y)))
#define MAX(x, y) ((V)_mm256_max_epu32((__m256i)(x), (__m256i)(y)))
#define BELOW(x, y) ((unsigned)_mm256_movemask_ps((__m256)((x) < (y))))
#define SORTED(m, v) _mm256_permutevar8x32_epi32((__m256i)(v), permutation(m))
#define LOAD_PART(p, n) ((V)_mm256_maskload_epi32((const int *)(p), first_words(n)) | ~(V)first_words(n))
#define STORE_PART(p, n, v) _mm256_maskstore_epi32((int *)(p), first_words(n), (__m256i)(v))
#include "bulk/quick_type.h"

typedef uint64_t u64x4 __attribute__((vector_size(32)));
/* Masks of four lanes as masks of eight words. */
FN static inline unsigned doubled(unsigned mask) { return _pdep_u32(mask, 0x55) * 3; }
#define E uint64_t
#define V u64x4
#define L 4
#define LANES LANES4
#define NAME(x) x##_u64_256
#define SPLAT(e) ((V)_mm256_set1_epi64x((long long)(e)))
#define LESS(x, y) ((V)((x) < (y)))
#define MIN(x, y) (((x)&LESS(x, y)) | ((y) & ~LESS(x, y)))
#define MAX(x, y) (((y)&LESS(x, y)) | ((x) & ~LESS(x, y)))
#define BELOW(x, y) ((unsigned)_mm256_movemask_pd((__m256d)((x) < (y))))
#define SORTED(m, v) _mm256_permutevar8x32_epi32((__m256i)(v), permutation(doubled(m)))
#define LOAD_PART(p, n)                                                                                      \
    ((V)_mm256_maskload_epi64((const long long *)(p), first_words(2 * (n))) | ~(V)first_words(2 * (n)))
#define STORE_PART(p, n, v) _mm256_maskstore_epi64((long long *)(p), first_words(2 * (n)), (__m256i)(v))
#include "bulk/quick_type.h"

#define ENGINE(suffix)                                                                                       \
    { sort_##suffix, tally_##suffix, deal_##suffix }
const bulk_quick *bulk_quick_of(int64_t width, int bits) {
    static const bulk_quick engines[2][2] = {{ENGINE(u32_256), ENGINE(u64_256)},
                                             {ENGINE(u32_512), ENGINE(u64_512)}};
    __builtin_cpu_init();
    int has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (bits == 512)
        has = has && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
    return has ? &engines[bits == 512][width == 8] : NULL;
}
#else
const bulk_quick *bulk_quick_of(int64_t width, int bits) {
    (void)width, (void)bits;
    return NULL;
}
#endif

const bulk_quick *bulk_quick_for(int64_t width) {
    const bulk_quick *wide = bulk_quick_of(width, 512);
    return wide ? wide : bulk_quick_of(width, 256);
}

/* ---- a long row on all threads ---- */

typedef struct share {
    const bulk_quick_row *row;
    const bulk_quick *engine;
    int64_t chunk; /* keys */
    int buckets;
    uint64_t splitters[MAX_BUCKETS]; /* buckets - 1 of the keys' width, packed */
    int64_t *counts;                 /* chunks × buckets: how many keys, then where they go */
    int64_t starts[MAX_BUCKETS + 1];
    uint8_t needed[MAX_BUCKETS];
    _Atomic int failed;
} share;

static uint64_t splitter(const share *s, int k) {
    return s->row->width == 8 ? s->splitters[k] : ((const uint32_t *)s->splitters)[k];
}

/* Splitters at equal steps through a sorted sample. */
static void choose(share *s) {
    const bulk_quick_row *row = s->row;
    uint64_t sample[SAMPLE];
    char *keys = (char *)sample;
    for (int64_t i = 0; i < SAMPLE; i++)
        row->read(row->user, row->n / SAMPLE * i + row->n / SAMPLE / 2, 1, keys + i * row->width);
    s->engine->sort(keys, SAMPLE, 0, NULL, 0, 0);
    for (int k = 0; k + 1 < s->buckets; k++) {
        int64_t at = (int64_t)SAMPLE * (k + 1) / s->buckets;
        if (row->width == 8) s->splitters[k] = sample[at] & row->whole;
        else ((uint32_t *)s->splitters)[k] = ((uint32_t *)sample)[at];
    }
}

static int count_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const share *s = user;
    uint64_t keys[BLOCK];
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t at = (int64_t)c * s->chunk, end = at + s->chunk < s->row->n ? at + s->chunk : s->row->n,
                above[MAX_BUCKETS] = {0}, *counts = s->counts + (int64_t)c * s->buckets;
        for (int64_t i = at; i < end; i += BLOCK) {
            int64_t n = end - i < BLOCK ? end - i : BLOCK;
            s->row->read(s->row->user, i, n, keys);
            s->engine->tally(keys, n, s->splitters, s->buckets - 1, above);
        }
        for (int k = 0; k < s->buckets; k++)
            counts[k] = (k ? above[k - 1] : end > at ? end - at : 0) - (k + 1 < s->buckets ? above[k] : 0);
    }
    return 0;
}

static int deal_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const share *s = user;
    int64_t width = s->row->width;
    uint64_t keys[BLOCK];
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t at = (int64_t)c * s->chunk, end = at + s->chunk < s->row->n ? at + s->chunk : s->row->n,
                ends[MAX_BUCKETS], *to = s->counts + (int64_t)c * s->buckets;
        for (int64_t i = at; i < end; i += BLOCK) {
            int64_t n = end - i < BLOCK ? end - i : BLOCK, from = 0;
            s->row->read(s->row->user, i, n, keys);
            s->engine->deal(keys, n, s->splitters, s->buckets - 1, 0, ends);
            ends[s->buckets - 1] = n;
            for (int k = 0; k < s->buckets; from = ends[k++]) {
                if (s->needed[k])
                    memcpy(s->row->keys + to[k] * width, (char *)keys + from * width,
                           (size_t)((ends[k] - from) * width));
                to[k] += ends[k] - from;
            }
        }
    }
    return 0;
}

static int bucket_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    share *s = user;
    const bulk_quick_row *row = s->row;
    (void)worker;
    for (uint64_t k = first; k < last; k++) {
        int64_t at = s->starts[k], n = s->starts[k + 1] - at;
        if (!n || !s->needed[k]) continue;
        char *keys = row->keys + at * row->width;
        s->engine->sort(keys, n, k ? splitter(s, (int)k - 1) : 0, row->wanted, row->wanted_count, at);
        if (row->finish && !row->finish(row->user, keys, at, n)) s->failed = 1;
    }
    return 0;
}

static int holds_one(const share *s, int k) {
    const bulk_quick_row *row = s->row;
    for (int64_t i = 0; i < row->wanted_count; i++)
        if (row->wanted[i] >= s->starts[k] && row->wanted[i] < s->starts[k + 1]) return 1;
    return !row->wanted;
}

wf_status bulk_quick_long(const wf_bulk_call *call, const bulk_quick_row *row) {
    share s = {.row = row, .engine = bulk_quick_for(row->width)};
    int threads = (int)wf_pool_threads(call->pool), chunks = threads * CHUNKS_EACH;
    int64_t sum = 0;
    if (chunks > MAX_CHUNKS) chunks = MAX_CHUNKS;
    for (s.buckets = 16; s.buckets < 4 * threads && s.buckets < MAX_BUCKETS;) s.buckets *= 2;
    s.chunk = (row->n + chunks - 1) / chunks;
    s.counts = wf_malloc((size_t)(chunks * s.buckets) * sizeof *s.counts);
    if (!s.counts) return bulk_no_memory(call);
    choose(&s);
    bulk_each(call, chunks, 1, count_piece, &s);
    for (int k = 0; k < s.buckets; k++) {
        s.starts[k] = sum;
        for (int c = 0; c < chunks; c++) {
            int64_t count = s.counts[c * s.buckets + k];
            s.counts[c * s.buckets + k] = sum, sum += count;
        }
    }
    s.starts[s.buckets] = sum;
    for (int k = 0; k < s.buckets; k++) s.needed[k] = (uint8_t)holds_one(&s, k);
    bulk_each(call, chunks, 1, deal_piece, &s);
    bulk_each(call, s.buckets, 1, bucket_piece, &s);
    wf_free(s.counts);
    return s.failed ? bulk_no_memory(call) : WF_OK;
}
