/* runtime/inner.h: what the files of runtime/ share. Nobody outside this folder includes it.
 *
 * The seam between the core and the devices is one table of functions for each kind of device (wf_device_ops,
 * made in cuda.c and cpu.c). The core (device, context, memory, allocator, copy, stream, module, launch .c)
 * checks arguments, counts references and keeps the tables; it never asks which kind it has. Objects of a
 * kind begin with the core's struct and have the kind's own fields behind it: the table says how many bytes
 * each takes.
 *
 * Locks, outermost first: registry.lock, context->lock, heap's lock, a CPU stream's lock, the extent table's
 * lock. fork.c takes all of them, in that order, around fork(). */
#ifndef WF_RUNTIME_INNER_H
#define WF_RUNTIME_INNER_H
#include "runtime/runtime.h"
#include <pthread.h>
#include <stdatomic.h>

typedef struct wf_heap wf_heap;
typedef struct wf_device_ops wf_device_ops;
typedef struct wf_extent_entry wf_extent_entry;
typedef struct wf_ipc_piece wf_ipc_piece;
typedef struct wf_ipc_record wf_ipc_record;

struct wf_device {
    const wf_device_ops *ops;
    wf_device_kind kind;
    uint32_t ordinal;
    int native; /* the CUdevice */
    char label[16];
    wf_context *primary; /* made at first need, then kept; under registry.lock */
    wf_device_info info; /* filled when the device is found */
};

struct wf_context {
    uint64_t number;
    atomic_llong references;
    atomic_llong lent; /* of `references`: those of code that is kept for the next launch */
    wf_device *device;
    const wf_device_ops *ops;
    int is_primary;
    uint64_t handle;
    uint32_t flags;
    wf_heap *heap;
    pthread_mutex_t lock;      /* guards streams */
    wf_stream *default_stream; /* its references are the context's own */
    wf_stream *streams;        /* all others, linked by next_stream */
    atomic_uint stream_count;  /* of `streams` */
    atomic_uint captures;      /* of its streams, going on */
    atomic_uint failures;      /* streams with a stored failure or report: a hint to look */
    uint64_t peers;            /* bit i: may use the memory of the same kind's device i */
    wf_context *next;          /* all live contexts, under registry.lock */
};

enum { REPORTS_KEPT = 8, CAPTURE_STREAMS = 16 };
struct wf_stream {
    atomic_llong references;
    wf_context *context;
    uint64_t handle;
    uint32_t flags;
    int is_default, is_wrapped;
    wf_stream *next_stream;
    wf_graph *_Atomic capture;  /* what is given to it is recorded there; NULL: it runs */
    uint32_t capture_index;     /* among the streams of that capture */
    uint64_t heap_bins;         /* the allocator has free memory in this stream's order */
    pthread_mutex_t notes_lock; /* guards the rest */
    atomic_uint report_count;
    uint32_t first_report;
    wf_launch_report
        reports[REPORTS_KEPT]; /* a ring; when full, further ones are dropped: the first tell most */
    wf_error *failure;         /* the first one not yet returned by a wait */
};

struct wf_event {
    atomic_llong references;
    wf_context *context;
    uint64_t handle;
    uint32_t flags;
    wf_graph *_Atomic capture; /* recorded there, retained: it marks a place in that capture, not in time */
    uint32_t clock[CAPTURE_STREAMS]; /* … and this is the place: see graph.c; under that graph's lock */
};

/* A piece of memory that a graph touches, or something that it keeps. */
typedef struct wf_graph_use {
    wf_address at;
    uint64_t size;
    uint32_t node;
} wf_graph_use;
typedef struct wf_graph_kept {
    void (*release)(void *user);
    void *user;
} wf_graph_kept;
struct wf_graph {
    atomic_llong references;
    wf_context *context;
    uint64_t handle, exec;
    pthread_mutex_t lock; /* guards what follows, while it is being captured */
    atomic_int capturing;
    pthread_t thread;                    /* that began */
    wf_graph *outer;                     /* the capture that this thread was in when it began this one */
    wf_stream *streams[CAPTURE_STREAMS]; /* retained while capturing */
    uint32_t clock[CAPTURE_STREAMS][CAPTURE_STREAMS];
    uint32_t stream_count;
    wf_graph_node *nodes;
    wf_graph_use *uses;
    wf_graph_kept *kept;
    uint32_t node_count, node_room, use_count, use_room, kept_count, kept_room;
    int has_buffers; /* of the allocator, among what is kept */
};

