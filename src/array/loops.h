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

/* NULL: there is none. Never for the 16-bit floats: those are computed in float32, see vm.c. */
wf_loop *wf_loop_of(wf_ufunc op, wf_dtype loop);
wf_loop *wf_loop_cast(wf_dtype from, wf_dtype to); /* in[0] → out; all pairs */

/* loops_float.c, loops_math.c, loops_integer.c, loops_complex.c */
wf_loop *loop_float(wf_ufunc op, wf_dtype t);
wf_loop *loop_math(wf_ufunc op, wf_dtype t);
wf_loop *loop_integer(wf_ufunc op, wf_dtype t);
wf_loop *loop_complex(wf_ufunc op, wf_dtype t);
wf_loop *loop_random(wf_ufunc op); /* of uint64 */

/* The same function for several instruction sets; the loader takes the best one that the CPU has. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__ELF__) &&                   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WF_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WF_CLONES
#endif
/* Elements are independent, also when out is an input. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* a loop that cannot be vectorised is still right */
#define WF_EACH(i, n) _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < (n); i++)
#else
#define WF_EACH(i, n) _Pragma("GCC ivdep") for (int64_t i = 0; i < (n); i++)
#endif

/* Loops of one, two inputs; x and y are the elements, `value` the result. */
#define WF_LOOP1(name, in_type, out_type, value)                                                             \
    WF_CLONES static void name(void *o, const void *const *in, int64_t n) {                                  \
        out_type *out = o;                                                                                   \
        const in_type *a = in[0];                                                                            \
        WF_EACH(i, n) {                                                                                      \
            in_type x = a[i];                                                                                \
            out[i] = (out_type)(value);                                                                      \
        }                                                                                                    \
    }
#define WF_LOOP2(name, in_type, out_type, value)                                                             \
    WF_CLONES static void name(void *o, const void *const *in, int64_t n) {                                  \
        out_type *out = o;                                                                                   \
        const in_type *a = in[0], *b = in[1];                                                                \
        WF_EACH(i, n) {                                                                                      \
            in_type x = a[i], y = b[i];                                                                      \
            out[i] = (out_type)(value);                                                                      \
        }                                                                                                    \
    }
#endif
