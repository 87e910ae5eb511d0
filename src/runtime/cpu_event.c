/* runtime/cpu_event.c: events of CPU streams, host calls, and the one place where threads wait.
 *
 * An event counts its recordings; a recording is over when `completed` has reached its number. All who wait,
 * wait on one condition variable for some counter to move: waits are few, and a waiter that wakes in vain
 * costs microseconds. */
#include "base/shared.h"
#include "base/system.h"
#include "runtime/cpu.h"
#include <string.h>
#include <time.h>

enum { NAP_MS = 50, NAP_ELSEWHERE_US = 200, SPIN_US = 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static atomic_uint waiters;

void wf_cpu_wake(void) {
    if (!atomic_load(&waiters)) return;
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&lock);
}

void wf_cpu_waiting_renew(void) {
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&moved, NULL);
    atomic_store(&waiters, 0);
}

static void nap(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += NAP_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&moved, &lock, &until);
}

wf_status wf_cpu_wait(_Atomic uint64_t *counter, uint64_t target, int poll, wf_error *err) {
    if (atomic_load(counter) >= target) return WF_OK;
    uint64_t until = wf_ticks() + SPIN_US * wf_ticks_per_microsecond();
    while (wf_ticks() < until) {
        if (atomic_load(counter) >= target) return WF_OK;
        wf_cpu_pause();
    }
    wf_status status = WF_OK;
    pthread_mutex_lock(&lock);
    atomic_fetch_add(&waiters, 1);
    while (!status && atomic_load(counter) < target) {
        nap();
        if (!poll || atomic_load(counter) >= target) continue;
        pthread_mutex_unlock(&lock);
        if (wf__poll()) {
            wf_interrupt();
            status = wf_fail(err, WF_INTERRUPT, "interrupted while waiting");
        }
        pthread_mutex_lock(&lock);
    }
    atomic_fetch_sub(&waiters, 1);
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---- events ---- */

typedef wf_cpu_event cpu_event;

wf_status wf_cpu_event_open(wf_event *event, wf_error *err) {
    cpu_event *e = (cpu_event *)event;
    event->handle = (uintptr_t)event;
    e->at = &e->own;
    e->file = -1;
    return event->flags & WF_EVENT_INTERPROCESS ? wf_cpu_moments_new(event, err) : WF_OK;
}

void wf_cpu_event_close(wf_event *event) {
    cpu_event *e = (cpu_event *)event;
    if (e->at != &e->own) wf_cpu_moments_end(event);
}

typedef struct event_job {
    wf_cpu_job job;
    cpu_event *event;
    uint64_t number;
} event_job;

static void event_drop(wf_cpu_job *job) { wf_event_release(&((event_job *)job)->event->open); }

static void record_run(wf_cpu_job *job, wf_stream *stream) {
    event_job *e = (event_job *)job;
    wf_cpu_moments *at = e->event->at;
    (void)stream;
    atomic_store(&at->time, wf_time_ns());
    uint64_t before = atomic_load(&at->completed);
    while (before < e->number && !atomic_compare_exchange_weak(&at->completed, &before, e->number)) {}
    wf_cpu_wake();
}

wf_status wf_cpu_event_record(wf_event *event, wf_stream *stream, wf_error *err) {
    cpu_event *e = (cpu_event *)wf_event_retain(event);
    if (e->at != &e->own) atomic_store(&e->at->recorder, wf_process_id());
    event_job job = {{sizeof job, record_run, event_drop, NULL, NULL, 0, NULL},
                     e,
                     atomic_fetch_add(&e->at->recorded, 1) + 1};
    return wf_cpu_submit(stream, &job.job, 1, err);
}

/* Of an event that other processes may record: a process that has ended records no more. */
static wf_status wait_elsewhere(cpu_event *e, uint64_t number, int poll, wf_error *err) {
    enum { LOOK_MS = 200 };
    while (atomic_load(&e->at->completed) < number) {
        uint64_t until = wf_time_ns() + LOOK_MS * 1000000ull;
        while (atomic_load(&e->at->completed) < number && wf_time_ns() < until) {
            struct timespec pause = {0, NAP_ELSEWHERE_US * 1000};
            nanosleep(&pause, NULL);
        }
        if (poll && wf__poll()) {
            wf_interrupt();
            return wf_fail(err, WF_INTERRUPT, "interrupted while waiting");
        }
        uint64_t recorder = atomic_load(&e->at->recorder);
        if (atomic_load(&e->at->completed) < number && !wf_process_lives((uint32_t)recorder))
            return wf_fail(err, WF_FAULT, "process %llu recorded this event and ended before it was reached",
                           (unsigned long long)recorder);
    }
    return WF_OK;
}

static wf_status wait_for(cpu_event *e, uint64_t number, int poll, wf_error *err) {
    if (e->at != &e->own && atomic_load(&e->at->recorder) != wf_process_id())
        return wait_elsewhere(e, number, poll, err);
    return wf_cpu_wait(&e->at->completed, number, poll, err);
}

static void wait_run(wf_cpu_job *job, wf_stream *stream) {
    event_job *e = (event_job *)job;
    wf_error error;
    if (wait_for(e->event, e->number, 0, &error)) wf__stream_fail(stream, &error);
}

wf_status wf_cpu_stream_wait_event(wf_stream *stream, wf_event *event, wf_error *err) {
    cpu_event *e = (cpu_event *)event;
    uint64_t number = atomic_load(&e->at->recorded);
    if (atomic_load(&e->at->completed) >= number) return WF_OK;
    wf_event_retain(event);
    event_job job = {{sizeof job, wait_run, event_drop, NULL, NULL, 0, NULL}, e, number};
    return wf_cpu_submit(stream, &job.job, 0, err);
}

wf_status wf_cpu_event_query(wf_event *event, wf_error *err) {
    wf_cpu_moments *at = ((cpu_event *)event)->at;
    if (atomic_load(&at->completed) < atomic_load(&at->recorded)) return WF_NOTREADY;
    return wf__context_take_failure(event->context, err);
}

wf_status wf_cpu_event_synchronize(wf_event *event, wf_error *err) {
    cpu_event *e = (cpu_event *)event;
    wf_status status = wait_for(e, atomic_load(&e->at->recorded), 1, err);
    return status ? status : wf__context_take_failure(event->context, err);
}

wf_status wf_cpu_event_elapsed(wf_event *start, wf_event *end, double *ms, wf_error *err) {
    wf_cpu_moments *a = ((cpu_event *)start)->at, *b = ((cpu_event *)end)->at;
    if (!atomic_load(&a->recorded) || !atomic_load(&b->recorded))
        return wf_fail(err, WF_INVALID, "an event that was never recorded has no time");
    if (atomic_load(&a->completed) < atomic_load(&a->recorded) ||
        atomic_load(&b->completed) < atomic_load(&b->recorded))
        return wf_fail(err, WF_NOTREADY, "the event has not happened yet");
    *ms = (double)(int64_t)(atomic_load(&b->time) - atomic_load(&a->time)) / 1e6;
    return WF_OK;
}

/* ---- host calls ---- */

typedef struct call_job {
    wf_cpu_job job;
    void (*call)(void *);
    void *user;
} call_job;

static void call_run(wf_cpu_job *job, wf_stream *stream) {
    (void)stream;
    ((call_job *)job)->call(((call_job *)job)->user);
}

wf_status wf_cpu_stream_callback(wf_stream *stream, void (*call)(void *), void *user, wf_error *err) {
    call_job job = {{sizeof job, call_run, NULL, NULL, NULL, 0, NULL}, call, user};
    return wf_cpu_submit(stream, &job.job, 0,
                         err); /* never on the caller's thread: it may wait for the caller */
}
