/* pyfunc/array_expr.c: array expressions: elementwise, fused, computed when they are stored.
 *
 * `a * 2 + b` is kept as a small tree over values (wf_pf_lazy). It becomes loops when it is assigned, stored,
 * returned or reduced: one loop nest for the whole expression, one new array at most. Elements follow NumPy:
 * the arrays' types are promoted, a number of the same kind or a lower one does not widen them. Extents meet
 * as NumPy broadcasts them; axes that do not fit raise ValueError at run time.
 *
 * New arrays exist only in host functions (@jit): their memory comes from the heap of the call (ask.c). */
#include "pyfunc/array_inner.h"
#include <string.h>

/* ---- shapes ---- */

wf_expr *wf_pf_shape_at(wf_pf_val v, int axis) { return v.lazy ? v.lazy->shape[axis] : v.array->shape[axis]; }

static int same_extent(const wf_expr *a, const wf_expr *b) {
    if (a->kind != b->kind) return 0;
    if (a->kind == WF_EX_INT) return a->u.i == b->u.i;
    return a->kind == WF_EX_VAR && a->u.var == b->u.var;
}

void wf_pf_raise_unless(wf_pf_body *b, wf_expr *condition, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
    test->expr = wf_make_unary(u, WF_OP_LNOT, condition, at);
    test->body = wf_pf_raise(b, text, at);
    wf_block_add(b->block, test);
}

static const char mismatch[] = "ValueError: operands could not be broadcast together";

/* The extent of two axes together. */
static wf_expr *meet(wf_pf_body *b, wf_expr *x, wf_expr *y, wf_place at) {
    wf_unit *u = b->l->u;
    if (!x || same_extent(x, y)) return wf_pf_clone(u, y);
    if (x->kind == WF_EX_INT && x->u.i == 1) return wf_pf_clone(u, y);
    if (y->kind == WF_EX_INT && y->u.i == 1) return wf_pf_clone(u, x);
    wf_expr *one = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, x), number(b, 1, at), at);
    wf_expr *other = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, y), number(b, 1, at), at);
    wf_expr *same = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, x), wf_pf_clone(u, y), at);
    wf_pf_raise_unless(
        b,
        wf_make_binary(u, WF_OP_LOR, wf_make_binary(u, WF_OP_LOR, same, wf_pf_clone(u, one), at), other, at),
        mismatch, at);
    wf_expr *chosen = wf_make_cond(u, one, wf_pf_clone(u, y), wf_pf_clone(u, x), at);
    return wf_make_var(u, wf_pf_temp(b, "extent", integer(b), chosen, at), at);
}

/* ---- one element ---- */

/* A number beside arrays keeps the arrays' type unless it is of a higher kind. */
static const wf_pf_type *elementwise_type(wf_pf_body *b, wf_pf_val x, wf_pf_val y) {
    const wf_pf_type *s = x.type, *t = y.type;
    int scalar_x = s->kind != WF_PF_T_ARRAY, scalar_y = t->kind != WF_PF_T_ARRAY;
    if (!scalar_x) s = s->element;
    if (!scalar_y) t = t->element;
    if (!wf_pf_is_number(s) || !wf_pf_is_number(t)) return NULL;
    if (scalar_x != scalar_y) {
        const wf_pf_type *array = scalar_x ? t : s, *scalar = scalar_x ? s : t;
        if (scalar->kind <= array->kind) return array;
        if (scalar->kind == WF_PF_T_INT) return array->kind == WF_PF_T_BOOL ? b->l->int64 : array;
        if (scalar->kind == WF_PF_T_FLOAT && wf_pf_is_integral(array)) return b->l->float64;
        if (scalar->kind == WF_PF_T_COMPLEX && array->bytes == 4 && array->kind == WF_PF_T_FLOAT)
            return wf_pf_type_scalar(&b->l->types, 'F');
    }
    return wf_pf_type_promote(&b->l->types, s, t);
}

static wf_pf_val index_value(wf_pf_body *b, wf_var *i, wf_expr *extent, int may_broadcast, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val v = wf_pf_scalar(b, b->l->int64, wf_make_var(u, i, at));
    if (extent->kind == WF_EX_INT && extent->u.i == 1) v = wf_pf_int(b, 0, at);
    else if (may_broadcast) {
        wf_expr *one = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, extent), number(b, 1, at), at);
        v.e = wf_make_cond(u, one, number(b, 0, at), v.e, at);
    }
    v.nonneg = 1;
    return v;
}

