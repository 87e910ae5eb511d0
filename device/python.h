/* device/python.h: arithmetic that Python defines and C does not, for kernels written in Python.
 *
 * Floored division and remainder, integer powers, rounding to digits, NaN-keeping minimum and maximum,
 * complex division (Smith's method), the generator xoroshiro128+ with the formulas of Numba's cuda.random. */
#ifndef WF_PYTHON_H
#define WF_PYTHON_H
#include "wf_device.h"
#include "f32_log.h"
#include "f32_round.h"
#include "f32_trig.h"
#include "f64_log.h"
#include "f64_round.h"
#include "f64_trig.h"

/* x // 0 is 0 and x % 0 is x, as the tree has it (a host function has raised before). */
WF_DEVICE long wf_py_floordiv(long a, long b) {
    long q = a / b, r = a % b;
    return q - (b != 0 && r != 0 && (r < 0) != (b < 0));
}
WF_DEVICE long wf_py_mod(long a, long b) {
    long r = a % b;
    return b != 0 && r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
/* The same for a divisor that is not known while compiling: an index that steps over the edge of what it goes
 * round, (i + 1) % n, mostly needs no division, which takes ten times as long as the rest. */
WF_DEVICE long wf_py_mod_of(long a, long b) { return a >= 0 && a < b ? a : wf_py_mod(a, b); }

/* Wraps; a negative exponent gives 0 but for the bases 1 and -1. */
WF_DEVICE long wf_py_power(long base, long exponent) {
    unsigned long result = 1, square = (unsigned long)base;
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent & 1 ? -1 : 1) : 0;
    while (exponent) {
        if (exponent & 1) result *= square;
        square *= square;
        exponent >>= 1;
    }
    return (long)result;
}

WF_DEVICE double wf_py_fmod(double x, double y) {
    double r = wf_fmod(x, y);
    if (r == 0.0) return wf_copysign(0.0, y);
    return (r < 0.0) != (y < 0.0) ? r + y : r;
}
WF_DEVICE float wf_py_fmodf(float x, float y) {
    float r = wf_fmodf(x, y);
    if (r == 0.0f) return wf_copysignf(0.0f, y);
    return (r < 0.0f) != (y < 0.0f) ? r + y : r;
}

WF_DEVICE double wf_py_ffloordiv(double x, double y) {
    double r = wf_fmod(x, y), q = (x - r) / y, whole;
    if (y == 0.0) return x / y;
    if (r != 0.0 && (r < 0.0) != (y < 0.0)) q -= 1.0;
    if (q == 0.0) return wf_copysign(0.0, x / y);
    whole = wf_floor(q);
    return q - whole > 0.5 ? whole + 1.0 : whole;
}
WF_DEVICE float wf_py_ffloordivf(float x, float y) {
    float r = wf_fmodf(x, y), q = (x - r) / y, whole;
    if (y == 0.0f) return x / y;
    if (r != 0.0f && (r < 0.0f) != (y < 0.0f)) q -= 1.0f;
    if (q == 0.0f) return wf_copysignf(0.0f, x / y);
    whole = wf_floorf(q);
    return q - whole > 0.5f ? whole + 1.0f : whole;
}

/* round(x, digits): scaled, rounded to even, scaled back. */
WF_DEVICE double wf_py_round(double x, long digits) {
    double scale = 1.0, scaled;
    long i, n = digits < 0 ? -digits : digits;
    for (i = 0; i < n && i < 330; i++) scale *= 10.0;
    scaled = digits < 0 ? x / scale : x * scale;
    if (!(wf_fabs(scaled) < 0x1p52)) return digits < 0 && scale > 1e308 ? 0.0 * x : x;
    return digits < 0 ? wf_rint(scaled) * scale : wf_rint(scaled) / scale;
}
WF_DEVICE float wf_py_roundf(float x, long digits) { return (float)wf_py_round((double)x, digits); }

/* NumPy's maximum and minimum: a NaN in either operand is the result. */
WF_DEVICE double wf_py_maximum(double x, double y) { return x > y || x != x ? x : y; }
WF_DEVICE double wf_py_minimum(double x, double y) { return x < y || x != x ? x : y; }
WF_DEVICE float wf_py_maximumf(float x, float y) { return x > y || x != x ? x : y; }
WF_DEVICE float wf_py_minimumf(float x, float y) { return x < y || x != x ? x : y; }

