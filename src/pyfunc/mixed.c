/* pyfunc/mixed.c: lists and dicts of several types: ['a', 1], {"n": 3, "weights": w}.
 *
 * No memory can hold items of types that only the program's text tells, so such a list is what a tuple is: its
 * items are variables of their own, and its type says the type of each (types.h). A dict has its keys in its
 * type; they are texts that are known while compiling, as Numba wants them. Neither can be changed: another
 * name for it would not see the change. Loops over them are written out (unroll.c). */
#include "pyfunc/lower.h"
#include <string.h>

wf_pf_val wf_pf_mixed_list(wf_pf_body *b, wf_pf_val *items, uint32_t count) {
    wf_pf_val v = wf_pf_tuple(b, items, count);
    if (v.type->kind == WF_PF_T_TUPLE)
        v.type = wf_pf_type_mixed(&b->l->types, v.type->items, NULL, v.type->count);
    return v;
}

static wf_pf_val text(wf_pf_body *b, const char *words) {
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_STR, .text = words, .length = strlen(words)};
    return wf_pf_constant(b, k, b->in->f->at);
}

static int find(const char *const *names, uint32_t count, const char *name) {
    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(names[i], name)) return (int)i;
    return -1;
}

static const char **names_of(wf_pf_body *b, const wf_pf_type *dict) {
    const char **names = WF_NEW_ARRAY(&b->l->u->arena, const char *, dict->count + 1);
    for (uint32_t i = 0; i < dict->count; i++) names[i] = dict->fields[i].name;
    return names;
}

/* A key that comes again keeps its place and gets the later value, as in Python. */
wf_pf_val wf_pf_mixed_dict(wf_pf_body *b, const wf_pf_val *keys, const wf_pf_val *values, uint32_t count) {
    wf_arena *arena = &b->l->u->arena;
    const char **names = WF_NEW_ARRAY(arena, const char *, count + 1);
    wf_pf_val *items = WF_NEW_ARRAY(arena, wf_pf_val, count + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const wf_pf_value *k = keys[i].known;
        if (!k || k->kind != WF_PF_V_STR || strlen(k->text) != k->length) return (wf_pf_val){0};
        int at = find(names, n, k->text);
        names[at < 0 ? (int)n : at] = k->text;
        items[at < 0 ? (int)n++ : at] = values[i];
    }
    wf_pf_val v = wf_pf_tuple(b, items, n);
    if (v.type->kind == WF_PF_T_TUPLE)
        v.type = wf_pf_type_mixed(&b->l->types, v.type->items, names, v.type->count);
    return v;
}

wf_pf_val wf_pf_mixed_over(wf_pf_body *b, wf_pf_val v) {
    if (wf_pf_is_range(v.type)) return wf_pf_range_list(b, v, b->in->f->at);
    if (!wf_pf_is_mixed(v.type)) return v;
    wf_pf_val *items = v.items;
    if (wf_pf_is_mixed_dict(v.type)) {
        items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, v.type->count + 1);
        for (uint32_t i = 0; i < v.type->count; i++) items[i] = text(b, v.type->fields[i].name);
    }
    return wf_pf_tuple(b, items, v.type->count);
}

wf_pf_val wf_pf_mixed_error(wf_pf_body *b, wf_pf_val v, wf_place at) {
    int is_list = wf_pf_is_mixed_list(v.type);
    return wf_pf_error(b, at, is_list ? "make another list" : "make another dict",
                       "Cannot mutate a literal %s: %s has values of several types",
                       is_list ? "list" : "dictionary", wf_pf_spell(b, v));
}

/* ---- dicts ---- */

wf_pf_val wf_pf_mixed_item(wf_pf_body *b, wf_pf_val dict, wf_pf_val key, wf_place at) {
    if (key.type->kind == WF_PF_T_UNKNOWN) return key;
    if (!key.known || key.known->kind != WF_PF_V_STR)
        return wf_pf_error(b, at, "write the key there, or in a variable that is assigned once",
                           "%s needs a constant key: its values have different types", wf_pf_spell(b, dict));
    const char **names = names_of(b, dict.type);
    int i = find(names, dict.type->count, key.known->text);
    if (i >= 0) return dict.items[i];
    const char *near = wf_spelling_nearest(key.known->text, names, dict.type->count);
    return wf_pf_error(b, at, near ? wf_arena_printf(&b->l->u->arena, "did you mean '%s'?", near) : NULL,
                       "Key '%s' is not in dict. It has %u", key.known->text, dict.type->count);
}

