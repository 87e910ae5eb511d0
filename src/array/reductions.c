/* array/reductions.c: ready-made accumulators, in the fixed order of fuse/fuse.h. Lanes are taken in vectors;
 * folding halves them. 16-bit floats (minima and maxima only) are taken as float32. */
#include "array/loops.h"
#include "array/vm.h"
#include <math.h>
#include <string.h>

/* Tables and macros, laid out by hand. */
/* clang-format off */

#define TAKE(name, T, S, value)                                                                              \
    WF_CLONED(take_##name, (void *acc, const void *x, int64_t n, int64_t lanes), (acc, x, n, lanes), {       \
        T *a = acc;                                                                                          \
        const S *e = x;                                                                                      \
        for (int64_t i = 0; i < n; i += lanes) {                                                             \
            int64_t count = n - i < lanes ? n - i : lanes;                                                   \
            const S *part = e + i;                                                                           \
            WF_EACH(l, count) {                                                                              \
                T p = a[l], q = part[l];                                                                     \
                a[l] = (T)(value);                                                                           \
            }                                                                                                \
        }                                                                                                    \
    })                                                                                                       \
    static void fold_##name(void *acc, int64_t lanes) {                                                      \
        T *a = acc;                                                                                          \
        for (int64_t half = lanes / 2; half; half /= 2)                                                      \
            for (int64_t l = 0; l < half; l++) {                                                             \
                T p = a[l], q = a[l + half];                                                                 \
                a[l] = (T)(value);                                                                           \
            }                                                                                                \
    }
#define BEGIN(name, T, identity)                                                                             \
    static void begin_##name(void *acc, int64_t lanes) {                                                     \
        T *a = acc;                                                                                          \
        for (int64_t l = 0; l < lanes; l++) a[l] = (identity);                                               \
    }
#define REDUCER(name, T, identity, value) BEGIN(name, T, identity) TAKE(name, T, T, value)

/* The least or greatest of n elements, LINE_BYTES of them side by side, in an order of its own: `value` has to be one of equals
 * whatever the order. to[1]: whether there is a NaN, which is not taken. */
enum { LINE_BYTES = 256 };
#define QUICK(name, T, I, less)                                                                              \
    WF_CLONED(quick_##name, (T * to, const T *x, int64_t n), (to, x, n), {                                   \
        enum { WIDTH = LINE_BYTES / sizeof(T) };                                                             \
        T best[WIDTH];                                                                                       \
        I odd[WIDTH];                                                                                        \
        I any = 0;                                                                                           \
        T b = x[0];                                                                                          \
        WF_EACH(l, WIDTH) best[l] = x[0], odd[l] = 0;                                                        \
        for (int64_t i = 0; i + WIDTH <= n; i += WIDTH) {                                                    \
            const T *part = x + i;                                                                           \
            WF_EACH(l, WIDTH) {                                                                              \
                T q = part[l];                                                                               \
                best[l] = q less best[l] ? q : best[l];                                                      \
                odd[l] |= (I) - (q != q);                                                                    \
            }                                                                                                \
        }                                                                                                    \
        /* The last elements once more, with some that were seen. */                                         \
        if (n >= WIDTH && n % WIDTH) {                                                                       \
            const T *part = x + n - WIDTH;                                                                   \
            WF_EACH(l, WIDTH) {                                                                              \
                T q = part[l];                                                                               \
                best[l] = q less best[l] ? q : best[l];                                                      \
                odd[l] |= (I) - (q != q);                                                                    \
            }                                                                                                \
        }                                                                                                    \
        for (int64_t i = 0; n < WIDTH && i < n; i++) b = x[i] less b ? x[i] : b, any |= (I) - (x[i] != x[i]); \
        for (int64_t half = WIDTH / 2; half; half /= 2)                                                      \
            WF_EACH(l, half) {                                                                               \
                best[l] = best[l + half] less best[l] ? best[l + half] : best[l];                            \
                odd[l] |= odd[l + half];                                                                     \
            }                                                                                                \
        to[0] = best[0] less b ? best[0] : b;                                                                \
        to[1] = (any | odd[0] | (I) - (x[0] != x[0])) != 0;                                                  \
    })
