/* pyfunc/expr.c: expressions: values, constants, names, attributes, the order of evaluation. (choices.c has those
 * whose operands are not always reached.)
 *
 * What cannot be typed yet (a loop's variable in an early run) is UNKNOWN and makes everything that touches
 * it UNKNOWN; so does an error, which is reported once, at its innermost place. */
#include "pyfunc/lower.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- values -----------------------------------------------------------------------------------------------
 */

wf_pf_val wf_pf_unknown(wf_pf_body *b) { return (wf_pf_val){.type = b->l->unknown}; }

wf_pf_val wf_pf_error(wf_pf_body *b, wf_place at, const char *hint, const char *format, ...) {
    char words[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    wf_report(&b->l->u->diags, WF_ERROR, at, hint, "%s", words);
    return wf_pf_unknown(b);
}

wf_pf_val wf_pf_none(wf_pf_body *b) { return (wf_pf_val){.type = b->l->none, .stable = 1}; }

wf_pf_val wf_pf_scalar(wf_pf_body *b, const wf_pf_type *type, wf_expr *e) {
    (void)b;
    return (wf_pf_val){.type = type,
                       .e = e,
                       .nonneg = type->kind == WF_PF_T_BOOL ||
                                 (type->kind == WF_PF_T_INT && !type->is_signed && type->bytes < 8)};
}

wf_pf_val wf_pf_tuple(wf_pf_body *b, wf_pf_val *items, uint32_t count) {
    const wf_pf_type *types[64];
    if (count > 64) return wf_pf_unknown(b);
    int stable = 1;
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].lazy) items[i] = wf_pf_materialise(b, items[i], b->in->f->at);
        types[i] = items[i].type;
        stable &= items[i].stable;
        if (items[i].type->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    }
    return (wf_pf_val){
        .type = wf_pf_type_tuple(&b->l->types, types, count), .items = items, .stable = (uint8_t)stable};
}

wf_pf_val wf_pf_int(wf_pf_body *b, int64_t i, wf_place at) {
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_INT, .i = i};
    return wf_pf_constant(b, k, at);
}

wf_pf_val wf_pf_bool(wf_pf_body *b, int truth) {
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_BOOL, .i = truth};
    return wf_pf_constant(b, k, (wf_place){0});
}

static const wf_pf_type *constant_type(wf_pf_body *b, const wf_pf_value *value) {
    if (value->text && value->kind != WF_PF_V_STR) {
        const wf_pf_type *typed = wf_pf_type_scalar(&b->l->types, value->text[0]);
        if (typed && !value->text[1]) return typed;
    }
    switch (value->kind) {
    case WF_PF_V_BOOL: return b->l->boolean;
    case WF_PF_V_INT: return value->unsigned_ ? wf_pf_type_scalar(&b->l->types, 'L') : b->l->int64;
    case WF_PF_V_FLOAT: return b->l->float64;
    default: return wf_pf_type_scalar(&b->l->types, 'D');
    }
}

wf_pf_val wf_pf_constant(wf_pf_body *b, const wf_pf_value *value, wf_place at) {
    wf_pf_val v = {.known = value, .stable = 1};
    switch (value->kind) {
    case WF_PF_V_NONE: return wf_pf_none(b);
    case WF_PF_V_BOOL:
    case WF_PF_V_INT:
    case WF_PF_V_FLOAT:
    case WF_PF_V_COMPLEX:
        v.type = constant_type(b, value);
        v.nonneg = value->kind != WF_PF_V_FLOAT && value->i >= 0;
        return v;
    case WF_PF_V_TUPLE: {
        wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, value->count + 1);
        for (uint32_t i = 0; i < value->count; i++) items[i] = wf_pf_constant(b, &value->items[i], at);
        v = wf_pf_tuple(b, items, value->count);
        if (value->text && v.type->kind == WF_PF_T_TUPLE && value->count == 3)
            v.type = wf_pf_type_slice(&b->l->types, v.type->items);
        if (value->i && v.type->kind == WF_PF_T_TUPLE)
            v.type = wf_pf_type_named_tuple(&b->l->types, v.type->items, value->count, (uint32_t)value->i);
        return v;
    }
    case WF_PF_V_ARRAY: return wf_pf_array_constant(b, value, at);
    case WF_PF_V_DATE: return wf_pf_date_of(b, value->text, wf_pf_int(b, value->i, at), at);
    default: v.type = b->l->static_; return v;
    }
}

