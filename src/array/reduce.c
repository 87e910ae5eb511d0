/* array/reduce.c: evaluating reductions: what feeds them becomes part of the first kernel; partial results
 * are reduced again, in the order that fuse/fuse.h lays down, until one is left for each kept index. */
#include "array/flush.h"

typedef struct reduction {
    wf_node *node;
    int kept[WF_MAX_DIMS], kept_count; /* dimensions of the input */
    int reduced[WF_MAX_DIMS], reduced_count;
    int64_t rows, length; /* products of the kept and the reduced extents */
    int tiles;            /* the form: TILE, else ROWS */
    uint32_t parts;
} reduction;

/* Which dimensions are kept and reduced, and the form: TILE when the last logical axis is reduced. Extents of
 * 1 do not count. */
static void survey(wf_node *n, reduction *r) {
    const wf_node *in = n->inputs[0];
    *r = (reduction){.node = n, .rows = 1, .length = 1, .tiles = 1};
    r->parts = wf_reduction_parts((wf_reduction)n->op);
    for (int d = 0; d < in->ndim; d++) {
        if (n->u.reduce.axes >> d & 1) r->reduced[r->reduced_count++] = d, r->length *= in->shape[d];
        else r->kept[r->kept_count++] = d, r->rows *= in->shape[d];
        if (in->shape[d] > 1) r->tiles = (int)(n->u.reduce.axes >> d & 1);
    }
}

static int64_t pieces_of(const reduction *r, int64_t length) {
    int64_t piece = r->tiles ? WF_TILE : WF_ROWS;
    return (length + piece - 1) / piece;
}

static wf_status begin_plan(const reduction *r, launch_plan *plan, int64_t length, wf_error *err) {
    wf_fuse_kernel *k = &plan->k;
    k->form = r->tiles ? WF_FORM_TILE : WF_FORM_ROWS;
    k->reduction = r->node->op, k->acc = r->node->acc;
    plan->context = r->node->context, plan->pieces = pieces_of(r, length);
    size_t count = (size_t)(r->rows * plan->pieces);
    for (uint32_t i = 0; i < r->parts; i++) {
        wf_dtype t = wf_reduction_part_type((wf_reduction)r->node->op, (wf_dtype)r->node->acc, i);
        k->outputs[i].dtype = (uint8_t)t;
        plan->outputs[i].offset = 0;
        plan->outputs[i].storage = storage_new(plan->context, count * wf_dtype_size(t), err);
        if (!plan->outputs[i].storage) return err ? err->status : WF_NOMEM;
        k->output_count++;
    }
    return WF_OK;
}

/* The first level: the input's graph, dimensions reordered to kept, then reduced. */
static wf_status first_level(const reduction *r, launch_plan *plan, wf_error *err) {
    const wf_node *in = r->node->inputs[0];
    plan->rank = r->kept_count, plan->reduced = r->reduced_count;
    collector *c = flush_collector(plan, in->ndim, 0);
    if (!c) return wf_fail(err, WF_NOMEM, "[%s] out of host memory", wf_reduction_names[r->node->op]);
    for (int i = 0; i < in->ndim; i++) {
        int d = i < r->kept_count ? r->kept[i] : r->reduced[i - r->kept_count];
        plan->extent[i] = in->shape[d];
        c->top.start[d] = 0, c->top.step[d] = 1, c->top.along[d] = (int8_t)i;
    }
    flush_begin_walk();
    int v = flush_take(c, r->node->inputs[0], &c->top);
    if (v < 0) return WF_NOTREADY; /* too much for one kernel */
    plan->k.taken = (uint16_t)v;
    return begin_plan(r, plan, r->length, err);
}

