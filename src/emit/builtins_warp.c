/* emit/builtins_warp.c: operations in which the lanes of a warp exchange values.
 *
 * On the CPU a kernel that uses them runs with 32 lanes, so a warp is a group: a shuffle is a permutation of
 * a vector (a constant one when the pattern is known, else through a small array), a ballot the bits of a
 * mask. The lanes named in the mask argument are those that are active. On a GPU they are the intrinsics of
 * LLVM, or PTX. */
#include "emit/inner.h"
#include <string.h>

enum { WARP = 32 };

static val pack(const wf_type *t, kind k, const char *op) { return val_of(t, k, op); }

/* --- CPU: shuffles --- */

static int source_lane(uint32_t b, int lane, int64_t n, int width) {
    int base = lane / width * width, in = lane % width, from;
    switch (b) {
    case WF_BI_SHFL: from = (int)(n & (width - 1)); break;
    case WF_BI_SHFL_UP: from = in - (int)n < 0 || n > 31 ? in : in - (int)n; break;
    case WF_BI_SHFL_DOWN: from = n > 31 || in + (int)n >= width ? in : in + (int)n; break;
    default: /* xor may reach into lower segments, never into higher ones */
        from = (int)(lane ^ (n & 31));
        return from < base + width ? from : lane;
    }
    return base + from;
}

static const char *constant_permutation(emitter *e, uint32_t b, int64_t n, int width) {
    wf_text t;
    wf_text_init(&t, e->arena);
    for (int i = 0; i < WARP; i++) wf_text_printf(&t, "%si32 %d", i ? ", " : "", source_lane(b, i, n, width));
    return t.data;
}

/* The source lane as a vector of i32. */
static val permutation(emitter *e, uint32_t b, val n, val width) {
    const wf_type *i = ty(e, WF_TY_INT);
    wf_place at = {0};
    val lane = val_of(i, K_LINEAR, "0");
    lane.stride = 1;
    lane.top = WARP;
    n = convert(e, n, i);
    width = convert(e, width, i);
    val w1 = arith(e, WF_OP_SUB, width, val_int(e, i, 1), at);
    val in = arith(e, WF_OP_AND, to_varying(e, lane), w1, at),
        base = arith(e, WF_OP_SUB, to_varying(e, lane), in, at), from;
    val big = compare(e, WF_OP_GT, convert(e, n, ty(e, WF_TY_UINT)), val_int(e, ty(e, WF_TY_UINT), 31));
    if (b == WF_BI_SHFL) {
        from = arith(e, WF_OP_AND, n, w1, at);
    } else if (b == WF_BI_SHFL_UP) {
        from = arith(e, WF_OP_SUB, in, n, at);
        from = select_of(e, compare(e, WF_OP_LT, from, val_int(e, i, 0)), in, from);
        from = select_of(e, big, in, from);
    } else if (b == WF_BI_SHFL_DOWN) {
        from = arith(e, WF_OP_ADD, in, n, at);
        from = select_of(e, compare(e, WF_OP_GE, from, width), in, from);
        from = select_of(e, big, in, from);
    } else {
        val x = arith(e, WF_OP_XOR, to_varying(e, lane), arith(e, WF_OP_AND, n, val_int(e, i, 31), at), at);
        val end = arith(e, WF_OP_ADD, base, width, at);
        return select_of(e, compare(e, WF_OP_LT, x, end), x, lane);
    }
    return arith(e, WF_OP_ADD, base, from, at);
}

/* What a lane reads of one that does not take part is undefined in CUDA and 0 on every GPU so far; sums over
 * few lanes of public programs rely on it. With a mask of all lanes, all take part. */
static const char *without_idle_lanes(emitter *e, const char *op, const char *type, val given) {
    if (given.kind == K_CONST && (uint32_t)given.imm == UINT32_MAX) return op;
    return ins(e, "select <32 x i1> %s, %s %s, %s zeroinitializer", mask_vector(e, e->mask), type, op, type);
}

