/* emit/visit.c: walks over expressions and statements: is there one of some kind; which local variables of an
 * activation does a statement mention, and which of them does it assign; is a loop a counted one. */
#include "emit/inner.h"

/* The variable that an lvalue is part of, as the expression that names it; NULL: behind a pointer. */
static const wf_expr *bottom_of(const wf_expr *x) {
    for (;;) {
        if (x->kind == WF_EX_VAR) return x;
        if (x->kind == WF_EX_MEMBER) x = x->a;
        else if (x->kind == WF_EX_INDEX && x->a->kind == WF_EX_CAST && x->a->cast == WF_CAST_DECAY)
            x = x->a->a;
        else return NULL;
    }
}

int any_expr(const wf_expr *x, match *is, void *user) {
    if (!x) return 0;
    if (is(user, x) || any_expr(x->a, is, user) || any_expr(x->b, is, user) || any_expr(x->c, is, user))
        return 1;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (any_expr(x->u.call.args[i], is, user)) return 1;
    if (x->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < x->u.init.count; i++)
            if (any_expr(x->u.init.items[i], is, user)) return 1;
    return 0;
}

int any_stmt(const wf_stmt *s, match *is, void *user) {
    for (; s; s = s->next)
        if (any_expr(s->expr, is, user) || any_expr(s->step, is, user) || any_stmt(s->init, is, user) ||
            any_stmt(s->body, is, user) || any_stmt(s->other, is, user))
            return 1;
    return 0;
}

static void see_var(const inst *in, const wf_var *v, int assigned, visit *see, void *user) {
    if (v->space == WF_SPACE_LOCAL && v->number < in->scan->var_count)
        see(user, &in->scan->vars[v->number], assigned);
}

typedef struct visitor {
    const inst *in;
    visit *see;
    void *user;
} visitor;

static int see_expr(void *user, const wf_expr *x) {
    visitor *v = user;
    if (x->kind == WF_EX_VAR) see_var(v->in, x->u.var, 0, v->see, v->user);
    if (x->kind == WF_EX_ASSIGN || x->kind == WF_EX_UPDATE || x->kind == WF_EX_STEP) {
        const wf_expr *b = bottom_of(x->a);
        if (b) see_var(v->in, b->u.var, 1, v->see, v->user);
    }
    return 0;
}

void visit_expr(const inst *in, const wf_expr *x, visit *see, void *user) {
    visitor v = {in, see, user};
    any_expr(x, see_expr, &v);
}

/* A pointer that starts as null (slots.c). */
static int starts_null(const inst *in, const wf_var *v) {
    if (v->space != WF_SPACE_LOCAL || v->number >= in->scan->var_count) return 0;
    const local *l = &in->locals[v->number];
    for (uint32_t i = 0; l->store == LOCAL_SLOTS && i < l->count; i++)
        if (l->slots[i].unset == UNSET_SOMEWHERE) return 1;
    return 0;
}

void visit_stmt(const inst *in, const wf_stmt *s, visit *see, void *user) {
    if (s->kind == WF_ST_DECL) see_var(in, s->var, s->expr || starts_null(in, s->var), see, user);
    if (s->kind == WF_ST_ASM)
        for (uint32_t i = 0; i < (uint32_t)(s->asm_->outputs + s->asm_->inputs); i++)
            visit_expr(in, s->asm_->operands[i].value, see, user);
    visit_expr(in, s->expr, see, user);
    visit_expr(in, s->step, see, user);
    if (s->init) visit_stmt(in, s->init, see, user);
    for (const wf_stmt *c = s->body; c; c = c->next) visit_stmt(in, c, see, user);
    for (const wf_stmt *c = s->other; c; c = c->next) visit_stmt(in, c, see, user);
}

int counted_loop(const wf_stmt *s, counted_for *out) {
    const wf_expr *test = s->expr, *step = s->step;
    if (s->kind != WF_ST_FOR || !test || !step || test->kind != WF_EX_BINARY || test->a->kind != WF_EX_VAR)
        return 0;
    const wf_var *v = test->a->u.var;
    int up = test->op == WF_OP_LT || test->op == WF_OP_LE,
        down = test->op == WF_OP_GT || test->op == WF_OP_GE;
    if ((!up && !down) || !is_int(v->type) || bits_of(v->type) < 32 || v->space != WF_SPACE_LOCAL) return 0;
    if (step->kind != WF_EX_STEP && step->kind != WF_EX_UPDATE) return 0;
    if ((step->op != WF_OP_ADD && step->op != WF_OP_SUB) || step->a->kind != WF_EX_VAR || step->a->u.var != v)
        return 0;
    *out = (counted_for){.var = v, .bound = test->b, .up = up, .subtracts = step->op == WF_OP_SUB};
    out->inclusive = test->op == WF_OP_LE || test->op == WF_OP_GE;
    if (s->init && s->init->kind == WF_ST_DECL && s->init->var == v) out->first = s->init->expr;
    if (step->kind == WF_EX_STEP) out->step = 1;
    else if (step->b->kind != WF_EX_INT) out->by = step->b;
    else out->step = (int64_t)step->b->u.i;
    if (out->by) return 1;
    if (out->subtracts) out->step = (int64_t)(0 - (uint64_t)out->step);
    return up ? out->step > 0 : out->step < 0 && out->step != INT64_MIN;
}
