/* runtime/graph.c: graphs: work that is captured once and launched again and again.
 *
 * The core keeps what is the same on every device: which streams take part, what was given to them (for
 * people), which memory it touches, what has to stay alive, and the rules. How work is written down is the
 * kind's: a GPU's driver captures by itself (cuda_graph.c), a CPU keeps the jobs (cpu_graph.c).
 *
 * Whether all work is joined is told by vector clocks. A stream i of a capture counts its own nodes in
 * clock[i][i]; an event carries the clock of its stream away, and who waits for it takes the larger of each
 * count. At the end the first stream must know of everything that the others count for themselves; CUDA asks
 * for the same, so that a program which passes here passes there.
 *
 * The thread that captures is kept apart: code that knows of no streams (arrays, a launch without one) works
 * on the context's default stream, and in this thread that is the captured one. */
#include "base/memory.h"
#include "runtime/inner.h"
#include <string.h>

/* The capture that this thread began last and has not ended. */
static _Thread_local wf_graph *innermost;

static _Thread_local int paused;

void wf_capture_pause(int more) { paused += more; }

int wf_stream_is_capturing(const wf_stream *stream) { return wf__capture(stream) != NULL; }

wf_stream *wf_capture_of_thread(const wf_context *context) {
    if (!atomic_load_explicit(&context->captures, memory_order_relaxed) || paused) return NULL;
    for (wf_graph *graph = innermost; graph; graph = graph->outer)
        if (graph->context == context) return graph->streams[0];
    return NULL;
}

wf_status wf__capture_refuse(const wf_stream *stream, const char *what, wf_error *err) {
    if (!wf__capture(stream)) return WF_OK;
    return wf_fail(err, WF_INVALID,
                   "%s: the stream is being captured: its work is written down, not run, and nothing can be "
                   "waited for before the graph is launched",
                   what);
}

/* ---- lists ---- */

/* Room for one more; *items may move. */
static wf_status grow(void **items, uint32_t count, uint32_t *room, size_t size, wf_error *err) {
    if (count < *room) return WF_OK;
    uint32_t more = *room ? *room * 2 : 16;
    void *moved = wf_realloc(*items, more * size);
    if (!moved) return wf_fail(err, WF_NOMEM, "out of host memory for a graph");
    *items = moved;
    *room = more;
    return WF_OK;
}

wf_status wf__capture_note(wf_stream *stream, const wf_graph_node *node, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    if (!g) return WF_OK;
    pthread_mutex_lock(&g->lock);
    wf_status status = grow((void **)&g->nodes, g->node_count, &g->node_room, sizeof *node, err);
    if (!status) {
        g->nodes[g->node_count] = *node;
        g->nodes[g->node_count++].stream = stream->capture_index;
        g->clock[stream->capture_index][stream->capture_index]++;
    }
    pthread_mutex_unlock(&g->lock);
    return status;
}

wf_status wf__capture_use(wf_stream *stream, wf_address at, uint64_t size, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    if (!g) return WF_OK;
    pthread_mutex_lock(&g->lock);
    wf_status status = grow((void **)&g->uses, g->use_count, &g->use_room, sizeof *g->uses, err);
    if (!status) g->uses[g->use_count++] = (wf_graph_use){at, size, g->node_count};
    pthread_mutex_unlock(&g->lock);
    return status;
}

static wf_status keep(wf_graph *g, void (*release)(void *), void *user, wf_error *err) {
    pthread_mutex_lock(&g->lock);
    wf_status status = grow((void **)&g->kept, g->kept_count, &g->kept_room, sizeof *g->kept, err);
    if (!status) g->kept[g->kept_count++] = (wf_graph_kept){release, user};
    pthread_mutex_unlock(&g->lock);
    return status;
}

wf_status wf_capture_keep(wf_stream *stream, void (*release)(void *), void *user, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    wf_status status = g ? keep(g, release, user, err) : WF_OK;
    if (!g || status) release(user);
    return status;
}

static void release_buffer(void *buffer) { wf_buffer_release(buffer); }
static void release_function(void *function) { wf_function_release(function); }

wf_status wf__capture_buffer(wf_stream *stream, wf_buffer *buffer, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    if (!g) return WF_OK;
    wf_status status = keep(g, release_buffer, wf_buffer_retain(buffer), err);
    if (status) wf_buffer_release(buffer);
    g->has_buffers = 1;
    return status;
}

/* A kernel's pointers are looked at when the graph is launched, if they point into memory that is known. */
wf_status wf__capture_kernel(wf_stream *stream, wf_function *function, const wf_launch_config *c,
                             const void *params, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    wf_extent_entry entry;
    if (!g) return WF_OK;
    wf_graph_node node = {.kind = WF_GRAPH_KERNEL};
    strncpy(node.name, function->shown, sizeof node.name - 1);
    memcpy(node.grid, c->grid, sizeof node.grid);
    memcpy(node.block, c->block, sizeof node.block);
    wf_status status = WF_OK;
    for (uint32_t i = 0; !status && i < function->info.leaf_count; i++) {
        uint64_t at;
        memcpy(&at, (const char *)params + function->info.leaf_offsets[i], sizeof at);
        if (wf__extents_find(at, &entry)) status = wf__capture_use(stream, at, 0, err);
    }
    if (!status) status = wf__capture_note(stream, &node, err);
    if (status) return status;
    status = keep(g, release_function, wf_function_retain(function), err);
    if (status) wf_function_release(function);
    return status;
}

