/* tests/interp/run.c: a launch: blocks one after the other (all at once when the kernel waits for the grid),
 * the threads of a block as fibers.
 *
 * A thread runs until it waits or ends. When none is ready, whoever waits for what has come about goes on, in
 * this order: a warp operation that all lanes of its mask have reached; a barrier that all threads of the
 * block have reached that have not ended; then, in a warp where nobody can move, the lanes that stand at the
 * same place where lanes converge. When nothing of that holds, the threads wait for each other for ever, and
 * the run ends with an error. */
#include "inner.h"
#include "base/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STACK_SIZE = 1 << 20, MOST_THREADS = 1 << 14 };

void *interp_alloc(size_t size) {
    void *memory = calloc(size ? size : 1, 1);
    if (!memory) abort();
    return memory;
}

void stop_run(thread *t, wf_status status, wf_place at, const char *format, ...) {
    run *r = t->run;
    if (r->stop) return;
    char message[500];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    r->stop = 1;
    r->status = wf_fail(r->err, status, "kernel '%s', line %u: %s (block %llu, thread %u)", r->kernel->name,
                        at.line, message, (unsigned long long)t->block->index, t->index);
    r->options->trap_at = at;
}

/* --- fibers --- */

void wait_in(thread *t, enum thread_state state) {
    if (t->run->stop) return;
    t->state = state;
    swapcontext(&t->context, &t->run->scheduler);
}

static void thread_main(unsigned high, unsigned low) {
    thread *t = (thread *)((uintptr_t)high << 32 | (uintptr_t)low);
    const wf_func *kernel = t->run->kernel;
    value *args = interp_alloc((kernel->param_count + 1) * sizeof *args);
    uint64_t offset = 0;
    uint32_t i = 0;
    for (const wf_var *param = kernel->params; param; param = param->next) {
        uint64_t align = wf_type_align(param->type);
        offset = (offset + align - 1) / align * align;
        args[i++] = load_plain(t, (const char *)t->run->params + offset, param->type);
        offset += wf_type_size(param->type);
    }
    call_function(t, kernel, args, kernel->at);
    free(args);
    drop_temporaries(t, 0);
    t->state = DONE;
    swapcontext(&t->context, &t->run->scheduler);
}

static void start_thread(thread *t) {
    t->stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (t->stack == MAP_FAILED) abort();
    getcontext(&t->context);
    t->context.uc_stack.ss_sp = t->stack;
    t->context.uc_stack.ss_size = STACK_SIZE;
    t->context.uc_link = NULL;
    makecontext(&t->context, (void (*)(void))thread_main, 2, (unsigned)((uintptr_t)t >> 32),
                (unsigned)(uintptr_t)t);
}

static void resume(thread *t) { swapcontext(&t->run->scheduler, &t->context); }

/* --- who may go on --- */

static uint32_t lanes_in(const run *r, uint32_t warp) {
    uint32_t left = r->threads - warp * 32;
    return left < 32 ? left : 32;
}

static void release_lanes(thread *lanes, uint32_t count, uint32_t group) {
    exchange(lanes, count, group);
    for (uint32_t lane = 0; lane < count; lane++)
        if (group >> lane & 1) lanes[lane].state = READY;
}

/* A warp operation that all of its mask, but for those that have ended, have reached. */
static int release_operation(thread *lanes, uint32_t count) {
    int released = 0;
    for (uint32_t lane = 0; lane < count; lane++) {
        if (lanes[lane].state != AT_WARP) continue;
        uint32_t group = 0, missing = 0;
        for (uint32_t other = 0; other < count; other++) {
            if (!(lanes[lane].mask >> other & 1) || lanes[other].state == DONE) continue;
            int there = lanes[other].state == AT_WARP && lanes[other].wait_id == lanes[lane].wait_id &&
                        lanes[other].mask == lanes[lane].mask;
            if (there) group |= 1u << other;
            else missing |= 1u << other;
        }
        if (missing || !(group >> lane & 1)) continue;
        release_lanes(lanes, count, group);
        released = 1;
    }
    return released;
}

/* Lanes that wait where lanes converge, when no lane of the warp is ready. */
static int release_convergence(thread *lanes, uint32_t count) {
    const thread *leader = NULL;
    uint32_t group = 0;
    for (uint32_t lane = 0; lane < count; lane++) {
        thread *t = &lanes[lane];
        if (t->state == READY) return 0;
        if (t->state != AT_CONVERGENCE) continue;
        if (!leader) leader = t;
        if (t->wait_at == leader->wait_at && t->wait_id == leader->wait_id) group |= 1u << lane;
    }
    if (group) release_lanes(lanes, count, group);
    return group != 0;
}

