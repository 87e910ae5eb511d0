/* exhaustive.c: every float32 function of one argument over all 2^32 inputs.
 *
 *   exhaustive [--results FILE] [--threads N] [--seconds N] [--step N] [--limit ULP] [--patches] [NAME...]
 *
 * Two things are measured in one pass. The default form: the largest error in units in the last place, and
 * how often the result is not the nearest float. The exact form (_cr), where there is one: whether every
 * result is the nearest float. The reference r is the device library's double function, vectorised with the
 * rest. It is trusted to 2^-40 of its value only (it is 2^12 times better), and that trust is checked: every
 * CHECKED-th input runs through the C library or libquadmath too. Where r lies within 2^-16 of a unit of the
 * middle between two floats, and there alone the rounding could be in doubt, __float128 decides.
 *
 * The inputs of a function are 64 chunks; each finished chunk is one line appended to the results file, and
 * is not run again: the program may be stopped at any time (--seconds stops it) and goes on where it was. A
 * line carries a digest of the function's values, so a function that has changed runs again. --step takes
 * every Nth input; without it that is all, but every 16th of the Bessel functions. --patches prints the
 * inputs at which the exact form is wrong. The status is 1 if anything is above the limit or wrong. report.py
 * makes the table of the results. */
#define _GNU_SOURCE
#include "device/wf_device_all.h"
#include <math.h>
#include <pthread.h>
#include <quadmath.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef __float128 quad;
#include "references.h"

enum { BLOCK = 2048, CHUNKS = 64 };
#define NEAR 8192 /* 2^-16 of a float's unit, in units of a double's */

/* name, the C library's double function, __float128's */
/* clang-format off */
#define EXACT(X)                                                                                             \
    X(exp, exp, expq) X(exp2, exp2, exp2_q) X(exp10, exp10, exp10_q) X(expm1, expm1, expm1q)                 \
    X(log, log, logq) X(log2, log2, log2q) X(log10, log10, log10q) X(log1p, log1p, log1pq)                   \
    X(sin, sin, sinq) X(cos, cos, cosq) X(tan, tan, tanq)                                                    \
    X(sinpi, sinpi_d, sinpi_q) X(cospi, cospi_d, cospi_q) X(tanpi, tanpi_d, tanpi_q)                         \
    X(asin, asin, asinq) X(acos, acos, acosq) X(atan, atan, atanq)                                           \
    X(sinh, sinh, sinhq) X(cosh, cosh, coshq) X(tanh, tanh, tanhq)                                           \
    X(asinh, asinh, asinhq) X(acosh, acosh, acoshq) X(atanh, atanh, atanhq)                                  \
    X(cbrt, cbrt, cbrtq) X(rcbrt, rcbrt_d, rcbrt_q) X(rsqrt, rsqrt_d, rsqrt_q)                               \
    X(erf, erf, erfq) X(erfc, erfc, erfcq) X(erfcx, erfcx_d, erfcx_q)                                        \
    X(erfinv, erfinv_d, erfinv_q) X(erfcinv, erfcinv_d, erfcinv_q)                                           \
    X(normcdf, normcdf_d, normcdf_q) X(normcdfinv, normcdfinv_d, normcdfinv_q) X(tgamma, tgamma_d, tgamma_q)
/* the same, and the amplitude that errors are relative to where the value is smaller (-1: sqrt(2 / (pi x))) */
#define ABSOLUTE(X)                                                                                          \
    X(lgamma, lgamma_d, lgamma_q, 1) X(digamma, digamma_d, digamma_q, 1) X(j0, j0, j0q, -1) X(j1, j1, j1q, -1) X(y0, y0_d, y0_q, -1)             \
    X(y1, y1_d, y1_q, -1) X(round, round, roundq, 0) X(logb, logb, logbq, 0) X(cyl_bessel_i0, bessel_i0_d, bessel_i0_q, 0) X(cyl_bessel_i1, bessel_i1_d, bessel_i1_q, 0)
