/* emit/barrier_grid.c: barriers over the whole grid.
 *
 * CPU: all blocks of the launch are coroutines of one thread (WF_FUNCTION_WHOLE_GRID: the runtime gives one
 * call all blocks). A record for each block holds its state, a worker of its own with its own shared memory,
 * and its handles; before them stands the grid's record. The kernel starts every group of every block, then
 * resumes those that are not done, round after round. A group at a grid barrier counts itself among those
 * that wait and is suspended until the phase changes; one that ends takes itself off those that live. Between
 * two rounds the kernel looks: when all that live wait, the phase changes. So threads that have ended are not
 * waited for, and a barrier cannot stay closed: in each round all wait, or one gets on. One thread runs them
 * all, so plain additions do. Barriers of a block need no more than that: a round resumes each group of it
 * once.
 *
 * GPU: one counter in memory. Each block adds 1, the first one what is missing to 2^31; who sees the highest
 * bit change goes on. That holds for any number of barriers and leaves nothing to reset. */
#include "emit/inner.h"
#include "emit/kernel.h"

/* grid's record: 0 groups that wait i64, 8 groups that live i64, 16 frames ptr, 24 blocks i64, 32 phase */
enum { GRID_LIVE = 8, GRID_FRAMES = 16, GRID_BLOCKS = 24, GRID_PHASE = 32, GRID_SIZE = 128 };
/* block's record: 0 state, 192 worker, 256 handles, then shared memory */
enum { BLOCK_WORKER = WF_STATE_SIZE, BLOCK_HANDLES = WF_STATE_SIZE + 64, STATE_X = 8, STATE_GRID = 56 };

static const char *field(emitter *e, const char *base, int offset) {
    return ins(e, "getelementptr i8, ptr %s, i64 %d", base, offset);
}

static const char *at_bytes(emitter *e, const char *base, const char *bytes) {
    return ins(e, "getelementptr i8, ptr %s, i64 %s", base, bytes);
}

static const char *rounded(emitter *e, const char *bytes) {
    return ins(e, "and i64 %s, -128", ins(e, "add i64 %s, 127", bytes));
}

static const char *block_record(emitter *e, const char *block) {
    return at_bytes(e, field(e, e->fn->grid, GRID_SIZE), ins(e, "mul i64 %s, %s", block, e->fn->grid_stride));
}

void grid_prepare(emitter *e) {
    irfn *fn = e->fn;
    const char *groups = kernel_group_limit(e);
    label *have = label_new(e);
    fn->grid_handles = rounded(e, ins(e, "mul i64 %s, 8", groups));
    const char *shared = rounded(e, ins(e, "load i64, ptr %s", field(e, "%worker", 8)));
    fn->grid_stride =
        ins(e, "add i64 %s, %s", ins(e, "add i64 %s, %d", fn->grid_handles, BLOCK_HANDLES), shared);
    const char *bytes = ins(e, "add i64 %s, %d", ins(e, "mul i64 %s, %%last", fn->grid_stride), GRID_SIZE);
    const char *f = ins(e, "load ptr, ptr %s", field(e, "%launch", 80));
    fn->grid = ins(e, "call ptr %s(ptr %%worker, i32 3, i64 %s)", f, bytes);
    branch_rare(e, ins(e, "icmp ne ptr %s, null", fn->grid), have, fn->stopped);
    label_place(e, have);
    line(e, "store i64 0, ptr %s", fn->grid);
    line(e, "store i64 %s, ptr %s", ins(e, "mul i64 %s, %%last", groups), field(e, fn->grid, GRID_LIVE));
    line(e, "store i64 0, ptr %s", field(e, fn->grid, GRID_PHASE));
    line(e, "store ptr null, ptr %s", field(e, fn->grid, GRID_FRAMES));
    line(e, "store i64 %%last, ptr %s", field(e, fn->grid, GRID_BLOCKS));
}

/* A loop's counter: at the label it is `n`. */
typedef struct counter {
    const char *at, *n;
    label *head;
} counter;

static counter counter_begin(emitter *e) {
    counter c = {alloca_new(e, "i64", ""), NULL, label_new(e)};
    line(e, "store i64 0, ptr %s", c.at);
    label_place(e, c.head);
    c.head->uses++;
    c.n = ins(e, "load i64, ptr %s", c.at);
    return c;
}

