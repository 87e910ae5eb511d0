/* bulk/correlate.c: a weighted sum over a window along one axis (correlate1d and what is made of it), the
 * same sums in the same order as device/k_correlate.cu: in float64, of symmetric weights the two elements
 * that share one are added first, from the outside in.
 *
 * Elements are widened once. Along the last axis a piece of a row is, with what stands beyond its ends; along
 * another axis a strip of columns is taken down the axis, its last rows widened in a ring that stays in the
 * first cache. Either way the sum of a place is one over rows of doubles that lie at W addresses. */
#include "base/memory.h"
#include "bulk/inner.h"
#include <string.h>

enum { AHEAD = 6, STRIP = 128, PIECE = 2048, WIDE = 8, UNROLL = 4, MODE_CONSTANT = 4 };

/* Any vector registers will do: wider ones than the CPU has are several. */
typedef double doubles __attribute__((vector_size(WIDE * 8), aligned(8), may_alias));
typedef float floats __attribute__((vector_size(WIDE * 4), aligned(4), may_alias));

typedef struct work {
    const char *in;
    char *out;
    const double *weights;
    int64_t outer, n, inner, before, width; /* width: how many weights */
    int64_t item, pieces, rows;             /* pieces of a unit's axis across; rows of one along the axis */
    int mode, symmetric, divide, to_float;
    double divisor, fill;
    void (*widen)(const void *from, int64_t step, double *to, int64_t n);
    _Atomic int failed;
} work;

/* ---- elements as doubles ---- */

#define WIDEN(name, T)                                                                                       \
    WF_BULK_CLONES static void widen_##name(const void *from, int64_t step, double *to, int64_t n) {         \
        const T *x = from;                                                                                   \
        if (step == 1)                                                                                       \
            for (int64_t i = 0; i < n; i++) to[i] = (double)x[i];                                            \
        else                                                                                                 \
            for (int64_t i = 0; i < n; i++) to[i] = (double)x[i * step];                                     \
    }
WIDEN(i8, int8_t)
WIDEN(u8, uint8_t)
WIDEN(i16, int16_t)
WIDEN(u16, uint16_t)
WIDEN(i32, int32_t)
WIDEN(u32, uint32_t)
WIDEN(i64, int64_t)
WIDEN(u64, uint64_t)
WIDEN(f32, float)
WIDEN(f64, double)

static void (*widener(wf_dtype t))(const void *, int64_t, double *, int64_t) {
    switch (t) {
    case WF_DT_BOOL:
    case WF_DT_UINT8: return widen_u8;
    case WF_DT_INT8: return widen_i8;
    case WF_DT_INT16: return widen_i16;
    case WF_DT_UINT16: return widen_u16;
    case WF_DT_INT32: return widen_i32;
    case WF_DT_UINT32: return widen_u32;
    case WF_DT_INT64: return widen_i64;
    case WF_DT_UINT64: return widen_u64;
    case WF_DT_FLOAT32: return widen_f32;
    case WF_DT_FLOAT64: return widen_f64;
    default: return NULL;
    }
}

/* Which element stands at i, of n; -1: none does (the constant). */
static int64_t place(int64_t i, int64_t n, int mode) {
    if (i >= 0 && i < n) return i;
    if (mode == MODE_CONSTANT) return -1;
    if (mode == 2) return i < 0 ? 0 : n - 1;
    int64_t period = mode == 0 ? 2 * n : mode == 3 ? n : n > 1 ? 2 * n - 2 : 1;
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - (mode == 0) - i;
}

/* ---- the sums ---- */

/* out[c] is the sum over k of rows[k][c] with its weight; rows have room for UNROLL * WIDE columns at a time.
 */
#define SUM_WITH(total, first, rest)                                                                         \
    for (int j = 0; j < UNROLL; j++) total[j] = first;                                                       \
    for (int64_t k = 1; k < terms; k++)                                                                      \
        for (int j = 0; j < UNROLL; j++) total[j] += rest;
