/* array/loops_float.c: float32 and float64 without functions of the library: arithmetic, comparisons,
 * rounding, signs, minimum and maximum. */
#include "array/loops.h"
#include <math.h>
#include <stdint.h>

/* Tables and macros, laid out by hand. */
/* clang-format off */

#define FLOATS(X) X(f32, float, f) X(f64, double, )

#define LOOPS(t, T, s)                                                                                       \
    WF_LOOP2(add_##t, T, T, x + y)                                                                           \
    WF_LOOP2(subtract_##t, T, T, x - y)                                                                      \
    WF_LOOP2(multiply_##t, T, T, x *y)                                                                       \
    WF_LOOP2(divide_##t, T, T, x / y)                                                                        \
    WF_LOOP1(negative_##t, T, T, -x)                                                                         \
    WF_LOOP1(positive_##t, T, T, x)                                                                          \
    WF_LOOP1(absolute_##t, T, T, __builtin_fabs##s(x))                                                       \
    WF_LOOP1(sign_##t, T, T, x > 0 ? 1 : x < 0 ? -1 : x != x ? x : 0)                                        \
    WF_LOOP1(square_##t, T, T, x *x)                                                                         \
    WF_LOOP1(reciprocal_##t, T, T, 1 / x)                                                                    \
    WF_LOOP1(sqrt_##t, T, T, __builtin_sqrt##s(x))                                                           \
    WF_LOOP1(imag_##t, T, T, ((void)x, (T)0))                                                                \
    WF_LOOP2(copysign_##t, T, T, __builtin_copysign##s(x, y))                                                \
    WF_LOOP2(heaviside_##t, T, T, x<0 ? 0 : x> 0 ? 1 : x != x ? x : y)                                       \
    WF_LOOP1(deg2rad_##t, T, T, x *(T)0.017453292519943295)                                                  \
    WF_LOOP1(rad2deg_##t, T, T, x *(T)57.29577951308232)                                                     \
    WF_LOOP1(floor_##t, T, T, __builtin_floor##s(x))                                                         \
    WF_LOOP1(ceil_##t, T, T, __builtin_ceil##s(x))                                                           \
    WF_LOOP1(trunc_##t, T, T, __builtin_trunc##s(x))                                                         \
    WF_LOOP1(rint_##t, T, T, __builtin_rint##s(x))                                                           \
    WF_LOOP2(maximum_##t, T, T, WF_MAXIMUM(x, y))                                                  \
    WF_LOOP2(minimum_##t, T, T, WF_MINIMUM(x, y))                                                 \
    WF_LOOP2(fmax_##t, T, T, WF_FMAX(x, y))                                                                     \
    WF_LOOP2(fmin_##t, T, T, WF_FMIN(x, y))                                                                    \
    WF_LOOP2(equal_##t, T, uint8_t, x == y)                                                                  \
    WF_LOOP2(not_equal_##t, T, uint8_t, x != y)                                                              \
    WF_LOOP2(less_##t, T, uint8_t, x < y)                                                                    \
    WF_LOOP2(less_equal_##t, T, uint8_t, x <= y)                                                             \
    WF_LOOP2(greater_##t, T, uint8_t, x > y)                                                                 \
    WF_LOOP2(greater_equal_##t, T, uint8_t, x >= y)                                                          \
    WF_LOOP2(logical_and_##t, T, uint8_t, (x != 0) & (y != 0))                                               \
    WF_LOOP2(logical_or_##t, T, uint8_t, (x != 0) | (y != 0))                                                \
    WF_LOOP2(logical_xor_##t, T, uint8_t, (x != 0) ^ (y != 0))                                               \
    WF_LOOP1(logical_not_##t, T, uint8_t, x == 0)                                                            \
    WF_LOOP1(isnan_##t, T, uint8_t, x != x)                                                                  \
    WF_LOOP1(isinf_##t, T, uint8_t, __builtin_fabs##s(x) == (T)INFINITY)                                     \
    WF_LOOP1(isfinite_##t, T, uint8_t, __builtin_fabs##s(x) < (T)INFINITY)                                   \
    WF_LOOP1(signbit_##t, T, uint8_t, signbit(x) != 0)                                                       \
    WF_CLONED(where_##t, WF_LOOP_PARAMETERS, (o, in, n), {                             \
        T *out = o;                                                                                          \
        const uint8_t *c = in[0];                                                                            \
        const T *a = in[1], *b = in[2];                                                                      \
        WF_EACH(i, n) out[i] = c[i] ? a[i] : b[i];                                                           \
    })
FLOATS(LOOPS)

#define ROW(t, op, name) [WF_UF_##op] = name##_##t,
#define TABLE(t, T, s)                                                                                       \
    static wf_loop *const table_##t[WF_UF_COUNT] = {                                                         \
        ROW(t, ADD, add) ROW(t, SUBTRACT, subtract) ROW(t, MULTIPLY, multiply) ROW(t, DIVIDE, divide)        \
            ROW(t, NEGATIVE, negative) ROW(t, POSITIVE, positive) ROW(t, ABSOLUTE, absolute) ROW(            \
                t, FABS, absolute) ROW(t, SIGN, sign) ROW(t, SQUARE, square) ROW(t, RECIPROCAL, reciprocal)  \
                ROW(t, SQRT, sqrt) ROW(t, CONJUGATE, positive) ROW(t, REAL, positive) ROW(t, IMAG, imag)     \
                    ROW(t, COPYSIGN, copysign) ROW(t, HEAVISIDE, heaviside) ROW(t, DEG2RAD, deg2rad) ROW(    \
                        t, RAD2DEG, rad2deg) ROW(t, FLOOR, floor) ROW(t, CEIL, ceil) ROW(t, TRUNC, trunc)    \
                        ROW(t, RINT, rint) ROW(t, MAXIMUM, maximum) ROW(t, MINIMUM, minimum)                 \
                            ROW(t, FMAX, fmax) ROW(t, FMIN, fmin) ROW(t, EQUAL,                              \
                                                                      equal) ROW(t, NOT_EQUAL, not_equal)    \
                                ROW(t, LESS, less) ROW(t, LESS_EQUAL, less_equal) ROW(t, GREATER, greater)   \
                                    ROW(t, GREATER_EQUAL, greater_equal) ROW(t, LOGICAL_AND, logical_and)    \
                                        ROW(t, LOGICAL_OR, logical_or) ROW(t, LOGICAL_XOR, logical_xor)      \
                                            ROW(t, LOGICAL_NOT, logical_not) ROW(t, ISNAN, isnan)            \
                                                ROW(t, ISINF, isinf) ROW(t, ISFINITE, isfinite)              \
                                                    ROW(t, SIGNBIT, signbit) ROW(t, WHERE, where)};
FLOATS(TABLE)

wf_loop *loop_float(wf_ufunc op, wf_dtype t) { return t == WF_DT_FLOAT32 ? table_f32[op] : table_f64[op]; }
