/* emit/builtins_math.c: float primitives and bit operations that are the same on every target. */
#include "emit/inner.h"
#include <math.h>
#include <string.h>

static const wf_place nowhere;
static val op2(emitter *e, wf_op op, val a, val b) { return arith(e, op, a, b, nowhere); }
static val num(emitter *e, const wf_type *t, uint64_t n) { return val_int(e, t, n); }

/* llvm.NAME.TYPE of n operands of one type */
typedef struct intrinsic {
    const char *name;
    int n;
    const char *more;
} intrinsic;

static const char *mangle(emitter *e, const char *type) {
    if (type[0] == '<') {
        const char *x = strchr(type, 'x') + 2;
        int n = 0;
        for (const char *p = type + 1; *p >= '0' && *p <= '9'; p++) n = n * 10 + (*p - '0');
        size_t length = strlen(x) - 1;
        char *s = wf_arena_strndup(e->arena, x, length);
        return text(e, "v%d%s", n, mangle(e, s));
    }
    return !strcmp(type, "float") ? "f32" : !strcmp(type, "double") ? "f64" : type;
}

static const char *write_intrinsic(emitter *e, const char *type, const char **ops, const void *user) {
    const intrinsic *f = user;
    if (!writing(e)) return "undef";
    const char *name = text(e, "llvm.%s.%s", f->name, mangle(e, type));
    wf_text d, c;
    wf_text_init(&d, e->arena);
    wf_text_init(&c, e->arena);
    for (int i = 0; i < f->n; i++) {
        wf_text_printf(&d, "%s%s", i ? ", " : "", type);
        wf_text_printf(&c, "%s%s %s", i ? ", " : "", type, ops[i]);
    }
    if (f->more) wf_text_puts(&d, ", i1"), wf_text_printf(&c, ", %s", f->more);
    declare(e, name, text(e, "declare %s @%s(%s)", type, name, d.data));
    return ins(e, "call %s @%s(%s)", type, name, c.data);
}

static val intrinsic1(emitter *e, const char *name, val a, const char *more) {
    intrinsic f = {name, 1, more};
    return lift(e, a.type, &a, 1, write_intrinsic, &f);
}

static val intrinsic3(emitter *e, const char *name, val a, val b, val c) {
    intrinsic f = {name, 3, NULL};
    val args[3] = {a, b, c};
    return lift(e, a.type, args, 3, write_intrinsic, &f);
}

static const wf_type *bits_type(emitter *e, const wf_type *t) {
    return ty(e, t->kind == WF_TY_DOUBLE ? WF_TY_ULLONG : t->kind == WF_TY_FLOAT ? WF_TY_UINT : WF_TY_USHORT);
}
static uint64_t sign_bit(const wf_type *t) { return (uint64_t)1 << (bits_of(t) - 1); }

/* a < b ? a : b, NaN loses, -0 < +0. */
static val least(emitter *e, val a, val b, int max) {
    if (!is_float(a.type)) return select_of(e, compare(e, max ? WF_OP_GT : WF_OP_LT, a, b), a, b);
    if (e->gpu && !is_small_float(a.type)) { /* PTX min and max do just that */
        intrinsic f = {max ? "maxnum" : "minnum", 2, NULL};
        val args[2] = {a, b};
        return lift(e, a.type, args, 2, write_intrinsic, &f);
    }
    const wf_type *t = bits_type(e, a.type);
    val r = select_of(e, compare(e, max ? WF_OP_GT : WF_OP_LT, a, b), a, b);
    r = select_of(e, compare(e, WF_OP_NE, b, b), a, r);
    val both = op2(e, max ? WF_OP_AND : WF_OP_OR, bitcast_of(e, a, t), bitcast_of(e, b, t));
    return select_of(e, compare(e, WF_OP_EQ, a, b), bitcast_of(e, both, a.type), r);
}

static val magnitude(emitter *e, val a) { /* fabs, by bits */
    const wf_type *t = bits_type(e, a.type);
    return bitcast_of(e, op2(e, WF_OP_AND, bitcast_of(e, a, t), num(e, t, sign_bit(t) - 1)), a.type);
}

static val rounding(emitter *e, const char *name, val a) {
    if (!is_small_float(a.type)) return intrinsic1(e, name, a, NULL);
    return narrow_small(e, intrinsic1(e, name, widen_small(e, a), NULL), a.type);
}

