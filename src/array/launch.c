/* array/launch.c: from a plan to a launch: the table of kernels, the arguments, the grid, and whether a
 * kernel is compiled at all. The table is keyed by wf_fuse_key and compares whole keys. */
#include "array/direct.h"
#include "array/inner.h"
#include "array/vm.h"
#include "base/hash.h"
#include "base/memory.h"
#include "program/program.h"
#include "runtime/trace.h"
#include <string.h>

wf_text *graph_explain;

/* ---- the table of kernels -------------------------------------------------------------------------------
 */

typedef struct entry {
    struct entry *next;
    uint64_t hash, used;
    uint64_t work;       /* done so far by the ready-made loops */
    wf_program *program; /* NULL: not built */
    wf_kernel *kernel;
    size_t length;
    uint8_t key[];
} entry;
enum { BUCKETS = 1024, MOST_ENTRIES = 4096 };
static entry *buckets[BUCKETS];
static uint64_t clock_ticks;
static uint32_t entry_count;

static entry *find(const uint8_t *key, size_t length, uint64_t hash) {
    for (entry *e = buckets[hash % BUCKETS]; e; e = e->next)
        if (e->hash == hash && e->length == length && !memcmp(e->key, key, length)) {
            e->used = ++clock_ticks;
            return e;
        }
    return NULL;
}

/* The kernel that was not used for the longest time goes. */
static void evict(void) {
    entry **oldest = NULL;
    for (int i = 0; i < BUCKETS; i++)
        for (entry **e = &buckets[i]; *e; e = &(*e)->next)
            if (!oldest || (*e)->used < (*oldest)->used) oldest = e;
    entry *gone = *oldest;
    *oldest = gone->next;
    wf_program_release(gone->program);
    wf_free(gone);
    entry_count--;
}

static wf_status add_entry(const uint8_t *key, size_t length, uint64_t hash, entry **out, wf_error *err) {
    entry *e = wf_calloc(1, sizeof *e + length);
    if (!e) return wf_fail(err, WF_NOMEM, "[array] out of host memory");
    if (entry_count >= MOST_ENTRIES) evict();
    e->hash = hash, e->length = length, e->used = ++clock_ticks;
    memcpy(e->key, key, length);
    e->next = buckets[hash % BUCKETS];
    buckets[hash % BUCKETS] = e;
    entry_count++;
    *out = e;
    return WF_OK;
}

static wf_status entry_of(const launch_plan *plan, entry **out, wf_error *err) {
    static uint8_t key[WF_FUSE_KEY_MAX]; /* under the graph lock */
    size_t length = wf_fuse_key(&plan->k, key, sizeof key);
    if (length > sizeof key)
        return wf_fail(err, WF_INTERNAL, "[array] a kernel's description of %zu bytes", length);
    uint64_t hash = wf_hash64(key, length, 0);
    *out = find(key, length, hash);
    return *out ? WF_OK : add_entry(key, length, hash, out, err);
}

static wf_status build(const launch_plan *plan, entry *e, wf_error *err) {
    wf_unit *unit;
    wf_program_options options = {.check_bounds = -1}; /* offsets are ours, and right */
    if (e->kernel) return WF_OK;
    wf_status status = wf_fuse_build(&plan->k, &unit, err);
    if (!status) status = wf_program_new(unit, &options, &e->program, err);
    if (!status) status = wf_program_kernel(e->program, NULL, &e->kernel, err);
    if (status) {
        wf_program_release(e->program);
        e->program = NULL, e->kernel = NULL;
    } else graph_stats.compiled++;
    return status;
}

/* ---- arguments ------------------------------------------------------------------------------------------
 */

/* As the members of a C struct: each at a multiple of its size. */
typedef struct slots {
    uint64_t at[2048];
    size_t size; /* bytes so far */
} slots;
static void put_bytes(slots *s, const void *value, size_t size) {
    s->size = (s->size + size - 1) / size * size;
    memcpy((char *)s->at + s->size, value, size);
    s->size += size;
}
static void put(slots *s, int64_t value) { put_bytes(s, &value, sizeof value); }
static void put_real(slots *s, double value, wf_dtype t) {
    float narrow = (float)value;
    if (wf_fuse_scalar_form(t) == WF_SCALAR_FLOAT) put_bytes(s, &narrow, sizeof narrow);
    else put_bytes(s, &value, sizeof value);
}

static void put_number(slots *s, wf_number n, wf_dtype t) {
    if (wf_fuse_scalar_form(t) == WF_SCALAR_INT) {
        put(s, n.i);
        return;
    }
    n = wf_number_cast(n, t); /* 16-bit floats are rounded once, to their own width */
    put_real(s, n.re, t);
    if (wf_dtype_is_complex(t)) put_real(s, n.im, t);
}

static void put_strides(slots *s, const uint8_t *code, const int64_t *strides, int dims) {
    for (int d = 0; d < dims; d++)
        if (code[d] == WF_STRIDE_VARIES) put(s, strides[d]);
}

