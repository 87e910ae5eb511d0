// wf/rare.h: what few sources use: norms of many numbers, questions about pointers, bytes in reverse,
// arithmetic of pairs of floats. Read when a source mentions one.
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
inline __device__ size_t __cvta_generic_to_constant(const void *p) { return (size_t)p; }
inline __device__ void *__cvta_constant_to_generic(size_t p) { return (void *)p; }
inline __device__ size_t __cvta_generic_to_local(const void *p) { return (size_t)p; }
inline __device__ void *__cvta_local_to_generic(size_t p) { return (void *)p; }
inline __device__ unsigned __isLocal(const void *p) { return !__isGlobal(p) && !__isShared(p); }
inline __host__ __device__ unsigned __builtin_bswap32(unsigned x) { return __byte_perm(x, 0, 0x0123); }
inline __host__ __device__ unsigned short __builtin_bswap16(unsigned short x) {
    return (unsigned short)(x << 8 | x >> 8);
}
inline __host__ __device__ unsigned long long __builtin_bswap64(unsigned long long x) {
    return (unsigned long long)__builtin_bswap32((unsigned)x) << 32 | __builtin_bswap32((unsigned)(x >> 32));
}
inline __device__ void __prof_trigger(int counter) { (void)counter; }
inline __device__ float __fmaf_ieee_rn(float a, float b, float c) { return __fmaf_rn(a, b, c); }
inline __device__ float2 __fadd2_rn(float2 a, float2 b) {
    return make_float2(__fadd_rn(a.x, b.x), __fadd_rn(a.y, b.y));
}
inline __device__ float2 __fmul2_rn(float2 a, float2 b) {
    return make_float2(__fmul_rn(a.x, b.x), __fmul_rn(a.y, b.y));
}
inline __device__ float2 __ffma2_rn(float2 a, float2 b, float2 c) {
    return make_float2(__fmaf_rn(a.x, b.x, c.x), __fmaf_rn(a.y, b.y, c.y));
}
