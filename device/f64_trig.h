/* device/f64_trig.h: sin, cos, sincos, tan, sinpi, cospi, sincospi, tanpi.
 *
 * x = q pi/2 + r, |r| <= pi/4, r as a pair. Below 2^31 by Cody and Waite with pi/2 in three words: with fma
 * the first subtraction is exact for every q, the second is carried as a pair, the third enters the low word.
 * Above, by Payne and Hanek: an integer product with the bits of 2/pi that matter; it is the one branch here,
 * and rare. sin(r) = r + r z P(z) and cos(r) = 1 - z/2 + z^2 P(z), z = r^2, from "sin" and "cos" of
 * tools/polynomials.py, both kept as pairs; the quadrant selects. The ...pi functions reduce x exactly and
 * multiply the rest by pi as a pair. Odd cases: infinity gives NaN; sin and tan of -0 are -0; sinpi of an
 * integer is a zero with the sign of x. */
#ifndef WF_F64_TRIG_H
#define WF_F64_TRIG_H
#include "f64_pair.h"

#define WF_TRIG_LIMIT 0x1p31 /* from here on Payne and Hanek */

typedef struct wf_trig_reduced {
    wf_dd r;
    int q; /* the quadrant, modulo 4 */
} wf_trig_reduced;

/* For |x| < WF_TRIG_LIMIT. */
WF_INNER wf_trig_reduced wf_trig_reduce_near(double x) {
    wf_trig_reduced e;
    double a = wf_unless_tiny(x), t = wf_fma(a, 0x1.45f306dc9c883p-1, WF_ROUNDER), q = t - WF_ROUNDER;
    double first = wf_fma(-q, 0x1.921fb54442d18p+0, a); /* exact */
    wf_dd second = wf_dd_prod(q, 0x1.1a62633145c07p-54), r = wf_dd_sum(first, -second.h);
    r.l = r.l - wf_fma(q, -0x1.f1976b7ed8fbcp-110, second.l);
    e.r = wf_dd_fast(r.h, r.l);
    e.q = wf_rounder_int(t);
    return e;
}
/* Words of 2/pi, a zero word first: the i-th. */
WF_INNER unsigned long long wf_two_over_pi(int i) {
    static const unsigned long long words[20] = {0,
                                                 0xa2f9836e4e441529ull,
                                                 0xfc2757d1f534ddc0ull,
                                                 0xdb6295993c439041ull,
                                                 0xfe5163abdebbc561ull,
                                                 0xb7246e3a424dd2e0ull,
                                                 0x06492eea09d1921cull,
                                                 0xfe1deb1cb129a73eull,
                                                 0xe88235f52ebb4484ull,
                                                 0xe99c7026b45f7e41ull,
                                                 0x3991d639835339f4ull,
                                                 0x9c845f8bbdf9283bull,
                                                 0x1ff897ffde05980full,
                                                 0xef2f118b5a0a6d1full,
                                                 0x6d367ecf27cb09b7ull,
                                                 0x4f463f669e5fea2dull,
                                                 0x7527bac7ebe5f17bull,
                                                 0x3d0739f78a5292eaull,
                                                 0x6bfb5fb11f8d5d08ull,
                                                 0x56033046fc7b6babull};
    return words[i];
}
/* For every other finite x. x = m 2^e with an integer m of 53 bits; the bits of 2/pi above 2^(2-e) would add
 * multiples of 4 to x 2/pi and are skipped; the next 192 are multiplied by m, modulo 2^192. */