struct wf_module {
    atomic_llong references;
    wf_context *context;
    uint64_t handle;
    char name[128];
    uint64_t *globals; /* addresses that are in the allocation table on our behalf; under globals_lock */
    uint32_t global_count;
    pthread_mutex_t globals_lock;
    wf_format image_format;
    void *image;
    size_t image_size;
    char *log;
};

struct wf_function {
    atomic_llong references;
    wf_module *module;
    uint64_t handle;
    char *name;
    char *shown;           /* the name for people */
    wf_function_info info; /* the arrays are our own copies, in one piece at info.param_offsets */
    int has_info;
    _Atomic uint64_t cost; /* wf_pool_job.cost of the last CPU launch */
};

/* A contiguous copy. `to` and `from` are host pointers where the flag says so. */
typedef struct wf_copy {
    uint64_t to, from;
    int to_host, from_host;
    size_t size;
    wf_device *to_device, *from_device; /* for device ends that the table knows */
    _Atomic uint64_t *done;             /* bytes moved are added to it, by whoever can; NULL: nobody asks */
} wf_copy;

typedef struct wf_fill {
    wf_address to;
    uint32_t value, item;
    size_t columns, rows, pitch; /* columns in items */
} wf_fill;

/* Every function is called with references held, without locks, by any thread. Unless a remark says otherwise
 * it may not block. Those behind `optional` may be NULL: the core then answers WF_UNSUPPORTED or does
 * without. */
struct wf_device_ops {
    const char *name; /* "cuda" */
    size_t context_bytes, stream_bytes, event_bytes, module_bytes, function_bytes;

    /* Once per process: how many there are. 0 and a reason when there are none. */
    uint32_t (*open)(char *reason, size_t reason_size);
    wf_status (*device_open)(wf_device *device, wf_error *err); /* fills native and info */
    wf_status (*device_attribute)(wf_device *device, int attribute, int *value, wf_error *err);
    wf_status (*device_memory)(wf_device *device, uint64_t *free_bytes, uint64_t *total, wf_error *err);

    wf_status (*context_open)(wf_context *context, wf_error *err); /* sets handle */
    void (*context_close)(wf_context *context);                    /* waits for the device */
    wf_status (*context_synchronize)(wf_context *context, wf_error *err);

    /* WF_NOMEM when memory is out: the core then empties its pool and asks again. */
    wf_status (*memory_alloc)(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                              wf_address *address, wf_error *err);
    wf_status (*memory_free)(wf_context *context, wf_memory_kind kind, wf_address address, size_t size,
                             wf_error *err);

    /* Queue; with `wait` the caller waits for the result afterwards in any case. */
    wf_status (*copy)(wf_stream *stream, const wf_copy *copy, int wait, wf_error *err);
    wf_status (*copy_strided)(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from, size_t width,
                              size_t rows, size_t slices, int wait, wf_error *err);
    wf_status (*fill)(wf_stream *stream, const wf_fill *fill, int wait, wf_error *err);

    wf_status (*stream_open)(wf_stream *stream, int priority, wf_error *err); /* the default stream too */
    void (*stream_close)(
        wf_stream *stream); /* ends and frees the struct's own parts, in its time: see stream.c */
    wf_status (*stream_query)(wf_stream *stream, wf_error *err);
    wf_status (*stream_synchronize)(wf_stream *stream, wf_error *err); /* waits */
    wf_status (*stream_wait_event)(wf_stream *stream, wf_event *event, wf_error *err);
    wf_status (*stream_callback)(wf_stream *stream, void (*call)(void *), void *user, wf_error *err);

    wf_status (*event_open)(wf_event *event, wf_error *err);
    void (*event_close)(wf_event *event);
    wf_status (*event_record)(wf_event *event, wf_stream *stream, wf_error *err);
    wf_status (*event_query)(wf_event *event, wf_error *err);
    wf_status (*event_synchronize)(wf_event *event, wf_error *err); /* waits */
    wf_status (*event_elapsed)(wf_event *start, wf_event *end, double *ms, wf_error *err);

