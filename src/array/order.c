/* array/order.c: how the elements of a result lie in memory: NumPy's order 'K', as those of the operands.
 *
 * Nodes are always computed in C order. A result that lies otherwise is the transposition of one that does:
 * the operands are transposed, the operation recorded, its result transposed back. Views cost nothing, and a
 * chain of operations on such arrays is a chain of plain ones. */
#include "array/inner.h"
#include <stdlib.h>

/* The stride of an operand along axis d of the result; 0: it does not walk along it. */
static int64_t stride_along(const wf_array *a, int ndim, int d) {
    int own = d - (ndim - a->ndim);
    return own < 0 || a->shape[own] == 1 ? 0 : llabs(a->strides[own]);
}

/* Whether axis `inner` should come outside of `outer`: the first operand that walks along both decides, and
 * one that has them in C order has the last word. */
static int should_swap(wf_array *const *arrays, int count, int ndim, int outer, int inner, int *known) {
    int swap = 0;
    *known = 0;
    for (int i = 0; i < count; i++) {
        int64_t a = stride_along(arrays[i], ndim, outer), b = stride_along(arrays[i], ndim, inner);
        if (!a || !b) continue;
        if (b <= a) swap = 0;
        else if (!*known) swap = 1;
        *known = 1;
    }
    return swap;
}

int array_order(wf_array *const *arrays, int count, int ndim, int *axes) {
    int plain = 1;
    for (int i = 0; i < count; i++) plain = plain && wf_array_is_contiguous(arrays[i]);
    if (plain || ndim < 2) return 0;
    for (int d = 0; d < ndim; d++) axes[d] = d;
    for (int d = 1; d < ndim; d++) { /* insertion sort; axes that no operand compares stay where they are */
        int axis = axes[d], to = d, known;
        for (int k = d - 1; k >= 0; k--) {
            int swap = should_swap(arrays, count, ndim, axes[k], axis, &known);
            if (known && !swap) break;
            if (known) to = k;
        }
        for (int k = d; k > to; k--) axes[k] = axes[k - 1];
        axes[to] = axis;
    }
    for (int d = 0; d < ndim; d++)
        if (axes[d] != d) return 1;
    return 0;
}

wf_status array_turned(wf_array *a, int ndim, const int *axes, wf_array **out, wf_error *err) {
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS];
    for (int d = 0; d < ndim; d++) {
        int own = axes[d] - (ndim - a->ndim);
        shape[d] = own < 0 ? 1 : a->shape[own], strides[d] = own < 0 ? 0 : a->strides[own];
    }
    return wf_array_view(a, (wf_dtype)a->dtype, ndim, shape, strides, 0, out, err);
}

wf_status array_turned_back(wf_array *a, const int *axes, wf_array **out, wf_error *err) {
    int back[WF_MAX_DIMS];
    for (int d = 0; d < a->ndim; d++) back[axes[d]] = d;
    return wf_array_transpose(a, back, out, err);
}
