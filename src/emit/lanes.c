/* emit/lanes.c: loops of one thread whose turns go through vector lanes.
 *
 * LLVM's loop vectoriser gives up on a loop that may raise in the middle and on the branches and tables of
 * the device library. This emitter does not: a kernel's threads are lanes. So a counted loop that calls the
 * library or may raise, and whose turns do not depend on each other, becomes a function of its own that is
 * emitted for LANES turns at once,
 *
 *     i32 wf_lanes_K(launch, worker, context, 0, turns)
 *
 * and a call of it before the loop. It runs whole groups of turns and leaves in the context how many it did:
 * the loop itself goes on from there, with the rest or with the group in which some turn would raise -- which
 * it then finds in order, with all turns before it done.
 *
 * Turns do not depend on each other when what the body assigns is its own or an element whose index is the
 * counter and something fixed, and no store touches what another turn's access does: that is tested on
 * the ranges that the bounds test has computed (loop_range.c), or is plain where two accesses are of the same
 * element. All bounds were tested before. `s = s + x` of a variable around the loop is done lane after lane,
 * in the order of the turns: the bits are those of the loop. */
#include "emit/kernel.h"
#include "emit/loop_function.h"
#include "emit/spans.h"
#include <string.h>

enum {
    LANES = 8,
    SUMS_MOST = 4,
    CALLS_MOST = 12, /* in a turn: more would make the kernel too large for calls in place */
    WORD_FROM = LOOP_OWN,
    WORD_DONE,
    WORD_SUMS,
    WORDS_FIXED = WORD_SUMS + SUMS_MOST
};

typedef struct sum { /* var = var op addend */
    const wf_stmt *stmt;
    const wf_var *var;
    const wf_expr *addend;
    wf_op op;
    const char *at; /* in the function: alloca */
} sum;

struct lanes {
    const wf_stmt *loop;
    inst *around, *in; /* in: of the function */
    map *proven;
    const char *name, *context;
    captured *list;
    uint32_t count, words;
    int64_t step;
    sum sums[SUMS_MOST];
    uint32_t sum_count;
};

/* --- may it be? --- */

typedef struct review {
    emitter *e;
    const inst *in;
    const scan_stmt *loop;
    const wf_var *counter;
    lanes *l;
    int worth;  /* a call of the library, or something that may raise */
    int stored; /* something was changed for good so far */
    int calls, bad;
} review;

static int is_inside(const review *r, const wf_var *v) {
    return v->number < r->in->scan->var_count && r->in->scan->vars[v->number].first > r->loop->begin;
}

static void may_raise(review *r) {
    r->worth = 1;
    r->bad |= r->stored; /* it would have to be taken back */
}

static void review_call(review *r, const wf_expr *x) {
    const wf_func *f = x->u.call.func;
    if (!(f->flags & WF_FN_LIBRARY) || ++r->calls > CALLS_MOST) r->bad = 1;
    for (const wf_var *p = f->params; p; p = p->next)
        r->bad |= !wf_type_is_scalar(p->type) || is_pointer(p->type);
    r->worth = 1;
}

static void review_expr(review *r, const wf_expr *x);

static void review_builtin(review *r, const wf_expr *x) {
    uint32_t b = x->u.call.builtin;
    if (b == WF_BI_RAISE) {
        may_raise(r);
        return;
    }
    if (!(wf_builtins[b].flags & WF_BIF_PURE)) r->bad = 1;
    if (is_python_index(x)) r->bad |= !map_get(r->l->proven, x);
    if (b == WF_BI_EXTENT) r->bad = 1;
    for (uint32_t i = 0; i < x->u.call.count; i++) review_expr(r, x->u.call.args[i]);
}

static void review_target(review *r, const wf_expr *a) {
    if (a->kind == WF_EX_INDEX) {
        r->stored = 1;
        review_expr(r, a);
    } else if (a->kind != WF_EX_VAR || !is_inside(r, a->u.var)) {
        r->bad = 1;
    }
}

