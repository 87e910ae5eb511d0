/* emit/lanes_index.c: how the indices of a loop's turns lie to each other (lanes.c), from their form alone.
 */
#include "emit/lanes.h"

int lanes_same_expr(const wf_expr *a, const wf_expr *b) {
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->op != b->op || a->cast != b->cast || a->type->unqual != b->type->unqual)
        return 0;
    if (a->kind == WF_EX_INT) return a->u.i == b->u.i;
    if (a->kind == WF_EX_VAR) return a->u.var == b->u.var;
    if (a->kind == WF_EX_BUILTIN) {
        if (a->u.call.builtin != b->u.call.builtin || a->u.call.count != b->u.call.count) return 0;
        for (uint32_t i = 0; i < a->u.call.count; i++)
            if (!lanes_same_expr(a->u.call.args[i], b->u.call.args[i])) return 0;
        return 1;
    }
    if (a->kind != WF_EX_BINARY && a->kind != WF_EX_UNARY && a->kind != WF_EX_CAST && a->kind != WF_EX_INDEX)
        return 0;
    return lanes_same_expr(a->a, b->a) && lanes_same_expr(a->b, b->b);
}

/* What a variable of the turn that is never assigned again was declared with; NULL: not such a one. */
static const wf_expr *declared_as(const review *r, const wf_var *v) {
    if (v == r->counter || !lanes_is_inside(r, v)) return NULL;
    const scan_var *sv = &r->in->scan->vars[v->number];
    return sv->assigned || sv->escapes || !sv->decl || sv->decl->init ? NULL : sv->decl->expr;
}

int lanes_is_fixed(const review *r, const wf_expr *x) {
    if (!x || x->kind == WF_EX_INT) return 1;
    if (x->kind == WF_EX_VAR) return x->u.var != r->counter && !lanes_is_inside(r, x->u.var);
    if (is_python_index(x))
        return lanes_is_fixed(r, x->u.call.args[0]) && lanes_is_fixed(r, x->u.call.args[1]);
    if (x->kind != WF_EX_BINARY && x->kind != WF_EX_UNARY && x->kind != WF_EX_CAST) return 0;
    return lanes_is_fixed(r, x->a) && lanes_is_fixed(r, x->b);
}

/* The counter plus something fixed: another element in each turn. Times something fixed too, *by, if that is
 * not 0. */
int lanes_is_counter_and(const review *r, const wf_expr *x, const wf_expr **by) {
    if (x->kind == WF_EX_VAR) {
        const wf_expr *as = declared_as(r, x->u.var);
        return as ? lanes_is_counter_and(r, as, by) : x->u.var == r->counter;
    }
    if (is_python_index(x)) return lanes_is_counter_and(r, x->u.call.args[0], by);
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type) && bits_of(x->type) == 64)
        return lanes_is_counter_and(r, x->a, by);
    if (x->kind != WF_EX_BINARY) return 0;
    if (x->op == WF_OP_MUL && !*by && bits_of(x->type) == 64 && lanes_is_fixed(r, x->b)) {
        *by = x->b;
        return lanes_is_counter_and(r, x->a, by);
    }
    if (x->op == WF_OP_ADD && lanes_is_fixed(r, x->a)) return lanes_is_counter_and(r, x->b, by);
    return (x->op == WF_OP_ADD || x->op == WF_OP_SUB) && lanes_is_fixed(r, x->b) &&
           lanes_is_counter_and(r, x->a, by);
}

/* How an index moves from one lane to the next. */
typedef enum form { FORM_SAME, FORM_NEXT, FORM_ANY } form;

static form form_of(const review *r, const wf_expr *x, int depth);

static form form_of_var(const review *r, const wf_var *v, int depth) {
    if (v == r->counter) return FORM_NEXT;
    if (!lanes_is_inside(r, v)) return FORM_SAME;
    const scan_var *sv = &r->in->scan->vars[v->number];
    if (!sv->decl || !sv->decl->expr || depth > 8) return FORM_ANY;
    form first = form_of(r, sv->decl->expr, depth + 1);
    if (!sv->assigned) return first;
    return first == FORM_SAME && map_get(r->counters, v) ? FORM_SAME : FORM_ANY;
}

