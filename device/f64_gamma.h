/* device/f64_gamma.h: tgamma, lgamma, digamma.
 *
 * For x > 0 from Stirling's formula at z >= 8, z = x or x + 8:
 *     log gamma(z) = (z - 1/2) (log z - 1) + (log(2 pi) - 1) / 2 + S(1 / z^2) / z      ("stirling" of
 * tools/polynomials.py) with pairs throughout, divided by x (x + 1) … (x + 7) where z was shifted. For x < 0
 * by reflection, gamma(-a) = -pi / (a sin(pi a) gamma(a)). lgamma within 1/4 of its zeros 1 and 2 is (x - 1)
 * P or (x - 2) P, so it keeps its relative accuracy there; near the zeros between the negative integers only
 * its absolute error is small. Odd cases: gamma(+-0) is +-infinity, of a negative integer NaN (tgamma) or
 * infinity (lgamma). */
#ifndef WF_F64_GAMMA_H
#define WF_F64_GAMMA_H
#include "f64_pow.h"
#include "f64_trig.h"

#define WF_GAMMA_SHIFT 8
#define WF_LGAMMA_LAST 0x1.754d9278b51a7p+1014 /* the last x whose lgamma rounds to a finite number */

/* gamma(x) = exp(l) / product for x > 0. */
typedef struct wf_gamma_parts {
    wf_dd l, product;
} wf_gamma_parts;
WF_INNER wf_gamma_parts wf_gamma_split(double x) {
    wf_gamma_parts g;
    wf_dd z = wf_dd_make(x, 0.0), l;
    double inverse, w, p;
    g.product = wf_dd_make(1.0, 0.0);
    if (x < (double)WF_GAMMA_SHIFT) {
        int i;
        z = wf_dd_sum((double)WF_GAMMA_SHIFT, x);
        g.product = wf_dd_make(x, 0.0);
        for (i = 1; i < WF_GAMMA_SHIFT; i++) g.product = wf_dd_mul(g.product, wf_dd_sum((double)i, x));
    }
    inverse = 1.0 / z.h;
    w = inverse * inverse;
    p = 0x1.162a315b2e854p-10;
    p = wf_fma(p, w, 0x1.4290a2e1c5c84p-8);
    p = wf_fma(p, w, -0x1.ee150a504ee7ap-10);
    p = wf_fma(p, w, 0x1.b91efbf977d0ap-11);
    p = wf_fma(p, w, -0x1.38132f5b1df0fp-11);
    p = wf_fma(p, w, 0x1.a01a015c144ep-11);
    p = wf_fma(p, w, -0x1.6c16c16c1080ap-9);
    p = wf_fma(p, w, 0x1.5555555555555p-4);
    p = p * inverse;
    l = wf_log_extended(z.h);
    l = wf_dd_fast(l.h, wf_fma(z.l, inverse, l.l));
    l = wf_dd_mul(wf_dd_add1(z, -0.5), wf_dd_add1(l, -1.0));
    g.l = wf_dd_add(l, wf_dd_add1(wf_dd_make(0x1.acfe390c97d69p-2, 0x1.3494bc9001442p-56), p));
    return g;
}
/* sin(r), |r| <= pi/4, normalised: wf_sin_small with -r^3/6 and its like in pairs too, for quotients of it
 * that cancel later. */
WF_INNER wf_dd wf_sin_wide(wf_dd r) {
    wf_dd z = wf_dd_prod(r.h, r.h), p;
    double q = -0x1.a51363089657dp-41;
    q = wf_fma(q, z.h, 0x1.61140fb0d1accp-33);
    q = wf_fma(q, z.h, -0x1.ae643c577f1bep-26);
    q = wf_fma(q, z.h, 0x1.71de3a3f68bcp-19);
    q = wf_fma(q, z.h, -0x1.a01a01a0065cbp-13);
    q = wf_fma(q, z.h, 0x1.1111111111089p-7);
    p = wf_dd_mul(wf_dd_fast(-0x1.5555555555555p-3, q * z.h), z);
    p = wf_dd_mul1(p, r.h);
    p.l = p.l + wf_fma(r.l * z.h, -0.5, r.l);
    z = wf_dd_fast(r.h, p.h);
    return wf_dd_fast(z.h, z.l + p.l);
}
/* sin(pi a) as a normalised pair, a >= 0. */
WF_INNER wf_dd wf_gamma_sine(double a) {
    wf_trig_reduced e = wf_trigpi_reduce(a);
    wf_dd s = wf_sin_small(e.r), c = wf_cos_small(e.r);
    s = wf_dd_pick(e.q & 1, c, s);
    s = wf_dd_fast(s.h, s.l);
    return wf_dd_flip(e.q & 2, s);
}

