/* emit/kernel_cpu.c: the frame around a kernel on the CPU, and the choice of lanes and path.
 *
 *     define i32 @wf_kernel_NAME(launch, worker, first, last)
 *       for each block of first..last-1           (its index advances without a division)
 *         for each group of L threads             (threads one after the other, x fastest)
 *           the body
 *
 * Everything that is the same for all blocks -- arguments, extents, dimensions -- is loaded in the entry
 * block. How threadIdx is made depends on the block's shape: x is linear when a group lies within one row, a
 * constant vector when rows are shorter than a group and divide it, and computed by division otherwise. */
#include "emit/inner.h"
#include "emit/kernel.h"
#include <string.h>

static const wf_place nowhere;
static val op2(emitter *e, wf_op op, val a, val b) { return arith(e, op, a, b, nowhere); }
static const wf_type *u32(emitter *e) { return ty(e, WF_TY_UINT); }

/* --- the entry block --- */

static const char *entry_load(emitter *e, const char *type, const char *base, uint64_t offset) {
    const char *p =
        ins_entry(e, text(e, "getelementptr i8, ptr %s, i64 %llu", base, (unsigned long long)offset));
    return ins_entry(e, text(e, "load %s, ptr %s", type, p));
}

static val dimension(emitter *e, const char *op, uint32_t known, uint32_t top) {
    if (known) return val_int(e, u32(e), known);
    val v = val_of(u32(e), K_BLOCK, op);
    v.top = top;
    return v;
}

static void entry_dimensions(emitter *e) {
    irfn *fn = e->fn;
    for (uint32_t i = 0; i < 3; i++) {
        fn->grid_dim[i] = dimension(e, e->one_block ? NULL : entry_load(e, "i32", "%launch", 4 * i),
                                    (uint32_t)e->one_block, i ? 65536 : WF_TOP_MOST);
        uint32_t known = e->exact ? e->block[i] : !e->block[0] ? 0 : e->block[i] == 1 && i ? 1 : 0;
        fn->block_dim[i] =
            dimension(e, known ? NULL : entry_load(e, "i32", "%launch", 12 + 4 * i), known, 1025);
    }
}

/* A stable address for the n-th pointer leaf, so that dry runs and the real one find the same root. */
static const void *root_key(emitter *e, uint32_t n) {
    void **at = map_at_text(e->declared, text(e, "root %u", n));
    if (!*at) *at = WF_NEW(e->arena, char);
    return *at;
}

/* One leaf of a parameter, loaded from the packed arguments; pointers get a root with their extent. */
static val entry_leaf(emitter *e, const wf_type *t, uint64_t offset, uint32_t *pointers, const char *name) {
    const char *mt = ir_memory(e, t), *op = entry_load(e, mt, "%params", offset);
    if (t->kind == WF_TY_BOOL) op = ins_entry(e, text(e, "icmp ne i8 %s, 0", op));
    val v = val_of(t, K_BLOCK, op);
    if (!is_pointer(t)) return v;
    uint32_t n = (*pointers)++;
    if (!e->check) return v;
    const char *lo = entry_load(e, "i64", "%extents", 16u * n),
               *hi = entry_load(e, "i64", "%extents", 16u * n + 8);
    const char *size = ins_entry(e, text(e, "sub i64 %s, %s", hi, lo));
    v.root = root_new(e, root_key(e, n), lo, size, name);
    return v;
}

static val entry_param(emitter *e, const wf_var *p, uint64_t offset, uint32_t *pointers) {
    val v = val_zero(e, p->type);
    leaves *l = leaves_of(e, p->type);
    if (!v.is_record) return entry_leaf(e, p->type->unqual, offset, pointers, p->name);
    for (uint32_t i = 0; i < l->count; i++)
        v.leaves[i] = entry_leaf(e, l->at[i].type, offset + l->at[i].offset, pointers, p->name);
    return v;
}

