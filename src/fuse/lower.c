/* fuse/lower.c: what each elementwise operation means, as expressions of the tree.
 *
 * Integers narrower than int are computed as C does and cut back to their width; 16-bit floats are computed
 * in float (some in double: wf_ufunc_working) and rounded once for each operation, which is what NumPy does
 * with float16; functions of one of them come from f16_exact.h, so that the second rounding is right. Where
 * NumPy's result
 * is defined by a rule of its own (floor division, remainder, sign, maximum with NaN, shifts past the width),
 * the rule is written out here; functions come from the device library (wf_sinf, wf_sin …). */
#include "fuse/inner.h"
#include "base/embed.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- operands and results -------------------------------------------------------------------------------
 */

static const wf_type *boolean(fuse_build *b) { return wf_type_scalar(b->u, WF_TY_BOOL); }
/* The type that t is computed in: float for the 16-bit floats, else its own. */
static const wf_type *working(fuse_build *b, wf_dtype t) {
    return wf_dtype_is_small_float(t) ? wf_type_scalar(b->u, WF_TY_FLOAT) : fuse_type(b, t);
}
static wf_expr *use(fuse_build *b, fuse_value v) {
    wf_expr *e = fuse_ref(b, v.re);
    return wf_dtype_is_small_float(v.dtype) ? fuse_cast(b, working(b, v.dtype), e) : e;
}
static fuse_value result(fuse_build *b, wf_dtype t, wf_expr *e) {
    const wf_type *type = fuse_type(b, t);
    fuse_value v = {fuse_local(b, "v", type, fuse_cast(b, type, e)), NULL, t};
    return v;
}
/* e in a variable of t's working type, to be read several times. */
static wf_var *hold(fuse_build *b, wf_dtype t, wf_expr *e) {
    const wf_type *type = working(b, t);
    return fuse_local(b, "h", type, fuse_cast(b, type, e));
}
static wf_expr *constant(fuse_build *b, wf_dtype t, double value) {
    const wf_type *type = working(b, t);
    if (wf_dtype_is_float(t))
        return fuse_real(b, type, type->kind == WF_TY_FLOAT ? (double)(float)value : value);
    return wf_make_int(b->u, type, (uint64_t)(int64_t)value, fuse_nowhere);
}
static wf_expr *select_of(fuse_build *b, wf_expr *c, wf_expr *x, wf_expr *y) {
    return wf_make_cond(b->u, wf_make_bool(b->u, c), x, y, fuse_nowhere);
}
static wf_expr *is_nan(fuse_build *b, wf_var *v) {
    return fuse_bin(b, WF_OP_NE, fuse_ref(b, v), fuse_ref(b, v));
}

/* Of the device library, over t. */
static wf_expr *call_named(fuse_build *b, wf_dtype t, wf_dtype out, const char *name, wf_expr *x,
                           wf_expr *y) {
    const wf_type *type = working(b, t), *result_type = working(b, out);
    const wf_type **list = WF_NEW_ARRAY(&b->u->arena, const wf_type *, 2);
    list[0] = list[1] = type;
    uint32_t count = y ? 2 : 1;
    const wf_type *signature = wf_type_function(b->u, result_type, list, count, 0);
    wf_func *func = wf_library_declare(b->u, wf_arena_strdup(&b->u->arena, name), signature);
    wf_expr **args = WF_NEW_ARRAY(&b->u->arena, wf_expr *, 2);
    args[0] = x, args[1] = y;
    return wf_make_call(b->u, func, args, count, fuse_nowhere);
}
/* wf_<stem> of the device library over t, wf_<stem>f where out is a float. */
static wf_expr *call_from(fuse_build *b, wf_dtype t, wf_dtype out, const char *stem, wf_expr *x, wf_expr *y) {
    char name[32];
    snprintf(name, sizeof name, "wf_%s%s", stem, working(b, out)->kind == WF_TY_FLOAT ? "f" : "");
    return call_named(b, t, out, name, x, y);
}
static wf_expr *call(fuse_build *b, wf_dtype t, const char *stem, wf_expr *x, wf_expr *y) {
    return call_from(b, t, t, stem, x, y);
}
/* The function of a 16-bit float whose result, rounded, is the nearest; NULL where there is none. */
static wf_expr *call_rounded(fuse_build *b, wf_dtype t, const char *stem, wf_expr *x) {
    char name[32];
    snprintf(name, sizeof name, "wf_%s_%sf", t == WF_DT_FLOAT16 ? "f16" : "bf16", stem);
    return wf_device_function_find(name) ? call_named(b, t, t, name, x, NULL) : NULL;
}

