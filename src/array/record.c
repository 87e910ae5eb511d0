/* array/record.c: recording operations: types and shapes are settled (and errors told) here, at the call;
 * nothing is computed, except where a rule of the design says so: graphs that grow past WF_GRAPH_NODES, too
 * much memory held only by recorded operations, operands that foreign code can see, and WEFT_EAGER. */
#include "array/inner.h"
#include "base/memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHARED_COPY = 16 << 20 }; /* bytes from which a copy is shared out over the pool, as in look.c */

/* ---- limits ---------------------------------------------------------------------------------------------
 */

wf_status record_limit(wf_node **inputs, int count, wf_error *err) {
    for (;;) {
        int heaviest = 0, sum = 0;
        for (int i = 0; i < count; i++) {
            sum += inputs[i]->weight;
            if (inputs[i]->weight > inputs[heaviest]->weight) heaviest = i;
        }
        if (sum < WF_GRAPH_NODES) return WF_OK;
        wf_status status = node_evaluate(inputs[heaviest], err);
        if (status) return status;
    }
}

static uint64_t orphan_budget(wf_context *context) {
    static wf_context *asked; /* under the graph lock */
    static uint64_t budget;
    if (context != asked) {
        uint64_t free_bytes = 0, total = 0;
        if (wf_device_memory(wf_context_device(context), &free_bytes, &total, NULL)) total = 0;
        budget = total / 20 > WF_ORPHAN_BYTES ? total / 20 : WF_ORPHAN_BYTES;
        asked = context;
    }
    return budget;
}

wf_status finish(wf_node *node, wf_array **out, wf_error *err) {
    wf_status status = WF_OK;
    if (!node) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    int shared = node->shared;
    if ((graph_eager || shared) && node_is_pending(node)) status = node_evaluate(node, err);
    if (!status && shared) status = settle(node->context, err);
    if (status) {
        node_release(node);
        return status;
    }
    wf_context *context = node->context;
    status = array_of_node(node, out, err);
    if (status || !context || orphan_bytes() <= WF_ORPHAN_BYTES || orphan_bytes() <= orphan_budget(context))
        return status;
    return evaluate_all(NULL, err);
}

/* ---- operands -------------------------------------------------------------------------------------------
 */

static wf_status number_fits(const wf_operand *operand, wf_dtype dtype, wf_error *err) {
    if (operand->weak != WF_WEAK_INT || wf_number_fits(operand->number, dtype)) return WF_OK;
    if (operand->number.kind == 'f')
        return wf_fail_code(err, WF_INVALID, WF_ERR_OVERFLOW,
                            wf_dtype_is_integer(dtype) || dtype == WF_DT_BOOL
                                ? "Python int too large to convert to C long"
                                : "int too large to convert to float");
    if (operand->number.kind == 'u')
        return wf_fail_code(err, WF_INVALID, WF_ERR_OVERFLOW, "Python integer %llu out of bounds for %s",
                            (unsigned long long)operand->number.i, wf_dtype_name(dtype));
    return wf_fail_code(err, WF_INVALID, WF_ERR_OVERFLOW, "Python integer %lld out of bounds for %s",
                        (long long)operand->number.i, wf_dtype_name(dtype));
}

wf_status operand_node(const wf_operand *operand, wf_dtype dtype, wf_node **out, wf_error *err) {
    *out = NULL;
    if (!operand->array) {
        wf_status status = number_fits(operand, dtype, err);
        if (status) return status;
        *out = node_number(operand->number, dtype);
    } else {
        wf_status status = array_value(operand->array, out, err);
        if (status) return status;
        *out = node_cast(*out, dtype);
    }
    return *out ? WF_OK : wf_fail(err, WF_NOMEM, "[array] out of host memory");
}

static wf_status same_device(const char *who, const wf_operand *args, int count, wf_context **context,
                             wf_error *err) {
    for (int i = 0; i < count; i++) {
        wf_context *c = args[i].array ? wf_array_context(args[i].array) : NULL;
        if (!c || c == *context) continue;
        if (*context)
            return wf_fail(err, WF_INVALID, "[%s] operands are on different devices: %s and %s", who,
                           wf_device_label(wf_context_device(*context)),
                           wf_device_label(wf_context_device(c)));
        *context = c;
    }
    return WF_OK;
}

