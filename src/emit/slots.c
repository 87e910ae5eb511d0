/* emit/slots.c: local variables, and the places where branches bring values together.
 *
 * A slot is an alloca whose type follows from the kind of all that is ever stored in it; LLVM's mem2reg makes
 * it disappear. While running dry a store only joins kinds, and `changed` asks for another dry run; what is
 * joined only grows, so that ends. A slot of kind CONST has no memory at all.
 *
 * A pointer's slot has companions for the reach of the pointer unless all pointers stored have the same root;
 * a linear slot has companions for `ok` and `vec` when some value stored is linear only under a condition.
 *
 * A pointer that is declared without a value and first gets one where threads have parted may be followed by
 * a thread that has none. It starts as null then, of no extent: an access through it is reported as out of
 * bounds like any other. (In a loop's body it keeps what the turn before left, as registers of a GPU do.) */
#include "emit/inner.h"
#include <string.h>

/* A loop that some lanes leave early does not disturb a variable that nobody reads after it. */
static int dead_after(const scan_stmt *loop, const scan_var *var) {
    if (!var || !var->var || !loop || var->last > loop->end) return 0;
    for (const scan_stmt *o = loop->loop; o; o = o->loop)
        if (o->begin > var->first) return 0; /* declared outside o: o comes back with it */
    return 1;
}

/* How far the threads may have parted since `depth` constructs were open: 0 not, 1 groups, 2 lanes. */
int level_since(emitter *e, int depth, const scan_var *var) {
    int level = 0;
    for (int i = depth; i < e->depth; i++) {
        const construct *c = &e->stack[i];
        if (c->level <= level) continue;
        if (c->kind == C_EXIT && dead_after(c->loop, var)) continue;
        level = c->level;
    }
    return level;
}

slot *slot_new(emitter *e, const wf_type *t, scan_var *var) {
    slot *s = WF_NEW(e->arena, slot);
    s->v = val_bottom(t->unqual);
    s->v.root = ROOT_UNSET;
    s->depth = e->depth;
    s->scan = var;
    return s;
}

static uint32_t mult_join(uint32_t a, uint32_t b) { return !a ? b : !b ? a : a < b ? a : b; }

static void join_roots(emitter *e, val *to, const val *b) {
    to->local |= b->local;
    if (to->type->kind != WF_TY_POINTER) { /* an integer that was a pointer */
        if (to->root != b->root || to->root == ROOT_OWN) to->root = ROOT_NONE;
        return;
    }
    if (b->root == ROOT_UNSET) return;
    if (to->root == ROOT_UNSET) {
        to->root = b->root;
        to->root_varying = b->root_varying;
    } else if (to->root != b->root) {
        to->loose |= is_loose(e, to) || is_loose(e, b);
        to->root = ROOT_OWN;
    }
    to->root_varying |= b->root_varying;
    to->loose |= b->loose;
}

val join_kinds(emitter *e, val a, val b) {
    if (a.kind == K_BOTTOM) {
        val r = b;
        r.root = a.root == ROOT_UNSET ? b.root : a.root;
        return r;
    }
    if (b.kind == K_BOTTOM) return a;
    val r = a;
    r.mult = mult_join(a.mult, b.mult);
    r.top = a.top && b.top ? (a.top > b.top ? a.top : b.top) : 0;
    if (a.kind == K_CONST && b.kind == K_CONST && a.imm == b.imm) return r;
    if (a.kind <= K_GROUP && b.kind <= K_GROUP) {
        r.kind = (uint8_t)kind_max(K_BLOCK, kind_max(a.kind, b.kind));
    } else if (a.kind == K_LINEAR && b.kind == K_LINEAR && a.stride == b.stride) {
        if (b.ok) r.ok = b.ok, r.vec = b.vec;
    } else {
        r.kind = K_VARYING;
        r.ok = r.vec = NULL;
        r.stride = 0;
    }
    join_roots(e, &r, &b);
    if (e->L == 1 && r.kind > K_GROUP) r.kind = K_GROUP;
    return r;
}

