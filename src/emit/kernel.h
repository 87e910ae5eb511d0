/* emit/kernel.h: between kernel_cpu.c and the two ways of running barriers. */
#ifndef WF_EMIT_KERNEL_H
#define WF_EMIT_KERNEL_H
#include "emit/inner.h"

typedef struct group_loop {
    const char *at, *limit;
    label *head, *end, *none;
    int unroll; /* unroll_metadata */
} group_loop;
group_loop group_loop_begin(emitter *e); /* sets the threads and the mask */
group_loop group_loop_range(emitter *e, const char *first, const char *limit);
void group_loop_end(emitter *e, group_loop *g);
void kernel_only_thread(emitter *e); /* of each block: nothing to count */
void group_threads(emitter *e, const char *group);
void kernel_entry(emitter *e);
void kernel_bind(emitter *e, inst *in, wf_signature *sig);
void kernel_counts(emitter *e);
const char *kernel_group_limit(emitter *e);
void kernel_finish(emitter *e, int slot, const char *head); /* slot: of its scratch memory, cpu_abi.h */

/* block_range.c */
const char *block_in_range(emitter *e, inst *in, map **proven, map **assumed);

/* again.c */
int computed_again(emitter *e, const inst *in, scan_var *v);
int is_thread_index(const inst *in, const wf_expr *x);

/* barrier_fission.c */
int fission_possible(emitter *e, inst *in);
void fission_block(emitter *e, inst *in, wf_signature *sig);

/* barrier_coroutine.c */
void coroutine_prepare(emitter *e, inst *in, wf_signature *sig);
void coroutine_block(emitter *e, inst *in);
void coroutine_function(emitter *e, inst *in, wf_signature *sig);
void coroutine_suspend(emitter *e, int final);
enum { WF_STATE_NAMED = 64, WF_STATE_SIZE = 192 }; /* NAMED: 16 numbered barriers of 8 bytes */

/* barrier_named.c */
val named_barrier(emitter *e, const wf_expr *x, val *args);

/* barrier_grid.c */
void grid_prepare(emitter *e);                          /* before the loop over blocks */
void grid_block(emitter *e, inst *in);                  /* in it: starts one block */
void grid_rounds(emitter *e);                           /* behind it: resumes all until all are done */
const char *grid_frames(emitter *e, const char *bytes); /* in the coroutine: its block's memory for frames */
void grid_barrier(emitter *e);
void grid_leave(emitter *e); /* the coroutine ends */
val grid_barrier_gpu(emitter *e, const wf_expr *x);
#endif
