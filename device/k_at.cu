/* ufunc.at for sums, differences and products of floats where places come often: a thread has a place and takes its values one
 * after the other in the order of the indices, which is the CPU's order (src/bulk/gather.c). Where places come seldom,
 * weft/_array/folds.py goes round by round.
 *
 * Compiled with T (float or double) and OP: 0 sum, 1 difference, 2 product. values: in the order of their places, and of the
 * indices among equal ones; starts: where each place's begin, one more at the end. */

enum { AHEAD = 8 }; /* values that a thread reads at once */

static __device__ __forceinline__ T step(T x, T y) {
#if OP == 0
    return x + y;
#elif OP == 1
    return x - y;
#else
    return x * y;
#endif
}

extern "C" __global__ void __launch_bounds__(256) k_at(T *target, const long long *places, const long long *starts, const T *values, long long count) {
    long long i = blockIdx.x * 256ll + threadIdx.x;
    if (i >= count) return;
    long long k = starts[i], end = starts[i + 1];
    T x = target[places[i]];
    for (; k + AHEAD <= end; k += AHEAD) {
        T y[AHEAD];
        for (int j = 0; j < AHEAD; j++) y[j] = values[k + j];
        for (int j = 0; j < AHEAD; j++) x = step(x, y[j]);
    }
    for (; k < end; k++) x = step(x, values[k]);
    target[places[i]] = x;
}
