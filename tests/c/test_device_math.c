/* test_device_math.c: the device library as the C compiler built it: special values, exact cases, identities,
 * and a sample of each function against the C library's double (float32 functions) or long double (float64
 * functions).
 *
 * The sample's bound is 1 ULP; the exhaustive measurement with the figures behind it is `make accuracy`. */
#include "check.h"
#include "device/wf_device_c.h"
#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 1;
static uint64_t next_random(void) {
    random_state += 0x9e3779b97f4a7c15u;
    uint64_t z = random_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
static double between(double low, double high) {
    return low + (high - low) * (double)(next_random() >> 11) * 0x1p-53;
}
static float bits_float(uint32_t u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}

/* --- samples
 * ------------------------------------------------------------------------------------------------------------
 */
typedef struct sampled {
    const char *name;
    float (*f32)(float);
    double (*f64)(double);
    double (*reference32)(double);
    long double (*reference64)(long double);
    double low, high;
} sampled;

#define ROW(name, low, high)                                                                                 \
    { #name, wf_##name##f, wf_##name, name, name##l, low, high }
static const sampled samples[] = {
    ROW(exp, -87, 88), ROW(exp2, -126, 127), ROW(expm1, -20, 20), ROW(log, 0, 10),      ROW(log2, 0, 10),
    ROW(log10, 0, 10), ROW(log1p, -1, 10),   ROW(sin, -99, 99),   ROW(cos, -99, 99),    ROW(tan, -99, 99),
    ROW(asin, -1, 1),  ROW(acos, -1, 1),     ROW(atan, -5, 5),    ROW(sinh, -9, 9),     ROW(cosh, -9, 9),
    ROW(tanh, -4, 4),  ROW(asinh, -9, 9),    ROW(acosh, 1, 9),    ROW(atanh, -1, 1),    ROW(cbrt, -9, 9),
    ROW(round, -9, 9), ROW(erf, -3, 3),      ROW(erfc, -3, 9),    ROW(tgamma, 0.1, 30),
};

static double error32(float got, double want) {
    int exponent;
    frexp(want, &exponent);
    return fabs(got - want) / ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}
static double error64(double got, long double want) {
    int exponent;
    frexpl(want, &exponent);
    return (double)(fabsl(got - want) / ldexpl(1.0L, (exponent < -1021 ? -1021 : exponent) - 53));
}
static void test_samples(void) {
    for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
        const sampled *s = &samples[k];
        double worst32 = 0, worst64 = 0;
        for (int i = 0; i < 4000; i++) {
            double x = between(s->low, s->high);
            worst32 = fmax(worst32, error32(s->f32((float)x), s->reference32((double)(float)x)));
            worst64 = fmax(worst64, error64(s->f64(x), s->reference64((long double)x)));
        }
        CHECK_MESSAGE(worst32 <= 1.0, "%sf: %.3f ULP", s->name, worst32);
        CHECK_MESSAGE(worst64 <= 1.0 + 0x1p-9, "%s: %.3f ULP", s->name, worst64);
    }
    for (int i = 0; i < 20000; i++) {
        double x = between(0, 4), y = between(-20, 20);
        CHECK(error64(wf_pow(x, y), powl((long double)x, (long double)y)) <= 1.0);
        double power = pow((float)x, (float)y);
        CHECK(power > 0x1.fffffep+127 || error32(wf_powf((float)x, (float)y), power) <= 1.0);
        CHECK(error64(wf_hypot(x, y), hypotl((long double)x, (long double)y)) <= 1.0);
        CHECK(error64(wf_atan2(x, y), atan2l((long double)x, (long double)y)) <= 1.0);
        CHECK(wf_fmod(y * 1e9, x) == fmod(y * 1e9, x));
        CHECK(wf_fmodf((float)(y * 1e9), (float)x) == fmodf((float)(y * 1e9), (float)x));
        int q1, q2;
        CHECK(wf_remquo(y * 1e3, x, &q1) == remquo(y * 1e3, x, &q2) && (q1 & 7) == (q2 & 7));
        CHECK(wf_remainderf((float)y, (float)x) == remainderf((float)y, (float)x));
    }
}

/* Errors of Bessel functions and lgamma are small beside the amplitude, here 0.1 at least. */
static void test_bessel(void) {
    for (int i = 0; i < 4000; i++) {
        double x = between(0.01, 50), near = 2e-17, near32 = 1e-8;
        CHECK_MESSAGE(fabsl(wf_j0(x) - j0l(x)) < near * 8 && fabsl(wf_j1(x) - j1l(x)) < near * 8, "%a", x);
        CHECK_MESSAGE(fabsl(wf_y0(x) - y0l(x)) <= near * 2 * (1 + fabs(y0(x)) * 4), "%a", x);
        CHECK_MESSAGE(fabsl(wf_y1(x) - y1l(x)) <= near * 2 * (1 + fabs(y1(x)) * 6), "%a", x);
        CHECK_MESSAGE(fabsl(wf_jn(7, x) - jnl(7, x)) < near * 4, "%a", x);
        float f = (float)x;
        CHECK_MESSAGE(fabs(wf_j0f(f) - j0(f)) < near32 * 6 && fabs(wf_j1f(f) - j1(f)) < near32 * 6, "%a", x);
        CHECK_MESSAGE(fabs(wf_y0f(f) - y0(f)) <= near32 * (1 + fabs(y0(f)) * 6), "%a", x);
        CHECK_MESSAGE(fabs(wf_y1f(f) - y1(f)) <= near32 * (1 + fabs(y1(f)) * 7), "%a", x);
        CHECK_MESSAGE(fabs(wf_lgamma(x) - lgamma(x)) <= 4e-16 * (1 + fabs(lgamma(x))), "%a", x);
        CHECK_MESSAGE(fabs(wf_lgamma(-x) - lgamma(-x)) <= 8e-16 * (1 + fabs(lgamma(-x))), "%a", x);
    }
    CHECK(wf_cyl_bessel_i0(0) == 1 && wf_cyl_bessel_i1(0) == 0 &&
          fabs(wf_cyl_bessel_i0(1) - 1.2660658777520082) < 3e-16);
    CHECK(wf_j0(0) == 1 && wf_j1(0) == 0 && wf_jn(3, 0) == 0 && wf_y0(0) == -INFINITY && isnan(wf_y0(-1)));
    /* the pieces meet: at x^2 = 12 and 34, at 8, and i's at 16 */
    const double ends[] = {0x1.bb67ae8584caap+1, 0x1.752e50db3a3a2p+2, 8, 16};
    for (int i = 0; i < 4; i++) {
        double x = ends[i], y = nextafter(x, 0);
        CHECK_MESSAGE(fabs(wf_j0(x) - wf_j0(y)) < 6e-16 && fabs(wf_j1(x) - wf_j1(y)) < 6e-16, "%a", x);
        CHECK_MESSAGE(fabs(wf_y0(x) - wf_y0(y)) < 6e-16 && fabs(wf_y1(x) - wf_y1(y)) < 6e-16, "%a", x);
        CHECK_MESSAGE(fabs(wf_cyl_bessel_i0(x) / wf_cyl_bessel_i0(y) - 1) < 4e-15, "%a", x);
        CHECK_MESSAGE(fabs(wf_cyl_bessel_i1(x) / wf_cyl_bessel_i1(y) - 1) < 4e-15, "%a", x);
    }
    CHECK(wf_y1(0x1p-1022) == -0x1.45f306dc9c883p+1021 && wf_y1(0x1p-1074) == -INFINITY &&
          isnan(wf_y1(-0.0) * 0));
    CHECK(wf_j1(0x1p-1074) == 0 && wf_j1(-0x1p-1000) == -0x1p-1001 && wf_j0(0x1p-600) == 1);
    CHECK(wf_jn(-3, 2) == -wf_jn(3, 2) && wf_jn(3, -2) == -wf_jn(3, 2) && wf_jn(400, 1.5) == 0);
    CHECK(wf_j0(INFINITY) == 0 && wf_yn(3, INFINITY) == 0 && wf_yn(5, 1e-100) == -INFINITY);
}

/* --- special values
 * ------------------------------------------------------------------------------------------------------- */
/* Equal as results: NaN equals NaN, zeros with their sign. */
static int same(double a, double b) { return isnan(a) ? isnan(b) : a == b && !signbit(a) == !signbit(b); }

static const double odd[] = {0.0,      -0.0,     1.0,   -1.0,     0.5,       -0.5,      2.0,
                             -2.0,     3.0,      -3.0,  0x1p-149, -0x1p-149, 0x1p-1074, 0x1p127,
                             -0x1p127, 0x1p1023, 1e300, INFINITY, -INFINITY, NAN};
enum { ODD = sizeof odd / sizeof *odd };

static void test_special(void) {
    for (int i = 0; i < ODD; i++) {
        double x = odd[i];
        for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
            const sampled *s = &samples[k];
            double want = s->reference32(x), got = s->f64(x), got32 = (double)s->f32((float)x);
            if (strcmp(s->name, "tgamma") == 0 && x < 0 && x == floor(x)) want = NAN;
            if (isnan(want) || isinf(want) || want == 0)
                CHECK_MESSAGE(same(got, want), "%s(%g) = %g, want %g", s->name, x, got, want);
            else
                CHECK_MESSAGE(fabs(got - want) <= 4e-16 * fabs(want), "%s(%g) = %g, want %g", s->name, x, got,
                              want);
            want = (double)(float)s->reference32((double)(float)x);
            if (strcmp(s->name, "tgamma") == 0 && x < 0 && (float)x == floorf((float)x) && x >= -0x1p127)
                want = x < -0x1p-1000 && (float)x != 0 ? (double)NAN : want;
            if (strcmp(s->name, "tgamma") == 0 && (float)x == -INFINITY) want = NAN;
            if (isnan(want) || isinf(want) || want == 0)
                CHECK_MESSAGE(same(got32, want), "%sf(%g) = %g, want %g", s->name, x, got32, want);
        }
        for (int j = 0; j < ODD; j++) {
            double y = odd[j];
            CHECK_MESSAGE(same(wf_atan2(x, y), atan2(x, y)) || error64(wf_atan2(x, y), atan2l(x, y)) < 1,
                          "atan2(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_pow(x, y), pow(x, y)), "pow(%g, %g) = %g", x, y, wf_pow(x, y));
            float fx = (float)x, fy = (float)y;
            CHECK_MESSAGE(same(wf_powf(fx, fy), powf(fx, fy)), "powf(%g, %g) = %g", x, y, wf_powf(fx, fy));
            CHECK_MESSAGE(same(wf_fmod(x, y), fmod(x, y)), "fmod(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_fmodf(fx, fy), fmodf(fx, fy)), "fmodf(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_remainder(x, y), remainder(x, y)), "remainder(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_remainderf(fx, fy), remainderf(fx, fy)), "remainderf(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_hypot(x, y), hypot(x, y)) || error64(wf_hypot(x, y), hypotl(x, y)) < 1,
                          "hypot(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_nextafter(x, y), nextafter(x, y)), "nextafter(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_nextafterf(fx, fy), nextafterf(fx, fy)), "nextafterf(%g, %g)", x, y);
            CHECK_MESSAGE(same(wf_fdim(x, y), fdim(x, y)), "fdim(%g, %g)", x, y);
        }
        for (int n = -2200; n < 2200; n += 7) {
            CHECK_MESSAGE(same(wf_ldexp(x, n), ldexp(x, n)), "ldexp(%g, %d)", x, n);
            CHECK_MESSAGE(same(wf_ldexpf((float)x, n), ldexpf((float)x, n)), "ldexpf(%g, %d)", x, n);
        }
        int e1, e2;
        double w1, w2;
        CHECK(same(wf_frexp(x, &e1), frexp(x, &e2)) && (isnan(x) || isinf(x) || e1 == e2));
        CHECK(same(wf_modf(x, &w1), modf(x, &w2)) && same(w1, w2));
        CHECK(same(wf_logb(x), logb(x)));
        CHECK(isinf(x) || isnan(x) || x == 0 || wf_ilogb(x) == ilogb(x));
    }
    CHECK(wf_ldexp(0x1.8p-1, -1074) == 0x1p-1074 && wf_ldexp(0x1p0, -1075) == 0 &&
          wf_ldexp(0x1.8p0, -1074) == 0x1p-1073);
    CHECK(wf_ldexpf(0x1.000002p-120f, -30) == 0x1p-149f && wf_ldexpf(0x1p-120f, -30) == 0);
}

static void test_exact(void) {
    for (int n = -1074; n < 1024; n++) CHECK(wf_exp2(n) == ldexp(1.0, n));
    for (int n = -149; n < 128; n++) CHECK(wf_exp2f((float)n) == ldexpf(1.0f, n));
    for (int n = -1074; n < 1024; n++) CHECK(wf_log2(ldexp(1.0, n)) == n);
    for (int n = 1; n < 200; n++) {
        double x = n / 4.0;
        CHECK(wf_cbrt(x * x * x) == x && wf_cbrtf((float)(x * x * x)) == (float)x);
        CHECK(wf_pow(x, 2) == x * x && wf_powf((float)x, 2) == (float)(x * x) && wf_powi(x, 3) == x * x * x);
        CHECK(wf_hypot(3 * x, 4 * x) == 5 * x);
        CHECK(wf_sinpi(n) == 0 && wf_cospi(n) == (n & 1 ? -1 : 1) && wf_cospi(n + 0.5) == 0);
        CHECK(wf_rsqrt(x * x) == 1 / x);
    }
    double factorial = 1;
    for (int n = 1; n < 20; n++, factorial *= n - 1) CHECK_MESSAGE(wf_tgamma(n) == factorial, "gamma(%d)", n);
    CHECK(wf_lgammaf(0x1.895f1ap+121f) < INFINITY && wf_lgammaf(0x1.895f1cp+121f) == INFINITY);
    CHECK(wf_lgamma(0x1.754d9278b51a7p+1014) < INFINITY && wf_lgamma(0x1.754d9278b51a8p+1014) == INFINITY);
    CHECK(wf_lgamma(0x1.754d9278b51a7p+1014) == 0x1.fffffffffffffp+1023 &&
          wf_lgamma(2.5599e305) < 0x1.ffffp+1023);
    CHECK(wf_lgamma(1) == 0 && wf_lgamma(2) == 0 && wf_exp(0) == 1 && wf_log(1) == 0 && wf_acos(1) == 0);
    for (int n = -323; n <= 308; n++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", n);
        CHECK_MESSAGE(error64(wf_exp10(n), strtold(text, NULL)) <= 1.0, "exp10(%d)", n);
    }
}

/* --- half, bfloat16
 * ---------------------------------------------------------------------------------------------------------
 */
/* The nearest of the format's numbers, by search: what the conversions must give. `to` decodes. */
static unsigned short nearest16(double x, float (*to)(unsigned short), unsigned short infinity,
                                double overflow) {
    if (isnan(x)) return 0xffff;
    unsigned short sign = signbit(x) ? 0x8000 : 0;
    double a = fabs(x);
    if (a >= overflow) return (unsigned short)(sign | infinity);
    unsigned short low = 0, high = (unsigned short)(infinity - 1);
    while (low < high) { /* the largest not above a */
        unsigned short middle = (unsigned short)((low + high + 1) / 2);
        if ((double)to(middle) <= a) low = middle;
        else high = (unsigned short)(middle - 1);
    }
    double below = a - (double)to(low),
           above = low + 1 < infinity ? (double)to((unsigned short)(low + 1)) - a : overflow;
    if (low + 1 < infinity && (above < below || (above == below && (low & 1)))) low++;
    return (unsigned short)(sign | low);
}
static void test_half_of(double x) {
    unsigned short want = nearest16(x, wf_half2float, 0x7c00, 65520.0), got = wf_double2half(x);
    CHECK_MESSAGE(isnan(x) ? (got & 0x7fff) > 0x7c00 : got == want, "double2half(%a) = %x, want %x", x, got,
                  want);
    want = nearest16(x, wf_bfloat162float, 0x7f80, 0x1.ffp127), got = wf_double2bfloat16(x);
    CHECK_MESSAGE(isnan(x) ? (got & 0x7fff) > 0x7f80 : got == want, "double2bfloat16(%a) = %x, want %x", x,
                  got, want);
    float f = (float)x;
    want = nearest16((double)f, wf_half2float, 0x7c00, 65520.0), got = wf_float2half(f);
    CHECK_MESSAGE(isnan(f) ? (got & 0x7fff) > 0x7c00 : got == want, "float2half(%a) = %x, want %x", (double)f,
                  got, want);
    want = nearest16((double)f, wf_bfloat162float, 0x7f80, 0x1.ffp127), got = wf_float2bfloat16(f);
    CHECK_MESSAGE(isnan(f) ? (got & 0x7fff) > 0x7f80 : got == want, "float2bfloat16(%a) = %x, want %x",
                  (double)f, got, want);
}
static void test_half(void) {
    for (unsigned h = 0; h < 0x10000; h++) {
        float f = wf_half2float((unsigned short)h);
        int exponent = (int)(h >> 10) & 31, mantissa = (int)h & 1023;
        double want = exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
        if (exponent == 31) want = mantissa ? NAN : INFINITY;
        if (h & 0x8000) want = -want;
        CHECK(same((double)f, want));
        CHECK(isnan(want) || (wf_float2half(f) == h && wf_double2half((double)f) == h));
        float b = wf_bfloat162float((unsigned short)h);
        CHECK(isnan(b) || (wf_float2bfloat16(b) == h && wf_double2bfloat16((double)b) == h));
    }
    for (int i = 0; i < 50000; i++) {
        uint64_t r = next_random();
        double d;
        test_half_of((double)bits_float((uint32_t)r));
        test_half_of(ldexp(between(-2, 2), (int)(r % 48) - 28));
        memcpy(&d, &r, 8);
        test_half_of(d);
    }
    /* halfway cases and their neighbours, also those that a step through float would get wrong */
    for (unsigned h = 0; h < 0x7c00; h += 3) {
        double middle = ((double)wf_half2float((unsigned short)h) +
                         (h == 0x7bff ? 65536.0 : (double)wf_half2float((unsigned short)(h + 1)))) /
                        2;
        test_half_of(middle);
        test_half_of(nextafter(middle, 1e9));
        test_half_of(-nextafter(middle, 0));
    }
}

/* --- complex
 * ------------------------------------------------------------------------------------------------------------------
 */
/* C11's CMPLX, which some libraries give to gcc only. */
static double complex as_complex(double x, double y) {
    union {
        double parts[2];
        double complex z;
    } pun = {{x, y}};
    return pun.z;
}

typedef struct complex_row {
    const char *name;
    wf_c128 (*f64)(wf_c128);
    wf_c64 (*f32)(wf_c64);
    double complex (*reference)(double complex);
} complex_row;
#define CROW(name)                                                                                           \
    { #name, wf_c##name, wf_c##name##f, c##name }
static const complex_row complex_rows[] = {CROW(exp),  CROW(log),  CROW(sqrt),  CROW(sin),   CROW(cos),
                                           CROW(tan),  CROW(sinh), CROW(cosh),  CROW(tanh),  CROW(asin),
                                           CROW(acos), CROW(atan), CROW(asinh), CROW(acosh), CROW(atanh)};

static void test_complex(void) {
    static const double parts[] = {0.0,    -0.0,  1.0,   -1.0,     0.3,       2.5,
                                   -700.0, 1e-30, 1e200, INFINITY, -INFINITY, NAN};
    enum { PARTS = sizeof parts / sizeof *parts };
    for (size_t k = 0; k < sizeof complex_rows / sizeof *complex_rows; k++) {
        const complex_row *row = &complex_rows[k];
        double worst = 0, worst32 = 0;
        for (int i = 0; i < 3000; i++) {
            double x = between(-4, 4), y = between(-4, 4);
            double complex want = row->reference(as_complex(x, y));
            wf_c128 got = row->f64((wf_c128){x, y});
            worst = fmax(worst, cabs(as_complex(got.x, got.y) - want) / cabs(want));
            wf_c64 got32 = row->f32((wf_c64){(float)x, (float)y});
            want = row->reference(as_complex((float)x, (float)y));
            worst32 = fmax(worst32, cabs(as_complex(got32.x, got32.y) - want) / cabs(want));
        }
        CHECK_MESSAGE(worst < 16 * 0x1p-53, "c%s: %.2g", row->name, worst);
        CHECK_MESSAGE(worst32 < 16 * 0x1p-24, "c%sf: %.2g", row->name, worst32);
        for (int i = 0; i < PARTS; i++)
            for (int j = 0; j < PARTS; j++) {
                double complex want = row->reference(as_complex(parts[i], parts[j]));
                wf_c128 got = row->f64((wf_c128){parts[i], parts[j]});
                int close = !isnan(got.x) && cabs(as_complex(got.x, got.y) - want) <= 1e-15 * cabs(want);
                int real =
                    same(got.x, creal(want)) || (isinf(creal(want)) && isinf(got.x) && isnan(cimag(want)));
                int imaginary = same(got.y, cimag(want)) ||
                                (got.y == 0 && cimag(want) == 0 && isnan(creal(want))) ||
                                (isinf(got.y) && isinf(cimag(want)) && isnan(creal(want)));
                real = real || fabs(got.x - creal(want)) <= 1e-15 * fabs(creal(want));
                imaginary = imaginary || fabs(got.y - cimag(want)) <= 1e-15 * fabs(cimag(want));
                CHECK_MESSAGE(close || (real && imaginary), "c%s(%g, %g) = (%g, %g), want (%g, %g)",
                              row->name, parts[i], parts[j], got.x, got.y, creal(want), cimag(want));
            }
    }
    for (int i = 0; i < 3000; i++) {
        wf_c128 a = {between(-4, 4), between(-4, 4)}, b = {between(-4, 4), between(-4, 4)},
                q = wf_cmul(wf_cdiv(a, b), b);
        CHECK(cabs(as_complex(q.x - a.x, q.y - a.y)) < 1e-14 * wf_cabs(a));
        wf_c128 p = wf_cpow(a, (wf_c128){2.5, -0.5});
        double complex want = cpow(as_complex(a.x, a.y), as_complex(2.5, -0.5));
        CHECK(cabs(as_complex(p.x, p.y) - want) < 1e-14 * cabs(want));
    }
}

/* --- random numbers
 * -----------------------------------------------------------------------------------------------------------
 */
static void test_random(void) {
    /* the known answers published with the generator (Random123, kat_vectors) */
    wf_u32x4 a = wf_philox4x32((wf_u32x4){0, 0, 0, 0}, 0, 0);
    CHECK(a.x == 0x6627e8d5 && a.y == 0xe169c58d && a.z == 0xbc57ac4c && a.w == 0x9b00dbd8);
    a = wf_philox4x32((wf_u32x4){0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffff);
    CHECK(a.x == 0x408f276d && a.y == 0x41c83b0e && a.z == 0xa20bc7c6 && a.w == 0x6d5451fd);
    a = wf_philox4x32((wf_u32x4){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0);
    CHECK(a.x == 0xd16cfe09 && a.y == 0x94fdcceb && a.z == 0x5001e420 && a.w == 0x24126ea1);
    wf_u64x4 b = wf_philox4x64((wf_u64x4){0, 0, 0, 0}, 0, 0);
    CHECK(b.x == 0x16554d9eca36314c && b.y == 0xdb20fe9d672d0fdc && b.z == 0xd7e772cee186176b &&
          b.w == 0x7e68b68aec7ba23b);
    double sum = 0, squares = 0, fourth = 0, uniform = 0;
    int count = 40000;
    for (int i = 0; i < count; i++) {
        wf_u32x4 w = wf_philox4x32((wf_u32x4){(unsigned)i, 0, 0, 0}, 7, 11);
        double z = (double)wf_normalf(w.x);
        sum += z, squares += z * z, fourth += z * z * z * z;
        uniform += (double)wf_uniformf(w.y);
        CHECK(wf_uniformf(w.z) >= 0 && wf_uniformf(w.z) < 1 && wf_exponentialf(w.w) >= 0);
    }
    CHECK(fabs(sum / count) < 0.02 && fabs(squares / count - 1) < 0.03 && fabs(fourth / count - 3) < 0.2);
    CHECK(fabs(uniform / count - 0.5) < 0.006);
    CHECK(isfinite(wf_normalf(0)) && isfinite(wf_normalf(0xffffffff)) && isfinite(wf_normal(0)) &&
          isfinite(wf_normal(UINT64_MAX)));
    CHECK(wf_uniformf(0xffffffff) < 1 && wf_uniform(UINT64_MAX) < 1 && wf_normalf(1) == -wf_normalf(0));
}

int main(void) {
    test_samples();
    test_bessel();
    test_special();
    test_exact();
    test_half();
    test_complex();
    test_random();
    return check_report("device math");
}
