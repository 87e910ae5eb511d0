// wf/half_operations.h: the functions of cuda_fp16.h and cuda_bf16.h that are written alike for both formats.
// Included once for each, with H (the type), H2 (its pair), WF_BITS and WF_FROM_BITS (to and from unsigned
// short), WF_PAIR (a name for the function that makes a pair of 32 bits) and WF_NEAREST(f) (the float
// function whose result, rounded to H, is right for every H).
//
// Arithmetic is done in float and rounded once, as the tree defines it for both types; __hfma rounds once
// too.

static __device__ inline H __hadd_rn(H a, H b) { return a + b; }
static __device__ inline H __hsub(H a, H b) { return a - b; }
static __device__ inline H __hsub_rn(H a, H b) { return a - b; }
static __device__ inline H __hmul(H a, H b) { return a * b; }
static __device__ inline H __hmul_rn(H a, H b) { return a * b; }
static __device__ inline H __hdiv(H a, H b) { return a / b; }
static __device__ inline H __hneg(H a) { return -a; }
static __device__ inline H __habs(H a) { return WF_FROM_BITS((unsigned short)(WF_BITS(a) & 0x7fff)); }
static __device__ inline H __hfma(H a, H b, H c) { return __wf_fma(a, b, c); }
static __device__ inline H __wf_saturated(H a) {
    return a > (H)0.0f ? (a < (H)1.0f ? a : (H)1.0f) : (H)0.0f; // a NaN gives 0
}
static __device__ inline H __hadd_sat(H a, H b) { return __wf_saturated(a + b); }
static __device__ inline H __hsub_sat(H a, H b) { return __wf_saturated(a - b); }
static __device__ inline H __hmul_sat(H a, H b) { return __wf_saturated(a * b); }
static __device__ inline H __hfma_sat(H a, H b, H c) { return __wf_saturated(__hfma(a, b, c)); }
static __device__ inline H __hfma_relu(H a, H b, H c) {
    H r = __hfma(a, b, c);
    return r < (H)0.0f ? (H)0.0f : r;
}

static __device__ inline bool __heq(H a, H b) { return a == b; }
static __device__ inline bool __hne(H a, H b) { return a == a && b == b && a != b; }
static __device__ inline bool __hlt(H a, H b) { return a < b; }
static __device__ inline bool __hle(H a, H b) { return a <= b; }
static __device__ inline bool __hgt(H a, H b) { return a > b; }
static __device__ inline bool __hge(H a, H b) { return a >= b; }
static __device__ inline bool __hequ(H a, H b) { return !(a < b || a > b); }
static __device__ inline bool __hneu(H a, H b) { return a != b; }
static __device__ inline bool __hltu(H a, H b) { return !(a >= b); }
static __device__ inline bool __hleu(H a, H b) { return !(a > b); }
static __device__ inline bool __hgtu(H a, H b) { return !(a <= b); }
static __device__ inline bool __hgeu(H a, H b) { return !(a < b); }
static __device__ inline bool __hisnan(H a) { return a != a; }
static __device__ inline H __hmin(H a, H b) { return __wf_fmin(a, b); }
static __device__ inline H __hmax(H a, H b) { return __wf_fmax(a, b); }
static __device__ inline H __hmin_nan(H a, H b) { return a != a ? a : b != b ? b : __wf_fmin(a, b); }
static __device__ inline H __hmax_nan(H a, H b) { return a != a ? a : b != b ? b : __wf_fmax(a, b); }

static __device__ inline H hsqrt(H a) { return (H)sqrtf((float)a); }
static __device__ inline H hrsqrt(H a) { return (H)WF_NEAREST(rsqrt)((float)a); }
static __device__ inline H hrcp(H a) { return (H)(1.0f / (float)a); }
static __device__ inline H hexp(H a) { return (H)WF_NEAREST(exp)((float)a); }
static __device__ inline H hexp2(H a) { return (H)WF_NEAREST(exp2)((float)a); }
static __device__ inline H hexp10(H a) { return (H)WF_NEAREST(exp10)((float)a); }
static __device__ inline H hlog(H a) { return (H)WF_NEAREST(log)((float)a); }
static __device__ inline H hlog2(H a) { return (H)WF_NEAREST(log2)((float)a); }
static __device__ inline H hlog10(H a) { return (H)WF_NEAREST(log10)((float)a); }
static __device__ inline H hsin(H a) { return (H)WF_NEAREST(sin)((float)a); }
static __device__ inline H hcos(H a) { return (H)WF_NEAREST(cos)((float)a); }
static __device__ inline H htanh(H a) { return (H)WF_NEAREST(tanh)((float)a); }
static __device__ inline H hfloor(H a) { return (H)floorf((float)a); }
static __device__ inline H hceil(H a) { return (H)ceilf((float)a); }
static __device__ inline H htrunc(H a) { return (H)truncf((float)a); }
static __device__ inline H hrint(H a) { return (H)rintf((float)a); }