static val shuffle_scalar(emitter *e, const wf_expr *x, val given, val v, val n, val width) {
    uint32_t b = x->u.call.builtin;
    if (v.kind == K_BOTTOM || n.kind == K_BOTTOM || width.kind == K_BOTTOM) return val_bottom(v.type);
    if (v.kind <= K_GROUP) return v; /* all lanes hold the same */
    const char *t = ir_type(e, v.type), *vt = ir_vector(e, t), *op = as_vector(e, v);
    op = without_idle_lanes(e, op, vt, given);
    val r = pack(v.type, K_VARYING, NULL);
    if (n.kind == K_CONST && width.kind == K_CONST && width.imm >= 1 && width.imm <= 32) {
        if (b == WF_BI_SHFL && width.imm == 32) { /* a broadcast */
            r.kind = K_GROUP;
            r.op = ins(e, "extractelement %s %s, i64 %d", vt, op, (int)(n.imm & 31));
            return r;
        }
        r.op = ins(e, "shufflevector %s %s, %s poison, <32 x i32> <%s>", vt, op, vt,
                   constant_permutation(e, b, n.imm, (int)width.imm));
        return r;
    }
    if (b == WF_BI_SHFL && n.kind <= K_GROUP && width.kind == K_CONST && width.imm == 32) {
        r.kind = K_GROUP;
        const char *l = ins(e, "and i32 %s, 31", n.op);
        r.op = ins(e, "extractelement %s %s, i32 %s", vt, op, l);
        return r;
    }
    val from = permutation(e, b, n, width);
    const char *mt = ir_memory(e, v.type), *mv = ir_vector(e, mt);
    const char *box = alloca_aligned(e, mv, 64);
    if (v.type->kind == WF_TY_BOOL) op = ins(e, "zext %s %s to %s", vt, op, mv);
    line(e, "store %s %s, ptr %s", mv, op, box);
    const char *p =
        ins(e, "getelementptr %s, ptr %s, %s %s", mt, box, ir_vector(e, "i32"), as_vector(e, from));
    r.op = masked_gather(e, p, mt, (uint32_t)wf_type_size(v.type), (mask){0});
    if (v.type->kind == WF_TY_BOOL) r.op = ins(e, "icmp ne %s %s, zeroinitializer", mv, r.op);
    return r;
}

static val shuffle_cpu(emitter *e, const wf_expr *x, val *a) {
    if (!a[1].is_record) return shuffle_scalar(e, x, a[0], a[1], a[2], a[3]);
    val r = a[1];
    r.leaves = WF_NEW_ARRAY(e->arena, val, r.leaf_count ? r.leaf_count : 1);
    for (uint32_t i = 0; i < r.leaf_count; i++)
        r.leaves[i] = shuffle_scalar(e, x, a[0], a[1].leaves[i], a[2], a[3]);
    return r;
}

/* --- CPU: votes --- */

static const char *mask_bits(emitter *e, const char *m) { return ins(e, "bitcast <32 x i1> %s to i32", m); }

static const char *truth(emitter *e, val v) { /* a value ≠ 0, as a vector */
    if (v.type->kind == WF_TY_BOOL) return as_vector(e, v);
    return as_vector(e, compare(e, WF_OP_NE, v, val_int(e, v.type, 0)));
}

/* Lane bits of the whole warp, cut to the mask that each lane gave (which may differ: tiles of a warp). */
static val masked_bits(emitter *e, const char *bits, val given) {
    const wf_type *uint = ty(e, WF_TY_UINT);
    val all = pack(uint, K_GROUP, bits);
    if (given.kind == K_CONST && (uint32_t)given.imm == UINT32_MAX) return all;
    return arith(e, WF_OP_AND, all, convert(e, given, uint), (wf_place){0});
}

