/* device/f32_atrig.h: asin, acos, atan, atan2.
 *
 * atan(a / b) for 0 <= a <= b: beyond tan(pi/8) it is pi/4 + atan((a - b) / (a + b)), so one quotient, kept
 * as a pair, serves both; then t + t z P(z), z = t^2 ("atan" of tools/polynomials.py). asin(x) = x + x z P(z)
 * up to 1/2 ("asin"), beyond it pi/2 - 2 asin(sqrt((1 - x) / 2)) with the root as a pair. Constants are
 * pairs, so the final rounding is nearly the only one. Odd cases: atan2 of zeros and infinities follows C's
 * Annex F; its tiny results are plain quotients, rounded once. */
#ifndef WF_F32_ATRIG_H
#define WF_F32_ATRIG_H
#include "f32_pair.h"

/* atan(a / b) as a pair (not normalised), 0 <= a <= b, b > 0; a + b must be finite and b no subnormal. */
WF_INNER wf_ff wf_atanf_octant(float a, float b) {
    float tiny = b * 0x1p-40f;
    int far = a > 0.41421357f * b;
    wf_ff top = wf_ff_fast(-b, a), bottom = wf_ff_fast(b, a), t;
    float z, p;
    top = wf_ff_pick(far, top, wf_ff_make(a < tiny ? 0.0f : a, 0.0f));
    bottom = wf_ff_pick(far, bottom, wf_ff_make(b, 0.0f));
    t = wf_ff_div(top, bottom);
    z = t.h * t.h;
    p = 0x1.767e7ep-5f;
    p = wf_fmaf(p, z, -0x1.5764dap-4f);
    p = wf_fmaf(p, z, 0x1.c39ec8p-4f);
    p = wf_fmaf(p, z, -0x1.247588p-3f);
    p = wf_fmaf(p, z, 0x1.9998b2p-3f);
    p = wf_fmaf(p, z, -0x1.555554p-2f);
    p = wf_fmaf(t.h * z, p, wf_fmaf(t.l, -z, t.l));
    top = wf_ff_fast(far ? 0x1.921fb6p-1f : t.h, far ? t.h : 0.0f);
    top.l = top.l + (far ? p + -0x1.777a5cp-26f : p);
    return top;
}
/* c - a for a pair constant, c.h >= |a.h|. */
WF_INNER wf_ff wf_atrigf_from(float ch, float cl, wf_ff a) {
    wf_ff r = wf_ff_fast(ch, -a.h);
    r.l = r.l + (cl - a.l);
    return r;
}

WF_DEVICE float wf_atanf(float x) {
    float ax = wf_fabsf(x), c = ax > 0x1p60f ? 0x1p60f : ax;
    int steep = c > 1.0f;
    wf_ff r = wf_atanf_octant(steep ? 1.0f : c, steep ? c : 1.0f),
          s = wf_atrigf_from(0x1.921fb6p+0f, -0x1.777a5cp-25f, r);
    float y = steep ? s.h + s.l : r.h + r.l;
    y = ax < 0x1p-13f ? ax : y;
    y = wf_copysignf(y, x);
    return wf_isnanf(x) ? x : y;
}

WF_DEVICE float wf_atan2f(float y, float x) {
    float ay = wf_fabsf(y), ax = wf_fabsf(x), a, b, scale, angle;
    int steep = ay > ax, left = (int)(wf_float_bits(x) >> 31);
    wf_ff r, s;
    a = steep ? ax : ay;
    b = steep ? ay : ax;
    scale = b > 0x1p60f ? 0x1p-66f : b < 0x1p-60f ? 0x1p88f : 1.0f;
    a = a == WF_INFF ? 1.0f : b == WF_INFF ? 0.0f : a * scale;
    b = ((b == WF_INFF) | (b == 0.0f)) ? 1.0f : b * scale;
    r = wf_atanf_octant(a, b);
    s = wf_atrigf_from(0x1.921fb6p+0f, -0x1.777a5cp-25f, r);
    r = wf_ff_pick(steep, s, r);
    s = wf_atrigf_from(0x1.921fb6p+1f, -0x1.777a5cp-24f, r);
    r = wf_ff_pick(left, s, r);
    angle = r.h + r.l;
    angle = (!left & (ay < ax * 0x1p-14f)) ? ay / ax : angle;
    angle = wf_copysignf(angle, y);
    return (wf_isnanf(x) | wf_isnanf(y)) ? x + y : angle;
}

/* asin(s) for a pair s, |s| <= 1/2, s^2 = z rounded; not normalised. */
WF_INNER wf_ff wf_asinf_small(wf_ff s, float z) {
    float p;
    p = 0x1.33a3bp-5f;
    p = wf_fmaf(p, z, 0x1.d819b6p-7f);
    p = wf_fmaf(p, z, 0x1.04a6c6p-5f);
    p = wf_fmaf(p, z, 0x1.6cab96p-5f);
    p = wf_fmaf(p, z, 0x1.33389ap-4f);
    p = wf_fmaf(p, z, 0x1.55554cp-3f);
    return wf_ff_make(s.h, wf_fmaf(s.h * z, p, s.l));
}
/* The argument's half: small |x| itself, larger sqrt((1 - |x|) / 2). */
WF_INNER wf_ff wf_asinf_half(float ax) {
    int far = ax > 0.5f;
    float z = far ? wf_fmaf(-0.5f, ax, 0.5f) : ax * ax; /* the first exact */
    wf_ff root = wf_ff_sqrt(wf_ff_make(far ? z : 0.0f, 0.0f));
    return wf_asinf_small(wf_ff_pick(far, root, wf_ff_make(ax, 0.0f)), z);
}

WF_DEVICE float wf_asinf(float x) {
    float ax = wf_fabsf(x), y;
    wf_ff h = wf_asinf_half(wf_unless_tinyf(ax)),
          s = wf_atrigf_from(0x1.921fb6p+0f, -0x1.777a5cp-25f, wf_ff_times(h, 2.0f));
    y = ax > 0.5f ? s.h + s.l : h.h + h.l;
    y = ax < 0x1p-13f ? ax : y;
    y = wf_copysignf(y, x);
    return ax <= 1.0f ? y : WF_NANF;
}

WF_DEVICE float wf_acosf(float x) {
    float ax = wf_fabsf(x), y;
    int left = x < 0.0f;
    wf_ff h = wf_asinf_half(wf_unless_tinyf(ax)), twice = wf_ff_times(h, 2.0f), s;
    s = wf_atrigf_from(0x1.921fb6p+0f, -0x1.777a5cp-25f, wf_ff_flip(left, h));
    twice = wf_ff_pick(left, wf_atrigf_from(0x1.921fb6p+1f, -0x1.777a5cp-24f, twice), twice);
    y = ax > 0.5f ? twice.h + twice.l : s.h + s.l;
    return ax <= 1.0f ? y : WF_NANF;
}
#endif
