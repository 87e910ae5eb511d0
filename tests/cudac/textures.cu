// Textures, surfaces and texture references for tests/python/test_textures.py; and that they parse without a header.
static texture<unsigned char, 1, cudaReadModeNormalizedFloat> pixels;
__global__ void sample1(float *out, const float *x, const float *y, const float *z, cudaTextureObject_t t, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = tex1D<float>(t, x[i]);
}
__global__ void sample2(float *out, const float *x, const float *y, const float *z, cudaTextureObject_t t, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) tex2D(&out[i], t, x[i], y[i]);
}
__global__ void sample3(float *out, const float *x, const float *y, const float *z, cudaTextureObject_t t, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = tex3D<float>(t, x[i], y[i], z[i]);
}
__global__ void sample2_int(int *out, const float *x, const float *y, const float *z, cudaTextureObject_t t, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = tex2D<int>(t, x[i], y[i]);
}
__global__ void layers(float4 *out, const float *x, const float *y, const int *layer, cudaTextureObject_t t, int n) {
    int i = threadIdx.x;
    if (i < n) out[i] = tex2DLayered<float4>(t, x[i], y[i], layer[i]);
}
__global__ void fetch(float *out, cudaTextureObject_t t, int n) {
    int i = threadIdx.x;
    if (i < n) out[i] = tex1Dfetch<float>(t, i - 2);
}
__global__ void surface_marks(cudaSurfaceObject_t s, int width, int height) {
    int x = threadIdx.x, y = blockIdx.x;
    if (x < width && y < height) surf2Dwrite(10.0f * y + x, s, x * 4, y);
}
__global__ void surface_adds(cudaSurfaceObject_t s, int width, int height) {
    int x = threadIdx.x, y = blockIdx.x;
    float here = surf2Dread<float>(s, x * 4, y), next;
    surf2Dread(&next, s, (x + 1) * 4, y, cudaBoundaryModeClamp);
    __syncthreads();
    surf2Dwrite(here + next, s, x * 4, y);
    surf2Dwrite(1.0f, s, x * 4, y + height, cudaBoundaryModeZero);
}
__global__ void surface_leaves(cudaSurfaceObject_t s) { surf2Dwrite(1.0f, s, 400, 0); }
__global__ void reference(float *out, int n) {
    if (threadIdx.x < n) out[threadIdx.x] = tex1D(pixels, threadIdx.x + 0.5f);
}
__global__ void cube(float *out, const float *x, const float *y, const float *z, cudaTextureObject_t t, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = texCubemap<float>(t, x[i], y[i], z[i]);
    if (i < n && texCubemapLayered<float>(t, x[i], y[i], z[i], 0) != out[i]) out[i] = -1;
}
__global__ void gather(float4 *out, const float *x, const float *y, cudaTextureObject_t t, int n) {
    int i = threadIdx.x;
    if (i < n) out[i] = tex2Dgather<float4>(t, x[i], y[i], 1);
}
__global__ void gradients(float *out, const float *x, const float *y, cudaTextureObject_t t, int n) {
    int i = threadIdx.x;
    if (i < n) out[i] = tex2DGrad<float>(t, x[i], y[i], make_float2(0, 0), make_float2(0, 0)) - tex2D<float>(t, x[i], y[i]);
}
