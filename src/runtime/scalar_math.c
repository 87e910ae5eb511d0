/* runtime/scalar_math.c: functions of single numbers, which emitted code calls where no loop takes several at
 * once.
 *
 * The results are the device library's to the last bit. Most functions are the library's own text. It is
 * written for vectors and GPUs, without tables, and one number waits twice as long for it as for a C library's
 * function. So exp, log and pow have a short way as well: a table and a short polynomial, which tell the
 * result before its last rounding to within `slack`, with what the library's own text may be off counted in.
 * If both ends of that round to the same number (Ziv's test), the library's text gives that number too;
 * otherwise, in 2 to 5 of a hundred calls, it is asked.
 *
 * The tables are computed when the first kernel is launched, in pairs of doubles, about 0.1 ms. What the
 * library's text may be off is bounded line by line: each operation rounds by half a unit of the last place of
 * the greatest value it can have for the arguments of a table's row, and the distance of a polynomial's
 * coefficients from the series' is computed (row_gap). tests/c/test_scalar_math.c compares.
 *
 * x86: compiled for AVX2 and FMA; where the processor has none, emitted code has the library's text in it. */
#include "runtime/scalar_math.h"
#include "emit/cpu_abi.h"
#include <pthread.h>
#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#elif defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include "device/wf_device_all.h"

enum { BITS = 7, ROWS = 1 << BITS };
#define LN2 0x1.62e42fefa39efp-1
#define UNIT 0x1p-53                   /* a rounding error, of the result */
#define LOG_FROM 0x3fe6a09e667f3bcdull /* sqrt(1/2): where wf_log_reduce begins */
#define LIKELY(x) __builtin_expect(!!(x), 1)

typedef struct exp_row { /* of 2^(j / ROWS) */
    double high, tail;   /* (1 + tail) high */
    double slack;        /* of the result, relative */
} exp_row;
typedef struct log_row { /* of 1 + f in the j-th part of sqrt(1/2) … sqrt(2) */
    double inverse;      /* about 1 / (1 + f), of 9 bits, so that its product with 1 + f, less 1, is exact */
    double high, low;    /* -log(inverse), high a multiple of 2^-42 */
    double slack;        /* of log's result, absolute */
    double extended;     /* of the logarithm that pow takes */
} log_row;

static exp_row exp_rows[ROWS];
static log_row log_rows[ROWS];

/* --- bounds --- */

/* Half a unit of the last place: what rounding to a result of this size, or less, may change. */
static double half_unit(double x) { return wf_bits_double(wf_double_bits(x) & 0x7ff0000000000000ull) * UNIT; }

/* |coefficients[0] - series(0) + x (coefficients[1] - series(1) + x (… */
typedef wf_dd series_term(int k);
static double row_gap(const double *coefficients, int count, series_term *series, double x) {
    double sum = 0.0;
    for (int k = 24; k-- > 0;) {
        wf_dd t = series(k);
        sum = sum * x + (k < count ? (coefficients[k] - t.h) - t.l : -t.h);
    }
    return wf_fabs(sum);
}

/* wf_expm1_small and wf_exp_finish for |r| = a, of a result of 1. */
static const double exp_polynomial[] = {
    0x1.555555555555bp-3,  0x1.5555555555558p-5,  0x1.111111110ed9cp-7,  0x1.6c16c16c15007p-10,
    0x1.a01a01b32096ap-13, 0x1.a01a01ad7938p-16,  0x1.71ddf0da188f8p-19, 0x1.27e4cc20d3b59p-22,
    0x1.af6ae043789fp-26,  0x1.1f8bc08d92d75p-29,
};
static wf_dd exp_series(int k) { /* 1 / (k + 3)! */
    wf_dd t = wf_dd_make(1.0, 0.0);
    for (int i = 2; i <= k + 3; i++) t = wf_dd_div(t, wf_dd_make(i, 0.0));
    return t;
}
static double exp_off(double a) {
    double square = a * a / 2, cube = a * a * a, p = 1.0 / 6 + a * 0.046, inner = 1.0 / 24 + a * 0.01;
    double off = half_unit(square) * 2 * a + half_unit(cube); /* of r^3 */
    double gap = row_gap(exp_polynomial, 10, exp_series, a),
           other = row_gap(exp_polynomial, 10, exp_series, -a);
    off = off * p + cube * (half_unit(p) + a * 2 * half_unit(inner)); /* of r^3 P(r) */
    off += 4 * half_unit(cube * p + 2 * UNIT);                        /* the four sums behind it */
    off += half_unit(a) * square * 1.2;                               /* rl (exp(rh) - 1 - rh) */
    return off + cube * (gap > other ? gap : other) + 0x1p-80;
}

