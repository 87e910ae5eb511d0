/* runtime/context.c: contexts and each thread's stack of them.
 *
 * A context owns a default stream, a heap (the caching allocator) and, when it is not the primary one, the
 * memory that was allocated in it by address: that goes with its last reference, as PyCUDA's programs expect.
 * The default stream's references are counted on the context, else the two would keep each other alive. */
#include "base/memory.h"
#include "runtime/inner.h"
#include "runtime/trace.h"
#include <string.h>

enum {
    BY_ADDRESS = 1 << WF_MEMORY_DEVICE | 1 << WF_MEMORY_PINNED | 1 << WF_MEMORY_MANAGED,
    STACK_MOST = 128
};

void *wf__object_new(size_t bytes, const char *what, wf_error *err) {
    void *object = wf_calloc(1, bytes);
    if (!object) wf_fail(err, WF_NOMEM, "out of host memory for a %s (%zu bytes)", what, bytes);
    return object;
}

/* The stream and the heap use the kind's context, so they end before it. */
static void end_parts(wf_context *context) {
    wf_stream *stream = context->default_stream;
    context->default_stream = NULL;
    if (stream) wf__stream_unmake_default(stream);
    if (context->heap) wf__heap_free(context->heap);
    context->heap = NULL;
    context->ops->context_close(context);
}

static void free_context(wf_context *context) {
    pthread_mutex_destroy(&context->lock);
    wf_free(context);
}

static wf_status make(wf_device *device, int primary, uint32_t flags, wf_context **made, wf_error *err) {
    wf_context *context = wf__object_new(device->ops->context_bytes, "context", err);
    if (!context) return WF_NOMEM;
    static _Atomic uint64_t contexts;
    context->number = atomic_fetch_add(&contexts, 1) + 1;
    atomic_init(&context->references, 1);
    context->device = device;
    context->ops = device->ops;
    context->is_primary = primary;
    context->flags = flags;
    pthread_mutex_init(&context->lock, NULL);
    wf_status status = context->ops->context_open(context, err);
    if (!status) {
        context->heap = wf__heap_new(context);
        if (!context->heap) status = wf_fail(err, WF_NOMEM, "out of host memory for a heap");
        if (!status) status = wf__stream_make(context, 0, 0, 1, &context->default_stream, err);
        if (status) end_parts(context);
    }
    if (status) {
        free_context(context);
        return status;
    }
    wf_debug(WF_DEBUG_REFS, "context %p of %s made%s", (void *)context, device->label,
             primary ? " (primary)" : "");
    *made = context;
    return WF_OK;
}

static void enlist(wf_context *context) {
    context->next = wf__registry.contexts;
    wf__registry.contexts = context;
}

wf_status wf_context_primary(wf_device *device, wf_context **context, wf_error *err) {
    wf_status status = WF_OK;
    pthread_mutex_lock(&wf__registry.lock);
    if (!device->primary) {
        status = make(device, 1, 0, &device->primary, err);
        if (!status) enlist(device->primary);
    }
    if (!status) *context = wf_context_retain(device->primary);
    pthread_mutex_unlock(&wf__registry.lock);
    return status;
}

wf_status wf_context_create(wf_device *device, uint32_t flags, wf_context **context, wf_error *err) {
    wf_status status = make(device, 0, flags, context, err);
    if (status) return status;
    pthread_mutex_lock(&wf__registry.lock);
    enlist(*context);
    pthread_mutex_unlock(&wf__registry.lock);
    return WF_OK;
}

wf_context *wf_context_retain(wf_context *context) {
    if (context) atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
    return context;
}

static void destroy(wf_context *context) {
    pthread_mutex_lock(&wf__registry.lock);
    wf_context **link = &wf__registry.contexts;
    while (*link != context) link = &(*link)->next;
    *link = context->next;
    pthread_mutex_unlock(&wf__registry.lock);
    context->ops->context_synchronize(context, NULL);
    wf_extent_entry entry;
    while (wf__extents_remove_one(context, BY_ADDRESS, &entry)) {
        wf__ipc_forget(entry.lo);
        context->ops->memory_free(context, entry.kind, entry.lo, entry.hi - entry.lo, NULL);
    }
    while (wf__extents_remove_one(context, 1 << WF_MEMORY_KERNEL, &entry))
        wf_free((void *)(uintptr_t)entry.lo);
    wf_debug(WF_DEBUG_REFS, "context %p of %s ends", (void *)context, context->device->label);
    end_parts(context);
    free_context(context);
}

