/* bulk/gather.c: elements chosen by integer arrays: x[i, j], take, put, x[i] = v, add.at.
 *
 * The array that is indexed comes with its dimensions in the order outer…, indexed…, inner…; the other side
 * is dense with the shape outer…, the indices' count, inner…. A piece of work resolves a few hundred indices
 * into byte offsets (negative ones count from the end; out of range is an error, or wraps, or clips), then
 * moves blocks: the inner dimensions for each index.
 *
 * When an index comes twice, the last one wins: writes go through the indices in order on one thread, unless
 * all write the same value. */
#include "bulk/inner.h"
#include <string.h>

enum { STEP = 512, MAX_INDICES = WF_MAX_DIMS };
enum { MODE_RAISE, MODE_WRAP, MODE_CLIP };
enum { OP_SET, OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_MAXIMUM, OP_MINIMUM };

typedef void combine_fn(char *to, const char *from);

typedef struct work {
    const wf_bulk_call *call;
    const wf_bulk_array *dense, *place;
    int outer, count, mode, same; /* outer dimensions; index arrays; same: dense is one element for all */
    int64_t indices;              /* in each index array */
    const int64_t *index[MAX_INDICES], *axis; /* axis: their names in messages */
    int inner;                                /* inner dimensions */
    const int64_t *inner_shape, *inner_strides;
    int64_t item, block; /* bytes of an element; elements that belong to one index */
    int packed;          /* the inner dimensions lie dense */
    int64_t per_outer;   /* pieces of the indices */
    combine_fn *combine; /* NULL: set */
} work;

/* ---- indices --------------------------------------------------------------------------------------------
 */

static int64_t in_range(int64_t v, int64_t n, int mode) {
    if (mode == MODE_CLIP) return v < 0 ? 0 : v >= n ? n - 1 : v;
    if (mode == MODE_WRAP && n) v %= n;
    return v < 0 ? v + n : v;
}

/* Byte offsets of n indices from `first` on; 0 when one is out of range. */
static int resolve(const work *w, int64_t first, int64_t n, int64_t *offset) {
    int bad = 0;
    memset(offset, 0, (size_t)n * sizeof *offset);
    for (int k = 0; k < w->count; k++) {
        const int64_t *index = w->index[k] + first;
        int64_t extent = w->place->shape[w->outer + k], stride = w->place->strides[w->outer + k];
        if (w->mode == MODE_RAISE) {
            for (int64_t i = 0; i < n; i++) {
                int64_t v = index[i];
                bad |= v >= extent || v < -extent;
                offset[i] += (v < 0 ? v + extent : v) * stride;
            }
        } else {
            bad |= extent == 0;
            for (int64_t i = 0; i < n; i++) offset[i] += in_range(index[i], extent, w->mode) * stride;
        }
    }
    return !bad;
}

/* The first index that is out of range, axis by axis, as NumPy looks for it. */
static wf_status tell(const work *w) {
    for (int k = 0; k < w->count; k++) {
        int64_t extent = w->place->shape[w->outer + k];
        for (int64_t i = 0; i < w->indices; i++) {
            int64_t v = w->index[k][i];
            if (w->mode == MODE_RAISE ? v < extent && v >= -extent : extent > 0) continue;
            if (w->mode != MODE_RAISE)
                return wf_fail_code(w->call->err, WF_INVALID, WF_ERR_INDEX,
                                    "cannot do a non-empty take from an empty axes.");
            return wf_fail_code(w->call->err, WF_INVALID, WF_ERR_INDEX,
                                "index %lld is out of bounds for axis %lld with size %lld", (long long)v,
                                (long long)(w->axis[k] < 0 ? 0 : w->axis[k]), (long long)extent);
        }
    }
    return WF_OK;
}

static int check_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    int64_t offset[STEP];
    (void)worker;
    for (int64_t i = (int64_t)first; i < (int64_t)last; i += STEP)
        if (!resolve(w, i, (int64_t)last - i < STEP ? (int64_t)last - i : STEP, offset)) return 1;
    return 0;
}

/* ---- blocks ---------------------------------------------------------------------------------------------
 */

/* A block of several dimensions between its place and dense memory. */
static void move_block(const work *w, int d, char *place, char **dense, int store) {
    if (d == w->inner) {
        if (!store) memcpy(*dense, place, (size_t)w->item);
        else if (w->combine) w->combine(place, *dense);
        else memcpy(place, *dense, (size_t)w->item);
        if (!w->same) *dense += w->item;
        return;
    }
    for (int64_t i = 0; i < w->inner_shape[d]; i++)
        move_block(w, d + 1, place + i * w->inner_strides[d], dense, store);
}