static void counter_end(emitter *e, const counter *c, const char *limit) {
    label *on = label_new(e);
    const char *next = ins(e, "add i64 %s, 1", c->n);
    line(e, "store i64 %s, ptr %s", next, c->at);
    branch_if(e, ins(e, "icmp ult i64 %s, %s", next, limit), c->head, on);
    label_place(e, on);
}

void grid_block(emitter *e, inst *in) {
    irfn *fn = e->fn;
    const char *record = block_record(e, fn->block_linear), *worker = field(e, record, BLOCK_WORKER);
    const char *handles = field(e, record, BLOCK_HANDLES), *groups = kernel_group_limit(e);
    declare(e, "llvm.memset.p0.i64", "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)");
    line(e, "call void @llvm.memset.p0.i64(ptr %s, i8 0, i64 %d, i1 false)", record, WF_STATE_SIZE);
    line(e, "store i64 %s, ptr %s", fn->block_linear, record);
    for (int i = 0; i < 3; i++)
        line(e, "store i32 %s, ptr %s", fn->block_id[i].op, field(e, record, STATE_X + 4 * i));
    line(e, "store ptr %s, ptr %s", fn->grid, field(e, record, STATE_GRID));
    line(e, "store ptr %s, ptr %s", at_bytes(e, handles, fn->grid_handles), worker);
    for (int i = 8; i < (int)sizeof(wf_cpu_worker); i += 8) /* the rest of wf_cpu_worker */
        line(e, "store i64 %s, ptr %s", ins(e, "load i64, ptr %s", field(e, "%worker", i)),
             field(e, worker, i));
    label *started = label_new(e);
    counter c = counter_begin(e);
    const char *h = ins(e, "call ptr @wf_co_%s(ptr %%launch, ptr %s, ptr %s, i64 %s, i64 %s)", in->func->name,
                        worker, record, c.n, groups);
    branch_rare(e, ins(e, "icmp ne ptr %s, null", h), started, fn->stopped);
    label_place(e, started);
    line(e, "store ptr %s, ptr %s", h, ins(e, "getelementptr ptr, ptr %s, i64 %s", handles, c.n));
    counter_end(e, &c, groups);
}

/* Between two rounds: lets those that wait go when nobody else lives. */
static void open_when_complete(emitter *e) {
    label *all = label_new(e), *on = label_new(e);
    const char *grid = e->fn->grid, *phase = field(e, grid, GRID_PHASE);
    const char *waiting = ins(e, "load i64, ptr %s", grid),
               *live = ins(e, "load i64, ptr %s", field(e, grid, GRID_LIVE));
    branch_if(e, ins(e, "icmp uge i64 %s, %s", waiting, live), all, on);
    label_place(e, all);
    line(e, "store i64 0, ptr %s", grid);
    line(e, "store i64 %s, ptr %s", ins(e, "add i64 %s, 1", ins(e, "load i64, ptr %s", phase)), phase);
    label_place(e, on);
}

void grid_rounds(emitter *e) {
    irfn *fn = e->fn;
    const char *left = alloca_new(e, "i64", "");
    label *round = label_new(e), *resume = label_new(e), *next = label_new(e), *again = label_new(e),
          *end = label_new(e);
    label_place(e, round);
    round->uses++;
    open_when_complete(e);
    line(e, "store i64 0, ptr %s", left);
    counter b = counter_begin(e);
    const char *handles = field(e, block_record(e, b.n), BLOCK_HANDLES);
    counter g = counter_begin(e);
    const char *h = ins(e, "load ptr, ptr %s", ins(e, "getelementptr ptr, ptr %s, i64 %s", handles, g.n));
    branch_if(e, ins(e, "call i1 @llvm.coro.done(ptr %s)", h), next, resume);
    label_place(e, resume);
    line(e, "call void @llvm.coro.resume(ptr %s)", h);
    line(e, "store i64 1, ptr %s", left);
    label_place(e, next);
    counter_end(e, &g, kernel_group_limit(e));
    counter_end(e, &b, "%last");
    const char *stop = ins(e, "load volatile i32, ptr %%stop");
    branch_if(e, ins(e, "icmp eq i32 %s, 0", stop), again, fn->stopped);
    label_place(e, again);
    branch_if(e, ins(e, "icmp eq i64 %s, 0", ins(e, "load i64, ptr %s", left)), end, round);
    label_place(e, end);
}

