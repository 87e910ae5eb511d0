/* A weighted sum over a window along one axis (correlate1d and what is made of it: Gaussian, uniform, Sobel filters). On a CPU,
 * and for windows that are wider, the same sums are recorded as expressions (weft/_array/ndimage.py), in the same order: of
 * symmetric weights the two elements that share one are added first, from the outside in.
 *
 * Sums are in float64. A thread makes several neighbours along the axis from one set of elements in registers: to convert an
 * element to float64 takes a GPU as long as four additions. Compiled with T (the element), OUT (of the result: float or
 * double), W (weights, at most 65), SYMMETRIC, DIVIDE. */

enum { ALONG = 8, THREADS = 256, TILE = THREADS * ALONG };

static __device__ __forceinline__ double weighted(const double *x, const double *weights, double divisor) {
    double total;
#if SYMMETRIC
    if (W == 1) total = x[0] * weights[0];
    else {
        total = (x[0] + x[W - 1]) * weights[0];
#pragma unroll
        for (int k = 1; k < W / 2; k++) total = total + (x[k] + x[W - 1 - k]) * weights[k];
        total = total + x[W / 2] * weights[W / 2];
    }
#else
    total = x[0] * weights[0];
#pragma unroll
    for (int k = 1; k < W; k++) total = total + x[k] * weights[k];
#endif
    return DIVIDE ? total / divisor : total;
}

/* in: outer × (n + W - 1) × inner, out: outer × n × inner. Grid: x pieces of the axis, of each its pieces across,
 * y outer (a loop). */
extern "C" __global__ void __launch_bounds__(THREADS) k_correlate_columns(OUT *out, const T *in, const double *weights, double divisor,
                                                                          long long outer, long long n, long long inner) {
    unsigned across = (unsigned)((inner + THREADS - 1) / THREADS), piece = blockIdx.x / across;
    long long column = (blockIdx.x - piece * across) * (long long)THREADS + threadIdx.x, first = piece * (long long)ALONG;
    if (column >= inner) return;
    for (long long o = blockIdx.y; o < outer; o += gridDim.y) {
        const T *from = in + ((o * (n + W - 1) + first) * inner + column);
        OUT *to = out + ((o * n + first) * inner + column);
        double x[ALONG + W - 1];
#pragma unroll
        for (int k = 0; k < ALONG + W - 1; k++) x[k] = first + k < n + W - 1 ? (double)from[k * inner] : 0;
#pragma unroll
        for (int j = 0; j < ALONG; j++)
            if (first + j < n) to[j * inner] = (OUT)weighted(x + j, weights, divisor);
    }
}

/* The last axis. Grid: x tiles of a row, y the rows (a loop). */
extern "C" __global__ void __launch_bounds__(THREADS) k_correlate_rows(OUT *out, const T *in, const double *weights, double divisor,
                                                                       long long rows, long long n) {
    /* nine places for eight elements: the threads of a warp then read different banks */
    __shared__ T staged[(TILE + W - 1 + 7) / 8 * 9];
    int t = threadIdx.x;
    long long first = blockIdx.x * (long long)TILE;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        const T *from = in + (row * (n + W - 1) + first);
        long long there = n + W - 1 - first;
        for (int i = t; i < TILE + W - 1; i += THREADS)
            if (i < there) staged[i + i / 8] = from[i];
        __syncthreads();
        double x[ALONG + W - 1];
#pragma unroll
        for (int k = 0; k < ALONG + W - 1; k++) x[k] = (double)staged[t * 9 + k + k / 8];
        OUT *to = out + (row * n + first + t * ALONG);
#pragma unroll
        for (int j = 0; j < ALONG; j++)
            if (first + t * ALONG + j < n) to[j] = (OUT)weighted(x + j, weights, divisor);
        __syncthreads();
    }
}
