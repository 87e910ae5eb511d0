// Dot product in one launch: the block that finishes last adds the partial sums (fence and counter).
__device__ unsigned int finished = 0;
__global__ void dot_last_block(const float *x, const float *y, volatile float *partial, float *result, int n)
{
    __shared__ float cache[256];
    __shared__ bool last;
    int t = threadIdx.x;
    float sum = 0;
    for (int i = t + blockIdx.x * blockDim.x; i < n; i += blockDim.x * gridDim.x) sum += x[i] * y[i];
    cache[t] = sum;
    __syncthreads();
    for (int i = blockDim.x / 2; i != 0; i /= 2) {
        if (t < i) cache[t] += cache[t + i];
        __syncthreads();
    }
    if (t == 0) {
        partial[blockIdx.x] = cache[0];
        __threadfence();
        last = atomicInc(&finished, gridDim.x) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && t == 0) {
        float whole = 0;
        for (int b = 0; b < gridDim.x; b++) whole += partial[b];
        *result = whole;
        finished = 0;
    }
}
