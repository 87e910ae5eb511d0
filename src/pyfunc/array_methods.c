/* pyfunc/array_methods.c: reductions, shapes and copies of arrays, and the arrays that a function makes
 * itself.
 *
 * Reductions go over the elements of an expression as it is computed; new arrays take their memory from the
 * heap of the call (ask.c). What has more arguments than these rules know is asked of the library in Python
 * (wf_pf_prefers_python). */
#include "pyfunc/array_inner.h"
#include <string.h>

/* ---- reductions and methods ---- */

/* sum, prod, min, max, any, all over all elements, one after another; sums of floats in lanes. */
static wf_pf_val reduce(wf_pf_body *b, wf_pf_val a, const char *name, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *element = a.type->element, *type = element;
    int is_min = !strcmp(name, "min"), is_max = !strcmp(name, "max"), is_any = !strcmp(name, "any"),
        is_all = !strcmp(name, "all"), is_prod = !strcmp(name, "prod");
    if (!wf_pf_is_real(element))
        return wf_pf_error(b, at, NULL, "%s() of %s is not supported", name, wf_pf_spell(b, a));
    if (!strcmp(name, "sum") && wf_pf_sums_in_lanes(b, a)) return wf_pf_sum_in_lanes(b, a, at);
    if (is_any || is_all) type = b->l->boolean;
    else if (!is_min && !is_max && wf_pf_is_integral(element))
        type = wf_pf_type_arith(&b->l->types, element, element);
    else if (wf_pf_is_half(element)) type = wf_pf_type_scalar(&b->l->types, 'f');
    const wf_type *c = wf_pf_ctype(b->l, type);
    wf_expr *start =
        wf_make_convert(u, c, wf_make_int(u, wf_type_scalar(u, WF_TY_INT), is_prod || is_all, at), at);
    if (is_min || is_max) { /* begins with the first element */
        wf_pf_raise_unless(
            b, wf_make_binary(u, WF_OP_GT, wf_pf_array_count(b, a, at), number(b, 0, at), at),
            is_max ? "ValueError: zero-size array to reduction operation maximum which has no identity"
                   : "ValueError: zero-size array to reduction operation minimum which has no identity",
            at);
        wf_var *zero[NDIM_MAX];
        for (int i = 0; i < a.type->ndim; i++)
            zero[i] = wf_pf_temp(b, "zero", integer(b), number(b, 0, at), at);
        start = wf_pf_number(b, wf_pf_array_at(b, a, zero, a.type->ndim, at), type, at);
    }
    wf_var *total = wf_pf_temp(b, name, c, start, at);
    wf_expr *shape[NDIM_MAX];
    for (int i = 0; i < a.type->ndim; i++) shape[i] = wf_pf_shape_at(a, i);
    wf_pf_nest n;
    wf_pf_nest_begin(b, &n, shape, a.type->ndim, 'C', 0, at);
    wf_pf_val x = wf_pf_array_at(b, a, n.index, a.type->ndim, at),
              t = wf_pf_scalar(b, type, wf_make_var(u, total, at)), next;
    if (is_any || is_all)
        next = wf_pf_scalar(
            b, type, wf_make_binary(u, is_any ? WF_OP_LOR : WF_OP_LAND, t.e, wf_pf_truth(b, x, at), at));
    else if (is_min || is_max) {
        if (type->kind == WF_PF_T_FLOAT) {
            wf_expr *pair[] = {t.e, wf_pf_number(b, x, type, at)};
            next = wf_pf_scalar(b, type,
                                wf_pf_library(b, is_max ? "py_maximum" : "py_minimum", type, pair, 2, at));
        } else
            next = wf_pf_scalar(
                b, type,
                wf_make_cond(u,
                             wf_make_binary(u, is_max ? WF_OP_GT : WF_OP_LT,
                                            wf_make_promoted(u, wf_pf_number(b, x, type, at)),
                                            wf_make_promoted(u, t.e), at),
                             wf_pf_number(b, wf_pf_array_at(b, a, n.index, a.type->ndim, at), type, at),
                             wf_make_var(u, total, at), at));
    } else next = wf_pf_binary(b, is_prod ? WF_PF_MUL : WF_PF_ADD, t, wf_pf_convert(b, x, type, at), at);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, total, at), wf_pf_number(b, next, type, at), at));
    wf_pf_nest_end(b, &n);
    wf_pf_val sum = wf_pf_scalar(b, type, wf_make_var(u, total, at));
    return wf_pf_is_half(element) ? wf_pf_convert(b, sum, element, at) : sum;
}

