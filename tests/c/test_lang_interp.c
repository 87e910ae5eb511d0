/* The interpreter of the tree, on kernels built by hand: arithmetic (against constant folding, which shares
 * no code with it), control flow, barriers, warp operations, atomics, lockstep, and each way of going wrong.
 * Each unit is verified before it runs. */
#include "check.h"
#include "interp/interp.h"
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static const wf_place at = {0, 1, 7, 1};
static jmp_buf no_memory;
#define KIND(k) wf_type_scalar(u, WF_TY_##k)

/* --- building --- */

static wf_unit *new_unit(void) {
    wf_unit *u = wf_unit_new("test", 0);
    if (!u) exit(1);
    u->arena.on_failure = &no_memory;
    return u;
}

/* A kernel k(p0, p1 …) with an empty body. */
static wf_func *new_kernel(wf_unit *u, const char *name, const wf_type **params, uint32_t count) {
    static const char *const names[] = {"p0", "p1", "p2", "p3"};
    wf_func *f = wf_func_new(u, name, wf_type_function(u, KIND(VOID), params, count, 0), at);
    f->flags = WF_FN_KERNEL | WF_FN_CONTRACT;
    for (uint32_t i = 0; i < count; i++) wf_param_new(u, f, names[i], params[i], at);
    f->body = wf_stmt_block(u, at);
    return f;
}

static wf_expr *V(wf_unit *u, wf_var *var) { return wf_make_var(u, var, at); }
static wf_expr *N(wf_unit *u, int64_t value) { return wf_make_int(u, KIND(INT), (uint64_t)value, at); }
static wf_expr *B(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b) { return wf_make_binary(u, op, a, b, at); }
static wf_expr *index_of(wf_unit *u, wf_expr *a, wf_expr *i) { return wf_make_index(u, a, i, at); }
static wf_expr *set(wf_unit *u, wf_expr *a, wf_expr *b) { return wf_make_assign(u, a, b, at); }
static wf_expr *tid(wf_unit *u) {
    return wf_make_member(u, wf_make_builtin(u, WF_BI_THREAD_IDX, NULL, 0, at), "x", at);
}
static wf_expr *call(wf_unit *u, wf_builtin id, wf_expr *a, wf_expr *b, wf_expr *c) {
    wf_expr *args[] = {a, b, c};
    return wf_make_builtin(u, id, args, a ? b ? c ? 3 : 2 : 1 : 0, at);
}
static void add(wf_unit *u, wf_stmt *block, wf_expr *e) { wf_block_add(block, wf_stmt_expr(u, e)); }
static wf_stmt *add_if(wf_unit *u, wf_stmt *block, wf_expr *condition) {
    wf_stmt *s = wf_stmt_new(u, WF_ST_IF, at);
    s->expr = wf_make_bool(u, condition);
    s->body = wf_stmt_block(u, at);
    wf_block_add(block, s);
    return s->body;
}
static wf_var *add_local(wf_unit *u, wf_func *f, wf_stmt *block, const char *name, const wf_type *type,
                         wf_expr *init) {
    wf_var *var = wf_local_new(u, f, name, type, at);
    wf_block_add(block, wf_stmt_decl(u, var, init, at));
    return var;
}
static wf_var *add_shared(wf_unit *u, wf_func *f, const char *name, const wf_type *type) {
    wf_var *var = wf_local_new(u, f, name, type, at);
    var->space = WF_SPACE_SHARED;
    wf_block_add(f->body, wf_stmt_decl(u, var, NULL, at));
    return var;
}

/* Verifies, checks that the unit equals itself, and launches one row of blocks. */
static wf_status run(wf_unit *u, const char *name, uint32_t blocks, uint32_t threads, const void *params,
                     size_t size, wf_interp_options *options, wf_error *err) {
    uint32_t grid[3] = {blocks, 1, 1}, block[3] = {threads, 1, 1};
    wf_error_clear(err);
    CHECK_MESSAGE(!u->diags.errors, "%s", u->diags.first->message);
    CHECK_MESSAGE(wf_unit_verify(u, err) == WF_OK, "%s", err->message);
    CHECK(wf_unit_equal(u, u, NULL));
    return wf_interp_run(u, name, grid, block, 256, params, size, options, err);
}
#define RUN(name, blocks, threads, params, options)                                                          \
    (status = run(u, name, blocks, threads, &(params), sizeof(params), options, &err))
