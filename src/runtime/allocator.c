/* runtime/allocator.c: the caching allocator behind wf_buffer.
 *
 * Up to 1 MiB: size classes (multiples of 512 bytes up to 4 KiB, then four to a doubling) cut from slabs of 2
 * MiB; a slab serves one class until it is empty again. Larger: from the driver's own pool where the kind has
 * one, else whole blocks in steps of 2 MiB, kept in a free list and taken by best fit.
 *
 * Order: free memory belongs to the stream on which it was last used, and only work on that stream takes it,
 * so nobody waits for anybody. A buffer that other streams used (wf_buffer_used_on) makes its own stream wait
 * for an event on each of them when it is released: then the rule holds again. Each stream that ever
 * allocated has a `bins`; when a stream ends, the default stream waits for it and takes its bins over.
 *
 * The statistics count bytes as asked for; `pooled` is what the device gave us. One lock per heap. */
#include "base/memory.h"
#include "runtime/inner.h"
#include "runtime/ipc.h"
#include <string.h>

enum {
    CLASSES = 40,
    SMALL_MOST = 1 << 20,
    SLAB_BYTES = WF_SLAB_BYTES,
    STEP = 2 << 20, /* of large blocks */
    OTHER_STREAMS = 4
};

typedef struct slab slab;
struct slab {
    wf_address address;
    uint32_t slot, slots; /* bytes of one; how many */
    uint32_t live, fresh; /* in use; slots fresh..slots-1 were never used since the slab was cut */
    uint32_t free_count;
    uint16_t *free; /* [slots] a stack of returned slots */
    struct bins *bins;
    slab *next, **link; /* in bins->partial[class] or bins->empty; link NULL: full, in no list */
};

typedef struct large {
    wf_address address;
    size_t size;
    struct large *next;
} large;

typedef struct bins {
    wf_stream *stream; /* not counted: wf__heap_stream_ends takes the bins away in time */
    slab *partial[CLASSES];
    slab *empty;
    large *free; /* sorted by size */
    struct bins *next;
} bins;

struct wf_heap {
    pthread_mutex_t lock;
    wf_context *context;
    bins *bins;
    wf_memory_stats stats;
    uint64_t limit, free_large; /* bytes in the lists of large blocks */
    int no_pool;                /* the driver has none */
};

/* From where a buffer came. */
enum source { FROM_SLAB, FROM_LIST, FROM_POOL, WRAPPED };
typedef struct buffer {
    wf_buffer open;
    atomic_llong references;
    enum source source;
    slab *slab;
    bins *bins;
    large *block;      /* FROM_LIST: the node, kept for the way back */
    size_t taken;      /* FROM_LIST, FROM_POOL: bytes given by the device */
    wf_stream *stream; /* FROM_POOL: counted */
    wf_stream *others[OTHER_STREAMS];
    uint32_t other_count;
    atomic_int captured; /* a graph has its address */
    void (*release)(void *);
    void *user;
} buffer;

/* ---- size classes ---- */

/* Class 0..7: 512 … 4096; then 5120, 6144, 7168, 8192, 10240 … 1 MiB. */
static uint32_t class_of(size_t size) {
    if (size <= 4096) return size ? (uint32_t)((size - 1) / 512) : 0;
    uint32_t log = 63 - (uint32_t)__builtin_clzll(size - 1); /* 2^log < size <= 2^(log+1) */
    return 8 + (log - 12) * 4 + (uint32_t)((size - 1 - ((size_t)1 << log)) >> (log - 2));
}

static uint32_t class_bytes(uint32_t class) {
    if (class < 8) return (class + 1) * 512;
    uint32_t log = 12 + (class - 8) / 4, step = (class - 8) % 4 + 1;
    return (1u << log) + (step << (log - 2));
}

/* ---- lists of slabs ---- */

static void slab_unlink(slab *s) {
    if (!s->link) return;
    *s->link = s->next;
    if (s->next) s->next->link = s->link;
    s->link = NULL;
}

