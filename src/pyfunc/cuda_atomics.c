/* pyfunc/cuda_atomics.c: cuda.atomic: operations on one element that no other thread can come between.
 *
 * Most are one built-in of the tree. What CUDA C has no function for is made of those it has: a subtraction
 * of floats is an addition, inc and dec of 64 bits are loops around a compare-and-swap, and max and min leave
 * a NaN in the array alone, as Numba's do (nanmax and nanmin replace it). Each gives the element's old value.
 */
#include "pyfunc/lower.h"
#include <string.h>

/* The element, as a pointer that is computed once. NULL after an error. */
static wf_var *pointer_to_element(wf_pf_body *b, const char *name, wf_pf_val array, wf_pf_val index,
                                  wf_place at) {
    wf_pf_val one[1] = {index}, *items = index.type->kind == WF_PF_T_TUPLE ? index.items : one;
    uint32_t count = index.type->kind == WF_PF_T_TUPLE ? index.type->count : 1;
    if (array.type->kind != WF_PF_T_ARRAY || !array.array || count != array.type->ndim) {
        wf_pf_error(b, at, NULL, "%s() works on an element: got %s with %u ind%s", name,
                    wf_pf_spell(b, array), count, count == 1 ? "ex" : "ices");
        return NULL;
    }
    const wf_pf_type *element = array.type->element;
    if (!wf_pf_is_real(element) || element->bytes < 2 || element->kind == WF_PF_T_BOOL) {
        wf_pf_error(b, at, NULL, "%s(): no atomics on elements of type %s", name,
                    wf_pf_type_spell(&b->l->types, element));
        return NULL;
    }
    if (array.type->readonly) {
        wf_pf_error(b, at, NULL, "%s(): the array is read-only", name);
        return NULL;
    }
    wf_expr *address = wf_make_addr(b->l->u, wf_pf_element(b, array, items, count, at), at);
    return wf_pf_temp(b, "place", address->type->unqual, address, at);
}

/* a op b, kept: the old value may be read after the element was written again. */
static wf_pf_val old_value(wf_pf_body *b, const wf_pf_type *element, wf_expr *e, wf_place at) {
    wf_var *old = wf_pf_temp(b, "old", wf_pf_ctype(b->l, element), e, at);
    return wf_pf_scalar(b, element, wf_make_var(b->l->u, old, at));
}

/* ---- compare and swap ---- */

/* Integers as they are, floats by their bits. */
static wf_expr *swap(wf_pf_body *b, const wf_pf_type *element, wf_var *place, wf_expr *was, wf_expr *now,
                     wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *address = wf_make_var(u, place, at);
    if (element->kind != WF_PF_T_FLOAT && element->bytes >= 4)
        return wf_pf_builtin(b, WF_BI_ATOMIC_CAS, at, 3, address, was, now);
    if (element->bytes == 2 && element->kind == WF_PF_T_INT) {
        const wf_type *bits = wf_type_scalar(u, WF_TY_USHORT);
        address = wf_make_cast(u, wf_type_pointer(u, bits), address, at);
        wf_expr *e = wf_pf_builtin(b, WF_BI_ATOMIC_CAS, at, 3, address, wf_make_cast(u, bits, was, at),
                                   wf_make_cast(u, bits, now, at));
        return wf_make_cast(u, wf_pf_ctype(b->l, element), e, at);
    }
    int wide = element->bytes == 8;
    wf_builtin to = wide ? WF_BI_DOUBLE_AS_LL : WF_BI_FLOAT_AS_INT,
               from = wide ? WF_BI_LL_AS_DOUBLE : WF_BI_INT_AS_FLOAT;
    address =
        wf_make_cast(u, wf_type_pointer(u, wf_type_scalar(u, wide ? WF_TY_LLONG : WF_TY_INT)), address, at);
    wf_expr *bits = wf_pf_builtin(b, WF_BI_ATOMIC_CAS, at, 3, address, wf_pf_builtin(b, to, at, 1, was),
                                  wf_pf_builtin(b, to, at, 1, now));
    return wf_pf_builtin(b, from, at, 1, bits);
}