const char *wf_pf_spell(wf_pf_body *b, wf_pf_val v) {
    if (v.type->kind != WF_PF_T_STATIC || !v.known)
        return wf_pf_type_spell(&b->l->types, wf_pf_runtime_type(b, v));
    wf_arena *arena = &b->l->u->arena;
    switch (v.known->kind) {
    case WF_PF_V_STR: return wf_arena_printf(arena, "the string '%.60s'", v.known->text);
    case WF_PF_V_FUNCTION:
        return wf_arena_printf(arena, "the function %s", v.known->function ? v.known->function->name : "?");
    case WF_PF_V_DTYPE: {
        const wf_pf_type *type = wf_pf_type_scalar(&b->l->types, (char)v.known->i);
        return wf_arena_printf(arena, "the type %s", type ? wf_pf_type_spell(&b->l->types, type) : "?");
    }
    case WF_PF_V_MODULE: return wf_arena_printf(arena, "the module %s", v.known->text);
    default: return v.known->text ? v.known->text : "a compile-time value";
    }
}

wf_expr *wf_pf_clone(wf_unit *u, const wf_expr *e) {
    if (!e) return NULL;
    wf_expr *copy = WF_NEW(&u->arena, wf_expr);
    *copy = *e;
    copy->a = wf_pf_clone(u, e->a);
    copy->b = wf_pf_clone(u, e->b);
    copy->c = wf_pf_clone(u, e->c);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALLPTR) {
        copy->u.call.args = WF_NEW_ARRAY(&u->arena, wf_expr *, e->u.call.count + 1);
        for (uint32_t i = 0; i < e->u.call.count; i++)
            copy->u.call.args[i] = wf_pf_clone(u, e->u.call.args[i]);
    } else if (e->kind == WF_EX_INIT) {
        copy->u.init.items = WF_NEW_ARRAY(&u->arena, wf_expr *, e->u.init.count + 1);
        for (uint32_t i = 0; i < e->u.init.count; i++)
            copy->u.init.items[i] = wf_pf_clone(u, e->u.init.items[i]);
    }
    return copy;
}

int wf_pf_simple(const wf_expr *e) {
    if (!e || e->kind == WF_EX_INT || e->kind == WF_EX_FLOAT || e->kind == WF_EX_VAR) return 1;
    return (e->kind == WF_EX_MEMBER || e->kind == WF_EX_CAST) && wf_pf_simple(e->a);
}

/* bool() of an instance: its __bool__, else its __len__, else true. */
static wf_expr *object_truth(wf_pf_body *b, wf_pf_val v, wf_place at) {
    static const char *const names[] = {"__bool__", "__len__"};
    for (int i = 0; i < 2; i++) {
        wf_pf_args none = {.at = at};
        int handled = 0;
        wf_pf_val said = wf_pf_resolve_method(b, v, names[i], &none, &handled);
        if (handled) return wf_pf_truth(b, said, at);
    }
    return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_BOOL), 1, at);
}

int wf_pf_known_truth(wf_pf_val v, int *truth) {
    if (v.type->kind == WF_PF_T_NONE) return *truth = 0, 1;
    if (v.type->kind == WF_PF_T_TUPLE && (!v.type->code || wf_pf_is_mixed(v.type)))
        return *truth = v.type->count != 0, 1;
    if (!v.known) return 0;
    switch (v.known->kind) {
    case WF_PF_V_BOOL:
    case WF_PF_V_INT: return *truth = v.known->i != 0, 1;
    case WF_PF_V_FLOAT: return *truth = v.known->f != 0, 1;
    case WF_PF_V_STR: return *truth = v.known->length != 0, 1;
    default: return 0;
    }
}

