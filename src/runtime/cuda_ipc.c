/* runtime/cuda_ipc.c: memory and events of a GPU for several processes, by the driver's handles.
 *
 * A handle stands for the whole block that the driver gave; where in it an allocation begins is told by
 * cuMemGetAddressRange, and by a token of weft's own beside the driver's handle (ipc.c). */
#include "runtime/cuda.h"
#include <string.h>

enum { LAZY_PEER = 1 };

static wf_status missing(wf_error *err) {
    return wf_fail(err, WF_UNSUPPORTED, "this driver has no handles for other processes");
}

static int is_there(void) {
    return wf_cuda.cuMemGetAddressRange_v2 && wf_cuda.cuIpcGetMemHandle && wf_cuda.cuIpcOpenMemHandle_v2 &&
           wf_cuda.cuIpcCloseMemHandle && wf_cuda.cuIpcGetEventHandle && wf_cuda.cuIpcOpenEventHandle;
}

wf_status wf_cuda_ipc_export(wf_context *context, wf_ipc_piece *piece, const wf_ipc_record *record,
                             wf_error *err) {
    CUipcHandle handle;
    wf_cuda_scope scope;
    size_t bytes = 0;
    (void)record;
    if (!is_there()) return missing(err);
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuMemGetAddressRange_v2, (&piece->base, &bytes, piece->lo));
    if (!status) status = CU(context, err, cuIpcGetMemHandle, (&handle, piece->base));
    wf_cuda_leave(&scope);
    if (status) return status;
    memcpy(piece->driver, handle.reserved, sizeof piece->driver);
    piece->has_driver = 1;
    return WF_OK;
}

/* The driver's words for a handle that it refuses say little. */
static wf_status explain(wf_status status, wf_error *err) {
    if (status != WF_DRIVER || !err) return status;
    wf_error said = *err;
    return wf_fail_code(
        err, WF_INVALID, said.code,
        "the driver does not open this handle: a handle opens in another process than its maker's, on "
        "a GPU that can reach the maker's, and while the memory or event lives there\n%.3000s",
        said.message);
}

wf_status wf_cuda_ipc_open(wf_context *context, const wf_ipc_record *record, int file, uint64_t *base,
                           uint64_t *bytes, wf_error *err) {
    CUipcHandle handle;
    wf_cuda_scope scope;
    CUdeviceptr at = 0, begin = 0;
    size_t size = 0;
    (void)file;
    if (!is_there()) return missing(err);
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    memcpy(handle.reserved, record->driver, sizeof handle.reserved);
    status = explain(CU(context, err, cuIpcOpenMemHandle_v2, (&at, handle, LAZY_PEER)), err);
    if (!status) {
        status = CU(context, err, cuMemGetAddressRange_v2, (&begin, &size, at));
        if (status) wf_cuda.cuIpcCloseMemHandle(at);
    }
    wf_cuda_leave(&scope);
    if (status) return status;
    *base = at;
    *bytes = size - (at - begin);
    return WF_OK;
}

wf_status wf_cuda_ipc_close(wf_context *context, uint64_t base, uint64_t bytes, wf_error *err) {
    wf_cuda_scope scope;
    (void)bytes;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuIpcCloseMemHandle, (base));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_event_export(wf_event *event, unsigned char handle[64], wf_error *err) {
    CUipcHandle made;
    wf_cuda_scope scope;
    if (!is_there()) return missing(err);
    wf_status status = wf_cuda_enter(event->context, &scope, err);
    if (status) return status;
    status = CU(event->context, err, cuIpcGetEventHandle, (&made, (CUevent)(uintptr_t)event->handle));
    wf_cuda_leave(&scope);
    if (!status) memcpy(handle, made.reserved, sizeof made.reserved);
    return status;
}

wf_status wf_cuda_event_import(wf_event *event, const unsigned char handle[64], wf_error *err) {
    CUipcHandle given;
    CUevent opened = NULL;
    wf_cuda_scope scope;
    if (!is_there()) return missing(err);
    wf_status status = wf_cuda_enter(event->context, &scope, err);
    if (status) return status;
    memcpy(given.reserved, handle, sizeof given.reserved);
    status = explain(CU(event->context, err, cuIpcOpenEventHandle, (&opened, given)), err);
    wf_cuda_leave(&scope);
    event->handle = (uintptr_t)opened;
    return status;
}