static wf_pf_val method_mean(wf_pf_body *b, wf_pf_val a, wf_place at) {
    wf_pf_val total = reduce(b, a, "sum", at);
    if (total.type->kind == WF_PF_T_UNKNOWN) return total;
    const wf_pf_type *type = total.type->kind == WF_PF_T_FLOAT ? total.type : b->l->float64;
    wf_expr *count = wf_make_cast(b->l->u, wf_pf_ctype(b->l, type), wf_pf_array_count(b, a, at), at);
    return wf_pf_scalar(b, type,
                        wf_make_binary(b->l->u, WF_OP_DIV, wf_pf_number(b, total, type, at), count, at));
}

static wf_pf_val method_argextreme(wf_pf_body *b, wf_pf_val a, int is_max, wf_place at) {
    wf_unit *u = b->l->u;
    if (a.type->ndim != 1 || !wf_pf_is_real(a.type->element))
        return wf_pf_error(b, at, NULL, "argmax() and argmin() work on one-dimensional arrays here");
    wf_var *best = wf_pf_temp(b, "best", integer(b), number(b, 0, at), at);
    wf_pf_nest n;
    wf_expr *shape[] = {wf_pf_shape_at(a, 0)};
    wf_pf_raise_unless(b, wf_make_binary(u, WF_OP_GT, wf_pf_array_count(b, a, at), number(b, 0, at), at),
                       is_max ? "ValueError: attempt to get argmax of an empty sequence"
                              : "ValueError: attempt to get argmin of an empty sequence",
                       at);
    wf_pf_nest_begin(b, &n, shape, 1, 'C', 0, at);
    wf_pf_val x = wf_pf_settle(b, wf_pf_array_at(b, a, n.index, 1, at), at),
              y = wf_pf_settle(b, wf_pf_array_at(b, a, &best, 1, at), at);
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
    test->expr = wf_pf_truth(b, wf_pf_compare(b, is_max ? WF_PF_GT : WF_PF_LT, x, y, at), at);
    if (x.type->kind == WF_PF_T_FLOAT && x.e && y.e) { /* the first NaN wins */
        wf_expr *nan = wf_make_binary(u, WF_OP_NE, wf_pf_clone(u, x.e), wf_pf_clone(u, x.e), at);
        wf_expr *not_yet = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, y.e), wf_pf_clone(u, y.e), at);
        test->expr =
            wf_make_binary(u, WF_OP_LOR, test->expr, wf_make_binary(u, WF_OP_LAND, nan, not_yet, at), at);
    }
    test->body =
        wf_stmt_expr(u, wf_make_assign(u, wf_make_var(u, best, at), wf_make_var(u, n.index[0], at), at));
    wf_block_add(b->block, test);
    wf_pf_nest_end(b, &n);
    wf_pf_val v = wf_pf_scalar(b, b->l->int64, wf_make_var(u, best, at));
    v.nonneg = 1;
    return v;
}

/* ravel and reshape of what is contiguous: the same memory. */
static wf_pf_val reshaped(wf_pf_body *b, wf_pf_val a, wf_expr **shape, int ndim, wf_place at) {
    if (a.type->layout != 'C') a = wf_pf_array_copy(b, a, a.type->element, 'C', at);
    if (a.type->kind == WF_PF_T_UNKNOWN) return a;
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, a.type->element, ndim, 'C', a.type->readonly)};
    v.array = WF_NEW(&b->l->u->arena, wf_pf_array);
    v.array->data = a.array->data;
    v.array->shape = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, ndim + 1);
    for (int i = 0; i < ndim; i++) v.array->shape[i] = shape[i];
    return v;
}

/* carray(pointer, shape, dtype), farray: what lies at a pointer parameter, as an array. data: 'C' or 'F'. */
static wf_pf_val rule_carray(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val a = args->v[0], shape = args->v[1];
    wf_pf_val *dtype = args->count > 2 ? &args->v[2] : NULL;
    if (a.type->kind != WF_PF_T_ARRAY || !a.array || a.type->ndim != 1)
        return wf_pf_error(b, args->at, NULL, "%s() needs a pointer, got %s", name, wf_pf_spell(b, a));
    uint32_t count = shape.type->kind == WF_PF_T_TUPLE ? shape.type->count : 1;
    const wf_pf_type *element = dtype ? wf_pf_dtype_of(b, *dtype) : a.type->element;
    if (!element || count < 1 || count > NDIM_MAX)
        return wf_pf_error(b, args->at, NULL, "%s() needs a shape and a type", name);
    if (element != a.type->element && a.type->element->code != 'B') /* bytes: of a pointer to nothing */
        return wf_pf_error(b, args->at, "leave the dtype out, or declare the pointer as voidptr",
                           "%s(): mismatching dtype '%s' for pointer type '%s*'", name,
                           wf_pf_type_spell(&b->l->types, element),
                           wf_pf_type_spell(&b->l->types, a.type->element));
    int backwards = data == 'F' && count > 1;
    wf_pf_val v = {
        .type = wf_pf_type_array(&b->l->types, element, (int)count, backwards ? 'F' : 'C', a.type->readonly)};
    v.array = WF_NEW(&b->l->u->arena, wf_pf_array);
    v.array->data = wf_make_cast(b->l->u, wf_type_pointer(b->l->u, wf_pf_ctype(b->l, element)),
                                 wf_pf_clone(b->l->u, a.array->data), args->at);
    v.array->shape = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        wf_expr *n = wf_pf_long(b, shape.type->kind == WF_PF_T_TUPLE ? shape.items[i] : shape, args->at);
        v.array->shape[i] = wf_make_var(b->l->u, wf_pf_temp(b, "extent", integer(b), n, args->at), args->at);
    }
    return v;
}