void kernel_bind(emitter *e, inst *in, wf_signature *sig) {
    uint32_t i = 0, pointers = 0;
    val *args = WF_NEW_ARRAY(e->arena, val, in->func->param_count + 1);
    for (const wf_var *p = in->func->params; p; p = p->next, i++) {
        uint32_t before = pointers;
        args[i] = entry_param(e, p, sig->params[i].offset, &pointers);
        if (pointers == before &&
            !leaves_of(e, p->type)->plain) /* pointers hidden in a union still have extents */
            while (pointers < sig->leaf_count &&
                   sig->leaves[pointers].offset < sig->params[i].offset + sig->params[i].size)
                pointers++;
    }
    bind_arguments(e, in, args);
}

void kernel_entry(emitter *e) {
    irfn *fn = e->fn;
    fn->launch = "%launch";
    fn->worker = "%worker";
    if (!e->dry) {
        wf_text_puts(
            &fn->head,
            " %params_at = getelementptr i8, ptr %launch, i64 24\n %params = load ptr, ptr %params_at\n"
            " %extents_at = getelementptr i8, ptr %launch, i64 32\n %extents = load ptr, ptr %extents_at\n"
            " %stop_at = getelementptr i8, ptr %launch, i64 40\n %stop = load ptr, ptr %stop_at\n"
            " %dynamic_at = getelementptr i8, ptr %launch, i64 48\n %dynamic32 = load i32, ptr %dynamic_at\n"
            " %dynamic = zext i32 %dynamic32 to i64\n"
            " %globals_at = getelementptr i8, ptr %launch, i64 120\n %globals = load ptr, ptr %globals_at\n"
            " %shared = load ptr, ptr %worker\n");
    }
    fn->shared = "%shared";
    fn->globals = "%globals";
    fn->dynamic_size = "%dynamic";
    entry_dimensions(e);
}

/* --- threads of a group --- */

static uint64_t exact_threads(const emitter *e) {
    return e->exact ? (uint64_t)e->block[0] * e->block[1] * e->block[2] : 0;
}

static val u32_op(emitter *e, kind k, const char *op, uint32_t top, uint32_t mult) {
    val v = val_of(u32(e), k, op);
    v.top = top;
    v.mult = mult;
    return v;
}

/* Rows are whole multiples of a group. */
static void threads_in_row(emitter *e, val group) {
    irfn *fn = e->fn;
    val bx = fn->block_dim[0], by = fn->block_dim[1], L = val_int(e, u32(e), (uint64_t)e->L);
    val x, row;
    if (by.kind == K_CONST && by.imm == 1 && fn->block_dim[2].kind == K_CONST && fn->block_dim[2].imm == 1) {
        x = op2(e, WF_OP_MUL, group, L);
        row = val_int(e, u32(e), 0);
    } else {
        val per_row = op2(e, WF_OP_DIV, bx, L);
        row = op2(e, WF_OP_DIV, group, per_row);
        if (per_row.kind == K_CONST && per_row.imm == 1) x = val_int(e, u32(e), 0);
        else x = op2(e, WF_OP_MUL, op2(e, WF_OP_REM, group, per_row), L);
    }
    fn->thread[0] = x;
    if (e->L > 1) {
        fn->thread[0].kind = K_LINEAR;
        fn->thread[0].stride = 1;
        if (x.kind == K_CONST) fn->thread[0].mult = 0;
    }
    fn->thread[0].top = bx.kind == K_CONST ? (uint32_t)bx.imm : 1024;
    fn->thread[1] = op2(e, WF_OP_REM, row, by);
    fn->thread[2] = op2(e, WF_OP_DIV, row, by);
    for (int i = 1; i < 3; i++) {
        fn->thread[i].top = fn->block_dim[i].kind == K_CONST ? (uint32_t)fn->block_dim[i].imm : 1024;
        if (fn->thread[i].kind == K_BLOCK) fn->thread[i].kind = K_GROUP;
    }
}

static void threads_by_division(emitter *e) {
    irfn *fn = e->fn;
    val t = fn->linear_thread, *d = fn->block_dim;
    val xy = op2(e, WF_OP_DIV, t, d[0]);
    fn->thread[0] = op2(e, WF_OP_REM, t, d[0]);
    fn->thread[1] = op2(e, WF_OP_REM, xy, d[1]);
    fn->thread[2] = op2(e, WF_OP_DIV, xy, d[1]);
    for (int i = 0; i < 3; i++) fn->thread[i].top = d[i].kind == K_CONST ? (uint32_t)d[i].imm : 1024;
}

