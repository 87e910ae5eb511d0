/* emit/lanes.c: loops of one thread whose turns go through vector lanes.
 *
 * LLVM's loop vectoriser gives up on a loop that may raise in the middle and on the branches and tables of
 * the device library. This emitter does not: a kernel's threads are lanes. So a counted loop that calls the
 * library or may raise, and whose turns do not depend on each other, becomes a function of its own that is
 * emitted for 8 turns at once,
 *
 *     i32 wf_lanes_K(launch, worker, context, 0, turns)
 *
 * and a call of it before the loop. It runs whole groups of turns and leaves in the context how many it did:
 * the loop itself goes on from there, with the rest or with the group in which some turn would raise -- which
 * it then finds in order, with all turns before it done. Where a turn is long, the rest is done under a mask.
 *
 * So does a loop around others, which LLVM's vectoriser leaves alone, where a loop within carries a float from
 * turn to turn (a sum over a window, an orbit): the chains of 16 outer turns run side by side, each in its own
 * order. It goes before the loops within, which could only add their lanes up one after the other.
 *
 * Turns do not depend on each other when what the body assigns is its own or an element whose index is the
 * counter and something fixed, and no store touches what another turn's access does: that is tested on
 * the ranges that the bounds test has computed (loop_range.c), or is plain where two accesses are of the same
 * element. All bounds were tested before. `s = s + x` of a variable around the loop is done lane after lane,
 * in the order of the turns: the bits are those of the loop. */
#include "emit/kernel.h"
#include "emit/lanes.h"

/* First and last byte, as i64. */
static const char *edge(emitter *e, const nest_access *a, int last) {
    const char *index = last ? ins(e, "add i64 %s, 1", a->index.hi) : a->index.lo;
    const char *offset = ins(e, "mul i64 %s, %llu", index, (unsigned long long)a->bytes);
    return ins(e, "add i64 %s, %s", a->start, offset);
}

static int is_store(const nest_facts *f, const nest_access *a) { return map_get(f->stores, a->x) != NULL; }

/* i1: the two touch no common byte, or only the same element in the same turn. NULL: surely; *never: they do.
 */
