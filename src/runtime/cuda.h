/* runtime/cuda.h: what the cuda_….c files share: the driver's functions, the error wrapper, the current
 * context. */
#ifndef WF_RUNTIME_CUDA_H
#define WF_RUNTIME_CUDA_H
#include "runtime/cuda_api.h"
#include "runtime/inner.h"

/* ---- cuda_api.c: the library, errors ---- */
extern wf_cuda_api wf_cuda; /* filled once by wf_cuda_open_library */
int wf_cuda_open_library(char *reason, size_t size);
/* What `result` of `call` (the text of the call) means; marks CUDA as broken when it is a fault. */
wf_status wf_cuda_check(CUresult result, const char *call, wf_context *context, wf_error *err);
/* Every use of the driver in the ops goes through this: CU(context, err, cuMemAlloc_v2, (&at, size)). */
#define CU(context, err, name, arguments)                                                                    \
    (__extension__({                                                                                         \
        CUresult result_ = wf_cuda.name arguments;                                                           \
        __builtin_expect(result_ == 0, 1) ? WF_OK : wf_cuda_check(result_, #name #arguments, context, err);  \
    }))
void wf_cuda_forked(void); /* this is the child of a process that had started CUDA */
const char *wf_cuda_broken(void);
int wf_cuda_fault_launch(wf_fault_launch *launch);
/* WF_OK unless CUDA is broken or this is a forked child. */
wf_status wf_cuda_usable(wf_error *err);

/* ---- contexts ---- */
enum { RECENT = 8 };
typedef struct wf_cuda_context {
    wf_context open;
    pthread_mutex_t recent_lock;
    uint32_t recent_count; /* launches since the last wait; the last RECENT are kept */
    struct {
        wf_stream *stream; /* to compare only */
        wf_fault_launch launch;
    } recent[RECENT];
    CUmemoryPool pool;
    int pool_state; /* 0: not tried, 1: there, -1: none */
    pthread_mutex_t pool_lock;
    struct wf_cuda_staging *staging; /* cuda_staged.c; under its lock */
} wf_cuda_context;

/* Makes the context current for this thread; *before is what was. Foreign code's context is put back by
 * leave. */
typedef struct wf_cuda_scope {
    CUcontext before;
    int changed;
} wf_cuda_scope;
wf_status wf_cuda_enter(const wf_context *context, wf_cuda_scope *scope, wf_error *err);
void wf_cuda_leave(const wf_cuda_scope *scope);
static inline CUstream wf_cuda_stream(const wf_stream *stream) { return (CUstream)(uintptr_t)stream->handle; }
void wf_cuda_remember(wf_stream *stream, const wf_function *function, const wf_launch_config *config);
void wf_cuda_forget(wf_context *context, const wf_stream *stream); /* NULL: all streams are done */

/* ---- cuda_staged.c ---- */
int wf_cuda_is_pageable(const void *host, size_t size);
wf_status wf_cuda_copy_staged(wf_stream *stream, const wf_copy *copy, wf_error *err);
void wf_cuda_staging_free(wf_cuda_context *context);

/* ---- cuda_ipc.c ---- */
wf_status wf_cuda_ipc_export(wf_context *context, wf_ipc_piece *piece, const wf_ipc_record *record,
                             wf_error *err);
wf_status wf_cuda_ipc_open(wf_context *context, const wf_ipc_record *record, int file, uint64_t *base,
                           uint64_t *bytes, wf_error *err);
wf_status wf_cuda_ipc_close(wf_context *context, uint64_t base, uint64_t bytes, wf_error *err);
wf_status wf_cuda_event_export(wf_event *event, unsigned char handle[64], wf_error *err);
wf_status wf_cuda_event_import(wf_event *event, const unsigned char handle[64], wf_error *err);

/* ---- cuda_memory.c, cuda_stream.c, cuda_module.c, cuda_launch.c ---- */
wf_status wf_cuda_memory_alloc(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                               wf_address *address, wf_error *err);
wf_status wf_cuda_memory_free(wf_context *context, wf_memory_kind kind, wf_address address, size_t size,
                              wf_error *err);
wf_status wf_cuda_copy(wf_stream *stream, const wf_copy *copy, int wait, wf_error *err);
wf_status wf_cuda_copy_strided(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from,
                               size_t width, size_t rows, size_t slices, int wait, wf_error *err);
wf_status wf_cuda_fill(wf_stream *stream, const wf_fill *fill, int wait, wf_error *err);
wf_status wf_cuda_memory_register(wf_context *context, void *host, size_t size, uint32_t flags,
                                  wf_error *err);
wf_status wf_cuda_memory_unregister(wf_context *context, void *host, wf_error *err);
wf_status wf_cuda_device_address(wf_context *context, void *pinned, wf_address *address, wf_error *err);
wf_status wf_cuda_pool_alloc(wf_stream *stream, size_t size, wf_address *address, wf_error *err);
wf_status wf_cuda_pool_free(wf_stream *stream, wf_address address, wf_error *err);
wf_status wf_cuda_pool_trim(wf_context *context, wf_error *err);
/* Lets (or no longer lets) kernels of `context` use what comes from the pool of `peer`. */
void wf_cuda_pool_share(wf_context *context, wf_context *peer, int enable);

wf_status wf_cuda_stream_open(wf_stream *stream, int priority, wf_error *err);
void wf_cuda_stream_close(wf_stream *stream);
wf_status wf_cuda_stream_wrap(wf_stream *stream, uint64_t handle, wf_error *err);
wf_status wf_cuda_stream_query(wf_stream *stream, wf_error *err);
wf_status wf_cuda_stream_synchronize(wf_stream *stream, wf_error *err);
wf_status wf_cuda_stream_wait_event(wf_stream *stream, wf_event *event, wf_error *err);
wf_status wf_cuda_stream_callback(wf_stream *stream, void (*call)(void *), void *user, wf_error *err);
wf_status wf_cuda_context_synchronize(wf_context *context, wf_error *err);
wf_status wf_cuda_event_open(wf_event *event, wf_error *err);
void wf_cuda_event_close(wf_event *event);
wf_status wf_cuda_event_record(wf_event *event, wf_stream *stream, wf_error *err);
wf_status wf_cuda_event_query(wf_event *event, wf_error *err);
wf_status wf_cuda_event_synchronize(wf_event *event, wf_error *err);
wf_status wf_cuda_event_elapsed(wf_event *start, wf_event *end, double *ms, wf_error *err);

wf_status wf_cuda_module_open(wf_module *module, wf_format format, const void *bytes, size_t size,
                              const wf_module_options *options, wf_error *err);
void wf_cuda_module_close(wf_module *module);
wf_status wf_cuda_module_global(wf_module *module, const char *name, wf_address *address, size_t *size,
                                wf_error *err);
wf_status wf_cuda_function_open(wf_function *function, wf_error *err);
wf_status wf_cuda_function_attributes(wf_function *function, wf_function_attributes *attributes,
                                      wf_error *err);
wf_status wf_cuda_function_set_attribute(wf_function *function, int attribute, int value, wf_error *err);
wf_status wf_cuda_function_set_cache(wf_function *function, int cache, wf_error *err);
wf_status wf_cuda_function_occupancy(wf_function *function, uint32_t threads, size_t shared, int *blocks,
                                     wf_error *err);
wf_status wf_cuda_function_best_block(wf_function *function, size_t shared, int limit, int *grid, int *block,
                                      wf_error *err);
wf_status wf_cuda_launch(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                         const void *params, wf_error *err);

/* ---- cuda_graph.c ---- */
typedef struct wf_cuda_graph {
    wf_graph open;
    uint64_t own[CAPTURE_STREAMS]; /* the handles that its streams have outside the capture */
    atomic_int launched;
} wf_cuda_graph;
wf_status wf_cuda_capture_begin(wf_graph *graph, wf_stream *stream, wf_error *err);
wf_status wf_cuda_capture_end(wf_graph *graph, int keep, wf_error *err);
wf_status wf_cuda_graph_launch(wf_graph *graph, wf_stream *stream, wf_error *err);
wf_status wf_cuda_graph_upload(wf_graph *graph, wf_stream *stream, wf_error *err);
void wf_cuda_graph_close(wf_graph *graph);

typedef struct wf_cuda_function {
    wf_function open;
    int static_shared;
    atomic_int dynamic_allowed; /* the most dynamic shared memory that the driver was told to allow */
} wf_cuda_function;
#endif