/* cffi's from_buffer: an array where a pointer is wanted. */
static wf_pf_val rule_from_buffer(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (args->v[0].type->kind == WF_PF_T_ARRAY) return args->v[0];
    return wf_pf_error(b, args->at, NULL, "%s() needs an array, got %s", name, wf_pf_spell(b, args->v[0]));
}

/* a.view(dtype): the same bytes as other elements. */
static wf_pf_val method_view(wf_pf_body *b, wf_pf_val a, const wf_pf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    int64_t from = item_bytes(a.type->element), to = item_bytes(type);
    int last = a.type->ndim - 1;
    if (a.array->member || (from != to && (last < 0 || a.type->layout != 'C')))
        return wf_pf_error(b, at, "make a contiguous copy first: a.copy()",
                           "view() of %s as a type of another size", wf_pf_spell(b, a));
    wf_pf_val v = {.type =
                       wf_pf_type_array(&b->l->types, type, a.type->ndim, a.type->layout, a.type->readonly)};
    const wf_type *c = wf_pf_ctype(b->l, type);
    if (a.type->readonly) c = wf_type_qualified(u, c, WF_CONST);
    v.array = WF_NEW(&u->arena, wf_pf_array);
    *v.array = *a.array;
    v.array->data =
        wf_make_cast(u, wf_type_pointer(u, c), wf_make_value(u, wf_pf_clone(u, a.array->data)), at);
    if (from == to) return v;
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, last + 2);
    for (int i = 0; i < last; i++) v.array->shape[i] = a.array->shape[i];
    wf_expr *bytes =
        wf_make_binary(u, WF_OP_MUL, wf_pf_clone(u, a.array->shape[last]), number(b, from, at), at);
    bytes = wf_make_var(u, wf_pf_temp(b, "bytes", integer(b), bytes, at), at);
    wf_expr *rest = wf_make_binary(u, WF_OP_REM, wf_pf_clone(u, bytes), number(b, to, at), at);
    wf_pf_raise_unless(
        b, wf_make_binary(u, WF_OP_EQ, rest, number(b, 0, at), at),
        "ValueError: When changing to a larger dtype, its size must be a divisor of the total size in "
        "bytes of the last axis of the array.",
        at);
    wf_expr *extent = wf_make_binary(u, WF_OP_DIV, bytes, number(b, to, at), at);
    v.array->shape[last] = wf_make_var(u, wf_pf_temp(b, "extent", integer(b), extent, at), at);
    return v;
}

/* weft.view(a, shape, strides): the same memory under other extents and strides (in elements), which come from
 * the array's own: the library's views are made of it (weft/_pylib/views.py). data: it cannot be written to. */
static wf_pf_val rule_view(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val a = args->v[0], shape = args->v[1], strides = args->v[2];
    if (a.type->kind == WF_PF_T_UNKNOWN) return a;
    if (a.lazy) a = wf_pf_settle(b, wf_pf_materialise(b, a, args->at), args->at);
    if (a.type->kind != WF_PF_T_ARRAY || !a.array || shape.type->kind != WF_PF_T_TUPLE ||
        strides.type->kind != WF_PF_T_TUPLE || shape.type->count != strides.type->count ||
        shape.type->count > NDIM_MAX)
        return wf_pf_error(b, args->at, NULL, "%s() takes an array, extents and strides, got %s", name,
                           wf_pf_spell(b, a));
    wf_unit *u = b->l->u;
    uint32_t count = shape.type->count;
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, a.type->element, (int)count, count ? 'A' : 'C',
                                            a.type->readonly || data)};
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = a.array->data;
    v.array->member = a.array->member;
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    v.array->strides = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        wf_expr *n = wf_pf_long(b, shape.items[i], args->at), *by = wf_pf_long(b, strides.items[i], args->at);
        if (!n || !by) return wf_pf_unknown(b);
        v.array->shape[i] = wf_make_var(u, wf_pf_temp(b, "extent", integer(b), n, args->at), args->at);
        v.array->strides[i] = wf_make_var(u, wf_pf_temp(b, "stride", integer(b), by, args->at), args->at);
    }
    return v;
}