static wf_status result_shape(const char *who, const wf_operand *args, int count, int *ndim, int64_t *shape,
                              wf_error *err) {
    int ndims[8];
    const int64_t *shapes[8];
    uint32_t arrays = 0;
    for (int i = 0; i < count; i++)
        if (args[i].array) ndims[arrays] = args[i].array->ndim, shapes[arrays++] = args[i].array->shape;
    size_t bytes = arrays ? sizeof *shape * (size_t)ndims[0] : 0;
    if (arrays == 1 ||
        (arrays == 2 && ndims[0] == ndims[1] && !memcmp(shapes[0], shapes[1], bytes))) { /* the usual case */
        *ndim = ndims[0];
        memcpy(shape, shapes[0], bytes);
        return WF_OK;
    }
    return wf_broadcast_shapes(who, arrays, ndims, shapes, ndim, shape, err);
}

/* ---- ufuncs ---------------------------------------------------------------------------------------------
 */

/* One is signed, the other of the 64 bits that no signed type holds: NumPy promotes them to float64. */
static int signs_clash(wf_dtype a, wf_dtype b) {
    return (wf_dtype_kind(a) == 'i' && b == WF_DT_UINT64) || (a == WF_DT_UINT64 && wf_dtype_kind(b) == 'i');
}

static int is_below_zero(wf_number n) { return n.kind == 'f' ? n.re < 0 : n.kind == 'i' && n.i < 0; }

/* An integer compared with integers of a type that does not hold it: in 64 bits of the other's kind, or where
 * those do not hold it either, as an infinity of its sign. */
static void widen_comparison(wf_operand *args, wf_dtype *dtypes, wf_weak *weak) {
    for (int i = 0; i < 2; i++) {
        wf_dtype other = dtypes[!i], wide = other == WF_DT_UINT64 ? other : WF_DT_INT64;
        int whole = weak[i] == WF_WEAK_INT || (weak[i] == WF_STRONG && signs_clash(dtypes[i], other));
        if (args[i].array || !whole || !(wf_dtype_is_integer(other) || other == WF_DT_BOOL)) continue;
        if (weak[i] && wf_number_fits(args[i].number, other == WF_DT_BOOL ? wide : other)) continue;
        weak[i] = WF_STRONG, dtypes[i] = wide;
        if (wf_number_fits(args[i].number, wide)) continue;
        dtypes[i] = WF_DT_FLOAT64;
        args[i].number = (wf_number){'f', is_below_zero(args[i].number) ? -INFINITY : INFINITY, 0, 0};
    }
}

/* s op u, of arrays: below zero the answer is known, else both are compared as unsigned numbers. */
static wf_status compare_signs(wf_ufunc op, const wf_operand *args, int ndim, const int64_t *shape,
                               wf_node **value, wf_error *err) {
    int second = args[1].array->dtype != WF_DT_UINT64; /* the signed one */
    wf_node *of_sign[2] = {NULL, NULL}, *both[2] = {NULL, NULL}, *parts[2] = {NULL, NULL};
    wf_number zero = {'i', 0, 0, 0};
    wf_status status = operand_node(&args[second], WF_DT_INT64, &of_sign[0], err);
    if (!status) status = operand_node(&args[!second], WF_DT_UINT64, &both[!second], err);
    if (!status) status = record_limit((wf_node *[]){of_sign[0], both[!second]}, 2, err);
    if (status) goto failed;
    int below = op == WF_UF_NOT_EQUAL || (second ? op == WF_UF_GREATER || op == WF_UF_GREATER_EQUAL
                                                 : op == WF_UF_LESS || op == WF_UF_LESS_EQUAL);
    wf_node *s = of_sign[0];
    both[second] = node_cast(node_retain(s), WF_DT_UINT64);
    of_sign[1] = node_number(zero, WF_DT_INT64);
    status = WF_NOMEM;
    if (!of_sign[1] || !both[second]) goto failed;
    parts[0] = node_op(below ? WF_UF_LESS : WF_UF_GREATER_EQUAL, WF_DT_INT64, WF_DT_BOOL, s->ndim, s->shape,
                       of_sign);
    parts[1] = node_op(op, WF_DT_UINT64, WF_DT_BOOL, ndim, shape, both);
    of_sign[0] = of_sign[1] = both[0] = both[1] = NULL; /* taken over */
    if (!parts[0] || !parts[1]) goto failed;
    *value =
        node_op(below ? WF_UF_LOGICAL_OR : WF_UF_LOGICAL_AND, WF_DT_BOOL, WF_DT_BOOL, ndim, shape, parts);
    if (*value) return WF_OK;
    parts[0] = parts[1] = NULL;
failed:
    for (int i = 0; i < 2; i++) {
        node_release(of_sign[i]);
        node_release(both[i]);
        node_release(parts[i]);
    }
    return status == WF_NOMEM ? wf_fail(err, WF_NOMEM, "[%s] out of host memory", wf_ufuncs[op].name)
                              : status;
}

