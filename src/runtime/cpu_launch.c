/* runtime/cpu_launch.c: runs a kernel's blocks on the thread pool, and collects what they have to say.
 *
 * A short launch on an empty stream runs here and now, from the caller's memory: nothing is allocated or
 * copied. What is short is guessed from the last launch of the function, or from the number of threads.
 * Extents of the pointers are looked up when the launch is submitted, not when it runs: memory freed in
 * between is still in stream order.
 *
 * Notes (out of bounds, traps, printf) are collected per piece without locks and merged when the piece ends.
 * The report with the smallest (block, thread) is kept, so it does not depend on the number of threads. Text
 * is printed in the order of blocks: that of the first piece as it comes, the rest when the launch is over.
 */
#include "base/memory.h"
#include "base/system.h"
#include "base/text.h"
#include "runtime/cpu.h"
#include "runtime/cut.h"
#include "runtime/scalar_math.h"
#include "runtime/trace.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    QUICK_US = 200, /* longer launches go to the stream's own thread */
    BRIEF_COST =
        10 * 2500 * 256,   /* ticks / 256, some 10 us: shorter ones may keep whatever the caller holds */
    LOOK_US = 20,          /* for longer ones it is worth a system call to know that Ctrl-C will reach them */
    QUICK_THREADS = 65536, /* of a function that never ran */
    FEW_LEAVES = 16,
    TEXT_PIECE = 64 << 10, /* the first piece prints when it has so much */
    TEXT_MOST = 64 << 20,  /* bytes that wait for their turn, in a launch; what is more comes before it */
    FREED_MOST = 64 << 20  /* bytes of kernels' freed memory that wait for the end of the launch */
};

typedef struct launch_job {
    wf_cpu_job job;
    wf_cpu_function *function; /* counted */
    wf_launch_config config;
    const void *params; /* the caller's, or in `storage` */
    const wf_extent *extents;
    void *storage;
    uint64_t born; /* wf__extents_now when it was submitted */
} launch_job;

typedef struct text_part {
    uint64_t block, turn; /* what it is sorted by */
    char *text;
    size_t length;
    struct text_part *next;
} text_part;

typedef struct run {
    wf_cpu_launch abi; /* first: the kernel hands it back */
    const wf_cpu_function *function;
    uint64_t blocks;
    uint32_t workers, shared_bytes;
    _Atomic int32_t *stop;
    int is_whole;            /* wf_cut_call's */
    pthread_mutex_t lock;    /* guards the rest */
    wf_launch_report report; /* kind NONE: nothing yet */
    uint64_t report_turn;
    int no_memory;
    text_part *parts;
    uint64_t born;
    void **freed; /* what the kernel gave back: a list through the first word of each block */
    uint64_t freed_bytes;
    _Atomic uint64_t waiting_text; /* bytes */
} run;

/* ---- a thread's own memory ---- */

/* A piece keeps its arena until it ends. One that runs within another, on the same thread -- a kernel that a
 * kernel asked for, a turn of a parallel loop -- takes the next of the chain: what the outer one points to
 * must stay where it is. */
typedef wf_cpu_arena arena;

static pthread_key_t arena_key;
static pthread_once_t arena_once = PTHREAD_ONCE_INIT;
static _Thread_local arena *own_arena;

static void arena_free(void *memory) {
    for (arena *a = memory, *next; a; a = next) {
        next = a->next;
        wf_free(a->shared);
        for (int i = 0; i < WF_SCRATCH_SLOTS; i++) wf_free(a->scratch[i]);
        wf_free(a);
    }
}

static void arena_init(void) { pthread_key_create(&arena_key, arena_free); }

static arena *arena_take(void) {
    arena **link = &own_arena;
    while (*link && (*link)->busy) link = &(*link)->next;
    if (!*link) {
        pthread_once(&arena_once, arena_init);
        if (!(*link = wf_calloc(1, sizeof **link))) return NULL;
        if (link == &own_arena) pthread_setspecific(arena_key, own_arena);
    }
    (*link)->busy = 1;
    return *link;
}

static void arena_give(arena *a) {
    if (a) a->busy = 0;
}

/* At least `size` bytes in *block, its aligned address as the result; NULL: no memory. */
static void *ensure(char **block, size_t *bytes, size_t size) {
    if (*bytes < size || !*block) {
        size_t more = size < 4096 ? 4096 : size;
        if (more > SIZE_MAX / 2) return NULL;
        wf_free(*block);
        *bytes = 0;
        *block = wf_malloc(more + WF_ARENA_ALIGN);
        if (!*block) return NULL;
        *bytes = more;
    }
    return wf_cpu_aligned(*block);
}

