// wf/video.h: CUDA's operations on the bytes or halves of a word (__vadd4 …), the three-way ones of newer
// GPUs
// (__vimax3_s32 …), __dp2a and __fns. Read when a source mentions one of them.
//
// Each is a loop over the parts of the word that is unrolled; the compiler makes of it what the target has.
#pragma once
#define __WF_FIELD(word, k, type, bits) ((int)(type)((word) >> ((k) * (bits))))
#define __WF_V1(name, type, bits, what)                                                                      \
    inline __host__ __device__ unsigned name(unsigned a) {                                                   \
        unsigned r = 0;                                                                                      \
        for (int k = 0; k < 32 / bits; k++) {                                                                \
            int x = __WF_FIELD(a, k, type, bits);                                                            \
            r |= ((unsigned)(what) & (0xffffffffu >> (32 - bits))) << (k * bits);                            \
        }                                                                                                    \
        return r;                                                                                            \
    }
#define __WF_V2(name, type, bits, what)                                                                      \
    inline __host__ __device__ unsigned name(unsigned a, unsigned b) {                                       \
        unsigned r = 0;                                                                                      \
        for (int k = 0; k < 32 / bits; k++) {                                                                \
            int x = __WF_FIELD(a, k, type, bits), y = __WF_FIELD(b, k, type, bits);                          \
            r |= ((unsigned)(what) & (0xffffffffu >> (32 - bits))) << (k * bits);                            \
        }                                                                                                    \
        return r;                                                                                            \
    }
#define __WF_V3(name, type, what)                                                                            \
    inline __host__ __device__ unsigned name(unsigned a, unsigned b, unsigned c) {                           \
        unsigned r = 0;                                                                                      \
        for (int k = 0; k < 2; k++) {                                                                        \
            int x = __WF_FIELD(a, k, type, 16), y = __WF_FIELD(b, k, type, 16),                              \
                z = __WF_FIELD(c, k, type, 16);                                                              \
            r |= ((unsigned)(what)&0xffffu) << (k * 16);                                                     \
        }                                                                                                    \
        return r;                                                                                            \
    }
#define __WF_SAD(name, type, bits)                                                                           \
    inline __host__ __device__ unsigned name(unsigned a, unsigned b) {                                       \
        unsigned r = 0;                                                                                      \
        for (int k = 0; k < 32 / bits; k++) {                                                                \
            int x = __WF_FIELD(a, k, type, bits), y = __WF_FIELD(b, k, type, bits);                          \
            r += (unsigned)(x < y ? y - x : x - y);                                                          \
        }                                                                                                    \
        return r;                                                                                            \
    }
inline __host__ __device__ int __wf_held(int v, int low, int high) {
    return v < low ? low : v > high ? high : v;
}

