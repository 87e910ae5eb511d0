/* pyfunc/parallel.c: loops whose iterations run at the same time: prange, and whole-array work.
 *
 * The loop's body becomes a kernel of its own, whose blocks are pieces of the range; the function asks the
 * host to launch it (WF_PF_ASK_LAUNCH). What the body reads of the function's variables travels as the
 * kernel's parameters: after the body was lowered its tree is walked, and each variable that it did not
 * declare becomes a parameter.
 *
 * A variable that is assigned in the body is the iteration's own if nothing outside of the loop assigns or
 * reads it. Else it must be a reduction: every assignment in the body has the form x op= e or x = op(x, e)
 * with one op, and nothing else in the body reads x. Each piece begins with the op's neutral element and
 * leaves what it found in an array; the function then combines them in the order of the pieces. The pieces
 * depend on the number of iterations alone, so the result does not depend on the number of threads. A
 * loop that fits neither runs in order. */
#include "pyfunc/lower.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { PIECES_MOST = 256, REDUCTIONS_MAX = 16, LEAVES_MAX = 256, NDIM_MAX = 9 };

typedef struct reduction {
    uint32_t web;
    wf_pf_op op; /* ADD, SUB, MUL, AND, OR, XOR; LT: min; GT: max */
} reduction;

struct wf_pf_plan {
    reduction reductions[REDUCTIONS_MAX];
    uint32_t reduction_count;
    uint32_t *own; /* webs of the iteration */
    uint32_t own_count;
};

/* ---- what the loop assigns ---- */

typedef struct survey {
    wf_pf_body *b;
    uint32_t low, high; /* numbers of the loop's expressions */
    wf_pf_plan *plan;
    int bad;
} survey;

static void span_expr(survey *s, const wf_pf_expr *e) {
    if (!e) return;
    if (e->number < s->low) s->low = e->number;
    if (e->number > s->high) s->high = e->number;
    span_expr(s, e->a);
    span_expr(s, e->b);
    span_expr(s, e->c);
    for (uint32_t i = 0; i < e->count; i++) span_expr(s, e->items[i]);
}

/* jumps: a break or continue would be this loop's. */
static void span_body(survey *s, const wf_pf_stmt *at, int jumps) {
    for (; at; at = at->next) {
        if (at->kind == WF_PF_RETURN || (at->kind == WF_PF_BREAK && jumps)) s->bad = 1;
        span_expr(s, at->value);
        for (uint32_t i = 0; i < at->target_count; i++) span_expr(s, at->targets[i]);
        int inner = at->kind == WF_PF_FOR || at->kind == WF_PF_WHILE;
        span_body(s, at->body, jumps && !inner);
        span_body(s, at->other, jumps);
    }
}

/* Does anything outside of the loop assign or read this web? */
static int lives_outside(const survey *s, uint32_t web) {
    const wf_pf_function *f = s->b->in->f;
    const wf_pf_webs *w = s->b->in->webs;
    if (w->webs[web].is_param) return 1;
    for (uint32_t i = 0; i < f->expr_count; i++)
        if ((i < s->low || i > s->high) && (w->def[i] == web || w->use[i] == web)) return 1;
    return 0;
}

static int is_local(const survey *s, const wf_pf_expr *e, uint32_t web) {
    return e->kind == WF_PF_LOCAL && s->b->in->webs->use[e->number] == web;
}

static int uses_inside(const survey *s, uint32_t web) {
    int count = 0;
    for (uint32_t i = s->low; i <= s->high; i++) count += s->b->in->webs->use[i] == web;
    return count;
}

