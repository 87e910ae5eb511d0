// cuda_fp4.h: the 4-bit float E2M1: storage, conversions, the type with its pairs and fours.
//
// Its values are 0, 0.5, 1, 1.5, 2, 3, 4 and 6 with a sign; there are no infinities and no NaN: what is too
// large becomes 6, a NaN becomes +6. The first of a pair is the low four bits.
#pragma once
#include <cuda_fp8.h>
typedef __nv_fp8_storage_t __nv_fp4_storage_t;
typedef __nv_fp8_storage_t __nv_fp4x2_storage_t;
typedef __nv_fp8x2_storage_t __nv_fp4x4_storage_t;
enum __nv_fp4_interpretation_t { __NV_E2M1 };
#define WF_FP4 static __host__ __device__ inline
#define WF_KIND const __nv_fp4_interpretation_t kind, const enum cudaRoundMode rounding

// Between two values of the type, `half` decides: to the nearest, of equally near ones to that with an even
// last bit; every other mode of the two that there are (cudaRoundNearest, cudaRoundZero) rounds to zero.
WF_FP4 __nv_fp4_storage_t __nv_cvt_float_to_fp4(const float x, const WF_KIND) {
    const float a = fabsf(x), step = a < 2.0f ? 0.5f : a < 4.0f ? 1.0f : 2.0f;
    if (x != x) return 7;
    const unsigned sign = __float_as_uint(x) >> 28 & 8;
    if (a >= 6.0f) return sign | 7;
    const float units = a / step, whole = rounding == cudaRoundNearest ? rintf(units) : truncf(units);
    return sign | ((int)whole + (a < 2.0f ? 0 : a < 4.0f ? 2 : 4));
}
WF_FP4 __nv_fp4_storage_t __nv_cvt_double_to_fp4(const double x, const WF_KIND) {
    const float f = __double2float_rz(x);
    return __nv_cvt_float_to_fp4((double)f == x || x != x ? f : __uint_as_float(__float_as_uint(f) | 1), kind,
                                 rounding);
}
WF_FP4 __nv_fp4_storage_t __nv_cvt_halfraw_to_fp4(const __half_raw x, const WF_KIND) {
    return __nv_cvt_float_to_fp4((float)__ushort_as_half(x.x), kind, rounding);
}
WF_FP4 __nv_fp4_storage_t __nv_cvt_bfloat16raw_to_fp4(const __nv_bfloat16_raw x, const WF_KIND) {
    return __nv_cvt_float_to_fp4((float)__ushort_as_bfloat16(x.x), kind, rounding);
}
WF_FP4 __nv_fp4x2_storage_t __nv_cvt_float2_to_fp4x2(const float2 x, const WF_KIND) {
    return __nv_cvt_float_to_fp4(x.x, kind, rounding) | __nv_cvt_float_to_fp4(x.y, kind, rounding) << 4;
}
WF_FP4 __nv_fp4x2_storage_t __nv_cvt_double2_to_fp4x2(const double2 x, const WF_KIND) {
    return __nv_cvt_double_to_fp4(x.x, kind, rounding) | __nv_cvt_double_to_fp4(x.y, kind, rounding) << 4;
}
WF_FP4 __nv_fp4x2_storage_t __nv_cvt_halfraw2_to_fp4x2(const __half2_raw x, const WF_KIND) {
    return __nv_cvt_float2_to_fp4x2(make_float2((float)__ushort_as_half(x.x), (float)__ushort_as_half(x.y)),
                                    kind, rounding);
}
WF_FP4 __nv_fp4x2_storage_t __nv_cvt_bfloat16raw2_to_fp4x2(const __nv_bfloat162_raw x, const WF_KIND) {
    return __nv_cvt_float2_to_fp4x2(
        make_float2((float)__ushort_as_bfloat16(x.x), (float)__ushort_as_bfloat16(x.y)), kind, rounding);
}
WF_FP4 float __wf_fp4_float(const unsigned x) {
    const unsigned v = x & 7, sign = (x & 8) << 28;
    return __uint_as_float(sign | (v == 0 ? 0u : v == 1 ? 0x3f000000u : (v << 22) + (126u << 23)));
}
WF_FP4 __half_raw __nv_cvt_fp4_to_halfraw(const __nv_fp4_storage_t x, const __nv_fp4_interpretation_t) {
    __half_raw r;
    r.x = __half_as_ushort((half)__wf_fp4_float(x));
    return r;
}
WF_FP4 __half2_raw __nv_cvt_fp4x2_to_halfraw2(const __nv_fp4x2_storage_t x,
                                              const __nv_fp4_interpretation_t kind) {
    __half2_raw r;
    r.x = __nv_cvt_fp4_to_halfraw(x, kind).x;
    r.y = __nv_cvt_fp4_to_halfraw(x >> 4, kind).x;
    return r;
}
#undef WF_KIND
#undef WF_FP4

