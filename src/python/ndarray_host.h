/* python/ndarray_host.h: what the files share that call functions of bulk/ on arrays of a CPU without a step
 * in Python. */
#ifndef WF_PYTHON_NDARRAY_HOST_H
#define WF_PYTHON_NDARRAY_HOST_H
#include "bulk/bulk.h"
#include "python/ndarray.h"

/* Elements up to which a call keeps the interpreter's lock. */
enum { WF_PY_BRIEF = 1 << 13 };

/* On a CPU, and nothing asks for another way (tests of the CUDA C kernels, tracing: see bulk.c). */
int wf_py_array_on_host(const wf_array *array);
/* Can a call on both keep the interpreter's lock? WF_OK, WF_NOTREADY (no), or an error of earlier work. */
wf_status wf_py_array_brief(wf_array *a, wf_array *b, wf_error *err);
#define WF_GRAPH_AS(brief, call)                                                                             \
    do {                                                                                                     \
        if (!(brief)) WF_GRAPH(call);                                                                        \
        else if ((brief) == WF_NOTREADY) WF_GRAPH_LONG(call);                                                \
        else status = (brief);                                                                               \
    } while (0)

static inline wf_bulk_array wf_py_described(const wf_array *a, wf_address at) {
    return (wf_bulk_array){(char *)(uintptr_t)at, (wf_dtype)a->dtype, a->ndim, a->shape, a->strides,
                           wf_array_size(a)};
}

/* Under the graph's lock: computes, waits, and tells where the elements are. */
static inline wf_status wf_py_address_of(wf_array *a, wf_address *at, wf_error *err) {
    wf_status status = wf_array_wait_briefly(a, err);
    if (status == WF_NOTREADY) status = wf_array_wait(a, err);
    return status ? status : wf_array_address(a, at, err);
}

static inline wf_status wf_py_bulk(const char *name, wf_bulk_call *call, wf_error *err) {
    call->pool = wf_runtime_pool(), call->err = err;
    return wf_bulk_find(name)->run(call);
}
#endif
