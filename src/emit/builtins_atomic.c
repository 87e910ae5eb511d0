/* emit/builtins_atomic.c: atomics, and memory that a thread asks for.
 *
 * On a GPU the common ones are LLVM's, which finds out where the pointer leads: an atomic on shared memory
 * takes a fraction of the time of one that may be anywhere. LLVM's of older versions have no scope but the
 * device, and none has all types: the others are PTX. Both are between barriers for the compiler, since
 * programs that spin on an atomic expect plain accesses to stay on their side of it. On the CPU each active
 * lane does its own, in the order of the lanes; an integer operation on one address whose result nobody uses
 * is first combined over the lanes. One thread runs a block, so operations on shared memory, and those that say
 * _block, need no processor's atomics there: a load and a store that the compiler leaves where they are. */
#include "emit/inner.h"
#include <string.h>

enum { ADD, SUB, EXCH, MIN, MAX, INC, DEC, CAS, AND, OR, XOR };

static int base_of(uint32_t b) { return (int)((b - WF_BI_ATOMIC_ADD) / 3); }
static int scope_of(uint32_t b) { return (int)((b - WF_BI_ATOMIC_ADD) % 3); } /* gpu, block, system */

/* --- GPU --- */

static const char *ptx_type(const wf_type *t, int op) {
    unsigned bits = bits_of(t);
    if (op == EXCH || op == CAS || op == AND || op == OR || op == XOR)
        return bits == 64 ? "b64" : bits == 16 ? "b16" : "b32";
    if (t->kind == WF_TY_FLOAT) return "f32";
    if (t->kind == WF_TY_DOUBLE) return "f64";
    if (t->kind == WF_TY_HALF) return "noftz.f16";
    if (t->kind == WF_TY_BFLOAT) return "noftz.bf16";
    if ((op == ADD || op == SUB) && bits == 64) return "u64";
    if (op == INC || op == DEC) return "u32";
    return is_signed(t) ? (bits == 64 ? "s64" : "s32") : (bits == 64 ? "u64" : "u32");
}

/* The smaller or larger of two floats, which no GPU has as one instruction: compare and swap until nobody
 * came between. A NaN loses against a number, as on the CPU. */
static const char *float_extreme(emitter *e, const wf_type *t, int op, const char *scope, const char *p,
                                 const char *v) {
    int wide = bits_of(t) == 64, n = wide ? 64 : 32;
    const char *c = wide ? "d" : "f", *rt = ir_type(e, t);
    return ins(
        e,
        "call %s asm sideeffect \"{ .reg .b%d was, now; .reg .f%d x; .reg .pred p; ld.b%d was, [$1]; again: "
        "mov.b%d now, was; mov.b%d x, now; %s.f%d x, x, $2; mov.b%d was, x; "
        "atom%s.cas.b%d was, [$1], now, was; setp.ne.b%d p, was, now; @p bra again; mov.b%d $0, now; }\", "
        "\"=%s,l,%s,~{memory}\"(ptr %s, %s %s)",
        rt, n, n, n, n, n, op == MIN ? "min" : "max", n, n, scope, n, n, n, c, c, p, rt, v);
}

/* What LLVM does with one instruction, everywhere on the device. */
static int is_llvms(const wf_type *t, int op, int scope) {
    int extreme = op == MIN || op == MAX;
    if (scope || is_small_float(t) || (is_float(t) && extreme)) return 0;
    return bits_of(t) == 32 || bits_of(t) == 64;
}

static const char *atomic_llvm(emitter *e, int op, const wf_type *t, const char *type, const char *p,
                               const char *v, const char *w) {
    const char *const names[] = {is_float(t) ? "fadd" : "add",
                                 is_float(t) ? "fadd" : "add",
                                 "xchg",
                                 is_signed(t) ? "min" : "umin",
                                 is_signed(t) ? "max" : "umax",
                                 "uinc_wrap",
                                 "udec_wrap",
                                 NULL,
                                 "and",
                                 "or",
                                 "xor"};
    const char *barrier = "call void asm sideeffect \"\", \"~{memory}\"()", *r;
    line(e, "%s", barrier);
    if (op == CAS) {
        r = ins(e, "cmpxchg ptr %s, %s %s, %s %s syncscope(\"device\") monotonic monotonic", p, type, v, type,
                w);
        r = ins(e, "extractvalue { %s, i1 } %s, 0", type, r);
    } else r = ins(e, "atomicrmw %s ptr %s, %s %s syncscope(\"device\") monotonic", names[op], p, type, v);
    line(e, "%s", barrier);
    return r;
}

