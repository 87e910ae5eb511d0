/* device/f32_log.h: log, log2, log10, log1p.
 *
 * x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), so that k is 0 around 1 and nothing cancels
 * there. log(1 + f) is kept as a pair: f - f^2/2 exactly, the rest rounded once: f^3 P(f), "log" of
 * tools/polynomials.py, error 2^-29. k ln2 is added as a pair, exactly in its high word (which has 15 bits);
 * other bases multiply the pair by a pair. log1p(x) is the same with 1 + x as a pair, whose low word joins f;
 * wf_log1pf_pair takes such an argument from other files. log, log2 and log10 themselves need no pair but
 * that of k ln2: their error is below 0.95 ULP on all inputs. Odd cases: a subnormal x is scaled up first; 0,
 * negative, infinite and NaN arguments are selected at the end. */
#ifndef WF_F32_LOG_H
#define WF_F32_LOG_H
#include "f32_pair.h"

/* ln2 with room for an exact product with k, and the rest of it. */
#define WF_LN2_SHORTF 0x1.62e4p-1f
#define WF_LN2_RESTF 0x1.7f7d1cp-20f

typedef struct wf_logf_split {
    float f, scale; /* x * scale = 1 + f */
    int k;
} wf_logf_split;

/* Splits a positive, finite, normal x. */
WF_INNER wf_logf_split wf_logf_reduce(float x) {
    wf_logf_split r;
    unsigned int u = wf_float_bits(x) - 0x3f3504f3u;
    r.k = (int)u >> 23;
    r.scale = wf_bits_float((unsigned int)(127 - r.k) << 23);
    r.f = wf_bits_float((u & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    return r;
}
/* log(1 + f + low) as a pair (not normalised: |l| may reach |h| / 8), |low| a rounding error of f. */
WF_INNER wf_ff wf_logf_small(float f, float low) {
    float half = 0.5f * f, square = half * f, p;
    wf_ff s = wf_ff_fast(f, -square);
    p = 0x1.16c75p-4f;
    p = wf_fmaf(p, f, -0x1.e0607ep-4f);
    p = wf_fmaf(p, f, 0x1.e6fb82p-4f);
    p = wf_fmaf(p, f, -0x1.fbbf6ap-4f);
    p = wf_fmaf(p, f, 0x1.232f6ap-3f);
    p = wf_fmaf(p, f, -0x1.555f1ep-3f);
    p = wf_fmaf(p, f, 0x1.99a54ap-3f);
    p = wf_fmaf(p, f, -0x1p-2f);
    p = wf_fmaf(p, f, 0x1.555546p-2f);
    p = wf_fmaf((f + f) * square, p, -wf_fmaf(half, f, -square));
    s.l = s.l + (p + low * wf_fmaf(f, f - f * f, 1.0f - f));
    return s;
}
/* The pair k ln2 + s. */
WF_INNER wf_ff wf_logf_join(int k, wf_ff s) {
    float n = (float)k;
    wf_ff sum = wf_ff_fast(n * WF_LN2_SHORTF, s.h); /* k = 0 or |k ln2| > |s|: exact either way */
    sum.l = sum.l + wf_fmaf(n, WF_LN2_RESTF, s.l);
    return wf_ff_fast(sum.h, sum.l);
}
/* log(x) as a normalised pair, for positive, finite x. */
WF_INNER wf_ff wf_logf_positive(float x) {
    int tiny = x < 0x1p-126f;
    wf_logf_split r = wf_logf_reduce(tiny ? x * 0x1p24f : x);
    return wf_logf_join(tiny ? r.k - 24 : r.k, wf_logf_small(r.f, 0.0f));
}
/* The result y for x, or what IEEE 754 wants outside (0, inf). */
WF_INNER float wf_logf_special(float x, float y) {
    y = x == 0.0f ? -WF_INFF : y;
    y = x < 0.0f ? WF_NANF : y;
    return x < WF_INFF ? y : x; /* +inf and NaN */
}

/* x = 2^k (1 + f) for log, log2 and log10, k as a float. (Its sum with WF_ROUNDERF is put together from bits:
 * a conversion runs at a quarter of an addition's rate on a GPU, or less.) */
typedef struct wf_logf_float {
    float f, k;
} wf_logf_float;
WF_INNER wf_logf_float wf_logf_start(float x) {
    wf_logf_float r;
    int tiny = x < 0x1p-126f;
    unsigned int u = wf_float_bits(tiny ? x * 0x1p24f : x) - 0x3f3504f3u;
    r.k = wf_bits_float((unsigned int)((int)u >> 23) + 0x4b400000u) -
          (tiny ? WF_ROUNDERF + 24.0f : WF_ROUNDERF);
    r.f = wf_bits_float((u & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    return r;
}
/* k (step + rest) + (h + l), step of so few bits that k step is exact. */
WF_INNER float wf_logf_finish(float k, float step, float rest, float h, float l) {
    float a = wf_fmaf(k, step, h), lost = h - wf_fmaf(-k, step, a);
    return a + (l + wf_fmaf(k, rest, lost));
}

/* f + f^2 P(f), P to 2^-27.6 of the whole ("log_short" of tools/polynomials.py); log2 and log10 take f times
 * their constant as a pair and P with it. */
WF_DEVICE float wf_logf(float x) {
    wf_logf_float e = wf_logf_start(x);
    float f = e.f, p;
    p = -0x1.387334p-4f;
    p = wf_fmaf(p, f, 0x1.086db8p-3f);
    p = wf_fmaf(p, f, -0x1.0f3dccp-3f);
    p = wf_fmaf(p, f, 0x1.226c4ap-3f);
    p = wf_fmaf(p, f, -0x1.5425c8p-3f);
    p = wf_fmaf(p, f, 0x1.99a428p-3f);
    p = wf_fmaf(p, f, -0x1.000432p-2f);
    p = wf_fmaf(p, f, 0x1.55555p-2f);
    p = wf_fmaf(p, f, -0x1.fffff8p-2f);
    return wf_logf_special(x, wf_logf_finish(e.k, WF_LN2_SHORTF, WF_LN2_RESTF, f, f * f * p));
}

WF_DEVICE float wf_log2f(float x) {
    wf_logf_float e = wf_logf_start(x);
    float f = e.f, p, h = f * 0x1.715476p+0f, l = wf_fmaf(f, 0x1.715476p+0f, -h);
    p = -0x1.c3c06ep-4f;
    p = wf_fmaf(p, f, 0x1.7cb3dp-3f);
    p = wf_fmaf(p, f, -0x1.86ab72p-3f);
    p = wf_fmaf(p, f, 0x1.a3178ep-3f);
    p = wf_fmaf(p, f, -0x1.ead59ep-3f);
    p = wf_fmaf(p, f, 0x1.277e04p-2f);
    p = wf_fmaf(p, f, -0x1.7159ccp-2f);
    p = wf_fmaf(p, f, 0x1.ec7096p-2f);
    p = wf_fmaf(p, f, -0x1.715472p-1f);
    l = wf_fmaf(f, 0x1.4ae0cp-26f, l);
    l = wf_fmaf(wf_fmaf(f, f, -(f * f)), p, l); /* what the square loses counts here: 1.011 ULP without it */
    return wf_logf_special(x, wf_logf_finish(e.k, 1.0f, 0.0f, h, wf_fmaf(f * f, p, l)));
}

WF_DEVICE float wf_log10f(float x) {
    wf_logf_float e = wf_logf_start(x);
    float f = e.f, p, h = f * 0x1.bcb7b2p-2f, l = wf_fmaf(f, 0x1.bcb7b2p-2f, -h);
    p = -0x1.100e1ap-5f;
    p = wf_fmaf(p, f, 0x1.cc054p-5f);
    p = wf_fmaf(p, f, -0x1.d73fc6p-5f);
    p = wf_fmaf(p, f, 0x1.f8676ap-5f);
    p = wf_fmaf(p, f, -0x1.276fd8p-4f);
    p = wf_fmaf(p, f, 0x1.63d016p-4f);
    p = wf_fmaf(p, f, -0x1.bcbf2ap-4f);
    p = wf_fmaf(p, f, 0x1.287a7p-3f);
    p = wf_fmaf(p, f, -0x1.bcb7aap-3f);
    l = wf_fmaf(f, -0x1.5b235ep-27f, l);
    return wf_logf_special(x, wf_logf_finish(e.k, 0x1.344p-2f, 0x1.3509f8p-18f, h, wf_fmaf(f * f, p, l)));
}

/* log(1 + x + low) + extra ln2 as a normalised pair, for finite x + low > -1, |low| at most a rounding error
 * of x. */
WF_INNER wf_ff wf_log1pf_pair(wf_ff x, int extra) {
    wf_ff one = wf_ff_sum(1.0f, x.h), f;
    wf_logf_split r = wf_logf_reduce(one.h);
    float scale = r.k > 126 ? 0.0f : r.scale; /* there 2^-k is not normal, and the low words are nothing */
    f = wf_ff_sum(r.f, one.l * scale);
    f = wf_ff_fast(f.h, wf_fmaf(x.l, scale, f.l));
    return wf_logf_join(r.k + extra, wf_logf_small(f.h, f.l));
}

WF_DEVICE float wf_log1pf(float x) {
    wf_ff r = wf_log1pf_pair(wf_ff_make(wf_unless_tinyf(x), 0.0f), 0);
    float y = r.h + r.l;
    y = x == -1.0f ? -WF_INFF : y;
    y = x < -1.0f ? WF_NANF : y;
    y = wf_fabsf(x) < 1e-10f ? x : y;
    return x < WF_INFF ? y : x;
}
#endif
