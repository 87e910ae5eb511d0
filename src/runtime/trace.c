/* runtime/trace.c: the log behind trace.h.
 *
 * Events lie in chunks that never move, so a span is a number. One lock guards all; it is taken twice or
 * three times a span, only while the log is on. A GPU's span is between two driver events; pairs whose work
 * has ended are read, and used again, when many have come together. The driver's clock is tied to ours once
 * for each context, by an event that the host waited for: within a few microseconds. */
#include "runtime/trace.h"
#include "base/memory.h"
#include "base/system.h"
#include "runtime/inner.h"
#include <string.h>

enum {
    CHUNK = 4096,
    CHUNKS = 256,      /* about a million events */
    NAMES = 4096,      /* different ones, at most three quarters of this */
    CONTEXTS = 64,     /* GPUs' */
    MANY_PENDING = 256 /* pairs of driver events, before finished ones are looked for */
};

typedef struct pair { /* what a GPU still has to say about an event of the log */
    uint32_t id;
    int queued;
    wf_event *from, *to;
    struct pair *next;
} pair;

atomic_int wf__trace_switch;
static struct {
    pthread_mutex_t lock;
    wf_trace_event *chunks[CHUNKS];
    uint64_t count, dropped;
    char *names[NAMES];
    uint32_t name_count;
    pair *oldest, **newest, *spare;
    uint32_t pending;
    struct {
        wf_event *event;
        uint64_t time;
    } origins[CONTEXTS];
    int origin_count;
} trace = {.lock = PTHREAD_MUTEX_INITIALIZER, .newest = &trace.oldest};
static wf_hook place_hook;

static _Thread_local uint32_t this_thread, open_span;
static _Thread_local pair *open_pair; /* of open_span, most likely */
static _Thread_local uint64_t hint_bytes, hint_operations;
static _Thread_local uint8_t hint_flags;

static wf_trace_event *at(uint32_t id) { return &trace.chunks[(id - 1) / CHUNK][(id - 1) % CHUNK]; }

static int works_in_stream(wf_trace_kind kind) { return kind <= WF_TRACE_LIBRARY && kind != WF_TRACE_LOOPS; }

/* ---- names: one copy of each, kept as long as the process ---- */

static const char *intern(const char *name) {
    size_t length = strlen(name);
    uint64_t slot = wf_hash64(name, length, 0) % NAMES;
    for (; trace.names[slot]; slot = (slot + 1) % NAMES)
        if (!strcmp(trace.names[slot], name)) return trace.names[slot];
    char *copy = trace.name_count < NAMES / 4 * 3 ? wf_malloc(length + 1) : NULL;
    if (!copy) return "(another)";
    trace.name_count++;
    return trace.names[slot] = memcpy(copy, name, length + 1);
}

/* ---- pairs of driver events ---- */

static void drop_pair(pair *p) {
    wf_event_release(p->from);
    wf_event_release(p->to);
    wf_free(p);
}

/* The zero of a context's events on our clock. -1: it cannot be had. */
static int origin_of(wf_stream *stream) {
    for (int i = 0; i < trace.origin_count; i++)
        if (trace.origins[i].event->context == stream->context) return i;
    wf_event *event;
    if (trace.origin_count == CONTEXTS || wf_event_create(stream->context, 0, &event, NULL)) return -1;
    wf_status status = wf_event_record(event, stream, NULL);
    if (!status) status = wf__event_synchronize(event, NULL);
    if (status) {
        wf_event_release(event);
        return -1;
    }
    trace.origins[trace.origin_count].event = event;
    trace.origins[trace.origin_count].time = wf_time_ns();
    return trace.origin_count++;
}

static pair *take_spare(wf_context *context) {
    for (pair **link = &trace.spare; *link; link = &(*link)->next)
        if ((*link)->from->context == context) {
            pair *found = *link;
            *link = found->next;
            return found;
        }
    return NULL;
}

static pair *new_pair(wf_context *context) {
    pair *p = take_spare(context);
    if (p) return p;
    if (!(p = wf_calloc(1, sizeof *p))) return NULL;
    if (wf_event_create(context, 0, &p->from, NULL) || wf_event_create(context, 0, &p->to, NULL)) {
        drop_pair(p);
        return NULL;
    }
    return p;
}

