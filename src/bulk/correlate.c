/* bulk/correlate.c: a weighted sum over a window along one axis (correlate1d and what is made of it), or
 * along the last two, one after the other, the same sums in the same order as device/k_correlate.cu
 * (docs/orders.md).
 *
 * Elements are widened to doubles once. Along the last axis a piece of a row is, with what stands beyond its
 * ends; along another axis a strip of columns is taken down the axis, its last rows widened in a ring that
 * stays in the first cache. Either way the sum of a place is one over rows of doubles (correlate_sums.c).
 *
 * Along two axes a thread takes a band of rows at a time: the sums down the columns, rounded to the result's
 * type as they would be between two calls, stay in the second cache until the sums along the rows read them.
 */
#include "bulk/correlate.h"
#include "base/memory.h"
#include "bulk/inner.h"
#include <string.h>

enum { AHEAD = 6, STRIP = 128, PIECE = 2048, BAND_BYTES = 1 << 18, RING_BYTES = 1 << 15, MODE_CONSTANT = 4 };

typedef void widen_fn(const void *from, int64_t step, double *to, int64_t n);

/* One line of places: a window and the elements it goes over. */
typedef struct line {
    bulk_window window;
    int64_t item; /* bytes of an element */
    widen_fn *widen;
} line;

typedef struct work {
    const char *in;
    char *out;
    line down, along;     /* the window along an axis that is not the last, and along the last */
    int64_t outer, inner; /* outer × the down axis × inner; along: inner is its length */
    int64_t size;         /* bytes of an element of the result */
    int64_t pieces, rows; /* strips or pieces across; rows of a band */
    int64_t strip;        /* columns of a strip */
    char *space;          /* `each` bytes for each thread: see piece_of */
    int64_t each;
    const bulk_sums *sums;
} work;

/* A thread's share of the work space. */
typedef struct piece {
    double *ring, *wide; /* rows of a strip; a piece of a row */
    const double **rows;
    char *band; /* what stands between the two axes */
} piece;

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

static widen_fn *widener(wf_dtype t) {
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

/* ---- the work space ---- */

static int64_t ring_rows(const work *w) { return w->down.window.width + BULK_SUMS_ROWS - 1; }

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static piece piece_of(const work *w, uint32_t worker) {
    int64_t widest = most(ring_rows(w), w->along.window.width);
    char *at = w->space + worker * w->each;
    piece p = {.rows = (const double **)at};
    at += (widest * (int64_t)sizeof *p.rows + 63) / 64 * 64;
    p.ring = (double *)at;
    at += (ring_rows(w) * w->strip + BULK_SUMS_ROOM) * (int64_t)sizeof(double);
    p.wide = (double *)at;
    at += (PIECE + w->along.window.width + BULK_SUMS_ROOM + 7) / 8 * 8 * (int64_t)sizeof(double);
    p.band = at;
    return p;
}

/* Room for every thread, zero (the sums read beyond a row's end, where numbers must not be slow); 0: no
 * memory. */
static int make_space(work *w, const wf_bulk_call *call, int64_t band) {
    piece p = piece_of(w, 0);
    w->each = ((p.band - w->space) + band + 127) / 64 * 64;
    w->space = wf_calloc((size_t)(w->each * (int64_t)wf_pool_threads(call->pool)), 1);
    return w->space != NULL;
}

/* ---- along the last axis ---- */

/* Places first..first+n-1 of a row, beyond its ends too. */
static void widen_places(const line *l, const char *row, int64_t first, double *to, int64_t n) {
    const bulk_window *w = &l->window;
    int64_t inside = first < 0 ? 0 : first, end = first + n < w->n ? first + n : w->n;
    if (inside < end) l->widen(row + inside * l->item, 1, to + (inside - first), end - inside);
    for (int64_t i = first; i < first + n; i++) {
        if (i >= inside && i < end) {
            i = end - 1;
            continue;
        }
        int64_t at = place(i, w->n, w->mode);
        if (at < 0) to[i - first] = w->fill;
        else l->widen(row + at * l->item, 1, to + (i - first), 1);
    }
}

/* n results of a row, from place `at` on, n <= PIECE. */
static void sum_along(const work *w, const piece *p, const char *row, char *to, int64_t at, int64_t n) {
    const bulk_window *window = &w->along.window;
    for (int64_t k = 0; k < window->width; k++) p->rows[k] = p->wide + k;
    widen_places(&w->along, row, at - window->before, p->wide, n + window->width - 1);
    w->sums->run(window, p->rows, 1, to + at * w->size, 0, n, w->size == 4);
}

static int row_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    piece p = piece_of(w, worker);
    int64_t n = w->along.window.n;
    for (uint64_t u = first; u < last; u++) {
        int64_t row = (int64_t)u / w->pieces, at = (int64_t)u % w->pieces * PIECE;
        sum_along(w, &p, w->in + row * n * w->along.item, w->out + row * n * w->size, at,
                  n - at < PIECE ? n - at : PIECE);
    }
    return 0;
}

