/* device/f64_round.h: round, modf, frexp, ldexp, scalbn, logb, ilogb, nextafter, fdim, fmod, remainder,
 * remquo, and the conversions lround, llround, lrint, llrint.
 *
 * All exact, or rounded once as C asks (ldexp into the subnormals). fmod takes y times a power of two away
 * from x, as often as it fits, 51 bits of the quotient at a time: q = trunc(r / s) may be one too large, r -
 * q s is exact either way. Conversions of what does not fit give the nearest end of the integers, of NaN 0.
 */
#ifndef WF_F64_ROUND_H
#define WF_F64_ROUND_H
#include "wf_device.h"

/* To the nearest integer, halfway cases away from 0. */
WF_DEVICE double wf_round(double x) {
    double t = wf_trunc(x), rest = wf_fabs(x - t);
    return rest >= 0.5 ? t + wf_copysign(1.0, x) : t;
}
WF_DEVICE double wf_modf(double x, double *whole) {
    double t = wf_trunc(x);
    *whole = t;
    return wf_copysign(wf_fabs(x) == WF_INF ? 0.0 : x - t, x);
}
/* Saturating, NaN to 0. */
WF_INNER long long wf_to_ll(double x) {
    double c = x < -0x1p63 ? -0x1p63 : x;
    int inside = c < 0x1p63; /* false for NaN */
    long long n = (long long)(inside ? c : 0.0);
    return inside ? n : wf_isnan(x) ? 0 : 0x7fffffffffffffffll;
}
WF_DEVICE long long wf_llround(double x) { return wf_to_ll(wf_round(x)); }
WF_DEVICE long long wf_llrint(double x) { return wf_to_ll(wf_rint(x)); }
WF_DEVICE long wf_lround(double x) { return (long)wf_to_ll(wf_round(x)); }
WF_DEVICE long wf_lrint(double x) { return (long)wf_to_ll(wf_rint(x)); }

/* The exponent of a finite x that is not 0: 2^e <= |x| < 2^(e+1). */
WF_INNER int wf_exponent(double x) {
    double ax = wf_fabs(x);
    int tiny = ax < 0x1p-1022;
    unsigned long long bits = wf_double_bits(tiny ? ax * 0x1p54 : ax);
    return (int)(bits >> 52) - (tiny ? 1023 + 54 : 1023);
}
/* x with the exponent 0: 1 <= |result| < 2. For finite x that is not 0. */
WF_INNER double wf_significand(double x) {
    int tiny = wf_fabs(x) < 0x1p-1022;
    unsigned long long bits = wf_double_bits(tiny ? x * 0x1p54 : x);
    return wf_bits_double((bits & 0x800fffffffffffffull) + 0x3ff0000000000000ull);
}
/* Neither 0 nor infinite nor NaN. */
WF_INNER int wf_ordinary(double x) { return x != 0.0 && wf_fabs(x) < WF_INF; }

WF_DEVICE double wf_frexp(double x, int *exponent) {
    int ordinary = wf_ordinary(x);
    *exponent = ordinary ? wf_exponent(x) + 1 : 0;
    return ordinary ? wf_significand(x) * 0.5 : x;
}
WF_DEVICE double wf_ldexp(double x, int n) {
    int e = wf_exponent(x), c = n > 5000 ? 5000 : n < -5000 ? -5000 : n;
    double m = wf_significand(x), y;
    e = e + c;
    e = e > 1024 ? 1024 : e < -1120 ? -1120 : e;
    y = m * wf_pow2(e > 0 ? e - 1 : e + 128) * (e > 0 ? 2.0 : 0x1p-128);
    return wf_ordinary(x) ? y : x;
}
WF_DEVICE double wf_scalbn(double x, int n) { return wf_ldexp(x, n); }
WF_DEVICE double wf_scalbln(double x, long n) {
    return wf_ldexp(x, n > 5000 ? 5000 : n < -5000 ? -5000 : (int)n);
}
WF_DEVICE double wf_logb(double x) {
    double y = x == 0.0 ? -WF_INF : wf_fabs(x);
    return wf_ordinary(x) ? (double)wf_exponent(x) : y;
}
/* Of 0 -2^31, of infinity 2^31 - 1, of NaN -2^31, as in CUDA. */
WF_DEVICE int wf_ilogb(double x) {
    int odd = wf_fabs(x) == WF_INF ? 0x7fffffff : -0x7fffffff - 1;
    return wf_ordinary(x) ? wf_exponent(x) : odd;
}
WF_DEVICE double wf_nextafter(double x, double y) {
    unsigned long long bits = wf_double_bits(x), next;
    next = x == 0.0               ? (wf_double_bits(y) & 0x8000000000000000ull) + 1u
           : (y > x) == (x > 0.0) ? bits + 1u
                                  : bits - 1u;
    next = x == y ? wf_double_bits(y) : next;
    return !(x == x && y == y) ? x + y : wf_bits_double(next);
}
WF_DEVICE double wf_fdim(double x, double y) { return x <= y ? 0.0 : x - y; }

