/* fuse/reduce.c: the two forms of reduction kernels, in the fixed order that fuse/fuse.h writes down.
 *
 * Accumulators begin with an exact identity (taking it in changes no bit): -0.0 for sums, because -0.0 + x is
 * x for every x, also for -0.0; 1 for products; the worst value for minima and maxima. argmin and argmax
 * carry a pair (value, index); an earlier level's pairs come back as the last two operands. */
#include "fuse/inner.h"
#include <math.h>

enum { COSTLY = 90 }; /* additions an element: what is above is bound by computing, and long to compile */

typedef struct acc {
    wf_var *re, *im;
    wf_var *index;
} acc; /* im: complex sums; index: argmin, argmax */

static int is_arg(const fuse_build *b) {
    return b->k->reduction == WF_RED_ARGMIN || b->k->reduction == WF_RED_ARGMAX;
}
static wf_dtype acc_type(const fuse_build *b) { return (wf_dtype)b->k->acc; }

/* The most extreme value of t; upward: the largest. */
static wf_expr *extreme(fuse_build *b, int upward) {
    wf_dtype t = acc_type(b);
    const wf_type *type = fuse_register(b, t);
    if (wf_dtype_is_float(t)) return fuse_real(b, type, upward ? INFINITY : -INFINITY);
    int bits = (int)wf_dtype_size(t) * 8;
    uint64_t value;
    if (t == WF_DT_BOOL) value = (uint64_t)upward;
    else if (wf_dtype_kind(t) == 'u') value = upward ? ~(uint64_t)0 >> (64 - bits) : 0;
    else value = upward ? ((uint64_t)1 << (bits - 1)) - 1 : (uint64_t)0 - ((uint64_t)1 << (bits - 1));
    return wf_make_int(b->u, type, value, fuse_nowhere);
}

static wf_expr *identity(fuse_build *b) {
    wf_dtype t = acc_type(b);
    const wf_type *type = fuse_register(b, t);
    int real = wf_dtype_is_float(t) || wf_dtype_is_complex(t);
    wf_number n;
    switch (b->k->reduction) {
    case WF_RED_SUM: return real ? fuse_real(b, type, -0.0) : wf_make_int(b->u, type, 0, fuse_nowhere);
    case WF_RED_PROD:
        if (real) return fuse_real(b, type, 1.0);
        return wf_make_int(b->u, type, 1, fuse_nowhere);
    case WF_RED_MIN:
    case WF_RED_ARGMIN: return extreme(b, 1);
    case WF_RED_MAX:
    case WF_RED_ARGMAX: return extreme(b, 0);
    default:
        wf_reduction_identity((wf_reduction)b->k->reduction, t, &n);
        return wf_make_int(b->u, type, (uint64_t)n.i, fuse_nowhere);
    }
}

static acc new_acc(fuse_build *b) {
    const wf_type *type = fuse_register(b, acc_type(b)), *wide = wf_type_scalar(b->u, WF_TY_LLONG);
    acc a = {fuse_local(b, "a", type, identity(b)), NULL, NULL};
    if (wf_dtype_is_complex(acc_type(b))) a.im = fuse_local(b, "a", type, identity(b));
    if (is_arg(b)) a.index = fuse_local(b, "at", wide, wf_make_int(b->u, wide, INT64_MAX, fuse_nowhere));
    return a;
}

/* x is better than a: NaN first, then the value, then the lower index. */
static wf_expr *better(fuse_build *b, acc a, acc x) {
    wf_op op = b->k->reduction == WF_RED_ARGMIN ? WF_OP_LT : WF_OP_GT;
    wf_expr *value = fuse_bin(b, op, fuse_ref(b, x.re), fuse_ref(b, a.re));
    wf_expr *same = fuse_bin(b, WF_OP_EQ, fuse_ref(b, x.re), fuse_ref(b, a.re));
    if (wf_dtype_is_float(acc_type(b))) {
        wf_var *xn = fuse_local(b, "xn", wf_type_scalar(b->u, WF_TY_BOOL),
                                fuse_bin(b, WF_OP_NE, fuse_ref(b, x.re), fuse_ref(b, x.re)));
        wf_var *an = fuse_local(b, "an", wf_type_scalar(b->u, WF_TY_BOOL),
                                fuse_bin(b, WF_OP_NE, fuse_ref(b, a.re), fuse_ref(b, a.re)));
        wf_expr *only_x = fuse_bin(b, WF_OP_GT, fuse_ref(b, xn), fuse_ref(b, an));
        wf_expr *both = fuse_bin(b, WF_OP_AND, fuse_ref(b, xn), fuse_ref(b, an));
        value = fuse_bin(b, WF_OP_OR, value, only_x);
        same = fuse_bin(b, WF_OP_OR, same, both);
    }
    wf_expr *lower = fuse_bin(b, WF_OP_LT, fuse_ref(b, x.index), fuse_ref(b, a.index));
    return fuse_bin(b, WF_OP_OR, value, fuse_bin(b, WF_OP_AND, same, lower));
}

