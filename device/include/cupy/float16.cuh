// cupy/float16.cuh: float16, a number that computes as float and is stored in 16 bits; kernels made of fragments have it too.
#pragma once
#include <cuda_fp16.h>

struct float16 {
    __half bits;

    __device__ float16() {}
    __device__ float16(float v) : bits(__float2half(v)) {}
    explicit __device__ float16(__half v) : bits(v) {}
    __device__ operator float() const { return __half2float(bits); }
    template <class U> __device__ float16 &operator+=(const U &v) { return *this = float16(float(*this) + float(v)); }
    template <class U> __device__ float16 &operator-=(const U &v) { return *this = float16(float(*this) - float(v)); }
    template <class U> __device__ float16 &operator*=(const U &v) { return *this = float16(float(*this) * float(v)); }
    template <class U> __device__ float16 &operator/=(const U &v) { return *this = float16(float(*this) / float(v)); }
    __device__ int isnan() const { return float(*this) != float(*this); }
};

#define WEFT_HALF_1(name, function) __device__ float16 name(float16 a) { return float16(function(float(a))); }
#define WEFT_HALF_2(name, function) __device__ float16 name(float16 a, float16 b) { return float16(function(float(a), float(b))); }
WEFT_HALF_1(sin, sinf) WEFT_HALF_1(cos, cosf) WEFT_HALF_1(tan, tanf) WEFT_HALF_1(asin, asinf) WEFT_HALF_1(acos, acosf)
WEFT_HALF_1(atan, atanf) WEFT_HALF_1(sinh, sinhf) WEFT_HALF_1(cosh, coshf) WEFT_HALF_1(tanh, tanhf) WEFT_HALF_1(exp, expf)
WEFT_HALF_1(exp2, exp2f) WEFT_HALF_1(expm1, expm1f) WEFT_HALF_1(log, logf) WEFT_HALF_1(log2, log2f) WEFT_HALF_1(log10, log10f)
WEFT_HALF_1(log1p, log1pf) WEFT_HALF_1(sqrt, sqrtf) WEFT_HALF_1(rsqrt, rsqrtf) WEFT_HALF_1(cbrt, cbrtf) WEFT_HALF_1(fabs, fabsf)
WEFT_HALF_1(abs, fabsf) WEFT_HALF_1(floor, floorf) WEFT_HALF_1(ceil, ceilf) WEFT_HALF_1(trunc, truncf) WEFT_HALF_1(rint, rintf)
WEFT_HALF_1(round, roundf) WEFT_HALF_1(erf, erff)
WEFT_HALF_2(pow, powf) WEFT_HALF_2(fmod, fmodf) WEFT_HALF_2(atan2, atan2f) WEFT_HALF_2(hypot, hypotf) WEFT_HALF_2(fmax, fmaxf)
WEFT_HALF_2(fmin, fminf) WEFT_HALF_2(max, fmaxf) WEFT_HALF_2(min, fminf)
#undef WEFT_HALF_1
#undef WEFT_HALF_2
__device__ bool isnan(float16 a) { return float(a) != float(a); }
__device__ bool isinf(float16 a) { return fabsf(float(a)) > 65504.0f; }
__device__ bool isfinite(float16 a) { return fabsf(float(a)) <= 65504.0f; }