static val atomic_gpu(emitter *e, const wf_expr *x, val *a) {
    static const char *const names[] = {"add", "add", "exch", "min", "max", "inc",
                                        "dec", "cas", "and",  "or",  "xor"};
    static const char *const scopes[] = {".gpu", ".cta", ".sys"};
    int op = base_of(x->u.call.builtin);
    val v = a[1], w = x->u.call.count > 2 ? a[2] : a[1];
    const wf_type *t = v.type;
    if (op == SUB) v = negate(e, v);
    const char *pt = ptx_type(t, op), *scope = e->target->sm >= 60 ? scopes[scope_of(x->u.call.builtin)] : "";
    int bits = pt[0] == 'b' && pt[1] != 'f';
    const char *rt = ir_type(e, t);
    if (bits && is_float(t) && !is_small_float(t)) { /* exchange the bits */
        const wf_type *it = ty(e, bits_of(t) == 64 ? WF_TY_ULLONG : WF_TY_UINT);
        v = bitcast_of(e, v, it);
        w = bitcast_of(e, w, it);
        rt = ir_type(e, it);
    }
    const char *c = !strcmp(rt, "float")    ? "f"
                    : !strcmp(rt, "double") ? "d"
                    : !strcmp(rt, "i64")    ? "l"
                    : !strcmp(rt, "i16")    ? "h"
                                            : "r";
    const char *r;
    if (is_llvms(t, op, scope_of(x->u.call.builtin))) r = atomic_llvm(e, op, t, rt, a[0].op, v.op, w.op);
    else if ((op == MIN || op == MAX) && (t->kind == WF_TY_FLOAT || t->kind == WF_TY_DOUBLE))
        r = float_extreme(e, t, op, scope, a[0].op, v.op);
    else if (op == CAS)
        r = ins(e,
                "call %s asm sideeffect \"atom%s.cas.%s $0, [$1], $2, $3;\", \"=%s,l,%s,%s,~{memory}\"(ptr "
                "%s, %s %s, %s %s)",
                rt, scope, pt, c, c, c, a[0].op, rt, v.op, rt, w.op);
    else
        r = ins(
            e, "call %s asm sideeffect \"atom%s.%s.%s $0, [$1], $2;\", \"=%s,l,%s,~{memory}\"(ptr %s, %s %s)",
            rt, scope, names[op], pt, c, c, a[0].op, rt, v.op);
    val old = val_of(t, K_GROUP, r);
    if (bits && is_float(t) && !is_small_float(t))
        old.op = ins(e, "bitcast %s %s to %s", rt, r, ir_type(e, t));
    return old;
}

/* --- CPU --- */

typedef struct job {
    int op;
    val p, v, w;
    const wf_type *t;
    const char *result;
    int in_block; /* no other thread of the processor reaches it */
} job;

/* A compare-and-swap loop for what atomicrmw has not: half and bfloat16. */
static const char *small_add(emitter *e, const char *p, const char *v, const wf_type *t) {
    label *head = label_new(e), *end = label_new(e);
    const char *box = alloca_new(e, "i16", "");
    line(e, "store i16 %s, ptr %s", ins(e, "load atomic i16, ptr %s monotonic, align 2", p), box);
    label_place(e, head);
    const char *old = ins(e, "load i16, ptr %s", box);
    val sum = arith(e, WF_OP_ADD, val_of(t, K_GROUP, old), val_of(t, K_GROUP, v), (wf_place){0});
    const char *both = ins(e, "cmpxchg ptr %s, i16 %s, i16 %s monotonic monotonic", p, old, sum.op);
    line(e, "store i16 %s, ptr %s", ins(e, "extractvalue { i16, i1 } %s, 0", both), box);
    branch_if(e, ins(e, "extractvalue { i16, i1 } %s, 1", both), end, head);
    label_place(e, end);
    return old;
}