static wf_pf_val element_of(wf_pf_body *b, wf_pf_val v, wf_var **index, wf_expr *const *shape, int ndim,
                            wf_place at);

/* x % y of integers, 0 where y is 0. */
static wf_pf_val modulo(wf_pf_body *b, wf_pf_val x, wf_pf_val y, const wf_pf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val d = wf_pf_settle(b, wf_pf_convert(b, y, type, at), at), again = d, zero = wf_pf_int(b, 0, at);
    if (again.e) again.e = wf_pf_clone(u, again.e);
    wf_pf_val rest = wf_pf_binary(b, WF_PF_MOD, wf_pf_convert(b, x, type, at), d, at);
    wf_pf_val is_zero = wf_pf_compare(b, WF_PF_EQ, again, zero, at);
    if (is_zero.known && !is_zero.known->i) return wf_pf_convert(b, rest, type, at);
    return wf_pf_scalar(b, type,
                        wf_make_cond(u, wf_pf_truth(b, is_zero, at), wf_pf_number(b, zero, type, at),
                                     wf_pf_number(b, rest, type, at), at));
}

static wf_pf_val binary_element(wf_pf_body *b, const wf_pf_lazy *z, wf_pf_val x, wf_pf_val y, wf_place at) {
    const wf_pf_type *type = elementwise_type(b, z->args[0], z->args[1]);
    if (!type)
        return wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[z->op],
                           wf_pf_spell(b, z->args[0]), wf_pf_spell(b, z->args[1]));
    if (z->op >= WF_PF_LT && z->op <= WF_PF_NE)
        return wf_pf_compare(b, z->op, wf_pf_convert(b, x, type, at), wf_pf_convert(b, y, type, at), at);
    if (z->op == WF_PF_DIV && wf_pf_is_integral(type)) type = b->l->float64;
    int shift = z->op == WF_PF_LSHIFT || z->op == WF_PF_RSHIFT;
    if (z->op == WF_PF_POW && y.known && wf_pf_is_integral(y.type)) {
        wf_pf_val v = wf_pf_binary(b, z->op, wf_pf_convert(b, x, type, at), y, at);
        return wf_pf_convert(b, v, type, at);
    }
    if (type->kind == WF_PF_T_BOOL && z->op < WF_PF_OR && z->op != WF_PF_ADD && z->op != WF_PF_MUL)
        type = wf_pf_type_scalar(&b->l->types, 'b');
    if (z->op == WF_PF_MOD && wf_pf_is_integral(type)) return modulo(b, x, y, type, at);
    wf_pf_val v =
        wf_pf_binary(b, z->op, wf_pf_convert(b, x, type, at), shift ? y : wf_pf_convert(b, y, type, at), at);
    return v.type->kind == WF_PF_T_UNKNOWN                  ? v
           : type->kind == WF_PF_T_BOOL && z->op < WF_PF_OR ? wf_pf_scalar(b, type, wf_pf_truth(b, v, at))
                                                            : wf_pf_convert(b, v, type, at);
}

/* v[0] ? v[1] : v[2] */
wf_pf_val wf_pf_array_choose(wf_pf_body *b, const wf_pf_type *type, wf_pf_val *v, wf_place at) {
    wf_unit *u = b->l->u;
    if (!type)
        return wf_pf_error(b, at, NULL, "where() of %s and %s", wf_pf_spell(b, v[1]), wf_pf_spell(b, v[2]));
    if (type->kind != WF_PF_T_COMPLEX)
        return wf_pf_scalar(b, type,
                            wf_make_cond(u, wf_pf_truth(b, v[0], at), wf_pf_number(b, v[1], type, at),
                                         wf_pf_number(b, v[2], type, at), at));
    wf_pf_val x = wf_pf_convert(b, v[1], type, at), y = wf_pf_convert(b, v[2], type, at);
    wf_var *test = wf_pf_temp(b, "test", wf_type_scalar(u, WF_TY_BOOL), wf_pf_truth(b, v[0], at), at);
    wf_expr *parts[2];
    for (int i = 0; i < 2; i++)
        parts[i] = wf_make_cond(u, wf_make_var(u, test, at), wf_make_value(u, x.items[i].e),
                                wf_make_value(u, y.items[i].e), at);
    return wf_pf_complex(b, type, parts[0], parts[1]);
}

