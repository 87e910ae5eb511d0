/* runtime/cpu.h: what the cpu_….c files share. */
#ifndef WF_RUNTIME_CPU_H
#define WF_RUNTIME_CPU_H
#include "runtime/inner.h"
#include "runtime/loader.h"

/* ---- cpu_stream.c ---- */
typedef struct wf_cpu_job wf_cpu_job;
/* A piece of work in a stream. The struct may be the head of a larger one; `bytes` says how large, since a
 * job that is not run at once is copied to the heap as plain bytes. */
struct wf_cpu_job {
    size_t bytes;
    void (*run)(wf_cpu_job *job, wf_stream *stream);
    /* Called once, after run or instead of it: gives up the references that the job holds. May be NULL. */
    void (*drop)(wf_cpu_job *job);
    /* Called on the heap copy before it is queued: makes copies of what the caller only lent. May be NULL. 0:
     * no memory. */
    int (*keep)(wf_cpu_job *job);
    wf_cpu_job *next;
    uint32_t event; /* of the log (trace.c) whose time this is; wf_cpu_submit fills it; 0: none */
    /* Before each run of a job that a graph keeps: looks again at what may have changed. May be NULL. */
    void (*renew)(wf_cpu_job *job);
};
typedef struct wf_cpu_stream {
    wf_stream open;
    pthread_mutex_t lock;
    pthread_cond_t work;
    wf_cpu_job *head, **tail;
    _Atomic uint64_t queued, done; /* jobs given, jobs ended: done <= queued; queued moves under the lock */
    int running, closing;
    pthread_t by; /* running: who gave that job */
    int has_worker;
    pthread_t worker;
} wf_cpu_stream;

/* Runs the job on the calling thread when the stream is empty and `quick`, else queues it. The job's
 * references are the stream's from here on, also on failure. */
/* Nothing is queued on the stream, nor on one that it would wait for. */
int wf_cpu_idle(wf_stream *stream);
wf_status wf_cpu_submit(wf_stream *stream, wf_cpu_job *job, int quick, wf_error *err);

wf_status wf_cpu_stream_open(wf_stream *stream, int priority, wf_error *err);
void wf_cpu_stream_close(wf_stream *stream);
int wf_cpu_stream_linger(wf_stream *stream);
wf_status wf_cpu_stream_query(wf_stream *stream, wf_error *err);
wf_status wf_cpu_stream_synchronize(wf_stream *stream, wf_error *err);
wf_status wf_cpu_context_synchronize(wf_context *context, wf_error *err);

/* ---- cpu_graph.c ---- */
typedef struct wf_cpu_graph {
    wf_graph open;
    wf_cpu_job *head, **tail;
} wf_cpu_graph;
/* Keeps a copy of the job, in place of queueing it. The job's references are the graph's, also on failure. */
wf_status wf_cpu_graph_add(wf_graph *graph, wf_cpu_job *job, wf_error *err);
wf_status wf_cpu_capture_begin(wf_graph *graph, wf_stream *stream, wf_error *err);
wf_status wf_cpu_capture_end(wf_graph *graph, int keep, wf_error *err);
wf_status wf_cpu_graph_launch(wf_graph *graph, wf_stream *stream, wf_error *err);
void wf_cpu_graph_close(wf_graph *graph);

/* ---- cpu_event.c ---- */
typedef struct wf_cpu_moments {
    _Atomic uint64_t recorded, completed;
    _Atomic uint64_t time;     /* ns, of the last completed recording */
    _Atomic uint64_t recorder; /* the process that recorded last */
} wf_cpu_moments;
typedef struct wf_cpu_event {
    wf_event open;
    wf_cpu_moments *at; /* &own, or in shared memory */
    wf_cpu_moments own;
    int file; /* of shared memory that we made; -1 */
    unsigned char nonce[16];
} wf_cpu_event;
wf_status wf_cpu_event_open(wf_event *event, wf_error *err);
void wf_cpu_event_close(wf_event *event);
wf_status wf_cpu_event_record(wf_event *event, wf_stream *stream, wf_error *err);
wf_status wf_cpu_event_query(wf_event *event, wf_error *err);
wf_status wf_cpu_event_synchronize(wf_event *event, wf_error *err);
wf_status wf_cpu_event_elapsed(wf_event *start, wf_event *end, double *ms, wf_error *err);
wf_status wf_cpu_stream_wait_event(wf_stream *stream, wf_event *event, wf_error *err);
wf_status wf_cpu_stream_callback(wf_stream *stream, void (*call)(void *), void *user, wf_error *err);
/* Until *counter >= target; polls. For a thread inside a stream's job too. */
wf_status wf_cpu_wait(_Atomic uint64_t *counter, uint64_t target, int poll, wf_error *err);
void wf_cpu_wake(void);          /* some counter has moved */
void wf_cpu_waiting_renew(void); /* in a child after fork */

