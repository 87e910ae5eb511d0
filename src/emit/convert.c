/* emit/convert.c: conversions between types.
 *
 * Float → integer truncates and saturates, NaN gives 0. half and bfloat16 are bits in
 * registers: they widen to float exactly, and narrow with one rounding; from double by way of a float rounded
 * to odd, which keeps the second rounding honest. Where the CPU has F16C, or on a GPU, LLVM's own half
 * conversion is one instruction; elsewhere it would be a library call, so integer code stands in. */
#include "emit/inner.h"
#include <math.h>
#include <string.h>

static const char *type_for(emitter *e, const val *v, const char *scalar) {
    return v->kind == K_VARYING ? ir_vector(e, scalar) : scalar;
}

static const char *lit(emitter *e, const val *v, const char *scalar, const char *number) {
    return v->kind == K_VARYING && e->L > 1 ? text(e, "splat (%s %s)", scalar, number) : number;
}

static val settle(emitter *e, val v) { return v.kind == K_LINEAR ? to_varying(e, v) : v; }

val bitcast_of(emitter *e, val v, const wf_type *to) {
    if (v.kind == K_BOTTOM) return val_bottom(to);
    v = settle(e, v);
    val r = val_of(to, v.kind == K_CONST ? K_BLOCK : v.kind, v.op);
    const char *a = ir_type(e, v.type), *b = ir_type(e, to);
    if (strcmp(a, b)) r.op = ins(e, "bitcast %s %s to %s", ir_of(e, &v), v.op, ir_of(e, &r));
    return r;
}

/* --- half and bfloat16 --- */

static int half_is_native(emitter *e) { return e->gpu || e->target->has_fma; }

static const char *half_to_float_bits(emitter *e, val v) {
    const char *i = type_for(e, &v, "i32"), *f = type_for(e, &v, "float");
#define L(n) lit(e, &v, "i32", n)
    const char *x = ins(e, "zext %s %s to %s", ir_of(e, &v), v.op, i);
    const char *sign = ins(e, "shl %s %s, %s", i, ins(e, "and %s %s, %s", i, x, L("32768")), L("16"));
    const char *body = ins(e, "shl %s %s, %s", i, ins(e, "and %s %s, %s", i, x, L("32767")), L("13"));
    /* multiply by 2^112 to move the exponent; it makes subnormals right too */
    const char *scaled = ins(e, "fmul %s %s, %s", f, ins(e, "bitcast %s %s to %s", i, body, f),
                             lit(e, &v, "float", "0x46F0000000000000"));
    const char *bits = ins(e, "bitcast %s %s to %s", f, scaled, i);
    const char *special =
        ins(e, "icmp uge %s %s, %s", i, body, L("260046848")); /* 0x7c00 << 13: infinity, NaN */
    const char *big = ins(e, "or %s %s, %s", i, body, L("2139095040"));
    const char *r = ins(e, "select %s %s, %s %s, %s %s", type_for(e, &v, "i1"), special, i, big, i, bits);
    return ins(e, "bitcast %s %s to %s", i, ins(e, "or %s %s, %s", i, r, sign), f);
#undef L
}

val widen_small(emitter *e, val v) {
    const wf_type *to = ty(e, WF_TY_FLOAT);
    if (v.kind == K_BOTTOM) return val_bottom(to);
    v = settle(e, v);
    if (v.kind == K_CONST) v.kind = K_BLOCK;
    val r = val_of(to, v.kind, NULL);
    const char *f = type_for(e, &v, "float");
    if (v.type->kind == WF_TY_BFLOAT) {
        const char *i = type_for(e, &v, "i32");
        const char *x = ins(e, "zext %s %s to %s", ir_of(e, &v), v.op, i);
        r.op = ins(e, "bitcast %s %s to %s", i, ins(e, "shl %s %s, %s", i, x, lit(e, &v, "i32", "16")), f);
    } else if (half_is_native(e)) {
        const char *h = ins(e, "bitcast %s %s to %s", ir_of(e, &v), v.op, type_for(e, &v, "half"));
        r.op = ins(e, "fpext %s %s to %s", type_for(e, &v, "half"), h, f);
    } else {
        r.op = half_to_float_bits(e, v);
    }
    return r;
}