/* clang-format on */

#define BLOCKS(name)                                                                                         \
    static void f32_##name(const float *x, float *y) {                                                       \
        for (int i = 0; i < BLOCK; i++) y[i] = wf_##name##f(x[i]);                                           \
    }                                                                                                        \
    static void f64_##name(const float *x, double *y) {                                                      \
        for (int i = 0; i < BLOCK; i++) y[i] = wf_##name((double)x[i]);                                      \
    }
#define BLOCKS_EXACT(name, c, q)                                                                             \
    BLOCKS(name)                                                                                             \
    static void cr_##name(const float *x, float *y) {                                                        \
        for (int i = 0; i < BLOCK; i++) y[i] = wf_cr_##name##f(x[i]);                                        \
    }
#define BLOCKS_ABSOLUTE(name, c, q, amplitude) BLOCKS(name)
EXACT(BLOCKS_EXACT)
ABSOLUTE(BLOCKS_ABSOLUTE)

typedef struct entry {
    const char *name;
    void (*f32)(const float *, float *);
    void (*cr)(const float *, float *); /* or NULL */
    void (*f64)(const float *, double *);
    double (*libm)(double);
    quad (*q)(quad);
    double amplitude;
    unsigned checked; /* every so manyeth input goes through libm: fewer where that is slow */
    unsigned
        thin; /* every so manyeth input is run, without --step: the Bessel functions take a microsecond */
} entry;
#define ROW_EXACT(name, c, q) {#name, f32_##name, cr_##name, f64_##name, c, q, 0, 64, 1},
#define ROW_ABSOLUTE(name, c, q, amplitude) {#name, f32_##name, NULL, f64_##name, c, q, amplitude, 64, 1},
static entry table[] = {EXACT(ROW_EXACT) ABSOLUTE(ROW_ABSOLUTE)};
enum { ROWS = sizeof table / sizeof *table };

typedef struct result {
    unsigned long long count, rounded, wrong, cr_wrong, near, doubts;
    double worst;
    uint32_t at, wrong_at, cr_at, doubt_at;
} result;

static const char *option_file;
static unsigned long long option_step; /* 0: 1, and what a function has as `thin` */
static double option_seconds = 1e18, option_limit = 1.0;
static int option_patches;
static FILE *results_file;

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static uint32_t bits_of(float x) { return wf_float_bits(x); }
static float float_of(uint32_t u) { return wf_bits_float(u); }

static double amplitude_at(const entry *e, double x) {
    if (e->amplitude >= 0) return e->amplitude;
    x = fabs(x);
    return x > 0.5 ? sqrt(2 / M_PI / x) : 0;
}

/* Errors in units of the last place into err, as bits; NaN's for what is simply wrong. Vectorised: no
 * branches, everything eight bytes wide. */
static void errors_of(const float *y, const double *restrict r, const double *restrict amplitude,
                      int64_t *restrict err) {
    const int64_t infinity = 0x7ff0000000000000, nan = 0x7ff8000000000000, sign = INT64_MIN;
    double g[BLOCK];
    for (int i = 0; i < BLOCK; i++) g[i] = (double)y[i];
    for (int i = 0; i < BLOCK; i++) {
        int64_t gb = (int64_t)wf_double_bits(g[i]), rb = (int64_t)wf_double_bits(r[i]);
        int64_t ga = gb & ~sign, ra = rb & ~sign, least = (int64_t)wf_double_bits(amplitude[i]);
        int64_t e = (ra < least ? least : ra) >> 52;
        e = e < 1023 - 126 ? 1023 - 126 : e;
        double per_unit = wf_bits_double((uint64_t)(2046 + 23 - e) << 52);
        int64_t error = (int64_t)wf_double_bits(wf_fabs(g[i] - r[i]) * per_unit);
        /* an overflow may go either way between the largest float and the middle to the next */
        error = (ga == infinity) & (ra >= 0x47efffffe0000000) ? 0 : error;
        error = (ga == infinity) & (ra < 0x47effffff0000000) ? nan : error;
        error = (ga < infinity) & (ra > 0x47effffff0000000) ? nan : error;
        error = ((ga == infinity) | (ga == 0)) & ((gb ^ rb) < 0) ? nan : error;
        error = (ra == 0) & (ga != 0) ? nan : error;
        error = (ga > infinity) != (ra > infinity) ? nan : error;
        err[i] = (ga > infinity) & (ra > infinity) ? 0 : error;
    }
}
/* Which of r lie near the middle between two floats. */
static int near_of(const double *r, unsigned char *near) {
    int any = 0;
    for (int i = 0; i < BLOCK; i++) {
        double a = wf_fabs(r[i]);
        a = a < 0x1p-126 ? a + 0x1p-126 : a;
        uint64_t rest = (wf_double_bits(a) & 0x1fffffffu) - (0x10000000u - NEAR);
        int is = (rest <= 2 * NEAR) & (a < 0x1p128);
        near[i] = (unsigned char)is;
        any |= is;
    }
    return any;
}

