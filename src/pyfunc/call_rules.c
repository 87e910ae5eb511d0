/* pyfunc/call_rules.c: Python's builtins, `math`, `operator` and NumPy's functions of numbers: a rule for
 * each kind of function, and the table of their names. The shapes and reductions of arrays are in
 * array_methods.c, what is a kernel's alone in cuda_calls.c. */
#include "pyfunc/lower.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static wf_pf_val rule_len(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_val v = args->v[0];
    if (v.lazy) v = wf_pf_materialise(b, v, args->at);
    if (wf_pf_is_range(v.type)) return wf_pf_range_count(b, v, args->at);
    if (v.type->kind == WF_PF_T_TUPLE) return wf_pf_int(b, v.type->count, args->at);
    if (v.type->kind == WF_PF_T_LIST) return wf_pf_list_length(b, wf_pf_settle(b, v, args->at), args->at);
    if (wf_pf_is_text(v)) return wf_pf_text_length(b, v, args->at);
    if (v.type->kind == WF_PF_T_DICT || v.type->kind == WF_PF_T_SET) {
        v = wf_pf_object_attribute(b, v, "_used", args->at);
        v.nonneg = 1;
        return v;
    }
    if (v.type->kind == WF_PF_T_OBJECT) {
        wf_pf_args none = {.at = args->at};
        int handled = 0;
        wf_pf_val n = wf_pf_resolve_method(b, v, "__len__", &none, &handled);
        if (handled) return n;
    }
    if (v.type->kind != WF_PF_T_ARRAY || !v.type->ndim || !v.array)
        return wf_pf_error(b, args->at, NULL, "%s has no length", wf_pf_spell(b, v));
    wf_expr *n = wf_pf_extent(b, v, 0);
    wf_pf_val out =
        n->kind == WF_EX_INT ? wf_pf_int(b, (int64_t)n->u.i, args->at) : wf_pf_scalar(b, b->l->int64, n);
    out.nonneg = 1;
    out.stable = v.stable;
    return out;
}

static wf_pf_val number_error(wf_pf_body *b, const char *name, wf_pf_args *args) {
    for (uint32_t i = 0; i < args->count; i++)
        if (!wf_pf_is_number(args->v[i].type) && args->v[i].type->kind != WF_PF_T_ARRAY)
            return wf_pf_error(b, args->e[i] ? args->e[i]->at : args->at, NULL,
                               "%s() got %s, expected a number", name, wf_pf_spell(b, args->v[i]));
    return wf_pf_error(b, args->at, NULL, "%s() is not defined for %s", name, wf_pf_spell(b, args->v[0]));
}

static wf_pf_val hypot_of(wf_pf_body *b, wf_pf_val z, wf_place at) {
    z = wf_pf_convert(b, z, z.type, at);
    wf_expr *parts[] = {z.items[0].e, z.items[1].e};
    return wf_pf_scalar(b, z.items[0].type, wf_pf_library(b, "hypot", z.items[0].type, parts, 2, at));
}

/* NumPy's functions keep an integer's type, Python's give int64. */
static int is_numpy(const char *name) { return !strncmp(name, "numpy.", 6); }

static wf_pf_val rule_abs(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    wf_pf_val v = args->v[0];
    if (v.type->kind == WF_PF_T_COMPLEX) return hypot_of(b, v, args->at);
    if (!wf_pf_is_real(v.type)) return number_error(b, name, args);
    if (v.type->kind == WF_PF_T_FLOAT)
        return wf_pf_scalar(b, v.type,
                            wf_pf_builtin(b, WF_BI_FABS, args->at, 1, wf_pf_number(b, v, v.type, args->at)));
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, v.type, v.type);
    wf_expr *e = wf_pf_number(b, v, type, args->at);
    wf_pf_val out =
        wf_pf_scalar(b, type, type->is_signed && !v.nonneg ? wf_pf_builtin(b, WF_BI_ABS, args->at, 1, e) : e);
    if (is_numpy(name)) return wf_pf_convert(b, out, v.type, args->at);
    out.nonneg = 1;
    return out;
}

/* Python's own rule for floats: the first, unless the second is less (greater). One instruction of a
 * processor, where the tree's minimum, which a NaN never is, takes six. */
static wf_expr *pythons_extreme(wf_pf_body *b, wf_op op, wf_expr *x, wf_expr *y, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *pair[] = {x, y};
    for (int i = 0; i < 2; i++)
        if (pair[i]->kind != WF_EX_FLOAT)
            pair[i] = wf_make_var(u, wf_pf_temp(b, "m", pair[i]->type->unqual, pair[i], at), at);
    wf_expr *test = wf_make_binary(u, op, wf_pf_clone(u, pair[1]), wf_pf_clone(u, pair[0]), at);
    return wf_make_cond(u, test, pair[1], pair[0], at);
}

/* min and max of two or more numbers, or of a tuple. data: 1 max; 2 NumPy's (NaN wins) is maximum, minimum.
 */
