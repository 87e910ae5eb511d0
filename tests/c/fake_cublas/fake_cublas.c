/* A stand-in for cuBLAS over the stand-in driver, whose device memory is host memory: products are computed,
 * element by element, as BLAS defines them, so that layouts, transpositions and batches can be checked where
 * there is no GPU. */
#include <complex.h>

#ifndef CREATE_STATUS /* what cublasCreate answers: 1 is CUBLAS_STATUS_NOT_INITIALIZED */
#define CREATE_STATUS 0
#endif
int cublasCreate_v2(void **handle) {
    static int one;
    *handle = &one;
    return CREATE_STATUS;
}
int cublasSetStream_v2(void *handle, void *stream) { return (void)handle, (void)stream, 0; }

#define GEMM(name, T)                                                                                        \
    int cublas##name##gemmStridedBatched(void *handle, int op_a, int op_b, int m, int n, int k,              \
                                         const T *alpha, const T *a, int lda, long long stride_a,            \
                                         const T *b, int ldb, long long stride_b, const T *beta, T *c,       \
                                         int ldc, long long stride_c, int count) {                           \
        (void)handle;                                                                                        \
        if (lda < (op_a ? k : m) || ldb < (op_b ? n : k) || ldc < m)                                         \
            return 7; /* CUBLAS_STATUS_INVALID_VALUE */                                                      \
        for (long long s = 0; s < count; s++)                                                                \
            for (long long i = 0; i < m; i++)                                                                \
                for (long long j = 0; j < n; j++) {                                                          \
                    T sum = 0, *to = &c[s * stride_c + i + j * ldc];                                         \
                    for (long long l = 0; l < k; l++)                                                        \
                        sum += a[s * stride_a + (op_a ? l + i * lda : i + l * lda)] *                        \
                               b[s * stride_b + (op_b ? j + l * ldb : l + j * ldb)];                         \
                    *to = *alpha * sum + (*beta == 0 ? 0 : *beta * *to);                                     \
                }                                                                                            \
        return 0;                                                                                            \
    }
GEMM(S, float)
GEMM(D, double)
GEMM(C, float _Complex)
GEMM(Z, double _Complex)
