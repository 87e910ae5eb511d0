/* emit/arith.c: arithmetic on values, with the meaning that lang/tree.h gives each operation.
 *
 * Integers wrap, shift counts are taken modulo the width, division by zero gives 0 and leaves the dividend as
 * the remainder; floats follow IEEE without any fast-math flag, so that LLVM can neither contract nor
 * reassociate. Linear values stay linear through +, -, multiplication by a number known now, and conversions.
 * Widening an unsigned linear value is linear only if no lane wraps: the result carries the test (`ok`) and
 * the exact vector (`vec`). */
#include "emit/inner.h"
#include <string.h>

static int bottom2(val a, val b) { return a.kind == K_BOTTOM || b.kind == K_BOTTOM; }

/* --- constants --- */

static uint64_t fold_shift(wf_op op, const wf_type *t, uint64_t a, uint64_t b) {
    unsigned bits = bits_of(t), n = (unsigned)(b & (bits - 1));
    if (op == WF_OP_SHL) return a << n;
    if (is_signed(t)) return (uint64_t)((int64_t)a >> n);
    return a >> n;
}

static uint64_t fold_divide(wf_op op, const wf_type *t, uint64_t a, uint64_t b) {
    int rem = op == WF_OP_REM;
    if (!b) return rem ? a : 0;
    if (!is_signed(t)) return rem ? a % b : a / b;
    if ((int64_t)b == -1) return rem ? 0 : (uint64_t)0 - a;
    return rem ? (uint64_t)((int64_t)a % (int64_t)b) : (uint64_t)((int64_t)a / (int64_t)b);
}

static val fold(emitter *e, wf_op op, val a, val b) {
    uint64_t x = (uint64_t)a.imm, y = (uint64_t)b.imm, r = 0;
    switch (op) {
    case WF_OP_ADD: r = x + y; break;
    case WF_OP_SUB: r = x - y; break;
    case WF_OP_MUL: r = x * y; break;
    case WF_OP_AND: r = x & y; break;
    case WF_OP_OR: r = x | y; break;
    case WF_OP_XOR: r = x ^ y; break;
    case WF_OP_SHL:
    case WF_OP_SHR: r = fold_shift(op, a.type, x, y); break;
    default: r = fold_divide(op, a.type, x, y);
    }
    return val_int(e, a.type, r);
}

/* --- integers --- */

static uint32_t mult_min(uint32_t a, uint32_t b) { return !a ? b : !b ? a : a < b ? a : b; }
static uint32_t mult_mul(uint32_t a, uint32_t b) {
    uint64_t p = (uint64_t)a * b;
    return p > 1u << 30 ? 1u << 30 : (uint32_t)p;
}

/* What is known of the size and the divisors of the result. */
static void bounds_of(wf_op op, const val *a, const val *b, val *r) {
    uint64_t x = a->top, y = b->top, top = 0;
    r->mult = 1;
    switch (op) {
    case WF_OP_ADD:
        if (x && y) top = x + y - 1;
        r->mult = mult_min(a->mult, b->mult);
        break;
    case WF_OP_SUB: r->mult = mult_min(a->mult, b->mult); break;
    case WF_OP_MUL:
        if (x && y) top = (x - 1) * (y - 1) + 1;
        r->mult = mult_mul(a->mult, b->mult);
        break;
    case WF_OP_AND:
        if (y) top = y;
        if (x && (!top || x < top)) top = x;
        break;
    case WF_OP_SHL:
        if (b->kind == K_CONST && b->imm >= 0 && b->imm < 31) {
            if (x) top = ((x - 1) << b->imm) + 1;
            r->mult = mult_mul(a->mult, 1u << b->imm);
        }
        break;
    case WF_OP_SHR:
        if (x && b->kind == K_CONST && b->imm >= 0 && b->imm < 31) top = ((x - 1) >> b->imm) + 1;
        break;
    case WF_OP_DIV:
        if (x && b->kind == K_CONST && b->imm > 0) top = (x - 1) / (uint64_t)b->imm + 1;
        break;
    case WF_OP_REM:
        if (x && b->kind == K_CONST && b->imm > 0) top = (uint64_t)b->imm < x ? (uint64_t)b->imm : x;
        break;
    default: break;
    }
    r->top = top && top < WF_TOP_MOST ? (uint32_t)top : 0;
    if (r->kind == K_VARYING) r->mult = 1;
}