/* ---- what a kernel calls ---- */

typedef struct notes { /* of one piece: wf_cpu_worker.host */
    run *run;
    arena *arena;
    wf_cpu_reach reach;
    wf_launch_report report;
    uint64_t first_block;
    uint64_t turn; /* of a parallel loop, so that text and the report kept are in the order of turns */
    wf_text text;
} notes;

static int before(uint64_t block, uint32_t thread, const wf_launch_report *than) {
    return than->kind == WF_REPORT_NONE || block < than->block ||
           (block == than->block && thread < than->thread);
}

static void WF_CPU_CALL on_out_of_bounds(const wf_cpu_launch *launch, wf_cpu_worker *worker, uint32_t site,
                                         int64_t offset, uint64_t size, uint64_t bytes, uint64_t block,
                                         uint32_t thread) {
    wf_launch_report *r = &((notes *)worker->host)->report;
    (void)launch;
    r->accesses++;
    if (r->kind > WF_REPORT_OUT_OF_BOUNDS || !before(block, thread, r)) return;
    r->kind = WF_REPORT_OUT_OF_BOUNDS;
    r->site = site;
    r->index = offset / (int64_t)bytes;
    r->count = (int64_t)(size / bytes);
    r->address = 0;
    r->block = block;
    r->thread = thread;
}

/* Several threads may ask at once: they get the same answer. */
static int32_t WF_CPU_CALL on_late(const wf_cpu_launch *launch, wf_cpu_worker *worker, void **known,
                                   int64_t number, void *context) {
    _Atomic(void *) *slot = (_Atomic(void *) *)known;
    void *f = atomic_load_explicit(slot, memory_order_acquire);
    if (!f) {
        int64_t words[2] = {(int64_t)(uintptr_t)launch, number};
        f = (void *)(uintptr_t)launch->ask(launch->asker, WF_ASK_LATE, (int64_t)(uintptr_t)words);
        if (!f) return 1;
        atomic_store_explicit(slot, f, memory_order_release);
    }
    wf_cpu_loop *loop = (wf_cpu_loop *)(uintptr_t)f;
    return loop(launch, worker, context, 0, 0);
}

static void WF_CPU_CALL on_find(const wf_cpu_launch *launch, wf_cpu_worker *worker, const uint64_t *at,
                                uint64_t mask, uint64_t *lo, uint64_t *size, uint32_t flags) {
    wf_cpu_find(&((notes *)worker->host)->reach, launch, worker, at, mask, lo, size, flags);
}

/* The address `at` is in no live memory; lo and size: what the pointer was known to reach, if anything. */
static void report_address(const wf_cpu_launch *launch, wf_cpu_worker *worker, uint32_t site, uint64_t at,
                           uint64_t lo, uint64_t size, uint64_t bytes, uint64_t block, uint32_t thread) {
    wf_launch_report *r = &((notes *)worker->host)->report;
    int first = r->kind <= WF_REPORT_OUT_OF_BOUNDS && before(block, thread, r);
    int known = size >= bytes && at >= WF_NO_ADDRESS;
    on_out_of_bounds(launch, worker, site, known ? (int64_t)(at - lo) : 0, known ? size : 0, bytes, block,
                     thread);
    if (first) r->address = at;
}

static uint64_t WF_CPU_CALL on_admit(const wf_cpu_launch *launch, wf_cpu_worker *worker, uint32_t site,
                                     uint32_t flags, const uint64_t *at, const uint64_t *lo,
                                     const uint64_t *size, uint64_t mask, uint64_t bytes, uint64_t block,
                                     uint32_t thread) {
    notes *n = worker->host;
    uint64_t good = 0, unit = flags & 255 ? flags & 255 : bytes;
    for (uint64_t left = mask; left; left &= left - 1) {
        uint32_t lane = (uint32_t)__builtin_ctzll(left);
        if (wf_cpu_admits(&n->reach, launch, worker, at[lane], bytes, flags)) good |= left & (~left + 1);
        else report_address(launch, worker, site, at[lane], lo[lane], size[lane], unit, block, thread + lane);
    }
    return good;
}