static void combine_arg(fuse_build *b, acc a, acc x) {
    wf_var *take =
        fuse_local(b, "take", wf_type_scalar(b->u, WF_TY_BOOL), wf_make_bool(b->u, better(b, a, x)));
    wf_expr *value =
        wf_make_cond(b->u, fuse_ref(b, take), fuse_ref(b, x.re), fuse_ref(b, a.re), fuse_nowhere);
    wf_expr *index =
        wf_make_cond(b->u, fuse_ref(b, take), fuse_ref(b, x.index), fuse_ref(b, a.index), fuse_nowhere);
    fuse_set(b, a.re, value);
    fuse_set(b, a.index, index);
}

static void combine_complex(fuse_build *b, acc a, acc x) { /* sums only */
    fuse_set(b, a.re, fuse_bin(b, WF_OP_ADD, fuse_ref(b, a.re), fuse_ref(b, x.re)));
    fuse_set(b, a.im, fuse_bin(b, WF_OP_ADD, fuse_ref(b, a.im), fuse_ref(b, x.im)));
}

/* a takes x in. */
static void combine(fuse_build *b, acc a, acc x) {
    static const uint8_t ops[WF_RED_COUNT] = {
        [WF_RED_SUM] = WF_OP_ADD, [WF_RED_PROD] = WF_OP_MUL, [WF_RED_ANY] = WF_OP_OR,
        [WF_RED_ALL] = WF_OP_AND, [WF_RED_AND] = WF_OP_AND,  [WF_RED_OR] = WF_OP_OR,
        [WF_RED_XOR] = WF_OP_XOR};
    if (is_arg(b)) {
        combine_arg(b, a, x);
        return;
    }
    if (wf_dtype_is_complex(acc_type(b))) {
        combine_complex(b, a, x);
        return;
    }
    if (b->k->reduction == WF_RED_MIN || b->k->reduction == WF_RED_MAX)
        fuse_set(b, a.re, fuse_min_max(b, b->k->reduction == WF_RED_MAX, acc_type(b), a.re, x.re, 1));
    else fuse_set(b, a.re, fuse_bin(b, (wf_op)ops[b->k->reduction], fuse_ref(b, a.re), fuse_ref(b, x.re)));
}

/* Computes the element at a reduced index and takes it in. */
static void take(fuse_build *b, acc a, wf_var *reduced, wf_expr *index) {
    const wf_fuse_kernel *k = b->k;
    fuse_position at = {{0}};
    if (k->reduced == 1) at.at[k->rank] = reduced;
    else fuse_unravel(b, reduced, k->rank, k->reduced, &at);
    fuse_value *values = WF_NEW_ARRAY(&b->u->arena, fuse_value, k->value_count);
    fuse_values(b, &at, 1, values);
    fuse_value v = values[k->taken];
    acc x = {v.re, v.im, NULL};
    const wf_type *type = fuse_register(b, acc_type(b));
    if (type != v.re->type) x.re = fuse_local(b, "x", type, fuse_ref(b, v.re));
    if (is_arg(b)) {
        wf_var *earlier = k->pairs ? values[k->value_count - 1].re : NULL;
        x.index = earlier ? earlier : fuse_local(b, "at", wf_type_scalar(b->u, WF_TY_LLONG), index);
    }
    combine(b, a, x);
}

