/* array/loops_integer.c: bool and integers. Arithmetic wraps (it is done in the unsigned type of the same
 * width); division by zero gives 0 and the most negative number over -1 itself, as the tree defines. */
#include "array/loops.h"
#include "device/elements.h"
#include <stdint.h>

/* Tables and macros, laid out by hand. */
/* clang-format off */

/* One text for signed and unsigned types: for the latter, comparisons with 0 are constant. */
#pragma GCC diagnostic ignored "-Wtype-limits"

/* name, type, unsigned type, 1: signed */
#define INTEGERS(X)                                                                                          \
    X(i8, int8_t, uint8_t, 1)                                                                                \
    X(u8, uint8_t, uint8_t, 0)                                                                               \
    X(i16, int16_t, uint16_t, 1)                                                                             \
    X(u16, uint16_t, uint16_t, 0)                                                                            \
    X(i32, int32_t, uint32_t, 1)                                                                             \
    X(u32, uint32_t, uint32_t, 0) X(i64, int64_t, uint64_t, 1) X(u64, uint64_t, uint64_t, 0)

#define HELPERS(t, T, U, S)                                                                                  \
    static inline T quotient_##t(T x, T y) {                                                                 \
        if (y == 0) return 0;                                                                                \
        if (S && y == (T)-1) return (T)((U)0 - (U)x);                                                        \
        T q = (T)(x / y);                                                                                    \
        return S && x % y != 0 && (x < 0) != (y < 0) ? (T)(q - 1) : q;                                       \
    }                                                                                                        \
    static inline T rest_##t(T x, T y) {                                                                     \
        if (y == 0 || (S && y == (T)-1)) return 0;                                                           \
        T r = (T)(x % y);                                                                                    \
        return S && r != 0 && (r < 0) != (y < 0) ? (T)(r + y) : r;                                           \
    }                                                                                                        \
    static inline T c_rest_##t(T x, T y) { return y == 0 || (S && y == (T)-1) ? 0 : (T)(x % y); }            \
    static inline T power_of_##t(T x, T e) {                                                                 \
        U r = 1, b = (U)x;                                                                                   \
        if (S && e < 0) return x == 1 ? 1 : x == (T)-1 ? (e & 1 ? (T)-1 : 1) : 0;                            \
        for (U n = (U)e; n; n >>= 1) {                                                                       \
            if (n & 1) r = (U)(r * b);                                                                       \
            b = (U)(b * b);                                                                                  \
        }                                                                                                    \
        return (T)r;                                                                                         \
    }                                                                                                        \
    static inline T left_##t(T x, T n) { return n < 0 || n >= (T)(sizeof(T) * 8) ? 0 : (T)((U)x << n); }     \
    static inline T right_##t(T x, T n) {                                                                    \
        return n < 0 || n >= (T)(sizeof(T) * 8) ? (T)(S && x < 0 ? -1 : 0) : (T)(x >> n);                    \
    }

