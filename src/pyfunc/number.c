/* pyfunc/number.c: numbers: conversion, operators, comparison.
 *
 * Integers follow Numba: an operator on integers of up to 64 bits gives int64 (uint64 when both are
 * unsigned), so that Python's arithmetic holds up to 64 bits; it wraps beyond. `//` and `%` are floored as in
 * Python; where neither side can be negative they are C's. A small constant exponent becomes multiplications,
 * an integer power is exact. Constants are folded, so that shapes computed from them stay constants. Complex
 * numbers are pairs; their odd cases (infinities in a product, a division's scaling) are those of Numba's:
 * the textbook formulas, with Smith's for division. */
#include "pyfunc/lower.h"
#include <math.h>
#include <string.h>

/* ---- conversion -------------------------------------------------------------------------------------------
 */

static wf_expr *known_number(wf_pf_body *b, const wf_pf_value *k, const wf_pf_type *to, wf_place at) {
    const wf_type *type = wf_pf_ctype(b->l, to);
    wf_unit *u = b->l->u;
    if (k->kind == WF_PF_V_FLOAT) {
        wf_expr *e = wf_make_float(u, wf_type_scalar(u, WF_TY_DOUBLE), k->f, at);
        return to->code == 'd' ? e : wf_make_cast(u, type, e, at);
    }
    const wf_type *own = wf_type_scalar(u, k->kind == WF_PF_V_BOOL ? WF_TY_BOOL
                                           : k->unsigned_          ? WF_TY_ULONG
                                                                   : WF_TY_LONG);
    wf_expr *e = wf_make_int(u, own, (uint64_t)k->i, at);
    return wf_type_same_unqual(own, type) ? e : wf_make_convert(u, type, e, at);
}

wf_expr *wf_pf_number(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    if (v.type->kind == WF_PF_T_OPTIONAL) v = wf_pf_unwrap(b, v, at);
    if (v.known &&
        (v.known->kind == WF_PF_V_INT || v.known->kind == WF_PF_V_FLOAT || v.known->kind == WF_PF_V_BOOL))
        return known_number(b, v.known, to, v.e ? v.e->at : at);
    if (!v.e) return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT), 0, at);
    const wf_type *type = wf_pf_ctype(b->l, to);
    if (wf_type_same_unqual(v.e->type, type)) return wf_make_value(b->l->u, v.e);
    return wf_make_cast(b->l->u, type, v.e, at.line ? at : v.e->at);
}

wf_expr *wf_pf_long(wf_pf_body *b, wf_pf_val v, wf_place at) {
    v = wf_pf_unwrap(b, v, at);
    if (v.type->kind == WF_PF_T_UNKNOWN)
        return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), 0, at);
    if (!wf_pf_is_integral(v.type)) {
        wf_pf_error(b, at, v.type->kind == WF_PF_T_FLOAT ? "convert it: int(x), or divide with //" : NULL,
                    "got %s, expected an integer", wf_pf_spell(b, v));
        return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), 0, at);
    }
    return wf_pf_number(b, v, b->l->int64, at);
}

static const wf_pf_type *part_type(wf_pf_body *b, const wf_pf_type *complex) {
    return wf_pf_type_scalar(&b->l->types, complex->bytes == 16 ? 'd' : 'f');
}

wf_pf_val wf_pf_complex(wf_pf_body *b, const wf_pf_type *type, wf_expr *real, wf_expr *imag) {
    wf_pf_val v = {.type = type, .items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2)};
    v.items[0] = wf_pf_scalar(b, part_type(b, type), real);
    v.items[1] = wf_pf_scalar(b, part_type(b, type), imag);
    return v;
}

static wf_pf_val to_complex(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    const wf_pf_type *part = part_type(b, to);
    if (v.type->kind == WF_PF_T_COMPLEX) {
        if (v.known) {
            wf_pf_value *f = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_value, 2);
            f[0] = (wf_pf_value){.kind = WF_PF_V_FLOAT, .f = v.known->f};
            f[1] = (wf_pf_value){.kind = WF_PF_V_FLOAT, .f = v.known->g};
            return wf_pf_complex(b, to, known_number(b, &f[0], part, at), known_number(b, &f[1], part, at));
        }
        return wf_pf_complex(b, to, wf_pf_number(b, v.items[0], part, at),
                             wf_pf_number(b, v.items[1], part, at));
    }
    return wf_pf_complex(b, to, wf_pf_number(b, v, part, at),
                         wf_make_float(b->l->u, wf_pf_ctype(b->l, part), 0, at));
}

static wf_pf_val convert_tuple(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    wf_pf_val out = {.type = to, .items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, to->count + 1)};
    for (uint32_t i = 0; i < to->count; i++) out.items[i] = wf_pf_convert(b, v.items[i], to->items[i], at);
    return out;
}

wf_pf_val wf_pf_convert(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at) {
    if (v.type == to && !(v.type->kind == WF_PF_T_COMPLEX && v.known)) return v;
    if (to->kind == WF_PF_T_TUPLE && v.type->kind == WF_PF_T_TUPLE && v.type->count == to->count)
        return convert_tuple(b, v, to, at);
    if (to->kind == WF_PF_T_OPTIONAL) return wf_pf_to_optional(b, v, to, at);
    if (v.type->kind == WF_PF_T_OPTIONAL) return wf_pf_convert(b, wf_pf_unwrap(b, v, at), to, at);
    if (to->kind == WF_PF_T_STR && wf_pf_runtime_type(b, v) == to) return wf_pf_runtime(b, v, at);
    if (wf_pf_is_bytes(to) && wf_pf_is_bytes_array(v)) return wf_pf_text_of(b, v, at);
    if (to->kind == WF_PF_T_DATE && v.type->kind == WF_PF_T_DATE) return wf_pf_date_as(b, v, to, at);
    if (wf_pf_is_container(to) && v.type->kind == to->kind) { /* an empty one, of an early run */
        wf_pf_list_learn(b, v.type, to->element);
        if (v.type->element->kind == WF_PF_T_UNKNOWN || to->element->kind == WF_PF_T_UNKNOWN) {
            v.type = to;
            return v;
        }
    }
    if (to->kind == WF_PF_T_ARRAY && v.type->kind == WF_PF_T_ARRAY && v.array)
        return wf_pf_array_as(b, v, to, at);
    if (!wf_pf_is_number(to) || !wf_pf_is_number(v.type))
        return wf_pf_error(b, at, NULL, "got %s, expected %s", wf_pf_spell(b, v),
                           wf_pf_type_spell(&b->l->types, to));
    if (to->kind == WF_PF_T_COMPLEX) return to_complex(b, v, to, at);
    if (v.type->kind == WF_PF_T_COMPLEX)
        return wf_pf_error(b, at, "take .real or abs() of it", "got %s, expected %s", wf_pf_spell(b, v),
                           wf_pf_type_spell(&b->l->types, to));
    wf_pf_val out = wf_pf_scalar(b, to, wf_pf_number(b, v, to, at));
    out.nonneg = v.nonneg;
    return out;
}

