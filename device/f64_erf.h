/* device/f64_erf.h: erf, erfc, erfcx, normcdf.
 *
 * erf(x) = x + x P(x^2) for |x| < 0.8 ("erf" of tools/polynomials.py), beyond it 1 - exp(P(x)) ("log_erfc"),
 * where a relative error of the exponential counts for a third at most. erfc, for x >= 1/2: exp(-x^2) P(t) /
 * (1 + 2x), t = (x - 3) / (x + 3) ("erfcx"), with x^2, the exponential and the quotient as pairs, so that 2^n
 * comes last and subnormal results are rounded from a full one; below 1/2 it is 1 - erf(x), and for x < 0, 2
 * - erfc(-x). normcdf(x) = erfc(-x / sqrt(2)) / 2, with x / sqrt(2) as a pair. Odd cases: erf is 1 from 6 on;
 * erfc underflows gradually up to 27.23. */
#ifndef WF_F64_ERF_H
#define WF_F64_ERF_H
#include "f64_exp.h"

/* erf(x) - x for |x| <= 1.02, over x. */
WF_INNER double wf_erf_small(double x) {
    double z = x * x, p;
    p = 0x1.1516a126f97e2p-34;
    p = wf_fma(p, z, -0x1.3f0bbbfd7a30bp-30);
    p = wf_fma(p, z, 0x1.fa1c6aaa0457p-27);
    p = wf_fma(p, z, -0x1.5f6135803c952p-23);
    p = wf_fma(p, z, 0x1.b9e84779f0328p-20);
    p = wf_fma(p, z, -0x1.f4d2b9fefdcffp-17);
    p = wf_fma(p, z, 0x1.f9a32f2af8042p-14);
    p = wf_fma(p, z, -0x1.c02db468d69ebp-11);
    p = wf_fma(p, z, 0x1.565bcd1195f7dp-8);
    p = wf_fma(p, z, -0x1.b82ce312a5f6p-6);
    p = wf_fma(p, z, 0x1.ce2f21a04351bp-4);
    p = wf_fma(p, z, -0x1.812746b0379fcp-2);
    p = wf_fma(p, z, 0x1.06eba8214db69p-3);
    return p;
}
WF_DEVICE double wf_erf(double x) {
    double ax = wf_fabs(x), c = ax > 6.0 ? 6.0 : ax < 0.8 ? 0.8 : ax, p, y, power;
    wf_exp_reduced e;
    wf_dd s, last;
    p = -0x1.f5fe92467ee7dp-43;
    p = wf_fma(p, c, 0x1.7fd5cec8447d8p-37);
    p = wf_fma(p, c, -0x1.14ae7249f0d4p-32);
    p = wf_fma(p, c, 0x1.f3fc13923a01bp-29);
    p = wf_fma(p, c, -0x1.3d54c692d3169p-25);
    p = wf_fma(p, c, 0x1.2c34fad2089c1p-22);
    p = wf_fma(p, c, -0x1.b5635de8ecd61p-20);
    p = wf_fma(p, c, 0x1.f1f4b7ebfd32p-18);
    p = wf_fma(p, c, -0x1.b92d27610e6c5p-16);
    p = wf_fma(p, c, 0x1.25260df829b2cp-14);
    p = wf_fma(p, c, -0x1.fcd3d1aa1126bp-14);
    p = wf_fma(p, c, 0x1.4ace1d00d6434p-15);
    p = wf_fma(p, c, 0x1.15739ce1c4cd2p-11);
    p = wf_fma(p, c, -0x1.b0a7c84e2eab7p-10);
    p = wf_fma(p, c, 0x1.7d8fb6a850e47p-13);
    p = wf_fma(p, c, 0x1.399b3da5727a7p-6);
    p = wf_fma(p, c, -0x1.a4f96ba622652p-4);
    p = wf_fma(p, c, -0x1.45f2e3d39d63ep-1);
    p = wf_fma(p, c, -0x1.20dd77a91020cp+0);
    last = wf_dd_prod(c, p); /* the last step of Horner's rule as a pair: its rounding would show */
    s = wf_dd_sum(0x1.8035304784a9fp-27, last.h);
    e = wf_exp_reduce(s.h, s.l + last.l);
    s = wf_expm1_small(e.r.h, e.r.l);
    power = wf_pow2(e.n);
    last = wf_dd_fast(1.0, s.h);
    s = wf_dd_make(last.h, last.l + s.l);
    last = wf_dd_fast(1.0, -s.h * power);
    y = last.h + wf_fma(-s.l, power, last.l);
    y = ax < 0.8 ? wf_fma(ax, wf_erf_small(wf_unless_tiny(ax)), ax) : y;
    y = ax >= 6.0 ? 1.0 : y;
    y = wf_copysign(y, x);
    return wf_isnan(x) ? x : y;
}

