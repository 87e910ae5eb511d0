/* device/f32_fast.h: CUDA's fast intrinsics: __expf __exp10f __logf __log2f __log10f __powf __sinf __cosf
 * __tanf __sincosf
 * __fdividef __saturatef __tanhf.
 *
 * Our own, so the bits are the same on every device: the formulas of the accurate functions without their low
 * words. Errors are a few ULP where the accurate ones have less than one; __sinf and its kin lose accuracy
 * (absolute error |x| 2^-48) as |x| grows and return something between -1 and 1 even for huge arguments;
 * __powf is exp(y log x), with the error of the logarithm multiplied by y. Odd cases: infinities, NaN, and
 * zeros as in the accurate functions, except that __powf of a negative x is NaN. */
#ifndef WF_F32_FAST_H
#define WF_F32_FAST_H
#include "f32_exp.h"
#include "f32_log.h"

WF_DEVICE float wf___expf(float x) {
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
WF_DEVICE float wf___exp10f(float x) { return wf___expf(x * 0x1.26bb1cp+1f); }
WF_DEVICE float wf___logf(float x) {
    int tiny = x < 0x1p-126f;
    wf_logf_split e = wf_logf_reduce(tiny ? x * 0x1p24f : x);
    float p, f = e.f;
    p = 0x1.6ad134p-4f;
    p = wf_fmaf(p, f, -0x1.268b8cp-3f);
    p = wf_fmaf(p, f, 0x1.313f38p-3f);
    p = wf_fmaf(p, f, -0x1.531bb6p-3f);
    p = wf_fmaf(p, f, 0x1.98d388p-3f);
    p = wf_fmaf(p, f, -0x1.000648p-2f);
    p = wf_fmaf(p, f, 0x1.5556fap-2f);
    p = wf_fmaf(p, f, -0x1.fffff4p-2f);
    p = wf_fmaf(f * f, p, f);
    return wf_logf_special(x, wf_fmaf((float)(tiny ? e.k - 24 : e.k), WF_LN2_HF, p));
}
WF_DEVICE float wf___log2f(float x) { return wf___logf(x) * WF_LOG2EF; }
WF_DEVICE float wf___log10f(float x) { return wf___logf(x) * 0x1.bcb7b2p-2f; }
WF_DEVICE float wf___powf(float x, float y) {
    float r = wf___expf(y * wf___logf(x));
    return y == 0.0f || x == 1.0f ? 1.0f : r;
}
/* Sine (q even) or cosine (q odd) of |r| <= pi/4, with the sign of quadrant q. */
WF_INNER float wf_fastf_quadrant(float r, int q) {
    float z = r * r, s, c;
    s = 0x1.786ae8p-19f;
    s = wf_fmaf(s, z, -0x1.a04a82p-13f);
    s = wf_fmaf(s, z, 0x1.111166p-7f);
    s = wf_fmaf(s, z, -0x1.555556p-3f);
    s = wf_fmaf(r * z, s, r);
    c = 0x1.99eadp-16f;
    c = wf_fmaf(c, z, -0x1.6c0c2ep-10f);
    c = wf_fmaf(c, z, 0x1.55554ap-5f);
    c = wf_fmaf(z * z, c, wf_fmaf(z, -0.5f, 1.0f));
    s = q & 1 ? c : s;
    return q & 2 ? -s : s;
}
WF_INNER float wf_fastf_sine(float x, int quarter) {
    float c = wf_fabsf(x) < 0x1p20f ? x : x - x, t = wf_fmaf(c, 0x1.45f306p-1f, WF_ROUNDERF),
          q = t - WF_ROUNDERF;
    float r = wf_fmaf(-q, -0x1.777a5cp-25f, wf_fmaf(-q, 0x1.921fb6p+0f, c));
    return wf_fastf_quadrant(r, wf_rounder_intf(t) + quarter);
}
WF_DEVICE float wf___sinf(float x) { return wf_fastf_sine(x, 0); }
WF_DEVICE float wf___cosf(float x) { return wf_fastf_sine(x, 1); }
WF_DEVICE float wf___tanf(float x) { return wf_fastf_sine(x, 0) / wf_fastf_sine(x, 1); }
WF_DEVICE void wf___sincosf(float x, float *sine, float *cosine) {
    *sine = wf_fastf_sine(x, 0);
    *cosine = wf_fastf_sine(x, 1);
}
WF_DEVICE float wf___tanhf(float x) {
    float e = wf___expf(x + x);
    float y = 1.0f - 2.0f / (e + 1.0f);
    return wf_fabsf(x) < 0.05f ? wf_fmaf(x * x * x, -0x1.555556p-2f, x) : y;
}
WF_DEVICE float wf___fdividef(float x, float y) { return x / y; }
/* Into [0, 1]; NaN to 0. */
WF_DEVICE float wf___saturatef(float x) { return x >= 1.0f ? 1.0f : x > 0.0f ? x : 0.0f; }
#endif
