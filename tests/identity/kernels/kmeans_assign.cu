// The nearest of k centres for each point; centres are staged in shared memory.
__global__ void assign(const float *points, const float *centres, int *owner, float *distance, int n, int k, int dims)
{
    extern __shared__ float shared_centres[];
    for (int i = threadIdx.x; i < k * dims; i += blockDim.x) shared_centres[i] = centres[i];
    __syncthreads();
    int p = blockIdx.x * blockDim.x + threadIdx.x;
    if (p >= n) return;
    int best = 0;
    float least = 3.402823466e+38f;
    for (int c = 0; c < k; c++) {
        float sum = 0;
        for (int d = 0; d < dims; d++) {
            float delta = points[d * n + p] - shared_centres[c * dims + d];
            sum += delta * delta;
        }
        if (sum < least) { least = sum; best = c; }
    }
    owner[p] = best;
    distance[p] = least;
}
