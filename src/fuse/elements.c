/* fuse/elements.c: elementwise kernels: every element of the domain computes and stores all outputs.
 *
 * A kernel of rank 1 is `if (i < n) out[i] = …`, one element a thread. With more dimensions there are two
 * ways to find the indices. `rows`: the innermost dimension is the grid's x and the others, taken together,
 * its y, so that the divisions are the same for a whole block and loads along the row stay vectors. Flat: one
 * linear index, divided by each thread: for short rows, which would leave most of a block idle. The grid's y
 * ends at 65535, so `rows` kernels step over it.
 *
 * `vector`: a GPU moves 16 bytes with one instruction, and needs that many in flight to reach its memory's
 * speed. A thread then takes several neighbours: all loads first, from a pointer that is said to be aligned,
 * then the values one after the other, then all stores; the compiler makes one access of each run. What is
 * left at the end of a row goes one by one. Where the whole is one row, a thread takes several vectors, one
 * after the other. */
#include "fuse/inner.h"

static wf_expr *thread_index(fuse_build *b) {
    wf_expr *start =
        fuse_bin(b, WF_OP_MUL, fuse_member(b, WF_BI_BLOCK_IDX, "x"), fuse_member(b, WF_BI_BLOCK_DIM, "x"));
    return fuse_bin(b, WF_OP_ADD, start, fuse_member(b, WF_BI_THREAD_IDX, "x"));
}

wf_expr *fuse_extents(fuse_build *b, uint32_t first, uint32_t count) {
    wf_expr *n = NULL;
    for (uint32_t d = first; d < first + count; d++) {
        wf_expr *e = fuse_cast(b, b->index, fuse_ref(b, b->extent[d]));
        n = n ? fuse_bin(b, WF_OP_MUL, n, e) : e;
    }
    return n ? n : fuse_int(b, 1);
}

void fuse_elements_body(fuse_build *b, const fuse_position *at) {
    const wf_fuse_kernel *k = b->k;
    fuse_value *values = WF_NEW_ARRAY(&b->u->arena, fuse_value, k->value_count);
    fuse_values(b, at, 0, values);
    for (uint32_t i = 0; i < k->output_count; i++)
        fuse_store(b, i, values[k->outputs[i].value],
                   fuse_offset(b, k->outputs[i].code, b->out_stride[i], at, 0, k->rank));
}

/* ---- several neighbours a thread ------------------------------------------------------------------------
 */

/* A pointer to the first of the thread's elements, of which it is known that the `vector` of them are
 * aligned. */
static wf_var *first_of(fuse_build *b, wf_var *base, wf_dtype t, wf_expr *offset) {
    uint64_t bytes = (uint64_t)b->k->vector * wf_dtype_size(t);
    if (wf_dtype_is_complex(t)) offset = fuse_bin(b, WF_OP_MUL, offset, fuse_int(b, 2));
    wf_expr *pointer = fuse_bin(b, WF_OP_ADD, fuse_ref(b, base), offset);
    wf_expr *align = wf_make_int(b->u, wf_type_scalar(b->u, WF_TY_INT), bytes < WF_ACCESS ? bytes : WF_ACCESS,
                                 fuse_nowhere);
    return fuse_local(b, "p", base->type->unqual, fuse_builtin(b, WF_BI_ALIGNED, pointer, align));
}

static wf_expr *neighbour(fuse_build *b, wf_var *pointer, uint32_t index) {
    return wf_make_index(b->u, fuse_ref(b, pointer), fuse_int(b, index), fuse_nowhere);
}

/* Of a kernel that draws random numbers the innermost indices of a thread begin at a multiple of V; said as
 * bits, so that the compiler sees that all of them are in one block of Philox and makes it once. */
static void iota_run(fuse_build *b, uint32_t i, const fuse_position *at, fuse_value *loads) {
    const wf_fuse_kernel *k = b->k;
    const wf_type *wide = wf_type_scalar(b->u, WF_TY_LLONG);
    fuse_value first = fuse_load(b, i, at, 0);
    wf_expr *mask = wf_make_int(b->u, wide, ~(uint64_t)(k->vector - 1), fuse_nowhere);
    wf_var *start = fuse_local(b, "v", wide, fuse_bin(b, WF_OP_AND, fuse_ref(b, first.re), mask));
    for (uint32_t j = 0; j < k->vector; j++) {
        wf_expr *low = wf_make_int(b->u, wide, j, fuse_nowhere);
        fuse_value *v = &loads[j * k->operand_count + i];
        v->dtype = WF_DT_INT64;
        v->re = fuse_local(b, "v", wide, fuse_bin(b, WF_OP_OR, fuse_ref(b, start), low));
    }
}

