/* emit/loop_range.c: bounds checks taken out of nests of loops of one thread.
 *
 * A nest of loops over numbers, `for (…; k < b; k += c)`, is emitted twice and a test before it chooses:
 * without checks when every access stays inside its memory, and every Python index inside its axis, for all
 * values that the counters take; else with checks. The spans of the indices (spans.h) come from those of the
 * counters, from variables that the nest leaves alone, and from variables that get one value in it.
 *
 * The test is made as far out as it can be: before the outermost loop in which it covers every access of the
 * loops within; where it does not -- an inner loop's bounds are read from memory, or its indices are only
 * narrow enough for one turn of the outer loop -- the inner loops are tried by themselves. An access that
 * says `k - 1` or `k + 1` of a counter, under a condition that says something of a counter, most likely has
 * the condition for that, and keeps its check. */
#include "emit/spans.h"

enum { NODES_MOST = 2000 };
#define FACTOR_MOST ((int64_t)1 << 31) /* of turns of loops in each other */
#define TURNS_MOST ((int64_t)1 << 44)

/* Where a pointer may reach, in elements from it: least <= index <= greatest. */
typedef struct reach {
    uint64_t bytes;
    const char *start; /* the pointer as i64 */
    const char *from,
        *end; /* in its memory, in bytes, where an element may begin: from it, to it; NULL: anywhere */
    int known;
} reach;

typedef struct nest_test {
    span_test t; /* first: the callbacks get it */
    const wf_stmt *nest;
    map *counters; /* variable → its loop */
    map *open;     /* counters that live on after their loop: since when, within it */
    map *changed;  /* variables (scan_var) that the nest assigns */
    map *reaches;
    map *passed;          /* statements → when the walk has gone by; and tallies that are being looked at */
    uintptr_t now, as_of; /* as_of: of when spans tell, which for what a declaration has kept is then */
    nest_facts *facts;
    uint32_t found, missed; /* missed: in a loop within */
    uint32_t all;           /* accesses seen */
    int hopeless;
    int inside;      /* in a loop within */
    int conditional; /* under a condition on a counter */
    int short_loop;  /* the loop around is too short for lanes */
    int in_head;     /* in a loop's condition or step */
} nest_test;

static void see_change(void *user, scan_var *v, int assigned) {
    nest_test *h = user;
    if (assigned) *map_at(h->changed, v) = h;
}

static scan_var *scan_var_of(const nest_test *h, const wf_var *v) {
    return v->space == WF_SPACE_LOCAL && v->number < h->t.in->scan->var_count
               ? &h->t.in->scan->vars[v->number]
               : NULL;
}

static val *held_in_slot(nest_test *h, const wf_var *v, val *out) {
    local *l = &h->t.in->locals[v->number];
    if (l->store != LOCAL_SLOTS || l->count != 1) return NULL;
    *out = slot_get(h->t.e, &l->slots[0]);
    return out->kind <= K_GROUP && out->kind != K_BOTTOM ? out : NULL;
}

static int is_passed(const nest_test *h, const wf_stmt *s) {
    uintptr_t when = (uintptr_t)map_get(h->passed, s);
    return when && when <= h->as_of;
}

/* Within the loop of a counter that lives on: as of then. What was kept before the loop may be its last value,
 * of an earlier turn of the loop around. */
static int is_open(const nest_test *h, const wf_var *counter) {
    uintptr_t since = (uintptr_t)map_get(h->open, counter);
    return since && since <= h->as_of;
}

static void pass(nest_test *h, const wf_stmt *s) { *map_at(h->passed, s) = (void *)++h->now; }

/* Of a declaration's value: what a tally has come to by then, not where the variable is used. One that the walk
 * has yet to come to is of any time. */
static int declared_span(nest_test *h, const wf_stmt *decl, const wf_expr *x, span *s) {
    uintptr_t as_of = h->as_of, when = (uintptr_t)map_get(h->passed, decl);
    int in_head = h->in_head;
    h->in_head = !when;
    h->as_of = when ? when : UINTPTR_MAX;
    int good = span_of(&h->t, x, s);
    h->as_of = as_of;
    h->in_head = in_head;
    return good;
}