// --- pairs

static __device__ inline H2 __halves2half2(H a, H b) { return H2(a, b); }
static __device__ inline H __low2half(H2 a) { return a.x; }
static __device__ inline H __high2half(H2 a) { return a.y; }
static __device__ inline float __low2float(H2 a) { return (float)a.x; }
static __device__ inline float __high2float(H2 a) { return (float)a.y; }
static __device__ inline H2 __low2half2(H2 a) { return H2(a.x, a.x); }
static __device__ inline H2 __high2half2(H2 a) { return H2(a.y, a.y); }
static __device__ inline H2 __lows2half2(H2 a, H2 b) { return H2(a.x, b.x); }
static __device__ inline H2 __highs2half2(H2 a, H2 b) { return H2(a.y, b.y); }
static __device__ inline H2 __lowhigh2highlow(H2 a) { return H2(a.y, a.x); }

static __device__ inline H2 __hadd2(H2 a, H2 b) { return H2(a.x + b.x, a.y + b.y); }
static __device__ inline H2 __hsub2(H2 a, H2 b) { return H2(a.x - b.x, a.y - b.y); }
static __device__ inline H2 __hmul2(H2 a, H2 b) { return H2(a.x * b.x, a.y * b.y); }
static __device__ inline H2 __hadd2_rn(H2 a, H2 b) { return H2(a.x + b.x, a.y + b.y); }
static __device__ inline H2 __hsub2_rn(H2 a, H2 b) { return H2(a.x - b.x, a.y - b.y); }
static __device__ inline H2 __hmul2_rn(H2 a, H2 b) { return H2(a.x * b.x, a.y * b.y); }
static __device__ inline H2 __h2div(H2 a, H2 b) { return H2(a.x / b.x, a.y / b.y); }
static __device__ inline H2 __hneg2(H2 a) { return H2(-a.x, -a.y); }
static __device__ inline H2 __habs2(H2 a) { return H2(__habs(a.x), __habs(a.y)); }
static __device__ inline H2 __hfma2(H2 a, H2 b, H2 c) {
    return H2(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y));
}
static __device__ inline H2 __hfma2_relu(H2 a, H2 b, H2 c) {
    return H2(__hfma_relu(a.x, b.x, c.x), __hfma_relu(a.y, b.y, c.y));
}
static __device__ inline H2 __hfma2_sat(H2 a, H2 b, H2 c) {
    return H2(__hfma_sat(a.x, b.x, c.x), __hfma_sat(a.y, b.y, c.y));
}
static __device__ inline H2 __hadd2_sat(H2 a, H2 b) { return H2(__hadd_sat(a.x, b.x), __hadd_sat(a.y, b.y)); }
static __device__ inline H2 __hsub2_sat(H2 a, H2 b) { return H2(__hsub_sat(a.x, b.x), __hsub_sat(a.y, b.y)); }
static __device__ inline H2 __hmul2_sat(H2 a, H2 b) { return H2(__hmul_sat(a.x, b.x), __hmul_sat(a.y, b.y)); }
static __device__ inline H2 __hmin2(H2 a, H2 b) { return H2(__hmin(a.x, b.x), __hmin(a.y, b.y)); }
static __device__ inline H2 __hmax2(H2 a, H2 b) { return H2(__hmax(a.x, b.x), __hmax(a.y, b.y)); }

