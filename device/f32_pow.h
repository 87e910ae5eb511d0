/* device/f32_pow.h: pow, powi.
 *
 * pow(x, y) = exp(y log|x|), with the logarithm as a pair good to about 2^-36: log(1 + f) = 2 s + s z (2/3 +
 * z P(z)), z = s^2, s = f / (2 + f), where everything up to 2/3 is pair arithmetic ("log_t" of
 * tools/polynomials.py). The product with y is at most 2^7, so its error stays below 2^-29. Odd cases: C's
 * Annex F, by selects at the end: x or y zero, infinite or NaN, negative x with y integer or not. */
#ifndef WF_F32_POW_H
#define WF_F32_POW_H
#include "f32_exp.h"
#include "f32_log.h"

/* log(x) for positive, finite x, to more than the working precision. */
WF_INNER wf_ff wf_logf_extended(float x) {
    int tiny = x < 0x1p-126f;
    wf_logf_split e = wf_logf_reduce(tiny ? x * 0x1p24f : x);
    float n = (float)(tiny ? e.k - 24 : e.k), p, r;
    wf_ff b = wf_ff_fast(2.0f, e.f), s, z, u, v;
    /* pairs by hand, normalised only where it matters: s = f / (2 + f), z = s s, u = 2/3 + z P, v = s z u */
    r = 1.0f / b.h;
    s.h = e.f * r;
    s.l = wf_fmaf(-s.h, b.l, wf_fmaf(-s.h, b.h, e.f)) * r;
    z = wf_ff_prod(s.h, s.h);
    z.l = wf_fmaf(s.h + s.h, s.l, z.l);
    p = 0x1.8fedcap-3f;
    p = wf_fmaf(p, z.h, 0x1.c644a6p-3f);
    p = wf_fmaf(p, z.h, 0x1.2493acp-2f);
    p = wf_fmaf(p, z.h, 0x1.999998p-2f);
    u = wf_ff_fast(0x1.555556p-1f, z.h * p);
    u.l = u.l + -0x1.555556p-26f;
    v = wf_ff_prod(z.h, u.h);
    v.l = wf_fmaf(z.h, u.l, wf_fmaf(z.l, u.h, v.l));
    u = wf_ff_prod(s.h, v.h);
    u.l = wf_fmaf(s.h, v.l, wf_fmaf(s.l, v.h, u.l));
    v = wf_ff_fast(s.h + s.h, u.h);
    v.l = v.l + (u.l + (s.l + s.l));
    u = wf_ff_fast(n * WF_LN2_SHORTF, v.h); /* k = 0 or |k ln2| > |v| */
    return wf_ff_fast(u.h, u.l + wf_fmaf(n, WF_LN2_RESTF, v.l));
}

WF_DEVICE float wf_powf(float x, float y) {
    float ax = wf_fabsf(x), ay = wf_fabsf(y), r;
    int whole = wf_truncf(y) == y, odd = whole & (ay < 0x1p24f) & (wf_truncf(y * 0.5f) != y * 0.5f);
    int negative = wf_copysignf(1.0f, x) < 0.0f;
    wf_ff l = wf_logf_extended(ax), e = wf_ff_prod(y, l.h);
    r = wf_expf_pair(e.h, wf_fmaf(y, l.l, e.l));
    r = ((ax == 0.0f) | (ax == WF_INFF)) ? ((ax == 0.0f) == (y < 0.0f) ? WF_INFF : 0.0f) : r;
    r = negative & odd ? -r : r;
    r = ((x < 0.0f) & (ax < WF_INFF) & !whole) ? WF_NANF : r;
    r = (wf_isnanf(x) | wf_isnanf(y)) ? x + y : r;
    return ((y == 0.0f) | (x == 1.0f) | ((x == -1.0f) & (ay == WF_INFF))) ? 1.0f : r;
}

/* x to an integer power; n need not fit the format exactly. */
WF_DEVICE float wf_powif(float x, int n) {
    float ax = wf_fabsf(x), r;
    wf_ff y = wf_ff_fast((float)(n >> 16) * 65536.0f, (float)(n & 65535)),
          e = wf_ff_mul(wf_logf_extended(ax), y);
    r = wf_expf_pair(e.h, e.l);
    r = ((ax == 0.0f) | (ax == WF_INFF)) ? ((ax == 0.0f) == (n < 0) ? WF_INFF : 0.0f) : r;
    r = n & 1 ? wf_copysignf(r, x) : r;
    r = wf_isnanf(x) ? x : r;
    return n == 0 ? 1.0f : r;
}
#endif
