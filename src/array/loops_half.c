/* array/loops_half.c: 16-bit floats to and from float32 and float64, as vector code; and their functions,
 * which are float32's, rounded again: these loops put right, before that, what would not be the nearest
 * number (device/f16_exact.h). */
#include "array/loops.h"
#include "device/f16_exact.h"
#include "device/half.h"

/* Tables and macros, laid out by hand. */
/* clang-format off */

#define FUNCTIONS(X)                                                                                         \
    X(CBRT, cbrt) X(EXP, exp) X(EXP2, exp2) X(EXPM1, expm1) X(LOG, log) X(LOG2, log2) X(LOG10, log10)        \
    X(LOG1P, log1p) X(SIN, sin) X(COS, cos) X(TAN, tan) X(ARCSIN, asin) X(ARCCOS, acos) X(ARCTAN, atan)      \
    X(SINH, sinh) X(COSH, cosh) X(TANH, tanh) X(ARCSINH, asinh) X(ARCCOSH, acosh) X(ARCTANH, atanh)          \
    X(ERF, erf) X(ERFC, erfc) X(GAMMA, tgamma) X(GAMMALN, lgamma) X(NDTRI, normcdfinv)

#define LOOPS(op, name)                                                                                      \
    WF_LOOP2(name##_f16, float, float, wf_f16_nearest_##name(x, y))                                          \
    WF_LOOP2(name##_bf16, float, float, wf_bf16_nearest_##name(x, y))
FUNCTIONS(LOOPS)
#define ROW_F16(op, name) [WF_UF_##op] = name##_f16,
#define ROW_BF16(op, name) [WF_UF_##op] = name##_bf16,
static wf_loop *const table_f16[WF_UF_COUNT] = {FUNCTIONS(ROW_F16)};
static wf_loop *const table_bf16[WF_UF_COUNT] = {FUNCTIONS(ROW_BF16)};

wf_loop *wf_loop_nearest(wf_ufunc op, wf_dtype t) {
    return t == WF_DT_FLOAT16 ? table_f16[op] : t == WF_DT_BFLOAT16 ? table_bf16[op] : NULL;
}

#define CASTS(name, of)                                                                                      \
    WF_LOOP1(name##_to_f32, uint16_t, float, wf_##of##2float(x))                                             \
    WF_LOOP1(name##_to_f64, uint16_t, double, wf_##of##2double(x))                                           \
    WF_LOOP1(f32_to_##name, float, uint16_t, wf_float2##of(x))                                               \
    WF_LOOP1(f64_to_##name, double, uint16_t, wf_double2##of(x))
CASTS(f16, half)
CASTS(bf16, bfloat16)

wf_loop *loop_cast_half(wf_dtype from, wf_dtype to) {
    int single = from == WF_DT_FLOAT32 || to == WF_DT_FLOAT32;
    if (!single && from != WF_DT_FLOAT64 && to != WF_DT_FLOAT64) return NULL;
    if (from == WF_DT_FLOAT16) return single ? f16_to_f32 : f16_to_f64;
    if (from == WF_DT_BFLOAT16) return single ? bf16_to_f32 : bf16_to_f64;
    if (to == WF_DT_FLOAT16) return single ? f32_to_f16 : f64_to_f16;
    if (to == WF_DT_BFLOAT16) return single ? f32_to_bf16 : f64_to_bf16;
    return NULL;
}
