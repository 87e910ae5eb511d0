/* emit/unroll.c: which loops a GPU has to run as straight lines.
 *
 * A private array whose index is a loop's counter can only be kept in registers when the loop is gone; else
 * it is in local memory, which is the GPU's main memory. LLVM weighs a loop by its size alone and leaves such
 * ones standing, so they are marked as `#pragma unroll` would: loops of a constant count whose counter picks
 * an element of a local array, if with the loops of constant counts inside not more than 256 rounds come of
 * it. */
#include "emit/inner.h"

enum { MOST_ROUNDS = 256, LIMIT = 1 << 30 };

static int mentions(const wf_expr *x, const wf_var *v) {
    if (!x) return 0;
    if (x->kind == WF_EX_VAR) return x->u.var == v;
    if (mentions(x->a, v) || mentions(x->b, v) || mentions(x->c, v)) return 1;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (mentions(x->u.call.args[i], v)) return 1;
    return 0;
}

/* x is an element (or a part) of a private array, picked by v. In a function that is emitted in place a
 * pointer may be one. */
static int picks(emitter *e, const wf_expr *x, const wf_var *v) {
    int by_v = 0;
    while (x->kind == WF_EX_MEMBER || x->kind == WF_EX_INDEX) {
        if (x->kind == WF_EX_MEMBER) {
            x = x->a;
            continue;
        }
        by_v |= mentions(x->b, v);
        if (x->a->kind == WF_EX_VAR && !e->inst->is_kernel) return by_v;
        if (x->a->kind != WF_EX_CAST || x->a->cast != WF_CAST_DECAY) return 0;
        x = x->a->a;
    }
    return by_v && x->kind == WF_EX_VAR && x->u.var->space == WF_SPACE_LOCAL;
}

static int expr_picks(emitter *e, const wf_expr *x, const wf_var *v) {
    if (!x) return 0;
    if (x->kind == WF_EX_INDEX && picks(e, x, v)) return 1;
    if (expr_picks(e, x->a, v) || expr_picks(e, x->b, v) || expr_picks(e, x->c, v)) return 1;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (expr_picks(e, x->u.call.args[i], v)) return 1;
    if (x->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < x->u.init.count; i++)
            if (expr_picks(e, x->u.init.items[i], v)) return 1;
    return 0;
}

/* Does anything in the list of statements pick by v? */
static int stmts_pick(emitter *e, const wf_stmt *s, const wf_var *v) {
    for (; s; s = s->next)
        if (expr_picks(e, s->expr, v) || expr_picks(e, s->step, v) || stmts_pick(e, s->init, v) ||
            stmts_pick(e, s->body, v) || stmts_pick(e, s->other, v))
            return 1;
    return 0;
}

/* The rounds of `for (T v = a; v < b; v += c)` with constants; 0: of another form. */
static uint64_t rounds_of(emitter *e, const wf_stmt *s) {
    const wf_expr *test = s->expr, *step = s->step;
    int64_t first, last, by = 1;
    if (s->kind != WF_ST_FOR || !test || !step || !s->init || s->init->kind != WF_ST_DECL) return 0;
    const wf_var *v = s->init->var;
    if (test->kind != WF_EX_BINARY || (test->op != WF_OP_LT && test->op != WF_OP_LE)) return 0;
    if (test->a->kind != WF_EX_VAR || test->a->u.var != v) return 0;
    if (!s->init->expr || !wf_fold_int(e->unit, s->init->expr, &first)) return 0;
    if (!wf_fold_int(e->unit, test->b, &last)) return 0;
    if (step->kind != WF_EX_STEP && step->kind != WF_EX_UPDATE) return 0;
    if (step->op != WF_OP_ADD || step->a->kind != WF_EX_VAR || step->a->u.var != v) return 0;
    if (step->kind == WF_EX_UPDATE && (!wf_fold_int(e->unit, step->b, &by) || by <= 0)) return 0;
    if (first < -LIMIT || last > LIMIT || by > LIMIT) return 0;
    last += test->op == WF_OP_LE;
    if (last <= first || last - first > MOST_ROUNDS * by) return 0;
    return (uint64_t)((last - first + by - 1) / by);
}

/* The most rounds that loops in the list make when all of constant counts are written out. */
static uint64_t rounds_inside(emitter *e, const wf_stmt *s) {
    uint64_t most = 1;
    for (; s; s = s->next) {
        uint64_t own = rounds_of(e, s), body = rounds_inside(e, s->body), other = rounds_inside(e, s->other);
        uint64_t all = (own ? own : 1) * (body > other ? body : other);
        if (all > most) most = all;
        if (most > MOST_ROUNDS) break;
    }
    return most;
}

int must_unroll(emitter *e, const wf_stmt *s) {
    uint64_t rounds = rounds_of(e, s);
    return rounds && stmts_pick(e, s->body, s->init->var) &&
           rounds * rounds_inside(e, s->body) <= MOST_ROUNDS;
}