/* wf_log_small for 1 + f. s has five roundings of half a unit, hence s^3 P(s^2) fifteen and six of its own. */
static const double log_polynomial[] = {
    0x1.5555555555592p-1, 0x1.999999997ff1ep-2, 0x1.24924941e1b33p-2, 0x1.c71c521338993p-3,
    0x1.74663d56ccba4p-3, 0x1.39a1d91d9ac1bp-3, 0x1.2f048b757f19ap-3,
};
static wf_dd log_series(int k) { return wf_dd_div(wf_dd_make(2.0, 0.0), wf_dd_make(2 * k + 3, 0.0)); }
static double log_off(double f) {
    double s = wf_fabs(f / (2 + f)), cube = s * s * s, m = cube * (2.0 / 3 + s * s * 0.41);
    return 11 * UNIT * m + 3 * half_unit(m) + cube * row_gap(log_polynomial, 7, log_series, s * s) + 0x1p-90;
}

/* wf_log_extended for 1 + f: pairs, but for what comes behind 2/3 of the series, which sees the high word of s^2
 * only (s has five roundings of half a unit) and has three of its own. */
static const double extended_polynomial[] = {
    0x1.9999999999996p-2, 0x1.2492492492f4ap-2, 0x1.c71c71c597b8ep-3, 0x1.745d1828ba597p-3,
    0x1.3b1364f32f77ep-3, 0x1.1120691606799p-3, 0x1.de3e5af8c28eap-4, 0x1.eabe9c3ab70e2p-4,
};
static wf_dd extended_series(int k) { return wf_dd_div(wf_dd_make(2.0, 0.0), wf_dd_make(2 * k + 5, 0.0)); }
static double extended_off(double f) {
    double s = wf_fabs(f / (2 + f)), z = s * s;
    return s * z * z * (9 * 0.42 * UNIT + row_gap(extended_polynomial, 8, extended_series, z)) + 0x1p-80;
}

/* --- tables --- */

/* 2^(j / ROWS) as products of roots. The library's r is j / ROWS ln2 within half a row, or that less ln2. */
static void fill_exp(void) {
    wf_dd roots[BITS], r = wf_dd_make(2.0, 0.0);
    for (int i = BITS; i-- > 0;) roots[i] = r = wf_dd_sqrt(r);
    for (int j = 0; j < ROWS; j++) {
        wf_dd t = wf_dd_make(1.0, 0.0);
        for (int i = 0; i < BITS; i++)
            if (j >> i & 1) t = wf_dd_mul(t, roots[i]);
        int negative = j >= ROWS / 2;
        double off = exp_off(((negative ? ROWS - j : j) + 0.5) * (LN2 / ROWS));
        /* 2^-60: r, tail + r, s and its sum with slack are at most 2^-8.5, and each is rounded by 2^-62; the
         * rest is the series' end, 2^-64.7. */
        exp_rows[j] = (exp_row){t.h, t.l / t.h, off / (negative ? t.h / 2 : t.h) * 1.01 + 0x1.1p-60};
    }
}

/* exp(x), |x| < 0.4, by its series. */
static wf_dd pair_exp(wf_dd x) {
    wf_dd sum = wf_dd_make(1.0, 0.0);
    for (int i = 24; i > 0; i--) {
        sum = wf_dd_div(wf_dd_mul(sum, x), wf_dd_make(i, 0.0));
        sum = wf_dd_add1(sum, 1.0);
    }
    return sum;
}

