/* emit/soft_fma.c: fma for CPUs without the instruction, where LLVM would call a C library.
 *
 * Float: exact product in double, one sum rounded to odd, one rounding. Double: Boldo and Melquiond, "Emulation of
 * FMA and correctly rounded sums"; right but where the product's halves over- or underflow. It is a function of
 * its own, one for each type and number of lanes: a mathematical function has dozens of fmas of fifty
 * instructions, and LLVM took minutes where they stood in their places. */
#include "emit/inner.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct body {
    emitter *e;
    wf_text out;
    unsigned lanes, count;
} body;

static const char *many(const body *b, const char *scalar) {
    return b->lanes > 1 ? text(b->e, "<%u x %s>", b->lanes, scalar) : scalar;
}

static const char *constant(const body *b, const char *scalar, const char *value) {
    return b->lanes == 1 ? value : text(b->e, "splat (%s %s)", scalar, value);
}

static const char *put(body *b, const char *format, ...) {
    char line[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    const char *name = text(b->e, "%%v%u", b->count++);
    wf_text_printf(&b->out, " %s = %s\n", name, line);
    return name;
}

static const char *binary(body *b, const char *op, const char *scalar, const char *x, const char *y) {
    return put(b, "%s %s %s, %s", op, many(b, scalar), x, y);
}
static const char *add(body *b, const char *x, const char *y) { return binary(b, "fadd", "double", x, y); }
static const char *sub(body *b, const char *x, const char *y) { return binary(b, "fsub", "double", x, y); }
static const char *mul(body *b, const char *x, const char *y) { return binary(b, "fmul", "double", x, y); }

static const char *choose(body *b, const char *scalar, const char *cond, const char *x, const char *y) {
    const char *t = many(b, scalar);
    return put(b, "select %s %s, %s %s, %s %s", many(b, "i1"), cond, t, x, t, y);
}

static const char *against_zero(body *b, const char *op, const char *x) {
    return put(b, "fcmp %s %s %s, %s", op, many(b, "double"), x, constant(b, "double", "0.0"));
}

/* x + y and what rounding lost of it (Knuth). */
static const char *two_sum(body *b, const char *x, const char *y, const char **lost) {
    const char *s = add(b, x, y), *t = sub(b, s, x);
    const char *of_x = sub(b, x, sub(b, s, t));
    *lost = add(b, of_x, sub(b, y, t));
    return s;
}

/* x * y and what rounding lost of it (Dekker, with Veltkamp's halves of a double). */
static const char *two_product(body *b, const char *x, const char *y, const char **lost) {
    const char *split = constant(b, "double", "134217729.0"), *p = mul(b, x, y), *f[2] = {x, y}, *h[2], *l[2];
    for (int i = 0; i < 2; i++) {
        const char *t = mul(b, split, f[i]);
        h[i] = sub(b, t, sub(b, t, f[i]));
        l[i] = sub(b, f[i], h[i]);
    }
    const char *r = sub(b, mul(b, h[0], h[1]), p);
    r = add(b, r, mul(b, h[0], l[1]));
    r = add(b, r, mul(b, l[0], h[1]));
    *lost = add(b, r, mul(b, l[0], l[1]));
    return p;
}

/* x + y rounded to odd: when inexact, the neighbour whose last bit is set. A later rounding then sees the
 * truth. */
static const char *odd_sum(body *b, const char *x, const char *y) {
    const char *lost, *s = two_sum(b, x, y, &lost), *one = constant(b, "i64", "1");
    const char *up = against_zero(b, "ogt", lost), *down = against_zero(b, "olt", lost);
    const char *bits = put(b, "bitcast %s %s to %s", many(b, "double"), s, many(b, "i64"));
    const char *even = put(b, "icmp eq %s %s, %s", many(b, "i64"), binary(b, "and", "i64", bits, one),
                           constant(b, "i64", "0"));
    const char *outward =
        choose(b, "i1", against_zero(b, "ogt", s), up, down); /* from zero: the next larger */
    const char *moved =
        choose(b, "i64", outward, binary(b, "add", "i64", bits, one), binary(b, "sub", "i64", bits, one));
    const char *inexact = binary(b, "and", "i1", binary(b, "or", "i1", up, down), even);
    return put(b, "bitcast %s %s to %s", many(b, "i64"), choose(b, "i64", inexact, moved, bits),
               many(b, "double"));
}

static const char *of_floats(body *b) {
    const char *wide[3], *names[3] = {"%a", "%b", "%c"};
    for (int i = 0; i < 3; i++)
        wide[i] = put(b, "fpext %s %s to %s", many(b, "float"), names[i], many(b, "double"));
    return put(b, "fptrunc %s %s to %s", many(b, "double"), odd_sum(b, mul(b, wide[0], wide[1]), wide[2]),
               many(b, "float"));
}

static const char *of_doubles(body *b) {
    const char *ul, *tl, *vl, *uh = two_product(b, "%a", "%b", &ul);
    const char *th = two_sum(b, "%c", ul, &tl), *vh = two_sum(b, uh, th, &vl);
    const char *exact = add(b, vh, odd_sum(b, tl, vl)), *simple = add(b, uh, "%c");
    const char *good = against_zero(b, "oeq", sub(b, exact, exact)); /* else infinity or NaN */
    const char *some = against_zero(b, "une", exact);                /* 0: for its sign */
    return choose(b, "double", binary(b, "and", "i1", good, some), exact, simple);
}

static void define(emitter *e, const char *name, const char *type, int is_double, unsigned lanes) {
    void **at = map_at_text(e->declared, name);
    if (e->dry || *at) return;
    *at = e;
    body b = {.e = e, .lanes = lanes};
    wf_text_init(&b.out, NULL);
    const char *result = is_double ? of_doubles(&b) : of_floats(&b);
    wf_text_printf(
        &e->declarations,
        "define internal %s @%s(%s %%a, %s %%b, %s %%c) noinline nounwind willreturn memory(none) {\n", type,
        name, type, type, type);
    wf_text_puts(&e->declarations, b.out.data ? b.out.data : "");
    wf_text_printf(&e->declarations, " ret %s %s\n}\n", type, result);
    if (b.out.failed) e->declarations.failed = 1;
    wf_text_free(&b.out);
}

const char *write_soft_fma(emitter *e, const char *type, const char **ops, const void *user) {
    const char *suffix = user, *name = text(e, "wf_fma_%s", suffix);
    define(e, name, type, suffix[strlen(suffix) - 2] == '6', suffix[0] == 'v' ? (unsigned)e->L : 1);
    return ins(e, "call %s @%s(%s %s, %s %s, %s %s)", type, name, type, ops[0], type, ops[1], type, ops[2]);
}