/* exp(x^2) erfc(x) for a pair x >= 0.45. */
WF_INNER wf_dd wf_erfcx_far(wf_dd x) {
    wf_dd bottom = wf_dd_sum(x.h, 3.0), below, sum, t;
    double p, inverse;
    below = wf_dd_fast(1.0, x.h + x.h);
    below = wf_dd_pick(x.h > 0.5, wf_dd_fast(x.h + x.h, 1.0), below);
    below.l = below.l + (x.l + x.l);
    inverse = 1.0 / (bottom.h * below.h); /* of both quotients; x is below 2^40 */
    t = wf_dd_div_by(wf_dd_sum(x.h, -3.0), bottom, inverse * below.h);
    p = 0x1.ba69c4d84ccbbp-29;
    p = wf_fma(p, t.h, -0x1.ea8c2cf8b5e12p-28);
    p = wf_fma(p, t.h, -0x1.60476d7a4d422p-26);
    p = wf_fma(p, t.h, 0x1.6e50c4a5b4ba7p-25);
    p = wf_fma(p, t.h, 0x1.e0ff2d37ec559p-24);
    p = wf_fma(p, t.h, -0x1.37daba6780c8dp-23);
    p = wf_fma(p, t.h, -0x1.4f78da315a82dp-21);
    p = wf_fma(p, t.h, 0x1.834a0f3e0c15bp-22);
    p = wf_fma(p, t.h, 0x1.d2a123cfaaeffp-19);
    p = wf_fma(p, t.h, -0x1.89e852689e5bcp-21);
    p = wf_fma(p, t.h, -0x1.514189dc8ea4fp-16);
    p = wf_fma(p, t.h, 0x1.4c34963ce2115p-18);
    p = wf_fma(p, t.h, 0x1.065a62250dd94p-13);
    p = wf_fma(p, t.h, -0x1.b912a6a415b91p-14);
    p = wf_fma(p, t.h, -0x1.98db529733753p-11);
    p = wf_fma(p, t.h, 0x1.ef1bddaa04e8dp-10);
    p = wf_fma(p, t.h, 0x1.4b884e4ca635bp-9);
    p = wf_fma(p, t.h, -0x1.8574c40c3df4cp-6);
    p = wf_fma(p, t.h, 0x1.17ca2877eda13p-4);
    p = wf_fma(p, t.h, -0x1.e88b803a4831ep-4);
    p = wf_fma(p, t.h, 0x1.098366a5b4765p-3);
    p = wf_fma(p, t.h, -0x1.85a15c58aa641p-5);
    /* the last two steps with pairs: c0 + t (c1 + t p) */
    sum = wf_dd_sum(-0x1.15c084bb9e8f4p-3, t.h * p);
    sum.l = wf_fma(t.l, p, sum.l);
    sum = wf_dd_mul(sum, t);
    t = wf_dd_fast(0x1.40c522d7e4987p+0, sum.h);
    sum = wf_dd_make(t.h, t.l + (sum.l + 0x1.aac65d9235402p-55));
    return wf_dd_div_by(sum, below, inverse * bottom.h);
}
/* factor * erfc(x) for a pair x with the given square; factor is 1 or 1/2. */
WF_INNER double wf_erfc_of(wf_dd x, wf_dd square, double factor) {
    double ax = wf_fabs(x.h), y, p;
    int inside = ax < 27.5;
    wf_dd far = wf_dd_make(inside ? ax : 27.5, 0.0), one;
    wf_exp_scaled g;
    far.l = x.h < 0.0 ? -x.l : x.l;
    far.l = inside ? far.l : 0.0;
    far.h = far.h < 0.45 ? 0.45 : far.h;
    g = wf_exp_of_pair(wf_dd_pick(inside, wf_dd_neg(square), wf_dd_make(-756.25, 0.0)));
    far = wf_dd_mul(wf_erfcx_far(far), g.h);
    y = x.h > 0.0 ? wf_scale((far.h + far.l) * factor, g.n) : 0.0;
    if (x.h < 0.0) {
        double left = g.n < -100 ? 0.0 : wf_pow2(g.n);
        one = wf_dd_fast(2.0, -far.h * left);
        y = factor * (one.h + (one.l - far.l * left));
    }
    p = wf_erf_small(x.h);
    one = wf_dd_fast(1.0, -x.h);
    p = factor * (one.h + (one.l - wf_fma(x.h, p, x.l)));
    y = ax < 0.5 ? p : y;
    return wf_isnan(x.h) ? x.h : y;
}
WF_DEVICE double wf_erfc(double x) {
    double c = x < -30.0 ? -30.0 : x > 30.0 ? 30.0 : wf_unless_tiny(x);
    return wf_erfc_of(wf_dd_make(c, 0.0), wf_dd_prod(c, c), 1.0);
}
WF_DEVICE double wf_normcdf(double x) {
    double c = x < -42.0 ? -42.0 : x > 42.0 ? 42.0 : wf_unless_tiny(x);
    wf_dd y = wf_dd_mul1(wf_dd_make(-0x1.6a09e667f3bcdp-1, 0x1.bdd3413b26456p-55), c);
    return wf_erfc_of(y, wf_dd_times(wf_dd_prod(c, c), 0.5), 0.5);
}
/* exp(x^2) erfc(x): for x < -26.6 it overflows. */
WF_DEVICE double wf_erfcx(double x) {
    double c = x < -27.0 ? -27.0 : wf_unless_tiny(x), ax, y;
    wf_dd square, far, one;
    wf_exp_scaled g;
    ax = wf_fabs(c) > 1e10 ? 1e10 : wf_fabs(c);
    square = wf_dd_pick(c < 1.0, wf_dd_prod(c, c), wf_dd_make(1.0, 0.0));
    g = wf_exp_of_pair(square);
    far = wf_erfcx_far(wf_dd_make(ax < 0.45 ? 0.45 : ax, 0.0));
    y = far.h + far.l;
    if (c < 0.5) {
        one = wf_dd_fast(1.0, -c);
        one = wf_dd_add1(one, -c * wf_erf_small(c));
        one = wf_dd_pick(c < -0.5, wf_dd_make(2.0, 0.0), one);
        one = wf_dd_mul(one, g.h);
        far = wf_dd_times(far, c < -0.5 ? -wf_pow2(g.n > 60 ? -100 : -g.n) : 0.0);
        one = wf_dd_add(one, far);
        y = wf_scale(one.h + one.l, g.n);
    }
    if (x > 1e10) { /* 1 / (x sqrt(pi)) */
        far = wf_dd_div(wf_dd_make(0x1.20dd750429b6dp-1, 0x1.1ae3a914fed8p-57),
                        wf_dd_make(x < WF_INF ? x : 1.0, 0.0));
        y = x < WF_INF ? far.h + far.l : 0.0;
    }
    return wf_isnan(x) ? x : y;
}
#endif
