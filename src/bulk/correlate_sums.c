/* bulk/correlate_sums.c: see correlate.h. The order of a sum is that of device/k_correlate.cu
 * (docs/orders.md, version 2): the first product rounded, then fused multiply-adds in the order of the
 * weights; of symmetric weights the two elements that share one are added first, from the outside in, and the
 * middle comes last.
 *
 * With AVX-512 a sum of 25 symmetric weights is 25 additions for every two vectors' worth of ports and as
 * many reads of the first cache; two results below each other halve the reads. AVX2's 16 registers have no
 * room for that. */
#include "bulk/correlate.h"
#include "bulk/fma.h"
#include <stddef.h>

_Static_assert(BULK_SUMS_ROWS == 2, "results below each other");

#ifdef WF_X86
#define NAME(x) x##_512
#define ATTRIBUTE WF_AVX512
#define BYTES 64
#define UNROLL 4
#define ROWS 2 /* BULK_SUMS_ROWS, which the preprocessor does not know */
#define FMA FMA64_f64
#include "bulk/correlate_sums.h"
#undef NAME
#undef ATTRIBUTE
#undef BYTES
#undef UNROLL
#undef ROWS
#undef FMA

#define NAME(x) x##_256
#define ATTRIBUTE WF_AVX2
#define BYTES 32
#define UNROLL 4
#define ROWS 1
#define FMA FMA32_f64
#include "bulk/correlate_sums.h"
#undef NAME
#undef ATTRIBUTE
#undef BYTES
#undef UNROLL
#undef ROWS
#undef FMA
#endif

#define NAME(x) x##_64
#define ATTRIBUTE
#define BYTES 16
#define UNROLL 4
#define ROWS 1
#define FMA(V, x, y, z) ((V){__builtin_fma((x)[0], (y)[0], (z)[0]), __builtin_fma((x)[1], (y)[1], (z)[1])})
#include "bulk/correlate_sums.h"

const bulk_sums *bulk_sums_of(int bits) {
    static const bulk_sums plain = {run_64};
#ifdef WF_X86
    static const bulk_sums wide = {run_512}, half = {run_256};
    __builtin_cpu_init();
    if (bits == 512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? &wide : NULL;
    if (bits == 256) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &half : NULL;
#endif
    return bits == 64 ? &plain : NULL;
}

const bulk_sums *bulk_sums_best(void) {
    const bulk_sums *found = bulk_sums_of(512);
    if (!found) found = bulk_sums_of(256);
    return found ? found : bulk_sums_of(64);
}
