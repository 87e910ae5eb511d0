// wf/rounding.h: arithmetic and conversions that round down, up or towards zero (__fadd_rd, __dmul_ru,
// __ll2float_rz …). Read when a source mentions one. Those that round to nearest are known without it.
//
// Each takes the nearest result and what the exact one is beyond it: the sign of that says whether the
// neighbour is meant. What is lost comes from error-free sums (Knuth) and from fma.
#ifndef __WF_ROUNDING // not #pragma once: the file may be waiting to be read when another includes it
#define __WF_ROUNDING

enum { __wf_down, __wf_up, __wf_cut }; // towards zero

inline __host__ __device__ float __wf_next(float v,
                                           bool up) { // the neighbour of a number that is not infinite
    int b = __float_as_int(v);
    if (v == 0) return __int_as_float(up ? 1 : (int)0x80000001);
    return __int_as_float((b < 0) != up ? b + 1 : b - 1);
}
inline __host__ __device__ double __wf_next(double v, bool up) {
    long long b = __double_as_longlong(v);
    if (v == 0) return __longlong_as_double(up ? 1ll : (long long)0x8000000000000001ull);
    return __longlong_as_double((b < 0) != up ? b + 1 : b - 1);
}
// The number that is meant by the exact one: near v, and beyond it by something of `beyond`'s sign.
template <int Mode, class T> __host__ __device__ T __wf_directed(T v, double beyond, bool finite) {
    if (isnan(v) || (isinf(v) && !finite)) return v;
    if (isinf(v)) { // an overflow of finite numbers: the largest, where the direction says so
        bool keeps = Mode == __wf_cut || (Mode == __wf_down) == (v > 0);
        return keeps ? __wf_next2(v) : v;
    }
    if (beyond > 0 && (Mode == __wf_up || (Mode == __wf_cut && v < 0))) return __wf_next(v, true);
    if (beyond < 0 && (Mode == __wf_down || (Mode == __wf_cut && v > 0))) return __wf_next(v, false);
    return v;
}
inline __host__ __device__ float __wf_next2(float v) { return copysignf(FLT_MAX, v); }
inline __host__ __device__ double __wf_next2(double v) { return copysign(DBL_MAX, v); }

struct __wf_exact { // high + low, without error
    double high, low;
};
inline __host__ __device__ __wf_exact __wf_sum_of(double a, double b) {
    double s = __dadd_rn(a, b), t = __dsub_rn(s, a);
    return {s, __dadd_rn(__dsub_rn(a, __dsub_rn(s, t)), __dsub_rn(b, t))};
}
template <int Mode> __host__ __device__ float __wf_to_float(double high, double low, bool finite) {
    float v = (float)high;
    double beyond = __dsub_rn(high, (double)v);
    return __wf_directed<Mode>(v, beyond != 0 ? beyond : low, finite);
}
// An exact zero that is a sum is -0 when rounded down, unless both parts are +0.
template <int Mode, class T> __host__ __device__ T __wf_zero_sum(T sum, T a, T b) {
    return Mode == __wf_down && sum == 0 && (signbit(a) || signbit(b)) ? -(T)0 : sum;
}

template <int Mode> __host__ __device__ float __wf_fadd(float a, float b) {
    __wf_exact x = __wf_sum_of(a, b);
    return __wf_zero_sum<Mode>(__wf_to_float<Mode>(x.high, x.low, isfinite(a) && isfinite(b)), a, b);
}
template <int Mode> __host__ __device__ float __wf_fmul(float a, float b) {
    return __wf_to_float<Mode>(__dmul_rn((double)a, (double)b), 0, isfinite(a) && isfinite(b));
}
template <int Mode> __host__ __device__ float __wf_fdiv(float a, float b) {
    float q = (float)__ddiv_rn((double)a, (double)b);
    double rest = fma(-(double)q, (double)b, (double)a);
    return __wf_directed<Mode>(q, b < 0 ? -rest : rest, isfinite(a) && isfinite(b) && b != 0);
}
template <int Mode> __host__ __device__ float __wf_fsqrt(float a) {
    float s = __fsqrt_rn(a);
    return __wf_directed<Mode>(s, fma(-(double)s, (double)s, (double)a), false);
}
template <int Mode> __host__ __device__ float __wf_fmaf(float a, float b, float c) {
    double p = __dmul_rn((double)a, (double)b);
    __wf_exact x = __wf_sum_of(p, c);
    float r = __wf_to_float<Mode>(x.high, x.low, isfinite(a) && isfinite(b) && isfinite(c));
    return __wf_zero_sum<Mode>(r, copysignf(1, (float)p), c);
}
template <int Mode> __host__ __device__ double __wf_dadd(double a, double b) {
    __wf_exact x = __wf_sum_of(a, b);
    return __wf_zero_sum<Mode>(__wf_directed<Mode>(x.high, x.low, isfinite(a) && isfinite(b)), a, b);
}
template <int Mode> __host__ __device__ double __wf_dmul(double a, double b) {
    double p = __dmul_rn(a, b);
    return __wf_directed<Mode>(p, fma(a, b, -p), isfinite(a) && isfinite(b));
}
template <int Mode> __host__ __device__ double __wf_ddiv(double a, double b) {
    double q = __ddiv_rn(a, b), rest = fma(-q, b, a);
    return __wf_directed<Mode>(q, b < 0 ? -rest : rest, isfinite(a) && isfinite(b) && b != 0);
}
template <int Mode> __host__ __device__ double __wf_dsqrt(double a) {
    double s = __dsqrt_rn(a);
    return __wf_directed<Mode>(s, fma(-s, s, a), false);
}
template <int Mode> __host__ __device__ double __wf_fma(double a, double b, double c) {
    double s = __fma_rn(a, b, c), p = __dmul_rn(a, b);
    __wf_exact u = __wf_sum_of(p, c), w = __wf_sum_of(u.low, fma(a, b, -p)),
               t = __wf_sum_of(__dsub_rn(u.high, s), w.high);
    double r = __wf_directed<Mode>(s, t.high != 0 ? t.high : __dadd_rn(t.low, w.low),
                                   isfinite(a) && isfinite(b) && isfinite(c));
    return __wf_zero_sum<Mode>(r, copysign(1.0, p), c);
}
// A 64-bit integer as its nearest double and what is left of it.
inline __host__ __device__ __wf_exact __wf_of(long long v) {
    long long top = v & ~0x7ffll;
    return __wf_sum_of((double)top, (double)(v - top));
}
inline __host__ __device__ __wf_exact __wf_of(unsigned long long v) {
    unsigned long long top = v & ~0x7ffull;
    return __wf_sum_of((double)top, (double)(v - top));
}