static const char *opcode(wf_op op, const wf_type *t) {
    int f = is_float(t), s = !f && is_signed(t);
    switch (op) {
    case WF_OP_ADD: return f ? "fadd" : "add";
    case WF_OP_SUB: return f ? "fsub" : "sub";
    case WF_OP_MUL: return f ? "fmul" : "mul";
    case WF_OP_DIV: return f ? "fdiv" : s ? "sdiv" : "udiv";
    case WF_OP_REM: return s ? "srem" : "urem";
    case WF_OP_SHL: return "shl";
    case WF_OP_SHR: return s ? "ashr" : "lshr";
    case WF_OP_AND: return "and";
    case WF_OP_OR: return "or";
    default: return "xor";
    }
}

static val plain(emitter *e, wf_op op, val a, val b) {
    kind k = kind_max(K_BLOCK, kind_max(a.kind, b.kind));
    if (k == K_LINEAR) k = K_VARYING;
    val r = val_of(a.type, k, NULL);
    const char *x = k == K_VARYING ? as_vector(e, a) : a.op, *y = k == K_VARYING ? as_vector(e, b) : b.op;
    r.op = ins(e, "%s %s %s, %s", opcode(op, a.type), ir_of(e, &r), x, y);
    return r;
}

/* The vector beside a conditionally linear result. */
static void linear_rest(emitter *e, wf_op op, const val *a, const val *b, val *r) {
    const char *ok = NULL;
    if (a->kind == K_LINEAR && a->ok) ok = a->ok;
    if (b->kind == K_LINEAR && b->ok) ok = ok ? ins(e, "and i1 %s, %s", ok, b->ok) : b->ok;
    if (!ok) return;
    r->ok = ok;
    r->vec = ins(e, "%s %s %s, %s", opcode(op, r->type), ir_vector(e, ir_type(e, r->type)), as_vector(e, *a),
                 as_vector(e, *b));
}

/* Strides are modulo the type's width, and kept as the signed number. */
static int64_t narrow_stride(const wf_type *t, uint64_t stride) {
    unsigned bits = bits_of(t);
    return bits >= 64 ? (int64_t)stride : (int64_t)(stride << (64 - bits)) >> (64 - bits);
}

static int linear(emitter *e, wf_op op, val a, val b, val *out) {
    if (e->L == 1 || (a.kind != K_LINEAR && b.kind != K_LINEAR)) return 0;
    if (a.kind == K_VARYING || b.kind == K_VARYING) return 0;
    int64_t sa = a.kind == K_LINEAR ? a.stride : 0, sb = b.kind == K_LINEAR ? b.stride : 0;
    uint64_t stride;
    switch (op) {
    case WF_OP_ADD: stride = (uint64_t)sa + (uint64_t)sb; break;
    case WF_OP_SUB: stride = (uint64_t)sa - (uint64_t)sb; break;
    case WF_OP_MUL:
        if (a.kind == K_CONST) stride = (uint64_t)sb * (uint64_t)a.imm;
        else if (b.kind == K_CONST) stride = (uint64_t)sa * (uint64_t)b.imm;
        else return 0;
        break;
    case WF_OP_SHL:
        if (b.kind != K_CONST) return 0;
        stride = (uint64_t)sa << (b.imm & (bits_of(a.type) - 1));
        break;
    default: return 0;
    }
    val r = val_of(a.type, K_LINEAR, NULL);
    r.stride = narrow_stride(a.type, stride);
    r.op = ins(e, "%s %s %s, %s", opcode(op, a.type), ir_type(e, a.type), a.op, b.op);
    linear_rest(e, op, &a, &b, &r);
    if (!r.stride && !r.ok) r.kind = K_GROUP;
    bounds_of(op, &a, &b, &r);
    *out = r;
    return 1;
}

/* x & 31, x % 32, x >> 5, x / 32 of a thread index whose base is a multiple of 32: the lane, and a group's
 * number. */