wf_expr *wf_pf_truth(wf_pf_body *b, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *boolean = wf_type_scalar(u, WF_TY_BOOL);
    if (v.type->kind == WF_PF_T_UNKNOWN) return wf_make_int(u, boolean, 0, at);
    if (v.type->kind == WF_PF_T_NONE) return wf_make_int(u, boolean, 0, at);
    if (wf_pf_is_range(v.type)) return wf_make_bool(u, wf_pf_range_count(b, v, at).e);
    if (v.type->kind == WF_PF_T_TUPLE) return wf_make_int(u, boolean, v.type->count != 0, at);
    if (v.known && v.known->kind == WF_PF_V_STR) return wf_make_int(u, boolean, v.known->length != 0, at);
    if (v.type->kind == WF_PF_T_COMPLEX) {
        wf_pf_val zero = wf_pf_int(b, 0, at);
        return wf_pf_truth(b, wf_pf_compare(b, WF_PF_NE, v, zero, at), at);
    }
    if (v.type->kind == WF_PF_T_LIST && v.e) return wf_make_bool(u, wf_pf_list_length(b, v, at).e);
    if (v.type->kind == WF_PF_T_OPTIONAL) return wf_pf_optional_truth(b, v, at);
    if (v.type->kind == WF_PF_T_STR) return wf_make_bool(u, wf_pf_text_length(b, v, at).e);
    if (v.type->kind == WF_PF_T_DICT || v.type->kind == WF_PF_T_SET) {
        wf_pf_val used = wf_pf_object_attribute(b, v, "_used", at);
        return used.e ? wf_make_bool(u, used.e) : wf_make_int(u, boolean, 0, at);
    }
    if (v.type->kind == WF_PF_T_OBJECT) return object_truth(b, v, at);
    if (v.type->kind == WF_PF_T_ARRAY && b->l->options.mode == WF_PF_HOST) { /* of one element */
        wf_pf_args none = {.at = at};
        int handled = 0;
        wf_pf_val said = wf_pf_resolve_method(b, v, "__bool__", &none, &handled);
        if (handled) return wf_pf_truth(b, said, at);
    }
    if (!wf_pf_is_real(v.type)) {
        wf_pf_error(b, at, NULL, "%s has no truth value", wf_pf_spell(b, v));
        return wf_make_int(u, boolean, 0, at);
    }
    return wf_make_bool(u, wf_pf_number(b, v, v.type, at));
}

/* ---- attributes -------------------------------------------------------------------------------------------
 */

/* An array inside a record: a view of known extents. */
static wf_pf_val nested_array(wf_pf_body *b, const wf_pf_field *f, wf_expr *place, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, f->type, f->ndim, 'C', 0)};
    const wf_type *pointer = wf_type_pointer(u, wf_pf_ctype(b->l, f->type));
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_cast(u, pointer, wf_make_value(u, place), at);
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, f->ndim);
    for (int k = 0; k < f->ndim; k++)
        v.array->shape[k] = wf_make_int(u, wf_type_scalar(u, WF_TY_LONG), f->shape[k], at);
    return v;
}

static wf_pf_val record_field(wf_pf_body *b, wf_pf_val base, const char *name, wf_place at) {
    for (uint32_t i = 0; i < base.type->count; i++) {
        const wf_pf_field *f = &base.type->fields[i];
        if (strcmp(f->name, name) != 0) continue;
        wf_expr *place = wf_make_member(b->l->u, base.place, name, at);
        if (!f->ndim && wf_pf_field_packed(b->l, base.type, f)) {
            if (b->l->options.mode != WF_PF_HOST && wf_type_align(wf_pf_ctype(b->l, f->type)) > 1)
                return wf_pf_error(
                    b, at, "make the dtype with np.dtype(…, align=True)",
                    "the field '%s' of a packed record is not aligned, which a GPU cannot read", name);
            const wf_type *pointer = wf_type_pointer(b->l->u, wf_pf_ctype(b->l, f->type));
            place =
                wf_make_deref(b->l->u, wf_make_cast(b->l->u, pointer, wf_make_value(b->l->u, place), at), at);
        }
        return f->ndim ? nested_array(b, f, place, at) : wf_pf_load(b, f->type, place);
    }
    const char **names = WF_NEW_ARRAY(&b->l->u->arena, const char *, base.type->count + 1);
    for (uint32_t i = 0; i < base.type->count; i++) names[i] = base.type->fields[i].name;
    const char *near = wf_spelling_nearest(name, names, base.type->count);
    return wf_pf_error(b, at, near ? wf_arena_printf(&b->l->u->arena, "did you mean '%s'?", near) : NULL,
                       "%s has no field '%s'", wf_pf_spell(b, base), name);
}