static void judge_default(const entry *e, result *r, const float *x, const float *y, const double *ref) {
    static const double no_amplitude[BLOCK];
    double amplitude[BLOCK];
    int64_t err[BLOCK], most = 0,
                        rounded = 0; /* none is negative: the bits' order is that of the errors, NaN last */
    if (e->amplitude != 0)
        for (int i = 0; i < BLOCK; i++) amplitude[i] = amplitude_at(e, x[i]);
    errors_of(y, ref, e->amplitude != 0 ? amplitude : no_amplitude, err);
    for (int i = 0; i < BLOCK; i++) {
        rounded += (err[i] > 0x3fe0000000000000) & (err[i] < 0x7ff0000000000000);
        most = err[i] > most ? err[i] : most;
    }
    r->rounded += (unsigned long long)rounded;
    if (most > (int64_t)wf_double_bits(r->worst))
        for (int i = 0; i < BLOCK; i++) {
            double error = wf_bits_double((uint64_t)err[i]);
            if (error > r->worst) r->worst = error, r->at = bits_of(x[i]);
            if (error != error && !r->wrong++) r->wrong_at = bits_of(x[i]);
        }
}

static void judge_exact(const entry *e, result *r, const float *x, const float *y, const double *ref) {
    unsigned char near[BLOCK];
    int any = near_of(ref, near), bad = 0;
    for (int i = 0; i < BLOCK; i++) {
        float want = (float)ref[i];
        bad |= (bits_of(want) != bits_of(y[i])) & !((want != want) & (y[i] != y[i]));
    }
    if (!any && !bad) return;
    for (int i = 0; i < BLOCK; i++) {
        float want = (float)ref[i];
        if (near[i]) want = (float)e->q((quad)x[i]), r->near++;
        if (bits_of(want) == bits_of(y[i]) || (want != want && y[i] != y[i])) continue;
        if (option_patches)
            printf("%s: x == 0x%08xu ? 0x%08xu   /* %a, has 0x%08xu */\n", e->name, bits_of(x[i]),
                   bits_of(want), (double)x[i], bits_of(y[i]));
        if (!r->cr_wrong++) r->cr_at = bits_of(x[i]);
    }
}

/* The reference itself, against the C library or libquadmath. */
static void check_reference(const entry *e, result *r, const float *x, const double *ref, unsigned phase) {
    for (unsigned i = phase % e->checked; i < BLOCK; i += e->checked) {
        double want = e->libm((double)x[i]), a = fmax(fabs(want), amplitude_at(e, x[i]));
        int good = (want != want && ref[i] != ref[i]) || want == ref[i] ||
                   fabs(want - ref[i]) <= a * 0x1p-40 + 0x1p-190 ||
                   (fabs(want) > 0x1p129 && ref[i] > 0x1p129);
        if (!good && !r->doubts++) r->doubt_at = bits_of(x[i]);
    }
}

