// cuda_fp8.h: 8-bit floats (E4M3 and E5M2): storage, conversions, the types with their pairs and fours.
//
// Nothing is computed in 8 bits: a value is converted, once and to the nearest (ties to even), and computed
// with as float. E4M3 has no infinities; its one NaN is all ones. What is too large becomes the largest
// number
// (__NV_SATFINITE, what the constructors do), or infinity, or E4M3's NaN. A double goes through a float that
// was rounded towards zero and keeps in its last bit whether anything was lost.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include "wf/rounding.h"
typedef unsigned char __nv_fp8_storage_t;
typedef unsigned short __nv_fp8x2_storage_t;
typedef unsigned int __nv_fp8x4_storage_t;
enum __nv_saturation_t { __NV_NOSAT, __NV_SATFINITE };
enum __nv_fp8_interpretation_t { __NV_E4M3, __NV_E5M2 };
enum cudaRoundMode { cudaRoundNearest, cudaRoundZero, cudaRoundPosInf, cudaRoundMinInf };
#define WF_FP8 static __host__ __device__ inline
#define WF_KIND __nv_saturation_t saturate, const __nv_fp8_interpretation_t kind

WF_FP8 __nv_fp8_storage_t __nv_cvt_float_to_fp8(const float x, const WF_KIND) {
    const bool e4m3 = kind == __NV_E4M3;
    const unsigned all = __float_as_uint(x), sign = all >> 24 & 0x80, u = all & 0x7fffffff;
    const unsigned mantissa = e4m3 ? 3 : 2, shift = 23 - mantissa, bias = e4m3 ? 7 : 15;
    if (u > 0x7f800000) return sign | (e4m3 ? 0x7f : 0x7e);
    if (e4m3 ? u > 0x43e80000 : u >= 0x47700000) // beyond the middle between the largest and the next
        return sign | (saturate == __NV_SATFINITE ? (e4m3 ? 0x7e : 0x7b) : (e4m3 ? 0x7f : 0x7c));
    if (u < (128 - bias) << 23) // subnormal: the mantissa is the value in units of the smallest
        return sign | (unsigned)rintf(__uint_as_float(u) * (e4m3 ? 512.0f : 65536.0f));
    const unsigned v = u - ((127 - bias) << 23);
    return sign | (v + (1u << (shift - 1)) - 1 + (v >> shift & 1)) >> shift;
}
WF_FP8 __nv_fp8_storage_t __nv_cvt_double_to_fp8(const double x, const WF_KIND) {
    const float f = __double2float_rz(x);
    return __nv_cvt_float_to_fp8((double)f == x || x != x ? f : __uint_as_float(__float_as_uint(f) | 1),
                                 saturate, kind);
}
WF_FP8 float __wf_fp8_float(const __nv_fp8_storage_t x, const __nv_fp8_interpretation_t kind) {
    const bool e4m3 = kind == __NV_E4M3;
    const unsigned sign = (unsigned)(x & 0x80) << 24, v = x & 0x7f;
    if (e4m3 ? v == 0x7f : v > 0x7c) return __uint_as_float(0x7fffffff);
    if (!e4m3 && v == 0x7c) return __uint_as_float(sign | 0x7f800000);
    if (v < (e4m3 ? 8 : 4))
        return __uint_as_float(sign | __float_as_uint((float)v * (e4m3 ? 1.0f / 512 : 1.0f / 65536)));
    return __uint_as_float(sign | ((v << (e4m3 ? 20 : 21)) + ((e4m3 ? 120 : 112) << 23)));
}
WF_FP8 __half_raw __nv_cvt_fp8_to_halfraw(const __nv_fp8_storage_t x, const __nv_fp8_interpretation_t kind) {
    __half_raw r;
    const float f = __wf_fp8_float(x, kind);
    r.x = f != f ? 0x7fff : __half_as_ushort((half)f);
    return r;
}
WF_FP8 __nv_fp8_storage_t __nv_cvt_halfraw_to_fp8(const __half_raw x, const WF_KIND) {
    return __nv_cvt_float_to_fp8((float)__ushort_as_half(x.x), saturate, kind);
}
WF_FP8 __nv_fp8_storage_t __nv_cvt_bfloat16raw_to_fp8(const __nv_bfloat16_raw x, const WF_KIND) {
    return __nv_cvt_float_to_fp8((float)__ushort_as_bfloat16(x.x), saturate, kind);
}
// Pairs: the first is the low byte.
WF_FP8 __nv_fp8x2_storage_t __nv_cvt_float2_to_fp8x2(const float2 x, const WF_KIND) {
    return __nv_cvt_float_to_fp8(x.x, saturate, kind) | __nv_cvt_float_to_fp8(x.y, saturate, kind) << 8;
}
WF_FP8 __nv_fp8x2_storage_t __nv_cvt_double2_to_fp8x2(const double2 x, const WF_KIND) {
    return __nv_cvt_double_to_fp8(x.x, saturate, kind) | __nv_cvt_double_to_fp8(x.y, saturate, kind) << 8;
}
WF_FP8 __nv_fp8x2_storage_t __nv_cvt_halfraw2_to_fp8x2(const __half2_raw x, const WF_KIND) {
    return __nv_cvt_float2_to_fp8x2(make_float2((float)__ushort_as_half(x.x), (float)__ushort_as_half(x.y)),
                                    saturate, kind);
}
WF_FP8 __nv_fp8x2_storage_t __nv_cvt_bfloat16raw2_to_fp8x2(const __nv_bfloat162_raw x, const WF_KIND) {
    return __nv_cvt_float2_to_fp8x2(
        make_float2((float)__ushort_as_bfloat16(x.x), (float)__ushort_as_bfloat16(x.y)), saturate, kind);
}
WF_FP8 __half2_raw __nv_cvt_fp8x2_to_halfraw2(const __nv_fp8x2_storage_t x,
                                              const __nv_fp8_interpretation_t kind) {
    __half2_raw r;
    r.x = __nv_cvt_fp8_to_halfraw((__nv_fp8_storage_t)x, kind).x;
    r.y = __nv_cvt_fp8_to_halfraw((__nv_fp8_storage_t)(x >> 8), kind).x;
    return r;
}
#undef WF_KIND

