/* array/base.c: bases, arrays over them, and the value of an array as a node.
 *
 * The subtle part is array_value: an array may be a view of a base whose content has not been computed. Where
 * the view walks each dimension of the base by at most one of its own (slices, steps, transposition,
 * broadcasting, new and dropped axes, in any combination), a VIEW node says so and fusion goes through it.
 * Which dimension that is can be read off the strides, since a pending base is always in C order. Anything
 * else (a reshape, a diagonal, another element type) has the base computed first. */
#include "array/inner.h"
#include "base/memory.h"
#include <string.h>

static wf_base *pending_first;

/* ---- blocks ---------------------------------------------------------------------------------------------
 * Bases, and arrays of few dimensions, come from a list of free blocks (under the graph's lock), as nodes do:
 * an operation on small arrays makes one of each. */

enum { BLOCK_BYTES = 128, BLOCK_DIMS = 4, FREE_BLOCKS = 256 };
static void *free_blocks[FREE_BLOCKS];
static int free_block_count;
_Static_assert(sizeof(wf_base) <= BLOCK_BYTES, "a base fits a block");
_Static_assert(sizeof(wf_array) + 2 * BLOCK_DIMS * sizeof(int64_t) <= BLOCK_BYTES, "an array fits a block");

static void *block_new(void) {
    return free_block_count ? free_blocks[--free_block_count] : wf_malloc(BLOCK_BYTES);
}
static void block_free(void *block) {
    if (free_block_count < FREE_BLOCKS) free_blocks[free_block_count++] = block;
    else wf_free(block);
}

/* ---- bases ----------------------------------------------------------------------------------------------
 */

static int is_listed(const wf_base *base) { return base->previous || base->next || pending_first == base; }

static void list_remove(wf_base *base) {
    if (!is_listed(base)) return;
    if (base->previous) base->previous->next = base->next;
    else pending_first = base->next;
    if (base->next) base->next->previous = base->previous;
    base->next = base->previous = NULL;
}

static void list_add(wf_base *base) {
    if (is_listed(base)) return;
    base->captured = wf_capture_of_thread(base->node->context) != NULL;
    base->next = pending_first;
    if (pending_first) pending_first->previous = base;
    pending_first = base;
}

wf_base *base_first_pending(void) { return pending_first; }
wf_base *base_next_pending(const wf_base *base) { return base->next; }

static void gain(wf_node *node) {
    if (node->kind == WF_NODE_LEAF) node->u.leaf.storage->bases++;
}

static void lose(wf_node *node) {
    if (node->kind != WF_NODE_LEAF) return;
    wf_storage *s = node->u.leaf.storage;
    if (--s->bases || s->foreign) return;
    if (node->references > 1 || s->references > 1) storage_orphan(s);
}

wf_base *base_new(wf_node *node) {
    wf_base *base = node ? block_new() : NULL;
    if (!base) {
        node_release(node);
        return NULL;
    }
    *base = (wf_base){.references = 1, .node = node};
    if (node_is_pending(node)) list_add(base);
    else gain(node);
    return base;
}

void base_computed(wf_base *base) {
    if (!is_listed(base) || node_is_pending(base->node)) return;
    list_remove(base);
    gain(base->node);
}

void base_release(wf_base *base) {
    if (!base || --base->references) return;
    base_computed(base);
    list_remove(base);
    lose(base->node);
    node_release(base->node);
    block_free(base);
}

void base_set(wf_base *base, wf_node *node) {
    base_computed(base);
    wf_node *old = base->node;
    base->node = node;
    if (node_is_pending(node)) list_add(base);
    else {
        list_remove(base);
        gain(node);
    }
    lose(old);
    node_release(old);
}

wf_status base_own_memory(wf_base *base, wf_error *err) {
    const wf_storage *storage = base->node->u.leaf.storage;
    if (storage->bases <= 1 || storage->foreign) return WF_OK;
    wf_node *copy = node_identity(node_retain(base->node));
    wf_status status = copy ? node_evaluate(copy, err) : wf_fail(err, WF_NOMEM, "[array] out of host memory");
    if (status) node_release(copy);
    else base_set(base, copy);
    return status;
}

