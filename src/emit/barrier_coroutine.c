/* emit/barrier_coroutine.c: barriers in any control flow.
 *
 * Each group of lanes is one LLVM coroutine, in memory of the worker's scratch; a barrier suspends it. The
 * kernel starts all groups of a block, then resumes those that are not done, round after round. A group that
 * ended does not hold up the others. The coroutine is a function of (launch, worker, state): `state` holds
 * the block's index, where the frames are, and the counters of __syncthreads_count.
 *
 * Counters: three in turn. Who arrives at barrier k adds to number k % 3 and clears number (k + 1) % 3;
 * everybody has left barrier k - 1 by then, so nobody still reads that one. */
#include "emit/inner.h"
#include "emit/kernel.h"
#include <string.h>

/* state: 0 block linear i64, 8 x, 12 y, 16 z i32, 24 frames ptr, 32 three counters of two i32 each, 56 the
 * grid's record (barrier_grid.c), 64 numbered barriers (barrier_named.c) */
enum { STATE_X = 8, STATE_FRAMES = 24, STATE_COUNTS = 32, STATE_SIZE = WF_STATE_SIZE };

static const char *field(emitter *e, const char *base, int offset) {
    return ins(e, "getelementptr i8, ptr %s, i64 %d", base, offset);
}

void coroutine_prepare(emitter *e, inst *in, wf_signature *sig) {
    (void)in;
    (void)sig;
    declare(e, "llvm.coro.id",
            "declare token @llvm.coro.id(i32, ptr, ptr, ptr)\ndeclare i64 @llvm.coro.size.i64()\n"
            "declare ptr @llvm.coro.begin(token, ptr)\ndeclare i8 @llvm.coro.suspend(token, i1)\n"
            "declare ptr @llvm.coro.free(token, ptr)\ndeclare void @llvm.coro.resume(ptr)\n"
            "declare i1 @llvm.coro.done(ptr)");
    declare(e, "llvm.coro.end",
            text(e, "declare %s @llvm.coro.end(ptr, i1, token)", version_coro_end(e->target)));
}

/* In the kernel: start, then resume until all are done. */
void coroutine_block(emitter *e, inst *in) {
    irfn *fn = e->fn;
    const char *state = alloca_aligned(e, text(e, "[%d x i8]", STATE_SIZE), 64);
    const char *handles = alloca_aligned(e, text(e, "[%u x ptr]", e->groups), 8);
    const char *limit = kernel_group_limit(e);
    line(e, "call void @llvm.memset.p0.i64(ptr %s, i8 0, i64 %d, i1 false)", state, STATE_SIZE);
    declare(e, "llvm.memset.p0.i64", "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)");
    line(e, "store i64 %s, ptr %s", fn->block_linear, state);
    for (int i = 0; i < 3; i++)
        line(e, "store i32 %s, ptr %s", fn->block_id[i].op, field(e, state, STATE_X + 4 * i));
    const char *at = alloca_new(e, "i64", ""), *left = alloca_new(e, "i64", "");
    label *start = label_new(e), *round = label_new(e), *step = label_new(e), *resume = label_new(e),
          *next = label_new(e), *check = label_new(e), *again = label_new(e), *end = label_new(e),
          *started = label_new(e), *ready = label_new(e);
    line(e, "store i64 0, ptr %s", at);
    label_place(e, start);
    start->uses++;
    const char *g = ins(e, "load i64, ptr %s", at);
    const char *h = ins(e, "call ptr @wf_co_%s(ptr %%launch, ptr %%worker, ptr %s, i64 %s, i64 %s)",
                        in->func->name, state, g, limit);
    branch_rare(e, ins(e, "icmp ne ptr %s, null", h), started, fn->stopped);
    label_place(e, started);
    line(e, "store ptr %s, ptr %s", h, ins(e, "getelementptr ptr, ptr %s, i64 %s", handles, g));
    const char *g1 = ins(e, "add i64 %s, 1", g);
    line(e, "store i64 %s, ptr %s", g1, at);
    branch_if(e, ins(e, "icmp ult i64 %s, %s", g1, limit), start, round);
    label_place(e, round);
    line(e, "store i64 0, ptr %s", at);
    line(e, "store i64 0, ptr %s", left);
    label_place(e, step);
    step->uses++;
    const char *i = ins(e, "load i64, ptr %s", at);
    const char *hi = ins(e, "load ptr, ptr %s", ins(e, "getelementptr ptr, ptr %s, i64 %s", handles, i));
    branch_if(e, ins(e, "call i1 @llvm.coro.done(ptr %s)", hi), next, resume);
    label_place(e, resume);
    line(e, "call void @llvm.coro.resume(ptr %s)", hi);
    line(e, "store i64 1, ptr %s", left);
    label_place(e, next);
    const char *i1 = ins(e, "add i64 %s, 1", i);
    line(e, "store i64 %s, ptr %s", i1, at);
    branch_if(e, ins(e, "icmp ult i64 %s, %s", i1, limit), step, check);
    label_place(e, check);
    const char *stop = ins(e, "load volatile i32, ptr %%stop");
    branch_if(e, ins(e, "icmp eq i32 %s, 0", stop), again, fn->stopped);
    label_place(e, again);
    branch_if(e, ins(e, "icmp eq i64 %s, 0", ins(e, "load i64, ptr %s", left)), end, round);
    (void)ready;
    label_place(e, end);
}

