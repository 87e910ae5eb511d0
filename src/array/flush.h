/* array/flush.h: what flush.c (elementwise kernels) and reduce.c (reductions) share: taking a graph into a
 * plan. */
#ifndef WF_ARRAY_FLUSH_H
#define WF_ARRAY_FLUSH_H
#include "array/inner.h"

/* Where an element of a node lies while dimension d of the kernel's domain has index i[d]: in dimension k at
 * start[k] + step[k] * i[along[k]]; along -1: at start[k]. */
typedef struct walk {
    int64_t start[WF_MAX_DIMS], step[WF_MAX_DIMS];
    int8_t along[WF_MAX_DIMS];
} walk;

enum { MAX_SEEN = WF_FUSE_VALUES, MAX_WALKS = WF_FUSE_VALUES, MAX_DEPTH = 2 * WF_GRAPH_NODES + 8 };
typedef struct collector {
    launch_plan *plan;
    int dims;    /* of the domain */
    int outputs; /* values of the domain's own shape may be stored */
    int seen, walks, depth;
    wf_node *nodes[MAX_SEEN];
    walk *at[MAX_SEEN];
    uint16_t values[MAX_SEEN];
    walk top;              /* of the root */
    walk stack[MAX_DEPTH]; /* of the inputs on the way down */
    walk kept[MAX_WALKS];
} collector;

collector *flush_collector(launch_plan *plan, int dims,
                           int outputs); /* NULL: no memory. Reused by the next call */
wf_status flush_prepare(wf_node *n, wf_error *err);
void flush_begin_walk(void);
int flush_take(collector *c, wf_node *n, const walk *w);
launch_plan *flush_plan_new(void);
void flush_plan_free(launch_plan *plan);

/* reduce.c */
wf_status reduce_evaluate(wf_node *n, wf_error *err);
#endif