WF_RARE wf_trig_reduced wf_trig_reduce_far(double x) {
    wf_trig_reduced out;
    unsigned long long bits = wf_double_bits(x), m = (bits & 0xfffffffffffffull) + 0x10000000000000ull;
    int skip = (int)((bits >> 52) & 2047u) - 1075 + 62, word = skip >> 6, shift = skip & 63;
    unsigned long long a, b, c, w0 = wf_two_over_pi(word), w1 = wf_two_over_pi(word + 1);
    unsigned long long w2 = wf_two_over_pi(word + 2), w3 = wf_two_over_pi(word + 3), top, middle, low;
    int zeros, negative;
    double h, l, scale;
    a = (w0 << shift) + ((w1 >> 1) >> (63 - shift));
    b = (w1 << shift) + ((w2 >> 1) >> (63 - shift));
    c = (w2 << shift) + ((w3 >> 1) >> (63 - shift));
    low = m * c;
    middle = wf_mulhi64(m, c);
    top = m * a + wf_mulhi64(m, b);
    middle += m * b;
    top += middle < m * b ? 1u : 0u;
    out.q = (int)((top + 0x2000000000000000ull) >> 62);
    top = (top << 2) +
          (middle >> 62); /* the fraction of a quadrant, in two's complement after the rounding of q */
    middle = (middle << 2) + (low >> 62);
    low = low << 2;
    negative = (long long)top < 0;
    top = negative ? ~top : top;
    middle = negative ? ~middle : middle;
    low = negative ? ~low : low;
    zeros = wf_clzll(top);
    zeros = zeros > 63 ? 63 : zeros;
    top = (top << zeros) + ((middle >> 1) >> (63 - zeros));
    middle = (middle << zeros) + ((low >> 1) >> (63 - zeros));
    h = (double)(long long)(top >> 11);
    l = (double)(long long)(((top & 2047u) << 42) + (middle >> 22));
    scale = wf_pow2(-53 - zeros);
    h = (negative ? -h : h) * scale;
    l = (negative ? -l : l) * scale * 0x1p-53;
    out.r = wf_dd_mul(wf_dd_fast(h, l), wf_dd_make(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54));
    out.r = wf_dd_flip((int)(bits >> 63), out.r);
    out.q = bits >> 63 ? -out.q : out.q;
    return out;
}
WF_INNER wf_trig_reduced wf_trig_reduce(double x) {
    wf_trig_reduced e = wf_trig_reduce_near(x), far;
    double h = e.r.h, l = e.r.l; /* words apart: a loop with a struct at a join is not vectorised */
    int q = e.q;
    if (wf_fabs(x) >= WF_TRIG_LIMIT) {
        far = wf_trig_reduce_far(x);
        h = wf_fabs(x) < WF_INF ? far.r.h : x - x;
        l = far.r.l;
        q = far.q;
    }
    e.r = wf_dd_make(h, l);
    e.q = q;
    return e;
}
/* x = n / 2 + rest exactly; r = pi rest. x loses an even integer first; what is left of infinity is NaN. */
WF_INNER wf_trig_reduced wf_trigpi_reduce(double x) {
    wf_trig_reduced e;
    double left = wf_fma(wf_rint(x * 0.5), -2.0, x), t = left + left + WF_ROUNDER;
    double rest = wf_fma(t - WF_ROUNDER, -0.5, left);
    e.q = wf_rounder_int(t);
    e.r = wf_dd_mul1(wf_dd_make(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53), wf_unless_tiny(rest));
    return e;
}

/* sin and cos of |r| <= pi/4 as pairs, not normalised: |l| may reach |h| / 8. */
WF_INNER wf_dd wf_sin_small(wf_dd r) {
    double z = r.h * r.h, p;
    p = -0x1.a51363089657dp-41;
    p = wf_fma(p, z, 0x1.61140fb0d1accp-33);
    p = wf_fma(p, z, -0x1.ae643c577f1bep-26);
    p = wf_fma(p, z, 0x1.71de3a3f68bcp-19);
    p = wf_fma(p, z, -0x1.a01a01a0065cbp-13);
    p = wf_fma(p, z, 0x1.1111111111089p-7);
    p = wf_fma(p, z, -0x1.5555555555555p-3);
    return wf_dd_make(r.h, wf_fma(r.h * z, p, wf_fma(r.l * z, -0.5, r.l)));
}
WF_INNER wf_dd wf_cos_small(wf_dd r) {
    double half = 0.5 * r.h, square = half * r.h, z = r.h * r.h, p;
    wf_dd c = wf_dd_fast(1.0, -square);
    p = 0x1.a1605d7b36dfp-45;
    p = wf_fma(p, z, -0x1.937c6700ee1e4p-37);
    p = wf_fma(p, z, 0x1.1eed765bc6f36p-29);
    p = wf_fma(p, z, -0x1.27e4fb5fbe76ep-22);
    p = wf_fma(p, z, 0x1.a01a01a00120bp-16);
    p = wf_fma(p, z, -0x1.6c16c16c16b45p-10);
    p = wf_fma(p, z, 0x1.5555555555555p-5);
    c.l = c.l + wf_fma(z * z, p, -wf_fma(r.h, r.l, wf_fma(half, r.h, -square)));
    return c;
}
WF_INNER double wf_trig_sin(wf_trig_reduced e) {
    wf_dd s = wf_sin_small(e.r), c = wf_cos_small(e.r);
    double y = e.q & 1 ? c.h + c.l : s.h + s.l;
    return e.q & 2 ? -y : y;
}
WF_INNER double wf_trig_cos(wf_trig_reduced e) {
    wf_dd s = wf_sin_small(e.r), c = wf_cos_small(e.r);
    double y = e.q & 1 ? s.h + s.l : c.h + c.l;
    return (e.q + 1) & 2 ? -y : y;
}
WF_INNER double wf_trig_tan(wf_trig_reduced e) {
    wf_dd s = wf_sin_small(e.r), c = wf_cos_small(e.r), t, b;
    s = wf_dd_fast(s.h, s.l);
    c = wf_dd_fast(c.h, c.l);
    t = wf_dd_pick(e.q & 1, wf_dd_neg(c), s);
    b = wf_dd_pick(e.q & 1, s, c);
    t = wf_dd_div(t, b);
    return t.h + t.l;
}