#define RUN_WELL(name, blocks, threads, params, options)                                                     \
    CHECK_MESSAGE(RUN(name, blocks, threads, params, options) == WF_OK, "%s", err.message)

/* --- kernels --- */

/* if (i < n) y[i] = a * x[i] + y[i]: contracted */
static void test_saxpy(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    const wf_type *floats = wf_type_pointer(u, KIND(FLOAT));
    wf_func *f = new_kernel(u, "saxpy", (const wf_type *[]){floats, floats, KIND(FLOAT), KIND(INT)}, 4);
    wf_var *x = f->params, *y = x->next, *a = y->next, *n = a->next;
    wf_expr *first = wf_make_builtin(u, WF_BI_BLOCK_IDX, NULL, 0, at),
            *width = wf_make_builtin(u, WF_BI_BLOCK_DIM, NULL, 0, at);
    wf_var *i = add_local(
        u, f, f->body, "i", KIND(INT),
        B(u, WF_OP_ADD, B(u, WF_OP_MUL, wf_make_member(u, first, "x", at), wf_make_member(u, width, "x", at)),
          tid(u)));
    wf_stmt *then = add_if(u, f->body, B(u, WF_OP_LT, V(u, i), V(u, n)));
    add(u, then,
        set(u, index_of(u, V(u, y), V(u, i)),
            B(u, WF_OP_ADD, B(u, WF_OP_MUL, V(u, a), index_of(u, V(u, x), V(u, i))),
              index_of(u, V(u, y), V(u, i)))));
    float memory[300] = {0}, *xs = memory, *ys = memory + 200, expected[100]; /* apart */
    for (int k = 0; k < 100; k++)
        xs[k] = (float)sin(k), ys[k] = (float)cos(k), expected[k] = fmaf(0.3f, xs[k], ys[k]);
    struct {
        float *x, *y;
        float a;
        int n;
    } params = {xs, ys, 0.3f, 100};
    wf_interp_buffer buffers[] = {{xs, 400}, {ys, 400}};
    wf_interp_options options = {.buffers = buffers, .buffer_count = 2};
    RUN_WELL("saxpy", 4, 32, params, &options);
    CHECK(!memcmp(ys, expected, sizeof expected) && !options.out_of_bounds);
    params.n = 103; /* three elements too many */
    RUN_WELL("saxpy", 4, 32, params, &options);
    CHECK(options.out_of_bounds == 9 && options.first.block == 3 && options.first.thread == 4 &&
          options.first.size == 4 && !options.first.is_store);
    CHECK(options.first.address == (uintptr_t)(xs + 100) && options.first.at.line == 7);
    CHECK(RUN("saxpy", 4, 2000, params, &options) == WF_LAUNCH &&
          RUN("none", 1, 1, params, &options) == WF_INVALID);
    wf_unit_free(u);
}

/* A tree reduction in shared memory; block[0] gets the sum of 128 ints. */
static void test_barriers(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    const wf_type *ints = wf_type_pointer(u, KIND(INT));
    wf_func *f = new_kernel(u, "sum", (const wf_type *[]){ints, ints}, 2);
    wf_var *in = f->params, *out = in->next, *s = add_shared(u, f, "s", wf_type_array(u, KIND(INT), 128));
    add(u, f->body, set(u, index_of(u, V(u, s), tid(u)), index_of(u, V(u, in), tid(u))));
    wf_var *step = wf_local_new(u, f, "step", KIND(INT), at);
    wf_stmt *loop = wf_stmt_new(u, WF_ST_FOR, at);
    loop->init = wf_stmt_decl(u, step, N(u, 64), at);
    loop->expr = wf_make_bool(u, B(u, WF_OP_GT, V(u, step), N(u, 0)));
    loop->step = wf_make_update(u, WF_OP_DIV, V(u, step), N(u, 2), at);
    loop->body = wf_stmt_block(u, at);
    add(u, loop->body, call(u, WF_BI_SYNCTHREADS, NULL, NULL, NULL));
    wf_stmt *then = add_if(u, loop->body, B(u, WF_OP_LT, tid(u), V(u, step)));
    add(u, then,
        wf_make_update(u, WF_OP_ADD, index_of(u, V(u, s), tid(u)),
                       index_of(u, V(u, s), B(u, WF_OP_ADD, tid(u), V(u, step))), at));
    wf_block_add(f->body, loop);
    wf_expr *count = call(u, WF_BI_SYNCTHREADS_COUNT, B(u, WF_OP_LT, tid(u), N(u, 5)), NULL, NULL);
    add(u, f->body, set(u, index_of(u, V(u, out), B(u, WF_OP_ADD, tid(u), N(u, 1))), count));
    then = add_if(u, f->body, B(u, WF_OP_EQ, tid(u), N(u, 0)));
    add(u, then, set(u, wf_make_deref(u, V(u, out), at), index_of(u, V(u, s), N(u, 0))));
    int input[128], output[129];
    for (int i = 0; i < 128; i++) input[i] = i * i;
    struct {
        int *in, *out;
    } params = {input, output};
    RUN_WELL("sum", 1, 128, params, NULL);
    CHECK(output[0] == 127 * 128 * 255 / 6 && output[1] == 5 && output[128] == 5);
    wf_unit_free(u);
}