static val match_any(emitter *e, const wf_expr *x, val given, val v) {
    v = to_varying(e, v);
    if (v.kind == K_BOTTOM || given.kind == K_BOTTOM) return val_bottom(x->type);
    if (is_float(v.type)) v = bitcast_of(e, v, ty(e, bits_of(v.type) == 64 ? WF_TY_ULLONG : WF_TY_UINT));
    const char *vt = ir_of(e, &v), *t = ir_type(e, v.type), *result = "zeroinitializer";
    const char *active = mask_vector(e, e->mask);
    for (int i = 0; i < WARP; i++) { /* lane i's value against all: the bits of its answer */
        const char *one = ins(e, "extractelement %s %s, i64 %d", vt, v.op, i);
        const char *eq = ins(e, "icmp eq %s %s, %s", vt, v.op, splat(e, t, one));
        const char *bits = mask_bits(e, ins(e, "and <32 x i1> %s, %s", eq, active));
        result = ins(e, "insertelement <32 x i32> %s, i32 %s, i64 %d", result, bits, i);
    }
    val found = pack(x->type, K_VARYING, result);
    if (given.kind == K_CONST && (uint32_t)given.imm == UINT32_MAX) return found;
    return arith(e, WF_OP_AND, found, convert(e, given, x->type), x->at);
}

/* Masks that may differ from lane to lane: all of a lane's mask must match it. */
static val match_all_masked(emitter *e, const wf_expr *x, val given, val v, val where) {
    val found = match_any(e, x, given, v);
    val group = masked_bits(e, mask_bits(e, mask_vector(e, e->mask)), given);
    val same = compare(e, WF_OP_EQ, found, group);
    memory_store(e, where, where.type->base, convert(e, same, ty(e, WF_TY_INT)), x->u.call.args[2],
                 MEM_STORE);
    return select_of(e, same, group, val_zero(e, x->type));
}

static val match_all(emitter *e, const wf_expr *x, val given, val v, val where) {
    v = to_varying(e, v);
    if (v.kind == K_BOTTOM || given.kind == K_BOTTOM) return val_bottom(x->type);
    if (given.kind != K_CONST || (uint32_t)given.imm != UINT32_MAX)
        return match_all_masked(e, x, given, v, where);
    if (is_float(v.type)) v = bitcast_of(e, v, ty(e, bits_of(v.type) == 64 ? WF_TY_ULLONG : WF_TY_UINT));
    const char *vt = ir_of(e, &v), *t = ir_type(e, v.type), *active = mask_vector(e, e->mask),
               *bits = mask_bits(e, active);
    declare(e, "llvm.cttz.i32", "declare i32 @llvm.cttz.i32(i32, i1)");
    const char *first = ins(e, "call i32 @llvm.cttz.i32(i32 %s, i1 true)", bits);
    const char *one = ins(e, "extractelement %s %s, i32 %s", vt, v.op, first);
    const char *eq = ins(e, "icmp eq %s %s, %s", vt, v.op, splat(e, t, one));
    const char *same = mask_bits(e, ins(e, "and <32 x i1> %s, %s", eq, active));
    const char *all = ins(e, "icmp eq i32 %s, %s", same, bits);
    val flag = convert(e, pack(ty(e, WF_TY_BOOL), K_GROUP, all), ty(e, WF_TY_INT));
    memory_store(e, where, where.type->base, flag, x->u.call.args[2], MEM_STORE);
    return pack(x->type, K_GROUP, ins(e, "select i1 %s, i32 %s, i32 0", all, bits));
}

/* The value over the lanes of `lanes` (<32 x i1>); others count as `neutral`. */
static const char *reduce_lanes(emitter *e, const char *name, val v, const char *lanes, uint64_t neutral) {
    const char *vt = ir_of(e, &v), *op = v.op;
    if (lanes) {
        val z = to_varying(e, val_int(e, v.type, neutral));
        op = ins(e, "select <32 x i1> %s, %s %s, %s %s", lanes, vt, op, vt, z.op);
    }
    const char *f = text(e, "llvm.vector.reduce.%s.v32%s", name, ir_type(e, v.type));
    declare(e, f, text(e, "declare %s @%s(%s)", ir_type(e, v.type), f, vt));
    return ins(e, "call %s @%s(%s %s)", ir_type(e, v.type), f, vt, op);
}

