/* array/node.c: storage and nodes: making, counting, freeing.
 *
 * Everything here runs under the graph lock, so counts are plain integers. Nodes of few dimensions come from
 * a free list: recording an operation on small arrays must not cost a malloc. Freeing is iterative: graphs
 * are shallow by rule (WF_GRAPH_NODES), but nothing here relies on it. */
#include "array/inner.h"
#include "base/memory.h"
#include <pthread.h>
#include <string.h>

enum { SMALL_DIMS = 8, FREE_LIST = 256 };
static wf_node *free_nodes[FREE_LIST];
static int free_count;
static uint64_t orphans;
wf_array_stats graph_stats;
int graph_eager;

static pthread_mutex_t graph_lock;
static pthread_once_t graph_once = PTHREAD_ONCE_INIT;
static void make_lock(void) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&graph_lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}
int wf_graph_try_enter(void) {
    pthread_once(&graph_once, make_lock);
    return pthread_mutex_trylock(&graph_lock) == 0;
}
void wf_graph_enter(void) {
    pthread_once(&graph_once, make_lock);
    pthread_mutex_lock(&graph_lock);
}
void wf_graph_leave(void) { pthread_mutex_unlock(&graph_lock); }
void wf_graph_renew(void) { make_lock(); }

uint64_t orphan_bytes(void) { return orphans; }
void wf_array_stats_of(wf_array_stats *stats) { *stats = graph_stats; }
void wf_array_set_eager(int eager) { graph_eager = eager; }

/* ---- storage --------------------------------------------------------------------------------------------
 */

/* Small memory of a CPU device that nobody outside has heard of waits here for the next array of the same
 * size: programs make many of few sizes, and the way through the allocator costs more than a small loop. Its
 * entry in the table of allocations stays; wf_array_forget_spares gives all of it back. */
enum { SPARE_BYTES = 8192, SPARE_LISTS = 64, SPARE_EACH = 8 };
static wf_storage *spares[SPARE_LISTS];
static uint8_t spare_counts[SPARE_LISTS];

static uint32_t spare_list(size_t bytes) { return (uint32_t)((uint64_t)bytes * 0x9e3779b97f4a7c15u >> 58); }

static wf_storage *spare_take(wf_context *context, size_t bytes) {
    uint32_t list = spare_list(bytes);
    wf_storage *s = spares[list];
    if (!s || s->buffer->size != bytes || s->context != context) return NULL;
    spares[list] = s->spare;
    spare_counts[list]--;
    *s = (wf_storage){.references = 1, .buffer = s->buffer, .context = context};
    return s;
}

static void storage_free(wf_storage *s) {
    wf_buffer_release(s->buffer);
    wf_free(s);
}

static void spare_drop(uint32_t list) {
    for (wf_storage *s; (s = spares[list]);) {
        spares[list] = s->spare;
        storage_free(s);
    }
    spare_counts[list] = 0;
}

void wf_array_forget_spares(void) {
    for (uint32_t list = 0; list < SPARE_LISTS; list++) spare_drop(list);
}

/* Own contexts end with their last buffer, so nothing of theirs is kept. */
static int is_for_ever(wf_context *context) {
    static wf_context *known;
    if (context == known) return 1;
    wf_context *primary = NULL;
    if (wf_context_primary(wf_context_device(context), &primary, NULL)) return 0;
    wf_context_release(primary);
    if (primary == context) known = context;
    return primary == context;
}

/* All of a list are of one size and device. */
static int spare_keep(wf_storage *s) {
    size_t bytes = s->buffer->size;
    if (bytes > SPARE_BYTES || s->foreign || s->told || !wf_device_is_cpu(wf_context_device(s->context)) ||
        wf_buffer_references(s->buffer) != 1 || !is_for_ever(s->context))
        return 0;
    uint32_t list = spare_list(bytes);
    wf_storage *first = spares[list];
    if (first && (first->buffer->size != bytes || first->context != s->context)) spare_drop(list);
    if (spare_counts[list] == SPARE_EACH) return 0;
    s->spare = spares[list];
    spares[list] = s;
    spare_counts[list]++;
    return 1;
}