/* Rows of bx threads, a power of two less than L: constant vectors. */
static void threads_of_rows(emitter *e, val group) {
    irfn *fn = e->fn;
    uint32_t bx = e->block[0];
    val lane = u32_op(e, K_LINEAR, "0", (uint32_t)e->L, 0);
    lane.stride = 1;
    val rows = op2(e, WF_OP_MUL, group, val_int(e, u32(e), (uint64_t)e->L / bx));
    fn->thread[0] = op2(e, WF_OP_AND, to_varying(e, lane), val_int(e, u32(e), bx - 1));
    val in = op2(e, WF_OP_SHR, to_varying(e, lane), val_int(e, u32(e), (uint64_t)__builtin_ctz(bx)));
    val row = op2(e, WF_OP_ADD, rows, in);
    fn->thread[1] = e->block[2] == 1 ? row : op2(e, WF_OP_REM, row, fn->block_dim[1]);
    fn->thread[2] = e->block[2] == 1 ? val_int(e, u32(e), 0) : op2(e, WF_OP_DIV, row, fn->block_dim[1]);
    for (int i = 0; i < 3; i++) fn->thread[i].top = e->block[i];
}

/* Blocks of one thread: nothing to count. */
void kernel_only_thread(emitter *e) {
    irfn *fn = e->fn;
    fn->group_index = fn->thread_base = "0";
    fn->linear_thread = fn->thread[0] = fn->thread[1] = fn->thread[2] = val_int(e, u32(e), 0);
    e->mask = (mask){0};
}

/* Sets the thread indices and the mask for the group whose number is `group` (i64). */
void group_threads(emitter *e, const char *group) {
    irfn *fn = e->fn;
    uint64_t threads = exact_threads(e);
    uint32_t L = (uint32_t)e->L;
    val g = u32_op(e, K_GROUP, ins(e, "trunc i64 %s to i32", group), 1024 / L + 1, 1);
    fn->group_index = group;
    val base = op2(e, WF_OP_MUL, g, val_int(e, u32(e), L));
    fn->thread_base = base.op;
    fn->linear_thread = base;
    fn->linear_thread.top = 1024;
    if (L > 1) {
        fn->linear_thread.kind = K_LINEAR;
        fn->linear_thread.stride = 1;
    }
    e->mask = (mask){0};
    int one = e->block[0] && e->block[1] == 1 && e->block[2] == 1;
    int whole_rows = e->block[0] && e->block[0] % L == 0;
    if (one || whole_rows) threads_in_row(e, g);
    else if (e->exact && L > 1 && L % e->block[0] == 0) threads_of_rows(e, g);
    else threads_by_division(e);
    if (L == 1 || (threads && threads % L == 0) || (!e->exact && whole_rows)) return;
    val n = threads ? val_int(e, u32(e), threads) : val_of(u32(e), K_BLOCK, fn->thread_count);
    e->mask.op = compare(e, WF_OP_LT, fn->linear_thread, n).op;
}

/* --- loops --- */

typedef struct counted {
    const char *at, *n;
    label *head, *end;
} counted;

static counted count_begin(emitter *e, const char *first) {
    counted c = {alloca_new(e, "i64", ""), NULL, label_new(e), label_new(e)};
    line(e, "store i64 %s, ptr %s", first, c.at);
    label_place(e, c.head);
    c.head->uses++;
    c.n = ins(e, "load i64, ptr %s", c.at);
    return c;
}

static void count_end(emitter *e, counted *c, const char *limit, int unroll) {
    const char *n = ins(e, "load i64, ptr %s", c->at);
    n = ins(e, "add i64 %s, 1", n);
    line(e, "store i64 %s, ptr %s", n, c->at);
    const char *more = ins(e, "icmp ult i64 %s, %s", n, limit);
    if (e->fn->open) {
        c->head->uses++, c->end->uses++;
        line(e, "br i1 %s, label %%%s, label %%%s%s", more, c->head->name, c->end->name,
             unroll_metadata(e, unroll));
        e->fn->open = 0;
    }
    label_place(e, c->end);
}

