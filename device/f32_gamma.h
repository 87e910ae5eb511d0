/* device/f32_gamma.h: tgamma, lgamma, digamma.
 *
 * For x > 0 from Stirling's formula at z >= 4, z = x or x + 4:
 *     log gamma(z) = (z - 1/2) (log z - 1) + (log(2 pi) - 1) / 2 + S(1 / z^2) / z      ("stirling" of
 * tools/polynomials.py) with pairs throughout, divided by x (x + 1) … (x + 3) where z was shifted. For x < 0
 * by reflection, gamma(-a) = -pi / (a sin(pi a) gamma(a)). lgamma within 1/4 of its zeros 1 and 2 is (x - 1)
 * P or (x - 2) P, so it keeps its relative accuracy there; near the zeros between the negative integers only
 * its absolute error is small. Odd cases: gamma(+-0) is +-infinity, of a negative integer NaN (tgamma) or
 * infinity (lgamma). */
#ifndef WF_F32_GAMMA_H
#define WF_F32_GAMMA_H
#include "f32_pow.h"
#include "f32_trig.h"

#define WF_GAMMA_SHIFTF 4

/* gamma(x) = exp(l) / product for x > 0. */
typedef struct wf_gammaf_parts {
    wf_ff l, product;
} wf_gammaf_parts;
WF_INNER wf_gammaf_parts wf_gammaf_split(float x) {
    wf_gammaf_parts g;
    wf_ff z = wf_ff_make(x, 0.0f), l;
    float inverse, w, p;
    g.product = wf_ff_make(1.0f, 0.0f);
    if (x < (float)WF_GAMMA_SHIFTF) {
        int i;
        z = wf_ff_sum((float)WF_GAMMA_SHIFTF, x);
        g.product = wf_ff_make(x, 0.0f);
        for (i = 1; i < WF_GAMMA_SHIFTF; i++) g.product = wf_ff_mul(g.product, wf_ff_sum((float)i, x));
    }
    inverse = 1.0f / z.h;
    w = inverse * inverse;
    p = -0x1.3adefcp-11f;
    p = wf_fmaf(p, w, 0x1.a3ce9ep-11f);
    p = wf_fmaf(p, w, -0x1.6c2056p-9f);
    p = wf_fmaf(p, w, 0x1.555556p-4f);
    p = p * inverse;
    l = wf_logf_extended(z.h);
    l = wf_ff_fast(l.h, wf_fmaf(z.l, inverse, l.l));
    l = wf_ff_mul(wf_ff_add1(z, -0.5f), wf_ff_add1(l, -1.0f));
    g.l = wf_ff_add(l, wf_ff_add1(wf_ff_make(0x1.acfe3ap-2f, -0x1.e6d052p-27f), p));
    return g;
}
/* sin(pi a) as a normalised pair, a >= 0. */
WF_INNER wf_ff wf_gammaf_sine(float a) {
    wf_trigf_reduced e = wf_trigpif_reduce(a);
    wf_trigf_both b = wf_trigf_small(e.r);
    wf_ff s = wf_ff_pick(e.q & 1, b.c, b.s);
    s = wf_ff_fast(s.h, s.l);
    return wf_ff_flip(e.q & 2, s);
}

WF_DEVICE float wf_tgammaf(float x) {
    float a = wf_fabsf(x), c = a > 44.0f ? 44.0f : a < 0x1p-40f ? 0x1p-40f : a, y;
    wf_gammaf_parts g = wf_gammaf_split(c);
    wf_expf_scaled e = wf_expf_of_pair(g.l);
    int whole = wf_floorf(x) == x;
    if (x < 0.0f) {
        wf_ff below = wf_ff_mul(wf_ff_mul(wf_gammaf_sine(whole ? 0.5f : c), wf_ff_make(-c, 0.0f)), e.h);
        wf_ff above = wf_ff_mul(wf_ff_make(0x1.921fb6p+1f, -0x1.777a5cp-24f), g.product);
        above = wf_ff_div(above, below);
        y = wf_scalef(above.h + above.l, -e.n);
        y = a > 44.0f ? wf_copysignf(0.0f, wf_gammaf_sine(whole ? 0.5f : a).h * -1.0f) : y;
    } else {
        wf_ff above = wf_ff_div(e.h, g.product);
        y = wf_scalef(above.h + above.l, e.n);
        y = a > 44.0f ? WF_INFF : y;
    }
    y = whole && x < 0.0f ? WF_NANF : y;
    y = a < 0x1p-40f ? 1.0f / x : y;
    return wf_isnanf(x) ? x : y;
}

