/* emit/expr.c: expressions.
 *
 * Operands that have no side effect, read no memory and are short are computed without asking whether they
 * are needed
 * (&&, ||, ?:); others under a branch, or under a mask when the condition differs between lanes. Contraction
 * follows the rule of lang/tree.h. */
#include "emit/inner.h"
#include <string.h>

/* --- what may be computed unasked --- */

static int cheap(emitter *e, const wf_expr *x, int *budget);

/* A function of the library that is one such expression of its numbers. On a GPU the driver decides. */
static int is_light(emitter *e, const wf_expr *x, int depth);

static int is_light_call(emitter *e, const wf_expr *x, int depth) {
    const wf_unit *unit = e->inst->unit;
    const wf_func *f = x->u.call.func->flags & WF_FN_LIBRARY && depth < 4 && !e->gpu
                           ? callee_of(e, x->u.call.func, &unit)
                           : NULL;
    const wf_stmt *s = f && f->body ? f->body->body : NULL;
    if (!s || s->kind != WF_ST_RETURN || scan_of(e, f, unit)->nodes > 16) return 0;
    return is_light(e, s->expr, depth + 1);
}

static int is_light(emitter *e, const wf_expr *x, int depth) {
    if (!x) return 1;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return 1;
    case WF_EX_VAR: return x->u.var->space == WF_SPACE_LOCAL && is_float(x->type);
    case WF_EX_BINARY:
        if (x->op == WF_OP_DIV || x->op == WF_OP_REM || x->op == WF_OP_LAND || x->op == WF_OP_LOR) return 0;
        break;
    case WF_EX_UNARY:
    case WF_EX_COND: break;
    case WF_EX_CAST:
        if (x->cast != WF_CAST_NUMERIC && x->cast != WF_CAST_QUAL) return 0;
        break;
    case WF_EX_BUILTIN:
        if (!(wf_builtins[x->u.call.builtin].flags & WF_BIF_PURE) || is_python_index(x)) return 0;
        break;
    case WF_EX_CALL:
        if (!is_light_call(e, x, depth)) return 0;
        break;
    default: return 0;
    }
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN) {
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (!is_light(e, x->u.call.args[i], depth)) return 0;
        return 1;
    }
    return is_light(e, x->a, depth) && is_light(e, x->b, depth) && is_light(e, x->c, depth);
}

static int cheap(emitter *e, const wf_expr *x, int *budget) {
    if (!x) return 1;
    if (--*budget < 0) return 0;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return 1;
    case WF_EX_VAR:
        return x->u.var->space == WF_SPACE_LOCAL && wf_type_is_scalar(x->type) &&
               e->inst->locals[x->u.var->number].store == LOCAL_SLOTS;
    case WF_EX_MEMBER:
        if (x->a->kind == WF_EX_VAR)
            return x->a->u.var->space == WF_SPACE_LOCAL &&
                   e->inst->locals[x->a->u.var->number].store == LOCAL_SLOTS;
        return x->a->kind == WF_EX_BUILTIN && cheap(e, x->a, budget);
    case WF_EX_BINARY:
        if (x->op == WF_OP_DIV || x->op == WF_OP_REM) *budget -= is_float(x->type) ? 4 : 8;
        return cheap(e, x->a, budget) && cheap(e, x->b, budget);
    case WF_EX_UNARY:
    case WF_EX_CAST: return x->cast != WF_CAST_DECAY && cheap(e, x->a, budget);
    case WF_EX_COND: return cheap(e, x->a, budget) && cheap(e, x->b, budget) && cheap(e, x->c, budget);
    case WF_EX_CALL:
        if (!is_light_call(e, x, 0)) return 0;
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (!cheap(e, x->u.call.args[i], budget)) return 0;
        return 1;
    case WF_EX_BUILTIN: {
        unsigned f = wf_builtins[x->u.call.builtin].flags;
        if (!(f & WF_BIF_PURE) || x->u.call.builtin == WF_BI_INDEX || x->u.call.builtin == WF_BI_CHECKED)
            return 0;
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (!cheap(e, x->u.call.args[i], budget)) return 0;
        return 1;
    }
    default: return 0;
    }
}
static int is_cheap(emitter *e, const wf_expr *x, int budget) { return cheap(e, x, &budget); }