static wf_expr *address(fuse_build *b, wf_var *v) { return wf_make_addr(b->u, fuse_ref(b, v), fuse_nowhere); }

void fuse_lower_sincos(fuse_build *b, int size, fuse_value x, fuse_value *sine, fuse_value *cosine) {
    const wf_type *type = working(b, x.dtype);
    const wf_type **params = WF_NEW_ARRAY(&b->u->arena, const wf_type *, 3);
    params[0] = type, params[1] = params[2] = wf_type_pointer(b->u, type);
    const wf_type *signature = wf_type_function(b->u, wf_type_scalar(b->u, WF_TY_VOID), params, 3, 0);
    const char *names[2][2] = {{"wf_sincos", "wf_sincosf"}, {"wf_sincos_size", "wf_sincos_sizef"}};
    wf_func *func = wf_library_declare(b->u, names[size][type->kind == WF_TY_FLOAT], signature);
    wf_var *s = hold(b, x.dtype, constant(b, x.dtype, 0)), *c = hold(b, x.dtype, constant(b, x.dtype, 0));
    wf_expr **args = WF_NEW_ARRAY(&b->u->arena, wf_expr *, 3);
    args[0] = use(b, x), args[1] = address(b, s), args[2] = address(b, c);
    fuse_do(b, wf_make_call(b->u, func, args, 3, fuse_nowhere));
    *sine = result(b, x.dtype, fuse_ref(b, s));
    *cosine = result(b, x.dtype, fuse_ref(b, c));
}

/* ---- minimum and maximum --------------------------------------------------------------------------------
 */

wf_expr *fuse_min_max(fuse_build *b, int is_max, wf_dtype t, wf_var *x, wf_var *y, int nan_wins) {
    if (!wf_dtype_is_float(t)) {
        wf_expr *take_x = fuse_bin(b, is_max ? WF_OP_GE : WF_OP_LE, fuse_ref(b, x), fuse_ref(b, y));
        return select_of(b, take_x, fuse_ref(b, x), fuse_ref(b, y));
    }
    wf_expr *e = fuse_builtin(b, is_max ? WF_BI_FMAX : WF_BI_FMIN, fuse_ref(b, x), fuse_ref(b, y));
    if (!nan_wins) return e;
    e = select_of(b, is_nan(b, y), fuse_ref(b, y), e);
    return select_of(b, is_nan(b, x), fuse_ref(b, x), e);
}

static fuse_value min_max(fuse_build *b, wf_ufunc op, wf_dtype t, const fuse_value *args) {
    int is_max = op == WF_UF_MAXIMUM || op == WF_UF_FMAX,
        nan_wins = op == WF_UF_MAXIMUM || op == WF_UF_MINIMUM;
    wf_var *x = hold(b, t, use(b, args[0])), *y = hold(b, t, use(b, args[1]));
    return result(b, t, fuse_min_max(b, is_max, t, x, y, nan_wins));
}

/* ---- division and powers --------------------------------------------------------------------------------
 */

static wf_expr *signs_differ(fuse_build *b, wf_dtype t, wf_var *x, wf_var *y) {
    wf_expr *xn = fuse_bin(b, WF_OP_LT, fuse_ref(b, x), constant(b, t, 0));
    wf_expr *yn = fuse_bin(b, WF_OP_LT, fuse_ref(b, y), constant(b, t, 0));
    return fuse_bin(b, WF_OP_NE, xn, yn);
}
static wf_expr *not_zero(fuse_build *b, wf_dtype t, wf_var *x) {
    return fuse_bin(b, WF_OP_NE, fuse_ref(b, x), constant(b, t, 0));
}

