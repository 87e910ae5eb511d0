/* device/f32_round.h: round, modf, frexp, ldexp, scalbn, logb, ilogb, nextafter, fdim, fmod, remainder,
 * remquo, and the conversions lround, llround, lrint, llrint.
 *
 * All exact, or rounded once as C asks (ldexp into the subnormals). fmod takes y times a power of two away
 * from x, as often as it fits, 22 bits of the quotient at a time: q = trunc(r / s) may be one too large, r -
 * q s is exact either way. Conversions of what does not fit give the nearest end of the integers, of NaN 0.
 */
#ifndef WF_F32_ROUND_H
#define WF_F32_ROUND_H
#include "wf_device.h"

/* To the nearest integer, halfway cases away from 0. */
WF_DEVICE float wf_roundf(float x) {
    float t = wf_truncf(x), rest = wf_fabsf(x - t);
    return rest >= 0.5f ? t + wf_copysignf(1.0f, x) : t;
}
WF_DEVICE float wf_modff(float x, float *whole) {
    float t = wf_truncf(x);
    *whole = t;
    return wf_copysignf(wf_fabsf(x) == WF_INFF ? 0.0f : x - t, x);
}
/* Saturating, NaN to 0. */
WF_INNER long long wf_to_llf(float x) {
    float c = x < -0x1p63f ? -0x1p63f : x;
    int inside = c < 0x1p63f; /* false for NaN */
    long long n = (long long)(inside ? c : 0.0f);
    return inside ? n : wf_isnanf(x) ? 0 : 0x7fffffffffffffffll;
}
WF_DEVICE long long wf_llroundf(float x) { return wf_to_llf(wf_roundf(x)); }
WF_DEVICE long long wf_llrintf(float x) { return wf_to_llf(wf_rintf(x)); }
WF_DEVICE long wf_lroundf(float x) { return (long)wf_to_llf(wf_roundf(x)); }
WF_DEVICE long wf_lrintf(float x) { return (long)wf_to_llf(wf_rintf(x)); }

/* The exponent of a finite x that is not 0: 2^e <= |x| < 2^(e+1). */
WF_INNER int wf_exponentf(float x) {
    float ax = wf_fabsf(x);
    int tiny = ax < 0x1p-126f;
    unsigned int bits = wf_float_bits(tiny ? ax * 0x1p24f : ax);
    return (int)(bits >> 23) - (tiny ? 127 + 24 : 127);
}
/* x with the exponent 0: 1 <= |result| < 2. For finite x that is not 0. */
WF_INNER float wf_significandf(float x) {
    int tiny = wf_fabsf(x) < 0x1p-126f;
    unsigned int bits = wf_float_bits(tiny ? x * 0x1p24f : x);
    return wf_bits_float((bits & 0x807fffffu) + 0x3f800000u);
}
/* Neither 0 nor infinite nor NaN. */
WF_INNER int wf_ordinaryf(float x) { return x != 0.0f && wf_fabsf(x) < WF_INFF; }

WF_DEVICE float wf_frexpf(float x, int *exponent) {
    int ordinary = wf_ordinaryf(x);
    *exponent = ordinary ? wf_exponentf(x) + 1 : 0;
    return ordinary ? wf_significandf(x) * 0.5f : x;
}
WF_DEVICE float wf_ldexpf(float x, int n) {
    int e = wf_exponentf(x), c = n > 1000 ? 1000 : n < -1000 ? -1000 : n;
    float m = wf_significandf(x), y;
    e = e + c;
    e = e > 128 ? 128 : e < -180 ? -180 : e;
    y = m * wf_pow2f(e > 0 ? e - 1 : e + 64) * (e > 0 ? 2.0f : 0x1p-64f);
    return wf_ordinaryf(x) ? y : x;
}
WF_DEVICE float wf_scalbnf(float x, int n) { return wf_ldexpf(x, n); }
WF_DEVICE float wf_scalblnf(float x, long n) {
    return wf_ldexpf(x, n > 5000 ? 5000 : n < -5000 ? -5000 : (int)n);
}
WF_DEVICE float wf_logbf(float x) {
    float y = x == 0.0f ? -WF_INFF : wf_fabsf(x);
    return wf_ordinaryf(x) ? (float)wf_exponentf(x) : y;
}
/* Of 0 -2^31, of infinity 2^31 - 1, of NaN -2^31, as in CUDA. */
WF_DEVICE int wf_ilogbf(float x) {
    int odd = wf_fabsf(x) == WF_INFF ? 0x7fffffff : -0x7fffffff - 1;
    return wf_ordinaryf(x) ? wf_exponentf(x) : odd;
}
WF_DEVICE float wf_nextafterf(float x, float y) {
    unsigned int bits = wf_float_bits(x), next;
    next = x == 0.0f ? (wf_float_bits(y) & 0x80000000u) + 1u : (y > x) == (x > 0.0f) ? bits + 1u : bits - 1u;
    next = x == y ? wf_float_bits(y) : next;
    return !(x == x && y == y) ? x + y : wf_bits_float(next);
}
WF_DEVICE float wf_fdimf(float x, float y) { return x <= y ? 0.0f : x - y; }

/* r modulo y, for finite r >= 0 and y > 0. */
WF_INNER float wf_fmodf_positive(float r, float y) {
    int ey = y > 0.0f ? wf_exponentf(y) : 0;
    while (r >= y) {
        int k = wf_exponentf(r) - ey - 22, first;
        float s, q;
        k = k > 0 ? k : 0;
        first = k > 120 ? 120 : k;
        s = y * wf_pow2f(first);
        k = k - first;
        first = k > 120 ? 120 : k;
        s = s * wf_pow2f(first) * wf_pow2f(k - first);
        q = wf_truncf(r / s);
        r = wf_fmaf(-q, s, r);
        r = r < 0.0f ? r + s : r;
    }
    return r;
}
WF_DEVICE float wf_fmodf(float x, float y) {
    float ax = wf_fabsf(x), ay = wf_fabsf(y);
    int bad = !(ax < WF_INFF) || !(ay > 0.0f); /* NaN too */
    float r = wf_fmodf_positive(bad ? 0.0f : ax, bad ? 1.0f : ay);
    return bad ? WF_NANF : wf_copysignf(r, x);
}
/* The remainder of the nearest quotient (halfway: the even one), and the quotient's sign and low three bits.
 */
WF_DEVICE float wf_remquof(float x, float y, int *quotient) {
    float ax = wf_fabsf(x), ay = wf_fabsf(y), r, eight;
    int bad = !(ax < WF_INFF) || !(ay > 0.0f), q = 0;
    ax = bad ? 0.0f : ax;
    ay = bad ? 1.0f : ay;
    eight = ay * 8.0f;
    r = eight < WF_INFF ? wf_fmodf_positive(ax, eight) : ax;
    q = r >= ay * 4.0f ? 4 : 0;
    r = q ? r - ay * 4.0f : r;
    q = r >= ay + ay ? q + 2 : q;
    r = r >= ay + ay ? r - (ay + ay) : r;
    q = r >= ay ? q + 1 : q;
    r = r >= ay ? r - ay : r;
    if (r > ay - r || (r == ay - r && (q & 1))) {
        r = r - ay;
        q = q + 1;
    }
    q = q & 7;
    *quotient = bad ? 0 : (x < 0.0f) != (y < 0.0f) ? -q : q;
    r = wf_copysignf(1.0f, x) * r;
    return bad ? WF_NANF : r;
}
WF_DEVICE float wf_remainderf(float x, float y) {
    int quotient;
    return wf_remquof(x, y, &quotient);
}
#endif
