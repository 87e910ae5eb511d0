/* pyfunc/arrays.c: arrays inside functions: their elements, and how an index finds one.
 *
 * An array is a pointer, extents and, for layout A, strides in elements; what is contiguous (C, F) computes
 * its offsets from the extents, so that the emitter sees stride 1. An index that may be negative goes through
 * __wf_index, which wraps it as Python does; one that cannot be (cuda.grid, a range from 0, a shape) is used
 * as it is. Either way the access stays inside the allocation: the emitter checks it on the CPU. What stands
 * between brackets is read in subscript.c. */
#include "lang/index_rule.h"
#include "pyfunc/array_inner.h"

wf_expr *wf_pf_times(wf_pf_body *b, wf_expr *x, wf_expr *y, wf_place at) {
    if (!x) return y;
    if (!y) return x;
    return wf_make_binary(b->l->u, WF_OP_MUL, x, y, at);
}

wf_expr *wf_pf_plus(wf_pf_body *b, wf_expr *x, wf_expr *y, wf_place at) {
    if (!x || (x->kind == WF_EX_INT && !x->u.i)) return y;
    if (!y || (y->kind == WF_EX_INT && !y->u.i)) return x;
    return wf_make_binary(b->l->u, WF_OP_ADD, x, y, at);
}

wf_expr *wf_pf_extent(wf_pf_body *b, wf_pf_val a, uint32_t axis) {
    return wf_pf_clone(b->l->u, a.array->shape[axis]);
}

/* The stride of an axis in elements; NULL: 1. */
wf_expr *wf_pf_stride(wf_pf_body *b, wf_pf_val a, int axis, wf_place at) {
    wf_expr *stride = NULL;
    if (a.type->layout == 'A') return wf_pf_clone(b->l->u, a.array->strides[axis]);
    if (a.type->layout == 'C')
        for (int i = axis + 1; i < a.type->ndim; i++)
            stride = wf_pf_times(b, stride, wf_pf_extent(b, a, (uint32_t)i), at);
    else
        for (int i = 0; i < axis; i++) stride = wf_pf_times(b, stride, wf_pf_extent(b, a, (uint32_t)i), at);
    return stride;
}

/* ---- elements ---------------------------------------------------------------------------------------------
 */

/* Whether the host function's index is tested: the memory that it made is not, and Python's programs count on
 * IndexError. */
int wf_pf_index_raises(const wf_pf_body *b) {
    return b->l->options.mode == WF_PF_HOST && b->l->options.check_bounds && !b->in->f->trusted;
}

/* In a try the exception goes to its handler. */
static wf_expr *caught_index(wf_pf_body *b, wf_pf_val a, wf_expr *i, int axis, int nonneg, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *wide = wf_type_scalar(u, WF_TY_ULONG);
    wf_expr *n = wf_pf_extent(b, a, (uint32_t)axis);
    wf_var *var = wf_pf_temp(b, "i", integer(b), i, at);
    wf_expr *negative = wf_make_binary(u, WF_OP_LT, wf_make_var(u, var, at), number(b, 0, at), at);
    wf_expr *more = wf_make_binary(u, WF_OP_ADD, wf_make_var(u, var, at), wf_pf_clone(u, n), at);
    if (!nonneg)
        wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, var, at),
                                     wf_make_cond(u, negative, more, wf_make_var(u, var, at), at), at));
    wf_pf_raise_when(b,
                     wf_make_binary(u, WF_OP_GE, wf_make_cast(u, wide, wf_make_var(u, var, at), at),
                                    wf_make_cast(u, wide, n, at), at),
                     wf_arena_printf(&u->arena, "IndexError: index is out of bounds for axis %d", axis), at);
    return wf_make_var(u, var, at);
}

