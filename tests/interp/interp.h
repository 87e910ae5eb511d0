/* tests/interp/interp.h: the slow interpreter of the tree: what each node means, written as plainly as can
 * be.
 *
 * It runs a kernel of a unit on host memory, thread by thread, and is the oracle that emitted code is
 * compared with. Speed is no aim; being obviously right is. Threads are fibers: one runs until it waits at a
 * barrier or a warp operation, or ends. Pointers are host addresses. Nothing here is shared with lang/fold.c
 * or emit/ on purpose. */
#ifndef WF_TESTS_INTERP_H
#define WF_TESTS_INTERP_H
#include "base/status.h"
#include "lang/lang.h"

typedef struct wf_interp_buffer {
    void *data;
    uint64_t size;
} wf_interp_buffer;

/* An access that was suppressed: a load gave 0, a store did nothing. The first one. */
typedef struct wf_interp_report {
    wf_place at;
    uint64_t block;  /* linear */
    uint32_t thread; /* linear in the block */
    uint64_t address;
    uint32_t size;
    int is_store;
} wf_interp_report;

/* The __device__ and __constant__ variables of a unit, which live from launch to launch. */
typedef struct wf_interp_module wf_interp_module;
wf_interp_module *wf_interp_module_new(const wf_unit *unit);
void wf_interp_module_free(wf_interp_module *module);
void *wf_interp_global(wf_interp_module *module, const char *name, uint64_t *size); /* NULL: none */

typedef struct wf_interp_options {
    /* The memory that the kernel may touch besides its own. NULL: it may touch any. What is checked is where
     * an access lands, not which argument it came from: keep buffers apart, or one that leaves its buffer for
     * another goes unseen. */
    const wf_interp_buffer *buffers;
    uint32_t buffer_count;
    wf_interp_module *module; /* NULL: globals live for this launch */
    /* The device library, as in emit/emit.h. NULL: a call of a library function is an error. */
    const wf_func *(*library)(void *user, const char *name, const wf_unit **unit);
    void *library_user;
    wf_text *output;    /* what printf prints; NULL: dropped */
    uint64_t max_steps; /* statements and calls, of all threads; 0: 10^9. More: WF_INTERRUPT */
    /* Results */
    uint64_t out_of_bounds; /* how many accesses were suppressed */
    wf_interp_report first; /* valid when out_of_bounds is not 0 */
    wf_place trap_at;       /* valid when the status is WF_TRAP */
} wf_interp_options;

/* params: packed as wf_signature says. grid, block: x y z. options may be NULL. Status TRAP: assert, __trap,
 * __wf_raise, threads that wait for each other for ever, a false __wf_assume; UNSUPPORTED: what it cannot run
 * (inline assembly). */
wf_status wf_interp_run(const wf_unit *unit, const char *kernel, const uint32_t grid[3],
                        const uint32_t block[3], uint32_t dynamic_shared, const void *params, size_t size,
                        wf_interp_options *options, wf_error *err);
#endif