/* The first block's first group asks for the memory of all; each block has its part. */
const char *grid_frames(emitter *e, const char *bytes) {
    label *ask = label_new(e), *have = label_new(e);
    const char *grid = ins(e, "load ptr, ptr %s", field(e, "%state", STATE_GRID));
    const char *block = ins(e, "load i64, ptr %%state"), *at = field(e, grid, GRID_FRAMES);
    branch_if(e, ins(e, "icmp eq i64 %s, 0", block), ask, have);
    label_place(e, ask);
    const char *all =
        ins(e, "mul i64 %s, %s", bytes, ins(e, "load i64, ptr %s", field(e, grid, GRID_BLOCKS)));
    const char *f = ins(e, "load ptr, ptr %s", field(e, "%launch", 80));
    line(e, "store ptr %s, ptr %s", ins(e, "call ptr %s(ptr %%worker, i32 1, i64 %s)", f, all), at);
    label_place(e, have);
    const char *first = ins(e, "load ptr, ptr %s", at);
    const char *own = at_bytes(e, first, ins(e, "mul i64 %s, %s", bytes, block));
    return ins(e, "select i1 %s, ptr null, ptr %s", ins(e, "icmp eq ptr %s, null", first), own);
}

static void add_at(emitter *e, const char *at, int n) {
    line(e, "store i64 %s, ptr %s", ins(e, "add i64 %s, %d", ins(e, "load i64, ptr %s", at), n), at);
}

void grid_barrier(emitter *e) {
    label *wait = label_new(e), *on = label_new(e);
    const char *grid = ins(e, "load ptr, ptr %s", field(e, "%state", STATE_GRID));
    const char *at = field(e, grid, GRID_PHASE), *phase = ins(e, "load i64, ptr %s", at);
    add_at(e, grid, 1);
    label_place(e, wait);
    wait->uses++;
    coroutine_suspend(e, 0);
    const char *now = ins(e, "load volatile i64, ptr %s", at);
    branch_if(e, ins(e, "icmp eq i64 %s, %s", now, phase), wait, on);
    label_place(e, on);
}

void grid_leave(emitter *e) {
    add_at(e, field(e, ins(e, "load ptr, ptr %s", field(e, "%state", STATE_GRID)), GRID_LIVE), -1);
}

val grid_barrier_gpu(emitter *e, const wf_expr *x) {
    e->uses_grid_sync = 1;
    void **known = map_at_text(e->declared, "wf_grid_arrivals");
    if (!*known)
        wf_text_puts(&e->declarations, "@wf_grid_arrivals = internal addrspace(1) global i32 0, align 4\n");
    *known = e;
    line(e, "call void asm sideeffect \"{ .reg .pred p, q; .reg .b32 t, n, m, old, now; bar.sync 0; "
            "mov.u32 t, %%tid.x; mov.u32 n, %%tid.y; or.b32 t, t, n; mov.u32 n, %%tid.z; or.b32 t, t, n; "
            "setp.ne.u32 p, t, 0; @p bra DONE; "
            "mov.u32 n, %%nctaid.x; mov.u32 m, %%nctaid.y; mul.lo.u32 n, n, m; mov.u32 m, %%nctaid.z; "
            "mul.lo.u32 n, n, m; sub.u32 n, 0x80000001, n; "
            "mov.u32 t, %%ctaid.x; mov.u32 m, %%ctaid.y; or.b32 t, t, m; mov.u32 m, %%ctaid.z; "
            "or.b32 t, t, m; setp.eq.u32 p, t, 0; selp.u32 n, n, 1, p; "
            "membar.gl; atom.global.add.u32 old, [$0], n; "
            "WAIT: ld.volatile.global.u32 now, [$0]; xor.b32 now, now, old; setp.ge.s32 q, now, 0; "
            "@q bra WAIT; membar.gl; DONE: bar.sync 0; }\", \"l,~{memory}\"(ptr addrspace(1) "
            "@wf_grid_arrivals) convergent");
    return val_zero(e, x->type);
}
