// wf/rounding.h: arithmetic and conversions that round down, up or towards zero (__fadd_rd, __dmul_ru,
// __ll2float_rz …), which the device library has (directed.h). Read when a source mentions one. Those that
// round to nearest are known without it.
#ifndef __WF_ROUNDING // not #pragma once: the file may be waiting to be read when another includes it
#define __WF_ROUNDING
#define __WF_ROUNDED1(name, R, A)                                                                            \
    extern "C" {                                                                                             \
    __wf_library __wf_contract(0) __device__ R wf_##name(A);                                                 \
    }                                                                                                        \
    inline __host__ __device__ R __##name(A a) { return wf_##name(a); }
#define __WF_ROUNDED2(name, T)                                                                               \
    extern "C" {                                                                                             \
    __wf_library __wf_contract(0) __device__ T wf_##name(T, T);                                              \
    }                                                                                                        \
    inline __host__ __device__ T __##name(T a, T b) { return wf_##name(a, b); }
#define __WF_ROUNDED3(name, T)                                                                               \
    extern "C" {                                                                                             \
    __wf_library __wf_contract(0) __device__ T wf_##name(T, T, T);                                           \
    }                                                                                                        \
    inline __host__ __device__ T __##name(T a, T b, T c) { return wf_##name(a, b, c); }
#define __WF_DIRECTION(s)                                                                                    \
    __WF_ROUNDED2(fadd_##s, float)                                                                           \
    __WF_ROUNDED2(fsub_##s, float)                                                                           \
    __WF_ROUNDED2(fmul_##s, float)                                                                           \
    __WF_ROUNDED2(fdiv_##s, float)                                                                           \
    __WF_ROUNDED1(frcp_##s, float, float)                                                                    \
    __WF_ROUNDED1(fsqrt_##s, float, float)                                                                   \
    __WF_ROUNDED3(fmaf_##s, float)                                                                           \
    __WF_ROUNDED2(dadd_##s, double)                                                                          \
    __WF_ROUNDED2(dsub_##s, double)                                                                          \
    __WF_ROUNDED2(dmul_##s, double)                                                                          \
    __WF_ROUNDED2(ddiv_##s, double)                                                                          \
    __WF_ROUNDED1(drcp_##s, double, double)                                                                  \
    __WF_ROUNDED1(dsqrt_##s, double, double)                                                                 \
    __WF_ROUNDED3(fma_##s, double)                                                                           \
    __WF_ROUNDED1(double2float_##s, float, double)                                                           \
    __WF_ROUNDED1(int2float_##s, float, int)                                                                 \
    __WF_ROUNDED1(uint2float_##s, float, unsigned)                                                           \
    __WF_ROUNDED1(ll2float_##s, float, long long)                                                            \
    __WF_ROUNDED1(ull2float_##s, float, unsigned long long)                                                  \
    __WF_ROUNDED1(ll2double_##s, double, long long)                                                          \
    __WF_ROUNDED1(ull2double_##s, double, unsigned long long)
__WF_DIRECTION(rd)
__WF_DIRECTION(ru)
__WF_DIRECTION(rz)
#undef __WF_DIRECTION
#undef __WF_ROUNDED1
#undef __WF_ROUNDED2
#undef __WF_ROUNDED3
#endif