/* A number among the arguments of a function takes the arrays' type unless it is of a higher kind. */
static void weak_numbers(wf_pf_body *b, const wf_pf_lazy *z, wf_pf_val *v, wf_place at) {
    const wf_pf_type *type = NULL;
    if (z->function->kind != WF_PF_V_CALL || z->count < 2 || !strcmp(z->function->text, "numpy.ldexp") ||
        !strcmp(z->function->text, "numpy.where") || !strcmp(z->function->text, "numpy.round"))
        return;
    for (uint32_t i = 0; i < z->count; i++)
        if (z->args[i].type->kind == WF_PF_T_ARRAY)
            type = type ? wf_pf_type_promote(&b->l->types, type, v[i].type) : v[i].type;
    for (uint32_t i = 0; type && i < z->count; i++)
        if (z->args[i].type->kind != WF_PF_T_ARRAY && wf_pf_is_real(type) && v[i].type->kind <= type->kind)
            v[i] = wf_pf_convert(b, v[i], type, at);
}

/* A division by zero raises nothing in arrays, nor in a ufunc of numbers. */
static wf_pf_val quiet_element(wf_pf_body *b, const wf_pf_lazy *z, wf_pf_val x, wf_pf_val y, wf_place at) {
    int trap = b->l->options.trap_divide;
    b->l->options.trap_divide = 0;
    wf_pf_val out = binary_element(b, z, x, y, at);
    b->l->options.trap_divide = trap;
    return out;
}

wf_pf_val wf_pf_ufunc_of_numbers(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_pf_val args[] = {x, y};
    wf_pf_lazy z = {.kind = 'b', .op = op, .args = args, .count = 2};
    return quiet_element(b, &z, x, y, at);
}

static wf_pf_val lazy_element(wf_pf_body *b, const wf_pf_lazy *z, wf_var **index, wf_expr *const *shape,
                              int ndim, wf_place at) {
    wf_pf_val *v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, z->count + 1);
    for (uint32_t i = 0; i < z->count; i++) v[i] = element_of(b, z->args[i], index, shape, ndim, at);
    if (z->kind == 'b') return quiet_element(b, z, v[0], v[1], at);
    if (z->kind == 'u') {
        if (z->op == WF_PF_INVERT && v[0].type->kind == WF_PF_T_BOOL) /* NumPy's ~ of bools */
            return wf_pf_unary(b, WF_PF_NOT, v[0], at);
        wf_pf_val out = wf_pf_unary(b, z->op, v[0], at);
        return z->op != WF_PF_NOT && out.type->kind != WF_PF_T_UNKNOWN && v[0].type->kind != WF_PF_T_BOOL
                   ? wf_pf_convert(b, out, v[0].type, at)
                   : out;
    }
    weak_numbers(b, z, v, at);
    wf_pf_args args = {.v = v, .count = z->count, .at = at};
    args.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, z->count + 1);
    if (z->function->text && !strcmp(z->function->text, "numpy.where")) {
        const wf_pf_type *type = elementwise_type(b, z->args[1], z->args[2]);
        return wf_pf_array_choose(b, type, v, at);
    }
    return wf_pf_call_value(b, z->function, &args);
}

static wf_pf_val element_of(wf_pf_body *b, wf_pf_val v, wf_var **index, wf_expr *const *shape, int ndim,
                            wf_place at) {
    if (v.type->kind != WF_PF_T_ARRAY) { /* a number: every element's own copy */
        if (v.e) v.e = wf_pf_clone(b->l->u, v.e);
        return v;
    }
    if (v.lazy)
        return lazy_element(b, v.lazy, index + (ndim - v.type->ndim), shape + (ndim - v.type->ndim),
                            v.type->ndim, at);
    wf_pf_val i[NDIM_MAX];
    int skip = ndim - v.type->ndim;
    for (int k = 0; k < v.type->ndim; k++)
        i[k] = index_value(b, index[skip + k], v.array->shape[k],
                           !b->unstretched && !same_extent(v.array->shape[k], shape[skip + k]), at);
    return wf_pf_load(b, v.type->element, wf_pf_element(b, v, i, v.type->ndim, at));
}

