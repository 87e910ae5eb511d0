/* pyfunc/array_sums.c: sums of floats in lanes.
 *
 * Element i of the last axis is added to lane i mod LANES, whole groups of LANES first; what is left of an
 * axis goes one after another into a sum of its own. At the end the lanes are added in pairs, halves first,
 * and the rest comes last. The order depends on the shape alone, so every processor has the same bits,
 * whatever its vectors are; LLVM makes vectors of the lanes' loop without having to reorder anything. A
 * single sum waits for each addition (four cycles), and its error grows with the count instead of a part
 * of it.
 *
 * Only for what is computed by arithmetic alone: a library function in the loop goes through lanes of the
 * emitter's (emit/lanes.c), which adds in order. */
#include "pyfunc/array_inner.h"

enum { LANES = 32 };

static int is_arithmetic(wf_pf_val v) {
    if (!v.lazy) return 1;
    if (v.lazy->kind != 'b' ||
        (v.lazy->op != WF_PF_ADD && v.lazy->op != WF_PF_SUB && v.lazy->op != WF_PF_MUL))
        return 0;
    for (uint32_t i = 0; i < v.lazy->count; i++)
        if (!is_arithmetic(v.lazy->args[i])) return 0;
    return 1;
}

int wf_pf_sums_in_lanes(const wf_pf_body *b, wf_pf_val a) {
    const wf_pf_type *element = a.type->element;
    return b->l->options.mode == WF_PF_HOST && a.type->ndim &&
           (element->code == 'd' || element->code == 'f') && is_arithmetic(a);
}

static wf_expr *lane_at(wf_pf_body *b, wf_var *lanes, wf_expr *k, wf_place at) {
    return wf_make_index(b->l->u, wf_make_value(b->l->u, wf_make_var(b->l->u, lanes, at)), k, at);
}

static void add_lane(wf_pf_body *b, wf_var *lanes, wf_expr *to, wf_expr *from, wf_place at) {
    wf_expr *x = wf_make_value(b->l->u, lane_at(b, lanes, from, at));
    wf_pf_emit(b, wf_make_update(b->l->u, WF_OP_ADD, lane_at(b, lanes, to, at), x, at));
}

/* The upper half is added to the lower one, until the sum is in the first. */
static void fold_lanes(wf_pf_body *b, wf_var *lanes, wf_place at) {
    wf_unit *u = b->l->u;
    int half = LANES / 2;
    for (; half >= 8; half /= 2) {
        wf_pf_count loop =
            wf_pf_count_begin(b, number(b, 0, at), number(b, half, at), number(b, 1, at), 0, "lane", at);
        loop.loop->unroll = 1;
        wf_expr *from = wf_make_binary(u, WF_OP_ADD, wf_make_var(u, loop.i, at), number(b, half, at), at);
        add_lane(b, lanes, wf_make_var(u, loop.i, at), from, at);
        wf_pf_count_end(b, &loop);
    }
    for (; half; half /= 2)
        for (int k = 0; k < half; k++) add_lane(b, lanes, number(b, k, at), number(b, k + half, at), at);
}

typedef struct summing {
    wf_pf_body *b;
    wf_pf_val a, by; /* by: each element is multiplied by its; of the type unknown: none */
    const wf_pf_type *type;
    wf_var *index[NDIM_MAX]; /* of the element at hand */
    wf_expr *n;              /* the last axis' extent */
    wf_var *groups, *lanes;  /* groups: whole ones in it */
    wf_var *rest, *all;      /* the sums of what is left of an axis, and of the lanes */
    wf_place at;
} summing;

static wf_expr *variable(const summing *s, wf_var *v) { return wf_make_var(s->b->l->u, v, s->at); }

static wf_expr *element(const summing *s) {
    wf_var **index = (wf_var **)s->index;
    wf_pf_val x = wf_pf_array_at(s->b, s->a, index, s->a.type->ndim, s->at);
    if (s->by.array)
        x = wf_pf_binary(s->b, WF_PF_MUL, x, wf_pf_array_at(s->b, s->by, index, 1, s->at), s->at);
    return wf_pf_number(s->b, x, s->type, s->at);
}

static void make_lanes(summing *s) {
    wf_unit *u = s->b->l->u;
    const wf_type *c = wf_pf_ctype(s->b->l, s->type), *array = wf_type_array(u, c, LANES);
    wf_expr *zeros[LANES];
    for (int i = 0; i < LANES; i++) zeros[i] = wf_make_float(u, c, 0, s->at);
    s->lanes = wf_local_new(u, s->b->func, "lanes", array, s->at);
    wf_expr *init = wf_make_init(u, array, zeros, LANES, s->at);
    wf_block_add(s->b->block, wf_stmt_decl(u, s->lanes, init, s->at));
}

static void sum_groups(summing *s) {
    wf_pf_body *b = s->b;
    wf_unit *u = b->l->u;
    wf_place at = s->at;
    wf_expr *zero = number(b, 0, at), *one = number(b, 1, at);
    wf_pf_count outer = wf_pf_count_begin(b, zero, variable(s, s->groups), one, 0, "group", at);
    zero = number(b, 0, at), one = number(b, 1, at);
    wf_pf_count inner = wf_pf_count_begin(b, zero, number(b, LANES, at), one, 0, "lane", at);
    inner.loop->unroll = 1; /* one after another they would be no vector */
    wf_expr *i = wf_make_binary(u, WF_OP_MUL, variable(s, outer.i), number(b, LANES, at), at);
    i = wf_make_binary(u, WF_OP_ADD, i, variable(s, inner.i), at);
    s->index[s->a.type->ndim - 1] = wf_pf_temp(b, "i", integer(b), i, at);
    wf_expr *x = element(s);
    wf_pf_emit(b, wf_make_update(u, WF_OP_ADD, lane_at(b, s->lanes, variable(s, inner.i), at), x, at));
    wf_pf_count_end(b, &inner);
    wf_pf_count_end(b, &outer);
}