static const char *float_to_bfloat_bits(emitter *e, val v) {
    const char *i = type_for(e, &v, "i32"), *f = type_for(e, &v, "float"), *b = type_for(e, &v, "i1");
#define L(n) lit(e, &v, "i32", n)
    const char *x = ins(e, "bitcast %s %s to %s", f, v.op, i);
    const char *odd = ins(e, "and %s %s, %s", i, ins(e, "lshr %s %s, %s", i, x, L("16")), L("1"));
    const char *r = ins(e, "add %s %s, %s", i, ins(e, "add %s %s, %s", i, x, L("32767")), odd);
    r = ins(e, "lshr %s %s, %s", i, r, L("16"));
    const char *nan = ins(e, "fcmp uno %s %s, %s", f, v.op, v.op);
    r = ins(e, "select %s %s, %s %s, %s %s", b, nan, i, L("32767"), i, r);
    return ins(e, "trunc %s %s to %s", i, r, type_for(e, &v, "i16"));
#undef L
}

static const char *float_to_half_bits(emitter *e, val v) {
    const char *i = type_for(e, &v, "i32"), *f = type_for(e, &v, "float"), *b = type_for(e, &v, "i1");
#define L(n) lit(e, &v, "i32", n)
    const char *x = ins(e, "bitcast %s %s to %s", f, v.op, i);
    const char *sign = ins(e, "and %s %s, %s", i, ins(e, "lshr %s %s, %s", i, x, L("16")), L("32768"));
    const char *a = ins(e, "and %s %s, %s", i, x, L("2147483647"));
    /* normal: rebias by 112, round at bit 13 */
    const char *odd = ins(e, "and %s %s, %s", i, ins(e, "lshr %s %s, %s", i, a, L("13")), L("1"));
    const char *n = ins(e, "add %s %s, %s", i, ins(e, "sub %s %s, %s", i, a, L("939520001")),
                        odd); /* 112<<23, less 0xfff */
    n = ins(e, "lshr %s %s, %s", i, n, L("13"));
    /* small: adding 0.5 leaves the rounded subnormal in the low bits */
    const char *s =
        ins(e, "fadd %s %s, %s", f, ins(e, "bitcast %s %s to %s", i, a, f), lit(e, &v, "float", "0.5"));
    s = ins(e, "sub %s %s, %s", i, ins(e, "bitcast %s %s to %s", f, s, i), L("1056964608"));
    const char *r = ins(e, "select %s %s, %s %s, %s %s", b,
                        ins(e, "icmp ult %s %s, %s", i, a, L("947912704")), i, s, i, n);
    r = ins(e, "select %s %s, %s %s, %s %s", b, ins(e, "icmp uge %s %s, %s", i, a, L("1199570944")), i,
            L("31744"), i, r);
    r = ins(e, "select %s %s, %s %s, %s %s", b, ins(e, "icmp ugt %s %s, %s", i, a, L("2139095040")), i,
            L("32767"), i, r);
    return ins(e, "trunc %s %s to %s", i, ins(e, "or %s %s, %s", i, r, sign), type_for(e, &v, "i16"));
#undef L
}

/* A double as the float that is exact, or has an odd last bit and lies next to it. */
static val to_odd_float(emitter *e, val v) {
    const char *d = type_for(e, &v, "double"), *f = type_for(e, &v, "float"), *i = type_for(e, &v, "i32"),
               *b = type_for(e, &v, "i1");
    const char *r = ins(e, "fptrunc %s %s to %s", d, v.op, f), *back = ins(e, "fpext %s %s to %s", f, r, d);
    const char *bits = ins(e, "bitcast %s %s to %s", f, r, i);
    const char *even =
        ins(e, "icmp eq %s %s, %s", i, ins(e, "and %s %s, %s", i, bits, lit(e, &v, "i32", "1")),
            v.kind == K_VARYING && e->L > 1 ? "zeroinitializer" : "0");
    const char *inexact = ins(e, "and %s %s, %s", b, even, ins(e, "fcmp one %s %s, %s", d, back, v.op));
    const char *mask = lit(e, &v, "i64", "9223372036854775807"), *l = type_for(e, &v, "i64");
    const char *x = ins(e, "and %s %s, %s", l, ins(e, "bitcast %s %s to %s", d, back, l), mask);
    const char *y = ins(e, "and %s %s, %s", l, ins(e, "bitcast %s %s to %s", d, v.op, l), mask);
    const char *less = ins(e, "icmp ult %s %s, %s", l, x, y);
    const char *step =
        ins(e, "select %s %s, %s %s, %s %s", b, less, i, lit(e, &v, "i32", "1"), i, lit(e, &v, "i32", "-1"));
    const char *moved = ins(e, "add %s %s, %s", i, bits, step);
    const char *out = ins(e, "select %s %s, %s %s, %s %s", b, inexact, i, moved, i, bits);
    return val_of(ty(e, WF_TY_FLOAT), v.kind, ins(e, "bitcast %s %s to %s", i, out, f));
}

