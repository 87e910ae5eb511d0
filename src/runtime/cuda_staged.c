/* runtime/cuda_staged.c: copies between pageable host memory and a GPU, through pinned slots.
 *
 * The driver's own pageable copy uses one thread and one staging buffer (10-18 GB/s on an H200, 1.9 into
 * fresh pages; the link gives 55). Here up to 8 threads each have a stream and two pinned slots and take
 * pieces of the copy from a counter: one slot is being filled or emptied by the thread while the other is on
 * its way. Measured: 51 GB/s each way.
 *
 * The copy begins when earlier work of the caller's stream is over (the lanes wait for an event on it), and
 * the caller waits for all lanes: so it is in stream order, and done when this returns, as CUDA allows for
 * pageable memory. Slots (64 MiB pinned) are made at the first such copy of a context and kept; one copy at a
 * time uses them. */
#include "base/memory.h"
#include "runtime/cuda.h"
#include <string.h>

enum { LANES = 8, SLOT = 4 << 20, LEAST_PIECE = 512 << 10, PIECES = 2 * LANES };

typedef struct lane {
    CUstream stream;
    CUevent event[2];
    char *slot[2];
} lane;

struct wf_cuda_staging {
    pthread_mutex_t lock;
    uint64_t asked; /* bytes that would have been staged before the slots were made */
    int ready;
    char *pinned;
    CUevent begin;
    lane lanes[LANES];
};

typedef struct transfer {
    const wf_copy *copy;
    wf_context *context;
    struct wf_cuda_staging *staging;
    size_t piece;
    _Atomic uint64_t next; /* bytes handed out */
    pthread_mutex_t lock;
    wf_status status; /* the first failure; under the lock */
    wf_error error;
} transfer;

int wf_cuda_is_pageable(const void *host, size_t size) {
    wf_extent_entry entry;
    uintptr_t at = (uintptr_t)host;
    if (wf__extents_find(at, &entry) && (entry.kind == WF_MEMORY_PINNED || entry.kind == WF_MEMORY_MANAGED) &&
        entry.device->kind == WF_DEVICE_CUDA && size <= entry.hi - at)
        return 0;
    /* Memory that another library pinned: the driver knows it. For plain memory it answers with an error. */
    int type = 0;
    return wf_cuda.cuPointerGetAttribute(&type, CU_POINTER_MEMORY_TYPE, at) || type != CU_MEMORY_HOST;
}

/* ---- making and ending ---- */

static wf_status make_lane(wf_context *context, lane *l, char *slots, wf_error *err) {
    enum { NON_BLOCKING = 1, NO_TIMING = 2 };
    l->slot[0] = slots;
    l->slot[1] = slots + SLOT;
    wf_status status = CU(context, err, cuStreamCreateWithPriority, (&l->stream, NON_BLOCKING, 0));
    for (int i = 0; i < 2 && !status; i++)
        status = CU(context, err, cuEventCreate, (&l->event[i], NO_TIMING));
    return status;
}

static void unmake(struct wf_cuda_staging *s) {
    for (int i = 0; i < LANES; i++) {
        if (s->lanes[i].stream) wf_cuda.cuStreamDestroy_v2(s->lanes[i].stream);
        for (int j = 0; j < 2; j++)
            if (s->lanes[i].event[j]) wf_cuda.cuEventDestroy_v2(s->lanes[i].event[j]);
    }
    if (s->begin) wf_cuda.cuEventDestroy_v2(s->begin);
    if (s->pinned) wf_cuda.cuMemFreeHost(s->pinned);
    memset(s->lanes, 0, sizeof s->lanes);
    s->begin = NULL;
    s->pinned = NULL;
}

static wf_status make(wf_context *context, struct wf_cuda_staging *s, wf_error *err) {
    void *pinned = NULL;
    wf_status status = CU(context, err, cuMemHostAlloc, (&pinned, (size_t)LANES * 2 * SLOT, 0));
    s->pinned = pinned;
    if (!status) status = CU(context, err, cuEventCreate, (&s->begin, 2));
    for (int i = 0; i < LANES && !status; i++)
        status = make_lane(context, &s->lanes[i], s->pinned + (size_t)i * 2 * SLOT, err);
    if (status) unmake(s);
    s->ready = !status;
    return status;
}

/* Called with the context current and nothing in flight. */
void wf_cuda_staging_free(wf_cuda_context *context) {
    if (!context->staging) return;
    unmake(context->staging);
    pthread_mutex_destroy(&context->staging->lock);
    wf_free(context->staging);
    context->staging = NULL;
}

static struct wf_cuda_staging *staging_of(wf_cuda_context *c) {
    pthread_mutex_lock(&c->pool_lock);
    if (!c->staging && (c->staging = wf_calloc(1, sizeof *c->staging)))
        pthread_mutex_init(&c->staging->lock, NULL);
    pthread_mutex_unlock(&c->pool_lock);
    return c->staging;
}

/* ---- a lane's work ---- */

static void moved(transfer *t, size_t size) {
    if (t->copy->done) atomic_fetch_add_explicit(t->copy->done, size, memory_order_relaxed);
}

