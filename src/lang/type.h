/* lang/type.h: the types of the tree. They are CUDA C's, with fixed sizes on every system: long is 64 bits,
 * wchar_t is not there, char is signed. Types are interned in their unit: equal types are the same pointer.
 */
#ifndef WF_LANG_TYPE_H
#define WF_LANG_TYPE_H
#include "lang/diag.h"

/* kind, spelling, bytes, class (v void, i signed, u unsigned, f float), conversion rank */
#define WF_SCALAR_TYPES(X)                                                                                   \
    X(VOID, "void", 1, 'v', 0)                                                                               \
    X(BOOL, "bool", 1, 'u', 1)                                                                               \
    X(CHAR, "char", 1, 'i', 2)                                                                               \
    X(SCHAR, "signed char", 1, 'i', 2)                                                                       \
    X(UCHAR, "unsigned char", 1, 'u', 2)                                                                     \
    X(SHORT, "short", 2, 'i', 3)                                                                             \
    X(USHORT, "unsigned short", 2, 'u', 3)                                                                   \
    X(INT, "int", 4, 'i', 4)                                                                                 \
    X(UINT, "unsigned int", 4, 'u', 4)                                                                       \
    X(LONG, "long", 8, 'i', 5)                                                                               \
    X(ULONG, "unsigned long", 8, 'u', 5)                                                                     \
    X(LLONG, "long long", 8, 'i', 6)                                                                         \
    X(ULLONG, "unsigned long long", 8, 'u', 6)                                                               \
    X(HALF, "__half", 2, 'f', 7)                                                                             \
    X(BFLOAT, "__nv_bfloat16", 2, 'f', 7)                                                                    \
    X(FLOAT, "float", 4, 'f', 8)                                                                             \
    X(DOUBLE, "double", 8, 'f', 9)

typedef enum wf_type_kind {
#define X(kind, ...) WF_TY_##kind,
    WF_SCALAR_TYPES(X)
#undef X
        WF_TY_SCALARS,
    WF_TY_POINTER = WF_TY_SCALARS,
    WF_TY_ARRAY,
    WF_TY_RECORD,   /* struct or union; float4 and its kin are records with an alignment */
    WF_TY_FUNCTION, /* only behind a pointer, or as the type of a function's name */
} wf_type_kind;

/* Pointers to pointers, arrays of arrays, records in records are nested no deeper: passes may recurse. */
enum { WF_TYPE_DEPTH = 200 };
enum { WF_CONST = 1, WF_VOLATILE = 2, WF_RESTRICT = 4 };

typedef struct wf_type wf_type;
typedef struct wf_field {
    const char *name; /* "": an unnamed bit-field, which only takes room */
    const wf_type *type;
    uint64_t offset; /* bytes; of a bit-field: of the unit of its type that holds it, aligned */
    uint8_t bit_offset,
        bit_width;         /* within that unit; bit_width 0: not a bit-field; WF_FIELD_BREAK: see below */
    uint32_t align_wanted; /* from alignas before the member; 0: its type's */
    wf_place at;
} wf_field;
/* bit_width of `int : 0`, given to wf_record_finish: the next bit-field begins a new unit. Not kept as a
 * field. */
enum { WF_FIELD_BREAK = 255 };

typedef struct wf_record {
    const char
        *name; /* unique in the unit and printable as a C name; template arguments are mangled into it */
    int is_union;
    int complete; /* fields, size and alignment are known */
    wf_field *fields;
    uint32_t field_count;
    uint64_t size;
    uint32_t align;
    uint32_t align_wanted; /* from __align__; 0 = natural */
    uint32_t pack;   /* members are aligned to no more than this (#pragma pack); 0: as their types are */
    int built_in;    /* float4 …: declared by the language, not printed */
    uint32_t number; /* order of declaration in the unit */
    uint32_t depth;  /* 1 + that of the deepest record it holds by value, when complete */
    wf_place at;
    void *front; /* the front-end's own knowledge (methods, template) */
} wf_record;

struct wf_type {
    wf_type_kind kind;
    uint8_t quals;       /* WF_CONST | WF_VOLATILE | WF_RESTRICT of this very type */
    const wf_type *base; /* pointee, element, or return type */
    uint64_t count;      /* array: elements; 0 with `incomplete` set: T[] */
    int incomplete;
    const wf_record *record;
    const wf_type **params; /* function */
    uint32_t param_count;
    int variadic;
    uint16_t depth;        /* 1 + that of what it is made of; at most WF_TYPE_DEPTH */
    const wf_type *unqual; /* this type without its quals (itself when it has none) */
};

static inline int wf_type_is(const wf_type *t, wf_type_kind kind) { return t->kind == kind; }
int wf_type_is_integer(const wf_type *t); /* bool … unsigned long long */
int wf_type_is_signed(const wf_type *t);
int wf_type_is_float(const wf_type *t); /* half, bfloat16, float, double */
int wf_type_is_arithmetic(const wf_type *t);
int wf_type_is_scalar(const wf_type *t); /* arithmetic or pointer */
uint64_t wf_type_size(const wf_type *t); /* bytes; 0 for void, incomplete */
uint32_t wf_type_align(const wf_type *t);
int wf_type_rank(const wf_type *t);
int wf_type_same_unqual(const wf_type *a, const wf_type *b);
/* C spelling, as an abstract declarator or around a name; for messages and the printer. In the arena. */
const char *wf_type_spell(wf_arena *arena, const wf_type *t, const char *name);
#endif
