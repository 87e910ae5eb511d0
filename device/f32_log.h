/* device/f32_log.h: log, log2, log10, log1p.
 *
 * x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), so that k is 0 around 1 and nothing cancels
 * there. log(1 + f) is kept as a pair: f - f^2/2 exactly, the rest rounded once: f^3 P(f), "log" of
 * tools/polynomials.py, error 2^-29. k ln2 is added as a pair, exactly in its high word (which has 15 bits);
 * wf_log1pf_pair is the same with 1 + x as a pair, whose low word joins f. These are what other files take.
 * log, log2, log10 and log1p themselves need no pair but that of k ln2: their error is below 0.95 ULP on all
 * inputs. Odd cases: a subnormal x is scaled up first; 0, negative, infinite and NaN arguments are selected
 * at the end. */
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

/* x = 2^k (1 + f) for log, log2 and log10. The exponent stays where it is in a float's bits, so that one
 * conversion makes a float of it: 2^23 k, and constants that it is multiplied by take the 2^-23. */
#define WF_2_23F 0x1p-23f
typedef struct wf_logf_float {
    float f, k;
} wf_logf_float;
WF_INNER wf_logf_float wf_logf_start(float x) {
    wf_logf_float r;
    int tiny = x < 0x1p-126f;
    unsigned int u = wf_float_bits(tiny ? x * 0x1p24f : x), k = (u - 0x3f3504f3u) & 0xff800000u;
    r.f = wf_bits_float(u - k) - 1.0f;
    r.k = (float)(int)k;
    r.k = tiny ? r.k - 0x1.8p27f : r.k;
    return r;
}
/* k ln2 + f as a pair: k times the short word has few bits, and what its sum with f loses, the second fma
 * finds. */
WF_INNER wf_ff wf_logf_lead(float k, float f) {
    float h = wf_fmaf(k, WF_LN2_SHORTF * WF_2_23F, f), lost = f - wf_fmaf(-k, WF_LN2_SHORTF * WF_2_23F, h);
    return wf_ff_make(h, wf_fmaf(k, WF_LN2_RESTF * WF_2_23F, lost));
}
/* k ln2 + f + f^2 p */
WF_INNER float wf_logf_finish(float k, float f, float p) {
    wf_ff lead = wf_logf_lead(k, f);
    return lead.h + wf_fmaf(f * f, p, lead.l);
}

/* f + f^2 P(f), P to 2^-27.6 of the whole ("log_short" of tools/polynomials.py); log2 and log10 take f times
 * their constant and P with it. */
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
    return wf_logf_special(x, wf_logf_finish(e.k, f, p));
}

/* k is added exactly, and where it is not 0 the sum is at least twice log2(1 + f): the rounding of that one
 * counts half. */
WF_DEVICE float wf_log2f(float x) {
    wf_logf_float e = wf_logf_start(x);
    float f = e.f, p;
    p = -0x1.c3c06ep-4f;
    p = wf_fmaf(p, f, 0x1.7cb3dp-3f);
    p = wf_fmaf(p, f, -0x1.86ab72p-3f);
    p = wf_fmaf(p, f, 0x1.a3178ep-3f);
    p = wf_fmaf(p, f, -0x1.ead59ep-3f);
    p = wf_fmaf(p, f, 0x1.277e04p-2f);
    p = wf_fmaf(p, f, -0x1.7159ccp-2f);
    p = wf_fmaf(p, f, 0x1.ec7096p-2f);
    p = wf_fmaf(p, f, -0x1.715472p-1f);
    p = wf_fmaf(f, 0x1.715476p+0f, f * wf_fmaf(p, f, 0x1.4ae0cp-26f));
    return wf_logf_special(x, wf_fmaf(e.k, WF_2_23F, p));
}

