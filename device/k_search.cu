/* Where values belong in a sorted array, by halving; NaN comes after every number. The CPU's form: src/bulk/search.c.
 * Compiled with T. right: the last place where a value fits, else the first. */
static __device__ bool less(T x, T y) { return x < y || (y != y && x == x); }

extern "C" __global__ void k_search(long long *out, const T *sorted, const T *values, long long n, long long count, int right) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += (long long)gridDim.x * blockDim.x) {
        T v = values[i];
        long long base = 0;
        for (long long left = n; left > 0;) {
            long long half = (left + 1) / 2;
            T at = sorted[base + half - 1];
            bool on = right ? !less(v, at) : less(at, v);
            base = on ? base + half : base;
            left = on ? left - half : half - 1;
        }
        out[i] = base;
    }
}