val narrow_small(emitter *e, val v, const wf_type *to) {
    if (v.kind == K_BOTTOM) return val_bottom(to);
    v = settle(e, v);
    if (v.type->kind == WF_TY_DOUBLE) v = to_odd_float(e, v);
    val r = val_of(to, v.kind, NULL);
    if (to->kind == WF_TY_BFLOAT) {
        r.op = float_to_bfloat_bits(e, v);
    } else if (half_is_native(e)) {
        const char *h = type_for(e, &v, "half");
        r.op = ins(e, "bitcast %s %s to %s", h, ins(e, "fptrunc %s %s to %s", ir_of(e, &v), v.op, h),
                   ir_of(e, &r));
    } else {
        r.op = float_to_half_bits(e, v);
    }
    return r;
}

/* --- integers --- */

static int64_t sign_extend(int64_t x, unsigned bits) {
    return bits >= 64 ? x : (int64_t)((uint64_t)x << (64 - bits)) >> (64 - bits);
}

/* i1: no lane of the group wraps when the unsigned base is widened. NULL: they always would. */
static const char *no_wrap(emitter *e, val v) {
    unsigned bits = bits_of(v.type);
    uint64_t most = bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1;
    int64_t s = v.stride;
    uint64_t span = (uint64_t)(s < 0 ? -s : s) * (uint64_t)(e->L - 1);
    if (span > most) return NULL;
    const char *t = ir_type(e, v.type);
    if (s < 0) return ins(e, "icmp uge %s %s, %llu", t, v.op, (unsigned long long)span);
    return ins(e, "icmp ule %s %s, %lld", t, v.op, (long long)sign_extend((int64_t)(most - span), bits));
}

static val widen_linear(emitter *e, val v, const wf_type *to) {
    int s = is_signed(v.type);
    unsigned bits = bits_of(v.type);
    val r = v;
    r.type = to->unqual;
    const char *from = ir_type(e, v.type), *t = ir_type(e, to);
    if (v.top || (s && bits >= 32)) {
        r.op = ins(e, "%s %s %s to %s", s ? "sext" : "zext", from, v.op, t);
        if (v.ok)
            r.vec = ins(e, "%s %s %s to %s", s ? "sext" : "zext", ir_vector(e, from), v.vec, ir_vector(e, t));
        return r;
    }
    const char *vec = as_vector(e, v);
    const char *wide =
        ins(e, "%s %s %s to %s", s ? "sext" : "zext", ir_vector(e, from), vec, ir_vector(e, t));
    const char *ok = bits < 32 ? NULL : no_wrap(e, v);
    if (!ok) return val_of(to, K_VARYING, wide);
    r.op = ins(e, "zext %s %s to %s", from, v.op, t);
    r.ok = v.ok ? ins(e, "and i1 %s, %s", ok, v.ok) : ok;
    r.vec = wide;
    return r;
}

static val integer_to_integer(emitter *e, val v, const wf_type *to) {
    unsigned a = bits_of(v.type), b = bits_of(to);
    if (v.kind == K_CONST) return val_int(e, to, (uint64_t)v.imm);
    val r = v;
    r.type = to->unqual;
    if (a == b) return r;
    const char *t = ir_type(e, to);
    if (a < b) {
        if (v.kind == K_LINEAR) return widen_linear(e, v, to);
        const char *how = v.type->kind != WF_TY_BOOL && is_signed(v.type) ? "sext" : "zext";
        r.op = ins(e, "%s %s %s to %s", how, ir_of(e, &v), v.op, ir_of(e, &r));
        if (v.type->kind == WF_TY_BOOL) r.top = 2, r.mult = 1;
        return r;
    }
    r.op = ins(e, "trunc %s %s to %s", ir_of(e, &v), v.op, ir_of(e, &r));
    if (v.kind == K_LINEAR) {
        r.stride = sign_extend(v.stride, b);
        if (v.ok)
            r.vec = ins(e, "trunc %s %s to %s", ir_vector(e, ir_type(e, v.type)), v.vec, ir_vector(e, t));
        if (!r.stride && !r.ok) r.kind = K_GROUP;
    }
    if (b < 32) r.top = 0;
    return r;
}

