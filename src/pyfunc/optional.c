/* pyfunc/optional.c: a value or None.
 *
 * A variable, or a function's result, that is None at one place and a value at another is an optional: a flag
 * beside the value, whose parts are zero where there is none. `x is None` looks at the flag; whatever needs
 * the value takes it out, and raises TypeError at run time where there is none, as Numba does. Where the
 * flag is set before, the optimiser sees it and nothing is left of the test. */
#include "pyfunc/lower.h"
#include <string.h>

enum { LEAVES_MAX = 256 };

wf_expr *wf_pf_zero(wf_pf_body *b, const wf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    if (wf_type_is_float(type)) return wf_make_convert(u, type, wf_make_float(u, type, 0, at), at);
    if (type->kind == WF_TY_POINTER)
        return wf_make_cast(u, type, wf_make_int(u, wf_type_scalar(u, WF_TY_LLONG), 0, at), at);
    return wf_make_convert(u, type, wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 0, at), at);
}

/* A value of this type whose parts are all zero. */
static wf_pf_val zero_value(wf_pf_body *b, const wf_pf_type *type, wf_place at) {
    const wf_type *types[LEAVES_MAX];
    uint32_t count = wf_pf_leaf_count(type);
    if (count > LEAVES_MAX) return wf_pf_error(b, at, NULL, "a value of too many parts");
    wf_expr **leaves = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
    wf_pf_leaf_types(b->l, type, types);
    for (uint32_t i = 0; i < count; i++) leaves[i] = wf_pf_zero(b, types[i], at);
    return wf_pf_val_of_leaves(b, type, leaves);
}

static wf_pf_val optional_of(wf_pf_body *b, const wf_pf_type *type, wf_pf_val flag, wf_pf_val value) {
    wf_pf_val v = {.type = type, .items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2)};
    v.items[0] = flag;
    v.items[1] = value;
    return v;
}

static wf_pf_val flag_of(wf_pf_body *b, int truth, wf_place at) {
    const wf_type *boolean = wf_type_scalar(b->l->u, WF_TY_BOOL);
    return wf_pf_scalar(b, b->l->boolean, wf_make_int(b->l->u, boolean, (uint64_t)truth, at));
}

wf_pf_val wf_pf_to_optional(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    if (v.type->kind == WF_PF_T_NONE)
        return optional_of(b, to, flag_of(b, 0, at), zero_value(b, to->element, at));
    if (v.type->kind != WF_PF_T_OPTIONAL)
        return optional_of(b, to, flag_of(b, 1, at), wf_pf_convert(b, v, to->element, at));
    return optional_of(b, to, v.items[0], wf_pf_convert(b, v.items[1], to->element, at));
}

wf_pf_val wf_pf_unwrap(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (v.type->kind != WF_PF_T_OPTIONAL) return v;
    wf_unit *u = b->l->u;
    v = wf_pf_settle(b, v, at);
    if (v.items[0].known ? v.items[0].known->i : v.items[0].e->kind == WF_EX_INT && v.items[0].e->u.i)
        return v.items[1];
    const char *text = wf_arena_printf(&u->arena, "TypeError: expected %s, got None",
                                       wf_pf_type_spell(&b->l->types, v.type->element));
    wf_expr *there = wf_pf_clone(u, wf_pf_number(b, v.items[0], b->l->boolean, at));
    wf_pf_raise_when(b, wf_make_unary(u, WF_OP_LNOT, there, at), text, at);
    return v.items[1];
}

/* Whether it is None, as a value. */
wf_pf_val wf_pf_is_none(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (v.type->kind != WF_PF_T_OPTIONAL) return wf_pf_bool(b, v.type->kind == WF_PF_T_NONE);
    wf_expr *there = wf_pf_number(b, v.items[0], b->l->boolean, at);
    return wf_pf_scalar(b, b->l->boolean,
                        wf_make_unary(b->l->u, WF_OP_LNOT, wf_pf_clone(b->l->u, there), at));
}

/* == and != with an optional on a side, as Python has them: None equals None alone. */
wf_pf_val wf_pf_compare_optional(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *boolean = wf_type_scalar(u, WF_TY_BOOL);
    x = wf_pf_settle(b, x, at);
    y = wf_pf_settle(b, y, at);
    wf_pf_val none_x = wf_pf_is_none(b, x, at), none_y = wf_pf_is_none(b, y, at);
    if (y.type->kind == WF_PF_T_NONE) return op == WF_PF_EQ ? none_x : wf_pf_unary(b, WF_PF_NOT, none_x, at);
    if (x.type->kind == WF_PF_T_NONE) return op == WF_PF_EQ ? none_y : wf_pf_unary(b, WF_PF_NOT, none_y, at);
    wf_expr *a = wf_pf_number(b, none_x, b->l->boolean, at), *c = wf_pf_number(b, none_y, b->l->boolean, at);
    wf_expr *any = wf_make_binary(u, WF_OP_LOR, a, c, at);
    wf_expr *both = wf_make_binary(u, WF_OP_LAND, wf_pf_clone(u, a), wf_pf_clone(u, c), at);
    wf_var *result = wf_pf_temp(b, "same", boolean, both, at);
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at), *outer = wf_pf_open(b, at);
    test->expr = wf_make_unary(u, WF_OP_LNOT, any, at);
    wf_pf_val same = wf_pf_compare(b, WF_PF_EQ, x.type->kind == WF_PF_T_OPTIONAL ? x.items[1] : x,
                                   y.type->kind == WF_PF_T_OPTIONAL ? y.items[1] : y, at);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, result, at), wf_pf_truth(b, same, at), at));
    test->body = wf_pf_close(b, outer);
    wf_block_add(b->block, test);
    wf_pf_val v = wf_pf_scalar(b, b->l->boolean, wf_make_var(u, result, at));
    return op == WF_PF_EQ ? v : wf_pf_unary(b, WF_PF_NOT, v, at);
}

/* bool(x): there, and true. */
wf_expr *wf_pf_optional_truth(wf_pf_body *b, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    v = wf_pf_settle(b, v, at);
    wf_expr *there = wf_pf_clone(u, wf_pf_number(b, v.items[0], b->l->boolean, at));
    return wf_make_binary(u, WF_OP_LAND, there, wf_pf_truth(b, v.items[1], at), at);
}