/* Some threads wait at a barrier, others in a warp operation for the first ones. */
static void test_deadlock(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    wf_func *f = new_kernel(u, "deadlock", NULL, 0);
    wf_stmt *then = add_if(u, f->body, B(u, WF_OP_LT, tid(u), N(u, 3)));
    add(u, then, call(u, WF_BI_SYNCTHREADS, NULL, NULL, NULL));
    add(u, f->body, call(u, WF_BI_SYNCWARP, N(u, -1), NULL, NULL));
    char none;
    CHECK(RUN("deadlock", 1, 32, none, NULL) == WF_TRAP && strstr(err.message, "wait for each other"));
    wf_unit_free(u);
}

/* Shuffles, votes, match, an active mask in a branch; 40 threads, so the last warp has eight lanes. */
static void test_warp(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    const wf_type *uints = wf_type_pointer(u, KIND(UINT));
    wf_func *f = new_kernel(u, "warp", (const wf_type *[]){uints}, 1);
    wf_var *out = f->params;
    wf_expr *mask = wf_make_int(u, KIND(UINT), 0xffffffff, at);
    wf_expr *results[] = {
        wf_make_builtin(u, WF_BI_SHFL_DOWN, (wf_expr *[]){mask, tid(u), N(u, 3), N(u, 8)}, 4, at),
        wf_make_builtin(u, WF_BI_SHFL_UP, (wf_expr *[]){mask, tid(u), N(u, 1)}, 3, at),
        wf_make_builtin(u, WF_BI_SHFL_XOR, (wf_expr *[]){mask, tid(u), N(u, 5), N(u, 4)}, 4, at),
        wf_make_builtin(u, WF_BI_SHFL, (wf_expr *[]){mask, tid(u), N(u, 6), N(u, 4)}, 4, at),
        call(u, WF_BI_BALLOT, mask, B(u, WF_OP_AND, tid(u), N(u, 1)), NULL),
        call(u, WF_BI_ALL, mask, B(u, WF_OP_LT, tid(u), N(u, 32)), NULL),
        call(u, WF_BI_MATCH_ANY, mask, B(u, WF_OP_REM, tid(u), N(u, 3)), NULL),
        call(u, WF_BI_REDUCE_ADD, mask, tid(u), NULL),
    };
    enum { N_RESULTS = sizeof results / sizeof *results };
    for (int i = 0; i < N_RESULTS; i++)
        add(u, f->body,
            set(u, index_of(u, V(u, out), B(u, WF_OP_ADD, B(u, WF_OP_MUL, tid(u), N(u, 9)), N(u, i))),
                results[i]));
    wf_stmt *then = add_if(u, f->body, B(u, WF_OP_REM, tid(u), N(u, 2)));
    add(u, then,
        set(u, index_of(u, V(u, out), B(u, WF_OP_ADD, B(u, WF_OP_MUL, tid(u), N(u, 9)), N(u, 8))),
            call(u, WF_BI_ACTIVEMASK, NULL, NULL, NULL)));
    unsigned o[40][9] = {{0}};
    struct {
        void *out;
    } params = {o};
    RUN_WELL("warp", 1, 40, params, NULL);
    CHECK(o[0][0] == 3 && o[5][0] == 5 && o[12][0] == 15 && o[13][0] == 13);
    CHECK(o[0][1] == 0 && o[9][1] == 8 && o[32][1] == 32 && o[33][1] == 32);
    CHECK(o[0][2] == 0 && o[4][2] == 1 && o[6][2] == 3);
    CHECK(o[0][3] == 2 && o[21][3] == 22);
    CHECK(o[0][4] == 0xaaaaaaaa && o[35][4] == 0xaa);
    CHECK(o[3][5] == 1 && o[33][5] == 0);
    CHECK(o[0][6] == 0x49249249 && o[32][6] == 0x49 && o[34][6] == 0x24);
    CHECK(o[7][7] == 496 && o[39][7] == 32 * 8 + 28);
    CHECK(o[0][8] == 0 && o[1][8] == 0xaaaaaaaa && o[39][8] == 0xaa);
    wf_unit_free(u);
}

