/* device/f32_hyper.h: sinh, cosh, tanh, asinh, acosh, atanh.
 *
 * Functions are computed for |x| and given the sign of x. sinh and tanh below 1 are x + x^3 P(x^2)
 * ("sinh_near", "tanh"). Beyond, tanh x = 1 - 2 / (exp(2x) + 1), and sinh and cosh are 2^(n-1) (exp(r) -+
 * 2^-2n exp(-r)), where x = n ln2 + r, exp(r) - 1 and exp(-r) from cosh r - 1 and sinh r - r ("cosh_float",
 * "sinh_float"). asinh x = log1p(x + (sqrt(1 + x^2) - 1)) and acosh x = log1p(t + sqrt(t (t + 2))), t = x -
 * 1, have the root as a pair, whose low word needs no division: it is small, so a few per cent will do. atanh
 * x = log((1 + x) / (1 - x)) / 2 = k ln2 / 2 + atanh((a - b) / (a + b)), a = 1 + x, b = 2^k (1 - x), k such
 * that the quotient is at most 0.21 ("atanh"); a - b is exact, and what a, b, a + b and the quotient lose is
 * added. All below 0.95 ULP, on all inputs. Odd cases: no intermediate overflows before the result does; for
 * huge x, asinh and acosh are log1p(2^-30 x) + 31 ln2.
 */
#ifndef WF_F32_HYPER_H
#define WF_F32_HYPER_H
#include "f32_exp.h"
#include "f32_log.h"

/* x >= 0, not NaN's concern: grow = exp(r) - 1, fall = exp(-r), m = 2^-2n (or less where it no longer
 * matters), power = 2^(n-2). */
typedef struct wf_hyperf_parts {
    float grow, fall, m, power;
} wf_hyperf_parts;
WF_INNER wf_hyperf_parts wf_hyperf_split(float x) {
    wf_hyperf_parts p;
    wf_expf_skew e = wf_expf_reduce_skew(x > 89.5f ? 89.5f : x);
    float z = e.r * e.r, h, c;
    unsigned int n = wf_float_bits(e.sum), least;
    h = 0x1.a2538ep-13f;
    h = wf_fmaf(h, z, 0x1.110ffap-7f);
    h = wf_fmaf(h, z, 0x1.555556p-3f) * (e.r * z);
    c = 0x1.6dc868p-10f;
    c = wf_fmaf(c, z, 0x1.55547ep-5f);
    c = wf_fmaf(c, z, 0x1p-1f) * z;
    p.grow = e.first + (e.low + (c + h));
    p.fall = 1.0f + ((c - h) - e.r);
    p.power = wf_bits_float((n << 23) + 0x3e800000u);
    least = (int)n < 0x4b40001e ? n : 0x4b40001eu;
    p.m = wf_bits_float(0x3f800000u - (least << 24));
    return p;
}
WF_DEVICE float wf_sinhf(float x) {
    float ax = wf_fabsf(x), c = wf_unless_tinyf(ax), z = c * c, y, near;
    wf_hyperf_parts p = wf_hyperf_split(ax);
    y = 1.0f + wf_fmaf(-p.m, p.fall, p.grow);
    y = (y + y) * p.power;
    near = 0x1.76ac8ap-19f;
    near = wf_fmaf(near, z, 0x1.a01adp-13f);
    near = wf_fmaf(near, z, 0x1.1110ecp-7f);
    near = wf_fmaf(near, z, 0x1.555556p-3f);
    near = wf_fmaf(c * z, near, ax);
    return wf_copysignf(ax < 1.0f ? near : y, x);
}
WF_DEVICE float wf_coshf(float x) {
    wf_hyperf_parts p = wf_hyperf_split(wf_unless_tinyf(wf_fabsf(x)));
    float y = 1.0f + wf_fmaf(p.m, p.fall, p.grow);
    return (y + y) * p.power;
}