struct __nv_fp4_e2m1 {
    __nv_fp4_storage_t __x;
    __nv_fp4_e2m1() = default;
    template <typename T>
    explicit __host__ __device__ __nv_fp4_e2m1(const T f)
        : __x(__nv_cvt_double_to_fp4((double)f, __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ __nv_fp4_e2m1(const float f)
        : __x(__nv_cvt_float_to_fp4(f, __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ __nv_fp4_e2m1(const half f)
        : __x(__nv_cvt_float_to_fp4((float)f, __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ __nv_fp4_e2m1(const __nv_bfloat16 f)
        : __x(__nv_cvt_float_to_fp4((float)f, __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ operator float() const { return __wf_fp4_float(__x); }
    explicit __host__ __device__ operator double() const { return __wf_fp4_float(__x); }
    explicit __host__ __device__ operator half() const { return (half)__wf_fp4_float(__x); }
    explicit __host__ __device__ operator __nv_bfloat16() const { return (__nv_bfloat16)__wf_fp4_float(__x); }
    explicit __host__ __device__ operator int() const { return (int)__wf_fp4_float(__x); }
    explicit __host__ __device__ operator unsigned() const { return (unsigned)__wf_fp4_float(__x); }
    explicit __host__ __device__ operator bool() const { return (__x & 7) != 0; }
};
struct __nv_fp4x2_e2m1 {
    __nv_fp4x2_storage_t __x;
    __nv_fp4x2_e2m1() = default;
    explicit __host__ __device__ __nv_fp4x2_e2m1(const float2 f)
        : __x(__nv_cvt_float2_to_fp4x2(f, __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ __nv_fp4x2_e2m1(const double2 f)
        : __x(__nv_cvt_double2_to_fp4x2(f, __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ __nv_fp4x2_e2m1(const __half2 f)
        : __x(__nv_cvt_float2_to_fp4x2(__half22float2(f), __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ __nv_fp4x2_e2m1(const __nv_bfloat162 f)
        : __x(__nv_cvt_float2_to_fp4x2(__bfloat1622float2(f), __NV_E2M1, cudaRoundNearest)) {}
    explicit __host__ __device__ operator float2() const {
        return make_float2(__wf_fp4_float(__x), __wf_fp4_float(__x >> 4));
    }
    explicit __host__ __device__ operator __half2() const {
        return __floats2half2_rn(__wf_fp4_float(__x), __wf_fp4_float(__x >> 4));
    }
};
struct __align__(2) __nv_fp4x4_e2m1 {
    __nv_fp4x4_storage_t __x;
    __nv_fp4x4_e2m1() = default;
    explicit __host__ __device__ __nv_fp4x4_e2m1(const float4 f)
        : __x(__nv_cvt_float2_to_fp4x2(make_float2(f.x, f.y), __NV_E2M1, cudaRoundNearest) |
              __nv_cvt_float2_to_fp4x2(make_float2(f.z, f.w), __NV_E2M1, cudaRoundNearest) << 8) {}
    explicit __host__ __device__ __nv_fp4x4_e2m1(const __half2 low, const __half2 high)
        : __x(__nv_fp4x2_e2m1(low).__x | __nv_fp4x2_e2m1(high).__x << 8) {}
    explicit __host__ __device__ operator float4() const {
        return make_float4(__wf_fp4_float(__x), __wf_fp4_float(__x >> 4), __wf_fp4_float(__x >> 8),
                           __wf_fp4_float(__x >> 12));
    }
};
