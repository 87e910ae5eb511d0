/* array/flush.c: evaluating nodes: which of the graph becomes one kernel.
 *
 * A kernel for a node takes in, from the node downwards, every pending elementwise operation, cast, view and
 * generator, with the index of each dimension carried along (a slice or a transposition in the middle costs
 * nothing). It stops at memory, numbers and reductions; those, and values that would be computed once for
 * each element of a larger result at a price, are evaluated first (`prepare`); so is an array that others
 * hold and one element is asked of, since more elements are asked of it next. Whatever is taken in and also
 * wanted by someone else (more references than this kernel accounts for), and has the kernel's own shape, is
 * stored by it as well; all else lives in registers only.
 *
 * Graphs have at most WF_GRAPH_NODES operations (record.c), which bounds the recursions here. */
#include "array/direct.h"
#include "array/flush.h"
#include "base/memory.h"
#include <string.h>

enum {
    CHEAP = 4
}; /* additions: up to here a value is computed again for each element that it is broadcast to */
static uint32_t stamp; /* of the walk at hand; under the graph lock, as everything here */
static launch_plan *spare_plan;

/* A plan is 50 KB, of which little is used: only that is cleared for the next one. */
launch_plan *flush_plan_new(void) {
    launch_plan *plan = spare_plan ? spare_plan : wf_calloc(1, sizeof *plan);
    if (!plan || plan != spare_plan) return plan;
    wf_fuse_kernel *k = &plan->k;
    spare_plan = NULL;
    memset(k->operands, 0, k->operand_count * sizeof *k->operands);
    memset(k->values, 0, k->value_count * sizeof *k->values);
    memset(k->outputs, 0, k->output_count * sizeof *k->outputs);
    memset(k, 0, offsetof(wf_fuse_kernel, operands));
    plan->pieces = 0;
    return plan;
}

void flush_plan_free(launch_plan *plan) {
    if (!spare_plan) spare_plan = plan;
    else wf_free(plan);
}

/* ---- what must be there first ---------------------------------------------------------------------------
 */

static wf_status prepare(wf_node *n, wf_error *err);

static wf_status prepare_input(wf_node *n, wf_node *in, wf_error *err) {
    if (!node_is_pending(in)) return WF_OK;
    wf_status status = prepare(in, err);
    if (status || !node_is_pending(in)) return status;
    int repeated = in->size < n->size && in->cost > CHEAP;
    int element = n->kind == WF_NODE_VIEW && n->size == 1 && in->size > 1 && in->references > 1;
    if (in->kind == WF_NODE_REDUCE || repeated || element) return node_evaluate(in, err);
    return WF_OK;
}

static wf_status prepare(wf_node *n, wf_error *err) {
    if (n->stamp == stamp) return WF_OK;
    n->stamp = stamp, n->uses = 0;
    for (int i = 0; i < 3 && node_is_pending(n); i++) {
        if (!n->inputs[i]) continue;
        wf_status status = prepare_input(n, n->inputs[i], err);
        if (status) return status;
    }
    return WF_OK;
}

/* ---- taking in ------------------------------------------------------------------------------------------
 */

static int add_value(collector *c, wf_fuse_value value) {
    wf_fuse_kernel *k = &c->plan->k;
    if (k->value_count >= WF_FUSE_VALUES) return -1;
    k->values[k->value_count] = value;
    return k->value_count++;
}

static int add_operand(collector *c, wf_operand_kind kind, wf_dtype dtype, launch_operand **operand) {
    wf_fuse_kernel *k = &c->plan->k;
    if (k->operand_count >= WF_FUSE_OPERANDS - 2) return -1;
    k->operands[k->operand_count].kind = (uint8_t)kind, k->operands[k->operand_count].dtype = (uint8_t)dtype;
    *operand = &c->plan->operands[k->operand_count];
    wf_fuse_value value = {WF_VALUE_OPERAND, (uint8_t)dtype, 0, 0, {k->operand_count++, 0, 0}};
    return add_value(c, value);
}

static int take_number(collector *c, wf_node *n) {
    launch_operand *o;
    int v = add_operand(c, WF_OPERAND_SCALAR, (wf_dtype)n->dtype, &o);
    if (v >= 0) o->number = n->u.number;
    return v;
}

static int take_leaf(collector *c, wf_node *n, const walk *w) {
    launch_operand *o;
    int v = add_operand(c, WF_OPERAND_MEMORY, (wf_dtype)n->dtype, &o);
    if (v < 0) return v;
    o->storage = n->u.leaf.storage, o->offset = n->u.leaf.offset;
    for (int d = 0; d < c->dims; d++) o->strides[d] = 0;
    for (int k = 0; k < n->ndim; k++) {
        o->offset += w->start[k] * n->strides[k];
        if (w->along[k] >= 0) o->strides[w->along[k]] += w->step[k] * n->strides[k];
    }
    return v;
}