/* raise: it is an index of the program's, not one that is inside by its making. */
wf_expr *wf_pf_index(wf_pf_body *b, wf_pf_val a, wf_pf_val index, int axis, int raise, wf_place at) {
    if (!raise && index.known && wf_pf_is_integral(index.type) && index.known->i < 0)
        return wf_make_binary(b->l->u, WF_OP_ADD, wf_pf_extent(b, a, (uint32_t)axis),
                              number(b, index.known->i, at), at);
    wf_expr *i = wf_pf_long(b, index, at);
    if (index.nonneg && !raise) return i;
    if (raise && b->handler) return caught_index(b, a, i, axis, index.nonneg, at);
    int rule = axis + (raise ? WF_INDEX_RAISES : 0);
    wf_expr *axis_number = wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT), (uint64_t)rule, at);
    return wf_make_convert(b->l->u, integer(b),
                           wf_pf_builtin(b, index.nonneg ? WF_BI_CHECKED : WF_BI_INDEX, at, 3, i,
                                         wf_pf_extent(b, a, (uint32_t)axis), axis_number),
                           at);
}

/* The field of one row of packed records. */
static wf_expr *column_place(wf_pf_body *b, wf_pf_val a, wf_expr *row, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *place = wf_make_member(u, row, a.array->member, at);
    const wf_type *c = wf_pf_ctype(b->l, a.type->element);
    if (place->type->kind != WF_TY_ARRAY) return place;
    return wf_make_deref(u, wf_make_cast(u, wf_type_pointer(u, c), wf_make_value(u, place), at), at);
}

static wf_expr *element_at(wf_pf_body *b, wf_pf_val a, wf_pf_val *index, uint32_t count, int raise,
                           wf_place at) {
    wf_expr *offset = NULL;
    for (uint32_t k = 0; k < count; k++) { /* C: ((i * n1 + j) * n2 + k); F: from the other end */
        int axis = a.type->layout == 'F' ? (int)(count - 1 - k) : (int)k;
        wf_expr *i = wf_pf_index(b, a, index[axis], axis, raise, at);
        if (a.type->layout == 'A')
            offset = wf_pf_plus(b, offset, wf_pf_times(b, i, wf_pf_stride(b, a, axis, at), at), at);
        else
            offset = wf_pf_plus(
                b, offset ? wf_pf_times(b, offset, wf_pf_extent(b, a, (uint32_t)axis), at) : NULL, i, at);
    }
    wf_expr *place =
        wf_make_index(b->l->u, wf_pf_clone(b->l->u, a.array->data), offset ? offset : number(b, 0, at), at);
    return a.array->member ? column_place(b, a, place, at) : place;
}

wf_expr *wf_pf_element(wf_pf_body *b, wf_pf_val a, wf_pf_val *index, uint32_t count, wf_place at) {
    return element_at(b, a, index, count, 0, at);
}

wf_expr *wf_pf_indexed_element(wf_pf_body *b, wf_pf_val a, wf_pf_val *index, uint32_t count, wf_place at) {
    return element_at(b, a, index, count, wf_pf_index_raises(b), at);
}

wf_pf_val wf_pf_load(wf_pf_body *b, const wf_pf_type *element, wf_expr *place) {
    if (wf_pf_is_text_element(element) && b->l->options.mode == WF_PF_HOST)
        return wf_pf_text_element(b, element, place, place->at);
    if (element->kind == WF_PF_T_RECORD) return (wf_pf_val){.type = element, .place = place};
    if (element->kind == WF_PF_T_COMPLEX) {
        wf_expr *again = wf_pf_clone(b->l->u, place);
        wf_pf_val v = wf_pf_complex(b, element, wf_make_member(b->l->u, place, "real", place->at),
                                    wf_make_member(b->l->u, again, "imag", place->at));
        v.place = wf_pf_clone(b->l->u, place);
        return v;
    }
    wf_pf_val v = wf_pf_scalar(b, element, place);
    v.place = wf_pf_clone(b->l->u, place);
    return v;
}