/* ---- constants --------------------------------------------------------------------------------------------
 */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

static int fold_ints(wf_pf_op op, int64_t a, int64_t b, int64_t *out) {
    switch (op) {
    case WF_PF_ADD: return !__builtin_add_overflow(a, b, out);
    case WF_PF_SUB: return !__builtin_sub_overflow(a, b, out);
    case WF_PF_MUL: return !__builtin_mul_overflow(a, b, out);
    case WF_PF_FLOORDIV:
    case WF_PF_MOD:
        if (b == 0 || b == -1) return 0;
        *out = op == WF_PF_MOD ? a - b * floor_div(a, b) : floor_div(a, b);
        return 1;
    case WF_PF_AND: *out = a & b; return 1;
    case WF_PF_OR: *out = a | b; return 1;
    case WF_PF_XOR: *out = a ^ b; return 1;
    case WF_PF_LSHIFT:
        if (b < 0 || b > 62 || a > (INT64_MAX >> b) || a < (INT64_MIN >> b)) return 0;
        *out = (int64_t)((uint64_t)a << b);
        return 1;
    case WF_PF_RSHIFT:
        if (b < 0 || b > 63) return 0;
        *out = a >> b;
        return 1;
    case WF_PF_POW:
        if (b < 0 || b > 64) return 0;
        for (*out = 1; b; b--)
            if (__builtin_mul_overflow(*out, a, out)) return 0;
        return 1;
    default: return 0;
    }
}

static int is_plain_int(wf_pf_val v) {
    return v.known && v.known->kind == WF_PF_V_INT && !v.known->unsigned_ && !v.known->text;
}

static int fold(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at, wf_pf_val *out) {
    int64_t i;
    if (!is_plain_int(x) || !is_plain_int(y) || !fold_ints(op, x.known->i, y.known->i, &i)) return 0;
    *out = wf_pf_int(b, i, at);
    return 1;
}

static double known_double(wf_pf_val v) {
    return v.known->kind == WF_PF_V_FLOAT ? v.known->f : (double)v.known->i;
}

/* Constants with a float among them (dx = 1.0 / N): as Python computes them. */
static int fold_floats(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_pf_val *out) {
    if (!x.known || !y.known || x.known->text || y.known->text || !wf_pf_is_real(x.type) ||
        !wf_pf_is_real(y.type))
        return 0;
    if (op != WF_PF_DIV && x.type->kind != WF_PF_T_FLOAT && y.type->kind != WF_PF_T_FLOAT) return 0;
    double a = known_double(x), c = known_double(y), r;
    switch (op) {
    case WF_PF_ADD: r = a + c; break;
    case WF_PF_SUB: r = a - c; break;
    case WF_PF_MUL: r = a * c; break;
    case WF_PF_DIV:
        if (c == 0) return 0;
        r = a / c;
        break;
    default: return 0;
    }
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_FLOAT, .f = r};
    *out = (wf_pf_val){.type = b->l->float64, .known = k, .stable = 1};
    return 1;
}

/* ---- integer operators ------------------------------------------------------------------------------------
 */

static wf_expr *binary(wf_pf_body *b, wf_op op, wf_expr *x, wf_expr *y, wf_place at) {
    return wf_make_binary(b->l->u, op, x, y, at);
}

/* Division by zero: with error_model="python" it raises; else integers follow the tree's rule and floats
 * IEEE. */
static wf_expr *guarded(wf_pf_body *b, wf_pf_op op, wf_expr *divisor, wf_place at) {
    if (!b->l->options.trap_divide || (divisor->kind == WF_EX_INT && divisor->u.i) ||
        (divisor->kind == WF_EX_FLOAT && divisor->u.f != 0))
        return divisor;
    wf_unit *u = b->l->u;
    wf_var *kept = wf_pf_temp(b, "divisor", divisor->type->unqual, divisor, at);
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
    wf_expr *zero = wf_make_convert(u, kept->type, wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 0, at), at);
    test->expr = binary(b, WF_OP_EQ, wf_make_var(u, kept, at), zero, at);
    test->body = wf_pf_raise(b,
                             op == WF_PF_MOD ? "ZeroDivisionError: integer modulo by zero"
                                             : "ZeroDivisionError: division by zero",
                             at);
    wf_block_add(b->block, test);
    return wf_make_var(u, kept, at);
}

/* x // 2^k is x >> k and x % 2^k is x & (2^k - 1), for every x: both round down, as Python does. NULL: no
 * power of two. */