/* --- places where branches meet --- */

typedef struct meeting {
    slot *slots;
    uint32_t count;
} meeting;

static meeting *meeting_of(emitter *e, const wf_expr *x) {
    meeting *m = map_get(e->inst->facts, x);
    if (!m) {
        m = WF_NEW(e->arena, meeting);
        leaves *l = leaves_of(e, x->type);
        m->count = l->count;
        m->slots = WF_NEW_ARRAY(e->arena, slot, l->count ? l->count : 1);
        for (uint32_t i = 0; i < l->count; i++) m->slots[i] = *slot_new(e, l->at[i].type, NULL);
        *map_at(e->inst->facts, x) = m;
    }
    for (uint32_t i = 0; i < m->count; i++) m->slots[i].depth = e->depth;
    return m;
}

static void meet(emitter *e, meeting *m, val v) {
    if (v.is_record)
        for (uint32_t i = 0; i < v.leaf_count; i++) slot_set(e, &m->slots[i], v.leaves[i], 0);
    else if (m->count) slot_set(e, &m->slots[0], v, 0);
}

static val met(emitter *e, meeting *m, const wf_type *t) {
    if (t->kind == WF_TY_VOID) return val_zero(e, t);
    val r = val_zero(e, t);
    if (!r.is_record) return slot_get(e, &m->slots[0]);
    for (uint32_t i = 0; i < r.leaf_count; i++) r.leaves[i] = slot_get(e, &m->slots[i]);
    return r;
}

static int level_of(const val *v) { return v->kind >= K_LINEAR ? 2 : v->kind == K_GROUP ? 1 : 0; }

/* --- && || ?: --- */

static val both(emitter *e, int is_or, val a, val b) {
    if (a.kind == K_BOTTOM || b.kind == K_BOTTOM) return val_bottom(ty(e, WF_TY_BOOL));
    if (b.kind == K_CONST) return is_or ? (b.imm ? b : a) : (b.imm ? a : b);
    kind k = kind_max(a.kind, b.kind);
    val r = val_of(ty(e, WF_TY_BOOL), k, NULL);
    const char *x = k == K_VARYING ? as_vector(e, a) : a.op, *y = k == K_VARYING ? as_vector(e, b) : b.op;
    r.op = ins(e, "%s %s %s, %s", is_or ? "or" : "and", ir_of(e, &r), x, y);
    return r;
}

static val logical(emitter *e, const wf_expr *x) {
    int is_or = x->op == WF_OP_LOR;
    val a = emit_expr(e, x->a);
    if (a.kind == K_CONST) return (a.imm == 0) == (is_or != 0) ? emit_expr(e, x->b) : a;
    if (is_cheap(e, x->b, 16)) return both(e, is_or, a, emit_expr(e, x->b));
    meeting *m = meeting_of(e, x);
    meet(e, m, a);
    label *more = label_new(e), *join = label_new(e);
    mask before = e->mask;
    if (a.kind >= K_LINEAR) {
        e->mask = is_or ? mask_and_not(e, before, a.op) : mask_and(e, before, a.op);
        branch_if(e, mask_any(e, e->mask.op), more, join);
    } else if (is_or) {
        branch_if(e, a.op, join, more);
    } else {
        branch_if(e, a.op, more, join);
    }
    push_construct(e, C_IF, level_of(&a), NULL);
    label_place(e, more);
    meet(e, m, emit_expr(e, x->b));
    label_place(e, join);
    pop_construct(e);
    e->mask = before;
    return met(e, m, x->type);
}