wf_storage *storage_wrap(wf_buffer *buffer) {
    wf_storage *s = wf_calloc(1, sizeof *s);
    if (!s) {
        wf_buffer_release(buffer);
        return NULL;
    }
    s->references = 1, s->buffer = buffer, s->context = buffer->context;
    return s;
}

wf_storage *storage_new(wf_context *context, size_t bytes, wf_error *err) {
    wf_buffer *buffer;
    wf_storage *spare = bytes <= SPARE_BYTES && !wf_capture_of_thread(context)
                            ? spare_take(context, bytes ? bytes : 1)
                            : NULL;
    if (spare) return spare;
    if (wf_buffer_alloc(context, NULL, bytes ? bytes : 1, &buffer, err)) return NULL;
    wf_storage *s = storage_wrap(buffer);
    if (!s) wf_fail(err, WF_NOMEM, "[array] out of host memory");
    return s;
}

wf_status storage_capture(wf_storage *s, wf_stream *stream, wf_error *err) {
    if (!stream) return WF_OK;
    s->captured = 1;
    return wf_buffer_used_on(s->buffer, stream, err);
}

void storage_orphan(wf_storage *s) {
    if (s->counted) return;
    s->counted = 1;
    orphans += s->buffer->size;
}

void storage_release(wf_storage *s) {
    if (!s || --s->references) return;
    if (s->counted) orphans -= s->buffer->size;
    if (!spare_keep(s)) storage_free(s);
}

/* ---- nodes ----------------------------------------------------------------------------------------------
 */

wf_node *node_new(wf_node_kind kind, wf_dtype dtype, int ndim, const int64_t *shape, int extra_dims) {
    int dims = ndim + extra_dims;
    wf_node *n;
    if (dims <= SMALL_DIMS && free_count) n = free_nodes[--free_count];
    else n = wf_malloc(sizeof *n + sizeof(int64_t) * (size_t)(dims > SMALL_DIMS ? dims : SMALL_DIMS));
    if (!n) return NULL;
    memset(n, 0, sizeof *n);
    n->references = 1;
    n->kind = (uint8_t)kind, n->dtype = (uint8_t)dtype, n->ndim = (uint8_t)ndim;
    n->shape = n->dims, n->strides = n->dims + ndim;
    n->size = 1;
    for (int d = 0; d < ndim; d++) n->size *= n->shape[d] = shape[d];
    n->small = dims <= SMALL_DIMS;
    return n;
}

wf_node *node_retain(wf_node *node) {
    node->references++;
    return node;
}

int node_input_count(const wf_node *n) {
    switch (n->kind) {
    case WF_NODE_OP: return wf_ufuncs[n->op].inputs;
    case WF_NODE_CAST:
    case WF_NODE_VIEW:
    case WF_NODE_REDUCE: return 1;
    default: return 0;
    }
}

static void free_node(wf_node *n) {
    if (n->small && free_count < FREE_LIST) free_nodes[free_count++] = n;
    else wf_free(n);
}

void node_release(wf_node *node) {
    if (!node || --node->references) return;
    wf_node *dead = node; /* linked through `chain` */
    node->chain = NULL;
    while (dead) {
        wf_node *n = dead;
        dead = n->chain;
        if (n->kind == WF_NODE_LEAF) storage_release(n->u.leaf.storage);
        for (int i = 0, count = node_input_count(n); i < count; i++) {
            wf_node *in = n->inputs[i];
            if (--in->references) continue;
            in->chain = dead;
            dead = in;
        }
        free_node(n);
    }
}

