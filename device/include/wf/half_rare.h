// wf/half_rare.h: what few sources use of cuda_fp16.h and cuda_bf16.h: conversions between integers and both
// formats in all directions, comparisons of pairs that give masks, complex multiply-add. Read when a source
// mentions one.
//
// Integers beyond all halves are cut to a number that is beyond them too and that a float holds exactly; a
// float rounded in a direction and then a bfloat16 rounded in the same one is rounded once.
#pragma once
#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "wf/rounding.h"

// --- to integers: the nearest that the type has, NaN is 0 (short and narrower) or the type's own rule

template <class T> __device__ inline T __wf_to_narrow(float whole, float least, float most) {
    return (T)(int)fminf(fmaxf(whole, least), most + (whole - whole)); // inf - inf: NaN, which gives 0
}
#define WF_TO_INTEGERS(H, name)                                                                              \
    static __device__ inline long long __##name##2ll_rd(H a) { return __float2ll_rd((float)a); }             \
    static __device__ inline long long __##name##2ll_ru(H a) { return __float2ll_ru((float)a); }             \
    static __device__ inline long long __##name##2ll_rz(H a) { return (long long)(float)a; }                 \
    static __device__ inline unsigned long long __##name##2ull_rn(H a) { return __float2ull_rn((float)a); }  \
    static __device__ inline unsigned long long __##name##2ull_rd(H a) { return __float2ull_rd((float)a); }  \
    static __device__ inline unsigned long long __##name##2ull_ru(H a) { return __float2ull_ru((float)a); }  \
    static __device__ inline unsigned long long __##name##2ull_rz(H a) {                                     \
        return (unsigned long long)(float)a;                                                                 \
    }                                                                                                        \
    static __device__ inline unsigned __##name##2uint_rd(H a) { return __float2uint_rd((float)a); }          \
    static __device__ inline unsigned __##name##2uint_ru(H a) { return __float2uint_ru((float)a); }          \
    static __device__ inline short __##name##2short_rd(H a) { return WF_SHORT(floorf((float)a)); }           \
    static __device__ inline short __##name##2short_ru(H a) { return WF_SHORT(ceilf((float)a)); }            \
    static __device__ inline unsigned short __##name##2ushort_rd(H a) {                                      \
        return WF_USHORT(floorf((float)a));                                                                  \
    }                                                                                                        \
    static __device__ inline unsigned short __##name##2ushort_ru(H a) { return WF_USHORT(ceilf((float)a)); } \
    static __device__ inline signed char __##name##2char_rz(H a) {                                           \
        return __wf_to_narrow<signed char>(truncf((float)a), -128.0f, 127.0f);                               \
    }                                                                                                        \
    static __device__ inline unsigned char __##name##2uchar_rz(H a) {                                        \
        return __wf_to_narrow<unsigned char>(truncf((float)a), 0.0f, 255.0f);                                \
    }
#define WF_SHORT(whole) __wf_to_narrow<short>(whole, -32768.0f, 32767.0f)
#define WF_USHORT(whole) __wf_to_narrow<unsigned short>(whole, 0.0f, 65535.0f)
WF_TO_INTEGERS(__half, half)
WF_TO_INTEGERS(__nv_bfloat16, bfloat16)
static __device__ inline long long __bfloat162ll_rn(__nv_bfloat16 a) { return __float2ll_rn((float)a); }
static __device__ inline unsigned __bfloat162uint_rn(__nv_bfloat16 a) { return __float2uint_rn((float)a); }
static __device__ inline unsigned __bfloat162uint_rz(__nv_bfloat16 a) { return (unsigned)(float)a; }
static __device__ inline int __bfloat162int_rd(__nv_bfloat16 a) { return __float2int_rd((float)a); }
static __device__ inline int __bfloat162int_ru(__nv_bfloat16 a) { return __float2int_ru((float)a); }
static __device__ inline short __bfloat162short_rn(__nv_bfloat16 a) { return WF_SHORT(rintf((float)a)); }
static __device__ inline short __bfloat162short_rz(__nv_bfloat16 a) { return WF_SHORT(truncf((float)a)); }
static __device__ inline unsigned short __bfloat162ushort_rn(__nv_bfloat16 a) {
    return WF_USHORT(rintf((float)a));
}
static __device__ inline unsigned short __bfloat162ushort_rz(__nv_bfloat16 a) {
    return WF_USHORT(truncf((float)a));
}
#undef WF_TO_INTEGERS
#undef WF_SHORT
#undef WF_USHORT

