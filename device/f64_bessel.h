/* device/f64_bessel.h: j0 j1 jn y0 y1 yn and cyl_bessel_i0, cyl_bessel_i1.
 *
 * Below x = 25 the power series in z = x^2 / 4, by Horner's rule on pairs: its terms cancel, but no further
 * than I0(25), 34 bits, and pairs have 101. y0 and y1 add log(x / 2) times j0 or j1 and a series with
 * harmonic numbers. From there on Hankel's form, j = sqrt(2 / (pi x)) (P cos chi - Q sin chi),   y = sqrt(2 /
 * (pi x)) (P sin chi + Q cos chi),   chi = x - (2 n + 1) pi / 4, with P and x Q polynomials in 1 / x^2
 * ("hankel" of tools/polynomials.py) and chi folded into sin x +- cos x, pairs again. jn goes up by
 * recurrence while n < x and comes down by Miller's method otherwise; yn goes up. i0 and i1 are the same
 * series without the signs, then exp(x) / sqrt(2 pi x) (1 + u P(u)), u = 1 / x. Near a zero the error is
 * small beside the amplitude, not beside the value. These functions have loops; they are not meant for inner
 * loops. Odd cases: j of infinity is 0; y of 0 is -infinity, of a negative number NaN. */
#ifndef WF_F64_BESSEL_H
#define WF_F64_BESSEL_H
#include "f64_pow.h"
#include "f64_trig.h"

#define WF_BESSEL_FAR 25.0
#define WF_BESSEL_TERMS 54
#define WF_BESSEL_I_FAR 25.0

WF_INNER int wf_bessel_negative(double x) { return (int)(wf_double_bits(x) >> 63); }
/* sum of (sign z)^k / (k! (k + order)!) * order! */
WF_INNER wf_dd wf_bessel_series(wf_dd z, int order) {
    wf_dd s = wf_dd_make(1.0, 0.0);
    int k;
    for (k = WF_BESSEL_TERMS; k > 0; k--) {
        s = wf_dd_div(wf_dd_mul(s, z), wf_dd_make((double)(k * (k + order)), 0.0));
        s = wf_dd_add1(s, 1.0);
    }
    return s;
}
/* The same with H(k) + H(k + order) (harmonic numbers; H(k) alone for order 0) on each term. */
WF_INNER wf_dd wf_bessel_harmonic(wf_dd z, int order) {
    wf_dd h = wf_dd_make(0.0, 0.0), s = h, g, one = wf_dd_make(1.0, 0.0);
    int k;
    for (k = 1; k <= WF_BESSEL_TERMS; k++) h = wf_dd_add(h, wf_dd_div(one, wf_dd_make((double)k, 0.0)));
    for (k = WF_BESSEL_TERMS; k > 0; k--) {
        g = order ? wf_dd_add(wf_dd_times(h, 2.0), wf_dd_div(one, wf_dd_make((double)(k + 1), 0.0))) : h;
        s = wf_dd_mul(wf_dd_add(s, g), z);
        s = wf_dd_div(s, wf_dd_make((double)(k * (k + order)), 0.0));
        h = wf_dd_sub(h, wf_dd_div(one, wf_dd_make((double)k, 0.0)));
    }
    return order ? wf_dd_add1(s, 1.0) : s;
}
WF_INNER wf_dd wf_bessel_z(double x, double sign) { return wf_dd_times(wf_dd_prod(x, x), 0.25 * sign); }

