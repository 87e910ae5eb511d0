/* runtime/memory.c: memory by address: mem_alloc and its kin, pinned, managed and registered memory.
 *
 * A free by address is checked against the table of live allocations before the device hears of it, so a
 * second free or a wrong address is an error with words on every device. */
#include "base/memory.h"
#include "runtime/inner.h"
#include <string.h>

enum { BY_ADDRESS = 1 << WF_MEMORY_DEVICE | 1 << WF_MEMORY_PINNED | 1 << WF_MEMORY_MANAGED };
enum { REGISTERED = 1 << 16 }; /* in wf_extent_entry.flags: pinned by wf_memory_register, not allocated */

void wf__memory_shortage(wf_context *context, size_t size, wf_error *err) {
    if (!err) return;
    wf_memory_stats stats = {0};
    uint64_t free_bytes = 0, total = 0;
    char reason[512];
    wf_memory_stats_of(context, &stats, NULL);
    int known = !context->ops->device_memory(context->device, &free_bytes, &total, NULL);
    strncpy(reason, err->message, sizeof reason - 1);
    reason[sizeof reason - 1] = 0;
    int code = err->code;
    wf_fail_code(err, WF_NOMEM, code,
                 "out of memory on %s: %zu bytes (%.1f MiB) were asked for; weft holds %.1f MiB in use and "
                 "%.1f MiB in its "
                 "pool%s%.1f of %.1f MiB of the device are free (%s)",
                 context->device->label, size, (double)size / 1048576, (double)stats.in_use / 1048576,
                 (double)stats.pooled / 1048576, known ? "; " : "; unknown: ", (double)free_bytes / 1048576,
                 (double)total / 1048576, reason);
}

wf_status wf__memory_take(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                          wf_address *address, wf_error *err) {
    wf_error local;
    if (!err) err = &local;
    wf_status status = context->ops->memory_alloc(context, kind, flags, size, address, err);
    if (status != WF_NOMEM) return status;
    wf_debug(WF_DEBUG_MEMORY, "%s: no room for %zu bytes; emptying the pool", context->device->label, size);
    if (context->heap) wf__heap_flush_for_shortage(context->heap);
    status = context->ops->memory_alloc(context, kind, flags, size, address, err);
    if (status == WF_NOMEM) wf__memory_shortage(context, size, err);
    return status;
}

wf_status wf_memory_alloc(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                          wf_address *address, wf_error *err) {
    if (!(BY_ADDRESS >> kind & 1))
        return wf_fail(err, WF_INVALID, "memory of this kind is not allocated by address");
    wf_address at;
    wf_status status = wf__memory_take(context, kind, flags, size, &at, err);
    if (status) return status;
    wf_extent_entry entry = {at, at + size, context->device, context, kind, flags & ~(uint32_t)REGISTERED};
    status = wf__extents_add(&entry, err);
    if (status) {
        context->ops->memory_free(context, kind, at, size, NULL);
        return status;
    }
    wf__heap_count(context->heap, (int64_t)size);
    wf_debug(WF_DEBUG_MEMORY, "%s: %zu bytes at 0x%llx", context->device->label, size,
             (unsigned long long)at);
    *address = at;
    return WF_OK;
}

wf_status wf_memory_alloc_pitched(wf_context *context, size_t width, size_t height, size_t element,
                                  wf_address *address, size_t *pitch, wf_error *err) {
    (void)element; /* the driver's pitches are multiples of 512 for every element size; so are ours */
    if (width > SIZE_MAX - 511) return wf_fail(err, WF_INVALID, "rows of %zu bytes are too long", width);
    size_t row = (width + 511) & ~(size_t)511;
    if (height && row > SIZE_MAX / 2 / height)
        return wf_fail(err, WF_NOMEM, "%zu rows of %zu bytes are more than an address can hold", height, row);
    wf_status status = wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, row * height, address, err);
    if (!status) *pitch = row;
    return status;
}