static wf_pf_val rule_minmax(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val *v = args->v;
    uint32_t count = args->count;
    if (count == 1 && v[0].type->kind == WF_PF_T_TUPLE && v[0].type->count) {
        count = v[0].type->count;
        v = v[0].items;
    }
    if (count == 1 && v[0].type->kind == WF_PF_T_ARRAY) {
        int handled = 0;
        return wf_pf_array_method(b, v[0], data & 1 ? "max" : "min", NULL, 0, args->at, &handled);
    }
    if (count < 2) return wf_pf_error(b, args->at, NULL, "%s() needs two numbers, a tuple or an array", name);
    wf_pf_val out = v[0];
    if (count == 2 && !strncmp(name, "numpy.", 6) && wf_pf_is_number(v[0].type) &&
        wf_pf_is_number(v[1].type) &&
        (v[0].type->kind == WF_PF_T_COMPLEX || v[1].type->kind == WF_PF_T_COMPLEX))
        return wf_pf_complex_extreme(b, v[0], v[1], data, args->at);
    for (uint32_t i = 1; i < count; i++) {
        if (!wf_pf_is_real(out.type) || !wf_pf_is_real(v[i].type)) return number_error(b, name, args);
        const wf_pf_type *type = wf_pf_type_unify(&b->l->types, out.type, v[i].type);
        if (type->kind == WF_PF_T_BOOL && !(data & 2)) type = b->l->int64;
        int nonneg = data & 1 ? out.nonneg || v[i].nonneg : out.nonneg && v[i].nonneg;
        wf_expr *x = wf_pf_number(b, out, type, args->at), *y = wf_pf_number(b, v[i], type, args->at);
        if (data & 2 && type->kind == WF_PF_T_FLOAT) { /* a NaN in either wins */
            wf_expr *pair[] = {x, y};
            const wf_pf_type *in = wf_pf_is_half(type) ? wf_pf_type_scalar(&b->l->types, 'f') : type;
            out = wf_pf_scalar(
                b, in, wf_pf_library(b, data & 1 ? "py_maximum" : "py_minimum", in, pair, 2, args->at));
        } else if (type->kind == WF_PF_T_FLOAT && b->l->options.mode == WF_PF_HOST && !is_numpy(name)) {
            out = wf_pf_scalar(b, type, pythons_extreme(b, data & 1 ? WF_OP_GT : WF_OP_LT, x, y, args->at));
        } else
            out =
                wf_pf_scalar(b, type, wf_pf_builtin(b, data & 1 ? WF_BI_MAX : WF_BI_MIN, args->at, 2, x, y));
        out.nonneg = (uint8_t)nonneg;
    }
    return out;
}

static int is_constant_text(wf_pf_val v) { return v.known && v.known->kind == WF_PF_V_STR; }

static wf_pf_val rule_convert(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    if (data == 'd' && args->count == 1 && is_constant_text(args->v[0])) { /* float("nan") */
        char *end;
        double value = strtod(args->v[0].known->text, &end);
        if (end != args->v[0].known->text && !*end) {
            wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
            *k = (wf_pf_value){.kind = WF_PF_V_FLOAT, .f = value};
            return (wf_pf_val){.type = b->l->float64, .known = k, .stable = 1};
        }
    }
    if (args->count && wf_pf_is_text(args->v[0])) { /* int("12") */
        int handled = 0;
        args->v[0] = wf_pf_runtime(b, args->v[0], args->at);
        wf_pf_val v = wf_pf_resolve_named(b, name, args, &handled);
        if (handled) return v;
    }
    return wf_pf_call_type(b, wf_pf_type_scalar(&b->l->types, (char)data), args);
}

static wf_pf_val rule_pow(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    if (!wf_pf_is_number(args->v[0].type) || !wf_pf_is_number(args->v[1].type))
        return number_error(b, name, args);
    wf_pf_val x = args->v[0];
    if (data && wf_pf_is_integral(x.type))
        x = wf_pf_convert(b, x, b->l->float64, args->at); /* math.pow is a float's */
    return wf_pf_binary(b, WF_PF_POW, x, args->v[1], args->at);
}

static int is_digits(wf_pf_val v) {
    return v.known && v.known->kind == WF_PF_V_INT && v.known->i >= -20 && v.known->i <= 20;
}

static wf_pf_val rounded_to(wf_pf_body *b, wf_expr *e, const wf_pf_type *type, int64_t digits, wf_place at) {
    wf_unit *u = b->l->u;
    double factor = 1;
    for (int64_t i = digits < 0 ? -digits : digits; i > 0; i--) factor *= 10;
    const wf_type *c = wf_pf_ctype(b->l, type);
    wf_op there = digits < 0 ? WF_OP_DIV : WF_OP_MUL, back = digits < 0 ? WF_OP_MUL : WF_OP_DIV;
    e = wf_make_binary(u, there, e, wf_make_float(u, c, factor, at), at);
    e = wf_pf_builtin(b, WF_BI_RINT, at, 1, e);
    return wf_pf_scalar(b, type, wf_make_binary(u, back, e, wf_make_float(u, c, factor, at), at));
}

static wf_pf_val rule_round(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val x = args->v[0];
    if (!wf_pf_is_real(x.type)) return number_error(b, name, args);
    if (wf_pf_is_integral(x.type)) return data ? x : wf_pf_convert(b, x, b->l->int64, args->at);
    const wf_pf_type *type = wf_pf_is_half(x.type) ? wf_pf_type_scalar(&b->l->types, 'f') : x.type;
    wf_expr *e = wf_pf_number(b, x, type, args->at);
    if (args->count > 1 && data && is_digits(args->v[1])) /* NumPy scales, rounds and scales back */
        return wf_pf_convert(b, rounded_to(b, e, type, args->v[1].known->i, args->at), x.type, args->at);
    if (args->count > 1) {
        wf_expr *pair[] = {e, wf_pf_long(b, args->v[1], args->at)};
        return wf_pf_scalar(b, type, wf_pf_library(b, "py_round", type, pair, 2, args->at));
    }
    wf_pf_val out = wf_pf_scalar(b, type, wf_pf_builtin(b, WF_BI_RINT, args->at, 1, e));
    return data ? out : wf_pf_convert(b, out, b->l->int64, args->at);
}

