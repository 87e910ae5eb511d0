/* runtime/fork.c: what fork() does to the runtime.
 *
 * The forking thread takes every lock first, outermost first, so no table is caught half changed. The child
 * goes on alone: locks and condition variables are made anew, queued CPU work gets a new worker, the pool's
 * threads come back at the next job (base/pool.c), and a CUDA driver that was started in the parent is marked
 * as not usable (cuda.c). */
#include "runtime/cpu.h"
#include "base/thread.h"
#include "runtime/cuda.h"
#include "runtime/cut.h"

static void before(void) {
    wf__trace_lock(); /* outermost: with it held, driver events are made */
    pthread_mutex_lock(&wf__registry.lock);
    wf__ipc_lock();
    for (wf_context *c = wf__registry.contexts; c; c = c->next) {
        pthread_mutex_lock(&c->lock);
        wf__heap_lock(c->heap);
        if (c->ops == &wf_cpu_ops) wf__cpu_streams_lock(c);
    }
    wf_cpu_pages_lock();
    wf__extents_lock();
    wf__cache_lock();
    wf__interrupt_lock();
    wf__ipc_before_fork();
}

static void in_parent(void) {
    wf__interrupt_unlock();
    wf__cache_unlock();
    wf__extents_unlock();
    wf_cpu_pages_unlock();
    for (wf_context *c = wf__registry.contexts; c; c = c->next) {
        if (c->ops == &wf_cpu_ops) wf__cpu_streams_unlock(c, 0);
        wf__heap_unlock(c->heap);
        pthread_mutex_unlock(&c->lock);
    }
    wf__ipc_unlock(0);
    pthread_mutex_unlock(&wf__registry.lock);
    wf__trace_unlock(0);
}

/* The child's one thread is the one that took the locks, so it may unlock them. */
static void in_child(void) {
    wf_cuda_forked();
    wf_cpu_waiting_renew();
    wf__cut_forked();
    wf__interrupt_unlock();
    wf__cache_unlock();
    wf__extents_unlock();
    wf_cpu_pages_unlock();
    for (wf_context *c = wf__registry.contexts; c; c = c->next) {
        if (c->ops == &wf_cpu_ops) wf__cpu_streams_unlock(c, 1);
        wf__heap_unlock(c->heap);
        pthread_mutex_unlock(&c->lock);
    }
    wf__ipc_unlock(1);
    pthread_mutex_unlock(&wf__registry.lock);
    wf__trace_unlock(1);
}

void wf__fork_watch(void) { wf_fork_watch(before, in_parent, in_child); }