static void slab_push(slab **list, slab *s) {
    s->next = *list;
    if (s->next) s->next->link = &s->next;
    s->link = list;
    *list = s;
}

static bins *bins_of(wf_heap *heap, wf_stream *stream) {
    for (bins *b = heap->bins; b; b = b->next)
        if (b->stream == stream) return b;
    bins *b = wf_calloc(1, sizeof *b);
    if (!b) return NULL;
    b->stream = stream;
    b->next = heap->bins;
    heap->bins = b;
    stream->heap_bins = 1;
    return b;
}

/* ---- taking from the device ---- */

static wf_status no_host_memory(wf_error *err) {
    return wf_fail(err, WF_NOMEM, "out of host memory for a buffer");
}

/* Room for `size` more under the limit that was set? If not, the free memory goes back first. Without the
 * lock. */
static wf_status check_limit(wf_heap *heap, size_t size, wf_error *err) {
    for (int attempt = 0; attempt < 2; attempt++) {
        pthread_mutex_lock(&heap->lock);
        uint64_t pooled = heap->stats.pooled, limit = heap->limit;
        pthread_mutex_unlock(&heap->lock);
        if (!limit || pooled + size <= limit) return WF_OK;
        if (attempt)
            return wf_fail(
                err, WF_NOMEM,
                "out of memory on %s: %zu bytes asked for; the pool holds %llu and its limit was set to %llu",
                heap->context->device->label, size, (unsigned long long)pooled, (unsigned long long)limit);
        wf__heap_flush_for_shortage(heap);
    }
    return WF_OK;
}

static wf_status take_from_device(wf_heap *heap, size_t size, wf_address *address, wf_error *err) {
    wf_status status = check_limit(heap, size, err);
    if (!status) status = wf__memory_take(heap->context, WF_MEMORY_DEVICE, 0, size, address, err);
    if (status) return status;
    pthread_mutex_lock(&heap->lock);
    heap->stats.pooled += size;
    pthread_mutex_unlock(&heap->lock);
    wf_debug(WF_DEBUG_MEMORY, "%s: the pool grows by %zu bytes", heap->context->device->label, size);
    return WF_OK;
}

/* ---- small ---- */

static void slab_cut(slab *s, uint32_t class) {
    s->slot = class_bytes(class);
    s->slots = SLAB_BYTES / s->slot;
    s->live = s->fresh = s->free_count = 0;
}

static wf_address slab_take(slab *s) {
    uint32_t at = s->free_count ? s->free[--s->free_count] : s->fresh++;
    if (++s->live == s->slots) slab_unlink(s);
    return s->address + (uint64_t)at * s->slot;
}

/* Under the lock: a slot from what there is. */
static int small_cached(bins *b, uint32_t class, slab **from, wf_address *address) {
    slab *s = b->partial[class];
    if (!s && (s = b->empty)) {
        slab_unlink(s);
        slab_cut(s, class);
        slab_push(&b->partial[class], s);
    }
    if (!s) return 0;
    *from = s;
    *address = slab_take(s);
    return 1;
}

static wf_status small_alloc(wf_heap *heap, wf_stream *stream, buffer *made, wf_error *err) {
    uint32_t class = class_of(made->open.size);
    made->source = FROM_SLAB;
    pthread_mutex_lock(&heap->lock);
    bins *b = bins_of(heap, stream);
    int hit = b && small_cached(b, class, &made->slab, &made->open.address);
    heap->stats.hits += (uint64_t)hit;
    pthread_mutex_unlock(&heap->lock);
    if (hit) return WF_OK;
    if (!b) return no_host_memory(err);
    slab *s = wf_calloc(1, sizeof *s);
    uint16_t *stack = wf_malloc(SLAB_BYTES / 512 * sizeof *stack);
    wf_status status =
        s && stack ? take_from_device(heap, SLAB_BYTES, &s->address, err) : no_host_memory(err);
    if (status) {
        wf_free(s);
        wf_free(stack);
        return status;
    }
    pthread_mutex_lock(&heap->lock);
    s->free = stack;
    s->bins = b;
    slab_cut(s, class);
    slab_push(&b->partial[class], s);
    made->slab = s;
    made->open.address = slab_take(s);
    pthread_mutex_unlock(&heap->lock);
    return WF_OK;
}