/* r modulo y, for finite r >= 0 and y > 0. */
WF_INNER double wf_fmod_positive(double r, double y) {
    int ey = y > 0.0 ? wf_exponent(y) : 0;
    while (r >= y) {
        int k = wf_exponent(r) - ey - 51, first;
        double s, q;
        k = k > 0 ? k : 0;
        first = k > 1000 ? 1000 : k;
        s = y * wf_pow2(first);
        k = k - first;
        first = k > 1000 ? 1000 : k;
        s = s * wf_pow2(first) * wf_pow2(k - first);
        q = wf_trunc(r / s);
        r = wf_fma(-q, s, r);
        r = r < 0.0 ? r + s : r;
    }
    return r;
}
/* Is the quotient of finite numbers above 2^51, so that one step is not enough? */
WF_INNER int wf_fmod_far(double x, double y) {
    double ax = wf_fabs(x), ay = wf_fabs(y);
    return (ax < WF_INF) & (ay > 0.0) & (ax * 0x1p-51 >= ay);
}
/* fmod where that is not so; for loops that look for others first, as wf_near_sin. One step of the loop
 * above. */
WF_DEVICE double wf_near_fmod(double x, double y) {
    double ax = wf_fabs(x), ay = wf_fabs(y), r;
    int bad = !(ax < WF_INF) | !(ay > 0.0);
    r = wf_fma(-wf_trunc((ax < ay ? 0.0 : ax) / ay), ay, ax);
    r = r < 0.0 ? r + ay : r;
    r = ay == WF_INF ? ax : r;
    return bad ? WF_NAN : wf_copysign(r, x);
}
WF_DEVICE double wf_fmod(double x, double y) {
    double r = wf_near_fmod(x, y);
    if (wf_fmod_far(x, y)) r = wf_copysign(wf_fmod_positive(wf_fabs(x), wf_fabs(y)), x);
    return r;
}
/* The remainder of the nearest quotient (halfway: the even one), and the quotient's sign and low three bits.
 */
WF_DEVICE double wf_remquo(double x, double y, int *quotient) {
    double ax = wf_fabs(x), ay = wf_fabs(y), r, eight;
    int bad = !(ax < WF_INF) || !(ay > 0.0), q = 0;
    ax = bad ? 0.0 : ax;
    ay = bad ? 1.0 : ay;
    eight = ay * 8.0;
    r = eight < WF_INF ? wf_fmod_positive(ax, eight) : ax;
    q = r >= ay * 4.0 ? 4 : 0;
    r = q ? r - ay * 4.0 : r;
    q = r >= ay + ay ? q + 2 : q;
    r = r >= ay + ay ? r - (ay + ay) : r;
    q = r >= ay ? q + 1 : q;
    r = r >= ay ? r - ay : r;
    if (r > ay - r || (r == ay - r && (q & 1))) {
        r = r - ay;
        q = q + 1;
    }
    q = q & 7;
    *quotient = bad ? 0 : (x < 0.0) != (y < 0.0) ? -q : q;
    r = wf_copysign(1.0, x) * r;
    return bad ? WF_NAN : r;
}
/* As remquo, but a quotient below 2^51 takes one step: q, rounded, may miss the nearest integer by one, and
 * halfway cases are known by the rest. */
WF_DEVICE double wf_remainder(double x, double y) {
    double ax = wf_fabs(x), ay = wf_fabs(y), t = (ax < ay * 0.25 ? 0.0 : ax) / ay + WF_ROUNDER, r, other;
    int bad = !(ax < WF_INF) | !(ay > 0.0), odd = wf_rounder_int(t) & 1;
    r = wf_fma(WF_ROUNDER - t, ay, ax);
    other = ay - wf_fabs(r);
    r = wf_fabs(r) > other ? r - wf_copysign(ay, r) : ((wf_fabs(r) == other) & odd) ? -r : r;
    r = ay == WF_INF ? ax : r;
    r = bad ? WF_NAN : wf_copysign(1.0, x) * r;
    if (wf_fmod_far(x, y)) {
        int quotient;
        r = wf_remquo(x, y, &quotient);
    }
    return r;
}
#endif