static void read_pair(pair *p) {
    double since = 0, took = 0;
    for (int i = 0; i < trace.origin_count; i++) {
        wf_event *origin = trace.origins[i].event;
        if (origin->context != p->from->context) continue;
        if (wf_event_elapsed(origin, p->from, &since, NULL) || wf_event_elapsed(p->from, p->to, &took, NULL))
            return;
        at(p->id)->begin = trace.origins[i].time + (uint64_t)(since > 0 ? since * 1e6 : 0);
        at(p->id)->end = at(p->id)->begin + (uint64_t)(took * 1e6);
    }
}

/* Reads the pairs at the front whose work has ended; all, with waiting, when `wait`. */
static void settle(int wait) {
    while (trace.oldest && trace.oldest->queued) {
        pair *p = trace.oldest;
        if (wait ? wf__event_synchronize(p->to, NULL) : wf_event_query(p->to, NULL)) {
            if (!wait) return;
        } else read_pair(p);
        if (!(trace.oldest = p->next)) trace.newest = &trace.oldest;
        trace.pending--;
        p->next = trace.spare;
        trace.spare = p;
    }
}

static void gpu_begins(uint32_t id, wf_stream *stream) {
    if (origin_of(stream) < 0) return;
    if (trace.pending > MANY_PENDING) settle(0);
    pair *p = new_pair(stream->context);
    if (!p) return;
    if (wf_event_record(p->from, stream, NULL)) {
        drop_pair(p);
        return;
    }
    p->id = id, p->queued = 0, p->next = NULL;
    *trace.newest = p;
    trace.newest = &p->next;
    trace.pending++;
    open_pair = p;
}

static void gpu_ends(uint32_t id, wf_stream *stream) {
    pair *p = open_pair && open_pair->id == id ? open_pair : trace.oldest;
    while (p && p->id != id) p = p->next;
    if (!p || p->queued) return;
    p->queued = 1;
    wf_event_record(p->to, stream, NULL);
}

/* ---- spans ---- */

static uint32_t place_here(void) {
    void *user;
    uint32_t (*place)(void *) = (uint32_t(*)(void *))wf__hook_get(&place_hook, &user);
    return place ? place(user) : 0;
}

static wf_trace_event *new_event(uint32_t *id) {
    if (trace.count == (uint64_t)CHUNK * CHUNKS) return NULL;
    wf_trace_event **chunk = &trace.chunks[trace.count / CHUNK];
    if (!*chunk && !(*chunk = wf_malloc(CHUNK * sizeof **chunk))) return NULL;
    *id = (uint32_t)++trace.count;
    return at(*id);
}

wf_trace_span wf_trace_open(wf_trace_kind kind, const char *name, wf_stream *stream, uint64_t bytes) {
    static atomic_uint threads;
    wf_trace_span span = {0, open_span};
    wf_device *device = stream ? stream->context->device : NULL;
    int done = kind <= WF_TRACE_LIBRARY; /* what hints are about */
    if (kind == WF_TRACE_WAIT && open_span) return span;
    uint32_t place = place_here();
    if (!this_thread) this_thread = atomic_fetch_add(&threads, 1) + 1;
    pthread_mutex_lock(&trace.lock);
    wf_trace_event *e = wf_trace_on() ? new_event(&span.id) : NULL;
    if (e) {
        *e = (wf_trace_event){.called = wf_time_ns(),
                              .bytes = done && hint_bytes ? hint_bytes : bytes,
                              .operations = done ? hint_operations : 0,
                              .flags = done ? hint_flags : 0,
                              .stream = (uintptr_t)stream,
                              .name = intern(name),
                              .place = place,
                              .thread = this_thread,
                              .kind = (uint8_t)kind,
                              .device_kind = device ? (uint8_t)device->kind : WF_DEVICE_CPU,
                              .device = device ? (uint8_t)device->ordinal : 0};
        if (works_in_stream(kind) && device->kind == WF_DEVICE_CUDA) gpu_begins(span.id, stream);
    } else trace.dropped++;
    pthread_mutex_unlock(&trace.lock);
    if (done) hint_bytes = hint_operations = hint_flags = 0;
    if (span.id) open_span = span.id;
    return span;
}

