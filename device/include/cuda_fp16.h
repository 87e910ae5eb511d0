// cuda_fp16.h: half pairs and the intrinsics of both. (The type half itself, its conversions and operators
// need no header.)
#pragma once
struct __align__(4) __half2 {
    __half x, y;
    __half2() = default;
    constexpr __host__ __device__ __half2(__half low, __half high) : x(low), y(high) {}
};
typedef __half2 half2;
typedef __half __nv_half;
struct __half_raw {
    unsigned short x;
    __host__ __device__ operator __half() const { return __ushort_as_half(x); }
};
struct __half2_raw {
    unsigned short x, y;
    __host__ __device__ operator __half2() const { return __half2(__ushort_as_half(x), __ushort_as_half(y)); }
};

#define H __half
#define H2 __half2
#define WF_BITS __half_as_ushort
#define WF_FROM_BITS __ushort_as_half
#define WF_PAIR __wf_half2_of
#define WF_NEAREST(name) __wf_f16_##name
#include "wf/half_operations.h"
#undef H
#undef H2
#undef WF_BITS
#undef WF_FROM_BITS
#undef WF_PAIR
#undef WF_NEAREST

static __device__ inline int __hisinf(__half a) {
    unsigned short bits = __half_as_ushort(a);
    return bits == 0x7c00 ? 1 : bits == 0xfc00 ? -1 : 0;
}
static __device__ inline __half2 make_half2(__half x, __half y) { return __half2(x, y); }
static __device__ inline __half2 __half2half2(__half a) { return __half2(a, a); }
static __device__ inline __half2 __float2half2_rn(float a) { return __half2((__half)a, (__half)a); }
static __device__ inline __half2 __floats2half2_rn(float a, float b) { return __half2((__half)a, (__half)b); }
static __device__ inline __half2 __float22half2_rn(float2 a) { return __half2((__half)a.x, (__half)a.y); }
static __device__ inline float2 __half22float2(__half2 a) { return make_float2((float)a.x, (float)a.y); }

// The other rounding directions: the nearest number, then its neighbour where that lies on the wrong side.
// (Without their sign the bits are in order.)
static __device__ inline __half __float2half_rz(float x) {
    __half h = (__half)x;
    float y = (float)h;
    if ((y < 0 ? -y : y) <= (x < 0 ? -x : x) || x != x) return h;
    return __ushort_as_half((unsigned short)(__half_as_ushort(h) - 1));
}
static __device__ inline __half __wf_half_towards(float x, bool up) {
    __half h = (__half)x;
    float y = (float)h;
    unsigned short bits = __half_as_ushort(h);
    if (x != x || (up ? y >= x : y <= x)) return h;
    if ((bits & 0x7fff) == 0) return __ushort_as_half(up ? 1 : 0x8001);
    bool negative = bits >> 15;
    return __ushort_as_half((unsigned short)(negative == up ? bits - 1 : bits + 1));
}
static __device__ inline __half __float2half_ru(float x) { return __wf_half_towards(x, true); }
static __device__ inline __half __float2half_rd(float x) { return __wf_half_towards(x, false); }

static __device__ inline int __half2int_rn(__half h) { return __float2int_rn((float)h); }
static __device__ inline int __half2int_ru(__half h) { return __float2int_ru((float)h); }
static __device__ inline int __half2int_rd(__half h) { return __float2int_rd((float)h); }
static __device__ inline unsigned __half2uint_rn(__half h) { return __float2uint_rn((float)h); }
static __device__ inline short __half2short_rn(__half h) {
    return (short)min(max(__float2int_rn((float)h), -32768), 32767);
}
static __device__ inline short __half2short_rz(__half h) { return (short)(float)h; }
static __device__ inline unsigned short __half2ushort_rn(__half h) {
    return (unsigned short)min(__float2uint_rn((float)h), 65535u);
}
static __device__ inline unsigned short __half2ushort_rz(__half h) { return (unsigned short)(float)h; }
static __device__ inline long long __half2ll_rn(__half h) { return __float2ll_rn((float)h); }
static __device__ inline __half __short2half_rn(short i) { return (__half)(float)i; }
static __device__ inline __half __ushort2half_rn(unsigned short i) { return (__half)(float)i; }
static __device__ inline __half __ll2half_rn(long long i) { return (__half)(float)i; }

#define CUDART_INF_FP16 __ushort_as_half((unsigned short)0x7C00U)
#define CUDART_NAN_FP16 __ushort_as_half((unsigned short)0x7FFFU)
#define CUDART_MIN_DENORM_FP16 __ushort_as_half((unsigned short)0x0001U)
#define CUDART_MAX_NORMAL_FP16 __ushort_as_half((unsigned short)0x7BFFU)
#define CUDART_NEG_ZERO_FP16 __ushort_as_half((unsigned short)0x8000U)
#define CUDART_ZERO_FP16 __ushort_as_half((unsigned short)0x0000U)
#define CUDART_ONE_FP16 __ushort_as_half((unsigned short)0x3C00U)
