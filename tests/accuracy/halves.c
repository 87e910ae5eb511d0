/* halves.c: writes device/f16_exact.h: the functions of float16 and bfloat16, right for every input.
 *
 *   halves >../../device/f16_exact.h
 *
 * A 16-bit result is the float function's, rounded again. That can be wrong only where the true value lies no
 * farther from the middle between two 16-bit numbers than the float function may be off, which is one unit of
 * a float (for lgamma, near its zeros, 2^-24): a few of the 65536 inputs. They are found here with __float128
 * and written down with their results, so that what the header promises holds for any float function of that
 * accuracy. tests/python/test_half_functions.py compares all inputs with float64. */
#define _GNU_SOURCE
#include "device/f32_bessel.h"
#include "device/f64_bessel.h"
#include "device/half.h"
#include <math.h>
#include <quadmath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __float128 quad;
#include "references.h"

/* Digits, the smallest exponent of a normal number, the exponent that is too large. */
typedef struct format {
    const char *name;
    int digits, smallest, beyond;
    float (*of)(unsigned short);
} format;
static const format formats[] = {{"f16", 11, -14, 16, wf_half2float},
                                 {"bf16", 8, -126, 128, wf_bfloat162float}};

enum { PLAIN, ODD, EVEN };
typedef struct function {
    const char *name;
    quad (*q)(quad);
    int symmetry;
    double absolute; /* how far the float function may be off near its zeros */
} function;
static const function functions[] = {
    {"acosh", acoshq, PLAIN, 0},
    {"acos", acosq, PLAIN, 0},
    {"asinh", asinhq, ODD, 0},
    {"asin", asinq, ODD, 0},
    {"atanh", atanhq, ODD, 0},
    {"atan", atanq, ODD, 0},
    {"cbrt", cbrtq, ODD, 0},
    {"cosh", coshq, EVEN, 0},
    {"cos", cosq, EVEN, 0},
    {"erfc", erfcq, PLAIN, 0},
    {"erf", erfq, ODD, 0},
    {"exp10", exp10_q, PLAIN, 0},
    {"exp2", exp2_q, PLAIN, 0},
    {"expm1", expm1q, PLAIN, 0},
    {"exp", expq, PLAIN, 0},
    {"lgamma", lgamma_q, PLAIN, 0x1p-24},
    {"log10", log10q, PLAIN, 0},
    {"log1p", log1pq, PLAIN, 0},
    {"log2", log2q, PLAIN, 0},
    {"log", logq, PLAIN, 0},
    {"normcdfinv", normcdfinv_q, PLAIN, 0},
    {"rsqrt", rsqrt_q, PLAIN, 0},
    {"sinh", sinhq, ODD, 0},
    {"sin", sinq, ODD, 0},
    {"tanh", tanhq, ODD, 0},
    {"tan", tanq, ODD, 0},
    {"tgamma", tgamma_q, PLAIN, 0},
};

static quad unit_at(quad v, int digits, int smallest) {
    int e;
    frexpq(v, &e);
    e = e - 1 < smallest ? smallest : e - 1;
    return ldexpq(1, e - digits + 1);
}

/* Is the float function's rounding in doubt at x? Then the right result. */
static int doubtful(const format *f, const function *fn, float x, float *right) {
    quad v = fn->q((quad)x), unit, float_unit, whole, rest;
    if (isnanq(v) || isinfq(v) || v == 0 || fabsq(v) >= ldexpq(1, f->beyond)) return 0;
    unit = unit_at(v, f->digits, f->smallest);
    float_unit = unit_at(v, 24, -126);
    if (float_unit < fn->absolute) float_unit = fn->absolute;
    whole = rintq(v / unit);
    rest = fabsq(v / unit - whole);
    if (0.5Q - rest > float_unit / unit) return 0;
    whole *= unit;
    *right = fabsq(whole) >= ldexpq(1, f->beyond) ? (float)(whole * (quad)INFINITY) : (float)whole;
    return 1;
}

static void print_float(float x) {
    if (x - x != 0) printf("%sWF_INFF", x < 0 ? "-" : "");
    else printf("%af", (double)x);
}

static void write_function(const format *f, const function *fn) {
    static const char *const helper[] = {"at", "odd", "even"};
    int found = 0;
    printf("WF_INNER float wf_%s_nearest_%s(float x, float y) {\n", f->name, fn->name);
    for (unsigned i = 0; i < (fn->symmetry == PLAIN ? 0x10000u : 0x8000u); i++) {
        float x = f->of((unsigned short)i), right;
        if (!doubtful(f, fn, x, &right)) continue;
        found++;
        printf("    y = wf_half_%s(y, x, ", helper[fn->symmetry]);
        print_float(x);
        printf(", ");
        print_float(right);
        printf(");\n");
    }
    if (!found) printf("    (void)x;\n");
    printf("    return y;\n}\n");
    printf("WF_DEVICE float wf_%s_%sf(float x) { return wf_%s_nearest_%s(x, wf_%sf(x)); }\n", f->name,
           fn->name, f->name, fn->name, fn->name);
}

static const char head[] =
    "/* device/f16_exact.h: functions of float16 and bfloat16, correctly rounded. Written by "
    "tests/accuracy/halves.c: do\n"
    " * not edit.\n"
    " *\n"
    " * wf_f16_expf(x) is a float that, rounded to float16, is the float16 nearest to exp(x), for every x "
    "that is a\n"
    " * float16; wf_bf16_expf is that of bfloat16. It is wf_expf but where its error of up to one unit could "
    "lead to the\n"
    " * wrong side of the middle between two 16-bit numbers: those inputs are listed, all of them, with "
    "their results, in\n"
    " * wf_f16_nearest_exp(x, y), which takes wf_expf(x) as y. So\n"
    " * nothing here depends on which float within its bound wf_expf gives. */\n"
    "#ifndef WF_F16_EXACT_H\n#define WF_F16_EXACT_H\n"
    "#include \"f32_atrig.h\"\n#include \"f32_erf.h\"\n#include \"f32_erfinv.h\"\n#include \"f32_exp.h\"\n"
    "#include \"f32_gamma.h\"\n#include \"f32_hyper.h\"\n#include \"f32_log.h\"\n#include \"f32_root.h\"\n"
    "#include \"f32_trig.h\"\n\n"
    "/* y, or value where x is `at`; the second of an odd function, the third of an even one. */\n"
    "WF_INNER float wf_half_at(float y, float x, float at, float value) { return x == at ? value : y; }\n"
    "WF_INNER float wf_half_odd(float y, float x, float at, float value) {\n"
    "    return wf_fabsf(x) == at ? (x < 0.0f ? -value : value) : y;\n}\n"
    "WF_INNER float wf_half_even(float y, float x, float at, float value) { return wf_fabsf(x) == at ? value "
    ": y; }\n\n";

int main(void) {
    printf("%s", head);
    for (unsigned f = 0; f < sizeof formats / sizeof *formats; f++)
        for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++)
            write_function(&formats[f], &functions[i]);
    printf("#endif\n");
    return 0;
}