/* Rounds towards minus infinity; by zero: 0, as NumPy. */
static fuse_value divide_integers(fuse_build *b, wf_ufunc op, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0])), *y = hold(b, t, use(b, args[1]));
    wf_var *r = hold(b, t, fuse_bin(b, WF_OP_REM, fuse_ref(b, x), fuse_ref(b, y)));
    if (op == WF_UF_FLOOR_DIVIDE) {
        wf_expr *q = fuse_bin(b, WF_OP_DIV, fuse_ref(b, x), fuse_ref(b, y));
        if (wf_dtype_kind(t) == 'u') return result(b, t, q);
        wf_var *quotient = hold(b, t, q);
        wf_expr *uneven = fuse_bin(b, WF_OP_AND, not_zero(b, t, r), signs_differ(b, t, x, y));
        uneven = fuse_bin(b, WF_OP_AND, uneven, not_zero(b, t, y));
        wf_expr *less = fuse_bin(b, WF_OP_SUB, fuse_ref(b, quotient), constant(b, t, 1));
        return result(b, t, select_of(b, uneven, fuse_cast(b, working(b, t), less), fuse_ref(b, quotient)));
    }
    wf_expr *rest = fuse_ref(b, r);
    if (op == WF_UF_REMAINDER && wf_dtype_kind(t) == 'i') {
        wf_expr *uneven = fuse_bin(b, WF_OP_AND, not_zero(b, t, r), signs_differ(b, t, r, y));
        wf_expr *shifted = fuse_bin(b, WF_OP_ADD, fuse_ref(b, r), fuse_ref(b, y));
        rest = select_of(b, uneven, fuse_cast(b, working(b, t), shifted), fuse_ref(b, r));
    }
    return result(b, t, select_of(b, not_zero(b, t, y), rest, constant(b, t, 0)));
}

static wf_expr *copysign_of(fuse_build *b, wf_expr *magnitude, wf_expr *sign) {
    return fuse_builtin(b, WF_BI_COPYSIGN, magnitude, sign);
}

/* Python's float rules: the remainder has the divisor's sign, the quotient is the floor. */
static fuse_value divide_floats(fuse_build *b, wf_ufunc op, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0])), *y = hold(b, t, use(b, args[1]));
    wf_var *m = hold(b, t, call(b, t, "fmod", fuse_ref(b, x), fuse_ref(b, y)));
    if (op == WF_UF_FMOD) return result(b, t, fuse_ref(b, m));
    wf_expr *uneven = fuse_bin(b, WF_OP_AND, not_zero(b, t, m), signs_differ(b, t, m, y));
    wf_var *off = fuse_local(b, "off", boolean(b), wf_make_bool(b->u, uneven));
    if (op == WF_UF_REMAINDER) {
        wf_expr *moved = select_of(b, fuse_ref(b, off),
                                   fuse_bin(b, WF_OP_ADD, fuse_ref(b, m), fuse_ref(b, y)), fuse_ref(b, m));
        wf_expr *zero = copysign_of(b, constant(b, t, 0), fuse_ref(b, y));
        wf_expr *is_zero = fuse_bin(b, WF_OP_EQ, fuse_ref(b, m), constant(b, t, 0));
        return result(b, t, select_of(b, is_zero, zero, moved));
    }
    wf_expr *exact =
        fuse_bin(b, WF_OP_DIV, fuse_bin(b, WF_OP_SUB, fuse_ref(b, x), fuse_ref(b, m)), fuse_ref(b, y));
    wf_var *q0 = hold(b, t, exact);
    wf_expr *lower = fuse_bin(b, WF_OP_SUB, fuse_ref(b, q0), constant(b, t, 1));
    wf_var *q = hold(b, t, select_of(b, fuse_ref(b, off), lower, fuse_ref(b, q0)));
    wf_var *f = hold(b, t, fuse_builtin(b, WF_BI_FLOOR, fuse_ref(b, q), NULL));
    wf_expr *gap =
        fuse_bin(b, WF_OP_GT, fuse_bin(b, WF_OP_SUB, fuse_ref(b, q), fuse_ref(b, f)), constant(b, t, 0.5));
    wf_expr *up =
        select_of(b, gap, fuse_bin(b, WF_OP_ADD, fuse_ref(b, f), constant(b, t, 1)), fuse_ref(b, f));
    wf_var *ratio = hold(b, t, fuse_bin(b, WF_OP_DIV, fuse_ref(b, x), fuse_ref(b, y)));
    wf_expr *signed_zero = copysign_of(b, constant(b, t, 0), fuse_ref(b, ratio));
    wf_expr *whole = select_of(b, not_zero(b, t, q), up, signed_zero);
    return result(b, t, select_of(b, not_zero(b, t, y), whole, fuse_ref(b, ratio)));
}