static val reduce_cpu(emitter *e, const wf_expr *x, val given, val v) {
    static const char *const names[] = {"add", "smin", "smax", "and", "or", "xor"};
    uint32_t n = x->u.call.builtin - WF_BI_REDUCE_ADD;
    if (v.kind == K_BOTTOM || given.kind == K_BOTTOM) return val_bottom(x->type);
    const char *name = names[n], *t = ir_type(e, v.type);
    int sign = is_signed(v.type);
    if (!sign && n == 1) name = "umin";
    if (!sign && n == 2) name = "umax";
    uint64_t neutral = n == 3 || (n == 1 && !sign) ? ~(uint64_t)0
                       : n == 1                    ? 0x7FFFFFFF
                       : n == 2 && sign            ? 0x80000000u
                                                   : 0;
    val all = to_varying(e, v);
    if (given.kind == K_CONST && (uint32_t)given.imm == UINT32_MAX)
        return pack(x->type, K_GROUP, reduce_lanes(e, name, all, e->mask.op, neutral));
    val bits = masked_bits(e, mask_bits(e, mask_vector(e, e->mask)), given);
    if (bits.kind <= K_GROUP) {
        const char *lanes = ins(e, "bitcast i32 %s to <32 x i1>", as_scalar(e, bits));
        return pack(x->type, K_GROUP, reduce_lanes(e, name, all, lanes, neutral));
    }
    const char *masks = as_vector(e, bits), *result = "zeroinitializer";
    for (int i = 0; i < WARP; i++) {
        const char *lanes =
            ins(e, "bitcast i32 %s to <32 x i1>", ins(e, "extractelement <32 x i32> %s, i64 %d", masks, i));
        const char *one = reduce_lanes(e, name, all, lanes, neutral);
        result = ins(e, "insertelement <32 x %s> %s, %s %s, i64 %d", t, result, t, one, i);
    }
    return pack(x->type, K_VARYING, result);
}

static val vote_cpu(emitter *e, const wf_expr *x, val *a) {
    uint32_t b = x->u.call.builtin;
    if (a[0].kind == K_BOTTOM || a[1].kind == K_BOTTOM) return val_bottom(x->type);
    const char *p = truth(e, a[1]), *m = mask_vector(e, e->mask);
    if (b == WF_BI_BALLOT)
        return masked_bits(e, mask_bits(e, e->mask.op ? ins(e, "and <32 x i1> %s, %s", p, m) : p), a[0]);
    if (b == WF_BI_ALL) p = ins(e, "xor <32 x i1> %s, splat (i1 true)", p); /* none may fail */
    val lanes = masked_bits(e, mask_bits(e, ins(e, "and <32 x i1> %s, %s", p, m)), a[0]);
    wf_op op = b == WF_BI_ANY ? WF_OP_NE : WF_OP_EQ;
    return convert(e, compare(e, op, lanes, val_int(e, ty(e, WF_TY_UINT), 0)), x->type);
}

static val warp_cpu(emitter *e, const wf_expr *x, val *a) {
    uint32_t b = x->u.call.builtin;
    if (b == WF_BI_SYNCWARP) {
        line(e, "fence syncscope(\"singlethread\") seq_cst");
        return val_zero(e, x->type);
    }
    if (e->L != WARP) {
        fail_at(e, x->at, "use structured control flow in this kernel",
                "%s needs a warp of 32 lanes in lockstep, which this kernel's control flow (goto) does not "
                "allow on the CPU",
                wf_builtins[b].spelling);
        return val_zero(e, x->type);
    }
    switch (b) {
    case WF_BI_SHFL:
    case WF_BI_SHFL_UP:
    case WF_BI_SHFL_DOWN:
    case WF_BI_SHFL_XOR: return shuffle_cpu(e, x, a);
    case WF_BI_ACTIVEMASK: return pack(x->type, K_GROUP, mask_bits(e, mask_vector(e, e->mask)));
    case WF_BI_MATCH_ANY: return match_any(e, x, a[0], a[1]);
    case WF_BI_MATCH_ALL: return match_all(e, x, a[0], a[1], a[2]);
    case WF_BI_BALLOT:
    case WF_BI_ALL:
    case WF_BI_ANY: return vote_cpu(e, x, a);
    default: return reduce_cpu(e, x, a[0], a[1]);
    }
}

/* --- GPU --- */

static const char *shuffle_word(emitter *e, uint32_t b, const char *m, const char *v, const char *n,
                                const char *c) {
    static const char *const modes[] = {"idx", "up", "down", "bfly"};
    const char *name = text(e, "llvm.nvvm.shfl.sync.%s.i32", modes[b - WF_BI_SHFL]);
    declare(e, name, text(e, "declare i32 @%s(i32, i32, i32, i32)", name));
    return ins(e, "call i32 @%s(i32 %s, i32 %s, i32 %s, i32 %s)", name, m, v, n, c);
}

