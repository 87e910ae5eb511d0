/* pyfunc/array_inner.h: what the files about whole arrays share: arrays.c (elements), subscript.c,
 * array_attributes.c, array_expr.c (expressions, and how they are stored), array_methods.c (reductions,
 * shapes, new arrays). */
#ifndef WF_PYFUNC_ARRAY_INNER_H
#define WF_PYFUNC_ARRAY_INNER_H
#include "pyfunc/lower.h"

enum { NDIM_MAX = 9 };

struct wf_pf_lazy {
    char kind; /* 'b' op a, b; 'u' op a; 'c' function(args) */
    wf_pf_op op;
    const wf_pf_value *function;
    wf_pf_val *args;
    uint32_t count;
    wf_expr *shape[NDIM_MAX]; /* [ndim of the value's type] */
};

typedef struct wf_pf_nest { /* loops over all elements */
    wf_pf_count loops[NDIM_MAX];
    wf_var *index[NDIM_MAX]; /* by axis */
    int ndim, parallel;
} wf_pf_nest;

static inline const wf_type *integer(wf_pf_body *b) { return wf_type_scalar(b->l->u, WF_TY_LONG); }
static inline wf_expr *number(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, integer(b), (uint64_t)i, at);
}
static inline int64_t item_bytes(const wf_pf_type *element) {
    return element->kind == WF_PF_T_RECORD ? element->size : element->bytes;
}

/* arrays.c. Of two factors or addends either may be NULL: 1, 0. */
wf_expr *wf_pf_times(wf_pf_body *b, wf_expr *x, wf_expr *y, wf_place at);
wf_expr *wf_pf_plus(wf_pf_body *b, wf_expr *x, wf_expr *y, wf_place at);
wf_expr *wf_pf_stride(wf_pf_body *b, wf_pf_val a, int axis, wf_place at); /* in elements; NULL: 1 */
int wf_pf_index_raises(const wf_pf_body *b);
/* wf_pf_element of the program's own indices: tested where they raise. */
wf_expr *wf_pf_indexed_element(wf_pf_body *b, wf_pf_val a, wf_pf_val *index, uint32_t count, wf_place at);
/* An index of one axis, wrapped and tested. raise: it is the program's, not one that is inside by its making.
 */
wf_expr *wf_pf_index(wf_pf_body *b, wf_pf_val a, wf_pf_val index, int axis, int raise, wf_place at);

/* array_sums.c */
int wf_pf_sums_in_lanes(const wf_pf_body *b, wf_pf_val a); /* whether the next is for it */
wf_pf_val wf_pf_sum_in_lanes(wf_pf_body *b, wf_pf_val a, wf_place at);
/* The product of two arrays of one axis, in floats of a type. */
wf_pf_val wf_pf_dot_in_lanes(wf_pf_body *b, wf_pf_val x, wf_pf_val y, const wf_pf_type *type, wf_place at);

wf_pf_val wf_pf_array_copy(wf_pf_body *b, wf_pf_val a, const wf_pf_type *element, char layout, wf_place at);
wf_expr *wf_pf_array_count(wf_pf_body *b, wf_pf_val a, wf_place at);
wf_expr *wf_pf_shape_at(wf_pf_val v, int axis);
void wf_pf_nest_begin(wf_pf_body *b, wf_pf_nest *n, wf_expr *const *shape, int ndim, char layout,
                      int parallel, wf_place at);
void wf_pf_nest_end(wf_pf_body *b, wf_pf_nest *n);
void wf_pf_raise_unless(wf_pf_body *b, wf_expr *condition, const char *text, wf_place at);
wf_pf_val wf_pf_in_columns(wf_pf_body *b, wf_pf_val made, char layout);
wf_pf_val wf_pf_array_choose(wf_pf_body *b, const wf_pf_type *type, wf_pf_val *v, wf_place at);
wf_pf_val wf_pf_array_item(wf_pf_body *b, wf_pf_val a, wf_place at);
#endif
