/* array/loops.c: the door to the ready-made loops, and the casts.
 *
 * A cast goes from any type to any: wide types are paired directly; the 16-bit floats go through float32,
 * which is exact on the way in; on the way out they round once from the source: from float64 and 64-bit
 * integers that needs the double itself. */
#include "array/loops.h"
#include <math.h>
#include <string.h>

/* Tables and macros, laid out by hand. */
/* clang-format off */

wf_loop *wf_loop_of(wf_ufunc op, wf_dtype t) {
    if (wf_dtype_is_small_float(t)) return NULL;
    if (wf_dtype_is_complex(t)) return loop_complex(op, t);
    if (!wf_dtype_is_float(t)) {
        wf_loop *random = loop_random(op, t);
        return random ? random : loop_integer(op, t);
    }
    wf_loop *plain = loop_float(op, t);
    return plain ? plain : loop_math(op, t);
}

/* ---- casts ----------------------------------------------------------------------------------------------
 */

typedef struct half_bits {
    uint16_t bits;
} half;
typedef struct bfloat_bits {
    uint16_t bits;
} bfloat;
typedef struct c64 {
    float re, im;
} c64;
typedef struct c128 {
    double re, im;
} c128;
typedef struct boolean {
    uint8_t b;
} boolean;

/* Real types whose values C converts by itself; name, type */
#define PLAIN(X)                                                                                             \
    X(INT8, int8_t)                                                                                          \
    X(UINT8, uint8_t)                                                                                        \
    X(INT16, int16_t)                                                                                        \
    X(UINT16, uint16_t)                                                                                      \
    X(INT32, int32_t)                                                                                        \
    X(UINT32, uint32_t) X(INT64, int64_t) X(UINT64, uint64_t) X(FLOAT32, float) X(FLOAT64, double)

/* Float → integer truncates and saturates, NaN gives 0. lo and hi: the first doubles outside. */
#define SATURATE(name, T, least, most, below, above)                                                         \
    static inline T name(double x) {                                                                         \
        return x != x ? 0 : x <= (below) ? (least) : x >= (above) ? (most) : (T)x;                           \
    }
SATURATE(to_INT8, int8_t, INT8_MIN, INT8_MAX, -129.0, 128.0)
SATURATE(to_UINT8, uint8_t, 0, UINT8_MAX, -1.0, 256.0)
SATURATE(to_INT16, int16_t, INT16_MIN, INT16_MAX, -32769.0, 32768.0)
SATURATE(to_UINT16, uint16_t, 0, UINT16_MAX, -1.0, 65536.0)
SATURATE(to_INT32, int32_t, INT32_MIN, INT32_MAX, -2147483649.0, 2147483648.0)
SATURATE(to_UINT32, uint32_t, 0, UINT32_MAX, -1.0, 4294967296.0)
SATURATE(to_INT64, int64_t, INT64_MIN, INT64_MAX, -0x1p63, 0x1p63)
SATURATE(to_UINT64, uint64_t, 0, UINT64_MAX, -1.0, 0x1p64)
static inline float to_FLOAT32(double x) { return (float)x; }
static inline double to_FLOAT64(double x) { return x; }

static inline half to_half(double x) { return (half){wf_half_from_double(x)}; }
static inline bfloat to_bfloat(double x) { return (bfloat){wf_bfloat_from_double(x)}; }