/* log of a normalised positive pair. */
WF_INNER wf_ff wf_logf_of_pair(wf_ff a) {
    wf_ff l = wf_logf_extended(a.h);
    return wf_ff_fast(l.h, l.l + a.l / a.h);
}
/* The last argument whose result is finite. */
#define WF_LGAMMAF_LAST 0x1.895f1ap+121f
WF_DEVICE float wf_lgammaf(float x) {
    float a = wf_fabsf(x),
          c = a > WF_LGAMMAF_LAST || wf_isnanf(x) ? 10.0f
              : a < 0x1p-120f                     ? 0x1p-120f
                                                  : a,
          y, p, d;
    wf_gammaf_parts g = wf_gammaf_split(c);
    wf_ff r;
    int whole = wf_floorf(x) == x;
    r = g.l;
    if (c < (float)WF_GAMMA_SHIFTF) r = wf_ff_sub(r, wf_logf_of_pair(g.product));
    /* around 1 and 2 */
    d = c - 1.0f;
    if (wf_fabsf(d) <= 0.25f) {
        p = 0x1.c6f69p-4f;
        p = wf_fmaf(p, d, -0x1.03826p-3f);
        p = wf_fmaf(p, d, 0x1.007802p-3f);
        p = wf_fmaf(p, d, -0x1.254434p-3f);
        p = wf_fmaf(p, d, 0x1.5b3b2cp-3f);
        p = wf_fmaf(p, d, -0x1.a8c3aep-3f);
        p = wf_fmaf(p, d, 0x1.151344p-2f);
        p = wf_fmaf(p, d, -0x1.9a4d4cp-2f);
        p = wf_fmaf(p, d, 0x1.a51a66p-1f);
        r = wf_ff_fast(-0x1.2788dp-1f, d * p);
        r.l = r.l + 0x1.ba945p-28f;
        r = wf_ff_mul1(r, d);
    }
    d = c - 2.0f;
    if (wf_fabsf(d) <= 0.25f) {
        p = 0x1.439d76p-11f;
        p = wf_fmaf(p, d, -0x1.406794p-10f);
        p = wf_fmaf(p, d, 0x1.794d46p-9f);
        p = wf_fmaf(p, d, -0x1.e3f08cp-8f);
        p = wf_fmaf(p, d, 0x1.5133fp-6f);
        p = wf_fmaf(p, d, -0x1.13e006p-4f);
        p = wf_fmaf(p, d, 0x1.4a34ccp-2f);
        r = wf_ff_fast(0x1.b0ee6p-2f, d * p);
        r.l = r.l + 0x1.ca0842p-28f;
        r = wf_ff_mul1(r, d);
    }
    if (x < 0.0f && !whole) { /* then a < 2^23 */
        wf_ff s = wf_gammaf_sine(c), below;
        s = wf_ff_flip(s.h < 0.0f, s);
        below = wf_ff_mul1(s, c);
        below = wf_ff_div(wf_ff_make(0x1.921fb6p+1f, -0x1.777a5cp-24f), below);
        r = wf_ff_sub(wf_logf_of_pair(below), r);
    }
    y = r.h + r.l;
    if (a < 0x1p-40f) { /* -log a */
        wf_ff l = wf_logf_positive(a > 0.0f ? a : 1.0f);
        y = -(l.h + l.l);
    }
    y = a > WF_LGAMMAF_LAST || x == 0.0f || (whole && x < 0.0f) ? WF_INFF : y;
    return wf_isnanf(x) ? x : y;
}
/* The derivative of log gamma, for x > 0 as a pair: log z - 1 / (2 z) - w D(w), w = 1 / z^2, z as above, less
 * the sum of 1 / (x + i) where z was shifted. D is the asymptotic series; its terms are small enough from z =
 * 4 on. */
