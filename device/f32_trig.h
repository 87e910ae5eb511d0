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
WF_INNER wf_trigf_reduced wf_trigf_reduce_far(float x) {
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
/* x = n / 2 + rest exactly; r = pi rest. */
WF_INNER wf_trigf_reduced wf_trigpif_reduce(float x) {
    wf_trigf_reduced e;
    float n = wf_rintf(x + x), rest = wf_fmaf(n, -0.5f, x);
    float four = wf_rintf(n * 0.25f);
    int infinite = !(wf_fabsf(x) < 0x1p126f); /* so large x are even integers */
    rest = infinite ? (x - x) : rest;
    e.q = (int)(infinite ? 0.0f : wf_fmaf(four, -4.0f, n));
    e.r = wf_ff_mul1(wf_ff_make(0x1.921fb6p+1f, -0x1.777a5cp-24f), wf_unless_tinyf(rest));
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
WF_INNER float wf_trigf_tan(wf_trigf_reduced e) {
    wf_trigf_both both = wf_trigf_small(e.r);
    wf_ff s = wf_ff_fast(both.s.h, both.s.l), c = wf_ff_fast(both.c.h, both.c.l), t, b;
    t = wf_ff_pick(e.q & 1, wf_ff_neg(c), s);
    b = wf_ff_pick(e.q & 1, s, c);
    t = wf_ff_div(t, b);
    return t.h + t.l;
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
/* For these, sin(pi x) and tan(pi x) are pi x, computed above the subnormal numbers. */
WF_INNER int wf_trigpif_tiny(float x) { return (wf_fabsf(x) < 0x1p-40f) & (x != 0.0f); }
WF_INNER float wf_trigpif_times(float x) {
    float large = x * 0x1p+40f;
    return wf_fmaf(large, 0x1.921fb6p+1f, large * -0x1.777a5cp-24f) * 0x1p-40f;
}
WF_DEVICE float wf_sinpif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_sin(e);
    y = ((e.r.h == 0.0f) & !(e.q & 1)) ? x * 0.0f : y;
    return wf_trigpif_tiny(x) ? wf_trigpif_times(x) : y;
}
WF_DEVICE float wf_cospif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_cos(e);
    return y == 0.0f ? 0.0f : y;
}
WF_DEVICE void wf_sincospif(float x, float *sine, float *cosine) {
    *sine = wf_sinpif(x);
    *cosine = wf_cospif(x);
}
/* Exact at multiples of 1/4; at odd multiples of 1/2 the infinity alternates, as IEEE 754 has it. */
WF_DEVICE float wf_tanpif(float x) {
    wf_trigf_reduced e = wf_trigpif_reduce(x);
    float y = wf_trigf_tan(e);
    if (e.r.h == 0.0f) { /* NaN goes the other way */
        float zero = e.q & 2 ? -x * 0.0f : x * 0.0f;
        y = e.q & 1 ? ((e.q & 3) == 1 ? WF_INFF : -WF_INFF) : zero;
    }
    return wf_trigpif_tiny(x) ? wf_trigpif_times(x) : y;
}
#endif
