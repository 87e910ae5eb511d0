/* runtime/cuda_memory.c: memory, copies and fills on a GPU. */
#include "runtime/cuda.h"
#include "base/memory.h"
#include <string.h>

/* Runs the driver's call with the context current; the last thing a function does. */
#define IN(context, err, name, arguments)                                                                    \
    do {                                                                                                     \
        wf_cuda_scope scope_;                                                                                \
        wf_status status_ = wf_cuda_enter(context, &scope_, err);                                            \
        if (!status_) {                                                                                      \
            status_ = CU(context, err, name, arguments);                                                     \
            wf_cuda_leave(&scope_);                                                                          \
        }                                                                                                    \
        return status_;                                                                                      \
    } while (0)

enum { ATTACH_GLOBAL = 1 };

wf_status wf_cuda_memory_alloc(wf_context *context, wf_memory_kind kind, uint32_t flags, size_t size,
                               wf_address *address, wf_error *err) {
    wf_cuda_scope scope;
    CUdeviceptr at = 0;
    void *host = NULL;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    if (!size) size = 1; /* the driver refuses 0 */
    if (kind == WF_MEMORY_PINNED) {
        status = CU(context, err, cuMemHostAlloc, (&host, size, flags & 7));
        at = (uintptr_t)host;
    } else if (kind == WF_MEMORY_MANAGED) {
        status = CU(context, err, cuMemAllocManaged, (&at, size, flags ? flags : ATTACH_GLOBAL));
    } else {
        status = CU(context, err, cuMemAlloc_v2, (&at, size));
    }
    wf_cuda_leave(&scope);
    if (!status) *address = at;
    return status;
}

wf_status wf_cuda_memory_free(wf_context *context, wf_memory_kind kind, wf_address address, size_t size,
                              wf_error *err) {
    (void)size;
    if (kind == WF_MEMORY_PINNED) IN(context, err, cuMemFreeHost, ((void *)(uintptr_t)address));
    IN(context, err, cuMemFree_v2, (address));
}

wf_status wf_cuda_memory_register(wf_context *context, void *host, size_t size, uint32_t flags,
                                  wf_error *err) {
    IN(context, err, cuMemHostRegister_v2, (host, size, flags));
}

wf_status wf_cuda_memory_unregister(wf_context *context, void *host, wf_error *err) {
    IN(context, err, cuMemHostUnregister, (host));
}

wf_status wf_cuda_device_address(wf_context *context, void *pinned, wf_address *address, wf_error *err) {
    IN(context, err, cuMemHostGetDevicePointer_v2, (address, pinned, 0));
}

/* ---- the driver's pool, for large blocks ---- */

static void make_pool(wf_cuda_context *c) {
    int supported = 0;
    uint64_t keep = UINT64_MAX; /* nothing goes back before we say so */
    CUmemPoolProps props;
    memset(&props, 0, sizeof props);
    props.allocType = 1;     /* CU_MEM_ALLOCATION_TYPE_PINNED */
    props.location.type = 1; /* CU_MEM_LOCATION_TYPE_DEVICE */
    props.location.id = c->open.device->native;
    c->pool_state = -1;
    if (!wf_cuda.cuMemPoolCreate || !wf_cuda.cuMemPoolDestroy || !wf_cuda.cuMemPoolSetAttribute ||
        !wf_cuda.cuMemPoolTrimTo || !wf_cuda.cuMemAllocFromPoolAsync || !wf_cuda.cuMemFreeAsync)
        return;
    wf_cuda.cuDeviceGetAttribute(&supported, CU_POOLS_SUPPORTED, c->open.device->native);
    if (!supported || wf_cuda.cuMemPoolCreate(&c->pool, &props)) return;
    wf_cuda.cuMemPoolSetAttribute(c->pool, CU_POOL_RELEASE_THRESHOLD, &keep);
    c->pool_state = 1;
}

static int has_pool(wf_cuda_context *c) {
    pthread_mutex_lock(&c->pool_lock);
    if (!c->pool_state) make_pool(c);
    int has = c->pool_state == 1;
    pthread_mutex_unlock(&c->pool_lock);
    return has;
}

