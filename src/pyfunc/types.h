/* pyfunc/types.h: the types that inference finds. Interned: equal types are the same pointer within one
 * table. */
#ifndef WF_PYFUNC_TYPES_H
#define WF_PYFUNC_TYPES_H
#include "base/arena.h"
#include <stdint.h>

typedef enum wf_pf_kind {
    WF_PF_T_UNKNOWN, /* not inferred yet (a variable of a loop, a recursive function), or after an error */
    WF_PF_T_NONE,
    WF_PF_T_BOOL,
    WF_PF_T_INT,
    WF_PF_T_FLOAT,
    WF_PF_T_COMPLEX,
    WF_PF_T_TUPLE,
    WF_PF_T_ARRAY,
    WF_PF_T_LIST, /* element; UNKNOWN until something is put in: `size` then says which list it is */
    WF_PF_T_DICT, /* element: Tuple(key, value); UNKNOWN as for a list. In memory: an object (objects.c) */
    WF_PF_T_SET,  /* element; the same */
    WF_PF_T_OPTIONAL, /* element, or None: a flag beside it */
    WF_PF_T_STR,      /* text made at run time: where its code points lie (uint32), and how many. Code V: an
                         element of an array of bytes, whose characters are bytes */
    WF_PF_T_OBJECT,   /* an instance of a jitclass: `size` is the class (wf_pf_hooks) */
    WF_PF_T_DATE,   /* datetime64 (code W), timedelta64 (w): an int64 that counts `size` times its unit, whose
                     letter is `layout` */
    WF_PF_T_RECORD, /* a row of a structured array */
    WF_PF_T_STATIC, /* lives at compile time only: a string, a module, a function, a dtype; the value says
                         which */
} wf_pf_kind;

typedef struct wf_pf_type wf_pf_type;
typedef struct wf_pf_field {
    const char *name;
    uint32_t offset;
    const wf_pf_type *type; /* of an array inside the record: its elements' */
    uint8_t ndim;           /* 0: no array */
    uint32_t shape[4];
} wf_pf_field;
struct wf_pf_type {
    wf_pf_kind kind;
    char
        code; /* scalars: their code (pyfunc.h); a tuple of start, stop and step that is a slice: 's', a range: 'r'; of
                      what a closure captured: 'c', its function is `value`; the items of a list of several
                      types: 'm'; of a dict of several types: 'k', its keys are the names of `fields` */
    uint8_t bytes; /* scalars */
    uint8_t is_signed;
    char layout;      /* array: C, F, A */
    uint8_t ndim;     /* array */
    uint8_t readonly; /* array */
    const wf_pf_type *element;
    const wf_pf_type **items;
    uint32_t count; /* items or fields */
    const wf_pf_field *fields;
    uint32_t size;                   /* record: bytes; tuple: the class of a named one, else 0 */
    const struct wf_pf_value *value; /* static, of a parameter: which; else NULL */
    wf_pf_type *next;
};

typedef struct wf_pf_types {
    wf_arena *arena;
    wf_pf_type *all;
} wf_pf_types;

const wf_pf_type *wf_pf_type_plain(wf_pf_types *t, wf_pf_kind kind); /* UNKNOWN, NONE, STATIC */
const wf_pf_type *wf_pf_type_list(wf_pf_types *t, const wf_pf_type *element, uint32_t site);
/* LIST, DICT or SET. site: which place in the source made it while it is empty. */
const wf_pf_type *wf_pf_type_container(wf_pf_types *t, wf_pf_kind kind, const wf_pf_type *element,
                                       uint32_t site);
const wf_pf_type *wf_pf_type_optional(wf_pf_types *t, const wf_pf_type *element);
const wf_pf_type *wf_pf_type_bytes(wf_pf_types *t); /* STR of code V */
const wf_pf_type *wf_pf_type_object(wf_pf_types *t, uint32_t class_);
const wf_pf_type *wf_pf_type_scalar(wf_pf_types *t, char code); /* NULL: no such code */
const wf_pf_type *wf_pf_type_tuple(wf_pf_types *t, const wf_pf_type **items, uint32_t count);
const wf_pf_type *wf_pf_type_named_tuple(wf_pf_types *t, const wf_pf_type **items, uint32_t count,
                                         uint32_t class_);
