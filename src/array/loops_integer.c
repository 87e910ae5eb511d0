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

/* Quotients of at most 32 bits are made of floats R, which vectors divide: x / y is further from the next
 * integer than R rounds (1 / x against 2^-24, 2^-53), so its integer part is right. W holds every quotient. */
#define BY_FLOATS(t, T, U, S, R, W)                                                                          \
    static inline W whole_##t(T x, T y) { return (W)((R)x / (y ? (R)y : 1)); }                               \
    static inline T quotient_##t(T x, T y) {                                                                 \
        W q = whole_##t(x, y), r = (W)x - q * (W)y;                                                          \
        W down = S ? (W)((r != 0) & ((r ^ (W)y) < 0)) : 0;                                                   \
        return y ? (T)(q - down) : 0;                                                                        \
    }                                                                                                        \
    static inline T rest_##t(T x, T y) {                                                                     \
        W r = (W)x - whole_##t(x, y) * (W)y;                                                                 \
        W up = S && (r != 0) & ((r ^ (W)y) < 0) ? (W)y : 0;                                                  \
        return y ? (T)(r + up) : 0;                                                                          \
    }                                                                                                        \
    static inline T c_rest_##t(T x, T y) { return y ? (T)((W)x - whole_##t(x, y) * (W)y) : 0; }              \
    WF_LOOP2(floor_divide_##t, T, T, quotient_##t(x, y))                                                     \
    WF_LOOP2(remainder_##t, T, T, rest_##t(x, y))                                                            \
    WF_LOOP2(fmod_##t, T, T, c_rest_##t(x, y))
BY_FLOATS(i8, int8_t, uint8_t, 1, float, int32_t)
BY_FLOATS(u8, uint8_t, uint8_t, 0, float, int32_t)
BY_FLOATS(i16, int16_t, uint16_t, 1, float, int32_t)
BY_FLOATS(u16, uint16_t, uint16_t, 0, float, int32_t)
BY_FLOATS(i32, int32_t, uint32_t, 1, double, int64_t)
BY_FLOATS(u32, uint32_t, uint32_t, 0, double, int64_t)

/* ---- division in 64 bits --------------------------------------------------------------------------------
 * By one number throughout (i // 7): multiplications by its reciprocal, as Granlund and Montgomery, "Division
 * by invariant integers using multiplication" (1994), figures 4.1 and 5.2. */

#define WIDE(t, T, U, S)                                                                                     \
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
    static inline T c_rest_##t(T x, T y) { return y == 0 || (S && y == (T)-1) ? 0 : (T)(x % y); }
WIDE(i64, int64_t, uint64_t, 1)
WIDE(u64, uint64_t, uint64_t, 0)

typedef struct reciprocal {
    uint64_t factor; /* the low 64 bits of a number of 65 */
    int first, second;
} reciprocal;

static int bits_of(uint64_t x) { return x ? 64 - __builtin_clzll(x) : 0; } /* least l with x < 2^l */

static reciprocal inverse_u64(uint64_t d) {
    int l = bits_of(d - 1);
    uint64_t power = l == 64 ? 0 : (uint64_t)1 << l;
    uint64_t factor = (uint64_t)(((unsigned __int128)(power - d) << 64) / d) + 1;
    return (reciprocal){factor, l > 0, l > 0 ? l - 1 : 0};
}
static inline uint64_t over_u64(uint64_t x, uint64_t d, reciprocal m) {
    uint64_t high = (uint64_t)((unsigned __int128)m.factor * x >> 64);
    (void)d;
    return (high + ((x - high) >> m.first)) >> m.second;
}

static reciprocal inverse_i64(int64_t d) {
    uint64_t size = d < 0 ? (uint64_t)0 - (uint64_t)d : (uint64_t)d;
    int l = bits_of(size - 1) > 1 ? bits_of(size - 1) : 1;
    return (reciprocal){(uint64_t)(((unsigned __int128)1 << (63 + l)) / size) + 1, 0, l - 1};
}
static inline int64_t over_i64(int64_t x, int64_t d, reciprocal m) {
    int64_t high = (int64_t)((__int128)(int64_t)m.factor * x >> 64);
    int64_t q = ((int64_t)((uint64_t)x + (uint64_t)high) >> m.second) + (x < 0);
    return d < 0 ? (int64_t)(0 - (uint64_t)q) : q;
}

/* What is left, and whether the quotient lies above the floor. */
#define DOWN(S, r, d) (S && ((r) != 0) & (((r) ^ (d)) < 0))
#define BY_ONE(name, t, T, U, S, value)                                                                      \
    WF_CLONED(one_##name##_##t, (T * out, const T *a, int64_t n, T d), (out, a, n, d), {                     \
        reciprocal m = inverse_##t(d);                                                                    \
        for (int64_t i = 0; i < n; i++) {                                                                    \
            T x = a[i], q = over_##t(x, d, m), r = (T)((U)x - (U)q * (U)d);                                  \
            out[i] = (T)(value);                                                                             \
        }                                                                                                    \
    })                                                                                                       \
    static void name##_##t WF_LOOP_PARAMETERS {                                                              \
        const T *a = in[0], *b = in[1];                                                                      \
        if (n > 4 && b[0] && is_one_##t(b, n)) {                                                             \
            if (!by_positive_##name##_##t(o, a, n, b[0])) one_##name##_##t(o, a, n, b[0]);                   \
            return;                                                                                          \
        }                                                                                                    \
        each_##name##_##t(o, in, n);                                                                         \
    }
/* Signed numbers over a positive one, the usual case, in vectors: what is negative is divided as its complement,
 * floor(x / d) = ~(~x / d), so numerators have 63 bits, for which a factor of 64 bits is enough, and no rest is
 * needed. Products of 64 bits are made of those of 32 that vectors have. */
static inline uint64_t high_product(uint64_t x, uint32_t low, uint32_t high) {
    uint64_t x0 = (uint32_t)x, x1 = x >> 32;
    uint64_t t = x0 * high + (x0 * low >> 32), w = x1 * low + (uint32_t)t;
    return x1 * high + (t >> 32) + (w >> 32);
}
typedef struct positive {
    uint32_t low, high; /* of 2^(63 + l) / d, rounded up; 2^l is the least power of two that is not below d */
    int shift;          /* l - 1 */
} positive;
static positive inverse_positive(int64_t d) { /* 2 or more */
    int l = bits_of((uint64_t)d - 1);
    uint64_t factor = (uint64_t)(((unsigned __int128)1 << (63 + l)) / (uint64_t)d) + 1;
    return (positive){(uint32_t)factor, (uint32_t)(factor >> 32), l - 1};
}
static inline int64_t floor_over(int64_t x, positive m) {
    uint64_t sign = x < 0 ? ~(uint64_t)0 : 0;
    return (int64_t)((high_product((uint64_t)x ^ sign, m.low, m.high) >> m.shift) ^ sign);
}
#define BY_POSITIVE(name, value)                                                                             \
    WF_CLONED(positive_##name, (int64_t * out, const int64_t *a, int64_t n, int64_t d), (out, a, n, d), {    \
        positive m = inverse_positive(d);                                                                    \
        WF_EACH(i, n) out[i] = (value);                                                                      \
    })                                                                                                       \
    static int by_positive_##name##_i64(int64_t *out, const int64_t *a, int64_t n, int64_t d) {              \
        if (d < 2) return 0;                                                                                 \
        positive_##name(out, a, n, d);                                                                       \
        return 1;                                                                                            \
    }