wf_status wf_cuda_pool_alloc(wf_stream *stream, size_t size, wf_address *address, wf_error *err) {
    wf_cuda_context *c = (wf_cuda_context *)stream->context;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(stream->context, &scope, err);
    if (status) return status;
    if (has_pool(c))
        status = CU(stream->context, err, cuMemAllocFromPoolAsync,
                    (address, size, c->pool, wf_cuda_stream(stream)));
    else status = wf_fail(err, WF_UNSUPPORTED, "this driver has no memory pools");
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_pool_free(wf_stream *stream, wf_address address, wf_error *err) {
    IN(stream->context, err, cuMemFreeAsync, (address, wf_cuda_stream(stream)));
}

wf_status wf_cuda_pool_trim(wf_context *context, wf_error *err) {
    wf_cuda_context *c = (wf_cuda_context *)context;
    if (c->pool_state != 1) return WF_OK;
    IN(context, err, cuMemPoolTrimTo, (c->pool, 0));
}

/* Peer access of contexts does not cover pools: they are told one by one. */
void wf_cuda_pool_share(wf_context *context, wf_context *peer, int enable) {
    wf_cuda_context *c = (wf_cuda_context *)peer;
    CUmemAccessDesc access = {{1, context->device->native}, enable ? 3 : 0};
    if (has_pool(c) && wf_cuda.cuMemPoolSetAccess) wf_cuda.cuMemPoolSetAccess(c->pool, &access, 1);
}

/* ---- copies ---- */

static wf_status copy_device(wf_stream *stream, const wf_copy *copy, wf_error *err) {
    wf_context *context = stream->context;
    wf_device *to = copy->to_device, *from = copy->from_device;
    CUstream s = wf_cuda_stream(stream);
    if (!to || !from || to == from)
        return CU(context, err, cuMemcpyDtoDAsync_v2, (copy->to, copy->from, copy->size, s));
    wf_extent_entry a, b;
    if (!wf__extents_find(copy->to, &a) || !wf__extents_find(copy->from, &b))
        return wf_fail(err, WF_INVALID, "memory was freed while it was being copied");
    CUcontext to_context = (CUcontext)(uintptr_t)a.context->handle,
              from_context = (CUcontext)(uintptr_t)b.context->handle;
    return CU(context, err, cuMemcpyPeerAsync,
              (copy->to, to_context, copy->from, from_context, copy->size, s));
}

wf_status wf_cuda_copy(wf_stream *stream, const wf_copy *copy, int wait, wf_error *err) {
    wf_context *context = stream->context;
    wf_cuda_scope scope;
    (void)wait;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    void *host = (void *)(uintptr_t)(copy->to_host ? copy->to : copy->from);
    if ((copy->to_host || copy->from_host) && copy->size >= WF_STAGED_LEAST && !wf__capture(stream) &&
        wf_cuda_is_pageable(host, copy->size))
        status = wf_cuda_copy_staged(stream, copy, err);
    else if (copy->to_host)
        status =
            CU(context, err, cuMemcpyDtoHAsync_v2, (host, copy->from, copy->size, wf_cuda_stream(stream)));
    else if (copy->from_host)
        status = CU(context, err, cuMemcpyHtoDAsync_v2, (copy->to, host, copy->size, wf_cuda_stream(stream)));
    else status = copy_device(stream, copy, err);
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_copy_strided(wf_stream *stream, const wf_copy_end *to, const wf_copy_end *from,
                               size_t width, size_t rows, size_t slices, int wait, wf_error *err) {
    CUDA_MEMCPY3D c;
    (void)wait;
    memset(&c, 0, sizeof c);
    c.srcMemoryType = from->on_device ? CU_MEMORY_DEVICE : CU_MEMORY_HOST;
    c.dstMemoryType = to->on_device ? CU_MEMORY_DEVICE : CU_MEMORY_HOST;
    if (from->on_device) c.srcDevice = from->base;
    else c.srcHost = (const void *)(uintptr_t)from->base;
    if (to->on_device) c.dstDevice = to->base;
    else c.dstHost = (void *)(uintptr_t)to->base;
    c.srcPitch = from->pitch;
    c.dstPitch = to->pitch;
    c.srcHeight = from->slice / from->pitch;
    c.dstHeight = to->slice / to->pitch;
    c.WidthInBytes = width;
    c.Height = rows;
    c.Depth = slices;
    IN(stream->context, err, cuMemcpy3DAsync_v2, (&c, wf_cuda_stream(stream)));
}

wf_status wf_cuda_fill(wf_stream *stream, const wf_fill *f, int wait, wf_error *err) {
    wf_context *context = stream->context;
    CUstream s = wf_cuda_stream(stream);
    wf_cuda_scope scope;
    (void)wait;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    if (f->rows == 1 && f->item == 1)
        status = CU(context, err, cuMemsetD8Async, (f->to, (unsigned char)f->value, f->columns, s));
    else if (f->rows == 1 && f->item == 2)
        status = CU(context, err, cuMemsetD16Async, (f->to, (unsigned short)f->value, f->columns, s));
    else if (f->rows == 1) status = CU(context, err, cuMemsetD32Async, (f->to, f->value, f->columns, s));
    else if (f->item == 1)
        status = CU(context, err, cuMemsetD2D8Async,
                    (f->to, f->pitch, (unsigned char)f->value, f->columns, f->rows, s));
    else if (f->item == 2)
        status = CU(context, err, cuMemsetD2D16Async,
                    (f->to, f->pitch, (unsigned short)f->value, f->columns, f->rows, s));
    else status = CU(context, err, cuMemsetD2D32Async, (f->to, f->pitch, f->value, f->columns, f->rows, s));
    wf_cuda_leave(&scope);
    return status;
}
