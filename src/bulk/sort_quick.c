/* bulk/sort_quick.c: sort, argsort and selection by quick.c.
 *
 * Values are sorted as keys where the result lies, and turned back. For argsort a word is a key in the upper
 * half and its index in the lower one, so equal keys stay in order; the words lie where the indices will.
 * Keys of 64 bits give their distance from the smallest one, without the low bits that do not fit: where
 * those were dropped, runs of words with equal upper halves are sorted once more by their whole keys. Keys of
 * 8 and 16 bits in long rows are counted instead. */
#include "base/memory.h"
#include "bulk/quick.h"
#include "bulk/sort.h"
#include <string.h>

enum { SOME = 1024, NARROW_ROW = 8192, MAX_COUNTERS = 64, SHORT_RUN = 24 };
/* A row that all threads select from, and how many they must be: one alone takes little more than a reading of the row, all
 * of them count it against many splitters first. */
enum { LONG_SELECTION = 1 << 19, MANY_THREADS = 8 };

typedef struct work {
    const bulk_sort_task *task;
    const bulk_quick *engine;
    const char *in; /* the row */
    char *out;
    uint64_t low; /* the smallest key, */
    int shift;    /* and how far the distance from it is shifted, of argsort's 64-bit keys */
    _Atomic int failed;
} work;

/* ---- values ---- */

static void read_values(const void *user, int64_t at, int64_t n, void *keys) {
    const work *w = user;
    w->task->keys->encode(w->in + at * w->task->item, keys, n);
}

static int finish_values(const void *user, void *keys, int64_t at, int64_t n) {
    const work *w = user;
    (void)at;
    w->task->keys->decode(keys, keys, n);
    return 1;
}

/* ---- words of a key and an index ---- */

static void limits_of(const work *w, int64_t at, int64_t n, uint64_t *low, uint64_t *high) {
    uint64_t keys[SOME];
    for (int64_t i = at; i < at + n; i += SOME) {
        int64_t count = at + n - i < SOME ? at + n - i : SOME;
        w->task->keys->order(w->in + i * w->task->item, keys, count);
        for (int64_t k = 0; k < count; k++) {
            if (keys[k] < *low) *low = keys[k];
            if (keys[k] > *high) *high = keys[k];
        }
    }
}

static void fit(work *w, uint64_t low, uint64_t high) {
    int bits = high == low ? 0 : 64 - __builtin_clzll(high - low);
    w->low = low, w->shift = bits > 32 ? bits - 32 : 0;
}

static void read_words(const void *user, int64_t at, int64_t n, void *to) {
    const work *w = user;
    const bulk_keys *kind = w->task->keys;
    uint64_t keys[SOME], *words = to;
    for (int64_t i = 0; i < n; i += SOME) {
        int64_t count = n - i < SOME ? n - i : SOME;
        kind->order(w->in + (at + i) * w->task->item, keys, count);
        for (int64_t k = 0; k < count && kind->width == 4; k++)
            words[i + k] = (uint64_t)((const uint32_t *)keys)[k] << 32 | (uint64_t)(at + i + k);
        for (int64_t k = 0; k < count && kind->width == 8; k++)
            words[i + k] = (keys[k] - w->low) >> w->shift << 32 | (uint64_t)(at + i + k);
    }
}

/* A run of words whose upper halves are equal, by whole keys; their indices ascend. */
static int sort_run(const work *w, uint64_t *words, int64_t n) {
    const char *in = w->in;
    if (n > SHORT_RUN) {
        uint64_t *keys = wf_malloc((size_t)n * sizeof *keys), upper = words[0] >> 32 << 32;
        if (!keys) return 0;
        for (int64_t i = 0; i < n; i++) {
            words[i] &= UINT32_MAX;
            w->task->keys->order(in + (int64_t)words[i] * 8, &keys[i], 1);
        }
        int ok = bulk_sort_pairs(keys, (int64_t *)words, n);
        for (int64_t i = 0; i < n; i++) words[i] |= upper;
        wf_free(keys);
        return ok;
    }
    uint64_t keys[SHORT_RUN];
    for (int64_t i = 0; i < n; i++) {
        uint64_t word = words[i], key;
        int64_t j = i;
        w->task->keys->order(in + (int64_t)(uint32_t)word * 8, &key, 1);
        for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1], words[j] = words[j - 1];
        keys[j] = key, words[j] = word;
    }
    return 1;
}

static int finish_words(const void *user, void *keys, int64_t at, int64_t n) {
    const work *w = user;
    uint64_t *words = keys;
    (void)at;
    for (int64_t i = 0, end; w->shift && i < n; i = end) {
        for (end = i + 1; end < n && words[end] >> 32 == words[i] >> 32;) end++;
        if (end - i > 1 && !sort_run(w, words + i, end - i)) return 0;
    }
    for (int64_t i = 0; i < n; i++) words[i] &= UINT32_MAX;
    return 1;
}