static int take_iota(collector *c, const walk *w) {
    launch_operand *o;
    int v = add_operand(c, WF_OPERAND_IOTA, WF_DT_INT64, &o);
    if (v < 0) return v;
    o->offset = w->start[0];
    for (int d = 0; d < c->dims; d++) o->strides[d] = 0;
    if (w->along[0] >= 0) o->strides[w->along[0]] = w->step[0];
    return v;
}

/* How an input of an operation is walked: trailing dimensions are aligned, extents of 1 stand still. */
static void walk_input(const wf_node *n, const walk *w, const wf_node *in, walk *to) {
    int gone = n->ndim - in->ndim;
    for (int k = 0; k < in->ndim; k++) {
        int moves = in->shape[k] != 1 || n->shape[gone + k] == 1;
        to->start[k] = moves ? w->start[gone + k] : 0;
        to->step[k] = moves ? w->step[gone + k] : 0;
        to->along[k] = moves ? w->along[gone + k] : -1;
    }
}

static void walk_view(const wf_node *n, const walk *w, walk *to) {
    const wf_node *in = n->inputs[0];
    const int64_t *steps = node_steps(n);
    for (int k = 0; k < in->ndim; k++) {
        int64_t d = n->strides[k];
        to->start[k] = n->starts[k] + (d >= 0 ? steps[k] * w->start[d] : 0);
        to->step[k] = d >= 0 ? steps[k] * w->step[d] : 0;
        to->along[k] = d >= 0 ? w->along[d] : -1;
    }
}

static int same_walk(const walk *a, const walk *b, int n) {
    for (int k = 0; k < n; k++)
        if (a->start[k] != b->start[k] || a->step[k] != b->step[k] || a->along[k] != b->along[k]) return 0;
    return 1;
}

/* Packs the part of a walk that counts into the collector's store; NULL: no room. */
static walk *keep_walk(collector *c, const walk *w, int n) {
    if (c->walks >= MAX_WALKS) return NULL;
    walk *kept = &c->kept[c->walks++];
    memcpy(kept->start, w->start, sizeof *w->start * (size_t)n);
    memcpy(kept->step, w->step, sizeof *w->step * (size_t)n);
    memcpy(kept->along, w->along, sizeof *w->along * (size_t)n);
    return kept;
}

static int is_identity(const collector *c, const wf_node *n, const walk *w) {
    if (!c->outputs || n->ndim != c->dims) return 0;
    for (int d = 0; d < n->ndim; d++)
        if (n->shape[d] != c->plan->extent[d] ||
            (n->shape[d] != 1 && (w->start[d] || w->step[d] != 1 || w->along[d] != d)))
            return 0;
    return 1;
}

static int take_inputs(collector *c, wf_node *n, const walk *w, wf_fuse_value *value) {
    int inputs = n->kind == WF_NODE_OP ? wf_ufuncs[n->op].inputs : 1;
    walk *to = &c->stack[c->depth++];
    int good = c->depth < MAX_DEPTH;
    for (int i = 0; good && i < inputs; i++) {
        if (n->kind == WF_NODE_VIEW) walk_view(n, w, to);
        else walk_input(n, w, n->inputs[i], to);
        int v = flush_take(c, n->inputs[i], to);
        good = v >= 0;
        value->args[i] = (uint16_t)v;
    }
    c->depth--;
    return good;
}

/* The value of n at the walk's place, as an index into the kernel's values; -1: too much for one kernel. */
int flush_take(collector *c, wf_node *n, const walk *w) {
    if (n->stamp != stamp) n->stamp = stamp, n->uses = 0;
    n->uses++;
    for (int i = 0; i < c->seen; i++)
        if (c->nodes[i] == n && same_walk(c->at[i], w, n->ndim)) return c->values[i];
    wf_fuse_value value = {WF_VALUE_OP, n->dtype, n->loop, n->op, {0, 0, 0}};
    int v;
    if (n->kind == WF_NODE_NUMBER) v = take_number(c, n);
    else if (n->kind == WF_NODE_LEAF) v = take_leaf(c, n, w);
    else if (n->kind == WF_NODE_IOTA) v = take_iota(c, w);
    else if (!take_inputs(c, n, w, &value)) return -1;
    else if (n->kind == WF_NODE_VIEW) v = value.args[0];
    else {
        if (n->kind == WF_NODE_CAST) value.kind = WF_VALUE_CAST, value.loop = value.op = 0;
        v = add_value(c, value);
    }
    if (v < 0 || c->seen >= MAX_SEEN) return -1;
    c->at[c->seen] = keep_walk(c, w, n->ndim);
    if (!c->at[c->seen]) return -1;
    c->nodes[c->seen] = n, c->values[c->seen++] = (uint16_t)v;
    return v;
}