/* The kept index (linear, in `row`) → offsets of every operand. */
static void keep(fuse_build *b, wf_var *row, fuse_position *at) {
    const wf_fuse_kernel *k = b->k;
    fuse_unravel(b, row, 0, k->rank, at);
    for (uint32_t i = 0; i < k->operand_count; i++) {
        if (k->operands[i].kind == WF_OPERAND_SCALAR) continue;
        wf_expr *offset = fuse_offset(b, k->operands[i].code, b->stride[i], at, 0, k->rank);
        b->kept[i] = offset ? fuse_local(b, "kept", b->index, offset) : NULL;
    }
}

static void store(fuse_build *b, acc a, wf_expr *(*offset)(fuse_build *, wf_var *, wf_var *), wf_var *x,
                  wf_var *y) {
    fuse_value v = {a.re, a.im, acc_type(b)};
    fuse_store(b, 0, v, offset(b, x, y));
    if (is_arg(b)) {
        fuse_value index = {a.index, NULL, WF_DT_INT64};
        fuse_store(b, 1, index, offset(b, x, y));
    }
}

/* ---- TILE -----------------------------------------------------------------------------------------------
 */

/* out[row * tiles + tile] */
static wf_expr *tile_offset(fuse_build *b, wf_var *row, wf_var *tile) {
    wf_expr *tiles = fuse_cast(b, b->index, fuse_ref(b, b->pieces));
    return fuse_bin(b, WF_OP_ADD, fuse_bin(b, WF_OP_MUL, fuse_ref(b, row), tiles), fuse_ref(b, tile));
}

/* for s: lane group j takes element base + s + t + 32 j; checked: only while below the row's end. */
static void tile_loop(fuse_build *b, acc *lanes, uint32_t groups, wf_var *base, wf_var *t, wf_var *left) {
    wf_var *s;
    wf_stmt *outer = fuse_for(b, "s", left ? fuse_ref(b, left) : fuse_int(b, WF_TILE), groups * 32, &s);
    for (uint32_t j = 0; j < groups; j++) {
        wf_expr *in_tile = fuse_bin(b, WF_OP_ADD, fuse_ref(b, s), fuse_ref(b, t));
        if (j) in_tile = fuse_bin(b, WF_OP_ADD, in_tile, fuse_int(b, 32 * j));
        wf_var *e = fuse_local(b, "e", b->index, in_tile);
        wf_stmt *inside = left ? fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, e), fuse_ref(b, left))) : NULL;
        wf_var *r = fuse_local(b, "r", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, e)));
        take(b, lanes[j], r, fuse_ref(b, r));
        if (inside) fuse_close(b, inside);
    }
    fuse_close(b, outer);
}

/* To compute an element costs much, so it is written once: lane group 0 takes it in, and the groups change
 * places. After a whole number of rounds each stands where it began. */
static int is_costly(const fuse_build *b) {
    int cost = 0;
    for (uint32_t i = 0; i < b->k->value_count; i++)
        if (b->k->values[i].kind == WF_VALUE_OP) cost += wf_ufuncs[b->k->values[i].op].cost;
    return cost > COSTLY;
}

static void change_places(fuse_build *b, const acc *lanes, uint32_t groups) {
    for (int part = 0; part < 3; part++) {
        wf_var *v[4];
        for (uint32_t j = 0; j < groups; j++)
            v[j] = part == 0 ? lanes[j].re : part == 1 ? lanes[j].im : lanes[j].index;
        if (!v[0]) continue;
        wf_var *first = fuse_local(b, "first", v[0]->type, fuse_ref(b, v[0]));
        for (uint32_t j = 0; j + 1 < groups; j++) fuse_set(b, v[j], fuse_ref(b, v[j + 1]));
        fuse_set(b, v[groups - 1], fuse_ref(b, first));
    }
}

static void costly_tile_loop(fuse_build *b, acc *lanes, uint32_t groups, wf_var *base, wf_var *t,
                             wf_var *left) {
    wf_expr *fewer = fuse_bin(b, WF_OP_LT, fuse_ref(b, left), fuse_int(b, WF_TILE));
    wf_expr *count = wf_make_cond(b->u, fewer, fuse_ref(b, left), fuse_int(b, WF_TILE), fuse_nowhere);
    wf_expr *rounds = fuse_bin(b, WF_OP_DIV, fuse_bin(b, WF_OP_ADD, count, fuse_int(b, groups * 32 - 1)),
                               fuse_int(b, groups * 32));
    wf_expr *rounded = fuse_bin(b, WF_OP_MUL, rounds, fuse_int(b, groups * 32));
    wf_var *stop = fuse_local(b, "stop", b->index, rounded), *s;
    wf_stmt *outer = fuse_for(b, "s", fuse_ref(b, stop), 32, &s);
    wf_var *e = fuse_local(b, "e", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, s), fuse_ref(b, t)));
    wf_stmt *inside = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, e), fuse_ref(b, left)));
    wf_var *r = fuse_local(b, "r", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, e)));
    take(b, lanes[0], r, fuse_ref(b, r));
    fuse_close(b, inside);
    if (groups > 1) change_places(b, lanes, groups);
    fuse_close(b, outer);
}

