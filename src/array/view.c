/* array/view.c: shapes and strides: broadcasting, reshaping, transposing. Nothing here looks at values,
 * except that a reshape whose strides do not allow a view makes a copy. */
#include "array/inner.h"
#include <stdio.h>
#include <string.h>

void wf_contiguous_strides(int ndim, const int64_t *shape, int64_t item, int64_t *strides) {
    for (int d = ndim - 1; d >= 0; d--) {
        strides[d] = item;
        item *= shape[d] > 0 ? shape[d] : 1;
    }
}

const char *wf_shape_text(int ndim, const int64_t *shape, char *buffer, size_t size) {
    size_t n = (size_t)snprintf(buffer, size, "(");
    for (int d = 0; d < ndim && n < size; d++)
        n += (size_t)snprintf(buffer + n, size - n, "%s%lld", d ? "," : "", (long long)shape[d]);
    if (n < size) snprintf(buffer + n, size - n, ndim == 1 ? ",)" : ")");
    return buffer;
}

/* ---- broadcasting ---------------------------------------------------------------------------------------
 */

static wf_status mismatch(const char *who, uint32_t count, const int *ndims, const int64_t *const *shapes,
                          wf_error *err) {
    char text[1024];
    size_t n = 0;
    for (uint32_t i = 0; i < count && n < sizeof text - 200; i++) {
        char one[160];
        n += (size_t)snprintf(text + n, sizeof text - n, " %s",
                              wf_shape_text(ndims[i], shapes[i], one, sizeof one));
    }
    return wf_fail(err, WF_INVALID, "[%s] operands could not be broadcast together with shapes%s", who, text);
}

wf_status wf_broadcast_shapes(const char *who, uint32_t count, const int *ndims, const int64_t *const *shapes,
                              int *ndim, int64_t *shape, wf_error *err) {
    int most = 0;
    for (uint32_t i = 0; i < count; i++)
        if (ndims[i] > most) most = ndims[i];
    for (int d = 0; d < most; d++) shape[d] = 1;
    for (uint32_t i = 0; i < count; i++)
        for (int d = 0; d < ndims[i]; d++) {
            int64_t *to = &shape[most - ndims[i] + d], n = shapes[i][d];
            if (n == 1 || *to == n) continue;
            if (*to != 1) return mismatch(who, count, ndims, shapes, err);
            *to = n;
        }
    *ndim = most;
    return WF_OK;
}

wf_status wf_array_broadcast_to(wf_array *a, int ndim, const int64_t *shape, wf_array **out, wf_error *err) {
    int64_t strides[WF_MAX_DIMS], bytes = wf_dtype_size((wf_dtype)a->dtype);
    int fits = ndim >= a->ndim, too_big = 0;
    for (int d = 0; d < ndim; d++) {
        if (shape[d] < 0)
            return wf_fail(err, WF_INVALID, "all elements of broadcast shape must be non-negative");
        too_big |= shape[d] && __builtin_mul_overflow(bytes, shape[d], &bytes);
    }
    if (too_big) /* extents and indices are 64-bit numbers, also of what is nowhere stored */
        return wf_fail(err, WF_INVALID,
                       "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum "
                       "possible size.");
    for (int d = 0; fits && d < ndim; d++) {
        int from = d - (ndim - a->ndim);
        strides[d] = from < 0 || a->shape[from] == 1 ? 0 : a->strides[from];
        if (from >= 0 && a->shape[from] != shape[d] && a->shape[from] != 1) fits = 0;
    }
    if (!fits) {
        char was[160], wanted[160];
        return wf_fail(err, WF_INVALID, "could not broadcast input array from shape %s into shape %s",
                       wf_shape_text(a->ndim, a->shape, was, sizeof was),
                       wf_shape_text(ndim, shape, wanted, sizeof wanted));
    }
    *out = array_new(a->base, (wf_dtype)a->dtype, ndim, shape, strides, a->offset);
    if (!*out) return wf_fail(err, WF_NOMEM, "[broadcast_to] out of host memory");
    (*out)->read_only = a->read_only;
    return WF_OK;
}

/* ---- views ----------------------------------------------------------------------------------------------
 */

wf_status wf_array_view(wf_array *a, wf_dtype dtype, int ndim, const int64_t *shape, const int64_t *strides,
                        int64_t offset, wf_array **out, wf_error *err) {
    if (ndim > WF_MAX_DIMS)
        return wf_fail(err, WF_INVALID, "maximum supported dimension for an ndarray is %d, found %d",
                       WF_MAX_DIMS, ndim);
    *out = array_new(a->base, dtype, ndim, shape, strides, a->offset + offset);
    if (!*out) return wf_fail(err, WF_NOMEM, "[view] out of host memory");
    (*out)->read_only = a->read_only;
    return WF_OK;
}

wf_status wf_array_transpose(wf_array *a, const int *axes, wf_array **out, wf_error *err) {
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS];
    for (int d = 0; d < a->ndim; d++) {
        int from = axes ? axes[d] : a->ndim - 1 - d;
        shape[d] = a->shape[from], strides[d] = a->strides[from];
    }
    return wf_array_view(a, (wf_dtype)a->dtype, a->ndim, shape, strides, 0, out, err);
}

