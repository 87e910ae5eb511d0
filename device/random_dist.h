/* device/random_dist.h: distributions that need an unknown number of random words: gamma, beta, Poisson,
 * binomial, negative binomial, geometric, integers below a bound, hypergeometric, Zipf, logarithmic series,
 * von Mises, Wald.
 *
 * As in random.h, a value is a function of key, draw and element alone. An element has 2^32 Philox blocks of
 * its own, (element, attempt, draw); each attempt of a rejection method takes one block, as two 64-bit words,
 * or for float as four 32-bit words of which two are used. So elements may be made in any order, on any
 * device, in one fused kernel. Two streams of one element (beta's two gammas) are 2^31 attempts apart.
 *
 * Methods: gamma, Marsaglia and Tsang (2000), with the boost U^(1/a) below shape 1; Poisson and binomial,
 * inversion for small means, beyond a mean of 10 the transformed rejections PTRS and BTRS (Hoermann 1993);
 * bounded integers, Lemire's multiplication (2019); hypergeometric, ratio of uniforms (Stadlober 1990); Zipf,
 * rejection (Devroye 1986); logarithmic series, Kemp (1981); von Mises, Best and Fisher (1979); Wald,
 * Michael, Schucany and Haas (1976). Odd cases: parameters outside their domain give NaN, or -1 from the
 * discrete ones; callers check them before. Loops end: a rejection that has failed 1000 times (never seen, by
 * its probability) takes what it has. */
#ifndef WF_RANDOM_DIST_H
#define WF_RANDOM_DIST_H
#include "f32_exp.h"
#include "f32_log.h"
#include "f64_exp.h"
#include "f64_gamma.h"
#include "f64_log.h"
#include "f64_atrig.h"
#include "f64_pow.h"
#include "f64_trig.h"
#include "random.h"

#define WF_RANDOM_ATTEMPTS 1000u
#define WF_RANDOM_SECOND 0x80000000u /* where an element's second stream begins */

typedef struct wf_random_pair {
    unsigned long long a, b;
} wf_random_pair;
WF_INNER wf_random_pair wf_random_words(unsigned long long key, unsigned int draw, unsigned long long element,
                                        unsigned int attempt) {
    wf_u32x4 w = wf_random_block(key, draw, element, attempt);
    wf_random_pair r;
    r.a = (unsigned long long)w.y << 32 | w.x;
    r.b = (unsigned long long)w.w << 32 | w.z;
    return r;
}

/* Uniform in [0, range), each value equally likely; range 0 stands for 2^64. */
WF_DEVICE unsigned long long wf_random_below(unsigned long long range, unsigned long long key,
                                             unsigned int draw, unsigned long long element) {
    unsigned long long threshold = range ? (0ull - range) % range : 0ull, result = 0ull;
    unsigned int attempt;
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_random_pair w = wf_random_words(key, draw, element, attempt);
        result = range ? wf_mulhi64(w.a, range) : w.a;
        if (w.a * range >= threshold) return result;
        result = range ? wf_mulhi64(w.b, range) : w.b;
        if (w.b * range >= threshold) return result;
    }
    return result;
}

/* ---- continuous */