static void review_expr(review *r, const wf_expr *x) {
    if (!x || r->bad) return;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return;
    case WF_EX_VAR:
        r->bad |= x->u.var->space != WF_SPACE_LOCAL || !wf_type_is_scalar(x->type) ||
                  (!is_inside(r, x->u.var) && r->in->locals[x->u.var->number].store != LOCAL_SLOTS);
        return;
    case WF_EX_CALL:
        for (uint32_t i = 0; i < x->u.call.count; i++) review_expr(r, x->u.call.args[i]);
        review_call(r, x);
        return;
    case WF_EX_BUILTIN: review_builtin(r, x); return;
    case WF_EX_INDEX:
        r->bad |= !map_get(r->l->proven, x) || !wf_type_is_scalar(x->type) || is_pointer(x->type);
        review_expr(r, x->b);
        return;
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
    int divides =
        (x->kind == WF_EX_BINARY || x->kind == WF_EX_UPDATE) && (x->op == WF_OP_DIV || x->op == WF_OP_REM);
    if (divides && r->in->trap_divide && is_int(x->type) && x->b->kind != WF_EX_INT) may_raise(r);
}

typedef struct mentions {
    const wf_var *var;
    int count;
} mentions;

static void count_mention(void *user, scan_var *v, int assigned) {
    mentions *m = user;
    (void)assigned;
    m->count += v->var == m->var;
}

/* s = s + x, where nothing else in the body names s. */
static int review_sum(review *r, const wf_stmt *s) {
    const wf_expr *x = s->expr;
    if (s->kind != WF_ST_EXPR || !x || x->kind != WF_EX_ASSIGN || x->a->kind != WF_EX_VAR) return 0;
    const wf_var *v = x->a->u.var;
    const wf_expr *b = x->b;
    if (is_inside(r, v) || v->space != WF_SPACE_LOCAL || v->number >= r->in->scan->var_count) return 0;
    if (b->kind != WF_EX_BINARY || (b->op != WF_OP_ADD && b->op != WF_OP_SUB && b->op != WF_OP_MUL)) return 0;
    const local *l = &r->in->locals[v->number];
    mentions m = {v, 0};
    visit_stmt(r->in, r->l->loop->body, count_mention, &m);
    visit_expr(r->in, r->l->loop->expr, count_mention, &m);
    if (b->a->kind != WF_EX_VAR || b->a->u.var != v || b->type->unqual != v->type->unqual || m.count != 3 ||
        r->in->contract || r->in->scan->vars[v->number].escapes || l->store != LOCAL_SLOTS || l->count != 1 ||
        !wf_type_is_scalar(v->type) || is_pointer(v->type) || v->type->kind == WF_TY_BOOL ||
        r->l->sum_count == SUMS_MOST)
        return 0;
    review_expr(r, b->b);
    r->stored = 1;
    r->l->sums[r->l->sum_count++] = (sum){s, v, b->b, (wf_op)b->op, NULL};
    return 1;
}

static void review_stmt(review *r, const wf_stmt *s, int top) {
    for (; s && !r->bad; s = s->next) {
        switch (s->kind) {
        case WF_ST_BLOCK: review_stmt(r, s->body, top); break;
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
            review_stmt(r, s->body, 0);
            review_stmt(r, s->other, 0);
            break;
        default: r->bad = 1;
        }
    }
}

/* --- who touches what --- */

static int same_expr(const wf_expr *a, const wf_expr *b) {
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->op != b->op || a->cast != b->cast || a->type->unqual != b->type->unqual)
        return 0;
    if (a->kind == WF_EX_INT) return a->u.i == b->u.i;
    if (a->kind == WF_EX_VAR) return a->u.var == b->u.var;
    if (a->kind == WF_EX_BUILTIN) {
        if (a->u.call.builtin != b->u.call.builtin || a->u.call.count != b->u.call.count) return 0;
        for (uint32_t i = 0; i < a->u.call.count; i++)
            if (!same_expr(a->u.call.args[i], b->u.call.args[i])) return 0;
        return 1;
    }
    if (a->kind != WF_EX_BINARY && a->kind != WF_EX_UNARY && a->kind != WF_EX_CAST && a->kind != WF_EX_INDEX)
        return 0;
    return same_expr(a->a, b->a) && same_expr(a->b, b->b);
}

static int is_fixed(const review *r, const wf_expr *x) {
    if (!x || x->kind == WF_EX_INT) return 1;
    if (x->kind == WF_EX_VAR) return x->u.var != r->counter && !is_inside(r, x->u.var);
    if (is_python_index(x)) return is_fixed(r, x->u.call.args[0]) && is_fixed(r, x->u.call.args[1]);
    if (x->kind != WF_EX_BINARY && x->kind != WF_EX_UNARY && x->kind != WF_EX_CAST) return 0;
    return is_fixed(r, x->a) && is_fixed(r, x->b);
}