/* What a load, an operation and a store do, where nobody can come between; NULL: not this one. */
static const char *plain_atomic(emitter *e, const job *j, const char *p, const char *v) {
    static const char *const names[] = {"add", "sub", NULL, NULL, NULL, NULL, NULL, NULL, "and", "or", "xor"};
    const char *t = ir_type(e, j->t);
    int f = is_float(j->t), extreme = j->op == MIN || j->op == MAX;
    if (!j->in_block || is_small_float(j->t) || (!names[j->op] && !extreme) || (f && extreme)) return NULL;
    int bytes = (int)bits_of(j->t) / 8;
    const char *old = ins(e, "load atomic %s, ptr %s monotonic, align %d", t, p, bytes), *now;
    if (extreme) {
        const char *is = text(e, "%c%s", is_signed(j->t) ? 's' : 'u', j->op == MIN ? "lt" : "gt");
        now = ins(e, "select i1 %s, %s %s, %s %s", ins(e, "icmp %s %s %s, %s", is, t, v, old), t, v, t, old);
    } else {
        now = ins(e, "%s%s %s %s, %s", f ? "f" : "", names[j->op], t, old, v);
    }
    line(e, "store atomic %s %s, ptr %s monotonic, align %d", t, now, p, bytes);
    return old;
}

static const char *one_atomic(emitter *e, job *j, const char *p, const char *v, const char *w) {
    const char *t = ir_type(e, j->t), *name = "add";
    int f = is_float(j->t), s = !f && is_signed(j->t);
    const char *plain = plain_atomic(e, j, p, v);
    if (plain) return plain;
    if (is_small_float(j->t) && (j->op == ADD || j->op == SUB)) return small_add(e, p, v, j->t);
    switch (j->op) {
    case ADD: name = f ? "fadd" : "add"; break;
    case SUB: name = f ? "fsub" : "sub"; break;
    case EXCH: name = "xchg"; break;
    case MIN: name = f ? "fmin" : s ? "min" : "umin"; break;
    case MAX: name = f ? "fmax" : s ? "max" : "umax"; break;
    case INC: name = "uinc_wrap"; break;
    case DEC: name = "udec_wrap"; break;
    case AND: name = "and"; break;
    case OR: name = "or"; break;
    case XOR: name = "xor"; break;
    default: {
        const char *it = f && !is_small_float(j->t) ? (bits_of(j->t) == 64 ? "i64" : "i32") : t;
        if (it != t) v = ins(e, "bitcast %s %s to %s", t, v, it), w = ins(e, "bitcast %s %s to %s", t, w, it);
        const char *both = ins(e, "cmpxchg ptr %s, %s %s, %s %s monotonic monotonic", p, it, v, it, w);
        const char *old = ins(e, "extractvalue { %s, i1 } %s, 0", it, both);
        return it != t ? ins(e, "bitcast %s %s to %s", it, old, t) : old;
    }
    }
    return ins(e, "atomicrmw %s ptr %s, %s %s monotonic", name, p, t, v);
}

static void atomic_lane(emitter *e, const char *lane, void *user) {
    job *j = user;
    const char *p = lane_of(e, j->p, lane), *v = lane_of(e, j->v, lane);
    const char *w = j->op == CAS ? lane_of(e, j->w, lane) : v;
    const char *old = one_atomic(e, j, p, v, w);
    if (!j->result) return;
    if (e->L == 1) {
        line(e, "store %s %s, ptr %s", ir_type(e, j->t), old, j->result);
    } else {
        const char *vt = ir_vector(e, ir_type(e, j->t));
        const char *all = ins(e, "load %s, ptr %s", vt, j->result);
        line(e, "store %s %s, ptr %s", vt,
             ins(e, "insertelement %s %s, %s %s, i64 %s", vt, all, ir_type(e, j->t), old, lane), j->result);
    }
}

