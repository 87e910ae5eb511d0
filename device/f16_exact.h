/* device/f16_exact.h: functions of float16 and bfloat16, correctly rounded. Written by
 * tests/accuracy/halves.c: do not edit.
 *
 * wf_f16_expf(x) is a float that, rounded to float16, is the float16 nearest to exp(x), for every x that is a
 * float16; wf_bf16_expf is that of bfloat16. It is wf_expf but where its error of up to one unit could lead
 * to the wrong side of the middle between two 16-bit numbers: those inputs are listed, all of them, with
 * their results, in wf_f16_nearest_exp(x, y), which takes wf_expf(x) as y. So nothing here depends on which
 * float within its bound wf_expf gives. */
#ifndef WF_F16_EXACT_H
#define WF_F16_EXACT_H
#include "f32_atrig.h"
#include "f32_erf.h"
#include "f32_erfinv.h"
#include "f32_exp.h"
#include "f32_gamma.h"
#include "f32_hyper.h"
#include "f32_log.h"
#include "f32_root.h"
#include "f32_trig.h"

/* y, or value where x is `at`; the second of an odd function, the third of an even one. */
WF_INNER float wf_half_at(float y, float x, float at, float value) { return x == at ? value : y; }
WF_INNER float wf_half_odd(float y, float x, float at, float value) {
    return wf_fabsf(x) == at ? (x < 0.0f ? -value : value) : y;
}
WF_INNER float wf_half_even(float y, float x, float at, float value) { return wf_fabsf(x) == at ? value : y; }

