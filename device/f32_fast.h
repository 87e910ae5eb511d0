/* device/f32_fast.h: CUDA's fast intrinsics: __expf __exp10f __logf __log2f __log10f __powf __sinf __cosf
 * __tanf __sincosf __fdividef __saturatef __tanhf.
 *
 * Our own, so the bits are the same on every device: the accurate functions' formulas with fewer terms.
 * __expf and __logf are within 5 ULP (__expf of what is below 2^-126 is 0); __sinf and __cosf within 2^-23 up
 * to |x| = 40, growing by |x| 2^-48, and 0 from 2^20 on; __powf is exp(y log x), with the error of the
 * logarithm multiplied by y. Odd cases: infinities, NaN, and zeros as in the accurate functions, except that
 * __powf of a negative x is NaN. */
#ifndef WF_F32_FAST_H
#define WF_F32_FAST_H
#include "f32_exp.h"
#include "f32_log.h"

/* 2^(n-1) (2 exp(r)): the factor is a normal number for every n that matters, and 0 for n = -126. */
WF_DEVICE float wf___expf(float x) {
    float c = x > 89.0f ? 89.0f : x < -87.5f ? -87.5f : x, p;
    float t = wf_fmaf(c, WF_LOG2EF, WF_ROUNDERF), n = t - WF_ROUNDERF;
    float r = wf_fmaf(-n, WF_LN2_LF, wf_fmaf(-n, WF_LN2_HF, c));
    p = 0x1.123e38p-6f;
    p = wf_fmaf(p, r, 0x1.574354p-4f);
    p = wf_fmaf(p, r, 0x1.55548ap-2f);
    p = wf_fmaf(p, r, 0x1.fffda8p-1f);
    p = wf_fmaf(p, r, 2.0f);
    p = wf_fmaf(p, r, 2.0f);
    return p * wf_bits_float((wf_float_bits(t) << 23) + 0x3f000000u);
}
WF_DEVICE float wf___exp10f(float x) { return wf___expf(x * 0x1.26bb1cp+1f); }
WF_DEVICE float wf___logf(float x) {
    wf_logf_float e = wf_logf_start(x);
    float p, f = e.f;
    p = -0x1.9e3f5ep-4f;
    p = wf_fmaf(p, f, 0x1.4b331ap-3f);
    p = wf_fmaf(p, f, -0x1.60db3cp-3f);
    p = wf_fmaf(p, f, 0x1.97b666p-3f);
    p = wf_fmaf(p, f, -0x1.ff7092p-3f);
    p = wf_fmaf(p, f, 0x1.5558e2p-2f);
    p = wf_fmaf(p, f, -0x1.00006p-1f);
    p = wf_fmaf(f * f, p, f);
    return wf_logf_special(x, wf_fmaf(e.k, WF_LN2_HF * WF_2_23F, p));
}
WF_DEVICE float wf___log2f(float x) { return wf___logf(x) * WF_LOG2EF; }
WF_DEVICE float wf___log10f(float x) { return wf___logf(x) * 0x1.bcb7b2p-2f; }
WF_DEVICE float wf___powf(float x, float y) {
    float r = wf___expf(y * wf___logf(x));
    return y == 0.0f || x == 1.0f ? 1.0f : r;
}
/* x = n pi + r, |r| <= pi/2, one polynomial, and the sign of (-1)^n; n is an integer for the sine and an
 * integer and a half for the cosine. */
WF_INNER float wf_fastf_sine(float x, float shift) {
    float c = wf_fabsf(x) < 0x1p20f ? x : x - x; /* NaN of infinity */
    float t = wf_fmaf(c, 0x1.45f306p-2f, -shift) + WF_ROUNDERF, n = (t - WF_ROUNDERF) + shift, z, p, r;
    r = wf_fmaf(n, 0x1.777a5cp-24f, wf_fmaf(-n, 0x1.921fb6p+1f, c));
    z = r * r;
    p = 0x1.5e6d1cp-19f;
    p = wf_fmaf(p, z, -0x1.9f7d66p-13f);
    p = wf_fmaf(p, z, 0x1.110f24p-7f);
    p = wf_fmaf(p, z, -0x1.55554ep-3f);
    p = wf_fmaf(r * z, p, r);
    return wf_bits_float(wf_float_bits(p) ^ wf_float_bits(t) << 31);
}
WF_DEVICE float wf___sinf(float x) { return wf_fastf_sine(x, 0.0f); }
WF_DEVICE float wf___cosf(float x) { return -wf_fastf_sine(x, 0.5f); }
WF_DEVICE float wf___tanf(float x) { return wf___sinf(x) / wf___cosf(x); }
WF_DEVICE void wf___sincosf(float x, float *sine, float *cosine) {
    *sine = wf___sinf(x);
    *cosine = wf___cosf(x);
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