/* As `like`, a tuple of whatever kind, with other items. */
const wf_pf_type *wf_pf_type_tuple_like(wf_pf_types *t, const wf_pf_type *like, const wf_pf_type **items);
const wf_pf_type *wf_pf_type_slice(wf_pf_types *t, const wf_pf_type **items); /* start, stop, step */
const wf_pf_type *wf_pf_type_range(wf_pf_types *t);                           /* three of int64 */
/* A list of items of several types; with names: a dict of them (mixed.c). */
const wf_pf_type *wf_pf_type_mixed(wf_pf_types *t, const wf_pf_type **items, const char *const *names,
                                   uint32_t count);
/* A function (a constant) with what it captured. */
const wf_pf_type *wf_pf_type_closure(wf_pf_types *t, const struct wf_pf_value *function,
                                     const wf_pf_type **items, uint32_t count);
const wf_pf_type *wf_pf_type_array(wf_pf_types *t, const wf_pf_type *element, int ndim, char layout,
                                   int readonly);
/* STATIC, for one compile-time value: what an instance that is given it is kept under. */
const wf_pf_type *wf_pf_type_of_value(wf_pf_types *t, const struct wf_pf_value *value);
/* One code; *rest is what follows. NULL when it is none. */
const wf_pf_type *wf_pf_type_parse(wf_pf_types *t, const char *code, const char **rest);
const char *wf_pf_type_code(wf_pf_types *t, const wf_pf_type *type);  /* the way back */
const char *wf_pf_type_spell(wf_pf_types *t, const wf_pf_type *type); /* "float64", "array(float32, 1d, C)" */
/* The type of a variable that gets both; NULL: there is none. */
const wf_pf_type *wf_pf_type_unify(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b);
/* The type in which two numbers are added: Numba's rules for scalars. NULL: not numbers. */
const wf_pf_type *wf_pf_type_arith(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b);
/* NumPy's rules (NEP 50 between arrays), for array expressions. */
const wf_pf_type *wf_pf_type_promote(wf_pf_types *t, const wf_pf_type *a, const wf_pf_type *b);

static inline int wf_pf_is(const wf_pf_type *type, wf_pf_kind kind) { return type->kind == kind; }
static inline int wf_pf_is_slice(const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE && type->code == 's';
}
static inline int wf_pf_is_range(const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE && type->code == 'r';
}
static inline int wf_pf_is_closure(const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE && type->code == 'c';
}
static inline int wf_pf_is_mixed_list(const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE && type->code == 'm';
}
static inline int wf_pf_is_mixed_dict(const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE && type->code == 'k';
}
static inline int wf_pf_is_mixed(const wf_pf_type *type) {
    return wf_pf_is_mixed_list(type) || wf_pf_is_mixed_dict(type);
}
static inline int wf_pf_is_container(const wf_pf_type *type) {
    return type->kind == WF_PF_T_LIST || type->kind == WF_PF_T_DICT || type->kind == WF_PF_T_SET;
}
/* What an array of text of one length has as elements: {48,wf_text:0:[12]I;} is "<U12", with B for I "S12". */
int wf_pf_is_text_element(const wf_pf_type *type);
static inline int wf_pf_is_bytes(const wf_pf_type *type) {
    return type->kind == WF_PF_T_STR && type->code == 'V';
}
/* A date, or an array of them. */
static inline int wf_pf_is_date(const wf_pf_type *type) {
    return type->kind == WF_PF_T_DATE || (type->kind == WF_PF_T_ARRAY && type->element->kind == WF_PF_T_DATE);
}
/* Values that are kept as several: their number. */
static inline uint32_t wf_pf_type_parts(const wf_pf_type *type) {
    return type->kind == WF_PF_T_TUPLE                                       ? type->count
           : type->kind == WF_PF_T_COMPLEX || type->kind == WF_PF_T_OPTIONAL ? 2
                                                                             : 0;
}
static inline int wf_pf_is_integral(const wf_pf_type *type) {
    return type->kind == WF_PF_T_INT || type->kind == WF_PF_T_BOOL;
}
static inline int wf_pf_is_half(const wf_pf_type *type) { /* float16, bfloat16 */
    return type->kind == WF_PF_T_FLOAT && type->bytes == 2;
}
static inline int wf_pf_is_real(const wf_pf_type *type) {
    return wf_pf_is_integral(type) || type->kind == WF_PF_T_FLOAT;
}
static inline int wf_pf_is_number(const wf_pf_type *type) {
    return wf_pf_is_real(type) || type->kind == WF_PF_T_COMPLEX;
}
#endif