static wf_status masked(wf_node **value, const wf_operand *where, wf_array *out, wf_error *err) {
    wf_node *inputs[3] = {NULL, *value, NULL};
    wf_operand old = {.array = out};
    wf_number zero = {'i', 0, 0, 0};
    *value = NULL;
    wf_status status = operand_node(where, WF_DT_BOOL, &inputs[0], err);
    if (!status && out) status = operand_node(&old, (wf_dtype)inputs[1]->dtype, &inputs[2], err);
    if (!status && !out && !(inputs[2] = node_number(zero, (wf_dtype)inputs[1]->dtype)))
        status = wf_fail(err, WF_NOMEM, "[where] out of host memory");
    int64_t shape[WF_MAX_DIMS];
    int ndim = 0, ndims[3];
    const int64_t *shapes[3];
    for (int i = 0; !status && i < 3; i++) ndims[i] = inputs[i]->ndim, shapes[i] = inputs[i]->shape;
    if (!status) status = wf_broadcast_shapes("where", 3, ndims, shapes, &ndim, shape, err);
    if (status) {
        for (int i = 0; i < 3; i++) node_release(inputs[i]);
        return status;
    }
    wf_dtype t = (wf_dtype)inputs[1]->dtype;
    *value = node_op(WF_UF_WHERE, t, t, ndim, shape, inputs);
    return *value ? WF_OK : wf_fail(err, WF_NOMEM, "[where] out of host memory");
}

static wf_status check_out(wf_ufunc op, const wf_array *out, wf_dtype result, int ndim, const int64_t *shape,
                           wf_casting casting, wf_error *err) {
    int64_t together[WF_MAX_DIMS];
    int n, ndims[2] = {out->ndim, ndim};
    const int64_t *shapes[2] = {out->shape, shape};
    char was[160], wanted[160];
    if (!wf_dtype_can_cast(result, (wf_dtype)out->dtype, casting))
        return wf_fail(err, WF_TYPE,
                       "Cannot cast ufunc '%s' output from dtype('%s') to dtype('%s') with casting rule '%s'",
                       wf_ufuncs[op].name, wf_dtype_name(result), wf_dtype_name((wf_dtype)out->dtype),
                       wf_casting_names[casting]);
    if (wf_broadcast_shapes(wf_ufuncs[op].name, 2, ndims, shapes, &n, together, err))
        return wf_fail(err, WF_INVALID,
                       "[%s] operands could not be broadcast together with shapes %s and, of out, %s",
                       wf_ufuncs[op].name, wf_shape_text(ndim, shape, wanted, sizeof wanted),
                       wf_shape_text(out->ndim, out->shape, was, sizeof was));
    if (n == out->ndim && !memcmp(together, out->shape, sizeof *together * (size_t)n)) return WF_OK;
    return wf_fail(err, WF_INVALID,
                   "non-broadcastable output operand with shape %s doesn't match the broadcast shape %s",
                   wf_shape_text(out->ndim, out->shape, was, sizeof was),
                   wf_shape_text(n, together, wanted, sizeof wanted));
}

static wf_status inputs_of(wf_ufunc op, const wf_operand *args, wf_dtype loop, wf_node **inputs,
                           wf_error *err) {
    int count = wf_ufuncs[op].inputs;
    wf_status status = WF_OK;
    for (int i = 0; i < count && !status; i++)
        status = operand_node(&args[i], op == WF_UF_WHERE && i == 0 ? WF_DT_BOOL : loop, &inputs[i], err);
    if (!status) status = record_limit(inputs, count, err);
    for (int i = 0; status && i < count; i++) node_release(inputs[i]);
    return status;
}

