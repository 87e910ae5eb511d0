/* bulk/reduceat.c: sums, products, minima and maxima of segments of rows (reduceat).
 *
 * The order is that of any ufunc's reduceat (docs/orders.md): in each segment a tree of neighbours, (0 1) (2
 * 3) …, an odd element at the end kept for last. It is walked from the left with a stack of the trees that
 * wait for their neighbour, which are of falling height; whole blocks of 64 are folded in a buffer first. */
#include "bulk/inner.h"

enum { BLOCK = 64, BLOCK_HEIGHT = 6, HEIGHTS = 64 };

typedef struct work {
    char *out;
    const char *in;
    const int64_t *starts, *lengths;
    int64_t segments, n; /* of a row; elements of a row */
    void (*fold)(const struct work *w, int64_t row, int64_t segment);
} work;

#define FOLD(T, name, JOIN)                                                                                  \
    static T block_##name##_##T(const T *x) {                                                                \
        T half[BLOCK / 2];                                                                                   \
        for (int i = 0; i < BLOCK / 2; i++) half[i] = JOIN(T, x[2 * i], x[2 * i + 1]);                       \
        for (int size = BLOCK / 4; size; size /= 2)                                                          \
            for (int i = 0; i < size; i++) half[i] = JOIN(T, half[2 * i], half[2 * i + 1]);                  \
        return half[0];                                                                                      \
    }                                                                                                        \
    static void fold_##name##_##T(const work *w, int64_t row, int64_t segment) {                             \
        const T *x = (const T *)w->in + row * w->n + w->starts[segment];                                     \
        int64_t left = w->lengths[segment];                                                                  \
        T waiting[HEIGHTS];                                                                                  \
        int height[HEIGHTS], count = 0;                                                                      \
        while (left > 0) {                                                                                   \
            int whole = left >= BLOCK, h = whole ? BLOCK_HEIGHT : 0;                                         \
            T v = whole ? block_##name##_##T(x) : *x;                                                        \
            x += whole ? BLOCK : 1, left -= whole ? BLOCK : 1;                                               \
            for (; count && height[count - 1] == h; h++) count--, v = JOIN(T, waiting[count], v);            \
            waiting[count] = v, height[count++] = h;                                                         \
        }                                                                                                    \
        T v = waiting[--count];                                                                              \
        while (count) count--, v = JOIN(T, waiting[count], v);                                               \
        ((T *)w->out)[row * w->segments + segment] = v;                                                      \
    }

/* Integers wrap: they are folded as unsigned ones, but for their order. */
#define ADD(T, a, b) ((T)((a) + (b)))
#define MULTIPLY(T, a, b) ((T)((a) * (b)))
#define LEAST(T, a, b) ((b) < (a) ? (b) : (a))
#define MOST(T, a, b) ((b) > (a) ? (b) : (a))
FOLD(uint64_t, add, ADD)
FOLD(uint64_t, multiply, MULTIPLY)
FOLD(float, add, ADD)
FOLD(float, multiply, MULTIPLY)
FOLD(double, add, ADD)
FOLD(double, multiply, MULTIPLY)
FOLD(int32_t, minimum, LEAST)
FOLD(int32_t, maximum, MOST)
FOLD(int64_t, minimum, LEAST)
FOLD(int64_t, maximum, MOST)
FOLD(uint64_t, minimum, LEAST)
FOLD(uint64_t, maximum, MOST)

static int piece(void *user, uint32_t worker, uint64_t from, uint64_t to) {
    const work *w = user;
    (void)worker;
    for (int64_t i = (int64_t)from; i < (int64_t)to; i++) w->fold(w, i / w->segments, i % w->segments);
    return 0;
}

/* Sums, products, minima, maxima; NULL: not here. */
static void (*fold_of(int64_t operation, wf_dtype t))(const work *, int64_t, int64_t) {
    switch (t) {
    case WF_DT_FLOAT32: return operation == 0 ? fold_add_float : operation == 1 ? fold_multiply_float : NULL;
    case WF_DT_FLOAT64:
        return operation == 0 ? fold_add_double : operation == 1 ? fold_multiply_double : NULL;
    case WF_DT_INT32:
        return operation == 2 ? fold_minimum_int32_t : operation == 3 ? fold_maximum_int32_t : NULL;
    case WF_DT_INT64:
        if (operation > 1) return operation == 2 ? fold_minimum_int64_t : fold_maximum_int64_t;
        return operation ? fold_multiply_uint64_t : fold_add_uint64_t;
    case WF_DT_UINT64:
        if (operation > 1) return operation == 2 ? fold_minimum_uint64_t : fold_maximum_uint64_t;
        return operation ? fold_multiply_uint64_t : fold_add_uint64_t;
    default: return NULL;
    }
}

/* arrays: the result, rows by segments; the elements, rows by n (both dense, of one type); int64 starts and
 * lengths (at least 1, inside of a row) of the segments. numbers: 0 sums, 1 products, 2 minima, 3 maxima; n.
 */
wf_status bulk_reduceat(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    work w = {a[0].data, a[1].data,        (const int64_t *)a[2].data,           (const int64_t *)a[3].data,
              a[2].size, call->numbers[1], fold_of(call->numbers[0], a[1].dtype)};
    if (!w.fold) return wf_fail(call->err, WF_UNSUPPORTED, "[reduceat] no ready-made fold of this type");
    int64_t each = w.segments ? a[1].size / (a[0].size ? a[0].size : 1) : 0;
    bulk_each(call, a[0].size, 32768 / (each + 8), piece, &w);
    return WF_OK;
}