/* Squaring; a negative exponent (NumPy refuses it where it can see it) gives what 1 / x**-n truncates to. */
static fuse_value power_integers(fuse_build *b, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0])), *e = hold(b, t, use(b, args[1])),
           *r = hold(b, t, constant(b, t, 1));
    wf_stmt *loop = wf_stmt_new(b->u, WF_ST_WHILE, fuse_nowhere);
    loop->expr = wf_make_bool(b->u, fuse_bin(b, WF_OP_GT, fuse_ref(b, e), constant(b, t, 0)));
    wf_stmt *outer = fuse_open(b, loop);
    wf_expr *odd =
        fuse_bin(b, WF_OP_NE, fuse_bin(b, WF_OP_AND, fuse_ref(b, e), constant(b, t, 1)), constant(b, t, 0));
    wf_expr *more = fuse_cast(b, working(b, t), fuse_bin(b, WF_OP_MUL, fuse_ref(b, r), fuse_ref(b, x)));
    fuse_set(b, r, select_of(b, odd, more, fuse_ref(b, r)));
    fuse_set(b, x, fuse_bin(b, WF_OP_MUL, fuse_ref(b, x), fuse_ref(b, x)));
    fuse_set(b, e, fuse_bin(b, WF_OP_SHR, fuse_ref(b, e), constant(b, t, 1)));
    fuse_close(b, outer);
    if (wf_dtype_kind(t) == 'u') return result(b, t, fuse_ref(b, r));
    wf_var *base = hold(b, t, use(b, args[0])), *n = hold(b, t, use(b, args[1]));
    wf_expr *one = fuse_bin(b, WF_OP_EQ, fuse_ref(b, base), constant(b, t, 1));
    wf_expr *minus = fuse_bin(b, WF_OP_EQ, fuse_ref(b, base), constant(b, t, -1));
    wf_expr *even =
        fuse_bin(b, WF_OP_EQ, fuse_bin(b, WF_OP_AND, fuse_ref(b, n), constant(b, t, 1)), constant(b, t, 0));
    wf_expr *inverse =
        select_of(b, minus, select_of(b, even, constant(b, t, 1), constant(b, t, -1)), constant(b, t, 0));
    inverse = select_of(b, one, constant(b, t, 1), inverse);
    wf_expr *negative = fuse_bin(b, WF_OP_LT, fuse_ref(b, n), constant(b, t, 0));
    return result(b, t, select_of(b, negative, inverse, fuse_ref(b, r)));
}

static fuse_value reciprocal_integer(fuse_build *b, wf_dtype t, const fuse_value *args) {
    return result(b, t, fuse_bin(b, WF_OP_DIV, constant(b, t, 1), use(b, args[0])));
}