/* The V elements of operand i: loads[j * operands + i]. */
static void load_run(fuse_build *b, uint32_t i, const fuse_position *at, fuse_value *loads) {
    const wf_fuse_kernel *k = b->k;
    const wf_fuse_operand *o = &k->operands[i];
    wf_dtype t = (wf_dtype)o->dtype;
    if (o->code[k->rank - 1] != WF_STRIDE_ONE || o->kind == WF_OPERAND_SCALAR) return;
    if (o->kind == WF_OPERAND_IOTA) {
        if (wf_fuse_draws(k)) iota_run(b, i, at, loads);
        return;
    }
    wf_var *p = first_of(b, b->base[i], t, fuse_offset(b, o->code, b->stride[i], at, 0, k->rank));
    uint32_t parts = wf_dtype_is_complex(t) ? 2 : 1;
    for (uint32_t j = 0; j < k->vector; j++) {
        fuse_value *v = &loads[j * k->operand_count + i];
        v->dtype = t;
        v->re = fuse_local(b, "v", fuse_type(b, t), neighbour(b, p, j * parts));
        if (parts == 2) v->im = fuse_local(b, "v", fuse_type(b, t), neighbour(b, p, j * parts + 1));
    }
}

static void store_run(fuse_build *b, uint32_t i, const fuse_position *at, fuse_value *const *values) {
    const wf_fuse_output *o = &b->k->outputs[i];
    wf_dtype t = (wf_dtype)o->dtype;
    wf_var *p = first_of(b, b->out[i], t, fuse_offset(b, o->code, b->out_stride[i], at, 0, b->k->rank));
    for (uint32_t j = 0; j < b->k->vector; j++) {
        fuse_value v = values[j][o->value];
        uint32_t parts = v.im ? 2 : 1;
        for (uint32_t part = 0; part < parts; part++) {
            wf_expr *e = fuse_cast(b, fuse_type(b, t), fuse_ref(b, part ? v.im : v.re));
            fuse_do(b, wf_make_assign(b->u, neighbour(b, p, j * parts + part), e, fuse_nowhere));
        }
    }
}

/* V elements from at[rank - 1] on. */
static void vector_body(fuse_build *b, const fuse_position *at) {
    const wf_fuse_kernel *k = b->k;
    fuse_value *loads = WF_NEW_ARRAY(&b->u->arena, fuse_value, (uint32_t)k->vector * k->operand_count);
    fuse_value **values = WF_NEW_ARRAY(&b->u->arena, fuse_value *, k->vector);
    for (uint32_t i = 0; i < k->operand_count; i++) load_run(b, i, at, loads);
    for (uint32_t j = 0; j < k->vector; j++) {
        fuse_position one = *at;
        wf_expr *x = fuse_bin(b, WF_OP_ADD, fuse_ref(b, at->at[k->rank - 1]), fuse_int(b, j));
        one.at[k->rank - 1] = fuse_local(b, "i", b->index, x);
        values[j] = WF_NEW_ARRAY(&b->u->arena, fuse_value, k->value_count);
        b->loaded = loads + j * k->operand_count;
        fuse_values(b, &one, 0, values[j]);
    }
    b->loaded = NULL;
    for (uint32_t i = 0; i < k->output_count; i++) store_run(b, i, at, values);
}

/* ---- the forms ------------------------------------------------------------------------------------------
 */

/* The thread's vector of a row; at its end what is left of one. */
static void vector_of_row(fuse_build *b, fuse_position *at, wf_var *n) {
    uint32_t last = b->k->rank - 1u, vector = b->k->vector;
    wf_expr *first = fuse_bin(b, WF_OP_MUL, thread_index(b), fuse_int(b, vector));
    wf_var *x = fuse_local(b, "first", b->index, first);
    wf_var *left = fuse_local(b, "left", b->index, fuse_bin(b, WF_OP_SUB, fuse_ref(b, n), fuse_ref(b, x)));
    wf_stmt *whole = fuse_if(b, fuse_bin(b, WF_OP_GE, fuse_ref(b, left), fuse_int(b, vector)));
    at->at[last] = x;
    vector_body(b, at);
    fuse_close(b, whole);
    wf_stmt *part = fuse_else(b);
    wf_var *s;
    wf_stmt *loop = fuse_for(b, "s", fuse_ref(b, left), 1, &s);
    at->at[last] = fuse_local(b, "i", b->index, fuse_bin(b, WF_OP_ADD, fuse_ref(b, x), fuse_ref(b, s)));
    fuse_elements_body(b, at);
    fuse_close(b, loop);
    fuse_close(b, part);
}

static wf_expr *block_start(fuse_build *b, wf_expr *block, wf_var *count) {
    wf_expr *rounds = fuse_bin(b, WF_OP_MUL, block, fuse_ref(b, count));
    return fuse_bin(b, WF_OP_MUL, rounds, fuse_member(b, WF_BI_BLOCK_DIM, "x"));
}

/* The thread's vectors of a kernel with one row: one from each round of the block. The last elements, which
 * fill none, are taken by the first threads after that: within the loop they would cost a tenth of a kernel
 * that computes much. */
