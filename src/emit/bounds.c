/* emit/bounds.c: bounds checks taken out of loops of several lanes (of one thread: loop_range.c).
 *
 * In an innermost loop `for (…; k < b; k += c)` whose accesses have indices that are affine in k -- sums and
 * products in which k is multiplied only by what the loop does not change -- an access stays in reach for the
 * whole loop if it does for the first and the last k. So the loop is emitted twice, and a test before it
 * chooses: without checks when all such accesses pass for both ends and for the whole group, else with
 * checks.
 *
 * The ends are computed in 64 bits with overflow noted, and must fit the index's own type: then no wrapped
 * value can have come back into range in between. */
#include "emit/inner.h"
#include "emit/spans.h"
#include <string.h>

enum { NODES_MOST = 160, ACCESSES_MOST = 12 };

typedef struct hoist {
    emitter *e;
    const wf_stmt *loop;
    const wf_var *counter;
    const wf_var *changed[64];
    uint32_t changed_count;
    int nodes, hopeless;
    const wf_expr *accesses[ACCESSES_MOST];
    uint32_t access_count;
    const char *ok; /* i1 so far */
    val at;         /* the counter's value for the end at hand, 64 bits */
} hoist;

/* --- what the loop changes --- */

static void change(hoist *h, const wf_var *v) {
    if (h->changed_count == sizeof h->changed / sizeof *h->changed) h->hopeless = 1;
    else h->changed[h->changed_count++] = v;
}

static int is_changed(const hoist *h, const wf_var *v) {
    for (uint32_t i = 0; i < h->changed_count; i++)
        if (h->changed[i] == v) return 1;
    return 0;
}

static void look_expr(hoist *h, const wf_expr *x) {
    if (!x || h->hopeless) return;
    if (++h->nodes > NODES_MOST) h->hopeless = 1;
    if (x->kind == WF_EX_ASSIGN || x->kind == WF_EX_UPDATE || x->kind == WF_EX_STEP) {
        const wf_expr *a = x->a;
        while (a->kind == WF_EX_MEMBER ||
               (a->kind == WF_EX_INDEX && a->a->kind == WF_EX_CAST && a->a->cast == WF_CAST_DECAY))
            a = a->kind == WF_EX_MEMBER ? a->a : a->a->a;
        if (a->kind == WF_EX_VAR) change(h, a->u.var);
    }
    if (x->kind == WF_EX_INDEX && h->access_count < ACCESSES_MOST) h->accesses[h->access_count++] = x;
    look_expr(h, x->a);
    look_expr(h, x->b);
    look_expr(h, x->c);
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++) look_expr(h, x->u.call.args[i]);
    if (x->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < x->u.init.count; i++) look_expr(h, x->u.init.items[i]);
    if (x->kind == WF_EX_CALL) h->nodes += 20;
    if (x->kind == WF_EX_CALLPTR ||
        (x->kind == WF_EX_BUILTIN && (wf_builtins[x->u.call.builtin].flags & WF_BIF_BARRIER)))
        h->hopeless = 1;
}

static void look_stmt(hoist *h, const wf_stmt *s) {
    for (; s && !h->hopeless; s = s->next) {
        if (s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO ||
            s->kind == WF_ST_SWITCH || s->kind == WF_ST_ASM || s->kind == WF_ST_GOTO ||
            s->kind == WF_ST_LABEL)
            h->hopeless = 1;
        if (s->kind == WF_ST_DECL) change(h, s->var);
        look_expr(h, s->expr);
        look_expr(h, s->step);
        if (s->init) look_stmt(h, s->init);
        if (s->body) look_stmt(h, s->body);
        if (s->other) look_stmt(h, s->other);
    }
}

static int invariant(hoist *h, const wf_expr *x) {
    if (!x) return 1;
    switch (x->kind) {
    case WF_EX_INT: return 1;
    case WF_EX_VAR: {
        if (x->u.var->space != WF_SPACE_LOCAL || is_changed(h, x->u.var)) return 0;
        const local *l = &h->e->inst->locals[x->u.var->number];
        return l->store == LOCAL_SLOTS;
    }
    case WF_EX_MEMBER: return invariant(h, x->a);
    case WF_EX_CAST:
        if (x->cast == WF_CAST_DECAY) return x->a->kind == WF_EX_VAR && x->a->u.var->space != WF_SPACE_LOCAL;
        return invariant(h, x->a);
    case WF_EX_UNARY:
    case WF_EX_BINARY: return invariant(h, x->a) && invariant(h, x->b);
    case WF_EX_BUILTIN: return x->u.call.builtin <= WF_BI_WARP_SIZE;
    default: return 0;
    }
}