static void fill_slots(const launch_plan *plan, slots *s) {
    const wf_fuse_kernel *k = &plan->k;
    int dims = k->rank + k->reduced;
    s->size = 0;
    for (int d = 0; d < dims; d++) put(s, plan->extent[d]);
    if (k->form != WF_FORM_ELEMENTS || wf_fuse_has_runs(k)) put(s, plan->pieces);
    for (int i = 0; i < k->operand_count; i++) {
        const launch_operand *o = &plan->operands[i];
        if (k->operands[i].kind == WF_OPERAND_SCALAR) {
            put_number(s, o->number, (wf_dtype)k->operands[i].dtype);
            continue;
        }
        put(s, k->operands[i].kind == WF_OPERAND_IOTA ? o->offset
                                                      : (int64_t)o->storage->buffer->address + o->offset);
        put_strides(s, k->operands[i].code, o->strides, dims);
    }
    for (int i = 0; i < k->output_count; i++) {
        const launch_output *o = &plan->outputs[i];
        put(s, (int64_t)o->storage->buffer->address + o->offset);
        if (k->form == WF_FORM_ELEMENTS) put_strides(s, k->outputs[i].code, o->strides, k->rank);
    }
}

/* ---- launching ------------------------------------------------------------------------------------------
 */

static int64_t product(const int64_t *extent, int count) {
    int64_t n = 1;
    for (int d = 0; d < count; d++) n *= extent[d];
    return n;
}

enum { FEW_TILES = 1024 }; /* a block each, so that they spread over a GPU's multiprocessors */

static wf_status shape_grid(const launch_plan *plan, int on_cpu, uint32_t grid[3], uint32_t block[3],
                            wf_error *err) {
    const wf_fuse_kernel *k = &plan->k;
    int64_t vector = k->vector ? k->vector : 1, x, y = 1, threads = on_cpu ? 1024 : 256, warps = 1;
    if (k->cross) {
        int64_t last = plan->extent[k->rank - 1], across = plan->extent[k->cross - 1];
        threads = WF_CROSS, warps = WF_CROSS_STEP;
        x = (last + WF_CROSS - 1) / WF_CROSS * ((across + WF_CROSS - 1) / WF_CROSS);
        y = product(plan->extent, k->rank) / (last * across);
    } else if (k->form == WF_FORM_TILE) {
        int64_t tiles = product(plan->extent, k->rank) * plan->pieces;
        threads = 32, warps = on_cpu || tiles < FEW_TILES ? 1 : WF_TILE_WARPS;
        x = (tiles + warps - 1) / warps;
    } else if (k->form == WF_FORM_ROWS || k->rows) {
        int64_t width =
            k->rows ? (plan->extent[k->rank - 1] + vector - 1) / vector : product(plan->extent, k->rank);
        y = k->rows ? product(plan->extent, k->rank - 1) : plan->pieces;
        threads = width <= 64 ? 64 : width <= 256 || !on_cpu ? 256 : 1024;
        x = (width + threads - 1) / threads;
    } else {
        int64_t most = threads * vector * (wf_fuse_has_runs(k) ? plan->pieces : 1);
        x = (product(plan->extent, k->rank) + most - 1) / most;
    }
    if (x > INT32_MAX) return wf_fail(err, WF_UNSUPPORTED, "[array] more than 2^31 blocks in one kernel");
    grid[0] = (uint32_t)x, grid[1] = (uint32_t)(y > 65535 ? 65535 : y), grid[2] = 1;
    block[0] = (uint32_t)threads, block[1] = (uint32_t)warps, block[2] = 1;
    return WF_OK;
}

/* ---- with or without a compiler -------------------------------------------------------------------------
 */

/* Work below SMALL is done by the ready-made loops at once, and a new expression runs on them until it has
 * done ENOUGH work to pay for a compilation. Both count elements times operations; the results have the same
 * bits. */
enum { SMALL = 1 << 16, ENOUGH = 32 << 20 };
static int policy; /* wf_array_set_policy */
void wf_array_set_policy(int which) { policy = which; }

/* Rows of memory that are shorter than a tile, reduced as they are: a kernel would mask what is missing of each tile. Deviations keep
 * more than one value for each lane, and narrow elements fill a vector with more than a row's lanes: those gain nothing. */
static int loops_do_better(const launch_plan *plan) {
    const wf_fuse_kernel *k = &plan->k;
    if (k->form != WF_FORM_TILE || k->value_count != 1 || k->reduction == WF_RED_DEVIATIONS) return 0;
    const int last = k->rank + k->reduced - 1;
    return k->operands[0].kind == WF_OPERAND_MEMORY && wf_dtype_size((wf_dtype)k->operands[0].dtype) >= 4 &&
           plan->extent[last] < WF_TILE && plan->operands[0].strides[last] == 1;
}