/* The op of an assignment to `web` that is one step of a reduction; WF_PF_OP_COUNT: it is none. */
static wf_pf_op step_of(const survey *s, const wf_pf_stmt *at, uint32_t web) {
    const wf_pf_expr *v = at->value;
    if (at->kind == WF_PF_AUGASSIGN) return at->op;
    if (at->kind != WF_PF_ASSIGN || at->target_count != 1) return WF_PF_OP_COUNT;
    if (v->kind == WF_PF_BINARY && (is_local(s, v->a, web) || (v->op != WF_PF_SUB && is_local(s, v->b, web))))
        return v->op;
    if (v->kind == WF_PF_CALL && v->count == 2 && !v->keyword_count && v->a->kind == WF_PF_CONST &&
        v->a->value->kind == WF_PF_V_CALL &&
        (is_local(s, v->items[0], web) || is_local(s, v->items[1], web))) {
        const char *name = v->a->value->text;
        if (!strcmp(name, "min") || !strcmp(name, "numpy.minimum")) return WF_PF_LT;
        if (!strcmp(name, "max") || !strcmp(name, "numpy.maximum")) return WF_PF_GT;
    }
    return WF_PF_OP_COUNT;
}

static void count_steps(const survey *s, const wf_pf_stmt *at, uint32_t web, wf_pf_op *op, int *steps) {
    for (; at; at = at->next) {
        for (uint32_t i = 0; i < at->target_count; i++) {
            if (at->targets[i]->kind != WF_PF_LOCAL || s->b->in->webs->def[at->targets[i]->number] != web)
                continue;
            wf_pf_op one = step_of(s, at, web);
            ++*steps;
            *op = *steps == 1 || *op == one ? one : WF_PF_OP_COUNT;
        }
        count_steps(s, at->body, web, op, steps);
        count_steps(s, at->other, web, op, steps);
    }
}

static int known_web(const wf_pf_plan *p, uint32_t web) {
    for (uint32_t i = 0; i < p->reduction_count; i++)
        if (p->reductions[i].web == web) return 1;
    for (uint32_t i = 0; i < p->own_count; i++)
        if (p->own[i] == web) return 1;
    return 0;
}

static void classify(survey *s, const wf_pf_stmt *loop, uint32_t web) {
    wf_pf_op op = WF_PF_OP_COUNT;
    int steps = 0, defs = 0;
    if (web == WF_PF_NO_WEB || known_web(s->plan, web)) return;
    if (!lives_outside(s, web)) {
        s->plan->own[s->plan->own_count++] = web;
        return;
    }
    for (uint32_t i = s->low; i <= s->high; i++) defs += s->b->in->webs->def[i] == web;
    count_steps(s, loop->body, web, &op, &steps);
    int good = op == WF_PF_ADD || op == WF_PF_SUB || op == WF_PF_MUL || op == WF_PF_AND || op == WF_PF_OR ||
               op == WF_PF_XOR || op == WF_PF_LT || op == WF_PF_GT;
    if (!good || steps != defs || uses_inside(s, web) != steps || s->plan->reduction_count == REDUCTIONS_MAX)
        s->bad = 1;
    else s->plan->reductions[s->plan->reduction_count++] = (reduction){web, op};
}

/* Sums of text or lists have an order that counts. */
static int can_be_combined(const wf_pf_type *type) {
    return !type || type->kind == WF_PF_T_UNKNOWN || wf_pf_is_number(type) || type->kind == WF_PF_T_ARRAY;
}

const wf_pf_plan *wf_pf_piece_plan(wf_pf_body *b, const wf_pf_stmt *loop) {
    survey s = {.b = b, .low = UINT32_MAX};
    if (b->piece || b->handler || !b->l->options.parallel || !b->l->options.hooks || loop->other) return NULL;
    s.plan = WF_NEW(&b->l->u->arena, wf_pf_plan);
    s.plan->own = WF_NEW_ARRAY(&b->l->u->arena, uint32_t, b->in->webs->count + 1);
    span_expr(&s, loop->targets[0]);
    span_body(&s, loop->body, 1);
    for (uint32_t i = s.low; i <= s.high && !s.bad; i++) classify(&s, loop, b->in->webs->def[i]);
    for (uint32_t i = 0; i < s.plan->reduction_count; i++)
        if (!can_be_combined(b->in->vars[s.plan->reductions[i].web].type)) return NULL;
    return s.bad ? NULL : s.plan;
}