int base_is_shared(const wf_base *base) { return base->shared || base->exports; }

/* ---- arrays ---------------------------------------------------------------------------------------------
 */

wf_array *array_new(wf_base *base, wf_dtype dtype, int ndim, const int64_t *shape, const int64_t *strides,
                    int64_t offset) {
    wf_array *a =
        ndim <= BLOCK_DIMS ? block_new() : wf_malloc(sizeof *a + sizeof(int64_t) * 2 * (size_t)ndim);
    if (!a) return NULL;
    base->references++;
    *a = (wf_array){
        .references = 1, .base = base, .offset = offset, .dtype = (uint8_t)dtype, .ndim = (uint8_t)ndim};
    a->shape = a->dims, a->strides = a->dims + ndim;
    if (ndim) memcpy(a->shape, shape, sizeof *shape * (size_t)ndim);
    if (strides) {
        if (ndim) memcpy(a->strides, strides, sizeof *strides * (size_t)ndim);
    } else wf_contiguous_strides(ndim, shape, wf_dtype_size(dtype), a->strides);
    return a;
}

wf_status array_of_node(wf_node *node, wf_array **out, wf_error *err) {
    if (!node) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    wf_base *base = base_new(node);
    if (!base) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    *out = array_new(base, (wf_dtype)node->dtype, node->ndim, node->shape, NULL, 0);
    base_release(base);
    return *out ? WF_OK : wf_fail(err, WF_NOMEM, "[array] out of host memory");
}

wf_array *wf_array_retain(wf_array *array) {
    array->references++;
    return array;
}

void wf_array_release(wf_array *array) {
    if (!array || --array->references) return;
    base_release(array->base);
    if (array->ndim <= BLOCK_DIMS) block_free(array);
    else wf_free(array);
}

int64_t wf_array_size(const wf_array *a) {
    int64_t size = 1;
    for (int d = 0; d < a->ndim; d++) size *= a->shape[d];
    return size;
}

int wf_array_is_contiguous(const wf_array *a) {
    int64_t expected = wf_dtype_size((wf_dtype)a->dtype);
    if (!wf_array_size(a)) return 1;
    for (int d = a->ndim - 1; d >= 0; d--) {
        if (a->shape[d] != 1 && a->strides[d] != expected) return 0;
        expected *= a->shape[d];
    }
    return 1;
}

int wf_array_is_fortran(const wf_array *a) {
    int64_t expected = wf_dtype_size((wf_dtype)a->dtype);
    if (!wf_array_size(a)) return 1;
    for (int d = 0; d < a->ndim; d++) {
        if (a->shape[d] != 1 && a->strides[d] != expected) return 0;
        expected *= a->shape[d];
    }
    return 1;
}

wf_context *wf_array_context(const wf_array *a) { return a->base->node->context; }
wf_device *wf_array_device(const wf_array *a) { return wf_context_device(a->base->node->context); }
int wf_array_is_pending(const wf_array *a) { return node_is_pending(a->base->node); }
int wf_array_same_base(const wf_array *a, const wf_array *b) { return a->base == b->base; }

int array_is_whole(const wf_array *a) {
    const wf_node *n = a->base->node;
    if (a->offset || a->dtype != n->dtype || a->ndim != n->ndim) return 0;
    if (n->kind == WF_NODE_LEAF &&
        (n->u.leaf.offset || base_is_shared(a->base) || n->u.leaf.storage->foreign ||
         n->u.leaf.storage->captured || wf_capture_of_thread(n->context)))
        return 0;
    for (int d = 0; d < a->ndim; d++)
        if (a->shape[d] != n->shape[d]) return 0;
    return wf_array_is_contiguous(a);
}

/* ---- values ---------------------------------------------------------------------------------------------
 */

