/* emit/spans.c: see spans.h. */
#include "emit/spans.h"
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 40 };
#define HUGE ((int64_t)1 << 61)   /* a sum of two such numbers is a number of 64 bits */
#define FACTOR ((int64_t)1 << 30) /* a product of two such numbers is less than HUGE */

typedef struct known_span {
    span span;
    int good, saw_block;
} known_span;

static const char *number(emitter *e, int64_t n) { return text(e, "%lld", (long long)n); }

/* --- arithmetic, each instruction once --- */

static int is_number(const char *op) { return *op == '-' || (*op >= '0' && *op <= '9'); }

static int known_result(const char *op, int64_t a, int64_t b, int64_t *out) {
    switch (*op) {
    case 'a': return !strcmp(op, "add") && !__builtin_add_overflow(a, b, out);
    case 's': return !strcmp(op, "sub") && !__builtin_sub_overflow(a, b, out);
    case 'm': return !strcmp(op, "mul") && !__builtin_mul_overflow(a, b, out);
    default: return 0;
    }
}

void span_begin(span_test *t) {
    map **all[] = {&t->spans, &t->made, &t->polys, &t->held, &t->texts, &t->sums};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = map_new(t->e->arena);
}

const char *span_calc(span_test *t, const char *op, const char *a, const char *b) {
    emitter *e = t->e;
    int64_t n;
    if (is_number(b) && is_number(a) && known_result(op, strtoll(a, NULL, 10), strtoll(b, NULL, 10), &n))
        return number(e, n);
    if (!strcmp(b, "0") && (!strcmp(op, "add") || !strcmp(op, "sub"))) return a;
    if (!strcmp(a, "0") && !strcmp(op, "add")) return b;
    if (!writing(e)) return "undef";
    int sum = !strcmp(op, "add") || !strcmp(op, "sub") || !strcmp(op, "mul");
    const poly *f = sum ? poly_calc(t, *op, poly_of(t, a), poly_of(t, b)) : NULL;
    if (f && !f->count) return number(e, (int64_t)f->constant);
    const char *held = f ? poly_held(t, f) : NULL;
    if (held) return held;
    void **made = map_at_text(t->made, text(e, "%s %s, %s", op, a, b));
    if (*made) return *made;
    const char *result = ins(e, "%s i64 %s, %s", op, a, b);
    *made = (void *)(uintptr_t)result;
    if (f) poly_is_held(t, f, result);
    return result;
}

/* --- what is required --- */

static void add_need(span_test *t, const need **list, need one) {
    if (one.poly && !one.poly->count && (int64_t)one.poly->constant >= 0) return;
    for (const need *n = *list; n; n = n->next)
        if (one.poly ? n->poly == one.poly : n->lesser == one.lesser && !strcmp(n->greater, one.greater))
            return;
    need *n = WF_NEW(t->e->arena, need);
    *n = one;
    n->next = *list;
    *list = n;
}

void span_need(span_test *t, const need **list, const char *word) {
    add_need(t, list, (need){word, NULL, writing(t->e) ? poly_of(t, word) : NULL, NULL});
}

void span_require_order(span_test *t, const char *lesser, const char *greater, int64_t gap) {
    const char *by = number(t->e, gap);
    if (is_number(lesser)) lesser = span_calc(t, "add", lesser, by);
    else greater = span_calc(t, "sub", greater, by);
    const poly *f = writing(t->e) ? poly_calc(t, 's', poly_of(t, greater), poly_of(t, lesser)) : NULL;
    if (f) add_need(t, &t->ok, (need){greater, lesser, f, NULL});
    else span_need(t, &t->ok, span_calc(t, "sub", greater, lesser));
}

const char *span_settle(span_test *t) {
    if (!t->ok && !t->always) return NULL;
    const char *all = polys_settle(t);
    return all ? ins(t->e, "icmp sge i64 %s, 0", all) : "true";
}

void span_require_within(span_test *t, span *s, int64_t least, int64_t greatest) {
    if (s->least < least) span_require_order(t, number(t->e, least), s->lo, 0);
    if (s->greatest > greatest) span_require_order(t, s->hi, number(t->e, greatest), 0);
    if (s->least < least) s->least = least;
    if (s->greatest > greatest) s->greatest = greatest;
}