/* Under the lock. */
static void small_free(buffer *gone) {
    slab *s = gone->slab;
    bins *b = s->bins;
    s->free[s->free_count++] = (uint16_t)((gone->open.address - s->address) / s->slot);
    if (s->live-- == s->slots) slab_push(&b->partial[class_of(s->slot)], s);
    if (s->live) return;
    slab_unlink(s);
    slab_push(&b->empty, s);
}

/* ---- large ---- */

static size_t large_bytes(size_t size) { return (size + STEP - 1) / STEP * STEP; }

/* Under the lock. Best fit; a block more than a quarter too large is left for others. */
static large *large_cached(wf_heap *heap, bins *b, size_t size) {
    large **link = &b->free;
    while (*link && (*link)->size < size) link = &(*link)->next;
    large *found = *link;
    if (!found || found->size - size > size / 4) return NULL;
    *link = found->next;
    heap->free_large -= found->size;
    return found;
}

static wf_status pool_alloc(wf_heap *heap, wf_stream *stream, buffer *made, wf_error *err) {
    const wf_device_ops *ops = heap->context->ops;
    size_t size = large_bytes(made->open.size);
    wf_error local;
    if (!err) err = &local;
    wf_status status = check_limit(heap, size, err);
    if (status) return status;
    status = ops->pool_alloc(stream, size, &made->open.address, err);
    if (status == WF_NOMEM) {
        wf__heap_flush_for_shortage(heap);
        status = ops->pool_alloc(stream, size, &made->open.address, err);
        if (status == WF_NOMEM) wf__memory_shortage(heap->context, made->open.size, err);
    }
    if (status) return status;
    made->source = FROM_POOL;
    made->taken = size;
    made->stream = wf_stream_retain(stream);
    pthread_mutex_lock(&heap->lock);
    heap->stats.pooled += size;
    pthread_mutex_unlock(&heap->lock);
    return WF_OK;
}

static wf_status list_alloc(wf_heap *heap, wf_stream *stream, buffer *made, wf_error *err) {
    made->source = FROM_LIST;
    made->taken = large_bytes(made->open.size);
    pthread_mutex_lock(&heap->lock);
    made->bins = bins_of(heap, stream);
    made->block = made->bins ? large_cached(heap, made->bins, made->taken) : NULL;
    heap->stats.hits += made->block != NULL;
    pthread_mutex_unlock(&heap->lock);
    if (!made->bins) return no_host_memory(err);
    if (made->block) {
        made->open.address = made->block->address;
        return WF_OK;
    }
    if (!(made->block = wf_malloc(sizeof *made->block))) return no_host_memory(err);
    wf_status status = take_from_device(heap, made->taken, &made->block->address, err);
    if (status) {
        wf_free(made->block);
        return status;
    }
    made->block->size = made->taken;
    made->open.address = made->block->address;
    return WF_OK;
}

static wf_status large_alloc(wf_heap *heap, wf_stream *stream, buffer *made, wf_error *err) {
    if (made->open.size > SIZE_MAX / 4)
        return wf__memory_take(heap->context, WF_MEMORY_DEVICE, 0, made->open.size, &made->open.address, err);
    if (heap->context->ops->pool_alloc && !heap->no_pool && !wf_env_int("SHAREABLE")) {
        wf_status status = pool_alloc(heap, stream, made, err);
        if (status != WF_UNSUPPORTED) return status;
        heap->no_pool = 1;
    }
    return list_alloc(heap, stream, made, err);
}

