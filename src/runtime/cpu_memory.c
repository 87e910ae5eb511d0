/* runtime/cpu_memory.c: memory, copies and fills of a CPU device.
 *
 * "Device" memory is host memory: from 1 MiB on it is mapped by itself, 2 MiB aligned with huge pages asked
 * for; below, it has pages of its own (cpu_pages.c). Pinned and managed memory below 1 MiB comes from the
 * heap, 256-byte aligned as cuMemAlloc's is. Large copies and fills are shared out over the pool. */
#include "base/memory.h"
#include "base/system.h"
#include "runtime/cpu.h"
#include <stdatomic.h>
#include <string.h>

enum {
    MAP_LEAST = 1 << 20,
    ALIGN = 256,
    PIECE = 256 << 10,
    QUICK = 4 << 20,
    COUNTED = 32 << 20,
    LOOKED_AFTER = 8 << 20
};

/* Is more asked for than a container's or batch system's limit leaves? Beyond it the system ends the process
 * instead of refusing. Looking takes tens of microseconds, so it is done once for so many bytes. */
static int is_beyond_limit(size_t size) {
    static _Atomic size_t since;
    if (atomic_fetch_add(&since, size) + size < LOOKED_AFTER) return 0;
    atomic_store(&since, 0);
    return size > wf_memory_left();
}

wf_status wf_cpu_memory_alloc(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                              wf_address *address, wf_error *err) {
    (void)flags;
    /* The system would promise more than there is and then end some process when the pages are touched. */
    if (size > context->device->info.total_memory)
        return wf_fail(err, WF_NOMEM, "more than the %llu bytes that this machine has",
                       (unsigned long long)context->device->info.total_memory);
    if (size >= MAP_LEAST && is_beyond_limit(size))
        return wf_fail(err, WF_NOMEM,
                       "more than is left of what this process may use (the limit of a container or batch "
                       "system; weft doctor shows it)");
    if (size >= MAP_LEAST || kind == WF_MEMORY_DEVICE) {
        void *memory = size >= MAP_LEAST ? wf_pages_map(size) : wf_cpu_pages_alloc(size);
        if (!memory) return wf_fail(err, WF_NOMEM, "the system has no memory left");
        *address = (uintptr_t)memory;
        return WF_OK;
    }
    char *block = wf_malloc((size ? size : 1) + ALIGN + sizeof(void *));
    if (!block) return wf_fail(err, WF_NOMEM, "the system has no memory left");
    uintptr_t at = ((uintptr_t)block + sizeof(void *) + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);
    ((void **)at)[-1] = block;
    *address = at;
    return WF_OK;
}

wf_status wf_cpu_memory_free(wf_context *context, wf_memory_kind kind, wf_address address, size_t size,
                             wf_error *err) {
    (void)context;
    (void)err;
    if (size >= MAP_LEAST) wf_pages_unmap((void *)(uintptr_t)address, size);
    else if (kind == WF_MEMORY_DEVICE) wf_cpu_pages_free((void *)(uintptr_t)address, size);
    else wf_free(((void **)(uintptr_t)address)[-1]);
    return WF_OK;
}

/* ---- copies ---- */

typedef struct copy_job {
    wf_cpu_job job;
    char *to;
    const char *from;
    size_t size;
    _Atomic uint64_t *done;
    void *kept; /* from, when it is a copy of our own */
} copy_job;

/* As a driver does, a copy from or to memory that is not pinned has left the caller's memory alone when it
 * returns: what was given may be changed or freed then, what was asked for is there. */
static int is_pageable(uint64_t address) {
    wf_extent_entry entry;
    return !wf__extents_find(address, &entry) || entry.kind == WF_MEMORY_FOREIGN;
}

static int copy_keep(wf_cpu_job *job) {
    copy_job *c = (copy_job *)job;
    c->kept = wf_malloc(c->size);
    if (!c->kept) return 0;
    c->from = memcpy(c->kept, c->from, c->size);
    return 1;
}

static void copy_drop(wf_cpu_job *job) { wf_free(((copy_job *)job)->kept); }

static int copy_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    copy_job *c = user;
    (void)worker;
    size_t at = first * PIECE, end = last * PIECE < c->size ? last * PIECE : c->size;
    while (at < end) { /* in large steps, so that memcpy keeps what it does for large copies */
        size_t step = end - at < COUNTED ? end - at : COUNTED;
        memcpy(c->to + at, c->from + at, step);
        at += step;
        if (c->done) atomic_fetch_add_explicit(c->done, step, memory_order_relaxed);
    }
    return 0;
}