static int aligned(emitter *e, wf_op op, val a, val b, val *out) {
    if (a.kind != K_LINEAR || b.kind != K_CONST || a.stride != 1 || a.ok || !a.top) return 0;
    uint64_t m = op == WF_OP_AND   ? (uint64_t)b.imm + 1
                 : op == WF_OP_SHR ? (uint64_t)1 << (b.imm & 31)
                                   : (uint64_t)b.imm;
    if (op != WF_OP_AND && op != WF_OP_SHR && op != WF_OP_REM && op != WF_OP_DIV) return 0;
    if (!m || m & (m - 1) || m < (uint64_t)e->L || (a.mult && a.mult % m)) return 0;
    if (op == WF_OP_AND || op == WF_OP_REM) {
        val r = val_of(a.type, K_LINEAR, "0");
        r.stride = 1;
        r.mult = 0;
        r.top = (uint32_t)m;
        *out = r;
    } else {
        val r = a;
        r.kind = K_GROUP;
        r.stride = 0;
        r.op = ins(e, "lshr %s %s, %d", ir_type(e, a.type), a.op, (int)__builtin_ctzll(m));
        r.mult = 1;
        r.top = (a.top - 1) / (uint32_t)m + 1;
        *out = r;
    }
    return 1;
}

/* 32-bit lanes divide through doubles, which is exact; LLVM would divide lane by lane. */
static val divide_wide(emitter *e, wf_op op, val a, val d) {
    const char *iv = ir_vector(e, "i32"), *fv = ir_vector(e, "double");
    const char *s = is_signed(a.type) ? "s" : "u", *x = as_vector(e, a), *y = as_vector(e, d);
    const char *fx = ins(e, "%sitofp %s %s to %s", s, iv, x, fv),
               *fy = ins(e, "%sitofp %s %s to %s", s, iv, y, fv);
    const char *q = ins(e, "fdiv %s %s, %s", fv, fx, fy);
    q = ins(e, "fpto%si %s %s to %s", s, fv, q, iv);
    if (op == WF_OP_DIV) return val_of(a.type, K_VARYING, q);
    const char *p = ins(e, "mul %s %s, %s", iv, q, y);
    return val_of(a.type, K_VARYING, ins(e, "sub %s %s, %s", iv, x, p));
}

static val divide_by(emitter *e, wf_op op, val a, val d) {
    kind k = kind_max(a.kind, d.kind);
    int constant = d.kind == K_CONST;
    if (e->L > 1 && k >= K_LINEAR && !constant && bits_of(a.type) == 32) return divide_wide(e, op, a, d);
    return plain(e, op, a, d);
}

static val divide(emitter *e, wf_op op, val a, val b) {
    if (b.kind == K_CONST && b.imm != 0 && !(b.imm == -1 && is_signed(a.type))) return divide_by(e, op, a, b);
    val one = val_int(e, a.type, 1), zero = val_int(e, a.type, 0);
    val bad = compare(e, WF_OP_EQ, b, zero), minus = bad;
    if (is_signed(a.type)) {
        minus = compare(e, WF_OP_EQ, b, val_int(e, a.type, ~(uint64_t)0));
        bad = arith(e, WF_OP_OR, bad, minus, (wf_place){0});
    }
    val d = select_of(e, bad, one, b);
    val r = divide_by(e, op, a, d); /* for b in {0, -1}: a / 1 = a, a % 1 = 0 */
    val is_zero = compare(e, WF_OP_EQ, b, zero);
    if (op == WF_OP_REM) return select_of(e, is_zero, a, r);
    if (is_signed(a.type)) r = select_of(e, minus, arith(e, WF_OP_SUB, zero, a, (wf_place){0}), r);
    return select_of(e, is_zero, zero, r);
}

static val shift(emitter *e, wf_op op, val a, val b) {
    unsigned bits = bits_of(a.type);
    val n = b;
    if (bits_of(b.type) != bits) n = convert(e, b, a.type);
    n.type = a.type;
    if (b.kind == K_CONST) n = val_int(e, a.type, (uint64_t)b.imm & (bits - 1));
    else n = arith(e, WF_OP_AND, n, val_int(e, a.type, bits - 1), (wf_place){0});
    val r;
    if (linear(e, op, a, n, &r) || aligned(e, op, a, n, &r)) return r;
    r = plain(e, op, a, n);
    bounds_of(op, &a, &n, &r);
    return r;
}

