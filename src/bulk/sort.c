/* bulk/sort.c: sort and argsort along the last axis.
 *
 * Elements become unsigned keys in the order that NumPy sorts by: integers by value, floats by value with NaN
 * last, and -0 before +0 for a sort of values (which are all that the result shows), equal to it for argsort
 * (which is stable). Then a radix sort (radix.h): of the keys, of keys and 32-bit indices in one word, or of
 * pairs. A stable sort of given keys has one result, so the bits do not depend on how the work was shared.
 * Many rows are sorted side by side; a long one is cut into ranges of keys by all threads, and the ranges
 * sorted side by side. */
#include "bulk/inner.h"
#include "base/memory.h"
#include <string.h>

enum {
    IN_CACHE = 128 << 10,
    MAX_CHUNKS = 64,
    LONG_ROW = 1 << 16,
    SAMPLE = 1024,
    DIGIT_BITS = 8,
    DIGITS = 1 << DIGIT_BITS,
    BUCKET_BITS = 6,
    BUCKETS = 1 << BUCKET_BITS
};

/* ---- ranges of a row that is being cut ---- */

typedef struct bucket {
    int64_t at, n;
    int in_other;
} bucket;
typedef struct bucket_list {
    bucket *items;
    int64_t count, room;
} bucket_list;

static int bucket_add(bucket_list *l, int64_t at, int64_t n, int in_other) {
    if (l->count == l->room) {
        int64_t room = l->room ? 2 * l->room : 512;
        bucket *items = wf_realloc(l->items, (size_t)room * sizeof *items);
        if (!items) return 0;
        l->items = items, l->room = room;
    }
    l->items[l->count++] = (bucket){at, n, in_other};
    return 1;
}

/* ---- the sorts ---- */

typedef struct pair {
    uint64_t key;
    int64_t index;
} pair;

#define E uint32_t
#define NAME(x) x##_key32
#define KEY(e) ((uint64_t)(e))
#define KEY_LOW 0
#include "bulk/radix.h"
#undef E
#undef NAME
#undef KEY
#undef KEY_LOW

#define E uint64_t
#define NAME(x) x##_key64
#define KEY(e) (e)
#define KEY_LOW 0
#include "bulk/radix.h"
#undef NAME
#undef KEY_LOW

/* key << 32 | index */
#define NAME(x) x##_packed
#define KEY_LOW 32
#include "bulk/radix.h"
#undef E
#undef NAME
#undef KEY
#undef KEY_LOW

#define E pair
#define NAME(x) x##_pair
#define KEY(e) ((e).key)
#define KEY_LOW 0
#include "bulk/radix.h"

/* ---- keys ---- */

#define SIGN(U) ((U)1 << (sizeof(U) * 8 - 1))
#define FLOAT_KEY(U, x, infinity)                                                                            \
    ((U)((x) & ~SIGN(U)) > (infinity) ? (U) ~(U)0 : (x)&SIGN(U) ? (U) ~(x) : (U)((x) | SIGN(U)))
#define FLOAT_BITS(U, k) ((k)&SIGN(U) ? (U)((k) ^ SIGN(U)) : (U) ~(k))
/* argsort: -0 is +0 */
#define ONE_ZERO(U, x) ((U)(x) == SIGN(U) ? (U)0 : (U)(x))

/* name, unsigned type, key of x, key of x for argsort, x of the key k, the key's width in a sort of values */
#define KINDS(X)                                                                                             \
    X(u8, uint8_t, x, x, k, uint32_t)                                                                        \
    X(u16, uint16_t, x, x, k, uint32_t)                                                                      \
    X(u32, uint32_t, x, x, k, uint32_t)                                                                      \
    X(u64, uint64_t, x, x, k, uint64_t)                                                                      \
    X(i8, uint8_t, (uint8_t)(x ^ 0x80), (uint8_t)(x ^ 0x80), (uint8_t)(k ^ 0x80), uint32_t)                  \
    X(i16, uint16_t, (uint16_t)(x ^ 0x8000), (uint16_t)(x ^ 0x8000), (uint16_t)(k ^ 0x8000), uint32_t)       \
    X(i32, uint32_t, x ^ SIGN(uint32_t), x ^ SIGN(uint32_t), k ^ SIGN(uint32_t), uint32_t)                   \
    X(i64, uint64_t, x ^ SIGN(uint64_t), x ^ SIGN(uint64_t), k ^ SIGN(uint64_t), uint64_t)                   \
    X(f16, uint16_t, FLOAT_KEY(uint16_t, x, 0x7c00), FLOAT_KEY(uint16_t, ONE_ZERO(uint16_t, x), 0x7c00),     \
      FLOAT_BITS(uint16_t, k), uint32_t)                                                                     \
    X(bf16, uint16_t, FLOAT_KEY(uint16_t, x, 0x7f80), FLOAT_KEY(uint16_t, ONE_ZERO(uint16_t, x), 0x7f80),    \
      FLOAT_BITS(uint16_t, k), uint32_t)                                                                     \
    X(f32, uint32_t, FLOAT_KEY(uint32_t, x, 0x7f800000u),                                                    \
      FLOAT_KEY(uint32_t, ONE_ZERO(uint32_t, x), 0x7f800000u), FLOAT_BITS(uint32_t, k), uint32_t)            \
    X(f64, uint64_t, FLOAT_KEY(uint64_t, x, 0x7ff0000000000000u),                                            \
      FLOAT_KEY(uint64_t, ONE_ZERO(uint64_t, x), 0x7ff0000000000000u), FLOAT_BITS(uint64_t, k), uint64_t)