static wf_expr *by_power_of_two(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, const wf_pf_type *type,
                                wf_place at) {
    if (!y.known || y.known->kind != WF_PF_V_INT || y.known->i < 1 || (y.known->i & (y.known->i - 1)))
        return NULL;
    int bits = type->bytes * 8;
    if (bits < 32 || y.known->i >= (int64_t)1 << (bits - 2)) return NULL;
    int64_t by = op == WF_PF_MOD ? y.known->i - 1 : (int64_t)__builtin_ctzll((uint64_t)y.known->i);
    wf_expr *a = wf_pf_number(b, x, type, at);
    return binary(b, op == WF_PF_MOD ? WF_OP_AND : WF_OP_SHR, a,
                  wf_make_int(b->l->u, a->type->unqual, (uint64_t)by, at), at);
}

static wf_expr *floored(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, const wf_pf_type *type,
                        wf_place at) {
    wf_expr *shifted = by_power_of_two(b, op, x, y, type, at);
    if (shifted) return shifted;
    wf_expr *a = wf_pf_number(b, x, type, at), *c = guarded(b, op, wf_pf_number(b, y, type, at), at);
    if (!type->is_signed || (x.nonneg && y.nonneg))
        return binary(b, op == WF_PF_MOD ? WF_OP_REM : WF_OP_DIV, a, c, at);
    wf_expr *args[] = {a, c};
    const char *name = op != WF_PF_MOD ? "wf_py_floordiv" : y.known ? "wf_py_mod" : "wf_py_mod_of";
    return wf_pf_library_exact(b, name, a->type, args, 2, at);
}

/* x ** n for a constant n: multiplications, the square kept in a variable. */
static wf_expr *power_of(wf_pf_body *b, wf_expr *x, int64_t n, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *type = x->type->unqual;
    wf_expr *one = wf_make_convert(u, type, wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 1, at), at);
    if (n == 0) return one;
    if (n == 1) return x;
    int64_t left = n < 0 ? -n : n;
    if (n < 0) x = guarded(b, WF_PF_DIV, x, at);
    if (!wf_pf_simple(x)) x = wf_make_var(u, wf_pf_temp(b, "base", type, x, at), at);
    wf_expr *result = NULL;
    for (;;) {
        if (left & 1)
            result = result ? binary(b, WF_OP_MUL, result, wf_pf_clone(u, x), at) : wf_pf_clone(u, x);
        left >>= 1;
        if (!left) break;
        wf_expr *square = binary(b, WF_OP_MUL, wf_pf_clone(u, x), wf_pf_clone(u, x), at);
        if (left == 1 && !result)
            return n < 0 ? binary(b, WF_OP_DIV, one, wf_make_paren(u, square), at) : square;
        x = wf_make_var(u, wf_pf_temp(b, "square", type, square, at), at);
    }
    return n < 0 ? binary(b, WF_OP_DIV, one, wf_make_paren(u, result), at) : result;
}

/* 0 to the power of a negative integer divides by zero. (Of floats, as in Numba, it is C's pow.) */
static void guard_power(wf_pf_body *b, wf_pf_val y, wf_expr **args, wf_place at) {
    wf_unit *u = b->l->u;
    if (!b->l->options.trap_divide || y.nonneg || !wf_pf_is_integral(y.type)) return;
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "exponent" : "base";
        args[i] = wf_make_var(u, wf_pf_temp(b, name, args[i]->type->unqual, args[i], at), at);
    }
    wf_expr *test[2];
    for (int i = 0; i < 2; i++) {
        wf_expr *zero = wf_make_convert(u, args[i]->type->unqual,
                                        wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 0, at), at);
        test[i] = binary(b, i ? WF_OP_LT : WF_OP_EQ, wf_pf_clone(u, args[i]), zero, at);
    }
    wf_pf_raise_when(b, binary(b, WF_OP_LAND, test[0], test[1], at),
                     "ZeroDivisionError: 0 cannot be raised to a negative power", at);
}

static wf_pf_val power(wf_pf_body *b, wf_pf_val x, wf_pf_val y, wf_place at) {
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    int constant = is_plain_int(y) && y.known->i >= -64 && y.known->i <= 64;
    if (type->kind == WF_PF_T_INT && is_plain_int(y) && y.known->i < 0) type = b->l->float64;
    if (constant && type->kind == WF_PF_T_FLOAT && wf_pf_is(x.type, WF_PF_T_FLOAT)) type = x.type;
    if (wf_pf_is_half(type)) type = wf_pf_type_scalar(&b->l->types, 'f');
    wf_expr *base = wf_pf_number(b, x, type, at);
    if (constant) {
        wf_pf_val v = wf_pf_scalar(b, type, power_of(b, base, y.known->i, at));
        v.nonneg = x.nonneg || (y.known->i & 1) == 0;
        return v;
    }
    wf_expr *args[] = {base, wf_pf_number(b, y, type, at)};
    guard_power(b, y, args, at);
    if (type->kind == WF_PF_T_INT)
        return wf_pf_scalar(b, type, wf_pf_library_exact(b, "wf_py_power", base->type, args, 2, at));
    return wf_pf_scalar(b, type, wf_pf_library(b, "pow", type, args, 2, at));
}

static wf_pf_val divide(wf_pf_body *b, wf_pf_val x, wf_pf_val y, wf_place at) {
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    if (type->kind == WF_PF_T_INT) type = b->l->float64;
    wf_expr *a = wf_pf_number(b, x, type, at);
    return wf_pf_scalar(b, type,
                        binary(b, WF_OP_DIV, a, guarded(b, WF_PF_DIV, wf_pf_number(b, y, type, at), at), at));
}

static wf_pf_val float_floored(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, const wf_pf_type *type,
                               wf_place at) {
    if (wf_pf_is_half(type)) type = wf_pf_type_scalar(&b->l->types, 'f');
    wf_expr *a = wf_pf_number(b, x, type, at), *c = guarded(b, op, wf_pf_number(b, y, type, at), at);
    wf_expr *args[] = {a, c};
    return wf_pf_scalar(b, type,
                        wf_pf_library(b, op == WF_PF_MOD ? "py_fmod" : "py_ffloordiv", type, args, 2, at));
}

