/* runtime/runtime.h: the door to devices: memory, copies, streams, events, modules, launches, the disk cache.
 *
 * The runtime knows nothing of compilers. It is given bytes (PTX text, a cubin, an ELF object) and a
 * description of a kernel's parameters, and runs them on "cuda:0" … or "cpu". The same calls mean the same on
 * both; a CPU device has contexts, streams and events too. Rules for every call:
 *  - any thread may call anything at any time, except where a remark says otherwise;
 *  - handles start with one reference, which the caller owns; `retain` adds one, `release` takes one (NULL is
 * allowed); an object keeps what it needs alive (a function its module, a stream its context);
 *  - results are written only on WF_OK; a wf_error may be NULL;
 *  - a release may wait for the device, and may run a callback: no lock that a callback takes may be held
 * around it;
 *  - calls marked "waits" may block: a binding gives up the interpreter's lock around them. Launches may run
 * a short CPU kernel before they return;
 *  - what goes wrong after a call has returned (a kernel's trap, a GPU fault) is kept and returned by the
 * next call that waits for that stream, event or context. Addresses are uint64_t: a CUdeviceptr, or a host
 * address on a CPU device. One table knows every live allocation of every device (addresses are unique in the
 * process). */
#ifndef WF_RUNTIME_RUNTIME_H
#define WF_RUNTIME_RUNTIME_H
#include "base/hash.h"
#include "base/pool.h"
#include "base/status.h"
#include "emit/cpu_abi.h"
#include <stddef.h>
#include <stdint.h>

typedef uint64_t wf_address;
typedef struct wf_device wf_device; /* lives as long as the process; no references */
typedef struct wf_context wf_context;
typedef struct wf_stream wf_stream;
typedef struct wf_event wf_event;
typedef struct wf_module wf_module;
typedef struct wf_function wf_function;
typedef struct wf_graph wf_graph;

/* ---- the process ----------------------------------------------------------------------------------------
 */

/* Reads the environment and finds the CPU devices; the CUDA driver is opened when it is first asked about.
 * Done by every other call on its own: calling it early only moves the cost. */
wf_status wf_runtime_init(wf_error *err);
/* The threads that kernels and array loops run on (WEFT_THREADS); made at first need, made anew after fork().
 */
wf_pool *wf_runtime_pool(void);
/* Ctrl-C: every CPU launch that runs now ends soon with WF_INTERRUPT, and waits for a GPU end.
 * Async-signal-safe. */
void wf_interrupt(void);
uint64_t wf_interrupts(void); /* counts from 1 */
/* Puts a handler for `signal_number` (SIGINT) in front of the present one: calls wf_interrupt, then the one
 * before. A launch puts it back in front (checked every 50 ms) when someone replaced it. */
wf_status wf_interrupt_on_signal(int signal_number, wf_error *err);
/* Called about every 50 ms by a thread that waits inside the runtime (not by pool threads); not 0 ends the
 * wait with WF_INTERRUPT. The binding takes the interpreter's lock there and asks for pending signals. NULL:
 * none. */
void wf_set_poll_hook(int (*poll)(void *user), void *user);

/* ---- environment (env.c holds the one table) -------------------------------------------------------------
 */

/* The variable's text (or its default), by its name without WEFT_, such as "CACHE_DIR"; NULL when it has none
 * or is not in the table. Read once, at first use. */
const char *wf_env_text(const char *name);
int wf_exact(void);                   /* EXACT, quickly */
int64_t wf_env_int(const char *name); /* numbers take K, M, G; switches give 0 or 1 */
/* For `doctor` and the documentation: 0 when index is past the end. */
typedef struct wf_env_row {
    const char *name, *value, *fallback, *help;
    int is_set;
    const char
        *problem; /* words: the environment's value is none that it can have, and does not count; else NULL */
} wf_env_row;
int wf_env_describe(uint32_t index, wf_env_row *row);
/* NULL value: back to the default. A value that it cannot have: WF_INVALID, nothing changed. */
wf_status wf_env_set(const char *name, const char *value, wf_error *err);

/* ---- WEFT_DEBUG: a number (the ladder: everything up to it) and names, as in "2,memory,cache"
 * --------------- */

