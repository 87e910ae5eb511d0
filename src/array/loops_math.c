/* array/loops_math.c: functions of the device library over float32 and float64, and division with a floor,
 * which needs its fmod. The library's text is compiled into the loops, so that the compiler can vectorise
 * what has no branches. */
#include "array/loops.h"
#include "device/wf_device_all.h"
#include "runtime/runtime.h"

/* Tables and macros, laid out by hand. */
/* clang-format off */

#define FLOATS(X) X(f32, float, f) X(f64, double, )

#define UNARY(X)                                                                                           \
    X(CBRT, cbrt) X(EXP, exp) X(EXP2, exp2) X(EXPM1, expm1) X(LOG, log) X(LOG2, log2) X(LOG10, log10)        \
    X(LOG1P, log1p) X(SIN, sin) X(COS, cos) X(TAN, tan) X(ARCSIN, asin) X(ARCCOS, acos) X(ARCTAN, atan)      \
    X(SINH, sinh) X(COSH, cosh) X(TANH, tanh) X(ARCSINH, asinh) X(ARCCOSH, acosh) X(ARCTANH, atanh)          \
    X(ERF, erf) X(ERFC, erfc) X(GAMMA, tgamma) X(GAMMALN, lgamma) X(NDTRI, normcdfinv)
#define BINARY(X) X(POWER, pow) X(ARCTAN2, atan2) X(HYPOT, hypot) X(FMOD, fmod) X(NEXTAFTER, nextafter)

#define F32(op, name) WF_LOOP1(name##_f32, float, float, wf_##name##f(x))
#define F64(op, name) WF_LOOP1(name##_f64, double, double, wf_##name(x))
UNARY(F32)
UNARY(F64)
#undef F32
#undef F64
#define F32(op, name) WF_LOOP2(name##_f32, float, float, wf_##name##f(x, y))
#define F64(op, name) WF_LOOP2(name##_f64, double, double, wf_##name(x, y))
BINARY(F32)
BINARY(F64)
#undef F32
#undef F64

/* Python's rules, as in fuse/lower.c. */
#define DIVISION(t, T, s)                                                                                    \
    static inline T floor_quotient_##t(T x, T y) {                                                           \
        T m = wf_fmod##s(x, y), q = (x - m) / y, ratio = x / y;                                              \
        q = ((m != 0) & ((m < 0) != (y < 0))) ? q - 1 : q;                                                   \
        T f = wf_floor##s(q);                                                                                \
        f = q - f > (T)0.5 ? f + 1 : f;                                                                      \
        f = q != 0 ? f : wf_copysign##s(0, ratio);                                                           \
        return y != 0 ? f : ratio;                                                                           \
    }                                                                                                        \
    static inline T floor_rest_##t(T x, T y) {                                                               \
        T m = wf_fmod##s(x, y);                                                                              \
        T moved = ((m != 0) & ((m < 0) != (y < 0))) ? m + y : m;                                             \
        return m == 0 ? wf_copysign##s(0, y) : moved;                                                        \
    }                                                                                                        \
    WF_LOOP2(floor_divide_##t, T, T, floor_quotient_##t(x, y))                                               \
    WF_LOOP2(remainder_##t, T, T, floor_rest_##t(x, y))                                                      \
    static inline T more_##t(T x, T y) { return x != x ? y : y != y ? x : x > y ? x : y; }                   \
    static inline T sum_of_logs_##t(T x, T y) {                                                              \
        T d = x - y, sum = more_##t(x, y) + wf_log1p##s(wf_exp##s(-wf_fabs##s(d)));                          \
        return x == y ? x + (T)0.693147180559945286 : d != d ? d : sum;                                      \
    }                                                                                                        \
    static inline T sum_of_logs2_##t(T x, T y) {                                                             \
        T d = x - y, tail = wf_log1p##s(wf_exp2##s(-wf_fabs##s(d))) * (T)1.4426950408889634;                 \
        return x == y ? x + 1 : d != d ? d : more_##t(x, y) + tail;                                          \
    }                                                                                                        \
    WF_LOOP2(logaddexp_##t, T, T, sum_of_logs_##t(x, y))                                                     \
    WF_LOOP2(logaddexp2_##t, T, T, sum_of_logs2_##t(x, y))
FLOATS(DIVISION)

#define ROW32(op, name) [WF_UF_##op] = name##_f32,
#define ROW64(op, name) [WF_UF_##op] = name##_f64,
#define OWN(X)                                                                                               \
    X(FLOOR_DIVIDE, floor_divide) X(REMAINDER, remainder) X(LOGADDEXP, logaddexp) X(LOGADDEXP2, logaddexp2)
static wf_loop *const table_f32[WF_UF_COUNT] = {UNARY(ROW32) BINARY(ROW32) OWN(ROW32)};
static wf_loop *const table_f64[WF_UF_COUNT] = {UNARY(ROW64) BINARY(ROW64) OWN(ROW64)};

wf_loop *loop_math(wf_ufunc op, wf_dtype t) {
    if (t != WF_DT_FLOAT32) return table_f64[op];
    wf_loop *exact = wf_exact() ? loop_exact(op) : NULL;
    return exact ? exact : table_f32[op];
}

WF_LOOP2(random_bits32_u64, uint64_t, uint32_t, wf_random_bits32(x, y))
WF_LOOP2(random_bits64_u64, uint64_t, uint64_t, wf_random_bits64(x, y))
#define DRAW(name) WF_LOOP1(name##_u32, uint32_t, float, wf_##name##f(x)) WF_LOOP1(name##_u64, uint64_t, double, wf_##name(x))
DRAW(uniform)
DRAW(uniform_oc)
DRAW(normal)

wf_loop *loop_random(wf_ufunc op, wf_dtype t) {
    int small = t == WF_DT_UINT32;
    switch (op) {
    case WF_UF_RANDOM32: return random_bits32_u64;
    case WF_UF_RANDOM64: return random_bits64_u64;
    case WF_UF_UNIFORM: return small ? uniform_u32 : uniform_u64;
    case WF_UF_UNIFORM_OPEN: return small ? uniform_oc_u32 : uniform_oc_u64;
    case WF_UF_NORMAL: return small ? normal_u32 : normal_u64;
    default: return NULL;
    }
}
