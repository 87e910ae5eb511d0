/* array/look.c: where values leave the graph: evaluating, waiting, copying to the host, addresses for foreign
 * code. */
#include "array/direct.h"
#include "base/memory.h"
#include "runtime/ipc.h"
#include "runtime/trace.h"
#include <string.h>

enum { SHARED_COPY = 16 << 20 }; /* bytes from which a copy is shared out over the pool, as in record.c */

static wf_status evaluated(wf_array *a, wf_error *err) {
    wf_status status = node_evaluate(a->base->node, err);
    if (!status) base_computed(a->base);
    return status;
}

wf_status wf_array_eval(wf_array *const *arrays, uint32_t count, wf_error *err) {
    wf_status status = WF_OK;
    for (uint32_t i = 0; i < count && !status; i++) status = evaluated(arrays[i], err);
    return status;
}

wf_status wf_array_eval_all(int captured, wf_error *err) {
    return captured ? evaluate_captured(err) : evaluate_all(NULL, err);
}

wf_status wf_array_wait(wf_array *a, wf_error *err) {
    wf_status status = evaluated(a, err);
    return status ? status : wf_stream_synchronize(wf_context_default_stream(wf_array_context(a)), err);
}

wf_status wf_array_wait_briefly(wf_array *a, wf_error *err) {
    wf_context *context = wf_array_context(a);
    wf_node *n = a->base->node;
    if (!wf_device_is_cpu(wf_context_device(context)) || wf_trace_on()) return WF_NOTREADY;
    int pending = node_is_pending(n);
    if (pending && (!n->size || !direct_suits(n))) return WF_NOTREADY;
    wf_status status = wf_stream_query(wf_context_default_stream(context), err);
    if (!status && pending) status = direct_evaluate(n, err);
    if (!status) base_computed(a->base);
    return status;
}

wf_status settle(wf_context *context, wf_error *err) {
    if (!wf_device_is_cpu(wf_context_device(context)) || wf_capture_of_thread(context)) return WF_OK;
    return wf_stream_synchronize(wf_context_default_stream(context), err);
}

wf_buffer *wf_array_buffer(wf_array *a) {
    wf_node *n = a->base->node;
    return n->kind == WF_NODE_LEAF ? n->u.leaf.storage->buffer : NULL;
}

wf_status wf_array_address(wf_array *a, wf_address *address, wf_error *err) {
    wf_status status = evaluated(a, err);
    if (status) return status;
    wf_node *n = a->base->node;
    *address = n->u.leaf.storage->buffer->address + (uint64_t)(n->u.leaf.offset + a->offset);
    return storage_capture(n->u.leaf.storage, wf_capture_of_thread(n->context), err);
}

wf_status wf_array_for_kernel(wf_array *a, wf_address *address, wf_error *err) {
    /* operations recorded before may still have to read this memory as it is now; a lazy copy may share it */
    wf_status status = evaluated(a, err);
    if (!status) status = evaluate_all(a->base->node->u.leaf.storage, err);
    if (!status) status = base_own_memory(a->base, err);
    if (!status) a->base->node->u.leaf.storage->told = 1;
    return status ? status : wf_array_address(a, address, err);
}

wf_status wf_array_export(wf_array *a, wf_address *address, wf_error *err) {
    wf_status status = wf_array_for_kernel(a, address, err);
    if (status) return status;
    a->base->exports++;
    a->base->node->u.leaf.storage->exports++;
    return WF_OK;
}

wf_status wf_array_export_to_processes(wf_array *a, wf_address *address, wf_error *err) {
    int moved;
    wf_status status = wf_array_for_kernel(a, address, err);
    if (status) return status;
    wf_storage *storage = a->base->node->u.leaf.storage;
    if (!wf_buffer_is_shareable(storage->buffer)) {
        if (storage->foreign || storage->exports || storage->captured)
            return wf_fail(
                err, WF_INVALID,
                "[ipc] this array's memory cannot be shared with other processes as it is, and other code "
                "knows its address: share a copy (x.copy()), or run with WEFT_SHAREABLE=1");
        status = wf_buffer_make_shareable(storage->buffer, &moved, err);
        if (status) return status;
    }
    return wf_array_export(a, address, err);
}

