// Heat in three dimensions: each thread walks along z with the neighbours in registers.
__global__ void heat3d(const double *in, double *out, int nx, int ny, int nz, double c)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 1 || y < 1 || x >= nx - 1 || y >= ny - 1) return;
    int plane = nx * ny, at = y * nx + x;
    double below = in[at], here = in[at + plane];
    for (int z = 1; z < nz - 1; z++) {
        at += plane;
        double above = in[at + plane];
        out[at] = here + c * (in[at - 1] + in[at + 1] + in[at - nx] + in[at + nx] + below + above - 6.0 * here);
        below = here;
        here = above;
    }
}