/* Of +0 and -0, which compare equal, the result is the greater or the smaller one. */
#define ZERO(name, T, I, wanted)                                                                             \
    WF_CLONED(zero_##name, (T * to, const T *x, int64_t n), (to, x, n), {                                    \
        I found = 0;                                                                                         \
        WF_EACH(i, n) found |= (I) - ((x[i] == 0) & (wanted(x[i])));                                         \
        if (found) *to = wanted((T)0.0) ? (T)0.0 : (T) - (T)0.0;                                             \
    })
/* NaNs are left to the lanes. */
#define EXTREME(name, T, I, identity, less, value, wanted)                                                   \
    BEGIN(name, T, identity)                                                                                 \
    TAKE(lanes_##name, T, T, value)                                                                          \
    QUICK(name, T, I, less)                                                                                  \
    ZERO(name, T, I, wanted)                                                                                \
    static void take_##name(void *acc, const void *x, int64_t n, int64_t lanes) {                            \
        T *a = acc, best[2];                                                                                 \
        if (n > lanes) quick_##name(best, x, n);                                                             \
        if (n <= lanes || best[1]) {                                                                         \
            take_lanes_##name(acc, x, n, lanes);                                                             \
            return;                                                                                          \
        }                                                                                                    \
        if (best[0] == 0) zero_##name(best, x, n);                                                           \
        T p = a[0], q = best[0];                                                                             \
        a[0] = (value);                                                                                      \
    }                                                                                                        \
    static void fold_##name(void *acc, int64_t lanes) { fold_lanes_##name(acc, lanes); }
/* Without the NaNs: a block of nothing else counts for nothing. */
#define EXTREME_NUMBER(name, T, I, worst, less, value, wanted)                                               \
    BEGIN(name, T, (T)NAN)                                                                                   \
    TAKE(lanes_##name, T, T, value)                                                                          \
    WF_CLONED(quick_##name, (T * to, const T *x, int64_t n), (to, x, n), {                                   \
        enum { WIDTH = LINE_BYTES / sizeof(T) };                                                             \
        T best[WIDTH];                                                                                       \
        I number[WIDTH];                                                                                     \
        WF_EACH(l, WIDTH) best[l] = (worst), number[l] = 0;                                                  \
        for (int64_t i = 0; i + WIDTH <= n; i += WIDTH) {                                                    \
            const T *part = x + i;                                                                           \
            WF_EACH(l, WIDTH) {                                                                              \
                T q = part[l];                                                                               \
                best[l] = q less best[l] ? q : best[l];                                                      \
                number[l] |= (I) - (q == q);                                                                 \
            }                                                                                                \
        }                                                                                                    \
        WF_EACH(l, WIDTH) { /* the last ones, with some that were seen */                                    \
            T q = x[n - WIDTH + l];                                                                          \
            best[l] = q less best[l] ? q : best[l];                                                          \
            number[l] |= (I) - (q == q);                                                                     \
        }                                                                                                    \
        for (int64_t half = WIDTH / 2; half; half /= 2)                                                      \
            WF_EACH(l, half) {                                                                               \
                best[l] = best[l + half] less best[l] ? best[l + half] : best[l];                            \
                number[l] |= number[l + half];                                                               \
            }                                                                                                \
        to[0] = best[0];                                                                                     \
        to[1] = number[0] != 0;                                                                              \
    })                                                                                                       \
    ZERO(name, T, I, wanted)                                                                                \
    static void take_##name(void *acc, const void *x, int64_t n, int64_t lanes) {                            \
        T *a = acc, best[2];                                                                                 \
        if (n <= lanes) {                                                                                    \
            take_lanes_##name(acc, x, n, lanes);                                                             \
            return;                                                                                          \
        }                                                                                                    \
        quick_##name(best, x, n);                                                                            \
        if (!best[1]) return;                                                                                \
        if (best[0] == 0) zero_##name(best, x, n);                                                           \
        T p = a[0], q = best[0];                                                                             \
        a[0] = (value);                                                                                      \
    }                                                                                                        \
    static void fold_##name(void *acc, int64_t lanes) { fold_lanes_##name(acc, lanes); }