static const char *apart(const review *r, const nest_access *s, const nest_access *a, int *never) {
    emitter *e = r->e;
    int alike = lanes_same_expr(s->x->b, a->x->b) && s->bytes == a->bytes;
    if (s->base == a->base && lanes_same_expr(s->x->a, a->x->a)) {
        if (alike) return NULL;
        if (!lanes_may_be_far(r, s->x->b, a->x->b)) {
            *never = 1;
            return NULL;
        }
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
        if (b->base == a->base && lanes_same_expr(b->x, a->x) && is_store(f, b) == is_store(f, a)) return 1;
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
        const wf_expr *by = NULL;
        if (!lanes_is_counter_and(r, s->x->b, &by)) return 0;
        if (by) {
            val v = emit_expr(e, by);
            const char *some = ins(e, "icmp ne %s %s, 0", ir_type(e, v.type), as_scalar(e, v));
            *disjoint = *disjoint ? ins(e, "and i1 %s, %s", *disjoint, some) : some;
        }
        for (uint32_t k = 0; k < f->count && !never; k++) {
            const nest_access *a = &f->accesses[k];
            if (k == i || (k < i && is_store(f, a)) || seen_before(f, k)) continue;
            const char *ok = apart(r, s, a, &never);
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

/* Not to be captured: a sum, which has a word of its own, or what a turn has for itself. */
static int is_not_around(const review *r, const wf_var *v) {
    for (uint32_t i = 0; i < r->l->sum_count; i++)
        if (r->l->sums[i].var == v) return 1;
    return lanes_is_private(r, v);
}

static void find_private(void *user, scan_var *v, int assigned) {
    review *r = user;
    (void)assigned;
    if (v->first > r->loop->begin || !lanes_is_private(r, v->var)) return;
    for (uint32_t i = 0; i < r->l->own_count; i++)
        if (r->l->own[i] == v->var) return;
    if (r->l->own_count == OWN_MOST) r->bad = 1;
    else r->l->own[r->l->own_count++] = v->var;
}

/* What is to be captured, but for the sums. */
static int find_around(review *r, search *h) {
    *h = (search){.e = r->e, .in = r->in, .loop = r->loop, .counter = r->counter};
    h->user = r;
    h->skip = (int (*)(const void *, const wf_var *))is_not_around;
    loop_search(h, r->l->loop->body);
    visit_stmt(r->in, r->l->loop->body, find_private, r);
    return !h->bad && !r->bad;
}

/* Fewer than a group has: all of them would be left over. */
int has_few_turns(const emitter *e, const wf_stmt *s) {
    counted_for c;
    int64_t first, bound;
    return counted_loop(s, &c) && c.first && c.step > 0 && wf_fold_int(e->unit, c.first, &first) &&
           wf_fold_int(e->unit, c.bound, &bound) && bound - first < (int64_t)LANES * c.step;
}

static int one_thread(const emitter *e) {
    return e->exact && (uint64_t)e->block[0] * e->block[1] * e->block[2] == 1 && e->L == 1 &&
           !e->fn->recursion;
}

/* 0: the turns of s cannot go through lanes, or are not worth it. */
static int review_turns(review *r, emitter *e, const wf_stmt *s, lanes *l, int early) {
    const scan_stmt *sc = scan_stmt_of(e->inst->scan, s);
    if (!sc || sc->returns || sc->escapes || !step_of(s) || has_few_turns(e, s)) return 0;
    *l = (lanes){.loop = s, .around = e->inst, .step = step_of(s), .words = WORDS_FIXED, .proven = l->proven};
    *r = (review){.e = e, .in = e->inst, .loop = sc, .counter = s->expr->a->u.var, .l = l, .early = early};
    r->counters = map_new(e->arena);
    r->privates = map_new(e->arena);
    if (!lanes_is_fixed(r, s->expr->b)) return 0;
    lanes_review(r, s->body, 1);
    return !r->bad && lanes_are_worth(r) && !lanes_meet(r);
}

int lanes_promise(emitter *e, const wf_stmt *s) {
    lanes l = {0};
    review r;
    return one_thread(e) && review_turns(&r, e, s, &l, 1) && r.loops;
}

static slot *slot_of(const inst *in, const wf_var *v) { return &in->locals[v->number].slots[0]; }

/* How many turns, as i64. */
static const char *turns_of(emitter *e, const lanes *l) {
    const wf_var *counter = l->loop->expr->a->u.var;
    val bound = convert(e, emit_expr(e, l->loop->expr->b), counter->type->unqual);
    return loop_turns(e, slot_get(e, slot_of(l->around, counter)), bound, l->step);
}

/* On to `few` where the call would cost more than the turns. */
static void leave_few(emitter *e, const lanes *l, label *few) {
    label *many = label_new(e);
    branch_if(e, ins(e, "icmp uge i64 %s, %u", turns_of(e, l), l->least), many, few);
    label_place(e, many);
}

int lanes_do_all(const lanes *l) { return l->in_parts; }
int lanes_leave_short(const lanes *l) { return l->least < LANES; }

/* Loop s, whose bounds test has just been emitted and has passed. NULL: it is to run as it is. Where short loops
 * are likely, they go on to `few` before the test of *disjoint, which is longer than they are. */
lanes *lanes_begin(emitter *e, const wf_stmt *s, const nest_facts *f, label *few, const char **disjoint) {
    if (!one_thread(e) || !f->complete) return NULL;
    lanes *l = WF_NEW(e->arena, lanes);
    review r;
    search h;
    size_t before = e->fn->code.length;
    l->proven = f->proven;
    if (!review_turns(&r, e, s, l, 0) || !find_around(&r, &h)) return NULL;
    if (!independent(&r, f, disjoint)) {
        e->fn->code.length = before;
        return NULL;
    }
    l->in_parts = r.calls || r.loops;
    l->width = r.loops && !r.calls ? WIDE : LANES;
    l->least = r.calls && !r.loops ? LANES / 2 : LANES;
    if (lanes_leave_short(l)) {
        e->fn->code.length = before;
        leave_few(e, l, few);
        independent(&r, f, disjoint);
    }
    l->count = h.count;
    l->list = WF_NEW_ARRAY(e->arena, captured, h.count ? h.count : 1);
    for (uint32_t i = 0; i < h.count; i++) l->list[i].var = h.found[i];
    l->name = text(e, "wf_lanes_%s_%u", e->kernel_name, e->parallel_count++);
    l->context = alloca_aligned(e, text(e, "[%u x i64]", WORDS_FIXED + loop_words(&h)), 8);
    return l;
}

/* --- the call --- */

/* The counter and the sums are as if the turns that it did had been done. */
void lanes_call(emitter *e, lanes *l) {
    irfn *fn = e->fn;
    const wf_var *counter = l->loop->expr->a->u.var;
    const wf_type *t = counter->type->unqual;
    val first = slot_get(e, slot_of(l->around, counter));
    const char *from = loop_wide(e, first), *count = turns_of(e, l);
    label *none = label_new(e);
    if (!lanes_leave_short(l)) leave_few(e, l, none);
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
        val next = arith(e, q->op, total, one, s->at);
        if (e->mask.op) {
            const char *on = ins(e, "extractelement %s %s, i64 %d", ir_vector(e, "i1"), e->mask.op, lane);
            next.op = ins(e, "select i1 %s, %s %s, %s %s", on, type, next.op, type, total.op);
        }
        total = next;
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

/* The turns from the n-th on, as many as there are: the mask. Returns the turn after them. */
static const char *begin_part(emitter *e, const char *n, const char *next) {
    const char *left = splat(e, "i64", ins(e, "sub i64 %%last, %s", n));
    e->mask.op = ins(e, "icmp ult %s %s, %s", ir_vector(e, "i64"), lane_numbers(e, "i64", 1), left);
    e->part = e->mask.op;
    return ins(e, "select i1 %s, i64 %s, i64 %%last", ins(e, "icmp ult i64 %s, %%last", next), next);
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
    branch_if(e, ins(e, "icmp %s i64 %s, %%last", l->in_parts ? "ult" : "ule", l->in_parts ? n : next), body,
              done);
    label_place(e, body);
    if (l->in_parts) next = begin_part(e, n, next);
    const char *now = ins(e, "add i64 %s, %s", from, ins(e, "mul i64 %s, %lld", n, (long long)l->step));
    if (bits_of(t) == 32) now = ins(e, "trunc i64 %s to i32", now);
    val k = val_of(t, K_LINEAR, now);
    k.stride = l->step;
    local_declare(e, in, counter);
    slot_set(e, slot_of(in, counter), k, 0);
    for (uint32_t i = 0; i < l->own_count; i++) local_declare(e, in, l->own[i]);
    e->bail = done;
    emit_stmt(e, l->loop->body);
    e->bail = NULL;
    e->part = NULL;
    e->mask = (mask){0};
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
    e->L = (int)l->width;
    e->inline_nodes = 0;
    e->proven = l->proven;
    outlines_aside aside = outlines_begin(e);
    loop_function(e, "internal ", l->name, 3, emit_once, l);
    outlines_end(e, &aside);
    e->proven = NULL;
    e->inline_nodes = nodes;
    e->L = 1;
}
