/* pyfunc/objects.c: what lies in the heap as a record of fields: dicts, sets, instances of classes.
 *
 * A dict is insertion-ordered and compact, like CPython's: lists of keys, values and hashes, and a list of
 * indices into them that is searched by hash. The compiler only knows its fields; what it does is Python
 * (weft/_pylib/dicts.py), which is compiled for the types of the keys and values at hand. A class of the
 * user's (jitclass) has the fields that Python says, and methods that are functions of their own. */
#include "pyfunc/lower.h"
#include <string.h>

enum { FIELDS_MAX = 64 };

typedef struct layout {
    uint32_t count;
    int open; /* some field's type is found by what is stored into it */
    const char *names[FIELDS_MAX];
    const wf_pf_type *types[FIELDS_MAX];
} layout;

/* ---- fields ---- */

static void add_field(layout *o, const char *name, const wf_pf_type *type) {
    if (o->count == FIELDS_MAX) return;
    o->names[o->count] = name;
    o->types[o->count++] = type;
}

static void table_layout(wf_pf_body *b, const wf_pf_type *type, layout *o) {
    wf_pf_types *t = &b->l->types;
    const wf_pf_type *numbers = wf_pf_type_list(t, b->l->int64, 0);
    int is_dict = type->kind == WF_PF_T_DICT;
    add_field(o, "_keys", wf_pf_type_list(t, is_dict ? type->element->items[0] : type->element, 0));
    if (is_dict) add_field(o, "_values", wf_pf_type_list(t, type->element->items[1], 0));
    add_field(o, "_hashes", numbers);
    add_field(o, "_index", numbers);
    add_field(o, "_used", b->l->int64);
    add_field(o, "_version", b->l->int64);
}

/* The type of a field that the class leaves open ("name:*;", or "name:*l;": an int64 goes in first): that of
 * all that is stored into it. It is learned as a list's is, from one run to the next. */
static wf_pf_open_field *find_open(wf_pf_lower *l, uint32_t class_, const char *name) {
    wf_pf_open_field *f = l->open_fields;
    while (f && (f->class_ != class_ || strcmp(f->name, name))) f = f->next;
    return f;
}

static const wf_pf_type *open_type(wf_pf_lower *l, uint32_t class_, const char *name, const char *code,
                                   const char **rest) {
    wf_pf_open_field *f = find_open(l, class_, name);
    const wf_pf_type *first = l->unknown;
    *rest = code;
    if (*code != ';') first = wf_pf_type_parse(&l->types, code, rest);
    if (f || !first) return f ? f->type : NULL;
    f = WF_NEW(&l->arena, wf_pf_open_field);
    *f = (wf_pf_open_field){class_, wf_arena_strdup(&l->arena, name), first, l->open_fields};
    l->open_fields = f;
    return first;
}

static void learn_field(wf_pf_body *b, wf_pf_open_field *f, const wf_pf_type *type, wf_place at) {
    const wf_pf_type *both = wf_pf_type_unify(&b->l->types, f->type, type);
    if (!both || both->kind == WF_PF_T_STATIC) {
        wf_pf_error(b, at, "give the two values different names",
                    "'%s' is %s here and %s at another place, between two yields; no type holds both",
                    f->name, wf_pf_type_spell(&b->l->types, type), wf_pf_type_spell(&b->l->types, f->type));
        return;
    }
    if (both == f->type) return;
    f->type = both;
    b->l->changed = 1;
}

/* name:code;name:code; */
static void class_layout(wf_pf_body *b, const wf_pf_type *type, layout *o) {
    const wf_pf_hooks *hooks = b->l->options.hooks;
    const char *at =
        hooks && hooks->fields ? hooks->fields(hooks->user, (wf_pf_module *)b->l->module, type->size) : NULL;
    while (at && *at) {
        const char *colon = strchr(at, ':'), *rest;
        if (!colon) return;
        const char *name = wf_arena_strndup(&b->l->u->arena, at, (size_t)(colon - at));
        int open = colon[1] == '*';
        const wf_pf_type *field = open ? open_type(b->l, type->size, name, colon + 2, &rest)
                                       : wf_pf_type_parse(&b->l->types, colon + 1, &rest);
        o->open |= open;
        if (!field || *rest != ';') return;
        add_field(o, name, field);
        at = rest + 1;
    }
}

static void layout_of(wf_pf_body *b, const wf_pf_type *type, layout *o) {
    o->count = 0;
    o->open = 0;
    if (type->kind == WF_PF_T_OBJECT) class_layout(b, type, o);
    else if (type->element->kind != WF_PF_T_UNKNOWN) table_layout(b, type, o);
}