#define AT(k) (*(const doubles *)(rows[k] + c + j * WIDE))
WF_BULK_CLONES static void sum_rows(const work *w, const double *const *rows, char *out, int64_t n) {
    const double *weights = w->weights;
    int64_t last = w->width - 1, terms = w->symmetric ? w->width / 2 : w->width;
    for (int64_t c = 0; c < n; c += UNROLL * WIDE) {
        doubles total[UNROLL];
        if (w->symmetric && terms) {
            SUM_WITH(total, (AT(0) + AT(last)) * weights[0], (AT(k) + AT(last - k)) * weights[k])
            for (int j = 0; j < UNROLL; j++) total[j] += AT(terms) * weights[terms];
        } else {
            SUM_WITH(total, AT(0) * weights[0], AT(k) * weights[k])
        }
        for (int j = 0; j < UNROLL && w->divide; j++) total[j] /= w->divisor;
        if (c + UNROLL * WIDE <= n && w->to_float)
            for (int j = 0; j < UNROLL; j++)
                *(floats *)(out + (c + j * WIDE) * 4) = __builtin_convertvector(total[j], floats);
        else if (c + UNROLL * WIDE <= n)
            for (int j = 0; j < UNROLL; j++) *(doubles *)(out + (c + j * WIDE) * 8) = total[j];
        else
            for (int64_t i = c; i < n; i++) {
                double value = total[(i - c) / WIDE][(i - c) % WIDE];
                if (w->to_float) ((float *)out)[i] = (float)value;
                else ((double *)out)[i] = value;
            }
    }
}

/* Places first..first+n-1 of an axis of `stride` elements' step, beyond its ends too. */
static void widen_places(const work *w, const char *axis, int64_t stride, int64_t first, double *to,
                         int64_t n) {
    int64_t inside = first < 0 ? 0 : first, end = first + n < w->n ? first + n : w->n;
    if (inside < end) w->widen(axis + inside * stride * w->item, stride, to + (inside - first), end - inside);
    for (int64_t i = first; i < first + n; i++) {
        if (i >= inside && i < end) {
            i = end - 1;
            continue;
        }
        int64_t at = place(i, w->n, w->mode);
        if (at < 0) to[i - first] = w->fill;
        else w->widen(axis + at * stride * w->item, 1, to + (i - first), 1);
    }
}

/* The last axis: a piece of a row. */
static int row_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    work *w = user;
    int64_t size = w->to_float ? 4 : 8;
    double *wide = wf_malloc((size_t)(PIECE + w->width + UNROLL * WIDE) * sizeof *wide);
    const double **rows = wf_malloc((size_t)w->width * sizeof *rows);
    (void)worker;
    if (!wide || !rows) w->failed = 1;
    for (int64_t k = 0; rows && k < w->width; k++) rows[k] = wide + k;
    for (uint64_t u = first; u < last && !w->failed; u++) {
        int64_t row = (int64_t)u / w->pieces, at = (int64_t)u % w->pieces * PIECE,
                n = w->n - at < PIECE ? w->n - at : PIECE;
        widen_places(w, w->in + row * w->n * w->item, 1, at - w->before, wide, n + w->width - 1);
        memset(wide + n + w->width - 1, 0, UNROLL * WIDE * sizeof *wide);
        sum_rows(w, rows, w->out + (row * w->n + at) * size, n);
    }
    wf_free(rows);
    wf_free(wide);
    return 0;
}

/* Row i of a strip, wherever it is taken from. */
static void widen_row(const work *w, const char *strip, int64_t i, double *to, int64_t columns) {
    int64_t at = place(i, w->n, w->mode);
    if (at >= 0) w->widen(strip + at * w->inner * w->item, 1, to, columns);
    else
        for (int64_t c = 0; c < columns; c++) to[c] = w->fill;
}

/* Rows lie far apart, so nobody but us knows which memory is read next. */
static void fetch_row(const work *w, const char *strip, int64_t i, int64_t columns) {
    if (i < 0 || i >= w->n) return;
    const char *row = strip + i * w->inner * w->item;
    for (int64_t byte = 0; byte < columns * w->item; byte += 64) __builtin_prefetch(row + byte);
}

