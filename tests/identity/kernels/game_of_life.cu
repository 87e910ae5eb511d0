// One generation on a torus.
__global__ void life(const unsigned char *now, unsigned char *next, int width, int height)
{
    int x = threadIdx.x + blockIdx.x * blockDim.x, y = threadIdx.y + blockIdx.y * blockDim.y;
    if (x >= width || y >= height) return;
    int neighbours = 0;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            if (dx == 0 && dy == 0) continue;
            neighbours += now[(y + dy + height) % height * width + (x + dx + width) % width];
        }
    unsigned char alive = now[y * width + x];
    next[y * width + x] = neighbours == 3 || (alive && neighbours == 2);
}