/* One address, nobody asks for the old value, and the order does not matter: combine first. */
static int combined(emitter *e, job *j) {
    static const char *const names[] = {"add", "add", NULL,  "smin", "smax", NULL,
                                        NULL,  NULL,  "and", "or",   "xor"};
    const char *name = names[j->op];
    if (e->L == 1 || !name || is_float(j->t) || j->p.kind > K_GROUP) return 0;
    int s = is_signed(j->t);
    if (!s && j->op == MIN) name = "umin";
    if (!s && j->op == MAX) name = "umax";
    unsigned bits = bits_of(j->t);
    uint64_t most = bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1, neutral = 0;
    if (j->op == AND) neutral = most;
    if (j->op == MIN) neutral = s ? most >> 1 : most;
    if (j->op == MAX && s) neutral = ((uint64_t)1 << (bits - 1));
    val v = to_varying(e, j->v);
    const char *vt = ir_of(e, &v), *t = ir_type(e, j->t), *op = v.op;
    if (e->mask.op) {
        val z = to_varying(e, val_int(e, j->t, neutral));
        op = ins(e, "select %s %s, %s %s, %s %s", ir_vector(e, "i1"), e->mask.op, vt, op, vt, z.op);
    }
    const char *f = text(e, "llvm.vector.reduce.%s.v%d%s", name, e->L, t);
    declare(e, f, text(e, "declare %s @%s(%s)", t, f, vt));
    one_atomic(e, j, j->p.op, ins(e, "call %s @%s(%s %s)", t, f, vt, op), NULL);
    return 1;
}

/* Lane after lane. All of few lanes are written out: what a lane brings is at hand then, and is not looked for
 * in memory. */
static void atomic_lanes(emitter *e, job *j) {
    enum { WRITTEN_OUT_MOST = 16 };
    if (!j->in_block || j->result || e->L == 1 || e->L > WRITTEN_OUT_MOST) {
        each_lane(e, e->mask, atomic_lane, j);
        return;
    }
    label *all = label_new(e), *some = label_new(e), *end = label_new(e);
    const char *t = text(e, "i%d", e->L);
    const char *bits = ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), mask_vector(e, e->mask), t);
    branch_if(e, ins(e, "icmp eq %s %s, -1", t, bits), all, some);
    label_place(e, some);
    each_lane(e, e->mask, atomic_lane, j);
    branch(e, end);
    label_place(e, all);
    for (int i = 0; i < e->L; i++) atomic_lane(e, text(e, "%d", i), j);
    label_place(e, end);
}

static val atomic_cpu(emitter *e, const wf_expr *x, val *a) {
    job j = {.op = base_of(x->u.call.builtin), .p = a[0], .v = to_varying_if_linear(e, a[1]), .t = a[1].type};
    j.in_block = scope_of(x->u.call.builtin) == 1 || (a[0].root > 0 && e->fn->roots[a[0].root].is_shared);
    j.w = x->u.call.count > 2 ? to_varying_if_linear(e, a[2]) : j.v;
    if (a[0].kind == K_BOTTOM || j.v.kind == K_BOTTOM || j.w.kind == K_BOTTOM) return val_bottom(j.t);
    mask before = e->mask;
    e->mask = access_mask(e, a[0], wf_type_size(j.t), x->u.call.args[0], MEM_STORE);
    int used = e->unused != x;
    label *some = label_new(e), *none = label_new(e);
    const char *vt = ir_vector(e, ir_type(e, j.t));
    if (used) {
        j.result = alloca_new(e, vt, "");
        line(e, "store %s %s, ptr %s", vt, e->L > 1 ? "zeroinitializer" : val_zero(e, j.t).op, j.result);
    }
    if (e->mask.op != before.op) branch_if(e, e->L > 1 ? mask_any(e, e->mask.op) : e->mask.op, some, none);
    some->uses += e->fn->open;
    label_place(e, some);
    if (used || !combined(e, &j)) {
        j.p = to_varying_if_linear(e, j.p);
        atomic_lanes(e, &j);
    }
    label_place(e, none);
    e->mask = before;
    const char *old = used ? ins(e, "load %s, ptr %s", vt, j.result) : "undef";
    return val_of(j.t, e->L > 1 ? K_VARYING : K_GROUP, old);
}

val emit_atomic(emitter *e, const wf_expr *x, val *a) {
    return e->gpu ? atomic_gpu(e, x, a) : atomic_cpu(e, x, a);
}

/* --- malloc, free, memcpy, memset --- */

