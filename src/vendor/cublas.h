/* vendor/cublas.h: matrix products by NVIDIA's cuBLAS, which is opened at run time where it is found and
 * never needed. */
#ifndef WF_VENDOR_CUBLAS_H
#define WF_VENDOR_CUBLAS_H
#include "runtime/runtime.h"

/* Opens the first of these paths that has what is needed; later calls give the same one. *path lives as long
 * as the process. WF_NODEVICE: none could be opened, err says why. */
wf_status wf_cublas_open(const char *const *paths, uint32_t count, const char **path, wf_error *err);

typedef struct wf_cublas_operand {
    wf_address at;
    int transposed;      /* memory holds rows where the product wants columns */
    int64_t lead, batch; /* elements from column to column, and from matrix to matrix (0: the same for all) */
} wf_cublas_operand;

/* c = a b, column after column (as BLAS has matrices): m × k by k × n, `count` of them. type: 's', 'd', 'c',
 * 'z'. Queued on the stream, whose context gets a handle of cuBLAS's at the first call. */
typedef struct wf_cublas_product {
    char type;
    int m, n, k, count;
    wf_cublas_operand a, b, c; /* c is never transposed */
} wf_cublas_product;
wf_status wf_cublas_multiply(wf_stream *stream, const wf_cublas_product *product, wf_error *err);
#endif