/* ---- the piece ---- */

typedef struct saved_var { /* what a web was outside */
    uint32_t web;
    wf_pf_var var;
} saved_var;

typedef struct wf_pf_piece {
    const wf_pf_plan *plan;
    wf_func *outer_func, *func;
    wf_stmt *outer_block, *outer_head;
    wf_var *outer_heap, *outer_broke;
    wf_pf_scope *outer_scope;
    uint32_t outer_uses;
    wf_pf_count loop;
    wf_var *pieces;                    /* outside: how many */
    wf_var *partial[REDUCTIONS_MAX];   /* outside: address of what the pieces found */
    wf_pf_val found[REDUCTIONS_MAX];   /* array reductions: outside, the array of all pieces' arrays */
    wf_var *inside[REDUCTIONS_MAX][2]; /* numbers: the piece's own variable, of complex ones both parts */
    saved_var *saved;
    uint32_t saved_count;
    wf_place at;
} wf_pf_piece;

static const wf_type *long_type(wf_pf_body *b) { return wf_type_scalar(b->l->u, WF_TY_LONG); }
static wf_expr *number(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, long_type(b), (uint64_t)i, at);
}
static wf_expr *read(wf_pf_body *b, wf_var *var, wf_place at) { return wf_make_var(b->l->u, var, at); }

/* The element that changes nothing, as a `c`: the number, or a complex one's real part. */
static wf_expr *neutral(wf_pf_body *b, wf_pf_op op, const wf_pf_type *type, const wf_type *c, wf_place at) {
    wf_unit *u = b->l->u;
    if (type->kind == WF_PF_T_FLOAT && (op == WF_PF_LT || op == WF_PF_GT))
        return wf_make_cast(u, c,
                            wf_make_float(u, wf_type_scalar(u, WF_TY_DOUBLE),
                                          op == WF_PF_LT ? (double)INFINITY : (double)-INFINITY, at),
                            at);
    int64_t i = op == WF_PF_MUL ? 1 : op == WF_PF_AND ? -1 : 0;
    if (op == WF_PF_LT || op == WF_PF_GT) {
        int bits = type->bytes * 8;
        uint64_t top = type->kind == WF_PF_T_BOOL ? 1
                       : type->is_signed          ? ((uint64_t)1 << (bits - 1)) - 1
                       : bits == 64               ? UINT64_MAX
                                                  : ((uint64_t)1 << bits) - 1;
        i = (int64_t)(op == WF_PF_LT ? top : type->is_signed ? ~top : 0);
    }
    return wf_make_cast(u, c, wf_make_int(u, wf_type_scalar(u, WF_TY_LLONG), (uint64_t)i, at), at);
}

static void save_var(wf_pf_body *b, wf_pf_piece *p, uint32_t web) {
    p->saved[p->saved_count++] = (saved_var){web, b->in->vars[web]};
}

/* The iteration's own variables that have no one place to be declared at. */
static void declare_own(wf_pf_body *b, wf_pf_piece *p) {
    const wf_pf_webs *w = b->in->webs;
    for (uint32_t i = 0; p->plan && i < p->plan->own_count; i++) {
        uint32_t web = p->plan->own[i];
        wf_pf_var *var = &b->in->vars[web];
        save_var(b, p, web);
        if (!var->vars) continue;
        uint32_t count = wf_pf_leaf_count(var->type);
        const wf_type *types[LEAVES_MAX];
        if (!count || count > LEAVES_MAX) continue;
        wf_pf_leaf_types(b->l, var->type, types);
        var->vars = WF_NEW_ARRAY(&b->l->u->arena, wf_var *, count + 1);
        var->vars_type = var->type;
        for (uint32_t k = 0; k < count; k++) {
            wf_expr *zero = wf_make_cast(b->l->u, types[k], wf_pf_word(b, 0, p->at), p->at);
            var->vars[k] = wf_pf_temp(b, b->in->f->names[w->webs[web].name], types[k], zero, p->at);
        }
    }
}

