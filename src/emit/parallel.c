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
 * The context is an array of 8-byte words on the caller's stack: where the block is, a, b, the number of
 * turns, and what the body reads of the variables around the loop: values of those that are kept in slots (a
 * pointer with its reach), addresses of those in memory. The body is emitted there as a loop of its own with
 * its own limit, so all that is done for plain loops is done for it, bounds checks included.
 *
 * A loop that assigns to a variable around it, that can be left by break or return, or that lies within
 * another parallel loop, runs as a plain one. */
#include "emit/inner.h"
#include "emit/kernel.h"
#include <string.h>

enum { WORD_BLOCK, WORD_X, WORD_Y, WORD_Z, WORD_FROM, WORD_TO, WORD_COUNT, WORDS_FIXED, CAPTURES_MOST = 128 };

typedef struct word { /* one leaf of a captured variable */
    val v;            /* kind CONST: not in the context. Pointers: root as it was outside */
    uint32_t at;
} word;

typedef struct captured {
    wf_var *var;
    word *leaves;  /* LOCAL_SLOTS */
    uint32_t at;   /* else: the address */
    int in_memory; /* LOCAL_ROWS, LOCAL_MEMORY */
} captured;

struct parallel {
    const wf_stmt *loop;
    inst *around;
    const char *name;
    captured *list;
    uint32_t count, words;
    int64_t step;
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
    const wf_expr *c = s->expr, *st = s->step;
    const wf_var *i = s->init && s->init->kind == WF_ST_DECL && s->init->expr ? s->init->var : NULL;
    if (!i || !is_int(i->type) || bits_of(i->type) < 32 || i->space != WF_SPACE_LOCAL) return 0;
    if (!c || c->kind != WF_EX_BINARY || c->op != WF_OP_LT || c->a->kind != WF_EX_VAR || c->a->u.var != i)
        return 0;
    if (!st || !st->a || st->a->kind != WF_EX_VAR || st->a->u.var != i || st->op != WF_OP_ADD) return 0;
    if (st->kind == WF_EX_STEP) return 1;
    if (st->kind != WF_EX_UPDATE || st->b->kind != WF_EX_INT) return 0;
    return (int64_t)st->b->u.i > 0 && st->b->u.i < WF_TOP_MOST ? (int64_t)st->b->u.i : 0;
}

typedef struct search {
    emitter *e;
    const inst *in;
    const scan_stmt *loop;
    const wf_var *counter;
    wf_var *found[CAPTURES_MOST];
    uint32_t count;
    int bad;
} search;

static void see_around(void *user, scan_var *v, int assigned) {
    search *h = user;
    if (v->var == h->counter || v->first > h->loop->begin || h->bad) return;
    const local *l = &h->in->locals[v->var->number];
    if (l->store == LOCAL_NEW || (assigned && l->store == LOCAL_SLOTS)) h->bad = 1;
    for (uint32_t i = 0; i < h->count; i++)
        if (h->found[i] == v->var) return;
    if (h->count == CAPTURES_MOST) h->bad = 1;
    else h->found[h->count++] = v->var;
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
    visit_stmt(in, s->body, see_around, h);
    return !h->bad;
}

/* --- the call --- */

static void put(emitter *e, const char *context, uint32_t word, const char *type, const char *op) {
    line(e, "store %s %s, ptr %s", type, op, ins(e, "getelementptr i64, ptr %s, i64 %u", context, word));
}

static void capture(emitter *e, parallel *p, captured *c, const char *context) {
    local *l = &p->around->locals[c->var->number];
    c->in_memory = l->store != LOCAL_SLOTS;
    if (c->in_memory) {
        c->at = p->words++;
        put(e, context, c->at, "ptr", local_base(e, l));
        return;
    }
    c->leaves = WF_NEW_ARRAY(e->arena, word, l->count ? l->count : 1);
    for (uint32_t i = 0; i < l->count; i++) {
        val v = c->leaves[i].v = slot_get(e, &l->slots[i]);
        if (v.kind == K_CONST) continue;
        c->leaves[i].at = p->words;
        p->words += is_pointer(v.type) ? 3 : 1;
        const char *op = v.op;
        if (v.type->kind == WF_TY_BOOL) op = ins(e, "zext i1 %s to i8", op);
        put(e, context, c->leaves[i].at, ir_memory(e, v.type), op);
        if (!is_pointer(v.type)) continue;
        const char *lo, *size;
        root_of(e, v, &lo, &size);
        put(e, context, c->leaves[i].at + 1, "i64", lo);
        put(e, context, c->leaves[i].at + 2, "i64", size);
    }
}

static const char *wide(emitter *e, val v) {
    if (bits_of(v.type) == 64) return v.op;
    return ins(e, "%s i32 %s to i64", is_signed(v.type) ? "sext" : "zext", v.op);
}