WF_DEVICE double wf_sin(double x) {
    double y = wf_trig_sin(wf_trig_reduce(x));
    return wf_fabs(x) < 0x1p-27 ? x : y;
}
WF_DEVICE double wf_cos(double x) { return wf_trig_cos(wf_trig_reduce(x)); }
WF_DEVICE double wf_tan(double x) {
    double y = wf_trig_tan(wf_trig_reduce(x));
    return wf_fabs(x) < 0x1p-27 ? x : y;
}
WF_DEVICE void wf_sincos(double x, double *sine, double *cosine) {
    wf_trig_reduced e = wf_trig_reduce(x);
    double y = wf_trig_sin(e);
    *sine = wf_fabs(x) < 0x1p-27 ? x : y;
    *cosine = wf_trig_cos(e);
}
/* The same up to their signs, for whoever squares them. */
WF_DEVICE void wf_sincos_size(double x, double *sine, double *cosine) {
    wf_trig_reduced e = wf_trig_reduce(x);
    wf_dd s = wf_sin_small(e.r), c = wf_cos_small(e.r);
    double a = s.h + s.l, b = c.h + c.l;
    *sine = wf_fabs(x) < 0x1p-27 ? x : e.q & 1 ? b : a;
    *cosine = e.q & 1 ? a : b;
}
/* The same bits as sin, cos and tan for |x| < WF_TRIG_LIMIT, and anything beyond it: for loops that look at
 * the largest argument of a block first, since the far reduction costs a vector loop several times the rest
 * even when no lane needs it. */
WF_DEVICE double wf_near_sin(double x) {
    double y = wf_trig_sin(wf_trig_reduce_near(x));
    return wf_fabs(x) < 0x1p-27 ? x : y;
}
WF_DEVICE double wf_near_cos(double x) { return wf_trig_cos(wf_trig_reduce_near(x)); }
WF_DEVICE double wf_near_tan(double x) {
    double y = wf_trig_tan(wf_trig_reduce_near(x));
    return wf_fabs(x) < 0x1p-27 ? x : y;
}
/* For these, sin(pi x) and tan(pi x) are pi x, computed above the subnormal numbers. */
WF_INNER int wf_trigpi_tiny(double x) { return (wf_fabs(x) < 0x1p-300) & (x != 0.0); }
WF_INNER double wf_trigpi_times(double x) {
    double large = x * 0x1p+100;
    return wf_fma(large, 0x1.921fb54442d18p+1, large * 0x1.1a62633145c07p-53) * 0x1p-100;
}
WF_DEVICE double wf_sinpi(double x) {
    wf_trig_reduced e = wf_trigpi_reduce(x);
    double y = wf_trig_sin(e);
    y = ((e.r.h == 0.0) & !(e.q & 1)) ? x * 0.0 : y;
    return wf_trigpi_tiny(x) ? wf_trigpi_times(x) : y;
}
WF_DEVICE double wf_cospi(double x) {
    wf_trig_reduced e = wf_trigpi_reduce(x);
    double y = wf_trig_cos(e);
    return y == 0.0 ? 0.0 : y;
}
WF_DEVICE void wf_sincospi(double x, double *sine, double *cosine) {
    *sine = wf_sinpi(x);
    *cosine = wf_cospi(x);
}
/* Exact at multiples of 1/4; at odd multiples of 1/2 the infinity alternates, as IEEE 754 has it. */
WF_DEVICE double wf_tanpi(double x) {
    wf_trig_reduced e = wf_trigpi_reduce(x);
    double y = wf_trig_tan(e);
    if (e.r.h == 0.0) { /* NaN goes the other way */
        double zero = e.q & 2 ? -x * 0.0 : x * 0.0;
        y = e.q & 1 ? ((e.q & 3) == 1 ? WF_INF : -WF_INF) : zero;
    }
    return wf_trigpi_tiny(x) ? wf_trigpi_times(x) : y;
}
#endif
