/* runtime/stream.c: streams and events as every device has them, and what kernels leave behind on a stream.
 *
 * A kernel's trap or a worker's failure happens after the call that started it has returned. It is kept on
 * the stream (the first one; reports in a small ring) and comes back from the next call that waits: for the
 * stream, an event on it, its context, or a copy that does not return early. */
#include "runtime/inner.h"
#include "runtime/ipc.h"
#include "runtime/trace.h"
#include "base/memory.h"
#include <string.h>

/* ---- making and ending ---- */

wf_status wf__stream_make(wf_context *context, uint32_t flags, int priority, int is_default, wf_stream **made,
                          wf_error *err) {
    wf_stream *stream = wf__object_new(context->ops->stream_bytes, "stream", err);
    if (!stream) return WF_NOMEM;
    atomic_init(&stream->references, 1);
    stream->context = context;
    stream->flags = flags;
    stream->is_default = is_default;
    pthread_mutex_init(&stream->notes_lock, NULL);
    wf_status status = context->ops->stream_open(stream, priority, err);
    if (status) {
        wf__stream_free(stream);
        return status;
    }
    *made = stream;
    return WF_OK;
}

void wf__stream_clear_notes(wf_stream *stream) {
    wf_launch_report report;
    while (wf_stream_take_report(stream, &report)) wf_function_release(report.function);
    wf__stream_take_failure(stream, NULL);
}

void wf__stream_free(wf_stream *stream) {
    if (stream->report_count || stream->failure) wf__stream_clear_notes(stream);
    pthread_mutex_destroy(&stream->notes_lock);
    wf_free(stream);
}

void wf__stream_unmake_default(wf_stream *stream) { stream->context->ops->stream_close(stream); }

static void enlist(wf_stream *stream) {
    wf_context *context = wf_context_retain(stream->context);
    pthread_mutex_lock(&context->lock);
    stream->next_stream = context->streams;
    context->streams = stream;
    atomic_fetch_add(&context->stream_count, 1);
    pthread_mutex_unlock(&context->lock);
}

wf_status wf_stream_create(wf_context *context, uint32_t flags, int priority, wf_stream **stream,
                           wf_error *err) {
    wf_status status = wf__stream_make(context, flags, priority, 0, stream, err);
    if (!status) enlist(*stream);
    return status;
}

wf_status wf_stream_wrap(wf_context *context, uint64_t handle, wf_stream **made, wf_error *err) {
    if (!handle) {
        *made = wf_stream_retain(context->default_stream);
        return WF_OK;
    }
    if (!context->ops->stream_wrap)
        return wf_fail(err, WF_UNSUPPORTED, "%s has no streams of other libraries", context->device->label);
    wf_stream *stream = wf__object_new(context->ops->stream_bytes, "stream", err);
    if (!stream) return WF_NOMEM;
    atomic_init(&stream->references, 1);
    stream->context = context;
    stream->is_wrapped = 1;
    pthread_mutex_init(&stream->notes_lock, NULL);
    wf_status status = context->ops->stream_wrap(stream, handle, err);
    if (status) {
        wf__stream_free(stream);
        return status;
    }
    enlist(stream);
    *made = stream;
    return WF_OK;
}

wf_stream *wf_stream_retain(wf_stream *stream) {
    if (!stream) return NULL;
    if (stream->is_default) wf_context_retain(stream->context);
    else atomic_fetch_add_explicit(&stream->references, 1, memory_order_relaxed);
    return stream;
}

int wf__stream_try_retain(wf_stream *stream) {
    if (stream->is_default) return wf_context_retain(stream->context) != NULL;
    long long count = atomic_load(&stream->references);
    while (count > 0)
        if (atomic_compare_exchange_weak(&stream->references, &count, count + 1)) return 1;
    return 0;
}

static void destroy(wf_stream *stream) {
    wf_context *context = stream->context;
    if (context->ops->stream_linger && context->ops->stream_linger(stream)) return;
    if (stream->heap_bins) wf__heap_stream_ends(context->heap, stream);
    pthread_mutex_lock(&context->lock);
    wf_stream **link = &context->streams;
    while (*link != stream) link = &(*link)->next_stream;
    *link = stream->next_stream;
    atomic_fetch_sub(&context->stream_count, 1);
    pthread_mutex_unlock(&context->lock);
    context->ops->stream_close(stream);
    wf_context_release(context);
}

void wf_stream_release(wf_stream *stream) {
    if (!stream) return;
    if (stream->is_default) {
        wf_context_release(stream->context);
        return;
    }
    int captured =
        wf__capture(stream) && wf__capture_is_ours(stream); /* asked while the stream is ours too */
    long long before = atomic_fetch_sub_explicit(&stream->references, 1, memory_order_acq_rel);
    if (before == 1) destroy(stream);
    else if (before == 2 && captured) wf_stream_end_capture(stream, NULL, NULL); /* nobody else can end it */
}

wf_context *wf_stream_context(const wf_stream *stream) { return stream->context; }
uint64_t wf_stream_handle(const wf_stream *stream) { return stream->handle; }
int wf_stream_is_default(const wf_stream *stream) { return stream->is_default; }

