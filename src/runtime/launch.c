/* runtime/launch.c: a launch's sizes are checked against the device's limits, with words, before the device
 * sees them. */
#include "runtime/inner.h"
#include "runtime/trace.h"

static wf_status check_axis(const wf_device_info *info, const wf_launch_config *c, int axis, const char *name,
                            wf_error *err) {
    char letter = (char)('x' + axis);
    if (!c->grid[axis])
        return wf_fail(err, WF_LAUNCH, "launch of %s: the grid (%u, %u, %u) has no blocks", name, c->grid[0],
                       c->grid[1], c->grid[2]);
    if (!c->block[axis])
        return wf_fail(err, WF_LAUNCH, "launch of %s: the block (%u, %u, %u) has no threads", name,
                       c->block[0], c->block[1], c->block[2]);
    if (c->grid[axis] > (uint32_t)info->max_grid[axis])
        return wf_fail(err, WF_LAUNCH, "launch of %s: %u blocks in %c; the device takes %d", name,
                       c->grid[axis], letter, info->max_grid[axis]);
    if (c->block[axis] > (uint32_t)info->max_block[axis])
        return wf_fail(err, WF_LAUNCH, "launch of %s: %u threads in %c of a block; the device takes %d", name,
                       c->block[axis], letter, info->max_block[axis]);
    return WF_OK;
}

static wf_status check(const wf_function *function, const wf_launch_config *c, const wf_stream *stream,
                       wf_error *err) {
    const wf_context *context = function->module->context;
    const wf_device_info *info = &context->device->info;
    const char *name = function->shown;
    if (stream->context != context)
        return wf_fail(err, WF_LAUNCH, "launch of %s: its module was loaded on %s, the stream is of %s%s",
                       name, context->device->label, stream->context->device->label,
                       context->device == stream->context->device ? " in another context" : "");
    for (int axis = 0; axis < 3; axis++) {
        wf_status status = check_axis(info, c, axis, name, err);
        if (status) return status;
    }
    uint64_t threads = (uint64_t)c->block[0] * c->block[1] * c->block[2];
    uint64_t most = (uint64_t)info->max_threads_per_block;
    if (threads > most)
        return wf_fail(err, WF_LAUNCH,
                       "launch of %s: %u x %u x %u = %llu threads in a block; the device takes %llu", name,
                       c->block[0], c->block[1], c->block[2], (unsigned long long)threads,
                       (unsigned long long)most);
    if (function->info.max_threads && threads > function->info.max_threads)
        return wf_fail(err, WF_LAUNCH,
                       "launch of %s: %llu threads in a block; its __launch_bounds__ promise at most %u",
                       name, (unsigned long long)threads, function->info.max_threads);
    uint64_t shared = (uint64_t)c->dynamic_shared + function->info.static_shared;
    if (shared > (uint64_t)info->max_shared_per_block_optin)
        return wf_fail(err, WF_LAUNCH,
                       "launch of %s: %llu bytes of shared memory (%u static, %u dynamic); the device has %d",
                       name, (unsigned long long)shared, function->info.static_shared, c->dynamic_shared,
                       info->max_shared_per_block_optin);
    return WF_OK;
}

static wf_status launch_traced(wf_function *function, const wf_launch_config *c, wf_stream *stream,
                               const void *params, wf_error *err) {
    wf_trace_span span = wf_trace_open(WF_TRACE_KERNEL, function->shown, stream, c->bytes_moved);
    wf_trace_sizes(span, c->grid, c->block);
    wf_status status = function->module->context->ops->launch(function, c, stream, params, err);
    wf_trace_close(span, stream);
    return status;
}

wf_status wf_launch(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                    const void *params, wf_error *err) {
    wf_launch_config c = *config;
    for (int axis = 1; axis < 3; axis++) {
        if (!c.grid[axis]) c.grid[axis] = 1;
        if (!c.block[axis]) c.block[axis] = 1;
    }
    if (function->has_info) c.param_bytes = function->info.param_bytes;
    wf_status status = check(function, &c, stream, err);
    if (status) return status;
    if (c.ask) status = wf__capture_refuse(stream, "a function that calls Python", err);
    if (status) return status;
    if (wf__capture(stream)) status = wf__capture_kernel(stream, function, &c, params, err);
    else if (wf_trace_on()) return launch_traced(function, &c, stream, params, err);
    return status ? status : function->module->context->ops->launch(function, &c, stream, params, err);
}