/* --- counters --- */

/* Of `for (…; k < b; k += c)` or `for (…; k > b; k -= c)`: 1 up, -1 down; 0: another loop. */
static int direction_of(const wf_stmt *s, const wf_var **counter) {
    counted_for c;
    if (!counted_loop(s, &c)) return 0;
    *counter = c.var;
    if (c.by) return c.up && !c.subtracts; /* its sign is tested */
    return c.up ? 1 : -1;
}

/* How far a step goes; 0: not a constant; above WF_FAR: too far. */
static int64_t step_size(const wf_stmt *s) {
    int unit = s->step->kind == WF_EX_STEP;
    int64_t given = unit ? 1 : s->step->b->kind == WF_EX_INT ? (int64_t)s->step->b->u.i : 0;
    return given < -WF_FAR ? WF_FAR + 1 : given < 0 ? -given : given;
}

/* The step after the last turn must not wrap: the loop would go on from the other end of the type. */
static int step_fits(span_test *t, const wf_stmt *s, int up, const wf_type *type, const span *turns,
                     const span *step) {
    int unit = s->step->kind == WF_EX_STEP;
    if (unit && (s->expr->op == WF_OP_LT || s->expr->op == WF_OP_GT)) return 1;
    int64_t by = step_size(s);
    if (by > WF_FAR) return 0;
    const char *size = step ? step->hi : text(t->e, "%lld", (long long)by);
    if (step) by = step->greatest;
    span next = *turns;
    next.lo = next.hi = span_calc(t, up ? "add" : "sub", up ? turns->hi : turns->lo, size);
    next.least -= up ? 0 : by;
    next.greatest += up ? by : 0;
    if (bits_of(type) == 32)
        span_require_within(t, &next, is_signed(type) ? INT32_MIN : 0,
                            is_signed(type) ? INT32_MAX : UINT32_MAX);
    else if (!is_signed(type)) span_require_within(t, &next, 0, INT64_MAX);
    return 1;
}

/* What the counter is before its loop. */
static int first_span(nest_test *h, const wf_stmt *s, const wf_var *k, span *out) {
    const scan_stmt *nest = scan_stmt_of(h->t.in->scan, h->nest);
    const scan_var *sv = scan_var_of(h, k);
    val now;
    if (s->init && s != h->nest)
        return s->init->kind == WF_ST_DECL && s->init->var == k && s->init->expr &&
               declared_span(h, s->init, s->init->expr, out);
    if (s->init && s->init->kind == WF_ST_DECL && s->init->var == k && s->init->expr &&
        s->init->expr->kind == WF_EX_INT)
        return span_of(&h->t, s->init->expr, out);       /* set just before the test */
    if (s != h->nest && nest && sv->first > nest->begin) /* nothing but the loop's step moves it after that */
        return sv->decl && sv->decl->expr && declared_span(h, sv->decl, sv->decl->expr, out);
    if (!held_in_slot(h, k, &now)) return 0;
    *out = span_of_value(&h->t, now);
    return 1;
}

/* With the values before the loop and after it. */
static void around_loop(nest_test *h, int up, const span *first, int64_t by, span *s) {
    emitter *e = h->t.e;
    const char *far =
        span_calc(&h->t, up ? "add" : "sub", up ? s->hi : s->lo, text(e, "%lld", (long long)by));
    const char *one = up ? first->hi : first->lo;
    far = ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp %s i64 %s, %s", up ? "sgt" : "slt", far, one),
              far, one);
    if (up) s->hi = far;
    else s->lo = far;
    s->least -= up ? 0 : by;
    s->greatest += up ? by : 0;
    if (first->least < s->least) s->least = first->least;
    if (first->greatest > s->greatest) s->greatest = first->greatest;
}

/* The last value of a counter that goes up by more than one: it need not come to `hi`, next to the bound. */
static const char *last_value(nest_test *h, const char *first, const char *hi, const char *step) {
    emitter *e = h->t.e;
    const char *by = ins(e, "select i1 %s, i64 %s, i64 1", ins(e, "icmp sgt i64 %s, 1", step), step);
    const char *way = ins(e, "sub i64 %s, %s", hi, first);
    const char *last =
        ins(e, "add i64 %s, %s", first, ins(e, "mul i64 %s, %s", ins(e, "udiv i64 %s, %s", way, by), by));
    return ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp sge i64 %s, %s", hi, first), last, hi);
}

