/* bulk/fma.h: x * y + z, rounded once, of vectors of 64, of 32 and of few bytes, and what makes gcc and clang
 * compile a function for the instruction sets that have it. Who calls such a function has asked the CPU. */
#ifndef WF_BULK_FMA_H
#define WF_BULK_FMA_H
#if defined(__x86_64__)
#include <immintrin.h>
#define WF_X86
#define WF_AVX512 __attribute__((target("avx512f,avx512dq")))
#define WF_AVX2 __attribute__((target("avx2,fma")))
#endif
#define FMA64_f32(V, x, y, z) ((V)_mm512_fmadd_ps((__m512)(x), (__m512)(y), (__m512)(z)))
#define FMA32_f32(V, x, y, z) ((V)_mm256_fmadd_ps((__m256)(x), (__m256)(y), (__m256)(z)))
#define FMA1_f32(V, x, y, z) ((V){__builtin_fmaf((x)[0], (y)[0], (z)[0])})
#define FMA64_f64(V, x, y, z) ((V)_mm512_fmadd_pd((__m512d)(x), (__m512d)(y), (__m512d)(z)))
#define FMA32_f64(V, x, y, z) ((V)_mm256_fmadd_pd((__m256d)(x), (__m256d)(y), (__m256d)(z)))
#define FMA1_f64(V, x, y, z) ((V){__builtin_fma((x)[0], (y)[0], (z)[0])})
#endif