// Comparisons of pairs: 1.0 or 0.0 for each, or (b) whether both hold.
#define WF_COMPARE(name)                                                                                     \
    static __device__ inline H2 __h##name##2(H2 a, H2 b) {                                                   \
        return H2((H)(float)__h##name(a.x, b.x), (H)(float)__h##name(a.y, b.y));                             \
    }                                                                                                        \
    static __device__ inline bool __hb##name##2(H2 a, H2 b) {                                                \
        return __h##name(a.x, b.x) && __h##name(a.y, b.y);                                                   \
    }
WF_COMPARE(eq)
WF_COMPARE(ne)
WF_COMPARE(lt)
WF_COMPARE(le)
WF_COMPARE(gt)
WF_COMPARE(ge)
WF_COMPARE(equ)
WF_COMPARE(neu)
WF_COMPARE(ltu)
WF_COMPARE(leu)
WF_COMPARE(gtu)
WF_COMPARE(geu)
#undef WF_COMPARE
static __device__ inline H2 __hisnan2(H2 a) { return H2((H)(float)(a.x != a.x), (H)(float)(a.y != a.y)); }

#define WF_EACH(name)                                                                                        \
    static __device__ inline H2 h2##name(H2 a) { return H2(h##name(a.x), h##name(a.y)); }
WF_EACH(sqrt)
WF_EACH(rsqrt)
WF_EACH(rcp)
WF_EACH(exp)
WF_EACH(exp2)
WF_EACH(exp10)
WF_EACH(log)
WF_EACH(log2)
WF_EACH(log10)
WF_EACH(sin)
WF_EACH(cos)
WF_EACH(tanh)
WF_EACH(floor)
WF_EACH(ceil)
WF_EACH(trunc)
WF_EACH(rint)
#undef WF_EACH

static __device__ inline H2 operator+(H2 a, H2 b) { return __hadd2(a, b); }
static __device__ inline H2 operator-(H2 a, H2 b) { return __hsub2(a, b); }
static __device__ inline H2 operator*(H2 a, H2 b) { return __hmul2(a, b); }
static __device__ inline H2 operator/(H2 a, H2 b) { return __h2div(a, b); }
static __device__ inline H2 operator-(H2 a) { return __hneg2(a); }
static __device__ inline H2 &operator+=(H2 &a, H2 b) { return a = __hadd2(a, b); }
static __device__ inline H2 &operator-=(H2 &a, H2 b) { return a = __hsub2(a, b); }
static __device__ inline H2 &operator*=(H2 &a, H2 b) { return a = __hmul2(a, b); }
static __device__ inline H2 &operator/=(H2 &a, H2 b) { return a = __h2div(a, b); }
static __device__ inline bool operator==(H2 a, H2 b) { return a.x == b.x && a.y == b.y; }
static __device__ inline bool operator!=(H2 a, H2 b) { return !(a == b); }

// Two additions, each atomic by itself, as CUDA has it for pairs.
static __device__ inline H2 atomicAdd(H2 *address, H2 value) {
    H *parts = (H *)address;
    H x = atomicAdd(parts, value.x);
    return H2(x, atomicAdd(parts + 1, value.y));
}
static __device__ inline H2 __ldg(const H2 *p) { return *p; }
static __device__ inline H2 WF_PAIR(unsigned bits) {
    return H2(WF_FROM_BITS((unsigned short)bits), WF_FROM_BITS((unsigned short)(bits >> 16)));
}
static __device__ inline unsigned __wf_bits_of(H2 a) {
    return (unsigned)WF_BITS(a.x) | (unsigned)WF_BITS(a.y) << 16;
}
static __device__ inline H2 __shfl_sync(unsigned mask, H2 a, int lane, int width = 32) {
    return WF_PAIR(__shfl_sync(mask, __wf_bits_of(a), lane, width));
}
static __device__ inline H2 __shfl_up_sync(unsigned mask, H2 a, unsigned delta, int width = 32) {
    return WF_PAIR(__shfl_up_sync(mask, __wf_bits_of(a), delta, width));
}
static __device__ inline H2 __shfl_down_sync(unsigned mask, H2 a, unsigned delta, int width = 32) {
    return WF_PAIR(__shfl_down_sync(mask, __wf_bits_of(a), delta, width));
}
static __device__ inline H2 __shfl_xor_sync(unsigned mask, H2 a, int lanes, int width = 32) {
    return WF_PAIR(__shfl_xor_sync(mask, __wf_bits_of(a), lanes, width));
}