/* What the program registered with overload_attribute for values of such a type. */
wf_pf_val wf_pf_overloaded_attribute(wf_pf_body *b, wf_pf_val base, const char *name, wf_place at,
                                     int *found) {
    wf_pf_args none = {.at = at};
    const char *asked = wf_arena_printf(&b->l->u->arena, ".%s", name);
    return wf_pf_resolve_method(b, base, asked, &none, found);
}

static wf_pf_val number_attribute(wf_pf_body *b, wf_pf_val base, const char *name, wf_place at) {
    if (!strcmp(name, "real"))
        return base.type->kind == WF_PF_T_COMPLEX ? wf_pf_convert(b, base, base.type, at).items[0] : base;
    if (!strcmp(name, "imag"))
        return base.type->kind == WF_PF_T_COMPLEX ? wf_pf_convert(b, base, base.type, at).items[1]
                                                  : wf_pf_convert(b, wf_pf_int(b, 0, at), base.type, at);
    int found = 0;
    wf_pf_val own = wf_pf_overloaded_attribute(b, base, name, at, &found);
    if (found) return own;
    return wf_pf_error(b, at, NULL, "%s has no attribute '%s'", wf_pf_spell(b, base), name);
}

/* Which item of a named tuple has the name; -1: none. */
static int named_item(wf_pf_body *b, const wf_pf_type *type, const char *name) {
    const wf_pf_hooks *hooks = b->l->options.hooks;
    const char *at =
        hooks && hooks->fields ? hooks->fields(hooks->user, (wf_pf_module *)b->l->module, type->size) : NULL;
    size_t length = strlen(name);
    for (int i = 0; at && *at; i++) {
        const char *end = strchr(at, ':');
        if (!end) return -1;
        if ((size_t)(end - at) == length && !strncmp(at, name, length)) return i;
        at = strchr(end, ';');
        if (at) at++;
    }
    return -1;
}

int wf_pf_is_member(wf_pf_body *b, const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE && type->size && named_item(b, type, "!") >= 0;
}

wf_pf_val wf_pf_attribute(wf_pf_body *b, wf_pf_val base, const char *name, wf_place at) {
    base = wf_pf_unwrap(b, base, at);
    if (base.type->kind == WF_PF_T_UNKNOWN) return base;
    if (base.type->kind == WF_PF_T_OBJECT || base.type->kind == WF_PF_T_DICT ||
        base.type->kind == WF_PF_T_SET)
        return wf_pf_object_attribute(b, base, name, at);
    if ((wf_pf_is_slice(base.type) || wf_pf_is_range(base.type)) && !strncmp(name, "st", 2)) {
        static const char *const names[] = {"start", "stop", "step"};
        for (int i = 0; i < 3; i++)
            if (!strcmp(name, names[i])) return base.items[i];
    }
    if (base.type->kind == WF_PF_T_TUPLE && base.type->size) {
        int item = named_item(b, base.type, name);
        if (item >= 0) return base.items[item];
    }
    if (base.type->kind == WF_PF_T_ARRAY) return wf_pf_array_attribute(b, base, name, at);
    if (base.type->kind == WF_PF_T_RECORD) return record_field(b, base, name, at);
    if (wf_pf_is_number(base.type)) return number_attribute(b, base, name, at);
    if (base.known && base.known->kind == WF_PF_V_CALL) { /* x = cuda.threadIdx; x.y */
        wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
        *k = (wf_pf_value){.kind = WF_PF_V_CALL,
                           .text = wf_arena_printf(&b->l->u->arena, "%s.%s", base.known->text, name)};
        int found = 0;
        wf_pf_val v = wf_pf_cuda_attribute(b, k->text, at, &found);
        if (found) return v;
    }
    int is_dtype = base.known && base.known->kind == WF_PF_V_DTYPE;              /* a.dtype.kind */
    if (base.known && (base.known->object || is_dtype) && b->l->options.hooks) { /* np.finfo(…).eps */
        wf_pf_args none = {.at = at};
        int handled = 0;
        const char *asked = wf_arena_printf(&b->l->u->arena, "attribute:%s", name);
        wf_pf_val v = wf_pf_resolve(b, base.known, asked, &none, &handled);
        if (handled) return v;
    }
    static const char axes[] = "xyzw"; /* of a short vector (cuda_calls.c) */
    const char *axis =
        base.type->kind == WF_PF_T_TUPLE && base.items && *name && !name[1] ? strchr(axes, *name) : NULL;
    if (axis && axis - axes < (ptrdiff_t)base.type->count) return base.items[axis - axes];
    int found = 0;
    wf_pf_val own = base.known ? base : wf_pf_overloaded_attribute(b, base, name, at, &found);
    if (found) return own;
    const char *what = wf_pf_spell(b, base);
    return wf_pf_error(b, at, NULL, "%s has no attribute '%s'", what, name);
}