void coroutine_suspend(emitter *e, int final) {
    label *on = label_new(e);
    const char *r = ins(e, "call i8 @llvm.coro.suspend(token none, i1 %s)", final ? "true" : "false");
    on->uses++;
    if (!e->fn->open) return;
    line(e, "switch i8 %s, label %%co_suspend [ i8 0, label %%%s i8 1, label %%co_suspend ]", r, on->name);
    e->fn->open = 0;
    label_place(e, on);
}

void coroutine_function(emitter *e, inst *in, wf_signature *sig) {
    irfn *fn = e->fn = irfn_new(e);
    fn->stopped = label_new(e);
    e->mask = (mask){0};
    e->depth = 0;
    e->coroutine = 1;
    kernel_entry(e);
    kernel_counts(e);
    const char *size = ins(e, "call i64 @llvm.coro.size.i64()");
    size = ins(e, "and i64 %s, -64", ins(e, "add i64 %s, 63", size));
    label *first = label_new(e), *have = label_new(e), *go = label_new(e), *none = label_new(e);
    const char *frames = field(e, "%state", STATE_FRAMES);
    branch_if(e, ins(e, "icmp eq i64 %%group, 0"), first, have);
    label_place(e, first);
    const char *bytes = ins(e, "mul i64 %s, %%groups", size), *m;
    if (e->uses_grid_sync) {
        m = grid_frames(e, bytes);
    } else {
        const char *f = ins(e, "load ptr, ptr %s", field(e, "%launch", 80));
        m = ins(e, "call ptr %s(ptr %%worker, i32 1, i64 %s)", f, bytes);
    }
    line(e, "store ptr %s, ptr %s", m, frames);
    label_place(e, have);
    const char *base = ins(e, "load ptr, ptr %s", frames);
    branch_if(e, ins(e, "icmp eq ptr %s, null", base), none, go);
    label_place(e, none);
    line(e, "ret ptr null");
    fn->open = 0;
    label_place(e, go);
    const char *frame = ins(e, "getelementptr i8, ptr %s, i64 %s", base, ins(e, "mul i64 %s, %%group", size));
    line(e, "%%handle = call ptr @llvm.coro.begin(token %%id, ptr %s)", frame);
    fn->block_linear = ins(e, "load i64, ptr %%state");
    for (int i = 0; i < 3; i++) {
        fn->block_id[i] = val_of(ty(e, WF_TY_UINT), K_BLOCK,
                                 ins(e, "load i32, ptr %s", field(e, "%state", STATE_X + 4 * i)));
        fn->block_id[i].top = i ? 65536 : WF_TOP_MOST;
    }
    group_threads(e, "%group");
    fn->barriers = alloca_new(e, "i32", "");
    line(e, "store i32 0, ptr %s", fn->barriers);
    kernel_bind(e, in, sig);
    emit_body(e, in);
    label_place(e, fn->stopped);
    if (fn->open) {
        if (e->uses_grid_sync) grid_leave(e);
        const char *r = ins(e, "call i8 @llvm.coro.suspend(token none, i1 true)");
        line(e, "switch i8 %s, label %%co_suspend [ i8 0, label %%co_suspend i8 1, label %%co_suspend ]", r);
        fn->open = 0;
    }
    const char *end = e->target->llvm_major >= 22 ? " call void" : " %coro_end = call i1";
    wf_text_printf(&fn->code,
                   "co_suspend:\n%s @llvm.coro.end(ptr %%handle, i1 false, token none)\n ret ptr %%handle\n",
                   end);
    wf_text_puts(&fn->head, " %id = call token @llvm.coro.id(i32 64, ptr null, ptr null, ptr null)\n");
    irfn_finish(e, fn,
                text(e,
                     "define internal ptr @wf_co_%s(ptr noundef %%launch, ptr noundef %%worker, ptr noundef "
                     "%%state, i64 %%group, i64 %%groups) #0 presplitcoroutine",
                     in->func->name),
                NULL);
    e->coroutine = 0;
}

/* --- barriers, as the paths see them --- */

static val truth(emitter *e, val v) {
    return v.type->kind == WF_TY_BOOL ? v : compare(e, WF_OP_NE, v, val_int(e, v.type, 0));
}