static const wf_type *record_of(wf_pf_body *b, const layout *o) {
    return wf_pf_memory_type(b->l, wf_pf_type_tuple(&b->l->types, (const wf_pf_type **)o->types, o->count));
}

/* The object as an lvalue of its record. */
static wf_expr *record_place(wf_pf_body *b, wf_pf_val object, const layout *o, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *pointer = wf_type_pointer(u, record_of(b, o));
    return wf_make_deref(u, wf_make_cast(u, pointer, wf_pf_clone(u, object.e), at), at);
}

static int find_field(const layout *o, const char *name, uint32_t *first_leaf) {
    uint32_t leaf = 0;
    for (uint32_t i = 0; i < o->count; i++) {
        *first_leaf = leaf;
        if (!strcmp(o->names[i], name)) return (int)i;
        leaf += wf_pf_leaf_count(o->types[i]);
    }
    return -1;
}

static wf_pf_val load_field(wf_pf_body *b, wf_pf_val object, const layout *o, int field, uint32_t first,
                            wf_place at) {
    wf_unit *u = b->l->u;
    uint32_t count = wf_pf_leaf_count(o->types[field]);
    wf_expr **leaves = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        leaves[i] = wf_make_member(u, record_place(b, object, o, at),
                                   wf_arena_printf(&u->arena, "part%u", first + i), at);
    return wf_pf_val_of_leaves(b, o->types[field], leaves);
}

/* A property, a constant of the class, a static method. */
static wf_pf_val from_class(wf_pf_body *b, wf_pf_val object, const char *name, wf_place at) {
    wf_pf_args none = {.at = at};
    int handled = 0;
    const char *asked = wf_arena_printf(&b->l->u->arena, ".%s", name);
    wf_pf_val v = wf_pf_resolve_method(b, object, asked, &none, &handled);
    return handled ? v : wf_pf_error(b, at, NULL, "%s has no attribute '%s'", wf_pf_spell(b, object), name);
}

wf_pf_val wf_pf_object_attribute(wf_pf_body *b, wf_pf_val object, const char *name, wf_place at) {
    layout o;
    uint32_t first;
    layout_of(b, object.type, &o);
    if (!o.count && object.type->kind != WF_PF_T_OBJECT) return wf_pf_unknown(b);
    int field = find_field(&o, name, &first);
    if (field < 0) return from_class(b, object, name, at);
    if (o.types[field]->kind == WF_PF_T_UNKNOWN) {
        if (b->l->final && o.open)
            return wf_pf_error(b, at, NULL, "the type of '%s' cannot be inferred", name);
        return wf_pf_unknown(b);
    }
    return load_field(b, wf_pf_settle(b, object, at), &o, field, first, at);
}

static void store_field(wf_pf_body *b, wf_pf_val object, const layout *o, int field, uint32_t first,
                        wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *leaves[256];
    uint32_t count = wf_pf_leaf_count(o->types[field]);
    v = wf_pf_settle(b, wf_pf_convert(b, wf_pf_runtime(b, v, at), o->types[field], at), at);
    if (v.type != o->types[field] || count > 256) return;
    wf_pf_val_leaves(b, v, leaves);
    if (wf_pf_holds_addresses(b, v.type)) b->l->links = 1;
    for (uint32_t i = 0; i < count; i++) {
        wf_expr *place = wf_make_member(u, record_place(b, object, o, at),
                                        wf_arena_printf(&u->arena, "part%u", first + i), at);
        wf_pf_emit(b, wf_make_assign(u, place, leaves[i], at));
    }
}

void wf_pf_object_store(wf_pf_body *b, wf_pf_val object, const char *name, wf_pf_val v, wf_place at) {
    layout o;
    uint32_t first;
    layout_of(b, object.type, &o);
    int field = find_field(&o, name, &first), handled = 0;
    if (v.type->kind == WF_PF_T_UNKNOWN) return;
    wf_pf_open_field *open = field >= 0 && o.open ? find_open(b->l, object.type->size, name) : NULL;
    if (open) {
        v = wf_pf_runtime(b, v, at);
        learn_field(b, open, v.type, at);
        if (open->type != o.types[field]) return; /* the next run */
    }
    if (field >= 0) {
        store_field(b, wf_pf_settle(b, object, at), &o, field, first, v, at);
        return;
    }
    wf_pf_args args = {.v = &v, .count = 1, .at = at}; /* a property's setter */
    wf_pf_resolve_method(b, object, wf_arena_printf(&b->l->u->arena, "=%s", name), &args, &handled);
    if (!handled)
        wf_pf_error(b, at, "name it in the spec of the class", "%s has no field '%s'", wf_pf_spell(b, object),
                    name);
}