static int same_kind(const val *a, const val *b) {
    return a->kind == b->kind && a->stride == b->stride && !a->ok == !b->ok && a->root == b->root &&
           a->root_varying == b->root_varying && a->loose == b->loose && a->local == b->local &&
           a->mult == b->mult && a->top == b->top && (a->kind != K_CONST || a->imm == b->imm);
}

static void join_into(emitter *e, slot *s, val v, int level) {
    if (v.kind == K_BOTTOM) return;
    val r = s->v;
    if (v.root == ROOT_UNSET || (v.root == ROOT_OWN && !is_pointer(s->v.type))) v.root = ROOT_NONE;
    if (r.kind == K_BOTTOM) {
        r = v;
        r.type = s->v.type;
    } else {
        r = join_kinds(e, r, v);
    }
    if (level == 2 && e->L > 1) {
        r.kind = K_VARYING;
        r.stride = 0;
        r.ok = r.vec = NULL;
        if (r.root == ROOT_OWN) r.root_varying = 1;
    } else if (level >= 1 && r.kind < K_GROUP) {
        r.kind = K_GROUP;
    }
    if (r.kind == K_VARYING || r.kind == K_BOTTOM) r.mult = 1;
    if (s->v.kind != K_BOTTOM && r.top > s->v.top)
        r.top = ++s->growth > 3 ? 0 : r.top; /* a loop would let it grow for ever */
    if (s->unset == UNSET_SOMEWHERE) {
        r.top = 0;
        if (r.root == ROOT_NONE && is_pointer(r.type)) {
            r.loose = (uint8_t)is_loose(e, &r);
            r.root = ROOT_OWN, r.root_varying = level == 2 && e->L > 1;
        }
    }
    r.op = "undef";
    r.lo = r.size = "undef";
    if (r.ok) r.ok = r.vec = "undef";
    if (!same_kind(&r, &s->v)) {
        s->v = r;
        e->changed = 1;
    }
}

const char *slot_address(emitter *e, slot *s, const char **at, const char *type) {
    (void)s;
    if (!*at && !e->dry) *at = alloca_new(e, type, "");
    return *at ? *at : "undef";
}

static void store(emitter *e, slot *s, const char **at, const char *type, const char *op) {
    line(e, "store %s %s, ptr %s", type, op, slot_address(e, s, at, type));
}

static void store_root(emitter *e, slot *s, val v, int blend) {
    if (v.type->kind != WF_TY_POINTER || s->v.root != ROOT_OWN) return;
    const char *lo, *size;
    root_of(e, v, &lo, &size);
    const char *t = "i64";
    if (s->v.root_varying) {
        t = ir_vector(e, "i64");
        if (!(v.root == ROOT_OWN && v.root_varying)) lo = splat(e, "i64", lo), size = splat(e, "i64", size);
        if (blend) {
            const char *m = mask_vector(e, e->mask), *mt = ir_vector(e, "i1");
            const char *old = ins(e, "load %s, ptr %s", t, slot_address(e, s, &s->at_lo, t));
            lo = ins(e, "select %s %s, %s %s, %s %s", mt, m, t, lo, t, old);
            old = ins(e, "load %s, ptr %s", t, slot_address(e, s, &s->at_size, t));
            size = ins(e, "select %s %s, %s %s, %s %s", mt, m, t, size, t, old);
        }
    }
    store(e, s, &s->at_lo, t, lo);
    store(e, s, &s->at_size, t, size);
}