/* j (second = 0) or y (second = 1) of order 0 or 1 for finite x >= WF_BESSEL_FAR. */
WF_INNER wf_dd wf_bessel_hankel(double x, int order, int second) {
    wf_trig_reduced e = wf_trig_reduce(x);
    wf_dd s = wf_sin_small(e.r), c = wf_cos_small(e.r), a, b, main, scale;
    double w = (1.0 / x) / x, p, q, p1, q1, side;
    int huge = x > 0x1p900;
    s = wf_dd_fast(s.h, s.l);
    c = wf_dd_fast(c.h, c.l);
    a = wf_dd_pick(e.q & 1, c, s);
    b = wf_dd_pick(e.q & 1, s, c);
    a = wf_dd_flip(e.q & 2, a);
    b = wf_dd_flip((e.q + 1) & 2, b);
    s = wf_dd_add(a, b); /* sqrt(2) cos(x - pi/4) */
    c = wf_dd_sub(a, b); /* sqrt(2) sin(x - pi/4) */
    p = -0x1.556f701e500c7p+16;
    p = wf_fma(p, w, 0x1.72765e084eb17p+11);
    p = wf_fma(p, w, -0x1.b7b0494e46c4dp+6);
    p = wf_fma(p, w, 0x1.84bbfeb9b1e4fp+2);
    p = wf_fma(p, w, -0x1.251ee720d6276p-1);
    p = wf_fma(p, w, 0x1.cb5fffffaca8cp-4);
    p = wf_fma(p, w, -0x1.1ffffffffffebp-4);
    q = -0x1.ba7410f5995c6p+13;
    q = wf_fma(q, w, 0x1.0f13b36378c0bp+9);
    q = wf_fma(q, w, -0x1.85ea4661efaf1p+4);
    q = wf_fma(q, w, 0x1.ba4be52d54913p+0);
    q = wf_fma(q, w, -0x1.d11dffb159259p-3);
    q = wf_fma(q, w, 0x1.2bfffffffa23dp-4);
    q = wf_fma(q, w, -0x1.fffffffffffffp-4);
    p1 = 0x1.6f971ffd565a2p+16;
    p1 = wf_fma(p1, w, -0x1.92d7f6aed3fe8p+11);
    p1 = wf_fma(p1, w, 0x1.e5fc0f081d916p+6);
    p1 = wf_fma(p1, w, -0x1.b890dc3ec7a8ep+2);
    p1 = wf_fma(p1, w, 0x1.5a6a570f7dbc5p-1);
    p1 = wf_fma(p1, w, -0x1.274fffffd2d5dp-3);
    p1 = wf_fma(p1, w, 0x1.dffffffffffe9p-4);
    q1 = 0x1.e24a0f45513b2p+13;
    q1 = wf_fma(q1, w, -0x1.294a7060ed6eep+9);
    q1 = wf_fma(q1, w, 0x1.b3d0bcc6be0d6p+4);
    q1 = wf_fma(q1, w, -0x1.fe57b21494d92p+0);
    q1 = wf_fma(q1, w, 0x1.1c3cffe22800bp-2);
    q1 = wf_fma(q1, w, -0x1.a3fffffffcdb6p-4);
    q1 = wf_fma(q1, w, 0x1.8p-2);
    p = (order ? p1 : p) * w;
    q = (order ? q1 : q) / x;
    /* order 0: j = P s - Q c, y = P c + Q s; order 1: j = P c + Q s, y = -P s + Q c */
    main = wf_dd_pick(order == second, s, c);
    side = order == second ? -c.h : s.h;
    side = wf_fma(main.h, p, side * q);
    main = wf_dd_add1(main, side);
    main = wf_dd_flip(order && second, main);
    scale = wf_dd_div(wf_dd_make(0x1.45f306dc9c883p-2, -0x1.6b01ec5417056p-56),
                      wf_dd_make(huge ? x * 0x1p-600 : x, 0.0));
    scale = wf_dd_sqrt(scale);
    return wf_dd_mul(main, wf_dd_times(scale, huge ? 0x1p-300 : 1.0));
}
/* For finite x >= 0. */
WF_INNER wf_dd wf_bessel_j(double x, int order) {
    wf_dd s;
    if (x >= WF_BESSEL_FAR) return wf_bessel_hankel(x, order, 0);
    s = wf_bessel_series(wf_bessel_z(x, -1.0), order);
    return order ? wf_dd_mul1(s, x * 0.5) : s;
}
/* For finite x > 0; of order 1 the high word may overflow. */
WF_INNER wf_dd wf_bessel_y(double x, int order) {
    wf_dd z, s, l;
    if (x >= WF_BESSEL_FAR) return wf_bessel_hankel(x, order, 1);
    if (order && x < 0x1p-80)
        return wf_dd_div(wf_dd_make(-0x1.45f306dc9c883p-1, 0x1.6b01ec5417056p-55), wf_dd_make(x, 0.0));
    z = wf_bessel_z(x, -1.0);
    l = wf_dd_add(wf_log_extended(x), wf_dd_make(-0x1.dadb014541eb2p-4, -0x1.be095d05c0a81p-62));
    s = wf_bessel_series(z, order);
    s = order ? wf_dd_mul1(s, x * 0.5) : s;
    s = wf_dd_mul(l, s);
    z = wf_bessel_harmonic(z, order);
    if (order) {
        z = wf_dd_mul1(z, x * 0.25);
        z = wf_dd_add(z, wf_dd_div(wf_dd_make(1.0, 0.0), wf_dd_make(x, 0.0)));
    }
    return wf_dd_mul(wf_dd_sub(s, z), wf_dd_make(0x1.45f306dc9c883p-1, -0x1.6b01ec5417056p-55));
}

