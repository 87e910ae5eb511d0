/* pyfunc/conditions.c: what the conditions around a place say of integers there.
 *
 * `while j > 0 and a[j - 1] > v:`, `if 0 <= y < h and grid[y, x]`: an index that is known not to be negative is
 * tested once, against the end, and needs no second look at what a negative one would mean. So a condition that
 * holds leaves facts behind, of variables only: v >= a number, v >= u. They serve where a variable is read and
 * where something is subtracted from one. An assignment to a variable ends its facts; so does the beginning of
 * any loop, whose body may assign before it is read again, for all facts from outside. */
#include "pyfunc/lower.h"

/* A variable of 64 bits with a sign, whose value nobody else sees. */
static const wf_var *variable(const wf_expr *e) {
    while (e->kind == WF_EX_CAST && e->cast == WF_CAST_QUAL) e = e->a;
    if (e->kind != WF_EX_VAR || e->u.var->space != WF_SPACE_LOCAL || e->u.var->address_taken) return NULL;
    int kind = e->type->unqual->kind;
    return kind == WF_TY_LONG || kind == WF_TY_LLONG ? e->u.var : NULL;
}

static int number(const wf_expr *e, int64_t *n) {
    while (e->kind == WF_EX_CAST) e = e->a;
    if (e->kind != WF_EX_INT || (int64_t)e->u.i == INT64_MIN || (int64_t)e->u.i == INT64_MAX) return 0;
    *n = (int64_t)e->u.i;
    return 1;
}

static void add(wf_pf_facts *facts, const wf_var *v, const wf_var *u, int64_t least) {
    if (facts->count < WF_PF_FACTS_MOST) facts->at[facts->count++] = (wf_pf_fact){v, u, least};
}

/* more >= less, or more > less */
static void compare(wf_pf_facts *facts, const wf_expr *more, const wf_expr *less, int strict) {
    const wf_var *v = variable(more), *u = variable(less);
    int64_t n;
    if (v && number(less, &n)) add(facts, v, NULL, n + strict);
    else if (v && u && v != u) add(facts, v, u, 0);
}

static void learn(wf_pf_facts *facts, const wf_expr *test) {
    while (test->kind == WF_EX_CAST && test->cast == WF_CAST_QUAL) test = test->a;
    if (test->kind != WF_EX_BINARY) return;
    if (test->op == WF_OP_LAND) {
        learn(facts, test->a);
        learn(facts, test->b);
    }
    if (test->op == WF_OP_GE || test->op == WF_OP_GT) compare(facts, test->a, test->b, test->op == WF_OP_GT);
    if (test->op == WF_OP_LE || test->op == WF_OP_LT) compare(facts, test->b, test->a, test->op == WF_OP_LT);
}

void wf_pf_facts_begin(wf_pf_body *b, wf_pf_facts *facts, const wf_expr *test) {
    facts->count = 0;
    facts->outer = b->facts;
    b->facts = facts;
    if (test) learn(facts, test);
}

void wf_pf_facts_end(wf_pf_body *b, const wf_pf_facts *facts) { b->facts = facts->outer; }

void wf_pf_facts_forget(wf_pf_body *b, const wf_var *v) {
    for (wf_pf_facts *f = b->facts; f; f = f->outer)
        for (uint32_t i = 0; i < f->count; i++)
            if (!v || f->at[i].v == v || f->at[i].u == v) f->at[i--] = f->at[--f->count];
}

/* Is x - less, a number or a variable that is not negative, known not to be negative? less NULL: x itself. */
int wf_pf_facts_cover(const wf_pf_body *b, const wf_expr *x, const wf_pf_val *less) {
    const wf_var *v = x && b->facts ? variable(x) : NULL, *u;
    int64_t n = 0;
    if (!v) return 0;
    if (less && less->known && less->known->kind == WF_PF_V_INT) n = less->known->i;
    u = less && !less->known && less->e && less->nonneg ? variable(less->e) : NULL;
    if (n < 0 || (less && !less->known && !u)) return 0;
    for (const wf_pf_facts *f = b->facts; f; f = f->outer)
        for (uint32_t i = 0; i < f->count; i++)
            if (f->at[i].v == v && (u ? f->at[i].u == u : !f->at[i].u && f->at[i].least >= n)) return 1;
    return 0;
}
