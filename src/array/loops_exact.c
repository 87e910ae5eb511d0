/* array/loops_exact.c: the correctly rounded float32 functions of the device library, for the setting EXACT.
 */
#include "array/loops.h"
#include "device/wf_device_all.h"

/* Tables and macros, laid out by hand. */
/* clang-format off */

#define ROUNDED(X)                                                                                           \
    X(CBRT, cbrt) X(EXP, exp) X(EXP2, exp2) X(EXPM1, expm1) X(LOG, log) X(LOG2, log2) X(LOG10, log10)        \
    X(LOG1P, log1p) X(SIN, sin) X(COS, cos) X(TAN, tan) X(ARCSIN, asin) X(ARCCOS, acos) X(ARCTAN, atan)      \
    X(SINH, sinh) X(COSH, cosh) X(TANH, tanh) X(ARCSINH, asinh) X(ARCCOSH, acosh) X(ARCTANH, atanh)          \
    X(ERF, erf) X(ERFC, erfc) X(GAMMA, tgamma) X(NDTRI, normcdfinv)

#define LOOP(op, name) WF_LOOP1(name##_f32, float, float, wf_cr_##name##f(x))
ROUNDED(LOOP)
#define ROW(op, name) [WF_UF_##op] = name##_f32,
static wf_loop *const table[WF_UF_COUNT] = {ROUNDED(ROW)};

wf_loop *loop_exact(wf_ufunc op) { return table[op]; }
