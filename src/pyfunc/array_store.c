/* pyfunc/array_store.c: what may be stored in an array: types, and values that read the array's own memory.
 *
 * NumPy computes as if the right side were finished before the left side is written. Loops that read and
 * write the same elements in step need no copy for that; whatever else reads memory of the same variable's is
 * computed apart first. Two arguments that overlap each other are not recognised. */
#include "pyfunc/lower.h"

int wf_pf_may_store(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_place at) {
    const wf_pf_type *to = array.type->kind == WF_PF_T_ARRAY ? array.type->element : NULL,
                     *from = v.type->kind == WF_PF_T_ARRAY ? v.type->element : v.type;
    if (!to || from->kind == WF_PF_T_UNKNOWN) return 0;
    int fits = wf_pf_is_number(from) && wf_pf_is_number(to) && from->kind <= to->kind;
    if (fits && from->kind == WF_PF_T_INT && to->kind == WF_PF_T_INT && from->is_signed && !to->is_signed)
        fits = 0; /* NumPy's "same_kind" */
    if (!fits)
        wf_pf_error(b, at, "convert it with astype()", "a result of type %s cannot be stored in %s",
                    wf_pf_type_spell(&b->l->types, from), wf_pf_spell(b, array));
    return fits;
}

/* A view that was kept in variables remembers in `front` what it is a view of (wf_pf_settle). */
const wf_var *wf_pf_root(const wf_expr *e) {
    while (e && e->kind != WF_EX_VAR) e = e->a;
    const wf_var *var = e ? e->u.var : NULL;
    while (var && var->type->kind == WF_TY_POINTER && var->front) var = var->front;
    return var;
}

static int same_expr(const wf_expr *x, const wf_expr *y) {
    if (!x || !y) return x == y;
    if (x->kind != y->kind || x->op != y->op) return 0;
    if (x->kind == WF_EX_VAR) return x->u.var == y->u.var;
    if (x->kind == WF_EX_INT) return x->u.i == y->u.i;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN || x->kind == WF_EX_CALLPTR) return 0;
    return same_expr(x->a, y->a) && same_expr(x->b, y->b) && same_expr(x->c, y->c);
}

int wf_pf_reads_elsewhere(wf_pf_val array, wf_pf_val v) {
    if (v.type->kind != WF_PF_T_ARRAY) return 0;
    if (wf_pf_root(v.array->data) != wf_pf_root(array.array->data)) return 0;
    if (v.type->layout != array.type->layout || v.type->ndim != array.type->ndim ||
        !same_expr(v.array->data, array.array->data))
        return 1;
    for (int i = 0; i < v.type->ndim; i++) {
        if (!same_expr(v.array->shape[i], array.array->shape[i])) return 1;
        if (v.type->layout == 'A' && !same_expr(v.array->strides[i], array.array->strides[i])) return 1;
    }
    return 0;
}

/* Whether two contiguous arrays of so many elements share no memory, or are one and the same. */
wf_expr *wf_pf_apart(wf_pf_body *b, wf_pf_val x, wf_expr *x_count, wf_pf_val y, wf_expr *y_count,
                     wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *wide = wf_type_scalar(u, WF_TY_ULONG);
    wf_expr *low[2], *high[2];
    for (int i = 0; i < 2; i++) {
        wf_expr *data = wf_pf_clone(u, i ? y.array->data : x.array->data);
        wf_var *var = wf_pf_temp(b, "from", data->type, data, at);
        low[i] = wf_make_cast(u, wide, wf_make_var(u, var, at), at);
        high[i] = wf_make_cast(
            u, wide, wf_make_binary(u, WF_OP_ADD, wf_make_var(u, var, at), i ? y_count : x_count, at), at);
    }
    wf_expr *apart =
        wf_make_binary(u, WF_OP_LOR, wf_make_binary(u, WF_OP_LE, high[0], wf_pf_clone(u, low[1]), at),
                       wf_make_binary(u, WF_OP_LE, high[1], wf_pf_clone(u, low[0]), at), at);
    if (x.type->ndim != y.type->ndim || x.type->element != y.type->element) return apart;
    wf_expr *same = wf_make_binary(u, WF_OP_EQ, low[0], low[1], at);
    for (int i = 0; i < x.type->ndim; i++)
        same = wf_make_binary(u, WF_OP_LAND, same,
                              wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, x.array->shape[i]),
                                             wf_pf_clone(u, y.array->shape[i]), at),
                              at);
    return wf_make_binary(u, WF_OP_LOR, apart, same, at);
}