static wf_pf_val rule_bool(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    return wf_pf_scalar(b, b->l->boolean, wf_pf_truth(b, args->v[0], args->at));
}

static wf_pf_val rule_tuple(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (!args->count) return wf_pf_tuple(b, WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 1), 0);
    if (args->v[0].type->kind == WF_PF_T_TUPLE) return wf_pf_mixed_over(b, args->v[0]);
    return wf_pf_error(b, args->at, NULL, "%s() works on tuples here, got %s", name,
                       wf_pf_spell(b, args->v[0]));
}

/* slice(stop), slice(start, stop, step) */
static wf_pf_val rule_slice(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 3);
    for (int i = 0; i < 3; i++) items[i] = wf_pf_none(b);
    for (uint32_t i = 0; i < args->count; i++) {
        wf_pf_val v = args->v[i];
        if (v.type->kind != WF_PF_T_NONE && !wf_pf_is_integral(v.type))
            return wf_pf_error(b, args->at, NULL, "slice() takes integers and None, got %s",
                               wf_pf_spell(b, v));
        items[args->count == 1 ? 1 : i] =
            wf_pf_is_integral(v.type) ? wf_pf_convert(b, v, b->l->int64, args->at) : v;
    }
    wf_pf_val v = wf_pf_tuple(b, items, 3);
    if (v.type->kind == WF_PF_T_TUPLE) v.type = wf_pf_type_slice(&b->l->types, v.type->items);
    return v;
}

static wf_pf_val rule_sum(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    int handled = 0;
    if (args->v[0].type->kind == WF_PF_T_ARRAY && args->v[0].type->ndim > 1) { /* of rows */
        wf_pf_val rows = wf_pf_resolve_named(b, name, args, &handled);
        return handled ? rows : number_error(b, name, args);
    }
    if (args->v[0].type->kind == WF_PF_T_ARRAY) {
        wf_pf_val sum = wf_pf_array_method(b, args->v[0], "sum", NULL, 0, args->at, &handled);
        return args->count > 1 ? wf_pf_binary(b, WF_PF_ADD, args->v[1], sum, args->at) : sum;
    }
    if (args->v[0].type->kind != WF_PF_T_TUPLE) return number_error(b, name, args);
    wf_pf_val all = args->count > 1 ? args->v[1] : wf_pf_int(b, 0, args->at);
    for (uint32_t i = 0; i < args->v[0].type->count; i++)
        all = wf_pf_binary(b, WF_PF_ADD, all, args->v[0].items[i], args->at);
    return all;
}

static wf_pf_val rule_divmod(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2), x = wf_pf_settle(b, args->v[0], args->at),
              y = wf_pf_settle(b, args->v[1], args->at);
    items[0] = wf_pf_binary(b, WF_PF_FLOORDIV, x, y, args->at);
    if (x.e) x.e = wf_pf_clone(b->l->u, x.e);
    if (y.e) y.e = wf_pf_clone(b->l->u, y.e);
    items[1] = wf_pf_binary(b, WF_PF_MOD, x, y, args->at);
    return wf_pf_tuple(b, items, 2);
}

/* ---- math and numpy ---- */

/* What a function of floats computes in. NumPy's take integers of up to 16 bits as float32. */
static const wf_pf_type *float_type(wf_pf_body *b, const char *name, wf_pf_val v) {
    if (v.type->kind == WF_PF_T_FLOAT)
        return wf_pf_is_half(v.type) ? wf_pf_type_scalar(&b->l->types, 'f') : v.type;
    return is_numpy(name) && v.type->bytes <= 2 ? wf_pf_type_scalar(&b->l->types, 'f') : b->l->float64;
}