    wf_status (*module_open)(wf_module *module, wf_format format, const void *bytes, size_t size,
                             const wf_module_options *options, wf_error *err); /* waits */
    void (*module_close)(wf_module *module);
    wf_status (*module_global)(wf_module *module, const char *name, wf_address *address, size_t *size,
                               wf_error *err);
    wf_status (*function_open)(wf_function *function, wf_error *err);
    wf_status (*function_attributes)(wf_function *function, wf_function_attributes *attributes,
                                     wf_error *err);
    wf_status (*function_occupancy)(wf_function *function, uint32_t threads, size_t shared, int *blocks,
                                    wf_error *err);
    wf_status (*function_best_block)(wf_function *function, size_t shared, int limit, int *grid, int *block,
                                     wf_error *err);
    /* config is normalised (no zeros) and checked against the device's limits. */
    wf_status (*launch)(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                        const void *params, wf_error *err);

    /* optional */
    const char *(*broken)(void); /* the fault that ended this kind in the process, or NULL */
    int (*fault_launch)(wf_fault_launch *launch);
    wf_status (*can_access_peer)(wf_device *device, wf_device *peer, int *can, wf_error *err);
    wf_status (*enable_peer)(wf_context *context, wf_context *peer, int enable, wf_error *err);
    wf_status (*memory_register)(wf_context *context, void *host, size_t size, uint32_t flags, wf_error *err);
    wf_status (*memory_unregister)(wf_context *context, void *host, wf_error *err);
    wf_status (*device_address)(wf_context *context, void *pinned, wf_address *address, wf_error *err);
    /* Large blocks in stream order from the driver's own pool. WF_UNSUPPORTED: the core keeps free lists. */
    wf_status (*pool_alloc)(wf_stream *stream, size_t size, wf_address *address, wf_error *err);
    wf_status (*pool_free)(wf_stream *stream, wf_address address, wf_error *err);
    wf_status (*pool_trim)(wf_context *context, wf_error *err);
    /* The last reference is gone. 1: the kind has taken it over until queued work is done, then releases it.
     * Until then the stream stays in its context's list, so that whoever must wait for its work finds it. */
    int (*stream_linger)(wf_stream *stream);
    wf_status (*stream_wrap)(wf_stream *stream, uint64_t handle, wf_error *err);
    wf_status (*function_set_attribute)(wf_function *function, int attribute, int value, wf_error *err);
    wf_status (*function_set_cache)(wf_function *function, int cache, wf_error *err);

    /* optional, all or none: memory and events for other processes (ipc.c) */
    /* Memory moves into a shared file: of small buffers the slab that they are in, of small allocations by
     * address the page (ipc_page: its size; 0: none is shared). */
    int ipc_by_pages;
    size_t (*ipc_page)(size_t size);
    /* Of [piece->lo, piece->hi). Fills what it knows: `base` and `driver` with has_driver, or `file` and
     * `bytes`. */
    wf_status (*ipc_export)(wf_context *context, wf_ipc_piece *piece, const wf_ipc_record *record,
                            wf_error *err);
    void (*ipc_unexport)(wf_ipc_piece *piece); /* before the memory is freed; may be NULL */
    /* file: -1 for a handle of the driver's, else to be mapped, and still the caller's. */
    wf_status (*ipc_open)(wf_context *context, const wf_ipc_record *record, int file, uint64_t *base,
                          uint64_t *bytes, wf_error *err);
    wf_status (*ipc_close)(wf_context *context, uint64_t base, uint64_t bytes, wf_error *err);
    wf_status (*event_export)(wf_event *event, unsigned char handle[64], wf_error *err);
    /* event: as event_open's, with WF_EVENT_INTERPROCESS | WF_EVENT_NO_TIMING. */
    wf_status (*event_import)(wf_event *event, const unsigned char handle[64], wf_error *err);

