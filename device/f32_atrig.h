/* device/f32_atrig.h: asin, acos, atan, atan2.
 *
 * atan2 from atan(a / b) for 0 <= a <= b: beyond tan(pi/8) it is pi/4 + atan((a - b) / (a + b)), so one
 * quotient, kept as a pair, serves both; then t + t z P(z), z = t^2 ("atan" of tools/polynomials.py). atan
 * has a longer polynomial instead. asin(x) = x + x z P(z) up to 1/2 ("asin"), beyond it pi/2 - 2 asin(sqrt((1
 * - x) / 2)) with the root as a pair. Constants are pairs, so the final rounding is nearly the only one. Odd
 * cases: atan2 of zeros and infinities follows C's Annex F; its tiny results are plain quotients, rounded
 * once. */
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

/* Up to 1 t + t z P(z - 1/2), t = x, z = t^2 ("atan_wide"; in powers of z its roundings would add up to
 * more), beyond it pi/2 + the same of t = -1/x, where what the quotient loses enters with the derivative,
 * roughly. */
WF_DEVICE float wf_atanf(float x) {
    float ax = wf_fabsf(x), c = ax > 0x1p60f ? 0x1p60f : ax, r = 1.0f / c, t, rest, z, w, p, base, low, s, y;
    int far = ax > 1.0f;
    t = far ? -r : wf_unless_tinyf(c);
    rest = far ? wf_fmaf(-r, c, 1.0f) * -r : 0.0f;
    base = far ? 0x1.921fb6p+0f : 0.0f;
    low = far ? -0x1.777a5cp-25f : 0.0f;
    z = t * t;
    w = z - 0.5f;
    p = -0x1.cb48eap-10f;
    p = wf_fmaf(p, w, 0x1.e9473cp-9f);
    p = wf_fmaf(p, w, -0x1.6bd3c6p-8f);
    p = wf_fmaf(p, w, 0x1.2c8fbep-7f);
    p = wf_fmaf(p, w, -0x1.0899ap-6f);
    p = wf_fmaf(p, w, 0x1.dd6994p-6f);
    p = wf_fmaf(p, w, -0x1.c10d24p-5f);
    p = wf_fmaf(p, w, 0x1.c5e5bcp-4f);
    p = wf_fmaf(p, w, -0x1.09615ep-2f);
    s = far ? t : ax;
    y = base + s;
    p = wf_fmaf(t * z, p, wf_fmaf(rest, wf_fmaf(z, -0.5f, 1.0f), low + (s - (y - base))));
    return wf_copysignf(y + p, x);
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

/* s + p = asin(s + its rest) for s = |x| up to 1/2, beyond it sqrt((1 - |x|) / 2), whose rest is divided by 2
 * s roughly, through the bits. */
typedef struct wf_asinf_parts {
    float s, p;
} wf_asinf_parts;
WF_INNER wf_asinf_parts wf_asinf_half(float ax, int far) {
    wf_asinf_parts a;
    float c = wf_unless_tinyf(ax), z = far ? wf_fmaf(-0.5f, ax, 0.5f) : c * c, p; /* the first exact */
    float root = wf_sqrtf(z),
          rest = wf_fmaf(-root, root, z) * wf_bits_float(0x7e773631u - wf_float_bits(root));
    a.s = far ? root : ax;
    p = 0x1.33a3bp-5f;
    p = wf_fmaf(p, z, 0x1.d819b6p-7f);
    p = wf_fmaf(p, z, 0x1.04a6c6p-5f);
    p = wf_fmaf(p, z, 0x1.6cab96p-5f);
    p = wf_fmaf(p, z, 0x1.33389ap-4f);
    p = wf_fmaf(p, z, 0x1.55554cp-3f);
    a.p = wf_fmaf((far ? root : c) * z, p, far ? rest : 0.0f);
    return a;
}

/* Beyond 1 the root is NaN. */
WF_DEVICE float wf_asinf(float x) {
    float ax = wf_fabsf(x), base, y;
    int far = ax > 0.5f;
    wf_asinf_parts a = wf_asinf_half(ax, far);
    base = far ? 0x1.921fb6p+0f : 0.0f;
    a.s = far ? -2.0f * a.s : a.s;
    a.p = far ? wf_fmaf(-2.0f, a.p, -0x1.777a5cp-25f) : a.p;
    y = base + a.s;
    return wf_copysignf(y + ((a.s - (y - base)) + a.p), x);
}

/* pi/2 - asin x; beyond 1/2 it is 2 asin(root), or pi less that for negative x. */
WF_DEVICE float wf_acosf(float x) {
    float ax = wf_fabsf(x), times, base, y;
    int far = ax > 0.5f;
    wf_asinf_parts a = wf_asinf_half(ax, far);
    times = wf_bits_float((far ? 0x40000000u : 0xbf800000u) ^ (wf_float_bits(x) & 0x80000000u));
    base = far ? (x < 0.0f ? 0x1.921fb6p+1f : 0.0f) : 0x1.921fb6p+0f;
    a.s = a.s * times;
    y = base + a.s;
    return y + ((a.s - (y - base)) +
                wf_fmaf(a.p, times, base * -0x1.de973ep-26f)); /* pi's low word over its high one */
}
#endif
