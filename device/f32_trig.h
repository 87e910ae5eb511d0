/* device/f32_trig.h: sin, cos, sincos, tan, sinpi, cospi, sincospi, tanpi.
 *
 * x = q pi/2 + r, |r| <= pi/4, r as a pair. Below 2^17 by Cody and Waite with pi/2 in three words: with fma
 * the first subtraction is exact for every q, the second is carried as a pair, the third enters the low word.
 * Above, by Payne and Hanek: products in double with the bits of 2/pi that matter; it is the one branch here,
 * and rare. sin(r) = r + r z P(z) and cos(r) = 1 - z/2 + z^2 P(z), z = r^2, from "sin" and "cos" of
 * tools/polynomials.py, both kept as pairs; the quadrant selects. The ...pi functions reduce x exactly and
 * multiply the rest by pi as a pair. Odd cases: infinity gives NaN; sin and tan of -0 are -0; sinpi of an
 * integer is a zero with the sign of x. */
#ifndef WF_F32_TRIG_H
#define WF_F32_TRIG_H
#include "f32_pair.h"

#define WF_TRIG_LIMITF 0x1p17f /* from here on Payne and Hanek */

typedef struct wf_trigf_reduced {
    wf_ff r;
    int q; /* the quadrant in the last two bits */
} wf_trigf_reduced;

/* For |x| < WF_TRIG_LIMITF. The sum of first and second is exact, also where second is the larger: x and the
 * first word are multiples of 2^-24 if q is not 0, second is below 2^-7, so first is a multiple of second's
 * last place. */
WF_INNER wf_trigf_reduced wf_trigf_reduce_near(float x) {
    wf_trigf_reduced e;
    float a = wf_unless_tinyf(x), t = wf_fmaf(a, 0x1.45f306p-1f, WF_ROUNDERF), q = t - WF_ROUNDERF;
    float first = wf_fmaf(-q, 0x1.921fb6p+0f, a); /* exact */
    wf_ff second = wf_ff_prod(q, 0x1.777a5cp-25f), r = wf_ff_fast(first, second.h);
    e.r = wf_ff_make(r.h, r.l + wf_fmaf(q, 0x1.ee59dap-50f, second.l));
    e.q = (int)wf_float_bits(t);
    return e;
}
/* For every other finite x, in double, where products of 24 and 28 bits are exact (the one place where double
 * enters a float function: on a GPU it is a rare branch, on the CPU it is what vectorises). Bits of 2/pi that
 * would add multiples of 4 to x 2/pi are skipped, in steps of 24; the next 28, 24, 28 and 53 are c0 to c3.
 * Each product is taken modulo 4 before they are added. */