static void WF_CPU_CALL on_access(const wf_cpu_launch *launch, wf_cpu_worker *worker, uint32_t site,
                                  uint32_t shape, uint64_t base, const uint64_t *each, uint64_t lo,
                                  uint64_t size, uint64_t mask, uint64_t block, uint32_t thread, void *box) {
    uint64_t bytes = shape & 255;
    for (; mask; mask &= mask - 1) {
        uint32_t lane = (uint32_t)__builtin_ctzll(mask);
        uint64_t at = each ? each[lane] : base + lane * bytes, offset = at - lo;
        char *own = (char *)box + lane * bytes, *there = (char *)(uintptr_t)at;
        int out = size < bytes || offset > size - bytes;
        if (out && shape & WF_FIND_ANY)
            out = !on_admit(launch, worker, site, shape, &at, &lo, &size, 1, bytes, block, thread + lane);
        else if (out)
            on_out_of_bounds(launch, worker, site, (int64_t)offset, size, bytes, block, thread + lane);
        if (!out && shape & WF_FIND_STORE) memcpy(there, own, bytes);
        else if (!out) memcpy(own, there, bytes);
    }
}

static void WF_CPU_CALL on_trap(const wf_cpu_launch *launch, wf_cpu_worker *worker, uint32_t site,
                                uint32_t kind, uint64_t block, uint32_t thread) {
    wf_launch_report *r = &((notes *)worker->host)->report;
    int32_t none = 0;
    atomic_compare_exchange_strong((_Atomic int32_t *)(uintptr_t)launch->stop, &none, 1);
    if (r->kind == WF_REPORT_TRAP && !before(block, thread, r)) return;
    r->kind = WF_REPORT_TRAP; /* weighs more than an access out of bounds */
    r->site = site;
    r->trap = kind;
    r->block = block;
    r->thread = thread;
}

static void *WF_CPU_CALL on_scratch(wf_cpu_worker *worker, uint32_t slot, uint64_t size) {
    arena *a = ((notes *)worker->host)->arena;
    return slot < WF_SCRATCH_SLOTS ? ensure(&a->scratch[slot], &a->scratch_bytes[slot], size) : NULL;
}

/* A kernel's malloc: the table of allocations knows the block, so that free() takes nothing else, and what a
 * kernel leaves behind goes with its context. */
static void *WF_CPU_CALL on_allocate(wf_cpu_worker *worker, uint64_t size) {
    wf_context *context = ((notes *)worker->host)->run->function->open.module->context;
    void *memory = size < SIZE_MAX / 2 ? wf_malloc(size < 16 ? 16 : size) : NULL;
    uint64_t at = (uintptr_t)memory;
    wf_extent_entry entry = {at, at + (size ? size : 1), context->device, context, WF_MEMORY_KERNEL, 0};
    if (!memory || wf__extents_add(&entry, NULL) == WF_OK) return memory;
    wf_free(memory);
    return NULL;
}

/* A pointer to the block may still be about, in this thread or another: reading through it must not end the
 * process, so the memory goes when the launch ends. (Much of it goes at once. Then the C library keeps all
 * but large blocks mapped.) */
static int32_t WF_CPU_CALL on_release(wf_cpu_worker *worker, void *memory) {
    run *r = ((notes *)worker->host)->run;
    wf_extent_entry gone;
    if (!memory) return 1;
    if (!wf__extents_remove((uintptr_t)memory, 1 << WF_MEMORY_KERNEL, &gone)) return 0;
    uint64_t bytes = gone.hi - gone.lo;
    pthread_mutex_lock(&r->lock);
    int later = r->freed_bytes + bytes <= FREED_MOST;
    if (later) {
        *(void **)memory = r->freed;
        r->freed = memory;
        r->freed_bytes += bytes;
    }
    pthread_mutex_unlock(&r->lock);
    if (!later) wf_free(memory);
    return 1;
}

static void drop_freed(run *r) {
    for (void **block = r->freed, **next; block; block = next) {
        next = *block;
        wf_free(block);
    }
}

/* May a kernel's string be read at `at`? In its module's constants, or in live memory. */
static int readable(void *user, const char *at) {
    const wf_image *image = &((const wf_cpu_module *)((const run *)user)->function->open.module)->image;
    if (at >= image->memory && at < image->memory + image->bytes) return 1;
    wf_extent_entry entry;
    return wf__extents_find((uintptr_t)at, &entry) && (uintptr_t)at < entry.hi &&
           (entry.device->kind == WF_DEVICE_CPU || entry.kind == WF_MEMORY_PINNED);
}

