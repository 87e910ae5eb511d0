/* pyfunc/libdevice.c: cuda.libdevice and cuda.fp16: CUDA's mathematical functions under their C names.
 *
 * One row a function: how it is made, and its signature, whose letters are f float32, d float64, h float16, i
 * int32, u uint32, l int64, L uint64, H uint16, x bfloat16. After '>' stands the result; after a comma what C gives back through
 * pointers: these functions return a tuple here, the result first. Arguments are converted to the parameters'
 * types. The rows of a function with both precisions are one: MATH(sin) is sin and sinf. DIRECTED are the three
 * that round down, up and towards zero. */
#include "pyfunc/lower.h"
#include <string.h>

typedef enum how {
    LIBRARY, /* the device library's wf_<stem> */
    BUILTIN, /* of the tree: id */
    CAST,    /* built-in id (or none: -1), then a conversion to the result's type */
    HALF_OP, /* an operator on float16 or bfloat16: id is a wf_pf_op */
    HALF_LIB /* a function of one of them, in float32 (f16_exact.h) */
} how;

typedef struct row {
    const char *name;
    uint8_t how;
    int16_t id;
    const char *sig, *stem;
} row;

#define LIB(name, sig, stem) {name, LIBRARY, 0, sig, stem},
#define MATH1(stem) LIB(#stem, "d>d", #stem) LIB(#stem "f", "f>f", #stem "f")
#define MATH2(stem) LIB(#stem, "dd>d", #stem) LIB(#stem "f", "ff>f", #stem "f")
#define BI(name, id, sig) {name, BUILTIN, WF_BI_##id, sig, NULL},
#define PRIM(name, id, args, n)                                                                              \
    {name, BUILTIN, WF_BI_##id, args, NULL}, {name "f", BUILTIN, WF_BI_##id, n, NULL},
#define CVT(name, id, sig) {name, CAST, id, sig, NULL},
#define ROUNDED(from, to, sig)                                                                               \
    CVT(from "2" to "_rn", WF_BI_RINT, sig)                                                                  \
    CVT(from "2" to "_rz", -1, sig)                                                                          \
    CVT(from "2" to "_ru", WF_BI_CEIL, sig) CVT(from "2" to "_rd", WF_BI_FLOOR, sig)
#define DIRECTED(stem, sig)                                                                                  \
    LIB(stem "_rd", sig, stem "_rd") LIB(stem "_ru", sig, stem "_ru") LIB(stem "_rz", sig, stem "_rz")
#define OP(name, op, sig) {name, HALF_OP, WF_PF_##op, sig, NULL},
#define HALF(name, stem) {name, HALF_LIB, 0, "h>h", stem},
#define BHALF(name, stem) {name, HALF_LIB, 0, "x>x", stem},

/* clang-format off */
static const row libdevice[] = {
    MATH1(acos) MATH1(acosh) MATH1(asin) MATH1(asinh) MATH1(atan) MATH1(atanh) MATH2(atan2) MATH1(cbrt) MATH1(cos)
    MATH1(cosh) MATH1(cospi) MATH1(erf) MATH1(erfc) MATH1(erfcinv) MATH1(erfcx) MATH1(erfinv) MATH1(exp) MATH1(exp10)
    MATH1(exp2) MATH1(expm1) MATH2(fdim) MATH2(fmod) MATH2(hypot) MATH1(j0) MATH1(j1) MATH1(lgamma) MATH1(log)
    MATH1(log10) MATH1(log1p) MATH1(log2) MATH1(logb) MATH2(nextafter) MATH1(normcdf) MATH1(normcdfinv) MATH2(pow)
    MATH1(rcbrt) MATH2(remainder) MATH1(round) MATH1(rsqrt) MATH1(sin) MATH1(sinh) MATH1(sinpi) MATH1(tan) MATH1(tanh)
    MATH1(tgamma) MATH1(y0) MATH1(y1)
    LIB("jn", "id>d", "jn") LIB("jnf", "if>f", "jnf") LIB("yn", "id>d", "yn") LIB("ynf", "if>f", "ynf")
    LIB("ldexp", "di>d", "ldexp") LIB("ldexpf", "fi>f", "ldexpf") LIB("scalbn", "di>d", "scalbn")
    LIB("scalbnf", "fi>f", "scalbnf") LIB("ilogb", "d>i", "ilogb") LIB("ilogbf", "f>i", "ilogbf")
    LIB("llround", "d>l", "llround") LIB("llroundf", "f>l", "llroundf")
    LIB("frexp", "d>d,i", "frexp") LIB("frexpf", "f>f,i", "frexpf") LIB("modf", "d>d,d", "modf")
    LIB("modff", "f>f,f", "modff") LIB("remquo", "dd>d,i", "remquo") LIB("remquof", "ff>f,i", "remquof")
    LIB("sincos", "d>,dd", "sincos") LIB("sincosf", "f>,ff", "sincosf") LIB("sincospi", "d>,dd", "sincospi")
    LIB("sincospif", "f>,ff", "sincospif") LIB("fast_sincosf", "f>,ff", "__sincosf")
    LIB("powi", "dd>d", "pow") LIB("powif", "ff>f", "powf") LIB("frsqrt_rn", "f>f", "rsqrtf")
    LIB("fast_sinf", "f>f", "__sinf") LIB("fast_cosf", "f>f", "__cosf") LIB("fast_tanf", "f>f", "__tanf")
    LIB("fast_expf", "f>f", "__expf") LIB("fast_exp10f", "f>f", "__exp10f") LIB("fast_logf", "f>f", "__logf")
    LIB("fast_log2f", "f>f", "__log2f") LIB("fast_log10f", "f>f", "__log10f") LIB("fast_powf", "ff>f", "__powf")
    LIB("fast_fdividef", "ff>f", "__fdividef") LIB("saturatef", "f>f", "__saturatef")
    PRIM("fabs", FABS, "d>d", "f>f") PRIM("floor", FLOOR, "d>d", "f>f") PRIM("ceil", CEIL, "d>d", "f>f")
    PRIM("trunc", TRUNC, "d>d", "f>f") PRIM("rint", RINT, "d>d", "f>f") PRIM("nearbyint", RINT, "d>d", "f>f")
    PRIM("sqrt", SQRT, "d>d", "f>f") PRIM("copysign", COPYSIGN, "dd>d", "ff>f") PRIM("fmin", FMIN, "dd>d", "ff>f")
    PRIM("fmax", FMAX, "dd>d", "ff>f") PRIM("fma", FMA, "ddd>d", "fff>f")
    BI("fma_rn", FMA, "ddd>d") BI("fmaf_rn", FMA, "fff>f") BI("dsqrt_rn", SQRT, "d>d") BI("fsqrt_rn", SQRT, "f>f")
    BI("dadd_rn", ADD_RN, "dd>d") BI("dsub_rn", SUB_RN, "dd>d") BI("dmul_rn", MUL_RN, "dd>d") BI("ddiv_rn", DIV_RN, "dd>d")
    BI("fadd_rn", ADD_RN, "ff>f") BI("fsub_rn", SUB_RN, "ff>f") BI("fmul_rn", MUL_RN, "ff>f") BI("fdiv_rn", DIV_RN, "ff>f")
    BI("abs", ABS, "i>i") BI("llabs", ABS, "l>l") BI("min", MIN, "ii>i") BI("max", MAX, "ii>i") BI("umin", MIN, "uu>u")
    BI("umax", MAX, "uu>u") BI("llmin", MIN, "ll>l") BI("llmax", MAX, "ll>l") BI("ullmin", MIN, "LL>L")
    BI("ullmax", MAX, "LL>L")
    BI("isnand", ISNAN, "d>i") BI("isnanf", ISNAN, "f>i") BI("isinfd", ISINF, "d>i") BI("isinff", ISINF, "f>i")
    BI("isfinited", ISFINITE, "d>i") BI("finitef", ISFINITE, "f>i") BI("signbitd", SIGNBIT, "d>i")
    BI("signbitf", SIGNBIT, "f>i")
    BI("popc", POPC, "i>i") BI("popcll", POPCLL, "l>i") BI("clz", CLZ, "i>i") BI("clzll", CLZLL, "l>i") BI("ffs", FFS, "i>i")
    BI("ffsll", FFSLL, "l>i") BI("brev", BREV, "i>i") BI("brevll", BREVLL, "l>l") BI("byte_perm", BYTE_PERM, "iii>i")
    BI("mulhi", MULHI, "ii>i") BI("umulhi", UMULHI, "ii>i") BI("mul64hi", MUL64HI, "ll>l") BI("umul64hi", UMUL64HI, "ll>l")
    BI("mul24", MUL24, "ii>i") BI("umul24", UMUL24, "ii>i") BI("sad", SAD, "iii>i") BI("usad", USAD, "iii>i")
    BI("float_as_int", FLOAT_AS_INT, "f>i") BI("int_as_float", INT_AS_FLOAT, "i>f")
    BI("float_as_uint", FLOAT_AS_UINT, "f>u") BI("uint_as_float", UINT_AS_FLOAT, "u>f")
    BI("double_as_longlong", DOUBLE_AS_LL, "d>l") BI("longlong_as_double", LL_AS_DOUBLE, "l>d")
    ROUNDED("float", "int", "f>i") ROUNDED("float", "uint", "f>u") ROUNDED("float", "ll", "f>l") ROUNDED("float", "ull", "f>L")
    ROUNDED("double", "int", "d>i") ROUNDED("double", "uint", "d>u") ROUNDED("double", "ll", "d>l")
    ROUNDED("double", "ull", "d>L")
    CVT("double2float_rn", -1, "d>f") CVT("int2float_rn", -1, "i>f") CVT("uint2float_rn", -1, "u>f") CVT("ll2float_rn", -1, "l>f")
    CVT("ull2float_rn", -1, "L>f") CVT("int2double_rn", -1, "i>d") CVT("uint2double_rn", -1, "u>d") CVT("ll2double_rn", -1, "l>d")
    CVT("ull2double_rn", -1, "L>d") CVT("llrint", WF_BI_RINT, "d>l") CVT("llrintf", WF_BI_RINT, "f>l")
    LIB("frcp_rn", "f>f", "frcp_rn") LIB("drcp_rn", "d>d", "drcp_rn")
    LIB("double2hiint", "d>i", "double2hiint") LIB("double2loint", "d>i", "double2loint")
    LIB("hiloint2double", "ii>d", "hiloint2double") LIB("hadd", "ii>i", "average") LIB("rhadd", "ii>i", "raverage")
    LIB("uhadd", "uu>u", "uaverage") LIB("urhadd", "uu>u", "uraverage")
    LIB("half2float", "H>f", "half2float") LIB("float2half_rn", "f>H", "float2half")
    DIRECTED("fadd", "ff>f") DIRECTED("fsub", "ff>f") DIRECTED("fmul", "ff>f") DIRECTED("fdiv", "ff>f") DIRECTED("frcp", "f>f")
    DIRECTED("fsqrt", "f>f") DIRECTED("fmaf", "fff>f") DIRECTED("dadd", "dd>d") DIRECTED("dsub", "dd>d") DIRECTED("dmul", "dd>d")
    DIRECTED("ddiv", "dd>d") DIRECTED("drcp", "d>d") DIRECTED("dsqrt", "d>d") DIRECTED("fma", "ddd>d")
    DIRECTED("double2float", "d>f") DIRECTED("int2float", "i>f") DIRECTED("uint2float", "u>f") DIRECTED("ll2float", "l>f")
    DIRECTED("ull2float", "L>f") DIRECTED("ll2double", "l>d") DIRECTED("ull2double", "L>d")
};

static const row fp16[] = {
    OP("hadd", ADD, "hh>h") OP("hsub", SUB, "hh>h") OP("hmul", MUL, "hh>h") OP("hdiv", DIV, "hh>h") OP("hneg", NEG, "h>h")
    OP("heq", EQ, "hh>b") OP("hne", NE, "hh>b") OP("hge", GE, "hh>b") OP("hgt", GT, "hh>b") OP("hle", LE, "hh>b")
    OP("hlt", LT, "hh>b")
    BI("hfma", FMA, "hhh>h") BI("habs", FABS, "h>h") BI("hmax", FMAX, "hh>h") BI("hmin", FMIN, "hh>h")
    BI("hsqrt", SQRT, "h>h") BI("hfloor", FLOOR, "h>h") BI("hceil", CEIL, "h>h") BI("htrunc", TRUNC, "h>h")
    BI("hrint", RINT, "h>h")
    HALF("hsin", "f16_sinf") HALF("hcos", "f16_cosf") HALF("hlog", "f16_logf") HALF("hlog10", "f16_log10f") HALF("hlog2", "f16_log2f")
    HALF("hexp", "f16_expf") HALF("hexp10", "f16_exp10f") HALF("hexp2", "f16_exp2f") HALF("hrsqrt", "f16_rsqrtf") HALF("hrcp", NULL)
};

/* What else cuda.bf16 has is made of these (weft/cuda/bf16.py). */
static const row bf16[] = {
    OP("hadd", ADD, "xx>x") OP("hsub", SUB, "xx>x") OP("hmul", MUL, "xx>x") OP("hdiv", DIV, "xx>x") OP("hneg", NEG, "x>x")
    OP("heq", EQ, "xx>b") OP("hne", NE, "xx>b") OP("hge", GE, "xx>b") OP("hgt", GT, "xx>b") OP("hle", LE, "xx>b")
    OP("hlt", LT, "xx>b")
    BI("hfma", FMA, "xxx>x") BI("habs", FABS, "x>x") BI("hmax", FMAX, "xx>x") BI("hmin", FMIN, "xx>x")
    BI("hsqrt", SQRT, "x>x") BI("hfloor", FLOOR, "x>x") BI("hceil", CEIL, "x>x") BI("htrunc", TRUNC, "x>x")
    BI("hrint", RINT, "x>x") BI("bfloat16_as_ushort", BFLOAT_AS_USHORT, "x>H")
    BI("ushort_as_bfloat16", USHORT_AS_BFLOAT, "H>x") CVT("bfloat162float", -1, "x>f")
    BHALF("hsin", "bf16_sinf") BHALF("hcos", "bf16_cosf") BHALF("hlog", "bf16_logf") BHALF("hlog10", "bf16_log10f")
    BHALF("hlog2", "bf16_log2f") BHALF("hexp", "bf16_expf") BHALF("hexp10", "bf16_exp10f") BHALF("hexp2", "bf16_exp2f")
    BHALF("hrsqrt", "bf16_rsqrtf") BHALF("htanh", "bf16_tanhf") BHALF("hrcp", NULL)
};
/* clang-format on */

static const wf_pf_type *type_of_letter(wf_pf_body *b, char letter) {
    return wf_pf_type_scalar(&b->l->types, letter == 'u'   ? 'I'
                                           : letter == 'h' ? 'e'
                                           : letter == 'b' ? '?'
                                           : letter == 'x' ? 'E'
                                                           : letter);
}

static wf_expr *to_result(wf_pf_body *b, wf_expr *e, const wf_pf_type *type, wf_place at) {
    return wf_make_cast(b->l->u, wf_pf_ctype(b->l, type), e, at);
}

/* A library function whose further results come through pointers. */
static wf_pf_val call_with_outputs(wf_pf_body *b, const row *r, wf_expr **args, uint32_t count,
                                   const char *result, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val items[4];
    wf_var *vars[4];
    uint32_t n = 0, first = *result != ',';
    const wf_pf_type *type = first ? type_of_letter(b, *result) : NULL;
    const char *outputs = result + first + 1;
    for (; outputs[n]; n++) {
        const wf_type *c = wf_pf_ctype(b->l, type_of_letter(b, outputs[n]));
        vars[n] = wf_pf_temp(b, "part", c, NULL, at);
        args[count + n] = wf_make_addr(u, wf_make_var(u, vars[n], at), at);
    }
    const char *name = wf_arena_printf(&u->arena, "wf_%s", r->stem);
    const wf_type *c = type ? wf_pf_ctype(b->l, type) : wf_type_scalar(u, WF_TY_VOID);
    wf_expr *call = wf_pf_library_exact(b, name, c, args, count + n, at);
    if (type) items[0] = wf_pf_scalar(b, type, wf_make_var(u, wf_pf_temp(b, "result", c, call, at), at));
    else wf_pf_emit(b, call);
    for (uint32_t i = 0; i < n; i++)
        items[first + i] = wf_pf_scalar(b, type_of_letter(b, outputs[i]), wf_make_var(u, vars[i], at));
    wf_pf_val *kept = WF_NEW_ARRAY(&u->arena, wf_pf_val, n + 1);
    memcpy(kept, items, sizeof *kept * (n + first));
    return wf_pf_tuple(b, kept, n + first);
}

static wf_pf_val half_op(wf_pf_body *b, const row *r, wf_expr **args, wf_place at) {
    const wf_pf_type *half = type_of_letter(b, *r->sig);
    wf_pf_val x = wf_pf_scalar(b, half, args[0]), y = wf_pf_scalar(b, half, args[1]);
    wf_pf_op op = (wf_pf_op)r->id;
    if (op == WF_PF_NEG) return wf_pf_unary(b, op, x, at);
    if (op >= WF_PF_LT && op <= WF_PF_NE) return wf_pf_compare(b, op, x, y, at);
    return wf_pf_binary(b, op, x, y, at);
}

static wf_pf_val half_function(wf_pf_body *b, const row *r, wf_expr *x, wf_place at) {
    const wf_pf_type *single = type_of_letter(b, 'f'), *half = type_of_letter(b, *r->sig);
    const wf_type *c = wf_pf_ctype(b->l, single);
    x = wf_make_convert(b->l->u, c, x, at);
    wf_expr *e =
        r->stem ? wf_pf_library_exact(b, wf_arena_printf(&b->l->u->arena, "wf_%s", r->stem), c, &x, 1, at)
                : wf_make_binary(b->l->u, WF_OP_DIV, wf_make_float(b->l->u, c, 1, at), x, at);
    return wf_pf_scalar(b, half, to_result(b, e, half, at));
}

static wf_pf_val call_row(wf_pf_body *b, const row *r, wf_pf_args *args, const char *name) {
    wf_expr *values[8];
    const char *result = strchr(r->sig, '>') + 1;
    uint32_t count = (uint32_t)(result - 1 - r->sig);
    if (args->count != count)
        return wf_pf_error(b, args->at, NULL, "%s() takes %u argument(s), got %u", name, count, args->count);
    for (uint32_t i = 0; i < count; i++) {
        if (!wf_pf_is_real(args->v[i].type))
            return wf_pf_error(b, args->at, NULL, "%s() got %s, expected a number", name,
                               wf_pf_spell(b, args->v[i]));
        values[i] = wf_pf_number(b, args->v[i], type_of_letter(b, r->sig[i]), args->at);
    }
    if (strchr(result, ',')) return call_with_outputs(b, r, values, count, result, args->at);
    const wf_pf_type *type = type_of_letter(b, *result);
    switch ((how)r->how) {
    case HALF_OP: return half_op(b, r, values, args->at);
    case HALF_LIB: return half_function(b, r, values[0], args->at);
    case LIBRARY:
        return wf_pf_scalar(b, type,
                            wf_pf_library_exact(b, wf_arena_printf(&b->l->u->arena, "wf_%s", r->stem),
                                                wf_pf_ctype(b->l, type), values, count, args->at));
    case CAST:
        if (r->id >= 0) values[0] = wf_make_builtin(b->l->u, (wf_builtin)r->id, values, 1, args->at);
        return wf_pf_scalar(b, type, to_result(b, values[0], type, args->at));
    default:
        return wf_pf_scalar(b, type,
                            to_result(b, wf_make_builtin(b->l->u, (wf_builtin)r->id, values, count, args->at),
                                      type, args->at));
    }
}

/* The tables by their prefixes. */
static const struct {
    const char *prefix;
    const row *rows;
    size_t count;
} tables[] = {{"cuda.libdevice.", libdevice, sizeof libdevice / sizeof *libdevice},
              {"cuda.fp16.", fp16, sizeof fp16 / sizeof *fp16},
              {"cuda.bf16.", bf16, sizeof bf16 / sizeof *bf16}};

wf_pf_val wf_pf_call_libdevice(wf_pf_body *b, const char *name, wf_pf_args *args, int *found) {
    *found = 1;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        size_t length = strlen(tables[t].prefix);
        if (strncmp(name, tables[t].prefix, length) != 0) continue;
        for (size_t i = 0; i < tables[t].count; i++)
            if (!strcmp(tables[t].rows[i].name, name + length))
                return call_row(b, &tables[t].rows[i], args, name);
    }
    *found = 0;
    return wf_pf_unknown(b);
}

const char *wf_pf_libdevice_name(const char *prefix, size_t index) {
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        if (!strcmp(prefix, tables[t].prefix))
            return index < tables[t].count ? tables[t].rows[index].name : NULL;
    return NULL;
}