/* What a variable is just now, as a value. */
static wf_pf_val value_of(wf_pf_body *b, uint32_t web, wf_place at) {
    wf_pf_var *var = &b->in->vars[web];
    if (var->bound) return *var->bound;
    if (!var->vars || var->vars_type != var->type) return wf_pf_unknown(b);
    uint32_t count = wf_pf_leaf_count(var->type);
    wf_expr **leaves = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) leaves[i] = read(b, var->vars[i], at);
    return wf_pf_val_of_leaves(b, var->type, leaves);
}

/* Outside, before the piece: room for what the pieces find. */
static void prepare_reduction(wf_pf_body *b, wf_pf_piece *p, uint32_t i) {
    wf_unit *u = b->l->u;
    const reduction *r = &p->plan->reductions[i];
    wf_pf_val v = value_of(b, r->web, p->at);
    const wf_pf_type *type = v.type;
    p->found[i] = wf_pf_unknown(b);
    if (type->kind == WF_PF_T_ARRAY && v.array && type->ndim < NDIM_MAX) {
        wf_expr *shape[NDIM_MAX] = {read(b, p->pieces, p->at)};
        for (int k = 0; k < type->ndim; k++) shape[k + 1] = wf_pf_extent(b, v, (uint32_t)k);
        wf_pf_val all = wf_pf_array_new(b, type->element, shape, type->ndim + 1, p->at);
        if (!all.array) return;
        wf_pf_val start = wf_pf_scalar(
            b, type->element, neutral(b, r->op, type->element, wf_pf_ctype(b->l, type->element), p->at));
        wf_pf_array_fill(b, all, start, p->at);
        p->found[i] = all;
        return;
    }
    if (!wf_pf_is_number(type)) {
        if (type->kind != WF_PF_T_UNKNOWN)
            wf_pf_error(b, p->at, "use a number or an array", "a reduction in prange() over %s",
                        wf_pf_spell(b, v));
        return;
    }
    const wf_type *parts[2];
    wf_pf_leaf_types(b->l, type, parts);
    wf_expr *bytes = wf_make_binary(u, WF_OP_MUL, read(b, p->pieces, p->at), number(b, 16, p->at), p->at);
    const wf_type *pointer = wf_type_pointer(u, parts[0]);
    p->partial[i] =
        wf_pf_temp(b, "partial", pointer,
                   wf_make_cast(u, pointer, wf_pf_heap_alloc_bytes(b, bytes, 0, p->at), p->at), p->at);
}

/* Where piece `chunk` leaves part k of a number with `count` parts. */
static wf_expr *partial_at(wf_pf_body *b, wf_pf_piece *p, uint32_t i, wf_expr *chunk, uint32_t count,
                           uint32_t k) {
    wf_unit *u = b->l->u;
    if (count > 1)
        chunk =
            wf_make_binary(u, WF_OP_ADD, wf_make_binary(u, WF_OP_MUL, chunk, number(b, count, p->at), p->at),
                           number(b, k, p->at), p->at);
    return wf_make_index(u, read(b, p->partial[i], p->at), chunk, p->at);
}

