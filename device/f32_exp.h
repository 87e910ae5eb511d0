/* device/f32_exp.h: exp, exp2, exp10, expm1.
 *
 * x = n ln2 + r with |r| <= ln2 / 2 as a pair, by Cody and Waite's subtraction: n ln2 enters with fma, so the
 * first step is exact. exp(r) - 1 = r + r^2/2 + r^3 P(r) is kept as a pair as well, and 2^n is applied last,
 * in two factors, so that the only roundings that count are the final one and, for subnormal results, the one
 * of the scaling. P is the minimax polynomial "exp" of tools/polynomials.py, error 2^-33 of the result. That
 * is what other files build on. exp, exp2, exp10 and expm1 themselves are cheaper: one word throughout, below
 * 0.95 ULP on all inputs (2^r: "exp_short"). Odd cases: overflow and underflow come out of the scaling itself
 * (arguments are clamped just outside the range, which also keeps n small; a NaN passes through the clamps).
 */
#ifndef WF_F32_EXP_H
#define WF_F32_EXP_H
#include "f32_pair.h"

#define WF_LOG2EF 0x1.715476p+0f
#define WF_LN2_HF 0x1.62e43p-1f
#define WF_LN2_LF -0x1.05c61p-29f

/* exp(r) - 1 for |r| <= 0.347, r = rh + rl; the result's words are not normalised: |l| may reach |h| / 100.
 */
WF_INNER wf_ff wf_expm1f_small(float rh, float rl) {
    float half = 0.5f * rh, square = half * rh, p;
    wf_ff s = wf_ff_fast(rh, square);
    p = 0x1.a27402p-13f;
    p = wf_fmaf(p, rh, 0x1.6d5156p-10f);
    p = wf_fmaf(p, rh, 0x1.110feep-7f);
    p = wf_fmaf(p, rh, 0x1.5554e4p-5f);
    p = wf_fmaf(p, rh, 0x1.555556p-3f);
    p = wf_fmaf((rh + rh) * square, p, wf_fmaf(half, rh, -square));
    s.l = s.l + (p + wf_fmaf(rl, rh, rl));
    return s;
}
/* x reduced: the integer n and the pair r. Needs |x| below about 1000. */
typedef struct wf_expf_reduced {
    wf_ff r;
    int n;
} wf_expf_reduced;
WF_INNER wf_expf_reduced wf_expf_reduce(float x, float low) {
    wf_expf_reduced e;
    float t = wf_fmaf(x, WF_LOG2EF, WF_ROUNDERF), n = t - WF_ROUNDERF, first;
    first = wf_fmaf(-n, WF_LN2_HF, x);
    e.r.h = wf_fmaf(-n, WF_LN2_LF, first);
    e.r.l = wf_fmaf(-n, WF_LN2_LF, first - e.r.h) + low;
    e.n = wf_rounder_intf(t);
    return e;
}
/* exp(x) of a normalised pair as a normalised pair times 2^n, |x| below about 1000. */
typedef struct wf_expf_scaled {
    wf_ff h;
    int n;
} wf_expf_scaled;
WF_INNER wf_expf_scaled wf_expf_of_pair(wf_ff x) {
    wf_expf_scaled g;
    wf_expf_reduced e = wf_expf_reduce(x.h, x.l);
    wf_ff s;
    e.r = wf_ff_sum(e.r.h, e.r.l);
    s = wf_expm1f_small(e.r.h, e.r.l);
    g.h = wf_ff_fast(1.0f, s.h);
    g.h = wf_ff_fast(g.h.h, g.h.l + s.l);
    g.n = e.n;
    return g;
}

/* 2^n times a value between 1/2 and 2 whose rounding counts once: exp, exp2 and exp10 need no pairs. r loses
 * half a unit of 2^-25 at most, the polynomial as much, the last fma the half that nobody can avoid. */
WF_DEVICE float wf_expf(float x) {
    float c = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x, p;
    float t = wf_fmaf(c, WF_LOG2EF, WF_ROUNDERF), n = t - WF_ROUNDERF;
    float r = wf_fmaf(-n, WF_LN2_LF, wf_fmaf(-n, WF_LN2_HF, c));
    p = 0x1.6d5156p-10f;
    p = wf_fmaf(p, r, 0x1.123e38p-7f);
    p = wf_fmaf(p, r, 0x1.5554e4p-5f);
    p = wf_fmaf(p, r, 0x1.55548ap-3f);
    p = wf_fmaf(p, r, 0x1p-1f);
    p = wf_fmaf(p, r, 0x1p+0f);
    p = wf_fmaf(p, r, 0x1p+0f);
    return wf_scalef(p, wf_rounder_intf(t));
}