/* --- affine expressions in 64 bits --- */

static int affine(hoist *h, const wf_expr *x) {
    if (x->kind == WF_EX_VAR && x->u.var == h->counter) return 1;
    if (invariant(h, x)) return 1;
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type) && is_int(x->a->type) &&
        bits_of(x->type) >= 32)
        return affine(h, x->a);
    if (x->kind != WF_EX_BINARY) return 0;
    if (x->op == WF_OP_ADD || x->op == WF_OP_SUB) return affine(h, x->a) && affine(h, x->b);
    if (x->op == WF_OP_MUL)
        return (affine(h, x->a) && invariant(h, x->b)) || (invariant(h, x->a) && affine(h, x->b));
    return 0;
}

static void require(hoist *h, const char *cond) {
    h->ok = h->ok ? ins(h->e, "and i1 %s, %s", h->ok, cond) : cond;
}

static const char *checked_op(hoist *h, const char *name, const char *a, const char *b) {
    emitter *e = h->e;
    const char *f = text(e, "llvm.%s.with.overflow.i64", name);
    declare(e, f, text(e, "declare { i64, i1 } @%s(i64, i64)", f));
    const char *r = ins(e, "call { i64, i1 } @%s(i64 %s, i64 %s)", f, a, b);
    require(h, ins(e, "xor i1 %s, true", ins(e, "extractvalue { i64, i1 } %s, 1", r)));
    return ins(e, "extractvalue { i64, i1 } %s, 0", r);
}

/* The value fits the type it has in the program. */
static void require_fits(hoist *h, const wf_type *t, const char *op) {
    emitter *e = h->e;
    if (bits_of(t) != 32) {
        if (!is_signed(t)) require(h, ins(e, "icmp sge i64 %s, 0", op));
        return;
    }
    const char *back =
        ins(e, "%s i32 %s to i64", is_signed(t) ? "sext" : "zext", ins(e, "trunc i64 %s to i32", op));
    require(h, ins(e, "icmp eq i64 %s, %s", op, back));
}

/* lane 0's value and what each lane adds; 0 when it varies otherwise. */
static int wide_value(hoist *h, const wf_expr *x, const char **op, int64_t *stride) {
    emitter *e = h->e;
    if (x->kind == WF_EX_VAR && x->u.var == h->counter) {
        *op = h->at.op;
        *stride = 0;
        return 1;
    }
    if (invariant(h, x)) {
        val v = emit_expr(e, x);
        if (!is_int(v.type) || v.kind >= K_VARYING || v.ok) return 0;
        *stride = v.kind == K_LINEAR ? v.stride : 0;
        unsigned bits = bits_of(v.type);
        *op = bits == 64 ? v.op
                         : ins(e, "%s i%u %s to i64",
                               v.type->kind != WF_TY_BOOL && is_signed(v.type) ? "sext" : "zext", bits, v.op);
        if (bits == 64 && !is_signed(v.type)) require(h, ins(e, "icmp sge i64 %s, 0", *op));
        return 1;
    }
    const char *a, *b;
    int64_t sa, sb;
    if (x->kind == WF_EX_CAST) {
        if (!wide_value(h, x->a, op, stride)) return 0;
        require_fits(h, x->type, *op);
        return 1;
    }
    if (!wide_value(h, x->a, &a, &sa) || !wide_value(h, x->b, &b, &sb)) return 0;
    if (x->op == WF_OP_MUL) {
        if (sa || sb) return 0;
        *stride = 0;
        *op = checked_op(h, "smul", a, b);
    } else {
        *stride = x->op == WF_OP_ADD ? sa + sb : sa - sb;
        *op = checked_op(h, x->op == WF_OP_ADD ? "sadd" : "ssub", a, b);
    }
    require_fits(h, x->type, *op);
    return 1;
}

