/* device/f32_bessel.h: j0 j1 jn y0 y1 yn and cyl_bessel_i0, cyl_bessel_i1.
 *
 * Below x = 8 the power series in z = x^2 / 4, by Horner's rule on pairs: its terms cancel, but no further
 * than I0(8), 9 bits, and pairs have 44. y0 and y1 add log(x / 2) times j0 or j1 and a series with harmonic
 * numbers. From there on Hankel's form, j = sqrt(2 / (pi x)) (P cos chi - Q sin chi),   y = sqrt(2 / (pi x))
 * (P sin chi + Q cos chi),   chi = x - (2 n + 1) pi / 4, with P and x Q polynomials in 1 / x^2 ("hankel" of
 * tools/polynomials.py) and chi folded into sin x +- cos x, pairs again. jn goes up by recurrence while n < x
 * and comes down by Miller's method otherwise; yn goes up. i0 and i1 are the same series without the signs,
 * then exp(x) / sqrt(2 pi x) (1 + u P(u)), u = 1 / x. Near a zero the error is small beside the amplitude,
 * not beside the value. These functions have loops; they are not meant for inner loops. Odd cases: j of
 * infinity is 0; y of 0 is -infinity, of a negative number NaN. */
#ifndef WF_F32_BESSEL_H
#define WF_F32_BESSEL_H
#include "f32_pow.h"
#include "f32_trig.h"

#define WF_BESSEL_FARF 8.0f
#define WF_BESSEL_TERMS 22
#define WF_BESSEL_I_FARF 12.0f

WF_INNER int wf_besself_negative(float x) { return (int)(wf_float_bits(x) >> 31); }
/* sum of (sign z)^k / (k! (k + order)!) * order! */
WF_INNER wf_ff wf_besself_series(wf_ff z, int order) {
    wf_ff s = wf_ff_make(1.0f, 0.0f);
    int k;
    for (k = WF_BESSEL_TERMS; k > 0; k--) {
        s = wf_ff_div(wf_ff_mul(s, z), wf_ff_make((float)(k * (k + order)), 0.0f));
        s = wf_ff_add1(s, 1.0f);
    }
    return s;
}
/* The same with H(k) + H(k + order) (harmonic numbers; H(k) alone for order 0) on each term. */
WF_INNER wf_ff wf_besself_harmonic(wf_ff z, int order) {
    wf_ff h = wf_ff_make(0.0f, 0.0f), s = h, g, one = wf_ff_make(1.0f, 0.0f);
    int k;
    for (k = 1; k <= WF_BESSEL_TERMS; k++) h = wf_ff_add(h, wf_ff_div(one, wf_ff_make((float)k, 0.0f)));
    for (k = WF_BESSEL_TERMS; k > 0; k--) {
        g = order ? wf_ff_add(wf_ff_times(h, 2.0f), wf_ff_div(one, wf_ff_make((float)(k + 1), 0.0f))) : h;
        s = wf_ff_mul(wf_ff_add(s, g), z);
        s = wf_ff_div(s, wf_ff_make((float)(k * (k + order)), 0.0f));
        h = wf_ff_sub(h, wf_ff_div(one, wf_ff_make((float)k, 0.0f)));
    }
    return order ? wf_ff_add1(s, 1.0f) : s;
}
WF_INNER wf_ff wf_besself_z(float x, float sign) { return wf_ff_times(wf_ff_prod(x, x), 0.25f * sign); }