const char *kernel_group_limit(emitter *e) {
    uint64_t t = exact_threads(e);
    if (t) return text(e, "%llu", (unsigned long long)((t + (uint64_t)e->L - 1) / (uint64_t)e->L));
    return e->fn->group_count;
}

static val op2_entry(emitter *e, const val *d) { /* x * y * z in the entry block */
    const char *op = d[0].kind == K_CONST ? text(e, "%lld", (long long)d[0].imm) : d[0].op;
    for (int i = 1; i < 3; i++)
        op = ins_entry(e, text(e, "mul i32 %s, %s", op,
                               d[i].kind == K_CONST ? text(e, "%lld", (long long)d[i].imm) : d[i].op));
    return val_of(u32(e), K_BLOCK, op);
}

void kernel_counts(emitter *e) { /* threads and groups of a block of unknown size */
    if (exact_threads(e)) return;
    irfn *fn = e->fn;
    val n = op2_entry(e, fn->block_dim);
    fn->thread_count = n.op;
    const char *w = ins_entry(e, text(e, "zext i32 %s to i64", n.op));
    w = ins_entry(e, text(e, "add i64 %s, %d", w, e->L - 1));
    fn->group_count = ins_entry(e, text(e, "lshr i64 %s, %d", w, __builtin_ctz((unsigned)e->L)));
}

/* The groups first..limit-1; NULL: from the first one, to the last one. */
group_loop group_loop_range(emitter *e, const char *first, const char *limit) {
    group_loop g = {.limit = limit ? limit : kernel_group_limit(e), .none = label_new(e)};
    if (limit) { /* else there is at least one */
        label *some = label_new(e);
        branch_if(e, ins(e, "icmp ult i64 %s, %s", first ? first : "0", limit), some, g.none);
        label_place(e, some);
    }
    counted c = count_begin(e, first ? first : "0");
    g.at = c.at, g.head = c.head, g.end = c.end;
    group_threads(e, c.n);
    return g;
}

group_loop group_loop_begin(emitter *e) { return group_loop_range(e, NULL, NULL); }

void group_loop_end(emitter *e, group_loop *g) {
    counted c = {g->at, NULL, g->head, g->end};
    count_end(e, &c, g->limit, g->unroll);
    label_place(e, g->none);
    e->fn->group_index = NULL;
    e->mask = (mask){0};
}

/* --- blocks --- */

typedef struct block_loop {
    const char *n, *x, *y, *z;
    label *head, *body, *done;
} block_loop;

/* The block's index along each axis, from its number. */
static void block_ids(emitter *e, const char *number, const char *id[3]) {
    irfn *fn = e->fn;
    const char *gx = ins(e, "zext i32 %s to i64", fn->grid_dim[0].op),
               *gy = ins(e, "zext i32 %s to i64", fn->grid_dim[1].op);
    const char *row = ins(e, "udiv i64 %s, %s", number, gx);
    const char *x = ins(e, "sub i64 %s, %s", number, ins(e, "mul i64 %s, %s", row, gx));
    const char *z = ins(e, "udiv i64 %s, %s", row, gy),
               *y = ins(e, "sub i64 %s, %s", row, ins(e, "mul i64 %s, %s", z, gy));
    id[0] = ins(e, "trunc i64 %s to i32", x);
    id[1] = ins(e, "trunc i64 %s to i32", y);
    id[2] = ins(e, "trunc i64 %s to i32", z);
}

static void set_block_ids(emitter *e, const char *x, const char *y, const char *z) {
    irfn *fn = e->fn;
    fn->block_id[0] = u32_op(e, K_BLOCK, x, WF_TOP_MOST, 1);
    fn->block_id[1] = u32_op(e, K_BLOCK, y, 65536, 1);
    fn->block_id[2] = u32_op(e, K_BLOCK, z, 65536, 1);
}