/* d.get("key"), d.get("key", other): which it is, is known while compiling. */
static wf_pf_val get(wf_pf_body *b, wf_pf_val dict, const wf_pf_args *args) {
    const wf_pf_value *key = args->v[0].known;
    if (key && key->kind == WF_PF_V_STR && find(names_of(b, dict.type), dict.type->count, key->text) < 0)
        return args->count > 1 ? args->v[1] : wf_pf_none(b);
    return wf_pf_mixed_item(b, dict, args->v[0], args->at);
}

static wf_pf_val pairs(wf_pf_body *b, wf_pf_val dict) {
    wf_pf_val keys = wf_pf_mixed_over(b, dict);
    wf_pf_val *all = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, dict.type->count + 1);
    for (uint32_t i = 0; i < dict.type->count; i++) {
        wf_pf_val *pair = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2);
        pair[0] = keys.items[i];
        pair[1] = dict.items[i];
        all[i] = wf_pf_tuple(b, pair, 2);
    }
    return wf_pf_tuple(b, all, dict.type->count);
}

/* Two dicts are equal whose keys are, in whatever order, with equal values. */
wf_pf_val wf_pf_mixed_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    int equality = op == WF_PF_EQ || op == WF_PF_NE;
    if (equality && (x.type->code != y.type->code || x.type->count != y.type->count))
        return wf_pf_bool(b, op == WF_PF_NE);
    if (wf_pf_is_mixed_list(x.type) && wf_pf_is_mixed_list(y.type))
        return wf_pf_tuple_compare(b, op, wf_pf_mixed_over(b, x), wf_pf_mixed_over(b, y), at);
    if (!equality)
        return wf_pf_error(b, at, NULL, "%s and %s cannot be compared with %s", wf_pf_spell(b, x),
                           wf_pf_spell(b, y), wf_pf_op_text[op]);
    const char **names = names_of(b, y.type);
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, x.type->count + 1);
    for (uint32_t i = 0; i < x.type->count; i++) {
        int other = find(names, y.type->count, x.type->fields[i].name);
        if (other < 0) return wf_pf_bool(b, op == WF_PF_NE);
        items[i] = y.items[other];
    }
    return wf_pf_tuple_compare(b, op, wf_pf_tuple(b, x.items, x.type->count),
                               wf_pf_tuple(b, items, x.type->count), at);
}

/* ---- methods ---- */

static int is_changing(const char *name) {
    static const char *const all[] = {"append", "extend",      "insert",      "remove",     "pop",
                                      "clear",  "sort",        "reverse",     "setdefault", "popitem",
                                      "update", "__delitem__", "__setitem__", "__iadd__",   "__imul__"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i], name)) return 1;
    return 0;
}

wf_pf_val wf_pf_mixed_method(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args) {
    int handled = 0;
    if (is_changing(name)) return wf_pf_mixed_error(b, base, args->at);
    if (!strcmp(name, "copy") && !args->count) return base;
    if (wf_pf_is_mixed_list(base.type)) {
        wf_pf_val v = wf_pf_tuple_method(b, wf_pf_mixed_over(b, base), name, args, &handled);
        if (handled) return v;
    } else {
        if (!strcmp(name, "keys") && !args->count) return wf_pf_mixed_over(b, base);
        if (!strcmp(name, "values") && !args->count) return wf_pf_tuple(b, base.items, base.type->count);
        if (!strcmp(name, "items") && !args->count) return pairs(b, base);
        if (!strcmp(name, "get") && (args->count == 1 || args->count == 2)) return get(b, base, args);
        if (!strcmp(name, "__getitem__") && args->count == 1)
            return wf_pf_mixed_item(b, base, args->v[0], args->at);
    }
    return wf_pf_error(b, args->at, NULL, "%s has no method '%s' in compiled functions", wf_pf_spell(b, base),
                       name);
}