/* ---- begin and end ---- */

static wf_status join(wf_graph *g, wf_stream *stream, wf_error *err) {
    if (g->stream_count == CAPTURE_STREAMS)
        return wf_fail(err, WF_UNSUPPORTED, "more than %d streams in one capture", CAPTURE_STREAMS);
    stream->capture_index = g->stream_count;
    wf_status status = stream->context->ops->capture_begin(g, stream, err);
    if (status) return status;
    g->streams[g->stream_count++] = wf_stream_retain(stream);
    atomic_store(&stream->capture, g);
    return WF_OK;
}

static void free_graph(wf_graph *g) {
    for (uint32_t i = 0; i < g->kept_count; i++) g->kept[i].release(g->kept[i].user);
    wf_context *context = g->context;
    pthread_mutex_destroy(&g->lock);
    wf_free(g->nodes);
    wf_free(g->uses);
    wf_free(g->kept);
    wf_free(g);
    wf_context_release(context);
}

wf_status wf_stream_begin_capture(wf_stream *stream, wf_error *err) {
    wf_context *context = stream->context;
    if (!context->ops->capture_begin)
        return wf_fail(err, WF_UNSUPPORTED, "%s has no graphs", context->device->label);
    if (stream->is_default)
        return wf_fail(err, WF_INVALID, "the default stream cannot be captured: make a stream for it");
    if (wf__capture(stream)) return wf_fail(err, WF_INVALID, "the stream is being captured already");
    wf_graph *g = wf__object_new(context->ops->graph_bytes, "graph", err);
    if (!g) return WF_NOMEM;
    atomic_init(&g->references, 1);
    g->context = wf_context_retain(context);
    g->thread = pthread_self();
    pthread_mutex_init(&g->lock, NULL);
    wf_status status = join(g, stream, err);
    if (status) {
        free_graph(g);
        return status;
    }
    atomic_store(&g->capturing, 1);
    atomic_fetch_add(&context->captures, 1);
    g->outer = innermost;
    innermost = g;
    return WF_OK;
}

static wf_status check_joined(const wf_graph *g, wf_error *err) {
    for (uint32_t i = 1; i < g->stream_count; i++)
        if (g->clock[0][i] < g->clock[i][i])
            return wf_fail(err, WF_INVALID,
                           "the capture has work on another stream that the first one does not wait for: "
                           "record an event behind it, and let the first stream wait for that");
    return WF_OK;
}

static void leave(wf_graph *g) {
    wf_graph **link = &innermost;
    while (*link && *link != g) link = &(*link)->outer;
    if (*link) *link = g->outer;
    g->outer = NULL;
    atomic_store(&g->capturing, 0);
    atomic_fetch_sub(&g->context->captures, 1);
    for (uint32_t i = 0; i < g->stream_count; i++) {
        atomic_store(&g->streams[i]->capture, NULL);
        wf_stream_release(g->streams[i]);
    }
    g->stream_count = 0;
}

wf_status wf_stream_end_capture(wf_stream *stream, wf_graph **graph, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    if (!g) return wf_fail(err, WF_INVALID, "the stream is not being captured");
    if (g->streams[0] != stream)
        return wf_fail(err, WF_INVALID, "the capture began on another stream, and ends there");
    if (!pthread_equal(g->thread, pthread_self()))
        return wf_fail(err, WF_INVALID, "the capture began in another thread, and ends there");
    const wf_device_ops *ops = g->context->ops;
    wf_stream *base = g->context->default_stream;
    pthread_mutex_lock(&g->lock);
    wf_status status = graph ? check_joined(g, err) : WF_OK;
    wf_status ended = ops->capture_end(g, graph && !status, status ? NULL : err);
    if (!status) status = ended;
    leave(g);
    pthread_mutex_unlock(&g->lock);
    /* Its memory may have been another's in the default stream's order; a launch may be in any stream's. */
    if (!status && graph && g->has_buffers) status = ops->stream_synchronize(base, err);
    if (status || !graph) wf_graph_release(g);
    else *graph = g;
    return status;
}

int wf__capture_is_ours(const wf_stream *stream) {
    const wf_graph *captured = wf__capture(stream), *g = innermost;
    while (g && g != captured) g = g->outer; /* another thread's may end at any time: it is not looked into */
    return g && g->streams[0] == stream;
}

/* ---- events ---- */

void wf__capture_forget(wf_event *event) { wf_graph_release(atomic_exchange(&event->capture, NULL)); }