static const char *bare(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* NumPy's names for what C calls otherwise. */
static const char *c_function(const char *name) {
    static const char *const pairs[][2] = {{"arcsin", "asin"},   {"arccos", "acos"},   {"arctan", "atan"},
                                           {"arctan2", "atan2"}, {"arcsinh", "asinh"}, {"arccosh", "acosh"},
                                           {"arctanh", "atanh"}, {"gamma", "tgamma"},  {"power", "pow"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!strcmp(pairs[i][0], name)) return pairs[i][1];
    return name;
}

/* numpy.fmod of integers: C's remainder, 0 for a divisor of 0. */
static wf_pf_val remainder_of(wf_pf_body *b, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = wf_pf_type_promote(&b->l->types, x.type, y.type);
    if (type->kind == WF_PF_T_BOOL) type = wf_pf_type_scalar(&b->l->types, 'b');
    if (type->kind != WF_PF_T_INT) return wf_pf_error(b, at, NULL, "fmod() of int64 and uint64");
    wf_pf_val d = wf_pf_settle(b, wf_pf_scalar(b, type, wf_pf_number(b, y, type, at)), at);
    wf_expr *zero =
        wf_make_convert(u, wf_pf_ctype(b->l, type), wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 0, at), at);
    wf_expr *none = wf_make_binary(u, WF_OP_EQ, wf_make_promoted(u, wf_pf_clone(u, d.e)),
                                   wf_make_promoted(u, wf_pf_clone(u, zero)), at);
    wf_expr *rest = wf_make_binary(u, WF_OP_REM, wf_make_promoted(u, wf_pf_number(b, x, type, at)),
                                   wf_make_promoted(u, wf_pf_clone(u, d.e)), at);
    return wf_pf_convert(
        b, wf_pf_scalar(b, type, wf_make_cond(u, none, zero, wf_make_cast(u, zero->type, rest, at), at)),
        type, at);
}

/* A function of one or two floats in the device library. */
static wf_pf_val rule_library(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    wf_expr *values[3];
    const wf_pf_type *type = NULL;
    if (!strcmp(name, "numpy.fmod") && wf_pf_is_integral(args->v[0].type) &&
        wf_pf_is_integral(args->v[1].type))
        return remainder_of(b, args->v[0], args->v[1], args->at);
    for (uint32_t i = 0; i < args->count; i++) {
        if (!wf_pf_is_real(args->v[i].type)) return number_error(b, name, args);
        const wf_pf_type *one = float_type(b, name, args->v[i]);
        type = type ? wf_pf_type_unify(&b->l->types, type, one) : one;
    }
    for (uint32_t i = 0; i < args->count; i++) values[i] = wf_pf_number(b, args->v[i], type, args->at);
    return wf_pf_scalar(b, type,
                        wf_pf_library(b, c_function(bare(name)), type, values, args->count, args->at));
}

/* One that the tree has as a built-in. data: its id; with 1000 added the result is an int64 (math.floor). */
static wf_pf_val rule_primitive(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val x = args->v[0];
    if (!wf_pf_is_real(x.type)) return number_error(b, name, args);
    int to_int = data >= 1000;
    if (to_int && wf_pf_is_integral(x.type)) return wf_pf_convert(b, x, b->l->int64, args->at);
    int whole = data == WF_BI_FLOOR || data == WF_BI_CEIL || data == WF_BI_TRUNC;
    if (whole && wf_pf_is_integral(x.type)) return x;
    const wf_pf_type *type = float_type(b, name, x);
    wf_expr *e = wf_pf_number(b, x, type, args->at);
    wf_pf_val out = wf_pf_scalar(b, type, wf_pf_builtin(b, (wf_builtin)(data % 1000), args->at, 1, e));
    return to_int ? wf_pf_convert(b, out, b->l->int64, args->at) : out;
}

static wf_pf_val rule_test(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val x = args->v[0];
    if (!wf_pf_is_real(x.type)) return number_error(b, name, args);
    if (wf_pf_is_integral(x.type)) return wf_pf_bool(b, data == WF_BI_ISFINITE);
    return wf_pf_scalar(
        b, b->l->boolean,
        wf_pf_builtin(b, (wf_builtin)data, args->at, 1, wf_pf_number(b, x, x.type, args->at)));
}

static wf_pf_val rule_copysign(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    if (!wf_pf_is_real(args->v[0].type) || !wf_pf_is_real(args->v[1].type))
        return number_error(b, name, args);
    const wf_pf_type *type =
        wf_pf_type_unify(&b->l->types, float_type(b, name, args->v[0]), float_type(b, name, args->v[1]));
    return wf_pf_scalar(b, type,
                        wf_pf_builtin(b, (wf_builtin)data, args->at, 2,
                                      wf_pf_number(b, args->v[0], type, args->at),
                                      wf_pf_number(b, args->v[1], type, args->at)));
}

static wf_pf_val rule_scale(wf_pf_body *b, const char *name, wf_pf_args *args,
                            int data) { /* radians, degrees */
    if (!wf_pf_is_real(args->v[0].type)) return number_error(b, name, args);
    const wf_pf_type *type = float_type(b, name, args->v[0]);
    wf_expr *factor = wf_make_float(b->l->u, wf_pf_ctype(b->l, type),
                                    type->bytes == 4 ? (double)(float)(data ? 180 / M_PI : M_PI / 180)
                                    : data           ? 180 / M_PI
                                                     : M_PI / 180,
                                    args->at);
    return wf_pf_scalar(
        b, type,
        wf_make_binary(b->l->u, WF_OP_MUL, wf_pf_number(b, args->v[0], type, args->at), factor, args->at));
}

static wf_pf_val rule_sign(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    wf_pf_val x = wf_pf_settle(b, args->v[0], args->at), zero = wf_pf_int(b, 0, args->at);
    if (!wf_pf_is_real(x.type)) return number_error(b, name, args);
    wf_unit *u = b->l->u;
    wf_pf_val y = x;
    if (y.e) y.e = wf_pf_clone(u, y.e);
    wf_expr *up =
        wf_make_convert(u, wf_type_scalar(u, WF_TY_INT),
                        wf_pf_truth(b, wf_pf_compare(b, WF_PF_GT, x, zero, args->at), args->at), args->at);
    wf_expr *down =
        wf_make_convert(u, wf_type_scalar(u, WF_TY_INT),
                        wf_pf_truth(b, wf_pf_compare(b, WF_PF_LT, y, zero, args->at), args->at), args->at);
    return wf_pf_convert(b, wf_pf_scalar(b, b->l->int32, wf_make_binary(u, WF_OP_SUB, up, down, args->at)),
                         x.type, args->at);
}

static wf_pf_val rule_modf(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (!wf_pf_is_real(args->v[0].type)) return number_error(b, name, args);
    wf_unit *u = b->l->u;
    const wf_pf_type *type = float_type(b, name, args->v[0]);
    wf_pf_val x =
        wf_pf_settle(b, wf_pf_scalar(b, type, wf_pf_number(b, args->v[0], type, args->at)), args->at);
    wf_pf_val *items = WF_NEW_ARRAY(&u->arena, wf_pf_val, 2);
    wf_var *whole = wf_pf_temp(b, "whole", wf_pf_ctype(b->l, type),
                               wf_pf_builtin(b, WF_BI_TRUNC, args->at, 1, wf_pf_clone(u, x.e)), args->at);
    wf_expr *rest =
        wf_make_binary(u, WF_OP_SUB, wf_pf_clone(u, x.e), wf_make_var(u, whole, args->at), args->at);
    wf_expr *endless = wf_pf_builtin(b, WF_BI_ISINF, args->at, 1, wf_pf_clone(u, x.e)); /* not inf - inf */
    wf_expr *zero = wf_make_float(u, wf_pf_ctype(b->l, type), 0, args->at);
    rest = wf_make_cond(u, endless, zero, rest, args->at);
    items[0] = wf_pf_scalar(b, type, wf_pf_builtin(b, WF_BI_COPYSIGN, args->at, 2, rest, x.e));
    items[1] = wf_pf_scalar(b, type, wf_make_var(u, whole, args->at));
    return wf_pf_tuple(b, items, 2);
}

static wf_pf_val rule_operator(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    if (!strncmp(name, "operator.i", 10) && args->v[0].type->kind == WF_PF_T_ARRAY && args->v[0].array &&
        args->count == 2 && strcmp(name, "operator.invert") != 0) { /* operator.iadd: in the array */
        wf_pf_val made = wf_pf_binary(b, (wf_pf_op)data, args->v[0], args->v[1], args->at);
        if (!wf_pf_may_store(b, args->v[0], made, args->at)) return wf_pf_unknown(b);
        wf_pf_array_fill(b, args->v[0], made, args->at);
        return args->v[0];
    }
    if (data == WF_PF_NEG || data == WF_PF_POS || data == WF_PF_INVERT || data == WF_PF_NOT)
        return wf_pf_unary(b, (wf_pf_op)data, args->v[0], args->at);
    if (data >= WF_PF_LT && data <= WF_PF_IS_NOT)
        return wf_pf_compare(b, (wf_pf_op)data, args->v[0], args->v[1], args->at);
    if (is_numpy(name) && b->l->options.mode == WF_PF_HOST && wf_pf_is_number(args->v[0].type) &&
        wf_pf_is_number(args->v[1].type))
        return wf_pf_ufunc_of_numbers(b, (wf_pf_op)data, args->v[0], args->v[1], args->at);
    return wf_pf_binary(b, (wf_pf_op)data, args->v[0], args->v[1], args->at);
}

static wf_pf_val rule_contains(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    return wf_pf_contains(b, WF_PF_IN, args->v[1], args->v[0], args->at);
}

/* numpy.logical_and, _or, _xor of numbers: both are looked at. */
static wf_pf_val rule_logical(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    if (!wf_pf_is_number(args->v[0].type) || !wf_pf_is_number(args->v[1].type))
        return number_error(b, name, args);
    wf_unit *u = b->l->u;
    const wf_type *integer = wf_type_scalar(u, WF_TY_INT);
    wf_expr *x = wf_make_convert(u, integer, wf_pf_truth(b, args->v[0], args->at), args->at),
            *y = wf_make_convert(u, integer, wf_pf_truth(b, args->v[1], args->at), args->at);
    return wf_pf_scalar(b, b->l->boolean, wf_make_bool(u, wf_make_binary(u, (wf_op)data, x, y, args->at)));
}

static wf_pf_val rule_logical_not(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (!wf_pf_is_number(args->v[0].type)) return number_error(b, name, args);
    return wf_pf_unary(b, WF_PF_NOT, args->v[0], args->at);
}

static wf_pf_val rule_outside_loop(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    return wf_pf_error(b, args->at, "write `for … in` it", "%s() can only be what a for loop goes over",
                       bare(name));
}

/* Slices, closures, lists and dicts of several types are tuples here alone. */
static wf_pf_kind python_kind(const wf_pf_type *type) {
    if (wf_pf_is_mixed(type)) return wf_pf_is_mixed_list(type) ? WF_PF_T_LIST : WF_PF_T_DICT;
    return wf_pf_is_slice(type) || wf_pf_is_closure(type) || wf_pf_is_range(type) ? WF_PF_T_STATIC
                                                                                  : type->kind;
}

/* np.integer and its kin, by the kinds of their values; -1: no such family. */
static int in_family(const wf_pf_type *type, const char *name) {
    int is_int = type->kind == WF_PF_T_INT, is_float = type->kind == WF_PF_T_FLOAT;
    int is_complex = type->kind == WF_PF_T_COMPLEX;
    if (!strcmp(name, "numpy.integer")) return is_int;
    if (!strcmp(name, "numpy.signedinteger")) return is_int && type->is_signed;
    if (!strcmp(name, "numpy.unsignedinteger")) return is_int && !type->is_signed;
    if (!strcmp(name, "numpy.floating")) return is_float;
    if (!strcmp(name, "numpy.complexfloating")) return is_complex;
    if (!strcmp(name, "numpy.inexact")) return is_float || is_complex;
    if (!strcmp(name, "numpy.number")) return is_int || is_float || is_complex;
    if (!strcmp(name, "numpy.generic"))
        return is_int || is_float || is_complex || type->kind == WF_PF_T_BOOL || type->kind == WF_PF_T_DATE;
    return -1;
}

/* Whether a value has the type that a class of Python's names; -1: the class is not known. */
static int is_kind(wf_pf_body *b, wf_pf_val v, wf_pf_val k) {
    static const struct {
        const char *name;
        wf_pf_kind kind;
    } classes[] = {{"int", WF_PF_T_INT},
                   {"float", WF_PF_T_FLOAT},
                   {"bool", WF_PF_T_BOOL},
                   {"complex", WF_PF_T_COMPLEX},
                   {"tuple", WF_PF_T_TUPLE},
                   {"list", WF_PF_T_LIST},
                   {"dict", WF_PF_T_DICT},
                   {"set", WF_PF_T_SET},
                   {"weft.typed.List", WF_PF_T_LIST},
                   {"weft.typed.Dict", WF_PF_T_DICT}};
    if (k.known && k.known->kind == WF_PF_V_CALL) {
        const char *name = k.known->text;
        if (!strcmp(name, "str")) return wf_pf_is_text(v) && !wf_pf_is_bytes(v.type);
        if (!strcmp(name, "bytes")) return wf_pf_is_bytes(v.type) ? 1 : -1; /* others are arrays */
        if (!strcmp(name, "numpy.datetime64") || !strcmp(name, "numpy.timedelta64"))
            return v.type->kind == WF_PF_T_DATE && (v.type->code == 'W') == !strcmp(name, "numpy.datetime64");
        if (!strcmp(name, "range")) return wf_pf_is_range(v.type);
        if (!strcmp(name, "numpy.ndarray")) return v.type->kind == WF_PF_T_ARRAY;
        if (!strncmp(name, "jitclass:", 9))
            return v.type->kind == WF_PF_T_OBJECT && v.type->size == (uint32_t)atoi(name + 9);
        if (!strncmp(name, "namedtuple:", 11))
            return v.type->kind == WF_PF_T_TUPLE && v.type->size == (uint32_t)atoi(name + 11);
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
            if (!strcmp(name, classes[i].name)) return python_kind(v.type) == classes[i].kind;
        if (in_family(v.type, name) >= 0) return in_family(v.type, name);
    }
    const wf_pf_type *type = wf_pf_dtype_of(b, k);
    if (k.known && k.known->kind == WF_PF_V_STR) return -1;
    return type ? type == v.type : -1;
}

static wf_pf_val rule_isinstance(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_val kinds = args->v[1];
    uint32_t count = kinds.type->kind == WF_PF_T_TUPLE ? kinds.type->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        int is = is_kind(b, args->v[0], kinds.type->kind == WF_PF_T_TUPLE ? kinds.items[i] : kinds);
        if (is < 0)
            return wf_pf_error(
                b, args->at, NULL,
                "isinstance() knows Python's own types, NumPy's scalar types, dates and arrays, named "
                "tuples and jitclasses here");
        if (is) return wf_pf_bool(b, 1);
    }
    return wf_pf_bool(b, 0);
}

