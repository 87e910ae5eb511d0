/* array/loops_complex.c: complex64 and complex128; the formulas of fuse/complex.c. */
#include "array/loops.h"
#include <math.h>

/* Tables and macros, laid out by hand. */
/* clang-format off */

typedef struct c64 {
    float re, im;
} c64;
typedef struct c128 {
    double re, im;
} c128;
#define COMPLEXES(X) X(c64, float, f) X(c128, double, )

#define HELPERS(C, T, s)                                                                                     \
    static inline C times_##C(C x, C y) {                                                                    \
        return (C){x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};                                    \
    }                                                                                                        \
    static inline C over_##C(C x, C y) {                                                                     \
        T ac = __builtin_fabs##s(y.re), ad = __builtin_fabs##s(y.im);                                        \
        int wide = ac >= ad;                                                                                 \
        T big = wide ? y.re : y.im, small = wide ? y.im : y.re, ratio = small / big;                         \
        T scale = (T)1 / (big + small * ratio), p = wide ? x.re : x.im, q = wide ? x.im : x.re;              \
        T r = p + q * ratio, i = wide ? x.im - x.re * ratio : x.im * ratio - x.re;                           \
        if (y.re == 0 && y.im == 0) return (C){x.re / ac, x.im / ac};                                        \
        return (C){r * scale, i * scale};                                                                    \
    }                                                                                                        \
    static inline C reciprocal_of_##C(C x) { /* NumPy's, without the first numerator */                      \
        int wide = __builtin_fabs##s(x.im) <= __builtin_fabs##s(x.re);                                       \
        T big = wide ? x.re : x.im, small = wide ? x.im : x.re, ratio = small / big;                         \
        T below = big + small * ratio;                                                                       \
        return (C){(wide ? (T)1 : ratio) / below, (wide ? -ratio : (T)-1) / below};                          \
    }

/* As NumPy: the real parts decide only where both imaginary parts are numbers. */
#define ORDERED(x, y) ((x).im == (x).im && (y).im == (y).im)

#define IS_NAN(x) ((x).re != (x).re || (x).im != (x).im)
#define NOT_BELOW(x, y) (((x).re > (y).re && ORDERED(x, y)) || ((x).re == (y).re && (x).im >= (y).im))

