/* pyfunc/ranges.c: range(): what a for loop counts over, and as a value of its own.
 *
 * A range that is kept, passed or returned is a tuple of start, stop and step with a type of its own (types.h),
 * as a slice is one. Its length, its items, slices and `in` are computed from the three; whatever else takes a
 * sequence gets a list of its numbers. */
#include "pyfunc/lower.h"
#include <string.h>

/* A bound that is read again at each turn: kept in a variable unless it cannot change. */
wf_expr *wf_pf_keep_bound(wf_pf_body *b, wf_pf_val v, const char *name, wf_place at) {
    wf_expr *e = wf_pf_long(b, v, at);
    if (v.known || v.stable || !wf_pf_is_volatile(e)) return e;
    if (e->kind == WF_EX_VAR && e->u.var->is_param && !e->u.var->address_taken && v.stable) return e;
    return wf_make_var(b->l->u, wf_pf_temp(b, name, wf_type_scalar(b->l->u, WF_TY_LONG), e, at), at);
}

int wf_pf_range_of(wf_pf_body *b, const wf_pf_expr *call, wf_pf_range *r) {
    wf_pf_val v[3];
    uint32_t n = call->count;
    if (n < 1 || n > 3 || call->keyword_count) {
        wf_pf_error(b, call->at, NULL, "range() takes 1 to 3 arguments, got %u", n);
        return 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        v[i] = wf_pf_eval(b, call->items[i]);
        if (v[i].type->kind == WF_PF_T_UNKNOWN) v[i] = wf_pf_int(b, 0, call->at);
        if (v[i].type->kind == WF_PF_T_FLOAT) /* cut, as in Numba: np.floor() and its kin give floats */
            v[i] = wf_pf_scalar(b, b->l->int64, wf_pf_number(b, v[i], b->l->int64, call->at));
    }
    wf_pf_val start = n > 1 ? v[0] : wf_pf_int(b, 0, call->at), stop = v[n > 1];
    wf_pf_val step = n > 2 ? v[2] : wf_pf_int(b, 1, call->at);
    if (step.known && step.known->i == 0) {
        wf_pf_error(b, call->at, NULL, "range() with a step of zero");
        return 0;
    }
    /* kernels' steps without a sign are sizes of the grid, mostly, and are not looked at */
    if (!step.known && (b->l->options.mode == WF_PF_HOST || !step.nonneg)) {
        step = wf_pf_settle(b, step, call->at);
        wf_expr *zero = wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), 0, call->at);
        wf_pf_raise_when(
            b,
            wf_make_binary(b->l->u, WF_OP_EQ, wf_pf_long(b, wf_pf_copy(b, step), call->at), zero, call->at),
            "ValueError: range() arg 3 must not be zero", call->at);
    }
    r->down = step.known ? step.known->i < 0 : step.nonneg ? 0 : 2;
    r->nonneg = r->down == 0 ? start.nonneg : r->down == 1 && stop.known && stop.known->i >= -1;
    r->start = wf_pf_long(b, start, call->at);
    r->stop = wf_pf_keep_bound(b, stop, "stop", call->at);
    r->step = wf_pf_keep_bound(b, step, "step", call->at);
    return 1;
}

/* How many turns a range has: (stop - start - 1) / step + 1, and the mirror image; 0 where it ends before it begins. Without
 * signs, so that a range longer than half of all integers has its length too. */
static wf_expr *turns(wf_pf_body *b, const wf_pf_range *r, int sign, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *wide = wf_type_scalar(u, WF_TY_ULONG), *integer = wf_type_scalar(u, WF_TY_LONG);
    wf_expr *low = sign > 0 ? r->start : r->stop, *high = sign > 0 ? r->stop : r->start;
    wf_expr *step = wf_pf_clone(u, r->step);
    if (sign < 0) step = wf_make_unary(u, WF_OP_NEG, step, at);
    wf_expr *span = wf_make_binary(u, WF_OP_SUB, wf_make_cast(u, wide, wf_pf_clone(u, high), at),
                                   wf_make_cast(u, wide, wf_pf_clone(u, low), at), at);
    span = wf_make_binary(u, WF_OP_SUB, span, wf_make_int(u, wide, 1, at), at);
    wf_expr *steps = wf_make_binary(u, WF_OP_DIV, span, wf_make_cast(u, wide, step, at), at);
    wf_expr *count =
        wf_make_binary(u, WF_OP_ADD, wf_make_cast(u, integer, steps, at), wf_make_int(u, integer, 1, at), at);
    wf_expr *some = wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, low), wf_pf_clone(u, high), at);
    return wf_make_cond(u, some, count, wf_make_int(u, integer, 0, at), at);
}

/* ---- ranges as values ---- */

