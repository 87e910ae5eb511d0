/* device/f64_exp.h: exp, exp2, exp10, expm1.
 *
 * x = n ln2 + r with |r| <= ln2 / 2 as a pair, by Cody and Waite's subtraction: n ln2 enters with fma, so the
 * first step is exact. exp(r) - 1 = r + r^2/2 + r^3 P(r) is kept as a pair as well, and 2^n is applied last,
 * in two factors, so that the only roundings that count are the final one and, for subnormal results, the one
 * of the scaling. P is the minimax polynomial "exp" of tools/polynomials.py, error 2^-66 of the result. Odd
 * cases: overflow and underflow come out of the scaling itself (arguments are clamped just outside the range,
 * which also keeps n small; a NaN passes through the clamps). */
#ifndef WF_F64_EXP_H
#define WF_F64_EXP_H
#include "f64_pair.h"

#define WF_LOG2E 0x1.71547652b82fep+0
#define WF_LN2_H 0x1.62e42fefa39efp-1
#define WF_LN2_L 0x1.abc9e3b39803fp-56

/* exp(r) - 1 for |r| <= 0.347, r = rh + rl; the result's words are not normalised: |l| may reach |h| / 100.
 */
WF_INNER wf_dd wf_expm1_small(double rh, double rl) {
    double half = 0.5 * rh, square = half * rh, p;
    wf_dd s = wf_dd_fast(rh, square);
    p = 0x1.1f8bc08d92d75p-29;
    p = wf_fma(p, rh, 0x1.af6ae043789fp-26);
    p = wf_fma(p, rh, 0x1.27e4cc20d3b59p-22);
    p = wf_fma(p, rh, 0x1.71ddf0da188f8p-19);
    p = wf_fma(p, rh, 0x1.a01a01ad7938p-16);
    p = wf_fma(p, rh, 0x1.a01a01b32096ap-13);
    p = wf_fma(p, rh, 0x1.6c16c16c15007p-10);
    p = wf_fma(p, rh, 0x1.111111110ed9cp-7);
    p = wf_fma(p, rh, 0x1.5555555555558p-5);
    p = wf_fma(p, rh, 0x1.555555555555bp-3);
    p = wf_fma((rh + rh) * square, p, wf_fma(half, rh, -square));
    s.l = s.l + (p + wf_fma(rl, rh, rl));
    return s;
}
/* x reduced: the integer n and the pair r. Needs |x| below about 10000. */
typedef struct wf_exp_reduced {
    wf_dd r;
    int n;
} wf_exp_reduced;
WF_INNER wf_exp_reduced wf_exp_reduce(double x, double low) {
    wf_exp_reduced e;
    double t = wf_fma(x, WF_LOG2E, WF_ROUNDER), n = t - WF_ROUNDER, first;
    first = wf_fma(-n, WF_LN2_H, x);
    e.r.h = wf_fma(-n, WF_LN2_L, first);
    e.r.l = wf_fma(-n, WF_LN2_L, first - e.r.h) + low;
    e.n = wf_rounder_int(t);
    return e;
}
/* 2^n (1 + s) */
WF_INNER double wf_exp_finish(wf_dd s, int n) {
    wf_dd one = wf_dd_fast(1.0, s.h);
    return wf_scale(one.h + (one.l + s.l), n);
}
/* exp(x + low) for a normalised pair. */
WF_INNER double wf_exp_pair(double x, double low) {
    double c = x > 710.5 ? 710.5 : x < -746.0 ? -746.0 : x;
    wf_exp_reduced e = wf_exp_reduce(c, c == x ? low : 0.0);
    e.r = wf_dd_sum(e.r.h, e.r.l);
    return wf_exp_finish(wf_expm1_small(e.r.h, e.r.l), e.n);
}
/* exp(x) of a normalised pair as a normalised pair times 2^n, |x| below about 10000. */
typedef struct wf_exp_scaled {
    wf_dd h;
    int n;
} wf_exp_scaled;
WF_INNER wf_exp_scaled wf_exp_of_pair(wf_dd x) {
    wf_exp_scaled g;
    wf_exp_reduced e = wf_exp_reduce(x.h, x.l);
    wf_dd s;
    e.r = wf_dd_sum(e.r.h, e.r.l);
    s = wf_expm1_small(e.r.h, e.r.l);
    g.h = wf_dd_fast(1.0, s.h);
    g.h = wf_dd_fast(g.h.h, g.h.l + s.l);
    g.n = e.n;
    return g;
}

WF_DEVICE double wf_exp(double x) {
    double c = x > 710.5 ? 710.5 : x < -746.0 ? -746.0 : wf_unless_tiny(x);
    wf_exp_reduced e = wf_exp_reduce(c, 0.0);
    return wf_exp_finish(wf_expm1_small(e.r.h, e.r.l), e.n);
}

WF_DEVICE double wf_exp2(double x) {
    double c = x > 1025.0 ? 1025.0 : x < -1076.0 ? -1076.0 : wf_unless_tiny(x);
    double t = c + WF_ROUNDER, rest = c - (t - WF_ROUNDER);
    double rh = rest * WF_LN2_H;
    double rl = wf_fma(rest, WF_LN2_L, wf_fma(rest, WF_LN2_H, -rh));
    return wf_exp_finish(wf_expm1_small(rh, rl), wf_rounder_int(t));
}

WF_DEVICE double wf_exp10(double x) {
    double c = x > 309.0 ? 309.0 : x < -324.5 ? -324.5 : wf_unless_tiny(x);
    double t = wf_fma(c, 0x1.a934f0979a371p+1, WF_ROUNDER), n = t - WF_ROUNDER;
    double first = wf_fma(-n, 0x1.34413509f79ffp-2, c); /* exact */
    double rest = wf_fma(-n, -0x1.9dc1da994fd21p-59, first);
    double low = wf_fma(-n, -0x1.9dc1da994fd21p-59, first - rest);
    double rh = rest * 0x1.26bb1bbb55516p+1;
    double rl = wf_fma(rest, 0x1.26bb1bbb55516p+1, -rh);
    rl = wf_fma(rest, -0x1.f48ad494ea3e9p-53, wf_fma(low, 0x1.26bb1bbb55516p+1, rl));
    return wf_exp_finish(wf_expm1_small(rh, rl), wf_rounder_int(t));
}

/* 2^n s + (2^n - 1): with n = 0 the pair s itself, so that small results keep their relative accuracy. */
WF_DEVICE double wf_expm1(double x) {
    double c = x > 710.5 ? 710.5 : x < -40.0 ? -40.0 : wf_unless_tiny(x);
    wf_exp_reduced e = wf_exp_reduce(c, 0.0);
    wf_dd s = wf_expm1_small(e.r.h, e.r.l);
    double power = wf_pow2(e.n > 100 ? -100 : -e.n), one = 1.0 - power;
    wf_dd sum = wf_dd_sum(one, s.h);
    double y = wf_scale(sum.h + (sum.l + (s.l + ((1.0 - one) - power))), e.n);
    return wf_fabs(x) < 1e-20 ? x : y;
}
#endif