/* j (second = 0) or y (second = 1) of order 0 or 1 for finite x >= WF_BESSEL_FARF. */
WF_INNER wf_ff wf_besself_hankel(float x, int order, int second) {
    wf_trigf_reduced e = wf_trigf_reduce(x);
    wf_trigf_both both = wf_trigf_small(e.r);
    wf_ff s = wf_ff_fast(both.s.h, both.s.l), c = wf_ff_fast(both.c.h, both.c.l), a, b, main, scale;
    float w = (1.0f / x) / x, p, q, p1, q1, side;
    int huge = x > 0x1p100f;
    a = wf_ff_pick(e.q & 1, c, s);
    b = wf_ff_pick(e.q & 1, s, c);
    a = wf_ff_flip(e.q & 2, a);
    b = wf_ff_flip((e.q + 1) & 2, b);
    s = wf_ff_add(a, b); /* sqrt(2) cos(x - pi/4) */
    c = wf_ff_sub(a, b); /* sqrt(2) sin(x - pi/4) */
    p = 0x1.c6c62ep+1f;
    p = wf_fmaf(p, w, -0x1.170532p-1f);
    p = wf_fmaf(p, w, 0x1.cad852p-4f);
    p = wf_fmaf(p, w, -0x1.1fffccp-4f);
    q = 0x1.299854p+0f;
    q = wf_fmaf(q, w, -0x1.c58e7ep-3f);
    q = wf_fmaf(q, w, 0x1.2be8ecp-4f);
    q = wf_fmaf(q, w, -0x1.fffffap-4f);
    p1 = -0x1.04fb0ap+2f;
    p1 = wf_fmaf(p1, w, 0x1.4aaed6p-1f);
    p1 = wf_fmaf(p1, w, -0x1.270444p-3f);
    p1 = wf_fmaf(p1, w, 0x1.dfffc6p-4f);
    q1 = -0x1.59d89p+0f;
    q1 = wf_fmaf(q1, w, 0x1.15850cp-2f);
    q1 = wf_fmaf(q1, w, -0x1.a3e41ap-4f);
    q1 = wf_fmaf(q1, w, 0x1.7ffffep-2f);
    p = (order ? p1 : p) * w;
    q = (order ? q1 : q) / x;
    /* order 0: j = P s - Q c, y = P c + Q s; order 1: j = P c + Q s, y = -P s + Q c */
    main = wf_ff_pick(order == second, s, c);
    side = order == second ? -c.h : s.h;
    side = wf_fmaf(main.h, p, side * q);
    main = wf_ff_add1(main, side);
    main = wf_ff_flip(order && second, main);
    scale = wf_ff_div(wf_ff_make(0x1.45f306p-2f, 0x1.b9391p-27f), wf_ff_make(huge ? x * 0x1p-60f : x, 0.0f));
    scale = wf_ff_sqrt(scale);
    return wf_ff_mul(main, wf_ff_times(scale, huge ? 0x1p-30f : 1.0f));
}
/* For finite x >= 0. */
WF_INNER wf_ff wf_besself_j(float x, int order) {
    wf_ff s;
    if (x >= WF_BESSEL_FARF) return wf_besself_hankel(x, order, 0);
    s = wf_besself_series(wf_besself_z(x, -1.0f), order);
    return order ? wf_ff_mul1(s, x * 0.5f) : s;
}
/* For finite x > 0; of order 1 the high word may overflow. */
WF_INNER wf_ff wf_besself_y(float x, int order) {
    wf_ff z, s, l;
    if (x >= WF_BESSEL_FARF) return wf_besself_hankel(x, order, 1);
    if (order && x < 0x1p-40f)
        return wf_ff_div(wf_ff_make(-0x1.45f306p-1f, -0x1.b9391p-26f), wf_ff_make(x, 0.0f));
    z = wf_besself_z(x, -1.0f);
    l = wf_ff_add(wf_logf_extended(x), wf_ff_make(-0x1.dadb02p-4f, 0x1.757c2ap-29f));
    s = wf_besself_series(z, order);
    s = order ? wf_ff_mul1(s, x * 0.5f) : s;
    s = wf_ff_mul(l, s);
    z = wf_besself_harmonic(z, order);
    if (order) {
        z = wf_ff_mul1(z, x * 0.25f);
        z = wf_ff_add(z, wf_ff_div(wf_ff_make(1.0f, 0.0f), wf_ff_make(x, 0.0f)));
    }
    return wf_ff_mul(wf_ff_sub(s, z), wf_ff_make(0x1.45f306p-1f, 0x1.b9391p-26f));
}