/* Splits the view's offset into indices of the base's dimensions. */
static void unravel_offset(const wf_node *base, int64_t item, int64_t offset, int64_t *starts) {
    int64_t rest = offset / item;
    for (int d = base->ndim - 1; d >= 0; d--) {
        starts[d] = base->shape[d] ? rest % base->shape[d] : 0;
        rest = base->shape[d] ? rest / base->shape[d] : 0;
    }
}

/* The dimension of the base (C order, strides in elements) that a stride walks along: the outermost that
 * divides it. */
static int walked_dimension(const wf_node *base, const int64_t *unit, int64_t stride, int64_t extent,
                            int64_t *step) {
    for (int k = 0; k < base->ndim; k++) {
        if (base->shape[k] <= 1 || stride % unit[k]) continue;
        *step = stride / unit[k];
        int64_t reach = (*step < 0 ? -*step : *step) * (extent - 1);
        if (reach < base->shape[k]) return k;
    }
    return -1;
}

/* Fills the VIEW node; 0 when the view is of another kind. */
static int describe_view(const wf_array *a, const wf_node *base, wf_node *view) {
    int64_t unit[WF_MAX_DIMS], item = wf_dtype_size((wf_dtype)base->dtype);
    int64_t *map = view->strides, *steps = view->starts + base->ndim;
    if (a->dtype != base->dtype || a->offset % item) return 0;
    wf_contiguous_strides(base->ndim, base->shape, 1, unit);
    unravel_offset(base, item, a->offset, view->starts);
    for (int k = 0; k < base->ndim; k++) map[k] = -1, steps[k] = 0;
    for (int d = 0; d < a->ndim; d++) {
        if (a->shape[d] <= 1 || !a->strides[d]) continue;
        int64_t step;
        if (a->strides[d] % item) return 0;
        int k = walked_dimension(base, unit, a->strides[d] / item, a->shape[d], &step);
        if (k < 0 || map[k] >= 0) return 0;
        int64_t last = view->starts[k] + step * (a->shape[d] - 1);
        if (last < 0 || last >= base->shape[k]) return 0;
        map[k] = d, steps[k] = step;
    }
    return 1;
}

static wf_status view_of_pending(wf_array *a, wf_node **out, wf_error *err) {
    wf_node *base = a->base->node;
    int extra = 3 * base->ndim > a->ndim ? 3 * base->ndim : a->ndim;
    *out = NULL;
    if (!wf_array_size(a)) return WF_OK; /* nothing will be read: a leaf will do */
    wf_node *view = node_new(WF_NODE_VIEW, (wf_dtype)a->dtype, a->ndim, a->shape, extra);
    if (!view) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    view->starts = view->strides + base->ndim;
    view->inputs[0] = node_retain(base);
    if (describe_view(a, base, view)) {
        view->context = base->context, view->weight = base->weight, view->cost = base->cost;
        view->shared = base->shared;
        *out = view;
        return WF_OK;
    }
    node_release(view);
    return WF_OK;
}

/* What a capture touches is to be this array's memory from now on: a lazy copy that shares it is made now,
 * outside the capture. */
static wf_status separate(wf_base *base, wf_error *err) {
    if (base->node->kind != WF_NODE_LEAF || !wf_capture_of_thread(base->node->context)) return WF_OK;
    wf_capture_pause(1);
    wf_status status = base_own_memory(base, err);
    wf_capture_pause(-1);
    return status;
}

wf_status array_value(wf_array *a, wf_node **out, wf_error *err) {
    wf_status separated = separate(a->base, err);
    if (separated) return separated;
    wf_node *n = a->base->node;
    if (array_is_whole(a)) {
        *out = node_retain(n);
        return WF_OK;
    }
    if (node_is_pending(n)) {
        wf_status status = view_of_pending(a, out, err);
        if (status || *out) return status;
        status = node_evaluate(n, err);
        if (status) return status;
    }
    n = a->base->node;
    *out = node_leaf(n->u.leaf.storage, (wf_dtype)a->dtype, n->u.leaf.offset + a->offset, a->ndim, a->shape,
                     a->strides);
    if (!*out) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    wf_status status = leaf_align(out, err);
    if (status) node_release(*out);
    return status;
}
