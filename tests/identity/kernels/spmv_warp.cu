// The same with one warp a row, combined by shuffles.
__global__ void spmv_warp(int rows, const int *ptr, const int *index, const float *value, const float *x, float *y)
{
    int thread = blockDim.x * blockIdx.x + threadIdx.x, row = thread / 32, lane = thread & 31;
    if (row >= rows) return;
    float sum = 0.0f;
    for (int jj = ptr[row] + lane; jj < ptr[row + 1]; jj += 32) sum += value[jj] * x[index[jj]];
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
    if (lane == 0) y[row] = sum;
}