static void load(const work *w, const char *base, const int64_t *offset, int64_t n, char *dense) {
    if (w->block == 1) switch (w->item) {
#define CASE(T)                                                                                              \
    case sizeof(T):                                                                                          \
        for (int64_t i = 0; i < n; i++) ((T *)dense)[i] = *(const T *)(base + offset[i]);                    \
        return;
            CASE(uint8_t)
            CASE(uint16_t)
            CASE(uint32_t)
            CASE(uint64_t)
#undef CASE
        }
    if (w->packed) {
        size_t bytes = (size_t)(w->block * w->item);
        for (int64_t i = 0; i < n; i++) memcpy(dense + (size_t)i * bytes, base + offset[i], bytes);
        return;
    }
    for (int64_t i = 0; i < n; i++) move_block(w, 0, (char *)(uintptr_t)base + offset[i], &dense, 0);
}

static void store(const work *w, char *base, const int64_t *offset, int64_t n, char *dense) {
    if (w->block == 1 && !w->combine) switch (w->item) {
#define CASE(T)                                                                                              \
    case sizeof(T):                                                                                          \
        for (int64_t i = 0; i < n; i++) *(T *)(base + offset[i]) = ((const T *)dense)[w->same ? 0 : i];      \
        return;
            CASE(uint8_t)
            CASE(uint16_t)
            CASE(uint32_t)
            CASE(uint64_t)
#undef CASE
        }
    if (w->packed && !w->combine && !w->same) {
        size_t bytes = (size_t)(w->block * w->item);
        for (int64_t i = 0; i < n; i++) memcpy(base + offset[i], dense + (size_t)i * bytes, bytes);
        return;
    }
    for (int64_t i = 0; i < n; i++) move_block(w, 0, base + offset[i], &dense, 1);
}

static char *outer_base(const work *w, int64_t row) {
    char *base = w->place->data;
    for (int d = w->outer - 1; d >= 0; d--) {
        base += row % w->place->shape[d] * w->place->strides[d];
        row /= w->place->shape[d];
    }
    return base;
}

/* ---- reading --------------------------------------------------------------------------------------------
 */

static int gather_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    int64_t offset[STEP];
    (void)worker;
    for (uint64_t u = first; u < last; u++) {
        int64_t row = (int64_t)u / w->per_outer, at = (int64_t)u % w->per_outer * STEP;
        int64_t n = w->indices - at < STEP ? w->indices - at : STEP;
        if (!resolve(w, at, n, offset)) return 1;
        load(w, outer_base(w, row), offset, n, w->dense->data + (row * w->indices + at) * w->block * w->item);
    }
    return 0;
}

static int64_t product(const int64_t *shape, int n) {
    int64_t p = 1;
    for (int d = 0; d < n; d++) p *= shape[d];
    return p;
}

static void set_up(work *w, const wf_bulk_call *call) {
    *w = (work){.call = call, .dense = &call->arrays[0], .place = &call->arrays[1]};
    w->outer = (int)call->numbers[0], w->count = (int)call->numbers[1], w->mode = (int)call->numbers[2];
    w->indices = call->numbers[3], w->axis = call->numbers + 4;
    for (int k = 0; k < w->count; k++) w->index[k] = (const int64_t *)call->arrays[2 + k].data;
    int first = w->outer + w->count;
    w->inner = w->place->ndim - first;
    w->inner_shape = w->place->shape + first, w->inner_strides = w->place->strides + first;
    w->item = bulk_item(w->place), w->block = product(w->inner_shape, w->inner);
    int64_t expected = w->item;
    w->packed = 1;
    for (int d = w->inner - 1; d >= 0; d--) {
        if (w->inner_shape[d] != 1 && w->inner_strides[d] != expected) w->packed = 0;
        expected *= w->inner_shape[d];
    }
    w->per_outer = (w->indices + STEP - 1) / STEP;
}

/* arrays: the dense result; the place; index arrays (int64, dense). numbers: outer dimensions, index arrays,
 * mode, indices in each, then each index's axis for messages (-1: of the flattened array). */
wf_status bulk_gather(wf_bulk_call *call) {
    work w;
    set_up(&w, call);
    int64_t rows = product(w.place->shape, w.outer), cells = w.block * STEP;
    if (!w.block || !rows) return bulk_each(call, w.indices, STEP, check_piece, &w) ? tell(&w) : WF_OK;
    return bulk_each(call, rows * w.per_outer, 16384 / (cells + 1) + 1, gather_piece, &w) ? tell(&w) : WF_OK;
}

