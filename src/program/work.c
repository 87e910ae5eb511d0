/* program/work.c: how much arithmetic a launch does, for weft profile: counted in the kernel's tree, with the
 * arguments, grid and block of the launch.
 *
 * A few threads spread over the grid are followed through the tree. Integers are computed, so that sizes,
 * indices and the turns of loops are known; what comes out of memory or of floating-point arithmetic is not.
 * Counted are floating-point additions, multiplications and divisions, a fused multiply-add as two, and a
 * function of the device library as one, as for arrays. A loop whose condition comes nearer to its end by the
 * same step each time is followed for a few turns; the others are taken to go on as those did, which is exact
 * when the work of a turn is constant or grows evenly (loops over triangles).
 *
 * Where the way depends on data, the side that costs more counts. Where the number of turns does, nothing is
 * said: a launch's count is either about right or unknown. */
#include "program/inner.h"
#include "base/hash.h"
#include "lang/lang.h"
#include <string.h>

enum {
    SAMPLES = 16,       /* threads that are followed */
    SAME = 4,           /* so many alike are enough */
    NODES = 200000,     /* of the tree visited for a thread: beyond, nothing is said */
    CALLS = 24,         /* functions inside functions */
    TURNS_FOLLOWED = 8, /* of a loop, before the rest is taken from those */
    TURNS_KEPT = 4      /* of these the steps must agree */
};

typedef struct value {
    int known;
    int64_t i;
} value;

typedef enum flow { NEXT, BREAK, CONTINUE, RETURN } flow;

/* The thread that is followed. */
typedef struct walk {
    const wf_kernel *kernel;
    const wf_launch_config *config;
    const unsigned char *params;
    uint32_t thread[3], block[3];
    double operations, doubles; /* so far; doubles: those in float64, counted in operations too */
    uint32_t nodes, calls;
    int written; /* a structure that is an argument was written to: its members are not known any more */
    int lost;    /* nothing can be said */
} walk;

/* A function being followed. */
typedef struct frame {
    value *vars; /* by wf_var.number */
    uint32_t count;
    int loops; /* open ones */
    value result;
} frame;

static const value unknown = {0, 0};

static value known(int64_t i) { return (value){1, i}; }

static value eval(walk *w, frame *f, const wf_expr *e);
static flow run(walk *w, frame *f, const wf_stmt *s);

static void count(walk *w, const wf_type *type, double operations) {
    if (!wf_type_is_float(type)) return;
    w->operations += operations;
    if (wf_type_is(type, WF_TY_DOUBLE)) w->doubles += operations;
}

/* ---- integers -------------------------------------------------------------------------------------------
 */

/* i as a value of the type holds it. */
static int64_t wrapped(const wf_type *type, uint64_t i) {
    if (wf_type_is(type, WF_TY_BOOL)) return i != 0;
    unsigned bits = 8 * (unsigned)wf_type_size(type);
    if (bits == 0 || bits >= 64) return (int64_t)i;
    uint64_t low = i & ((UINT64_C(1) << bits) - 1);
    return wf_type_is_signed(type) && low >> (bits - 1) ? (int64_t)(low | ~UINT64_C(0) << bits)
                                                        : (int64_t)low;
}

static int64_t divided(const wf_type *type, int rest, int64_t a, int64_t b) {
    if (b == 0) return rest ? a : 0;
    if (!wf_type_is_signed(type)) {
        uint64_t x = (uint64_t)a, y = (uint64_t)b;
        return (int64_t)(rest ? x % y : x / y);
    }
    if (b == -1) return rest ? 0 : (int64_t)(0 - (uint64_t)a);
    return rest ? a % b : a / b;
}

/* Operands of `type`, which for comparisons is theirs. */
static int64_t compute(const wf_type *type, int op, int64_t a, int64_t b) {
    unsigned width = 8 * (unsigned)wf_type_size(type);
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    int is_signed = wf_type_is_signed(type);
    switch (op) {
    case WF_OP_ADD: return (int64_t)(x + y);
    case WF_OP_SUB: return (int64_t)(x - y);
    case WF_OP_MUL: return (int64_t)(x * y);
    case WF_OP_DIV: return divided(type, 0, a, b);
    case WF_OP_REM: return divided(type, 1, a, b);
    case WF_OP_SHL: return (int64_t)(x << (y & (width - 1)));
    case WF_OP_SHR: return is_signed ? a >> (y & (width - 1)) : (int64_t)(x >> (y & (width - 1)));
    case WF_OP_AND: return a & b;
    case WF_OP_XOR: return a ^ b;
    case WF_OP_OR: return a | b;
    case WF_OP_LT: return is_signed ? a < b : x < y;
    case WF_OP_LE: return is_signed ? a <= b : x <= y;
    case WF_OP_GT: return is_signed ? a > b : x > y;
    case WF_OP_GE: return is_signed ? a >= b : x >= y;
    case WF_OP_EQ: return a == b;
    default: return a != b; /* NE */
    }
}

