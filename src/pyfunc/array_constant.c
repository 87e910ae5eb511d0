/* pyfunc/array_constant.c: arrays that a function finds outside of itself: global ones and those of a
 * closure.
 *
 * A NumPy array is a constant: its elements, as they are when the function is compiled, become a variable of
 * the unit, in constant memory as long as it is small. A device array, and the copy that is kept of a large
 * NumPy array (its code begins with R: it is not written to), stays where it is: its address is a constant. */
#include "pyfunc/lower.h"
#include <string.h>

enum { CONSTANT_BYTES = 16 << 10, CONSTANT_ITEMS_MAX = 1 << 16 };

static uint32_t bytes_of(const wf_pf_type *type) {
    return type->kind == WF_PF_T_RECORD ? type->size : type->bytes;
}

static wf_expr *float_at(wf_pf_body *b, const wf_type *c, const char *data, int bytes, wf_place at) {
    float f;
    double d;
    if (bytes == 8) memcpy(&d, data, 8);
    else memcpy(&f, data, 4), d = (double)f;
    return wf_make_float(b->l->u, c, d, at);
}

static wf_expr *element_at(wf_pf_body *b, const wf_pf_type *type, const char *data, wf_place at);

/* A row, with the holes that its C type has between the fields. */
static wf_expr *record_at(wf_pf_body *b, const wf_pf_type *type, const char *data, wf_place at) {
    const wf_type *c = wf_pf_ctype(b->l, type);
    const wf_record *record = c->record;
    wf_expr **items = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, record->field_count + 1);
    for (uint32_t i = 0, next = 0; i < record->field_count; i++) {
        const wf_pf_field *f = next < type->count ? &type->fields[next] : NULL;
        if (!f || strcmp(f->name, record->fields[i].name) != 0) {
            items[i] = wf_make_init(b->l->u, record->fields[i].type, NULL, 0, at);
            continue;
        }
        next++;
        if (wf_pf_field_packed(b->l, type, f)) { /* its bytes */
            uint32_t bytes = (uint32_t)wf_type_size(record->fields[i].type);
            wf_expr **byte = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, bytes + 1);
            const wf_type *one = wf_type_scalar(b->l->u, WF_TY_CHAR);
            for (uint32_t k = 0; k < bytes; k++)
                byte[k] = wf_make_int(b->l->u, one, (uint64_t)(int64_t)(signed char)data[f->offset + k], at);
            items[i] = wf_make_init(b->l->u, record->fields[i].type, byte, bytes, at);
            continue;
        }
        uint32_t count = 1;
        for (int k = 0; k < f->ndim; k++) count *= f->shape[k];
        wf_expr **inside = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
        for (uint32_t k = 0; k < count; k++)
            inside[k] = element_at(b, f->type, data + f->offset + k * bytes_of(f->type), at);
        items[i] = f->ndim ? wf_make_init(b->l->u, record->fields[i].type, inside, count, at) : inside[0];
    }
    return wf_make_init(b->l->u, c, items, record->field_count, at);
}

static wf_expr *element_at(wf_pf_body *b, const wf_pf_type *type, const char *data, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *c = wf_pf_ctype(b->l, type);
    int64_t i = 0;
    if (type->kind == WF_PF_T_RECORD) return record_at(b, type, data, at);
    if (type->kind == WF_PF_T_COMPLEX) {
        int half = type->bytes / 2;
        const wf_type *part = wf_type_scalar(u, half == 8 ? WF_TY_DOUBLE : WF_TY_FLOAT);
        wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, 2);
        for (int k = 0; k < 2; k++) items[k] = float_at(b, part, data + k * half, half, at);
        return wf_make_init(u, c, items, 2, at);
    }
    if (type->code == 'f' || type->code == 'd') return float_at(b, c, data, type->bytes, at);
    memcpy(&i, data, type->bytes);
    if (type->is_signed && type->bytes < 8 && i >> (type->bytes * 8 - 1) & 1)
        i |= (int64_t)(~(uint64_t)0 << type->bytes * 8);
    return wf_make_int(u, c, (uint64_t)i, at);
}

static wf_expr *number(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), (uint64_t)i, at);
}

static wf_pf_val array_of_global(wf_pf_body *b, wf_var *var, const wf_pf_type *element,
                                 const wf_pf_value *value, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, element, (int)value->count, 'C', 1), .stable = 1};
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_value(u, wf_make_var(u, var, at));
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, value->count + 1);
    for (uint32_t i = 0; i < value->count; i++) v.array->shape[i] = number(b, value->items[i].i, at);
    return v;
}

/* Items are its extents, then its strides in elements. */
static wf_pf_val array_at_address(wf_pf_body *b, const wf_pf_type *element, const wf_pf_value *value,
                                  wf_place at) {
    wf_unit *u = b->l->u;
    uint32_t n = value->count / 2;
    int frozen = *value->text == 'R';
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, element, (int)n, frozen ? 'C' : 'A', frozen),
                   .stable = 1};
    wf_expr *address = wf_make_int(u, wf_type_scalar(u, WF_TY_ULONG), (uint64_t)value->i, at);
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_cast(u, wf_type_pointer(u, wf_pf_ctype(b->l, element)), address, at);
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, n + 1);
    v.array->strides = frozen ? NULL : WF_NEW_ARRAY(&u->arena, wf_expr *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        v.array->shape[i] = number(b, value->items[i].i, at);
        if (!frozen) v.array->strides[i] = number(b, value->items[n + i].i, at);
    }
    return v;
}

wf_pf_val wf_pf_array_constant(wf_pf_body *b, const wf_pf_value *value, wf_place at) {
    wf_unit *u = b->l->u;
    const char *rest;
    const wf_pf_type *element = wf_pf_type_parse(&b->l->types, value->text + (*value->text == 'R'), &rest);
    if (!element || (!value->data ? 0 : wf_pf_is_half(element)))
        return wf_pf_error(b, at, "pass it as an argument", "a constant array of this type is not supported");
    if (!value->data) return array_at_address(b, element, value, at);
    uint64_t count = 1;
    for (uint32_t i = 0; i < value->count; i++) count *= (uint64_t)value->items[i].i;
    if (count > CONSTANT_ITEMS_MAX)
        return wf_pf_error(b, at, "pass it as an argument", "a constant array of %llu elements; at most %d",
                           (unsigned long long)count, CONSTANT_ITEMS_MAX);
    for (wf_var *g = u->globals; g; g = g->next)
        if (g->front == value) return array_of_global(b, g, element, value, at);
    wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    for (uint64_t i = 0; i < count; i++)
        items[i] = element_at(b, element, (const char *)value->data + i * bytes_of(element), at);
    const wf_type *c = wf_type_qualified(u, wf_pf_ctype(b->l, element), WF_CONST),
                  *type = wf_type_array(u, c, count ? count : 1); /* C has no array of nothing */
    const char *name = wf_arena_printf(&u->arena, "wf_constant%u", b->l->names++);
    wf_space space = count * bytes_of(element) <= CONSTANT_BYTES ? WF_SPACE_CONSTANT : WF_SPACE_DEVICE;
    wf_var *var = wf_global_new(u, name, type, space, at);
    var->init = wf_make_init(u, type, items, (uint32_t)count, at);
    var->front = (void *)value;
    return array_of_global(b, var, element, value, at);
}
