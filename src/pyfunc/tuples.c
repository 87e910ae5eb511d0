/* pyfunc/tuples.c: tuples: joined, compared, indexed by a number that is known only at run time. */
#include "pyfunc/lower.h"
#include <string.h>

enum { LEAVES_MAX = 256 };

static wf_expr *number(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), (uint64_t)i, at);
}

wf_pf_val wf_pf_tuple_joined(wf_pf_body *b, wf_pf_val x, wf_pf_val y) {
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, x.type->count + y.type->count + 1);
    for (uint32_t i = 0; i < x.type->count; i++) items[i] = x.items[i];
    for (uint32_t i = 0; i < y.type->count; i++) items[x.type->count + i] = y.items[i];
    uint32_t count = x.type->count + y.type->count;
    return wf_pf_is_mixed_list(x.type) ? wf_pf_mixed_list(b, items, count) : wf_pf_tuple(b, items, count);
}

/* The whole tuple n times. */
wf_pf_val wf_pf_tuple_repeated(wf_pf_body *b, wf_pf_val x, int64_t n, wf_place at) {
    uint32_t count = n > 0 ? (uint32_t)n * x.type->count : 0;
    if (n > 64 || count > 64) return wf_pf_error(b, at, NULL, "a tuple of more than 64 items");
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count + 1);
    x = wf_pf_settle(b, x, at);
    for (uint32_t i = 0; i < count; i++) items[i] = wf_pf_copy(b, x.items[i % x.type->count]);
    return wf_pf_is_mixed_list(x.type) ? wf_pf_mixed_list(b, items, count) : wf_pf_tuple(b, items, count);
}

/* ---- comparison ---- */

static wf_expr *truth_of(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    return wf_pf_truth(b, wf_pf_compare(b, op, wf_pf_copy(b, x), wf_pf_copy(b, y), at), at);
}

static wf_pf_val equal(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    if (x.type->count != y.type->count) return wf_pf_bool(b, op == WF_PF_NE);
    if (x.type->size != y.type->size && (wf_pf_is_member(b, x.type) || wf_pf_is_member(b, y.type)))
        return wf_pf_bool(b, op == WF_PF_NE);
    wf_pf_val all = wf_pf_bool(b, 1);
    for (uint32_t i = 0; i < x.type->count; i++) {
        wf_pf_val one = wf_pf_compare(b, WF_PF_EQ, x.items[i], y.items[i], at);
        if (one.known && one.known->i) continue;
        if (one.known) return wf_pf_bool(b, op == WF_PF_NE);
        all = all.known ? one
                        : wf_pf_scalar(b, b->l->boolean,
                                       wf_make_binary(b->l->u, WF_OP_LAND, wf_pf_truth(b, all, at),
                                                      wf_pf_truth(b, one, at), at));
    }
    return op == WF_PF_NE ? wf_pf_unary(b, WF_PF_NOT, all, at) : all;
}

/* The first items that differ decide; else the lengths. Built from the end: here < there, or equal and the
 * rest decides. */
static wf_pf_val ordered(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *boolean = wf_type_scalar(u, WF_TY_BOOL);
    uint32_t n = x.type->count < y.type->count ? x.type->count : y.type->count;
    int below = op == WF_PF_LT || op == WF_PF_LE;
    wf_pf_op strict = below ? WF_PF_LT : WF_PF_GT;
    int64_t more = (int64_t)x.type->count - (int64_t)y.type->count;
    int last = more == 0 ? op == WF_PF_LE || op == WF_PF_GE : (more < 0) == below;
    wf_expr *result = wf_make_int(u, boolean, (uint64_t)last, at);
    x = wf_pf_settle(b, x, at);
    y = wf_pf_settle(b, y, at);
    for (uint32_t i = n; i-- > 0;) {
        wf_expr *here = truth_of(b, strict, x.items[i], y.items[i], at);
        wf_expr *same = truth_of(b, WF_PF_EQ, x.items[i], y.items[i], at);
        result = wf_make_binary(u, WF_OP_LOR, here, wf_make_binary(u, WF_OP_LAND, same, result, at), at);
    }
    return wf_pf_scalar(b, b->l->boolean, result);
}

wf_pf_val wf_pf_tuple_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    return op == WF_PF_EQ || op == WF_PF_NE ? equal(b, op, x, y, at) : ordered(b, op, x, y, at);
}

/* ---- items ---- */

const wf_pf_type *wf_pf_tuple_item_type(wf_pf_body *b, wf_pf_val t) {
    const wf_pf_type *type = b->l->unknown;
    for (uint32_t k = 0; k < t.type->count && type; k++)
        type = wf_pf_type_unify(&b->l->types, type, wf_pf_runtime_type(b, t.items[k]));
    return type && type->kind != WF_PF_T_STATIC && type->kind != WF_PF_T_UNKNOWN ? type : NULL;
}