static wf_status record_ufunc(wf_ufunc op, const wf_operand *given, const wf_ufunc_options *o,
                              wf_array **result, wf_error *err) {
    const wf_ufunc_info *info = &wf_ufuncs[op];
    int count = info->inputs, ndim = 0;
    wf_operand args[3];
    wf_dtype dtypes[3];
    wf_weak weak[3];
    int64_t shape[WF_MAX_DIMS];
    wf_ufunc_types types;
    wf_context *context = NULL;
    for (int i = 0; i < count; i++) {
        args[i] = given[i];
        dtypes[i] = args[i].array ? (wf_dtype)args[i].array->dtype : args[i].dtype;
        weak[i] = args[i].array ? WF_STRONG : args[i].weak;
    }
    if (info->rule == WF_RULE_COMPARE) widen_comparison(args, dtypes, weak);
    for (int i = 0; i < count && info->rule == WF_RULE_LOGICAL; i++) /* of a number only its truth counts */
        if (!args[i].array) {
            args[i].number = wf_number_cast(args[i].number, WF_DT_BOOL);
            dtypes[i] = WF_DT_BOOL, weak[i] = WF_STRONG;
        }
    for (int i = 0; i < count; i++) args[i].weak = weak[i];
    wf_status status = wf_ufunc_resolve(op, dtypes, weak, o->dtype, o->casting, &types, err);
    if (!status && op == WF_UF_POWER && wf_dtype_is_integer(types.loop) && !args[1].array &&
        args[1].number.kind == 'i' && args[1].number.i < 0)
        status = wf_fail(err, WF_INVALID, "Integers to negative integer powers are not allowed.");
    if (!status) status = same_device(info->name, args, count, &context, err);
    if (!status) status = result_shape(info->name, args, count, &ndim, shape, err);
    if (!status && o->out) status = check_out(op, o->out, types.out, ndim, shape, o->casting, err);
    if (!status && !wf_fuse_supports(op, types.loop))
        status = wf_fail_code(err, WF_UNSUPPORTED, WF_ERR_NO_KERNEL, "[%s] no kernel for %s yet", info->name,
                              wf_dtype_name(types.loop));
    wf_node *inputs[3] = {NULL, NULL, NULL}, *value = NULL;
    int clash =
        info->rule == WF_RULE_COMPARE && args[0].array && args[1].array && signs_clash(dtypes[0], dtypes[1]);
    if (!status && clash) status = compare_signs(op, args, ndim, shape, &value, err);
    else if (!status) status = inputs_of(op, args, types.loop, inputs, err);
    if (status) return status;
    if (!clash) value = node_op(op, types.loop, types.out, ndim, shape, inputs);
    if (!value) return wf_fail(err, WF_NOMEM, "[%s] out of host memory", info->name);
    if (!value->context) value->context = o->out ? wf_array_context(o->out) : o->context;
    if (o->out) value = node_cast(value, (wf_dtype)o->out->dtype);
    if (o->where) status = masked(&value, o->where, o->out, err);
    if (status) return status;
    if (!o->out) return finish(value, result, err);
    status = assign_node(o->out, value, err);
    if (!status) *result = wf_array_retain(o->out);
    return status;
}

/* Operands that lie in another order than C, with axes in that order; the result likewise. */
static wf_status ufunc_turned(wf_ufunc op, const wf_operand *args, const wf_ufunc_options *o, int ndim,
                              const int *axes, wf_array **result, wf_error *err) {
    wf_operand turned[3];
    int count = wf_ufuncs[op].inputs, made = 0;
    wf_array *lying = NULL;
    wf_status status = WF_OK;
    for (; made < count && !status; made++) {
        turned[made] = args[made];
        if (args[made].array) status = array_turned(args[made].array, ndim, axes, &turned[made].array, err);
        if (status) break;
    }
    if (!status) status = record_ufunc(op, turned, o, &lying, err);
    if (!status) status = array_turned_back(lying, axes, result, err);
    for (int i = 0; i < made; i++)
        if (args[i].array) wf_array_release(turned[i].array);
    wf_array_release(lying);
    return status;
}