wf_node *node_leaf(wf_storage *storage, wf_dtype dtype, int64_t offset, int ndim, const int64_t *shape,
                   const int64_t *strides) {
    wf_node *n = node_new(WF_NODE_LEAF, dtype, ndim, shape, ndim);
    if (!n) return NULL;
    storage->references++;
    n->u.leaf.storage = storage, n->u.leaf.offset = offset;
    n->context = storage->context;
    n->shared = storage->foreign || storage->exports;
    memcpy(n->strides, strides, sizeof *strides * (size_t)ndim);
    return n;
}

wf_node *node_number(wf_number number, wf_dtype dtype) {
    wf_node *n = node_new(WF_NODE_NUMBER, dtype, 0, NULL, 0);
    if (!n) return NULL;
    n->u.number = wf_number_cast(number, dtype);
    return n;
}

static uint16_t saturate(uint32_t value) { return value > 60000 ? 60000 : (uint16_t)value; }

static void sum_inputs(wf_node *n, int inputs, uint32_t cost) {
    uint32_t weight = 1;
    for (int i = 0; i < inputs; i++) {
        weight += n->inputs[i]->weight;
        cost += n->inputs[i]->cost;
        n->shared |= n->inputs[i]->shared;
        if (!n->context) n->context = n->inputs[i]->context;
    }
    n->weight = saturate(weight), n->cost = saturate(cost);
    graph_stats.nodes++;
}

static void drop(wf_node **inputs, int count) {
    for (int i = 0; i < count; i++) node_release(inputs[i]);
}

wf_node *node_op(wf_ufunc op, wf_dtype loop, wf_dtype out, int ndim, const int64_t *shape, wf_node **inputs) {
    int count = wf_ufuncs[op].inputs;
    /* room for strides: the node may become a leaf */
    wf_node *n = node_new(WF_NODE_OP, out, ndim, shape, ndim);
    if (!n) {
        drop(inputs, count);
        return NULL;
    }
    n->op = (uint8_t)op, n->loop = (uint8_t)loop;
    memcpy(n->inputs, inputs, sizeof *inputs * (size_t)count);
    sum_inputs(n, count, wf_ufuncs[op].cost);
    return n;
}

wf_node *node_cast(wf_node *input, wf_dtype dtype) {
    if (!input || input->dtype == dtype) return input;
    if (input->kind == WF_NODE_NUMBER) {
        wf_node *number = node_number(input->u.number, dtype);
        node_release(input);
        return number;
    }
    wf_node *n = node_new(WF_NODE_CAST, dtype, input->ndim, input->shape, input->ndim);
    if (!n) {
        node_release(input);
        return NULL;
    }
    n->inputs[0] = input;
    sum_inputs(n, 1, 1);
    return n;
}

/* The input's elements in C order, as something still to be computed. */
wf_node *node_identity(wf_node *input) {
    int n = input->ndim;
    wf_node *view = node_new(WF_NODE_VIEW, (wf_dtype)input->dtype, n, input->shape, 3 * n);
    if (!view) {
        node_release(input);
        return NULL;
    }
    view->inputs[0] = input, view->starts = view->strides + n;
    for (int d = 0; d < n; d++) view->strides[d] = d, view->starts[d] = 0, view->starts[n + d] = 1;
    view->context = input->context, view->weight = (uint16_t)(input->weight + 1), view->cost = input->cost;
    view->shared = input->shared;
    return view;
}

int node_is_pending(const wf_node *n) { return n->kind != WF_NODE_LEAF && n->kind != WF_NODE_NUMBER; }

void node_become_leaf(wf_node *n, wf_storage *storage) {
    wf_node *inputs[3];
    int count = node_input_count(n);
    memcpy(inputs, n->inputs, sizeof inputs);
    storage->references++;
    n->kind = WF_NODE_LEAF, n->weight = 0, n->cost = 0, n->shared = 0;
    n->strides = n->dims + n->ndim;
    n->u.leaf.storage = storage, n->u.leaf.offset = 0;
    wf_contiguous_strides(n->ndim, n->shape, wf_dtype_size((wf_dtype)n->dtype), n->strides);
    drop(inputs, count);
}