#define EXTREME_INTEGER(name, T, identity, less)                                                             \
    BEGIN(name, T, identity)                                                                                 \
    TAKE(lanes_##name, T, T, p less q ? p : q)                                                               \
    QUICK(name, T, T, less)                                                                                  \
    static void take_##name(void *acc, const void *x, int64_t n, int64_t lanes) {                            \
        T *a = acc, best[2];                                                                                 \
        if (n <= lanes) {                                                                                    \
            take_lanes_##name(acc, x, n, lanes);                                                             \
            return;                                                                                          \
        }                                                                                                    \
        quick_##name(best, x, n);                                                                            \
        a[0] = best[0] less a[0] ? best[0] : a[0];                                                           \
    }                                                                                                        \
    static void fold_##name(void *acc, int64_t lanes) { fold_lanes_##name(acc, lanes); }

/* A pair is better with a NaN, else by value, else by the lower index. */
#define ARGUMENT(name, extreme, T, less)                                                                              \
    static inline int better_##name(T p, int64_t pi, T q, int64_t qi) {                                      \
        if (q != q || p != p) return q != q && (p == p || qi < pi);                                          \
        return q less p || (q == p && qi < pi);                                                              \
    }                                                                                                        \
    /* Elements come in the order of their positions: one as good as an earlier one is not taken. */         \
    WF_CLONED(elements_##name, (void *acc, int64_t *index, const vm_taken *e, int64_t n, int64_t lanes),     \
              (acc, index, e, n, lanes), {                                                                   \
        T *a = acc;                                                                                          \
        const T *x = e->x;                                                                                   \
        int64_t at = e->at, step = e->step;                                                                  \
        for (int64_t i = 0; i < n; i += lanes) {                                                             \
            int64_t count = n - i < lanes ? n - i : lanes, first = at + i * step;                            \
            const T *part = x + i;                                                                           \
            WF_EACH(l, count) {                                                                              \
                T p = a[l], q = part[l];                                                                     \
                int64_t old = index[l], which = first + l * step;                                            \
                int take = ((q less p) | (q != q)) & (p == p);                                               \
                take = take | (old == INT64_MAX);                                                            \
                a[l] = take ? q : p;                                                                         \
                index[l] = take ? which : old;                                                               \
            }                                                                                                \
        }                                                                                                    \
    })                                                                                                       \
    /* The first element of n that is b or, if `odd`, a NaN. */                                              \
    WF_CLONED(place_##name, (int64_t * to, const T *x, int64_t n, T b, int odd), (to, x, n, b, odd), {       \
        enum { WIDTH = LINE_BYTES / sizeof(T) };                                                             \
        int64_t at = 0;                                                                                      \
        for (; at + WIDTH <= n; at += WIDTH) {                                                               \
            const T *part = x + at;                                                                          \
            int here = 0;                                                                                    \
            WF_EACH(l, WIDTH) here |= (!odd & (part[l] == b)) | (odd & (part[l] != part[l]));                \
            if (here) break;                                                                                 \
        }                                                                                                    \
        while (!(odd ? x[at] != x[at] : x[at] == b)) at++;                                                   \
        *to = at;                                                                                            \
    })                                                                                                       \
    /* One line of elements: the best value, then, if it is better than what was, where it is first. All goes to lane 0: \
     * which lane knows it is no matter, since a value's place decides. */                                   \
    static void line_##name(void *acc, int64_t *index, const vm_taken *e, int64_t n) {                       \
        T *a = acc, best[2];                                                                                 \
        const T *x = e->x;                                                                                   \
        int64_t at;                                                                                          \
        quick_##extreme(best, x, n);                                                                         \
        int odd = best[1] != 0;                                                                              \
        if (!odd && !better_##name(a[0], index[0], best[0], e->at)) return;                                  \
        place_##name(&at, x, n, best[0], odd);                                                               \
        if (better_##name(a[0], index[0], x[at], e->at + at)) a[0] = x[at], index[0] = e->at + at;           \
    }                                                                                                        \
    static void take_##name(void *acc, int64_t *index, const vm_taken *e, int64_t n, int64_t lanes) {        \
        T *a = acc;                                                                                          \
        const T *x = e->x;                                                                                   \
        if (!e->integer) {                                                                                   \
            if (e->step == 1) line_##name(acc, index, e, n);                                                 \
            else elements_##name(acc, index, e, n, lanes);                                                   \
            return;                                                                                          \
        }                                                                                                    \
        for (int64_t i = 0; i < n; i++) {                                                                    \
            int64_t l = i % lanes, which = e->integer[i];                                                    \
            int take = better_##name(a[l], index[l], x[i], which);                                           \
            a[l] = take ? x[i] : a[l];                                                                       \
            index[l] = take ? which : index[l];                                                              \
        }                                                                                                    \
    }                                                                                                        \
    static void fold_##name(void *acc, int64_t *index, int64_t lanes) {                                      \
        T *a = acc;                                                                                          \
        for (int64_t l = 1; l < lanes; l++)                                                                  \
            if (index[l] != INT64_MAX && better_##name(a[0], index[0], a[l], index[l]))                      \
                a[0] = a[l], index[0] = index[l];                                                            \
    }

