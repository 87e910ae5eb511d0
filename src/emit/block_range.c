/* emit/block_range.c: one test for a whole block.
 *
 * In a kernel without loops and barriers the tests of `if (i < n) z[i] = x[i] + y[i]` cost as much as the
 * work. So the loop over the block's groups is emitted twice, and a test before it chooses. The first version
 * is for blocks in which every thread passes the guards -- `if (i < n)` round the rest, `if (i >= n) return`
 * -- and every access lies inside its memory: it has neither masks nor checks. The other version is the usual
 * one; the blocks at the edge run it.
 *
 * The test computes for an index the least and the greatest value that it has in the block, as sums and
 * products of threadIdx, what the block shares, and variables that keep such a first value. All of it is
 * 64-bit arithmetic on numbers so small that it cannot overflow, and each step must fit the type that it has
 * in the program; then nothing has wrapped, and the ends say all. */
#include "emit/inner.h"
#include "emit/kernel.h"

enum { NODES_MOST = 200, ACCESSES_MOST = 24, DEPTH_MOST = 40 };
#define FAR ((int64_t)1 << 47) /* beyond every address */

typedef struct span {        /* over the block's threads */
    const char *lo, *hi;     /* i64; the same operand when the block shares it */
    int64_t least, greatest; /* known now */
} span;

typedef struct known_span {
    span span;
    int good, saw_block;
} known_span;

typedef struct range_test {
    emitter *e;
    inst *in;
    map *proven, *assumed, *spans; /* spans: of variables, computed once */
    const char *ok;                /* i1 so far */
    const char *always;            /* what the known spans of variables rest on */
    uint32_t found, depth;
    int nodes, saw_block;
} range_test;

/* --- spans --- */

static void require(range_test *h, const char *cond) {
    h->ok = h->ok ? ins(h->e, "and i1 %s, %s", h->ok, cond) : cond;
}

static const char *number(emitter *e, int64_t n) { return text(e, "%lld", (long long)n); }

/* Both ends lie in least..greatest; afterwards that is known. */
static void require_within(range_test *h, span *s, int64_t least, int64_t greatest) {
    emitter *e = h->e;
    if (s->least < least) require(h, ins(e, "icmp sge i64 %s, %lld", s->lo, (long long)least));
    if (s->greatest > greatest) require(h, ins(e, "icmp sle i64 %s, %lld", s->hi, (long long)greatest));
    if (s->least < least) s->least = least;
    if (s->greatest > greatest) s->greatest = greatest;
}

/* The value fits its type in the program, and stays far from the ends of 64 bits. */
static void require_fits(range_test *h, const wf_type *t, span *s) {
    if (bits_of(t) == 32)
        require_within(h, s, is_signed(t) ? INT32_MIN : 0, is_signed(t) ? INT32_MAX : UINT32_MAX);
    else require_within(h, s, is_signed(t) ? -FAR : 0, FAR);
}

static int span_of(range_test *h, const wf_expr *x, span *s);

static span shared_span(range_test *h, val v) { /* what the block shares */
    emitter *e = h->e;
    span s;
    if (v.kind == K_CONST) {
        s = (span){number(e, v.imm), NULL, v.imm, v.imm};
    } else {
        const char *op = v.op;
        if (bits_of(v.type) == 32) op = ins(e, "%s i32 %s to i64", is_signed(v.type) ? "sext" : "zext", op);
        s = (span){op, NULL, is_signed(v.type) ? INT32_MIN : 0, is_signed(v.type) ? INT32_MAX : UINT32_MAX};
        if (v.top) s.least = 0, s.greatest = (int64_t)v.top - 1;
        else if (bits_of(v.type) == 64) s.least = INT64_MIN, s.greatest = INT64_MAX;
    }
    s.hi = s.lo;
    if (bits_of(v.type) == 64) require_fits(h, v.type, &s);
    return s;
}

static int index_span(range_test *h, const wf_expr *x, span *s) { /* threadIdx.x and its kin */
    emitter *e = h->e;
    uint32_t b = x->a->u.call.builtin, i = x->u.field;
    if (x->a->kind != WF_EX_BUILTIN || b > WF_BI_GRID_DIM || i > 2) return 0;
    irfn *fn = e->fn;
    if (b != WF_BI_THREAD_IDX) {
        h->saw_block |= b == WF_BI_BLOCK_IDX;
        *s = shared_span(h, b == WF_BI_BLOCK_IDX   ? fn->block_id[i]
                            : b == WF_BI_BLOCK_DIM ? fn->block_dim[i]
                                                   : fn->grid_dim[i]);
        return 1;
    }
    span dim = shared_span(h, fn->block_dim[i]);
    *s = (span){"0", dim.hi, 0, dim.greatest - 1};
    s->hi = dim.least == dim.greatest ? number(e, dim.greatest - 1) : ins(e, "sub i64 %s, 1", dim.hi);
    return 1;
}