/* frombuffer(buffer, dtype=float64): the same bytes as other numbers. */
static wf_pf_val rule_frombuffer(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    wf_pf_val a = args->v[0];
    uint32_t plain = args->count - args->keyword_count;
    wf_pf_val *dtype = plain > 1 ? &args->v[1] : wf_pf_keyword(args, "dtype");
    const wf_pf_type *type = dtype ? wf_pf_dtype_of(b, *dtype) : b->l->float64;
    if (a.type->kind != WF_PF_T_ARRAY || !type || !wf_pf_is_number(type))
        return wf_pf_error(b, args->at, NULL, "%s() needs a buffer and a type of numbers, got %s", name,
                           wf_pf_spell(b, a));
    a = wf_pf_settle(b, a.lazy ? wf_pf_materialise(b, a, args->at) : a, args->at);
    if (a.type->kind == WF_PF_T_UNKNOWN) return a;
    if (a.type->ndim > 1 && a.type->layout == 'C') {
        int handled = 0;
        a = wf_pf_array_method(b, a, "ravel", NULL, 0, args->at, &handled);
    }
    return method_view(b, a, type, args->at);
}

static wf_pf_val method_reshape(wf_pf_body *b, wf_pf_val a, wf_pf_val *args, uint32_t count, wf_place at) {
    wf_unit *u = b->l->u;
    int empty = 0; /* (): an array of no axes */
    if (count == 1 && args[0].type->kind == WF_PF_T_TUPLE) {
        count = args[0].type->count;
        args = args[0].items;
        empty = !count;
    }
    if (count > NDIM_MAX || (!count && !empty)) return wf_pf_error(b, at, NULL, "reshape() needs a shape");
    wf_expr *shape[NDIM_MAX], *given = number(b, 1, at), *all = wf_pf_array_count(b, a, at);
    int open = -1, dynamic = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (args[i].type->kind == WF_PF_T_UNKNOWN) return args[i];
        shape[i] = NULL;
        if (args[i].known && args[i].known->kind == WF_PF_V_INT && args[i].known->i == -1) {
            open = (int)i;
            continue;
        }
        shape[i] = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, wf_pf_long(b, args[i], at)), at).e;
        if (!shape[i]) return wf_pf_unknown(b);
        wf_expr *one = wf_pf_clone(u, shape[i]);
        if (!args[i].nonneg && !args[i].known) { /* may be -1 */
            dynamic = 1;
            one = wf_make_cond(u, wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, one), number(b, 0, at), at),
                               number(b, 1, at), one, at);
        }
        given = wf_make_binary(u, WF_OP_MUL, given, one, at);
    }
    if (open < 0 && !dynamic && b->l->options.mode != WF_PF_HOST)
        return reshaped(b, a, shape, (int)count, at);
    given = wf_make_var(u, wf_pf_temp(b, "given", integer(b), given, at), at);
    all = wf_make_var(u, wf_pf_temp(b, "all", integer(b), all, at), at);
    /* An empty array has nothing to divide by: the divisor is 1 then, since a division by 0 raises wherever
     * it stands. */
    wf_expr *divisor = wf_make_cond(u, wf_pf_clone(u, given), wf_pf_clone(u, given), number(b, 1, at), at);
    wf_expr *rest =
        wf_make_cond(u, wf_pf_clone(u, given), wf_make_binary(u, WF_OP_DIV, wf_pf_clone(u, all), divisor, at),
                     number(b, 0, at), at);
    rest = wf_make_var(u, wf_pf_temp(b, "rest", integer(b), rest, at), at);
    wf_expr *product = number(b, 1, at);
    for (uint32_t i = 0; i < count; i++) {
        if ((int)i == open) shape[i] = wf_pf_clone(u, rest);
        else if (!args[i].nonneg && !args[i].known && dynamic) {
            wf_expr *is_open = wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, shape[i]), number(b, 0, at), at);
            wf_expr *chosen = wf_make_cond(u, is_open, wf_pf_clone(u, rest), shape[i], at);
            shape[i] = wf_make_var(u, wf_pf_temp(b, "extent", integer(b), chosen, at), at);
        }
        product = wf_make_binary(u, WF_OP_MUL, product, wf_pf_clone(u, shape[i]), at);
    }
    if (b->l->options.mode == WF_PF_HOST)
        wf_pf_raise_unless(b, wf_make_binary(u, WF_OP_EQ, product, wf_pf_clone(u, all), at),
                           "ValueError: the new shape has another number of elements", at);
    return reshaped(b, a, shape, (int)count, at);
}

