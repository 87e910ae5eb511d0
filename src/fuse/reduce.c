/* fuse/reduce.c: the two forms of reduction kernels, in the fixed order that fuse/fuse.h writes down. What is
 * carried along is accumulate.c's. */
#include "fuse/inner.h"

enum { COSTLY = 90 }; /* additions an element: what is above is bound by computing, and long to compile */

static wf_dtype acc_type(const fuse_build *b) { return (wf_dtype)b->k->acc; }

/* Computes the element at a reduced index. */
static fuse_value *element(fuse_build *b, wf_var *reduced) {
    const wf_fuse_kernel *k = b->k;
    fuse_position at = {{0}};
    if (k->reduced == 1) at.at[k->rank] = reduced;
    else fuse_unravel(b, reduced, k->rank, k->reduced, &at);
    fuse_value *values = WF_NEW_ARRAY(&b->u->arena, fuse_value, k->value_count);
    fuse_values(b, &at, 1, values);
    return values;
}

/* Computes the element at a reduced index and takes it in. position: in its piece. */
static void take(fuse_build *b, const fuse_acc *a, wf_var *reduced, wf_var *position, wf_var *first) {
    fuse_acc_take(b, a, element(b, reduced), position, first);
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

static void store(fuse_build *b, const fuse_acc *a, wf_expr *(*offset)(fuse_build *, wf_var *, wf_var *),
                  wf_var *x, wf_var *y) {
    wf_reduction op = (wf_reduction)b->k->reduction;
    if (wf_dtype_is_complex(acc_type(b))) {
        fuse_store(b, 0, (fuse_value){a->part[0], a->part[1], acc_type(b)}, offset(b, x, y));
        return;
    }
    for (uint32_t p = 0; p < wf_reduction_parts(op); p++) {
        fuse_value v = {a->part[p], NULL, wf_reduction_part_type(op, acc_type(b), p)};
        fuse_store(b, p, v, offset(b, x, y));
    }
}

/* ---- TILE -----------------------------------------------------------------------------------------------
 */

/* out[row * tiles + tile] */
static wf_expr *tile_offset(fuse_build *b, wf_var *row, wf_var *tile) {
    wf_expr *tiles = fuse_cast(b, b->index, fuse_ref(b, b->pieces));
    return fuse_bin(b, WF_OP_ADD, fuse_bin(b, WF_OP_MUL, fuse_ref(b, row), tiles), fuse_ref(b, tile));
}

/* A whole tile of parts that an earlier level made. There are few such tiles, and their time is that of
 * waiting for memory: the parts of several rounds are read before the first is taken in, for which the kernel
 * may have all registers. */
static void parts_loop(fuse_build *b, const fuse_acc *lanes, uint32_t groups, wf_var *base, wf_var *t) {
    uint32_t ahead = wf_reduction_parts((wf_reduction)b->k->reduction) > 2 ? 2 : 4, n = ahead * groups;
    fuse_value *values[16];
    wf_var *s, *e[16];
    b->func->max_threads = 32 * WF_TILE_WARPS, b->func->min_blocks = 1;
    wf_stmt *outer = fuse_for(b, "s", fuse_int(b, WF_TILE), n * 32, &s);
    for (uint32_t j = 0; j < n; j++) {
        wf_expr *in_tile = fuse_bin(b, WF_OP_ADD, fuse_ref(b, s), fuse_ref(b, t));
        e[j] = fuse_local(b, "e", b->index, fuse_bin(b, WF_OP_ADD, in_tile, fuse_int(b, 32 * j)));
        wf_expr *reduced = fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, e[j]));
        values[j] = element(b, fuse_local(b, "r", b->index, reduced));
    }
    for (uint32_t j = 0; j < n; j++) fuse_acc_take(b, &lanes[j % groups], values[j], e[j], NULL);
    fuse_close(b, outer);
}

/* for s: lane group j takes element base + s + t + 32 j; checked: only while below the row's end. */
static void tile_loop(fuse_build *b, const fuse_acc *lanes, uint32_t groups, wf_var *base, wf_var *t,
                      wf_var *left) {
    wf_var *s;
    wf_stmt *outer = fuse_for(b, "s", left ? fuse_ref(b, left) : fuse_int(b, WF_TILE), groups * 32, &s);
    wf_var *first = fuse_acc_first(b, s, groups * 32);
    for (uint32_t j = 0; j < groups; j++) {
        wf_expr *in_tile = fuse_bin(b, WF_OP_ADD, fuse_ref(b, s), fuse_ref(b, t));
        if (j) in_tile = fuse_bin(b, WF_OP_ADD, in_tile, fuse_int(b, 32 * j));
        wf_var *e = fuse_local(b, "e", b->index, in_tile);
        wf_stmt *inside = left ? fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, e), fuse_ref(b, left))) : NULL;
        wf_var *r = fuse_local(b, "r", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, e)));
        take(b, &lanes[j], r, e, first);
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