typedef struct memory_job {
    uint32_t b;
    val *a;
    const wf_expr *x; /* the call, for sites */
    const char *box;
} memory_job;

static void copy_bytes(emitter *e, uint32_t b, const char *p, const char *q, const char *n) {
    if (b == WF_BI_MEMCPY) {
        declare(e, "llvm.memcpy.p0.p0.i64", "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)");
        line(e, "call void @llvm.memcpy.p0.p0.i64(ptr %s, ptr %s, i64 %s, i1 false)", p, q, n);
    } else {
        declare(e, "llvm.memset.p0.i64", "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)");
        line(e, "call void @llvm.memset.p0.i64(ptr %s, i8 %s, i64 %s, i1 false)", p,
             ins(e, "trunc i32 %s to i8", q), n);
    }
}

/* Nothing is written where the destination is too short; zeros are where the source is. */
static void copy_lane(emitter *e, memory_job *j, const char *p, const char *lane) {
    const char *n = lane_of(e, j->a[2], lane), *q = lane_of(e, j->a[1], lane);
    label *zeros = label_new(e), *copy = label_new(e), *inside = label_new(e), *end = label_new(e);
    const char *to = bytes_in_reach(e, j->a[0], lane, n, j->x->u.call.args[0], 1);
    if (to) {
        branch_if(e, to, inside, end);
        label_place(e, inside);
    }
    const char *from =
        j->b == WF_BI_MEMCPY ? bytes_in_reach(e, j->a[1], lane, n, j->x->u.call.args[1], 0) : NULL;
    if (from) {
        branch_if(e, from, copy, zeros);
        label_place(e, zeros);
        copy_bytes(e, WF_BI_MEMSET, p, "0", n);
        branch(e, end);
        label_place(e, copy);
    }
    copy_bytes(e, j->b, p, q, n);
    label_place(e, end);
}

static void memory_lane(emitter *e, const char *lane, void *user) {
    memory_job *j = user;
    const char *p = lane_of(e, j->a[0], lane);
    if (j->b == WF_BI_MEMCPY || j->b == WF_BI_MEMSET) {
        copy_lane(e, j, p, lane);
        return;
    }
    if (e->gpu) {
        declare(e, "malloc", "declare ptr @malloc(i64)\ndeclare void @free(ptr)");
        if (j->b == WF_BI_FREE) line(e, "call void @free(ptr %s)", p);
        else line(e, "store ptr %s, ptr %s", ins(e, "call ptr @malloc(i64 %s)", p), j->box);
        return;
    }
    int alloc = j->b == WF_BI_MALLOC;
    const char *f = ins(e, "load ptr, ptr %s",
                        ins(e, "getelementptr i8, ptr %s, i64 %d", e->fn->launch, alloc ? 96 : 104));
    if (!alloc) {
        label *cold = label_new(e), *on = label_new(e);
        const char *freed = ins(e, "call i32 %s(ptr %s, ptr %s)", f, e->fn->worker, p);
        branch_rare(e, ins(e, "icmp ne i32 %s, 0", freed), on, cold);
        label_place(e, cold);
        mask all = e->mask;
        if (e->L > 1) /* the lane at hand is the one to be named */
            e->mask = (mask){
                ins(e, "insertelement %s zeroinitializer, i1 true, i64 %s", ir_vector(e, "i1"), lane), 0};
        emit_trap(e, WF_TRAP_RAISE, j->x,
                  "free() of memory that malloc() did not give, or that was freed before");
        e->mask = all;
        label_place(e, on);
        return;
    }
    const char *r = ins(e, "call ptr %s(ptr %s, i64 %s)", f, e->fn->worker, p);
    line(e, "store ptr %s, ptr %s", r, ins(e, "getelementptr ptr, ptr %s, i64 %s", j->box, lane));
}

typedef struct host_job {
    val *a;
    const char *box;
} host_job;

static void host_lane(emitter *e, const char *lane, void *user) {
    host_job *j = user;
    const char *f = ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 136", e->fn->launch));
    const char *asker =
        ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 144", e->fn->launch));
    const char *r = ins(e, "call i64 %s(ptr %s, i64 %s, i64 %s)", f, asker, lane_of(e, j->a[0], lane),
                        lane_of(e, j->a[1], lane));
    line(e, "store i64 %s, ptr %s", r, ins(e, "getelementptr i64, ptr %s, i64 %s", j->box, lane));
}