WF_RARE wf_trigf_reduced wf_trigf_reduce_far(float x) {
    wf_trigf_reduced out;
    float ax = wf_fabsf(x), h, l;
    int x1 = ax >= 0x1p47f, x2 = ax >= 0x1p71f, x3 = ax >= 0x1p95f, x4 = ax >= 0x1p119f;
    double c0 = x4   ? 0x1.f534ddc000000p-96
                : x3 ? 0x1.3abe8e0000000p-75
                : x2 ? 0x1.529fc00000000p-52
                : x1 ? 0x1.b727220000000p-23
                     : 0x1.45f3068000000p-1;
    double c1 = x4   ? 0x1.b6c5000000000p-129
                : x3 ? 0x1.a9a6ee0000000p-99
                : x2 ? 0x1.3abe8e0000000p-75
                : x1 ? 0x1.529fc00000000p-52
                     : 0x1.7272200000000p-27;
    double c2 = x4   ? 0x1.5993c40000000p-148
                : x3 ? 0x1.b6c5280000000p-129
                : x2 ? 0x1.a9a6ee0000000p-99
                : x1 ? 0x1.3abe8fa000000p-75
                     : 0x1.529fc24000000p-52;
    double c3 = x4   ? 0x1.c820ff28b1d5ep-175
                : x3 ? 0x1.993c439041fe4p-152
                : x2 ? 0x1.b6c52b3278870p-129
                : x1 ? 0x1.34ddc0db62958p-104
                     : 0x1.abe8fa9a6ee06p-79;
    double wide = (double)x, p0 = wide * c0, p1 = wide * c1, sum, t, q;
    p0 = wf_fma((p0 * 0.25 + WF_ROUNDER) - WF_ROUNDER, -4.0, p0);
    p1 = wf_fma((p1 * 0.25 + WF_ROUNDER) - WF_ROUNDER, -4.0, p1);
    sum = (p0 + p1); /* exact */
    t = sum + WF_ROUNDER;
    q = t - WF_ROUNDER;
    sum = wf_fma(wide, c3, wf_fma(wide, c2, sum - q));
    t = (q + sum) + WF_ROUNDER; /* the lower words may tip the quadrant */
    sum = sum - ((t - WF_ROUNDER) - q);
    sum = sum * 0x1.921fb54442d18p+0;
    h = (float)sum;
    l = (float)(sum - (double)h);
    out.r = wf_ff_make(h, l);
    out.q = wf_rounder_int(t);
    return out;
}
WF_INNER wf_trigf_reduced wf_trigf_reduce(float x) {
    wf_trigf_reduced e = wf_trigf_reduce_near(x), far;
    float h = e.r.h, l = e.r.l; /* words apart: a loop with a struct at a join is not vectorised */
    int q = e.q;
    if (wf_fabsf(x) >= WF_TRIG_LIMITF) {
        far = wf_trigf_reduce_far(x);
        h = wf_fabsf(x) < WF_INFF ? far.r.h : x - x;
        l = far.r.l;
        q = far.q;
    }
    e.r = wf_ff_make(h, l);
    e.q = q;
    return e;
}
/* x = n / 2 + rest exactly, |rest| <= 1/4; multiples of 2 go first, so that n is small. Of infinity NaN. */
typedef struct wf_trigpif_reduced {
    float rest;
    int q; /* n modulo 4, and other bits above */
} wf_trigpif_reduced;
WF_INNER wf_trigpif_reduced wf_trigpif_split(float x) {
    wf_trigpif_reduced e;
    float a = wf_fmaf(-2.0f, wf_rintf(x * 0.5f), x), t = wf_fmaf(2.0f, a, WF_ROUNDERF);
    e.rest = wf_fmaf(t - WF_ROUNDERF, -0.5f, a);
    e.q = (int)wf_float_bits(t);
    return e;
}
/* The same with r = pi rest. */
WF_INNER wf_trigf_reduced wf_trigpif_reduce(float x) {
    wf_trigf_reduced e;
    wf_trigpif_reduced p = wf_trigpif_split(x);
    float rest = wf_unless_tinyf(p.rest);
    e.r.h = rest * 0x1.921fb6p+1f;
    e.r.l = wf_fmaf(rest, -0x1.777a5cp-24f, wf_fmaf(rest, 0x1.921fb6p+1f, -e.r.h));
    e.q = p.q;
    return e;
}

/* sin and cos of |r| <= pi/4 as pairs, not normalised: |l| may reach |h| / 8. The low word of r changes the
 * sine by l cos(r), the cosine by -l sin(r), for which 1 - z/2 and r do. */
