/* lang/inner.h: what the files of lang/ share among themselves; nobody outside includes it. */
#ifndef WF_LANG_INNER_H
#define WF_LANG_INNER_H
#include "lang/lang.h"

/* names.c: one hash table for every name of a unit. scope: NULL for the unit's own names, the function for
 * its parameters and locals. The kinds have separate spaces for finding and a common one for uniqueness. */
typedef enum wf_name_kind { WF_NAME_FUNC, WF_NAME_GLOBAL, WF_NAME_RECORD, WF_NAME_LOCAL } wf_name_kind;
struct wf_name_table *wf_names_new(wf_arena *arena);
void wf_name_add(wf_unit *u, const void *scope, wf_name_kind kind, const char *name, void *value);
void *wf_name_find(const wf_unit *u, const void *scope, wf_name_kind kind, const char *name);
/* name, or name_1, name_2 …: the first that is free in the scope and in the unit and is not reserved. */
const char *wf_name_unique(wf_unit *u, const void *scope, const char *name);
/* The same, and from then on it stands for the value. */
const char *wf_name_take(wf_unit *u, const void *scope, wf_name_kind kind, const char *name, void *value);

/* types.c */
struct wf_type_table *wf_types_new(wf_arena *arena);
void wf_types_init_scalars(wf_unit *u);
/* The name of the vector of n elements of that kind ("float4"), or NULL. */
const char *wf_vector_name(wf_type_kind element, int n);
const char *wf_scalar_spelling(wf_type_kind kind);
/* What a vector's elements are: char1's are signed char, as CUDA has it. */
wf_type_kind wf_vector_element(wf_type_kind element);

/* type_layout.c */
typedef struct wf_layout { /* where the next field would go */
    uint64_t bits;         /* from the record's start */
    uint64_t size;         /* a union's so far */
    uint32_t align;
    int is_union;
    uint32_t pack; /* wf_record.pack */
} wf_layout;
void wf_unit_add_record(wf_unit *u, wf_record *record); /* numbers it and makes it known by its name */
void wf_layout_add(wf_layout *layout, wf_field *field); /* sets field->offset, bit_offset */

/* make_expr.c */
wf_expr *wf_expr_new(wf_unit *u, wf_expr_kind kind, const wf_type *type, wf_place at, wf_expr *a, wf_expr *b,
                     wf_expr *c);
static inline int wf_is_error(const wf_expr *e) { return !e || e->flags & WF_EX_ERROR || !e->type; }
static inline int wf_is_literal(const wf_expr *e) {
    return (e->kind == WF_EX_INT || e->kind == WF_EX_FLOAT) && wf_type_is_arithmetic(e->type);
}
/* a as an error of that type, for a caller that must hand something back. */
wf_expr *wf_error_like(wf_unit *u, const wf_type *type, const wf_expr *a, wf_place at);
const char *wf_op_spelling(wf_op op);
const char *wf_spell_type(wf_unit *u, const wf_type *t); /* without qualifiers of its own, for messages */
const char *wf_spell_expr(wf_unit *u, const wf_expr *e); /* for messages; cut when long */
wf_expr *wf_call_new(wf_unit *u, wf_builtin builtin, const wf_type *type, wf_expr **args, uint32_t count,
                     wf_place at);

/* make_convert.c */
/* As wf_make_convert; `what` begins the message when there is no conversion: "argument 2 ('n') of 'f'". */
/* No message can come of converting it: wf_convert_for needs no words for it. */
int wf_converts_plainly(const wf_type *to, const wf_expr *a);
wf_expr *wf_convert_for(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at, const char *what);
wf_expr *wf_decay(wf_unit *u, wf_expr *a,
                  int takes_address); /* wf_make_value; takes_address 0: only to be indexed */
wf_expr *wf_cast_new(wf_unit *u, wf_cast cast, const wf_type *to, wf_expr *a, wf_place at, unsigned flags);
/* The type of a as an operand: what promotion makes of it (bit-fields too), before any cast. */
const wf_type *wf_promoted_type(const wf_unit *u, const wf_expr *a);
const wf_type *wf_common_arithmetic(const wf_unit *u, const wf_type *a, const wf_type *b);
const wf_type *wf_common_operands(const wf_unit *u, const wf_expr *a,
                                  const wf_expr *b);                              /* NULL: not numbers */
const wf_type *wf_common_pointer(wf_unit *u, const wf_expr *a, const wf_expr *b); /* NULL: none */
int wf_is_null_constant(const wf_expr *e);

/* make_operator.c */
/* The type that a op= b computes in, or NULL when the operands do not fit. */
const wf_type *wf_update_type(const wf_unit *u, wf_op op, const wf_expr *a, const wf_expr *b);

/* make_builtin.c */
/* What the call does with argument i: converts it to `to`, promotes it, brings it and the others to a common
 * type, or takes it as it is. */
typedef enum wf_arg_rule {
    WF_ARG_AS_IS,
    WF_ARG_CONVERTED,
    WF_ARG_PROMOTED,
    WF_ARG_COMMON,
    WF_ARG_PRINTED
} wf_arg_rule;
wf_arg_rule wf_builtin_arg_rule(wf_builtin builtin, uint32_t i);

/* make_init.c */
wf_expr *wf_convert_init(wf_unit *u, const wf_var *var, wf_expr *init);

/* fold.c */
double wf_round_float(wf_type_kind kind, double value); /* to nearest even, in that type */
double wf_int_to_float(wf_type_kind to, uint64_t value, int is_signed);
uint64_t wf_wrap_int(const wf_type *type, uint64_t value); /* to the type's width, then extended to 64 bits */
uint64_t wf_float_to_int(const wf_type *to, double value); /* saturating */

/* type_spell.c */
void wf_type_write(wf_text *out, const wf_type *t, const char *name);
/* What stands before and behind a name of that type: `float (*` and `)[4]`. more: something follows directly.
 */
void wf_type_write_before(wf_text *out, const wf_type *t, int more);
void wf_type_write_after(wf_text *out, const wf_type *t);

/* print_literal.c */
int wf_print_literal(const wf_expr *e, wf_text *out); /* returns whether it begins with a sign or a cast */
void wf_print_string(wf_text *out, const char *data, uint64_t length);
void wf_print_int(wf_text *out, const wf_type *type, uint64_t value);

/* print_expr.c */
void wf_print_converted(const wf_unit *u, const wf_expr *e,
                        wf_text *out); /* where e's type is known to the reader */
void wf_print_condition(const wf_unit *u, const wf_expr *e, wf_text *out);
void wf_print_promoted(const wf_unit *u, const wf_expr *e, wf_text *out);
void wf_print_init(const wf_unit *u, const wf_expr *e,
                   wf_text *out); /* braces without the type before them */
#endif