static void arm(emitter *e, meeting *m, const wf_expr *x, mask lanes, label *here, label *after,
                int divergent) {
    e->mask = lanes;
    label_place(e, here);
    val v = emit_expr(e, x);
    if (x->type->kind != WF_TY_VOID) meet(e, m, v);
    branch(e, after);
    (void)divergent;
}

static val conditional(emitter *e, const wf_expr *x) {
    val c = emit_expr(e, x->a);
    if (c.kind == K_CONST) return emit_expr(e, c.imm ? x->b : x->c);
    if (x->type->kind != WF_TY_VOID && is_cheap(e, x->b, 12) && is_cheap(e, x->c, 12)) {
        val a = emit_expr(e, x->b), b = emit_expr(e, x->c);
        return select_of(e, c, a, b);
    }
    meeting *m = meeting_of(e, x);
    label *yes = label_new(e), *no = label_new(e), *join = label_new(e);
    mask before = e->mask;
    int divergent = c.kind >= K_LINEAR;
    push_construct(e, C_IF, level_of(&c), NULL);
    if (divergent) {
        mask my = mask_and(e, before, c.op), mn = mask_and_not(e, before, c.op);
        label *second = label_new(e);
        branch_if(e, mask_any(e, my.op), yes, second);
        arm(e, m, x->b, my, yes, second, 1);
        label_place(e, second);
        branch_if(e, mask_any(e, mn.op), no, join);
        arm(e, m, x->c, mn, no, join, 1);
    } else {
        branch_if(e, c.op, yes, no);
        arm(e, m, x->b, before, yes, join, 0);
        arm(e, m, x->c, before, no, join, 0);
    }
    label_place(e, join);
    pop_construct(e);
    e->mask = before;
    return met(e, m, x->type);
}

/* --- operators --- */

static int fusable(emitter *e, const wf_expr *x, const wf_type *t) {
    return e->inst->contract && (t->kind == WF_TY_FLOAT || t->kind == WF_TY_DOUBLE) &&
           x->kind == WF_EX_BINARY && x->op == WF_OP_MUL && !(x->flags & WF_EX_PAREN);
}

static val pointer_arith(emitter *e, wf_op op, val p, val i, const wf_expr *x) {
    uint64_t size = wf_type_size(p.type->base);
    if (!size) size = 1;
    i = convert(e, i, ty(e, is_signed(i.type) ? WF_TY_LLONG : WF_TY_ULLONG));
    if (op == WF_OP_SUB) i = arith(e, WF_OP_SUB, val_int(e, i.type, 0), i, x->at);
    return pointer_add(e, p, i, size);
}

/* Vectors of pointers are compared and subtracted as integers, of which one has a zero added that LLVM does
 * not see through. For LLVM 22's instruction combining takes such a comparison back to the pointer that both
 * sides come from, and aborts where that way leads over arithmetic on a scalar pointer. */
static void pointers_as_integers(emitter *e, val *a, val *b) {
    kind k = kind_max(a->kind, b->kind);
    if (e->gpu || e->L == 1 || k < K_LINEAR || a->kind == K_CONST || b->kind == K_CONST) return;
    const wf_type *word = ty(e, WF_TY_ULLONG);
    if (!e->fn->hidden_zero) e->fn->hidden_zero = ins_entry(e, "call i64 asm \"\", \"=r,0\"(i64 0)");
    *a = convert(e, *a, word), *b = convert(e, *b, word);
    *a = arith(e, WF_OP_ADD, *a, val_of(word, K_BLOCK, e->fn->hidden_zero), (wf_place){0});
}