    /* optional, all or none: graphs */
    size_t graph_bytes;
    /* The stream, the first or one that joins, is recorded from here on. */
    wf_status (*capture_begin)(wf_graph *graph, wf_stream *stream, wf_error *err);
    wf_status (*capture_record)(wf_event *event, wf_stream *stream, wf_error *err); /* may be NULL */
    wf_status (*capture_wait)(wf_stream *stream, wf_event *event, wf_error *err);   /* may be NULL */
    /* All its streams run again, also on failure. keep 0: what was recorded goes. */
    wf_status (*capture_end)(wf_graph *graph, int keep, wf_error *err);
    wf_status (*graph_launch)(wf_graph *graph, wf_stream *stream, wf_error *err);
    wf_status (*graph_upload)(wf_graph *graph, wf_stream *stream, wf_error *err); /* may be NULL */
    void (*graph_close)(wf_graph *graph);
};

extern const wf_device_ops wf_cuda_ops, wf_cpu_ops;

/* ---- ipc.c ---- */
/* What stands behind the bytes of a shared file (base/shared.h). */
enum { WF_IPC_MEMORY = 1, WF_IPC_EVENT };
struct wf_ipc_record {
    char magic[8];
    unsigned char nonce[16]; /* random: this one and no other */
    uint32_t what;           /* WF_IPC_… */
    uint32_t kind;           /* of the device */
    uint32_t ordinal, has_driver;
    uint64_t bytes;           /* that can be mapped: filled by who opens it */
    unsigned char driver[64]; /* the driver's handle */
    unsigned char zero[144];
};
_Static_assert(sizeof(struct wf_ipc_record) == 256, "as WF_SHARED_RECORD says");
/* An allocation that has a handle. */
struct wf_ipc_piece {
    uint64_t lo, hi;
    uint64_t base;  /* what the driver's handle opens begins here: <= lo */
    uint64_t bytes; /* CPU: whole pages that are shared */
    int file;       /* -1: none */
    int has_driver;
    int several; /* other allocations lie in it too: it ends with wf__ipc_forget_block */
    void *copy;  /* while the process forks */
    unsigned char nonce[16], driver[64];
    const wf_device_ops *ops;
};
/* A handle of weft's own. */
void wf__ipc_token(unsigned char handle[64], const unsigned char nonce[16], int file, uint64_t distance);
/* The file behind a token of another process; WF_INVALID with words when there is none. */
wf_status wf__ipc_find(const unsigned char handle[64], uint32_t what, const wf_context *context,
                       wf_ipc_record *record, uint64_t *bytes, uint64_t *distance, int *file, wf_error *err);
void wf__ipc_record_new(wf_ipc_record *record, uint32_t what, const wf_device *device);
/* The memory at lo is about to be freed. One relaxed load where nothing was exported. */
void wf__ipc_forget(uint64_t lo);
void wf__ipc_forget_block(uint64_t lo); /* the same of what several allocations lie in: a slab, a page */
void wf__ipc_lock(void);                /* for fork.c */
void wf__ipc_before_fork(void);         /* under the lock, when nobody can allocate */
void wf__ipc_unlock(int in_child);

/* ---- device.c ---- */
typedef struct wf_registry {
    pthread_mutex_t lock;
    struct {
        int opened;
        uint32_t count;
        wf_device *devices;
        char reason[512];
    } kinds[WF_DEVICE_KINDS];
    wf_context *contexts;
    wf_pool *pool;
} wf_registry;
extern wf_registry wf__registry;

/* Opens a kind once; under registry.lock it returns at once. */
void wf__kind_open(wf_device_kind kind);
void wf__fork_watch(void); /* fork.c */

/* ---- context.c ---- */
void *wf__object_new(size_t bytes, const char *what, wf_error *err); /* zeroed; WF_NOMEM in err when NULL */

/* ---- stream.c ---- */
/* Keeps the first failure / adds a report (taking over its function reference). Any thread. */
void wf__stream_fail(wf_stream *stream, const wf_error *failure);
/* Moves the stored failure out: WF_OK when there is none. */
wf_status wf__stream_take_failure(wf_stream *stream, wf_error *err);
wf_status wf__context_take_failure(wf_context *context, wf_error *err);
wf_status wf__stream_make(wf_context *context, uint32_t flags, int priority, int is_default,
                          wf_stream **stream, wf_error *err);
