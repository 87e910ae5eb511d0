/* fuse/complex.c: operations on complex values, part by part.
 *
 * Division is Smith's, as NumPy's; the product is the plain one (no repair of infinities, as NumPy's).
 * Functions of a complex variable are the device library's wf_c…; what it has none of, wf_fuse_supports tells
 * array/, which goes through NumPy. */
#include "fuse/inner.h"
#include "base/embed.h"
#include <math.h>
#include <stdio.h>

static wf_expr *re(fuse_build *b, fuse_value v) { return fuse_ref(b, v.re); }
static wf_expr *im(fuse_build *b, fuse_value v) { return fuse_ref(b, v.im); }

static fuse_value pair(fuse_build *b, wf_dtype t, wf_expr *x, wf_expr *y) {
    const wf_type *part = fuse_type(b, t);
    fuse_value v = {fuse_local(b, "v", part, x), NULL, t};
    v.im = fuse_local(b, "v", part, y);
    return v;
}
static fuse_value single(fuse_build *b, wf_dtype t, wf_expr *e) {
    const wf_type *type = fuse_type(b, t);
    fuse_value v = {fuse_local(b, "v", type, fuse_cast(b, type, e)), NULL, t};
    return v;
}
static wf_var *hold(fuse_build *b, wf_dtype t, wf_expr *e) { return fuse_local(b, "h", fuse_type(b, t), e); }
static wf_expr *choose(fuse_build *b, wf_var *c, wf_expr *x, wf_expr *y) {
    return wf_make_cond(b->u, fuse_ref(b, c), x, y, fuse_nowhere);
}

static fuse_value multiply(fuse_build *b, wf_dtype t, fuse_value x, fuse_value y) {
    wf_expr *real = fuse_bin(b, WF_OP_SUB, fuse_bin(b, WF_OP_MUL, re(b, x), re(b, y)),
                             fuse_bin(b, WF_OP_MUL, im(b, x), im(b, y)));
    wf_expr *imag = fuse_bin(b, WF_OP_ADD, fuse_bin(b, WF_OP_MUL, re(b, x), im(b, y)),
                             fuse_bin(b, WF_OP_MUL, im(b, x), re(b, y)));
    return pair(b, t, real, imag);
}

static wf_expr *zero(fuse_build *b, wf_dtype t) { return fuse_real(b, fuse_type(b, t), 0); }

/* (a + bi) / (c + di): the larger of |c|, |d| divides the other first. */
static fuse_value divide(fuse_build *b, wf_dtype t, fuse_value x, fuse_value y) {
    wf_expr *ac = fuse_builtin(b, WF_BI_FABS, re(b, y), NULL),
            *ad = fuse_builtin(b, WF_BI_FABS, im(b, y), NULL);
    const wf_type *boolean = wf_type_scalar(b->u, WF_TY_BOOL);
    wf_var *wide = fuse_local(b, "wide", boolean, wf_make_bool(b->u, fuse_bin(b, WF_OP_GE, ac, ad)));
    wf_var *big = hold(b, t, choose(b, wide, re(b, y), im(b, y))),
           *small = hold(b, t, choose(b, wide, im(b, y), re(b, y)));
    wf_var *ratio = hold(b, t, fuse_bin(b, WF_OP_DIV, fuse_ref(b, small), fuse_ref(b, big)));
    wf_expr *sum = fuse_bin(b, WF_OP_ADD, fuse_ref(b, big),
                            fuse_bin(b, WF_OP_MUL, fuse_ref(b, small), fuse_ref(b, ratio)));
    wf_var *scale = hold(b, t, fuse_bin(b, WF_OP_DIV, fuse_real(b, fuse_type(b, t), 1), sum));
    wf_var *p = hold(b, t, choose(b, wide, re(b, x), im(b, x))),
           *q = hold(b, t, choose(b, wide, im(b, x), re(b, x)));
    /* wide: (a + b r, b - a r); else with a and b exchanged (b + a r, b r - a) */
    wf_expr *real =
        fuse_bin(b, WF_OP_ADD, fuse_ref(b, p), fuse_bin(b, WF_OP_MUL, fuse_ref(b, q), fuse_ref(b, ratio)));
    wf_expr *plain = fuse_bin(b, WF_OP_SUB, im(b, x), fuse_bin(b, WF_OP_MUL, re(b, x), fuse_ref(b, ratio)));
    wf_expr *turned = fuse_bin(b, WF_OP_SUB, fuse_bin(b, WF_OP_MUL, im(b, x), fuse_ref(b, ratio)), re(b, x));
    wf_var *i = hold(b, t, choose(b, wide, plain, turned)), *r = hold(b, t, real);
    wf_var *out_re = hold(b, t, fuse_bin(b, WF_OP_MUL, fuse_ref(b, r), fuse_ref(b, scale)));
    wf_var *out_im = hold(b, t, fuse_bin(b, WF_OP_MUL, fuse_ref(b, i), fuse_ref(b, scale)));
    /* by zero: each part by |c| on its own */
    wf_expr *none = fuse_bin(b, WF_OP_AND, fuse_bin(b, WF_OP_EQ, re(b, y), zero(b, t)),
                             fuse_bin(b, WF_OP_EQ, im(b, y), zero(b, t)));
    wf_var *by_zero = fuse_local(b, "none", boolean, wf_make_bool(b->u, none));
    wf_expr *zr = fuse_bin(b, WF_OP_DIV, re(b, x), fuse_builtin(b, WF_BI_FABS, re(b, y), NULL));
    wf_expr *zi = fuse_bin(b, WF_OP_DIV, im(b, x), fuse_builtin(b, WF_BI_FABS, re(b, y), NULL));
    return pair(b, t, choose(b, by_zero, zr, fuse_ref(b, out_re)),
                choose(b, by_zero, zi, fuse_ref(b, out_im)));
}

