/* lang/fold.c: constant expressions, by exactly the arithmetic that tree.h defines.
 *
 * The value of an expression is found without making nodes; only a whole that is constant becomes one. Float
 * is computed in float, the half types in float with one rounding at the end. Division by zero has a value in
 * a running kernel, but in a constant expression it is a mistake: such an expression counts as not constant.
 */
#include "lang/inner.h"
#include <math.h>

typedef struct value {
    const wf_type *type;
    uint64_t i; /* integers, bool, pointers: as wf_expr.u.i */
    double f;   /* floating types */
} value;

/* --- numbers --- */

/* To `digits` significant bits, to nearest even, with exponents least_exp..most_exp. */
static double round_digits(double x, int digits, int least_exp, int most_exp) {
    if (x == 0 || isnan(x) || isinf(x)) return x;
    int exponent;
    int64_t mantissa = (int64_t)ldexp(frexp(fabs(x), &exponent), 53); /* x = mantissa * 2^(exponent - 53) */
    int drop = 53 - digits;
    if (exponent - 1 < least_exp) drop += least_exp - (exponent - 1);
    if (drop > 54) drop = 54; /* rounds to zero */
    int64_t unit = (int64_t)1 << drop, rest = mantissa & (unit - 1);
    mantissa -= rest;
    if (rest > unit / 2 || (rest == unit / 2 && mantissa & unit)) mantissa += unit;
    double rounded = ldexp((double)mantissa, exponent - 53);
    if (rounded >= ldexp(1, most_exp + 1)) rounded = INFINITY;
    return copysign(rounded, x);
}

double wf_round_float(wf_type_kind kind, double x) {
    switch (kind) {
    case WF_TY_HALF: return round_digits(x, 11, -14, 15);
    case WF_TY_BFLOAT: return round_digits(x, 8, -126, 127);
    case WF_TY_FLOAT: return (double)(float)x;
    default: return x;
    }
}

double wf_int_to_float(wf_type_kind to, uint64_t x, int is_signed) {
    if (to == WF_TY_DOUBLE) return is_signed ? (double)(int64_t)x : (double)x;
    return wf_round_float(to, is_signed ? (float)(int64_t)x : (float)x);
}

uint64_t wf_wrap_int(const wf_type *type, uint64_t x) {
    if (type->kind == WF_TY_BOOL) return x & 1;
    unsigned bits = (unsigned)wf_type_size(type) * 8;
    if (bits >= 64 || !bits) return x;
    x &= ((uint64_t)1 << bits) - 1;
    if (wf_type_is_signed(type) && x >> (bits - 1)) x |= ~(uint64_t)0 << bits;
    return x;
}

uint64_t wf_float_to_int(const wf_type *to, double x) {
    unsigned bits = (unsigned)wf_type_size(to) * 8;
    if (isnan(x)) return 0;
    x = trunc(x);
    if (wf_type_is_signed(to)) {
        double limit = ldexp(1, (int)bits - 1);
        if (x >= limit) return ((uint64_t)1 << (bits - 1)) - 1;
        if (x < -limit) return (uint64_t)0 - ((uint64_t)1 << (bits - 1));
        return (uint64_t)(int64_t)x;
    }
    if (x <= 0) return 0;
    return x >= ldexp(1, (int)bits) ? ~(uint64_t)0 >> (64 - bits) : (uint64_t)x;
}

/* --- operators --- */

static int divide(wf_op op, int is_signed, uint64_t a, uint64_t b, uint64_t *result) {
    if (!b) return 0;
    if (!is_signed) *result = op == WF_OP_DIV ? a / b : a % b;
    else if (b == ~(uint64_t)0)
        *result = op == WF_OP_DIV ? 0 - a : 0; /* the least value has no positive brother */
    else *result = (uint64_t)(op == WF_OP_DIV ? (int64_t)a / (int64_t)b : (int64_t)a % (int64_t)b);
    return 1;
}

static int compare_int(wf_op op, int is_signed, uint64_t a, uint64_t b) {
    int less = is_signed ? (int64_t)a < (int64_t)b : a < b;
    switch (op) {
    case WF_OP_LT: return less;
    case WF_OP_LE: return less || a == b;
    case WF_OP_GT: return !less && a != b;
    case WF_OP_GE: return !less;
    case WF_OP_EQ: return a == b;
    default: return a != b;
    }
}

static int compare_float(wf_op op, double a, double b) {
    switch (op) {
    case WF_OP_LT: return a < b;
    case WF_OP_LE: return a <= b;
    case WF_OP_GT: return a > b;
    case WF_OP_GE: return a >= b;
    case WF_OP_EQ: return a == b;
    default: return a != b;
    }
}

