/* device/f32_root.h: cbrt, rcbrt, rsqrt, hypot, rhypot, norm3d, rnorm3d, norm4d, rnorm4d.
 *
 * rcbrt: x = m 8^k with 1 <= m < 8; t = m^(-1/3) from the bits of m (within 4 %), improved by steps on r = 1
 * - m t^3, the last one with r as a pair; cbrt similarly. rsqrt: 1 / sqrt(x), corrected by the exact residues
 * of the root and of the quotient. hypot and the norms: the sum of squares as a pair, its root as a pair. Odd
 * cases: arguments are scaled by powers of two, so that no square overflows or loses bits; an infinite
 * argument of a norm wins over NaN. */
#ifndef WF_F32_ROOT_H
#define WF_F32_ROOT_H
#include "f32_pair.h"

typedef struct wf_cbrtf_parts {
    float m, t; /* 1 <= m < 8; m^(-1/3) within a few units of the last place */
    int k;      /* x = m 8^k */
} wf_cbrtf_parts;
/* For positive, finite x. */
WF_INNER wf_cbrtf_parts wf_cbrtf_split(float x) {
    wf_cbrtf_parts c;
    int tiny = x < 0x1p-126f, exponent;
    float r;
    unsigned int bits = wf_float_bits(tiny ? x * 0x1p24f : x);
    exponent = (int)(bits >> 23) + 2; /* 127 + 2 = 3 * 43 */
    c.k = exponent / 3 - 43;
    c.m = wf_bits_float((bits & 0x7fffffu) + ((unsigned int)(127 + exponent % 3) << 23));
    c.t = wf_bits_float(0x54a21d29u - wf_float_bits(c.m) / 3u);
    c.k = tiny ? c.k - 8 : c.k;
    r = wf_fmaf(-c.m * c.t, c.t * c.t, 1.0f);
    c.t = wf_fmaf(c.t * r, wf_fmaf(r, wf_fmaf(r, 0x1.61f9aep-3f, 0x1.c71c72p-3f), 0x1.555556p-2f), c.t);
    r = wf_fmaf(-c.m * c.t, c.t * c.t, 1.0f);
    c.t = wf_fmaf(c.t * r, wf_fmaf(r, 0x1.c71c72p-3f, 0x1.555556p-2f), c.t);

    return c;
}
/* cbrt needs no exponent apart: -1/3 of the bits, as a float, give x^(-1/3) within 4 %, then one step, the
 * root y = x t^2, and Newton's correction with the exact residue of its cube. */
WF_DEVICE float wf_cbrtf(float x) {
    float ax = wf_fabsf(x), c, t, r, y, square, rest;
    int tiny = ax < 0x1p-126f;
    c = tiny ? ax * 0x1p24f : ax;
    t = wf_fmaf((float)(int)wf_float_bits(c), -0x1.555556p-2f, 0x1.52887p+30f);
    t = wf_bits_float((unsigned int)(int)t);
    r = wf_fmaf(-c * t, t * t, 1.0f);
    t = wf_fmaf(t * r, wf_fmaf(r, wf_fmaf(r, 0x1.61f9aep-3f, 0x1.c71c72p-3f), 0x1.555556p-2f), t);
    t = t * t;
    y = c * t;
    square = y * y;
    rest = wf_fmaf(-wf_fmaf(y, y, -square), y, wf_fmaf(-square, y, c));
    y = wf_fmaf(rest, t * 0x1.555556p-2f, y);
    y = tiny ? y * 0x1p-8f : y;
    return wf_copysignf(ax < WF_INFF ? y : ax, x);
}
WF_DEVICE float wf_rcbrtf(float x) {
    float ax = wf_fabsf(x), y;
    wf_cbrtf_parts c = wf_cbrtf_split(ax);
    wf_ff cube = wf_ff_mul1(wf_ff_mul1(wf_ff_prod(c.t, c.t), c.t), c.m);
    y = wf_fmaf(c.t * 0x1.555556p-2f, (1.0f - cube.h) - cube.l, c.t) * wf_pow2f(-c.k);
    y = ax > 0.0f ? y : WF_INFF;
    y = ax < WF_INFF ? y : 0.0f;
    y = wf_copysignf(y, x);
    return wf_isnanf(x) ? x : y;
}
/* 1 / sqrt(a) for a pair, a.h positive, not near the ends of the exponents. */
WF_INNER float wf_rsqrtf_pair(wf_ff a) {
    float s = wf_sqrtf(a.h), y = 1.0f / s;
    float rest = wf_fmaf(-s, s, a.h) + a.l, quotient = wf_fmaf(-s, y, 1.0f);
    return wf_fmaf(y, wf_fmaf(rest * -0.5f, y * y, quotient), y);
}
WF_DEVICE float wf_rsqrtf(float x) {
    int tiny = x < 0x1p-100f;
    float y = wf_rsqrtf_pair(wf_ff_make(tiny ? x * 0x1p48f : x, 0.0f));
    y = tiny ? y * 0x1p24f : y;
    y = x < WF_INFF ? y : 0.0f;
    y = x < 0.0f ? WF_NANF : y;
    y = x == 0.0f ? wf_copysignf(WF_INFF, x) : y;
    return wf_isnanf(x) ? x : y;
}