static wf_status refuse_free(wf_address address, wf_error *err) {
    wf_extent_entry entry;
    unsigned long long at = address;
    if (!wf__extents_find(address, &entry) || address == entry.hi)
        return wf_fail(err, WF_INVALID,
                       "free of 0x%llx: no live allocation begins there (was it freed before?)", at);
    if (entry.lo != address)
        return wf_fail(err, WF_INVALID,
                       "free of 0x%llx: the address lies %llu bytes inside an allocation of %llu bytes", at,
                       (unsigned long long)(address - entry.lo), (unsigned long long)(entry.hi - entry.lo));
    return wf_fail(err, WF_INVALID, "free of 0x%llx: this memory belongs to %s and is not freed by address",
                   at,
                   entry.kind == WF_MEMORY_POOLED   ? "an array"
                   : entry.kind == WF_MEMORY_GLOBAL ? "a module"
                   : entry.kind == WF_MEMORY_KERNEL ? "a kernel"
                                                    : "its owner");
}

wf_status wf_memory_free(wf_address address, wf_error *err) {
    wf_extent_entry entry;
    if (!address) return WF_OK;
    /* Looked at before it is taken out: putting it back could fail. */
    if (wf__extents_find(address, &entry) && entry.lo == address && (entry.flags & REGISTERED))
        return wf_fail(err, WF_INVALID, "free of 0x%llx: this memory was registered, not allocated",
                       (unsigned long long)address);
    if (!wf__extents_remove(address, BY_ADDRESS, &entry)) return refuse_free(address, err);
    size_t size = entry.hi - entry.lo;
    wf__heap_count(entry.context->heap, -(int64_t)size);
    wf_debug(WF_DEBUG_MEMORY, "%s: free of %zu bytes at 0x%llx", entry.device->label, size,
             (unsigned long long)address);
    entry.context->ops->context_synchronize(entry.context, NULL); /* queued work may still use it */
    wf__ipc_forget(address);
    return entry.context->ops->memory_free(entry.context, entry.kind, address, size, err);
}

wf_status wf_memory_register(wf_context *context, void *host, size_t size, uint32_t flags, wf_error *err) {
    wf_extent_entry entry = {(uintptr_t)host, (uintptr_t)host + size, context->device,
                             context,         WF_MEMORY_PINNED,       flags | REGISTERED};
    if (size > UINTPTR_MAX - (uintptr_t)host)
        return wf_fail(err, WF_INVALID, "%zu bytes at %p are more than an address can hold", size, host);
    wf_status status = wf__extents_add(&entry, NULL);
    if (status == WF_NOMEM) return wf_fail(err, status, "out of host memory for the allocation table");
    if (status)
        return wf_fail(err, WF_INVALID,
                       "the %zu bytes at %p overlap memory that is registered or allocated already", size,
                       host);
    if (context->ops->memory_register)
        status = context->ops->memory_register(context, host, size, flags, err);
    if (status) wf__extents_remove((uintptr_t)host, 1 << WF_MEMORY_PINNED, NULL);
    return status;
}

wf_status wf_memory_unregister(void *host, wf_error *err) {
    wf_extent_entry entry;
    int found = wf__extents_find((uintptr_t)host, &entry) && entry.lo == (uintptr_t)host &&
                (entry.flags & REGISTERED);
    if (!found || !wf__extents_remove((uintptr_t)host, 1 << WF_MEMORY_PINNED, &entry))
        return wf_fail(err, WF_INVALID, "no registered memory begins at %p", host);
    if (!entry.context->ops->memory_unregister) return WF_OK;
    return entry.context->ops->memory_unregister(entry.context, host, err);
}

wf_status wf_memory_device_address(void *pinned, wf_address *address, wf_error *err) {
    wf_extent_entry entry;
    if (!wf__extents_find((uintptr_t)pinned, &entry) ||
        (entry.kind != WF_MEMORY_PINNED && entry.kind != WF_MEMORY_MANAGED))
        return wf_fail(err, WF_INVALID, "%p is not in pinned memory", pinned);
    if (entry.context->ops->device_address)
        return entry.context->ops->device_address(entry.context, pinned, address, err);
    *address = (uintptr_t)pinned;
    return WF_OK;
}