/* Inside, before the loop: the piece's own variable. */
static void begin_reduction(wf_pf_body *b, wf_pf_piece *p, uint32_t i, wf_expr *chunk) {
    wf_unit *u = b->l->u;
    const reduction *r = &p->plan->reductions[i];
    wf_pf_var *var = &b->in->vars[r->web];
    save_var(b, p, r->web);
    if (p->found[i].array) {
        wf_pf_val index = wf_pf_scalar(b, b->l->int64, chunk);
        index.nonneg = 1;
        wf_pf_val row = wf_pf_settle(b, wf_pf_array_row(b, p->found[i], index, p->at), p->at);
        wf_pf_val *kept = WF_NEW(&u->arena, wf_pf_val);
        *kept = row.type == var->type ? row : wf_pf_array_as(b, row, var->type, p->at);
        kept->stable = 1;
        var->bound = kept;
        return;
    }
    if (!p->partial[i]) return;
    const wf_type *parts[2];
    wf_pf_leaf_types(b->l, var->type, parts);
    var->vars = WF_NEW_ARRAY(&u->arena, wf_var *, 2);
    for (uint32_t k = 0; k < wf_pf_leaf_count(var->type); k++) {
        wf_expr *start = k ? wf_make_cast(u, parts[k], number(b, 0, p->at), p->at)
                           : neutral(b, r->op, var->type, parts[k], p->at);
        p->inside[i][k] =
            wf_pf_temp(b, b->in->f->names[b->in->webs->webs[r->web].name], parts[k], start, p->at);
        var->vars[k] = p->inside[i][k];
    }
    var->vars_type = var->type;
    var->bound = NULL;
}

wf_var *wf_pf_piece_begin(wf_pf_body *b, const wf_pf_plan *plan, wf_expr *start, wf_expr *stop, wf_expr *step,
                          int down, const char *name, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_piece *p = WF_NEW(&u->arena, wf_pf_piece);
    *p = (wf_pf_piece){.plan = plan, .outer_func = b->func, .at = at};
    p->saved = WF_NEW_ARRAY(&u->arena, saved_var, b->in->webs->count + REDUCTIONS_MAX + 1);
    /* count = max(0, ceil((stop - start) / step)), whatever the step's sign */
    wf_expr *span = wf_make_binary(u, WF_OP_SUB, wf_pf_clone(u, stop), wf_pf_clone(u, start), at);
    wf_expr *unit = wf_make_cond(u, wf_make_binary(u, WF_OP_GT, wf_pf_clone(u, step), number(b, 0, at), at),
                                 number(b, 1, at), number(b, -1, at), at);
    wf_expr *up =
        wf_make_binary(u, WF_OP_ADD, span, wf_make_binary(u, WF_OP_SUB, wf_pf_clone(u, step), unit, at), at);
    wf_expr *all = wf_make_binary(u, WF_OP_DIV, up, wf_pf_clone(u, step), at);
    wf_var *count =
        wf_pf_temp(b, "turns", long_type(b), wf_pf_builtin(b, WF_BI_MAX, at, 2, all, number(b, 0, at)), at);
    p->pieces =
        wf_pf_temp(b, "pieces", long_type(b),
                   wf_pf_builtin(b, WF_BI_MIN, at, 2, read(b, count, at), number(b, PIECES_MOST, at)), at);
    for (uint32_t i = 0; plan && i < plan->reduction_count; i++) prepare_reduction(b, p, i);
    wf_var *first = wf_pf_temp(b, "first", long_type(b), wf_pf_clone(u, start), at);
    wf_var *stride = wf_pf_temp(b, "stride", long_type(b), wf_pf_clone(u, step), at);

    p->outer_block = b->block;
    p->outer_head = b->head;
    p->outer_heap = b->heap;
    p->outer_broke = b->broke;
    p->outer_scope = b->scope;
    p->outer_uses = b->heap_uses;
    const char *kernel = wf_unit_unique_name(u, wf_arena_printf(&u->arena, "%s_piece", b->func->name));
    p->func = wf_func_new(u, kernel, wf_type_function(u, wf_type_scalar(u, WF_TY_VOID), NULL, 0, 0), at);
    p->func->shown = b->func->shown;
    p->func->flags = (b->func->flags & ~(uint32_t)(WF_FN_DEVICE | WF_FN_STATIC)) | WF_FN_KERNEL |
                     WF_FN_EXTERN_C | WF_FN_PIECE;
    b->piece = p;
    b->func = p->func;
    b->heap = NULL;
    b->broke = NULL;
    b->scope = NULL;
    b->block = b->head = wf_stmt_block(u, at);
    p->func->body = b->head;
    for (uint32_t i = 0, said = 0; !said && i < b->in->webs->count; i++)
        if ((said = (uint32_t)wf_pf_is_made_by_host(b->in->vars[i].type)) != 0) wf_pf_say_host_memory(b, at);
    wf_expr *block = wf_make_cast(
        u, long_type(b), wf_make_member(u, wf_make_builtin(u, WF_BI_BLOCK_IDX, NULL, 0, at), "x", at), at);
    wf_var *chunk = wf_pf_temp(b, "chunk", long_type(b), block, at);
    wf_expr *bounds[2];
    for (int k = 0; k < 2; k++) { /* turns * (chunk + k) / pieces, counted from the start by the step */
        wf_expr *n = wf_make_binary(u, WF_OP_ADD, read(b, chunk, at), number(b, k, at), at);
        n = wf_make_binary(u, WF_OP_DIV, wf_make_binary(u, WF_OP_MUL, read(b, count, at), n, at),
                           read(b, p->pieces, at), at);
        wf_expr *far = down == 0 && step->kind == WF_EX_INT && step->u.i == 1
                           ? n
                           : wf_make_binary(u, WF_OP_MUL, n, read(b, stride, at), at);
        wf_expr *e = wf_make_binary(u, WF_OP_ADD, read(b, first, at), far, at);
        bounds[k] = read(b, wf_pf_temp(b, k ? "to" : "from", long_type(b), e, at), at);
    }
    declare_own(b, p);
    for (uint32_t i = 0; plan && i < plan->reduction_count; i++) begin_reduction(b, p, i, read(b, chunk, at));
    p->loop = wf_pf_count_begin(b, bounds[0], bounds[1], wf_pf_clone(u, step), down, name, at);
    return p->loop.i;
}