static wf_pf_val eval_constant(wf_pf_body *b, const wf_pf_expr *e) {
    if (e->value->kind == WF_PF_V_CALL) {
        int found = 0;
        wf_pf_val v = wf_pf_cuda_attribute(b, e->value->text, e->at, &found);
        if (found) return v;
    }
    if (e->value->kind == WF_PF_V_OTHER)
        return wf_pf_error(b, e->at, "pass it as an argument, or make it a number, a tuple or an array",
                           "%s%s%s cannot be used in a compiled function: it is %s", e->text ? "'" : "this",
                           e->text ? e->text : "", e->text ? "'" : "", e->value->text);
    wf_pf_val v = wf_pf_constant(b, e->value, e->at);
    return v;
}

/* ---- the order of evaluation ---- */

static int changes_memory(const wf_expr *e) {
    if (!e) return 0;
    if (e->kind == WF_EX_ASSIGN || e->kind == WF_EX_UPDATE || e->kind == WF_EX_STEP ||
        e->kind == WF_EX_CALL || e->kind == WF_EX_CALLPTR)
        return 1;
    if (e->kind == WF_EX_BUILTIN) {
        int id = e->u.call.builtin;
        if (!(wf_builtins[id].flags & WF_BIF_PURE) && id != WF_BI_RAISE) return 1;
        for (uint32_t i = 0; i < e->u.call.count; i++)
            if (changes_memory(e->u.call.args[i])) return 1;
    }
    return changes_memory(e->a) || changes_memory(e->b) || changes_memory(e->c);
}

static int has_effects(const wf_stmt *s) {
    for (; s; s = s->next)
        if (changes_memory(s->expr) || has_effects(s->body) || has_effects(s->other)) return 1;
    return 0;
}

static int loads(const wf_expr *e) {
    if (!e) return 0;
    if (e->kind == WF_EX_MEMBER || e->kind == WF_EX_INDEX || e->kind == WF_EX_DEREF || changes_memory(e))
        return 1;
    for (uint32_t i = 0; e->kind == WF_EX_BUILTIN && i < e->u.call.count; i++)
        if (loads(e->u.call.args[i])) return 1;
    return loads(e->a) || loads(e->b) || loads(e->c);
}

/* Whether a value is read from memory each time that it is looked at: a list's length, an item. */
static int reads_memory(wf_pf_body *b, wf_pf_val v) {
    if (v.known || v.stable || v.lazy || v.place) return v.place && !v.lazy && wf_pf_is_number(v.type);
    if (v.items && v.type->kind != WF_PF_T_COMPLEX) {
        for (uint32_t i = 0; i < wf_pf_type_parts(v.type); i++)
            if (reads_memory(b, v.items[i])) return 1;
        return 0;
    }
    return v.e && loads(v.e);
}

