/* bulk/search.c: where values belong in a sorted array (searchsorted), by halving. NaN comes after every
 * number. */
#include "bulk/inner.h"

typedef struct work {
    int64_t *out;
    const char *sorted, *values;
    int64_t n;
    int right;
    void (*find)(const struct work *w, int64_t first, int64_t last);
} work;

#define LESS(x, y) ((x) < (y))
#define FLOAT_LESS(x, y) ((x) < (y) || ((y) != (y) && (x) == (x)))

enum { NEAR = 32 };

/* Does the element at k come before the place of v? */
#define BEFORE(less, k, v) (w->right ? !(less(v, sorted[k])) : (less(sorted[k], v)))

/* Halves without a branch on what is compared: `base` moves on by half or does not. First it is looked
 * whether the place is near that of the value before, as it is when the values are sorted too. */
#define FIND(t, T, less)                                                                                     \
    static void find_##t(const work *w, int64_t first, int64_t last) {                                       \
        const T *sorted = (const T *)w->sorted, *values = (const T *)w->values;                              \
        int64_t n = w->n, at = 0;                                                                            \
        for (int64_t i = first; i < last; i++) {                                                             \
            T v = values[i];                                                                                 \
            int64_t base = at > NEAR ? at - NEAR : 0, end = n - at > NEAR ? at + NEAR : n;                   \
            if ((base && !BEFORE(less, base - 1, v)) || (end < n && BEFORE(less, end, v)))                   \
                base = 0, end = n;                                                                           \
            for (int64_t left = end - base; left > 0;) {                                                     \
                int64_t half = (left + 1) / 2;                                                               \
                int on = BEFORE(less, base + half - 1, v);                                                   \
                base = on ? base + half : base;                                                              \
                left = on ? left - half : half - 1;                                                          \
            }                                                                                                \
            w->out[i] = at = base;                                                                           \
        }                                                                                                    \
    }
FIND(i64, int64_t, LESS)
FIND(u64, uint64_t, LESS)
FIND(i32, int32_t, LESS)
FIND(f32, float, FLOAT_LESS)
FIND(f64, double, FLOAT_LESS)

static int piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    w->find(w, (int64_t)first, (int64_t)last);
    return 0;
}

/* arrays: the result (int64); the sorted array; the values (dense, of its type: int32, int64, uint64,
 * float32, float64). numbers: 0 for the first place where a value fits, 1 for the last. */
wf_status bulk_search(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    work w = {(int64_t *)a[0].data, a[1].data, a[2].data, a[1].size, (int)call->numbers[0], NULL};
    w.find = a[1].dtype == WF_DT_INT64     ? find_i64
             : a[1].dtype == WF_DT_UINT64  ? find_u64
             : a[1].dtype == WF_DT_INT32   ? find_i32
             : a[1].dtype == WF_DT_FLOAT32 ? find_f32
             : a[1].dtype == WF_DT_FLOAT64 ? find_f64
                                           : NULL;
    if (!w.find)
        return wf_fail(call->err, WF_UNSUPPORTED, "[searchsorted] no search for %s",
                       wf_dtype_name(a[1].dtype));
    bulk_each(call, a[2].size, 256, piece, &w);
    return WF_OK;
}
