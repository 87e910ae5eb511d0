/* pyfunc/complex.c: functions of complex numbers: cmath, NumPy's functions that are given one, and powers.
 *
 * A complex value is two scalars here; the device library's complex functions take and give CUDA's double2 or
 * float2, so a value is put into one for the call and taken apart afterwards. What cmath gives for a real
 * argument is complex too. */
#include "pyfunc/lower.h"
#include <string.h>

static const wf_pf_type *part_of(wf_pf_body *b, const wf_pf_type *type) {
    return wf_pf_type_scalar(&b->l->types, type->bytes == 16 ? 'd' : 'f');
}

/* The complex type that a number becomes: of a float32 complex64, of a float16 that too, else complex128. */
static const wf_pf_type *complex_of(wf_pf_body *b, const wf_pf_type *type) {
    if (type->kind == WF_PF_T_COMPLEX) return type;
    return wf_pf_type_scalar(&b->l->types, type->kind == WF_PF_T_FLOAT && type->bytes < 8 ? 'F' : 'D');
}

static wf_expr *as_vector(wf_pf_body *b, wf_pf_val v, const wf_pf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val z = wf_pf_convert(b, v, type, at);
    const wf_type *c = wf_type_vector(u, type->bytes == 16 ? WF_TY_DOUBLE : WF_TY_FLOAT, 2);
    wf_var *temp = wf_pf_temp(b, "z", c, NULL, at);
    for (int i = 0; i < 2; i++)
        wf_pf_emit(b, wf_make_assign(u, wf_make_member(u, wf_make_var(u, temp, at), i ? "y" : "x", at),
                                     z.items[i].e, at));
    return wf_make_var(u, temp, at);
}

/* wf_<name> or wf_<name>f of one or two complex numbers; the result is of the same type. */
static wf_pf_val call(wf_pf_body *b, const char *name, const wf_pf_type *type, wf_expr **args, uint32_t count,
                      wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *c = wf_type_vector(u, type->bytes == 16 ? WF_TY_DOUBLE : WF_TY_FLOAT, 2);
    const char *full = wf_arena_printf(&u->arena, "wf_%s%s", name, type->bytes == 16 ? "" : "f");
    wf_var *out = wf_pf_temp(b, "z", c, wf_pf_library_exact(b, full, c, args, count, at), at);
    return wf_pf_complex(b, type, wf_make_member(u, wf_make_var(u, out, at), "x", at),
                         wf_make_member(u, wf_make_var(u, out, at), "y", at));
}

wf_pf_val wf_pf_complex_power(wf_pf_body *b, const wf_pf_type *type, wf_pf_val x, wf_pf_val y, wf_place at) {
    wf_expr *args[] = {as_vector(b, x, type, at), as_vector(b, y, type, at)};
    return call(b, "cpow", type, args, 2, at);
}

/* cmath's and NumPy's names of what the library has of one argument. */
static const char *const functions[][2] = {
    {"exp", "cexp"},       {"log", "clog"},       {"log2", "clog2"},    {"log10", "clog10"},
    {"sqrt", "csqrt"},     {"sin", "csin"},       {"cos", "ccos"},      {"tan", "ctan"},
    {"asin", "casin"},     {"acos", "cacos"},     {"atan", "catan"},    {"sinh", "csinh"},
    {"cosh", "ccosh"},     {"tanh", "ctanh"},     {"asinh", "casinh"},  {"acosh", "cacosh"},
    {"atanh", "catanh"},   {"arcsin", "casin"},   {"arccos", "cacos"},  {"arctan", "catan"},
    {"arcsinh", "casinh"}, {"arccosh", "cacosh"}, {"arctanh", "catanh"}};

static wf_pf_val real_call(wf_pf_body *b, const char *name, const wf_pf_type *type, wf_pf_val x, wf_pf_val y,
                           wf_place at) {
    wf_expr *args[] = {wf_pf_number(b, x, type, at), wf_pf_number(b, y, type, at)};
    return wf_pf_scalar(b, type, wf_pf_library(b, name, type, args, 2, at));
}

