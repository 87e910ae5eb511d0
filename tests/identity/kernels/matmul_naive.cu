// One thread computes one element of C = A B.
__global__ void matmul_naive(const float *A, const float *B, float *C, int width)
{
    int row = blockIdx.y * blockDim.y + threadIdx.y, col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < width && col < width) {
        float sum = 0;
        for (int k = 0; k < width; ++k) sum += A[row * width + k] * B[k * width + col];
        C[row * width + col] = sum;
    }
}
