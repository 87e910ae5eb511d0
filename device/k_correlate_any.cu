/* The sums of k_correlate.cu, of windows of any width, which may be wider than the axis is long: one thread for a result, every
 * element read where it stands. Compiled with T, OUT, SYMMETRIC, DIVIDE and MODE as that file. */

/* Which element stands at i, of n; -1: none does. */
static __device__ __forceinline__ long long place(long long i, long long n) {
    if (i >= 0 && i < n) return i;
    if (MODE == 4) return -1;
    if (MODE == 2) return i < 0 ? 0 : n - 1;
    long long period = MODE == 0 ? 2 * n : MODE == 3 ? n : n > 1 ? 2 * n - 2 : 1;
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - (MODE == 0) - i;
}

static __device__ __forceinline__ double element(const T *line, long long i, long long n, long long inner, double none) {
    long long at = place(i, n);
    return at < 0 ? none : (double)line[at * inner];
}

/* in, out: of shape (…, n, inner), `size` elements in all; before: how many of the `width` weights stand before the element. */
extern "C" __global__ void k_correlate_any(OUT *__restrict__ out, const T *__restrict__ in, const double *__restrict__ weights,
                                           const T *__restrict__ fill, double divisor, long long size, long long n, long long before,
                                           long long inner, int width) {
    double none = MODE == 4 ? (double)*fill : 0.0;
    for (long long r = blockIdx.x * (long long)blockDim.x + threadIdx.x; r < size; r += gridDim.x * (long long)blockDim.x) {
        long long i = r / inner % n, first = i - before;
        const T *line = in + (r - i * inner);
        int terms = SYMMETRIC ? width / 2 : width;
        double total = 0.0;
        for (int k = 0; k < terms; k++) {
            double x = element(line, first + k, n, inner, none);
            if (SYMMETRIC) x = x + element(line, first + width - 1 - k, n, inner, none);
            total = k ? fma(x, weights[k], total) : x * weights[k];
        }
        if (SYMMETRIC) {
            double x = element(line, first + terms, n, inner, none);
            total = terms ? fma(x, weights[terms], total) : x * weights[terms];
        }
        out[r] = (OUT)(DIVIDE ? total / divisor : total);
    }
}
