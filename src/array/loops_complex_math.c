/* array/loops_complex_math.c: functions of complex64 and complex128: the device library's, element by
 * element.
 *
 * They branch, so nothing is vectorised; what they gain from is the fma instruction. Hence two copies, with
 * and without it, where other loops have three. */
#include "array/loops.h"
#include "device/complex128.h"
#include "device/complex64.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__ELF__) &&                   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#undef WF_CLONED
#define WF_CLONED(name, parameters, names, ...)                                                              \
    __attribute__((target_clones("arch=x86-64-v3", "default"))) static void name parameters __VA_ARGS__
#endif

/* Tables and macros, laid out by hand. */
/* clang-format off */

#define UNARY(X)                                                                                             \
    X(EXP, exp) X(EXP2, exp2) X(EXPM1, expm1) X(LOG, log) X(LOG2, log2) X(LOG10, log10) X(LOG1P, log1p)      \
    X(SQRT, sqrt) X(SIN, sin) X(COS, cos) X(TAN, tan) X(ARCSIN, asin) X(ARCCOS, acos) X(ARCTAN, atan)        \
    X(SINH, sinh) X(COSH, cosh) X(TANH, tanh) X(ARCSINH, asinh) X(ARCCOSH, acosh) X(ARCTANH, atanh)

#define LOOPS(op, name)                                                                                      \
    WF_LOOP1(name##_c64, wf_c64, wf_c64, wf_c##name##f(x))                                                   \
    WF_LOOP1(name##_c128, wf_c128, wf_c128, wf_c##name(x))
UNARY(LOOPS)
WF_LOOP2(pow_c64, wf_c64, wf_c64, wf_cpowf(x, y))
WF_LOOP2(pow_c128, wf_c128, wf_c128, wf_cpow(x, y))
WF_LOOP1(rint_c64, wf_c64, wf_c64, wf_complexf(wf_rintf(x.x), wf_rintf(x.y)))
WF_LOOP1(rint_c128, wf_c128, wf_c128, wf_complex(wf_rint(x.x), wf_rint(x.y)))

#define ROW64(op, name) [WF_UF_##op] = name##_c64,
#define ROW128(op, name) [WF_UF_##op] = name##_c128,
static wf_loop *const table_c64[WF_UF_COUNT] = {UNARY(ROW64) ROW64(POWER, pow) ROW64(RINT, rint)};
static wf_loop *const table_c128[WF_UF_COUNT] = {UNARY(ROW128) ROW128(POWER, pow) ROW128(RINT, rint)};

wf_loop *loop_complex_math(wf_ufunc op, wf_dtype t) {
    return t == WF_DT_COMPLEX64 ? table_c64[op] : table_c128[op];
}