static log_row log_row_of(double from, double to) { /* of 1 + f */
    /* 1 + f has 53 bits behind the point below 1, else 52: r, less than 2^-7, has no bit below 2^-60 */
    double grid = from < 1.0 ? 128.0 : 256.0, off = 0.0, extended = 0.0;
    double v = from < 1.001 && to > 1.0 ? 1.0 : wf_rint(2.0 * grid / (from + to)) / grid;
    wf_dd l = wf_dd_make(-wf_log(v), 0.0); /* made better by one step of Newton's */
    l = wf_dd_add(l, wf_dd_sub(wf_dd_make(1.0, 0.0), wf_dd_mul1(pair_exp(l), v)));
    double high = wf_rint(l.h * 0x1p42) * 0x1p-42;
    double a = wf_fabs(v * from - 1.0), b = wf_fabs(v * to - 1.0), r = a > b ? a : b;
    for (int i = 0; i <= 16; i++) {
        double f = from + (to - from) * i / 16 - 1.0, one = log_off(f), other = extended_off(f);
        off = one > off ? one : off;
        extended = other > extended ? other : extended;
    }
    /* our own: nine roundings of terms of at most r^2 / 2, some of a factor just above 1/2, and the series' end */
    double own = 10 * half_unit(r * r / 2) + wf_powi(r, 9) / 9 * 1.02 + 0x1p-75;
    return (log_row){v, high, (l.h - high) + l.l, (off * 1.05 + own) * 1.01, (extended * 1.05 + own) * 1.01};
}

static void fill_log(void) {
    for (unsigned long long j = 0; j < ROWS; j++)
        log_rows[j] = log_row_of(wf_bits_double(LOG_FROM + (j << (52 - BITS))),
                                 wf_bits_double(LOG_FROM + ((j + 1) << (52 - BITS))));
}

/* --- the short ways --- */

/* exp(x + *low), |x| < 2^9, *low less than a unit of x, as the two ends that it lies between; low may be NULL.
 * slack: what comes to the table's, relative. */
static inline __attribute__((always_inline)) wf_dd exp_ends(double x, const double *low, double slack) {
    const double a = LN2 / 2 / ROWS; /* the greatest r */
    double t = wf_fma(x, WF_LOG2E * ROWS, WF_ROUNDER), n = t - WF_ROUNDER;
    double r = wf_fma(-n, 0x1.abc9e3b39803fp-56 / ROWS, wf_fma(-n, LN2 / ROWS, x));
    if (low) r += *low;
    unsigned long long k = wf_double_bits(t);
    const exp_row *row = &exp_rows[k & (ROWS - 1)];
    double scale = wf_bits_double(wf_double_bits(row->high) + ((k >> BITS) << 52));
    /* the series up to r^5, r^6 / 720 spread over the lower terms as Chebyshev's polynomial says */
    double p = wf_fma(r, 1.0 / 120, 1.0 / 24 + 1.5 * a * a / 720);
    double c = wf_fma(r, 1.0 / 6, 0.5 - 0.5625 * a * a * a * a / 720);
    double q = r * r, s = wf_fma(q, wf_fma(q, p, c), row->tail + r);
    slack = low ? slack + row->slack : row->slack;
    return wf_dd_make(wf_fma(scale, s - slack, scale), wf_fma(scale, s + slack, scale));
}

static double WF_CPU_CALL scalar_exp(double x) {
    unsigned e = (unsigned)(wf_double_bits(x) >> 52) & 2047u;
    if (LIKELY(e - (1023 - 28) < 28 + 9)) { /* 2^-28 … 2^9 */
        wf_dd ends = exp_ends(x, NULL, 0.0);
        if (LIKELY(ends.h == ends.l)) return ends.h;
    }
    return wf_exp(x);
}

/* log(x) as a pair for positive, finite, normal x. The high words' sum is exact: n ln2's is a multiple of 2^-42
 * too, and next to 1 one of the two is 0 or the greater one. */