/* NumPy's: 1 / z without the first numerator. */
static fuse_value reciprocal(fuse_build *b, wf_dtype t, fuse_value x) {
    wf_expr *ac = fuse_builtin(b, WF_BI_FABS, re(b, x), NULL),
            *ad = fuse_builtin(b, WF_BI_FABS, im(b, x), NULL);
    const wf_type *boolean = wf_type_scalar(b->u, WF_TY_BOOL);
    wf_var *wide = fuse_local(b, "wide", boolean, wf_make_bool(b->u, fuse_bin(b, WF_OP_LE, ad, ac)));
    wf_var *big = hold(b, t, choose(b, wide, re(b, x), im(b, x))),
           *small = hold(b, t, choose(b, wide, im(b, x), re(b, x)));
    wf_var *ratio = hold(b, t, fuse_bin(b, WF_OP_DIV, fuse_ref(b, small), fuse_ref(b, big)));
    wf_var *below = hold(b, t,
                         fuse_bin(b, WF_OP_ADD, fuse_ref(b, big),
                                  fuse_bin(b, WF_OP_MUL, fuse_ref(b, small), fuse_ref(b, ratio))));
    const wf_type *part = fuse_type(b, t);
    wf_expr *real = choose(b, wide, fuse_real(b, part, 1), fuse_ref(b, ratio));
    wf_expr *minus = wf_make_unary(b->u, WF_OP_NEG, fuse_ref(b, ratio), fuse_nowhere);
    wf_expr *imag = choose(b, wide, minus, fuse_real(b, part, -1));
    return pair(b, t, fuse_bin(b, WF_OP_DIV, real, fuse_ref(b, below)),
                fuse_bin(b, WF_OP_DIV, imag, fuse_ref(b, below)));
}

static fuse_value magnitude(fuse_build *b, wf_dtype t, fuse_value x) {
    fuse_value parts[2] = {{x.re, NULL, wf_dtype_real(t)}, {x.im, NULL, wf_dtype_real(t)}};
    return fuse_lower(b, WF_UF_HYPOT, wf_dtype_real(t), wf_dtype_real(t), parts);
}

/* NumPy orders complex numbers by real part, where both imaginary parts are numbers; equal ones by imaginary
 * part. */
static fuse_value order(fuse_build *b, wf_op strict, wf_op last, fuse_value x, fuse_value y) {
    wf_expr *same = fuse_bin(b, WF_OP_EQ, re(b, x), re(b, y));
    wf_expr *second = fuse_bin(b, WF_OP_AND, same, fuse_bin(b, last, im(b, x), im(b, y)));
    wf_expr *xi = fuse_bin(b, WF_OP_EQ, im(b, x), im(b, x)), *yi = fuse_bin(b, WF_OP_EQ, im(b, y), im(b, y));
    wf_expr *first =
        fuse_bin(b, WF_OP_AND, fuse_bin(b, strict, re(b, x), re(b, y)), fuse_bin(b, WF_OP_AND, xi, yi));
    return single(b, WF_DT_BOOL, fuse_bin(b, WF_OP_OR, first, second));
}