static int is_comparison(int op) { return op >= WF_OP_LT && op <= WF_OP_NE; }

static int is_known_kind(const wf_type *type) { return wf_type_is_integer(type); }

/* ---- variables ------------------------------------------------------------------------------------------
 */

static value *slot(frame *f, const wf_expr *e) {
    if (e->kind != WF_EX_VAR) return NULL;
    const wf_var *v = e->u.var;
    int local = v->space == WF_SPACE_LOCAL && v->number < f->count && !v->address_taken;
    return local && is_known_kind(v->type) ? &f->vars[v->number] : NULL;
}

static value stored(walk *w, frame *f, const wf_expr *to, value v) {
    value *place = slot(f, to);
    if (to->kind == WF_EX_MEMBER || (to->kind == WF_EX_VAR && wf_type_is(to->type, WF_TY_RECORD)))
        w->written = 1;
    if (v.known && is_known_kind(to->type)) v.i = wrapped(to->type, (uint64_t)v.i);
    if (place) *place = v;
    return v;
}

static value read_bytes(const wf_type *type, const unsigned char *bytes) {
    uint64_t i = 0;
    if (!is_known_kind(type)) return unknown;
    memcpy(&i, bytes, (size_t)wf_type_size(type));
    return known(wrapped(type, i));
}

/* threadIdx.x and its kin; a member of a structure that is an argument and is not written to. */
static value member(walk *w, const wf_expr *e) {
    const wf_expr *a = e->a;
    uint32_t field = e->u.field;
    if (a->kind == WF_EX_BUILTIN && field < 3) switch (a->u.call.builtin) {
        case WF_BI_THREAD_IDX: return known(w->thread[field]);
        case WF_BI_BLOCK_IDX: return known(w->block[field]);
        case WF_BI_BLOCK_DIM: return known(w->config->block[field]);
        case WF_BI_GRID_DIM: return known(w->config->grid[field]);
        default: return unknown;
        }
    if (a->kind != WF_EX_VAR || !a->u.var->is_param || !wf_type_is(a->type, WF_TY_RECORD)) return unknown;
    const wf_var *p = w->kernel->func->params;
    uint32_t index = 0;
    for (; p && p != a->u.var; p = p->next) index++;
    if (!p || p->address_taken || w->written) return unknown;
    const wf_field *what = &a->type->record->fields[field];
    if (what->bit_width) return unknown;
    return read_bytes(what->type, w->params + w->kernel->signature->params[index].offset + what->offset);
}

/* ---- expressions ----------------------------------------------------------------------------------------
 */

/* Both sides of a way that depends on data: the one that costs more counts, and variables that are no longer
 * the same in both are unknown. */
typedef struct fork {
    value *vars; /* as they were; from wf_malloc */
    double operations, doubles, first, first_doubles;
} fork;

static value *copy_of(const value *vars, uint32_t count_) {
    value *copy = wf_malloc((count_ + 1) * sizeof *copy);
    if (copy && count_) memcpy(copy, vars, count_ * sizeof *copy);
    return copy;
}

static int fork_begin(walk *w, const frame *f, fork *k) {
    *k = (fork){copy_of(f->vars, f->count), w->operations, w->doubles, 0, 0};
    if (!k->vars) w->lost = 1;
    return k->vars != NULL;
}

static void forget_changed(frame *f, const value *before) {
    for (uint32_t i = 0; i < f->count; i++)
        if (f->vars[i].known != before[i].known || f->vars[i].i != before[i].i) f->vars[i] = unknown;
}

static void fork_middle(walk *w, frame *f, fork *k) {
    k->first = w->operations - k->operations, k->first_doubles = w->doubles - k->doubles;
    w->operations = k->operations, w->doubles = k->doubles;
    for (uint32_t i = 0; i < f->count; i++) { /* the second side begins as the first did */
        value after = f->vars[i];
        f->vars[i] = k->vars[i];
        k->vars[i] = after;
    }
}