/* Under the lock. */
static void large_free(wf_heap *heap, bins *b, large *block) {
    large **link = &b->free;
    while (*link && (*link)->size < block->size) link = &(*link)->next;
    block->next = *link;
    *link = block;
    heap->free_large += block->size;
}

/* ---- buffers ---- */

static void count(wf_heap *heap, int64_t bytes) {
    heap->stats.in_use += (uint64_t)bytes;
    if (heap->stats.in_use > heap->stats.peak) heap->stats.peak = heap->stats.in_use;
    if (bytes >= 0) heap->stats.allocations++;
    else heap->stats.frees++;
}

void wf__heap_count(wf_heap *heap, int64_t bytes) {
    pthread_mutex_lock(&heap->lock);
    count(heap, bytes);
    pthread_mutex_unlock(&heap->lock);
}

static void give_back(wf_heap *heap, buffer *gone) {
    pthread_mutex_lock(&heap->lock);
    if (gone->source == FROM_SLAB) small_free(gone);
    if (gone->source == FROM_LIST) large_free(heap, gone->bins, gone->block);
    if (gone->source == FROM_POOL) heap->stats.pooled -= gone->taken;
    int too_much = heap->free_large > heap->context->device->info.total_memory / 4;
    pthread_mutex_unlock(&heap->lock);
    if (too_much) wf__heap_flush(heap, NULL);
    if (gone->source != FROM_POOL) return;
    heap->context->ops->pool_free(gone->stream, gone->open.address, NULL);
    wf_stream_release(gone->stream);
}

static wf_status enter_buffer(const buffer *b, wf_error *err) {
    uint32_t flags = b->source == FROM_LIST   ? WF_BUFFER_WHOLE
                     : b->source == FROM_POOL ? WF_BUFFER_OF_POOL
                                              : 0;
    wf_extent_entry entry = {b->open.address,  b->open.address + b->open.size,
                             b->open.device,   b->open.context,
                             WF_MEMORY_POOLED, flags};
    return wf__extents_add(&entry, err);
}

wf_status wf_buffer_alloc(wf_context *context, wf_stream *stream, size_t size, wf_buffer **made,
                          wf_error *err) {
    buffer *b = wf_calloc(1, sizeof *b);
    if (!b) return no_host_memory(err);
    wf_stream *captured = stream ? stream : wf_capture_of_thread(context);
    if (captured && !wf__capture(captured)) captured = NULL;
    if (!stream || captured) stream = context->default_stream;
    b->open = (wf_buffer){.size = size, .device = context->device, .context = context};
    wf_heap *heap = context->heap;
    wf_status status =
        size <= SMALL_MOST ? small_alloc(heap, stream, b, err) : large_alloc(heap, stream, b, err);
    if (status) {
        wf_free(b);
        return status;
    }
    atomic_init(&b->references, 1);
    if ((status = enter_buffer(b, err))) {
        give_back(heap, b);
        wf_free(b);
        return status;
    }
    wf__heap_count(heap, (int64_t)size);
    wf_context_retain(context);
    if (context->device->kind == WF_DEVICE_CPU) b->open.host = (void *)(uintptr_t)b->open.address;
    atomic_init(&b->captured, captured != NULL);
    if (captured && (status = wf__capture_buffer(captured, &b->open, err))) {
        wf_buffer_release(&b->open);
        return status;
    }
    *made = &b->open;
    return WF_OK;
}

wf_status wf_buffer_wrap(wf_context *context, wf_address address, size_t size, int host_readable,
                         void (*release)(void *), void *user, wf_buffer **made, wf_error *err) {
    if (size > UINT64_MAX - address)
        return wf_fail(err, WF_INVALID, "%zu bytes at 0x%llx are more than an address can hold", size,
                       (unsigned long long)address);
    buffer *b = wf_calloc(1, sizeof *b);
    if (!b) return no_host_memory(err);
    wf_extent_entry entry = {address, address + size, context->device, context, WF_MEMORY_FOREIGN, 0};
    wf_status status = wf__extents_add_foreign(&entry, err);
    if (status) {
        wf_free(b);
        return status;
    }
    b->open = (wf_buffer){address, size, host_readable ? (void *)(uintptr_t)address : NULL, context->device,
                          wf_context_retain(context)};
    b->source = WRAPPED;
    b->release = release;
    b->user = user;
    atomic_init(&b->references, 1);
    *made = &b->open;
    return WF_OK;
}

