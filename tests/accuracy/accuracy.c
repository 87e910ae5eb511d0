/* accuracy.c: how far the device library is from the truth, on samples: float64, and functions of two
 * arguments. (float32 functions of one argument run over all their inputs: exhaustive.c.)
 *
 *   accuracy [--f32 | --f64] [--samples N] [--threads N] [--limit ULP] [--results FILE] [NAME...]
 *
 * Half of the samples are uniform over bit patterns, half uniform over the range where the function does
 * something, and the published hard cases of hard.h come first. The reference is that of truth.h, about 104
 * bits in pairs of doubles; every CHECKED-th of its values is itself compared with libquadmath's or with what
 * references.h composes in __float128. Prints for each function the largest error in units in the last place,
 * where it lies, and how often the result is not the correctly rounded one. NaN must meet NaN, infinity
 * infinity, and zeros must have the right sign; a mismatch is printed as "wrong". The status is 1 if a
 * function is above --limit (default 1) or wrong anywhere. measure.py does the same on any device of weft's.
 */
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
#include "truth_special.h"
#include "truth_two.h"

enum { CHECKED = 4096 };

typedef struct entry {
    const char *name;
    double (*f64)(double);
    quad (*reference64)(quad);
    double low, high; /* the range of interest */
    double zeros; /* 0: relative error everywhere; else errors are taken relative to at least this amplitude
                  (functions with zeros that no format represents); -1: Bessel functions, sqrt(2 / (pi x)) */
} entry;

typedef struct entry2 {
    const char *name;
    float (*f32)(float, float);
    double (*f64)(double, double);
    quad (*reference)(quad, quad);
    double low1, high1, low2, high2;
    wide (*truth)(double, double);
} entry2;

#include "table.h"
#include "hard.h"

/* The functions of truth.h and truth_special.h by name. */
static wide truth_erfinv_of(double x) { return truth_erfinv(x, wf_erfinv(x)); }
static wide truth_erfcinv_of(double x) { return truth_erfcinv(x, wf_erfcinv(x)); }
static wide truth_normcdfinv_of(double x) { return truth_normcdfinv(x, wf_normcdfinv(x)); }
/* clang-format off */
#define TRUTHS(X)                                                                                            \
    X(exp) X(exp2) X(exp10) X(expm1) X(log) X(log2) X(log10) X(log1p) X(sin) X(cos) X(tan) X(sinpi) X(cospi) \
    X(tanpi) X(asin) X(acos) X(atan) X(sinh) X(cosh) X(tanh) X(asinh) X(acosh) X(atanh) X(cbrt) X(rcbrt)     \
    X(rsqrt) X(round) X(logb) X(erf) X(erfc) X(normcdf) X(erfcx) X(tgamma) X(lgamma) X(digamma) X(j0) X(j1)  \
    X(y0) X(y1) X(j5) X(y5) X(i0) X(i1)
/* clang-format on */
typedef wide truth_function(double);
static const struct {
    const char *name;
    truth_function *function;
} truths[] = {
#define ROW(name) {#name, truth_##name},
    TRUTHS(ROW){"erfinv", truth_erfinv_of},
    {"erfcinv", truth_erfcinv_of},
    {"normcdfinv", truth_normcdfinv_of}};
static truth_function *truth_of(const char *name) {
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (!strcmp(truths[i].name, name)) return truths[i].function;
    return NULL;
}

typedef struct result {
    double worst;                      /* ULP */
    double at, at2;                    /* the argument there */
    unsigned long long count, rounded; /* inputs, and how many were not correctly rounded */
    unsigned long long wrong;
    double wrong_at, wrong_at2;
} result;

/* The amplitude that errors are relative to: a constant, or (-1) that of a Bessel function at x, from before
 * the first zero of them all (y0's, 0.894) on. */
static double amplitude_of(const entry *e, double x) {
    if (e->zeros >= 0) return e->zeros;
    double a = fabs(x);
    return a > 0.8 ? sqrt(2 / M_PI / a) : 0;
}

static unsigned long long option_samples = 2000000;
static const char *option_results;
static int option_threads = 2;
static double option_limit = 1.0;

static void judge(result *r, double got, wide truth, int is32, double amplitude, double x, double y) {
    double error = error_of(got, truth, amplitude, is32 ? 24 : 53, is32 ? -126 : -1022);
    r->count++;
    if (error < 0 && !r->wrong++) r->wrong_at = x, r->wrong_at2 = y;
    if (error > 0.5) r->rounded++;
    if (error > r->worst) r->worst = error, r->at = x, r->at2 = y;
}
/* A reference that libquadmath contradicts counts as wrong. Beyond a double's exponents nothing is compared
 * (the scale of what lies there is a wide's, not a double's). */
static void check_reference(result *r, wide truth, quad q, double amplitude, double x, double y) {
    quad t = ldexpq((quad)truth.v.h + (quad)truth.v.l, truth.e), size = fabsq(q);
    if ((isnanq(q) && isnanq(t)) || q == t || (size > 0x1p1030Q && fabsq(t) > 0x1p1030Q) ||
        (size < 0x1p-1200Q && fabsq(t) < 0x1p-1200Q) ||
        fabsq(q - t) <= (size > amplitude ? size : (quad)amplitude) * 0x1p-65Q)
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

static void one(job *j, truth_function *f, double x, unsigned long long i) {
    double amplitude = amplitude_of(j->e, x);
    wide truth = f(x);
    judge(&j->r, j->e->f64(x), truth, 0, amplitude, x, 0);
    if (i % CHECKED == 0) check_reference(&j->r, truth, j->e->reference64(x), amplitude, x, 0);
}
static void judge_two(job *j, double got, double x, double y, unsigned long long i) {
    wide truth = j->e2->truth(x, y);
    judge(&j->r, got, truth, j->is32, 0, x, y);
    if (i % CHECKED == 0) check_reference(&j->r, truth, j->e2->reference(x, y), 0, x, y);
}
static void two(job *j, double x, double y, unsigned long long i) {
    if (j->is32) {
        float a = (float)x, b = (float)y;
        judge_two(j, (double)j->e2->f32(a, b), (double)a, (double)b, i);
    } else {
        judge_two(j, j->e2->f64(x, y), x, y, i);
    }
}

static void *work(void *argument) {
    job *j = argument;
    uint64_t state = 0x1234567u + (uint64_t)j->index * 7919;
    truth_function *f = j->e ? truth_of(j->e->name) : NULL;
    unsigned long long count = option_samples / (uint64_t)j->count;
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
