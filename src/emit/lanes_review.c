/* emit/lanes_review.c: may a loop's turns go through vector lanes? (lanes.c)
 *
 * One walk over a turn. It refuses what lanes cannot do -- calls of more than functions of numbers, arrays of
 * the turn's own, what has side effects beyond stores of numbers, an exception after something was stored --
 * and notes what else decides: the accesses to memory, the sums of variables around the loop, whether a loop
 * within the turn carries a float from one of its turns to the next.
 *
 * A loop within the turn, a `break` out of it and a function that returns from the middle are no obstacle:
 * the emitter has masks for them, as in kernels. */
#include "emit/lanes.h"
#include <string.h>

typedef struct mentions {
    const wf_var *var;
    int count;
} mentions;

static void count_mention(void *user, scan_var *v, int assigned) {
    mentions *m = user;
    (void)assigned;
    m->count += v->var == m->var;
}

static int mentioned(const review *r, const wf_expr *x, const wf_var *v) {
    mentions m = {v, 0};
    if (x) visit_expr(r->in, x, count_mention, &m);
    return m.count;
}

static int mentioned_in(const review *r, const wf_stmt *s, const wf_var *v) {
    mentions m = {v, 0};
    for (; s; s = s->next) visit_stmt(r->in, s, count_mention, &m);
    return m.count;
}

/* Does the list give v a value before anything reads it? 1: surely; 0: it may leave v alone; -1: no. */
static int settles(const review *r, const wf_stmt *s, const wf_var *v) {
    for (; s; s = s->next) {
        const wf_expr *x = s->expr;
        if (s->kind == WF_ST_EXPR && x && x->kind == WF_EX_ASSIGN && x->a->kind == WF_EX_VAR &&
            x->a->u.var == v)
            return mentioned(r, x->b, v) ? -1 : 1;
        if (mentioned(r, x, v) || mentioned(r, s->step, v)) return -1;
        if (s->init && settles(r, s->init, v)) return -1;
        int body = settles(r, s->body, v), other = settles(r, s->other, v);
        if (body < 0 || other < 0) return -1;
        if (body && (s->kind == WF_ST_BLOCK || (s->kind == WF_ST_IF && other))) return 1;
        if ((body || other) && s->kind != WF_ST_IF && s->kind != WF_ST_FOR && s->kind != WF_ST_WHILE)
            return -1;
    }
    return 0;
}

/* A variable that is declared further out, but each turn gives it a value of its own first, and nothing
 * outside of the loop names it. */
int lanes_is_private(const review *r, const wf_var *v) {
    const scan_var *sv = &r->in->scan->vars[v->number];
    void **known = map_at(r->privates, v);
    if (*known) return *known == r->privates;
    const wf_stmt *body = r->l->loop->body;
    int decl = sv->decl && sv->decl->expr ? 1 : 0;
    int private = sv->assigned && sv->decl && !sv->escapes && v->space == WF_SPACE_LOCAL &&
                  wf_type_is_scalar(v->type) && !is_pointer(v->type) && v != r->counter &&
                  sv->last <= r->loop->end && !mentioned(r, r->l->loop->expr, v) &&
                  mentioned_in(r, r->in->func->body, v) == decl + mentioned_in(r, body, v) &&
                  settles(r, body, v) == 1;
    *map_at(r->privates, v) = private ? (void *)r->privates : (void *)r;
    return private;
}

int lanes_is_inside(const review *r, const wf_var *v) {
    if (v->space != WF_SPACE_LOCAL || v->number >= r->in->scan->var_count) return 0;
    return r->in->scan->vars[v->number].first > r->loop->begin || lanes_is_private(r, v);
}

static void may_raise(review *r) {
    r->raises = 1;
    r->bad |= r->stored; /* it would have to be taken back */
}

static void review_division(review *r, const wf_expr *x) {
    int divides =
        (x->kind == WF_EX_BINARY || x->kind == WF_EX_UPDATE) && (x->op == WF_OP_DIV || x->op == WF_OP_REM);
    if (!divides || !is_int(x->type) || x->b->kind == WF_EX_INT) return;
    r->divides = 1;
    if (r->in->trap_divide) may_raise(r);
}

static void review_call(review *r, const wf_expr *x);

static int is_number(const wf_type *t) { return wf_type_is_scalar(t) && !is_pointer(t); }

/* A function of the program's that only computes with numbers. */
static int see_own(void *user, const wf_expr *x) {
    review *r = user;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT:
    case WF_EX_UNARY:
    case WF_EX_BINARY:
    case WF_EX_COND:
    case WF_EX_ASSIGN:
    case WF_EX_UPDATE:
    case WF_EX_STEP:
    case WF_EX_CAST: r->bad |= !is_number(x->type) && x->type->kind != WF_TY_VOID; break;
    case WF_EX_VAR: r->bad |= x->u.var->space != WF_SPACE_LOCAL || !is_number(x->type); break;
    case WF_EX_CALL: review_call(r, x); break;
    case WF_EX_BUILTIN:
        if (x->u.call.builtin == WF_BI_RAISE) may_raise(r);
        else if (!(wf_builtins[x->u.call.builtin].flags & WF_BIF_PURE) || is_python_index(x)) r->bad = 1;
        break;
    default: r->bad = 1;
    }
    review_division(r, x);
    return r->bad;
}