static fuse_value equal(fuse_build *b, fuse_value x, fuse_value y, int differs) {
    wf_op op = differs ? WF_OP_NE : WF_OP_EQ;
    wf_expr *r = fuse_bin(b, op, re(b, x), re(b, y)), *i = fuse_bin(b, op, im(b, x), im(b, y));
    return single(b, WF_DT_BOOL, fuse_bin(b, differs ? WF_OP_OR : WF_OP_AND, r, i));
}

static wf_expr *nan_in(fuse_build *b, fuse_value v) {
    return fuse_bin(b, WF_OP_OR, fuse_bin(b, WF_OP_NE, re(b, v), re(b, v)),
                    fuse_bin(b, WF_OP_NE, im(b, v), im(b, v)));
}

/* x unless y is beyond it; a NaN stays (maximum, minimum), or gives way (fmax, fmin). */
static fuse_value extreme(fuse_build *b, wf_ufunc op, wf_dtype t, fuse_value x, fuse_value y) {
    int is_max = op == WF_UF_MAXIMUM || op == WF_UF_FMAX, stays = op == WF_UF_MAXIMUM || op == WF_UF_MINIMUM;
    fuse_value high = is_max ? x : y, low = is_max ? y : x;
    fuse_value beyond = order(b, WF_OP_GT, WF_OP_GE, high, low);
    wf_expr *keep = fuse_bin(b, WF_OP_OR, nan_in(b, stays ? x : y), wf_make_bool(b->u, re(b, beyond)));
    wf_var *first = fuse_local(b, "first", wf_type_scalar(b->u, WF_TY_BOOL), wf_make_bool(b->u, keep));
    return pair(b, t, choose(b, first, re(b, x), re(b, y)), choose(b, first, im(b, x), im(b, y)));
}

static wf_var *flag(fuse_build *b, wf_expr *e) {
    return fuse_local(b, "f", wf_type_scalar(b->u, WF_TY_BOOL), wf_make_bool(b->u, e));
}

/* z / |z|; of an infinite part that part's sign, of 0 it is 0. */
static fuse_value sign(fuse_build *b, wf_dtype t, fuse_value x) {
    const wf_type *part = fuse_type(b, t);
    fuse_value size = magnitude(b, t, x);
    wf_var *far = flag(b, fuse_builtin(b, WF_BI_ISINF, re(b, size), NULL)),
           *far_re = flag(b, fuse_builtin(b, WF_BI_ISINF, re(b, x), NULL)),
           *far_im = flag(b, fuse_builtin(b, WF_BI_ISINF, im(b, x), NULL)),
           *zero_size = flag(b, fuse_bin(b, WF_OP_EQ, re(b, size), zero(b, t))),
           *right = flag(b, fuse_bin(b, WF_OP_GT, re(b, x), zero(b, t))),
           *up = flag(b, fuse_bin(b, WF_OP_GT, im(b, x), zero(b, t)));
    wf_expr *none = fuse_bin(b, WF_OP_OR, fuse_bin(b, WF_OP_NE, re(b, size), re(b, size)),
                             fuse_bin(b, WF_OP_AND, fuse_ref(b, far_re), fuse_ref(b, far_im)));
    wf_var *nan = flag(b, none);
    wf_expr *side = choose(b, right, fuse_real(b, part, 1), fuse_real(b, part, -1));
    wf_expr *height = choose(b, up, fuse_real(b, part, 1), fuse_real(b, part, -1));
    wf_expr *real =
        choose(b, far, choose(b, far_re, side, zero(b, t)), fuse_bin(b, WF_OP_DIV, re(b, x), re(b, size)));
    wf_expr *imag =
        choose(b, far, choose(b, far_re, zero(b, t), height), fuse_bin(b, WF_OP_DIV, im(b, x), re(b, size)));
    real = choose(b, nan, fuse_real(b, part, NAN), choose(b, zero_size, zero(b, t), real));
    imag = choose(b, nan, fuse_real(b, part, NAN), choose(b, zero_size, zero(b, t), imag));
    return pair(b, t, real, imag);
}