WF_DEVICE double wf_tgamma(double x) {
    double a = wf_fabs(x), c = a > 190.0 ? 190.0 : a < 0x1p-80 ? 0x1p-80 : a, y;
    wf_gamma_parts g = wf_gamma_split(c);
    wf_exp_scaled e = wf_exp_of_pair(g.l);
    int whole = wf_floor(x) == x;
    if (x < 0.0) {
        wf_dd below = wf_dd_mul(wf_dd_mul(wf_gamma_sine(whole ? 0.5 : c), wf_dd_make(-c, 0.0)), e.h);
        wf_dd above = wf_dd_mul(wf_dd_make(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53), g.product);
        above = wf_dd_div(above, below);
        y = wf_scale(above.h + above.l, -e.n);
        y = a > 190.0 ? wf_copysign(0.0, wf_gamma_sine(whole ? 0.5 : a).h * -1.0) : y;
    } else {
        wf_dd above = wf_dd_div(e.h, g.product);
        y = wf_scale(above.h + above.l, e.n);
        y = a > 190.0 ? WF_INF : y;
    }
    y = whole && x < 0.0 ? WF_NAN : y;
    y = a < 0x1p-80 ? 1.0 / x : y;
    return wf_isnan(x) ? x : y;
}

/* log of a normalised positive pair. */
WF_INNER wf_dd wf_log_of_pair(wf_dd a) {
    wf_dd l = wf_log_extended(a.h);
    return wf_dd_fast(l.h, l.l + a.l / a.h);
}
WF_DEVICE double wf_lgamma(double x) {
    double a = wf_fabs(x), c = a > WF_LGAMMA_LAST || wf_isnan(x) ? 10.0 : a < 0x1p-80 ? 0x1p-80 : a, y, p, d;
    wf_gamma_parts g = wf_gamma_split(c);
    wf_dd r;
    int whole = wf_floor(x) == x;
    r = g.l;
    if (c < (double)WF_GAMMA_SHIFT) r = wf_dd_sub(r, wf_log_of_pair(g.product));
    /* around 1 and 2 */
    d = c - 1.0;
    if (wf_fabs(d) <= 0.25) {
        p = 0x1.24d542538b83ep-4;
        p = wf_fma(p, d, -0x1.1fd63dd0a9eb6p-4);
        p = wf_fma(p, d, 0x1.a815abd8ae163p-5);
        p = wf_fma(p, d, -0x1.cda9d69fcd738p-5);
        p = wf_fma(p, d, 0x1.017ee2ad886f9p-4);
        p = wf_fma(p, d, -0x1.11d62fbb5e69fp-4);
        p = wf_fma(p, d, 0x1.24806894bfae6p-4);
        p = wf_fma(p, d, -0x1.3b14d1a4a3c4ap-4);
        p = wf_fma(p, d, 0x1.556badad3932bp-4);
        p = wf_fma(p, d, -0x1.748c712a2b0b5p-4);
        p = wf_fma(p, d, 0x1.9a01de5f28fb1p-4);
        p = wf_fma(p, d, -0x1.c8066f631136p-4);
        p = wf_fma(p, d, 0x1.010b36b947017p-3);
        p = wf_fma(p, d, -0x1.2703a1de308cfp-3);
        p = wf_fma(p, d, 0x1.5b40cb0ff6e9cp-3);
        p = wf_fma(p, d, -0x1.a8b9c17aa480ap-3);
        p = wf_fma(p, d, 0x1.151322ac7d901p-2);
        p = wf_fma(p, d, -0x1.9a4d55beab2ddp-2);
        p = wf_fma(p, d, 0x1.a51a6625307d3p-1);
        r = wf_dd_fast(-0x1.2788cfc6fb619p-1, d * p);
        r.l = r.l + 0x1.751460ae687ddp-58;
        r = wf_dd_mul1(r, d);
    }
    d = c - 2.0;
    if (wf_fabs(d) <= 0.25) {
        p = -0x1.2125d190034cdp-19;
        p = wf_fma(p, d, 0x1.32aa27c22db29p-18);
        p = wf_fma(p, d, -0x1.3c5825fea133ap-17);
        p = wf_fma(p, d, 0x1.57d18d2983647p-16);
        p = wf_fma(p, d, -0x1.78dfad3393296p-15);
        p = wf_fma(p, d, 0x1.a1281a9018daep-14);
        p = wf_fma(p, d, -0x1.d3fd4a060177cp-13);
        p = wf_fma(p, d, 0x1.0b36af8dccbd8p-11);
        p = wf_fma(p, d, -0x1.38ac5c2d326edp-10);
        p = wf_fma(p, d, 0x1.7add6ead33926p-9);
        p = wf_fma(p, d, -0x1.e404fc218ec34p-8);
        p = wf_fma(p, d, 0x1.51322ac7d88a4p-6);
        p = wf_fma(p, d, -0x1.13e001a557607p-4);
        p = wf_fma(p, d, 0x1.4a34cc4a60fa6p-2);
        r = wf_dd_fast(0x1.b0ee6072093cep-2, d * p);
        r.l = r.l + 0x1.6d3a3675c96dep-58;
        r = wf_dd_mul1(r, d);
    }
    if (x < 0.0 && !whole) { /* then a < 2^52 */
        wf_dd s = wf_gamma_sine(c), below;
        s = wf_dd_flip(s.h < 0.0, s);
        below = wf_dd_mul1(s, c);
        below = wf_dd_div(wf_dd_make(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53), below);
        r = wf_dd_sub(wf_log_of_pair(below), r);
    }
    y = r.h + r.l;
    if (a < 0x1p-80) { /* -log a */
        wf_dd l = wf_log_positive(a > 0.0 ? a : 1.0);
        y = -(l.h + l.l);
    }
    y = a > WF_LGAMMA_LAST || x == 0.0 || (whole && x < 0.0) ? WF_INF : y;
    return wf_isnan(x) ? x : y;
}
/* The derivative of log gamma, for x > 0 as a pair: log z - 1 / (2 z) - w D(w), w = 1 / z^2, z as above, less
 * the sum of 1 / (x + i) where z was shifted. D is the asymptotic series; its terms are small enough from z =
 * 8 on. */