wf_status wf_array_ufunc(wf_ufunc op, const wf_operand *args, const wf_ufunc_options *o, wf_array **result,
                         wf_error *err) {
    wf_array *arrays[3];
    int64_t shape[WF_MAX_DIMS];
    int axes[WF_MAX_DIMS], count = 0, ndim = 0, plain = o->out || o->where;
    for (int i = 0; i < wf_ufuncs[op].inputs; i++)
        if (args[i].array) arrays[count++] = args[i].array;
    for (int i = 0; i < count && !plain; i++)
        if (!wf_array_is_contiguous(arrays[i])) {
            wf_status status =
                result_shape(wf_ufuncs[op].name, args, wf_ufuncs[op].inputs, &ndim, shape, err);
            if (status) return status;
            if (!array_order(arrays, count, ndim, axes)) break;
            return ufunc_turned(op, args, o, ndim, axes, result, err);
        }
    return record_ufunc(op, args, o, result, err);
}

/* ---- casts and copies -----------------------------------------------------------------------------------
 */

wf_status wf_array_copy(wf_array *a, wf_array **out, wf_error *err) {
    wf_node *value;
    wf_status status = array_value(a, &value, err);
    if (status) return status;
    /* The whole of an unshared base: both share the memory until one is written. */
    if (!array_is_whole(a)) value = node_identity(value);
    return finish(value, out, err);
}

wf_status wf_array_contiguous(wf_array *a, wf_array **out, wf_error *err) {
    if (wf_array_is_contiguous(a) && wf_array_is_aligned(a)) {
        *out = wf_array_retain(a);
        return WF_OK;
    }
    return wf_array_copy(a, out, err);
}

/* In the order that the array lies in. */
wf_status wf_array_cast(wf_array *a, wf_dtype dtype, wf_array **out, wf_error *err) {
    int axes[WF_MAX_DIMS];
    wf_array *turned = NULL, *result = NULL;
    wf_node *value;
    if (!array_order(&a, 1, a->ndim, axes)) {
        if (a->dtype == dtype) return wf_array_copy(a, out, err);
        wf_status status = array_value(a, &value, err);
        return status ? status : finish(node_cast(value, dtype), out, err);
    }
    wf_status status = array_turned(a, a->ndim, axes, &turned, err);
    if (!status) status = wf_array_cast(turned, dtype, &result, err);
    if (!status) status = array_turned_back(result, axes, out, err);
    wf_array_release(result);
    wf_array_release(turned);
    return status;
}

/* ---- generators -----------------------------------------------------------------------------------------
 */

static wf_status check_size(wf_dtype dtype, int ndim, const int64_t *shape, wf_error *err) {
    int64_t bytes = wf_dtype_size(dtype);
    if (ndim > WF_MAX_DIMS)
        return wf_fail(err, WF_INVALID, "maximum supported dimension for an ndarray is %d, found %d",
                       WF_MAX_DIMS, ndim);
    int empty = 0;
    for (int d = 0; d < ndim; d++) {
        if (shape[d] < 0) return wf_fail(err, WF_INVALID, "negative dimensions are not allowed");
        if (!shape[d]) empty = 1;
    }
    for (int d = 0; d < ndim && !empty; d++)
        if (__builtin_mul_overflow(bytes, shape[d], &bytes))
            return wf_fail(err, WF_INVALID,
                           "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum "
                           "possible size.");
    return WF_OK;
}

wf_status wf_array_full(wf_context *context, wf_dtype dtype, int ndim, const int64_t *shape, wf_number value,
                        wf_array **out, wf_error *err) {
    wf_status status = check_size(dtype, ndim, shape, err);
    if (status) return status;
    wf_node *number = node_number(value, dtype),
            *view = number ? node_new(WF_NODE_VIEW, dtype, ndim, shape, ndim) : NULL;
    if (!view) {
        node_release(number);
        return wf_fail(err, WF_NOMEM, "[full] out of host memory");
    }
    view->inputs[0] = number, view->starts = view->strides, view->context = context, view->weight = 1;
    return finish(view, out, err);
}

static wf_node *scalar_op(wf_ufunc op, wf_dtype t, wf_node *x, wf_number y) {
    wf_node *inputs[2] = {x, x ? node_number(y, t) : NULL};
    if (!inputs[1]) {
        node_release(x);
        return NULL;
    }
    return node_op(op, t, t, x->ndim, x->shape, inputs);
}