static int trivial(wf_op op, val a, val b, val *r) {
    int zero_b = b.kind == K_CONST && b.imm == 0, one_b = b.kind == K_CONST && b.imm == 1;
    int zero_a = a.kind == K_CONST && a.imm == 0, one_a = a.kind == K_CONST && a.imm == 1;
    *r = a;
    if (zero_b && (op == WF_OP_ADD || op == WF_OP_SUB || op == WF_OP_OR || op == WF_OP_XOR)) return 1;
    if (one_b && (op == WF_OP_MUL || op == WF_OP_DIV)) return 1;
    *r = b;
    if (zero_a && (op == WF_OP_ADD || op == WF_OP_OR || op == WF_OP_XOR)) return 1;
    return one_a && op == WF_OP_MUL;
}

static val integer(emitter *e, wf_op op, val a, val b) {
    val r;
    if (a.kind == K_CONST && b.kind == K_CONST) return fold(e, op, a, b);
    if (op == WF_OP_SHL || op == WF_OP_SHR) return shift(e, op, a, b);
    if (trivial(op, a, b, &r)) return r;
    if (linear(e, op, a, b, &r) || aligned(e, op, a, b, &r)) return r;
    r = op == WF_OP_DIV || op == WF_OP_REM ? divide(e, op, a, b) : plain(e, op, a, b);
    bounds_of(op, &a, &b, &r);
    return r;
}

val arith(emitter *e, wf_op op, val a, val b, wf_place at) {
    (void)at;
    if (bottom2(a, b)) return val_bottom(a.type);
    if (is_small_float(a.type)) {
        const wf_type *t = a.type;
        return narrow_small(e, plain(e, op, widen_small(e, a), widen_small(e, b)), t);
    }
    if (is_float(a.type)) return plain(e, op, a, b);
    val r = integer(e, op, a, b);
    int keeps = op == WF_OP_ADD || op == WF_OP_SUB || op == WF_OP_AND || op == WF_OP_OR;
    return e->find && keeps && (a.root || b.root) ? reach_of_sum(e, r, &a, &b) : r;
}

/* --- comparisons --- */

static const char *predicate(wf_op op, const wf_type *t) {
    int f = is_float(t), s = is_int(t) && is_signed(t);
    switch (op) {
    case WF_OP_LT: return f ? "fcmp olt" : s ? "icmp slt" : "icmp ult";
    case WF_OP_LE: return f ? "fcmp ole" : s ? "icmp sle" : "icmp ule";
    case WF_OP_GT: return f ? "fcmp ogt" : s ? "icmp sgt" : "icmp ugt";
    case WF_OP_GE: return f ? "fcmp oge" : s ? "icmp sge" : "icmp uge";
    case WF_OP_EQ: return f ? "fcmp oeq" : "icmp eq";
    default: return f ? "fcmp une" : "icmp ne";
    }
}

static int fold_compare(wf_op op, const wf_type *t, int64_t x, int64_t y) {
    int lt = is_int(t) && is_signed(t) ? x < y : (uint64_t)x < (uint64_t)y;
    switch (op) {
    case WF_OP_LT: return lt;
    case WF_OP_LE: return lt || x == y;
    case WF_OP_GT: return !lt && x != y;
    case WF_OP_GE: return !lt;
    case WF_OP_EQ: return x == y;
    default: return x != y;
    }
}

val compare(emitter *e, wf_op op, val a, val b) {
    const wf_type *t = ty(e, WF_TY_BOOL);
    if (bottom2(a, b)) return val_bottom(t);
    if (a.kind == K_CONST && b.kind == K_CONST)
        return val_int(e, t, (uint64_t)fold_compare(op, a.type, a.imm, b.imm));
    if (is_small_float(a.type)) a = widen_small(e, a), b = widen_small(e, b);
    kind k = kind_max(K_BLOCK, kind_max(a.kind, b.kind));
    if (k == K_LINEAR) k = K_VARYING;
    val r = val_of(t, k, NULL);
    const char *x = k == K_VARYING ? as_vector(e, a) : a.op, *y = k == K_VARYING ? as_vector(e, b) : b.op;
    const char *type = ir_type(e, a.type);
    if (k == K_VARYING) type = ir_vector(e, type);
    r.op = ins(e, "%s %s %s, %s", predicate(op, a.type), type, x, y);
    return r;
}