static void fork_end(walk *w, frame *f, fork *k) {
    if (w->operations - k->operations < k->first)
        w->operations = k->operations + k->first, w->doubles = k->doubles + k->first_doubles;
    forget_changed(f, k->vars);
    wf_free(k->vars);
}

static value cond(walk *w, frame *f, const wf_expr *e) {
    fork k;
    value a = eval(w, f, e->a);
    if (a.known) return eval(w, f, a.i ? e->b : e->c);
    if (!fork_begin(w, f, &k)) return unknown;
    eval(w, f, e->b);
    fork_middle(w, f, &k);
    eval(w, f, e->c);
    fork_end(w, f, &k);
    return unknown;
}

static value binary(walk *w, frame *f, const wf_expr *e) {
    value a = eval(w, f, e->a);
    if (e->op == WF_OP_LAND || e->op == WF_OP_LOR) {
        if (a.known && (a.i != 0) == (e->op == WF_OP_LOR)) return known(e->op == WF_OP_LOR);
        value b = eval(w, f, e->b);
        if (a.known) return b;
        return b.known && (b.i != 0) == (e->op == WF_OP_LOR) ? known(e->op == WF_OP_LOR) : unknown;
    }
    value b = eval(w, f, e->b);
    const wf_type *type = is_comparison(e->op) ? e->a->type : e->type;
    if (!is_comparison(e->op)) count(w, type, 1);
    if (!a.known || !b.known || !is_known_kind(type)) return unknown;
    int64_t i = compute(type, e->op, a.i, b.i);
    return known(is_comparison(e->op) ? i : wrapped(type, (uint64_t)i));
}

static value update(walk *w, frame *f, const wf_expr *e) {
    const wf_type *type = e->u.compute;
    value a = eval(w, f, e->a), b = eval(w, f, e->b);
    count(w, type, 1);
    if (!a.known || !b.known || !is_known_kind(type)) return stored(w, f, e->a, unknown);
    return stored(w, f, e->a, known(compute(type, e->op, wrapped(type, (uint64_t)a.i), b.i)));
}

static value step(walk *w, frame *f, const wf_expr *e) {
    value a = eval(w, f, e->a);
    count(w, e->a->type, 1);
    if (!a.known) return unknown;
    value after = stored(w, f, e->a, known(a.i + (e->op == WF_OP_ADD ? 1 : -1)));
    return e->u.post ? a : after;
}

static value cast(walk *w, frame *f, const wf_expr *e) {
    value a = eval(w, f, e->a);
    int stays = (e->cast == WF_CAST_NUMERIC || e->cast == WF_CAST_QUAL) && is_known_kind(e->type) &&
                is_known_kind(e->a->type);
    return a.known && stays ? known(wrapped(e->type, (uint64_t)a.i)) : unknown;
}

static value builtin(walk *w, frame *f, const wf_expr *e) {
    value a[2] = {unknown, unknown};
    for (uint32_t i = 0; i < e->u.call.count; i++) {
        value v = eval(w, f, e->u.call.args[i]);
        if (i < 2) a[i] = v;
    }
    switch (e->u.call.builtin) {
    case WF_BI_FMA: count(w, e->type, 2); return unknown;
    case WF_BI_SQRT:
    case WF_BI_ADD_RN:
    case WF_BI_SUB_RN:
    case WF_BI_MUL_RN:
    case WF_BI_DIV_RN:
    case WF_BI_FMIN:
    case WF_BI_FMAX:
    case WF_BI_ATOMIC_ADD:
    case WF_BI_ATOMIC_SUB: count(w, e->type, 1); return unknown;
    case WF_BI_WARP_SIZE: return known(32);
    case WF_BI_ON_GPU: return known(0); /* the half that is written out */
    case WF_BI_MIN:
    case WF_BI_MAX: {
        count(w, e->type, 1);
        if (!a[0].known || !a[1].known || !is_known_kind(e->type)) return unknown;
        int less = (int)compute(e->type, WF_OP_LT, a[0].i, a[1].i);
        return less == (e->u.call.builtin == WF_BI_MIN) ? a[0] : a[1];
    }
    default: return unknown;
    }
}