/* Blocks of one thread rarely ask where they are: computed anew for each, so that nothing is carried along
 * and LLVM drops what nobody reads. */
static int computes_ids(const emitter *e) { return exact_threads(e) == 1; }

static block_loop block_loop_begin(emitter *e) {
    int carried = !computes_ids(e);
    block_loop b = {alloca_new(e, "i64", ""),
                    carried ? alloca_new(e, "i32", "") : NULL,
                    carried ? alloca_new(e, "i32", "") : NULL,
                    carried ? alloca_new(e, "i32", "") : NULL,
                    label_new(e),
                    label_new(e),
                    label_new(e)};
    irfn *fn = e->fn;
    const char *id[3];
    line(e, "store i64 %%first, ptr %s", b.n);
    if (carried) {
        block_ids(e, "%first", id);
        line(e, "store i32 %s, ptr %s", id[0], b.x);
        line(e, "store i32 %s, ptr %s", id[1], b.y);
        line(e, "store i32 %s, ptr %s", id[2], b.z);
    }
    label_place(e, b.head);
    b.head->uses++;
    fn->block_linear = ins(e, "load i64, ptr %s", b.n);
    label *go = label_new(e);
    branch_if(e, ins(e, "icmp ult i64 %s, %%last", fn->block_linear), go, b.done);
    label_place(e, go);
    const char *stop = ins(e, "load volatile i32, ptr %%stop");
    branch_if(e, ins(e, "icmp eq i32 %s, 0", stop), b.body, fn->stopped);
    label_place(e, b.body);
    if (!carried) {
        block_ids(e, fn->block_linear, id);
        set_block_ids(e, id[0], id[1], id[2]);
    } else {
        set_block_ids(e, ins(e, "load i32, ptr %s", b.x), ins(e, "load i32, ptr %s", b.y),
                      ins(e, "load i32, ptr %s", b.z));
    }
    return b;
}

/* x + 1, and carry into y and z. */
static void block_loop_end(emitter *e, block_loop *b) {
    irfn *fn = e->fn;
    const char *n = ins(e, "add i64 %s, 1", fn->block_linear);
    line(e, "store i64 %s, ptr %s", n, b->n);
    if (computes_ids(e)) {
        branch(e, b->head);
        label_place(e, b->done);
        return;
    }
    const char *x = ins(e, "add i32 %s, 1", fn->block_id[0].op),
               *cx = ins(e, "icmp eq i32 %s, %s", x, fn->grid_dim[0].op);
    line(e, "store i32 %s, ptr %s", ins(e, "select i1 %s, i32 0, i32 %s", cx, x), b->x);
    const char *y = ins(e, "add i32 %s, %s", fn->block_id[1].op, ins(e, "zext i1 %s to i32", cx));
    const char *cy = ins(e, "icmp eq i32 %s, %s", y, fn->grid_dim[1].op);
    line(e, "store i32 %s, ptr %s", ins(e, "select i1 %s, i32 0, i32 %s", cy, y), b->y);
    line(e, "store i32 %s, ptr %s",
         ins(e, "add i32 %s, %s", fn->block_id[2].op, ins(e, "zext i1 %s to i32", cy)), b->z);
    branch(e, b->head);
    label_place(e, b->done);
}

/* --- choices --- */

static int dominant_size(emitter *e,
                         const scan *s) { /* 8 when the kernel's variables are mostly 8 bytes wide */
    (void)e;
    uint32_t wide = 0, narrow = 0;
    for (uint32_t i = 0; i < s->var_count; i++) {
        const wf_type *t = s->vars[i].var ? s->vars[i].var->type : NULL;
        while (t && (t->kind == WF_TY_ARRAY || t->kind == WF_TY_POINTER)) t = t->base;
        if (!t) continue;
        if (t->kind == WF_TY_DOUBLE) wide++;
        else if (t->kind == WF_TY_FLOAT) narrow++;
    }
    return wide > narrow ? 8 : 4;
}