wf_status wf_array_arange(wf_context *context, wf_dtype dtype, int64_t count, wf_number first, wf_number step,
                          wf_array **out, wf_error *err) {
    wf_status status = check_size(dtype, 1, &count, err);
    if (status) return status;
    /* the type that start and step are kept in while the sequence is made */
    wf_dtype t = wf_dtype_is_integer(dtype) || dtype == WF_DT_BOOL ? WF_DT_INT64
                 : wf_dtype_is_small_float(dtype)                  ? WF_DT_FLOAT32
                                                                   : dtype;
    wf_number start = wf_number_cast(first, dtype), delta;
    if (t == WF_DT_INT64) {
        start = wf_number_cast(first, t), delta = wf_number_cast(step, t);
    } else { /* as NumPy: the difference of the first two elements, in the array's type */
        wf_number second = {
            'c', wf_number_cast(first, WF_DT_FLOAT64).re + wf_number_cast(step, WF_DT_FLOAT64).re, 0, 0};
        second = wf_number_cast(second, dtype);
        second.re -= start.re, second.im -= start.im;
        delta = wf_number_cast(second, t);
    }
    wf_node *n = node_new(WF_NODE_IOTA, WF_DT_INT64, 1, &count, 1);
    if (n) n->context = context, n->weight = 1;
    n = node_cast(n, t);
    if (delta.kind != 'i' || delta.i != 1) n = n ? scalar_op(WF_UF_MULTIPLY, t, n, delta) : NULL;
    if (start.kind != 'i' || start.i != 0) n = n ? scalar_op(WF_UF_ADD, t, n, start) : NULL;
    return finish(n ? node_cast(n, dtype) : NULL, out, err);
}

/* ---- memory ---------------------------------------------------------------------------------------------
 */

wf_status wf_array_empty(wf_context *context, wf_dtype dtype, int ndim, const int64_t *shape, wf_array **out,
                         wf_error *err) {
    int64_t strides[WF_MAX_DIMS], size = 1;
    wf_status status = check_size(dtype, ndim, shape, err);
    if (status) return status;
    for (int d = 0; d < ndim; d++) size *= shape[d];
    wf_storage *storage = storage_new(context, (size_t)size * wf_dtype_size(dtype), err);
    if (!storage) return err ? err->status : WF_NOMEM;
    wf_contiguous_strides(ndim, shape, wf_dtype_size(dtype), strides);
    wf_node *leaf = node_leaf(storage, dtype, 0, ndim, shape, strides);
    storage_release(storage);
    return array_of_node(leaf, out, err);
}

/* Copies strided host memory into a dense buffer, innermost dimension last. */
static void gather(char *to, const char *from, int ndim, const int64_t *shape, const int64_t *strides,
                   int64_t item) {
    int64_t index[WF_MAX_DIMS] = {0};
    int64_t inner = ndim ? shape[ndim - 1] : 1, step = ndim ? strides[ndim - 1] : item;
    for (;;) {
        if (step == item) memcpy(to, from, (size_t)(inner * item));
        else
            for (int64_t i = 0; i < inner; i++) memcpy(to + i * item, from + i * step, (size_t)item);
        to += inner * item;
        int d = ndim - 2;
        for (; d >= 0; d--) {
            from += strides[d];
            if (++index[d] < shape[d]) break;
            from -= strides[d] * shape[d];
            index[d] = 0;
        }
        if (d < 0) return;
    }
}

wf_status wf_array_from_host(wf_context *context, wf_dtype dtype, int ndim, const int64_t *shape,
                             const int64_t *strides, const void *data, wf_array **out, wf_error *err) {
    int64_t dense[WF_MAX_DIMS], item = wf_dtype_size(dtype);
    wf_status status = wf_array_empty(context, dtype, ndim, shape, out, err);
    if (status) return status;
    int64_t bytes = wf_array_size(*out) * item;
    if (!bytes) return WF_OK;
    wf_buffer *buffer = (*out)->base->node->u.leaf.storage->buffer;
    wf_contiguous_strides(ndim, shape, item, dense);
    int packed = 1;
    for (int d = 0; d < ndim; d++) packed = packed && (!strides || shape[d] == 1 || strides[d] == dense[d]);
    wf_stream *stream = wf_context_own_default_stream(context); /* never a part of a capture */
    if (buffer->host &&
        !(packed && bytes >= SHARED_COPY)) { /* memory may still be read by work queued before it was freed */
        status = wf_stream_synchronize(stream, err);
        if (!status) gather(buffer->host, data, ndim, shape, packed ? dense : strides, item);
    } else if (packed) status = wf_copy_to_device(stream, buffer->address, data, (size_t)bytes, 0, err);
    else {
        char *copy = wf_malloc((size_t)bytes);
        if (copy) gather(copy, data, ndim, shape, strides, item);
        status = copy ? wf_copy_to_device(stream, buffer->address, copy, (size_t)bytes, 0, err)
                      : wf_fail(err, WF_NOMEM, "[asarray] out of host memory (%lld bytes)", (long long)bytes);
        wf_free(copy);
    }
    if (status) wf_array_release(*out), *out = NULL;
    return status;
}

