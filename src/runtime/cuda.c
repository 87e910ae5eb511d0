/* runtime/cuda.c: NVIDIA GPUs through the driver alone: finding them, contexts, the table of functions. */
#include "runtime/cuda.h"
#include "runtime/device_info.h"
#include <stdio.h>
#include <string.h>

static uint32_t cuda_open(char *reason, size_t size) {
    int count = 0;
    if (!wf_cuda_open_library(reason, size)) return 0;
    CUresult result = wf_cuda.cuDeviceGetCount(&count);
    if (!result && count > 0) return (uint32_t)count;
    wf_error err;
    if (result) wf_cuda_check(result, "cuDeviceGetCount", NULL, &err);
    snprintf(reason, size, "%.400s", result ? err.message : "the driver finds no GPU");
    return 0;
}

static wf_status cuda_device_open(wf_device *device, wf_error *err) {
    wf_device_info *info = &device->info;
    size_t total = 0;
    CUuuid uuid;
    wf_status status = CU(NULL, err, cuDeviceGet, (&device->native, (int)device->ordinal));
    if (!status) status = CU(NULL, err, cuDeviceGetName, (info->name, sizeof info->name, device->native));
    if (!status) status = CU(NULL, err, cuDeviceTotalMem_v2, (&total, device->native));
    if (!status) status = CU(NULL, err, cuDeviceGetUuid, (&uuid, device->native));
    if (!status)
        status =
            CU(NULL, err, cuDeviceGetPCIBusId, (info->pci_bus_id, sizeof info->pci_bus_id, device->native));
    if (!status) status = CU(NULL, err, cuDriverGetVersion, (&info->driver_version));
    if (status) return status;
    info->name[sizeof info->name - 1] = 0;
    info->total_memory = total;
    memcpy(info->uuid, uuid.bytes, sizeof info->uuid);
    /* An attribute that an old driver does not know stays 0. */
#define X(number, field) wf_cuda.cuDeviceGetAttribute(&info->field, number, device->native);
    WF_DEVICE_ATTRIBUTES(X)
#undef X
    if (info->max_shared_per_block_optin < info->max_shared_per_block)
        info->max_shared_per_block_optin = info->max_shared_per_block;
    return WF_OK;
}

static wf_status cuda_attribute(wf_device *device, int attribute, int *value, wf_error *err) {
    wf_status status = wf_cuda_usable(err);
    return status ? status : CU(NULL, err, cuDeviceGetAttribute, (value, attribute, device->native));
}

/* The driver answers for the current context, so this needs one. */
static wf_status cuda_device_memory(wf_device *device, uint64_t *free_bytes, uint64_t *total, wf_error *err) {
    wf_context *context = NULL;
    wf_cuda_scope scope;
    size_t f = 0, t = 0;
    wf_context *current = wf_context_current();
    wf_status status = WF_OK;
    if (current && current->device == device)
        context = wf_context_retain(current); /* PyCUDA's programs need no second context */
    else status = wf_context_primary(device, &context, err);
    if (status) return status;
    status = wf_cuda_enter(context, &scope, err);
    if (!status) {
        status = CU(context, err, cuMemGetInfo_v2, (&f, &t));
        wf_cuda_leave(&scope);
    }
    wf_context_release(context);
    *free_bytes = f;
    *total = t;
    return status;
}

static wf_status cuda_context_open(wf_context *context, wf_error *err) {
    wf_cuda_context *c = (wf_cuda_context *)context;
    CUcontext made = NULL, before = NULL;
    wf_status status = wf_cuda_usable(err);
    if (status) return status;
    if (context->is_primary) {
        status = CU(NULL, err, cuDevicePrimaryCtxRetain, (&made, context->device->native));
    } else {
        wf_cuda.cuCtxGetCurrent(&before); /* creating makes it current: that is undone */
        status = CU(NULL, err, cuCtxCreate_v2, (&made, context->flags, context->device->native));
        if (!status) wf_cuda.cuCtxSetCurrent(before);
    }
    context->handle = (uintptr_t)made;
    pthread_mutex_init(&c->recent_lock, NULL);
    pthread_mutex_init(&c->pool_lock, NULL);
    return status;
}