static void run_block(const entry *e, result *r, const float *x, unsigned phase) {
    static _Thread_local float y[BLOCK];
    static _Thread_local double ref[BLOCK];
    e->f64(x, ref);
    e->f32(x, y);
    judge_default(e, r, x, y, ref);
    if (e->cr) {
        e->cr(x, y);
        judge_exact(e, r, x, y, ref);
    }
    check_reference(e, r, x, ref, phase);
    r->count += BLOCK;
}

static unsigned long long step_of(const entry *e) { return option_step ? option_step : e->thin; }

static result run_chunk(const entry *e, unsigned chunk) {
    static _Thread_local float x[BLOCK];
    result r = {0};
    uint64_t first = (uint64_t)chunk << 26, last = first + (1u << 26);
    unsigned block = 0;
    uint64_t step = step_of(e);
    first += (step - first % step) % step;
    for (uint64_t u = first; u < last; block++) {
        for (int i = 0; i < BLOCK; i++) { /* the last block repeats its last input */
            x[i] = float_of((uint32_t)u);
            if (u + step < last || i == BLOCK - 1) u += step;
        }
        run_block(e, &r, x, block * 7);
    }
    return r;
}

/* A digest of the function's values at 2^16 inputs. */
static uint64_t digest_of(const entry *e) {
    float x[BLOCK], y[BLOCK];
    uint64_t h = 0xcbf29ce484222325u;
    for (uint32_t k = 0; k < 32; k++) {
        for (uint32_t i = 0; i < BLOCK; i++) x[i] = float_of((k * BLOCK + i) * 65537u + 12345u);
        for (int form = 0; form < (e->cr ? 2 : 1); form++) {
            (form ? e->cr : e->f32)(x, y);
            for (int i = 0; i < BLOCK; i++)
                h = (h ^ (y[i] != y[i] ? 0x7fc00000u : bits_of(y[i]))) * 0x100000001b3u;
        }
    }
    return h;
}

/* ---- the queue of chunks */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t digests[ROWS];
static unsigned char done[ROWS][CHUNKS], wanted[ROWS];
static result totals[ROWS];
static unsigned next_job;
static double deadline;

static void add(unsigned row, const result *r) {
    result *t = &totals[row];
    if (r->worst > t->worst) t->worst = r->worst, t->at = r->at;
    if (r->wrong && !t->wrong) t->wrong_at = r->wrong_at;
    if (r->cr_wrong && !t->cr_wrong) t->cr_at = r->cr_at;
    if (r->doubts && !t->doubts) t->doubt_at = r->doubt_at;
    t->count += r->count, t->rounded += r->rounded, t->wrong += r->wrong, t->cr_wrong += r->cr_wrong;
    t->near += r->near, t->doubts += r->doubts;
}

#define LINE "%31s %llx %u %llu %llu %la %x %llu %llu %x %d %llu %llu %x %llu %x"
static void read_results(void) {
    FILE *f = option_file ? fopen(option_file, "r") : NULL;
    char line[400], name[32];
    while (f && fgets(line, sizeof line, f)) {
        result r = {0};
        unsigned chunk;
        unsigned long long digest, step;
        int cr;
        if (sscanf(line, LINE, name, &digest, &chunk, &step, &r.count, &r.worst, &r.at, &r.rounded, &r.wrong,
                   &r.wrong_at, &cr, &r.near, &r.cr_wrong, &r.cr_at, &r.doubts, &r.doubt_at) != 16)
            continue;
        for (unsigned i = 0; i < ROWS; i++)
            if (!strcmp(table[i].name, name) && digests[i] == digest && step == step_of(&table[i]) &&
                chunk < CHUNKS && !done[i][chunk]) {
                done[i][chunk] = 1;
                add(i, &r);
            }
    }
    if (f) fclose(f);
}