/* ---- writing --------------------------------------------------------------------------------------------
 */

#define COMBINE(name, T, value)                                                                              \
    static void name(char *to, const char *from) {                                                           \
        T x = *(T *)to, y = *(const T *)from;                                                                \
        *(T *)to = (T)(value);                                                                               \
    }
#define REAL(t, T, U)                                                                                        \
    COMBINE(add_##t, U, x + y)                                                                               \
    COMBINE(subtract_##t, U, x - y)                                                                          \
    COMBINE(multiply_##t, U, x *y)                                                                           \
    COMBINE(maximum_##t, T, x != x || x >= y ? x : y)                                                        \
    COMBINE(minimum_##t, T, x != x || x <= y ? x : y)
#define REALS(X)                                                                                             \
    X(i8, int8_t, uint8_t)                                                                                   \
    X(u8, uint8_t, uint8_t)                                                                                  \
    X(i16, int16_t, uint16_t)                                                                                \
    X(u16, uint16_t, uint16_t)                                                                               \
    X(i32, int32_t, uint32_t)                                                                                \
    X(u32, uint32_t, uint32_t)                                                                               \
    X(i64, int64_t, uint64_t) X(u64, uint64_t, uint64_t) X(f32, float, float) X(f64, double, double)
REALS(REAL)
#define COMPLEX(t, T)                                                                                        \
    static void add_##t(char *to, const char *from) {                                                        \
        add_##T(to, from), add_##T(to + bytes_##T, from + bytes_##T);                                        \
    }                                                                                                        \
    static void subtract_##t(char *to, const char *from) {                                                   \
        subtract_##T(to, from), subtract_##T(to + bytes_##T, from + bytes_##T);                              \
    }
enum { bytes_f32 = sizeof(float), bytes_f64 = sizeof(double) };
COMPLEX(c64, f32)
COMPLEX(c128, f64)

static combine_fn *combine_of(wf_dtype dtype, int op) {
#define ROW(t, T, U) {add_##t, subtract_##t, multiply_##t, maximum_##t, minimum_##t},
    static combine_fn *const reals[][5] = {REALS(ROW)};
    static combine_fn *const complexes[][5] = {{add_c64, subtract_c64, NULL, NULL, NULL},
                                               {add_c128, subtract_c128, NULL, NULL, NULL}};
    if (wf_dtype_is_integer(dtype)) return reals[dtype - WF_DT_INT8][op - 1];
    if (dtype == WF_DT_FLOAT32 || dtype == WF_DT_FLOAT64) return reals[8 + (dtype == WF_DT_FLOAT64)][op - 1];
    if (wf_dtype_is_complex(dtype)) return complexes[dtype == WF_DT_COMPLEX128][op - 1];
    return NULL;
}

static int scatter_rows(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    int64_t offset[STEP];
    (void)worker;
    for (uint64_t u = first; u < last; u++) {
        char *base = outer_base(w, (int64_t)u);
        for (int64_t at = 0; at < w->indices; at += STEP) {
            int64_t n = w->indices - at < STEP ? w->indices - at : STEP;
            char *dense =
                w->dense->data + (w->same ? 0 : ((int64_t)u * w->indices + at) * w->block * w->item);
            resolve(w, at, n, offset);
            store(w, base, offset, n, dense);
        }
    }
    return 0;
}

/* arrays: the values (dense, or one element for all); the place; index arrays. numbers: as gather's, then the
 * operation: 0 set, 1 add, 2 subtract, 3 multiply, 4 maximum, 5 minimum. Nothing is written when an index is
 * bad. Answers 1 when there is no such operation for the type. */
wf_status bulk_scatter(wf_bulk_call *call) {
    work w;
    set_up(&w, call);
    int op = (int)call->numbers[4 + w.count];
    int64_t rows = product(w.place->shape, w.outer);
    if (op && !(w.combine = combine_of(w.place->dtype, op))) {
        call->result = 1;
        return WF_OK;
    }
    if (bulk_each(call, w.indices, 16 * STEP, check_piece, &w)) return tell(&w);
    if (!w.block || !rows) return WF_OK;
    w.same = w.dense->size == 1 && rows * w.indices * w.block != 1;
    bulk_each(call, rows, 16384 / (w.indices * w.block + 1) + 1, scatter_rows, &w);
    return WF_OK;
}
