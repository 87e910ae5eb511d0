/* fuse/inner.h: what the files of fuse/ share: the state of one build, and short spellings for tree nodes. */
#ifndef WF_FUSE_INNER_H
#define WF_FUSE_INNER_H
#include "fuse/fuse.h"
#include "lang/lang.h"

/* A computed value: a local variable, two for complex types (re, im), so that it can be read any number of
 * times. */
typedef struct fuse_value {
    wf_var *re, *im;
    wf_dtype dtype;
} fuse_value;

typedef struct fuse_build {
    const wf_fuse_kernel *k;
    wf_unit *u;
    wf_func *func;
    wf_stmt *block;                 /* where statements go */
    wf_var *extent[WF_FUSE_RANK];   /* parameters */
    wf_var *pieces;                 /* TILE: tiles of a row, ROWS: chunks, ELEMENTS: vectors of a thread */
    wf_var *base[WF_FUSE_OPERANDS]; /* pointer, first value, or scalar (re) */
    wf_var *scalar_im[WF_FUSE_OPERANDS];
    wf_var *stride[WF_FUSE_OPERANDS][WF_FUSE_RANK];
    wf_var *out[WF_FUSE_OUTPUTS];
    wf_var *out_stride[WF_FUSE_OUTPUTS][WF_FUSE_RANK];
    const wf_type *index;           /* int or long long */
    wf_var *kept[WF_FUSE_OPERANDS]; /* reductions: the offset that the kept index gives */
    const fuse_value *loaded;       /* of each operand: re not NULL: loaded already; NULL: none is */
} fuse_build;

/* The index along each dimension; NULL where it is not needed or not known yet. */
typedef struct fuse_position {
    wf_var *at[WF_FUSE_RANK];
} fuse_position;

extern const wf_place fuse_nowhere;
const wf_type *fuse_type(fuse_build *b, wf_dtype t); /* in memory; complex types: of a part */
const wf_type *fuse_register(fuse_build *b,
                             wf_dtype t); /* for shuffles and accumulators: 16-bit floats are float */
wf_expr *fuse_ref(fuse_build *b, wf_var *v);
wf_expr *fuse_int(fuse_build *b, int64_t value); /* of the index type */
wf_expr *fuse_bin(fuse_build *b, wf_op op, wf_expr *x, wf_expr *y);
wf_expr *fuse_cast(fuse_build *b, const wf_type *t, wf_expr *x);
wf_expr *fuse_real(fuse_build *b, const wf_type *t, double value);
wf_expr *fuse_builtin(fuse_build *b, wf_builtin builtin, wf_expr *x, wf_expr *y); /* y may be NULL */
wf_expr *fuse_member(fuse_build *b, wf_builtin of, const char *field); /* threadIdx.x …, of the index type */
wf_var *fuse_local(fuse_build *b, const char *name, const wf_type *t,
                   wf_expr *init); /* declared in b->block */
void fuse_do(fuse_build *b, wf_expr *e);
void fuse_set(fuse_build *b, wf_var *v, wf_expr *e);
/* Opens a block as the body of `stmt`, appended to the present one; fuse_close goes back to what is returned.
 */
wf_stmt *fuse_open(fuse_build *b, wf_stmt *stmt);
void fuse_close(fuse_build *b, wf_stmt *outer);
wf_stmt *fuse_if(fuse_build *b, wf_expr *condition);
wf_stmt *fuse_else(fuse_build *b); /* of the `if` that was closed just before */
/* for (T name = 0; name < limit; name += step) */
wf_stmt *fuse_for(fuse_build *b, const char *name, wf_expr *limit, int64_t step, wf_var **counter);

/* All values at a position; values[] as k->values, cleared. kept: the offsets of the kept index are in
 * b->kept. */
void fuse_values(fuse_build *b, const fuse_position *at, int only_reduced, fuse_value *values);
/* Operand i there. only_reduced: the offset of the kept index is in b->kept. */
fuse_value fuse_load(fuse_build *b, uint32_t i, const fuse_position *at, int only_reduced);
/* Splits a linear index into dimensions first..first+count-1 (C order). */
void fuse_unravel(fuse_build *b, wf_var *linear, uint32_t first, uint32_t count, fuse_position *at);
wf_expr *fuse_offset(fuse_build *b, const uint8_t *code, wf_var *const *stride, const fuse_position *at,
                     uint32_t first, uint32_t count); /* NULL: 0 */
void fuse_store(fuse_build *b, uint32_t output, fuse_value value, wf_expr *offset);

/* lower.c: one operation. */
fuse_value fuse_lower(fuse_build *b, wf_ufunc op, wf_dtype loop, wf_dtype out, const fuse_value *args);
fuse_value fuse_convert(fuse_build *b, fuse_value v, wf_dtype to);
wf_expr *fuse_min_max(fuse_build *b, int is_max, wf_dtype t, wf_var *x, wf_var *y, int nan_wins);
/* complex.c */
fuse_value fuse_lower_complex(fuse_build *b, wf_ufunc op, wf_dtype loop, wf_dtype out,
                              const fuse_value *args);
int fuse_supports_complex(wf_ufunc op);

/* Sine and cosine of one float or float64, with the bits that each has alone; `size`: up to their signs. */
void fuse_lower_sincos(fuse_build *b, int size, fuse_value x, fuse_value *sine, fuse_value *cosine);

/* elements.c */
void fuse_elements(fuse_build *b);
void fuse_elements_body(fuse_build *b, const fuse_position *at);      /* one element: values and stores */
wf_expr *fuse_extents(fuse_build *b, uint32_t first, uint32_t count); /* product of extents */

/* crossed.c */
void fuse_crossed(fuse_build *b);

/* accumulate.c: what a lane or a column has taken in. argmin and argmax keep the position in the present
 * piece (`at`) until the piece ends. */
typedef struct fuse_acc {
    wf_var *part[4], *at;
} fuse_acc;
fuse_acc fuse_acc_new(fuse_build *b,
                      wf_expr *first); /* first: the position of the first element that can come */
/* Does this step of the loop over s bring a lane's first element? NULL: nobody asks. */
wf_var *fuse_acc_first(fuse_build *b, wf_var *s, uint32_t step);
void fuse_acc_take(fuse_build *b, const fuse_acc *a, const fuse_value *values, wf_var *position,
                   wf_var *first);
void fuse_acc_close(fuse_build *b, fuse_acc *a, wf_var *base,
                    wf_expr *count); /* the piece's first index; elements taken */
void fuse_acc_combine(fuse_build *b, const fuse_acc *a, const fuse_acc *x); /* a takes x in */

/* reduce.c */
void fuse_reduction(fuse_build *b);
#endif