wf_pf_val wf_pf_range_made(wf_pf_body *b, wf_pf_val start, wf_pf_val stop, wf_pf_val step) {
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 3);
    items[0] = start, items[1] = stop, items[2] = step;
    wf_pf_val v = wf_pf_tuple(b, items, 3);
    if (v.type->kind == WF_PF_T_TUPLE) v.type = wf_pf_type_range(&b->l->types);
    return v;
}

/* A bound as a number of run time, but for constants. */
static wf_pf_val bound(wf_pf_body *b, wf_expr *e, wf_place at) {
    return e->kind == WF_EX_INT ? wf_pf_int(b, (int64_t)e->u.i, at) : wf_pf_scalar(b, b->l->int64, e);
}

wf_pf_val wf_pf_range_new(wf_pf_body *b, const wf_pf_expr *call) {
    wf_pf_range r = {0};
    if (!wf_pf_range_of(b, call, &r)) return wf_pf_unknown(b);
    wf_pf_val start = bound(b, r.start, call->at);
    start.nonneg = (uint8_t)r.nonneg;
    wf_pf_val v = wf_pf_range_made(b, start, bound(b, r.stop, call->at), bound(b, r.step, call->at));
    v.nonneg = r.nonneg && r.down == 0;
    return v;
}

static wf_expr *positive(wf_pf_body *b, wf_expr *e, wf_place at) {
    return wf_make_binary(b->l->u, WF_OP_GT, e, wf_make_int(b->l->u, e->type, 0, at), at);
}

static wf_expr *part(wf_pf_body *b, wf_pf_val range, int i, wf_place at) {
    return wf_pf_long(b, wf_pf_copy(b, range.items[i]), at);
}

wf_expr *wf_pf_range_length(wf_pf_body *b, wf_pf_val range, wf_place at) {
    const wf_pf_value *step = range.items[2].known;
    wf_pf_range r = {part(b, range, 0, at), part(b, range, 1, at), part(b, range, 2, at), 0, 0};
    if (step) return turns(b, &r, step->i > 0 ? 1 : -1, at);
    wf_expr *up = turns(b, &r, 1, at), *down = turns(b, &r, -1, at);
    return wf_make_cond(b->l->u, positive(b, wf_pf_clone(b->l->u, r.step), at), up, down, at);
}

wf_pf_val wf_pf_range_count(wf_pf_body *b, wf_pf_val range, wf_place at) {
    wf_expr *n = wf_pf_range_length(b, wf_pf_settle(b, range, at), at);
    wf_pf_val v = wf_pf_scalar(b, b->l->int64,
                               wf_pf_builtin(b, WF_BI_MAX, at, 2, n, wf_make_int(b->l->u, n->type, 0, at)));
    v.nonneg = 1;
    return v;
}

static wf_expr *step_off(wf_pf_body *b, wf_pf_val range, wf_expr *index, wf_place at) {
    wf_expr *off = wf_make_binary(b->l->u, WF_OP_MUL, index, part(b, range, 2, at), at);
    return wf_make_binary(b->l->u, WF_OP_ADD, part(b, range, 0, at), off, at);
}

wf_pf_val wf_pf_range_item(wf_pf_body *b, wf_pf_val range, wf_pf_val index, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG), *wide = wf_type_scalar(u, WF_TY_ULONG);
    range = wf_pf_settle(b, range, at);
    wf_var *n = wf_pf_temp(b, "n", integer, wf_pf_range_count(b, range, at).e, at);
    wf_var *i = wf_pf_temp(b, "i", integer, wf_pf_long(b, index, at), at);
    wf_expr *negative =
        wf_make_binary(u, WF_OP_LT, wf_make_var(u, i, at), wf_make_int(u, integer, 0, at), at);
    wf_expr *more = wf_make_binary(u, WF_OP_ADD, wf_make_var(u, i, at), wf_make_var(u, n, at), at);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, i, at),
                                 wf_make_cond(u, negative, more, wf_make_var(u, i, at), at), at));
    if (b->l->options.mode == WF_PF_HOST)
        wf_pf_raise_when(b,
                         wf_make_binary(u, WF_OP_GE, wf_make_cast(u, wide, wf_make_var(u, i, at), at),
                                        wf_make_cast(u, wide, wf_make_var(u, n, at), at), at),
                         "IndexError: range object index out of range", at);
    return wf_pf_scalar(b, b->l->int64, step_off(b, range, wf_make_var(u, i, at), at));
}

/* range[start:], whose cut was found as that of anything so long: `length` items from `start`, every stride-th. */
wf_pf_val wf_pf_range_cut(wf_pf_body *b, wf_pf_val range, wf_expr *start, wf_expr *length, wf_expr *stride,
                          wf_place at) {
    wf_pf_val first = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, step_off(b, range, start, at)), at);
    wf_expr *step = wf_make_binary(b->l->u, WF_OP_MUL, part(b, range, 2, at), stride, at);
    wf_pf_val by = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, step), at);
    wf_pf_val made = wf_pf_range_made(b, first, first, by);
    made.items[1] = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, step_off(b, made, length, at)), at);
    return made;
}

