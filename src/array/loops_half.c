/* array/loops_half.c: functions of 16-bit floats are float32's, rounded again; these loops put right, before
 * that, what would not be the nearest number (device/f16_exact.h). */
#include "array/loops.h"
#include "device/f16_exact.h"

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
