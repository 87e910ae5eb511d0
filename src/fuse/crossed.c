/* fuse/crossed.c: elementwise kernels over operands that lie across the result, as in a.T + b.
 *
 * Read element by element such an operand gives a warp 32 lines of memory for 32 values. So a block of
 * (32, 8) threads takes a tile of 32 × 32 elements of the two dimensions: it reads the tile with its threads
 * along the operand's own dimension into shared memory, waits, and computes with its threads along the
 * result's. Rows of the shared tile are one element longer than 32, so that columns lie in different banks.
 * The grid's x counts tiles, its y what is left of the dimensions, in a loop since it ends at 65535.
 *
 * For GPUs only: a CPU's caches do this by themselves. */
#include "fuse/inner.h"

typedef struct crossed {
    fuse_build *b;
    uint32_t across, last;             /* the operands' own dimension, the result's */
    wf_var *tile_across, *tile_last;   /* index of the tile's first element */
    wf_var *tx, *ty;                   /* the thread */
    wf_var *tile[WF_FUSE_OPERANDS][2]; /* shared; re, im */
} crossed;

int wf_fuse_is_crossed(const wf_fuse_kernel *k, uint32_t i) {
    const wf_fuse_operand *o = &k->operands[i];
    return o->kind == WF_OPERAND_MEMORY && o->code[k->rank - 1] == WF_STRIDE_VARIES &&
           o->code[k->cross - 1] == WF_STRIDE_ONE;
}

static wf_var *shared_tile(crossed *c, wf_dtype t) {
    fuse_build *b = c->b;
    const wf_type *row = wf_type_array(b->u, fuse_type(b, t), WF_CROSS + 1);
    wf_var *v = fuse_local(b, "tile", wf_type_array(b->u, row, WF_CROSS), NULL);
    v->space = WF_SPACE_SHARED;
    return v;
}

static void declare_tiles(crossed *c) {
    for (uint32_t i = 0; i < c->b->k->operand_count; i++) {
        wf_dtype t = (wf_dtype)c->b->k->operands[i].dtype;
        if (!wf_fuse_is_crossed(c->b->k, i)) continue;
        c->tile[i][0] = shared_tile(c, t);
        if (wf_dtype_is_complex(t)) c->tile[i][1] = shared_tile(c, t);
    }
}

static wf_expr *in_tile(crossed *c, uint32_t operand, int part, wf_var *row, wf_var *column) {
    wf_unit *u = c->b->u;
    wf_expr *r = wf_make_index(u, fuse_ref(c->b, c->tile[operand][part]), fuse_ref(c->b, row), fuse_nowhere);
    return wf_make_index(u, r, fuse_ref(c->b, column), fuse_nowhere);
}

/* for (j = ty; j < 32; j += 8), inside: the element at `first + x` of dimension `fast` and `other + j` of the
 * other one, if there is such a one. Fills `at`; ended by leave(). */
typedef struct visit {
    wf_stmt *loop, *inside;
    wf_var *j;
} visit;
static visit enter(crossed *c, uint32_t fast, fuse_position *at) {
    fuse_build *b = c->b;
    uint32_t slow = fast == c->last ? c->across : c->last;
    wf_var *fast_first = fast == c->last ? c->tile_last : c->tile_across;
    wf_var *slow_first = fast == c->last ? c->tile_across : c->tile_last;
    visit v;
    wf_var *s;
    v.loop = fuse_for(b, "s", fuse_int(b, WF_CROSS), WF_CROSS_STEP, &s);
    v.j = fuse_local(b, "j", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, s), fuse_ref(b, c->ty)));
    at->at[fast] =
        fuse_local(b, "i", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, fast_first), fuse_ref(b, c->tx)));
    at->at[slow] =
        fuse_local(b, "i", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, slow_first), fuse_ref(b, v.j)));
    wf_expr *x = fuse_bin(b, WF_OP_LT, fuse_ref(b, at->at[fast]), fuse_extents(b, fast, 1));
    wf_expr *y = fuse_bin(b, WF_OP_LT, fuse_ref(b, at->at[slow]), fuse_extents(b, slow, 1));
    v.inside = fuse_if(b, fuse_bin(b, WF_OP_AND, x, y));
    return v;
}
static void leave(crossed *c, visit v) {
    fuse_close(c->b, v.inside);
    fuse_close(c->b, v.loop);
}

static void wait_for_block(fuse_build *b) {
    fuse_do(b, wf_make_builtin(b->u, WF_BI_SYNCTHREADS, NULL, 0, fuse_nowhere));
}

/* tile[j][x] = the element at `last` = j, `across` = x */
static void fill_tiles(crossed *c, fuse_position *at) {
    fuse_build *b = c->b;
    visit v = enter(c, c->across, at);
    for (uint32_t i = 0; i < b->k->operand_count; i++) {
        if (!c->tile[i][0]) continue;
        fuse_value value = fuse_load(b, i, at, 0);
        fuse_do(b, wf_make_assign(b->u, in_tile(c, i, 0, v.j, c->tx), fuse_ref(b, value.re), fuse_nowhere));
        if (value.im)
            fuse_do(b,
                    wf_make_assign(b->u, in_tile(c, i, 1, v.j, c->tx), fuse_ref(b, value.im), fuse_nowhere));
    }
    leave(c, v);
}