/* __wf_host(what, 1): the answer stays, so it is asked for once, in the entry block. */
static val asked_once(emitter *e, const wf_expr *x, int64_t what) {
    const char *call = text(e, "ask %lld", (long long)what);
    void **known = e->dry ? NULL : map_at_text(e->fn->limits, call);
    if (known && !*known) {
        const char *f = ins_entry(e, text(e, "getelementptr i8, ptr %s, i64 136", e->fn->launch));
        const char *asker = ins_entry(e, text(e, "getelementptr i8, ptr %s, i64 144", e->fn->launch));
        f = ins_entry(e, text(e, "load ptr, ptr %s", f));
        asker = ins_entry(e, text(e, "load ptr, ptr %s", asker));
        call = ins_entry(e, text(e, "call i64 %s(ptr %s, i64 %lld, i64 1)", f, asker, (long long)what));
        *map_at_text(e->fn->limits, text(e, "ask %lld", (long long)what)) = (void *)(uintptr_t)call;
        return val_of(x->type, K_GROUP, call);
    }
    return val_of(x->type, K_GROUP, known ? *known : "undef");
}

val emit_host(emitter *e, const wf_expr *x, val *a) {
    const char *vt = ir_vector(e, "i64");
    if (e->gpu) {
        fail_at(e, x->at, NULL, "a kernel on a GPU cannot ask the host");
        return val_zero(e, x->type);
    }
    for (int i = 0; i < 2; i++) {
        if (a[i].kind == K_BOTTOM) return val_bottom(x->type);
        a[i] = to_varying_if_linear(e, a[i]);
    }
    if (e->L == 1 && a[0].kind == K_CONST && a[1].kind == K_CONST && a[1].imm == 1)
        return asked_once(e, x, a[0].imm);
    host_job j = {a, alloca_aligned(e, vt, 0)};
    line(e, "store %s zeroinitializer, ptr %s", vt, j.box);
    each_lane(e, e->mask, host_lane, &j);
    return val_of(x->type, e->L > 1 ? K_VARYING : K_GROUP, ins(e, "load %s, ptr %s", vt, j.box));
}

/* What malloc gave reaches as far as was asked for. */
static val block_reach(emitter *e, val r, val size) {
    const char *v64 = ir_vector(e, "i64");
    r.root = ROOT_OWN;
    r.root_varying = e->L > 1;
    r.lo = ins(e, "ptrtoint %s %s to %s", ir_vector(e, "ptr"), r.op, v64);
    const char *none = ins(e, "icmp eq %s %s, %s", v64, r.lo, e->L > 1 ? "zeroinitializer" : "0");
    r.size = ins(e, "select %s %s, %s %s, %s %s", ir_vector(e, "i1"), none, v64,
                 e->L > 1 ? "zeroinitializer" : "0", v64, as_vector(e, size));
    return r;
}

val emit_block_memory(emitter *e, const wf_expr *x, val *a) {
    memory_job j = {x->u.call.builtin, a, x, NULL};
    const char *vt = ir_vector(e, "ptr");
    for (uint32_t i = 0; i < x->u.call.count; i++) {
        if (a[i].kind == K_BOTTOM) return j.b == WF_BI_FREE ? val_zero(e, x->type) : val_bottom(x->type);
        a[i] = to_varying_if_linear(e, a[i]);
    }
    if (j.b == WF_BI_MALLOC) {
        j.box = alloca_aligned(e, vt, 0);
        line(e, "store %s %s, ptr %s", vt, e->L > 1 ? "zeroinitializer" : "null", j.box);
    }
    each_lane(e, e->mask, memory_lane, &j);
    if (j.b != WF_BI_MALLOC) return j.b == WF_BI_FREE ? val_zero(e, x->type) : a[0];
    val r = val_of(x->type, e->L > 1 ? K_VARYING : K_GROUP, ins(e, "load %s, ptr %s", vt, j.box));
    return e->find ? block_reach(e, r, convert(e, a[0], ty(e, WF_TY_ULLONG))) : r;
}