/* Tests access x for the counter's value h->at; 0 when nothing can be said. */
static int test_end(hoist *h, const wf_expr *x, val p) {
    emitter *e = h->e;
    const char *index, *lo, *size;
    int64_t stride;
    if (!wide_value(h, x->b, &index, &stride)) return 0;
    uint64_t bytes = wf_type_size(x->type), group = bytes;
    if (stride == 1 && e->L > 1) group = bytes * (uint64_t)e->L;
    else if (stride) return 0;
    root_of(e, p, &lo, &size);
    const char *start = ins(e, "sub i64 %s, %s", ins(e, "ptrtoint ptr %s to i64", p.op), lo);
    const char *off = checked_op(h, "sadd", start,
                                 checked_op(h, "smul", index, text(e, "%llu", (unsigned long long)bytes)));
    require(h, ins(e, "icmp sge i64 %s, 0", off));
    require(h, ins(e, "icmp ule i64 %s, %s",
                   checked_op(h, "sadd", off, text(e, "%llu", (unsigned long long)group)), size));
    return 1;
}

static val wide(emitter *e, val v) {
    return convert(e, v, ty(e, is_signed(v.type) ? WF_TY_LLONG : WF_TY_ULLONG));
}

static int test_access(hoist *h, const wf_expr *x, val first, val last) {
    emitter *e = h->e;
    if (!is_pointer(x->a->type) || !invariant(h, x->a) || !affine(h, x->b)) return 0;
    if (!wf_type_is_scalar(x->type)) return 0;
    val p = emit_expr(e, x->a);
    if (p.kind > K_GROUP || p.root == ROOT_NONE || p.root == ROOT_UNSET ||
        (p.root == ROOT_OWN && p.root_varying))
        return 0;
    const char *before = h->ok;
    h->at = first;
    int good = test_end(h, x, p);
    h->at = last;
    good = good && test_end(h, x, p);
    if (!good) h->ok = before;
    return good;
}

/* The step after the last turn must not wrap, or the loop would go on from the other end of the type:
 * `for (k = 50; k < 100; k += 0x7fffffff)`. */
static void require_step(hoist *h, const wf_type *t, uint64_t by, val last, int exclusive) {
    uint64_t most =
        bits_of(t) == 32 ? (is_signed(t) ? INT32_MAX : UINT32_MAX) : (is_signed(t) ? INT64_MAX : UINT64_MAX);
    if (by == 1 && exclusive) return; /* the bound itself is a value of the type */
    require(h, by > most ? "false"
                         : ins(h->e, "icmp %s i64 %s, %lld", is_signed(t) ? "sle" : "ule", last.op,
                               (long long)(most - by)));
}

/* Is s `for (…; k < b; k++)` with k and b the same for the group? Then the least and the greatest k. */
static int range_of(hoist *h, val *first, val *last) {
    emitter *e = h->e;
    const wf_stmt *s = h->loop;
    counted_for c;
    if (!counted_loop(s, &c) || !c.up || c.by) return 0;
    h->counter = c.var;
    look_stmt(h, s->body);
    look_expr(h, c.bound);
    if (h->hopeless || is_changed(h, h->counter) || !h->access_count) return 0;
    change(h, h->counter);
    const local *l = &e->inst->locals[h->counter->number];
    if (l->store != LOCAL_SLOTS || l->count != 1 || !invariant(h, c.bound)) return 0;
    val k = slot_get(e, &l->slots[0]), b = emit_expr(e, c.bound);
    if (k.kind > K_GROUP || b.kind > K_GROUP) return 0;
    *first = wide(e, k);
    *last = wide(e, b);
    if (!c.inclusive) *last = arith(e, WF_OP_SUB, *last, val_int(e, last->type, 1), s->at);
    require_step(h, c.var->type, (uint64_t)c.step, *last, !c.inclusive);
    return 1;
}

/* Before the head of loop s, its init done. The operand of the test, and the accesses that it covers in
 * *proven; NULL when there is nothing to gain. */
const char *hoist_checks(emitter *e, const wf_stmt *s, struct map **proven, nest_facts *facts) {
    if (e->dry || !e->check || e->proven || e->slow_loop || s->kind != WF_ST_FOR || !writing(e)) return NULL;
    if (e->L == 1) {
        const char *ok = nest_in_range(e, s, facts);
        *proven = facts->proven;
        return ok;
    }
    scan_stmt *sc = scan_stmt_of(e->inst->scan, s);
    if (!sc || sc->returns || sc->escapes) return NULL;
    hoist h = {.e = e, .loop = s};
    val first = {0}, last = {0};
    uint32_t found = 0;
    if (!range_of(&h, &first, &last)) return NULL;
    map *m = map_new(e->arena);
    for (uint32_t i = 0; i < h.access_count; i++)
        if (test_access(&h, h.accesses[i], first, last)) {
            *map_at(m, h.accesses[i]) = m;
            found++;
        }
    if (!found || !h.ok) return NULL;
    *proven = m;
    return h.ok;
}