typedef struct wf_trigf_both {
    wf_ff s, c;
} wf_trigf_both;
WF_INNER wf_trigf_both wf_trigf_small(wf_ff r) {
    wf_trigf_both e;
    float z = r.h * r.h, half = 0.5f * r.h, p, c, l;
    c = wf_fmaf(-half, r.h, 1.0f);
    l = wf_fmaf(-half, r.h, 1.0f - c); /* what c lacks */
    p = 0x1.99eadp-16f;
    p = wf_fmaf(p, z, -0x1.6c0c2ep-10f);
    p = wf_fmaf(p, z, 0x1.55554ap-5f);
    e.c = wf_ff_make(c, wf_fmaf(z * z, p, wf_fmaf(-r.h, r.l, l)));
    p = 0x1.786ae8p-19f;
    p = wf_fmaf(p, z, -0x1.a04a82p-13f);
    p = wf_fmaf(p, z, 0x1.111166p-7f);
    p = wf_fmaf(p, z, -0x1.555556p-3f);
    e.s = wf_ff_make(r.h, wf_fmaf(r.h * z, p, r.l * c));
    return e;
}
WF_INNER float wf_trigf_sin(wf_trigf_reduced e) {
    wf_trigf_both b = wf_trigf_small(e.r);
    float y = e.q & 1 ? b.c.h + b.c.l : b.s.h + b.s.l;
    return e.q & 2 ? -y : y;
}
WF_INNER float wf_trigf_cos(wf_trigf_reduced e) {
    wf_trigf_both b = wf_trigf_small(e.r);
    float y = e.q & 1 ? b.s.h + b.s.l : b.c.h + b.c.l;
    return (e.q + 1) & 2 ? -y : y;
}
/* tan(r) = r + r z P(z), z = r^2 ("tan"), or -1 over it as a pair. r's low word counts 1 + tan(r)^2 times,
 * what z lacks r / 2 times, roughly. */
WF_INNER float wf_trigf_tan(wf_trigf_reduced e) {
    float z = e.r.h * e.r.h, p, t, l, r;
    p = 0x1.1db5e2p-8f;
    p = wf_fmaf(p, z, 0x1.050568p-13f);
    p = wf_fmaf(p, z, 0x1.6222fap-7f);
    p = wf_fmaf(p, z, 0x1.5cdf38p-6f);
    p = wf_fmaf(p, z, 0x1.bad734p-5f);
    p = wf_fmaf(p, z, 0x1.110da8p-3f);
    t = e.r.h * z;
    l = wf_fmaf(0.5f * e.r.h, wf_fmaf(e.r.h, e.r.h, -z), wf_fmaf(e.r.l, wf_fmaf(z, z, z), e.r.l));
    p = wf_fmaf(t, 0x1.55556p-2f, wf_fmaf(t * z, p, l));
    t = e.r.h + p;
    l = (e.r.h - t) + p;
    r = -1.0f / t;
    r = wf_fmaf(r, wf_fmaf(r, l, wf_fmaf(r, t, 1.0f)), r);
    return e.q & 1 ? r : t;
}

WF_DEVICE float wf_sinf(float x) {
    float y = wf_trigf_sin(wf_trigf_reduce(x));
    return wf_fabsf(x) < 0x1p-13f ? x : y;
}
WF_DEVICE float wf_cosf(float x) { return wf_trigf_cos(wf_trigf_reduce(x)); }
WF_DEVICE float wf_tanf(float x) {
    float y = wf_trigf_tan(wf_trigf_reduce(x));
    return wf_fabsf(x) < 0x1p-13f ? x : y;
}
WF_DEVICE void wf_sincosf(float x, float *sine, float *cosine) {
    wf_trigf_reduced e = wf_trigf_reduce(x);
    float y = wf_trigf_sin(e);
    *sine = wf_fabsf(x) < 0x1p-13f ? x : y;
    *cosine = wf_trigf_cos(e);
}
/* The same up to their signs, for whoever squares them. */
WF_DEVICE void wf_sincos_sizef(float x, float *sine, float *cosine) {
    wf_trigf_reduced e = wf_trigf_reduce(x);
    wf_trigf_both b = wf_trigf_small(e.r);
    float s = b.s.h + b.s.l, c = b.c.h + b.c.l;
    *sine = wf_fabsf(x) < 0x1p-13f ? x : e.q & 1 ? c : s;
    *cosine = e.q & 1 ? s : c;
}
/* The same bits as sin, cos and tan for |x| < WF_TRIG_LIMITF, and anything beyond it: for loops that look at
 * the largest argument of a block first, since the far reduction costs a vector loop several times the rest
 * even when no lane needs it. */
