/* pyfunc/text.c: text at run time.
 *
 * A text is where its code points lie (32 bits each) and how many there are; it never changes, so a slice of
 * it is a view. A constant text stays one as long as it can (a mode that is compared, a format); where it
 * must meet another it becomes one of these. All that is written here is the way between a text and the array
 * of its code points: the operators and methods are Python over that array (weft/_pylib/text.py).
 *
 * An element of an array of bytes is the same with bytes in the place of code points (type code V). Other bytes,
 * constants too, are arrays; beside such an element they become what it is. */
#include "pyfunc/lower.h"
#include <string.h>

static const wf_pf_type *text_type(wf_pf_body *b) { return wf_pf_type_plain(&b->l->types, WF_PF_T_STR); }

static int is_constant(wf_pf_val v) { return v.known && v.known->kind == WF_PF_V_STR; }

int wf_pf_is_text(wf_pf_val v) { return v.type->kind == WF_PF_T_STR || is_constant(v); }

/* ---- constants ---- */

/* The code points of UTF-8 that Python made. */
static uint32_t decode(const char *text, size_t length, uint32_t *out) {
    uint32_t count = 0;
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        uint32_t code = more == 0 ? c : c & (0x3fu >> more);
        for (int k = 1; k <= more && i + (size_t)k < length; k++)
            code = code << 6 | ((unsigned char)text[i + (size_t)k] & 0x3fu);
        out[count++] = code;
        i += 1u + (unsigned)more;
    }
    return count;
}

static wf_pf_val text_constant(wf_pf_body *b, const wf_pf_value *k, wf_place at) {
    wf_arena *arena = &b->l->u->arena;
    uint32_t *codes = WF_NEW_ARRAY(arena, uint32_t, k->length + 1);
    wf_pf_value *extent = WF_NEW(arena, wf_pf_value), *array = WF_NEW(arena, wf_pf_value);
    uint32_t count = decode(k->text, k->length, codes);
    *extent = (wf_pf_value){.kind = WF_PF_V_INT, .i = count};
    *array = (wf_pf_value){
        .kind = WF_PF_V_ARRAY, .text = "I", .data = codes, .length = count * 4, .items = extent, .count = 1};
    return wf_pf_text_of(b, wf_pf_array_constant(b, array, at), at);
}

wf_pf_val wf_pf_runtime(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (v.lazy) return wf_pf_materialise(b, v, at);
    if (b->l->options.mode != WF_PF_HOST) return v;
    if (is_constant(v)) return text_constant(b, v.known, at);
    if (v.type->kind != WF_PF_T_TUPLE || !v.items) return v;
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, v.type->count + 1);
    int changed = 0;
    for (uint32_t i = 0; i < v.type->count; i++) {
        items[i] = wf_pf_runtime(b, v.items[i], at);
        changed |= items[i].type != v.items[i].type;
    }
    if (!changed) return v;
    const wf_pf_type *like = v.type;
    v = wf_pf_tuple(b, items, like->count);
    if (v.type->kind == WF_PF_T_TUPLE) v.type = wf_pf_type_tuple_like(&b->l->types, like, v.type->items);
    return v;
}

/* The type of what wf_pf_runtime would give, without making it. */
const wf_pf_type *wf_pf_runtime_type(wf_pf_body *b, wf_pf_val v) {
    if (b->l->options.mode != WF_PF_HOST) return v.type;
    if (is_constant(v)) return text_type(b);
    if (v.type->kind != WF_PF_T_TUPLE || !v.items) return v.type;
    const wf_pf_type **items = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_type *, v.type->count + 1);
    for (uint32_t i = 0; i < v.type->count; i++) items[i] = wf_pf_runtime_type(b, v.items[i]);
    return wf_pf_type_tuple_like(&b->l->types, v.type, items);
}

/* ---- a text and its code points ---- */