static int choose_lanes(emitter *e, const scan *s) {
    int forced = e->options->force_lanes, bytes = e->target->vector_bytes ? e->target->vector_bytes : 16;
    if (s->has_goto) return 1;
    if (s->has_warp) return 32;
    if (s->has_volatile_shared) return 32; /* old code counts on warps in step */
    if (forced) return forced;
    int lanes = bytes / dominant_size(e, s);
    if (lanes < 8) lanes = 8;
    const uint32_t *b = e->block;
    if (!b[0]) return lanes;
    uint64_t threads = (uint64_t)b[0] * b[1] * b[2];
    if (threads == 1) return 1;
    while (lanes > 8 && b[0] % (uint32_t)lanes && (uint64_t)lanes > b[0] && b[1] > 1)
        lanes /= 2; /* 8 wide rows: 8 lanes */
    while (lanes > 8 && threads <= (uint64_t)lanes / 2) lanes /= 2;
    return lanes;
}

static void prepare(emitter *e, const wf_func *f, const scan *s) {
    emit_start(e, f);
    e->check = e->options->check_bounds;
    e->find = e->check && !s->has_host;
    e->finds = e->leaks = 0;
    memcpy(e->block, e->options->shape.block, sizeof e->block);
    e->exact = e->options->shape.exact && e->block[0];
    e->one_block = e->options->late && exact_threads(e) == 1 && !(f->flags & WF_FN_PIECE);
    e->stack[0] = (construct){0};
    e->depth = 0;
    e->coroutine = 0;
    e->region = 0;
    e->regions_active = 0;
}

static void fresh_function(emitter *e) {
    e->fn = irfn_new(e);
    e->fn->stopped = label_new(e);
    e->mask = (mask){0};
    e->depth = 0;
    kernel_entry(e);
    kernel_counts(e);
}

/* The whole kernel in one region: barriers do nothing here. */
static void emit_groups(emitter *e, inst *in, wf_signature *sig, int unroll) {
    if (exact_threads(e) == 1 && e->L == 1) {
        kernel_only_thread(e);
        kernel_bind(e, in, sig);
        emit_body(e, in);
        e->fn->group_index = NULL;
        return;
    }
    group_loop g = group_loop_begin(e);
    g.unroll = unroll;
    kernel_bind(e, in, sig); /* for each group anew: the body may change its parameters */
    emit_body(e, in);
    group_loop_end(e, &g);
}

/* No loop, and nothing that its counter costs. */
static void emit_one_block(emitter *e, inst *in, wf_signature *sig) {
    e->fn->block_linear = "0";
    set_block_ids(e, "0", "0", "0");
    emit_groups(e, in, sig, 0);
}

static void emit_loop_path(emitter *e, inst *in, wf_signature *sig) {
    map *proven, *assumed;
    fresh_function(e);
    if (e->one_block) {
        emit_one_block(e, in, sig);
        return;
    }
    block_loop b = block_loop_begin(e);
    if (!e->dry && !in->scan->has_barrier && e->L > 1) kernel_bind(e, in, sig);
    const char *inside = block_in_range(e, in, &proven, &assumed);
    if (inside) {
        label *all = label_new(e), *edge = label_new(e), *join = label_new(e);
        branch_if(e, inside, all, edge);
        label_place(e, all);
        e->block_proven = proven;
        e->block_assumed = assumed;
        emit_groups(e, in, sig, e->check ? 4 : 0); /* whole, it would cost more to compile than it saves */
        e->block_proven = e->block_assumed = NULL;
        branch(e, join);
        label_place(e, edge);
        emit_groups(e, in, sig, 1);
        label_place(e, join);
    } else {
        emit_groups(e, in, sig, 0);
    }
    block_loop_end(e, &b);
}

