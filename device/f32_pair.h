/* device/f32_pair.h: arithmetic on pairs of floats, about 45 bits.
 *
 * The error-free sums and products are Dekker's and Knuth's, the product with fma; the operations on pairs
 * are the usual ones with one rounding of the low word, relative error below 2^-44 where the high words do
 * not cancel. */
#ifndef WF_F32_PAIR_H
#define WF_F32_PAIR_H
#include "wf_device.h"

typedef struct wf_ff {
    float h, l;
} wf_ff;

/* a + b exactly, |a| >= |b|. */
WF_INNER wf_ff wf_ff_fast(float a, float b) {
    wf_ff r;
    r.h = a + b;
    r.l = b - (r.h - a);
    return r;
}
/* a + b exactly. */
WF_INNER wf_ff wf_ff_sum(float a, float b) {
    wf_ff r;
    float bb;
    r.h = a + b;
    bb = r.h - a;
    r.l = (a - (r.h - bb)) + (b - bb);
    return r;
}
/* a * b exactly, while nothing underflows. */
WF_INNER wf_ff wf_ff_prod(float a, float b) {
    wf_ff r;
    r.h = a * b;
    r.l = wf_fmaf(a, b, -r.h);
    return r;
}
WF_INNER wf_ff wf_ff_make(float h, float l) {
    wf_ff r;
    r.h = h;
    r.l = l;
    return r;
}
WF_INNER wf_ff wf_ff_neg(wf_ff a) { return wf_ff_make(-a.h, -a.l); }
/* first ? a : b and negative ? -a : a, word by word, so that they are selects. */
WF_INNER wf_ff wf_ff_pick(int first, wf_ff a, wf_ff b) {
    return wf_ff_make(first ? a.h : b.h, first ? a.l : b.l);
}
WF_INNER wf_ff wf_ff_flip(int negative, wf_ff a) {
    return wf_ff_make(negative ? -a.h : a.h, negative ? -a.l : a.l);
}
/* Times a power of two. */
WF_INNER wf_ff wf_ff_times(wf_ff a, float power) { return wf_ff_make(a.h * power, a.l * power); }
WF_INNER wf_ff wf_ff_add1(wf_ff a, float b) {
    wf_ff s = wf_ff_sum(a.h, b);
    return wf_ff_fast(s.h, s.l + a.l);
}
WF_INNER wf_ff wf_ff_add(wf_ff a, wf_ff b) {
    wf_ff s = wf_ff_sum(a.h, b.h), t = wf_ff_sum(a.l, b.l);
    s = wf_ff_fast(s.h, s.l + t.h);
    return wf_ff_fast(s.h, s.l + t.l);
}
WF_INNER wf_ff wf_ff_sub(wf_ff a, wf_ff b) { return wf_ff_add(a, wf_ff_neg(b)); }
WF_INNER wf_ff wf_ff_mul1(wf_ff a, float b) {
    wf_ff p = wf_ff_prod(a.h, b);
    return wf_ff_fast(p.h, wf_fmaf(a.l, b, p.l));
}
WF_INNER wf_ff wf_ff_mul(wf_ff a, wf_ff b) {
    wf_ff p = wf_ff_prod(a.h, b.h);
    return wf_ff_fast(p.h, wf_fmaf(a.h, b.l, wf_fmaf(a.l, b.h, p.l)));
}
/* a / b, b.h neither subnormal nor near overflow. */
WF_INNER wf_ff wf_ff_div(wf_ff a, wf_ff b) {
    float r = 1.0f / b.h, q = a.h * r; /* one division; what q lacks is in rest */
    float rest = wf_fmaf(-q, b.h, a.h);
    return wf_ff_fast(q, (rest + wf_fmaf(-q, b.l, a.l)) * r);
}
/* sqrt(a), a.h >= 0 and finite. */
WF_INNER wf_ff wf_ff_sqrt(wf_ff a) {
    float s = wf_sqrtf(a.h);
    float rest = wf_fmaf(-s, s, a.h); /* exact */
    return wf_ff_fast(s, s > 0.0f ? (rest + a.l) / (s + s) : 0.0f);
}
#endif
