// The two-dimensional cosine transform of 8 x 8 pieces; a table of cosines in constant memory.
__constant__ float cosines[64];
__global__ void dct8x8(const float *in, float *out, int width)
{
    __shared__ float block[8][8], rows[8][8];
    int x = threadIdx.x, y = threadIdx.y, at = (blockIdx.y * 8 + y) * width + blockIdx.x * 8 + x;
    block[y][x] = in[at];
    __syncthreads();
    float sum = 0;
    for (int k = 0; k < 8; k++) sum += block[y][k] * cosines[x * 8 + k];
    rows[y][x] = sum;
    __syncthreads();
    sum = 0;
    for (int k = 0; k < 8; k++) sum += rows[k][x] * cosines[y * 8 + k];
    out[at] = sum;
}