void wf_trace_sizes(wf_trace_span span, const uint32_t grid[3], const uint32_t block[3]) {
    if (!span.id) return;
    memcpy(at(span.id)->grid, grid, sizeof at(span.id)->grid);
    memcpy(at(span.id)->block, block, sizeof at(span.id)->block);
}

void wf_trace_queued(wf_trace_span span, wf_stream *stream) {
    if (!span.id || stream->context->device->kind != WF_DEVICE_CUDA) return;
    pthread_mutex_lock(&trace.lock);
    gpu_ends(span.id, stream);
    pthread_mutex_unlock(&trace.lock);
}

void wf_trace_close(wf_trace_span span, wf_stream *stream) {
    if (!span.id) return;
    open_span = span.outer;
    pthread_mutex_lock(&trace.lock);
    if (span.id > trace.count) { /* of a log that was dropped meanwhile */
        pthread_mutex_unlock(&trace.lock);
        return;
    }
    wf_trace_event *e = at(span.id);
    e->returned = wf_time_ns();
    if (!works_in_stream((wf_trace_kind)e->kind)) e->begin = e->called, e->end = e->returned;
    else if (e->device_kind == WF_DEVICE_CUDA) gpu_ends(span.id, stream);
    pthread_mutex_unlock(&trace.lock);
}

void wf_trace_hint(uint64_t bytes, uint64_t operations, uint8_t flags) {
    if (bytes) hint_bytes = bytes;
    if (operations) hint_operations = operations;
    hint_flags |= flags;
}

int wf_trace_hinted(void) { return hint_operations != 0; }

uint32_t wf__trace_current(void) { return open_span; }

void wf__trace_ran(uint32_t id, uint64_t begin, uint64_t end) {
    pthread_mutex_lock(&trace.lock);
    if (id <= trace.count) at(id)->begin = begin, at(id)->end = end;
    pthread_mutex_unlock(&trace.lock);
}

/* ---- the log ---- */

/* For fork.c: the log is caught whole; a child begins without one, for it is the parent's. */
void wf__trace_lock(void) { pthread_mutex_lock(&trace.lock); }
void wf__trace_unlock(int in_child) {
    if (in_child) {
        atomic_store(&wf__trace_switch, 0);
        open_span = 0;
    }
    pthread_mutex_unlock(&trace.lock);
}

wf_status wf_trace_start(wf_error *err) {
    wf_status status = wf_runtime_init(err);
    if (status) return status;
    wf_trace_stop();
    wf_trace_settle();
    pthread_mutex_lock(&trace.lock);
    trace.count = trace.dropped = 0;
    atomic_store(&wf__trace_switch, 1);
    pthread_mutex_unlock(&trace.lock);
    return WF_OK;
}

void wf_trace_stop(void) { atomic_store(&wf__trace_switch, 0); }

void wf_trace_settle(void) {
    pthread_mutex_lock(&trace.lock);
    settle(1);
    pthread_mutex_unlock(&trace.lock);
}

uint64_t wf_trace_count(void) {
    pthread_mutex_lock(&trace.lock);
    uint64_t count = trace.count;
    pthread_mutex_unlock(&trace.lock);
    return count;
}

uint64_t wf_trace_dropped(void) {
    pthread_mutex_lock(&trace.lock);
    uint64_t dropped = trace.dropped;
    pthread_mutex_unlock(&trace.lock);
    return dropped;
}

int wf_trace_get(uint64_t index, wf_trace_event *event) {
    pthread_mutex_lock(&trace.lock);
    int found = index < trace.count;
    if (found) *event = *at((uint32_t)index + 1);
    pthread_mutex_unlock(&trace.lock);
    return found;
}

void wf_trace_set_place_hook(uint32_t (*place)(void *user), void *user) {
    wf__hook_set(&place_hook, (void (*)(void))place, user);
}