/* ---- what is kept until someone waits ---- */

static void hint(wf_stream *stream) { atomic_fetch_add(&stream->context->failures, 1); }

void wf__stream_fail(wf_stream *stream, const wf_error *failure) {
    pthread_mutex_lock(&stream->notes_lock);
    if (!stream->failure && (stream->failure = wf_malloc(sizeof *failure))) {
        *stream->failure = *failure;
        hint(stream);
    }
    pthread_mutex_unlock(&stream->notes_lock);
}

wf_status wf__stream_take_failure(wf_stream *stream, wf_error *err) {
    if (!atomic_load_explicit(&stream->context->failures, memory_order_acquire)) return WF_OK;
    pthread_mutex_lock(&stream->notes_lock);
    wf_error *failure = stream->failure;
    stream->failure = NULL;
    pthread_mutex_unlock(&stream->notes_lock);
    if (!failure) return WF_OK;
    atomic_fetch_sub(&stream->context->failures, 1);
    wf_status status = failure->status;
    if (err) *err = *failure;
    wf_free(failure);
    return status;
}

wf_status wf__context_take_failure(wf_context *context, wf_error *err) {
    if (!atomic_load_explicit(&context->failures, memory_order_acquire)) return WF_OK;
    wf_status first = wf__stream_take_failure(context->default_stream, err);
    pthread_mutex_lock(&context->lock);
    for (wf_stream *stream = context->streams; stream; stream = stream->next_stream) {
        wf_status status = wf__stream_take_failure(stream, first ? NULL : err);
        if (!first) first = status;
    }
    pthread_mutex_unlock(&context->lock);
    return first;
}

void wf_stream_report(wf_stream *stream, const wf_launch_report *report) {
    int kept = 0;
    pthread_mutex_lock(&stream->notes_lock);
    uint32_t count = atomic_load(&stream->report_count);
    if (count < REPORTS_KEPT) {
        stream->reports[(stream->first_report + count) % REPORTS_KEPT] = *report;
        atomic_store(&stream->report_count, count + 1);
        hint(stream);
        kept = 1;
    }
    pthread_mutex_unlock(&stream->notes_lock);
    if (!kept) wf_function_release(report->function);
}

int wf_stream_take_report(wf_stream *stream, wf_launch_report *report) {
    if (!atomic_load_explicit(&stream->report_count, memory_order_relaxed)) return 0;
    pthread_mutex_lock(&stream->notes_lock);
    uint32_t count = atomic_load(&stream->report_count);
    if (count) {
        *report = stream->reports[stream->first_report];
        stream->first_report = (stream->first_report + 1) % REPORTS_KEPT;
        atomic_store(&stream->report_count, count - 1);
        atomic_fetch_sub(&stream->context->failures, 1);
    }
    pthread_mutex_unlock(&stream->notes_lock);
    return count != 0;
}

int wf_context_take_report(wf_context *context, wf_launch_report *report) {
    if (!atomic_load_explicit(&context->failures, memory_order_acquire)) return 0;
    if (wf_stream_take_report(context->default_stream, report)) return 1;
    int found = 0;
    pthread_mutex_lock(&context->lock);
    for (wf_stream *stream = context->streams; stream && !found; stream = stream->next_stream)
        found = wf_stream_take_report(stream, report);
    pthread_mutex_unlock(&context->lock);
    return found;
}

/* ---- streams ---- */

wf_status wf_stream_query(wf_stream *stream, wf_error *err) {
    wf_status status = wf__capture_refuse(stream, "asking whether a stream is done", err);
    if (!status) status = stream->context->ops->stream_query(stream, err);
    return status ? status : wf__stream_take_failure(stream, err);
}

wf_status wf__stream_synchronize(wf_stream *stream, wf_error *err) {
    wf_status status = wf__capture_refuse(stream, "waiting for a stream", err);
    if (!status) status = stream->context->ops->stream_synchronize(stream, err);
    return status ? status : wf__stream_take_failure(stream, err);
}

wf_status wf_stream_synchronize(wf_stream *stream, wf_error *err) {
    if (!wf_trace_on() || wf__capture(stream)) return wf__stream_synchronize(stream, err);
    wf_trace_span span = wf_trace_open(WF_TRACE_WAIT, "wait for a stream", stream, 0);
    wf_status status = wf__stream_synchronize(stream, err);
    wf_trace_close(span, stream);
    return status;
}

wf_status wf_stream_wait_event(wf_stream *stream, wf_event *event, wf_error *err) {
    /* Kinds have different queues: then the caller waits in the stream's stead. */
    if (stream->context->ops != event->context->ops) return wf_event_synchronize(event, err);
    if (wf__capture(stream) || atomic_load_explicit(&event->capture, memory_order_acquire))
        return wf__capture_wait(stream, event, err);
    return stream->context->ops->stream_wait_event(stream, event, err);
}