wf_buffer *wf_buffer_retain(wf_buffer *open) {
    if (open) atomic_fetch_add_explicit(&((buffer *)open)->references, 1, memory_order_relaxed);
    return open;
}

int64_t wf_buffer_references(const wf_buffer *open) {
    return atomic_load_explicit(&((buffer *)open)->references, memory_order_acquire);
}

/* Makes `stream` wait for all that `other` has been given so far. */
static wf_status order_after(wf_stream *stream, wf_stream *other, wf_error *err) {
    wf_event *event;
    wf_status status = wf_event_create(other->context, WF_EVENT_NO_TIMING, &event, err);
    if (!status) {
        status = wf_event_record(event, other, err);
        if (!status) status = wf_stream_wait_event(stream, event, err);
        wf_event_release(event);
    }
    return status ? wf_stream_synchronize(other, NULL) : status; /* the slow way, when there is no other */
}

static wf_stream *own_stream(buffer *b) {
    return b->source == FROM_SLAB   ? b->slab->bins->stream
           : b->source == FROM_LIST ? b->bins->stream
                                    : b->stream;
}

wf_status wf_buffer_used_on(wf_buffer *open, wf_stream *stream, wf_error *err) {
    buffer *b = (buffer *)open;
    wf_heap *heap = open->context->heap;
    if (wf__capture(stream)) {
        atomic_store_explicit(&b->captured, 1, memory_order_relaxed);
        return wf__capture_buffer(stream, open, err);
    }
    if (b->source == WRAPPED) return WF_OK;
    pthread_mutex_lock(&heap->lock);
    int known = own_stream(b) == stream, full = b->other_count == OTHER_STREAMS;
    for (uint32_t i = 0; i < b->other_count; i++) known |= b->others[i] == stream;
    if (!known && !full) b->others[b->other_count++] = wf_stream_retain(stream);
    pthread_mutex_unlock(&heap->lock);
    if (known || !full) return WF_OK;
    return order_after(b->others[0], stream, err); /* a fifth stream: the first one stands for it */
}

/* The stream in whose order the memory goes back, retained. One that is about to end hands its memory to the
 * default stream, which waits for it. */
static wf_stream *home_of(wf_heap *heap, buffer *b) {
    pthread_mutex_lock(&heap->lock);
    wf_stream *home = own_stream(b);
    if (!wf__stream_try_retain(home)) home = wf_stream_retain(heap->context->default_stream);
    pthread_mutex_unlock(&heap->lock);
    return home;
}

static void leave_others(wf_heap *heap, buffer *b) {
    wf_stream *home = b->other_count ? home_of(heap, b) : NULL;
    for (uint32_t i = 0; i < b->other_count; i++) {
        order_after(home, b->others[i], NULL);
        wf_stream_release(b->others[i]);
    }
    wf_stream_release(home);
}

static void destroy(buffer *b) {
    wf_context *context = b->open.context;
    wf_heap *heap = context->heap;
    if (b->source == WRAPPED) {
        wf__extents_remove_foreign(b->open.address, b->open.address + b->open.size);
        if (b->release) b->release(b->user);
    } else {
        leave_others(heap, b);
        wf__ipc_forget(b->open.address);
        wf__extents_remove(b->open.address, 1 << WF_MEMORY_POOLED, NULL);
        wf__heap_count(heap, -(int64_t)b->open.size);
        give_back(heap, b);
    }
    wf_free(b);
    wf_context_release(context);
}