static form form_of(const review *r, const wf_expr *x, int depth) {
    if (!x || x->kind == WF_EX_INT || x->kind == WF_EX_FLOAT) return FORM_SAME;
    if (x->kind == WF_EX_VAR) return form_of_var(r, x->u.var, depth);
    if (is_python_index(x)) return form_of(r, x->u.call.args[0], depth);
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN) {
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (form_of(r, x->u.call.args[i], depth)) return FORM_ANY;
        return FORM_SAME;
    }
    form a = form_of(r, x->a, depth), b = form_of(r, x->b, depth);
    if (form_of(r, x->c, depth)) return FORM_ANY;
    if (!a && !b) return FORM_SAME;
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type)) return a;
    if (x->kind != WF_EX_BINARY) return FORM_ANY;
    int sum = (x->op == WF_OP_ADD && a + b == FORM_NEXT) || (x->op == WF_OP_SUB && a == FORM_NEXT && !b);
    return sum ? FORM_NEXT : FORM_ANY;
}

/* Accesses to elements that do not lie side by side, the same one counted once. */
static int gathers(const review *r) {
    int n = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const wf_expr *x = r->accesses[i].x;
        int known = form_of(r, x->b, 0) != FORM_ANY;
        for (uint32_t k = 0; k < i && !known; k++)
            known = r->accesses[k].store == r->accesses[i].store && lanes_same_expr(r->accesses[k].x, x);
        n += !known;
    }
    return n;
}

/* Is it faster in lanes? What calls the library or may raise no compiler makes vectors of; nor of a loop
 * within that carries a float from turn to turn, whose chains go side by side here, unless it is written out
 * before. */
int lanes_are_worth(const review *r) {
    if (!r->loops) return r->calls || (r->raises && !r->divides && !r->slow && gathers(r) <= 2);
    if (r->divides) return 0;
    if (r->calls) return gathers(r) <= GATHERS_MOST;
    return r->carried && r->stays && !r->slow && gathers(r) <= 1;
}

typedef struct naming {
    const review *r;
    const wf_expr *other; /* NULL: looking for `var` */
    const wf_var *var;
} naming;

/* Does the index name a variable of around the loop that the other one does not? Then they may be far from
 * each other, as i and i + n / 2 are; i and i + 1 are not. */
static int sees_another(void *user, const wf_expr *x) {
    naming *n = user;
    const wf_expr *as = x->kind == WF_EX_VAR ? declared_as(n->r, x->u.var) : NULL;
    if (as) return any_expr(as, sees_another, user);
    if (!n->other) return x->kind == WF_EX_VAR && x->u.var == n->var;
    if (x->kind != WF_EX_VAR || lanes_is_inside(n->r, x->u.var)) return 0;
    naming within = {n->r, NULL, x->u.var};
    return !any_expr(n->other, sees_another, &within);
}

int lanes_may_be_far(const review *r, const wf_expr *a, const wf_expr *b) {
    naming in_b = {r, b, NULL}, in_a = {r, a, NULL};
    return any_expr(a, sees_another, &in_b) || any_expr(b, sees_another, &in_a);
}

/* Turns whose stores do not go to an element of their own, or where another access to the same array is to
 * another element. What this lets pass may still overlap: see `independent`. */
int lanes_meet(const review *r) {
    for (uint32_t i = 0; i < r->count; i++) {
        const wf_expr *s = r->accesses[i].x;
        const wf_expr *by = NULL;
        if (!r->accesses[i].store) continue;
        if (!lanes_is_counter_and(r, s->b, &by)) return 1;
        for (uint32_t k = 0; k < r->count; k++)
            if (lanes_same_expr(r->accesses[k].x->a, s->a) && !lanes_same_expr(r->accesses[k].x->b, s->b) &&
                !lanes_may_be_far(r, s->b, r->accesses[k].x->b))
                return 1;
    }
    return 0;
}
