/* emit/loop_apart.c: nests of loops of one thread whose arrays do not overlap.
 *
 * LLVM's vectoriser asks before each run of an innermost loop whether what it stores overlaps what it reads:
 * for a stencil over several arrays some twenty comparisons, for each row. The bounds test (loop_range.c)
 * knows the spans of all accesses of the whole nest. So they are compared once, before it, and where no array
 * that is stored to overlaps another one, innermost loops say that their turns are independent
 * (llvm.loop.parallel_accesses): each stores to an element that follows the counter, and touches the arrays
 * that it stores to nowhere else. Where arrays overlap the nest runs as where an index may be outside, one
 * element after another. */
#include "emit/spans.h"

enum {
    DEPTH_MOST = 16,
    PAIRS_LEAST = 3
}; /* fewer comparisons are not worth losing the vectors where arrays overlap elsewhere */

typedef struct turn {
    emitter *e;
    const nest_facts *f;
    const scan_stmt *loop;
    const wf_var *counter;
    map *changed; /* variables that a turn assigns */
    const nest_access *accesses[NEST_ACCESSES_MOST];
    uint32_t count, stores;
    int bad;
} turn;

static int is_store(const nest_facts *f, const nest_access *a) { return map_get(f->stores, a->x) != NULL; }

static const nest_access *access_of(const nest_facts *f, const wf_expr *x) {
    for (uint32_t i = 0; i < f->count; i++)
        if (f->accesses[i].x == x) return &f->accesses[i];
    return NULL;
}

static void see_change(void *user, scan_var *v, int assigned) {
    turn *t = user;
    if (assigned) *map_at(t->changed, v->var) = t;
    t->bad |= v->escapes;
}

/* --- what an index follows --- */

typedef enum follows { ANYTHING, FIXED, COUNTER /* plus something fixed */ } follows;

static follows form_of(const turn *t, const wf_expr *x, int depth) {
    if (depth == DEPTH_MOST || !is_int(x->type)) return ANYTHING;
    if (x->kind == WF_EX_INT) return FIXED;
    if (x->kind == WF_EX_VAR) {
        if (x->u.var == t->counter) return COUNTER;
        if (x->u.var->space != WF_SPACE_LOCAL || x->u.var->number >= t->e->inst->scan->var_count)
            return ANYTHING;
        const scan_var *v = &t->e->inst->scan->vars[x->u.var->number];
        if (!map_get(t->changed, x->u.var)) return v->first < t->loop->begin || !v->decl ? FIXED : ANYTHING;
        return !v->assigned && v->decl && v->decl->expr ? form_of(t, v->decl->expr, depth + 1) : ANYTHING;
    }
    if (is_python_index(x))
        return form_of(t, x->u.call.args[1], depth + 1) == FIXED ? form_of(t, x->u.call.args[0], depth + 1)
                                                                 : ANYTHING;
    if (x->kind == WF_EX_CAST)
        return x->cast == WF_CAST_NUMERIC && bits_of(x->type) == 64 && is_int(x->a->type)
                   ? form_of(t, x->a, depth + 1)
                   : ANYTHING;
    if (x->kind != WF_EX_BINARY || (x->op != WF_OP_ADD && x->op != WF_OP_SUB && x->op != WF_OP_MUL))
        return ANYTHING;
    follows a = form_of(t, x->a, depth + 1), b = form_of(t, x->b, depth + 1);
    if (a == FIXED && b == FIXED) return FIXED;
    if (x->op == WF_OP_ADD && ((a == COUNTER && b == FIXED) || (a == FIXED && b == COUNTER))) return COUNTER;
    return x->op == WF_OP_SUB && a == COUNTER && b == FIXED ? COUNTER : ANYTHING;
}

/* --- a turn --- */

static void look_expr(turn *t, const wf_expr *x) {
    if (!x || t->bad) return;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR || x->kind == WF_EX_DEREF ||
        x->kind == WF_EX_INIT || x->kind == WF_EX_MEMBER)
        t->bad = 1;
    if (x->kind == WF_EX_BUILTIN) {
        t->bad |= !(wf_builtins[x->u.call.builtin].flags & WF_BIF_PURE) && !is_python_index(x);
        for (uint32_t i = 0; i < x->u.call.count; i++) look_expr(t, x->u.call.args[i]);
    }
    if (x->kind == WF_EX_INDEX) {
        const nest_access *a = access_of(t->f, x);
        if (!a || x->a->kind != WF_EX_VAR || x->a->u.var != a->base || t->count == NEST_ACCESSES_MOST) {
            t->bad = 1;
            return;
        }
        t->accesses[t->count++] = a;
        t->stores += is_store(t->f, a);
    }
    look_expr(t, x->a);
    look_expr(t, x->b);
    look_expr(t, x->c);
}

static void look_stmt(turn *t, const wf_stmt *s) {
    for (; s && !t->bad; s = s->next) {
        t->bad |=
            s->kind != WF_ST_EXPR && s->kind != WF_ST_DECL && s->kind != WF_ST_IF && s->kind != WF_ST_BLOCK;
        look_expr(t, s->expr);
        look_stmt(t, s->body);
        look_stmt(t, s->other);
    }
}

