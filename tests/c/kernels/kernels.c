/* kernels.c: kernels by hand, in the form that emit/ gives them (emit/cpu_abi.h), compiled to an object of
 * its own that the tests hand to the loader. They use what the loader must get right: constants, variables
 * with and without a value, pointers to functions and data, calls to memcpy and memset, a variable that is
 * reached through the global offset table. */
#include "emit/cpu_abi.h"
#include <string.h>

int wf_counter = 41;                                   /* .data */
int wf_empty[1000];                                    /* .bss */
static const double table[4] = {0.5, 1.5, 2.5, 3.5};   /* .rodata */
const char *const wf_words[2] = {"first", "second"};   /* .data.rel.ro: needs addresses */
int wf_tentative __attribute__((common, aligned(64))); /* COMMON */
static int twice(int x) { return 2 * x; }
static int thrice(int x) { return 3 * x; }
int (*const wf_functions[2])(int) = {twice, thrice};

static uint32_t threads(const wf_cpu_launch *l) { return l->block[0] * l->block[1] * l->block[2]; }

/* y[i] = a * x[i] + y[i], for all of the launch's threads: (float a, const float *x, float *y) */
struct saxpy {
    float a;
    const float *x;
    float *y;
};
int32_t wf_kernel_saxpy(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    const struct saxpy *p = l->params;
    (void)w;
    for (uint64_t block = first; block < last; block++)
        for (uint32_t t = 0; t < threads(l); t++) {
            uint64_t i = block * threads(l) + t, address = (uint64_t)(uintptr_t)(p->y + i);
            if (address < l->extents[1].lo || address + 4 > l->extents[1].hi) {
                l->out_of_bounds(l, w, 7, (int64_t)(address - l->extents[1].lo),
                                 l->extents[1].hi - l->extents[1].lo, 4, block, t);
                continue;
            }
            p->y[i] = p->a * p->x[i] + p->y[i];
        }
    return 0;
}

/* Everything that needs a relocation, in one number: (long long *out) */
int32_t wf_kernel_sum(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    long long *out = *(long long *const *)l->params;
    char text[300], copy[300];
    (void)w;
    if (first >= last) return 0;
    volatile size_t length = 250; /* not known, so that the calls stay calls */
    memset(text, 'x', length);
    memcpy(copy, text, length);
    memmove(copy + 1, copy, length);
    volatile int two = 2, one = 1;
    *out = wf_counter++ + wf_empty[500] + (long long)(table[two] * 10) + wf_functions[one](7) + copy[100] +
           (wf_words[one][0] - 's') + wf_tentative;
    wf_empty[500]++;
    return 0;
}

/* One thread of one block traps: (uint64 block, uint32 thread) */
struct where {
    uint64_t block;
    uint32_t thread;
};
int32_t wf_kernel_trap(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    const struct where *p = l->params;
    for (uint64_t block = first; block < last; block++)
        if (block == p->block) {
            l->trap(l, w, 3, WF_TRAP_ASSERT, block, p->thread);
            return 1;
        }
    return 0;
}

/* Never looks whether it should stop. */
int32_t wf_kernel_blind(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    volatile uint64_t turns = 0;
    (void)l, (void)w, (void)first, (void)last;
    for (;;) turns = turns + 1;
}

/* Runs until it is stopped. */
int32_t wf_kernel_spin(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    (void)w, (void)first, (void)last;
    while (!*(const volatile int32_t *)l->stop) {}
    return 1;
}

/* Each block waits `ns` and adds one to *count: (uint64 ns, int *count) */
struct slow {
    uint64_t ns;
    int *count;
};
int32_t wf_kernel_slow(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    const struct slow *p = l->params;
    (void)w;
    for (uint64_t block = first; block < last; block++) {
        uint64_t until = l->clock() + p->ns;
        while (l->clock() < until) {}
        __atomic_fetch_add(p->count, 1, __ATOMIC_RELAXED);
    }
    return 0;
}

/* Each block prints its number and a string. */
int32_t wf_kernel_print(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    for (uint64_t block = first; block < last; block++) {
        uint64_t slots[3] = {block, (uint64_t)(uintptr_t)wf_words[block & 1], 0};
        double half = (double)block / 2;
        __builtin_memcpy(&slots[2], &half, 8);
        l->print(l, w, "%llu %s %.1f\n", slots, 3);
    }
    return 0;
}

/* Fills shared memory and scratch and checks them: out[block] = 1 when all is well: (int *out) */
int32_t wf_kernel_shared(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    int *out = *(int *const *)l->params;
    for (uint64_t block = first; block < last; block++) {
        unsigned char *shared = w->shared, *scratch = l->scratch(w, 2, 100000 + block),
                      mark = (unsigned char)block;
        int good = shared && scratch && (uintptr_t)shared % 128 == 0 && (uintptr_t)scratch % 64 == 0 &&
                   w->shared_bytes >= 1000 + l->dynamic_shared && w->index < w->workers;
        if (good) memset(shared, mark, w->shared_bytes);
        if (good) memset(scratch, mark + 1, 100000 + block);
        for (uint64_t i = 0; good && i < w->shared_bytes; i++) good = shared[i] == mark;
        void *piece = l->allocate(w, 1000);
        good = good && piece;
        l->release(w, piece);
        out[block] = good;
    }
    return 0;
}

/* Nothing: for the cost of a launch. */
int32_t wf_kernel_nothing(const wf_cpu_launch *l, wf_cpu_worker *w, uint64_t first, uint64_t last) {
    (void)l, (void)w, (void)first, (void)last;
    return 0;
}
