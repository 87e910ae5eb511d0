/* bulk/scan_wide.c: see scan_wide.h. The order is that of scan.c, bit by bit.
 *
 * A block of 16 groups of 16 is 16 registers, turned so that a lane is a group: its running sum is an
 * addition of registers for each element. What stands before a group is found in the same way for a whole
 * tile, whose 256 groups' totals are 16 registers too; then the blocks are turned back. Where nothing stands
 * before, -0 is added, which changes no bits.
 *
 * Results that no cache will keep go past it: a line that is to be overwritten is then not read first, which
 * took a third of the memory's time (20 and 12 ms of processor time for 2^24 elements). */
#include "bulk/scan_wide.h"
#include "bulk/fma.h"
#include <stddef.h>

#ifdef WF_X86
enum { L = 16, BLOCK = L * L, TILE = L * BLOCK };

/* Rows and columns exchanged: neighbours, pairs, quarters, halves. */
WF_AVX512 static inline __attribute__((always_inline)) void turn(__m512 *r) {
    __m512 a[L], b[L];
#pragma GCC unroll 16
    for (int i = 0; i < L; i += 2)
        a[i] = _mm512_unpacklo_ps(r[i], r[i + 1]), a[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
#define PAIRS(low, x, y) ((__m512)_mm512_unpack##low##_pd((__m512d)(x), (__m512d)(y)))
#pragma GCC unroll 4
    for (int i = 0; i < L; i += 4) {
        b[i] = PAIRS(lo, a[i], a[i + 2]), b[i + 1] = PAIRS(hi, a[i], a[i + 2]);
        b[i + 2] = PAIRS(lo, a[i + 1], a[i + 3]), b[i + 3] = PAIRS(hi, a[i + 1], a[i + 3]);
    }
#undef PAIRS
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        __m512 even = _mm512_shuffle_f32x4(b[i], b[i + 4], 0x88),
               odd = _mm512_shuffle_f32x4(b[i], b[i + 4], 0xdd),
               even2 = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0x88),
               odd2 = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0xdd);
        r[i] = _mm512_shuffle_f32x4(even, even2, 0x88), r[i + 8] = _mm512_shuffle_f32x4(even, even2, 0xdd);
        r[i + 4] = _mm512_shuffle_f32x4(odd, odd2, 0x88), r[i + 12] = _mm512_shuffle_f32x4(odd, odd2, 0xdd);
    }
}

/* A block's running sums within its groups, a lane for each; the last are the groups' totals. */
WF_AVX512 static inline __attribute__((always_inline)) void chains(const float *x, __m512 *r) {
#pragma GCC unroll 16
    for (int g = 0; g < L; g++) r[g] = _mm512_loadu_ps(x + g * L);
    turn(r);
#pragma GCC unroll 16
    for (int k = 1; k < L; k++) r[k] = _mm512_add_ps(r[k - 1], r[k]);
}

WF_AVX512 static void totals(const float *x, int64_t tiles, float *to) {
    for (; tiles > 0; tiles--, to++) {
        __m512 groups[L];
        float blocks[L];
        for (int b = 0; b < L; b++, x += BLOCK) {
            __m512 r[L];
            chains(x, r);
            groups[b] = r[L - 1];
        }
        turn(groups);
        for (int g = 1; g < L; g++) groups[0] = _mm512_add_ps(groups[0], groups[g]);
        _mm512_storeu_ps(blocks, groups[0]);
        *to = blocks[0];
        for (int b = 1; b < L; b++) *to = *to + blocks[b];
    }
}

/* Of a tile's groups' totals, a register for each block: what stands before each group, the tiles included.
 */
WF_AVX512 static void before_groups(__m512 *groups, float tiles) {
    __m512 before = _mm512_set1_ps(-0.0f), lanes;
    float totals[L], blocks[L];
    turn(groups);
    for (int g = 0; g < L; g++) {
        __m512 total = groups[g];
        groups[g] = before, before = _mm512_add_ps(before, total);
    }
    _mm512_storeu_ps(totals, before);
    blocks[0] = -0.0f;
    for (int b = 1; b < L; b++) blocks[b] = blocks[b - 1] + totals[b - 1];
    lanes = _mm512_add_ps(_mm512_set1_ps(tiles), _mm512_loadu_ps(blocks));
    for (int g = 0; g < L; g++) groups[g] = _mm512_add_ps(lanes, groups[g]);
    turn(groups);
}

WF_AVX512 static void span(const float *x, float *out, int64_t tiles, const float *start, const float *ends,
                           int past_cache) {
    past_cache = past_cache && (uintptr_t)out % sizeof(__m512) == 0;
    for (int64_t t = 0; t < tiles; t++) {
        __m512 sums[L][L], groups[L];
        for (int b = 0; b < L; b++, x += BLOCK) {
            chains(x, sums[b]);
            groups[b] = sums[b][L - 1];
        }
        before_groups(groups, t ? ends[t - 1] : start ? *start : -0.0f);
        for (int b = 0; b < L; b++, out += BLOCK) {
            __m512 r[L];
#pragma GCC unroll 16
            for (int k = 0; k < L; k++) r[k] = _mm512_add_ps(groups[b], sums[b][k]);
            turn(r);
            if (past_cache) {
#pragma GCC unroll 16
                for (int g = 0; g < L; g++) _mm512_stream_ps(out + g * L, r[g]);
            } else {
#pragma GCC unroll 16
                for (int g = 0; g < L; g++) _mm512_storeu_ps(out + g * L, r[g]);
            }
        }
    }
    if (past_cache) _mm_sfence();
}

const bulk_scan_wide *bulk_scan_wide_f32(void) {
    static const bulk_scan_wide wide = {totals, span};
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? &wide : NULL;
}
#else
const bulk_scan_wide *bulk_scan_wide_f32(void) { return NULL; }
#endif
