/* emit/poll.c: where code for the CPU looks whether somebody wants it to stop (Ctrl-C, a trap elsewhere).
 *
 * A loop without a computable number of turns looks at every 1024th of them. A counted loop with another loop
 * in it looks once in each turn: beside the loop within, a load and a branch cost nothing. The outermost one looks
 * before its step, so that its last block counts: LLVM turns it round then, and takes comparisons of arrays out of it
 * (erode_u8 0.93, conv5_wrap 0.88; those within took up to 1.2 of the time so). A counted loop
 * that is the innermost one must stay what LLVM can vectorise, so it runs in pieces of PIECE turns, and looks
 * between them:
 *
 *     for (; v < bound;) {                         the condition as it stands in the source
 *         limit = v + min(bound - v, PIECE);
 *         for (; v < limit; v += 1) body
 *         if (v < bound && *stop) leave
 *     }
 *
 * An innermost loop within another one does not look: it is mostly short, and pieces made programs of such
 * loops slower by up to a third. Left alone are also loops of a small constant number of turns and those of
 * the device library; those whose bound the body may change look at every 1024th turn, and so does the
 * checked twin of a loop, which is not vectorised anyway. */
#include "emit/inner.h"

enum { POLL_TURNS = 1024, PIECE = 1 << 18, STEP_MOST = 1 << 12 };

/* Every POLL_TURNS-th time around: has somebody asked us to stop? The counter goes down, so that one instruction counts
 * and tells whether it has come to its end. */
void poll_stop(emitter *e) {
    if (!e->fn->stopped || e->gpu) return;
    if (!e->dry && !e->fn->poll_counter) {
        e->fn->poll_counter = alloca_new(e, "i32", "");
        wf_text_printf(&e->fn->allocas, " store i32 %d, ptr %s\n", POLL_TURNS, e->fn->poll_counter);
    }
    const char *n = ins(e, "add i32 %s, -1", ins(e, "load i32, ptr %s", e->fn->poll_counter));
    line(e, "store i32 %s, ptr %s", n, e->fn->poll_counter);
    label *look = label_new(e), *on = label_new(e);
    branch_rare(e, ins(e, "icmp ne i32 %s, 0", n), on, look);
    label_place(e, look);
    line(e, "store i32 %d, ptr %s", POLL_TURNS, e->fn->poll_counter);
    poll_now(e);
    branch(e, on);
    label_place(e, on);
}

void poll_now(emitter *e) {
    if (!e->fn->stopped || e->gpu) return;
    label *on = label_new(e);
    const char *stop = ins(e, "load volatile i32, ptr %%stop");
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", stop), on, e->fn->stopped);
    label_place(e, on);
}

/* --- which loops --- */

/* A loop whose condition compares a variable that its step changes ends by itself. */
static int ends_by_itself(const wf_stmt *s) {
    if (s->kind != WF_ST_FOR || !s->expr || !s->step) return 0;
    const wf_expr *c = s->expr, *st = s->step;
    while (c->kind == WF_EX_BINARY && c->op == WF_OP_LAND) c = c->a;
    if (c->kind != WF_EX_BINARY || c->op < WF_OP_LT || c->op > WF_OP_NE) return 0;
    while (st->kind == WF_EX_COMMA) st = st->b;
    if (st->kind != WF_EX_STEP && st->kind != WF_EX_UPDATE && st->kind != WF_EX_ASSIGN) return 0;
    if (st->a->kind != WF_EX_VAR) return 0;
    const wf_expr *a = c->a, *b = c->b;
    while (a->kind == WF_EX_CAST) a = a->a;
    while (b->kind == WF_EX_CAST) b = b->a;
    return (a->kind == WF_EX_VAR && a->u.var == st->a->u.var) ||
           (b->kind == WF_EX_VAR && b->u.var == st->a->u.var);
}

static int has_long_loop(emitter *e, const wf_stmt *s);

/* match: a call of one of the program's functions with such a loop. (One that calls itself is a function of
 * its own: who calls it looks afterwards.) */
static int calls_loop(void *user, const wf_expr *x) {
    emitter *e = user;
    if (x->kind == WF_EX_CALLPTR) return 1;
    if (x->kind != WF_EX_CALL || x->u.call.func->flags & WF_FN_LIBRARY) return 0;
    void **known = map_at(e->long_loops, x->u.call.func);
    if (!*known) {
        *known = &e->L;
        int found = has_long_loop(e, x->u.call.func->body);
        *map_at(e->long_loops, x->u.call.func) = found ? e : (void *)&e->L;
        return found;
    }
    return *known == e;
}

