/* bulk/interp.c: straight lines between points (interp). The place of an element among the points is that of
 * bulk/search.c, the line's arithmetic that of weft/_array/signals.py, which GPUs run: each operation
 * rounded. */
#include "bulk/inner.h"
#include <string.h>

typedef struct work {
    double *out;
    const double *x, *points, *values;
    int64_t n; /* points */
    int has_left, has_right;
    double left, right;
} work;

/* y0 + slope (x - x0); from the other end where that is no number, or y0 where both ends are the same. */
static double on_the_line(double x, const double *x01, const double *y01) {
    double slope = (y01[1] - y01[0]) / (x01[1] - x01[0]);
    double y = slope * (x - x01[0]) + y01[0];
    if (y == y) return y;
    y = slope * (x - x01[1]) + y01[1];
    return y != y && y01[0] == y01[1] ? y01[0] : y;
}

/* The last point that is not above x, or -1; `near` is the one of the element before. NaN stands after every
 * number. */
static int64_t place(const work *w, double x, int64_t near) {
    const double *p = w->points;
    if (near >= 0 && p[near] <= x && (near + 1 == w->n || !(p[near + 1] <= x))) return near;
    int64_t base = 0;
    for (int64_t left = w->n; left > 0;) {
        int64_t half = (left + 1) / 2;
        int on = p[base + half - 1] <= x;
        base = on ? base + half : base;
        left = on ? left - half : half - 1;
    }
    return base - 1;
}

static int piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    const double *p = w->points, *v = w->values;
    int64_t n = w->n, at = -1;
    (void)worker;
    for (int64_t i = (int64_t)first; i < (int64_t)last; i++) {
        double x = w->x[i];
        if (x != x) {
            w->out[i] = x;
            continue;
        }
        at = place(w, x, at);
        int64_t low = at < 0 ? 0 : at;
        double y = low == n - 1 || p[low] == x ? v[low] : on_the_line(x, p + low, v + low);
        if (x < p[0] && w->has_left) y = w->left;
        else if (x < p[0]) y = v[0];
        else if (x > p[n - 1]) y = w->has_right ? w->right : v[n - 1];
        w->out[i] = y;
    }
    return 0;
}

/* arrays: the result; the elements; the points, which go up; their values (float64, dense). numbers: whether
 * there is a value for what is left of the points, its bits as those of a float64, the same of the right. */
wf_status bulk_interp(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    work w = {(double *)a[0].data,
              (const double *)a[1].data,
              (const double *)a[2].data,
              (const double *)a[3].data,
              a[2].size,
              (int)call->numbers[0],
              (int)call->numbers[2],
              0,
              0};
    memcpy(&w.left, &call->numbers[1], sizeof w.left);
    memcpy(&w.right, &call->numbers[3], sizeof w.right);
    bulk_each(call, a[1].size, 1024, piece, &w);
    return WF_OK;
}