#define CODE(t, U, to_key, to_arg_key, from_key, K)                                                          \
    static void encode_##t(const void *from, void *to, int64_t n) {                                          \
        const U *a = from;                                                                                   \
        K *keys = to;                                                                                        \
        for (int64_t i = 0; i < n; i++) {                                                                    \
            U x = a[i];                                                                                      \
            keys[i] = to_key;                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    static void decode_##t(const void *from, void *to, int64_t n) {                                          \
        const K *keys = from;                                                                                \
        U *a = to;                                                                                           \
        for (int64_t i = 0; i < n; i++) {                                                                    \
            U k = (U)keys[i];                                                                                \
            a[i] = from_key;                                                                                 \
        }                                                                                                    \
    }                                                                                                        \
    static void number_##t(const void *from, void *to, int64_t n, int64_t first, int packed) {               \
        const U *a = from;                                                                                   \
        uint64_t *words = to;                                                                                \
        pair *pairs = to;                                                                                    \
        for (int64_t i = 0; i < n && packed; i++) {                                                          \
            U x = a[i];                                                                                      \
            words[i] = (uint64_t)(to_arg_key) << 32 | (uint64_t)(first + i);                                 \
        }                                                                                                    \
        for (int64_t i = 0; i < n && !packed; i++) {                                                         \
            U x = a[i];                                                                                      \
            pairs[i] = (pair){to_arg_key, first + i};                                                        \
        }                                                                                                    \
    }
KINDS(CODE)

typedef struct kind {
    void (*encode)(const void *from, void *to, int64_t n);
    void (*decode)(const void *from, void *to, int64_t n);
    void (*number)(const void *from, void *to, int64_t n, int64_t first, int packed);
    int key; /* bytes in a sort of values */
} kind;
enum {
    KIND_u8,
    KIND_u16,
    KIND_u32,
    KIND_u64,
    KIND_i8,
    KIND_i16,
    KIND_i32,
    KIND_i64,
    KIND_f16,
    KIND_bf16,
    KIND_f32,
    KIND_f64
};

static const kind *kind_of(wf_dtype t) {
#define ROW(t, U, a, b, c, K) {encode_##t, decode_##t, number_##t, sizeof(K)},
    static const kind kinds[] = {KINDS(ROW)};
    static const int8_t of[WF_DT_COUNT] = {
        [WF_DT_BOOL] = KIND_u8,     [WF_DT_INT8] = KIND_i8,       [WF_DT_UINT8] = KIND_u8,
        [WF_DT_INT16] = KIND_i16,   [WF_DT_UINT16] = KIND_u16,    [WF_DT_INT32] = KIND_i32,
        [WF_DT_UINT32] = KIND_u32,  [WF_DT_INT64] = KIND_i64,     [WF_DT_UINT64] = KIND_u64,
        [WF_DT_FLOAT16] = KIND_f16, [WF_DT_BFLOAT16] = KIND_bf16, [WF_DT_FLOAT32] = KIND_f32,
        [WF_DT_FLOAT64] = KIND_f64, [WF_DT_COMPLEX64] = -1,       [WF_DT_COMPLEX128] = -1};
    return of[t] < 0 ? NULL : &kinds[of[t]];
}

/* ---- drivers --------------------------------------------------------------------------------------------
 */

typedef struct work {
    const wf_bulk_call *call;
    const kind *kind;
    const char *in;
    char *out, *first, *second;            /* the two buffers, rows × n elements */
    int64_t n, in_item, out_item, element; /* bytes */
    int indices, packed;
    bucket_list list;
    int64_t chunk;
} work;

static void begin(const work *w, int64_t at, int64_t n, int64_t index) {
    const char *from = w->in + at * w->in_item;
    char *to = w->first + at * w->element;
    if (w->indices) w->kind->number(from, to, n, index, w->packed);
    else w->kind->encode(from, to, n);
}

