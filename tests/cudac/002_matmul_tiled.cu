#define TILE 16
__global__ void matmul(const float *A, const float *B, float *C, int n) {
    __shared__ float As[TILE][TILE], Bs[TILE][TILE + 1];
    int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.f;
    for (int t = 0; t < (n + TILE - 1) / TILE; ++t) {
        int x = t * TILE + threadIdx.x, y = t * TILE + threadIdx.y;
        As[threadIdx.y][threadIdx.x] = row < n && x < n ? A[row * n + x] : 0.f;
        Bs[threadIdx.y][threadIdx.x] = col < n && y < n ? B[y * n + col] : 0.f;
        __syncthreads();
#pragma unroll
        for (int k = 0; k < TILE; ++k) sum += As[threadIdx.y][k] * Bs[k][threadIdx.x];
        __syncthreads();
    }
    if (row < n && col < n) C[row * n + col] = sum;
}