/* ---- references ----
 *
 * A program keeps its code loaded for the next launch, so the code refers to the context; without more, a
 * context would live as long as any program that once ran in it. */

static void (*_Atomic drop_kept)(wf_context *context);

void wf_context_on_last_use(void (*drop)(wf_context *context)) { atomic_store(&drop_kept, drop); }
void wf_context_lend(wf_context *context, int more) { atomic_fetch_add(&context->lent, more); }

/* Whoever gives back the last reference that is not lent holds on to it while the kept code goes. */
static int is_last_use(wf_context *context, long long references) {
    if (context->is_primary || references < 2 || references - 1 != atomic_load(&context->lent)) return 0;
    return atomic_load(&drop_kept) != NULL;
}

void wf_context_release(wf_context *context) {
    if (!context) return;
    long long references = atomic_load(&context->references);
    do {
        if (is_last_use(context, references)) {
            atomic_load (&drop_kept)(context);
            if (atomic_fetch_sub(&context->references, 1) == 1) destroy(context);
            return;
        }
    } while (!atomic_compare_exchange_weak(&context->references, &references, references - 1));
    if (references == 1) destroy(context);
}

uint64_t wf_context_number(const wf_context *context) { return context->number; }
wf_device *wf_context_device(const wf_context *context) { return context->device; }
wf_stream *wf_context_own_default_stream(wf_context *context) { return context->default_stream; }
wf_stream *wf_context_default_stream(wf_context *context) {
    wf_stream *captured = wf_capture_of_thread(context);
    return captured ? captured : context->default_stream;
}
uint64_t wf_context_handle(const wf_context *context) { return context->handle; }

wf_status wf_context_synchronize(wf_context *context, wf_error *err) {
    wf_stream *stream = context->default_stream;
    wf_trace_span span = {0, 0};
    if (wf_capture_of_thread(context))
        return wf__capture_refuse(wf_capture_of_thread(context), "waiting for the device", err);
    if (wf_trace_on()) span = wf_trace_open(WF_TRACE_WAIT, "wait for the device", stream, 0);
    wf_status status = context->ops->context_synchronize(context, err);
    wf_status stored = wf__context_take_failure(context, status ? NULL : err);
    if (span.id) wf_trace_close(span, stream);
    return status ? status : stored;
}

wf_status wf_context_enable_peer(wf_context *context, wf_context *peer, int enable, wf_error *err) {
    if (!context->ops->enable_peer || context->ops != peer->ops)
        return wf_fail(err, WF_UNSUPPORTED, "%s cannot reach the memory of %s", context->device->label,
                       peer->device->label);
    wf_status status = context->ops->enable_peer(context, peer, enable, err);
    if (status) return status;
    uint64_t bit = peer->device->ordinal < 64 ? (uint64_t)1 << peer->device->ordinal : 0;
    context->peers = enable ? context->peers | bit : context->peers & ~bit;
    return WF_OK;
}

/* ---- the stack ---- */

static _Thread_local wf_context *stack[STACK_MOST];
static _Thread_local unsigned depth;

wf_status wf_context_push(wf_context *context, wf_error *err) {
    if (depth == STACK_MOST)
        return wf_fail(err, WF_INVALID, "more than %d contexts on this thread's stack", STACK_MOST);
    stack[depth++] = wf_context_retain(context);
    return WF_OK;
}

wf_status wf_context_pop(wf_context **popped, wf_error *err) {
    if (!depth) return wf_fail(err, WF_INVALID, "the context stack of this thread is empty");
    wf_context *context = stack[--depth];
    if (popped) *popped = context;
    else wf_context_release(context);
    return WF_OK;
}

wf_context *wf_context_current(void) { return depth ? stack[depth - 1] : NULL; }