static int32_t WF_CPU_CALL on_print(const wf_cpu_launch *launch, wf_cpu_worker *worker, const char *format,
                                    const void *args, uint32_t count) {
    notes *n = worker->host;
    size_t before = n->text.length;
    wf__format(&n->text, format, args, count, readable, launch->host);
    size_t grown = n->text.length - before;
    int first = !n->first_block && !n->turn;
    uint64_t waiting =
        first ? 0 : atomic_fetch_add_explicit(&n->run->waiting_text, grown, memory_order_relaxed);
    if (first ? n->text.length >= TEXT_PIECE : waiting + grown > TEXT_MOST) {
        wf__print(n->text.data, n->text.length);
        if (!first) atomic_fetch_sub_explicit(&n->run->waiting_text, n->text.length, memory_order_relaxed);
        n->text.length = 0;
    }
    return (int32_t)count;
}

/* ---- one piece ---- */

static void merge_text(run *r, notes *n) {
    text_part *part = n->text.length ? wf_malloc(sizeof *part) : NULL;
    if (!part) {
        if (n->text.length) wf__print(n->text.data, n->text.length);
        wf_text_free(&n->text);
        return;
    }
    *part = (text_part){n->first_block, n->turn, n->text.data, n->text.length, NULL};
    wf_text_init(&n->text, NULL);
    text_part **link = &r->parts;
    while (*link &&
           ((*link)->block < part->block || ((*link)->block == part->block && (*link)->turn <= part->turn)))
        link = &(*link)->next;
    part->next = *link;
    *link = part;
}

static void merge(run *r, notes *n) {
    if (n->report.kind == WF_REPORT_NONE && !n->text.data) return;
    pthread_mutex_lock(&r->lock);
    wf_launch_report *all = &r->report;
    uint64_t accesses = all->accesses + n->report.accesses;
    int heavier = n->report.kind > all->kind;
    int same = n->report.kind == all->kind && n->report.kind != WF_REPORT_NONE;
    int equal = same && n->report.block == all->block && n->report.thread == all->thread;
    if (heavier || (same && before(n->report.block, n->report.thread, all)) ||
        (equal && n->turn < r->report_turn)) {
        *all = n->report;
        r->report_turn = n->turn;
    }
    all->accesses = accesses;
    if (n->text.data) merge_text(r, n);
    pthread_mutex_unlock(&r->lock);
}

static _Thread_local uint32_t worker_index;
static _Thread_local notes *innermost_notes; /* of the piece that this thread runs */
uint32_t wf_cpu_worker_index(void) { return worker_index; }

void *wf_cpu_launch_user(const wf_cpu_launch *launch) {
    return ((const run *)launch)->function->open.info.user;
}

static void start_reach(notes *n) {
    n->reach.function = &n->run->function->open;
    n->reach.arena = n->arena;
    n->reach.born = n->run->born;
    n->reach.stack_top = (uintptr_t)n;
}

/* What is left below the limit is for what such a function calls: the runtime, Python. */
static uint64_t stack_limit(void) {
    enum { SPARE_MOST = 512 << 10 };
    size_t left = wf_stack_left(), spare = left / 4 < SPARE_MOST ? left / 4 : SPARE_MOST;
    return (uintptr_t)__builtin_frame_address(0) - left + spare;
}

static int piece(void *user, uint32_t index, uint64_t first, uint64_t last) {
    run *r = user;
    uint32_t outer_index = worker_index;
    notes *outer_notes = innermost_notes;
    worker_index = index;
    notes n = {.run = r, .arena = arena_take(), .first_block = first};
    start_reach(&n);
    wf_cpu_worker worker = {.shared_bytes = r->shared_bytes,
                            .host = &n,
                            .index = index,
                            .workers = r->workers,
                            .stack_limit = stack_limit()};
    if (n.arena) worker.shared = ensure(&n.arena->shared, &n.arena->shared_bytes, r->shared_bytes);
    if (!worker.shared) {
        pthread_mutex_lock(&r->lock);
        r->no_memory = 1;
        pthread_mutex_unlock(&r->lock);
        worker_index = outer_index;
        arena_give(n.arena);
        return 1;
    }
    if (r->function->open.info.flags & WF_FUNCTION_WHOLE_GRID) last = r->blocks;
    innermost_notes = &n;
    wf_cut_call call = {.kernel = r->function->code, .first = first, .last = last, .whole = r->is_whole};
    int32_t early = wf__cut_run(&call, &r->abi, &worker);
    worker_index = outer_index;
    innermost_notes = outer_notes;
    arena_give(n.arena);
    merge(r, &n);
    return early || atomic_load_explicit(r->stop, memory_order_relaxed);
}