static wf_var *shuffled(fuse_build *b, wf_var *v, int distance) {
    wf_expr **args = WF_NEW_ARRAY(&b->u->arena, wf_expr *, 4);
    args[0] = wf_make_int(b->u, wf_type_scalar(b->u, WF_TY_UINT), 0xffffffffu, fuse_nowhere);
    args[1] = fuse_ref(b, v);
    args[2] = wf_make_int(b->u, wf_type_scalar(b->u, WF_TY_UINT), (uint64_t)distance, fuse_nowhere);
    args[3] = wf_make_int(b->u, wf_type_scalar(b->u, WF_TY_INT), 32, fuse_nowhere);
    return fuse_local(b, "f", v->type, wf_make_builtin(b->u, WF_BI_SHFL_DOWN, args, 4, fuse_nowhere));
}

/* All lanes into lane 0 of the warp. */
static void butterfly(fuse_build *b, acc *lanes, uint32_t groups) {
    for (uint32_t half = groups / 2; half; half /= 2)
        for (uint32_t j = 0; j < half; j++) combine(b, lanes[j], lanes[j + half]);
    acc a = lanes[0];
    for (int distance = 16; distance; distance /= 2) {
        acc x = {shuffled(b, a.re, distance), a.im ? shuffled(b, a.im, distance) : NULL,
                 a.index ? shuffled(b, a.index, distance) : NULL};
        combine(b, a, x);
    }
}

/* Block (32, w): warp threadIdx.y of block blockIdx.x takes tile `blockIdx.x * w + threadIdx.y` of all rows'
 * tiles. */
static void tile_form(fuse_build *b) {
    const wf_fuse_kernel *k = b->k;
    uint32_t groups = wf_reduction_lanes(acc_type(b)) / 32;
    wf_var *t = fuse_local(b, "t", b->index, fuse_member(b, WF_BI_THREAD_IDX, "x"));
    wf_expr *first =
        fuse_bin(b, WF_OP_MUL, fuse_member(b, WF_BI_BLOCK_IDX, "x"), fuse_member(b, WF_BI_BLOCK_DIM, "y"));
    wf_var *w =
        fuse_local(b, "w", b->index, fuse_bin(b, WF_OP_ADD, first, fuse_member(b, WF_BI_THREAD_IDX, "y")));
    wf_expr *tiles = fuse_cast(b, b->index, fuse_ref(b, b->pieces));
    wf_var *row = fuse_local(b, "row", b->index, fuse_bin(b, WF_OP_DIV, fuse_ref(b, w), tiles));
    tiles = fuse_cast(b, b->index, fuse_ref(b, b->pieces));
    wf_expr *done = fuse_bin(b, WF_OP_MUL, fuse_ref(b, row), tiles);
    wf_var *tile = fuse_local(b, "tile", b->index, fuse_bin(b, WF_OP_SUB, fuse_ref(b, w), done));
    wf_stmt *outer = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, row), fuse_extents(b, 0, k->rank)));
    fuse_position at = {{0}};
    keep(b, row, &at);
    wf_var *base =
        fuse_local(b, "base", b->index, fuse_bin(b, WF_OP_MUL, fuse_ref(b, tile), fuse_int(b, WF_TILE)));
    wf_var *left = fuse_local(
        b, "left", b->index, fuse_bin(b, WF_OP_SUB, fuse_extents(b, k->rank, k->reduced), fuse_ref(b, base)));
    acc lanes[4];
    for (uint32_t j = 0; j < groups; j++) lanes[j] = new_acc(b);
    if (is_costly(b)) {
        costly_tile_loop(b, lanes, groups, base, t, left);
    } else {
        wf_stmt *whole = fuse_if(b, fuse_bin(b, WF_OP_GE, fuse_ref(b, left), fuse_int(b, WF_TILE)));
        tile_loop(b, lanes, groups, base, t, NULL);
        fuse_close(b, whole);
        wf_stmt *part = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, left), fuse_int(b, WF_TILE)));
        tile_loop(b, lanes, groups, base, t, left);
        fuse_close(b, part);
    }
    butterfly(b, lanes, groups);
    wf_stmt *one = fuse_if(b, fuse_bin(b, WF_OP_EQ, fuse_ref(b, t), fuse_int(b, 0)));
    store(b, lanes[0], tile_offset, row, tile);
    fuse_close(b, one);
    fuse_close(b, outer);
}

