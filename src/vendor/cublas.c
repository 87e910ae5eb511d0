/* vendor/cublas.c: see cublas.h. One handle for each context, made at its first product and kept for the
 * process; a product takes the lock while it is queued, because a handle has one stream at a time. */
#include "vendor/cublas.h"
#include "base/memory.h"
#include "runtime/trace.h"
#include "vendor/library.h"

typedef struct cublas_handle *cublasHandle_t;
enum { OP_N = 0, OP_T = 1 };

/* The letter, the element; all return a cublasStatus_t. */
#define PRODUCTS(X) X('s', S, float) X('d', D, double) X('c', C, float _Complex) X('z', Z, double _Complex)
#define GEMM(element)                                                                                        \
    (cublasHandle_t, int op_a, int op_b, int m, int n, int k, const element *alpha, const element *a,        \
     int lda, long long stride_a, const element *b, int ldb, long long stride_b, const element *beta,        \
     element *c, int ldc, long long stride_c, int count)

/* Guarded by the library's lock. */
static struct {
    int (*create)(cublasHandle_t *);
    int (*set_stream)(cublasHandle_t, void *stream);
#define X(letter, name, element) int(*name) GEMM(element);
    PRODUCTS(X)
#undef X
    struct {
        uint64_t context; /* its number */
        cublasHandle_t handle;
    } * handles;
    uint32_t count;
} cublas;

static const wf_vendor_symbol symbols[] = {{"cublasCreate_v2", (void **)&cublas.create},
                                           {"cublasSetStream_v2", (void **)&cublas.set_stream},
#define X(letter, name, element) {"cublas" #name "gemmStridedBatched", (void **)&cublas.name},
                                           PRODUCTS(X)
#undef X
};
static wf_vendor_library library = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                    .name = "libcublas",
                                    .symbols = symbols,
                                    .symbol_count = sizeof symbols / sizeof *symbols};

wf_status wf_cublas_open(const char *const *paths, uint32_t count, const char **path, wf_error *err) {
    return wf_vendor_open(&library, paths, count, path, err);
}

static wf_status check(int result, const char *call, wf_error *err) {
    if (!result) return WF_OK;
    return wf_fail_code(err, result == 3 ? WF_NOMEM : WF_INTERNAL, result,
                        "[matmul] %s failed with cublasStatus %d (%s)", call, result, library.path);
}

static wf_status handle_of(wf_context *context, cublasHandle_t *handle, wf_error *err) {
    uint64_t number = wf_context_number(context);
    for (uint32_t i = 0; i < cublas.count; i++)
        if (cublas.handles[i].context == number) {
            *handle = cublas.handles[i].handle;
            return WF_OK;
        }
    void *more = wf_realloc(cublas.handles, (cublas.count + 1) * sizeof *cublas.handles);
    if (!more) return wf_fail(err, WF_NOMEM, "[matmul] out of host memory");
    cublas.handles = more;
    wf_status status = check(cublas.create(handle), "cublasCreate", err);
    if (status) return status;
    cublas.handles[cublas.count].context = number, cublas.handles[cublas.count++].handle = *handle;
    return WF_OK;
}

typedef struct call {
    wf_stream *stream;
    const wf_cublas_product *product;
} call;

/* With the context current. */
static wf_status multiply(void *user, wf_error *err) {
    const call *c = user;
    const wf_cublas_product *p = c->product;
    cublasHandle_t handle;
    wf_status status = handle_of(wf_stream_context(c->stream), &handle, err);
    if (!status)
        status = check(cublas.set_stream(handle, (void *)(uintptr_t)wf_stream_handle(c->stream)),
                       "cublasSetStream", err);
    if (status) return status;
    switch (p->type) {
#define X(letter, name, element)                                                                             \
    case letter: {                                                                                           \
        element one = 1, zero = 0;                                                                           \
        return check(cublas.name(handle, p->a.transposed ? OP_T : OP_N, p->b.transposed ? OP_T : OP_N, p->m, \
                                 p->n, p->k, &one, (const element *)(uintptr_t)p->a.at, (int)p->a.lead,      \
                                 p->a.batch, (const element *)(uintptr_t)p->b.at, (int)p->b.lead,            \
                                 p->b.batch, &zero, (element *)(uintptr_t)p->c.at, (int)p->c.lead,           \
                                 p->c.batch, p->count),                                                      \
                     "cublas" #name "gemmStridedBatched", err);                                              \
    }
        PRODUCTS(X)
#undef X
    default: return wf_fail(err, WF_INVALID, "[matmul] no product of type %c", p->type);
    }
}

static wf_trace_span open_span(wf_stream *stream, const wf_cublas_product *p) {
    uint64_t m = (uint64_t)p->m, n = (uint64_t)p->n, k = (uint64_t)p->k, count = (uint64_t)p->count;
    uint64_t item = p->type == 's'   ? 4
                    : p->type == 'z' ? 16
                                     : 8,
             each = p->type == 's' || p->type == 'd' ? 2 : 8;
    wf_trace_hint(0, each * m * n * k * count, p->type == 'd' || p->type == 'z' ? WF_TRACE_DOUBLE : 0);
    return wf_trace_open(WF_TRACE_LIBRARY, "cublas gemm", stream, item * count * (m * k + k * n + m * n));
}

wf_status wf_cublas_multiply(wf_stream *stream, const wf_cublas_product *product, wf_error *err) {
    call c = {stream, product};
    if (!library.path) return wf_fail(err, WF_INVALID, "[matmul] cuBLAS was not opened");
    wf_trace_span span = {0, 0};
    if (wf_trace_on()) span = open_span(stream, product);
    pthread_mutex_lock(&library.lock);
    wf_status status = wf_context_call(wf_stream_context(stream), multiply, &c, err);
    pthread_mutex_unlock(&library.lock);
    if (span.id) wf_trace_close(span, stream);
    return status;
}
