/* bulk/mask.c: elements chosen by a mask: x[mask], x[mask] = v, nonzero.
 *
 * The mask is dense, of type bool, and covers the first dimensions of the other array, which is dense too;
 * the rest of its dimensions make a block that goes with each element of the mask. Where an element of the
 * result comes from depends on how many are true before it: mask_count counts each chunk of 16384 and turns
 * the counts into starts; the other functions then work on chunks side by side. */
#include "bulk/inner.h"
#include <string.h>

enum { CHUNK = 16384 };

typedef struct work {
    const wf_bulk_array *dense, *other; /* the result or values; the array that the mask covers */
    const uint8_t *mask;
    int64_t *starts; /* of each chunk */
    int64_t size;    /* of the mask */
    int64_t bytes;   /* of a block */
    int64_t total;   /* indices: how many are true */
} work;

static int64_t chunk_end(const work *w, uint64_t chunk) {
    int64_t end = ((int64_t)chunk + 1) * CHUNK;
    return end < w->size ? end : w->size;
}

static int count_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t n = 0;
        for (int64_t i = (int64_t)c * CHUNK; i < chunk_end(w, c);) {
            int64_t stop = i + 128 < chunk_end(w, c) ? i + 128 : chunk_end(w, c);
            uint8_t few = 0; /* at most 128: eight bits are enough, and a vector holds many */
            for (; i < stop; i++) few = (uint8_t)(few + w->mask[i]);
            n += few;
        }
        w->starts[c] = n;
    }
    return 0;
}

/* arrays: the mask; int64 for each 16384 of its elements, filled. Answers how many are true. */
wf_status bulk_mask_count(wf_bulk_call *call) {
    work w = {.mask = (const uint8_t *)call->arrays[0].data,
              .starts = (int64_t *)call->arrays[1].data,
              .size = call->arrays[0].size};
    int64_t chunks = (w.size + CHUNK - 1) / CHUNK, sum = 0;
    bulk_each(call, chunks, 4, count_piece, &w);
    for (int64_t c = 0; c < chunks; c++) {
        int64_t n = w.starts[c];
        w.starts[c] = sum, sum += n;
    }
    call->result = sum;
    return WF_OK;
}

/* Writes every element and steps on by the mask: no branch to guess. The last write may be one past the
 * chunk's share, which is why a chunk's end is done with care. */
#define SELECT(T)                                                                                            \
    static void select_##T(const work *w, int64_t i, int64_t end, int64_t at, int64_t stop) {                \
        const T *from = (const T *)w->other->data;                                                           \
        T *to = (T *)w->dense->data;                                                                         \
        for (; i < end && at < stop; i++) {                                                                  \
            to[at] = from[i];                                                                                \
            at += w->mask[i];                                                                                \
        }                                                                                                    \
    }
SELECT(uint8_t)
SELECT(uint16_t)
SELECT(uint32_t)
SELECT(uint64_t)

static int select_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    int64_t chunks = (w->size + CHUNK - 1) / CHUNK;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t i = (int64_t)c * CHUNK, end = chunk_end(w, c), at = w->starts[c];
        int64_t stop = (int64_t)c + 1 < chunks ? w->starts[c + 1] : w->total;
        switch (w->bytes) {
        case 1: select_uint8_t(w, i, end, at, stop); break;
        case 2: select_uint16_t(w, i, end, at, stop); break;
        case 4: select_uint32_t(w, i, end, at, stop); break;
        case 8: select_uint64_t(w, i, end, at, stop); break;
        default:
            for (; i < end && at < stop; i++)
                if (w->mask[i])
                    memcpy(w->dense->data + at++ * w->bytes, w->other->data + i * w->bytes, (size_t)w->bytes);
        }
    }
    return 0;
}

static void set_up(work *w, const wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    *w = (work){.dense = &a[0],
                .other = &a[1],
                .mask = (const uint8_t *)a[2].data,
                .starts = (int64_t *)a[3].data,
                .size = a[2].size};
    w->bytes = w->size ? w->other->size / w->size * bulk_item(w->other) : 0;
    w->total = w->bytes ? w->dense->size * bulk_item(w->dense) / w->bytes : 0;
}

/* arrays: the result; the array; the mask; mask_count's starts. */
wf_status bulk_mask_select(wf_bulk_call *call) {
    work w;
    set_up(&w, call);
    if (w.bytes) bulk_each(call, (w.size + CHUNK - 1) / CHUNK, 2, select_piece, &w);
    return WF_OK;
}

static int store_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    size_t bytes = (size_t)w->bytes;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        const char *from = w->dense->data + w->starts[c] * w->bytes;
        for (int64_t i = (int64_t)c * CHUNK; i < chunk_end(w, c); i++)
            if (w->mask[i]) memcpy(w->other->data + i * w->bytes, from, bytes), from += bytes;
    }
    return 0;
}

/* arrays: the values, one block for each true element; the array that is written; the mask; the starts. */
wf_status bulk_mask_store(wf_bulk_call *call) {
    work w;
    set_up(&w, call);
    if (w.bytes) bulk_each(call, (w.size + CHUNK - 1) / CHUNK, 2, store_piece, &w);
    return WF_OK;
}

typedef struct indices_work {
    work w;
    int64_t *out;
    int ndim;
    const int64_t *shape;
} indices_work;

/* In one dimension without a branch, as select_… above. */
static void flat_indices(const work *w, int64_t *out, int64_t i, int64_t end, int64_t at, int64_t stop) {
    for (; i < end && at < stop; i++) {
        out[at] = i;
        at += w->mask[i];
    }
}

static int indices_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const indices_work *x = user;
    const work *w = &x->w;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t at = w->starts[c], chunks = (w->size + CHUNK - 1) / CHUNK;
        if (x->ndim == 1) {
            flat_indices(w, x->out, (int64_t)c * CHUNK, chunk_end(w, c), at,
                         (int64_t)c + 1 < chunks ? w->starts[c + 1] : w->total);
            continue;
        }
        for (int64_t i = (int64_t)c * CHUNK; i < chunk_end(w, c); i++) {
            if (!w->mask[i]) continue;
            int64_t rest = i;
            for (int d = x->ndim - 1; d > 0; d--) {
                x->out[d * w->total + at] = rest % x->shape[d];
                rest /= x->shape[d];
            }
            x->out[at++] = rest;
        }
    }
    return 0;
}

/* arrays: int64 of shape (the mask's dimensions, how many are true); the mask; the starts. */
wf_status bulk_mask_indices(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    indices_work x = {.out = (int64_t *)a[0].data, .ndim = a[1].ndim, .shape = a[1].shape};
    x.w = (work){.mask = (const uint8_t *)a[1].data, .starts = (int64_t *)a[2].data, .size = a[1].size};
    x.w.total = a[1].ndim ? a[0].size / a[1].ndim : a[0].size;
    bulk_each(call, (x.w.size + CHUNK - 1) / CHUNK, 2, indices_piece, &x);
    return WF_OK;
}
