/* pyfunc/dates.c: datetime64 and timedelta64 in host functions.
 *
 * A date is the int64 that NumPy keeps, with its unit in the type; the smallest int64 is NaT. All that is
 * written here is the way between dates and these numbers, of one and of arrays: what operators and functions
 * do with them is Python over int64 (weft/_pylib/dates.py). Kernels know them as int64 (weft/cuda). */
#include "pyfunc/lower.h"
#include <string.h>

wf_pf_val wf_pf_date(wf_pf_body *b, const wf_pf_type *type, wf_expr *e) { return wf_pf_scalar(b, type, e); }

/* The same memory under another element's type. */
static wf_pf_val array_of(wf_pf_body *b, wf_pf_val v, const wf_pf_type *element, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *c = wf_pf_ctype(b->l, element);
    if (v.type->readonly) c = wf_type_qualified(u, c, WF_CONST);
    wf_pf_array *array = WF_NEW(&u->arena, wf_pf_array);
    *array = *v.array;
    array->data = wf_make_cast(u, wf_type_pointer(u, c), wf_pf_clone(u, v.array->data), at);
    v.array = array;
    v.type = wf_pf_type_array(&b->l->types, element, v.type->ndim, v.type->layout, v.type->readonly);
    return v;
}

wf_pf_val wf_pf_date_numbers(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (v.lazy) v = wf_pf_materialise(b, v, at);
    if (v.type->kind == WF_PF_T_ARRAY && wf_pf_is_date(v.type) && v.array)
        return array_of(b, v, b->l->int64, at);
    return v.type->kind == WF_PF_T_DATE ? wf_pf_scalar(b, b->l->int64, v.e) : v;
}

wf_pf_val wf_pf_date_of(wf_pf_body *b, const char *code, wf_pf_val numbers, wf_place at) {
    const char *rest;
    const wf_pf_type *type = wf_pf_type_parse(&b->l->types, code, &rest);
    if (numbers.lazy) numbers = wf_pf_materialise(b, numbers, at);
    if (numbers.type->kind == WF_PF_T_UNKNOWN || !type) return wf_pf_unknown(b);
    if (numbers.type->kind == WF_PF_T_ARRAY && numbers.array) return array_of(b, numbers, type, at);
    return wf_pf_date(b, type, wf_pf_number(b, numbers, b->l->int64, at));
}

wf_pf_val wf_pf_date_as(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    wf_pf_args args = {.v = &v, .count = 1, .at = at};
    const char *code = wf_pf_type_code(&b->l->types, to);
    int handled = 0;
    wf_pf_val out =
        wf_pf_resolve_named(b, wf_arena_printf(&b->l->u->arena, "weft.date.as.%s", code), &args, &handled);
    return handled ? out
                   : wf_pf_error(b, at, NULL, "got %s, expected %s", wf_pf_spell(b, v),
                                 wf_pf_type_spell(&b->l->types, to));
}

wf_pf_val wf_pf_date_operator(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    const int alone = y.type->kind == WF_PF_T_NONE;
    wf_pf_val both[] = {x, y};
    wf_pf_args args = {.v = both, .count = alone ? 1 : 2, .at = at};
    const char *name =
        wf_arena_printf(&b->l->u->arena, "weft.date.%s%s", alone ? "alone" : "", wf_pf_op_text[op]);
    int handled = 0;
    wf_pf_val v = wf_pf_resolve_named(b, name, &args, &handled);
    return handled ? v
                   : wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[op],
                                 wf_pf_spell(b, x), alone ? "nothing" : wf_pf_spell(b, y));
}
