/* device/f32_erfinv.h: erfinv, erfcinv, normcdfinv.
 *
 * Solved by iteration from a polynomial start ("erfinv" and "erfcinv" of tools/polynomials.py, in terms of w
 * = -log(1 - a^2)): given a and c = 1 - a, whichever was exact and the other as a pair. Below a = 0.6,
 * Halley's step on erf(y) - a; above, Halley's step on log erfc(y) - log c, which converges as well for the
 * smallest c. One step of third order; the last residual is computed with pairs, so its relative error is
 * small beside the result's last place. */
#ifndef WF_F32_ERFINV_H
#define WF_F32_ERFINV_H
#include "f32_erf.h"
#include "f32_log.h"

/* The correction to y >= 0 for erf(y) = a, erfc(y) = c = 1 - a. */
WF_INNER float wf_erfinvf_step(float y, wf_ff a, wf_ff c) {
    int inner = a.h < 0.6f, tiny = c.h < 0x1p-90f;
    wf_expf_scaled g = wf_expf_of_pair(wf_ff_prod(y, y));
    wf_ff r = wf_ff_sum(y, -a.h), far = wf_erfcxf_far(wf_ff_make(y < 0.45f ? 0.45f : y, 0.0f)), target;
    float d, u, half;
    /* inner: d = (a - erf y) sqrt(pi)/2 exp(y^2) */
    d = r.h + (r.l + (y * wf_erff_small(inner ? y : 0.0f) - a.l));
    d = -d * 0x1.c5bf8ap-1f * g.h.h * wf_pow2f(inner ? g.n : 0);
    d = wf_fmaf(y * d, d, d);
    /* outer: u = 1 - c exp(y^2) / erfcx(y), log(erfc(y) / c) = u + u^2/2 + … */
    target = wf_ff_mul(wf_ff_make(tiny ? c.h * 0x1p90f : c.h, tiny ? c.l * 0x1p90f : c.l), g.h);
    u = wf_pow2f(inner ? 0 : (tiny ? g.n - 90 : g.n));
    target = wf_ff_sub(far, wf_ff_times(target, u));
    u = (target.h + target.l) / far.h;
    u = wf_fmaf(u * u, wf_fmaf(u, 0x1.555556p-2f, 0.5f), u);
    half = 0x1.c5bf8ap-1f * far.h;
    u = half * u * wf_fmaf(u, wf_fmaf(y, half, -0.5f), 1.0f);
    return inner ? d : u;
}
/* y as a pair with erf(y) = a, 0 <= a < 1, c = 1 - a > 0. */
WF_INNER wf_ff wf_erfinvf_solve(wf_ff a, wf_ff c) {
    wf_ff l = wf_logf_positive(c.h * (1.0f + a.h));
    float w = -l.h, s = wf_sqrtf(w > 5.0f ? w : 5.0f), p, y, step;
    p = 0x1.87fc96p-13f;
    p = wf_fmaf(p, w, -0x1.9b81a6p-9f);
    p = wf_fmaf(p, w, 0x1.97730ep-7f);
    p = wf_fmaf(p, w, 0x1.da75f2p-3f);
    p = wf_fmaf(p, w, 0x1.c5c208p-1f);
    y = a.h * p;
    p = 0x1.71b826p-14f;
    p = wf_fmaf(p, s, -0x1.37a73ap-9f);
    p = wf_fmaf(p, s, 0x1.7220b8p-6f);
    p = wf_fmaf(p, s, 0x1.d71ceap-1f);
    p = wf_fmaf(p, s, -0x1.2dafd4p-4f);
    y = w < 5.0f ? y : p;
    step = wf_erfinvf_step(y, a, c);
    return wf_ff_sum(y, step);
}
WF_DEVICE float wf_erfinvf(float x) {
    float ax = wf_fabsf(x), a = ax < 1.0f ? ax : 0.5f, y;
    wf_ff r = wf_erfinvf_solve(wf_ff_make(a, 0.0f), wf_ff_fast(1.0f, -a));
    y = ax < 1e-5f ? wf_fmaf(ax, 0x1.c5bf8ap-1f, ax * -0x1.c96212p-26f) : r.h + r.l;
    y = ax == 1.0f ? WF_INFF : y;
    return ax <= 1.0f ? wf_copysignf(y, x) : WF_NANF;
}
/* x / 2 = half of the complement: erfcinv(2 half), as a pair; half in (0, 1). */
WF_INNER wf_ff wf_erfcinvf_solve(float half) {
    int upper = half > 0.5f;
    float c = upper ? 1.0f - half : half; /* exact for half > 1/2 */
    wf_ff r = wf_erfinvf_solve(wf_ff_fast(1.0f, -(c + c)), wf_ff_make(c + c, 0.0f));
    return wf_ff_flip(upper, r);
}
WF_DEVICE float wf_erfcinvf(float x) {
    int inside = x > 0.0f && x<2.0f, big = x> 1.0f;
    float c = inside ? (big ? 2.0f - x : x) : 0.5f, y; /* exact */
    wf_ff r = wf_erfinvf_solve(wf_ff_fast(1.0f, -c), wf_ff_make(c, 0.0f));
    y = big ? -(r.h + r.l) : r.h + r.l;
    y = x == 0.0f ? WF_INFF : x == 2.0f ? -WF_INFF : y;
    return inside || x == 0.0f || x == 2.0f ? y : WF_NANF;
}
/* -sqrt(2) erfcinv(2 x) */
WF_DEVICE float wf_normcdfinvf(float x) {
    int inside = x > 0.0f && x < 1.0f;
    wf_ff r = wf_ff_mul(wf_erfcinvf_solve(inside ? x : 0.25f), wf_ff_make(-0x1.6a09e6p+0f, -0x1.9fcef4p-26f));
    float y = r.h + r.l;
    y = x == 0.0f ? -WF_INFF : x == 1.0f ? WF_INFF : y;
    return inside || x == 0.0f || x == 1.0f ? y : WF_NANF;
}
#endif