wf_pf_val wf_pf_array_at(wf_pf_body *b, wf_pf_val v, wf_var **index, int ndim, wf_place at) {
    wf_expr *shape[NDIM_MAX];
    for (int i = 0; i < v.type->ndim; i++) shape[ndim - v.type->ndim + i] = wf_pf_shape_at(v, i);
    return element_of(b, v, index, shape, ndim, at);
}

/* ---- making them ---- */

/* The element's type, by building one element into a block that is dropped. */
static const wf_pf_type *probe(wf_pf_body *b, const wf_pf_lazy *z, int ndim, wf_place at) {
    wf_var *index[NDIM_MAX];
    wf_stmt *outer = wf_pf_open(b, at);
    for (int i = 0; i < ndim; i++) index[i] = wf_pf_temp(b, "i", integer(b), number(b, 0, at), at);
    wf_pf_val v = lazy_element(b, z, index, z->shape, ndim, at);
    wf_pf_close(b, outer);
    return v.type;
}

static wf_pf_val make_lazy(wf_pf_body *b, wf_pf_lazy draft, wf_pf_val *args, uint32_t count, wf_place at) {
    wf_pf_lazy *z = WF_NEW(&b->l->u->arena, wf_pf_lazy);
    *z = draft;
    int ndim = 0;
    z->args = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count + 1);
    z->count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (args[i].type->kind == WF_PF_T_UNKNOWN) return args[i];
        z->args[i] =
            args[i].type->kind == WF_PF_T_ARRAY && args[i].lazy ? args[i] : wf_pf_settle(b, args[i], at);
        if (args[i].type->kind == WF_PF_T_ARRAY && args[i].type->ndim > ndim) ndim = args[i].type->ndim;
    }
    if (ndim == 0) /* a number, not an array of no axes: so it is in NumPy */
        return wf_pf_settle(b, lazy_element(b, z, NULL, NULL, 0, at), at);
    char layout = 'F'; /* of columns where everything is */
    for (uint32_t i = 0; i < count; i++) {
        if (args[i].type->kind != WF_PF_T_ARRAY) continue;
        if (args[i].type->layout != 'F' || args[i].type->ndim != ndim) layout = 'C';
        int skip = ndim - args[i].type->ndim;
        for (int k = 0; k < args[i].type->ndim; k++)
            z->shape[skip + k] = meet(b, z->shape[skip + k], wf_pf_shape_at(z->args[i], k), at);
    }
    const wf_pf_type *element = probe(b, z, ndim, at);
    if (element->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    return (wf_pf_val){.type = wf_pf_type_array(&b->l->types, element, ndim, layout, 0), .lazy = z};
}

wf_pf_val wf_pf_lazy_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_pf_val args[] = {x, y};
    if (op == WF_PF_MATMUL) {
        wf_pf_args both = {.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2), .count = 2, .at = at};
        int handled = 0;
        memcpy(both.v, args, sizeof args);
        wf_pf_val v = wf_pf_resolve_named(b, "numpy.matmul", &both, &handled);
        return handled ? v : wf_pf_error(b, at, "write the loops", "operator @ is not supported in kernels");
    }
    return make_lazy(b, (wf_pf_lazy){.kind = 'b', .op = op}, args, 2, at);
}

wf_pf_val wf_pf_lazy_unary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_place at) {
    return make_lazy(b, (wf_pf_lazy){.kind = 'u', .op = op}, &x, 1, at);
}

wf_pf_val wf_pf_lazy_call(wf_pf_body *b, const wf_pf_value *function, wf_pf_val *args, uint32_t count,
                          wf_place at) {
    return make_lazy(b, (wf_pf_lazy){.kind = 'c', .function = function}, args, count, at);
}

/* ---- memory ---- */

/* The same memory, its elements in the order of columns. */
wf_pf_val wf_pf_in_columns(wf_pf_body *b, wf_pf_val made, char layout) {
    if (layout == 'F' && made.type->kind == WF_PF_T_ARRAY)
        made.type = wf_pf_type_array(&b->l->types, made.type->element, made.type->ndim, 'F', 0);
    return made;
}

