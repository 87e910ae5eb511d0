/* device/f64_erfinv.h: erfinv, erfcinv, normcdfinv.
 *
 * Solved by iteration from a polynomial start ("erfinv" and "erfcinv" of tools/polynomials.py, in terms of w
 * = -log(1 - a^2)): given a and c = 1 - a, whichever was exact and the other as a pair. Below a = 0.6,
 * Halley's step on erf(y) - a; above, Halley's step on log erfc(y) - log c, which converges as well for the
 * smallest c. Two steps of third order; the last residual is computed with pairs, so its relative error is
 * small beside the result's last place. */
#ifndef WF_F64_ERFINV_H
#define WF_F64_ERFINV_H
#include "f64_erf.h"
#include "f64_log.h"

/* The correction to y >= 0 for erf(y) = a, erfc(y) = c = 1 - a. */
WF_INNER double wf_erfinv_step(double y, wf_dd a, wf_dd c) {
    int inner = a.h < 0.6, tiny = c.h < 0x1p-900;
    wf_exp_scaled g = wf_exp_of_pair(wf_dd_prod(y, y));
    wf_dd r = wf_dd_sum(y, -a.h), far = wf_erfcx_far(wf_dd_make(y < 0.45 ? 0.45 : y, 0.0)), target;
    double d, u, half;
    /* inner: d = (a - erf y) sqrt(pi)/2 exp(y^2) */
    d = r.h + (r.l + (y * wf_erf_small(inner ? y : 0.0) - a.l));
    d = -d * 0x1.c5bf891b4ef6bp-1 * g.h.h * wf_pow2(inner ? g.n : 0);
    d = wf_fma(y * d, d, d);
    /* outer: u = 1 - c exp(y^2) / erfcx(y), log(erfc(y) / c) = u + u^2/2 + … */
    target = wf_dd_mul(wf_dd_make(tiny ? c.h * 0x1p900 : c.h, tiny ? c.l * 0x1p900 : c.l), g.h);
    u = wf_pow2(inner ? 0 : (tiny ? g.n - 900 : g.n));
    target = wf_dd_sub(far, wf_dd_times(target, u));
    u = (target.h + target.l) / far.h;
    u = wf_fma(u * u, wf_fma(u, wf_fma(u, wf_fma(u, 0.2, 0.25), 0x1.5555555555555p-2), 0.5), u);
    half = 0x1.c5bf891b4ef6bp-1 * far.h;
    u = half * u * wf_fma(u, wf_fma(y, half, -0.5), 1.0);
    return inner ? d : u;
}
/* y as a pair with erf(y) = a, 0 <= a < 1, c = 1 - a > 0. */
WF_INNER wf_dd wf_erfinv_solve(wf_dd a, wf_dd c) {
    wf_dd l = wf_log_positive(c.h * (1.0 + a.h));
    double w = -l.h, s = wf_sqrt(w > 5.0 ? w : 5.0), p, y, step;
    p = 0x1.3b1db81ed4f6fp-20;
    p = wf_fma(p, w, 0x1.6ab85942a39b2p-13);
    p = wf_fma(p, w, -0x1.94088db75133ap-9);
    p = wf_fma(p, w, 0x1.946e5d9e9055bp-7);
    p = wf_fma(p, w, 0x1.da8f76f36d385p-3);
    p = wf_fma(p, w, 0x1.c5c1a4f742208p-1);
    y = a.h * p;
    p = -0x1.233f0848b080ap-28;
    p = wf_fma(p, s, 0x1.ded91b3a825bp-22);
    p = wf_fma(p, s, -0x1.3f3a6dfbffb88p-16);
    p = wf_fma(p, s, 0x1.bb353020db826p-12);
    p = wf_fma(p, s, -0x1.55a2ec9278b9dp-8);
    p = wf_fma(p, s, 0x1.1d98a33b8275p-5);
    p = wf_fma(p, s, 0x1.c9c87ccc19c76p-1);
    p = wf_fma(p, s, -0x1.acb2d5b1f6477p-5);
    y = w < 5.0 ? y : p;
    y = y + wf_erfinv_step(y, a, c);
    step = wf_erfinv_step(y, a, c);
    return wf_dd_sum(y, step);
}
WF_DEVICE double wf_erfinv(double x) {
    double ax = wf_fabs(x), a = ax < 1.0 ? ax : 0.5, y;
    wf_dd r = wf_erfinv_solve(wf_dd_make(a, 0.0), wf_dd_fast(1.0, -a));
    y = ax < 1e-10 ? wf_fma(ax, 0x1.c5bf891b4ef6bp-1, ax * -0x1.618f13eb7ca89p-55) : r.h + r.l;
    y = ax == 1.0 ? WF_INF : y;
    return ax <= 1.0 ? wf_copysign(y, x) : WF_NAN;
}
/* x / 2 = half of the complement: erfcinv(2 half), as a pair; half in (0, 1). */
WF_INNER wf_dd wf_erfcinv_solve(double half) {
    int upper = half > 0.5;
    double c = upper ? 1.0 - half : half; /* exact for half > 1/2 */
    wf_dd r = wf_erfinv_solve(wf_dd_fast(1.0, -(c + c)), wf_dd_make(c + c, 0.0));
    return wf_dd_flip(upper, r);
}
WF_DEVICE double wf_erfcinv(double x) {
    int inside = x > 0.0 && x<2.0, big = x> 1.0;
    double c = inside ? (big ? 2.0 - x : x) : 0.5, y; /* exact */
    wf_dd r = wf_erfinv_solve(wf_dd_fast(1.0, -c), wf_dd_make(c, 0.0));
    y = big ? -(r.h + r.l) : r.h + r.l;
    y = x == 0.0 ? WF_INF : x == 2.0 ? -WF_INF : y;
    return inside || x == 0.0 || x == 2.0 ? y : WF_NAN;
}
/* -sqrt(2) erfcinv(2 x) */
WF_DEVICE double wf_normcdfinv(double x) {
    int inside = x > 0.0 && x < 1.0;
    wf_dd r = wf_dd_mul(wf_erfcinv_solve(inside ? x : 0.25),
                        wf_dd_make(-0x1.6a09e667f3bcdp+0, 0x1.bdd3413b26456p-54));
    double y = r.h + r.l;
    y = x == 0.0 ? -WF_INF : x == 1.0 ? WF_INF : y;
    return inside || x == 0.0 || x == 1.0 ? y : WF_NAN;
}
#endif
