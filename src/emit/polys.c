/* emit/polys.c: integers as sums of products of values that are known at run time only, and what follows from
 * some of the conditions on them.
 *
 * A test of a nest of loops (loop_range.c) says of each access and axis what must hold. Most of it says the
 * same again, a little weaker: 0 <= i - 1, 0 <= i, 0 <= i + 1 of the neighbours in a stencil. The sums are
 * exact modulo 2^64, as the instructions are, so equal sums are one instruction; and a condition is left out
 * where another one, or the bounds of single values, imply it. */
#include "emit/spans.h"
#include <stdlib.h>
#include <string.h>

enum { FACTORS_MOST = 4, COMPARED_MOST = 100 };
#define APART_MOST ((int64_t)1 << 49) /* such differences do not wrap what stays below 2^62 */
#define FACTOR_MOST ((int64_t)1 << 12)
#define WINDOW_LEAST ((int64_t)1 << 20)

static int is_number(const char *op) { return *op == '-' || (*op >= '0' && *op <= '9'); }

static const char *same_text(span_test *t, const char *s) {
    void **at = map_at_text(t->texts, s);
    if (!*at) *at = (void *)(uintptr_t)s;
    return *at;
}

/* --- sums --- */

/* One of all sums that are equal. */
static const poly *same_poly(span_test *t, const poly *f) {
    wf_text out;
    wf_text_init(&out, t->e->arena);
    wf_text_printf(&out, "%llu", (unsigned long long)f->constant);
    for (uint32_t i = 0; i < f->count; i++)
        wf_text_printf(&out, " %llu %s", (unsigned long long)f->terms[i].by, f->terms[i].of);
    void **at = map_at_text(t->sums, out.data);
    if (!*at) {
        poly *mine = WF_NEW(t->e->arena, poly);
        *mine = *f;
        *at = mine;
    }
    return *at;
}

const poly *poly_of(span_test *t, const char *op) {
    poly f = {.count = 0};
    if (is_number(op)) {
        f.constant = (uint64_t)strtoll(op, NULL, 10);
        return same_poly(t, &f);
    }
    void **at = map_at_text(t->polys, op);
    if (*at) return *at;
    f.count = 1;
    f.terms[0] = (poly_term){1, same_text(t, op)};
    const poly *mine = same_poly(t, &f);
    poly_is_held(t, mine, op);
    return mine;
}

void poly_is_held(span_test *t, const poly *f, const char *op) {
    *map_at_text(t->polys, op) = (void *)(uintptr_t)f;
    void **at = map_at(t->held, f);
    if (!*at) *at = (void *)(uintptr_t)op;
}

const char *poly_held(span_test *t, const poly *f) { return map_get(t->held, f); }

/* Terms stand in the order of their texts. */
static int add_term(poly *f, uint64_t by, const char *of) {
    uint32_t i = 0;
    while (i < f->count && strcmp(f->terms[i].of, of) < 0) i++;
    if (i < f->count && f->terms[i].of == of) {
        f->terms[i].by += by;
        if (f->terms[i].by) return 1;
        memmove(&f->terms[i], &f->terms[i + 1], (--f->count - i) * sizeof f->terms[0]);
        return 1;
    }
    if (f->count == POLY_TERMS_MOST) return 0;
    memmove(&f->terms[i + 1], &f->terms[i], (f->count++ - i) * sizeof f->terms[0]);
    f->terms[i] = (poly_term){by, of};
    return 1;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The factors of two products, in the order of their texts; NULL: too many. */
static const char *product_of(span_test *t, const char *a, const char *b) {
    emitter *e = t->e;
    const char *factors[FACTORS_MOST];
    uint32_t count = 0;
    const char *both[2] = {a, b};
    for (int k = 0; k < 2; k++)
        for (const char *p = both[k]; *p;) {
            size_t n = strcspn(p, "*");
            if (count == FACTORS_MOST) return NULL;
            char *factor = wf_arena_alloc(e->arena, n + 1);
            memcpy(factor, p, n);
            factor[n] = 0;
            factors[count++] = factor;
            p += n + (p[n] == '*');
        }
    qsort(factors, count, sizeof factors[0], by_text);
    const char *all = factors[0];
    for (uint32_t i = 1; i < count; i++) all = text(e, "%s*%s", all, factors[i]);
    return same_text(t, all);
}

static const poly *product(span_test *t, const poly *a, const poly *b) {
    poly f = {.constant = a->constant * b->constant};
    for (uint32_t i = 0; i < a->count; i++)
        if (b->constant && !add_term(&f, a->terms[i].by * b->constant, a->terms[i].of)) return NULL;
    for (uint32_t i = 0; i < b->count; i++)
        if (a->constant && !add_term(&f, b->terms[i].by * a->constant, b->terms[i].of)) return NULL;
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++) {
            const char *of = product_of(t, a->terms[i].of, b->terms[k].of);
            uint64_t by = a->terms[i].by * b->terms[k].by;
            if (!of || (by && !add_term(&f, by, of))) return NULL;
        }
    return same_poly(t, &f);
}

