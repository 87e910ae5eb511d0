/* device/f32_hyper.h: sinh, cosh, tanh, asinh, acosh, atanh.
 *
 * x = n ln2 + r; sinh and cosh are sums of sinh r and cosh r ("sinh" and "cosh" of tools/polynomials.py) with
 * exact factors, so that neither cancels nor divides. tanh x = E / (E + 2), E = exp(2x) - 1 = 2^n (s + (1 -
 * 2^-n)), s = exp(r) - 1; asinh x = log1p(x + x^2 / (1 + sqrt(1 + x^2))), acosh x = log1p(t + sqrt(t (x +
 * 1))), t = x - 1, atanh x = log1p(2x / (1 - x)) / 2. Functions are computed for |x| and given the sign of x.
 * Odd cases: no intermediate overflows before the result does; for huge x, asinh and acosh are log(x) + ln2.
 */
#ifndef WF_F32_HYPER_H
#define WF_F32_HYPER_H
#include "f32_exp.h"
#include "f32_log.h"

/* x >= 0 as n ln2 + r: h = sinh r - r, c = cosh r - 1, and m = 2^-2n, 0 where it no longer matters. */
typedef struct wf_hyperf_parts {
    float r, low, h, c, m;
    int n;
} wf_hyperf_parts;
WF_INNER wf_hyperf_parts wf_hyperf_split(float x) {
    wf_hyperf_parts p;
    wf_expf_reduced e = wf_expf_reduce(x, 0.0f);
    float z = e.r.h * e.r.h, h, c;
    h = 0x1.a28f0ap-13f;
    h = wf_fmaf(h, z, 0x1.110fe2p-7f);
    h = wf_fmaf(h, z, 0x1.555556p-3f);
    c = 0x1.6d517ap-10f;
    c = wf_fmaf(c, z, 0x1.5554e4p-5f);
    c = wf_fmaf(c, z, 0x1p-1f);
    p.r = e.r.h;
    p.low = e.r.l;
    p.h = e.r.h * z * h;
    p.c = z * c;
    p.n = e.n;
    p.m = e.n > 60 ? 0.0f : wf_pow2f(-2 * e.n);
    return p;
}

/* lead cosh r + slope sinh r, lead + lost in place of lead: the first two words exactly, the rest in one. */
WF_INNER float wf_hyperf_sum(wf_hyperf_parts p, float lead, float lost, float slope) {
    float u = wf_fmaf(slope, p.r, lead), rest = wf_fmaf(slope, p.r, lead - u) + lost;
    rest = wf_fmaf(slope, p.h, wf_fmaf(slope, p.low, rest));
    return u + wf_fmaf(lead, p.c, rest);
}
/* 2^(n-1) ((1 - m) cosh r + (1 + m) sinh r); n = 0 leaves sinh r. */
WF_DEVICE float wf_sinhf(float x) {
    float ax = wf_fabsf(x);
    wf_hyperf_parts p = wf_hyperf_split(ax > 91.0f ? 91.0f : wf_unless_tinyf(ax));
    float lead = 1.0f - p.m;
    float y = wf_hyperf_sum(p, lead, (1.0f - lead) - p.m, 1.0f + p.m);
    y = wf_scalef(y, p.n - 1);
    return wf_copysignf(ax < 0x1p-13f ? ax : y, x);
}
/* 2^(n-1) ((1 + m) cosh r + (1 - m) sinh r) */
WF_DEVICE float wf_coshf(float x) {
    float ax = wf_fabsf(x);
    wf_hyperf_parts p = wf_hyperf_split(ax > 91.0f ? 91.0f : wf_unless_tinyf(ax));
    float lead = 1.0f + p.m;
    return wf_scalef(wf_hyperf_sum(p, lead, p.m - (lead - 1.0f), 1.0f - p.m), p.n - 1);
}

WF_DEVICE float wf_tanhf(float x) {
    float ax = wf_fabsf(x), c = ax > 10.0f ? 10.0f : wf_unless_tinyf(ax), y;
    wf_expf_reduced e = wf_expf_reduce(c + c, 0.0f);
    wf_ff s = wf_expm1f_small(e.r.h, e.r.l), one, above, below;
    float power = wf_pow2f(-e.n), r;
    /* numerator and denominator times 2^-n: (1 - 2^-n) + s and (1 + 2^-n) + s; their low words join the
     * quotient's rest */
    one = wf_ff_fast(1.0f, -power);
    above = wf_ff_sum(one.h, s.h);
    above.l = above.l + (one.l + s.l);
    one = wf_ff_fast(1.0f, power);
    below = wf_ff_fast(one.h, s.h);
    below = wf_ff_fast(below.h, below.l + (one.l + s.l));
    r = 1.0f / below.h;
    y = above.h * r;
    y = wf_fmaf(wf_fmaf(-y, below.l, above.l) + wf_fmaf(-y, below.h, above.h), r, y);
    y = ax < 0x1p-13f ? ax : y;
    return wf_copysignf(y, x);
}

WF_DEVICE float wf_asinhf(float x) {
    float ax = wf_fabsf(x), c = ax > 0x1p30f ? 1.0f : wf_unless_tinyf(ax), y;
    int huge = ax > 0x1p30f;
    wf_ff square = wf_ff_prod(c, c), root, r;
    root = wf_ff_sqrt(wf_ff_add1(square, 1.0f));
    r = wf_ff_add1(wf_ff_div(square, wf_ff_add1(root, 1.0f)), c);
    r = wf_log1pf_pair(wf_ff_pick(huge, wf_ff_make(ax, 0.0f), r), huge);
    y = r.h + r.l;
    y = ax < 0x1p-13f ? ax : y;
    y = ax < WF_INFF ? y : ax;
    return wf_copysignf(y, x);
}

WF_DEVICE float wf_acoshf(float x) {
    float c = ((x > 0x1p30f) | !(x >= 1.0f)) ? 1.0f : x, y;
    wf_ff t = wf_ff_fast(c, -1.0f), root, r;
    root = wf_ff_sqrt(wf_ff_mul(t, wf_ff_fast(c, 1.0f)));
    r = wf_log1pf_pair(wf_ff_pick(c == x, wf_ff_add(root, t), wf_ff_make(x, 0.0f)), c == x ? 0 : 1);
    y = r.h + r.l;
    y = x < 1.0f ? WF_NANF : y;
    return x < WF_INFF ? y : x;
}

WF_DEVICE float wf_atanhf(float x) {
    float ax = wf_fabsf(x), c = ax < 1.0f ? wf_unless_tinyf(ax) : 0.0f, y;
    wf_ff r = wf_ff_div(wf_ff_make(c + c, 0.0f), wf_ff_fast(1.0f, -c));
    r = wf_log1pf_pair(r, 0);
    y = 0.5f * (r.h + r.l);
    y = ax < 0x1p-13f ? ax : y;
    y = ax < 1.0f ? y : ax == 1.0f ? WF_INFF : WF_NANF;
    return wf_copysignf(y, x);
}
#endif