/* The old warp-synchronous reduction: volatile shared memory, no barrier. */
static void test_lockstep(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    const wf_type *ints = wf_type_pointer(u, KIND(INT));
    wf_func *f = new_kernel(u, "lockstep", (const wf_type *[]){ints}, 1);
    wf_var *s = add_shared(u, f, "s", wf_type_array(u, wf_type_qualified(u, KIND(INT), WF_VOLATILE), 64));
    add(u, f->body, set(u, index_of(u, V(u, s), tid(u)), B(u, WF_OP_ADD, tid(u), N(u, 1))));
    add(u, f->body,
        set(u, index_of(u, V(u, s), B(u, WF_OP_ADD, tid(u), N(u, 32))), B(u, WF_OP_ADD, tid(u), N(u, 33))));
    for (int step = 32; step; step /= 2)
        add(u, f->body,
            wf_make_update(u, WF_OP_ADD, index_of(u, V(u, s), tid(u)),
                           index_of(u, V(u, s), B(u, WF_OP_ADD, tid(u), N(u, step))), at));
    add(u, add_if(u, f->body, B(u, WF_OP_EQ, tid(u), N(u, 0))),
        set(u, wf_make_deref(u, V(u, f->params), at), index_of(u, V(u, s), N(u, 0))));
    int sum = 0;
    struct {
        int *out;
    } params = {&sum};
    RUN_WELL("lockstep", 1, 32, params, NULL);
    CHECK(sum == 64 * 65 / 2);
    wf_unit_free(u);
}

/* Globals that live from launch to launch; atomics; a lock that threads spin for; the dynamic part of shared
 * memory. */
static void test_memory(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    wf_var *counter = wf_global_new(u, "counter", KIND(UINT), WF_SPACE_DEVICE, at);
    counter->init = wf_make_int(u, KIND(UINT), 100, at);
    wf_var *lock = wf_global_new(u, "lock", KIND(INT), WF_SPACE_DEVICE, at);
    wf_var *table = wf_global_new(u, "table", wf_type_array(u, KIND(SHORT), 3), WF_SPACE_CONSTANT, at);
    table->init = wf_make_init(u, table->type, (wf_expr *[]){N(u, 7), NULL, N(u, -9)}, 3, at);
    wf_func *f = new_kernel(u, "count", (const wf_type *[]){wf_type_pointer(u, KIND(INT))}, 1);
    wf_var *dynamic = add_shared(u, f, "dynamic", wf_type_array_open(u, KIND(INT)));
    add(u, f->body, call(u, WF_BI_ATOMIC_ADD, wf_make_addr(u, V(u, counter), at), N(u, 2), NULL));
    wf_stmt *spin = wf_stmt_new(u, WF_ST_WHILE, at);
    spin->expr =
        wf_make_bool(u, call(u, WF_BI_ATOMIC_CAS, wf_make_addr(u, V(u, lock), at), N(u, 0), N(u, 1)));
    wf_block_add(f->body, spin);
    add(u, f->body,
        wf_make_update(u, WF_OP_ADD, index_of(u, V(u, dynamic), N(u, 1)), index_of(u, V(u, table), N(u, 2)),
                       at));
    add(u, f->body, call(u, WF_BI_ATOMIC_EXCH, wf_make_addr(u, V(u, lock), at), N(u, 0), NULL));
    add(u, f->body, call(u, WF_BI_SYNCTHREADS, NULL, NULL, NULL));
    add(u, f->body, set(u, wf_make_deref(u, V(u, f->params), at), index_of(u, V(u, dynamic), N(u, 1))));
    int out = 0;
    struct {
        int *out;
    } params = {&out};
    wf_interp_module *module = wf_interp_module_new(u);
    wf_interp_buffer buffer = {&out, 4};
    wf_interp_options options = {.module = module, .buffers = &buffer, .buffer_count = 1};
    RUN_WELL("count", 2, 64, params, &options);
    RUN_WELL("count", 2, 64, params, &options);
    uint64_t size = 0;
    unsigned *value = wf_interp_global(module, "counter", &size);
    CHECK(size == 4 && *value == 100 + 2 * 256 && out == -9 * 64 && !options.out_of_bounds);
    CHECK(!wf_interp_global(module, "nothing", NULL));
    wf_interp_module_free(module);
    wf_unit_free(u);
}