/* The counter plus something fixed: another element in each turn. */
static int is_counter_and(const review *r, const wf_expr *x) {
    if (x->kind == WF_EX_VAR) return x->u.var == r->counter;
    if (is_python_index(x)) return is_counter_and(r, x->u.call.args[0]);
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type) && bits_of(x->type) == 64)
        return is_counter_and(r, x->a);
    if (x->kind != WF_EX_BINARY) return 0;
    if (x->op == WF_OP_ADD && is_fixed(r, x->a)) return is_counter_and(r, x->b);
    return (x->op == WF_OP_ADD || x->op == WF_OP_SUB) && is_fixed(r, x->b) && is_counter_and(r, x->a);
}

/* First and last byte, as i64. */
static const char *edge(emitter *e, const nest_access *a, int last) {
    const char *index = last ? ins(e, "add i64 %s, 1", a->index.hi) : a->index.lo;
    const char *offset = ins(e, "mul i64 %s, %llu", index, (unsigned long long)a->bytes);
    return ins(e, "add i64 %s, %s", a->start, offset);
}

static int is_store(const nest_facts *f, const nest_access *a) { return map_get(f->stores, a->x) != NULL; }

/* i1: the two touch no common byte, or only the same element in the same turn. NULL: surely; *never: they do.
 */
static const char *apart(emitter *e, const nest_access *s, const nest_access *a, int *never) {
    int alike = same_expr(s->x->b, a->x->b) && s->bytes == a->bytes;
    if (s->base == a->base && same_expr(s->x->a, a->x->a)) {
        *never |= !alike;
        return NULL;
    }
    const char *before = ins(e, "icmp ule i64 %s, %s", edge(e, s, 1), edge(e, a, 0)),
               *after = ins(e, "icmp ule i64 %s, %s", edge(e, a, 1), edge(e, s, 0));
    const char *ok = ins(e, "or i1 %s, %s", before, after);
    if (alike && s->x->a->kind == WF_EX_VAR && a->x->a->kind == WF_EX_VAR)
        ok = ins(e, "or i1 %s, %s", ok, ins(e, "icmp eq i64 %s, %s", s->start, a->start));
    return ok;
}

/* The same element as an access before. */
static int seen_before(const nest_facts *f, uint32_t k) {
    const nest_access *a = &f->accesses[k];
    for (uint32_t i = 0; i < k; i++) {
        const nest_access *b = &f->accesses[i];
        if (b->base == a->base && same_expr(b->x, a->x) && is_store(f, b) == is_store(f, a)) return 1;
    }
    return 0;
}

/* i1 into *disjoint ("true": plain); 0: turns depend on each other. */
static int independent(review *r, const nest_facts *f, const char **disjoint) {
    emitter *e = r->e;
    int never = 0;
    *disjoint = NULL;
    for (uint32_t i = 0; i < f->count; i++) {
        const nest_access *s = &f->accesses[i];
        if (!is_store(f, s)) continue;
        if (!is_counter_and(r, s->x->b)) return 0;
        for (uint32_t k = 0; k < f->count && !never; k++) {
            const nest_access *a = &f->accesses[k];
            if (k == i || (k < i && is_store(f, a)) || seen_before(f, k)) continue;
            const char *ok = apart(e, s, a, &never);
            if (ok) *disjoint = *disjoint ? ins(e, "and i1 %s, %s", *disjoint, ok) : ok;
        }
    }
    if (!*disjoint) *disjoint = "true";
    return !never;
}

static int64_t step_of(const wf_stmt *s) {
    counted_for c;
    return counted_loop(s, &c) && c.up && !c.inclusive && c.step < WF_TOP_MOST ? c.step : 0;
}

static int is_sum(const lanes *l, const wf_var *v) {
    for (uint32_t i = 0; i < l->sum_count; i++)
        if (l->sums[i].var == v) return 1;
    return 0;
}

/* What is to be captured, but for the sums. */
static int find_around(review *r, search *h) {
    *h = (search){.e = r->e, .in = r->in, .loop = r->loop, .counter = r->counter};
    h->sums = r->l;
    h->skip = (int (*)(const void *, const wf_var *))is_sum;
    loop_search(h, r->l->loop->body);
    return !h->bad;
}

