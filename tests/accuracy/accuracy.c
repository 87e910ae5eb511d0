/* accuracy.c: how far the device library is from the truth, on samples: float64, and functions of two
 * arguments. (float32 functions of one argument run over all their inputs: exhaustive.c.)
 *
 *   accuracy [--f32 | --f64] [--samples N] [--threads N] [--limit ULP] [--results FILE] [NAME...]
 *
 * Half of the samples are uniform over bit patterns, half uniform over the range where the function does
 * something, and the published hard cases of hard.h come first. float32 is judged against the C library's
 * double functions, float64 against its long double ones (64 bits), where it has them; every CHECKED-th of
 * those references is itself compared with libquadmath's (113 bits), which is also the reference where the C
 * library has no long double function. Prints for each function the largest error in units in the last place
 * of the reference, where it lies, and how often the result is not the correctly rounded one. NaN must
 * meet NaN, infinity infinity, and zeros must have the right sign; a mismatch is printed as "wrong". The
 * status is 1 if a function is above --limit (default 1) or wrong anywhere.
 *
 * Needs gcc's libquadmath. Where neither library has the function, it is composed in references.h in
 * __float128 from functions that they have. */
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

enum { CHECKED = 1024 };

typedef struct entry {
    const char *name;
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
    double (*reference32)(double, double);
    long double (*reference_long)(long double, long double);
} entry2;

#include "table.h"
#include "hard.h"

/* The C library's long double functions, by name. */
static const struct {
    const char *name;
    long double (*function)(long double);
} longs[] = {{"exp", expl},   {"exp2", exp2l},   {"exp10", exp10l}, {"expm1", expm1l}, {"log", logl},
             {"log2", log2l}, {"log10", log10l}, {"log1p", log1pl}, {"sin", sinl},     {"cos", cosl},
             {"tan", tanl},   {"asin", asinl},   {"acos", acosl},   {"atan", atanl},   {"sinh", sinhl},
             {"cosh", coshl}, {"tanh", tanhl},   {"asinh", asinhl}, {"acosh", acoshl}, {"atanh", atanhl},
             {"cbrt", cbrtl}, {"round", roundl}, {"logb", logbl},   {"erf", erfl},     {"erfc", erfcl}};
typedef long double long_function(long double);
static long_function *long_of(const char *name) {
    for (size_t i = 0; i < sizeof longs / sizeof *longs; i++)
        if (!strcmp(longs[i].name, name)) return longs[i].function;
    return NULL;
}

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

static unsigned long long option_samples = 2000000;
static const char *option_results;
static int option_threads = 2;
static double option_limit = 1.0;

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

