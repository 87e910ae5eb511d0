/* runtime/copy.c: copies and fills: ranges are checked against the allocation table, then the stream's device
 * does it.
 *
 * A copy between devices of different kinds goes through the host's address space: a CPU device's memory is
 * host memory. Such a copy is done at once, whatever the flags say. */
#include "runtime/copy_watch.h"
#include "runtime/inner.h"
#include "runtime/trace.h"
#include <string.h>

/* Checks `size` bytes at a device address, as far as the table knows; *device gets whose they are (NULL:
 * unknown). */
static wf_status check(wf_stream *stream, wf_address at, uint64_t size, const char *what, wf_device **device,
                       wf_error *err) {
    wf_extent_entry entry;
    if (device) *device = NULL;
    if (!size) return WF_OK;
    int found = wf__extents_find(at, &entry) && at < entry.hi;
    if (!found && stream->context->device->kind == WF_DEVICE_CPU)
        return wf_fail(err, WF_INVALID,
                       "%s 0x%llx: no live allocation is there (freed, or not an address of a device?)", what,
                       (unsigned long long)at);
    if (!found) return WF_OK; /* another library's memory: the driver knows */
    if (size > entry.hi - at)
        return wf_fail(err, WF_INVALID,
                       "%s 0x%llx: %llu bytes, but only %llu are left of an allocation of %llu bytes", what,
                       (unsigned long long)at, (unsigned long long)size, (unsigned long long)(entry.hi - at),
                       (unsigned long long)(entry.hi - entry.lo));
    if (device) *device = entry.device;
    return wf__capture_use(stream, at, size, err);
}

/* In a capture: the node's entry, and whether the flags will do. Nobody sees a copy within devices happen, so
 * such a one need not be asynchronous in name. */
static wf_status note(wf_stream *stream, wf_graph_kind kind, uint64_t bytes, int at_host, uint32_t *flags,
                      wf_error *err) {
    wf_graph_node node = {.kind = kind, .bytes = bytes};
    if (__builtin_expect(!wf__capture(stream), 1)) return WF_OK;
    if (at_host && !(*flags & WF_COPY_ASYNC))
        return wf__capture_refuse(stream, "a copy from or to host memory that waits", err);
    *flags |= WF_COPY_ASYNC;
    return bytes ? wf__capture_note(stream, &node, err) : WF_OK;
}

/* The end of every call: without ASYNC it waits. The span, if there is one, covers the wait, which is not
 * logged by itself; on a GPU its time is that of the work alone. */
static wf_status finish(wf_stream *stream, uint32_t flags, wf_trace_span span, wf_status status,
                        wf_error *err) {
    if (span.id) wf_trace_queued(span, stream);
    if (!status && !(flags & WF_COPY_ASYNC)) status = wf__stream_synchronize(stream, err);
    if (span.id) wf_trace_close(span, stream);
    return status;
}

static wf_trace_span open_span(wf_trace_kind kind, const char *name, wf_stream *stream, uint64_t bytes) {
    return wf_trace_on() && bytes && !wf__capture(stream) ? wf_trace_open(kind, name, stream, bytes)
                                                          : (wf_trace_span){0, 0};
}

static wf_status run(wf_stream *stream, wf_copy *copy, uint32_t flags, wf_error *err) {
    wf_status status = note(stream, WF_GRAPH_COPY, copy->size, copy->from_host || copy->to_host, &flags, err);
    if (status) return status;
    wf_copy_notice notice;
    int watched = !(flags & WF_COPY_ASYNC) && wf__copy_watch_begin(copy, stream, &notice);
    wf_trace_kind kind = copy->from_host ? WF_TRACE_COPY_IN
                         : copy->to_host ? WF_TRACE_COPY_OUT
                                         : WF_TRACE_COPY_WITHIN;
    wf_trace_span span = open_span(kind, "copy", stream, copy->size);
    if (copy->size) status = stream->context->ops->copy(stream, copy, !(flags & WF_COPY_ASYNC), err);
    status = finish(stream, flags, span, status, err);
    if (watched) wf__copy_watch_end(&notice);
    return status;
}

wf_status wf_copy_to_device(wf_stream *stream, wf_address to, const void *from, size_t size, uint32_t flags,
                            wf_error *err) {
    wf_copy copy = {.to = to, .from = (uintptr_t)from, .from_host = 1, .size = size};
    wf_status status = check(stream, to, size, "copy to", &copy.to_device, err);
    return status ? status : run(stream, &copy, flags, err);
}

wf_status wf_copy_to_host(wf_stream *stream, void *to, wf_address from, size_t size, uint32_t flags,
                          wf_error *err) {
    wf_copy copy = {.to = (uintptr_t)to, .to_host = 1, .from = from, .size = size};
    wf_status status = check(stream, from, size, "copy from", &copy.from_device, err);
    return status ? status : run(stream, &copy, flags, err);
}

/* One end on a GPU, the other on a CPU device; the stream belongs to either. */
static wf_status between_kinds(wf_stream *stream, const wf_copy *copy, wf_error *err) {
    int to_cpu = copy->to_device && copy->to_device->kind == WF_DEVICE_CPU;
    wf_device *far = to_cpu ? copy->from_device : copy->to_device;
    wf_context *context = NULL;
    wf_stream *through = stream;
    wf_status status = wf__capture_refuse(stream, "a copy between a GPU and a CPU device", err);
    if (status) return status;
    if (stream->context->device->kind ==
        WF_DEVICE_CPU) { /* wait here, then use the GPU's own default stream */
        status = wf_stream_synchronize(stream, err);
        if (!status) status = wf_context_primary(far, &context, err);
        if (status) return status;
        through = wf_context_default_stream(context);
    }
    status = to_cpu ? wf_copy_to_host(through, (void *)(uintptr_t)copy->to, copy->from, copy->size, 0, err)
                    : wf_copy_to_device(through, copy->to, (void *)(uintptr_t)copy->from, copy->size, 0, err);
    wf_context_release(context);
    return status;
}

