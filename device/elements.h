/* device/elements.h: what arrays have of element functions beyond C's mathematics: common divisors, counts of
 * bits, the two results of frexp apart, ldexp with an exponent that is a float.
 *
 * gcd is Stein's (1967), with the trailing zeros taken from the highest bit of u & -u: a step is a shift, a
 * comparison and a subtraction, where Euclid's is a division, which no device has for 64 bits. lcm is of
 * unsigned numbers and wraps. */
#ifndef WF_ELEMENTS_H
#define WF_ELEMENTS_H
#include "wf_device.h"
#include "f32_round.h"
#include "f64_round.h"

WF_INNER int wf_low_zeros32(unsigned int u) { return 31 - wf_clz(u & (0u - u)); }
WF_INNER int wf_low_zeros64(unsigned long long u) { return 63 - wf_clzll(u & (0ull - u)); }

WF_DEVICE unsigned int wf_gcd32(unsigned int x, unsigned int y) {
    int twos;
    unsigned int more;
    if (x == 0u || y == 0u) return x | y;
    twos = wf_low_zeros32(x | y);
    x = x >> wf_low_zeros32(x);
    while (y != 0u) {
        y = y >> wf_low_zeros32(y);
        more = x > y ? x : y;
        x = x > y ? y : x;
        y = more - x;
    }
    return x << twos;
}
WF_DEVICE unsigned long long wf_gcd64(unsigned long long x, unsigned long long y) {
    int twos;
    unsigned long long more;
    if (x == 0ull || y == 0ull) return x | y;
    twos = wf_low_zeros64(x | y);
    x = x >> wf_low_zeros64(x);
    while (y != 0ull) {
        y = y >> wf_low_zeros64(y);
        more = x > y ? x : y;
        x = x > y ? y : x;
        y = more - x;
    }
    return x << twos;
}
WF_DEVICE unsigned int wf_lcm32(unsigned int x, unsigned int y) {
    unsigned int divisor = wf_gcd32(x, y);
    return divisor == 0u ? 0u : x / divisor * y;
}
WF_DEVICE unsigned long long wf_lcm64(unsigned long long x, unsigned long long y) {
    unsigned long long divisor = wf_gcd64(x, y);
    return divisor == 0ull ? 0ull : x / divisor * y;
}

/* How many bits are set. */
WF_DEVICE unsigned int wf_bit_count32(unsigned int u) {
    u = u - ((u >> 1) & 0x55555555u);
    u = (u & 0x33333333u) + ((u >> 2) & 0x33333333u);
    return ((u + (u >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}
WF_DEVICE unsigned int wf_bit_count64(unsigned long long u) {
    return wf_bit_count32((unsigned int)u) + wf_bit_count32((unsigned int)(u >> 32));
}

/* x = mantissa * 2^exponent, the mantissa in [0.5, 1); of 0, infinity and NaN x and 0. */
WF_DEVICE float wf_mantissaf(float x) {
    int e;
    return wf_frexpf(x, &e);
}
WF_DEVICE double wf_mantissa(double x) {
    int e;
    return wf_frexp(x, &e);
}
WF_DEVICE int wf_binary_exponentf(float x) {
    int e;
    float m = wf_frexpf(x, &e);
    return m == 0.0f ? 0 : e;
}
WF_DEVICE int wf_binary_exponent(double x) {
    int e;
    double m = wf_frexp(x, &e);
    return m == 0.0 ? 0 : e;
}
/* x * 2^n for a whole n, rounded once. */
WF_DEVICE float wf_scaledf(float x, float n) { return wf_ldexpf(x, (int)n); }
WF_DEVICE double wf_scaled(double x, double n) { return wf_ldexp(x, (int)n); }
#endif
