/* pyfunc/array_attributes.c: a.shape, a.T, a.real and the other attributes of arrays. */
#include "pyfunc/array_inner.h"
#include <string.h>

static wf_pf_val extents(wf_pf_body *b, wf_pf_val a) {
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, a.type->ndim + 1);
    for (int i = 0; i < a.type->ndim; i++) {
        wf_expr *n = wf_pf_extent(b, a, (uint32_t)i);
        items[i] =
            n->kind == WF_EX_INT ? wf_pf_int(b, (int64_t)n->u.i, n->at) : wf_pf_scalar(b, b->l->int64, n);
        items[i].nonneg = 1;
        items[i].stable = a.stable;
    }
    return wf_pf_tuple(b, items, a.type->ndim);
}

static wf_pf_val transpose(wf_pf_body *b, wf_pf_val a, wf_place at) {
    int n = a.type->ndim;
    if (n < 2) return a;
    char layout = a.type->layout == 'C' ? 'F' : a.type->layout == 'F' ? 'C' : 'A';
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, a.type->element, n, layout, a.type->readonly),
                   .stable = a.stable};
    v.array = WF_NEW(&b->l->u->arena, wf_pf_array);
    v.array->data = a.array->data;
    v.array->member = a.array->member;
    v.array->shape = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, n);
    v.array->strides = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, n);
    for (int i = 0; i < n; i++) {
        v.array->shape[i] = a.array->shape[n - 1 - i];
        v.array->strides[i] = layout == 'A' ? a.array->strides[n - 1 - i] : NULL;
    }
    (void)at;
    return v;
}

static wf_pf_val size_of(wf_pf_body *b, wf_pf_val a, int64_t factor, wf_place at) {
    wf_expr *size = factor != 1 ? number(b, factor, at) : NULL;
    for (int i = 0; i < a.type->ndim; i++) size = wf_pf_times(b, size, wf_pf_extent(b, a, (uint32_t)i), at);
    wf_pf_val v = wf_pf_scalar(b, b->l->int64, size ? size : number(b, 1, at));
    v.nonneg = 1;
    v.stable = a.stable;
    return v;
}

static const wf_pf_field *field_of(const wf_pf_type *element, const char *name) {
    for (uint32_t i = 0; element->kind == WF_PF_T_RECORD && i < element->count; i++)
        if (!strcmp(element->fields[i].name, name)) return &element->fields[i];
    return NULL;
}

int wf_pf_array_part(wf_pf_val a, const char *name) {
    const wf_pf_type *element = a.type->element;
    if (element->kind == WF_PF_T_COMPLEX) return !strcmp(name, "real") || !strcmp(name, "imag");
    return field_of(element, name) != NULL;
}

/* rows.grid, of a field that is an array: the field's axes come after the rows'. */
static wf_pf_val arrays_of_each(wf_pf_body *b, wf_pf_val a, const wf_pf_field *f, wf_place at) {
    wf_unit *u = b->l->u;
    int rows = a.type->ndim, ndim = rows + f->ndim;
    int64_t inner = 1, bytes = item_bytes(f->type), row = item_bytes(a.type->element);
    if (ndim > NDIM_MAX || row % bytes || f->offset % bytes || a.array->member)
        return wf_pf_error(b, at, "take it of one row: a[i].field",
                           "'%s' of every row is no array: it is not aligned, or has too many axes", f->name);
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, f->type, ndim, 'A', a.type->readonly),
                   .stable = a.stable};
    const wf_type *c = wf_pf_ctype(b->l, f->type);
    if (a.type->readonly) c = wf_type_qualified(u, c, WF_CONST);
    wf_expr *first = wf_make_member(u, wf_make_deref(u, wf_pf_clone(u, a.array->data), at), f->name, at);
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_cast(u, wf_type_pointer(u, c), wf_make_value(u, first), at);
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, ndim);
    v.array->strides = WF_NEW_ARRAY(&u->arena, wf_expr *, ndim);
    for (int k = f->ndim; k-- > 0; inner *= f->shape[k]) {
        v.array->shape[rows + k] = number(b, f->shape[k], at);
        v.array->strides[rows + k] = number(b, inner, at);
    }
    for (int i = 0; i < rows; i++) {
        v.array->shape[i] = a.array->shape[i];
        v.array->strides[i] = wf_pf_times(b, number(b, row / bytes, at), wf_pf_stride(b, a, i, at), at);
    }
    return v;
}