WF_INNER float wf_f16_nearest_acosh(float x, float y) {
    y = wf_half_at(y, x, 0x1.39p+0f, 0x1.4fcp-1f);
    y = wf_half_at(y, x, 0x1.ac8p+15f, 0x1.734p+3f);
    return y;
}
WF_DEVICE float wf_f16_acoshf(float x) { return wf_f16_nearest_acosh(x, wf_acoshf(x)); }
WF_INNER float wf_f16_nearest_acos(float x, float y) {
    y = wf_half_at(y, x, 0x1.aecp-3f, 0x1.5cp+0f);
    y = wf_half_at(y, x, -0x1.24p-18f, 0x1.92p+0f);
    y = wf_half_at(y, x, -0x1.28p-18f, 0x1.92p+0f);
    y = wf_half_at(y, x, -0x1.2cp-18f, 0x1.924p+0f);
    y = wf_half_at(y, x, -0x1.3p-18f, 0x1.924p+0f);
    y = wf_half_at(y, x, -0x1.2bcp-4f, 0x1.a4cp+0f);
    y = wf_half_at(y, x, -0x1.1dp-1f, 0x1.14cp+1f);
    return y;
}
WF_DEVICE float wf_f16_acosf(float x) { return wf_f16_nearest_acos(x, wf_acosf(x)); }
WF_INNER float wf_f16_nearest_asinh(float x, float y) {
    y = wf_half_odd(y, x, 0x1.af4p-3f, 0x1.ac4p-3f);
    y = wf_half_odd(y, x, 0x1.c7cp+3f, 0x1.accp+1f);
    y = wf_half_odd(y, x, 0x1.06p+7f, 0x1.644p+2f);
    y = wf_half_odd(y, x, 0x1.028p+8f, 0x1.8fcp+2f);
    y = wf_half_odd(y, x, 0x1.4f4p+9f, 0x1.cccp+2f);
    y = wf_half_odd(y, x, 0x1.ac8p+15f, 0x1.734p+3f);
    return y;
}
WF_DEVICE float wf_f16_asinhf(float x) { return wf_f16_nearest_asinh(x, wf_asinhf(x)); }
WF_INNER float wf_f16_nearest_asin(float x, float y) {
    y = wf_half_odd(y, x, 0x1.178p-3f, 0x1.184p-3f);
    return y;
}
WF_DEVICE float wf_f16_asinf(float x) { return wf_f16_nearest_asin(x, wf_asinf(x)); }
WF_INNER float wf_f16_nearest_atanh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_f16_atanhf(float x) { return wf_f16_nearest_atanh(x, wf_atanhf(x)); }
WF_INNER float wf_f16_nearest_atan(float x, float y) {
    y = wf_half_odd(y, x, 0x1.d14p-6f, 0x1.d14p-6f);
    y = wf_half_odd(y, x, 0x1.ad4p-3f, 0x1.a74p-3f);
    y = wf_half_odd(y, x, 0x1.1e4p-2f, 0x1.174p-2f);
    y = wf_half_odd(y, x, 0x1.9fp+0f, 0x1.04cp+0f);
    y = wf_half_odd(y, x, 0x1.9b8p+2f, 0x1.6acp+0f);
    y = wf_half_odd(y, x, 0x1.2b8p+3f, 0x1.76cp+0f);
    y = wf_half_odd(y, x, 0x1.748p+6f, 0x1.8f4p+0f);
    return y;
}
WF_DEVICE float wf_f16_atanf(float x) { return wf_f16_nearest_atan(x, wf_atanf(x)); }
WF_INNER float wf_f16_nearest_cbrt(float x, float y) {
    y = wf_half_odd(y, x, 0x1.544p-14f, 0x1.62cp-5f);
    y = wf_half_odd(y, x, 0x1.f24p-13f, 0x1.fb8p-5f);
    y = wf_half_odd(y, x, 0x1.544p-11f, 0x1.62cp-4f);
    y = wf_half_odd(y, x, 0x1.f24p-10f, 0x1.fb8p-4f);
    y = wf_half_odd(y, x, 0x1.544p-8f, 0x1.62cp-3f);
    y = wf_half_odd(y, x, 0x1.f24p-7f, 0x1.fb8p-3f);
    y = wf_half_odd(y, x, 0x1.544p-5f, 0x1.62cp-2f);
    y = wf_half_odd(y, x, 0x1.f24p-4f, 0x1.fb8p-2f);
    y = wf_half_odd(y, x, 0x1.544p-2f, 0x1.62cp-1f);
    y = wf_half_odd(y, x, 0x1.f24p-1f, 0x1.fb8p-1f);
    y = wf_half_odd(y, x, 0x1.544p+1f, 0x1.62cp+0f);
    y = wf_half_odd(y, x, 0x1.f24p+2f, 0x1.fb8p+0f);
    y = wf_half_odd(y, x, 0x1.544p+4f, 0x1.62cp+1f);
    y = wf_half_odd(y, x, 0x1.f24p+5f, 0x1.fb8p+1f);
    y = wf_half_odd(y, x, 0x1.544p+7f, 0x1.62cp+2f);
    y = wf_half_odd(y, x, 0x1.f24p+8f, 0x1.fb8p+2f);
    y = wf_half_odd(y, x, 0x1.544p+10f, 0x1.62cp+3f);
    y = wf_half_odd(y, x, 0x1.f24p+11f, 0x1.fb8p+3f);
    y = wf_half_odd(y, x, 0x1.544p+13f, 0x1.62cp+4f);
    y = wf_half_odd(y, x, 0x1.f24p+14f, 0x1.fb8p+4f);
    return y;
}
WF_DEVICE float wf_f16_cbrtf(float x) { return wf_f16_nearest_cbrt(x, wf_cbrtf(x)); }
WF_INNER float wf_f16_nearest_cosh(float x, float y) {
    y = wf_half_even(y, x, 0x1p-5f, 0x1.004p+0f);
    y = wf_half_even(y, x, 0x1.7bcp+0f, 0x1.288p+1f);
    return y;
}
WF_DEVICE float wf_f16_coshf(float x) { return wf_f16_nearest_cosh(x, wf_coshf(x)); }
WF_INNER float wf_f16_nearest_cos(float x, float y) {
    y = wf_half_even(y, x, 0x1.dfp-5f, 0x1.ff4p-1f);
    y = wf_half_even(y, x, 0x1.b04p+3f, 0x1.2d4p-1f);
    y = wf_half_even(y, x, 0x1.d3cp+4f, -0x1.258p-1f);
    y = wf_half_even(y, x, 0x1.148p+9f, 0x1.fe8p-1f);
    return y;
}
WF_DEVICE float wf_f16_cosf(float x) { return wf_f16_nearest_cos(x, wf_cosf(x)); }
WF_INNER float wf_f16_nearest_erfc(float x, float y) {
    y = wf_half_at(y, x, 0x1.c5cp-13f, 0x1.ffcp-1f);
    y = wf_half_at(y, x, 0x1.5fp-6f, 0x1.f38p-1f);
    y = wf_half_at(y, x, 0x1.208p-4f, 0x1.d78p-1f);
    y = wf_half_at(y, x, 0x1.424p-1f, 0x1.7e8p-2f);
    y = wf_half_at(y, x, -0x1.c5cp-12f, 0x1.004p+0f);
    return y;
}
WF_DEVICE float wf_f16_erfcf(float x) { return wf_f16_nearest_erfc(x, wf_erfcf(x)); }
WF_INNER float wf_f16_nearest_erf(float x, float y) {
    y = wf_half_odd(y, x, 0x1.848p-10f, 0x1.b64p-10f);
    y = wf_half_odd(y, x, 0x1.9bp-5f, 0x1.cf8p-5f);
    y = wf_half_odd(y, x, 0x1.984p-2f, 0x1.b58p-2f);
    return y;
}
WF_DEVICE float wf_f16_erff(float x) { return wf_f16_nearest_erf(x, wf_erff(x)); }
WF_INNER float wf_f16_nearest_exp10(float x, float y) {
    y = wf_half_at(y, x, 0x1.e5p-7f, 0x1.09p+0f);
    y = wf_half_at(y, x, 0x1.14p-6f, 0x1.0ap+0f);
    y = wf_half_at(y, x, 0x1.fdp-5f, 0x1.278p+0f);
    y = wf_half_at(y, x, 0x1.53cp+1f, 0x1.c3p+8f);
    y = wf_half_at(y, x, -0x1.bccp-14f, 0x1p+0f);
    y = wf_half_at(y, x, -0x1.d98p-10f, 0x1.fdcp-1f);
    y = wf_half_at(y, x, -0x1.5c8p-9f, 0x1.fdp-1f);
    y = wf_half_at(y, x, -0x1.e88p-9f, 0x1.fb8p-1f);
    y = wf_half_at(y, x, -0x1.448p-4f, 0x1.aacp-1f);
    y = wf_half_at(y, x, -0x1.c28p+0f, 0x1.1ccp-6f);
    return y;
}
WF_DEVICE float wf_f16_exp10f(float x) { return wf_f16_nearest_exp10(x, wf_exp10f(x)); }
WF_INNER float wf_f16_nearest_exp2(float x, float y) {
    y = wf_half_at(y, x, 0x1.714p-11f, 0x1.004p+0f);
    y = wf_half_at(y, x, 0x1.ad8p-2f, 0x1.568p+0f);
    y = wf_half_at(y, x, -0x1.1b4p-5f, 0x1.f4p-1f);
    y = wf_half_at(y, x, -0x1.294p-1f, 0x1.568p-1f);
    y = wf_half_at(y, x, -0x1.9p+4f, 0x0p+0f);
    return y;
}
WF_DEVICE float wf_f16_exp2f(float x) { return wf_f16_nearest_exp2(x, wf_exp2f(x)); }
WF_INNER float wf_f16_nearest_expm1(float x, float y) {
    y = wf_half_at(y, x, 0x1.6ap-11f, 0x1.6a4p-11f);
    y = wf_half_at(y, x, 0x1.19p-5f, 0x1.1dcp-5f);
    y = wf_half_at(y, x, -0x1p-11f, -0x1p-11f);
    y = wf_half_at(y, x, -0x1.1c4p-5f, -0x1.178p-5f);
    y = wf_half_at(y, x, -0x1.74cp+0f, -0x1.888p-1f);
    return y;
}
WF_DEVICE float wf_f16_expm1f(float x) { return wf_f16_nearest_expm1(x, wf_expm1f(x)); }
WF_INNER float wf_f16_nearest_exp(float x, float y) {
    y = wf_half_at(y, x, 0x1.7fcp-10f, 0x1.008p+0f);
    y = wf_half_at(y, x, 0x1.bf4p-9f, 0x1.01p+0f);
    y = wf_half_at(y, x, 0x1.de4p-8f, 0x1.01cp+0f);
    y = wf_half_at(y, x, 0x1.73cp-6f, 0x1.05cp+0f);
    y = wf_half_at(y, x, -0x1p-12f, 0x1p+0f);
    y = wf_half_at(y, x, -0x1.55p-5f, 0x1.ebp-1f);
    y = wf_half_at(y, x, -0x1.4ecp+1f, 0x1.2bcp-4f);
    return y;
}
WF_DEVICE float wf_f16_expf(float x) { return wf_f16_nearest_exp(x, wf_expf(x)); }
WF_INNER float wf_f16_nearest_lgamma(float x, float y) {
    y = wf_half_at(y, x, 0x1.bb8p-15f, 0x1.3b4p+3f);
    y = wf_half_at(y, x, 0x1.198p-12f, 0x1.074p+3f);
    y = wf_half_at(y, x, 0x1.7a4p-1f, 0x1.b9cp-3f);
    y = wf_half_at(y, x, 0x1.bfp-1f, 0x1.664p-4f);
    y = wf_half_at(y, x, 0x1.d28p-1f, 0x1.dbcp-5f);
    y = wf_half_at(y, x, 0x1.f7p-1f, 0x1.55p-7f);
    y = wf_half_at(y, x, 0x1.004p+0f, -0x1.27p-11f);
    y = wf_half_at(y, x, 0x1.ffp+0f, -0x1.afcp-10f);
    y = wf_half_at(y, x, 0x1.ffcp+0f, -0x1.b08p-12f);
    y = wf_half_at(y, x, 0x1.21cp+1f, 0x1.0fcp-3f);
    y = wf_half_at(y, x, 0x1.484p+2f, 0x1.bp+1f);
    y = wf_half_at(y, x, 0x1.c4p+7f, 0x1.f28p+9f);
    y = wf_half_at(y, x, 0x1.72cp+11f, 0x1.444p+14f);
    y = wf_half_at(y, x, 0x1.9cp+11f, 0x1.6dcp+14f);
    y = wf_half_at(y, x, -0x1.47cp-14f, 0x1.2ecp+3f);
    y = wf_half_at(y, x, -0x1.3a8p+1f, -0x1.4cp-17f);
    y = wf_half_at(y, x, -0x1.c4cp+5f, -0x1.5b4p+7f);
    return y;
}
WF_DEVICE float wf_f16_lgammaf(float x) { return wf_f16_nearest_lgamma(x, wf_lgammaf(x)); }
WF_INNER float wf_f16_nearest_log10(float x, float y) {
    y = wf_half_at(y, x, 0x1.d3cp-12f, -0x1.adp+1f);
    y = wf_half_at(y, x, 0x1.d48p-4f, -0x1.e2p-1f);
    y = wf_half_at(y, x, 0x1.e3cp-3f, -0x1.40cp-1f);
    y = wf_half_at(y, x, 0x1.fep-3f, -0x1.354p-1f);
    y = wf_half_at(y, x, 0x1.f84p+6f, 0x1.0ccp+1f);
    y = wf_half_at(y, x, 0x1.74p+11f, 0x1.bccp+1f);
    y = wf_half_at(y, x, 0x1.674p+13f, 0x1.03cp+2f);
    y = wf_half_at(y, x, 0x1.cap+13f, 0x1.0a8p+2f);
    return y;
}
WF_DEVICE float wf_f16_log10f(float x) { return wf_f16_nearest_log10(x, wf_log10f(x)); }
WF_INNER float wf_f16_nearest_log1p(float x, float y) {
    y = wf_half_at(y, x, 0x1.80cp-8f, 0x1.7fcp-8f);
    y = wf_half_at(y, x, 0x1.988p+0f, 0x1.e88p-1f);
    y = wf_half_at(y, x, 0x1.e8cp+0f, 0x1.118p+0f);
    y = wf_half_at(y, x, 0x1.0f8p+1f, 0x1.234p+0f);
    y = wf_half_at(y, x, 0x1.13cp+9f, 0x1.944p+2f);
    y = wf_half_at(y, x, 0x1.178p+11f, 0x1.edcp+2f);
    y = wf_half_at(y, x, 0x1.a0cp+14f, 0x1.464p+3f);
    y = wf_half_at(y, x, -0x1.7f4p-8f, -0x1.804p-8f);
    y = wf_half_at(y, x, -0x1.488p-2f, -0x1.8cp-2f);
    return y;
}
WF_DEVICE float wf_f16_log1pf(float x) { return wf_f16_nearest_log1p(x, wf_log1pf(x)); }
WF_INNER float wf_f16_nearest_log2(float x, float y) {
    y = wf_half_at(y, x, 0x1.224p-2f, -0x1.d1cp+0f);
    y = wf_half_at(y, x, 0x1.224p+1f, 0x1.2e4p+0f);
    return y;
}
WF_DEVICE float wf_f16_log2f(float x) { return wf_f16_nearest_log2(x, wf_log2f(x)); }
WF_INNER float wf_f16_nearest_log(float x, float y) {
    y = wf_half_at(y, x, 0x1.4d4p-9f, -0x1.7e4p+2f);
    y = wf_half_at(y, x, 0x1.5ep-8f, -0x1.4ecp+2f);
    y = wf_half_at(y, x, 0x1.6ecp-4f, -0x1.34cp+1f);
    y = wf_half_at(y, x, 0x1.17cp-3f, -0x1.fd8p+0f);
    y = wf_half_at(y, x, 0x1.62cp-2f, -0x1.0f4p+0f);
    y = wf_half_at(y, x, 0x1.5bcp-1f, -0x1.8cp-2f);
    y = wf_half_at(y, x, 0x1.4c4p+1f, 0x1.e88p-1f);
    y = wf_half_at(y, x, 0x1.8f8p+1f, 0x1.234p+0f);
    y = wf_half_at(y, x, 0x1.144p+9f, 0x1.944p+2f);
    return y;
}
WF_DEVICE float wf_f16_logf(float x) { return wf_f16_nearest_log(x, wf_logf(x)); }
WF_INNER float wf_f16_nearest_normcdfinv(float x, float y) {
    y = wf_half_at(y, x, 0x1.16p-15f, -0x1.fe8p+1f);
    y = wf_half_at(y, x, 0x1.0b4p-12f, -0x1.bccp+1f);
    y = wf_half_at(y, x, 0x1.2d8p-8f, -0x1.4d8p+1f);
    y = wf_half_at(y, x, 0x1.f9p-4f, -0x1.288p+0f);
    return y;
}
WF_DEVICE float wf_f16_normcdfinvf(float x) { return wf_f16_nearest_normcdfinv(x, wf_normcdfinvf(x)); }
WF_INNER float wf_f16_nearest_rsqrt(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_f16_rsqrtf(float x) { return wf_f16_nearest_rsqrt(x, wf_rsqrtf(x)); }
WF_INNER float wf_f16_nearest_sinh(float x, float y) {
    y = wf_half_odd(y, x, 0x1.6e8p-2f, 0x1.768p-2f);
    y = wf_half_odd(y, x, 0x1.3c8p+1f, 0x1.78cp+2f);
    y = wf_half_odd(y, x, 0x1.d6p+2f, 0x1.828p+9f);
    return y;
}
WF_DEVICE float wf_f16_sinhf(float x) { return wf_f16_nearest_sinh(x, wf_sinhf(x)); }
WF_INNER float wf_f16_nearest_sin(float x, float y) {
    y = wf_half_odd(y, x, 0x1.714p-5f, 0x1.71p-5f);
    y = wf_half_odd(y, x, 0x1.4f8p-4f, 0x1.4fp-4f);
    y = wf_half_odd(y, x, 0x1.accp-3f, 0x1.a9cp-3f);
    y = wf_half_odd(y, x, 0x1.154p-2f, 0x1.12p-2f);
    y = wf_half_odd(y, x, 0x1.5e8p+0f, 0x1.f58p-1f);
    y = wf_half_odd(y, x, 0x1.7d4p+5f, -0x1.03cp-1f);
    y = wf_half_odd(y, x, 0x1.058p+7f, -0x1.dc8p-1f);
    y = wf_half_odd(y, x, 0x1.2cp+8f, -0x1.ffcp-1f);
    y = wf_half_odd(y, x, 0x1.77cp+12f, -0x1.b1p-1f);
    return y;
}
WF_DEVICE float wf_f16_sinf(float x) { return wf_f16_nearest_sin(x, wf_sinf(x)); }
WF_INNER float wf_f16_nearest_tanh(float x, float y) {
    y = wf_half_odd(y, x, 0x1.d14p-6f, 0x1.d1p-6f);
    return y;
}
WF_DEVICE float wf_f16_tanhf(float x) { return wf_f16_nearest_tanh(x, wf_tanhf(x)); }
WF_INNER float wf_f16_nearest_tan(float x, float y) {
    y = wf_half_odd(y, x, 0x1.25p-5f, 0x1.254p-5f);
    y = wf_half_odd(y, x, 0x1.a68p-5f, 0x1.a7p-5f);
    y = wf_half_odd(y, x, 0x1.314p-2f, 0x1.3a8p-2f);
    y = wf_half_odd(y, x, 0x1.7b4p+6f, 0x1.444p-1f);
    y = wf_half_odd(y, x, 0x1.d28p+14f, 0x1.fa4p+2f);
    return y;
}
WF_DEVICE float wf_f16_tanf(float x) { return wf_f16_nearest_tan(x, wf_tanf(x)); }
WF_INNER float wf_f16_nearest_tgamma(float x, float y) {
    y = wf_half_at(y, x, 0x1.3fp-15f, 0x1.9acp+14f);
    y = wf_half_at(y, x, 0x1.0b4p-12f, 0x1.ea8p+11f);
    y = wf_half_at(y, x, 0x1.308p-9f, 0x1.adcp+8f);
    y = wf_half_at(y, x, 0x1.abcp-2f, 0x1.0f8p+1f);
    y = wf_half_at(y, x, 0x1.128p+0f, 0x1.ed4p-1f);
    y = wf_half_at(y, x, -0x1.2ap-13f, -0x1.b8p+12f);
    y = wf_half_at(y, x, -0x1.68p-13f, -0x1.6cp+12f);
    y = wf_half_at(y, x, -0x1.b88p-12f, -0x1.298p+11f);
    y = wf_half_at(y, x, -0x1.6cp-4f, -0x1.7d8p+3f);
    y = wf_half_at(y, x, -0x1.12cp-1f, -0x1.c8p+1f);
    y = wf_half_at(y, x, -0x1.d94p-1f, -0x1.b8p+3f);
    y = wf_half_at(y, x, -0x1.fep+0f, 0x1.02p+6f);
    return y;
}
WF_DEVICE float wf_f16_tgammaf(float x) { return wf_f16_nearest_tgamma(x, wf_tgammaf(x)); }
WF_INNER float wf_bf16_nearest_acosh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_acoshf(float x) { return wf_bf16_nearest_acosh(x, wf_acoshf(x)); }
WF_INNER float wf_bf16_nearest_acos(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_acosf(float x) { return wf_bf16_nearest_acos(x, wf_acosf(x)); }
WF_INNER float wf_bf16_nearest_asinh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_asinhf(float x) { return wf_bf16_nearest_asinh(x, wf_asinhf(x)); }
WF_INNER float wf_bf16_nearest_asin(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_asinf(float x) { return wf_bf16_nearest_asin(x, wf_asinf(x)); }
WF_INNER float wf_bf16_nearest_atanh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_atanhf(float x) { return wf_bf16_nearest_atanh(x, wf_atanhf(x)); }
WF_INNER float wf_bf16_nearest_atan(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_atanf(float x) { return wf_bf16_nearest_atan(x, wf_atanf(x)); }
WF_INNER float wf_bf16_nearest_cbrt(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_cbrtf(float x) { return wf_bf16_nearest_cbrt(x, wf_cbrtf(x)); }
WF_INNER float wf_bf16_nearest_cosh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_coshf(float x) { return wf_bf16_nearest_cosh(x, wf_coshf(x)); }
WF_INNER float wf_bf16_nearest_cos(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_cosf(float x) { return wf_bf16_nearest_cos(x, wf_cosf(x)); }
WF_INNER float wf_bf16_nearest_erfc(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_erfcf(float x) { return wf_bf16_nearest_erfc(x, wf_erfcf(x)); }
WF_INNER float wf_bf16_nearest_erf(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_erff(float x) { return wf_bf16_nearest_erf(x, wf_erff(x)); }
WF_INNER float wf_bf16_nearest_exp10(float x, float y) {
    y = wf_half_at(y, x, -0x1.6ep-7f, 0x1.f2p-1f);
    y = wf_half_at(y, x, -0x1.2ap-6f, 0x1.eap-1f);
    return y;
}
WF_DEVICE float wf_bf16_exp10f(float x) { return wf_bf16_nearest_exp10(x, wf_exp10f(x)); }
WF_INNER float wf_bf16_nearest_exp2(float x, float y) {
    y = wf_half_at(y, x, -0x1.0cp+7f, 0x0p+0f);
    return y;
}
WF_DEVICE float wf_bf16_exp2f(float x) { return wf_bf16_nearest_exp2(x, wf_exp2f(x)); }
WF_INNER float wf_bf16_nearest_expm1(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_expm1f(float x) { return wf_bf16_nearest_expm1(x, wf_expm1f(x)); }
WF_INNER float wf_bf16_nearest_exp(float x, float y) {
    y = wf_half_at(y, x, 0x1.b6p+2f, 0x1.d6p+9f);
    return y;
}
WF_DEVICE float wf_bf16_expf(float x) { return wf_bf16_nearest_exp(x, wf_expf(x)); }
WF_INNER float wf_bf16_nearest_lgamma(float x, float y) {
    y = wf_half_at(y, x, 0x1.d8p-53f, 0x1.2p+5f);
    y = wf_half_at(y, x, 0x1.cap-20f, 0x1.aap+3f);
    y = wf_half_at(y, x, -0x1.d8p-53f, 0x1.2p+5f);
    return y;
}
WF_DEVICE float wf_bf16_lgammaf(float x) { return wf_bf16_nearest_lgamma(x, wf_lgammaf(x)); }
WF_INNER float wf_bf16_nearest_log10(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_log10f(float x) { return wf_bf16_nearest_log10(x, wf_log10f(x)); }
WF_INNER float wf_bf16_nearest_log1p(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_log1pf(float x) { return wf_bf16_nearest_log1p(x, wf_log1pf(x)); }
WF_INNER float wf_bf16_nearest_log2(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_log2f(float x) { return wf_bf16_nearest_log2(x, wf_log2f(x)); }
WF_INNER float wf_bf16_nearest_log(float x, float y) {
    y = wf_half_at(y, x, 0x1.d8p-53f, -0x1.2p+5f);
    return y;
}
WF_DEVICE float wf_bf16_logf(float x) { return wf_bf16_nearest_log(x, wf_logf(x)); }
WF_INNER float wf_bf16_nearest_normcdfinv(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_normcdfinvf(float x) { return wf_bf16_nearest_normcdfinv(x, wf_normcdfinvf(x)); }
WF_INNER float wf_bf16_nearest_rsqrt(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_rsqrtf(float x) { return wf_bf16_nearest_rsqrt(x, wf_rsqrtf(x)); }
WF_INNER float wf_bf16_nearest_sinh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_sinhf(float x) { return wf_bf16_nearest_sinh(x, wf_sinhf(x)); }
WF_INNER float wf_bf16_nearest_sin(float x, float y) {
    y = wf_half_odd(y, x, 0x1.52p+123f, -0x1.a4p-2f);
    return y;
}
WF_DEVICE float wf_bf16_sinf(float x) { return wf_bf16_nearest_sin(x, wf_sinf(x)); }
WF_INNER float wf_bf16_nearest_tanh(float x, float y) {
    (void)x;
    return y;
}
WF_DEVICE float wf_bf16_tanhf(float x) { return wf_bf16_nearest_tanh(x, wf_tanhf(x)); }
WF_INNER float wf_bf16_nearest_tan(float x, float y) {
    y = wf_half_odd(y, x, 0x1.74p+67f, 0x1.e8p-4f);
    return y;
}
WF_DEVICE float wf_bf16_tanf(float x) { return wf_bf16_nearest_tan(x, wf_tanf(x)); }
WF_INNER float wf_bf16_nearest_tgamma(float x, float y) {
    y = wf_half_at(y, x, 0x1p+3f, 0x1.3cp+12f);
    y = wf_half_at(y, x, 0x1.2p+3f, 0x1.3cp+15f);
    return y;
}
WF_DEVICE float wf_bf16_tgammaf(float x) { return wf_bf16_nearest_tgamma(x, wf_tgammaf(x)); }
#endif