WF_DEVICE float wf_log10f(float x) {
    wf_logf_float e = wf_logf_start(x);
    float f = e.f, p, h = f * 0x1.bcb7b2p-2f, a, lost;
    p = -0x1.100e1ap-5f;
    p = wf_fmaf(p, f, 0x1.cc054p-5f);
    p = wf_fmaf(p, f, -0x1.d73fc6p-5f);
    p = wf_fmaf(p, f, 0x1.f8676ap-5f);
    p = wf_fmaf(p, f, -0x1.276fd8p-4f);
    p = wf_fmaf(p, f, 0x1.63d016p-4f);
    p = wf_fmaf(p, f, -0x1.bcbf2ap-4f);
    p = wf_fmaf(p, f, 0x1.287a7p-3f);
    p = wf_fmaf(p, f, -0x1.bcb7aap-3f);
    p = wf_fmaf(p, f, -0x1.5b235ep-27f);
    a = wf_fmaf(e.k, 0x1.344p-2f * WF_2_23F, h);
    lost = (h - wf_fmaf(-e.k, 0x1.344p-2f * WF_2_23F, a)) + wf_fmaf(f, 0x1.bcb7b2p-2f, -h);
    return wf_logf_special(x, a + wf_fmaf(f, p, wf_fmaf(e.k, 0x1.3509f8p-18f * WF_2_23F, lost)));
}

/* (log(1 + f) - f) / f^2 on -1/4 <= f <= 1/2: "log1p_short". */
WF_INNER float wf_log1pf_short(float f) {
    float p;
    p = -0x1.72774cp-5f;
    p = wf_fmaf(p, f, 0x1.ad9a1ap-4f);
    p = wf_fmaf(p, f, -0x1.0dd07p-3f);
    p = wf_fmaf(p, f, 0x1.2887f2p-3f);
    p = wf_fmaf(p, f, -0x1.54e8e4p-3f);
    p = wf_fmaf(p, f, 0x1.99685cp-3f);
    p = wf_fmaf(p, f, -0x1.000054p-2f);
    p = wf_fmaf(p, f, 0x1.5555a8p-2f);
    return wf_fmaf(p, f, -0x1p-1f);
}
/* The exponent's bits of 1 + x for 3/4 <= (1 + x) 2^-k < 3/2. With these bounds f = x 2^-k + (2^-k - 1) is
 * exact, so that 1 + x need not be: it only chooses k. */
WF_INNER unsigned int wf_log1pf_exponent(float x) {
    return (wf_float_bits(1.0f + x) - 0x3f400000u) & 0xff800000u;
}
/* (x is divided by 4, since 2^-128 would not be a normal number.) */
WF_DEVICE float wf_log1pf(float x) {
    int tiny = wf_fabsf(x) < 1e-10f;
    float c = tiny ? 0.0f : x, four, f, y;
    unsigned int k = wf_log1pf_exponent(c);
    four = wf_bits_float(0x40800000u - k);
    f = wf_fmaf(c * 0.25f, four, wf_fmaf(four, 0.25f, -1.0f));
    y = wf_logf_finish((float)(int)k, f, wf_log1pf_short(f));
    y = x == -1.0f ? -WF_INFF : y;
    y = x < -1.0f ? WF_NANF : y;
    y = tiny ? x : y;
    return x < WF_INFF ? y : x;
}
/* log(1 + h + l) + extra ln2 for 0 <= h < 2^62 and l a rounding error of h; extra times 2^23. The derivative
 * of the logarithm, by which l enters, need not be good. */
WF_INNER float wf_log1pf_sum(float h, float l, float extra) {
    unsigned int k = wf_log1pf_exponent(h);
    float scale = wf_bits_float(0x3f800000u - k), f = wf_fmaf(h, scale, scale - 1.0f);
    float slope = wf_fmaf(f, wf_fmaf(f, 0x1.c71c72p-1f, -0x1.1c71c8p+0f), 1.0f);
    wf_ff lead = wf_logf_lead((float)(int)k + extra, f);
    return lead.h + wf_fmaf(f * f, wf_log1pf_short(f), wf_fmaf(l * scale, slope, lead.l));
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
#endif