static val pointer_difference(emitter *e, val a, val b, const wf_type *t, const wf_expr *x) {
    uint64_t size = wf_type_size(a.type->base);
    pointers_as_integers(e, &a, &b);
    val p = convert(e, a, ty(e, WF_TY_LLONG)), q = convert(e, b, ty(e, WF_TY_LLONG));
    val d = arith(e, WF_OP_SUB, p, q, x->at);
    if (size > 1) {
        if (!(size & (size - 1)))
            d = arith(e, WF_OP_SHR, d, val_int(e, d.type, (uint64_t)__builtin_ctzll(size)), x->at);
        else d = arith(e, WF_OP_DIV, d, val_int(e, d.type, size), x->at);
    }
    return convert(e, d, t);
}

static val binary(emitter *e, const wf_expr *x) {
    if (x->op == WF_OP_LAND || x->op == WF_OP_LOR) return logical(e, x);
    int add = x->op == WF_OP_ADD || x->op == WF_OP_SUB;
    if (add && fusable(e, x->a, x->type)) {
        val a = emit_expr(e, x->a->a), b = emit_expr(e, x->a->b), c = emit_expr(e, x->b);
        return fma_of(e, a, b, x->op == WF_OP_SUB ? negate(e, c) : c);
    }
    if (add && fusable(e, x->b, x->type)) {
        val c = emit_expr(e, x->a), a = emit_expr(e, x->b->a), b = emit_expr(e, x->b->b);
        return fma_of(e, x->op == WF_OP_SUB ? negate(e, a) : a, b, c);
    }
    val a = emit_expr(e, x->a), b = emit_expr(e, x->b);
    if (x->op >= WF_OP_LT && x->op <= WF_OP_NE) {
        if (is_pointer(a.type) && is_pointer(b.type)) pointers_as_integers(e, &a, &b);
        return compare(e, x->op, a, b);
    }
    if (is_pointer(a.type) && is_pointer(b.type)) return pointer_difference(e, a, b, x->type, x);
    if (is_pointer(a.type)) return pointer_arith(e, x->op, a, b, x);
    if (e->inst->trap_divide && (x->op == WF_OP_DIV || x->op == WF_OP_REM) && is_int(a.type))
        trap_zero(e, b, x);
    if (e->inst->fast && x->op == WF_OP_DIV && x->type->kind == WF_TY_FLOAT && e->gpu)
        return fast_divide(e, a, b);
    return arith(e, x->op, a, b, x->at);
}

static val unary(emitter *e, const wf_expr *x) {
    val a = emit_expr(e, x->a);
    if (x->op == WF_OP_LNOT) return logical_not(e, a);
    if (x->op == WF_OP_NOT) return bit_not(e, a);
    val r = negate(e, a);
    r.type = x->type->unqual;
    return r;
}

static val assign(emitter *e, const wf_expr *x) {
    val v = emit_expr(e, x->b);
    lval l = emit_lval(e, x->a);
    v.type = v.is_record ? v.type : x->a->type->unqual;
    lval_store(e, &l, v);
    return lval_kept(e, &l, v);
}

static val update(emitter *e, const wf_expr *x) {
    const wf_type *t = x->type->unqual, *c = x->u.compute ? x->u.compute->unqual : t;
    int add = x->op == WF_OP_ADD || x->op == WF_OP_SUB;
    int fuse = add && c == t && fusable(e, x->b, c);
    val m1 = {0}, m2 = {0}, b = {0};
    if (fuse) m1 = emit_expr(e, x->b->a), m2 = emit_expr(e, x->b->b);
    else b = emit_expr(e, x->b);
    lval l = emit_lval(e, x->a);
    val old = lval_load(e, &l), r;
    if (fuse) {
        r = fma_of(e, x->op == WF_OP_SUB ? negate(e, m1) : m1, m2, old);
    } else if (is_pointer(t)) {
        r = pointer_arith(e, x->op, old, b, x);
    } else {
        if (e->inst->trap_divide && (x->op == WF_OP_DIV || x->op == WF_OP_REM) && is_int(c))
            trap_zero(e, b, x);
        val a = convert(e, old, c);
        if (e->inst->fast && x->op == WF_OP_DIV && c->kind == WF_TY_FLOAT && e->gpu) r = fast_divide(e, a, b);
        else r = convert(e, arith(e, x->op, a, b, x->at), t);
    }
    lval_store(e, &l, r);
    return lval_kept(e, &l, r);
}

