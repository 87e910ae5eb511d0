/* device/f64_root.h: cbrt, rcbrt, rsqrt, hypot, rhypot, norm3d, rnorm3d, norm4d, rnorm4d.
 *
 * cbrt: x = m 8^k with 1 <= m < 8; t = m^(-1/3) from the bits of m (within 4 %), improved by steps on r = 1 -
 * m t^3, the last one with r as a pair. rsqrt: 1 / sqrt(x), corrected by the exact residues of the root and
 * of the quotient. hypot and the norms: the sum of squares as a pair, its root as a pair. Odd cases:
 * arguments are scaled by powers of two, so that no square overflows or loses bits; an infinite argument of a
 * norm wins over NaN. */
#ifndef WF_F64_ROOT_H
#define WF_F64_ROOT_H
#include "f64_pair.h"

typedef struct wf_cbrt_parts {
    double m, t; /* 1 <= m < 8; m^(-1/3) within a few units of the last place */
    int k;       /* x = m 8^k */
} wf_cbrt_parts;
/* For positive, finite x. The integer divisions by 3 are multiplications, which compilers vectorise; the
 * start is good to 3.5%, the steps are of orders 4 and 3. */
WF_INNER wf_cbrt_parts wf_cbrt_split(double x) {
    wf_cbrt_parts c;
    int tiny = x < 0x1p-1022, exponent, third;
    double r;
    unsigned long long bits = wf_double_bits(tiny ? x * 0x1p54 : x), start;
    exponent = (int)(bits >> 52); /* 1023 = 3 * 341 */
    third = (exponent * 21846) >> 16;
    c.k = (tiny ? third - 18 : third) - 341;
    bits =
        (bits & 0xfffffffffffffull) + ((unsigned long long)(unsigned int)(1023 + exponent - 3 * third) << 52);
    c.m = wf_bits_double(bits);
    start = (unsigned long long)(unsigned int)(bits >> 32) * 0x55555556ull >> 32;
    c.t = wf_bits_double((0x553ef0ffull - start) << 32);
    r = wf_fma(-c.m * c.t, c.t * c.t, 1.0);
    c.t = wf_fma(c.t * r,
                 wf_fma(r, wf_fma(r, 0x1.61f9add3c0ca4p-3, 0x1.c71c71c71c71cp-3), 0x1.5555555555555p-2), c.t);
    r = wf_fma(-c.m * c.t, c.t * c.t, 1.0);
    c.t = wf_fma(c.t * r, wf_fma(r, 0x1.c71c71c71c71cp-3, 0x1.5555555555555p-2), c.t);
    return c;
}
WF_DEVICE double wf_cbrt(double x) {
    double ax = wf_fabs(x), root, y;
    wf_cbrt_parts c = wf_cbrt_split(ax);
    wf_dd cube;
    root = c.m * c.t * c.t;
    cube = wf_dd_mul1(wf_dd_prod(root, root), root);
    root = wf_fma((c.m - cube.h) - cube.l, c.t * c.t * 0x1.5555555555555p-2, root);
    y = wf_copysign(root * wf_pow2(c.k), x);
    return ((ax > 0.0) & (ax < WF_INF)) ? y : x;
}
WF_DEVICE double wf_rcbrt(double x) {
    double ax = wf_fabs(x), y;
    wf_cbrt_parts c = wf_cbrt_split(ax);
    wf_dd cube = wf_dd_mul1(wf_dd_mul1(wf_dd_prod(c.t, c.t), c.t), c.m);
    y = wf_fma(c.t * 0x1.5555555555555p-2, (1.0 - cube.h) - cube.l, c.t) * wf_pow2(-c.k);
    y = ax > 0.0 ? y : WF_INF;
    y = ax < WF_INF ? y : 0.0;
    y = wf_copysign(y, x);
    return wf_isnan(x) ? x : y;
}
/* 1 / sqrt(a) for a pair, a.h positive, not near the ends of the exponents. */
WF_INNER double wf_rsqrt_pair(wf_dd a) {
    double s = wf_sqrt(a.h), y = 1.0 / s;
    double rest = wf_fma(-s, s, a.h) + a.l, quotient = wf_fma(-s, y, 1.0);
    return wf_fma(y, wf_fma(rest * -0.5, y * y, quotient), y);
}
WF_DEVICE double wf_rsqrt(double x) {
    int tiny = x < 0x1p-900;
    double y = wf_rsqrt_pair(wf_dd_make(tiny ? x * 0x1p108 : x, 0.0));
    y = tiny ? y * 0x1p54 : y;
    y = x < WF_INF ? y : 0.0;
    y = x < 0.0 ? WF_NAN : y;
    y = x == 0.0 ? wf_copysign(WF_INF, x) : y;
    return wf_isnan(x) ? x : y;
}