/* data 1: cas(array, index, old, value); 0: compare_and_swap(array, old, value) on its first element. */
static wf_pf_val rule_cas(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val index = args->v[1];
    if (!data) {
        wf_pf_val *zeros = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 9);
        uint32_t n = args->v[0].type->kind == WF_PF_T_ARRAY ? args->v[0].type->ndim : 1;
        for (uint32_t i = 0; i < n && i < 9; i++) zeros[i] = wf_pf_int(b, 0, args->at);
        index = wf_pf_tuple(b, zeros, n);
    }
    wf_var *place = pointer_to_element(b, name, args->v[0], index, args->at);
    if (!place) return wf_pf_unknown(b);
    const wf_pf_type *element = args->v[0].type->element;
    if (wf_pf_is_half(element))
        return wf_pf_error(b, args->at, NULL, "%s(): no compare-and-swap on elements of type %s", name,
                           wf_pf_type_spell(&b->l->types, element));
    return old_value(b, element,
                     swap(b, element, place, wf_pf_number(b, args->v[1 + data], element, args->at),
                          wf_pf_number(b, args->v[2 + data], element, args->at), args->at),
                     args->at);
}

/* ---- the others ---- */

/* inc and dec of 64 bits: do { seen = old; old = cas(place, seen, next); } while (old != seen). */
static wf_pf_val wrap_loop(wf_pf_body *b, const wf_pf_type *element, wf_var *place, wf_expr *limit, int up,
                           wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *type = wf_pf_ctype(b->l, element);
    wf_var *last = wf_pf_temp(b, "limit", type, limit, at),
           *old = wf_pf_temp(b, "old", type, wf_make_deref(u, wf_make_var(u, place, at), at), at),
           *seen = wf_pf_temp(b, "seen", type, wf_make_int(u, type, 0, at), at);
    wf_stmt *loop = wf_stmt_new(u, WF_ST_DO, at), *outer = wf_pf_open(b, at);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, seen, at), wf_make_var(u, old, at), at));
    wf_expr *over =
        wf_make_binary(u, up ? WF_OP_GE : WF_OP_GT, wf_make_var(u, seen, at), wf_make_var(u, last, at), at);
    if (!up)
        over = wf_make_binary(
            u, WF_OP_LOR, over,
            wf_make_binary(u, WF_OP_EQ, wf_make_var(u, seen, at), wf_make_int(u, type, 0, at), at), at);
    wf_expr *step = wf_make_binary(u, up ? WF_OP_ADD : WF_OP_SUB, wf_make_var(u, seen, at),
                                   wf_make_int(u, type, 1, at), at);
    wf_expr *next =
        wf_make_cond(u, over, up ? wf_make_int(u, type, 0, at) : wf_make_var(u, last, at), step, at);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, old, at),
                                 swap(b, element, place, wf_make_var(u, seen, at), next, at), at));
    loop->body = wf_pf_close(b, outer);
    loop->expr = wf_make_binary(u, WF_OP_NE, wf_make_var(u, old, at), wf_make_var(u, seen, at), at);
    wf_block_add(b->block, loop);
    return wf_pf_scalar(b, element, wf_make_var(u, old, at));
}

