/* runtime/cpu_stream.c: in-order queues of work on the CPU.
 *
 * Most work never sees the queue: when the stream is empty and the work is short, the thread that submits
 * runs it. Else it is copied to the heap and a worker, one thread per stream, made at first need, runs it.
 * Jobs of a stream run one at a time, in order, whoever runs them: `running` is the right to run, and `done`
 * counts jobs that have ended.
 *
 * The legacy default stream: its work waits for what other (blocking) streams of the context have been given,
 * and theirs for its. Such waits are jobs like any other, put in front of the work when there is something to
 * wait for. */
#include "base/memory.h"
#include "base/system.h"
#include "base/thread.h"
#include "runtime/cpu.h"
#include "runtime/trace.h"
#include <string.h>

enum { STACK_BYTES = 8 << 20, SNAPSHOT = 512 };

typedef wf_cpu_stream cpu_stream;

/* The stream whose job this thread is running: it must not wait for that. */
static _Thread_local cpu_stream *current;

static void ended(cpu_stream *s) {
    atomic_fetch_add(&s->done, 1);
    wf_cpu_wake();
}

static void run_job(cpu_stream *s, wf_cpu_job *job) {
    cpu_stream *outer = current;
    uint64_t begin = job->event ? wf_time_ns() : 0;
    current = s;
    job->run(job, &s->open);
    current = outer;
    if (job->event) wf__trace_ran(job->event, begin, wf_time_ns());
}

/* A drop may take the last reference of something that waits for the context: not for this stream, then. */
static void drop_job(cpu_stream *s, wf_cpu_job *job) {
    cpu_stream *outer = current;
    current = s;
    if (job->drop) job->drop(job);
    current = outer;
}

/* ---- the worker ---- */

/* Behind a queued job's bytes: the thread that gave it. */
static size_t giver_at(const wf_cpu_job *job) {
    return (job->bytes + _Alignof(pthread_t) - 1) / _Alignof(pthread_t) * _Alignof(pthread_t);
}
static pthread_t *giver_of(wf_cpu_job *job) { return (pthread_t *)(void *)((char *)job + giver_at(job)); }

static wf_cpu_job *pop(cpu_stream *s) {
    wf_cpu_job *job = s->head;
    s->by = *giver_of(job);
    s->head = job->next;
    if (!s->head) s->tail = &s->head;
    s->running = 1;
    return job;
}

/* Runs what is queued until nothing is left or another thread has the right to run. Called and left under the
 * lock. */
static void drain(cpu_stream *s) {
    while (s->head && !s->running) {
        wf_cpu_job *job = pop(s);
        pthread_mutex_unlock(&s->lock);
        run_job(s, job);
        pthread_mutex_lock(&s->lock);
        s->running = 0;
        pthread_mutex_unlock(&s->lock);
        ended(s);
        /* After `ended`, since a drop may take the last reference of the module, which waits for its context.
         */
        drop_job(s, job);
        wf_free(job);
        pthread_mutex_lock(&s->lock);
    }
}

static void *worker(void *argument) {
    cpu_stream *s = argument;
    wf_context *context = s->open.is_default ? NULL : s->open.context;
    pthread_mutex_lock(&s->lock);
    while (s->head || !s->closing) {
        if (s->head && !s->running) drain(s);
        else pthread_cond_wait(&s->work, &s->lock);
    }
    int last = s->closing == 2; /* nobody joins: the struct is ours to free */
    pthread_mutex_unlock(&s->lock);
    if (!last) return NULL;
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->work);
    wf__stream_free(&s->open);
    if (context) wf_context_release(context); /* taken by stream_close */
    return NULL;
}

/* Under the lock. Without a thread the caller does the work. */
static void ensure_worker(cpu_stream *s) {
    if (s->has_worker) {
        pthread_cond_signal(&s->work);
        return;
    }
    s->has_worker = wf_thread_start(&s->worker, STACK_BYTES, worker, s);
    if (!s->has_worker) drain(s);
}

/* ---- submitting ---- */

static wf_status append(cpu_stream *s, const wf_cpu_job *job, wf_error *err) {
    wf_cpu_job *copy = wf_malloc(giver_at(job) + sizeof(pthread_t));
    if (!copy) return wf_fail(err, WF_NOMEM, "out of host memory for work in a stream");
    memcpy(copy, job, job->bytes);
    *giver_of(copy) = pthread_self();
    copy->next = NULL;
    if (copy->keep && !copy->keep(copy)) {
        wf_free(copy);
        return wf_fail(err, WF_NOMEM, "out of host memory for work in a stream");
    }
    pthread_mutex_lock(&s->lock);
    *s->tail = copy;
    s->tail = &copy->next;
    atomic_fetch_add(&s->queued, 1);
    ensure_worker(s);
    pthread_mutex_unlock(&s->lock);
    return WF_OK;
}

static int busy(cpu_stream *s) { return atomic_load(&s->done) != atomic_load(&s->queued); }

typedef struct wait_job {
    wf_cpu_job job;
    cpu_stream *other;
    uint64_t target;
} wait_job;

