/* device/f64_atrig.h: asin, acos, atan, atan2.
 *
 * atan(a / b) for 0 <= a <= b: beyond tan(pi/8) it is pi/4 + atan((a - b) / (a + b)), so one quotient, kept
 * as a pair, serves both; then t + t z P(z), z = t^2 ("atan" of tools/polynomials.py). asin(x) = x + x z P(z)
 * up to 1/2 ("asin"), beyond it pi/2 - 2 asin(sqrt((1 - x) / 2)) with the root as a pair. Constants are
 * pairs, so the final rounding is nearly the only one. Odd cases: atan2 of zeros and infinities follows C's
 * Annex F; its tiny results are plain quotients, rounded once. */
#ifndef WF_F64_ATRIG_H
#define WF_F64_ATRIG_H
#include "f64_pair.h"

/* atan(a / b) as a pair (not normalised), 0 <= a <= b, b > 0; a + b must be finite and b no subnormal. */
WF_INNER wf_dd wf_atan_octant(double a, double b) {
    double tiny = b * 0x1p-300;
    int far = a > 0.41421356237309503 * b;
    wf_dd top = wf_dd_fast(-b, a), bottom = wf_dd_fast(b, a), t;
    double z, p;
    top = wf_dd_pick(far, top, wf_dd_make(a < tiny ? 0.0 : a, 0.0));
    bottom = wf_dd_pick(far, bottom, wf_dd_make(b, 0.0));
    t = wf_dd_div(top, bottom);
    z = t.h * t.h;
    p = 0x1.efd3a49a07dfap-7;
    p = wf_fma(p, z, -0x1.11aab92b0969cp-5);
    p = wf_fma(p, z, 0x1.70abcae706752p-5);
    p = wf_fma(p, z, -0x1.ab6bf74237925p-5);
    p = wf_fma(p, z, 0x1.e16f023c08c25p-5);
    p = wf_fma(p, z, -0x1.110c476a2aedap-4);
    p = wf_fma(p, z, 0x1.3b136adfef996p-4);
    p = wf_fma(p, z, -0x1.745d148ef0d55p-4);
    p = wf_fma(p, z, 0x1.c71c71b5e70a6p-4);
    p = wf_fma(p, z, -0x1.2492492471faep-3);
    p = wf_fma(p, z, 0x1.99999999995bcp-3);
    p = wf_fma(p, z, -0x1.5555555555554p-2);
    p = wf_fma(t.h * z, p, wf_fma(t.l, -z, t.l));
    top = wf_dd_fast(far ? 0x1.921fb54442d18p-1 : t.h, far ? t.h : 0.0);
    top.l = top.l + (far ? p + 0x1.1a62633145c07p-55 : p);
    return top;
}
/* c - a for a pair constant, c.h >= |a.h|. */
WF_INNER wf_dd wf_atrig_from(double ch, double cl, wf_dd a) {
    wf_dd r = wf_dd_fast(ch, -a.h);
    r.l = r.l + (cl - a.l);
    return r;
}

WF_DEVICE double wf_atan(double x) {
    double ax = wf_fabs(x), c = ax > 0x1p60 ? 0x1p60 : ax;
    int steep = c > 1.0;
    wf_dd r = wf_atan_octant(steep ? 1.0 : c, steep ? c : 1.0),
          s = wf_atrig_from(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, r);
    double y = steep ? s.h + s.l : r.h + r.l;
    y = ax < 0x1p-27 ? ax : y;
    y = wf_copysign(y, x);
    return wf_isnan(x) ? x : y;
}

/* The angle of 0 <= a <= b, b > 0: of |y| and |x| in order, neither far from 1, their quotient 0 or above
 * 2^-300; steep if they were exchanged, left of a negative x. */
WF_INNER double wf_atan2_angle(double a, double b, int steep, int left) {
    wf_dd r = wf_atan_octant(a, b), s = wf_atrig_from(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, r);
    r = wf_dd_pick(steep, s, r);
    s = wf_atrig_from(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53, r);
    r = wf_dd_pick(left, s, r);
    return r.h + r.l;
}
/* Does atan2 need more than wf_near_atan2? Zeros, infinities, NaN, quotients below 2^-300, ends of the
 * exponents. */
