/* array/ops.c: see ops.h: the table, and NumPy's choice of a loop for given types. */
#include "array/ops.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const wf_ufunc_info wf_ufuncs[WF_UF_COUNT] = {
#define X(id, name, inputs, rule, cost, library) {name, inputs, WF_RULE_##rule, cost, library},
#include "array/ops.def"
#undef X
};

int wf_ufunc_by_name(const char *name) {
    for (int i = 0; i < WF_UF_COUNT; i++)
        if (!strcmp(wf_ufuncs[i].name, name)) return i;
    return -1;
}

wf_dtype wf_ufunc_working(wf_ufunc op) {
    switch (op) {
    case WF_UF_DEG2RAD:
    case WF_UF_RAD2DEG:
    case WF_UF_POWER:
    case WF_UF_ARCTAN2:
    case WF_UF_HYPOT:
    case WF_UF_LOGADDEXP:
    case WF_UF_LOGADDEXP2: return WF_DT_FLOAT64;
    default: return WF_DT_FLOAT32;
    }
}

wf_dtype wf_result_type(const wf_dtype *dtypes, const wf_weak *weak, uint32_t count) {
    wf_dtype strong = WF_DT_NONE, alone = WF_DT_BOOL;
    wf_weak widest = WF_STRONG;
    for (uint32_t i = 0; i < count; i++) {
        if (weak && weak[i]) {
            if (weak[i] > widest) widest = weak[i];
            alone = wf_dtype_promote(alone, dtypes[i]);
        } else strong = strong == WF_DT_NONE ? dtypes[i] : wf_dtype_promote(strong, dtypes[i]);
    }
    return strong == WF_DT_NONE ? alone : wf_dtype_promote_weak(strong, widest);
}

/* The float type in which an integer is computed: the narrowest of NumPy's loops that holds it. */
static wf_dtype float_of(wf_dtype t) {
    return t == WF_DT_BOOL ? WF_DT_FLOAT16 : wf_dtype_is_integer(t) ? wf_dtype_promote(t, WF_DT_FLOAT16) : t;
}

/* The loop's type for operands that promote to t, or WF_DT_NONE. */
static wf_dtype loop_of(wf_ufunc op, wf_dtype t) {
    int complex = wf_dtype_is_complex(t), inexact = complex || wf_dtype_is_float(t),
        boolean = t == WF_DT_BOOL;
    switch ((wf_type_rule)wf_ufuncs[op].rule) {
    case WF_RULE_NOBOOL: return boolean ? WF_DT_NONE : t;
    case WF_RULE_ARITH_INT8: return boolean ? WF_DT_INT8 : t;
    case WF_RULE_FLOAT: return inexact ? t : op == WF_UF_DIVIDE ? WF_DT_FLOAT64 : float_of(t);
    case WF_RULE_EXPONENT:
    case WF_RULE_REALFLOAT: return complex ? WF_DT_NONE : float_of(t);
    case WF_RULE_INTDIV: return complex ? WF_DT_NONE : boolean ? WF_DT_INT8 : t;
    case WF_RULE_POWER: return boolean ? WF_DT_INT8 : t;
    case WF_RULE_ROUND: return complex ? WF_DT_NONE : t;
    case WF_RULE_REALTEST: return complex ? WF_DT_NONE : float_of(t);
    case WF_RULE_BITS: return inexact ? WF_DT_NONE : t;
    case WF_RULE_WORD32:
    case WF_RULE_WORD64: return t == WF_DT_UINT64 ? t : WF_DT_NONE;
    case WF_RULE_DRAW: return t == WF_DT_UINT32 || t == WF_DT_UINT64 ? t : WF_DT_NONE;
    case WF_RULE_BITCOUNT:
    case WF_RULE_SHIFT:
        if (boolean) return op == WF_UF_GCD || op == WF_UF_LCM ? WF_DT_NONE : WF_DT_INT8;
        return inexact ? WF_DT_NONE : t;
    default: return t;
    }
}

static wf_dtype out_of(wf_ufunc op, wf_dtype loop) {
    switch ((wf_type_rule)wf_ufuncs[op].rule) {
    case WF_RULE_COMPARE:
    case WF_RULE_LOGICAL:
    case WF_RULE_TEST:
    case WF_RULE_REALTEST: return WF_DT_BOOL;
    case WF_RULE_ABS:
    case WF_RULE_PART: return wf_dtype_real(loop);
    case WF_RULE_WORD32: return WF_DT_UINT32;
    case WF_RULE_EXPONENT: return WF_DT_INT32;
    case WF_RULE_BITCOUNT: return WF_DT_UINT8;
    case WF_RULE_DRAW: return loop == WF_DT_UINT32 ? WF_DT_FLOAT32 : WF_DT_FLOAT64;
    default: return loop;
    }
}

