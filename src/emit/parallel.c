/* emit/parallel.c: __wf_for_parallel on the CPU: iterations spread over the pool.
 *
 * In a kernel of one thread -- what Python's host functions become -- the loop
 *
 *     for (T i = a; i < b; i += c)
 *
 * turns into a function that runs the turns first..last-1 of it, and a call that hands this function to the
 * host, which has the pool's threads run pieces:
 *
 *     i32 wf_loop_K(launch, worker, context, first, last)
 *
 * The context (loop_function.h) begins with where the block is, a, b and the number of turns. The body is
 * emitted there as a loop of its own with its own limit, so all that is done for plain loops is done for it,
 * bounds checks included.
 *
 * A loop that assigns to a variable around it, that can be left by break or return, or that lies within
 * another parallel loop, runs as a plain one. */
#include "emit/kernel.h"
#include "emit/loop_function.h"

enum { WORD_FROM = LOOP_OWN, WORD_TO, WORD_COUNT, WORDS_FIXED };

struct parallel {
    const wf_stmt *loop, *piece; /* piece: the loop over the turns of a call */
    inst *around, *in;           /* in: of the function */
    const char *name;
    captured *list;
    uint32_t count, words;
    int64_t step;
    lanes *lanes; /* not NULL: it stands for this instead */
    parallel *next;
};

/* --- may it be spread? --- */

static int leaves_loop(const wf_stmt *s, int inner) { /* break of the loop at hand, goto, inline PTX */
    for (; s; s = s->next) {
        if (s->kind == WF_ST_RETURN || s->kind == WF_ST_GOTO || s->kind == WF_ST_LABEL ||
            s->kind == WF_ST_ASM)
            return 1;
        if (s->kind == WF_ST_BREAK && !inner) return 1;
        int breaks =
            s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO || s->kind == WF_ST_SWITCH;
        if (leaves_loop(s->body, inner || breaks) || leaves_loop(s->other, inner)) return 1;
    }
    return 0;
}

/* c of the step, a positive literal; 0: another form */
static int64_t step_of(const wf_stmt *s) {
    counted_for c;
    if (!counted_loop(s, &c) || !c.first || !c.up || c.inclusive || c.step >= WF_TOP_MOST) return 0;
    return c.step;
}

static int possible(emitter *e, const wf_stmt *s, search *h) {
    const inst *in = e->inst;
    scan_stmt *sc = scan_stmt_of(in->scan, s);
    int one_thread = e->exact && (uint64_t)e->block[0] * e->block[1] * e->block[2] == 1;
    if (e->gpu || e->L > 1 || !one_thread || e->fn->recursion || e->in_parallel || in->scan->has_goto)
        return 0;
    if (!sc || sc->returns || sc->barrier || !step_of(s) || leaves_loop(s->body, 0)) return 0;
    const wf_var *i = s->init->var;
    if (in->scan->vars[i->number].assigned != 1 || in->scan->vars[i->number].escapes) return 0;
    *h = (search){.e = e, .in = in, .loop = sc, .counter = i};
    loop_search(h, s->body);
    return !h->bad;
}

/* --- the call --- */

static void call(emitter *e, const parallel *p, const char *context, const char *count) {
    irfn *fn = e->fn;
    const char *at = ins(e, "getelementptr i8, ptr %s, i64 128", fn->launch);
    const char *r = ins(e, "call i32 %s(ptr %s, ptr %s, ptr @%s, ptr %s, i64 %s)",
                        ins(e, "load ptr, ptr %s", at), fn->launch, fn->worker, p->name, context, count);
    label *on = label_new(e);
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", r), on, fn->stopped);
    label_place(e, on);
}

