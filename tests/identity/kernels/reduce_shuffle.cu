// Sum and maximum of each block by shuffles, one value a warp through shared memory.
template <typename T> __inline__ __device__ T warp_sum(T v)
{
    for (int offset = warpSize / 2; offset > 0; offset /= 2) v += __shfl_xor_sync(0xffffffff, v, offset);
    return v;
}
__inline__ __device__ int warp_max(int v)
{
    for (int offset = 16; offset > 0; offset >>= 1) v = max(v, __shfl_down_sync(0xffffffff, v, offset));
    return v;
}
__global__ void reduce_shuffle(const float *in, const int *keys, float *sums, int *maxima, int n)
{
    __shared__ float partial[32];
    __shared__ int largest[32];
    int lane = threadIdx.x % warpSize, warp = threadIdx.x / warpSize;
    float sum = 0;
    int most = -2147483647 - 1;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) {
        sum += in[i];
        most = max(most, keys[i]);
    }
    sum = warp_sum(sum);
    most = warp_max(most);
    if (lane == 0) { partial[warp] = sum; largest[warp] = most; }
    __syncthreads();
    int warps = (blockDim.x + 31) / 32;
    sum = threadIdx.x < warps ? partial[lane] : 0;
    most = threadIdx.x < warps ? largest[lane] : -2147483647 - 1;
    if (warp == 0) {
        sum = warp_sum(sum);
        most = warp_max(most);
        if (lane == 0) { sums[blockIdx.x] = sum; maxima[blockIdx.x] = most; }
    }
}