static val infinity_of(emitter *e, const wf_type *t) {
    return val_of(t, K_BLOCK, text(e, "0x7FF0000000000000"));
}

static val class_test(emitter *e, uint32_t id, val a) {
    if (is_small_float(a.type)) a = widen_small(e, a);
    const wf_type *t = bits_type(e, a.type), *s = ty(e, t->kind == WF_TY_ULLONG ? WF_TY_LLONG : WF_TY_INT);
    switch (id) {
    case WF_BI_ISNAN: return compare(e, WF_OP_NE, a, a);
    case WF_BI_ISINF: return compare(e, WF_OP_EQ, magnitude(e, a), infinity_of(e, a.type));
    case WF_BI_ISFINITE: return compare(e, WF_OP_LT, magnitude(e, a), infinity_of(e, a.type));
    default: return compare(e, WF_OP_LT, bitcast_of(e, a, s), num(e, s, 0));
    }
}

/* On x86 not as (a & ~sign) | (b & sign): where a select between that and one of its operands follows, LLVM
 * 22 makes one masked vpternlog of the three, with the other operand's truth table, and the result is
 * neither. Of two results and a comparison it does not. (test_copysign_then_select in
 * tests/python/test_device_library.py) */
static val copy_sign(emitter *e, val a, val b) {
    const wf_type *t = bits_type(e, a.type);
    val from = bitcast_of(e, a, t), m = op2(e, WF_OP_AND, from, num(e, t, sign_bit(t) - 1));
    if (e->gpu)
        return bitcast_of(
            e, op2(e, WF_OP_OR, m, op2(e, WF_OP_AND, bitcast_of(e, b, t), num(e, t, sign_bit(t)))), a.type);
    const wf_type *s = ty(e, t->kind == WF_TY_ULLONG ? WF_TY_LLONG
                             : t->kind == WF_TY_UINT ? WF_TY_INT
                                                     : WF_TY_SHORT);
    val negative = compare(e, WF_OP_LT, bitcast_of(e, b, s), num(e, s, 0));
    return bitcast_of(e, select_of(e, negative, op2(e, WF_OP_OR, from, num(e, t, sign_bit(t))), m), a.type);
}

static val absolute(emitter *e, val a) {
    if (is_float(a.type)) return magnitude(e, a);
    if (!is_signed(a.type)) return a;
    return select_of(e, compare(e, WF_OP_LT, a, num(e, a.type, 0)), negate(e, a), a);
}

static val square_root(emitter *e, val a) {
    if (e->gpu && e->inst->fast && a.type->kind == WF_TY_FLOAT) {
        declare(e, "llvm.nvvm.sqrt.approx.f", "declare float @llvm.nvvm.sqrt.approx.f(float)");
        return val_of(a.type, a.kind, ins(e, "call float @llvm.nvvm.sqrt.approx.f(float %s)", a.op));
    }
    return rounding(e, "sqrt", a);
}

/* floor, ceil, trunc, rint. The first level of x86-64 has no instruction for them (SSE4.1 does), and LLVM
 * would call a C library: there |a| is rounded by adding 2^52 (2^23), above which everything is an integer.
 */
static val to_integer(emitter *e, const char *name, uint32_t id, val a) {
    if (e->gpu || strcmp(e->target->cpu, "x86-64") || a.kind == K_BOTTOM) return rounding(e, name, a);
    if (is_small_float(a.type)) return narrow_small(e, to_integer(e, name, id, widen_small(e, a)), a.type);
    int wide = a.type->kind == WF_TY_DOUBLE;
    val limit = val_of(a.type, K_BLOCK, wide ? "4503599627370496.0" : "8388608.0"),
        one = val_of(a.type, K_BLOCK, "1.0");
    val m = magnitude(e, a), r = op2(e, WF_OP_SUB, op2(e, WF_OP_ADD, m, limit), limit);
    if (id == WF_BI_TRUNC) r = select_of(e, compare(e, WF_OP_GT, r, m), op2(e, WF_OP_SUB, r, one), r);
    r = copy_sign(e, r, a);
    if (id == WF_BI_FLOOR) r = select_of(e, compare(e, WF_OP_GT, r, a), op2(e, WF_OP_SUB, r, one), r);
    if (id == WF_BI_CEIL) r = select_of(e, compare(e, WF_OP_LT, r, a), op2(e, WF_OP_ADD, r, one), r);
    return select_of(e, compare(e, WF_OP_LT, m, limit), copy_sign(e, r, a), a); /* NaN too is itself */
}

