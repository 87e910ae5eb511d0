// Inclusive scan of each block, with two buffers in dynamic shared memory.
__global__ void scan_hillis(const int *in, int *out, int n)
{
    extern __shared__ int temp[];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t, from = 0, to = 1;
    temp[t] = i < n ? in[i] : 0;
    __syncthreads();
    for (int offset = 1; offset < blockDim.x; offset *= 2) {
        if (t >= offset) temp[to * blockDim.x + t] = temp[from * blockDim.x + t] + temp[from * blockDim.x + t - offset];
        else temp[to * blockDim.x + t] = temp[from * blockDim.x + t];
        __syncthreads();
        from = 1 - from; to = 1 - to;
    }
    if (i < n) out[i] = temp[from * blockDim.x + t];
}
