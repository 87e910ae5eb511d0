/* device/f64_log.h: log, log2, log10, log1p.
 *
 * x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), so that k is 0 around 1 and nothing cancels
 * there. log(1 + f) is kept as a pair: 2 s + s z P(z), s = f / (2 + f) with its remainder, z = s^2; "log_s"
 * of tools/polynomials.py, error 2^-61. k ln2 is added as a pair, exactly in its high word (which has 42
 * bits); other bases multiply the pair by a pair. log1p(x) is the same with 1 + x as a pair, whose low word
 * joins f; wf_log1p_pair takes such an argument from other files. Odd cases: a subnormal x is scaled up
 * first; 0, negative, infinite and NaN arguments are selected at the end. */
#ifndef WF_F64_LOG_H
#define WF_F64_LOG_H
#include "f64_pair.h"

/* ln2 with room for an exact product with k, and the rest of it. */
#define WF_LN2_SHORT 0x1.62e42fefa38p-1
#define WF_LN2_REST 0x1.ef35793c7673p-45

typedef struct wf_log_split {
    double f, scale; /* x * scale = 1 + f */
    int k;
} wf_log_split;

/* Splits a positive, finite, normal x. */
WF_INNER wf_log_split wf_log_reduce(double x) {
    wf_log_split r;
    unsigned long long u = wf_double_bits(x) - 0x3fe6a09e667f3bcdull;
    r.k = (int)((long long)u >> 52);
    r.scale = wf_bits_double((unsigned long long)(1023 - r.k) << 52);
    r.f = wf_bits_double((u & 0xfffffffffffffull) + 0x3fe6a09e667f3bcdull) - 1.0;
    return r;
}
/* log(1 + f + low) as a pair (not normalised: |l| may reach |h| / 100), |low| a rounding error of 1 + f,
 * given r = 1 / (2 + f) within a few units of the last place. */
WF_INNER wf_dd wf_log_small_by(double f, double low, double r) {
    wf_dd b = wf_dd_fast(2.0, f);
    double s = f * r, rest = wf_fma(-s, b.l, wf_fma(-s, b.h, f)) * r, z = s * s, p;
    p = 0x1.2f048b757f19ap-3;
    p = wf_fma(p, z, 0x1.39a1d91d9ac1bp-3);
    p = wf_fma(p, z, 0x1.74663d56ccba4p-3);
    p = wf_fma(p, z, 0x1.c71c521338993p-3);
    p = wf_fma(p, z, 0x1.24924941e1b33p-2);
    p = wf_fma(p, z, 0x1.999999997ff1ep-2);
    p = wf_fma(p, z, 0x1.5555555555592p-1);
    rest = wf_fma(low, wf_fma(f, f - f * f, 1.0 - f), rest + rest);
    return wf_dd_make(s + s, wf_fma(s * z, p, rest));
}
WF_INNER wf_dd wf_log_small(double f, double low) { return wf_log_small_by(f, low, 1.0 / (2.0 + f)); }
/* The pair k ln2 + s. */
WF_INNER wf_dd wf_log_join(int k, wf_dd s) {
    double n = (double)k;
    wf_dd sum = wf_dd_fast(n * WF_LN2_SHORT, s.h); /* k = 0 or |k ln2| > |s|: exact either way */
    sum.l = sum.l + wf_fma(n, WF_LN2_REST, s.l);
    return wf_dd_fast(sum.h, sum.l);
}
/* log(x) as a normalised pair, for positive, finite x. */
WF_INNER wf_dd wf_log_positive(double x) {
    int tiny = x < 0x1p-1022;
    wf_log_split r = wf_log_reduce(tiny ? x * 0x1p54 : x);
    return wf_log_join(tiny ? r.k - 54 : r.k, wf_log_small(r.f, 0.0));
}
/* The result y for x, or what IEEE 754 wants outside (0, inf). */
WF_INNER double wf_log_special(double x, double y) {
    y = x == 0.0 ? -WF_INF : y;
    y = x < 0.0 ? WF_NAN : y;
    return x < WF_INF ? y : x; /* +inf and NaN */
}

WF_DEVICE double wf_log(double x) {
    wf_dd r = wf_log_positive(x);
    return wf_log_special(x, r.h + r.l);
}

WF_DEVICE double wf_log2(double x) {
    int tiny = x < 0x1p-1022;
    wf_log_split r = wf_log_reduce(tiny ? x * 0x1p54 : x);
    wf_dd s = wf_log_small(r.f, 0.0), sum;
    s = wf_dd_mul(wf_dd_fast(s.h, s.l), wf_dd_make(0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56));
    sum = wf_dd_sum((double)(tiny ? r.k - 54 : r.k), s.h);
    return wf_log_special(x, sum.h + (sum.l + s.l));
}

WF_DEVICE double wf_log10(double x) {
    wf_dd r = wf_dd_mul(wf_log_positive(x), wf_dd_make(0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57));
    return wf_log_special(x, r.h + r.l);
}

/* log(1 + x + low) + extra ln2 as a normalised pair, for finite x + low > -1, |low| at most a rounding error
 * of x. */
WF_INNER wf_dd wf_log1p_pair(wf_dd x, int extra) {
    wf_dd one = wf_dd_sum(1.0, x.h), f;
    wf_log_split r = wf_log_reduce(one.h);
    double scale = r.k > 1022 ? 0.0 : r.scale; /* there 2^-k is not normal, and the low words are nothing */
    f = wf_dd_sum(r.f, one.l * scale);
    f = wf_dd_fast(f.h, wf_fma(x.l, scale, f.l));
    return wf_log_join(r.k + extra, wf_log_small(f.h, f.l));
}

/* log(a + b + rest / (2 s)) + extra ln2 for a >= b >= 0 with a + b >= 1, the third term a rounding error of
 * the sum: what asinh and acosh need of a root s and its remainder, in one division. */
WF_INNER double wf_log_of_root(double a, double b, double s, double rest, int extra) {
    wf_dd u = wf_dd_fast(a, b), r;
    wf_log_split e = wf_log_reduce(u.h);
    double below = 2.0 + e.f, twice = s + s, inverse = 1.0 / (below * twice);
    double low = wf_fma(rest, inverse * below, u.l) * (e.k > 1022 ? 0.0 : e.scale);
    r = wf_log_join(e.k + extra, wf_log_small_by(e.f, low, inverse * twice));
    return r.h + r.l;
}

WF_DEVICE double wf_log1p(double x) {
    wf_dd r = wf_log1p_pair(wf_dd_make(wf_unless_tiny(x), 0.0), 0);
    double y = r.h + r.l;
    y = x == -1.0 ? -WF_INF : y;
    y = x < -1.0 ? WF_NAN : y;
    y = wf_fabs(x) < 1e-20 ? x : y;
    return x < WF_INF ? y : x;
}
#endif