static int overlap(const char *a, const char *b, size_t size) { return a < b + size && b < a + size; }

static void copy_run(wf_cpu_job *job, wf_stream *stream) {
    copy_job *c = (copy_job *)job;
    (void)stream;
    if (c->size < MAP_LEAST || overlap(c->to, c->from, c->size)) {
        memmove(c->to, c->from, c->size);
        return;
    }
    wf_pool_job share = {.count = (c->size + PIECE - 1) / PIECE, .piece = copy_piece, .user = c};
    wf_pool_run(wf_runtime_pool(), &share, NULL);
}

wf_status wf_cpu_copy(wf_stream *stream, const wf_copy *copy, int wait, wf_error *err) {
    int lent = !wait && !wf__capture(stream) && (copy->from_host || copy->to_host) &&
               is_pageable(copy->from_host ? copy->from : copy->to);
    copy_job job = {
        {sizeof job, copy_run, copy_drop, lent && copy->from_host ? copy_keep : NULL, NULL, 0, NULL},
        (char *)(uintptr_t)copy->to,
        (const char *)(uintptr_t)copy->from,
        copy->size,
        copy->done,
        NULL};
    wf_status status = wf_cpu_submit(stream, &job.job, wait || lent || copy->size <= QUICK, err);
    return status || !lent || copy->from_host ? status : wf_cpu_stream_synchronize(stream, err);
}

typedef struct strided_job {
    wf_cpu_job job;
    wf_copy_end to, from;
    size_t width, rows, slices;
} strided_job;

static void strided_run(wf_cpu_job *job, wf_stream *stream) {
    strided_job *c = (strided_job *)job;
    (void)stream;
    for (size_t z = 0; z < c->slices; z++)
        for (size_t y = 0; y < c->rows; y++)
            memmove((char *)(uintptr_t)c->to.base + z * c->to.slice + y * c->to.pitch,
                    (const char *)(uintptr_t)c->from.base + z * c->from.slice + y * c->from.pitch, c->width);
}

wf_status wf_cpu_copy_strided(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from, size_t width,
                              size_t rows, size_t slices, int wait, wf_error *err) {
    int lent = !wait && !wf__capture(stream) &&
               ((!to->on_device && is_pageable(to->base)) || (!from->on_device && is_pageable(from->base)));
    strided_job job = {{sizeof job, strided_run, NULL, NULL, NULL, 0, NULL}, *to, *from, width, rows, slices};
    wf_status status = wf_cpu_submit(stream, &job.job, wait || lent || width * rows * slices <= QUICK, err);
    return status || !lent ? status : wf_cpu_stream_synchronize(stream, err);
}

/* ---- fills ---- */

typedef struct fill_job {
    wf_cpu_job job;
    wf_fill fill;
} fill_job;

static void fill_row(char *to, uint32_t value, uint32_t item, size_t count) {
    if (item == 1) {
        memset(to, (int)value, count);
    } else if (item == 2) {
        uint16_t *at = (uint16_t *)(void *)to;
        for (size_t i = 0; i < count; i++) at[i] = (uint16_t)value;
    } else {
        uint32_t *at = (uint32_t *)(void *)to;
        for (size_t i = 0; i < count; i++) at[i] = value;
    }
}

static int fill_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const wf_fill *f = user;
    (void)worker;
    size_t piece = PIECE / f->item, at = first * piece,
           end = last * piece < f->columns ? last * piece : f->columns;
    fill_row((char *)(uintptr_t)f->to + at * f->item, f->value, f->item, end - at);
    return 0;
}

static void fill_run(wf_cpu_job *job, wf_stream *stream) {
    wf_fill *f = &((fill_job *)job)->fill;
    (void)stream;
    if (f->rows == 1 && f->columns * f->item >= MAP_LEAST) {
        size_t piece = PIECE / f->item;
        wf_pool_job share = {.count = (f->columns + piece - 1) / piece, .piece = fill_piece, .user = f};
        wf_pool_run(wf_runtime_pool(), &share, NULL);
        return;
    }
    for (size_t y = 0; y < f->rows; y++)
        fill_row((char *)(uintptr_t)f->to + y * f->pitch, f->value, f->item, f->columns);
}

wf_status wf_cpu_fill(wf_stream *stream, const wf_fill *fill, int wait, wf_error *err) {
    fill_job job = {{sizeof job, fill_run, NULL, NULL, NULL, 0, NULL}, *fill};
    return wf_cpu_submit(stream, &job.job, wait || fill->columns * fill->item * fill->rows <= QUICK, err);
}