/* ---- a loop whose turns may run in any order ---- */

typedef struct spread {
    const wf_cpu_launch *launch;
    const wf_cpu_worker *outer;
    wf_cpu_loop *loop;
    const void *context;
    uint64_t turn;
} spread;

static int spread_piece(void *user, uint32_t index, uint64_t first, uint64_t last) {
    const spread *s = user;
    run *r = s->launch->host;
    const notes *outer = s->outer->host;
    notes n = {.run = r, .arena = arena_take(), .first_block = outer->first_block, .turn = s->turn + first};
    start_reach(&n);
    wf_cpu_worker worker = *s->outer;
    worker.host = &n;
    worker.index = index;
    worker.stack_limit = stack_limit();
    if (!n.arena) return 1;
    wf_cut_call call = {NULL, s->loop, s->context, first, last, r->is_whole};
    int32_t early = wf__cut_run(&call, s->launch, &worker);
    arena_give(n.arena);
    merge(r, &n);
    return early || atomic_load_explicit(r->stop, memory_order_relaxed);
}

/* What the kernel has reported and printed so far comes before what the turns do, the rest after it. */
static uint64_t WF_CPU_CALL on_clock(void) { return wf_time_ns(); }

static int32_t WF_CPU_CALL on_parallel(const wf_cpu_launch *launch, wf_cpu_worker *worker, wf_cpu_loop *loop,
                                       const void *context, uint64_t count) {
    run *r = launch->host;
    notes *n = worker->host;
    merge(r, n);
    n->report = (wf_launch_report){0};
    spread s = {launch, worker, loop, context, n->turn + 1};
    n->turn += count + 2;
    wf_pool_job share = {.count = count, .piece = spread_piece, .user = &s};
    return wf_pool_run(wf_runtime_pool(), &share, NULL);
}

/* ---- the launch ---- */

/* One block on this thread; the pool is free for the loops in it. */
static void run_one(run *r, uint64_t *cost) {
    uint64_t saved = wf_float_control_default(), begin = wf_ticks();
    piece(r, 0, 0, 1);
    *cost = (wf_ticks() - begin) * 256 + 1;
    wf_float_control_restore(saved);
}

static void print_parts(run *r) {
    for (text_part *part = r->parts, *next; part; part = next) {
        next = part->next;
        wf__print(part->text, part->length);
        wf_free(part->text);
        wf_free(part);
    }
}

static void tell(run *r, launch_job *job, wf_stream *stream, int stopped) {
    wf_launch_report *report = &r->report;
    wf_error failure;
    const char *name = r->function->open.name;
    wf_error_clear(&failure);
    if (r->no_memory)
        wf_fail(&failure, WF_NOMEM, "kernel %s: out of host memory for its shared memory", name);
    if (stopped == 2 && report->kind != WF_REPORT_TRAP) {
        report->kind = WF_REPORT_INTERRUPT;
        wf_fail(&failure, WF_INTERRUPT, "kernel %s was interrupted", name);
    }
    if (report->kind == WF_REPORT_TRAP)
        wf_fail(&failure, WF_TRAP, "kernel %s ended early: trap in block %" PRIu64 ", thread %u", name,
                report->block, report->thread);
    if (failure.status) wf__stream_fail(stream, &failure);
    if (report->kind == WF_REPORT_NONE) return;
    memcpy(report->grid, job->config.grid, sizeof report->grid);
    report->dynamic_shared = job->config.dynamic_shared;
    memcpy(report->block_size, job->config.block, sizeof report->block_size);
    report->tag = job->config.tag;
    report->function = wf_function_retain(&job->function->open);
    wf_stream_report(stream, report);
}

static void describe(const launch_job *job, uint64_t nanoseconds) {
    const wf_launch_config *c = &job->config;
    char rate[48] = "";
    if (c->bytes_moved && nanoseconds)
        snprintf(rate, sizeof rate, ", %.1f GB/s", (double)c->bytes_moved / (double)nanoseconds);
    wf_debug(WF_DEBUG_KERNEL, "%s: %s <<<(%u,%u,%u),(%u,%u,%u),%u>>> %.1f us%s",
             job->function->open.module->context->device->label, job->function->open.shown, c->grid[0],
             c->grid[1], c->grid[2], c->block[0], c->block[1], c->block[2], c->dynamic_shared,
             (double)nanoseconds / 1e3, rate);
}

