/* emit/block_range.c: one test for a whole block.
 *
 * In a kernel without loops and barriers the tests of `if (i < n) z[i] = x[i] + y[i]` cost as much as the
 * work. So the loop over the block's groups is emitted twice, and a test before it chooses. The first version
 * is for blocks in which every thread passes the guards -- `if (i < n)` round the rest, `if (i >= n) return`
 * -- and every access lies inside its memory: it has neither masks nor checks. The other version is the usual
 * one; the blocks at the edge run it.
 *
 * The test computes the span of each index (spans.h) from threadIdx, what the block shares, and variables
 * that keep such a first value.
 *
 * Where nothing is checked (fused kernels of arrays) the guards alone are tested, loops and calls or not. To
 * be without masks saves 3 to 17 % of such a kernel's time and costs half its compilation again, so it is
 * done where results go past the caches: that kernel has much to do. */
#include "emit/kernel.h"
#include "emit/spans.h"

enum { NODES_MOST = 200, ACCESSES_MOST = 24 };

typedef struct range_test {
    span_test t; /* first: the callbacks get it */
    map *proven, *assumed;
    uint32_t found;
    int past; /* stores past the caches */
} range_test;

/* --- spans --- */

static int index_span(span_test *h, const wf_expr *x, span *s) { /* threadIdx.x and its kin */
    emitter *e = h->e;
    uint32_t b = x->a->u.call.builtin, i = x->u.field;
    if (x->a->kind != WF_EX_BUILTIN || b > WF_BI_GRID_DIM || i > 2) return 0;
    irfn *fn = e->fn;
    if (b != WF_BI_THREAD_IDX) {
        h->saw_block |= b == WF_BI_BLOCK_IDX;
        *s = span_of_value(h, b == WF_BI_BLOCK_IDX   ? fn->block_id[i]
                              : b == WF_BI_BLOCK_DIM ? fn->block_dim[i]
                                                     : fn->grid_dim[i]);
        return 1;
    }
    span dim = span_of_value(h, fn->block_dim[i]);
    *s = (span){"0", dim.hi, 0, dim.greatest - 1};
    s->hi = dim.least == dim.greatest ? text(e, "%lld", (long long)dim.greatest - 1)
                                      : ins(e, "sub i64 %s, 1", dim.hi);
    return 1;
}

static int first_value(span_test *h, const wf_var *v, span *s) {
    if (v->space != WF_SPACE_LOCAL || v->number >= h->in->scan->var_count || !is_int(v->type)) return 0;
    const scan_var *sv = &h->in->scan->vars[v->number];
    local *l = &h->in->locals[v->number];
    if (sv->assigned || sv->escapes || l->store != LOCAL_SLOTS || l->count != 1) return 0;
    if (sv->decl) return sv->decl->expr && span_of(h, sv->decl->expr, s);
    if (bits_of(v->type) < 32) return 0;
    *s = span_of_value(h, slot_get(h->e, &l->slots[0]));
    return 1;
}

/* --- guards --- */

/* Requires that every thread finds the condition true (or every one false). */
static int require_condition(range_test *h, const wf_expr *c, int truth) {
    if (c->kind == WF_EX_UNARY && c->op == WF_OP_LNOT) return require_condition(h, c->a, !truth);
    if (c->kind != WF_EX_BINARY) return 0;
    if (c->op == (truth ? WF_OP_LAND : WF_OP_LOR))
        return require_condition(h, c->a, truth) && require_condition(h, c->b, truth);
    if (c->op < WF_OP_LT || c->op > WF_OP_GE || !is_int(c->a->type)) return 0;
    span a, b;
    if (!span_of(&h->t, c->a, &a) || !span_of(&h->t, c->b, &b)) return 0;
    int less = c->op == WF_OP_LT || c->op == WF_OP_LE, or_equal = c->op == WF_OP_LE || c->op == WF_OP_GE;
    if (!truth) less = !less, or_equal = !or_equal;
    const char *smaller = less ? a.hi : b.hi, *larger = less ? b.lo : a.lo;
    span_require_order(&h->t, smaller, larger, !or_equal);
    return 1;
}

/* A guard: the condition depends on where the block is, so for most blocks all threads agree. */
static void guard(range_test *h, const wf_stmt *s, int truth) {
    const need *before = h->t.ok;
    h->t.saw_block = 0;
    if (require_condition(h, s->expr, truth) && h->t.saw_block) {
        *map_at(h->assumed, s) = truth ? (void *)1 : (void *)2;
        h->found += !h->t.e->check;
    } else h->t.ok = before;
}