static void change_places(fuse_build *b, const fuse_acc *lanes, uint32_t groups) {
    for (int part = 0; part < 5; part++) {
        wf_var *v[4];
        for (uint32_t j = 0; j < groups; j++) v[j] = part < 4 ? lanes[j].part[part] : lanes[j].at;
        if (!v[0]) continue;
        wf_var *first = fuse_local(b, "first", v[0]->type, fuse_ref(b, v[0]));
        for (uint32_t j = 0; j + 1 < groups; j++) fuse_set(b, v[j], fuse_ref(b, v[j + 1]));
        fuse_set(b, v[groups - 1], fuse_ref(b, first));
    }
}

/* How many elements the tile has. */
static wf_expr *count_of_tile(fuse_build *b, wf_var *left) {
    wf_expr *fewer = fuse_bin(b, WF_OP_LT, fuse_ref(b, left), fuse_int(b, WF_TILE));
    return wf_make_cond(b->u, fewer, fuse_ref(b, left), fuse_int(b, WF_TILE), fuse_nowhere);
}

static void costly_tile_loop(fuse_build *b, const fuse_acc *lanes, uint32_t groups, wf_var *base, wf_var *t,
                             wf_var *left) {
    wf_expr *sum = fuse_bin(b, WF_OP_ADD, count_of_tile(b, left), fuse_int(b, groups * 32 - 1));
    wf_expr *rounds = fuse_bin(b, WF_OP_DIV, sum, fuse_int(b, groups * 32));
    wf_expr *rounded = fuse_bin(b, WF_OP_MUL, rounds, fuse_int(b, groups * 32));
    wf_var *stop = fuse_local(b, "stop", b->index, rounded), *s;
    wf_stmt *outer = fuse_for(b, "s", fuse_ref(b, stop), 32, &s);
    wf_var *first = fuse_acc_first(b, s, groups * 32);
    wf_var *e = fuse_local(b, "e", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, s), fuse_ref(b, t)));
    wf_stmt *inside = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, e), fuse_ref(b, left)));
    wf_var *r = fuse_local(b, "r", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, e)));
    take(b, &lanes[0], r, e, first);
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
static void butterfly(fuse_build *b, const fuse_acc *lanes, uint32_t groups) {
    for (uint32_t half = groups / 2; half; half /= 2)
        for (uint32_t j = 0; j < half; j++) fuse_acc_combine(b, &lanes[j], &lanes[j + half]);
    for (int distance = 16; distance; distance /= 2) {
        fuse_acc x = {.at = NULL};
        for (int p = 0; p < 4; p++)
            if (lanes[0].part[p]) x.part[p] = shuffled(b, lanes[0].part[p], distance);
        fuse_acc_combine(b, &lanes[0], &x);
    }
}

/* Lane t + 32 j's first element in the tile. */
static wf_expr *first_of_lane(fuse_build *b, wf_var *t, uint32_t j) {
    return fuse_bin(b, WF_OP_ADD, fuse_ref(b, t), fuse_int(b, 32 * j));
}

/* How many elements of the tile lane t + 32 j has. */
static wf_expr *count_of_lane(fuse_build *b, wf_var *t, wf_var *left, uint32_t j, uint32_t lanes) {
    wf_expr *later = fuse_bin(b, WF_OP_SUB, fuse_int(b, lanes - 1), first_of_lane(b, t, j));
    return fuse_bin(b, WF_OP_DIV, fuse_bin(b, WF_OP_ADD, count_of_tile(b, left), later),
                    fuse_int(b, lanes)); /* ≥ 0 */
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
    fuse_acc lanes[4];
    for (uint32_t j = 0; j < groups; j++) lanes[j] = fuse_acc_new(b, first_of_lane(b, t, j));
    if (is_costly(b)) {
        costly_tile_loop(b, lanes, groups, base, t, left);
    } else {
        wf_stmt *whole = fuse_if(b, fuse_bin(b, WF_OP_GE, fuse_ref(b, left), fuse_int(b, WF_TILE)));
        if (k->partial) parts_loop(b, lanes, groups, base, t);
        else tile_loop(b, lanes, groups, base, t, NULL);
        fuse_close(b, whole);
        wf_stmt *part = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, left), fuse_int(b, WF_TILE)));
        tile_loop(b, lanes, groups, base, t, left);
        fuse_close(b, part);
    }
    for (uint32_t j = 0; j < groups; j++)
        fuse_acc_close(b, &lanes[j], base, count_of_lane(b, t, left, j, groups * 32));
    butterfly(b, lanes, groups);
    wf_stmt *one = fuse_if(b, fuse_bin(b, WF_OP_EQ, fuse_ref(b, t), fuse_int(b, 0)));
    store(b, &lanes[0], tile_offset, row, tile);
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
    fuse_acc a = fuse_acc_new(b, fuse_int(b, 0));
    wf_var *s;
    wf_stmt *inner = fuse_for(b, "s", fuse_ref(b, count), 1, &s);
    wf_var *first = fuse_acc_first(b, s, 1);
    wf_var *r = fuse_local(b, "r", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), fuse_ref(b, s)));
    take(b, &a, r, s, first);
    fuse_close(b, inner);
    fuse_acc_close(b, &a, base, fuse_ref(b, count));
    store(b, &a, chunk_offset, column, chunk);
    fuse_close(b, inside);
    fuse_close(b, outer);
}

void fuse_reduction(fuse_build *b) {
    if (b->k->form == WF_FORM_TILE) tile_form(b);
    else rows_form(b);
}