#define LOOPS(t, T, U, S)                                                                                    \
    HELPERS(t, T, U, S)                                                                                      \
    WF_LOOP2(add_##t, U, U, x + y)                                                                           \
    WF_LOOP2(subtract_##t, U, U, x - y)                                                                      \
    WF_LOOP2(multiply_##t, U, U, (U)((uint64_t)x * y))                                                       \
    WF_LOOP2(floor_divide_##t, T, T, quotient_##t(x, y))                                                     \
    WF_LOOP2(remainder_##t, T, T, rest_##t(x, y))                                                            \
    WF_LOOP2(fmod_##t, T, T, c_rest_##t(x, y))                                                               \
    WF_LOOP2(power_##t, T, T, power_of_##t(x, y))                                                            \
    WF_LOOP1(negative_##t, U, U, (U)0 - x)                                                                   \
    WF_LOOP1(positive_##t, U, U, x)                                                                          \
    WF_LOOP1(absolute_##t, T, T, S &&x < 0 ? (T)((U)0 - (U)x) : x)                                           \
    WF_LOOP1(sign_##t, T, T, (x > 0) - (x < 0))                                                              \
    WF_LOOP1(square_##t, U, U, (U)((uint64_t)x * x))                                                         \
    WF_LOOP1(reciprocal_##t, T, T, x == 1 ? 1 : S && x == (T)-1 ? -1 : 0)                                    \
    WF_LOOP1(imag_##t, T, T, ((void)x, 0))                                                                   \
    WF_LOOP2(maximum_##t, T, T, x >= y ? x : y)                                                              \
    WF_LOOP2(minimum_##t, T, T, x <= y ? x : y)                                                              \
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
    WF_LOOP2(bitwise_and_##t, U, U, x &y)                                                                    \
    WF_LOOP2(bitwise_or_##t, U, U, x | y)                                                                    \
    WF_LOOP2(bitwise_xor_##t, U, U, x ^ y)                                                                   \
    WF_LOOP1(invert_##t, U, U, ~x)                                                                           \
    WF_LOOP2(left_shift_##t, T, T, left_##t(x, y))                                                           \
    WF_LOOP2(right_shift_##t, T, T, right_##t(x, y))                                                         \
    WF_LOOP1(never_##t, T, uint8_t, ((void)x, 0))                                                            \
    WF_LOOP1(always_##t, T, uint8_t, ((void)x, 1))                                                           \
    WF_CLONED(where_##t, WF_LOOP_PARAMETERS, (o, in, n), {                             \
        T *out = o;                                                                                          \
        const uint8_t *c = in[0];                                                                            \
        const T *a = in[1], *b = in[2];                                                                      \
        WF_EACH(i, n) out[i] = c[i] ? a[i] : b[i];                                                           \
    })
INTEGERS(LOOPS)
/* Branches by element: nothing that vectors would gain from. */
#define DIVISORS(t, T, U, S)                                                                                 \
    static inline U size_##t(T x) { return S && x < 0 ? (U)((U)0 - (U)x) : (U)x; }                           \
    static inline T gcd_of_##t(T x, T y) {                                                                   \
        return (T)(sizeof(T) == 8 ? wf_gcd64(size_##t(x), size_##t(y))                                       \
                                  : wf_gcd32((unsigned)size_##t(x), (unsigned)size_##t(y)));                 \
    }                                                                                                        \
    static inline T lcm_of_##t(T x, T y) {                                                                   \
        return (T)(sizeof(T) == 8 ? wf_lcm64(size_##t(x), size_##t(y))                                       \
                                  : wf_lcm32((unsigned)size_##t(x), (unsigned)size_##t(y)));                 \
    }                                                                                                        \
    WF_LOOP1(bit_count_##t, T, uint8_t,                                                                      \
             sizeof(T) == 8 ? wf_bit_count64(size_##t(x)) : wf_bit_count32((unsigned)size_##t(x)))           \
    static void gcd_##t WF_LOOP_PARAMETERS {                                                                 \
        for (int64_t i = 0; i < n; i++) ((T *)o)[i] = gcd_of_##t(((const T *)in[0])[i], ((const T *)in[1])[i]); \
    }                                                                                                        \
    static void lcm_##t WF_LOOP_PARAMETERS {                                                                 \
        for (int64_t i = 0; i < n; i++) ((T *)o)[i] = lcm_of_##t(((const T *)in[0])[i], ((const T *)in[1])[i]); \
    }
INTEGERS(DIVISORS)
WF_LOOP1(invert_bool, uint8_t, uint8_t, x == 0)

#define ROW(t, op, name) [WF_UF_##op] = name##_##t,
#define TABLE(t, T, U, S)                                                                                    \
    static wf_loop *const table_##t[WF_UF_COUNT] = {                                                         \
        ROW(t, ADD, add) ROW(t, SUBTRACT, subtract) ROW(t, MULTIPLY, multiply) ROW(t, FLOOR_DIVIDE,          \
                                                                                   floor_divide)             \
            ROW(t, REMAINDER, remainder) ROW(t, FMOD, fmod) ROW(t, POWER, power) ROW(t, NEGATIVE, negative)  \
                ROW(t, POSITIVE, positive) ROW(t, ABSOLUTE, absolute) ROW(t, SIGN, sign)                     \
                    ROW(t, SQUARE, square) ROW(t, RECIPROCAL, reciprocal) ROW(t, FLOOR, positive)            \
                        ROW(t, CEIL, positive) ROW(t, TRUNC, positive) ROW(t, MAXIMUM, maximum)              \
                            ROW(t, MINIMUM, minimum) ROW(t, FMAX, maximum) ROW(t, FMIN, minimum)             \
                                ROW(t, CONJUGATE, positive) ROW(t, REAL, positive) ROW(t, IMAG, imag) ROW(   \
                                    t, EQUAL, equal) ROW(t, NOT_EQUAL, not_equal) ROW(t, LESS, less)         \
                                    ROW(t, LESS_EQUAL, less_equal) ROW(t, GREATER, greater) ROW(             \
                                        t, GREATER_EQUAL, greater_equal) ROW(t, LOGICAL_AND, logical_and)    \
                                        ROW(t, LOGICAL_OR, logical_or) ROW(t, LOGICAL_XOR, logical_xor) ROW( \
                                            t, LOGICAL_NOT, logical_not) ROW(t, BITWISE_AND, bitwise_and)    \
                                            ROW(t, BITWISE_OR, bitwise_or) ROW(t, BITWISE_XOR, bitwise_xor)  \
                                                ROW(t, INVERT, invert) ROW(t, LEFT_SHIFT, left_shift)        \
                                                    ROW(t, RIGHT_SHIFT, right_shift) ROW(t, ISNAN, never)    \
                                                        ROW(t, ISINF, never) ROW(t, ISFINITE, always)        \
                                                            ROW(t, SIGNBIT, never) ROW(t, WHERE, where)      \
        ROW(t, GCD, gcd) ROW(t, LCM, lcm) ROW(t, BIT_COUNT, bit_count)};
INTEGERS(TABLE)

/* bool: 0 or 1 in a byte; sums are "or", products "and". */
static wf_loop *loop_bool(wf_ufunc op) {
    switch (op) {
    case WF_UF_ADD: return bitwise_or_u8;
    case WF_UF_MULTIPLY: return bitwise_and_u8;
    case WF_UF_INVERT: return invert_bool;
    default: return table_u8[op];
    }
}

wf_loop *loop_integer(wf_ufunc op, wf_dtype t) {
#define X(name, T, U, S) table_##name,
    static wf_loop *const *const tables[] = {INTEGERS(X)};
#undef X
    return t == WF_DT_BOOL ? loop_bool(op) : tables[t - WF_DT_INT8][op];
}