WF_DEVICE double wf_j0(double x) {
    double a = wf_fabs(x);
    wf_dd r = wf_bessel_j(a < WF_INF ? wf_unless_tiny(a) : 0.0, 0);
    return a < WF_INF ? r.h + r.l : wf_isnan(x) ? x : 0.0;
}
WF_DEVICE double wf_j1(double x) {
    double a = wf_fabs(x), y;
    wf_dd r = wf_bessel_j(a < WF_INF ? wf_unless_tiny(a) : 0.0, 1);
    y = a < 0x1p-80 ? a * 0.5 : r.h + r.l;
    y = a < WF_INF ? y : wf_isnan(x) ? x : 0.0;
    return wf_bessel_negative(x) ? -y : y;
}
WF_INNER double wf_bessel_outside(double x, double y) {
    y = x == 0.0 ? -WF_INF : y;
    y = x < 0.0 ? WF_NAN : y;
    return x < WF_INF ? y : wf_isnan(x) ? x : 0.0;
}
WF_DEVICE double wf_y0(double x) {
    wf_dd r = wf_bessel_y(x > 0.0 && x < WF_INF ? x : 1.0, 0);
    return wf_bessel_outside(x, r.h + r.l);
}
WF_DEVICE double wf_y1(double x) {
    int tiny = x < 0x1p-80;
    wf_dd r = wf_bessel_y(!tiny && x < WF_INF ? x : 1.0, 1), near;
    double y, power = x < 0x1p-1000 ? 0x1p100 : 1.0;
    near = wf_dd_div(wf_dd_make(-0x1.45f306dc9c883p-1, 0x1.6b01ec5417056p-55),
                     wf_dd_make(tiny && x > 0.0 ? x * power : 1.0, 0.0));
    y = tiny ? (near.h + near.l) * power : r.h + r.l;
    return wf_bessel_outside(x, y);
}

/* j of order n >= 2 for finite x >= 0. */
WF_INNER double wf_bessel_jn(int n, double x) {
    wf_dd j0, j1, next, two_over_x;
    int k;
    if (x == 0.0) return 0.0;
    if (x < 0x1p-40) { /* the first term, (x / 2)^n / n! */
        j0 = wf_dd_make(1.0, 0.0);
        for (k = 1; k <= n && j0.h > 0.0; k++)
            j0 = wf_dd_div(wf_dd_mul1(j0, x * 0.5), wf_dd_make((double)k, 0.0));
        return j0.h + j0.l;
    }
    two_over_x = wf_dd_div(wf_dd_make(2.0, 0.0), wf_dd_make(x, 0.0));
    if ((double)n < x) {
        j0 = wf_bessel_j(x, 0);
        j1 = wf_bessel_j(x, 1);
        for (k = 1; k < n; k++) {
            next = wf_dd_sub(wf_dd_mul(wf_dd_mul1(two_over_x, (double)k), j1), j0);
            j0 = j1;
            j1 = next;
        }
        return j1.h + j1.l;
    } else {
        /* |j| <= (x/2)^n / n! underflows? (log n! >= n log n - n) */
        double size = (double)n * (wf_log(x * 0.5) - wf_log((double)n) + 1.0), scale = 1.0, y;
        wf_dd at_n = wf_dd_make(0.0, 0.0), norm = at_n;
        int start = n + 20 + (int)wf_sqrt(160.0 * (double)n);
        if (size < -750.0) return 0.0;
        start = start + (start & 1);
        j0 = wf_dd_make(0.0, 0.0);      /* order k + 1 */
        j1 = wf_dd_make(0x1p-300, 0.0); /* order k */
        for (k = start; k > 0; k--) {
            next = wf_dd_sub(wf_dd_mul(wf_dd_mul1(two_over_x, (double)k), j1), j0);
            if (!(k & 1)) norm = wf_dd_add(norm, wf_dd_times(j1, 2.0));
            if (k == n) at_n = wf_dd_make(j1.h, j1.l);
            j0 = j1;
            j1 = next;
            if (wf_fabs(j1.h) > 0x1p500) { /* everything down, the value at n in two parts */
                j0 = wf_dd_times(j0, 0x1p-600);
                j1 = wf_dd_times(j1, 0x1p-600);
                norm = wf_dd_times(norm, 0x1p-600);
                scale = k <= n ? scale * 0x1p-600 : scale;
            }
        }
        norm = wf_dd_add(norm, j1); /* j0 + 2 j2 + 2 j4 + … = 1 */
        at_n = wf_dd_div(at_n, norm);
        y = (at_n.h + at_n.l) * scale;
        return y;
    }
}
WF_DEVICE double wf_jn(int n, double x) {
    double a = wf_fabs(x), y;
    int m = n < 0 ? -n : n, flip = (m & 1) && (n < 0) != wf_bessel_negative(x);
    if (wf_isnan(x)) return x;
    if (!(a < WF_INF)) return 0.0;
    y = m == 0 ? wf_j0(a) : m == 1 ? wf_j1(a) : 0.0;
    if (m > 1) y = wf_bessel_jn(m, a);
    return flip ? -y : y;
}
WF_DEVICE double wf_yn(int n, double x) {
    int m = n < 0 ? -n : n, k;
    double y;
    wf_dd y0, y1, next, two_over_x;
    if (!(x > 0.0) || !(x < WF_INF)) return wf_bessel_outside(x, 0.0);
    if (m == 0) return wf_y0(x);
    y = wf_y1(x);
    if (m > 1 && y > -WF_INF) {
        y0 = wf_bessel_y(x, 0);
        y1 = wf_bessel_y(x, 1);
        two_over_x = wf_dd_div(wf_dd_make(2.0, 0.0), wf_dd_make(x, 0.0));
        for (k = 1; k < m; k++) {
            /* times 1/16, so that only the last step can overflow; from there on the values only grow */
            double size = wf_fabs(y1.h) * 0.0625 * two_over_x.h * (double)k;
            if (!(size < 0x1p1022)) return n < 0 && (m & 1) ? WF_INF : -WF_INF;
            next = wf_dd_mul(wf_dd_mul1(two_over_x, (double)k), wf_dd_times(y1, 0.0625));
            next = wf_dd_sub(next, wf_dd_times(y0, 0.0625));
            y = (next.h + next.l) * 16.0;
            y0 = y1;
            y1 = wf_dd_times(next, 16.0);
        }
    }
    return n < 0 && (m & 1) ? -y : y;
}

