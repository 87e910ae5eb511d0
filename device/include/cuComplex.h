// cuComplex.h: CUDA's complex numbers for C: a float2 or double2 and functions on them. Quotients and moduli
// are scaled, so that nothing overflows on the way to a result that does not.
#ifndef WEFT_CUCOMPLEX_H
#define WEFT_CUCOMPLEX_H

typedef float2 cuFloatComplex;
typedef double2 cuDoubleComplex;
typedef cuFloatComplex cuComplex;

#define WEFT_CUCOMPLEX(C, T, f, abs_of, fma_of)                                                              \
    static __host__ __device__ __inline__ T cuCreal##f(C z) { return z.x; }                                  \
    static __host__ __device__ __inline__ T cuCimag##f(C z) { return z.y; }                                  \
    static __host__ __device__ __inline__ C make_##C(T re, T im) {                                           \
        C z;                                                                                                 \
        z.x = re;                                                                                            \
        z.y = im;                                                                                            \
        return z;                                                                                            \
    }                                                                                                        \
    static __host__ __device__ __inline__ C cuConj##f(C z) { return make_##C(z.x, -z.y); }                   \
    static __host__ __device__ __inline__ C cuCadd##f(C a, C b) { return make_##C(a.x + b.x, a.y + b.y); }   \
    static __host__ __device__ __inline__ C cuCsub##f(C a, C b) { return make_##C(a.x - b.x, a.y - b.y); }   \
    static __host__ __device__ __inline__ C cuCmul##f(C a, C b) {                                            \
        return make_##C((a.x * b.x) - (a.y * b.y), (a.x * b.y) + (a.y * b.x));                               \
    }                                                                                                        \
    static __host__ __device__ __inline__ C cuCdiv##f(C a, C b) {                                            \
        T scale = abs_of(b.x) + abs_of(b.y), one = 1 / scale;                                                \
        T ax = a.x * one, ay = a.y * one, bx = b.x * one, by = b.y * one;                                    \
        T size = 1 / ((bx * bx) + (by * by));                                                                \
        return make_##C(((ax * bx) + (ay * by)) * size, ((ay * bx) - (ax * by)) * size);                     \
    }                                                                                                        \
    static __host__ __device__ __inline__ T cuCabs##f(C z) { return hypot##f(z.x, z.y); }                    \
    static __host__ __device__ __inline__ C cuCfma##f(C a, C b, C c) {                                       \
        return make_##C(fma_of(a.x, b.x, c.x) - (a.y * b.y), fma_of(a.x, b.y, c.y) + (a.y * b.x));           \
    }

WEFT_CUCOMPLEX(cuFloatComplex, float, f, fabsf, fmaf)
WEFT_CUCOMPLEX(cuDoubleComplex, double, , fabs, fma)
#undef WEFT_CUCOMPLEX

static __host__ __device__ __inline__ cuComplex make_cuComplex(float re, float im) {
    return make_cuFloatComplex(re, im);
}
static __host__ __device__ __inline__ cuDoubleComplex cuComplexFloatToDouble(cuFloatComplex z) {
    return make_cuDoubleComplex(z.x, z.y);
}
static __host__ __device__ __inline__ cuFloatComplex cuComplexDoubleToFloat(cuDoubleComplex z) {
    return make_cuFloatComplex((float)z.x, (float)z.y);
}
#endif
