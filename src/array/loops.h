/* array/loops.h: ready-made loops over contiguous elements, one for each operation and element type, compiled
 * by the C compiler for several instruction sets and chosen at load time. They give the same bits as the
 * fused kernels: the formulas are those of fuse/lower.c and fuse/complex.c, the functions the device
 * library's. */
#ifndef WF_ARRAY_LOOPS_H
#define WF_ARRAY_LOOPS_H
#include "array/ops.h"

/* in[]: wf_ufunc_info.inputs arrays of n elements (of the loop's dtype; WHERE's condition is bool); out may
 * be the same memory as an input, element for element. */
typedef void wf_loop(void *out, const void *const *in, int64_t n);

/* NULL: there is none. Never for the 16-bit floats: those are computed in wf_ufunc_working(op), see vm.c. */
wf_loop *wf_loop_of(wf_ufunc op, wf_dtype loop);
wf_loop *wf_loop_cast(wf_dtype from, wf_dtype to); /* in[0] → out; all pairs */

/* loops_float.c, loops_math.c, loops_integer.c, loops_complex.c, loops_complex_math.c */
wf_loop *loop_float(wf_ufunc op, wf_dtype t);
wf_loop *loop_math(wf_ufunc op, wf_dtype t);
wf_loop *loop_integer(wf_ufunc op, wf_dtype t);
wf_loop *loop_complex(wf_ufunc op, wf_dtype t);
wf_loop *loop_complex_math(wf_ufunc op, wf_dtype t);
wf_loop *loop_random(wf_ufunc op, wf_dtype t); /* NULL: op makes no random numbers */

/* Of a function of 16-bit floats: argument and float32's result → what rounds to the nearest 16-bit float
 * (f16_exact.h). NULL: float32's result does. loops_half.c. */
wf_loop *wf_loop_nearest(wf_ufunc op, wf_dtype t);
wf_loop *loop_cast_half(wf_dtype from, wf_dtype to); /* between a 16-bit float and float32 or float64 */

/* The exact form of float32 functions (the setting EXACT), or NULL: loops_exact.c. */
wf_loop *loop_exact(wf_ufunc op);

/* A function compiled once. */
#define WF_ONCE(name, parameters, names, ...) static void name parameters __VA_ARGS__
/* A function compiled for several instruction sets, of which the best that the CPU has is taken:
 *     WF_CLONED(name, (parameters), (names of the parameters), { body })
 * gcc makes the copies itself (target_clones, chosen by the loader). clang's target_clones picks the wrong
 * one for an x86-64 level (clang 14), so there are three functions and one that chooses. */
#if defined(__x86_64__) && defined(__GNUC__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__) &&        \
    !defined(__SANITIZE_THREAD__)
#if defined(__clang__)
#define WF_V3 "avx,avx2,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt,sse4.2"
#define WF_V4 WF_V3 ",avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
static inline int wf_loop_level(void) {
    static int known; /* 0: not yet; the same whoever computes it */
    int level = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (level) return level;
    __builtin_cpu_init();
    level = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 3 : 1;
    if (level == 3 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        level = 4;
    __atomic_store_n(&known, level, __ATOMIC_RELAXED);
    return level;
}
#define WF_CLONED(name, parameters, names, ...)                                                              \
    __attribute__((target(WF_V4))) static void name##_v4 parameters __VA_ARGS__                              \
        __attribute__((target(WF_V3))) static void name##_v3 parameters                                      \
            __VA_ARGS__ static void name##_v1 parameters __VA_ARGS__ static void name parameters {           \
        int level = wf_loop_level();                                                                         \
        if (level == 4) name##_v4 names;                                                                     \
        else if (level == 3) name##_v3 names;                                                                \
        else name##_v1 names;                                                                                \
    }
#else
#define WF_CLONED(name, parameters, names, ...)                                                              \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3",                                         \
                                 "default"))) static void name parameters __VA_ARGS__
#endif
#else
#define WF_CLONED WF_ONCE
#endif
/* The smaller, the larger of two floats; -0 lies below +0. If one is NaN the result is it (maximum, minimum)
 * or the other (fmax, fmin). One select of conditions that compilers turn into masks: chains of ?: stay
 * branches, and loops scalar. */
#define WF_ABOVE_ZERO(x) (_Generic((x), float : __builtin_copysignf, default : __builtin_copysign)(1, x) > 0)
#define WF_MAXIMUM(x, y) (((x) > (y)) | ((x) != (x)) | (((x) == (y)) & WF_ABOVE_ZERO(x)) ? (x) : (y))
#define WF_MINIMUM(x, y) (((x) < (y)) | ((x) != (x)) | (((x) == (y)) & !WF_ABOVE_ZERO(x)) ? (x) : (y))
#define WF_FMAX(x, y) (((x) > (y)) | ((y) != (y)) | (((x) == (y)) & WF_ABOVE_ZERO(x)) ? (x) : (y))
#define WF_FMIN(x, y) (((x) < (y)) | ((y) != (y)) | (((x) == (y)) & !WF_ABOVE_ZERO(x)) ? (x) : (y))
/* Elements are independent, also when out is an input. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* a loop that cannot be vectorised is still right */
#define WF_EACH(i, n) _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < (n); i++)
#else
#define WF_EACH(i, n) _Pragma("GCC ivdep") for (int64_t i = 0; i < (n); i++)
#endif

/* Loops of one, two inputs; x and y are the elements, `value` the result. */
#define WF_LOOP_PARAMETERS (void *o, const void *const *in, int64_t n)
#define WF_LOOP1(name, in_type, out_type, value)                                                             \
    WF_CLONED(name, WF_LOOP_PARAMETERS, (o, in, n), {                                                        \
        out_type *out = o;                                                                                   \
        const in_type *a = in[0];                                                                            \
        WF_EACH(i, n) {                                                                                      \
            in_type x = a[i];                                                                                \
            out[i] = (out_type)(value);                                                                      \
        }                                                                                                    \
    })
#define WF_LOOP2(name, in_type, out_type, value)                                                             \
    WF_CLONED(name, WF_LOOP_PARAMETERS, (o, in, n), {                                                        \
        out_type *out = o;                                                                                   \
        const in_type *a = in[0], *b = in[1];                                                                \
        WF_EACH(i, n) {                                                                                      \
            in_type x = a[i], y = b[i];                                                                      \
            out[i] = (out_type)(value);                                                                      \
        }                                                                                                    \
    })
#endif
