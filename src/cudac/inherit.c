/* cudac/inherit.c: pointers and references between a class and its bases.
 *
 * A base is a field of the class, so one that is not the first lies behind the beginning: a pointer moves when
 * it is converted, to the base or, by a cast, back again; a null pointer stays one. */
#include "cudac/parse.h"
#include <stdio.h>

int cc_derived_from(const cc_record *derived, const cc_record *base) {
    if (!derived || !base) return 0;
    if (derived == base) return 1;
    for (unsigned i = 0; i < derived->base_count; i++)
        if (cc_derived_from(derived->bases[i], base)) return 1;
    return 0;
}

static uint64_t field_offset(const cc_record *r, unsigned base) {
    char name[24];
    snprintf(name, sizeof name, CC_BASE_FIELD "%u", base);
    int field = r->base_field[base] && r->complete ? wf_record_field(r->record, name) : -1;
    return field < 0 ? 0 : r->record->fields[field].offset;
}

/* Where the base lies in the class: the first one on the way that cc_to_base takes. */
uint64_t cc_base_offset(const cc_record *derived, const cc_record *base) {
    for (unsigned i = 0; derived != base && i < derived->base_count; i++)
        if (cc_derived_from(derived->bases[i], base))
            return field_offset(derived, i) + cc_base_offset(derived->bases[i], base);
    return 0;
}

/* (to)((char *)pointer + bytes) */
wf_expr *cc_moved_pointer(cc *p, const wf_type *to, wf_expr *pointer, int64_t bytes, wf_place at) {
    if (!bytes) return wf_make_cast(p->u, to, pointer, at);
    const wf_type *text = wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_CHAR));
    wf_expr *by = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_LONG), (uint64_t)bytes, at);
    pointer = wf_make_cast(p->u, text, pointer, at);
    return wf_make_cast(p->u, to, wf_make_binary(p->u, WF_OP_ADD, pointer, by, at), at);
}

/* The pointer to a base of what `e` points to, or, by a cast, to what has it as a base; else NULL. */
wf_expr *cc_convert_pointer(cc *p, const wf_type *to, wf_expr *e, int casts, wf_place at) {
    if (to->kind != WF_TY_POINTER || e->type->kind != WF_TY_POINTER) return NULL;
    const wf_type *have = e->type->base, *want = to->base;
    const cc_record *from = cc_record_of(have), *r = cc_record_of(want);
    if (!from || !r || from == r) return NULL;
    int up = cc_derived_from(from, r);
    if (!up && !(casts && cc_derived_from(r, from))) return NULL;
    if (!casts && have->quals & ~want->quals & WF_CONST) return NULL;
    int64_t bytes = up ? (int64_t)cc_base_offset(from, r) : -(int64_t)cc_base_offset(r, from);
    if (!bytes || e->kind == WF_EX_ADDR) return cc_moved_pointer(p, to, e, bytes, at);
    wf_expr *set = NULL;
    const wf_expr *bare = e;
    while (bare->kind == WF_EX_CAST) bare = bare->a;
    if (bare->kind != WF_EX_VAR) { /* it is used twice */
        wf_var *var = cc_temp_var(p, e->type->unqual, at);
        set = wf_make_assign(p->u, wf_make_var(p->u, var, at), e, at);
        e = wf_make_value(p->u, wf_make_var(p->u, var, at));
    }
    wf_expr *null = wf_make_cast(p->u, to, wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_LONG), 0, at), at);
    wf_expr *moved =
        wf_make_cond(p->u, wf_make_bool(p->u, e), cc_moved_pointer(p, to, e, bytes, at), null, at);
    return set ? wf_make_comma(p->u, set, moved, at) : moved;
}