// --- from integers

#define WF_FROM_INTEGER(name, T)                                                                             \
    static __device__ inline __half __##name##2half_rd(T i) {                                                \
        return __float2half_rd((float)min(max(i, (T)WF_LEAST), (T)WF_MOST));                                 \
    }                                                                                                        \
    static __device__ inline __half __##name##2half_ru(T i) {                                                \
        return __float2half_ru((float)min(max(i, (T)WF_LEAST), (T)WF_MOST));                                 \
    }                                                                                                        \
    static __device__ inline __half __##name##2half_rz(T i) {                                                \
        return __float2half_rz((float)min(max(i, (T)WF_LEAST), (T)WF_MOST));                                 \
    }
#define WF_MOST 1048576
#define WF_LEAST -1048576
WF_FROM_INTEGER(int, int)
WF_FROM_INTEGER(ll, long long)
#undef WF_LEAST
#define WF_LEAST 0
WF_FROM_INTEGER(uint, unsigned)
WF_FROM_INTEGER(ull, unsigned long long)
#undef WF_FROM_INTEGER
#undef WF_MOST
#undef WF_LEAST
static __device__ inline __half __short2half_rd(short i) { return __float2half_rd((float)i); }
static __device__ inline __half __short2half_ru(short i) { return __float2half_ru((float)i); }
static __device__ inline __half __short2half_rz(short i) { return __float2half_rz((float)i); }
static __device__ inline __half __ushort2half_rd(unsigned short i) { return __float2half_rd((float)i); }
static __device__ inline __half __ushort2half_ru(unsigned short i) { return __float2half_ru((float)i); }
static __device__ inline __half __ushort2half_rz(unsigned short i) { return __float2half_rz((float)i); }
static __device__ inline __half __ull2half_rn(unsigned long long i) { return (__half)(float)i; }

// The nearest bfloat16, then its neighbour where that lies on the wrong side.
static __device__ inline __nv_bfloat16 __wf_bfloat_towards(float x, bool up) {
    __nv_bfloat16 h = (__nv_bfloat16)x;
    float y = (float)h;
    unsigned short bits = __bfloat16_as_ushort(h);
    if (x != x || (up ? y >= x : y <= x)) return h;
    if ((bits & 0x7fff) == 0) return __ushort_as_bfloat16((unsigned short)(up ? 1 : 0x8001));
    bool negative = bits >> 15;
    return __ushort_as_bfloat16((unsigned short)(negative == up ? bits - 1 : bits + 1));
}
static __device__ inline __nv_bfloat16 __float2bfloat16_ru(float x) { return __wf_bfloat_towards(x, true); }
static __device__ inline __nv_bfloat16 __float2bfloat16_rd(float x) { return __wf_bfloat_towards(x, false); }
#define WF_FROM_INTEGER(name, T)                                                                             \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_rd(T i) {                                     \
        return __float2bfloat16_rd(__##name##2float_rd(i));                                                  \
    }                                                                                                        \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_ru(T i) {                                     \
        return __float2bfloat16_ru(__##name##2float_ru(i));                                                  \
    }                                                                                                        \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_rz(T i) {                                     \
        return __float2bfloat16_rz(__##name##2float_rz(i));                                                  \
    }
WF_FROM_INTEGER(int, int)
WF_FROM_INTEGER(uint, unsigned)
WF_FROM_INTEGER(ll, long long)
WF_FROM_INTEGER(ull, unsigned long long)
#undef WF_FROM_INTEGER
#define WF_FROM_SHORT(name, T)                                                                               \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_rn(T i) { return (__nv_bfloat16)(float)i; }   \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_rd(T i) {                                     \
        return __float2bfloat16_rd((float)i);                                                                \
    }                                                                                                        \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_ru(T i) {                                     \
        return __float2bfloat16_ru((float)i);                                                                \
    }                                                                                                        \
    static __device__ inline __nv_bfloat16 __##name##2bfloat16_rz(T i) {                                     \
        return __float2bfloat16_rz((float)i);                                                                \
    }