void wf_pf_store(wf_pf_body *b, wf_expr *place, const wf_pf_type *element, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    if (element->kind != WF_PF_T_OPTIONAL) v = wf_pf_unwrap(b, v, at);
    if (v.type->kind == WF_PF_T_UNKNOWN) return;
    if (element->kind == WF_PF_T_COMPLEX) {
        v = wf_pf_settle(b, wf_pf_convert(b, v, element, at), at);
        if (v.type != element) return;
        wf_pf_emit(b,
                   wf_make_assign(u, wf_make_member(u, wf_pf_clone(u, place), "real", at), v.items[0].e, at));
        wf_pf_emit(b, wf_make_assign(u, wf_make_member(u, place, "imag", at), v.items[1].e, at));
        return;
    }
    if (b->l->options.mode == WF_PF_HOST &&
        (element->kind == WF_PF_T_STR || wf_pf_is_text_element(element))) {
        wf_pf_store_text(b, element, place, v, at);
        return;
    }
    if (element->kind == WF_PF_T_RECORD && element->count == 1 && v.type != element &&
        ((v.known && v.known->kind == WF_PF_V_STR) ||
         wf_pf_is_bytes_array(v))) { /* an element of an array of text, in a kernel */
        wf_pf_val row = {.type = element, .place = place};
        wf_pf_array_fill(b, wf_pf_attribute(b, row, element->fields[0].name, at), v, at);
        return;
    }
    if (element->kind == WF_PF_T_RECORD && v.type == element) {
        wf_pf_emit(b, wf_make_assign(u, place, v.place, at));
        return;
    }
    if (element->kind == WF_PF_T_DATE) {
        v = wf_pf_convert(b, v, element, at);
        if (v.type == element) wf_pf_emit(b, wf_make_assign(u, place, v.e, at));
        return;
    }
    if (!wf_pf_is_real(v.type) || !wf_pf_is_real(element)) {
        wf_pf_error(b, at, v.type->kind == WF_PF_T_COMPLEX ? "store .real or abs() of it" : NULL,
                    "%s cannot be stored as %s", wf_pf_spell(b, v), wf_pf_type_spell(&b->l->types, element));
        return;
    }
    wf_pf_emit(b, wf_make_assign(u, place, wf_pf_number(b, v, element, at), at));
}

/* ---- whole arrays ---- */

wf_pf_val wf_pf_array_as(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    if (v.type->element != to->element || v.type->ndim != to->ndim ||
        (to->layout != 'A' && to->layout != v.type->layout))
        return wf_pf_error(b, at, NULL, "got %s, expected %s", wf_pf_spell(b, v),
                           wf_pf_type_spell(&b->l->types, to));
    wf_unit *u = b->l->u;
    wf_pf_val out = v;
    out.type = to;
    out.array = WF_NEW(&u->arena, wf_pf_array);
    *out.array = *v.array;
    if (to->readonly && !v.type->readonly && !v.array->member) {
        const wf_type *c = wf_type_pointer(u, wf_type_qualified(u, wf_pf_ctype(b->l, to->element), WF_CONST));
        out.array->data = wf_make_convert(u, c, wf_make_value(u, wf_pf_clone(u, v.array->data)), at);
    }
    if (to->layout == v.type->layout) return out;
    out.array->strides = WF_NEW_ARRAY(&u->arena, wf_expr *, to->ndim + 1);
    for (int i = 0; i < to->ndim; i++) {
        wf_expr *stride = wf_pf_stride(b, v, i, at);
        out.array->strides[i] = stride ? stride : number(b, 1, at);
    }
    return out;
}

wf_pf_val wf_pf_array_same(wf_pf_body *b, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    if (x.type->element != y.type->element || x.type->ndim != y.type->ndim || x.lazy || y.lazy)
        return wf_pf_bool(b, 0);
    const wf_type *word = wf_type_scalar(u, WF_TY_LLONG);
    wf_expr *same = wf_make_binary(u, WF_OP_EQ, wf_make_cast(u, word, wf_pf_clone(u, x.array->data), at),
                                   wf_make_cast(u, word, wf_pf_clone(u, y.array->data), at), at);
    for (int i = 0; i < x.type->ndim; i++) {
        wf_expr *s = wf_pf_stride(b, x, i, at), *t = wf_pf_stride(b, y, i, at);
        wf_expr *extents_ =
            wf_make_binary(u, WF_OP_EQ, wf_pf_extent(b, x, (uint32_t)i), wf_pf_extent(b, y, (uint32_t)i), at);
        wf_expr *steps = wf_make_binary(u, WF_OP_EQ, s ? s : number(b, 1, at), t ? t : number(b, 1, at), at);
        same = wf_make_binary(u, WF_OP_LAND, same, wf_make_binary(u, WF_OP_LAND, extents_, steps, at), at);
    }
    return wf_pf_scalar(b, b->l->boolean, same);
}
