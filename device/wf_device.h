/* device/wf_device.h: what every file of the device library starts from.
 *
 * The library is one text for two compilers. weft's CUDA C front-end takes from it the functions that a
 * kernel calls; the C compiler builds the same text into the core (device.c). Results must be the same bits
 * everywhere, so only operations that IEEE 754 rounds in one way appear: + - * / sqrt fma, rounding to
 * integers, conversions that are exact or defined below, and bit patterns. Contraction is off: a fused
 * multiply-add is where fma is written, and nowhere else.
 *
 * Words: a `pair` (wf_ff, wf_dd) is an unevaluated sum h + l of two floats or two doubles. The helpers named
 * _fast need |a| >= |b| or a == 0; the others take any order. Rounding to nearest is assumed everywhere.
 *
 * Odd case: selects (?:) are written where both sides are cheap, since these functions are to be vectorised
 * with masks. */
#ifndef WF_DEVICE_H
#define WF_DEVICE_H

#ifdef __WEFT__
#pragma STDC FP_CONTRACT OFF
#ifndef WF_DEVICE
#define WF_DEVICE __device__
#endif
#define WF_INNER __device__
#define WF_RARE __device__ __attribute__((cold)) /* a long path that next to no argument takes */
#define wf_fmaf(a, b, c) __wf_fma((float)(a), (float)(b), (float)(c))
#define wf_sqrtf(x) __wf_sqrt((float)(x))
#define wf_fabsf(x) __wf_fabs((float)(x))
#define wf_floorf(x) __wf_floor((float)(x))
#define wf_ceilf(x) __wf_ceil((float)(x))
#define wf_truncf(x) __wf_trunc((float)(x))
#define wf_rintf(x) __wf_rint((float)(x))
#define wf_copysignf(x, y) __wf_copysign((float)(x), (float)(y))
#define wf_fma(a, b, c) __wf_fma((double)(a), (double)(b), (double)(c))
#define wf_sqrt(x) __wf_sqrt((double)(x))
#define wf_fabs(x) __wf_fabs((double)(x))
#define wf_floor(x) __wf_floor((double)(x))
#define wf_ceil(x) __wf_ceil((double)(x))
#define wf_trunc(x) __wf_trunc((double)(x))
#define wf_rint(x) __wf_rint((double)(x))
#define wf_copysign(x, y) __wf_copysign((double)(x), (double)(y))
#define wf_float_bits(x) __float_as_uint(x)
#define wf_bits_float(u) __uint_as_float(u)
#define wf_double_bits(x) ((unsigned long long)__double_as_longlong(x))
#define wf_bits_double(u) __longlong_as_double((long long)(u))
#define wf_mulhi64(a, b) __umul64hi(a, b)
#define wf_clz(u) __clz((int)(u))
#define wf_clzll(u) __clzll((long long)(u))
#define wf_on_gpu() __wf_on_gpu()
#else
/* Always inlined: a loop over a function is vectorised only when nothing in it is a call. (device.c, which
 * has no loops, leaves it to the compiler.) */
#ifndef WF_INNER
#define WF_INNER static inline __attribute__((always_inline))
#endif
#ifndef WF_DEVICE
#define WF_DEVICE WF_INNER
#endif
#define WF_RARE WF_INNER
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#define wf_on_gpu() 0
#define wf_fmaf(a, b, c) __builtin_fmaf(a, b, c)
#define wf_sqrtf(x) __builtin_sqrtf(x)
#define wf_fabsf(x) __builtin_fabsf(x)
#define wf_floorf(x) __builtin_floorf(x)
#define wf_ceilf(x) __builtin_ceilf(x)
#define wf_truncf(x) __builtin_truncf(x)
#define wf_rintf(x) __builtin_rintf(x)
#define wf_copysignf(x, y) __builtin_copysignf(x, y)
#define wf_fma(a, b, c) __builtin_fma(a, b, c)
#define wf_sqrt(x) __builtin_sqrt(x)
#define wf_fabs(x) __builtin_fabs(x)
#define wf_floor(x) __builtin_floor(x)
#define wf_ceil(x) __builtin_ceil(x)
#define wf_trunc(x) __builtin_trunc(x)
#define wf_rint(x) __builtin_rint(x)
#define wf_copysign(x, y) __builtin_copysign(x, y)

