/* device/f32_exact.h: the exact form of the float32 functions: the correctly rounded result, for every input.
 *
 * A result that is the float nearest to the true value is the only one there can be, so its bits never change
 * with a version, a device or a method. wf_cr_expf is that of wf_expf, and so on (the cr_ is C23's); with the
 * setting EXACT the emitter and the ready-made loops take these in place of the default form.
 *
 * Method: the double function, whose error is below one unit in its last place, rounded once to float. That
 * is wrong only where the true value lies within 2^-29 of a unit of the middle between two floats, a few
 * inputs of all 2^32: tests/accuracy finds them (exhaustive --patches) and proves the result (every input,
 * __float128 for those near a middle). They are written here as selects on the argument's bits; for odd and
 * even functions on the bits of |x|. Cost: double arithmetic, at half the rate of float on a data centre's
 * GPU and 1/64 on others. Not here, since their double functions keep absolute errors only near their zeros:
 * lgamma, digamma and the Bessel functions. */
#ifndef WF_F32_EXACT_H
#define WF_F32_EXACT_H
#include "f64_atrig.h"
#include "f64_erf.h"
#include "f64_erfinv.h"
#include "f64_exp.h"
#include "f64_gamma.h"
#include "f64_hyper.h"
#include "f64_log.h"
#include "f64_root.h"
#include "f64_trig.h"

/* y, or the value with these bits where x has those; the second of an odd function, given for |x|;
 * the third of an even one. */
WF_INNER float wf_exact_at(float y, float x, unsigned int at, unsigned int value) {
    return wf_float_bits(x) == at ? wf_bits_float(value) : y;
}
WF_INNER float wf_exact_odd(float y, float x, unsigned int at, unsigned int value) {
    unsigned int u = wf_float_bits(x);
    return (u & 0x7fffffffu) == at ? wf_bits_float(value ^ (u & 0x80000000u)) : y;
}
WF_INNER float wf_exact_even(float y, float x, unsigned int at, unsigned int value) {
    return (wf_float_bits(x) & 0x7fffffffu) == at ? wf_bits_float(value) : y;
}