wf_pf_val wf_pf_array_new(wf_pf_body *b, const wf_pf_type *element, wf_expr **shape, int ndim, wf_place at) {
    wf_unit *u = b->l->u;
    if (b->l->options.mode != WF_PF_HOST)
        return wf_pf_error(b, at, "write into an array that is passed in, or use cuda.local.array",
                           "a kernel cannot make a new array");
    wf_expr **extents = WF_NEW_ARRAY(&u->arena, wf_expr *, ndim + 1),
            *bytes = number(b, item_bytes(element), at);
    for (int i = 0; i < ndim; i++) {
        extents[i] = shape[i]->kind == WF_EX_INT
                         ? shape[i]
                         : wf_make_var(u, wf_pf_temp(b, "extent", integer(b), shape[i], at), at);
        bytes = wf_make_binary(u, WF_OP_MUL, bytes, wf_pf_clone(u, extents[i]), at);
    }
    const wf_type *pointer = wf_type_pointer(u, wf_pf_ctype(b->l, element));
    wf_expr *memory = wf_make_cast(u, pointer, wf_pf_heap_alloc_bytes(b, bytes, 0, at), at);
    wf_var *data = wf_pf_temp(b, b->hint ? b->hint : "fresh", pointer, memory, at);
    wf_pf_raise_unless(b, wf_make_bool(u, wf_make_var(u, data, at)), "MemoryError: out of memory", at);
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, element, ndim, 'C', 0)};
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_var(u, data, at);
    v.array->shape = extents;
    return v;
}

/* ---- loops ---- */

/* layout: 'F' goes along columns, the last axis outermost. */
void wf_pf_nest_begin(wf_pf_body *b, wf_pf_nest *n, wf_expr *const *shape, int ndim, char layout,
                      int parallel, wf_place at) {
    n->ndim = ndim;
    n->parallel = 0;
    for (int k = 0; k < ndim; k++) {
        int i = layout == 'F' ? ndim - 1 - k : k;
        wf_expr *stop = wf_pf_clone(b->l->u, shape[i]);
        if (k == 0 && parallel && b->l->options.parallel && b->l->options.hooks && !b->piece) {
            n->parallel = 1;
            if (!wf_pf_simple(stop))
                stop = wf_make_var(b->l->u, wf_pf_temp(b, "extent", integer(b), stop, at), at);
            n->index[i] = wf_pf_piece_begin(b, NULL, number(b, 0, at), stop, number(b, 1, at), 0, "i", at);
            continue;
        }
        n->loops[k] = wf_pf_count_begin(b, number(b, 0, at), stop, number(b, 1, at), 0, "i", at);
        n->index[i] = n->loops[k].i;
    }
}

void wf_pf_nest_end(wf_pf_body *b, wf_pf_nest *n) {
    for (int i = n->ndim; i-- > n->parallel;) wf_pf_count_end(b, &n->loops[i]);
    if (n->parallel) wf_pf_piece_end(b);
}

/* The first element, as a number. */
wf_pf_val wf_pf_array_item(wf_pf_body *b, wf_pf_val a, wf_place at) {
    wf_var *zero[NDIM_MAX];
    for (int i = 0; i < a.type->ndim; i++) zero[i] = wf_pf_temp(b, "zero", integer(b), number(b, 0, at), at);
    return wf_pf_array_at(b, a, zero, a.type->ndim, at);
}

static int reads_elsewhere(wf_pf_val array, wf_pf_val v) {
    if (!v.lazy) return wf_pf_reads_elsewhere(array, v);
    for (uint32_t i = 0; i < v.lazy->count; i++)
        if (reads_elsewhere(array, v.lazy->args[i])) return 1;
    return 0;
}

/* What is stored, as an array of no more dimensions than the target: of a tuple or list one is made, axes of
 * one element in front go. */
static wf_pf_val stored_value(wf_pf_body *b, wf_pf_val v, int ndim, wf_place at) {
    if (v.type->kind == WF_PF_T_TUPLE || v.type->kind == WF_PF_T_LIST) {
        wf_pf_args args = {.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 1), .count = 1, .at = at};
        int handled = 0;
        args.v[0] = v;
        v = wf_pf_resolve_named(b, "numpy.array", &args, &handled);
        if (!handled) return wf_pf_error(b, at, NULL, "%s cannot be stored in an array", wf_pf_spell(b, v));
    }
    while (v.type->kind == WF_PF_T_ARRAY && v.type->ndim > ndim) {
        if (v.lazy) v = wf_pf_materialise(b, v, at);
        if (v.type->kind == WF_PF_T_UNKNOWN) return v;
        wf_pf_raise_unless(b, wf_make_binary(b->l->u, WF_OP_EQ, wf_pf_extent(b, v, 0), number(b, 1, at), at),
                           mismatch, at);
        v = v.type->ndim > 1 ? wf_pf_array_row(b, v, wf_pf_int(b, 0, at), at) : wf_pf_array_item(b, v, at);
    }
    return v;
}