/* Between its ends, and whole steps from its start. */
wf_pf_val wf_pf_range_contains(wf_pf_body *b, wf_pf_op op, wf_pf_val item, wf_pf_val range, wf_place at) {
    wf_unit *u = b->l->u;
    if (!wf_pf_is_integral(item.type)) {
        wf_pf_val list = wf_pf_range_list(b, range, at);
        return wf_pf_contains(b, op, item, list, at);
    }
    range = wf_pf_settle(b, range, at);
    item = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, wf_pf_long(b, item, at)), at);
#define ITEM() wf_pf_long(b, wf_pf_copy(b, item), at)
#define PART(i) part(b, range, i, at)
    wf_expr *up = wf_make_binary(u, WF_OP_LAND, wf_make_binary(u, WF_OP_GE, ITEM(), PART(0), at),
                                 wf_make_binary(u, WF_OP_LT, ITEM(), PART(1), at), at);
    wf_expr *down = wf_make_binary(u, WF_OP_LAND, wf_make_binary(u, WF_OP_LE, ITEM(), PART(0), at),
                                   wf_make_binary(u, WF_OP_GT, ITEM(), PART(1), at), at);
    wf_expr *off = wf_make_binary(u, WF_OP_SUB, ITEM(), PART(0), at);
    wf_expr *rest = wf_make_binary(u, WF_OP_REM, off, PART(2), at);
    wf_expr *whole = wf_make_binary(u, WF_OP_EQ, rest, wf_make_int(u, rest->type, 0, at), at);
    wf_expr *inside = wf_make_cond(u, positive(b, PART(2), at), up, down, at);
#undef ITEM
#undef PART
    wf_pf_val in = wf_pf_scalar(b, b->l->boolean, wf_make_binary(u, WF_OP_LAND, inside, whole, at));
    return op == WF_PF_NOT_IN ? wf_pf_unary(b, WF_PF_NOT, in, at) : in;
}

/* Two ranges are equal whose numbers are. */
wf_pf_val wf_pf_range_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    x = wf_pf_settle(b, x, at);
    y = wf_pf_settle(b, y, at);
    wf_pf_val n = wf_pf_settle(b, wf_pf_range_count(b, x, at), at), m = wf_pf_range_count(b, y, at);
#define COUNT() wf_pf_long(b, wf_pf_copy(b, n), at)
#define UPTO(i) wf_make_binary(u, WF_OP_LE, COUNT(), wf_make_int(u, m.e->type, i, at), at)
#define SAME(i) wf_make_binary(u, WF_OP_EQ, part(b, x, i, at), part(b, y, i, at), at)
    wf_expr *steps = wf_make_binary(u, WF_OP_LOR, UPTO(1), SAME(2), at);
    wf_expr *items = wf_make_binary(u, WF_OP_LAND, SAME(0), steps, at);
    items = wf_make_binary(u, WF_OP_LOR, UPTO(0), items, at);
    wf_expr *lengths = wf_make_binary(u, WF_OP_EQ, COUNT(), m.e, at);
#undef COUNT
#undef UPTO
#undef SAME
    wf_pf_val same = wf_pf_scalar(b, b->l->boolean, wf_make_binary(u, WF_OP_LAND, lengths, items, at));
    return op == WF_PF_NE ? wf_pf_unary(b, WF_PF_NOT, same, at) : same;
}

/* A list of its numbers; anything else as it is. */
wf_pf_val wf_pf_range_list(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (!wf_pf_is_range(v.type) || b->l->options.mode != WF_PF_HOST) return v;
    const wf_type *integer = wf_type_scalar(b->l->u, WF_TY_LONG);
    v = wf_pf_settle(b, v, at);
    wf_pf_val list = wf_pf_list_new(b, b->l->int64, 0, at);
    wf_pf_held held = {list.e, b->held};
    wf_var *n = wf_pf_temp(b, "n", integer, wf_pf_range_length(b, v, at), at);
    b->held = &held;
    wf_pf_count c = wf_pf_count_begin(b, wf_make_int(b->l->u, integer, 0, at), wf_make_var(b->l->u, n, at),
                                      wf_make_int(b->l->u, integer, 1, at), 0, "i", at);
    wf_pf_list_append(b, list,
                      wf_pf_scalar(b, b->l->int64, step_off(b, v, wf_make_var(b->l->u, c.i, at), at)), at);
    wf_pf_count_end(b, &c);
    b->held = held.outer;
    return list;
}