/* The counter's values in the loop's body; of a counter that lives on, those before and after it too where
 * the loop is not open. */
static int counter_span(nest_test *h, const wf_stmt *s, const wf_var *k, span *out) {
    span_test *t = &h->t;
    const wf_var *counter;
    int up = direction_of(s, &counter) > 0;
    span first, bound, step;
    if (!first_span(h, s, k, &first)) return 0;
    if (!span_of(t, s->expr->b, &bound)) return 0;
    span_require_within(t, &first, -WF_FAR, WF_FAR);
    span_require_within(t, &bound, -WF_FAR, WF_FAR);
    int varies = s->step->kind == WF_EX_UPDATE && s->step->b->kind != WF_EX_INT;
    if (varies) {
        if (!span_of(t, s->step->b, &step)) return 0;
        span_require_within(t, &step, 0, WF_FAR);
    }
    int inclusive = s->expr->op == WF_OP_LE || s->expr->op == WF_OP_GE;
    if (up) {
        out->lo = first.lo, out->least = first.least;
        out->hi = inclusive ? bound.hi : span_calc(t, "sub", bound.hi, "1");
        out->greatest = bound.greatest - !inclusive;
        if (first.lo == first.hi && bound.lo == bound.hi && (varies ? step.lo == step.hi : step_size(s) > 1))
            out->hi = last_value(h, first.lo, out->hi,
                                 varies ? step.lo : text(t->e, "%lld", (long long)step_size(s)));
    } else {
        out->hi = first.hi, out->greatest = first.greatest;
        out->lo = inclusive ? bound.lo : span_calc(t, "add", bound.lo, "1");
        out->least = bound.least + !inclusive;
    }
    if (!step_fits(t, s, up, k->type, out, varies ? &step : NULL)) return 0;
    if (s->init || s == h->nest || is_open(h, k)) return 1;
    if (varies) return 0;
    around_loop(h, up, &first, step_size(s), out);
    return 1;
}

/* How often a counted loop turns, each time that it is come to; 0: not always so often. */
static int turns_of(nest_test *h, const wf_stmt *s, span *out) {
    const wf_var *counter;
    emitter *e = h->t.e;
    int direction = direction_of(s, &counter);
    const scan_var *sv = direction ? scan_var_of(h, counter) : NULL;
    int64_t by = direction ? step_size(s) : 0;
    span first, bound;
    if (!sv || sv->assigned != 1 || sv->escapes || !by || by > WF_FAR) return 0;
    if (!first_span(h, s, counter, &first) || !span_of(&h->t, s->expr->b, &bound)) return 0;
    if (first.lo != first.hi || bound.lo != bound.hi) return 0;
    span_require_within(&h->t, &first, -WF_FAR, WF_FAR);
    span_require_within(&h->t, &bound, -WF_FAR, WF_FAR);
    int inclusive = s->expr->op == WF_OP_LE || s->expr->op == WF_OP_GE;
    const span *far = direction > 0 ? &bound : &first, *near = direction > 0 ? &first : &bound;
    int64_t most = (far->greatest - near->least + by - 1 + inclusive) / by;
    if (most < 0) most = 0;
    if (far->least == far->greatest && near->least == near->greatest) {
        const char *known = text(e, "%lld", (long long)most);
        *out = (span){known, known, most, most};
        return 1;
    }
    const char *n = span_calc(&h->t, "sub", far->lo, near->lo);
    n = span_calc(&h->t, "add", n, text(e, "%lld", (long long)(by - 1 + inclusive)));
    if (by > 1) n = ins(e, "sdiv i64 %s, %lld", n, (long long)by);
    n = ins(e, "select i1 %s, i64 %s, i64 0", ins(e, "icmp sgt i64 %s, 0", n), n);
    *out = (span){n, n, 0, most};
    return 1;
}

