/* pyfunc/types.c: types of Python values: interning, codes, names, and the rules by which two types meet.
 *
 * Two rules that are easily mixed up: `arith` is what an operator gives (int32 + int32 is int64, as in Numba:
 * integers grow to the machine's width), `unify` is what a variable that is assigned both must be (int32 and
 * int32 stay int32). */
#include "pyfunc/types.h"
#include "pyfunc/pyast.h"
#include <stdlib.h>
#include <string.h>

static const struct {
    char code;
    wf_pf_kind kind;
    uint8_t bytes, is_signed;
    const char *name;
} scalars[] = {
    {'?', WF_PF_T_BOOL, 1, 0, "bool"},         {'b', WF_PF_T_INT, 1, 1, "int8"},
    {'h', WF_PF_T_INT, 2, 1, "int16"},         {'i', WF_PF_T_INT, 4, 1, "int32"},
    {'l', WF_PF_T_INT, 8, 1, "int64"},         {'B', WF_PF_T_INT, 1, 0, "uint8"},
    {'H', WF_PF_T_INT, 2, 0, "uint16"},        {'I', WF_PF_T_INT, 4, 0, "uint32"},
    {'L', WF_PF_T_INT, 8, 0, "uint64"},        {'e', WF_PF_T_FLOAT, 2, 1, "float16"},
    {'f', WF_PF_T_FLOAT, 4, 1, "float32"},     {'d', WF_PF_T_FLOAT, 8, 1, "float64"},
    {'F', WF_PF_T_COMPLEX, 8, 1, "complex64"}, {'D', WF_PF_T_COMPLEX, 16, 1, "complex128"},
    {'E', WF_PF_T_FLOAT, 2, 1, "bfloat16"},
};
enum { SCALARS = sizeof scalars / sizeof *scalars };

static int same_value(const wf_pf_value *a, const wf_pf_value *b) {
    if (a == b) return 1;
    if (!a || !b || a->kind != b->kind || a->i != b->i || a->function != b->function) return 0;
    if (a->kind == WF_PF_V_OTHER && a->object != b->object) return 0;
    return a->text == b->text || (a->text && b->text && !strcmp(a->text, b->text));
}

static int same(const wf_pf_type *a, const wf_pf_type *b) {
    if (!same_value(a->value, b->value)) return 0;
    if (a->kind != b->kind || a->code != b->code || a->layout != b->layout || a->ndim != b->ndim ||
        a->readonly != b->readonly || a->element != b->element || a->count != b->count || a->size != b->size)
        return 0;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->kind == WF_PF_T_TUPLE && a->items[i] != b->items[i]) return 0;
        if (wf_pf_is_mixed_dict(a) && strcmp(a->fields[i].name, b->fields[i].name)) return 0;
        if (a->kind == WF_PF_T_RECORD &&
            (a->fields[i].type != b->fields[i].type || a->fields[i].offset != b->fields[i].offset ||
             a->fields[i].ndim != b->fields[i].ndim ||
             memcmp(a->fields[i].shape, b->fields[i].shape, sizeof a->fields[i].shape) != 0 ||
             strcmp(a->fields[i].name, b->fields[i].name) != 0))
            return 0;
    }
    return 1;
}

static const wf_pf_type *intern(wf_pf_types *t, const wf_pf_type *wanted) {
    for (wf_pf_type *p = t->all; p; p = p->next)
        if (same(p, wanted)) return p;
    wf_pf_type *made = WF_NEW(t->arena, wf_pf_type);
    *made = *wanted;
    made->next = t->all;
    t->all = made;
    return made;
}

