// Sorts 1024 keys in shared memory, 512 threads.
__global__ void bitonic(unsigned int *keys)
{
    __shared__ unsigned int s[1024];
    unsigned int t = threadIdx.x;
    unsigned int *mine = keys + blockIdx.x * 1024;
    s[t] = mine[t];
    s[t + 512] = mine[t + 512];
    for (unsigned int size = 2; size <= 1024; size <<= 1) {
        unsigned int up = (t & (size / 2)) == 0;
        for (unsigned int stride = size / 2; stride > 0; stride >>= 1) {
            __syncthreads();
            unsigned int pos = 2 * t - (t & (stride - 1));
            unsigned int a = s[pos], b = s[pos + stride];
            if ((a > b) == (size == 1024 ? 1 : up)) { s[pos] = b; s[pos + stride] = a; }
        }
    }
    __syncthreads();
    mine[t] = s[t];
    mine[t + 512] = s[t + 512];
}