static int first_value(range_test *h, const wf_var *v, span *s) {
    if (v->space != WF_SPACE_LOCAL || v->number >= h->in->scan->var_count || !is_int(v->type)) return 0;
    const scan_var *sv = &h->in->scan->vars[v->number];
    local *l = &h->in->locals[v->number];
    if (sv->assigned || sv->escapes || l->store != LOCAL_SLOTS || l->count != 1) return 0;
    if (sv->decl) return sv->decl->expr && span_of(h, sv->decl->expr, s);
    if (bits_of(v->type) < 32) return 0;
    *s = shared_span(h, slot_get(h->e, &l->slots[0]));
    return 1;
}

/* A variable that keeps its first value. What its span rests on is required in any case. */
static int variable_span(range_test *h, const wf_var *v, span *s) {
    void **known = map_at(h->spans, v);
    if (!*known) {
        known_span *k = WF_NEW(h->e->arena, known_span);
        const char *ok = h->ok;
        int saw_block = h->saw_block;
        h->ok = NULL;
        h->saw_block = 0;
        k->good = first_value(h, v, &k->span);
        k->saw_block = h->saw_block;
        if (k->good && h->ok) h->always = h->always ? ins(h->e, "and i1 %s, %s", h->always, h->ok) : h->ok;
        h->ok = ok;
        h->saw_block = saw_block;
        *map_at(h->spans, v) = k; /* the map may have grown */
        known = (void **)map_at(h->spans, v);
    }
    const known_span *k = *known;
    *s = k->span;
    h->saw_block |= k->saw_block;
    return k->good;
}

static int add_spans(range_test *h, int minus, const span *a, const span *b, span *s) {
    emitter *e = h->e;
    const char *op = minus ? "sub" : "add";
    s->lo = ins(e, "%s i64 %s, %s", op, a->lo, minus ? b->hi : b->lo);
    s->hi =
        a->lo == a->hi && b->lo == b->hi ? s->lo : ins(e, "%s i64 %s, %s", op, a->hi, minus ? b->lo : b->hi);
    s->least = minus ? a->least - b->greatest : a->least + b->least;
    s->greatest = minus ? a->greatest - b->least : a->greatest + b->greatest;
    return 1;
}

/* A span by what the block shares and is not negative. */
static int multiply_span(range_test *h, const span *a, span by, span *s) {
    emitter *e = h->e;
    if (by.lo != by.hi || by.greatest < 0) return 0;
    require_within(h, &by, 0, INT64_MAX);
    __int128 least = (__int128)a->least * by.greatest, greatest = (__int128)a->greatest * by.greatest;
    if (a->least >= 0) least = 0;
    if (a->greatest < 0) greatest = 0;
    if (least < -((__int128)1 << 62) || greatest > ((__int128)1 << 62)) return 0;
    s->lo = ins(e, "mul i64 %s, %s", a->lo, by.lo);
    s->hi = a->lo == a->hi ? s->lo : ins(e, "mul i64 %s, %s", a->hi, by.lo);
    s->least = (int64_t)least;
    s->greatest = (int64_t)greatest;
    return 1;
}

static int binary_span(range_test *h, const wf_expr *x, span *s) {
    span a, b;
    if (x->op != WF_OP_ADD && x->op != WF_OP_SUB && x->op != WF_OP_MUL && x->op != WF_OP_SHL) return 0;
    if (!span_of(h, x->a, &a) || !span_of(h, x->b, &b)) return 0;
    int good;
    if (x->op == WF_OP_SHL) {
        if (x->b->kind != WF_EX_INT || x->b->u.i > 30) return 0;
        int64_t by = (int64_t)1 << x->b->u.i;
        span power = {number(h->e, by), NULL, by, by};
        power.hi = power.lo;
        good = multiply_span(h, &a, power, s);
    } else if (x->op == WF_OP_MUL) {
        good = b.lo == b.hi ? multiply_span(h, &a, b, s) : multiply_span(h, &b, a, s);
    } else {
        good = add_spans(h, x->op == WF_OP_SUB, &a, &b, s);
    }
    if (good) require_fits(h, x->type, s);
    return good;
}

static int span_of(range_test *h, const wf_expr *x, span *s) {
    if (--h->nodes < 0 || h->depth > DEPTH_MOST) return 0;
    int good = 0;
    h->depth++;
    if (!is_int(x->type) || bits_of(x->type) < 32) good = 0;
    else if (x->kind == WF_EX_INT) *s = shared_span(h, val_int(h->e, x->type->unqual, x->u.i)), good = 1;
    else if (x->kind == WF_EX_VAR) good = variable_span(h, x->u.var, s);
    else if (x->kind == WF_EX_MEMBER) good = index_span(h, x, s);
    else if (x->kind == WF_EX_BINARY) good = binary_span(h, x, s);
    else if (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && span_of(h, x->a, s)) {
        require_fits(h, x->type, s);
        good = 1;
    }
    h->depth--;
    return good;
}