/* Fewer than a group has: all of them would be left over. */
int has_few_turns(const emitter *e, const wf_stmt *s) {
    counted_for c;
    int64_t first, bound;
    return counted_loop(s, &c) && c.first && c.step > 0 && wf_fold_int(e->unit, c.first, &first) &&
           wf_fold_int(e->unit, c.bound, &bound) && bound - first < (int64_t)LANES * c.step;
}

/* Loop s, whose bounds test has just been emitted and has passed. NULL: it is to run as it is. */
lanes *lanes_begin(emitter *e, const wf_stmt *s, const nest_facts *f, const char **disjoint) {
    const scan_stmt *sc = scan_stmt_of(e->inst->scan, s);
    int one_thread = e->exact && (uint64_t)e->block[0] * e->block[1] * e->block[2] == 1;
    if (!one_thread || e->L != 1 || e->fn->recursion || !f->complete || !sc || sc->returns || sc->escapes ||
        !step_of(s) || has_few_turns(e, s))
        return NULL;
    lanes *l = WF_NEW(e->arena, lanes);
    *l = (lanes){.loop = s, .around = e->inst, .proven = f->proven, .step = step_of(s), .words = WORDS_FIXED};
    review r = {.e = e, .in = e->inst, .loop = sc, .counter = s->expr->a->u.var, .l = l};
    if (!is_fixed(&r, s->expr->b)) return NULL;
    review_stmt(&r, s->body, 1);
    search h;
    size_t before = e->fn->code.length;
    if (r.bad || !r.worth || !find_around(&r, &h)) return NULL;
    if (!independent(&r, f, disjoint)) {
        e->fn->code.length = before;
        return NULL;
    }
    l->count = h.count;
    l->list = WF_NEW_ARRAY(e->arena, captured, h.count ? h.count : 1);
    for (uint32_t i = 0; i < h.count; i++) l->list[i].var = h.found[i];
    l->name = text(e, "wf_lanes_%s_%u", e->kernel_name, e->parallel_count++);
    l->context = alloca_aligned(e, text(e, "[%u x i64]", WORDS_FIXED + loop_words(&h)), 8);
    return l;
}

/* --- the call --- */

static slot *slot_of(const inst *in, const wf_var *v) { return &in->locals[v->number].slots[0]; }

/* The counter and the sums are as if the turns that it did had been done. */
void lanes_call(emitter *e, lanes *l) {
    irfn *fn = e->fn;
    const wf_var *counter = l->loop->expr->a->u.var;
    const wf_type *t = counter->type->unqual;
    val first = slot_get(e, slot_of(l->around, counter)),
        bound = convert(e, emit_expr(e, l->loop->expr->b), t);
    const char *count = loop_turns(e, first, bound, l->step), *from = loop_wide(e, first);
    label *groups = label_new(e),
          *none = label_new(e); /* no whole group: the call would cost more than the turns */
    branch_if(e, ins(e, "icmp uge i64 %s, %d", count, LANES), groups, none);
    label_place(e, groups);
    loop_put_block(e, l->context);
    loop_put(e, l->context, WORD_FROM, "i64", from);
    for (uint32_t i = 0; i < l->sum_count; i++) {
        val v = slot_get(e, slot_of(l->around, l->sums[i].var));
        loop_put(e, l->context, WORD_SUMS + i, ir_type(e, v.type), v.op);
    }
    for (uint32_t i = 0; i < l->count; i++) loop_capture(e, l->around, &l->list[i], l->context, &l->words);
    const char *r = ins(e, "call i32 @%s(ptr %s, ptr %s, ptr %s, i64 0, i64 %s)", l->name, fn->launch,
                        fn->worker, l->context, count);
    label *on = label_new(e);
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", r), on, fn->stopped);
    label_place(e, on);
    const char *word = ins(e, "getelementptr i64, ptr %s, i64 %d", l->context, WORD_DONE);
    const char *done = ins(e, "mul i64 %s, %lld", ins(e, "load i64, ptr %s", word), (long long)l->step);
    const char *next = ins(e, "add i64 %s, %s", from, done);
    if (bits_of(t) == 32) next = ins(e, "trunc i64 %s to i32", next);
    slot_set(e, slot_of(l->around, counter), val_of(t, K_BLOCK, next), 0);
    for (uint32_t i = 0; i < l->sum_count; i++) {
        const wf_type *st = l->sums[i].var->type->unqual;
        word = ins(e, "getelementptr i64, ptr %s, i64 %u", l->context, WORD_SUMS + i);
        slot_set(e, slot_of(l->around, l->sums[i].var),
                 val_of(st, K_BLOCK, ins(e, "load %s, ptr %s", ir_type(e, st), word)), 0);
    }
    label_place(e, none);
    parallel_add_lanes(e, l);
}