/* Its lock is the caller's to set up: a mutex is not to be copied. */
static void run_begin(run *r, const launch_job *job, _Atomic int32_t *stop) {
    const wf_launch_config *c = &job->config;
    const wf_function_info *info = &job->function->open.info;
    uint32_t threads = wf_pool_threads(wf_runtime_pool());
    /* Called here: within the initialiser, MinGW's gcc 12 ends in an internal error. */
    const void *const *math = wf__scalar_math();
    r->function = job->function;
    r->blocks = (uint64_t)c->grid[0] * c->grid[1] * c->grid[2];
    r->stop = stop;
    r->is_whole = (c->flags & WF_LAUNCH_WHOLE) != 0;
    r->shared_bytes = info->static_shared + c->dynamic_shared;
    r->born = job->born;
    /* Never 1: kernels of other streams may use the same memory at the same time, so atomics must stay
     * atomic. */
    r->workers = threads > 1 ? threads : 2;
    r->abi = (wf_cpu_launch){.params = job->params,
                             .extents = job->extents,
                             .stop = (const int32_t *)stop,
                             .dynamic_shared = c->dynamic_shared,
                             .out_of_bounds = on_out_of_bounds,
                             .late = on_late,
                             .math = math,
                             .trap = on_trap,
                             .print = on_print,
                             .scratch = on_scratch,
                             .clock = on_clock,
                             .allocate = on_allocate,
                             .release = on_release,
                             .host = r,
                             .globals = info->globals,
                             .parallel = on_parallel,
                             .ask = c->ask,
                             .asker = c->asker,
                             .access = on_access,
                             .find = on_find,
                             .admit = on_admit};
    memcpy(r->abi.grid, c->grid, sizeof r->abi.grid);
    memcpy(r->abi.block, c->block, sizeof r->abi.block);
}

static int launch_now(launch_job *job, wf_stream *stream) {
    const wf_launch_config *c = &job->config;
    wf_function *function = &job->function->open;
    wf_pool *pool = wf_runtime_pool();
    _Atomic int32_t own_stop = 0;
    int32_t *stop = wf__stop_take();
    run r = {.lock = PTHREAD_MUTEX_INITIALIZER};
    run_begin(&r, job, stop ? (_Atomic int32_t *)stop : &own_stop);
    if (c->interrupts && !job->storage && c->interrupts != wf_interrupts())
        atomic_store(r.stop, 2); /* Ctrl-C came since, before the flag was there to be set */
    int whole = function->info.flags & WF_FUNCTION_WHOLE_GRID;
    uint64_t cost = atomic_load_explicit(&function->cost, memory_order_relaxed);
    int timed = wf_debug_on(WF_DEBUG_KERNEL);
    uint64_t begin = timed ? wf_time_ns() : 0;
    wf_pool_job share = {.count = whole ? 1 : r.blocks,
                         .cost = cost,
                         .most_threads = c->most_threads,
                         .piece = piece,
                         .user = &r};
    if (r.blocks == 1) run_one(&r, &cost);
    else wf_pool_run(pool, &share, &cost);
    atomic_store_explicit(&function->cost, cost, memory_order_relaxed);
    if (timed) describe(job, wf_time_ns() - begin);
    int stopped = atomic_load(r.stop);
    wf__stop_give(stop);
    drop_freed(&r);
    if (r.parts) print_parts(&r);
    if (stopped || r.no_memory || r.report.kind != WF_REPORT_NONE) tell(&r, job, stream, stopped);
    return stopped || r.no_memory;
}

static void launch_run(wf_cpu_job *base, wf_stream *stream) { launch_now((launch_job *)base, stream); }

static void launch_drop(wf_cpu_job *base) {
    launch_job *job = (launch_job *)base;
    wf_free(job->storage);
    wf_function_release(&job->function->open);
}

/* The heap copy of a launch needs its own parameters and extents. */
static int launch_keep(wf_cpu_job *base) {
    launch_job *job = (launch_job *)base;
    size_t extents = job->function->open.info.leaf_count * sizeof(wf_extent),
           params = job->config.param_bytes;
    char *storage = wf_malloc(extents + params);
    if (!storage) return 0;
    if (extents) memcpy(storage, job->extents, extents);
    if (params) memcpy(storage + extents, job->params, params);
    job->extents = (const wf_extent *)(void *)storage;
    job->params = storage + extents;
    job->storage = storage;
    return 1;
}