static void wait_run(wf_cpu_job *job, wf_stream *stream) {
    wait_job *w = (wait_job *)job;
    (void)stream;
    wf_cpu_wait(&w->other->done, w->target, 0, NULL);
}

static void wait_drop(wf_cpu_job *job) {
    cpu_stream *other = ((wait_job *)job)->other;
    if (!other->open.is_default) wf_stream_release(&other->open);
}

static wf_status append_wait(cpu_stream *s, cpu_stream *other, wf_error *err) {
    wait_job w = {{sizeof w, wait_run, wait_drop, NULL, NULL, 0, NULL}, other, atomic_load(&other->queued)};
    wf_status status = append(s, &w.job, err);
    if (status) wait_drop(&w.job);
    return status;
}

/* Up to SNAPSHOT busy blocking streams of the context, retained. */
static uint32_t busy_streams(wf_context *context, cpu_stream **list) {
    uint32_t count = 0;
    pthread_mutex_lock(&context->lock);
    for (wf_stream *stream = context->streams; stream && count < SNAPSHOT; stream = stream->next_stream)
        if (!(stream->flags & WF_STREAM_NONBLOCKING) && busy((cpu_stream *)stream) &&
            wf__stream_try_retain(stream))
            list[count++] = (cpu_stream *)stream;
    pthread_mutex_unlock(&context->lock);
    return count;
}

/* Whether work given to the default stream now would have to wait for that of a blocking stream. */
static int others_busy(wf_context *context) {
    if (!atomic_load_explicit(&context->stream_count, memory_order_relaxed)) return 0;
    int found = 0;
    pthread_mutex_lock(&context->lock);
    for (wf_stream *stream = context->streams; stream && !found; stream = stream->next_stream)
        found = !(stream->flags & WF_STREAM_NONBLOCKING) && busy((cpu_stream *)stream) &&
                (cpu_stream *)stream != current;
    pthread_mutex_unlock(&context->lock);
    return found;
}

static wf_status order_legacy(cpu_stream *s, wf_error *err) {
    wf_context *context = s->open.context;
    cpu_stream *base = (cpu_stream *)context->default_stream;
    if (!atomic_load_explicit(&context->stream_count, memory_order_relaxed)) return WF_OK;
    if (s->open.flags & WF_STREAM_NONBLOCKING) return WF_OK;
    if (!s->open.is_default) return busy(base) && current != base ? append_wait(s, base, err) : WF_OK;
    cpu_stream *list[SNAPSHOT];
    uint32_t count = busy_streams(context, list);
    wf_status status = WF_OK;
    for (uint32_t i = 0; i < count; i++) {
        wf_status one =
            append_wait(s, list[i], status ? NULL : err); /* releases list[i] in any case, in its time */
        if (!status) status = one;
    }
    return status;
}

int wf_cpu_idle(wf_stream *stream) {
    if (wf__capture(stream)) return 0;
    int alone = (stream->flags & WF_STREAM_NONBLOCKING) ||
                !atomic_load_explicit(&stream->context->stream_count, memory_order_relaxed);
    return alone && !busy((cpu_stream *)stream);
}

wf_status wf_cpu_submit(wf_stream *stream, wf_cpu_job *job, int quick, wf_error *err) {
    cpu_stream *s = (cpu_stream *)stream;
    if (wf__capture(stream)) return wf_cpu_graph_add(wf__capture(stream), job, err);
    if (wf_trace_on()) job->event = wf__trace_current();
    wf_status status = order_legacy(s, err);
    if (!status && quick) {
        pthread_mutex_lock(&s->lock);
        int mine = !s->head && !s->running;
        if (mine) {
            s->running = 1;
            s->by = pthread_self();
            atomic_fetch_add(&s->queued, 1);
        }
        pthread_mutex_unlock(&s->lock);
        if (mine) {
            run_job(s, job);
            pthread_mutex_lock(&s->lock);
            s->running = 0;
            if (s->head) ensure_worker(s);
            pthread_mutex_unlock(&s->lock);
            ended(s);
            drop_job(s, job);
            return WF_OK;
        }
    }
    if (!status) status = append(s, job, err);
    if (status && job->drop) job->drop(job);
    return status;
}

/* ---- the stream ---- */

wf_status wf_cpu_stream_open(wf_stream *stream, int priority, wf_error *err) {
    cpu_stream *s = (cpu_stream *)stream;
    (void)priority;
    (void)err;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    s->tail = &s->head;
    stream->handle = (uintptr_t)stream;
    return WF_OK;
}

typedef struct last_job {
    wf_cpu_job job;
    cpu_stream *stream;
} last_job;
static void last_run(wf_cpu_job *job, wf_stream *stream) { (void)job, (void)stream; }
static void last_drop(wf_cpu_job *job) { wf_stream_release(&((last_job *)job)->stream->open); }

/* A stream that is released with work in it owns itself until a last job, behind that work, lets go. */
int wf_cpu_stream_linger(wf_stream *stream) {
    cpu_stream *s = (cpu_stream *)stream;
    last_job last = {{sizeof last, last_run, last_drop, NULL, NULL, 0, NULL}, s};
    if (!busy(s)) return 0;
    atomic_store(&stream->references, 1);
    if (!append(s, &last.job, NULL)) return 1;
    if (current != s) wf_cpu_wait(&s->done, atomic_load(&s->queued), 0, NULL); /* no memory: wait instead */
    atomic_store(&stream->references, 0);
    return 0;
}