void wf_buffer_release(wf_buffer *open) {
    buffer *b = (buffer *)open;
    if (b && atomic_fetch_sub_explicit(&b->references, 1, memory_order_acq_rel) == 1) destroy(b);
}

/* ---- for other processes ---- */

int wf_buffer_is_shareable(const wf_buffer *open) {
    const buffer *b = (const buffer *)open;
    const wf_device_ops *ops = open->context->ops;
    return ops->ipc_export && (b->source == FROM_LIST || b->source == FROM_SLAB);
}

/* The buffer takes over where `fresh` lies; its own place goes back. All work is done. */
static void settle_in(wf_heap *heap, buffer *b, const buffer *fresh) {
    buffer old;
    memset(&old, 0, sizeof old);
    leave_others(heap, b);
    b->other_count = 0;
    old.open = b->open;
    old.source = b->source, old.slab = b->slab, old.bins = b->bins, old.block = b->block;
    old.taken = b->taken, old.stream = b->stream;
    wf__extents_remove(b->open.address, 1 << WF_MEMORY_POOLED, NULL);
    b->open.address = fresh->open.address;
    if (b->open.host) b->open.host = (void *)(uintptr_t)b->open.address;
    b->source = fresh->source, b->slab = NULL, b->bins = fresh->bins, b->block = fresh->block;
    b->taken = fresh->taken, b->stream = NULL;
    give_back(heap, &old);
}

wf_status wf_buffer_make_shareable(wf_buffer *open, int *moved, wf_error *err) {
    buffer *b = (buffer *)open, fresh;
    wf_context *context = open->context;
    wf_heap *heap = context->heap;
    *moved = 0;
    if (b->source == WRAPPED)
        return wf_fail(err, WF_INVALID,
                       "memory of someone else's is not shared with other processes: copy it first");
    if (wf_buffer_is_shareable(open)) return WF_OK;
    if (!context->ops->ipc_export)
        return wf_fail(err, WF_UNSUPPORTED, "%s shares no memory with other processes",
                       context->device->label);
    if (atomic_load(&b->captured) || wf_capture_of_thread(context))
        return wf_fail(err, WF_INVALID, "a graph has the address of this memory: share a copy of it");
    memset(&fresh, 0, sizeof fresh);
    fresh.open = b->open;
    wf_status status = context->ops->context_synchronize(context, err);
    if (!status) status = list_alloc(heap, context->default_stream, &fresh, err);
    if (status) return status;
    if ((status = enter_buffer(&fresh, err))) {
        give_back(heap, &fresh);
        return status;
    }
    if (open->size)
        status =
            wf_copy_on_device(context->default_stream, fresh.open.address, open->address, open->size, 0, err);
    if (status) {
        wf__extents_remove(fresh.open.address, 1 << WF_MEMORY_POOLED, NULL);
        give_back(heap, &fresh);
        return status;
    }
    settle_in(heap, b, &fresh);
    *moved = 1;
    return WF_OK;
}

/* ---- the heap ---- */

wf_heap *wf__heap_new(wf_context *context) {
    wf_heap *heap = wf_calloc(1, sizeof *heap);
    if (!heap) return NULL;
    heap->context = context;
    pthread_mutex_init(&heap->lock, NULL);
    return heap;
}

void wf__heap_lock(wf_heap *heap) { pthread_mutex_lock(&heap->lock); }
void wf__heap_unlock(wf_heap *heap) { pthread_mutex_unlock(&heap->lock); }

/* Queued work may still use what lies in the lists (that is what their order is for). So they are emptied
 * first, then the device is waited for, then the memory goes back. */