static void find_extents(const wf_function *function, const void *params, wf_extent *extents) {
    uint64_t addresses[FEW_LEAVES];
    const wf_function_info *info = &function->info;
    for (uint32_t done = 0; done < info->leaf_count; done += FEW_LEAVES) {
        uint32_t count = info->leaf_count - done < FEW_LEAVES ? info->leaf_count - done : FEW_LEAVES;
        for (uint32_t i = 0; i < count; i++)
            memcpy(&addresses[i], (const char *)params + info->leaf_offsets[done + i], 8);
        wf__extents_of(function->module->context, addresses, count, extents + done);
    }
}

/* A graph's launch: memory may have come and gone since the capture. Extents that the caller gave stay. */
static void launch_renew(wf_cpu_job *base) {
    launch_job *job = (launch_job *)base;
    job->born = wf__extents_now();
    if (!job->config.extents && job->function->open.info.leaf_count)
        find_extents(&job->function->open, job->params, (wf_extent *)(void *)job->storage);
}

/* Less than `microseconds`, as far as can be guessed? */
static int is_short(const wf_function *function, const wf_launch_config *c, uint64_t microseconds) {
    uint64_t blocks = (uint64_t)c->grid[0] * c->grid[1] * c->grid[2];
    uint64_t cost = atomic_load_explicit(&function->cost, memory_order_relaxed);
    if (!cost)
        return blocks <= QUICK_THREADS && blocks * c->block[0] * c->block[1] * c->block[2] <= QUICK_THREADS;
    return blocks <=
           microseconds * wf_ticks_per_microsecond() * 256 * wf_pool_threads(wf_runtime_pool()) / cost;
}

wf_status wf_cpu_launch_kernel(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                               const void *params, wf_error *err) {
    wf_extent few[FEW_LEAVES], *extents = few;
    uint32_t leaves = function->info.leaf_count;
    wf__interrupt_refresh(!is_short(function, config, LOOK_US));
    if (config->extents) {
        extents = (wf_extent *)(uintptr_t)config->extents;
    } else if (leaves) {
        if (leaves > FEW_LEAVES && !(extents = wf_malloc(leaves * sizeof *extents)))
            return wf_fail(err, WF_NOMEM, "out of host memory for the launch of %s", function->name);
        find_extents(function, params, extents);
    }
    launch_job job = {{sizeof job, launch_run, launch_drop, launch_keep, NULL, 0, launch_renew},
                      (wf_cpu_function *)wf_function_retain(function),
                      *config,
                      params,
                      extents,
                      NULL,
                      wf__extents_now()};
    wf_status status = wf_cpu_submit(stream, &job.job, is_short(function, config, QUICK_US), err);
    if (leaves > FEW_LEAVES && !config->extents) wf_free(extents);
    return status;
}

/* ---- brief launches ----
 *
 * A host function that is called a million times a second has a launch of its own thread ready, of which only
 * what differs from call to call is written anew. It is not used while a launch of it runs, and made anew
 * after one that had something to say. */

typedef struct brief {
    run run;
    notes notes;
    wf_cpu_worker worker;
    wf_cpu_stop *stop;
    int ready, is_registered;
} brief;

static _Thread_local brief own_brief;
static pthread_key_t brief_key;
static pthread_once_t brief_once = PTHREAD_ONCE_INIT;

static void brief_free(void *memory) {
    wf__stop_disown(((brief *)memory)->stop);
    pthread_mutex_destroy(&((brief *)memory)->run.lock);
}
static void brief_init(void) { pthread_key_create(&brief_key, brief_free); }

static int brief_prepare(brief *b) {
    if (!b->is_registered) {
        pthread_once(&brief_once, brief_init);
        if (!(b->stop = wf__stop_own()) || pthread_setspecific(brief_key, b) != 0) return 0;
        pthread_mutex_init(&b->run.lock, NULL);
        b->is_registered = 1;
    }
    arena *a = arena_take();
    void *shared = a ? ensure(&a->shared, &a->shared_bytes, 0) : NULL;
    arena_give(a);
    if (!shared) return 0;
    b->notes = (notes){.run = &b->run, .arena = a};
    b->worker = (wf_cpu_worker){.shared = shared, .host = &b->notes};
    b->run.report = (wf_launch_report){0};
    b->run.report_turn = 0;
    b->run.parts = NULL;
    b->run.freed = NULL;
    b->run.freed_bytes = 0;
    b->run.no_memory = 0;
    b->ready = 1;
    return 1;
}

