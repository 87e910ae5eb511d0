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
    X(LOG1P, log1p) X(ARCSIN, asin) X(ARCCOS, acos) X(ARCTAN, atan)      \
    X(SINH, sinh) X(COSH, cosh) X(TANH, tanh) X(ARCSINH, asinh) X(ARCCOSH, acosh) X(ARCTANH, atanh)          \
    X(ERF, erf) X(ERFC, erfc) X(GAMMA, tgamma) X(GAMMALN, lgamma) X(NDTRI, normcdfinv)                     \
    X(FREXP_MANTISSA, mantissa) X(I0, cyl_bessel_i0)
#define TRIG(X) X(SIN, sin) X(COS, cos) X(TAN, tan)
#define BINARY(X) X(HYPOT, hypot) X(NEXTAFTER, nextafter) X(LDEXP, scaled)
#define RARE2(X) X(FMOD, fmod) X(POWER, pow) X(ARCTAN2, atan2)
#define RARE(X) TRIG(X) RARE2(X)

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

WF_LOOP1(binary_exponent_f32, float, int, wf_binary_exponentf(x))
WF_LOOP1(binary_exponent_f64, double, int, wf_binary_exponent(x))

/* Functions with a rare branch that would keep the loop from being vectorised: a block without an element
 * that needs it takes the form without (the same bits). `far` is the condition over an element. */
enum { NEAR_BLOCK = 1024 };
#define NEAR_LOOP(name, T, inputs, far, near_value, value)                                                   \
    WF_CLONED(name, WF_LOOP_PARAMETERS, (o, in, n), {                                                        \
        for (int64_t from = 0; from < n; from += NEAR_BLOCK) {                                               \
            int64_t count = n - from < NEAR_BLOCK ? n - from : NEAR_BLOCK;                                   \
            T *out = (T *)o + from;                                                                          \
            const T *a = (const T *)in[0] + from, *b = inputs > 1 ? (const T *)in[inputs - 1] + from : a;    \
            int rare = 0;                                                                                    \
            for (int64_t i = 0; i < count; i++) {                                                            \
                T x = a[i], y = b[i];                                                                        \
                (void)y;                                                                                     \
                rare |= (far);                                                                               \
            }                                                                                                \
            if (rare) {                                                                                      \
                for (int64_t i = 0; i < count; i++) {                                                        \
                    T x = a[i], y = b[i];                                                                    \
                    (void)y;                                                                                 \
                    out[i] = (value);                                                                        \
                }                                                                                            \
                continue;                                                                                    \
            }                                                                                                \
            WF_EACH(i, count) {                                                                              \
                T x = a[i], y = b[i];                                                                        \
                (void)y;                                                                                     \
                out[i] = (near_value);                                                                       \
            }                                                                                                \
        }                                                                                                    \
    })
#define TRIG32(op, name)                                                                                     \
    NEAR_LOOP(name##_f32, float, 1, wf_fabsf(x) >= WF_TRIG_LIMITF, wf_near_##name##f(x), wf_##name##f(x))
#define TRIG64(op, name)                                                                                     \
    NEAR_LOOP(name##_f64, double, 1, wf_fabs(x) >= WF_TRIG_LIMIT, wf_near_##name(x), wf_##name(x))
TRIG(TRIG32)
TRIG(TRIG64)
#define RARE64(op, name)                                                                                     \
    NEAR_LOOP(name##_f64, double, 2, wf_##name##_far(x, y), wf_near_##name(x, y), wf_##name(x, y))
#define RARE32(op, name) WF_LOOP2(name##_f32, float, float, wf_##name##f(x, y))
RARE2(RARE64)
RARE2(RARE32)

/* Python's rules, as in fuse/lower.c. */
#define DIVISION(t, T, s)                                                                                    \
    static inline T floor_quotient_##t(T x, T y, T m) { /* m: fmod(x, y) */                                  \
        T q = (x - m) / y, ratio = x / y;                                                                    \
        q = ((m != 0) & ((m < 0) != (y < 0))) ? q - 1 : q;                                                   \
        T f = wf_floor##s(q);                                                                                \
        f = q - f > (T)0.5 ? f + 1 : f;                                                                      \
        f = q != 0 ? f : wf_copysign##s(0, ratio);                                                           \
        return y != 0 ? f : ratio;                                                                           \
    }                                                                                                        \
    static inline T floor_rest_##t(T y, T m) {                                                               \
        T moved = ((m != 0) & ((m < 0) != (y < 0))) ? m + y : m;                                             \
        return m == 0 ? wf_copysign##s(0, y) : moved;                                                        \
    }                                                                                                        \
    static inline T sum_of_logs_##t(T x, T y) {                                                              \
        T d = x - y, more = x > y ? x : y, sum = more + wf_log1p##s(wf_exp##s(-wf_fabs##s(d)));              \
        T other = d != d ? d : sum;                                                                          \
        return x == y ? x + (T)0.693147180559945286 : other;                                                 \
    }                                                                                                        \
    static inline T sum_of_logs2_##t(T x, T y) {                                                             \
        T d = x - y, tail = wf_log1p##s(wf_exp2##s(-wf_fabs##s(d))) * (T)1.4426950408889634;                 \
        T more = x > y ? x : y, other = d != d ? d : more + tail;                                            \
        return x == y ? x + 1 : other;                                                                       \
    }                                                                                                        \
    WF_LOOP2(logaddexp_##t, T, T, sum_of_logs_##t(x, y))                                                     \
    WF_LOOP2(logaddexp2_##t, T, T, sum_of_logs2_##t(x, y))
FLOATS(DIVISION)
WF_LOOP2(floor_divide_f32, float, float, floor_quotient_f32(x, y, wf_fmodf(x, y)))
WF_LOOP2(remainder_f32, float, float, floor_rest_f32(y, wf_fmodf(x, y)))
NEAR_LOOP(floor_divide_f64, double, 2, wf_fmod_far(x, y), floor_quotient_f64(x, y, wf_near_fmod(x, y)),
          floor_quotient_f64(x, y, wf_fmod(x, y)))
NEAR_LOOP(remainder_f64, double, 2, wf_fmod_far(x, y), floor_rest_f64(y, wf_near_fmod(x, y)),
          floor_rest_f64(y, wf_fmod(x, y)))

#define ROW32(op, name) [WF_UF_##op] = name##_f32,
#define ROW64(op, name) [WF_UF_##op] = name##_f64,
#define OWN(X)                                                                                               \
    X(FLOOR_DIVIDE, floor_divide) X(REMAINDER, remainder) X(LOGADDEXP, logaddexp) X(LOGADDEXP2, logaddexp2)  \
    X(FREXP_EXPONENT, binary_exponent)
static wf_loop *const table_f32[WF_UF_COUNT] = {UNARY(ROW32) RARE(ROW32) BINARY(ROW32) OWN(ROW32)};
static wf_loop *const table_f64[WF_UF_COUNT] = {UNARY(ROW64) RARE(ROW64) BINARY(ROW64) OWN(ROW64)};

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