/* The value fits its type in the program, and stays far from the ends of 64 bits. */
static void require_fits(span_test *t, const wf_type *type, span *s) {
    if (bits_of(type) == 32) {
        span_require_within(t, s, is_signed(type) ? INT32_MIN : 0, is_signed(type) ? INT32_MAX : UINT32_MAX);
        return;
    }
    if (!is_signed(type) && s->least < 0) span_require_within(t, s, 0, INT64_MAX);
    if (s->least < -HUGE || s->greatest > HUGE) span_require_within(t, s, -WF_FAR, WF_FAR);
}

/* --- values and variables --- */

span span_of_value(span_test *t, val v) {
    emitter *e = t->e;
    span s;
    if (v.kind == K_CONST) {
        s = (span){number(e, v.imm), NULL, v.imm, v.imm};
    } else {
        const char *op = v.op;
        if (bits_of(v.type) == 32) op = ins(e, "%s i32 %s to i64", is_signed(v.type) ? "sext" : "zext", op);
        s = (span){op, NULL, is_signed(v.type) ? INT32_MIN : 0, is_signed(v.type) ? INT32_MAX : UINT32_MAX};
        if (v.top) s.least = 0, s.greatest = (int64_t)v.top - 1;
        else if (bits_of(v.type) == 64) s.least = INT64_MIN, s.greatest = INT64_MAX;
    }
    s.hi = s.lo;
    if (bits_of(v.type) == 64) require_fits(t, v.type, &s);
    return s;
}

/* What its span rests on is required in any case. */
static int variable_span(span_test *t, const wf_var *v, span *s) {
    void **known = map_at(t->spans, v);
    if (!*known) {
        known_span *k = WF_NEW(t->e->arena, known_span);
        const need *ok = t->ok;
        int saw_block = t->saw_block;
        t->ok = NULL;
        t->saw_block = t->passing = 0;
        k->good = t->variable(t, v, &k->span);
        k->saw_block = t->saw_block;
        for (const need *n = k->good ? t->ok : NULL; n; n = n->next) add_need(t, &t->always, *n);
        t->ok = ok;
        t->saw_block = saw_block;
        *map_at(t->spans, v) = t->passing ? NULL : k; /* the map may have grown */
        t->passing = 0;
        *s = k->span;
        t->saw_block |= k->saw_block;
        return k->good;
    }
    const known_span *k = *known;
    *s = k->span;
    t->saw_block |= k->saw_block;
    return k->good;
}

/* --- arithmetic --- */

static int is_one(const span *s) { return s->lo == s->hi; }

static int add_spans(span_test *t, int minus, const span *a, const span *b, span *s) {
    const char *op = minus ? "sub" : "add";
    s->lo = span_calc(t, op, a->lo, minus ? b->hi : b->lo);
    s->hi = is_one(a) && is_one(b) ? s->lo : span_calc(t, op, a->hi, minus ? b->lo : b->hi);
    s->least = minus ? a->least - b->greatest : a->least + b->least;
    s->greatest = minus ? a->greatest - b->least : a->greatest + b->greatest;
    return 1;
}

static int negated_span(span_test *t, const wf_expr *x, span *s) {
    span zero = {"0", "0", 0, 0}, a;
    zero.hi = zero.lo;
    if (x->op != WF_OP_NEG || !span_of(t, x->a, &a)) return 0;
    add_spans(t, 1, &zero, &a, s);
    require_fits(t, x->type, s);
    return 1;
}

/* A span by one value, which must not be negative. */
static int multiply_span(span_test *t, span a, span by, span *s) {
    if (!is_one(&by) || by.greatest < 0) return 0;
    span_require_within(t, &by, 0, INT64_MAX);
    __int128 least = (__int128)a.least * by.greatest, greatest = (__int128)a.greatest * by.greatest;
    if (least < -HUGE || greatest > HUGE) {
        span_require_within(t, &a, -FACTOR, FACTOR);
        span_require_within(t, &by, 0, FACTOR);
        least = (__int128)a.least * by.greatest, greatest = (__int128)a.greatest * by.greatest;
    }
    s->lo = span_calc(t, "mul", a.lo, by.lo);
    s->hi = is_one(&a) ? s->lo : span_calc(t, "mul", a.hi, by.lo);
    s->least = a.least >= 0 ? 0 : (int64_t)least;
    s->greatest = a.greatest < 0 ? 0 : (int64_t)greatest;
    return 1;
}

