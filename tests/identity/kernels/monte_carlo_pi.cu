// Each thread throws darts with its own xorshift generator; hits are counted with one atomic a block.
__device__ __forceinline__ unsigned int next(unsigned int &state)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
__global__ void monte_carlo_pi(unsigned long long *hits, unsigned int seed, int throws)
{
    __shared__ unsigned int count;
    if (threadIdx.x == 0) count = 0;
    __syncthreads();
    unsigned int state = (blockIdx.x * blockDim.x + threadIdx.x + 1) * 2654435761u ^ seed;
    unsigned int mine = 0;
    for (int i = 0; i < throws; i++) {
        float x = (next(state) >> 8) * (1.0f / 16777216.0f), y = (next(state) >> 8) * (1.0f / 16777216.0f);
        if (x * x + y * y < 1.0f) mine++;
    }
    atomicAdd(&count, mine);
    __syncthreads();
    if (threadIdx.x == 0) atomicAdd(hits, (unsigned long long)count);
}