/* Whether an expression sets a variable that the other reads. */
static int sets_read(const wf_expr *e, const wf_expr *reader) {
    if (!e) return 0;
    if ((e->kind == WF_EX_ASSIGN || e->kind == WF_EX_UPDATE || e->kind == WF_EX_STEP) && e->a &&
        e->a->kind == WF_EX_VAR && wf_pf_reads_var(reader, e->a->u.var))
        return 1;
    return sets_read(e->a, reader) || sets_read(e->b, reader) || sets_read(e->c, reader);
}

static int set_since(const wf_stmt *s, const wf_expr *reader) {
    for (; s; s = s->next)
        if (sets_read(s->expr, reader) || set_since(s->body, reader) || set_since(s->other, reader)) return 1;
    return 0;
}

/* Numbers that were variables' when they were evaluated, where these were set since (by a walrus). */
static wf_pf_val variables_kept(wf_pf_body *b, wf_pf_val v, const wf_stmt *since, wf_place at) {
    if (v.known || v.lazy || v.place) return v;
    if (v.items) {
        uint32_t count = wf_pf_type_parts(v.type);
        wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count + 1);
        for (uint32_t i = 0; i < count; i++) items[i] = variables_kept(b, v.items[i], since, at);
        v.items = items;
    } else if (v.e && wf_pf_is_number(v.type) && set_since(since, v.e)) {
        wf_var *temp = wf_pf_temp(b, "then", wf_pf_ctype(b->l, v.type), v.e, at);
        v.e = wf_make_var(b->l->u, temp, at);
    }
    return v;
}

/* Whether a call in the expression may change what the program's variables refer to: it was given an address. */
static int calls_with_memory(const wf_expr *e) {
    if (!e) return 0;
    if (e->kind == WF_EX_CALLPTR) return 1;
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < e->u.call.count; i++) {
            if (e->kind == WF_EX_CALL && e->u.call.args[i]->type->kind == WF_TY_POINTER) return 1;
            if (calls_with_memory(e->u.call.args[i])) return 1;
        }
    return calls_with_memory(e->a) || calls_with_memory(e->b) || calls_with_memory(e->c);
}

int wf_pf_changed_since(wf_pf_body *b, wf_pf_moment then, wf_pf_val v) {
    const wf_stmt *since = then.last ? then.last->next : then.block->body;
    if (v.items && !v.known)
        for (uint32_t i = 0; i < wf_pf_type_parts(v.type); i++)
            if (wf_pf_changed_since(b, then, v.items[i])) return 1;
    return (b->block == then.block && since && has_effects(since)) || (!v.known && calls_with_memory(v.e));
}

int wf_pf_does_something(wf_pf_val v) {
    if (v.known || v.lazy) return 0;
    for (uint32_t i = 0; v.items && i < wf_pf_type_parts(v.type); i++)
        if (wf_pf_does_something(v.items[i])) return 1;
    return !v.items && changes_memory(v.e);
}

wf_pf_moment wf_pf_now(wf_pf_body *b) { return (wf_pf_moment){b->block, b->block->mark}; }

void wf_pf_put_then(wf_pf_moment *then, wf_stmt *s) {
    wf_stmt *last = s;
    if (!s) return;
    while (last->next) last = last->next;
    last->next = then->last ? then->last->next : then->block->body;
    if (then->last) then->last->next = s;
    else then->block->body = s;
    if (!last->next) then->block->mark = last;
    then->last = last;
}

void wf_pf_as_then(wf_pf_body *b, wf_pf_moment then, wf_pf_val *values, uint32_t count, wf_place at) {
    wf_stmt *since = then.last ? then.last->next : then.block->body;
    if (b->block != then.block || !since || !has_effects(since)) return;
    for (uint32_t i = 0; i < count; i++) {
        int memory = reads_memory(b, values[i]);
        wf_stmt *outer = wf_pf_open(b, at);
        values[i] = memory ? wf_pf_settle(b, values[i], at) : variables_kept(b, values[i], since, at);
        wf_pf_put_then(&then, wf_pf_close(b, outer)->body);
    }
}

/* ---- in, tuples, names ---- */

static int is_text_constant(wf_pf_val v) {
    return v.known && v.known->kind == WF_PF_V_STR && strlen(v.known->text) == v.known->length;
}

