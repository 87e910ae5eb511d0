// a*x + y on four floats at a time, the remainder by single floats.
__global__ void saxpy4(float a, const float4 *x, const float4 *y, float4 *z, int quads)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < quads; i += gridDim.x * blockDim.x) {
        float4 p = x[i], q = y[i];
        z[i] = make_float4(a * p.x + q.x, a * p.y + q.y, a * p.z + q.z, a * p.w + q.w);
    }
}