static int is_comparison(wf_op op) { return op >= WF_OP_LT && op <= WF_OP_NE; }

static int binary_int(wf_op op, const value *a, const value *b, value *out) {
    uint64_t x = a->i, y = b->i, r;
    int is_signed = wf_type_is_signed(a->type);
    unsigned bits = (unsigned)wf_type_size(a->type) * 8, shift = (unsigned)(y & (bits - 1));
    if (is_comparison(op)) {
        out->i = (uint64_t)compare_int(op, is_signed, x, y);
        return 1;
    }
    switch (op) {
    case WF_OP_ADD: r = x + y; break;
    case WF_OP_SUB: r = x - y; break;
    case WF_OP_MUL: r = x * y; break;
    case WF_OP_AND: r = x & y; break;
    case WF_OP_OR: r = x | y; break;
    case WF_OP_XOR: r = x ^ y; break;
    case WF_OP_SHL: r = x << shift; break;
    case WF_OP_SHR: r = is_signed ? (uint64_t)((int64_t)x >> shift) : x >> shift; break;
    case WF_OP_DIV:
    case WF_OP_REM:
        if (!divide(op, is_signed, x, y, &r)) return 0;
        break;
    default: return 0;
    }
    out->i = wf_wrap_int(out->type, r);
    return 1;
}

static int binary_float(wf_op op, const value *a, const value *b, value *out) {
    double x = a->f, y = b->f, r;
    if (is_comparison(op)) {
        out->i = (uint64_t)compare_float(op, x, y);
        return 1;
    }
    /* In double, then rounded: for one operation on floats the same as in float (53 >= 2 * 24 + 2 digits). */
    switch (op) {
    case WF_OP_ADD: r = x + y; break;
    case WF_OP_SUB: r = x - y; break;
    case WF_OP_MUL: r = x * y; break;
    case WF_OP_DIV: r = x / y; break;
    default: return 0;
    }
    if (out->type->kind != WF_TY_DOUBLE) r = (float)r;
    out->f = wf_round_float(out->type->kind, r);
    return 1;
}

/* --- expressions --- */

static int evaluate(const wf_expr *e, value *out);

static int evaluate_unary(const wf_expr *e, value *out) {
    value a;
    if (!evaluate(e->a, &a)) return 0;
    if (e->op == WF_OP_LNOT) out->i = !a.i;
    else if (wf_type_is_float(e->type)) out->f = -a.f;
    else out->i = wf_wrap_int(e->type, e->op == WF_OP_NEG ? 0 - a.i : ~a.i);
    return e->op != WF_OP_NOT || wf_type_is_integer(e->type);
}

static int evaluate_binary(const wf_expr *e, value *out) {
    value a, b;
    if (!evaluate(e->a, &a)) return 0;
    if (e->op == WF_OP_LAND || e->op == WF_OP_LOR) {
        if ((a.i != 0) == (e->op == WF_OP_LOR)) {
            out->i = a.i != 0;
            return 1;
        }
        if (!evaluate(e->b, &b)) return 0;
        out->i = b.i != 0;
        return 1;
    }
    if (!evaluate(e->b, &b)) return 0;
    if (a.type->kind == WF_TY_POINTER || b.type->kind == WF_TY_POINTER) {
        if (!is_comparison((wf_op)e->op)) return 0;
        out->i = (uint64_t)compare_int((wf_op)e->op, 0, a.i, b.i);
        return 1;
    }
    return wf_type_is_float(a.type) ? binary_float((wf_op)e->op, &a, &b, out)
                                    : binary_int((wf_op)e->op, &a, &b, out);
}

static int evaluate_cast(const wf_expr *e, value *out) {
    value a;
    if (e->cast == WF_CAST_DECAY || e->cast == WF_CAST_VOID || !evaluate(e->a, &a)) return 0;
    if (e->cast == WF_CAST_PTR_BOOL) out->i = a.i != 0;
    else if (e->cast == WF_CAST_POINTER || e->cast == WF_CAST_INT_PTR) out->i = a.i;
    else if (e->cast == WF_CAST_PTR_INT) out->i = wf_wrap_int(e->type, a.i);
    else if (wf_type_is_float(e->type)) {
        out->f = wf_type_is_float(a.type) ? wf_round_float(e->type->kind, a.f)
                                          : wf_int_to_float(e->type->kind, a.i, wf_type_is_signed(a.type));
    } else if (e->type->kind == WF_TY_BOOL) {
        out->i = wf_type_is_float(a.type) ? a.f != 0 : a.i != 0;
    } else if (wf_type_is_integer(e->type)) {
        out->i = wf_type_is_float(a.type) ? wf_float_to_int(e->type, a.f) : wf_wrap_int(e->type, a.i);
    } else return 0; /* a record */
    return 1;
}

