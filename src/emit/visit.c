/* emit/visit.c: which local variables of an activation a statement mentions, and which of them it assigns. */
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

static void see_var(const inst *in, const wf_var *v, int assigned, visit *see, void *user) {
    if (v->space == WF_SPACE_LOCAL && v->number < in->scan->var_count)
        see(user, &in->scan->vars[v->number], assigned);
}

void visit_expr(const inst *in, const wf_expr *x, visit *see, void *user) {
    if (!x) return;
    if (x->kind == WF_EX_VAR) see_var(in, x->u.var, 0, see, user);
    if (x->kind == WF_EX_ASSIGN || x->kind == WF_EX_UPDATE || x->kind == WF_EX_STEP) {
        const wf_expr *b = bottom_of(x->a);
        if (b) see_var(in, b->u.var, 1, see, user);
    }
    visit_expr(in, x->a, see, user);
    visit_expr(in, x->b, see, user);
    visit_expr(in, x->c, see, user);
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++) visit_expr(in, x->u.call.args[i], see, user);
    if (x->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < x->u.init.count; i++) visit_expr(in, x->u.init.items[i], see, user);
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
