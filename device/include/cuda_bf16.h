// cuda_bf16.h: bfloat16 pairs and the intrinsics of both. (The type itself, its conversions and operators
// need no header.)
#pragma once
struct __align__(4) __nv_bfloat162 {
    __nv_bfloat16 x, y;
    __nv_bfloat162() = default;
    constexpr __host__ __device__ __nv_bfloat162(__nv_bfloat16 low, __nv_bfloat16 high) : x(low), y(high) {}
};
typedef __nv_bfloat162 nv_bfloat162;
struct __nv_bfloat16_raw {
    unsigned short x;
    __host__ __device__ operator __nv_bfloat16() const { return __ushort_as_bfloat16(x); }
};
struct __nv_bfloat162_raw {
    unsigned short x, y;
    __host__ __device__ operator __nv_bfloat162() const {
        return __nv_bfloat162(__ushort_as_bfloat16(x), __ushort_as_bfloat16(y));
    }
};

#define H __nv_bfloat16
#define H2 __nv_bfloat162
#define WF_BITS __bfloat16_as_ushort
#define WF_FROM_BITS __ushort_as_bfloat16
#define WF_PAIR __wf_bfloat162_of
#define WF_NEAREST(name) __wf_bf16_##name
#include "wf/half_operations.h"
#undef H
#undef H2
#undef WF_BITS
#undef WF_FROM_BITS
#undef WF_PAIR
#undef WF_NEAREST

static __device__ inline int __hisinf(__nv_bfloat16 a) {
    unsigned short bits = __bfloat16_as_ushort(a);
    return bits == 0x7f80 ? 1 : bits == 0xff80 ? -1 : 0;
}
static __device__ inline __nv_bfloat162 make_bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) {
    return __nv_bfloat162(x, y);
}
static __device__ inline __nv_bfloat162 __halves2bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) {
    return __nv_bfloat162(x, y);
}
static __device__ inline __nv_bfloat162 __bfloat162bfloat162(__nv_bfloat16 a) { return __nv_bfloat162(a, a); }
static __device__ inline __nv_bfloat16 __low2bfloat16(__nv_bfloat162 a) { return a.x; }
static __device__ inline __nv_bfloat16 __high2bfloat16(__nv_bfloat162 a) { return a.y; }
static __device__ inline __nv_bfloat162 __low2bfloat162(__nv_bfloat162 a) { return __nv_bfloat162(a.x, a.x); }
static __device__ inline __nv_bfloat162 __high2bfloat162(__nv_bfloat162 a) {
    return __nv_bfloat162(a.y, a.y);
}
static __device__ inline __nv_bfloat162 __lows2bfloat162(__nv_bfloat162 a, __nv_bfloat162 b) {
    return __nv_bfloat162(a.x, b.x);
}
static __device__ inline __nv_bfloat162 __highs2bfloat162(__nv_bfloat162 a, __nv_bfloat162 b) {
    return __nv_bfloat162(a.y, b.y);
}
static __device__ inline __nv_bfloat162 __float2bfloat162_rn(float a) {
    return __nv_bfloat162((__nv_bfloat16)a, (__nv_bfloat16)a);
}
static __device__ inline __nv_bfloat162 __floats2bfloat162_rn(float a, float b) {
    return __nv_bfloat162((__nv_bfloat16)a, (__nv_bfloat16)b);
}
static __device__ inline __nv_bfloat162 __float22bfloat162_rn(float2 a) {
    return __floats2bfloat162_rn(a.x, a.y);
}
static __device__ inline float2 __bfloat1622float2(__nv_bfloat162 a) {
    return make_float2((float)a.x, (float)a.y);
}
static __device__ inline __nv_bfloat16 __double2bfloat16(double a) { return (__nv_bfloat16)a; }
static __device__ inline __nv_bfloat16 __int2bfloat16_rn(int a) { return (__nv_bfloat16)(double)a; }
static __device__ inline __nv_bfloat16 __uint2bfloat16_rn(unsigned a) { return (__nv_bfloat16)(double)a; }
static __device__ inline int __bfloat162int_rn(__nv_bfloat16 a) { return __float2int_rn((float)a); }
static __device__ inline int __bfloat162int_rz(__nv_bfloat16 a) { return (int)(float)a; }
static __device__ inline __nv_bfloat16 __float2bfloat16_rz(float a) { // the upper half of the bits
    return a != a ? (__nv_bfloat16)a : __ushort_as_bfloat16((unsigned short)(__float_as_uint(a) >> 16));
}

#define CUDART_INF_BF16 __ushort_as_bfloat16((unsigned short)0x7F80U)
#define CUDART_NAN_BF16 __ushort_as_bfloat16((unsigned short)0x7FFFU)
#define CUDART_ZERO_BF16 __ushort_as_bfloat16((unsigned short)0x0000U)
#define CUDART_ONE_BF16 __ushort_as_bfloat16((unsigned short)0x3F80U)