void wf_cpu_stream_close(wf_stream *stream) {
    cpu_stream *s = (cpu_stream *)stream;
    /* Its last job runs on some caller's thread, which will look at it once more: no thread was to be had for
     * a worker. Rather lose the struct than that. */
    if (!s->has_worker && current == s) return;
    pthread_mutex_lock(&s->lock);
    if (!s->has_worker && s->head) ensure_worker(s); /* after a fork there may be work and no worker */
    int has_worker = s->has_worker, self = has_worker && pthread_equal(s->worker, pthread_self());
    s->closing = has_worker && (self || !stream->is_default) ? 2 : 1;
    if (s->closing == 2) {
        pthread_detach(s->worker);
        wf__stream_clear_notes(stream);
        if (!stream->is_default) wf_context_retain(stream->context); /* the worker still uses it */
    }
    int leave = s->closing == 2;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    if (leave) return;
    if (has_worker) pthread_join(s->worker, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->work);
    wf__stream_free(stream);
}

wf_status wf_cpu_stream_query(wf_stream *stream, wf_error *err) {
    (void)err;
    if (busy((cpu_stream *)stream)) return WF_NOTREADY;
    return stream->is_default && others_busy(stream->context) ? WF_NOTREADY : WF_OK;
}

wf_status wf_cpu_stream_synchronize(wf_stream *stream, wf_error *err) {
    cpu_stream *s = (cpu_stream *)stream;
    if (current == s || !busy(s)) {
        if (!stream->is_default || !atomic_load(&stream->context->stream_count)) return WF_OK;
    } else {
        wf_status status = wf_cpu_wait(&s->done, atomic_load(&s->queued), 1, err);
        if (status || !stream->is_default) return status;
    }
    /* Work given to the default stream waits for the others; so does who waits for that stream. */
    cpu_stream *list[SNAPSHOT];
    uint32_t count = busy_streams(stream->context, list);
    wf_status status = WF_OK;
    for (uint32_t i = 0; i < count; i++) {
        if (!status && current != list[i])
            status = wf_cpu_wait(&list[i]->done, atomic_load(&list[i]->queued), 1, err);
        wf_stream_release(&list[i]->open);
    }
    return status;
}

wf_status wf_cpu_context_synchronize(wf_context *context, wf_error *err) {
    cpu_stream *base = (cpu_stream *)context->default_stream;
    wf_status status = WF_OK;
    if (base && current != base) status = wf_cpu_wait(&base->done, atomic_load(&base->queued), 1, err);
    for (int more = 1; more && !status;) {
        cpu_stream *next = NULL;
        uint64_t target = 0;
        pthread_mutex_lock(&context->lock);
        for (wf_stream *stream = context->streams; stream && !next; stream = stream->next_stream) {
            cpu_stream *s = (cpu_stream *)stream;
            if (s != current && busy(s) && wf__stream_try_retain(stream)) next = s;
        }
        if (next) target = atomic_load(&next->queued);
        pthread_mutex_unlock(&context->lock);
        more = next != NULL;
        if (!next) break;
        status = wf_cpu_wait(&next->done, target, 1, err);
        wf_stream_release(&next->open);
    }
    return status;
}

/* ---- fork ---- */

static void each_stream(wf_context *context, void (*call)(cpu_stream *)) {
    if (context->default_stream) call((cpu_stream *)context->default_stream);
    for (wf_stream *stream = context->streams; stream; stream = stream->next_stream)
        call((cpu_stream *)stream);
}

static void lock_one(cpu_stream *s) { pthread_mutex_lock(&s->lock); }
static void unlock_one(cpu_stream *s) { pthread_mutex_unlock(&s->lock); }

/* The child has this thread alone. What was queued runs when somebody asks for it; what another thread was in
 * the middle of cannot be finished here. If this thread gave it, it is told; the others are not here to miss
 * theirs. */
static void renew_one(cpu_stream *s) {
    uint64_t left = s->running && current == s;
    for (wf_cpu_job *job = s->head; job; job = job->next) left++;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    pthread_mutex_init(&s->open.notes_lock, NULL);
    s->has_worker = 0;
    if (s->running && current != s) {
        wf_error lost;
        wf_fail(
            &lost, WF_INVALID,
            "work on a stream was running in the parent process when it forked; it was not finished here");
        s->running = 0;
        if (pthread_equal(s->by, pthread_self())) wf__stream_fail(&s->open, &lost);
    }
    atomic_store(&s->done,
                 atomic_load(&s->queued) - left); /* also of who was just about to say that it ended */
    if (s->head) ensure_worker(s);
}

void wf__cpu_streams_lock(wf_context *context) { each_stream(context, lock_one); }
void wf__cpu_streams_unlock(wf_context *context, int in_child) {
    each_stream(context, in_child ? renew_one : unlock_one);
}