/* The size of an integer as an unsigned number of 32 or, where it has as many, 64 bits. */
static wf_expr *magnitude(fuse_build *b, wf_dtype t, wf_dtype wide, fuse_value v) {
    if (wf_dtype_kind(t) != 'i') return fuse_cast(b, fuse_type(b, wide), use(b, v));
    wf_var *x = hold(b, t, use(b, v));
    const wf_type *type = fuse_type(b, wide);
    wf_expr *minus = wf_make_unary(b->u, WF_OP_NEG, fuse_cast(b, type, fuse_ref(b, x)), fuse_nowhere);
    wf_expr *below = fuse_bin(b, WF_OP_LT, fuse_ref(b, x), constant(b, t, 0));
    return select_of(b, below, fuse_cast(b, type, minus), fuse_cast(b, type, fuse_ref(b, x)));
}

/* Common divisors and multiples, and counts of bits: of the numbers' sizes. */
static fuse_value of_sizes(fuse_build *b, wf_ufunc op, wf_dtype t, wf_dtype out, const fuse_value *args) {
    int bits = wf_dtype_size(t) == 8 ? 64 : 32, two = wf_ufuncs[op].inputs > 1;
    wf_dtype wide = bits == 64 ? WF_DT_UINT64 : WF_DT_UINT32;
    char name[32];
    snprintf(name, sizeof name, "wf_%s%d", wf_ufuncs[op].library, bits);
    wf_expr *x = magnitude(b, t, wide, args[0]), *y = two ? magnitude(b, t, wide, args[1]) : NULL;
    return result(b, out, call_named(b, wide, two ? wide : WF_DT_UINT32, name, x, y));
}

/* ---- bits, signs, tests ---------------------------------------------------------------------------------
 */

static fuse_value shift(fuse_build *b, wf_ufunc op, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0])), *n = hold(b, t, use(b, args[1]));
    int left = op == WF_UF_LEFT_SHIFT, bits = (int)wf_dtype_size(t) * 8;
    wf_expr *inside = fuse_bin(b, WF_OP_LT, fuse_ref(b, n), constant(b, t, bits));
    if (wf_dtype_kind(t) == 'i')
        inside = fuse_bin(b, WF_OP_AND, inside, fuse_bin(b, WF_OP_GE, fuse_ref(b, n), constant(b, t, 0)));
    wf_expr *moved = fuse_bin(b, left ? WF_OP_SHL : WF_OP_SHR, fuse_ref(b, x), fuse_ref(b, n));
    wf_expr *past = constant(b, t, 0);
    if (!left && wf_dtype_kind(t) == 'i')
        past =
            select_of(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, x), constant(b, t, 0)), constant(b, t, -1), past);
    return result(b, t, select_of(b, inside, fuse_cast(b, working(b, t), moved), past));
}

static fuse_value sign(fuse_build *b, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0]));
    wf_expr *low = constant(b, t, 0);
    if (wf_dtype_is_float(t)) low = select_of(b, is_nan(b, x), fuse_ref(b, x), low);
    if (wf_dtype_kind(t) != 'u')
        low = select_of(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, x), constant(b, t, 0)), constant(b, t, -1), low);
    return result(
        b, t, select_of(b, fuse_bin(b, WF_OP_GT, fuse_ref(b, x), constant(b, t, 0)), constant(b, t, 1), low));
}

static fuse_value heaviside(fuse_build *b, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0]));
    wf_expr *e = select_of(b, is_nan(b, x), fuse_ref(b, x), use(b, args[1]));
    e = select_of(b, fuse_bin(b, WF_OP_GT, fuse_ref(b, x), constant(b, t, 0)), constant(b, t, 1), e);
    return result(
        b, t, select_of(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, x), constant(b, t, 0)), constant(b, t, 0), e));
}

