/* device/f64_erfinv.h: erfinv, erfcinv, normcdfinv.
 *
 * A polynomial start, good to 2^-22 ("erfinv" and "erfcinv64_near", "_far" of tools/polynomials.py, in terms
 * of w = -log(1 - a^2)), given a and c = 1 - a, whichever was exact and the other as a pair; then one step of
 * third order: below a = 0.6 Halley's on erf(y) - a, above it on log erfc(y) - log c, which converges as well
 * for the smallest c. Its residual is computed with pairs, so its relative error is small beside the result's
 * last place. */
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
    int near;
    p = 0x1.e14758ced13c1p-26;
    p = wf_fma(p, w, -0x1.d27d7e0c95bbfp-23);
    p = wf_fma(p, w, -0x1.36479266fea36p-18);
    p = wf_fma(p, w, 0x1.213f6e7f099f5p-14);
    p = wf_fma(p, w, -0x1.5fe5506fe337ep-13);
    p = wf_fma(p, w, -0x1.2d1ae57efa893p-9);
    p = wf_fma(p, w, 0x1.79e00c65509e3p-7);
    p = wf_fma(p, w, 0x1.db2b921f57da9p-3);
    p = wf_fma(p, w, 0x1.c5bf86521169bp-1);
    y = a.h * p;
    near = s < 6.0;
    p = near ? 0x1.81ee0ff435b6ap-21 : -0x1.7f5730cecc632p-41;
    p = wf_fma(p, s, near ? -0x1.ccfca7d01f937p-16 : 0x1.d455a8580e57cp-34);
    p = wf_fma(p, s, near ? 0x1.e19b04af5bc5p-12 : -0x1.f21cfb0e6ba31p-28);
    p = wf_fma(p, s, near ? -0x1.1f7d5e39f122dp-8 : 0x1.2e0667e82d29p-22);
    p = wf_fma(p, s, near ? 0x1.acb4fe44353dap-6 : -0x1.ca81a2a32c769p-18);
    p = wf_fma(p, s, near ? -0x1.9725956388715p-4 : 0x1.c0156a4298a38p-14);
    p = wf_fma(p, s, near ? 0x1.d9268fc50d79ep-3 : -0x1.132c72a25bbf8p-10);
    p = wf_fma(p, s, near ? -0x1.1df7f59669775p-2 : 0x1.72c2ed7641d4bp-8);
    p = wf_fma(p, s, near ? 0x1.119e5c004dbe6p+0 : 0x1.fdfea68c60a85p-1);
    p = wf_fma(p, s, near ? -0x1.73fcab59703f2p-5 : -0x1.85584b7c55838p-3);
    y = w < 5.0 ? y : p;
    step = wf_erfinv_step(y, a, c);
    return wf_dd_sum(y, step);
}
WF_DEVICE double wf_erfinv(double x) {
    double ax = wf_fabs(x), y, large;
    int small = ax < 1e-10, tiny = ax < 0x1p-300; /* there x sqrt(pi) / 2, above the subnormal numbers */
    double a = ((ax < 1.0) & !small) ? ax : 0.5;
    wf_dd r = wf_erfinv_solve(wf_dd_make(a, 0.0), wf_dd_fast(1.0, -a));
    large = tiny ? ax * 0x1p200 : ax;
    large = wf_fma(large, 0x1.c5bf891b4ef6bp-1, large * -0x1.618f13eb7ca89p-55);
    large = tiny ? large * 0x1p-200 : large;
    y = small ? large : r.h + r.l;
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
