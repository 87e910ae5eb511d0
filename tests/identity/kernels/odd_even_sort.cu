// Odd-even transposition sort of one block's doubles.
__global__ void odd_even(double *data, int n)
{
    extern __shared__ double v[];
    int t = threadIdx.x;
    data += blockIdx.x * n;
    if (t < n) v[t] = data[t];
    for (int phase = 0; phase < n; phase++) {
        __syncthreads();
        if ((t & 1) == (phase & 1) && t + 1 < n && v[t] > v[t + 1]) {
            double swap = v[t];
            v[t] = v[t + 1];
            v[t + 1] = swap;
        }
    }
    __syncthreads();
    if (t < n) data[t] = v[t];
}