static int said_nothing(const brief *b) {
    return b->notes.report.kind == WF_REPORT_NONE && !b->notes.text.data &&
           b->run.report.kind == WF_REPORT_NONE && !b->run.parts && !b->run.freed && !b->run.no_memory;
}

/* What launch_now does at its end. */
static void brief_tell(brief *b, launch_job *job, wf_stream *stream, int stopped) {
    b->ready = 0;
    merge(&b->run, &b->notes);
    drop_freed(&b->run);
    if (b->run.parts) print_parts(&b->run);
    tell(&b->run, job, stream, stopped);
}

static int is_brief(const wf_function *function, const wf_launch_config *config, wf_stream *stream) {
    uint64_t cost = atomic_load_explicit(&function->cost, memory_order_relaxed);
    return cost && cost <= BRIEF_COST && wf_device_is_cpu(stream->context->device) &&
           function->module->context == stream->context && !function->info.static_shared &&
           !config->dynamic_shared && config->extents && !wf_trace_on() && !wf_debug_on(WF_DEBUG_KERNEL) &&
           wf_cpu_idle(stream);
}

int wf_launch_brief(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                    const void *params, wf_status *status, wf_error *err) {
    brief *b = &own_brief;
    if (!is_brief(function, config, stream) || (!b->ready && !brief_prepare(b)) || b->notes.arena->busy)
        return 0;
    launch_job job = {.function = (wf_cpu_function *)function,
                      .config = *config,
                      .params = params,
                      .extents = config->extents,
                      .born = wf__extents_now()};
    notes *outer_notes = innermost_notes;
    uint32_t outer_index = worker_index;
    run_begin(&b->run, &job, &b->stop->stop);
    b->worker.workers = b->run.workers;
    b->worker.stack_limit = stack_limit();
    b->notes.arena->busy = 1;
    start_reach(&b->notes);
    innermost_notes = &b->notes;
    worker_index = 0;
    wf__stop_begin(b->stop);
    uint64_t saved = wf_float_control_default(), begin = wf_ticks();
    wf_cut_call call = {.kernel = b->run.function->code, .last = 1, .whole = b->run.is_whole};
    int32_t early = wf__cut_run(&call, &b->run.abi, &b->worker);
    atomic_store_explicit(&function->cost, (wf_ticks() - begin) * 256 + 1, memory_order_relaxed);
    wf_float_control_restore(saved);
    int stopped = wf__stop_end(b->stop);
    worker_index = outer_index;
    innermost_notes = outer_notes;
    b->notes.arena->busy = 0;
    if (stopped || early || !said_nothing(b)) brief_tell(b, &job, stream, stopped);
    *status = stopped ? wf_fail(err, WF_TRAP, "kernel %s ended early", function->name) : WF_OK;
    return 1;
}

wf_status wf_launch_inside(wf_function *function, const wf_launch_config *config, wf_stream *stream,
                           const void *params, wf_error *err) {
    wf_extent few[FEW_LEAVES], *extents = few;
    uint32_t leaves = function->info.leaf_count;
    if (config->extents) extents = (wf_extent *)(uintptr_t)config->extents;
    else if (leaves > FEW_LEAVES && !(extents = wf_malloc(leaves * sizeof *extents)))
        return wf_fail(err, WF_NOMEM, "out of host memory for the launch of %s", function->name);
    else if (leaves) find_extents(function, params, extents);
    launch_job job = {{sizeof job, launch_run, launch_drop, launch_keep, NULL, 0, launch_renew},
                      (wf_cpu_function *)function,
                      *config,
                      params,
                      extents,
                      NULL,
                      wf__extents_now()};
    for (int i = 0; i < 3; i++) {
        if (!job.config.grid[i]) job.config.grid[i] = 1;
        if (!job.config.block[i]) job.config.block[i] = 1;
    }
    if (innermost_notes && innermost_notes->text.length) { /* printed before comes before */
        wf__print(innermost_notes->text.data, innermost_notes->text.length);
        innermost_notes->text.length = 0;
    }
    int stopped = launch_now(&job, stream);
    if (leaves > FEW_LEAVES && !config->extents) wf_free(extents);
    return stopped ? wf_fail(err, WF_TRAP, "kernel %s ended early", function->name) : WF_OK;
}
