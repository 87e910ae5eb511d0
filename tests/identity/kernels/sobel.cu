// Edges of an RGBA picture: uchar4 in, gradient in all channels out.
__device__ int grey(uchar4 c) { return (c.x * 77 + c.y * 151 + c.z * 28) >> 8; }
__global__ void sobel(const uchar4 *in, uchar4 *out, int width, int height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    int v[3][3];
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++) {
            int cx = min(max(x + i - 1, 0), width - 1), cy = min(max(y + j - 1, 0), height - 1);
            v[j][i] = grey(in[cy * width + cx]);
        }
    int gx = v[0][2] + 2 * v[1][2] + v[2][2] - v[0][0] - 2 * v[1][0] - v[2][0];
    int gy = v[2][0] + 2 * v[2][1] + v[2][2] - v[0][0] - 2 * v[0][1] - v[0][2];
    int g = min((int)sqrtf((float)(gx * gx + gy * gy)), 255);
    out[y * width + x] = make_uchar4(g, g, g, in[y * width + x].w);
}