/* Vectors on a CPU, for which LLVM's fpto*i.sat converts one lane after the other: what lies outside is
 * brought inside before the conversion, what lies above is put right after it. The limits are powers of two.
 */
static val lanes_to_integers(emitter *e, val v, const wf_type *to) {
    unsigned bits = bits_of(to);
    int s = is_signed(to);
    val r = val_of(to, v.kind, NULL);
    const char *from = ir_of(e, &v), *t = ir_of(e, &r), *f = ir_type(e, v.type), *i = ir_type(e, to);
    const char *flags = ir_vector(e, "i1");
    double limit = ldexp(1.0, (int)bits - s);
    const char *least = lit(e, &v, f, float_text(e, v.type, s ? -limit : 0.0));
    const char *beyond = lit(e, &v, f, float_text(e, v.type, limit));
    uint64_t largest = (bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1) >> s;
    const char *below = ins(e, "fcmp olt %s %s, %s", from, v.op, least);
    const char *x = ins(e, "select %s %s, %s %s, %s %s", flags, below, from, least, from, v.op);
    const char *above = ins(e, "fcmp oge %s %s, %s", from, v.op, beyond);
    const char *not_inside = ins(e, "fcmp uge %s %s, %s", from, v.op, beyond); /* NaN too */
    x = ins(e, "select %s %s, %s zeroinitializer, %s %s", flags, not_inside, from, from, x);
    x = ins(e, "fpto%si %s %s to %s", s ? "s" : "u", from, x, t);
    r.op = ins(e, "select %s %s, %s %s, %s %s", flags, above, t,
               lit(e, &v, i, text(e, "%llu", (unsigned long long)largest)), t, x);
    return r;
}

static val saturated(emitter *e, val v, const wf_type *to) {
    val r = val_of(to, v.kind, NULL);
    const char *from = ir_of(e, &v), *t = ir_of(e, &r);
    const char *fs = v.type->kind == WF_TY_DOUBLE ? "f64" : "f32", *is = ir_type(e, to);
    if (v.kind == K_VARYING && e->L > 1) fs = text(e, "v%d%s", e->L, fs), is = text(e, "v%d%s", e->L, is);
    const char *name = text(e, "llvm.fpto%si.sat.%s.%s", is_signed(to) ? "s" : "u", is, fs);
    declare(e, name, text(e, "declare %s @%s(%s)", t, name, from));
    r.op = ins(e, "call %s @%s(%s %s)", t, name, from, v.op);
    return r;
}

/* On x86_64, to a signed integer of 64 bits: what does not fit becomes the least one. */
val processors_integer(emitter *e, val f, const wf_type *to) {
    int wide = f.type->kind == WF_TY_DOUBLE;
    const char *name = wide ? "llvm.x86.sse2.cvttsd2si64" : "llvm.x86.sse.cvttss2si64",
               *vector = wide ? "<2 x double>" : "<4 x float>";
    declare(e, name, text(e, "declare i64 @%s(%s)", name, vector));
    const char *v = ins(e, "insertelement %s zeroinitializer, %s %s, i32 0", vector, ir_of(e, &f), f.op);
    return val_of(to, kind_max(K_BLOCK, f.kind), ins(e, "call i64 @%s(%s %s)", name, vector, v));
}

/* One number, where no vector can come of it: the processor's conversion, and the tree's rules only where it
 * says that the number does not fit. */
static val one_to_integer(emitter *e, val v, const wf_type *to) {
    val r = processors_integer(e, v, to);
    const char *t = ir_of(e, &r), *before = e->fn->block;
    label *cold = label_new(e), *on = label_new(e);
    branch_rare(e, ins(e, "icmp ne %s %s, %lld", t, r.op, (long long)INT64_MIN), on, cold);
    label_place(e, cold);
    val exact = saturated(e, v, to);
    branch(e, on);
    label_place(e, on);
    index_notes_carry(e, before);
    r.op = ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", t, r.op, before, exact.op, cold->name);
    return r;
}

static int is_one_tested(const emitter *e, const val *v, const wf_type *to) {
    return e->L == 1 && !e->gpu && e->tested_loop && v->kind != K_CONST && bits_of(to) == 64 &&
           is_signed(to) && (v->type->kind == WF_TY_DOUBLE || v->type->kind == WF_TY_FLOAT) &&
           !(e->inst->func->flags & WF_FN_LIBRARY) && !strncmp(e->target->triple, "x86_64", 6);
}