static value call(walk *w, frame *f, const wf_expr *e) {
    const wf_func *func = e->u.call.func;
    value *vars = wf_calloc(func->local_count + 1, sizeof *vars);
    frame inner = {vars, func->local_count, 0, unknown};
    const wf_var *p = func->params;
    if (!vars) w->lost = 1;
    for (uint32_t i = 0; i < e->u.call.count; i++) {
        value v = eval(w, f, e->u.call.args[i]);
        if (vars && p && p->number < inner.count && is_known_kind(p->type)) vars[p->number] = v;
        if (p) p = p->next;
    }
    if (func->flags & WF_FN_LIBRARY) count(w, e->type, 1);
    else if (!func->body || w->calls >= CALLS) w->lost = 1;
    else if (!w->lost) {
        w->calls++;
        run(w, &inner, func->body);
        w->calls--;
    }
    wf_free(vars);
    return inner.result;
}

static value eval(walk *w, frame *f, const wf_expr *e) {
    if (!e || w->lost) return unknown;
    if (++w->nodes > NODES) {
        w->lost = 1;
        return unknown;
    }
    switch (e->kind) {
    case WF_EX_INT: return is_known_kind(e->type) ? known((int64_t)e->u.i) : unknown;
    case WF_EX_VAR: {
        value *place = slot(f, e);
        return place ? *place : unknown;
    }
    case WF_EX_UNARY: {
        value a = eval(w, f, e->a);
        if (!a.known || !is_known_kind(e->type)) return unknown;
        return known(wrapped(e->type, e->op == WF_OP_NEG   ? 0 - (uint64_t)a.i
                                      : e->op == WF_OP_NOT ? ~(uint64_t)a.i
                                                           : (uint64_t)!a.i));
    }
    case WF_EX_BINARY: return binary(w, f, e);
    case WF_EX_COND: return cond(w, f, e);
    case WF_EX_COMMA: eval(w, f, e->a); return eval(w, f, e->b);
    case WF_EX_ASSIGN: {
        value b = eval(w, f, e->b);
        if (e->a->kind != WF_EX_VAR) eval(w, f, e->a);
        return stored(w, f, e->a, b);
    }
    case WF_EX_UPDATE: return update(w, f, e);
    case WF_EX_STEP: return step(w, f, e);
    case WF_EX_CAST: return cast(w, f, e);
    case WF_EX_MEMBER: {
        value v = member(w, e);
        if (!v.known) eval(w, f, e->a);
        return v;
    }
    case WF_EX_DEREF:
    case WF_EX_ADDR: eval(w, f, e->a); return unknown;
    case WF_EX_INDEX: eval(w, f, e->a), eval(w, f, e->b); return unknown;
    case WF_EX_CALL: return call(w, f, e);
    case WF_EX_CALLPTR: w->lost = 1; return unknown;
    case WF_EX_BUILTIN: return builtin(w, f, e);
    case WF_EX_INIT:
        for (uint32_t i = 0; i < e->u.init.count; i++) eval(w, f, e->u.init.items[i]);
        return unknown;
    default: return unknown;
    }
}

/* ---- loops ----------------------------------------------------------------------------------------------
 */

/* What a loop showed at the beginning of its last turns. */
typedef struct turns {
    uint32_t count;
    double distance[TURNS_KEPT + 1], operations[TURNS_KEPT + 1], doubles[TURNS_KEPT + 1];
} turns;

/* The condition; for a comparison of integers also how far it is from its end. */
static value condition(walk *w, frame *f, const wf_expr *e, double *distance) {
    *distance = 0;
    if (e->kind != WF_EX_BINARY || !is_comparison(e->op) || !is_known_kind(e->a->type)) return eval(w, f, e);
    value a = eval(w, f, e->a), b = eval(w, f, e->b);
    if (!a.known || !b.known) return unknown;
    *distance = wf_type_is_signed(e->a->type) ? (double)b.i - (double)a.i
                                              : (double)(uint64_t)b.i - (double)(uint64_t)a.i;
    return known(compute(e->a->type, e->op, a.i, b.i));
}

static void remember(turns *t, const walk *w, double distance) {
    if (t->count > TURNS_KEPT) {
        memmove(t->distance, t->distance + 1, TURNS_KEPT * sizeof *t->distance);
        memmove(t->operations, t->operations + 1, TURNS_KEPT * sizeof *t->operations);
        memmove(t->doubles, t->doubles + 1, TURNS_KEPT * sizeof *t->doubles);
    }
    uint32_t at = t->count < TURNS_KEPT ? t->count : TURNS_KEPT;
    t->distance[at] = distance, t->operations[at] = w->operations, t->doubles[at] = w->doubles;
    t->count++;
}