static int release_barrier(run *r, block *b) {
    uint32_t waiting = 0, nonzero = 0;
    for (uint32_t i = 0; i < r->threads; i++) {
        if (b->threads[i].state == DONE) continue;
        if (b->threads[i].state != AT_BARRIER) return 0;
        waiting++;
        nonzero += b->threads[i].operands[0].i != 0;
    }
    for (uint32_t i = 0; i < r->threads; i++) {
        thread *t = &b->threads[i];
        if (t->state == DONE) continue;
        t->answer.i = t->wait_id == WF_BI_SYNCTHREADS_COUNT ? nonzero
                      : t->wait_id == WF_BI_SYNCTHREADS_AND ? nonzero == waiting
                                                            : nonzero != 0;
        t->state = READY;
    }
    return waiting != 0;
}

static int release_grid(run *r) {
    for (uint32_t b = 0; b < r->block_count; b++)
        for (uint32_t i = 0; i < r->threads; i++) {
            enum thread_state state = r->blocks[b].threads[i].state;
            if (state != DONE && state != AT_GRID_BARRIER) return 0;
        }
    int released = 0;
    for (uint32_t b = 0; b < r->block_count; b++)
        for (uint32_t i = 0; i < r->threads; i++)
            if (r->blocks[b].threads[i].state == AT_GRID_BARRIER)
                r->blocks[b].threads[i].state = READY, released = 1;
    return released;
}

static int release_some(run *r) {
    int released = 0;
    for (uint32_t b = 0; b < r->block_count; b++)
        for (uint32_t warp = 0; warp * 32 < r->threads; warp++)
            released |= release_operation(&r->blocks[b].threads[warp * 32], lanes_in(r, warp));
    for (uint32_t b = 0; b < r->block_count && !released; b++) released |= release_barrier(r, &r->blocks[b]);
    if (!released) released = release_grid(r);
    for (uint32_t b = 0; b < r->block_count && !released; b++)
        for (uint32_t warp = 0; warp * 32 < r->threads; warp++)
            released |= release_convergence(&r->blocks[b].threads[warp * 32], lanes_in(r, warp));
    return released;
}

enum turn { ALL_DONE, SOME_READY, ALL_WAIT };

/* Runs every thread that can run, until it waits, ends or has had its turn. */
static enum turn run_ready(run *r) {
    int done = 1, ready = 0;
    for (uint32_t b = 0; b < r->block_count; b++)
        for (uint32_t i = 0; i < r->threads; i++) {
            thread *t = &r->blocks[b].threads[i];
            if (t->state == READY || (r->stop && t->state != DONE)) resume(t);
        }
    for (uint32_t b = 0; b < r->block_count; b++) /* one may have let go another, which had its turn before */
        for (uint32_t i = 0; i < r->threads; i++) {
            done &= r->blocks[b].threads[i].state == DONE;
            ready |= r->blocks[b].threads[i].state == READY;
        }
    return done ? ALL_DONE : ready ? SOME_READY : ALL_WAIT;
}

static thread *who_waits(run *r) {
    for (uint32_t b = 0; b < r->block_count; b++)
        for (uint32_t i = 0; i < r->threads; i++)
            if (r->blocks[b].threads[i].state != DONE) return &r->blocks[b].threads[i];
    return NULL;
}

static void schedule(run *r) {
    for (;;) {
        enum turn state = run_ready(r);
        if (state == ALL_DONE) return;
        if (state == SOME_READY || r->stop || release_some(r)) continue;
        thread *t = who_waits(r);
        stop_run(t, WF_TRAP, t->wait_at->at, "threads wait for each other for ever");
    }
}

/* --- blocks --- */

static void begin_block(run *r, block *b, uint64_t index) {
    b->index = index;
    b->id[0] = (uint32_t)(index % r->grid[0]);
    b->id[1] = (uint32_t)(index / r->grid[0] % r->grid[1]);
    b->id[2] = (uint32_t)(index / r->grid[0] / r->grid[1]);
    b->dynamic = ranges_add(&b->shared, interp_alloc(r->dynamic_size), r->dynamic_size, NULL, 1)->data;
    b->threads = interp_alloc(r->threads * sizeof *b->threads);
    for (uint32_t i = 0; i < r->threads; i++) {
        thread *t = &b->threads[i];
        t->run = r;
        t->block = b;
        t->index = i;
        t->id[0] = i % r->size[0];
        t->id[1] = i / r->size[0] % r->size[1];
        t->id[2] = i / r->size[0] / r->size[1];
        start_thread(t);
    }
}

static void end_block(run *r, block *b) {
    for (uint32_t i = 0; i < r->threads; i++) {
        munmap(b->threads[i].stack, STACK_SIZE);
        free(b->threads[i].temporaries);
    }
    free(b->threads);
    ranges_free(&b->shared);
    memset(b, 0, sizeof *b);
}

static int uses_grid_barrier(const wf_stmt *s);

