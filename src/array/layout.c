/* array/layout.c: how a plan's operands lie: which dimensions are walked in one run and become one, the code
 * of each stride, the width of indices, and how a block takes its elements.
 *
 * Dimensions that every operand walks in one run are merged, so that almost every kernel has rank 1 and the
 * number of different kernels stays small. Everything chosen here is part of the kernel's key; extents and
 * strides are not. */
#include "array/inner.h"

/* What a plan walks: its operands that have strides, and for elementwise kernels its outputs. */
typedef struct walker {
    wf_dtype dtype;
    int memory; /* not a generator */
    int64_t *strides;
    uint8_t *code;
    int64_t *offset; /* bytes into `storage` */
    const wf_storage *storage;
} walker;

static int walkers(const launch_plan *plan) {
    return plan->k.operand_count + (plan->k.form == WF_FORM_ELEMENTS ? plan->k.output_count : 0);
}

/* 0: number i is a scalar. */
static int walker_of(launch_plan *plan, int i, walker *w) {
    wf_fuse_kernel *k = &plan->k;
    if (i >= k->operand_count) {
        launch_output *o = &plan->outputs[i - k->operand_count];
        wf_fuse_output *described = &k->outputs[i - k->operand_count];
        *w = (walker){(wf_dtype)described->dtype, 1, o->strides, described->code, &o->offset, o->storage};
        return 1;
    }
    launch_operand *o = &plan->operands[i];
    wf_fuse_operand *described = &k->operands[i];
    *w = (walker){(wf_dtype)described->dtype,
                  described->kind == WF_OPERAND_MEMORY,
                  o->strides,
                  described->code,
                  &o->offset,
                  described->kind == WF_OPERAND_MEMORY ? o->storage : NULL};
    return described->kind != WF_OPERAND_SCALAR;
}

/* ---- merging dimensions ---------------------------------------------------------------------------------
 */

/* Can dimension `next` be folded into d? */
static int can_merge(launch_plan *plan, int d, int next) {
    walker w;
    for (int i = 0; i < walkers(plan); i++)
        if (walker_of(plan, i, &w) && w.strides[d] != w.strides[next] * plan->extent[next]) return 0;
    return 1;
}

static void move_dim(launch_plan *plan, int to, int from) {
    walker w;
    plan->extent[to] = plan->extent[from];
    for (int i = 0; i < walkers(plan); i++)
        if (walker_of(plan, i, &w)) w.strides[to] = w.strides[from];
}

/* Merges dimensions first..first+count-1 into as few as can be, written from `to` on. Returns how many. */
static int merge_range(launch_plan *plan, int first, int count, int to) {
    int start = to;
    for (int d = first; d < first + count; d++) {
        if (plan->extent[d] == 1) continue;
        if (to > start && can_merge(plan, to - 1, d)) {
            int64_t outer = plan->extent[to - 1];
            move_dim(plan, to - 1, d);
            plan->extent[to - 1] *= outer;
            continue;
        }
        move_dim(plan, to++, d);
    }
    if (to == start && count) move_dim(plan, to++, first); /* all extents are 1: keep one */
    return to - start;
}

static void merge(launch_plan *plan) {
    int rank = plan->rank, reduced = plan->reduced;
    plan->k.rank = (uint8_t)merge_range(plan, 0, rank, 0);
    plan->k.reduced = (uint8_t)merge_range(plan, rank, reduced, plan->k.rank);
}

/* ---- codes and widths -----------------------------------------------------------------------------------
 */

/* Bytes to elements; 0 when an offset or a stride is no multiple of the element. */
static int to_elements(launch_plan *plan) {
    int dims = plan->k.rank + plan->k.reduced;
    walker w;
    for (int i = 0; i < walkers(plan); i++) {
        if (!walker_of(plan, i, &w) || !w.memory) continue;
        int64_t item = wf_dtype_size(w.dtype);
        if (*w.offset % item) return 0;
        for (int d = 0; d < dims; d++) {
            if (w.strides[d] % item) return 0;
            w.strides[d] /= item;
        }
    }
    return 1;
}

static int64_t elements_of(const launch_plan *plan) {
    int64_t count = 1;
    for (int d = 0; d < plan->k.rank + plan->k.reduced; d++) count *= plan->extent[d];
    return count;
}