/* Joined to *test: each axis of the parts of v has the extent of the whole's, so that none is stretched. */
static void none_stretched(wf_pf_body *b, wf_pf_val v, wf_expr *const *shape, int ndim, wf_expr **test,
                           wf_place at) {
    wf_unit *u = b->l->u;
    if (v.type->kind != WF_PF_T_ARRAY) return;
    shape += ndim - v.type->ndim;
    for (uint32_t i = 0; v.lazy && i < v.lazy->count; i++)
        none_stretched(b, v.lazy->args[i], shape, v.type->ndim, test, at);
    for (int k = 0; !v.lazy && k < v.type->ndim; k++) {
        wf_expr *own = v.array->shape[k];
        if (same_extent(own, shape[k]) || (own->kind == WF_EX_INT && own->u.i == 1)) continue;
        wf_expr *same = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, own), wf_pf_clone(u, shape[k]), at);
        *test = *test ? wf_make_binary(u, WF_OP_LAND, *test, same, at) : same;
    }
}

static void fill_nest(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_expr *const *shape, wf_place at) {
    wf_pf_nest n;
    wf_pf_val index[NDIM_MAX];
    wf_pf_nest_begin(b, &n, array.array->shape, array.type->ndim, array.type->layout, 1, at);
    wf_pf_val element = element_of(b, v, n.index, shape, array.type->ndim, at);
    for (int i = 0; i < n.ndim; i++) {
        index[i] = wf_pf_scalar(b, b->l->int64, wf_make_var(b->l->u, n.index[i], at));
        index[i].nonneg = 1;
    }
    wf_pf_store(b, wf_pf_element(b, array, index, (uint32_t)n.ndim, at), array.type->element, element, at);
    wf_pf_nest_end(b, &n);
}

/* The array's elements from v, whose parts may be stretched to the shape. As a rule none is: for that there
 * are loops of their own, whose indices are the counters, since a choice in an index keeps a loop from
 * reading vectors. */
static void fill_stretched(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_expr *const *shape, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *test = NULL;
    if (b->l->options.mode == WF_PF_HOST && !b->l->options.parallel && !b->unstretched)
        none_stretched(b, v, shape, array.type->ndim, &test, at);
    if (!test) {
        fill_nest(b, array, v, shape, at);
        return;
    }
    wf_expr *args[2] = {wf_make_cast(u, integer(b), test, at), number(b, 1, at)};
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, at), *outer = wf_pf_open(b, at);
    branch->expr = wf_make_bool(u, wf_make_builtin(u, WF_BI_EXPECT, args, 2, at));
    b->unstretched++;
    fill_nest(b, array, v, shape, at);
    b->unstretched--;
    branch->body = wf_pf_close(b, outer);
    outer = wf_pf_open(b, at);
    fill_nest(b, array, v, shape, at);
    branch->other = wf_pf_close(b, outer);
    wf_block_add(b->block, branch);
}

/* Stores v, which is computed element by element as it is stored. */
static void fill_from(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    if (v.type->kind != WF_PF_T_ARRAY) v = wf_pf_settle(b, v, at);
    for (int i = 0; v.type->kind == WF_PF_T_ARRAY && i < v.type->ndim;
         i++) { /* an extent that is not ours must be 1 */
        wf_expr *own = array.array->shape[array.type->ndim - v.type->ndim + i], *other = wf_pf_shape_at(v, i);
        if (same_extent(own, other) || b->l->options.mode != WF_PF_HOST) continue;
        wf_expr *same = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, own), wf_pf_clone(u, other), at);
        wf_expr *one = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, other), number(b, 1, at), at);
        wf_pf_raise_unless(b, wf_make_binary(u, WF_OP_LOR, same, one, at), mismatch, at);
    }
    fill_stretched(b, array, v, array.array->shape, at);
}

/* Where all parts of v that read the array's memory are contiguous, a test at run time can tell whether they
 * lie apart from it, as one row of a matrix does from another: those parts' tests, joined. 0: they are not.
 */
