/* array/direct.h: computing small graphs on the CPU without a plan (array/direct.c). */
#ifndef WF_ARRAY_DIRECT_H
#define WF_ARRAY_DIRECT_H
#include "array/inner.h"

/* Can the pending node be computed so? */
int direct_suits(const wf_node *node);
wf_status direct_evaluate(wf_node *node, wf_error *err); /* where it suits; a leaf afterwards */
/* The same for a value (of the target's type, broadcasting to its shape) that goes into the target's memory.
 */
int direct_suits_store(const wf_node *value, const wf_node *target);
wf_status direct_store(wf_node *value, const wf_node *target, wf_error *err);

/* launch.c: on a CPU, and nobody wants to see kernels. */
int plan_may_be_left_out(const wf_context *context);
#endif
