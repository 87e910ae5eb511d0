/* emit/loop_function.c: see loop_function.h. */
#include "emit/kernel.h"
#include "emit/loop_function.h"

/* --- what the body needs --- */

static void see_around(void *user, scan_var *v, int assigned) {
    search *h = user;
    if (v->var == h->counter || v->first > h->loop->begin || h->bad) return;
    if (h->skip && h->skip(h->user, v->var)) return;
    const local *l = &h->in->locals[v->var->number];
    if (l->store == LOCAL_NEW || (assigned && l->store == LOCAL_SLOTS)) h->bad = 1;
    for (uint32_t i = 0; i < h->count; i++)
        if (h->found[i] == v->var) return;
    if (h->count == CAPTURES_MOST) h->bad = 1;
    else h->found[h->count++] = v->var;
}

void loop_search(search *h, const wf_stmt *body) { visit_stmt(h->in, body, see_around, h); }

uint32_t loop_words(const search *h) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < h->count; i++) {
        const local *l = &h->in->locals[h->found[i]->number];
        most += l->store == LOCAL_SLOTS ? 3 * l->count : 1;
    }
    return most;
}

/* --- the call --- */

void loop_put(emitter *e, const char *context, uint32_t word, const char *type, const char *op) {
    line(e, "store %s %s, ptr %s", type, op, ins(e, "getelementptr i64, ptr %s, i64 %u", context, word));
}

void loop_capture(emitter *e, inst *around, captured *c, const char *context, uint32_t *words) {
    local *l = &around->locals[c->var->number];
    c->in_memory = l->store != LOCAL_SLOTS;
    if (c->in_memory) {
        c->at = (*words)++;
        loop_put(e, context, c->at, "ptr", local_base(e, l));
        return;
    }
    c->leaves = WF_NEW_ARRAY(e->arena, word, l->count ? l->count : 1);
    for (uint32_t i = 0; i < l->count; i++) {
        val v = c->leaves[i].v = slot_get(e, &l->slots[i]);
        if (v.kind == K_CONST) continue;
        c->leaves[i].at = *words;
        *words += is_pointer(v.type) ? 3 : 1;
        const char *op = v.op;
        if (v.type->kind == WF_TY_BOOL) op = ins(e, "zext i1 %s to i8", op);
        loop_put(e, context, c->leaves[i].at, ir_memory(e, v.type), op);
        if (!is_pointer(v.type)) continue;
        const char *lo, *size;
        root_of(e, v, &lo, &size);
        loop_put(e, context, c->leaves[i].at + 1, "i64", lo);
        loop_put(e, context, c->leaves[i].at + 2, "i64", size);
    }
}

const char *loop_wide(emitter *e, val v) {
    if (bits_of(v.type) == 64) return v.op;
    return ins(e, "%s i32 %s to i64", is_signed(v.type) ? "sext" : "zext", v.op);
}

const char *loop_turns(emitter *e, val a, val b, int64_t step) {
    const char *some = compare(e, WF_OP_LT, a, b).op;
    const char *n = ins(e, "sub i64 %s, %s", loop_wide(e, b), loop_wide(e, a));
    if (step > 1) /* n >= 1 */
        n = ins(e, "add i64 %s, 1", ins(e, "udiv i64 %s, %lld", ins(e, "sub i64 %s, 1", n), (long long)step));
    return ins(e, "select i1 %s, i64 %s, i64 0", some, n);
}

void loop_put_block(emitter *e, const char *context) {
    if (e->one_block) return;
    loop_put(e, context, LOOP_BLOCK, "i64", e->fn->block_linear);
    for (uint32_t i = 0; i < 3; i++) loop_put(e, context, LOOP_X + i, "i32", e->fn->block_id[i].op);
}

/* --- the function --- */

const char *loop_get(emitter *e, uint32_t word, const char *type) {
    return ins_entry(e, text(e, "load %s, ptr %s", type,
                             ins_entry(e, text(e, "getelementptr i64, ptr %%context, i64 %u", word))));
}

static val captured_leaf(emitter *e, const word *w, const char *name) {
    val v = val_of(w->v.type, K_BLOCK, NULL);
    if (w->v.kind == K_CONST) return val_int(e, w->v.type, (uint64_t)w->v.imm);
    v.op = loop_get(e, w->at, ir_memory(e, v.type));
    v.top = w->v.top;
    if (v.type->kind == WF_TY_BOOL) v.op = ins_entry(e, text(e, "icmp ne i8 %s, 0", v.op));
    if (is_pointer(v.type) && e->check && w->v.root != ROOT_NONE)
        v.root = root_new(e, w, loop_get(e, w->at + 1, "i64"), loop_get(e, w->at + 2, "i64"), name);
    v.loose = w->v.loose, v.local = w->v.local;
    return v;
}

static void bind(emitter *e, inst *in, const captured *c) {
    local *l = &in->locals[c->var->number];
    const char *address = c->in_memory ? loop_get(e, c->at, "ptr") : NULL;
    if (l->store != LOCAL_NEW) l->at.op = address; /* so that no memory is made for it */
    local_declare(e, in, c->var);
    if (c->in_memory) l->at.op = address;
    else
        for (uint32_t i = 0; i < l->count; i++)
            slot_set(e, &l->slots[i], captured_leaf(e, &c->leaves[i], c->var->name), 0);
}

void loop_begin(emitter *e, inst *in, const captured *list, uint32_t count) {
    irfn *fn = e->fn = irfn_new(e);
    e->mask = (mask){0};
    e->depth = 0;
    kernel_entry(e);
    kernel_counts(e);
    fn->stopped = label_new(e);
    fn->block_linear = e->one_block ? "0" : loop_get(e, LOOP_BLOCK, "i64");
    for (uint32_t i = 0; i < 3; i++)
        fn->block_id[i] =
            val_of(ty(e, WF_TY_UINT), K_BLOCK, e->one_block ? "0" : loop_get(e, LOOP_X + i, "i32"));
    kernel_only_thread(e);
    e->inst = in;
    in->base = 0;
    in->end = e->skip = label_new(e);
    in->labels = map_new(e->arena);
    in->loops = NULL;
    for (uint32_t i = 0; i < count; i++) bind(e, in, &list[i]);
}

inst *loop_inst(emitter *e, const inst *around) {
    inst *in = inst_new(e, around->parent, around->func, around->unit);
    in->is_kernel = around->is_kernel;
    return in;
}

void loop_function(emitter *e, const char *linkage, const char *name, int scratch,
                   void (*once)(emitter *, void *), void *user) {
    emit_dry(e, once, user);
    once(e, user);
    e->skip = NULL;
    e->inst = NULL;
    kernel_finish(e, scratch,
                  text(e,
                       "define %si32 @%s(ptr noundef %%launch, ptr noundef %%worker, ptr noundef "
                       "%%context, i64 noundef %%first, i64 noundef %%last) #0 noinline",
                       linkage, name));
}