WF_FROM_SHORT(short, short)
WF_FROM_SHORT(ushort, unsigned short)
#undef WF_FROM_SHORT
// The nearest: a float that was cut, with a last bit that tells whether anything is missing.
static __device__ inline __nv_bfloat16 __ull2bfloat16_rn(unsigned long long i) {
    float cut = __ull2float_rz(i);
    return (__nv_bfloat16)__uint_as_float(__float_as_uint(cut) | ((unsigned long long)cut != i));
}
static __device__ inline __nv_bfloat16 __ll2bfloat16_rn(long long i) {
    __nv_bfloat16 h = __ull2bfloat16_rn(i < 0 ? 0ull - (unsigned long long)i : (unsigned long long)i);
    return i < 0 ? -h : h;
}
static __device__ inline short __bfloat16_as_short(__nv_bfloat16 a) { return (short)__bfloat16_as_ushort(a); }
static __device__ inline __nv_bfloat16 __short_as_bfloat16(short a) {
    return __ushort_as_bfloat16((unsigned short)a);
}

// --- alike for both

#define WF_MASK(H2, name)                                                                                    \
    static __device__ inline unsigned __h##name##2_mask(H2 a, H2 b) {                                        \
        return (__h##name(a.x, b.x) ? 0xffffu : 0u) | (__h##name(a.y, b.y) ? 0xffff0000u : 0u);              \
    }
#define WF_ALIKE(H, H2)                                                                                      \
    WF_MASK(H2, eq)                                                                                          \
    WF_MASK(H2, ne)                                                                                          \
    WF_MASK(H2, lt)                                                                                          \
    WF_MASK(H2, le)                                                                                          \
    WF_MASK(H2, gt)                                                                                          \
    WF_MASK(H2, ge)                                                                                          \
    WF_MASK(H2, equ)                                                                                         \
    WF_MASK(H2, neu)                                                                                         \
    WF_MASK(H2, ltu)                                                                                         \
    WF_MASK(H2, leu)                                                                                         \
    WF_MASK(H2, gtu)                                                                                         \
    WF_MASK(H2, geu)                                                                                         \
    static __device__ inline H2 __hmin2_nan(H2 a, H2 b) {                                                    \
        return H2(__hmin_nan(a.x, b.x), __hmin_nan(a.y, b.y));                                               \
    }                                                                                                        \
    static __device__ inline H2 __hmax2_nan(H2 a, H2 b) {                                                    \
        return H2(__hmax_nan(a.x, b.x), __hmax_nan(a.y, b.y));                                               \
    }                                                                                                        \
    static __device__ inline H2 __hcmadd(H2 a, H2 b, H2 c) { /* a * b + c as complex numbers */              \
        return H2(__hfma(-a.y, b.y, __hfma(a.x, b.x, c.x)), __hfma(a.y, b.x, __hfma(a.x, b.y, c.y)));        \
    }                                                                                                        \
    static __device__ inline H htanh_approx(H a) { return htanh(a); }                                        \
    static __device__ inline H2 h2tanh_approx(H2 a) { return h2tanh(a); }
WF_ALIKE(__half, __half2)
WF_ALIKE(__nv_bfloat16, __nv_bfloat162)
#undef WF_ALIKE
#undef WF_MASK
