/* pyfunc/counted.c: a `while` loop that counts becomes a `for` of the tree.
 *
 *     while j >= 0 and a[j] > v:            for (; j >= 0; j -= 1) {
 *         …                          →          if (!(a[j] > v)) break;
 *         j -= 1                                …
 *                                           }
 *
 * The emitter knows the values that such a loop's counter takes: it tests the indices before the loop
 * (emit/loop_range.c), need not ask at each turn whether somebody wants it to stop, and LLVM counts the
 * turns. It is done where the condition begins with a comparison of an integer variable, where the last
 * statement adds a constant to that variable, towards the end, and where nothing else in the body assigns it
 * or goes on from elsewhere (`continue` would leave the last statement out). */
#include "pyfunc/lower.h"

/* ---- who assigns the variable, and who goes on ---- */

static int assigns(const wf_expr *x, const wf_var *v) {
    if (!x) return 0;
    int kind = x->kind;
    if ((kind == WF_EX_ASSIGN || kind == WF_EX_UPDATE || kind == WF_EX_STEP) && x->a->kind == WF_EX_VAR &&
        x->a->u.var == v)
        return 1;
    if (assigns(x->a, v) || assigns(x->b, v) || assigns(x->c, v)) return 1;
    if (kind == WF_EX_CALL || kind == WF_EX_BUILTIN || kind == WF_EX_CALLPTR)
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (assigns(x->u.call.args[i], v)) return 1;
    for (uint32_t i = 0; kind == WF_EX_INIT && i < x->u.init.count; i++)
        if (assigns(x->u.init.items[i], v)) return 1;
    return 0;
}

/* inner: in a loop within, whose `continue` is its own. */
static int disturbs(const wf_stmt *s, const wf_var *v, int inner) {
    for (; s; s = s->next) {
        if (s->kind == WF_ST_GOTO || s->kind == WF_ST_LABEL || s->kind == WF_ST_ASM) return 1;
        if (s->kind == WF_ST_CONTINUE && !inner) return 1;
        int loop = s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO;
        if (assigns(s->expr, v) || assigns(s->step, v) || disturbs(s->init, v, inner) ||
            disturbs(s->body, v, inner || loop) || disturbs(s->other, v, inner))
            return 1;
    }
    return 0;
}

/* ---- the condition and the step ---- */

/* The first of `first && …`; what is left of the condition without it, or NULL. */
static wf_expr *take_first(wf_pf_body *b, wf_expr *x, wf_expr **first) {
    if (x->kind != WF_EX_BINARY || x->op != WF_OP_LAND) {
        *first = x;
        return NULL;
    }
    wf_expr *rest = take_first(b, x->a, first);
    return rest ? wf_make_binary(b->l->u, WF_OP_LAND, rest, x->b, x->at) : x->b;
}

/* `v = v + c`, `v = v - c`: what is added, or 0. */
static int64_t added(const wf_stmt *s, const wf_var *v) {
    if (s->kind != WF_ST_EXPR || !s->expr || s->expr->kind != WF_EX_ASSIGN) return 0;
    const wf_expr *to = s->expr->a, *x = s->expr->b;
    if (to->kind != WF_EX_VAR || to->u.var != v || x->kind != WF_EX_BINARY) return 0;
    if ((x->op != WF_OP_ADD && x->op != WF_OP_SUB) || x->a->kind != WF_EX_VAR || x->a->u.var != v ||
        x->b->kind != WF_EX_INT)
        return 0;
    int64_t by = (int64_t)x->b->u.i;
    if (by > INT32_MAX || by < INT32_MIN) return 0;
    return x->op == WF_OP_ADD ? by : -by;
}

static wf_stmt **last_of(wf_stmt *body) {
    wf_stmt **last = &body->body;
    while (*last && (*last)->next) last = &(*last)->next;
    return last;
}

/* What the body's last statement adds to v, if that alone moves v, towards the loop's end; or 0. */
static int64_t step_of(wf_stmt *body, const wf_var *v, int up) {
    wf_stmt **last = last_of(body), *step = *last;
    int64_t by = step ? added(step, v) : 0;
    if (!by || (by > 0) != up) return 0;
    *last = NULL;
    int disturbed = disturbs(body->body, v, 0);
    *last = step;
    return disturbed ? 0 : by;
}

wf_stmt *wf_pf_counted(wf_pf_body *b, wf_stmt *loop) {
    wf_unit *u = b->l->u;
    wf_expr *first = NULL, *test = loop->expr;
    for (const wf_expr *x = test; x->kind == WF_EX_BINARY && x->op == WF_OP_LAND; x = x->a) first = x->a;
    if (!first) first = test;
    int up = first->op == WF_OP_LT || first->op == WF_OP_LE,
        down = first->op == WF_OP_GT || first->op == WF_OP_GE;
    if (loop->body->kind != WF_ST_BLOCK || first->kind != WF_EX_BINARY || (!up && !down) ||
        first->a->kind != WF_EX_VAR)
        return loop;
    wf_var *v = first->a->u.var;
    if (v->type->unqual->kind != WF_TY_LONG || v->space != WF_SPACE_LOCAL || v->address_taken ||
        assigns(test, v))
        return loop;
    int64_t by = step_of(loop->body, v, up);
    if (!by) return loop;
    *last_of(loop->body) = NULL;
    wf_stmt *counted = wf_stmt_new(u, WF_ST_FOR, loop->at);
    wf_expr *rest = take_first(b, test, &counted->expr);
    wf_expr *size = wf_make_int(u, v->type->unqual, (uint64_t)(by < 0 ? -by : by), loop->at);
    counted->step =
        wf_make_update(u, by < 0 ? WF_OP_SUB : WF_OP_ADD, wf_make_var(u, v, loop->at), size, loop->at);
    counted->body = loop->body;
    if (rest) {
        wf_stmt *leave = wf_stmt_new(u, WF_ST_IF, rest->at);
        leave->expr = wf_make_unary(u, WF_OP_LNOT, rest, rest->at);
        leave->body = wf_stmt_new(u, WF_ST_BREAK, rest->at);
        leave->next = loop->body->body;
        loop->body->body = leave;
    }
    return counted;
}
