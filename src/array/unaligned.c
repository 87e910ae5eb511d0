/* array/unaligned.c: elements that do not lie at multiples of their size: views of complex numbers in an
 * array of floats that begin at an odd one, of integers within bytes, foreign memory.
 *
 * Kernels count in elements and load whole ones, so such memory is read and written as bytes: what is read is
 * copied at once into memory of its own, what is written is computed aside first. On a GPU the address counts
 * (a misaligned load ends CUDA in the process); on a CPU only the offset in the base, and the address of one
 * part of a number. */
#include "array/inner.h"
#include <string.h>

static int steps_fit(int64_t item, int ndim, const int64_t *shape, const int64_t *strides) {
    for (int d = 0; d < ndim; d++)
        if (shape[d] > 1 && strides[d] % item) return 0;
    return 1;
}

static int place_fits(const wf_node *base, wf_dtype dtype, int64_t offset) {
    int64_t item = wf_dtype_size(dtype);
    if (base->kind != WF_NODE_LEAF) return offset % item == 0;
    offset += base->u.leaf.offset;
    if (offset % item) return 0;
    int64_t part =
        wf_device_is_cpu(wf_context_device(base->context)) ? wf_dtype_size(wf_dtype_real(dtype)) : item;
    return (base->u.leaf.storage->buffer->address + (uint64_t)offset) % (uint64_t)part == 0;
}

int wf_array_is_aligned(const wf_array *a) {
    return steps_fit(wf_dtype_size((wf_dtype)a->dtype), a->ndim, a->shape, a->strides) &&
           place_fits(a->base->node, (wf_dtype)a->dtype, a->offset);
}

int leaf_is_aligned(const wf_node *leaf) {
    return steps_fit(wf_dtype_size((wf_dtype)leaf->dtype), leaf->ndim, leaf->shape, leaf->strides) &&
           place_fits(leaf, (wf_dtype)leaf->dtype, 0);
}

/* The leaf's elements as rows of bytes; takes nothing over. */
static wf_status bytes_of(const wf_node *leaf, wf_node **bytes, wf_error *err) {
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS];
    int n = leaf->ndim;
    if (n == WF_MAX_DIMS)
        return wf_fail(err, WF_UNSUPPORTED,
                       "[array] elements at addresses that are no multiple of their size, in %d dimensions",
                       n);
    memcpy(shape, leaf->shape, sizeof *shape * (size_t)n);
    memcpy(strides, leaf->strides, sizeof *strides * (size_t)n);
    shape[n] = wf_dtype_size((wf_dtype)leaf->dtype), strides[n] = 1;
    *bytes = node_leaf(leaf->u.leaf.storage, WF_DT_UINT8, leaf->u.leaf.offset, n + 1, shape, strides);
    return *bytes ? WF_OK : wf_fail(err, WF_NOMEM, "[array] out of host memory");
}

wf_status leaf_align(wf_node **leaf, wf_error *err) {
    wf_node *old = *leaf, *copy;
    if (!old->size || leaf_is_aligned(old)) return WF_OK;
    wf_status status = bytes_of(old, &copy, err);
    if (status) return status;
    copy = node_identity(copy);
    status = copy ? node_evaluate(copy, err) : wf_fail(err, WF_NOMEM, "[array] out of host memory");
    if (!status) {
        int64_t strides[WF_MAX_DIMS];
        wf_contiguous_strides(old->ndim, old->shape, wf_dtype_size((wf_dtype)old->dtype), strides);
        wf_node *dense =
            node_leaf(copy->u.leaf.storage, (wf_dtype)old->dtype, 0, old->ndim, old->shape, strides);
        if (!dense) status = wf_fail(err, WF_NOMEM, "[array] out of host memory");
        else {
            dense->shared |= old->shared; /* what is made of it has to be done when the call returns */
            node_release(old);
            *leaf = dense;
        }
    }
    node_release(copy);
    return status;
}

wf_status store_unaligned(wf_node *value, wf_node *target, wf_error *err) {
    wf_node *to = NULL, *from = NULL;
    wf_status status = node_evaluate(value, err);
    if (!status) status = bytes_of(target, &to, err);
    if (!status) status = bytes_of(value, &from, err);
    if (!status) status = node_store(from, to, err);
    node_release(from);
    node_release(to);
    return status;
}
