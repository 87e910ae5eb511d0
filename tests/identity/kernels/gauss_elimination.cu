// Eliminates column k below the diagonal; one launch a column.
__global__ void eliminate(double *a, int n, int k)
{
    int col = blockIdx.x * blockDim.x + threadIdx.x + k + 1, row = blockIdx.y * blockDim.y + threadIdx.y + k + 1;
    if (row < n && col <= n) a[row * (n + 1) + col] -= a[row * (n + 1) + k] / a[k * (n + 1) + k] * a[k * (n + 1) + col];
}