val logical_not(emitter *e, val v) {
    if (v.kind == K_BOTTOM) return v;
    if (v.kind == K_CONST) return val_int(e, v.type, !v.imm);
    val r = val_of(v.type, v.kind, NULL);
    r.op = ins(e, "xor %s %s, %s", ir_of(e, &v), v.op,
               v.kind == K_VARYING && e->L > 1 ? "splat (i1 true)" : "true");
    return r;
}

val negate(emitter *e, val v) {
    if (v.kind == K_BOTTOM) return v;
    if (is_small_float(v.type)) /* the sign bit */
        return arith(e, WF_OP_XOR, (v.type = ty(e, WF_TY_USHORT), v), val_int(e, ty(e, WF_TY_USHORT), 0x8000),
                     (wf_place){0});
    if (!is_float(v.type)) return arith(e, WF_OP_SUB, val_int(e, v.type, 0), v, (wf_place){0});
    val r = val_of(v.type, v.kind, NULL);
    r.op = ins(e, "fneg %s %s", ir_of(e, &v), v.op);
    return r;
}

val bit_not(emitter *e, val v) {
    return arith(e, WF_OP_XOR, v, val_int(e, v.type, ~(uint64_t)0), (wf_place){0});
}

static const char *write_fma(emitter *e, const char *type, const char **ops, const void *user) {
    const char *suffix = user;
    declare(e, text(e, "llvm.fma.%s", suffix),
            text(e, "declare %s @llvm.fma.%s(%s, %s, %s)", type, suffix, type, type, type));
    return ins(e, "call %s @llvm.fma.%s(%s %s, %s %s, %s %s)", type, suffix, type, ops[0], type, ops[1], type,
               ops[2]);
}

val fma_of(emitter *e, val a, val b, val c) {
    if (is_small_float(a.type)) { /* exact in float up to the last rounding: 11 or 8 bits each */
        const wf_type *t = a.type;
        return narrow_small(e, fma_of(e, widen_small(e, a), widen_small(e, b), widen_small(e, c)), t);
    }
    val args[3] = {a, b, c};
    const char *s = a.type->kind == WF_TY_DOUBLE ? "f64" : "f32";
    kind k = kind_max(a.kind, kind_max(b.kind, c.kind));
    if (k >= K_LINEAR && e->L > 1) s = text(e, "v%d%s", e->L, s);
    return lift(e, a.type, args, 3, e->target->has_fma ? write_fma : write_soft_fma, s);
}

val select_of(emitter *e, val cond, val a, val b) {
    if (cond.kind == K_BOTTOM || bottom2(a, b)) return val_bottom(a.type);
    if (cond.kind == K_CONST) return cond.imm ? a : b;
    if (a.is_record) {
        val r = a;
        r.leaves = WF_NEW_ARRAY(e->arena, val, a.leaf_count ? a.leaf_count : 1);
        for (uint32_t i = 0; i < a.leaf_count; i++)
            r.leaves[i] = select_of(e, cond, a.leaves[i], b.leaves[i]);
        return r;
    }
    val joined = join_kinds(e, a, b);
    kind k = kind_max(cond.kind, joined.kind);
    if (k == K_LINEAR && (cond.kind == K_VARYING || joined.ok)) k = K_VARYING;
    val r = joined;
    r.kind = (uint8_t)kind_max(K_BLOCK, k);
    const char *ct = "i1", *c = cond.op;
    if (k == K_VARYING) {
        r.stride = 0, r.ok = r.vec = NULL, r.mult = 1;
        if (cond.kind == K_VARYING) ct = ir_vector(e, "i1");
    }
    const char *x = k == K_VARYING ? as_vector(e, a) : a.op, *y = k == K_VARYING ? as_vector(e, b) : b.op;
    const char *t = ir_of(e, &r);
    r.op = ins(e, "select %s %s, %s %s, %s %s", ct, c, t, x, t, y);
    if (is_pointer(a.type) && a.root != b.root) {
        r.loose = is_loose(e, &a) || is_loose(e, &b);
        r.root = ROOT_OWN;
    }
    if (is_pointer(a.type) && r.root == ROOT_OWN) {
        const char *al, *as, *bl, *bs, *rt = "i64";
        root_of(e, a, &al, &as);
        root_of(e, b, &bl, &bs);
        r.root_varying = cond.kind == K_VARYING || (a.root == ROOT_OWN && a.root_varying) ||
                         (b.root == ROOT_OWN && b.root_varying);
        if (r.root_varying) {
            rt = ir_vector(e, "i64");
            if (!(a.root == ROOT_OWN && a.root_varying)) al = splat(e, "i64", al), as = splat(e, "i64", as);
            if (!(b.root == ROOT_OWN && b.root_varying)) bl = splat(e, "i64", bl), bs = splat(e, "i64", bs);
        }
        r.lo = ins(e, "select %s %s, %s %s, %s %s", ct, c, rt, al, rt, bl);
        r.size = ins(e, "select %s %s, %s %s, %s %s", ct, c, rt, as, rt, bs);
    }
    return r;
}