static void drop(wf_heap *heap, slab *slabs, large *blocks) {
    const wf_device_ops *ops = heap->context->ops;
    uint64_t bytes = 0;
    for (slab *next; slabs; slabs = next) {
        next = slabs->next;
        wf__ipc_forget_block(slabs->address);
        ops->memory_free(heap->context, WF_MEMORY_DEVICE, slabs->address, SLAB_BYTES, NULL);
        bytes += SLAB_BYTES;
        wf_free(slabs->free);
        wf_free(slabs);
    }
    for (large *next; blocks; blocks = next) {
        next = blocks->next;
        ops->memory_free(heap->context, WF_MEMORY_DEVICE, blocks->address, blocks->size, NULL);
        bytes += blocks->size;
        wf_free(blocks);
    }
    pthread_mutex_lock(&heap->lock);
    heap->stats.pooled -= bytes;
    pthread_mutex_unlock(&heap->lock);
}

wf_status wf__heap_flush(wf_heap *heap, wf_error *err) {
    slab *slabs = NULL;
    large *blocks = NULL;
    pthread_mutex_lock(&heap->lock);
    for (bins *b = heap->bins; b; b = b->next) {
        for (slab *s; (s = b->empty);) {
            slab_unlink(s);
            s->next = slabs;
            slabs = s;
        }
        for (large *block; (block = b->free);) {
            b->free = block->next;
            block->next = blocks;
            blocks = block;
        }
    }
    heap->free_large = 0;
    pthread_mutex_unlock(&heap->lock);
    wf_status status = heap->context->ops->context_synchronize(heap->context, err);
    drop(heap, slabs, blocks);
    if (heap->context->ops->pool_trim && !heap->no_pool) heap->context->ops->pool_trim(heap->context, NULL);
    return status;
}

void wf__heap_flush_for_shortage(wf_heap *heap) {
    pthread_mutex_lock(&heap->lock);
    heap->stats.out_of_memory++;
    pthread_mutex_unlock(&heap->lock);
    wf__heap_flush(heap, NULL);
}

void wf__heap_free(wf_heap *heap) {
    wf__heap_flush(heap, NULL);
    while (heap->bins) {
        bins *b = heap->bins;
        heap->bins = b->next;
        wf_free(b);
    }
    pthread_mutex_destroy(&heap->lock);
    wf_free(heap);
}

/* Moves what b holds to the default stream's bins; b itself stays as an alias when slabs or buffers point at
 * it. */
static void adopt(bins *b, bins *heir) {
    for (int class = 0; class < CLASSES; class ++)
        for (slab *s; (s = b->partial[class]);) {
            slab_unlink(s);
            slab_push(&heir->partial[class], s);
            s->bins = heir;
        }
    for (slab *s; (s = b->empty);) {
        slab_unlink(s);
        slab_push(&heir->empty, s);
        s->bins = heir;
    }
}

void wf__heap_stream_ends(wf_heap *heap, wf_stream *stream) {
    wf_stream *heir_stream = heap->context->default_stream;
    if (!heir_stream || stream == heir_stream) return;
    order_after(heir_stream, stream, NULL);
    pthread_mutex_lock(&heap->lock);
    bins *heir = bins_of(heap, heir_stream), *b = heap->bins;
    while (b && b->stream != stream) b = b->next;
    if (b && heir) adopt(b, heir);
    /* Full slabs and live large buffers still point at b: from now on it is a second set of bins of the
     * default stream. */
    if (b) b->stream = heir_stream;
    pthread_mutex_unlock(&heap->lock);
}

wf_status wf_memory_stats_of(wf_context *context, wf_memory_stats *stats, wf_error *err) {
    (void)err;
    pthread_mutex_lock(&context->heap->lock);
    *stats = context->heap->stats;
    pthread_mutex_unlock(&context->heap->lock);
    return WF_OK;
}

wf_status wf_memory_trim(wf_context *context, wf_error *err) { return wf__heap_flush(context->heap, err); }

wf_status wf_memory_set_limit(wf_context *context, uint64_t bytes, wf_error *err) {
    (void)err;
    pthread_mutex_lock(&context->heap->lock);
    context->heap->limit = bytes;
    pthread_mutex_unlock(&context->heap->lock);
    return WF_OK;
}
