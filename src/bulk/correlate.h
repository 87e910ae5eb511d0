/* bulk/correlate.h: weighted sums over a window, of rows of doubles (correlate_sums.c), for correlate.c. */
#ifndef WF_BULK_CORRELATE_H
#define WF_BULK_CORRELATE_H
#include <stdint.h>

/* A window along an axis of n elements. */
typedef struct bulk_window {
    const double *weights;
    int64_t n, before, width; /* width: how many weights; before: how many of them stand before the element */
    int mode;                 /* what stands beyond the ends, as in k_correlate.cu */
    int symmetric, divide;    /* the weights are symmetric; sums are divided by the divisor */
    double divisor, fill;
} bulk_window;

enum {
    BULK_SUMS_ROOM = 32, /* a row of doubles is read to a multiple of so many */
    BULK_SUMS_ROWS = 2   /* results below each other that are made at once */
};

/* How the sums are made with one instruction set.
 * run: to[r][c] is the sum over k of rows[r + k][c] with weight k, r < count <= BULK_SUMS_ROWS, c < n.
 * Results (float if to_float, else double) lie `step` bytes apart from row to row. */
typedef struct bulk_sums {
    void (*run)(const bulk_window *w, const double *const *rows, int count, char *to, int64_t step, int64_t n,
                int to_float);
} bulk_sums;

/* Of AVX-512 (512 bits), AVX2 (256) or none (64); NULL: this CPU has no such instructions. */
const bulk_sums *bulk_sums_of(int bits);
const bulk_sums *bulk_sums_best(void);
#endif