/* A power of two that brings b near 1 when it is near an end. */
WF_INNER float wf_normf_scale(float b) { return b > 0x1p60f ? 0x1p-70f : b < 0x1p-50f ? 0x1p90f : 1.0f; }
WF_INNER float wf_normf_unscale(float scale) {
    return scale == 1.0f ? 1.0f : scale < 1.0f ? 0x1p70f : 0x1p-90f;
}
WF_INNER float wf_maxf(float a, float b) { return a > b ? a : b; }
/* The sum of squares of scaled arguments. */
WF_INNER wf_ff wf_normf_squares(float a, float b, float c, float d) {
    return wf_ff_add(wf_ff_add(wf_ff_prod(a, a), wf_ff_prod(b, b)),
                     wf_ff_add(wf_ff_prod(c, c), wf_ff_prod(d, d)));
}
WF_INNER float wf_normf_of(float a, float b, float c, float d, int reciprocal) {
    float largest = wf_maxf(wf_maxf(a, b), wf_maxf(c, d)), scale = wf_normf_scale(largest), y;
    wf_ff sum;
    int zero = largest == 0.0f;
    sum = wf_normf_squares(zero ? 1.0f : a * scale, b * scale, c * scale, d * scale);
    if (reciprocal) {
        y = wf_rsqrtf_pair(sum) * scale;
        y = zero ? WF_INFF : y;
    } else {
        sum = wf_ff_sqrt(sum);
        y = (sum.h + sum.l) * wf_normf_unscale(scale);
        y = zero ? 0.0f : y;
    }
    y = (wf_isnanf(a) | wf_isnanf(b) | wf_isnanf(c) | wf_isnanf(d)) ? WF_NANF : y;
    return (wf_isinff(a) | wf_isinff(b) | wf_isinff(c) | wf_isinff(d)) ? (reciprocal ? 0.0f : WF_INFF) : y;
}
WF_DEVICE float wf_hypotf(float x, float y) { return wf_normf_of(wf_fabsf(x), wf_fabsf(y), 0.0f, 0.0f, 0); }
WF_DEVICE float wf_rhypotf(float x, float y) { return wf_normf_of(wf_fabsf(x), wf_fabsf(y), 0.0f, 0.0f, 1); }
WF_DEVICE float wf_norm3df(float a, float b, float c) {
    return wf_normf_of(wf_fabsf(a), wf_fabsf(b), wf_fabsf(c), 0.0f, 0);
}
WF_DEVICE float wf_rnorm3df(float a, float b, float c) {
    return wf_normf_of(wf_fabsf(a), wf_fabsf(b), wf_fabsf(c), 0.0f, 1);
}
WF_DEVICE float wf_norm4df(float a, float b, float c, float d) {
    return wf_normf_of(wf_fabsf(a), wf_fabsf(b), wf_fabsf(c), wf_fabsf(d), 0);
}
WF_DEVICE float wf_rnorm4df(float a, float b, float c, float d) {
    return wf_normf_of(wf_fabsf(a), wf_fabsf(b), wf_fabsf(c), wf_fabsf(d), 1);
}
#endif
