/* emit/loop_tally.c: variables that count what nested loops have done.
 *
 * `k = 0; for (…) for (…) { …; k += 1; }`: beside the counters of the loops, k is bounded by their turns. The
 * additions must be all that changes the variable from where it begins, and come in every turn, in loops that
 * run to their end: of what a condition adds, the program knows better how little it is, and arrays are made
 * to fit, so that a test of the most that it can be would send the nest to its checked twin. */
#include "emit/spans.h"

typedef struct finding {
    const inst *in;
    const wf_var *var;
    tally *out;
    const wf_stmt *loops[TALLY_LOOPS_MOST];
    uint32_t depth, assigned;
    int bad;
} finding;

static void see_assignment(void *user, scan_var *v, int assigned) {
    finding *f = user;
    f->assigned += assigned && v->var == f->var;
}

/* How much `v = v + c`, `v += c` or `v++` adds; 0: another statement. */
static int64_t tally_step(const wf_stmt *s, const wf_var *v) {
    const wf_expr *x = s->expr;
    if (s->kind != WF_ST_EXPR || !x) return 0;
    while (x->kind == WF_EX_CAST && x->cast == WF_CAST_VOID) x = x->a;
    if (!x->a || x->a->kind != WF_EX_VAR || x->a->u.var != v) return 0;
    if (x->kind == WF_EX_STEP) return x->op == WF_OP_ADD;
    const wf_expr *by = NULL;
    if (x->kind == WF_EX_UPDATE && x->op == WF_OP_ADD) by = x->b;
    if (x->kind == WF_EX_ASSIGN && x->b->kind == WF_EX_BINARY && x->b->op == WF_OP_ADD &&
        x->b->a->kind == WF_EX_VAR && x->b->a->u.var == v)
        by = x->b->b;
    return by && by->kind == WF_EX_INT && by->u.i > 0 && by->u.i <= TALLY_STEP_MOST ? (int64_t)by->u.i : 0;
}

/* A way out of the loop, or past the rest of its turn. */
static int leaves_early(const wf_stmt *s, int in_loop) {
    for (; s; s = s->next) {
        int loop = s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO;
        if (s->kind == WF_ST_RETURN || s->kind == WF_ST_GOTO) return 1;
        if (!in_loop && (s->kind == WF_ST_BREAK || s->kind == WF_ST_CONTINUE)) return 1;
        if (leaves_early(s->body, in_loop || loop) || leaves_early(s->other, in_loop || loop)) return 1;
    }
    return 0;
}

static void find(finding *f, const wf_stmt *s) {
    for (; s && !f->bad; s = s->next) {
        int64_t by = tally_step(s, f->var);
        counted_for c;
        if (by) {
            tally *t = f->out;
            if (t->count == TALLY_ADDS_MOST || !f->depth) {
                f->bad = 1;
                return;
            }
            tally_add *a = &t->adds[t->count++];
            *a = (tally_add){.at = s, .by = by, .depth = f->depth};
            for (uint32_t i = 0; i < f->depth; i++) a->loops[i] = f->loops[i];
        } else if (s->kind == WF_ST_BLOCK) {
            find(f, s->body);
        } else if (s->kind == WF_ST_FOR && counted_loop(s, &c)) {
            f->bad |= f->depth == TALLY_LOOPS_MOST || s->for_kind == WF_FOR_PARALLEL;
            if (f->bad) return;
            f->loops[f->depth++] = s;
            uint32_t before = f->out->count;
            find(f, s->body);
            f->bad |= f->out->count != before && leaves_early(s->body, 0);
            f->depth--;
        }
    }
}

/* v is declared in the nest, or before it. */
int tally_find(emitter *e, const wf_stmt *nest, const scan_var *v, tally *out) {
    const scan_stmt *whole = scan_stmt_of(e->inst->scan, nest);
    finding f = {.in = e->inst, .var = v->var, .out = out};
    int inside = whole && v->decl && v->first > whole->begin;
    *out = (tally){.first = inside ? v->decl->expr : NULL, .inside = inside};
    if (v->escapes || !v->assigned || bits_of(v->var->type) != 64 || !is_signed(v->var->type) ||
        (inside && !out->first))
        return 0;
    if (inside) {
        for (const wf_stmt *s = v->decl->next; s; s = s->next) visit_stmt(e->inst, s, see_assignment, &f);
        if (f.assigned != v->assigned) return 0;
        find(&f, v->decl->next);
    } else {
        for (const wf_stmt *s = nest->body; s; s = s->next) visit_stmt(e->inst, s, see_assignment, &f);
        visit_expr(e->inst, nest->step, see_assignment, &f);
        f.loops[f.depth++] = nest;
        find(&f, nest->body);
    }
    return !f.bad && out->count && out->count == f.assigned && (inside || !leaves_early(nest->body, 0));
}