WF_DEVICE float wf_exp2f(float x) {
    float c = x > 129.0f ? 129.0f : x < -151.0f ? -151.0f : x, p;
    float t = c + WF_ROUNDERF, r = c - (t - WF_ROUNDERF);
    p = 0x1.4424b4p-13f;
    p = wf_fmaf(p, r, 0x1.5f0dd6p-10f);
    p = wf_fmaf(p, r, 0x1.3b2a48p-7f);
    p = wf_fmaf(p, r, 0x1.c6af72p-5f);
    p = wf_fmaf(p, r, 0x1.ebfbep-3f);
    p = wf_fmaf(p, r, 0x1.62e43p-1f);
    p = wf_fmaf(p, r, 0x1p+0f);
    return wf_scalef(p, wf_rounder_intf(t));
}

WF_DEVICE float wf_exp10f(float x) {
    float c = x > 39.0f ? 39.0f : x < -46.0f ? -46.0f : x, p;
    float t = wf_fmaf(c, 0x1.a934fp+1f, WF_ROUNDERF), n = t - WF_ROUNDERF;
    float r = wf_fmaf(-n, -0x1.ec10cp-27f, wf_fmaf(-n, 0x1.344136p-2f, c));
    p = 0x1.a8f4bap-3f;
    p = wf_fmaf(p, r, 0x1.156d6p-1f);
    p = wf_fmaf(p, r, 0x1.2bd7b8p+0f);
    p = wf_fmaf(p, r, 0x1.046f86p+1f);
    p = wf_fmaf(p, r, 0x1.53524ap+1f);
    p = wf_fmaf(p, r, 0x1.26bb1cp+1f);
    p = wf_fmaf(p, r, 0x1p+0f);
    return wf_scalef(p, wf_rounder_intf(t));
}

/* For expm1, sinh, cosh and pow: x = n ln2 + first + low, log(3/4) <= r = first + low <= log(3/2), first
 * exact. A negative exp(r) - 1 then stays above -1/4, where a rounding is half as large, and results that are
 * small beside 2^n lose nothing by it. */
typedef struct wf_expf_skew {
    float sum, first, low, r; /* sum: WF_ROUNDERF + n */
} wf_expf_skew;
WF_INNER wf_expf_skew wf_expf_reduce_skew(float x) {
    wf_expf_skew e;
    float n;
    e.sum = wf_fmaf(x, WF_LOG2EF, -0.0849625f) + WF_ROUNDERF;
    n = e.sum - WF_ROUNDERF;
    e.first = wf_fmaf(-n, WF_LN2_HF, x);
    e.low = n * -WF_LN2_LF;
    e.r = e.first + e.low;
    return e;
}
/* exp(r) - 1 - r = r^2 P(r): P of "expm1". */
WF_INNER float wf_expf_skew_poly(float r) {
    float p;
    p = 0x1.b7e1f8p-13f;
    p = wf_fmaf(p, r, 0x1.6cdbb2p-10f);
    p = wf_fmaf(p, r, 0x1.1105dap-7f);
    p = wf_fmaf(p, r, 0x1.555528p-5f);
    p = wf_fmaf(p, r, 0x1.55555ap-3f);
    return wf_fmaf(p, r, 0x1p-1f);
}
/* exp(x + low) for a normalised pair: 2^n (1 + first + (r^2 P(r) + low)). */
WF_INNER float wf_expf_pair(float x, float low) {
    float c = x > 89.0f ? 89.0f : x, r, p;
    wf_expf_skew e;
    c = c < -104.0f ? -104.0f : c;
    e = wf_expf_reduce_skew(c);
    low = c == x ? e.low + low : e.low;
    r = e.first + low;
    p = 1.0f + (e.first + wf_fmaf(r * r, wf_expf_skew_poly(r), low));
    return wf_scalef(p, wf_rounder_intf(e.sum));
}
/* 2 (2^(n-1) p + (2^(n-1) - 1/2)), p = exp(r) - 1: the only rounding beside those of
 * p and of the fma is that of 2^n - 1, from n = 25 on; there it would be half a unit, and p takes it. */
WF_DEVICE float wf_expm1f(float x) {
    int tiny = wf_fabsf(x) < 1e-10f;
    float c = x > 89.0f ? 89.0f : x, p, power;
    wf_expf_skew e;
    c = c < -20.0f ? -20.0f : c;
    e = wf_expf_reduce_skew(tiny ? 0.0f : c);
    p = wf_expf_skew_poly(e.r);
    p = e.first + wf_fmaf(e.r * e.r, p, e.sum == WF_ROUNDERF + 25.0f ? e.low - 0x1p-25f : e.low);
    power = wf_bits_float((wf_float_bits(e.sum) << 23) + 0x3f000000u);
    p = wf_fmaf(power, p, power - 0.5f);
    return tiny ? x : p + p;
}
#endif
