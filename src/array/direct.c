/* array/direct.c: nodes of few elements, computed one after the other without a plan.
 *
 * For a hundred elements the way to the loop costs ten times the loop: collecting a graph into a plan,
 * merging its dimensions, giving out buffers. Below MOST elements nothing is won by fusion, so here each
 * pending node of a small graph gets memory of its own and one call of its ready-made loop, its inputs first.
 * The loops, and so the bits, are those of array/vm.c; reductions keep the documented order (one tile, or one
 * run of rows: whatever is longer goes the long way). */
#include "array/direct.h"
#include "array/loops.h"
#include "array/vm.h"
#include "base/memory.h"
#include <string.h>

enum {
    MOST = 1024,         /* elements of a node */
    MOST_REDUCED = 4096, /* elements that a reduction reads: a tile */
    MOST_DIMS = 4,
    MOST_NODES = WF_GRAPH_NODES, /* pending operations of a graph */
    ITEM = 16                    /* bytes of the largest element */
};

static _Alignas(
    64) char buffers[3][MOST_REDUCED * ITEM];        /* operands that are gathered; under the graph lock */
static _Alignas(64) char lanes_of_all[3 * MOST * 8]; /* a reduction's accumulators */
static int64_t integers[MOST];

/* ---- what can be computed here --------------------------------------------------------------------------
 */

static int suits(const wf_node *n);

static int suits_reduction(const wf_node *n) {
    const wf_node *in = n->inputs[0];
    vm_reducer reducer;
    if (in->kind == WF_NODE_NUMBER || in->size > MOST_REDUCED || !in->size || in->ndim > MOST_DIMS ||
        wf_dtype_is_small_float((wf_dtype)n->acc) || wf_dtype_is_complex((wf_dtype)n->acc) ||
        !vm_reducer_of((wf_reduction)n->op, (wf_dtype)n->acc, &reducer))
        return 0;
    int64_t kept = 1, tiles = 1;
    for (int d = 0; d < in->ndim; d++) {
        if (!(n->u.reduce.axes >> d & 1)) kept *= in->shape[d];
        if (in->shape[d] > 1) tiles = n->u.reduce.axes >> d & 1;
    }
    return tiles || in->size / kept <= WF_ROWS;
}

static int suits_input(const wf_node *in) {
    if (in->kind == WF_NODE_NUMBER) return 1;
    if (in->ndim > MOST_DIMS) return 0;
    return in->kind == WF_NODE_LEAF || suits(in);
}

/* Is n pending, small, and all that it needs? The weight bounds the walk. */
static int suits(const wf_node *n) {
    if (n->size > MOST || n->ndim > MOST_DIMS || n->weight > MOST_NODES || !n->size) return 0;
    switch (n->kind) {
    case WF_NODE_IOTA: return 1;
    case WF_NODE_CAST:
    case WF_NODE_VIEW: return suits_input(n->inputs[0]);
    case WF_NODE_REDUCE: return suits_reduction(n) && suits_input(n->inputs[0]);
    case WF_NODE_OP: break;
    default: return 0;
    }
    if (wf_dtype_is_small_float((wf_dtype)n->loop) || !wf_loop_of((wf_ufunc)n->op, (wf_dtype)n->loop))
        return 0;
    for (int i = 0; i < wf_ufuncs[n->op].inputs; i++)
        if (!suits_input(n->inputs[i])) return 0;
    return 1;
}

/* ---- moving elements ------------------------------------------------------------------------------------
 */

static void run_of(char *to, int64_t to_step, const char *from, int64_t step, int64_t item, int64_t count) {
    if (step == item && to_step == item) {
        memcpy(to, from, (size_t)(count * item));
        return;
    }
    switch (item) {
#define CASE(T)                                                                                              \
    case sizeof(T):                                                                                          \
        for (int64_t i = 0; i < count; i++)                                                                  \
            *(T *)(void *)(to + i * to_step) = *(const T *)(const void *)(from + i * step);                  \
        break;
        CASE(uint8_t)
        CASE(uint16_t)
        CASE(uint32_t)
        CASE(uint64_t)
    default:
        for (int64_t i = 0; i < count; i++) memcpy(to + i * to_step, from + i * step, (size_t)item);
    }
#undef CASE
}

/* Elements of `shape`, from one set of strides (bytes) to another. */
static void move(char *to, const int64_t *to_strides, const char *from, const int64_t *strides, int ndim,
                 const int64_t *shape, int64_t item) {
    int64_t index[MOST_DIMS] = {0};
    int last = ndim - 1;
    if (!ndim) {
        memcpy(to, from, (size_t)item);
        return;
    }
    for (;;) {
        run_of(to, to_strides[last], from, strides[last], item, shape[last]);
        int d = last - 1;
        for (; d >= 0; d--) {
            to += to_strides[d], from += strides[d];
            if (++index[d] < shape[d]) break;
            to -= to_strides[d] * shape[d], from -= strides[d] * shape[d];
            index[d] = 0;
        }
        if (d < 0) return;
    }
}