wf_pf_val wf_pf_array_method(wf_pf_body *b, wf_pf_val a, const char *name, wf_pf_val *args, uint32_t count,
                             wf_place at, int *handled) {
    static const char *const reductions[] = {"sum", "prod", "min", "max", "any", "all"};
    *handled = 1;
    for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++) {
        if (strcmp(name, reductions[i])) continue;
        if ((count || !wf_pf_is_real(a.type->element)) && b->l->options.mode == WF_PF_HOST) break;
        if (count)
            return wf_pf_error(b, at, "write a loop over the other axes",
                               "%s() with arguments is not supported in kernels", name);
        return reduce(b, a, name, at);
    }
    if (!strcmp(name, "mean") && !count && wf_pf_is_real(a.type->element) &&
        !(wf_pf_is_integral(a.type->element) &&
          b->l->options.mode == WF_PF_HOST)) /* those are summed as floats */
        return method_mean(b, a, at);
    if ((!strcmp(name, "argmax") || !strcmp(name, "argmin")) &&
        (a.type->ndim != 1 || !wf_pf_is_real(a.type->element)) && b->l->options.mode == WF_PF_HOST) {
        *handled = 0;
        return a;
    }
    if (!strcmp(name, "argmax") && !count)
        return method_argextreme(b, a.lazy ? wf_pf_materialise(b, a, at) : a, 1, at);
    if (!strcmp(name, "argmin") && !count)
        return method_argextreme(b, a.lazy ? wf_pf_materialise(b, a, at) : a, 0, at);
    if (a.lazy) a = wf_pf_materialise(b, a, at);
    if (a.type->kind == WF_PF_T_UNKNOWN) return a;
    if (!strcmp(name, "copy") && !count) return wf_pf_array_copy(b, a, a.type->element, 'C', at);
    if (!strcmp(name, "astype") && count == 1) {
        const wf_pf_type *type = wf_pf_dtype_of(b, args[0]);
        if (!type) return wf_pf_error(b, at, NULL, "astype() needs a type, got %s", wf_pf_spell(b, args[0]));
        return wf_pf_array_copy(b, a, type, a.type->layout, at);
    }
    if (!strcmp(name, "fill") && count == 1) {
        wf_pf_array_fill(b, a, args[0], at);
        return wf_pf_none(b);
    }
    if (!strcmp(name, "view") && count == 1) {
        const wf_pf_type *type = wf_pf_dtype_of(b, args[0]);
        if (type && wf_pf_is_number(type)) return method_view(b, a, type, at);
    }
    if (!strcmp(name, "reshape")) return method_reshape(b, a, args, count, at);
    if ((!strcmp(name, "ravel") || !strcmp(name, "flatten")) && !count) {
        wf_expr *all[] = {wf_pf_array_count(b, a, at)};
        wf_pf_val from = !strcmp(name, "flatten") || a.type->layout != 'C'
                             ? wf_pf_array_copy(b, a, a.type->element, 'C', at)
                             : a;
        return from.type->kind == WF_PF_T_UNKNOWN ? from : reshaped(b, from, all, 1, at);
    }
    if (!strcmp(name, "item") && !count) {
        if (b->l->options.mode == WF_PF_HOST)
            wf_pf_raise_unless(
                b, wf_make_binary(b->l->u, WF_OP_EQ, wf_pf_array_count(b, a, at), number(b, 1, at), at),
                "ValueError: item(): cannot convert array to Python scalar", at);
        return wf_pf_array_item(b, a, at);
    }
    *handled = 0;
    return wf_pf_unknown(b);
}

/* ---- numpy.… over whole arrays ---- */

static wf_pf_val rule_method(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    int handled = 0;
    const char *method = strrchr(name, '.') + 1;
    if (args->v[0].type->kind != WF_PF_T_ARRAY)
        return wf_pf_error(b, args->at, NULL, "%s() needs an array, got %s", name,
                           wf_pf_spell(b, args->v[0]));
    wf_pf_val a = args->v[0];
    if (!strcmp(method, "copy")) { /* np.copy keeps the order, a.copy() does not */
        if (a.lazy) a = wf_pf_materialise(b, a, args->at);
        return a.type->kind == WF_PF_T_UNKNOWN
                   ? a
                   : wf_pf_array_copy(b, a, a.type->element, a.type->layout, args->at);
    }
    wf_pf_val v = wf_pf_array_method(b, a, method, args->v + 1, args->count - 1, args->at, &handled);
    return handled ? v
                   : wf_pf_error(b, args->at, NULL,
                                 "%s() with these arguments is not supported in compiled functions", name);
}

