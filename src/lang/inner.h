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
} wf_layout;
void wf_unit_add_record(wf_unit *u, wf_record *record); /* numbers it and makes it known by its name */
void wf_layout_add(wf_layout *layout, wf_field *field); /* sets field->offset, bit_offset */
#endif