static wf_status no_loop(wf_ufunc op, const wf_dtype *dtypes, wf_error *err) {
    const wf_ufunc_info *info = &wf_ufuncs[op];
    if (op == WF_UF_SUBTRACT)
        return wf_fail(
            err, WF_TYPE,
            "[subtract] boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` "
            "operator, or the logical_xor function instead");
    if (op == WF_UF_NEGATIVE)
        return wf_fail(
            err, WF_TYPE,
            "[negative] the boolean negative, the `-` operator, is not supported, use the `~` operator or "
            "the logical_not function instead");
    if (info->inputs == 1)
        return wf_fail(err, WF_TYPE, "ufunc '%s' not supported for the input type %s", info->name,
                       wf_dtype_name(dtypes[0]));
    return wf_fail(err, WF_TYPE, "ufunc '%s' not supported for the input types %s and %s", info->name,
                   wf_dtype_name(dtypes[0]), wf_dtype_name(dtypes[1]));
}

static wf_status no_such_loop(wf_ufunc op, wf_error *err) {
    return wf_fail(err, WF_TYPE,
                   "No loop matching the specified signature and casting was found for ufunc %s",
                   wf_ufuncs[op].name);
}

/* The loop whose result has the type `wanted`, which the caller asked for; `loop` is the operands' own. */
static wf_status loop_giving(wf_ufunc op, wf_dtype wanted, wf_dtype *loop, wf_error *err) {
    wf_type_rule rule = (wf_type_rule)wf_ufuncs[op].rule;
    wf_dtype own = *loop;
    switch (rule) {
    case WF_RULE_COMPARE:
    case WF_RULE_LOGICAL:
    case WF_RULE_TEST:
    case WF_RULE_REALTEST:
    case WF_RULE_EXPONENT:
    case WF_RULE_BITCOUNT: /* their results are of one type */
        return own != WF_DT_NONE && out_of(op, own) != wanted ? no_such_loop(op, err) : WF_OK;
    case WF_RULE_ABS:
        if (wf_dtype_is_complex(wanted)) return no_such_loop(op, err);
        if (own != WF_DT_NONE && wf_dtype_is_complex(own) && wf_dtype_real(own) == wanted) return WF_OK;
        break;
    default: break;
    }
    *loop = loop_of(op, wanted);
    return *loop != wanted ? no_such_loop(op, err) : WF_OK;
}

/* May input i be cast to the loop's type? Python's numbers beside an array go into any type of their kind. */
static int input_fits(const wf_dtype *dtypes, const wf_weak *weak, uint32_t i, uint32_t count, wf_dtype loop,
                      wf_casting casting) {
    if (count > 1 && weak && weak[i]) {
        char kind = wf_dtype_kind(loop);
        if (kind == 'c' || (kind == 'f' && weak[i] <= WF_WEAK_FLOAT) ||
            (wf_dtype_is_integer(loop) && weak[i] == WF_WEAK_INT))
            return 1;
    }
    return wf_dtype_can_cast(dtypes[i], loop, casting);
}

static wf_status check_inputs(wf_ufunc op, const wf_dtype *dtypes, const wf_weak *weak, wf_dtype loop,
                              wf_casting casting, wf_error *err) {
    const wf_ufunc_info *info = &wf_ufuncs[op];
    char which[16] = "";
    if (info->rule == WF_RULE_LOGICAL || info->rule == WF_RULE_WHERE)
        return WF_OK; /* truth values of any type */
    if (info->rule == WF_RULE_COMPARE && wf_dtype_is_integer(dtypes[0]) && wf_dtype_is_integer(dtypes[1]) &&
        wf_dtype_is_float(loop))
        return WF_OK; /* int64 beside uint64: compared as they are */
    for (uint32_t i = 0; i < info->inputs; i++) {
        if (input_fits(dtypes, weak, i, info->inputs, loop, casting)) continue;
        if (info->inputs > 1) snprintf(which, sizeof which, " %u", i);
        return wf_fail(
            err, WF_TYPE,
            "Cannot cast ufunc '%s' input%s from dtype('%s') to dtype('%s') with casting rule '%s'",
            info->name, which, wf_dtype_name(dtypes[i]), wf_dtype_name(loop), wf_casting_names[casting]);
    }
    return WF_OK;
}

wf_status wf_ufunc_resolve(wf_ufunc op, const wf_dtype *dtypes, const wf_weak *weak, wf_dtype dtype,
                           wf_casting casting, wf_ufunc_types *types, wf_error *err) {
    const wf_ufunc_info *info = &wf_ufuncs[op];
    uint32_t from = info->rule == WF_RULE_WHERE ? 1 : 0; /* the condition takes no part */
    wf_dtype common = wf_result_type(dtypes + from, weak ? weak + from : NULL, info->inputs - from);
    if (info->rule == WF_RULE_REALFLOAT && info->inputs == 2 && !(weak && (weak[0] || weak[1])) &&
        float_of(dtypes[0]) != dtypes[0] && float_of(dtypes[1]) != dtypes[1])
        common =
            wf_dtype_promote(float_of(dtypes[0]), float_of(dtypes[1])); /* the first loop that holds both */
    wf_dtype loop = loop_of(op, common);
    wf_status status = dtype != WF_DT_NONE ? loop_giving(op, dtype, &loop, err) : WF_OK;
    if (status) return status;
    if (loop == WF_DT_NONE) return no_loop(op, dtypes, err);
    if ((dtype != WF_DT_NONE || casting < WF_CASTING_SAFE) &&
        (status = check_inputs(op, dtypes, weak, loop, casting, err)))
        return status;
    *types = (wf_ufunc_types){loop, out_of(op, loop)};
    return WF_OK;
}