static inline __attribute__((always_inline)) wf_dd log_short(double x, const log_row **at) {
    unsigned long long u = wf_double_bits(x) - LOG_FROM;
    const log_row *row = &log_rows[u >> (52 - BITS) & (ROWS - 1)];
    double n = (double)(int)((long long)u >> 52);
    double z = wf_bits_double((u & 0xfffffffffffffull) + LOG_FROM);
    double r = wf_fma(z, row->inverse, -1.0), q = r * r, s = wf_fma(n, WF_LN2_SHORT, row->high);
    double high = s + r, low = (s - high) + r + wf_fma(n, WF_LN2_REST, row->low);
    double a = wf_fma(r, 1.0 / 3, -0.5), b = wf_fma(r, 0.2, -0.25), c = wf_fma(r, 1.0 / 7, -1.0 / 6);
    double p = wf_fma(q * q, wf_fma(q, -0.125, c), wf_fma(q, b, a));
    *at = row;
    return wf_dd_make(high, wf_fma(q, p, low));
}

static double WF_CPU_CALL scalar_log(double x) {
    if (LIKELY(wf_double_bits(x) - (1ull << 52) < 2046ull << 52)) {
        const log_row *row;
        wf_dd l = log_short(x, &row);
        double least = l.h + (l.l - row->slack), most = l.h + (l.l + row->slack);
        if (LIKELY(least == most)) return least;
    }
    return wf_log(x);
}

static double WF_CPU_CALL scalar_pow(double x, double y) {
    if (LIKELY(wf_double_bits(x) - (1ull << 52) < 2046ull << 52)) {
        const log_row *row;
        wf_dd parts = log_short(x, &row), l = wf_dd_fast(parts.h, parts.l), power = wf_dd_prod(y, l.h);
        unsigned e = (unsigned)(wf_double_bits(power.h) >> 52) & 2047u;
        power.l = wf_fma(y, l.l, power.l);
        if (LIKELY(e - (1023 - 28) < 28 + 9)) { /* as in scalar_exp; r + low is rounded too */
            wf_dd ends = exp_ends(power.h, &power.l, wf_fma(wf_fabs(y), row->extended, 0x1.1p-62));
            if (LIKELY(ends.h == ends.l)) return ends.h;
        }
    }
    return wf_pow(x, y);
}

/* --- the table for emitted code --- */

#define UNARY(name)                                                                                          \
    static double WF_CPU_CALL plain_##name(double x) { return wf_##name(x); }                                \
    static float WF_CPU_CALL plain_##name##f(float x) { return wf_##name##f(x); }
#define BINARY(name)                                                                                         \
    static double WF_CPU_CALL plain_##name(double x, double y) { return wf_##name(x, y); }                   \
    static float WF_CPU_CALL plain_##name##f(float x, float y) { return wf_##name##f(x, y); }
WF_CPU_MATH(UNARY, BINARY)
#undef UNARY
#undef BINARY

enum {
#define ENTRY(name) MATH_##name##f, MATH_##name,
    WF_CPU_MATH(ENTRY, ENTRY)
#undef ENTRY
        MATH_COUNT
};

static const void *functions[MATH_COUNT] = {
#define ENTRY(name)                                                                                          \
    [MATH_##name##f] = (const void *)plain_##name##f, [MATH_##name] = (const void *)plain_##name,
    WF_CPU_MATH(ENTRY, ENTRY)
#undef ENTRY
};

static void fill(void) {
    fill_exp();
    fill_log();
    functions[MATH_exp] = (const void *)scalar_exp;
    functions[MATH_log] = (const void *)scalar_log;
    functions[MATH_pow] = (const void *)scalar_pow;
}
#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute pop
#elif defined(__x86_64__)
#pragma GCC pop_options
#endif

static const void *const *known;

static void find_out(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return;
#endif
    fill();
    known = functions;
}

const void *const *wf__scalar_math(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_out);
    return known;
}