static void multiply_turns(nest_test *h, span *all, span by) {
    span_require_within(&h->t, all, 0, FACTOR_MOST);
    span_require_within(&h->t, &by, 0, FACTOR_MOST);
    all->lo = all->hi = span_calc(&h->t, "mul", all->lo, by.lo);
    all->least *= by.least;
    all->greatest *= by.greatest;
}

/* What one addition has brought where the walk is: in all turns at most, before it in its own turn one less;
 * and at least what it brings in the turns that are going on. */
static int added_span(nest_test *h, const tally_add *a, span *sum) {
    emitter *e = h->t.e;
    span all = {"1", NULL, 1, 1}, within = {"1", NULL, 1, 1};
    all.hi = all.lo, within.hi = within.lo;
    int passed = h->in_head || is_passed(h, a->at);
    for (uint32_t i = 0; i < a->depth; i++) {
        span turns;
        if (!turns_of(h, a->loops[i], &turns)) return 0;
        multiply_turns(h, &all, turns);
        if (!is_passed(h, a->loops[i])) continue; /* it is going on */
        multiply_turns(h, &within, turns);
    }
    span_require_within(&h->t, &all, 0, TURNS_MOST);
    const char *most = all.hi, *by = text(e, "%lld", (long long)a->by);
    if (!passed && all.least > 0) {
        most = span_calc(&h->t, "sub", most, "1");
    } else if (!passed) {
        declare(e, "llvm.usub.sat.i64", "declare i64 @llvm.usub.sat.i64(i64, i64)");
        most = ins(e, "call i64 @llvm.usub.sat.i64(i64 %s, i64 1)", most);
    } else if (!h->in_head) {
        sum->lo = span_calc(&h->t, "add", sum->lo, span_calc(&h->t, "mul", within.lo, by));
    }
    sum->hi = span_calc(&h->t, "add", sum->hi, span_calc(&h->t, "mul", most, by));
    sum->greatest += (all.greatest - (!passed && all.greatest > 0)) * a->by;
    return 1;
}

/* A variable that grows in every turn of some loops. */
static int tally_span(nest_test *h, const scan_var *sv, span *s) {
    tally t;
    val now;
    h->t.passing = 1;
    if (map_get(h->passed, sv) || !tally_find(h->t.e, h->nest, sv, &t)) return 0;
    *map_at(h->passed, sv) = h; /* a bound of one of its loops may rest on it */
    int good = 0;
    if (t.inside) good = declared_span(h, sv->decl, t.first, s);
    else if (held_in_slot(h, sv->var, &now)) *s = span_of_value(&h->t, now), good = 1;
    if (good) span_require_within(&h->t, s, -WF_FAR, WF_FAR);
    for (uint32_t i = 0; good && i < t.count; i++) good = added_span(h, &t.adds[i], s);
    *map_at(h->passed, sv) = NULL;
    h->t.passing = 1;
    return good;
}

/* span_test.variable */
static int variable_span(span_test *t, const wf_var *v, span *s) {
    nest_test *h = (nest_test *)t;
    const scan_var *sv = scan_var_of(h, v);
    val now;
    if (!sv || sv->escapes || !is_int(v->type)) return 0;
    const wf_stmt *loop = map_get(h->counters, v);
    if (loop && sv->assigned == 1) {
        int good = counter_span(h, loop, v, s);
        t->passing |= map_get(h->open, v) != NULL; /* another one as of before */
        return good;
    }
    if (loop) return 0;
    if (map_get(h->changed, sv)) {
        if (sv->assigned) return tally_span(h, sv, s);
        return sv->decl && sv->decl->expr && declared_span(h, sv->decl, sv->decl->expr, s);
    }
    if (bits_of(v->type) < 32 || !held_in_slot(h, v, &now)) return 0;
    *s = span_of_value(t, now);
    return 1;
}

/* --- accesses --- */

static const char *number(emitter *e, uint64_t n) { return text(e, "%llu", (unsigned long long)n); }