static wf_pf_val shift_or_bits(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    static const uint8_t ops[WF_PF_OP_COUNT] = {[WF_PF_AND] = WF_OP_AND,
                                                [WF_PF_OR] = WF_OP_OR,
                                                [WF_PF_XOR] = WF_OP_XOR,
                                                [WF_PF_LSHIFT] = WF_OP_SHL,
                                                [WF_PF_RSHIFT] = WF_OP_SHR};
    if (!wf_pf_is_integral(x.type) || !wf_pf_is_integral(y.type))
        return wf_pf_error(b, at, NULL, "operator %s works on integers, got %s and %s", wf_pf_op_text[op],
                           wf_pf_spell(b, x), wf_pf_spell(b, y));
    int is_bits = op == WF_PF_AND || op == WF_PF_OR || op == WF_PF_XOR;
    if (is_bits && x.type->kind == WF_PF_T_BOOL && y.type->kind == WF_PF_T_BOOL) {
        const wf_type *integer = wf_type_scalar(b->l->u, WF_TY_INT);
        wf_expr *a = wf_make_convert(b->l->u, integer, wf_pf_number(b, x, b->l->boolean, at), at);
        wf_expr *c = wf_make_convert(b->l->u, integer, wf_pf_number(b, y, b->l->boolean, at), at);
        return wf_pf_scalar(b, b->l->boolean, wf_make_bool(b->l->u, binary(b, (wf_op)ops[op], a, c, at)));
    }
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    if (op == WF_PF_LSHIFT || op == WF_PF_RSHIFT)
        type = wf_pf_type_scalar(&b->l->types, x.type->kind == WF_PF_T_INT && !x.type->is_signed ? 'L' : 'l');
    wf_pf_val v = wf_pf_scalar(
        b, type, binary(b, (wf_op)ops[op], wf_pf_number(b, x, type, at), wf_pf_number(b, y, type, at), at));
    v.nonneg = (x.nonneg && y.nonneg) || (op == WF_PF_AND && (x.nonneg || y.nonneg)) ||
               (op == WF_PF_RSHIFT && x.nonneg);
    return v;
}

/* ---- complex ----------------------------------------------------------------------------------------------
 */

static wf_pf_val complex_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, const wf_pf_type *type,
                                wf_place at) {
    wf_unit *u = b->l->u;
    x = wf_pf_settle(b, to_complex(b, x, type, at), at);
    y = wf_pf_settle(b, to_complex(b, y, type, at), at);
#define PART(v, i) wf_pf_clone(u, (v).items[i].e)
#define PRODUCT(i, j) wf_make_paren(u, binary(b, WF_OP_MUL, PART(x, i), PART(y, j), at))
    switch (op) {
    case WF_PF_ADD:
    case WF_PF_SUB: {
        wf_op o = op == WF_PF_ADD ? WF_OP_ADD : WF_OP_SUB;
        return wf_pf_complex(b, type, binary(b, o, PART(x, 0), PART(y, 0), at),
                             binary(b, o, PART(x, 1), PART(y, 1), at));
    }
    case WF_PF_MUL: /* parentheses: no contraction, so that z * conj(z) has no imaginary part */
        return wf_pf_complex(b, type, binary(b, WF_OP_SUB, PRODUCT(0, 0), PRODUCT(1, 1), at),
                             binary(b, WF_OP_ADD, PRODUCT(0, 1), PRODUCT(1, 0), at));
    case WF_PF_DIV: {
        wf_expr *args[] = {PART(x, 0), PART(x, 1), PART(y, 0), PART(y, 1)};
        wf_expr *again[] = {PART(x, 0), PART(x, 1), PART(y, 0), PART(y, 1)};
        const wf_pf_type *part = part_type(b, type);
        return wf_pf_complex(b, type, wf_pf_library(b, "py_cdiv_re", part, args, 4, at),
                             wf_pf_library(b, "py_cdiv_im", part, again, 4, at));
    }
    case WF_PF_POW: return wf_pf_complex_power(b, type, x, y, at);
    default: break;
    }
#undef PRODUCT
#undef PART
    return wf_pf_error(b, at, NULL, "operator %s is not supported for complex numbers", wf_pf_op_text[op]);
}

static wf_pf_val complex_power(wf_pf_body *b, wf_pf_val x, wf_pf_val y, wf_place at) {
    int64_t n = y.known->i;
    wf_pf_val one = wf_pf_int(b, 1, at);
    if (n == 0) return to_complex(b, one, x.type, at);
    wf_pf_val result = x = wf_pf_settle(b, x, at);
    for (int64_t i = n < 0 ? -n : n; i > 1; i--) result = complex_binary(b, WF_PF_MUL, result, x, x.type, at);
    return n < 0 ? complex_binary(b, WF_PF_DIV, one, result, x.type, at) : result;
}

/* ---- operators --------------------------------------------------------------------------------------------
 */

static wf_pf_val plain(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, const wf_pf_type *type,
                       wf_place at) {
    wf_op o = op == WF_PF_ADD ? WF_OP_ADD : op == WF_PF_SUB ? WF_OP_SUB : WF_OP_MUL;
    int covered = op == WF_PF_SUB && type == b->l->int64 && wf_pf_facts_cover(b, x.e, &y);
    wf_pf_val v =
        wf_pf_scalar(b, type, binary(b, o, wf_pf_number(b, x, type, at), wf_pf_number(b, y, type, at), at));
    v.nonneg = covered || (op != WF_PF_SUB && x.nonneg && y.nonneg);
    return v;
}