/* Strides of a reshaped view, as NumPy finds them: groups of old and new dimensions with equal products;
 * within a group the old dimensions must lie in one run. Extents of 1 are left out first. 0: a copy is
 * needed. */
static int reshaped_strides(const wf_array *a, int ndim, const int64_t *shape, int fortran,
                            int64_t *strides) {
    int64_t old_shape[WF_MAX_DIMS], old_strides[WF_MAX_DIMS];
    int olds = 0;
    for (int d = 0; d < a->ndim; d++)
        if (a->shape[d] != 1) old_shape[olds] = a->shape[d], old_strides[olds++] = a->strides[d];
    int oi = 0, oj = 1, ni = 0, nj = 1;
    while (ni < ndim && oi < olds) {
        int64_t np = shape[ni], op = old_shape[oi];
        while (np != op) {
            if (np < op) np *= shape[nj++];
            else op *= old_shape[oj++];
        }
        for (int ok = oi; ok < oj - 1; ok++) {
            int64_t run = fortran ? old_shape[ok] * old_strides[ok] : old_shape[ok + 1] * old_strides[ok + 1];
            if ((fortran ? old_strides[ok + 1] : old_strides[ok]) != run) return 0;
        }
        if (fortran) {
            strides[ni] = old_strides[oi];
            for (int nk = ni + 1; nk < nj; nk++) strides[nk] = strides[nk - 1] * shape[nk - 1];
        } else {
            strides[nj - 1] = old_strides[oj - 1];
            for (int nk = nj - 1; nk > ni; nk--) strides[nk - 1] = strides[nk] * shape[nk];
        }
        ni = nj++, oi = oj++;
    }
    int64_t last = ni ? strides[ni - 1] : (int64_t)wf_dtype_size((wf_dtype)a->dtype);
    if (fortran && ni) last *= shape[ni - 1];
    for (; ni < ndim; ni++) strides[ni] = last; /* extents of 1 at the end */
    return 1;
}

static wf_status resolve_shape(const wf_array *a, int ndim, const int64_t *wanted, int64_t *shape,
                               wf_error *err) {
    int64_t size = wf_array_size(a), known = 1;
    int unknown = -1;
    char text[160];
    for (int d = 0; d < ndim; d++) {
        shape[d] = wanted[d];
        if (wanted[d] >= 0) {
            if (__builtin_mul_overflow(known, wanted[d], &known)) known = -1;
        } else if (unknown >= 0 || wanted[d] != -1)
            return wf_fail(err, WF_INVALID,
                           unknown >= 0 ? "can only specify one unknown dimension"
                                        : "negative dimensions are not allowed");
        else unknown = d;
    }
    int fits = unknown < 0 ? known == size : known > 0 && size % known == 0;
    if (!fits)
        return wf_fail(err, WF_INVALID, "cannot reshape array of size %lld into shape %s", (long long)size,
                       wf_shape_text(ndim, wanted, text, sizeof text));
    if (unknown >= 0) shape[unknown] = size / known;
    return WF_OK;
}

/* Index order 'F' of a copy: the transposed copy, reshaped and transposed back. */
static wf_status reshape_copy(wf_array *a, int ndim, const int64_t *shape, int fortran, wf_array **out,
                              wf_error *err) {
    wf_array *source = NULL, *copy = NULL, *view = NULL;
    int64_t turned[WF_MAX_DIMS];
    wf_status status = fortran ? wf_array_transpose(a, NULL, &source, err) : WF_OK;
    if (!status) status = wf_array_copy(fortran ? source : a, &copy, err);
    for (int d = 0; d < ndim; d++) turned[d] = fortran ? shape[ndim - 1 - d] : shape[d];
    if (!status) {
        int64_t strides[WF_MAX_DIMS];
        wf_contiguous_strides(ndim, turned, wf_dtype_size((wf_dtype)a->dtype), strides);
        status =
            wf_array_view(copy, (wf_dtype)a->dtype, ndim, turned, strides, 0, fortran ? &view : out, err);
    }
    if (!status && fortran) status = wf_array_transpose(view, NULL, out, err);
    wf_array_release(view);
    wf_array_release(source);
    wf_array_release(copy);
    return status;
}

wf_status wf_array_reshape(wf_array *a, int ndim, const int64_t *wanted, int fortran, wf_array **out,
                           int *copied, wf_error *err) {
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS];
    if (ndim > WF_MAX_DIMS)
        return wf_fail(err, WF_INVALID, "maximum supported dimension for an ndarray is %d, found %d",
                       WF_MAX_DIMS, ndim);
    wf_status status = resolve_shape(a, ndim, wanted, shape, err);
    if (status) return status;
    if (copied) *copied = 0;
    if (!wf_array_size(a)) {
        wf_contiguous_strides(ndim, shape, wf_dtype_size((wf_dtype)a->dtype), strides);
        return wf_array_view(a, (wf_dtype)a->dtype, ndim, shape, strides, 0, out, err);
    }
    if (reshaped_strides(a, ndim, shape, fortran, strides))
        return wf_array_view(a, (wf_dtype)a->dtype, ndim, shape, strides, 0, out, err);
    if (copied) *copied = 1;
    return reshape_copy(a, ndim, shape, fortran, out, err);
}
