/* array/assign.c: writing into arrays, with NumPy's result whatever shares memory with what.
 *
 * Writing the whole of a base that nobody else can see only replaces the base's node: nothing runs. Writing
 * part of it (through a view), or memory that foreign code sees, is an ordered store: it runs at once.
 * Operations recorded earlier that still have to read the old content are computed first; memory that a lazy
 * copy shares is copied; a value that reads the memory it is written to, at other places than its own, goes
 * through a temporary (flush.c). */
#include "array/inner.h"
#include "base/memory.h"
#include <math.h>
#include <string.h>

/* value's elements broadcast to the target's shape, as a node of that shape. */
static wf_node *broadcast_node(wf_node *value, int ndim, const int64_t *shape) {
    int n = value->ndim, extra = 3 * n > ndim ? 3 * n : ndim;
    wf_node *view = node_new(WF_NODE_VIEW, (wf_dtype)value->dtype, ndim, shape, extra);
    if (!view) {
        node_release(value);
        return NULL;
    }
    view->inputs[0] = value, view->starts = view->strides + n;
    for (int k = 0; k < n; k++) {
        int walks = value->shape[k] != 1;
        view->strides[k] = walks ? ndim - n + k : -1;
        view->starts[k] = 0, view->starts[n + k] = walks;
    }
    view->context = value->context, view->weight = (uint16_t)(value->weight + 1), view->cost = value->cost;
    view->shared = value->shared;
    return view;
}

/* Leading extents of 1 are dropped when the value has more dimensions than the target. */
static wf_status check_broadcast(const wf_array *target, const wf_node *value, wf_error *err) {
    int extra = value->ndim - target->ndim, fits = 1;
    for (int d = 0; d < value->ndim; d++) {
        int to = d - extra;
        int64_t n = value->shape[d];
        if (n != 1 && (to < 0 || target->shape[to] != n)) fits = 0;
    }
    char was[160], wanted[160];
    if (fits) return WF_OK;
    return wf_fail(err, WF_INVALID, "could not broadcast input array from shape %s into shape %s",
                   wf_shape_text(value->ndim, value->shape, was, sizeof was),
                   wf_shape_text(target->ndim, target->shape, wanted, sizeof wanted));
}

static wf_node *drop_leading(wf_node *value, int ndim) {
    if (value->ndim <= ndim) return value;
    int gone = value->ndim - ndim, n = value->ndim;
    wf_node *view = node_new(WF_NODE_VIEW, (wf_dtype)value->dtype, ndim, value->shape + gone, 3 * n);
    if (!view) {
        node_release(value);
        return NULL;
    }
    view->inputs[0] = value, view->starts = view->strides + n;
    for (int k = 0; k < n; k++)
        view->strides[k] = k - gone < 0 ? -1 : k - gone, view->starts[k] = 0, view->starts[n + k] = k >= gone;
    view->context = value->context, view->weight = value->weight, view->cost = value->cost;
    view->shared = value->shared;
    return view;
}

static int same_shape(const wf_array *a, const wf_node *n) {
    return a->ndim == n->ndim && !memcmp(a->shape, n->shape, sizeof *n->shape * (size_t)n->ndim);
}

/* The whole of an unshared base gets a new value. */
static wf_status replace(wf_array *target, wf_node *value, wf_error *err) {
    wf_context *context = wf_array_context(target);
    /* a leaf is shared with its owner only if it lies in one piece */
    int plain = node_is_pending(value) && value->kind != WF_NODE_VIEW;
    if (!same_shape(target, value) || !plain) value = broadcast_node(value, target->ndim, target->shape);
    if (!value) return wf_fail(err, WF_NOMEM, "[assign] out of host memory");
    if (!value->context) value->context = context;
    int shared = value->shared;
    base_set(target->base, value);
    wf_status status = graph_eager || shared ? node_evaluate(value, err) : WF_OK;
    return !status && shared ? settle(context, err) : status;
}