/* A shape that the user gives: no extent is negative, and the bytes can be counted. */
static void check_extents(wf_pf_body *b, const wf_pf_type *element, wf_expr **extents, int ndim,
                          wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *real = wf_type_scalar(u, WF_TY_DOUBLE);
    wf_expr *signs = NULL, *size = wf_make_float(u, real, element ? (double)item_bytes(element) : 1, at);
    for (int i = 0; i < ndim; i++) {
        int constant = extents[i]->kind == WF_EX_INT;
        if (!constant) extents[i] = wf_make_var(u, wf_pf_temp(b, "extent", integer(b), extents[i], at), at);
        wf_expr *one = wf_pf_clone(u, extents[i]);
        if (!constant || extents[i]->u.i >= (1u << 20))
            signs = signs ? wf_make_binary(u, WF_OP_OR, signs, one, at) : one;
        size = wf_make_binary(u, WF_OP_MUL, size, wf_make_cast(u, real, wf_pf_clone(u, extents[i]), at), at);
    }
    if (!signs) return;
    wf_pf_raise_unless(b, wf_make_binary(u, WF_OP_GE, signs, number(b, 0, at), at),
                       "ValueError: negative dimensions not allowed", at);
    wf_pf_raise_unless(
        b, wf_make_binary(u, WF_OP_LT, size, wf_make_float(u, real, 0x1p62, at), at),
        "ValueError: array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum "
        "possible size.",
        at);
}

/* zeros, ones, empty, full and their _like. data: 'z' 'o' 'e' 'f', with 256 added for _like. */
static wf_pf_val rule_new(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    int like = data & 256, kind = data & 255;
    uint32_t plain = args->count - args->keyword_count, dtype_at = kind == 'f' ? 2 : 1;
    wf_pf_val *dtype = plain > dtype_at ? &args->v[dtype_at] : wf_pf_keyword(args, "dtype"),
              shape = args->v[0];
    wf_pf_val value = kind == 'f' && plain > 1 ? args->v[1] : wf_pf_int(b, kind == 'o', args->at);
    const wf_pf_type *element = dtype         ? wf_pf_dtype_of(b, *dtype)
                                : like        ? NULL
                                : kind == 'f' ? value.type
                                              : b->l->float64;
    wf_expr *extents[NDIM_MAX];
    int ndim = 0;
    if (like) {
        int is_number = wf_pf_is_number(shape.type) && b->l->options.mode == WF_PF_HOST;
        if (shape.type->kind != WF_PF_T_ARRAY && !is_number)
            return wf_pf_error(b, args->at, NULL, "%s() needs an array, got %s", name, wf_pf_spell(b, shape));
        if (!dtype) element = is_number ? shape.type : shape.type->element;
        for (ndim = 0; !is_number && ndim < shape.type->ndim; ndim++)
            extents[ndim] = wf_pf_clone(b->l->u, wf_pf_shape_at(shape, ndim));
    } else {
        uint32_t count = shape.type->kind == WF_PF_T_TUPLE ? shape.type->count : 1;
        for (uint32_t i = 0; i < count && ndim < NDIM_MAX; i++)
            extents[ndim++] =
                wf_pf_long(b, shape.type->kind == WF_PF_T_TUPLE ? shape.items[i] : shape, args->at);
        if (b->l->options.mode == WF_PF_HOST) check_extents(b, element, extents, ndim, args->at);
    }
    if (!element || !wf_pf_is_number(element))
        return wf_pf_error(b, args->at, NULL, "%s(): the dtype is not a type of numbers", name);
    char layout = like && shape.type->kind == WF_PF_T_ARRAY ? shape.type->layout : 'C';
    wf_pf_val made = wf_pf_in_columns(b, wf_pf_array_new(b, element, extents, ndim, args->at), layout);
    if (kind != 'e' && made.type->kind != WF_PF_T_UNKNOWN) wf_pf_array_fill(b, made, value, args->at);
    return made;
}