/* force_level: at least this level, whatever constructs are open. */
void slot_set(emitter *e, slot *s, val v, int force_level) {
    int level = level_since(e, s->depth, s->scan);
    s->last_top = v.top;
    if (force_level > level) level = force_level;
    if (e->dry) {
        if (s->unset == UNSET_DECLARED && s->v.kind == K_BOTTOM && level) s->unset = UNSET_SOMEWHERE;
        join_into(e, s, v, level);
        return;
    }
    if (s->v.kind == K_CONST || s->v.kind == K_BOTTOM || !writing(e)) return;
    index_notes_forget(e, s);
    int blend = level == 2 && e->L > 1 && e->mask.op;
    v = to_kind(e, v, s->v.kind);
    const char *type = ir_of(e, &s->v);
    const char *op = v.op;
    if (blend && s->v.kind == K_VARYING) {
        const char *old = ins(e, "load %s, ptr %s", type, slot_address(e, s, &s->at, type));
        op = ins(e, "select %s %s, %s %s, %s %s", ir_vector(e, "i1"), mask_vector(e, e->mask), type, op, type,
                 old);
    }
    store(e, s, &s->at, type, op);
    if (s->v.ok) {
        store(e, s, &s->at_ok, "i1", v.ok ? v.ok : "true");
        store(e, s, &s->at_vec, ir_vector(e, ir_type(e, v.type)), as_vector(e, v));
    }
    store_root(e, s, v, blend);
}

static const char *nothing(emitter *e, int vector, const char *scalar) {
    return vector && e->L > 1 ? "zeroinitializer" : scalar;
}

/* Declared, without a value. */
void slot_unset(emitter *e, slot *s) {
    if (e->gpu || !e->check || s->v.type->kind != WF_TY_POINTER) return;
    if (e->dry && !s->unset) s->unset = UNSET_DECLARED;
    if (e->dry || s->unset != UNSET_SOMEWHERE || s->v.kind == K_CONST || s->v.kind == K_BOTTOM) return;
    for (int i = 0; i < e->depth; i++)
        if (e->stack[i].kind == C_EXIT) return;
    store(e, s, &s->at, ir_of(e, &s->v), nothing(e, s->v.kind == K_VARYING, "null"));
    if (s->v.ok) {
        store(e, s, &s->at_ok, "i1", "true");
        store(e, s, &s->at_vec, ir_vector(e, "ptr"), nothing(e, 1, "null"));
    }
    if (s->v.root != ROOT_OWN) return;
    const char *t = s->v.root_varying ? ir_vector(e, "i64") : "i64", *z = nothing(e, s->v.root_varying, "0");
    store(e, s, &s->at_lo, t, z);
    store(e, s, &s->at_size, t, z);
}

val slot_get(emitter *e, slot *s) {
    val v = s->v;
    if (v.kind == K_BOTTOM) {
        if (e->dry) return v;
        v = val_zero(e, v.type); /* never assigned */
        if (e->check && is_pointer(v.type)) v.root = ROOT_OWN, v.lo = v.size = "0";
        return v;
    }
    if (v.kind == K_CONST) return v.op = NULL, val_int(e, v.type, (uint64_t)v.imm);
    if (s->range_top && (!v.top || v.top > s->range_top)) v.top = s->range_top;
    const char *type = ir_of(e, &v);
    v.op = ins(e, "load %s, ptr %s", type, slot_address(e, s, &s->at, type));
    if (v.ok) {
        v.ok = ins(e, "load i1, ptr %s", slot_address(e, s, &s->at_ok, "i1"));
        const char *vt = ir_vector(e, ir_type(e, v.type));
        v.vec = ins(e, "load %s, ptr %s", vt, slot_address(e, s, &s->at_vec, vt));
    }
    if (v.type->kind == WF_TY_POINTER && v.root == ROOT_OWN) {
        const char *t = v.root_varying ? ir_vector(e, "i64") : "i64";
        v.lo = ins(e, "load %s, ptr %s", t, slot_address(e, s, &s->at_lo, t));
        v.size = ins(e, "load %s, ptr %s", t, slot_address(e, s, &s->at_size, t));
    }
    return v;
}