/* type(x) of a number, which can be called: type(x)(1). */
static wf_pf_val rule_type(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    const wf_pf_type *type = args->v[0].type;
    if (type->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    if (!wf_pf_is_number(type))
        return wf_pf_error(b, args->at, "ask isinstance(), or a.dtype of an array",
                           "type() of %s: of numbers alone in compiled functions",
                           wf_pf_spell(b, args->v[0]));
    return wf_pf_static_type(b, type);
}

/* getattr(x, "name"), with a default; hasattr(x, "name"): of names that are known while compiling. */
static wf_pf_val rule_getattr(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (!args->v[1].known || args->v[1].known->kind != WF_PF_V_STR)
        return wf_pf_error(b, args->at, NULL, "%s(): argument 'name' must be a literal string", name);
    if (*name == 'h' && args->v[0].known && args->v[0].known->kind == WF_PF_V_MODULE) { /* Python knows */
        int handled = 0;
        wf_pf_args none = {.at = args->at};
        wf_pf_val has = wf_pf_resolve_named(
            b,
            wf_arena_printf(&b->l->u->arena, "hasattr:%s:%s", args->v[0].known->text, args->v[1].known->text),
            &none, &handled);
        return handled ? has : wf_pf_error(b, args->at, NULL, "hasattr() of a module is not known here");
    }
    wf_diags before = b->l->u->diags;
    wf_diag *last = before.last, *next = last ? last->next : NULL;
    wf_stmt *outer = wf_pf_open(b, args->at);
    wf_pf_val found = wf_pf_attribute(b, wf_pf_copy(b, args->v[0]), args->v[1].known->text, args->at);
    wf_pf_close(b, outer);
    int missing = b->l->u->diags.errors > before.errors;
    if (missing && (*name == 'h' || args->count > 2)) { /* its error is none */
        b->l->u->diags = before;
        if (last) last->next = next;
    }
    if (*name == 'h')
        return found.type->kind == WF_PF_T_UNKNOWN && !missing ? found : wf_pf_bool(b, !missing);
    if (missing) return args->count > 2 ? args->v[2] : found;
    return wf_pf_attribute(b, args->v[0], args->v[1].known->text, args->at);
}

/* A function inside another, with what it captured as it is now. */
static wf_pf_val rule_closure(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_val function = args->v[0], v = wf_pf_tuple(b, args->v + 1, args->count - 1);
    if (v.type->kind != WF_PF_T_TUPLE || !function.known) return wf_pf_unknown(b);
    v.type = wf_pf_param_type(b, v, 0);
    v.type = wf_pf_type_closure(&b->l->types, function.known, v.type->items, v.type->count);
    return v;
}

static wf_pf_val rule_same(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)b, (void)name, (void)data;
    return args->v[0];
}

