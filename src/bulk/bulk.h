/* bulk/bulk.h: the door of bulk/: work on whole arrays that is not elementwise, ready-made for the CPU:
 * gathers and scatters, masks, scans, sorts, searches, counts, matrix products.
 *
 * The same operations are CUDA C kernels in device/k_*.cu, for GPUs; both give the same bits, for any number
 * of threads, because each result is defined by the operation's own order (docs/orders.md) and not by who
 * computes what.
 *
 * A call is a name, arrays in host memory and a few numbers; what these mean stands above each function.
 * Shapes and dtypes are the caller's care (weft/_array): functions here trust them. What only values can tell
 * (an index that is out of range) is a status. Nothing here knows of graphs, devices or Python. */
#ifndef WF_BULK_BULK_H
#define WF_BULK_BULK_H
#include "array/dtype.h"
#include "base/pool.h"

typedef struct wf_bulk_array {
    char *data; /* first element */
    wf_dtype dtype;
    int ndim;
    const int64_t *shape, *strides; /* strides in bytes; "dense" below: C order without gaps */
    int64_t size;                   /* elements */
} wf_bulk_array;

typedef struct wf_bulk_call {
    const wf_bulk_array *arrays;
    const int64_t *numbers;
    uint32_t array_count, number_count;
    int64_t result; /* what the function answers, 0 unless said */
    wf_pool *pool;
    wf_error *err;
} wf_bulk_call;

typedef struct wf_bulk_function {
    const char *name;
    wf_status (*run)(wf_bulk_call *call);
    uint32_t arrays, numbers; /* how many there must be at least */
} wf_bulk_function;

/* The function of that name, or NULL. */
const wf_bulk_function *wf_bulk_find(const char *name);
#endif