const poly *poly_calc(span_test *t, char op, const poly *a, const poly *b) {
    if (op == 'm') return product(t, a, b);
    poly f = *a;
    uint64_t sign = op == 's' ? -(uint64_t)1 : 1;
    f.constant += sign * b->constant;
    for (uint32_t i = 0; i < b->count; i++)
        if (!add_term(&f, sign * b->terms[i].by, b->terms[i].of)) return NULL;
    return same_poly(t, &f);
}

/* --- what follows from what --- */

typedef struct bound { /* of one value */
    const char *of;
    int64_t least, greatest;
    int has; /* 1: a least, 2: a greatest, 3: both, and there are values between them */
} bound;

typedef struct settling {
    span_test *t;
    const need **all; /* NULL where another one implies it */
    uint32_t count;
    bound *bounds;
    uint32_t bound_count;
} settling;

static bound *bound_of(settling *s, const char *of) {
    for (uint32_t i = 0; i < s->bound_count; i++)
        if (s->bounds[i].of == of) return &s->bounds[i];
    s->bounds[s->bound_count] = (bound){.of = of};
    return &s->bounds[s->bound_count++];
}

/* c <= v or v <= c: the value; the side in `side`, c in `at`. */
static const char *side_of(const poly *f, int *side, int64_t *at) {
    if (!f || f->count != 1 || strchr(f->terms[0].of, '*')) return NULL;
    if (f->terms[0].by != 1 && f->terms[0].by != -(uint64_t)1) return NULL;
    *side = f->terms[0].by == 1 ? 1 : 2;
    *at = *side == 1 ? -(int64_t)f->constant : (int64_t)f->constant;
    return *at > -APART_MOST && *at < APART_MOST ? f->terms[0].of : NULL;
}

static void gather_bounds(settling *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        int side;
        int64_t at;
        const char *of = side_of(s->all[i]->poly, &side, &at);
        if (!of) continue;
        bound *b = bound_of(s, of);
        if (side == 1 && (!(b->has & 1) || at > b->least)) b->least = at;
        if (side == 2 && (!(b->has & 2) || at < b->greatest)) b->greatest = at;
        b->has |= side;
    }
}

/* a - b, of single values but for its constant; 0: of products too, or too far. */
static int difference(const poly *a, const poly *b, poly *more) {
    *more = *a;
    more->constant -= b->constant;
    for (uint32_t i = 0; i < b->count; i++)
        if (!add_term(more, -b->terms[i].by, b->terms[i].of)) return 0;
    for (uint32_t i = 0; i < more->count; i++)
        if (strchr(more->terms[i].of, '*')) return 0;
    return (int64_t)more->constant > -APART_MOST && (int64_t)more->constant < APART_MOST;
}

/* Is the sum never negative, whatever the values between their bounds? Two conditions bound a value exactly:
 * of all numbers modulo 2^64 one takes the half that begins at one end, the other the half that ends at the
 * other. */
static int never_negative(const settling *s, const poly *f) {
    __int128 least = (int64_t)f->constant;
    for (uint32_t i = 0; i < f->count; i++) {
        int64_t by = (int64_t)f->terms[i].by;
        const bound *b = NULL;
        for (uint32_t k = 0; k < s->bound_count && !b; k++)
            if (s->bounds[k].of == f->terms[i].of) b = &s->bounds[k];
        if (!b || b->has != 3 || b->least > b->greatest || by > FACTOR_MOST || by < -FACTOR_MOST) return 0;
        least += (__int128)by * (by > 0 ? b->least : b->greatest);
    }
    return least >= 0;
}