static reach *reach_of(nest_test *h, const wf_var *v, uint64_t bytes) {
    emitter *e = h->t.e;
    void **at = map_at(h->reaches, v);
    reach *r = *at;
    if (r) return r->known && r->bytes == bytes ? r : NULL;
    r = *at = WF_NEW(e->arena, reach);
    const scan_var *sv = scan_var_of(h, v);
    val p;
    if (!sv || sv->escapes || map_get(h->changed, sv) || !held_in_slot(h, v, &p) || p.root_varying)
        return NULL;
    *r = (reach){.bytes = bytes, .known = 1, .start = ins(e, "ptrtoint ptr %s to i64", p.op)};
    if (p.root == ROOT_NONE && e->find) return r->known = 0, NULL;
    if (p.root == ROOT_NONE || p.root == ROOT_UNSET) return r;
    const char *lo, *size, *cap = text(e, "%lld", (long long)1 << 62);
    root_of(e, p, &lo, &size);
    r->from = ins(e, "sub i64 %s, %s", r->start, lo);
    span_need(&h->t, &h->t.always, r->from);
    cap = ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp ult i64 %s, %s", size, cap), size, cap);
    r->end = span_calc(&h->t, "sub", ins(e, "sub i64 %s, %s", cap, r->from), number(e, bytes));
    span_need(&h->t, &h->t.always, r->end);
    return r;
}

/* The index stays inside. */
static void require_inside(nest_test *h, const reach *r, const span *s) {
    emitter *e = h->t.e;
    const char *size = number(e, r->bytes);
    const char *least = span_calc(&h->t, "sub", "0", span_calc(&h->t, "udiv", r->from, size));
    span_require_order(&h->t, least, s->lo, 0);
    span_require_order(&h->t, s->hi, span_calc(&h->t, "udiv", r->end, size), 0);
}

/* p[i], (p + j)[i], row[i] with `row = p + j` set once in the nest: the variable p and the span of the index.
 */
static const wf_var *base_of(nest_test *h, const wf_expr *p, span *s) {
    const wf_stmt *decl = NULL; /* whose value p is a part of */
    for (int depth = 0; depth < 4; depth++) {
        while (p->kind == WF_EX_CAST && p->cast == WF_CAST_QUAL) p = p->a;
        if (p->kind == WF_EX_BINARY && p->op == WF_OP_ADD && is_pointer(p->a->type)) {
            span more, sum = *s;
            if (!(decl ? declared_span(h, decl, p->b, &more) : span_of(&h->t, p->b, &more))) return NULL;
            span_require_within(&h->t, &more, -WF_FAR, WF_FAR);
            span_require_within(&h->t, &sum, -WF_FAR, WF_FAR);
            s->lo = span_calc(&h->t, "add", sum.lo, more.lo);
            s->hi = span_calc(&h->t, "add", sum.hi, more.hi);
            s->least = sum.least + more.least, s->greatest = sum.greatest + more.greatest;
            p = p->a;
            continue;
        }
        if (p->kind != WF_EX_VAR) return NULL;
        const scan_var *sv = scan_var_of(h, p->u.var);
        if (!sv || !map_get(h->changed, sv)) return sv ? p->u.var : NULL;
        if (sv->assigned || sv->escapes || !sv->decl || !sv->decl->expr) return NULL;
        decl = sv->decl;
        p = decl->expr;
    }
    return NULL;
}

static int is_counter(const nest_test *h, const wf_expr *x) {
    return x->kind == WF_EX_VAR && map_get(h->counters, x->u.var);
}

/* `k - 1`, `k + 1` in an index. */
static int is_beside(const nest_test *h, const wf_expr *x) {
    if (!x) return 0;
    if (x->kind == WF_EX_BINARY && (x->op == WF_OP_ADD || x->op == WF_OP_SUB) &&
        ((is_counter(h, x->a) && x->b->kind == WF_EX_INT) ||
         (is_counter(h, x->b) && x->a->kind == WF_EX_INT)))
        return 1;
    if (is_python_index(x) && is_beside(h, x->u.call.args[0])) return 1;
    return is_beside(h, x->a) || is_beside(h, x->b);
}