static val shuffle_gpu_scalar(emitter *e, uint32_t b, val v, const char *m, const char *n, const char *c) {
    unsigned bits = bits_of(v.type);
    const char *t = ir_type(e, v.type), *r;
    if (v.kind == K_BOTTOM) return v;
    if (bits == 64) {
        const char *w = is_pointer(v.type) ? ins(e, "ptrtoint ptr %s to i64", v.op)
                        : is_float(v.type) ? ins(e, "bitcast double %s to i64", v.op)
                                           : v.op;
        const char *lo = shuffle_word(e, b, m, ins(e, "trunc i64 %s to i32", w), n, c);
        const char *hi =
            shuffle_word(e, b, m, ins(e, "trunc i64 %s to i32", ins(e, "lshr i64 %s, 32", w)), n, c);
        r = ins(e, "or i64 %s, %s", ins(e, "zext i32 %s to i64", lo),
                ins(e, "shl i64 %s, 32", ins(e, "zext i32 %s to i64", hi)));
        if (is_pointer(v.type)) r = ins(e, "inttoptr i64 %s to ptr", r);
        else if (is_float(v.type)) r = ins(e, "bitcast i64 %s to double", r);
    } else {
        const char *w = v.type->kind == WF_TY_FLOAT ? ins(e, "bitcast float %s to i32", v.op)
                        : bits < 32                 ? ins(e, "zext %s %s to i32", t, v.op)
                                                    : v.op;
        r = shuffle_word(e, b, m, w, n, c);
        if (v.type->kind == WF_TY_FLOAT) r = ins(e, "bitcast i32 %s to float", r);
        else if (bits < 32) r = ins(e, "trunc i32 %s to %s", r, t);
    }
    val out = pack(v.type, K_GROUP, r);
    return out;
}

static val shuffle_gpu(emitter *e, const wf_expr *x, val *a) {
    uint32_t b = x->u.call.builtin;
    const char *c = ins(e, "shl i32 %s, 8", ins(e, "sub i32 32, %s", a[3].op));
    if (b != WF_BI_SHFL_UP) c = ins(e, "or i32 %s, 31", c);
    if (!a[1].is_record) return shuffle_gpu_scalar(e, b, a[1], a[0].op, a[2].op, c);
    val r = a[1];
    r.leaves = WF_NEW_ARRAY(e->arena, val, r.leaf_count ? r.leaf_count : 1);
    for (uint32_t i = 0; i < r.leaf_count; i++)
        r.leaves[i] = shuffle_gpu_scalar(e, b, a[1].leaves[i], a[0].op, a[2].op, c);
    return r;
}

static val match_gpu(emitter *e, const wf_expr *x, val *a) {
    val v = a[1];
    if (is_float(v.type)) v = bitcast_of(e, v, ty(e, bits_of(v.type) == 64 ? WF_TY_ULLONG : WF_TY_UINT));
    const char *t = ir_type(e, v.type), *c = bits_of(v.type) == 64 ? "l" : "r";
    if (x->u.call.builtin == WF_BI_MATCH_ANY)
        return pack(x->type, K_GROUP,
                    ins(e,
                        "call i32 asm sideeffect \"match.any.sync.b%u $0, $1, $2;\", \"=r,%s,r\"(%s %s, i32 "
                        "%s) convergent",
                        bits_of(v.type), c, t, v.op, a[0].op));
    const char *both = ins(e,
                           "call { i32, i32 } asm sideeffect \"{ .reg .pred p; match.all.sync.b%u $0|p, $2, "
                           "$3; selp.u32 $1, 1, 0, p; }\", \"=r,=r,%s,r\"(%s %s, i32 %s) convergent",
                           bits_of(v.type), c, t, v.op, a[0].op);
    val flag = pack(ty(e, WF_TY_INT), K_GROUP, ins(e, "extractvalue { i32, i32 } %s, 1", both));
    memory_store(e, a[2], a[2].type->base, flag, x->u.call.args[2], MEM_STORE);
    return pack(x->type, K_GROUP, ins(e, "extractvalue { i32, i32 } %s, 0", both));
}

