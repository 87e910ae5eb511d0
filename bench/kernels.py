"""The CUDA C and OpenCL C texts of the benchmark kernels, side by side; same work, same order."""

CUDA = {
    "naive": r"""
__global__ void naive(const float *A, const float *B, float *C, int width)
{
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < width && col < width) {
        float sum = 0;
        for (int k = 0; k < width; ++k) sum += A[row * width + k] * B[k * width + col];
        C[row * width + col] = sum;
    }
}
""",
    "tiled": r"""
__global__ void tiled(const float *A, const float *B, float *C, int n)
{
    __shared__ float sa[16][16], sb[16][16];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * 16 + ty, col = blockIdx.x * 16 + tx;
    float sum = 0;
    for (int t = 0; t < n / 16; t++) {
        sa[ty][tx] = A[row * n + t * 16 + tx];
        sb[ty][tx] = B[(t * 16 + ty) * n + col];
        __syncthreads();
        for (int k = 0; k < 16; k++) sum += sa[ty][k] * sb[k][tx];
        __syncthreads();
    }
    C[row * n + col] = sum;
}
""",
    "tree": r"""
__global__ void tree(const float *x, float *out)
{
    __shared__ float s[256];
    int t = threadIdx.x;
    s[t] = x[blockIdx.x * 256 + t];
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half >>= 1) {
        if (t < half) s[t] += s[t + half];
        __syncthreads();
    }
    if (t == 0) out[blockIdx.x] = s[0];
}
""",
    "add": r"""
__global__ void add(const float *x, const float *y, float *z, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) z[i] = x[i] + y[i];
}
""",
    "stencil": r"""
__global__ void stencil(const float *a, float *c, int n)
{
    int j = blockIdx.x * blockDim.x + threadIdx.x + 1, i = blockIdx.y * blockDim.y + threadIdx.y + 1;
    if (i >= n - 1 || j >= n - 1) return;
    int at = i * n + j;
    c[at] = 0.2f * (a[at] + a[at - 1] + a[at + 1] + a[at - n] + a[at + n]);
}
""",
}

OPENCL = r"""
#pragma OPENCL FP_CONTRACT ON
__kernel void naive(__global const float *A, __global const float *B, __global float *C, int width)
{
    int row = get_global_id(1), col = get_global_id(0);
    if (row < width && col < width) {
        float sum = 0;
        for (int k = 0; k < width; ++k) sum += A[row * width + k] * B[k * width + col];
        C[row * width + col] = sum;
    }
}
__kernel void tiled(__global const float *A, __global const float *B, __global float *C, int n)
{
    __local float sa[16][16], sb[16][16];
    int tx = get_local_id(0), ty = get_local_id(1);
    int row = get_group_id(1) * 16 + ty, col = get_group_id(0) * 16 + tx;
    float sum = 0;
    for (int t = 0; t < n / 16; t++) {
        sa[ty][tx] = A[row * n + t * 16 + tx];
        sb[ty][tx] = B[(t * 16 + ty) * n + col];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int k = 0; k < 16; k++) sum += sa[ty][k] * sb[k][tx];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    C[row * n + col] = sum;
}
__kernel void tree(__global const float *x, __global float *out)
{
    __local float s[256];
    int t = get_local_id(0);
    s[t] = x[get_group_id(0) * 256 + t];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_ = get_local_size(0) / 2; half_ > 0; half_ >>= 1) {
        if (t < half_) s[t] += s[t + half_];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (t == 0) out[get_group_id(0)] = s[0];
}
__kernel void add(__global const float *x, __global const float *y, __global float *z, int n)
{
    int i = get_global_id(0);
    if (i < n) z[i] = x[i] + y[i];
}
__kernel void stencil(__global const float *a, __global float *c, int n)
{
    int j = get_global_id(0) + 1, i = get_global_id(1) + 1;
    if (i >= n - 1 || j >= n - 1) return;
    int at = i * n + j;
    c[at] = 0.2f * (a[at] + a[at - 1] + a[at + 1] + a[at - n] + a[at + n]);
}
"""