/* An operator that is a method in Python: list + list, list * n, list == list. */
static wf_pf_val of_lists(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    const char *name = op == WF_PF_ADD   ? "__add__"
                       : op == WF_PF_MUL ? "__mul__"
                       : op == WF_PF_EQ  ? "__eq__"
                       : op == WF_PF_NE  ? "__ne__"
                       : op == WF_PF_LT  ? "__lt__"
                       : op == WF_PF_LE  ? "__le__"
                       : op == WF_PF_GT  ? "__gt__"
                       : op == WF_PF_GE  ? "__ge__"
                                         : NULL;
    if (x.type->kind != WF_PF_T_LIST) {
        wf_pf_val other = x;
        x = y;
        y = other;
    }
    wf_pf_args args = {.v = &y, .count = 1, .at = at};
    int handled = 0;
    wf_pf_val v = wf_pf_unknown(b);
    if (x.type->element->kind == WF_PF_T_UNKNOWN) return v;
    if (name) v = wf_pf_resolve_method(b, x, name, &args, &handled);
    return handled ? v
                   : wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[op],
                                 wf_pf_spell(b, x), wf_pf_spell(b, y));
}

static int has_methods(wf_pf_val v) {
    return v.type->kind == WF_PF_T_OBJECT || v.type->kind == WF_PF_T_SET || v.type->kind == WF_PF_T_DICT;
}

/* An operator of sets, dicts and instances: x.__add__(y), else y.__radd__(x). Tuples may have methods by
 * numba.extending.overload_method. */
static wf_pf_val by_method(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    static const char *const names[WF_PF_OP_COUNT] = {[WF_PF_ADD] = "add",
                                                      [WF_PF_SUB] = "sub",
                                                      [WF_PF_MUL] = "mul",
                                                      [WF_PF_DIV] = "truediv",
                                                      [WF_PF_FLOORDIV] = "floordiv",
                                                      [WF_PF_MOD] = "mod",
                                                      [WF_PF_POW] = "pow",
                                                      [WF_PF_MATMUL] = "matmul",
                                                      [WF_PF_LSHIFT] = "lshift",
                                                      [WF_PF_RSHIFT] = "rshift",
                                                      [WF_PF_OR] = "or",
                                                      [WF_PF_XOR] = "xor",
                                                      [WF_PF_AND] = "and",
                                                      [WF_PF_LT] = "lt",
                                                      [WF_PF_LE] = "le",
                                                      [WF_PF_GT] = "gt",
                                                      [WF_PF_GE] = "ge",
                                                      [WF_PF_EQ] = "eq",
                                                      [WF_PF_NE] = "ne"};
    static const uint8_t mirrored[WF_PF_OP_COUNT] = {
        [WF_PF_LT] = WF_PF_GT, [WF_PF_LE] = WF_PF_GE, [WF_PF_GT] = WF_PF_LT,
        [WF_PF_GE] = WF_PF_LE, [WF_PF_EQ] = WF_PF_EQ, [WF_PF_NE] = WF_PF_NE};
    int handled = 0;
    wf_arena *arena = &b->l->u->arena;
    if ((wf_pf_is_container(x.type) && x.type->element->kind == WF_PF_T_UNKNOWN) ||
        (wf_pf_is_container(y.type) && y.type->element->kind == WF_PF_T_UNKNOWN))
        return wf_pf_unknown(b);
    if (names[op] && (has_methods(x) || x.type->kind == WF_PF_T_TUPLE)) {
        wf_pf_args args = {.v = &y, .count = 1, .at = at};
        wf_pf_val v =
            wf_pf_resolve_method(b, x, wf_arena_printf(arena, "__%s__", names[op]), &args, &handled);
        if (handled) return v;
    }
    if (names[op] && has_methods(y)) {
        wf_pf_args args = {.v = &x, .count = 1, .at = at};
        const char *name = mirrored[op] ? wf_arena_printf(arena, "__%s__", names[mirrored[op]])
                                        : wf_arena_printf(arena, "__r%s__", names[op]);
        wf_pf_val v = wf_pf_resolve_method(b, y, name, &args, &handled);
        if (handled) return v;
    }
    if ((op == WF_PF_EQ || op == WF_PF_NE) && x.type == y.type && x.type->kind == WF_PF_T_OBJECT)
        return wf_pf_scalar(b, b->l->boolean,
                            wf_make_binary(b->l->u, op == WF_PF_EQ ? WF_OP_EQ : WF_OP_NE, x.e, y.e, at));
    return wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[op],
                       wf_pf_spell(b, x), wf_pf_spell(b, y));
}

wf_pf_val wf_pf_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_pf_val v;
    if (x.type->kind == WF_PF_T_UNKNOWN || y.type->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    x = wf_pf_unwrap(b, x, at);
    y = wf_pf_unwrap(b, y, at);
    if (wf_pf_is_date(x.type) || wf_pf_is_date(y.type)) return wf_pf_date_operator(b, op, x, y, at);
    wf_pf_bytes_meet(b, &x, &y, at);
    if (b->l->options.mode == WF_PF_HOST && (wf_pf_is_text_array(x) || wf_pf_is_text_array(y)))
        return wf_pf_text_arrays(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_ARRAY || y.type->kind == WF_PF_T_ARRAY)
        return wf_pf_lazy_binary(b, op, x, y, at);
    if (wf_pf_is_text(x) || wf_pf_is_text(y)) return wf_pf_text_binary(b, op, x, y, at);
    if (has_methods(x) || has_methods(y)) return by_method(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_TUPLE && y.type->kind == WF_PF_T_TUPLE && op == WF_PF_ADD &&
        x.type->code == y.type->code && (!x.type->code || wf_pf_is_mixed_list(x.type)))
        return wf_pf_tuple_joined(b, x, y);
    if (x.type->kind == WF_PF_T_TUPLE && op == WF_PF_MUL && is_plain_int(y))
        return wf_pf_tuple_repeated(b, x, y.known->i, at);
    if (y.type->kind == WF_PF_T_TUPLE && op == WF_PF_MUL && is_plain_int(x))
        return wf_pf_tuple_repeated(b, y, x.known->i, at);
    if (x.type->kind == WF_PF_T_LIST || y.type->kind == WF_PF_T_LIST) return of_lists(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_TUPLE) return by_method(b, op, x, y, at);
    if (!wf_pf_is_number(x.type) || !wf_pf_is_number(y.type) || op == WF_PF_MATMUL)
        return wf_pf_error(b, at, NULL, "operator %s is not defined for %s and %s", wf_pf_op_text[op],
                           wf_pf_spell(b, x), wf_pf_spell(b, y));
    if (fold(b, op, x, y, at, &v) || fold_floats(b, op, x, y, &v)) return v;
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    if (type->kind == WF_PF_T_COMPLEX) {
        if (op == WF_PF_POW && is_plain_int(y) && y.known->i >= -16 && y.known->i <= 16)
            return complex_power(b, x, y, at);
        if (op == WF_PF_DIV && b->l->options.trap_divide && b->l->options.mode == WF_PF_HOST) {
            y = wf_pf_settle(b, to_complex(b, y, type, at), at);
            wf_expr *truth = wf_pf_truth(b, wf_pf_copy(b, y), at);
            wf_pf_raise_when(b, wf_make_unary(b->l->u, WF_OP_LNOT, truth, at),
                             "ZeroDivisionError: division by zero", at);
        }
        return complex_binary(b, op, x, y, type, at);
    }
    switch (op) {
    case WF_PF_ADD:
    case WF_PF_SUB:
    case WF_PF_MUL: return plain(b, op, x, y, type, at);
    case WF_PF_DIV: return divide(b, x, y, at);
    case WF_PF_POW: return power(b, x, y, at);
    case WF_PF_FLOORDIV:
    case WF_PF_MOD:
        if (type->kind == WF_PF_T_FLOAT) return float_floored(b, op, x, y, type, at);
        v = wf_pf_scalar(b, type, floored(b, op, x, y, type, at));
        v.nonneg = y.nonneg && (op == WF_PF_MOD || x.nonneg);
        return v;
    default: return shift_or_bits(b, op, x, y, at);
    }
}