static void choose_codes(launch_plan *plan) {
    wf_fuse_kernel *k = &plan->k;
    int64_t reach_most = elements_of(plan);
    walker w;
    for (int i = 0; i < walkers(plan); i++) {
        if (!walker_of(plan, i, &w)) continue;
        int64_t reach = 0;
        for (int d = 0; d < k->rank + k->reduced; d++) {
            int64_t s = w.strides[d];
            w.code[d] = !s || plan->extent[d] == 1 ? WF_STRIDE_ZERO
                        : s == 1                   ? WF_STRIDE_ONE
                                                   : WF_STRIDE_VARIES;
            reach += (s < 0 ? -s : s) * (plan->extent[d] - 1);
        }
        if (reach > reach_most) reach_most = reach;
    }
    /* complex elements are indexed by their parts; a block's last threads run past the end */
    k->wide = reach_most > INT32_MAX / 2 - 4096;
    k->rows = k->form == WF_FORM_ELEMENTS && k->rank > 1 && plan->extent[k->rank - 1] >= 32;
}

/* ---- 16 bytes at a time ---------------------------------------------------------------------------------
 */

enum {
    VECTOR_ELEMENTS = 1 << 18, /* fewer do not fill a large GPU with more than one element a thread */
    VECTOR_COST = 160,         /* additions of all elements of a thread: what is long is not bound by memory,
                                  and the driver compiles 20 instructions in a millisecond */
    RUNS = 8,                  /* vectors of a thread, at most */
    RUN_COST = 16,             /* additions of an element */
    RUN_THREADS = 1 << 19,     /* fewer may leave multiprocessors idle at the end */
};

static int64_t at_most(int64_t value, int64_t limit) { return value < limit ? value : limit; }

/* Is the first element of every row at a multiple of `bytes`? */
static int aligned(const launch_plan *plan, const walker *w, int64_t bytes) {
    if (((int64_t)w->storage->buffer->address + *w->offset) % bytes) return 0;
    for (int d = 0; d < plan->k.rank - 1; d++)
        if (w->strides[d] * wf_dtype_size(w->dtype) % bytes) return 0;
    return 1;
}

/* Bytes of the widest element that is read or written along the innermost dimension; 0: something is strided
 * there. */
static int64_t widest_run(launch_plan *plan) {
    int64_t widest = 1;
    int last = plan->k.rank - 1;
    walker w;
    for (int i = 0; i < walkers(plan); i++) {
        if (!walker_of(plan, i, &w) || !w.memory) continue;
        int output = i >= plan->k.operand_count;
        if (w.code[last] == WF_STRIDE_VARIES || (output && w.code[last] == WF_STRIDE_ZERO)) return 0;
        if (w.code[last] == WF_STRIDE_ONE && wf_dtype_size(w.dtype) > widest) widest = wf_dtype_size(w.dtype);
    }
    return widest;
}

static int64_t cost_of(const wf_fuse_kernel *k) {
    int64_t cost = 1;
    for (int i = 0; i < k->value_count; i++)
        cost += k->values[i].kind == WF_VALUE_OP ? wf_ufuncs[k->values[i].op].cost : 1;
    return cost;
}

/* Do all indices that count elements one by one begin each run at a multiple of `vector`? */
static int indices_aligned(const launch_plan *plan, int64_t vector) {
    const wf_fuse_kernel *k = &plan->k;
    int last = k->rank - 1;
    for (int i = 0; i < k->operand_count; i++) {
        const launch_operand *o = &plan->operands[i];
        if (k->operands[i].kind != WF_OPERAND_IOTA || k->operands[i].code[last] != WF_STRIDE_ONE) continue;
        if (o->offset % vector) return 0;
        for (int d = 0; d < last; d++)
            if (o->strides[d] % vector) return 0;
    }
    return 1;
}

/* How many elements a thread takes: 16 bytes of the widest operand, if all are aligned for that. */
static uint8_t choose_vector(launch_plan *plan) {
    const wf_fuse_kernel *k = &plan->k;
    if ((k->rank > 1 && !k->rows) || elements_of(plan) < VECTOR_ELEMENTS) return 0;
    int64_t widest = widest_run(plan), vector = widest ? WF_ACCESS / widest : 0;
    walker w;
    int draws = wf_fuse_draws(k);
    int64_t cost = cost_of(k), once = draws ? at_most(cost, wf_ufuncs[WF_UF_RANDOM32].cost) : 0;
    while (vector > 1 && vector * (cost - once) + once > (draws ? 2 : 1) * VECTOR_COST) vector /= 2;
    if (draws && vector > 1 && !indices_aligned(plan, vector)) return 0;
    for (int i = 0; i < walkers(plan) && vector > 1; i++) {
        if (!walker_of(plan, i, &w) || !w.memory || w.code[k->rank - 1] != WF_STRIDE_ONE) continue;
        if (!aligned(plan, &w, at_most(vector * wf_dtype_size(w.dtype), WF_ACCESS))) return 0;
    }
    return vector > 1 ? (uint8_t)vector : 0;
}