static int expr_uses(const wf_expr *e) {
    if (!e) return 0;
    if (e->kind == WF_EX_BUILTIN && e->u.call.builtin == WF_BI_GRID_SYNC) return 1;
    return expr_uses(e->a) || expr_uses(e->b) || expr_uses(e->c);
}

static int uses_grid_barrier(const wf_stmt *s) {
    for (; s; s = s->next)
        if (expr_uses(s->expr) || uses_grid_barrier(s->init) || uses_grid_barrier(s->body) ||
            uses_grid_barrier(s->other))
            return 1;
    return 0;
}

static void run_blocks(run *r) {
    uint64_t total = (uint64_t)r->grid[0] * r->grid[1] * r->grid[2];
    int together = 0;
    for (const wf_func *f = r->unit->funcs; f; f = f->next) together |= f->body && uses_grid_barrier(f->body);
    uint64_t batch = together ? total : 1;
    if (batch * r->threads > MOST_THREADS) {
        r->status = wf_fail(r->err, WF_UNSUPPORTED, "a grid of %llu threads is too large to wait for",
                            (unsigned long long)(batch * r->threads));
        return;
    }
    r->blocks = interp_alloc(batch * sizeof *r->blocks);
    r->block_count = (uint32_t)batch;
    for (uint64_t first = 0; first < total && !r->stop; first += batch) {
        for (uint64_t i = 0; i < batch; i++) begin_block(r, &r->blocks[i], first + i);
        schedule(r);
        for (uint64_t i = 0; i < batch; i++) end_block(r, &r->blocks[i]);
    }
    free(r->blocks);
}

/* --- modules --- */

static const wf_func no_function;

wf_interp_module *wf_interp_module_new(const wf_unit *unit) {
    wf_interp_module *module = interp_alloc(sizeof *module);
    wf_interp_options options = {0};
    module->unit = unit;
    /* Initial values are evaluated as if by a thread that has nothing. */
    run r = {.unit = unit, .module = module, .options = &options};
    block b = {0};
    frame f = {.func = &no_function};
    thread t = {.run = &r, .block = &b, .frame = &f};
    for (const wf_var *var = unit->globals; var; var = var->next)
        if (var->space == WF_SPACE_DEVICE || var->space == WF_SPACE_CONSTANT) address_of_var(&t, var);
    drop_temporaries(&t, 0);
    free(t.temporaries);
    ranges_free(&r.memory);
    return module;
}

void wf_interp_module_free(wf_interp_module *module) {
    if (!module) return;
    ranges_free(&module->globals);
    free(module);
}

void *wf_interp_global(wf_interp_module *module, const char *name, uint64_t *size) {
    for (uint32_t i = 0; i < module->globals.count; i++) {
        if (strcmp(module->globals.items[i].var->name, name)) continue;
        if (size) *size = module->globals.items[i].size;
        return module->globals.items[i].data;
    }
    return NULL;
}

/* --- the launch --- */

static uint64_t params_size(const wf_func *kernel) {
    uint64_t offset = 0;
    for (const wf_var *param = kernel->params; param; param = param->next) {
        uint64_t align = wf_type_align(param->type);
        offset = (offset + align - 1) / align * align + wf_type_size(param->type);
    }
    return offset;
}

wf_status wf_interp_run(const wf_unit *unit, const char *kernel, const uint32_t grid[3],
                        const uint32_t block[3], uint32_t dynamic_shared, const void *params, size_t size,
                        wf_interp_options *options, wf_error *err) {
    wf_interp_options none = {0};
    if (!options) options = &none;
    options->out_of_bounds = 0;
    run r = {.unit = unit,
             .kernel = wf_unit_find_func(unit, kernel),
             .options = options,
             .params = params,
             .dynamic_size = dynamic_shared,
             .status = WF_OK,
             .err = err};
    memcpy(r.grid, grid, sizeof r.grid);
    memcpy(r.size, block, sizeof r.size);
    r.threads = block[0] * block[1] * block[2];
    if (!r.kernel || !r.kernel->body) return wf_fail(err, WF_INVALID, "no kernel '%s'", kernel);
    if (!r.threads || r.threads > 1024 || !grid[0] || !grid[1] || !grid[2])
        return wf_fail(err, WF_LAUNCH, "a grid of %ux%ux%u blocks of %ux%ux%u threads", grid[0], grid[1],
                       grid[2], block[0], block[1], block[2]);
    if (size < params_size(r.kernel))
        return wf_fail(err, WF_INVALID, "%zu bytes of arguments, '%s' takes %llu", size, kernel,
                       (unsigned long long)params_size(r.kernel));
    for (uint32_t i = 0; i < options->buffer_count; i++)
        ranges_add(&r.memory, options->buffers[i].data, options->buffers[i].size, NULL, 0);
    r.module = options->module ? options->module : wf_interp_module_new(unit);
    run_blocks(&r);
    if (!options->module) wf_interp_module_free(r.module);
    ranges_free(&r.memory);
    return r.status;
}
