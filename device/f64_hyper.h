/* device/f64_hyper.h: sinh, cosh, tanh, asinh, acosh, atanh.
 *
 * x = n ln2 + r; sinh and cosh are sums of sinh r and cosh r ("sinh" and "cosh" of tools/polynomials.py) with
 * exact factors, so that neither cancels nor divides. tanh x = E / (E + 2), E = exp(2x) - 1 = 2^n (s + (1 -
 * 2^-n)), s = exp(r) - 1. asinh x = log(x + sqrt(x^2 + 1)), acosh x = log(x + sqrt(x^2 - 1)), the root with
 * its remainder, which the logarithm takes as a low word: nothing is lost near 1, and one division serves the
 * root and the logarithm. atanh x is half the logarithm of (1 + x) / (1 - x), whose quotient serves both
 * ("atanh"). Functions are computed for |x| and given the sign of x. Odd cases: no intermediate overflows
 * before the result does; for huge x, asinh and acosh are log(x) + ln2. */
#ifndef WF_F64_HYPER_H
#define WF_F64_HYPER_H
#include "f64_exp.h"
#include "f64_log.h"

/* x >= 0 as n ln2 + r: h = sinh r - r, c = cosh r - 1, and m = 2^-2n, 0 where it no longer matters. */
typedef struct wf_hyper_parts {
    double r, low, h, c, m;
    int n;
} wf_hyper_parts;
WF_INNER wf_hyper_parts wf_hyper_split(double x) {
    wf_hyper_parts p;
    wf_exp_reduced e = wf_exp_reduce(x, 0.0);
    double z = e.r.h * e.r.h, h, c;
    h = 0x1.73dc89557c43p-33;
    h = wf_fma(h, z, 0x1.ae568ab3df238p-26);
    h = wf_fma(h, z, 0x1.71de3e3bd516ep-19);
    h = wf_fma(h, z, 0x1.a01a019f12604p-13);
    h = wf_fma(h, z, 0x1.111111111130cp-7);
    h = wf_fma(h, z, 0x1.5555555555555p-3);
    c = 0x1.1f8bf25230f49p-29;
    c = wf_fma(c, z, 0x1.27e4cc075855ap-22);
    c = wf_fma(c, z, 0x1.a01a01ad8197fp-16);
    c = wf_fma(c, z, 0x1.6c16c16c14ff9p-10);
    c = wf_fma(c, z, 0x1.5555555555558p-5);
    c = wf_fma(c, z, 0x1p-1);
    p.r = e.r.h;
    p.low = e.r.l;
    p.h = e.r.h * z * h;
    p.c = z * c;
    p.n = e.n;
    p.m = e.n > 500 ? 0.0 : wf_pow2(-2 * e.n);
    return p;
}

/* lead cosh r + slope sinh r, lead + lost in place of lead: the first two words exactly, the rest in one. */
WF_INNER double wf_hyper_sum(wf_hyper_parts p, double lead, double lost, double slope) {
    double u = wf_fma(slope, p.r, lead), rest = wf_fma(slope, p.r, lead - u) + lost;
    rest = wf_fma(slope, p.h, wf_fma(slope, p.low, rest));
    return u + wf_fma(lead, p.c, rest);
}
/* 2^(n-1) ((1 - m) cosh r + (1 + m) sinh r); n = 0 leaves sinh r. */
WF_DEVICE double wf_sinh(double x) {
    double ax = wf_fabs(x);
    wf_hyper_parts p = wf_hyper_split(ax > 712.0 ? 712.0 : wf_unless_tiny(ax));
    double lead = 1.0 - p.m;
    double y = wf_hyper_sum(p, lead, (1.0 - lead) - p.m, 1.0 + p.m);
    y = wf_scale(y, p.n - 1);
    return wf_copysign(ax < 0x1p-27 ? ax : y, x);
}
/* 2^(n-1) ((1 + m) cosh r + (1 - m) sinh r) */
WF_DEVICE double wf_cosh(double x) {
    double ax = wf_fabs(x);
    wf_hyper_parts p = wf_hyper_split(ax > 712.0 ? 712.0 : wf_unless_tiny(ax));
    double lead = 1.0 + p.m;
    return wf_scale(wf_hyper_sum(p, lead, p.m - (lead - 1.0), 1.0 - p.m), p.n - 1);
}