/* max and min of floats: old = *place; if (old == old) old = atomicMax(place, value). */
static wf_pf_val extreme_keeps_nan(wf_pf_body *b, const wf_pf_type *element, wf_var *place, wf_expr *value,
                                   wf_builtin id, wf_place at) {
    wf_unit *u = b->l->u;
    wf_var *old =
        wf_pf_temp(b, "old", wf_pf_ctype(b->l, element), wf_make_deref(u, wf_make_var(u, place, at), at), at);
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, at);
    branch->expr = wf_make_binary(u, WF_OP_EQ, wf_make_var(u, old, at), wf_make_var(u, old, at), at);
    wf_stmt *outer = wf_pf_open(b, at);
    wf_expr *now = wf_pf_builtin(b, id, at, 2, wf_make_var(u, place, at), value);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, old, at), now, at));
    branch->body = wf_pf_close(b, outer);
    wf_block_add(b->block, branch);
    return wf_pf_scalar(b, element, wf_make_var(u, old, at));
}

/* (array, index, value): the old value. */
static wf_pf_val rule_atomic(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_var *place = pointer_to_element(b, name, args->v[0], args->v[1], args->at);
    if (!place) return wf_pf_unknown(b);
    const wf_pf_type *element = args->v[0].type->element;
    if (!wf_pf_is_real(args->v[2].type))
        return wf_pf_error(b, args->at, NULL, "%s() got %s, expected a number", name,
                           wf_pf_spell(b, args->v[2]));
    wf_builtin id = (wf_builtin)data;
    int is_float = element->kind == WF_PF_T_FLOAT;
    wf_expr *value = wf_pf_number(b, args->v[2], element, args->at);
    if ((id == WF_BI_ATOMIC_INC || id == WF_BI_ATOMIC_DEC) && element->code == 'L')
        return wrap_loop(b, element, place, value, id == WF_BI_ATOMIC_INC, args->at);
    if (id == WF_BI_ATOMIC_SUB && is_float) {
        id = WF_BI_ATOMIC_ADD;
        value = wf_make_unary(b->l->u, WF_OP_NEG, value, args->at);
    }
    int nan_counts = strncmp(name, "cuda.atomic.nan", 15) != 0;
    if (is_float && nan_counts && (id == WF_BI_ATOMIC_MAX || id == WF_BI_ATOMIC_MIN))
        return extreme_keeps_nan(b, element, place, value, id, args->at);
    wf_expr *e = wf_pf_builtin(b, id, args->at, 2, wf_make_var(b->l->u, place, args->at), value);
    return wf_pf_scalar(b, element, e);
}

const wf_pf_callable wf_pf_cuda_atomics[] = {
    {"cuda.atomic.add", rule_atomic, 3, 3, WF_BI_ATOMIC_ADD, 0},
    {"cuda.atomic.sub", rule_atomic, 3, 3, WF_BI_ATOMIC_SUB, 0},
    {"cuda.atomic.max", rule_atomic, 3, 3, WF_BI_ATOMIC_MAX, 0},
    {"cuda.atomic.min", rule_atomic, 3, 3, WF_BI_ATOMIC_MIN, 0},
    {"cuda.atomic.nanmax", rule_atomic, 3, 3, WF_BI_ATOMIC_MAX, 0},
    {"cuda.atomic.nanmin", rule_atomic, 3, 3, WF_BI_ATOMIC_MIN, 0},
    {"cuda.atomic.exch", rule_atomic, 3, 3, WF_BI_ATOMIC_EXCH, 0},
    {"cuda.atomic.inc", rule_atomic, 3, 3, WF_BI_ATOMIC_INC, 0},
    {"cuda.atomic.dec", rule_atomic, 3, 3, WF_BI_ATOMIC_DEC, 0},
    {"cuda.atomic.and_", rule_atomic, 3, 3, WF_BI_ATOMIC_AND, 0},
    {"cuda.atomic.or_", rule_atomic, 3, 3, WF_BI_ATOMIC_OR, 0},
    {"cuda.atomic.xor", rule_atomic, 3, 3, WF_BI_ATOMIC_XOR, 0},
    {"cuda.atomic.compare_and_swap", rule_cas, 3, 3, 0, 0},
    {"cuda.atomic.cas", rule_cas, 4, 4, 1, 0},
    {NULL, NULL, 0, 0, 0, 0},
};