/* How many vectors a thread takes, one after the other. A GPU starts a block in about as long as one of its
 * threads needs for a vector of a few functions: with more than one each, kernels that compute much gain a
 * sixth. Those that move memory lose by it. */
static int64_t choose_runs(const launch_plan *plan) {
    int64_t runs = elements_of(plan) / ((int64_t)RUN_THREADS * plan->k.vector);
    return cost_of(&plan->k) < RUN_COST || runs < 1 ? 1 : at_most(runs, RUNS);
}

/* ---- operands that lie across ---------------------------------------------------------------------------
 */

enum {
    CROSS_EXTENT = 16,       /* shorter sides leave most of a tile empty */
    CROSS_BYTES = 48 * 1024, /* shared memory that every GPU gives a block */
    CROSS_ELEMENTS = 1 << 16,
};

/* 1 + the dimension along which operands lie that stride along the innermost one; 0: none, or not worth it.
 * On a CPU too: a transposed copy of 4096² float32 took 59 ms element by element, and takes 16 in tiles. */
static uint8_t choose_cross(launch_plan *plan) {
    wf_fuse_kernel *k = &plan->k;
    int last = k->rank - 1;
    int64_t bytes = 0;
    if (!k->rows || elements_of(plan) < CROSS_ELEMENTS || plan->extent[last] < CROSS_EXTENT) return 0;
    for (int i = 0; i < k->operand_count && !k->cross; i++)
        for (int d = 0; d < last && k->operands[i].kind == WF_OPERAND_MEMORY; d++)
            if (k->operands[i].code[last] == WF_STRIDE_VARIES && k->operands[i].code[d] == WF_STRIDE_ONE &&
                plan->extent[d] >= CROSS_EXTENT)
                k->cross = (uint8_t)(d + 1);
    for (int i = 0; i < k->operand_count && k->cross; i++)
        if (wf_fuse_is_crossed(k, (uint32_t)i))
            bytes += WF_CROSS * (WF_CROSS + 1) * wf_dtype_size((wf_dtype)k->operands[i].dtype);
    return bytes <= CROSS_BYTES ? k->cross : 0;
}

/* ---- past the caches ------------------------------------------------------------------------------------
 */

/* Results of so many bytes are written past a CPU's caches: by the time the last element is there the first
 * would be gone. Copying 64 MiB by two threads of a Xeon (2 MiB each, and a share of 260) takes 5.4 ms
 * and 2.4 so, reading it afterwards 2.1 and 3.3; of 16 MiB 0.7 and 0.5, and 0.4 and 0.9. */
enum { PAST_BYTES = 32 << 20 };

/* What is read is in the cache already, and written there. */
static int is_read(launch_plan *plan, const wf_storage *storage) {
    walker w;
    for (int i = 0; i < plan->k.operand_count; i++)
        if (walker_of(plan, i, &w) && w.memory && w.storage->buffer == storage->buffer) return 1;
    return 0;
}

static void choose_past(launch_plan *plan) {
    wf_fuse_kernel *k = &plan->k;
    for (int i = 0; i < k->output_count; i++) {
        wf_fuse_output *o = &k->outputs[i];
        o->past = o->code[k->rank - 1] == WF_STRIDE_ONE &&
                  elements_of(plan) * wf_dtype_size((wf_dtype)o->dtype) >= PAST_BYTES &&
                  !is_read(plan, plan->outputs[i].storage);
    }
}

int plan_layout(launch_plan *plan) {
    merge(plan);
    plan->k.exact = (uint8_t)wf_exact();
    if (!to_elements(plan)) return 0;
    choose_codes(plan);
    if (plan->k.form != WF_FORM_ELEMENTS) return 1;
    if (wf_device_is_cpu(wf_context_device(plan->context))) {
        plan->k.cross = choose_cross(plan);
        choose_past(plan);
        return 1;
    }
    plan->k.cross = choose_cross(plan);
    if (!plan->k.cross) plan->k.vector = choose_vector(plan);
    if (wf_fuse_has_runs(&plan->k)) plan->pieces = choose_runs(plan);
    return 1;
}