WF_INNER int wf_atan2_far(double y, double x) {
    double ay = wf_fabs(y), ax = wf_fabs(x), a = ay > ax ? ax : ay, b = ay > ax ? ay : ax;
    int near = (a <= 0x1p500) & (b <= 0x1p500) & (b >= 0x1p-500) & (a >= b * 0x1p-300);
    return !near; /* NaN is far */
}
WF_DEVICE double wf_near_atan2(double y, double x) {
    double ay = wf_fabs(y), ax = wf_fabs(x);
    int steep = ay > ax;
    return wf_copysign(wf_atan2_angle(steep ? ax : ay, steep ? ay : ax, steep, x < 0.0), y);
}
WF_DEVICE double wf_atan2(double y, double x) {
    double ay = wf_fabs(y), ax = wf_fabs(x), a, b, scale, angle = wf_near_atan2(y, x);
    if (wf_atan2_far(y, x)) {
        int steep = ay > ax, left = wf_copysign(1.0, x) < 0.0; /* -0 too */
        a = steep ? ax : ay;
        b = steep ? ay : ax;
        scale = b > 0x1p500 ? 0x1p-520 : b < 0x1p-500 ? 0x1p570 : 1.0;
        a = a == WF_INF ? 1.0 : b == WF_INF ? 0.0 : a * scale;
        b = ((b == WF_INF) | (b == 0.0)) ? 1.0 : b * scale;
        angle = wf_atan2_angle(a, b, steep, left);
        angle = (!left & (ay < ax * 0x1p-300)) ? ay / ax : angle;
        angle = wf_copysign(angle, y);
        angle = (wf_isnan(x) | wf_isnan(y)) ? x + y : angle;
    }
    return angle;
}

/* asin(s) for a pair s, |s| <= 1/2, s^2 = z rounded; not normalised. */
WF_INNER wf_dd wf_asin_small(wf_dd s, double z) {
    double p;
    p = 0x1.0b2000972eaap-5;
    p = wf_fma(p, z, -0x1.5783ebfc0372dp-6);
    p = wf_fma(p, z, 0x1.634962d731d62p-6);
    p = wf_fma(p, z, 0x1.e6f82b6224331p-9);
    p = wf_fma(p, z, 0x1.612cd5fb8a137p-7);
    p = wf_fma(p, z, 0x1.7587fb8e0de83p-7);
    p = wf_fma(p, z, 0x1.ca1f50cd5aeb9p-7);
    p = wf_fma(p, z, 0x1.1c49f1f4a71d6p-6);
    p = wf_fma(p, z, 0x1.6e8bdedca4005p-6);
    p = wf_fma(p, z, 0x1.f1c71a94157e7p-6);
    p = wf_fma(p, z, 0x1.6db6db7218c2dp-5);
    p = wf_fma(p, z, 0x1.333333332e01ap-4);
    p = wf_fma(p, z, 0x1.5555555555578p-3);
    return wf_dd_make(s.h, wf_fma(s.h * z, p, s.l));
}
/* The argument's half: small |x| itself, larger sqrt((1 - |x|) / 2). */
WF_INNER wf_dd wf_asin_half(double ax) {
    int far = ax > 0.5;
    double z = far ? wf_fma(-0.5, ax, 0.5) : ax * ax; /* the first exact */
    wf_dd root = wf_dd_sqrt(wf_dd_make(far ? z : 0.0, 0.0));
    return wf_asin_small(wf_dd_pick(far, root, wf_dd_make(ax, 0.0)), z);
}

WF_DEVICE double wf_asin(double x) {
    double ax = wf_fabs(x), y;
    wf_dd h = wf_asin_half(wf_unless_tiny(ax)),
          s = wf_atrig_from(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, wf_dd_times(h, 2.0));
    y = ax > 0.5 ? s.h + s.l : h.h + h.l;
    y = ax < 0x1p-27 ? ax : y;
    y = wf_copysign(y, x);
    return ax <= 1.0 ? y : WF_NAN;
}

WF_DEVICE double wf_acos(double x) {
    double ax = wf_fabs(x), y;
    int left = x < 0.0;
    wf_dd h = wf_asin_half(wf_unless_tiny(ax)), twice = wf_dd_times(h, 2.0), s;
    s = wf_atrig_from(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, wf_dd_flip(left, h));
    twice = wf_dd_pick(left, wf_atrig_from(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53, twice), twice);
    y = ax > 0.5 ? twice.h + twice.l : s.h + s.l;
    return ax <= 1.0 ? y : WF_NAN;
}
#endif
