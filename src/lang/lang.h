/* lang/lang.h: the door of lang/: constructors that check and convert, the printer, the comparer, the
 * verifier.
 *
 * All three front-ends build trees through wf_make_*: the rules of CUDA C's types (usual conversions, what
 * may be assigned to what, which cast) stand here once. A constructor that sees an error reports it to the
 * unit's diagnostics at `at` and returns an expression of the type that most likely was meant (int when
 * nothing is known) with kind WF_EX_INT and value 0, so that the caller can go on; wf_unit.diags.errors then
 * is not 0. */
#ifndef WF_LANG_LANG_H
#define WF_LANG_LANG_H
#include "base/status.h"
#include "lang/tree.h"

typedef enum wf_builtin {
#define X(id, ...) WF_BI_##id,
#include "lang/builtins.def"
#undef X
    WF_BI_COUNT
} wf_builtin;

enum { /* flags of a built-in */
       WF_BIF_BARRIER = 1,
       WF_BIF_WARP = 2,
       WF_BIF_MEMORY = 4,
       WF_BIF_PURE = 8,
       WF_BIF_GPU = 16,
       WF_BIF_ATOMIC = 32,
       WF_BIF_NAME = 64, /* spelled without parentheses: threadIdx */
};
typedef struct wf_builtin_info {
    const char *spelling;
    int args;
    const char *rule;
    unsigned flags;
} wf_builtin_info;
extern const wf_builtin_info wf_builtins[WF_BI_COUNT];
int wf_builtin_find(const char *spelling); /* -1: none */

/* Everything below allocates in the unit's arena and returns nothing when that fails: set
 * unit->arena.on_failure before the first call (see base/arena.h). A NULL type or expression given to a
 * constructor is treated as an error that was reported already. */

/* Types. Interned in the unit. */
const wf_type *wf_type_scalar(wf_unit *u, wf_type_kind kind);
const wf_type *wf_type_qualified(wf_unit *u, const wf_type *t,
                                 unsigned quals); /* adds; an array's go to its elements */
const wf_type *wf_type_pointer(wf_unit *u, const wf_type *pointee);
const wf_type *wf_type_array(wf_unit *u, const wf_type *element, uint64_t count);
const wf_type *wf_type_array_open(wf_unit *u, const wf_type *element); /* T[] */
const wf_type *wf_type_function(wf_unit *u, const wf_type *result, const wf_type **params, uint32_t count,
                                int variadic);
const wf_type *wf_type_of_record(wf_unit *u, const wf_record *record);
wf_record *wf_record_new(wf_unit *u, const char *name, int is_union,
                         wf_place at); /* incomplete; name made unique */
/* Lays the fields out as C does (bit-fields as the System V ABI) and completes the record. Copies fields and
 * names. */
void wf_record_finish(wf_unit *u, wf_record *record, wf_field *fields, uint32_t count);
/* char1 … double4, uint3, dim3 (kind = element, n = 1..4). dim3 is a record of its own. */
const wf_type *wf_type_vector(wf_unit *u, wf_type_kind element, int n);
const wf_type *wf_type_dim3(wf_unit *u);
int wf_record_field(const wf_record *record, const char *name); /* index or -1 */

/* Declarations. Names are made unique by the caller, except that wf_var_new appends _1, _2 … on a clash in
 * func. */
wf_func *wf_func_new(wf_unit *u, const char *name, const wf_type *type,
                     wf_place at); /* appended to the unit */
wf_var *wf_param_new(wf_unit *u, wf_func *func, const char *name, const wf_type *type, wf_place at);
wf_var *wf_local_new(wf_unit *u, wf_func *func, const char *name, const wf_type *type, wf_place at);
wf_var *wf_global_new(wf_unit *u, const char *name, const wf_type *type, wf_space space, wf_place at);
/* Gives a function another name, so that it is found by it; never assign to func->name. (func->shown may be
 * assigned.) */
void wf_func_rename(wf_unit *u, wf_func *func, const char *name);
wf_func *wf_unit_find_func(const wf_unit *u, const char *name); /* by name, else by shown; NULL */
wf_var *wf_unit_find_global(const wf_unit *u, const char *name);
wf_record *wf_unit_find_record(const wf_unit *u,
                               const char *name); /* the built-in ones only once they are used */