/* ---- cpu_memory.c ---- */
wf_status wf_cpu_memory_alloc(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                              wf_address *address, wf_error *err);
wf_status wf_cpu_memory_free(wf_context *context, wf_memory_kind kind, wf_address address, size_t size,
                             wf_error *err);
wf_status wf_cpu_copy(wf_stream *stream, const wf_copy *copy, int wait, wf_error *err);
wf_status wf_cpu_copy_strided(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from, size_t width,
                              size_t rows, size_t slices, int wait, wf_error *err);
wf_status wf_cpu_fill(wf_stream *stream, const wf_fill *fill, int wait, wf_error *err);

/* ---- cpu_pages.c ---- */
void *wf_cpu_pages_alloc(size_t size); /* less than 1 MiB; NULL: no memory */
void wf_cpu_pages_free(void *memory, size_t size);
size_t
wf_cpu_pages_shared(size_t size); /* of the page that it shares with others; 0: its pages are its own */
void wf_cpu_pages_lock(void);     /* for fork.c */
void wf_cpu_pages_unlock(void);

/* ---- cpu_ipc.c ---- */
wf_status wf_cpu_ipc_export(wf_context *context, wf_ipc_piece *piece, const wf_ipc_record *record,
                            wf_error *err);
void wf_cpu_ipc_unexport(wf_ipc_piece *piece);
wf_status wf_cpu_ipc_open(wf_context *context, const wf_ipc_record *record, int file, uint64_t *base,
                          uint64_t *bytes, wf_error *err);
wf_status wf_cpu_ipc_close(wf_context *context, uint64_t base, uint64_t bytes, wf_error *err);
wf_status wf_cpu_event_export(wf_event *event, unsigned char handle[64], wf_error *err);
wf_status wf_cpu_event_import(wf_event *event, const unsigned char handle[64], wf_error *err);
/* Moments that other processes see; event_open of an event for them. */
wf_status wf_cpu_moments_new(wf_event *event, wf_error *err);
void wf_cpu_moments_end(wf_event *event);

/* ---- cpu_module.c ---- */
typedef struct wf_cpu_module {
    wf_module open;
    wf_image image;
} wf_cpu_module;
typedef struct wf_cpu_function {
    wf_function open;
    wf_cpu_kernel *code;
} wf_cpu_function;
wf_status wf_cpu_module_open(wf_module *module, wf_format format, const void *bytes, size_t size,
                             const wf_module_options *options, wf_error *err);
void wf_cpu_module_close(wf_module *module);
wf_status wf_cpu_module_global(wf_module *module, const char *name, wf_address *address, size_t *size,
                               wf_error *err);
wf_status wf_cpu_function_open(wf_function *function, wf_error *err);
wf_status wf_cpu_function_attributes(wf_function *function, wf_function_attributes *attributes,
                                     wf_error *err);
wf_status wf_cpu_function_occupancy(wf_function *function, uint32_t threads, size_t shared, int *blocks,
                                    wf_error *err);
wf_status wf_cpu_function_best_block(wf_function *function, size_t shared, int limit, int *grid, int *block,
                                     wf_error *err);

/* ---- cpu_find.c ---- */
enum {
    WF_SCRATCH_SLOTS = 4,
    WF_REACH_RECENT = 64, /* 2^6: six bits of a hash */
    WF_ARENA_ALIGN = 128,
    WF_NO_ADDRESS = 64 << 10 /* nothing lies below: null, and members of what null points to */
};
/* Memory of one piece of a launch on one thread; see cpu_launch.c. */
typedef struct wf_cpu_arena {
    char *shared, *scratch[WF_SCRATCH_SLOTS];
    size_t shared_bytes, scratch_bytes[WF_SCRATCH_SLOTS];
    int busy;
    struct wf_cpu_arena *next; /* for a piece within a piece */
} wf_cpu_arena;
static inline void *wf_cpu_aligned(const void *block) {
    return (void *)(((uintptr_t)block + WF_ARENA_ALIGN - 1) & ~(uintptr_t)(WF_ARENA_ALIGN - 1));
}
typedef struct wf_cpu_reach { /* of one piece */
    const wf_function *function;
    const wf_cpu_arena *arena;
    uint64_t born;      /* wf__extents_now when the launch was submitted */
    uint64_t stack_top; /* the kernel's frames lie below */
    wf_extent recent[WF_REACH_RECENT];
} wf_cpu_reach;
/* wf_cpu_launch.find */
void wf_cpu_find(wf_cpu_reach *reach, const wf_cpu_launch *launch, const wf_cpu_worker *worker,
                 const uint64_t *at, uint64_t mask, uint64_t *lo, uint64_t *size, uint32_t flags);
int wf_cpu_admits(wf_cpu_reach *reach, const wf_cpu_launch *launch, const wf_cpu_worker *worker, uint64_t at,
                  uint64_t bytes, uint32_t flags);

/* ---- cpu_launch.c ---- */
wf_status wf_cpu_launch_kernel(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                               const void *params, wf_error *err);
#endif