wf_pf_val wf_pf_text_codes(wf_pf_body *b, wf_pf_val v, wf_place at) {
    v = wf_pf_runtime(b, v, at);
    if (v.type->kind != WF_PF_T_STR)
        return wf_pf_error(b, at, NULL, "got %s, expected text", wf_pf_spell(b, v));
    const wf_pf_type *code = wf_pf_type_scalar(&b->l->types, wf_pf_is_bytes(v.type) ? 'B' : 'I');
    v.type = wf_pf_type_array(&b->l->types, code, 1, 'C', 1);
    return v;
}

wf_pf_val wf_pf_text_of(wf_pf_body *b, wf_pf_val array, wf_place at) {
    if (array.lazy) array = wf_pf_materialise(b, array, at);
    int is_bytes = wf_pf_is_bytes_array(array);
    if (!is_bytes && (array.type->kind != WF_PF_T_ARRAY || !array.array || array.type->ndim != 1 ||
                      array.type->layout != 'C' || array.type->element->code != 'I'))
        return wf_pf_error(b, at, NULL, "text cannot be made of %s", wf_pf_spell(b, array));
    const wf_type *types[2];
    const wf_pf_type *type = is_bytes ? wf_pf_type_bytes(&b->l->types) : text_type(b);
    wf_pf_leaf_types(b->l, type, types);
    wf_pf_val v = {.type = type, .stable = array.stable, .array = WF_NEW(&b->l->u->arena, wf_pf_array)};
    v.array->data = wf_make_cast(b->l->u, types[0], wf_pf_clone(b->l->u, array.array->data), at);
    v.array->shape = array.array->shape;
    return v;
}

wf_pf_val wf_pf_text_length(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (is_constant(v)) {
        uint32_t *codes = WF_NEW_ARRAY(&b->l->u->arena, uint32_t, v.known->length + 1);
        return wf_pf_int(b, decode(v.known->text, v.known->length, codes), at);
    }
    wf_pf_val n = wf_pf_scalar(b, b->l->int64, wf_pf_clone(b->l->u, v.array->shape[0]));
    n.nonneg = 1;
    return n;
}

/* The character at an index that is known to be inside: a text of one; of bytes a number. */
wf_pf_val wf_pf_text_at(wf_pf_body *b, wf_pf_val v, wf_expr *index, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val one = {.type = v.type, .array = WF_NEW(&u->arena, wf_pf_array)};
    one.array->data = wf_make_binary(u, WF_OP_ADD, wf_pf_clone(u, v.array->data), index, at);
    if (wf_pf_is_bytes(v.type))
        return wf_pf_scalar(b, wf_pf_type_scalar(&b->l->types, 'B'),
                            wf_make_value(u, wf_make_deref(u, one.array->data, at)));
    one.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, 1);
    one.array->shape[0] = wf_make_int(u, wf_type_scalar(u, WF_TY_LONG), 1, at);
    return one;
}

/* ---- elements of arrays ---- */

/* An element's type, of an array or of a record's field (whose values are text). */
static int is_of_bytes(const wf_pf_type *element) {
    return element->kind == WF_PF_T_STR ? wf_pf_is_bytes(element) : element->fields[0].type->code == 'B';
}

/* All code points of an element, an array of its length. */
static wf_pf_val element_codes(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *codes = wf_make_member(u, place, "wf_text", at);
    const wf_pf_type *code = wf_pf_type_scalar(&b->l->types, is_of_bytes(element) ? 'B' : 'I');
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, code, 1, 'C', 0),
                   .array = WF_NEW(&u->arena, wf_pf_array)};
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, 1);
    v.array->shape[0] = wf_make_int(u, wf_type_scalar(u, WF_TY_LONG), codes->type->count, at);
    v.array->data = wf_make_cast(u, wf_type_pointer(u, wf_pf_ctype(b->l, code)), wf_make_value(u, codes), at);
    return v;
}

static wf_pf_val element_by(wf_pf_body *b, const char *name, const wf_pf_type *element, wf_expr *place,
                            wf_place at) {
    wf_pf_val codes = element_codes(b, element, wf_pf_clone(b->l->u, place), at);
    wf_pf_args args = {.v = &codes, .count = 1, .at = at};
    int handled = 0;
    wf_pf_val v = wf_pf_resolve_named(b, name, &args, &handled);
    v.place = wf_pf_clone(b->l->u, place);
    return v;
}

