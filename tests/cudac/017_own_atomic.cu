#if 1
__device__ double atomicAdd(double *a, double v) { return v; }
#endif
__device__ float max(float a, float b, float c) { return max(max(a, b), c); }
__global__ void k(double *d, int *i, float *f) { atomicAdd(d, 1.0); atomicAdd(i, 1); atomicAdd(f, 1.f); i[1] = max(1, 2) + max(1.f, 2.f, 3.f); }