void wf_array_export_end(wf_array *a) {
    a->base->exports--;
    a->base->node->u.leaf.storage->exports--;
}

/* Copies from a leaf's memory to the host; waits. */
static wf_status read_at(const wf_node *leaf, int64_t offset, size_t bytes, void *data, wf_error *err) {
    wf_stream *stream = wf_context_default_stream(leaf->context);
    wf_buffer *buffer = leaf->u.leaf.storage->buffer;
    if (!buffer->host || bytes >= SHARED_COPY)
        return wf_copy_to_host(stream, data, buffer->address + (uint64_t)offset, bytes, 0, err);
    wf_status status = wf_stream_synchronize(stream, err);
    if (!status) memcpy(data, (const char *)buffer->host + offset, bytes);
    return status;
}

wf_status wf_array_to_host(wf_array *a, void *data, wf_error *err) {
    wf_array *dense;
    wf_status status = wf_array_contiguous(a, &dense, err);
    if (status) return status;
    size_t bytes = (size_t)wf_array_size(a) * wf_dtype_size((wf_dtype)a->dtype);
    status = evaluated(dense, err);
    const wf_node *leaf = dense->base->node;
    if (!status && bytes) status = read_at(leaf, leaf->u.leaf.offset + dense->offset, bytes, data, err);
    wf_array_release(dense);
    return status;
}

wf_status wf_array_item_briefly(wf_array *a, wf_number *value, wf_error *err) {
    if (wf_array_size(a) != 1) return WF_NOTREADY;
    wf_status status = wf_array_wait_briefly(a, err);
    if (status) return status;
    wf_node *n = a->base->node;
    if (n->kind != WF_NODE_LEAF || !n->u.leaf.storage->buffer->host) return WF_NOTREADY;
    *value = wf_number_load((char *)n->u.leaf.storage->buffer->host + n->u.leaf.offset + a->offset,
                            (wf_dtype)a->dtype);
    return WF_OK;
}

wf_status wf_array_item(wf_array *a, wf_number *value, wf_error *err) {
    unsigned char element[16];
    if (wf_array_size(a) != 1)
        return wf_fail(err, WF_TYPE, "only length-1 arrays can be converted to Python scalars");
    wf_node *memory = NULL;
    int64_t offset = 0;
    wf_status status = array_is_whole(a) ? element_place(a->base->node, &memory, &offset, err) : WF_OK;
    if (!status && memory) status = read_at(memory, offset, wf_dtype_size((wf_dtype)a->dtype), element, err);
    else if (!status) status = wf_array_to_host(a, element, err);
    if (!status) *value = wf_number_load(element, (wf_dtype)a->dtype);
    return status;
}

/* ---- other devices --------------------------------------------------------------------------------------
 */

wf_status wf_array_to_context(wf_array *a, wf_context *context, wf_array **out, wf_error *err) {
    wf_array *dense = NULL;
    wf_address from = 0;
    if (wf_array_context(a) == context) {
        *out = wf_array_retain(a);
        return WF_OK;
    }
    wf_status status = wf_array_contiguous(a, &dense, err);
    if (!status) status = wf_array_address(dense, &from, err);
    if (!status) status = wf_array_empty(context, (wf_dtype)a->dtype, a->ndim, a->shape, out, err);
    if (status) {
        wf_array_release(dense);
        return status;
    }
    size_t bytes = (size_t)wf_array_size(a) * wf_dtype_size((wf_dtype)a->dtype);
    wf_address to = (*out)->base->node->u.leaf.storage->buffer->address;
    wf_stream *source = wf_context_default_stream(wf_array_context(a)),
              *target = wf_context_default_stream(context);
    if (bytes) {
        status = wf_stream_synchronize(source, err);
        if (!status) status = wf_copy_on_device(target, to, from, bytes, 0, err);
    }
    wf_array_release(dense);
    if (status) wf_array_release(*out), *out = NULL;
    return status;
}

wf_status wf_array_explain(wf_array *a, wf_text *text, wf_error *err) {
    graph_explain = text;
    wf_status status = evaluated(a, err);
    graph_explain = NULL;
    return status;
}
