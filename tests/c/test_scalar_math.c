/* test_scalar_math: functions of single numbers that emitted code calls (runtime/scalar_math.c) against the
 * device library's own text: the same bits. An argument: how many numbers for each range instead of 200,000. */
#include "device/wf_device_c.h"
#include "emit/cpu_abi.h"
#include "runtime/scalar_math.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef double WF_CPU_CALL unary(double);
typedef double WF_CPU_CALL binary(double, double);

enum {
#define ENTRY(name) MATH_##name##f, MATH_##name,
    WF_CPU_MATH(ENTRY, ENTRY)
#undef ENTRY
        MATH_COUNT
};

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}
static double between(double lo, double hi) { return lo + (hi - lo) * (double)(next() >> 11) * 0x1p-53; }
static double any(void) {
    uint64_t u = next();
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

static int same(double a, double b) { return (a != a && b != b) || !memcmp(&a, &b, sizeof a); }

static int failed;
static void expect(const char *what, double x, double y, double got, double wanted) {
    if (same(got, wanted)) return;
    if (failed++ < 10) printf("%s(%a, %a) = %a, the library says %a\n", what, x, y, got, wanted);
}

static void compare(const char *what, unary *f, double (*library)(double), double lo, double hi, long count) {
    for (long i = 0; i < count; i++) {
        double x = between(lo, hi);
        expect(what, x, 0, f(x), library(x));
    }
}

static const double odd[] = {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             INFINITY,
                             -INFINITY,
                             NAN,
                             0x1p-1074,
                             0x1p-1022,
                             0x1p-28,
                             -0x1p-29,
                             511.9999,
                             512.0,
                             -512.0,
                             709.78,
                             709.79,
                             -745.2,
                             -708.5,
                             0x1p1023,
                             0x1.fffffffffffffp1023,
                             0x1.fffffffffffffp-1,
                             0x1.0000000000001p+0,
                             2.0,
                             0.5};
enum { ODD = sizeof odd / sizeof *odd };

static void compare_odd(const char *what, unary *f, double (*library)(double), long count) {
    for (int i = 0; i < ODD; i++) expect(what, odd[i], 0, f(odd[i]), library(odd[i]));
    for (long i = 0; i < count; i++) {
        double x = any();
        expect(what, x, 0, f(x), library(x));
    }
}

static void compare_pow(binary *f, long count) {
    for (int i = 0; i < ODD; i++)
        for (int k = 0; k < ODD; k++)
            expect("pow", odd[i], odd[k], f(odd[i], odd[k]), wf_pow(odd[i], odd[k]));
    for (long i = 0; i < count; i++) {
        static const double exponents[] = {0.5, 1.5, 1.7, -0.25, 2.0, 3.0, -1.0, 10.0, 0.1};
        double x = between(0, 10), y = i & 1 ? exponents[next() % 9] : between(-20, 20);
        expect("pow", x, y, f(x, y), wf_pow(x, y));
        x = between(0.9, 1.1), y = between(-1000, 1000);
        expect("pow", x, y, f(x, y), wf_pow(x, y));
        x = any(), y = between(-3, 3);
        expect("pow", x, y, f(x, y), wf_pow(x, y));
        x = any(), y = any();
        expect("pow", x, y, f(x, y), wf_pow(x, y));
    }
}

int main(int argc, char **argv) {
    const void *const *math = wf__scalar_math();
    long count = argc > 1 ? atol(argv[1]) : 200000;
    if (!math) {
        puts("no FMA: nothing to compare");
        return 0;
    }
    unary *e = (unary *)math[MATH_exp], *l = (unary *)math[MATH_log];
    compare("exp", e, wf_exp, -5, 5, count);
    compare("exp", e, wf_exp, -720, 720, count);
    compare("exp", e, wf_exp, -0.01, 0.01, count);
    compare_odd("exp", e, wf_exp, count);
    compare("log", l, wf_log, 0, 10, count);
    compare("log", l, wf_log, 0.7, 1.5, count);
    compare("log", l, wf_log, 0.99, 1.01, count);
    compare_odd("log", l, wf_log, count);
    compare_pow((binary *)math[MATH_pow], count);
#define ONE(name) compare_odd(#name, (unary *)math[MATH_##name], wf_##name, count / 1000);
#define TWO(name)
    WF_CPU_MATH(ONE, TWO)
    for (int i = 0; i < MATH_COUNT; i++) failed += !math[i];
    printf("%d differ\n", failed);
    return failed != 0;
}
