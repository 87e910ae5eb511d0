/* bulk/inner.h: what the files of bulk/ share. */
#ifndef WF_BULK_INNER_H
#define WF_BULK_INNER_H
#include "array/array.h" /* wf_array_error: which of Python's exceptions an error is */
#include "bulk/bulk.h"

/* name, arrays, numbers */
#define WF_BULK_FUNCTIONS(X)                                                                                 \
    X(gather, 3, 4)                                                                                          \
    X(scatter, 3, 5)                                                                                         \
    X(mask_count, 2, 0)                                                                                      \
    X(mask_select, 4, 0)                                                                                     \
    X(mask_store, 4, 0)                                                                                      \
    X(mask_indices, 3, 0)                                                                                    \
    X(scan, 2, 4)                                                                                            \
    X(sort, 3, 1)                                                                                            \
    X(argsort, 3, 1)                                                                                         \
    X(search, 3, 1)                                                                                          \
    X(count, 2, 0)                                                                                           \
    X(count_weighted, 3, 0)                                                                                  \
    X(histogram, 3, 0)                                                                                       \
    X(gemm, 3, 0)

#define X(name, arrays, numbers) wf_status bulk_##name(wf_bulk_call *call);
WF_BULK_FUNCTIONS(X)
#undef X

/* piece over 0..count-1 on the pool; grain: indices in a piece at least. */
static inline int bulk_each(const wf_bulk_call *call, int64_t count, int64_t grain, wf_pool_piece piece,
                            void *user) {
    wf_pool_job job = {
        .count = (uint64_t)count, .grain = (uint64_t)(grain > 0 ? grain : 1), .piece = piece, .user = user};
    return count > 0 ? wf_pool_run(call->pool, &job, NULL) : 0;
}

static inline wf_status bulk_no_memory(const wf_bulk_call *call) {
    return wf_fail(call->err, WF_NOMEM, "out of host memory for the work space of an array function");
}

static inline int64_t bulk_item(const wf_bulk_array *a) { return (int64_t)wf_dtype_size(a->dtype); }
#endif