static int parts_apart(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_expr **test, wf_place at) {
    for (uint32_t i = 0; v.lazy && i < v.lazy->count; i++)
        if (!parts_apart(b, array, v.lazy->args[i], test, at)) return 0;
    if (v.lazy || !wf_pf_reads_elsewhere(array, v)) return 1;
    if (v.type->layout != 'C' || array.type->layout != 'C') return 0;
    wf_expr *here =
        wf_pf_apart(b, array, wf_pf_array_count(b, array, at), v, wf_pf_array_count(b, v, at), at);
    *test = *test ? wf_make_binary(b->l->u, WF_OP_LAND, *test, here, at) : here;
    return 1;
}

/* v reads the memory that is written: it is computed first, unless it turns out to lie apart. */
static void fill_when_apart(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_place at) {
    wf_expr *test = NULL;
    int can_tell = !b->l->options.parallel && parts_apart(b, array, v, &test, at) && test;
    wf_stmt *branch = wf_stmt_new(b->l->u, WF_ST_IF, at), *outer = NULL;
    if (can_tell) {
        branch->expr = test;
        outer = wf_pf_open(b, at);
        fill_from(b, array, v, at);
        branch->body = wf_pf_close(b, outer);
        outer = wf_pf_open(b, at);
    }
    v = v.lazy ? wf_pf_materialise(b, v, at) : wf_pf_array_copy(b, v, v.type->element, 'C', at);
    if (v.type->kind != WF_PF_T_UNKNOWN) fill_from(b, array, v, at);
    if (!can_tell) return;
    branch->other = wf_pf_close(b, outer);
    wf_block_add(b->block, branch);
}

void wf_pf_array_fill(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_place at) {
    if (b->l->options.mode == WF_PF_HOST && array.type->kind == WF_PF_T_ARRAY)
        v = stored_value(b, v, array.type->ndim, at);
    if (wf_pf_is_text_array(array) && wf_pf_is_bytes_array(v)) v = wf_pf_text_of(b, v, at);
    if (v.type->kind == WF_PF_T_UNKNOWN || array.type->kind == WF_PF_T_UNKNOWN) return;
    if (wf_pf_takes_text(b, array, v)) {
        wf_pf_store_characters(b, array, v, at);
        return;
    }
    if (v.type->kind == WF_PF_T_ARRAY && v.type->ndim > array.type->ndim)
        wf_pf_error(b, at, NULL, "%s cannot be stored in %s", wf_pf_spell(b, v), wf_pf_spell(b, array));
    else if (b->l->options.mode == WF_PF_HOST && v.type->kind == WF_PF_T_ARRAY && reads_elsewhere(array, v))
        fill_when_apart(b, array, v, at);
    else fill_from(b, array, v, at);
}

wf_pf_val wf_pf_materialise(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (!v.lazy) return v;
    const wf_pf_lazy *z = v.lazy;
    wf_expr *shape[NDIM_MAX];
    for (int i = 0; i < v.type->ndim; i++) shape[i] = wf_pf_clone(b->l->u, z->shape[i]);
    wf_pf_val made =
        wf_pf_in_columns(b, wf_pf_array_new(b, v.type->element, shape, v.type->ndim, at), v.type->layout);
    if (made.type->kind == WF_PF_T_UNKNOWN) return made;
    fill_stretched(b, made, v, z->shape, at);
    return made;
}

/* ---- copies ---- */

wf_expr *wf_pf_array_count(wf_pf_body *b, wf_pf_val a, wf_place at) {
    wf_expr *count = number(b, 1, at);
    for (int i = 0; i < a.type->ndim; i++)
        count = wf_make_binary(b->l->u, WF_OP_MUL, count, wf_pf_clone(b->l->u, wf_pf_shape_at(a, i)), at);
    return count;
}

wf_pf_val wf_pf_array_copy(wf_pf_body *b, wf_pf_val a, const wf_pf_type *element, char layout, wf_place at) {
    wf_expr *shape[NDIM_MAX];
    for (int i = 0; i < a.type->ndim; i++) shape[i] = wf_pf_clone(b->l->u, wf_pf_shape_at(a, i));
    wf_pf_val made = wf_pf_in_columns(b, wf_pf_array_new(b, element, shape, a.type->ndim, at), layout);
    if (made.type->kind == WF_PF_T_UNKNOWN) return made;
    wf_pf_array *own = made.array, as_source = *own;
    as_source.shape = shape; /* known to be the source's own */
    made.array = &as_source;
    wf_pf_array_fill(b, made, a, at);
    made.array = own;
    return made;
}