static int is_return(const wf_stmt *s) {
    while (s && s->kind == WF_ST_BLOCK && s->body && !s->body->next) s = s->body;
    return s && s->kind == WF_ST_RETURN;
}

/* --- accesses --- */

static void access(range_test *h, const wf_expr *x) {
    emitter *e = h->t.e;
    if (!is_pointer(x->a->type) || x->a->kind != WF_EX_VAR || h->found == ACCESSES_MOST) return;
    const wf_var *v = x->a->u.var;
    if (v->space != WF_SPACE_LOCAL || v->number >= h->t.in->scan->var_count) return;
    const scan_var *sv = &h->t.in->scan->vars[v->number];
    local *l = &h->t.in->locals[v->number];
    if (sv->decl || sv->assigned || sv->escapes || l->store != LOCAL_SLOTS)
        return; /* a parameter that stays */
    val p = slot_get(e, &l->slots[0]);
    if (p.kind > K_BLOCK || p.root <= ROOT_NONE) return;
    const need *before = h->t.ok;
    const char *lo, *size, *most = text(e, "%lld", (long long)1 << 62);
    int64_t bytes = (int64_t)wf_type_size(x->type);
    span s;
    if (bytes <= 0 || bytes > 4096 || !span_of(&h->t, x->b, &s)) {
        h->t.ok = before;
        return;
    }
    root_of(e, p, &lo, &size);
    span_require_within(&h->t, &s, -WF_FAR, WF_FAR);
    const char *start = ins(e, "sub i64 %s, %s", ins(e, "ptrtoint ptr %s to i64", p.op), lo);
    span_need(&h->t, &h->t.ok, start);
    span_require_order(&h->t, start, text(e, "%lld", (long long)WF_FAR), 0);
    const char *each = text(e, "%lld", (long long)bytes);
    span_need(&h->t, &h->t.ok, span_calc(&h->t, "add", start, span_calc(&h->t, "mul", s.lo, each)));
    size = ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp ult i64 %s, %s", size, most), size, most);
    span_require_order(&h->t, span_calc(&h->t, "add", start, span_calc(&h->t, "mul", s.hi, each)), size,
                       bytes);
    *map_at(h->proven, x) = h->proven;
    h->found++;
}

static int look_expr(range_test *h, const wf_expr *x) {
    if (!x) return 1;
    if (!h->t.e->check) {
        h->past |= x->kind == WF_EX_BUILTIN && x->u.call.builtin == WF_BI_STWT;
        return 1;
    }
    if (--h->t.nodes < 0 || x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR) return 0;
    if (x->kind == WF_EX_INDEX) access(h, x);
    if (x->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (!look_expr(h, x->u.call.args[i])) return 0;
    return look_expr(h, x->a) && look_expr(h, x->b) && look_expr(h, x->c);
}

/* 0: not a kernel for this. */
static int look(range_test *h, const wf_stmt *s) {
    for (; s; s = s->next) {
        switch (s->kind) {
        case WF_ST_BLOCK:
            if (!look(h, s->body)) return 0;
            break;
        case WF_ST_IF:
            if (!look_expr(h, s->expr)) return 0;
            if (is_return(s->body) && !s->other) {
                guard(h, s, 0);
            } else {
                if (!s->other) guard(h, s, 1);
                if (!look(h, s->body) || !look(h, s->other)) return 0;
            }
            break;
        case WF_ST_EXPR:
        case WF_ST_DECL:
            if (!look_expr(h, s->expr)) return 0;
            break;
        case WF_ST_RETURN: break;
        case WF_ST_FOR:
        case WF_ST_WHILE:
            if (h->t.e->check || !look(h, s->body)) return 0;
            break;
        default: return 0;
        }
    }
    return 1;
}

/* Between the head of the block loop and the group loop, parameters bound: an i1 that says whether the block
 * may run without checks and guards; NULL: nothing to gain. */
const char *block_in_range(emitter *e, inst *in, map **proven, map **assumed) {
    if (e->dry || e->L == 1 || in->scan->has_barrier || in->scan->has_warp || in->scan->has_goto) return NULL;
    range_test h = {
        .t = {.e = e, .in = in, .nodes = NODES_MOST, .variable = first_value, .component = index_span}};
    h.proven = *proven = map_new(e->arena);
    h.assumed = *assumed = map_new(e->arena);
    span_begin(&h.t);
    inst *outer = e->inst;
    e->inst = in;
    int good = look(&h, in->func->body);
    e->inst = outer;
    return good && h.found && (e->check || h.past) ? span_settle(&h.t) : NULL;
}
