/* lang/make_init.c: braces: { 1, 2, 3 } for an array, a record, a union, a scalar.
 *
 * The tree wants them complete: inner braces, designators and constructor-like forms are worked out by the
 * front-end, which gives one item for each element or field (NULL: zero). */
#include "lang/inner.h"
#include <string.h>

static wf_expr *new_init(wf_unit *u, const wf_type *type, wf_expr **items, uint32_t count, wf_place at) {
    wf_expr *e =
        wf_expr_new(u, WF_EX_INIT, type->kind == WF_TY_ARRAY ? type : type->unqual, at, NULL, NULL, NULL);
    unsigned depth = 0;
    for (uint32_t i = 0; i < count; i++)
        if (items[i] && items[i]->depth > depth) depth = items[i]->depth;
    if (depth >= WF_EXPR_DEPTH)
        depth = WF_EXPR_DEPTH - 1; /* braces nest as deep as a type does; items were checked */
    e->depth = (uint16_t)(depth + 1);
    e->u.init.items = items;
    e->u.init.count = count;
    return e;
}

static int is_char_array(const wf_type *t) {
    return t->kind == WF_TY_ARRAY &&
           (t->base->kind == WF_TY_CHAR || t->base->kind == WF_TY_SCHAR || t->base->kind == WF_TY_UCHAR);
}

/* char s[] = "abc": one item for each character, the final NUL where there is room. */
static wf_expr *init_from_string(wf_unit *u, const wf_type *type, const wf_expr *string, wf_place at) {
    uint64_t length = string->u.string.length;
    if (type->incomplete) type = wf_type_array(u, type->base, length + 1);
    if (length > type->count) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "the string has %llu characters, the array %llu",
                  (unsigned long long)length, (unsigned long long)type->count);
        return wf_make_error(u, type, at);
    }
    wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, length);
    for (uint64_t i = 0; i < length; i++)
        items[i] = wf_make_int(u, type->base, (uint64_t)(int64_t)string->u.string.data[i], at);
    return new_init(u, type, items, (uint32_t)length, at);
}

/* One item as what it initialises; NULL when it was wrong (told). */
static wf_expr *convert_item(wf_unit *u, const wf_type *type, wf_expr *item, const char *what) {
    if (!item) return NULL;
    if (wf_is_error(item)) return wf_error_like(u, type, item, item->at);
    if (is_char_array(type) && item->kind == WF_EX_STRING) return init_from_string(u, type, item, item->at);
    if (type->kind == WF_TY_ARRAY) {
        if (item->kind == WF_EX_INIT && wf_type_size(item->type) == wf_type_size(type)) return item;
        wf_report(&u->diags, WF_ERROR, item->at, "write the elements in braces",
                  "%s: an array cannot be initialised with '%s'", what, wf_spell_expr(u, item));
        return wf_make_error(u, type, item->at);
    }
    return wf_convert_for(u, type, item, item->at, what);
}

static wf_expr *init_array(wf_unit *u, const wf_type *type, wf_expr **items, uint32_t count, wf_place at) {
    if (count == 1 && items[0] && items[0]->kind == WF_EX_STRING && is_char_array(type))
        return init_from_string(u, type, items[0], at);
    if (type->incomplete) type = wf_type_array(u, type->base, count);
    if (count > type->count) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "%u initial values for an array of %llu", count,
                  (unsigned long long)type->count);
        count = (uint32_t)type->count;
    }
    wf_expr **converted = WF_NEW_ARRAY(&u->arena, wf_expr *, count);
    for (uint32_t i = 0; i < count; i++)
        converted[i] = convert_item(u, type->base, items[i], "initial value");
    return new_init(u, type, converted, count, at);
}

static const char *field_text(wf_unit *u, const wf_record *record, uint32_t field) {
    return wf_arena_join(&u->arena, "initial value of '", record->fields[field].name, "'", NULL, NULL, NULL);
}

static wf_expr *init_record(wf_unit *u, const wf_type *type, wf_expr **items, uint32_t count, wf_place at) {
    const wf_record *record = type->record;
    if (count > record->field_count) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "'%s' has %u member%s, got %u initial values", record->name,
                  record->field_count, record->field_count == 1 ? "" : "s", count);
        count = record->field_count;
    }
    wf_expr **converted = WF_NEW_ARRAY(&u->arena, wf_expr *, record->field_count);
    for (uint32_t i = 0; i < count; i++)
        if (items[i])
            converted[i] = convert_item(u, record->fields[i].type, items[i], field_text(u, record, i));
    return new_init(u, type, converted, record->field_count, at);
}

wf_expr *wf_make_init_union(wf_unit *u, const wf_type *type, uint32_t field, wf_expr *item, wf_place at) {
    if (!type || type->kind != WF_TY_RECORD || field >= type->record->field_count)
        return wf_make_error(u, type, at);
    wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, 1);
    items[0] = convert_item(u, type->record->fields[field].type, item, field_text(u, type->record, field));
    wf_expr *e = new_init(u, type, items, item ? 1 : 0, at);
    e->u.init.field = field;
    return e;
}

static wf_expr *zero_of(wf_unit *u, const wf_type *type, wf_place at) {
    return wf_type_is_float(type) ? wf_make_float(u, type, 0, at) : wf_make_int(u, type, 0, at);
}

wf_expr *wf_make_init(wf_unit *u, const wf_type *type, wf_expr **items, uint32_t count, wf_place at) {
    if (!type) return wf_make_error(u, NULL, at);
    if (type->kind == WF_TY_ARRAY) return init_array(u, type, items, count, at);
    if (type->kind == WF_TY_RECORD && type->record->complete) {
        if (!type->record->is_union) return init_record(u, type, items, count, at);
        if (!count && !type->record->field_count) return new_init(u, type, NULL, 0, at);
        if (count <= 1) return wf_make_init_union(u, type, 0, count ? items[0] : NULL, at);
        wf_report(&u->diags, WF_ERROR, at, NULL, "a union takes one initial value, got %u", count);
        return wf_make_error(u, type, at);
    }
    if (wf_type_is_scalar(type) && count <= 1) {
        if (!count || !items[0]) return zero_of(u, type, at);
        return wf_convert_for(u, type, items[0], items[0]->at, "initial value");
    }
    wf_report(&u->diags, WF_ERROR, at, NULL, "%u values in braces cannot make a '%s'", count,
              wf_spell_type(u, type));
    return wf_make_error(u, type, at);
}

/* What stands in a declaration; here and not in make_stmt.c since the rules for items are the same. */
wf_expr *wf_convert_init(wf_unit *u, const wf_var *var, wf_expr *init) {
    if (wf_is_error(init)) return wf_error_like(u, var->type, init, var->at);
    if (init->kind == WF_EX_INIT && init->type->unqual == var->type->unqual) return init;
    return convert_item(u, var->type, init, wf_arena_printf(&u->arena, "initial value of '%s'", var->name));
}