static val step(emitter *e, const wf_expr *x) {
    lval l = emit_lval(e, x->a);
    val old = lval_load(e, &l), r;
    const wf_type *t = old.type;
    if (is_pointer(t)) {
        r = pointer_arith(e, x->op, old, val_int(e, ty(e, WF_TY_LLONG), 1), x);
    } else if (t->kind == WF_TY_BOOL) {
        r = x->op == WF_OP_ADD ? val_int(e, t, 1) : logical_not(e, old);
    } else if (is_float(t)) {
        val one = convert(e, val_int(e, ty(e, WF_TY_INT), 1), t);
        r = arith(e, x->op, old, one, x->at);
    } else {
        r = arith(e, x->op, old, val_int(e, t, 1), x->at);
    }
    lval_store(e, &l, r);
    return x->u.post ? old : lval_kept(e, &l, r);
}

static val cast(emitter *e, const wf_expr *x) {
    if (x->cast == WF_CAST_DECAY) {
        if (x->a->kind == WF_EX_STRING) return string_address(e, x->a->u.string.data, x->a->u.string.length);
        if (x->a->kind == WF_EX_FUNC) return function_address(e, x->a->u.call.func, x);
        lval l = emit_lval(e, x->a);
        val p = lval_address(e, &l);
        p.type = x->type->unqual;
        return p;
    }
    if (x->cast == WF_CAST_VOID) {
        emit_expr(e, x->a);
        return val_zero(e, ty(e, WF_TY_VOID));
    }
    val v;
    if (emit_without_fraction(e, x, &v)) return v;
    v = emit_expr(e, x->a);
    return convert(e, v, x->type);
}

/* --- literals --- */

static uint64_t half_bits(double d) { /* d is exactly representable */
    uint64_t bits;
    memcpy(&bits, &d, 8);
    uint64_t sign = bits >> 63 << 15, m = bits & 0xFFFFFFFFFFFFFu;
    int64_t x = (int64_t)(bits >> 52 & 0x7FF) - 1023;
    if (x == 1024) return sign | 0x7C00 | (m ? 0x3FF : 0);
    if (x >= -14) return sign | (uint64_t)(x + 15) << 10 | m >> 42;
    if (x < -24) return sign;
    return sign | (m | 1ull << 52) >> (42 + (-14 - x));
}

static val float_literal(emitter *e, const wf_expr *x) {
    const wf_type *t = x->type->unqual;
    if (!is_small_float(t)) return val_of(t, K_BLOCK, float_text(e, t, x->u.f));
    uint64_t bits;
    if (t->kind == WF_TY_HALF) {
        bits = half_bits(x->u.f);
    } else {
        float f = (float)x->u.f;
        uint32_t w;
        memcpy(&w, &f, 4);
        bits = w >> 16;
    }
    return val_of(t, K_BLOCK, text(e, "%llu", (unsigned long long)bits));
}

/* Braces: a record or array as a list of leaves. */
static void init_leaves(emitter *e, val *leaves, const wf_type *t, const wf_expr *x) {
    if (x && x->kind != WF_EX_INIT) {
        val v = emit_expr(e, x);
        if (v.is_record) memcpy(leaves, v.leaves, sizeof(val) * v.leaf_count);
        else leaves[0] = v;
        return;
    }
    if (!x) {
        val z = val_zero(e, t);
        if (z.is_record) memcpy(leaves, z.leaves, sizeof(val) * z.leaf_count);
        else leaves[0] = z;
        return;
    }
    if (t->kind == WF_TY_ARRAY) {
        uint32_t n = leaves_of(e, t->base)->count;
        for (uint64_t i = 0; i < t->count; i++)
            init_leaves(e, leaves + i * n, t->base, i < x->u.init.count ? x->u.init.items[i] : NULL);
    } else if (t->kind == WF_TY_RECORD) {
        for (uint32_t i = 0; i < t->record->field_count; i++) {
            const wf_type *ft = t->record->fields[i].type;
            init_leaves(e, leaves, ft, i < x->u.init.count ? x->u.init.items[i] : NULL);
            leaves += leaves_of(e, ft)->count;
        }
    } else {
        init_leaves(e, leaves, t, x->u.init.count ? x->u.init.items[0] : NULL);
    }
}

