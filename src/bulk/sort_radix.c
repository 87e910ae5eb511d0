/* bulk/sort_radix.c: sort and argsort for CPUs without AVX2: a radix sort (radix.h) of the keys, of keys and
 * 32-bit indices in one word, or of pairs. Many rows are sorted side by side; a long one is cut into ranges
 * of keys by all threads, and the ranges sorted side by side. */
#include "base/memory.h"
#include "bulk/sort.h"
#include <string.h>

enum {
    IN_CACHE = 128 << 10,
    MAX_CHUNKS = 64,
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

/* ---- drivers ---- */

typedef struct work {
    const bulk_sort_task *task;
    const char *in;
    char *out, *first, *second;   /* the two buffers, rows × n elements */
    int64_t n, out_item, element; /* bytes */
    int indices, packed;
    bucket_list list;
    int64_t chunk;
} work;

static void begin(const work *w, int64_t at, int64_t n, int64_t index) {
    enum { SOME = 1024 };
    const bulk_keys *kind = w->task->keys;
    const char *from = w->in + at * w->task->item;
    char *to = w->first + at * w->element;
    uint64_t keys[SOME];
    if (!w->indices) kind->encode(from, to, n);
    for (int64_t i = 0; w->indices && i < n; i += SOME) {
        int64_t count = n - i < SOME ? n - i : SOME;
        kind->order(from + i * w->task->item, keys, count);
        for (int64_t k = 0; k < count; k++) {
            uint64_t key = kind->width == 8 ? keys[k] : ((const uint32_t *)keys)[k];
            if (w->packed) ((uint64_t *)to)[i + k] = key << 32 | (uint64_t)(index + i + k);
            else ((pair *)to)[i + k] = (pair){key, index + i + k};
        }
    }
}

static void finish_range(const work *w, const char *from, int64_t at, int64_t n) {
    if (!w->indices) {
        w->task->keys->decode(from, w->out + at * w->out_item, n);
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
    const wf_bulk_call *call = w->task->call;
    int64_t large = w->n / 8 > BULK_LONG_ROW ? w->n / 8 : BULK_LONG_ROW;
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

wf_status bulk_sort_radix(const bulk_sort_task *task) {
    work w = {.task = task, .in = task->in, .out = task->out, .n = task->n, .indices = task->indices};
    const wf_bulk_call *call = task->call;
    w.packed = w.indices && task->keys->width == 4 && w.n < INT64_C(1) << 32;
    w.out_item = w.indices ? 8 : task->item;
    w.element = !w.indices ? task->keys->width : w.packed ? 8 : (int64_t)sizeof(pair);
    w.first = wf_malloc((size_t)(2 * task->rows * w.n * w.element));
    if (!w.first) return bulk_no_memory(call);
    w.second = w.first + task->rows * w.n * w.element;
    wf_status status = WF_OK;
    if (w.n < BULK_LONG_ROW || task->rows >= 2 * (int64_t)wf_pool_threads(call->pool))
        bulk_each(call, task->rows, 4096 / w.n + 1, row_piece, &w);
    else
        for (int64_t row = 0; row < task->rows && !status; row++) {
            status = sort_long(&w);
            w.in += w.n * task->item, w.out += w.n * w.out_item;
        }
    wf_free(w.first);
    return status;
}

int bulk_sort_pairs(const uint64_t *keys, int64_t *indices, int64_t n) {
    pair *a = wf_malloc(2 * (size_t)n * sizeof *a);
    if (!a) return 0;
    for (int64_t i = 0; i < n; i++) a[i] = (pair){keys[i], indices[i]};
    const pair *sorted = serial_pair(a, a + n, n);
    for (int64_t i = 0; i < n; i++) indices[i] = sorted[i].index;
    wf_free(a);
    return 1;
}