/* Does the condition say something of a counter itself, not of an element that it chooses? */
static int speaks_of_counter(const nest_test *h, const wf_expr *x) {
    if (!x || x->kind == WF_EX_INDEX || is_python_index(x)) return 0;
    if (is_counter(h, x)) return 1;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (speaks_of_counter(h, x->u.call.args[i])) return 1;
    return speaks_of_counter(h, x->a) || speaks_of_counter(h, x->b) || speaks_of_counter(h, x->c);
}

static void mark_indices(nest_test *h, const wf_expr *x) {
    if (!x) return;
    if (is_python_index(x)) *map_at(h->facts->proven, x) = h;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN) return; /* an index's own argument has none */
    mark_indices(h, x->a);
    mark_indices(h, x->b);
    mark_indices(h, x->c);
}

static int has_index(const wf_expr *x) {
    if (!x) return 0;
    if (x->kind == WF_EX_BUILTIN) return is_python_index(x);
    return has_index(x->a) || has_index(x->b) || has_index(x->c);
}

/* Found to stay inside, for the nest's other users too. */
static void note_access(nest_test *h, const wf_expr *x, const wf_var *base, const reach *r, span index) {
    nest_facts *f = h->facts;
    f->accesses[f->count++] = (nest_access){x, base, r->start, index, r->bytes};
    *map_at(f->proven, x) = h;
    mark_indices(h, x->b);
    h->found += r->from || has_index(x->b);
}

/* 0: its check stays. */
static int look_access(nest_test *h, const wf_expr *x) {
    span_test *t = &h->t;
    span s;
    uint64_t bytes = wf_type_size(x->type);
    if ((h->conditional && is_beside(h, x->b)) || h->facts->count == NEST_ACCESSES_MOST) return 0;
    if (!bytes || bytes > 4096 || !span_of(t, x->b, &s)) return 0;
    const wf_var *base = base_of(h, x->a, &s);
    const reach *r = base ? reach_of(h, base, bytes) : NULL;
    if (!r) return 0;
    if (r->from && !raises_outside(x)) require_inside(h, r, &s);
    note_access(h, x, base, r, s);
    return 1;
}

/* Of an access that keeps its check, the indices of single axes that need none. */
static void look_axes(nest_test *h, const wf_expr *x) {
    span s;
    if (!x) return;
    if (is_python_index(x)) {
        const need *before = h->t.ok;
        if (!(h->conditional && is_beside(h, x)) && span_of(&h->t, x, &s)) *map_at(h->facts->proven, x) = h;
        else h->t.ok = before;
        return;
    }
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN || x->kind == WF_EX_INDEX) return;
    look_axes(h, x->a);
    look_axes(h, x->b);
}

static void look_index(nest_test *h, const wf_expr *x) {
    const need *before = h->t.ok;
    h->all++;
    if (!is_pointer(x->a->type) || look_access(h, x)) return;
    h->t.ok = before;
    look_axes(h, x->b);
    h->missed += h->inside && (has_index(x->b) || x->a->kind == WF_EX_VAR);
}

/* --- the nest --- */

static int has_loop(const wf_stmt *s) {
    for (; s; s = s->next)
        if (s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || has_loop(s->body) || has_loop(s->other))
            return 1;
    return 0;
}

static int is_access(void *user, const wf_expr *x) {
    (void)user;
    return x->kind == WF_EX_INDEX || x->kind == WF_EX_DEREF || x->kind == WF_EX_CALLPTR;
}