static void see_loops(review *r, const wf_stmt *s) {
    for (; s && !r->bad; s = s->next) {
        int loop = s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE;
        r->loops += loop, r->carried |= loop, r->stays |= loop;
        r->bad |= !loop && s->kind != WF_ST_BLOCK && s->kind != WF_ST_EXPR && s->kind != WF_ST_DECL &&
                  s->kind != WF_ST_IF && s->kind != WF_ST_BREAK && s->kind != WF_ST_CONTINUE &&
                  s->kind != WF_ST_RETURN;
        see_loops(r, s->body);
        see_loops(r, s->other);
    }
}

static void review_own(review *r, const wf_func *f) {
    const scan *sc = scan_of(r->e, f, r->in->unit);
    r->nodes += sc->nodes;
    if (!f->body || sc->recursive || sc->has_goto || r->nodes > OWN_NODES_MOST || !is_number(f->type->base)) {
        r->bad = 1;
        return;
    }
    see_loops(r, f->body);
    any_stmt(f->body, see_own, r);
}

static int is_whole_division(const wf_func *f) {
    return f->flags & WF_FN_LIBRARY && is_int(f->type->base) &&
           (!strncmp(f->name, "wf_py_mod", 9) || !strncmp(f->name, "wf_py_floordiv", 14));
}

static void see_carried(void *user, scan_var *v, int assigned) {
    review *r = user;
    if (assigned && v->first < r->inner->begin) *map_at(r->carriers, v->var) = r;
}

static int is_carrier(void *user, const wf_expr *x) {
    const review *r = user;
    return x->kind == WF_EX_VAR && map_get(r->carriers, x->u.var);
}

/* Python's n // d and n % d of integers, of which vectors have none: in lanes they are done one by one, and a
 * literal's product of high halves is. But where a loop within divides what its turn before has left (gcd),
 * the chains of several turns overlap. */
static void review_whole_division(review *r, const wf_expr *x) {
    const wf_expr *by = x->u.call.args[1];
    if (by->kind == WF_EX_INT) {
        r->divides |= (by->u.i & (by->u.i - 1)) != 0;
        return;
    }
    if (r->within) {
        r->carriers = map_new(r->e->arena);
        visit_stmt(r->in, r->inner->stmt->body, see_carried, r);
    }
    if (r->within && any_expr(x->u.call.args[0], is_carrier, r)) r->calls++;
    else r->slow = 1;
}

static void review_call(review *r, const wf_expr *x) {
    const wf_func *f = x->u.call.func;
    for (const wf_var *p = f->params; p; p = p->next) r->bad |= !is_number(p->type);
    if (r->bad) return;
    if (is_whole_division(f)) review_whole_division(r, x);
    else if (!(f->flags & WF_FN_LIBRARY)) review_own(r, f);
    else if (++r->calls > CALLS_MOST) r->bad = 1;
}

static void review_expr(review *r, const wf_expr *x);

static void review_builtin(review *r, const wf_expr *x) {
    uint32_t b = x->u.call.builtin;
    if (b == WF_BI_RAISE) {
        may_raise(r);
        return;
    }
    if (!(wf_builtins[b].flags & WF_BIF_PURE)) r->bad = 1;
    if (is_python_index(x)) r->bad |= !r->early && !map_get(r->l->proven, x);
    if (b == WF_BI_EXTENT) r->bad = 1;
    for (uint32_t i = 0; i < x->u.call.count; i++) review_expr(r, x->u.call.args[i]);
}

/* A store's pointer has to be the same in all turns: with a loop over k within, (p + k)[i] of one turn is
 * (p + k - 1)[i + 1] of the next, which the form of its index does not tell. */
static void review_access(review *r, const wf_expr *x, int store) {
    if (r->count == NEST_ACCESSES_MOST || !wf_type_is_scalar(x->type) || is_pointer(x->type)) r->bad = 1;
    if (store && !lanes_is_fixed(r, x->a)) r->bad = 1;
    if (r->bad || (!r->early && !map_get(r->l->proven, x))) {
        r->bad = 1;
        return;
    }
    r->accesses[r->count].x = x;
    r->accesses[r->count++].store = store;
    review_expr(r, x->b);
}

static void review_target(review *r, const wf_expr *a) {
    if (a->kind == WF_EX_INDEX) {
        r->stored = 1;
        review_access(r, a, 1);
    } else if (a->kind != WF_EX_VAR || !lanes_is_inside(r, a->u.var)) {
        r->bad = 1;
    } else if (r->within && is_float(a->type)) {
        r->carried |= r->in->scan->vars[a->u.var->number].first < r->inner->begin &&
                      settles(r, r->inner->stmt->body, a->u.var) != 1;
    }
}