/* How many turns are still to come, this one included; 0: that cannot be told. */
static double turns_left(const turns *t, int op) {
    double by = t->distance[TURNS_KEPT] - t->distance[TURNS_KEPT - 1], at = t->distance[TURNS_KEPT];
    for (int i = 1; i < TURNS_KEPT; i++)
        if (t->distance[i] - t->distance[i - 1] != by) return 0;
    if (by == 0 || (by < 0) != (at > 0)) return 0;
    double left = at / -by;
    int64_t whole = (int64_t)left;
    if (op == WF_OP_LE || op == WF_OP_GE) return (double)(whole + 1);
    if (op == WF_OP_NE && (double)whole != left) return 0;
    return (double)(whole + ((double)whole < left));
}

/* `left` turns more that cost as the kept ones did: c, c + g, c + 2 g … */
static double continued(const double *at, double left) {
    double last = at[TURNS_KEPT] - at[TURNS_KEPT - 1], first = at[1] - at[0];
    double growth = (last - first) / (TURNS_KEPT - 1);
    if (growth < 0 && last + growth * left < 0) left = last / -growth;
    return left * last + growth * left * (left + 1) / 2;
}

static flow loop(walk *w, frame *f, const wf_stmt *s) {
    value *before = copy_of(f->vars, f->count);
    turns t = {.count = 0};
    flow result = NEXT;
    if (!before) w->lost = 1;
    f->loops++;
    for (int first = s->kind == WF_ST_DO; !w->lost; first = 0) {
        double distance = 0;
        if (!first && s->expr) {
            value c = condition(w, f, s->expr, &distance);
            if (!c.known) w->lost = 1;
            if (!c.known || !c.i) break;
            remember(&t, w, distance);
            double left = t.count > TURNS_FOLLOWED ? turns_left(&t, s->expr->op) : 0;
            if (left > 0) {
                w->operations += continued(t.operations, left);
                w->doubles += continued(t.doubles, left);
                forget_changed(f, before);
                break;
            }
        }
        flow way = run(w, f, s->body);
        if (way == RETURN) result = RETURN;
        if (way == RETURN || way == BREAK) break;
        eval(w, f, s->step);
    }
    f->loops--;
    wf_free(before);
    return result;
}

/* ---- statements -----------------------------------------------------------------------------------------
 */

static flow run_list(walk *w, frame *f, const wf_stmt *s) {
    flow way = NEXT;
    for (; s && way == NEXT && !w->lost; s = s->next) way = run(w, f, s);
    return way;
}

static flow run_if(walk *w, frame *f, const wf_stmt *s) {
    fork k;
    value c = eval(w, f, s->expr);
    if (c.known) return c.i ? run(w, f, s->body) : s->other ? run(w, f, s->other) : NEXT;
    if (!fork_begin(w, f, &k)) return NEXT;
    flow a = run(w, f, s->body);
    fork_middle(w, f, &k);
    flow b = s->other ? run(w, f, s->other) : NEXT;
    fork_end(w, f, &k);
    if (a == b) return a;
    if (f->loops) w->lost = 1; /* how many turns there are depends on data */
    return NEXT;
}

static flow run_switch(walk *w, frame *f, const wf_stmt *s) {
    value v = eval(w, f, s->expr);
    const wf_stmt *begin = NULL;
    if (!v.known) {
        w->lost = 1;
        return NEXT;
    }
    for (const wf_stmt *c = s->body->body; c && (!begin || begin->kind == WF_ST_DEFAULT); c = c->next)
        if (c->kind == WF_ST_DEFAULT || (c->kind == WF_ST_CASE && (int64_t)c->value == v.i)) begin = c;
    flow way = run_list(w, f, begin);
    return way == BREAK ? NEXT : way;
}

static flow run(walk *w, frame *f, const wf_stmt *s) {
    if (!s || w->lost) return NEXT;
    switch (s->kind) {
    case WF_ST_EXPR: eval(w, f, s->expr); return NEXT;
    case WF_ST_DECL: {
        value v = eval(w, f, s->expr);
        if (s->var->number < f->count && s->var->space == WF_SPACE_LOCAL)
            f->vars[s->var->number] =
                s->expr && is_known_kind(s->var->type) && v.known && !s->var->address_taken
                    ? known(wrapped(s->var->type, (uint64_t)v.i))
                    : unknown;
        return NEXT;
    }
    case WF_ST_BLOCK: return run_list(w, f, s->body);
    case WF_ST_IF: return run_if(w, f, s);
    case WF_ST_FOR: run(w, f, s->init); return loop(w, f, s);
    case WF_ST_WHILE:
    case WF_ST_DO: return loop(w, f, s);
    case WF_ST_SWITCH: return run_switch(w, f, s);
    case WF_ST_BREAK: return BREAK;
    case WF_ST_CONTINUE: return CONTINUE;
    case WF_ST_RETURN: f->result = eval(w, f, s->expr); return RETURN;
    case WF_ST_GOTO: w->lost = 1; return NEXT;
    default: return NEXT;
    }
}