static int is_whole(const wf_expr *x) {
    return x->kind == WF_EX_BUILTIN && (x->u.call.builtin == WF_BI_RINT || x->u.call.builtin == WF_BI_FLOOR ||
                                        x->u.call.builtin == WF_BI_CEIL || x->u.call.builtin == WF_BI_TRUNC);
}

typedef struct whole_range { /* of floats without a fraction that an integer type holds */
    val least, most, zero;
} whole_range;

static whole_range whole_range_of(emitter *e, const wf_type *integer, const wf_type *t) {
    int with_sign = is_signed(integer);
    double beyond = ldexp(1.0, (int)bits_of(integer) - with_sign);
    double most = bits_of(integer) == 64 || t->kind == WF_TY_FLOAT ? beyond : beyond - 1;
    return (whole_range){val_of(t, K_BLOCK, float_text(e, t, with_sign ? -beyond : 0.0)),
                         val_of(t, K_BLOCK, float_text(e, t, most)),
                         val_of(t, K_BLOCK, float_text(e, t, 0.0))};
}

/* NaN becomes 0; so does -0, by an addition. */
static val into_range(emitter *e, val v, whole_range r) {
    val known = compare(e, WF_OP_EQ, v, v);
    v = select_of(e, compare(e, WF_OP_GT, v, r.least), v, r.least);
    v = select_of(e, known, v,
                  r.zero); /* behind the first bound: x86 has the two in one masked instruction */
    return op2(e, WF_OP_ADD, select_of(e, compare(e, WF_OP_LT, v, r.most), v, r.most), r.zero);
}