static int loops_will_do(const launch_plan *plan, const entry *e) {
    if (!wf_device_is_cpu(wf_context_device(plan->context)) || policy == WF_POLICY_COMPILE || graph_explain)
        return 0;
    if (wf_capture_of_thread(plan->context)) return 0; /* the loops run at once: not what a capture wants */
    if (!vm_can_run(plan)) return 0;
    if (policy >= WF_POLICY_LOOPS || loops_do_better(plan)) return 1;
    uint64_t work = vm_work(plan);
    return work < SMALL || (e && !e->kernel && e->work + work < ENOUGH);
}

int plan_may_be_left_out(const wf_context *context) {
    return wf_device_is_cpu(wf_context_device(context)) && policy != WF_POLICY_COMPILE &&
           policy != WF_POLICY_PLANS && !graph_explain && !wf_trace_on() && !wf_capture_of_thread(context);
}

static void hint(const launch_plan *plan) {
    plan_work work = plan_work_of(plan);
    wf_trace_hint(work.bytes, work.operations, work.doubles ? WF_TRACE_DOUBLE : 0);
}

static wf_status run_loops_traced(launch_plan *plan, wf_stream *stream, wf_error *err) {
    wf_text name;
    wf_text_init(&name, NULL);
    wf_fuse_name(&plan->k, &name);
    hint(plan);
    wf_trace_span span = wf_trace_open(WF_TRACE_LOOPS, name.data ? name.data : "weft", stream, 0);
    wf_status status = vm_run(plan, err);
    wf_trace_close(span, stream);
    wf_text_free(&name);
    return status;
}

static wf_status run_loops(launch_plan *plan, wf_error *err) {
    wf_stream *stream = wf_context_default_stream(plan->context);
    wf_status status = wf_stream_query(stream, err);
    if (status == WF_NOTREADY) status = wf_stream_synchronize(stream, err);
    if (status) return status;
    graph_stats.loops++;
    return wf_trace_on() ? run_loops_traced(plan, stream, err) : vm_run(plan, err);
}

/* A graph keeps the memory of what it computes with. */
static wf_status keep_captured(const launch_plan *plan, wf_error *err) {
    wf_stream *stream = wf_capture_of_thread(plan->context);
    wf_status status = WF_OK;
    for (int i = 0; stream && !status && i < plan->k.operand_count; i++)
        if (plan->k.operands[i].kind == WF_OPERAND_MEMORY)
            status = storage_capture(plan->operands[i].storage, stream, err);
    for (int i = 0; stream && !status && i < plan->k.output_count; i++)
        status = storage_capture(plan->outputs[i].storage, stream, err);
    return status;
}

static wf_status launch(launch_plan *plan, entry *e, wf_error *err) {
    slots s;
    uint32_t grid[3], block[3];
    wf_device *device = wf_context_device(plan->context);
    wf_status status = shape_grid(plan, wf_device_is_cpu(device), grid, block, err);
    if (!status) status = build(plan, e, err);
    if (!status) status = keep_captured(plan, err);
    if (status) return status;
    if (graph_explain) { /* a line of JSON that begins with ␞, then the source */
        wf_text_putc(graph_explain, '\x1e');
        plan_describe(plan, wf_kernel_func(e->kernel)->name, graph_explain);
        wf_text_putc(graph_explain, '\n');
        wf_print_unit(wf_program_unit(e->program), graph_explain);
        wf_text_putc(graph_explain, '\n');
    }
    fill_slots(plan, &s);
    if (wf_trace_on()) hint(plan);
    graph_stats.kernels++;
    wf_debug(WF_DEBUG_OPTIMISE, "fuse: %s: %d operations, %d inputs, %d outputs, rank %d",
             wf_kernel_func(e->kernel)->name, plan->k.value_count - plan->k.operand_count,
             plan->k.operand_count, plan->k.output_count, plan->k.rank);
    return wf_kernel_launch(e->kernel, device, wf_context_default_stream(plan->context), grid, block, 0, s.at,
                            err);
}

/* Nothing is waited for to look at the first elements. */
static int decided_early(launch_plan *plan) {
    if (!plan_may_be_left_out(plan->context)) return 0;
    return wf_stream_query(wf_context_default_stream(plan->context), NULL) == WF_OK && vm_decided(plan);
}

wf_status plan_run(launch_plan *plan, wf_error *err) {
    entry *e = NULL;
    if (!plan_layout(plan))
        return wf_fail(err, WF_UNSUPPORTED,
                       "[array] an offset or a stride is no multiple of the element's size");
    if (policy != WF_POLICY_COMPILE && vm_work(plan) < SMALL && loops_will_do(plan, NULL))
        return run_loops(plan, err);
    if (decided_early(plan)) return WF_OK;
    wf_status status = entry_of(plan, &e, err);
    if (status) return status;
    if (!loops_will_do(plan, e)) return launch(plan, e, err);
    e->work += vm_work(plan);
    return run_loops(plan, err);
}