typedef enum wf_debug_category {
    WF_DEBUG_DEVICE,   /* ladder 1: devices found and chosen */
    WF_DEBUG_KERNEL,   /* ladder 2: a line for each launch: time, bytes, GB/s */
    WF_DEBUG_OPTIMISE, /* ladder 3: what was fused, which way of barriers */
    WF_DEBUG_SOURCE,   /* ladder 4: CUDA C print of the tree */
    WF_DEBUG_IR,       /* ladder 5: LLVM IR */
    WF_DEBUG_ASSEMBLY, /* ladder 6: PTX or assembly */
    WF_DEBUG_MEMORY,
    WF_DEBUG_CACHE,
    WF_DEBUG_REFS,
    WF_DEBUG_DRIVER,
    WF_DEBUG_STREAM,
    WF_DEBUG_COMPILER, /* by name only */
    WF_DEBUG_COUNT
} wf_debug_category;
int wf_debug_on(wf_debug_category category); /* one load */
void wf_debug(wf_debug_category category, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wf_debug_set(const char *setting); /* as WEFT_DEBUG; NULL or "": off */
/* One call a line, without newline. NULL: back to stderr. */
void wf_set_debug_hook(void (*hook)(void *user, wf_debug_category category, const char *text), void *user);

/* ---- devices ---------------------------------------------------------------------------------------------
 */

typedef enum wf_device_kind { WF_DEVICE_CUDA, WF_DEVICE_CPU, WF_DEVICE_KINDS } wf_device_kind;

/* Opens the driver at first need. A missing driver is a count of 0; the reason: wf_device_kind_reason. */
uint32_t wf_device_count(wf_device_kind kind);
const char *wf_device_kind_reason(wf_device_kind kind); /* NULL when the kind works */
wf_status wf_device_at(wf_device_kind kind, uint32_t ordinal, wf_device **device, wf_error *err);
/* "cuda:1", "cuda" (= cuda:0), "cpu", "cpu:1", "gpu" (= cuda). */
wf_status wf_device_by_name(const char *name, wf_device **device, wf_error *err);
/* WEFT_DEVICE, else cuda:0 if that answers, else cpu. */
wf_status wf_device_default(wf_device **device, wf_error *err);
wf_device_kind wf_device_kind_of(const wf_device *device);
uint32_t wf_device_ordinal(const wf_device *device);
const char *wf_device_label(const wf_device *device); /* "cuda:0", "cpu:0" */
int wf_device_is_cpu(const wf_device *device);

/* What both kinds answer. The names follow CUDA's CU_DEVICE_ATTRIBUTE_…, in lower case. */
typedef struct wf_device_info {
    char name[256];
    char pci_bus_id[32]; /* "0000:01:00.0"; made up on a CPU */
    unsigned char uuid[16];
    int compute_major, compute_minor; /* a CPU device answers 9.0 */
    int multiprocessors;              /* a CPU device: its threads */
    int warp_size, max_threads_per_block, max_threads_per_multiprocessor, max_blocks_per_multiprocessor;
    int max_block[3], max_grid[3];
    int max_shared_per_block, max_shared_per_block_optin, max_shared_per_multiprocessor;
    int max_registers_per_block, clock_khz, memory_clock_khz, memory_bus_bits, l2_bytes, total_constant;
    int integrated, managed_memory, cooperative_launch, concurrent_kernels, can_map_host, async_engines, ecc;
    uint64_t total_memory;
    int driver_version; /* CUDA: 12040 and the like; a CPU device answers 13000 */
} wf_device_info;
wf_status wf_device_info_of(wf_device *device, wf_device_info *info, wf_error *err);
/* Any CU_DEVICE_ATTRIBUTE number; a CPU device answers those that mean something there, else 0. */
wf_status wf_device_attribute(wf_device *device, int attribute, int *value, wf_error *err);
wf_status wf_device_memory(wf_device *device, uint64_t *free_bytes, uint64_t *total_bytes, wf_error *err);
wf_status wf_device_can_access_peer(wf_device *device, wf_device *peer, int *can, wf_error *err);
/* The message of the fault that ended CUDA in this process; NULL while it lives. */
const char *wf_device_broken(const wf_device *device);
/* The launch that most likely broke it: the oldest that was not known to be over. 0: not broken, or no launch
 * known. */
typedef struct wf_fault_launch {
    char name[128]; /* of the kernel */
    uint32_t grid[3], block[3];
    void *tag; /* of wf_launch_config */
} wf_fault_launch;
int wf_device_fault_launch(const wf_device *device, wf_fault_launch *launch);

/* ---- contexts --------------------------------------------------------------------------------------------
 */

/* Native code uses the primary context everywhere; own contexts and the stack are for PyCUDA. The stack is
 * ours, one per thread: other users of the driver in this process keep their current context. */
wf_status wf_context_primary(wf_device *device, wf_context **context, wf_error *err); /* a new reference */
wf_status wf_context_create(wf_device *device, uint32_t flags, wf_context **context, wf_error *err);
wf_context *wf_context_retain(wf_context *context);
void wf_context_release(
    wf_context *context); /* the last reference of an own context frees its memory. Waits */
/* `more` references of the context (or so many fewer) belong to what is only kept for its next use, loaded
 * code: when an own context has no others left, `drop`, given once for the process, is called to let go of
 * them. */
void wf_context_lend(wf_context *context, int more);
void wf_context_on_last_use(void (*drop)(wf_context *context));
wf_device *wf_context_device(const wf_context *context);
uint64_t wf_context_number(
    const wf_context *context); /* no other context of the process has it, ended ones included */
/* The legacy default stream; in a thread that captures a stream of this context (see graphs, below), that
 * stream. Borrowed. */
wf_stream *wf_context_default_stream(wf_context *context);
wf_stream *wf_context_own_default_stream(wf_context *context); /* the legacy default stream, always */
uint64_t wf_context_handle(const wf_context *context);         /* the CUcontext; on a CPU an opaque number */
wf_status wf_context_synchronize(wf_context *context, wf_error *err); /* all streams. Waits */
wf_status wf_context_enable_peer(wf_context *context, wf_context *peer, int enable, wf_error *err);
/* This thread's stack. push retains; pop releases what push retained. current is borrowed, NULL when empty.
 */
wf_status wf_context_push(wf_context *context, wf_error *err);
wf_status wf_context_pop(wf_context **popped, wf_error *err); /* gives the stack's reference to the caller */
wf_context *wf_context_current(void);
/* Calls a function of foreign code's with the CUDA context current for this thread; on a CPU WF_UNSUPPORTED.
 */
wf_status wf_context_call(wf_context *context, wf_status (*function)(void *user, wf_error *err), void *user,
                          wf_error *err);

/* ---- memory ----------------------------------------------------------------------------------------------
 */

typedef enum wf_memory_kind {
    WF_MEMORY_DEVICE,  /* mem_alloc */
    WF_MEMORY_POOLED,  /* a wf_buffer from the caching allocator */
    WF_MEMORY_PINNED,  /* host memory that the device can reach; copies at full speed */
    WF_MEMORY_MANAGED, /* one address on host and device */
    WF_MEMORY_FOREIGN, /* wrapped: someone else's */
    WF_MEMORY_GLOBAL,  /* a module's variable */
    WF_MEMORY_KERNEL,  /* a kernel's malloc, on a CPU */
} wf_memory_kind;

enum {
    WF_PINNED_PORTABLE = 1,
    WF_PINNED_MAPPED = 2,
    WF_PINNED_WRITE_COMBINED = 4
}; /* as CU_MEMHOSTALLOC_… */

/* Straight from the device, for programs that free by address. size 0 is allowed. */
wf_status wf_memory_alloc(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                          wf_address *address, wf_error *err);
wf_status wf_memory_alloc_pitched(wf_context *context, size_t width, size_t height, size_t element,
                                  wf_address *address, size_t *pitch, wf_error *err);
/* A wrong address, a second free, or an address inside an allocation: WF_INVALID with words. Waits for work
 * that may use it, as cuMemFree does. */
wf_status wf_memory_free(wf_address address, wf_error *err);
/* Pins memory that exists (cuMemHostRegister); on a CPU it is only entered. */
wf_status wf_memory_register(wf_context *context, void *host, size_t size, uint32_t flags, wf_error *err);
wf_status wf_memory_unregister(void *host, wf_error *err);
/* The address under which the device sees pinned memory. */
wf_status wf_memory_device_address(void *pinned, wf_address *address, wf_error *err);

typedef struct wf_memory_info {
    wf_extent extent; /* exactly the bytes that were asked for */
    wf_memory_kind kind;
    wf_device *device;
    wf_context *context; /* borrowed; NULL for foreign memory */
} wf_memory_info;
/* The live allocation that holds `address` (or ends there, when nothing begins there). 0: none. */
int wf_memory_find(wf_address address, wf_memory_info *info);
/* As a kernel on `device` may use it: memory of another device only when it is host memory or peer access is
 * on. Not found: {address, address}. */
wf_extent wf_memory_extent(wf_device *device, wf_address address);

typedef struct wf_memory_stats {
    uint64_t in_use, peak,
        pooled; /* bytes: asked for and live; the most ever; held by the pool (free and used) */
    uint64_t allocations, frees, hits; /* counts since the start; hits: served without asking the device */
    uint64_t out_of_memory;            /* how often the pool had to be emptied */
} wf_memory_stats;
wf_status wf_memory_stats_of(wf_context *context, wf_memory_stats *stats, wf_error *err);
wf_status wf_memory_trim(wf_context *context, wf_error *err); /* gives the pool's free memory back. Waits */
/* Upper bound of the pool, 0 = none (the drop-ins' set_limit). */
wf_status wf_memory_set_limit(wf_context *context, uint64_t bytes, wf_error *err);

/* A piece of the caching allocator, or wrapped foreign memory. The fields are for reading. */
typedef struct wf_buffer {
    wf_address address; /* 512-byte aligned on a GPU, 64 on a CPU, unless wrapped */
    size_t size;        /* as asked for */
    void *host;         /* address as a pointer where the CPU may touch it, else NULL */
    wf_device *device;
    wf_context *context; /* kept alive by the buffer */
} wf_buffer;
/* In stream order: the memory may be in use by work queued earlier on the same stream. stream NULL: the
 * context's default stream. Contents are undefined. On failure: pool flushed, trimmed, one retry, then sizes
 * in the message. */
wf_status wf_buffer_alloc(wf_context *context, wf_stream *stream, size_t size, wf_buffer **buffer,
                          wf_error *err);
/* release is called once, when the last reference goes (any thread). It may be NULL. */
wf_status wf_buffer_wrap(wf_context *context, wf_address address, size_t size, int host_readable,
                         void (*release)(void *user), void *user, wf_buffer **buffer, wf_error *err);
wf_buffer *wf_buffer_retain(wf_buffer *buffer);
void wf_buffer_release(wf_buffer *buffer);
int64_t
wf_buffer_references(const wf_buffer *buffer); /* 1: the caller's is the last, its memory may be donated */
/* Work on a stream other than the one it was allocated on uses the buffer: its memory is not reused before.
 */
wf_status wf_buffer_used_on(wf_buffer *buffer, wf_stream *stream, wf_error *err);

/* ---- copies ----------------------------------------------------------------------------------------------
 */

/* WF_COPY_ASYNC: returns when queued (pageable host memory may make it wait); else waits. Ranges in memory
 * that the table knows are checked before anything is moved. */
enum { WF_COPY_ASYNC = 1 };
wf_status wf_copy_to_device(wf_stream *stream, wf_address to, const void *from, size_t size, uint32_t flags,
                            wf_error *err);
wf_status wf_copy_to_host(wf_stream *stream, void *to, wf_address from, size_t size, uint32_t flags,
                          wf_error *err);
/* Both ends on any devices of one kind (peer copies included), or between kinds (through the host). */
wf_status wf_copy_on_device(wf_stream *stream, wf_address to, wf_address from, size_t size, uint32_t flags,
                            wf_error *err);

/* One end of a strided copy: element (x bytes, y rows, z slices) is at base + x + y * pitch + z * slice. */
typedef struct wf_copy_end {
    int on_device; /* base is a wf_address, else a host pointer */
    wf_address base;
    uint64_t pitch; /* bytes from row to row; 0: width */
    uint64_t slice; /* bytes from slice to slice; 0: pitch * rows; a multiple of pitch */
} wf_copy_end;
wf_status wf_copy_strided(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from, size_t width,
                          size_t rows, size_t slices, uint32_t flags, wf_error *err);
/* item: 1, 2 or 4 bytes; count in items. */
wf_status wf_memory_fill(wf_stream *stream, wf_address to, uint32_t value, uint32_t item, size_t count,
                         uint32_t flags, wf_error *err);
wf_status wf_memory_fill_2d(wf_stream *stream, wf_address to, size_t pitch, uint32_t value, uint32_t item,
                            size_t columns, size_t rows, uint32_t flags, wf_error *err);

/* ---- streams and events ----------------------------------------------------------------------------------
 */

enum { WF_STREAM_NONBLOCKING = 1 }; /* does not wait for the legacy default stream, nor that for it */
wf_status wf_stream_create(wf_context *context, uint32_t flags, int priority, wf_stream **stream,
                           wf_error *err);
/* A CUstream of someone else's (0: the default stream). Not destroyed by us. CUDA only. */
wf_status wf_stream_wrap(wf_context *context, uint64_t handle, wf_stream **stream, wf_error *err);
wf_stream *wf_stream_retain(wf_stream *stream);
void wf_stream_release(wf_stream *stream); /* work already queued still runs */
wf_context *wf_stream_context(const wf_stream *stream);
uint64_t
wf_stream_handle(const wf_stream *stream); /* the CUstream, for vendor libraries; on a CPU a number */
int wf_stream_is_default(const wf_stream *stream);
wf_status wf_stream_query(wf_stream *stream, wf_error *err); /* WF_OK or WF_NOTREADY (no message then) */
wf_status wf_stream_synchronize(wf_stream *stream,
                                wf_error *err); /* waits; returns the stream's stored failure */
wf_status wf_stream_wait_event(wf_stream *stream, wf_event *event, wf_error *err);
/* call runs after all earlier work, on a thread of the runtime or the driver; it may not call the runtime on
 * a GPU. */
wf_status wf_stream_add_callback(wf_stream *stream, void (*call)(void *user), void *user, wf_error *err);

enum { WF_EVENT_BLOCKING = 1, WF_EVENT_NO_TIMING = 2, WF_EVENT_INTERPROCESS = 4 }; /* as CU_EVENT_… */
wf_status wf_event_create(wf_context *context, uint32_t flags, wf_event **event, wf_error *err);
wf_event *wf_event_retain(wf_event *event);
void wf_event_release(wf_event *event);
wf_status wf_event_record(wf_event *event, wf_stream *stream, wf_error *err);
wf_status wf_event_query(wf_event *event, wf_error *err); /* WF_OK or WF_NOTREADY */
wf_status wf_event_synchronize(wf_event *event, wf_error *err);
wf_status wf_event_elapsed(wf_event *start, wf_event *end, double *milliseconds, wf_error *err);
uint64_t wf_event_handle(const wf_event *event);

/* ---- graphs: work that is written down once and launched again and again ---------------------------------
 *
 * Between begin and end, what is given to the stream is recorded, not run: launches, copies, fills, host
 * calls. A stream that waits for an event recorded in a capture joins it; before the end, work on such
 * streams has to be waited for by the first one. While a thread captures, what it gives to the context's
 * default stream is captured too, so that code which names no stream can be captured. Nothing of a capture
 * can be waited for: that, and a copy from or to the host that waits, is WF_INVALID with words; the capture
 * goes on. Parameters and addresses are those of the capture. Memory that wf_buffer_alloc gives in it is the
 * graph's as well; other memory has to live as long as the graph is launched: a launch looks, as far as the
 * table of allocations knows. */

/* Not the legacy default stream, and not a stream that is being captured. */
wf_status wf_stream_begin_capture(wf_stream *stream, wf_error *err);
/* By the thread that began. The capture has ended, also on failure; graph NULL: it is dropped. Waits. */
wf_status wf_stream_end_capture(wf_stream *stream, wf_graph **graph, wf_error *err);
int wf_stream_is_capturing(const wf_stream *stream);
/* The stream of this context that this thread captures; borrowed; NULL: none. */
wf_stream *wf_capture_of_thread(const wf_context *context);
/* +1: from here on this thread's captures count for nothing in the call above and for the default
 * stream; -1: they do again. For work that must be done now. */
void wf_capture_pause(int more);
/* The graph keeps something alive until it ends; release may be called by any thread. Without a capture, or
 * when it fails, release is called at once. */
wf_status wf_capture_keep(wf_stream *stream, void (*release)(void *user), void *user, wf_error *err);

wf_graph *wf_graph_retain(wf_graph *graph);
void wf_graph_release(wf_graph *graph); /* what runs of it still runs */
wf_context *wf_graph_context(const wf_graph *graph);
uint64_t wf_graph_handle(const wf_graph *graph);      /* the CUgraph; on a CPU a number */
uint64_t wf_graph_exec_handle(const wf_graph *graph); /* the CUgraphExec; on a CPU a number */
/* Any stream of its context that is not being captured. In stream order; a graph does not run beside itself.
 */
wf_status wf_graph_launch(wf_graph *graph, wf_stream *stream, wf_error *err);
wf_status wf_graph_upload(wf_graph *graph, wf_stream *stream, wf_error *err); /* readies the first launch */

typedef enum wf_graph_kind { WF_GRAPH_KERNEL, WF_GRAPH_COPY, WF_GRAPH_FILL, WF_GRAPH_CALL } wf_graph_kind;
typedef struct wf_graph_node {
    wf_graph_kind kind;
    uint32_t stream; /* 0: the first, 1: the first that joined … */
    uint64_t bytes;  /* copies and fills */
    uint32_t grid[3], block[3];
    char name[64]; /* kernels */
} wf_graph_node;
/* In the order in which they were given. 0: index is past the end. */
int wf_graph_node_at(const wf_graph *graph, uint32_t index, wf_graph_node *node);

/* ---- modules and functions -------------------------------------------------------------------------------
 */

typedef enum wf_format { WF_FORMAT_PTX, WF_FORMAT_CUBIN, WF_FORMAT_ELF_OBJECT } wf_format;

typedef enum wf_link_kind { /* the driver's numbers */
                            WF_LINK_CUBIN,
                            WF_LINK_PTX,
                            WF_LINK_FATBIN,
                            WF_LINK_OBJECT,
                            WF_LINK_ARCHIVE
} wf_link_kind;
typedef struct wf_link_input {
    const struct wf_link_input *next;
    wf_link_kind kind;
    void *bytes; /* of PTX with a NUL, which size counts */
    size_t size;
    char *name; /* for messages */
} wf_link_input;
typedef struct wf_module_options {
    const char *name;          /* for messages; may be NULL */
    const wf_link_input *link; /* PTX only: what it is linked with */
    int max_registers;         /* PTX only; 0: the driver's choice */
    int optimisation;          /* PTX only; 0..4; -1: the driver's choice */
    int debug_info, line_info; /* PTX only */
    int verbose;               /* PTX only: ask for the JIT's information log */
} wf_module_options;

/* Bytes are copied. options may be NULL. PTX is linked to a cubin first, which wf_module_image then gives,
 * for the disk cache. A refusal holds the JIT's log. Waits (the driver's compiler). */
wf_status wf_module_load(wf_context *context, wf_format format, const void *bytes, size_t size,
                         const wf_module_options *options, wf_module **module, wf_error *err);
wf_module *wf_module_retain(wf_module *module);
void wf_module_release(wf_module *module);
wf_context *wf_module_context(const wf_module *module);
uint64_t wf_module_handle(const wf_module *module);
/* The bytes to keep in the disk cache: a cubin or the ELF object. Borrowed from the module until
 * wf_module_drop_image. */
wf_status wf_module_image(wf_module *module, wf_format *format, const void **bytes, size_t *size,
                          wf_error *err);
void wf_module_drop_image(wf_module *module);
const char *wf_module_log(const wf_module *module); /* what the JIT said, "" if nothing */
/* A __device__ or __constant__ variable. */
wf_status wf_module_global(wf_module *module, const char *name, wf_address *address, size_t *size,
                           wf_error *err);

enum {
    WF_FUNCTION_WHOLE_GRID = 1, /* CPU: one call must be given all blocks (grid barriers) */
};
/* What the compiler knows of a kernel; copied. */
typedef struct wf_function_info {
    uint32_t param_bytes; /* of the packed struct of parameters */
    uint32_t param_count;
    const uint32_t *param_offsets; /* [param_count] */
    const uint32_t *param_sizes;   /* [param_count] */
    uint32_t leaf_count;           /* pointers among the parameters, also inside structs */
    const uint32_t
        *leaf_offsets;      /* [leaf_count] into the packed struct, in the order of wf_cpu_launch.extents */
    uint32_t static_shared; /* bytes; CPU only, a GPU's driver knows */
    uint32_t local_bytes;   /* per thread; CPU only, for attributes */
    uint32_t max_threads;   /* __launch_bounds__; 0: none given */
    uint32_t flags;         /* WF_FUNCTION_… */
    void *globals;          /* CPU: becomes wf_cpu_launch.globals; borrowed, outlives the function */
    void *user;             /* handed back in reports: the site table and the like */
    const char *shown;      /* the kernel's name as its user wrote it; copied; NULL: the symbol */
} wf_function_info;
/* On a CPU the ELF symbol is wf_kernel_<name>. info NULL: parameters unknown (a foreign cubin): the launch
 * then gives their packed size in wf_launch_config.param_bytes. */
wf_status wf_module_function(wf_module *module, const char *name, const wf_function_info *info,
                             wf_function **function, wf_error *err);
wf_function *wf_function_retain(wf_function *function);
void wf_function_release(wf_function *function);
wf_module *wf_function_module(const wf_function *function);
const char *wf_function_name(const wf_function *function);
const char *wf_function_shown(const wf_function *function); /* for people: WEFT_DEBUG, messages */
void *wf_function_user(const wf_function *function);
uint64_t wf_function_handle(const wf_function *function);

typedef struct wf_function_attributes {
    int max_threads, static_shared, constant_bytes, local_bytes, registers, ptx_version, binary_version;
    int max_dynamic_shared;
} wf_function_attributes;
wf_status wf_function_attributes_of(wf_function *function, wf_function_attributes *attributes, wf_error *err);
/* CU_FUNC_ATTRIBUTE numbers (8: the most dynamic shared memory, 9: carveout); cache: CU_FUNC_CACHE_PREFER_….
 */
wf_status wf_function_set_attribute(wf_function *function, int attribute, int value, wf_error *err);
wf_status wf_function_set_cache(wf_function *function, int cache, wf_error *err);
wf_status wf_function_occupancy(wf_function *function, uint32_t block_threads, size_t dynamic_shared,
                                int *blocks_per_multiprocessor, wf_error *err);
wf_status wf_function_best_block(wf_function *function, size_t dynamic_shared, int block_limit,
                                 int *least_grid, int *block_threads, wf_error *err);

/* ---- launch ----------------------------------------------------------------------------------------------
 */

/* WHOLE: on a CPU Ctrl-C ends it only where the code looks, as what it changes outlives it: lists, instances. */
enum { WF_LAUNCH_COOPERATIVE = 1, WF_LAUNCH_WHOLE = 2 };
typedef struct wf_launch_config {
    uint32_t grid[3], block[3]; /* 0 in y and z counts as 1 */
    uint32_t dynamic_shared;
    uint32_t flags;           /* WF_LAUNCH_… */
    uint32_t cluster[3];      /* 0: none */
    uint32_t param_bytes;     /* only for a function without info */
    const wf_extent *extents; /* CPU: instead of the table's, one for each leaf; NULL: from the table */
    uint64_t bytes_moved;     /* for the GB/s of WEFT_DEBUG=2; 0: unknown */
    uint32_t most_threads;    /* CPU: of the pool; 0: all */
    void *tag;                /* handed back in reports: the place of the call; must outlive the launch */
    uint64_t interrupts;      /* CPU: wf_interrupts when signals were last looked for; 0: they were not */
    /* CPU: what __wf_host calls, on the thread that runs the kernel; NULL: a kernel must not use it. */
    int64_t(WF_CPU_CALL *ask)(void *asker, int64_t what, int64_t args);
    void *asker;
} wf_launch_config;
/* params: the packed struct; copied. Bad sizes: WF_LAUNCH with words before anything is queued. */
wf_status wf_launch(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                    const void *params, wf_error *err);

/* One block on a CPU, where it is known that the launch begins at once and takes a few microseconds: it runs
 * on this thread, without the stream's book-keeping. config has extents. 0: nothing was done, launch it
 * otherwise; 1: *status as of wf_launch_inside. */
int wf_launch_brief(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                    const void *params, wf_status *status, wf_error *err);

/* From inside a CPU kernel that `stream` runs (wf_launch_config.ask): another one, run to its end on this
 * thread and the pool's. Its reports join those of the stream; WF_TRAP: it ended early. */
wf_status wf_launch_inside(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                           const void *params, wf_error *err);
/* On a thread that runs a CPU kernel: which of the pool's workers it is. */
uint32_t wf_cpu_worker_index(void);
/* wf_function_info.user of the kernel that was launched so. */
void *wf_cpu_launch_user(const struct wf_cpu_launch *launch);
/* The address of a function of a CPU module that is no kernel. */
wf_status wf_cpu_module_code(wf_module *module, const char *symbol, uint64_t *address, wf_error *err);

/* What a CPU kernel had to say. A report of WF_REPORT_OUT_OF_BOUNDS is not a failure: the access was
 * suppressed and the kernel ran to its end. The others are: the next wait returns WF_TRAP or WF_INTERRUPT as
 * well. */
typedef enum wf_report_kind {
    WF_REPORT_NONE,
    WF_REPORT_OUT_OF_BOUNDS,
    WF_REPORT_TRAP,
    WF_REPORT_INTERRUPT
} wf_report_kind;
typedef struct wf_launch_report {
    wf_report_kind kind;
    uint32_t site;        /* index into the module's site table */
    uint32_t trap;        /* enum wf_trap_kind, for WF_REPORT_TRAP */
    int64_t index, count; /* out of bounds: in elements; count 0: the pointer is in no live allocation */
    uint64_t address;     /* out of bounds: of the byte, where that is all that is known; else 0 */
    uint64_t accesses;    /* how many calls of out_of_bounds there were */
    uint64_t block;       /* linear, x fastest */
    uint32_t thread;      /* linear in the block */
    uint32_t grid[3], block_size[3], dynamic_shared;
    wf_function *function; /* a reference that the taker owns */
    void *tag;
} wf_launch_report;
/* Takes the oldest report of the stream; 0: there is none. One relaxed load when there is none, so a binding
 * asks after every launch and every wait. A trap's words at the wait do not know the source: build better
 * ones from this. */
int wf_stream_take_report(wf_stream *stream, wf_launch_report *report);
void wf_stream_report(
    wf_stream *stream,
    const wf_launch_report *report); /* one more; its function's reference is the stream's now */
/* All streams of a context. */
int wf_context_take_report(wf_context *context, wf_launch_report *report);
/* What kernels print on the CPU, in pieces as they are collected. NULL: stdout. */
void wf_set_print_hook(void (*print)(void *user, const char *text, size_t length), void *user);

/* ---- disk cache ------------------------------------------------------------------------------------------
 */

/* key: every byte that decides the content (versions, target, tree). Its hash names the file, the bytes are
 * compared. A miss is 0, for any reason; WEFT_DEBUG=cache says which. Bytes are freed with wf_free. */
int wf_cache_get(const void *key, size_t key_size, void **bytes, size_t *size);
/* Returns 0 when it could not be kept, which is never an error. */
int wf_cache_put(const void *key, size_t key_size, const void *bytes, size_t size);
/* Why the folder that was to be used is not: words for the user, given once; 0: nothing to say. */
int wf_cache_problem(char *words, size_t size);
const char *wf_cache_folder(void); /* NULL: no cache (switched off, or no folder can be made) */
typedef struct wf_cache_stats {
    uint64_t hits, misses, puts, damaged, evicted;
} wf_cache_stats;
void wf_cache_stats_of(wf_cache_stats *stats);
uint64_t wf_cache_clear(void); /* how many entries went */
#endif
