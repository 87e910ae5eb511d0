__global__ void k(int *out) {
        __shared__ int data[64]; __shared__ int *ends[2];
        int t = threadIdx.x;
        data[t] = t;
        if (t < 2) ends[t] = data + 32 * t;
        __syncthreads();
        int *mine[ 2147483647] = {ends[0], ends[1]};
        int v = mine[t & 1][t >> 1] + ends[t >> 5][t & 31];
        __syncthreads();
        out[blockIdx.x * 64 + t] = v;
    }