static int take(transfer *t, size_t *at, size_t *size) {
    uint64_t from = atomic_fetch_add(&t->next, t->piece);
    if (from >= t->copy->size) return 0;
    *at = from;
    *size = t->copy->size - from < t->piece ? t->copy->size - from : t->piece;
    return 1;
}

static wf_status send(transfer *t, lane *l, wf_error *err) {
    size_t at, size;
    wf_status status = WF_OK;
    for (unsigned k = 0; !status && take(t, &at, &size); k++) {
        unsigned q = k & 1;
        if (k >= 2) status = CU(t->context, err, cuEventSynchronize, (l->event[q]));
        if (status) break;
        memcpy(l->slot[q], (const char *)(uintptr_t)t->copy->from + at, size);
        status = CU(t->context, err, cuMemcpyHtoDAsync_v2, (t->copy->to + at, l->slot[q], size, l->stream));
        if (!status) status = CU(t->context, err, cuEventRecord, (l->event[q], l->stream));
        moved(t, size);
    }
    return status;
}

static wf_status fetch(transfer *t, lane *l, wf_error *err) {
    size_t at, size, before_at = 0, before_size = 0;
    wf_status status = WF_OK;
    for (unsigned k = 0; !status; k++) {
        unsigned q = k & 1;
        int more = take(t, &at, &size);
        if (more)
            status =
                CU(t->context, err, cuMemcpyDtoHAsync_v2, (l->slot[q], t->copy->from + at, size, l->stream));
        if (more && !status) status = CU(t->context, err, cuEventRecord, (l->event[q], l->stream));
        if (before_size && !status) {
            status = CU(t->context, err, cuEventSynchronize, (l->event[q ^ 1]));
            if (!status) memcpy((char *)(uintptr_t)t->copy->to + before_at, l->slot[q ^ 1], before_size);
            moved(t, before_size);
        }
        if (!more) break;
        before_at = at;
        before_size = size;
    }
    return status;
}

static int run_lane(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    transfer *t = user;
    (void)worker;
    for (uint64_t i = first; i < last; i++) {
        lane *l = &t->staging->lanes[i];
        wf_cuda_scope scope;
        wf_error err;
        if (atomic_load(&t->next) >= t->copy->size) return 0;
        wf_status status = wf_cuda_enter(t->context, &scope, &err);
        if (!status) {
            status = CU(t->context, &err, cuStreamWaitEvent, (l->stream, t->staging->begin, 0));
            if (!status) status = t->copy->to_host ? fetch(t, l, &err) : send(t, l, &err);
            wf_status end = CU(t->context, status ? NULL : &err, cuStreamSynchronize, (l->stream));
            if (!status) status = end;
            wf_cuda_leave(&scope);
        }
        if (!status) continue;
        pthread_mutex_lock(&t->lock);
        if (!t->status) t->error = err;
        if (!t->status) t->status = status;
        pthread_mutex_unlock(&t->lock);
        atomic_store(&t->next, t->copy->size);
    }
    return 0;
}

static wf_status run(wf_stream *stream, const wf_copy *copy, struct wf_cuda_staging *s, wf_error *err) {
    wf_status status = CU(stream->context, err, cuEventRecord, (s->begin, wf_cuda_stream(stream)));
    if (status) return status;
    transfer t = {.copy = copy, .context = stream->context, .staging = s, .lock = PTHREAD_MUTEX_INITIALIZER};
    t.piece = copy->size / PIECES & ~(size_t)4095;
    if (t.piece > SLOT) t.piece = SLOT;
    if (t.piece < LEAST_PIECE) t.piece = LEAST_PIECE;
    /* The cost makes the pool call its threads at once. */
    wf_pool_job lanes = {
        .count = LANES, .cost = 1u << 30, .most_threads = LANES, .piece = run_lane, .user = &t};
    wf_pool_run(wf_runtime_pool(), &lanes, NULL);
    if (t.status && err) *err = t.error;
    return t.status;
}

/* Pinning 64 MiB takes longer than a few small copies by the driver: a program that makes no more should not
 * pay for it. */
static int worth_making(struct wf_cuda_staging *s, size_t size) {
    s->asked += size;
    return (int64_t)s->asked >= wf_env_int("STAGED_AFTER");
}

wf_status wf_cuda_copy_staged(wf_stream *stream, const wf_copy *copy, wf_error *err) {
    wf_context *context = stream->context;
    struct wf_cuda_staging *s = staging_of((wf_cuda_context *)context);
    wf_status status = WF_NOMEM;
    if (s) {
        pthread_mutex_lock(&s->lock);
        if (s->ready || worth_making(s, copy->size)) {
            status = s->ready ? WF_OK : make(context, s, err);
            if (!status) status = run(stream, copy, s, err);
        }
        pthread_mutex_unlock(&s->lock);
    }
    if (status != WF_NOMEM) return status;
    /* No slots (yet): the driver's own way is slower, and right. */
    if (copy->to_host)
        return CU(context, err, cuMemcpyDtoHAsync_v2,
                  ((void *)(uintptr_t)copy->to, copy->from, copy->size, wf_cuda_stream(stream)));
    return CU(context, err, cuMemcpyHtoDAsync_v2,
              (copy->to, (const void *)(uintptr_t)copy->from, copy->size, wf_cuda_stream(stream)));
}