/* ---- a row on one thread ---- */

static void sort_values(work *w) {
    const bulk_sort_task *t = w->task;
    uint32_t narrow[NARROW_ROW];
    void *keys = t->item == t->keys->width ? (void *)w->out : narrow;
    t->keys->encode(w->in, keys, t->n);
    w->engine->sort(keys, t->n, 0, NULL, 0, 0);
    t->keys->decode(keys, w->out, t->n);
}

static void sort_indices(work *w) {
    const bulk_sort_task *t = w->task;
    uint64_t low = UINT64_MAX, high = 0;
    if (t->keys->width == 8) limits_of(w, 0, t->n, &low, &high), fit(w, low, high);
    read_words(w, 0, t->n, w->out);
    w->engine->sort(w->out, t->n, 0, NULL, 0, 0);
    if (!finish_words(w, w->out, 0, t->n)) w->failed = 1;
}

static int row_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    work *all = user;
    const bulk_sort_task *t = all->task;
    (void)worker;
    for (uint64_t row = first; row < last; row++) {
        int64_t at = (int64_t)row * t->n;
        work w = {.task = t,
                  .engine = all->engine,
                  .in = t->in + at * t->item,
                  .out = t->out + at * (t->indices ? 8 : t->item)};
        if (t->indices) sort_indices(&w);
        else sort_values(&w);
        if (w.failed) all->failed = 1;
    }
    return 0;
}

/* ---- counting ---- */

typedef struct counting {
    const bulk_sort_task *task;
    const char *in;
    char *out;
    int64_t chunk, values; /* of elements; how many values there are */
    int64_t *counts;       /* chunks × values; then the first chunk's: where each value begins */
} counting;

static int count_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const counting *c = user;
    const bulk_sort_task *t = c->task;
    uint32_t keys[SOME];
    (void)worker;
    for (uint64_t part = first; part < last; part++) {
        int64_t *counts = c->counts + (int64_t)part * c->values, at = (int64_t)part * c->chunk,
                end = at + c->chunk < t->n ? at + c->chunk : t->n;
        memset(counts, 0, (size_t)c->values * sizeof *counts);
        for (int64_t i = at; i < end; i += SOME) {
            int64_t n = end - i < SOME ? end - i : SOME;
            t->keys->encode(c->in + i * t->item, keys, n);
            for (int64_t k = 0; k < n; k++) counts[keys[k]]++;
        }
    }
    return 0;
}

static int fill_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const counting *c = user;
    (void)worker;
    for (uint32_t key = (uint32_t)first; key < last; key++) {
        int64_t at = c->counts[key], end = key + 1 < c->values ? c->counts[key + 1] : c->task->n;
        uint16_t element = 0;
        if (at == end) continue;
        c->task->keys->decode(&key, &element, 1);
        if (c->task->item == 1) memset(c->out + at, element, (size_t)(end - at));
        else
            for (; at < end; at++) ((uint16_t *)c->out)[at] = element;
    }
    return 0;
}

static wf_status sort_counting(const bulk_sort_task *t) {
    const wf_bulk_call *call = t->call;
    int64_t parts = wf_pool_threads(call->pool), most = t->n / NARROW_ROW;
    counting c = {.task = t, .values = INT64_C(1) << t->keys->bits};
    if (parts > most) parts = most;
    if (parts > MAX_COUNTERS) parts = MAX_COUNTERS;
    c.chunk = (t->n + parts - 1) / parts;
    c.counts = wf_malloc((size_t)(parts * c.values) * sizeof *c.counts);
    if (!c.counts) return bulk_no_memory(call);
    for (int64_t row = 0; row < t->rows; row++) {
        int64_t sum = 0;
        c.in = t->in + row * t->n * t->item, c.out = t->out + row * t->n * t->item;
        bulk_each(call, parts, 1, count_piece, &c);
        for (int64_t k = 0; k < c.values; k++) {
            int64_t count = 0;
            for (int64_t p = 0; p < parts; p++) count += c.counts[p * c.values + k];
            c.counts[k] = sum, sum += count;
        }
        bulk_each(call, c.values, 64, fill_piece, &c);
    }
    wf_free(c.counts);
    return WF_OK;
}

/* ---- long rows ---- */

typedef struct limits {
    const work *w;
    int64_t chunk;
    uint64_t low[MAX_COUNTERS], high[MAX_COUNTERS];
} limits;

static int limits_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    limits *l = user;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t at = (int64_t)c * l->chunk, left = l->w->task->n - at;
        l->low[c] = UINT64_MAX, l->high[c] = 0;
        if (left > 0) limits_of(l->w, at, left < l->chunk ? left : l->chunk, &l->low[c], &l->high[c]);
    }
    return 0;
}