static int add_memory(launch_plan *plan, wf_storage *storage, wf_dtype t, int64_t kept, int64_t reduced) {
    wf_fuse_kernel *k = &plan->k;
    int i = k->operand_count++;
    k->operands[i].kind = WF_OPERAND_MEMORY, k->operands[i].dtype = (uint8_t)t;
    plan->operands[i].storage = storage, plan->operands[i].offset = 0;
    plan->operands[i].strides[0] = kept * wf_dtype_size(t),
    plan->operands[i].strides[1] = reduced * wf_dtype_size(t);
    k->values[k->value_count] = (wf_fuse_value){WF_VALUE_OPERAND, (uint8_t)t, 0, 0, {(uint16_t)i, 0, 0}};
    return k->value_count++;
}

/* A later level reads `length` partial results for each row from the level before. */
static wf_status next_level(const reduction *r, launch_plan *plan, wf_storage **partial, int64_t length,
                            wf_error *err) {
    int64_t kept = r->tiles ? length : 1, reduced = r->tiles ? 1 : r->rows;
    plan->rank = plan->reduced = 1;
    plan->extent[0] = r->rows, plan->extent[1] = length;
    plan->k.partial = r->parts > 1;
    for (uint32_t i = 0; i < r->parts; i++) {
        wf_dtype t = wf_reduction_part_type((wf_reduction)r->node->op, (wf_dtype)r->node->acc, i);
        int v = add_memory(plan, partial[i], t, kept, reduced);
        if (i == 0) plan->k.taken = (uint16_t)v;
    }
    return begin_plan(r, plan, length, err);
}

static wf_status run_level(const reduction *r, wf_storage **partial, int64_t *length, int first,
                           wf_error *err) {
    launch_plan *plan = flush_plan_new();
    if (!plan) return wf_fail(err, WF_NOMEM, "[%s] out of host memory", wf_reduction_names[r->node->op]);
    wf_status status = first ? first_level(r, plan, err) : next_level(r, plan, partial, *length, err);
    if (!status) status = plan_run(plan, err);
    for (int i = 0; i < plan->k.output_count; i++) {
        if (status) {
            storage_release(plan->outputs[i].storage);
            continue;
        }
        storage_release(partial[i]);
        partial[i] = plan->outputs[i].storage;
    }
    if (!status) *length = plan->pieces;
    flush_plan_free(plan);
    return status;
}

/* Nothing is reduced: every result is the identity. */
static wf_status fill_identity(wf_node *n, wf_error *err) {
    wf_number identity = {0};
    wf_reduction_identity((wf_reduction)n->op, (wf_dtype)n->acc, &identity);
    wf_node *number = node_number(identity, (wf_dtype)n->dtype);
    wf_node *view = number ? node_new(WF_NODE_VIEW, (wf_dtype)n->dtype, n->ndim, n->shape, n->ndim) : NULL;
    if (!view) {
        node_release(number);
        return wf_fail(err, WF_NOMEM, "[%s] out of host memory", wf_reduction_names[n->op]);
    }
    view->inputs[0] = number, view->starts = view->strides, view->context = n->context;
    wf_status status = node_evaluate(view, err);
    if (!status) node_become_leaf(n, view->u.leaf.storage);
    node_release(view);
    return status;
}

wf_status reduce_evaluate(wf_node *n, wf_error *err) {
    reduction r;
    wf_storage *partial[4] = {NULL, NULL, NULL, NULL};
    wf_status status = flush_prepare(n, err);
    if (status) return status;
    survey(n, &r);
    if (!r.length) return fill_identity(n, err);
    int64_t length = 0;
    status = run_level(&r, partial, &length, 1, err);
    if (status == WF_NOTREADY) {
        status = node_evaluate(n->inputs[0], err);
        if (!status) status = run_level(&r, partial, &length, 1, err);
    }
    while (!status && length > 1) status = run_level(&r, partial, &length, 0, err);
    if (!status) node_become_leaf(n, partial[wf_reduction_result_part((wf_reduction)n->op)]);
    for (int i = 0; i < 4; i++) storage_release(partial[i]);
    return status;
}