/* ---- down another axis ---- */

/* Row i of a strip, wherever it is taken from. */
static void widen_row(const work *w, const char *strip, int64_t i, double *to, int64_t columns) {
    const line *l = &w->down;
    int64_t at = place(i, l->window.n, l->window.mode);
    if (at >= 0) l->widen(strip + at * w->inner * l->item, 1, to, columns);
    else
        for (int64_t c = 0; c < columns; c++) to[c] = l->window.fill;
}

/* Rows lie far apart, so nobody but us knows which memory is read next. */
static void fetch_row(const work *w, const char *strip, int64_t i, int64_t columns) {
    if (i < 0 || i >= w->down.window.n) return;
    const char *row = strip + i * w->inner * w->down.item;
    for (int64_t byte = 0; byte < columns * w->down.item; byte += 64) __builtin_prefetch(row + byte);
}

/* Results at..end-1 of a strip of columns; `to` is the first. */
static void sum_down(const work *w, const piece *p, const char *strip, char *to, int64_t at, int64_t end,
                     int64_t columns) {
    const bulk_window *window = &w->down.window;
    int64_t turn = ring_rows(w), known = at - window->before; /* rows before it lie in the ring */
    int64_t oldest = 0;                                       /* the slot of row at - before */
    for (int64_t next = known; at < end;) {
        int count = end - at < BULK_SUMS_ROWS ? (int)(end - at) : BULK_SUMS_ROWS;
        int64_t wanted = at - window->before + window->width + count - 1;
        for (; next < wanted; next++) {
            fetch_row(w, strip, next + AHEAD, columns);
            widen_row(w, strip, next, p->ring + (next - known) % turn * w->strip, columns);
        }
        for (int64_t k = 0, s = oldest; k < window->width + count - 1; k++, s = s + 1 < turn ? s + 1 : 0)
            p->rows[k] = p->ring + s * w->strip;
        w->sums->run(window, p->rows, count, to, w->inner * w->size, columns, w->size == 4);
        at += count, to += count * w->inner * w->size, oldest = (oldest + count) % turn;
    }
}

/* Unit u: which band of which strip. */
static int strip_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    piece p = piece_of(w, worker);
    int64_t n = w->down.window.n, bands = (n + w->rows - 1) / w->rows;
    for (uint64_t u = first; u < last; u++) {
        int64_t at = (int64_t)u % bands * w->rows, c = (int64_t)u / bands % w->pieces * w->strip,
                o = (int64_t)u / bands / w->pieces,
                columns = w->inner - c < w->strip ? w->inner - c : w->strip,
                end = at + w->rows < n ? at + w->rows : n, begin = o * n * w->inner + c;
        sum_down(w, &p, w->in + begin * w->down.item, w->out + (begin + at * w->inner) * w->size, at, end,
                 columns);
    }
    return 0;
}

/* ---- both ---- */

static int band_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    piece p = piece_of(w, worker);
    int64_t n = w->down.window.n, bands = (n + w->rows - 1) / w->rows, pitch = w->inner * w->size;
    for (uint64_t u = first; u < last; u++) {
        int64_t at = (int64_t)u % bands * w->rows, end = at + w->rows < n ? at + w->rows : n,
                begin = (int64_t)u / bands * n * w->inner;
        for (int64_t c = 0; c < w->inner; c += w->strip)
            sum_down(w, &p, w->in + (begin + c) * w->down.item, p.band + c * w->size, at, end,
                     w->inner - c < w->strip ? w->inner - c : w->strip);
        for (int64_t i = at; i < end; i++)
            for (int64_t c = 0; c < w->inner; c += PIECE)
                sum_along(w, &p, p.band + (i - at) * pitch, w->out + (begin + i * w->inner) * w->size, c,
                          w->inner - c < PIECE ? w->inner - c : PIECE);
    }
    return 0;
}

/* ---- calls ---- */

/* weights: the weights and, last, what the sums are divided by; numbers: how many weights stand before the
 * element, the mode, whether the weights are symmetric, whether sums are divided. */