wf_status wf_copy_on_device(wf_stream *stream, wf_address to, wf_address from, size_t size, uint32_t flags,
                            wf_error *err) {
    wf_copy copy = {.to = to, .from = from, .size = size};
    wf_status status = check(stream, to, size, "copy to", &copy.to_device, err);
    if (!status) status = check(stream, from, size, "copy from", &copy.from_device, err);
    if (status) return status;
    if (size && copy.to_device && copy.from_device && copy.to_device->kind != copy.from_device->kind)
        return between_kinds(stream, &copy, err);
    return run(stream, &copy, flags, err);
}

/* ---- strided ---- */

static wf_status normalise(wf_stream *stream, wf_copy_end *end, size_t width, size_t rows, size_t slices,
                           const char *what, wf_error *err) {
    if (!end->pitch) end->pitch = width;
    if (!end->slice) end->slice = end->pitch * rows;
    if (end->pitch < width)
        return wf_fail(err, WF_INVALID, "%s: rows of %zu bytes at a pitch of %llu", what, width,
                       (unsigned long long)end->pitch);
    if (slices > 1 && (end->slice % end->pitch || end->slice / end->pitch < rows))
        return wf_fail(err, WF_INVALID, "%s: slices of %llu bytes do not hold %zu rows at a pitch of %llu",
                       what, (unsigned long long)end->slice, rows, (unsigned long long)end->pitch);
    if (!width || !rows || !slices || !end->on_device) return WF_OK;
    uint64_t last;
    if (__builtin_mul_overflow(end->slice, slices - 1, &last) || last > UINT64_MAX / 2 ||
        end->pitch > UINT64_MAX / 4 / rows)
        return wf_fail(err, WF_INVALID, "%s: the sizes are more than an address can hold", what);
    return check(stream, end->base, last + end->pitch * (rows - 1) + width, what, NULL, err);
}

wf_status wf_copy_strided(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from, size_t width,
                          size_t rows, size_t slices, uint32_t flags, wf_error *err) {
    wf_copy_end ends[2] = {*to, *from};
    wf_status status = normalise(stream, &ends[0], width, rows, slices, "copy to", err);
    if (!status) status = normalise(stream, &ends[1], width, rows, slices, "copy from", err);
    if (!status)
        status = note(stream, WF_GRAPH_COPY, (uint64_t)width * rows * slices,
                      !to->on_device || !from->on_device, &flags, err);
    if (status) return status;
    wf_trace_kind kind = !from->on_device ? WF_TRACE_COPY_IN
                         : !to->on_device ? WF_TRACE_COPY_OUT
                                          : WF_TRACE_COPY_WITHIN;
    wf_trace_span span = open_span(kind, "strided copy", stream, (uint64_t)width * rows * slices);
    if (width && rows && slices)
        status = stream->context->ops->copy_strided(stream, &ends[0], &ends[1], width, rows, slices,
                                                    !(flags & WF_COPY_ASYNC), err);
    return finish(stream, flags, span, status, err);
}

/* ---- fills ---- */

static wf_status fill(wf_stream *stream, const wf_fill *ask, uint32_t flags, wf_error *err) {
    uint64_t size = 0;
    if (ask->item != 1 && ask->item != 2 && ask->item != 4)
        return wf_fail(err, WF_INVALID, "a fill writes items of 1, 2 or 4 bytes, not %u", ask->item);
    if (ask->to % ask->item)
        return wf_fail(err, WF_INVALID, "a fill of %u-byte items needs an address that is a multiple of it",
                       ask->item);
    if (ask->columns > SIZE_MAX / 4 / ask->item)
        return wf_fail(err, WF_INVALID, "a fill of %zu items is too long", ask->columns);
    size_t row = ask->columns * ask->item;
    if (ask->rows > 1 && (ask->pitch < row || ask->pitch > UINT64_MAX / 4 / ask->rows))
        return wf_fail(err, WF_INVALID, "fill: %zu rows of %zu bytes at a pitch of %zu", ask->rows, row,
                       ask->pitch);
    if (row && ask->rows) size = ask->pitch * (ask->rows - 1) + row;
    wf_status status = check(stream, ask->to, size, "fill at", NULL, err);
    if (!status) status = note(stream, WF_GRAPH_FILL, row * ask->rows, 0, &flags, err);
    if (status) return status;
    wf_trace_span span = open_span(WF_TRACE_FILL, "fill", stream, row * ask->rows);
    if (size) status = stream->context->ops->fill(stream, ask, !(flags & WF_COPY_ASYNC), err);
    return finish(stream, flags, span, status, err);
}

wf_status wf_memory_fill(wf_stream *stream, wf_address to, uint32_t value, uint32_t item, size_t count,
                         uint32_t flags, wf_error *err) {
    wf_fill ask = {to, value, item, count, 1, 0};
    return fill(stream, &ask, flags, err);
}

wf_status wf_memory_fill_2d(wf_stream *stream, wf_address to, size_t pitch, uint32_t value, uint32_t item,
                            size_t columns, size_t rows, uint32_t flags, wf_error *err) {
    wf_fill ask = {to, value, item, columns, rows, pitch ? pitch : columns * item};
    return fill(stream, &ask, flags, err);
}