static wf_expr *truth(fuse_build *b, fuse_value v) {
    if (!v.im) return wf_make_bool(b->u, re(b, v));
    return fuse_bin(b, WF_OP_OR, wf_make_bool(b->u, re(b, v)), wf_make_bool(b->u, im(b, v)));
}

static fuse_value test(fuse_build *b, wf_ufunc op, fuse_value x) {
    wf_builtin builtin = op == WF_UF_ISNAN ? WF_BI_ISNAN : op == WF_UF_ISINF ? WF_BI_ISINF : WF_BI_ISFINITE;
    wf_expr *r = fuse_builtin(b, builtin, re(b, x), NULL), *i = fuse_builtin(b, builtin, im(b, x), NULL);
    return single(b, WF_DT_BOOL, fuse_bin(b, op == WF_UF_ISFINITE ? WF_OP_AND : WF_OP_OR, r, i));
}

/* ---- functions ------------------------------------------------------------------------------------------
 */

/* The device library's function, "wf_cexpf"; NULL: none. */
static const char *function_name(wf_ufunc op, wf_dtype t) {
    char name[32];
    const char *stem = op == WF_UF_SQRT ? "sqrt" : wf_ufuncs[op].library;
    snprintf(name, sizeof name, "wf_c%s%s", stem, t == WF_DT_COMPLEX64 ? "f" : "");
    const wf_device_function *function = *stem ? wf_device_function_find(name) : NULL;
    return function ? function->name : NULL;
}

static wf_expr *member(fuse_build *b, wf_var *v, const char *field) {
    return wf_make_member(b->u, fuse_ref(b, v), field, fuse_nowhere);
}

/* The library takes and gives float2 or double2. */
static fuse_value call(fuse_build *b, wf_dtype t, const char *name, const fuse_value *args, uint32_t count) {
    const wf_type *c = wf_type_vector(b->u, t == WF_DT_COMPLEX64 ? WF_TY_FLOAT : WF_TY_DOUBLE, 2);
    const wf_type **types = WF_NEW_ARRAY(&b->u->arena, const wf_type *, 2);
    wf_expr **values = WF_NEW_ARRAY(&b->u->arena, wf_expr *, 2);
    for (uint32_t i = 0; i < count; i++) {
        wf_var *z = fuse_local(b, "z", c, NULL);
        fuse_do(b, wf_make_assign(b->u, member(b, z, "x"), re(b, args[i]), fuse_nowhere));
        fuse_do(b, wf_make_assign(b->u, member(b, z, "y"), im(b, args[i]), fuse_nowhere));
        types[i] = c, values[i] = fuse_ref(b, z);
    }
    wf_func *func = wf_library_declare(b->u, name, wf_type_function(b->u, c, types, count, 0));
    wf_var *z = fuse_local(b, "z", c, wf_make_call(b->u, func, values, count, fuse_nowhere));
    return pair(b, t, member(b, z, "x"), member(b, z, "y"));
}

static wf_expr *negated(fuse_build *b, wf_expr *e) { return wf_make_unary(b->u, WF_OP_NEG, e, fuse_nowhere); }