/* The public calls without their span in the log. */
wf_status wf__stream_synchronize(wf_stream *stream, wf_error *err);
wf_status wf__event_synchronize(wf_event *event, wf_error *err);
/* Retains, unless the last reference is gone already and the stream about to end: then 0. For those who found
 * the stream in a list, under the list's lock. */
int wf__stream_try_retain(wf_stream *stream);
void wf__stream_free(wf_stream *stream); /* the struct, when a kind's stream_close has finished with it */
void wf__stream_clear_notes(wf_stream *stream); /* drops what no wait has fetched */
void wf__stream_unmake_default(wf_stream *stream);

/* ---- graph.c ---- */
static inline wf_graph *wf__capture(const wf_stream *stream) {
    return __builtin_expect(atomic_load_explicit(&stream->capture, memory_order_acquire) != NULL, 0)
               ? atomic_load_explicit(&stream->capture, memory_order_acquire)
               : NULL;
}
/* Each does nothing without a capture. `note` comes after the uses of its node. */
wf_status wf__capture_note(wf_stream *stream, const wf_graph_node *node, wf_error *err);
wf_status wf__capture_use(wf_stream *stream, wf_address at, uint64_t size, wf_error *err);
wf_status wf__capture_kernel(wf_stream *stream, wf_function *function, const wf_launch_config *config,
                             const void *params, wf_error *err);
wf_status wf__capture_buffer(wf_stream *stream, wf_buffer *buffer, wf_error *err);
wf_status wf__capture_refuse(const wf_stream *stream, const char *what, wf_error *err); /* WF_INVALID */
/* Events of captures: `record` and `wait` are the whole call; `forget` before it is recorded elsewhere. */
wf_status wf__capture_record(wf_event *event, wf_stream *stream, wf_error *err);
wf_status wf__capture_wait(wf_stream *stream, wf_event *event, wf_error *err);
void wf__capture_forget(wf_event *event);
/* Did this thread begin the capture on this stream? Then no other thread can end it. */
int wf__capture_is_ours(const wf_stream *stream);

/* ---- extents.c: the table of live allocations ---- */
struct wf_extent_entry {
    uint64_t lo, hi;
    wf_device *device;
    wf_context *context;
    wf_memory_kind kind;
    uint32_t flags; /* as given to wf_memory_alloc; WF_MEMORY_POOLED: WF_BUFFER_…; FOREIGN: WF_FOREIGN_… */
};
enum { WF_FOREIGN_WHOLE = 1 };                       /* all that was mapped: an array in it counts first */
enum { WF_BUFFER_WHOLE = 1, WF_BUFFER_OF_POOL = 2 }; /* a block of its own; from the driver's pool */
wf_status wf__extents_add(const wf_extent_entry *entry, wf_error *err); /* WF_NOMEM; overlap: WF_INTERNAL */
int wf__extents_find(uint64_t address, wf_extent_entry *entry);
/* Takes the entry that begins at `address` out, if its kind is in the mask (1 << kind). 0: there is none. */
int wf__extents_remove(uint64_t address, uint32_t kinds, wf_extent_entry *entry);
/* Any one entry of this context with a kind in the mask, taken out: 0 when none is left. */
int wf__extents_remove_one(wf_context *context, uint32_t kinds, wf_extent_entry *entry);
/* The extents of `count` pointers under one lock, as wf_memory_extent gives them. */
void wf__extents_of(const wf_context *context, const uint64_t *addresses, uint32_t count, wf_extent *extents);
/* Counts removals, so that a launch can tell what went after it was submitted. */
uint64_t wf__extents_now(void);
/* Memory that the context's kernels may reach at `address`, or that went after `born`. */
int wf__extents_live(const wf_context *context, uint64_t address, uint64_t born, wf_extent *extent);
void wf__extents_lock(void); /* for fork.c */
void wf__extents_unlock(void);
/* Foreign memory: may overlap anything. */
wf_status wf__extents_add_foreign(const wf_extent_entry *entry, wf_error *err);
void wf__extents_remove_foreign(uint64_t lo, uint64_t hi);