static void vectors(fuse_build *b, fuse_position *at, wf_var *n) {
    int64_t vector = b->k->vector;
    wf_var *count = fuse_local(b, "count", b->index, fuse_cast(b, b->index, fuse_ref(b, b->pieces)));
    wf_var *whole =
        fuse_local(b, "whole", b->index, fuse_bin(b, WF_OP_DIV, fuse_ref(b, n), fuse_int(b, vector)));
    wf_expr *next = fuse_bin(b, WF_OP_ADD, fuse_member(b, WF_BI_BLOCK_IDX, "x"), fuse_int(b, 1));
    wf_var *end = fuse_local(b, "end", b->index, block_start(b, next, count));
    wf_stmt *short_block = fuse_if(b, fuse_bin(b, WF_OP_GT, fuse_ref(b, end), fuse_ref(b, whole)));
    fuse_set(b, end, fuse_ref(b, whole));
    fuse_close(b, short_block);
    wf_expr *start = fuse_bin(b, WF_OP_ADD, block_start(b, fuse_member(b, WF_BI_BLOCK_IDX, "x"), count),
                              fuse_member(b, WF_BI_THREAD_IDX, "x"));
    wf_var *number = wf_local_new(b->u, b->func, "number", b->index, fuse_nowhere);
    wf_stmt *loop = wf_stmt_new(b->u, WF_ST_FOR, fuse_nowhere);
    loop->init = wf_stmt_decl(b->u, number, start, fuse_nowhere);
    loop->expr = wf_make_bool(b->u, fuse_bin(b, WF_OP_LT, fuse_ref(b, number), fuse_ref(b, end)));
    loop->step = wf_make_update(b->u, WF_OP_ADD, fuse_ref(b, number), fuse_member(b, WF_BI_BLOCK_DIM, "x"),
                                fuse_nowhere);
    loop->unroll = 1; /* written out it gains nothing, and takes the driver twice as long */
    wf_stmt *outer = fuse_open(b, loop);
    at->at[0] =
        fuse_local(b, "first", b->index, fuse_bin(b, WF_OP_MUL, fuse_ref(b, number), fuse_int(b, vector)));
    vector_body(b, at);
    fuse_close(b, outer);
    wf_expr *rest = fuse_bin(b, WF_OP_MUL, fuse_ref(b, whole), fuse_int(b, vector));
    at->at[0] = fuse_local(b, "i", b->index, fuse_bin(b, WF_OP_ADD, rest, thread_index(b)));
    wf_stmt *last = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, at->at[0]), fuse_ref(b, n)));
    fuse_elements_body(b, at);
    fuse_close(b, last);
}

/* The thread's element, or elements, along the innermost dimension, of extent n. */
static void run(fuse_build *b, fuse_position *at, wf_var *n) {
    if (wf_fuse_has_runs(b->k)) {
        vectors(b, at, n);
        return;
    }
    if (b->k->vector > 1) {
        vector_of_row(b, at, n);
        return;
    }
    wf_var *x = fuse_local(b, "i", b->index, thread_index(b));
    wf_stmt *outer = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, x), fuse_ref(b, n)));
    at->at[b->k->rank - 1u] = x;
    fuse_elements_body(b, at);
    fuse_close(b, outer);
}

static void flat(fuse_build *b, fuse_position *at) {
    wf_var *x = fuse_local(b, "i", b->index, thread_index(b));
    wf_stmt *outer = fuse_if(b, fuse_bin(b, WF_OP_LT, fuse_ref(b, x), fuse_extents(b, 0, b->k->rank)));
    fuse_unravel(b, x, 0, b->k->rank, at);
    fuse_elements_body(b, at);
    fuse_close(b, outer);
}

static void by_rows(fuse_build *b, fuse_position *at) {
    const wf_fuse_kernel *k = b->k;
    wf_var *count = fuse_local(b, "rows", b->index, fuse_extents(b, 0, k->rank - 1));
    wf_var *n = fuse_local(b, "n", b->index, fuse_extents(b, k->rank - 1, 1));
    wf_stmt *loop = wf_stmt_new(b->u, WF_ST_FOR, fuse_nowhere);
    wf_var *row = wf_local_new(b->u, b->func, "row", b->index, fuse_nowhere);
    loop->init = wf_stmt_decl(b->u, row, fuse_member(b, WF_BI_BLOCK_IDX, "y"), fuse_nowhere);
    loop->expr = wf_make_bool(b->u, fuse_bin(b, WF_OP_LT, fuse_ref(b, row), fuse_ref(b, count)));
    loop->step =
        wf_make_update(b->u, WF_OP_ADD, fuse_ref(b, row), fuse_member(b, WF_BI_GRID_DIM, "y"), fuse_nowhere);
    wf_stmt *outer = fuse_open(b, loop);
    fuse_unravel(b, row, 0, k->rank - 1, at);
    run(b, at, n);
    fuse_close(b, outer);
}

void fuse_elements(fuse_build *b) {
    fuse_position at = {{0}};
    if (b->k->rows) by_rows(b, &at);
    else if (b->k->rank == 1) run(b, &at, fuse_local(b, "n", b->index, fuse_extents(b, 0, 1)));
    else flat(b, &at);
}