static fuse_value test(fuse_build *b, wf_ufunc op, wf_dtype t, const fuse_value *args) {
    static const uint16_t builtins[WF_UF_COUNT] = {[WF_UF_ISNAN] = WF_BI_ISNAN,
                                                   [WF_UF_ISINF] = WF_BI_ISINF,
                                                   [WF_UF_ISFINITE] = WF_BI_ISFINITE,
                                                   [WF_UF_SIGNBIT] = WF_BI_SIGNBIT};
    if (wf_dtype_is_float(t))
        return result(b, WF_DT_BOOL, fuse_builtin(b, (wf_builtin)builtins[op], use(b, args[0]), NULL));
    return result(b, WF_DT_BOOL, wf_make_int(b->u, boolean(b), op == WF_UF_ISFINITE, fuse_nowhere));
}

static wf_expr *truth(fuse_build *b, fuse_value v) { return wf_make_bool(b->u, use(b, v)); }

/* ---- logaddexp ------------------------------------------------------------------------------------------
 */

/* log(exp(x) + exp(y)) without overflow; base 2 likewise. */
static fuse_value logaddexp(fuse_build *b, int base2, wf_dtype t, const fuse_value *args) {
    wf_var *x = hold(b, t, use(b, args[0])), *y = hold(b, t, use(b, args[1]));
    wf_var *d = hold(b, t, fuse_bin(b, WF_OP_SUB, fuse_ref(b, x), fuse_ref(b, y)));
    wf_expr *flat =
        fuse_bin(b, WF_OP_SUB, constant(b, t, -0.0), fuse_builtin(b, WF_BI_FABS, fuse_ref(b, d), NULL));
    wf_expr *tail = call(b, t, "log1p", call(b, t, base2 ? "exp2" : "exp", flat, NULL), NULL);
    if (base2) tail = fuse_bin(b, WF_OP_MUL, tail, constant(b, t, 1.4426950408889634));
    wf_expr *more = fuse_builtin(b, WF_BI_FMAX, fuse_ref(b, x), fuse_ref(b, y));
    wf_var *sum = hold(b, t, fuse_bin(b, WF_OP_ADD, more, tail));
    wf_expr *same =
        fuse_bin(b, WF_OP_ADD, fuse_ref(b, x), constant(b, t, base2 ? 1.0 : 0.693147180559945286));
    wf_expr *usual = select_of(b, is_nan(b, d), fuse_ref(b, d), fuse_ref(b, sum));
    return result(b, t, select_of(b, fuse_bin(b, WF_OP_EQ, fuse_ref(b, x), fuse_ref(b, y)), same, usual));
}

/* ---- the table ------------------------------------------------------------------------------------------
 */

static int binary_op(wf_ufunc op, int is_bool) {
    switch (op) {
    case WF_UF_ADD: return is_bool ? WF_OP_OR : WF_OP_ADD;
    case WF_UF_SUBTRACT: return WF_OP_SUB;
    case WF_UF_MULTIPLY: return is_bool ? WF_OP_AND : WF_OP_MUL;
    case WF_UF_DIVIDE: return WF_OP_DIV;
    case WF_UF_BITWISE_AND: return WF_OP_AND;
    case WF_UF_BITWISE_OR: return WF_OP_OR;
    case WF_UF_BITWISE_XOR: return WF_OP_XOR;
    case WF_UF_EQUAL: return WF_OP_EQ;
    case WF_UF_NOT_EQUAL: return WF_OP_NE;
    case WF_UF_LESS: return WF_OP_LT;
    case WF_UF_LESS_EQUAL: return WF_OP_LE;
    case WF_UF_GREATER: return WF_OP_GT;
    case WF_UF_GREATER_EQUAL: return WF_OP_GE;
    default: return -1;
    }
}

static int rounding_builtin(wf_ufunc op) {
    switch (op) {
    case WF_UF_FLOOR: return WF_BI_FLOOR;
    case WF_UF_CEIL: return WF_BI_CEIL;
    case WF_UF_TRUNC: return WF_BI_TRUNC;
    case WF_UF_RINT: return WF_BI_RINT;
    case WF_UF_SQRT: return WF_BI_SQRT;
    case WF_UF_FABS: return WF_BI_FABS;
    default: return -1;
    }
}