/* ---- after the body: what it captured ---- */

typedef struct capture {
    wf_pf_body *b;
    wf_func *func;
    wf_var **from, **to;
    uint32_t count, capacity;
    wf_var **own; /* declared inside */
    uint32_t own_count, own_capacity;
} capture;

static void own_var(capture *c, wf_var *var) {
    if (c->own_count == c->own_capacity) {
        uint32_t capacity = c->own_capacity ? c->own_capacity * 2 : 32;
        wf_var **more = WF_NEW_ARRAY(&c->b->l->u->arena, wf_var *, capacity);
        if (c->own_count) memcpy(more, c->own, c->own_count * sizeof *more);
        c->own = more;
        c->own_capacity = capacity;
    }
    var->mark = c;
    c->own[c->own_count++] = var;
}

static wf_var *captured(capture *c, wf_var *var) {
    if (var->mark == c || var->space != WF_SPACE_LOCAL) return var;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->from[i] == var) return c->to[i];
    if (c->count == c->capacity) {
        uint32_t capacity = c->capacity ? c->capacity * 2 : 16;
        wf_var **from = WF_NEW_ARRAY(&c->b->l->u->arena, wf_var *, capacity * 2), **to = from + capacity;
        if (c->count) {
            memcpy(from, c->from, c->count * sizeof *from);
            memcpy(to, c->to, c->count * sizeof *to);
        }
        c->from = from;
        c->to = to;
        c->capacity = capacity;
    }
    c->from[c->count] = var;
    c->to[c->count] = wf_param_new(c->b->l->u, c->func, var->name, var->type, var->at);
    return c->to[c->count++];
}

static void capture_expr(capture *c, wf_expr *e) {
    if (!e) return;
    if (e->kind == WF_EX_VAR) e->u.var = captured(c, e->u.var);
    capture_expr(c, e->a);
    capture_expr(c, e->b);
    capture_expr(c, e->c);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALLPTR)
        for (uint32_t i = 0; i < e->u.call.count; i++) capture_expr(c, e->u.call.args[i]);
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++) capture_expr(c, e->u.init.items[i]);
}

static void own_stmt(capture *c, wf_stmt *s) {
    for (; s; s = s->next) {
        if (s->kind == WF_ST_DECL) own_var(c, s->var);
        own_stmt(c, s->init);
        own_stmt(c, s->body);
        own_stmt(c, s->other);
    }
}