WF_DEVICE float wf_tanhf(float x) {
    float ax = wf_fabsf(x), c = ax > 9.5f ? 9.5f : ax, p, near;
    float t = wf_fmaf(c, 0x1.715476p+1f, WF_ROUNDERF), n = t - WF_ROUNDERF, r, z;
    r = wf_fmaf(-n, 0.5f * WF_LN2_LF, wf_fmaf(-n, 0.5f * WF_LN2_HF, c)); /* exp(2r): "exp_short" */
    p = 0x1.6d5156p-4f;
    p = wf_fmaf(p, r, 0x1.123e38p-2f);
    p = wf_fmaf(p, r, 0x1.5554e4p-1f);
    p = wf_fmaf(p, r, 0x1.55548ap+0f);
    p = wf_fmaf(p, r, 2.0f);
    p = wf_fmaf(p, r, 2.0f);
    p = wf_fmaf(p, r, 1.0f);
    p = wf_fmaf(p, wf_bits_float((wf_float_bits(t) << 23) + 0x3f800000u), 1.0f);
    p = wf_fmaf(-2.0f, 1.0f / p, 1.0f);
    c = wf_unless_tinyf(ax);
    z = c * c;
    near = -0x1.76b76ap-12f;
    near = wf_fmaf(near, z, 0x1.2d2d22p-9f);
    near = wf_fmaf(near, z, -0x1.043b84p-7f);
    near = wf_fmaf(near, z, 0x1.5ffeb6p-6f);
    near = wf_fmaf(near, z, -0x1.b960b2p-5f);
    near = wf_fmaf(near, z, 0x1.110bdap-3f);
    near = wf_fmaf(near, z, -0x1.55553cp-2f);
    near = wf_fmaf(c * z, near, ax);
    return wf_copysignf(ax < 1.0f ? near : p, x);
}

/* sqrt(h + l) - s for s = sqrt(h) rounded, as a multiple of 1 / (2 s). */
WF_INNER float wf_hyperf_root_rest(float s, float h, float l) { return wf_fmaf(-s, s, h) + l; }

/* The root's rest is multiplied by 1/2 - 0.21 x^2, or 0: good where x is small, enough elsewhere. */
WF_DEVICE float wf_asinhf(float x) {
    float ax = wf_fabsf(x), c, square, root, rest, slope, h, l, y;
    int tiny = ax<0x1p-13f, huge = ax> 0x1p60f;
    c = tiny ? 0.0f : ax;
    square = wf_fmaf(c, c, 1.0f);
    root = wf_sqrtf(square);
    rest = wf_hyperf_root_rest(root, square, wf_fmaf(c, c, 1.0f - square));
    slope = wf_fmaf(square, -0.21f, 0.71f);
    slope = slope > 0.0f ? slope : 0.0f;
    root = root - 1.0f;
    h = c + root;
    l = wf_fmaf(rest, slope, root - (h - c));
    y = wf_log1pf_sum(huge ? ax * 0x1p-30f : h, huge ? 0.0f : l, huge ? 0x1.fp27f : 0.0f);
    y = tiny ? ax : y;
    y = ax < WF_INFF ? y : ax;
    return wf_copysignf(y, x);
}

/* Here 1 / (2 s) comes from the bits of s, within 7 %. */
WF_DEVICE float wf_acoshf(float x) {
    int huge = x > 0x1p60f;
    float t = x - 1.0f, twice = t + t, square = wf_fmaf(t, t, twice), root = wf_sqrtf(square), rest, h, l, y;
    rest = wf_hyperf_root_rest(root, square, wf_fmaf(t, t, twice - square));
    h = root + t;
    l = wf_fmaf(rest, wf_bits_float(0x7e773631u - wf_float_bits(root)), t - (h - root));
    y = wf_log1pf_sum(huge ? x * 0x1p-30f : h, huge ? 0.0f : l, huge ? 0x1.fp27f : 0.0f);
    y = x < 1.0f ? WF_NANF : y;
    return x < WF_INFF ? y : x;
}

WF_DEVICE float wf_atanhf(float x) {
    float ax = wf_fabsf(x), a = 1.0f + ax, b = 1.0f - ax, al = ax - (a - 1.0f), bl = (1.0f - b) - ax;
    float top, bottom, lost, r, q, rest, z, y;
    unsigned int k = (wf_float_bits(a) - wf_float_bits(b) + 0x400000u) & 0xff800000u;
    float power = wf_bits_float(k + 0x3f800000u);
    wf_ff lead;
    b = b * power;
    top = a - b; /* exact */
    bottom = a + b;
    lost = (wf_fmaf(2.0f, a, -bottom) - top) + wf_fmaf(bl, power, al); /* of bottom; the first two exact */
    r = 1.0f / bottom;
    q = top * r;
    rest = wf_fmaf(-q, bottom, top) + wf_fmaf(-q, lost, wf_fmaf(-bl, power, al));
    z = q * q;
    y = 0x1.eeddacp-4f;
    y = wf_fmaf(y, z, 0x1.23de8p-3f);
    y = wf_fmaf(y, z, 0x1.999c12p-3f);
    y = wf_fmaf(y, z, 0x1.555554p-2f);
    lead = wf_logf_lead(0.5f * (float)(int)k, q);
    y = lead.h + wf_fmaf(q * z, y, wf_fmaf(rest, r, lead.l));
    y = ax < 1.0f ? y : ax == 1.0f ? WF_INFF : WF_NANF;
    return wf_copysignf(y, x);
}
#endif