static fuse_value absolute(fuse_build *b, wf_dtype t, const fuse_value *args) {
    if (wf_dtype_is_float(t)) return result(b, t, fuse_builtin(b, WF_BI_FABS, use(b, args[0]), NULL));
    if (wf_dtype_kind(t) != 'i') return args[0];
    wf_var *x = hold(b, t, use(b, args[0]));
    wf_expr *minus =
        fuse_cast(b, working(b, t), wf_make_unary(b->u, WF_OP_NEG, fuse_ref(b, x), fuse_nowhere));
    return result(
        b, t, select_of(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, x), constant(b, t, 0)), minus, fuse_ref(b, x)));
}

static fuse_value logical(fuse_build *b, wf_ufunc op, const fuse_value *args) {
    wf_expr *x = truth(b, args[0]);
    if (op == WF_UF_LOGICAL_NOT)
        return result(b, WF_DT_BOOL, wf_make_unary(b->u, WF_OP_LNOT, x, fuse_nowhere));
    wf_op o = op == WF_UF_LOGICAL_AND ? WF_OP_AND : op == WF_UF_LOGICAL_OR ? WF_OP_OR : WF_OP_XOR;
    return result(b, WF_DT_BOOL, fuse_bin(b, o, x, truth(b, args[1])));
}

static fuse_value invert(fuse_build *b, wf_dtype t, const fuse_value *args) {
    wf_op op = t == WF_DT_BOOL ? WF_OP_LNOT : WF_OP_NOT;
    return result(b, t, wf_make_unary(b->u, op, use(b, args[0]), fuse_nowhere));
}

static fuse_value lower_one(fuse_build *b, wf_ufunc op, wf_dtype t, wf_dtype out, const fuse_value *args) {
    int real = wf_dtype_is_float(t);
    switch (op) {
    case WF_UF_POSITIVE:
    case WF_UF_CONJUGATE:
    case WF_UF_REAL: return args[0];
    case WF_UF_IMAG: return result(b, t, constant(b, t, 0));
    case WF_UF_NEGATIVE: return result(b, t, wf_make_unary(b->u, WF_OP_NEG, use(b, args[0]), fuse_nowhere));
    case WF_UF_SQUARE: return result(b, t, fuse_bin(b, WF_OP_MUL, use(b, args[0]), use(b, args[0])));
    case WF_UF_RECIPROCAL:
        return real ? result(b, t, fuse_bin(b, WF_OP_DIV, constant(b, t, 1), use(b, args[0])))
                    : reciprocal_integer(b, t, args);
    case WF_UF_DEG2RAD:
        return result(b, t, fuse_bin(b, WF_OP_MUL, use(b, args[0]), constant(b, t, 0.017453292519943295)));
    case WF_UF_RAD2DEG:
        return result(b, t, fuse_bin(b, WF_OP_MUL, use(b, args[0]), constant(b, t, 57.29577951308232)));
    case WF_UF_ABSOLUTE: return absolute(b, t, args);
    case WF_UF_SIGN: return sign(b, t, args);
    case WF_UF_COPYSIGN: return result(b, t, copysign_of(b, use(b, args[0]), use(b, args[1])));
    case WF_UF_GCD:
    case WF_UF_LCM:
    case WF_UF_BIT_COUNT: return of_sizes(b, op, t, out, args);
    case WF_UF_FREXP_EXPONENT: {
        const char *name = working(b, t)->kind == WF_TY_FLOAT ? "wf_binary_exponentf" : "wf_binary_exponent";
        return result(b, out, call_named(b, t, out, name, use(b, args[0]), NULL));
    }
    case WF_UF_HEAVISIDE: return heaviside(b, t, args);
    case WF_UF_LOGADDEXP:
    case WF_UF_LOGADDEXP2: return logaddexp(b, op == WF_UF_LOGADDEXP2, t, args);
    case WF_UF_FLOOR_DIVIDE:
    case WF_UF_REMAINDER:
    case WF_UF_FMOD: return (real ? divide_floats : divide_integers)(b, op, t, args);
    case WF_UF_MAXIMUM:
    case WF_UF_MINIMUM:
    case WF_UF_FMAX:
    case WF_UF_FMIN: return min_max(b, op, t, args);
    case WF_UF_LOGICAL_AND:
    case WF_UF_LOGICAL_OR:
    case WF_UF_LOGICAL_XOR:
    case WF_UF_LOGICAL_NOT: return logical(b, op, args);
    case WF_UF_INVERT: return invert(b, t, args);
    case WF_UF_LEFT_SHIFT:
    case WF_UF_RIGHT_SHIFT: return shift(b, op, t, args);
    case WF_UF_ISNAN:
    case WF_UF_ISINF:
    case WF_UF_ISFINITE:
    case WF_UF_SIGNBIT: return test(b, op, t, args);
    default: break;
    }
    if (op == WF_UF_POWER && !real) return power_integers(b, t, args);
    const char *stem = wf_ufuncs[op].library;
    wf_expr *x = use(b, args[0]), *second = wf_ufuncs[op].inputs > 1 ? use(b, args[1]) : NULL;
    wf_expr *rounded = wf_dtype_is_small_float(t) && !second ? call_rounded(b, t, stem, x) : NULL;
    return result(b, out, rounded ? rounded : call_from(b, t, out, stem, x, second));
}

