/* bulk/partition.c: elements, or their indices, arranged round pivots along the last axis.
 *
 * What partition gives beyond the elements at the wanted places is its own affair, but the same on every
 * device: elements below the first pivot stand first, then those equal to it, then those between it and the
 * next …, each group in the order it had. So whoever counts and whoever moves makes no difference: chunks of
 * rows count their groups, and after the sums of those each knows where its own go. */
#include "base/memory.h"
#include "bulk/inner.h"
#include "bulk/keys.h"
#include <string.h>

enum { SOME = 1024, CHUNK = 32 * SOME, RUN = 128, PIVOTS_MOST = 16, GROUPS_MOST = 2 * PIVOTS_MOST + 1 };

typedef struct work {
    const bulk_keys *keys;
    const char *in, *pivots;
    char *out;
    int64_t n, item, chunks; /* of a row, bytes, of a row */
    int pivot_count, indices;
    uint8_t *groups; /* of all elements */
    int64_t *at;     /* [row × chunk × GROUPS_MOST] how many; then where the next one goes */
} work;

/* Group 2 k + 1 is equal to pivot k. */
#define GROUPS_OF(K)                                                                                         \
    WF_BULK_CLONES static void groups_##K(const void *keys, int64_t n, const void *pivots, int count,        \
                                          uint8_t *group) {                                                  \
        const K *key = keys, *pivot = pivots;                                                                \
        memset(group, 0, (size_t)n);                                                                         \
        for (int p = 0; p < count; p++) {                                                                    \
            K than = pivot[p];                                                                               \
            WF_BULK_INDEPENDENT for (int64_t i = 0; i < n; i++) group[i] =                                   \
                (uint8_t)(group[i] + (key[i] >= than) + (key[i] > than));                                    \
        }                                                                                                    \
    }
GROUPS_OF(uint32_t)
GROUPS_OF(uint64_t)

/* Bytes are counted in bytes, RUN at a time. */
WF_BULK_CLONES static int64_t count_of(const uint8_t *group, int64_t n, uint8_t which) {
    int64_t count = 0, i = 0;
    for (; i + RUN <= n; i += RUN) {
        uint8_t some = 0;
        for (int64_t k = 0; k < RUN; k++) some = (uint8_t)(some + (group[i + k] == which));
        count += some;
    }
    for (; i < n; i++) count += group[i] == which;
    return count;
}

/* The groups of n <= SOME elements from number `first` of a row on. */
static void find_groups(const work *w, int64_t row, int64_t first, int64_t n, uint8_t *group) {
    uint64_t keys[SOME], pivots[PIVOTS_MOST];
    w->keys->order(w->in + (row * w->n + first) * w->item, keys, n);
    w->keys->order(w->pivots + row * w->pivot_count * w->item, pivots, w->pivot_count);
    (w->keys->width == 4 ? groups_uint32_t : groups_uint64_t)(keys, n, pivots, w->pivot_count, group);
}

typedef struct range {
    int64_t row, first, end;
} range;
static range range_of(const work *w, uint64_t unit) {
    int64_t row = (int64_t)unit / w->chunks, first = (int64_t)unit % w->chunks * CHUNK;
    return (range){row, first, w->n - first < CHUNK ? w->n : first + CHUNK};
}

static int count_piece(void *user, uint32_t worker, uint64_t from, uint64_t to) {
    const work *w = user;
    (void)worker;
    for (uint64_t u = from; u < to; u++) {
        range r = range_of(w, u);
        int64_t *count = w->at + (int64_t)u * GROUPS_MOST;
        for (int64_t i = r.first; i < r.end; i += SOME) {
            int64_t n = r.end - i < SOME ? r.end - i : SOME;
            uint8_t *group = w->groups + r.row * w->n + i;
            find_groups(w, r.row, i, n, group);
            for (int g = 0; g <= 2 * w->pivot_count; g++) count[g] += count_of(group, n, (uint8_t)g);
        }
    }
    return 0;
}

/* Of n <= SOME elements one group's, in order, by way of a line of their own: what is written beyond the last one is
 * nobody's. Without a branch, and nothing waits for a counter in memory. */
#define PACK(T, name, value)                                                                                 \
    static void pack_##name(const void *from, int64_t first, const uint8_t *group, int64_t n, uint8_t which, \
                            T *to, int64_t count) {                                                          \
        const T *e = from;                                                                                   \
        T line[SOME + 1];                                                                                    \
        int64_t at = 0;                                                                                      \
        (void)e, (void)first;                                                                                \
        for (int64_t i = 0; i < n; i++) line[at] = (T)(value), at += group[i] == which;                      \
        memcpy(to, line, (size_t)count * sizeof(T));                                                         \
    }