static int make_line(line *l, wf_dtype t, const wf_bulk_array *weights, const wf_bulk_array *fill, int64_t n,
                     const int64_t *numbers) {
    l->window = (bulk_window){.weights = (const double *)weights->data,
                              .n = n,
                              .before = numbers[0],
                              .width = weights->size - 1,
                              .mode = (int)numbers[1],
                              .symmetric = (int)numbers[2],
                              .divide = (int)numbers[3]};
    l->window.divisor = l->window.weights[l->window.width];
    l->item = (int64_t)wf_dtype_size(t);
    l->widen = widener(t);
    if (l->widen && numbers[1] == MODE_CONSTANT) l->widen(fill->data, 1, &l->window.fill, 1);
    return l->widen != NULL;
}

static wf_status no_loop(const wf_bulk_call *call, wf_dtype t) {
    return wf_fail(call->err, WF_UNSUPPORTED, "[correlate] no ready-made loop for %s", wf_dtype_name(t));
}

/* Strips of columns whose ring stays in the first cache, and bands of rows so that every thread gets some. */
static void choose_strips(work *w) {
    w->strip = STRIP;
    while (w->strip > BULK_SUMS_ROOM && ring_rows(w) * w->strip * 8 > RING_BYTES) w->strip /= 2;
    w->pieces = (w->inner + w->strip - 1) / w->strip;
}

static int64_t bands_of(work *w, int64_t rows, int64_t least) {
    w->rows = most(most(rows, least), 1);
    return (w->down.window.n + w->rows - 1) / w->rows;
}

/* What both have in the same places: the result and the array, the extents before and after the axis. */
static work work_of(const wf_bulk_call *call) {
    return (work){.in = call->arrays[1].data,
                  .out = call->arrays[0].data,
                  .outer = call->numbers[0],
                  .inner = call->numbers[2],
                  .size = bulk_item(&call->arrays[0]),
                  .sums = bulk_sums_best()};
}

/* arrays: the result (float32 or float64); the array (dense; integers, float32, float64); the weights
 * (make_line); an element for what stands beyond the ends (mode 4; else not read).
 * numbers: outer, n, inner: the shape, the window goes along the second; four of make_line. */
wf_status bulk_correlate(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    const int64_t *numbers = call->numbers;
    work w = work_of(call);
    int64_t n = numbers[1];
    if (!make_line(w.inner == 1 ? &w.along : &w.down, a[1].dtype, &a[2], &a[3], n, numbers + 3))
        return no_loop(call, a[1].dtype);
    if (!a[1].size) return WF_OK;
    choose_strips(&w);
    if (!make_space(&w, call, 0)) return bulk_no_memory(call);
    if (w.inner == 1) {
        w.pieces = (n + PIECE - 1) / PIECE;
        bulk_each(call, w.outer * w.pieces, PIECE / n + 1, row_piece, &w);
    } else {
        int64_t wanted = 4 * (int64_t)wf_pool_threads(call->pool), units = w.outer * w.pieces;
        int64_t split = units < wanted ? (wanted + units - 1) / units : 1;
        int64_t bands = bands_of(&w, (n + split - 1) / split, 4 * w.down.window.width);
        bulk_each(call, units * bands, 4096 / (w.rows * w.strip) + 1, strip_piece, &w);
    }
    wf_free(w.space);
    return WF_OK;
}

/* The same along the last two axes, first the one before the last; what it gives is rounded to the result's
 * type. arrays: the result; the array; the weights down and along; elements for what stands beyond the ends,
 * of the array's type and of the result's. numbers: outer, n, m: the shape; four of make_line down, and four
 * along. */
wf_status bulk_correlate_two(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    const int64_t *numbers = call->numbers;
    work w = work_of(call);
    if (!make_line(&w.down, a[1].dtype, &a[2], &a[4], numbers[1], numbers + 3))
        return no_loop(call, a[1].dtype);
    if (!make_line(&w.along, a[0].dtype, &a[3], &a[5], numbers[2], numbers + 7))
        return no_loop(call, a[0].dtype);
    if (!a[1].size) return WF_OK;
    choose_strips(&w);
    int64_t row = w.inner * w.size, rows = BAND_BYTES / row,
            wanted = 4 * (int64_t)wf_pool_threads(call->pool);
    if (rows > w.outer * numbers[1] / wanted) rows = w.outer * numbers[1] / wanted;
    int64_t bands = bands_of(&w, rows, w.down.window.width);
    if (w.rows > numbers[1]) w.rows = numbers[1];
    if (!make_space(&w, call, w.rows * row)) return bulk_no_memory(call);
    bulk_each(call, w.outer * bands, 1, band_piece, &w);
    wf_free(w.space);
    return WF_OK;
}