static val reduce_gpu(emitter *e, const wf_expr *x, val *a) {
    static const char *const names[] = {"add", "min", "max", "and", "or", "xor"};
    uint32_t n = x->u.call.builtin - WF_BI_REDUCE_ADD;
    const char *t = n >= 3 ? "b32" : is_signed(a[1].type) ? "s32" : "u32";
    if (e->target->sm < 80) { /* one lane after the other: every lane of the mask reads all the others */
        static const wf_op ops[] = {WF_OP_ADD, 0, 0, WF_OP_AND, WF_OP_OR, WF_OP_XOR};
        const char *m = a[0].op;
        val r = a[1];
        int minmax = n == 1 || n == 2;
        for (int i = 1; i < WARP; i++) {
            const char *from =
                ins(e, "and i32 %s, 31",
                    ins(e, "add i32 %s, %d", ins(e, "call i32 asm \"mov.u32 $0, %%laneid;\", \"=r\"()"), i));
            val v = shuffle_gpu_scalar(e, WF_BI_SHFL, a[1], m, from, "31");
            val in = pack(ty(e, WF_TY_BOOL), K_GROUP,
                          ins(e, "trunc i32 %s to i1", ins(e, "lshr i32 %s, %s", m, from)));
            val both = minmax ? select_of(e, compare(e, n == 1 ? WF_OP_LT : WF_OP_GT, v, r), v, r)
                              : arith(e, ops[n], r, v, x->at);
            r = select_of(e, in, both, r);
        }
        return r;
    }
    return pack(
        x->type, K_GROUP,
        ins(e,
            "call i32 asm sideeffect \"redux.sync.%s.%s $0, $1, $2;\", \"=r,r,r\"(i32 %s, i32 %s) convergent",
            names[n], t, a[1].op, a[0].op));
}

static val vote_gpu(emitter *e, const wf_expr *x, val *a) {
    static const char *const names[] = {"ballot", "all", "any"};
    uint32_t b = x->u.call.builtin;
    val p = compare(e, WF_OP_NE, a[1], val_int(e, a[1].type, 0));
    const char *name = text(e, "llvm.nvvm.vote.%s.sync", names[b - WF_BI_BALLOT]),
               *t = b == WF_BI_BALLOT ? "i32" : "i1";
    declare(e, name, text(e, "declare %s @%s(i32, i1)", t, name));
    const char *r = ins(e, "call %s @%s(i32 %s, i1 %s)", t, name, a[0].op, p.op);
    if (b == WF_BI_BALLOT) return pack(x->type, K_GROUP, r);
    return convert(e, pack(ty(e, WF_TY_BOOL), K_GROUP, r), x->type);
}

static val warp_gpu(emitter *e, const wf_expr *x, val *a) {
    switch (x->u.call.builtin) {
    case WF_BI_SYNCWARP:
        declare(e, "llvm.nvvm.bar.warp.sync", "declare void @llvm.nvvm.bar.warp.sync(i32)");
        line(e, "call void @llvm.nvvm.bar.warp.sync(i32 %s)", a[0].op);
        return val_zero(e, x->type);
    case WF_BI_SHFL:
    case WF_BI_SHFL_UP:
    case WF_BI_SHFL_DOWN:
    case WF_BI_SHFL_XOR: return shuffle_gpu(e, x, a);
    case WF_BI_ACTIVEMASK:
        return pack(x->type, K_GROUP,
                    ins(e, "call i32 asm sideeffect \"activemask.b32 $0;\", \"=r\"() convergent"));
    case WF_BI_MATCH_ANY:
    case WF_BI_MATCH_ALL: return match_gpu(e, x, a);
    case WF_BI_BALLOT:
    case WF_BI_ALL:
    case WF_BI_ANY: return vote_gpu(e, x, a);
    default: return reduce_gpu(e, x, a);
    }
}

val emit_warp(emitter *e, const wf_expr *x, val *a) { return e->gpu ? warp_gpu(e, x, a) : warp_cpu(e, x, a); }