static void capture_stmt(capture *c, wf_stmt *s) {
    for (; s; s = s->next) {
        capture_expr(c, s->expr);
        capture_expr(c, s->step);
        capture_stmt(c, s->init);
        capture_stmt(c, s->body);
        capture_stmt(c, s->other);
    }
}

static void capture_all(capture *c) {
    own_stmt(c, c->func->body);
    capture_stmt(c, c->func->body);
    for (uint32_t i = 0; i < c->own_count; i++) c->own[i]->mark = NULL;
    const wf_type **types = WF_NEW_ARRAY(&c->b->l->u->arena, const wf_type *, c->count + 1);
    for (uint32_t i = 0; i < c->count; i++) types[i] = c->to[i]->type;
    wf_unit *u = c->b->l->u;
    c->func->type = wf_type_function(u, wf_type_scalar(u, WF_TY_VOID), types, c->count, 0);
}

/* ---- the launch ---- */

static uint32_t piece_number(wf_pf_lower *l, const char *name) {
    if (l->piece_count == l->piece_capacity) {
        uint32_t capacity = l->piece_capacity ? l->piece_capacity * 2 : 8;
        const char **more = WF_NEW_ARRAY(&l->u->arena, const char *, capacity);
        if (l->piece_count) memcpy(more, l->pieces, l->piece_count * sizeof *more);
        l->pieces = more;
        l->piece_capacity = capacity;
    }
    l->pieces[l->piece_count] = name;
    return l->piece_count++;
}

static void launch(wf_pf_body *b, wf_pf_piece *p, const capture *c) {
    wf_unit *u = b->l->u;
    wf_var *given = NULL;
    if (c->count) {
        wf_record *record = wf_record_new(u, "wf_captured", 0, p->at);
        wf_field *fields = WF_NEW_ARRAY(&u->arena, wf_field, c->count);
        wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, c->count);
        for (uint32_t i = 0; i < c->count; i++) {
            fields[i].name = wf_arena_printf(&u->arena, "part%u", i);
            fields[i].type = c->from[i]->type->unqual;
            items[i] = read(b, c->from[i], p->at);
        }
        wf_record_finish(u, record, fields, c->count);
        const wf_type *type = wf_type_of_record(u, record);
        given = wf_local_new(u, b->func, "captured", type, p->at);
        wf_block_add(b->block, wf_stmt_decl(u, given, wf_make_init(u, type, items, c->count, p->at), p->at));
    }
    wf_expr *words[] = {wf_pf_word(b, piece_number(b->l, p->func->name), p->at), read(b, p->pieces, p->at),
                        given ? wf_pf_address(b, given, p->at) : wf_pf_word(b, 0, p->at)};
    static const char text[] = "ParallelError: a parallel loop ended early";
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, p->at);
    test->expr = wf_make_bool(u, wf_pf_ask_host(b, WF_PF_ASK_LAUNCH, words, 3, p->at));
    test->body =
        wf_stmt_expr(u, wf_pf_builtin(b, WF_BI_RAISE, p->at, 1,
                                      wf_make_value(u, wf_make_string(u, text, sizeof text - 1, p->at))));
    wf_block_add(b->block, test);
}

/* x = x op what the piece found */
static wf_pf_val combined(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at) {
    if (op == WF_PF_SUB) op = WF_PF_ADD;
    if (op != WF_PF_LT && op != WF_PF_GT) return wf_pf_binary(b, op, x, y, at);
    wf_pf_args args = {.count = 2, .at = at};
    args.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2);
    args.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, 2);
    args.v[0] = x;
    args.v[1] = y;
    return wf_pf_call_named(b, op == WF_PF_LT ? "min" : "max", &args);
}