/* a.real, a.imag of complex elements, a field of records: a strided view of that part of each element. */
static wf_pf_val part_of_each(wf_pf_body *b, wf_pf_val a, const char *name, wf_place at, int *is_part) {
    wf_unit *u = b->l->u;
    const wf_pf_type *element = a.type->element, *type = NULL;
    if (!wf_pf_array_part(a, name)) return wf_pf_unknown(b);
    if (element->kind == WF_PF_T_COMPLEX && (!strcmp(name, "real") || !strcmp(name, "imag")))
        type = wf_pf_type_scalar(&b->l->types, element->bytes == 16 ? 'd' : 'f');
    const wf_pf_field *f = field_of(element, name);
    *is_part = 1;
    if (f && f->ndim) return arrays_of_each(b, a, f, at);
    if (f) type = f->type;
    int64_t step = item_bytes(element) / item_bytes(type);
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, type, a.type->ndim, 'A', a.type->readonly),
                   .stable = a.stable};
    if (item_bytes(element) % item_bytes(type)) {
        if (b->l->options.mode != WF_PF_HOST)
            return wf_pf_error(
                b, at, "take it of one row: a[i].field",
                "'%s' of every row is no array: a row's %d bytes are no multiple of the field's", name,
                (int)item_bytes(element));
        v.array = WF_NEW(&u->arena, wf_pf_array);
        *v.array = (wf_pf_array){a.array->data, a.array->shape, NULL, name};
        v.array->strides = WF_NEW_ARRAY(&u->arena, wf_expr *, a.type->ndim + 1);
        for (int i = 0; i < a.type->ndim; i++) {
            wf_expr *stride = wf_pf_stride(b, a, i, at);
            v.array->strides[i] = stride ? stride : number(b, 1, at);
        }
        return v;
    }
    wf_expr *first = wf_make_member(u, wf_make_deref(u, wf_pf_clone(u, a.array->data), at), name, at);
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_addr(u, first, at);
    v.array->shape = a.array->shape;
    v.array->strides = WF_NEW_ARRAY(&u->arena, wf_expr *, a.type->ndim + 1);
    for (int i = 0; i < a.type->ndim; i++)
        v.array->strides[i] = wf_pf_times(b, number(b, step, at), wf_pf_stride(b, a, i, at), at);
    return v;
}

/* An element type as a value that is known while compiling: a dtype, which converts when it is called. */
wf_pf_val wf_pf_static_type(wf_pf_body *b, const wf_pf_type *type) {
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_DTYPE, .i = type->code, .text = wf_pf_type_code(&b->l->types, type)};
    return (wf_pf_val){.type = b->l->static_, .known = k, .stable = 1};
}

wf_pf_val wf_pf_array_attribute(wf_pf_body *b, wf_pf_val a, const char *name, wf_place at) {
    if (a.lazy && strcmp(name, "ndim") && strcmp(name, "dtype")) a = wf_pf_materialise(b, a, at);
    if (!strcmp(name, "ndim")) return wf_pf_int(b, a.type->ndim, at);
    if (!strcmp(name, "itemsize")) return wf_pf_int(b, item_bytes(a.type->element), at);
    if (!strcmp(name, "dtype")) return wf_pf_static_type(b, a.type->element);
    if (!a.array) return wf_pf_unknown(b);
    if (!strcmp(name, "shape")) return extents(b, a);
    if (!strcmp(name, "size")) return size_of(b, a, 1, at);
    if (!strcmp(name, "nbytes")) return size_of(b, a, item_bytes(a.type->element), at);
    if (!strcmp(name, "T")) return transpose(b, a, at);
    if (!strcmp(name, "ctypes")) return a; /* a.ctypes.data is the address */
    if (!strcmp(name, "data"))
        return wf_pf_scalar(b, wf_pf_type_scalar(&b->l->types, 'L'),
                            wf_make_cast(b->l->u, wf_type_scalar(b->l->u, WF_TY_ULLONG),
                                         wf_pf_clone(b->l->u, a.array->data), at));
    if (wf_pf_is_number(a.type->element) && a.type->element->kind != WF_PF_T_COMPLEX &&
        b->l->options.mode == WF_PF_HOST) {
        if (!strcmp(name, "real")) return a;
        if (!strcmp(name, "imag")) { /* NumPy's are zeros that cannot be written */
            wf_pf_args args = {.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 1), .count = 1, .at = at};
            int handled = 0;
            args.v[0] = a;
            return wf_pf_resolve_named(b, "numpy.zeros_like", &args, &handled);
        }
    }
    if (!strcmp(name, "flat") && b->l->options.mode == WF_PF_HOST) {
        int handled = 0;
        wf_pf_val flat = wf_pf_array_method(b, a, "ravel", NULL, 0, at, &handled);
        if (a.type->layout == 'C' || flat.type->kind == WF_PF_T_UNKNOWN) return flat;
        const wf_pf_type *copy = wf_pf_type_array(&b->l->types, a.type->element, 1, 'C', 1);
        return wf_pf_array_as(b, flat, copy, at); /* a copy: it can only be read */
    }
    if (!strcmp(name, "strides")) {
        wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, a.type->ndim + 1);
        for (int i = 0; i < a.type->ndim; i++)
            items[i] = wf_pf_scalar(
                b, b->l->int64,
                wf_pf_times(b, number(b, item_bytes(a.type->element), at), wf_pf_stride(b, a, i, at), at));
        return wf_pf_tuple(b, items, a.type->ndim);
    }
    int is_part = 0;
    wf_pf_val part = part_of_each(b, a, name, at, &is_part);
    if (is_part) return part;
    static const char *const names[] = {"shape", "size",    "ndim",     "dtype",
                                        "T",     "strides", "itemsize", "nbytes"};
    const char *near = wf_spelling_nearest(name, names, 8);
    int found = 0;
    wf_pf_val own = wf_pf_overloaded_attribute(b, a, name, at, &found);
    if (found) return own;
    return wf_pf_error(b, at, near ? wf_arena_printf(&b->l->u->arena, "did you mean '%s'?", near) : NULL,
                       "attribute '%s' of an array is not supported in compiled functions", name);
}
