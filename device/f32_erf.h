/* device/f32_erf.h: erf, erfc, erfcx, normcdf.
 *
 * erf(x) = x + x P(x^2) for |x| < 0.8 ("erf" of tools/polynomials.py), beyond it 1 - exp(P(x)) ("log_erfc"),
 * where a relative error of the exponential counts for a third at most. erfc, for x >= 1/2: exp(-x^2) P(t) /
 * (1 + 2x), t = (x - 3) / (x + 3) ("erfcx"), with x^2, the exponential and the quotient as pairs, so that 2^n
 * comes last and subnormal results are rounded from a full one; below 1/2 it is 1 - erf(x), and for x < 0, 2
 * - erfc(-x). normcdf(x) = erfc(-x / sqrt(2)) / 2, with x / sqrt(2) as a pair. Odd cases: erf is 1 from 4 on;
 * erfc underflows gradually up to 10.06. */
#ifndef WF_F32_ERF_H
#define WF_F32_ERF_H
#include "f32_exp.h"

/* erf(x) - x for |x| <= 1.02, over x. */
WF_INNER float wf_erff_small(float x) {
    float z = x * x, p;
    p = 0x1.4526ap-14f;
    p = wf_fmaf(p, z, -0x1.a295aep-11f);
    p = wf_fmaf(p, z, 0x1.53dceep-8f);
    p = wf_fmaf(p, z, -0x1.b7f52p-6f);
    p = wf_fmaf(p, z, 0x1.ce2cd6p-4f);
    p = wf_fmaf(p, z, -0x1.81273ep-2f);
    p = wf_fmaf(p, z, 0x1.06eba8p-3f);
    return p;
}
WF_DEVICE float wf_erff(float x) {
    float ax = wf_fabsf(x), c = ax > 4.0f ? 4.0f : ax < 0.8f ? 0.8f : ax, p, y, power;
    wf_expf_reduced e;
    wf_ff s, last;
    p = -0x1.3f1d9ep-16f;
    p = wf_fmaf(p, c, 0x1.aec73ep-12f);
    p = wf_fmaf(p, c, -0x1.09fbdp-8f);
    p = wf_fmaf(p, c, 0x1.96cf72p-6f);
    p = wf_fmaf(p, c, -0x1.b9ba32p-4f);
    p = wf_fmaf(p, c, -0x1.447884p-1f);
    p = wf_fmaf(p, c, -0x1.211bdp+0f);
    last = wf_ff_prod(c, p); /* the last step of Horner's rule as a pair: its rounding would show */
    s = wf_ff_sum(0x1.20d548p-13f, last.h);
    e = wf_expf_reduce(s.h, s.l + last.l);
    s = wf_expm1f_small(e.r.h, e.r.l);
    power = wf_pow2f(e.n);
    last = wf_ff_fast(1.0f, s.h);
    s = wf_ff_make(last.h, last.l + s.l);
    last = wf_ff_fast(1.0f, -s.h * power);
    y = last.h + wf_fmaf(-s.l, power, last.l);
    y = ax < 0.8f ? wf_fmaf(ax, wf_erff_small(wf_unless_tinyf(ax)), ax) : y;
    y = ax >= 4.0f ? 1.0f : y;
    y = wf_copysignf(y, x);
    return wf_isnanf(x) ? x : y;
}

