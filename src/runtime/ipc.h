/* runtime/ipc.h: memory and events for several processes. A door of runtime/ beside runtime.h.
 *
 * A process makes a handle, 64 bytes as CUDA's, of an address inside a live allocation, and passes it on by
 * any means; another process opens it and has memory of its own that is the same memory. It is closed when it
 * is no longer needed. On a GPU these are the driver's handles, so other programs can open them too; only an
 * address that is not the beginning of what the driver gave has a handle of weft's own, which stands for the
 * driver's and a distance. On the CPU they are weft's own always.
 *
 * Lifetime: the allocation lives as long as its maker keeps it. What others see after it was freed is
 * undefined on a GPU; on the CPU they keep the bytes. A handle of weft's own can be opened while the
 * allocation and its process live. Nothing orders the work of processes but what they exchange: wait for the
 * work on the memory before another process is told about it, or pass an event on. */
#ifndef WF_RUNTIME_IPC_H
#define WF_RUNTIME_IPC_H
#include "runtime/runtime.h"

typedef struct wf_ipc_handle {
    unsigned char bytes[64];
} wf_ipc_handle;

/* address: in memory of wf_memory_alloc (WF_MEMORY_DEVICE), or of a buffer that wf_buffer_make_shareable was
 * called for. *size: bytes from there to its end. On the CPU the pages move to shared memory the first time,
 * in place, those of small buffers with all that lies in the same 2 MiB, of small allocations with their page:
 * nobody may write there meanwhile (queued work is waited for). A child of fork() shares the large ones from
 * then on; of the small ones it has a copy, as of all its memory. Waits. */
wf_status wf_ipc_export(wf_address address, wf_ipc_handle *handle, uint64_t *size, wf_error *err);
/* Gives the buffer memory that can be exported, if its own cannot: the content is copied and buffer->address
 * changes. Nobody else may use the buffer meanwhile, nor know its address. *moved: whether it did. Waits. */
wf_status wf_buffer_make_shareable(wf_buffer *buffer, int *moved, wf_error *err);
/* Can it be exported as it is? With WEFT_SHAREABLE=1 large buffers on a GPU can: they come from cuMemAlloc in
 * place of the driver's pool. */
int wf_buffer_is_shareable(const wf_buffer *buffer);
/* What the handle stands for, for work in `context`. Opened a second time by this process it is the same
 * memory, and has to be closed twice. Kernels may use it as any memory. */
wf_status wf_ipc_open(wf_context *context, const wf_ipc_handle *handle, wf_address *address, size_t *size,
                      wf_error *err);
/* Any address in it. Waits for work that may use it. */
wf_status wf_ipc_close(wf_address address, wf_error *err);

/* The event has to be made with WF_EVENT_INTERPROCESS | WF_EVENT_NO_TIMING. */
wf_status wf_ipc_export_event(wf_event *event, wf_ipc_handle *handle, wf_error *err);
wf_status wf_ipc_open_event(wf_context *context, const wf_ipc_handle *handle, wf_event **event,
                            wf_error *err);
#endif
