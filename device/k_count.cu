/* How often each number comes, and sums of weights by number. The CPU's form and the order: src/bulk/count.c. */

/* counts: zeros. */
extern "C" __global__ void k_count(unsigned long long *counts, const long long *index, long long size) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < size; i += (long long)gridDim.x * blockDim.x)
        atomicAdd(&counts[index[i]], 1ull);
}

/* The same with counts of a block's own in shared memory, for at most 4096 numbers. */
extern "C" __global__ void k_count_few(unsigned long long *counts, const long long *index, long long size, int bins) {
    __shared__ int own[4096];
    for (int k = threadIdx.x; k < bins; k += blockDim.x) own[k] = 0;
    __syncthreads();
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < size; i += (long long)gridDim.x * blockDim.x)
        atomicAdd(&own[(int)index[i]], 1);
    __syncthreads();
    for (int k = threadIdx.x; k < bins; k += blockDim.x)
        if (own[k]) atomicAdd(&counts[k], (unsigned long long)own[k]);
}

/* A block sums a bin: its weights lie side by side, from starts[bin] on. 64 in a row, then those sums likewise, from one
 * work space to the other; a bin's part of them begins at starts[bin] / 64 + bin. */
extern "C" __global__ void k_sum_bins(double *sums, const double *weights, const long long *starts, double *first,
                                      double *second, long long bins) {
    for (long long bin = blockIdx.x; bin < bins; bin += gridDim.x) {
        long long from = starts[bin], n = starts[bin + 1] - from, at = from / 64 + bin;
        int level = 0;
        do { /* a single weight passes through one run of its own */
            long long runs = (n + 63) / 64;
            for (long long r = threadIdx.x; r < runs; r += blockDim.x) {
                long long begin = r * 64, end = begin + 64 < n ? begin + 64 : n;
                double sum = 0;
                for (long long i = begin; i < end; i++) {
                    double x = level == 0 ? weights[from + i] : level % 2 ? first[at + i] : second[at + i];
                    sum = i == begin ? x : sum + x;
                }
                if (level % 2) second[at + r] = sum;
                else first[at + r] = sum;
            }
            n = runs;
            level++;
            __syncthreads();
        } while (n > 1);
        if (threadIdx.x == 0) sums[bin] = n == 0 ? 0.0 : level % 2 ? first[at] : second[at];
        __syncthreads();
    }
}