static void compute(crossed *c, fuse_position *at) {
    fuse_build *b = c->b;
    fuse_value *loads = WF_NEW_ARRAY(&b->u->arena, fuse_value, b->k->operand_count);
    visit v = enter(c, c->last, at);
    for (uint32_t i = 0; i < b->k->operand_count; i++) {
        wf_dtype t = (wf_dtype)b->k->operands[i].dtype;
        if (!c->tile[i][0]) continue;
        loads[i].dtype = t;
        loads[i].re = fuse_local(b, "v", fuse_type(b, t), in_tile(c, i, 0, c->tx, v.j));
        if (c->tile[i][1]) loads[i].im = fuse_local(b, "v", fuse_type(b, t), in_tile(c, i, 1, c->tx, v.j));
    }
    b->loaded = loads;
    fuse_elements_body(b, at);
    b->loaded = NULL;
    leave(c, v);
}

/* The dimensions other than the tile's two, from the linear index `rest`. */
static void place_rest(crossed *c, wf_var *rest, fuse_position *at) {
    fuse_build *b = c->b;
    for (uint32_t d = c->last; d-- > 0;) {
        if (d == c->across) continue;
        wf_expr *n = fuse_extents(b, d, 1);
        wf_var *quotient = fuse_local(b, "q", b->index, fuse_bin(b, WF_OP_DIV, fuse_ref(b, rest), n));
        wf_expr *whole = fuse_bin(b, WF_OP_MUL, fuse_ref(b, quotient), fuse_extents(b, d, 1));
        at->at[d] = fuse_local(b, "i", b->index, fuse_bin(b, WF_OP_SUB, fuse_ref(b, rest), whole));
        rest = quotient;
    }
}

/* Which tile this block has: x counts tiles along `last` fastest. */
static void place_tile(crossed *c) {
    fuse_build *b = c->b;
    wf_expr *up = fuse_bin(b, WF_OP_ADD, fuse_extents(b, c->last, 1), fuse_int(b, WF_CROSS - 1));
    wf_var *width = fuse_local(b, "width", b->index, fuse_bin(b, WF_OP_DIV, up, fuse_int(b, WF_CROSS)));
    wf_var *x = fuse_local(b, "x", b->index, fuse_member(b, WF_BI_BLOCK_IDX, "x"));
    wf_var *y = fuse_local(b, "y", b->index, fuse_bin(b, WF_OP_DIV, fuse_ref(b, x), fuse_ref(b, width)));
    wf_expr *done = fuse_bin(b, WF_OP_MUL, fuse_ref(b, y), fuse_ref(b, width));
    wf_expr *rest = fuse_bin(b, WF_OP_SUB, fuse_ref(b, x), done);
    c->tile_last = fuse_local(b, "left", b->index, fuse_bin(b, WF_OP_MUL, rest, fuse_int(b, WF_CROSS)));
    c->tile_across =
        fuse_local(b, "top", b->index, fuse_bin(b, WF_OP_MUL, fuse_ref(b, y), fuse_int(b, WF_CROSS)));
    c->tx = fuse_local(b, "tx", b->index, fuse_member(b, WF_BI_THREAD_IDX, "x"));
    c->ty = fuse_local(b, "ty", b->index, fuse_member(b, WF_BI_THREAD_IDX, "y"));
}

void fuse_crossed(fuse_build *b) {
    crossed c = {.b = b, .across = b->k->cross - 1u, .last = b->k->rank - 1u};
    declare_tiles(&c);
    place_tile(&c);
    wf_expr *count = NULL;
    for (uint32_t d = 0; d < c.last; d++) {
        if (d == c.across) continue;
        count = count ? fuse_bin(b, WF_OP_MUL, count, fuse_extents(b, d, 1)) : fuse_extents(b, d, 1);
    }
    wf_stmt *loop = wf_stmt_new(b->u, WF_ST_FOR, fuse_nowhere);
    wf_var *rest = wf_local_new(b->u, b->func, "rest", b->index, fuse_nowhere);
    loop->init = wf_stmt_decl(b->u, rest, fuse_member(b, WF_BI_BLOCK_IDX, "y"), fuse_nowhere);
    loop->expr = wf_make_bool(b->u, fuse_bin(b, WF_OP_LT, fuse_ref(b, rest), count ? count : fuse_int(b, 1)));
    loop->step =
        wf_make_update(b->u, WF_OP_ADD, fuse_ref(b, rest), fuse_member(b, WF_BI_GRID_DIM, "y"), fuse_nowhere);
    wf_stmt *outer = fuse_open(b, loop);
    fuse_position at = {{0}};
    place_rest(&c, rest, &at);
    fill_tiles(&c, &at);
    wait_for_block(b);
    compute(&c, &at);
    wait_for_block(b);
    fuse_close(b, outer);
}
