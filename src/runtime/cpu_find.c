/* runtime/cpu_find.c: to what memory an address belongs, for kernels that load pointers from memory or make
 * them from integers (wf_cpu_launch.find, .admit).
 *
 * Live is what a kernel may reach by right: what its arguments reach, every allocation of the table that its
 * device can reach, the shared and scratch memory of the worker, and memory that was freed after the launch
 * was submitted -- a GPU program may drop an array as soon as the kernel that uses it is queued. What was
 * found stays in a small cache of the piece, for the table has one lock: an allocation that goes while the
 * piece runs is one that the launch was entitled to.
 *
 * The machine stack is live only for functions that call themselves: other kernels keep variables whose
 * address is stored in scratch memory. */
#include "runtime/cpu.h"

static int inside(uint64_t at, uint64_t lo, uint64_t hi) { return at - lo < hi - lo; }

static int worker_memory(const wf_cpu_reach *r, const wf_cpu_worker *worker, uint64_t at, wf_extent *found) {
    uint64_t shared = (uintptr_t)worker->shared;
    if (inside(at, shared, shared + worker->shared_bytes)) {
        *found = (wf_extent){shared, shared + worker->shared_bytes};
        return 1;
    }
    for (int i = 0; i < WF_SCRATCH_SLOTS; i++) {
        uint64_t lo = (uintptr_t)wf_cpu_aligned(r->arena->scratch[i]), hi = lo + r->arena->scratch_bytes[i];
        if (!inside(at, lo, hi)) continue;
        *found = (wf_extent){lo, hi};
        return 1;
    }
    return 0;
}

/* What the arguments that hold this address reach together: they may lie in each other's memory. */
static int argument(const wf_cpu_reach *r, const wf_cpu_launch *launch, uint64_t at, wf_extent *found) {
    *found = (wf_extent){0, 0};
    for (uint32_t i = 0; i < r->function->info.leaf_count; i++)
        *found = wf_extent_with(*found, launch->extents[i], at);
    return found->hi != 0;
}

static int look_up(wf_cpu_reach *r, const wf_cpu_launch *launch, const wf_cpu_worker *worker, uint64_t at,
                   uint32_t flags, wf_extent *found) {
    wf_extent *recent = &r->recent[(at >> 9) * 0x9E3779B97F4A7C15u >> 58];
    if (inside(at, recent->lo, recent->hi)) {
        *found = *recent;
        return 1;
    }
    if (at < WF_NO_ADDRESS) return 0;
    if (worker_memory(r, worker, at, found)) return 1;
    if (!argument(r, launch, at, found) &&
        !wf__extents_live(r->function->module->context, at, r->born, found)) {
        uint64_t here = (uintptr_t)__builtin_frame_address(0);
        if (!(flags & WF_FIND_STACK) || !inside(at, here, r->stack_top)) return 0;
        *found = (wf_extent){here, r->stack_top};
        return 1;
    }
    *recent = *found;
    return 1;
}

void wf_cpu_find(wf_cpu_reach *r, const wf_cpu_launch *launch, const wf_cpu_worker *worker,
                 const uint64_t *at, uint64_t mask, uint64_t *lo, uint64_t *size, uint32_t flags) {
    for (; mask; mask &= mask - 1) {
        uint32_t lane = (uint32_t)__builtin_ctzll(mask);
        wf_extent found = {0, 0};
        look_up(r, launch, worker, at[lane], flags, &found);
        lo[lane] = found.lo;
        size[lane] = found.hi - found.lo;
    }
}

int wf_cpu_admits(wf_cpu_reach *r, const wf_cpu_launch *launch, const wf_cpu_worker *worker, uint64_t at,
                  uint64_t bytes, uint32_t flags) {
    wf_extent found;
    const wf_image *image = &((const wf_cpu_module *)r->function->module)->image;
    uint64_t constants = (uintptr_t)image->memory;
    if (look_up(r, launch, worker, at, flags, &found)) return bytes <= found.hi - at && at < found.hi;
    return !(flags & WF_FIND_STORE) && inside(at, constants, constants + image->bytes) &&
           bytes <= constants + image->bytes - at;
}