/* --- guards --- */

/* Requires that every thread finds the condition true (or every one false). */
static int require_condition(range_test *h, const wf_expr *c, int truth) {
    emitter *e = h->e;
    if (c->kind == WF_EX_UNARY && c->op == WF_OP_LNOT) return require_condition(h, c->a, !truth);
    if (c->kind != WF_EX_BINARY) return 0;
    if (c->op == (truth ? WF_OP_LAND : WF_OP_LOR))
        return require_condition(h, c->a, truth) && require_condition(h, c->b, truth);
    if (c->op < WF_OP_LT || c->op > WF_OP_GE || !is_int(c->a->type)) return 0;
    span a, b;
    if (!span_of(h, c->a, &a) || !span_of(h, c->b, &b)) return 0;
    int less = c->op == WF_OP_LT || c->op == WF_OP_LE, or_equal = c->op == WF_OP_LE || c->op == WF_OP_GE;
    if (!truth) less = !less, or_equal = !or_equal;
    const char *smaller = less ? a.hi : b.hi, *larger = less ? b.lo : a.lo;
    require(h, ins(e, "icmp %s i64 %s, %s", or_equal ? "sle" : "slt", smaller, larger));
    return 1;
}

/* A guard: the condition depends on where the block is, so for most blocks all threads agree. */
static void guard(range_test *h, const wf_stmt *s, int truth) {
    const char *before = h->ok;
    h->saw_block = 0;
    if (require_condition(h, s->expr, truth) && h->saw_block)
        *map_at(h->assumed, s) = truth ? (void *)1 : (void *)2;
    else h->ok = before;
}

static int is_return(const wf_stmt *s) {
    while (s && s->kind == WF_ST_BLOCK && s->body && !s->body->next) s = s->body;
    return s && s->kind == WF_ST_RETURN;
}

/* --- accesses --- */

static void access(range_test *h, const wf_expr *x) {
    emitter *e = h->e;
    if (!is_pointer(x->a->type) || x->a->kind != WF_EX_VAR || h->found == ACCESSES_MOST) return;
    const wf_var *v = x->a->u.var;
    if (v->space != WF_SPACE_LOCAL || v->number >= h->in->scan->var_count) return;
    const scan_var *sv = &h->in->scan->vars[v->number];
    local *l = &h->in->locals[v->number];
    if (sv->decl || sv->assigned || sv->escapes || l->store != LOCAL_SLOTS)
        return; /* a parameter that stays */
    val p = slot_get(e, &l->slots[0]);
    if (p.kind > K_BLOCK || p.root <= ROOT_NONE) return;
    const char *before = h->ok, *lo, *size;
    int64_t bytes = (int64_t)wf_type_size(x->type);
    span s;
    if (bytes <= 0 || bytes > 4096 || !span_of(h, x->b, &s)) {
        h->ok = before;
        return;
    }
    root_of(e, p, &lo, &size);
    require_within(h, &s, -FAR, FAR);
    const char *start = ins(e, "sub i64 %s, %s", ins(e, "ptrtoint ptr %s to i64", p.op), lo);
    require(h, ins(e, "icmp ult i64 %s, %lld", start, (long long)FAR));
    const char *first = ins(e, "add i64 %s, %s", start, ins(e, "mul i64 %s, %lld", s.lo, (long long)bytes));
    const char *last = ins(e, "add i64 %s, %s", start, ins(e, "mul i64 %s, %lld", s.hi, (long long)bytes));
    require(h, ins(e, "icmp sge i64 %s, 0", first));
    require(h, ins(e, "icmp ule i64 %s, %s", ins(e, "add i64 %s, %lld", last, (long long)bytes), size));
    *map_at(h->proven, x) = h->proven;
    h->found++;
}

static int look_expr(range_test *h, const wf_expr *x) {
    if (!x) return 1;
    if (--h->nodes < 0 || x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR) return 0;
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
        default: return 0;
        }
    }
    return 1;
}

/* Between the head of the block loop and the group loop, parameters bound: an i1 that says whether the block
 * may run without checks and guards; NULL: nothing to gain. */
const char *block_in_range(emitter *e, inst *in, map **proven, map **assumed) {
    if (e->dry || !e->check || e->L == 1 || in->scan->has_barrier || in->scan->has_warp || in->scan->has_goto)
        return NULL;
    range_test h = {.e = e, .in = in, .nodes = NODES_MOST};
    h.proven = *proven = map_new(e->arena);
    h.assumed = *assumed = map_new(e->arena);
    h.spans = map_new(e->arena);
    inst *outer = e->inst;
    e->inst = in;
    int good = look(&h, in->func->body);
    if (good && h.always) require(&h, h.always);
    e->inst = outer;
    return good && h.found ? h.ok : NULL;
}
