// Sparse matrix (CSR) times vector, one thread a row.
__global__ void spmv_scalar(int rows, const int *ptr, const int *index, const double *value, const double *x, double *y)
{
    int row = blockDim.x * blockIdx.x + threadIdx.x;
    if (row < rows) {
        double dot = 0;
        for (int jj = ptr[row]; jj < ptr[row + 1]; jj++) dot += value[jj] * x[index[jj]];
        y[row] = dot;
    }
}