collector *flush_collector(launch_plan *plan, int dims, int outputs) {
    static collector *spare; /* one is enough: collecting does not nest */
    if (!spare) spare = wf_malloc(sizeof *spare);
    if (!spare) return NULL;
    spare->plan = plan, spare->dims = dims, spare->outputs = outputs;
    spare->seen = spare->walks = spare->depth = 0;
    return spare;
}

void flush_begin_walk(void) { stamp++; }
wf_status flush_prepare(wf_node *n, wf_error *err) {
    stamp++;
    return prepare(n, err);
}

/* ---- elementwise kernels --------------------------------------------------------------------------------
 */

static int add_output(launch_plan *plan, int value, wf_node *n, wf_error *err) {
    wf_fuse_output *o = &plan->k.outputs[plan->k.output_count];
    launch_output *to = &plan->outputs[plan->k.output_count];
    to->storage = storage_new(plan->context, (size_t)n->size * wf_dtype_size((wf_dtype)n->dtype), err);
    if (!to->storage) return 0;
    to->offset = 0;
    wf_contiguous_strides(n->ndim, n->shape, wf_dtype_size((wf_dtype)n->dtype), to->strides);
    o->value = (uint16_t)value, o->dtype = n->dtype;
    plan->k.output_count++;
    return 1;
}

/* Everything taken in that someone else waits for becomes an output; done[] says which node each output is.
 */
static wf_status choose_outputs(collector *c, wf_node *root, wf_node **done, wf_error *err) {
    launch_plan *plan = c->plan;
    for (int i = c->seen - 1; i >= 0; i--) {
        wf_node *n = c->nodes[i];
        int wanted = n == root || (node_is_pending(n) && n->references > (int64_t)n->uses);
        if (!wanted || !is_identity(c, n, c->at[i]) || plan->k.output_count >= WF_FUSE_OUTPUTS) continue;
        done[plan->k.output_count] = n;
        if (!add_output(plan, c->values[i], n, err)) return err ? err->status : WF_NOMEM;
    }
    return WF_OK;
}

static void whole_walk(walk *w, int ndim) {
    for (int d = 0; d < ndim; d++) w->start[d] = 0, w->step[d] = 1, w->along[d] = (int8_t)d;
}

static void set_domain(launch_plan *plan, const wf_node *n) {
    plan->k.form = WF_FORM_ELEMENTS;
    plan->rank = n->ndim, plan->reduced = 0, plan->context = n->context;
    memcpy(plan->extent, n->shape, sizeof *n->shape * (size_t)n->ndim);
}

/* Too much for one kernel: the inputs are computed on their own first, then the node reads memory. */
static wf_status split(wf_node *n, wf_error *err) {
    for (int i = 0; i < 3; i++) {
        if (!n->inputs[i] || !node_is_pending(n->inputs[i])) continue;
        wf_status status = node_evaluate(n->inputs[i], err);
        if (status) return status;
    }
    return WF_OK;
}

static wf_status evaluate_elements(wf_node *n, wf_error *err) {
    wf_node *done[WF_FUSE_OUTPUTS];
    wf_status status = flush_prepare(n, err);
    if (status) return status;
    launch_plan *plan = flush_plan_new();
    collector *c = plan ? flush_collector(plan, n->ndim, 1) : NULL;
    if (!c) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    set_domain(plan, n);
    whole_walk(&c->top, n->ndim);
    flush_begin_walk();
    int value = flush_take(c, n, &c->top);
    if (value < 0) {
        flush_plan_free(plan);
        status = split(n, err);
        return status ? status : evaluate_elements(n, err);
    }
    status = choose_outputs(c, n, done, err);
    if (!status) status = plan_run(plan, err);
    for (int i = 0; i < plan->k.output_count; i++) {
        if (!status) node_become_leaf(done[i], plan->outputs[i].storage);
        storage_release(plan->outputs[i].storage);
    }
    flush_plan_free(plan);
    return status;
}

static wf_status evaluate_nothing(wf_node *n, wf_error *err) {
    wf_storage *storage = storage_new(n->context, 0, err);
    if (!storage) return err ? err->status : WF_NOMEM;
    node_become_leaf(n, storage);
    storage_release(storage);
    return WF_OK;
}