/* switch with fall-through, goto backwards, do, continue, a called function with a record, recursion that is
 * too deep. */
static void test_control_flow(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    const wf_type *ints = wf_type_pointer(u, KIND(INT)), *pair = wf_type_vector(u, WF_TY_INT, 2);
    wf_func *g = wf_func_new(u, "swap", wf_type_function(u, pair, &pair, 1, 0), at);
    g->flags = WF_FN_DEVICE;
    wf_var *v = wf_param_new(u, g, "v", pair, at);
    g->body = wf_stmt_block(u, at);
    wf_stmt *leave = wf_stmt_new(u, WF_ST_RETURN, at);
    leave->expr = wf_make_init(
        u, pair, (wf_expr *[]){wf_make_member(u, V(u, v), "y", at), wf_make_member(u, V(u, v), "x", at)}, 2,
        at);
    wf_block_add(g->body, leave);
    wf_func *f = new_kernel(u, "flow", (const wf_type *[]){ints}, 1);
    wf_var *out = f->params, *n = add_local(u, f, f->body, "n", KIND(INT), N(u, 0));
    wf_stmt *label = wf_stmt_new(u, WF_ST_LABEL, at), *jump = wf_stmt_new(u, WF_ST_GOTO, at);
    label->name = jump->name = "again";
    wf_block_add(f->body, label);
    wf_stmt *choose = wf_stmt_new(u, WF_ST_SWITCH, at);
    choose->expr = tid(u);
    choose->body = wf_stmt_block(u, at);
    for (uint64_t c = 0; c < 3; c++) {
        wf_stmt *s = wf_stmt_new(u, c == 2 ? WF_ST_DEFAULT : WF_ST_CASE, at);
        s->value = c;
        wf_block_add(choose->body, s);
        add(u, choose->body, wf_make_update(u, WF_OP_ADD, V(u, n), N(u, c == 0 ? 1 : c == 1 ? 10 : 100), at));
        if (c == 1) wf_block_add(choose->body, wf_stmt_new(u, WF_ST_BREAK, at));
    }
    wf_block_add(f->body, choose);
    wf_block_add(add_if(u, f->body, B(u, WF_OP_LT, V(u, n), N(u, 50))), jump);
    wf_stmt *loop = wf_stmt_new(u, WF_ST_DO, at);
    loop->body = wf_stmt_block(u, at);
    loop->expr = wf_make_bool(
        u, B(u, WF_OP_NE, B(u, WF_OP_REM, wf_make_step(u, WF_OP_ADD, V(u, n), 0, at), N(u, 8)), N(u, 0)));
    wf_block_add(add_if(u, loop->body, V(u, n)), wf_stmt_new(u, WF_ST_CONTINUE, at));
    add(u, loop->body, set(u, V(u, n), N(u, -1000)));
    wf_block_add(f->body, loop);
    wf_expr *swapped = wf_make_call(
        u, g, (wf_expr *[]){wf_make_init(u, pair, (wf_expr *[]){V(u, n), N(u, 5)}, 2, at)}, 1, at);
    add(u, f->body, set(u, index_of(u, V(u, out), tid(u)), wf_make_member(u, swapped, "y", at)));
    int result[3];
    struct {
        int *out;
    } params = {result};
    RUN_WELL("flow", 1, 3, params, NULL);
    CHECK_MESSAGE(result[0] == 56 && result[1] == 56 && result[2] == 104, "%d %d %d", result[0], result[1],
                  result[2]);
    wf_func *deep = wf_func_new(u, "deep", wf_type_function(u, KIND(VOID), NULL, 0, 0), at);
    deep->flags = WF_FN_DEVICE;
    deep->body = wf_stmt_block(u, at);
    add(u, deep->body, wf_make_call(u, deep, NULL, 0, at));
    wf_func *k = new_kernel(u, "recursion", NULL, 0);
    add(u, k->body, wf_make_call(u, deep, NULL, 0, at));
    CHECK(RUN("recursion", 1, 2, params, NULL) == WF_TRAP && strstr(err.message, "nested deeper"));
    wf_unit_free(u);
}