static wf_pf_val rule_arange(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_unit *u = b->l->u;
    uint32_t plain = args->count - args->keyword_count;
    wf_pf_val start = plain > 1 ? args->v[0] : wf_pf_int(b, 0, args->at), stop = args->v[plain > 1],
              step = plain > 2 ? args->v[2] : wf_pf_int(b, 1, args->at);
    if (!wf_pf_is_integral(start.type) || !wf_pf_is_integral(stop.type) || !step.known ||
        step.type->kind != WF_PF_T_INT || step.known->i < 1)
        return wf_pf_error(b, args->at, "use np.linspace, or a loop",
                           "arange() takes integers and a constant positive step here");
    wf_pf_val *dtype = wf_pf_keyword(args, "dtype");
    const wf_pf_type *element = dtype ? wf_pf_dtype_of(b, *dtype) : b->l->int64;
    if (!element) return wf_pf_error(b, args->at, NULL, "arange(): the dtype is not a type of numbers");
    start = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, wf_pf_long(b, start, args->at)), args->at);
    wf_expr *span =
        wf_make_binary(u, WF_OP_SUB, wf_pf_long(b, stop, args->at), wf_pf_clone(u, start.e), args->at);
    span = wf_make_binary(u, WF_OP_ADD, span, number(b, step.known->i - 1, args->at), args->at);
    span = wf_make_binary(u, WF_OP_DIV, span, number(b, step.known->i, args->at), args->at);
    wf_expr *extent[] = {wf_pf_builtin(b, WF_BI_MAX, args->at, 2, span, number(b, 0, args->at))};
    check_extents(b, element, extent, 1, args->at);
    wf_pf_val made = wf_pf_array_new(b, element, extent, 1, args->at);
    if (made.type->kind == WF_PF_T_UNKNOWN) return made;
    wf_pf_nest n;
    wf_pf_nest_begin(b, &n, made.array->shape, 1, 'C', 0, args->at);
    wf_pf_val i = wf_pf_scalar(b, b->l->int64, wf_make_var(u, n.index[0], args->at)), at_i = i;
    i.nonneg = 1;
    wf_pf_val value =
        wf_pf_binary(b, WF_PF_ADD, start, wf_pf_binary(b, WF_PF_MUL, at_i, step, args->at), args->at);
    i.e = wf_make_var(u, n.index[0], args->at);
    wf_pf_store(b, wf_pf_element(b, made, &i, 1, args->at), element, value, args->at);
    wf_pf_nest_end(b, &n);
    return made;
}

static wf_pf_val rule_dot(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (args->v[0].type->kind != WF_PF_T_ARRAY || args->v[1].type->kind != WF_PF_T_ARRAY ||
        args->v[0].type->ndim != 1 || args->v[1].type->ndim != 1)
        return wf_pf_error(b, args->at, "write the loops",
                           "%s() of %s and %s is not supported in compiled functions yet", name,
                           wf_pf_spell(b, args->v[0]), wf_pf_spell(b, args->v[1]));
    wf_pf_val x = args->v[0], y = args->v[1];
    const wf_pf_type *type = wf_pf_type_promote(&b->l->types, x.type->element, y.type->element);
    if (b->l->options.mode == WF_PF_HOST && (type->code == 'd' || type->code == 'f'))
        return wf_pf_dot_in_lanes(b, x, y, type, args->at);
    return reduce(b, wf_pf_lazy_binary(b, WF_PF_MUL, x, y, args->at), "sum", args->at);
}

static wf_pf_val rule_where(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_CALL, .text = name};
    for (int i = 0; i < 3; i++)
        if (args->v[i].type->kind == WF_PF_T_ARRAY) return wf_pf_lazy_call(b, k, args->v, 3, args->at);
    if (!wf_pf_is_number(args->v[1].type) || !wf_pf_is_number(args->v[2].type))
        return wf_pf_call_named(b, "cuda.selp", args);
    return wf_pf_array_choose(b, wf_pf_type_promote(&b->l->types, args->v[1].type, args->v[2].type), args->v,
                              args->at);
}

/* zeros(n, dtype) and its kin, of records, text or dates: by a dtype, or by an array whose like is made. */
static int makes_records(wf_pf_body *b, const char *name, const wf_pf_args *args) {
    static const char *const all[] = {"zeros",      "ones",      "empty",      "full",
                                      "zeros_like", "ones_like", "empty_like", "full_like"};
    int found = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) found |= !strcmp(name, all[i]);
    for (uint32_t i = 0; found && i < args->count; i++) {
        const wf_pf_val *v = &args->v[i];
        const wf_pf_type *type = i ? wf_pf_dtype_of(b, *v) : NULL;
        if (type && !wf_pf_is_number(type)) return 1;
        if (v->type->kind == WF_PF_T_ARRAY && v->type->element->kind == WF_PF_T_RECORD && i == 0 &&
            args->count == 1)
            return 1;
    }
    return 0;
}