/* Another axis: some rows of a strip of columns. */
static int strip_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    work *w = user;
    int64_t size = w->to_float ? 4 : 8, bands = (w->n + w->rows - 1) / w->rows;
    double *ring = wf_calloc((size_t)(w->width * STRIP + UNROLL * WIDE), sizeof *ring);
    const double **rows = wf_malloc((size_t)w->width * sizeof *rows);
    (void)worker;
    if (!ring || !rows) w->failed = 1;
    for (uint64_t u = first; u < last && !w->failed; u++) {
        int64_t band = (int64_t)u % bands, strip = (int64_t)u / bands % w->pieces,
                o = (int64_t)u / bands / w->pieces, c = strip * STRIP,
                columns = w->inner - c < STRIP ? w->inner - c : STRIP, at = band * w->rows,
                end = at + w->rows < w->n ? at + w->rows : w->n, slot = 0;
        const char *from = w->in + (o * w->n * w->inner + c) * w->item;
        char *to = w->out + (o * w->n * w->inner + c) * size;
        for (int64_t k = 0; k < w->width - 1; k++)
            widen_row(w, from, at - w->before + k, ring + k * STRIP, columns);
        for (int64_t i = at; i < end; i++) {
            int64_t newest = (slot + w->width - 1) % w->width;
            fetch_row(w, from, i - w->before + w->width - 1 + AHEAD, columns);
            widen_row(w, from, i - w->before + w->width - 1, ring + newest * STRIP, columns);
            for (int64_t k = 0, s = slot; k < w->width; k++, s = s + 1 < w->width ? s + 1 : 0)
                rows[k] = ring + s * STRIP;
            sum_rows(w, rows, to + i * w->inner * size, columns);
            slot = slot + 1 < w->width ? slot + 1 : 0;
        }
    }
    wf_free(rows);
    wf_free(ring);
    return 0;
}

/* arrays: the result (float32 or float64); the array (dense; integers, float32, float64); the weights and,
 * last, what the sums are divided by (float64); an element for what stands beyond the ends (mode 4; else not
 * read). numbers: outer, n, inner: the shape, the window goes along the second; how many weights stand before
 * the element; the mode as in k_correlate.cu; whether the weights are symmetric; whether sums are divided. */
wf_status bulk_correlate(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    const int64_t *numbers = call->numbers;
    work w = {.in = a[1].data,
              .out = a[0].data,
              .weights = (const double *)a[2].data,
              .outer = numbers[0],
              .n = numbers[1],
              .inner = numbers[2],
              .before = numbers[3],
              .width = a[2].size - 1,
              .item = bulk_item(&a[1]),
              .mode = (int)numbers[4],
              .symmetric = (int)numbers[5],
              .divide = (int)numbers[6],
              .to_float = a[0].dtype == WF_DT_FLOAT32,
              .widen = widener(a[1].dtype)};
    if (!w.widen)
        return wf_fail(call->err, WF_UNSUPPORTED, "[correlate] no ready-made loop for %s",
                       wf_dtype_name(a[1].dtype));
    w.divisor = w.weights[w.width];
    if (w.mode == MODE_CONSTANT) w.widen(a[3].data, 1, &w.fill, 1);
    if (!a[1].size) return WF_OK;
    if (w.inner == 1) {
        w.pieces = (w.n + PIECE - 1) / PIECE;
        bulk_each(call, w.outer * w.pieces, PIECE / w.n + 1, row_piece, &w);
    } else {
        int64_t wanted = 4 * (int64_t)wf_pool_threads(call->pool), units;
        w.pieces = (w.inner + STRIP - 1) / STRIP, units = w.outer * w.pieces;
        int64_t bands = units < wanted ? (wanted + units - 1) / units : 1;
        w.rows = (w.n + bands - 1) / bands;
        if (w.rows < 4 * w.width) w.rows = 4 * w.width;
        bands = (w.n + w.rows - 1) / w.rows;
        bulk_each(call, units * bands, 4096 / (w.rows * STRIP) + 1, strip_piece, &w);
    }
    return w.failed ? bulk_no_memory(call) : WF_OK;
}