static void test_going_wrong(void) {
    wf_unit *u = new_unit();
    wf_error err;
    wf_status status;
    char none;
    wf_func *f = new_kernel(u, "asserts", NULL, 0);
    wf_stmt *then = add_if(u, f->body, B(u, WF_OP_EQ, tid(u), N(u, 2)));
    add(u, then, call(u, WF_BI_ASSERT_FAIL, wf_make_string(u, "x > 0", 5, at), NULL, NULL));
    CHECK(RUN("asserts", 2, 4, none, NULL) == WF_TRAP && strstr(err.message, "x > 0") &&
          strstr(err.message, "block 0, thread 2"));
    f = new_kernel(u, "forever", NULL, 0);
    wf_stmt *loop = wf_stmt_new(u, WF_ST_WHILE, at);
    loop->expr = wf_make_bool(u, N(u, 1));
    wf_block_add(f->body, loop);
    wf_interp_options options = {.max_steps = 10000};
    CHECK(RUN("forever", 1, 2, none, &options) == WF_INTERRUPT);
    f = new_kernel(u, "divides", (const wf_type *[]){wf_type_pointer(u, KIND(INT))}, 1);
    add(u, f->body,
        set(u, wf_make_deref(u, V(u, f->params), at),
            B(u, WF_OP_DIV, N(u, 5), B(u, WF_OP_SUB, tid(u), tid(u)))));
    int out = -1;
    struct {
        int *out;
    } params = {&out};
    RUN_WELL("divides", 1, 1, params, NULL);
    CHECK(out == 0);
    f->flags |= WF_FN_TRAP_DIVIDE;
    CHECK(RUN("divides", 1, 1, params, NULL) == WF_TRAP && strstr(err.message, "division by zero"));
    f = new_kernel(u, "python", (const wf_type *[]){wf_type_pointer(u, KIND(INT)), KIND(INT)}, 2);
    wf_expr *i =
        wf_make_builtin(u, WF_BI_INDEX, (wf_expr *[]){V(u, f->params->next), N(u, 3), N(u, 0)}, 3, at);
    add(u, f->body, set(u, index_of(u, V(u, f->params), i), N(u, 42)));
    int array[3] = {0};
    struct {
        int *a;
        int i;
    } indexed = {array, -1};
    RUN_WELL("python", 1, 1, indexed, &options);
    CHECK(array[2] == 42 && !options.out_of_bounds);
    indexed.i = 3;
    RUN_WELL("python", 1, 1, indexed, &options);
    CHECK(options.out_of_bounds == 1 && array[0] == 0 && array[1] == 0);
    f = new_kernel(u, "prints", NULL, 0);
    wf_expr *format = wf_make_string(u, "%3d %5.2f %llx %% %s|%c\n", 24, at);
    add(u, f->body,
        wf_make_builtin(u, WF_BI_PRINTF,
                        (wf_expr *[]){format, tid(u), wf_make_float(u, KIND(FLOAT), 1.5, at),
                                      wf_make_int(u, KIND(ULLONG), ~0ull, at),
                                      wf_make_string(u, "text", 4, at), N(u, 'c')},
                        6, at));
    wf_text text;
    wf_text_init(&text, NULL);
    options.output = &text;
    RUN_WELL("prints", 1, 2, none, &options);
    CHECK_MESSAGE(
        text.data &&
            !strcmp(text.data, "  0  1.50 ffffffffffffffff % text|c\n  1  1.50 ffffffffffffffff % text|c\n"),
        "%s", text.data);
    wf_text_free(&text);
    wf_unit_free(u);
}

/* --- folding and running give the same, for random constant expressions --- */

static uint64_t seed = 12345;
static uint64_t draw(uint64_t below) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (seed * 0x2545f4914f6cdd1du >> 32) % below;
}