wf_status wf_stream_add_callback(wf_stream *stream, void (*call)(void *), void *user, wf_error *err) {
    wf_graph_node node = {.kind = WF_GRAPH_CALL};
    wf_status status = wf__capture_note(stream, &node, err);
    return status ? status : stream->context->ops->stream_callback(stream, call, user, err);
}

/* ---- events ---- */

wf_status wf_event_create(wf_context *context, uint32_t flags, wf_event **made, wf_error *err) {
    if (flags & WF_EVENT_INTERPROCESS && !(flags & WF_EVENT_NO_TIMING))
        return wf_fail(err, WF_INVALID,
                       "an event for several processes takes no time: add the flag DISABLE_TIMING (2)");
    wf_event *event = wf__object_new(context->ops->event_bytes, "event", err);
    if (!event) return WF_NOMEM;
    atomic_init(&event->references, 1);
    event->context = context;
    event->flags = flags;
    wf_status status = context->ops->event_open(event, err);
    if (status) {
        wf_free(event);
        return status;
    }
    wf_context_retain(context);
    *made = event;
    return WF_OK;
}

wf_status wf_ipc_export_event(wf_event *event, wf_ipc_handle *handle, wf_error *err) {
    const wf_device_ops *ops = event->context->ops;
    if (!(event->flags & WF_EVENT_INTERPROCESS))
        return wf_fail(err, WF_INVALID,
                       "this event was made for one process: flags INTERPROCESS and DISABLE_TIMING (6) give "
                       "one for several");
    if (!ops->event_export)
        return wf_fail(err, WF_UNSUPPORTED, "%s shares no events with other processes",
                       event->context->device->label);
    return ops->event_export(event, handle->bytes, err);
}

wf_status wf_ipc_open_event(wf_context *context, const wf_ipc_handle *handle, wf_event **made,
                            wf_error *err) {
    if (!context->ops->event_import)
        return wf_fail(err, WF_UNSUPPORTED, "%s shares no events with other processes",
                       context->device->label);
    wf_event *event = wf__object_new(context->ops->event_bytes, "event", err);
    if (!event) return WF_NOMEM;
    atomic_init(&event->references, 1);
    event->context = context;
    event->flags = WF_EVENT_INTERPROCESS | WF_EVENT_NO_TIMING;
    wf_status status = context->ops->event_import(event, handle->bytes, err);
    if (status) {
        wf_free(event);
        return status;
    }
    wf_context_retain(context);
    *made = event;
    return WF_OK;
}

wf_event *wf_event_retain(wf_event *event) {
    if (event) atomic_fetch_add_explicit(&event->references, 1, memory_order_relaxed);
    return event;
}

void wf_event_release(wf_event *event) {
    if (!event || atomic_fetch_sub_explicit(&event->references, 1, memory_order_acq_rel) != 1) return;
    if (event->capture) wf__capture_forget(event);
    wf_context *context = event->context;
    context->ops->event_close(event);
    wf_free(event);
    wf_context_release(context);
}

wf_status wf_event_record(wf_event *event, wf_stream *stream, wf_error *err) {
    if (event->context->ops != stream->context->ops)
        return wf_fail(err, WF_INVALID, "an event of %s cannot be recorded on a stream of %s",
                       event->context->device->label, stream->context->device->label);
    if (wf__capture(stream)) return wf__capture_record(event, stream, err);
    if (event->capture) wf__capture_forget(event);
    return event->context->ops->event_record(event, stream, err);
}

static wf_status in_time(const wf_event *event, wf_error *err) {
    if (__builtin_expect(!atomic_load_explicit(&event->capture, memory_order_acquire), 1)) return WF_OK;
    return wf_fail(err, WF_INVALID,
                   "the event was recorded in a capture: it marks a place in the graph, not a moment");
}

wf_status wf_event_query(wf_event *event, wf_error *err) {
    wf_status status = in_time(event, err);
    return status ? status : event->context->ops->event_query(event, err);
}
wf_status wf__event_synchronize(wf_event *event, wf_error *err) {
    wf_status status = in_time(event, err);
    return status ? status : event->context->ops->event_synchronize(event, err);
}

wf_status wf_event_synchronize(wf_event *event, wf_error *err) {
    if (!wf_trace_on()) return wf__event_synchronize(event, err);
    wf_stream *stream = event->context->default_stream;
    wf_trace_span span = wf_trace_open(WF_TRACE_WAIT, "wait for an event", stream, 0);
    wf_status status = wf__event_synchronize(event, err);
    wf_trace_close(span, stream);
    return status;
}

wf_status wf_event_elapsed(wf_event *start, wf_event *end, double *ms, wf_error *err) {
    if (start->context->ops != end->context->ops)
        return wf_fail(err, WF_INVALID, "events of different kinds of devices have no common clock");
    if ((start->flags | end->flags) & WF_EVENT_NO_TIMING)
        return wf_fail(err, WF_INVALID, "an event made without timing has no time");
    wf_status status = in_time(start, err);
    if (!status) status = in_time(end, err);
    return status ? status : start->context->ops->event_elapsed(start, end, ms, err);
}

uint64_t wf_event_handle(const wf_event *event) { return event->handle; }