wf_status wf_array_share(wf_buffer *buffer, int64_t offset, wf_dtype dtype, int ndim, const int64_t *shape,
                         const int64_t *strides, int read_only, wf_array **out, wf_error *err) {
    int64_t size = (int64_t)(buffer->size / wf_dtype_size(dtype)), unit = wf_dtype_size(dtype);
    wf_storage *storage = storage_wrap(buffer);
    if (!storage) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    storage->foreign = 1;
    wf_node *leaf = node_leaf(storage, dtype, 0, 1, &size, &unit);
    storage_release(storage);
    wf_base *base = leaf ? base_new(leaf) : NULL;
    if (!base) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    base->shared = 1;
    *out = array_new(base, dtype, ndim, shape, strides, offset);
    base_release(base);
    if (!*out) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    (*out)->read_only = (uint8_t)read_only;
    return WF_OK;
}

/* ---- reductions -----------------------------------------------------------------------------------------
 */

static int reduced_shape(const wf_array *a, uint64_t axes, int keepdims, int64_t *shape) {
    int n = 0;
    for (int d = 0; d < a->ndim; d++) {
        if (!(axes >> d & 1)) shape[n++] = a->shape[d];
        else if (keepdims) shape[n++] = 1;
    }
    return n;
}

static int reduces_nothing(const wf_array *a, uint64_t axes) {
    int64_t count = 1;
    for (int d = 0; d < a->ndim; d++)
        if (axes >> d & 1) count *= a->shape[d];
    return count == 0;
}

/* NumPy's name of a reduction that has no identity. */
static const char *name_of_extreme(wf_reduction op) {
    return op == WF_RED_MIN ? "minimum" : op == WF_RED_MAX ? "maximum" : wf_reduction_names[op];
}

static wf_status check_empty(wf_reduction op, const wf_array *a, const wf_reduce_options *o, wf_dtype acc,
                             wf_error *err) {
    wf_number identity;
    if (!reduces_nothing(a, o->axes) || o->initial || wf_reduction_identity(op, acc, &identity)) return WF_OK;
    if (op == WF_RED_ARGMIN || op == WF_RED_ARGMAX)
        return wf_fail(err, WF_INVALID, "attempt to get %s of an empty sequence", wf_reduction_names[op]);
    return wf_fail(err, WF_INVALID, "zero-size array to reduction operation %s which has no identity",
                   name_of_extreme(op));
}

/* Elements where the mask is false count as the identity (or, for minima and maxima, as `initial`). */
static wf_status mask_elements(wf_reduction op, wf_node **value, const wf_reduce_options *o, wf_error *err) {
    wf_number identity;
    wf_dtype t = (wf_dtype)(*value)->dtype;
    if (!o->where) return WF_OK;
    if (op == WF_RED_DEVIATIONS) return wf_fail(err, WF_INVALID, "deviations take no where mask");
    wf_status status = WF_OK;
    if (!wf_reduction_identity(op, t, &identity)) {
        if (!o->initial)
            status = wf_fail(err, WF_INVALID,
                             "reduction operation '%s' does not have an identity, so to use a where mask "
                             "one has to specify 'initial'",
                             name_of_extreme(op));
        else identity = o->initial->number;
    }
    wf_node *inputs[3] = {NULL, *value, NULL};
    *value = NULL;
    if (!status) status = operand_node(o->where, WF_DT_BOOL, &inputs[0], err);
    if (!status && !(inputs[2] = node_number(identity, t)))
        status = wf_fail(err, WF_NOMEM, "[reduce] out of host memory");
    if (status) {
        for (int i = 0; i < 3; i++) node_release(inputs[i]);
        return status;
    }
    *value = node_op(WF_UF_WHERE, t, t, inputs[1]->ndim, inputs[1]->shape, inputs);
    return *value ? WF_OK : wf_fail(err, WF_NOMEM, "[reduce] out of host memory");
}