static void fit_long(work *w) {
    limits l = {.w = w, .chunk = (w->task->n + MAX_COUNTERS - 1) / MAX_COUNTERS};
    bulk_each(w->task->call, MAX_COUNTERS, 1, limits_piece, &l);
    for (int c = 1; c < MAX_COUNTERS; c++) {
        if (l.low[c] < l.low[0]) l.low[0] = l.low[c];
        if (l.high[c] > l.high[0]) l.high[0] = l.high[c];
    }
    fit(w, l.low[0], l.high[0]);
}

static wf_status sort_long(const bulk_sort_task *t, int64_t row) {
    work w = {.task = t,
              .in = t->in + row * t->n * t->item,
              .out = t->out + row * t->n * (t->indices ? 8 : t->item)};
    bulk_quick_row long_row = {.read = t->indices ? read_words : read_values,
                               .finish = t->indices ? finish_words : finish_values,
                               .user = &w,
                               .keys = w.out,
                               .n = t->n,
                               .width = t->indices ? 8 : t->keys->width,
                               .whole = t->indices ? ~(uint64_t)UINT32_MAX : ~UINT64_C(0)};
    if (t->indices && t->keys->width == 8) fit_long(&w);
    return bulk_quick_long(t->call, &long_row);
}

wf_status bulk_sort_quick(const bulk_sort_task *t) {
    int width = t->indices ? 8 : t->keys->width;
    work w = {.task = t, .engine = bulk_quick_for(width)};
    if (!w.engine || (t->indices && t->n > UINT32_MAX)) return WF_UNSUPPORTED;
    if (!t->indices && t->item != width && t->n >= NARROW_ROW) return sort_counting(t);
    wf_status status = WF_OK;
    if (t->n >= BULK_LONG_ROW && t->rows < 2 * (int64_t)wf_pool_threads(t->call->pool))
        for (int64_t row = 0; row < t->rows && !status; row++) status = sort_long(t, row);
    else bulk_each(t->call, t->rows, 4096 / t->n + 1, row_piece, &w);
    return w.failed ? bulk_no_memory(t->call) : status;
}

/* ---- selection ---- */

typedef struct selection {
    work w;
    bulk_sort_task task;
    const int64_t *wanted;
    int64_t count;
    char *space; /* a row's keys */
} selection;

static void pick(const selection *s, const char *keys, char *out) {
    const bulk_keys *kind = s->task.keys;
    for (int64_t i = 0; i < s->count; i++)
        kind->decode(keys + s->wanted[i] * kind->width, out + i * s->task.item, 1);
}

static int select_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const selection *s = user;
    const bulk_sort_task *t = &s->task;
    (void)worker;
    for (uint64_t row = first; row < last; row++) {
        int64_t at = (int64_t)row * t->n;
        char *keys = s->space + at * t->keys->width;
        t->keys->encode(t->in + at * t->item, keys, t->n);
        s->w.engine->sort(keys, t->n, 0, s->wanted, s->count, 0);
        pick(s, keys, t->out + (int64_t)row * s->count * t->item);
    }
    return 0;
}

/* The elements that a sort would bring to some places. arrays: the result (rows × places); the array (rows ×
 * n, dense); work space of size × (4 bytes, 8 for elements of 8). numbers: n, the places in ascending order.
 * Answers 1, or 0 and does nothing where a sort must do it. */
wf_status bulk_select(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    selection s = {.task = {.call = call,
                            .keys = bulk_keys_of(a[1].dtype),
                            .in = a[1].data,
                            .out = a[0].data,
                            .n = call->numbers[0],
                            .item = bulk_item(&a[1])},
                   .wanted = call->numbers + 1,
                   .count = call->number_count - 1,
                   .space = a[2].data};
    bulk_sort_task *t = &s.task;
    call->result = 0;
    if (!t->keys || !(s.w.engine = bulk_quick_for(t->keys->width))) return WF_OK;
    call->result = 1;
    if (!a[1].size) return WF_OK;
    t->rows = a[1].size / t->n;
    int64_t threads = wf_pool_threads(call->pool);
    if (t->n < LONG_SELECTION || threads < MANY_THREADS || t->rows >= 2 * threads) {
        bulk_each(call, t->rows, 4096 / t->n + 1, select_piece, &s);
        return WF_OK;
    }
    wf_status status = WF_OK;
    for (int64_t row = 0; row < t->rows && !status; row++) {
        s.w.task = t, s.w.in = t->in + row * t->n * t->item;
        bulk_quick_row long_row = {.read = read_values,
                                   .user = &s.w,
                                   .keys = s.space,
                                   .n = t->n,
                                   .width = t->keys->width,
                                   .whole = ~UINT64_C(0),
                                   .wanted = s.wanted,
                                   .wanted_count = s.count};
        status = bulk_quick_long(call, &long_row);
        if (!status) pick(&s, s.space, t->out + row * s.count * t->item);
    }
    return status;
}