/* A copy: the text that was read stays as it is when the element is stored into. */
wf_pf_val wf_pf_text_element(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_place at) {
    return element_by(b, "weft.text.element", element, place, at);
}

wf_pf_val wf_pf_text_in_place(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_place at) {
    return element_by(b, "weft.text.element_in_place", element, place, at);
}

void wf_pf_store_text(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_pf_val text, wf_place at) {
    int of_bytes = is_of_bytes(element), handled = 0;
    if (of_bytes && wf_pf_is_bytes_array(text)) text = wf_pf_text_of(b, text, at);
    wf_pf_val both[] = {element_codes(b, element, place, at), wf_pf_runtime(b, text, at)};
    wf_pf_args args = {.v = both, .count = 2, .at = at};
    if (!wf_pf_is_text(text)) {
        wf_pf_error(b, at, NULL, "%s cannot be stored in an element of %s", wf_pf_spell(b, text),
                    of_bytes ? "bytes" : "text");
        return;
    }
    wf_pf_resolve_named(b, "weft.text.store", &args, &handled);
}

int wf_pf_is_bytes_array(wf_pf_val v) {
    return v.type->kind == WF_PF_T_ARRAY && v.array && v.type->ndim == 1 && v.type->layout == 'C' &&
           v.type->element->code == 'B';
}

wf_pf_val wf_pf_as_key(wf_pf_body *b, wf_pf_val v, wf_place at) {
    return wf_pf_is_bytes_array(v) ? wf_pf_text_of(b, v, at) : v;
}

int wf_pf_is_text_array(wf_pf_val v) {
    return v.type->kind == WF_PF_T_ARRAY && wf_pf_is_text_element(v.type->element);
}

/* a == "be", a != b: truth values, by Python. */
wf_pf_val wf_pf_text_arrays(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    static const char *const names[WF_PF_OP_COUNT] = {
        [WF_PF_EQ] = "==", [WF_PF_NE] = "!=", [WF_PF_LT] = "<",
        [WF_PF_LE] = "<=", [WF_PF_GT] = ">",  [WF_PF_GE] = ">="};
    const wf_pf_type *element = (wf_pf_is_text_array(x) ? x : y).type->element;
    wf_pf_val both[] = {wf_pf_runtime(b, x, at), wf_pf_runtime(b, y, at)};
    wf_pf_args args = {.v = both, .count = 2, .at = at};
    int handled = 0;
    for (int i = 0; i < 2; i++)
        if (is_of_bytes(element) && wf_pf_is_bytes_array(both[i])) both[i] = wf_pf_text_of(b, both[i], at);
    wf_pf_val v = wf_pf_unknown(b);
    if (names[op])
        v = wf_pf_resolve_named(b, wf_arena_printf(&b->l->u->arena, "weft.text.arrays%s", names[op]), &args,
                                &handled);
    return handled ? v
                   : wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[op],
                                 wf_pf_spell(b, x), wf_pf_spell(b, y));
}

void wf_pf_bytes_meet(wf_pf_body *b, wf_pf_val *x, wf_pf_val *y, wf_place at) {
    if (wf_pf_is_bytes(x->type) && wf_pf_is_bytes_array(*y)) *y = wf_pf_text_of(b, *y, at);
    if (wf_pf_is_bytes(y->type) && wf_pf_is_bytes_array(*x)) *x = wf_pf_text_of(b, *x, at);
}

/* ---- operators ---- */

static wf_pf_val method(wf_pf_body *b, wf_pf_val text, const char *name, wf_pf_val *others, uint32_t count,
                        wf_place at, int *handled) {
    wf_pf_args args = {.v = others, .count = count, .at = at};
    return wf_pf_resolve_method(b, text, name, &args, handled);
}