/* 0: the loop is to run as a plain one. */
int emit_parallel(emitter *e, const wf_stmt *s) {
    search h;
    if (!possible(e, s, &h)) return 0;
    const wf_type *t = s->init->var->type->unqual;
    val a = convert(e, emit_expr(e, s->init->expr), t), b = emit_expr(e, s->expr->b);
    if (e->dry || !writing(e) || a.kind == K_BOTTOM || b.kind == K_BOTTOM) return 1;
    parallel *p = WF_NEW(e->arena, parallel);
    *p = (parallel){.loop = s, .around = e->inst, .step = step_of(s), .words = WORDS_FIXED, .count = h.count};
    p->name = text(e, "wf_loop_%s_%u", e->kernel_name, e->parallel_count++);
    p->list = WF_NEW_ARRAY(e->arena, captured, h.count ? h.count : 1);
    uint32_t most = WORDS_FIXED + loop_words(&h);
    const char *context = alloca_aligned(e, text(e, "[%u x i64]", most), 8);
    const char *count = loop_turns(e, a, b, p->step);
    loop_put_block(e, context);
    loop_put(e, context, WORD_FROM, "i64", loop_wide(e, a));
    loop_put(e, context, WORD_TO, "i64", loop_wide(e, b));
    loop_put(e, context, WORD_COUNT, "i64", count);
    for (uint32_t i = 0; i < h.count; i++) {
        p->list[i].var = h.found[i];
        loop_capture(e, e->inst, &p->list[i], context, &p->words);
    }
    call(e, p, context, count);
    p->next = e->parallels;
    e->parallels = p;
    return 1;
}

/* --- the function --- */

/* The loop over the turns first..last-1: the counter begins with a + first * c, the limit is a + last * c, or
 * b. The limit is a variable after all those of the function. */
static const wf_stmt *piece_of(emitter *e, const parallel *p, inst *in) {
    const wf_type *t = p->loop->init->var->type->unqual;
    wf_var *limit = WF_NEW(e->arena, wf_var);
    *limit = (wf_var){.name = "limit", .type = t, .space = WF_SPACE_LOCAL, .number = in->func->local_count};
    wf_expr *name = WF_NEW(e->arena, wf_expr), *test = WF_NEW(e->arena, wf_expr);
    *name = *p->loop->expr->a;
    name->u.var = limit;
    *test = *p->loop->expr;
    test->b = name;
    wf_stmt *s = WF_NEW(e->arena, wf_stmt);
    *s = *p->loop;
    s->for_kind = WF_FOR_PLAIN;
    s->expr = test;
    s->next = NULL;
    *map_at(in->scan->stmts, s) = scan_stmt_of(in->scan, p->loop);
    return s;
}

static void set(emitter *e, inst *in, wf_var *v, const char *op) {
    const wf_type *t = v->type->unqual;
    if (bits_of(t) == 32) op = ins(e, "trunc i64 %s to i32", op);
    local_declare(e, in, v);
    slot_set(e, &in->locals[v->number].slots[0], val_of(t, K_GROUP, op), 0);
}

static void emit_once(emitter *e, void *user) {
    const parallel *p = user;
    inst *in = p->in;
    loop_begin(e, in, p->list, p->count);
    label *go = label_new(e);
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", ins(e, "load volatile i32, ptr %%stop")), go, e->fn->stopped);
    label_place(e, go);
    const char *from = loop_get(e, WORD_FROM, "i64");
    const char *at = ins(e, "add i64 %s, %s", from, ins(e, "mul i64 %%first, %lld", (long long)p->step));
    const char *to = ins(e, "add i64 %s, %s", from, ins(e, "mul i64 %%last, %lld", (long long)p->step));
    const char *whole = ins(e, "icmp eq i64 %%last, %s", loop_get(e, WORD_COUNT, "i64"));
    set(e, in, p->loop->init->var, at);
    set(e, in, p->piece->expr->b->u.var,
        ins(e, "select i1 %s, i64 %s, i64 %s", whole, loop_get(e, WORD_TO, "i64"), to));
    emit_loop_from(e, p->piece);
    label_place(e, in->end);
}

void parallel_add_lanes(emitter *e, lanes *l) {
    parallel *p = WF_NEW(e->arena, parallel);
    *p = (parallel){.lanes = l, .next = e->parallels};
    e->parallels = p;
}

/* All parallel loops of the kernel that was finished last. */
void parallels_finish(emitter *e) {
    e->in_parallel = 1;
    while (e->parallels) {
        parallel *p = e->parallels;
        e->parallels = p->next;
        if (p->lanes) {
            lanes_finish(e, p->lanes);
            continue;
        }
        p->in = loop_inst(e, p->around);
        p->piece = piece_of(e, p, p->in);
        loop_function(e, "internal ", p->name, 2, emit_once, p);
    }
    e->in_parallel = 0;
}