#define __WF_DIRECTION(suffix, mode)                                                                         \
    inline __host__ __device__ float __fadd_##suffix(float a, float b) { return __wf_fadd<mode>(a, b); }     \
    inline __host__ __device__ float __fsub_##suffix(float a, float b) { return __wf_fadd<mode>(a, -b); }    \
    inline __host__ __device__ float __fmul_##suffix(float a, float b) { return __wf_fmul<mode>(a, b); }     \
    inline __host__ __device__ float __fdiv_##suffix(float a, float b) { return __wf_fdiv<mode>(a, b); }     \
    inline __host__ __device__ float __frcp_##suffix(float a) { return __wf_fdiv<mode>(1, a); }              \
    inline __host__ __device__ float __fsqrt_##suffix(float a) { return __wf_fsqrt<mode>(a); }               \
    inline __host__ __device__ float __fmaf_##suffix(float a, float b, float c) {                            \
        return __wf_fmaf<mode>(a, b, c);                                                                     \
    }                                                                                                        \
    inline __host__ __device__ double __dadd_##suffix(double a, double b) { return __wf_dadd<mode>(a, b); }  \
    inline __host__ __device__ double __dsub_##suffix(double a, double b) { return __wf_dadd<mode>(a, -b); } \
    inline __host__ __device__ double __dmul_##suffix(double a, double b) { return __wf_dmul<mode>(a, b); }  \
    inline __host__ __device__ double __ddiv_##suffix(double a, double b) { return __wf_ddiv<mode>(a, b); }  \
    inline __host__ __device__ double __drcp_##suffix(double a) { return __wf_ddiv<mode>(1, a); }            \
    inline __host__ __device__ double __dsqrt_##suffix(double a) { return __wf_dsqrt<mode>(a); }             \
    inline __host__ __device__ double __fma_##suffix(double a, double b, double c) {                         \
        return __wf_fma<mode>(a, b, c);                                                                      \
    }                                                                                                        \
    inline __host__ __device__ float __double2float_##suffix(double v) {                                     \
        return __wf_to_float<mode>(v, 0, isfinite(v));                                                       \
    }                                                                                                        \
    inline __host__ __device__ float __int2float_##suffix(int v) { return __wf_to_float<mode>(v, 0, true); } \
    inline __host__ __device__ float __uint2float_##suffix(unsigned v) {                                     \
        return __wf_to_float<mode>(v, 0, true);                                                              \
    }                                                                                                        \
    inline __host__ __device__ float __ll2float_##suffix(long long v) {                                      \
        __wf_exact x = __wf_of(v);                                                                           \
        return __wf_to_float<mode>(x.high, x.low, true);                                                     \
    }                                                                                                        \
    inline __host__ __device__ float __ull2float_##suffix(unsigned long long v) {                            \
        __wf_exact x = __wf_of(v);                                                                           \
        return __wf_to_float<mode>(x.high, x.low, true);                                                     \
    }                                                                                                        \
    inline __host__ __device__ double __ll2double_##suffix(long long v) {                                    \
        __wf_exact x = __wf_of(v);                                                                           \
        return __wf_directed<mode>(x.high, x.low, true);                                                     \
    }                                                                                                        \
    inline __host__ __device__ double __ull2double_##suffix(unsigned long long v) {                          \
        __wf_exact x = __wf_of(v);                                                                           \
        return __wf_directed<mode>(x.high, x.low, true);                                                     \
    }
__WF_DIRECTION(rd, __wf_down)
__WF_DIRECTION(ru, __wf_up)
__WF_DIRECTION(rz, __wf_cut)
#undef __WF_DIRECTION
#endif
