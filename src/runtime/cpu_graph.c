/* runtime/cpu_graph.c: graphs on the CPU: the jobs of a capture, kept and run again in one job of a stream.
 *
 * Whatever reaches a CPU stream is a job already (cpu_stream.c), so a capture is a list of them. They run in
 * the order in which they were given, one after another: each spreads over the pool by itself, and the order
 * of giving obeys every event between streams of the capture. */
#include "base/memory.h"
#include "runtime/cpu.h"
#include <string.h>

wf_status wf_cpu_graph_add(wf_graph *graph, wf_cpu_job *job, wf_error *err) {
    wf_cpu_graph *g = (wf_cpu_graph *)graph;
    wf_cpu_job *copy = wf_malloc(job->bytes);
    if (copy) {
        memcpy(copy, job, job->bytes);
        copy->next = NULL;
    }
    if (!copy || (copy->keep && !copy->keep(copy))) {
        wf_free(copy);
        if (job->drop) job->drop(job);
        return wf_fail(err, WF_NOMEM, "out of host memory for a graph");
    }
    pthread_mutex_lock(&graph->lock);
    *g->tail = copy;
    g->tail = &copy->next;
    pthread_mutex_unlock(&graph->lock);
    return WF_OK;
}

wf_status wf_cpu_capture_begin(wf_graph *graph, wf_stream *stream, wf_error *err) {
    wf_cpu_graph *g = (wf_cpu_graph *)graph;
    (void)stream, (void)err;
    if (!g->tail) g->tail = &g->head; /* a stream that joins finds the list begun */
    graph->handle = (uintptr_t)graph;
    graph->exec = graph->handle + 1;
    return WF_OK;
}

/* What was recorded stays until the graph goes, which is at once unless it is kept. */
wf_status wf_cpu_capture_end(wf_graph *graph, int keep, wf_error *err) {
    (void)graph, (void)keep, (void)err;
    return WF_OK;
}

typedef struct graph_job {
    wf_cpu_job job;
    wf_cpu_graph *graph;
} graph_job;

/* Two launches on two streams take turns: a job has one set of what `renew` writes. */
static void graph_run(wf_cpu_job *job, wf_stream *stream) {
    wf_cpu_graph *g = ((graph_job *)job)->graph;
    pthread_mutex_lock(&g->open.lock);
    for (wf_cpu_job *one = g->head; one; one = one->next) {
        if (one->renew) one->renew(one);
        one->run(one, stream);
    }
    pthread_mutex_unlock(&g->open.lock);
}

static void graph_drop(wf_cpu_job *job) { wf_graph_release(&((graph_job *)job)->graph->open); }

wf_status wf_cpu_graph_launch(wf_graph *graph, wf_stream *stream, wf_error *err) {
    graph_job job = {{sizeof job, graph_run, graph_drop, NULL, NULL, 0, NULL},
                     (wf_cpu_graph *)wf_graph_retain(graph)};
    return wf_cpu_submit(stream, &job.job, 0, err);
}

void wf_cpu_graph_close(wf_graph *graph) {
    for (wf_cpu_job *job = ((wf_cpu_graph *)graph)->head, *next; job; job = next) {
        next = job->next;
        if (job->drop) job->drop(job);
        wf_free(job);
    }
}