WF_DEVICE float wf_cr_expf(float x) { return (float)wf_exp((double)x); }
WF_DEVICE float wf_cr_exp2f(float x) {
    float y = (float)wf_exp2((double)x);
    y = wf_exact_at(y, x, 0x3b429d37u, 0x3f804385u);
    return wf_exact_at(y, x, 0xbcf3a937u, 0x3f7ac6b1u);
}
WF_DEVICE float wf_cr_exp10f(float x) { return (float)wf_exp10((double)x); }
WF_DEVICE float wf_cr_expm1f(float x) { return (float)wf_expm1((double)x); }
WF_DEVICE float wf_cr_logf(float x) {
    float y = (float)wf_log((double)x);
    y = wf_exact_at(y, x, 0x3c413d3au, 0xc08e158fu);
    y = wf_exact_at(y, x, 0x41178febu, 0x400fe5e7u);
    y = wf_exact_at(y, x, 0x4c5d65a5u, 0x418f034bu);
    y = wf_exact_at(y, x, 0x65d890d3u, 0x4254d1f9u);
    return wf_exact_at(y, x, 0x6f31a8ecu, 0x42845a89u);
}
WF_DEVICE float wf_cr_log2f(float x) { return (float)wf_log2((double)x); }
WF_DEVICE float wf_cr_log10f(float x) {
    float y = (float)wf_log10((double)x);
    return wf_exact_at(y, x, 0x0efeee7au, 0xc1e99d23u);
}
WF_DEVICE float wf_cr_log1pf(float x) {
    float y = (float)wf_log1p((double)x);
    y = wf_exact_at(y, x, 0x35400003u, 0x353fffffu);
    y = wf_exact_at(y, x, 0x3710001bu, 0x370ffff3u);
    y = wf_exact_at(y, x, 0x3efd81adu, 0x3ecdeee1u);
    y = wf_exact_at(y, x, 0x41078febu, 0x400fe5e7u);
    y = wf_exact_at(y, x, 0x65d890d3u, 0x4254d1f9u);
    y = wf_exact_at(y, x, 0x6f31a8ecu, 0x42845a89u);
    y = wf_exact_at(y, x, 0xb53ffffdu, 0xb5400001u);
    y = wf_exact_at(y, x, 0xb70fffe5u, 0xb710000du);
    return wf_exact_at(y, x, 0xbb0ec8c4u, 0xbb0ef0a5u);
}
WF_DEVICE float wf_cr_sinf(float x) {
    float y = (float)wf_sin((double)x);
    return wf_exact_odd(y, x, 0x46199998u, 0xbeb1fa5du);
}
WF_DEVICE float wf_cr_cosf(float x) {
    float y = (float)wf_cos((double)x);
    y = wf_exact_even(y, x, 0x5f18b878u, 0x3f7f14bbu);
    return wf_exact_even(y, x, 0x6115cb11u, 0x3f78142fu);
}
WF_DEVICE float wf_cr_tanf(float x) { return (float)wf_tan((double)x); }
WF_DEVICE float wf_cr_sinpif(float x) { return (float)wf_sinpi((double)x); }
WF_DEVICE float wf_cr_cospif(float x) { return (float)wf_cospi((double)x); }
WF_DEVICE float wf_cr_tanpif(float x) { return (float)wf_tanpi((double)x); }
WF_DEVICE float wf_cr_asinf(float x) { return (float)wf_asin((double)x); }
WF_DEVICE float wf_cr_acosf(float x) {
    float y = (float)wf_acos((double)x);
    y = wf_exact_at(y, x, 0x328885a3u, 0x3fc90fdbu);
    return wf_exact_at(y, x, 0x39826222u, 0x3fc907b5u);
}
WF_DEVICE float wf_cr_atanf(float x) {
    float y = (float)wf_atan((double)x);
    return wf_exact_odd(y, x, 0x3d8d6b23u, 0x3d8d31c3u);
}
WF_DEVICE float wf_cr_sinhf(float x) {
    float y = (float)wf_sinh((double)x);
    return wf_exact_odd(y, x, 0x3a1285ffu, 0x3a1285ffu);
}
WF_DEVICE float wf_cr_coshf(float x) { return (float)wf_cosh((double)x); }
WF_DEVICE float wf_cr_tanhf(float x) { return (float)wf_tanh((double)x); }
WF_DEVICE float wf_cr_asinhf(float x) {
    float y = (float)wf_asinh((double)x);
    y = wf_exact_odd(y, x, 0x4bdd65a5u, 0x418f034bu);
    y = wf_exact_odd(y, x, 0x655890d3u, 0x4254d1f9u);
    return wf_exact_odd(y, x, 0x6eb1a8ecu, 0x42845a89u);
}
WF_DEVICE float wf_cr_acoshf(float x) {
    float y = (float)wf_acosh((double)x);
    y = wf_exact_at(y, x, 0x655890d3u, 0x4254d1f9u);
    return wf_exact_at(y, x, 0x6eb1a8ecu, 0x42845a89u);
}
WF_DEVICE float wf_cr_atanhf(float x) { return (float)wf_atanh((double)x); }
WF_DEVICE float wf_cr_cbrtf(float x) { return (float)wf_cbrt((double)x); }
WF_DEVICE float wf_cr_rcbrtf(float x) { return (float)wf_rcbrt((double)x); }
WF_DEVICE float wf_cr_rsqrtf(float x) { return (float)wf_rsqrt((double)x); }
WF_DEVICE float wf_cr_erff(float x) { return (float)wf_erf((double)x); }
WF_DEVICE float wf_cr_erfcf(float x) {
    float y = (float)wf_erfc((double)x);
    return wf_exact_at(y, x, 0xb76c9f62u, 0x3f800085u);
}
WF_DEVICE float wf_cr_erfcxf(float x) {
    float y = (float)wf_erfcx((double)x);
    return wf_exact_at(y, x, 0x4a4ecf8bu, 0x3432c90du);
}
WF_DEVICE float wf_cr_erfinvf(float x) { return (float)wf_erfinv((double)x); }
WF_DEVICE float wf_cr_erfcinvf(float x) {
    float y = (float)wf_erfcinv((double)x);
    return wf_exact_at(y, x, 0x34247c90u, 0x406d873fu);
}
WF_DEVICE float wf_cr_normcdff(float x) {
    float y = (float)wf_normcdf((double)x);
    y = wf_exact_at(y, x, 0x33a06c99u, 0x3f000001u);
    return wf_exact_at(y, x, 0xb3206c99u, 0x3effffffu);
}
WF_DEVICE float wf_cr_normcdfinvf(float x) { return (float)wf_normcdfinv((double)x); }
WF_DEVICE float wf_cr_tgammaf(float x) {
    float y = (float)wf_tgamma((double)x);
    y = wf_exact_at(y, x, 0x27de86a9u, 0x57134133u);
    return wf_exact_at(y, x, 0x27e05475u, 0x57121211u);
}
#endif
