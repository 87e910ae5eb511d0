/* emit/late.c: loops that are compiled when they are first needed.
 *
 * A nest of loops whose bounds test passes runs without checks, and one that goes through lanes leaves nothing
 * to the loop behind it: most calls never get to the checked twin, which is half of what would be compiled. So
 * in host functions that twin becomes a function of its own,
 *
 *     i32 wf_late_NAME_K(launch, worker, context, 0, 0)
 *
 * which is not in the module but in another one, made of the same unit by another call of wf_emit
 * (wf_emit_options.late). What the loop reads travels in the context (loop_function.h); what it assigns comes
 * back in it. It is called by way of the host (wf_cpu_launch.late), which at the first call compiles the other
 * module; a table keeps the answer.
 *
 * Both calls of wf_emit write everything and then keep their half of the text, so that numbers of sites and
 * of loops agree. */
#include "emit/kernel.h"
#include "emit/loop_function.h"
#include <string.h>

enum { SCRATCH_SLOT = 1 }; /* of groups of threads elsewhere */

struct late {
    const wf_stmt *loop;
    inst *around, *in; /* in: of the function */
    const char *name;
    captured *list;
    uint8_t *assigned; /* by list's number */
    uint32_t count, words;
    int library_apart, slow;
    late *next;
};

/* --- may it be left out? --- */

typedef struct late_search {
    search s; /* found and count; first: visit_stmt's callback gets it */
    uint8_t assigned[CAPTURES_MOST];
} late_search;

/* Not in memory, where its address may be seen from outside; an address comes with its reach, which does not
 * come back, and as an integer without it. */
static int fits(const local *l, int assigned) {
    if (l->store != LOCAL_SLOTS) return 0;
    for (uint32_t i = 0; i < l->count; i++) {
        const val *v = &l->slots[i].v;
        if (is_pointer(v->type) ? assigned : v->root != ROOT_UNSET && v->root != ROOT_NONE) return 0;
    }
    return 1;
}

static void see(late_search *h, wf_var *v, int assigned) {
    search *s = &h->s;
    uint32_t i = 0;
    while (i < s->count && s->found[i] != v) i++;
    if (i == CAPTURES_MOST || !fits(&s->in->locals[v->number], assigned)) {
        s->bad = 1;
        return;
    }
    if (i == s->count) {
        h->assigned[i] = 0;
        s->found[s->count++] = v;
    }
    h->assigned[i] |= (uint8_t)(assigned != 0);
}

static void see_around(void *user, scan_var *v, int assigned) {
    late_search *h = user;
    if (h->s.bad || (v->first > h->s.loop->begin && v->last <= h->s.loop->end)) return;
    see(h, v->var, assigned);
}

static int is_parallel(const wf_stmt *s) {
    for (; s; s = s->next)
        if (s->for_kind == WF_FOR_PARALLEL || is_parallel(s->body) || is_parallel(s->other)) return 1;
    return 0;
}

static int possible(emitter *e, const wf_stmt *s, late_search *h) {
    inst *in = e->inst;
    const scan_stmt *sc = scan_stmt_of(in->scan, s);
    counted_for c;
    if (!e->options->late || e->in_late || e->gpu || e->L != 1 || e->dry || !writing(e)) return 0;
    if (!e->exact || (uint64_t)e->block[0] * e->block[1] * e->block[2] != 1 || e->fn->recursion) return 0;
    if (!sc || sc->returns || sc->escapes || sc->barrier || in->scan->has_goto || !counted_loop(s, &c))
        return 0;
    if (s->init && s->init->kind != WF_ST_DECL) return 0;
    if (is_parallel(s->body)) return 0;
    h->s = (search){.e = e, .in = in, .loop = sc};
    visit_stmt(in, s, see_around, h);
    see(h, (wf_var *)(uintptr_t)c.var, 1);
    if (c.bound->kind == WF_EX_VAR && c.bound->u.var->number >= in->scan->var_count) /* a piece's limit */
        see(h, c.bound->u.var, 0);
    return !h->s.bad;
}

/* --- the call --- */

/* 0, or not 0 when it ended early. The host compiles the function at the first call. */
static const char *call_late(emitter *e, uint32_t index, const char *context) {
    const char *known = ins(e, "getelementptr ptr, ptr @wf_lates, i64 %u", index),
               *f = ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 176", e->fn->launch));
    return ins(e, "call i32 %s(ptr %s, ptr %s, ptr %s, i64 %u, ptr %s) cold nounwind", f, e->fn->launch,
               e->fn->worker, known, index, context);
}