const wf_pf_type *wf_pf_type_plain(wf_pf_types *t, wf_pf_kind kind) {
    wf_pf_type type = {.kind = kind};
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_bytes(wf_pf_types *t) {
    wf_pf_type type = {.kind = WF_PF_T_STR, .code = 'V'};
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_of_value(wf_pf_types *t, const wf_pf_value *value) {
    wf_pf_value *copy = WF_NEW(t->arena, wf_pf_value); /* the value may be one run's */
    *copy = *value;
    if (value->text) copy->text = wf_arena_strdup(t->arena, value->text);
    wf_pf_type type = {.kind = WF_PF_T_STATIC, .value = copy};
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_container(wf_pf_types *t, wf_pf_kind kind, const wf_pf_type *element,
                                       uint32_t site) {
    wf_pf_type type = {.kind = kind, .element = element, .size = site};
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_list(wf_pf_types *t, const wf_pf_type *element, uint32_t site) {
    return wf_pf_type_container(t, WF_PF_T_LIST, element, site);
}

const wf_pf_type *wf_pf_type_optional(wf_pf_types *t, const wf_pf_type *element) {
    wf_pf_type type = {.kind = WF_PF_T_OPTIONAL, .element = element};
    return element->kind == WF_PF_T_OPTIONAL || element->kind == WF_PF_T_NONE ? element : intern(t, &type);
}

const wf_pf_type *wf_pf_type_object(wf_pf_types *t, uint32_t class_) {
    wf_pf_type type = {.kind = WF_PF_T_OBJECT, .size = class_};
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_closure(wf_pf_types *t, const struct wf_pf_value *function,
                                     const wf_pf_type **items, uint32_t count) {
    wf_pf_type type = {.kind = WF_PF_T_TUPLE, .code = 'c', .count = count};
    type.value = wf_pf_type_of_value(t, function)->value;
    return wf_pf_type_tuple_like(t, &type, items);
}

const wf_pf_type *wf_pf_type_scalar(wf_pf_types *t, char code) {
    for (int i = 0; i < SCALARS; i++)
        if (scalars[i].code == code) {
            wf_pf_type type = {.kind = scalars[i].kind,
                               .code = code,
                               .bytes = scalars[i].bytes,
                               .is_signed = scalars[i].is_signed};
            return intern(t, &type);
        }
    return NULL;
}

const wf_pf_type *wf_pf_type_tuple(wf_pf_types *t, const wf_pf_type **items, uint32_t count) {
    return wf_pf_type_named_tuple(t, items, count, 0);
}

const wf_pf_type *wf_pf_type_tuple_like(wf_pf_types *t, const wf_pf_type *like, const wf_pf_type **items) {
    wf_pf_type type = *like;
    const wf_pf_type **copy = WF_NEW_ARRAY(t->arena, const wf_pf_type *, type.count + 1);
    for (uint32_t i = 0; i < type.count; i++) copy[i] = items[i];
    type.items = copy;
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_named_tuple(wf_pf_types *t, const wf_pf_type **items, uint32_t count,
                                         uint32_t class_) {
    wf_pf_type type = {.kind = WF_PF_T_TUPLE, .count = count, .size = class_};
    return wf_pf_type_tuple_like(t, &type, items);
}

const wf_pf_type *wf_pf_type_slice(wf_pf_types *t, const wf_pf_type **items) {
    wf_pf_type type = {.kind = WF_PF_T_TUPLE, .code = 's', .count = 3};
    return wf_pf_type_tuple_like(t, &type, items);
}

const wf_pf_type *wf_pf_type_range(wf_pf_types *t) {
    const wf_pf_type *number = wf_pf_type_scalar(t, 'l'), *items[] = {number, number, number};
    wf_pf_type type = {.kind = WF_PF_T_TUPLE, .code = 'r', .count = 3};
    return wf_pf_type_tuple_like(t, &type, items);
}

const wf_pf_type *wf_pf_type_mixed(wf_pf_types *t, const wf_pf_type **items, const char *const *names,
                                   uint32_t count) {
    wf_pf_type type = {.kind = WF_PF_T_TUPLE, .code = names ? 'k' : 'm', .count = count};
    wf_pf_field *fields = names ? WF_NEW_ARRAY(t->arena, wf_pf_field, count + 1) : NULL;
    for (uint32_t i = 0; names && i < count; i++) fields[i].name = wf_arena_strdup(t->arena, names[i]);
    type.fields = fields;
    return wf_pf_type_tuple_like(t, &type, items);
}

const wf_pf_type *wf_pf_type_array(wf_pf_types *t, const wf_pf_type *element, int ndim, char layout,
                                   int readonly) {
    wf_pf_type type = {.kind = WF_PF_T_ARRAY,
                       .layout = ndim < 2 && layout == 'F' ? 'C' : layout,
                       .ndim = (uint8_t)ndim,
                       .readonly = readonly != 0,
                       .element = element};
    return intern(t, &type);
}

/* ---- codes ------------------------------------------------------------------------------------------------
 */

/* [3,2] before the type of a field: an array inside the record. */
static const char *parse_extents(wf_pf_field *f, const char *code) {
    char *end;
    if (*code != '[') return code;
    do {
        if (f->ndim == sizeof f->shape / sizeof *f->shape) return NULL;
        f->shape[f->ndim++] = (uint32_t)strtoul(code + 1, &end, 10);
        code = end;
    } while (*code == ',');
    return *code == ']' ? code + 1 : NULL;
}

/* {size,name:offset:type;…} */
static const wf_pf_type *parse_record(wf_pf_types *t, const char *code, const char **rest) {
    char *end;
    wf_pf_type type = {.kind = WF_PF_T_RECORD, .size = (uint32_t)strtoul(code, &end, 10)};
    wf_pf_field *fields = WF_NEW_ARRAY(t->arena, wf_pf_field, 256);
    if (*end != ',') return NULL;
    for (code = end + 1; *code && *code != '}';) {
        const char *colon = strchr(code, ':');
        if (!colon || type.count >= 256) return NULL;
        wf_pf_field *f = &fields[type.count++];
        f->name = wf_arena_strndup(t->arena, code, (size_t)(colon - code));
        f->offset = (uint32_t)strtoul(colon + 1, &end, 10);
        const char *at = *end == ':' ? parse_extents(f, end + 1) : NULL;
        if (!at || !(f->type = wf_pf_type_parse(t, at, &code)) || *code != ';') return NULL;
        code++;
    }
    if (*code != '}') return NULL;
    type.fields = fields;
    *rest = code + 1;
    return intern(t, &type);
}

/* 7; the number of a class that Python knows. */
static const char *parse_class(const char *code, uint32_t *class_) {
    char *end;
    *class_ = (uint32_t)strtoul(code, &end, 10);
    return *end == ';' && *class_ ? end + 1 : NULL;
}

static const wf_pf_type *parse_tuple(wf_pf_types *t, const char *code, uint32_t class_, const char **rest) {
    const wf_pf_type *items[64];
    uint32_t count = 0;
    while (*code && *code != ')') {
        if (count == 64 || !(items[count++] = wf_pf_type_parse(t, code, &code))) return NULL;
    }
    if (*code != ')') return NULL;
    *rest = code + 1;
    return wf_pf_type_named_tuple(t, items, count, class_);
}

/* Q(1:al3:keyd) a dict of an int64 at "a" and a float64 at "key": how long a key is, the key, the type. */
static const wf_pf_type *parse_mixed_dict(wf_pf_types *t, const char *code, const char **rest) {
    const wf_pf_type *items[64];
    const char *names[64];
    uint32_t count = 0;
    while (*code && *code != ')') {
        char *colon;
        unsigned long length = strtoul(code, &colon, 10);
        if (count == 64 || *colon != ':' || strnlen(colon + 1, length) < length) return NULL;
        names[count] = wf_arena_strndup(t->arena, colon + 1, length);
        if (!(items[count++] = wf_pf_type_parse(t, colon + 1 + length, &code))) return NULL;
    }
    if (*code != ')') return NULL;
    *rest = code + 1;
    return wf_pf_type_mixed(t, items, names, count);
}

/* What has a letter before one or two other types: [d Md d Sd Od. */
static const wf_pf_type *parse_holder(wf_pf_types *t, const char *code, const char **rest) {
    const wf_pf_type *items[2] = {wf_pf_type_parse(t, code + 1, rest), NULL};
    if (!items[0]) return NULL;
    if (*code == '[') return wf_pf_type_list(t, items[0], 0);
    if (*code == 'S') return wf_pf_type_container(t, WF_PF_T_SET, items[0], 0);
    if (*code == 'O') return wf_pf_type_optional(t, items[0]);
    if (!(items[1] = wf_pf_type_parse(t, *rest, rest))) return NULL;
    return wf_pf_type_container(t, WF_PF_T_DICT, wf_pf_type_tuple(t, items, 2), 0);
}

/* WD1; a datetime64[D]; wx10; a timedelta64[10ms]. */
static const wf_pf_type *parse_date(wf_pf_types *t, const char *code, const char **rest) {
    static const char units[] = "YMWDhmsxunpfag";
    wf_pf_type type = {.kind = WF_PF_T_DATE, .code = *code, .layout = code[1], .bytes = 8, .is_signed = 1};
    const char *after = code[1] && strchr(units, code[1]) ? parse_class(code + 2, &type.size) : NULL;
    if (!after) return NULL;
    *rest = after;
    return intern(t, &type);
}

const wf_pf_type *wf_pf_type_parse(wf_pf_types *t, const char *code, const char **rest) {
    int readonly = *code == 'R';
    if (readonly) code++;
    if (*code == 'A') {
        char layout = code[1];
        if ((layout != 'C' && layout != 'F' && layout != 'A') || code[2] < '0' || code[2] > '9') return NULL;
        const wf_pf_type *element = wf_pf_type_parse(t, code + 3, rest);
        if (!element || wf_pf_is(element, WF_PF_T_ARRAY)) return NULL;
        return wf_pf_type_array(t, element, code[2] - '0', layout, readonly);
    }
    if (readonly) return NULL;
    uint32_t class_ = 0;
    if (*code && strchr("[MSO", *code)) return parse_holder(t, code, rest);
    if (*code == '(') return parse_tuple(t, code + 1, 0, rest);
    if (*code == 'X') {
        const wf_pf_type *parts = code[1] == '(' ? parse_tuple(t, code + 2, 0, rest) : NULL;
        return parts && parts->count == 3 ? wf_pf_type_slice(t, parts->items) : NULL;
    }
    if (*code == 'G') {
        *rest = code + 6;
        return strncmp(code, "G(lll)", 6) ? NULL : wf_pf_type_range(t);
    }
    if (*code == 'Z') {
        const wf_pf_type *items = code[1] == '(' ? parse_tuple(t, code + 2, 0, rest) : NULL;
        return items ? wf_pf_type_mixed(t, items->items, NULL, items->count) : NULL;
    }
    if (*code == 'Q') return code[1] == '(' ? parse_mixed_dict(t, code + 2, rest) : NULL;
    if (*code == 'T' || *code == 'J') {
        const char *after = parse_class(code + 1, &class_);
        if (!after) return NULL;
        if (*code == 'T') return parse_tuple(t, after, class_, rest);
        *rest = after;
        return wf_pf_type_object(t, class_);
    }
    if (*code == '{') return parse_record(t, code + 1, rest);
    if (*code == 'Y') { /* a dtype that is passed */
        const wf_pf_type *named = wf_pf_type_parse(t, code + 1, rest);
        if (!named) return NULL;
        wf_pf_value value = {.kind = WF_PF_V_DTYPE, .i = named->code, .text = wf_pf_type_code(t, named)};
        return wf_pf_type_of_value(t, &value);
    }
    if (*code == 'K') { /* a function that is passed */
        const char *after = parse_class(code + 1, &class_);
        if (!after) return NULL;
        wf_pf_value value = {.kind = WF_PF_V_PASSED, .i = class_};
        *rest = after;
        return wf_pf_type_of_value(t, &value);
    }
    if (*code == 'W' || *code == 'w') return parse_date(t, code, rest);
    *rest = code + 1;
    if (*code == 'N') return wf_pf_type_plain(t, WF_PF_T_NONE);
    if (*code == '.') {
        wf_pf_value value = {.kind = WF_PF_V_ELLIPSIS, .text = "..."};
        return wf_pf_type_of_value(t, &value);
    }
    if (*code == 'U') return wf_pf_type_plain(t, WF_PF_T_STR);
    if (*code == 'V') return wf_pf_type_bytes(t);
    return *code ? wf_pf_type_scalar(t, *code) : NULL;
}

static void add_code(const wf_pf_type *type, wf_text *out) {
    switch (type->kind) {
    case WF_PF_T_TUPLE:
        if (wf_pf_is_slice(type)) wf_text_putc(out, 'X');
        if (wf_pf_is_range(type)) wf_text_putc(out, 'G');
        if (wf_pf_is_mixed(type)) wf_text_putc(out, type->code == 'm' ? 'Z' : 'Q');
        if (type->size) wf_text_printf(out, "T%u;", type->size);
        else wf_text_putc(out, '(');
        for (uint32_t i = 0; i < type->count; i++) {
            const char *key = wf_pf_is_mixed_dict(type) ? type->fields[i].name : NULL;
            if (key) wf_text_printf(out, "%zu:%s", strlen(key), key);
            add_code(type->items[i], out);
        }
        wf_text_putc(out, ')');
        break;
    case WF_PF_T_ARRAY:
        wf_text_printf(out, "%sA%c%d", type->readonly ? "R" : "", type->layout, type->ndim);
        add_code(type->element, out);
        break;
    case WF_PF_T_LIST:
    case WF_PF_T_SET:
    case WF_PF_T_OPTIONAL:
        wf_text_putc(out, type->kind == WF_PF_T_LIST ? '[' : type->kind == WF_PF_T_SET ? 'S' : 'O');
        add_code(type->element, out);
        break;
    case WF_PF_T_DICT:
        wf_text_putc(out, 'M');
        for (uint32_t i = 0; i < type->element->count; i++) add_code(type->element->items[i], out);
        break;
    case WF_PF_T_DATE: wf_text_printf(out, "%c%c%u;", type->code, type->layout, type->size); break;
    case WF_PF_T_STR: wf_text_putc(out, wf_pf_is_bytes(type) ? 'V' : 'U'); break;
    case WF_PF_T_OBJECT: wf_text_printf(out, "J%u;", type->size); break;
    case WF_PF_T_RECORD:
        wf_text_printf(out, "{%u,", type->size);
        for (uint32_t i = 0; i < type->count; i++) {
            wf_text_printf(out, "%s:%u:", type->fields[i].name, type->fields[i].offset);
            for (int k = 0; k < type->fields[i].ndim; k++)
                wf_text_printf(out, "%c%u", k ? ',' : '[', type->fields[i].shape[k]);
            if (type->fields[i].ndim) wf_text_putc(out, ']');
            add_code(type->fields[i].type, out);
            wf_text_putc(out, ';');
        }
        wf_text_putc(out, '}');
        break;
    case WF_PF_T_BOOL:
    case WF_PF_T_INT:
    case WF_PF_T_FLOAT:
    case WF_PF_T_COMPLEX: wf_text_putc(out, type->code); break;
    case WF_PF_T_STATIC:
        if (type->value && type->value->kind == WF_PF_V_DTYPE) wf_text_printf(out, "Y%s", type->value->text);
        else if (type->value && type->value->kind == WF_PF_V_PASSED)
            wf_text_printf(out, "K%u;", (unsigned)type->value->i);
        else if (type->value && type->value->kind == WF_PF_V_ELLIPSIS) wf_text_putc(out, '.');
        else wf_text_putc(out, 'N');
        break;
    default: wf_text_putc(out, 'N');
    }
}

const char *wf_pf_type_code(wf_pf_types *t, const wf_pf_type *type) {
    wf_text out;
    wf_text_init(&out, t->arena);
    add_code(type, &out);
    return out.data;
}

static void spell_date(const wf_pf_type *type, wf_text *out) {
    static const char letters[] = "xunpfa";
    static const char *const names[] = {"ms", "us", "ns", "ps", "fs", "as"};
    const char *at = strchr(letters, type->layout);
    char own[2] = {type->layout, 0};
    wf_text_puts(out, type->code == 'W' ? "datetime64" : "timedelta64");
    if (type->layout == 'g') return;
    wf_text_putc(out, '[');
    if (type->size > 1) wf_text_printf(out, "%u", type->size);
    wf_text_printf(out, "%s]", at ? names[at - letters] : own);
}

static void spell(const wf_pf_type *type, wf_text *out) {
    switch (type->kind) {
    case WF_PF_T_UNKNOWN: wf_text_puts(out, "undefined"); break;
    case WF_PF_T_DATE: spell_date(type, out); break;
    case WF_PF_T_NONE: wf_text_puts(out, "none"); break;
    case WF_PF_T_STATIC: wf_text_puts(out, "a compile-time value"); break;
    case WF_PF_T_TUPLE:
        if (wf_pf_is_range(type)) {
            wf_text_puts(out, "range");
            break;
        }
        wf_text_puts(out, wf_pf_is_slice(type)        ? "slice("
                          : wf_pf_is_closure(type)    ? "closure("
                          : wf_pf_is_mixed_list(type) ? "LiteralList("
                          : wf_pf_is_mixed_dict(type) ? "LiteralStrKeyDict("
                                                      : "Tuple(");
        for (uint32_t i = 0; i < type->count; i++) {
            if (i) wf_text_puts(out, ", ");
            if (wf_pf_is_mixed_dict(type)) wf_text_printf(out, "'%.40s': ", type->fields[i].name);
            spell(type->items[i], out);
        }
        wf_text_putc(out, ')');
        break;
    case WF_PF_T_ARRAY:
        wf_text_puts(out, "array(");
        spell(type->element, out);
        wf_text_printf(out, ", %dd, %c%s)", type->ndim, type->layout, type->readonly ? ", read-only" : "");
        break;
    case WF_PF_T_LIST:
    case WF_PF_T_SET:
    case WF_PF_T_OPTIONAL:
        wf_text_puts(out, type->kind == WF_PF_T_LIST  ? "list("
                          : type->kind == WF_PF_T_SET ? "set("
                                                      : "OptionalType(");
        spell(type->element, out);
        wf_text_putc(out, ')');
        break;
    case WF_PF_T_DICT:
        wf_text_puts(out, "DictType[");
        for (uint32_t i = 0; i < type->element->count; i++) {
            if (i) wf_text_putc(out, ',');
            spell(type->element->items[i], out);
        }
        wf_text_putc(out, ']');
        break;
    case WF_PF_T_STR: wf_text_puts(out, wf_pf_is_bytes(type) ? "bytes" : "unicode_type"); break;
    case WF_PF_T_OBJECT: wf_text_puts(out, "an instance of a jitclass"); break;
    case WF_PF_T_RECORD:
        wf_text_puts(out, "Record(");
        for (uint32_t i = 0; i < type->count; i++) {
            wf_text_printf(out, "%s%s: ", i ? ", " : "", type->fields[i].name);
            spell(type->fields[i].type, out);
        }
        wf_text_putc(out, ')');
        break;
    default:
        for (int i = 0; i < SCALARS; i++)
            if (scalars[i].code == type->code) wf_text_puts(out, scalars[i].name);
    }
}

const char *wf_pf_type_spell(wf_pf_types *t, const wf_pf_type *type) {
    wf_text out;
    wf_text_init(&out, t->arena);
    spell(type, &out);
    return out.data;
}

/* Walks over one code without making types; the launch path's check of signatures that come from Python. */
const char *wf_pf_code_skip(const char *code) {
    wf_arena arena;
    const char *rest = NULL;
    jmp_buf out_of_memory;
    wf_arena_init(&arena, 1 << 20);
    arena.on_failure = &out_of_memory;
    wf_pf_types types = {&arena, NULL};
    const wf_pf_type *type = NULL;
    if (!setjmp(out_of_memory)) type = wf_pf_type_parse(&types, code, &rest);
    wf_arena_free(&arena);
    return type ? rest : NULL;
}

int wf_pf_is_text_element(const wf_pf_type *type) {
    return type->kind == WF_PF_T_RECORD && type->count == 1 && !strcmp(type->fields[0].name, "wf_text");
}

/* ---- how types meet ---- */

static const wf_pf_type *int_of(wf_pf_types *t, int bytes, int is_signed) {
    static const char codes[2][9] = {{0, 'B', 'H', 0, 'I', 0, 0, 0, 'L'},
                                     {0, 'b', 'h', 0, 'i', 0, 0, 0, 'l'}};
    return wf_pf_type_scalar(t, codes[is_signed != 0][bytes]);
}

/* The float that a real number becomes beside floats: exact for integers of up to 16 bits in float32. */
static int float_bytes(const wf_pf_type *a) {
    if (a->kind == WF_PF_T_FLOAT) return a->bytes;
    if (a->kind == WF_PF_T_COMPLEX) return a->bytes / 2;
    if (a->kind == WF_PF_T_BOOL) return 2;
    return a->bytes == 1 ? 2 : a->bytes == 2 ? 4 : 8;
}

/* float16 and bfloat16 meet in float32; beside a truth value or 8 bits each keeps its type. */
static const wf_pf_type *inexact(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b) {
    int bytes = float_bytes(a) > float_bytes(b) ? float_bytes(a) : float_bytes(b);
    if (bytes == 2 && wf_pf_is_half(a)) return a == b || !wf_pf_is_half(b) ? a : wf_pf_type_scalar(t, 'f');
    if (bytes == 2) return b;
    if (a->kind == WF_PF_T_COMPLEX || b->kind == WF_PF_T_COMPLEX)
        return wf_pf_type_scalar(t, bytes == 8 ? 'D' : 'F');
    return wf_pf_type_scalar(t, bytes == 8 ? 'd' : 'f');
}

const wf_pf_type *wf_pf_type_promote(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b) {
    if (!wf_pf_is_number(a) || !wf_pf_is_number(b)) return NULL;
    if (a == b) return a;
    if (!wf_pf_is_integral(a) || !wf_pf_is_integral(b)) return inexact(t, a, b);
    if (a->kind == WF_PF_T_BOOL) return b;
    if (b->kind == WF_PF_T_BOOL) return a;
    if (a->is_signed == b->is_signed) return a->bytes >= b->bytes ? a : b;
    const wf_pf_type *s = a->is_signed ? a : b, *u = a->is_signed ? b : a;
    if (s->bytes > u->bytes) return s;
    return u->bytes == 8 ? wf_pf_type_scalar(t, 'd') : int_of(t, u->bytes * 2, 1);
}

const wf_pf_type *wf_pf_type_arith(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b) {
    if (!wf_pf_is_number(a) || !wf_pf_is_number(b)) return NULL;
    if (!wf_pf_is_integral(a) || !wf_pf_is_integral(b)) return inexact(t, a, b);
    int is_unsigned = a->kind == WF_PF_T_INT && b->kind == WF_PF_T_INT && !a->is_signed && !b->is_signed;
    return wf_pf_type_scalar(t, is_unsigned ? 'L' : 'l');
}

static const wf_pf_type *unify_tuples(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b) {
    const wf_pf_type *items[64];
    if (a->count != b->count || a->count > 64) return NULL;
    for (uint32_t i = 0; wf_pf_is_mixed_dict(a) && wf_pf_is_mixed_dict(b) && i < a->count; i++)
        if (strcmp(a->fields[i].name, b->fields[i].name)) return NULL;
    for (uint32_t i = 0; i < a->count; i++)
        if (!(items[i] = wf_pf_type_unify(t, a->items[i], b->items[i]))) return NULL;
    if (a->size == b->size && a->code == b->code && a->value == b->value)
        return wf_pf_type_tuple_like(t, a, items);
    return a->code || b->code ? NULL : wf_pf_type_tuple(t, items, a->count);
}

static const wf_pf_type *unify_optional(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b) {
    if (a->kind == WF_PF_T_STATIC || b->kind == WF_PF_T_STATIC) return NULL;
    if (a->kind == WF_PF_T_NONE) return wf_pf_type_optional(t, b);
    if (b->kind == WF_PF_T_NONE) return wf_pf_type_optional(t, a);
    const wf_pf_type *element = wf_pf_type_unify(t, a->kind == WF_PF_T_OPTIONAL ? a->element : a,
                                                 b->kind == WF_PF_T_OPTIONAL ? b->element : b);
    return element ? wf_pf_type_optional(t, element) : NULL;
}

const wf_pf_type *wf_pf_type_unify(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b) {
    if (a == b || b->kind == WF_PF_T_UNKNOWN) return a;
    if (a->kind == WF_PF_T_UNKNOWN) return b;
    if (a->kind == WF_PF_T_TUPLE && b->kind == WF_PF_T_TUPLE) return unify_tuples(t, a, b);
    if (a->kind == WF_PF_T_NONE || b->kind == WF_PF_T_NONE || a->kind == WF_PF_T_OPTIONAL ||
        b->kind == WF_PF_T_OPTIONAL)
        return unify_optional(t, a, b);
    if (a->kind == WF_PF_T_STR || b->kind == WF_PF_T_STR) { /* a constant beside text: it becomes text */
        const wf_pf_type *other = a->kind == WF_PF_T_STR ? b : a;
        int is_text = a->code != 'V' && b->code != 'V';
        return is_text && other->kind == WF_PF_T_STATIC && !other->value ? (other == a ? b : a) : NULL;
    }
    if (wf_pf_is_container(a) && a->kind == b->kind) {
        if (b->element->kind == WF_PF_T_UNKNOWN) return a;
        return a->element->kind == WF_PF_T_UNKNOWN ? b : NULL;
    }
    if (a->kind == WF_PF_T_ARRAY && b->kind == WF_PF_T_ARRAY) {
        if (a->element != b->element || a->ndim != b->ndim) return NULL;
        return wf_pf_type_array(t, a->element, a->ndim, a->layout == b->layout ? a->layout : 'A',
                                a->readonly | b->readonly);
    }
    return wf_pf_type_promote(t, a, b);
}
