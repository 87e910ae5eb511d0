// wf/rare.h: what few sources use: norms of many numbers, and questions about pointers. Read when a source
// mentions one.
#pragma once
inline __host__ __device__ double norm(int n, const double *x) { // scaled, so that no square overflows
    double most = 0, sum = 0;
    for (int i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
    if (most == 0 || isinf(most)) return most;
    for (int i = 0; i < n; i++) sum += x[i] / most * (x[i] / most);
    return most * sqrt(sum);
}
inline __host__ __device__ double rnorm(int n, const double *x) { return 1 / norm(n, x); }
inline __host__ __device__ float normf(int n, const float *x) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)x[i] * x[i];
    return (float)sqrt(sum);
}
inline __host__ __device__ float rnormf(int n, const float *x) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)x[i] * x[i];
    return (float)(1 / sqrt(sum));
}
// Addresses of global memory are the same in both spaces; constants lie there too.
inline __device__ size_t __cvta_generic_to_global(const void *p) { return (size_t)p; }
inline __device__ void *__cvta_global_to_generic(size_t p) { return (void *)p; }
inline __device__ unsigned __isLocal(const void *p) { return !__isGlobal(p) && !__isShared(p); }