BY_POSITIVE(floor_divide, floor_over(a[i], m))
BY_POSITIVE(remainder, a[i] - floor_over(a[i], m) * d)
#define BY_POSITIVE_NOT(name, t, T)                                                                          \
    static int by_positive_##name##_##t(T *out, const T *a, int64_t n, T d) {                                \
        return (void)out, (void)a, (void)n, (void)d, 0;                                                      \
    }
BY_POSITIVE_NOT(fmod, i64, int64_t)
BY_POSITIVE_NOT(floor_divide, u64, uint64_t)
BY_POSITIVE_NOT(remainder, u64, uint64_t)
BY_POSITIVE_NOT(fmod, u64, uint64_t)

#define DIVISIONS(t, T, U, S)                                                                                \
    static int is_one_##t(const T *b, int64_t n) {                                                           \
        T other = 0;                                                                                         \
        for (int64_t i = 0; i < n; i++) other |= b[i] ^ b[0];                                                \
        return !other;                                                                                       \
    }                                                                                                        \
    WF_LOOP2(each_floor_divide_##t, T, T, quotient_##t(x, y))                                                \
    WF_LOOP2(each_remainder_##t, T, T, rest_##t(x, y))                                                       \
    WF_LOOP2(each_fmod_##t, T, T, c_rest_##t(x, y))                                                          \
    BY_ONE(floor_divide, t, T, U, S, (U)q - DOWN(S, r, d))                                                   \
    BY_ONE(remainder, t, T, U, S, (U)r + (DOWN(S, r, d) ? (U)d : 0))                                         \
    BY_ONE(fmod, t, T, U, S, r)
DIVISIONS(i64, int64_t, uint64_t, 1)
DIVISIONS(u64, uint64_t, uint64_t, 0)

/* ---- the rest ------------------------------------------------------------------------------------------- */

#define TIMES(x, y) (sizeof(x) > 4 ? (uint64_t)(x) * (y) : (uint64_t)((uint32_t)(x) * (uint32_t)(y)))
#define HELPERS(t, T, U, S)                                                                                  \
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
    WF_LOOP2(multiply_##t, U, U, (U)TIMES(x, y))                                                             \
    WF_LOOP2(power_##t, T, T, power_of_##t(x, y))                                                            \
    WF_LOOP1(negative_##t, U, U, (U)0 - x)                                                                   \
    WF_LOOP1(positive_##t, U, U, x)                                                                          \
    WF_LOOP1(absolute_##t, T, T, S &&x < 0 ? (T)((U)0 - (U)x) : x)                                           \
    WF_LOOP1(sign_##t, T, T, (x > 0) - (x < 0))                                                              \
    WF_LOOP1(square_##t, U, U, (U)TIMES(x, x))                                                               \
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