static wf_pf_val one_part(wf_pf_body *b, wf_pf_val z, int i) {
    wf_pf_val part = z.items[i];
    part.e = wf_pf_clone(b->l->u, part.e);
    return part;
}

/* r · (cos phi, sin phi). As in CPython an angle of 0 leaves an infinite r alone, with an infinite
 * angle it is infinite, and of 0 no angle counts. */
static wf_pf_val rect(wf_pf_body *b, wf_pf_val r, wf_pf_val phi, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = r.type->code == 'f' && phi.type->code == 'f' ? r.type : b->l->float64;
    r = wf_pf_settle(b, wf_pf_convert(b, r, type, at), at);
    phi = wf_pf_settle(b, wf_pf_convert(b, phi, type, at), at);
    wf_expr *angle = wf_pf_number(b, phi, type, at), *again = wf_pf_clone(u, angle);
    wf_expr *c = wf_pf_library(b, "cos", type, &angle, 1, at),
            *s = wf_pf_library(b, "sin", type, &again, 1, at);
    const wf_type *real = wf_pf_ctype(b->l, type);
    wf_expr *length = wf_pf_number(b, r, type, at), *zero = wf_make_float(u, real, 0, at),
            *signed_one[] = {wf_make_float(u, real, 1, at), wf_pf_clone(u, length)};
    wf_expr *straight = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, angle), zero, at),
            *side = wf_make_binary(u, WF_OP_MUL,
                                   wf_pf_builtin(b, WF_BI_COPYSIGN, at, 2, signed_one[0], signed_one[1]),
                                   wf_pf_clone(u, angle), at);
    wf_expr *finite = wf_make_bool(u, wf_pf_builtin(b, WF_BI_ISFINITE, at, 1, wf_pf_clone(u, angle))),
            *endless = wf_make_bool(u, wf_pf_builtin(b, WF_BI_ISINF, at, 1, wf_pf_clone(u, length))),
            *nothing = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, length), wf_pf_clone(u, zero), at);
    nothing = wf_make_binary(u, WF_OP_LAND, nothing, wf_make_unary(u, WF_OP_LNOT, finite, at), at);
    endless =
        wf_make_binary(u, WF_OP_LAND, endless, wf_make_unary(u, WF_OP_LNOT, wf_pf_clone(u, finite), at), at);
    wf_expr *x = wf_make_binary(u, WF_OP_MUL, wf_pf_clone(u, length), c, at),
            *y = wf_make_binary(u, WF_OP_MUL, wf_pf_clone(u, length), s, at),
            *square = wf_make_binary(u, WF_OP_MUL, wf_pf_clone(u, length), wf_pf_clone(u, length), at);
    x = wf_make_cond(u, endless, square, wf_make_cond(u, straight, length, x, at), at);
    y = wf_make_cond(u, wf_pf_clone(u, straight), side, y, at);
    x = wf_make_cond(u, nothing, wf_pf_clone(u, zero), x, at);
    y = wf_make_cond(u, wf_pf_clone(u, nothing), wf_pf_clone(u, zero), y, at);
    return wf_pf_complex(b, wf_pf_type_scalar(&b->l->types, type->bytes == 8 ? 'D' : 'F'), x, y);
}

/* isnan, isinf: of either part; isfinite: of both. */
static wf_pf_val test(wf_pf_body *b, wf_pf_val z, wf_builtin id, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *x = wf_make_bool(u, wf_pf_builtin(b, id, at, 1, one_part(b, z, 0).e)),
            *y = wf_make_bool(u, wf_pf_builtin(b, id, at, 1, one_part(b, z, 1).e));
    return wf_pf_scalar(b, b->l->boolean,
                        wf_make_binary(u, id == WF_BI_ISFINITE ? WF_OP_LAND : WF_OP_LOR, x, y, at));
}