wf_status wf__capture_record(wf_event *event, wf_stream *stream, wf_error *err) {
    wf_graph *g = wf__capture(stream);
    wf_status status = WF_OK;
    if (stream->context->ops->capture_record)
        status = stream->context->ops->capture_record(event, stream, err);
    if (status) return status;
    wf__capture_forget(event);
    pthread_mutex_lock(&g->lock);
    memcpy(event->clock, g->clock[stream->capture_index], sizeof event->clock);
    atomic_store(&event->capture, wf_graph_retain(g));
    pthread_mutex_unlock(&g->lock);
    return WF_OK;
}

/* Under g's lock. */
static wf_status wait_within(wf_graph *g, wf_stream *stream, wf_event *event, wf_error *err) {
    wf_status status = wf__capture(stream) ? WF_OK : join(g, stream, err);
    if (!status && stream->context->ops->capture_wait)
        status = stream->context->ops->capture_wait(stream, event, err);
    if (status) return status;
    uint32_t *own = g->clock[stream->capture_index];
    for (int i = 0; i < CAPTURE_STREAMS; i++)
        if (own[i] < event->clock[i]) own[i] = event->clock[i];
    return WF_OK;
}

wf_status wf__capture_wait(wf_stream *stream, wf_event *event, wf_error *err) {
    wf_graph *own = wf__capture(stream), *g = atomic_load(&event->capture);
    if (!g)
        return wf_fail(err, WF_INVALID,
                       "a stream that is being captured cannot wait for an event outside the capture");
    if (!atomic_load(&g->capturing))
        return wf_fail(
            err, WF_INVALID,
            "the event was recorded in a capture that has ended: it marks no moment; record it again");
    if (own && own != g) return wf_fail(err, WF_INVALID, "the event and the stream belong to two captures");
    if (g->context != stream->context || stream->is_default)
        return wf_fail(err, WF_INVALID, "%s cannot join the capture",
                       stream->is_default ? "the default stream" : "a stream of another context");
    pthread_mutex_lock(&g->lock);
    wf_status status = wait_within(g, stream, event, err);
    pthread_mutex_unlock(&g->lock);
    return status;
}

/* ---- the graph ---- */

wf_graph *wf_graph_retain(wf_graph *graph) {
    if (graph) atomic_fetch_add_explicit(&graph->references, 1, memory_order_relaxed);
    return graph;
}

void wf_graph_release(wf_graph *graph) {
    if (!graph || atomic_fetch_sub_explicit(&graph->references, 1, memory_order_acq_rel) != 1) return;
    graph->context->ops->graph_close(graph);
    free_graph(graph);
}

wf_context *wf_graph_context(const wf_graph *graph) { return graph->context; }
uint64_t wf_graph_handle(const wf_graph *graph) { return graph->handle; }
uint64_t wf_graph_exec_handle(const wf_graph *graph) { return graph->exec; }

int wf_graph_node_at(const wf_graph *graph, uint32_t index, wf_graph_node *node) {
    if (index >= graph->node_count) return 0;
    *node = graph->nodes[index];
    return 1;
}

static wf_status check_uses(const wf_graph *g, wf_error *err) {
    wf_extent_entry entry;
    for (uint32_t i = 0; i < g->use_count; i++) {
        const wf_graph_use *use = &g->uses[i];
        if (wf__extents_find(use->at, &entry) && use->size <= entry.hi - use->at) continue;
        const wf_graph_node *node = &g->nodes[use->node];
        return wf_fail(err, WF_INVALID,
                       "launch of a graph: %s%s (number %u of %u) uses memory at 0x%llx that was freed after "
                       "the capture",
                       node->kind == WF_GRAPH_KERNEL ? "kernel "
                       : node->kind == WF_GRAPH_FILL ? "a fill"
                                                     : "a copy",
                       node->name, use->node + 1, g->node_count, (unsigned long long)use->at);
    }
    return WF_OK;
}

static wf_status check_stream(const wf_graph *graph, const wf_stream *stream, wf_error *err) {
    if (stream->context == graph->context) return WF_OK;
    return wf_fail(err, WF_INVALID, "a graph of %s cannot be launched on a stream of %s%s",
                   graph->context->device->label, stream->context->device->label,
                   graph->context->device == stream->context->device ? " in another context" : "");
}

wf_status wf_graph_launch(wf_graph *graph, wf_stream *stream, wf_error *err) {
    wf_status status = check_stream(graph, stream, err);
    if (!status) status = wf__capture_refuse(stream, "launch of a graph", err);
    if (!status) status = check_uses(graph, err);
    if (status) return status;
    return graph->context->ops->graph_launch(graph, stream, err);
}

wf_status wf_graph_upload(wf_graph *graph, wf_stream *stream, wf_error *err) {
    wf_status status = check_stream(graph, stream, err);
    if (status || !graph->context->ops->graph_upload) return status;
    return graph->context->ops->graph_upload(graph, stream, err);
}
