/* emit/ranges.c: what a condition says of a number.
 *
 * `top` of a value is an upper bound that its computation shows; threadIdx.x has the block's. In the body of
 * `if (t < s)` there is a better one, and with it `shared[t + s]` is often known to lie inside its array, so
 * that no test is left of it. Lanes in which the condition does not hold may have more: they are masked. */
#include "emit/inner.h"

/* The bound's own bound: of a literal, a variable, a block's dimension. */
static uint32_t top_of(emitter *e, const wf_expr *x) {
    while (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type) && bits_of(x->type) >= 32)
        x = x->a;
    if (x->kind == WF_EX_INT) return x->u.i < WF_TOP_MOST ? (uint32_t)x->u.i + 1 : 0;
    val v;
    if (x->kind == WF_EX_MEMBER && builtin_component(e, x, &v)) return v.top;
    if (x->kind != WF_EX_VAR || x->u.var->space != WF_SPACE_LOCAL) return 0;
    const local *l = &e->inst->locals[x->u.var->number];
    if (l->store != LOCAL_SLOTS || l->count != 1 || !is_int(x->u.var->type)) return 0;
    const slot *s = &l->slots[0];
    return s->range_top && (!s->v.top || s->range_top < s->v.top) ? s->range_top : s->v.top;
}

static void narrow(narrowed *n, uint32_t *at, uint32_t top) {
    if (n->count == NARROWED_MOST || !top || (*at && *at <= top)) return;
    n->at[n->count] = at;
    n->old[n->count++] = *at;
    *at = top;
}

/* Where `x < bound` holds: x is a variable that keeps its first value, or threadIdx, and not negative. Lanes
 * in which it does not hold may have more; they are masked, and in a group lane 0 has the least. */
static void narrow_by(emitter *e, const wf_expr *x, const wf_expr *bound, int inclusive, narrowed *n) {
    uint32_t top = top_of(e, bound);
    if (!top || (!inclusive && !--top)) return;
    while (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type) && bits_of(x->type) >= 32)
        x = x->a;
    if (x->kind == WF_EX_MEMBER && x->a->kind == WF_EX_BUILTIN && x->u.field < 3 &&
        x->a->u.call.builtin == WF_BI_THREAD_IDX) {
        val *v = &e->fn->thread[x->u.field];
        if (v->kind != K_CONST && v->top) narrow(n, &v->top, top);
    } else if (x->kind == WF_EX_VAR && x->u.var->space == WF_SPACE_LOCAL) {
        const scan_var *sv = &e->inst->scan->vars[x->u.var->number];
        local *l = &e->inst->locals[x->u.var->number];
        if (l->store != LOCAL_SLOTS || l->count != 1 || sv->assigned || !is_int(x->u.var->type)) return;
        slot *s = &l->slots[0];
        if (!s->v.top || s->v.top <= top || (s->v.kind == K_LINEAR && s->v.stride < 0)) return;
        narrow(n, &s->range_top, top);
    }
}

static void narrow_all(emitter *e, const wf_expr *c, narrowed *n) {
    if (c->kind != WF_EX_BINARY) return;
    if (c->op == WF_OP_LAND) {
        narrow_all(e, c->a, n);
        narrow_all(e, c->b, n);
    } else if (c->op == WF_OP_LT || c->op == WF_OP_LE) {
        narrow_by(e, c->a, c->b, c->op == WF_OP_LE, n);
    } else if (c->op == WF_OP_GT || c->op == WF_OP_GE) {
        narrow_by(e, c->b, c->a, c->op == WF_OP_GE, n);
    }
}

/* For the code that runs where c holds; narrow_end puts everything back. */
narrowed narrow_begin(emitter *e, const wf_expr *c) {
    narrowed n = {.count = 0};
    if (!e->gpu) narrow_all(e, c, &n);
    return n;
}

void narrow_end(narrowed *n) {
    while (n->count--) *n->at[n->count] = n->old[n->count];
}
