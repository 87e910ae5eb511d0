/* runtime/trace.h: a log of what the runtime did and how long it took: kernels, copies, waits, compilations.
 * The second door of runtime/, for whoever does such work or reads the log (weft profile).
 *
 * Off, it costs one relaxed load where work is asked for. On, each piece of work is a span: opened where it
 * is asked for, closed where the call returns. The time of work in a CPU stream is taken by the thread that
 * runs it, that of work in a GPU's stream by two of the driver's events around it, which nobody waits for
 * until the log is read. */
#ifndef WF_RUNTIME_TRACE_H
#define WF_RUNTIME_TRACE_H
#include "runtime/runtime.h"
#include <stdatomic.h>

typedef enum wf_trace_kind {
    WF_TRACE_KERNEL,      /* a launch */
    WF_TRACE_LOOPS,       /* an array expression by ready-made loops */
    WF_TRACE_COPY_IN,     /* host → device */
    WF_TRACE_COPY_OUT,    /* device → host */
    WF_TRACE_COPY_WITHIN, /* device → device */
    WF_TRACE_FILL,
    WF_TRACE_LIBRARY, /* a vendor's */
    WF_TRACE_WAIT,    /* for a stream, event or context; one inside another span is part of that */
    WF_TRACE_COMPILE, /* LLVM */
    WF_TRACE_LOAD,    /* of a module: on a GPU the driver's compiler */
    WF_TRACE_HOST,    /* named by the caller: NumPy in weft's stead, say */
    WF_TRACE_KINDS
} wf_trace_kind;

enum { WF_TRACE_DOUBLE = 1 }; /* flags: it computes in float64 */

typedef struct wf_trace_event {
    uint64_t called, returned; /* the host's call; ns of wf_time_ns */
    uint64_t begin, end; /* the work itself, on the same clock; 0: it never ran, or its time is not known */
    uint64_t bytes;      /* moved, or of the memory that the arguments point to; 0: unknown */
    uint64_t operations; /* arithmetic; 0: unknown */
    uint64_t stream;     /* a number for each; 0: none */
    const char *name;    /* kept as long as the process */
    uint32_t place;      /* of the call: what the place hook gave; 0: unknown */
    uint32_t thread;     /* of the call: 1, 2, … */
    uint32_t grid[3], block[3];
    uint8_t kind, flags, device_kind, device;
} wf_trace_event;

extern atomic_int wf__trace_switch;
static inline int wf_trace_on(void) {
    return __builtin_expect(atomic_load_explicit(&wf__trace_switch, memory_order_relaxed), 0);
}

/* Drops the log and begins a new one. WF_NOMEM. */
wf_status wf_trace_start(wf_error *err);
void wf_trace_stop(void); /* the log stays */
/* Fetches the times that are still with GPUs. Waits for their work. */
void wf_trace_settle(void);
uint64_t wf_trace_count(void);
uint64_t wf_trace_dropped(void); /* how many came after the log was full */
/* The events in the order of the calls; 0: index is past the end. */
int wf_trace_get(uint64_t index, wf_trace_event *event);
/* Called at the start of each span by the thread that calls, with no lock of the runtime's held: a number for
 * the place in the user's source. NULL: none. */
void wf_trace_set_place_hook(uint32_t (*place)(void *user), void *user);

/* ---- for those who do the work ---- */

typedef struct wf_trace_span {
    uint32_t id, outer; /* id 0: not logged */
} wf_trace_span;
/* stream: whose work it is, NULL: the host's own. name is copied. Only where wf_trace_on(); a span that was
 * opened is closed by the same thread, whatever happened in between. */
wf_trace_span wf_trace_open(wf_trace_kind kind, const char *name, wf_stream *stream, uint64_t bytes);
void wf_trace_sizes(wf_trace_span span, const uint32_t grid[3], const uint32_t block[3]);
/* Everything that the span stands for is in its stream's queue; wf_trace_close says so too. */
void wf_trace_queued(wf_trace_span span, wf_stream *stream);
void wf_trace_close(wf_trace_span span, wf_stream *stream);
/* What the next span of this thread does, as far as its caller knows; 0 says nothing. */
void wf_trace_hint(uint64_t bytes, uint64_t operations, uint8_t flags);
int wf_trace_hinted(void); /* the operations of the next span are known */
#endif