/* x / c, x >> c, x % c, x & c for a literal c. */
static int by_literal(span_test *t, const wf_expr *x, span *s) {
    emitter *e = t->e;
    span a;
    int64_t c = (int64_t)x->b->u.i;
    if (c < 1 || c > INT32_MAX || !span_of(t, x->a, &a)) return 0;
    if (x->op == WF_OP_REM || x->op == WF_OP_AND) {
        span_require_within(t, &a, 0, INT64_MAX);
        int64_t greatest = x->op == WF_OP_REM ? c - 1 : c;
        *s = (span){"0", number(e, greatest), 0, greatest};
        return 1;
    }
    if (x->op == WF_OP_SHR && c > 30) return 0;
    const char *op = x->op == WF_OP_DIV ? "sdiv" : "ashr"; /* both keep the order */
    s->lo = span_calc(t, op, a.lo, number(e, c));
    s->hi = is_one(&a) ? s->lo : span_calc(t, op, a.hi, number(e, c));
    s->least = a.least < 0 ? a.least : 0;
    s->greatest = a.greatest > 0 ? a.greatest : 0;
    return 1;
}

static int binary_span(span_test *t, const wf_expr *x, span *s) {
    span a, b;
    if (x->op == WF_OP_DIV || x->op == WF_OP_SHR || x->op == WF_OP_REM || x->op == WF_OP_AND)
        return x->b->kind == WF_EX_INT && by_literal(t, x, s);
    if (x->op != WF_OP_ADD && x->op != WF_OP_SUB && x->op != WF_OP_MUL && x->op != WF_OP_SHL) return 0;
    if (!span_of(t, x->a, &a) || !span_of(t, x->b, &b)) return 0;
    int good;
    if (x->op == WF_OP_SHL) {
        if (x->b->kind != WF_EX_INT || x->b->u.i > 30) return 0;
        int64_t by = (int64_t)1 << x->b->u.i;
        span power = {number(t->e, by), NULL, by, by};
        power.hi = power.lo;
        good = multiply_span(t, a, power, s);
    } else if (x->op == WF_OP_MUL) {
        good = is_one(&b) ? multiply_span(t, a, b, s) : multiply_span(t, b, a, s);
    } else {
        good = add_spans(t, x->op == WF_OP_SUB, &a, &b, s);
    }
    if (good) require_fits(t, x->type, s);
    return good;
}

/* c ? a : b: one of the two. */
static int either_span(span_test *t, const wf_expr *x, span *s) {
    emitter *e = t->e;
    span a, b;
    if (!span_of(t, x->b, &a) || !span_of(t, x->c, &b)) return 0;
    s->lo = ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp slt i64 %s, %s", a.lo, b.lo), a.lo, b.lo);
    s->hi = ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp sgt i64 %s, %s", a.hi, b.hi), a.hi, b.hi);
    s->least = a.least < b.least ? a.least : b.least;
    s->greatest = a.greatest > b.greatest ? a.greatest : b.greatest;
    return 1;
}

/* min(x, y), max(x, y): both ends are the ends' own. */
static int extreme_span(span_test *t, const wf_expr *x, span *s) {
    emitter *e = t->e;
    span a, b;
    int most = x->u.call.builtin == WF_BI_MAX;
    if (!span_of(t, x->u.call.args[0], &a) || !span_of(t, x->u.call.args[1], &b)) return 0;
    const char *test = most ? "sgt" : "slt";
    s->lo =
        ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp %s i64 %s, %s", test, a.lo, b.lo), a.lo, b.lo);
    s->hi = is_one(&a) && is_one(&b) ? s->lo
                                     : ins(e, "select i1 %s, i64 %s, i64 %s",
                                           ins(e, "icmp %s i64 %s, %s", test, a.hi, b.hi), a.hi, b.hi);
    s->least = (a.least > b.least) == most ? a.least : b.least;
    s->greatest = (a.greatest > b.greatest) == most ? a.greatest : b.greatest;
    require_fits(t, x->type, s);
    return 1;
}