wf_pf_val wf_pf_unary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_place at) {
    wf_unit *u = b->l->u;
    if (x.type->kind == WF_PF_T_UNKNOWN)
        return op == WF_PF_NOT ? wf_pf_scalar(b, b->l->boolean, wf_pf_truth(b, x, at)) : x;
    if (op != WF_PF_NOT) x = wf_pf_unwrap(b, x, at);
    if (op != WF_PF_NOT && x.type->kind == WF_PF_T_OBJECT) {
        const char *name = op == WF_PF_NEG ? "__neg__" : op == WF_PF_POS ? "__pos__" : "__invert__";
        wf_pf_args none = {.at = at};
        int handled = 0;
        wf_pf_val v = wf_pf_resolve_method(b, x, name, &none, &handled);
        if (handled) return v;
    }
    if (op == WF_PF_NOT) {
        if (x.known && x.known->kind == WF_PF_V_BOOL) return wf_pf_bool(b, !x.known->i);
        return wf_pf_scalar(b, b->l->boolean, wf_make_unary(u, WF_OP_LNOT, wf_pf_truth(b, x, at), at));
    }
    if (wf_pf_is_date(x.type)) return wf_pf_date_operator(b, op, x, wf_pf_none(b), at);
    if (x.type->kind == WF_PF_T_ARRAY) return wf_pf_lazy_unary(b, op, x, at);
    if (!wf_pf_is_number(x.type) || (op == WF_PF_INVERT && !wf_pf_is_integral(x.type)))
        return wf_pf_error(b, at, NULL, "operator %s is not defined for %s", wf_pf_op_text[op],
                           wf_pf_spell(b, x));
    if (op == WF_PF_INVERT && x.type->kind == WF_PF_T_BOOL && !x.known) /* NumPy's; of a constant Python's */
        return wf_pf_unary(b, WF_PF_NOT, x, at);
    if (is_plain_int(x) && x.known->i != INT64_MIN)
        return wf_pf_int(b,
                         op == WF_PF_NEG      ? -x.known->i
                         : op == WF_PF_INVERT ? ~x.known->i
                                              : x.known->i,
                         at);
    if (op == WF_PF_NEG && x.known && x.known->kind == WF_PF_V_FLOAT) {
        wf_pf_value *k = WF_NEW(&u->arena, wf_pf_value);
        *k = *x.known;
        k->f = -k->f;
        x.known = k;
        return x;
    }
    if (x.type->kind == WF_PF_T_COMPLEX) {
        if (op == WF_PF_POS) return x;
        x = to_complex(b, x, x.type, at);
        return wf_pf_complex(b, x.type, wf_make_unary(u, WF_OP_NEG, x.items[0].e, at),
                             wf_make_unary(u, WF_OP_NEG, x.items[1].e, at));
    }
    const wf_pf_type *type =
        wf_pf_is_integral(x.type) ? wf_pf_type_arith(&b->l->types, x.type, x.type) : x.type;
    wf_expr *e = wf_pf_number(b, x, type, at);
    if (op == WF_PF_POS) return wf_pf_scalar(b, type, e);
    if (x.type->kind == WF_PF_T_INT &&
        !x.type->is_signed) { /* in its own bits, then the result's: ~uint8(3) is 252 */
        e = wf_make_unary(u, op == WF_PF_NEG ? WF_OP_NEG : WF_OP_NOT, e, at);
        return wf_pf_scalar(
            b, type,
            wf_make_cast(u, wf_pf_ctype(b->l, type), wf_make_cast(u, wf_pf_ctype(b->l, x.type), e, at), at));
    }
    return wf_pf_scalar(b, type, wf_make_unary(u, op == WF_PF_NEG ? WF_OP_NEG : WF_OP_NOT, e, at));
}

/* ---- comparison -------------------------------------------------------------------------------------------
 */

static wf_op compare_op(wf_pf_op op) {
    static const uint8_t ops[WF_PF_OP_COUNT] = {
        [WF_PF_LT] = WF_OP_LT, [WF_PF_LE] = WF_OP_LE, [WF_PF_GT] = WF_OP_GT,
        [WF_PF_GE] = WF_OP_GE, [WF_PF_EQ] = WF_OP_EQ, [WF_PF_NE] = WF_OP_NE};
    return (wf_op)ops[op];
}