/* A const variable with a constant value is one itself (C++), when it is an integer. */
static int evaluate_var(const wf_expr *e, value *out) {
    const wf_var *var = e->u.var;
    if (!(var->type->quals & WF_CONST) || var->type->quals & WF_VOLATILE || !var->init || var->init == e)
        return 0;
    if (!wf_type_is_arithmetic(var->type) || !wf_is_literal(var->init)) return 0;
    return evaluate(var->init, out) && out->type->unqual == var->type->unqual;
}

static int evaluate(const wf_expr *e, value *out) {
    if (wf_is_error(e)) return 0;
    value chosen;
    out->type = e->type;
    out->i = 0;
    out->f = 0;
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_INT: out->i = e->u.i; return 1;
    case WF_EX_FLOAT: out->f = e->u.f; return 1;
    case WF_EX_VAR: return evaluate_var(e, out);
    case WF_EX_UNARY: return evaluate_unary(e, out);
    case WF_EX_BINARY: return evaluate_binary(e, out);
    case WF_EX_CAST: return evaluate_cast(e, out);
    case WF_EX_COND: return evaluate(e->a, &chosen) && evaluate(chosen.i ? e->b : e->c, out);
    default: return 0;
    }
}

int wf_fold_int(wf_unit *u, const wf_expr *a, int64_t *result) {
    (void)u;
    value v;
    if (!a || !wf_type_is_integer(a->type) || !evaluate(a, &v)) return 0;
    *result = (int64_t)v.i;
    return 1;
}

wf_expr *wf_fold(wf_unit *u, wf_expr *a) {
    value v;
    if (wf_is_error(a) || a->kind == WF_EX_INT || a->kind == WF_EX_FLOAT || !evaluate(a, &v)) return a;
    return wf_type_is_float(a->type) ? wf_make_float(u, a->type, v.f, a->at)
                                     : wf_make_int(u, a->type, v.i, a->at);
}

/* --- initialisers --- */

static int is_global(const wf_var *var) {
    return var->space == WF_SPACE_DEVICE || var->space == WF_SPACE_CONSTANT;
}

/* An lvalue at a fixed place of a global or a string. */
static int is_fixed_place(const wf_expr *e) {
    value index;
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_VAR: return is_global(e->u.var);
    case WF_EX_STRING: return 1;
    case WF_EX_MEMBER: return is_fixed_place(e->a);
    case WF_EX_INDEX:
        return e->a->kind == WF_EX_CAST && e->a->cast == WF_CAST_DECAY && is_fixed_place(e->a->a) &&
               evaluate(e->b, &index);
    default: return 0;
    }
}

static int is_address(const wf_expr *e) {
    value offset;
    if (e->kind == WF_EX_ADDR) return is_fixed_place(e->a);
    if (e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY)
        return e->a->kind == WF_EX_FUNC || is_fixed_place(e->a);
    if (e->kind == WF_EX_CAST && (e->cast == WF_CAST_POINTER || e->cast == WF_CAST_QUAL))
        return is_address(e->a);
    if (e->kind == WF_EX_BINARY && e->type->kind == WF_TY_POINTER)
        return is_address(e->a) && evaluate(e->b, &offset);
    return 0;
}

wf_expr *wf_fold_init(wf_unit *u, wf_expr *a) {
    if (wf_is_error(a)) return a;
    if (a->kind != WF_EX_INIT) {
        a = wf_fold(u, a);
        return a->kind == WF_EX_INT || a->kind == WF_EX_FLOAT || a->kind == WF_EX_STRING || is_address(a)
                   ? a
                   : NULL;
    }
    wf_expr *copy = WF_NEW(&u->arena, wf_expr);
    *copy = *a;
    copy->u.init.items = WF_NEW_ARRAY(&u->arena, wf_expr *, a->u.init.count);
    for (uint32_t i = 0; i < a->u.init.count; i++) {
        if (!a->u.init.items[i]) continue;
        copy->u.init.items[i] = wf_fold_init(u, a->u.init.items[i]);
        if (!copy->u.init.items[i]) return NULL;
    }
    return copy;
}
