/* bulk/count.c: how often each number comes (bincount), sums of weights by number, histograms of equal bins.
 *
 * Counts are integers, so threads count in tables of their own that are added up. Weights are added in an
 * order that belongs to the result: a bin's weights in the order of their places, 64 in a row, and those sums
 * likewise, as reductions along other axes than the last do (docs/orders.md). */
#include "bulk/inner.h"
#include "base/memory.h"
#include <string.h>

enum { OWN_TABLES = 1 << 16, RUN = 64, LEVELS = 8 };

typedef struct work {
    const void *values; /* int64 numbers, or for a histogram float32 or float64 */
    int64_t size, bins, chunk;
    int64_t *tables; /* one for each chunk */
    const void *edges;
} work;

static int count_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t *table = w->tables + (int64_t)c * w->bins, i = (int64_t)c * w->chunk;
        int64_t end = i + w->chunk < w->size ? i + w->chunk : w->size;
        memset(table, 0, (size_t)w->bins * sizeof *table);
        for (const int64_t *index = w->values; i < end; i++) table[index[i]]++;
    }
    return 0;
}

/* The bin of x among edges of equal width: computed, and put right by a look at the edges beside it. The
 * factor is rounded and so is the product, so the guess is at most one bin off. The formulas are those of
 * weft/_array/counts.py. */
#define HISTOGRAM(name, T)                                                                                   \
    static int name(void *user, uint32_t worker, uint64_t first, uint64_t last) {                            \
        const work *w = user;                                                                                \
        const T *x = w->values, *edges = w->edges, low = edges[0], high = edges[w->bins];                    \
        const T scale = (T)((double)w->bins / ((double)high - (double)low));                                 \
        (void)worker;                                                                                        \
        for (uint64_t c = first; c < last; c++) {                                                            \
            int64_t *table = w->tables + (int64_t)c * w->bins, i = (int64_t)c * w->chunk;                    \
            int64_t end = i + w->chunk < w->size ? i + w->chunk : w->size, top = w->bins - 1;                \
            memset(table, 0, (size_t)w->bins * sizeof *table);                                               \
            for (; i < end; i++) {                                                                           \
                if (!(x[i] >= low && x[i] <= high)) continue;                                                \
                int64_t k = (int64_t)((x[i] - low) * scale);                                                 \
                k = k > top ? top : k;                                                                       \
                k -= x[i] < edges[k];                                                                        \
                k += (x[i] >= edges[k + 1]) & (k != top);                                                    \
                table[k]++;                                                                                  \
            }                                                                                                \
        }                                                                                                    \
        return 0;                                                                                            \
    }
HISTOGRAM(histogram_piece32, float)
HISTOGRAM(histogram_piece64, double)

/* Counts w.values into the first array: chunks side by side in tables of their own, where that pays. */
static wf_status counted(wf_bulk_call *call, work w, wf_pool_piece piece) {
    int64_t *out = (int64_t *)call->arrays[0].data, threads = (int64_t)wf_pool_threads(call->pool);
    w.size = w.chunk = call->arrays[1].size, w.bins = call->arrays[0].size, w.tables = out;
    if (!w.bins) return WF_OK;
    int64_t chunks = w.bins > OWN_TABLES || w.size < 4 * w.bins || w.size < 1 << 15 ? 1 : threads;
    w.chunk = (w.size + chunks - 1) / chunks;
    if (chunks > 1 && !(w.tables = wf_malloc((size_t)(chunks * w.bins) * sizeof *w.tables)))
        return bulk_no_memory(call);
    bulk_each(call, chunks, 1, piece, &w);
    for (int64_t k = 0; k < w.bins && chunks > 1; k++) {
        out[k] = 0;
        for (int64_t c = 0; c < chunks; c++) out[k] += w.tables[c * w.bins + k];
    }
    if (chunks > 1) wf_free(w.tables);
    return WF_OK;
}

/* arrays: the counts (int64); the numbers (int64, dense, from 0 to the size of the counts). */
wf_status bulk_count(wf_bulk_call *call) {
    return counted(call, (work){.values = call->arrays[1].data}, count_piece);
}

/* arrays: the counts (int64) of each bin; the values (float32 or float64, dense); the edges (of that type,
 * one more than bins, rising in equal steps). The last bin has its upper edge; what lies outside, and NaN, is
 * not counted. */
wf_status bulk_histogram(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    return counted(call, (work){.values = a[1].data, .edges = a[2].data},
                   a[1].dtype == WF_DT_FLOAT32 ? histogram_piece32 : histogram_piece64);
}

/* A bin: how many weights it has taken, and the open run of each level. */
typedef struct bin {
    uint64_t count;
    double open[LEVELS];
} bin;

static void push(bin *b, int level, uint64_t items_before, double x) {
    for (; level < LEVELS; level++) {
        b->open[level] = items_before % RUN ? b->open[level] + x : x;
        if (items_before % RUN < RUN - 1) return;
        x = b->open[level], items_before /= RUN;
    }
}

/* Runs that are not full go up until one sum is left. */
static double total(bin *b) {
    uint64_t items = b->count;
    if (!items) return 0;
    for (int level = 0; items > 1; level++) {
        if (items % RUN) push(b, level + 1, items / RUN, b->open[level]);
        items = (items + RUN - 1) / RUN;
        if (items == 1) return b->open[level + 1];
    }
    return b->open[0];
}

/* arrays: the sums (float64); the numbers (int64); the weights (float64), all dense. */
wf_status bulk_count_weighted(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    const int64_t *index = (const int64_t *)a[1].data;
    const double *weights = (const double *)a[2].data;
    double *out = (double *)a[0].data;
    if (!a[0].size) return WF_OK;
    bin *bins = wf_malloc((size_t)a[0].size * sizeof *bins);
    if (!bins) return bulk_no_memory(call);
    for (int64_t k = 0; k < a[0].size; k++) bins[k].count = 0;
    for (int64_t i = 0; i < a[1].size; i++) {
        bin *b = &bins[index[i]];
        push(b, 0, b->count++, weights[i]);
    }
    for (int64_t k = 0; k < a[0].size; k++) out[k] = total(&bins[k]);
    wf_free(bins);
    return WF_OK;
}