/* The item at an index that is inside; the items have this type together. */
wf_pf_val wf_pf_tuple_at(wf_pf_body *b, wf_pf_val t, const wf_pf_type *type, wf_expr *index, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *types[LEAVES_MAX];
    uint32_t count = wf_pf_leaf_count(type);
    if (count > LEAVES_MAX) return wf_pf_error(b, at, NULL, "an item of too many parts");
    wf_expr **leaves = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    wf_pf_leaf_types(b->l, type, types);
    for (uint32_t i = 0; i < count; i++)
        leaves[i] = wf_make_var(u, wf_pf_temp(b, "item", types[i], wf_pf_zero(b, types[i], at), at), at);
    for (uint32_t k = 0; k < t.type->count; k++) {
        wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at), *outer = wf_pf_open(b, at);
        test->expr = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, index), number(b, k, at), at);
        wf_pf_set_leaves(b, leaves, wf_pf_runtime(b, wf_pf_copy(b, t.items[k]), at), type, at);
        test->body = wf_pf_close(b, outer);
        wf_block_add(b->block, test);
    }
    return wf_pf_val_of_leaves(b, type, leaves);
}

/* t[i]: from either end; outside it raises, in kernels with debug=True. */
wf_pf_val wf_pf_tuple_item(wf_pf_body *b, wf_pf_val t, wf_pf_val index, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = wf_pf_tuple_item_type(b, t);
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG), *wide = wf_type_scalar(u, WF_TY_ULONG);
    if (!type)
        return wf_pf_error(b, at, NULL, "%s needs a constant index: its items have different types",
                           wf_pf_spell(b, t));
    t = wf_pf_settle(b, t, at);
    wf_var *i = wf_pf_temp(b, "i", integer, wf_pf_long(b, index, at), at);
    wf_expr *negative = wf_make_binary(u, WF_OP_LT, wf_make_var(u, i, at), number(b, 0, at), at);
    wf_expr *more = wf_make_binary(u, WF_OP_ADD, wf_make_var(u, i, at), number(b, t.type->count, at), at);
    if (!index.nonneg)
        wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, i, at),
                                     wf_make_cond(u, negative, more, wf_make_var(u, i, at), at), at));
    if (b->l->options.mode == WF_PF_HOST || b->l->options.trap_divide) /* kernels with debug=True */
        wf_pf_raise_when(b,
                         wf_make_binary(u, WF_OP_GE, wf_make_cast(u, wide, wf_make_var(u, i, at), at),
                                        wf_make_int(u, wide, t.type->count, at), at),
                         "IndexError: tuple index out of range", at);
    if (!wf_pf_is_real(type)) return wf_pf_tuple_at(b, t, type, wf_make_var(u, i, at), at);
    wf_expr *chosen = wf_pf_number(b, wf_pf_copy(b, t.items[t.type->count - 1]), type, at);
    for (uint32_t k = t.type->count - 1; k-- > 0;) {
        wf_expr *is = wf_make_binary(u, WF_OP_EQ, wf_make_var(u, i, at), number(b, k, at), at);
        chosen = wf_make_cond(u, is, wf_pf_number(b, wf_pf_copy(b, t.items[k]), type, at), chosen, at);
    }
    return wf_pf_scalar(b, type, chosen);
}

/* t.count(x), t.index(x): each item is compared for itself, as items may have different types. */
wf_pf_val wf_pf_tuple_method(wf_pf_body *b, wf_pf_val t, const char *name, wf_pf_args *args, int *handled) {
    wf_unit *u = b->l->u;
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG);
    int counts = !strcmp(name, "count");
    wf_place at = args->at;
    *handled = args->count == 1 && !args->keyword_count && (counts || !strcmp(name, "index"));
    if (!*handled) return wf_pf_unknown(b);
    wf_pf_val x = wf_pf_settle(b, args->v[0], at);
    if (x.type->kind == WF_PF_T_UNKNOWN) return x;
    wf_expr *found = number(b, counts ? 0 : t.type->count, at);
    for (uint32_t k = t.type->count; k-- > 0;) {
        wf_expr *same = truth_of(b, WF_PF_EQ, t.items[k], x, at);
        if (same->kind == WF_EX_INT && !same->u.i) continue;
        found = counts ? wf_make_binary(u, WF_OP_ADD, found, wf_make_cast(u, integer, same, at), at)
                       : wf_make_cond(u, same, number(b, k, at), found, at);
    }
    if (counts) return wf_pf_scalar(b, b->l->int64, found);
    wf_pf_val index =
        wf_pf_scalar(b, b->l->int64, wf_make_var(u, wf_pf_temp(b, "index", integer, found, at), at));
    wf_pf_raise_when(b,
                     wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, index.e), number(b, t.type->count, at), at),
                     "ValueError: tuple.index(x): x not in tuple", at);
    index.nonneg = 1;
    return index;
}
