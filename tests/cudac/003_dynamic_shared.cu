extern __shared__ float outside[];
__global__ void reduce(const float *in, float *out) {
    extern __shared__ float s[];
    unsigned tid = threadIdx.x;
    s[tid] = in[blockIdx.x * blockDim.x + tid];
    __syncthreads();
    for (unsigned k = blockDim.x / 2; k > 0; k >>= 1) {
        if (tid < k) s[tid] += s[tid + k];
        __syncthreads();
    }
    if (tid == 0) out[blockIdx.x] = s[0];
}
__global__ void other(float *out) {
    outside[threadIdx.x] = 1;
    __syncthreads();
    out[threadIdx.x] = outside[blockDim.x - 1 - threadIdx.x];
}
__global__ void bytes(int *out) {
    extern __shared__ __align__(16) unsigned char raw[];
    int *ints = reinterpret_cast<int *>(raw);
    double *rest = (double *)(ints + blockDim.x);
    ints[threadIdx.x] = threadIdx.x;
    rest[threadIdx.x] = 0.5;
    out[threadIdx.x] = ints[threadIdx.x] + (int)rest[0];
}