WF_INNER wf_dd wf_digamma_positive(double x) {
    wf_dd z = wf_dd_make(x, 0.0), r;
    double inverse, w, p;
    if (x < (double)WF_GAMMA_SHIFT) z = wf_dd_sum((double)WF_GAMMA_SHIFT, x);
    inverse = 1.0 / z.h;
    w = inverse * inverse;
    p = 0x1.ac572aaaaaaabp+15;
    p = wf_fma(p, w, -0x1.c2f0566566566p+11);
    p = wf_fma(p, w, 0x1.1975cc0ed7304p+8);
    p = wf_fma(p, w, -0x1.a74ca514ca515p+4);
    p = wf_fma(p, w, 0x1.86e7f9b9fe6e8p+1);
    p = wf_fma(p, w, -0x1.c5e5e5e5e5e5ep-2);
    p = wf_fma(p, w, 0x1.5555555555555p-4);
    p = wf_fma(p, w, -0x1.5995995995996p-6);
    p = wf_fma(p, w, 0x1.f07c1f07c1f08p-8);
    p = wf_fma(p, w, -0x1.1111111111111p-8);
    p = wf_fma(p, w, 0x1.041041041041p-8);
    p = wf_fma(p, w, -0x1.1111111111111p-7);
    p = wf_fma(p, w, 0x1.5555555555555p-4);
    r = wf_log_extended(z.h);
    r = wf_dd_fast(r.h, wf_fma(z.l, inverse, r.l));
    r = wf_dd_sub(r, wf_dd_div(wf_dd_make(0.5, 0.0), z));
    r = wf_dd_add1(r, -w * p);
    if (x < (double)WF_GAMMA_SHIFT) {
        wf_dd one = wf_dd_make(1.0, 0.0), sum = wf_dd_div(one, wf_dd_make(x, 0.0));
        int i;
        for (i = 1; i < WF_GAMMA_SHIFT; i++) sum = wf_dd_add(sum, wf_dd_div(one, wf_dd_sum((double)i, x)));
        r = wf_dd_sub(r, sum);
    }
    return r;
}
/* For x < 0 by reflection, psi(-a) = psi(a) + 1 / a + pi cot(pi a): near the zeros between the negative
 * integers only the absolute error is small. Odd cases: -+infinity of +-0, NaN of a negative integer and of
 * -infinity. */
WF_DEVICE double wf_digamma(double x) {
    double a = wf_fabs(x), c = a > 0x1p60 ? 0x1p60 : a < 0x1p-60 ? 0x1p-60 : a, y;
    wf_dd r = wf_digamma_positive(c);
    int whole = wf_floor(x) == x;
    if (x < 0.0 && !whole) {
        wf_trig_reduced e = wf_trigpi_reduce(c);
        wf_dd s = wf_sin_wide(e.r), k = wf_cos_small(e.r), cot;
        k = wf_dd_fast(k.h, k.l);
        cot = wf_dd_div(wf_dd_pick(e.q & 1, wf_dd_neg(s), k), wf_dd_pick(e.q & 1, k, s));
        cot = wf_dd_mul(cot, wf_dd_make(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53));
        r = wf_dd_add(wf_dd_add(r, wf_dd_div(wf_dd_make(1.0, 0.0), wf_dd_make(c, 0.0))), cot);
    }
    y = r.h + r.l;
    y = a < 0x1p-60 ? -1.0 / x : y; /* of 0 an infinity */
    y = x > 0x1p60 ? (x < WF_INF ? wf_log(x) : x) : y;
    y = (whole & (x < 0.0)) | wf_isnan(x) ? WF_NAN : y;
    return y;
}
#endif