static wf_status store_part(wf_array *target, wf_node *value, wf_error *err) {
    wf_base *base = target->base;
    wf_status status = node_evaluate(base->node, err);
    base_computed(base);
    wf_node *leaf = base->node;
    if (!status && (leaf->u.leaf.storage->references > 1 || leaf->references > 1))
        status = evaluate_all(leaf->u.leaf.storage, err);
    if (!status) status = base_own_memory(base, err);
    if (status) return status;
    leaf = base->node;
    wf_node *place =
        node_leaf(leaf->u.leaf.storage, (wf_dtype)target->dtype, leaf->u.leaf.offset + target->offset,
                  target->ndim, target->shape, target->strides);
    if (!place) return wf_fail(err, WF_NOMEM, "[assign] out of host memory");
    int shared = value->shared || place->shared;
    if (leaf_is_aligned(place)) status = node_store(value, place, err);
    else {
        value = broadcast_node(node_retain(value), place->ndim, place->shape);
        if (value) value->context = leaf->context;
        status = value ? store_unaligned(value, place, err)
                       : wf_fail(err, WF_NOMEM, "[assign] out of host memory");
        node_release(value);
    }
    node_release(place);
    return !status && shared ? settle(leaf->context, err) : status;
}

wf_status assign_node(wf_array *target, wf_node *value, wf_error *err) {
    if (!value) return wf_fail(err, WF_NOMEM, "[assign] out of host memory");
    wf_status status =
        target->read_only ? wf_fail(err, WF_INVALID, "assignment destination is read-only") : WF_OK;
    if (!status) status = check_broadcast(target, value, err);
    if (!status && value->context && value->context != wf_array_context(target))
        status = wf_fail(err, WF_INVALID, "[assign] the array is on %s, the value on %s",
                         wf_device_label(wf_array_device(target)),
                         wf_device_label(wf_context_device(value->context)));
    if (!status && value->ndim > target->ndim && !(value = drop_leading(value, target->ndim)))
        return wf_fail(err, WF_NOMEM, "[assign] out of host memory");
    if (!status && array_is_whole(target) && !base_is_shared(target->base))
        return replace(target, value, err);
    if (!status && wf_array_size(target)) status = store_part(target, value, err);
    node_release(value);
    return status;
}

/* What Python's int() and float() refuse is refused here: a number of Python's that the type has no value
 * for. */
static wf_status number_goes_into(const wf_operand *value, wf_dtype dtype, wf_error *err) {
    if (value->array || wf_dtype_is_complex(dtype) || dtype == WF_DT_BOOL) return WF_OK;
    if (value->weak == WF_WEAK_COMPLEX)
        return wf_fail(err, WF_TYPE, "%s() argument must be a string or a real number, not 'complex'",
                       wf_dtype_is_integer(dtype) ? "int" : "float");
    if (value->weak != WF_WEAK_FLOAT || !wf_dtype_is_integer(dtype) || isfinite(value->number.re))
        return WF_OK;
    if (isnan(value->number.re)) return wf_fail(err, WF_INVALID, "cannot convert float NaN to integer");
    return wf_fail_code(err, WF_INVALID, WF_ERR_OVERFLOW, "cannot convert float infinity to integer");
}

wf_status wf_array_assign(wf_array *target, const wf_operand *value, const wf_operand *where, wf_error *err) {
    wf_node *node;
    wf_status status = number_goes_into(value, (wf_dtype)target->dtype, err);
    if (!status) status = operand_node(value, (wf_dtype)target->dtype, &node, err);
    if (status) return status;
    if (where) {
        wf_node *inputs[3] = {NULL, node, NULL};
        wf_operand old = {.array = target};
        int64_t shape[WF_MAX_DIMS];
        status = operand_node(where, WF_DT_BOOL, &inputs[0], err);
        if (!status) status = operand_node(&old, (wf_dtype)target->dtype, &inputs[2], err);
        int ndim, ndims[3];
        const int64_t *shapes[3];
        for (int i = 0; !status && i < 3; i++) ndims[i] = inputs[i]->ndim, shapes[i] = inputs[i]->shape;
        if (!status) status = wf_broadcast_shapes("copyto", 3, ndims, shapes, &ndim, shape, err);
        if (!status) status = record_limit(inputs, 3, err);
        if (status) {
            for (int i = 0; i < 3; i++) node_release(inputs[i]);
            return status;
        }
        node = node_op(WF_UF_WHERE, (wf_dtype)target->dtype, (wf_dtype)target->dtype, ndim, shape, inputs);
    }
    return assign_node(target, node, err);
}