#define LOOPS(C, T, s)                                                                                       \
    HELPERS(C, T, s)                                                                                         \
    WF_LOOP2(add_##C, C, C, ((C){x.re + y.re, x.im + y.im}))                                                 \
    WF_LOOP2(subtract_##C, C, C, ((C){x.re - y.re, x.im - y.im}))                                            \
    WF_LOOP2(multiply_##C, C, C, times_##C(x, y))                                                            \
    WF_LOOP2(divide_##C, C, C, over_##C(x, y))                                                               \
    WF_LOOP1(square_##C, C, C, times_##C(x, x))                                                              \
    WF_LOOP1(reciprocal_##C, C, C, reciprocal_of_##C(x)  )                                                   \
    WF_LOOP1(negative_##C, C, C, ((C){-x.re, -x.im}))                                                        \
    WF_LOOP1(positive_##C, C, C, x)                                                                          \
    WF_LOOP1(conjugate_##C, C, C, ((C){x.re, -x.im}))                                                        \
    WF_LOOP1(real_##C, C, T, x.re)                                                                           \
    WF_LOOP1(imag_##C, C, T, x.im)                                                                           \
    WF_LOOP2(equal_##C, C, uint8_t, x.re == y.re && x.im == y.im)                                            \
    WF_LOOP2(not_equal_##C, C, uint8_t, x.re != y.re || x.im != y.im)                                        \
    WF_LOOP2(less_##C, C, uint8_t, (x.re < y.re && ORDERED(x, y)) || (x.re == y.re && x.im < y.im))          \
    WF_LOOP2(less_equal_##C, C, uint8_t, (x.re < y.re && ORDERED(x, y)) || (x.re == y.re && x.im <= y.im))   \
    WF_LOOP2(greater_##C, C, uint8_t, (x.re > y.re && ORDERED(x, y)) || (x.re == y.re && x.im > y.im))       \
    WF_LOOP2(greater_equal_##C, C, uint8_t,                                                                  \
             (x.re > y.re && ORDERED(x, y)) || (x.re == y.re && x.im >= y.im))                               \
    WF_LOOP2(logical_and_##C, C, uint8_t, (x.re != 0 || x.im != 0) && (y.re != 0 || y.im != 0))              \
    WF_LOOP2(logical_or_##C, C, uint8_t, (x.re != 0 || x.im != 0) || (y.re != 0 || y.im != 0))               \
    WF_LOOP2(logical_xor_##C, C, uint8_t, (x.re != 0 || x.im != 0) != (y.re != 0 || y.im != 0))              \
    WF_LOOP1(logical_not_##C, C, uint8_t, x.re == 0 && x.im == 0)                                            \
    WF_LOOP2(maximum_##C, C, C, IS_NAN(x) || NOT_BELOW(x, y) ? x : y)                                         \
    WF_LOOP2(minimum_##C, C, C, IS_NAN(x) || NOT_BELOW(y, x) ? x : y)                                        \
    WF_LOOP2(fmax_##C, C, C, IS_NAN(y) || NOT_BELOW(x, y) ? x : y)                                           \
    WF_LOOP2(fmin_##C, C, C, IS_NAN(y) || NOT_BELOW(y, x) ? x : y)                                           \
    WF_LOOP1(isnan_##C, C, uint8_t, x.re != x.re || x.im != x.im)                                            \
    WF_LOOP1(isinf_##C, C, uint8_t, isinf(x.re) || isinf(x.im))                                              \
    WF_LOOP1(isfinite_##C, C, uint8_t, isfinite(x.re) && isfinite(x.im))                                     \
    static void where_##C(void *o, const void *const *in, int64_t n) {                                       \
        C *out = o;                                                                                          \
        const uint8_t *c = in[0];                                                                            \
        const C *a = in[1], *b = in[2];                                                                      \
        WF_EACH(i, n) out[i] = c[i] ? a[i] : b[i];                                                           \
    }
#define ROW(t, op, name) [WF_UF_##op] = name##_##t,
#define TABLE(t, T, s)                                                                                       \
    static wf_loop *const table_##t[WF_UF_COUNT] = {                                                         \
        ROW(t, ADD, add) ROW(t, SUBTRACT, subtract) ROW(t, MULTIPLY, multiply) ROW(t, DIVIDE, divide)        \
            ROW(t, SQUARE, square) ROW(t, RECIPROCAL, reciprocal) ROW(t, NEGATIVE, negative)                 \
                ROW(t, POSITIVE, positive) ROW(t, CONJUGATE, conjugate) ROW(t, REAL, real)                   \
                    ROW(t, IMAG, imag) ROW(t, ABSOLUTE, absolute) ROW(t, EQUAL, equal)                       \
                        ROW(t, NOT_EQUAL, not_equal) ROW(t, LESS, less) ROW(t, LESS_EQUAL, less_equal)       \
                            ROW(t, GREATER, greater) ROW(t, GREATER_EQUAL, greater_equal)                    \
                                ROW(t, LOGICAL_AND, logical_and) ROW(t, LOGICAL_OR, logical_or)              \
                                    ROW(t, LOGICAL_XOR, logical_xor) ROW(t, LOGICAL_NOT, logical_not)        \
                                        ROW(t, MAXIMUM, maximum) ROW(t, MINIMUM, minimum) ROW(t, FMAX, fmax) \
                                        ROW(t, FMIN, fmin) ROW(t, SIGN, sign)                                \
                                        ROW(t, ISNAN, isnan) ROW(t, ISINF, isinf) ROW(t, ISFINITE, isfinite) \
                                            ROW(t, WHERE, where)};
/* The root is long: pairs are taken apart, some at a time, for hypot's loop, which is vector code. */
enum { APART = 512 };
#define ABSOLUTE(C, T, s)                                                                                    \
    static void absolute_##C(void *o, const void *const *in, int64_t n) {                                    \
        T *out = o, re[APART], im[APART];                                                                    \
        const C *a = in[0];                                                                                  \
        const void *parts[] = {re, im};                                                                      \
        wf_loop *hypot_loop = loop_math(WF_UF_HYPOT, sizeof(T) == 4 ? WF_DT_FLOAT32 : WF_DT_FLOAT64);        \
        for (int64_t at = 0; at < n; at += APART) {                                                          \
            int64_t some = n - at < APART ? n - at : APART;                                                  \
            for (int64_t i = 0; i < some; i++) re[i] = a[at + i].re, im[i] = a[at + i].im;                   \
            hypot_loop(out + at, parts, some);                                                               \
        }                                                                                                    \
    }
COMPLEXES(ABSOLUTE)
/* z / |z|; of an infinite part that part's sign, of 0 it is 0. */
#define SIGN(C, T, s)                                                                                        \
    static inline C sign_of_##C(C x, T size) {                                                               \
        int far = isinf(x.re) && isinf(x.im), none = size != size || far;                                    \
        T re = size == 0 ? 0 : isinf(size) ? (isinf(x.re) ? (x.re > 0 ? 1 : -1) : 0) : x.re / size;          \
        T im = size == 0 ? 0 : isinf(size) ? (isinf(x.re) ? 0 : x.im > 0 ? 1 : -1) : x.im / size;            \
        return none ? (C){(T)NAN, (T)NAN} : (C){re, im};                                                     \
    }                                                                                                        \
    static void sign_##C(void *o, const void *const *in, int64_t n) {                                        \
        T sizes[APART];                                                                                      \
        for (int64_t at = 0; at < n; at += APART) {                                                          \
            int64_t some = n - at < APART ? n - at : APART;                                                  \
            const C *a = (const C *)in[0] + at;                                                              \
            const void *from[] = {a};                                                                        \
            absolute_##C(sizes, from, some);                                                                 \
            for (int64_t i = 0; i < some; i++) ((C *)o)[at + i] = sign_of_##C(a[i], sizes[i]);               \
        }                                                                                                    \
    }
COMPLEXES(SIGN)
/* The others would not gain from vector code: pairs lie interleaved. */
#undef WF_CLONED
#define WF_CLONED WF_ONCE
COMPLEXES(LOOPS)
COMPLEXES(TABLE)

wf_loop *loop_complex(wf_ufunc op, wf_dtype t) {
    wf_loop *plain = t == WF_DT_COMPLEX64 ? table_c64[op] : table_c128[op];
    return plain ? plain : loop_complex_math(op, t);
}