/* A power of two that brings b near 1 when it is near an end. */
WF_INNER double wf_norm_scale(double b) { return b > 0x1p500 ? 0x1p-600 : b < 0x1p-450 ? 0x1p600 : 1.0; }
WF_INNER double wf_norm_unscale(double scale) {
    return scale == 1.0 ? 1.0 : scale < 1.0 ? 0x1p600 : 0x1p-600;
}
WF_INNER double wf_max(double a, double b) { return a > b ? a : b; }
/* The sum of squares of scaled arguments. */
WF_INNER wf_dd wf_norm_squares(double a, double b, double c, double d) {
    return wf_dd_add(wf_dd_add(wf_dd_prod(a, a), wf_dd_prod(b, b)),
                     wf_dd_add(wf_dd_prod(c, c), wf_dd_prod(d, d)));
}
WF_INNER double wf_norm_of(double a, double b, double c, double d, int reciprocal) {
    double largest = wf_max(wf_max(a, b), wf_max(c, d)), scale = wf_norm_scale(largest), y;
    wf_dd sum;
    int zero = largest == 0.0;
    sum = wf_norm_squares(zero ? 1.0 : a * scale, b * scale, c * scale, d * scale);
    if (reciprocal) {
        y = wf_rsqrt_pair(sum) * scale;
        y = zero ? WF_INF : y;
    } else {
        sum = wf_dd_sqrt(sum);
        y = (sum.h + sum.l) * wf_norm_unscale(scale);
        y = zero ? 0.0 : y;
    }
    y = (wf_isnan(a) | wf_isnan(b) | wf_isnan(c) | wf_isnan(d)) ? WF_NAN : y;
    return (wf_isinf(a) | wf_isinf(b) | wf_isinf(c) | wf_isinf(d)) ? (reciprocal ? 0.0 : WF_INF) : y;
}
/* As wf_norm_of, of two. */
WF_DEVICE double wf_hypot(double x, double y) {
    double a = wf_fabs(x), b = wf_fabs(y), scale = wf_norm_scale(wf_max(a, b)), r;
    int zero = (a == 0.0) & (b == 0.0);
    wf_dd sum = wf_dd_prod(zero ? 1.0 : a * scale, zero ? 1.0 : a * scale);
    b = b * scale;
    sum = wf_dd_sqrt(wf_dd_add(sum, wf_dd_prod(b, b)));
    r = (sum.h + sum.l) * wf_norm_unscale(scale);
    r = zero ? 0.0 : r;
    r = (wf_isnan(x) | wf_isnan(y)) ? WF_NAN : r;
    return (wf_isinf(x) | wf_isinf(y)) ? WF_INF : r;
}
WF_DEVICE double wf_rhypot(double x, double y) { return wf_norm_of(wf_fabs(x), wf_fabs(y), 0.0, 0.0, 1); }
WF_DEVICE double wf_norm3d(double a, double b, double c) {
    return wf_norm_of(wf_fabs(a), wf_fabs(b), wf_fabs(c), 0.0, 0);
}
WF_DEVICE double wf_rnorm3d(double a, double b, double c) {
    return wf_norm_of(wf_fabs(a), wf_fabs(b), wf_fabs(c), 0.0, 1);
}
WF_DEVICE double wf_norm4d(double a, double b, double c, double d) {
    return wf_norm_of(wf_fabs(a), wf_fabs(b), wf_fabs(c), wf_fabs(d), 0);
}
WF_DEVICE double wf_rnorm4d(double a, double b, double c, double d) {
    return wf_norm_of(wf_fabs(a), wf_fabs(b), wf_fabs(c), wf_fabs(d), 1);
}
#endif