static void sum_rest(summing *s) {
    wf_pf_body *b = s->b;
    wf_unit *u = b->l->u;
    wf_expr *start = wf_make_binary(u, WF_OP_MUL, variable(s, s->groups), number(b, LANES, s->at), s->at);
    wf_pf_count tail = wf_pf_count_begin(b, start, wf_pf_clone(u, s->n), number(b, 1, s->at), 0, "i", s->at);
    s->index[s->a.type->ndim - 1] = tail.i;
    wf_expr *x = element(s);
    wf_pf_emit(b, wf_make_update(u, WF_OP_ADD, variable(s, s->rest), x, s->at));
    wf_pf_count_end(b, &tail);
}

static void take_lanes(summing *s) {
    fold_lanes(s->b, s->lanes, s->at);
    wf_expr *first = lane_at(s->b, s->lanes, number(s->b, 0, s->at), s->at);
    wf_pf_emit(s->b,
               wf_make_assign(s->b->l->u, variable(s, s->all), wf_make_value(s->b->l->u, first), s->at));
}

/* A short array asks for no lanes at all. */
static void sum_one_axis(summing *s) {
    wf_pf_body *b = s->b;
    wf_stmt *some = wf_stmt_new(b->l->u, WF_ST_IF, s->at);
    some->expr = wf_make_binary(b->l->u, WF_OP_GT, variable(s, s->groups), number(b, 0, s->at), s->at);
    wf_stmt *outer = wf_pf_open(b, s->at);
    make_lanes(s);
    sum_groups(s);
    take_lanes(s);
    some->body = wf_pf_close(b, outer);
    wf_block_add(b->block, some);
    sum_rest(s);
}

static void sum_axes(summing *s, wf_expr *const *shape) {
    wf_pf_nest nest;
    make_lanes(s);
    wf_pf_nest_begin(s->b, &nest, shape, s->a.type->ndim - 1, 'C', 0, s->at);
    for (int i = 0; i < nest.ndim; i++) s->index[i] = nest.index[i];
    sum_groups(s);
    sum_rest(s);
    wf_pf_nest_end(s->b, &nest);
    take_lanes(s);
}

/* by: NULL, or what each element is multiplied by. */
static wf_pf_val sum(wf_pf_body *b, wf_pf_val a, const wf_pf_val *by, const wf_pf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    summing s = {.b = b, .a = a, .type = type, .at = at};
    if (by) s.by = *by;
    const wf_type *c = wf_pf_ctype(b->l, s.type);
    wf_expr *shape[NDIM_MAX];
    int last = a.type->ndim - 1;
    for (int i = 0; i <= last; i++) shape[i] = wf_pf_shape_at(a, i);
    s.n = wf_pf_clone(u, shape[last]);
    if (!wf_pf_simple(s.n)) s.n = wf_make_var(u, wf_pf_temp(b, "n", integer(b), s.n, at), at);
    wf_expr *groups = wf_make_binary(u, WF_OP_DIV, wf_pf_clone(u, s.n), number(b, LANES, at), at);
    s.groups = wf_pf_temp(b, "groups", integer(b), groups, at);
    s.rest = wf_pf_temp(b, "rest", c, wf_make_float(u, c, 0, at), at);
    s.all = wf_pf_temp(b, "sum", c, wf_make_float(u, c, 0, at), at);
    if (last) sum_axes(&s, shape);
    else sum_one_axis(&s);
    wf_expr *both = wf_make_binary(u, WF_OP_ADD, variable(&s, s.all), variable(&s, s.rest), at);
    return wf_pf_settle(b, wf_pf_scalar(b, s.type, both), at);
}

wf_pf_val wf_pf_sum_in_lanes(wf_pf_body *b, wf_pf_val a, wf_place at) {
    return sum(b, a, NULL, a.type->element, at);
}

wf_pf_val wf_pf_dot_in_lanes(wf_pf_body *b, wf_pf_val x, wf_pf_val y, const wf_pf_type *type, wf_place at) {
    x = wf_pf_settle(b, x.lazy ? wf_pf_materialise(b, x, at) : x, at);
    y = wf_pf_settle(b, y.lazy ? wf_pf_materialise(b, y, at) : y, at);
    if (x.type->kind == WF_PF_T_UNKNOWN || y.type->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    wf_expr *same = wf_make_binary(b->l->u, WF_OP_EQ, wf_pf_extent(b, x, 0), wf_pf_extent(b, y, 0), at);
    wf_pf_raise_unless(b, same, "ValueError: shapes do not fit: the two arrays have different lengths", at);
    wf_pf_array *fitted = WF_NEW(&b->l->u->arena, wf_pf_array); /* nothing is broadcast */
    *fitted = *y.array;
    fitted->shape = x.array->shape;
    y.array = fitted;
    return sum(b, x, &y, type, at);
}