int wf_pf_prefers_python(wf_pf_body *b, const char *name, const wf_pf_args *args) {
    int arrays = 0, complex_ = 0, axes = 0;
    if (b->l->options.mode != WF_PF_HOST) return 0;
    for (uint32_t i = 0; i < args->count; i++) /* an iterator: what it gives is gathered */
        if ((args->v[i].type->kind == WF_PF_T_OBJECT || wf_pf_is_date(args->v[i].type)) &&
            strcmp(name, "print") && strcmp(name, "len") && strncmp(name, "weft.", 5))
            return 1;
    if (args->count && args->v[0].type->kind == WF_PF_T_LIST && strcmp(name, "len") && strcmp(name, "print"))
        return 1;
    if (strncmp(name, "numpy.", 6)) return 0;
    name += 6;
    if (makes_records(b, name, args)) return 1;
    for (uint32_t i = 0; i < args->count; i++) {
        const wf_pf_type *type = args->v[i].type;
        const wf_pf_type *element = type->kind == WF_PF_T_ARRAY ? type->element : type;
        if (type->kind == WF_PF_T_ARRAY && type->ndim > axes) axes = type->ndim;
        arrays += type->kind == WF_PF_T_ARRAY;
        complex_ |= element->kind == WF_PF_T_COMPLEX;
    }
    if (!strcmp(name, "dot"))
        return !(arrays == 2 && args->v[0].type->ndim == 1 && args->v[1].type->ndim == 1) || complex_;
    if (!strcmp(name, "argmax") || !strcmp(name, "argmin")) return axes != 1 || complex_;
    if (!strcmp(name, "arange"))
        for (uint32_t i = 0; i < args->count - args->keyword_count; i++)
            if (!wf_pf_is_integral(args->v[i].type) ||
                (i == 2 && (!args->v[i].known || args->v[i].known->i < 1)))
                return 1;
    static const char *const whole[] = {"sum", "prod", "min",  "max",   "mean",
                                        "any", "all",  "copy", "ravel", "reshape"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (!strcmp(name, whole[i]))
            return (i == 4 && args->count && args->v[0].type->kind == WF_PF_T_ARRAY &&
                    wf_pf_is_integral(args->v[0].type->element)) ||
                   !args->count || args->v[0].type->kind != WF_PF_T_ARRAY || (complex_ && i < 7);
    if (!strcmp(name, "round") && args->count > 1) { /* integers to tens, and unknown digits */
        const wf_pf_type *type = args->v[0].type;
        if (type->kind == WF_PF_T_ARRAY) type = type->element;
        const wf_pf_value *digits = args->v[1].known;
        if (wf_pf_is_integral(type) && !(digits && digits->kind == WF_PF_V_INT && digits->i >= 0)) return 1;
    }
    if (!strcmp(name, "asarray")) /* what is no array yet */
        return !args->count || args->v[0].type->kind != WF_PF_T_ARRAY || args->count > 1;
    static const char *const of_reals[] = {"abs",      "round", "sign", "exp2",
                                           "absolute", "floor", "ceil", "trunc"};
    for (size_t i = 0; complex_ && i < sizeof of_reals / sizeof *of_reals; i++)
        if (!strcmp(name, of_reals[i])) return arrays || (i != 0 && i != 4);
    return 0;
}

const wf_pf_callable wf_pf_numpy_callables[] = {
    {"numpy.sum", rule_method, 1, 1, 0, 0},
    {"numpy.prod", rule_method, 1, 1, 0, 0},
    {"numpy.min", rule_method, 1, 1, 0, 0},
    {"numpy.max", rule_method, 1, 1, 0, 0},
    {"numpy.any", rule_method, 1, 1, 0, 0},
    {"numpy.all", rule_method, 1, 1, 0, 0},
    {"numpy.mean", rule_method, 1, 1, 0, 0},
    {"numpy.argmax", rule_method, 1, 1, 0, 0},
    {"numpy.argmin", rule_method, 1, 1, 0, 0},
    {"numpy.copy", rule_method, 1, 1, 0, 0},
    {"numpy.ravel", rule_method, 1, 1, 0, 0},
    {"numpy.reshape", rule_method, 2, 2, 0, 0},
    {"weft.view", rule_view, 3, 3, 0, 0},
    {"weft.readonly_view", rule_view, 3, 3, 1, 0},
    {"numba.carray", rule_carray, 2, 3, 'C', 0},
    {"numba.farray", rule_carray, 2, 3, 'F', 0},
    {"numpy.frombuffer", rule_frombuffer, 1, 2, 0, 0},
    {"cffi.from_buffer", rule_from_buffer, 1, 1, 0, 0},
    {"numpy.zeros", rule_new, 1, 2, 'z', 0},
    {"numpy.ones", rule_new, 1, 2, 'o', 0},
    {"numpy.empty", rule_new, 1, 2, 'e', 0},
    {"numpy.full", rule_new, 2, 3, 'f', 0},
    {"numpy.zeros_like", rule_new, 1, 2, 'z' + 256, 0},
    {"numpy.ones_like", rule_new, 1, 2, 'o' + 256, 0},
    {"numpy.empty_like", rule_new, 1, 2, 'e' + 256, 0},
    {"numpy.full_like", rule_new, 2, 3, 'f' + 256, 0},
    {"numpy.arange", rule_arange, 1, 3, 0, 0},
    {"numpy.dot", rule_dot, 2, 2, 0, 0},
    {"numpy.where", rule_where, 3, 3, 0, 0},
    {NULL, NULL, 0, 0, 0, 0},
};