static val braces(emitter *e, const wf_expr *x) {
    leaves *l = leaves_of(e, x->type);
    val v = val_zero(e, x->type);
    if (!v.is_record) return x->u.init.count && x->u.init.items[0] ? emit_expr(e, x->u.init.items[0]) : v;
    if (!l->plain) { /* through memory */
        lval tmp = {.kind = LV_MEMORY, .type = x->type->unqual, .expr = x};
        tmp.at = scratch_pointer(e, x->type);
        init_store(e, &tmp, x);
        return lval_load(e, &tmp);
    }
    init_leaves(e, v.leaves, x->type, x);
    return v;
}

/* Stores a brace list (or value) into an lvalue, part by part when there is a union, bit-fields, or much of
 * it. */
void init_store(emitter *e, const lval *to, const wf_expr *x) {
    const wf_type *t = to->type;
    if (x && x->kind == WF_EX_STRING && t->kind == WF_TY_ARRAY) {
        for (uint64_t i = 0; i < t->count; i++) {
            lval part = lval_element(e, *to, val_int(e, ty(e, WF_TY_LLONG), i));
            lval_store(e, &part,
                       val_int(e, t->base, i < x->u.string.length ? (uint8_t)x->u.string.data[i] : 0));
        }
        return;
    }
    int is_record = t->kind == WF_TY_RECORD, is_array = t->kind == WF_TY_ARRAY;
    if ((!is_record && !is_array) || (x && x->kind != WF_EX_INIT)) {
        lval_store(e, to, x ? emit_expr(e, x) : val_zero(e, t));
        return;
    }
    if (is_array) {
        for (uint64_t i = 0; i < t->count; i++) {
            lval part = lval_element(e, *to, val_int(e, ty(e, WF_TY_LLONG), i));
            init_store(e, &part, x && i < x->u.init.count ? x->u.init.items[i] : NULL);
        }
        return;
    }
    const wf_record *r = t->record;
    if (!leaves_of(e, t)->plain && to->kind == LV_MEMORY) lval_store(e, to, val_zero(e, t));
    for (uint32_t i = 0; i < r->field_count; i++) {
        if (r->is_union && (!x || i != x->u.init.field)) continue;
        const wf_expr *item = !x                    ? NULL
                              : r->is_union         ? (x->u.init.count ? x->u.init.items[0] : NULL)
                              : i < x->u.init.count ? x->u.init.items[i]
                                                    : NULL;
        lval part = lval_member(e, *to, &r->fields[i]);
        init_store(e, &part, item);
    }
}

/* --- lvalues --- */

static val index_of(emitter *e, const wf_expr *b) {
    val i = emit_expr(e, b);
    if (i.type->kind == WF_TY_BOOL) i = convert(e, i, ty(e, WF_TY_INT));
    return convert(e, i, ty(e, is_signed(i.type) ? WF_TY_LLONG : WF_TY_ULLONG));
}

static int is_lvalue(const wf_expr *x) {
    for (;; x = x->a) {
        if (x->kind == WF_EX_VAR || x->kind == WF_EX_DEREF) return 1;
        if (x->kind == WF_EX_INDEX) {
            if (x->a->kind != WF_EX_CAST || x->a->cast != WF_CAST_DECAY) return 1;
            x = x->a;
        } else if (x->kind != WF_EX_MEMBER) {
            return 0;
        }
    }
}

