/* base/pool.h: threads that share out the index range of a loop.
 *
 * A job is a range 0..count-1 cut into pieces that the caller and the pool's threads take until none is left.
 * The caller takes part, and begins alone: other threads are called only when the job turns out to be worth a
 * wake-up (it has run for some microseconds, or `cost` says that it will). So a small job costs an atomic or
 * two. Jobs of several callers run side by side. A job started from inside a job runs on its own thread
 * alone, but for a job of one index: it is the caller going on, and may start jobs for all threads.
 *
 * Every piece runs with the floating-point control register at its default (round to nearest, no flush to
 * zero), and the thread's own setting is restored. After fork() the child's pool has no threads; they are
 * made again at the next job. */
#ifndef WF_BASE_POOL_H
#define WF_BASE_POOL_H
#include <stdint.h>

typedef struct wf_pool wf_pool;

/* One piece: the indices first..last-1 on worker `worker` (0 = the caller, < wf_pool_threads). Not 0 ends the
 * job: pieces not begun are dropped. */
typedef int (*wf_pool_piece)(void *user, uint32_t worker, uint64_t first, uint64_t last);

/* threads: the caller included; 0: one for each CPU this process may use. NULL: no memory. */
wf_pool *wf_pool_new(uint32_t threads);
void wf_pool_free(wf_pool *pool); /* no job may be running */
uint32_t wf_pool_threads(const wf_pool *pool);

typedef struct wf_pool_job {
    uint64_t count;        /* of the range */
    uint64_t grain;        /* indices in a piece at least; 0: 1 */
    uint64_t cost;         /* of one index, as an earlier run gave it; 0: unknown, it is felt out */
    uint32_t most_threads; /* 0: all */
    wf_pool_piece piece;
    void *user;
} wf_pool_job;
/* Returns when every piece that was begun has ended: 0, or the first (in time) value that was not 0. Never
 * fails for want of memory or threads: then the caller does all. `cost`, unless NULL, gets what an index cost
 * the caller, for wf_pool_job.cost the next time (1/256 of wf_ticks). */
int wf_pool_run(wf_pool *pool, const wf_pool_job *job, uint64_t *cost);

/* The floating-point control register: set to the default (returns what it was), and put back. */
uint64_t wf_float_control_default(void);
void wf_float_control_restore(uint64_t saved);
#endif