static void *work(void *unused) {
    for (;;) {
        pthread_mutex_lock(&lock);
        while (next_job < ROWS * CHUNKS &&
               (!wanted[next_job / CHUNKS] || done[next_job / CHUNKS][next_job % CHUNKS]))
            next_job++;
        unsigned job = next_job++;
        pthread_mutex_unlock(&lock);
        if (job >= ROWS * CHUNKS || seconds() > deadline) return unused;
        const entry *e = &table[job / CHUNKS];
        result r = run_chunk(e, job % CHUNKS);
        pthread_mutex_lock(&lock);
        add(job / CHUNKS, &r);
        done[job / CHUNKS][job % CHUNKS] = 1;
        if (results_file) {
            fprintf(results_file, "%s %llx %u %llu %llu %a %x %llu %llu %x %d %llu %llu %x %llu %x\n",
                    e->name, (unsigned long long)digests[job / CHUNKS], job % CHUNKS, step_of(e), r.count,
                    r.worst, r.at, r.rounded, r.wrong, r.wrong_at, e->cr != NULL, r.near, r.cr_wrong, r.cr_at,
                    r.doubts, r.doubt_at);
            fflush(results_file);
        }
        pthread_mutex_unlock(&lock);
    }
}

static int print_row(unsigned i) {
    const result *r = &totals[i];
    int chunks = 0, bad = r->wrong || r->cr_wrong || r->doubts || !(r->worst <= option_limit);
    for (int k = 0; k < CHUNKS; k++) chunks += done[i][k];
    if (!chunks) return 0;
    printf("%-14s %11llu inputs (%2d/64)  %.4f at %a  not nearest %.3g%%", table[i].name, r->count, chunks,
           r->worst, (double)float_of(r->at), 100.0 * (double)r->rounded / (double)r->count);
    if (table[i].cr) printf("  exact: %llu wrong of %llu near", r->cr_wrong, r->near);
    if (r->cr_wrong) printf(", first %a", (double)float_of(r->cr_at));
    if (r->wrong) printf("  WRONG %llu, first %a", r->wrong, (double)float_of(r->wrong_at));
    if (r->doubts) printf("  REFERENCE IN DOUBT %llu, first %a", r->doubts, (double)float_of(r->doubt_at));
    printf("%s\n", bad ? "  <<<" : "");
    return bad;
}

int main(int argc, char **argv) {
    int threads = 2, i = 1, bad = 0;
    pthread_t ids[256];
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "--patches")) option_patches = 1;
        else if (i + 1 < argc && !strcmp(argv[i], "--results")) option_file = argv[++i];
        else if (i + 1 < argc && !strcmp(argv[i], "--threads")) threads = atoi(argv[++i]);
        else if (i + 1 < argc && !strcmp(argv[i], "--seconds")) option_seconds = atof(argv[++i]);
        else if (i + 1 < argc && !strcmp(argv[i], "--step")) option_step = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--limit")) option_limit = atof(argv[++i]);
        else return fprintf(stderr, "unknown option %s\n", argv[i]), 2;
    }
    if (threads < 1 || threads > 256) return 2;
    for (unsigned k = 0; k < ROWS; k++) {
        entry *e = &table[k];
        wanted[k] = i == argc;
        for (int n = i; n < argc; n++) wanted[k] |= !strcmp(argv[n], e->name);
        if (e->libm == erfcx_d || e->libm == tanpi_d || e->libm == erfinv_d || e->libm == erfcinv_d ||
            e->libm == normcdfinv_d || e->libm == digamma_d)
            e->checked = BLOCK; /* these go through __float128 */
        e->thin = e->amplitude == -1 ? 16 : strncmp(e->name, "cyl_bessel", 10) == 0 ? 16 : 1;
        if (wanted[k]) digests[k] = digest_of(e);
    }
    read_results();
    results_file = option_file ? fopen(option_file, "a") : NULL;
    deadline = seconds() + option_seconds;
    for (int t = 0; t < threads; t++) pthread_create(&ids[t], NULL, work, NULL);
    for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
    for (unsigned k = 0; k < ROWS; k++)
        if (wanted[k]) bad |= print_row(k);
    return bad;
}