WF_INNER wf_ff wf_digammaf_positive(float x) {
    wf_ff z = wf_ff_make(x, 0.0f), r;
    float inverse, w, p;
    if (x < (float)WF_GAMMA_SHIFTF) z = wf_ff_sum((float)WF_GAMMA_SHIFTF, x);
    inverse = 1.0f / z.h;
    w = inverse * inverse;
    p = 0x1.f07c2p-8f;
    p = wf_fmaf(p, w, -0x1.111112p-8f);
    p = wf_fmaf(p, w, 0x1.041042p-8f);
    p = wf_fmaf(p, w, -0x1.111112p-7f);
    p = wf_fmaf(p, w, 0x1.555556p-4f);
    r = wf_logf_extended(z.h);
    r = wf_ff_fast(r.h, wf_fmaf(z.l, inverse, r.l));
    r = wf_ff_sub(r, wf_ff_div(wf_ff_make(0.5f, 0.0f), z));
    r = wf_ff_add1(r, -w * p);
    if (x < (float)WF_GAMMA_SHIFTF) {
        wf_ff one = wf_ff_make(1.0f, 0.0f), sum = wf_ff_div(one, wf_ff_make(x, 0.0f));
        int i;
        for (i = 1; i < WF_GAMMA_SHIFTF; i++) sum = wf_ff_add(sum, wf_ff_div(one, wf_ff_sum((float)i, x)));
        r = wf_ff_sub(r, sum);
    }
    return r;
}
/* sin(r) as a normalised pair to 2^-37, |r| <= pi/4: the cotangent below is several times larger than what is
 * left of it, so the sine of wf_trigf_small would show. Taylor's coefficients, the first as a pair. */
WF_INNER wf_ff wf_digammaf_sine(wf_ff r) {
    wf_ff z = wf_ff_mul(r, r), c;
    float p;
    p = -0x1.ae6456p-26f;
    p = wf_fmaf(p, z.h, 0x1.71de3ap-19f);
    p = wf_fmaf(p, z.h, -0x1.a01a02p-13f);
    p = wf_fmaf(p, z.h, 0x1.111112p-7f);
    c = wf_ff_fast(-0x1.555556p-3f, wf_fmaf(p, z.h, 0x1.555556p-28f));
    return wf_ff_add(r, wf_ff_mul(wf_ff_mul(r, z), c));
}
/* For x < 0 by reflection, psi(-a) = psi(a) + 1 / a + pi cot(pi a): near the zeros between the negative
 * integers only the absolute error is small. Odd cases: -+infinity of +-0, NaN of a negative integer and of
 * -infinity. */
WF_DEVICE float wf_digammaf(float x) {
    float a = wf_fabsf(x), c = a > 0x1p30f ? 0x1p30f : a < 0x1p-30f ? 0x1p-30f : a, y;
    wf_ff r = wf_digammaf_positive(c);
    int whole = wf_floorf(x) == x;
    if (x < 0.0f && !whole) {
        wf_trigf_reduced e = wf_trigpif_reduce(c);
        wf_ff s = wf_digammaf_sine(e.r), k = wf_trigf_small(e.r).c, cot;
        k = wf_ff_fast(k.h, k.l);
        cot = wf_ff_div(wf_ff_pick(e.q & 1, wf_ff_neg(s), k), wf_ff_pick(e.q & 1, k, s));
        cot = wf_ff_mul(cot, wf_ff_make(0x1.921fb6p+1f, -0x1.777a5cp-24f));
        r = wf_ff_add(wf_ff_add(r, wf_ff_div(wf_ff_make(1.0f, 0.0f), wf_ff_make(c, 0.0f))), cot);
    }
    y = r.h + r.l;
    y = a < 0x1p-30f ? -1.0f / x : y; /* of 0 an infinity */
    y = x > 0x1p30f ? (x < WF_INFF ? wf_logf(x) : x) : y;
    y = (whole & (x < 0.0f)) | wf_isnanf(x) ? WF_NANF : y;
    return y;
}
#endif