/* Origins, then sums of the distances from them (closed: the means'), then of the squares; counts as integers. The formulas
 * are those of fuse/accumulate.c, bit for bit. */
#define DEVIATIONS_OF(t, T)                                                                                  \
    static void begin_deviations_##t(void *acc, int64_t lanes) { memset(acc, 0, 3 * (size_t)lanes * sizeof(T)); }\
    static void join_deviations_##t(T *a, int64_t lanes, int64_t *n, T origin, T mean, T squares, int64_t count) {\
        a[0] = *n ? a[0] : origin;                                                                           \
        T before = (T)*n;                                                                                    \
        *n += count;                                                                                         \
        T w = *n ? (T)count / (T)*n : 0, d = (origin - a[0]) + (mean - a[lanes]);                            \
        a[lanes] = a[lanes] + d * w;                                                                         \
        a[2 * lanes] = (a[2 * lanes] + squares) + (d * d) * (before * w);                                    \
    }                                                                                                        \
    WF_CLONED(enter_##t, (void *acc, const void *x, int64_t n, int64_t lanes), (acc, x, n, lanes), {         \
        T *origin = acc, *sum = origin + lanes, *squares = sum + lanes;                                      \
        const T *e = x;                                                                                      \
        for (int64_t i = 0; i < n; i += lanes) {                                                             \
            int64_t here = n - i < lanes ? n - i : lanes;                                                    \
            const T *part = e + i;                                                                           \
            WF_EACH(l, here) {                                                                               \
                T d = part[l] - origin[l];                                                                   \
                sum[l] = sum[l] + d;                                                                         \
                squares[l] = squares[l] + d * d;                                                             \
            }                                                                                                \
        }                                                                                                    \
    })                                                                                                       \
    static void take_deviations_##t(void *acc, int64_t *count, const vm_taken *e, int64_t n, int64_t lanes) {\
        T *a = acc;                                                                                          \
        const T *x = e->x, *mean = e->more[0], *squares = e->more[1];                                        \
        if (e->integer) {                                                                                    \
            for (int64_t i = 0; i < n; i++) {                                                                \
                int64_t l = i % lanes;                                                                       \
                join_deviations_##t(&a[l], lanes, &count[l], x[i], mean[i], squares[i], e->integer[i]);      \
            }                                                                                                \
            return;                                                                                          \
        }                                                                                                    \
        for (int64_t l = 0; l < lanes && l < n; l++) {                                                       \
            if (!count[l]) a[l] = x[l];                                                                      \
            count[l] += (n - l + lanes - 1) / lanes;                                                         \
        }                                                                                                    \
        enter_##t(acc, x, n, lanes);                                                                         \
    }                                                                                                        \
    static void close_deviations_##t(void *acc, const int64_t *count, int64_t lanes) {                       \
        T *sum = (T *)acc + lanes, *squares = sum + lanes;                                                   \
        for (int64_t l = 0; l < lanes; l++) {                                                                \
            T mean = count[l] ? sum[l] / (T)count[l] : 0, left = squares[l] - sum[l] * mean;                 \
            squares[l] = left < 0 ? 0 : left;                                                                \
            sum[l] = mean;                                                                                   \
        }                                                                                                    \
    }                                                                                                        \
    static void fold_deviations_##t(void *acc, int64_t *count, int64_t lanes) {                              \
        T *a = acc;                                                                                          \
        for (int64_t half = lanes / 2; half; half /= 2)                                                      \
            for (int64_t l = 0; l < half; l++) {                                                             \
                int64_t r = l + half;                                                                        \
                join_deviations_##t(&a[l], lanes, &count[l], a[r], a[lanes + r], a[2 * lanes + r], count[r]);\
            }                                                                                                \
    }
