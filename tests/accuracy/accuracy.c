/* accuracy.c: how far the device library is from the truth, measured.
 *
 *   accuracy [--f32 | --f64] [--step N] [--samples N] [--threads N] [--limit ULP] [--markdown] [NAME...]
 *
 * float32 functions of one argument run over all 2^32 inputs (every Nth with --step) against a
 * double-precision reference; float32 functions of two arguments and all float64 functions over random
 * samples: half of them uniform over bit patterns, half uniform over the range where the function does
 * something, against __float128 (113 bits). Prints for each function the largest error in units in the last
 * place of the reference, where it lies, and how often the result is not the correctly rounded one. NaN must
 * meet NaN, infinity infinity, and zeros must have the right sign; a mismatch is printed as "wrong". The
 * status is 1 if a function is above --limit (default 1) or wrong anywhere.
 *
 * Needs gcc's libquadmath; the reference functions are the C library's and libquadmath's. Where neither has
 * the function, it is composed here in __float128 from functions that they have. */
#define _GNU_SOURCE
#include "device/wf_device_all.h"
#include <math.h>
#include <pthread.h>
#include <quadmath.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __float128 quad;
#include "references.h"

typedef struct entry {
    const char *name;
    float (*f32)(float);
    double (*reference32)(double); /* NULL: reference64 rounded to double */
    double (*f64)(double);
    quad (*reference64)(quad);
    double low, high; /* the range of interest */
    double
        zeros; /* 0: relative error everywhere; else errors are taken relative to at least this amplitude
                  (functions with zeros that no format represents); -1: Bessel functions, sqrt(2 / (pi x)) */
} entry;

typedef struct entry2 {
    const char *name;
    float (*f32)(float, float);
    double (*f64)(double, double);
    quad (*reference)(quad, quad);
    double low1, high1, low2, high2;
} entry2;

#include "table.h"

typedef struct result {
    double worst;                      /* ULP */
    double at, at2;                    /* the argument there */
    unsigned long long count, rounded; /* inputs, and how many were not correctly rounded */
    unsigned long long wrong;
    double wrong_at, wrong_at2;
} result;

/* The amplitude that errors are relative to: a constant, or (-1) that of a Bessel function at x. */
static double amplitude_of(const entry *e, double x) {
    if (e->zeros >= 0) return e->zeros;
    double a = fabs(x);
    return a > 1 ? sqrt(2 / M_PI / a) : 0;
}

static unsigned long long option_step = 1, option_samples = 2000000;
static int option_threads = 2;
static double option_limit = 1.0;
static int option_markdown;

static double ulp32(double reference) {
    int exponent;
    frexp(reference, &exponent);
    if (exponent < -125) exponent = -125;
    return ldexp(1.0, exponent - 24);
}
static quad ulp64(quad reference) {
    int exponent;
    frexpq(reference, &exponent);
    if (exponent < -1021) exponent = -1021;
    return ldexpq(1.0Q, exponent - 53);
}

static void judge(result *r, double got, quad reference, int is32, double amplitude, double x, double y) {
    quad limit = is32 ? 0x1.ffffffp+127Q : 0x1.fffffffffffff8p+1023Q;
    r->count++;
    int overflow = fabsq(reference) >= limit;
    int bad = 0;
    if (isnanq(reference)) bad = !isnan(got);
    else if (isnan(got)) bad = 1;
    else if (isinf(got))
        bad = isinfq(reference) ? (got > 0) != (reference > 0)
                                : fabsq(reference) < limit * (1 - (is32 ? 0x1p-24Q : 0x1p-53Q)) ||
                                      (got > 0) != (reference > 0);
    else if (isinfq(reference)) bad = 1;
    else if (got == 0 && reference == 0) bad = !signbit(got) != !signbitq(reference);
    if (bad) {
        if (!r->wrong++) r->wrong_at = x, r->wrong_at2 = y;
        return;
    }
    if (isnanq(reference) || isinf(got) || reference == 0) {
        if (reference == 0 && got != 0) {
            if (!r->wrong++) r->wrong_at = x, r->wrong_at2 = y;
        }
        return;
    }
    (void)overflow;
    quad scale = amplitude > 0 && fabsq(reference) < amplitude ? (quad)amplitude : reference;
    quad ulp = is32 ? (quad)ulp32((double)scale) : ulp64(scale);
    double error = (double)(fabsq((quad)got - reference) / ulp);
    if (error > 0.5) r->rounded++;
    if (error > r->worst) r->worst = error, r->at = x, r->at2 = y;
}

/* The same for float32 with a double reference, without quad arithmetic: it runs 2^32 times. */
static void judge32(result *r, float got, double reference, double amplitude, double x) {
    if (!(fabs(reference) < 0x1.fffffep+127) || isnan(got) || isinf(got) || reference == 0) {
        judge(r, got, reference, 1, amplitude, x, 0);
        return;
    }
    r->count++;
    double scale = fabs(reference) < amplitude ? amplitude : fabs(reference);
    uint64_t bits;
    memcpy(&bits, &scale, 8);
    int exponent = (int)(bits >> 52) - 1023;
    if (exponent < -126) exponent = -126;
    bits = (uint64_t)(1023 - (exponent - 23)) << 52;
    double per_ulp;
    memcpy(&per_ulp, &bits, 8);
    double error = fabs((double)got - reference) * per_ulp;
    if (error > 0.5) r->rounded++;
    if (error > r->worst) r->worst = error, r->at = x;
    if (got == 0 && !signbit(got) != !signbit(reference)) {
        if (!r->wrong++) r->wrong_at = x;
    }
}