WF_DEVICE double wf_tanh(double x) {
    double ax = wf_fabs(x), c = ax > 20.0 ? 20.0 : wf_unless_tiny(ax), y;
    wf_exp_reduced e = wf_exp_reduce(c + c, 0.0);
    wf_dd s = wf_expm1_small(e.r.h, e.r.l), one, above, below;
    double power = wf_pow2(-e.n), r;
    /* numerator and denominator times 2^-n: (1 - 2^-n) + s and (1 + 2^-n) + s; their low words join the
     * quotient's rest */
    one = wf_dd_fast(1.0, -power);
    above = wf_dd_sum(one.h, s.h);
    above.l = above.l + (one.l + s.l);
    one = wf_dd_fast(1.0, power);
    below = wf_dd_fast(one.h, s.h);
    below = wf_dd_fast(below.h, below.l + (one.l + s.l));
    r = 1.0 / below.h;
    y = above.h * r;
    y = wf_fma(wf_fma(-y, below.l, above.l) + wf_fma(-y, below.h, above.h), r, y);
    y = ax < 0x1p-27 ? ax : y;
    return wf_copysign(y, x);
}

WF_DEVICE double wf_asinh(double x) {
    double ax = wf_fabs(x), c = ax > 0x1p60 ? 1.0 : wf_unless_tiny(ax), s, rest, y;
    int huge = ax > 0x1p60;
    wf_dd square = wf_dd_add1(wf_dd_prod(c, c), 1.0);
    s = wf_sqrt(square.h);
    rest = wf_fma(-s, s, square.h) + square.l;
    y = wf_log_of_root(huge ? ax : s, huge ? 0.0 : c, s, huge ? 0.0 : rest, huge);
    y = ax < 0x1p-27 ? ax : y;
    y = ax < WF_INF ? y : ax;
    return wf_copysign(y, x);
}

WF_DEVICE double wf_acosh(double x) {
    int huge = (x > 0x1p60) | !(x >= 1.0);
    double c = huge ? 1.0 : x, s, rest, y;
    wf_dd square = wf_dd_mul(wf_dd_fast(c, -1.0), wf_dd_fast(c, 1.0));
    s = wf_sqrt(square.h);
    rest = wf_fma(-s, s, square.h) + square.l;
    y = wf_log_of_root(huge ? x : c, s, s > 0.0 ? s : 1.0, rest, huge);
    y = x < 1.0 ? WF_NAN : y;
    return x < WF_INF ? y : x;
}

/* k ln2 / 2 + atanh(s), s = (v - u) / (v + u), v = 1 + x and u = 2^k (1 - x): k makes v / u lie within
 * 2^-0.59 … 2^0.59, so |s| < 0.2005, and is 0 for small x, where s is x. */
WF_DEVICE double wf_atanh(double x) {
    double ax = wf_fabs(x), c = ax < 1.0 ? wf_unless_tiny(ax) : 0.0, n, z, p, y;
    wf_dd v = wf_dd_fast(1.0, c), u = wf_dd_fast(1.0, -c), s, below;
    int k = (int)((wf_double_bits(v.h) - wf_double_bits(u.h) + 0x8000000000000ull) >> 52);
    u = wf_dd_times(u, wf_pow2(k));
    s = wf_dd_pick(k == 0, wf_dd_make(c + c, 0.0), wf_dd_make(v.h - u.h, v.l - u.l)); /* exact */
    below = wf_dd_sum(v.h, u.h);
    below.l = below.l + (v.l + u.l);
    s = wf_dd_div(s, below);
    z = s.h * s.h;
    p = 0x1.1b98bb0bcbe84p-4;
    p = wf_fma(p, z, 0x1.0dc84afdf4b29p-4);
    p = wf_fma(p, z, 0x1.3b35f06f323edp-4);
    p = wf_fma(p, z, 0x1.745c497ff4d05p-4);
    p = wf_fma(p, z, 0x1.c71c7494f499p-4);
    p = wf_fma(p, z, 0x1.24924921df697p-3);
    p = wf_fma(p, z, 0x1.999999999c1bp-3);
    p = wf_fma(p, z, 0x1.555555555554fp-2);
    n = 0.5 * (double)k;
    u = wf_dd_fast(n * WF_LN2_SHORT, s.h);
    y = u.h + (u.l + wf_fma(n, WF_LN2_REST, wf_fma(s.h * z, p, s.l)));
    y = ax < 0x1p-27 ? ax : y;
    y = ax < 1.0 ? y : ax == 1.0 ? WF_INF : WF_NAN;
    return wf_copysign(y, x);
}
#endif