static const char *place(const wf_node *leaf) {
    return (const char *)leaf->u.leaf.storage->buffer->host + leaf->u.leaf.offset;
}

static int is_dense(int ndim, const int64_t *shape, const int64_t *strides, int64_t item) {
    for (int d = ndim - 1; d >= 0; d--) {
        if (shape[d] != 1 && strides[d] != item) return 0;
        item *= shape[d];
    }
    return 1;
}

/* The elements at `from` in C order: right there where they lie so, else gathered into the buffer. */
static const void *dense(const char *from, const int64_t *strides, int ndim, const int64_t *shape,
                         int64_t item, char *buffer) {
    int64_t wanted[MOST_DIMS];
    if (is_dense(ndim, shape, strides, item)) return from;
    wf_contiguous_strides(ndim, shape, item, wanted);
    move(buffer, wanted, from, strides, ndim, shape, item);
    return buffer;
}

static void fill(char *to, wf_number number, wf_dtype t, int64_t count) {
    char element[ITEM];
    wf_number_store(number, t, element);
    run_of(to, wf_dtype_size(t), element, 0, wf_dtype_size(t), count);
}

/* A leaf's or number's elements as n needs them: broadcast to its shape. */
static const void *operand(const wf_node *n, const wf_node *in, char *buffer) {
    int64_t strides[MOST_DIMS];
    int gone = n->ndim - in->ndim;
    if (in->kind == WF_NODE_NUMBER) {
        fill(buffer, in->u.number, (wf_dtype)in->dtype, n->size);
        return buffer;
    }
    for (int d = 0; d < n->ndim; d++)
        strides[d] = d < gone || in->shape[d - gone] == 1 ? 0 : in->strides[d - gone];
    return dense(place(in), strides, n->ndim, n->shape, wf_dtype_size((wf_dtype)in->dtype), buffer);
}

/* ---- computing one node, whose inputs are leaves and numbers --------------------------------------------
 */

static void compute_view(const wf_node *n, char *to) {
    const wf_node *in = n->inputs[0];
    int64_t strides[MOST_DIMS] = {0}, wanted[MOST_DIMS], item = wf_dtype_size((wf_dtype)n->dtype);
    if (in->kind == WF_NODE_NUMBER) {
        fill(to, in->u.number, (wf_dtype)n->dtype, n->size);
        return;
    }
    const char *from = place(in);
    const int64_t *steps = node_steps(n);
    for (int k = 0; k < in->ndim; k++) {
        from += n->starts[k] * in->strides[k];
        if (n->strides[k] >= 0) strides[n->strides[k]] += steps[k] * in->strides[k];
    }
    wf_contiguous_strides(n->ndim, n->shape, item, wanted);
    if (is_dense(n->ndim, n->shape, strides, item)) memcpy(to, from, (size_t)(n->size * item));
    else move(to, wanted, from, strides, n->ndim, n->shape, item);
}

static void compute_reduction(const wf_node *n, char *to) {
    const wf_node *in = n->inputs[0];
    vm_reducer r;
    int64_t shape[MOST_DIMS], strides[MOST_DIMS], kept = 1, tiles = 1;
    for (int d = 0; d < in->ndim; d++) {
        if (!(n->u.reduce.axes >> d & 1)) kept *= in->shape[d];
        if (in->shape[d] > 1) tiles = n->u.reduce.axes >> d & 1;
    }
    for (int pass = 0, k = 0; pass < 2;
         pass++) /* tiles: kept, then reduced dimensions; rows: the other way */
        for (int d = 0; d < in->ndim; d++)
            if ((int64_t)(n->u.reduce.axes >> d & 1) == (pass ^ !tiles))
                shape[k] = in->shape[d], strides[k++] = in->strides[d];
    wf_dtype t = (wf_dtype)in->dtype;
    vm_reducer_of((wf_reduction)n->op, (wf_dtype)n->acc, &r);
    const char *x = dense(place(in), strides, in->ndim, shape, wf_dtype_size(t), buffers[0]);
    int64_t length = in->size / kept, item = wf_dtype_size(t), result = wf_dtype_size((wf_dtype)n->dtype);
    int64_t lanes = tiles ? vm_tile_lanes((wf_reduction)n->op, (wf_dtype)n->acc) : kept,
            units = tiles ? kept : length;
    while (tiles && lanes / 2 >= length) lanes /= 2; /* what the others would add is nothing */
    uint32_t parts = wf_reduction_parts((wf_reduction)n->op),
             part = wf_reduction_result_part((wf_reduction)n->op);
    const char *from = parts > 1 && part == parts - 1
                           ? (char *)integers
                           : lanes_of_all + part * lanes * wf_dtype_size((wf_dtype)n->acc);
    for (int64_t u = 0; u < units; u++) {
        int64_t count = tiles ? length : kept;
        if (tiles || !u) {
            r.begin(lanes_of_all, lanes);
            for (int64_t l = 0; l < lanes && r.take_parts; l++) integers[l] = r.first_index;
        }
        vm_taken e = {x + u * count * item, tiles ? 0 : u, tiles, {NULL, NULL}, NULL};
        if (r.take) r.take(lanes_of_all, e.x, count, lanes);
        else r.take_parts(lanes_of_all, integers, &e, count, lanes);
        if (!tiles && u + 1 < units) continue;
        if (r.close) r.close(lanes_of_all, integers, lanes);
        if (tiles && r.fold) r.fold(lanes_of_all, lanes);
        else if (tiles) r.fold_parts(lanes_of_all, integers, lanes);
        memcpy(to + (tiles ? u * result : 0), from, (size_t)((tiles ? 1 : kept) * result));
    }
}