fuse_value fuse_lower_complex(fuse_build *b, wf_ufunc op, wf_dtype t, wf_dtype out, const fuse_value *args) {
    fuse_value x = args[0], y = args[wf_ufuncs[op].inputs > 1];
    switch (op) {
    case WF_UF_ADD:
        return pair(b, t, fuse_bin(b, WF_OP_ADD, re(b, x), re(b, y)),
                    fuse_bin(b, WF_OP_ADD, im(b, x), im(b, y)));
    case WF_UF_SUBTRACT:
        return pair(b, t, fuse_bin(b, WF_OP_SUB, re(b, x), re(b, y)),
                    fuse_bin(b, WF_OP_SUB, im(b, x), im(b, y)));
    case WF_UF_MULTIPLY: return multiply(b, t, x, y);
    case WF_UF_SQUARE: return multiply(b, t, x, x);
    case WF_UF_DIVIDE: return divide(b, t, x, y);
    case WF_UF_RECIPROCAL: return reciprocal(b, t, x);
    case WF_UF_NEGATIVE: return pair(b, t, negated(b, re(b, x)), negated(b, im(b, x)));
    case WF_UF_CONJUGATE: return pair(b, t, re(b, x), negated(b, im(b, x)));
    case WF_UF_REAL: return single(b, out, re(b, x));
    case WF_UF_IMAG: return single(b, out, im(b, x));
    case WF_UF_ABSOLUTE: return magnitude(b, t, x);
    case WF_UF_EQUAL: return equal(b, x, y, 0);
    case WF_UF_NOT_EQUAL: return equal(b, x, y, 1);
    case WF_UF_MAXIMUM:
    case WF_UF_MINIMUM:
    case WF_UF_FMAX:
    case WF_UF_FMIN: return extreme(b, op, t, x, y);
    case WF_UF_SIGN: return sign(b, t, x);
    case WF_UF_LESS: return order(b, WF_OP_LT, WF_OP_LT, x, y);
    case WF_UF_LESS_EQUAL: return order(b, WF_OP_LT, WF_OP_LE, x, y);
    case WF_UF_GREATER: return order(b, WF_OP_GT, WF_OP_GT, x, y);
    case WF_UF_GREATER_EQUAL: return order(b, WF_OP_GT, WF_OP_GE, x, y);
    case WF_UF_LOGICAL_AND: return single(b, WF_DT_BOOL, fuse_bin(b, WF_OP_AND, truth(b, x), truth(b, y)));
    case WF_UF_LOGICAL_OR: return single(b, WF_DT_BOOL, fuse_bin(b, WF_OP_OR, truth(b, x), truth(b, y)));
    case WF_UF_LOGICAL_XOR: return single(b, WF_DT_BOOL, fuse_bin(b, WF_OP_XOR, truth(b, x), truth(b, y)));
    case WF_UF_LOGICAL_NOT:
        return single(b, WF_DT_BOOL, wf_make_unary(b->u, WF_OP_LNOT, truth(b, x), fuse_nowhere));
    case WF_UF_ISNAN:
    case WF_UF_ISINF:
    case WF_UF_ISFINITE: return test(b, op, x);
    case WF_UF_WHERE: {
        wf_var *c = fuse_local(b, "c", wf_type_scalar(b->u, WF_TY_BOOL), truth(b, x));
        return pair(b, t, choose(b, c, re(b, args[1]), re(b, args[2])),
                    choose(b, c, im(b, args[1]), im(b, args[2])));
    }
    case WF_UF_RINT:
        return pair(b, t, fuse_builtin(b, WF_BI_RINT, re(b, x), NULL),
                    fuse_builtin(b, WF_BI_RINT, im(b, x), NULL));
    case WF_UF_POSITIVE: return x;
    default: return call(b, t, function_name(op, t), args, wf_ufuncs[op].inputs);
    }
}

int fuse_supports_complex(wf_ufunc op) {
    switch (op) {
    case WF_UF_ADD:
    case WF_UF_SUBTRACT:
    case WF_UF_MULTIPLY:
    case WF_UF_SQUARE:
    case WF_UF_DIVIDE:
    case WF_UF_RECIPROCAL:
    case WF_UF_NEGATIVE:
    case WF_UF_CONJUGATE:
    case WF_UF_REAL:
    case WF_UF_IMAG:
    case WF_UF_ABSOLUTE:
    case WF_UF_EQUAL:
    case WF_UF_NOT_EQUAL:
    case WF_UF_LESS:
    case WF_UF_LESS_EQUAL:
    case WF_UF_GREATER:
    case WF_UF_GREATER_EQUAL:
    case WF_UF_LOGICAL_AND:
    case WF_UF_LOGICAL_OR:
    case WF_UF_LOGICAL_XOR:
    case WF_UF_LOGICAL_NOT:
    case WF_UF_ISNAN:
    case WF_UF_ISINF:
    case WF_UF_ISFINITE:
    case WF_UF_WHERE:
    case WF_UF_RINT:
    case WF_UF_MAXIMUM:
    case WF_UF_MINIMUM:
    case WF_UF_FMAX:
    case WF_UF_FMIN:
    case WF_UF_SIGN:
    case WF_UF_POSITIVE: return 1;
    default: return function_name(op, WF_DT_COMPLEX128) != NULL;
    }
}