// E8M0: powers of two, 2^(x - 127), without a sign; 255 is its NaN. What is infinite or too large becomes 254
// under __NV_SATFINITE. Conversions round to zero or, for every other mode, up.
#define WF_ROUND __nv_saturation_t saturate, const enum cudaRoundMode rounding
WF_FP8 __nv_fp8_storage_t __nv_cvt_float_to_e8m0(const float x, const WF_ROUND) {
    const unsigned u = __float_as_uint(x) & 0x7fffffff, exponent = u >> 23, fraction = u & 0x7fffff;
    const unsigned most = saturate == __NV_SATFINITE ? 254 : 255;
    if (u > 0x7f800000) return 255;
    if (exponent == 255) return most;
    if (rounding == cudaRoundZero) return exponent;
    // a subnormal number is above 2^-127 when its fraction is above a half
    const unsigned up = exponent + (exponent ? fraction != 0 : fraction > 0x400000);
    return up > 254 ? most : up;
}
WF_FP8 __nv_fp8_storage_t __nv_cvt_bfloat16raw_to_e8m0(const __nv_bfloat16_raw x, const WF_ROUND) {
    return __nv_cvt_float_to_e8m0((float)__ushort_as_bfloat16(x.x), saturate, rounding);
}
WF_FP8 __nv_fp8_storage_t __nv_cvt_double_to_e8m0(const double x, const WF_ROUND) {
    const float f = __double2float_rz(x);
    return __nv_cvt_float_to_e8m0((double)f == x || x != x ? f : __uint_as_float(__float_as_uint(f) | 1),
                                  saturate, rounding);
}
WF_FP8 __nv_fp8x2_storage_t __nv_cvt_float2_to_e8m0x2(const float2 x, const WF_ROUND) {
    return __nv_cvt_float_to_e8m0(x.x, saturate, rounding) | __nv_cvt_float_to_e8m0(x.y, saturate, rounding)
                                                                 << 8;
}
WF_FP8 __nv_bfloat16_raw __nv_cvt_e8m0_to_bf16raw(const __nv_fp8_storage_t x) {
    __nv_bfloat16_raw r;
    r.x = x == 255 ? 0x7fff : x ? x << 7 : 0x40;
    return r;
}
WF_FP8 __nv_bfloat162_raw __nv_cvt_e8m0x2_to_bf162raw(const __nv_fp8x2_storage_t x) {
    __nv_bfloat162_raw r;
    r.x = __nv_cvt_e8m0_to_bf16raw((__nv_fp8_storage_t)x).x;
    r.y = __nv_cvt_e8m0_to_bf16raw((__nv_fp8_storage_t)(x >> 8)).x;
    return r;
}
#undef WF_ROUND
#undef WF_FP8

struct __nv_fp8_e8m0 {
    __nv_fp8_storage_t __x;
    __nv_fp8_e8m0() = default;
    explicit __host__ __device__ __nv_fp8_e8m0(const float f)
        : __x(__nv_cvt_float_to_e8m0(f, __NV_SATFINITE, cudaRoundPosInf)) {}
    explicit __host__ __device__ __nv_fp8_e8m0(const double f)
        : __x(__nv_cvt_double_to_e8m0(f, __NV_SATFINITE, cudaRoundPosInf)) {}
    explicit __host__ __device__ __nv_fp8_e8m0(const __nv_bfloat16 f)
        : __x(__nv_cvt_float_to_e8m0((float)f, __NV_SATFINITE, cudaRoundPosInf)) {}
    explicit __host__ __device__ operator float() const {
        return (float)__ushort_as_bfloat16(__nv_cvt_e8m0_to_bf16raw(__x).x);
    }
    explicit __host__ __device__ operator __nv_bfloat16() const {
        return __ushort_as_bfloat16(__nv_cvt_e8m0_to_bf16raw(__x).x);
    }
};