WF_DEVICE float wf_near_sinf(float x) {
    float y = wf_trigf_sin(wf_trigf_reduce_near(x));
    return wf_fabsf(x) < 0x1p-13f ? x : y;
}
WF_DEVICE float wf_near_cosf(float x) { return wf_trigf_cos(wf_trigf_reduce_near(x)); }
WF_DEVICE float wf_near_tanf(float x) {
    float y = wf_trigf_tan(wf_trigf_reduce_near(x));
    return wf_fabsf(x) < 0x1p-13f ? x : y;
}
/* For these tan(pi x) is pi x, computed above the subnormal numbers. */
WF_INNER int wf_trigpif_tiny(float x) { return (wf_fabsf(x) < 0x1p-40f) & (x != 0.0f); }
WF_INNER float wf_trigpif_times(float x) {
    float large = x * 0x1p+40f;
    return wf_fmaf(large, 0x1.921fb6p+1f, large * -0x1.777a5cp-24f) * 0x1p-40f;
}
/* sin and cos of pi rest: rest (pi + z P(z)) and 1 + z Q(z), z = rest^2 ("sinpi", "cospi"). */
typedef struct wf_trigpif_both {
    float s, c;
} wf_trigpif_both;
WF_INNER wf_trigpif_both wf_trigpif_small(float rest) {
    wf_trigpif_both e;
    float a = wf_fabsf(rest) < 0x1p-60f ? 0.0f : rest, z = a * a, p;
    p = 0x1.465b1ep-4f;
    p = wf_fmaf(p, z, -0x1.32b458p-1f);
    p = wf_fmaf(p, z, 0x1.466b82p+1f);
    p = wf_fmaf(p, z, -0x1.4abbcep+2f);
    p = wf_fmaf(p, z, -0x1.777a5cp-24f);
    e.s = wf_fmaf(rest, 0x1.921fb6p+1f, a * p);
    p = 0x1.d61e2cp-3f;
    p = wf_fmaf(p, z, -0x1.55b684p+0f);
    p = wf_fmaf(p, z, 0x1.03c1b6p+2f);
    p = wf_fmaf(p, z, -0x1.3bd3ccp+2f);
    e.c = wf_fmaf(p, z, 1.0f);
    return e;
}
/* 0 - y, so that no zero is negative; the sine of |x| takes the sign of x. */
WF_INNER float wf_trigpif_sin(wf_trigpif_reduced e, wf_trigpif_both b, float x) {
    float y = e.q & 1 ? b.c : b.s;
    y = e.q & 2 ? 0.0f - y : y;
    return wf_bits_float(wf_float_bits(y) ^ (wf_float_bits(x) & 0x80000000u));
}
WF_INNER float wf_trigpif_cos(wf_trigpif_reduced e, wf_trigpif_both b) {
    float y = e.q & 1 ? 0.0f - b.s : b.c;
    return e.q & 2 ? 0.0f - y : y;
}
WF_DEVICE float wf_sinpif(float x) {
    wf_trigpif_reduced e = wf_trigpif_split(wf_fabsf(x));
    return wf_trigpif_sin(e, wf_trigpif_small(e.rest), x);
}
WF_DEVICE float wf_cospif(float x) {
    wf_trigpif_reduced e = wf_trigpif_split(wf_fabsf(x));
    return wf_trigpif_cos(e, wf_trigpif_small(e.rest));
}
WF_DEVICE void wf_sincospif(float x, float *sine, float *cosine) {
    wf_trigpif_reduced e = wf_trigpif_split(wf_fabsf(x));
    wf_trigpif_both b = wf_trigpif_small(e.rest);
    *sine = wf_trigpif_sin(e, b, x);
    *cosine = wf_trigpif_cos(e, b);
}
/* Exact at multiples of 1/4; at odd multiples of 1/2 the infinity alternates, as IEEE 754 has it. */
WF_DEVICE float wf_tanpif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_tan(e);
    unsigned int sign = (unsigned int)e.q << 30 & 0x80000000u;
    sign = e.q & 1 ? sign | 0x7f800000u : sign ^ (wf_float_bits(x) & 0x80000000u);
    y = e.r.h == 0.0f ? wf_bits_float(sign) : y;
    return wf_trigpif_tiny(x) ? wf_trigpif_times(x) : y;
}
#endif