static wf_expr *random_literal(wf_unit *u) {
    static const int64_t odd[] = {
        0,   1,   -1,    2,      7,     31,        32,        63,         100,       127,       128,
        255, 256, 32767, -32768, 65535, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN, 2049};
    static const double odd_floats[] = {
        0,     -0.0,     1,         -1.5, 0.1,      1e-8,         65504, 65520,       3e38,
        1e300, INFINITY, -INFINITY, NAN,  0x1p-149, 2147483648.0, -1e19, 1.0009765625};
    const wf_type *type = wf_type_scalar(u, (wf_type_kind)(WF_TY_BOOL + draw(WF_TY_SCALARS - WF_TY_BOOL)));
    if (wf_type_is_float(type))
        return wf_make_float(u, type, odd_floats[draw(sizeof odd_floats / sizeof *odd_floats)], at);
    return wf_make_int(u, type, (uint64_t)odd[draw(sizeof odd / sizeof *odd)], at);
}

static wf_expr *random_expr(wf_unit *u, int depth) {
    if (!depth || !draw(8)) return random_literal(u);
    wf_expr *a = random_expr(u, depth - 1);
    switch (draw(8)) {
    case 0:
        return wf_make_cast(
            u, wf_type_scalar(u, (wf_type_kind)(WF_TY_BOOL + draw(WF_TY_SCALARS - WF_TY_BOOL))), a, at);
    case 1: return wf_make_unary(u, wf_type_is_float(a->type) ? WF_OP_NEG : (wf_op)draw(3), a, at);
    case 2: return wf_make_cond(u, a, random_expr(u, depth - 1), random_expr(u, depth - 1), at);
    case 3: return wf_make_paren(u, a);
    default: break;
    }
    wf_expr *b = random_expr(u, depth - 1);
    wf_op op = (wf_op)(WF_OP_ADD + draw(WF_OP_COUNT - WF_OP_ADD));
    int floats = wf_type_is_float(a->type) || wf_type_is_float(b->type);
    int integers_only = op == WF_OP_REM || (op >= WF_OP_SHL && op <= WF_OP_OR);
    return wf_make_binary(u, floats && integers_only ? WF_OP_MUL : op, a, b, at);
}

static void check_same(wf_unit *u, const wf_type *type, const wf_expr *folded, const void *bytes) {
    unsigned char expected[8] = {0};
    if (wf_type_is_float(type)) {
        double value = folded->u.f, got;
        float single;
        if (type->kind == WF_TY_DOUBLE) memcpy(&got, bytes, 8);
        else if (type->kind == WF_TY_FLOAT) memcpy(&single, bytes, 4), got = single;
        else return; /* the half types were converted to float before */
        CHECK_MESSAGE((isnan(value) && isnan(got)) || !memcmp(&value, &got, 8), "%g and %g", value, got);
        return;
    }
    memcpy(expected, &folded->u.i, 8);
    CHECK_MESSAGE(!memcmp(expected, bytes, wf_type_size(type)), "%llx", (unsigned long long)folded->u.i);
    (void)u;
}

static void test_against_folding(void) {
    int compared = 0;
    for (int round = 0; round < 3000; round++) {
        wf_unit *u = new_unit();
        wf_error err;
        wf_status status;
        wf_expr *e = random_expr(u, 1 + (int)draw(4));
        if (e->type->kind == WF_TY_HALF || e->type->kind == WF_TY_BFLOAT)
            e = wf_make_convert(u, KIND(FLOAT), e, at);
        wf_expr *folded = wf_fold(u, e);
        wf_func *f = new_kernel(u, "k", (const wf_type *[]){wf_type_pointer(u, e->type)}, 1);
        f->flags &= ~(uint32_t)WF_FN_CONTRACT;
        add(u, f->body, set(u, wf_make_deref(u, V(u, f->params), at), e));
        unsigned char bytes[8] = {0};
        struct {
            void *out;
        } params = {bytes};
        RUN_WELL("k", 1, 1, params, NULL);
        if (folded->kind == WF_EX_INT || folded->kind == WF_EX_FLOAT) {
            check_same(u, e->type, folded, bytes);
            compared++;
        }
        wf_unit_free(u);
    }
    CHECK_MESSAGE(compared > 1500, "%d", compared);
}

int main(void) {
    if (setjmp(no_memory)) return 1;
    test_saxpy();
    test_barriers();
    test_deadlock();
    test_warp();
    test_lockstep();
    test_memory();
    test_control_flow();
    test_going_wrong();
    test_against_folding();
    return check_report("lang interp");
}
