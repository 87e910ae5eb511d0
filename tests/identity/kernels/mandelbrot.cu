// Escape times; each pixel leaves its loop on its own.
__global__ void mandelbrot(int *out, int width, int height, double x0, double y0, double step, int limit)
{
    int px = blockIdx.x * blockDim.x + threadIdx.x, py = blockIdx.y * blockDim.y + threadIdx.y;
    if (px >= width || py >= height) return;
    double cx = x0 + px * step, cy = y0 + py * step, x = 0, y = 0;
    int n = 0;
    while (n < limit && x * x + y * y <= 4.0) {
        double t = x * x - y * y + cx;
        y = 2.0 * x * y + cy;
        x = t;
        n++;
    }
    out[py * width + px] = n;
}