static wf_node *with_initial(wf_reduction op, wf_node *value, const wf_operand *initial) {
    static const uint8_t ops[WF_RED_COUNT] = {
        [WF_RED_SUM] = WF_UF_ADD,         [WF_RED_PROD] = WF_UF_MULTIPLY,  [WF_RED_MIN] = WF_UF_MINIMUM,
        [WF_RED_MAX] = WF_UF_MAXIMUM,     [WF_RED_ANY] = WF_UF_LOGICAL_OR, [WF_RED_ALL] = WF_UF_LOGICAL_AND,
        [WF_RED_AND] = WF_UF_BITWISE_AND, [WF_RED_OR] = WF_UF_BITWISE_OR,  [WF_RED_XOR] = WF_UF_BITWISE_XOR,
        [WF_RED_FMIN] = WF_UF_FMIN,       [WF_RED_FMAX] = WF_UF_FMAX};
    return scalar_op((wf_ufunc)ops[op], (wf_dtype)value->dtype, value, initial->number);
}

static wf_status reduction_node(wf_reduction op, wf_node *value, const wf_reduction_types *types,
                                uint64_t axes, int ndim, const int64_t *shape, wf_node **out, wf_error *err) {
    int arg = op == WF_RED_ARGMIN || op == WF_RED_ARGMAX;
    wf_node *n = node_new(WF_NODE_REDUCE, arg ? WF_DT_INT64 : types->acc, ndim, shape, ndim);
    if (!n) {
        node_release(value);
        return wf_fail(err, WF_NOMEM, "[%s] out of host memory", wf_reduction_names[op]);
    }
    n->op = (uint8_t)op, n->acc = (uint8_t)types->acc, n->u.reduce.axes = axes;
    n->inputs[0] = value, n->context = value->context, n->shared = value->shared;
    n->weight = (uint16_t)(value->weight + 1), n->cost = 1000; /* never computed twice */
    graph_stats.nodes++;
    *out = n;
    return WF_OK;
}

/* Nothing is reduced by an operation that has no identity: the result is what was to begin with. */
static wf_status only_initial(const wf_array *a, const wf_reduce_options *o, const wf_reduction_types *types,
                              wf_array **out, wf_error *err) {
    int64_t shape[WF_MAX_DIMS];
    int ndim = reduced_shape(a, o->axes, o->keepdims, shape);
    return wf_array_full(wf_array_context(a), types->out, ndim, shape, o->initial->number, out, err);
}

wf_status wf_array_reduce(wf_reduction op, wf_array *a, const wf_reduce_options *o, wf_array **out,
                          wf_error *err) {
    wf_reduction_types types;
    int64_t shape[WF_MAX_DIMS];
    wf_number identity;
    wf_node *value = NULL, *node = NULL;
    wf_status status = wf_reduction_resolve(op, (wf_dtype)a->dtype, o->dtype, &types, err);
    if (!status) status = check_empty(op, a, o, types.acc, err);
    if (!status && !wf_fuse_supports_reduction(op, types.acc))
        status = wf_fail_code(err, WF_UNSUPPORTED, WF_ERR_NO_KERNEL, "[%s] no kernel for %s yet",
                              wf_reduction_names[op], wf_dtype_name(types.acc));
    if (!status && o->initial && wf_dtype_is_integer(types.in))
        status = number_fits(o->initial, types.in, err);
    if (!status && o->initial && reduces_nothing(a, o->axes) &&
        !wf_reduction_identity(op, types.acc, &identity))
        return only_initial(a, o, &types, out, err);
    if (!status) status = array_value(a, &value, err);
    if (status) return status;
    value = node_cast(node_cast(value, types.in), types.acc);
    if (!value) return wf_fail(err, WF_NOMEM, "[%s] out of host memory", wf_reduction_names[op]);
    status = mask_elements(op, &value, o, err);
    if (!status) status = record_limit(&value, 1, err);
    if (status) {
        node_release(value);
        return status;
    }
    int ndim = reduced_shape(a, o->axes, o->keepdims, shape);
    status = reduction_node(op, value, &types, o->axes, ndim, shape, &node, err);
    if (status) return status;
    if (o->initial && op != WF_RED_ARGMIN && op != WF_RED_ARGMAX) node = with_initial(op, node, o->initial);
    return finish(node ? node_cast(node, types.out) : NULL, out, err);
}