/* uint64 with a signed integer: as numbers, not as bits. */
static wf_expr *compare_mixed(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    int left = x.type->is_signed; /* the signed one stands on the left */
    wf_pf_val s = wf_pf_settle(b, left ? x : y, at);
    const wf_pf_type *ulong = wf_pf_type_scalar(&b->l->types, 'L');
    wf_expr *a = wf_pf_number(b, left ? s : x, ulong, at), *c = wf_pf_number(b, left ? y : s, ulong, at);
    wf_expr *same = binary(b, compare_op(op), a, c, at);
    wf_expr *signed_ = wf_pf_clone(u, wf_pf_number(b, s, b->l->int64, at));
    wf_expr *negative = binary(b, WF_OP_LT, signed_, wf_make_int(u, signed_->type, 0, at), at);
    int when_negative =
        op == WF_PF_NE || (left ? op == WF_PF_LT || op == WF_PF_LE : op == WF_PF_GT || op == WF_PF_GE);
    return wf_make_cond(u, negative,
                        wf_make_int(u, wf_type_scalar(u, WF_TY_BOOL), (uint64_t)when_negative, at), same, at);
}

static int is_uint64(const wf_pf_type *t) { return t->code == 'L'; }

static wf_expr *compare_reals(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    if (type->kind == WF_PF_T_INT && ((is_uint64(x.type) && y.type->is_signed && !y.nonneg) ||
                                      (is_uint64(y.type) && x.type->is_signed && !x.nonneg)))
        return compare_mixed(b, op, x, y, at);
    if (type->kind == WF_PF_T_INT && (is_uint64(x.type) || is_uint64(y.type)))
        type = wf_pf_type_scalar(&b->l->types, 'L');
    return binary(b, compare_op(op), wf_pf_number(b, x, type, at), wf_pf_number(b, y, type, at), at);
}

static int both_known(wf_pf_val x, wf_pf_val y) {
    return x.known && y.known && wf_pf_is_integral(x.type) && wf_pf_is_integral(y.type) &&
           !x.known->unsigned_ && !y.known->unsigned_;
}

static int compare_known(wf_pf_op op, int64_t a, int64_t c) {
    switch (op) {
    case WF_PF_LT: return a < c;
    case WF_PF_LE: return a <= c;
    case WF_PF_GT: return a > c;
    case WF_PF_GE: return a >= c;
    case WF_PF_EQ: return a == c;
    default: return a != c;
    }
}

/* A float beside a float, or beside an integer that is one exactly. */
static int known_floats(wf_pf_val x, wf_pf_val y) {
    const int64_t exact = (int64_t)1 << 53;
    if (!x.known || !y.known || !wf_pf_is_real(x.type) || !wf_pf_is_real(y.type)) return 0;
    for (int i = 0; i < 2; i++) {
        const wf_pf_val *v = i ? &y : &x;
        if (v->type->kind != WF_PF_T_FLOAT &&
            (v->known->unsigned_ || v->known->i > exact || v->known->i < -exact))
            return 0;
    }
    return 1;
}

static int compare_floats(wf_pf_op op, double a, double c) {
    switch (op) {
    case WF_PF_LT: return a < c;
    case WF_PF_LE: return a <= c;
    case WF_PF_GT: return a > c;
    case WF_PF_GE: return a >= c;
    case WF_PF_EQ: return a == c;
    default: return a != c;
    }
}

/* A function or another object that lives at compile time alone, which equals itself only. */
static int is_object(wf_pf_val v) {
    return v.known && v.type->kind == WF_PF_T_STATIC &&
           (v.known->kind == WF_PF_V_FUNCTION || v.known->kind == WF_PF_V_CALL ||
            v.known->kind == WF_PF_V_PASSED || v.known->kind == WF_PF_V_MODULE ||
            v.known->kind == WF_PF_V_ELLIPSIS);
}

/* `is`: None, and compile-time values, which are what they are. */
static wf_pf_val identical(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    if (x.type->kind == WF_PF_T_NONE || y.type->kind == WF_PF_T_NONE) {
        wf_pf_val none = wf_pf_is_none(b, x.type->kind == WF_PF_T_NONE ? y : x, at);
        return op == WF_PF_IS ? none : wf_pf_unary(b, WF_PF_NOT, none, at);
    }
    if (x.type->kind == WF_PF_T_ARRAY && y.type->kind == WF_PF_T_ARRAY) {
        wf_pf_val same = wf_pf_array_same(b, x, y, at);
        return op == WF_PF_IS ? same : wf_pf_unary(b, WF_PF_NOT, same, at);
    }
    if (is_object(x) != is_object(y)) return wf_pf_bool(b, op == WF_PF_IS_NOT);
    if (wf_pf_is_number(x.type) && wf_pf_is_number(y.type) && x.type->kind != y.type->kind) /* 1 is True */
        return wf_pf_bool(b, op == WF_PF_IS_NOT);
    if (x.type == y.type && wf_pf_leaf_count(x.type) == 1 && !wf_pf_is_number(x.type) && x.e && y.e)
        return wf_pf_scalar(b, b->l->boolean,
                            wf_make_binary(b->l->u, op == WF_PF_IS ? WF_OP_EQ : WF_OP_NE, x.e, y.e, at));
    return wf_pf_compare(b, op == WF_PF_IS ? WF_PF_EQ : WF_PF_NE, x, y, at);
}