wf_status node_evaluate(wf_node *n, wf_error *err) {
    if (!node_is_pending(n)) return WF_OK;
    if (!n->size) return evaluate_nothing(n, err);
    if (direct_suits(n)) return direct_evaluate(n, err);
    return n->kind == WF_NODE_REDUCE ? reduce_evaluate(n, err) : evaluate_elements(n, err);
}

static int reads(wf_node *n, const wf_storage *storage) {
    if (n->kind == WF_NODE_LEAF) return n->u.leaf.storage == storage;
    if (n->stamp == stamp) return 0;
    n->stamp = stamp;
    for (int i = 0; i < node_input_count(n); i++)
        if (reads(n->inputs[i], storage)) return 1;
    return 0;
}

/* What cannot be computed tells so to whoever looks at it, and here only if it reads that memory. */
wf_status evaluate_all(const wf_storage *storage, wf_error *err) {
    wf_error other;
    for (wf_base *base = base_first_pending(), *next; base; base = next) {
        wf_status status = node_evaluate(base->node, &other);
        next = base_next_pending(base);
        if (!status) base_computed(base);
        stamp++;
        if (!status || !storage || !reads(base->node, storage)) continue;
        if (err) *err = other;
        return status;
    }
    return WF_OK;
}

wf_status evaluate_captured(wf_error *err) {
    for (wf_base *base = base_first_pending(), *next; base; base = next) {
        next = base->next;
        if (!base->captured) continue;
        wf_status status = node_evaluate(base->node, err);
        if (status) return status;
        base_computed(base);
        next = base_first_pending(); /* others may have been computed with it */
    }
    return WF_OK;
}

/* ---- ordered stores -------------------------------------------------------------------------------------
 */

static int overlaps(const launch_plan *plan, const wf_node *target) {
    wf_buffer *to = target->u.leaf.storage->buffer;
    for (int i = 0; i < plan->k.operand_count; i++) {
        if (plan->k.operands[i].kind != WF_OPERAND_MEMORY) continue;
        const launch_operand *o = &plan->operands[i];
        wf_buffer *from = o->storage->buffer;
        if (from->address + from->size <= to->address || to->address + to->size <= from->address) continue;
        int same =
            from == to && o->offset == target->u.leaf.offset &&
            wf_dtype_size((wf_dtype)plan->k.operands[i].dtype) == wf_dtype_size((wf_dtype)target->dtype);
        for (int d = 0; d < target->ndim; d++)
            same = same && (target->shape[d] == 1 || o->strides[d] == target->strides[d]);
        if (!same) return 1;
    }
    return 0;
}

/* Takes the value in with the target's shape as domain; 0: too much. */
static int take_stored(collector *c, wf_node *value, const wf_node *target, wf_fuse_output *output) {
    walk *whole = &c->stack[c->depth++];
    whole_walk(whole, target->ndim);
    walk_input(target, whole, value, &c->top);
    flush_begin_walk();
    int v = flush_take(c, value, &c->top);
    output->value = (uint16_t)v, output->dtype = target->dtype;
    return v >= 0;
}

wf_status node_store(wf_node *value, wf_node *target, wf_error *err) {
    if (direct_suits_store(value, target)) return direct_store(value, target, err);
    wf_status status = value->size < target->size && value->cost > CHEAP ? node_evaluate(value, err) : WF_OK;
    if (!status) status = flush_prepare(value, err);
    if (!status && value->kind == WF_NODE_REDUCE) status = node_evaluate(value, err);
    if (status) return status;
    launch_plan *plan = flush_plan_new();
    collector *c = plan ? flush_collector(plan, target->ndim, 0) : NULL;
    if (!c) return wf_fail(err, WF_NOMEM, "[assign] out of host memory");
    set_domain(plan, target);
    plan->k.output_count = 1;
    int again = !take_stored(c, value, target, &plan->k.outputs[0]) || overlaps(plan, target);
    if (!again) {
        plan->outputs[0].storage = target->u.leaf.storage, plan->outputs[0].offset = target->u.leaf.offset;
        memcpy(plan->outputs[0].strides, target->strides, sizeof *target->strides * (size_t)target->ndim);
        status = plan_run(plan, err);
    }
    flush_plan_free(plan);
    if (!again) return status;
    wf_node *temporary = node_is_pending(value) ? node_retain(value) : node_identity(node_retain(value));
    status =
        temporary ? node_evaluate(temporary, err) : wf_fail(err, WF_NOMEM, "[assign] out of host memory");
    if (!status) status = node_store(temporary, target, err);
    node_release(temporary);
    return status;
}
