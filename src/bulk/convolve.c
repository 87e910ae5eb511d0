/* bulk/convolve.c: sums of products of a short vector with each stretch of a longer one (convolve, correlate), in the order of
 * weft/_array/signals.py, which GPUs run: up to FEW products one after another, more as a tile of a reduction adds them
 * (fuse/fuse.h): product k in lane k mod L, then lanes l + L/2, L/4 … 1. Each operation is rounded. A block of results lies side
 * by side in vectors. */
#include "base/memory.h"
#include "bulk/inner.h"
#include <string.h>

enum { BLOCK = 32, FEW = 16 };

typedef struct work {
    char *out;
    const char *a; /* with what stands beyond the ends */
    const char *v;
    int64_t count, n;
} work;

#define CONVOLVE(T, LANES)                                                                                   \
    WF_BULK_CLONES static void few_##T(T *out, const T *a, const T *v, int64_t n) {                          \
        T sum[BLOCK];                                                                                        \
        for (int b = 0; b < BLOCK; b++) sum[b] = a[b] * v[0];                                                \
        for (int64_t k = 1; k < n; k++)                                                                      \
            for (int b = 0; b < BLOCK; b++) sum[b] = sum[b] + a[k + b] * v[k];                               \
        memcpy(out, sum, sizeof sum);                                                                        \
    }                                                                                                        \
    WF_BULK_CLONES static void many_##T(T *out, const T *a, const T *v, int64_t n) {                         \
        T sum[LANES][BLOCK];                                                                                 \
        int64_t lanes = n < LANES ? n : LANES;                                                               \
        for (int64_t k = 0; k < lanes; k++)                                                                  \
            for (int b = 0; b < BLOCK; b++) sum[k][b] = a[k + b] * v[k];                                     \
        for (int64_t k = lanes; k < n; k++) {                                                                \
            T *s = sum[k % LANES];                                                                           \
            for (int b = 0; b < BLOCK; b++) s[b] = s[b] + a[k + b] * v[k];                                   \
        }                                                                                                    \
        for (int64_t half = LANES / 2; half; half /= 2) {                                                    \
            for (int64_t l = 0; l + half < lanes; l++)                                                       \
                for (int b = 0; b < BLOCK; b++) sum[l][b] = sum[l][b] + sum[l + half][b];                    \
            if (lanes > half) lanes = half;                                                                  \
        }                                                                                                    \
        memcpy(out, sum[0], sizeof sum[0]);                                                                  \
    }                                                                                                        \
    static int piece_##T(void *user, uint32_t worker, uint64_t first, uint64_t last) {                       \
        const work *w = user;                                                                                \
        (void)worker;                                                                                        \
        for (uint64_t block = first; block < last; block++) {                                                \
            int64_t at = (int64_t)block * BLOCK, left = w->count - at;                                       \
            const T *a = (const T *)(const void *)w->a + at, *v = (const T *)(const void *)w->v;             \
            T here[BLOCK];                                                                                   \
            if (w->n <= FEW) few_##T(here, a, v, w->n);                                                      \
            else many_##T(here, a, v, w->n);                                                                 \
            memcpy((T *)(void *)w->out + at, here, (size_t)(left < BLOCK ? left : BLOCK) * sizeof(T));       \
        }                                                                                                    \
        return 0;                                                                                            \
    }                                                                                                        \
    static int all_finite_##T(const T *v, int64_t n) {                                                       \
        int odd = 0;                                                                                         \
        for (int64_t k = 0; k < n; k++) odd |= v[k] - v[k] != 0;                                             \
        return !odd;                                                                                         \
    }                                                                                                        \
    /* One sum, of which the products from `first` to `last` are of elements of a. */                        \
    static T edge_##T(const T *a, const T *v, int64_t n, int64_t first, int64_t last) {                      \
        T sum[LANES];                                                                                        \
        int64_t lanes = n <= FEW ? 1 : n < LANES ? n : LANES;                                                \
        for (int64_t k = 0; k < n; k++) {                                                                    \
            int is_odd = v[k] - v[k] != 0;                                                                   \
            T product = a[k] * (is_odd && (k < first || k >= last) ? (T)0 : v[k]);                           \
            sum[k % lanes] = k < lanes ? product : sum[k % lanes] + product;                                 \
        }                                                                                                    \
        for (int64_t half = LANES / 2; half; half /= 2) {                                                    \
            for (int64_t l = 0; l + half < lanes; l++) sum[l] = sum[l] + sum[l + half];                      \
            if (lanes > half) lanes = half;                                                                  \
        }                                                                                                    \
        return sum[0];                                                                                       \
    }                                                                                                        \
    /* Where v has a NaN or an infinity, the zeros beyond the ends are no factors of it. */                  \
    static void edges_##T(const work *w, int64_t left, int64_t size) {                                       \
        const T *a = (const T *)(const void *)w->a, *v = (const T *)(const void *)w->v;                      \
        T *out = (T *)(void *)w->out;                                                                        \
        if (all_finite_##T(v, w->n)) return;                                                                 \
        for (int64_t i = 0; i < w->count; i++) {                                                             \
            if (i == left && size >= w->n) i += size - w->n + 1; /* those between lie within */              \
            if (i < w->count) out[i] = edge_##T(a + i, v, w->n, left - i, left + size - i);                  \
        }                                                                                                    \
    }
CONVOLVE(float, 128)
CONVOLVE(double, 64)

/* arrays: the sums; the longer vector; the shorter one, at most a tile long (all float32 or all float64, dense). numbers: how many
 * zeros stand before the longer one. */
wf_status bulk_convolve(wf_bulk_call *call) {
    const wf_bulk_array *out = &call->arrays[0], *a = &call->arrays[1], *v = &call->arrays[2];
    int64_t item = bulk_item(a), left = call->numbers[0], wide = out->size + v->size - 1 + BLOCK;
    if (!out->size) return WF_OK;
    char *padded = wf_malloc((size_t)(wide * item));
    if (!padded) return bulk_no_memory(call);
    memset(padded, 0, (size_t)(left * item));
    memcpy(padded + left * item, a->data, (size_t)(a->size * item));
    memset(padded + (left + a->size) * item, 0, (size_t)((wide - left - a->size) * item));
    work w = {(char *)out->data, padded, (const char *)v->data, out->size, v->size};
    int64_t blocks = (w.count + BLOCK - 1) / BLOCK, grain = (1 << 13) / w.n + 1;
    int single = out->dtype == WF_DT_FLOAT32;
    bulk_each(call, blocks, grain, single ? piece_float : piece_double, &w);
    (single ? edges_float : edges_double)(&w, left, a->size);
    wf_free(padded);
    return WF_OK;
}
