/* bulk/sort.c: sort, argsort and selection along the last axis.
 *
 * Elements become unsigned keys in the order that NumPy sorts by (keys.c): -0 before +0 for a sort of values
 * (which are all that the result shows), equal to it for argsort (which is stable). Keys that are equal are
 * the same bits, and a stable sort of given keys has one result, so neither the way of sorting nor how the
 * work was shared can be seen: vector registers where the CPU has them (sort_quick.c), digits elsewhere
 * (sort_radix.c). */
#include "bulk/sort.h"

static wf_status sort_rows(wf_bulk_call *call, int indices) {
    const wf_bulk_array *a = call->arrays;
    bulk_sort_task task = {.call = call,
                           .keys = bulk_keys_of(a[1].dtype),
                           .in = a[1].data,
                           .out = a[0].data,
                           .n = call->numbers[0],
                           .item = bulk_item(&a[1]),
                           .indices = indices};
    if (!task.keys)
        return wf_fail(call->err, WF_UNSUPPORTED, "[sort] no ready-made sort for %s",
                       wf_dtype_name(a[1].dtype));
    if (!a[1].size) return WF_OK;
    task.rows = a[1].size / task.n;
    wf_status status = bulk_sort_quick(&task);
    return status == WF_UNSUPPORTED ? bulk_sort_radix(&task) : status;
}

/* arrays: the result; the array (rows × n, dense). numbers: n. */
wf_status bulk_sort(wf_bulk_call *call) { return sort_rows(call, 0); }

/* The same with int64 indices as the result. */
wf_status bulk_argsort(wf_bulk_call *call) { return sort_rows(call, 1); }
