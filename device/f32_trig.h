/* device/f32_trig.h: sin, cos, sincos, tan, sinpi, cospi, sincospi, tanpi.
 *
 * x = q pi/2 + r, |r| <= pi/4, r as a pair. Below 2^17 by Cody and Waite with pi/2 in three words: with fma
 * the first subtraction is exact for every q, the second is carried as a pair, the third enters the low word.
 * Above, by Payne and Hanek: an integer product with the bits of 2/pi that matter; it is the one branch here,
 * and rare. sin(r) = r + r z P(z) and cos(r) = 1 - z/2 + z^2 P(z), z = r^2, from "sin" and "cos" of
 * tools/polynomials.py, both kept as pairs; the quadrant selects. The ...pi functions reduce x exactly and
 * multiply the rest by pi as a pair. Odd cases: infinity gives NaN; sin and tan of -0 are -0; sinpi of an
 * integer is a zero with the sign of x. */
#ifndef WF_F32_TRIG_H
#define WF_F32_TRIG_H
#include "f32_pair.h"

#define WF_TRIG_LIMITF 0x1p17f /* from here on Payne and Hanek */

typedef struct wf_trigf_reduced {
    wf_ff r;
    int q; /* the quadrant, modulo 4 */
} wf_trigf_reduced;

/* For |x| < WF_TRIG_LIMITF. */
WF_INNER wf_trigf_reduced wf_trigf_reduce_near(float x) {
    wf_trigf_reduced e;
    float t = wf_fmaf(x, 0x1.45f306p-1f, WF_ROUNDERF), q = t - WF_ROUNDERF;
    float first = wf_fmaf(-q, 0x1.921fb6p+0f, x); /* exact */
    wf_ff second = wf_ff_prod(q, -0x1.777a5cp-25f), r = wf_ff_sum(first, -second.h);
    r.l = r.l - wf_fmaf(q, -0x1.ee59dap-50f, second.l);
    e.r = wf_ff_fast(r.h, r.l);
    e.q = wf_rounder_intf(t);
    return e;
}
/* Words of 2/pi, a zero word first: the i-th. */
WF_INNER unsigned int wf_two_over_pif(int i) {
    unsigned int low = i == 0 ? 0u : i == 1 ? 0xa2f9836eu : i == 2 ? 0x4e441529u : 0xfc2757d1u;
    unsigned int high = i == 4 ? 0xf534ddc0u : i == 5 ? 0xdb629599u : i == 6 ? 0x3c439041u : 0xfe5163abu;
    return i < 4 ? low : high;
}
/* For every other finite x. x = m 2^e with an integer m of 24 bits; the bits of 2/pi above 2^(2-e) would add
 * multiples of 4 to x 2/pi and are skipped; the next 96 are multiplied by m, modulo 2^96. */
WF_INNER wf_trigf_reduced wf_trigf_reduce_far(float x) {
    wf_trigf_reduced out;
    unsigned int bits = wf_float_bits(x), m = (bits & 0x7fffffu) + 0x800000u;
    int skip = (int)((bits >> 23) & 255u) - 150 + 30, word = skip >> 5, shift = skip & 31;
    unsigned long long w0 = wf_two_over_pif(word), w1 = wf_two_over_pif(word + 1),
                       w2 = wf_two_over_pif(word + 2);
    unsigned long long w3 = wf_two_over_pif(word + 3), low, high, fraction;
    unsigned int a = (unsigned int)((((w0 << 32) + w1) << shift) >> 32);
    unsigned int b = (unsigned int)((((w1 << 32) + w2) << shift) >> 32);
    unsigned int c = (unsigned int)((((w2 << 32) + w3) << shift) >> 32);
    int zeros, negative;
    float h, l, scale;
    low = (unsigned long long)m * c;
    high = ((unsigned long long)(m * a) << 32) + (unsigned long long)m * b + (low >> 32);
    low = low & 0xffffffffu;
    out.q = (int)((high + 0x2000000000000000ull) >> 62);
    fraction = (high << 2) + (low >> 30); /* of a quadrant, in two's complement after the rounding of q */
    low = (low << 2) & 0xffffffffu;
    negative = (long long)fraction < 0;
    fraction = negative ? ~fraction : fraction;
    low = negative ? low ^ 0xffffffffu : low;
    zeros = wf_clzll(fraction);
    zeros = zeros > 31 ? 31 : zeros;
    fraction = (fraction << zeros) + (low >> (32 - zeros));
    h = (float)(int)(fraction >> 40);
    l = (float)(int)((fraction >> 16) & 0xffffffu);
    scale = wf_pow2f(-24 - zeros);
    h = (negative ? -h : h) * scale;
    l = (negative ? -l : l) * scale * 0x1p-24f;
    out.r = wf_ff_mul(wf_ff_fast(h, l), wf_ff_make(0x1.921fb6p+0f, -0x1.777a5cp-25f));
    if (wf_float_bits(x) >> 31) {
        out.r = wf_ff_neg(out.r);
        out.q = -out.q;
    }
    return out;
}
WF_INNER wf_trigf_reduced wf_trigf_reduce(float x) {
    wf_trigf_reduced e = wf_trigf_reduce_near(x);
    if (wf_fabsf(x) >= WF_TRIG_LIMITF) {
        if (wf_fabsf(x) < WF_INFF) e = wf_trigf_reduce_far(x);
        else e.r = wf_ff_make(x - x, x - x);
    }
    return e;
}
/* x = n / 2 + rest exactly; r = pi rest. */
WF_INNER wf_trigf_reduced wf_trigpif_reduce(float x) {
    wf_trigf_reduced e;
    float n = wf_rintf(x + x), rest = wf_fmaf(n, -0.5f, x);
    float four = wf_rintf(n * 0.25f);
    int infinite = !(wf_fabsf(x) < 0x1p126f); /* so large x are even integers */
    rest = infinite ? (x - x) : rest;
    e.q = (int)(infinite ? 0.0f : wf_fmaf(four, -4.0f, n));
    e.r = wf_ff_mul1(wf_ff_make(0x1.921fb6p+1f, -0x1.777a5cp-24f), rest);
    return e;
}