/* In a list of statements: a loop of more than a few turns. */
static int has_long_loop(emitter *e, const wf_stmt *s) {
    for (; s; s = s->next) {
        int loop = s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO;
        if (loop && !constant_rounds(e, s)) return 1;
        if (any_expr(s->expr, calls_loop, e) || any_expr(s->step, calls_loop, e) ||
            (s->init && has_long_loop(e, s->init)) || has_long_loop(e, s->body) || has_long_loop(e, s->other))
            return 1;
    }
    return 0;
}

/* Whether the loop at hand lies in another one, of a caller too. */
static int is_nested(const emitter *e) {
    for (const inst *in = e->inst; in; in = in->parent)
        if (in->loops) return 1;
    return 0;
}

/* see: the variables that the loop's body assigns. */
typedef struct changes {
    const scan_var *of;
    int found;
} changes;

static void see_change(void *user, scan_var *v, int assigned) {
    changes *c = user;
    c->found |= assigned && v == c->of;
}

/* A local variable that the body does not change, and nobody else can. */
static int is_kept(emitter *e, const wf_stmt *s, const wf_var *v) {
    if (v->space != WF_SPACE_LOCAL) return 0;
    const local *l = &e->inst->locals[v->number];
    if (l->store != LOCAL_SLOTS || l->count != 1) return 0;
    if (v->number >= e->inst->scan->var_count) return 1; /* parallel.c's limit */
    changes c = {&e->inst->scan->vars[v->number], 0};
    if (s->body) visit_stmt(e->inst, s->body, see_change, &c);
    return !c.found && !c.of->escapes;
}

static int is_fixed(emitter *e, const wf_stmt *s, const wf_var *counter, const wf_expr *x) {
    if (x->kind == WF_EX_INT) return 1;
    if (x->kind == WF_EX_VAR) return x->u.var != counter && is_kept(e, s, x->u.var);
    if (x->kind == WF_EX_CAST) return is_int(x->type) && is_int(x->a->type) && is_fixed(e, s, counter, x->a);
    if (x->kind != WF_EX_BINARY || (x->op != WF_OP_ADD && x->op != WF_OP_SUB && x->op != WF_OP_MUL)) return 0;
    return is_fixed(e, s, counter, x->a) && is_fixed(e, s, counter, x->b);
}

/* Nothing in the body moves the counter or the bound. */
int counts_to_bound(emitter *e, const wf_stmt *s, counted_for *c) {
    if (e->L != 1 || !counted_loop(s, c) || c->by) return 0;
    const wf_type *t = c->var->type->unqual;
    return c->bound->type->unqual == t && is_kept(e, s, c->var) && is_fixed(e, s, c->var, c->bound);
}

static int runs_in_pieces(emitter *e, const wf_stmt *s, counted_for *c) {
    return !e->slow_loop && counts_to_bound(e, s, c) && c->step <= STEP_MOST && c->step >= -STEP_MOST;
}

/* In what a condition looks at in every turn, an element whose index says v: a[v], a[v + 1]. */
static const wf_expr *looked_up(const wf_expr *x) {
    while (x->kind == WF_EX_CAST ||
           (x->kind == WF_EX_BINARY && (x->op == WF_OP_LAND || x->op == WF_OP_LOR)) || x->kind == WF_EX_UNARY)
        x = x->a;
    if (x->kind == WF_EX_BINARY) {
        const wf_expr *found = looked_up(x->a);
        return found ? found : looked_up(x->b);
    }
    return x->kind == WF_EX_INDEX && raises_outside(x) ? x->b : NULL;
}

static const wf_var *moved_index(emitter *e, const wf_stmt *s, const wf_expr *i) {
    while (i->kind == WF_EX_CAST) i = i->a;
    if (!is_python_index(i) || !is_fixed(e, s, NULL, i->u.call.args[1])) return NULL;
    i = i->u.call.args[0];
    while (i->kind == WF_EX_CAST) i = i->a;
    if (i->kind == WF_EX_BINARY && (i->op == WF_OP_ADD || i->op == WF_OP_SUB) && i->b->kind == WF_EX_INT)
        i = i->a;
    while (i->kind == WF_EX_CAST) i = i->a;
    return i->kind == WF_EX_VAR && i->u.var->space == WF_SPACE_LOCAL ? i->u.var : NULL;
}

static void count_change(void *user, scan_var *v, int assigned) {
    changes *c = user;
    c->found += assigned && v == c->of;
}