static void look_expr(nest_test *h, const wf_expr *x) {
    if (!x || h->hopeless) return;
    if (--h->t.nodes < 0 || x->kind == WF_EX_CALLPTR) h->hopeless = 1;
    if (x->kind == WF_EX_CALL && !(x->u.call.func->flags & WF_FN_LIBRARY) && has_loop(x->u.call.func->body) &&
        any_stmt(x->u.call.func->body, is_access, NULL))
        h->hopeless = 1; /* its loops are to be tried by themselves */
    if (h->inside && !h->short_loop &&
        ((x->kind == WF_EX_CALL && x->u.call.func->flags & WF_FN_LIBRARY) ||
         (x->kind == WF_EX_BUILTIN && x->u.call.builtin == WF_BI_RAISE)))
        h->missed++; /* the loop within may go through lanes, which asks for a test of its own */
    if (x->kind == WF_EX_INDEX) look_index(h, x);
    if ((x->kind == WF_EX_ASSIGN || x->kind == WF_EX_UPDATE || x->kind == WF_EX_STEP) &&
        x->a->kind == WF_EX_INDEX)
        *map_at(h->facts->stores, x->a) = h;
    int choice =
        (x->kind == WF_EX_COND || (x->kind == WF_EX_BINARY && (x->op == WF_OP_LAND || x->op == WF_OP_LOR))) &&
        speaks_of_counter(h, x->a);
    look_expr(h, x->a);
    h->conditional += choice;
    look_expr(h, x->b);
    look_expr(h, x->c);
    h->conditional -= choice;
    if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++) look_expr(h, x->u.call.args[i]);
    if (x->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < x->u.init.count; i++) look_expr(h, x->u.init.items[i]);
}

/* Into the loop of a counter that lives on, or out of it: its span is another there. */
static void enter(nest_test *h, const wf_var *counter, int inside) {
    *map_at(h->open, counter) = inside ? (void *)++h->now : NULL;
    *map_at(h->t.spans, counter) = NULL;
}

static void look_stmt(nest_test *h, const wf_stmt *s) {
    for (; s && !h->hopeless; s = s->next) {
        const wf_var *counter = NULL;
        int loop = s->kind == WF_ST_FOR && direction_of(s, &counter),
            branch = s->kind == WF_ST_IF && speaks_of_counter(h, s->expr);
        if (s->kind == WF_ST_ASM || s->kind == WF_ST_GOTO || s->kind == WF_ST_LABEL) h->hopeless = 1;
        if (loop) *map_at(h->counters, counter) = (void *)(uintptr_t)s;
        if (s->init) look_stmt(h, s->init);
        h->inside += loop;
        int short_loop = h->short_loop;
        if (loop) h->short_loop = has_few_turns(h->t.e, s);
        if (loop && !s->init) enter(h, counter, 1);
        h->in_head += loop;
        look_expr(h, s->expr);
        look_expr(h, s->step);
        h->in_head -= loop;
        if (s->kind == WF_ST_EXPR || s->kind == WF_ST_DECL) pass(h, s); /* after its own operands */
        h->conditional += branch;
        uint32_t seen = h->all, found = h->facts->count;
        look_stmt(h, s->body);
        look_stmt(h, s->other);
        if (loop && h->all - seen == h->facts->count - found && lanes_promise(h->t.e, s))
            h->missed++; /* it is to have a test of its own */
        h->conditional -= branch;
        if (loop && !s->init) enter(h, counter, 0);
        if (loop) pass(h, s);
        h->inside -= loop;
        h->short_loop = short_loop;
    }
}

const char *nest_in_range(emitter *e, const wf_stmt *s, nest_facts *facts) {
    const wf_var *counter;
    if (!direction_of(s, &counter)) return NULL;
    nest_test h = {.t = {.e = e, .in = e->inst, .nodes = NODES_MOST, .variable = variable_span},
                   .nest = s,
                   .as_of = UINTPTR_MAX};
    span_begin(&h.t);
    h.counters = map_new(e->arena);
    h.open = map_new(e->arena);
    h.changed = map_new(e->arena);
    h.reaches = map_new(e->arena);
    h.passed = map_new(e->arena);
    h.facts = facts;
    facts->proven = map_new(e->arena);
    facts->stores = map_new(e->arena);
    for (const wf_stmt *c = s->body; c; c = c->next) visit_stmt(e->inst, c, see_change, &h);
    visit_expr(e->inst, s->expr, see_change, &h);
    visit_expr(e->inst, s->step, see_change, &h);
    *map_at(h.counters, counter) = (void *)(uintptr_t)s;
    h.in_head = 1;
    look_expr(&h, s->expr);
    h.in_head = 0;
    look_stmt(&h, s->body);
    if (h.hopeless) return NULL;
    facts->ok = span_settle(&h.t);
    if (!facts->ok) facts->ok = "true";
    facts->complete = facts->count == h.all;
    return h.found && !h.missed ? facts->ok : NULL;
}