void kernel_finish(emitter *e, int slot, const char *head) {
    line(e, "ret i32 0");
    e->fn->open = 0;
    label_place(e, e->fn->stopped);
    line(e, "ret i32 1");
    e->fn->open = 0;
    if (e->fn->scratch_bytes) {
        wf_text_puts(&e->fn->head, " %scratch_at = getelementptr i8, ptr %launch, i64 80\n %scratch_f = load "
                                   "ptr, ptr %scratch_at\n");
        wf_text_printf(&e->fn->head, " %%scratch = call ptr %%scratch_f(ptr %%worker, i32 %d, i64 %llu)\n",
                       slot, (unsigned long long)e->fn->scratch_bytes);
    }
    if (e->fn->scratch_bytes) {
        /* memory may be out: then nothing runs, and the caller sees it */
        irfn_finish(e, e->fn, head,
                    " %no_scratch = icmp eq ptr %scratch, null\n br i1 %no_scratch, label %no_memory, label "
                    "%start\nno_memory:\n ret i32 2\n");
        return;
    }
    irfn_finish(e, e->fn, head, NULL);
}

typedef struct whole {
    inst *in;
    wf_signature *sig;
} whole;

static void analyse_once(emitter *e, void *user) {
    const whole *w = user;
    e->fission_ok = 1;
    e->coroutine = 0;
    emit_loop_path(e, w->in, w->sig);
}

static wf_path choose_path(emitter *e, const inst *in) {
    uint64_t threads = exact_threads(e);
    if (!in->scan->has_barrier) return WF_PATH_LOOP;
    if (in->scan->has_grid_sync) return WF_PATH_COROUTINE;         /* all blocks take turns */
    if (threads && threads <= (uint64_t)e->L) return WF_PATH_LOOP; /* one group: in step by itself */
    if (e->options->force_path == 1 + WF_PATH_COROUTINE) return WF_PATH_COROUTINE;
    if (e->fission_ok && fission_possible(e, (inst *)in)) return WF_PATH_FISSION;
    return WF_PATH_COROUTINE;
}

void cpu_kernel(emitter *e, const wf_func *f, wf_emitted_kernel *out) {
    scan *s = scan_of(e, f, e->unit);
    prepare(e, f, s);
    wf_signature *sig = wf_signature_of(e->unit, f);
    e->L = choose_lanes(e, s);
    if (e->L == 1) e->one_lane = 1;
    e->groups = e->exact ? (uint32_t)((exact_threads(e) + (uint64_t)e->L - 1) / (uint64_t)e->L)
                         : 1024u / (uint32_t)e->L;
    if (!e->groups) e->groups = 1;
    inst *in = inst_new(e, NULL, f, e->unit);
    in->is_kernel = 1;
    size_t begin = e->module.length;
    emit_dry(e, analyse_once, &(whole){in, sig});
    const char *symbol = wf_arena_printf(&e->unit->arena, "wf_kernel_%s", f->name);
    wf_path path = choose_path(e, in);
    if (!e->unit->diags.errors) {
        if (path == WF_PATH_LOOP) {
            emit_loop_path(e, in, sig);
        } else {
            fresh_function(e);
            e->uses_grid_sync = in->scan->has_grid_sync;
            if (path == WF_PATH_COROUTINE) coroutine_prepare(e, in, sig);
            if (e->uses_grid_sync) grid_prepare(e);
            block_loop b = block_loop_begin(e);
            if (path == WF_PATH_FISSION) fission_block(e, in, sig);
            else if (e->uses_grid_sync) grid_block(e, in);
            else coroutine_block(e, in);
            block_loop_end(e, &b);
            if (e->uses_grid_sync) grid_rounds(e);
        }
        kernel_finish(e, 0,
                      text(e,
                           "define i32 @%s(ptr noundef %%launch, ptr noundef %%worker, i64 noundef %%first, "
                           "i64 noundef %%last) #0",
                           symbol));
        if (path == WF_PATH_COROUTINE) coroutine_function(e, in, sig);
        parallels_finish(e);
        outlines_finish(e);
        lates_finish(e, begin);
    }
    *out = (wf_emitted_kernel){
        f, symbol, sig, 0, 0, path, (uint32_t)e->L, e->uses_dynamic_shared, e->uses_grid_sync};
    out->shared_bytes =
        (uint32_t)(e->uses_dynamic_shared ? (e->shared_bytes + 127) / 128 * 128 : e->shared_bytes);
    out->shared_align = e->shared_align;
}