static void combine_reduction(wf_pf_body *b, wf_pf_piece *p, uint32_t i) {
    wf_unit *u = b->l->u;
    const reduction *r = &p->plan->reductions[i];
    wf_pf_var *var = &b->in->vars[r->web];
    if (!p->partial[i] && !p->found[i].array) return;
    wf_pf_count c = wf_pf_count_begin(b, number(b, 0, p->at), read(b, p->pieces, p->at), number(b, 1, p->at),
                                      0, "k", p->at);
    wf_pf_val k = wf_pf_scalar(b, b->l->int64, read(b, c.i, p->at));
    k.nonneg = 1;
    if (p->found[i].array) {
        wf_pf_val row = wf_pf_settle(b, wf_pf_array_row(b, p->found[i], k, p->at), p->at),
                  own = value_of(b, r->web, p->at);
        wf_pf_op op = r->op == WF_PF_SUB ? WF_PF_ADD : r->op;
        if (own.array) wf_pf_array_fill(b, own, wf_pf_lazy_binary(b, op, own, row, p->at), p->at);
    } else if (var->vars) {
        uint32_t count = wf_pf_leaf_count(var->type);
        wf_expr *leaves[2];
        for (uint32_t part = 0; part < count; part++)
            leaves[part] = partial_at(b, p, i, read(b, c.i, p->at), count, part);
        wf_pf_val y = wf_pf_val_of_leaves(b, var->type, leaves);
        wf_pf_val sum = combined(b, r->op, value_of(b, r->web, p->at), y, p->at);
        if (sum.type->kind != WF_PF_T_UNKNOWN) {
            wf_pf_val_leaves(b, wf_pf_convert(b, sum, var->type, p->at), leaves);
            for (uint32_t part = 0; part < count; part++)
                wf_pf_emit(b,
                           wf_make_assign(
                               u, read(b, var->vars[part], p->at),
                               read(b, wf_pf_temp(b, "sum", leaves[part]->type, leaves[part], p->at), p->at),
                               p->at));
        }
    }
    wf_pf_count_end(b, &c);
}

void wf_pf_piece_end(wf_pf_body *b) {
    wf_unit *u = b->l->u;
    wf_pf_piece *p = b->piece;
    uint32_t uses = b->heap_uses;
    wf_pf_count_end(b, &p->loop);
    for (uint32_t i = 0; p->plan && i < p->plan->reduction_count; i++) {
        uint32_t count = p->inside[i][0] && p->inside[i][1] ? 2 : p->inside[i][0] ? 1 : 0;
        for (uint32_t k = 0; k < count; k++) {
            wf_expr *block =
                wf_make_member(u, wf_make_builtin(u, WF_BI_BLOCK_IDX, NULL, 0, p->at), "x", p->at);
            wf_expr *place = partial_at(b, p, i, wf_make_cast(u, long_type(b), block, p->at), count, k);
            wf_pf_emit(b, wf_make_assign(u, place, read(b, p->inside[i][k], p->at), p->at));
        }
    }
    if (b->heap)
        wf_pf_emit(b, wf_pf_builtin(b, WF_BI_HOST, p->at, 2, wf_pf_word(b, WF_PF_ASK_PIECE_END, p->at),
                                    wf_pf_word(b, 0, p->at)));
    wf_block_end(b->head);
    (void)uses;
    capture c = {.b = b, .func = p->func};
    for (uint32_t i = p->saved_count; i-- > 0;) {
        wf_pf_var *var = &b->in->vars[p->saved[i].web], now = *var;
        *var = p->saved[i].var;
        var->type = now.type; /* what was learned inside stays */
        var->nonneg = now.nonneg;
        var->early |= now.early;
        var->assigned |= now.assigned;
    }
    b->func = p->outer_func;
    b->block = p->outer_block;
    b->head = p->outer_head;
    b->heap = p->outer_heap;
    b->broke = p->outer_broke;
    b->scope = p->outer_scope;
    b->heap_uses = p->outer_uses;
    b->piece = NULL;
    capture_all(&c);
    launch(b, p, &c);
    for (uint32_t i = 0; p->plan && i < p->plan->reduction_count; i++) combine_reduction(b, p, i);
}