wf_pf_val wf_pf_contains(wf_pf_body *b, wf_pf_op op, wf_pf_val item, wf_pf_val in, wf_place at) {
    in = wf_pf_unwrap(b, in, at);
    if (wf_pf_is_range(in.type) && item.type->kind != WF_PF_T_UNKNOWN)
        return wf_pf_range_contains(b, op, item, in, at);
    in = wf_pf_mixed_over(b, in);
    wf_pf_bytes_meet(b, &item, &in, at);
    if (is_text_constant(item) && is_text_constant(in))
        return wf_pf_bool(b, (strstr(in.known->text, item.known->text) != NULL) == (op == WF_PF_IN));
    if (wf_pf_is_container(in.type) && in.type->element->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    if (in.known && in.known->kind == WF_PF_V_STR) {
        in = wf_pf_runtime(b, in, at);
        item = wf_pf_runtime(b, item, at);
    }
    if (in.type->kind != WF_PF_T_TUPLE && in.type->kind != WF_PF_T_UNKNOWN) {
        item = wf_pf_runtime(b, item, at);
        wf_pf_args args = {.v = &item, .count = 1, .at = at};
        int handled = 0;
        wf_pf_val found = wf_pf_resolve_method(b, in, "__contains__", &args, &handled);
        if (handled && found.type->kind != WF_PF_T_UNKNOWN)
            return op == WF_PF_NOT_IN ? wf_pf_unary(b, WF_PF_NOT, found, at) : found;
        if (handled) return found;
    }
    if (in.type->kind != WF_PF_T_TUPLE)
        return wf_pf_error(b, at, NULL, "'in' works on tuples, got %s", wf_pf_spell(b, in));
    wf_pf_val any = wf_pf_bool(b, 0);
    item = wf_pf_settle(b, item, at);
    for (uint32_t i = 0; i < in.type->count; i++) {
        wf_pf_val left = item;
        if (left.e) left.e = wf_pf_clone(b->l->u, left.e);
        wf_pf_val same = wf_pf_compare(b, WF_PF_EQ, left, in.items[i], at);
        if (same.known && same.known->i) return wf_pf_bool(b, op == WF_PF_IN);
        if (same.known) continue;
        any = any.known ? same
                        : wf_pf_scalar(b, b->l->boolean,
                                       wf_make_binary(b->l->u, WF_OP_LOR, wf_pf_truth(b, any, at),
                                                      wf_pf_truth(b, same, at), at));
    }
    return op == WF_PF_NOT_IN ? wf_pf_unary(b, WF_PF_NOT, any, at) : any;
}

static wf_pf_val eval_tuple(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val items[64];
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        int spread = e->items[i]->kind == WF_PF_STARRED;
        wf_pf_moment then = wf_pf_now(b);
        wf_pf_val v = wf_pf_eval(b, spread ? e->items[i]->a : e->items[i]);
        if (spread) v = wf_pf_mixed_over(b, v);
        wf_pf_as_then(b, then, items, n, e->at);
        uint32_t more = spread && v.type->kind == WF_PF_T_TUPLE ? v.type->count : 1;
        if (n + more > 64) return wf_pf_error(b, e->at, NULL, "a tuple of more than 64 items");
        if (spread && v.type->kind != WF_PF_T_TUPLE)
            return wf_pf_error(b, e->items[i]->at, NULL, "only a tuple can be spread with *");
        for (uint32_t k = 0; k < more; k++) items[n++] = spread ? v.items[k] : v;
    }
    wf_pf_val *kept = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, n + 1);
    memcpy(kept, items, sizeof *items * n);
    return wf_pf_tuple(b, kept, n);
}

static wf_pf_val unbound(wf_pf_body *b, const wf_pf_expr *e) {
    uint32_t count = 0;
    while (b->in->f->known[count]) count++;
    const char *near = wf_spelling_nearest(e->text, b->in->f->known, count);
    return wf_pf_error(b, e->at, near ? wf_arena_printf(&b->l->u->arena, "did you mean '%s'?", near) : NULL,
                       "name '%s' is not defined", e->text);
}

static wf_pf_val eval_walrus(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val v = wf_pf_settle(b, wf_pf_eval(b, e->b), e->at);
    wf_pf_assign(b, e->a, v, e->at);
    if (v.e) v.e = wf_pf_clone(b->l->u, v.e);
    return v;
}