static wf_pf_val fold(wf_pf_body *b, const wf_pf_value *x, const wf_pf_value *y) {
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    char *text = wf_arena_alloc(&b->l->u->arena, x->length + y->length + 1);
    memcpy(text, x->text, x->length);
    memcpy(text + x->length, y->text, y->length);
    text[x->length + y->length] = 0;
    *k = (wf_pf_value){.kind = WF_PF_V_STR, .text = text, .length = x->length + y->length};
    return wf_pf_constant(b, k, (wf_place){0});
}

/* + * % and comparisons: methods in Python. */
wf_pf_val wf_pf_text_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    static const char *const names[WF_PF_OP_COUNT] = {
        [WF_PF_ADD] = "__add__", [WF_PF_MUL] = "__mul__", [WF_PF_MOD] = "__mod__",
        [WF_PF_EQ] = "__eq__",   [WF_PF_NE] = "__ne__",   [WF_PF_LT] = "__lt__",
        [WF_PF_LE] = "__le__",   [WF_PF_GT] = "__gt__",   [WF_PF_GE] = "__ge__"};
    int handled = 0,
        both = wf_pf_is_text(x) && wf_pf_is_text(y) && wf_pf_is_bytes(x.type) == wf_pf_is_bytes(y.type);
    if (op == WF_PF_ADD && is_constant(x) && is_constant(y)) return fold(b, x.known, y.known);
    if (op == WF_PF_MUL && !wf_pf_is_text(x)) return wf_pf_text_binary(b, op, y, x, at);
    if ((op == WF_PF_EQ || op == WF_PF_NE) && !both) return wf_pf_bool(b, op == WF_PF_NE);
    x = wf_pf_runtime(b, x, at);
    y = wf_pf_runtime(b, y, at);
    int fits = op == WF_PF_MUL ? wf_pf_is_integral(y.type) : op == WF_PF_MOD || both;
    wf_pf_val v = wf_pf_unknown(b);
    if (names[op] && fits) v = method(b, x, names[op], &y, 1, at, &handled);
    return handled ? v
                   : wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[op],
                                 wf_pf_spell(b, x), wf_pf_spell(b, y));
}

wf_pf_val wf_pf_text_subscript(wf_pf_body *b, wf_pf_val text, const wf_pf_expr *index, wf_place at) {
    int handled = 0;
    wf_pf_val parts[3];
    text = wf_pf_runtime(b, text, at);
    if (index->kind == WF_PF_SLICE) {
        const wf_pf_expr *bounds[] = {index->a, index->b, index->c};
        for (int i = 0; i < 3; i++) parts[i] = bounds[i] ? wf_pf_eval(b, bounds[i]) : wf_pf_none(b);
        return method(b, text, "getitem_s", parts, 3, at, &handled);
    }
    parts[0] = wf_pf_unwrap(b, wf_pf_eval(b, index), at);
    if (parts[0].type->kind == WF_PF_T_UNKNOWN) return parts[0];
    if (wf_pf_is_slice(parts[0].type)) return method(b, text, "getitem_s", parts[0].items, 3, at, &handled);
    if (!wf_pf_is_integral(parts[0].type))
        return wf_pf_error(b, at, NULL, "text is indexed by integers and slices, got %s",
                           wf_pf_spell(b, parts[0]));
    return method(b, text, "getitem_i", parts, 1, at, &handled);
}

/* ---- f-strings ---- */

/* {x}, {x!r}, {x:6.2f}: str(x), or what Python's format() gives. */
static wf_pf_val formatted(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val v = wf_pf_eval(b, e->a);
    if (v.type->kind == WF_PF_T_UNKNOWN) return v;
    wf_pf_val spec = e->b ? wf_pf_eval(b, e->b) : wf_pf_none(b);
    const char *name = e->local == 'r' || e->local == 'a' ? "repr" : "str";
    wf_pf_args args = {.v = &v, .count = 1, .at = e->at};
    int handled = 0;
    if (is_constant(v) && !e->b && *name == 's') return v;
    if (e->b) {
        wf_pf_val both[] = {v, spec};
        wf_pf_args two = {.v = both, .count = 2, .at = e->at};
        wf_pf_val out = wf_pf_resolve_named(b, "format", &two, &handled);
        if (handled) return out;
    } else {
        wf_pf_val out = wf_pf_resolve_named(b, name, &args, &handled);
        if (handled) return out;
    }
    const char *hint = b->l->options.mode == WF_PF_HOST ? NULL : "kernels make no text: print(\"x is\", x)";
    return wf_pf_error(b, e->at, hint, "%s cannot stand in an f-string", wf_pf_spell(b, v));
}