/* Gamma of shape >= 1, scale 1. */
WF_INNER double wf_random_gamma_large(double shape, unsigned long long key, unsigned int draw,
                                      unsigned long long element, unsigned int first) {
    double d = shape - 1.0 / 3.0, c = 1.0 / wf_sqrt(9.0 * d), v = 1.0;
    unsigned int attempt;
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_random_pair w = wf_random_words(key, draw, element, first + attempt);
        double x = wf_normal(w.a), u = wf_uniform_oc(w.b), t = 1.0 + c * x;
        if (t <= 0.0) continue;
        v = t * t * t;
        if (u < 1.0 - 0.0331 * (x * x) * (x * x)) break;
        if (wf_log(u) < 0.5 * x * x + d * (1.0 - v + wf_log(v))) break;
    }
    return d * v;
}
WF_INNER float wf_random_gamma_largef(float shape, unsigned long long key, unsigned int draw,
                                      unsigned long long element, unsigned int first) {
    float d = shape - 0.333333343f, c = 1.0f / wf_sqrtf(9.0f * d), v = 1.0f;
    unsigned int attempt;
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_u32x4 w = wf_random_block(key, draw, element, first + attempt);
        float x = wf_normalf(w.x), u = wf_uniform_ocf(w.z), t = 1.0f + c * x;
        if (t <= 0.0f) continue;
        v = t * t * t;
        if (u < 1.0f - 0.0331f * (x * x) * (x * x)) break;
        if (wf_logf(u) < 0.5f * x * x + d * (1.0f - v + wf_logf(v))) break;
    }
    return d * v;
}
/* The logarithm of a gamma variate: that of a small shape may be too small for the variate itself. */
WF_INNER double wf_random_log_gamma(double shape, unsigned long long key, unsigned int draw,
                                    unsigned long long element, unsigned int first) {
    int small = shape < 1.0;
    double y = wf_log(wf_random_gamma_large(small ? shape + 1.0 : shape, key, draw, element, first));
    if (small) {
        wf_random_pair w = wf_random_words(key, draw, element, first + 0x40000000u);
        y = y + wf_log(wf_uniform_oc(w.a)) / shape;
    }
    return y;
}
/* Gamma of the given shape, scale 1; 0 of shape 0. */
WF_DEVICE double wf_random_gamma(double shape, unsigned long long key, unsigned int draw,
                                 unsigned long long element) {
    if (shape == 0.0) return 0.0;
    if (!(shape > 0.0)) return WF_NAN;
    if (shape < 1.0) return wf_exp(wf_random_log_gamma(shape, key, draw, element, 0u));
    return wf_random_gamma_large(shape, key, draw, element, 0u);
}
WF_DEVICE float wf_random_gammaf(float shape, unsigned long long key, unsigned int draw,
                                 unsigned long long element) {
    float y;
    if (shape == 0.0f) return 0.0f;
    if (!(shape > 0.0f)) return WF_NANF;
    y = wf_random_gamma_largef(shape < 1.0f ? shape + 1.0f : shape, key, draw, element, 0u);
    if (shape < 1.0f) {
        wf_u32x4 w = wf_random_block(key, draw, element, 0x40000000u);
        y = y * wf_expf(wf_logf(wf_uniform_ocf(w.x)) / shape);
    }
    return y;
}
/* Beta(a, b), by the logarithms of two gamma variates, so that neither a nor b may be too small. */
WF_DEVICE double wf_random_beta(double a, double b, unsigned long long key, unsigned int draw,
                                unsigned long long element) {
    double x, y;
    if (!((a > 0.0) & (b > 0.0))) return WF_NAN;
    x = wf_random_log_gamma(a, key, draw, element, 0u);
    y = wf_random_log_gamma(b, key, draw, element, WF_RANDOM_SECOND);
    return 1.0 / (1.0 + wf_exp(y - x));
}
WF_DEVICE float wf_random_betaf(float a, float b, unsigned long long key, unsigned int draw,
                                unsigned long long element) {
    return (float)wf_random_beta((double)a, (double)b, key, draw, element);
}
/* Angle in [-pi, pi] around 0 with concentration kappa. */
WF_DEVICE double wf_random_vonmises(double kappa, unsigned long long key, unsigned int draw,
                                    unsigned long long element) {
    const double pi = 3.141592653589793;
    double tau, rho, r, w = 1.0, u;
    unsigned int attempt;
    wf_random_pair words = wf_random_words(key, draw, element, WF_RANDOM_SECOND);
    if (!(kappa >= 0.0)) return WF_NAN;
    if (kappa < 1e-8) return pi * (2.0 * wf_uniform(words.a) - 1.0);
    if (kappa > 1e6) { /* a normal one of that width, wrapped */
        w = wf_normal(words.a) / wf_sqrt(kappa);
        return w > pi ? w - 2.0 * pi : w < -pi ? w + 2.0 * pi : w;
    }
    tau = 1.0 + wf_sqrt(1.0 + 4.0 * kappa * kappa);
    rho = (tau - wf_sqrt(2.0 * tau)) / (2.0 * kappa);
    r = kappa < 1e-5 ? 1.0 / kappa + kappa : (1.0 + rho * rho) / (2.0 * rho);
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_random_pair s = wf_random_words(key, draw, element, attempt);
        double z = wf_cospi(wf_uniform(s.a)), c, v = wf_uniform_oc(s.b);
        w = (1.0 + r * z) / (r + z);
        c = kappa * (r - w);
        if (c * (2.0 - c) > v) break;
        if (wf_log(c / v) + 1.0 >= c) break;
    }
    w = w > 1.0 ? 1.0 : w < -1.0 ? -1.0 : w;
    u = wf_acos(w);
    return words.b & 1ull ? u : -u;
}
/* Inverse Gaussian. */
WF_DEVICE double wf_random_wald(double mean, double scale, unsigned long long key, unsigned int draw,
                                unsigned long long element) {
    wf_random_pair w = wf_random_words(key, draw, element, 0u);
    double n, y, x;
    if (!((mean > 0.0) & (scale > 0.0))) return WF_NAN;
    n = wf_normal(w.a);
    y = mean * n * n;
    /* mean + mean / (2 scale) (y - sqrt(4 scale y + y^2)), without the cancellation */
    x = y + wf_sqrt(y * (4.0 * scale + y));
    x = x > 0.0 ? mean * (4.0 * scale / x * (y / x)) : mean;
    return wf_uniform(w.b) * (mean + x) <= mean ? x : mean * (mean / x);
}