/* NumPy's order of complex numbers: by the real parts, then by the imaginary ones; none with a NaN. */
static wf_pf_val order_complex(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    x = wf_pf_settle(b, to_complex(b, x, type, at), at);
    y = wf_pf_settle(b, to_complex(b, y, type, at), at);
    wf_expr *xr = x.items[0].e, *xi = x.items[1].e, *yr = y.items[0].e, *yi = y.items[1].e;
#define AGAIN(e) wf_pf_clone(u, e)
    wf_op strict = op == WF_PF_LT || op == WF_PF_LE ? WF_OP_LT : WF_OP_GT;
    wf_expr *numbers = binary(b, WF_OP_LAND, binary(b, WF_OP_EQ, AGAIN(xi), AGAIN(xi), at),
                              binary(b, WF_OP_EQ, AGAIN(yi), AGAIN(yi), at), at);
    wf_expr *first = binary(b, WF_OP_LAND, binary(b, strict, AGAIN(xr), AGAIN(yr), at), numbers, at);
    wf_expr *second = binary(b, WF_OP_LAND, binary(b, WF_OP_EQ, AGAIN(xr), AGAIN(yr), at),
                             binary(b, compare_op(op), AGAIN(xi), AGAIN(yi), at), at);
#undef AGAIN
    return wf_pf_scalar(b, b->l->boolean, binary(b, WF_OP_LOR, first, second, at));
}

wf_pf_val wf_pf_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    if (x.type->kind == WF_PF_T_UNKNOWN || y.type->kind == WF_PF_T_UNKNOWN)
        return wf_pf_scalar(b, b->l->boolean,
                            wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_BOOL), 0, at));
    if (op == WF_PF_IS || op == WF_PF_IS_NOT) return identical(b, op, x, y, at);
    if (op == WF_PF_IN || op == WF_PF_NOT_IN) return wf_pf_contains(b, op, x, y, at);
    if ((op == WF_PF_EQ || op == WF_PF_NE) &&
        (x.type->kind == WF_PF_T_OPTIONAL || y.type->kind == WF_PF_T_OPTIONAL))
        return wf_pf_compare_optional(b, op, x, y, at);
    x = wf_pf_unwrap(b, x, at);
    y = wf_pf_unwrap(b, y, at);
    int one_none = (x.type->kind == WF_PF_T_NONE) != (y.type->kind == WF_PF_T_NONE);
    if (one_none && (op == WF_PF_EQ || op == WF_PF_NE)) return wf_pf_bool(b, op == WF_PF_NE);
    if (wf_pf_is_date(x.type) || wf_pf_is_date(y.type)) return wf_pf_date_operator(b, op, x, y, at);
    wf_pf_bytes_meet(b, &x, &y, at);
    if (b->l->options.mode == WF_PF_HOST && (wf_pf_is_text_array(x) || wf_pf_is_text_array(y)))
        return wf_pf_text_arrays(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_ARRAY || y.type->kind == WF_PF_T_ARRAY)
        return wf_pf_lazy_binary(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_LIST && y.type->kind == WF_PF_T_LIST) return of_lists(b, op, x, y, at);
    int equality = op == WF_PF_EQ || op == WF_PF_NE;
    if (equality && x.known && y.known && x.known->kind == WF_PF_V_STR && y.known->kind == WF_PF_V_STR)
        return wf_pf_bool(b, (strcmp(x.known->text, y.known->text) == 0) == (op == WF_PF_EQ));
    if (b->l->options.mode == WF_PF_HOST && (wf_pf_is_text(x) || wf_pf_is_text(y)))
        return wf_pf_text_binary(b, op, x, y, at);
    if (has_methods(x) || has_methods(y)) return by_method(b, op, x, y, at);
    if (both_known(x, y)) return wf_pf_bool(b, compare_known(op, x.known->i, y.known->i));
    if (known_floats(x, y)) return wf_pf_bool(b, compare_floats(op, known_double(x), known_double(y)));
    if (wf_pf_is_real(x.type) && wf_pf_is_real(y.type))
        return wf_pf_scalar(b, b->l->boolean, compare_reals(b, op, x, y, at));
    if (equality && wf_pf_is_range(x.type) && wf_pf_is_range(y.type))
        return wf_pf_range_compare(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_TUPLE && y.type->kind == WF_PF_T_TUPLE &&
        (wf_pf_is_mixed(x.type) || wf_pf_is_mixed(y.type)))
        return wf_pf_mixed_compare(b, op, x, y, at);
    if (x.type->kind == WF_PF_T_TUPLE && y.type->kind == WF_PF_T_TUPLE)
        return wf_pf_tuple_compare(b, op, x, y, at);
    if (equality && wf_pf_is_number(x.type) && wf_pf_is_number(y.type)) {
        const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
        x = wf_pf_settle(b, to_complex(b, x, type, at), at);
        y = wf_pf_settle(b, to_complex(b, y, type, at), at);
        wf_op o = op == WF_PF_EQ ? WF_OP_EQ : WF_OP_NE;
        return wf_pf_scalar(b, b->l->boolean,
                            binary(b, op == WF_PF_EQ ? WF_OP_LAND : WF_OP_LOR,
                                   binary(b, o, x.items[0].e, y.items[0].e, at),
                                   binary(b, o, x.items[1].e, y.items[1].e, at), at));
    }
    if (wf_pf_is_number(x.type) && wf_pf_is_number(y.type)) return order_complex(b, op, x, y, at);
    if (equality && is_object(x) && is_object(y)) /* one type for each (types.h) */
        return wf_pf_bool(b, (wf_pf_param_type(b, x, 0) == wf_pf_param_type(b, y, 0)) == (op == WF_PF_EQ));
    if (equality && x.known && y.known && x.known->kind == WF_PF_V_DTYPE && y.known->kind == WF_PF_V_DTYPE)
        return wf_pf_bool(b, !strcmp(x.known->text, y.known->text) == (op == WF_PF_EQ));
    if (equality && (x.type->kind == WF_PF_T_NONE || y.type->kind == WF_PF_T_NONE))
        return wf_pf_bool(b, (x.type->kind == y.type->kind) == (op == WF_PF_EQ));
    if (equality && wf_pf_is_number(x.type) != wf_pf_is_number(y.type)) /* a tuple and a number, say */
        return wf_pf_bool(b, op == WF_PF_NE);
    return wf_pf_error(b, at, NULL, "%s and %s cannot be compared with %s", wf_pf_spell(b, x),
                       wf_pf_spell(b, y), wf_pf_op_text[op]);
}