/* One number: the chain is shorter where a branch, which is hardly ever taken, asks whether it fits. */
static val into_range_one(emitter *e, val v, whole_range r) {
    const char *t = ir_of(e, &v), *before = e->fn->block;
    label *cold = label_new(e), *on = label_new(e);
    const char *plain = op2(e, WF_OP_ADD, v, r.zero).op;
    branch_rare(e, compare(e, WF_OP_LT, magnitude(e, v), r.most).op, on, cold);
    label_place(e, cold);
    const char *other = into_range(e, v, r).op;
    branch(e, on);
    label_place(e, on);
    index_notes_carry(e, before);
    return val_of(v.type, v.kind,
                  ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", t, plain, before, other, cold->name));
}

/* (double)(long)x on a CPU: x without its fraction, inside of what the integer holds. It stays in the float's
 * register: the way over an integer that saturates is twice as long. */
int emit_without_fraction(emitter *e, const wf_expr *x, val *out) {
    const wf_expr *i = x->a;
    if (e->gpu || !strcmp(e->target->cpu, "x86-64") || x->cast != WF_CAST_NUMERIC || i->kind != WF_EX_CAST ||
        i->cast != WF_CAST_NUMERIC || !is_int(i->type) || bits_of(i->type) < 32 ||
        (x->type->kind != WF_TY_DOUBLE && x->type->kind != WF_TY_FLOAT) || i->a->type->kind != x->type->kind)
        return 0;
    whole_range r = whole_range_of(e, i->type, x->type->unqual);
    val v = emit_expr(e, i->a);
    if (v.kind != K_BOTTOM) {
        if (!is_whole(i->a)) v = to_integer(e, "trunc", WF_BI_TRUNC, v);
        int one = e->L == 1 && is_signed(i->type) && !e->in_plain_loop;
        v = one ? into_range_one(e, v, r) : into_range(e, v, r);
    }
    v.type = x->type->unqual;
    *out = v;
    return 1;
}

val emit_math(emitter *e, const wf_expr *x, val *a) {
    switch (x->u.call.builtin) {
    case WF_BI_FMA: return fma_of(e, a[0], a[1], a[2]);
    case WF_BI_SQRT: return square_root(e, a[0]);
    case WF_BI_FABS: return magnitude(e, a[0]);
    case WF_BI_FLOOR: return to_integer(e, "floor", WF_BI_FLOOR, a[0]);
    case WF_BI_CEIL: return to_integer(e, "ceil", WF_BI_CEIL, a[0]);
    case WF_BI_TRUNC: return to_integer(e, "trunc", WF_BI_TRUNC, a[0]);
    case WF_BI_RINT: return to_integer(e, "rint", WF_BI_RINT, a[0]);
    case WF_BI_COPYSIGN: return copy_sign(e, a[0], a[1]);
    case WF_BI_FMIN:
    case WF_BI_MIN: return least(e, a[0], a[1], 0);
    case WF_BI_FMAX:
    case WF_BI_MAX: return least(e, a[0], a[1], 1);
    case WF_BI_ADD_RN: return op2(e, WF_OP_ADD, a[0], a[1]);
    case WF_BI_SUB_RN: return op2(e, WF_OP_SUB, a[0], a[1]);
    case WF_BI_MUL_RN: return op2(e, WF_OP_MUL, a[0], a[1]);
    case WF_BI_DIV_RN: return op2(e, WF_OP_DIV, a[0], a[1]);
    case WF_BI_ISNAN:
    case WF_BI_ISINF:
    case WF_BI_ISFINITE:
    case WF_BI_SIGNBIT: return class_test(e, x->u.call.builtin, a[0]);
    case WF_BI_ABS: return absolute(e, a[0]);
    default: return emit_bits(e, x, a);
    }
}

/* --- bits --- */

static val as_type(val v, const wf_type *t) { /* same width */
    v.type = t;
    return v;
}

static val high_half(emitter *e, val a, val b) {
    unsigned bits = bits_of(a.type);
    if (bits == 32) {
        const wf_type *w = ty(e, is_signed(a.type) ? WF_TY_LLONG : WF_TY_ULLONG);
        val p = op2(e, WF_OP_MUL, to_varying_if_linear(e, convert(e, a, w)),
                    to_varying_if_linear(e, convert(e, b, w)));
        return convert(e, op2(e, WF_OP_SHR, p, num(e, w, 32)), a.type);
    }
    val args[2] = {a, b};
    kind k = kind_max(K_BLOCK, kind_max(a.kind, b.kind));
    if (k == K_LINEAR) k = K_VARYING;
    if (a.kind == K_BOTTOM || b.kind == K_BOTTOM) return val_bottom(a.type);
    val r = val_of(a.type, k, NULL);
    const char *t = ir_of(e, &r), *w = k == K_VARYING ? ir_vector(e, "i128") : "i128",
               *how = is_signed(a.type) ? "sext" : "zext";
    const char *o[2];
    for (int i = 0; i < 2; i++)
        o[i] = ins(e, "%s %s %s to %s", how, t, k == K_VARYING ? as_vector(e, args[i]) : args[i].op, w);
    const char *p = ins(e, "mul %s %s, %s", w, o[0], o[1]);
    p = ins(e, "lshr %s %s, %s", w, p, k == K_VARYING && e->L > 1 ? "splat (i128 64)" : "64");
    r.op = ins(e, "trunc %s %s to %s", w, p, t);
    return r;
}

static val byte_permute(emitter *e, val x, val y, val s) {
    const wf_type *u = ty(e, WF_TY_UINT), *w = ty(e, WF_TY_ULLONG);
    val all = op2(e, WF_OP_OR, convert(e, x, w), op2(e, WF_OP_SHL, convert(e, y, w), num(e, w, 32)));
    val r = num(e, u, 0);
    for (unsigned i = 0; i < 4; i++) {
        val n = op2(e, WF_OP_AND, op2(e, WF_OP_SHR, s, num(e, u, 4 * i)), num(e, u, 7));
        val b = op2(e, WF_OP_SHR, all, convert(e, op2(e, WF_OP_SHL, n, num(e, u, 3)), w));
        b = op2(e, WF_OP_AND, convert(e, b, u), num(e, u, 255));
        r = op2(e, WF_OP_OR, r, op2(e, WF_OP_SHL, b, num(e, u, 8 * i)));
    }
    return r;
}

static val funnel(emitter *e, val lo, val hi, val n, int left, int clamp) {
    val r = intrinsic3(e, left ? "fshl" : "fshr", hi, lo, n);
    if (!clamp) return r;
    return select_of(e, compare(e, WF_OP_GE, n, num(e, n.type, 32)), left ? lo : hi, r);
}

static val multiply24(emitter *e, val a, val b) {
    const wf_type *t = a.type;
    val n = num(e, t, 8);
    a = op2(e, WF_OP_SHR, op2(e, WF_OP_SHL, a, n), n);
    b = op2(e, WF_OP_SHR, op2(e, WF_OP_SHL, b, n), n);
    return op2(e, WF_OP_MUL, a, b);
}

static val sum_of_differences(emitter *e, val a, val b, val c) {
    const wf_type *u = ty(e, WF_TY_UINT);
    val less = compare(e, WF_OP_LT, a, b);
    val d = select_of(e, less, op2(e, WF_OP_SUB, b, a), op2(e, WF_OP_SUB, a, b));
    return op2(e, WF_OP_ADD, as_type(d, u), c);
}

static val dot4(emitter *e, val a, val b, val c) {
    const wf_type *t = a.type;
    for (unsigned i = 0; i < 4; i++) {
        val l = num(e, t, 24 - 8 * i), r = num(e, t, 24);
        val x = op2(e, WF_OP_SHR, op2(e, WF_OP_SHL, a, l), r),
            y = op2(e, WF_OP_SHR, op2(e, WF_OP_SHL, b, l), r);
        c = op2(e, WF_OP_ADD, c, op2(e, WF_OP_MUL, x, y));
    }
    return c;
}

static val first_set(emitter *e, val a) {
    val n = intrinsic1(e, "cttz", a, "i1 false");
    n = convert(e, n, ty(e, WF_TY_INT));
    val zero = compare(e, WF_OP_EQ, a, num(e, a.type, 0));
    return select_of(e, zero, num(e, n.type, 0), op2(e, WF_OP_ADD, n, num(e, n.type, 1)));
}

static val counted(emitter *e, const char *name, val a, const char *more) {
    return convert(e, intrinsic1(e, name, a, more), ty(e, WF_TY_INT));
}

val emit_bits(emitter *e, const wf_expr *x, val *a) {
    const wf_type *t = x->type->unqual;
    switch (x->u.call.builtin) {
    case WF_BI_FLOAT_AS_INT:
    case WF_BI_FLOAT_AS_UINT:
    case WF_BI_INT_AS_FLOAT:
    case WF_BI_UINT_AS_FLOAT:
    case WF_BI_DOUBLE_AS_LL:
    case WF_BI_LL_AS_DOUBLE:
    case WF_BI_HALF_AS_USHORT:
    case WF_BI_USHORT_AS_HALF:
    case WF_BI_BFLOAT_AS_USHORT:
    case WF_BI_USHORT_AS_BFLOAT: return bitcast_of(e, a[0], t);
    case WF_BI_POPC:
    case WF_BI_POPCLL: return counted(e, "ctpop", a[0], NULL);
    case WF_BI_CLZ:
    case WF_BI_CLZLL: return counted(e, "ctlz", a[0], "i1 false");
    case WF_BI_FFS:
    case WF_BI_FFSLL: return first_set(e, a[0]);
    case WF_BI_BREV:
    case WF_BI_BREVLL: return intrinsic1(e, "bitreverse", a[0], NULL);
    case WF_BI_BYTE_PERM: return byte_permute(e, a[0], a[1], a[2]);
    case WF_BI_MULHI:
    case WF_BI_UMULHI:
    case WF_BI_MUL64HI:
    case WF_BI_UMUL64HI: return high_half(e, a[0], a[1]);
    case WF_BI_MUL24:
    case WF_BI_UMUL24: return multiply24(e, a[0], a[1]);
    case WF_BI_FUNNEL_L: return funnel(e, a[0], a[1], a[2], 1, 0);
    case WF_BI_FUNNEL_R: return funnel(e, a[0], a[1], a[2], 0, 0);
    case WF_BI_FUNNEL_LC: return funnel(e, a[0], a[1], a[2], 1, 1);
    case WF_BI_FUNNEL_RC: return funnel(e, a[0], a[1], a[2], 0, 1);
    case WF_BI_SAD:
    case WF_BI_USAD: return sum_of_differences(e, a[0], a[1], a[2]);
    case WF_BI_DP4A_S:
    case WF_BI_DP4A_U: return dot4(e, a[0], a[1], a[2]);
    default:
        fail_at(e, x->at, NULL, "internal error: the built-in %s is not emitted",
                wf_builtins[x->u.call.builtin].spelling);
        return val_zero(e, t);
    }
}
