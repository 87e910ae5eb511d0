/* pyfunc/c_types.c: the C types of what inference finds, and calls of what every program has: built-ins of the
 * tree, functions of the device library.
 *
 * A record's fields lie where the dtype says. One that C would put elsewhere (a packed record's) is bytes in
 * the C type and is read and written as such. */
#include "pyfunc/lower.h"
#include <stdarg.h>
#include <string.h>

/* A field of a packed record lies where C would not put its type: it is bytes there. */
int wf_pf_field_packed(wf_pf_lower *l, const wf_pf_type *record, const wf_pf_field *f) {
    uint64_t align = wf_type_align(wf_pf_ctype(l, f->type));
    return f->offset % align != 0 || record->size % align != 0;
}

static const wf_type *record_ctype(wf_pf_lower *l, const wf_pf_type *type) {
    wf_unit *u = l->u;
    for (uint32_t i = 0; i < u->record_count; i++)
        if (u->records[i]->front == type) return wf_type_of_record(u, u->records[i]);
    wf_record *record = wf_record_new(u, "wf_row", 0, (wf_place){0});
    wf_field *fields = WF_NEW_ARRAY(&u->arena, wf_field, type->count * 2 + 2);
    uint32_t n = 0, at = 0;
    for (uint32_t i = 0; i < type->count; i++) {
        const wf_pf_field *f = &type->fields[i];
        const wf_type *c = wf_pf_ctype(l, f->type);
        for (int k = f->ndim - 1; k >= 0; k--) c = wf_type_array(u, c, f->shape[k]);
        if (wf_pf_field_packed(l, type, f))
            c = wf_type_array(u, wf_type_scalar(u, WF_TY_CHAR), wf_type_size(c));
        uint32_t aligned = (at + wf_type_align(c) - 1) / wf_type_align(c) * wf_type_align(c);
        if (f->offset > aligned) { /* a hole that C would not leave */
            const wf_type *bytes = wf_type_array(u, wf_type_scalar(u, WF_TY_CHAR), f->offset - at);
            fields[n++] = (wf_field){.name = wf_arena_printf(&u->arena, "wf_hole%u", i), .type = bytes};
        }
        fields[n++] = (wf_field){.name = f->name, .type = c};
        at = f->offset + (uint32_t)wf_type_size(c);
    }
    if (type->size > at + 8 || (type->size > at && type->size % 8)) {
        const wf_type *bytes = wf_type_array(u, wf_type_scalar(u, WF_TY_CHAR), type->size - at);
        fields[n++] = (wf_field){.name = "wf_tail", .type = bytes};
    }
    wf_record_finish(u, record, fields, n);
    record->front = (void *)type;
    return wf_type_of_record(u, record);
}

static const wf_type *complex_ctype(wf_pf_lower *l, const wf_pf_type *type) {
    wf_unit *u = l->u;
    for (uint32_t i = 0; i < u->record_count; i++)
        if (u->records[i]->front == type) return wf_type_of_record(u, u->records[i]);
    wf_record *record =
        wf_record_new(u, type->bytes == 16 ? "wf_complex128" : "wf_complex64", 0, (wf_place){0});
    wf_field *fields = WF_NEW_ARRAY(&u->arena, wf_field, 2);
    fields[0].name = "real";
    fields[1].name = "imag";
    fields[0].type = fields[1].type = wf_type_scalar(u, type->bytes == 16 ? WF_TY_DOUBLE : WF_TY_FLOAT);
    wf_record_finish(u, record, fields, 2);
    record->front = (void *)type;
    return wf_type_of_record(u, record);
}

const wf_type *wf_pf_ctype(wf_pf_lower *l, const wf_pf_type *type) {
    if (type->kind == WF_PF_T_RECORD) return record_ctype(l, type);
    if (type->kind == WF_PF_T_COMPLEX) return complex_ctype(l, type);
    if (type->kind == WF_PF_T_LIST) return wf_pf_list_ctype(l);
    if (type->kind == WF_PF_T_DICT || type->kind == WF_PF_T_SET || type->kind == WF_PF_T_OBJECT)
        return wf_type_pointer(l->u, wf_type_scalar(l->u, WF_TY_UCHAR));
    wf_type_kind kind = WF_TY_LONG; /* dates too */
    switch (type->code) {
    case '?': kind = WF_TY_BOOL; break;
    case 'b': kind = WF_TY_SCHAR; break;
    case 'h': kind = WF_TY_SHORT; break;
    case 'i': kind = WF_TY_INT; break;
    case 'B': kind = WF_TY_UCHAR; break;
    case 'H': kind = WF_TY_USHORT; break;
    case 'I': kind = WF_TY_UINT; break;
    case 'L': kind = WF_TY_ULONG; break;
    case 'e': kind = WF_TY_HALF; break;
    case 'E': kind = WF_TY_BFLOAT; break;
    case 'f': kind = WF_TY_FLOAT; break;
    case 'd': kind = WF_TY_DOUBLE; break;
    default: break;
    }
    return wf_type_scalar(l->u, kind);
}

wf_expr *wf_pf_builtin(wf_pf_body *b, wf_builtin id, wf_place at, uint32_t count, ...) {
    wf_expr **args = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
    va_list list;
    va_start(list, count);
    for (uint32_t i = 0; i < count; i++) args[i] = va_arg(list, wf_expr *);
    va_end(list);
    return wf_make_builtin(b->l->u, id, args, count, at);
}

wf_expr *wf_pf_library_exact(wf_pf_body *b, const char *name, const wf_type *result, wf_expr **args,
                             uint32_t count, wf_place at) {
    const wf_type *types[8];
    for (uint32_t i = 0; i < count && i < 8; i++) types[i] = args[i]->type->unqual;
    const wf_type *type = wf_type_function(b->l->u, result, types, count, 0);
    wf_func *func = wf_library_declare(b->l->u, wf_arena_strdup(&b->l->u->arena, name), type);
    wf_expr **copy = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
    memcpy(copy, args, sizeof *args * count);
    return wf_make_call(b->l->u, func, copy, count, at);
}

wf_expr *wf_pf_library(wf_pf_body *b, const char *name, const wf_pf_type *type, wf_expr **args,
                       uint32_t count, wf_place at) {
    const char *full = wf_arena_printf(&b->l->u->arena, "wf_%s%s", name, type->bytes == 4 ? "f" : "");
    return wf_pf_library_exact(b, full, wf_pf_ctype(b->l, type), args, count, at);
}