/* --- the function --- */

/* A statement that is one of the sums: 1 when it was done here. */
int lanes_sum(emitter *e, const wf_stmt *s) {
    sum *q = map_get(e->lane_sums, s);
    if (!q) return 0;
    const wf_type *t = q->var->type->unqual;
    const char *type = ir_type(e, t);
    val x = emit_expr(e, q->addend), total = val_of(t, K_GROUP, ins(e, "load %s, ptr %s", type, q->at));
    if (x.kind == K_BOTTOM) return 1;
    for (int lane = 0; lane < e->L; lane++) {
        val one = x.kind <= K_GROUP ? x : val_of(t, K_GROUP, lane_of(e, x, text(e, "%d", lane)));
        total = arith(e, q->op, total, one, s->at);
    }
    line(e, "store %s %s, ptr %s", type, total.op, q->at);
    return 1;
}

static void begin_sums(emitter *e, lanes *l) {
    e->lane_sums = map_new(e->arena);
    for (uint32_t i = 0; i < l->sum_count; i++) {
        sum *q = &l->sums[i];
        const char *type = ir_type(e, q->var->type->unqual);
        q->at = alloca_new(e, type, "");
        line(e, "store %s %s, ptr %s", type, loop_get(e, WORD_SUMS + i, type), q->at);
        *map_at(e->lane_sums, q->stmt) = q;
    }
}

static void end_sums(emitter *e, lanes *l) {
    for (uint32_t i = 0; i < l->sum_count; i++) {
        const char *type = ir_type(e, l->sums[i].var->type->unqual);
        loop_put(e, "%context", WORD_SUMS + i, type, ins(e, "load %s, ptr %s", type, l->sums[i].at));
    }
    e->lane_sums = NULL;
}

static void emit_once(emitter *e, void *user) {
    lanes *l = user;
    inst *in = l->in;
    loop_begin(e, in, l->list, l->count);
    wf_var *counter = l->loop->expr->a->u.var;
    const wf_type *t = counter->type->unqual;
    const char *from = loop_get(e, WORD_FROM, "i64"), *at = alloca_new(e, "i64", "");
    label *head = label_new(e), *body = label_new(e), *done = label_new(e);
    begin_sums(e, l);
    line(e, "store i64 %%first, ptr %s", at);
    label_place(e, head);
    head->uses++;
    const char *n = ins(e, "load i64, ptr %s", at), *next = ins(e, "add i64 %s, %d", n, e->L);
    branch_if(e, ins(e, "icmp ule i64 %s, %%last", next), body, done);
    label_place(e, body);
    const char *now = ins(e, "add i64 %s, %s", from, ins(e, "mul i64 %s, %lld", n, (long long)l->step));
    if (bits_of(t) == 32) now = ins(e, "trunc i64 %s to i32", now);
    val k = val_of(t, K_LINEAR, now);
    k.stride = l->step;
    local_declare(e, in, counter);
    slot_set(e, slot_of(in, counter), k, 0);
    e->bail = done;
    emit_stmt(e, l->loop->body);
    e->bail = NULL;
    label_place(e, in->end);
    line(e, "store i64 %s, ptr %s", next, at);
    branch(e, head);
    label_place(e, done);
    loop_put(e, "%context", WORD_DONE, "i64", ins(e, "load i64, ptr %s", at));
    end_sums(e, l);
}

void lanes_finish(emitter *e, lanes *l) {
    uint64_t nodes = e->inline_nodes;
    l->in = loop_inst(e, l->around);
    e->L = LANES;
    e->inline_nodes = 0;
    e->proven = l->proven;
    loop_function(e, l->name, 3, emit_once, l);
    e->proven = NULL;
    e->inline_nodes = nodes;
    e->L = 1;
}