/* ---- allocator.c ---- */
enum {
    WF_SLAB_BYTES = 2 << 20
}; /* small buffers are cut from pieces of this size; on a CPU at multiples of it */
wf_heap *wf__heap_new(wf_context *context);
void wf__heap_free(wf_heap *heap);                      /* every buffer is gone */
wf_status wf__heap_flush(wf_heap *heap, wf_error *err); /* waits; free memory goes back to the device */
void wf__heap_flush_for_shortage(wf_heap *heap);
void wf__heap_stream_ends(wf_heap *heap, wf_stream *stream);
void wf__heap_count(wf_heap *heap, int64_t bytes); /* raw allocations count in the statistics too */
void wf__heap_lock(wf_heap *heap);
void wf__heap_unlock(wf_heap *heap);
/* memory.c: turns a WF_NOMEM in err into words with sizes. */
void wf__memory_shortage(wf_context *context, size_t size, wf_error *err);
/* ops->memory_alloc with the flush and the one retry, and words with sizes. */
wf_status wf__memory_take(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                          wf_address *address, wf_error *err);

/* ---- debug.c ---- */
void wf__debug_init(void);
wf_status wf__debug_check(const char *setting, wf_error *err); /* WF_INVALID: a word that means nothing */
struct wf_hook_pair {
    void (*call)(void);
    void *user;
    struct wf_hook_pair *before;
};
typedef struct wf_hook_pair *_Atomic wf_hook; /* NULL: none */
void wf__hook_set(wf_hook *hook, void (*call)(void), void *user);
void (*wf__hook_get(wf_hook *hook, void **user))(void);

/* ---- trace.c ---- */
uint32_t wf__trace_current(void); /* the span that this thread has open; 0: none */
void wf__trace_ran(uint32_t id, uint64_t begin, uint64_t end); /* work of a CPU stream */
void wf__trace_lock(void);                                     /* for fork.c */
void wf__trace_unlock(int in_child);

/* ---- copy_watch.c ---- */
struct wf_copy_notice;
/* 0: this copy is not watched. Else copy->done is set, and the end must be told. */
int wf__copy_watch_begin(wf_copy *copy, wf_stream *stream, struct wf_copy_notice *notice);
void wf__copy_watch_end(const struct wf_copy_notice *notice);

/* ---- interrupt.c ---- */
/* A stop flag that wf_interrupt sets to 2; the launch itself may set it to 1. NULL: all are in use. */
int32_t *wf__stop_take(void);
void wf__stop_give(int32_t *stop);
/* One that a thread keeps: it says itself when a launch of its runs. NULL: all are in use. */
typedef struct wf_cpu_stop {
    _Atomic int32_t stop;
    atomic_int runs;
} wf_cpu_stop;
wf_cpu_stop *wf__stop_own(void);
void wf__stop_disown(wf_cpu_stop *flag);
static inline void wf__stop_begin(wf_cpu_stop *flag) {
    atomic_store_explicit(&flag->stop, 0, memory_order_relaxed);
    atomic_store_explicit(&flag->runs, 1, memory_order_release);
}
static inline int32_t wf__stop_end(wf_cpu_stop *flag) {
    atomic_store_explicit(&flag->runs, 0, memory_order_release);
    return atomic_load_explicit(&flag->stop, memory_order_relaxed);
}
int wf__stop_is_awaited(
    void);          /* some launch was told to stop by wf_interrupt and runs on; for signal handlers */
int wf__poll(void); /* runs the poll hook: not 0 = give up waiting */
/* Puts our signal handler back in front. A look costs a system call: it is only taken every 50 ms, unless
 * `surely`. */
void wf__interrupt_refresh(int surely);
void wf__interrupt_lock(void); /* for fork.c */
void wf__interrupt_unlock(void);

/* ---- copy_staged.c: pageable copies through pinned slots ---- */
enum { WF_STAGED_LEAST = 1 << 20 };

/* ---- print.c: printf of kernels ---- */
struct wf_text;
/* Appends; returns the number of conversions done. */
int wf__format(struct wf_text *text, const char *format, const void *args, uint32_t count,
               int (*readable)(void *user, const char *at), void *user);
void wf__print(const char *text, size_t length);

/* ---- cache.c, for fork.c ---- */
void wf__cache_lock(void);
void wf__cache_unlock(void);

/* ---- cpu_stream.c, for fork.c ---- */
void wf__cpu_streams_lock(wf_context *context);
void wf__cpu_streams_unlock(wf_context *context, int in_child);

#endif