/* From an integer type S to everything, and from a float type S to everything. */
#define INT_TO(T_name, T, S_name, S) WF_LOOP1(S_name##_to_##T_name, S, T, (T)x)
#define REAL_TO(T_name, T, S_name, S) WF_LOOP1(S_name##_to_##T_name, S, T, to_##T_name((double)x))
#define ALL_FROM(KIND, S_name, S, REAL)                                                                      \
    KIND(INT8, int8_t, S_name, S)                                                                            \
    KIND(UINT8, uint8_t, S_name, S)                                                                          \
    KIND(INT16, int16_t, S_name, S)                                                                          \
    KIND(UINT16, uint16_t, S_name, S)                                                                        \
    KIND(INT32, int32_t, S_name, S)                                                                          \
    KIND(UINT32, uint32_t, S_name, S) KIND(INT64, int64_t, S_name, S) KIND(UINT64, uint64_t, S_name, S)      \
        KIND(FLOAT32, float, S_name, S) KIND(FLOAT64, double, S_name, S)                                     \
            WF_LOOP1(S_name##_to_BOOL, S, boolean, ((boolean){REAL(x) != 0}))                                \
                WF_LOOP1(S_name##_to_FLOAT16, S, half, to_half((double)REAL(x)))                             \
                    WF_LOOP1(S_name##_to_BFLOAT16, S, bfloat, to_bfloat((double)REAL(x)))                    \
                        WF_LOOP1(S_name##_to_COMPLEX64, S, c64, ((c64){(float)REAL(x), 0}))                  \
                            WF_LOOP1(S_name##_to_COMPLEX128, S, c128, ((c128){(double)REAL(x), 0}))
#define ITSELF(x) (x)
ALL_FROM(INT_TO, INT8, int8_t, ITSELF)
ALL_FROM(INT_TO, UINT8, uint8_t, ITSELF)
ALL_FROM(INT_TO, INT16, int16_t, ITSELF)
ALL_FROM(INT_TO, UINT16, uint16_t, ITSELF)
ALL_FROM(INT_TO, INT32, int32_t, ITSELF)
ALL_FROM(INT_TO, UINT32, uint32_t, ITSELF)
ALL_FROM(INT_TO, INT64, int64_t, ITSELF)
ALL_FROM(INT_TO, UINT64, uint64_t, ITSELF)
ALL_FROM(REAL_TO, FLOAT32, float, ITSELF)
ALL_FROM(REAL_TO, FLOAT64, double, ITSELF)

#define OF_BOOL(x) ((x).b)
#define BOOL_TO(T_name, T, S_name, S) WF_LOOP1(S_name##_to_##T_name, S, T, (T)(x).b)
ALL_FROM(BOOL_TO, BOOL, boolean, OF_BOOL)

/* The rest is rare enough to be compiled once. */
#undef WF_CLONED
#define WF_CLONED WF_ONCE
#define OF_HALF(x) wf_half_to_float((x).bits)
#define HALF_TO(T_name, T, S_name, S) WF_LOOP1(S_name##_to_##T_name, S, T, to_##T_name((double)OF_HALF(x)))
ALL_FROM(HALF_TO, FLOAT16, half, OF_HALF)
#define OF_BFLOAT(x) wf_bfloat_to_float((x).bits)
#define BFLOAT_TO(T_name, T, S_name, S)                                                                      \
    WF_LOOP1(S_name##_to_##T_name, S, T, to_##T_name((double)OF_BFLOAT(x)))
ALL_FROM(BFLOAT_TO, BFLOAT16, bfloat, OF_BFLOAT)

/* Complex to real drops the imaginary part. */
#define OF_COMPLEX(x) ((x).re)
#define COMPLEX_TO(T_name, T, S_name, S) WF_LOOP1(S_name##_to_##T_name, S, T, to_##T_name((double)(x).re))
#define COMPLEX_FROM(S_name, S)                                                                              \
    COMPLEX_TO(INT8, int8_t, S_name, S)                                                                      \
    COMPLEX_TO(UINT8, uint8_t, S_name, S)                                                                    \
    COMPLEX_TO(INT16, int16_t, S_name, S)                                                                    \
    COMPLEX_TO(UINT16, uint16_t, S_name, S)                                                                  \
    COMPLEX_TO(INT32, int32_t, S_name, S)                                                                    \
    COMPLEX_TO(UINT32, uint32_t, S_name, S) COMPLEX_TO(INT64, int64_t, S_name, S)                            \
        COMPLEX_TO(UINT64, uint64_t, S_name, S) COMPLEX_TO(FLOAT32, float, S_name, S)                        \
            COMPLEX_TO(FLOAT64, double, S_name, S) WF_LOOP1(S_name##_to_BOOL, S, boolean,                    \
                                                            ((boolean){x.re != 0 || x.im != 0}))             \
                WF_LOOP1(S_name##_to_FLOAT16, S, half, to_half((double)x.re))                                \
                    WF_LOOP1(S_name##_to_BFLOAT16, S, bfloat, to_bfloat((double)x.re))                       \
                        WF_LOOP1(S_name##_to_COMPLEX64, S, c64, ((c64){(float)x.re, (float)x.im}))           \
                            WF_LOOP1(S_name##_to_COMPLEX128, S, c128, ((c128){(double)x.re, (double)x.im}))
COMPLEX_FROM(COMPLEX64, c64)
COMPLEX_FROM(COMPLEX128, c128)

wf_loop *wf_loop_cast(wf_dtype from, wf_dtype to) {
#define ONE(S, T) [WF_DT_##T] = S##_to_##T
#define ROW(S)                                                                                               \
    [WF_DT_##S] = {                                                                                          \
        ONE(S, BOOL),                                                                                        \
        ONE(S, INT8),                                                                                        \
        ONE(S, UINT8),                                                                                       \
        ONE(S, INT16),                                                                                       \
        ONE(S, UINT16),                                                                                      \
        ONE(S, INT32),                                                                                       \
        ONE(S, UINT32),                                                                                      \
        ONE(S, INT64),                                                                                       \
        ONE(S, UINT64),                                                                                      \
        ONE(S, FLOAT16),                                                                                     \
        ONE(S, BFLOAT16),                                                                                    \
        ONE(S, FLOAT32),                                                                                     \
        ONE(S, FLOAT64),                                                                                     \
        ONE(S, COMPLEX64),                                                                                   \
        ONE(S, COMPLEX128)                                                                                   \
    }
    static wf_loop *const table[WF_DT_COUNT][WF_DT_COUNT] = {
        ROW(BOOL),     ROW(INT8),    ROW(UINT8),   ROW(INT16),     ROW(UINT16),
        ROW(INT32),    ROW(UINT32),  ROW(INT64),   ROW(UINT64),    ROW(FLOAT16),
        ROW(BFLOAT16), ROW(FLOAT32), ROW(FLOAT64), ROW(COMPLEX64), ROW(COMPLEX128)};
    wf_loop *vector = loop_cast_half(from, to);
    return vector ? vector : table[from][to];
}