/* sin and cos of |r| <= pi/4 as pairs, not normalised: |l| may reach |h| / 8. */
WF_INNER wf_ff wf_sinf_small(wf_ff r) {
    float z = r.h * r.h, p;
    p = 0x1.786ae8p-19f;
    p = wf_fmaf(p, z, -0x1.a04a82p-13f);
    p = wf_fmaf(p, z, 0x1.111166p-7f);
    p = wf_fmaf(p, z, -0x1.555556p-3f);
    return wf_ff_make(r.h, wf_fmaf(r.h * z, p, wf_fmaf(r.l * z, -0.5f, r.l)));
}
WF_INNER wf_ff wf_cosf_small(wf_ff r) {
    float half = 0.5f * r.h, square = half * r.h, z = r.h * r.h, p;
    wf_ff c = wf_ff_fast(1.0f, -square);
    p = 0x1.99eadp-16f;
    p = wf_fmaf(p, z, -0x1.6c0c2ep-10f);
    p = wf_fmaf(p, z, 0x1.55554ap-5f);
    c.l = c.l + wf_fmaf(z * z, p, -wf_fmaf(r.h, r.l, wf_fmaf(half, r.h, -square)));
    return c;
}
WF_INNER float wf_trigf_sin(wf_trigf_reduced e) {
    wf_ff s = wf_sinf_small(e.r), c = wf_cosf_small(e.r);
    float y = e.q & 1 ? c.h + c.l : s.h + s.l;
    return e.q & 2 ? -y : y;
}
WF_INNER float wf_trigf_cos(wf_trigf_reduced e) {
    wf_ff s = wf_sinf_small(e.r), c = wf_cosf_small(e.r);
    float y = e.q & 1 ? s.h + s.l : c.h + c.l;
    return (e.q + 1) & 2 ? -y : y;
}
WF_INNER float wf_trigf_tan(wf_trigf_reduced e) {
    wf_ff s = wf_sinf_small(e.r), c = wf_cosf_small(e.r), t, b;
    s = wf_ff_fast(s.h, s.l);
    c = wf_ff_fast(c.h, c.l);
    t = e.q & 1 ? wf_ff_neg(c) : s;
    b = e.q & 1 ? s : c;
    t = wf_ff_div(t, b);
    return t.h + t.l;
}

WF_DEVICE float wf_sinf(float x) {
    float y = wf_trigf_sin(wf_trigf_reduce(x));
    return wf_fabsf(x) < 0x1p-13f ? x : y;
}
WF_DEVICE float wf_cosf(float x) { return wf_trigf_cos(wf_trigf_reduce(x)); }
WF_DEVICE float wf_tanf(float x) {
    float y = wf_trigf_tan(wf_trigf_reduce(x));
    return wf_fabsf(x) < 0x1p-13f ? x : y;
}
WF_DEVICE void wf_sincosf(float x, float *sine, float *cosine) {
    wf_trigf_reduced e = wf_trigf_reduce(x);
    float y = wf_trigf_sin(e);
    *sine = wf_fabsf(x) < 0x1p-13f ? x : y;
    *cosine = wf_trigf_cos(e);
}
WF_DEVICE float wf_sinpif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_sin(e);
    return e.r.h == 0.0f && !(e.q & 1) ? x * 0.0f : y;
}
WF_DEVICE float wf_cospif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_cos(e);
    return y == 0.0f ? 0.0f : y;
}
WF_DEVICE void wf_sincospif(float x, float *sine, float *cosine) {
    *sine = wf_sinpif(x);
    *cosine = wf_cospif(x);
}
/* Exact at multiples of 1/4; at odd multiples of 1/2 the infinity alternates, as IEEE 754 has it. */
WF_DEVICE float wf_tanpif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_tan(e);
    if (e.r.h == 0.0f) { /* NaN goes the other way */
        float zero = e.q & 2 ? -x * 0.0f : x * 0.0f;
        y = e.q & 1 ? ((e.q & 3) == 1 ? WF_INFF : -WF_INFF) : zero;
    }
    return y;
}
#endif