/* name itself, or name_1, name_2 …: no function, global, record, built-in or keyword of the unit has it. Not
 * taken yet. */
const char *wf_unit_unique_name(wf_unit *u, const char *name);
/* A function of the device library, declared in this unit on first use (flag WF_FN_LIBRARY). */
wf_func *wf_library_declare(wf_unit *u, const char *name, const wf_type *type);

/* Expressions. */
wf_expr *wf_make_int(wf_unit *u, const wf_type *type, uint64_t value, wf_place at);
wf_expr *wf_make_float(wf_unit *u, const wf_type *type, double value, wf_place at);
wf_expr *wf_make_error(wf_unit *u, const wf_type *type,
                       wf_place at); /* reports nothing; see WF_EX_ERROR. type: or NULL */
wf_expr *wf_make_string(wf_unit *u, const char *data, uint64_t length, wf_place at);
wf_expr *wf_make_var(wf_unit *u, wf_var *var, wf_place at);
wf_expr *wf_make_func(wf_unit *u, wf_func *func, wf_place at); /* its name; wf_make_value makes the pointer */
wf_expr *wf_make_unary(wf_unit *u, wf_op op, wf_expr *a, wf_place at);
wf_expr *wf_make_binary(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b, wf_place at);
wf_expr *wf_make_cond(wf_unit *u, wf_expr *a, wf_expr *b, wf_expr *c, wf_place at);
wf_expr *wf_make_comma(wf_unit *u, wf_expr *a, wf_expr *b, wf_place at);
wf_expr *wf_make_assign(wf_unit *u, wf_expr *a, wf_expr *b, wf_place at);
wf_expr *wf_make_update(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b, wf_place at);
wf_expr *wf_make_step(wf_unit *u, wf_op op, wf_expr *a, int post, wf_place at);
wf_expr *wf_make_cast(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at); /* as written by the user */
wf_expr *wf_make_convert(wf_unit *u, const wf_type *to, wf_expr *a,
                         wf_place at); /* implicit; error when C has none */
wf_expr *wf_make_value(wf_unit *u,
                       wf_expr *a); /* decays arrays and functions; drops qualifiers of an rvalue */
wf_expr *wf_make_bool(wf_unit *u, wf_expr *a);     /* as a condition */
wf_expr *wf_make_promoted(wf_unit *u, wf_expr *a); /* integer promotion */
const wf_type *wf_common_type(wf_unit *u, const wf_type *a,
                              const wf_type *b); /* usual arithmetic conversions; NULL: none */
wf_expr *wf_make_deref(wf_unit *u, wf_expr *a, wf_place at);
wf_expr *wf_make_addr(wf_unit *u, wf_expr *a, wf_place at);
wf_expr *wf_make_index(wf_unit *u, wf_expr *a, wf_expr *b, wf_place at);
wf_expr *wf_make_member(wf_unit *u, wf_expr *a, const char *field,
                        wf_place at); /* a is a record, not a pointer */
wf_expr *wf_make_call(wf_unit *u, wf_func *func, wf_expr **args, uint32_t count, wf_place at);
wf_expr *wf_make_call_pointer(wf_unit *u, wf_expr *pointer, wf_expr **args, uint32_t count, wf_place at);
/* The mask of __syncwarp and the width of __shfl…_sync may be left out. */
wf_expr *wf_make_builtin(wf_unit *u, wf_builtin builtin, wf_expr **args, uint32_t count, wf_place at);
/* Items are converted to what they initialise; a string may stand for an array of char. T[] gets its length.
 * Of a union the first field; the other function takes any. A scalar type: the item, or zero. */
wf_expr *wf_make_init(wf_unit *u, const wf_type *type, wf_expr **items, uint32_t count, wf_place at);
wf_expr *wf_make_init_union(wf_unit *u, const wf_type *type, uint32_t field, wf_expr *item, wf_place at);
wf_expr *wf_make_paren(wf_unit *u, wf_expr *a); /* sets WF_EX_PAREN on a copy where a is shared */
/* A constant expression's value: folds a (integers, floats, casts, sizeof …). 0 when it is not constant. A
 * multiply and add is never contracted here. */
