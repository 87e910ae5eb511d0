/* array/vm.h: running a plan on the CPU without a compiler. */
#ifndef WF_ARRAY_VM_H
#define WF_ARRAY_VM_H
#include "array/inner.h"

/* 1 when there is a ready-made loop for everything in the plan. */
int vm_can_run(const launch_plan *plan);
/* Runs it (merged, with strides in elements); returns when it is done. The stream must be idle. */
wf_status vm_run(launch_plan *plan, wf_error *err);
/* any() and all() of everything: 1 when the first tile says the answer, which is then in all results. */
int vm_decided(launch_plan *plan);
/* How much work it is, in elements times operations. */
uint64_t vm_work(const launch_plan *plan);

/* What comes into a reduction of several parts. */
typedef struct vm_taken {
    const void *x;
    int64_t at, step;       /* elements: the index of the first, and how far the next one's is */
    const void *more[2];    /* an earlier level's: its parts between the first and the last */
    const int64_t *integer; /* an earlier level's last part; elements: NULL */
} vm_taken;

/* reductions.c: accumulators for one reduction and type. The lanes' values lie side by side. */
typedef struct vm_reducer {
    void (*begin)(void *acc, int64_t lanes);                          /* the exact identity */
    void (*take)(void *acc, const void *x, int64_t n, int64_t lanes); /* element i goes to lane i % lanes */
    void (*fold)(void *acc, int64_t lanes); /* l + lanes/2 … : the result is in lane 0 */
    /* Reductions of several parts: the lanes' values, behind them what else has their type, and integers. */
    void (*take_parts)(void *acc, int64_t *index, const struct vm_taken *e, int64_t n, int64_t lanes);
    void (*fold_parts)(void *acc, int64_t *index, int64_t lanes);
    void (*close)(void *acc, const int64_t *index,
                  int64_t lanes); /* after the elements of a piece, or NULL */
    int64_t first_index;          /* what the integers begin with */
    wf_dtype type;                /* of the accumulator: float32 for 16-bit floats */
} vm_reducer;
/* Lanes of a tile; one for places of extremes: which element wins is decided by its value and place alone. */
int64_t vm_tile_lanes(wf_reduction op, wf_dtype acc);
int vm_reducer_of(wf_reduction op, wf_dtype acc, vm_reducer *reducer); /* 0: none */
#endif
