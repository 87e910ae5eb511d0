/* complex.c: how far the complex functions are from the truth, on samples.
 *
 *   complex [--samples N] [--results FILE] [NAME...]
 *
 * The reference is libquadmath's. An error is the distance to the true value in units of the last place of
 * its modulus: where a part is much smaller than the other, only the sum is promised. The largest error of
 * each part in its own units is told too. Samples are of five kinds by turns: parts within 4, parts of every
 * size up to 2^20, bit patterns, near 0, 1 and -1, and the unit circle. */
#define _GNU_SOURCE
#include "device/wf_device_all.h"
#include <math.h>
#include <quadmath.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __float128 quad;
typedef __complex128 cquad;

static cquad of_parts(quad x, quad y) {
    cquad z;
    __real__ z = x, __imag__ z = y;
    return z;
}
static cquad exp2_q(cquad z) { return cexpq(z * M_LN2q); }
static cquad log2_q(cquad z) { return clogq(z) / M_LN2q; }
static cquad log10_q(cquad z) { return clogq(z) / M_LN10q; }
static cquad expm1_q(cquad z) {
    quad x = crealq(z), y = cimagq(z), s = sinq(y / 2);
    return of_parts(expm1q(x) * cosq(y) - 2 * s * s, expq(x) * sinq(y));
}
static cquad log1p_q(cquad z) {
    quad x = crealq(z), y = cimagq(z);
    return of_parts(log1pq(x * (2 + x) + y * y) / 2, atan2q(y, 1 + x));
}

typedef struct entry {
    const char *name;
    wf_c64 (*f32)(wf_c64);
    wf_c128 (*f64)(wf_c128);
    cquad (*q)(cquad);
} entry;
#define CALLED(name)                                                                                         \
    static wf_c64 f32_##name(wf_c64 z) { return wf_c##name##f(z); }                                          \
    static wf_c128 f64_##name(wf_c128 z) { return wf_c##name(z); }
#define ROW(name, q) {#name, f32_##name, f64_##name, q},
#define FUNCTIONS(X)                                                                                         \
    X(exp, cexpq)                                                                                            \
    X(exp2, exp2_q)                                                                                          \
    X(expm1, expm1_q)                                                                                        \
    X(log, clogq)                                                                                            \
    X(log2, log2_q)                                                                                          \
    X(log10, log10_q)                                                                                        \
    X(log1p, log1p_q)                                                                                        \
    X(sqrt, csqrtq)                                                                                          \
    X(sin, csinq)                                                                                            \
    X(cos, ccosq)                                                                                            \
    X(tan, ctanq)                                                                                            \
    X(asin, casinq)                                                                                          \
    X(acos, cacosq)                                                                                          \
    X(atan, catanq)                                                                                          \
    X(sinh, csinhq)                                                                                          \
    X(cosh, ccoshq)                                                                                          \
    X(tanh, ctanhq)                                                                                          \
    X(asinh, casinhq)                                                                                        \
    X(acosh, cacoshq)                                                                                        \
    X(atanh, catanhq)
#define CALLED_OF(name, q) CALLED(name)
FUNCTIONS(CALLED_OF)
static const entry table[] = {FUNCTIONS(ROW)};

static uint64_t state = 1;
static uint64_t next(void) {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
static double between(double low, double high) {
    return low + (high - low) * (double)(next() >> 11) * 0x1p-53;
}
static double either_sign(double x) { return next() & 1 ? x : -x; }
static double bits(int single) {
    return single ? (double)wf_bits_float((unsigned)(next() >> 32)) : wf_bits_double(next());
}

static void sample(unsigned long long i, int single, double *x, double *y) {
    double angle = between(0, 6.3);
    switch (i % 5) {
    case 0: *x = between(-4, 4), *y = between(-4, 4); break;
    case 1: *x = either_sign(exp2(between(-20, 20))), *y = either_sign(exp2(between(-20, 20))); break;
    case 2: *x = bits(single), *y = bits(single); break;
    case 3:
        *x = (double)(int)(next() % 3) - 1 + either_sign(exp2(between(-30, -1)));
        *y = (double)(int)(next() % 3) - 1 + either_sign(exp2(between(-30, -1)));
        break;
    default: *x = cos(angle), *y = sin(angle);
    }
    if (single) *x = (float)*x, *y = (float)*y;
}

static quad unit_of(quad v, int single) {
    int e, least = single ? -126 : -1022;
    frexpq(v, &e);
    e = e - 1 < least ? least : e - 1;
    return ldexpq(1, e - (single ? 23 : 52));
}

typedef struct worst {
    double modulus, x, y, real, imag;
    unsigned long long count;
} worst;

static void one(const entry *e, int single, double x, double y, worst *w) {
    wf_c128 got;
    if (single) {
        wf_c64 r = e->f32((wf_c64){(float)x, (float)y});
        got = (wf_c128){r.x, r.y};
    } else got = e->f64((wf_c128){x, y});
    cquad want = e->q(of_parts(x, y));
    quad dx = fabsq(got.x - crealq(want)), dy = fabsq(got.y - cimagq(want));
    if (!finiteq(dx) || !finiteq(dy))
        return; /* special values are tests/python/test_complex_functions.py's */
    double error = (double)(hypotq(dx, dy) / unit_of(cabsq(want), single));
    w->count++;
    w->real = fmax(w->real, (double)(dx / unit_of(crealq(want), single)));
    w->imag = fmax(w->imag, (double)(dy / unit_of(cimagq(want), single)));
    if (error > w->modulus) w->modulus = error, w->x = x, w->y = y;
}

int main(int argc, char **argv) {
    unsigned long long samples = 100000;
    FILE *results = NULL;
    int names = 0;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--samples") && i + 1 < argc) samples = strtoull(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--results") && i + 1 < argc) results = fopen(argv[++i], "a");
        else names++;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        for (int single = 1; single >= 0; single--) {
            const entry *e = &table[k];
            int wanted = !names;
            for (int i = 1; i < argc; i++) wanted = wanted || !strcmp(argv[i], e->name);
            if (!wanted) continue;
            worst w = {0};
            for (unsigned long long i = 0; i < samples; i++) {
                double x, y;
                sample(i, single, &x, &y);
                /* the product with log 2 has two words: it serves to 2^10 and so */
                if (!strcmp(e->name, "exp2") && !(fabs(y) < 1000)) continue;
                one(e, single, x, y, &w);
            }
            const char *type = single ? "complex64" : "complex128";
            printf("%-6s %-10s %llu  %.3f at (%.17g, %.17g)  parts %.3g %.3g\n", e->name, type, w.count,
                   w.modulus, w.x, w.y, w.real, w.imag);
            fflush(stdout);
            if (results)
                fprintf(results, "complex %s %s %llu %.4f %.17g %.17g %.4g %.4g\n", e->name, type, w.count,
                        w.modulus, w.x, w.y, w.real, w.imag);
        }
    return 0;
}