static void review_expr(review *r, const wf_expr *x) {
    if (!x || r->bad) return;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return;
    case WF_EX_VAR:
        r->bad |= x->u.var->space != WF_SPACE_LOCAL || !wf_type_is_scalar(x->type) ||
                  (!r->early && !lanes_is_inside(r, x->u.var) &&
                   r->in->locals[x->u.var->number].store != LOCAL_SLOTS);
        return;
    case WF_EX_CALL:
        for (uint32_t i = 0; i < x->u.call.count; i++) review_expr(r, x->u.call.args[i]);
        review_call(r, x);
        return;
    case WF_EX_BUILTIN: review_builtin(r, x); return;
    case WF_EX_INDEX: review_access(r, x, 0); return;
    case WF_EX_ASSIGN:
    case WF_EX_UPDATE:
        review_expr(r, x->b);
        review_target(r, x->a);
        break;
    case WF_EX_STEP: review_target(r, x->a); break;
    case WF_EX_UNARY:
    case WF_EX_BINARY:
    case WF_EX_COND:
    case WF_EX_CAST:
        if (x->kind == WF_EX_CAST && x->cast != WF_CAST_NUMERIC && x->cast != WF_CAST_QUAL &&
            x->cast != WF_CAST_VOID)
            r->bad = 1;
        review_expr(r, x->a);
        review_expr(r, x->b);
        review_expr(r, x->c);
        break;
    default: r->bad = 1; return;
    }
    review_division(r, x);
}

/* s = s + x, where nothing else in the body names s. */
static int review_sum(review *r, const wf_stmt *s) {
    const wf_expr *x = s->expr;
    if (s->kind != WF_ST_EXPR || !x || x->kind != WF_EX_ASSIGN || x->a->kind != WF_EX_VAR) return 0;
    const wf_var *v = x->a->u.var;
    const wf_expr *b = x->b;
    if (lanes_is_inside(r, v) || v->space != WF_SPACE_LOCAL || v->number >= r->in->scan->var_count) return 0;
    if (b->kind != WF_EX_BINARY || (b->op != WF_OP_ADD && b->op != WF_OP_SUB && b->op != WF_OP_MUL)) return 0;
    const local *l = &r->in->locals[v->number];
    mentions m = {v, 0};
    visit_stmt(r->in, r->l->loop->body, count_mention, &m);
    visit_expr(r->in, r->l->loop->expr, count_mention, &m);
    if (b->a->kind != WF_EX_VAR || b->a->u.var != v || b->type->unqual != v->type->unqual || m.count != 3 ||
        r->in->contract || r->in->scan->vars[v->number].escapes ||
        (!r->early && (l->store != LOCAL_SLOTS || l->count != 1)) || !wf_type_is_scalar(v->type) ||
        is_pointer(v->type) || v->type->kind == WF_TY_BOOL || r->l->sum_count == SUMS_MOST)
        return 0;
    review_expr(r, b->b);
    r->stored = 1;
    r->l->sums[r->l->sum_count++] = (sum){s, v, b->b, (wf_op)b->op, NULL};
    return 1;
}

/* A loop within the turn. What comes later in it comes before what is earlier, the next time round. */
static void review_loop(review *r, const wf_stmt *s) {
    const scan_stmt *sc = scan_stmt_of(r->in->scan, s);
    const scan_stmt *outer = r->inner;
    uint32_t count;
    int calls = r->calls, stored = r->stored;
    counted_for c;
    if (counted_loop(s, &c) && c.first) *map_at(r->counters, c.var) = r;
    r->loops++;
    r->stays |= !will_be_straight(r->e, s);
    lanes_review(r, s->init, 0);
    r->within++;
    for (int again = 0; again < 2 && !r->bad; again++) {
        count = r->count;
        r->calls = calls;
        r->inner = sc;
        review_expr(r, s->expr);
        lanes_review(r, s->body, 0);
        review_expr(r, s->step);
        if (r->stored == stored) break;
        if (!again) r->count = count;
    }
    r->within--;
    r->inner = outer;
}

void lanes_review(review *r, const wf_stmt *s, int top) {
    for (; s && !r->bad; s = s->next) {
        switch (s->kind) {
        case WF_ST_FOR:
        case WF_ST_WHILE: review_loop(r, s); break;
        case WF_ST_BREAK:
        case WF_ST_CONTINUE: r->bad |= !r->within; break;
        case WF_ST_BLOCK: lanes_review(r, s->body, top); break;
        case WF_ST_EXPR:
            if (!top || !review_sum(r, s)) review_expr(r, s->expr);
            break;
        case WF_ST_DECL:
            r->bad |= !wf_type_is_scalar(s->var->type) || is_pointer(s->var->type) ||
                      s->var->space != WF_SPACE_LOCAL || r->in->scan->vars[s->var->number].escapes;
            review_expr(r, s->expr);
            break;
        case WF_ST_IF:
            review_expr(r, s->expr);
            lanes_review(r, s->body, 0);
            lanes_review(r, s->other, 0);
            break;
        default: r->bad = 1;
        }
    }
}