static void merge(result *into, const result *from) {
    into->count += from->count;
    into->rounded += from->rounded;
    if (from->worst > into->worst) into->worst = from->worst, into->at = from->at, into->at2 = from->at2;
    if (from->wrong && !into->wrong) into->wrong_at = from->wrong_at, into->wrong_at2 = from->wrong_at2;
    into->wrong += from->wrong;
}

static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double sample(uint64_t *state, int is32, double low, double high) {
    uint64_t r = next_random(state);
    if (r & 1) {
        r = next_random(state);
        if (is32) {
            uint32_t u = (uint32_t)r;
            float f;
            memcpy(&f, &u, 4);
            return f;
        }
        double d;
        memcpy(&d, &r, 8);
        return d;
    }
    double x = low + (high - low) * ((double)(next_random(state) >> 11) * 0x1p-53);
    return is32 ? (float)x : x;
}

typedef struct job {
    const entry *e;
    const entry2 *e2;
    int is32, index, count;
    result r;
} job;

static void *work(void *argument) {
    job *j = argument;
    if (j->e && j->is32) {
        uint64_t chunk = 0x100000000u / (uint64_t)j->count;
        uint64_t first = chunk * (uint64_t)j->index,
                 last = j->index == j->count - 1 ? 0x100000000u : first + chunk;
        for (uint64_t u = first; u < last; u += option_step) {
            uint32_t bits = (uint32_t)u;
            float x;
            memcpy(&x, &bits, 4);
            double reference = j->e->reference32 ? j->e->reference32(x) : (double)j->e->reference64(x);
            judge32(&j->r, j->e->f32(x), reference, amplitude_of(j->e, x), x);
        }
        return NULL;
    }
    uint64_t state = 0x1234567u + (uint64_t)j->index * 7919;
    for (uint64_t i = 0; i < option_samples / (uint64_t)j->count; i++) {
        if (j->e) {
            double x = sample(&state, 0, j->e->low, j->e->high);
            judge(&j->r, j->e->f64(x), j->e->reference64(x), 0, amplitude_of(j->e, x), x, 0);
        } else {
            double x = sample(&state, j->is32, j->e2->low1, j->e2->high1);
            double y = sample(&state, j->is32, j->e2->low2, j->e2->high2);
            if (i % 16 == 7) y = x; /* the diagonal */
            double got = j->is32 ? (double)j->e2->f32((float)x, (float)y) : j->e2->f64(x, y);
            judge(&j->r, got, j->e2->reference(x, y), j->is32, 0, x, y);
        }
    }
    return NULL;
}

static int measure(const char *name, const entry *e, const entry2 *e2, int is32) {
    job jobs[64];
    pthread_t threads[64];
    result total = {0};
    for (int i = 0; i < option_threads; i++) {
        jobs[i] = (job){.e = e, .e2 = e2, .is32 = is32, .index = i, .count = option_threads};
        pthread_create(&threads[i], NULL, work, &jobs[i]);
    }
    for (int i = 0; i < option_threads; i++) {
        pthread_join(threads[i], NULL);
        merge(&total, &jobs[i].r);
    }
    int bad = total.wrong || !(total.worst <= option_limit);
    double percent = 100.0 * (double)total.rounded / (double)(total.count ? total.count : 1);
    if (option_markdown) {
        printf("| %s | %s | %.3g | %.4f | ", name, is32 ? "float32" : "float64", (double)total.count,
               total.worst);
        if (e2) printf("(%.9g, %.9g)", total.at, total.at2);
        else printf("%.9g", total.at);
        printf(" | %.2g | %s |\n", percent, bad ? "**above the limit**" : "");
        fflush(stdout);
        return bad;
    }
    printf("%-12s %s %12llu  %.4f at ", name, is32 ? "f32" : "f64", total.count, total.worst);
    if (e2) printf("(%a, %a)", total.at, total.at2);
    else printf("%a (%g)", total.at, total.at);
    printf("  not rounded %.3g%%", percent);
    if (total.wrong) printf("  WRONG %llu, first (%a, %a)", total.wrong, total.wrong_at, total.wrong_at2);
    printf("%s\n", bad ? "  <<<" : "");
    fflush(stdout);
    return bad;
}

static int wanted(const char *name, char **names, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0) return 1;
    return count == 0;
}

int main(int argc, char **argv) {
    int bad = 0, only32 = 0, only64 = 0, i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "--f32")) only32 = 1;
        else if (!strcmp(argv[i], "--f64")) only64 = 1;
        else if (!strcmp(argv[i], "--markdown")) option_markdown = 1;
        else if (i + 1 < argc && !strcmp(argv[i], "--step")) option_step = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--samples")) option_samples = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--threads")) option_threads = atoi(argv[++i]);
        else if (i + 1 < argc && !strcmp(argv[i], "--limit")) option_limit = atof(argv[++i]);
        else return fprintf(stderr, "unknown option %s\n", argv[i]), 2;
    }
    if (option_threads < 1 || option_threads > 64 || option_step < 1) return 2;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const entry *e = &table[k];
        if (!wanted(e->name, argv + i, argc - i)) continue;
        if (e->f32 && !only64) bad |= measure(e->name, e, NULL, 1);
        if (e->f64 && !only32) bad |= measure(e->name, e, NULL, 0);
    }
    for (size_t k = 0; k < sizeof table2 / sizeof *table2; k++) {
        const entry2 *e = &table2[k];
        if (!wanted(e->name, argv + i, argc - i)) continue;
        if (e->f32 && !only64) bad |= measure(e->name, NULL, e, 1);
        if (e->f64 && !only32) bad |= measure(e->name, NULL, e, 0);
    }
    return bad;
}