/* Does b hold only where a does? A bound of one value gives way to a narrower one alone. */
static int implies(const settling *s, const poly *b, const poly *a) {
    int side;
    int64_t at;
    poly more;
    if (!a || !b || !difference(a, b, &more)) return 0;
    if (!more.count) return (int64_t)more.constant >= 0;
    return s->count < COMPARED_MOST && !side_of(a, &side, &at) && never_negative(s, &more);
}

static void leave_out(settling *s) {
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t k = 0; s->all[i] && k < s->count; k++)
            if (k != i && s->all[k] && implies(s, s->all[k]->poly, s->all[i]->poly)) s->all[i] = NULL;
}

/* --- the test --- */

static const char *with(emitter *e, const char *all, const char *word) {
    return all ? ins(e, "or i64 %s, %s", all, word) : word;
}

/* 2^bits numbers that the bounds of a value allow, nearly all of those that are no farther from zero than the
 * greatest; 0: no such number. Bounds far below zero stand for none. */
static uint32_t window_of(const bound *b, int64_t *from) {
    if (b->has != 3 || b->least > b->greatest || b->greatest < WINDOW_LEAST) return 0;
    uint64_t values = (uint64_t)b->greatest - (uint64_t)b->least + 1;
    uint32_t bits = 63 - (uint32_t)__builtin_clzll(values);
    *from = b->least;
    if (values - ((uint64_t)1 << bits) <= 1) return bits;
    bits = 65 - (uint32_t)__builtin_clzll((uint64_t)b->greatest);
    *from = b->greatest + 1 - ((int64_t)1 << bits);
    return *from >= b->least ? bits : 0;
}

/* Values that have so many bits: one look at the `or` of all of them. */
static const char *test_bounds(settling *s, const char *all) {
    emitter *e = s->t->e;
    const char *each[64] = {NULL};
    for (uint32_t i = 0; i < s->bound_count; i++) {
        int64_t from;
        uint32_t bits = window_of(&s->bounds[i], &from);
        if (!bits) continue;
        const char *in = span_calc(s->t, "sub", s->bounds[i].of, text(e, "%lld", (long long)from));
        each[bits] = with(e, each[bits], in);
    }
    for (uint32_t bits = 0; bits < 64; bits++) {
        if (!each[bits]) continue;
        const char *rest = ins(e, "sub i64 %lld, %s", (1LL << bits) - 1, each[bits]);
        all = with(e, with(e, all, each[bits]), rest);
    }
    return all;
}

static int in_bounds(settling *s, const need *n) {
    int side;
    int64_t at, from;
    const char *of = side_of(n->poly, &side, &at);
    return of && window_of(bound_of(s, of), &from);
}

static uint32_t length_of(const need *list) {
    uint32_t count = 0;
    for (; list; list = list->next) count++;
    return count;
}

static void gather(settling *s, const need *list) {
    for (; list; list = list->next) s->all[s->count++] = list;
}

static const char *word_of(span_test *t, const need *n) {
    const char *held = n->poly ? poly_held(t, n->poly) : NULL;
    if (held) return held;
    return n->lesser ? span_calc(t, "sub", n->greater, n->lesser) : n->greater;
}

const char *polys_settle(span_test *t) {
    emitter *e = t->e;
    uint32_t most = length_of(t->ok) + length_of(t->always);
    settling s = {.t = t,
                  .all = WF_NEW_ARRAY(e->arena, const need *, most),
                  .bounds = WF_NEW_ARRAY(e->arena, bound, most)};
    const char *all = NULL;
    gather(&s, t->ok);
    gather(&s, t->always);
    gather_bounds(&s);
    for (uint32_t i = 0; i < s.bound_count; i++)
        if (s.bounds[i].has == 3 && s.bounds[i].least > s.bounds[i].greatest) return "-1";
    leave_out(&s);
    for (uint32_t i = 0; i < s.count; i++)
        if (s.all[i] && !in_bounds(&s, s.all[i])) all = with(e, all, word_of(t, s.all[i]));
    return test_bounds(&s, all);
}