/* `v = v + c`, c a literal other than 0 */
static int moves(const wf_stmt *s, const wf_var *v) {
    const wf_expr *x = s->expr;
    if (s->kind != WF_ST_EXPR || !x || x->kind != WF_EX_ASSIGN || x->a->kind != WF_EX_VAR || x->a->u.var != v)
        return 0;
    const wf_expr *b = x->b;
    return b->kind == WF_EX_BINARY && (b->op == WF_OP_ADD || b->op == WF_OP_SUB) && b->a->kind == WF_EX_VAR &&
           b->a->u.var == v && b->b->kind == WF_EX_INT && b->b->u.i > 0 && b->b->u.i <= STEP_MOST;
}

/* `while a[i] < p: i += 1`: it ends within the array, or at its end with an IndexError. */
static int searches(emitter *e, const wf_stmt *s) {
    const wf_expr *index = s->kind == WF_ST_WHILE && e->check && s->expr ? looked_up(s->expr) : NULL;
    const wf_var *v = index ? moved_index(e, s, index) : NULL;
    if (!v || v->number >= e->inst->scan->var_count) return 0;
    changes c = {&e->inst->scan->vars[v->number], 0};
    visit_stmt(e->inst, s->body, count_change, &c);
    const wf_stmt *body = s->body;
    int moved = 0;
    while (body && body->kind == WF_ST_BLOCK && !body->next) body = body->body;
    for (; body && (body->kind == WF_ST_EXPR || body->kind == WF_ST_DECL); body = body->next)
        moved |= moves(body, v);
    return moved && c.found == 1 && !c.of->escapes;
}

poll_kind poll_of(emitter *e, const wf_stmt *s, counted_for *c) {
    if (e->gpu || !e->fn->stopped) return POLL_NEVER;
    if (!ends_by_itself(s)) return e->L == 1 && is_nested(e) && searches(e, s) ? POLL_NEVER : POLL_SOMETIMES;
    if (e->inst->func->flags & WF_FN_LIBRARY || constant_rounds(e, s)) return POLL_NEVER;
    if (has_long_loop(e, s->body)) return e->L == 1 && !is_nested(e) ? POLL_BEFORE : POLL_EACH;
    if (e->L == 1 && is_nested(e)) return POLL_NEVER;
    if (runs_in_pieces(e, s, c)) return POLL_PIECES;
    return e->L == 1 ? POLL_SOMETIMES : POLL_NEVER;
}

/* --- pieces --- */

typedef struct way { /* of a counter to its bound, where the loop's condition holds */
    const char *type, *from, *left;
} way;

static way way_left(emitter *e, const counted_for *c) {
    val now = slot_get(e, &e->inst->locals[c->var->number].slots[0]), bound = emit_expr(e, c->bound);
    const char *type = ir_type(e, c->var->type->unqual), *a = as_vector(e, now), *b = as_vector(e, bound);
    const char *left = c->up ? ins(e, "sub %s %s, %s", type, b, a) : ins(e, "sub %s %s, %s", type, a, b);
    return (way){type, a, left};
}

static void way_at_most(emitter *e, way *w, int64_t far) {
    const char *some = ins(e, "icmp ult %s %s, %lld", w->type, w->left, (long long)far);
    w->left = ins(e, "select i1 %s, %s %s, %s %lld", some, w->type, w->left, w->type, (long long)far);
}

static val way_end(emitter *e, const way *w, const counted_for *c) {
    const wf_type *t = c->var->type->unqual;
    return val_of(t, K_GROUP,
                  ins(e, "%s %s %s %s, %s", c->up ? "add" : "sub", is_signed(t) ? "nsw" : "nuw", w->type,
                      w->from, w->left));
}

/* The counter's value at which the piece ends that begins now, where the loop's condition holds. */
val poll_limit(emitter *e, const counted_for *c) {
    way w = way_left(e, c);
    way_at_most(e, &w, (c->up ? c->step : -c->step) * PIECE);
    return way_end(e, &w, c);
}

/* The same for whole groups of turns of steps of one; *group: i1, there is one. */
val poll_groups(emitter *e, const counted_for *c, int pieces, const char **group) {
    way w = way_left(e, c);
    *group = ins(e, "icmp uge %s %s, %d", w.type, w.left, GROUP_TURNS);
    if (pieces) way_at_most(e, &w, PIECE);
    w.left = ins(e, "and %s %s, %d", w.type, w.left, -GROUP_TURNS);
    return way_end(e, &w, c);
}

/* i1: the counter has not come to the limit. */
const char *poll_before(emitter *e, const counted_for *c, val limit) {
    wf_op op = c->up ? (c->inclusive ? WF_OP_LE : WF_OP_LT) : (c->inclusive ? WF_OP_GE : WF_OP_GT);
    val now = slot_get(e, &e->inst->locals[c->var->number].slots[0]);
    return as_vector(e, compare(e, op, now, limit));
}