static wf_pf_val rule_astype_wrap(wf_pf_body *b, const char *name, wf_pf_args *args,
                                  int data) { /* np.asarray of what is one */
    (void)data;
    if (args->v[0].type->kind == WF_PF_T_ARRAY) return args->v[0];
    return number_error(b, name, args);
}

enum { WHOLE = WF_PF_TAKES_ARRAYS, SINGLE = WF_PF_TAKES_ARRAY_ALONE };
#define OP(name, op)                                                                                         \
    {"operator." name, rule_operator, 2, 2, WF_PF_##op, WHOLE}, {                                            \
        "operator.i" name, rule_operator, 2, 2, WF_PF_##op, WHOLE                                            \
    }
#define BOTH(name, rule, min, max, data)                                                                     \
    {"math." name, rule, min, max, data, 0}, { "numpy." name, rule, min, max, data, 0 }
#define UFUNC(name, op)                                                                                      \
    { "numpy." name, rule_operator, 2, 2, WF_PF_##op, WHOLE }
const wf_pf_callable wf_pf_own_callables[] = {
    {"len", rule_len, 1, 1, 0, WHOLE},
    {"abs", rule_abs, 1, 1, 0, 0},
    {"min", rule_minmax, 1, 60, 0, SINGLE},
    {"max", rule_minmax, 1, 60, 1, SINGLE},
    {"int", rule_convert, 0, 1, 'l', 0},
    {"float", rule_convert, 0, 1, 'd', 0},
    {"bool", rule_bool, 1, 1, 0, 0},
    {"complex", rule_convert, 0, 2, 'D', 0},
    {"pow", rule_pow, 2, 2, 0, 0},
    {"round", rule_round, 1, 2, 0, 0},
    {"tuple", rule_tuple, 0, 1, 0, 0},
    {"slice", rule_slice, 1, 3, 0, WHOLE},
    {"sum", rule_sum, 1, 2, 0, WHOLE},
    {"divmod", rule_divmod, 2, 2, 0, 0},
    {"print", wf_pf_rule_print, 0, 60, 0, WHOLE},
    {"isinstance", rule_isinstance, 2, 2, 0, WHOLE},
    {"type", rule_type, 1, 1, 0, WHOLE},
    {"getattr", rule_getattr, 2, 3, 0, WHOLE},
    {"hasattr", rule_getattr, 2, 2, 0, WHOLE},
    {"operator.truth", rule_bool, 1, 1, 0, 0},
    {"operator.contains", rule_contains, 2, 2, 0, 0},
    {"operator.is_", rule_operator, 2, 2, WF_PF_IS, WHOLE},
    {"operator.is_not", rule_operator, 2, 2, WF_PF_IS_NOT, WHOLE},
    {"operator.iand", rule_operator, 2, 2, WF_PF_AND, WHOLE},
    {"operator.ior", rule_operator, 2, 2, WF_PF_OR, WHOLE},
    OP("matmul", MATMUL),
    {"numba.literal_unroll", rule_tuple, 1, 1, 0, 0},
    {"numba.literally", rule_same, 1, 1, 0, WHOLE},
    {"weft.closure", rule_closure, 1, 60, 0, WHOLE},
    {"range", rule_outside_loop, 0, 60, 0, WHOLE},
    {"enumerate", rule_outside_loop, 0, 60, 0, WHOLE},
    {"zip", rule_outside_loop, 0, 60, 0, WHOLE},
    {"numba.prange", rule_outside_loop, 0, 60, 0, WHOLE},
    BOTH("sqrt", rule_primitive, 1, 1, WF_BI_SQRT),
    BOTH("fabs", rule_primitive, 1, 1, WF_BI_FABS),
    BOTH("copysign", rule_copysign, 2, 2, WF_BI_COPYSIGN),
    {"math.floor", rule_primitive, 1, 1, 1000 + WF_BI_FLOOR, 0},
    {"math.ceil", rule_primitive, 1, 1, 1000 + WF_BI_CEIL, 0},
    {"math.trunc", rule_primitive, 1, 1, 1000 + WF_BI_TRUNC, 0},
    {"numpy.floor", rule_primitive, 1, 1, WF_BI_FLOOR, 0},
    {"numpy.ceil", rule_primitive, 1, 1, WF_BI_CEIL, 0},
    {"numpy.trunc", rule_primitive, 1, 1, WF_BI_TRUNC, 0},
    {"numpy.rint", rule_primitive, 1, 1, WF_BI_RINT, 0},
    {"numpy.round", rule_round, 1, 2, 1, 0},
    {"numpy.sign", rule_sign, 1, 1, 0, 0},
    BOTH("isnan", rule_test, 1, 1, WF_BI_ISNAN),
    BOTH("isinf", rule_test, 1, 1, WF_BI_ISINF),
    BOTH("isfinite", rule_test, 1, 1, WF_BI_ISFINITE),
    {"numpy.signbit", rule_test, 1, 1, WF_BI_SIGNBIT, 0},
    {"math.modf", rule_modf, 1, 1, 0, 0},
    BOTH("sin", rule_library, 1, 1, 0),
    BOTH("cos", rule_library, 1, 1, 0),
    BOTH("tan", rule_library, 1, 1, 0),
    BOTH("exp", rule_library, 1, 1, 0),
    BOTH("exp2", rule_library, 1, 1, 0),
    BOTH("expm1", rule_library, 1, 1, 0),
    BOTH("log", rule_library, 1, 1, 0),
    BOTH("log2", rule_library, 1, 1, 0),
    BOTH("log10", rule_library, 1, 1, 0),
    BOTH("log1p", rule_library, 1, 1, 0),
    BOTH("sinh", rule_library, 1, 1, 0),
    BOTH("cosh", rule_library, 1, 1, 0),
    BOTH("tanh", rule_library, 1, 1, 0),
    BOTH("hypot", rule_library, 2, 2, 0),
    BOTH("nextafter", rule_library, 2, 2, 0),
    {"math.asin", rule_library, 1, 1, 0, 0},
    {"math.acos", rule_library, 1, 1, 0, 0},
    {"math.atan", rule_library, 1, 1, 0, 0},
    {"math.atan2", rule_library, 2, 2, 0, 0},
    {"math.asinh", rule_library, 1, 1, 0, 0},
    {"math.acosh", rule_library, 1, 1, 0, 0},
    {"math.atanh", rule_library, 1, 1, 0, 0},
    {"math.erf", rule_library, 1, 1, 0, 0},
    {"math.erfc", rule_library, 1, 1, 0, 0},
    {"math.gamma", rule_library, 1, 1, 0, 0},
    {"math.lgamma", rule_library, 1, 1, 0, 0},
    BOTH("fmod", rule_library, 2, 2, 0),
    {"math.remainder", rule_library, 2, 2, 0, 0},
    {"math.pow", rule_pow, 2, 2, 1, 0},
    {"numpy.power", rule_pow, 2, 2, 0, 0},
    {"numpy.arcsin", rule_library, 1, 1, 0, 0},
    {"numpy.arccos", rule_library, 1, 1, 0, 0},
    {"numpy.arctan", rule_library, 1, 1, 0, 0},
    {"numpy.arctan2", rule_library, 2, 2, 0, 0},
    {"numpy.arcsinh", rule_library, 1, 1, 0, 0},
    {"numpy.arccosh", rule_library, 1, 1, 0, 0},
    {"numpy.arctanh", rule_library, 1, 1, 0, 0},
    {"numpy.cbrt", rule_library, 1, 1, 0, 0},
    {"math.cbrt", rule_library, 1, 1, 0, 0},
    BOTH("radians", rule_scale, 1, 1, 0),
    BOTH("degrees", rule_scale, 1, 1, 1),
    {"numpy.deg2rad", rule_scale, 1, 1, 0, 0},
    {"numpy.rad2deg", rule_scale, 1, 1, 1, 0},
    {"numpy.abs", rule_abs, 1, 1, 0, 0},
    {"numpy.absolute", rule_abs, 1, 1, 0, 0},
    {"numpy.maximum", rule_minmax, 2, 2, 3, 0},
    {"numpy.minimum", rule_minmax, 2, 2, 2, 0},
    {"numpy.fmax", rule_minmax, 2, 2, 1, 0},
    {"numpy.fmin", rule_minmax, 2, 2, 0, 0},
    {"numpy.asarray", rule_astype_wrap, 1, 1, 0, WHOLE},
    OP("add", ADD),
    OP("sub", SUB),
    OP("mul", MUL),
    OP("truediv", DIV),
    OP("floordiv", FLOORDIV),
    OP("mod", MOD),
    OP("pow", POW),
    OP("lshift", LSHIFT),
    OP("rshift", RSHIFT),
    OP("and_", AND),
    OP("or_", OR),
    OP("xor", XOR),
    OP("lt", LT),
    OP("le", LE),
    OP("gt", GT),
    OP("ge", GE),
    OP("eq", EQ),
    OP("ne", NE),
    {"operator.iand", rule_operator, 2, 2, WF_PF_AND, WHOLE},
    {"operator.ior", rule_operator, 2, 2, WF_PF_OR, WHOLE},
    {"operator.neg", rule_operator, 1, 1, WF_PF_NEG, WHOLE},
    {"operator.pos", rule_operator, 1, 1, WF_PF_POS, WHOLE},
    {"operator.not_", rule_operator, 1, 1, WF_PF_NOT, WHOLE},
    {"operator.invert", rule_operator, 1, 1, WF_PF_INVERT, WHOLE},
    UFUNC("add", ADD),
    UFUNC("subtract", SUB),
    UFUNC("multiply", MUL),
    UFUNC("divide", DIV),
    UFUNC("true_divide", DIV),
    UFUNC("floor_divide", FLOORDIV),
    UFUNC("mod", MOD),
    UFUNC("remainder", MOD),
    UFUNC("bitwise_and", AND),
    UFUNC("bitwise_or", OR),
    UFUNC("bitwise_xor", XOR),
    UFUNC("left_shift", LSHIFT),
    UFUNC("right_shift", RSHIFT),
    UFUNC("less", LT),
    UFUNC("less_equal", LE),
    UFUNC("greater", GT),
    UFUNC("greater_equal", GE),
    UFUNC("equal", EQ),
    UFUNC("not_equal", NE),
    {"numpy.negative", rule_operator, 1, 1, WF_PF_NEG, WHOLE},
    {"numpy.invert", rule_operator, 1, 1, WF_PF_INVERT, WHOLE},
    {"numpy.bitwise_not", rule_operator, 1, 1, WF_PF_INVERT, WHOLE},
    {"numpy.logical_and", rule_logical, 2, 2, WF_OP_AND, 0},
    {"numpy.logical_or", rule_logical, 2, 2, WF_OP_OR, 0},
    {"numpy.logical_xor", rule_logical, 2, 2, WF_OP_XOR, 0},
    {"numpy.logical_not", rule_logical_not, 1, 1, 0, 0},
    {NULL, NULL, 0, 0, 0, 0},
};
#undef OP
#undef BOTH
#undef UFUNC