int wf_fold_int(wf_unit *u, const wf_expr *a, int64_t *value);
/* The same expression, or a constant of the same type and bits. For constant expressions (initialisers, array
 * sizes, template arguments); a stretch of a function's arithmetic could have been contracted, so do not fold
 * that. */
wf_expr *wf_fold(wf_unit *u, wf_expr *a);
/* A global's initialiser with its constants folded, braces included; NULL when it is none (and nothing is
 * reported). Addresses of globals, of strings and of functions are left as they are. */
wf_expr *wf_fold_init(wf_unit *u, wf_expr *a);

/* Statements. */
wf_stmt *wf_stmt_new(wf_unit *u, wf_stmt_kind kind, wf_place at);
wf_stmt *wf_stmt_expr(wf_unit *u, wf_expr *e);
wf_stmt *wf_stmt_decl(wf_unit *u, wf_var *var, wf_expr *init, wf_place at);
wf_stmt *wf_stmt_block(wf_unit *u, wf_place at);
void wf_block_add(wf_stmt *block,
                  wf_stmt *stmt); /* appends; keeps the tail in block->mark until wf_block_end */
void wf_block_end(wf_stmt *block);

/* The variable by which a kernel on a GPU says what it raised (cuda.jit with debug=True): unsigned[WF_RAISED_WORDS], of the
 * first thread that did the number of the site + 1, its block's three indices, its own. Without it __wf_raise traps. */
#define WF_RAISED "__wf_raised"
enum { WF_RAISED_WORDS = 7 };

/* Whole units. */
/* Prints the unit as CUDA C that our own front-end reads back to an equal tree. What the text uses beyond
 * CUDA C:
 *  - before a function: __wf_contract(0) (no contraction; without it there is), __wf_fast (WF_FN_FAST),
 * __wf_trap_divide (WF_FN_TRAP_DIVIDE), __wf_library (WF_FN_LIBRARY; a prototype), __wf_shown("scale<float,
 * 4>") (func->shown, where it is not the name). They stand among __device__, __forceinline__,
 *    __noinline__, __launch_bounds__(n[, m]), static, in any order;
 *  - before a for: __wf_for_parallel or __wf_for_lanes; #pragma unroll [n] stands on the line before that;
 *  - the built-ins of builtins.def by their spellings, with all arguments;
 *  - compound literals, (float4){1.0f, 2.0f, 3.0f, 4.0f}, also of records, unions ({.y = 1}) and arrays;
 *  - (short)5, (__half)0.5f, (float *)0 for literals of types without a suffix; __int_as_float(0x7f800000)
 * and
 *    __longlong_as_double, __ushort_as_half, __ushort_as_bfloat16 of a literal for infinities and NaN:
 * wf_make_cast and wf_make_builtin make those literals again. Decimal floats are exact only if read with one
 * correct rounding to their type (strtof for an f suffix);
 *  - everything stands in one extern "C" { }: names come back as they are. */
void wf_print_unit(const wf_unit *u, wf_text *out);
void wf_print_func(const wf_unit *u, const wf_func *f, wf_text *out);
void wf_print_expr(const wf_unit *u, const wf_expr *e, wf_text *out);
/* 1 when both units mean the same tree: names of locals, places and the IMPLICIT flag of casts aside. When
 * not, `why` (may be NULL) says where they part. */
int wf_unit_equal(const wf_unit *a, const wf_unit *b, wf_text *why);
/* Checks the rules above; reports breaches as our own bug (WF_INTERNAL). */
wf_status wf_unit_verify(const wf_unit *u, wf_error *err);
/* What a kernel's arguments look like: offset, size and kind of each parameter, and where pointers lie. */
typedef struct wf_leaf {
    uint32_t offset;
    const wf_type *pointee;
} wf_leaf;
typedef struct wf_param_layout {
    uint32_t offset, size, align;
    const wf_type *type;
    const char *name;
} wf_param_layout;
typedef struct wf_signature {
    wf_param_layout *params;
    uint32_t param_count;
    wf_leaf *leaves;
    uint32_t leaf_count; /* pointers, also inside records and arrays, in order of offset */
    uint32_t size;       /* of the whole packed buffer */
} wf_signature;
/* NULL (and reported) when they take more room than a launch can give. */
wf_signature *wf_signature_of(wf_unit *u, const wf_func *kernel);
#endif
