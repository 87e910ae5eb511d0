// Rotates a picture about its middle, bilinear.
__global__ void rotate(const float *in, float *out, int width, int height, float angle)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    float s = sinf(angle), c = cosf(angle), cx = 0.5f * width, cy = 0.5f * height;
    float u = c * (x - cx) + s * (y - cy) + cx, v = c * (y - cy) - s * (x - cx) + cy;
    int iu = (int)floorf(u), iv = (int)floorf(v);
    float fu = u - iu, fv = v - iv, result = 0;
    if (iu >= 0 && iv >= 0 && iu + 1 < width && iv + 1 < height) {
        const float *p = in + iv * width + iu;
        result = (1 - fv) * ((1 - fu) * p[0] + fu * p[1]) + fv * ((1 - fu) * p[width] + fu * p[width + 1]);
    }
    out[y * width + x] = result;
}