fuse_value fuse_lower(fuse_build *b, wf_ufunc op, wf_dtype loop, wf_dtype out, const fuse_value *args) {
    if (op == WF_UF_WHERE) { /* both sides are computed already */
        if (!wf_dtype_is_complex(out))
            return result(b, out,
                          select_of(b, truth(b, args[0]), fuse_ref(b, args[1].re), fuse_ref(b, args[2].re)));
    }
    if (wf_dtype_is_small_float(loop) && wf_ufunc_working(op) == WF_DT_FLOAT64) {
        fuse_value wide[2];
        for (int i = 0; i < wf_ufuncs[op].inputs; i++) wide[i] = fuse_convert(b, args[i], WF_DT_FLOAT64);
        return fuse_convert(b, fuse_lower(b, op, WF_DT_FLOAT64, WF_DT_FLOAT64, wide), out);
    }
    int c_op = binary_op(op, loop == WF_DT_BOOL), builtin = rounding_builtin(op);
    if (c_op >= 0) return result(b, out, fuse_bin(b, (wf_op)c_op, use(b, args[0]), use(b, args[1])));
    if (builtin >= 0 && !wf_dtype_is_float(loop)) return args[0]; /* rounding an integer */
    if (builtin >= 0) return result(b, out, fuse_builtin(b, (wf_builtin)builtin, use(b, args[0]), NULL));
    return lower_one(b, op, loop, out, args);
}

int wf_fuse_supports(wf_ufunc op, wf_dtype loop) {
    if (wf_dtype_is_complex(loop)) return fuse_supports_complex(op);
    return 1;
}

/* ---- casts ----------------------------------------------------------------------------------------------
 */

fuse_value fuse_convert(fuse_build *b, fuse_value v, wf_dtype to) {
    if (v.dtype == to) return v;
    if (wf_dtype_is_complex(v.dtype) && to == WF_DT_BOOL) {
        wf_expr *re = wf_make_bool(b->u, fuse_ref(b, v.re)), *im = wf_make_bool(b->u, fuse_ref(b, v.im));
        return result(b, to, fuse_bin(b, WF_OP_OR, re, im));
    }
    if (!wf_dtype_is_complex(to)) return result(b, to, fuse_ref(b, v.re));
    const wf_type *part = fuse_type(b, to);
    fuse_value out = {fuse_local(b, "v", part, fuse_cast(b, part, use(b, v))), NULL, to};
    wf_expr *im =
        wf_dtype_is_complex(v.dtype) ? fuse_cast(b, part, fuse_ref(b, v.im)) : fuse_real(b, part, 0);
    out.im = fuse_local(b, "v", part, im);
    return out;
}
