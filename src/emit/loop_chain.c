/* emit/loop_chain.c: innermost loops of one thread whose turns choose by what the turn before has left: tables of
 * whole numbers, `t[i, j] = min(t[i - 1, j] + 1, t[i, j - 1] + 1)`.
 *
 * No vectors come of them, and every turn waits for the choice of the one before. There LLVM makes branches of
 * conditional moves, and no predictor guesses which of two paths through a table is the shorter: a wrong guess in
 * every second turn took three times as long as the moves. So such a minimum or maximum of integers is written
 * as a choice that says so (!unpredictable), of operands between which LLVM does not see that it is a minimum,
 * whose own form forgets it. Of several operands that of the turn before comes last: what the others
 * have among them is known by then. */
#include "emit/inner.h"
#include "emit/lanes.h"
#include <string.h>

typedef struct chain {
    emitter *e;
    const scan_stmt *loop;
    map *loads; /* what is to be found: expressions that read what the turn before has left */
    const wf_expr *stores[8];
    uint32_t count;
    int up, chooses;
} chain;

static int is_choice(const wf_expr *x) {
    return x->kind == WF_EX_BUILTIN && (x->u.call.builtin == WF_BI_MIN || x->u.call.builtin == WF_BI_MAX) &&
           is_int(x->type) && bits_of(x->type) >= 32;
}

static int see_choice(void *user, const wf_expr *x) {
    (void)user;
    return is_choice(x);
}

static const wf_expr *index_inside(const wf_expr *x) {
    for (;;) {
        if (is_python_index(x)) x = x->u.call.args[0];
        else if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->a->type)) x = x->a;
        else return x;
    }
}

/* *by = a - b, where that is a constant by their forms. */
static int constant_apart(const wf_expr *a, const wf_expr *b, int64_t *by, int depth) {
    int64_t sum = 0;
    const wf_expr **both[2] = {&a, &b};
    for (int k = 0; k < 2; k++) {
        const wf_expr *x = *both[k] = index_inside(*both[k]);
        if (x->kind != WF_EX_BINARY || (x->op != WF_OP_ADD && x->op != WF_OP_SUB) || x->b->kind != WF_EX_INT)
            continue;
        int64_t n = x->op == WF_OP_ADD ? (int64_t)x->b->u.i : -(int64_t)x->b->u.i;
        sum += k ? -n : n;
        *both[k] = index_inside(x->a);
    }
    *by = sum;
    if (lanes_same_expr(a, b)) return 1;
    int64_t first, second;
    if (depth > 4 || a->kind != WF_EX_BINARY || a->op != WF_OP_ADD || b->kind != WF_EX_BINARY ||
        b->op != a->op || !constant_apart(a->a, b->a, &first, depth + 1) ||
        !constant_apart(a->b, b->b, &second, depth + 1))
        return 0;
    *by = sum + first + second;
    return 1;
}

static int see_store(void *user, const wf_expr *x) {
    chain *c = user;
    int assigns = x->kind == WF_EX_ASSIGN || x->kind == WF_EX_UPDATE;
    if (assigns && x->a->kind == WF_EX_INDEX && x->a->a->kind == WF_EX_VAR && c->count < 8)
        c->stores[c->count++] = x->a;
    return 0;
}

static int see_load(void *user, const wf_expr *x) {
    chain *c = user;
    int64_t by;
    if (x->kind == WF_EX_INDEX && x->a->kind == WF_EX_VAR)
        for (uint32_t i = 0; i < c->count; i++)
            if (c->stores[i]->a->u.var == x->a->u.var && constant_apart(c->stores[i]->b, x->b, &by, 0) &&
                (c->up ? by > 0 : by < 0))
                *map_at(c->loads, x) = c, c->chooses = 1;
    return 0;
}

/* What is done in every turn: under a condition LLVM leaves the moves as they are. */
static void look(chain *c, const wf_stmt *s) {
    for (; s; s = s->next) {
        if (s->kind == WF_ST_BLOCK) look(c, s->body);
        if ((s->kind == WF_ST_EXPR || s->kind == WF_ST_DECL) && s->expr &&
            any_expr(s->expr, see_choice, NULL))
            any_expr(s->expr, see_load, c);
    }
}

/* The expressions of an innermost loop that read an element which the turn before has stored; NULL: none, or
 * nothing is chosen there. */
map *loop_chain(emitter *e, const wf_stmt *s) {
    counted_for k;
    if (e->gpu || e->L != 1 || strncmp(e->target->triple, "x86_64", 6) || !counted_loop(s, &k) || k.by ||
        !any_stmt(s->body, see_choice, NULL))
        return NULL;
    chain c = {.e = e, .loads = map_new(e->arena), .up = k.up};
    any_stmt(s->body, see_store, &c);
    if (c.count) look(&c, s->body);
    return c.chooses ? c.loads : NULL;
}

static int see_chained(void *user, const wf_expr *x) { return map_get(user, x) != NULL; }

enum { OPERANDS_MOST = 8 };

/* min(min(a, b), c): a, b, c */
static uint32_t operands_of(const wf_expr *x, const wf_expr *choice, const wf_expr **out, uint32_t n) {
    if (n > OPERANDS_MOST) return n;
    if (is_choice(x) && x->u.call.builtin == choice->u.call.builtin &&
        x->type->unqual == choice->type->unqual)
        return operands_of(x->u.call.args[1], choice, out, operands_of(x->u.call.args[0], choice, out, n));
    if (n < OPERANDS_MOST) out[n] = x;
    return n + 1;
}

static val choose(emitter *e, const wf_expr *x, val a, val b, int hidden) {
    int most = x->u.call.builtin == WF_BI_MAX;
    if (!hidden || a.kind == K_CONST || b.kind == K_CONST || a.kind == K_BOTTOM || b.kind == K_BOTTOM)
        return select_of(e, compare(e, most ? WF_OP_GT : WF_OP_LT, a, b), a, b);
    const char *t = ir_type(e, x->type),
               *test = is_signed(x->type) ? (most ? "sgt" : "slt") : (most ? "ugt" : "ult");
    const char *a_again = ins(e, "call %s asm \"\", \"=r,0\"(%s %s)", t, t, a.op);
    const char *second = ins(e, "icmp %s %s %s, %s", test, t, b.op, a_again);
    return val_of(x->type->unqual, kind_max(a.kind, b.kind),
                  ins(e, "select i1 %s, %s %s, %s %s, !unpredictable !1", second, t, b.op, t, a.op));
}

int emit_chained_choice(emitter *e, const wf_expr *x, val *out) {
    const wf_expr *operands[OPERANDS_MOST];
    val known[OPERANDS_MOST];
    if (!e->chained || e->L != 1 || !is_choice(x) || !any_expr(x, see_chained, e->chained)) return 0;
    uint32_t n = operands_of(x, x, operands, 0);
    if (n > OPERANDS_MOST) return 0;
    for (uint32_t i = 0; i < n; i++) known[i] = convert(e, emit_expr(e, operands[i]), x->type);
    val r = {0};
    for (int late = 0; late < 2; late++)
        for (uint32_t i = 0; i < n; i++)
            if (any_expr(operands[i], see_chained, e->chained) == late)
                r = r.type ? choose(e, x, r, known[i], late) : known[i];
    *out = r;
    return 1;
}