/* How many turns: (b - a + c - 1) / c when a < b. */
static const char *turns(emitter *e, val a, val b, int64_t step) {
    const char *some = compare(e, WF_OP_LT, a, b).op;
    const char *n = ins(e, "sub i64 %s, %s", wide(e, b), wide(e, a));
    if (step > 1) /* n >= 1 */
        n = ins(e, "add i64 %s, 1", ins(e, "udiv i64 %s, %lld", ins(e, "sub i64 %s, 1", n), (long long)step));
    return ins(e, "select i1 %s, i64 %s, i64 0", some, n);
}

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
    uint32_t most = WORDS_FIXED;
    for (uint32_t i = 0; i < h.count; i++) {
        local *l = &e->inst->locals[h.found[i]->number];
        most += l->store == LOCAL_SLOTS ? 3 * l->count : 1;
    }
    const char *context = alloca_aligned(e, text(e, "[%u x i64]", most), 8);
    const char *count = turns(e, a, b, p->step);
    put(e, context, WORD_BLOCK, "i64", e->fn->block_linear);
    for (uint32_t i = 0; i < 3; i++) put(e, context, WORD_X + i, "i32", e->fn->block_id[i].op);
    put(e, context, WORD_FROM, "i64", wide(e, a));
    put(e, context, WORD_TO, "i64", wide(e, b));
    put(e, context, WORD_COUNT, "i64", count);
    for (uint32_t i = 0; i < h.count; i++) {
        p->list[i].var = h.found[i];
        capture(e, p, &p->list[i], context);
    }
    call(e, p, context, count);
    p->next = e->parallels;
    e->parallels = p;
    return 1;
}

/* --- the function --- */

static const char *get(emitter *e, uint32_t word, const char *type) {
    return ins_entry(e, text(e, "load %s, ptr %s", type,
                             ins_entry(e, text(e, "getelementptr i64, ptr %%context, i64 %u", word))));
}

static val captured_leaf(emitter *e, const word *w, const char *name) {
    val v = val_of(w->v.type, K_BLOCK, NULL);
    if (w->v.kind == K_CONST) return val_int(e, w->v.type, (uint64_t)w->v.imm);
    v.op = get(e, w->at, ir_memory(e, v.type));
    v.top = w->v.top;
    if (v.type->kind == WF_TY_BOOL) v.op = ins_entry(e, text(e, "icmp ne i8 %s, 0", v.op));
    if (is_pointer(v.type) && e->check && w->v.root != ROOT_NONE)
        v.root = root_new(e, w, get(e, w->at + 1, "i64"), get(e, w->at + 2, "i64"), name);
    return v;
}

static void bind(emitter *e, inst *in, const captured *c) {
    local *l = &in->locals[c->var->number];
    const char *address = c->in_memory ? get(e, c->at, "ptr") : NULL;
    if (l->store != LOCAL_NEW) l->at.op = address; /* so that no memory is made for it */
    local_declare(e, in, c->var);
    if (c->in_memory) l->at.op = address;
    else
        for (uint32_t i = 0; i < l->count; i++)
            slot_set(e, &l->slots[i], captured_leaf(e, &c->leaves[i], c->var->name), 0);
}

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

static void emit_once(emitter *e, inst *in, const parallel *p, const wf_stmt *piece) {
    irfn *fn = e->fn = irfn_new(e);
    e->mask = (mask){0};
    e->depth = 0;
    kernel_entry(e);
    kernel_counts(e);
    fn->stopped = label_new(e);
    fn->block_linear = get(e, WORD_BLOCK, "i64");
    for (uint32_t i = 0; i < 3; i++)
        fn->block_id[i] = val_of(ty(e, WF_TY_UINT), K_BLOCK, get(e, WORD_X + i, "i32"));
    group_threads(e, "0");
    e->inst = in;
    in->base = 0;
    in->end = e->skip = label_new(e);
    in->labels = map_new(e->arena);
    in->loops = NULL;
    label *go = label_new(e);
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", ins(e, "load volatile i32, ptr %%stop")), go, fn->stopped);
    label_place(e, go);
    for (uint32_t i = 0; i < p->count; i++) bind(e, in, &p->list[i]);
    const char *from = get(e, WORD_FROM, "i64");
    const char *at = ins(e, "add i64 %s, %s", from, ins(e, "mul i64 %%first, %lld", (long long)p->step));
    const char *to = ins(e, "add i64 %s, %s", from, ins(e, "mul i64 %%last, %lld", (long long)p->step));
    const char *whole = ins(e, "icmp eq i64 %%last, %s", get(e, WORD_COUNT, "i64"));
    set(e, in, p->loop->init->var, at);
    set(e, in, piece->expr->b->u.var,
        ins(e, "select i1 %s, i64 %s, i64 %s", whole, get(e, WORD_TO, "i64"), to));
    emit_loop_from(e, piece);
    label_place(e, in->end);
    e->skip = NULL;
    e->inst = NULL;
}

/* All parallel loops of the kernel that was finished last. */
void parallels_finish(emitter *e) {
    e->in_parallel = 1;
    while (e->parallels) {
        parallel *p = e->parallels;
        e->parallels = p->next;
        inst *in = inst_new(e, p->around->parent, p->around->func, p->around->unit);
        in->is_kernel = p->around->is_kernel;
        const wf_stmt *piece = piece_of(e, p, in);
        for (int round = 0; round < ROUNDS_MOST; round++) {
            e->dry = round == 0 || e->changed;
            e->changed = 0;
            emit_once(e, in, p, piece);
            if (!e->dry) break;
        }
        e->dry = 0;
        kernel_finish(e, 2,
                      text(e,
                           "define internal i32 @%s(ptr noundef %%launch, ptr noundef %%worker, ptr noundef "
                           "%%context, i64 noundef %%first, i64 noundef %%last) #0 noinline",
                           p->name));
    }
    e->in_parallel = 0;
}