/* ---- a launch -------------------------------------------------------------------------------------------
 */

static uint64_t product(const uint32_t n[3]) { return (uint64_t)n[0] * n[1] * n[2]; }

/* The place of number `at` in a grid or block. */
static void place(const uint32_t n[3], uint64_t at, uint32_t out[3]) {
    out[0] = (uint32_t)(at % n[0]);
    out[1] = (uint32_t)(at / n[0] % n[1]);
    out[2] = (uint32_t)(at / n[0] / n[1]);
}

/* Sample k of a range, spread evenly however many are taken: the fractional parts of multiples of an
 * irrational number. */
static uint64_t spread(uint64_t range, uint32_t k, double irrational) {
    double at = 0.5 + k * irrational;
    return (uint64_t)((at - (double)(uint64_t)at) * (double)range);
}

/* 0: nothing can be said of this thread. */
static int follow(walk *w, uint32_t sample) {
    const wf_func *func = w->kernel->func;
    value *vars = wf_calloc(func->local_count + 1, sizeof *vars);
    if (!vars) return 0;
    place(w->config->block, spread(product(w->config->block), sample, 0.7548776662466927), w->thread);
    place(w->config->grid, spread(product(w->config->grid), sample, 0.6180339887498949), w->block);
    w->operations = w->doubles = 0;
    w->nodes = w->calls = 0;
    w->written = 0;
    frame f = {vars, func->local_count, 0, unknown};
    uint32_t i = 0;
    for (const wf_var *p = func->params; p; p = p->next, i++)
        if (p->number < f.count)
            vars[p->number] = read_bytes(p->type, w->params + w->kernel->signature->params[i].offset);
    run(w, &f, func->body);
    wf_free(vars);
    return !w->lost;
}

static wf_work count_work(const wf_kernel *kernel, const wf_launch_config *config, const void *params) {
    walk w = {.kernel = kernel, .config = config, .params = params};
    double operations = 0, doubles = 0, first = 0;
    uint32_t taken = 0, alike = 1;
    uint64_t threads = product(config->grid) * product(config->block);
    while (taken < SAMPLES && taken < threads && !(alike && taken >= SAME)) {
        if (!follow(&w, taken)) return (wf_work){0, 0};
        operations += w.operations, doubles += w.doubles;
        if (!taken) first = w.operations;
        alike = alike && w.operations == first;
        taken++;
    }
    double all = taken ? operations / taken * (double)threads : 0;
    return all < 9e18 ? (wf_work){(uint64_t)all, 2 * doubles > operations} : (wf_work){0, 0};
}

/* What of the arguments decides the count: all but the pointers. */
static wf_hash128 key_of(const wf_kernel *kernel, const wf_launch_config *config,
                         const unsigned char *params) {
    const wf_signature *s = kernel->signature;
    wf_hash128 key = wf_hash128_of(config->block, sizeof config->block,
                                   (wf_hash128){product(config->grid), config->grid[0]});
    uint32_t at = 0;
    for (uint32_t i = 0; i < s->leaf_count; i++) {
        key = wf_hash128_of(params + at, s->leaves[i].offset - at, key);
        at = s->leaves[i].offset + (uint32_t)sizeof(wf_address);
    }
    return wf_hash128_of(params + at, s->size - at, key);
}

wf_work wf_kernel_work(wf_kernel *kernel, const wf_launch_config *config, const void *params) {
    wf_program *program = kernel->program;
    if (!kernel->signature || !kernel->func->body || !wf_unit_fits_stack(program->unit))
        return (wf_work){0, 0};
    wf_hash128 key = key_of(kernel, config, params);
    pthread_mutex_lock(&program->lock);
    wf_work work = kernel->work;
    int same = kernel->work_key.lo == key.lo && kernel->work_key.hi == key.hi;
    pthread_mutex_unlock(&program->lock);
    if (same) return work;
    work = count_work(kernel, config, params);
    pthread_mutex_lock(&program->lock);
    kernel->work = work, kernel->work_key = key;
    pthread_mutex_unlock(&program->lock);
    return work;
}