/* x % n of Python's: within 0 … n - 1, whatever x is, for a positive n. */
static int remainder_span(span_test *t, const wf_expr *x, span *s) {
    const char *name = x->u.call.func->name;
    span n;
    if (strcmp(name, "wf_py_mod") && strcmp(name, "wf_py_mod_of")) return 0;
    if (!span_of(t, x->u.call.args[1], &n)) return 0;
    span_require_within(t, &n, 1, WF_FAR);
    *s = (span){"0", span_calc(t, "sub", n.hi, "1"), 0, n.greatest - 1};
    return 1;
}

/* items[i] of a local array of constants that is never changed: one of them. */
static int constant_span(span_test *t, const wf_expr *x, span *s) {
    const wf_expr *a = x->a;
    if (a->kind != WF_EX_CAST || a->cast != WF_CAST_DECAY || a->a->kind != WF_EX_VAR) return 0;
    const wf_var *v = a->a->u.var;
    const scan *sc = t->in->scan;
    if (v->space != WF_SPACE_LOCAL || v->number >= sc->var_count) return 0;
    const scan_var *sv = &sc->vars[v->number];
    const wf_expr *init = sv->decl ? sv->decl->expr : NULL;
    if (sv->assigned || sv->escapes || !init || init->kind != WF_EX_INIT || !init->u.init.count) return 0;
    if (init->u.init.count != v->type->count) return 0;
    for (uint32_t i = 0; i < init->u.init.count; i++) {
        const wf_expr *one = init->u.init.items[i];
        if (!one || one->kind != WF_EX_INT) return 0;
        int64_t n = bits_of(one->type) == 32 && is_signed(one->type) ? (int32_t)one->u.i : (int64_t)one->u.i;
        if (n < -FACTOR || n > FACTOR) return 0;
        if (!i || n < s->least) s->least = n;
        if (!i || n > s->greatest) s->greatest = n;
    }
    s->lo = number(t->e, s->least);
    s->hi = number(t->e, s->greatest);
    return 1;
}

/* __wf_index(i, n, axis) where it need neither wrap nor report. */
static int index_span(span_test *t, const wf_expr *x, span *s) {
    span n;
    if (!span_of(t, x->u.call.args[0], s) || !span_of(t, x->u.call.args[1], &n)) return 0;
    span_require_within(t, s, 0, INT64_MAX);
    span_require_order(t, s->hi, n.lo, 1);
    return 1;
}

int span_of(span_test *t, const wf_expr *x, span *s) {
    if (--t->nodes < 0 || t->depth > DEPTH_MOST) return 0;
    int good = 0;
    t->depth++;
    if (!is_int(x->type) || bits_of(x->type) < 32) good = 0;
    else if (x->kind == WF_EX_INT) *s = span_of_value(t, val_int(t->e, x->type->unqual, x->u.i)), good = 1;
    else if (x->kind == WF_EX_VAR) good = variable_span(t, x->u.var, s);
    else if (x->kind == WF_EX_MEMBER) good = t->component && t->component(t, x, s);
    else if (x->kind == WF_EX_BINARY) good = binary_span(t, x, s);
    else if (x->kind == WF_EX_UNARY) good = negated_span(t, x, s);
    else if (x->kind == WF_EX_COND) good = either_span(t, x, s);
    else if (is_python_index(x)) good = index_span(t, x, s);
    else if (x->kind == WF_EX_BUILTIN && (x->u.call.builtin == WF_BI_MIN || x->u.call.builtin == WF_BI_MAX))
        good = extreme_span(t, x, s);
    else if (x->kind == WF_EX_CALL) good = remainder_span(t, x, s);
    else if (x->kind == WF_EX_INDEX) good = constant_span(t, x, s);
    else if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && span_of(t, x->a, s)) {
        require_fits(t, x->type, s);
        good = 1;
    }
    t->depth--;
    return good;
}