/* a.flags.c_contiguous and the like: what the array's type says. */
static int flag_of(wf_pf_body *b, const wf_pf_expr *e, wf_pf_val *out) {
    static const char *const names[] = {"c_contiguous", "f_contiguous", "contiguous", "writeable"};
    int which = 0;
    if (e->a->kind != WF_PF_ATTRIBUTE || strcmp(e->a->text, "flags") != 0) return 0;
    while (which < 4 && strcmp(names[which], e->text) != 0) which++;
    wf_pf_val a = wf_pf_eval(b, e->a->a);
    if (which == 4 || a.type->kind != WF_PF_T_ARRAY) return 0;
    int c = a.type->layout == 'C', f = a.type->layout == 'F' || (c && a.type->ndim < 2);
    *out = wf_pf_bool(b, which == 1 ? f : which == 3 ? !a.type->readonly : c); /* contiguous: in C order */
    return 1;
}

wf_pf_val wf_pf_misspelt(wf_pf_body *b, wf_pf_val module, const wf_pf_expr *e, const char *what) {
    return wf_pf_error(b, e->at, wf_arena_printf(&b->l->u->arena, "did you mean '%s'?", e->names[0]),
                       "%s has no %s '%s'", wf_pf_spell(b, module), what, e->text);
}

static wf_pf_val eval_attribute(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val flag;
    if (flag_of(b, e, &flag)) return flag;
    wf_pf_val base = wf_pf_eval(b, e->a);
    return e->names ? wf_pf_misspelt(b, base, e, "attribute") : wf_pf_attribute(b, base, e->text, e->at);
}

wf_pf_val wf_pf_eval(wf_pf_body *b, const wf_pf_expr *e) {
    switch (e->kind) {
    case WF_PF_CONST: return eval_constant(b, e);
    case WF_PF_LOCAL: return wf_pf_read_var(b, e);
    case WF_PF_UNBOUND: return unbound(b, e);
    case WF_PF_BINARY: {
        wf_pf_val x = wf_pf_eval(b, e->a);
        wf_pf_moment then = wf_pf_now(b);
        wf_pf_val y = wf_pf_eval(b, e->b);
        wf_pf_as_then(b, then, &x, 1, e->at);
        return wf_pf_binary(b, e->op, x, y, e->at);
    }
    case WF_PF_UNARY:
        if (e->op == WF_PF_NOT) return wf_pf_eval_test(b, e);
        return wf_pf_unary(b, e->op, wf_pf_eval(b, e->a), e->at);
    case WF_PF_ANDOR: return wf_pf_eval_andor(b, e);
    case WF_PF_COMPARE: return wf_pf_eval_compare(b, e);
    case WF_PF_CALL: return wf_pf_call(b, e);
    case WF_PF_ATTRIBUTE: return eval_attribute(b, e);
    case WF_PF_SUBSCRIPT: return wf_pf_subscript(b, e);
    case WF_PF_TUPLE: return eval_tuple(b, e);
    case WF_PF_IFEXP: return wf_pf_eval_ifexp(b, e);
    case WF_PF_WALRUS: return eval_walrus(b, e);
    case WF_PF_SLICE: return wf_pf_error(b, e->at, NULL, "a slice can only stand in an index");
    case WF_PF_STARRED: return wf_pf_error(b, e->at, NULL, "* cannot be used here");
    case WF_PF_LIST: return wf_pf_list_literal(b, e);
    case WF_PF_LISTCOMP:
    case WF_PF_SETCOMP:
    case WF_PF_DICTCOMP: return wf_pf_list_comprehension(b, e);
    case WF_PF_DICT:
    case WF_PF_SET: return wf_pf_container_literal(b, e);
    case WF_PF_JOINED: return wf_pf_text_joined(b, e);
    case WF_PF_FORMATTED: return wf_pf_error(b, e->at, NULL, "a format outside of an f-string");
    case WF_PF_UNSUPPORTED: break;
    }
    return wf_pf_error(b, e->at, NULL, "%s is not supported in compiled functions", e->text);
}