// what is the same for bytes and halves: n of them, of `bits` bits, as s and as u
#define __WF_WIDTH(n, bits, s, u, low, high, most)                                                           \
    __WF_V1(__vabs##n, s, bits, x < 0 ? -x : x)                                                              \
    __WF_V1(__vabsss##n, s, bits, __wf_held(x < 0 ? -x : x, low, high))                                      \
    __WF_V1(__vneg##n, s, bits, -x)                                                                          \
    __WF_V1(__vnegss##n, s, bits, __wf_held(-x, low, high))                                                  \
    __WF_V2(__vadd##n, s, bits, x + y)                                                                       \
    __WF_V2(__vsub##n, s, bits, x - y)                                                                       \
    __WF_V2(__vaddss##n, s, bits, __wf_held(x + y, low, high))                                               \
    __WF_V2(__vaddus##n, u, bits, __wf_held(x + y, 0, most))                                                 \
    __WF_V2(__vsubss##n, s, bits, __wf_held(x - y, low, high))                                               \
    __WF_V2(__vsubus##n, u, bits, __wf_held(x - y, 0, most))                                                 \
    __WF_V2(__vabsdiffs##n, s, bits, x < y ? y - x : x - y)                                                  \
    __WF_V2(__vabsdiffu##n, u, bits, x < y ? y - x : x - y)                                                  \
    __WF_V2(__vavgs##n, s, bits, (x + y + (x + y >= 0)) >> 1)                                                \
    __WF_V2(__vavgu##n, u, bits, (x + y + 1) >> 1)                                                           \
    __WF_V2(__vhaddu##n, u, bits, (x + y) >> 1)                                                              \
    __WF_V2(__vmaxs##n, s, bits, x < y ? y : x)                                                              \
    __WF_V2(__vmaxu##n, u, bits, x < y ? y : x)                                                              \
    __WF_V2(__vmins##n, s, bits, y < x ? y : x)                                                              \
    __WF_V2(__vminu##n, u, bits, y < x ? y : x)                                                              \
    __WF_SAD(__vsads##n, s, bits)                                                                            \
    __WF_SAD(__vsadu##n, u, bits)                                                                            \
    __WF_COMPARE(eq##n, s, bits, x == y)                                                                     \
    __WF_COMPARE(ne##n, s, bits, x != y)                                                                     \
    __WF_COMPARE(ges##n, s, bits, x >= y)                                                                    \
    __WF_COMPARE(geu##n, u, bits, x >= y)                                                                    \
    __WF_COMPARE(gts##n, s, bits, x > y)                                                                     \
    __WF_COMPARE(gtu##n, u, bits, x > y)                                                                     \
    __WF_COMPARE(les##n, s, bits, x <= y)                                                                    \
    __WF_COMPARE(leu##n, u, bits, x <= y)                                                                    \
    __WF_COMPARE(lts##n, s, bits, x < y) __WF_COMPARE(ltu##n, u, bits, x < y)
#define __WF_COMPARE(name, type, bits, what)                                                                 \
    __WF_V2(__vcmp##name, type, bits, (what) ? -1 : 0) __WF_V2(__vset##name, type, bits, (what) ? 1 : 0)
__WF_WIDTH(4, 8, signed char, unsigned char, -128, 127, 255)
__WF_WIDTH(2, 16, short, unsigned short, -32768, 32767, 65535)

// --- sums and extremes of three: 32 bits, and two halves; relu: not below zero

#define __WF_MAX(x, y) ((x) < (y) ? (y) : (x))
#define __WF_MIN(x, y) ((y) < (x) ? (y) : (x))
#define __WF_S(type, v) ((int)(type)(v))
#define __WF_THREE(suffix, T, what1, what2, what3, what4)                                                    \
    inline __host__ __device__ T __viaddmax_##suffix(T a, T b, T c) { return what1; }                        \
    inline __host__ __device__ T __viaddmin_##suffix(T a, T b, T c) { return what2; }                        \
    inline __host__ __device__ T __vimax3_##suffix(T a, T b, T c) { return what3; }                          \
    inline __host__ __device__ T __vimin3_##suffix(T a, T b, T c) { return what4; }
inline __host__ __device__ int __wf_sum(int a, int b) { return (int)((unsigned)a + (unsigned)b); }
__WF_THREE(s32, int, max(__wf_sum(a, b), c), min(__wf_sum(a, b), c), max(max(a, b), c), min(min(a, b), c))
__WF_THREE(u32, unsigned, max(a + b, c), min(a + b, c), max(max(a, b), c), min(min(a, b), c))
__WF_THREE(s32_relu, int, max(max(__wf_sum(a, b), c), 0), max(min(__wf_sum(a, b), c), 0),
           max(max(max(a, b), c), 0), max(min(min(a, b), c), 0))
__WF_V3(__viaddmax_s16x2, short, __WF_MAX(__WF_S(short, x + y), z))
__WF_V3(__viaddmin_s16x2, short, __WF_MIN(__WF_S(short, x + y), z))
__WF_V3(__viaddmax_u16x2, unsigned short, __WF_MAX(__WF_S(unsigned short, x + y), z))
__WF_V3(__viaddmin_u16x2, unsigned short, __WF_MIN(__WF_S(unsigned short, x + y), z))
__WF_V3(__viaddmax_s16x2_relu, short, __WF_MAX(__WF_MAX(__WF_S(short, x + y), z), 0))
__WF_V3(__viaddmin_s16x2_relu, short, __WF_MAX(__WF_MIN(__WF_S(short, x + y), z), 0))
__WF_V3(__vimax3_s16x2, short, __WF_MAX(__WF_MAX(x, y), z))
__WF_V3(__vimin3_s16x2, short, __WF_MIN(__WF_MIN(x, y), z))
__WF_V3(__vimax3_u16x2, unsigned short, __WF_MAX(__WF_MAX(x, y), z))
__WF_V3(__vimin3_u16x2, unsigned short, __WF_MIN(__WF_MIN(x, y), z))
__WF_V3(__vimax3_s16x2_relu, short, __WF_MAX(__WF_MAX(__WF_MAX(x, y), z), 0))
__WF_V3(__vimin3_s16x2_relu, short, __WF_MAX(__WF_MIN(__WF_MIN(x, y), z), 0))
__WF_V2(__vimax_s16x2_relu, short, 16, __WF_MAX(__WF_MAX(x, y), 0))
__WF_V2(__vimin_s16x2_relu, short, 16, __WF_MAX(__WF_MIN(x, y), 0))
inline __host__ __device__ int __vimax_s32_relu(int a, int b) { return max(max(a, b), 0); }
inline __host__ __device__ int __vimin_s32_relu(int a, int b) { return max(min(a, b), 0); }
// the larger or smaller, and whether it was the first
#define __WF_PICK(name, T, op)                                                                               \
    inline __host__ __device__ T name(const T a, const T b, bool *const first) {                             \
        *first = a op b;                                                                                     \
        return *first ? a : b;                                                                               \
    }
__WF_PICK(__vibmax_s32, int, >=)
__WF_PICK(__vibmin_s32, int, <=)
__WF_PICK(__vibmax_u32, unsigned, >=)
__WF_PICK(__vibmin_u32, unsigned, <=)

// --- two halves times two bytes of a word, and a sum

#define __WF_DP2A(name, at, A, wide, bytes, half, byte, quad, from)                                          \
    inline __host__ __device__ A name(A a, A b, A c) {                                                       \
        return c + (A)((wide)(half)a * (byte)(b >> at)) +                                                    \
               (A)((wide)(half)((unsigned)a >> 16) * (byte)(b >> (at + 8)));                                 \
    }                                                                                                        \
    inline __host__ __device__ A name(bytes a, quad b, A c) {                                                \
        return c + (A)(a.x * from) + (A)(a.y * from##w);                                                     \
    }
#define __wf_low b.x
#define __wf_loww b.y
#define __wf_high b.z
#define __wf_highw b.w
__WF_DP2A(__dp2a_lo, 0, int, int, short2, short, signed char, char4, __wf_low)
__WF_DP2A(__dp2a_lo, 0, unsigned, unsigned, ushort2, unsigned short, unsigned char, uchar4, __wf_low)
__WF_DP2A(__dp2a_hi, 16, int, int, short2, short, signed char, char4, __wf_high)
__WF_DP2A(__dp2a_hi, 16, unsigned, unsigned, ushort2, unsigned short, unsigned char, uchar4, __wf_high)
#undef __wf_low
#undef __wf_loww
#undef __wf_high
#undef __wf_highw

// The place of the n-th set bit (from 1) at or above `base`, for negative n at or below it; ~0: there is
// none.
inline __host__ __device__ unsigned __fns(unsigned mask, unsigned base, int n) {
    if (n == 0) return mask >> base & 1 ? base : 0xffffffffu;
    int step = n > 0 ? 1 : -1;
    for (int at = (int)base; at >= 0 && at < 32; at += step)
        if (mask >> at & 1 && (n -= step) == 0) return (unsigned)at;
    return 0xffffffffu;
}
#undef __WF_FIELD
#undef __WF_V1
#undef __WF_V2
#undef __WF_V3
#undef __WF_SAD
#undef __WF_WIDTH
#undef __WF_COMPARE
#undef __WF_MAX
#undef __WF_MIN
#undef __WF_S
#undef __WF_THREE
#undef __WF_PICK
#undef __WF_DP2A