/* i of order 0 or 1, x >= 0. */
WF_INNER double wf_bessel_i(double x, int order) {
    wf_dd s, scale;
    wf_exp_scaled e;
    double u, p, q, c = x > 720.0 ? 720.0 : x;
    if (!(x >= WF_BESSEL_I_FAR)) {
        s = wf_bessel_series(wf_bessel_z(x, 1.0), order);
        s = order ? wf_dd_mul1(s, x * 0.5) : s;
        return s.h + s.l;
    }
    u = 1.0 / c;
    p = 0x1.5760bb9472f3fp+11;
    p = wf_fma(p, u, -0x1.84cd12349e544p+7);
    p = wf_fma(p, u, 0x1.6bad57e020a5fp+5);
    p = wf_fma(p, u, 0x1.4caf18e691487p+2);
    p = wf_fma(p, u, 0x1.c0463aaae02f1p+0);
    p = wf_fma(p, u, 0x1.24e984497ee72p-1);
    p = wf_fma(p, u, 0x1.d1206ae37bae2p-3);
    p = wf_fma(p, u, 0x1.cb5ff73e36346p-4);
    p = wf_fma(p, u, 0x1.2c0000092ed4ep-4);
    p = wf_fma(p, u, 0x1.1ffffffffb339p-4);
    p = wf_fma(p, u, 0x1.0000000000007p-3);
    q = -0x1.7403f8afa7192p+11;
    q = wf_fma(q, u, 0x1.9ea4bea1d7763p+7);
    q = wf_fma(q, u, -0x1.905e5ab72c2d3p+5);
    q = wf_fma(q, u, -0x1.7bdae24f4e8a5p+2);
    q = wf_fma(q, u, -0x1.026a514fea11dp+1);
    q = wf_fma(q, u, -0x1.5a303bb2e62dfp-1);
    q = wf_fma(q, u, -0x1.1c3e5211428b9p-2);
    q = wf_fma(q, u, -0x1.274ffb31175cap-3);
    q = wf_fma(q, u, -0x1.a400000a28f13p-4);
    q = wf_fma(q, u, -0x1.dffffffffaa0ep-4);
    q = wf_fma(q, u, -0x1.8000000000004p-2);
    s = wf_dd_fast(1.0, u * (order ? q : p));
    e = wf_exp_of_pair(wf_dd_make(c, 0.0));
    s = wf_dd_mul(s, e.h);
    scale = wf_dd_sqrt(wf_dd_mul1(wf_dd_make(0x1.921fb54442d18p+2, 0x1.1a62633145c07p-52), c));
    s = wf_dd_div(s, scale);
    return wf_scale(s.h + s.l, e.n);
}
WF_DEVICE double wf_cyl_bessel_i0(double x) {
    double y = wf_bessel_i(wf_unless_tiny(wf_fabs(x)), 0);
    return wf_isnan(x) ? x : y;
}
WF_DEVICE double wf_cyl_bessel_i1(double x) {
    double a = wf_fabs(x), y = wf_bessel_i(wf_unless_tiny(a), 1);
    y = a < 0x1p-80 ? a * 0.5 : y;
    return wf_isnan(x) ? x : wf_copysign(y, x);
}
#undef WF_BESSEL_TERMS
#endif