/* --- pointers --- */

/* p + index elements of `size` bytes; index is a 64-bit integer. */
val pointer_add(emitter *e, val p, val index, uint64_t size) {
    if (bottom2(p, index)) {
        val r = val_bottom(p.type);
        return r;
    }
    val r = p;
    r.mult = 1;
    uint64_t top = p.top && index.top ? (uint64_t)p.top + (uint64_t)(index.top - 1) * size : 0;
    r.top = top < WF_TOP_MOST ? (uint32_t)top : 0;
    if (index.kind == K_CONST && !index.imm) return p;
    kind k = kind_max(K_BLOCK, kind_max(p.kind, index.kind));
    const char *elem = size == 1   ? "i8"
                       : size == 2 ? "i16"
                       : size == 4 ? "i32"
                       : size == 8 ? "i64"
                                   : text(e, "[%llu x i8]", (unsigned long long)size);
    r.kind = (uint8_t)k;
    if (k == K_VARYING) {
        r.stride = 0, r.ok = r.vec = NULL;
        const char *base = p.kind >= K_LINEAR ? as_vector(e, p) : p.op;
        const char *bt = p.kind >= K_LINEAR ? ir_vector(e, "ptr") : "ptr";
        const char *x = index.kind >= K_LINEAR ? as_vector(e, index) : index.op;
        const char *xt = index.kind >= K_LINEAR ? ir_vector(e, "i64") : "i64";
        r.op = ins(e, "getelementptr %s, %s %s, %s %s", elem, bt, base, xt, x);
        return r;
    }
    r.op = ins(e, "getelementptr %s, ptr %s, i64 %s", elem, p.op, index.op);
    r.ok = r.vec = NULL;
    if (k == K_LINEAR) {
        int64_t sp = p.kind == K_LINEAR ? p.stride : 0, si = index.kind == K_LINEAR ? index.stride : 0;
        r.stride = (int64_t)((uint64_t)sp + (uint64_t)si * size);
        const char *ok = p.kind == K_LINEAR ? p.ok : NULL, *ok2 = index.kind == K_LINEAR ? index.ok : NULL;
        if (ok || ok2) {
            r.ok = ok && ok2 ? ins(e, "and i1 %s, %s", ok, ok2) : ok ? ok : ok2;
            const char *base = p.kind == K_LINEAR ? as_vector(e, p) : p.op;
            r.vec = ins(e, "getelementptr %s, %s %s, %s %s", elem,
                        p.kind == K_LINEAR ? ir_vector(e, "ptr") : "ptr", base, ir_vector(e, "i64"),
                        as_vector(e, index));
        } else if (!r.stride) {
            r.kind = K_GROUP;
        }
    }
    return r;
}

val pointer_offset(emitter *e, val p, int64_t bytes) {
    if (!bytes) return p;
    return pointer_add(e, p, val_int(e, ty(e, WF_TY_LLONG), (uint64_t)bytes), 1);
}