WF_DEVICE float wf_j0f(float x) {
    float a = wf_fabsf(x);
    wf_ff r = wf_besself_j(a < WF_INFF ? wf_unless_tinyf(a) : 0.0f, 0);
    return a < WF_INFF ? r.h + r.l : wf_isnanf(x) ? x : 0.0f;
}
WF_DEVICE float wf_j1f(float x) {
    float a = wf_fabsf(x), y;
    wf_ff r = wf_besself_j(a < WF_INFF ? wf_unless_tinyf(a) : 0.0f, 1);
    y = a < 0x1p-40f ? a * 0.5f : r.h + r.l;
    y = a < WF_INFF ? y : wf_isnanf(x) ? x : 0.0f;
    return wf_besself_negative(x) ? -y : y;
}
WF_INNER float wf_besself_outside(float x, float y) {
    y = x == 0.0f ? -WF_INFF : y;
    y = x < 0.0f ? WF_NANF : y;
    return x < WF_INFF ? y : wf_isnanf(x) ? x : 0.0f;
}
WF_DEVICE float wf_y0f(float x) {
    wf_ff r = wf_besself_y(x > 0.0f && x < WF_INFF ? x : 1.0f, 0);
    return wf_besself_outside(x, r.h + r.l);
}
WF_DEVICE float wf_y1f(float x) {
    int tiny = x < 0x1p-40f;
    wf_ff r = wf_besself_y(!tiny && x < WF_INFF ? x : 1.0f, 1), near;
    float y, power = x < 0x1p-100f ? 0x1p40f : 1.0f;
    near = wf_ff_div(wf_ff_make(-0x1.45f306p-1f, -0x1.b9391p-26f),
                     wf_ff_make(tiny && x > 0.0f ? x * power : 1.0f, 0.0f));
    y = tiny ? (near.h + near.l) * power : r.h + r.l;
    return wf_besself_outside(x, y);
}

/* j of order n >= 2 for finite x >= 0. */
WF_INNER float wf_besself_jn(int n, float x) {
    wf_ff j0, j1, next, two_over_x;
    int k;
    if (x == 0.0f) return 0.0f;
    if (x < 0x1p-20f) { /* the first term, (x / 2)^n / n! */
        j0 = wf_ff_make(1.0f, 0.0f);
        for (k = 1; k <= n && j0.h > 0.0f; k++)
            j0 = wf_ff_div(wf_ff_mul1(j0, x * 0.5f), wf_ff_make((float)k, 0.0f));
        return j0.h + j0.l;
    }
    two_over_x = wf_ff_div(wf_ff_make(2.0f, 0.0f), wf_ff_make(x, 0.0f));
    if ((float)n < x) {
        j0 = wf_besself_j(x, 0);
        j1 = wf_besself_j(x, 1);
        for (k = 1; k < n; k++) {
            next = wf_ff_sub(wf_ff_mul(wf_ff_mul1(two_over_x, (float)k), j1), j0);
            j0 = j1;
            j1 = next;
        }
        return j1.h + j1.l;
    } else {
        /* |j| <= (x/2)^n / n! underflows? (log n! >= n log n - n) */
        float size = (float)n * (wf_logf(x * 0.5f) - wf_logf((float)n) + 1.0f), scale = 1.0f, y;
        wf_ff at_n = wf_ff_make(0.0f, 0.0f), norm = at_n;
        int start = n + 20 + (int)wf_sqrtf(60.0f * (float)n);
        if (size < -106.0f) return 0.0f;
        start = start + (start & 1);
        j0 = wf_ff_make(0.0f, 0.0f);     /* order k + 1 */
        j1 = wf_ff_make(0x1p-40f, 0.0f); /* order k */
        for (k = start; k > 0; k--) {
            next = wf_ff_sub(wf_ff_mul(wf_ff_mul1(two_over_x, (float)k), j1), j0);
            if (!(k & 1)) norm = wf_ff_add(norm, wf_ff_times(j1, 2.0f));
            if (k == n) at_n = wf_ff_make(j1.h, j1.l);
            j0 = j1;
            j1 = next;
            if (wf_fabsf(j1.h) > 0x1p50f) { /* everything down, the value at n in two parts */
                j0 = wf_ff_times(j0, 0x1p-60f);
                j1 = wf_ff_times(j1, 0x1p-60f);
                norm = wf_ff_times(norm, 0x1p-60f);
                scale = k <= n ? scale * 0x1p-60f : scale;
            }
        }
        norm = wf_ff_add(norm, j1); /* j0 + 2 j2 + 2 j4 + … = 1 */
        at_n = wf_ff_div(at_n, norm);
        y = (at_n.h + at_n.l) * scale;
        return y;
    }
}
WF_DEVICE float wf_jnf(int n, float x) {
    float a = wf_fabsf(x), y;
    int m = n < 0 ? -n : n, flip = (m & 1) && (n < 0) != wf_besself_negative(x);
    if (wf_isnanf(x)) return x;
    if (!(a < WF_INFF)) return 0.0f;
    y = m == 0 ? wf_j0f(a) : m == 1 ? wf_j1f(a) : 0.0f;
    if (m > 1) y = wf_besself_jn(m, a);
    return flip ? -y : y;
}
WF_DEVICE float wf_ynf(int n, float x) {
    int m = n < 0 ? -n : n, k;
    float y;
    wf_ff y0, y1, next, two_over_x;
    if (!(x > 0.0f) || !(x < WF_INFF)) return wf_besself_outside(x, 0.0f);
    if (m == 0) return wf_y0f(x);
    y = wf_y1f(x);
    if (m > 1 && y > -WF_INFF) {
        y0 = wf_besself_y(x, 0);
        y1 = wf_besself_y(x, 1);
        two_over_x = wf_ff_div(wf_ff_make(2.0f, 0.0f), wf_ff_make(x, 0.0f));
        for (k = 1; k < m; k++) {
            /* times 1/16, so that only the last step can overflow; from there on the values only grow */
            float size = wf_fabsf(y1.h) * 0.0625f * two_over_x.h * (float)k;
            if (!(size < 0x1p126f)) return n < 0 && (m & 1) ? WF_INFF : -WF_INFF;
            next = wf_ff_mul(wf_ff_mul1(two_over_x, (float)k), wf_ff_times(y1, 0.0625f));
            next = wf_ff_sub(next, wf_ff_times(y0, 0.0625f));
            y = (next.h + next.l) * 16.0f;
            y0 = y1;
            y1 = wf_ff_times(next, 16.0f);
        }
    }
    return n < 0 && (m & 1) ? -y : y;
}

