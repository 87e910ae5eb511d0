/* device/f64_pair.h: arithmetic on pairs of doubles, about 104 bits.
 *
 * The error-free sums and products are Dekker's and Knuth's, the product with fma; the operations on pairs
 * are the usual ones with one rounding of the low word, relative error below 2^-101 where the high words do
 * not cancel. */
#ifndef WF_F64_PAIR_H
#define WF_F64_PAIR_H
#include "wf_device.h"

typedef struct wf_dd {
    double h, l;
} wf_dd;

/* a + b exactly, |a| >= |b|. */
WF_INNER wf_dd wf_dd_fast(double a, double b) {
    wf_dd r;
    r.h = a + b;
    r.l = b - (r.h - a);
    return r;
}
/* a + b exactly. */
WF_INNER wf_dd wf_dd_sum(double a, double b) {
    wf_dd r;
    double bb;
    r.h = a + b;
    bb = r.h - a;
    r.l = (a - (r.h - bb)) + (b - bb);
    return r;
}
/* a * b exactly, while nothing underflows. */
WF_INNER wf_dd wf_dd_prod(double a, double b) {
    wf_dd r;
    r.h = a * b;
    r.l = wf_fma(a, b, -r.h);
    return r;
}
WF_INNER wf_dd wf_dd_make(double h, double l) {
    wf_dd r;
    r.h = h;
    r.l = l;
    return r;
}
WF_INNER wf_dd wf_dd_neg(wf_dd a) { return wf_dd_make(-a.h, -a.l); }
/* first ? a : b and negative ? -a : a, word by word, so that they are selects. */
WF_INNER wf_dd wf_dd_pick(int first, wf_dd a, wf_dd b) {
    return wf_dd_make(first ? a.h : b.h, first ? a.l : b.l);
}
WF_INNER wf_dd wf_dd_flip(int negative, wf_dd a) {
    return wf_dd_make(negative ? -a.h : a.h, negative ? -a.l : a.l);
}
/* Times a power of two. */
WF_INNER wf_dd wf_dd_times(wf_dd a, double power) { return wf_dd_make(a.h * power, a.l * power); }
WF_INNER wf_dd wf_dd_add1(wf_dd a, double b) {
    wf_dd s = wf_dd_sum(a.h, b);
    return wf_dd_fast(s.h, s.l + a.l);
}
WF_INNER wf_dd wf_dd_add(wf_dd a, wf_dd b) {
    wf_dd s = wf_dd_sum(a.h, b.h), t = wf_dd_sum(a.l, b.l);
    s = wf_dd_fast(s.h, s.l + t.h);
    return wf_dd_fast(s.h, s.l + t.l);
}
WF_INNER wf_dd wf_dd_sub(wf_dd a, wf_dd b) { return wf_dd_add(a, wf_dd_neg(b)); }
WF_INNER wf_dd wf_dd_mul1(wf_dd a, double b) {
    wf_dd p = wf_dd_prod(a.h, b);
    return wf_dd_fast(p.h, wf_fma(a.l, b, p.l));
}
WF_INNER wf_dd wf_dd_mul(wf_dd a, wf_dd b) {
    wf_dd p = wf_dd_prod(a.h, b.h);
    return wf_dd_fast(p.h, wf_fma(a.h, b.l, wf_fma(a.l, b.h, p.l)));
}
/* a / b, given r = 1 / b.h within a few units of the last place. */
WF_INNER wf_dd wf_dd_div_by(wf_dd a, wf_dd b, double r) {
    double q = a.h * r, rest = wf_fma(-q, b.h, a.h); /* what q lacks */
    return wf_dd_fast(q, (rest + wf_fma(-q, b.l, a.l)) * r);
}
/* a / b, b.h neither subnormal nor near overflow. */
WF_INNER wf_dd wf_dd_div(wf_dd a, wf_dd b) { return wf_dd_div_by(a, b, 1.0 / b.h); }
/* sqrt(a), a.h >= 0 and finite. */
WF_INNER wf_dd wf_dd_sqrt(wf_dd a) {
    double s = wf_sqrt(a.h);
    double rest = wf_fma(-s, s, a.h); /* exact */
    return wf_dd_fast(s, s > 0.0 ? (rest + a.l) / (s + s) : 0.0);
}
#endif