/* (a + bi) / (c + di), its two parts. */
WF_DEVICE double wf_py_cdiv_re(double a, double b, double c, double d) {
    double r = wf_fabs(c) >= wf_fabs(d) ? d / c : c / d;
    return wf_fabs(c) >= wf_fabs(d) ? (a + b * r) / (c + d * r) : (a * r + b) / (c * r + d);
}
WF_DEVICE double wf_py_cdiv_im(double a, double b, double c, double d) {
    double r = wf_fabs(c) >= wf_fabs(d) ? d / c : c / d;
    return wf_fabs(c) >= wf_fabs(d) ? (b - a * r) / (c + d * r) : (b * r - a) / (c * r + d);
}
WF_DEVICE float wf_py_cdiv_ref(float a, float b, float c, float d) {
    float r = wf_fabsf(c) >= wf_fabsf(d) ? d / c : c / d;
    return wf_fabsf(c) >= wf_fabsf(d) ? (a + b * r) / (c + d * r) : (a * r + b) / (c * r + d);
}
WF_DEVICE float wf_py_cdiv_imf(float a, float b, float c, float d) {
    float r = wf_fabsf(c) >= wf_fabsf(d) ? d / c : c / d;
    return wf_fabsf(c) >= wf_fabsf(d) ? (b - a * r) / (c + d * r) : (b * r - a) / (c * r + d);
}

/* xoroshiro128+ (Blackman and Vigna, 2016): state[0..1] moves on, the sum is the result. */
WF_DEVICE unsigned long long wf_xoroshiro_next(unsigned long long *state) {
    unsigned long long s0 = state[0], s1 = state[1], result = s0 + s1;
    s1 ^= s0;
    state[0] = (s0 << 55 | s0 >> 9) ^ s1 ^ s1 << 14;
    state[1] = s1 << 36 | s1 >> 28;
    return result;
}
WF_DEVICE double wf_xoroshiro_uniform(unsigned long long *state) {
    return (double)(wf_xoroshiro_next(state) >> 11) * 0x1p-53;
}
WF_DEVICE float wf_xoroshiro_uniformf(unsigned long long *state) {
    return (float)wf_xoroshiro_uniform(state);
}
/* Box and Muller's method; of the pair the cosine is used. */
WF_DEVICE double wf_xoroshiro_normal(unsigned long long *state) {
    double u = wf_xoroshiro_uniform(state), v = wf_xoroshiro_uniform(state);
    return wf_sqrt(-2.0 * wf_log(u)) * wf_cos(6.283185307179586 * v);
}
WF_DEVICE float wf_xoroshiro_normalf(unsigned long long *state) {
    float u = wf_xoroshiro_uniformf(state), v = wf_xoroshiro_uniformf(state);
    return wf_sqrtf(-2.0f * wf_logf(u)) * wf_cosf(6.2831855f * v);
}

/* MT19937 (Matsumoto and Nishimura, 1998): state[0..623] and, in state[624], how many were used. */
WF_DEVICE unsigned wf_py_mt_next(unsigned *state) {
    unsigned y;
    if (state[624] >= 624) {
        int k;
        for (k = 0; k < 624; k++) {
            y = (state[k] & 0x80000000u) | (state[k < 623 ? k + 1 : 0] & 0x7fffffffu);
            state[k] = state[k < 227 ? k + 397 : k - 227] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
        }
        state[624] = 0;
    }
    y = state[state[624]++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}
/* 53 bits, as NumPy's legacy generator and Python's take them. */
WF_DEVICE double wf_py_mt_double(unsigned *state) {
    unsigned a = wf_py_mt_next(state) >> 5, b = wf_py_mt_next(state) >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
}
WF_DEVICE unsigned wf_py_mt_seed(unsigned *state, unsigned seed) {
    unsigned k;
    state[0] = seed;
    for (k = 1; k < 624; k++) state[k] = 1812433253u * (state[k - 1] ^ state[k - 1] >> 30) + k;
    state[624] = 624;
    state[625] = 0;
    return seed;
}
/* Marsaglia's polar method gives two normal numbers: state[625] says that the second one lies in state[626]
 * and state[627]. NumPy's legacy generator draws the same. */
WF_DEVICE double wf_py_mt_gauss(unsigned *state) {
    double x, y, r, f;
    unsigned long long bits;
    if (state[625]) {
        state[625] = 0;
        return wf_bits_double((unsigned long long)state[627] << 32 | state[626]);
    }
    do {
        x = 2.0 * wf_py_mt_double(state) - 1.0;
        y = 2.0 * wf_py_mt_double(state) - 1.0;
        r = x * x + y * y;
    } while (r >= 1.0 || r == 0.0);
    f = wf_sqrt(-2.0 * wf_log(r) / r);
    bits = wf_double_bits(f * x);
    state[625] = 1;
    state[626] = (unsigned)bits;
    state[627] = (unsigned)(bits >> 32);
    return f * y;
}
#endif
