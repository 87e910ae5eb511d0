/* runtime/cuda_stream.c: streams, events and waiting on a GPU.
 *
 * The driver's waits cannot be interrupted. So that Ctrl-C works, a wait asks in turn: it spins on the query
 * for some milliseconds, as the driver's own wait would, then naps for a hundredth of the time waited so far.
 * The kernel itself cannot be stopped: the error says that it still runs. */
#include "base/system.h"
#include "runtime/cuda.h"
#include <time.h>

enum { SPIN_MS = 20, POLL_MS = 50, LONGEST_NAP_US = 1000 };

typedef CUresult (*query)(void *handle);
static CUresult query_stream(void *handle) { return wf_cuda.cuStreamQuery(handle); }
static CUresult query_event(void *handle) { return wf_cuda.cuEventQuery(handle); }

static void nap(uint64_t waited) {
    uint64_t ns = waited / 100;
    if (ns > LONGEST_NAP_US * 1000) ns = LONGEST_NAP_US * 1000;
    struct timespec pause = {0, (long)ns};
    nanosleep(&pause, NULL);
}

/* Until the query stops saying "not ready". Called with the context current. */
static wf_status wait_for(wf_context *context, query ask, void *handle, const char *what, wf_error *err) {
    uint64_t begin = 0, polled = 0, interrupts = wf_interrupts();
    for (;;) {
        CUresult result = ask(handle);
        if (result != CU_NOT_READY) return wf_cuda_check(result, what, context, err);
        uint64_t now = wf_time_ns();
        if (!begin) begin = polled = now;
        if (now - polled > POLL_MS * 1000000ull || wf_interrupts() != interrupts) {
            polled = now;
            if (wf__poll() || wf_interrupts() != interrupts)
                return wf_fail(err, WF_INTERRUPT,
                               "interrupted while waiting for %s; work that was started still runs there",
                               context->device->label);
        }
        if (now - begin > SPIN_MS * 1000000ull) nap(now - begin);
    }
}

/* ---- streams ---- */

wf_status wf_cuda_stream_open(wf_stream *stream, int priority, wf_error *err) {
    wf_cuda_scope scope;
    if (stream->is_default) return WF_OK; /* handle 0: the legacy default stream */
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    CUstream made = NULL;
    status = CU(stream->context, err, cuStreamCreateWithPriority,
                (&made, stream->flags & WF_STREAM_NONBLOCKING, priority));
    wf_cuda_leave(&scope);
    stream->handle = (uintptr_t)made;
    return status;
}

void wf_cuda_stream_close(wf_stream *stream) {
    wf_cuda_scope scope;
    wf_cuda_forget(stream->context, stream); /* its address may come again */
    if (!stream->is_default && !stream->is_wrapped && !wf_cuda_enter(stream->context, &scope, NULL)) {
        CU(stream->context, NULL, cuStreamDestroy_v2, (wf_cuda_stream(stream)));
        wf_cuda_leave(&scope);
    }
    wf__stream_free(stream);
}

wf_status wf_cuda_stream_wrap(wf_stream *stream, uint64_t handle, wf_error *err) {
    stream->handle = handle;
    return wf_cuda_usable(err);
}

wf_status wf_cuda_stream_query(wf_stream *stream, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = CU(stream->context, err, cuStreamQuery, (wf_cuda_stream(stream)));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_stream_synchronize(wf_stream *stream, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = wait_for(stream->context, query_stream, wf_cuda_stream(stream), "cuStreamQuery", err);
    wf_cuda_leave(&scope);
    if (!status) wf_cuda_forget(stream->context, stream);
    return status;
}

wf_status wf_cuda_stream_wait_event(wf_stream *stream, wf_event *event, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = CU(stream->context, err, cuStreamWaitEvent,
                (wf_cuda_stream(stream), (CUevent)(uintptr_t)event->handle, 0));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_stream_callback(wf_stream *stream, void (*call)(void *), void *user, wf_error *err) {
    wf_cuda_scope scope;
    if (!wf_cuda.cuLaunchHostFunc)
        return wf_fail(err, WF_UNSUPPORTED, "this driver has no host calls in streams");
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = CU(stream->context, err, cuLaunchHostFunc, (wf_cuda_stream(stream), call, user));
    wf_cuda_leave(&scope);
    return status;
}

/* In place of cuCtxSynchronize, which the driver refuses while a stream is being captured. Newer streams come
 * first in the list: one that is made meanwhile need not be waited for. */
static wf_status each_stream(wf_context *context, wf_error *err) {
    wf_status status = WF_OK;
    for (uint32_t at = 0, more = 1; more && !status; at++) {
        wf_stream *found = NULL;
        pthread_mutex_lock(&context->lock);
        wf_stream *stream = context->streams;
        for (uint32_t i = 0; stream && i < at; i++) stream = stream->next_stream;
        more = stream != NULL;
        if (more && !wf__capture(stream) && wf__stream_try_retain(stream)) found = stream;
        pthread_mutex_unlock(&context->lock);
        if (found) status = wait_for(context, query_stream, wf_cuda_stream(found), "cuStreamQuery", err);
        wf_stream_release(found);
    }
    return status;
}

/* The legacy default stream stands for all but non-blocking streams: what is left after it is short, as a
 * rule. */
wf_status wf_cuda_context_synchronize(wf_context *context, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = wait_for(context, query_stream, NULL, "cuStreamQuery", err);
    if (!status)
        status = atomic_load(&context->captures) ? each_stream(context, err)
                                                 : CU(context, err, cuCtxSynchronize, ());
    wf_cuda_leave(&scope);
    if (!status) wf_cuda_forget(context, NULL);
    return status;
}

/* ---- events ---- */

wf_status wf_cuda_event_open(wf_event *event, wf_error *err) {
    wf_cuda_scope scope;
    CUevent made = NULL;
    wf_status status = wf_cuda_enter(event->context, &scope, err);
    if (status) return status;
    status = CU(event->context, err, cuEventCreate, (&made, event->flags));
    wf_cuda_leave(&scope);
    event->handle = (uintptr_t)made;
    return status;
}

void wf_cuda_event_close(wf_event *event) {
    wf_cuda_scope scope;
    if (wf_cuda_enter(event->context, &scope, NULL)) return;
    CU(event->context, NULL, cuEventDestroy_v2, ((CUevent)(uintptr_t)event->handle));
    wf_cuda_leave(&scope);
}

wf_status wf_cuda_event_record(wf_event *event, wf_stream *stream, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status =
        CU(stream->context, err, cuEventRecord, ((CUevent)(uintptr_t)event->handle, wf_cuda_stream(stream)));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_event_query(wf_event *event, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(event->context, &scope, err);
    if (status) return status;
    status = CU(event->context, err, cuEventQuery, ((CUevent)(uintptr_t)event->handle));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_event_synchronize(wf_event *event, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(event->context, &scope, err);
    if (status) return status;
    status = wait_for(event->context, query_event, (void *)(uintptr_t)event->handle, "cuEventQuery", err);
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_event_elapsed(wf_event *start, wf_event *end, double *ms, wf_error *err) {
    wf_cuda_scope scope;
    float value = 0;
    wf_status status = wf_cuda_enter(start->context, &scope, err);
    if (status) return status;
    status = CU(start->context, err, cuEventElapsedTime,
                (&value, (CUevent)(uintptr_t)start->handle, (CUevent)(uintptr_t)end->handle));
    wf_cuda_leave(&scope);
    *ms = value;
    return status;
}