/* The same without quad arithmetic, which is slow: for a long double reference. */
static void judge_long(result *r, double got, long double reference, int is32, double amplitude, double x,
                       double y) {
    long double limit = is32 ? 0x1.fffffep+127L : 0x1.fffffffffffffp+1023L;
    if (!(fabsl(reference) < limit) || isnan(got) || isinf(got) || reference == 0) {
        judge(r, got, (quad)reference, is32, amplitude, x, y);
        return;
    }
    long double scale = fabsl(reference) < amplitude ? (long double)amplitude : reference;
    int exponent = ilogbl(scale), least = is32 ? -126 : -1022;
    double error = (double)ldexpl(fabsl((long double)got - reference),
                                  (is32 ? 23 : 52) - (exponent < least ? least : exponent));
    r->count++;
    if (error > 0.5) r->rounded++;
    if (error > r->worst) r->worst = error, r->at = x, r->at2 = y;
    if (got == 0 && !signbit(got) != !signbit(reference) && !r->wrong++) r->wrong_at = x, r->wrong_at2 = y;
}
/* A reference that libquadmath contradicts counts as wrong. */
static void check_reference(result *r, long double reference, quad truth, double amplitude, double x,
                            double y) {
    quad scale = fabsq(truth) > amplitude ? fabsq(truth) : (quad)amplitude;
    if ((isnanl(reference) && isnanq(truth)) || (quad)reference == truth || scale > 0x1p16000Q ||
        fabsq(reference - truth) <= scale * 0x1p-58Q + 0x1p-1140Q)
        return;
    if (!r->wrong++) r->wrong_at = x, r->wrong_at2 = y;
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

static void one(job *j, long_function *f, double x, unsigned long long i) {
    double amplitude = amplitude_of(j->e, x), got = j->e->f64(x);
    if (!f) {
        judge(&j->r, got, j->e->reference64(x), 0, amplitude, x, 0);
        return;
    }
    long double reference = f(x);
    judge_long(&j->r, got, reference, 0, amplitude, x, 0);
    if (i % CHECKED == 0) check_reference(&j->r, reference, j->e->reference64(x), amplitude, x, 0);
}
static void two(job *j, double x, double y, unsigned long long i) {
    if (j->is32) {
        float a = (float)x, b = (float)y;
        judge_long(&j->r, (double)j->e2->f32(a, b), j->e2->reference32(a, b), 1, 0, a, b);
        return;
    }
    long double reference = j->e2->reference_long(x, y);
    judge_long(&j->r, j->e2->f64(x, y), reference, 0, 0, x, y);
    if (i % CHECKED == 0) check_reference(&j->r, reference, j->e2->reference(x, y), 0, x, y);
}

static void *work(void *argument) {
    job *j = argument;
    uint64_t state = 0x1234567u + (uint64_t)j->index * 7919;
    long_function *f = j->e ? long_of(j->e->name) : NULL;
    /* libquadmath's functions take microseconds */
    unsigned long long count = option_samples / (uint64_t)j->count / (j->e && !f ? 16 : 1);
    for (size_t i = 0; j->index == 0 && i < sizeof hard / sizeof *hard; i++) {
        if (strcmp(hard[i].name, j->e ? j->e->name : j->e2->name) != 0) continue;
        if (j->e) one(j, f, hard[i].x, 0);
        else two(j, hard[i].x, hard[i].y, 0);
    }
    for (uint64_t i = 0; i < count; i++) {
        if (j->e) {
            one(j, f, sample(&state, 0, j->e->low, j->e->high), i);
        } else {
            double x = sample(&state, j->is32, j->e2->low1, j->e2->high1);
            double y = sample(&state, j->is32, j->e2->low2, j->e2->high2);
            if (i % 16 == 7) y = x; /* the diagonal */
            two(j, x, y, i);
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
    FILE *f = option_results ? fopen(option_results, "a") : NULL;
    if (f) {
        fprintf(f, "sampled %s %s %llu %.4f %.17g %.17g %.3g %llu\n", name, is32 ? "float32" : "float64",
                total.count, total.worst, total.at, total.at2, percent, total.wrong);
        fclose(f);
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
        else if (i + 1 < argc && !strcmp(argv[i], "--results")) option_results = argv[++i];
        else if (i + 1 < argc && !strcmp(argv[i], "--samples")) option_samples = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--threads")) option_threads = atoi(argv[++i]);
        else if (i + 1 < argc && !strcmp(argv[i], "--limit")) option_limit = atof(argv[++i]);
        else return fprintf(stderr, "unknown option %s\n", argv[i]), 2;
    }
    if (option_threads < 1 || option_threads > 64) return 2;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const entry *e = &table[k];
        if (!wanted(e->name, argv + i, argc - i)) continue;
        if (!only32) bad |= measure(e->name, e, NULL, 0);
    }
    for (size_t k = 0; k < sizeof table2 / sizeof *table2; k++) {
        const entry2 *e = &table2[k];
        if (!wanted(e->name, argv + i, argc - i)) continue;
        if (e->f32 && !only64) bad |= measure(e->name, NULL, e, 1);
        if (e->f64 && !only32) bad |= measure(e->name, NULL, e, 0);
    }
    return bad;
}