/* ---- making ---- */

static wf_pf_val record_new(wf_pf_body *b, const wf_pf_type *type, const layout *o, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *pointer = wf_pf_ctype(b->l, type);
    uint64_t bytes = o->count ? wf_type_size(record_of(b, o)) : 8;
    wf_expr *memory = wf_pf_heap_alloc_bytes(b, wf_pf_word(b, (int64_t)bytes, at), 1, at);
    wf_var *made = wf_pf_temp(b, "made", pointer, wf_make_cast(u, pointer, memory, at), at);
    wf_pf_raise_when(b, wf_make_unary(u, WF_OP_LNOT, wf_make_bool(u, wf_make_var(u, made, at)), at),
                     "MemoryError: out of memory", at);
    return wf_pf_scalar(b, type, wf_make_var(u, made, at));
}

wf_pf_val wf_pf_container_new(wf_pf_body *b, const wf_pf_type *type, wf_place at) {
    layout o;
    uint32_t first;
    if (type->kind == WF_PF_T_LIST) return wf_pf_list_new(b, type->element, 0, at);
    layout_of(b, type, &o);
    wf_pf_val v = record_new(b, type, &o, at);
    for (uint32_t i = 0; i < o.count; i++) {
        if (o.types[i]->kind != WF_PF_T_LIST) continue;
        find_field(&o, o.names[i], &first);
        store_field(b, v, &o, (int)i, first, wf_pf_list_new(b, o.types[i]->element, 0, at), at);
    }
    return v;
}

/* One that says by what is put into it what it holds. */
wf_pf_val wf_pf_container_empty(wf_pf_body *b, wf_pf_kind kind, const wf_pf_expr *e) {
    static const char *const words[] = {"list", "dict", "set"};
    const wf_pf_type *type = wf_pf_site_type(b, e, kind);
    if (b->l->options.mode != WF_PF_HOST)
        return wf_pf_error(b, e->at, "use arrays", "a %s is not supported in kernels",
                           words[kind - WF_PF_T_LIST]);
    if (type->element->kind != WF_PF_T_UNKNOWN) {
        wf_pf_val v = wf_pf_container_new(b, type, e->at);
        v.made_at = e->number + 1;
        return v;
    }
    b->heap_uses++;
    if (b->l->final)
        return wf_pf_error(b, e->at, "put something into it in this function",
                           "what this empty %s holds cannot be inferred",
                           kind == WF_PF_T_DICT  ? "dict"
                           : kind == WF_PF_T_SET ? "set"
                                                 : "list");
    wf_pf_val v =
        wf_pf_scalar(b, type, wf_make_cast(b->l->u, wf_pf_ctype(b->l, type), wf_pf_word(b, 0, e->at), e->at));
    v.made_at = e->number + 1;
    return v;
}

/* Puts one item (of a dict: a pair) in. */
static void put(wf_pf_body *b, wf_pf_val into, wf_pf_val item, wf_place at) {
    int handled = 0;
    wf_pf_list_fills(b, into.type);
    item = wf_pf_runtime(b, item, at);
    if (into.type->kind == WF_PF_T_LIST) {
        wf_pf_list_append(b, into, item, at);
        return;
    }
    if (item.type->kind == WF_PF_T_UNKNOWN) return;
    wf_pf_list_learn(b, into.type, item.type);
    if (into.type->element->kind == WF_PF_T_UNKNOWN) {
        b->heap_uses++;
        return;
    }
    if (!wf_pf_container_widen(b, into, item.type, at)) return;
    item = wf_pf_convert(b, item, into.type->element, at);
    if (item.type != into.type->element) return;
    int is_dict = into.type->kind == WF_PF_T_DICT;
    wf_pf_args args = {.v = is_dict ? item.items : &item, .count = is_dict ? 2 : 1, .at = at};
    wf_pf_resolve_method(b, into, is_dict ? "__setitem__" : "add", &args, &handled);
    if (!handled) wf_pf_error(b, at, NULL, "%s cannot hold this", wf_pf_spell(b, into));
}

void wf_pf_collect(wf_pf_body *b, const wf_pf_stmt *s) {
    put(b, *b->collect, wf_pf_eval(b, s->value), s->at);
}

