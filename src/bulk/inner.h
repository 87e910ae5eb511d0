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
    X(sort, 2, 1)                                                                                            \
    X(argsort, 2, 1)                                                                                         \
    X(select, 3, 2)                                                                                          \
    X(partition, 3, 2)                                                                                       \
    X(search, 3, 1)                                                                                          \
    X(count, 2, 0)                                                                                           \
    X(count_weighted, 3, 0)                                                                                  \
    X(histogram, 3, 0)                                                                                       \
    X(correlate, 4, 7)                                                                                       \
    X(correlate_two, 6, 11)                                                                                  \
    X(interp, 4, 4)                                                                                          \
    X(convolve, 3, 1)                                                                                        \
    X(packbits, 2, 1)                                                                                        \
    X(repeat, 2, 2)                                                                                          \
    X(reduceat, 4, 2)                                                                                        \
    X(gemm, 3, 0)

/* A function compiled for several instruction sets, of which the loader takes the best (gcc only: clang 14's
 * target_clones picks the wrong one for an x86-64 level). */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__ELF__) &&                   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WF_BULK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WF_BULK_CLONES
#endif
/* Before a loop whose elements are independent, also where it writes what it reads. */
#if defined(__clang__)
#define WF_BULK_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define WF_BULK_INDEPENDENT _Pragma("GCC ivdep")
#endif

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
