/* device/half.h: float16 and bfloat16 as bit patterns, to and from float and double.
 *
 * Every conversion to a smaller format rounds once, to nearest even. A float16 in its normal range is the
 * float's bits with the exponent rebiased, rounded by an integer addition; below it, adding 1/2 lets the
 * float's own adder round at 2^-24, where the subnormals of float16 end. From double the same is done in
 * double (2^28 takes the place of 1/2), never by way of float, which would round twice. bfloat16 from double
 * goes through a float rounded to odd, which makes the second rounding right. Odd cases: NaN becomes the
 * canonical quiet NaN; too large becomes infinity. */
#ifndef WF_HALF_H
#define WF_HALF_H
#include "wf_device.h"

WF_DEVICE float wf_half2float(unsigned short h) {
    unsigned int sign = (unsigned int)(h & 0x8000u) << 16, a = h & 0x7fffu;
    unsigned int normal = (a << 13) + 0x38000000u, special = (a << 13) + 0x70000000u;
    unsigned int small = wf_float_bits((float)(int)a * 0x1p-24f);
    return wf_bits_float(sign + (a < 0x400u ? small : a < 0x7c00u ? normal : special));
}
WF_DEVICE unsigned short wf_float2half(float x) {
    unsigned int u = wf_float_bits(x), sign = (u >> 16) & 0x8000u, a = u & 0x7fffffffu;
    unsigned int normal = (a - 0x38000000u + 0xfffu + ((a >> 13) & 1u)) >> 13;
    unsigned int small = wf_float_bits(wf_bits_float(a < 0x38800000u ? a : 0u) + 0.5f) - 0x3f000000u;
    unsigned int r = a < 0x38800000u ? small : a < 0x477ff000u ? normal : a > 0x7f800000u ? 0x7e00u : 0x7c00u;
    return (unsigned short)(r + sign);
}
WF_DEVICE double wf_half2double(unsigned short h) { return (double)wf_half2float(h); }
WF_DEVICE unsigned short wf_double2half(double x) {
    unsigned long long u = wf_double_bits(x), a = u & 0x7fffffffffffffffull;
    unsigned int sign = (unsigned int)(u >> 48) & 0x8000u;
    unsigned long long normal = (a - 0x3f00000000000000ull + 0x1ffffffffffull + ((a >> 42) & 1u)) >> 42;
    unsigned long long tiny = a < 0x3f10000000000000ull ? a : 0u;
    unsigned long long small = wf_double_bits(wf_bits_double(tiny) + 0x1p28) - 0x41b0000000000000ull;
    unsigned int r = (unsigned int)(a < 0x3f10000000000000ull   ? small
                                    : a < 0x40effe0000000000ull ? normal
                                    : a > 0x7ff0000000000000ull ? 0x7e00u
                                                                : 0x7c00u);
    return (unsigned short)(r + sign);
}
WF_DEVICE float wf_bfloat162float(unsigned short b) { return wf_bits_float((unsigned int)b << 16); }
WF_DEVICE unsigned short wf_float2bfloat16(float x) {
    unsigned int u = wf_float_bits(x), r = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    return (unsigned short)(wf_isnanf(x) ? 0x7fc0u : r);
}
/* The float next to x whose last bit is odd, unless x is a float. */
WF_INNER float wf_double_to_odd(double x) {
    float f = (float)x;
    unsigned int u = wf_float_bits(f);
    double nearest = (double)f;
    int away = wf_fabs(nearest) > wf_fabs(x), inexact = nearest != x && x == x;
    unsigned int odd = away ? u - 1u : u + 1u;
    return wf_bits_float(inexact && !(u & 1u) ? odd : u);
}
WF_DEVICE double wf_bfloat162double(unsigned short b) { return (double)wf_bfloat162float(b); }
WF_DEVICE unsigned short wf_double2bfloat16(double x) { return wf_float2bfloat16(wf_double_to_odd(x)); }
#endif