/* Is another access to the array of a store always to the same element? */
static int stores_once(const turn *t) {
    for (uint32_t i = 0; i < t->count; i++) {
        const nest_access *s = t->accesses[i];
        if (!is_store(t->f, s)) continue;
        if (form_of(t, s->x->b, 0) != COUNTER) return 0;
        for (uint32_t k = 0; k < t->count; k++)
            if (t->accesses[k]->base == s->base && !lanes_same_expr(t->accesses[k]->x, s->x)) return 0;
    }
    return t->stores > 0;
}

/* An innermost loop whose turns are independent where the arrays that the nest stores to do not overlap
 * others. */
static int look_turn(turn *t, emitter *e, const wf_stmt *s, const nest_facts *f) {
    counted_for c;
    *t = (turn){.e = e, .f = f, .loop = scan_stmt_of(e->inst->scan, s)};
    if (!t->loop || t->loop->escapes || t->loop->returns || !counted_loop(s, &c) || c.by) return 0;
    t->counter = c.var;
    t->changed = map_new(e->arena);
    for (const wf_stmt *b = s->body; b; b = b->next) visit_stmt(e->inst, b, see_change, t);
    if (map_get(t->changed, c.var)) return 0;
    look_stmt(t, s->body);
    return !t->bad && stores_once(t);
}

int turns_apart(emitter *e, const wf_stmt *s) {
    turn t;
    return e->apart && !e->gpu && e->L == 1 && s->kind == WF_ST_FOR && look_turn(&t, e, s, e->apart);
}

/* --- the nest --- */

static int seen_before(const turn *t, uint32_t k) {
    for (uint32_t i = 0; i < k; i++)
        if (lanes_same_expr(t->accesses[i]->x, t->accesses[k]->x)) return 1;
    return 0;
}

/* What LLVM would have to compare before each run of the loop. */
static uint32_t pairs_of(const turn *t) {
    uint32_t pairs = 0;
    for (uint32_t i = 0; i < t->count; i++)
        for (uint32_t k = 0; is_store(t->f, t->accesses[i]) && k < t->count; k++)
            pairs += t->accesses[k]->base != t->accesses[i]->base && !seen_before(t, k) &&
                     (k > i || !is_store(t->f, t->accesses[k]));
    return pairs;
}

/* The comparisons that the innermost loops of the list would be rid of. */
static uint32_t gain_of(emitter *e, const wf_stmt *s, const nest_facts *f) {
    uint32_t gain = 0;
    for (; s; s = s->next) {
        turn t;
        gain += gain_of(e, s->body, f) + gain_of(e, s->other, f);
        if (s->kind == WF_ST_FOR && look_turn(&t, e, s, f)) gain += pairs_of(&t);
    }
    return gain;
}

typedef struct extent { /* of all accesses to an array, in bytes */
    const wf_var *base;
    const char *from, *to; /* i64 */
    int stored;
} extent;

static const char *lesser(emitter *e, const char *a, const char *b, int greater) {
    const char *test = ins(e, "icmp %s i64 %s, %s", greater ? "ugt" : "ult", a, b);
    return ins(e, "select i1 %s, i64 %s, i64 %s", test, a, b);
}

static void extend(emitter *e, extent *x, const nest_access *a) {
    const char *size = text(e, "%llu", (unsigned long long)a->bytes),
               *end = ins(e, "add i64 %s, 1", a->index.hi);
    const char *from = ins(e, "add i64 %s, %s", a->start, ins(e, "mul i64 %s, %s", a->index.lo, size)),
               *to = ins(e, "add i64 %s, %s", a->start, ins(e, "mul i64 %s, %s", end, size));
    x->from = x->from ? lesser(e, x->from, from, 0) : from;
    x->to = x->to ? lesser(e, x->to, to, 1) : to;
}

static int named_before(const nest_facts *f, uint32_t k) {
    for (uint32_t i = 0; i < k; i++)
        if (lanes_same_expr(f->accesses[i].x, f->accesses[k].x)) return 1;
    return 0;
}

const char *nest_apart(emitter *e, const wf_stmt *s, const nest_facts *f) {
    extent all[NEST_ACCESSES_MOST];
    uint32_t count = 0;
    const char *ok = NULL;
    if (e->gpu || e->dry || e->L != 1 || !f->complete || gain_of(e, s->body, f) < PAIRS_LEAST) return NULL;
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t k = 0;
        while (k < count && all[k].base != f->accesses[i].base) k++;
        if (k == count) all[count++] = (extent){.base = f->accesses[i].base};
        all[k].stored |= is_store(f, &f->accesses[i]);
        if (!named_before(f, i)) extend(e, &all[k], &f->accesses[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++) {
            if (!all[i].stored && !all[k].stored) continue;
            const char *one = ins(e, "or i1 %s, %s", ins(e, "icmp ule i64 %s, %s", all[i].to, all[k].from),
                                  ins(e, "icmp ule i64 %s, %s", all[k].to, all[i].from));
            ok = ok ? ins(e, "and i1 %s, %s", ok, one) : one;
        }
    return ok;
}
