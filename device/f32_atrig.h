/* device/f32_atrig.h: asin, acos, atan, atan2.
 *
 * atan(t) = t + t z P(z), z = t^2, up to 1 ("atan_wide" of tools/polynomials.py); beyond it pi/2 + the same
 * of -1/x, with what the quotient loses. atan2: the same of the smaller over the larger argument. asin(x) = x
 * + x z P(z) up to 1/2 ("asin"), beyond it pi/2 - 2 asin(sqrt((1 - x) / 2)) with the root as a pair.
 * Constants are pairs, so the final rounding is nearly the only one. Odd cases: atan2 of zeros and infinities
 * follows C's Annex F; its tiny results are plain quotients, rounded once. */
#ifndef WF_F32_ATRIG_H
#define WF_F32_ATRIG_H
#include "wf_device.h"

#define WF_PI_RATIOF -0x1.de973ep-26f /* pi's low word over its high one */

/* base + atan(t + rest) for base 0, pi/2 or pi, |t| <= 1; s is t, or the argument itself where t is 0 for
 * being tiny. t + t z P(z - 1/2), z = t^2 ("atan_wide"): in powers of z the roundings would add up to more.
 * rest enters with the derivative, roughly. */
WF_INNER float wf_atanf_sum(float base, float s, float t, float rest) {
    float z = t * t, w = z - 0.5f, p, y = base + s;
    p = -0x1.cb48eap-10f;
    p = wf_fmaf(p, w, 0x1.e9473cp-9f);
    p = wf_fmaf(p, w, -0x1.6bd3c6p-8f);
    p = wf_fmaf(p, w, 0x1.2c8fbep-7f);
    p = wf_fmaf(p, w, -0x1.0899ap-6f);
    p = wf_fmaf(p, w, 0x1.dd6994p-6f);
    p = wf_fmaf(p, w, -0x1.c10d24p-5f);
    p = wf_fmaf(p, w, 0x1.c5e5bcp-4f);
    p = wf_fmaf(p, w, -0x1.09615ep-2f);
    s = wf_fmaf(base, WF_PI_RATIOF, s - (y - base));
    return y + wf_fmaf(t * z, p, wf_fmaf(rest, wf_fmaf(z, -0.5f, 1.0f), s));
}

WF_DEVICE float wf_atanf(float x) {
    float ax = wf_fabsf(x), c = ax > 0x1p60f ? 0x1p60f : ax, r = -1.0f / c, t, rest, y;
    int far = ax > 1.0f;
    t = far ? r : wf_unless_tinyf(c);
    rest = far ? wf_fmaf(r, c, 1.0f) * r : 0.0f;
    y = wf_atanf_sum(far ? 0x1.921fb6p+0f : 0.0f, far ? r : ax, t, rest);
    return wf_copysignf(y, x);
}

WF_DEVICE float wf_atan2f(float y, float x) {
    float ay = wf_fabsf(y), ax = wf_fabsf(x), a, b, scale, r, t, angle, quotient = ay / ax;
    int steep = ay > ax, left = wf_copysignf(1.0f, x) < 0.0f;
    a = steep ? ax : ay;
    b = steep ? ay : ax;
    scale = b > 0x1p60f ? 0x1p-66f : b < 0x1p-60f ? 0x1p88f : 1.0f;
    a = a == WF_INFF ? 1.0f : b == WF_INFF ? 0.0f : a * scale;
    b = ((b == WF_INFF) | (b == 0.0f)) ? 1.0f : b * scale;
    a = a < b * 0x1p-40f ? 0.0f : a;
    a = steep ^ left ? -a : a;
    r = 1.0f / b;
    t = a * r;
    angle = wf_atanf_sum(steep ? 0x1.921fb6p+0f : left ? 0x1.921fb6p+1f : 0.0f, t, t, wf_fmaf(-t, b, a) * r);
    angle = (!left & (ay < ax * 0x1p-14f)) ? quotient : angle;
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
    return y + ((a.s - (y - base)) + wf_fmaf(a.p, times, base * WF_PI_RATIOF));
}
#endif
