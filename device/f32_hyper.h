/* device/f32_hyper.h: sinh, cosh, tanh, asinh, acosh, atanh.
 *
 * All from exp(x) - 1 and log(1 + x) as pairs. With x = n ln2 + r and s = exp(r) - 1:  exp(x) = 2^n (1 + s)
 * and exp(x) - 1 = 2^n e, e = s + (1 - 2^-n), exact to a pair even where it is small. Then sinh x = 2^(n-1)
 * (e + 2^-n e / (1 + s)),   cosh x = 2^(n-1) ((1 + s) + 2^-2n / (1 + s)), tanh x = E / (E + 2), E = exp(2x) -
 * 1; asinh x = log1p(x + x^2 / (1 + sqrt(1 + x^2))), acosh x = log1p(t + sqrt(t (x + 1))), t = x - 1, atanh x
 * = log1p(2x / (1 - x)) / 2. Functions are computed for |x| and given the sign of x. Odd cases: no
 * intermediate overflows before the result does; for huge x, asinh and acosh are log(x) + ln2. */
#ifndef WF_F32_HYPER_H
#define WF_F32_HYPER_H
#include "f32_exp.h"
#include "f32_log.h"

/* x >= 0 reduced: n, 1 + s and e of above, normalised. */
typedef struct wf_hyperf_parts {
    wf_ff one_s, e;
    float power; /* 2^-n, or 0 where it no longer matters */
    int n;
} wf_hyperf_parts;
WF_INNER wf_hyperf_parts wf_hyperf_split(float x) {
    wf_hyperf_parts h;
    wf_expf_reduced e = wf_expf_reduce(x, 0.0f);
    wf_ff s = wf_expm1f_small(e.r.h, e.r.l), one;
    h.n = e.n;
    h.power = e.n > 60 ? 0.0f : wf_pow2f(-e.n);
    one = wf_ff_fast(1.0f, s.h);
    h.one_s = wf_ff_fast(one.h, one.l + s.l);
    one = wf_ff_fast(1.0f, -h.power);
    s = wf_ff_add1(s, one.h);
    h.e = wf_ff_fast(s.h, s.l + one.l);
    return h;
}

WF_DEVICE float wf_sinhf(float x) {
    float ax = wf_fabsf(x), y;
    wf_hyperf_parts h = wf_hyperf_split(ax > 91.0f ? 91.0f : ax);
    wf_ff q = wf_ff_add(h.e, wf_ff_times(wf_ff_div(h.e, h.one_s), h.power));
    y = wf_scalef(q.h + q.l, h.n - 1);
    y = ax < 0x1p-13f ? ax : y;
    return wf_copysignf(y, x);
}

WF_DEVICE float wf_coshf(float x) {
    float ax = wf_fabsf(x);
    wf_hyperf_parts h = wf_hyperf_split(ax > 91.0f ? 91.0f : ax);
    wf_ff q = wf_ff_div(wf_ff_make(h.power * h.power, 0.0f), h.one_s);
    q = wf_ff_add(h.one_s, q);
    return wf_scalef(q.h + q.l, h.n - 1);
}

WF_DEVICE float wf_tanhf(float x) {
    float ax = wf_fabsf(x), c = ax > 10.0f ? 10.0f : ax, y;
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
    float ax = wf_fabsf(x), c = ax > 0x1p30f ? 1.0f : ax, y;
    wf_ff square = wf_ff_prod(c, c), root, r;
    root = wf_ff_sqrt(wf_ff_add1(square, 1.0f));
    r = wf_ff_add1(wf_ff_div(square, wf_ff_add1(root, 1.0f)), c);
    r = wf_log1pf_pair(wf_ff_pick(c == ax, r, wf_ff_make(ax, 0.0f)), c == ax ? 0 : 1);
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
    float ax = wf_fabsf(x), c = ax < 1.0f ? ax : 0.0f, y;
    wf_ff r = wf_ff_div(wf_ff_make(c + c, 0.0f), wf_ff_fast(1.0f, -c));
    r = wf_log1pf_pair(r, 0);
    y = 0.5f * (r.h + r.l);
    y = ax < 0x1p-13f ? ax : y;
    y = ax < 1.0f ? y : ax == 1.0f ? WF_INFF : WF_NANF;
    return wf_copysignf(y, x);
}
#endif