static inline unsigned int wf_float_bits(float x) {
    union {
        float f;
        unsigned int u;
    } pun = {.f = x};
    return pun.u;
}
static inline float wf_bits_float(unsigned int u) {
    union {
        unsigned int u;
        float f;
    } pun = {.u = u};
    return pun.f;
}
static inline unsigned long long wf_double_bits(double x) {
    union {
        double d;
        unsigned long long u;
    } pun = {.d = x};
    return pun.u;
}
static inline double wf_bits_double(unsigned long long u) {
    union {
        unsigned long long u;
        double d;
    } pun = {.u = u};
    return pun.d;
}
static inline unsigned long long wf_mulhi64(unsigned long long a, unsigned long long b) {
    unsigned long long al = a & 0xffffffffu, ah = a >> 32, bl = b & 0xffffffffu, bh = b >> 32;
    unsigned long long low = al * bl, mid1 = ah * bl, mid2 = al * bh;
    unsigned long long carry = (low >> 32) + (mid1 & 0xffffffffu) + (mid2 & 0xffffffffu);
    return ah * bh + (mid1 >> 32) + (mid2 >> 32) + (carry >> 32);
}
/* Leading zero bits; all of them for 0, as on the GPU. */
static inline int wf_clz(unsigned int u) { return u ? __builtin_clz(u) : 32; }
static inline int wf_clzll(unsigned long long u) { return u ? __builtin_clzll(u) : 64; }
#endif

#define WF_INFF wf_bits_float(0x7f800000u)
#define WF_NANF wf_bits_float(0x7fc00000u)
#define WF_INF wf_bits_double(0x7ff0000000000000ull)
#define WF_NAN wf_bits_double(0x7ff8000000000000ull)

/* Adding and subtracting these rounds |x| < 2^22 (2^51) to an integer, which then also lies in the low bits
 * of the sum. */
#define WF_ROUNDERF 12582912.0f       /* 1.5 * 2^23 */
#define WF_ROUNDER 6755399441055744.0 /* 1.5 * 2^52 */

WF_INNER int wf_isnanf(float x) { return x != x; }
WF_INNER int wf_isnan(double x) { return x != x; }
WF_INNER int wf_isinff(float x) { return wf_fabsf(x) == WF_INFF; }
WF_INNER int wf_isinf(double x) { return wf_fabs(x) == WF_INF; }
/* The low bits of x + WF_ROUNDER as an integer. */
WF_INNER int wf_rounder_intf(float t) { return (int)(wf_float_bits(t) - 0x4b400000u); }
WF_INNER int wf_rounder_int(double t) { return (int)(unsigned int)wf_double_bits(t); }
/* x, but 0 where its square and its cube would be subnormal, which an x86 computes some 25 times slower. For
 * functions that have a simpler form there, or do not see such an x: their result must not depend on which of
 * the two it is, for a GPU, where subnormal numbers cost nothing, keeps x. */
WF_INNER float wf_unless_tinyf(float x) { return (!wf_on_gpu() & (wf_fabsf(x) < 0x1p-40f)) ? 0.0f : x; }
WF_INNER double wf_unless_tiny(double x) { return (!wf_on_gpu() & (wf_fabs(x) < 0x1p-300)) ? 0.0 : x; }
/* 2^n for a normal result. */
WF_INNER float wf_pow2f(int n) { return wf_bits_float((unsigned int)(n + 127) << 23); }
WF_INNER double wf_pow2(int n) { return wf_bits_double((unsigned long long)(unsigned int)(n + 1023) << 52); }
/* x * 2^n, rounded once; n within -250 … 250 (-2040 … 2040). Two factors, for results beyond either end of
 * the exponents. */
WF_INNER float wf_scalef(float x, int n) {
    int half = n >> 1;
    return x * wf_pow2f(half) * wf_pow2f(n - half);
}
WF_INNER double wf_scale(double x, int n) {
    int half = n >> 1;
    return x * wf_pow2(half) * wf_pow2(n - half);
}

/* Complex numbers (x real, y imaginary) and what Philox takes and gives. */
#ifdef __WEFT__
typedef float2 wf_c64;
typedef double2 wf_c128;
#else
typedef struct wf_c64 {
    float x, y;
} wf_c64;
typedef struct wf_c128 {
    double x, y;
} wf_c128;
#endif
typedef struct wf_u32x4 {
    unsigned int x, y, z, w;
} wf_u32x4;
typedef struct wf_u64x4 {
    unsigned long long x, y, z, w;
} wf_u64x4;
#endif
