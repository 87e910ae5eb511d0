/* emit/value.c: making values and changing their kind. */
#include "emit/inner.h"
#include <string.h>

kind kind_max(kind a, kind b) { return a > b ? a : b; }

val val_of(const wf_type *t, kind k, const char *op) {
    val v = {.type = t->unqual, .kind = (uint8_t)k, .op = op, .mult = 1};
    return v;
}

static uint64_t clip(const wf_type *t,
                     uint64_t imm) { /* to the type's width, sign-extended for signed types */
    unsigned bits = bits_of(t);
    if (t->kind == WF_TY_BOOL) return imm != 0;
    if (bits >= 64) return imm;
    uint64_t low = imm & (((uint64_t)1 << bits) - 1);
    if (is_int(t) && is_signed(t) && low >> (bits - 1)) low |= ~(uint64_t)0 << bits;
    return low;
}

val val_int(emitter *e, const wf_type *t, uint64_t imm) {
    val v = val_of(t, K_CONST, NULL);
    v.imm = (int64_t)clip(t, imm);
    uint64_t low = (uint64_t)v.imm & (~(uint64_t)v.imm + 1);
    v.mult = low > 1u << 30 ? 1u << 30 : (uint32_t)low;
    if ((uint64_t)v.imm < WF_TOP_MOST) v.top = (uint32_t)v.imm + 1;
    if (t->kind == WF_TY_BOOL) {
        v.op = v.imm ? "true" : "false";
    } else if (t->kind == WF_TY_POINTER) {
        v.op = v.imm ? text(e, "inttoptr (i64 %lld to ptr)", (long long)v.imm) : "null";
        /* null reaches nothing, so that an access through it is reported */
        if (!v.imm && e->check && e->fn) v.root = root_new(e, &e->check, "0", "0", "null");
    } else if (is_small_float(t) || is_int(t)) {
        v.op = e->dry ? "0" : text(e, "%lld", (long long)v.imm);
    }
    return v;
}

val val_zero(emitter *e, const wf_type *t) {
    if (t->kind == WF_TY_RECORD || t->kind == WF_TY_ARRAY) {
        leaves *l = leaves_of(e, t);
        val v = val_of(t, K_BLOCK, "undef");
        v.is_record = 1;
        v.leaf_count = l->count;
        v.leaves = WF_NEW_ARRAY(e->arena, val, l->count ? l->count : 1);
        for (uint32_t i = 0; i < l->count; i++) v.leaves[i] = val_zero(e, l->at[i].type);
        return v;
    }
    if (t->kind == WF_TY_FLOAT || t->kind == WF_TY_DOUBLE) return val_of(t, K_BLOCK, "0.0");
    if (t->kind == WF_TY_VOID) return val_of(t, K_BLOCK, "undef");
    if (is_small_float(t)) return val_of(t, K_BLOCK, "0");
    return val_int(e, t, 0);
}

val val_bottom(const wf_type *t) {
    val v = val_of(t, K_BOTTOM, "undef");
    v.root = ROOT_UNSET;
    return v;
}

const char *splat(emitter *e, const char *scalar_type, const char *op) {
    if (e->L == 1) return op;
    if (op[0] != '%' && op[0] != '@') { /* a constant */
        if (!strcmp(op, "0") || !strcmp(op, "null") || !strcmp(op, "false") || !strcmp(op, "0.0"))
            return "zeroinitializer";
        if (!strcmp(op, "undef")) return op;
        return text(e, "splat (%s %s)", scalar_type, op);
    }
    const char *v = ir_vector(e, scalar_type);
    const char *one = ins(e, "insertelement %s poison, %s %s, i64 0", v, scalar_type, op);
    return ins(e, "shufflevector %s %s, %s poison, <%d x i32> zeroinitializer", v, one, v, e->L);
}

/* <0, stride, 2*stride …> */
const char *lane_numbers(emitter *e, const char *scalar_type, int64_t stride) {
    if (e->dry) return "undef";
    wf_text t;
    wf_text_init(&t, e->arena);
    int bits = !strcmp(scalar_type, "i8")    ? 8
               : !strcmp(scalar_type, "i16") ? 16
               : !strcmp(scalar_type, "i32") ? 32
                                             : 64;
    wf_text_putc(&t, '<');
    for (int i = 0; i < e->L; i++) {
        int64_t x = (int64_t)((uint64_t)stride * (uint64_t)i);
        if (bits < 64) x = (int64_t)((uint64_t)x << (64 - bits)) >> (64 - bits);
        wf_text_printf(&t, "%s%s %lld", i ? ", " : "", scalar_type, (long long)x);
    }
    wf_text_putc(&t, '>');
    return t.data;
}