#define FLOATS(X) X(f32, float) X(f64, double)
FLOATS(DEVIATIONS_OF)

#define INTEGERS(X)                                                                                          \
    X(i8, int8_t, INT8_MIN, INT8_MAX)                                                                        \
    X(u8, uint8_t, 0, UINT8_MAX)                                                                             \
    X(i16, int16_t, INT16_MIN, INT16_MAX)                                                                    \
    X(u16, uint16_t, 0, UINT16_MAX)                                                                          \
    X(i32, int32_t, INT32_MIN, INT32_MAX)                                                                    \
    X(u32, uint32_t, 0, UINT32_MAX) X(i64, int64_t, INT64_MIN, INT64_MAX) X(u64, uint64_t, 0, UINT64_MAX)

#define OF_FLOAT(t, T)                                                                                       \
    REDUCER(sum_##t, T, -(T)0.0, p + q)                                                                      \
    REDUCER(prod_##t, T, 1, p *q)                                                                            \
    EXTREME(min_##t, T, WF_BITS_##t, (T)INFINITY, <, WF_MINIMUM(p, q), WF_BELOW_ZERO)                        \
    EXTREME(max_##t, T, WF_BITS_##t, -(T)INFINITY, >, WF_MAXIMUM(p, q), WF_ABOVE_ZERO)                       \
    EXTREME_NUMBER(fmin_##t, T, WF_BITS_##t, (T)INFINITY, <, WF_FMIN(p, q), WF_BELOW_ZERO)                    \
    EXTREME_NUMBER(fmax_##t, T, WF_BITS_##t, -(T)INFINITY, >, WF_FMAX(p, q), WF_ABOVE_ZERO)                   \
    ARGUMENT(argmin_##t, min_##t, T, <)                                                                      \
    ARGUMENT(argmax_##t, max_##t, T, >)
#define WF_BITS_f32 int32_t
#define WF_BITS_f64 int64_t
#define WF_BELOW_ZERO(x) (!WF_ABOVE_ZERO(x))
FLOATS(OF_FLOAT)

/* Wraps: the sums are made in uint64_t and cut. */
#define OF_INTEGER(t, T, least, most)                                                                        \
    REDUCER(sum_##t, T, 0, (uint64_t)p + (uint64_t)q)                                                        \
    REDUCER(prod_##t, T, 1, (uint64_t)p *(uint64_t)q)                                                        \
    EXTREME_INTEGER(min_##t, T, most, <)                                                                     \
    EXTREME_INTEGER(max_##t, T, least, >)                                                                    \
    REDUCER(and_##t, T, (T) ~(T)0, p &q)                                                                     \
    REDUCER(or_##t, T, 0, p | q)                                                                             \
    REDUCER(xor_##t, T, 0, p ^ q)                                                                            \
    ARGUMENT(argmin_##t, min_##t, T, <)                                                                      \
    ARGUMENT(argmax_##t, max_##t, T, >)
INTEGERS(OF_INTEGER)
BEGIN(bool_ones, uint8_t, 1)

/* A complex sum is a sum of twice as many parts: lanes of pairs. */
#define OF_COMPLEX(t, T)                                                                                     \
    static void begin_sum_##t(void *acc, int64_t lanes) { begin_sum_##T(acc, 2 * lanes); }                   \
    static void take_sum_##t(void *acc, const void *x, int64_t n, int64_t lanes) {                           \
        take_sum_##T(acc, x, 2 * n, 2 * lanes);                                                              \
    }                                                                                                        \
    static void fold_sum_##t(void *acc, int64_t lanes);
OF_COMPLEX(c64, f32)
OF_COMPLEX(c128, f64)
#define FOLD_COMPLEX(t, T)                                                                                   \
    static void fold_sum_##t(void *acc, int64_t lanes) {                                                     \
        T *a = acc;                                                                                          \
        for (int64_t half = lanes / 2; half; half /= 2)                                                      \
            for (int64_t l = 0; l < 2 * half; l++) a[l] += a[l + 2 * half];                                  \
    }
FOLD_COMPLEX(c64, float)
FOLD_COMPLEX(c128, double)

#define ENTRY(name)                                                                                          \
    { begin_##name, take_##name, fold_##name, NULL, NULL, NULL, 0, WF_DT_NONE }
#define ARG(name, t, first)                                                                                  \
    { begin_##first##_##t, NULL, NULL, take_##name##_##t, fold_##name##_##t, NULL, INT64_MAX, WF_DT_NONE }
#define DEVIATIONS(t)                                                                                        \
    { begin_deviations_##t, NULL, NULL, take_deviations_##t, fold_deviations_##t, close_deviations_##t, 0, WF_DT_NONE }

static int float_reducer(wf_reduction op, int wide, vm_reducer *r) {
#define ROWS(t)                                                                                              \
    {                                                                                                        \
        [WF_RED_SUM] = ENTRY(sum_##t), [WF_RED_PROD] = ENTRY(prod_##t), [WF_RED_MIN] = ENTRY(min_##t),       \
        [WF_RED_MAX] = ENTRY(max_##t), [WF_RED_FMIN] = ENTRY(fmin_##t), [WF_RED_FMAX] = ENTRY(fmax_##t),      \
        [WF_RED_ARGMIN] = ARG(argmin, t, min),                                                               \
        [WF_RED_ARGMAX] = ARG(argmax, t, max), [WF_RED_DEVIATIONS] = DEVIATIONS(t)                           \
    }
    static const vm_reducer table[2][WF_RED_COUNT] = {ROWS(f32), ROWS(f64)};
#undef ROWS
    *r = table[wide][op];
    return r->begin != NULL;
}

static int integer_reducer(wf_reduction op, wf_dtype t, vm_reducer *r) {
#define X(t, T, least, most)                                                                                 \
    {[WF_RED_SUM] = ENTRY(sum_##t),        [WF_RED_PROD] = ENTRY(prod_##t),                                  \
     [WF_RED_MIN] = ENTRY(min_##t),        [WF_RED_MAX] = ENTRY(max_##t),                                    \
     [WF_RED_ANY] = ENTRY(or_##t),         [WF_RED_ALL] = ENTRY(and_##t),                                    \
     [WF_RED_AND] = ENTRY(and_##t),        [WF_RED_OR] = ENTRY(or_##t),                                      \
     [WF_RED_XOR] = ENTRY(xor_##t),        [WF_RED_ARGMIN] = ARG(argmin, t, min),                            \
     [WF_RED_ARGMAX] = ARG(argmax, t, max)},
    static const vm_reducer table[][WF_RED_COUNT] = {INTEGERS(X)};
#undef X
    *r = table[t == WF_DT_BOOL ? 1 : t - WF_DT_INT8][op];
    int ones = op == WF_RED_ALL || op == WF_RED_AND || op == WF_RED_MIN || op == WF_RED_ARGMIN;
    if (t == WF_DT_BOOL && ones) r->begin = begin_bool_ones;
    return r->begin != NULL && !(t == WF_DT_BOOL && op <= WF_RED_PROD);
}

int64_t vm_tile_lanes(wf_reduction op, wf_dtype acc) {
    int place = op == WF_RED_ARGMIN || op == WF_RED_ARGMAX;
    return place ? 1 : wf_reduction_lanes(acc);
}

int vm_reducer_of(wf_reduction op, wf_dtype acc, vm_reducer *r) {
    int found;
    wf_dtype type = wf_dtype_is_small_float(acc) ? WF_DT_FLOAT32 : acc;
    if (wf_dtype_is_complex(acc)) {
        *r = acc == WF_DT_COMPLEX64 ? (vm_reducer)ENTRY(sum_c64) : (vm_reducer)ENTRY(sum_c128);
        found = op == WF_RED_SUM;
    } else if (wf_dtype_is_float(type)) found = float_reducer(op, type == WF_DT_FLOAT64, r);
    else found = integer_reducer(op, type, r);
    r->type = type;
    return found;
}