static void finish_range(const work *w, const char *from, int64_t at, int64_t n) {
    if (!w->indices) {
        w->kind->decode(from, w->out + at * w->out_item, n);
        return;
    }
    int64_t *out = (int64_t *)w->out + at;
    if (w->packed)
        for (int64_t i = 0; i < n; i++) out[i] = (int64_t)(uint32_t)((const uint64_t *)from)[i];
    else
        for (int64_t i = 0; i < n; i++) out[i] = ((const pair *)from)[i].index;
}

static char *sort_range(const work *w, char *a, char *other, int64_t n) {
    if (w->indices && !w->packed) return (char *)serial_pair((pair *)a, (pair *)other, n);
    if (w->indices) return (char *)serial_packed((uint64_t *)a, (uint64_t *)other, n);
    if (w->element == 8) return (char *)serial_key64((uint64_t *)a, (uint64_t *)other, n);
    return (char *)serial_key32((uint32_t *)a, (uint32_t *)other, n);
}

static int row_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    for (uint64_t row = first; row < last; row++) {
        int64_t at = (int64_t)row * w->n;
        begin(w, at, w->n, 0);
        finish_range(w, sort_range(w, w->first + at * w->element, w->second + at * w->element, w->n), at,
                     w->n);
    }
    return 0;
}

static int begin_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t at = (int64_t)c * w->chunk, n = w->n - at < w->chunk ? w->n - at : w->chunk;
        if (n > 0) begin(w, at, n, at);
    }
    return 0;
}

static int bucket_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    for (uint64_t i = first; i < last; i++) {
        const bucket *b = &w->list.items[i];
        char *a = w->first + b->at * w->element, *other = w->second + b->at * w->element;
        finish_range(w, b->in_other ? sort_range(w, other, a, b->n) : sort_range(w, a, other, b->n), b->at,
                     b->n);
    }
    return 0;
}

static wf_status sort_long(work *w) {
    const wf_bulk_call *call = w->call;
    int64_t large = w->n / 8 > LONG_ROW ? w->n / 8 : LONG_ROW;
    int ok;
    w->chunk = 1 << 15;
    bulk_each(call, (w->n + w->chunk - 1) / w->chunk, 1, begin_piece, w);
    void *a = w->first, *b = w->second;
    if (w->indices && !w->packed) ok = cut_pair(call, &w->list, a, b, 0, w->n, 0, large);
    else if (w->indices) ok = cut_packed(call, &w->list, a, b, 0, w->n, 0, large);
    else if (w->element == 8) ok = cut_key64(call, &w->list, a, b, 0, w->n, 0, large);
    else ok = cut_key32(call, &w->list, a, b, 0, w->n, 0, large);
    if (ok) bulk_each(call, w->list.count, 1, bucket_piece, w);
    wf_free(w->list.items);
    w->list = (bucket_list){NULL, 0, 0};
    return ok ? WF_OK : bulk_no_memory(call);
}

static wf_status sort_rows(wf_bulk_call *call, int indices) {
    const wf_bulk_array *a = call->arrays;
    work w = {.call = call,
              .kind = kind_of(a[1].dtype),
              .in = a[1].data,
              .out = a[0].data,
              .n = call->numbers[0],
              .indices = indices};
    if (!w.kind)
        return wf_fail(call->err, WF_UNSUPPORTED, "[sort] no ready-made sort for %s",
                       wf_dtype_name(a[1].dtype));
    if (!a[1].size) return WF_OK;
    w.in_item = bulk_item(&a[1]), w.out_item = bulk_item(&a[0]);
    w.packed = indices && w.in_item <= 4 && w.n < INT64_C(1) << 32;
    w.element = !indices ? w.kind->key : w.packed ? 8 : (int64_t)sizeof(pair);
    w.first = a[2].data, w.second = w.first + a[1].size * w.element;
    int64_t rows = a[1].size / w.n;
    if (w.n < LONG_ROW || rows >= 2 * (int64_t)wf_pool_threads(call->pool)) {
        bulk_each(call, rows, 4096 / w.n + 1, row_piece, &w);
        return WF_OK;
    }
    wf_status status = WF_OK;
    for (int64_t row = 0; row < rows && !status; row++) {
        status = sort_long(&w);
        w.in += w.n * w.in_item, w.out += w.n * w.out_item;
    }
    return status;
}

/* arrays: the result; the array (rows × n, dense); work space of 2 × size × (4 or 8 bytes: the element's, at
 * least 4). numbers: n. */
wf_status bulk_sort(wf_bulk_call *call) { return sort_rows(call, 0); }

/* The same with int64 indices as the result; work space of 2 × size × (8 bytes for elements of up to 4, else
 * 16). */
wf_status bulk_argsort(wf_bulk_call *call) { return sort_rows(call, 1); }
