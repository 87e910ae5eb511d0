/* device/f64_pow.h: pow, powi.
 *
 * pow(x, y) = exp(y log|x|), with the logarithm as a pair good to about 2^-65: log(1 + f) = 2 s + s z (2/3 +
 * z P(z)), z = s^2, s = f / (2 + f), where everything up to 2/3 is pair arithmetic ("log_t" of
 * tools/polynomials.py). The product with y is at most 2^10, so its error stays below 2^-55. Odd cases: C's
 * Annex F, by selects at the end: x or y zero, infinite or NaN, negative x with y integer or not. */
#ifndef WF_F64_POW_H
#define WF_F64_POW_H
#include "f64_exp.h"
#include "f64_log.h"

/* log(x) for positive, finite, normal x to more than the working precision, plus extra ln2. */
WF_INNER wf_dd wf_log_extended_normal(double x, int extra) {
    wf_log_split e = wf_log_reduce(x);
    double n = (double)(e.k + extra), p, r;
    wf_dd b = wf_dd_fast(2.0, e.f), s, z, u, v;
    /* pairs by hand, normalised only where it matters: s = f / (2 + f), z = s s, u = 2/3 + z P, v = s z u */
    r = 1.0 / b.h;
    s.h = e.f * r;
    s.l = wf_fma(-s.h, b.l, wf_fma(-s.h, b.h, e.f)) * r;
    z = wf_dd_prod(s.h, s.h);
    z.l = wf_fma(s.h + s.h, s.l, z.l);
    p = 0x1.eabe9c3ab70e2p-4;
    p = wf_fma(p, z.h, 0x1.de3e5af8c28eap-4);
    p = wf_fma(p, z.h, 0x1.1120691606799p-3);
    p = wf_fma(p, z.h, 0x1.3b1364f32f77ep-3);
    p = wf_fma(p, z.h, 0x1.745d1828ba597p-3);
    p = wf_fma(p, z.h, 0x1.c71c71c597b8ep-3);
    p = wf_fma(p, z.h, 0x1.2492492492f4ap-2);
    p = wf_fma(p, z.h, 0x1.9999999999996p-2);
    u = wf_dd_fast(0x1.5555555555555p-1, z.h * p);
    u.l = u.l + 0x1.5555555555555p-55;
    v = wf_dd_prod(z.h, u.h);
    v.l = wf_fma(z.h, u.l, wf_fma(z.l, u.h, v.l));
    u = wf_dd_prod(s.h, v.h);
    u.l = wf_fma(s.h, v.l, wf_fma(s.l, v.h, u.l));
    v = wf_dd_fast(s.h + s.h, u.h);
    v.l = v.l + (u.l + (s.l + s.l));
    u = wf_dd_fast(n * WF_LN2_SHORT, v.h); /* k = 0 or |k ln2| > |v| */
    return wf_dd_fast(u.h, u.l + wf_fma(n, WF_LN2_REST, v.l));
}

/* The same for subnormal x too. */
WF_INNER wf_dd wf_log_extended(double x) {
    int tiny = x < 0x1p-1022;
    return wf_log_extended_normal(tiny ? x * 0x1p54 : x, tiny ? -54 : 0);
}

/* |x|^y from log|x|, with the sign and the NaN of a negative x. */
WF_INNER double wf_pow_of_log(double x, double y, wf_dd l) {
    double r;
    int whole = wf_trunc(y) == y, odd = whole & (wf_fabs(y) < 0x1p53) & (wf_trunc(y * 0.5) != y * 0.5);
    wf_dd e = wf_dd_prod(y, l.h);
    r = wf_exp_pair(e.h, wf_fma(y, l.l, e.l));
    r = ((x < 0.0) & odd) ? -r : r;
    return ((x < 0.0) & !whole) ? WF_NAN : r;
}
/* Does pow need more than wf_near_pow? Zero, subnormal, infinite and NaN arguments. */
WF_INNER int wf_pow_far(double x, double y) {
    double ax = wf_fabs(x), ay = wf_fabs(y), most = 0x1.fffffffffffffp+1023;
    int near = (ax >= 0x1p-1022) & (ax <= most) & (ay <= most);
    return !near;
}
WF_DEVICE double wf_near_pow(double x, double y) {
    return wf_pow_of_log(x, y, wf_log_extended_normal(wf_fabs(x), 0));
}
WF_DEVICE double wf_pow(double x, double y) {
    double r = wf_near_pow(x, y), ax = wf_fabs(x);
    if (wf_pow_far(x, y)) {
        int odd = (wf_trunc(y) == y) & (wf_fabs(y) < 0x1p53) & (wf_trunc(y * 0.5) != y * 0.5);
        r = wf_pow_of_log(x, y, wf_log_extended(ax));
        if ((ax == 0.0) | (ax == WF_INF)) {
            r = (ax == 0.0) == (y < 0.0) ? WF_INF : 0.0;
            r = (wf_copysign(1.0, x) < 0.0) & odd ? -r : r;
        }
        if (wf_fabs(y) == WF_INF) r = ax == 1.0 ? 1.0 : (ax > 1.0) == (y > 0.0) ? WF_INF : 0.0;
        r = (wf_isnan(x) | wf_isnan(y)) ? x + y : r;
        r = ((y == 0.0) | (x == 1.0)) ? 1.0 : r;
    }
    return r;
}

/* x to an integer power; n need not fit the format exactly. */
WF_DEVICE double wf_powi(double x, int n) {
    double ax = wf_fabs(x), r;
    wf_dd y = wf_dd_fast((double)(n >> 16) * 65536.0, (double)(n & 65535)),
          e = wf_dd_mul(wf_log_extended(ax), y);
    r = wf_exp_pair(e.h, e.l);
    r = ((ax == 0.0) | (ax == WF_INF)) ? ((ax == 0.0) == (n < 0) ? WF_INF : 0.0) : r;
    r = n & 1 ? wf_copysign(r, x) : r;
    r = wf_isnan(x) ? x : r;
    return n == 0 ? 1.0 : r;
}
#endif