static lval value_lval(emitter *e, const wf_expr *x) {
    lval l = {.kind = LV_VALUE, .type = x->type, .expr = x};
    if (leaves_of(e, x->type)->plain) {
        l.at = emit_expr(e, x);
        return l;
    }
    l.kind = LV_MEMORY;
    l.at = scratch_pointer(e, x->type);
    memory_store(e, l.at, x->type, emit_expr(e, x), x, MEM_STORE);
    return l;
}

static val pointer_of(emitter *e, const wf_expr *x) { return emit_expr(e, x); }

lval emit_lval(emitter *e, const wf_expr *x) {
    lval l = {.kind = LV_MEMORY, .type = x->type, .expr = x};
    switch (x->kind) {
    case WF_EX_VAR: return local_lval(e, x->u.var, x);
    case WF_EX_STRING: l.at = string_address(e, x->u.string.data, x->u.string.length); return l;
    case WF_EX_DEREF:
        if (x->a->kind == WF_EX_ADDR) return emit_lval(e, x->a->a);
        l.at = pointer_of(e, x->a);
        return l;
    case WF_EX_MEMBER: {
        lval base = is_lvalue(x->a) ? emit_lval(e, x->a) : value_lval(e, x->a);
        l = lval_member(e, base, &x->a->type->record->fields[x->u.field]);
        l.expr = x;
        return l;
    }
    case WF_EX_INDEX:
        if (x->a->kind == WF_EX_CAST && x->a->cast == WF_CAST_DECAY && x->a->a->kind != WF_EX_STRING) {
            lval base = is_lvalue(x->a->a) ? emit_lval(e, x->a->a) : value_lval(e, x->a->a);
            l = lval_element(e, base, index_of(e, x->b));
        } else {
            val p = pointer_of(e, x->a);
            l.at = pointer_add(e, p, index_of(e, x->b), wf_type_size(x->type));
        }
        l.type = x->type;
        l.expr = x;
        return l;
    default: return value_lval(e, x);
    }
}

val emit_expr(emitter *e, const wf_expr *x) {
    switch (x->kind) {
    case WF_EX_INT: return val_int(e, x->type->unqual, x->u.i);
    case WF_EX_FLOAT: return float_literal(e, x);
    case WF_EX_VAR:
    case WF_EX_DEREF:
    case WF_EX_INDEX:
    case WF_EX_MEMBER: {
        val component;
        if (x->kind == WF_EX_MEMBER && builtin_component(e, x, &component)) return component;
        lval l = emit_lval(e, x);
        return lval_load(e, &l);
    }
    case WF_EX_UNARY: return unary(e, x);
    case WF_EX_BINARY: return binary(e, x);
    case WF_EX_COND: return conditional(e, x);
    case WF_EX_COMMA: emit_expr(e, x->a); return emit_expr(e, x->b);
    case WF_EX_ASSIGN: return assign(e, x);
    case WF_EX_UPDATE: return update(e, x);
    case WF_EX_STEP: return step(e, x);
    case WF_EX_CAST: return cast(e, x);
    case WF_EX_ADDR: {
        if (x->a->kind == WF_EX_DEREF) return convert(e, emit_expr(e, x->a->a), x->type);
        lval l = emit_lval(e, x->a);
        val p = lval_address(e, &l);
        p.type = x->type->unqual;
        return p;
    }
    case WF_EX_CALL: return emit_call(e, x);
    case WF_EX_BUILTIN: return emit_builtin(e, x);
    case WF_EX_INIT: return braces(e, x);
    case WF_EX_CALLPTR: return emit_call_pointer(e, x);
    default: fail_at(e, x->at, NULL, "this expression is not supported here"); return val_zero(e, x->type);
    }
}