/* exp(x^2) erfc(x) for a pair x >= 0.45. */
WF_INNER wf_ff wf_erfcxf_far(wf_ff x) {
    wf_ff t = wf_ff_div(wf_ff_sum(x.h, -3.0f), wf_ff_sum(x.h, 3.0f)), sum, below;
    float p;
    p = 0x1.42487ap-14f;
    p = wf_fmaf(p, t.h, -0x1.733664p-14f);
    p = wf_fmaf(p, t.h, -0x1.7f4cdep-11f);
    p = wf_fmaf(p, t.h, 0x1.ea8a8p-10f);
    p = wf_fmaf(p, t.h, 0x1.486988p-9f);
    p = wf_fmaf(p, t.h, -0x1.855502p-6f);
    p = wf_fmaf(p, t.h, 0x1.17d02ep-4f);
    p = wf_fmaf(p, t.h, -0x1.e88cfap-4f);
    p = wf_fmaf(p, t.h, 0x1.098314p-3f);
    p = wf_fmaf(p, t.h, -0x1.85a12ap-5f);
    /* the last two steps with pairs: c0 + t (c1 + t p) */
    sum = wf_ff_sum(-0x1.15c082p-3f, t.h * p);
    sum.l = wf_fmaf(t.l, p, sum.l);
    sum = wf_ff_mul(sum, t);
    below = wf_ff_fast(0x1.40c522p+0f, sum.h);
    sum = wf_ff_make(below.h, below.l + (sum.l + 0x1.a60fc2p-25f));
    below = wf_ff_fast(1.0f, x.h + x.h);
    below = wf_ff_pick(x.h > 0.5f, wf_ff_fast(x.h + x.h, 1.0f), below);
    below.l = below.l + (x.l + x.l);
    return wf_ff_div(sum, below);
}
/* factor * erfc(x) for a pair x with the given square; factor is 1 or 1/2. */
WF_INNER float wf_erfcf_of(wf_ff x, wf_ff square, float factor) {
    float ax = wf_fabsf(x.h), y, p;
    int inside = ax < 10.2f;
    wf_ff far = wf_ff_make(inside ? ax : 10.2f, 0.0f), one;
    wf_expf_scaled g;
    far.l = x.h < 0.0f ? -x.l : x.l;
    far.l = inside ? far.l : 0.0f;
    far.h = far.h < 0.45f ? 0.45f : far.h;
    g = wf_expf_of_pair(wf_ff_pick(inside, wf_ff_neg(square), wf_ff_make(-104.04f, 0.0f)));
    far = wf_ff_mul(wf_erfcxf_far(far), g.h);
    y = x.h > 0.0f ? wf_scalef((far.h + far.l) * factor, g.n) : 0.0f;
    if (x.h < 0.0f) {
        float left = g.n < -100 ? 0.0f : wf_pow2f(g.n);
        one = wf_ff_fast(2.0f, -far.h * left);
        y = factor * (one.h + (one.l - far.l * left));
    }
    p = wf_erff_small(x.h);
    one = wf_ff_fast(1.0f, -x.h);
    p = factor * (one.h + (one.l - wf_fmaf(x.h, p, x.l)));
    y = ax < 0.5f ? p : y;
    return wf_isnanf(x.h) ? x.h : y;
}
WF_DEVICE float wf_erfcf(float x) {
    float c = x < -30.0f ? -30.0f : x > 30.0f ? 30.0f : wf_unless_tinyf(x);
    return wf_erfcf_of(wf_ff_make(c, 0.0f), wf_ff_prod(c, c), 1.0f);
}
WF_DEVICE float wf_normcdff(float x) {
    float c = x < -42.0f ? -42.0f : x > 42.0f ? 42.0f : wf_unless_tinyf(x);
    wf_ff y = wf_ff_mul1(wf_ff_make(-0x1.6a09e6p-1f, -0x1.9fcef4p-27f), c);
    return wf_erfcf_of(y, wf_ff_times(wf_ff_prod(c, c), 0.5f), 0.5f);
}
/* exp(x^2) erfc(x): for x < -9.4 it overflows. */
WF_DEVICE float wf_erfcxf(float x) {
    float c = x < -10.0f ? -10.0f : wf_unless_tinyf(x), ax, y;
    wf_ff square, far, one;
    wf_expf_scaled g;
    ax = wf_fabsf(c) > 1e6f ? 1e6f : wf_fabsf(c);
    square = wf_ff_pick(c < 1.0f, wf_ff_prod(c, c), wf_ff_make(1.0f, 0.0f));
    g = wf_expf_of_pair(square);
    far = wf_erfcxf_far(wf_ff_make(ax < 0.45f ? 0.45f : ax, 0.0f));
    y = far.h + far.l;
    if (c < 0.5f) {
        one = wf_ff_fast(1.0f, -c);
        one = wf_ff_add1(one, -c * wf_erff_small(c));
        one = wf_ff_pick(c < -0.5f, wf_ff_make(2.0f, 0.0f), one);
        one = wf_ff_mul(one, g.h);
        far = wf_ff_times(far, c < -0.5f ? -wf_pow2f(g.n > 60 ? -100 : -g.n) : 0.0f);
        one = wf_ff_add(one, far);
        y = wf_scalef(one.h + one.l, g.n);
    }
    far = wf_ff_div(wf_ff_make(0x1.20dd76p-1f, -0x1.f7ac92p-26f),
                    wf_ff_make(x > 1e6f && x < WF_INFF ? x : 1.0f, 0.0f));
    far.h = x < WF_INFF ? far.h + far.l : 0.0f;
    y = x > 1e6f ? far.h : y;
    return wf_isnanf(x) ? x : y;
}
#endif