/* How many of the active lanes hold a true value, and how many are active. */
static void count_lanes(emitter *e, val p, const char **yes, const char **all) {
    if (e->L == 1) {
        *yes = ins(e, "zext i1 %s to i32", p.op);
        *all = "1";
        return;
    }
    const char *t = text(e, "i%d", e->L), *m = mask_vector(e, e->mask);
    declare(e, text(e, "llvm.ctpop.%s", t), text(e, "declare %s @llvm.ctpop.%s(%s)", t, t, t));
    const char *v = ins(e, "and %s %s, %s", ir_vector(e, "i1"), as_vector(e, p), m);
    const char *n = ins(e, "call %s @llvm.ctpop.%s(%s %s)", t, t, t,
                        ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), v, t));
    const char *a = ins(e, "call %s @llvm.ctpop.%s(%s %s)", t, t, t,
                        ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), m, t));
    *yes = e->L < 32 ? ins(e, "zext %s %s to i32", t, n) : n;
    *all = e->L < 32 ? ins(e, "zext %s %s to i32", t, a) : a;
}

static val verdict(emitter *e, const wf_expr *x, const char *yes, const char *all, kind k) {
    uint32_t b = x->u.call.builtin;
    const wf_type *bt = ty(e, WF_TY_BOOL);
    if (b == WF_BI_SYNCTHREADS_COUNT) return val_of(x->type, k, yes);
    const char *c =
        b == WF_BI_SYNCTHREADS_OR ? ins(e, "icmp ne i32 %s, 0", yes) : ins(e, "icmp eq i32 %s, %s", yes, all);
    return convert(e, val_of(bt, k, c), x->type);
}

static void add_to(emitter *e, const char *at, const char *n) {
    line(e, "store i32 %s, ptr %s", ins(e, "add i32 %s, %s", ins(e, "load i32, ptr %s", at), n), at);
}

static val counting_barrier(emitter *e, const wf_expr *x, val p) {
    const char *yes, *all;
    count_lanes(e, truth(e, p), &yes, &all);
    if (!e->coroutine) return verdict(e, x, yes, all, K_BLOCK);
    const char *k = ins(e, "load i32, ptr %s", e->fn->barriers);
    const char *now = ins(e, "zext i32 %s to i64", ins(e, "urem i32 %s, 3", k));
    const char *k1 = ins(e, "add i32 %s, 1", k),
               *next = ins(e, "zext i32 %s to i64", ins(e, "urem i32 %s, 3", k1));
    line(e, "store i32 %s, ptr %s", k1, e->fn->barriers);
    const char *counts = field(e, "%state", STATE_COUNTS);
    const char *a = ins(e, "getelementptr i64, ptr %s, i64 %s", counts, now),
               *b = ins(e, "getelementptr i64, ptr %s, i64 %s", counts, next);
    line(e, "store i64 0, ptr %s", b);
    add_to(e, a, yes);
    add_to(e, field(e, a, 4), all);
    coroutine_suspend(e, 0);
    return verdict(e, x, ins(e, "load i32, ptr %s", a), ins(e, "load i32, ptr %s", field(e, a, 4)), K_BLOCK);
}

static val barrier_gpu(emitter *e, const wf_expr *x, val *a) {
    static const char *const names[] = {"popc.u32", "and.pred", "or.pred"};
    uint32_t b = x->u.call.builtin;
    if (b == WF_BI_SYNCTHREADS) {
        line(e, "call void asm sideeffect \"bar.sync 0;\", \"~{memory}\"() convergent");
        return val_zero(e, x->type);
    }
    if (b == WF_BI_GRID_SYNC) return grid_barrier_gpu(e, x);
    val p = truth(e, a[0]);
    const char *w = ins(e, "zext i1 %s to i32", p.op), *body;
    if (b == WF_BI_SYNCTHREADS_COUNT)
        body = "{ .reg .pred p; setp.ne.u32 p, $1, 0; bar.red.popc.u32 $0, 0, p; }";
    else
        body = text(
            e,
            "{ .reg .pred p; .reg .pred q; setp.ne.u32 p, $1, 0; bar.red.%s q, 0, p; selp.u32 $0, 1, 0, q; }",
            names[b - WF_BI_SYNCTHREADS_COUNT]);
    return val_of(x->type, K_BLOCK,
                  ins(e, "call i32 asm sideeffect \"%s\", \"=r,r,~{memory}\"(i32 %s) convergent", body, w));
}

val emit_barrier(emitter *e, const wf_expr *x, val *a) {
    if (x->u.call.builtin == WF_BI_BARRIER || x->u.call.builtin == WF_BI_BARRIER_ARRIVE ||
        x->u.call.builtin == WF_BI_YIELD)
        return named_barrier(e, x, a);
    if (e->gpu) return barrier_gpu(e, x, a);
    if (x->u.call.builtin == WF_BI_GRID_SYNC) {
        e->fission_ok = 0;
        if (e->coroutine) grid_barrier(e);
        return val_zero(e, x->type);
    }
    if (e->dry) { /* may the body be split here? */
        for (int i = 0; i < e->depth; i++)
            if (e->stack[i].level > 0) e->fission_ok = 0;
        if (!e->inst->is_kernel) e->fission_ok = 0;
    }
    if (x->u.call.builtin != WF_BI_SYNCTHREADS) {
        e->fission_ok = 0;
        if (a[0].kind == K_BOTTOM) return val_bottom(x->type);
        return counting_barrier(e, x, a[0]);
    }
    if (e->coroutine) coroutine_suspend(e, 0);
    return val_zero(e, x->type);
}