wf_pf_val wf_pf_text_joined(wf_pf_body *b, const wf_pf_expr *e) {
    static const wf_pf_value nothing = {.kind = WF_PF_V_STR, .text = ""};
    wf_pf_val all = wf_pf_constant(b, &nothing, e->at);
    for (uint32_t i = 0; i < e->count; i++) {
        const wf_pf_expr *part = e->items[i];
        wf_pf_val v = part->kind == WF_PF_FORMATTED ? formatted(b, part) : wf_pf_eval(b, part);
        if (v.type->kind == WF_PF_T_UNKNOWN) return v;
        all = is_constant(all) && !all.known->length ? v : wf_pf_text_binary(b, WF_PF_ADD, all, v, e->at);
        if (!wf_pf_is_text(all)) return all;
    }
    return all;
}

/* b"…" in a kernel: bytes that the program does not change, and how many there are. */
static int is_constant_bytes(wf_pf_body *b, wf_pf_val v) {
    return b->l->options.mode != WF_PF_HOST && wf_pf_is_bytes_array(v) && v.type->readonly &&
           v.array->shape[0]->kind == WF_EX_INT;
}

int wf_pf_takes_text(wf_pf_body *b, wf_pf_val array, wf_pf_val v) {
    if (array.type->kind != WF_PF_T_ARRAY || array.type->ndim != 1 || !array.array ||
        array.array->shape[0]->kind != WF_EX_INT)
        return 0;
    char element = array.type->element->code;
    return (is_constant(v) && (element == 'B' || element == 'I')) ||
           (element == 'B' && is_constant_bytes(b, v));
}

/* What is left of the array is zeros, as in NumPy. */
static void store_bytes(wf_pf_body *b, wf_pf_val array, wf_pf_val bytes, wf_place at) {
    uint64_t count = bytes.array->shape[0]->u.i, room = array.array->shape[0]->u.i;
    const wf_pf_type *element = array.type->element;
    array = wf_pf_settle(b, array, at);
    bytes = wf_pf_settle(b, bytes, at);
    wf_pf_array_fill(b, array, wf_pf_int(b, 0, at), at);
    for (uint64_t i = 0; i < count && i < room; i++) {
        wf_pf_val index = wf_pf_int(b, (int64_t)i, at);
        index.nonneg = 1;
        wf_pf_val byte = wf_pf_load(b, bytes.type->element, wf_pf_element(b, bytes, &index, 1, at));
        wf_pf_store(b, wf_pf_element(b, array, &index, 1, at), element, byte, at);
    }
}

void wf_pf_store_characters(wf_pf_body *b, wf_pf_val array, wf_pf_val text, wf_place at) {
    if (!is_constant(text)) {
        store_bytes(b, array, text, at);
        return;
    }
    uint32_t *codes = WF_NEW_ARRAY(&b->l->u->arena, uint32_t, text.known->length + 1);
    uint64_t count = decode(text.known->text, text.known->length, codes), room = array.array->shape[0]->u.i;
    array = wf_pf_settle(b, array, at);
    wf_pf_array_fill(b, array, wf_pf_int(b, 0, at), at);
    for (uint64_t i = 0; i < count && i < room; i++) {
        wf_pf_val index = wf_pf_int(b, (int64_t)i, at);
        if (array.type->element->code == 'B' && codes[i] > 127) {
            wf_pf_error(b, at, NULL, "text with characters beyond ASCII cannot be stored in bytes");
            return;
        }
        index.nonneg = 1;
        wf_pf_store(b, wf_pf_element(b, array, &index, 1, at), array.type->element,
                    wf_pf_int(b, codes[i], at), at);
    }
}
