/* device/f64_hyper.h: sinh, cosh, tanh, asinh, acosh, atanh.
 *
 * All from exp(x) - 1 and log(1 + x) as pairs. With x = n ln2 + r and s = exp(r) - 1:  exp(x) = 2^n (1 + s)
 * and exp(x) - 1 = 2^n e, e = s + (1 - 2^-n), exact to a pair even where it is small. Then sinh x = 2^(n-1)
 * (e + 2^-n e / (1 + s)),   cosh x = 2^(n-1) ((1 + s) + 2^-2n / (1 + s)), tanh x = E / (E + 2), E = exp(2x) -
 * 1; asinh x = log1p(x + x^2 / (1 + sqrt(1 + x^2))), acosh x = log1p(t + sqrt(t (x + 1))), t = x - 1, atanh x
 * = log1p(2x / (1 - x)) / 2. Functions are computed for |x| and given the sign of x. Odd cases: no
 * intermediate overflows before the result does; for huge x, asinh and acosh are log(x) + ln2. */
#ifndef WF_F64_HYPER_H
#define WF_F64_HYPER_H
#include "f64_exp.h"
#include "f64_log.h"

/* x >= 0 reduced: n, 1 + s and e of above, normalised. */
typedef struct wf_hyper_parts {
    wf_dd one_s, e;
    double power; /* 2^-n, or 0 where it no longer matters */
    int n;
} wf_hyper_parts;
WF_INNER wf_hyper_parts wf_hyper_split(double x) {
    wf_hyper_parts h;
    wf_exp_reduced e = wf_exp_reduce(x, 0.0);
    wf_dd s = wf_expm1_small(e.r.h, e.r.l), one;
    h.n = e.n;
    h.power = e.n > 500 ? 0.0 : wf_pow2(-e.n);
    one = wf_dd_fast(1.0, s.h);
    h.one_s = wf_dd_fast(one.h, one.l + s.l);
    one = wf_dd_fast(1.0, -h.power);
    s = wf_dd_add1(s, one.h);
    h.e = wf_dd_fast(s.h, s.l + one.l);
    return h;
}

WF_DEVICE double wf_sinh(double x) {
    double ax = wf_fabs(x), y;
    wf_hyper_parts h = wf_hyper_split(ax > 712.0 ? 712.0 : ax);
    wf_dd q = wf_dd_add(h.e, wf_dd_times(wf_dd_div(h.e, h.one_s), h.power));
    y = wf_scale(q.h + q.l, h.n - 1);
    y = ax < 0x1p-27 ? ax : y;
    return wf_copysign(y, x);
}

WF_DEVICE double wf_cosh(double x) {
    double ax = wf_fabs(x);
    wf_hyper_parts h = wf_hyper_split(ax > 712.0 ? 712.0 : ax);
    wf_dd q = wf_dd_div(wf_dd_make(h.power * h.power, 0.0), h.one_s);
    q = wf_dd_add(h.one_s, q);
    return wf_scale(q.h + q.l, h.n - 1);
}

WF_DEVICE double wf_tanh(double x) {
    double ax = wf_fabs(x), c = ax > 20.0 ? 20.0 : ax, y;
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
    double ax = wf_fabs(x), c = ax > 0x1p60 ? 1.0 : ax, y;
    wf_dd square = wf_dd_prod(c, c), root, r;
    root = wf_dd_sqrt(wf_dd_add1(square, 1.0));
    r = wf_dd_add1(wf_dd_div(square, wf_dd_add1(root, 1.0)), c);
    r = wf_log1p_pair(wf_dd_pick(c == ax, r, wf_dd_make(ax, 0.0)), c == ax ? 0 : 1);
    y = r.h + r.l;
    y = ax < 0x1p-27 ? ax : y;
    y = ax < WF_INF ? y : ax;
    return wf_copysign(y, x);
}

WF_DEVICE double wf_acosh(double x) {
    double c = ((x > 0x1p60) | !(x >= 1.0)) ? 1.0 : x, y;
    wf_dd t = wf_dd_fast(c, -1.0), root, r;
    root = wf_dd_sqrt(wf_dd_mul(t, wf_dd_fast(c, 1.0)));
    r = wf_log1p_pair(wf_dd_pick(c == x, wf_dd_add(root, t), wf_dd_make(x, 0.0)), c == x ? 0 : 1);
    y = r.h + r.l;
    y = x < 1.0 ? WF_NAN : y;
    return x < WF_INF ? y : x;
}

WF_DEVICE double wf_atanh(double x) {
    double ax = wf_fabs(x), c = ax < 1.0 ? ax : 0.0, y;
    wf_dd r = wf_dd_div(wf_dd_make(c + c, 0.0), wf_dd_fast(1.0, -c));
    r = wf_log1p_pair(r, 0);
    y = 0.5 * (r.h + r.l);
    y = ax < 0x1p-27 ? ax : y;
    y = ax < 1.0 ? y : ax == 1.0 ? WF_INF : WF_NAN;
    return wf_copysign(y, x);
}
#endif