/* i of order 0 or 1, x >= 0. */
WF_INNER float wf_besself_i(float x, int order) {
    wf_ff s, scale;
    wf_expf_scaled e;
    float u, p, q, c = x > 95.0f ? 95.0f : x;
    if (!(x >= WF_BESSEL_I_FARF)) {
        s = wf_besself_series(wf_besself_z(x, 1.0f), order);
        s = order ? wf_ff_mul1(s, x * 0.5f) : s;
        return s.h + s.l;
    }
    u = 1.0f / c;
    p = 0x1.f82daep-2f;
    p = wf_fmaf(p, u, 0x1.52d62ep-4f);
    p = wf_fmaf(p, u, 0x1.318cap-4f);
    p = wf_fmaf(p, u, 0x1.1fe468p-4f);
    p = wf_fmaf(p, u, 0x1.000016p-3f);
    q = -0x1.2dbcep-1f;
    q = wf_fmaf(q, u, -0x1.bff75ep-4f);
    q = wf_fmaf(q, u, -0x1.aaa726p-4f);
    q = wf_fmaf(q, u, -0x1.dfde34p-4f);
    q = wf_fmaf(q, u, -0x1.80000ep-2f);
    s = wf_ff_fast(1.0f, u * (order ? q : p));
    e = wf_expf_of_pair(wf_ff_make(c, 0.0f));
    s = wf_ff_mul(s, e.h);
    scale = wf_ff_sqrt(wf_ff_mul1(wf_ff_make(0x1.921fb6p+2f, -0x1.777a5cp-23f), c));
    s = wf_ff_div(s, scale);
    return wf_scalef(s.h + s.l, e.n);
}
WF_DEVICE float wf_cyl_bessel_i0f(float x) {
    float y = wf_besself_i(wf_unless_tinyf(wf_fabsf(x)), 0);
    return wf_isnanf(x) ? x : y;
}
WF_DEVICE float wf_cyl_bessel_i1f(float x) {
    float a = wf_fabsf(x), y = wf_besself_i(wf_unless_tinyf(a), 1);
    y = a < 0x1p-40f ? a * 0.5f : y;
    return wf_isnanf(x) ? x : wf_copysignf(y, x);
}
#undef WF_BESSEL_TERMS
#endif