/* What the loop has assigned, from the context. */
static void take_back(emitter *e, const late *l, const char *context, uint32_t i) {
    local *around = &l->around->locals[l->list[i].var->number];
    for (uint32_t k = 0; k < around->count; k++) {
        slot *s = &around->slots[k];
        const val *was = &l->list[i].leaves[k].v;
        if (was->kind == K_CONST || s->v.kind == K_BOTTOM) continue;
        const char *at = ins(e, "getelementptr i64, ptr %s, i64 %u", context, l->list[i].leaves[k].at);
        const char *op = ins(e, "load %s, ptr %s", ir_memory(e, s->v.type), at);
        if (s->v.type->kind == WF_TY_BOOL) op = ins(e, "icmp ne i8 %s, 0", op);
        val v = val_of(s->v.type, K_BLOCK, op);
        v.top = s->v.top;
        slot_set(e, s, v, 0);
    }
}

/* 0: the loop is to be written in its place. */
int emit_late(emitter *e, const wf_stmt *s, int slow) {
    late_search *h = WF_NEW(e->arena, late_search);
    if (!possible(e, s, h)) return 0;
    irfn *fn = e->fn;
    late *l = WF_NEW(e->arena, late);
    *l = (late){.loop = s, .around = e->inst, .count = h->s.count, .words = LOOP_OWN};
    l->library_apart = e->library_apart;
    l->slow = slow;
    l->list = WF_NEW_ARRAY(e->arena, captured, l->count + 1);
    l->assigned = WF_NEW_ARRAY(e->arena, uint8_t, l->count + 1);
    memcpy(l->assigned, h->assigned, l->count);
    uint32_t index = e->late_count++;
    l->name = text(e, "wf_late_%s_%u", e->kernel_name, index);
    const char *context = alloca_aligned(e, text(e, "[%u x i64]", LOOP_OWN + loop_words(&h->s)), 8);
    loop_put_block(e, context);
    for (uint32_t i = 0; i < l->count; i++) {
        l->list[i].var = h->s.found[i];
        loop_capture(e, e->inst, &l->list[i], context, &l->words);
    }
    const char *r = call_late(e, index, context);
    label *on = label_new(e);
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", r), on, fn->stopped);
    label_place(e, on);
    for (uint32_t i = 0; i < l->count; i++)
        if (l->assigned[i]) take_back(e, l, context, i);
    l->next = e->lates;
    e->lates = l;
    return 1;
}

/* --- the function --- */

static void give_back(emitter *e, const late *l, uint32_t i) {
    local *own = &l->in->locals[l->list[i].var->number];
    for (uint32_t k = 0; k < own->count; k++) {
        const val *was = &l->list[i].leaves[k].v;
        if (was->kind == K_CONST) continue;
        val v = slot_get(e, &own->slots[k]);
        if (v.kind == K_BOTTOM) continue;
        const char *op = as_scalar(e, v);
        if (v.type->kind == WF_TY_BOOL) op = ins(e, "zext i1 %s to i8", op);
        loop_put(e, "%context", l->list[i].leaves[k].at, ir_memory(e, v.type), op);
    }
}

static void emit_once(emitter *e, void *user) {
    late *l = user;
    loop_begin(e, l->in, l->list, l->count);
    emit_loop_rest(e, l->loop, l->slow);
    label_place(e, l->in->end);
    for (uint32_t i = 0; i < l->count; i++)
        if (l->assigned[i]) give_back(e, l, i);
}

static void finish(emitter *e, late *l) {
    uint64_t nodes = e->inline_nodes;
    e->inline_nodes = 0;
    e->library_apart = l->library_apart;
    l->in = loop_inst(e, l->around);
    loop_function(e, "", l->name, SCRATCH_SLOT, emit_once, l);
    e->library_apart = 0;
    e->inline_nodes = nodes;
    parallels_finish(e); /* lanes of loops within */
    outlines_finish(e);
}

/* Behind the kernel that was finished last, whose text begins at `begin` of the module. */
void lates_finish(emitter *e, size_t begin) {
    size_t end = e->module.length;
    uint64_t before = e->instructions;
    if (!e->late_count) return;
    if (e->options->late == WF_LATE_LEAVE)
        declare(e, "wf_lates",
                text(e, "@wf_lates = internal global [%u x ptr] zeroinitializer", e->late_count));
    e->in_late = 1;
    while (e->lates) {
        late *l = e->lates;
        e->lates = l->next;
        finish(e, l);
    }
    e->in_late = 0;
    if (e->options->late == WF_LATE_ONLY) {
        memmove(e->module.data + begin, e->module.data + end, e->module.length - end);
        e->module.length -= end - begin;
        e->instructions -= before;
    } else {
        e->module.length = end;
        e->instructions = before;
    }
    e->module.data[e->module.length] = 0;
}
