/* runtime/cpu_ipc.c: memory and events of a CPU device for several processes: pages of shared files.
 *
 * An allocation moves into such a file when it is exported, and out of it before it is freed: see
 * base/shared.h. An event's moments stand in a page of their own from the beginning. */
#include "base/shared.h"
#include "base/system.h"
#include "runtime/cpu.h"
#include <string.h>

wf_status wf_cpu_ipc_export(wf_context *context, wf_ipc_piece *piece, const wf_ipc_record *record,
                            wf_error *err) {
    size_t page = wf_page_size(), size = piece->hi > piece->lo ? piece->hi - piece->lo : 1;
    (void)context;
    piece->bytes = (size + page - 1) / page * page;
    return wf_shared_move((void *)(uintptr_t)piece->lo, piece->bytes, record, &piece->file, err);
}

void wf_cpu_ipc_unexport(wf_ipc_piece *piece) {
    wf_shared_unmove((void *)(uintptr_t)piece->lo, piece->bytes);
}

wf_status wf_cpu_ipc_open(wf_context *context, const wf_ipc_record *record, int file, uint64_t *base,
                          uint64_t *bytes, wf_error *err) {
    void *memory;
    (void)context;
    *bytes = record->bytes;
    wf_status status = wf_shared_map(file, *bytes, &memory, err);
    if (!status) *base = (uintptr_t)memory;
    return status;
}

wf_status wf_cpu_ipc_close(wf_context *context, uint64_t base, uint64_t bytes, wf_error *err) {
    (void)context, (void)err;
    wf_shared_unmap((void *)(uintptr_t)base, bytes);
    return WF_OK;
}

/* ---- events ---- */

wf_status wf_cpu_moments_new(wf_event *event, wf_error *err) {
    wf_cpu_event *e = (wf_cpu_event *)event;
    wf_ipc_record record;
    void *page;
    wf__ipc_record_new(&record, WF_IPC_EVENT, event->context->device);
    memcpy(e->nonce, record.nonce, sizeof e->nonce);
    wf_status status = wf_shared_new(wf_page_size(), &record, &e->file, err);
    if (status) return status;
    status = wf_shared_map(e->file, wf_page_size(), &page, err);
    if (status) wf_shared_close(e->file);
    else e->at = page;
    return status;
}

void wf_cpu_moments_end(wf_event *event) {
    wf_cpu_event *e = (wf_cpu_event *)event;
    wf_shared_unmap(e->at, wf_page_size());
    if (e->file >= 0) wf_shared_close(e->file);
}

wf_status wf_cpu_event_export(wf_event *event, unsigned char handle[64], wf_error *err) {
    wf_cpu_event *e = (wf_cpu_event *)event;
    if (e->file < 0) return wf_fail(err, WF_INVALID, "another process made this event: pass its handle on");
    wf__ipc_token(handle, e->nonce, e->file, 0);
    return WF_OK;
}

wf_status wf_cpu_event_import(wf_event *event, const unsigned char handle[64], wf_error *err) {
    wf_cpu_event *e = (wf_cpu_event *)event;
    wf_ipc_record record;
    uint64_t bytes, distance;
    int file;
    void *page;
    event->handle = (uintptr_t)event;
    e->file = -1;
    wf_status status =
        wf__ipc_find(handle, WF_IPC_EVENT, event->context, &record, &bytes, &distance, &file, err);
    if (status) return status;
    if (bytes < wf_page_size()) status = wf_fail(err, WF_INVALID, "the handle is none of an event");
    if (!status) status = wf_shared_map(file, wf_page_size(), &page, err);
    wf_shared_close(file);
    if (!status) e->at = page;
    return status;
}