PACK(uint8_t, 1, e[i])
PACK(uint16_t, 2, e[i])
PACK(uint32_t, 4, e[i])
PACK(uint64_t, 8, e[i])
PACK(int64_t, indices, first + i)

/* By one or two pivots: a few passes over what lies in the cache. */
static void move_few(const work *w, const range *r, int64_t *at) {
    char *to = w->out + r->row * w->n * (w->indices ? 8 : w->item);
    for (int64_t first = r->first; first < r->end; first += SOME) {
        int64_t n = r->end - first < SOME ? r->end - first : SOME;
        const uint8_t *group = w->groups + r->row * w->n + first;
        const char *from = w->in + (r->row * w->n + first) * w->item;
        for (uint8_t g = 0; g <= 2 * w->pivot_count; g++) {
            int64_t count = count_of(group, n, g), place = at[g];
            at[g] += count;
            if (!count) continue;
            if (w->indices) pack_indices(from, first, group, n, g, (int64_t *)to + place, count);
            else if (w->item == 1) pack_1(from, first, group, n, g, (uint8_t *)to + place, count);
            else if (w->item == 2) pack_2(from, first, group, n, g, (uint16_t *)to + place, count);
            else if (w->item == 4) pack_4(from, first, group, n, g, (uint32_t *)to + place, count);
            else pack_8(from, first, group, n, g, (uint64_t *)to + place, count);
        }
    }
}

#define MOVE(T, value)                                                                                       \
    for (int64_t i = r->first; i < r->end; i++) ((T *)to)[at[group[i]]++] = (T)(value)
static void move(const work *w, const range *r, int64_t *at) {
    char *to = w->out + r->row * w->n * (w->indices ? 8 : w->item);
    const char *from = w->in + r->row * w->n * w->item;
    const uint8_t *group = w->groups + r->row * w->n;
    if (w->indices) MOVE(int64_t, i);
    else if (w->item == 1) MOVE(uint8_t, ((const uint8_t *)from)[i]);
    else if (w->item == 2) MOVE(uint16_t, ((const uint16_t *)from)[i]);
    else if (w->item == 4) MOVE(uint32_t, ((const uint32_t *)from)[i]);
    else MOVE(uint64_t, ((const uint64_t *)from)[i]);
}

static int move_piece(void *user, uint32_t worker, uint64_t from, uint64_t to) {
    const work *w = user;
    (void)worker;
    for (uint64_t u = from; u < to; u++) {
        range r = range_of(w, u);
        int64_t at[GROUPS_MOST];
        memcpy(at, w->at + (int64_t)u * GROUPS_MOST, sizeof at);
        (w->pivot_count <= 2 ? move_few : move)(w, &r, at);
    }
    return 0;
}

/* Counts become places: of a row first the lowest group of all its chunks. */
static void place_groups(const work *w, int64_t rows) {
    for (int64_t row = 0; row < rows; row++) {
        int64_t next = 0;
        for (int g = 0; g <= 2 * w->pivot_count; g++)
            for (int64_t c = 0; c < w->chunks; c++) {
                int64_t *at = &w->at[(row * w->chunks + c) * GROUPS_MOST + g], count = *at;
                *at = next, next += count;
            }
    }
}

/* arrays: the result (the array's dtype, or int64 for indices; its shape); the array (rows × n, dense); the
 * pivots (rows × at most 16, of its dtype, ascending). numbers: n, whether indices are wanted. */
wf_status bulk_partition(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    work w = {.keys = bulk_keys_of(a[1].dtype),
              .in = a[1].data,
              .pivots = a[2].data,
              .out = a[0].data,
              .n = call->numbers[0],
              .item = bulk_item(&a[1]),
              .indices = (int)call->numbers[1]};
    if (!a[1].size) return WF_OK;
    int64_t rows = a[1].size / w.n;
    w.chunks = (w.n + CHUNK - 1) / CHUNK;
    w.pivot_count = (int)(a[2].size / rows);
    if (!w.keys || w.pivot_count > PIVOTS_MOST)
        return wf_fail(call->err, WF_UNSUPPORTED, "[partition] no ready-made partition for %s by %d pivots",
                       wf_dtype_name(a[1].dtype), w.pivot_count);
    w.at = wf_calloc((size_t)(rows * w.chunks), GROUPS_MOST * sizeof *w.at);
    w.groups = wf_malloc((size_t)a[1].size);
    int good = w.at && w.groups;
    if (good) {
        bulk_each(call, rows * w.chunks, 4096 / w.n + 1, count_piece, &w);
        place_groups(&w, rows);
        bulk_each(call, rows * w.chunks, 4096 / w.n + 1, move_piece, &w);
    }
    wf_free(w.groups);
    wf_free(w.at);
    return good ? WF_OK : bulk_no_memory(call);
}