static void compute(const wf_node *n, char *to) {
    const void *in[3];
    switch (n->kind) {
    case WF_NODE_IOTA:
        for (int64_t i = 0; i < n->size; i++) ((int64_t *)(void *)to)[i] = i;
        break;
    case WF_NODE_VIEW: compute_view(n, to); break;
    case WF_NODE_REDUCE: compute_reduction(n, to); break;
    case WF_NODE_CAST:
        in[0] = operand(n, n->inputs[0], buffers[0]);
        wf_loop_cast((wf_dtype)n->inputs[0]->dtype, (wf_dtype)n->dtype)(to, in, n->size);
        break;
    default:
        for (int i = 0; i < wf_ufuncs[n->op].inputs; i++) in[i] = operand(n, n->inputs[i], buffers[i]);
        wf_loop_of((wf_ufunc)n->op, (wf_dtype)n->loop)(to, in, n->size);
    }
}

static wf_status evaluate(wf_node *n, wf_error *err) {
    for (int i = 0; i < node_input_count(n); i++) {
        wf_status status = node_is_pending(n->inputs[i]) ? evaluate(n->inputs[i], err) : WF_OK;
        if (status) return status;
    }
    wf_storage *storage = storage_new(n->context, (size_t)n->size * wf_dtype_size((wf_dtype)n->dtype), err);
    if (!storage) return err ? err->status : WF_NOMEM;
    compute(n, storage->buffer->host);
    node_become_leaf(n, storage);
    storage_release(storage);
    return WF_OK;
}

/* ---- the door -------------------------------------------------------------------------------------------
 */

/* Work that was queued may still write what is read here. */
static wf_status quiet(wf_context *context, wf_error *err) {
    wf_stream *stream = wf_context_default_stream(context);
    wf_status status = wf_stream_query(stream, err);
    return status == WF_NOTREADY ? wf_stream_synchronize(stream, err) : status;
}

int direct_suits(const wf_node *n) { return suits(n) && plan_may_be_left_out(n->context); }

wf_status direct_evaluate(wf_node *n, wf_error *err) {
    wf_status status = quiet(n->context, err);
    if (status) return status;
    uint64_t control = wf_float_control_default();
    status = evaluate(n, err);
    wf_float_control_restore(control);
    graph_stats.loops++;
    return status;
}

int direct_suits_store(const wf_node *value, const wf_node *target) {
    return target->size && target->size <= MOST && target->ndim <= MOST_DIMS && suits_input(value) &&
           plan_may_be_left_out(target->context);
}

/* Through a buffer, so value and target may share memory. */
wf_status direct_store(wf_node *value, const wf_node *target, wf_error *err) {
    int64_t item = wf_dtype_size((wf_dtype)target->dtype), strides[MOST_DIMS];
    wf_status status = node_is_pending(value) ? direct_evaluate(value, err) : quiet(target->context, err);
    if (status) return status;
    const char *from = operand(target, value, buffers[0]);
    if (from != buffers[0]) {
        memcpy(buffers[0], from, (size_t)(target->size * item));
        from = buffers[0];
    }
    wf_contiguous_strides(target->ndim, target->shape, item, strides);
    move((char *)target->u.leaf.storage->buffer->host + target->u.leaf.offset, target->strides, from, strides,
         target->ndim, target->shape, item);
    return WF_OK;
}
