/* array/element.c: the value that one element has now, as an array of its own.
 *
 * NumPy's a[i] is a number: what is written to `a` later does not change it. A view would be changed, and
 * memory that a lazy copy shares would be copied whole at the next write. So the element is copied: at once
 * where that is one load (an idle CPU, memory that is there), else as an operation to be computed, which a
 * later write to `a` waits for as for any other. */
#include "array/direct.h"
#include <string.h>

/* 1: one load, from memory that no queued work can still write; 0: not so; -1: earlier work failed. */
static int is_at_hand(const wf_array *a, wf_error *err) {
    const wf_node *n = a->base->node;
    if (n->kind != WF_NODE_LEAF || !n->u.leaf.storage->buffer->host || !plan_may_be_left_out(n->context))
        return 0;
    wf_status status = wf_stream_query(wf_context_default_stream(n->context), err);
    return status == WF_OK ? 1 : status == WF_NOTREADY ? 0 : -1;
}

static wf_status load(const wf_array *a, int64_t offset, wf_array **out, wf_error *err) {
    const wf_node *n = a->base->node;
    uint32_t item = wf_dtype_size((wf_dtype)a->dtype);
    wf_storage *storage = storage_new(n->context, item, err);
    if (!storage) return err->status;
    memcpy(storage->buffer->host,
           (const char *)n->u.leaf.storage->buffer->host + n->u.leaf.offset + a->offset + offset, item);
    wf_node *leaf = node_leaf(storage, (wf_dtype)a->dtype, 0, 0, NULL, NULL);
    storage_release(storage);
    return array_of_node(leaf, out, err);
}

wf_status wf_array_element(wf_array *a, int64_t offset, wf_array **out, wf_error *err) {
    int at_hand = is_at_hand(a, err);
    if (at_hand) return at_hand < 0 ? err->status : load(a, offset, out, err);
    wf_array *view = NULL;
    wf_node *value = NULL;
    wf_status status = wf_array_view(a, (wf_dtype)a->dtype, 0, NULL, NULL, offset, &view, err);
    if (!status) status = array_value(view, &value, err);
    wf_array_release(view);
    if (status) return status;
    if (value->kind == WF_NODE_LEAF) value = node_identity(value);
    return value ? finish(value, out, err) : wf_fail(err, WF_NOMEM, "[element] out of host memory");
}

/* Values are mostly looked at one by one: then the element is read where it is, without a kernel. */
wf_status element_place(const wf_node *n, wf_node **memory, int64_t *offset, wf_error *err) {
    *memory = NULL;
    if (n->kind != WF_NODE_VIEW || n->size != 1 || n->inputs[0]->kind == WF_NODE_NUMBER) return WF_OK;
    wf_node *in = n->inputs[0];
    wf_status status = node_evaluate(in, err);
    if (status) return status;
    *offset = in->u.leaf.offset;
    for (int d = 0; d < in->ndim; d++) *offset += n->starts[d] * in->strides[d];
    *memory = in;
    return WF_OK;
}
