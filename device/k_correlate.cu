/* A weighted sum over a window along one axis (correlate1d and what is made of it: Gaussian, uniform, Sobel filters). On a CPU,
 * and for windows that are wider, the same sums are recorded as expressions (weft/_array/ndimage.py), in the same order: of
 * symmetric weights the two elements that share one are added first, from the outside in.
 *
 * Sums are in float64. A thread makes several neighbours along the axis from one set of elements in registers: to convert an
 * element to float64 takes a GPU as long as four additions. Compiled with T (the element), OUT (of the result: float or
 * double), W (weights, at most 65), SYMMETRIC, DIVIDE and MODE, what stands beyond the ends: 0 the elements turned round about the
 * end (reflect), 1 about the last element (mirror), 2 the last element, 3 the elements again from the other end, 4 *fill. */

enum { ALONG = 8, THREADS = 256, TILE = THREADS * ALONG, TALL = 8 * ALONG };

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

/* Which element stands at i, of n; -1: none does. */
static __device__ __forceinline__ long long place(long long i, long long n) {
    if (i >= 0 && i < n) return i;
    if (MODE == 4) return -1;
    if (MODE == 2) return i < 0 ? 0 : n - 1;
    long long period = MODE == 0 ? 2 * n : MODE == 3 ? n : n > 1 ? 2 * n - 2 : 1;
    i = i % period;
    if (i < 0) i += period;
    return i < n ? i : period - (MODE == 0) - i;
}

/* in, out: outer × n × inner. before: how many of the weights stand before the element. Block: 32 × 8. Grid: x pieces of the
 * axis, of each its pieces across, y outer (a loop). */
extern "C" __global__ void __launch_bounds__(THREADS) k_correlate_columns(OUT *out, const T *in, const double *weights, const T *fill,
                                                                          double divisor, long long outer, long long n,
                                                                          long long before, long long inner) {
    __shared__ T staged[TALL + W - 1][32];
    int tx = threadIdx.x, ty = threadIdx.y;
    unsigned across = (unsigned)((inner + 31) / 32), piece = blockIdx.x / across;
    long long column = (blockIdx.x - piece * across) * 32ll + tx, first = piece * (long long)TALL;
    for (long long o = blockIdx.y; o < outer; o += gridDim.y) {
        const T *from = in + (o * n * inner + column);
        if (column < inner && first >= before && first - before + TALL + W - 1 <= n) { /* all loads at once */
            T v[(TALL + W + 6) / 8];
#pragma unroll
            for (int k = 0; k < (TALL + W + 6) / 8; k++)
                if (ty + k * 8 < TALL + W - 1) v[k] = from[(first - before + ty + k * 8) * inner];
#pragma unroll
            for (int k = 0; k < (TALL + W + 6) / 8; k++)
                if (ty + k * 8 < TALL + W - 1) staged[ty + k * 8][tx] = v[k];
        } else
            for (int i = ty; i < TALL + W - 1; i += 8) {
                long long at = first + i < n + W - 1 ? place(first - before + i, n) : 0;
                if (column < inner) staged[i][tx] = at < 0 ? *fill : from[at * inner];
            }
        __syncthreads();
        double x[ALONG + W - 1];
#pragma unroll
        for (int k = 0; k < ALONG + W - 1; k++) x[k] = (double)staged[ty * ALONG + k][tx];
        OUT *to = out + ((o * n + first + ty * ALONG) * inner + column);
#pragma unroll
        for (int j = 0; j < ALONG; j++)
            if (column < inner && first + ty * ALONG + j < n) to[j * inner] = (OUT)weighted(x + j, weights, divisor);
        __syncthreads();
    }
}

/* The last axis. Grid: x tiles of a row, y the rows (a loop). */
extern "C" __global__ void __launch_bounds__(THREADS) k_correlate_rows(OUT *out, const T *in, const double *weights, const T *fill,
                                                                       double divisor, long long rows, long long n,
                                                                       long long before) {
    /* nine places for eight elements: the threads of a warp then read different banks */
    __shared__ union {
        T in[(TILE + W - 1 + 7) / 8 * 9];
        OUT out[TILE / 8 * 9];
    } staged;
    int t = threadIdx.x;
    long long first = blockIdx.x * (long long)TILE;
    for (long long row = blockIdx.y; row < rows; row += gridDim.y) {
        const T *from = in + row * n;
        if (first >= before && first - before + TILE + W - 1 <= n) { /* all loads at once */
            T v[(TILE + W + THREADS - 2) / THREADS];
#pragma unroll
            for (int k = 0; k < (TILE + W + THREADS - 2) / THREADS; k++)
                if (t + k * THREADS < TILE + W - 1) v[k] = from[first - before + t + k * THREADS];
#pragma unroll
            for (int k = 0; k < (TILE + W + THREADS - 2) / THREADS; k++) {
                int i = t + k * THREADS;
                if (i < TILE + W - 1) staged.in[i + i / 8] = v[k];
            }
        } else
            for (int i = t; i < TILE + W - 1; i += THREADS) {
                long long at = first + i < n + W - 1 ? place(first - before + i, n) : 0;
                staged.in[i + i / 8] = at < 0 ? *fill : from[at];
            }
        __syncthreads();
        double x[ALONG + W - 1];
#pragma unroll
        for (int k = 0; k < ALONG + W - 1; k++) x[k] = (double)staged.in[t * 9 + k + k / 8];
        __syncthreads();
#pragma unroll
        for (int j = 0; j < ALONG; j++)
            staged.out[t * 9 + j] = (OUT)weighted(x + j, weights, divisor);
        __syncthreads();
        OUT *to = out + (row * n + first);
        for (int i = t; i < TILE; i += THREADS)
            if (first + i < n) to[i] = staged.out[i + i / 8];
        __syncthreads();
    }
}
