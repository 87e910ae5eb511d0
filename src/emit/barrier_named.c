/* emit/barrier_named.c: barriers with a number, for some of a block's threads (bar.sync 1, 64), and turns.
 *
 * CPU: the kernel's groups are coroutines. For each of the 16 numbers the block's state has how many threads
 * have arrived and a phase. Who makes the count complete sets it back and begins the next phase; the others
 * are suspended until the phase has changed. bar.arrive counts and does not wait. The groups of a block run on
 * one thread, so plain additions do. A barrier that never becomes complete waits for ever, as on a GPU; Ctrl-C
 * ends it.
 *
 * A turn (__wf_yield) suspends once: a loop around it may wait for what another thread of the block stores.
 *
 * The number and the count are those of the first active lane: CUDA wants them equal in a warp. */
#include "emit/inner.h"
#include "emit/kernel.h"

enum { NUMBERS = 16, ENTRY = 8, PHASE = 4 }; /* an entry: 0 arrived i32, 4 phase i32 */

static const char *of_first_lane(emitter *e, val v) {
    v = convert(e, v, ty(e, WF_TY_UINT));
    if (v.kind <= K_GROUP || e->L == 1) return v.op;
    const char *t = text(e, "i%d", e->L);
    declare(e, text(e, "llvm.cttz.%s", t), text(e, "declare %s @llvm.cttz.%s(%s, i1)", t, t, t));
    const char *bits = ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), mask_vector(e, e->mask), t);
    const char *lane = ins(e, "call %s @llvm.cttz.%s(%s %s, i1 false)", t, t, t, bits);
    if (e->L < 64) lane = ins(e, "zext %s %s to i64", t, lane);
    return lane_of(e, v, ins(e, "and i64 %s, %d", lane, e->L - 1));
}

static const char *active_lanes(emitter *e) {
    if (e->L == 1) return "1";
    const char *t = text(e, "i%d", e->L);
    declare(e, text(e, "llvm.ctpop.%s", t), text(e, "declare %s @llvm.ctpop.%s(%s)", t, t, t));
    const char *bits = ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), mask_vector(e, e->mask), t);
    const char *n = ins(e, "call %s @llvm.ctpop.%s(%s %s)", t, t, t, bits);
    return e->L < 32 ? ins(e, "zext %s %s to i32", t, n) : e->L > 32 ? ins(e, "trunc %s %s to i32", t, n) : n;
}

/* The threads of the block. */
static const char *all_threads(emitter *e) {
    const char *n = NULL;
    for (int i = 0; i < 3; i++) {
        const char *one = e->fn->block_dim[i].op;
        n = n ? ins(e, "mul i32 %s, %s", n, one) : one;
    }
    return n;
}

static val named_gpu(emitter *e, const wf_expr *x, val *a) {
    const char *number = a[0].op, *count = a[1].op;
    const char *verb = x->u.call.builtin == WF_BI_BARRIER ? "sync" : "arrive";
    if (a[1].kind == K_CONST && !a[1].imm)
        line(e, "call void asm sideeffect \"barrier.%s $0;\", \"r,~{memory}\"(i32 %s) convergent", verb,
             number);
    else
        line(e,
             "call void asm sideeffect \"barrier.%s $0, $1;\", \"r,r,~{memory}\"(i32 %s, i32 %s) convergent",
             verb, number, count);
    return val_zero(e, x->type);
}

static void wait_for_phase(emitter *e, const char *at, const char *phase) {
    label *wait = label_new(e), *on = label_new(e);
    label_place(e, wait);
    wait->uses++;
    coroutine_suspend(e, 0);
    const char *now = ins(e, "load volatile i32, ptr %s", at);
    branch_if(e, ins(e, "icmp eq i32 %s, %s", now, phase), wait, on);
    label_place(e, on);
}

static void named_cpu(emitter *e, const wf_expr *x, val *a) {
    const char *number =
        ins(e, "zext i32 %s to i64", ins(e, "and i32 %s, %d", of_first_lane(e, a[0]), NUMBERS - 1));
    const char *count = of_first_lane(e, a[1]);
    count = ins(e, "select i1 %s, i32 %s, i32 %s", ins(e, "icmp eq i32 %s, 0", count), all_threads(e), count);
    const char *entry =
        ins(e, "getelementptr i8, ptr %%state, i64 %s",
            ins(e, "add i64 %s, %d", ins(e, "mul i64 %s, %d", number, ENTRY), WF_STATE_NAMED));
    const char *at = ins(e, "getelementptr i8, ptr %s, i64 %d", entry, PHASE);
    const char *phase = ins(e, "load volatile i32, ptr %s", at);
    const char *arrived =
        ins(e, "add i32 %s, %s", ins(e, "load volatile i32, ptr %s", entry), active_lanes(e));
    label *complete = label_new(e), *not_yet = label_new(e), *on = label_new(e);
    branch_if(e, ins(e, "icmp uge i32 %s, %s", arrived, count), complete, not_yet);
    label_place(e, not_yet);
    line(e, "store volatile i32 %s, ptr %s", arrived, entry);
    if (x->u.call.builtin == WF_BI_BARRIER) wait_for_phase(e, at, phase);
    branch(e, on);
    label_place(e, complete);
    line(e, "store volatile i32 0, ptr %s", entry);
    line(e, "store volatile i32 %s, ptr %s", ins(e, "add i32 %s, 1", phase), at);
    label_place(e, on);
}

val named_barrier(emitter *e, const wf_expr *x, val *a) {
    if (x->u.call.builtin == WF_BI_YIELD) {
        e->fission_ok = 0;
        if (e->coroutine) coroutine_suspend(e, 0);
        return val_zero(e, x->type);
    }
    for (int i = 0; i < 2; i++)
        if (a[i].kind == K_BOTTOM) return val_bottom(x->type);
    if (e->gpu) return named_gpu(e, x, a);
    e->fission_ok = 0;
    if (e->coroutine) named_cpu(e, x, a);
    return val_zero(e, x->type);
}