static void cuda_context_close(wf_context *context) {
    wf_cuda_context *c = (wf_cuda_context *)context;
    wf_cuda_scope scope;
    if (!wf_cuda_enter(context, &scope, NULL)) {
        wf_cuda_staging_free(c);
        if (c->pool_state == 1) wf_cuda.cuMemPoolDestroy(c->pool);
        wf_cuda_leave(&scope);
        if (context->is_primary) wf_cuda.cuDevicePrimaryCtxRelease_v2(context->device->native);
        else wf_cuda.cuCtxDestroy_v2((CUcontext)(uintptr_t)context->handle);
    }
    pthread_mutex_destroy(&c->recent_lock);
    pthread_mutex_destroy(&c->pool_lock);
}

static wf_status cuda_can_access_peer(wf_device *device, wf_device *peer, int *can, wf_error *err) {
    return CU(NULL, err, cuDeviceCanAccessPeer, (can, device->native, peer->native));
}

static wf_status cuda_enable_peer(wf_context *context, wf_context *peer, int enable, wf_error *err) {
    CUcontext other = (CUcontext)(uintptr_t)peer->handle;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = enable ? CU(context, err, cuCtxEnablePeerAccess, (other, 0))
                    : CU(context, err, cuCtxDisablePeerAccess, (other));
    if (!status) wf_cuda_pool_share(context, peer, enable);
    wf_cuda_leave(&scope);
    return status;
}

const wf_device_ops wf_cuda_ops = {
    .name = "cuda",
    .context_bytes = sizeof(wf_cuda_context),
    .stream_bytes = sizeof(wf_stream),
    .event_bytes = sizeof(wf_event),
    .module_bytes = sizeof(wf_module),
    .function_bytes = sizeof(wf_cuda_function),
    .open = cuda_open,
    .device_open = cuda_device_open,
    .device_attribute = cuda_attribute,
    .device_memory = cuda_device_memory,
    .context_open = cuda_context_open,
    .context_close = cuda_context_close,
    .context_synchronize = wf_cuda_context_synchronize,
    .memory_alloc = wf_cuda_memory_alloc,
    .memory_free = wf_cuda_memory_free,
    .copy = wf_cuda_copy,
    .copy_strided = wf_cuda_copy_strided,
    .fill = wf_cuda_fill,
    .stream_open = wf_cuda_stream_open,
    .stream_close = wf_cuda_stream_close,
    .stream_query = wf_cuda_stream_query,
    .stream_synchronize = wf_cuda_stream_synchronize,
    .stream_wait_event = wf_cuda_stream_wait_event,
    .stream_callback = wf_cuda_stream_callback,
    .event_open = wf_cuda_event_open,
    .event_close = wf_cuda_event_close,
    .event_record = wf_cuda_event_record,
    .event_query = wf_cuda_event_query,
    .event_synchronize = wf_cuda_event_synchronize,
    .event_elapsed = wf_cuda_event_elapsed,
    .module_open = wf_cuda_module_open,
    .module_close = wf_cuda_module_close,
    .module_global = wf_cuda_module_global,
    .function_open = wf_cuda_function_open,
    .function_attributes = wf_cuda_function_attributes,
    .function_occupancy = wf_cuda_function_occupancy,
    .function_best_block = wf_cuda_function_best_block,
    .launch = wf_cuda_launch,
    .broken = wf_cuda_broken,
    .fault_launch = wf_cuda_fault_launch,
    .can_access_peer = cuda_can_access_peer,
    .enable_peer = cuda_enable_peer,
    .memory_register = wf_cuda_memory_register,
    .memory_unregister = wf_cuda_memory_unregister,
    .device_address = wf_cuda_device_address,
    .pool_alloc = wf_cuda_pool_alloc,
    .pool_free = wf_cuda_pool_free,
    .pool_trim = wf_cuda_pool_trim,
    .stream_wrap = wf_cuda_stream_wrap,
    .function_set_attribute = wf_cuda_function_set_attribute,
    .function_set_cache = wf_cuda_function_set_cache,
    .ipc_export = wf_cuda_ipc_export,
    .ipc_open = wf_cuda_ipc_open,
    .ipc_close = wf_cuda_ipc_close,
    .event_export = wf_cuda_event_export,
    .event_import = wf_cuda_event_import,
    .graph_bytes = sizeof(wf_cuda_graph),
    .capture_begin = wf_cuda_capture_begin,
    .capture_record = wf_cuda_event_record,
    .capture_wait = wf_cuda_stream_wait_event,
    .capture_end = wf_cuda_capture_end,
    .graph_launch = wf_cuda_graph_launch,
    .graph_upload = wf_cuda_graph_upload,
    .graph_close = wf_cuda_graph_close,
};