template <__nv_fp8_interpretation_t Kind> struct __wf_fp8 {
    __nv_fp8_storage_t __x;
    __wf_fp8() = default;
    __host__ __device__ __wf_fp8(const float f) : __x(__nv_cvt_float_to_fp8(f, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8(const double f)
        : __x(__nv_cvt_double_to_fp8(f, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8(const half f)
        : __x(__nv_cvt_float_to_fp8((float)f, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8(const __nv_bfloat16 f)
        : __x(__nv_cvt_float_to_fp8((float)f, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8(const int i)
        : __x(__nv_cvt_float_to_fp8((float)i, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8(const unsigned i)
        : __x(__nv_cvt_float_to_fp8((float)i, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8(const long i)
        : __x(__nv_cvt_float_to_fp8((float)i, __NV_SATFINITE, Kind)) {}
    __host__ __device__ operator float() const { return __wf_fp8_float(__x, Kind); }
    explicit __host__ __device__ operator double() const { return (double)__wf_fp8_float(__x, Kind); }
    explicit __host__ __device__ operator half() const {
        return __ushort_as_half(__nv_cvt_fp8_to_halfraw(__x, Kind).x);
    }
    explicit __host__ __device__ operator __nv_bfloat16() const {
        return (__nv_bfloat16)__wf_fp8_float(__x, Kind);
    }
    explicit __host__ __device__ operator int() const { return (int)__wf_fp8_float(__x, Kind); }
    explicit __host__ __device__ operator unsigned() const { return (unsigned)__wf_fp8_float(__x, Kind); }
    explicit __host__ __device__ operator bool() const { return (__x & 0x7f) != 0; }
};
template <__nv_fp8_interpretation_t Kind> struct __align__(2) __wf_fp8x2 {
    __nv_fp8x2_storage_t __x;
    __wf_fp8x2() = default;
    explicit __host__ __device__ __wf_fp8x2(const float2 f)
        : __x(__nv_cvt_float2_to_fp8x2(f, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8x2(const double2 f)
        : __x(__nv_cvt_double2_to_fp8x2(f, __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8x2(const __half2 f)
        : __x(__nv_cvt_float2_to_fp8x2(__half22float2(f), __NV_SATFINITE, Kind)) {}
    explicit __host__ __device__ __wf_fp8x2(const __nv_bfloat162 f)
        : __x(__nv_cvt_float2_to_fp8x2(__bfloat1622float2(f), __NV_SATFINITE, Kind)) {}
    __host__ __device__ operator float2() const {
        return make_float2(__wf_fp8_float((__nv_fp8_storage_t)__x, Kind),
                           __wf_fp8_float((__nv_fp8_storage_t)(__x >> 8), Kind));
    }
    explicit __host__ __device__ operator __half2() const {
        const float2 f = *this;
        return __floats2half2_rn(f.x, f.y);
    }
};
template <__nv_fp8_interpretation_t Kind> struct __align__(4) __wf_fp8x4 {
    __nv_fp8x4_storage_t __x;
    __wf_fp8x4() = default;
    explicit __host__ __device__ __wf_fp8x4(const float4 f)
        : __x(__nv_cvt_float2_to_fp8x2(make_float2(f.x, f.y), __NV_SATFINITE, Kind) |
              (unsigned)__nv_cvt_float2_to_fp8x2(make_float2(f.z, f.w), __NV_SATFINITE, Kind) << 16) {}
    explicit __host__ __device__ __wf_fp8x4(const __half2 low, const __half2 high)
        : __x(__wf_fp8x2<Kind>(low).__x | (unsigned)__wf_fp8x2<Kind>(high).__x << 16) {}
    __host__ __device__ operator float4() const {
        return make_float4(__wf_fp8_float((__nv_fp8_storage_t)__x, Kind),
                           __wf_fp8_float((__nv_fp8_storage_t)(__x >> 8), Kind),
                           __wf_fp8_float((__nv_fp8_storage_t)(__x >> 16), Kind),
                           __wf_fp8_float((__nv_fp8_storage_t)(__x >> 24), Kind));
    }
};
using __nv_fp8_e4m3 = __wf_fp8<__NV_E4M3>;
using __nv_fp8_e5m2 = __wf_fp8<__NV_E5M2>;
using __nv_fp8x2_e4m3 = __wf_fp8x2<__NV_E4M3>;
using __nv_fp8x2_e5m2 = __wf_fp8x2<__NV_E5M2>;
using __nv_fp8x4_e4m3 = __wf_fp8x4<__NV_E4M3>;
using __nv_fp8x4_e5m2 = __wf_fp8x4<__NV_E5M2>;
