// Convolution of rows with a filter in constant memory.
#define RADIUS 4
__constant__ float taps[2 * RADIUS + 1];
__global__ void convolution(const float *in, float *out, int width, int height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
    if (x >= width) return;
    float sum = 0;
    for (int k = -RADIUS; k <= RADIUS; k++) {
        int at = x + k;
        if (at >= 0 && at < width) sum += in[y * width + at] * taps[RADIUS - k];
    }
    out[y * width + x] = sum;
}