/* ---- ROWS -----------------------------------------------------------------------------------------------
 */

/* out[chunk * columns + column] */
static wf_expr *chunk_offset(fuse_build *b, wf_var *column, wf_var *chunk) {
    wf_expr *columns = fuse_extents(b, 0, b->k->rank);
    return fuse_bin(b, WF_OP_ADD, fuse_bin(b, WF_OP_MUL, fuse_ref(b, chunk), columns), fuse_ref(b, column));
}

/* Block (n, 1), grid (columns / n, chunks). */
static void rows_form(fuse_build *b) {
    const wf_fuse_kernel *k = b->k;
    wf_expr *start =
        fuse_bin(b, WF_OP_MUL, fuse_member(b, WF_BI_BLOCK_IDX, "x"), fuse_member(b, WF_BI_BLOCK_DIM, "x"));
    wf_var *column = fuse_local(b, "column", b->index,
                                fuse_bin(b, WF_OP_ADD, start, fuse_member(b, WF_BI_THREAD_IDX, "x")));
    wf_stmt *loop = wf_stmt_new(b->u, WF_ST_FOR, fuse_nowhere);
    wf_var *chunk = wf_local_new(b->u, b->func, "chunk", b->index, fuse_nowhere);
    loop->init = wf_stmt_decl(b->u, chunk, fuse_member(b, WF_BI_BLOCK_IDX, "y"), fuse_nowhere);
    loop->expr = wf_make_bool(
        b->u, fuse_bin(b, WF_OP_LT, fuse_ref(b, chunk), fuse_cast(b, b->index, fuse_ref(b, b->pieces))));
    loop->step = wf_make_update(b->u, WF_OP_ADD, fuse_ref(b, chunk), fuse_member(b, WF_BI_GRID_DIM, "y"),
                                fuse_nowhere);
    wf_stmt *outer = fuse_open(b, loop);
    wf_var *base =
        fuse_local(b, "base", b->index, fuse_bin(b, WF_OP_MUL, fuse_ref(b, chunk), fuse_int(b, WF_ROWS)));
    wf_var *left = fuse_local(
        b, "left", b->index, fuse_bin(b, WF_OP_SUB, fuse_extents(b, k->rank, k->reduced), fuse_ref(b, base)));
    wf_expr *fewer = fuse_bin(b, WF_OP_LT, fuse_ref(b, left), fuse_int(b, WF_ROWS));
    wf_var *count =
        fuse_local(b, "count", b->index,
                   wf_make_cond(b->u, fewer, fuse_ref(b, left), fuse_int(b, WF_ROWS), fuse_nowhere));
    wf_stmt *inside = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, column), fuse_extents(b, 0, k->rank)));
    fuse_position at = {{0}};
    keep(b, column, &at);
    acc a = new_acc(b);
    wf_var *s;
    wf_stmt *inner = fuse_for(b, "s", fuse_ref(b, count), 1, &s);
    wf_var *r = fuse_local(b, "r", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, s)));
    take(b, a, r, fuse_ref(b, r));
    fuse_close(b, inner);
    store(b, a, chunk_offset, column, chunk);
    fuse_close(b, inside);
    fuse_close(b, outer);
}

void fuse_reduction(fuse_build *b) {
    if (b->k->form == WF_FORM_TILE) tile_form(b);
    else rows_form(b);
}

int wf_fuse_supports_reduction(wf_reduction op, wf_dtype acc) {
    /* a complex product has no exact identity (0 · inf) */
    return !wf_dtype_is_complex(acc) || op == WF_RED_SUM;
}
