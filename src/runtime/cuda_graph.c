/* runtime/cuda_graph.c: graphs on a GPU: the driver's own capture.
 *
 * A stream of the user's is not captured itself: while it is in a capture, work goes to a stream of ours in
 * its place. That one is non-blocking, so the legacy default stream stays usable meanwhile (the allocator
 * works on it), and the capture is relaxed: other threads, and this one, may allocate and load modules. */
#include "runtime/cuda.h"

enum { NON_BLOCKING = 1, RELAXED = 2 };

static wf_status need(wf_error *err) {
    if (wf_cuda.cuStreamBeginCapture_v2 && wf_cuda.cuStreamEndCapture && wf_cuda.cuGraphLaunch &&
        wf_cuda.cuGraphDestroy && wf_cuda.cuGraphExecDestroy &&
        (wf_cuda.cuGraphInstantiateWithFlags || wf_cuda.cuGraphInstantiate_v2))
        return WF_OK;
    return wf_fail(err, WF_UNSUPPORTED, "this driver has no graphs");
}

/* The first stream's stand-in begins the capture; others' join by waiting for an event of it. */
wf_status wf_cuda_capture_begin(wf_graph *graph, wf_stream *stream, wf_error *err) {
    wf_cuda_graph *g = (wf_cuda_graph *)graph;
    wf_context *context = stream->context;
    wf_cuda_scope scope;
    CUstream made = NULL;
    wf_status status = need(err);
    if (!status) status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuStreamCreateWithPriority, (&made, NON_BLOCKING, 0));
    if (!status && !graph->stream_count) {
        status = CU(context, err, cuStreamBeginCapture_v2, (made, RELAXED));
        if (status) CU(context, NULL, cuStreamDestroy_v2, (made));
    }
    wf_cuda_leave(&scope);
    if (status) return status;
    g->own[stream->capture_index] = stream->handle;
    stream->handle = (uintptr_t)made;
    return WF_OK;
}

static CUresult instantiate(CUgraphExec *exec, CUgraph graph) {
    if (wf_cuda.cuGraphInstantiateWithFlags) return wf_cuda.cuGraphInstantiateWithFlags(exec, graph, 0);
    return wf_cuda.cuGraphInstantiate_v2(exec, graph, NULL, NULL, 0);
}

wf_status wf_cuda_capture_end(wf_graph *graph, int keep, wf_error *err) {
    wf_cuda_graph *g = (wf_cuda_graph *)graph;
    wf_context *context = graph->context;
    CUgraph made = NULL;
    CUgraphExec exec = NULL;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    int entered = !status;
    if (entered) status = CU(context, err, cuStreamEndCapture, (wf_cuda_stream(graph->streams[0]), &made));
    for (uint32_t i = 0; i < graph->stream_count; i++) {
        if (entered) CU(context, NULL, cuStreamDestroy_v2, (wf_cuda_stream(graph->streams[i])));
        graph->streams[i]->handle = g->own[i];
    }
    graph->handle = (uintptr_t)made;
    if (!status && keep) status = wf_cuda_check(instantiate(&exec, made), "cuGraphInstantiate", context, err);
    graph->exec = (uintptr_t)exec;
    if (entered) wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_graph_launch(wf_graph *graph, wf_stream *stream, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = CU(stream->context, err, cuGraphLaunch,
                ((CUgraphExec)(uintptr_t)graph->exec, wf_cuda_stream(stream)));
    wf_cuda_leave(&scope);
    atomic_store(&((wf_cuda_graph *)graph)->launched, 1);
    return status;
}

wf_status wf_cuda_graph_upload(wf_graph *graph, wf_stream *stream, wf_error *err) {
    wf_cuda_scope scope;
    if (!wf_cuda.cuGraphUpload) return WF_OK; /* an old driver does it at the first launch */
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = CU(stream->context, err, cuGraphUpload,
                ((CUgraphExec)(uintptr_t)graph->exec, wf_cuda_stream(stream)));
    wf_cuda_leave(&scope);
    return status;
}

/* The driver lets a running graph end; the memory that goes with the graph has to wait for it. */
void wf_cuda_graph_close(wf_graph *graph) {
    wf_cuda_scope scope;
    if (graph->kept_count && atomic_load(&((wf_cuda_graph *)graph)->launched))
        wf_cuda_context_synchronize(graph->context, NULL);
    if (!graph->handle || wf_cuda_enter(graph->context, &scope, NULL)) return;
    if (graph->exec) CU(graph->context, NULL, cuGraphExecDestroy, ((CUgraphExec)(uintptr_t)graph->exec));
    CU(graph->context, NULL, cuGraphDestroy, ((CUgraph)(uintptr_t)graph->handle));
    wf_cuda_leave(&scope);
}