/* ---- reductions -----------------------------------------------------------------------------------------
 */

const char *const wf_reduction_names[WF_RED_COUNT] = {
    "sum", "prod",   "min",    "max",         "fmin",       "fmax",        "any",
    "all", "argmin", "argmax", "bitwise_and", "bitwise_or", "bitwise_xor", "deviations"};

/* Sums of narrow integers are made in 64 bits, of 16-bit floats in float32. */
static wf_dtype sum_result(wf_dtype in) {
    if (in == WF_DT_BOOL || wf_dtype_kind(in) == 'i') return WF_DT_INT64;
    return wf_dtype_kind(in) == 'u' ? WF_DT_UINT64 : in;
}

wf_status wf_reduction_resolve(wf_reduction op, wf_dtype in, wf_dtype dtype, wf_reduction_types *t,
                               wf_error *err) {
    switch (op) {
    case WF_RED_SUM:
    case WF_RED_PROD:
        t->out = dtype != WF_DT_NONE ? dtype : sum_result(in);
        t->in = t->out;
        t->acc = wf_dtype_is_small_float(t->out) ? WF_DT_FLOAT32 : t->out;
        break;
    case WF_RED_ANY:
    case WF_RED_ALL: t->in = t->acc = t->out = WF_DT_BOOL; break;
    case WF_RED_ARGMIN:
    case WF_RED_ARGMAX: t->in = t->acc = in, t->out = WF_DT_INT64; break;
    case WF_RED_FMIN:
    case WF_RED_FMAX:
        t->in = t->acc = t->out = dtype != WF_DT_NONE ? dtype : in;
        if (!wf_dtype_is_float(t->in))
            return wf_fail(err, WF_TYPE, "%s is a reduction of floats, not of %s", wf_reduction_names[op],
                           wf_dtype_name(t->in));
        break;
    case WF_RED_DEVIATIONS:
        t->in = t->acc = t->out = dtype != WF_DT_NONE ? dtype : in;
        if (t->acc != WF_DT_FLOAT32 && t->acc != WF_DT_FLOAT64)
            return wf_fail(err, WF_TYPE, "deviations are computed in float32 or float64, not %s",
                           wf_dtype_name(t->acc));
        break;
    default:
        t->in = t->acc = t->out = dtype != WF_DT_NONE ? dtype : in;
        if (op >= WF_RED_AND && (wf_dtype_is_float(t->in) || wf_dtype_is_complex(t->in)))
            return wf_fail(err, WF_TYPE, "ufunc '%s' not supported for the input type %s",
                           wf_reduction_names[op], wf_dtype_name(t->in));
    }
    return WF_OK;
}

static int is_arg(wf_reduction op) { return op == WF_RED_ARGMIN || op == WF_RED_ARGMAX; }

uint32_t wf_reduction_parts(wf_reduction op) { return is_arg(op) ? 2 : op == WF_RED_DEVIATIONS ? 4 : 1; }

wf_dtype wf_reduction_part_type(wf_reduction op, wf_dtype acc, uint32_t part) {
    return part && part + 1 == wf_reduction_parts(op) ? WF_DT_INT64 : acc;
}

uint32_t wf_reduction_result_part(wf_reduction op) { return op == WF_RED_DEVIATIONS ? 2 : is_arg(op); }

int wf_reduction_identity(wf_reduction op, wf_dtype acc, wf_number *identity) {
    wf_number zero = {wf_dtype_kind(acc), 0, 0, 0}, one = {wf_dtype_kind(acc), 1, 0, 1};
    wf_number ones = {'i', -1, 0, -1};
    switch (op) {
    case WF_RED_SUM:
    case WF_RED_ANY:
    case WF_RED_OR:
    case WF_RED_DEVIATIONS:
    case WF_RED_XOR: *identity = zero; return 1;
    case WF_RED_PROD:
    case WF_RED_ALL: *identity = one; return 1;
    case WF_RED_AND: *identity = acc == WF_DT_BOOL ? one : wf_number_cast(ones, acc); return 1;
    default: return 0;
    }
}

uint32_t wf_reduction_lanes(wf_dtype acc) { return wf_dtype_size(acc) >= 8 ? 64 : 128; }
