/* runtime/cuda_launch.c: the way from packed parameters to cuLaunchKernel, as short as it can be.
 *
 * When the layout is known the driver gets an array of pointers into the packed struct; else the struct as it
 * is. Dynamic shared memory above the plain 48 KiB is allowed on the way, once per function: programs written
 * for PyCUDA or CuPy expect either to work. */
#include "base/system.h"
#include "runtime/cuda.h"
#include <stdio.h>
#include <string.h>

enum { MOST_POINTERS = 128, MAX_DYNAMIC_SHARED = 8 };

static wf_status allow_shared(wf_function *function, uint32_t wanted, wf_error *err) {
    wf_cuda_function *f = (wf_cuda_function *)function;
    if (__builtin_expect((int)wanted <= atomic_load_explicit(&f->dynamic_allowed, memory_order_relaxed), 1))
        return WF_OK;
    wf_status status = CU(function->module->context, err, cuFuncSetAttribute,
                          ((CUfunction)(uintptr_t)function->handle, MAX_DYNAMIC_SHARED, (int)wanted));
    if (!status) atomic_store(&f->dynamic_allowed, (int)wanted);
    return status;
}

static wf_status launch_extended(wf_function *function, const wf_launch_config *c, wf_stream *stream,
                                 void **params, void **extra, wf_error *err) {
    CUlaunchAttribute attributes[2];
    CUlaunchConfig config = {c->grid[0],        c->grid[1],
                             c->grid[2],        c->block[0],
                             c->block[1],       c->block[2],
                             c->dynamic_shared, wf_cuda_stream(stream),
                             attributes,        0};
    if (!wf_cuda.cuLaunchKernelEx)
        return wf_fail(err, WF_UNSUPPORTED, "this driver has no clusters of blocks");
    memset(attributes, 0, sizeof attributes);
    attributes[0].id = CU_LAUNCH_CLUSTER;
    attributes[0].value.clusterDim.x = c->cluster[0];
    attributes[0].value.clusterDim.y = c->cluster[1] ? c->cluster[1] : 1;
    attributes[0].value.clusterDim.z = c->cluster[2] ? c->cluster[2] : 1;
    config.numAttrs = 1;
    if (c->flags & WF_LAUNCH_COOPERATIVE || function->info.flags & WF_FUNCTION_WHOLE_GRID) {
        attributes[1].id = CU_LAUNCH_COOPERATIVE;
        attributes[1].value.cooperative = 1;
        config.numAttrs = 2;
    }
    return CU(stream->context, err, cuLaunchKernelEx,
              (&config, (CUfunction)(uintptr_t)function->handle, params, extra));
}

static wf_status launch(wf_function *function, const wf_launch_config *c, wf_stream *stream, void **params,
                        void **extra, wf_error *err) {
    CUfunction f = (CUfunction)(uintptr_t)function->handle;
    if (c->cluster[0]) return launch_extended(function, c, stream, params, extra, err);
    if (!(c->flags & WF_LAUNCH_COOPERATIVE) && !(function->info.flags & WF_FUNCTION_WHOLE_GRID))
        return CU(stream->context, err, cuLaunchKernel,
                  (f, c->grid[0], c->grid[1], c->grid[2], c->block[0], c->block[1], c->block[2],
                   c->dynamic_shared, wf_cuda_stream(stream), params, extra));
    if (!wf_cuda.cuLaunchCooperativeKernel || !params)
        return wf_fail(err, WF_UNSUPPORTED,
                       "kernel %s: a cooperative launch needs a newer driver and known parameters",
                       function->name);
    return CU(stream->context, err, cuLaunchCooperativeKernel,
              (f, c->grid[0], c->grid[1], c->grid[2], c->block[0], c->block[1], c->block[2],
               c->dynamic_shared, wf_cuda_stream(stream), params));
}

static wf_status launch_params(wf_function *function, const wf_launch_config *c, wf_stream *stream,
                               const void *params, wf_error *err) {
    void *pointers[MOST_POINTERS];
    uint32_t count = function->info.param_count;
    if (function->has_info && count <= MOST_POINTERS) {
        for (uint32_t i = 0; i < count; i++)
            pointers[i] = (char *)(uintptr_t)params + function->info.param_offsets[i];
        return launch(function, c, stream, pointers, NULL, err);
    }
    size_t bytes = c->param_bytes;
    void *extra[] = {CU_PARAM_BUFFER, (void *)(uintptr_t)params, CU_PARAM_BUFFER_SIZE, &bytes, CU_PARAM_END};
    return launch(function, c, stream, NULL, extra, err);
}

/* WEFT_DEBUG=2: the kernel alone, timed by the host; every launch then waits. */
static wf_status launch_timed(wf_function *function, const wf_launch_config *c, wf_stream *stream,
                              const void *params, wf_error *err) {
    wf_cuda.cuStreamSynchronize(wf_cuda_stream(stream));
    uint64_t begin = wf_time_ns();
    wf_status status = launch_params(function, c, stream, params, err);
    if (!status) status = CU(stream->context, err, cuStreamSynchronize, (wf_cuda_stream(stream)));
    uint64_t ns = wf_time_ns() - begin;
    char rate[48] = "";
    if (c->bytes_moved && ns) snprintf(rate, sizeof rate, ", %.1f GB/s", (double)c->bytes_moved / (double)ns);
    wf_debug(WF_DEBUG_KERNEL, "%s: %s <<<(%u,%u,%u),(%u,%u,%u),%u>>> %.1f us%s",
             stream->context->device->label, function->shown, c->grid[0], c->grid[1], c->grid[2], c->block[0],
             c->block[1], c->block[2], c->dynamic_shared, (double)ns / 1e3, rate);
    return status;
}

wf_status wf_cuda_launch(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                         const void *params, wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    status = allow_shared(function, config->dynamic_shared, err);
    if (!wf__capture(stream)) wf_cuda_remember(stream, function, config);
    if (!status)
        status = wf_debug_on(WF_DEBUG_KERNEL) && !wf__capture(stream)
                     ? launch_timed(function, config, stream, params, err)
                     : launch_params(function, config, stream, params, err);
    wf_cuda_leave(&scope);
    return status;
}