static val float_to_integer(emitter *e, val v, const wf_type *to) {
    if (is_small_float(v.type)) v = widen_small(e, v);
    if (v.kind == K_VARYING && e->L > 1 && !e->gpu) return lanes_to_integers(e, v, to);
    return is_one_tested(e, &v, to) ? one_to_integer(e, v, to) : saturated(e, v, to);
}

static val integer_to_float(emitter *e, val v, const wf_type *to) {
    v = settle(e, v);
    if (is_small_float(to)) return narrow_small(e, integer_to_float(e, v, ty(e, WF_TY_FLOAT)), to);
    if (v.kind == K_CONST) {
        double d = is_signed(v.type) ? (double)v.imm : (double)(uint64_t)v.imm;
        if (to->kind == WF_TY_FLOAT) d = is_signed(v.type) ? (float)v.imm : (float)(uint64_t)v.imm;
        return val_of(to, K_BLOCK, float_text(e, to, d));
    }
    val r = val_of(to, v.kind, NULL);
    const char *how = v.type->kind != WF_TY_BOOL && is_signed(v.type) ? "sitofp" : "uitofp";
    r.op = ins(e, "%s %s %s to %s", how, ir_of(e, &v), v.op, ir_of(e, &r));
    return r;
}

static val float_to_float(emitter *e, val v, const wf_type *to) {
    if (is_small_float(v.type)) {
        v = widen_small(e, v);
        return v.type->kind == to->kind ? v : convert(e, v, to);
    }
    if (is_small_float(to)) return narrow_small(e, v, to);
    val r = val_of(to, v.kind, NULL);
    r.op = ins(e, "%s %s %s to %s", to->kind == WF_TY_DOUBLE ? "fpext" : "fptrunc", ir_of(e, &v), v.op,
               ir_of(e, &r));
    return r;
}

static val pointer_to_integer(emitter *e, val v, const wf_type *to) {
    val wide = v;
    wide.type = ty(e, WF_TY_ULLONG);
    if (!e->find) wide.root = ROOT_NONE;
    wide.loose = 1;
    reach_leaks(e, &v);
    wide.top = 0;
    wide.mult = 1;
    if (v.kind != K_CONST) wide.op = ins(e, "ptrtoint %s %s to %s", ir_of(e, &v), v.op, ir_of(e, &wide));
    else wide = val_int(e, wide.type, (uint64_t)v.imm);
    if (v.kind == K_LINEAR && v.ok)
        wide.vec = ins(e, "ptrtoint %s %s to %s", ir_vector(e, "ptr"), v.vec, ir_vector(e, "i64"));
    return convert(e, wide, to);
}

static val integer_to_pointer(emitter *e, val v, const wf_type *to) {
    if (v.kind == K_CONST) return val_int(e, to, (uint64_t)v.imm);
    val wide = convert(e, v, ty(e, WF_TY_ULLONG));
    if (wide.ok) wide = settle(e, wide);
    val r = val_of(to, wide.kind, NULL);
    r.op = ins(e, "inttoptr %s %s to %s", ir_of(e, &wide), wide.op, ir_of(e, &r));
    r.stride = wide.stride;
    if (wide.root == ROOT_NONE || wide.root == ROOT_UNSET) return reach_found(e, r);
    r.root = wide.root, r.root_varying = wide.root_varying, r.lo = wide.lo, r.size = wide.size;
    r.loose = 1;
    r.local = wide.local;
    return r;
}

val convert(emitter *e, val v, const wf_type *to) {
    to = to->unqual;
    if (to->kind == WF_TY_VOID) return val_of(to, K_BLOCK, "undef");
    if (v.type == to || v.is_record) return v;
    if (v.kind == K_BOTTOM) return val_bottom(to);
    if (v.type->kind == to->kind && !is_pointer(to)) return v.type = to, v;
    if (is_pointer(to)) {
        if (!is_pointer(v.type)) return integer_to_pointer(e, v, to);
        v.type = to;
        return v;
    }
    if (to->kind == WF_TY_BOOL) {
        if (is_small_float(v.type)) v = widen_small(e, v);
        return compare(e, WF_OP_NE, v, val_zero(e, v.type));
    }
    if (is_pointer(v.type)) return pointer_to_integer(e, v, to);
    if (is_int(v.type) && is_int(to)) return integer_to_integer(e, v, to);
    if (is_int(v.type)) return integer_to_float(e, v, to);
    if (is_int(to)) return float_to_integer(e, v, to);
    return float_to_float(e, v, to);
}