/* Keys of a set or dict, or values beside keys that are not known while compiling, that no type holds. */
static wf_pf_val several_types(wf_pf_body *b, const wf_pf_expr *e, const wf_pf_val *v, uint32_t step,
                               uint32_t part) {
    uint32_t i = 1;
    const wf_pf_type *first = wf_pf_runtime_type(b, v[0]);
    while (i + 1 < e->count / step && wf_pf_type_unify(&b->l->types, first, wf_pf_runtime_type(b, v[i]))) i++;
    if (i >= e->count / step) i = 0;
    return wf_pf_error(b, e->items[i * step + part]->at,
                       part ? "values of several types go with keys that are constant text" : NULL,
                       "a %s holds items of one type; got %s%s and %s", step == 2 ? "dict" : "set",
                       step == 1 ? ""
                       : part    ? "values of "
                                 : "keys of ",
                       wf_pf_type_spell(&b->l->types, first), wf_pf_spell(b, v[i]));
}

/* {k: v, …} and {k, …}: the type is that of all items together. */
wf_pf_val wf_pf_container_literal(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_kind kind = e->kind == WF_PF_DICT ? WF_PF_T_DICT : WF_PF_T_SET;
    uint32_t step = kind == WF_PF_T_DICT ? 2 : 1, count = e->count / step;
    if (!count || b->l->options.mode != WF_PF_HOST) return wf_pf_container_empty(b, kind, e);
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count);
    wf_pf_val *parts[2]; /* the keys, the values */
    const wf_pf_type *types[2] = {b->l->unknown, b->l->unknown};
    for (uint32_t k = 0; k < step; k++) parts[k] = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < step; k++) {
            wf_pf_val v = wf_pf_eval(b, e->items[i * step + k]);
            v = parts[k][i] = wf_pf_settle(b, k ? v : wf_pf_as_key(b, v, e->at), e->at);
            if (v.type->kind == WF_PF_T_UNKNOWN) return v;
            const wf_pf_type *held = wf_pf_runtime_type(b, v);
            if (wf_pf_has_static(held)) types[k] = NULL; /* a function, say: no memory holds one */
            if (types[k]) types[k] = wf_pf_type_unify(&b->l->types, types[k], held);
        }
    for (uint32_t k = 0; k < step; k++) {
        if (types[k]) continue;
        wf_pf_val mixed = k ? wf_pf_mixed_dict(b, parts[0], parts[1], count) : (wf_pf_val){0};
        return mixed.type ? mixed : several_types(b, e, parts[k], step, k);
    }
    for (uint32_t i = 0; i < count; i++) {
        wf_pf_val *pair = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2);
        for (uint32_t k = 0; k < step; k++) pair[k] = wf_pf_runtime(b, parts[k][i], e->at);
        items[i] = step == 2 ? wf_pf_tuple(b, pair, 2) : pair[0];
    }
    const wf_pf_type *type = step == 2 ? wf_pf_type_tuple(&b->l->types, types, 2) : types[0];
    type = wf_pf_wider_here(b, e, type);
    wf_pf_val v = wf_pf_container_new(b, wf_pf_type_container(&b->l->types, kind, type, 0), e->at);
    v.made_at = e->number + 1;
    for (uint32_t i = 0; i < count; i++) put(b, v, items[i], e->at);
    return v;
}

wf_pf_val wf_pf_object_new(wf_pf_body *b, uint32_t class_, wf_pf_args *args) {
    layout o;
    int handled = 0;
    const wf_pf_type *type = wf_pf_type_object(&b->l->types, class_);
    layout_of(b, type, &o);
    if (o.open) { /* what it keeps from one step to the next is known once a step was seen */
        wf_pf_val none = wf_pf_scalar(
            b, type, wf_make_cast(b->l->u, wf_pf_ctype(b->l, type), wf_pf_word(b, 0, args->at), args->at));
        wf_pf_args nothing = {.at = args->at};
        wf_stmt *outer = wf_pf_open(b, args->at);
        wf_pf_resolve_method(b, none, "__next__", &nothing, &handled);
        wf_pf_close(b, outer);
        layout_of(b, type, &o);
    }
    wf_pf_val v = record_new(b, type, &o, args->at);
    wf_pf_resolve_method(b, v, "__init__", args, &handled);
    if (!handled && args->count)
        return wf_pf_error(b, args->at, NULL, "this class takes no arguments: it has no __init__");
    return v;
}