/* numpy.maximum and its kin. data: 1 the greater one; 2 a NaN wins, else it loses. */
wf_pf_val wf_pf_complex_extreme(wf_pf_body *b, wf_pf_val x, wf_pf_val y, int data, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = wf_pf_type_arith(&b->l->types, x.type, y.type);
    x = wf_pf_settle(b, wf_pf_convert(b, x, type, at), at);
    y = wf_pf_settle(b, wf_pf_convert(b, y, type, at), at);
    wf_pf_val in_order = wf_pf_compare(b, data & 1 ? WF_PF_GE : WF_PF_LE, x, y, at);
    wf_expr *nan = wf_pf_truth(b, test(b, data & 2 ? x : y, WF_BI_ISNAN, at), at);
    wf_expr *first = wf_make_binary(u, WF_OP_LOR, wf_pf_truth(b, in_order, at), nan, at);
    wf_var *choice = wf_pf_temp(b, "first", wf_type_scalar(u, WF_TY_BOOL), wf_make_bool(u, first), at);
    wf_expr *parts[2];
    for (int i = 0; i < 2; i++)
        parts[i] = wf_make_cond(u, wf_make_var(u, choice, at), one_part(b, x, i).e, one_part(b, y, i).e, at);
    return wf_pf_complex(b, type, parts[0], parts[1]);
}

/* A function by its bare name; *found is cleared when there is none. */
static wf_pf_val of_complex(wf_pf_body *b, const char *name, wf_pf_val z, wf_place at, int *found) {
    const wf_pf_type *part = part_of(b, z.type);
    if (!strcmp(name, "phase") || !strcmp(name, "angle"))
        return real_call(b, "atan2", part, one_part(b, z, 1), one_part(b, z, 0), at);
    if (!strcmp(name, "polar")) {
        wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2);
        items[0] = real_call(b, "hypot", part, one_part(b, z, 0), one_part(b, z, 1), at);
        items[1] = real_call(b, "atan2", part, one_part(b, z, 1), one_part(b, z, 0), at);
        return wf_pf_tuple(b, items, 2);
    }
    if (!strcmp(name, "isnan")) return test(b, z, WF_BI_ISNAN, at);
    if (!strcmp(name, "isinf")) return test(b, z, WF_BI_ISINF, at);
    if (!strcmp(name, "isfinite")) return test(b, z, WF_BI_ISFINITE, at);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i][0], name)) {
            wf_expr *arg = as_vector(b, z, z.type, at);
            return call(b, functions[i][1], z.type, &arg, 1, at);
        }
    *found = 0;
    return wf_pf_unknown(b);
}

wf_pf_val wf_pf_call_complex(wf_pf_body *b, const char *name, wf_pf_args *args, int *found) {
    int cmath = !strncmp(name, "cmath.", 6), numpy = !strncmp(name, "numpy.", 6);
    *found = 1;
    for (uint32_t i = 0; i < args->count; i++)
        if (!wf_pf_is_number(args->v[i].type)) *found = 0;
    if (!*found || !args->count || args->count > 2 ||
        !(cmath || (numpy && args->v[0].type->kind == WF_PF_T_COMPLEX))) {
        *found = 0;
        return wf_pf_unknown(b);
    }
    const char *bare = name + 6;
    if (args->count == 2 && cmath && !strcmp(bare, "rect")) return rect(b, args->v[0], args->v[1], args->at);
    wf_pf_val z = wf_pf_convert(b, args->v[0], complex_of(b, args->v[0].type), args->at);
    z = wf_pf_settle(b, z, args->at);
    if (args->count == 1) return of_complex(b, bare, z, args->at, found);
    if (!cmath || strcmp(bare, "log") != 0) {
        *found = 0;
        return wf_pf_unknown(b);
    }
    wf_pf_val base =
        wf_pf_settle(b, wf_pf_convert(b, args->v[1], z.type, args->at), args->at); /* log(z, base) */
    wf_pf_val x = of_complex(b, bare, z, args->at, found), y = of_complex(b, bare, base, args->at, found);
    return wf_pf_binary(b, WF_PF_DIV, wf_pf_settle(b, x, args->at), wf_pf_settle(b, y, args->at), args->at);
}