const char *as_vector(emitter *e, val v) {
    if (e->L == 1 || v.kind == K_VARYING) return v.op;
    if (v.kind == K_BOTTOM) return "undef";
    const char *t = ir_type(e, v.type);
    if (v.kind != K_LINEAR) return splat(e, t, v.op);
    if (v.vec) return v.vec;
    if (v.type->kind == WF_TY_POINTER)
        return ins(e, "getelementptr i8, ptr %s, %s %s", v.op, ir_vector(e, "i64"),
                   lane_numbers(e, "i64", v.stride));
    const char *base = splat(e, t, v.op), *vt = ir_vector(e, t);
    if (!strcmp(base, "zeroinitializer")) return lane_numbers(e, t, v.stride);
    return ins(e, "add %s %s, %s", vt, base, lane_numbers(e, t, v.stride));
}

const char *as_scalar(emitter *e, val v) {
    (void)e;
    return v.op;
}

val to_varying(emitter *e, val v) {
    if (e->L == 1 || v.kind == K_VARYING || v.kind == K_BOTTOM) return v;
    val r = v;
    r.op = as_vector(e, v);
    r.kind = K_VARYING;
    r.stride = 0;
    r.ok = r.vec = NULL;
    r.mult = 1;
    r.top = v.top;
    return r;
}

val to_varying_if_linear(emitter *e, val v) { return v.kind == K_LINEAR ? to_varying(e, v) : v; }

val to_kind(emitter *e, val v, kind k) {
    if (v.kind == K_BOTTOM || k == K_BOTTOM) return v;
    if (k == K_VARYING) return to_varying(e, v);
    if (k < K_LINEAR && v.kind >= K_LINEAR && !e->dry)
        fail_at(e, (wf_place){0}, NULL, "internal error: a value is less uniform than its variable");
    if (v.kind < k) v.kind = (uint8_t)k;
    return v;
}

/* The elementwise function f over operands, as scalar or vector as the kinds ask. */
val lift(emitter *e, const wf_type *t, const val *args, int n,
         const char *(*f)(emitter *, const char *type, const char **ops, const void *), const void *user) {
    kind k = K_BLOCK;
    for (int i = 0; i < n; i++) {
        if (args[i].kind == K_BOTTOM) return val_bottom(t);
        k = kind_max(k, args[i].kind);
    }
    const char *ops[4];
    if (k >= K_LINEAR) k = K_VARYING;
    for (int i = 0; i < n; i++) ops[i] = k == K_VARYING ? as_vector(e, args[i]) : args[i].op;
    const char *type = ir_type(e, args[0].type);
    if (k == K_VARYING) type = ir_vector(e, type);
    return val_of(t, k, f(e, type, ops, user));
}

const char *mask_vector(emitter *e, mask m) {
    if (m.empty) return e->L == 1 ? "false" : "zeroinitializer";
    if (m.op) return m.op;
    return e->L == 1 ? "true" : "splat (i1 true)";
}

const char *mask_any(emitter *e, const char *m) {
    if (!m) return "false"; /* of an empty mask: behind a return, say */
    if (e->L == 1) return m;
    if (!strcmp(m, "zeroinitializer")) return "false";
    const char *bits = ins(e, "bitcast <%d x i1> %s to i%d", e->L, m, e->L);
    return ins(e, "icmp ne i%d %s, 0", e->L, bits);
}

mask mask_and(emitter *e, mask m, const char *cond) {
    if (m.empty) return m;
    if (!m.op) return (mask){cond, 0};
    return (mask){ins(e, "and %s %s, %s", ir_vector(e, "i1"), m.op, cond), 0};
}

mask mask_and_not(emitter *e, mask m, const char *cond) {
    if (m.empty) return m;
    const char *t = ir_vector(e, "i1");
    const char *no = ins(e, "xor %s %s, %s", t, cond, e->L == 1 ? "true" : "splat (i1 true)");
    if (!m.op) return (mask){no, 0};
    return (mask){ins(e, "and %s %s, %s", t, m.op, no), 0};
}

/* The number of a root stays the same from the dry runs to the real one: it belongs to the key. */
int root_new(emitter *e, const void *key, const char *lo, const char *size, const char *name) {
    irfn *fn = e->fn;
    void **id = map_at(e->root_ids, key);
    if (!*id) *id = (void *)(uintptr_t)++e->root_count;
    uint32_t n = (uint32_t)(uintptr_t)*id;
    if (n >= fn->root_capacity) {
        root *more = WF_NEW_ARRAY(e->arena, root, n * 2);
        memcpy(more, fn->roots, sizeof(root) * fn->root_capacity);
        fn->roots = more;
        fn->root_capacity = n * 2;
    }
    fn->roots[n] = (root){lo, size, key, name, 0};
    return (int)n;
}

/* First byte and size of what v may reach. Not known: all, or, where addresses are looked up, nothing that is
 * certain (is_loose). */
void root_of(emitter *e, val v, const char **lo, const char **size) {
    *lo = "0";
    *size = e->find ? "0" : "-1";
    if (v.root == ROOT_OWN) {
        *lo = v.lo;
        *size = v.size;
    } else if (v.root > 0) {
        *lo = e->fn->roots[v.root].lo;
        *size = e->fn->roots[v.root].size;
    }
}