/* ---- discrete */

/* Trials up to and including the first success, each with probability p. */
WF_DEVICE long long wf_random_geometric(double p, unsigned long long key, unsigned int draw,
                                        unsigned long long element) {
    double k;
    if (!((p > 0.0) & (p <= 1.0))) return -1ll;
    k = wf_ceil(wf_log(wf_uniform_oc(wf_random_word64(key, draw, element))) / wf_log1p(-p));
    return k < 1.0 ? 1ll : k < 0x1p63 ? (long long)k : 0x7fffffffffffffffll;
}
WF_INNER long long wf_random_poisson_from(double mean, unsigned long long key, unsigned int draw,
                                          unsigned long long element, unsigned int first) {
    double root, b, a, inverse, v_r, log_mean, k = 0.0, p, sum, u;
    unsigned int attempt;
    if (mean < 10.0) {
        wf_random_pair w = wf_random_words(key, draw, element, first);
        p = wf_exp(-mean);
        sum = p;
        u = wf_uniform(w.a);
        while ((u >= sum) & (k < 200.0)) {
            k = k + 1.0;
            p = p * mean / k;
            sum = sum + p;
        }
        return (long long)k;
    }
    root = wf_sqrt(mean);
    log_mean = wf_log(mean);
    b = 0.931 + 2.53 * root;
    a = 0.02483 * b - 0.059;
    inverse = 1.1239 + 1.1328 / (b - 3.4);
    v_r = 0.9277 - 3.6224 / (b - 2.0);
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_random_pair w = wf_random_words(key, draw, element, first + attempt);
        double x = wf_uniform(w.a) - 0.5, v = wf_uniform_oc(w.b), us = 0.5 - wf_fabs(x);
        k = wf_floor((2.0 * a / us + b) * x + mean + 0.43);
        if ((us >= 0.07) & (v <= v_r)) break;
        if ((k < 0.0) | ((us < 0.013) & (v > us))) continue;
        if (wf_log(v * inverse / (a / (us * us) + b)) <= k * log_mean - mean - wf_lgamma(k + 1.0)) break;
    }
    return k < 0x1p63 ? (long long)k : 0x7fffffffffffffffll;
}
WF_DEVICE long long wf_random_poisson(double mean, unsigned long long key, unsigned int draw,
                                      unsigned long long element) {
    if (!(mean >= 0.0)) return -1ll;
    return wf_random_poisson_from(mean, key, draw, element, 0u);
}
/* Failures before the n-th success: Poisson with a gamma mean. */
WF_DEVICE long long wf_random_negative_binomial(double n, double p, unsigned long long key, unsigned int draw,
                                                unsigned long long element) {
    double mean;
    if (!((n > 0.0) & (p > 0.0) & (p <= 1.0))) return -1ll;
    mean = wf_random_gamma(n, key, draw, element) * ((1.0 - p) / p);
    return wf_random_poisson_from(mean, key, draw, element, WF_RANDOM_SECOND);
}
/* Successes in n trials; p <= 1/2. */
WF_INNER double wf_random_binomial_half(double n, double p, unsigned long long key, unsigned int draw,
                                        unsigned long long element) {
    double q = 1.0 - p, ratio = p / q, k = 0.0, f, u, spread, a, b, c, v_r, alpha, log_ratio, m, h;
    unsigned int attempt;
    if (n * p < 10.0) {
        u = wf_uniform(wf_random_words(key, draw, element, 0u).a);
        f = wf_exp(n * wf_log1p(-p));
        while ((u >= f) & (k < n) & (k < 200.0)) {
            u = u - f;
            k = k + 1.0;
            f = f * (ratio * ((n - k + 1.0) / k));
        }
        return k;
    }
    spread = wf_sqrt(n * p * q);
    b = 1.15 + 2.53 * spread;
    a = 0.0248 * b + 0.01 * p - 0.0873;
    c = n * p + 0.5;
    v_r = 0.92 - 4.2 / b;
    alpha = (2.83 + 5.1 / b) * spread;
    log_ratio = wf_log(ratio);
    m = wf_floor((n + 1.0) * p);
    h = wf_lgamma(m + 1.0) + wf_lgamma(n - m + 1.0);
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_random_pair w = wf_random_words(key, draw, element, attempt);
        double x = wf_uniform(w.a) - 0.5, v = wf_uniform_oc(w.b), us = 0.5 - wf_fabs(x);
        k = wf_floor((2.0 * a / us + b) * x + c);
        if ((us >= 0.07) & (v <= v_r)) break;
        if ((k < 0.0) | (k > n)) continue;
        v = wf_log(v * alpha / (a / (us * us) + b));
        if (v <= h - wf_lgamma(k + 1.0) - wf_lgamma(n - k + 1.0) + (k - m) * log_ratio) break;
    }
    return k < 0.0 ? 0.0 : k > n ? n : k;
}
WF_DEVICE long long wf_random_binomial(long long n, double p, unsigned long long key, unsigned int draw,
                                       unsigned long long element) {
    double k;
    int mirrored = p > 0.5;
    if ((n < 0ll) | !((p >= 0.0) & (p <= 1.0))) return -1ll;
    k = wf_random_binomial_half((double)n, mirrored ? 1.0 - p : p, key, draw, element);
    return mirrored ? n - (long long)k : (long long)k;
}
/* Zipf: k with probability proportional to k^-a, a > 1. */
WF_DEVICE long long wf_random_zipf(double a, unsigned long long key, unsigned int draw,
                                   unsigned long long element) {
    double less = a - 1.0, b, x = 1.0, t;
    unsigned int attempt;
    if (!(a > 1.0)) return -1ll;
    if (a >= 1025.0) return 1ll;
    b = wf_exp2(less);
    for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
        wf_random_pair w = wf_random_words(key, draw, element, attempt);
        x = wf_floor(wf_pow(wf_uniform_oc(w.a), -1.0 / less));
        if (!((x >= 1.0) & (x < 0x1p63))) continue;
        t = wf_pow(1.0 + 1.0 / x, less);
        if (wf_uniform(w.b) * x * (t - 1.0) / (b - 1.0) <= t / b) break;
    }
    return x < 0x1p63 ? (long long)x : 0x7fffffffffffffffll;
}
/* k with probability -p^k / (k log(1 - p)), 0 < p < 1. */
WF_DEVICE long long wf_random_logseries(double p, unsigned long long key, unsigned int draw,
                                        unsigned long long element) {
    wf_random_pair w = wf_random_words(key, draw, element, 0u);
    double v = wf_uniform_oc(w.a), q, k;
    if (!((p >= 0.0) & (p < 1.0))) return -1ll;
    if (v >= p) return 1ll;
    q = -wf_expm1(wf_log1p(-p) * wf_uniform_oc(w.b));
    if (v > q * q) return v >= q ? 1ll : 2ll;
    k = wf_floor(1.0 + wf_log(v) / wf_log(q));
    return k < 1.0 ? 1ll : k < 0x1p63 ? (long long)k : 0x7fffffffffffffffll;
}
/* Good ones among `sample` drawn without putting back from good + bad. */
WF_DEVICE long long wf_random_hypergeometric(long long good, long long bad, long long sample,
                                             unsigned long long key, unsigned int draw,
                                             unsigned long long element) {
    double population = (double)good + (double)bad, fewer = (double)(good < bad ? good : bad),
           more = population - fewer, taken, share, mean, spread, width, mode, peak, limit, k = 0.0, t;
    unsigned int attempt;
    long long result;
    if ((good < 0ll) | (bad < 0ll) | (sample < 0ll) | ((double)sample > population)) return -1ll;
    taken = (double)sample * 2.0 > population ? population - (double)sample : (double)sample;
    if ((taken > 0.0) & (fewer > 0.0)) {
        share = fewer / population;
        mean = taken * share + 0.5;
        spread = wf_sqrt((population - taken) * taken * share * (1.0 - share) / (population - 1.0) + 0.5);
        width = 1.7155277699214135 * spread + 0.8989161620588988; /* 2 sqrt(2 / e), 3 - 2 sqrt(3 / e) */
        mode = wf_floor((taken + 1.0) * (fewer + 1.0) / (population + 2.0));
        peak = wf_lgamma(mode + 1.0) + wf_lgamma(fewer - mode + 1.0) + wf_lgamma(taken - mode + 1.0) +
               wf_lgamma(more - taken + mode + 1.0);
        limit = (taken < fewer ? taken : fewer) + 1.0;
        t = wf_floor(mean + 16.0 * spread);
        limit = t < limit ? t : limit;
        for (attempt = 0u; attempt < WF_RANDOM_ATTEMPTS; attempt++) {
            wf_random_pair w = wf_random_words(key, draw, element, attempt);
            double x = wf_uniform_oc(w.a), y = wf_uniform(w.b), at = mean + width * (y - 0.5) / x;
            if ((at < 0.0) | (at >= limit)) continue;
            k = wf_floor(at);
            t = peak - wf_lgamma(k + 1.0) - wf_lgamma(fewer - k + 1.0) - wf_lgamma(taken - k + 1.0) -
                wf_lgamma(more - taken + k + 1.0);
            if (x * (4.0 - x) - 3.0 <= t) break;
            if ((x * (x - t) < 1.0) & (2.0 * wf_log(x) <= t)) break;
        }
    }
    result = good > bad ? (long long)taken - (long long)k : (long long)k;
    return taken < (double)sample ? good - result : result;
}
#endif
